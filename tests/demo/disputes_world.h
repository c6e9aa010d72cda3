/* disputes_world.h -- made disputes of one year. Each has workers 0..n-1 that are involved; an act takes a run of workers on a run of days of its
 *          month.
 *    Everything is a function of the seed and the dispute. Parties are not real. */
#ifndef SHIRABE_TESTS_DISPUTES_WORLD_H
#define SHIRABE_TESTS_DISPUTES_WORLD_H
#include "tests/demo/demo_text.h"

enum { DISPUTES = 260, WORKERS_MOST = 400, FORMS = 5, SLIP_COLUMNS = 29, ACT_COLUMNS = 8, SPOILT_MONTH = 5, DAYS_MOST = 6 };
static const char *const slip_column[SLIP_COLUMNS + 1] = {"dispute_no", "report_month", "reporter", "prefecture", "employer", "site_employees",
    "industry",
    "industry_medium", "product", "nature", "top_union", "union_name", "union_members", "start_date", "onset", "state", "end_date", "settlement",
    "united_action_date", "enterprise_employees", "enterprise_size", "national_centre", "total_participants", "has_act", "act_participants",
    "act_participants_year", "days_lost", "third_party", "law", "month"};
enum { S_NO, S_MONTH, S_REPORTER, S_PREFECTURE, S_EMPLOYER, S_SITE, S_INDUSTRY, S_MEDIUM, S_PRODUCT, S_NATURE, S_TOP, S_UNION, S_MEMBERS, S_START,
    S_ONSET,
    S_STATE, S_END, S_SETTLEMENT, S_UNITED, S_EMPLOYEES, S_SIZE, S_CENTRE, S_INVOLVED, S_ACT, S_HEADS, S_HEADS_YEAR, S_LOST, S_THIRD, S_LAW };
static const char *const act_column[ACT_COLUMNS + 1] = {"dispute_no", "act_form", "act_start", "act_end", "act_days", "participants",
    "form_days_lost",
    "participants_year", "month"};
enum { A_NO, A_FORM, A_START, A_END, A_DAYS, A_HEADS, A_LOST, A_HEADS_YEAR };
enum spoil { SPOIL_NONE, SPOIL_END, SPOIL_NO_END, SPOIL_HEADS, SPOIL_SHORT, SPOIL_FORM_DAYS, SPOIL_LOST, SPOIL_ONSET, SPOIL_SIZE, SPOIL_THIRD,
    SPOIL_TWIN,
    SPOILS };
static const char *const spoil_check[SPOILS] = {"", "D01", "D02", "D03", "D05", "D04", "D07", "D10", "D13", "D06t", "D20"};

struct act {
  int days, first_day, from, heads; /* days of the month; workers from .. from + heads - 1 */
};
struct dispute {
  char no[16];
  int workers, employees, first, last; /* months with a slip */
  int64_t start, end;
  bool open; /* still going on at the end of the year */
  struct act act[13][FORMS + 1];
  int spoil;
};
struct world {
  uint64_t seed;
  const char *folder;
  struct dispute d[DISPUTES];
  int n;
};
static int64_t draw(struct rng *r, int64_t n) { return (int64_t)rng_below(r, (uint64_t)n); }
static int month_of(int64_t day) {
  int64_t y, m, d;
  date_to_civil(day, &y, &m, &d);
  return y < 2022 ? 0 : y > 2022 ? 13 : (int)m;
}
/* An act within the month and the dispute, or none. */
static struct act make_act(const struct dispute *d, int month, struct rng *r) {
  const int64_t first = date_from_civil(2022, month, 1), last = first + date_days_in_month(2022, month) - 1;
  const int64_t from = d->start > first ? d->start : first, to = d->end < last ? d->end : last;
  struct act a = {.days = 1 + (int)draw(r, DAYS_MOST)};
  if (a.days > to - from + 1) a.days = (int)(to - from + 1);
  a.first_day = (int)(from - first + 1 + draw(r, to - from + 2 - a.days));
  a.from = (int)draw(r, d->workers);
  a.heads = 1 + (int)draw(r, d->workers - a.from);
  return a;
}
static void make_acts(struct dispute *d, struct rng *r) {
  for (int m = d->first; m <= d->last; m++) {
    if (draw(r, 3) == 0) continue;
    const int form = draw(r, 2) ? 3 : 1;
    d->act[m][form] = make_act(d, m, r);
    if (draw(r, 4) == 0) d->act[m][1 + draw(r, FORMS)] = make_act(d, m, r);
    if (form == 1 && draw(r, 6) == 0) d->act[m][2] = make_act(d, m, r);
  }
}
static void make_dispute(struct world *w, int i) {
  struct dispute *d = &w->d[w->n];
  struct rng r;
  char key[24];
  const int n = snprintf(key, sizeof key, "dispute %d", i);
  rng_init(&r, w->seed, "disputes", key, (uint64_t)n);
  *d = (struct dispute){.workers = 8 + (int)draw(&r, WORKERS_MOST - 8)};
  snprintf(d->no, sizeof d->no, "%02d-%04d", i % 47 + 1, i);
  d->start = date_from_civil(2021, 10, 1) + draw(&r, 440);
  d->end = d->start + draw(&r, 10) * draw(&r, 30);
  if (month_of(d->end) == 0) return; /* over before the year */
  d->first = month_of(d->start) ? month_of(d->start) : 1;
  d->open = month_of(d->end) == 13;
  d->last = d->open ? 12 : month_of(d->end);
  if (d->open) d->end = date_from_civil(2023, 1, 31);
  d->employees = d->workers + (int)draw(&r, 900);
  if (draw(&r, 3) == 0) make_acts(d, &r);
  w->n++;
}

/* --- marks: who took part, on which day --- */
static bool in_act(const struct act *a, int worker, int day) {
  return a->days && worker >= a->from && worker < a->from + a->heads && (!day || (day >= a->first_day && day < a->first_day + a->days));
}
/* Heads of the months, of one form or (0) of all, each once. */
static int heads(const struct dispute *d, int from, int to, int form) {
  int n = 0;
  for (int k = 0; k < d->workers; k++) {
    bool any = false;
    for (int m = from; m <= to; m++)
      for (int f = 1; f <= FORMS; f++) any = any || ((!form || f == form) && in_act(&d->act[m][f], k, 0));
    n += any;
  }
  return n;
}
/* Heads of strikes of half a day and more and of lock-outs, each once. */
static int heads_losing(const struct dispute *d, int from, int to) {
  int n = 0;
  for (int k = 0; k < d->workers; k++) {
    bool any = false;
    for (int m = from; m <= to; m++) any = any || in_act(&d->act[m][1], k, 0) || in_act(&d->act[m][2], k, 0);
    n += any;
  }
  return n;
}
/* Worker-days struck for half a day and more or locked out, each once; form 1 or 2 alone, or 0 for both. */
static int days_lost(const struct dispute *d, int month, int form) {
  int n = 0;
  for (int k = 0; k < d->workers; k++)
    for (int day = 1; day <= 31; day++)
      n += (form != 2 && in_act(&d->act[month][1], k, day)) || (form != 1 && in_act(&d->act[month][2], k, day));
  return n;
}
static bool has_acts(const struct dispute *d, int from, int to) { return heads(d, from, to, 0) > 0; }

/* --- cells --- */
static void number(char cell[DEMO_CELL], int64_t v) { snprintf(cell, DEMO_CELL, "%lld", (long long)v); }
static void text(char cell[DEMO_CELL], const char *t) { snprintf(cell, DEMO_CELL, "%s", t); }
static void slip_cells(const struct dispute *d, int month, bool as_written, char cell[SLIP_COLUMNS + 1][DEMO_CELL]) {
  const bool seafarers = d->workers % 17 == 0, settled = !d->open && month == d->last, acts = has_acts(d, month, month);
  const int style = as_written ? d->workers % DATE_STYLES : DATE_ISO, size = d->employees;
  for (int c = 0; c < SLIP_COLUMNS; c++) cell[c][0] = 0;
  text(cell[S_NO], d->no);
  demo_date(date_from_civil(2022, month, 1), DATE_ISO, cell[S_MONTH]);
  number(cell[S_REPORTER], seafarers ? 2 : 1);
  if (!seafarers) snprintf(cell[S_PREFECTURE], DEMO_CELL, "%.2s", d->no);
  snprintf(cell[S_EMPLOYER], DEMO_CELL, "事業所%s", d->no), snprintf(cell[S_UNION], DEMO_CELL, "労組%s", d->no);
  number(cell[S_SITE], d->workers + 3), number(cell[S_MEMBERS], d->workers + 1), number(cell[S_EMPLOYEES], size);
  text(cell[S_INDUSTRY], seafarers ? "H" : d->workers % 2 ? "E" : "P");
  demo_date(d->start, (enum demo_date_style)style, cell[S_START]);
  number(cell[S_ONSET], month_of(d->start) == month ? 1 : 2), number(cell[S_STATE], settled ? 2 : 1);
  if (settled) demo_date(d->end, (enum demo_date_style)style, cell[S_END]), number(cell[S_SETTLEMENT], 1 + d->workers % 3);
  text(cell[S_UNITED], "-");
  number(cell[S_SIZE], size >= 1000 ? 1 : size >= 300 ? 2 : size >= 100 ? 3 : size >= 30 ? 4 : 5);
  number(cell[S_CENTRE], d->workers % 3 + 1), number(cell[S_INVOLVED], d->workers), number(cell[S_ACT], acts ? 1 : 2);
  if (acts) number(cell[S_HEADS], heads(d, month, month, 0)), number(cell[S_LOST], days_lost(d, month, 0));
  number(cell[S_HEADS_YEAR], heads(d, 1, month, 0));
  number(cell[S_THIRD], acts ? 0 : 1), number(cell[S_LAW], 1);
}
static void act_cells(const struct dispute *d, int month, int form, char cell[ACT_COLUMNS + 1][DEMO_CELL]) {
  const struct act *a = &d->act[month][form];
  const int64_t first = date_from_civil(2022, month, a->first_day);
  for (int c = 0; c < ACT_COLUMNS; c++) cell[c][0] = 0;
  text(cell[A_NO], d->no), number(cell[A_FORM], form), number(cell[A_DAYS], a->days), number(cell[A_HEADS], a->heads);
  demo_date(first, DATE_ISO, cell[A_START]), demo_date(first + a->days - 1, DATE_ISO, cell[A_END]);
  number(cell[A_LOST], form <= 2 ? days_lost(d, month, form) : 0), number(cell[A_HEADS_YEAR], heads(d, 1, month, form));
}

/* --- planted errors: three of a kind, in disputes that can carry it --- */
static bool can_carry(const struct dispute *d, int spoil) {
  const int m = SPOILT_MONTH;
  if (d->spoil || m < d->first || m > d->last) return false;
  const bool acts = has_acts(d, m, m), settled = !d->open && d->last == m;
  switch (spoil) {
    case SPOIL_END: case SPOIL_NO_END: return settled && !acts;
    case SPOIL_HEADS: case SPOIL_LOST: return acts;
    case SPOIL_SHORT: return acts && (d->act[m][3].days || d->act[m][4].days || d->act[m][5].days);
    case SPOIL_FORM_DAYS: return acts && d->act[m][1].days;
    case SPOIL_SIZE: return !acts && d->employees >= 30;
    case SPOIL_THIRD: return !has_acts(d, 1, m);
    default: return !acts;
  }
}
static void plant(struct world *w) {
  static const int order[] = {SPOIL_FORM_DAYS, SPOIL_SHORT, SPOIL_LOST, SPOIL_HEADS, SPOIL_END, SPOIL_NO_END, SPOIL_ONSET, SPOIL_SIZE, SPOIL_THIRD,
      SPOIL_TWIN};
  for (size_t k = 0; k < sizeof order / sizeof *order; k++)
    for (int i = 0, left = 2; i < w->n && left; i++)
      if (can_carry(&w->d[i], order[k])) w->d[i].spoil = order[k], left--;
}

/* --- truth --- */
struct tally {
  int64_t disputes, participants, days;
};
static void put_tally(struct strbuf *b, const char *period, const char *figure, struct tally t) {
  strbuf_addf(b, "%s,%s,%lld,%lld,%lld\n", period, figure, (long long)t.disputes, (long long)t.participants, (long long)t.days);
}
static void period_truth(const struct world *w, int from, int to, const char *period, struct strbuf *b) {
  static const char *const form_name[FORMS + 1] = {"", "11_strike", "12_lockout", "13_short_strike", "14_slowdown", "15_other"};
  struct tally all = {0}, acts = {0}, carried = {0}, settled = {0}, losing = {0}, several = {0}, form[FORMS + 1] = {{0}};
  for (int i = 0; i < w->n; i++) {
    const struct dispute *d = &w->d[i];
    int used = 0, lost = 0;
    if (d->last < from || d->first > to) continue;
    for (int m = from; m <= to; m++) lost += days_lost(d, m, 0);
    all.disputes++, all.participants += d->workers, all.days += lost;
    carried.disputes += from == 1 ? month_of(d->start) == 0 : month_of(d->start) < from;
    settled.disputes += !d->open && d->last <= to;
    if (!has_acts(d, from, to)) continue;
    acts.disputes++, acts.participants += heads(d, from, to, 0), acts.days += lost;
    for (int f = 1; f <= FORMS; f++) {
      if (!heads(d, from, to, f)) continue;
      used++, form[f].disputes++, form[f].participants += heads(d, from, to, f);
      for (int m = from; m <= to; m++) form[f].days += f <= 2 ? days_lost(d, m, f) : 0;
    }
    several.disputes += used > 1;
    if (heads_losing(d, from, to)) losing.disputes++, losing.days += lost, losing.participants += heads_losing(d, from, to);
  }
  put_tally(b, period, "01_all", all), put_tally(b, period, "02_with_acts", acts);
  put_tally(b, period, "03_without_acts", (struct tally){all.disputes - acts.disputes, 0, 0});
  put_tally(b, period, "05_new", (struct tally){all.disputes - carried.disputes, 0, 0}), put_tally(b, period, "06_carried_over", carried);
  put_tally(b, period, "08_settled", settled), put_tally(b, period, "09_going_on", (struct tally){all.disputes - settled.disputes, 0, 0});
  put_tally(b, period, "10_strike_or_lockout", losing);
  for (int f = 1; f <= FORMS; f++) put_tally(b, period, form_name[f], form[f]);
  put_tally(b, period, "16_several_forms", several);
}
static void write_truth(const struct world *w) {
  struct strbuf b;
  char period[16];
  strbuf_init(&b, 0);
  strbuf_adds(&b, "period,figure,disputes,participants,days\n");
  for (int m = 1; m <= 12; m++) {
    snprintf(period, sizeof period, "2022-%02d", m);
    period_truth(w, m, m, period, &b);
  }
  period_truth(w, 1, 12, "2022", &b);
  demo_write(w->folder, "truth.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
#endif
