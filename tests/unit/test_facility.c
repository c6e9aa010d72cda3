/* Facility surveys: full-time equivalents, sums of the Hospital Report, its balance, the stock of institutions, its reconciliation, weights and
 * estimates of the detail forms, published figures. Figures are worked out by hand; hostile input has cases of its own. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/table.h"
#include "estimators/facility/facility_table.h"
#include "estimators/facility/fte.h"
#include "estimators/facility/hospital_published.h"

/* --- full-time equivalents --- */
static void fte_is_cut_to_a_tenth_and_at_least_one(void **state) {
  (void)state;
  static const struct {
    int64_t hours, standard, tenths;
  } rows[] = {{0, 400, 0}, {1, 400, 1}, {39, 400, 1}, {40, 400, 1}, {79, 400, 1}, {80, 400, 2}, {399, 400, 9}, {400, 400, 10}, {655, 400, 16},
      {0, 0, 0}, {3000000, 375, 80000}, {INT64_MAX / 2, 400, 115292150460684697}};
  struct err e;
  int64_t t;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(fte_part_time(rows[i].hours, rows[i].standard, &t, &e), E_OK);
    assert_int_equal(t, rows[i].tenths);
  }
  assert_int_equal(fte_staff(12, 655, 400, &t, &e), E_OK);
  assert_int_equal(t, 136);
}
static void fte_needs_standard_hours(void **state) {
  (void)state;
  struct err e;
  int64_t t;
  assert_int_equal(fte_part_time(1, 0, &t, &e), E_FACILITY_HOURS);
  assert_int_equal(fte_part_time(1, -400, &t, &e), E_FACILITY_HOURS);
  assert_int_equal(fte_part_time(-1, 400, &t, &e), E_FACILITY_HOURS);
  assert_int_equal(fte_staff(-1, 0, 400, &t, &e), E_FACILITY_HOURS);
  assert_int_equal(fte_part_time(INT64_MAX, 1, &t, &e), E_FACILITY_HOURS);
  assert_int_equal(fte_staff(INT64_MAX, 0, 400, &t, &e), E_FACILITY_HOURS);
}

/* --- rates --- */
static void a_rate_prints_as_its_exact_ratio(void **state) {
  (void)state;
  const struct facility_rate r = facility_rate_of(163, 200, 10, 1);
  assert_true(r.defined);
  assert_int_equal(r.printed, 82); /* 8.15 is 8.2, though 163 / 200 x 10 in doubles is below 8.15 */
  assert_true(fabs(r.value - 8.15) < 1e-14);
  assert_true(floor(r.value * 10 + 0.5) == 82);
  assert_false(facility_rate_of(5, 0, 100, 1).defined);
  assert_false(facility_rate_of(5, -1, 100, 1).defined);
  assert_int_equal(facility_rate_of(0, 7, 100, 1).printed, 0);
}

/* --- Hospital Report --- */
enum { MOST = 24 };
struct reports {
  int32_t facility[MOST], month[MOST], area[MOST], days[3];
  uint8_t clinic[MOST], status[HOSPITAL_COLUMNS][HOSPITAL_FIELDS][MOST], visits_status[MOST];
  int64_t value[HOSPITAL_COLUMNS][HOSPITAL_FIELDS][MOST], visits[MOST];
  struct hospital_reports r;
};
static struct reports *reports_new(struct arena *a) {
  struct reports *x = ARENA_NEW(a, struct reports);
  x->days[0] = 31, x->days[1] = 30, x->days[2] = 31;
  x->r = (struct hospital_reports){.n_facilities = 4, .n_months = 3, .n_areas = 2, .facility = x->facility, .month = x->month, .area = x->area,
      .clinic = x->clinic, .days = x->days, .outpatients = {x->visits, x->visits_status}};
  for (int h = 0; h < HOSPITAL_COLUMNS; h++)
    for (int f = 0; f < HOSPITAL_FIELDS; f++) {
      x->r.column[h][f] = (struct hospital_column){x->value[h][f], x->status[h][f]};
      memset(x->status[h][f], f == HOSPITAL_BEGIN || h == HOSPITAL_CARE ? VAL_BLANK : VAL_REPORTED, MOST);
    }
  return x;
}
/* beds, days, end, new, left, in, out of one type; the others 0. */
static void add(struct reports *x, int facility, int month, int area, int clinic, int column, const int64_t v[7]) {
  const int64_t i = x->r.n++;
  x->facility[i] = facility, x->month[i] = month, x->area[i] = area, x->clinic[i] = (uint8_t)clinic;
  for (int f = 0; f < 7; f++) x->value[column][f][i] = v[f];
}
static void a_month_has_its_figures(void **state) {
  struct arena *a = *state;
  struct reports *x = reports_new(a);
  struct hospital_totals t;
  struct hospital_figures f;
  struct err e;
  add(x, 0, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2170, 70, 50, 50, 0, 0});
  add(x, 1, 0, 1, 0, HOSPITAL_LT, (int64_t[]){100, 2790, 90, 2, 2, 3, 3});
  add(x, 2, 0, 1, 1, HOSPITAL_LT, (int64_t[]){10, 248, 8, 1, 1, 0, 0});
  x->visits[0] = 310, x->visits[1] = 620;
  assert_int_equal(hospital_totals_make(a, &x->r, &t, &e), E_OK);
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_TOTAL, &f);
  assert_int_equal(f.patients_a_day.printed, 160);
  assert_int_equal(f.outpatients_a_day.printed, 30);
  assert_int_equal(f.occupancy.printed, 800);
  assert_int_equal(f.stay.printed, 954);   /* 2 x 4960 / 104: transfers are not in it */
  hospital_figures_of(&t, 0, 0, 2, HOSPITAL_LT, &f);
  assert_int_equal(f.stay.printed, 5580);  /* 2 x 2790 / 10: they are */
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_CLINIC_LT, &f);
  assert_int_equal(f.patients_a_day.numerator, 248);
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_PSY, &f);
  assert_false(f.occupancy.defined);       /* no beds */
  assert_false(f.stay.defined);            /* no movement */
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_CARE, &f);
  assert_int_equal(f.n_reports, 0);        /* nobody was asked */
}
static void a_missing_item_leaves_both_sides(void **state) {
  struct arena *a = *state;
  struct reports *x = reports_new(a);
  struct hospital_totals t;
  struct hospital_figures f;
  struct err e;
  add(x, 0, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2170, 70, 50, 50, 0, 0});
  add(x, 1, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){50, 0, 40, 30, 30, 0, 0});
  x->status[HOSPITAL_GEN][HOSPITAL_DAYS][1] = VAL_UNKNOWN;
  assert_int_equal(hospital_totals_make(a, &x->r, &t, &e), E_OK);
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_GEN, &f);
  assert_int_equal(f.stay.denominator, 100);
  assert_int_equal(f.occupancy.denominator, 150);
  assert_int_equal(f.left_stay, 1);
  assert_int_equal(f.left_occupancy, 0);
  hospital_figures_of(&t, 0, 0, 0, HOSPITAL_TOTAL, &f);
  assert_int_equal(f.patients_a_day.numerator, 2170);
}
static void a_year_has_two_occupancies(void **state) {
  struct arena *a = *state;
  struct reports *x = reports_new(a);
  struct hospital_totals t;
  struct hospital_figures f;
  struct err e;
  static const int64_t end[3] = {50, 80, 90}, beds[3] = {100, 100, 120}, days[3] = {31 * 60, 30 * 70, 31 * 85};
  for (int m = 0; m < 3; m++) add(x, 0, m, 0, 0, HOSPITAL_GEN, (int64_t[]){beds[m], days[m], end[m], 10 * (m + 1), 10, 0, 0});
  assert_int_equal(hospital_totals_make(a, &x->r, &t, &e), E_OK);
  hospital_figures_of(&t, 0, 2, 0, HOSPITAL_GEN, &f);
  assert_true(f.has_mean);
  assert_true(fabs(f.mean_occupancy - (50 + 80 + 75) / 3.0) < 1e-12);
  assert_int_equal(f.use.numerator, 31 * 60 + 30 * 70 + 31 * 85);
  assert_int_equal(f.use.denominator, 31 * 100 + 30 * 100 + 31 * 120);
  assert_false(f.occupancy.defined);
  assert_int_equal(f.stay.denominator, 60 + 30); /* from sums, not a mean of three stays */
  assert_int_equal(f.patients_a_day.denominator, 92);
  hospital_figures_of(&t, 0, 2, 0, HOSPITAL_TB, &f);
  assert_false(f.has_mean);
}
static void hostile_reports_are_refused(void **state) {
  struct arena *a = *state;
  struct reports *x = reports_new(a);
  struct hospital_totals t;
  struct err e;
  add(x, 0, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2170, 70, 50, 50, 0, 0});
  add(x, 0, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2170, 70, 50, 50, 0, 0});
  assert_int_equal(hospital_totals_make(a, &x->r, &t, &e), E_FACILITY_TWICE);
  x->r.n = 1, x->days[0] = 0;
  assert_int_equal(hospital_totals_make(a, &x->r, &t, &e), E_FACILITY_DAYS);
}
static void balance_finds_what_does_not_follow(void **state) {
  struct arena *a = *state;
  struct reports *x = reports_new(a);
  struct balance_report *b = ARENA_NEW(a, struct balance_report);
  struct err e;
  add(x, 0, 0, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2100, 70, 5, 5, 0, 0});
  add(x, 0, 1, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2100, 75, 20, 10, 0, 2}); /* 70 + 20 - 12 = 78 */
  add(x, 0, 2, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2100, 0, 0, 300, 0, 0});  /* more left than there were */
  add(x, 1, 0, 0, 0, HOSPITAL_LT, (int64_t[]){50, 1500, 45, 0, 0, 0, 0});
  add(x, 1, 1, 0, 0, HOSPITAL_LT, (int64_t[]){50, 1500, 45, 0, 0, 0, 0});
  add(x, 1, 2, 0, 0, HOSPITAL_LT, (int64_t[]){50, 1500, 45, 0, 0, 0, 0});     /* no movement for three months */
  add(x, 2, 2, 0, 0, HOSPITAL_GEN, (int64_t[]){100, 2100, 70, 5, 5, 0, 0});   /* nobody knows the month before */
  assert_int_equal(hospital_balance(a, &x->r, b, &e), E_OK);
  assert_int_equal(b->n[BALANCE_DIFFERENCE], 1);
  assert_int_equal(b->n[BALANCE_MORE_LEFT], 1);
  assert_int_equal(b->n[BALANCE_STILL], 1);
  assert_int_equal(b->n_no_prior, 3 * 5);
  assert_int_equal(b->n_checked, 4 * 5);
  assert_int_equal(b->finding[0].should, 78);
  assert_int_equal(b->finding[0].is, 75);
  x->status[HOSPITAL_GEN][HOSPITAL_BEGIN][1] = VAL_REPORTED, x->value[HOSPITAL_GEN][HOSPITAL_BEGIN][1] = 67; /* last month is corrected */
  assert_int_equal(hospital_balance(a, &x->r, b, &e), E_OK);
  assert_int_equal(b->n[BALANCE_DIFFERENCE], 0);
}

/* --- stock --- */
static struct stock_facility institution(const char *id, int kind, int state, int64_t general) {
  return (struct stock_facility){.id = str_of(id), .kind = kind, .state = state, .beds = {[4] = general}};
}
static struct stock_notice notice(const char *id, int month, int kind, int what, int64_t before, int64_t after) {
  static int64_t rows;
  const int64_t row = rows++;
  return (struct stock_notice){.id = str_of(id),
      .month = month,
      .kind = kind,
      .notice = what,
      .day = 10,
      .number = 1,
      .row = row,
      .before = {[4] = before},
      .after = {[4] = after},
      .has_before = true,
      .has_after = true};
}
static void stock_is_carried_by_its_identity(void **state) {
  struct arena *a = *state;
  const struct stock_facility reg[] = {
      institution("a", 3, 1, 100), institution("b", 3, 1, 50), institution("c", 3, 2, 30), institution("d", 1, 1, 80)};
  const struct stock_notice n[] = {notice("e", 0, 3, NOTICE_OPENED, 0, 60), notice("b", 0, 3, NOTICE_CLOSED, 50, 0),
      notice("c", 1, 3, NOTICE_REOPENED, 0, 25), notice("a", 1, 3, NOTICE_BEDS, 100, 90), notice("d", 1, 1, NOTICE_SUSPENDED, 80, 0),
      notice("d", 2, 1, NOTICE_CLOSED, 0, 0), notice("e", 2, 1, NOTICE_OTHER, 60, 60)};
  struct stock_result r;
  struct err e;
  assert_int_equal(facility_stock(a, reg, 4, n, 7, 3, &r, &e), E_OK);
  assert_int_equal(r.n_refused, 0);
  assert_int_equal(stock_flow_at(&r, 0, 0)->start, 3);
  assert_int_equal(stock_flow_at(&r, 0, 0)->end, 3);
  assert_int_equal(stock_flow_at(&r, 0, 0)->beds_end[4], 240);
  assert_int_equal(stock_flow_at(&r, 1, 0)->end, 3);
  assert_int_equal(stock_flow_at(&r, 1, 0)->beds_end[4], 240 + 25 - 80 - 10);
  assert_int_equal(stock_flow_at(&r, 2, 0)->closed, 0); /* closed while suspended leaves no stock */
  assert_int_equal(stock_flow_at(&r, 2, 0)->closed_while_suspended, 1);
  assert_int_equal(stock_flow_at(&r, 2, 1)->reclassified, 1);
  assert_int_equal(stock_flow_at(&r, 2, 3)->reclassified, -1);
  assert_int_equal(stock_flow_at(&r, 2, 1)->beds_end[4], 60);
  assert_int_equal(stock_flow_at(&r, 2, 0)->end, 3);
}
static void notices_against_the_state_are_refused(void **state) {
  struct arena *a = *state;
  const struct stock_facility reg[] = {institution("a", 3, 1, 100), institution("b", 3, 2, 50), institution("c", 3, 9, 10)};
  const struct stock_notice n[] = {notice("a", 0, 3, NOTICE_OPENED, 0, 60), notice("a", 0, 3, NOTICE_REOPENED, 0, 60),
      notice("z", 0, 3, NOTICE_CLOSED, 0, 0), notice("b", 0, 3, NOTICE_SUSPENDED, 50, 0), notice("c", 0, 3, NOTICE_BEDS, 10, 20),
      notice("a", 0, 3, NOTICE_BEDS, 95, 110), notice("c", 0, 3, NOTICE_OPENED, 0, 40)};
  static const enum stock_reason reasons[] = {
      STOCK_EXISTS, STOCK_NOT_SUSPENDED, STOCK_NOT_THERE, STOCK_NOT_OPEN, STOCK_NOT_THERE, STOCK_BEFORE_DIFFERS};
  struct stock_result r;
  struct err e;
  assert_int_equal(facility_stock(a, reg, 3, n, 7, 1, &r, &e), E_OK);
  assert_int_equal(r.n_refused, 5);
  assert_int_equal(r.n_findings, 6);
  for (int i = 0; i < 6; i++) assert_int_equal(r.finding[i].reason, reasons[i]);
  assert_int_equal(stock_flow_at(&r, 0, 0)->end, 2);
  assert_int_equal(stock_flow_at(&r, 0, 0)->beds_end[4], 110 + 40);
  struct stock_notice bad = notice("a", 0, 7, NOTICE_BEDS, 0, 0);
  assert_int_equal(facility_stock(a, reg, 3, &bad, 1, 1, &r, &e), E_FACILITY_VALUE);
  bad = notice("a", 5, 3, NOTICE_BEDS, 0, 0);
  assert_int_equal(facility_stock(a, reg, 3, &bad, 1, 1, &r, &e), E_FACILITY_VALUE);
  const struct stock_facility twice[] = {institution("a", 3, 1, 1), institution("a", 3, 1, 1)};
  assert_int_equal(facility_stock(a, twice, 2, NULL, 0, 1, &r, &e), E_FACILITY_TWICE);
}
static void reconciliation_names_every_difference(void **state) {
  struct arena *a = *state;
  const struct stock_facility roll[] = {
      institution("a", 3, 1, 100), institution("b", 3, 1, 50), institution("c", 3, 2, 30), institution("d", 3, 9, 9), institution("e", 3, 1, 70)};
  const struct stock_facility fixed[] = {
      institution("a", 1, 1, 110), institution("c", 3, 1, 30), institution("f", 3, 1, 20), institution("e", 3, 2, 70)};
  struct reconcile_result r;
  struct err e;
  assert_int_equal(facility_reconcile(a, roll, 5, fixed, 4, &r, &e), E_OK);
  assert_int_equal(r.n_reason[RECONCILE_ONLY_ROLL], 1);
  assert_int_equal(r.n_reason[RECONCILE_ONLY_STATIC], 1);
  assert_int_equal(r.n_reason[RECONCILE_STATE], 2);
  assert_int_equal(r.n_reason[RECONCILE_KIND], 1);
  assert_int_equal(r.n_reason[RECONCILE_BEDS], 1);
  assert_int_equal(r.n_same, 0);
  assert_int_equal(r.bridge.roll, 3);
  assert_int_equal(r.bridge.in_static, 3);
  assert_int_equal(r.bridge.beds_changed, 10);
  assert_true(reconcile_closes(&r.bridge));
  r.bridge.only_roll++;
  assert_false(reconcile_closes(&r.bridge));
}

/* --- detail forms --- */
static void weights_and_errors_of_the_detail_forms(void **state) {
  struct arena *a = *state;
  const struct str id[] = {STR("a1"), STR("a2"), STR("a3"), STR("a4"), STR("b1"), STR("b2"), STR("c1")};
  const struct str cell[] = {STR("A"), STR("A"), STR("A"), STR("A"), STR("B"), STR("B"), STR("B")};
  const uint8_t open[] = {1, 1, 1, 1, 1, 1, 0};
  const struct str answered[] = {STR("b2"), STR("a3"), STR("a1"), STR("b1")};
  const struct service_register reg = {7, id, cell, open};
  const double y[] = {20, 30, 40, 10}, x[] = {25, 50, 50, 25};
  const uint8_t in[] = {1, 1, 1, 0};
  const int32_t domain[] = {1, 0, 0, 1};
  const struct service_measure m[] = {{y, NULL, NULL, 1}, {y, x, NULL, 100}, {y, x, in, 100}};
  struct service_cells c;
  struct service_estimate s[9];
  struct err e;
  assert_int_equal(service_cells_make(a, &reg, 4, answered, false, &c, &e), E_OK);
  assert_int_equal(c.n_cells, 2);
  assert_true(c.weight[0] == 2 && c.weight[1] == 1);
  struct job job = {.arena = a};
  assert_int_equal(service_estimates(&job, a, &c, 4, domain, 2, m, 3, LONELY_STOP, s, &e), E_OK);
  assert_true(s[0].value == 140); /* total of domain 0: 2 x (30 + 40) */
  assert_true(fabs(s[0].se - sqrt(4.0 * (4 - 2) * 50 / 2)) < 1e-12);
  assert_true(fabs(s[1].value - 70) < 1e-12);
  assert_true(s[3].se == 0); /* every facility of B answered */
  assert_true(fabs(s[4].value - 60) < 1e-12);
  assert_int_equal(s[5].n, 1);
  assert_int_equal(s[5].n_left_out, 1);
  assert_true(fabs(s[5].value - 80) < 1e-12);
  assert_true(fabs(s[6].value - 170) < 1e-12); /* both domains */
}
static void no_weight_comes_from_nowhere(void **state) {
  struct arena *a = *state;
  const struct str id[] = {STR("a1"), STR("a2"), STR("b1"), STR("c1")}, cell[] = {STR("A"), STR("A"), STR("B"), STR("B")};
  const uint8_t open[] = {1, 1, 1, 0};
  const struct service_register reg = {4, id, cell, open};
  struct service_cells c;
  struct err e;
  const struct str unknown[] = {STR("a1"), STR("b1"), STR("z")}, closed[] = {STR("a1"), STR("b1"), STR("c1")},
                   twice[] = {STR("a1"), STR("a1"), STR("b1")};
  assert_int_equal(service_cells_make(a, &reg, 3, unknown, true, &c, &e), E_FACILITY_NO_CELL);
  assert_int_equal(service_cells_make(a, &reg, 3, closed, false, &c, &e), E_FACILITY_NO_CELL);
  assert_int_equal(service_cells_make(a, &reg, 3, closed, true, &c, &e), E_OK);
  assert_int_equal(c.n_left_out, 1);
  assert_int_equal(service_cells_make(a, &reg, 3, twice, false, &c, &e), E_FACILITY_TWICE);
  assert_int_equal(service_cells_make(a, &reg, 1, unknown, false, &c, &e), E_FACILITY_NO_RESPONDENT);
  const struct str no_cell[] = {STR("A"), STR(""), STR("B"), STR("B")};
  const struct service_register blank = {4, id, no_cell, open};
  assert_int_equal(service_cells_make(a, &blank, 1, unknown, false, &c, &e), E_FACILITY_NO_CELL);
  /* One answer of two facilities has no variance of its own. */
  assert_int_equal(service_cells_make(a, &reg, 2, unknown, false, &c, &e), E_OK);
  const double y[] = {1, 2};
  const int32_t domain[] = {0, 0};
  const struct service_measure m = {y, NULL, NULL, 1};
  struct service_estimate s[2];
  struct job job = {.arena = a};
  assert_int_equal(service_estimates(&job, a, &c, 2, domain, 1, &m, 1, LONELY_STOP, s, &e), E_LONELY_PSU);
  assert_int_equal(service_estimates(&job, a, &c, 2, domain, 1, &m, 1, LONELY_CENTRE, s, &e), E_OK);
}

/* --- published --- */
static void published_figures_are_computed_again(void **state) {
  (void)state;
  struct published_line line[HOSPITAL_CLASSES];
  struct published_check k[PUBLISHED_CHECKS_MOST];
  memset(line, 0, sizeof line);
  assert_int_equal(hospital_published(line, k), 0);
  for (int h = 0; h < HOSPITAL_TYPES; h++) {
    line[h].has[PUBLISHED_PATIENTS] = line[h].has[PUBLISHED_BEDS] = line[h].has[PUBLISHED_OCCUPANCY] = true;
    line[h].v[PUBLISHED_PATIENTS] = 10, line[h].v[PUBLISHED_BEDS] = 20, line[h].v[PUBLISHED_OCCUPANCY] = 500;
  }
  line[HOSPITAL_TOTAL].has[PUBLISHED_PATIENTS] = line[HOSPITAL_TOTAL].has[PUBLISHED_OCCUPANCY] = true;
  line[HOSPITAL_TOTAL].v[PUBLISHED_PATIENTS] = 50, line[HOSPITAL_TOTAL].v[PUBLISHED_OCCUPANCY] = 501;
  const int n = hospital_published(line, k);
  assert_int_equal(n, 2 + HOSPITAL_TYPES);
  assert_int_equal(k[0].result, PUBLISHED_AGREES);
  assert_int_equal(k[1].result, PUBLISHED_AGREES); /* 50.1 may be rounded from 50.05, and so may the types */
  assert_int_equal(k[2].result, PUBLISHED_ONLY_COMPARED);
  line[HOSPITAL_TOTAL].v[PUBLISHED_PATIENTS] = 51, line[HOSPITAL_TOTAL].v[PUBLISHED_OCCUPANCY] = 502;
  (void)hospital_published(line, k);
  assert_int_equal(k[0].result, PUBLISHED_DIFFERS);
  assert_int_equal(k[1].result, PUBLISHED_DIFFERS);
}

static int set_up(void **state) { return (*state = arena_new(0)) ? 0 : -1; }
static int tear_down(void **state) { return arena_free(*state), 0; }
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fte_is_cut_to_a_tenth_and_at_least_one),
      cmocka_unit_test(fte_needs_standard_hours),
      cmocka_unit_test(a_rate_prints_as_its_exact_ratio),
      cmocka_unit_test_setup_teardown(a_month_has_its_figures, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_missing_item_leaves_both_sides, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_year_has_two_occupancies, set_up, tear_down),
      cmocka_unit_test_setup_teardown(hostile_reports_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(balance_finds_what_does_not_follow, set_up, tear_down),
      cmocka_unit_test_setup_teardown(stock_is_carried_by_its_identity, set_up, tear_down),
      cmocka_unit_test_setup_teardown(notices_against_the_state_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(reconciliation_names_every_difference, set_up, tear_down),
      cmocka_unit_test_setup_teardown(weights_and_errors_of_the_detail_forms, set_up, tear_down),
      cmocka_unit_test_setup_teardown(no_weight_comes_from_nowhere, set_up, tear_down),
      cmocka_unit_test(published_figures_are_computed_again)};
  return cmocka_run_group_tests_name("facility", tests, NULL, NULL);
}
