/* access_log_file.c -- the second log device: one append-only file, synced after every leaf.
 * Record   u32 length | leaf | SHA-256(leaf). A record that the file ends inside of was never acknowledged: it is cut off. A whole record whose
 *          hash is wrong is damage and stops. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/access_log.h"

enum { RECORD_MAX = 4 + LOG_LEAF_MAX + 32 };
struct log_file {
  int fd;
  char path[4096];
  uint64_t count, end; /* leaves, bytes */
  bool broken;         /* a write failed and the file could not be put back */
};

static enum err_code io_error(const struct log_file *f, enum err_code code, struct err *e) {
  return ERR(e, code == E_FILE_WRITE && errno == ENOSPC ? E_DISK_FULL : code, .file = f->path, .subject = f->path, .found = strerror(errno));
}
static ssize_t read_full(int fd, void *p, size_t n, uint64_t at) {
  size_t got = 0;
  while (got < n) {
    ssize_t step = pread(fd, (char *)p + got, n - got, (off_t)(at + got));
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return -1;
    if (step == 0) break;
    got += (size_t)step;
  }
  return (ssize_t)got;
}
static uint32_t length_of(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

enum record { RECORD_WHOLE, RECORD_END, RECORD_TORN, RECORD_BAD, RECORD_ERROR };
/* Reads the record at `at`; limit = where the file ends. */
static enum record record_read(const struct log_file *f, uint64_t at, uint64_t limit, uint8_t record[RECORD_MAX], size_t *leaf_n) {
  uint8_t digest[32];
  if (at == limit) return RECORD_END;
  size_t want = limit - at < RECORD_MAX ? (size_t)(limit - at) : RECORD_MAX;
  ssize_t got = read_full(f->fd, record, want, at);
  if (got < 0 || (size_t)got != want) return RECORD_ERROR;
  if (want < 4) return RECORD_TORN;
  *leaf_n = length_of(record);
  if (*leaf_n == 0 || *leaf_n > LOG_LEAF_MAX) return RECORD_BAD;
  if (want < 4 + *leaf_n + 32) return RECORD_TORN;
  sha256_of(record + 4, *leaf_n, digest);
  return memcmp(digest, record + 4 + *leaf_n, 32) == 0 ? RECORD_WHOLE : RECORD_BAD;
}
static enum err_code scan(struct log_file *f, struct err *e) {
  struct stat st;
  uint8_t record[RECORD_MAX];
  size_t leaf_n;
  if (fstat(f->fd, &st) != 0) return io_error(f, E_FILE_READ, e);
  if (!S_ISREG(st.st_mode)) return ERR(e, E_FILE_OPEN, .subject = f->path, .expected = "a regular file");
  for (;;) {
    enum record what = record_read(f, f->end, (uint64_t)st.st_size, record, &leaf_n);
    if (what == RECORD_END) return E_OK;
    if (what == RECORD_ERROR) return io_error(f, E_FILE_READ, e);
    if (what == RECORD_BAD) return ERR(e, E_LOG_LEAF, .file = f->path, .subject = f->path, .found = "a damaged record");
    if (what == RECORD_TORN) break;
    f->end += 4 + leaf_n + 32;
    f->count++;
  }
  return ftruncate(f->fd, (off_t)f->end) == 0 && fsync(f->fd) == 0 ? E_OK : io_error(f, E_FILE_WRITE, e);
}

/* --- device functions --- */
static enum err_code device_count(void *context, uint64_t *n, struct err *e) {
  (void)e;
  *n = ((struct log_file *)context)->count;
  return E_OK;
}
static bool write_record(struct log_file *f, const uint8_t *record, size_t n) {
  int fault = io_fault_check();
  if (fault) {
    errno = fault;
    return false;
  }
  for (size_t done = 0; done < n;) {
    ssize_t step = pwrite(f->fd, record + done, n - done, (off_t)(f->end + done));
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) return false;
    done += (size_t)step;
  }
  fault = io_fault_check();
  if (fault) errno = fault;
  return !fault && fsync(f->fd) == 0;
}
static enum err_code device_append(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e) {
  struct log_file *f = context;
  uint8_t record[RECORD_MAX];
  if (f->broken || seq != f->count || n == 0 || n > LOG_LEAF_MAX) return ERR(e, E_LOG_STOPPED, .file = f->path, .subject = f->path);
  for (int i = 0; i < 4; i++) record[i] = (uint8_t)(n >> 8 * i);
  memcpy(record + 4, leaf, n);
  sha256_of(leaf, n, record + 4 + n);
  if (!write_record(f, record, 4 + n + 32)) {
    enum err_code code = io_error(f, E_FILE_WRITE, e);
    f->broken = ftruncate(f->fd, (off_t)f->end) != 0;
    return code;
  }
  f->end += 4 + n + 32;
  f->count++;
  return E_OK;
}
static enum err_code device_each(void *context, uint64_t first, uint64_t end,
    enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *), void *fn_context, struct err *e) {
  struct log_file *f = context;
  uint8_t record[RECORD_MAX];
  uint64_t at = 0;
  size_t leaf_n;
  for (uint64_t seq = 0; seq < end; seq++) {
    enum record what = record_read(f, at, f->end, record, &leaf_n);
    if (what == RECORD_ERROR) return io_error(f, E_FILE_READ, e);
    if (what != RECORD_WHOLE) return ERR(e, E_LOG_LEAF, .file = f->path, .subject = f->path);
    if (seq >= first) TRY(fn(fn_context, seq, record + 4, leaf_n, e));
    at += 4 + leaf_n + 32;
  }
  return E_OK;
}

/* A new file must survive a power cut, too. */
static bool sync_folder(const char *path) {
  char folder[4096];
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 0;
  if (slash && n == 0) n = 1;
  memcpy(folder, slash ? path : ".", slash ? n : 1);
  folder[slash ? n : 1] = 0;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}
enum err_code log_file_open(const char *path, bool create, struct log_file **out, struct log_device *device, struct err *e) {
  *out = NULL;
  struct log_file *f = calloc(1, sizeof *f);
  if (!f || strlen(path) >= sizeof f->path) {
    free(f);
    return ERR(e, E_NO_MEMORY, .subject = path);
  }
  memcpy(f->path, path, strlen(path) + 1);
  f->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0), 0600);
  enum err_code code = f->fd >= 0 ? E_OK : io_error(f, create && errno == EEXIST ? E_FILE_EXISTS : E_FILE_OPEN, e);
  if (!code && create && !sync_folder(path)) code = io_error(f, E_FILE_WRITE, e);
  if (!code) code = scan(f, e);
  if (code) {
    log_file_close(f);
    return code;
  }
  *device = (struct log_device){.name = f->path, .context = f, .count = device_count, .append = device_append, .each = device_each};
  *out = f;
  return E_OK;
}
void log_file_close(struct log_file *f) {
  if (!f) return;
  if (f->fd >= 0) close(f->fd);
  free(f);
}
