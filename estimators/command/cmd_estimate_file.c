/* shirabe estimate file DATA.csv --design design.json --table "mean(income);total(n)" --by area;sex */
#include <string.h>

#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "estimators/command/survey_data.h"
#include "estimators/table/column_condition.h"
#include "estimators/table/survey_table.h"

struct asked {
  struct measure measures[PLAN_MAX_MEASURES];
  int n_measures, n_dimensions;
  const char *dimensions[PLAN_MAX_DIMENSIONS];
  uint8_t *keep;
  int64_t n_unknown;
};

/* --by area;sex */
static enum err_code read_dimensions(struct arena *a, const char *text, struct asked *q, struct err *e) {
  struct str rest = str_of(text);
  while (rest.n) {
    const struct str name = str_trim(str_split(rest, ';', &rest));
    if (name.n == 0) continue;
    if (q->n_dimensions == PLAN_MAX_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = text, .expected = "at most 6 columns");
    q->dimensions[q->n_dimensions] = arena_strdup(a, name.p, name.n);
    if (!q->dimensions[q->n_dimensions++]) return ERR(e, E_NO_MEMORY, .subject = "--by");
  }
  return E_OK;
}
static enum err_code read_condition(struct cli *c, const struct survey_data *d, struct asked *q, struct err *e) {
  const char *where = cli_text(c, "where");
  if (!where) return E_OK;
  q->keep = ARENA_ARRAY(cli_job(c)->arena, uint8_t, d->columns.n + 1);
  if (!q->keep) return ERR(e, E_NO_MEMORY, .subject = "--where");
  return column_condition(cli_job(c)->arena, &d->columns, where, q->keep, &q->n_unknown, e);
}
static enum table_deff deff_of(const char *text) {
  return !strcmp(text, "replace") ? TABLE_DEFF_REPLACE : !strcmp(text, "without") ? TABLE_DEFF_WITHOUT : TABLE_DEFF_NONE;
}

static enum err_code make(struct cli *c, const struct survey_data *d, const struct asked *q, struct result_table **out, struct err *e) {
  const int64_t decimals = cli_text(c, "decimals") ? cli_int(c, "decimals") : PLAN_AS_COMPUTED, confidence = cli_int(c, "confidence");
  if (decimals > 9 || (cli_text(c, "decimals") && decimals < 0)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--decimals", .expected = "0 to 9");
  if (confidence < 50 || confidence > 99) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--confidence", .expected = "50 to 99");
  struct survey_table_request request = {.id = "file",
      .n_dimensions = q->n_dimensions,
      .n_row_dimensions = q->n_dimensions ? 1 : 0,
      .dimensions = q->dimensions,
      .n_measures = q->n_measures,
      .measures = q->measures,
      .keep = q->keep,
      .n_unknown = q->n_unknown,
      .confidence = (double)confidence / 100,
      .deff = deff_of(cli_text(c, "deff")),
      .decimals = (int)decimals};
  survey_data_request(d, &request);
  TRY(survey_table(cli_job(c), cli_job(c)->arena, &request, out, e));
  (*out)->title_en = (*out)->title_ja = cli_text(c, "table");
  (*out)->survey = (*out)->form = (*out)->period = (*out)->profile = "";
  survey_data_notes(d, *out);
  return estimate_apply_rule_file(cli_text(c, "rule"), cli_text(c, "design"), *out, e);
}

static enum err_code work(struct cli *c, struct err *e) {
  const char *texts[] = {cli_text(c, "table"), cli_text(c, "by"), cli_text(c, "where")};
  const struct survey_request request = {.csv_path = cli_operand(c, 0), .design_path = cli_text(c, "design"), .texts = texts, .n_texts = 3,
      .imputed_as_observed = !strcmp(cli_text(c, "imputed"), "as-observed")};
  struct asked *q = ARENA_NEW(cli_job(c)->arena, struct asked);
  struct survey_data d;
  struct result_table *t;
  if (!q) return ERR(e, E_NO_MEMORY, .subject = "table");
  TRY(measures_parse(cli_job(c)->arena, str_of(texts[0]), q->measures, &q->n_measures, e));
  if (texts[1]) TRY(read_dimensions(cli_job(c)->arena, texts[1], q, e));
  TRY(survey_data_read(c, &request, &d, e));
  TRY(survey_data_observed(&d, &texts[2], 1, e));
  TRY(read_condition(c, &d, q, e));
  TRY(make(c, &d, q, &t, e));
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_file = {
    .noun = "estimate",
    .verb = "file",
    .summary_en = "estimate from a CSV file and its sample design",
    .summary_ja = "CSVファイルと標本設計から推計する",
    .detail_en = "The file has a head and one record per row; an empty cell or NA is missing. The design (JSON, see design_json.md) says stages, "
                 "strata, population counts, weight and what was done to the "
                 "weights; nothing is assumed, and a stratum with a single unit stops unless the design says what to do. Measures are joined by ';': "
                 "count() total(x) mean(x) ratio(x,y) proportion(x=code) "
                 "quantile(x,p) median(x) gini(x) arpr(x) and others. Each figure has its standard error, coefficient of variation, degrees of "
                 "freedom and interval. Of items that the design lists as imputed only total and mean are made, with what imputation adds; "
                 "others need --imputed as-observed. No store is opened, nothing is "
                 "suppressed: the figures are for work inside the office.",
    .detail_ja = "ファイルは見出しと1行1記録で、空のセルと NA は欠測です。設計（JSON、design_json.md "
                 "参照）に、段、層、母数、ウェイト、ウェイトの調整を書きます。何も仮定しません。単位が1つの層は、"
                 "設計に扱いがなければ止まります。集計量は ';' でつなぎます: count() total(x) mean(x) ratio(x,y) proportion(x=code) quantile(x,p) "
                 "median(x) gini(x) arpr(x) など。標準誤差、変動係数、"
                 "自由度、信頼区間がつきます。設計の imputed に挙げた項目は total と mean だけを補定の誤差も含めて推計し、他は --imputed as-observed "
                 "が必要です。保管庫は開かず、秘匿もしません。庁内の作業用です。",
    .options = (const struct option_record[]){{.name = "design",
                                                  .kind = OPT_FILE,
                                                  .value_name = "FILE",
                                                  .help_en = "design.json of kind sample",
                                                  .help_ja = "標本設計（kind が sample の design.json）",
                                                  .required = true},
        {.name = "table", .kind = OPT_TEXT, .value_name = "MEASURES", .help_en = "what is estimated", .help_ja = "集計量", .required = true},
        {.name = "by",
            .kind = OPT_TEXT,
            .value_name = "COLUMNS",
            .help_en = "columns of the table's cells, joined by ;",
            .help_ja = "集計区分の列（; 区切り）"},
        {.name = "where",
            .kind = OPT_TEXT,
            .value_name = "CONDITION",
            .help_en = "only these records; the whole design stays",
            .help_ja = "対象の条件（設計は全体のまま）"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        {.name = "deff",
            .kind = OPT_CHOICE,
            .value_name = "KIND",
            .help_en = "design effect against simple random sampling with or without replacement",
            .help_ja = "デザイン効果（復元・非復元の単純無作為抽出と比べる）",
            .default_text = "none",
            .choices = "none|replace|without"},
        {.name = "confidence",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "of the intervals",
            .help_ja = "信頼区間の水準",
            .default_text = "95"},
        {.name = "decimals",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "decimals shown; default: as computed",
            .help_ja = "小数の桁数（既定は計算のまま）"},
        ESTIMATE_IMPUTED, ESTIMATE_RULE, ESTIMATE_NO_OPTION},
    .operands =
        (const struct operand_record[]){
            {.name = "DATA", .help_en = "CSV file of the sample's records", .help_ja = "標本の記録のCSVファイル", .required = true},
            ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate file household.csv --design design.json --table 'mean(income);count()' --by area",
                                             "mean income and households by area", "地域別の平均収入と世帯数"},
        {"shirabe estimate file household.csv --design design.json --table 'ratio(food,income)' --where 'age >= 65' --as csv",
            "share of food, of older heads", "高齢世帯の食費割合"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
