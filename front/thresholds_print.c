#include "front/thresholds_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "secure-store/cmd_store_open.h"

enum { N_SHARES = 6, CURVE_POINTS = 40 };
static const int SHARES[N_SHARES] = {0, 2, 5, 10, 20, 50}; /* per cent of the records */

/* --- thresholds --- */
bool thresholds_least(const struct thresholds *t, const struct str *name, double *out) {
  bool has = false;
  for (int i = 0; i < t->n; i++)
    for (int g = 0; g < t->replays[i].n_groups; g++) {
      const struct replay_group *p = &t->replays[i].groups[g];
      if (!p->domain.has_threshold || (name && !str_eq(*name, p->name))) continue;
      if (!has || p->domain.threshold < *out) *out = p->domain.threshold;
      has = true;
    }
  return has;
}

void thresholds_number(double threshold, char out[40]) {
  const double scaled = floor(threshold * 1e9);
  if (!(scaled < 9e18)) {
    (void)snprintf(out, 40, "%.0f", threshold);
    return;
  }
  const long long whole = scaled < 1 ? 1 : (long long)scaled;
  int n = snprintf(out, 40, "%lld.%09lld", whole / 1000000000, whole % 1000000000);
  while (n > 0 && out[n - 1] == '0')
    out[--n] = 0;
  if (n > 0 && out[n - 1] == '.') out[n - 1] = 0;
}

static double rpb_at(const struct replay_group *g, double share) {
  if (!g->curve.n) return 0;
  return g->curve.rpb[(int64_t)floor(share * (double)g->curve.n)];
}

static double share_of(const struct replay_group *g) {
  const int64_t n = g->domain.n + g->unpredicted;
  return n ? (double)(g->domain.q_stable + g->unpredicted) / (double)n : 0;
}

static double rpb_left(const struct replay_group *g) { return g->curve.n ? g->curve.rpb[g->domain.q_stable] : 0; }

/* "1 = 20 | 2 = 5": every class that needs one, the smallest over the periods, in the order of first meeting. */
static void each_class(const struct thresholds *t, struct strbuf *out) {
  char number[40];
  double least;
  for (int i = 0; i < t->n; i++)
    for (int g = 0; g < t->replays[i].n_groups; g++) {
      const struct str name = t->replays[i].groups[g].name;
      bool before = false;
      for (int k = 0; k < i; k++)
        for (int h = 0; h < t->replays[k].n_groups; h++)
          before = before || str_eq(t->replays[k].groups[h].name, name);
      if (before || !thresholds_least(t, &name, &least)) continue;
      thresholds_number(least, number);
      if (out->n) strbuf_adds(out, " | ");
      strbuf_add(out, name.p, name.n);
      strbuf_adds(out, " = ");
      strbuf_adds(out, number);
    }
}

/* --- text --- */
static void print_lines(struct cli *c, const struct thresholds *t, double least) {
  struct strbuf each;
  char number[40];
  strbuf_init(&each, 0);
  each_class(t, &each);
  thresholds_number(least, number);
  fprintf(cli_out(c), cli_say(c, "for step '%s' of process.json, the smallest over the periods: one for all classes, or one for each\n",
              "process.json の手順「%s」に（期間を通じて最小）: 全区分に一つ、または区分ごと\n"), t->replays[0].step);
  fprintf(cli_out(c), "  \"threshold\": \"%s\"\n  \"thresholds\": \"%s\"\n", number, strbuf_cstr(&each));
  strbuf_release(&each);
}

static void cell(struct text_table *t, const char *format, double x) {
  char text[64];
  (void)snprintf(text, sizeof text, format, x);
  text_table_cell(t, text);
}

static void group_row(struct text_table *t, const struct replay_report *r, const struct replay_group *g) {
  char name[128], number[40] = "-";
  (void)snprintf(name, sizeof name, "%.*s", (int)g->name.n, g->name.p ? g->name.p : "");
  if (g->domain.has_threshold) thresholds_number(g->domain.threshold, number);
  text_table_cell(t, r->period);
  text_table_cell(t, *name ? name : "-");
  cell(t, "%.0f", (double)(g->domain.n + g->unpredicted));
  cell(t, "%.0f", (double)(g->domain.q_stable + g->unpredicted));
  cell(t, "%.1f", 100 * share_of(g));
  text_table_cell(t, number);
  for (int i = 0; i < N_SHARES; i++)
    cell(t, "%.3f", 100 * rpb_at(g, SHARES[i] / 100.0));
  cell(t, "%.3f", 100 * rpb_left(g));
}

static void print_groups(struct cli *c, const struct thresholds *t) {
  const char *heads[] = {cli_say(c, "period", "期間"), cli_say(c, "class", "区分"), cli_say(c, "records", "記録"), cli_say(c, "review", "確認"),
      cli_say(c, "share %", "割合%"), cli_say(c, "threshold", "しきい値"), "0%", "2%", "5%", "10%", "20%", "50%", cli_say(c, "left %", "残り%")};
  enum { COLUMNS = sizeof heads / sizeof *heads };
  struct text_table *out = text_table_new(COLUMNS);
  if (!out) return;
  for (int i = 0; i < COLUMNS; i++) {
    text_table_cell(out, heads[i]);
    if (i > 1) text_table_right(out, i);
  }
  for (int i = 0; i < t->n; i++)
    for (int g = 0; g < t->replays[i].n_groups; g++)
      group_row(out, &t->replays[i], &t->replays[i].groups[g]);
  text_table_print(out, cli_out(c), true);
  text_table_free(out);
}

static void print_bands(struct cli *c, struct thresholds *t) {
  const char *heads[] = {cli_say(c, "score from", "評点（上）"), cli_say(c, "to", "（下）"), cli_say(c, "asked", "照会"), cli_say(c, "confirmed", "確認"),
      cli_say(c, "changed", "訂正"), cli_say(c, "hit rate %", "的中率%")};
  struct recontact_band bands[RECONTACT_BANDS];
  const int n = recontact_bands(&t->found, bands);
  struct text_table *out = n ? text_table_new(6) : NULL;
  if (!out) {
    fputs(cli_say(c, "no query of this step has been asked in these periods\n", "この期間に、この手順の照会はありません\n"), cli_out(c));
    return;
  }
  for (int i = 0; i < 6; i++) {
    text_table_cell(out, heads[i]);
    text_table_right(out, i);
  }
  for (int i = 0; i < n; i++) {
    const int64_t answered = bands[i].by[RECONTACT_CONFIRMED] + bands[i].by[RECONTACT_CHANGED];
    cell(out, "%.4g", bands[i].from);
    cell(out, "%.4g", bands[i].to);
    cell(out, "%.0f", (double)bands[i].asked);
    cell(out, "%.0f", (double)bands[i].by[RECONTACT_CONFIRMED]);
    cell(out, "%.0f", (double)bands[i].by[RECONTACT_CHANGED]);
    if (answered) cell(out, "%.1f", 100 * (double)bands[i].by[RECONTACT_CHANGED] / (double)answered);
    else text_table_cell(out, "-");
  }
  text_table_print(out, cli_out(c), true);
  text_table_free(out);
}

void thresholds_text(struct cli *c, struct thresholds *t) {
  double least;
  fprintf(cli_out(c), cli_say(c, "relative pseudo-bias in %% when the given share of the records is reviewed, largest scores first; limit %g %s\n",
              "評点の大きい順に、示した割合の記録を確認したときの相対疑似偏り（%%）。上限 %g %s\n"),
      t->limit, t->replays[0].of_standard_error ? cli_say(c, "of the standard error", "×標準誤差") : cli_say(c, "of the total", "×総計"));
  print_groups(c, t);
  print_bands(c, t);
  if (!thresholds_least(t, NULL, &least)) {
    fputs(cli_say(c, "no threshold is needed: without any review the pseudo-bias stays within the limit\n",
              "しきい値は不要です（確認しなくても疑似偏りは上限以内）\n"), cli_out(c));
    return;
  }
  print_lines(c, t, least);
}

/* --- JSON --- */
static void json_number(struct json_out *j, const char *key, double x) {
  json_key(j, key);
  json_real(j, x);
}

static void json_group(struct json_out *j, const struct replay_group *g) {
  char number[40];
  json_object(j);
  json_key(j, "class");
  json_text(j, g->name);
  json_put_int(j, "records", g->domain.n + g->unpredicted);
  json_put_int(j, "unpredicted", g->unpredicted);
  json_put_int(j, "review", g->domain.q_stable + g->unpredicted);
  json_number(j, "share", share_of(g));
  json_key(j, "threshold");
  if (g->domain.has_threshold) {
    thresholds_number(g->domain.threshold, number);
    json_cstr(j, number);
  } else json_null(j);
  json_number(j, "rpb_without_review", rpb_at(g, 0));
  json_number(j, "rpb_left", rpb_left(g));
  json_key(j, "curve");
  json_array(j);
  for (int i = 0; i <= CURVE_POINTS && g->curve.n; i++) {
    json_array(j);
    json_real(j, (double)i / CURVE_POINTS);
    json_real(j, rpb_at(g, (double)i / CURVE_POINTS));
    json_end_array(j);
  }
  json_end_array(j);
  json_end_object(j);
}

static void json_bands(struct json_out *j, struct recontact *found) {
  struct recontact_band bands[RECONTACT_BANDS];
  const int n = recontact_bands(found, bands);
  json_key(j, "recontact");
  json_array(j);
  for (int i = 0; i < n; i++) {
    const int64_t answered = bands[i].by[RECONTACT_CONFIRMED] + bands[i].by[RECONTACT_CHANGED];
    json_object(j);
    json_number(j, "score_from", bands[i].from);
    json_number(j, "score_to", bands[i].to);
    json_put_int(j, "asked", bands[i].asked);
    json_put_int(j, "confirmed", bands[i].by[RECONTACT_CONFIRMED]);
    json_put_int(j, "changed", bands[i].by[RECONTACT_CHANGED]);
    json_key(j, "hit_rate");
    if (answered) json_real(j, (double)bands[i].by[RECONTACT_CHANGED] / (double)answered);
    else json_null(j);
    json_end_object(j);
  }
  json_end_array(j);
  json_put_int(j, "recontact_not_found", found->not_found);
}

void thresholds_json(struct cli *c, struct thresholds *t) {
  struct strbuf b, each;
  struct json_out j;
  char number[40];
  double least;
  strbuf_init(&b, 0);
  strbuf_init(&each, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", t->replays[0].survey);
  json_put(&j, "form", t->replays[0].form);
  json_put(&j, "step", t->replays[0].step);
  json_number(&j, "limit", t->limit);
  json_put(&j, "limit_of", t->replays[0].of_standard_error ? "standard_error" : "total");
  json_key(&j, "periods");
  json_array(&j);
  for (int i = 0; i < t->n; i++) {
    json_object(&j);
    json_put(&j, "period", t->replays[i].period);
    json_key(&j, "classes");
    json_array(&j);
    for (int g = 0; g < t->replays[i].n_groups; g++)
      json_group(&j, &t->replays[i].groups[g]);
    json_end_array(&j);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_bands(&j, &t->found);
  json_key(&j, "threshold");
  if (thresholds_least(t, NULL, &least)) {
    thresholds_number(least, number);
    json_cstr(&j, number);
  } else json_null(&j);
  each_class(t, &each);
  json_put(&j, "thresholds", strbuf_cstr(&each));
  strbuf_release(&each);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
