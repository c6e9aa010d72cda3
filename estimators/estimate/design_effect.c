#include "estimators/estimate/design_effect.h"

#include "base/sum.h"

struct moments {
  struct sum size, total, square;
  int64_t n;
};
static inline int32_t domain_at(const struct taylor_domains *d, int64_t i) { return d && d->of_row ? d->of_row[i] : 0; }

enum err_code srs_variance(struct arena *a, int64_t n, const double *w, const struct taylor_domains *domains, const double *u,
    enum srs_reference reference, double *out, bool *defined, struct err *e) {
  const int32_t n_domains = domains && domains->of_row ? domains->n_domains : 1;
  struct arena_mark mark = arena_mark(a);
  struct moments *m = ARENA_ARRAY(a, struct moments, n_domains + 1);
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "design effects");
  for (int64_t i = 0; i < n; i++) {
    const int32_t k = domain_at(domains, i);
    if (k < 0 || w[i] == 0) continue;
    sum_add(&m[k].size, w[i]), sum_add(&m[k].total, w[i] * u[i]), m[k].n++;
  }
  for (int64_t i = 0; i < n; i++) {
    const int32_t k = domain_at(domains, i);
    if (k < 0 || w[i] == 0) continue;
    const double deviation = u[i] - sum_result(&m[k].total) / sum_result(&m[k].size);
    sum_add(&m[k].square, w[i] * deviation * deviation);
  }
  for (int32_t k = 0; k < n_domains; k++) {
    const double size = sum_result(&m[k].size), records = (double)m[k].n;
    const double spread = records > 1 && size > 0 ? sum_result(&m[k].square) / size * records / (records - 1) : 0;
    const double v = spread * size * size / (records > 0 ? records : 1);
    out[k] = reference == SRS_WITH_REPLACEMENT ? v : size > 0 ? v * (size - records) / size : 0;
    defined[k] = out[k] > 0;
    if (!defined[k]) out[k] = 0;
  }
  arena_reset(a, mark);
  return E_OK;
}

/* Stratum of the first stage of every record. */
static void strata_of(const struct sample_design *d, int32_t *of) {
  const struct design_stage *s = &d->stage[0];
  for (int64_t h = 0; h < s->n_parents; h++)
    for (int64_t p = design_unit_start(d, 0, s->first_unit[h]), end = design_unit_start(d, 0, s->first_unit[h + 1]); p < end; p++)
      of[design_row(d, p)] = (int32_t)h;
}

enum err_code satterthwaite_df(const struct job *job, struct arena *a, const struct survey *s, const int32_t *of_row, const double *u, double *df,
    bool *defined, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  *df = 0, *defined = false;
  if (s->pps || s->design->stage[0].n_parents > INT32_MAX / 2) return ERR(e, E_DESIGN_STAGE, .subject = "degrees of freedom by moments");
  const struct design_stage *stage = &s->design->stage[0];
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1);
  double *z = ARENA_ARRAY(a, double, s->n + 1), *var = ARENA_ARRAY(a, double, stage->n_parents + 1);
  if (!of || !z || !var) return ERR(e, E_NO_MEMORY, .subject = "degrees of freedom");
  const struct taylor_domains one = {1, of_row}, strata = {(int32_t)stage->n_parents, of};
  TRY(survey_linearise(a, s, &one, 0, u, z, e));
  strata_of(s->design, of);
  struct taylor_result r = {.var = var};
  TRY(taylor_variance(job, a, s->design, &strata, z, &r, e));
  struct sum all = {0, 0}, square = {0, 0};
  for (int64_t h = 0; h < stage->n_parents; h++) {
    const double n = (double)(stage->first_unit[h + 1] - stage->first_unit[h]);
    if (!(var[h] > 0) || n < 2) continue;
    sum_add(&all, var[h]), sum_add(&square, var[h] * var[h] / (n - 1));
  }
  *defined = sum_result(&square) > 0;
  if (*defined) *df = sum_result(&all) * sum_result(&all) / sum_result(&square);
  arena_reset(a, mark);
  return E_OK;
}
