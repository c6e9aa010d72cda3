/* shirabe estimate test DATA.csv --design design.json --rows a --columns b | --mean y [--groups g] [--value v] [--ranks] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_estimate_figures.h"
#include "estimators/estimate/independence.h"
#include "estimators/estimate/mean_test.h"

static enum err_code item(const struct survey_data *d, const char *name, bool number, const struct survey_column **out, struct err *e) {
  *out = survey_column(&d->columns, name);
  if (!*out) return ERR(e, E_MODEL_ITEM, .subject = name);
  return number ? survey_column_numbers(&d->columns, *out, e) : survey_column_codes(&d->columns, *out, e);
}
/* Records without a value of the item leave the domain. */
static enum err_code present(struct arena *a, const struct survey_data *d, const struct survey_column *y, int32_t **of_row, struct err *e) {
  const int64_t n = d->columns.n;
  int32_t *out = ARENA_ARRAY(a, int32_t, n + 1);
  if (!out) return ERR(e, E_NO_MEMORY, .subject = "test");
  for (int64_t i = 0; i < n; i++) out[i] = (!*of_row || (*of_row)[i] == 0) && (!y->status || value_present(y->status[i])) ? 0 : -1;
  *of_row = out;
  return E_OK;
}

/* --- what is printed: names and values, in order --- */
struct outcome {
  int n;
  struct {
    const char *key, *en, *ja;
    double value;
    bool is_p, there;
  } line[16];
};
static void put(struct outcome *o, const char *key, const char *en, const char *ja, double value, bool there) {
  o->line[o->n].key = key, o->line[o->n].en = en, o->line[o->n].ja = ja, o->line[o->n].value = value, o->line[o->n].there = there;
  o->line[o->n].is_p = strstr(key, "_p") != NULL || !strcmp(key, "p");
  o->n++;
}
static void independence_outcome(const struct independence *r, struct outcome *o) {
  put(o, "n", "records", "件数", (double)r->n, true);
  put(o, "design_df", "degrees of freedom of the design", "設計の自由度", (double)r->nu, true);
  put(o, "pearson", "Pearson's X2", "ピアソンの X2", r->pearson, true);
  put(o, "mean_deff", "mean generalised design effect", "一般化デザイン効果の平均", r->mean_deff, true);
  put(o, "f", "Rao-Scott F (second order)", "ラオ・スコット F（2次補正）", r->f, true);
  put(o, "f_df1", "  df 1", "  自由度1", r->f_df1, true), put(o, "f_df2", "  df 2", "  自由度2", r->f_df2, true);
  put(o, "f_p", "  p", "  p", r->f_p, true);
  put(o, "chi", "Rao-Scott chi-squared (first order)", "ラオ・スコット カイ二乗（1次補正）", r->chi, true);
  put(o, "chi_df", "  df", "  自由度", (double)r->df, true), put(o, "chi_p", "  p", "  p", r->chi_p, true);
  put(o, "wald", "Wald F", "ワルド F", r->wald, r->has_wald), put(o, "wald_p", "  p", "  p", r->wald_p, r->has_wald);
  put(o, "adjusted_wald", "adjusted Wald F", "調整ワルド F", r->adjusted, r->has_wald),
      put(o, "adjusted_wald_p", "  p", "  p", r->adjusted_p, r->has_wald);
}
static void mean_outcome(const struct mean_test *r, struct outcome *o) {
  put(o, "n", "records", "件数", (double)r->n, true);
  if (r->is_t) {
    put(o, "difference", "difference", "差", r->estimate, true), put(o, "se", "standard error", "標準誤差", r->se, true);
    put(o, "low", "interval, low", "信頼区間の下限", r->low, true), put(o, "high", "interval, high", "信頼区間の上限", r->high, true);
  } else {
    put(o, "groups", "groups", "群", r->groups, true), put(o, "df1", "df 1", "自由度1", (double)r->df1, true);
  }
  put(o, r->is_t ? "t" : "f", r->is_t ? "t" : "F", r->is_t ? "t" : "F", r->statistic, true);
  put(o, r->is_t ? "df" : "df2", r->is_t ? "degrees of freedom" : "df 2", r->is_t ? "自由度" : "自由度2", (double)r->df2, true);
  put(o, "p", "p", "p", r->p, true);
}
static enum err_code print_json(struct cli *c, const struct survey_data *d, const struct outcome *o, const char *what, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "test", what);
  for (int k = 0; k < o->n; k++) {
    json_key(&j, o->line[k].key);
    if (o->line[k].there) json_real(&j, o->line[k].value);
    else json_null(&j);
  }
  figures_json_imputed(d, &j);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
static enum err_code print(struct cli *c, const struct survey_data *d, const struct outcome *o, const char *what, const char *title, struct err *e) {
  char b[32];
  if (cli_json(c)) return print_json(c, d, o, what, e);
  struct text_table *x = text_table_new(2);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "test");
  text_table_right(x, 1);
  for (int k = 0; k < o->n; k++) {
    text_table_cell(x, cli_say(c, o->line[k].en, o->line[k].ja));
    text_table_cell(x, !o->line[k].there ? "-" : o->line[k].is_p ? figures_p_value(o->line[k].value, b) : figures_number(o->line[k].value, b));
  }
  fprintf(cli_out(c), "%s\n", title);
  text_table_print(x, cli_out(c), false);
  text_table_free(x);
  return figures_print_notes(c, d, e);
}

static enum err_code independence(struct cli *c, const struct survey_data *d, int32_t *where, struct outcome *o, struct err *e) {
  const struct survey_column *rows, *columns;
  struct independence r;
  TRY(item(d, cli_text(c, "rows"), false, &rows, e));
  TRY(item(d, cli_text(c, "columns"), false, &columns, e));
  const struct independence_data q = {rows->code, columns->code, where, rows->n_levels, columns->n_levels};
  TRY(independence_test(cli_job(c), cli_job(c)->arena, &d->survey, &q, &r, e));
  independence_outcome(&r, o);
  return E_OK;
}
static enum err_code means(struct cli *c, const struct survey_data *d, int32_t *where, struct outcome *o, struct err *e) {
  const struct survey_column *y, *groups = NULL;
  const char *value = cli_text(c, "value");
  struct mean_test r;
  char *end;
  TRY(item(d, cli_text(c, "mean"), true, &y, e));
  if (cli_text(c, "groups")) TRY(item(d, cli_text(c, "groups"), false, &groups, e));
  TRY(present(cli_job(c)->arena, d, y, &where, e));
  const struct mean_test_spec s = {.y = y->number, .group = groups ? groups->code : NULL, .of_row = where, .n_groups = groups ? groups->n_levels : 0,
      .ranks = cli_flag(c, "ranks"), .confidence = (double)cli_int(c, "confidence") / 100};
  if (groups) TRY(mean_test_groups(cli_job(c), cli_job(c)->arena, &d->survey, &s, &r, e));
  else {
    const double v = strtod(value, &end);
    if (end == value || *end || !isfinite(v)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--value", .expected = "a number");
    TRY(mean_test_one(cli_job(c), cli_job(c)->arena, &d->survey, &s, v, &r, e));
  }
  mean_outcome(&r, o);
  return E_OK;
}

static enum err_code check_options(struct cli *c, struct err *e) {
  const bool table = cli_text(c, "rows") || cli_text(c, "columns"), mean = cli_text(c, "mean") != NULL;
  if (table == mean) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "estimate test", .expected = "--rows and --columns, or --mean");
  if (table && !(cli_text(c, "rows") && cli_text(c, "columns")))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "estimate test", .expected = "--rows and --columns together");
  if (mean && !cli_text(c, "groups") == !cli_text(c, "value"))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--mean", .expected = "--groups, or --value to compare with");
  if (cli_flag(c, "ranks") && !cli_text(c, "groups")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--ranks", .expected = "--mean with --groups");
  if (cli_int(c, "confidence") < 50 || cli_int(c, "confidence") > 99)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--confidence", .expected = "50 to 99");
  return E_OK;
}
static enum err_code work(struct cli *c, struct err *e) {
  const char *texts[] = {cli_text(c, "rows"), cli_text(c, "columns"), cli_text(c, "mean"), cli_text(c, "groups"), cli_text(c, "where")};
  const struct survey_request request = {.csv_path = cli_operand(c, 0), .design_path = cli_text(c, "design"), .texts = texts, .n_texts = 5,
      .imputed_as_observed = !strcmp(cli_text(c, "imputed"), "as-observed")};
  struct survey_data *d = ARENA_NEW(cli_job(c)->arena, struct survey_data);
  struct outcome o = {0};
  int32_t *where;
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "test");
  TRY(check_options(c, e));
  TRY(survey_data_read(c, &request, d, e));
  TRY(survey_data_observed(d, texts, 5, e));
  TRY(figures_where(c, d, &where, e));
  if (texts[2]) {
    TRY(means(c, d, where, &o, e));
    return print(c, d, &o, cli_flag(c, "ranks") ? "ranks" : "means", texts[2], e);
  }
  TRY(independence(c, d, where, &o, e));
  return print(c, d, &o, "independence", arena_printf(cli_job(c)->arena, "%s x %s", texts[0], texts[1]), e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_test = {
    .noun = "estimate",
    .verb = "test",
    .summary_en = "tests under the design: two-way tables, means, ranks",
    .summary_ja = "標本設計にもとづく検定（二元表、平均、順位）",
    .detail_en =
        "--rows and --columns: is a two-way table independent, by Pearson's statistic with the corrections of Rao and Scott (the F of second order "
        "is the one to read) and by Wald's. --mean with --value or --groups: t or F tests of means through the design, finite populations "
        "included; --ranks: of weighted ranks instead (Wilcoxon, Kruskal-Wallis). Items that the design lists as imputed stop it, "
        "unless --imputed as-observed.",
    .detail_ja =
        "--rows と --columns: 二元表の独立性を、ラオ・スコット補正つきのピアソン統計量（2次補正の F を見ます）とワルド統計量で検定します。"
        "--mean と --value または --groups: 設計を通した平均の t・F 検定（有限母集団修正を含む）。--ranks: 加重順位による検定（ウィルコクソン、"
        "クラスカル・ウォリス）です。設計の imputed に挙げた項目では --imputed as-observed がなければ止まります。",
    .options = (const struct option_record[]){ESTIMATE_DESIGN_FILE,
        {.name = "rows", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "rows of a two-way table", .help_ja = "二元表の表側"},
        {.name = "columns", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "columns of a two-way table", .help_ja = "二元表の表頭"},
        {.name = "mean", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "item whose mean is tested", .help_ja = "平均を検定する項目"},
        {.name = "groups", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "groups to be compared", .help_ja = "比べる群"},
        {.name = "value", .kind = OPT_TEXT, .value_name = "NUMBER", .help_en = "value the mean is compared with", .help_ja = "平均と比べる値"},
        {.name = "ranks", .kind = OPT_FLAG, .help_en = "weighted ranks instead of values", .help_ja = "値の代わりに加重順位"}, ESTIMATE_WHERE,
        ESTIMATE_IMPUTED,
        {.name = "confidence",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "of the interval",
            .help_ja = "信頼区間の水準",
            .default_text = "95"},
        ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){ESTIMATE_DATA_OPERAND, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate test household.csv --design design.json --rows sex --columns prefecture",
                                             "is sex of the head independent of the prefecture", "世帯主の性別と県は独立か"},
        {"shirabe estimate test household.csv --design design.json --mean income --groups sex", "difference of mean incomes", "平均収入の差"},
        {"shirabe estimate test household.csv --design design.json --mean income --groups prefecture --ranks --json",
            "ranks of several groups, as JSON", "多群の順位検定を JSON で"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
