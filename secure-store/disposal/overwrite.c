/* overwrite.c -- see disposal_execute.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"

#define FOLDER "erase"

static enum err_code failed(const char *path, int number, struct err *e) {
  return ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(number));
}

static bool beside(const struct store *s, const char *name, char out[STORE_PATH_BYTES]) {
  char folder[STORE_PATH_BYTES];
  store_path(s, FOLDER, folder);
  int n = snprintf(out, STORE_PATH_BYTES, "%.3800s/%.200s", folder, name);
  return n > 0 && n < STORE_PATH_BYTES;
}

enum err_code overwrite_keep(struct store *s, const char *path, const char *name, struct err *e) {
  char to[STORE_PATH_BYTES], folder[STORE_PATH_BYTES];
  store_path(s, FOLDER, folder);
  TRY(make_directories(folder, 0700, e));
  if (!beside(s, name, to)) return ERR(e, E_CAP_EXCEEDED, .subject = name);
  int number = io_fault_check();
  if (!number && link(path, to) != 0 && errno != EEXIST) number = errno;
  return number ? failed(to, number, e) : E_OK;
}

static int zeros(int fd, off_t n) {
  static const char block[1 << 16];
  for (off_t at = 0; at < n;) {
    size_t piece = n - at < (off_t)sizeof block ? (size_t)(n - at) : sizeof block;
    int number = io_fault_check();
    if (number) return number;
    ssize_t done = pwrite(fd, block, piece, at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return done ? errno : EIO;
    at += done;
  }
  int number = io_fault_check();
  return number ? number : fsync(fd) ? errno : 0;
}

/* Only what no longer has its first name is overwritten: a transaction that did not happen keeps its pack. */
static int end_of_file(const char *path) {
  struct stat st;
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return errno;
  int number = fstat(fd, &st) ? errno : 0;
  if (!number && S_ISREG(st.st_mode) && st.st_nlink == 1) number = zeros(fd, st.st_size);
  close(fd);
  if (!number) number = io_fault_check();
  return number ? number : unlink(path) ? errno : 0;
}

enum err_code overwrite_all(struct store *s, struct err *e) {
  char folder[STORE_PATH_BYTES], path[STORE_PATH_BYTES];
  enum err_code code = E_OK;
  store_path(s, FOLDER, folder);
  DIR *d = opendir(folder);
  if (!d) return errno == ENOENT ? E_OK : failed(folder, errno, e);
  for (struct dirent *entry; !code && (entry = readdir(d));) {
    if (entry->d_name[0] == '.' || !beside(s, entry->d_name, path)) continue;
    int number = end_of_file(path);
    if (number) code = failed(path, number, e);
  }
  closedir(d);
  if (!code && rmdir(folder) != 0 && errno != ENOENT && errno != ENOTEMPTY) code = failed(folder, errno, e);
  return code;
}
