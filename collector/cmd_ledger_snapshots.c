/* shirabe ledger snapshots SURVEY PERIOD */
#include <stdio.h>

#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger_snapshot.h"

static void print_all(struct cli *c, const struct ledger_snapshot *list, int n) {
  static const char *const heads[][2] = {{"cut-off", "締切"}, {"taken", "日時"}, {"batches", "バッチ"}, {"records", "記録"}, {"current", "現行"},
      {"missing", "未着"},
      {"later", "以後"}, {"hash", "ハッシュ"}};
  struct text_table *t = text_table_new(8);
  if (!t) return;
  for (int i = 0; i < 8; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 2; i < 7; i++) text_table_right(t, i);
  for (int i = 0; i < n; i++) {
    char when[24], text[24];
    const int64_t numbers[] = {list[i].n_batches, list[i].records, list[i].current, list[i].n_missing, list[i].later};
    time_format_utc(list[i].taken, when);
    text_table_cell(t, ledger_cutoff_name(list[i].cutoff, cli_lang(c)));
    text_table_cell(t, when);
    for (int k = 0; k < 5; k++) {
      snprintf(text, sizeof text, "%lld", (long long)numbers[k]);
      if (numbers[k] < 0) snprintf(text, sizeof text, "-"); /* not kept by the version that took it */
      text_table_cell(t, text);
    }
    text_table_cell(t, list[i].hash);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct ledger_snapshot list[N_CUTOFFS];
  int n = 0;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = ledger_snapshots(s, cli_operand(c, 0), cli_operand(c, 1), list, &n, &e);
  if (!code) print_all(c, list, n);
  store_close(s);
  return code ? cli_fail(c, &e) : n ? 0 : 1;
}

static const struct option_record options[] = {OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger snapshots vital 2025-12", "the cut-offs of the month, and what came after each", "その月の締切と、以後に届いた件数"},
    {"shirabe ledger snapshots vital 2025-12 --lang ja", "the same in Japanese", "日本語で"}, EXAMPLES_END};
const struct command cmd_ledger_snapshots = {.noun = "ledger",
    .verb = "snapshots",
    .summary_en = "the cut-offs of a month; exit 1 when there is none",
    .summary_ja = "その月の締切の一覧（なければ終了コード 1）",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
