/* minisign.h -- detached signatures in minisign form (Ed25519, BLAKE2b-512 prehashed "ED", trusted comment with global signature): Debian's
 * `minisign -V` checks them.
 * Keys     public key text is the second line of a minisign .pub file (base64 of "Ed" key id[8] key[32]). */
#ifndef SHIRABE_SECURE_STORE_MINISIGN_H
#define SHIRABE_SECURE_STORE_MINISIGN_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { MINISIGN_PUBLIC_TEXT = 64, MINISIGN_COMMENT_BYTES = 512 };
struct minisign_key {
  uint8_t key_id[8], public_key[32], secret[64];
  /* Set when the secret is in another process (session_broker.h): asked instead of `secret`. */
  enum err_code (*sign)(void *context, const uint8_t digest[64], struct str comment, uint8_t signature[64], uint8_t global[64], struct err *e);
  void *sign_context;
};
void minisign_keypair(struct minisign_key *k);
void minisign_public_text(const struct minisign_key *k, char out[MINISIGN_PUBLIC_TEXT]);
/* The two signatures of a file whose BLAKE2b-512 is `digest`: of the digest, and of that signature with the comment. */
enum err_code minisign_raw(
    const struct minisign_key *k, const uint8_t digest[64], struct str comment, uint8_t signature[64], uint8_t global[64], struct err *e) NODISCARD;
enum err_code minisign_sign(
    const struct minisign_key *k, const void *p, size_t n, const char *trusted_comment, struct strbuf *out, struct err *e) NODISCARD;
/* comment_out may be NULL; it is written only when everything verified. */
enum err_code minisign_verify(const char *public_text, const void *p, size_t n, const char *signature_text, size_t signature_n,
    char comment_out[MINISIGN_COMMENT_BYTES], struct err *e) NODISCARD;
/* The same for a file that is read in pieces: digest = BLAKE2b-512 of the whole (blake2b_begin .. blake2b_end). */
enum err_code minisign_sign_digest(
    const struct minisign_key *k, const uint8_t digest[64], const char *trusted_comment, struct strbuf *out, struct err *e) NODISCARD;
enum err_code minisign_verify_digest(const char *public_text, const uint8_t digest[64], const char *signature_text, size_t signature_n,
    char comment_out[MINISIGN_COMMENT_BYTES], struct err *e) NODISCARD;
/* Key id and public key of a public key text: E_MINISIGN_FORMAT. */
enum err_code minisign_public_parse(const char *public_text, uint8_t key_id[8], uint8_t public_key[32], struct err *e) NODISCARD;
#endif
