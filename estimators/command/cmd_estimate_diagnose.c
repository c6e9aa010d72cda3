/* shirabe estimate diagnose DATA.csv --design design.json [--total income --by area --share 5] */
#include <string.h>

#include "estimators/command/cmd_estimate_figures.h"
#include "estimators/command/cmd_weight_report.h"

static enum err_code column(const struct survey_data *d, const char *name, bool number, const struct survey_column **out, struct err *e) {
  *out = survey_column(&d->columns, name);
  if (!*out) return ERR(e, E_TABLE_ITEM, .file = d->columns.place, .subject = name);
  return number ? survey_column_numbers(&d->columns, *out, e) : survey_column_codes(&d->columns, *out, e);
}
static enum err_code diagnose(struct cli *c, const struct survey_data *d, struct weight_report *r, struct err *e) {
  const struct survey_column *y = NULL;
  *r = (struct weight_report){.data = d, .item = cli_text(c, "total"), .share = (double)cli_int(c, "share") / 100};
  if (r->item) TRY(column(d, r->item, true, &y, e));
  if (r->item && cli_text(c, "by")) TRY(column(d, cli_text(c, "by"), false, &r->cells, e));
  const struct diagnose_spec s = {.n = d->survey.n,
      .w = d->survey.weight,
      .base = d->history.n ? d->bound.survey.weight : NULL,
      .y = y ? y->number : NULL,
      .of_row = r->cells ? r->cells->code : NULL,
      .n_cells = r->cells ? r->cells->n_levels : 1,
      .share = r->share};
  return weight_diagnose(cli_job(c)->arena, &s, &r->diagnosis, e);
}
static enum err_code print(struct cli *c, const struct weight_report *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  if (!cli_json(c) && !strcmp(cli_text(c, "as"), "text")) return weight_report_text(c, r, e);
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    json_begin(&j, &b, false);
    json_object(&j);
    weight_report_json(r, &j);
    json_put_int(&j, "zero", r->diagnosis.n_zero);
    json_key(&j, "sum"), json_real(&j, r->diagnosis.sum);
    json_key(&j, "kish"), json_real(&j, r->diagnosis.kish);
    json_end_object(&j);
    strbuf_addc(&b, '\n');
  } else code = weight_report_svg(c, r, &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}
static enum err_code work(struct cli *c, struct err *e) {
  const char *texts[] = {cli_text(c, "total"), cli_text(c, "by")};
  const struct survey_request request = {.csv_path = cli_operand(c, 0), .design_path = cli_text(c, "design"), .texts = texts, .n_texts = 2};
  struct survey_data *d = ARENA_NEW(cli_job(c)->arena, struct survey_data);
  struct weight_report *r = ARENA_NEW(cli_job(c)->arena, struct weight_report);
  if (!d || !r) return ERR(e, E_NO_MEMORY, .subject = "weights");
  if (cli_int(c, "share") < 1 || cli_int(c, "share") > 100) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--share", .expected = "1 to 100");
  TRY(survey_data_read(c, &request, d, e));
  TRY(diagnose(c, d, r, e));
  return print(c, r, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_diagnose = {
    .noun = "estimate",
    .verb = "diagnose",
    .summary_en = "what was done to the weights of a sample, and how they look",
    .summary_ja = "標本のウェイトの履歴と診断",
    .detail_en =
        "The history of the weight programme (each step with records, sums, factors, whether its totals were met, and the hash of its "
        "specification), the spread of weights and factors, Kish's design effect, the share of the largest weights, negative weights, and with "
        "--total the records that hold more than --share per cent of a total or cell. --as svg draws the factors.",
    .detail_ja =
        "ウェイト調整の履歴（各段階の件数、和、係数、総数との一致、仕様のハッシュ）、ウェイトと係数の分布、Kish のデザイン効果、上位のウェイトの割合、"
        "負のウェイト、--total を付けると総数や区分の --share％超を占める記録を示します。--as svg は係数の分布図です。",
    .options = (const struct option_record[]){ESTIMATE_DESIGN_FILE,
        {.name = "total", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "item whose total is looked at", .help_ja = "総数を調べる項目"},
        {.name = "by", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "cells of that total", .help_ja = "総数の区分"},
        {.name = "share",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "from which a record is named",
            .help_ja = "記録を示す割合",
            .default_text = "5"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|svg"},
        ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){ESTIMATE_DATA_OPERAND, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate diagnose household.csv --design design.json --total income --by area",
                                             "history and spread, and incomes on which a cell hangs", "履歴と分布、区分を左右する収入"},
        {"shirabe estimate diagnose household.csv --design design.json --as svg", "histogram of the factors", "係数の分布図"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
