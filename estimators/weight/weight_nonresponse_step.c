/* weight_nonresponse_step.c -- who answered, and weights of those who did for those who did not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "estimators/weight/nonresponse.h"
#include "estimators/weight/weight_classes.h"
#include "estimators/weight/weight_plan_impl.h"

static bool named(const struct weight_names *list, struct str code) {
  for (int k = 0; k < list->n; k++)
    if (str_eq(str_of(list->name[k]), code)) return true;
  return false;
}

/* A code in no list stops, whether or not the record would matter: nobody becomes a respondent by default. */
enum err_code respondents_bind(struct step_context *c) {
  struct bound_step *b = step_of(c);
  const struct weight_step *s = b->s;
  const struct survey_column *x;
  int64_t respondents = 0;
  TRY(weight_coded_item(c, s->response, &x));
  uint8_t *of_code = ARENA_ARRAY(c->a, uint8_t, x->n_levels + 1);
  b->state = ARENA_ARRAY(c->a, uint8_t, c->p->n + 1);
  if (!of_code || !b->state) return weight_no_memory(c);
  for (int32_t k = 0; k < x->n_levels; k++) {
    const bool yes = named(&s->respondents, x->level[k]), no = named(&s->nonrespondents, x->level[k]), out = named(&s->ineligible, x->level[k]);
    if (yes + no + out > 1)
      return ERR(c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = s->response, .expected = "each code in one list");
    of_code[k] = yes ? STATE_RESPONDENT : out ? STATE_INELIGIBLE : no || s->unknown_nonrespondent ? STATE_NONRESPONDENT : UINT8_MAX;
  }
  for (int64_t i = 0; i < c->p->n; i++) {
    const int32_t code = x->code[i];
    b->state[i] = code >= 0 ? of_code[code] : s->unknown_nonrespondent ? STATE_NONRESPONDENT : UINT8_MAX;
    respondents += b->state[i] == STATE_RESPONDENT;
    if (b->state[i] != UINT8_MAX) continue;
    char found[160];
    const struct str text = code >= 0 ? x->level[code] : STR("");
    snprintf(found, sizeof found, "%s %.*s, row %lld", code >= 0 ? "code" : "no code", (int)(text.n < 80 ? text.n : 80), text.p, (long long)i + 1);
    return ERR(c->e, E_RESPONSE_CODE, .file = c->p->columns->place, .line = 0, .subject = s->response, .found = found);
  }
  return respondents ? E_OK : ERR(c->e, E_RESPONSE_NONE, .file = c->p->columns->place, .subject = s->response);
}

enum err_code respondents_run(const struct step_context *c, const double *w, double *out) {
  const struct bound_step *b = step_of(c);
  for (int64_t i = 0; i < c->p->n; i++)
    out[i] = b->state[i] == STATE_INELIGIBLE || (b->drop && b->state[i] != STATE_RESPONDENT) ? 0 : w[i];
  return E_OK;
}

/* --- nonresponse --- */
static enum err_code bind_respondents(struct step_context *c, struct bound_step *b) {
  const uint8_t *state = c->p->step[c->k - 1].state; /* the plan has a step respondents right before */
  uint8_t *r = ARENA_ARRAY(c->a, uint8_t, c->p->n + 1);
  if (!r) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++) r[i] = state[i] == STATE_RESPONDENT;
  b->respondent = r;
  return E_OK;
}

/* "factor(x)": classes of the values of a number. */
static const char *forced_factor(struct arena *a, const char *name) {
  const size_t n = strlen(name);
  return n > 8 && strncmp(name, "factor(", 7) == 0 && name[n - 1] == ')' ? arena_strdup(a, name + 7, n - 8) : NULL;
}
static enum err_code bind_model(struct step_context *c, struct bound_step *b, const double *w) {
  int32_t *one = ARENA_ARRAY(c->a, int32_t, c->p->n + 1);
  if (!one) return weight_no_memory(c);
  b->x = (struct auxiliary){.n = c->p->n, .n_factors = 1, .code = {one}, .levels = {1}};
  for (int k = 0; k < b->s->by.n; k++) {
    const char *factor = forced_factor(c->a, b->s->by.name[k]);
    const struct survey_column *x;
    TRY(weight_item(c, factor ? factor : b->s->by.name[k], &x));
    TRY(weight_values_known(c, x, w));
    if (factor) TRY(survey_column_codes(c->p->columns, x, c->e));
    if (x->number && !factor) b->x.number[b->x.n_numbers++] = x->number;
    else b->x.code[b->x.n_factors] = x->code, b->x.levels[b->x.n_factors++] = x->n_levels;
  }
  if (auxiliary_columns(&b->x) > AUXILIARY_MOST)
    return ERR(
        c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = b->s->place, .expected = "at most 4096 columns in the response model");
  return E_OK;
}

enum err_code nonresponse_bind(struct step_context *c, const double *w) {
  struct bound_step *b = step_of(c);
  TRY(bind_respondents(c, b));
  return b->s->method == NONRESPONSE_CLASSES ? classes_bind(c, w) : bind_model(c, b, w);
}

/* p of every record of a class; weights of respondents over p. */
static enum err_code by_classes(const struct step_context *c, const double *w, const int32_t *cell, int32_t n_cells, double *p, double *out) {
  const struct bound_step *b = step_of(c);
  struct arena_mark mark = arena_mark(c->a);
  int32_t *safe = ARENA_ARRAY(c->a, int32_t, c->p->n + 1);
  double *factor = ARENA_ARRAY(c->a, double, n_cells + 1), *d = ARENA_ARRAY(c->a, double, c->p->n + 1);
  if (!safe || !factor || !d) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++) safe[i] = cell[i] < 0 ? 0 : cell[i], d[i] = cell[i] < 0 ? 0 : w[i];
  TRY(nonresponse_classes(c->a, c->p->n, d, b->respondent, safe, n_cells, factor, out, c->e));
  for (int64_t i = 0; i < c->p->n; i++) p[i] = 1 / factor[safe[i]];
  arena_reset(c->a, mark);
  return E_OK;
}

struct ranked {
  double p;
  int64_t i;
};
static int by_p(const void *x, const void *y) {
  const struct ranked *a = x, *b = y;
  if (a->p != b->p) return a->p < b->p ? -1 : 1;
  return a->i < b->i ? -1 : a->i > b->i;
}
/* Classes of equal numbers of records by fitted probability; equal probabilities stay together. */
static enum err_code propensity_classes(const struct step_context *c, const double *w, const double *p, int classes, int32_t *cell) {
  struct arena_mark mark = arena_mark(c->a);
  struct ranked *r = ARENA_ARRAY(c->a, struct ranked, c->p->n + 1);
  int64_t m = 0;
  if (!r) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++) {
    cell[i] = -1;
    if (w[i] > 0) r[m++] = (struct ranked){p[i], i};
  }
  if (m) qsort(r, (size_t)m, sizeof *r, by_p);
  for (int64_t at = 0; at < m; at++)
    cell[r[at].i] = at && r[at].p - r[at - 1].p <= 1e-12 ? cell[r[at - 1].i] : (int32_t)(at * classes / m);
  arena_reset(c->a, mark);
  return E_OK;
}

static enum err_code model_information(const struct step_context *c, const double *w, const double *p, struct response_model *model) {
  const struct auxiliary *x = &step_of(c)->x;
  const int columns = auxiliary_columns(x);
  double *q = ARENA_ARRAY(c->a, double, c->p->n + 1), *m = ARENA_ARRAY(c->a, double, (int64_t)columns * columns + 1);
  if (!q || !m) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++) q[i] = w[i] * p[i] * (1 - p[i]);
  auxiliary_normal(x, q, m);
  model->x = x;
  return auxiliary_factorise(c->a, columns, m, &model->information, c->e);
}

static enum err_code too_large(const struct step_context *c, const double *w, const double *p) {
  const struct bound_step *b = step_of(c);
  int64_t n = 0;
  double largest = 0;
  for (int64_t i = 0; i < c->p->n; i++)
    if (w[i] > 0 && b->respondent[i] && 1 / p[i] > b->s->max_factor) n++, largest = fmax(largest, 1 / p[i]);
  if (n == 0) return E_OK;
  char found[128];
  snprintf(found, sizeof found, "%lld respondents above %g, the largest %.4g", (long long)n, b->s->max_factor, largest);
  return ERR(c->e, E_CLASS_SMALL, .file = c->p->plan->place, .subject = b->s->place, .found = found);
}

enum err_code nonresponse_run(const struct step_context *c, const double *w, double *out) {
  const struct bound_step *b = step_of(c);
  const int64_t n = c->p->n;
  double *p = ARENA_ARRAY(c->a, double, n + 1);
  int32_t *own = b->s->classes ? ARENA_ARRAY(c->a, int32_t, n + 1) : NULL;
  const int32_t *cell = b->s->classes ? own : b->cell;
  const int32_t n_cells = b->s->classes ? b->s->classes : b->n_cells;
  if (!p || (b->s->classes && !own)) return weight_no_memory(c);
  if (b->s->method == NONRESPONSE_LOGISTIC) {
    struct propensity fit;
    if (nonresponse_logistic(c->a, &b->x, w, b->respondent, &fit, out, c->e) || !fit.converged)
      return ERR(c->e, E_PROPENSITY, .file = c->p->plan->place, .subject = b->s->place);
    memcpy(p, fit.p, sizeof *p * (size_t)n);
    if (b->s->classes) TRY(propensity_classes(c, w, fit.p, b->s->classes, own));
  }
  if (cell) TRY(by_classes(c, w, cell, n_cells, p, out));
  if (!c->adjustment) return E_OK;
  TRY(too_large(c, w, p));
  c->record->title = !cell ? "nonresponse (logistic)" : b->s->classes ? "nonresponse (classes of propensity)" : "nonresponse (classes)";
  c->record->n_classes = cell ? n_cells : 0;
  if (b->s->taken_as_known) return E_OK;
  struct response_model *model = ARENA_NEW(c->a, struct response_model);
  if (!model) return weight_no_memory(c);
  *model = (struct response_model){.respondent = b->respondent, .p = p, .cell = cell, .n_cells = n_cells};
  if (!cell) TRY(model_information(c, w, p, model));
  c->adjustment->kind = ADJUSTED_RESPONSE, c->adjustment->response = model;
  return E_OK;
}
