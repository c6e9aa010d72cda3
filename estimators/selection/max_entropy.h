/* max_entropy.h -- the working probabilities of a maximum entropy (conditional Poisson) design with given inclusion probabilities.
 * Formula  a Poisson sample with probabilities p, kept when its size is n, has inclusion probabilities psi_k(p) = p_k f_{-k}(n - 1) / f(n). p is
 *          found by p/(1-p) <- p/(1-p) * pi/(1-pi) * (1-psi)/psi and rescaling to sum p = n, until max |psi - pi| < 1e-13.
 * Shapes   pi, p, psi: [n]; 0 < pi < 1, sum pi = size, a whole number between 1 and n - 1.
 * Errors   E_SAMPLE_METHOD: n x size beyond ENTROPY_CELLS, or no convergence in 200 steps (never met); E_NO_MEMORY.
 * Memory   16 (size + n) bytes. Cost: about 2 n (size + 12 sqrt(size)) multiplications a step, 5 to 12 steps.
 * Source   Chen, Dempster & Liu (1994), Biometrika 81:457-469; Deville's iteration in Tillé (2006) Sampling Algorithms, 5.2. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_MAX_ENTROPY_H
#define SHIRABE_ESTIMATORS_SELECTION_MAX_ENTROPY_H
#include "base/arena.h"
#include "base/err.h"

#define ENTROPY_CELLS INT64_C(2000000000)
enum err_code max_entropy_working(struct arena *a, int64_t n, const double *pi, int64_t size, double *p, struct err *e) NODISCARD;
/* psi of given p; f has pb_top(n, p, size) + 1 places built for p, room as many. */
void max_entropy_inclusion(int64_t n, const double *p, int64_t size, int64_t top, const double *f, double *room, double *psi);
#endif
