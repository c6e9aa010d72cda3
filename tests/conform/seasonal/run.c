#include "tests/conform/seasonal/run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "base/str.h"
#include "estimators/seasonal/x11_quality.h"

/* As the README of the pack states it. */
static const double table_tolerance = 1e-9, ratio_tolerance = 0.00501;

struct run {
  struct arena *a;
  const char *folder, *spec;
  const struct json_value *root;
  char *why;
  size_t used;
  int differs;
  double *value;
  int n, period, at;
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
    char name[8];
    snprintf(name, sizeof name, "M%d", k);
    compare_number(r, name, q->m[k], json_member(m, name), 0.000501);
  }
  compare_number(r, "Q", q->q, json_member(d, "Q"), ratio_tolerance);
  compare_number(r, "Q without M2", q->q_without_m2, json_member(d, "Q_without_M2"), ratio_tolerance);
  compare_test(r, "F of months", &q->stable, json_member(d, "F_stable_D8"));
  compare_test(r, "F of years", &q->moving, json_member(d, "F_moving"));
  compare_test(r, "Kruskal-Wallis", &q->ranks, json_member(d, "KW"));
}
static enum verdict run_plain(struct run *r) {
  struct x11_spec spec;
  struct x11_result x;
  struct err e = {0};
  if (!read_spec(r, &spec)) return snprintf(r->why, WHY_BYTES, "a seasonal filter that is not offered"), UNSUPPORTED;
  struct x11_series in = {r->value, r->n, r->period, r->at, 0, 0};
  if (x11_run(r->a, &spec, &in, &x, &e)) return snprintf(r->why, WHY_BYTES, "%s %s %s", err_name(e.code), e.subject, e.found), FAILED;
  compare_tables(r, &x, 0);
  compare_decisions(r, &x);
  struct x11_quality q;
  if (x11_quality(r->a, &spec, &in, &x, &q, &e)) return snprintf(r->why, WHY_BYTES, "%s", err_name(e.code)), FAILED;
  compare_quality(r, &q);
  return r->differs ? FAILED : PASSED;
}
static enum verdict run_root(struct run *r) {
  r->spec = json_member_string(r->root, "spec", "");
  read_place(r);
  if (!read_series(r)) return snprintf(r->why, WHY_BYTES, "the series cannot be read"), FAILED;
  if (strstr(r->spec, "arima{")) return snprintf(r->why, WHY_BYTES, "models not yet"), UNSUPPORTED;
  return run_plain(r);
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
