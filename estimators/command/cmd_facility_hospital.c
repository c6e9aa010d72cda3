/* cmd_facility_hospital.c -- estimate facility occupancy, stay, balance: the Hospital Report. */
#include <stdio.h>

#include "base/term.h"
#include "estimators/command/cmd_facility_coverage.h"
#include "estimators/table/chart/chart.h"

static void warn_balance(struct cli *c, const struct facility_reports *w, bool *look) {
  const int64_t off = w->balance.n[BALANCE_DIFFERENCE] + w->balance.n[BALANCE_MORE_LEFT], still = w->balance.n[BALANCE_STILL];
  if (off) facility_warn(c, E_FACILITY_BALANCE, off);
  if (still) facility_warn(c, E_FACILITY_OPEN_STAYS, still);
  *look = *look || off || still;
}

/* --- occupancy --- */
enum { DRAWN = 5 };
static enum err_code draw_occupancy(struct cli *c, const struct facility_reports *w, struct err *e) {
  static const int drawn[DRAWN] = {HOSPITAL_TOTAL, HOSPITAL_PSY, HOSPITAL_TB, HOSPITAL_LT, HOSPITAL_GEN};
  struct chart_series series[DRAWN];
  struct strbuf b;
  for (int k = 0; k < DRAWN; k++) {
    struct chart_point *p = ARENA_ARRAY(cli_job(c)->arena, struct chart_point, w->span.n + 1);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = "chart");
    for (int32_t m = 0; m < w->span.n; m++) {
      struct hospital_figures f;
      hospital_figures_of(&w->totals, m, m, 0, drawn[k], &f);
      p[m] = (struct chart_point){
          .label = w->span.month[m].p, .value = f.occupancy.value, .state = f.occupancy.defined ? CHART_SHOWN : CHART_UNDEFINED};
    }
    series[k] = (struct chart_series){cli_say(c, hospital_class_en[drawn[k]], hospital_class_ja[drawn[k]]), p, w->span.n};
  }
  const struct chart_frame f = {.id = "occupancy",
      .title = cli_say(c, "Bed occupancy at the end of the month", "月末病床利用率"),
      .subtitle = "",
      .unit = "%",
      .x_title = "",
      .y_title = "",
      .source = w->source.name,
      .lang = cli_lang(c),
      .decimals = 1};
  strbuf_init(&b, 0);
  return facility_print_chart(c, &b, chart_lines(&f, series, DRAWN, &b, e), e);
}
/* What is missing from the full count is said with the figures. */
static enum err_code print_covered(struct cli *c, struct store *s, const struct facility_reports *w, int64_t gaps,
    struct result_table *t, bool *look, struct err *e) {
  struct facility_coverage k;
  int64_t fewer;
  TRY(facility_coverage_of(c, s, w, &k, e));
  facility_coverage_note(&k, t);
  TRY(facility_fewer_months(c, w, t, &fewer, e));
  *look = *look || k.n_reported < k.n_open || gaps || fewer;
  return facility_print(c, t, "hospital_report", "patient", w->from_store, e);
}
static int64_t occupancy_gaps(const struct facility_reports *w, struct result_table *t) {
  return hospital_gap_notes(&w->totals, HOSPITAL_GAP_DAYS, t) + hospital_gap_notes(&w->totals, HOSPITAL_GAP_OCCUPANCY, t)
         + hospital_gap_notes(&w->totals, HOSPITAL_GAP_VISITS, t);
}
enum err_code facility_do_occupancy(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct facility_reports *w;
  struct result_table *t;
  TRY(facility_reports_read(c, s, &w, e));
  warn_balance(c, w, look);
  if (cli_flag(c, "svg")) {
    *look = *look || occupancy_gaps(w, NULL);
    return draw_occupancy(c, w, e);
  }
  if (w->span.year && !cli_flag(c, "months")) TRY(hospital_year_table(a, &w->totals, &w->labels, &t, e));
  else TRY(hospital_occupancy_table(a, &w->totals, &w->labels, &t, e));
  return print_covered(c, s, w, occupancy_gaps(w, t), t, look, e);
}
enum err_code facility_do_stay(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct facility_reports *w;
  struct result_table *t;
  TRY(facility_reports_read(c, s, &w, e));
  warn_balance(c, w, look);
  TRY(hospital_stay_table(cli_job(c)->arena, &w->totals, &w->labels, w->span.year && !cli_flag(c, "months"), &t, e));
  const int64_t gaps = hospital_gap_notes(&w->totals, HOSPITAL_GAP_STAY, t);
  return print_covered(c, s, w, gaps, t, look, e);
}

/* --- balance: which reports, by number of the facility --- */
static void balance_json(const struct facility_reports *w, struct json_out *j) {
  const struct balance_report *b = &w->balance;
  json_object(j);
  json_put_int(j, "checked", b->n_checked), json_put_int(j, "no_prior", b->n_no_prior), json_put_int(j, "missing", b->n_missing);
  for (int k = 0; k < BALANCE_KINDS; k++) json_put_int(j, balance_name[k], b->n[k]);
  json_key(j, "findings");
  json_array(j);
  for (int64_t i = 0; i < b->n_kept; i++) {
    const struct balance_finding *f = &b->finding[i];
    json_object(j);
    json_put(j, "facility", w->id[f->row].p), json_put(j, "month", w->span.month[w->r.month[f->row]].p);
    json_put(j, "bed_type", hospital_column_name[f->column]), json_put(j, "finding", balance_name[f->kind]);
    json_put_int(j, "should", f->should), json_put_int(j, "is", f->is);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}
static void balance_lines(struct cli *c, const struct facility_reports *w, struct text_table *x) {
  char number[32];
  for (int64_t i = 0; i < w->balance.n_kept; i++) {
    const struct balance_finding *f = &w->balance.finding[i];
    text_table_cell(x, w->id[f->row].p);
    text_table_cell(x, w->span.month[w->r.month[f->row]].p);
    text_table_cell(x, facility_word(c, hospital_column_name[f->column]));
    text_table_cell(x, facility_word(c, balance_name[f->kind]));
    snprintf(number, sizeof number, "%lld", (long long)f->should), text_table_cell(x, number);
    snprintf(number, sizeof number, "%lld", (long long)f->is), text_table_cell(x, number);
  }
}
static enum err_code balance_text(struct cli *c, const struct facility_reports *w, struct err *e) {
  static const char *const heads[6] = {"facility", "month", "bed_type", "finding", "should", "is"};
  const struct balance_report *b = &w->balance;
  struct text_table *x = text_table_new(6);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "balance");
  for (int k = 0; k < 6; k++) text_table_cell(x, facility_word(c, heads[k]));
  text_table_right(x, 4), text_table_right(x, 5);
  balance_lines(c, w, x);
  if (b->n_kept) text_table_print(x, cli_out(c), true);
  text_table_free(x);
  fprintf(cli_out(c),
      cli_say(c, "%lld checked, %lld without a month before, %lld with a missing item; ",
          "検査 %lld 件、前月なし %lld 件、欠測 %lld 件。"),
      (long long)b->n_checked, (long long)b->n_no_prior, (long long)b->n_missing);
  fprintf(cli_out(c), cli_say(c, "%lld differences, %lld where more left than there were, %lld without movement for three months\n",
              "不一致 %lld 件、いた数より多い退院・転出 %lld 件、3か月入退院なし %lld 件\n"),
      (long long)b->n[BALANCE_DIFFERENCE], (long long)b->n[BALANCE_MORE_LEFT], (long long)b->n[BALANCE_STILL]);
  if (!b->n_checked)
    fputs(cli_say(c, "nothing was checked: no report has a month before it; give the months with --from MONTH\n",
              "何も検査していません：前月のある報告がありません。--from で前の月から指定してください\n"),
        cli_out(c));
  return E_OK;
}
enum err_code facility_do_balance(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct facility_reports *w;
  struct strbuf b;
  struct json_out j;
  TRY(facility_reports_read(c, s, &w, e));
  *look = w->balance.n[BALANCE_DIFFERENCE] + w->balance.n[BALANCE_MORE_LEFT] + w->balance.n[BALANCE_STILL] > 0
          || !w->balance.n_checked; /* nothing checked is not in order */
  if (!cli_json(c)) return balance_text(c, w, e);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  balance_json(w, &j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
