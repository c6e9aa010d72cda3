/* age_armor.h -- the text form of age files (C2SP age.md, "ASCII armor"): strict PEM of type AGE ENCRYPTED FILE around the binary file.
 * Text     lines of exactly 64 base64 digits, then one of 1 to 64, canonical and padded; LF or CRLF; no headers, no checksum, nothing but white
 *          space before and after. Any other text is refused, so that one file has one body.
 * Use      for what people paste (key files, shares); packages stay binary and age_decrypt refuses armor by itself.
 * Errors   E_AGE_ARMOR with the line that is wrong, E_CAP_EXCEEDED when more than max_out bytes come out; then out is as it was.
 * Memory   out grows once. What stands inside is ciphertext: nothing here is secret. */
#ifndef SHIRABE_SECURE_STORE_AGE_ARMOR_H
#define SHIRABE_SECURE_STORE_AGE_ARMOR_H
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

bool age_armored(const void *p, size_t n); /* does it begin like one, after white space? */
enum err_code age_armor_decode(const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
#endif
