/* Result tables of 940 x 8 rows and 4 measures with intervals: written as long CSV and JSON, read back, digest, rule, comparison, picture; processor
 * time, beside the floor of formatting the same numbers with printf. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "estimators/table/chart/chart_result.h"
#include "estimators/table/publication_rule.h"
#include "estimators/table/revision.h"
#include "estimators/table/table_digest.h"

enum { AREAS = 940, KINDS = 8, MEASURES = 4, ROWS = AREAS * KINDS };

static double seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}

static void say(const char *what, double from, double floor_s) {
  struct rusage u;
  double s = seconds() - from;
  getrusage(RUSAGE_SELF, &u);
  printf("%-34s %8.4f s %12.0f figures/s %6.1f x floor %6ld MB\n", what, s, ROWS * MEASURES / (s > 0 ? s : 1e-9), s / floor_s, u.ru_maxrss / 1024);
}

static bool make(struct arena *a, struct result_table **out) {
  static const char *const names[] = {"mean(income)", "total(income)", "ratio(food,income)", "count()"};
  struct result_table *t;
  if (result_table_new(a, "income", ROWS, 2, MEASURES, &t, NULL)) return false;
  t->dimensions[0].name = "area", t->dimensions[1].name = "type";
  for (int64_t i = 0; i < ROWS; i++) {
    const char *area = arena_printf(a, "%05lld", (long long)(i / KINDS)), *type = arena_printf(a, "%lld", (long long)(i % KINDS));
    if (!area || !type) return false;
    t->dimensions[0].code[i] = str_of(area), t->dimensions[1].code[i] = str_of(type), t->n[i] = 10 + i % 90;
  }
  for (int k = 0; k < MEASURES; k++) {
    struct result_measure *m = &t->measures[k];
    if (result_keep_precision(t, k, 0.95, NULL)) return false;
    m->name = names[k], m->decimals = -1;
    for (int64_t i = 0; i < ROWS; i++) {
      m->value[i] = 1000.0 / 7 * (double)(1 + (i * 7919 + k) % 997), m->se[i] = m->value[i] / (double)(2 + i % 30),
      m->cv[i] = 1.0 / (double)(2 + i % 30);
      m->df[i] = 40, m->has_se[i] = m->has_interval[i] = m->has_deff[i] = 1, m->deff[i] = 1.0 / 3;
      m->low[i] = m->value[i] - 2 * m->se[i], m->high[i] = m->value[i] + 2 * m->se[i];
    }
  }
  *out = t;
  return true;
}

static double floor_seconds(const struct result_table *t) {
  char b[64];
  size_t sum = 0;
  double from = seconds();
  for (int k = 0; k < MEASURES; k++)
    for (int64_t i = 0; i < ROWS; i++) {
      const double v[] = {
          t->measures[k].value[i], t->measures[k].se[i], t->measures[k].cv[i], t->measures[k].low[i], t->measures[k].high[i], t->measures[k].deff[i]};
      for (int j = 0; j < 6; j++) sum += (size_t)snprintf(b, sizeof b, "%.17g", v[j]);
    }
  double s = seconds() - from;
  printf("%-34s %8.4f s %zu bytes\n", "floor: six numbers by printf", s, sum);
  return s > 0 ? s : 1e-9;
}

int main(void) {
  struct arena *a = arena_new(0);
  struct result_table *t;
  struct result_document d;
  struct revision r;
  struct strbuf csv, json, bytes, svg;
  struct json_out j;
  struct err e = {0};
  if (!a || !make(a, &t)) return 70;
  strbuf_init(&csv, 0), strbuf_init(&json, 0), strbuf_init(&bytes, 0), strbuf_init(&svg, 0);
  const double least = floor_seconds(t);
  double from = seconds();
  result_csv_long(t, &csv), say("long CSV", from, least), from = seconds();
  t->digest = "";
  json_begin(&j, &json, false), result_json(t, &j), say("JSON", from, least), from = seconds();
  result_canonical(t, &bytes), say("bytes of the digest", from, least), from = seconds();
  if (result_read(a, "json", json.p, json.n, &d, &e)) return 70;
  say("JSON read", from, least), from = seconds();
  const struct result_table *back = d.tables[0];
  if (result_read(a, "csv", csv.p, csv.n, &d, &e)) return 70;
  say("long CSV read", from, least), from = seconds();
  const struct revision_options o = {0};
  if (revision_compare(a, t, back, &o, &r, &e) || r.summary.n_same != ROWS * MEASURES) return 70;
  say("two tables compared", from, least), from = seconds();
  const struct publication_rule rule = {.name = "r",
      .n_levels = 1,
      .level = {{.present = true, .limit = 33.3, .mark = "F", .ja = "", .en = "", .action = PUBLISH_REPLACE, .reason = "cv"}}};
  struct publication_report report;
  if (publication_rule_apply(&rule, t, &report, &e)) return 70;
  say("publication rule", from, least), from = seconds();
  const struct chart_request q = {.kind = CHART_LINE, .by = "type", .lang = LANG_EN};
  const struct result_table *const list[] = {t};
  if (chart_of_results(a, list, 1, &q, &svg, &e) && e.code != E_CHART_TOO_MANY) return 70;
  const struct chart_request few = {.kind = CHART_LINE, .by = "", .n_where = 1, .where = {{"type", STR("3")}}, .lang = LANG_EN};
  if (!svg.n && chart_of_results(a, list, 1, &few, &svg, &e)) return 70;
  say("a line of 940 points drawn", from, least);
  strbuf_release(&csv), strbuf_release(&json), strbuf_release(&bytes), strbuf_release(&svg);
  arena_free(a);
  return 0;
}
