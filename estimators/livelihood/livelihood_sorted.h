/* livelihood_sorted.h -- poverty, medians, deciles and Gini over persons, under any weights of their households: sorted once, then one pass for each
 *    set of weights. What replicates ask for 500 times.
 * Shapes   income: [n] equivalised, by household; persons[g]: [n] members of the household in group g (group 0 = all members); known [n]. values:
 *          [LIVELIHOOD_FIGURES].
 * Formula  a household of weight w counts w x persons. Median and deciles: MATH smallest income that the share p does not exceed, or SCHOOL the mean
 *          of two where it is met exactly (|C - pW| <= 1e-12 W). Line = median / 2. Rate of a group = persons of households with income BELOW the
 *          line (not at it) / persons of the group with known income. Gini = 1 - sum w (S + S before) / (W S_n), incomes below 0 taken as 0.
 * Missing  households with known 0 or a weight of 0 take no part; a group without persons, Gini of a total not above 0 and P90/P10 with P10 not
 *          above 0 are not defined.
 * Order    compensated sums in order of income, equal incomes in order of rows: the same bits whatever the threads.
 * Memory   52 bytes a household. Cost: O(n log n) once, O(n) a pass.
 * Source   the survey's page on the poverty rate (livelihood_income.h); Gini by trapezes as in its report; OECD for strictly below the line. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_SORTED_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_SORTED_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum livelihood_group { GROUP_ALL, GROUP_CHILDREN, GROUP_WORKING, GROUP_ONE_ADULT, GROUP_MORE_ADULTS };
enum { LIVELIHOOD_GROUPS = 5, LIVELIHOOD_DECILES = 9 };
enum livelihood_figure {
  FIGURE_LINE,
  FIGURE_MEDIAN,
  FIGURE_MEAN,
  FIGURE_GINI,
  FIGURE_P90_P10,
  FIGURE_DECILE,                                  /* 9 of them; the fifth is the median */
  FIGURE_RATE = FIGURE_DECILE + LIVELIHOOD_DECILES /* 5 of them, by group */
};
enum { LIVELIHOOD_FIGURES = FIGURE_RATE + LIVELIHOOD_GROUPS };
const char *livelihood_figure_name(int figure); /* "poverty_line", "rate_children" ... */

struct livelihood_persons { /* what is measured */
  int64_t n;
  const double *income;
  const double *persons[LIVELIHOOD_GROUPS];
  const uint8_t *known;
};
struct livelihood_sorted {
  const struct livelihood_persons *data;
  bool school;
  int64_t n;             /* of known income */
  const int32_t *row;    /* [n] in order of income */
  const double *income;  /* [n] */
  const double *persons[LIVELIHOOD_GROUPS]; /* [n] in the same order */
};
enum err_code livelihood_sort(
    struct arena *a, const struct livelihood_persons *data, bool school, struct livelihood_sorted *out, struct err *e) NODISCARD;
void livelihood_values(const struct livelihood_sorted *s, const double *w, double *value, uint8_t *defined);
/* The same in the form of replicate_engine.h; context: struct livelihood_sorted. */
enum err_code livelihood_replicate(
    void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) NODISCARD;
/* All weights 1. */
bool livelihood_gini_unweighted(const struct livelihood_sorted *s, double *out);
#endif
