#include "estimators/variance/replicate_adjust.h"

#include <string.h>

#include "estimators/weight/nonresponse.h"

enum err_code readjust_calibration_new(struct arena *a, const struct calibration_spec *spec, struct readjust_calibration *out, struct err *e) {
  *out = (struct readjust_calibration){.spec = *spec};
  TRY(calibrate(a, spec, &out->main, e));
  out->spec.start = out->main.lambda;
  out->spec.hint = false;
  return E_OK;
}
enum err_code readjust_calibration(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) {
  const struct readjust_calibration *c = context;
  const double limit = c->tolerance > 0 ? c->tolerance : 1e-8;
  struct calibration_spec spec = c->spec;
  struct calibration again;
  struct arena_mark mark = arena_mark(a);
  (void)replicate;
  spec.d = w;
  TRY(calibrate(a, &spec, &again, e));
  memcpy(out, again.w, sizeof *out * (size_t)spec.x->n);
  *unmet = *unmet || !(again.worst <= limit);
  arena_reset(a, mark);
  return E_OK;
}

enum err_code readjust_classes(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) {
  const struct readjust_classes *c = context;
  struct arena_mark mark = arena_mark(a);
  double *factor = ARENA_ARRAY(a, double, c->n_cells + 1);
  (void)replicate, (void)unmet;
  if (!factor) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  TRY(nonresponse_classes(a, c->n, w, c->respondent, c->cell, c->n_cells, factor, out, e));
  arena_reset(a, mark);
  return E_OK;
}

enum err_code readjust_chain(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) {
  const struct readjust_chain *c = context;
  struct arena_mark mark = arena_mark(a);
  double *between = ARENA_ARRAY(a, double, c->n + 1);
  if (!between) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  memcpy(out, w, sizeof *w * (size_t)c->n);
  for (int k = 0; k < c->n_steps; k++) {
    memcpy(between, out, sizeof *out * (size_t)c->n);
    TRY(c->step[k](c->context[k], a, replicate, between, out, unmet, e));
  }
  arena_reset(a, mark);
  return E_OK;
}

/* --- values --- */
static int32_t domain_count(const struct taylor_domains *d) { return d && d->of_row ? d->n_domains : 1; }

enum err_code replicate_statistics(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) {
  const struct values_of_statistics *c = context;
  const int32_t n = domain_count(c->domains);
  struct arena_mark mark = arena_mark(a);
  double *value = ARENA_ARRAY(a, double, n + 1);
  bool *there = ARENA_ARRAY(a, bool, n + 1);
  (void)replicate;
  if (!value || !there) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int j = 0; j < c->m; j++) {
    TRY(statistic_value(a, &c->s[j], c->n, w, c->domains, value, there, e));
    for (int64_t k = 0; k < n; k++) theta[k * c->m + j] = value[k], defined[k * c->m + j] = there[k];
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code replicate_quantiles(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) {
  const struct values_of_quantiles *c = context;
  const int32_t *of_row = c->domains ? c->domains->of_row : NULL;
  (void)replicate;
  for (int32_t k = 0; k < domain_count(c->domains); k++) {
    struct arena_mark mark = arena_mark(a);
    struct quantile_order o;
    TRY(quantile_sort(a, c->n, c->x, w, of_row, k, &o, e));
    for (int j = 0; j < c->m; j++) {
      defined[(int64_t)k * c->m + j] = o.n > 0;
      theta[(int64_t)k * c->m + j] = o.n > 0 ? quantile_at(&o, c->p[j], c->rule) : 0;
    }
    arena_reset(a, mark);
  }
  return E_OK;
}
enum err_code replicate_inequality(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) {
  const struct values_of_inequality *c = context;
  struct arena_mark mark = arena_mark(a);
  double *u = ARENA_ARRAY(a, double, c->n + 1);
  uint8_t *present = ARENA_ARRAY(a, uint8_t, c->n + 1);
  (void)replicate;
  if (!u || !present) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t i = 0; i < c->n; i++) present[i] = w[i] > 0 && (!c->present || c->present[i]);
  const struct inequality_data data = {.n = c->n, .y = c->y, .w = w, .present = present, .of_row = c->of_row};
  for (int j = 0; j < c->m; j++) {
    TRY(inequality(a, &c->s[j], &data, &theta[j], u, e));
    defined[j] = 1;
  }
  arena_reset(a, mark);
  return E_OK;
}
