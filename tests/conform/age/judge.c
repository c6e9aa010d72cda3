/* judge.c -- see judge.h. Each file is opened twice: by the whole-file functions, which must hand out all or nothing, and chunk by chunk, which shows
 * what a streaming reader would have released before it met an error. Both must come to the same code. */
#include "tests/conform/age/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_armor.h"
#include "secure-store/age_impl.h"
#include "secure-store/age_scrypt.h"

static const char post_quantum[] = "AGE-SECRET-KEY-PQ-";

struct key {
  bool is_passphrase;
  uint8_t secret[32];
  struct str passphrase;
};
struct result {
  enum err_code code, stream_code;
  struct strbuf out;
  uint8_t stream_hash[32], file_key[AGE_FILE_KEY];
};

static const char *kind_of(enum err_code code) {
  switch (code) {
  case E_OK: return "success";
  case E_AGE_HEADER:
  case E_AGE_WORK: return "header failure";
  case E_AGE_NO_MATCH:
  case E_AGE_PASSPHRASE:
  case E_AGE_UNSUPPORTED: return "no match"; /* no stanza of the key's type */
  case E_AGE_HMAC: return "HMAC failure";
  case E_AGE_PAYLOAD: return "payload failure";
  case E_AGE_ARMOR: return "armor failure";
  default: return err_name(code);
  }
}

static enum err_code hash_chunk(void *context, const uint8_t *p, size_t n, struct err *e) {
  (void)e;
  sha256_add(context, p, n);
  return E_OK;
}
static enum err_code stream(const struct key *k, const uint8_t *p, size_t n, struct result *r) {
  struct age_header h;
  struct sha256 hash;
  sha256_begin(&hash);
  enum err_code code = k->is_passphrase ? age_scrypt_header_open(k->passphrase, AGE_SCRYPT_MAX, p, n, &h, NULL)
                                        : age_header_open(k->secret, p, n, &h, NULL);
  if (!code) {
    memcpy(r->file_key, h.file_key, AGE_FILE_KEY);
    code = age_payload_open(h.file_key, p + h.payload, n - h.payload, hash_chunk, &hash, NULL);
  }
  sha256_end(&hash, r->stream_hash);
  return code;
}
static void open_with(const struct key *k, const uint8_t *p, size_t n, struct result *r) {
  strbuf_reset(&r->out);
  r->code = k->is_passphrase ? age_scrypt_open(k->passphrase, AGE_SCRYPT_MAX, p, n, VECTOR_FILE_MAX, &r->out, NULL)
                             : age_decrypt(k->secret, p, n, VECTOR_FILE_MAX, &r->out, NULL);
  r->stream_code = stream(k, p, n, r);
}
static bool matched(const struct result *r) { return strcmp(kind_of(r->code), "no match") != 0; }
/* The keys in turn, until one says more than that it does not match. */
static bool open_all(const struct vector *v, const uint8_t *p, size_t n, struct result *r) {
  bool tried = false;
  for (int i = 0; i < v->n_identities && !(tried && matched(r)); i++) {
    struct key k = {0};
    char text[128];
    snprintf(text, sizeof text, "%.*s", (int)v->identity[i].n, v->identity[i].p);
    if (age_identity_parse(text, k.secret, NULL)) return false;
    open_with(&k, p, n, r);
    tried = true;
  }
  for (int i = 0; i < v->n_passphrases && !(tried && matched(r)); i++) {
    struct key k = {.is_passphrase = true, .passphrase = v->passphrase[i]};
    open_with(&k, p, n, r);
    tried = true;
  }
  return tried;
}

static bool hash_is(const uint8_t hash[32], const char *wanted) {
  char hex[65];
  hex_encode(hash, 32, hex);
  return strcmp(hex, wanted) == 0;
}
static const char *compare(const struct vector *v, const struct result *r) {
  uint8_t hash[32];
  char file_key[2 * AGE_FILE_KEY + 1];
  if (strcmp(kind_of(r->code), v->expect) != 0) return "another outcome";
  if (r->stream_code != r->code) return "the streaming reader comes to another code";
  sha256_of(r->out.n ? r->out.p : "", r->out.n, hash);
  hex_encode(r->file_key, AGE_FILE_KEY, file_key);
  if (r->code && r->out.n > 0) return "plaintext handed out with an error";
  if (!r->code && !v->payload[0]) return "the vector lacks the hash of its payload";
  if (!r->code && !hash_is(hash, v->payload)) return "another plaintext";
  if (!r->code && v->file_key[0] && strcmp(file_key, v->file_key) != 0) return "another file key";
  sha256_of("", 0, hash);
  bool as_said = v->payload[0] ? hash_is(r->stream_hash, v->payload) : memcmp(r->stream_hash, hash, 32) == 0;
  if (!as_said) return "another plaintext released before the error";
  return NULL;
}
/* A kind of recipient we do not have: whatever key is tried, a clean refusal and no plaintext. */
static enum verdict not_offered(const struct vector *v, const uint8_t *p, size_t n, struct result *r, char *why) {
  struct key k = {.secret = {7}};
  (void)v;
  open_with(&k, p, n, r);
  bool clean = r->code == E_AGE_UNSUPPORTED || r->code == E_AGE_HEADER || r->code == E_AGE_NO_MATCH;
  snprintf(why, WHY_BYTES, "%s", clean ? "post-quantum recipient" : "not refused cleanly");
  return clean && r->stream_code == r->code && r->out.n == 0 ? UNSUPPORTED : FAILED;
}
static enum verdict judge_binary(const struct vector *v, const uint8_t *p, size_t n, struct result *r, char *why) {
  for (int i = 0; i < v->n_identities; i++)
    if (str_starts(v->identity[i], str_view(post_quantum, sizeof post_quantum - 1))) return not_offered(v, p, n, r, why);
  if (!open_all(v, p, n, r)) return snprintf(why, WHY_BYTES, "the vector names no key, or one that is malformed"), FAILED;
  const char *differs = compare(v, r);
  if (differs) snprintf(why, WHY_BYTES, "%s: expected %s, found %s (%s)", differs, v->expect, kind_of(r->code), err_name(r->code));
  return differs ? FAILED : PASSED;
}
/* An armored file that decode refuses must be so expected; the plain functions must refuse every armored one. */
static enum verdict judge_armored(const struct vector *v, struct result *r, char *why) {
  struct strbuf binary;
  struct key k = {.secret = {7}};
  strbuf_init(&binary, 0);
  open_with(&k, v->body, v->n, r);
  enum verdict verdict = FAILED;
  if (r->code == E_OK || r->out.n > 0) snprintf(why, WHY_BYTES, "an armored file was read as a binary one");
  else if ((r->code = age_armor_decode(v->body, v->n, VECTOR_FILE_MAX, &binary, NULL)) == E_OK)
    verdict = judge_binary(v, (const uint8_t *)binary.p, binary.n, r, why);
  else if (strcmp(kind_of(r->code), v->expect) == 0) verdict = PASSED;
  else snprintf(why, WHY_BYTES, "expected %s, found %s", v->expect, kind_of(r->code));
  strbuf_release(&binary);
  return verdict;
}
enum verdict judge(const struct vector *v, char why[WHY_BYTES]) {
  struct result r = {0};
  why[0] = 0;
  if (v->unknown_key) return snprintf(why, WHY_BYTES, "a key in its head that is not known here"), UNSUPPORTED;
  strbuf_init(&r.out, VECTOR_FILE_MAX);
  enum verdict verdict = v->armored ? judge_armored(v, &r, why) : judge_binary(v, v->body, v->n, &r, why);
  strbuf_release(&r.out);
  return verdict;
}
