#include "processing/correct/typing_slip.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 24, PLACES = 3 };
static int digits_of(int64_t v, char *out) { return snprintf(out, DIGITS, "%lld", (long long)(v < 0 ? -v : v)); }

static bool keys_beside(char a, char b) {
  static const int column[] = {0, 0, 1, 2, 0, 1, 2, 0, 1, 2}, line[] = {0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
  const int u = a - '0', v = b - '0', row = abs((u + 9) % 10 - (v + 9) % 10);
  const bool block = abs(column[u] - column[v]) + abs(line[u] - line[v]) == 1;
  return block || row == 1 || (u + v == 2 && u * v == 0); /* 0 lies under 1 and 2 */
}
/* `longer` has one character more: is it `shorter` with one put in, and can that be one typed twice? */
static unsigned one_more(const char *shorter, const char *longer, int n) {
  int i = 0;
  while (i < n && shorter[i] == longer[i]) i++; /* of equal neighbours the last is found: the one before is its like */
  if (memcmp(shorter + i, longer + i + 1, (size_t)(n - i)) != 0) return 0;
  return SLIP_PUT_IN | (i > 0 && longer[i] == longer[i - 1] ? (unsigned)SLIP_DOUBLED : 0);
}
static unsigned same_length(const char *a, const char *b, int n) {
  int differ = 0, first = -1, last = -1;
  for (int i = 0; i < n; i++) {
    if (a[i] == b[i]) continue;
    if (first < 0) first = i;
    last = i;
    differ++;
  }
  if (differ == 1) return SLIP_CHANGED | (keys_beside(a[first], b[first]) ? (unsigned)SLIP_KEY_BESIDE : 0);
  return differ == 2 && last == first + 1 && a[first] == b[last] && a[last] == b[first] ? SLIP_EXCHANGED : 0;
}
static bool point_moved(int64_t a, int64_t b) {
  int64_t by = 1;
  for (int k = 0; k < PLACES; k++) {
    int64_t up;
    by *= 10;
    if (!__builtin_mul_overflow(a, by, &up) && up == b) return true;
    if (!__builtin_mul_overflow(b, by, &up) && up == a) return true;
  }
  return false;
}
unsigned typing_slips(int64_t written, int64_t meant) {
  char w[DIGITS], m[DIGITS];
  if (written == meant || written == INT64_MIN || meant == INT64_MIN) return 0;
  if (written == -meant) return SLIP_SIGN;
  if ((written < 0) != (meant < 0)) return 0;
  const int n_w = digits_of(written, w), n_m = digits_of(meant, m);
  unsigned out = 0;
  if (n_w == n_m) out = same_length(w, m, n_w);
  if (n_w == n_m + 1) out = one_more(m, w, n_m);
  if (n_m == n_w + 1 && one_more(w, m, n_w)) out = SLIP_LEFT_OUT;
  return out | (written != 0 && meant != 0 && point_moved(written, meant) ? (unsigned)SLIP_POINT : 0);
}
