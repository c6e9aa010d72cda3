/* cmd_facility_reports.c -- see cmd_facility_reports.h. */
#include "estimators/command/cmd_facility_reports.h"

#include <stdio.h>
#include <string.h>

struct columns { /* over all records of the source */
  int64_t *value[HOSPITAL_COLUMNS][HOSPITAL_FIELDS], *outpatients;
  uint8_t *status[HOSPITAL_COLUMNS][HOSPITAL_FIELDS], *outpatients_status;
  int32_t *facility, *area, *month, *days;
  uint8_t *clinic;
};

static enum err_code open_reports(struct cli *c, struct store *s, struct facility_reports *w, struct err *e) {
  TRY(facility_span_of(c, true, &w->span, e));
  TRY(facility_open(c, s ? w->span.survey : "hospital_report", "patient", &w->source, e));
  w->from_store = s != NULL;
  for (int i = 0; s && i < w->span.n; i++) TRY(facility_add_store(&w->source, s, w->span.survey, w->span.month[i].p, e));
  for (int i = 0; !s && i < cli_repeat_count(c, "patients"); i++) TRY(facility_add_file(&w->source, cli_repeat(c, "patients", i), e));
  return w->source.n_parts ? E_OK
                           : ERR(e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = "SURVEY PERIOD, or --patients FILE --period");
}
static enum err_code read_columns(const struct facility_reports *w, struct columns *k, struct err *e) {
  char item[32];
  for (int h = 0; h < HOSPITAL_COLUMNS; h++)
    for (int f = 0; f < HOSPITAL_FIELDS; f++) {
      snprintf(item, sizeof item, "%s_%s", hospital_field_name[f], hospital_column_name[h]);
      TRY(facility_number(&w->source, item, h != HOSPITAL_CARE && f != HOSPITAL_BEGIN, &k->value[h][f], &k->status[h][f], e));
    }
  return facility_number(&w->source, "outpatients", false, &k->outpatients, &k->outpatients_status, e);
}
static enum err_code read_labels(struct cli *c, struct facility_reports *w, struct columns *k, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str *prefecture, *kind, *ignored;
  k->facility = ARENA_ARRAY(a, int32_t, w->source.n + 1);
  k->area = ARENA_ARRAY(a, int32_t, w->source.n + 1);
  k->days = ARENA_ARRAY(a, int32_t, w->span.n + 1);
  k->clinic = ARENA_ARRAY(a, uint8_t, w->source.n + 1);
  if (!k->facility || !k->area || !k->days || !k->clinic) return ERR(e, E_NO_MEMORY, .subject = "hospital reports");
  TRY(facility_ids(&w->source, &w->id, e));
  TRY(facility_labels(a, w->id, w->source.n, k->facility, &ignored, &w->r.n_facilities, e));
  TRY(facility_text(&w->source, "prefecture", true, &prefecture, e));
  TRY(facility_text(&w->source, "report_kind", true, &kind, e));
  TRY(facility_labels(a, prefecture, w->source.n, k->area, &ignored, &w->r.n_areas, e));
  w->labels = (struct hospital_labels){w->span.month, ignored};
  for (int64_t i = 0; i < w->source.n; i++) {
    k->clinic[i] = str_eq(kind[i], STR("2"));
    if (!k->clinic[i] && !str_eq(kind[i], STR("1")))
      return facility_wrong(&w->source, i, w->id[i], "report_kind", "1 or 2", "?", e);
  }
  TRY(facility_months(&w->source, "period_from", w->span.month, w->span.n, &k->month, e));
  return facility_once(&w->source, w->id, k->month, "the hospital reports", e);
}
static enum err_code wrong_days(const struct facility_reports *w, int64_t row, int month, struct err *e) {
  const struct facility_place p = facility_place(&w->source, row);
  const struct str id = w->id[row];
  const char *text = arena_printf(cli_job(w->source.c)->arena, "%s (%.*s)", w->span.month[month].p, (int)id.n, id.p);
  return ERR(e, E_FACILITY_DAYS, .file = p.file, .line = p.line, .subject = text ? text : w->span.month[month].p);
}
static enum err_code check_days(const struct facility_reports *w, struct columns *k, struct err *e) {
  int64_t *from, *to;
  uint8_t *has_from, *has_to;
  struct period p;
  TRY(facility_number(&w->source, "period_from", true, &from, &has_from, e));
  TRY(facility_number(&w->source, "period_to", true, &to, &has_to, e));
  for (int m = 0; m < w->span.n; m++) {
    if (!period_parse(w->span.month[m], &p)) return ERR(e, E_FACILITY_DAYS, .subject = w->span.month[m].p);
    k->days[m] = (int32_t)(period_last_day(&p) - period_first_day(&p) + 1);
    for (int64_t i = 0; i < w->source.n; i++)
      if (k->month[i] == m && value_present(has_from[i]) && value_present(has_to[i])
          && (from[i] != period_first_day(&p) || to[i] != period_last_day(&p)))
        return wrong_days(w, i, m, e);
  }
  return E_OK;
}
static void move_column(int64_t *value, uint8_t *status, int64_t to, int64_t from) {
  if (value) value[to] = value[from], status[to] = status[from];
}
/* Records of the span, in their order. */
static void keep_span(struct facility_reports *w, struct columns *k) {
  int64_t n = 0;
  for (int64_t i = 0; i < w->source.n; i++) {
    if (k->month[i] < 0) continue;
    k->month[n] = k->month[i], k->facility[n] = k->facility[i], k->area[n] = k->area[i], k->clinic[n] = k->clinic[i], w->id[n] = w->id[i];
    for (int h = 0; h < HOSPITAL_COLUMNS; h++)
      for (int f = 0; f < HOSPITAL_FIELDS; f++) move_column(k->value[h][f], k->status[h][f], n, i);
    move_column(k->outpatients, k->outpatients_status, n++, i);
  }
  w->r.n = n;
}
static void give_columns(struct facility_reports *w, const struct columns *k, bool by_area) {
  for (int h = 0; h < HOSPITAL_COLUMNS; h++)
    for (int f = 0; f < HOSPITAL_FIELDS; f++) w->r.column[h][f] = (struct hospital_column){k->value[h][f], k->status[h][f]};
  w->r.outpatients = (struct hospital_column){k->outpatients, k->outpatients_status};
  w->r.facility = k->facility, w->r.month = k->month, w->r.area = k->area, w->r.clinic = k->clinic, w->r.days = k->days;
  w->r.n_months = w->span.n;
  if (!by_area) w->r.n_areas = 0;
}
static enum err_code every_month(struct cli *c, const struct facility_reports *w, struct err *e) {
  int64_t *n = ARENA_ARRAY(cli_job(c)->arena, int64_t, w->span.n + 1);
  if (!n) return ERR(e, E_NO_MEMORY, .subject = "months");
  for (int64_t i = 0; i < w->r.n; i++) n[w->r.month[i]]++;
  for (int m = 0; m < w->span.n; m++)
    if (!n[m]) return ERR(e, E_FACILITY_MONTH, .subject = w->span.month[m].p);
  return E_OK;
}
enum err_code facility_reports_read(struct cli *c, struct store *s, struct facility_reports **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct facility_reports *w = *out = ARENA_NEW(a, struct facility_reports);
  struct columns *k = ARENA_NEW(a, struct columns);
  if (!w || !k) return ERR(e, E_NO_MEMORY, .subject = "hospital reports");
  TRY(open_reports(c, s, w, e));
  TRY(read_columns(w, k, e));
  TRY(read_labels(c, w, k, e));
  TRY(check_days(w, k, e));
  keep_span(w, k);
  give_columns(w, k, !strcmp(cli_text(c, "by"), "prefecture"));
  TRY(every_month(c, w, e));
  TRY(hospital_totals_make(a, &w->r, &w->totals, e));
  return hospital_balance(a, &w->r, &w->balance, e);
}
