/* store_passphrase.c -- where a passphrase comes from; it lives in locked memory and is wiped. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "secure-store/store_impl.h"

enum { PASSPHRASE_MAX = 1024 };

static enum err_code keep(const char *p, size_t n, const char *from, char **out, struct err *e) {
  const char *end = memchr(p, '\n', n);
  if (end) n = (size_t)(end - p);
  if (n > 0 && p[n - 1] == '\r') n--;
  if (n == 0 || n >= PASSPHRASE_MAX || memchr(p, 0, n)) return ERR(e, E_PASSPHRASE, .file = from, .subject = from);
  bool locked;
  *out = secret_new(PASSPHRASE_MAX, &locked); /* whether locking held is judged once, by the keystore */
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "passphrase");
  memcpy(*out, p, n);
  (*out)[n] = 0;
  return E_OK;
}

static enum err_code from_file(const char *path, char **out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, PASSPHRASE_MAX, &p, &n, e));
  enum err_code code = keep((const char *)p, n, path, out, e);
  wipe(p, n);
  free(p);
  return code;
}

static enum err_code read_hidden(int fd, char **out, struct err *e) {
  static const char prompt[] = "passphrase / パスフレーズ: ";
  struct termios before, hidden;
  char line[PASSPHRASE_MAX];
  if (tcgetattr(fd, &before)) return ERR(e, E_PASSPHRASE, .subject = "/dev/tty");
  hidden = before;
  hidden.c_lflag &= ~(tcflag_t)ECHO;
  (void)!write(fd, prompt, sizeof prompt - 1);
  tcsetattr(fd, TCSAFLUSH, &hidden);
  ssize_t n = read(fd, line, sizeof line);
  tcsetattr(fd, TCSAFLUSH, &before);
  (void)!write(fd, "\n", 1);
  enum err_code code = n > 0 ? keep(line, (size_t)n, "/dev/tty", out, e) : ERR(e, E_PASSPHRASE, .subject = "/dev/tty");
  wipe(line, sizeof line);
  return code;
}

enum err_code passphrase_read(const char *file_or_null, char **out, struct err *e) {
  *out = NULL;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  const char *path = file_or_null ? file_or_null : getenv("SHIRABE_PASSPHRASE_FILE");
  if (path && *path) return from_file(path, out, e);
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return ERR(e, E_PASSPHRASE, .subject = "--passphrase-file, SHIRABE_PASSPHRASE_FILE");
  enum err_code code = read_hidden(fd, out, e);
  close(fd);
  return code;
}

void passphrase_free(char *p) { secret_free(p); }
