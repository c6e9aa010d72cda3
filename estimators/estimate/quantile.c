#include "estimators/estimate/quantile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double TIE = 1e-12;
enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS, FEW = 32, SOME = 4096 };

bool quantile_rule_named(const char *name, enum quantile_rule *out) {
  static const char *const names[] = {"math", "school", "shahvaish", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"};
  for (int k = 0; k < 9; k++)
    if (strcmp(names[k], name) == 0) return *out = (enum quantile_rule)k, true;
  return strcmp(name, "hf1") == 0 ? (*out = QUANTILE_MATH, true) : strcmp(name, "hf2") == 0 ? (*out = QUANTILE_SCHOOL, true) : false;
}

/* --- order: doubles as unsigned integers of the same order, sorted digit by digit; equal keys keep row order --- */
struct keyed { /* the weight (or the row) travels with its value: nothing is looked up again */
  uint64_t key;
  union {
    double w;
    int64_t row;
  };
};
static uint64_t key_of(double x) {
  uint64_t bits;
  x = x == 0 ? 0 : x; /* -0 and 0 are one value */
  memcpy(&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}
static double value_of(uint64_t key) {
  const uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static void count_digits(const struct keyed *x, int64_t n, int64_t *count) {
  memset(count, 0, sizeof *count * DIGITS * BUCKETS);
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < DIGITS; d++) count[d * BUCKETS + (int)((x[i].key >> (d * DIGIT_BITS)) & (BUCKETS - 1))]++;
}
static void sort_few(struct keyed *x, int64_t n) { /* by insertion: counting digits costs more than a small domain is worth */
  for (int64_t i = 1; i < n; i++) {
    const struct keyed one = x[i];
    int64_t at = i;
    for (; at > 0 && x[at - 1].key > one.key; at--) x[at] = x[at - 1];
    x[at] = one;
  }
}
/* Sorted pieces of FEW, then of twice as many, and so on; the earlier of equal keys first. */
static void merge_pieces(const struct keyed *x, int64_t n, int64_t piece, struct keyed *to) {
  for (int64_t from = 0; from < n; from += 2 * piece) {
    const int64_t middle = from + piece < n ? from + piece : n, end = from + 2 * piece < n ? from + 2 * piece : n;
    int64_t i = from, j = middle;
    for (int64_t at = from; at < end; at++) to[at] = j == end || (i < middle && x[i].key <= x[j].key) ? x[i++] : x[j++];
  }
}
static struct keyed *sort_some(struct keyed *x, struct keyed *other, int64_t n) {
  for (int64_t from = 0; from < n; from += FEW) sort_few(x + from, n - from < FEW ? n - from : FEW);
  for (int64_t piece = FEW; piece < n; piece *= 2) {
    merge_pieces(x, n, piece, other);
    struct keyed *swap = x;
    x = other, other = swap;
  }
  return x;
}
/* Returns which of the two holds the order. A digit that all keys share costs nothing: whole numbers have four such. */
static struct keyed *sort_keys(struct keyed *x, struct keyed *other, int64_t n, int64_t *count) {
  if (n <= SOME) return sort_some(x, other, n);
  count_digits(x, n, count);
  for (int d = 0; d < DIGITS; d++) {
    const int shift = d * DIGIT_BITS;
    int64_t *start = count + (ptrdiff_t)d * BUCKETS, sum = 0;
    if (start[(x[0].key >> shift) & (BUCKETS - 1)] == n) continue;
    for (int b = 0; b < BUCKETS; b++) {
      const int64_t here = start[b];
      start[b] = sum, sum += here;
    }
    for (int64_t i = 0; i < n; i++) other[start[(x[i].key >> shift) & (BUCKETS - 1)]++] = x[i];
    struct keyed *swap = x;
    x = other, other = swap;
  }
  return x;
}

/* --- domains --- */
struct deal {
  int64_t n;
  const double *x, *w;
  const int32_t *of_row;
  int32_t n_domains;
};
static inline int32_t domain_at(const struct deal *d, int64_t i) {
  const int32_t k = d->of_row ? d->of_row[i] : 0;
  return k >= 0 && (!d->w || d->w[i] > 0) ? k : -1;
}
/* first: [n_domains + 2]; entry k + 1 counts domain k, then is where it begins. */
static int64_t places(const struct deal *d, int64_t *first) {
  int64_t most = 0;
  for (int64_t i = 0; i < d->n; i++) {
    const int32_t k = domain_at(d, i);
    if (k >= 0) first[k + 2]++;
  }
  for (int32_t k = 0; k < d->n_domains; k++) {
    most = first[k + 2] > most ? first[k + 2] : most;
    first[k + 2] += first[k + 1];
  }
  return most;
}
static void put_keys(const struct deal *d, int64_t *first, struct keyed *to) {
  for (int64_t i = 0; i < d->n; i++) {
    const int32_t k = domain_at(d, i);
    if (k < 0) continue;
    struct keyed one = {.key = key_of(d->x[i])};
    if (d->w) one.w = d->w[i];
    else one.row = i;
    to[first[k + 1]++] = one;
  }
}
enum err_code quantile_deal(struct arena *a, int64_t n, const double *x, const double *w, const int32_t *of_row, int32_t n_domains,
    struct quantile_dealt *out, struct err *e) {
  const struct deal d = {n, x, w, of_row, n_domains};
  int64_t *first = ARENA_ARRAY(a, int64_t, (int64_t)n_domains + 3);
  if (!first) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  const int64_t most = places(&d, first), m = first[n_domains + 1];
  const size_t bytes = sizeof(double) * ((size_t)m + 1);
  double *sorted = w ? arena_alloc(a, bytes, 64) : NULL, *weight = w ? arena_alloc(a, bytes, 64) : NULL;
  int64_t *row = w ? NULL : arena_alloc(a, bytes, 64);
  struct arena_mark mark = arena_mark(a);
  struct keyed *all = arena_alloc(a, sizeof *all * ((size_t)m + 1), 64), *other = arena_alloc(a, sizeof *all * ((size_t)most + 1), 64);
  int64_t *count = arena_alloc(a, sizeof *count * DIGITS * BUCKETS, 64);
  if ((w ? !sorted || !weight : !row) || !all || !other || !count) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  put_keys(&d, first, all); /* first[k + 1] is now the end of domain k, first[k] its beginning */
  for (int32_t k = 0; k < n_domains; k++) {
    const int64_t from = first[k], size = first[k + 1] - from;
    const struct keyed *in_order = sort_keys(all + from, other, size, count);
    for (int64_t i = 0; w && i < size; i++) sorted[from + i] = value_of(in_order[i].key), weight[from + i] = in_order[i].w;
    for (int64_t i = 0; !w && i < size; i++) row[from + i] = in_order[i].row;
  }
  arena_reset(a, mark);
  *out = (struct quantile_dealt){first, sorted, weight, row};
  return E_OK;
}

enum err_code quantile_sort(struct arena *a, int64_t n, const double *x, const double *w, const int32_t *of_row, int32_t domain,
    struct quantile_order *out, struct err *e) {
  int64_t m = 0, at = 0;
  for (int64_t i = 0; i < n; i++) m += (!of_row || of_row[i] == domain) && w[i] > 0;
  double *sorted = ARENA_ARRAY(a, double, m + 1), *cumulated = ARENA_ARRAY(a, double, m + 1), *weight = ARENA_ARRAY(a, double, m + 1);
  struct arena_mark mark = arena_mark(a);
  struct keyed *k = arena_alloc(a, sizeof *k * ((size_t)m + 1), 64), *other = arena_alloc(a, sizeof *k * ((size_t)m + 1), 64);
  int64_t *count = arena_alloc(a, sizeof *count * (m > SOME ? DIGITS * BUCKETS : 1), 64);
  if (!sorted || !cumulated || !weight || !k || !other || !count) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int64_t i = 0; i < n; i++)
    if ((!of_row || of_row[i] == domain) && w[i] > 0) k[at++] = (struct keyed){.key = key_of(x[i]), .w = w[i]};
  k = sort_keys(k, other, m, count);
  double sum = 0, rest = 0; /* Neumaier */
  for (int64_t i = 0; i < m; i++) {
    const double v = k[i].w, t = sum + v;
    rest += sum >= v ? (sum - t) + v : (v - t) + sum;
    sum = t;
    sorted[i] = value_of(k[i].key), weight[i] = v, cumulated[i] = sum + rest;
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
