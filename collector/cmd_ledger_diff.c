/* shirabe ledger diff SURVEY PERIOD A B */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger_snapshot.h"

static void print_changes(struct cli *c, const struct ledger_change *list, int64_t n) {
  static const char *const heads[][2] = {
      {"form", "様式"}, {"office", "機関"}, {"batch", "バッチ"}, {"before", "前"}, {"after", "後"}, {"change", "差"}};
  struct text_table *t = text_table_new(6);
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 3; i < 6; i++) text_table_right(t, i);
  for (int64_t i = 0; i < n; i++) {
    const int64_t numbers[] = {list[i].before, list[i].after, list[i].after - list[i].before};
    char text[24];
    text_table_cell(t, list[i].form);
    text_table_cell(t, list[i].batch[0] ? list[i].office : cli_say(c, "all", "全体"));
    snprintf(text, sizeof text, "%.16s", list[i].batch);
    text_table_cell(t, text);
    for (int k = 0; k < 3; k++) {
      snprintf(text, sizeof text, k == 2 ? "%+lld" : "%lld", (long long)numbers[k]);
      text_table_cell(t, text);
    }
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* Own intake comes in no batch, and a correction changes rows that were there: the contents of two cut-offs tell. */
static enum err_code compare_contents(struct cli *c, struct store *s, bool *changed, struct err *e) {
  struct ledger_snapshot list[N_CUTOFFS];
  const struct ledger_snapshot *side[2] = {NULL, NULL};
  int n;
  TRY(ledger_snapshots(s, cli_operand(c, 0), cli_operand(c, 1), list, &n, e));
  for (int k = 0; k < 2; k++) {
    enum ledger_cutoff wanted;
    for (int i = 0; ledger_cutoff_parse(cli_operand(c, 2 + k), &wanted) && i < n; i++)
      if (list[i].cutoff == wanted) side[k] = &list[i];
  }
  if (!side[0] || !side[1] || side[0]->current < 0 || side[1]->current < 0) return E_OK;
  const bool same = !strcmp(side[0]->content, side[1]->content);
  *changed = *changed || !same;
  fprintf(cli_out(c), cli_say(c, "current rows: %lld, %lld; %s\n", "現行の行数: %lld、%lld（%s）\n"), (long long)side[0]->current,
      (long long)side[1]->current, same ? cli_say(c, "the same content", "内容は同じ") : cli_say(c, "other content", "内容が異なる"));
  return E_OK;
}
static enum err_code compare(struct cli *c, struct store *s, struct ledger_change **list, int64_t *n, struct err *e) {
  enum ledger_cutoff from, to = N_CUTOFFS;
  if (!ledger_cutoff_parse(cli_operand(c, 2), &from)) return ERR(e, E_LEDGER_SNAPSHOT_UNKNOWN, .subject = cli_operand(c, 2));
  if (strcmp(cli_operand(c, 3), "now") && !ledger_cutoff_parse(cli_operand(c, 3), &to))
    return ERR(e, E_LEDGER_SNAPSHOT_UNKNOWN, .subject = cli_operand(c, 3));
  return ledger_snapshot_diff(s, cli_operand(c, 0), cli_operand(c, 1), from, (int)to, cli_job(c)->arena, list, n, e);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct ledger_change *list;
  int64_t n = 0;
  bool changed = false;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = compare(c, s, &list, &n, &e);
  if (!code) print_changes(c, list, n);
  if (!code) code = compare_contents(c, s, &changed, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  for (int64_t i = 0; i < n; i++) changed |= list[i].batch[0] != 0;
  return changed ? 1 : 0;
}

static const struct option_record options[] = {OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
    {.name = "A", .help_en = "sokuho, gaisu or kakutei", .help_ja = "速報、概数、確定", .required = true},
    {.name = "B", .help_en = "another, or now", .help_ja = "比べる締切、または now（現在）", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger diff vital 2025-12 gaisu kakutei", "which batches lie between the two, and the counts by form",
        "概数から確定までに加わったバッチと様式ごとの件数"},
    {"shirabe ledger diff vital 2025-12 sokuho now", "what came since the flash figure", "速報以後に届いたもの"}, EXAMPLES_END};
const struct command cmd_ledger_diff = {.noun = "ledger",
    .verb = "diff",
    .summary_en = "what lies between two cut-offs; exit 1 when anything does",
    .summary_ja = "二つの締切の違い（違いがあれば終了コード 1）",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
