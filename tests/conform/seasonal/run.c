#include "tests/conform/seasonal/run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "base/str.h"
#include "estimators/seasonal/adjustment.h"

/* As the README of the pack states it. */
static const double table_tolerance = 1e-9, ratio_tolerance = 0.00501, parameter_tolerance = 1e-4, likelihood_tolerance = 1e-6,
                    forecast_tolerance = 1e-5, error_tolerance = 1e-3, limit_tolerance = 1e-3, parameter_error_tolerance = 1e-3;

struct run {
  struct arena *a;
  const char *folder, *spec;
  const struct json_value *root;
  char *why;
  size_t used;
  int differs;
  double *value;
  int n, period, at, ahead;
};
static void say(struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct run *r, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (r->used < WHY_BYTES) r->used += (size_t)vsnprintf(r->why + r->used, WHY_BYTES - r->used, format, args);
  va_end(args);
  r->differs++;
}
static bool spec_word(const struct run *r, const char *key, char *out, size_t room) {
  const char *at = strstr(r->spec, key);
  if (!at) return false;
  at += strlen(key);
  size_t n = strcspn(at, " \n}");
  snprintf(out, room, "%.*s", (int)n, at);
  return true;
}

/* --- the series ---------------------------------------------------------------------------------------------------------------------- */
static bool read_series(struct run *r) {
  char path[1400];
  size_t n;
  struct csv_table t;
  struct err e = {0};
  snprintf(path, sizeof path, "%s/%s", r->folder, json_member_string(r->root, "series", ""));
  uint8_t *p = slurp(path, 1 << 24, &n);
  bool good = p && csv_table_parse(r->a, path, (const char *)p, n, &t, &e) == E_OK && t.n_columns >= 2 && t.n_rows > 0;
  if (good) {
    r->n = (int)t.n_rows;
    r->value = ARENA_ARRAY(r->a, double, r->n);
    for (int i = 0; i < r->n; i++) r->value[i] = strtod(arena_strdup(r->a, csv_table_cell(&t, i, 1).p, csv_table_cell(&t, i, 1).n), NULL);
  }
  free(p);
  return good;
}
static void read_place(struct run *r) {
  const char *start = json_member_string(r->root, "start", "2000-01"), *dash = strchr(start, '-');
  r->period = (int)json_member_int(r->root, "frequency", 12);
  const char *number = dash ? dash + 1 : "1";
  while (*number == 'Q') number++;
  r->at = atoi(number) - 1;
}

/* --- the specification --------------------------------------------------------------------------------------------------------------- */
static bool read_spec(const struct run *r, struct x11_spec *s) {
  char word[64];
  *s = x11_defaults();
  if (spec_word(r, "mode=", word, sizeof word))
    for (int m = 0; m < X11_MODES; m++)
      if (!strcmp(word, x11_mode_names[m])) s->mode = (enum x11_mode)m;
  if (spec_word(r, "seasonalma=", word, sizeof word)) {
    const char *name = *word == 's' && word[1] != 't' ? word + 1 : word;
    for (int f = 0; f < SEASONAL_FILTERS; f++)
      if (!strcmp(name, seasonal_filter_names[f])) s->seasonal = (enum seasonal_filter)f;
    if (s->seasonal == SEASONAL_BY_MSR && strcmp(name, "msr")) return false;
  }
  if (spec_word(r, "trendma=", word, sizeof word)) s->trend_terms = atoi(word);
  const char *limits = strstr(r->spec, "sigmalim=(");
  if (limits && sscanf(limits, "sigmalim=(%lf%*[ ,]%lf", &s->sigma_low, &s->sigma_high) != 2) return false;
  return true;
}

/* --- what comes out ------------------------------------------------------------------------------------------------------------------ */
static double difference(double found, double expected, double scale) {
  if (isnan(found) || isnan(expected)) return isnan(found) && isnan(expected) ? 0 : HUGE_VAL;
  return fabs(found - expected) / (fabs(expected) > scale ? fabs(expected) : scale);
}
static void compare_table(struct run *r, const struct x11_result *x, int shift, enum x11_table t, const struct json_value *expected) {
  const struct json_value *values = json_member(expected, "values");
  int year = 0, place = 0, n = (int)json_length(values), zero = 0;
  const char *start = json_member_string(r->root, "start", "");
  zero = atoi(start) * r->period + r->at;
  const char *from = json_member_string(expected, "start", start);
  year = atoi(from);
  place = atoi(strchr(from, '-') ? strchr(from, '-') + 1 + (strchr(from, '-')[1] == 'Q') : "1") - 1;
  double worst = 0, at_found = 0, at_expected = 0;
  int where = 0;
  for (int i = 0; i < n; i++) {
    double want = NAN;
    int k = year * r->period + place + i - zero + shift;
    json_number(json_element(values, (size_t)i), &want);
    if (k < 0 || k > x->last[X11_B1]) continue;
    double got = x->table[t][k], d = difference(got, want, 1e-6);
    if (d > worst) worst = d, where = i, at_found = got, at_expected = want;
  }
  if (worst > table_tolerance) say(r, "   %s[%d]: %.15g, expected %.15g (%.1e)\n", x11_table_names[t], where, at_found, at_expected, worst);
}
static void compare_tables(struct run *r, const struct x11_result *x, int shift) {
  const struct json_value *tables = json_member(r->root, "tables");
  for (int t = 0; t < X11_TABLES; t++) {
    const struct json_value *expected = json_member(tables, x11_table_names[t]);
    if (expected) compare_table(r, x, shift, (enum x11_table)t, expected);
  }
}
static void compare_decisions(struct run *r, const struct x11_result *x) {
  const struct json_value *d = json_member(r->root, "decisions"), *passes = json_member(d, "global_msr_by_pass");
  const char *filter = json_member_string(d, "seasonal_filter", "");
  char first[16] = "";
  sscanf(filter, "%15s", first);
  if (!strcmp(first, "Stbl")) snprintf(first, sizeof first, "stable");
  if (strcmp(first, seasonal_filter_names[x->seasonal])) say(r, "   filter %s, expected %s\n", seasonal_filter_names[x->seasonal], first);
  if (json_length(passes) && (int)json_length(passes) != x->n_passes) say(r, "   %d passes, expected %zu\n", x->n_passes, json_length(passes));
  for (int i = 0; i < (int)json_length(passes) && i < x->n_passes; i++) {
    double want = 0;
    json_number(json_element(passes, (size_t)i), &want);
    if (fabs(want - x->msr[i]) > ratio_tolerance) say(r, "   MSR of pass %d: %.4f, expected %.2f\n", i + 1, x->msr[i], want);
  }
  if (json_member_int(d, "final_henderson_length", 0) != x->trend_terms)
    say(r, "   Henderson %d, expected %d\n", x->trend_terms, (int)json_member_int(d, "final_henderson_length", 0));
  double ic = 0;
  if (json_number(json_member(d, "ic_ratio_2dec"), &ic) && fabs(ic - x->trend_ratio) > ratio_tolerance)
    say(r, "   I/C %.4f, expected %.2f\n", x->trend_ratio, ic);
}

static void compare_number(struct run *r, const char *name, double found, const struct json_value *expected, double tolerance) {
  double want = NAN;
  if (!expected || !json_number(expected, &want)) return;
  if (!(fabs(found - want) <= tolerance)) say(r, "   %s %.5f, expected %.3f\n", name, found, want);
}
/* "191.610    0.00": statistic and probability in per cent */
static void compare_test(struct run *r, const char *name, const struct x11_test *t, const struct json_value *expected) {
  double want = 0, percent = 0;
  const char *text = json_string(expected);
  if (!text || sscanf(text, "%lf %lf", &want, &percent) != 2) return;
  if (fabs(t->statistic - want) > 0.000501) say(r, "   %s %.5f, expected %.3f\n", name, t->statistic, want);
  if (fabs(100 * t->probability - percent) > ratio_tolerance) say(r, "   %s: %.4f %%, expected %.2f\n", name, 100 * t->probability, percent);
}
static void compare_quality(struct run *r, const struct x11_quality *q) {
  const struct json_value *d = json_member(r->root, "diagnostics"), *m = json_member(d, "M");
  for (int k = 1; k <= 11; k++) {
    char name[16];
    snprintf(name, sizeof name, "M%d", k);
    compare_number(r, name, q->m[k], json_member(m, name), 0.000501);
  }
  compare_number(r, "Q", q->q, json_member(d, "Q"), ratio_tolerance);
  compare_number(r, "Q without M2", q->q_without_m2, json_member(d, "Q_without_M2"), ratio_tolerance);
  compare_test(r, "F of months", &q->stable, json_member(d, "F_stable_D8"));
  compare_test(r, "F of years", &q->moving, json_member(d, "F_moving"));
  compare_test(r, "Kruskal-Wallis", &q->ranks, json_member(d, "KW"));
}
/* --- models -------------------------------------------------------------------------------------------------------------------------- */
static void close_to(struct run *r, const char *name, double found, double want, double tolerance) {
  if (!(fabs(found - want) <= tolerance * (fabs(want) > 1 ? fabs(want) : 1))) say(r, "   %s %.10g, expected %.10g\n", name, found, want);
}
/* Errors of the parameters as X-13 prints them, to a thousandth of themselves. */
static void compare_errors(struct run *r, const struct adjustment *x, const struct json_value *list) {
  double se[ARIMA_MOST_PARAMETERS], want = 0;
  const struct json_value *v;
  struct err e = {0};
  if (arima_x13_errors(r->a, &x->input, &x->fit, se, &e)) {
    say(r, "   %s\n", err_name(e.code));
    return;
  }
  for (size_t i = 0; (v = json_element(list, i)); i++)
    if (json_number(json_member(v, "se"), &want) && !(fabs(se[i] / want - 1) <= parameter_error_tolerance))
      say(r, "   se of a parameter %.6g, expected %.6g\n", se[i], want);
}
static void compare_fit(struct run *r, const struct adjustment *x) {
  const struct json_value *arima = json_member(r->root, "arima"), *estimates = json_member(arima, "estimates"), *v;
  double want = 0;
  for (size_t i = 0; (v = json_element(json_member(estimates, "arima"), i)); i++) {
    if (!json_number(json_member(v, "estimate"), &want)) continue;
    close_to(r, "parameter", x->fit.parameter[i], want, parameter_tolerance);
  }
  compare_errors(r, x, json_member(estimates, "arima"));
  for (size_t i = 0; (v = json_element(json_member(estimates, "regression"), i)); i++) {
    if ((int)i >= x->fit.n_x) break;
    if (json_number(json_member(v, "estimate"), &want)) close_to(r, "coefficient", x->fit.beta[i], want, parameter_tolerance);
    if (json_number(json_member(v, "se"), &want)) close_to(r, "its se", x->fit.beta_se[i], want, error_tolerance);
  }
  if (json_number(json_member(json_member(arima, "likelihood"), "lnlkhd"), &want))
    close_to(r, "log likelihood", x->fit.log_likelihood, want, likelihood_tolerance);
  for (size_t h = 0; (v = json_element(json_member(arima, "forecasts"), h)) && (int)h < r->ahead; h++) {
    if (json_number(json_member(v, "forecast"), &want)) close_to(r, "forecast", x->forecast[h], want, forecast_tolerance);
    if (json_number(json_member(v, "lower95"), &want)) close_to(r, "lower limit", x->forecast_low[h], want, limit_tolerance);
  }
}
static bool read_user_effects(struct run *r, struct adjustment_spec *s) {
  const char *level = strstr(r->spec, "variables=(ls");
  int year = 0, month = 0;
  if (!strstr(r->spec, "regression{")) return true;
  if (!level || sscanf(level, "variables=(ls%d.%d", &year, &month) != 2) return false;
  char path[1400];
  size_t n;
  struct csv_table t;
  struct err e = {0};
  snprintf(path, sizeof path, "%s/%.*s_jpdays.csv", r->folder, (int)strcspn(json_member_string(r->root, "series", ""), "."),
      json_member_string(r->root, "series", ""));
  uint8_t *p = slurp(path, 1 << 24, &n);
  bool good = p && csv_table_parse(r->a, path, (const char *)p, n, &t, &e) == E_OK && t.n_rows >= r->n + r->ahead;
  int zero = atoi(json_member_string(r->root, "start", "")) * r->period + r->at, shift = year * r->period + month - 1 - zero;
  int columns = good ? (int)t.n_columns - 1 : 0;
  struct effect *effects = ARENA_ARRAY(r->a, struct effect, columns + 1);
  for (int c = -1; good && c < columns; c++) {
    double *x = ARENA_ARRAY(r->a, double, r->n + r->ahead);
    for (int i = 0; i < r->n + r->ahead; i++)
      x[i] = c < 0 ? (i < shift ? -1 : 0) : strtod(arena_strdup(r->a, csv_table_cell(&t, i, c + 1).p, csv_table_cell(&t, i, c + 1).n), NULL);
    effects[c + 1] = (struct effect){c < 0 ? "LS" : "day", c < 0 ? EFFECT_LEVEL : EFFECT_CALENDAR, x};
  }
  s->effects = effects;
  s->n_effects = columns + 1;
  free(p);
  return good;
}
static bool read_model(struct run *r, struct adjustment_spec *s) {
  struct err e = {0};
  char text[64];
  const char *model = strstr(r->spec, "model="), *lead = strstr(r->spec, "maxlead=");
  if (!model) return true;
  s->with_model = true;
  s->logs = strstr(r->spec, "function=log") != NULL;
  s->ahead = r->ahead = lead ? atoi(lead + 8) : r->period;
  snprintf(text, sizeof text, "%.*s", (int)strcspn(model + 6, "}\n"), model + 6);
  return arima_order_parse(text, r->period, &s->order, &e) == E_OK && read_user_effects(r, s);
}

/* Tables are held to their tolerance on the series, coefficients and forecasts of the pack; our own are compared by themselves before. */
static void take_coefficients(struct run *r, struct adjustment *x) {
  const struct json_value *list = json_member(json_member(json_member(r->root, "arima"), "estimates"), "regression");
  for (int j = 0; j < x->fit.n_x; j++) (void)json_number(json_member(json_element(list, (size_t)j), "estimate"), &x->fit.beta[j]);
}
static bool on_their_input(struct run *r, const struct adjustment_spec *spec, struct adjustment *x) {
  const struct json_value *list = json_member(json_member(r->root, "arima"), "forecasts");
  const struct json_value *given = json_member(json_member(json_member(r->root, "tables"), "B1"), "values");
  struct err e = {0};
  double *b1 = ARENA_ARRAY(r->a, double, x->series.n), want = 0;
  memcpy(b1, x->series.value, (size_t)x->series.n * sizeof *b1);
  take_coefficients(r, x);
  for (int i = 0; i < r->n && i < (int)json_length(given); i++)
    if (json_number(json_element(given, (size_t)i), &want)) b1[i] = want;
  for (int h = 0; h < r->ahead; h++) {
    double sum = 0;
    for (int j = 0; j < spec->n_effects; j++) sum += x->fit.beta[j] * spec->effects[j].x[r->n + h];
    if (!json_number(json_member(json_element(list, (size_t)h), "forecast"), &want)) continue;
    b1[r->n + h] = spec->logs ? want / exp(sum) : want - sum;
  }
  x->series.value = b1;
  if (x11_run(r->a, &spec->x11, &x->series, &x->x11, &e)) return say(r, "   %s", err_name(e.code)), false;
  return adjustment_finish(r->a, spec, r->value, r->n, x, &e) == E_OK;
}
static enum verdict run_root(struct run *r) {
  struct adjustment_spec spec = {.with_model = false};
  struct adjustment x;
  struct err e = {0};
  r->spec = json_member_string(r->root, "spec", "");
  read_place(r);
  if (!read_series(r)) return snprintf(r->why, WHY_BYTES, "the series cannot be read"), FAILED;
  if (!read_spec(r, &spec.x11) || !read_model(r, &spec)) return snprintf(r->why, WHY_BYTES, "an option that is not offered"), UNSUPPORTED;
  if (adjust_series(r->a, &spec, r->value, r->n, r->period, r->at, &x, &e))
    return snprintf(r->why, WHY_BYTES, "%s %s %s", err_name(e.code), e.subject, e.found), FAILED;
  if (spec.with_model) compare_fit(r, &x);
  if (spec.with_model && !on_their_input(r, &spec, &x)) return FAILED;
  if (spec.n_effects) { /* tables as published: with the effects where they belong */
    x.x11.table[X11_D11] = x.adjusted;
    x.x11.table[X11_D12] = x.trend;
    x.x11.table[X11_D13] = x.irregular;
  }
  compare_tables(r, &x.x11, 0);
  compare_decisions(r, &x.x11);
  compare_quality(r, &x.quality);
  return r->differs ? FAILED : PASSED;
}
enum verdict run_file(const char *path, char why[WHY_BYTES]) {
  struct json_document *d = NULL;
  struct err e = {0};
  size_t n;
  char folder[600];
  enum verdict v = FAILED;
  uint8_t *p = slurp(path, 1 << 26, &n);
  snprintf(folder, sizeof folder, "%s", path);
  if (strrchr(folder, '/')) *strrchr(folder, '/') = 0;
  if (!p || json_parse(path, (const char *)p, n, &d, &e)) snprintf(why, WHY_BYTES, "the file cannot be read as JSON");
  else {
    struct run r = {.a = arena_new(0), .folder = folder, .root = json_root(d), .why = why};
    v = run_root(&r);
    arena_free(r.a);
  }
  json_release(d);
  free(p);
  return v;
}
