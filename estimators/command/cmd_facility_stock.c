/* cmd_facility_stock.c -- estimate facility stock, notices, reconcile: the stock of medical institutions carried forward, and against the static
 * survey. */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_facility_medical.h"
#include "estimators/table/chart/chart.h"

struct stock_work {
  struct facility_span span;
  struct stock_facility *registered;
  int64_t n_registered;
  struct facility_notices notices;
  struct stock_result r;
};
static enum err_code roll_forward(struct cli *c, struct store *s, struct stock_work *w, bool with_notices, struct err *e) {
  const char *survey = w->span.survey;
  TRY(facility_read_register(c, s, survey, w->span.month[0], &w->registered, &w->n_registered, e));
  if (with_notices) TRY(facility_read_notices(c, s, survey, w->span.month, w->span.n, &w->notices, e));
  return facility_stock(cli_job(c)->arena, w->registered, w->n_registered, w->notices.row, w->notices.n, w->span.n, &w->r, e);
}
static enum err_code prepare(struct cli *c, struct store *s, struct stock_work **out, struct err *e) {
  struct stock_work *w = *out = ARENA_NEW(cli_job(c)->arena, struct stock_work);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "stock");
  TRY(facility_span_of(c, true, &w->span, e));
  return roll_forward(c, s, w, true, e);
}

/* Change since the start: hospitals and clinics differ too much in number for one scale. */
static enum err_code draw_stock(struct cli *c, const struct stock_work *w, struct err *e) {
  struct chart_series series[STOCK_KINDS];
  struct strbuf b;
  int n = 0;
  for (int k = 1; k <= STOCK_KINDS; k++) {
    const int64_t start = stock_flow_at(&w->r, 0, k)->start;
    struct chart_point *p = ARENA_ARRAY(cli_job(c)->arena, struct chart_point, w->span.n + 2);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = "chart");
    p[0] = (struct chart_point){.label = cli_say(c, "start", "期首"), .value = 0};
    bool any = start > 0;
    for (int32_t m = 0; m < w->span.n; m++) {
      const int64_t end = stock_flow_at(&w->r, m, k)->end;
      any = any || end > 0;
      p[m + 1] = (struct chart_point){.label = w->span.month[m].p, .value = (double)(end - start)};
    }
    if (any) series[n++] = (struct chart_series){cli_say(c, stock_kind_en[k], stock_kind_ja[k]), p, w->span.n + 1};
  }
  const struct chart_frame f = {.id = "stock",
      .title = cli_say(c, "Open medical institutions: change since the start", "活動中の医療施設数：期首からの増減"),
      .subtitle = "",
      .unit = cli_say(c, "institutions", "施設"),
      .x_title = "",
      .y_title = "",
      .source = "",
      .lang = cli_lang(c),
      .decimals = 0};
  strbuf_init(&b, 0);
  return facility_print_chart(c, &b, chart_lines(&f, series, n, &b, e), e);
}
static void note_outside(const struct stock_work *w, struct result_table *t) {
  if (w->notices.n_outside)
    result_note(t, arena_printf(t->arena, "%lld notices of other months in the files are left out", (long long)w->notices.n_outside));
}
enum err_code facility_do_stock(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct stock_work *w;
  struct result_table *t;
  TRY(prepare(c, s, &w, e));
  if (w->r.n_refused) facility_warn(c, E_FACILITY_CHARGED, w->r.n_refused);
  *look = w->r.n_refused > 0;
  if (cli_flag(c, "svg")) return draw_stock(c, w, e);
  if (!strcmp(cli_text(c, "table"), "beds")) TRY(stock_beds_table(cli_job(c)->arena, &w->r, w->span.month, &t, e));
  else TRY(stock_table(cli_job(c)->arena, &w->r, w->span.month, &t, e));
  note_outside(w, t);
  return facility_print(c, t, "medical_facility", "notice", s != NULL, e);
}

/* --- notices that do not fit --- */
static void finding_json(const struct stock_work *w, struct json_out *j) {
  json_array(j);
  for (int64_t i = 0; i < w->r.n_findings; i++) {
    const struct stock_finding *f = &w->r.finding[i];
    json_object(j);
    json_put(j, "facility", w->notices.id[f->row].p), json_put(j, "month", w->span.month[f->month].p);
    json_key(j, "notice_kind"), json_text(j, w->notices.kind[f->row]);
    json_put(j, "reason", stock_reason_name[f->reason]);
    json_key(j, "carried"), json_bool(j, f->reason == STOCK_BEFORE_DIFFERS);
    json_end_object(j);
  }
  json_end_array(j);
}
static enum err_code finding_text(struct cli *c, const struct stock_work *w, struct err *e) {
  static const char *const heads[5] = {"facility", "month", "notice_kind", "reason", "carried"};
  struct text_table *x = text_table_new(5);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "notices");
  for (int k = 0; k < 5; k++) text_table_cell(x, facility_word(c, heads[k]));
  for (int64_t i = 0; i < w->r.n_findings; i++) {
    const struct stock_finding *f = &w->r.finding[i];
    char kind[8];
    const struct str k = w->notices.kind[f->row];
    snprintf(kind, sizeof kind, "%.*s", (int)k.n, k.p);
    text_table_cell(x, w->notices.id[f->row].p);
    text_table_cell(x, w->span.month[f->month].p);
    text_table_cell(x, kind);
    text_table_cell(x, facility_word(c, stock_reason_name[f->reason]));
    text_table_cell(x, f->reason == STOCK_BEFORE_DIFFERS ? cli_say(c, "yes", "はい") : cli_say(c, "no", "いいえ"));
  }
  if (w->r.n_findings) text_table_print(x, cli_out(c), true);
  text_table_free(x);
  fprintf(cli_out(c),
      cli_say(c, "%lld notices, %lld refused, %lld with other beds before\n",
          "届出 %lld 件、不採用 %lld 件、変更前病床の相違 %lld 件\n"),
      (long long)w->notices.n, (long long)w->r.n_refused, (long long)(w->r.n_findings - w->r.n_refused));
  if (w->notices.n_outside) 
    fprintf(cli_out(c),
        cli_say(c, "%lld notices of other months in the files are left out\n", "ファイル中の範囲外の月の届出 %lld 件は除きました\n"),
        (long long)w->notices.n_outside);
  return E_OK;
}
enum err_code facility_do_notices(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct stock_work *w;
  struct strbuf b;
  struct json_out j;
  TRY(prepare(c, s, &w, e));
  *look = w->r.n_findings > 0;
  if (!cli_json(c)) return finding_text(c, w, e);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  finding_json(w, &j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

/* A figure that is not there is no 0: the facility has to be asked first. */
static enum err_code beds_complete(const struct facility_static *fixed, struct err *e) {
  for (int64_t i = 0; i < fixed->n; i++)
    if (fixed->beds_missing[i] && fixed->row[i].state == STOCK_OPEN)
      return facility_wrong(&fixed->source, i, fixed->row[i].id, "beds", "beds of every type of an open institution", "nothing", e);
  return E_OK;
}
/* --- reconcile: the register of the month --from, the notices up to September, the static survey --- */
static enum err_code months_to_october(struct cli *c, const struct facility_span *year, struct facility_span *out, bool *notices, struct err *e) {
  struct period y, p;
  const char *from = cli_text(c, "from");
  char text[16];
  if (!period_parse(year->month[0], &y)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = year->month[0].p, .expected = "a year");
  p = (struct period){PERIOD_MONTH, y.year, 10};
  if (from && (!period_parse(str_of(from), &p) || p.kind != PERIOD_MONTH))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "a month");
  const struct period october = {PERIOD_MONTH, y.year, 10};
  if (period_first_day(&p) > period_first_day(&october))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "a month not after October of the year");
  *notices = period_first_day(&p) < period_first_day(&october);
  if (!*notices && cli_repeat_count(c, "notices"))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--notices", .expected = "--from a month before October: the register of October needs no notices");
  *out = (struct facility_span){.survey = year->survey};
  do {
    period_format(&p, text);
    if (out->n == FACILITY_PARTS_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "at most 240 months");
    const char *copy = arena_strdup(cli_job(c)->arena, text, strlen(text));
    if (!copy) return ERR(e, E_NO_MEMORY, .subject = text);
    out->month[out->n++] = str_of(copy);
    p = p.part == 12 ? (struct period){PERIOD_MONTH, p.year + 1, 1} : (struct period){PERIOD_MONTH, p.year, p.part + 1};
  } while (period_first_day(&p) < period_first_day(&october));
  return E_OK;
}
static void list_differences(struct cli *c, const struct reconcile_result *r) {
  FILE *to = cli_out(c);
  for (int64_t i = 0; i < r->n; i++) {
    const struct reconcile_difference *d = &r->difference[i];
    fprintf(to, "%.*s  %s", (int)d->id.n, d->id.p, cli_say(c, reconcile_name[d->reason], reconcile_ja[d->reason]));
    if (d->reason == RECONCILE_BEDS) fprintf(to, "  %s: %lld / %lld", facility_word(c, stock_bed_name[d->bed]), (long long)d->roll_beds,
          (long long)d->static_beds);
    if (d->reason == RECONCILE_STATE) fprintf(to, ": %d / %d", d->roll_state, d->static_state);
    if (d->reason == RECONCILE_KIND) fprintf(to, ": %d / %d", d->roll_kind, d->static_kind);
    fputc('\n', to);
  }
}
enum err_code facility_do_reconcile(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct facility_span *year = ARENA_NEW(a, struct facility_span);
  struct stock_work *w = ARENA_NEW(a, struct stock_work);
  struct facility_static *fixed = ARENA_NEW(a, struct facility_static);
  struct reconcile_result r;
  struct result_table *t;
  bool notices = false;
  if (!w || !fixed || !year) return ERR(e, E_NO_MEMORY, .subject = "reconcile");
  TRY(facility_span_of(c, false, year, e));
  TRY(months_to_october(c, year, &w->span, &notices, e));
  TRY(roll_forward(c, s, w, notices, e));
  TRY(facility_read_static(c, s, year, fixed, e));
  TRY(beds_complete(fixed, e));
  TRY(facility_reconcile(a, w->r.facility, w->r.n_facilities, fixed->row, fixed->n, &r, e));
  *look = r.n > 0 || w->r.n_refused > 0;
  if (w->r.n_refused) facility_warn(c, E_FACILITY_CHARGED, w->r.n_refused);
  if (cli_flag(c, "list") && !cli_json(c)) return list_differences(c, &r), E_OK;
  TRY(reconcile_table(a, &r, &t, e));
  note_outside(w, t);
  return facility_print(c, t, "medical_facility", "static", s != NULL, e);
}
