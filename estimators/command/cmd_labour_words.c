/* cmd_labour_words.c -- cmd_labour.h: the tables of the labour survey's parts as read in Japanese. */
#include <string.h>

#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_labour.h"

static const char *const heads[][2] = {{"cell", "集計区分"}, {"carried", "引継ぎ"}, {"benchmark", "基準値"}, {"gap", "差"}, {"gap_percent", "差（％）"},
    {"period", "月"}, {"old", "改訂前"}, {"factor", "係数"}, {"revised", "改訂後"}, {"index", "指数"}, {"k", "K"}, {"end", "経路の終点"},
    {"deviation_percent", "偏差（％）"}, {"chosen", "選定"}, {"figure", "項目"}, {"value", "値"}, {"end_of_month", "月末"},
    {"insurance", "雇用保険補正"}, {"moved", "移動"}, {"left", "退出"}, {"next_month", "翌月"}, {"reports_in", "転入報告"}, {"reports_out", "転出報告"},
    {"size", "規模"}, {"se_groups", "標準誤差（副標本）"}, {"se_linear", "標準誤差（線形化）"}, {"reports", "報告数"}, {"measure", "項目"},
    {"compared", "比較数"}, {"same", "同じ"}, {"same_percent", "同じ（％）"}, {"industry", "産業"}, {"worker_form", "就業形態"}};

static const char *head_of(const char *name) {
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (!strcmp(heads[i][0], name)) return heads[i][1];
  return name; /* letters of the survey's items: C, O, Hs ... */
}
/* Copies what is worded; figures are shared with the table. */
static enum err_code in_japanese(struct arena *a, const struct result_table *t, const struct labour_notes *notes, struct result_table *out,
    struct err *e) {
  *out = *t;
  out->dimensions = ARENA_ARRAY(a, struct result_dimension, t->n_dimensions + 1);
  out->measures = ARENA_ARRAY(a, struct result_measure, t->n_measures + 1);
  out->notes = ARENA_ARRAY(a, const char *, t->n_notes + 1);
  if (!out->dimensions || !out->measures || !out->notes) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int d = 0; d < t->n_dimensions; d++) out->dimensions[d] = t->dimensions[d], out->dimensions[d].name = head_of(t->dimensions[d].name);
  for (int m = 0; m < t->n_measures; m++) out->measures[m] = t->measures[m], out->measures[m].name = head_of(t->measures[m].name);
  for (int i = 0; i < t->n_notes; i++) out->notes[i] = i < notes->n && notes->ja[i] ? notes->ja[i] : t->notes[i];
  if (t->refusal) out->refusal = "作業用の表：秘匿処理をしていません";
  return E_OK;
}
enum err_code labour_print(struct cli *c, struct result_table *t, const struct labour_notes *notes, const char *period, struct err *e) {
  struct result_table shown;
  t->period = period ? period : "";
  if (cli_json(c) || cli_lang(c) != LANG_JA || strcmp(cli_text(c, "as"), "text")) return estimate_print_table(c, t, cli_text(c, "as"), e);
  TRY(estimate_digest(t, e));
  TRY(in_japanese(cli_job(c)->arena, t, notes, &shown, e));
  return estimate_print_text(c, &shown, e);
}
