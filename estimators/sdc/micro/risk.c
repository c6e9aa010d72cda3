#include "estimators/sdc/micro/risk.h"

#include <math.h>

#include "base/sum.h"

double micro_risk(double f, double population) {
  if (!(population > f)) return 1 / f;
  const double p = f / population, odds = p / (1 - p);
  if (f < 1.5) return odds * log(1 / p);
  if (f < 2.5) return odds - odds * odds * log(1 / p);
  return p / (f - (1 - p));
}
/* log1p keeps small risks of large households apart from 0. */
static enum err_code household_risks(struct arena *a, int64_t n, const int32_t *household, struct micro_risk_file *out, struct err *e) {
  int32_t last = -1;
  for (int64_t i = 0; i < n; i++)
    if (household[i] > last) last = household[i];
  double *survives = ARENA_ARRAY(a, double, last + 2);
  struct sum all = {0, 0};
  if (!(out->household_risk = ARENA_ARRAY(a, double, n + 1)) || !survives) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int64_t i = 0; i < n; i++) survives[household[i]] += out->risk[i] < 1 ? log1p(-out->risk[i]) : -HUGE_VAL;
  for (int64_t i = 0; i < n; i++) {
    out->household_risk[i] = -expm1(survives[household[i]]);
    sum_add(&all, out->household_risk[i]);
  }
  out->global_household = sum_result(&all);
  return E_OK;
}
enum err_code micro_risk_of(struct arena *a, const struct micro_frequency *f, struct micro_meaning meaning, const int32_t *household,
    struct micro_risk_file *out, struct err *e) {
  const struct micro_patterns *p = f->patterns;
  struct sum all = {0, 0};
  *out = (struct micro_risk_file){.risk = ARENA_ARRAY(a, double, p->n_records + 1)};
  double *of = ARENA_ARRAY(a, double, p->n + 1);
  if (!out->risk || !of) return ERR(e, E_NO_MEMORY, .subject = "risk");
  for (int32_t k = 0; k < p->n; k++) of[k] = micro_risk(micro_count(f, meaning, k), micro_weight(f, meaning, k));
  for (int64_t i = 0; i < p->n_records; i++) {
    out->risk[i] = of[p->of_record[i]];
    sum_add(&all, out->risk[i]);
    if (out->risk[i] > out->greatest) out->greatest = out->risk[i];
  }
  out->global = sum_result(&all);
  return household ? household_risks(a, p->n_records, household, out, e) : E_OK;
}
