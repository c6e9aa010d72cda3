/* calibration.c -- the calibrations of the cases: model-matrix names to auxiliary variables, and what the variance has to know. */
#include <math.h>
#include <string.h>

#include "estimators/weight/trim.h"
#include "tests/conform/estimation/case.h"

/* A factor of one level: the records at which `column` has `level`; all for level NULL. */
static const int32_t *indicator(struct est_case *c, const struct case_column *x, int32_t level) {
  int32_t *code = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) code[i] = !x || x->code[i] == level ? 0 : -1;
  return code;
}
/* "stypeH" is level H of stype: the column whose name begins the text and one of whose levels ends it. */
static const int32_t *dummy(struct est_case *c, const char *name) {
  for (int64_t k = 0; k < c->data.n_columns; k++) {
    const struct str h = c->data.header[k];
    char column[128];
    if (h.n >= strlen(name) || memcmp(h.p, name, h.n) != 0 || h.n >= sizeof column) continue;
    snprintf(column, sizeof column, "%.*s", (int)h.n, h.p);
    const struct case_column *x = column_of(c, arena_strdup(c->arena, column, h.n));
    for (int32_t l = 0; x && l < x->n_levels; l++)
      if (str_eq(x->level[l], str_of(name + h.n))) return indicator(c, x, l);
  }
  return NULL;
}
bool case_auxiliary(struct est_case *c, const struct json_value *calibration, struct auxiliary *x, double **total) {
  const struct json_value *totals = json_member(calibration, "totals"), *v;
  const char *name;
  double numbers[AUXILIARY_FACTORS];
  *x = (struct auxiliary){.n = c->n};
  *total = ARENA_ARRAY(c->arena, double, 2 * AUXILIARY_FACTORS);
  for (size_t k = 0; json_member_at(totals, k, &name, &v) && x->n_factors < AUXILIARY_FACTORS && x->n_numbers < AUXILIARY_FACTORS; k++) {
    double t;
    if (!json_number(v, &t)) return false;
    const bool constant = strcmp(name, "(Intercept)") == 0;
    const int32_t *code = constant ? indicator(c, NULL, 0) : csv_table_column(&c->data, name) >= 0 ? NULL : dummy(c, name);
    if (code) {
      x->code[x->n_factors] = code, x->levels[x->n_factors] = 1;
      (*total)[x->n_factors++] = t;
    } else {
      const struct case_column *column = column_of(c, name);
      if (!column) return false;
      x->number[x->n_numbers] = column->value, numbers[x->n_numbers++] = t;
    }
  }
  memcpy(*total + x->n_factors, numbers, sizeof *numbers * (size_t)x->n_numbers);
  return x->n_factors + x->n_numbers > 0;
}

/* A list of {level, Freq} rows: one factor (or several crossed columns) with all its levels. */
static bool margin(struct est_case *c, const struct json_value *rows, struct auxiliary *x, double *total, int *p) {
  int32_t *code = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) code[i] = -1;
  for (size_t r = 0; r < json_length(rows); r++) {
    const struct json_value *row = json_element(rows, r), *v;
    const char *name;
    bool *in = ARENA_ARRAY(c->arena, bool, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) in[i] = true;
    for (size_t k = 0; json_member_at(row, k, &name, &v); k++) {
      const struct case_column *column = strcmp(name, "Freq") == 0 ? NULL : column_of(c, name);
      if (!column) {
        if (strcmp(name, "Freq") != 0 || !json_number(v, &total[*p + (int)r])) return false;
        continue;
      }
      double number = 0;
      if (!json_string(v)) (void)json_number(v, &number);
      for (int64_t i = 0; i < c->n; i++)
        in[i] = in[i] && column->code[i] >= 0
            && (json_string(v) ? str_eq(column->level[column->code[i]], str_of(json_string(v))) : column->value[i] == number);
    }
    for (int64_t i = 0; i < c->n; i++)
      if (in[i]) code[i] = (int32_t)r;
  }
  x->code[x->n_factors] = code, x->levels[x->n_factors] = (int32_t)json_length(rows);
  *p += x->levels[x->n_factors++];
  return true;
}

static bool compare_weights(struct est_case *c) {
  const char *file = json_string(json_member(c->whole, "calibrated_weights_file"));
  struct csv_table t;
  struct err e;
  char what[48];
  if (!file) return true;
  if (case_read_csv(c->arena, c->folder, file, &t, &e) || t.n_rows != c->n)
    return fprintf(c->say, "   cannot compare weights with %s\n", file), false;
  for (int64_t i = 0; i < c->n; i++) {
    char text[64];
    double v;
    const struct str cell = csv_table_cell(&t, i, (int)t.n_columns - 1);
    snprintf(text, sizeof text, "%.*s", (int)(cell.n < 63 ? cell.n : 63), cell.p);
    snprintf(what, sizeof what, "weight of row %lld", (long long)i + 1);
    if (sscanf(text, "%lf", &v) != 1 || !case_close(c->say, what, c->survey.weight[i], v, 1e-9)) return false;
  }
  return true;
}

/* Auxiliaries replaced by their plain mean over primary units: one factor for the whole unit. */
static bool aggregate(struct est_case *c, struct auxiliary *x) {
  const struct design_stage *s = &c->tree.stage[0];
  struct auxiliary y = {.n = c->n};
  double *unit[2 * AUXILIARY_FACTORS];
  int at = 0;
  const double *const base = c->base_weight;
  for (int f = 0; f < x->n_factors + x->n_numbers; f++) unit[f] = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t u = 0; u < s->n_units; u++) {
    const int64_t from = design_unit_start(&c->tree, 0, u), to = design_unit_start(&c->tree, 0, u + 1);
    for (int f = 0; f < x->n_factors + x->n_numbers; f++) {
      double mean = 0;
      for (int64_t p = from; p < to; p++) {
        const int64_t i = design_row(&c->tree, p);
        mean += (f < x->n_factors ? x->code[f][i] >= 0 : x->number[f - x->n_factors][i]) / (double)(to - from);
        if (base[i] != base[design_row(&c->tree, from)]) return fprintf(c->say, "   weights differ inside a primary unit\n"), false;
      }
      for (int64_t p = from; p < to; p++) unit[f][design_row(&c->tree, p)] = mean;
    }
  }
  for (int f = 0; f < x->n_factors + x->n_numbers; f++) y.number[at++] = unit[f];
  y.n_numbers = at;
  *x = y;
  return true;
}

static enum verdict by_regression(struct est_case *c, const struct json_value *k, struct auxiliary *x, const double *total, const double *sigma2) {
  const struct json_value *bounds = json_member(k, "bounds");
  const char *method = json_member_string(k, "method", "");
  struct calibration out;
  struct err e;
  struct calibration_spec s = {.x = x, .d = c->base_weight, .total = total, .sigma2 = sigma2, .tolerance = 1e-13, .bounded = bounds != NULL};
  if (bounds && (!json_number(json_element(bounds, 0), &s.low) || !json_number(json_element(bounds, 1), &s.high))) return FAILED;
  if (strcmp(method, "raking") == 0) s.method = CALIBRATE_RAKING;
  else if (strcmp(method, "logit") == 0) s.method = CALIBRATE_LOGIT;
  else s.method = bounds ? CALIBRATE_TRUNCATED : CALIBRATE_LINEAR;
  if (calibrate(c->arena, &s, &out, &e)) return fprintf(c->say, "   calibration refused: %s\n", e.subject), FAILED;
  if (out.worst > 1e-9) return fprintf(c->say, "   calibration ended %.2g off\n", out.worst), FAILED;
  c->survey.weight = out.w;
  double *q = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) q[i] = c->base_weight[i] / (sigma2 ? sigma2[i] : 1);
  struct auxiliary *kept = ARENA_NEW(c->arena, struct auxiliary);
  *kept = *x;
  c->adjustment = (struct adjustment){.kind = ADJUSTED_CALIBRATED, .before = c->base_weight, .after = out.w, .x = kept};
  if (regression_new(c->arena, kept, q, &c->adjustment.regression, &e)) return FAILED;
  c->survey.adjustments[c->survey.n_adjustments++] = &c->adjustment;
  return PASSED;
}

static enum verdict trim(struct est_case *c, const struct json_value *k) {
  double low, high, *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  struct trim_result r;
  struct err e;
  if (!json_number(json_member(k, "lower"), &low) || !json_number(json_member(k, "upper"), &high)) return FAILED;
  memcpy(w, c->survey.weight, sizeof *w * (size_t)c->n);
  if (weight_trim(c->n, low, high, false, w, &r, &e)) return FAILED;
  c->survey.weight = w;
  return PASSED;
}

static enum verdict rake(struct est_case *c, const struct json_value *k) {
  const struct json_value *margins = json_member(k, "margins");
  struct auxiliary *x = ARENA_NEW(c->arena, struct auxiliary);
  double *total = ARENA_ARRAY(c->arena, double, AUXILIARY_MOST), *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  struct ipf_result r;
  struct err e;
  int p = 0;
  x->n = c->n;
  for (size_t m = 0; m < json_length(margins); m++)
    if (!margin(c, json_member(json_element(margins, m), "totals"), x, total, &p)) return FAILED;
  memcpy(w, c->base_weight, sizeof *w * (size_t)c->n);
  if (weight_ipf(c->arena, x, total, 1e-14, 2000, w, &r, &e)) return FAILED;
  c->survey.weight = w;
  c->adjustment = (struct adjustment){.kind = ADJUSTED_RAKED, .x = x, .before = c->base_weight, .after = w};
  c->survey.adjustments[c->survey.n_adjustments++] = &c->adjustment;
  return PASSED;
}

enum verdict case_calibrate(struct est_case *c, const struct json_value *k) {
  const char *method = json_member_string(k, "method", ""), *sigma = json_string(json_member(k, "sigma2"));
  struct auxiliary x = {.n = c->n};
  double *total = NULL;
  const double *sigma2 = NULL;
  enum verdict v;
  int p = 0;
  if (strcmp(method, "rake_ipf") == 0) v = rake(c, k);
  else {
    if (strcmp(method, "poststratify") == 0) {
      total = ARENA_ARRAY(c->arena, double, AUXILIARY_MOST);
      if (!margin(c, json_member(k, "totals"), &x, total, &p)) return FAILED;
    } else if (!case_auxiliary(c, k, &x, &total)) return fprintf(c->say, "   totals cannot be read\n"), FAILED;
    if (sigma) { /* "api99 (variance ...)": the column's name is the first word */
      const struct case_column *column = column_of(c, arena_strdup(c->arena, sigma, strcspn(sigma, " ")));
      if (!column) return FAILED;
      sigma2 = column->value;
    }
    if (json_member_int(k, "aggregate_stage", 0) == 1 && !aggregate(c, &x)) return UNSUPPORTED;
    v = by_regression(c, k, &x, total, sigma2);
  }
  if (v == PASSED && strcmp(method, "linear_then_trim") == 0) v = trim(c, k);
  if (v == PASSED && !compare_weights(c)) v = FAILED;
  return v;
}
