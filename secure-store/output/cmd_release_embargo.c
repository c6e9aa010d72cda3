/* shirabe release embargo SURVEY PERIOD [--at TIME] */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/output/embargo.h"

static void print(struct cli *c, const struct embargo *m, bool found) {
  char when[32] = "";
  struct strbuf b;
  struct json_out j;
  if (found) time_format_jst(m->at, when);
  if (!cli_json(c)) {
    if (found) fprintf(cli_out(c), "%s/%s\t%s\t%s\n", m->survey, m->period, when, m->note);
    else fprintf(cli_out(c), "%s", cli_say(c, "no release date is set\n", "公表日時は設定されていません\n"));
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  if (found) row_json(&embargo_format, m, &j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
static enum err_code act(struct disposal_cmd *x, struct err *e) {
  struct embargo m = {.at = 0};
  const char *at = cli_text(x->c, "at");
  bool found = true;
  TRY(row_set(m.survey, sizeof m.survey, "SURVEY", cli_operand(x->c, 0), e));
  TRY(row_set(m.period, sizeof m.period, "PERIOD", cli_operand(x->c, 1), e));
  TRY(row_set(m.note, sizeof m.note, "note", cli_text(x->c, "note"), e));
  if (at && !embargo_time(at, &m.at)) return ERR(e, E_EMBARGO_DATE, .subject = at, .expected = "2026-02-27T08:30:00+09:00");
  if (at) TRY(embargo_set(x->s, &m, x->who, e));
  else TRY(embargo_find(x->s, cli_operand(x->c, 0), cli_operand(x->c, 1), &m, &found, e));
  print(x->c, &m, found);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  enum err_code code = cli_text(c, "at") ? disposal_cmd_begin(c, &x, &e) : disposal_cmd_look(c, &x, &e);
  if (!code) code = act(&x, &e);
  return disposal_cmd_end(&x, code, &e);
}
const struct command cmd_release_embargo = {
    .noun = "release",
    .verb = "embargo",
    .summary_en = "the date and time before which results of a survey are not to be seen",
    .summary_ja = "調査結果の公表日時（それより前は見られない）",
    .detail_en =
        "Set by the chief (in a store without officers by the holder of the passphrase); it can be moved, not into the past. Before it nothing is "
        "released, and only officers who prepare the release (chief, manager, reviewer) read bundles and outputs of that survey and period; each "
        "refusal is one entry of the log. Statistics Act art. 58. Without --at it shows the date.",
    .detail_ja =
        "総括責任者（担当者のいない保管庫では合言葉の保持者）が設定します。変更はできますが、過去の日時にはできません。それより前は公表できず、公表を準備する総括・管理責任者と審査担当だけが"
        "その調査・期間の公表物と出力を読めます。拒否はログに1件ずつ残ります（統計法第58条）。--at なしでは設定を表示します。",
    .options = (const struct option_record[]){{.name = "at",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "TIME",
                                                  .help_en = "2026-02-27T08:30:00+09:00, or UTC with Z",
                                                  .help_ja = "2026-02-27T08:30:00+09:00、または Z で終わる UTC"},
        {.name = "note", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "where it is announced", .help_ja = "公表予定の典拠"},
        DISPOSAL_OPTIONS_OFFICER, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "the survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "the period", .help_ja = "期間", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe release embargo mls 2025-12", "show the date", "公表日時を表示"},
        {"shirabe release embargo mls 2026-01 --json", "the same for a program", "同じ内容を JSON で"}, {.command = NULL}},
    .run = run,
};
