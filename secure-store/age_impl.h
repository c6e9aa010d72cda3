/* age_impl.h -- inside of age decryption: plaintext chunk by chunk, for tests that compare what a streaming reader may release before it meets
 * an error.
 * Everyone else uses age_decrypt, which hands out nothing before the whole file is verified. */
#ifndef SHIRABE_SECURE_STORE_AGE_IMPL_H
#define SHIRABE_SECURE_STORE_AGE_IMPL_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "secure-store/age.h"

enum { AGE_CHUNK = 65536, AGE_FILE_KEY = 16, AGE_STANZAS_MAX = 128 };
struct age_header {
  uint8_t file_key[AGE_FILE_KEY]; /* wipe after use */
  size_t payload;                 /* offset of the payload */
};
/* An age_unwrap_fn whose context is the secret. */
enum err_code age_with_secret(void *context, const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES], uint8_t file_key[AGE_FILE_KEY_BYTES],
    struct err *e) NODISCARD;
/* Parses the whole header strictly, finds our stanza, checks the header's MAC. */
enum err_code age_header_open_by(age_unwrap_fn unwrap, void *context, const uint8_t *p, size_t n, struct age_header *out, struct err *e) NODISCARD;
enum err_code age_header_open(const uint8_t secret[32], const uint8_t *p, size_t n, struct age_header *out, struct err *e) NODISCARD;
typedef enum err_code (*age_chunk_fn)(void *context, const uint8_t *p, size_t n, struct err *e);
enum err_code age_payload_open(const uint8_t file_key[AGE_FILE_KEY], const uint8_t *p, size_t n, age_chunk_fn fn, void *context,
    struct err *e) NODISCARD;
#endif
