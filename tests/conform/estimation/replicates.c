/* replicates.c -- replicate designs of a case: jackknives made by the library, every other set from its file of weights or multipliers. */
#include <math.h>
#include <string.h>

#include "tests/conform/estimation/case.h"

static bool rscales_of(struct est_case *c, const struct json_value *v) {
  double constant = 1, *out = ARENA_ARRAY(c->arena, double, c->replicates.n_replicates + 1);
  const bool same = !v || json_number(v, &constant) || json_number(json_member(v, "constant"), &constant);
  if (!same && json_length(v) != (size_t)c->replicates.n_replicates) return fprintf(c->say, "   another number of rscales than of replicates\n"),
      false;
  for (int r = 0; r < c->replicates.n_replicates; r++) {
    out[r] = constant;
    if (!same && !json_number(json_element(v, (size_t)r), &out[r])) return fprintf(c->say, "   rscales cannot be read\n"), false;
  }
  c->replicates.rscale = out;
  return true;
}
/* Key columns stand first in a file by unit: those whose names the base design uses. */
static int keys_of(struct est_case *c, const struct json_value *d, const struct csv_table *t, const char **keys) {
  const struct json_value *base = json_member(d, "base");
  const char *names[CASE_MOST_VARS];
  const int strata = case_names(c, json_member(base, "strata"), names, CASE_MOST_VARS / 2);
  const int ids = strata < 0 ? -1 : case_names(c, json_member(base, "ids"), names + strata, CASE_MOST_VARS / 2);
  int n = 0;
  for (int k = 0; ids >= 0 && k < strata + ids; k++)
    if (csv_table_column(t, names[k]) >= 0 && csv_table_column(&c->data, names[k]) >= 0) keys[n++] = names[k];
  return n;
}
static bool rows_of_units(struct est_case *c, const struct csv_table *t, int n_keys, const char *const *keys, int64_t *of) {
  for (int64_t i = 0; i < c->n; i++) {
    of[i] = n_keys ? -1 : i;
    for (int64_t r = 0; n_keys && r < t->n_rows && of[i] < 0; r++) {
      bool same = true;
      for (int k = 0; k < n_keys && same; k++)
        same = str_eq(csv_table_cell(t, r, csv_table_column(t, keys[k])), csv_table_cell(&c->data, i, csv_table_column(&c->data, keys[k])));
      if (same) of[i] = r;
    }
    if (of[i] < 0) return fprintf(c->say, "   a record without replicate weights\n"), false;
  }
  return true;
}
static bool cell_number(const struct csv_table *t, int64_t row, int column, double *v) {
  char text[64];
  const struct str cell = csv_table_cell(t, row, column);
  snprintf(text, sizeof text, "%.*s", (int)(cell.n < 63 ? cell.n : 63), cell.p);
  return sscanf(text, "%lf", v) == 1;
}
static enum verdict weights_from_file(struct est_case *c, const struct json_value *d, const char *name) {
  struct csv_table t;
  struct err e;
  const char *keys[CASE_MOST_VARS];
  double v;
  if (case_read_csv(c->arena, c->folder, name, &t, &e)) return fprintf(c->say, "   cannot read %s\n", name), FAILED;
  const int n_keys = keys_of(c, d, &t, keys), n = (int)t.n_columns - n_keys;
  const bool whole = case_flag(d, "combined_weights") && strcmp(json_member_string(d, "replicate_weights_level", ""), "psu") != 0;
  double *multiplier = ARENA_ARRAY(c->arena, double, (int64_t)n * c->n + 1);
  int64_t *of = ARENA_ARRAY(c->arena, int64_t, c->n + 1);
  if (!n_keys && t.n_rows != c->n) return fprintf(c->say, "   %lld replicate rows for %lld records\n", (long long)t.n_rows, (long long)c->n), FAILED;
  if (!multiplier || n < 1 || !rows_of_units(c, &t, n_keys, keys, of)) return FAILED;
  for (int column = 0, r = 0; column < t.n_columns; column++) {
    bool key = false;
    for (int k = 0; k < n_keys; k++) key = key || csv_table_column(&t, keys[k]) == column;
    for (int64_t i = 0; i < c->n && !key; i++) {
      if (!cell_number(&t, of[i], column, &v)) return fprintf(c->say, "   %s: row %lld is no number\n", name, (long long)of[i] + 1), FAILED;
      multiplier[(int64_t)r * c->n + i] = !whole ? v : c->base_weight[i] != 0 ? v / c->base_weight[i] : 0;
    }
    r += !key;
  }
  c->replicates = (struct replicate_set){.n = c->n, .n_units = c->n, .n_replicates = n, .multiplier = multiplier, .scale = 1, .df = -1};
  return PASSED;
}
enum verdict case_replicates(struct est_case *c, const struct json_value *d) {
  const struct json_value *base = json_member(d, "base");
  const char *file = json_string(json_member(d, "replicate_weights_file")), *type = json_member_string(d, "type", "");
  struct err e = {0};
  enum verdict v = case_tree(c, base ? base : d);
  if (v != PASSED) return v;
  if (file) v = weights_from_file(c, d, file);
  else if (strncmp(type, "JK1", 3) == 0) v = replicate_jk1(c->arena, &c->tree, &c->replicates, &e) ? FAILED : PASSED;
  else if (strncmp(type, "JKn", 3) == 0) v = replicate_jkn(c->arena, &c->tree, &c->replicates, &e) ? FAILED : PASSED;
  else return fprintf(c->say, "   replicates of type %s without their weights\n", type), UNSUPPORTED;
  if (v != PASSED) return e.code ? fprintf(c->say, "   replicates refused: %s %s\n", err_name(e.code), e.subject), v : v;
  if (file && !json_number(json_member(d, "scale"), &c->replicates.scale)) return fprintf(c->say, "   no scale\n"), FAILED;
  if (file && !rscales_of(c, json_member(d, "rscales"))) return FAILED;
  c->replicates.mse = case_flag(d, "mse"), c->replicated = true;
  if (file) c->replicates.df = case_replicate_df(c, NULL);
  return PASSED;
}

bool case_replicate_weights(struct est_case *c, int r, double *w) {
  const struct json_value *k = json_member(c->design, "calibration");
  bool again = true;
  struct err e;
  if (replicate_weights(c->arena, &c->replicates, r, c->base_weight, w, &e)) return false;
  if (!k) k = json_member(c->estimator, "calibration");
  (void)json_boolean(json_member(k, "each_replicate"), &again);
  return !k || !again || case_calibrate_again(c, k, w);
}
/* Rank by modified Gram-Schmidt with pivoting: a column is spent when less than 1e-7 of its length is left. */
int64_t case_replicate_df(struct est_case *c, const int32_t *in) {
  const int n = c->replicates.n_replicates;
  struct arena_mark mark = arena_mark(c->arena);
  double *column = ARENA_ARRAY(c->arena, double, (int64_t)n * c->n + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  double *first = ARENA_ARRAY(c->arena, double, n + 1), *left = ARENA_ARRAY(c->arena, double, n + 1);
  int64_t rank = 0;
  for (int r = 0; column && r < n; r++) {
    if (!case_replicate_weights(c, r, w)) return 0;
    for (int64_t i = 0; i < c->n; i++) {
      column[(int64_t)r * c->n + i] = in && in[i] < 0 ? 0 : w[i];
      first[r] += column[(int64_t)r * c->n + i] * column[(int64_t)r * c->n + i];
    }
    left[r] = first[r];
  }
  for (; column; rank++) {
    int best = -1;
    for (int r = 0; r < n; r++)
      if (left[r] > 1e-14 * first[r] && (best < 0 || left[r] > left[best])) best = r;
    if (best < 0) break;
    double *b = column + (int64_t)best * c->n, length = sqrt(left[best]);
    for (int64_t i = 0; i < c->n; i++) b[i] /= length;
    left[best] = -1;
    for (int r = 0; r < n; r++) {
      double dot = 0, *x = column + (int64_t)r * c->n;
      if (left[r] < 0) continue;
      for (int64_t i = 0; i < c->n; i++) dot += b[i] * x[i];
      left[r] = 0;
      for (int64_t i = 0; i < c->n; i++) x[i] -= dot * b[i], left[r] += x[i] * x[i];
    }
  }
  arena_reset(c->arena, mark);
  return rank - 1;
}
