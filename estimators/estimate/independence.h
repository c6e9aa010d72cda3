/* independence.h -- is a two-way table of a survey independent: Pearson's statistic with Rao-Scott corrections, and Wald's test.
 * Pearson  X2 = n sum (p_ij - p_i. p_.j)^2 / (p_i. p_.j), p weighted proportions, n records. Its generalised design effects are the eigenvalues of
 *          Delta = (C'D^-1 C / n)^-1 (C'D^-1 V D^-1 C), C a basis of the interactions ((1[i = a] - 1/R)(1[j = b] - 1/K)), D = diag(p), V the
 *          design's covariance of the p.
 * First    X2 / mean of the design effects, against chi-squared with (R-1)(K-1).
 * Second   F = X2 / tr Delta against F(d0, d0 nu), d0 = (tr Delta)^2 / tr Delta^2, nu the degrees of freedom of the design in the domain.
 * Wald     W = Y'V_Y^-1 Y of Y_ij = p_ij - p_i. p_.j, i < R, j < K: F = W / k against F(k, nu); ADJUSTED: W (nu - k + 1) / (k nu) against
 *          F(k, nu - k + 1).
 * Shapes   row, column: [n] codes from 0, -1 = missing (outside the domain); of_row: 0 in the domain, -1 not, NULL = all. Levels without records do
 *          not count.
 * Errors   E_TEST: fewer than two rows or columns, no degrees of freedom, an empty cell that makes Wald's matrix singular; E_FIGURES_MANY: more than
 *          64 = (R-1)(K-1).
 * Cost     one covariance pass over (R-1)(K-1) columns. Memory 8 bytes a record for each of them.
 * Source   Rao & Scott (1981), JASA 76:221-230; (1984), Annals of Statistics 12:46-60; Thomas & Rao (1987), JASA 82:630-636; Koch, Freeman & Freeman
 *          (1975), International Statistical Review 43:59-78. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_INDEPENDENCE_H
#define SHIRABE_ESTIMATORS_ESTIMATE_INDEPENDENCE_H
#include "estimators/variance/survey.h"

struct independence_data {
  const int32_t *row, *column, *of_row;
  int32_t n_rows, n_columns;
};
struct independence {
  int64_t n, df, nu;          /* records, (R-1)(K-1), of the design */
  int32_t rows, columns;      /* with records */
  double pearson, mean_deff;  /* X2, tr Delta / df */
  double chi, chi_p;          /* first order */
  double f, f_df1, f_df2, f_p; /* second order */
  bool has_wald;              /* Wald's matrix has an inverse, nu >= df */
  double wald, wald_p, adjusted, adjusted_p;
};
enum err_code independence_test(const struct job *job, struct arena *a, const struct survey *s, const struct independence_data *d,
    struct independence *out, struct err *e) NODISCARD;
#endif
