/* minisign.c -- minisign keys and signatures (Ed25519 over BLAKE2b-512, "ED", global signature over the trusted comment), age files from outside,
 * and the command about packages. A file of signatures may hold several, one below the other. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

enum { COMMENT_MAX = 1024 };
static bool plain(struct text t) { return t.n < COMMENT_MAX && controls_ok(t, "") && utf8_ok(t); }
bool minisign_key_parse(struct text t, struct minisign_key *out) {
  uint8_t blob[42];
  struct text line = cut(&t, '\n');
  if (begins(line, "untrusted comment:")) line = cut(&t, '\n');
  if (t.n != 0 || base64(line, blob, sizeof blob) != sizeof blob || memcmp(blob, "Ed", 2) != 0) return false;
  memcpy(out->id, blob + 2, 8);
  memcpy(out->key, blob + 10, 32);
  return true;
}
bool minisign_next(struct text *rest, struct minisign *out) {
  uint8_t blob[74];
  struct text line = cut(rest, '\n');
  if (!begins(line, "untrusted comment: ") || !plain(line)) return false;
  if (base64(cut(rest, '\n'), blob, sizeof blob) != sizeof blob || memcmp(blob, "ED", 2) != 0) return false;
  line = cut(rest, '\n');
  if (!begins(line, "trusted comment: ") || !plain(line)) return false;
  out->comment = view(line.p + 17, line.n - 17);
  memcpy(out->id, blob + 2, 8);
  memcpy(out->signature, blob + 10, 64);
  return base64(cut(rest, '\n'), out->global, 64) == 64;
}
bool minisign_holds(const struct minisign *s, const struct minisign_key *k, const uint8_t digest[64]) {
  uint8_t message[64 + COMMENT_MAX];
  if (memcmp(s->id, k->id, 8) != 0 || s->comment.n > COMMENT_MAX) return false;
  memcpy(message, s->signature, 64);
  memcpy(message + 64, s->comment.p, s->comment.n);
  return crypto_sign_verify_detached(s->signature, digest, 64, k->key) == 0 &&
         crypto_sign_verify_detached(s->global, message, 64 + s->comment.n, k->key) == 0;
}
bool keys_read(struct run *r, const char *const *paths, int n, struct minisign_key *out) {
  for (int i = 0; i < n; i++) {
    struct buffer b;
    if (!read_file(r, paths[i], 4096, &b)) return false;
    bool ok = minisign_key_parse(view(b.p, b.n), &out[i]);
    free(b.p);
    if (!ok) return refused(r, "'%s' is not a minisign public key", "「%s」は minisign の公開鍵ではありません", paths[i]);
    for (int k = 0; k < i; k++)
      if (memcmp(out[k].key, out[i].key, 32) == 0) return refused(r, "'%s' is a key given twice", "「%s」の鍵が重複しています", paths[i]);
  }
  return true;
}

/* --- age, seen from outside: one X25519 recipient, a header MAC, a payload of whole chunks --- */
static bool bare_base64(struct text t, size_t n, size_t bytes) { /* unpadded, canonical */
  char padded[64];
  uint8_t out[64];
  size_t padding = (4 - n % 4) % 4;
  if (t.n != n || n + padding > sizeof padded) return false;
  memcpy(padded, t.p, n);
  memset(padded + n, '=', padding);
  return base64(view(padded, n + padding), out, sizeof out) == bytes;
}
bool age_header_ok(struct text t, size_t *payload) {
  struct text line, start = t;
  if (!has_line(t, &line, &t) || !same(line, "age-encryption.org/v1")) return false;
  if (!has_line(t, &line, &t) || !begins(line, "-> X25519 ") || !bare_base64(view(line.p + 10, line.n - 10), 43, 32)) return false;
  if (!has_line(t, &line, &t) || !bare_base64(line, 43, 32)) return false;
  if (!has_line(t, &line, &t) || !begins(line, "--- ") || !bare_base64(view(line.p + 4, line.n - 4), 43, 32)) return false;
  *payload = start.n - t.n;
  size_t chunks = t.n < 16 ? 0 : t.n - 16, last = chunks % (65536 + 16);
  return chunks >= 16 && (last == 0 || last >= 16) && (last != 16 || chunks == 16); /* an empty last chunk only in an empty file */
}
struct package { struct minisign_key key[KEYS_MAX]; bool counted[KEYS_MAX]; uint8_t digest[64]; int signatures, good; };
static bool one_signature(struct run *r, struct package *p, const struct options *o, const struct minisign *s, const char *path) {
  p->signatures++;
  for (int i = 0; i < o->n_keys; i++) {
    if (memcmp(p->key[i].id, s->id, 8) != 0) continue;
    if (!minisign_holds(s, &p->key[i], p->digest)) return refused(r, "a signature in '%s' does not verify", "「%s」の署名を検証できません", path);
    if (!p->counted[i]) p->good++;
    p->counted[i] = true;
    say(r, "signed by %s: %.*s", "署名者の鍵 %s: %.*s", o->key[i], (int)s->comment.n, s->comment.p);
  }
  return true;
}
static bool signature_files(struct run *r, struct package *p, const struct options *o) {
  for (int i = 1; i < o->n_operands; i++) {
    struct buffer b;
    struct minisign s;
    if (!read_file(r, o->operand[i], 65536, &b)) return false;
    struct text rest = view(b.p, b.n);
    bool ok = rest.n > 0 || refused(r, "'%s' is empty", "「%s」は空です", o->operand[i]);
    while (ok && rest.n > 0)
      ok = minisign_next(&rest, &s) ? one_signature(r, p, o, &s, o->operand[i])
                                    : refused(r, "'%s' does not hold minisign signatures", "「%s」は minisign の署名ではありません", o->operand[i]);
    free(b.p);
    if (!ok) return false;
  }
  return true;
}
static bool age_and_digest(struct run *r, const char *path, struct package *p) {
  struct buffer b;
  size_t payload;
  if (!read_file(r, path, (size_t)1 << 40, &b)) return false;
  bool ok = age_header_ok(view(b.p, b.n), &payload);
  crypto_generichash(p->digest, 64, b.p, b.n, NULL, 0);
  free(b.p);
  return ok || refused(r, "'%s' is not an age file for one recipient, whole", "「%s」は受取人一名の完全な age ファイルではありません", path);
}
bool check_package(struct run *r, const struct options *o) {
  struct package *p = calloc(1, sizeof *p);
  int needed = o->needed ? o->needed : 2;
  if (!p) return refused(r, "out of memory", "メモリー不足");
  bool ok = keys_read(r, o->key, o->n_keys, p->key) && age_and_digest(r, o->operand[0], p) && signature_files(r, p, o);
  if (ok && o->n_keys == 0) r->unsigned_ = true;
  if (ok && (o->n_keys ? p->good : p->signatures) < needed)
    ok = refused(r, "%d signatures by different given keys are needed, %d are there", "指定した鍵による署名が %d 件必要ですが、%d 件です", needed,
        o->n_keys ? p->good : p->signatures);
  if (ok) say(r, "package: one recipient, %d signatures", "提供物: 受取人一名、署名 %d 件", o->n_keys ? p->good : p->signatures);
  free(p);
  return ok;
}
