/* Comparisons of year(d), age(b, d) with one fixed date, round(x) and floor(x) with a constant: each of these rises or falls with its argument, so
 * the comparison is a bound of the argument. */
#include <stdlib.h>

#include "base/date.h"
#include "processing/edit/rule_build_impl.h"

enum { MOST_YEARS = 9999, MOST_DIGITS = 9 };

static int64_t ten_to(int n) {
  int64_t v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
bool is_threshold(const struct expr_node *n) { return n->kind == X_YEAR || n->kind == X_AGE || n->kind == X_ROUND || n->kind == X_FLOOR; }

/* p op value */
static bool against(struct builder *b, const struct lin *p, enum expr_kind op, int64_t value, int decimals, struct cnf *out) {
  const struct lin k = {.constant = value, .decimals = decimals, .den = 1};
  struct lin difference;
  return lin_subtract(b, p, &k, &difference) && lin_truth(b, &difference, op, out);
}
/* The first day of the year k; the last birthday that makes someone k years old on the day `at`; the first day on which one born on `at` is k. */
static int64_t first_day(int64_t k) { return date_from_civil(k, 1, 1); }
static int64_t last_birth(int64_t at, int64_t k) {
  int64_t low = at - 366 * (k + 2), high = at + 366 * (llabs(k) + 2); /* age(low) >= k > age(high) */
  if (k < 0) low = at - 366;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    if (date_age(middle, at) >= k) low = middle;
    else high = middle;
  }
  return low;
}
static int64_t day_of_age(int64_t birth, int64_t k) {
  int64_t low = birth - 366 * (llabs(k) + 2), high = birth + 366 * (llabs(k) + 2); /* age(low) < k <= age(high) */
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    if (date_age(birth, middle) >= k) high = middle;
    else low = middle;
  }
  return high;
}
/* f(day) op k for whole k, f rising in steps: from the first day with f >= k on; falling: up to the last such day. */
static bool step_of_days(struct builder *b, const struct lin *day, enum expr_kind op, bool rising, int64_t at, int64_t at_next, struct cnf *out) {
  switch (op) { /* at: where f >= k begins (ends, when falling); at_next: the same for k + 1 */
    case X_GE: return against(b, day, rising ? X_GE : X_LE, at, 0, out);
    case X_GT: return against(b, day, rising ? X_GE : X_LE, at_next, 0, out);
    case X_LT: return against(b, day, rising ? X_LT : X_GT, at, 0, out);
    default: return against(b, day, rising ? X_LT : X_GT, at_next, 0, out); /* X_LE */
  }
}
static bool dates(struct builder *b, const struct expr_node *l, enum expr_kind op, int64_t k, struct cnf *out) {
  struct lin p, q;
  if (!lin_of(b, l->kid[0], &p)) return false;
  if (l->kind == X_YEAR) {
    if (k < 1 || k >= MOST_YEARS) return refuse(b, RULE_NUMBERS);
    return step_of_days(b, &p, op, true, first_day(k), first_day(k + 1), out);
  }
  if (!lin_of(b, l->kid[1], &q)) return false;
  if (llabs(k) > 1000 || (p.n && q.n)) return refuse(b, p.n && q.n ? RULE_NO_SUM : RULE_NUMBERS);
  if (q.n) return step_of_days(b, &q, op, true, day_of_age(p.constant, k), day_of_age(p.constant, k + 1), out);
  return step_of_days(b, &p, op, false, last_birth(q.constant, k), last_birth(q.constant, k + 1), out);
}
/* In units of the last digit kept: round(x) >= k is x >= k - 1/2 for k > 0 and x > k - 1/2 for k <= 0, halves going away from zero. */
static bool from(struct builder *b, const struct expr_node *l, const struct lin *p, int64_t k, int digits, bool holds, struct cnf *out) {
  if (l->kind == X_FLOOR) return against(b, p, holds ? X_GE : X_LT, k, 0, out);
  int64_t half;
  if (__builtin_mul_overflow(k, 10, &half) || __builtin_sub_overflow(half, 5, &half)) return refuse(b, RULE_NUMBERS);
  return against(b, p, k > 0 ? (holds ? X_GE : X_LT) : (holds ? X_GT : X_LE), half, digits + 1, out);
}
static bool rounded(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  struct lin p;
  const int digits = l->kind == X_FLOOR ? 0 : (int)l->value;
  int64_t k = r->constant, unit = 1;
  if (digits < 0 || digits > MOST_DIGITS || r->den != 1) return refuse(b, RULE_NUMBERS);
  if (r->decimals > digits) unit = ten_to(r->decimals - digits);
  if (k % unit) return refuse(b, RULE_NUMBERS); /* between two values that the left side can have */
  k /= unit;
  if (r->decimals < digits && __builtin_mul_overflow(k, ten_to(digits - r->decimals), &k)) return refuse(b, RULE_NUMBERS);
  if (!lin_of(b, l->kid[0], &p)) return false;
  if (op == X_GE || op == X_LT) return from(b, l, &p, k, digits, op == X_GE, out);
  return from(b, l, &p, k + 1, digits, op == X_GT, out);
}
bool compare_threshold(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  const int64_t unit = ten_to(r->decimals);
  if (r->n) return refuse(b, RULE_NO_SUM);
  if (l->kind == X_ROUND || l->kind == X_FLOOR) return rounded(b, l, op, r, out);
  if (r->den != 1 || r->constant % unit) return refuse(b, RULE_NUMBERS);
  return dates(b, l, op, r->constant / unit, out);
}
