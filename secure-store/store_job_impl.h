/* store_job_impl.h -- the folder of a job in memory: made, filled, collected, removed (store_job_files.c). */
#ifndef SHIRABE_SECURE_STORE_STORE_JOB_IMPL_H
#define SHIRABE_SECURE_STORE_STORE_JOB_IMPL_H
#include <stdio.h>

#include "base/table.h"
#include "secure-store/store_job.h"

struct job_folder {
  char base[64], in[72], work[72]; /* base "" = not made */
  FILE *data, *status;
};
/* In /dev/shm, after folders of processes that are gone were removed. E_SANDBOX_MISSING when that is no memory file system. */
enum err_code job_folder_make(struct job_folder *f, struct err *e) NODISCARD;
enum err_code job_folder_rows(struct job_folder *f, const struct table *t, bool heading, struct err *e) NODISCARD; /* appends to both files */
enum err_code job_folder_filled(struct job_folder *f, struct err *e) NODISCARD;
void job_folder_remove(struct job_folder *f);
/* Each plain file of work/: its name below it and its content. */
typedef enum err_code (*job_file_fn)(void *context, const char *name, const void *p, size_t n, struct err *e);
enum err_code job_folder_collect(const struct job_folder *f, size_t max_bytes, job_file_fn fn, void *context, struct err *e) NODISCARD;
enum err_code job_file_bytes(int fd, size_t max, struct strbuf *out, struct err *e) NODISCARD; /* from its beginning */
#endif
