/* cmd_labour_errors.c -- cmd_labour.h: control C9, standard errors of a release against those of an earlier one. Both files are long tables as
 * `estimate table --as long` prints them: a figure a row, its place in all columns that are neither figures nor the period. */
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_labour.h"
#include "estimators/mls/mls_controls.h"

struct error_row {
  struct str key, measure;
  double cv;
  bool defined;
};
struct error_file {
  struct error_row *row;
  int64_t n;
};

/* What differs between two editions says nothing of the place. */
static bool is_place(struct str column) {
  static const char *const figures[] = {"period", "value", "se", "cv", "df", "n", "status", "reason", "quality"};
  for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
    if (str_eq(column, str_of(figures[k]))) return false;
  return true;
}
static struct str key_of(struct arena *a, const struct csv_table *t, int64_t i) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int k = 0; k < t->n_columns; k++) {
    if (!is_place(t->header[k])) continue;
    const struct str cell = str_trim(csv_table_cell(t, i, k));
    strbuf_add(&b, cell.p, cell.n);
    strbuf_addc(&b, '\x1f');
  }
  const struct str key = {b.failed ? NULL : arena_strdup(a, b.p, b.n), b.n};
  strbuf_release(&b);
  return key;
}
static int by_key(const void *x, const void *y) {
  const struct error_row *a = x, *b = y;
  return str_cmp(a->key, b->key);
}
static enum err_code read_errors(struct cli *c, const char *path, struct error_file *out, struct err *e) {
  struct labour_file f;
  struct str *measure;
  double *cv;
  bool *has;
  TRY(labour_read(c, path, &f, e));
  TRY(labour_text(c, &f, "measure", true, &measure, e));
  TRY(labour_number(c, &f, "cv", true, &cv, &has, e));
  out->n = f.t.n_rows;
  out->row = ARENA_ARRAY(cli_job(c)->arena, struct error_row, out->n + 1);
  if (!out->row) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < out->n; i++) {
    out->row[i] = (struct error_row){key_of(cli_job(c)->arena, &f.t, i), measure[i], cv[i], has[i]};
    if (!out->row[i].key.p) return ERR(e, E_NO_MEMORY, .file = path);
  }
  if (out->n) qsort(out->row, (size_t)out->n, sizeof *out->row, by_key);
  for (int64_t i = 1; i < out->n; i++)
    if (str_eq(out->row[i - 1].key, out->row[i].key)) return ERR(e, E_LABOUR_INPUT, .file = path, .subject = "the comparison of errors",
        .expected = "each figure once");
  return E_OK;
}
/* Figures of both releases, side by side in order of their place. */
static enum err_code pair_errors(struct cli *c, const struct error_file *now, const struct error_file *before, struct mls_error **x,
    struct mls_error **y, struct str **measure, int64_t *n, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  *x = ARENA_ARRAY(a, struct mls_error, now->n + 1);
  *y = ARENA_ARRAY(a, struct mls_error, now->n + 1);
  *measure = ARENA_ARRAY(a, struct str, now->n + 1);
  *n = 0;
  if (!*x || !*y || !*measure) return ERR(e, E_NO_MEMORY, .subject = "errors");
  for (int64_t i = 0; i < now->n; i++) {
    const struct error_row *old = before->n ? bsearch(&now->row[i], before->row, (size_t)before->n, sizeof *before->row, by_key) : NULL;
    if (!old) continue;
    (*x)[*n] = (struct mls_error){.cv = now->row[i].cv, .defined = now->row[i].defined};
    (*y)[*n] = (struct mls_error){.cv = old->cv, .defined = old->defined};
    (*measure)[(*n)++] = now->row[i].measure;
  }
  return *n ? E_OK : ERR(e, E_LABOUR_INPUT, .subject = "the comparison of errors", .expected = "two editions of one table");
}
static void error_row_of(struct result_table *t, int64_t row, struct str name, const struct mls_error_check *k) {
  t->dimensions[0].code[row] = name;
  t->measures[0].value[row] = (double)k->n_compared;
  t->measures[1].value[row] = (double)k->n_same;
  t->measures[2].value[row] = k->n_compared ? 100 * (double)k->n_same / (double)k->n_compared : 0;
  if (!k->n_compared) labour_absent(t, 2, row, "nothing to compare");
}
static int64_t list_measures(const struct str *measure, int64_t n, struct str *out) {
  int64_t m = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t k = 0;
    while (k < m && !str_eq(out[k], measure[i])) k++;
    if (k == m) out[m++] = measure[i];
  }
  return m;
}
/* The pairs of one measure alone: others count as not defined. */
static enum err_code check_measure(struct cli *c, const struct mls_error *x, const struct mls_error *y, const struct str *measure, int64_t n,
    struct str name, struct mls_error_check *out, struct err *e) {
  struct mls_error *only = ARENA_ARRAY(cli_job(c)->arena, struct mls_error, n + 1);
  if (!only) return ERR(e, E_NO_MEMORY, .subject = "errors");
  for (int64_t i = 0; i < n; i++) {
    only[i] = x[i];
    only[i].defined = x[i].defined && str_eq(measure[i], name);
  }
  mls_errors_repeated(only, y, n, out);
  return E_OK;
}
enum err_code labour_do_same_errors(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"measure", "compared", "same", "same_percent"};
  static const int decimals[] = {0, 0, 1};
  struct error_file now, before;
  struct mls_error *x, *y;
  struct mls_error_check all, one;
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  struct str *measure;
  int64_t n;
  (void)s;
  if (!cli_text(c, "earlier")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "same-errors", .expected = "--earlier FILE");
  TRY(read_errors(c, cli_operand(c, 1), &now, e));
  TRY(read_errors(c, cli_text(c, "earlier"), &before, e));
  TRY(pair_errors(c, &now, &before, &x, &y, &measure, &n, e));
  struct str *list = ARENA_ARRAY(cli_job(c)->arena, struct str, n + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "errors");
  const int64_t m = list_measures(measure, n, list);
  TRY(labour_table(c, "same_errors", "前年と同じ標準誤差率", "coefficients of variation that are those of the earlier release", m + 1, 1, 3, names,
      decimals, &t, e));
  mls_errors_repeated(x, y, n, &all);
  error_row_of(t, 0, STR("_T"), &all);
  for (int64_t k = 0; k < m; k++) {
    TRY(check_measure(c, x, y, measure, n, list[k], &one, e));
    error_row_of(t, k + 1, list[k], &one);
  }
  *look = all.alarm;
  labour_note(t, &notes, "compared as printed, to 0.01 per cent; errors computed from two samples seldom agree (control C9)",
      "印字どおり0.01％まで比べています。2つの標本から計算した標準誤差率が一致することはまれです（管理 C9）");
  if (all.alarm)
    labour_note(t, &notes, "LOOK: a fifth or more are the same: were the errors computed, or copied?",
        "要確認：5分の1以上が同じです。計算したものですか、写したものですか");
  if (all.n_compared < 10)
    labour_note(t, &notes, "fewer than ten figures compared: no alarm is possible", "比べた数が10未満のため、警告の判定はできません");
  return labour_print(c, t, &notes, "", e);
}
