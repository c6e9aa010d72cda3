#include "processing/step/step_estimates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err_code no_memory(const struct step_spec *s, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = s->name); }

/* --- rows of the tables --- */
void step_estimate_set(struct step_estimate *x, enum estimate_column column, double value) {
  x->value[column] = value;
  x->there[column] = isfinite(value) != 0;
}

static bool put_text(struct table *t, int column, struct str text, bool there) {
  struct column *c = &t->columns[column];
  c->status[t->n_rows] = there ? VAL_REPORTED : VAL_BLANK;
  c->code[t->n_rows] = dict_add(c->dict, there ? text : STR(""));
  return c->code[t->n_rows] >= 0;
}

static void put_int(struct table *t, int column, int64_t value, bool there) {
  t->columns[column].i64[t->n_rows] = there ? value : 0;
  t->columns[column].status[t->n_rows] = there ? VAL_REPORTED : VAL_BLANK;
}

enum err_code step_estimate_put(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct item *item,
    const struct step_estimate *x, struct err *e) {
  struct table *t = &j->estimates;
  char text[32];
  TRY(table_reserve(t, t->n_rows + 1, e));
  const struct str class = x->group < 0 ? STR("") : scope->group_names[x->group];
  bool good = put_text(t, ESTIMATE_STEP, str_of(s->name), true) && put_text(t, ESTIMATE_CLASS, class, x->group >= 0) &&
              put_text(t, ESTIMATE_ITEM, str_of(item->name), true) && put_text(t, ESTIMATE_MEASURE, str_of(x->measure), true) &&
              put_text(t, ESTIMATE_METHOD, str_of(x->method), true);
  put_int(t, ESTIMATE_CLASS_NO, x->group + 1, x->group >= 0);
  put_int(t, ESTIMATE_N, x->n, true);
  put_int(t, ESTIMATE_IMPUTED, x->imputed, true);
  for (int k = ESTIMATE_VALUE; k < ESTIMATE_COLUMNS && good; k++) {
    (void)snprintf(text, sizeof text, "%.12g", x->value[k] == 0 ? 0.0 : x->value[k]);
    good = put_text(t, k, str_of(text), x->there[k]);
  }
  if (!good) return no_memory(s, e);
  t->n_rows++;
  return E_OK;
}

enum err_code step_set_put(
    struct job_state *j, const struct step_spec *s, int set, int64_t record, const struct item *item, double value, struct err *e) {
  struct table *t = &j->sets;
  char text[64];
  TRY(table_reserve(t, t->n_rows + 1, e));
  (void)snprintf(text, sizeof text, "%.*f", item->decimals, value);
  put_int(t, SET_SET, set, true);
  put_int(t, SET_RECORD_NO, record + 1, true);
  if (!put_text(t, SET_STEP, str_of(s->name), true) || !put_text(t, SET_ITEM, str_of(item->name), true) || !put_text(t, SET_VALUE, str_of(text),
      true))
    return no_memory(s, e);
  t->n_rows++;
  return E_OK;
}

/* --- the design --- */
struct design_text { /* what the records say, by record */
  struct str *stratum;
  double *population;
  uint8_t *status;
};
static enum err_code read_batch(struct job_state *j, const struct step_spec *s, const struct unit_shard *shard, const struct expr_binding *b,
    struct expr_scratch *const *scratch, int64_t row, int n, struct design_text *out, struct err *e) {
  const struct expr *stratum = step_value_of(s, "stratum")->x, *population = step_value_of(s, "population")->x;
  const int64_t at = shard->first_record + row;
  int64_t whole[EXPR_BATCH] = {0};
  uint8_t status[EXPR_BATCH];
  const bool number = expr_result_type(stratum) == EXPR_NUMBER;
  if (number) TRY(expr_eval_int(stratum, &b[0], scratch[0], STEP_DECIMALS, row, n, whole, status, e));
  else TRY(expr_eval_text(stratum, &b[0], scratch[0], row, n, out->stratum + at, status, e));
  for (int i = 0; i < n; i++) {
    out->status[at + i] = value_present(status[i]);
    if (!number || !out->status[at + i]) continue;
    const char *text = arena_printf(j->arena, "%lld", (long long)whole[i]);
    if (!text) return no_memory(s, e);
    out->stratum[at + i] = str_of(text);
  }
  TRY(expr_eval_int(population, &b[1], scratch[1], STEP_DECIMALS, row, n, whole, status, e));
  for (int i = 0; i < n; i++) {
    out->population[at + i] = (double)whole[i] / STEP_ONE;
    out->status[at + i] = out->status[at + i] && value_present(status[i]) && whole[i] > 0;
  }
  return E_OK;
}

static enum err_code read_design(struct job_state *j, const struct step_spec *s, struct design_text *out, struct err *e) {
  const struct expr *x[2] = {step_value_of(s, "stratum")->x, step_value_of(s, "population")->x};
  struct expr_scratch *scratch[2] = {expr_scratch_new(j->arena, x[0]), expr_scratch_new(j->arena, x[1])};
  *out = (struct design_text){ARENA_ARRAY(j->arena, struct str, j->n_records + 1), ARENA_ARRAY(j->arena, double, j->n_records + 1),
      ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1)};
  if (!scratch[0] || !scratch[1] || !out->stratum || !out->population || !out->status) return no_memory(s, e);
  for (int k = 0; k < j->n_shards; k++) {
    const struct unit_shard *shard = &j->shards[k];
    const int64_t rows = shard->current->n_rows;
    struct expr_binding b[2];
    for (int i = 0; i < 2; i++) TRY(edit_bind(j->arena, x[i], shard, &b[i], e));
    for (int64_t row = 0; row < rows; row += EXPR_BATCH)
      TRY(read_batch(j, s, shard, b, scratch, row, rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH, out, e));
  }
  return E_OK;
}

static enum err_code wrong_record(const struct job_state *j, const struct step_spec *s, int64_t record, const char *why, struct err *e) {
  char subject[32];
  (void)snprintf(subject, sizeof subject, "%lld", (long long)record + 1);
  return step_placed(j, s, ERR(e, E_DESIGN_RECORD, .subject = subject, .found = why), e);
}

static int by_text(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

/* Strata in the order of their texts. */
static enum err_code number_strata(struct job_state *j, const struct step_spec *s, const struct step_view *v, const struct design_text *text,
    struct srs_design *out, struct err *e) {
  struct dict *all = dict_new(j->arena);
  int32_t *stratum = ARENA_ARRAY(j->arena, int32_t, v->now.n + 1);
  if (!all || !stratum) return no_memory(s, e);
  for (int64_t i = 0; i < v->now.n; i++) {
    if (!text->status[v->record[i]]) return wrong_record(j, s, v->record[i], "no stratum or no population", e);
    if (dict_add(all, text->stratum[v->record[i]]) < 0) return no_memory(s, e);
  }
  out->n_strata = dict_count(all);
  struct str *names = ARENA_ARRAY(j->arena, struct str, out->n_strata + 1);
  if (!names) return no_memory(s, e);
  for (int32_t h = 0; h < out->n_strata; h++) names[h] = dict_text(all, h);
  qsort(names, (size_t)out->n_strata, sizeof *names, by_text);
  for (int64_t i = 0; i < v->now.n; i++) {
    const struct str *at = bsearch(&text->stratum[v->record[i]], names, (size_t)out->n_strata, sizeof *names, by_text);
    stratum[i] = at ? (int32_t)(at - names) : 0;
  }
  out->stratum = stratum;
  return E_OK;
}

enum err_code step_design_make(struct job_state *j, const struct step_spec *s, const struct step_view *v, struct srs_design *out, struct err *e) {
  struct design_text text;
  *out = (struct srs_design){.n = v->now.n};
  TRY(step_placed(j, s, read_design(j, s, &text, e), e));
  TRY(number_strata(j, s, v, &text, out, e));
  double *pop = ARENA_ARRAY(j->arena, double, out->n_strata + 1);
  if (!pop) return no_memory(s, e);
  for (int64_t i = 0; i < v->now.n; i++) {
    double *of = &pop[out->stratum[i]];
    if (*of > 0 && *of != text.population[v->record[i]]) return wrong_record(j, s, v->record[i], "another population than its stratum", e);
    *of = text.population[v->record[i]];
  }
  out->pop = pop;
  struct err why = {.code = E_OK};
  const enum err_code code = srs_design_make(j->arena, out, &why);
  if (code == E_MODEL_DATA) return step_placed(j, s, ERR(e, E_DESIGN_STRATUM, .subject = s->name, .found = why.found), e);
  if (code) *e = why;
  return code;
}

enum err_code step_values_now(struct job_state *j, const struct step_scope *scope, const struct item *item, const double **y, const uint8_t **status,
    struct err *e) {
  const struct item **list = ARENA_ARRAY(j->arena, const struct item *, 1);
  struct step_view one;
  if (!list) return ERR(e, E_NO_MEMORY, .subject = item->name);
  list[0] = item;
  TRY(step_view_make(j, scope, list, 1, (struct step_view_want){.before = false}, &one, e));
  *y = one.now.columns[0].x;
  *status = one.now.columns[0].status;
  return E_OK;
}
