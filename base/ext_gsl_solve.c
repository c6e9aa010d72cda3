#include "base/ext_gsl_solve.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

bool solve_linear(double *matrix, const double *right, size_t k, double *out) {
  size_t order[SOLVE_MOST];
  int sign = 0;
  if (k == 0 || k > SOLVE_MOST) return false;
  gsl_set_error_handler_off();
  gsl_matrix_view m = gsl_matrix_view_array(matrix, k, k);
  gsl_permutation p = {k, order};
  memmove(out, right, k * sizeof *out);
  gsl_vector_view x = gsl_vector_view_array(out, k);
  if (gsl_linalg_LU_decomp(&m.matrix, &p, &sign)) return false;
  for (size_t i = 0; i < k; i++)
    if (matrix[i * k + i] == 0) return false;
  return gsl_linalg_LU_svx(&m.matrix, &p, &x.vector) == GSL_SUCCESS;
}

bool invert_positive(double *matrix, size_t k) {
  if (k == 0) return false;
  gsl_set_error_handler_off();
  gsl_matrix_view m = gsl_matrix_view_array(matrix, k, k);
  return !gsl_linalg_cholesky_decomp1(&m.matrix) && !gsl_linalg_cholesky_invert(&m.matrix);
}

struct target {
  double (*f)(const double *x, void *context);
  void *context;
};
static double value_at(const gsl_vector *v, void *context) {
  const struct target *t = context;
  return t->f(v->data, t->context); /* vectors of the minimiser lie close together */
}
double minimise_simplex(double (*f)(const double *x, void *context), void *context, size_t k, double *at, double width, double size, int steps) {
  struct target t = {f, context};
  gsl_multimin_function target = {value_at, k, &t};
  double lowest = HUGE_VAL;
  if (k == 0) return lowest;
  gsl_set_error_handler_off();
  gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, k);
  gsl_vector *step = gsl_vector_alloc(k);
  gsl_vector_view start = gsl_vector_view_array(at, k);
  if (m && step) {
    gsl_vector_set_all(step, width);
    bool good = !gsl_multimin_fminimizer_set(m, &target, &start.vector, step);
    for (int i = 0; good && i < steps; i++)
      if (gsl_multimin_fminimizer_iterate(m) || gsl_multimin_test_size(gsl_multimin_fminimizer_size(m), size) != GSL_CONTINUE) break;
    if (good) {
      gsl_vector_memcpy(&start.vector, m->x);
      lowest = m->fval;
    }
  }
  if (m) gsl_multimin_fminimizer_free(m);
  if (step) gsl_vector_free(step);
  return lowest;
}
