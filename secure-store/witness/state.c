/* state.c -- the witness's folder: keys, lock, durable files. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secure-store/witness/witness.h"

static bool cannot(struct run *r, const char *path) { return refused(r, "cannot write '%s': %s", "「%s」に書けません: %s", path, strerror(errno)); }

static bool sync_parent(const char *path) {
  char folder[PATH_ROOM];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = 0;
  int fd = open(!slash ? "." : *folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}
static bool write_all(int fd, const char *p, size_t n) {
  while (n > 0) {
    ssize_t step = write(fd, p, n);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) return false;
    p += step;
    n -= (size_t)step;
  }
  return fsync(fd) == 0;
}
bool write_durable(struct run *r, const char *path, const void *p, size_t n, unsigned mode, bool replace) {
  char temporary[PATH_ROOM + 8];
  snprintf(temporary, sizeof temporary, "%s.new", path);
  unlink(temporary); /* left by a crash; the lock is ours */
  int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  bool ok = fd >= 0 && write_all(fd, p, n);
  if (fd >= 0 && close(fd) != 0) ok = false;
  if (ok) ok = replace ? rename(temporary, path) == 0 : link(temporary, path) == 0 && unlink(temporary) == 0;
  ok = ok && sync_parent(path);
  if (ok) return true;
  cannot(r, path);
  unlink(temporary);
  return false;
}
bool make_folder(struct run *r, const char *path) { return (mkdir(path, 0700) == 0 && sync_parent(path)) || cannot(r, path); }

void encode_base64(const uint8_t *p, size_t n, char *out) { sodium_bin2base64(out, sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL), p, n,
    sodium_base64_VARIANT_ORIGINAL); }
void vkey_text(const struct vkey *k, char out[512]) {
  uint8_t blob[33];
  char id[9], text[64];
  blob[0] = k->type;
  memcpy(blob + 1, k->key, 32);
  to_hex(k->id, 4, id);
  encode_base64(blob, sizeof blob, text);
  snprintf(out, 512, "%s+%s+%s", k->name, id, text);
}
static void key_id(struct vkey *k) {
  uint8_t digest[HASH];
  crypto_hash_sha256_state h;
  const uint8_t head[2] = {'\n', k->type};
  crypto_hash_sha256_init(&h);
  crypto_hash_sha256_update(&h, (const uint8_t *)k->name, strlen(k->name));
  crypto_hash_sha256_update(&h, head, 2);
  crypto_hash_sha256_update(&h, k->key, 32);
  crypto_hash_sha256_final(&h, digest);
  memcpy(k->id, digest, 4);
}
static bool put_keys(struct run *r, const char *folder, const char *name) {
  struct vkey k = {.type = KEY_COSIGNATURE}, again;
  uint8_t secret[64];
  char path[PATH_ROOM], secret_text[128], vkey[512], body[1024];
  snprintf(k.name, sizeof k.name, "%s", name);
  crypto_sign_keypair(k.key, secret);
  key_id(&k);
  vkey_text(&k, vkey);
  if (!vkey_parse(view(vkey, strlen(vkey)), &again) || strcmp(again.name, name) != 0)
    return refused(r, "'%s' cannot name a witness: no spaces, no '+', at most 255 bytes", "「%s」は立会人の名前にできません（空白と「+」は不可、255バイトまで）", name);
  encode_base64(secret, sizeof secret, secret_text);
  int n = snprintf(body, sizeof body, "shirabe-witness-key-1\n%s\n%s\n", name, secret_text);
  snprintf(path, sizeof path, "%.3700s/witness.key", folder);
  bool ok = write_durable(r, path, body, (size_t)n, 0600, false);
  sodium_memzero(secret, sizeof secret);
  sodium_memzero(secret_text, sizeof secret_text);
  sodium_memzero(body, sizeof body);
  n = snprintf(body, sizeof body, "%s\n", vkey);
  snprintf(path, sizeof path, "%.3700s/witness.vkey", folder);
  return ok && write_durable(r, path, body, (size_t)n, 0644, false);
}
bool state_create(struct run *r, const char *folder, const char *name) {
  char path[PATH_ROOM];
  if (!make_folder(r, folder) || !put_keys(r, folder, name)) return false;
  snprintf(path, sizeof path, "%.3700s/logs", folder);
  return make_folder(r, path);
}

static bool read_key(struct witness *w, struct text t) {
  struct text name, secret, line;
  if (!has_line(t, &line, &t) || !same(line, "shirabe-witness-key-1") || !has_line(t, &name, &t) || !has_line(t, &secret, &t) || t.n) return false;
  if (name.n == 0 || name.n >= sizeof w->key.name || base64(secret, w->secret, 64) != 64) return false;
  memcpy(w->key.name, name.p, name.n);
  memcpy(w->key.key, w->secret + 32, 32);
  w->key.type = KEY_COSIGNATURE;
  key_id(&w->key);
  return true;
}
bool state_open(struct run *r, const char *folder, struct witness *w) {
  char path[PATH_ROOM];
  struct buffer b;
  memset(w, 0, sizeof *w);
  w->r = r;
  w->lock = -1;
  if (strlen(folder) >= sizeof w->folder) return refused(r, "the name of the folder is too long", "フォルダー名が長すぎます");
  memcpy(w->folder, folder, strlen(folder) + 1);
  snprintf(path, sizeof path, "%s/lock", folder);
  w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (w->lock < 0 || flock(w->lock, LOCK_EX | LOCK_NB) != 0) return cannot(r, path);
  snprintf(path, sizeof path, "%s/witness.key", folder);
  if (!read_file(r, path, 1024, &b)) return false;
  bool ok = read_key(w, view(b.p, b.n));
  sodium_memzero(b.p, b.n);
  free(b.p);
  return ok || refused(r, "'%s' is not the key of a witness", "「%s」は立会人の鍵ではありません", path);
}
void state_close(struct witness *w) {
  sodium_memzero(w->secret, sizeof w->secret);
  if (w->lock >= 0) close(w->lock);
}
