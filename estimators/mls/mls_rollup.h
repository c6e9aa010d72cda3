/* mls_rollup.h -- unit cells to published rows: integers, roll-up by summing, averages, rounding and derivation order.
 * Formula  n = (e0 + e1)/2; average of a = sum of totals / sum of n, over cells, for C O S Hs Ho D; averages are never averaged.
 * Rounding C, O, S to 1 yen and Hs, Ho, D to 0.1, half up, from unrounded totals; then derived from the rounded: B = C - O, G = C + S, H = Hs +
 *          Ho. Workers are made whole per unit cell and summed as integers: M + F = T, N + P = T by largest remainder, e1 = e0 + inc - dec where
 *          the unrounded figures obey it, pt(T) = e1(P). General workers of a roll-up are all - part-time: where a published cell clamps its -1
 *          to 0 (I51, 5-29 employees, December 2025) the published total still follows the difference.
 * Missing  a suppressed cell stays suppressed; a roll-up that contains one is not computed by subtraction and names the cell.
 * Shapes   totals: [n_cells]; specs: [n_rollups] with member indices; rows: [n_rollups].
 * Source   毎月勤労統計 result master tables (原表): all identities hold in every published row. How the ministry makes splits add up is not published;
 *          largest remainder is ours. Errors: E_MLS_BAD_ROLLUP, E_MLS_IDENTITY. Memory: arena. Cost: O(members x columns). */
#ifndef SHIRABE_ESTIMATORS_MLS_ROLLUP_H
#define SHIRABE_ESTIMATORS_MLS_ROLLUP_H
#include "base/arena.h"
#include "base/err.h"
#include "estimators/mls/mls.h"

struct mls_rollup {
  struct str industry, size;
  int32_t n_members;
  const int32_t *members;
};
/* Whole workers, in place. Returns how many of the splits T, M, F did not obey e0 + inc - dec = e1 before rounding (their e1 is rounded by itself).
 */
int mls_whole_workers(struct mls_totals *t);
/* Totals of a cell from its published averages: workers and yen per head as displayed. */
void mls_totals_from_row(const struct mls_row *row, struct mls_totals *out);
/* Sum over members; the reason of suppression lives in the arena. names[c] is used in it. */
enum err_code mls_sum(struct arena *a, const struct mls_totals *cells, int32_t n_cells, const struct mls_rollup *g, const struct str *names,
    struct mls_totals *out, struct err *e) NODISCARD;
double mls_heads(const struct mls_totals *t, int split); /* (e0 + e1) / 2 */
/* Unrounded average per head; false when there are no heads or the item is not asked. */
bool mls_average(const struct mls_totals *t, int split, int item, double *out);
/* The displayed row from totals. */
void mls_display(const struct mls_totals *t, struct str industry, struct str size, struct mls_row *out);
enum err_code mls_rollup_rows(struct arena *a, const struct mls_totals *cells, int32_t n_cells, const struct str *names,
    const struct mls_rollup *specs, int32_t n_specs, struct mls_row *rows, struct err *e) NODISCARD;
/* First identity that does not hold in the row, as text in `out`; NULL when all hold. e0+inc-dec=e1 (T M F), M+F=T, N+P=T, pt=e1(P), conversions of N
 * and P cancel, B=C-O, G=C+S, H=Hs+Ho. */
const char *mls_broken_identity(const struct mls_row *row, char *out, size_t size);
#endif
