/* bind_phase.c -- unequal probabilities at the first stage, and the second phase. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/design/column_read.h"
#include "estimators/design/survey_bind_impl.h"

/* --- probabilities of first-stage units --- */
static enum err_code unit_probabilities(struct bind *b, const struct sample_design *d, double **out, struct err *e) {
  const char *name = b->plan->pps.probability;
  const double *v;
  TRY(bind_numbers(b, name, "pps.probability", &v, e));
  *out = ARENA_ARRAY(b->a, double, d->stage[0].n_units + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t u = 0; u < d->stage[0].n_units; u++) {
    const int64_t from = design_unit_start(d, 0, u), to = design_unit_start(d, 0, u + 1);
    (*out)[u] = v[design_row(d, from)];
    for (int64_t i = from; i < to; i++) {
      const int64_t row = design_row(d, i);
      if (!(v[row] > 0 && v[row] <= 1)) return bind_bad_value(b, name, row, "a probability above 0 and at most 1", e);
      if (v[row] != (*out)[u]) return bind_bad_value(b, name, row, "one probability for all records of a unit", e);
    }
  }
  return E_OK;
}
/* The stages below: every first-stage unit a stratum of its own with fraction pi, which adds nothing itself. */
static enum err_code inner_design(
    struct bind *b, const double *weight, const double *pik, const struct sample_design *d, struct sample_design **out, struct err *e) {
  struct sample_spec spec = {.n = b->n, .n_stages = b->n_stages, .weight = weight, .nested = true, .lonely = LONELY_ZERO};
  int32_t *stratum = ARENA_ARRAY(b->a, int32_t, b->n + 1);
  double *population = ARENA_ARRAY(b->a, double, b->n + 1);
  *out = NULL;
  if (b->n_stages < 2) return E_OK;
  *out = ARENA_NEW(b->a, struct sample_design);
  if (!*out || !stratum || !population) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t u = 0; u < d->stage[0].n_units; u++) {
    const int64_t to = design_unit_start(d, 0, u + 1);
    for (int64_t i = design_unit_start(d, 0, u); i < to; i++) stratum[design_row(d, i)] = (int32_t)u, population[design_row(d, i)] = 1 / pik[u];
  }
  for (int k = 0; k < b->n_stages; k++) spec.stage[k] = (struct stage_spec){b->stage[k].stratum, b->stage[k].unit, b->stage[k].population};
  spec.stage[0] = (struct stage_spec){stratum, b->stage[0].unit, population};
  TRY(sample_design_build(b->a, &spec, *out, e));
  if (b->plan->lonely == LONELY_ZERO) return E_OK;
  for (int k = 1; k < (*out)->n_stages; k++)
    for (int64_t p = 0; p < (*out)->stage[k].n_parents; p++) {
      const int64_t row = design_row(*out, design_unit_start(*out, k, (*out)->stage[k].first_unit[p]));
      char found[96];
      if (!(*out)->stage[k].lonely[p]) continue;
      snprintf(found, sizeof found, "one unit at stage %d, record %lld", k + 1, (long long)row + 1);
      return ERR(e, E_LONELY_PSU, .file = b->columns->place, .subject = "stages", .found = found);
    }
  return E_OK;
}
static int32_t joint_find(const struct survey_joint *j, struct str label) {
  for (int32_t k = 0; k < j->n; k++)
    if (str_eq(j->label[k], label)) return k;
  return -1;
}
/* The file's matrix in the order of the tree's units. */
static enum err_code order_joint(
    struct bind *b, const struct survey_joint *j, const struct sample_design *d, const double *pik, double **out, struct err *e) {
  const struct survey_column *unit = b->plan->stage[0].unit ? survey_column(b->columns, b->plan->stage[0].unit) : NULL;
  const int64_t n = d->stage[0].n_units;
  int32_t *at = ARENA_ARRAY(b->a, int32_t, n + 1);
  char place[128];
  if (!j || !unit) return ERR(e, E_JOINT_FILE, .subject = b->plan->pps.joint_file, .expected = "the file beside the design, and units with labels");
  if (n > 20000) return ERR(e, E_CAP_EXCEEDED, .subject = "joint probabilities");
  *out = ARENA_ARRAY(b->a, double, n *n + 1);
  if (!at || !*out) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  for (int64_t u = 0; u < n; u++) {
    const int64_t row = design_row(d, design_unit_start(d, 0, u));
    at[u] = joint_find(j, unit->level[unit->code[row]]);
    snprintf(place, sizeof place, "the unit of record %lld", (long long)row + 1);
    if (at[u] < 0) return ERR(e, E_JOINT_FILE, .file = b->plan->pps.joint_file, .subject = place, .expected = "a row and a column of its label");
    if (fabs(j->value[(int64_t)at[u] * j->n + at[u]] - pik[u]) > 1e-9)
      return ERR(e, E_JOINT_FILE, .file = b->plan->pps.joint_file, .subject = place, .expected = "the unit's own probability on the diagonal");
  }
  for (int64_t u = 0; u < n; u++)
    for (int64_t v = 0; v < n; v++) (*out)[u * n + v] = j->value[(int64_t)at[u] * j->n + at[v]];
  return E_OK;
}
enum err_code bind_pps(struct bind *b, const struct survey_joint *joint, const double *weight, struct err *e) {
  const struct plan_pps *plan = &b->plan->pps;
  const struct sample_design *d = b->out->survey.design;
  struct pps_stages *p = ARENA_NEW(b->a, struct pps_stages);
  double *pik, *matrix = NULL;
  struct sample_design *inner;
  int64_t first;
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "pps");
  TRY(unit_probabilities(b, d, &pik, e));
  TRY(inner_design(b, weight, pik, d, &inner, e));
  if (plan->joint_file) TRY(order_joint(b, joint, d, pik, &matrix, e));
  if (plan->sum_pik2_over_n >= 0 && d->stage[0].n_parents > 1)
    return ERR(
        e, E_PLAN_TOGETHER, .file = b->plan->file, .subject = "pps.sum_pi2_over_n and several strata", .expected = "one stratum, or leave it out");
  *p = (struct pps_stages){d, inner, plan->form, plan->sum_pik2_over_n, pik, matrix};
  if (pps_stages_lonely(p, &first) && b->plan->lonely != LONELY_ZERO) {
    const int64_t row = design_row(d, design_unit_start(d, 0, d->stage[0].first_unit[first]));
    const char *name = bind_label_text(b, &b->plan->stage[0].stratum, b->own, b->own ? b->own[row] : 0);
    return ERR(e, E_LONELY_PSU, .file = b->columns->place, .subject = "strata", .found = name ? name : "?");
  }
  b->out->survey.pps_stages = p;
  return E_OK;
}

/* --- joint.csv --- */
enum err_code survey_joint_parse(struct arena *a, const char *place, const char *text, size_t n, struct survey_joint *out, struct err *e) {
  struct csv_table t;
  char where[96];
  TRY(csv_table_parse(a, place, text, n, &t, e));
  const int64_t units = t.n_columns - 1;
  if (units < 1 || t.n_rows != units || units > 20000)
    return ERR(e, E_JOINT_FILE, .file = place, .subject = "size", .expected = "a head and one row per unit");
  double *v = ARENA_ARRAY(a, double, units *units + 1);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = place);
  for (int64_t k = 0; k < units; k++) {
    snprintf(where, sizeof where, "row %lld", (long long)k + 1);
    if (!str_eq(t.cells[k * t.n_columns], t.header[k + 1]))
      return ERR(e, E_JOINT_FILE, .file = place, .line = t.lines[k], .subject = where, .expected = "rows in the order of the columns");
    for (int64_t l = 0; l < units; l++)
      if (!column_number(t.cells[k * t.n_columns + l + 1], &v[k * units + l]) || !(v[k * units + l] >= 0 && v[k * units + l] <= 1))
        return ERR(e, E_JOINT_FILE, .file = place, .line = t.lines[k], .column = l + 2, .subject = where, .expected = "a probability");
  }
  for (int64_t k = 0; k < units; k++)
    for (int64_t l = 0; l < k; l++)
      if (v[k * units + l] != v[l * units + k])
        return ERR(e, E_JOINT_FILE, .file = place, .line = t.lines[k], .column = l + 2, .subject = "symmetry",
            .expected = "the same above and below the diagonal");
  *out = (struct survey_joint){(int32_t)units, t.header + 1, v};
  return E_OK;
}

/* --- second phase --- */
enum err_code bind_phase(struct bind *b, struct sample_design *first, double *weight, struct err *e) {
  const struct plan_phase *plan = &b->plan->phase;
  struct two_phase *p = ARENA_NEW(b->a, struct two_phase);
  uint8_t *selected = ARENA_ARRAY(b->a, uint8_t, b->n + 1);
  const double *flag;
  int32_t *stratum, n_strata;
  char note[160];
  if (!p || !selected) return ERR(e, E_NO_MEMORY, .subject = "two phases");
  TRY(bind_numbers(b, plan->selected, "two_phase.selected", &flag, e));
  for (int64_t i = 0; i < b->n; i++) selected[i] = flag[i] != 0;
  TRY(bind_labels(b, &plan->stratum, "two_phase.stratum", &stratum, &n_strata, e));
  TRY(two_phase_new(b->a, first, selected, stratum, n_strata, p, e));
  two_phase_weights(p, weight);
  first->weight = weight;
  b->out->survey.two_phase = p;
  snprintf(note, sizeof note, "two phases: %lld of %lld records were selected", (long long)p->n_selected, (long long)p->n);
  return bind_note(b, note, e);
}
