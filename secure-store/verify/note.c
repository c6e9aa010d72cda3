/* note.c -- signed notes and checkpoints as c2sp.org/signed-note and c2sp.org/tlog-checkpoint have them. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space open a signature line */
/* Unicode white space is not allowed in key names (the list of the property White_Space). */
static bool unicode_space(const unsigned char *p, size_t left) {
  if (p[0] <= ' ') return p[0] == ' ' || (p[0] >= 9 && p[0] <= 13);
  if (left >= 2 && p[0] == 0xc2) return p[1] == 0x85 || p[1] == 0xa0;
  if (left < 3) return false;
  if (p[0] == 0xe1) return p[1] == 0x9a && p[2] == 0x80;
  if (p[0] == 0xe3) return p[1] == 0x80 && p[2] == 0x80;
  if (p[0] != 0xe2) return false;
  if (p[1] == 0x80) return p[2] <= 0x8a || p[2] == 0xa8 || p[2] == 0xa9 || p[2] == 0xaf;
  return p[1] == 0x81 && p[2] == 0x9f;
}
static bool name_ok(struct text t) {
  if (t.n == 0 || t.n >= NAME_MAX_BYTES || !utf8_ok(t) || memchr(t.p, 0, t.n)) return false;
  for (size_t i = 0; i < t.n; i++)
    if (t.p[i] == '+' || unicode_space((const unsigned char *)t.p + i, t.n - i)) return false;
  return true;
}
bool vkey_parse(struct text t, struct vkey *out) {
  uint8_t blob[33], digest[HASH];
  struct text rest = t, name = cut(&rest, '+'), id = cut(&rest, '+');
  memset(out, 0, sizeof *out);
  if (!name_ok(name) || !hex(id, out->id, 4) || base64(rest, blob, sizeof blob) != sizeof blob) return false;
  if (blob[0] != KEY_ED25519 && blob[0] != KEY_COSIGNATURE) return false;
  memcpy(out->name, name.p, name.n);
  out->type = blob[0];
  memcpy(out->key, blob + 1, 32);
  crypto_hash_sha256_state h;
  crypto_hash_sha256_init(&h);
  crypto_hash_sha256_update(&h, (const uint8_t *)name.p, name.n);
  crypto_hash_sha256_update(&h, (const uint8_t *)"\n", 1);
  crypto_hash_sha256_update(&h, blob, sizeof blob);
  crypto_hash_sha256_final(&h, digest);
  return memcmp(digest, out->id, 4) == 0;
}
/* The last blank line divides text and signatures. */
static bool divide(struct text all, struct text *text, struct text *signatures) {
  for (size_t i = all.n; i >= 2; i--)
    if (all.p[i - 1] == '\n' && all.p[i - 2] == '\n') {
      *text = view(all.p, i - 1);
      *signatures = view(all.p + i, all.n - i);
      return true;
    }
  return false;
}
static bool signature_line(struct text line, uint8_t *room, struct signature *out) {
  if (!begins(line, dash)) return false;
  struct text rest = view(line.p + sizeof dash - 1, line.n - (sizeof dash - 1));
  out->name = cut(&rest, ' ');
  size_t n = base64(rest, room, SIGNATURE_BYTES_MAX);
  if (!name_ok(out->name) || n == SIZE_MAX || n < 5) return false;
  memcpy(out->id, room, 4);
  out->bytes = room + 4;
  out->n = n - 4;
  return true;
}
bool note_parse(struct text t, struct note *out) {
  struct text rest, line;
  memset(out, 0, sizeof *out);
  if (t.n == 0 || t.n > NOTE_MAX || t.p[t.n - 1] != '\n' || !utf8_ok(t) || !controls_ok(t, "\n\x7f") ||
      !divide(t, &out->text, &rest)) return false;
  out->memory = malloc((size_t)SIGNATURES_MAX * SIGNATURE_BYTES_MAX);
  bool ok = out->memory && rest.n > 0;
  while (ok && rest.n > 0) {
    ok = out->n < SIGNATURES_MAX && has_line(rest, &line, &rest) &&
         signature_line(line, out->memory + (size_t)out->n * SIGNATURE_BYTES_MAX, &out->signature[out->n]);
    if (ok) out->n++;
  }
  if (!ok) note_free(out);
  return ok;
}
void note_free(struct note *n) {
  free(n->memory);
  memset(n, 0, sizeof *n);
}
/* A cosignature signs a head with its time before the text (c2sp.org/tlog-cosignature). */
static bool cosignature_holds(const struct note *n, const struct signature *s, const struct vkey *k) {
  uint64_t time = 0;
  char head[64];
  if (s->n != 8 + 64) return false;
  for (int i = 0; i < 8; i++) time = time << 8 | s->bytes[i];
  if (time >> 63) return false;
  size_t head_n = (size_t)snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
  uint8_t *message = malloc(head_n + n->text.n);
  if (!message) return false;
  memcpy(message, head, head_n);
  memcpy(message + head_n, n->text.p, n->text.n);
  bool ok = crypto_sign_verify_detached(s->bytes + 8, message, head_n + n->text.n, k->key) == 0;
  free(message);
  return ok;
}
static bool signature_holds(const struct note *n, const struct signature *s, const struct vkey *k) {
  if (k->type == KEY_COSIGNATURE) return cosignature_holds(n, s, k);
  return s->n == 64 && crypto_sign_verify_detached(s->bytes, (const uint8_t *)n->text.p, n->text.n, k->key) == 0;
}
enum verdict note_check(const struct note *n, const struct vkey *k) {
  enum verdict found = SIGNATURE_NONE;
  for (int i = 0; i < n->n; i++) {
    const struct signature *s = &n->signature[i];
    if (!same(s->name, k->name) || memcmp(s->id, k->id, 4) != 0) continue;
    if (!signature_holds(n, s, k)) return SIGNATURE_BAD;
    found = SIGNATURE_GOOD;
  }
  return found;
}
bool head_parse(struct text t, struct checkpoint *out) {
  struct text size, root, line;
  memset(out, 0, sizeof *out);
  if (!has_line(t, &out->origin, &t) || !has_line(t, &size, &t) || !has_line(t, &root, &t)) return false;
  if (out->origin.n == 0 || out->origin.n >= NAME_MAX_BYTES || !decimal(size, &out->size) || base64(root, out->root, HASH) != HASH) return false;
  while (t.n > 0)
    if (!has_line(t, &line, &t) || line.n == 0) return false;
  return true;
}
