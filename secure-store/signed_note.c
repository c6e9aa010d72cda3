/* signed_note.c -- see signed_note.h. */
#include "secure-store/signed_note.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

enum { NOTE_MAX = 1024 * 1024, ED25519_TYPE = 1, COSIGNATURE_TYPE = 4, SIGNATURE_BLOB = 4 + 64, COSIGNATURE_BLOB = 4 + 8 + 64,
       SIGNATURE_MAX = 8192 /* of algorithms we do not know */ };
static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space open a signature line */

static enum err_code malformed(struct err *e, const char *expected) { return ERR(e, E_NOTE_MALFORMED, .expected = expected); }

/* Unicode's property White_Space beyond ASCII. */
static bool is_space(uint32_t c) {
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
      c == 0x3000;
}
static bool name_ok(const char *p, size_t n) {
  uint32_t c = 0;
  if (n == 0 || n >= NOTE_NAME_BYTES || !utf8_valid(p, n, NULL)) return false;
  for (size_t i = 0; i < n; i += utf8_decode(p + i, n - i, &c))
    if ((unsigned char)p[i] <= 32 || p[i] == 127 || p[i] == '+' || (utf8_decode(p + i, n - i, &c) > 1 && is_space(c))) return false;
  return true;
}
/* Key id: first four bytes of SHA-256(name | LF | type | public key). */
static void key_id(const char *name, uint8_t type, const uint8_t public_key[32], uint8_t id[4]) {
  const uint8_t separator[2] = {'\n', type};
  uint8_t digest[32];
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, name, strlen(name));
  sha256_add(&h, separator, 2);
  sha256_add(&h, public_key, 32);
  sha256_end(&h, digest);
  memcpy(id, digest, 4);
}
enum err_code note_key_name(struct note_key *k, const char *name, struct err *e) {
  if (!name_ok(name, strlen(name))) return malformed(e, "a key name without spaces or '+'");
  snprintf(k->name, sizeof k->name, "%s", name);
  key_id(k->name, ED25519_TYPE, k->public_key, k->id);
  return E_OK;
}
void note_vkey_text(const struct note_key *k, char out[NOTE_VKEY_BYTES]) {
  uint8_t blob[33] = {ED25519_TYPE};
  char id[9], text[64];
  memcpy(blob + 1, k->public_key, 32);
  hex_encode(k->id, 4, id);
  base64_encode(blob, sizeof blob, true, text, sizeof text);
  snprintf(out, NOTE_VKEY_BYTES, "%s+%s+%s", k->name, id, text);
}
static enum err_code parse_vkey(const char *text, uint8_t type, struct note_key *out, struct err *e) {
  struct str rest, name = str_split(str_of(text), '+', &rest), key, id = str_split(rest, '+', &key); /* base64 may hold '+': only two splits */
  uint8_t blob[33], given[4], wanted[4];
  if (!name_ok(name.p, name.n) || id.n != 8 || !hex_decode(id.p, 8, given)) return malformed(e, "name+id+key");
  if (base64_decode(key.p, key.n, true, blob, sizeof blob) != sizeof blob || blob[0] != type)
    return malformed(e, type == ED25519_TYPE ? "an Ed25519 verifier key" : "the verifier key of a witness, type 0x04");
  memset(out, 0, sizeof *out);
  memcpy(out->name, name.p, name.n);
  memcpy(out->public_key, blob + 1, 32);
  key_id(out->name, type, out->public_key, wanted);
  memcpy(out->id, wanted, 4);
  return memcmp(given, wanted, 4) == 0 ? E_OK : malformed(e, "an id that belongs to the key");
}
enum err_code note_vkey_parse(const char *text, struct note_key *out, struct err *e) { return parse_vkey(text, ED25519_TYPE, out, e); }
enum err_code note_cosigner_parse(const char *text, struct note_key *out, struct err *e) { return parse_vkey(text, COSIGNATURE_TYPE, out, e); }

/* Valid UTF-8, no control character but LF, ends with LF. */
static bool text_ok(struct str text) {
  if (text.n == 0 || text.n > NOTE_MAX || text.p[text.n - 1] != '\n' || !utf8_valid(text.p, text.n, NULL)) return false;
  for (size_t i = 0; i < text.n; i++)
    if (((unsigned char)text.p[i] < 32 && text.p[i] != '\n') || text.p[i] == 127) return false;
  return true;
}
enum err_code note_sign(const struct note_key *k, struct str text, struct strbuf *out, struct err *e) {
  if (!text_ok(text)) return malformed(e, "lines of text without control characters");
  uint8_t blob[SIGNATURE_BLOB];
  char base64[128];
  memcpy(blob, k->id, 4);
  if (k->sign) TRY(k->sign(k->sign_context, text, blob + 4, e));
  else sign_detached(blob + 4, text.p, text.n, k->secret);
  base64_encode(blob, sizeof blob, true, base64, sizeof base64);
  strbuf_add(out, text.p, text.n);
  strbuf_addf(out, "\n%s%s %s\n", dash, k->name, base64);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "note") : E_OK;
}

/* The last blank line divides text and signatures. */
static bool divide(struct str note, struct str *text, struct str *signatures) {
  for (size_t i = note.n; i >= 2; i--)
    if (note.p[i - 1] == '\n' && note.p[i - 2] == '\n') {
      *text = str_view(note.p, i - 1);
      *signatures = str_view(note.p + i, note.n - i);
      return signatures->n > 0 && signatures->p[signatures->n - 1] == '\n';
    }
  return false;
}
/* One signature line: name, blob of at least 5 bytes (unknown algorithms have other lengths). */
static bool signature_line(struct str line, struct str *name, uint8_t blob[SIGNATURE_MAX], size_t *blob_n) {
  struct str opener = str_view(dash, sizeof dash - 1), base64;
  if (!str_starts(line, opener)) return false;
  *name = str_split(str_view(line.p + opener.n, line.n - opener.n), ' ', &base64);
  *blob_n = base64_decode(base64.p, base64.n, true, blob, SIGNATURE_MAX);
  return name_ok(name->p, name->n) && *blob_n != (size_t)-1 && *blob_n >= 5;
}
/* Every signature of key k must hold; *found tells whether there was one. */
typedef bool (*signature_check)(const struct note_key *k, struct str text, const uint8_t *blob, size_t n, int64_t *at);
static enum err_code check_signatures(const struct note_key *k, struct str note, signature_check holds, struct str *text, bool *found, int64_t *at,
    struct err *e) {
  struct str rest;
  *found = false;
  if (note.n > NOTE_MAX || !text_ok(note) || !divide(note, text, &rest)) return malformed(e, "text, a blank line, signatures");
  for (int n = 0; rest.n > 0; n++) {
    struct str line = str_split(rest, '\n', &rest), name;
    uint8_t blob[SIGNATURE_MAX];
    size_t blob_n;
    if (n >= NOTE_SIGNATURES_MAX || !signature_line(line, &name, blob, &blob_n)) return malformed(e, "at most 16 signature lines");
    if (!str_eq(name, str_of(k->name)) || memcmp(blob, k->id, 4) != 0) continue;
    if (!holds(k, *text, blob, blob_n, at)) return ERR(e, E_NOTE_SIGNATURE, .subject = k->name, .found = "a signature that does not verify");
    *found = true;
  }
  return E_OK;
}
static bool plain_holds(const struct note_key *k, struct str text, const uint8_t *blob, size_t n, int64_t *at) {
  (void)at;
  return n == SIGNATURE_BLOB && sign_verify(blob + 4, text.p, text.n, k->public_key);
}
enum err_code note_verify(const struct note_key *k, struct str note, struct str *text_out, struct err *e) {
  struct str text;
  bool verified;
  TRY(check_signatures(k, note, plain_holds, &text, &verified, NULL, e));
  if (!verified) return ERR(e, E_NOTE_SIGNATURE, .found = "no signature by the known key");
  *text_out = text;
  return E_OK;
}
/* "cosignature/v1", "time N", then the text; the time stands before the signature, big-endian. */
static bool cosignature_holds(const struct note_key *k, struct str text, const uint8_t *blob, size_t n, int64_t *at) {
  struct strbuf message;
  uint64_t time = 0;
  if (n != COSIGNATURE_BLOB) return false;
  for (int i = 0; i < 8; i++) time = time << 8 | blob[4 + i];
  if (time > INT64_MAX) return false;
  strbuf_init(&message, 0);
  strbuf_addf(&message, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
  strbuf_add(&message, text.p, text.n);
  bool ok = !message.failed && sign_verify(blob + 12, message.p, message.n, k->public_key);
  strbuf_release(&message);
  if (ok && (int64_t)time > *at) *at = (int64_t)time;
  return ok;
}
enum err_code note_cosigned(const struct note_key *witness, struct str note, int64_t *at, struct err *e) {
  struct str text;
  bool found;
  *at = -1;
  return check_signatures(witness, note, cosignature_holds, &text, &found, at, e);
}

/* --- checkpoints --- */
enum err_code checkpoint_sign(const struct note_key *k, const struct checkpoint *c, struct strbuf *out, struct err *e) {
  char root[64], text[NOTE_NAME_BYTES + 128];
  base64_encode(c->root, sizeof c->root, true, root, sizeof root);
  snprintf(text, sizeof text, "%s\n%llu\n%s\n", c->origin[0] ? c->origin : k->name, (unsigned long long)c->size, root);
  return note_sign(k, str_of(text), out, e);
}
/* Decimal without sign or leading zeros. */
static bool size_of_text(struct str s, uint64_t *out) {
  int64_t value;
  if (s.n == 0 || s.p[0] < '0' || s.p[0] > '9' || (s.n > 1 && s.p[0] == '0') || !str_int64(s, &value)) return false;
  *out = (uint64_t)value;
  return true;
}
enum err_code checkpoint_parse(struct str text, struct checkpoint *out, struct err *e) {
  struct str origin, size, root, rest;
  memset(out, 0, sizeof *out);
  if (!text_ok(text)) return malformed(e, "lines of text");
  origin = str_split(text, '\n', &rest);
  size = str_split(rest, '\n', &rest);
  root = str_split(rest, '\n', &rest);
  if (origin.n == 0 || origin.n >= NOTE_NAME_BYTES) return malformed(e, "an origin line");
  if (!size_of_text(size, &out->size)) return malformed(e, "a tree size");
  if (base64_decode(root.p, root.n, true, out->root, sizeof out->root) != sizeof out->root) return malformed(e, "a root hash");
  memcpy(out->origin, origin.p, origin.n);
  while (rest.n > 0)
    if (str_split(rest, '\n', &rest).n == 0) return malformed(e, "extension lines that are not empty");
  return E_OK;
}
enum err_code checkpoint_verify(const struct note_key *k, struct str note, struct checkpoint *out, struct err *e) {
  struct str text;
  TRY(note_verify(k, note, &text, e));
  TRY(checkpoint_parse(text, out, e));
  return strcmp(out->origin, k->name) == 0 ? E_OK : ERR(e, E_NOTE_MALFORMED, .expected = k->name, .found = out->origin);
}
