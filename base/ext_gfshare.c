/* ext_gfshare.c -- libgfshare behind our names. It neither checks share numbers nor brings random numbers of its own: both are done here. */
#include "base/ext_gfshare.h"

#include <libgfshare.h>
#include <string.h>

#include "base/ext_sodium.h"

static bool numbers_ok(const uint8_t *numbers, int n) {
  bool seen[SHARES_MAX + 1] = {true}; /* 0 would be the secret itself */
  if (n < 1 || n > SHARES_MAX) return false;
  for (int i = 0; i < n; i++) {
    if (seen[numbers[i]]) return false;
    seen[numbers[i]] = true;
  }
  return true;
}
static bool size_ok(size_t size) { return size > 0 && size <= SHARE_SIZE_MAX; }
static void fill_random(unsigned char *p, unsigned n) { random_bytes(p, n); }

bool shares_split(const uint8_t *secret, size_t size, int m, const uint8_t *numbers, int n, uint8_t *shares) {
  uint8_t own_numbers[SHARES_MAX], zeros[SHARE_SIZE_MAX];
  if (!size_ok(size) || n < 1 || n > SHARES_MAX) return false;
  memset(shares, 0, (size_t)n * size);
  if (m < 1 || m > n || !numbers_ok(numbers, n)) return false;
  memcpy(own_numbers, numbers, (size_t)n);
  gfshare_fill_rand = fill_random;
  gfshare_ctx *c = gfshare_ctx_init_enc(own_numbers, (unsigned)n, (unsigned char)m, (unsigned)size);
  if (!c) return false;
  gfshare_ctx_enc_setsecret(c, (unsigned char *)(uintptr_t)secret);
  for (int i = 0; i < n; i++) gfshare_ctx_enc_getshare(c, (unsigned char)i, shares + (size_t)i * size);
  memset(zeros, 0, size);
  gfshare_ctx_enc_setsecret(c, zeros); /* overwrites the secret and every coefficient, whatever freeing does */
  gfshare_ctx_free(c);
  return true;
}

bool shares_combine(const uint8_t *numbers, const uint8_t *shares, int m, size_t size, uint8_t *secret) {
  uint8_t own_numbers[SHARES_MAX], zeros[SHARE_SIZE_MAX];
  if (!size_ok(size)) return false;
  memset(secret, 0, size);
  if (m < 1 || !numbers_ok(numbers, m)) return false;
  memcpy(own_numbers, numbers, (size_t)m);
  gfshare_fill_rand = fill_random;
  gfshare_ctx *c = gfshare_ctx_init_dec(own_numbers, (unsigned)m, (unsigned)size);
  if (!c) return false;
  for (int i = 0; i < m; i++) gfshare_ctx_dec_giveshare(c, (unsigned char)i, (unsigned char *)(uintptr_t)(shares + (size_t)i * size));
  gfshare_ctx_dec_extract(c, secret);
  memset(zeros, 0, size);
  for (int i = 0; i < m; i++) gfshare_ctx_dec_giveshare(c, (unsigned char)i, zeros);
  gfshare_ctx_free(c);
  return true;
}
