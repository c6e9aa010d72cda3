/* micro_public.c -- the report that goes out with a protected file (micro_report.h): which steps on which variables and where their limits come
 * from, the risk and the loss afterwards. Rates, shares, amounts, thresholds and counts of what was changed stay inside: they help to undo a
 * step. */
#include <math.h>
#include <stdio.h>

#include "estimators/sdc/micro/micro_report.h"

/* Three digits are enough for a user, and too few to subtract a record from. */
static double rounded(double v) {
  if (!(fabs(v) > 0)) return 0;
  const double scale = pow(10, 2 - floor(log10(fabs(v))));
  return round(v * scale) / scale;
}
struct figure {
  const char *key, *en, *ja;
  bool has;
  double value;
};
enum { RISKS = 5, LOSSES = 6 };
static void risks(const struct micro_report *r, struct figure out[RISKS]) {
  const struct micro_state *s = &r->after;
  const double n = (double)(s->n_records ? s->n_records : 1);
  const struct figure f[RISKS] = {{"below_k", "records below k", "k 未満の記録", true, (double)s->n_below},
      {"risk_per_record", "mean risk of a record", "記録のリスクの平均", s->n_records > 0, s->risk.global / n},
      {"greatest_risk", "greatest risk of a record", "記録のリスクの最大", s->n_records > 0, s->risk.greatest},
      {"household_risk_per_record", "mean risk by household", "世帯によるリスクの平均", s->has_household, s->risk.global_household / n},
      {"linked_by_distance", "numbers linked by distance", "数値の距離による照合率", r->loss.n > 0, r->loss.linked}};
  for (int k = 0; k < RISKS; k++) out[k] = f[k];
}
static void losses(const struct micro_report *r, struct figure out[LOSSES]) {
  const struct micro_loss *l = &r->loss;
  const struct figure f[LOSSES] = {{"il1s", "IL1s", "IL1s", l->has_il1s, l->il1s},
      {"means", "means, in sd", "平均の差（標準偏差比）", l->has_variance, l->mean},
      {"variances", "variances, relative", "分散の相対差", l->has_variance, l->variance},
      {"covariances", "covariances, in products of sd", "共分散の差（標準偏差の積に対する比）", l->has_variance, l->covariance},
      {"eigenvalues", "eigenvalues, relative", "固有値の相対差", l->has_eigen, l->eigen},
      {"interval_overlap", "overlap of regression intervals", "回帰係数の信頼区間の重なり", l->has_overlap, l->overlap}};
  for (int k = 0; k < LOSSES; k++) out[k] = f[k];
}

/* --- JSON --- */
static void put_figures(struct json_out *j, const char *key, const struct figure *f, int n) {
  json_key(j, key);
  json_object(j);
  for (int k = 0; k < n; k++) {
    json_key(j, f[k].key);
    if (f[k].has)
      json_real(j, rounded(f[k].value));
    else
      json_null(j);
  }
  json_end_object(j);
}
static void put_steps(const struct micro_recipe *x, struct json_out *j) {
  json_key(j, "steps");
  json_array(j);
  for (int k = 0; k < x->n_steps; k++) {
    const struct micro_step *s = &x->step[k];
    json_object(j);
    json_put(j, "step", micro_step_name(s->kind));
    json_key(j, "variables");
    json_array(j);
    for (int i = 0; i < s->n_variables; i++) json_cstr(j, s->variable[i]);
    json_end_array(j);
    json_put(j, "source_status", micro_status_name(s->source.status));
    json_end_object(j);
  }
  json_end_array(j);
}
static void put_blanks(const struct micro_report *r, struct json_out *j) {
  json_key(j, "missing_share");
  json_object(j);
  for (int k = 0; k < r->recipe->n_variables; k++) {
    if (!r->recipe->variable[k].written || !r->after.n_records) continue;
    json_key(j, r->recipe->variable[k].name);
    json_real(j, rounded((double)r->blanks[k].missing_after / (double)r->after.n_records));
  }
  json_end_object(j);
}
static void put_left_out(const struct micro_recipe *x, struct json_out *j) {
  json_key(j, "left_out");
  json_object(j);
  for (int k = 0; k < x->n_left_out; k++) json_put(j, x->left_out[k], x->left_out_why[k]);
  json_end_object(j);
}
void micro_public_json(const struct micro_report *r, struct json_out *j) {
  const struct micro_recipe *x = r->recipe;
  struct figure risk[RISKS], loss[LOSSES];
  risks(r, risk), losses(r, loss);
  json_object(j);
  json_put_int(j, "report", 1);
  json_put(j, "dataset", x->dataset);
  json_put(j, "title_ja", x->title[1]), json_put(j, "title_en", x->title[0]);
  json_put(j, "legal_basis", x->legal_basis);
  json_put_int(j, "records", r->after.n_records);
  json_key(j, "keys");
  json_array(j);
  for (int k = 0; k < x->n_keys; k++) json_cstr(j, x->key[k]);
  json_end_array(j);
  json_put_int(j, "k", x->k);
  json_put(j, "k_source", x->k_source.text), json_put(j, "k_source_status", micro_status_name(x->k_source.status));
  json_key(j, "safe"), json_bool(j, r->safe);
  put_steps(x, j);
  put_figures(j, "risk", risk, RISKS);
  put_figures(j, "information_loss", loss, LOSSES);
  put_blanks(r, j);
  put_left_out(x, j);
  json_end_object(j);
}

/* --- text --- */
static void text_figures(const struct figure *f, int n, bool ja, struct strbuf *b) {
  for (int k = 0; k < n; k++) {
    if (f[k].has)
      strbuf_addf(b, "  %12.6g  %s\n", rounded(f[k].value), ja ? f[k].ja : f[k].en);
    else
      strbuf_addf(b, "  %12s  %s\n", "-", ja ? f[k].ja : f[k].en);
  }
}
static void text_steps(const struct micro_recipe *x, bool ja, struct strbuf *b) {
  static const char *const en[] = {"official source", "decided by the office", "no official source found"};
  static const char *const jp[] = {"公的な典拠あり", "機関の決定", "公的な典拠は未確認"};
  for (int k = 0; k < x->n_steps; k++) {
    const struct micro_step *s = &x->step[k];
    strbuf_addf(b, "  %s", micro_step_name(s->kind));
    for (int i = 0; i < s->n_variables; i++) strbuf_addf(b, "%s%s", i ? ", " : " ", s->variable[i]);
    strbuf_addf(b, " (%s)\n", (ja ? jp : en)[s->source.status]);
  }
}
void micro_public_text(const struct micro_report *r, enum err_lang lang, struct strbuf *b) {
  const bool ja = lang == LANG_JA;
  const struct micro_recipe *x = r->recipe;
  struct figure risk[RISKS], loss[LOSSES];
  risks(r, risk), losses(r, loss);
  strbuf_addf(b, "%s\n%s\n", x->title[ja], x->legal_basis);
  strbuf_addf(b, ja ? "記録 %lld、k = %lld（%s）\n" : "%lld records, k = %lld (%s)\n", (long long)r->after.n_records, (long long)x->k,
      micro_status_name(x->k_source.status));
  strbuf_adds(b, ja ? "手順（割合・量・閾値は公表しません）\n" : "steps (rates, amounts and thresholds are not published)\n");
  text_steps(x, ja, b);
  strbuf_adds(b, ja ? "処理後のリスク\n" : "risk afterwards\n");
  text_figures(risk, RISKS, ja, b);
  strbuf_adds(b, ja ? "情報損失\n" : "information loss\n");
  text_figures(loss, LOSSES, ja, b);
  strbuf_adds(b, ja ? "含まれない項目\n" : "items that are not here\n");
  for (int k = 0; k < x->n_left_out; k++) strbuf_addf(b, "  %s: %s\n", x->left_out[k], x->left_out_why[k]);
}
