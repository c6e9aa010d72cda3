/* dense.h -- small dense symmetric matrices: Cholesky factor, distances, eigenvectors.
 * Shapes   p x p, row-major, p <= DENSE_MAX; factors are lower triangular, the upper part 0.
 * Errors   false: not positive definite beyond 1e-12 of the diagonal element. No allocation. Cost O(p^3).
 * Source   Golub and Van Loan (1996), Matrix Computations: 4.2 Cholesky, 8.4 cyclic Jacobi. Loops run in a fixed order: the same bits everywhere. */
#ifndef SHIRABE_PROCESSING_OUTLIER_DENSE_H
#define SHIRABE_PROCESSING_OUTLIER_DENSE_H
#include <stdbool.h>

enum { DENSE_MAX = 64 };
bool dense_cholesky(double *l, const double *s, int p); /* s = l l'; l and s may not overlap */
double dense_log_determinant(const double *l, int p);   /* of s, from its factor */
double dense_distance(const double *l, const double *d, int p); /* d' s^-1 d */
void dense_solve(const double *l, double *b, int p);            /* s x = b, x in the place of b */
/* s is destroyed; row k of vectors is the eigenvector of values[k]; values in no order. */
void dense_jacobi(double *s, double *vectors, double *values, int p);
#endif
