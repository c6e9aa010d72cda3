/* shirabe estimate regress DATA.csv --design design.json --model "income ~ age + factor(region)" --family linear */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "estimators/command/cmd_estimate_figures.h"
#include "estimators/estimate/regression.h"

struct fitted {
  struct survey_data data;
  struct model model;
  struct survey_regression r;
};

static enum err_code fit(struct cli *c, struct fitted *f, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *texts[] = {cli_text(c, "model"), cli_text(c, "where")};
  const struct survey_request request = {.csv_path = cli_operand(c, 0), .design_path = cli_text(c, "design"), .texts = texts, .n_texts = 2,
      .imputed_as_observed = !strcmp(cli_text(c, "imputed"), "as-observed")};
  struct model_text text;
  enum regression_family family;
  int32_t *where;
  if (!regression_family_named(cli_text(c, "family"), &family)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--family");
  TRY(model_parse(a, texts[0], &text, e));
  TRY(survey_data_read(c, &request, &f->data, e));
  TRY(survey_data_observed(&f->data, texts, 2, e));
  TRY(figures_where(c, &f->data, &where, e));
  TRY(model_bind(a, &text, &f->data.columns, f->data.survey.weight, where, &f->model, e));
  return regression_run(cli_job(c), a, &f->data.survey, &f->model, family, &f->r, e);
}

/* --- one coefficient --- */
struct coefficient {
  double b, se, t, p, low, high;
  bool has_test; /* degrees of freedom and a standard error are there */
};
static struct coefficient coefficient_of(const struct survey_regression *r, int j, double confidence) {
  struct coefficient k = {.b = r->b[j], .se = sqrt(r->cov[(int64_t)j * r->p + j])};
  double q;
  if (r->redundant[j] || r->df_residual <= 0 || !(k.se > 0) || !dist_t_quantile(0.5 + confidence / 2, (double)r->df_residual, &q)) return k;
  k.has_test = true;
  k.t = k.b / k.se;
  k.p = dist_t_two_sided(k.t, (double)r->df_residual);
  k.low = k.b - q * k.se, k.high = k.b + q * k.se;
  return k;
}

/* --- text, CSV, JSON --- */
static enum err_code print_coefficients(struct cli *c, const struct fitted *f, double confidence, struct err *e) {
  const char *const heads[] = {cli_say(c, "term", "項"), cli_say(c, "coefficient", "係数"), cli_say(c, "standard error", "標準誤差"), "t", "p",
      cli_say(c, "low", "下限"), cli_say(c, "high", "上限")};
  struct text_table *x = text_table_new(7);
  char b[32];
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "regression");
  for (int k = 0; k < 7; k++) text_table_cell(x, heads[k]);
  for (int k = 1; k < 7; k++) text_table_right(x, k);
  for (int j = 0; j < f->r.p; j++) {
    const struct coefficient k = coefficient_of(&f->r, j, confidence);
    text_table_cell(x, f->model.label[j]);
    text_table_cell(x, f->r.redundant[j] ? cli_say(c, "redundant", "冗長") : figures_number(k.b, b));
    text_table_cell(x, f->r.redundant[j] ? "-" : figures_number(k.se, b));
    text_table_cell(x, k.has_test ? figures_number(k.t, b) : "-");
    text_table_cell(x, k.has_test ? figures_p_value(k.p, b) : "-");
    text_table_cell(x, k.has_test ? figures_number(k.low, b) : "-");
    text_table_cell(x, k.has_test ? figures_number(k.high, b) : "-");
  }
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  return E_OK;
}
static void print_terms(struct cli *c, const struct fitted *f) {
  char p[32];
  for (int k = 0; k < f->model.n_parts; k++) {
    struct wald w;
    const struct model_part *part = &f->model.part[k];
    if (part->count < 2 || !regression_wald(cli_job(c)->arena, &f->r, part->first, part->count, &w)) continue;
    fprintf(cli_out(c), "  %s %s: F(%lld, %lld) = %.6g, p %s\n", cli_say(c, "Wald test of", "ワルド検定"), part->name, (long long)w.df1,
        (long long)w.df2, w.f, figures_p_value(w.p, p));
  }
}
static enum err_code print_text(struct cli *c, const struct fitted *f, double confidence, struct err *e) {
  const struct survey_regression *r = &f->r;
  fprintf(cli_out(c), "%s  (%s)\n", cli_text(c, "model"), cli_text(c, "family"));
  TRY(print_coefficients(c, f, confidence, e));
  print_terms(c, f);
  fprintf(cli_out(c), "  n %lld, %s %lld, %s %.6g, R2 %.6g\n", (long long)r->n, cli_say(c, "degrees of freedom", "自由度"), (long long)r->df_residual,
      cli_say(c, "dispersion", "分散パラメータ"), r->dispersion, r->r2);
  if (!strcmp(cli_text(c, "family"), "logistic")) fprintf(cli_out(c), "  Cox-Snell %.6g, Nagelkerke %.6g\n", r->cox_snell, r->nagelkerke);
  if (f->model.n_missing)
    fprintf(cli_out(c), "  %lld %s\n", (long long)f->model.n_missing, cli_say(c, "records lack an item of the model and take no part",
        "件はモデルの項目に欠測があり除かれました"));
  return figures_print_notes(c, &f->data, e);
}
static enum err_code print_csv(struct cli *c, const struct fitted *f, double confidence, struct err *e) {
  struct strbuf b;
  char n[32];
  strbuf_init(&b, 0);
  strbuf_adds(&b, "term,coefficient,se,t,p,low,high\n");
  for (int j = 0; j < f->r.p; j++) {
    const struct coefficient k = coefficient_of(&f->r, j, confidence);
    const double v[] = {k.b, k.se, k.t, k.p, k.low, k.high};
    strbuf_addc(&b, '"');
    for (const char *q = f->model.label[j]; *q; q++) {
      if (*q == '"') strbuf_addc(&b, '"');
      strbuf_addc(&b, *q);
    }
    strbuf_addc(&b, '"');
    for (int i = 0; i < 6; i++) {
      strbuf_addc(&b, ',');
      if (f->r.redundant[j] || (i > 1 && !k.has_test)) continue;
      real_format(v[i], n);
      strbuf_adds(&b, n);
    }
    strbuf_addc(&b, '\n');
  }
  return estimate_write(c, &b, e);
}
static void put_real(struct json_out *j, const char *key, double v, bool there) {
  json_key(j, key);
  if (there) json_real(j, v);
  else json_null(j);
}
static void json_coefficient(struct json_out *j, const struct fitted *f, int i, double confidence) {
  const struct coefficient k = coefficient_of(&f->r, i, confidence);
  const bool there = !f->r.redundant[i];
  json_object(j);
  json_put(j, "term", f->model.label[i]);
  put_real(j, "coefficient", k.b, there), put_real(j, "se", k.se, there);
  put_real(j, "t", k.t, k.has_test), put_real(j, "p", k.p, k.has_test);
  put_real(j, "low", k.low, k.has_test), put_real(j, "high", k.high, k.has_test);
  json_end_object(j);
}
static enum err_code print_json(struct cli *c, const struct fitted *f, double confidence, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "model", cli_text(c, "model")), json_put(&j, "family", cli_text(c, "family"));
  json_put_int(&j, "n", f->r.n), json_put_int(&j, "missing", f->model.n_missing), json_put_int(&j, "df", f->r.df_residual);
  put_real(&j, "dispersion", f->r.dispersion, true), put_real(&j, "r2", f->r.r2, true), put_real(&j, "confidence", confidence, true);
  json_key(&j, "coefficients");
  json_array(&j);
  for (int i = 0; i < f->r.p; i++) json_coefficient(&j, f, i, confidence);
  json_end_array(&j);
  json_key(&j, "covariance");
  json_array(&j);
  for (int i = 0; i < f->r.p * f->r.p; i++) json_real(&j, f->r.cov[i]);
  json_end_array(&j);
  figures_json_imputed(&f->data, &j);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

static enum err_code work(struct cli *c, struct err *e) {
  struct fitted *f = ARENA_NEW(cli_job(c)->arena, struct fitted);
  const int64_t confidence = cli_int(c, "confidence");
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "regression");
  if (confidence < 50 || confidence > 99) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--confidence", .expected = "50 to 99");
  TRY(fit(c, f, e));
  if (cli_json(c)) return print_json(c, f, (double)confidence / 100, e);
  if (!strcmp(cli_text(c, "as"), "csv")) return print_csv(c, f, (double)confidence / 100, e);
  return print_text(c, f, (double)confidence / 100, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_regress = {
    .noun = "estimate",
    .verb = "regress",
    .summary_en = "regression with standard errors of the design",
    .summary_ja = "設計にもとづく標準誤差つきの回帰",
    .detail_en =
        "The model is written as response ~ term + term; terms are items, factor(item), log(item), item:item and item*item, -1 leaves the "
        "intercept out. Coefficients solve the weighted likelihood equations; their covariance goes through the design and every adjustment of "
        "the weights. A logistic response is 0 and 1, a text item of two codes, or item = code. A response that the items separate stops, and "
        "so do items that the design lists as imputed, unless --imputed as-observed.",
    .detail_ja =
        "モデルは 応答 ~ 項 + 項 と書きます。項は項目、factor(項目)、log(項目)、項目:項目、項目*項目、-1 は切片なしです。"
        "係数は加重尤度方程式の解、共分散は標本設計とすべてのウェイト調整を通したものです。ロジスティックの応答は 0 と 1、二区分の項目、または 項目 = "
        "コード です。応答が完全に分離するとき、また設計の imputed に挙げた項目があるとき（--imputed as-observed がなければ）は止まります。",
    .options = (const struct option_record[]){ESTIMATE_DESIGN_FILE,
        {.name = "model", .kind = OPT_TEXT, .value_name = "MODEL", .help_en = "response ~ terms", .help_ja = "応答 ~ 項", .required = true},
        {.name = "family",
            .kind = OPT_CHOICE,
            .value_name = "FAMILY",
            .help_en = "of the response",
            .help_ja = "応答の種類",
            .default_text = "linear",
            .choices = "linear|logistic|poisson"},
        ESTIMATE_WHERE, ESTIMATE_IMPUTED,
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|csv"},
        {.name = "confidence",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "of the intervals",
            .help_ja = "信頼区間の水準",
            .default_text = "95"},
        ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){ESTIMATE_DATA_OPERAND, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate regress household.csv --design design.json --model 'income ~ persons + factor(sex)'",
                                             "income by size and sex of the head", "世帯人員と世帯主の性別による収入の回帰"},
        {"shirabe estimate regress household.csv --design design.json --model 'sex = 1 ~ log(income)' --family logistic --json",
            "a logistic model as JSON with its covariances", "ロジスティック回帰を共分散つきのJSONで"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
