/* bech32.c -- see bech32.h. */
#include "secure-store/bech32.h"

#include <string.h>

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
enum { TEXT_MAX = 1000, CHECKSUM = 6 };

static uint32_t polymod_step(uint32_t c, uint8_t value) {
  static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  uint32_t top = c >> 25;
  c = (c & 0x1ffffff) << 5 ^ value;
  for (int i = 0; i < 5; i++)
    if (top >> i & 1) c ^= generator[i];
  return c;
}
static uint32_t polymod_prefix(const char *prefix) {
  uint32_t c = 1;
  for (const char *p = prefix; *p; p++) c = polymod_step(c, (uint8_t)((uint8_t)*p >> 5));
  c = polymod_step(c, 0);
  for (const char *p = prefix; *p; p++) c = polymod_step(c, (uint8_t)*p & 31);
  return c;
}

bool bech32_encode(const char *prefix, const uint8_t *p, size_t n, char *out, size_t size) {
  size_t prefix_n = strlen(prefix), data_n = (n * 8 + 4) / 5;
  if (n > TEXT_MAX || prefix_n + 1 + data_n + CHECKSUM + 1 > size) return false;
  memcpy(out, prefix, prefix_n); // NOLINT(bugprone-not-null-terminated-result): ended below
  char *at = out + prefix_n;
  *at++ = '1';
  uint32_t c = polymod_prefix(prefix), bits = 0, held = 0;
  for (size_t i = 0; i < n || held > 0;) {
    if (held < 5 && i < n) {
      bits = (bits << 8 | p[i++]) & 0xfff;
      held += 8;
      continue;
    }
    uint8_t value = (uint8_t)(held >= 5 ? bits >> (held - 5) & 31 : bits << (5 - held) & 31);
    held = held >= 5 ? held - 5 : 0;
    c = polymod_step(c, value);
    *at++ = alphabet[value];
  }
  for (int i = 0; i < CHECKSUM; i++) c = polymod_step(c, 0);
  c ^= 1;
  for (int i = 0; i < CHECKSUM; i++) *at++ = alphabet[c >> 5 * (5 - i) & 31];
  *at = 0;
  return true;
}

/* One case only; lower-cased copy of at most TEXT_MAX characters. */
static bool lower_copy(const char *text, char out[TEXT_MAX + 1], size_t *n) {
  bool upper = false, lower = false;
  *n = strnlen(text, TEXT_MAX + 1);
  if (*n > TEXT_MAX) return false;
  for (size_t i = 0; i < *n; i++) {
    char ch = text[i];
    if (ch < 33 || ch > 126) return false;
    if (ch >= 'A' && ch <= 'Z') upper = true, ch = (char)(ch + 32);
    else if (ch >= 'a' && ch <= 'z') lower = true;
    out[i] = ch;
  }
  out[*n] = 0;
  return !(upper && lower);
}
static bool unpack(const uint8_t *value, size_t n_values, uint8_t *out, size_t n) {
  uint32_t bits = 0, held = 0;
  size_t written = 0;
  for (size_t i = 0; i < n_values; i++) {
    bits = (bits << 5 | value[i]) & 0xfff;
    held += 5;
    if (held < 8) continue;
    if (written == n) return false;
    held -= 8;
    out[written++] = (uint8_t)(bits >> held);
  }
  return written == n && held <= 4 && (bits & ((1u << held) - 1)) == 0;
}

bool bech32_decode(const char *text, const char *prefix, uint8_t *out, size_t n) {
  char copy[TEXT_MAX + 1];
  uint8_t value[TEXT_MAX];
  size_t total, prefix_n = strlen(prefix);
  bool ok = lower_copy(text, copy, &total) && total >= prefix_n + 1 + CHECKSUM && memcmp(copy, prefix, prefix_n) == 0 && copy[prefix_n] == '1';
  size_t data_n = ok ? total - prefix_n - 1 : 0;
  uint32_t c = polymod_prefix(prefix);
  for (size_t i = 0; ok && i < data_n; i++) {
    const char *found = strchr(alphabet, copy[prefix_n + 1 + i]);
    ok = found != NULL;
    if (!ok) break;
    value[i] = (uint8_t)(found - alphabet);
    c = polymod_step(c, value[i]);
  }
  ok = ok && c == 1 && unpack(value, data_n - CHECKSUM, out, n);
  explicit_bzero(copy, sizeof copy); /* the text may be a secret key */
  explicit_bzero(value, sizeof value);
  return ok;
}
