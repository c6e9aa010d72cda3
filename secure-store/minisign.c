/* minisign.c -- signature files of minisign 0.11, prehashed form only (the older "Ed" form over the raw message is refused).
 * Source   jedisct1.github.io/minisign: "ED" | key id | Ed25519(BLAKE2b-512(file)); global signature Ed25519(signature | trusted comment). */
#include "secure-store/minisign.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

enum { PUBLIC_BLOB = 2 + 8 + 32, SIGNATURE_BLOB = 2 + 8 + 64 };
static const char untrusted_prefix[] = "untrusted comment: ", trusted_prefix[] = "trusted comment: ";

void minisign_keypair(struct minisign_key *k) {
  memset(k, 0, sizeof *k); /* signs by itself */
  random_bytes(k->key_id, sizeof k->key_id);
  sign_keypair(k->public_key, k->secret);
}
void minisign_public_text(const struct minisign_key *k, char out[MINISIGN_PUBLIC_TEXT]) {
  uint8_t blob[PUBLIC_BLOB] = {'E', 'd'};
  memcpy(blob + 2, k->key_id, 8);
  memcpy(blob + 10, k->public_key, 32);
  base64_encode(blob, sizeof blob, true, out, MINISIGN_PUBLIC_TEXT);
}

/* Comments are one line of UTF-8 without control characters, so that nothing can be smuggled into a signature file. */
static bool comment_ok(const char *p, size_t n) {
  if (n >= MINISIGN_COMMENT_BYTES || !utf8_valid(p, n, NULL)) return false;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)p[i] < 32 || p[i] == 127) return false;
  return true;
}
/* What the global signature covers: signature | comment. */
static size_t global_message(const uint8_t signature[64], const char *comment, size_t comment_n, uint8_t out[64 + MINISIGN_COMMENT_BYTES]) {
  memcpy(out, signature, 64);
  memcpy(out + 64, comment, comment_n);
  return 64 + comment_n;
}
static void add_base64_line(const uint8_t *p, size_t n, struct strbuf *out) {
  char text[256];
  base64_encode(p, n, true, text, sizeof text);
  strbuf_adds(out, text);
  strbuf_addc(out, '\n');
}

enum err_code minisign_raw(
    const struct minisign_key *k, const uint8_t digest[64], struct str comment, uint8_t signature[64], uint8_t global[64], struct err *e) {
  uint8_t message[64 + MINISIGN_COMMENT_BYTES];
  if (!comment_ok(comment.p, comment.n)) return ERR(e, E_MINISIGN_FORMAT, .subject = "trusted comment", .expected = "one line of at most 511 bytes");
  if (k->sign) return k->sign(k->sign_context, digest, comment, signature, global, e);
  sign_detached(signature, digest, BLAKE2B_BYTES, k->secret);
  sign_detached(global, message, global_message(signature, comment.p, comment.n, message), k->secret);
  return E_OK;
}
enum err_code minisign_sign(const struct minisign_key *k, const void *p, size_t n, const char *trusted_comment, struct strbuf *out, struct err *e) {
  uint8_t digest[BLAKE2B_BYTES];
  blake2b_512_of(p, n, digest);
  return minisign_sign_digest(k, digest, trusted_comment, out, e);
}
enum err_code minisign_sign_digest(const struct minisign_key *k, const uint8_t digest[BLAKE2B_BYTES], const char *trusted_comment, struct strbuf *out,
    struct err *e) {
  uint8_t blob[SIGNATURE_BLOB] = {'E', 'D'}, global[64];
  memcpy(blob + 2, k->key_id, 8);
  TRY(minisign_raw(k, digest, str_of(trusted_comment), blob + 10, global, e));
  char id[17];
  uint8_t reversed[8]; /* minisign prints the id as a little-endian number */
  for (int i = 0; i < 8; i++) reversed[i] = k->key_id[7 - i];
  hex_encode(reversed, 8, id);
  for (char *c = id; *c; c++)
    if (*c >= 'a') *c = (char)(*c - 32);
  strbuf_addf(out, "%ssignature of key %s\n", untrusted_prefix, id);
  add_base64_line(blob, sizeof blob, out);
  strbuf_addf(out, "%s%s\n", trusted_prefix, trusted_comment);
  add_base64_line(global, sizeof global, out);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "minisign") : E_OK;
}

/* --- reading --- */
struct parsed {
  uint8_t blob[SIGNATURE_BLOB], global[64];
  struct str comment;
};
static bool next_line(struct str *rest, struct str *line) {
  const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
  if (!end) return false;
  *line = str_view(rest->p, (size_t)(end - rest->p));
  if (line->n && line->p[line->n - 1] == '\r') line->n--;
  *rest = str_view(end + 1, rest->n - (size_t)(end + 1 - rest->p));
  return true;
}
static bool decode_line(struct str line, uint8_t *out, size_t n) { return base64_decode(line.p, line.n, true, out, n) == n; }
static bool parse_signature(const char *text, size_t n, struct parsed *out) {
  struct str rest = str_view(text, n), line;
  if (n > 4096 || !next_line(&rest, &line) || !str_starts(line, STR("untrusted comment: "))) return false;
  if (!next_line(&rest, &line) || !decode_line(line, out->blob, sizeof out->blob)) return false;
  if (!next_line(&rest, &line) || !str_starts(line, STR("trusted comment: "))) return false;
  out->comment = str_view(line.p + sizeof trusted_prefix - 1, line.n - (sizeof trusted_prefix - 1));
  if (!comment_ok(out->comment.p, out->comment.n)) return false;
  if (rest.n && !memchr(rest.p, '\n', rest.n)) line = rest, rest.n = 0; /* the last line may lack its newline */
  else if (!next_line(&rest, &line)) return false;
  return rest.n == 0 && decode_line(line, out->global, sizeof out->global);
}

enum err_code minisign_public_parse(const char *public_text, uint8_t key_id[8], uint8_t public_key[32], struct err *e) {
  uint8_t blob[PUBLIC_BLOB];
  if (base64_decode(public_text, strlen(public_text), true, blob, sizeof blob) != sizeof blob || memcmp(blob, "Ed", 2) != 0)
    return ERR(e, E_MINISIGN_FORMAT, .subject = "public key", .expected = "the second line of a minisign .pub file");
  memcpy(key_id, blob + 2, 8);
  memcpy(public_key, blob + 10, 32);
  return E_OK;
}
enum err_code minisign_verify(const char *public_text, const void *p, size_t n, const char *signature_text, size_t signature_n,
    char comment_out[MINISIGN_COMMENT_BYTES], struct err *e) {
  uint8_t digest[BLAKE2B_BYTES];
  blake2b_512_of(p, n, digest);
  return minisign_verify_digest(public_text, digest, signature_text, signature_n, comment_out, e);
}
enum err_code minisign_verify_digest(const char *public_text, const uint8_t digest[BLAKE2B_BYTES], const char *signature_text, size_t signature_n,
    char comment_out[MINISIGN_COMMENT_BYTES], struct err *e) {
  uint8_t key_id[8], public_key[32], message[64 + MINISIGN_COMMENT_BYTES];
  struct parsed s;
  TRY(minisign_public_parse(public_text, key_id, public_key, e));
  if (!parse_signature(signature_text, signature_n, &s) || memcmp(s.blob, "ED", 2) != 0)
    return ERR(e, E_MINISIGN_FORMAT, .subject = "signature", .expected = "four lines, prehashed (ED)");
  if (memcmp(s.blob + 2, key_id, 8) != 0) return ERR(e, E_MINISIGN_KEY, .subject = "signature");
  if (!sign_verify(s.blob + 10, digest, BLAKE2B_BYTES, public_key)) return ERR(e, E_MINISIGN_SIGNATURE, .subject = "signature");
  if (!sign_verify(s.global, message, global_message(s.blob + 10, s.comment.p, s.comment.n, message), public_key))
    return ERR(e, E_MINISIGN_SIGNATURE, .subject = "trusted comment");
  if (comment_out) {
    memcpy(comment_out, s.comment.p, s.comment.n);
    comment_out[s.comment.n] = 0;
  }
  return E_OK;
}
