/* cmd_facility_medical.c -- see cmd_facility_medical.h. */
#include "estimators/command/cmd_facility_medical.h"

#include <stdio.h>

enum { HOSPITAL_KINDS = 3, CLINIC_BEDS = STOCK_BEDS - 1 };
static const char survey_of_files[] = "medical_facility";

static enum err_code open_form(struct cli *c, struct store *s, const char *survey, const char *form, const char *option, const struct str *periods,
    int n_periods, struct facility_source *out, struct err *e) {
  TRY(facility_open(c, s ? survey : survey_of_files, form, out, e));
  for (int i = 0; s && i < n_periods; i++) TRY(facility_add_store(out, s, survey, periods[i].p, e));
  for (int i = 0; !s && i < cli_repeat_count(c, option); i++) TRY(facility_add_file(out, cli_repeat(c, option, i), e));
  if (out->n_parts) return E_OK;
  char expected[64];
  snprintf(expected, sizeof expected, "SURVEY PERIOD, or --%s FILE", option);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = expected);
}
/* A code of one or two digits; -1 = none. */
static int small_code(struct str s) {
  int v = 0;
  if (!s.n || s.n > 2) return -1;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return -1;
    v = v * 10 + (s.p[i] - '0');
  }
  return v;
}
/* Beds by type under names that begin so; bit h of missing[i]: type h is missing (not applicable is none). */
static enum err_code read_beds(
    const struct facility_source *f, const char *prefix, int64_t *beds[STOCK_BEDS], int64_t **missing, struct err *e) {
  char item[32];
  uint8_t *status;
  *missing = ARENA_ARRAY(cli_job(f->c)->arena, int64_t, f->n + 1);
  if (!*missing) return ERR(e, E_NO_MEMORY, .subject = prefix);
  for (int h = 0; h < STOCK_BEDS; h++) {
    snprintf(item, sizeof item, "%s_%s", prefix, stock_bed_name[h]);
    TRY(facility_number(f, item, true, &beds[h], &status, e));
    for (int64_t i = 0; i < f->n; i++) (*missing)[i] |= (int64_t)(!value_present(status[i]) && status[i] != VAL_NOT_APPLICABLE) << h;
  }
  return E_OK;
}
/* Types that are asked of the kind: hospitals have no clinic beds, clinics none of the others. */
static int64_t asked_beds(int kind) { return kind <= HOSPITAL_KINDS ? (1 << CLINIC_BEDS) - 1 : 1 << CLINIC_BEDS; }
static enum err_code read_state(
    const struct facility_source *f, int64_t row, struct str kind, struct str state, struct stock_facility *out, struct err *e) {
  out->kind = small_code(kind);
  out->state = small_code(state);
  if (out->kind < 1 || out->kind > STOCK_KINDS)
    return facility_wrong(f, row, out->id, "facility_kind", "1 to 5", "?", e);
  if (out->state != STOCK_OPEN && out->state != STOCK_SUSPENDED && out->state != STOCK_CLOSED)
    return facility_wrong(f, row, out->id, "state", "1, 2 or 9", "?", e);
  return E_OK;
}
static enum err_code read_institutions(
    const struct facility_source *f, const char *what, struct stock_facility **out, int64_t **missing, struct err *e) {
  struct str *id, *kind, *state;
  int64_t *beds[STOCK_BEDS];
  struct stock_facility *row = *out = ARENA_ARRAY(cli_job(f->c)->arena, struct stock_facility, f->n + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = f->name);
  TRY(facility_some(f, e));
  TRY(facility_ids(f, &id, e));
  TRY(facility_once(f, id, NULL, what, e));
  TRY(facility_text(f, "facility_kind", true, &kind, e));
  TRY(facility_text(f, "state", true, &state, e));
  TRY(read_beds(f, "beds", beds, missing, e));
  for (int64_t i = 0; i < f->n; i++) {
    row[i].id = id[i];
    TRY(read_state(f, i, kind[i], state[i], &row[i], e));
    (*missing)[i] &= asked_beds(row[i].kind);
    for (int h = 0; h < STOCK_BEDS; h++) row[i].beds[h] = beds[h][i];
  }
  return E_OK;
}
enum err_code facility_read_register(struct cli *c, struct store *s, const char *survey, struct str month, struct stock_facility **out, int64_t *n,
    struct err *e) {
  struct facility_source *f = ARENA_NEW(cli_job(c)->arena, struct facility_source);
  int64_t *missing;
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(open_form(c, s, survey, "register", "register", &month, 1, f, e));
  TRY(read_institutions(f, "the register", out, &missing, e));
  *n = f->n;
  for (int64_t i = 0; i < f->n; i++)
    if (missing[i] && (*out)[i].state == STOCK_OPEN)
      return facility_wrong(f, i, (*out)[i].id, "beds", "beds of every type of an open institution", "nothing", e);
  return E_OK;
}

static enum err_code check_notice(const struct facility_source *f, int64_t row, struct str id, int kind, int notice, struct err *e) {
  if (kind < 1 || kind > STOCK_KINDS) return facility_wrong(f, row, id, "facility_kind", "1 to 5", "?", e);
  if (notice < NOTICE_OPENED || notice > NOTICE_OTHER) return facility_wrong(f, row, id, "notice_kind", "1 to 6", "?", e);
  return E_OK;
}
/* Every month of the files has a notice, or is named with --empty-month; notices of other months are counted. */
static bool named_empty(const struct cli *c, struct str month) {
  for (int i = 0; i < cli_repeat_count(c, "empty-month"); i++)
    if (str_eq(str_of(cli_repeat(c, "empty-month", i)), month)) return true;
  return false;
}
static enum err_code months_noticed(struct cli *c, const struct facility_source *f, const int32_t *month, const struct str *months, int n_months,
    int64_t *outside, struct err *e) {
  int64_t *n = ARENA_ARRAY(cli_job(c)->arena, int64_t, n_months + 1);
  if (!n) return ERR(e, E_NO_MEMORY, .subject = "months");
  for (int64_t i = 0; i < f->n; i++) {
    if (month[i] >= 0) n[month[i]]++;
    else ++*outside;
  }
  for (int m = 0; m < n_months; m++)
    if (!n[m] && !named_empty(c, months[m]))
      return ERR(e, E_FACILITY_MONTH, .file = f->n_parts ? f->part[0].path : f->name, .subject = months[m].p,
          .next = cli_say(c, "give the file of its notices, or --empty-month for a month without any",
              "その月の届出のファイルを与えるか、届出のない月は --empty-month で指定してください"));
  return E_OK;
}
static enum err_code fill_notices(const struct facility_source *f, const int32_t *month, struct facility_notices *out, struct err *e) {
  struct str *kind, *notice;
  int64_t *before[STOCK_BEDS], *after[STOCK_BEDS], *no_before, *no_after, *day, *number;
  uint8_t *has_day, *has_number;
  TRY(facility_text(f, "facility_kind", true, &kind, e));
  TRY(facility_text(f, "notice_kind", true, &notice, e));
  TRY(facility_number(f, "event_date", true, &day, &has_day, e));
  TRY(facility_number(f, "notice_no", true, &number, &has_number, e));
  TRY(read_beds(f, "before", before, &no_before, e));
  TRY(read_beds(f, "after", after, &no_after, e));
  for (int64_t i = 0; i < f->n; i++) {
    if (month[i] < 0) continue;
    TRY(check_notice(f, i, out->id[i], small_code(kind[i]), small_code(notice[i]), e));
    struct stock_notice *x = &out->row[out->n++];
    *x = (struct stock_notice){.id = out->id[i], .month = month[i], .kind = small_code(kind[i]), .notice = small_code(notice[i]), .day = day[i],
        .number = number[i], .row = i, .has_before = !(no_before[i] & asked_beds(small_code(kind[i]))),
        .has_after = !(no_after[i] & asked_beds(small_code(kind[i])))};
    for (int h = 0; h < STOCK_BEDS; h++) x->before[h] = before[h][i], x->after[h] = after[h][i];
  }
  return E_OK;
}
enum err_code facility_read_notices(struct cli *c, struct store *s, const char *survey, const struct str *months, int n_months,
    struct facility_notices *out, struct err *e) {
  struct facility_source *f = ARENA_NEW(cli_job(c)->arena, struct facility_source);
  int32_t *month;
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "notices");
  TRY(open_form(c, s, survey, "notice", "notices", months, n_months, f, e));
  TRY(facility_ids(f, &out->id, e));
  TRY(facility_text(f, "notice_kind", true, &out->kind, e));
  TRY(facility_months(f, "event_date", months, n_months, &month, e));
  if (!s) TRY(months_noticed(c, f, month, months, n_months, &out->n_outside, e));
  out->n = 0;
  out->row = ARENA_ARRAY(cli_job(c)->arena, struct stock_notice, f->n + 1);
  return out->row ? fill_notices(f, month, out, e) : ERR(e, E_NO_MEMORY, .subject = "notices");
}

enum err_code facility_read_static(struct cli *c, struct store *s, const struct facility_span *span, struct facility_static *out, struct err *e) {
  TRY(open_form(c, s, span->survey, "static", "static", span->month, 1, &out->source, e));
  TRY(read_institutions(&out->source, "the static survey", &out->row, &out->beds_missing, e));
  out->n = out->source.n;
  return facility_text(&out->source, "prefecture", true, &out->prefecture, e);
}
