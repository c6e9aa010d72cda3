/* model.c -- terms of a model into the columns of its matrix. */
#include "estimators/estimate/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/estimate/contrast.h"

struct binding {
  struct arena *a;
  const struct model_text *t;
  const struct survey_columns *c;
  const int32_t *of;
  struct model *m;
  bool full_factor_taken; /* without intercept: one factor with all levels stands for it */
  struct err *e;
};
static enum err_code column_of(const struct binding *b, const char *name, const struct survey_column **out) {
  *out = survey_column(b->c, name);
  return *out ? E_OK : ERR(b->e, E_MODEL_ITEM, .file = b->c->place, .subject = name);
}
static enum err_code no_memory(const struct binding *b) { return ERR(b->e, E_NO_MEMORY, .subject = "model"); }
static bool is_factor(const struct binding *b, const struct model_term *t, const struct survey_column *x) {
  if (t->kind == TERM_FACTOR || !x->number) return true;
  for (int k = 0; t->kind == TERM_INTERACTION && k < b->t->n_terms; k++) /* as its main effect stands */
    if (b->t->term[k].kind == TERM_FACTOR && strcmp(b->t->term[k].item, x->name) == 0) return true;
  return false;
}

/* --- who takes part --- */
static enum err_code rows_present(struct binding *b, const double *weight, const int32_t *where) {
  int32_t *of = ARENA_ARRAY(b->a, int32_t, b->c->n + 1);
  const struct survey_column *x[2 * MODEL_MOST_TERMS + 1];
  int n = 0;
  if (!of) return no_memory(b);
  TRY(column_of(b, b->t->response, &x[n++]));
  for (int k = 0; k < b->t->n_terms; k++) {
    TRY(column_of(b, b->t->term[k].item, &x[n++]));
    if (b->t->term[k].other) TRY(column_of(b, b->t->term[k].other, &x[n++]));
  }
  for (int64_t i = 0; i < b->c->n; i++) {
    of[i] = weight[i] != 0 && (!where || where[i] >= 0) ? 0 : -1;
    for (int k = 0; k < n && of[i] == 0; k++)
      if (!value_present(x[k]->status[i])) of[i] = -1, b->m->n_missing++;
  }
  b->of = b->m->of_row = of;
  return E_OK;
}

/* --- columns --- */
static enum err_code keep(struct binding *b, const char *label, int column) {
  if (b->m->p == CONTRAST_MOST_TOGETHER) return ERR(b->e, E_FIGURES_MANY, .subject = "coefficients", .expected = "at most 64");
  if (!label) return no_memory(b);
  b->m->label[b->m->p] = label, b->m->column[b->m->p++] = column; /* factors: index of the factor's column, numbers: -1 - index; see settle */
  return E_OK;
}
/* Codes of the used levels, numbered from 0; the reference has -1. */
static enum err_code factor_codes(struct binding *b, const struct survey_column *x, bool full, int32_t **map, int32_t *used) {
  TRY(survey_column_codes(b->c, x, b->e));
  uint8_t *seen = ARENA_ARRAY(b->a, uint8_t, x->n_levels + 1);
  *map = ARENA_ARRAY(b->a, int32_t, x->n_levels + 1);
  if (!seen || !*map) return no_memory(b);
  for (int64_t i = 0; i < b->c->n; i++)
    if (b->of[i] == 0) seen[x->code[i]] = 1;
  *used = full ? 0 : -1;
  for (int32_t l = 0; l < x->n_levels; l++) {
    (*map)[l] = -1;
    if (!seen[l]) continue;
    if (*used >= 0) (*map)[l] = *used;
    ++*used;
  }
  if (*used < 0) *used = 0;
  if (*used > CONTRAST_MOST_TOGETHER) return ERR(b->e, E_FIGURES_MANY, .subject = x->name, .expected = "at most 64 levels");
  return E_OK;
}
static const char *level_label(const struct binding *b, const struct survey_column *x, int32_t level) {
  return arena_printf(b->a, "%s%.*s", x->name, (int)x->level[level].n, x->level[level].p);
}
static enum err_code new_factor(struct binding *b, int32_t levels, int32_t **code, int *first) {
  struct auxiliary *x = &b->m->x;
  if (x->n_factors == AUXILIARY_FACTORS) return ERR(b->e, E_FIGURES_MANY, .subject = "factors", .expected = "at most 64");
  *code = ARENA_ARRAY(b->a, int32_t, b->c->n + 1);
  if (!*code) return no_memory(b);
  *first = 0;
  for (int f = 0; f < x->n_factors; f++) *first += x->levels[f];
  x->code[x->n_factors] = *code, x->levels[x->n_factors++] = levels;
  return E_OK;
}
static enum err_code new_number(struct binding *b, double **number) {
  struct auxiliary *x = &b->m->x;
  if (x->n_numbers == AUXILIARY_FACTORS) return ERR(b->e, E_FIGURES_MANY, .subject = "numbers", .expected = "at most 64");
  *number = ARENA_ARRAY(b->a, double, b->c->n + 1);
  if (!*number) return no_memory(b);
  x->number[x->n_numbers++] = *number;
  return E_OK;
}
static enum err_code factor_term(struct binding *b, const struct survey_column *x) {
  const bool full = !b->t->intercept && !b->full_factor_taken;
  int32_t *map, *code, used;
  int first;
  TRY(factor_codes(b, x, full, &map, &used));
  b->full_factor_taken = b->full_factor_taken || full;
  if (used == 0) return ERR(b->e, E_REGRESSION, .subject = x->name, .expected = "a factor with two levels or more");
  TRY(new_factor(b, used, &code, &first));
  for (int64_t i = 0; i < b->c->n; i++) code[i] = b->of[i] == 0 ? map[x->code[i]] : -1;
  for (int32_t l = 0; l < x->n_levels; l++)
    if (map[l] >= 0) TRY(keep(b, level_label(b, x, l), first + map[l]));
  return E_OK;
}
static enum err_code number_term(struct binding *b, const struct survey_column *x, bool logged) {
  double *number;
  char place[48];
  TRY(survey_column_numbers(b->c, x, b->e));
  TRY(new_number(b, &number));
  for (int64_t i = 0; i < b->c->n; i++) {
    if (b->of[i] < 0) continue;
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (logged && !(x->number[i] > 0)) return ERR(b->e, E_STATISTIC_DOMAIN, .subject = place, .expected = "a value above 0");
    number[i] = logged ? log(x->number[i]) : x->number[i];
  }
  return keep(b, logged ? arena_printf(b->a, "log(%s)", x->name) : x->name, -b->m->x.n_numbers);
}
static enum err_code cross_factors(struct binding *b, const struct survey_column *x, const struct survey_column *y) {
  int32_t *mx, *my, *code, ux, uy;
  int first;
  TRY(factor_codes(b, x, false, &mx, &ux));
  TRY(factor_codes(b, y, false, &my, &uy));
  if (ux * uy == 0) return ERR(b->e, E_REGRESSION, .subject = x->name, .expected = "factors with two levels or more");
  TRY(new_factor(b, ux * uy, &code, &first));
  for (int64_t i = 0; i < b->c->n; i++) {
    const int32_t k = b->of[i] == 0 ? mx[x->code[i]] : -1, l = b->of[i] == 0 ? my[y->code[i]] : -1;
    code[i] = k < 0 || l < 0 ? -1 : l * ux + k;
  }
  for (int32_t l = 0; l < y->n_levels; l++)
    for (int32_t k = 0; k < x->n_levels; k++)
      if (mx[k] >= 0 && my[l] >= 0)
        TRY(keep(b, arena_printf(b->a, "%s:%s", level_label(b, x, k), level_label(b, y, l)), first + my[l] * ux + mx[k]));
  return E_OK;
}
static enum err_code cross_number(struct binding *b, const struct survey_column *f, const struct survey_column *x) {
  int32_t *map, used;
  double *number;
  TRY(factor_codes(b, f, false, &map, &used));
  for (int32_t l = 0; l < f->n_levels; l++) {
    if (map[l] < 0) continue;
    TRY(new_number(b, &number));
    for (int64_t i = 0; i < b->c->n; i++)
      if (b->of[i] == 0 && f->code[i] == l) number[i] = x->number[i];
    TRY(keep(b, arena_printf(b->a, "%s:%s", level_label(b, f, l), x->name), -b->m->x.n_numbers));
  }
  return E_OK;
}
static enum err_code interaction(struct binding *b, const struct model_term *t, const struct survey_column *x, const struct survey_column *y) {
  const bool fx = is_factor(b, t, x), fy = is_factor(b, t, y);
  double *number;
  if (fx && fy) return cross_factors(b, x, y);
  if (fx) return cross_number(b, x, y);
  if (fy) return cross_number(b, y, x);
  TRY(new_number(b, &number));
  for (int64_t i = 0; i < b->c->n; i++) number[i] = b->of[i] == 0 ? x->number[i] * y->number[i] : 0;
  return keep(b, arena_printf(b->a, "%s:%s", x->name, y->name), -b->m->x.n_numbers);
}
static enum err_code bind_term(struct binding *b, const struct model_term *t) {
  const struct survey_column *x, *y;
  struct model_part *part = &b->m->part[b->m->n_parts++];
  TRY(column_of(b, t->item, &x));
  *part = (struct model_part){t->item, b->m->p, 0};
  if (t->other) {
    TRY(column_of(b, t->other, &y));
    if (!(part->name = arena_printf(b->a, "%s:%s", t->item, t->other))) return no_memory(b);
    TRY(interaction(b, t, x, y));
  } else if (t->kind != TERM_LOG && is_factor(b, t, x)) TRY(factor_term(b, x));
  else TRY(number_term(b, x, t->kind == TERM_LOG));
  part->count = b->m->p - part->first;
  return E_OK;
}

/* --- response --- */
static enum err_code level_named(const struct binding *b, const struct survey_column *x, const char *text, int32_t *out) {
  for (int32_t l = 0; l < x->n_levels; l++)
    if (str_eq(x->level[l], str_of(text))) return *out = l, E_OK;
  return ERR(b->e, E_MODEL_ITEM, .file = b->c->place, .subject = text, .expected = "a code that the response has");
}
static enum err_code bind_response(struct binding *b) {
  const struct survey_column *x;
  double *y = ARENA_ARRAY(b->a, double, b->c->n + 1);
  int32_t success = 1;
  char place[48];
  TRY(column_of(b, b->t->response, &x));
  if (!y) return no_memory(b);
  if (b->t->response_code) TRY(level_named(b, x, b->t->response_code, &success));
  else if (!x->number && x->n_levels != 2)
    return ERR(b->e, E_MODEL_ITEM, .file = b->c->place, .subject = x->name, .expected = "numbers, two levels, or item = code");
  for (int64_t i = 0; i < b->c->n; i++) {
    if (b->of[i] < 0) continue;
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (b->t->response_log && !(x->number && x->number[i] > 0)) return ERR(b->e, E_STATISTIC_DOMAIN, .subject = place, .expected = "a value above 0");
    y[i] = b->t->response_code || !x->number ? x->code[i] == success : b->t->response_log ? log(x->number[i]) : x->number[i];
  }
  b->m->y = y;
  return E_OK;
}
/* Numbers stand behind all factors: now that these are counted, their columns are known. */
static void settle(struct model *m) {
  int factors = 0;
  for (int f = 0; f < m->x.n_factors; f++) factors += m->x.levels[f];
  for (int j = 0; j < m->p; j++)
    if (m->column[j] < 0) m->column[j] = factors - 1 - m->column[j];
}

enum err_code model_bind(struct arena *a, const struct model_text *t, const struct survey_columns *c, const double *weight, const int32_t *where,
    struct model *out, struct err *e) {
  struct binding b = {.a = a, .t = t, .c = c, .m = out, .e = e};
  int32_t *code;
  int first;
  *out = (struct model){.n = c->n, .x = {.n = c->n}, .intercept = t->intercept};
  out->label = ARENA_ARRAY(a, const char *, CONTRAST_MOST_TOGETHER), out->column = ARENA_ARRAY(a, int, CONTRAST_MOST_TOGETHER);
  if (!out->label || !out->column) return no_memory(&b);
  TRY(rows_present(&b, weight, where));
  TRY(bind_response(&b));
  if (t->intercept) {
    TRY(new_factor(&b, 1, &code, &first));
    for (int64_t i = 0; i < c->n; i++) code[i] = b.of[i];
    TRY(keep(&b, "(Intercept)", 0));
  }
  for (int k = 0; k < t->n_terms; k++) TRY(bind_term(&b, &t->term[k]));
  settle(out);
  return E_OK;
}
