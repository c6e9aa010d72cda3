/* spool.c -- see spool.h. */
#include "secure-store/extract/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"

enum { SEALED = SPOOL_CHUNK + AEAD_TAG_BYTES };
struct spool {
  int fd;
  uint8_t *key;
  uint64_t chunks, bytes;
  size_t n; /* in `plain` */
  uint8_t plain[SPOOL_CHUNK], sealed[SEALED];
};

static int scratch_file(const char *folder) {
  char path[4096];
  int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  int n = snprintf(path, sizeof path, "%s/.shirabe-scratch-XXXXXX", folder);
  if (n < 0 || (size_t)n >= sizeof path) return -1;
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0) unlink(path);
  return fd;
}
enum err_code spool_new(const char *folder, struct spool **out, struct err *e) {
  bool locked;
  struct spool *s = calloc(1, sizeof *s);
  *out = s;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "scratch");
  s->fd = -1;
  s->key = secret_new(32, &locked);
  if (!s->key) return ERR(e, E_NO_MEMORY, .subject = "scratch");
  random_bytes(s->key, 32);
  s->fd = scratch_file(folder);
  return s->fd < 0 ? ERR(e, E_FILE_WRITE, .file = folder, .subject = folder, .found = strerrordesc_np(errno)) : E_OK;
}
static void nonce_of(uint64_t chunk, uint8_t nonce[AEAD_NONCE_BYTES]) {
  memset(nonce, 0, AEAD_NONCE_BYTES);
  for (int i = 0; i < 8; i++) nonce[i] = (uint8_t)(chunk >> 8 * i);
}
static enum err_code write_error(int number, struct err *e) {
  return ERR(e, number == ENOSPC || number == EDQUOT ? E_DISK_FULL : E_FILE_WRITE, .subject = "scratch", .found = strerrordesc_np(number));
}
static enum err_code chunk_out(struct spool *s, const uint8_t *p, size_t n, struct err *e) {
  uint8_t nonce[AEAD_NONCE_BYTES];
  nonce_of(s->chunks, nonce);
  aead_seal(s->key, nonce, NULL, 0, p, n, s->sealed);
  int number = io_fault_check();
  if (number) return write_error(number, e);
  off_t at = (off_t)(s->chunks * SEALED);
  for (size_t done = 0; done < n + AEAD_TAG_BYTES;) {
    ssize_t got = pwrite(s->fd, s->sealed + done, n + AEAD_TAG_BYTES - done, at + (off_t)done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return write_error(errno, e);
    done += (size_t)got;
  }
  s->chunks++;
  return E_OK;
}
enum err_code spool_add(struct spool *s, const void *p, size_t n, struct err *e) {
  const uint8_t *at = p;
  s->bytes += n;
  while (n > 0) {
    if (s->n == 0 && n >= SPOOL_CHUNK) {
      TRY(chunk_out(s, at, SPOOL_CHUNK, e));
      at += SPOOL_CHUNK, n -= SPOOL_CHUNK;
      continue;
    }
    size_t take = SPOOL_CHUNK - s->n < n ? SPOOL_CHUNK - s->n : n;
    memcpy(s->plain + s->n, at, take);
    s->n += take, at += take, n -= take;
    if (s->n < SPOOL_CHUNK) break;
    TRY(chunk_out(s, s->plain, SPOOL_CHUNK, e));
    s->n = 0;
  }
  return E_OK;
}
enum err_code spool_end(struct spool *s, struct err *e) {
  enum err_code code = s->n ? chunk_out(s, s->plain, s->n, e) : E_OK;
  wipe(s->plain, sizeof s->plain);
  s->n = 0;
  return code;
}
uint64_t spool_bytes(const struct spool *s) { return s->bytes; }

static enum err_code chunk_in(const struct spool *s, struct spool_cursor *c, uint64_t chunk, struct err *e) {
  uint8_t nonce[AEAD_NONCE_BYTES], sealed[SEALED];
  uint64_t left = s->bytes - chunk * SPOOL_CHUNK;
  size_t n = (left < SPOOL_CHUNK ? (size_t)left : SPOOL_CHUNK) + AEAD_TAG_BYTES;
  c->chunk = 0;
  for (size_t done = 0; done < n;) {
    ssize_t got = pread(s->fd, sealed + done, n - done, (off_t)(chunk * SEALED + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ERR(e, E_FILE_READ, .subject = "scratch", .found = got < 0 ? strerrordesc_np(errno) : "a cut file");
    done += (size_t)got;
  }
  nonce_of(chunk, nonce);
  if (!aead_open(s->key, nonce, NULL, 0, sealed, n, c->plain)) return ERR(e, E_EXTRACT_SCRATCH, .subject = "scratch");
  c->chunk = chunk + 1;
  return E_OK;
}
enum err_code spool_read(const struct spool *s, struct spool_cursor *c, uint64_t at, void *out, size_t n, struct err *e) {
  uint8_t *to = out;
  if (n > s->bytes || at > s->bytes - n) return ERR(e, E_BUG, .subject = "spool_read");
  while (n > 0) {
    uint64_t chunk = at / SPOOL_CHUNK;
    size_t offset = (size_t)(at % SPOOL_CHUNK), take = SPOOL_CHUNK - offset < n ? SPOOL_CHUNK - offset : n;
    if (c->chunk != chunk + 1) TRY(chunk_in(s, c, chunk, e));
    memcpy(to, c->plain + offset, take);
    to += take, at += take, n -= take;
  }
  return E_OK;
}
void spool_cursor_wipe(struct spool_cursor *c) { wipe(c, sizeof *c); }
void spool_free(struct spool *s) {
  if (!s) return;
  if (s->fd >= 0) close(s->fd);
  if (s->key) secret_free(s->key);
  wipe(s->plain, sizeof s->plain);
  free(s);
}
