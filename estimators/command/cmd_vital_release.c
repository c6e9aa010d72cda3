/* cmd_vital_release.c -- estimate vital check, revision: the line 速報, 概数, 確定数 of a totals file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_vital.h"

static const struct vital_release *of_status(const struct vital_release *all, int n, const struct vital_release *like, enum vital_status s) {
  for (int i = 0; i < n; i++)
    if (all[i].year == like->year && all[i].month == like->month && all[i].status == s) return &all[i];
  return NULL;
}
static const char *area_name(struct cli *c, int area, char *b, size_t size) {
  if (area == 0) return cli_say(c, "nation", "全国");
  if (area == VITAL_AREA_ABROAD) return cli_say(c, "abroad", "外国");
  if (area == VITAL_AREA_UNKNOWN) return cli_say(c, "unknown", "不詳");
  snprintf(b, size, "%02d", area);
  return b;
}
static const char *period_of(const struct vital_release *r, char *b, size_t size) {
  if (r->month) snprintf(b, size, "%lld-%02lld", (long long)r->year, (long long)r->month);
  else snprintf(b, size, "%lld", (long long)r->year);
  return b;
}

/* --- cross-checks --- */
static void findings(struct cli *c, const struct vital_release *r, const struct vital_check_report *k) {
  char period[32], area[32];
  FILE *to = cli_out(c);
  fprintf(to, cli_say(c, "%s %s: %lld checks, %lld failed, %lld to look at\n", "%s %s: 突合 %lld 件、不一致 %lld 件、要確認 %lld 件\n"),
      period_of(r, period, sizeof period), cli_say(c, vital_status_name[r->status], vital_status_ja[r->status]), (long long)k->n_checked,
      (long long)k->n_failed, (long long)k->n_soft);
  for (int64_t i = 0; i < k->n_failed + k->n_soft && i < VITAL_FINDINGS_MOST; i++) {
    const struct vital_finding *f = &k->finding[i];
    fprintf(to, "  %s  %s  %s: %lld / %lld%s\n", area_name(c, f->area, area, sizeof area), vital_item_name[f->item], f->check, (long long)f->left,
        (long long)f->right, f->soft ? cli_say(c, "  (look)", "  （確認）") : "");
  }
}
static int by_period(const void *x, const void *y) {
  const struct vital_release *a = *(const struct vital_release *const *)x, *b = *(const struct vital_release *const *)y;
  if (a->year != b->year) return a->year < b->year ? -1 : 1;
  if (a->month != b->month) return a->month < b->month ? -1 : 1;
  return (int)a->status - (int)b->status;
}
static void check_json(struct json_out *j, const struct vital_release *r, const struct vital_check_report *k) {
  json_object(j);
  json_put_int(j, "year", r->year), json_put_int(j, "month", r->month);
  json_put(j, "status", vital_status_name[r->status]);
  json_put_int(j, "checked", k->n_checked), json_put_int(j, "failed", k->n_failed), json_put_int(j, "to_look_at", k->n_soft);
  json_key(j, "findings");
  json_array(j);
  for (int64_t i = 0; i < k->n_failed + k->n_soft && i < VITAL_FINDINGS_MOST; i++) {
    const struct vital_finding *f = &k->finding[i];
    json_object(j);
    json_put(j, "check", f->check), json_put(j, "item", vital_item_name[f->item]);
    json_put_int(j, "area", f->area), json_put_int(j, "left", f->left), json_put_int(j, "right", f->right);
    json_key(j, "soft"), json_bool(j, f->soft);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}
enum err_code vital_do_check(struct cli *c, bool *look, struct err *e) {
  struct vital_release *all;
  struct vital_check_report *k = ARENA_NEW(cli_job(c)->arena, struct vital_check_report);
  struct strbuf b;
  struct json_out j;
  int n;
  if (!k) return ERR(e, E_NO_MEMORY, .subject = "vital check");
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  const struct vital_release **order = ARENA_ARRAY(cli_job(c)->arena, const struct vital_release *, n + 1);
  if (!order) return ERR(e, E_NO_MEMORY, .subject = "vital check");
  for (int i = 0; i < n; i++) order[i] = &all[i];
  qsort(order, (size_t)n, sizeof *order, by_period);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < n; i++) {
    vital_release_check(order[i], of_status(all, n, order[i], VITAL_APPROXIMATE), -1, k);
    *look = *look || k->n_failed || k->n_soft;
    if (cli_json(c)) check_json(&j, order[i], k);
    else findings(c, order[i], k);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  if (cli_json(c)) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return E_OK;
}

/* --- revisions --- */
static void revision_rows(struct cli *c, struct text_table *x, const struct vital_release *old, const struct vital_release *new) {
  char b[64], period[32];
  for (int area = 0; area < VITAL_AREAS; area++)
    for (int i = 0; i < VITAL_ITEMS; i++) {
      if (!old->known[area][i] || !new->known[area][i]) continue;
      const int64_t was = old->n[area][i], is = new->n[area][i];
      text_table_cell(x, period_of(new, period, sizeof period));
      text_table_cell(x, area_name(c, area, b, sizeof b));
      text_table_cell(x, vital_item_name[i]);
      snprintf(b, sizeof b, "%s>%s", cli_say(c, vital_status_name[old->status], vital_status_ja[old->status]),
          cli_say(c, vital_status_name[new->status], vital_status_ja[new->status]));
      text_table_cell(x, b);
      snprintf(b, sizeof b, "%lld", (long long)was), text_table_cell(x, b);
      snprintf(b, sizeof b, "%lld", (long long)is), text_table_cell(x, b);
      snprintf(b, sizeof b, "%+lld", (long long)(is - was)), text_table_cell(x, b);
      if (was) snprintf(b, sizeof b, "%+.4f%%", 100.0 * (double)(is - was) / (double)was);
      text_table_cell(x, was ? b : "");
    }
}
enum err_code vital_do_revision(struct cli *c, bool *look, struct err *e) {
  static const char *const heads[8][2] = {{"period", "期間"}, {"area", "地域"}, {"item", "項目"}, {"status", "段階"}, {"old", "旧"}, {"new", "新"},
      {"difference", "差"}, {"relative", "比率"}};
  struct vital_release *all;
  int n;
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  struct text_table *x = text_table_new(8);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "vital revision");
  for (int k = 0; k < 8; k++) {
    text_table_cell(x, heads[k][cli_lang(c) == LANG_JA]);
    if (k > 3) text_table_right(x, k);
  }
  enum err_code code = E_OK;
  for (int i = 0; i < n && !code; i++) {
    enum vital_status published[VITAL_STATUSES];
    const struct vital_release *last = NULL;
    int m = 0;
    for (int s = 0; s < (int)all[i].status; s++) {
      const struct vital_release *r = of_status(all, n, &all[i], (enum vital_status)s);
      if (r) published[m++] = (enum vital_status)s, last = r;
    }
    if (!last) continue; /* the first release of a period that the file holds */
    code = vital_release_follows(published, m, all[i].status, e);
    if (!code) revision_rows(c, x, last, &all[i]);
  }
  if (!code) text_table_print(x, cli_out(c), true);
  text_table_free(x);
  (void)look;
  return code;
}
