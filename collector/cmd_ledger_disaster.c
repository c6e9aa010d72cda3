/* shirabe ledger disaster OFFICE --since DAY --reason TEXT */
#include <stdio.h>

#include "collector/cmd_open.h"
#include "collector/ledger_state.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  const char *until = cli_text(c, "until"), *officer = cli_text(c, "officer"), *reason = cli_text(c, "reason");
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code =
      ledger_disaster(s, cli_operand(c, 0), cli_text(c, "since"), until ? until : "", reason ? reason : "", officer ? officer : "", &e);
  store_close(s);
  if (!code)
    fprintf(
        cli_out(c), "%s %s %s..%s\n", cli_operand(c, 0), ledger_state_name(LEDGER_DISASTER, cli_lang(c)), cli_text(c, "since"), until ? until : "");
  return code ? cli_fail(c, &e) : 0;
}

static const struct option_record options[] = {{.name = "since",
                                                   .kind = OPT_TEXT,
                                                   .value_name = "DAY",
                                                   .help_en = "first day on which it cannot report",
                                                   .help_ja = "報告できなくなった日",
                                                   .required = true},
    {.name = "until", .kind = OPT_TEXT, .value_name = "DAY", .help_en = "last such day, when it is over", .help_ja = "解消した場合、その最終日"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "why; kept sealed", .help_ja = "理由（封印して保管）", .required = true},
    {.name = "officer",
        .kind = OPT_TEXT,
        .value_name = "CODE",
        .help_en = "who notes it, as the office numbers its officers; kept sealed",
        .help_ja = "記録した職員の番号（封印して保管）"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "OFFICE", .help_en = "office id", .help_ja = "機関の記号", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger disaster municipality-172049 --since 2024-01-01 --reason 'earthquake, no access to the building'",
        "not late, not forgotten: it cannot report", "遅延でも失念でもなく、報告できない"},
    {"shirabe ledger disaster municipality-172049 --since 2024-01-01 --until 2024-02-10 --reason 'back in the building'",
        "it can again; what was due since is expected", "再び報告できる。以後の分は期限どおり"},
    EXAMPLES_END};
const struct command cmd_ledger_disaster = {.noun = "ledger",
    .verb = "disaster",
    .summary_en = "an office that cannot report, from a day on",
    .summary_ja = "災害で報告できない機関と期間",
    .detail_en = "What was due on such a day and has not come is 'disaster': neither late nor missing. What has come stays as it is.",
    .detail_ja = "その間に期限が来て届いていないものは「災害」となり、遅延でも未着でもありません。届いたものはそのままです。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
