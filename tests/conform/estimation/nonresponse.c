/* nonresponse.c -- weighting classes and response propensities of a case, and the design of those who answered. */
#include <string.h>

#include "base/table.h"
#include "estimators/weight/nonresponse.h"
#include "tests/conform/estimation/case.h"

/* The cross of columns: codes and how many; names of the cells for the factors. */
struct cells {
  int32_t *code, n;
  const char **name;
};
static bool cells_of(struct est_case *c, int n, const char *const *names, struct cells *out) {
  *out = (struct cells){ARENA_ARRAY(c->arena, int32_t, c->n + 1), 1, NULL};
  const struct case_column *x[CASE_MOST_VARS];
  for (int k = 0; k < n; k++) {
    if (!(x[k] = column_of(c, names[k]))) return false;
    if ((int64_t)out->n * (x[k]->n_levels + 1) > 4000) return fprintf(c->say, "   too many cells\n"), false;
    for (int64_t i = 0; i < c->n; i++) {
      if (x[k]->code[i] < 0) return fprintf(c->say, "   column %s has no value in row %lld\n", names[k], (long long)i + 1), false;
      out->code[i] = out->code[i] * x[k]->n_levels + x[k]->code[i];
    }
    out->n *= x[k]->n_levels;
  }
  out->name = ARENA_ARRAY(c->arena, const char *, out->n + 1);
  for (int32_t cell = 0; cell < out->n; cell++) {
    int32_t left = cell;
    const char *name = NULL;
    for (int k = n - 1; k >= 0; left /= x[k]->n_levels, k--) {
      const struct str level = x[k]->level[left % x[k]->n_levels];
      name = arena_printf(c->arena, "%.*s%s%s", (int)level.n, level.p, name ? "." : "", name ? name : "");
    }
    out->name[cell] = name ? name : "";
  }
  return true;
}
/* Cells that no record is in are left out of the numbering. */
static void only_used(struct est_case *c, struct cells *x) {
  int32_t *at = ARENA_ARRAY(c->arena, int32_t, x->n + 1), n = 0;
  for (int64_t i = 0; i < c->n; i++) at[x->code[i]] = 1;
  for (int32_t k = 0; k < x->n; k++)
    if (at[k]) x->name[n] = x->name[k], at[k] = n++;
  for (int64_t i = 0; i < c->n; i++) x->code[i] = at[x->code[i]];
  x->n = n;
}

/* "a + b*x": one term after another; texts of a term are crossed, its numbers multiplied. A main effect inside an interaction is redundant there. */
static bool add_term(struct est_case *c, const char *text, size_t length, struct auxiliary *x) {
  const char *names[CASE_MOST_VARS], *factor[CASE_MOST_VARS];
  int n = 0, n_factors = 0;
  double *number = NULL;
  for (size_t at = 0; at < length;) {
    const size_t skip = strspn(text + at, " *:"), part = strcspn(text + at + skip, "*:+ ");
    if (part && n < CASE_MOST_VARS) names[n++] = arena_strdup(c->arena, text + at + skip, part);
    at += skip + part;
  }
  for (int k = 0; k < n; k++) {
    const struct case_column *column = column_of(c, names[k]);
    if (!column) return false;
    if (column->is_text) factor[n_factors++] = names[k];
    else {
      if (!number) number = ARENA_ARRAY(c->arena, double, c->n + 1);
      for (int64_t i = 0; i < c->n; i++) number[i] = (number[i] == 0 && k == n_factors ? 1 : number[i]) * column->value[i];
    }
  }
  if (x->n_factors >= AUXILIARY_FACTORS - 1 || (number && n_factors)) return fprintf(c->say, "   a term this program does not know: %.*s\n",
      (int)length, text), false;
  if (number) return x->number[x->n_numbers++] = number, n == 1;
  struct cells cell;
  if (!cells_of(c, n_factors, factor, &cell)) return false;
  only_used(c, &cell);
  x->code[x->n_factors] = cell.code, x->levels[x->n_factors++] = cell.n;
  return true;
}
static bool model_of(struct est_case *c, const char *right, struct auxiliary *x) {
  *x = (struct auxiliary){.n = c->n, .n_factors = 1, .code = {ARENA_ARRAY(c->arena, int32_t, c->n + 1)}, .levels = {1}}; /* the constant */
  for (const char *at = right; *at;) {
    at += strspn(at, " +");
    const size_t length = strcspn(at, "+");
    if (length && x->n_numbers < AUXILIARY_FACTORS && !add_term(c, at, length, x)) return false;
    at += length;
  }
  return true;
}

static bool factors_close(struct est_case *c, const struct cells *cell, const double *factor) {
  bool ok = true;
  for (size_t b = 0; b < json_length(c->expected); b++) {
    const struct json_value *block = json_element(c->expected, b), *rows = json_member(block, "rows");
    if (strcmp(json_member_string(block, "estimator", ""), "factors") != 0) continue;
    for (size_t q = 0; q < json_length(rows); q++) {
      const struct json_value *row = json_element(rows, q);
      double v;
      int32_t l = 0;
      while (l < cell->n && strcmp(cell->name[l], json_member_string(row, "label", "")) != 0) l++;
      if (l == cell->n || !json_number(json_member(row, "estimate"), &v)) return fprintf(c->say, "   a factor of an unknown cell\n"), false;
      ok = case_close(c, MEASURE_WEIGHT, "factor", factor[l], v, 1e-10) && ok;
    }
  }
  return ok;
}
static bool by_classes(struct est_case *c, const struct json_value *n, const uint8_t *answered, double *w) {
  const char *names[CASE_MOST_VARS];
  struct cells cell;
  struct err e = {0};
  const int k = case_names(c, json_member(n, "cells"), names, CASE_MOST_VARS);
  if (k < 1) return fprintf(c->say, "   cells cannot be read\n"), false;
  if (!cells_of(c, k, names, &cell)) return false;
  only_used(c, &cell);
  double *factor = ARENA_ARRAY(c->arena, double, cell.n + 1);
  if (nonresponse_classes(c->arena, c->n, c->base_weight, answered, cell.code, cell.n, factor, w, &e))
    return fprintf(c->say, "   %s %s\n", err_name(e.code), e.subject), false;
  return factors_close(c, &cell, factor);
}
static bool by_propensity(struct est_case *c, const struct json_value *n, const char *right, const uint8_t *answered, double *w) {
  struct auxiliary x;
  struct propensity p;
  struct err e = {0};
  bool weighted = true;
  const double *d = c->base_weight;
  (void)json_boolean(json_member(n, "weighted"), &weighted);
  if (!weighted) {
    double *one = ARENA_ARRAY(c->arena, double, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) one[i] = 1;
    d = one;
  }
  if (!model_of(c, right, &x)) return false;
  if (nonresponse_logistic(c->arena, &x, d, answered, &p, w, &e) || !p.converged) return fprintf(c->say, "   the propensities do not converge\n"),
      false;
  for (int64_t i = 0; i < c->n; i++) w[i] = answered[i] ? c->base_weight[i] / p.p[i] : 0;
  return true;
}

/* "PSU counts are respondents only": the table and the design of those who answered. */
static enum verdict only_respondents(struct est_case *c, const uint8_t *answered, const double *w) {
  struct csv_table kept = c->data;
  double *weight = ARENA_ARRAY(c->arena, double, c->n + 1);
  int64_t n = 0;
  kept.cells = ARENA_ARRAY(c->arena, struct str, c->data.n_rows * c->data.n_columns + 1);
  for (int64_t i = 0; i < c->n; i++) {
    if (!answered[i]) continue;
    memcpy(kept.cells + n * kept.n_columns, c->data.cells + i * kept.n_columns, sizeof *kept.cells * (size_t)kept.n_columns);
    weight[n++] = w[i];
  }
  if (n == 0) return fprintf(c->say, "   nobody answered\n"), FAILED;
  kept.n_rows = n, c->data = kept, c->n = n, c->given_weight = weight;
  return case_design(c, c->design);
}
enum verdict case_nonresponse(struct est_case *c, const struct json_value *n) {
  const char *model = json_string(json_member(n, "model")), *response = json_member_string(n, "response", "resp"), *method = json_member_string(n,
      "method", "");
  const char *tilde = model ? strchr(model, '~') : NULL;
  double *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  uint8_t *answered = ARENA_ARRAY(c->arena, uint8_t, c->n + 1);
  const bool classes = strcmp(method, "weighting_class") == 0;
  if (!classes && strcmp(method, "logistic") != 0) return fprintf(c->say, "   unknown method %s\n", method), UNSUPPORTED;
  if (!classes && !tilde) return fprintf(c->say, "   no model\n"), FAILED;
  if (tilde) response = arena_strdup(c->arena, model, strcspn(model, " ~"));
  const struct case_column *r = column_of(c, response);
  if (!r) return FAILED;
  for (int64_t i = 0; i < c->n; i++)
    answered[i] = r->status[i] == VAL_REPORTED && (r->is_text ? str_eq(r->level[r->code[i]], str_of("TRUE")) : r->value[i] == 1);
  if (!(classes ? by_classes(c, n, answered, w) : by_propensity(c, n, tilde + 1, answered, w))) return FAILED;
  return only_respondents(c, answered, w);
}
