#include "estimators/variance/two_phase.h"

#include <stdio.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/variance/taylor.h"

/* Q(e_k): c (1 - 1/n) of every parent above the record; a lonely unit that is not centred has c. */
static void add_alone(const struct sample_design *d, int stage, double *alone) {
  const struct design_stage *s = &d->stage[stage];
  for (int64_t p = 0; p < s->n_parents; p++) {
    const double n = (double)(s->first_unit[p + 1] - s->first_unit[p]);
    const double q = s->coefficient[p] * (s->lonely && s->lonely[p] ? 1 : 1 - 1 / n);
    const int64_t to = design_unit_start(d, stage, s->first_unit[p + 1]);
    for (int64_t i = design_unit_start(d, stage, s->first_unit[p]); i < to; i++) alone[design_row(d, i)] += q;
  }
}

static enum err_code lonely(const int64_t *n1, const int64_t *n2, int32_t n_strata, struct err *e) {
  char found[128];
  for (int32_t g = 0; g < n_strata; g++) {
    if (n1[g] == 0 || n2[g] > 1 || (n2[g] == 1 && n1[g] == 1)) continue;
    snprintf(found, sizeof found, "second phase, stratum %d: %lld of %lld records", g + 1, (long long)n2[g], (long long)n1[g]);
    return ERR(e, E_LONELY_PSU, .subject = "second phase", .found = found, .expected = "two records selected, or all");
  }
  return E_OK;
}
static enum err_code shares(struct arena *a, const uint8_t *selected, struct two_phase *p, struct err *e) {
  int64_t *n1 = ARENA_ARRAY(a, int64_t, p->n_strata + 1), *n2 = ARENA_ARRAY(a, int64_t, p->n_strata + 1);
  double *share = ARENA_ARRAY(a, double, p->n_strata + 1), *together = ARENA_ARRAY(a, double, p->n_strata + 1);
  if (!n1 || !n2 || !share || !together) return ERR(e, E_NO_MEMORY, .subject = "two phases");
  for (int64_t i = 0; i < p->n; i++) n1[p->stratum[i]]++, n2[p->stratum[i]] += selected[i] != 0;
  TRY(lonely(n1, n2, p->n_strata, e));
  for (int32_t g = 0; g < p->n_strata; g++) {
    const double a1 = (double)n1[g], a2 = (double)n2[g];
    share[g] = a1 > 0 ? a2 / a1 : 1;
    together[g] = a2 > 1 ? a2 * (a1 - 1) / (a1 * (a2 - 1)) : 1;
  }
  p->share = share, p->together = together;
  return E_OK;
}
static enum err_code second_design(struct arena *a, struct two_phase *p, struct err *e) {
  int32_t *stratum = ARENA_ARRAY(a, int32_t, p->n_selected + 1);
  double *population = ARENA_ARRAY(a, double, p->n_selected + 1), *one = ARENA_ARRAY(a, double, p->n_selected + 1);
  double *count = ARENA_ARRAY(a, double, p->n_strata + 1);
  if (!stratum || !population || !one || !count) return ERR(e, E_NO_MEMORY, .subject = "two phases");
  for (int64_t k = 0; k < p->n_selected; k++) stratum[k] = p->stratum[p->row[k]], count[stratum[k]]++, one[k] = 1;
  for (int64_t k = 0; k < p->n_selected; k++) population[k] = count[stratum[k]] / p->share[stratum[k]];
  const struct sample_spec spec = {.n = p->n_selected, .n_stages = 1, .stage = {{.stratum = stratum, .population = population}}, .weight = one,
      .nested = true, .lonely = LONELY_ZERO}; /* what is lonely was refused, or is taken in full */
  return sample_design_build(a, &spec, &p->second, e);
}

enum err_code two_phase_new(struct arena *a, const struct sample_design *first, const uint8_t *selected, const int32_t *stratum, int32_t n_strata,
    struct two_phase *out, struct err *e) {
  const int64_t n = first->n;
  int32_t *of = ARENA_ARRAY(a, int32_t, n + 1);
  int64_t *row = ARENA_ARRAY(a, int64_t, n + 1), n_selected = 0;
  double *alone = ARENA_ARRAY(a, double, n + 1);
  if (!of || !row || !alone) return ERR(e, E_NO_MEMORY, .subject = "two phases");
  *out = (struct two_phase){.first = first, .n = n, .n_strata = stratum ? n_strata : 1, .stratum = of, .row = row, .alone = alone};
  if (stratum) memcpy(of, stratum, sizeof *of * (size_t)n);
  TRY(shares(a, selected, out, e));
  for (int64_t i = 0; i < n; i++) {
    if (selected[i]) row[n_selected++] = i;
    else of[i] = -1;
  }
  out->n_selected = n_selected;
  if (n_selected == 0) return ERR(e, E_DATA_EMPTY, .subject = "second phase");
  for (int k = 0; k < first->n_stages; k++) add_alone(first, k, alone);
  return second_design(a, out, e);
}
void two_phase_weights(const struct two_phase *p, double *w) {
  for (int64_t i = 0; i < p->n; i++) w[i] = p->stratum[i] < 0 ? 0 : w[i] / p->share[p->stratum[i]];
}

static enum err_code second_part(
    const struct job *job, struct arena *a, const struct two_phase *p, int m, const double *const *z, double *cov, struct err *e) {
  const double **x = ARENA_ARRAY(a, const double *, m + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int j = 0; j < m; j++) {
    double *v = ARENA_ARRAY(a, double, p->n_selected + 1);
    if (!v) return ERR(e, E_NO_MEMORY, .subject = "variance");
    for (int64_t k = 0; k < p->n_selected; k++) v[k] = z[j][p->row[k]];
    x[j] = v;
  }
  return taylor_covariance(job, a, &p->second, NULL, m, x, cov, e);
}
enum err_code two_phase_covariance(
    const struct job *job, struct arena *a, const struct two_phase *p, int m, const double *const *z, double *cov, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  const int64_t pairs = (int64_t)m * m;
  const struct taylor_domains strata = {p->n_strata, p->stratum};
  double *whole = ARENA_ARRAY(a, double, pairs + 1), *by = ARENA_ARRAY(a, double, pairs * p->n_strata + 1);
  struct sum *s = ARENA_ARRAY(a, struct sum, pairs + 1);
  if (!whole || !by || !s) return ERR(e, E_NO_MEMORY, .subject = "variance");
  TRY(second_part(job, a, p, m, z, cov, e));
  TRY(taylor_covariance(job, a, p->first, NULL, m, z, whole, e));
  TRY(taylor_covariance(job, a, p->first, &strata, m, z, by, e));
  for (int j = 0; j < m; j++)
    for (int l = 0; l < m; l++) {
      struct sum *to = &s[j * m + l];
      sum_add(to, cov[j * m + l]), sum_add(to, whole[j * m + l]);
      for (int32_t g = 0; g < p->n_strata; g++) sum_add(to, (p->together[g] - 1) * by[g * pairs + j * m + l]);
      for (int64_t k = 0; k < p->n_selected; k++) {
        const int64_t i = p->row[k];
        const int32_t g = p->stratum[i];
        sum_add(to, (p->share[g] - p->together[g]) * p->alone[i] * z[j][i] * z[l][i]);
      }
    }
  for (int64_t k = 0; k < pairs; k++) cov[k] = sum_result(&s[k]);
  arena_reset(a, mark);
  return E_OK;
}
