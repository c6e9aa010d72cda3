/* What steps over units, totals and time read and keep: factors and figures of cells as text, shifted periods, the curve of a replay, bands of
 * answers, thresholds as process.json writes them, stored links before worked out ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "front/thresholds_print.h"
#include "processing/correct/unit_error.h"
#include "processing/impute/longitudinal.h"
#include "processing/command/cmd_process_periods.h"
#include "processing/outlier/cell_text.h"

static void factors_as_text(void **state) {
  static const struct {
    const char *text;
    int n; /* 0: refused */
    struct unit_factor last;
  } cases[] = {
      {"1000:650..1350", 1, {1000, 650, 1350}},
      {" 1000 : 650 .. 1350 ; 100:65..135 ; ", 2, {100, 65, 135}},
      {"12:10.5..13.25;100:65..135;1000:650..1350", 3, {1000, 650, 1350}},
      {"0.001:0.00065..0.00135", 1, {0.001, 0.00065, 0.00135}},
      {"", 0, {0, 0, 0}}, {";", 0, {0, 0, 0}}, {"1000", 0, {0, 0, 0}}, {"1000:650", 0, {0, 0, 0}}, {"1000:650-1350", 0, {0, 0, 0}},
      {"1000:650..", 0, {0, 0, 0}}, {"1000:..1350", 0, {0, 0, 0}}, {"-1000:650..1350", 0, {0, 0, 0}}, {"+10:6..13", 0, {0, 0, 0}},
      {"1e3:650..1350", 0, {0, 0, 0}}, {"1000:650...1350", 0, {0, 0, 0}}, {"1:0.5..1.5", 0, {0, 0, 0}}, {"10:13..6", 0, {0, 0, 0}},
      {"10:0..13", 0, {0, 0, 0}}, {"10:6..13;20:12..30", 0, {0, 0, 0}}, {"10:6..13;;20:14..30", 0, {0, 0, 0}},
      {"1234567890123:6..13", 0, {0, 0, 0}}, {"10:6.1234567891..13", 0, {0, 0, 0}}, {"10:6.-1..13", 0, {0, 0, 0}},
      {"1:2..3;", 0, {0, 0, 0}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct unit_factor f[UNIT_MAX_FACTORS];
    struct err e;
    int n;
    const enum err_code code = unit_factors_parse(str_of(cases[i].text), f, &n, &e);
    assert_int_equal(code, cases[i].n ? E_OK : E_CORRECT_PARAMETER);
    if (!cases[i].n) continue;
    assert_int_equal(n, cases[i].n);
    assert_true(f[n - 1].factor == cases[i].last.factor && f[n - 1].low == cases[i].last.low && f[n - 1].high == cases[i].last.high);
  }
}
static void at_most_sixteen_factors(void **state) {
  struct unit_factor f[UNIT_MAX_FACTORS];
  struct strbuf b;
  struct err e;
  int n;
  (void)state;
  strbuf_init(&b, 0);
  for (int i = 1; i <= 17; i++) {
    strbuf_addf(&b, "%s%d:%d..%d", i > 1 ? ";" : "", 10 * i, 10 * i, 10 * i + 5);
    assert_int_equal(unit_factors_parse(str_of(strbuf_cstr(&b)), f, &n, &e), i <= 16 ? E_OK : E_CORRECT_PARAMETER);
  }
  strbuf_release(&b);
}
static void figures_of_cells_as_text(void **state) {
  static const char *const bad[] = {
      "", "s", "s/1", "s/1 = ", "s/1 = 0", "s/1 = -2", "s/1 = +2", "/1 = 2", "s = 2", "s/1 = 2 |", "s/1 = 1e3", "s/1=1|s/1=2"};
  struct arena *a = arena_new(0);
  struct cell_value *v;
  struct err e;
  int n;
  (void)state;
  assert_int_equal(cell_values_parse(a, str_of(" s/E;1 = 12.5 | t/a=b/c= 0.25|s/ = 3"), true, &v, &n, &e), E_OK);
  assert_int_equal(n, 3);
  assert_true(str_eq(v[0].item, STR("s")) && str_eq(v[0].class_, STR("E;1")) && v[0].value == 12.5);
  assert_true(str_eq(v[1].item, STR("t")) && str_eq(v[1].class_, STR("a=b/c")) && v[1].value == 0.25);
  assert_true(str_eq(v[2].class_, STR("")) && v[2].value == 3);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(cell_values_parse(a, str_of(bad[i]), true, &v, &n, &e), E_SELECTIVE_TEXT);
  assert_int_equal(cell_values_parse(a, str_of("E/1;2 = 5 | = 0.5"), false, &v, &n, &e), E_OK);
  assert_true(n == 2 && str_eq(v[0].class_, STR("E/1;2")) && v[0].value == 5 && v[1].class_.n == 0 && v[1].item.n == 0);
  assert_int_equal(cell_values_parse(a, str_of("E = 5 | E = 6"), false, &v, &n, &e), E_SELECTIVE_TEXT);
  assert_int_equal(cell_values_parse(a, str_of("5"), false, &v, &n, &e), E_SELECTIVE_TEXT);
  arena_free(a);
}
static void periods_are_shifted_in_their_own_kind(void **state) {
  static const struct {
    const char *from;
    int32_t by;
    const char *to; /* NULL: none */
  } cases[] = {{"2025-12", -1, "2025-11"}, {"2025-01", -1, "2024-12"}, {"2025-12", 1, "2026-01"}, {"2025-03", -12, "2024-03"},
      {"2025-03", -120, "2015-03"}, {"2025-Q1", -1, "2024-Q4"}, {"2025-Q4", 1, "2026-Q1"}, {"2025", -2, "2023"}, {"FY2025", 1, "FY2026"},
      {"2025-13", -1, NULL}, {"", 1, NULL}};
  char out[16];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(process_period_shift(cases[i].from, cases[i].by, out), cases[i].to != NULL);
    if (cases[i].to) assert_string_equal(out, cases[i].to);
  }
}
/* The same five records as in test_selective.c: d (raw - edited) by rank 50, -20, 8, 1, 1 of a total of 1,000; a second domain does not touch it. */
static void the_curve_of_a_replay(void **state) {
  static double raw[] = {201, 201, 104, 90, 250, 70}, edited[] = {200, 200, 100, 100, 200, 50};
  static const double score[] = {1, 2, 3, 4, 5, 9}, weight[] = {1, 1, 2, 2, 1, 1}, expected[] = {.04, .01, .01, .002, .001, 0};
  static const int32_t domain[] = {0, 0, 0, 0, 0, 1};
  static uint8_t status[6];
  const struct num_column cr = {"y", 0, raw, status}, ce = {"y", 0, edited, status};
  const struct str unit[] = {STR("a"), STR("b"), STR("c"), STR("d"), STR("e"), STR("f")};
  const struct replay_item item = {&cr, &ce, NULL};
  const struct replay_spec s = {
      .n = 6, .unit = unit, .score = score, .weight = weight, .domain = domain, .n_domains = 2, .n_items = 1, .items = &item, .limit = 0.011};
  struct arena *a = arena_new(0);
  struct replay_curve c;
  struct err e;
  int64_t row[6];
  (void)state;
  assert_int_equal(score_rank(row, a, score, unit, 6, 0, &e), E_OK);
  assert_int_equal(replay_curve(&c, a, &s, row, 0, &e), E_OK);
  assert_int_equal(c.n, 5);
  for (int q = 0; q <= 5; q++)
    assert_true(fabs(c.rpb[q] - expected[q]) < 1e-12);
  assert_true(c.score[0] == 5 && c.score[4] == 1);
  assert_int_equal(replay_curve(&c, a, &s, row, 1, &e), E_OK);
  assert_true(c.n == 1 && fabs(c.rpb[0] - 0.4) < 1e-12 && c.rpb[1] == 0);
  arena_free(a);
}
static void answers_in_bands_of_scores(void **state) {
  struct recontact_case cases[] = {{1, RECONTACT_OPEN}, {7, RECONTACT_CHANGED}, {3, RECONTACT_CONFIRMED}, {5, RECONTACT_CHANGED},
      {2, RECONTACT_CONFIRMED}, {6, RECONTACT_CHANGED}, {4, RECONTACT_CONFIRMED}};
  struct recontact r = {.n = 7, .cases = cases};
  struct recontact_band b[RECONTACT_BANDS];
  int64_t asked = 0;
  (void)state;
  assert_int_equal(recontact_bands(&r, b), 5);
  for (int i = 0; i < 5; i++)
    asked += b[i].asked;
  assert_int_equal(asked, 7);
  assert_true(b[0].from == 7 && b[0].by[RECONTACT_CHANGED] == b[0].asked && b[4].to == 1 && b[4].by[RECONTACT_OPEN] == 1);
  for (int i = 1; i < 5; i++)
    assert_true(b[i - 1].to > b[i].from);
  r.n = 0;
  assert_int_equal(recontact_bands(&r, b), 0);
}
/* The number in process.json is never above the score of the last one called, or that one would not be called. */
static void thresholds_are_rounded_down(void **state) {
  static const struct {
    double score;
    const char *text;
  } cases[] = {{20, "20"}, {12.5, "12.5"}, {1.0 / 3, "0.333333333"}, {2.0 / 3, "0.666666666"}, {1e-12, "0.000000001"}, {100, "100"},
      {999999.9999999999, "999999.999999999"}};
  char out[40];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    thresholds_number(cases[i].score, out);
    assert_string_equal(out, cases[i].text);
  }
}
/* Links of an earlier run stand for the weighting even where rows of that period are here: those may be part of its units only. */
static void stored_links_go_before_worked_out_ones(void **state) {
  const struct str unit[] = {STR("p"), STR("p"), STR("p"), STR("q"), STR("q")};
  static const int32_t period[] = {-2, -1, 0, -1, 0}, class_[] = {0, 0, 0, 0, 0};
  static const double y[] = {10, 20, 30, 7, 0};
  static const uint8_t status[] = {VAL_REPORTED, VAL_REPORTED, VAL_REPORTED, VAL_REPORTED, VAL_BLANK};
  const struct long_past past = {-1, 0, {4, 1, 1}};
  struct long_input in = {.n = 5, .unit = unit, .period = period, .class_ = class_, .response = {y, status}};
  const struct long_rule rule = {.weight = 0.5, .weight_lag = 1, .step = 1};
  struct arena *a = arena_new(0);
  struct long_row *r;
  struct err e;
  (void)state;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_OK);
  assert_true(fabs(r[4].value - 7 * (0.5 * 1.5 + 0.5 * 2)) < 1e-12 && r[4].from == 3);
  in.n_past = 1;
  in.past = &past;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_OK);
  assert_true(fabs(r[4].value - 7 * (0.5 * 1.5 + 0.5 * 4)) < 1e-12);
  assert_true(r[2].from == -1 && r[2].marker == MARK_R);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(factors_as_text), cmocka_unit_test(at_most_sixteen_factors),
      cmocka_unit_test(figures_of_cells_as_text), cmocka_unit_test(periods_are_shifted_in_their_own_kind), cmocka_unit_test(the_curve_of_a_replay),
      cmocka_unit_test(answers_in_bands_of_scores), cmocka_unit_test(thresholds_are_rounded_down),
      cmocka_unit_test(stored_links_go_before_worked_out_ones)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
