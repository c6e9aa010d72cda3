/* ext_gsl_solve.h -- small dense systems and searches without derivatives through GSL.
 * Shapes   matrices by rows, k x k, overwritten; vectors of k. Errors: false (singular, not positive, k = 0); nothing here aborts.
 * Memory   solve_linear: none beyond the caller's for k <= SOLVE_MOST; minimise_simplex: O(k^2) of the heap. Cost: O(k^3); steps evaluations.
 * Source   GNU Scientific Library: linalg (LU, Cholesky), multimin (nmsimplex2). */
#ifndef SHIRABE_BASE_EXT_GSL_SOLVE_H
#define SHIRABE_BASE_EXT_GSL_SOLVE_H
#include <stdbool.h>
#include <stddef.h>

enum { SOLVE_MOST = 64 };
bool solve_linear(double *matrix, const double *right, size_t k, double *out);
bool invert_positive(double *matrix, size_t k); /* in place */
/* Walks from `at` with a first step of `width` until the simplex is smaller than `size` or after `steps`; at: the lowest place, returned its value
 * (HUGE_VAL without memory). */
double minimise_simplex(double (*f)(const double *x, void *context), void *context, size_t k, double *at, double width, double size, int steps);
#endif
