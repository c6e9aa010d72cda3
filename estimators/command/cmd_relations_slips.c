/* cmd_relations_slips.c -- cmd_relations.h: rows into slips of unions and of disputes. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "estimators/command/cmd_relations.h"

/* --- unions --- */
static enum err_code stated(struct cli *c, const struct relations_rows *r, const char *column, const int *code, const struct str *id, struct err *e) {
  for (int64_t i = 0; i < r->n; i++)
    if (!code[i] || !id[i].n)
      return ERR(e, E_RELATIONS_VALUE, .file = r->name, .line = r->from_store ? 0 : r->csv.lines[i], .subject = id[i].n ? column : "union_no",
          .expected = cli_say(c, "answered: it decides where the slip counts (the checks ask for it)",
              "回答あり（票をどこに数えるかを決める項目で、審査でも求めます）"), .found = "");
  return E_OK;
}
static enum err_code union_counts(struct cli *c, const struct relations_rows *r, struct union_slip *slip, struct err *e) {
  static const char *const name[UNION_COUNTS] = {"members_male", "members_female", "members_total", "part_members", "non_independent"};
  for (int k = 0; k < UNION_COUNTS; k++) {
    int64_t *v;
    bool *has;
    TRY(relations_count(c, r, name[k], k == UNION_TOTAL, &v, &has, e));
    for (int64_t i = 0; i < r->n; i++) slip[i].count[k] = v[i], slip[i].has[k] = has[i];
  }
  return E_OK;
}
enum err_code relations_read_slips(struct cli *c, struct store *s, const char *path, const char *period, const char *by, struct relations_slips *out,
    struct err *e) {
  struct relations_rows r;
  struct str *id, *head, *domain;
  int *kind, *existence;
  if (path) TRY(relations_file(c, path, &r, e));
  else TRY(relations_dataset(c, s, "labour_union", "slip", period, "slip", &r, e));
  TRY(relations_text(c, &r, "union_no", true, &id, e));
  TRY(relations_text(c, &r, "head_office_no", false, &head, e));
  TRY(relations_text(c, &r, by ? by : "", by != NULL, &domain, e));
  TRY(relations_code(c, &r, "slip_kind", true, UNION_FEDERATION, &kind, e));
  TRY(relations_code(c, &r, "existence", true, UNION_CLOSED, &existence, e));
  TRY(stated(c, &r, "slip_kind", kind, id, e));
  TRY(stated(c, &r, "existence", existence, id, e));
  *out = (struct relations_slips){ARENA_ARRAY(cli_job(c)->arena, struct union_slip, r.n + 1), r.n};
  if (!out->slip) return ERR(e, E_NO_MEMORY, .file = r.name);
  for (int64_t i = 0; i < r.n; i++)
    out->slip[i] = (struct union_slip){.id = id[i], .head = head[i], .domain = domain[i], .kind = (enum union_kind)kind[i],
        .existence = (enum union_existence)existence[i]};
  return union_counts(c, &r, out->slip, e);
}

/* --- disputes --- */
/* "2022-05" or a day of it. */
static bool month_of(struct str s, int32_t *out) {
  struct period p;
  int64_t day, y, m, d;
  if (date_parse_iso(s, &day)) {
    date_to_civil(day, &y, &m, &d);
    *out = dispute_month(y, m);
    return true;
  }
  if (!period_parse(s, &p) || p.kind != PERIOD_MONTH) return false;
  *out = dispute_month(p.year, p.part);
  return true;
}
/* Months of the rows: of the store the dataset's, of a file the column month, or the only month asked for. */
static enum err_code months(struct cli *c, const struct relations_rows *r, const struct relations_months *m, int32_t of_dataset, int32_t **out,
    struct err *e) {
  const char *column = relations_has(r, "month") ? "month" : "report_month";
  struct str *cell;
  *out = ARENA_ARRAY(cli_job(c)->arena, int32_t, r->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = r->name);
  const bool fixed = r->from_store || (m->first == m->last && !relations_has(r, column));
  if (!fixed) TRY(relations_text(c, r, column, true, &cell, e));
  for (int64_t i = 0; i < r->n; i++) {
    (*out)[i] = of_dataset;
    if (!fixed && !month_of(cell[i], &(*out)[i]))
      return ERR(e, E_RELATIONS_VALUE, .file = r->name, .line = r->csv.lines[i], .subject = column,
          .expected = cli_say(c, "a month YYYY-MM or a day of it", "月 YYYY-MM またはその日付"), .found = "?");
  }
  return E_OK;
}
/* Each count with its has-flag goes into the slip. */
#define COUNT(column, field, required)                                                               \
  do {                                                                                               \
    TRY(relations_count(c, r, column, required, &v, &has, e));                                       \
    for (int64_t i = 0; i < r->n; i++) to[i].field = v[i], to[i].has_##field = has[i];               \
  } while (0)
static enum err_code add_slips(struct cli *c, const struct relations_rows *r, int32_t of_dataset, const char *by, struct relations_months *m,
    struct err *e) {
  struct dispute_slip *to = m->slip + m->n;
  struct str *id, *domain;
  int *state, *acts;
  int64_t *v;
  int32_t *month;
  bool *has;
  TRY(relations_text(c, r, "dispute_no", true, &id, e));
  TRY(relations_text(c, r, by ? by : "", by != NULL, &domain, e));
  TRY(relations_code(c, r, "state", false, DISPUTE_SETTLED, &state, e));
  TRY(relations_code(c, r, "has_act", true, DISPUTE_ACTS_NO, &acts, e));
  TRY(months(c, r, m, of_dataset, &month, e));
  for (int64_t i = 0; i < r->n; i++)
    to[i] = (struct dispute_slip){.id = id[i], .domain = domain[i], .month = month[i], .state = (enum dispute_state)state[i],
        .acts = (enum dispute_acts)acts[i]};
  TRY(relations_day(c, r, "start_date", &v, &has, e));
  for (int64_t i = 0; i < r->n; i++) to[i].start = v[i], to[i].has_start = has[i];
  COUNT("total_participants", total, true);
  COUNT("act_participants", participants, true);
  COUNT("act_participants_year", participants_year, false);
  COUNT("days_lost", days_lost, true);
  m->n += r->n;
  return E_OK;
}
static enum err_code add_acts(struct cli *c, const struct relations_rows *r, int32_t of_dataset, struct relations_months *m, struct err *e) {
  struct dispute_act *to = m->act + m->m;
  struct str *id;
  int *form;
  int64_t *v;
  int32_t *month;
  bool *has;
  TRY(relations_text(c, r, "dispute_no", true, &id, e));
  TRY(relations_code(c, r, "act_form", true, DISPUTE_OTHER, &form, e));
  TRY(months(c, r, m, of_dataset, &month, e));
  for (int64_t i = 0; i < r->n; i++) {
    if (!form[i]) return ERR(e, E_RELATIONS_VALUE, .file = r->name, .subject = "act_form",
          .expected = cli_say(c, "a form of act, 1 to 5", "形態 1～5"), .found = "");
    to[i] = (struct dispute_act){.id = id[i], .month = month[i], .form = (enum dispute_form)form[i]};
  }
  COUNT("participants", participants, true);
  COUNT("participants_year", participants_year, false);
  COUNT("form_days_lost", days_lost, true);
  m->m += r->n;
  return E_OK;
}
#undef COUNT
static enum err_code make_room(struct cli *c, struct relations_months *m, int64_t slips, int64_t acts, struct err *e) {
  struct dispute_slip *s = ARENA_ARRAY(cli_job(c)->arena, struct dispute_slip, m->n + slips + 1);
  struct dispute_act *x = ARENA_ARRAY(cli_job(c)->arena, struct dispute_act, m->m + acts + 1);
  if (!s || !x) return ERR(e, E_NO_MEMORY, .subject = "disputes");
  if (m->n) memcpy(s, m->slip, sizeof *s * (size_t)m->n);
  if (m->m) memcpy(x, m->act, sizeof *x * (size_t)m->m);
  m->slip = s, m->act = x;
  return E_OK;
}
/* --- months that are said to have had no dispute --- */
static bool said_empty(struct cli *c, int32_t month) {
  int32_t m;
  for (int i = 0; i < cli_repeat_count(c, "empty-month"); i++)
    if (month_of(str_of(cli_repeat(c, "empty-month", i)), &m) && m == month) return true;
  return false;
}
static enum err_code empty_months(struct cli *c, const struct relations_months *m, struct err *e) {
  struct period p;
  for (int i = 0; i < cli_repeat_count(c, "empty-month"); i++) {
    const char *text = cli_repeat(c, "empty-month", i);
    const bool month = period_parse(str_of(text), &p) && p.kind == PERIOD_MONTH;
    if (!month || dispute_month(p.year, p.part) < m->first || dispute_month(p.year, p.part) > m->last)
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text,
          .expected = cli_say(c, "--empty-month: a month YYYY-MM of PERIOD", "--empty-month：PERIOD の月 YYYY-MM"));
  }
  return E_OK;
}
/* What is there is not thrown away because somebody says that there is nothing. */
static enum err_code not_empty(struct cli *c, int32_t month, int64_t n, struct err *e) {
  char text[32], found[64];
  snprintf(text, sizeof text, "--empty-month %d-%02d", month / 12, month % 12 + 1);
  snprintf(found, sizeof found, cli_say(c, "%lld slips of the month", "その月の調査票 %lld 枚"), (long long)n);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text, .expected = cli_say(c, "a month without any slip", "調査票のない月"), .found = found);
}
static enum err_code no_month(int32_t month, struct err *e) {
  char year[16], number[16];
  snprintf(year, sizeof year, "%d", month / 12);
  snprintf(number, sizeof number, "%d", month % 12 + 1);
  return ERR(e, E_RELATIONS_MONTHS, .subject = year, .found = number);
}
/* A file of a year: a month without a row must be said to be empty. */
static enum err_code every_month(struct cli *c, const struct relations_months *m, struct err *e) {
  for (int32_t k = m->first; k <= m->last; k++) {
    int64_t there = 0;
    for (int64_t i = 0; i < m->n; i++) there += m->slip[i].month == k;
    if (there && said_empty(c, k)) return not_empty(c, k, there, e);
    if (!there && !said_empty(c, k)) return no_month(k, e);
  }
  return E_OK;
}
/* Said to be empty: nothing may be there, not even slips that were received and not processed. */
static enum err_code empty_month(struct cli *c, struct store *s, int32_t month, const char *period, struct err *e) {
  struct relations_rows slips;
  struct err why = {.code = E_OK};
  const char *const stages[] = {cli_text(c, "stage"), "received"};
  for (int k = 0; k < 2; k++) {
    const enum err_code code = relations_dataset_at(c, s, "labour_dispute", "dispute", period, "dispute", stages[k], &slips, &why);
    if (!code && slips.n) return not_empty(c, month, slips.n, e);
    if (!code || code == E_TABLE_DATA) continue;
    if (e) *e = why;
    return code;
  }
  return E_OK;
}
/* One month of the store. A month without acts has no record of that type; a month without a dispute must be said. */
static enum err_code store_month(struct cli *c, struct store *s, int32_t month, const char *by, struct relations_months *m, struct err *e) {
  char period[16];
  struct relations_rows slips, acts = {.n = 0};
  struct err why = {.code = E_OK};
  snprintf(period, sizeof period, "%d-%02d", month / 12, month % 12 + 1);
  if (said_empty(c, month)) return empty_month(c, s, month, period, e);
  enum err_code code = relations_dataset(c, s, "labour_dispute", "dispute", period, "dispute", &slips, &why);
  if (code == E_TABLE_DATA) return no_month(month, e);
  if (!code) {
    code = relations_dataset(c, s, "labour_dispute", "dispute", period, "act", &acts, &why);
    if (code == E_TABLE_DATA) code = E_OK;
  }
  if (code) {
    if (e) *e = why;
    return code;
  }
  TRY(make_room(c, m, slips.n, acts.n, e));
  TRY(add_slips(c, &slips, month, by, m, e));
  return acts.n ? add_acts(c, &acts, month, m, e) : E_OK;
}
enum err_code relations_read_disputes(struct cli *c, struct store *s, const char *period, const char *by, struct relations_months *out,
    struct err *e) {
  struct relations_rows slips, acts = {.n = 0};
  struct period p;
  *out = (struct relations_months){.n = 0};
  if (!period || !period_parse(str_of(period), &p) || (p.kind != PERIOD_MONTH && p.kind != PERIOD_YEAR))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = period ? period : "PERIOD",
        .expected = cli_say(c, "a month 2022-05 or a year 2022", "月 2022-05 または年 2022"));
  out->first = dispute_month(p.year, p.kind == PERIOD_MONTH ? p.part : 1);
  out->last = dispute_month(p.year, p.kind == PERIOD_MONTH ? p.part : 12);
  TRY(empty_months(c, out, e));
  if (!cli_text(c, "disputes")) {
    for (int32_t k = out->first; k <= out->last; k++) TRY(store_month(c, s, k, by, out, e));
    return E_OK;
  }
  TRY(relations_file(c, cli_text(c, "disputes"), &slips, e));
  if (cli_text(c, "acts")) TRY(relations_file(c, cli_text(c, "acts"), &acts, e));
  TRY(make_room(c, out, slips.n, acts.n, e));
  TRY(add_slips(c, &slips, out->first, by, out, e));
  TRY(every_month(c, out, e));
  return cli_text(c, "acts") ? add_acts(c, &acts, out->first, out, e) : E_OK;
}
