/* shirabe estimate series tfr|asdr|life-table PERIOD, or --diff RUN1 RUN2 */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_mls_diff.h"

static const struct {
  const char *name, *form, *tables[3];
} series[] = {{"tfr", "births_by_age", {"tfr", "asfr", NULL}}, {"asdr", "deaths_by_age", {"asdr_s60", "asdr_h27", NULL}},
    {"life-table", "life_q", {"life_table", NULL, NULL}}};

static int find_series(const char *name) {
  for (int i = 0; i < 3; i++)
    if (!strcmp(series[i].name, name)) return i;
  return -1;
}

static bool belongs(int k, const char *table) {
  for (int i = 0; series[k].tables[i]; i++)
    if (!strcmp(series[k].tables[i], table)) return true;
  return false;
}

/* Says which of the asked tables was not made, and why; each of them was asked for. */
static int64_t say_missing(const struct estimate_output *r) {
  int64_t n = 0;
  for (int i = 0; i < r->n_skipped; i++, n++) fprintf(stderr, "%s: %s\n", r->skipped[i].table, r->skipped[i].reason);
  return n;
}

/* One document, whatever could be made. */
static enum err_code print_json(struct cli *c, int k, const struct estimate_output *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "series", series[k].name);
  json_put(&j, "period", r->period);
  json_key(&j, "tables");
  json_array(&j);
  for (int i = 0; i < r->n_tables; i++)
    if (belongs(k, r->tables[i].spec->id)) result_json(r->tables[i].table, &j);
  json_end_array(&j);
  json_key(&j, "skipped");
  json_array(&j);
  for (int i = 0; i < r->n_skipped; i++) {
    json_object(&j);
    json_put(&j, "table", r->skipped[i].table);
    json_put(&j, "reason", r->skipped[i].reason);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

static enum err_code work(struct cli *c, struct store *s, int64_t *missing, struct err *e) {
  int k = find_series(cli_operand(c, 0)), printed = 0;
  const struct estimate_options o = {.form = k < 0 ? "" : series[k].form};
  struct estimate_output r;
  if (k < 0) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = "tfr, asdr or life-table");
  TRY(estimate_tables(s, "vital", cli_operand(c, 1), &o, cli_job(c)->arena, &r, e));
  for (int i = 0; i < r.n_tables; i++)
    if (belongs(k, r.tables[i].spec->id)) {
      if (!cli_json(c)) TRY(estimate_print_table(c, r.tables[i].table, cli_text(c, "as"), e));
      printed++;
    }
  *missing = say_missing(&r);
  if (printed && cli_json(c)) return print_json(c, k, &r, e);
  return printed ? E_OK : ERR(e, E_TABLE_DATA, .subject = cli_operand(c, 0), .found = r.n_skipped ? r.skipped[0].reason : "");
}

static int diff(struct cli *c) {
  struct err e = {.code = E_OK};
  bool differ = false;
  const enum err_code code = mls_diff_print(c, cli_operand(c, 0), cli_operand(c, 1), &differ, &e);
  return code ? cli_fail(c, &e) : differ;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cli_flag(c, "diff")) return diff(c);
  int64_t missing = 0;
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code) code = work(c, s, &missing, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  return missing ? 65 : 0;
}

const struct command cmd_estimate_series = {
    .noun = "estimate",
    .verb = "series",
    .summary_en = "total fertility rate, age-standardised death rate or life table of a year; what differs between two runs",
    .summary_ja = "その年の合計特殊出生率、年齢調整死亡率、または生命表。二つの実行の違い",
    .detail_en =
        "From the stored inputs vital/births_by_age, deaths_by_age, population and life_q. Every figure carries its method: TFR by single ages or "
        "five-year groups, ASDR by the model population of 1985 or 2015. Exit status 65 when one of the tables of the series could not be made: "
        "the others are printed all the same. "
        "With --diff, the two operands are records of runs of the labour survey (estimate run --record): which cells changed, in workers, weights, "
        "answers or reports, and how many yen of the average of all cells come from the pay and from the share of each; the effects add up to the "
        "change. "
        "Exit status 1 when the runs are not the same to the bit.",
    .detail_ja =
        "保管した vital/births_by_age、deaths_by_age、population、life_q から計算します。合計特殊出生率は各歳か5歳階級、年齢調整死亡率は昭和60年か平成27年のモデル人口を明示します。作れない表が一つでもあれば、"
        "他の表を表示したうえで終了状態は 65 です。"
        "--diff では、毎月勤労統計の実行記録（estimate run --record）二つを比べ、労働者数・ウェイト・回答・回答数のどれが変わった区分か、全体平均の変化のうち何円が各区分の給与と構成比によるかを示します（合計は変化に一致）。"
        "ビット単位で一致しないとき終了状態は 1 です。",
    .options = (const struct option_record[]){{.name = "as",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "FORM",
                                                  .help_en = "how it is printed",
                                                  .help_ja = "表示の形",
                                                  .default_text = "text",
                                                  .choices = "text|csv|long|wide"},
        {.name = "diff", .kind = OPT_FLAG, .help_en = "compare two run records", .help_ja = "実行記録二つを比べる"},
        ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands =
        (const struct operand_record[]){
            {.name = "SERIES",
                .help_en = "tfr, asdr or life-table; with --diff the earlier record",
                .help_ja = "tfr、asdr、life-table（--diff では前の記録）", .required = true},
            {.name = "PERIOD", .help_en = "year; with --diff the later record", .help_ja = "年（--diff では後の記録）", .required = true},
            ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate series tfr 2015", "total fertility rate", "合計特殊出生率"},
        {"shirabe estimate series asdr 2015 --json", "age-standardised death rates as JSON", "年齢調整死亡率を JSON で"},
        {"shirabe estimate series --diff first.json second.json", "what changed between two runs, cell by cell", "二つの実行で何が変わったか、区分ごとに"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
