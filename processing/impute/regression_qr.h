/* regression_qr.h -- weighted least squares, fed block by block, by Householder reflections.
 * Method   rows sqrt(w) [x | y] are collected in blocks of 64 and the upper triangle R of all rows so far is brought up to date by Householder
 *          reflections of [R; block]: the QR factorisation of the whole matrix without keeping it. The solution comes from R after scaling its
 *          columns to length 1. Source: Golub & Van Loan, Matrix Computations (2013), 5.2 and 6.5 (updating); singular values of R by one-sided
 *          Jacobi (8.6).
 * Rank     condition = largest / smallest singular value of the scaled R. Singular values below 1e-12 of the largest are left out (least squares of
 *          least length) and rank < p says so: the fit is then not unique, and the caller has to say so.
 * Shapes   p <= 32 regressors (intercept included). Weights > 0; the caller leaves out records without them.
 * Memory   fixed, about (p+1)(p+65) doubles. Cost 2 (p+1)^2 operations a row. The same rows in the same order give the same bits. */
#ifndef SHIRABE_PROCESSING_IMPUTE_REGRESSION_QR_H
#define SHIRABE_PROCESSING_IMPUTE_REGRESSION_QR_H
#include <stdbool.h>
#include <stdint.h>

enum { QR_COLUMNS = 33, QR_BLOCK = 64 };
struct qr_fit {
  int p, rank;
  int64_t n;
  double beta[QR_COLUMNS];
  double condition;        /* 0 when there is no row */
  double residual_squares; /* sum of w (y - x beta)^2 */
};
struct qr_sum {
  int p, filled;
  int64_t n;
  double a[(QR_COLUMNS + QR_BLOCK) * QR_COLUMNS]; /* rows: the triangle, then the block */
};
void qr_init(struct qr_sum *s, int p);
void qr_add(struct qr_sum *s, const double *x, double y, double weight);
void qr_solve(struct qr_sum *s, struct qr_fit *out);
/* After qr_solve: the v with (X'WX) v = right, by two triangles. False where the rank is below p. */
bool qr_normal(const struct qr_sum *s, const struct qr_fit *fit, const double *right, double *v);
#endif
