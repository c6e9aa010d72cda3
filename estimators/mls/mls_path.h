/* mls_path.h -- the workers of a cell over the months: benchmark, back-revision of the index, choice of K, and who moves between cells.
 * Gap      of a benchmark: new level - level carried on to the same month, and its share of the carried one.
 * Factor   f(m) = 1 + (N/e(M) - 1) m/M (linear) or (N/e(M))^(m/M), m = 0 at the previous census, M at the switch; revised e(m) = e(m) f(m).
 *          Kept as a table: the index before the switch is published once more with it and divided by the revised mean of the base year.
 * Panel    the gap correction of total replacement until 2017 has the same shape: adj(m) = 1 + (g - 1) m/M, g = new/old panel in the overlap month.
 * K        0, 0.1 .. 1.0: the path E(m+1) = E(m) g(m) (1 + K rho(m)) + L move(m) from the census F0; K of the least |E(end)/F0 - F1/F0|, of equals
 *          the nearest to 0.5; all eleven deviations are returned. Growth is above 0, rho and L are fractions; a path below 0 stops.
 * Movers   a report whose register cell differs from the cell it was selected in: r_from w e1 with the weight of the selection stratum, or that of
 *          the destination (policy). A mover to a cell that is not tabulated counts as one that leaves when leaving_counts, else not at all.
 * Units    persons. Errors: E_MLS_MONTH_INPUT. Memory: the caller's. Cost: O(months), O(reports).
 * Source   MHLW 毎月勤労統計 集計・推計方法; working-group report of March 2025 on K; shape of the factor and treatment of movers: options, not published. */
#ifndef SHIRABE_ESTIMATORS_MLS_PATH_H
#define SHIRABE_ESTIMATORS_MLS_PATH_H
#include "estimators/mls/mls_carry.h"

struct mls_gap {
  double carried, benchmark, gap, share;
};
/* E of the month of a switch: the benchmark of each cell where it is given (0 or more), else what was carried. gaps: [n_cells] and their total. */
enum err_code mls_benchmark(const struct mls_carry_cell *carried, const double *benchmark, int32_t n_cells, double *workers_before,
    struct mls_gap *gaps, struct mls_gap *total, struct err *e) NODISCARD;

enum mls_factor { MLS_FACTOR_LINEAR, MLS_FACTOR_GEOMETRIC };
/* factor: [m + 1] from 1 to new_level / old_level. */
enum err_code mls_factors(double old_level, double new_level, int m, enum mls_factor shape, double *factor, struct err *e) NODISCARD;

enum { MLS_K_STEPS = 11 };
struct mls_k_months {
  int n;
  const double *growth, *rho, *moved; /* [n]: e1/e0, net rate of the insurance file, movers in - out (NULL = none) */
  double l;
};
struct mls_k_choice {
  double k, end[MLS_K_STEPS], deviation[MLS_K_STEPS];
};
enum err_code mls_choose_k(
    double census_first, double census_last, const struct mls_k_months *months, struct mls_k_choice *out, struct err *e) NODISCARD;

struct mls_mover_policy {
  const double *destination_weight; /* [reports] weight in the stratum of destination; NULL = the weight of selection stays */
  bool leaving_counts;              /* a mover whose new cell is -1 leaves its old one */
};
/* now: [reports] cell by the register of this month, -1 = tabulated nowhere. movers: room for s->n; leavers' workers are added to left[from]
 * ([n_cells], NULL = not wanted) because nothing receives them. */
enum err_code mls_find_movers(const struct mls_sample *s, const struct mls_ratio_result *r, int32_t n_cells, const int32_t *now,
    const struct mls_mover_policy *policy, struct mls_mover *movers, int64_t *n_movers, double *left, struct err *e) NODISCARD;
#endif
