/* quality_text.c -- quality.md: the same as quality.json, to be read by people, in both languages. Made from quality.json alone. */
#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"
#include "secure-store/bundle/quality_report.h"

static const char *const rate_ja[QUALITY_RATES] = {"報告機関の提出率", "客体の回答率", "項目の回答率", "必須検査の不合格率（受領時）", "必須検査の不合格率（処理後）",
    "変更のあった記録の割合", "補完率", "検査の不合格率"};
static const char *const rate_en[QUALITY_RATES] = {"offices that reported", "unit response", "item response",
    "records that failed a hard check, as received", "records that failed a hard check, after processing", "records with a changed value",
    "imputation", "check failure"};

static void percent(struct strbuf *b, double share) { strbuf_addf(b, "%.1f %%", 100 * share); }
static void reason(struct strbuf *b, const struct json_value *v) {
  strbuf_addf(b, "– | – | %s / %s", json_member_string(v, "reason_ja", ""), json_member_string(v, "reason_en", ""));
}
static bool available(const struct json_value *v) {
  bool yes = false;
  return json_boolean(json_member(v, "available"), &yes) && yes;
}
static double real(const struct json_value *v, const char *key) {
  double x = 0;
  (void)json_number(json_member(v, key), &x);
  return x;
}

static void collection(struct strbuf *b, const struct json_value *forms) {
  strbuf_adds(b, "## 収集と処理 / Collection and processing\n\n");
  for (size_t i = 0; i < json_length(forms); i++) {
    const struct json_value *form = json_element(forms, i), *rates = json_member(form, "rates");
    strbuf_addf(b, "### %s\n\n| 指標 | indicator | 率 rate | 加重 weighted | 件数 counts |\n|---|---|---|---|---|\n", json_member_string(form, "form", ""));
    for (int k = 0; k < QUALITY_RATES; k++) {
      const struct json_value *r = json_member(rates, quality_rate_names[k]);
      strbuf_addf(b, "| %s | %s | ", rate_ja[k], rate_en[k]);
      if (!available(r)) reason(b, r);
      else {
        percent(b, real(r, "rate"));
        strbuf_adds(b, " | ");
        if (json_member(r, "weighted_rate")) percent(b, real(r, "weighted_rate"));
        else strbuf_adds(b, "–");
        strbuf_addf(b, " | %lld / %lld", (long long)json_member_int(r, "part", 0), (long long)json_member_int(r, "whole", 0));
      }
      strbuf_adds(b, " |\n");
    }
    strbuf_addc(b, '\n');
  }
}

static void cv_cells(struct strbuf *b, const struct json_value *cv) {
  if (!available(cv)) {
    strbuf_adds(b, " – | – | – | – |");
    return;
  }
  strbuf_addc(b, ' ');
  percent(b, real(cv, "median"));
  strbuf_adds(b, " | ");
  percent(b, real(cv, "p75"));
  strbuf_adds(b, " | ");
  percent(b, real(cv, "max"));
  strbuf_addf(b, " | %lld |", (long long)json_member_int(cv, "over_20_percent", 0));
}
static void tables(struct strbuf *b, const struct json_value *list) {
  strbuf_adds(b, "## 統計表 / Tables\n\n| 表 table | 測定項目 measure | 数値 figures | 表章 shown | 秘匿 suppressed | 信頼性不足 unreliable |"
                 " cv 中央値 median | cv p75 | cv 最大 max | cv > 20 % |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *t = json_element(list, i), *measures = json_member(t, "measures");
    for (size_t k = 0; k < json_length(measures); k++) {
      const struct json_value *m = json_element(measures, k);
      strbuf_addf(b, "| %s | %s | %lld | %lld | %lld | %lld |", json_member_string(t, "table", ""), json_member_string(m, "measure", ""),
          (long long)json_member_int(m, "figures", 0), (long long)json_member_int(m, "shown", 0), (long long)json_member_int(m, "suppressed", 0),
          (long long)json_member_int(m, "unreliable", 0));
      cv_cells(b, json_member(m, "cv"));
      strbuf_addc(b, '\n');
    }
  }
  strbuf_addc(b, '\n');
}

static void dates(struct strbuf *b, const struct json_value *root) {
  const struct json_value *editions = json_member(root, "editions"), *p = json_member(root, "punctuality");
  strbuf_adds(b, "## 版と公表日 / Editions and dates\n\n");
  strbuf_addf(b, "他の版 / other editions: %s / %s\n", json_member_string(editions, "reason_ja", ""), json_member_string(editions, "reason_en", ""));
  if (available(p))
    strbuf_addf(b, "\n公表日時 / release date: %s (期間の末日から %lld 日 / days after the period)\n", json_member_string(p, "release_date", ""),
        (long long)json_member_int(p, "days_after_period", 0));
  else strbuf_addf(b, "\n公表日時 / release date: %s / %s\n", json_member_string(p, "reason_ja", ""), json_member_string(p, "reason_en", ""));
}

enum err_code quality_text(struct arena *a, struct str json, struct str *out, struct err *e) {
  struct json_document *d = NULL;
  struct strbuf b;
  TRY(json_parse("quality.json", json.p, json.n, &d, e));
  const struct json_value *root = json_root(d);
  strbuf_init(&b, 0);
  strbuf_addf(&b, "# 品質報告 / Quality report: %s %s\n\n", json_member_string(root, "survey", ""), json_member_string(root, "period", ""));
  collection(&b, json_member(root, "collection"));
  tables(&b, json_member(root, "tables"));
  dates(&b, root);
  const char *copy = b.failed ? NULL : arena_strdup(a, b.p, b.n);
  *out = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  json_release(d);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = "quality");
}
