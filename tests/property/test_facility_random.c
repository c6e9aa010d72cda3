/* Facility surveys on random input: stocks and bridges close whatever happens, the order of the rows changes nothing, a rate rounds to its print,
 * totals of areas are those of the nation, a full answer has no error, and weights add up to the facilities of the register. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "base/table.h"
#include "estimators/facility/facility_table.h"
#include "estimators/facility/fte.h"
#include "estimators/table/rounding.h"

enum { ROUNDS = 60, IDS = 40, NOTICES = 200, MONTHS = 5 };
static struct rng stream;
static int64_t draw(int64_t low, int64_t high) { return low + (int64_t)rng_below(&stream, (uint64_t)(high - low + 1)); }
static char id_text[IDS][8];
static struct str id_of(int64_t i) {
  snprintf(id_text[i], sizeof id_text[i], "f%02d", (int)i);
  return str_of(id_text[i]);
}

static void a_rate_rounds_to_its_print(void **state) {
  (void)state;
  for (int i = 0; i < 200000; i++) {
    const int64_t d = draw(1, 40000), n = draw(0, 2 * d), per = (int64_t[]){1, 10, 100, 100000}[draw(0, 3)];
    const int decimals = (int)draw(0, 2);
    const struct facility_rate r = facility_rate_of(n, d, per, decimals);
    assert_int_equal(round_half_away(r.value * (double)power_of_ten(decimals)), r.printed);
    assert_true(fabs(r.value - (double)n / (double)d * (double)per) <= 1e-12 * (1 + r.value));
  }
}
static void fte_is_within_a_tenth_below(void **state) {
  (void)state;
  struct err e;
  for (int i = 0; i < 100000; i++) {
    const int64_t standard = draw(1, 500), hours = draw(0, 100000);
    int64_t t;
    assert_int_equal(fte_part_time(hours, standard, &t, &e), E_OK);
    if (hours >= standard / 10 + 1) assert_true(t * standard <= hours * 10 && (t + 1) * standard > hours * 10);
    assert_true(hours == 0 ? t == 0 : t >= 1);
  }
}

static struct stock_facility random_institution(int64_t i) {
  static const int states[3] = {STOCK_OPEN, STOCK_SUSPENDED, STOCK_CLOSED};
  struct stock_facility f = {.id = id_of(i), .kind = (int)draw(1, STOCK_KINDS), .state = states[draw(0, 2)]};
  for (int h = 0; h < STOCK_BEDS; h++) f.beds[h] = draw(0, 50);
  return f;
}
static void shuffle(struct stock_notice *n, int64_t count) {
  for (int64_t i = count - 1; i > 0; i--) {
    const int64_t j = draw(0, i);
    const struct stock_notice x = n[i];
    n[i] = n[j], n[j] = x;
  }
}
static void stocks_close_in_any_order(void **state) {
  struct arena *a = *state;
  struct err e;
  for (int round = 0; round < ROUNDS; round++) {
    struct stock_facility reg[IDS];
    struct stock_notice n[NOTICES];
    struct stock_result r, again;
    const int64_t known = draw(1, IDS - 5);
    for (int64_t i = 0; i < known; i++) reg[i] = random_institution(i);
    for (int64_t i = 0; i < NOTICES; i++) {
      n[i] = (struct stock_notice){.id = id_of(draw(0, IDS - 1)), .month = (int32_t)draw(0, MONTHS - 1), .kind = (int)draw(1, STOCK_KINDS),
          .notice = (int)draw(NOTICE_OPENED, NOTICE_OTHER), .day = draw(1, 28), .number = draw(1, 3), .row = i, .has_before = true,
          .has_after = draw(0, 9) > 0};
      for (int h = 0; h < STOCK_BEDS; h++) n[i].after[h] = draw(0, 50), n[i].before[h] = draw(0, 50);
    }
    assert_int_equal(facility_stock(a, reg, known, n, NOTICES, MONTHS, &r, &e), E_OK);
    int64_t open = 0, beds = 0;
    for (int64_t i = 0; i < r.n_facilities; i++)
      for (int h = 0; r.facility[i].state == STOCK_OPEN && h < STOCK_BEDS; h++) open += h == 0, beds += r.facility[i].beds[h];
    const struct stock_flow *last = stock_flow_at(&r, MONTHS - 1, 0);
    int64_t by_kind = 0, beds_end = 0, moved = 0;
    for (int k = 1; k <= STOCK_KINDS; k++) by_kind += stock_flow_at(&r, MONTHS - 1, k)->end, moved += stock_flow_at(&r, 2, k)->reclassified;
    for (int h = 0; h < STOCK_BEDS; h++) beds_end += last->beds_end[h];
    assert_int_equal(last->end, open); /* the identity against the institutions themselves */
    assert_int_equal(beds_end, beds);
    assert_int_equal(by_kind, open);
    assert_int_equal(moved, 0);
    shuffle(n, NOTICES);
    assert_int_equal(facility_stock(a, reg, known, n, NOTICES, MONTHS, &again, &e), E_OK);
    assert_memory_equal(r.flow, again.flow, sizeof *r.flow * MONTHS * (STOCK_KINDS + 1));
    assert_int_equal(r.n_findings, again.n_findings);
    assert_memory_equal(r.finding, again.finding, sizeof *r.finding * (size_t)r.n_findings);
  }
}
static void bridges_close(void **state) {
  struct arena *a = *state;
  struct err e;
  for (int round = 0; round < 10 * ROUNDS; round++) {
    struct stock_facility x[IDS], y[IDS];
    int64_t n = 0, m = 0;
    struct reconcile_result r;
    for (int64_t i = 0; i < IDS; i++) {
      const struct stock_facility f = random_institution(i);
      if (draw(0, 3)) x[n++] = f;
      if (draw(0, 3)) y[m++] = draw(0, 1) ? f : random_institution(i);
    }
    assert_int_equal(facility_reconcile(a, x, n, y, m, &r, &e), E_OK);
    assert_true(reconcile_closes(&r.bridge));
    if (r.bridge.roll != r.bridge.in_static) assert_true(r.n > 0);
  }
}
static void areas_add_up_to_the_nation(void **state) {
  struct arena *a = *state;
  struct err e;
  enum { REPORTS = 300, AREAS = 4 };
  int32_t facility[REPORTS], month[REPORTS], area[REPORTS], days[2] = {31, 28};
  uint8_t clinic[REPORTS], *status = arena_alloc(a, REPORTS, 64);
  int64_t *value = arena_alloc(a, sizeof(int64_t) * REPORTS * HOSPITAL_COLUMNS * HOSPITAL_FIELDS, 64);
  struct hospital_reports r = {.n = REPORTS, .n_facilities = REPORTS / 2, .n_months = 2, .n_areas = AREAS, .facility = facility, .month = month,
      .area = area, .clinic = clinic, .days = days};
  struct hospital_totals t;
  for (int i = 0; i < REPORTS; i++) facility[i] = i / 2, month[i] = i % 2, area[i] = (int32_t)draw(0, AREAS - 1), clinic[i] = draw(0, 9) == 0;
  for (int i = 0; i < REPORTS; i++) status[i] = draw(0, 19) ? VAL_REPORTED : VAL_UNKNOWN;
  for (int h = 0; h < HOSPITAL_COLUMNS; h++)
    for (int f = 0; f < HOSPITAL_FIELDS; f++) {
      int64_t *v = value + (int64_t)(h * HOSPITAL_FIELDS + f) * REPORTS;
      for (int i = 0; i < REPORTS; i++) v[i] = draw(0, 100);
      r.column[h][f] = (struct hospital_column){v, status};
    }
  assert_int_equal(hospital_totals_make(a, &r, &t, &e), E_OK);
  for (int32_t m = 0; m < 2; m++)
    for (int h = 0; h < HOSPITAL_CLASSES; h++) {
      struct hospital_cell s = {.n = 0};
      for (int32_t k = 1; k <= AREAS; k++) {
        const struct hospital_cell *c = hospital_cell_at(&t, m, k, h);
        s.n += c->n, s.patient_days += c->patient_days, s.end += c->end, s.beds += c->beds, s.movements += c->movements, s.bed_days += c->bed_days;
      }
      const struct hospital_cell *all = hospital_cell_at(&t, m, 0, h);
      assert_int_equal(s.n, all->n), assert_int_equal(s.patient_days, all->patient_days), assert_int_equal(s.end, all->end);
      assert_int_equal(s.beds, all->beds), assert_int_equal(s.movements, all->movements), assert_int_equal(s.bed_days, all->bed_days);
    }
}
static void weights_add_up_and_full_answers_have_no_error(void **state) {
  struct arena *a = *state;
  struct job job = {.arena = a};
  struct err e;
  for (int round = 0; round < ROUNDS; round++) {
    struct str id[IDS], cell[IDS], answered[IDS];
    static const char *const cells[3] = {"A", "B", "C"};
    uint8_t open[IDS];
    double y[IDS], x[IDS];
    int32_t domain[IDS];
    int64_t m = 0, seen[3] = {0};
    const bool all = round % 2;
    for (int64_t i = 0; i < IDS; i++) {
      id[i] = id_of(i), cell[i] = str_of(cells[i % 3]), open[i] = 1;
      if (!all && seen[i % 3] >= 2 && draw(0, 2) == 0) continue;
      seen[i % 3]++;
      y[m] = (double)draw(0, 1000), x[m] = (double)draw(1, 1000), domain[m] = (int32_t)(i % 2), answered[m++] = id[i];
    }
    const struct service_register reg = {IDS, id, cell, open};
    const struct service_measure measure[2] = {{y, NULL, NULL, 1}, {y, x, NULL, 100}};
    struct service_cells c;
    struct service_estimate s[6];
    assert_int_equal(service_cells_make(a, &reg, m, answered, false, &c, &e), E_OK);
    double weights = 0;
    for (int64_t i = 0; i < m; i++) weights += c.weight[c.of_respondent[i]];
    assert_true(fabs(weights - IDS) < 1e-9);
    assert_int_equal(service_estimates(&job, a, &c, m, domain, 2, measure, 2, LONELY_STOP, s, &e), E_OK);
    assert_true(fabs(s[0].value + s[2].value - s[4].value) < 1e-6);
    if (all) assert_true(s[0].se == 0 && s[4].se == 0 && s[5].se == 0);
    else assert_true(s[4].se >= 0);
  }
}

static int set_up(void **state) {
  rng_init(&stream, 20251201, "facility", "random", 6);
  return (*state = arena_new(0)) ? 0 : -1;
}
static int tear_down(void **state) { return arena_free(*state), 0; }
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_rate_rounds_to_its_print, set_up, tear_down),
      cmocka_unit_test_setup_teardown(fte_is_within_a_tenth_below, set_up, tear_down),
      cmocka_unit_test_setup_teardown(stocks_close_in_any_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(bridges_close, set_up, tear_down),
      cmocka_unit_test_setup_teardown(areas_add_up_to_the_nation, set_up, tear_down),
      cmocka_unit_test_setup_teardown(weights_add_up_and_full_answers_have_no_error, set_up, tear_down)};
  return cmocka_run_group_tests_name("facility at random", tests, NULL, NULL);
}
