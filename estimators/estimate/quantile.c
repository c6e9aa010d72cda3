#include "estimators/estimate/quantile.h"

#include <math.h>
#include <string.h>

static const double TIE = 1e-12;
enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS };

bool quantile_rule_named(const char *name, enum quantile_rule *out) {
  static const char *const names[] = {"math", "school", "shahvaish", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"};
  for (int k = 0; k < 9; k++)
    if (strcmp(names[k], name) == 0) return *out = (enum quantile_rule)k, true;
  return strcmp(name, "hf1") == 0 ? (*out = QUANTILE_MATH, true) : strcmp(name, "hf2") == 0 ? (*out = QUANTILE_SCHOOL, true) : false;
}

/* --- order: doubles as unsigned integers of the same order, sorted digit by digit; equal keys keep row order --- */
struct keyed {
  uint64_t key;
  int64_t row;
};
static uint64_t key_of(double x) {
  uint64_t bits;
  x = x == 0 ? 0 : x; /* -0 and 0 are one value */
  memcpy(&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}
static void sort_keys(struct keyed *x, struct keyed *other, int64_t n, int64_t *start) {
  for (int d = 0; d < DIGITS; d++) {
    const int shift = d * DIGIT_BITS;
    memset(start, 0, sizeof *start * (BUCKETS + 1));
    for (int64_t i = 0; i < n; i++) start[((x[i].key >> shift) & (BUCKETS - 1)) + 1]++;
    bool one = false; /* all in one bucket: nothing to do */
    for (int b = 1; b <= BUCKETS && !one; b++) one = start[b] == n;
    if (one) continue;
    for (int b = 0; b < BUCKETS; b++) start[b + 1] += start[b];
    for (int64_t i = 0; i < n; i++) other[start[(x[i].key >> shift) & (BUCKETS - 1)]++] = x[i];
    memcpy(x, other, sizeof *x * (size_t)n);
  }
}

enum err_code quantile_order_rows(struct arena *a, int64_t n, const double *x, int64_t *row, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct keyed *k = ARENA_ARRAY(a, struct keyed, n + 1), *other = ARENA_ARRAY(a, struct keyed, n + 1);
  int64_t *start = ARENA_ARRAY(a, int64_t, BUCKETS + 1);
  if (!k || !other || !start) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int64_t i = 0; i < n; i++) k[i] = (struct keyed){key_of(x[i]), i};
  sort_keys(k, other, n, start);
  for (int64_t i = 0; i < n; i++) row[i] = k[i].row;
  arena_reset(a, mark);
  return E_OK;
}

enum err_code quantile_sort(struct arena *a, int64_t n, const double *x, const double *w, const int32_t *of_row, int32_t domain,
    struct quantile_order *out, struct err *e) {
  int64_t m = 0;
  for (int64_t i = 0; i < n; i++) m += (!of_row || of_row[i] == domain) && w[i] > 0;
  double *sorted = ARENA_ARRAY(a, double, m + 1), *cumulated = ARENA_ARRAY(a, double, m + 1), *weight = ARENA_ARRAY(a, double, m + 1);
  struct arena_mark mark = arena_mark(a);
  struct keyed *k = ARENA_ARRAY(a, struct keyed, m + 1), *other = ARENA_ARRAY(a, struct keyed, m + 1);
  int64_t *start = ARENA_ARRAY(a, int64_t, BUCKETS + 1), at = 0;
  if (!sorted || !cumulated || !weight || !k || !other || !start) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int64_t i = 0; i < n; i++)
    if ((!of_row || of_row[i] == domain) && w[i] > 0) k[at++] = (struct keyed){key_of(x[i]), i};
  sort_keys(k, other, m, start);
  double sum = 0, rest = 0; /* Neumaier */
  for (int64_t i = 0; i < m; i++) {
    const double v = w[k[i].row], t = sum + v;
    rest += sum >= v ? (sum - t) + v : (v - t) + sum;
    sum = t;
    sorted[i] = x[k[i].row], weight[i] = v, cumulated[i] = sum + rest;
  }
  arena_reset(a, mark);
  *out = (struct quantile_order){m, sorted, cumulated, weight};
  return E_OK;
}

/* First index whose cumulated weight is above target, ties told by *exact. */
static int64_t first_above(const struct quantile_order *o, double target, bool *exact) {
  const double slack = TIE * o->cumulated[o->n - 1];
  int64_t low = 0, high = o->n;
  while (low < high) {
    const int64_t mid = low + (high - low) / 2;
    if (o->cumulated[mid] <= target + slack) low = mid + 1;
    else high = mid;
  }
  *exact = low > 0 && fabs(o->cumulated[low - 1] - target) <= slack;
  return low;
}
static double step_rule(const struct quantile_order *o, double p, bool average) {
  bool exact;
  const int64_t j = first_above(o, p * o->cumulated[o->n - 1], &exact);
  if (j >= o->n) return o->x[o->n - 1];
  if (!exact) return o->x[j > 0 || o->n == 1 ? j : 1]; /* below the first step the rules of R survey begin at its end */
  return average ? (o->x[j - 1] + o->x[j]) / 2 : o->x[j - 1];
}

static double position(const struct quantile_order *o, int64_t k, enum quantile_rule rule) {
  const double W = o->cumulated[o->n - 1], c = o->cumulated[k], w = o->w[k], last = o->w[o->n - 1], before = k ? o->cumulated[k - 1] : 0;
  switch (rule) {
    case QUANTILE_MATH:
    case QUANTILE_SCHOOL: break;
    case QUANTILE_SHAHVAISH: return (c / W * (double)o->n + 0.5 - w / 2) / ((double)o->n + 1);
    case QUANTILE_HF4: return c / W;
    case QUANTILE_HF5: return (c - w / 2) / W;
    case QUANTILE_HF6: return c / (W + last);
    case QUANTILE_HF7: return o->n > 1 ? before / o->cumulated[o->n - 2] : 0;
    case QUANTILE_HF8: return (before / 3 + 2 * c / 3) / (W + last / 3);
    case QUANTILE_HF9: return (3 * before + 5 * c) / 8 / (W + last / 4);
  }
  return 0;
}
/* Positions need not rise everywhere where weights differ: the last one at or below p decides for SHAHVAISH, the first above it for the others. */
static double by_position(const struct quantile_order *o, double p, enum quantile_rule rule) {
  int64_t below = -1;
  double best = -INFINITY;
  if (rule == QUANTILE_SHAHVAISH) {
    for (int64_t k = 0; k < o->n; k++) {
      const double at = position(o, k, rule);
      if (at <= p && at >= best) best = at, below = k;
    }
    return o->x[below < 0 ? 0 : below];
  }
  int64_t low = 0, high = o->n;
  while (low < high) {
    const int64_t mid = low + (high - low) / 2;
    if (position(o, mid, rule) <= p) low = mid + 1;
    else high = mid;
  }
  if (low == 0 && rule == QUANTILE_HF4 && o->n > 1) low = 1; /* goes on below the first position in the same line */
  if (low == 0) return o->x[0];
  if (low == o->n) return o->x[o->n - 1];
  const double from = position(o, low - 1, rule), to = position(o, low, rule);
  return o->x[low - 1] + (p - from) / (to - from) * (o->x[low] - o->x[low - 1]);
}

double quantile_at(const struct quantile_order *o, double p, enum quantile_rule rule) {
  if (rule == QUANTILE_MATH || rule == QUANTILE_SCHOOL) return step_rule(o, p, rule == QUANTILE_SCHOOL);
  return by_position(o, p, rule);
}
