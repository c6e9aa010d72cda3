/* age.h -- files in age v1 format (C2SP age.md): exactly one X25519 recipient, binary, chunks of 64 KiB.
 * Writes   only that. Reads    X25519 stanzas among unknown ones; armor and hybrid recipients are E_AGE_UNSUPPORTED, so are
 *          files to a passphrase (age_scrypt.h reads those; age_armor.h turns an armored file into this form); anything malformed E_AGE_*.
 * Rule     no plaintext is handed out before the whole file has been verified (age_decrypt gives all or nothing). */
#ifndef SHIRABE_SECURE_STORE_AGE_H
#define SHIRABE_SECURE_STORE_AGE_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { AGE_RECIPIENT_BYTES = 80, AGE_IDENTITY_BYTES = 80 };
void age_keypair(uint8_t secret[32], char recipient[AGE_RECIPIENT_BYTES]);                 /* age1... */
enum err_code age_recipient_of(const uint8_t secret[32], char recipient[AGE_RECIPIENT_BYTES], struct err *e) NODISCARD;
enum err_code age_identity_text(const uint8_t secret[32], char identity[AGE_IDENTITY_BYTES], struct err *e) NODISCARD; /* AGE-SECRET-KEY-1... */
enum err_code age_identity_parse(const char *identity, uint8_t secret[32], struct err *e) NODISCARD;
enum err_code age_recipient_parse(const char *recipient, uint8_t public_key[32], struct err *e) NODISCARD;
enum err_code age_encrypt(const char *recipient, const void *p, size_t n, struct strbuf *out, struct err *e) NODISCARD;
/* Opens one X25519 stanza: the file key, E_AGE_NO_MATCH when it is not for this key, E_AGE_HEADER for a share of low order. */
enum { AGE_FILE_KEY_BYTES = 16, AGE_WRAPPED_BYTES = 32 };
typedef enum err_code (*age_unwrap_fn)(
    void *context, const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES], uint8_t file_key[AGE_FILE_KEY_BYTES], struct err *e);
enum err_code age_unwrap(const uint8_t secret[32], const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES],
    uint8_t file_key[AGE_FILE_KEY_BYTES], struct err *e) NODISCARD;
/* The same as age_decrypt with a secret that is elsewhere. */
enum err_code age_decrypt_by(
    age_unwrap_fn unwrap, void *context, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
enum err_code age_decrypt(const uint8_t secret[32], const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
#endif
