/* store_reserve.c -- a file of allocated blocks kept back; its space is given up when the disk is full and an outcome, a checkpoint or a close must
 * still be written. Made again when the store opens next. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secure-store/store_impl.h"

enum err_code store_reserve_make(const char *path, int64_t bytes, struct err *e) {
  struct stat st;
  if (stat(path, &st) == 0 && st.st_size >= bytes) return E_OK;
  int number = io_fault_check();
  if (number) return ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = path, .subject = path);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return ERR(e, E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(errno));
  number = posix_fallocate(fd, 0, (off_t)bytes);
  if (number) number = ftruncate(fd, 0) == 0 ? number : errno;
  close(fd);
  return number ? ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(number)) : E_OK;
}

void store_reserve_release(const char *path) { (void)!truncate(path, 0); }
