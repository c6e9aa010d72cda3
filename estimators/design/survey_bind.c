#include "estimators/design/survey_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/design/survey_bind_impl.h"

enum err_code bind_tree(struct bind *b, const double *weight, struct sample_design *out, struct err *e) {
  struct sample_spec spec = {
      .n = b->n, .n_stages = b->n_stages, .weight = weight, .nested = true, .lonely = b->plan->lonely, .lonely_in_domain = b->plan->lonely_in_domain};
  if (!weight) {
    double *one = ARENA_ARRAY(b->a, double, b->n + 1);
    if (!one) return ERR(e, E_NO_MEMORY, .subject = "design");
    for (int64_t i = 0; i < b->n; i++) one[i] = 1;
    spec.weight = one;
  }
  for (int k = 0; k < b->n_stages; k++)
    spec.stage[k] = (struct stage_spec){.stratum = b->stage[k].stratum, .unit = b->stage[k].unit, .population = b->stage[k].population};
  return sample_design_build(b->a, &spec, out, e);
}

/* --- weights --- */
static enum err_code column_weights(struct bind *b, double *w, struct err *e) {
  const char *name = b->plan->weight_column;
  const bool inverse = b->plan->weight == PLAN_WEIGHT_INVERSE;
  const double *v;
  TRY(bind_numbers(b, name, inverse ? "weight.inverse_of" : "weight", &v, e));
  for (int64_t i = 0; i < b->n; i++) {
    if (inverse && !(v[i] > 0 && v[i] <= 1)) return bind_bad_value(b, name, i, "a probability above 0 and at most 1", e);
    if (!inverse && !(v[i] >= 0 && isfinite(v[i]))) return bind_bad_value(b, name, i, "a weight of 0 or more", e);
    w[i] = inverse ? 1 / v[i] : v[i];
  }
  return E_OK;
}
/* Product over the stages of population / units of the design. */
static enum err_code population_weights(struct bind *b, double *w, struct err *e) {
  struct sample_design d;
  char path[48];
  TRY(bind_tree(b, NULL, &d, e));
  for (int64_t i = 0; i < b->n; i++) w[i] = 1;
  for (int k = 0; k < b->n_stages; k++) {
    const struct design_stage *s = &d.stage[k];
    snprintf(path, sizeof path, "stages[%d].population", k + 1);
    if (!b->stage[k].population)
      return ERR(e, E_PLAN_VALUE, .file = b->plan->file, .subject = path,
          .expected = "population or fraction at every stage for \"weight\": \"populations\"");
    for (int64_t p = 0; p < s->n_parents; p++) {
      const double n = (double)(s->first_unit[p + 1] - s->first_unit[p]);
      const int64_t to = design_unit_start(&d, k, s->first_unit[p + 1]);
      for (int64_t i = design_unit_start(&d, k, s->first_unit[p]); i < to; i++) {
        const int64_t row = design_row(&d, i);
        w[row] *= b->stage[k].population[row] / n;
        if (!isfinite(w[row]))
          return ERR(e, E_PLAN_VALUE, .file = b->plan->file, .subject = path, .expected = "population counts below the certain units too");
      }
    }
  }
  return E_OK;
}
enum err_code bind_weights(struct bind *b, double **out, struct err *e) {
  struct arena_mark mark;
  *out = ARENA_ARRAY(b->a, double, b->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "weights");
  if (b->plan->weight != PLAN_WEIGHT_POPULATIONS) return column_weights(b, *out, e);
  mark = arena_mark(b->a);
  TRY(population_weights(b, *out, e));
  arena_reset(b->a, mark);
  return E_OK;
}

/* --- lonely units by name --- */
static const char *stratum_name(const void *context, int32_t label) {
  const struct bind *b = context;
  const struct bind_stage *s = &b->stage[0];
  int64_t row = 0;
  while (row < b->n && s->stratum && s->stratum[row] != label) row++;
  const char *text = bind_label_text(b, &b->plan->stage[0].stratum, b->own, b->own && row < b->n ? b->own[row] : 0);
  return text ? text : "?";
}

static enum err_code with_replacement(struct bind *b, struct err *e) {
  const struct plan_pps *p = &b->plan->pps;
  if (!p->on || !p->with_replacement) return E_OK;
  b->stage[0].population = NULL;
  return bind_note(b, "first-stage units taken as drawn with replacement", e);
}

enum err_code survey_bind(struct arena *a, const struct survey_plan *plan, const struct survey_columns *columns, const struct survey_joint *joint,
    struct survey_bound *out, struct err *e) {
  struct bind b = {.a = a, .plan = plan, .columns = columns, .n = columns->n, .out = out};
  double *weight, *final;
  struct sample_design *d = ARENA_NEW(a, struct sample_design);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "design");
  *out = (struct survey_bound){.n_notes = 0};
  if (columns->n < 1) return ERR(e, E_DATA_EMPTY, .subject = columns->place);
  TRY(bind_stages(&b, e));
  TRY(bind_certainty(&b, e));
  TRY(with_replacement(&b, e));
  TRY(bind_collapse(&b, e));
  TRY(bind_weights(&b, &weight, e));
  if (plan->ultimate_cluster) b.n_stages = 1;
  final = ARENA_ARRAY(a, double, columns->n + 1);
  if (!final) return ERR(e, E_NO_MEMORY, .subject = "weights");
  memcpy(final, weight, sizeof *final * (size_t)columns->n);
  TRY(bind_tree(&b, weight, d, e));
  out->survey = (struct survey){.n = columns->n, .design = d, .weight = final};
  out->design_weight = final;
  if (plan->pps.on && !plan->pps.with_replacement) TRY(bind_pps(&b, joint, weight, e));
  if (!out->survey.pps_stages) TRY(sample_design_lonely(d, stratum_name, &b, e));
  if (plan->phase.on) TRY(bind_phase(&b, d, final, e));
  return E_OK;
}
