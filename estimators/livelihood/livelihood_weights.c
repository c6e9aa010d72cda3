#include "estimators/livelihood/livelihood_weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/design/collapse.h"
#include "estimators/weight/nonresponse.h"

enum { SIZE_CLASSES = 4 };
static const double MET = 1e-8;

struct work {
  struct arena *a;
  const struct livelihood_weighting *q;
  struct livelihood_survey *s;
  const double *w; /* [n] after the steps so far */
  struct err *e;
};
static enum err_code no_memory(const struct work *k) { return ERR(k->e, E_NO_MEMORY, .subject = "weights"); }
static int32_t area_of(const struct work *k, int64_t i) { return k->q->records->area[k->s->row[i]]; }

/* --- rows --- */
static bool takes_part(const struct livelihood_weighting *q, int64_t h) {
  if (!q->income) return true;
  return q->plan->weights == WEIGHTS_RECOMMENDED ? q->records->income_selected[h] : q->records->income_row[h] >= 0;
}
/* The recommended rule divides by the unit areas selected: a mark not known, or an income form where none was asked, would move the weights. */
static enum err_code check_selection(struct work *k) {
  const struct livelihood_records *r = k->q->records;
  bool answered = false;
  for (int64_t h = 0; h < r->n; h++) {
    const bool first = h == 0 || r->unit[h] != r->unit[h - 1];
    if (!r->selection_known[h])
      return ERR(k->e, E_LIVELIHOOD_VALUE, .file = k->q->place, .line = r->row[h] + 1, .subject = "income_selected", .expected = "0, 1");
    if (!r->income_selected[h] && r->income_row[h] >= 0)
      return ERR(k->e, E_LIVELIHOOD_VALUE, .file = k->q->place, .line = r->row[h] + 1, .subject = "income_selected", .found = "0",
          .expected = "1 (income)");
    answered = (!first && answered) || r->income_row[h] >= 0;
    const bool last = h + 1 == r->n || r->unit[h + 1] != r->unit[h];
    k->s->n_silent_units += last && r->income_selected[h] && !answered;
  }
  return E_OK;
}
static enum err_code choose_rows(struct work *k) {
  int64_t *row = ARENA_ARRAY(k->a, int64_t, k->q->records->n + 1), n = 0;
  if (!row) return no_memory(k);
  if (k->q->income && k->q->plan->weights == WEIGHTS_RECOMMENDED) TRY(check_selection(k));
  for (int64_t h = 0; h < k->q->records->n; h++)
    if (takes_part(k->q, h)) row[n++] = h;
  k->s->row = row, k->s->n = n;
  return n ? E_OK : ERR(k->e, E_LIVELIHOOD_EMPTY, .subject = k->q->income ? "income form" : "household form");
}

/* --- base weights --- */
static enum err_code no_total(const struct work *k, int32_t area, const char *what) {
  char subject[48];
  snprintf(subject, sizeof subject, "area %lld", (long long)k->q->records->area_code[area]);
  return ERR(k->e, E_LIVELIHOOD_TOTAL, .subject = subject, .expected = what);
}
static enum err_code column_weights(struct work *k, double *base) {
  const struct survey_columns *c = k->q->form;
  const struct survey_column *x = survey_column(c, "weight");
  if (!x) return ERR(k->e, E_LIVELIHOOD_COLUMN, .file = c->place, .subject = "weight");
  TRY(survey_column_numbers(c, x, k->e));
  for (int64_t i = 0; i < k->s->n; i++) {
    const int64_t h = k->s->row[i], row = k->q->income ? k->q->records->income_row[h] : k->q->records->row[h];
    base[i] = value_present(x->status[row]) ? x->number[row] : 0;
    if (!(base[i] > 0)) return ERR(k->e, E_LIVELIHOOD_WEIGHT, .file = c->place, .line = row + 1, .subject = "weight");
  }
  return E_OK;
}
/* Districts and unit areas by area: sampled, and of the income sample those selected. */
struct drawn {
  int64_t *districts, *units, *selected;
};
static enum err_code count_drawn(struct work *k, struct drawn *d) {
  const struct livelihood_records *r = k->q->records;
  *d = (struct drawn){
      ARENA_ARRAY(k->a, int64_t, r->n_areas + 1), ARENA_ARRAY(k->a, int64_t, r->n_areas + 1), ARENA_ARRAY(k->a, int64_t, r->n_areas + 1)};
  if (!d->districts || !d->units || !d->selected) return no_memory(k);
  for (int64_t h = 0; h < r->n; h++) {
    const bool unit = h == 0 || r->unit[h] != r->unit[h - 1];
    d->districts[r->area[h]] += h == 0 || r->district[h] != r->district[h - 1];
    d->units[r->area[h]] += unit;
    d->selected[r->area[h]] += unit && r->income_selected[h];
    if (!unit && r->income_selected[h] != r->income_selected[h - 1])
      return ERR(k->e, E_LIVELIHOOD_VALUE, .subject = "income_selected", .expected = "the same in a whole unit area");
  }
  return E_OK;
}
static enum err_code drawn_weights(struct work *k, double *base) {
  const struct livelihood_strata *t = k->q->strata;
  struct drawn d;
  TRY(count_drawn(k, &d));
  for (int64_t i = 0; i < k->s->n; i++) {
    const int32_t h = area_of(k, i);
    if (!t || t->districts[h] < d.districts[h]) return no_total(k, h, "districts (>= sampled)");
    base[i] = (double)t->districts[h] / (double)d.districts[h];
    if (k->q->income) base[i] *= (double)d.units[h] / (double)d.selected[h];
  }
  return E_OK;
}
static enum err_code base_weights(struct work *k) {
  double *base = ARENA_ARRAY(k->a, double, k->s->n + 1);
  if (!base) return no_memory(k);
  for (int64_t i = 0; i < k->s->n; i++) base[i] = 1;
  k->s->base = k->w = base;
  if (k->q->plan->weights == WEIGHTS_COLUMN) return column_weights(k, base);
  return k->q->plan->weights == WEIGHTS_RECOMMENDED ? drawn_weights(k, base) : E_OK;
}

/* --- steps --- */
static struct adjustment *next_step(struct work *k, enum adjustment_kind kind, const char *name, const double *after,
    enum err_code (*step)(void *, struct arena *, int, const double *, double *, bool *, struct err *), void *context) {
  struct livelihood_survey *s = k->s;
  struct adjustment *x = &s->adjustment[s->survey.n_adjustments];
  *x = (struct adjustment){.kind = kind, .name = name, .before = k->w, .after = after};
  s->survey.adjustments[s->survey.n_adjustments++] = x;
  s->chain.n = s->n;
  s->chain.step[s->chain.n_steps] = step;
  s->chain.context[s->chain.n_steps++] = context;
  k->w = after;
  return x;
}
static enum err_code response_step(struct work *k) {
  const struct livelihood_records *r = k->q->records;
  const int64_t n = k->s->n;
  const bool by_size = k->q->plan->response == RESPONSE_AREA_SIZE;
  const int32_t n_cells = r->n_areas * (by_size ? SIZE_CLASSES : 1);
  uint8_t *answered = ARENA_ARRAY(k->a, uint8_t, n + 1);
  int32_t *cell = ARENA_ARRAY(k->a, int32_t, n + 1);
  double *factor = ARENA_ARRAY(k->a, double, n_cells + 1), *w = ARENA_ARRAY(k->a, double, n + 1), *p = ARENA_ARRAY(k->a, double, n + 1);
  if (!answered || !cell || !factor || !w || !p) return no_memory(k);
  for (int64_t i = 0; i < n; i++) {
    const int32_t members = r->members[k->s->row[i]], size = members < SIZE_CLASSES ? members : SIZE_CLASSES;
    answered[i] = r->income_row[k->s->row[i]] >= 0;
    cell[i] = by_size ? area_of(k, i) * SIZE_CLASSES + size - 1 : area_of(k, i);
  }
  TRY(nonresponse_classes(k->a, n, k->w, answered, cell, n_cells, factor, w, k->e));
  for (int64_t i = 0; i < n; i++) p[i] = 1 / factor[cell[i]];
  k->s->classes = (struct readjust_classes){n, answered, cell, n_cells};
  k->s->response = (struct response_model){.respondent = answered, .p = p, .cell = cell, .n_cells = n_cells};
  next_step(k, ADJUSTED_RESPONSE, "nonresponse", w, readjust_classes, &k->s->classes)->response = &k->s->response;
  return E_OK;
}
/* Sparse rows of a household: its members in its area, then, with cells, in each age and sex. */
static enum err_code new_auxiliary(struct work *k, int32_t n_areas, int64_t most, struct auxiliary *x, int64_t **first, int32_t **column,
    double **value) {
  *first = ARENA_ARRAY(k->a, int64_t, k->s->n + 2);
  *column = ARENA_ARRAY(k->a, int32_t, most + 1);
  *value = ARENA_ARRAY(k->a, double, most + 1);
  if (!*first || !*column || !*value) return no_memory(k);
  *x = (struct auxiliary){.n = k->s->n, .n_sparse = n_areas, .sparse_first = *first, .sparse_column = *column, .sparse_value = *value};
  return E_OK;
}
static enum err_code calibration_step(
    struct work *k, int at, enum calibration_method method, const char *name, const struct auxiliary *x, const double *sigma2, const double *total) {
  struct readjust_calibration *c = &k->s->calibration[at];
  const struct calibration_spec spec = {.method = method, .x = x, .d = k->w, .sigma2 = sigma2, .total = total};
  double *q = ARENA_ARRAY(k->a, double, k->s->n + 1);
  char subject[64];
  if (!q) return no_memory(k);
  TRY(readjust_calibration_new(k->a, &spec, c, k->e));
  c->tolerance = MET;
  snprintf(subject, sizeof subject, "%s, %d totals", name, c->main.n_unmet);
  if (!c->main.converged || !(c->main.worst <= MET)) return ERR(k->e, E_LIVELIHOOD_CONTROLS, .subject = subject);
  for (int64_t i = 0; i < k->s->n; i++) q[i] = sigma2 ? k->w[i] / sigma2[i] : k->w[i];
  struct adjustment *made = next_step(k, ADJUSTED_CALIBRATED, name, c->main.w, readjust_calibration, c);
  made->x = x;
  return regression_new(k->a, x, q, &made->regression, k->e);
}
/* Ratio to the people of each area, or of the country: the same factor for all of it. */
static enum err_code ratio_step(struct work *k, bool country) {
  const struct livelihood_records *r = k->q->records;
  const struct livelihood_strata *t = k->q->strata;
  const int32_t n_areas = country ? 1 : r->n_areas;
  struct auxiliary *x = ARENA_NEW(k->a, struct auxiliary);
  double *value, *total = ARENA_ARRAY(k->a, double, n_areas + 1);
  int64_t *first;
  int32_t *column;
  if (!x || !total) return no_memory(k);
  TRY(new_auxiliary(k, n_areas, k->s->n, x, &first, &column, &value));
  for (int64_t i = 0; i < k->s->n; i++) {
    first[i + 1] = i + 1;
    column[i] = country ? 0 : area_of(k, i);
    value[i] = (double)r->members[k->s->row[i]];
  }
  for (int64_t i = 0; i < k->s->n; i++) {
    if (country) continue;
    if (!t || !t->people[column[i]]) return no_total(k, column[i], "people");
    total[column[i]] = (double)t->people[column[i]];
  }
  if (country && (!t || !t->all_people)) return ERR(k->e, E_LIVELIHOOD_TOTAL, .subject = "country", .expected = "people");
  if (country) total[0] = (double)t->all_people;
  return calibration_step(k, 0, CALIBRATE_LINEAR, country ? "population of the country" : "population of the area", x, value, total);
}
static enum err_code raking_step(struct work *k) {
  const struct livelihood_records *r = k->q->records;
  const struct livelihood_cells *cells = k->q->cells;
  struct auxiliary *x = ARENA_NEW(k->a, struct auxiliary);
  double *value, *count, *total = ARENA_ARRAY(k->a, double, r->n_areas + (cells ? cells->n : 0) + 1);
  int64_t *first, used = 0;
  int32_t *column;
  if (!cells) return ERR(k->e, E_LIVELIHOOD_SOURCE, .subject = "raking", .expected = "population by age and sex, and the persons");
  count = ARENA_ARRAY(k->a, double, r->n * cells->n + 1);
  if (!x || !count || !total) return no_memory(k);
  TRY(new_auxiliary(k, r->n_areas + cells->n, k->s->n * (cells->n + 1), x, &first, &column, &value));
  for (int64_t i = 0; i < r->n_persons; i++)
    if (r->household_of_person[i] >= 0 && cells->cell_of_person[i] >= 0) count[r->household_of_person[i] * cells->n + cells->cell_of_person[i]]++;
  for (int64_t i = 0; i < k->s->n; i++) {
    const int64_t h = k->s->row[i];
    column[used] = area_of(k, i), value[used++] = (double)r->members[h];
    total[area_of(k, i)] = (double)k->q->strata->people[area_of(k, i)];
    for (int32_t c = 0; c < cells->n; c++)
      if (count[h * cells->n + c] > 0) column[used] = r->n_areas + c, value[used++] = count[h * cells->n + c];
    first[i + 1] = used;
  }
  memcpy(total + r->n_areas, cells->people, sizeof *total * (size_t)cells->n);
  return calibration_step(k, 1, CALIBRATE_RAKING, "raking to age and sex", x, NULL, total);
}
static enum err_code all_steps(struct work *k) {
  const enum livelihood_weights rule = k->q->plan->weights;
  if (rule == WEIGHTS_OFFICIAL_LARGE) return ratio_step(k, false);
  if (rule == WEIGHTS_OFFICIAL_SMALL) return k->q->income ? E_OK : ratio_step(k, true);
  if (rule == WEIGHTS_COLUMN) return E_OK;
  if (k->q->income) TRY(response_step(k));
  TRY(ratio_step(k, false));
  return k->q->plan->raking ? raking_step(k) : E_OK;
}

/* --- design --- */
static enum err_code join_lonely(struct work *k, const int32_t *psu, int32_t *stratum, double *population) {
  const int32_t n = k->q->records->n_areas;
  int64_t *units = ARENA_ARRAY(k->a, int64_t, n + 1);
  double *size = ARENA_ARRAY(k->a, double, n + 1), *frame = ARENA_ARRAY(k->a, double, n + 1);
  int32_t *block = ARENA_ARRAY(k->a, int32_t, n + 1), *into = ARENA_ARRAY(k->a, int32_t, n + 1), alone = 0;
  uint8_t *never = ARENA_ARRAY(k->a, uint8_t, n + 1);
  if (!units || !size || !frame || !block || !into || !never) return no_memory(k);
  for (int64_t i = 0; i < k->s->n; i++) {
    const int32_t h = stratum[i];
    units[h] += i == 0 || psu[i] != psu[i - 1];
    size[h] += k->w[i] * (double)k->q->records->members[k->s->row[i]];
    frame[h] = population ? population[i] : INFINITY;
  }
  for (int32_t h = 0; h < n; h++) never[h] = units[h] == 0;
  const struct collapse_strata c = {n, units, size, frame, block, never};
  TRY(collapse_strata(k->a, &c, into, &k->s->n_joined, &alone, k->e));
  double *joined = ARENA_ARRAY(k->a, double, n + 1);
  if (!joined) return no_memory(k);
  for (int32_t h = 0; h < n; h++)
    if (!never[h]) joined[into[h]] += frame[h];
  for (int64_t i = 0; i < k->s->n; i++) {
    stratum[i] = into[stratum[i]];
    if (population) population[i] = joined[stratum[i]];
  }
  return E_OK;
}
static const char *area_name(const void *context, int32_t label) {
  const struct work *k = context;
  return arena_printf(k->a, "area %lld", (long long)k->q->records->area_code[label]);
}
static enum err_code build_design(struct work *k) {
  const struct livelihood_records *r = k->q->records;
  const struct livelihood_plan *plan = k->q->plan;
  int32_t *stratum = ARENA_ARRAY(k->a, int32_t, k->s->n + 1), *psu = ARENA_ARRAY(k->a, int32_t, k->s->n + 1);
  const bool fpc = plan->fpc && !k->q->income; /* of incomes the second phase would be multiplied by 1 - f too */
  double *population = fpc ? ARENA_ARRAY(k->a, double, k->s->n + 1) : NULL;
  if (!stratum || !psu || (fpc && !population)) return no_memory(k);
  for (int64_t i = 0; i < k->s->n; i++) {
    stratum[i] = area_of(k, i), psu[i] = r->district[k->s->row[i]];
    if (!population) continue;
    if (!k->q->strata || !k->q->strata->districts[stratum[i]]) return no_total(k, stratum[i], "districts");
    population[i] = (double)k->q->strata->districts[stratum[i]];
  }
  if (plan->collapse) TRY(join_lonely(k, psu, stratum, population));
  const struct sample_spec spec = {
      .n = k->s->n, .n_stages = 1, .stage = {{stratum, psu, population}}, .weight = k->w, .lonely = plan->lonely};
  TRY(sample_design_build(k->a, &spec, &k->s->design, k->e));
  return sample_design_lonely(&k->s->design, area_name, k, k->e);
}
enum err_code livelihood_weigh(struct arena *a, const struct livelihood_weighting *q, struct livelihood_survey *out, struct err *e) {
  struct work k = {.a = a, .q = q, .s = out, .e = e};
  *out = (struct livelihood_survey){.weighted = !(q->income && q->plan->weights == WEIGHTS_OFFICIAL_SMALL),
      .official = livelihood_weights_label(q->plan->weights).official};
  TRY(choose_rows(&k));
  TRY(base_weights(&k));
  TRY(all_steps(&k));
  TRY(build_design(&k));
  out->survey.n = out->n;
  out->survey.design = &out->design;
  out->survey.weight = k.w;
  return E_OK;
}
