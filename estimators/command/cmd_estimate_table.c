/* shirabe estimate table SURVEY PERIOD TABLE */
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "secure-store/cmd_store_open.h"

#include <string.h>

static enum err_code work(struct cli *c, struct store *s, bool *refused, struct err *e) {
  const struct estimate_options o = {
      .table = cli_operand(c, 2), .form = cli_text(c, "form"), .stage = cli_text(c, "stage"), .rule = cli_text(c, "rule")};
  struct estimate_output r;
  TRY(store_cmd_cutoff(c, s, cli_operand(c, 0), cli_operand(c, 1), e));
  TRY(estimate_tables(s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, &r, e));
  for (int i = 0; i < r.n_tables; i++) {
    TRY(estimate_print_table(c, r.tables[i].table, cli_text(c, "as"), e));
    if (!cli_json(c) && !strcmp(cli_text(c, "as"), "text")) estimate_print_labels(c, r.tables[i].table, &r);
    *refused = *refused || r.tables[i].table->refusal;
  }
  return E_OK;
}

static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_table = {
    .noun = "estimate",
    .verb = "table",
    .summary_en = "make one table and print it",
    .summary_ja = "一つの結果表を作って表示する",
    .detail_en =
        "As text with the coefficient of variation beside each figure, as CSV with one line per row, as long CSV with one line per figure, or wide. `x` is a suppressed figure. Exit status 1 when "
        "the table may not be released as it is.",
    .detail_ja =
        "変動係数つきの文字の表、1行1セル群のCSV、1行1値の縦長CSV、横長CSVで表示します。x は秘匿です。そのままでは公表できないとき終了値は 1 です。",
    .options = (const struct option_record[]){{.name = "as",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "FORM",
                                                  .help_en = "how it is printed",
                                                  .help_ja = "表示の形",
                                                  .default_text = "text",
                                                  .choices = "text|csv|long|wide"},
        {.name = "form",
            .kind = OPT_TEXT,
            .value_name = "FORM",
            .help_en = "form of the table, when two have the name",
            .help_ja = "同じ名の表があるときの様式"},
        ESTIMATE_RULE, STORE_OPTION_CUTOFF, ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true},
        {.name = "TABLE", .help_en = "table of tables.csv", .help_ja = "tables.csv の表", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate table mls 2025-12 main --as csv", "all figures with their errors", "誤差つきの全数値"},
        {"shirabe estimate table vital 2025-12 births_prefecture_sex --stage received", "births by prefecture and sex", "都道府県・性別の出生数"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
