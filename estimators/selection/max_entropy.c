#include "estimators/selection/max_entropy.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/poisson_binomial.h"

enum { STEPS = 200, SCALINGS = 60 };
static const double CLOSE = 1e-13;

void max_entropy_inclusion(int64_t n, const double *p, int64_t size, int64_t top, const double *f, double *room, double *psi) {
  for (int64_t k = 0; k < n; k++) {
    if (k > 0 && p[k] == p[k - 1]) {
      psi[k] = psi[k - 1];
      continue;
    }
    pb_without(f, top, p[k], room);
    psi[k] = p[k] * room[size - 1] / f[size];
  }
}

/* p with odds c w and sum `size`: Newton on log c. */
static void scale_odds(int64_t n, const double *w, int64_t size, double *p) {
  double c = 1;
  for (int t = 0; t < SCALINGS; t++) {
    struct sum s = {0, 0}, d = {0, 0};
    for (int64_t k = 0; k < n; k++) {
      p[k] = c * w[k] / (1 + c * w[k]);
      sum_add(&s, p[k]), sum_add(&d, p[k] * (1 - p[k]));
    }
    const double off = (double)size - sum_result(&s);
    if (fabs(off) < 1e-13 * (double)size) return;
    c *= exp(fmax(-2, fmin(2, off / sum_result(&d))));
  }
}

enum err_code max_entropy_working(struct arena *a, int64_t n, const double *pi, int64_t size, double *p, struct err *e) {
  if (n < 2 || size < 1 || size >= n || n > ENTROPY_CELLS / (size + 48))
    return ERR(e, E_SAMPLE_METHOD, .subject = "maximum-entropy", .expected = "units x sample size of a stratum below 2 000 000 000");
  struct arena_mark mark = arena_mark(a);
  double *w = ARENA_ARRAY(a, double, n), *psi = ARENA_ARRAY(a, double, n), *f = ARENA_ARRAY(a, double, n + 1), *room = ARENA_ARRAY(a, double, n + 1);
  if (!w || !psi || !f || !room) return ERR(e, E_NO_MEMORY, .subject = "maximum entropy");
  for (int64_t k = 0; k < n; k++) w[k] = pi[k] / (1 - pi[k]);
  enum err_code code = E_OK;
  for (int step = 0;; step++) {
    scale_odds(n, w, size, p);
    const int64_t top = pb_top(n, p, size);
    pb_build(n, p, top, f);
    max_entropy_inclusion(n, p, size, top, f, room, psi);
    double worst = 0;
    for (int64_t k = 0; k < n; k++) worst = fmax(worst, fabs(psi[k] - pi[k]));
    if (worst < CLOSE) break;
    if (step == STEPS) {
      code = ERR(e, E_SAMPLE_METHOD, .subject = "maximum-entropy", .expected = "inclusion probabilities that the iteration reaches");
      break;
    }
    for (int64_t k = 0; k < n; k++) w[k] = p[k] / (1 - p[k]) * (pi[k] / (1 - pi[k])) * ((1 - psi[k]) / psi[k]);
  }
  arena_reset(a, mark);
  return code;
}
