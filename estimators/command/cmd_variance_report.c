#include "estimators/command/cmd_variance_report.h"

#include <math.h>
#include <stdio.h>

#include "base/term.h"
#include "estimators/table/chart/chart_variance.h"

static const char *const model_names[] = {"inverse", "loglog", "quadratic"};

/* "1000", "0.5", "2.5e+17": short, and read back by --at. */
static const char *size_text(double v, char out[32]) {
  if (v == floor(v) && v < 1e15) snprintf(out, 32, "%.0f", v);
  else snprintf(out, 32, "%.10g", v);
  return out;
}

/* --- text --- */
static void function_text(struct cli *c, const struct variance_report *r) {
  const struct gvf *g = &r->v.gvf;
  char formula[160];
  FILE *o = cli_out(c);
  fprintf(o, cli_say(c, "variance function of %s, table %s\n", "%s の分散関数（表 %s）\n"), r->v.table->measures[r->v.measure].name, r->v.table->id);
  fprintf(o, "  %s    %s\n", variance_formula(g, 6, formula, sizeof formula),
      cli_say(c, "X the estimated figure, se its standard error, cv = se / X", "X は推定値、se は標準誤差、cv = se / X"));
  fprintf(o, "  a %.10g\n  b %.10g\n", g->a, g->b);
  fprintf(o, cli_say(c, "  R squared %.4f, residual sd %.4g, %s\n", "  決定係数 %.4f、残差の標準偏差 %.4g、%s\n"), g->r_squared, g->residual_sd,
      g->model == GVF_LOGLOG    ? cli_say(c, "of log cv^2", "log cv^2 について")
      : g->model == GVF_INVERSE ? cli_say(c, "of cv^2", "cv^2 について")
                                : cli_say(c, "of se^2 / X", "se^2 / X について"));
  if (r->asked.rounds)
    fprintf(o, cli_say(c, "  %d weighted rounds, %s\n", "  重み付き反復 %d 回、%s\n"), g->rounds,
        g->settled ? cli_say(c, "settled", "収束") : cli_say(c, "NOT SETTLED: give more --rounds", "収束せず：--rounds を増やしてください"));
}
static void cells_text(struct cli *c, const struct variance_report *r) {
  static const char *const en[] = {"used", "dropped: too far from the line", "left out: totals", "left out: hidden in the table",
      "left out: no standard error", "left out: known without error", "left out: not above 0"};
  static const char *const ja[] = {"当てはめに使用", "除外：線から離れすぎ", "対象外：総数", "対象外：表で秘匿等", "対象外：標準誤差なし", "対象外：誤差のない既知の値",
      "対象外：0以下"};
  FILE *o = cli_out(c);
  fprintf(o, cli_say(c, "%lld cells\n", "%lld セル\n"), (long long)r->v.table->n_rows);
  for (int k = 0; k < VARIANCE_CELLS; k++)
    if (r->v.count[k] || k == VARIANCE_USED) fprintf(o, "  %7lld %s\n", (long long)r->v.count[k], cli_say(c, en[k], ja[k]));
  if (r->v.n_margins)
    fprintf(o, cli_say(c, "  %7lld of those used are totals, whose parts are cells too\n", "  %7lld は使用したうちの総数（内訳も使用）\n"),
        (long long)r->v.n_margins);
  if (r->v.gvf.n_weightless)
    fprintf(o, cli_say(c, "  %7lld of those used had no weight: their predicted variance is not above 0\n",
                   "  %7lld は使用したうち、予測分散が0以下のため重みなし\n"),
        (long long)r->v.gvf.n_weightless);
}
static void warnings_text(struct cli *c, const struct variance_report *r) {
  bool nowhere = false, outside = false;
  for (int i = 0; i < r->n_sizes; i++) {
    nowhere = nowhere || isnan(gvf_cv(&r->v.gvf, r->size[i]));
    outside = outside || !variance_inside(&r->v, r->size[i]);
  }
  FILE *o = cli_out(c);
  if (outside)
    fprintf(o, "%s\n", cli_say(c, "* outside the sizes of the cells that were fitted: do not rely on it", "* 当てはめたセルの大きさの範囲外（当てにしないこと）"));
  if (nowhere)
    fprintf(o, "%s%s\n", cli_say(c, "- the function gives no variance above 0 there", "- 関数の分散が0を超えません"),
        r->v.gvf.model == GVF_LOGLOG ? "" : cli_say(c, "; --model loglog always does", "。--model loglog なら常に正です"));
  if (gvf_cv(&r->v.gvf, r->v.largest) > gvf_cv(&r->v.gvf, r->v.smallest))
    fprintf(o, "%s\n", cli_say(c, "the predicted cv grows with size: this function does not describe the table; look at the picture (--as svg)",
                           "予測される変動係数が大きさとともに増えています。この表には合いません。図（--as svg）を見てください"));
  if (r->v.table->refusal) fprintf(o, "%s%s\n", cli_say(c, "the table may not be released: ", "表は公表できません："), r->v.table->refusal);
}
static enum err_code sizes_text(struct cli *c, const struct variance_report *r, struct err *e) {
  struct text_table *x = text_table_new(3);
  char b[32];
  if (!x) return ERR(e, E_NO_MEMORY, .subject = r->v.table->id);
  text_table_cell(x, cli_say(c, "size", "大きさ"));
  text_table_cell(x, cli_say(c, "predicted cv", "予測変動係数"));
  text_table_cell(x, "");
  text_table_right(x, 0);
  text_table_right(x, 1);
  for (int i = 0; i < r->n_sizes; i++) {
    const double cv = gvf_cv(&r->v.gvf, r->size[i]);
    text_table_cell(x, size_text(r->size[i], b));
    text_table_cell(x, isnan(cv) ? "-" : (snprintf(b, sizeof b, "%.2f%%", 100 * cv), b));
    text_table_cell(x, variance_inside(&r->v, r->size[i]) ? "" : "*");
  }
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  return E_OK;
}
enum err_code variance_report_text(struct cli *c, const struct variance_report *r, struct err *e) {
  function_text(c, r);
  cells_text(c, r);
  TRY(sizes_text(c, r, e));
  warnings_text(c, r);
  return ferror(cli_out(c)) ? ERR(e, E_FILE_WRITE, .subject = "standard output") : E_OK;
}

/* --- CSV: size,cv,inside; an empty cv where the function is not above 0 --- */
void variance_report_csv(const struct variance_report *r, struct strbuf *to) {
  char b[32];
  strbuf_adds(to, "size,cv,inside\n");
  for (int i = 0; i < r->n_sizes; i++) {
    const double cv = gvf_cv(&r->v.gvf, r->size[i]);
    strbuf_adds(to, (real_format(r->size[i], b), b));
    strbuf_addf(to, ",%s,%d\n", isnan(cv) ? "" : (real_format(cv, b), b), variance_inside(&r->v, r->size[i]));
  }
}

/* --- JSON --- */
static void put_real(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  if (isfinite(v)) json_real(j, v);
  else json_null(j);
}
static void put_bool(struct json_out *j, const char *key, bool v) { json_key(j, key), json_bool(j, v); }
static void function_json(const struct variance_report *r, struct json_out *j) {
  const struct gvf *g = &r->v.gvf;
  json_put(j, "model", model_names[g->model]);
  put_real(j, "a", g->a), put_real(j, "b", g->b);
  put_real(j, "r_squared", g->r_squared), put_real(j, "residual_sd", g->residual_sd);
  json_put_int(j, "rounds_asked", r->asked.rounds), json_put_int(j, "rounds", g->rounds);
  put_bool(j, "settled", g->settled);
  put_real(j, "drop", r->asked.drop);
  json_key(j, "cells");
  json_object(j);
  for (int k = 0; k < VARIANCE_CELLS; k++) json_put_int(j, variance_cell_name((uint8_t)k), r->v.count[k]);
  json_put_int(j, "totals_used", r->v.n_margins), json_put_int(j, "without_weight", g->n_weightless);
  json_end_object(j);
  put_real(j, "smallest", r->v.smallest), put_real(j, "largest", r->v.largest);
}
static void sizes_json(const struct variance_report *r, struct json_out *j) {
  json_key(j, "predicted");
  json_array(j);
  for (int i = 0; i < r->n_sizes; i++) {
    json_object(j);
    put_real(j, "size", r->size[i]), put_real(j, "cv", gvf_cv(&r->v.gvf, r->size[i]));
    put_bool(j, "inside", variance_inside(&r->v, r->size[i]));
    json_end_object(j);
  }
  json_end_array(j);
}
/* Figures only of cells used or dropped: both are shown in the table. */
static void rows_json(const struct variance_report *r, struct json_out *j) {
  const struct result_table *t = r->v.table;
  const struct result_measure *m = &t->measures[r->v.measure];
  json_key(j, "rows");
  json_array(j);
  for (int64_t i = 0; i < t->n_rows; i++) {
    json_object(j);
    json_key(j, "key");
    json_object(j);
    for (int d = 0; d < t->n_dimensions; d++) json_key(j, t->dimensions[d].name), json_text(j, t->dimensions[d].code[i]);
    json_end_object(j);
    json_put(j, "state", variance_cell_name(r->v.cell[i]));
    if (r->v.cell[i] <= VARIANCE_DROPPED) {
      put_real(j, "value", m->value[i]), put_real(j, "cv", m->se[i] / m->value[i]);
      put_real(j, "predicted_cv", gvf_cv(&r->v.gvf, m->value[i]));
    }
    json_end_object(j);
  }
  json_end_array(j);
}
void variance_report_json(const struct variance_report *r, struct json_out *j) {
  const struct result_table *t = r->v.table;
  json_object(j);
  json_put(j, "table", t->id), json_put(j, "measure", t->measures[r->v.measure].name);
  json_key(j, "digest");
  if (t->digest) json_cstr(j, t->digest);
  else json_null(j);
  json_key(j, "refusal");
  if (t->refusal) json_cstr(j, t->refusal);
  else json_null(j);
  function_json(r, j);
  sizes_json(r, j);
  rows_json(r, j);
  json_end_object(j);
}
