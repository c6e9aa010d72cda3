#include "estimators/command/cmd_weight_report.h"

#include <stdio.h>

#include "base/term.h"
#include "estimators/table/chart/chart.h"

static const char *number(double v, char out[32]) {
  snprintf(out, 32, "%.6g", v);
  return out;
}
static enum err_code history_text(struct cli *c, const struct weight_history *h, struct err *e) {
  const char *const heads[] = {cli_say(c, "step", "段階"), cli_say(c, "records", "件数"), cli_say(c, "sum before", "前の和"), cli_say(c, "sum after", "後の和"),
      cli_say(c, "smallest factor", "最小係数"), cli_say(c, "median", "中央値"), cli_say(c, "largest", "最大係数"), cli_say(c, "totals", "総数"),
      cli_say(c, "specification", "仕様")};
  struct text_table *x = text_table_new(9);
  char b[32];
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int k = 0; k < 9; k++) text_table_cell(x, heads[k]);
  for (int k = 1; k < 7; k++) text_table_right(x, k);
  for (int k = 0; k < h->n; k++) {
    const struct weight_record *r = &h->record[k];
    const double v[] = {r->sum_before, r->sum_after, r->smallest, r->median, r->largest};
    text_table_cell(x, r->title);
    text_table_cell(x, (snprintf(b, sizeof b, "%lld", (long long)r->n_after), b));
    for (int j = 0; j < 5; j++) text_table_cell(x, number(v[j], b));
    text_table_cell(x, r->step->kind != WEIGHT_CALIBRATE ? "" : r->met ? cli_say(c, "met", "一致") : cli_say(c, "NOT MET", "不一致"));
    text_table_cell(x, (snprintf(b, sizeof b, "%.12s", r->step->spec_hash), b));
  }
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  for (int k = 0; k < h->n; k++)
    for (int64_t i = 0; i < h->record[k].n_notes; i++) fprintf(cli_out(c), "  %s: %s\n", h->record[k].title, h->record[k].note[i]);
  return E_OK;
}
static enum err_code spread_text(struct cli *c, const struct weight_diagnosis *d, struct err *e) {
  struct text_table *x = text_table_new(d->has_factor ? 3 : 2);
  char b[32];
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "weights");
  text_table_cell(x, cli_say(c, "share of records", "件数の割合"));
  text_table_cell(x, cli_say(c, "weight", "ウェイト"));
  if (d->has_factor) text_table_cell(x, cli_say(c, "factor", "係数"));
  for (int k = 0; k < 3; k++) text_table_right(x, k);
  for (int k = 0; k < DIAGNOSE_QUANTILES; k++) {
    text_table_cell(x, (snprintf(b, sizeof b, "%g %%", 100 * diagnose_probability[k]), b));
    text_table_cell(x, number(d->weight[k], b));
    if (d->has_factor) text_table_cell(x, number(d->factor[k], b));
  }
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  return E_OK;
}
static void influence_text(struct cli *c, const struct weight_report *r) {
  const struct weight_diagnosis *d = &r->diagnosis;
  fprintf(cli_out(c), cli_say(c, "%lld records hold more than %g %% of the total of %s\n", "%lld 件が総数の %g％ を超えます（%s）\n"),
      (long long)d->n_influential, 100 * r->share, r->item);
  for (int k = 0; k < d->n_kept; k++) {
    const struct influential *i = &d->influential[k];
    const struct str cell = r->cells && i->cell >= 0 ? r->cells->level[i->cell] : STR("");
    fprintf(cli_out(c), "  %s %lld%s%.*s: %.2f %%\n", cli_say(c, "row", "行"), (long long)i->row + 1, cell.n ? ", " : "", (int)cell.n, cell.p,
        100 * i->share);
  }
}
enum err_code weight_report_text(struct cli *c, const struct weight_report *r, struct err *e) {
  const struct weight_diagnosis *d = &r->diagnosis;
  FILE *out = cli_out(c);
  if (r->data->history.n) TRY(history_text(c, &r->data->history, e));
  TRY(spread_text(c, d, e));
  fprintf(out, "%s %.10g, %lld %s\n", cli_say(c, "sum of weights", "ウェイトの和"), d->sum, (long long)d->n, cli_say(c, "records", "件"));
  fprintf(out, "%s %.4f\n", cli_say(c, "design effect of unequal weights (Kish)", "不均等ウェイトの効果（Kish）"), d->kish);
  fprintf(out, "%s %.2f %%\n", cli_say(c, "share of the largest 1 % of the weights", "上位1％のウェイトの割合"), 100 * d->top_share);
  if (d->n_zero) fprintf(out, "%lld %s\n", (long long)d->n_zero, cli_say(c, "records have weight 0", "件はウェイト0"));
  if (d->n_negative) fprintf(out, "%lld %s\n", (long long)d->n_negative, cli_say(c, "records have a NEGATIVE weight", "件は負のウェイト"));
  if (r->item) influence_text(c, r);
  for (int i = 0; i < r->data->bound.n_notes; i++) fprintf(out, "  %s\n", r->data->bound.notes[i]);
  return ferror(out) ? ERR(e, E_FILE_WRITE, .subject = "standard output") : E_OK;
}

/* --- JSON --- */
static void reals(struct json_out *j, const char *key, const double *v, int n) {
  json_key(j, key);
  json_array(j);
  for (int k = 0; k < n; k++) json_real(j, v[k]);
  json_end_array(j);
}
static void put_real(struct json_out *j, const char *key, double v) { json_key(j, key), json_real(j, v); }
static void record_json(const struct weight_record *r, struct json_out *j) {
  json_object(j);
  json_put(j, "step", r->title), json_put(j, "specification", r->step->spec_hash), json_put(j, "digest", r->digest);
  json_put_int(j, "records_before", r->n_before), json_put_int(j, "records_after", r->n_after);
  put_real(j, "sum_before", r->sum_before), put_real(j, "sum_after", r->sum_after);
  put_real(j, "smallest", r->smallest), put_real(j, "median", r->median), put_real(j, "largest", r->largest);
  json_put_int(j, "negative", r->n_negative), json_put_int(j, "at_bound", r->n_at_bound);
  json_key(j, "met"), json_bool(j, r->met);
  json_key(j, "unmet");
  json_array(j);
  for (int64_t i = 0; i < r->n_unmet; i++) {
    const struct unmet_total *u = &r->unmet[i];
    json_object(j);
    json_put(j, "item", u->margin.item);
    json_key(j, "code"), json_text(j, u->margin.code);
    put_real(j, "total", u->margin.total), put_real(j, "reached", u->reached);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}
void weight_report_json(const struct weight_report *r, struct json_out *j) {
  const struct weight_diagnosis *d = &r->diagnosis;
  json_key(j, "history");
  json_array(j);
  for (int k = 0; k < r->data->history.n; k++) record_json(&r->data->history.record[k], j);
  json_end_array(j);
  json_put_int(j, "with_weight", d->n), json_put_int(j, "negative", d->n_negative);
  put_real(j, "top_share", d->top_share);
  reals(j, "shares", diagnose_probability, DIAGNOSE_QUANTILES);
  reals(j, "weights", d->weight, DIAGNOSE_QUANTILES);
  if (d->has_factor) reals(j, "factors", d->factor, DIAGNOSE_QUANTILES);
  if (!r->item) return;
  json_put(j, "total_of", r->item);
  json_put_int(j, "influential", d->n_influential);
  json_key(j, "records");
  json_array(j);
  for (int k = 0; k < d->n_kept; k++) {
    json_object(j);
    json_put_int(j, "row", d->influential[k].row + 1);
    put_real(j, "share", d->influential[k].share);
    json_end_object(j);
  }
  json_end_array(j);
}

/* --- picture --- */
enum err_code weight_report_svg(struct cli *c, const struct weight_report *r, struct strbuf *to, struct err *e) {
  enum { MOST = 40 };
  const struct survey *s = &r->data->survey;
  const double *base = r->data->bound.survey.weight;
  const bool factors = r->data->history.n > 0;
  struct arena *a = cli_job(c)->arena;
  double *v = ARENA_ARRAY(a, double, s->n + 1), edge[MOST + 1], count[MOST];
  int64_t n = 0;
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int64_t i = 0; i < s->n; i++)
    if (s->weight[i] != 0 && base[i] != 0) v[n++] = factors ? s->weight[i] / base[i] : s->weight[i];
  const int bins = chart_bins(v, n, MOST, edge, count);
  const struct chart_line one = {1, cli_say(c, "unchanged", "変化なし")};
  const struct chart_frame f = {.id = "weights", .title = factors ? cli_say(c, "Factors of the weights", "ウェイトの調整係数") : cli_say(c, "Weights", "ウェイト"),
      .subtitle = "", .unit = "", .x_title = factors ? cli_say(c, "final weight / design weight", "最終ウェイト / 設計ウェイト") : cli_say(c, "weight", "ウェイト"),
      .y_title = cli_say(c, "records", "件数"), .source = r->data->columns.place, .lang = cli_lang(c), .decimals = -1};
  return chart_histogram(&f, edge, count, bins, &one, factors ? 1 : 0, to, e);
}
