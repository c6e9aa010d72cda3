/* atomic_file.h -- files that are either wholly there or not there: write beside, fsync, rename, fsync the directory.
 * Errors   E_DISK_FULL, E_FILE_WRITE, E_FILE_EXISTS; the temporary file is removed, the old content stays.
 * Faults   io_fault_at(n) makes the n-th write, fsync or rename fail or kill the process: see tests/fault. */
#ifndef SHIRABE_BASE_ATOMIC_FILE_H
#define SHIRABE_BASE_ATOMIC_FILE_H
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct atomic_file {
  int fd;
  char path[4096], temporary[4096];
  uint64_t written;
  int flags;
};
enum { ATOMIC_REPLACE = 0, ATOMIC_NEW_ONLY = 1 };
enum err_code atomic_file_begin(struct atomic_file *f, const char *path, int flags, mode_t mode, struct err *e) NODISCARD;
enum err_code atomic_file_write(struct atomic_file *f, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code atomic_file_commit(struct atomic_file *f, struct err *e) NODISCARD; /* after this the file is durable */
void atomic_file_abort(struct atomic_file *f);                                    /* also safe after commit */
enum err_code atomic_write(const char *path, const void *p, size_t n, int flags, mode_t mode, struct err *e) NODISCARD;

/* Removes what killed processes left in a folder of ours: <file>.<pid>-<n>.tmp whose process is gone. A folder that is not there holds nothing. */
void atomic_sweep(const char *folder);

/* Whole file into memory (malloc; caller frees). max = refuse larger files (E_CAP_EXCEEDED) before allocating. */
enum err_code file_read(const char *path, size_t max, uint8_t **out, size_t *n, struct err *e) NODISCARD;
enum err_code make_directories(const char *path, mode_t mode, struct err *e) NODISCARD; /* like mkdir -p, each synced */

/* Fault injection, set by the environment SHIRABE_FAULT=kill:N | enospc:N | eio:N or by tests; N counts the faultable writes of this process. */
enum io_fault { IO_FAULT_NONE, IO_FAULT_KILL, IO_FAULT_ENOSPC, IO_FAULT_EIO };
void io_fault_at(enum io_fault kind, uint64_t n);
void io_fault_from_environment(void);
int io_fault_check(void); /* called before each durable step; returns 0 or an errno to simulate; does not return when it kills */
uint64_t io_fault_count(void);
#endif
