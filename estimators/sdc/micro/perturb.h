/* perturb.h -- values disturbed by keyed random numbers: noise, rank swapping, post-randomisation.
 * Shapes   one column (or d columns) of a table, [n] rows, in place; record [n]: the id that the random numbers hang on (stream.h).
 * Missing  a missing value is left alone; correlated noise leaves a record with any of the columns missing alone. Counted.
 * Noise    additive: x + amount * sd * normal. Correlated: x + normal vector with covariance amount^2 times that of the data (Cholesky): correlations
 *          are kept, variances grow by 1 + amount^2.
 * Rank swap records sorted by value, windows of `percent` % of the ranks, random pairs inside a window exchange values: linear after sorting, the
 *          distribution is exactly that of before, no value moves further than a window. The one left over in an odd window stays.
 * PRAM     P: row i keeps its category with probability d_i, drawn from [least, 1], the rest in random shares; made invariant, so that expected
 *          frequencies stay as they are: Q_kj = P_jk p_j / sum_i P_ik p_i, R = alpha P Q + (1 - alpha) I.
 * Errors   E_MICRO_PARAMETER, E_MICRO_VARIABLE (kind), E_MICRO_SOLVE (covariance not positive), E_NO_MEMORY.
 * Cost     n log n for rank swapping, else linear; PRAM also categories^3.
 * Source   Kim (1986); Moore (1996) and sdcMicro 5.8.1 (whose window is searched for each record); Gouweleeuw et al. (1998), JOS 14, 463-478. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_PERTURB_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_PERTURB_H
#include "base/table.h"
#include "estimators/sdc/micro/stream.h"

enum { MICRO_NOISE_COLUMNS_MOST = 16, MICRO_PRAM_CATEGORIES_MOST = 256 };
struct micro_disturbance {
  const struct micro_stream *stream;
  const uint64_t *record; /* [n] */
  int64_t n;
};
struct micro_disturbed {
  int64_t n_changed, n_left_alone;
};
enum err_code micro_noise(struct column *c, const struct micro_disturbance *d, double amount, struct micro_disturbed *out, struct err *e) NODISCARD;
enum err_code micro_noise_correlated(struct arena *a, struct column *const *c, int n_columns, const struct micro_disturbance *d, double amount,
    struct micro_disturbed *out, struct err *e) NODISCARD;
enum err_code micro_rank_swap(struct arena *a, struct column *c, const struct micro_disturbance *d, double percent, struct micro_disturbed *out,
    struct err *e) NODISCARD;
/* R of m categories with frequencies p (sum 1), by rows; purpose names the variable. */
enum err_code micro_pram_matrix(struct arena *a, const struct micro_stream *s, const char *purpose, const double *p, int m, double least,
    double alpha, double *r, struct err *e) NODISCARD;
enum err_code micro_pram(struct arena *a, struct column *c, const struct micro_disturbance *d, double least, double alpha,
    struct micro_disturbed *out, struct err *e) NODISCARD;
#endif
