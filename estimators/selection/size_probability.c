#include "estimators/selection/size_probability.h"

#include "base/sum.h"

/* One round: the units that the present total makes certain; the number of new ones. */
static int64_t settle(int64_t n, const double *x, double *pi, struct size_probability *p) {
  struct sum total = {0, 0};
  int64_t found = 0;
  for (int64_t i = 0; i < n; i++)
    if (pi[i] < 1) sum_add(&total, x[i]);
  p->rest_total = sum_result(&total);
  for (int64_t i = 0; i < n; i++)
    if (pi[i] < 1 && (double)p->rest_size * x[i] >= p->rest_total) pi[i] = 1, found++;
  return found;
}

enum err_code size_probability(
    int64_t n, const double *x, int64_t size, uint8_t *certain, double *pi, struct size_probability *out, struct err *e) {
  *out = (struct size_probability){.rest_size = size};
  for (int64_t i = 0; i < n; i++) {
    pi[i] = certain && certain[i] ? 1 : 0;
    out->n_certain += certain && certain[i];
  }
  if (size > n || size < out->n_certain || size < 0) return ERR(e, E_SAMPLE_SIZE, .subject = "n");
  out->rest_size = size - out->n_certain;
  for (int64_t found = 1; found > 0 && out->rest_size > 0;) {
    found = settle(n, x, pi, out);
    if (found > out->rest_size) found = out->rest_size; /* rounding at the very edge: all that is left is as large */
    out->n_certain += found, out->rest_size -= found;
  }
  for (int64_t i = 0; i < n; i++) {
    if (certain) certain[i] = pi[i] >= 1;
    if (pi[i] < 1 && out->rest_size > 0) pi[i] = (double)out->rest_size * x[i] / out->rest_total;
  }
  return E_OK;
}
