/* shirabe estimate protect SURVEY PERIOD [TABLE] */
#include "estimators/command/cmd_protect_print.h"
#include "estimators/sdc/sdc_picture.h"

static enum err_code picture(struct cli *c, const struct estimate_output *r, struct err *e) {
  struct strbuf b;
  if (r->n_tables != 1) return ERR(e, E_SDC_PICTURE, .subject = cli_operand(c, 0));
  const struct result_table *t = r->tables[0].table;
  const char *name = cli_text(c, "measure");
  const int measure = name ? result_find_measure(t, name) : -1;
  if (name && measure < 0) return ERR(e, E_TABLE_MEASURE, .subject = name, .expected = t->measures[0].name);
  strbuf_init(&b, 0);
  const enum err_code code = sdc_picture(t, measure, cli_lang(c) == LANG_JA, &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}
static enum err_code work(struct cli *c, struct store *s, bool *refused, struct err *e) {
  const char *table = cli_operand(c, 2) ? cli_operand(c, 2) : cli_text(c, "table");
  const struct estimate_options o = {.table = table, .stage = cli_text(c, "stage"), .profile = cli_text(c, "rule")};
  struct estimate_output r;
  TRY(estimate_tables(s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, &r, e));
  for (int i = 0; i < r.n_tables; i++) {
    const struct sdc_secondary_report *x = &r.tables[i].secondary;
    *refused = *refused || (o.profile ? x->needed && !x->clean : r.tables[i].table->refusal != NULL);
  }
  if (cli_flag(c, "svg")) return picture(c, &r, e);
  if (cli_json(c)) return protect_print_json(c, &r, cli_flag(c, "cells"), e);
  protect_print_text(c, &r);
  if (cli_flag(c, "cells")) protect_print_cells(c, &r);
  return E_OK;
}

static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_protect = {
    .noun = "estimate",
    .verb = "protect",
    .summary_en = "what disclosure control decides for each table, and why",
    .summary_ja = "表ごとの秘匿の判定とその理由",
    .detail_en =
        "Primary rules of the table's profile on all contributions of every cell; then further figures are hidden until an audit with linear"
        " programmes passes for every sum of the tables that share cells, with the width each rule asks for."
        " The audit takes every shown figure as known"
        " exactly:"
        " rounding only widens the intervals. What cannot be audited is refused with its reason. --cells names every hidden figure and its rule;"
        " --rule tries another profile of forms/codelists/disclosure_profiles.json, whose tables may not go out; --svg draws the pattern. No hidden"
        " value is shown. Exit status 1 when a table is refused.",
    .detail_ja =
        "表の基準をすべての客体の値に当てはめて一次秘匿を行い、セルを共有する表のすべての和について、"
        "基準が求める幅が線形計画による監査で確かめられるまで秘匿を追加します。"
        "監査では表章値が正確に知られていると"
        "みなします（丸めは区間を広げるだけです）。"
        "監査できない表は理由を示して公表不可とします。"
        "--cells は秘匿した数値と理由を並べ、"
        "--rule は別の基準を試し（その表は公表できません）、--svg は秘匿の図を描きます。"
        "秘匿値は示しません。公表不可の表があれば終了値は 1 です。",
    .options =
        (const struct option_record[]){
            {.name = "table", .kind = OPT_TEXT, .value_name = "TABLE", .help_en = "only this table", .help_ja = "この表だけ"},
            {.name = "cells", .kind = OPT_FLAG, .help_en = "every hidden figure with its rule", .help_ja = "秘匿した数値とその理由"},
            {.name = "rule", .kind = OPT_TEXT, .value_name = "PROFILE", .help_en = "try another disclosure profile",
                .help_ja = "別の秘匿基準を試す"},
            {.name = "svg", .kind = OPT_FLAG, .help_en = "a picture of the pattern of one table", .help_ja = "一つの表の秘匿の図"},
            {.name = "measure", .kind = OPT_TEXT, .value_name = "MEASURE", .help_en = "of the picture; default: the one with most hidden figures",
                .help_ja = "図にする測定項目（既定は秘匿が最も多いもの）"},
            ESTIMATE_STAGE,
            ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true},
        {.name = "TABLE", .help_en = "only this table", .help_ja = "この表だけ"}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate protect mls 2025-12", "every table of the month", "その月のすべての表"},
        {"shirabe estimate protect vital 2025-12 --table deaths_place --json", "one table, for a program", "一つの表を JSON で"},
        {"shirabe estimate protect mls 2025-12 main --cells", "every hidden figure and the rule that hides it", "秘匿した数値とその理由"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
