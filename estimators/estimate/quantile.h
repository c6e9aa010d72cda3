/* quantile.h -- weighted quantiles with their intervals, by domain.
 * Rules    sorted by x, C_k cumulated weights, W their sum. MATH the smallest x_j with C_j >= pW, x_j itself where C_j = pW; SCHOOL there the
 *          mean of x_j and x_{j+1}; SHAHVAISH by (C - w/2 + ...), HF4..HF9 interpolate between positions p_k: hf4 C/W, hf5 (C - w/2)/W, hf6 C/(W
 *          + w_n), hf7 C_{k-1}/C_{n-1}, hf8 (C_{k-1}/3 + 2C/3)/(W + w_n/3), hf9 (3C_{k-1} + 5C)/8/(W + w_n/4).
 * Below    the first step, pW < C_1: MATH and SCHOOL give x_2 and HF4 goes on below x_1 in its line, as R survey does ("j = 1 if none").
 * Ties     |C - pW| <= 1e-12 W counts as equal. Records of equal x are taken together first for MATH and SCHOOL; the interpolating rules keep row
 *          order among them.
 * Interval Woodruff: F(q) = mean of (x <= q), its design interval on the scale MEAN, LOGIT (also "xlogit"), ASIN or BETA at the given confidence
 *          with t(df), then the same rule at both ends; se = (upper - lower) / (2 t).
 * Shapes   x: [n]; of_row: domain or -1. p in 0..1.
 * Domains  quantile_deal puts the records of each domain together, then sorts each by itself: a domain fits the caches where the whole does not.
 * Cost     one sort of 8 + 8 bytes a record and domain (radix, O(n); up to 4096 records by merging, O(n log n)); the interval one variance pass per
 *          probability.
 * Source   Woodruff (1952), JASA 47:635-646; Francisco & Fuller (1991), Annals of Statistics 19; Hyndman & Fan (1996), American Statistician 50
 *          (rules 4 to 9); Shah & Vaish (2006), ASA Proceedings. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_QUANTILE_H
#define SHIRABE_ESTIMATORS_ESTIMATE_QUANTILE_H
#include "base/arena.h"
#include "base/err.h"

enum quantile_rule {
  QUANTILE_MATH,
  QUANTILE_SCHOOL,
  QUANTILE_SHAHVAISH,
  QUANTILE_HF4,
  QUANTILE_HF5,
  QUANTILE_HF6,
  QUANTILE_HF7,
  QUANTILE_HF8,
  QUANTILE_HF9
};
/* "math", "school", "shahvaish", "hf4" ...; false = none of them. */
bool quantile_rule_named(const char *name, enum quantile_rule *out);
struct quantile_order { /* the records of one domain in order of x */
  int64_t n;
  const double *x, *cumulated; /* [n] */
  const double *w;             /* [n] */
};
/* Sorts the records with of_row == domain (all for NULL) and weight above 0. */
enum err_code quantile_sort(struct arena *a, int64_t n, const double *x, const double *w, const int32_t *of_row, int32_t domain,
    struct quantile_order *out, struct err *e) NODISCARD;
/* Domain k: entries first[k] .. first[k+1]-1, in order of x, equal x in row order. */
struct quantile_dealt {
  const int64_t *first; /* [n_domains + 1] */
  const double *x, *w;  /* [entries] */
  const int64_t *row;   /* [entries] */
};
/* With w: records of weight above 0, x and w of each. Without (NULL): all records of a domain, row of each. of_row NULL = one domain of all. */
enum err_code quantile_deal(struct arena *a, int64_t n, const double *x, const double *w, const int32_t *of_row, int32_t n_domains,
    struct quantile_dealt *out, struct err *e) NODISCARD;
double quantile_at(const struct quantile_order *o, double p, enum quantile_rule rule); /* n >= 1 */
#endif
