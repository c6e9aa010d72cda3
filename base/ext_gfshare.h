/* ext_gfshare.h -- Shamir's secret sharing, m of n, byte by byte over GF(256) with polynomial 0x11d: the shares of libgfshare, gfsplit and gfcombine.
 * Shapes   numbers: [n], 1..255, no two alike; shares: [n][size], share i belongs to numbers[i].
 * Errors   false when a number is 0 or stands twice, m < 1, m > n, n > 255, size is 0 or above SHARE_SIZE_MAX, or memory runs out; the output
 *          is then zeros.
 * Rule     any m - 1 shares tell nothing about the secret. A wrong share gives a wrong secret, not an error: the caller keeps a check value.
 * Memory   the library holds the secret in unlocked heap during one call; it is overwritten before the call returns.
 * Source   Shamir, How to share a secret, CACM 22 (1979) 612; libgfshare 2.0.0 (the only includer of <libgfshare.h>). */
#ifndef SHIRABE_BASE_EXT_GFSHARE_H
#define SHIRABE_BASE_EXT_GFSHARE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHARES_MAX = 255, SHARE_SIZE_MAX = 65536 };
bool shares_split(const uint8_t *secret, size_t size, int m, const uint8_t *numbers, int n, uint8_t *shares) __attribute__((warn_unused_result));
/* From exactly the m shares given. */
bool shares_combine(const uint8_t *numbers, const uint8_t *shares, int m, size_t size, uint8_t *secret) __attribute__((warn_unused_result));
#endif
