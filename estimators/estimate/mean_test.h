/* mean_test.h -- tests of means: one mean against a value, two means, several means, and the same of weighted ranks.
 * One      t = (mean - value) / se, df of the domain (R survey 4.1-1 takes one less).
 * Two      the coefficient of the second group in a regression on groups: t with df - 1 (finite populations and all stages count, as everywhere).
 * Several  Wald's F that all groups have one mean, (groups - 1, df - groups + 1).
 * Ranks    the response is replaced by its weighted rank in 0..1, (W_before + w/2) / W in order of y, records of equal y by the plain mean of theirs;
 *          then as above: the design-based forms of Wilcoxon's and Kruskal and Wallis' tests.
 * Shapes   y: [n]; group: [n] codes from 0, -1 = in no group; of_row 0 in the domain, -1 not, NULL = all.
 * Errors   E_TEST: fewer than two groups with records, no degrees of freedom. Cost: one regression. Memory 24 bytes a record and group.
 * Source   Binder (1983); Lumley & Scott (2013), Biometrika 100:831-842 (ranks). */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_MEAN_TEST_H
#define SHIRABE_ESTIMATORS_ESTIMATE_MEAN_TEST_H
#include "estimators/estimate/regression.h"

struct mean_test_spec {
  const double *y;
  const int32_t *group, *of_row;
  int32_t n_groups;
  bool ranks;
  double confidence;
};
struct mean_test {
  int32_t groups;
  bool is_t;                      /* statistic is a t with df2; else F with df1, df2 */
  double estimate, se, low, high; /* is_t: mean - value, or difference second - first */
  double statistic, p;
  int64_t df1, df2, n;
};
enum err_code mean_test_one(const struct job *job, struct arena *a, const struct survey *s, const struct mean_test_spec *spec, double value,
    struct mean_test *out, struct err *e) NODISCARD;
enum err_code mean_test_groups(const struct job *job, struct arena *a, const struct survey *s, const struct mean_test_spec *spec,
    struct mean_test *out, struct err *e) NODISCARD;
#endif
