/* bech32.h -- BIP 173 Bech32 as age uses it: any length up to 1000 characters, one case, checksum constant 1.
 * Errors   false: mixed case, bad character, bad checksum, padding bits that are not zero or more than 4.
 * Source   BIP 173 (reference algorithm), c2sp.org/age. */
#ifndef SHIRABE_SECURE_STORE_BECH32_H
#define SHIRABE_SECURE_STORE_BECH32_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
/* Lower case text with NUL. false when size is too small. */
bool bech32_encode(const char *prefix, const uint8_t *p, size_t n, char *out, size_t size) NODISCARD;
/* prefix is given in lower case; the text may be all upper or all lower case. out gets exactly n bytes. */
bool bech32_decode(const char *text, const char *prefix, uint8_t *out, size_t n) NODISCARD;
#endif
