/* signed_note.h -- C2SP signed-note v1 with Ed25519 keys, and tlog-checkpoint notes (origin, size, root).
 * Text     lines, blank line, signature lines "U+2014 name base64(id[4] | signature[64])"; verifier key "name+id+base64(0x01 | key[32])".
 * Errors   E_NOTE_MALFORMED (shape), E_NOTE_SIGNATURE (a signature by the known key does not verify, or there is none). Unknown keys are ignored.
 * Limits   1 MiB text, 16 signatures, name without spaces, '+' or control characters.
 * Source   c2sp.org/signed-note, c2sp.org/tlog-checkpoint. */
#ifndef SHIRABE_SECURE_STORE_SIGNED_NOTE_H
#define SHIRABE_SECURE_STORE_SIGNED_NOTE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { NOTE_NAME_BYTES = 128, NOTE_VKEY_BYTES = 256, NOTE_SIGNATURES_MAX = 16 };
struct note_key {
  char name[NOTE_NAME_BYTES];
  uint8_t id[4], public_key[32], secret[64]; /* secret all zero in a verifier */
  /* Set when the secret is in another process (session_broker.h): asked instead of `secret`. */
  enum err_code (*sign)(void *context, struct str text, uint8_t signature[64], struct err *e);
  void *sign_context;
};
/* Derives the id; public_key and secret must be set. E_NOTE_MALFORMED for a bad name. */
enum err_code note_key_name(struct note_key *k, const char *name, struct err *e) NODISCARD;
void note_vkey_text(const struct note_key *k, char out[NOTE_VKEY_BYTES]);
enum err_code note_vkey_parse(const char *text, struct note_key *out, struct err *e) NODISCARD;
/* Appends text, blank line, one signature line. text must end with a newline. */
enum err_code note_sign(const struct note_key *k, struct str text, struct strbuf *out, struct err *e) NODISCARD;
/* *text_out views the signed text (with its final newline) inside note. */
enum err_code note_verify(const struct note_key *k, struct str note, struct str *text_out, struct err *e) NODISCARD;

/* A witness (c2sp.org/tlog-cosignature, type 0x04): its key is read with note_cosigner_parse and looked for with note_cosigned. *at = time of its
 * cosignature, -1 = there is none; one that does not verify is E_NOTE_SIGNATURE. */
enum err_code note_cosigner_parse(const char *text, struct note_key *out, struct err *e) NODISCARD;
enum err_code note_cosigned(const struct note_key *witness, struct str note, int64_t *at, struct err *e) NODISCARD;

struct checkpoint {
  char origin[NOTE_NAME_BYTES];
  uint64_t size;
  uint8_t root[32];
};
enum err_code checkpoint_sign(const struct note_key *k, const struct checkpoint *c, struct strbuf *out,
    struct err *e) NODISCARD;                                                                       /* origin = key name when "" */
enum err_code checkpoint_parse(struct str text, struct checkpoint *out, struct err *e) NODISCARD;   /* the signed text, extension lines allowed */
enum err_code checkpoint_verify(const struct note_key *k, struct str note, struct checkpoint *out,
    struct err *e) NODISCARD; /* origin must be the key's name */
#endif
