/* calibration.c -- the calibrations of the cases: model-matrix names to auxiliary variables, and what the variance has to know. */
#include <math.h>
#include <string.h>

#include "estimators/weight/trim.h"
#include "tests/conform/estimation/case.h"

/* --- names of model-matrix columns: "(Intercept)", "x", "stypeH", "stypeH:sch_wideYes", "factor(h)2", "sexm:x" --- */
struct product { /* one column: records of `in`, times `number` (NULL = 1) */
  bool *in;
  double *number;
};
static bool times_column(struct est_case *c, struct product *p, const char *name, size_t n) {
  for (int64_t k = 0; k < c->data.n_columns; k++) {
    const struct str h = c->data.header[k];
    const bool factor = n > h.n + 8 && (strncmp(name, "factor(", 7) == 0) && memcmp(name + 7, h.p, h.n) == 0 && name[7 + h.n] == ')';
    const size_t used = factor ? h.n + 8 : h.n;
    if (!factor && (h.n > n || memcmp(h.p, name, h.n) != 0)) continue;
    const struct case_column *x = column_of(c, arena_strdup(c->arena, h.p, h.n));
    if (!x) return false;
    if (used == n && !x->is_text) {
      if (!p->number) p->number = ARENA_ARRAY(c->arena, double, c->n + 1);
      for (int64_t i = 0; i < c->n; i++) p->number[i] = p->in[i] ? x->value[i] : 0, p->in[i] = p->in[i] && x->code[i] >= 0;
      return true;
    }
    for (int32_t l = 0; l < x->n_levels && used < n; l++)
      if (str_eq(x->level[l], (struct str){name + used, n - used})) {
        for (int64_t i = 0; i < c->n; i++) p->in[i] = p->in[i] && x->code[i] == l;
        return true;
      }
  }
  return false;
}
static bool product_of(struct est_case *c, const char *name, struct product *p) {
  *p = (struct product){ARENA_ARRAY(c->arena, bool, c->n + 1), NULL};
  for (int64_t i = 0; i < c->n; i++) p->in[i] = true;
  if (strcmp(name, "(Intercept)") == 0) return true;
  for (const char *at = name; *at;) { /* a level may hold ':' itself: the longest part that is a column */
    size_t n = strlen(at);
    double *const before = p->number;
    while (n > 0 && !times_column(c, p, at, n)) {
      while (n > 0 && at[n - 1] != ':') n--;
      n -= n > 0;
    }
    if (n == 0) return fprintf(c->say, "   no column and level for %s\n", name), false;
    if (before && p->number != before) return false;
    at += n + (at[n] == ':');
  }
  return true;
}
static bool by_names(struct est_case *c, const struct json_value *totals, struct auxiliary *x, double *total) {
  const struct json_value *v;
  const char *name;
  double numbers[AUXILIARY_FACTORS];
  for (size_t k = 0; json_member_at(totals, k, &name, &v); k++) {
    struct product p;
    double t;
    if (!json_number(v, &t) || !product_of(c, name, &p)) return false;
    if ((p.number ? x->n_numbers : x->n_factors) == AUXILIARY_FACTORS) return fprintf(c->say, "   too many totals\n"), false;
    if (p.number) {
      for (int64_t i = 0; i < c->n; i++) p.number[i] = p.in[i] ? p.number[i] : 0;
      x->number[x->n_numbers] = p.number, numbers[x->n_numbers++] = t;
      continue;
    }
    int32_t *code = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) code[i] = p.in[i] ? 0 : -1;
    x->code[x->n_factors] = code, x->levels[x->n_factors] = 1, total[x->n_factors++] = t;
  }
  memcpy(total + x->n_factors, numbers, sizeof *numbers * (size_t)x->n_numbers);
  return x->n_factors + x->n_numbers > 0;
}

/* A list of {level, Freq} rows: one factor (or several crossed columns) with all its levels. */
static bool margin(struct est_case *c, const struct json_value *rows, struct auxiliary *x, double *total, int *p) {
  int32_t *code = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  const size_t n_rows = json_length(rows);
  if (n_rows == 0 || (size_t)*p + n_rows > AUXILIARY_MOST || x->n_factors == AUXILIARY_FACTORS) return fprintf(c->say,
      "   margins cannot be read\n"), false;
  for (int64_t i = 0; i < c->n; i++) code[i] = -1;
  for (size_t r = 0; r < n_rows; r++) {
    const struct json_value *row = json_element(rows, r), *v;
    const char *name;
    bool *in = ARENA_ARRAY(c->arena, bool, c->n + 1), counted = false;
    for (int64_t i = 0; i < c->n; i++) in[i] = true;
    for (size_t k = 0; json_member_at(row, k, &name, &v); k++) {
      if (strcmp(name, "Freq") == 0) {
        counted = json_number(v, &total[*p + (int)r]);
        continue;
      }
      const struct case_column *column = column_of(c, name);
      if (!column) return false;
      for (int64_t i = 0; i < c->n; i++) in[i] = in[i] && cell_is(column, i, v);
    }
    if (!counted) return fprintf(c->say, "   a margin without Freq\n"), false;
    for (int64_t i = 0; i < c->n; i++)
      if (in[i]) code[i] = (int32_t)r;
  }
  for (int64_t i = 0; i < c->n; i++)
    if (code[i] < 0) return fprintf(c->say, "   row %lld is in no cell of a margin\n", (long long)i + 1), false;
  x->code[x->n_factors] = code, x->levels[x->n_factors] = (int32_t)n_rows;
  *p += x->levels[x->n_factors++];
  return true;
}

/* Values replaced by their plain mean over the units of a stage. */
static double *unit_means(struct est_case *c, int stage, const double *v, const int32_t *code) {
  double *out = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t u = 0; u < c->tree.stage[stage].n_units; u++) {
    const int64_t from = design_unit_start(&c->tree, stage, u), to = design_unit_start(&c->tree, stage, u + 1);
    double mean = 0;
    for (int64_t p = from; p < to; p++) mean += (v ? v[design_row(&c->tree, p)] : code[design_row(&c->tree, p)] >= 0) / (double)(to - from);
    for (int64_t p = from; p < to; p++) out[design_row(&c->tree, p)] = mean;
  }
  return out;
}

/* What one calibration asks for. */
struct plan {
  struct auxiliary *x;
  double *total;
  const double *sigma2;
  int aggregate; /* stage, 0 = none */
  struct calibration_spec spec;
  const char *method;
};
static bool plan_sigma(struct est_case *c, const struct json_value *k, struct plan *p) {
  const char *sigma = json_string(json_member(k, "sigma2")); /* "api99 (variance ...)": the column's name is the first word */
  const struct case_column *column;
  if (!sigma) return true;
  if (!(column = number_column(c, arena_strdup(c->arena, sigma, strcspn(sigma, " ")), true))) return false;
  p->sigma2 = column->value;
  return true;
}
static enum verdict plan_of(struct est_case *c, const struct json_value *k, struct plan *p) {
  static const char *const known[] = {"linear", "linear_then_trim", "raking", "logit", "poststratify", "rake_ipf", "truncated"};
  const struct json_value *bounds = json_member(k, "bounds"), *margins = json_member(k, "margins");
  bool found = false, ok = true;
  int at = 0;
  *p = (struct plan){.x = ARENA_NEW(c->arena, struct auxiliary), .total = ARENA_ARRAY(c->arena, double, AUXILIARY_MOST + 1),
      .aggregate = (int)json_member_int(k, "aggregate_stage", 0), .method = json_member_string(k, "method", "")};
  for (size_t m = 0; m < sizeof known / sizeof *known; m++) found = found || strcmp(known[m], p->method) == 0;
  if (!found) return fprintf(c->say, "   unknown calibration %s\n", p->method), UNSUPPORTED;
  p->x->n = c->n;
  for (size_t m = 0; ok && m < json_length(margins); m++) ok = margin(c, json_member(json_element(margins, m), "totals"), p->x, p->total, &at);
  if (!margins && json_is_array(json_member(k, "totals"))) ok = margin(c, json_member(k, "totals"), p->x, p->total, &at);
  else if (!margins) ok = by_names(c, json_member(k, "totals"), p->x, p->total);
  if (!ok || p->x->n_factors + p->x->n_numbers == 0) return fprintf(c->say, "   totals cannot be read\n"), FAILED;
  if (!plan_sigma(c, k, p)) return FAILED;
  p->spec = (struct calibration_spec){.x = p->x, .total = p->total, .sigma2 = p->sigma2, .tolerance = 1e-13, .bounded = json_is_array(bounds)};
  if (json_is_array(bounds) && !json_number(json_element(bounds, 0), &p->spec.low)) p->spec.low = 0; /* null = no lower bound */
  if (json_is_array(bounds) && !json_number(json_element(bounds, 1), &p->spec.high)) return fprintf(c->say, "   no upper bound\n"), FAILED;
  if (strcmp(p->method, "raking") == 0) p->spec.method = CALIBRATE_RAKING;
  else if (strcmp(p->method, "logit") == 0) p->spec.method = CALIBRATE_LOGIT;
  else p->spec.method = p->spec.bounded ? CALIBRATE_TRUNCATED : CALIBRATE_LINEAR;
  if (p->aggregate < 0 || p->aggregate > c->tree.n_stages) return fprintf(c->say, "   no stage %d to aggregate over\n", p->aggregate), FAILED;
  return PASSED;
}
/* Auxiliaries and base weights of plain unit means. */
static const double *aggregated(struct est_case *c, struct plan *p, const double *d) {
  struct auxiliary y = {.n = c->n};
  if (p->aggregate == 0) return d;
  for (int f = 0; f < p->x->n_factors + p->x->n_numbers; f++) {
    const bool factor = f < p->x->n_factors;
    y.number[y.n_numbers++] = unit_means(c, p->aggregate - 1, factor ? NULL : p->x->number[f - p->x->n_factors], factor ? p->x->code[f] : NULL);
  }
  *p->x = y;
  return unit_means(c, p->aggregate - 1, d, NULL);
}
static bool calibrated(struct est_case *c, struct plan *p, const double *d, struct calibration *out) {
  struct err e = {0};
  p->spec.d = d;
  if (calibrate(c->arena, &p->spec, out, &e)) return fprintf(c->say, "   calibration refused: %s %s\n", err_name(e.code), e.subject), false;
  return out->worst <= 1e-9 || (fprintf(c->say, "   calibration ended %.2g off\n", out->worst), false);
}
static bool raked(struct est_case *c, const struct plan *p, double *w) {
  struct ipf_result r;
  struct err e = {0};
  return !weight_ipf(c->arena, p->x, p->total, 1e-14, 4000, w, &r, &e) || (fprintf(c->say, "   raking refused: %s\n", e.subject), false);
}

static bool compare_weights(struct est_case *c) {
  const char *file = json_string(json_member(c->whole, "calibrated_weights_file"));
  struct csv_table t;
  struct err e;
  char what[48];
  if (!file) return true;
  if (case_read_csv(c->arena, c->folder, file, &t, &e) || t.n_rows != c->n || t.n_columns < 1)
    return fprintf(c->say, "   cannot compare weights with %s\n", file), false;
  for (int64_t i = 0; i < c->n; i++) {
    char text[64];
    double v;
    const struct str cell = csv_table_cell(&t, i, (int)t.n_columns - 1);
    snprintf(text, sizeof text, "%.*s", (int)(cell.n < 63 ? cell.n : 63), cell.p);
    snprintf(what, sizeof what, "weight of row %lld", (long long)i + 1);
    if (sscanf(text, "%lf", &v) != 1 || !case_close(c, MEASURE_WEIGHT, what, c->survey.weight[i], v, 1e-9)) return false;
  }
  return true;
}

/* Final weights and what the variance has to know. */
static enum verdict by_regression(struct est_case *c, struct plan *p, struct adjustment *adjusted) {
  struct calibration out;
  struct err e = {0};
  const double *before = c->survey.weight, *d = aggregated(c, p, before);
  double *q = ARENA_ARRAY(c->arena, double, c->n + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  if (!calibrated(c, p, d, &out)) return FAILED;
  for (int64_t i = 0; i < c->n; i++) q[i] = d[i] / (p->sigma2 ? p->sigma2[i] : 1), w[i] = before[i] * out.g[i];
  *adjusted = (struct adjustment){.kind = ADJUSTED_CALIBRATED, .before = d, .after = out.w, .x = p->x};
  if (regression_new(c->arena, p->x, q, &adjusted->regression, &e)) return fprintf(c->say, "   no regression: %s\n", err_name(e.code)), FAILED;
  c->survey.weight = p->aggregate ? w : out.w;
  return PASSED;
}
static enum verdict by_sweeps(struct est_case *c, struct plan *p, struct adjustment *adjusted) {
  double *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  memcpy(w, c->survey.weight, sizeof *w * (size_t)c->n);
  if (!raked(c, p, w)) return FAILED;
  *adjusted = (struct adjustment){.kind = ADJUSTED_RAKED, .x = p->x, .before = c->survey.weight, .after = w};
  c->survey.weight = w;
  return PASSED;
}
static enum verdict trim(struct est_case *c, const struct json_value *k) {
  double low = -INFINITY, high = INFINITY, *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  struct trim_result r;
  struct err e = {0};
  const bool lower = json_number(json_member(k, "lower"), &low), upper = json_number(json_member(k, "upper"), &high);
  if (!lower && !upper) return fprintf(c->say, "   no limit to trim at\n"), FAILED;
  memcpy(w, c->survey.weight, sizeof *w * (size_t)c->n);
  if (weight_trim(c->n, low, high, case_flag(k, "strict"), w, &r, &e)) return fprintf(c->say, "   trimming refused: %s\n", e.subject), FAILED;
  c->survey.weight = w;
  return PASSED;
}

static enum verdict one_calibration(struct est_case *c, const struct json_value *k) {
  struct plan p;
  if (c->survey.n_adjustments == CASE_MOST_CALIBRATIONS) return fprintf(c->say, "   too many calibrations\n"), FAILED;
  enum verdict v = plan_of(c, k, &p);
  if (v != PASSED) return v;
  struct adjustment *adjusted = &c->adjustment[c->survey.n_adjustments];
  v = strcmp(p.method, "rake_ipf") == 0 ? by_sweeps(c, &p, adjusted) : by_regression(c, &p, adjusted);
  if (v == PASSED) c->survey.adjustments[c->survey.n_adjustments++] = adjusted;
  if (v == PASSED && (json_member(k, "lower") || json_member(k, "upper"))) v = trim(c, k);
  return v;
}
enum verdict case_calibrate(struct est_case *c, const struct json_value *k) {
  enum verdict v = PASSED;
  if (!json_is_array(k)) v = one_calibration(c, k);
  else if (json_length(k) == 0) v = FAILED;
  for (size_t i = 0; v == PASSED && i < json_length(k); i++) v = one_calibration(c, json_element(k, i));
  return v == PASSED && !compare_weights(c) ? FAILED : v;
}
bool case_calibrate_again(struct est_case *c, const struct json_value *k, double *w) {
  struct plan p;
  struct calibration out;
  if (json_is_array(k)) {
    for (size_t i = 0; i < json_length(k); i++)
      if (!case_calibrate_again(c, json_element(k, i), w)) return false;
    return true;
  }
  if (plan_of(c, k, &p) != PASSED) return false;
  if (strcmp(p.method, "rake_ipf") == 0) return raked(c, &p, w);
  const double *d = aggregated(c, &p, w);
  if (!calibrated(c, &p, d, &out)) return false;
  for (int64_t i = 0; i < c->n; i++) w[i] *= out.g[i];
  return true;
}
