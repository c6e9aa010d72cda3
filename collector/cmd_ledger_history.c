/* shirabe ledger history SURVEY [PERIOD [OFFICE]] */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger_state.h"

static const char *state_text(struct cli *c, const char *key) {
  enum ledger_state st;
  return ledger_state_parse(str_of(key), &st) ? ledger_state_name(st, cli_lang(c)) : "";
}

static const char *action_text(struct cli *c, const char *action) {
  static const char *const names[][2] = {{"review", "審査開始"}, {"query", "照会"}, {"return", "差戻し"}, {"approve", "承認"}, {"accept", "確定"},
      {"reopen", "取消し"}, {"disaster", "災害"}, {"notice", "上位の通知"}};
  for (size_t i = 0; cli_lang(c) == LANG_JA && i < sizeof names / sizeof *names; i++)
    if (!strcmp(action, names[i][0])) return names[i][1];
  return action;
}

static void print_events(struct cli *c, const struct ledger_event *events, int64_t n) {
  static const char *const heads[][2] = {{"no", "番号"}, {"when", "日時"}, {"period", "期間"}, {"office", "機関"}, {"what", "操作"}, {"from", "前"},
      {"to", "後"}, {"by", "決定者"}, {"reason", "理由"}};
  struct text_table *t = text_table_new(9);
  if (!t) return;
  for (int i = 0; i < 9; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  text_table_right(t, 0);
  for (int64_t i = 0; i < n; i++) {
    char number[24], when[24];
    snprintf(number, sizeof number, "%lld", (long long)events[i].number);
    time_format_utc(events[i].decided, when);
    const char *cells[] = {number, when, events[i].period, events[i].office, action_text(c, events[i].action), state_text(c, events[i].from),
        state_text(c, events[i].to), events[i].made_by, events[i].note};
    for (int k = 0; k < 9; k++) text_table_cell(t, cells[k]);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct ledger_event *events;
  int64_t n = 0;
  int count = cli_operand_count(c);
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = ledger_history(
      s, cli_operand(c, 0), count > 1 ? cli_operand(c, 1) : "", count > 2 ? cli_operand(c, 2) : "", true, cli_job(c)->arena, &events, &n, &e);
  if (!code) print_events(c, events, n);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12; none: all", .help_ja = "2025-12 など。なければ全期間"},
    {.name = "OFFICE", .help_en = "office id; none: all", .help_ja = "機関の記号。なければすべて"}, OPERANDS_END};
static const struct example examples[] = {{"shirabe ledger history vital 2025-12", "every decision of the month, with reasons", "その月の決定と理由"},
    {"shirabe ledger history vital 2025-12 municipality-011002", "of one office", "一機関の経過"}, EXAMPLES_END};
const struct command cmd_ledger_history = {.noun = "ledger",
    .verb = "history",
    .summary_en = "who decided what, when and why",
    .summary_ja = "決定の経過（だれが、いつ、なぜ）",
    .detail_en = "Reasons rest sealed: reading them is noted in the access log. Decisions of the office above stand as 'notice'.",
    .detail_ja = "理由は封印されており、閲覧はログに残ります。上位機関からの決定は「上位の通知」と示します。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
