/* atomic_file.c -- see atomic_file.h. Every step that touches the disk asks io_fault_check() first, so that tests can break each of them. */
#include "base/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_PIECE = 64 * 1024 };

static enum err_code write_error(const char *path, int number, struct err *e) {
  enum err_code code = number == ENOSPC || number == EDQUOT ? E_DISK_FULL : number == EEXIST ? E_FILE_EXISTS : E_FILE_WRITE;
  return ERR(e, code, .file = path, .subject = path, .found = strerrordesc_np(number));
}

/* The folder part of a path, "." when there is none. */
static void folder_of(const char *path, char out[4096]) {
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 1;
  if (slash == path) n = 1;
  memcpy(out, slash ? path : ".", n);
  out[n] = 0;
}

static int sync_folder(const char *folder) {
  int number = io_fault_check();
  if (number) return number;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  number = fsync(fd) == 0 || errno == EINVAL ? 0 : errno; /* EINVAL: a file system whose folders need no sync */
  close(fd);
  return number;
}

enum err_code atomic_file_begin(struct atomic_file *f, const char *path, int flags, mode_t mode, struct err *e) {
  static _Atomic uint32_t counter;
  *f = (struct atomic_file){.fd = -1, .flags = flags};
  int n = snprintf(f->temporary, sizeof f->temporary, "%s.%ld-%u.tmp", path, (long)getpid(), (unsigned)atomic_fetch_add(&counter, 1));
  if (n < 0 || (size_t)n >= sizeof f->temporary) return ERR(e, E_FILE_WRITE, .subject = path, .found = strerrordesc_np(ENAMETOOLONG));
  snprintf(f->path, sizeof f->path, "%s", path);
  struct stat st;
  if ((flags & ATOMIC_NEW_ONLY) && lstat(path, &st) == 0) return ERR(e, E_FILE_EXISTS, .subject = path);
  int number = io_fault_check();
  if (number) return write_error(path, number, e);
  if (unlink(f->temporary) != 0 && errno != ENOENT) return write_error(path, errno, e); /* of a killed process with our number */
  f->fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  return f->fd < 0 ? write_error(path, errno, e) : E_OK;
}

static int write_piece(int fd, const char *p, size_t n) {
  int number = io_fault_check();
  while (!number && n > 0) {
    ssize_t done = write(fd, p, n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    p += done;
    n -= (size_t)done;
  }
  return number;
}

enum err_code atomic_file_write(struct atomic_file *f, const void *p, size_t n, struct err *e) {
  if (f->fd < 0) return ERR(e, E_BUG, .subject = "atomic_file_write");
  for (size_t at = 0; at < n;) {
    size_t piece = n - at < WRITE_PIECE ? n - at : WRITE_PIECE;
    int number = write_piece(f->fd, (const char *)p + at, piece);
    if (number) {
      atomic_file_abort(f);
      return write_error(f->path, number, e);
    }
    at += piece;
    f->written += piece;
  }
  return E_OK;
}

static int install(const struct atomic_file *f) {
  int number = io_fault_check();
  if (number) return number;
  if (!(f->flags & ATOMIC_NEW_ONLY)) return rename(f->temporary, f->path) == 0 ? 0 : errno;
  if (renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(f->temporary, f->path) != 0) return errno; /* a file system without the flag: a hard link refuses an existing name too */
  unlink(f->temporary);
  return 0;
}

static int sync_and_close(struct atomic_file *f) {
  int number = io_fault_check();
  if (!number && fsync(f->fd) != 0) number = errno;
  if (close(f->fd) != 0 && !number) number = errno;
  f->fd = -1;
  return number;
}

enum err_code atomic_file_commit(struct atomic_file *f, struct err *e) {
  if (f->fd < 0) return ERR(e, E_BUG, .subject = "atomic_file_commit");
  int number = sync_and_close(f);
  if (!number) number = install(f);
  if (number) {
    atomic_file_abort(f);
    return write_error(f->path, number, e);
  }
  f->temporary[0] = 0;
  char folder[4096];
  folder_of(f->path, folder);
  number = sync_folder(folder);
  if (number) return ERR(e, E_FILE_SYNC, .file = f->path, .subject = f->path, .found = strerrordesc_np(number));
  return E_OK;
}

void atomic_file_abort(struct atomic_file *f) {
  if (f->fd >= 0) close(f->fd);
  if (f->temporary[0]) unlink(f->temporary);
  f->fd = -1;
  f->temporary[0] = 0;
}

enum err_code atomic_write(const char *path, const void *p, size_t n, int flags, mode_t mode, struct err *e) {
  struct atomic_file f;
  TRY(atomic_file_begin(&f, path, flags, mode, e));
  TRY(atomic_file_write(&f, p, n, e));
  return atomic_file_commit(&f, e);
}

/* Reads until the end or until more than max bytes have come; *n may end as max + 1. Regular files know their size, pipes do not. */
static enum err_code read_all(int fd, const char *path, size_t max, size_t hint, uint8_t **out, size_t *n, struct err *e) {
  size_t capacity = hint + 1, got = 0;
  uint8_t *p = malloc(capacity + 1);
  for (;;) {
    if (!p) return ERR(e, E_NO_MEMORY, .subject = path);
    ssize_t done = read(fd, p + got, capacity - got);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      int number = errno;
      free(p);
      return ERR(e, E_FILE_READ, .file = path, .subject = path, .found = strerrordesc_np(number));
    }
    got += (size_t)done;
    if (done == 0 || got > max) break;
    if (got == capacity) {
      capacity = capacity > max / 2 ? max + 1 : capacity * 2;
      uint8_t *grown = realloc(p, capacity + 1);
      if (!grown) free(p);
      p = grown;
    }
  }
  p[got] = 0; /* one byte beyond the content, so that texts can be used as they are */
  *out = p;
  *n = got;
  return E_OK;
}

static enum err_code too_large(const char *path, size_t max, struct err *e) {
  char limit[64];
  snprintf(limit, sizeof limit, "<= %zu bytes", max);
  return ERR(e, E_CAP_EXCEEDED, .file = path, .subject = path, .expected = limit);
}

enum err_code file_read(const char *path, size_t max, uint8_t **out, size_t *n, struct err *e) {
  struct stat st;
  enum err_code code = E_OK;
  if (max > SIZE_MAX - 2) max = SIZE_MAX - 2;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) != 0) {
    code = ERR(e, E_FILE_OPEN, .file = path, .subject = path, .found = strerrordesc_np(errno));
    goto done;
  }
  bool regular = S_ISREG(st.st_mode);
  if (S_ISDIR(st.st_mode)) {
    code = ERR(e, E_FILE_READ, .file = path, .subject = path, .found = strerrordesc_np(EISDIR));
    goto done;
  }
  if (regular && (uint64_t)st.st_size > max) {
    code = too_large(path, max, e);
    goto done;
  }
  size_t hint = regular ? (size_t)st.st_size : max < 65536 ? max : 65536;
  code = read_all(fd, path, max, hint, out, n, e);
  if (!code && *n > max) {
    free(*out);
    *out = NULL;
    code = too_large(path, max, e);
  }
done:
  if (fd >= 0) close(fd);
  return code;
}

static enum err_code make_one(const char *path, mode_t mode, struct err *e) {
  struct stat st;
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return E_OK;
  int number = io_fault_check();
  if (!number && mkdir(path, mode) != 0 && errno != EEXIST) number = errno;
  if (!number && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) number = ENOTDIR;
  char folder[4096];
  folder_of(path, folder);
  if (!number) number = sync_folder(folder);
  return number ? write_error(path, number, e) : E_OK;
}

enum err_code make_directories(const char *path, mode_t mode, struct err *e) {
  char part[4096];
  size_t n = strlen(path);
  if (n == 0 || n >= sizeof part) return ERR(e, E_FILE_WRITE, .subject = path, .found = strerrordesc_np(n ? ENAMETOOLONG : ENOENT));
  memcpy(part, path, n + 1);
  while (n > 1 && part[n - 1] == '/') part[--n] = 0;
  for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    TRY(make_one(part, mode, e));
    *slash = '/';
  }
  return make_one(part, mode, e);
}

/* "name.123-4.tmp" -> 123; 0 = not one of ours. */
static pid_t temporary_owner(const char *name) {
  const char *end = strrchr(name, '.'), *p = end;
  if (!end || strcmp(end, ".tmp") != 0) return 0;
  while (p > name && p[-1] != '.') p--;
  long pid = 0;
  int digits = 0;
  for (; *p >= '0' && *p <= '9' && digits < 9; p++, digits++) pid = pid * 10 + (*p - '0');
  return digits && *p == '-' ? (pid_t)pid : 0;
}

void atomic_sweep(const char *folder) {
  char path[4096];
  DIR *d = opendir(folder);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    pid_t owner = temporary_owner(entry->d_name);
    if (owner <= 0 || kill(owner, 0) == 0 || errno != ESRCH) continue;
    int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (n > 0 && (size_t)n < sizeof path) (void)unlink(path);
  }
  if (d) (void)closedir(d);
}
