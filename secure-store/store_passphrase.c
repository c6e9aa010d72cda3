/* store_passphrase.c -- where a passphrase comes from; it lives in locked memory and is wiped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static enum err_code read_hidden(int fd, const char *whose, char **out, struct err *e) {
  struct termios before, hidden;
  char line[PASSPHRASE_MAX], prompt[400];
  int prompt_n = snprintf(prompt, sizeof prompt, "passphrase / パスフレーズ%s%.300s%s: ", *whose ? " (" : "", whose, *whose ? ")" : "");
  if (tcgetattr(fd, &before)) return ERR(e, E_PASSPHRASE, .subject = "/dev/tty");
  hidden = before;
  hidden.c_lflag &= ~(tcflag_t)ECHO;
  (void)!write(fd, prompt, (size_t)prompt_n);
  tcsetattr(fd, TCSAFLUSH, &hidden);
  ssize_t n = read(fd, line, sizeof line);
  tcsetattr(fd, TCSAFLUSH, &before);
  (void)!write(fd, "\n", 1);
  enum err_code code = n > 0 ? keep(line, (size_t)n, "/dev/tty", out, e) : ERR(e, E_PASSPHRASE, .subject = "/dev/tty");
  wipe(line, sizeof line);
  return code;
}
static enum err_code from_terminal(const char *whose, const char *or_else, char **out, struct err *e) {
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return ERR(e, E_PASSPHRASE, .subject = or_else);
  enum err_code code = read_hidden(fd, whose, out, e);
  close(fd);
  return code;
}

enum err_code passphrase_read(const char *file_or_null, char **out, struct err *e) {
  *out = NULL;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  const char *path = file_or_null ? file_or_null : getenv("SHIRABE_PASSPHRASE_FILE");
  if (path && *path) return from_file(path, out, e);
  return from_terminal("", "--passphrase-file, SHIRABE_PASSPHRASE_FILE", out, e);
}

static enum err_code once_more(const char *whose, char **out, struct err *e) {
  char *again = NULL;
  enum err_code code = from_terminal(whose, "/dev/tty", &again, e);
  if (!code && strcmp(*out, again) != 0) code = ERR(e, E_PASSPHRASE_DIFFERS, .subject = whose);
  passphrase_free(again);
  if (!code) return E_OK;
  passphrase_free(*out);
  *out = NULL;
  return code;
}
enum err_code passphrase_of(const char *whose, const char *file_or_null, bool new_one, char **out, struct err *e) {
  *out = NULL;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  if (file_or_null) return from_file(file_or_null, out, e);
  TRY(from_terminal(whose, "--passphrase-file", out, e));
  return new_one ? once_more(whose, out, e) : E_OK;
}

void passphrase_free(char *p) { secret_free(p); }
