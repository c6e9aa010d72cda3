/* Imputation by class: hand-computed cases, collapsing, what stays missing and why, rounding, plans with mistakes, independence of order and
 * shards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/unit/derive_items.h"
#include "processing/impute/impute_plan.h"
#include "tests/unit/process_fixture.h"

struct result {
  enum err_code code;
  struct err error;
  struct unit_shard *shards;
  int n_shards;
  struct change_log log;
  struct impute_report report;
  uint8_t *changed;
};

static struct result impute(struct small *s, const struct small_data *d, int n_shards) {
  struct result r = {.shards = small_shards(s, d, n_shards), .n_shards = n_shards, .changed = ARENA_ARRAY(s->arena, uint8_t, d->n_current + 1)};
  struct impute_plan *plan = NULL;
  assert_int_equal(change_log_init(&r.log, s->arena, &r.error), E_OK);
  struct impute_run run = {&s->job, s->arena, &s->form, r.shards, n_shards, d->n_current, &r.log, r.changed};
  r.code = impute_plan_read(s->arena, NULL, &s->form, &s->frame, &plan, &r.error);
  if (!r.code) r.code = impute_plan_run(&run, plan, &r.report, &r.error);
  return r;
}

static const struct column *cell_of(const struct result *r, const char *item, int64_t record, int64_t *row) {
  int i = r->n_shards - 1;
  while (r->shards[i].first_record > record) i--;
  *row = record - r->shards[i].first_record;
  return table_column(r->shards[i].current, item);
}
static void assert_cell(const struct result *r, const char *item, int64_t record, int64_t value, uint8_t status) {
  int64_t row;
  const struct column *c = cell_of(r, item, record, &row);
  assert_int_equal(c->status[row], status);
  if (value_present(status)) assert_int_equal(c->i64[row], value);
}
static struct str log_text(const struct result *r, int64_t line, enum change_column k) {
  static char buffer[64];
  return column_text(&r->log.table.columns[k], line, buffer, sizeof buffer);
}

static const char *const weights[] = {"u1,N,S1,2,1", "u2,N,S1,1,1", "u3,N,S1,3,1", "u4,S,S2,3,2", "u5,S,S2,3,2", "u6,S,S2,3,2", "u7,S,S2,1,1"};

/* Class A: u1 100 -> 110 (w 2), u2 300 -> 330 (w 1). Ratio = (2*110 + 330) / (2*100 + 300) = 550 / 500 = 1.1; u3: 50 * 1.1 = 55.
 * Class B: u4 40 -> 60, u5 20 -> 30, both w 1.5: ratio 90/60 = 1.5; u6: 7 * 1.5 = 10.5 -> 11 (half away from zero). u7 is new: no previous value. */
static void previous_ratio_by_hand(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,110", "u2,A,1,1,330", "u3,A,1,1,", "u4,B,1,1,60", "u5,B,1,1,30", "u6,B,1,1,?", "u7,B,1,1,"),
                         ROWS("u1,A,1,1,100", "u2,A,1,1,300", "u3,A,1,1,50", "u4,B,1,1,40", "u5,B,1,1,20", "u6,B,1,1,7"), weights, 7, 6, 7};
  (void)state;
  small_step(s, 1, "pay", "previous_ratio", "industry", "min_class=2;weight=frame(weight_num)/frame(weight_den);stratum=frame(stratum_id)");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_cell(&r, "pay", 2, 55, VAL_IMPUTED);
  assert_cell(&r, "pay", 5, 11, VAL_IMPUTED);
  assert_cell(&r, "pay", 6, 0, VAL_BLANK);
  assert_cell(&r, "pay", 0, 110, VAL_REPORTED);
  assert_int_equal(r.report.n, 1);
  assert_int_equal(r.report.counts[0].missing, 3);
  assert_int_equal(r.report.counts[0].by_outcome[IMPUTED], 2);
  assert_int_equal(r.report.counts[0].by_outcome[IMPUTE_NO_PREDICTOR], 1);
  assert_int_equal(r.log.table.n_rows, 2);
  assert_int_equal(r.log.table.columns[CHANGE_RECORD_NO].i64[0], 3);
  assert_true(str_eq(log_text(&r, 0, CHANGE_NEW_VALUE), STR("55")));
  assert_true(str_eq(log_text(&r, 0, CHANGE_OLD_STATUS), STR("blank")));
  assert_true(str_eq(log_text(&r, 1, CHANGE_OLD_STATUS), STR("unknown")));
  assert_true(str_eq(log_text(&r, 1, CHANGE_METHOD), STR("previous_ratio")));
  assert_true(str_eq(log_text(&r, 1, CHANGE_CLASS), STR("B")));
  assert_true(str_eq(log_text(&r, 1, CHANGE_RULE), STR("impute.csv:2")));
  assert_int_equal(r.log.table.columns[CHANGE_DONORS].i64[1], 2);
  small_free(s);
}

/* Class A: (2*10 + 1*40) / (2 + 1) = 60 / 3 = 20. */
static void class_mean_by_hand(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,10", "u2,A,1,1,40", "u3,A,1,1,"), NULL, weights, 3, 0, 7};
  (void)state;
  small_step(s, 1, "pay", "class_mean", "industry", "min_class=2;weight=frame(weight_num)/frame(weight_den)");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_cell(&r, "pay", 2, 20, VAL_IMPUTED);
  small_free(s);
}

/* Unweighted: hours (one decimal) per head: (80.5 + 40.0) / (10 + 5) = 8.0333..; for 3 workers 24.1. Stored: (805 + 400) * 3 / 15 = 241. */
static void class_ratio_keeps_the_items_decimals(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,10,1,,805", "u2,A,1,5,1,,400", "u3,A,1,3,1,,"), NULL, NULL, 3, 0, 0};
  (void)state;
  small_step(s, 1, "hours", "class_ratio", "industry", "min_class=2;weight=none;auxiliary=workers");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_cell(&r, "hours", 2, 241, VAL_IMPUTED);
  assert_true(str_eq(log_text(&r, 0, CHANGE_NEW_VALUE), STR("24.1")));
  small_free(s);
}

/* Levels industry;size > industry > all, at least 2 donors. u1: A;1 has 2. u4: A;2 has 1, A has 3 (10 20 60 -> 30). u6: B;1 none, B none, all 3 ->
 * 30. */
static void classes_collapse_in_the_stated_order(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,", "u2,A,1,1,10", "u3,A,1,1,20", "u4,A,2,1,", "u5,A,2,1,60", "u6,B,1,1,", "u7,,1,1,"), NULL, NULL, 7, 0, 0};
  (void)state;
  small_step(s, 1, "pay", "class_mean", "industry;size>industry>", "min_class=2;weight=none");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_cell(&r, "pay", 0, 15, VAL_IMPUTED);
  assert_cell(&r, "pay", 3, 30, VAL_IMPUTED);
  assert_cell(&r, "pay", 5, 30, VAL_IMPUTED);
  assert_cell(&r, "pay", 6, 30, VAL_IMPUTED); /* no industry: only the last level has it */
  assert_int_equal(r.report.counts[0].by_level[0], 1);
  assert_int_equal(r.report.counts[0].by_level[1], 1);
  assert_int_equal(r.report.counts[0].by_level[2], 2);
  assert_int_equal(r.log.table.columns[CHANGE_LEVEL].i64[0], 1);
  assert_int_equal(r.log.table.columns[CHANGE_LEVEL].i64[1], 2);
  assert_true(str_eq(log_text(&r, 0, CHANGE_CLASS), STR("A;1")));
  assert_int_equal(r.log.table.columns[CHANGE_CLASS].status[2], VAL_BLANK);
  small_free(s);
}

static void without_donors_the_value_stays_missing_and_says_so(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,0,", "u2,A,1,0,10", "u3,B,1,0,", "u4,B,1,0,5", "u5,B,1,0,6", "u6,,1,1,", "u7,C,1,1,90000", "u8,C,1,1,90000",
                             "u9,C,1,9,", "v1,C,1,,"),
      NULL, NULL, 10, 0, 0};
  static const int64_t want[IMPUTE_OUTCOMES] = {
      [IMPUTE_NO_DONORS] = 1, [IMPUTE_ZERO_BASE] = 1, [IMPUTE_NO_CLASS] = 1, [IMPUTE_OUT_OF_RANGE] = 1, [IMPUTE_NO_PREDICTOR] = 1};
  (void)state;
  small_step(s, 1, "pay", "class_ratio", "industry", "min_class=2;weight=none;auxiliary=workers");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_int_equal(r.report.counts[0].missing, 5);
  for (int i = 0; i < IMPUTE_OUTCOMES; i++) assert_int_equal(r.report.counts[0].by_outcome[i], want[i]);
  assert_int_equal(r.log.table.n_rows, 0);
  for (int64_t i = 0; i < 10; i += 2) assert_int_equal(r.changed[i], 0);
  small_free(s);
}

/* bonus is asked where workers > 0: not of u2; whether of u3 is unknown; u4's "not applicable" is an answer. */
static void only_what_was_asked_is_imputed(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,5,1,", "u2,A,1,0,1,", "u3,A,1,,1,", "u4,A,1,5,1,na", "u5,A,1,5,1,8", "u6,A,1,5,1,9"), NULL, NULL, 6, 0, 0};
  (void)state;
  small_step(s, 1, "bonus", "class_mean", "", "min_class=2;weight=none");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_cell(&r, "bonus", 0, 9, VAL_IMPUTED); /* 17 / 2 = 8.5 */
  assert_cell(&r, "bonus", 1, 0, VAL_BLANK);
  assert_cell(&r, "bonus", 2, 0, VAL_BLANK);
  assert_cell(&r, "bonus", 3, 0, VAL_NOT_APPLICABLE);
  assert_int_equal(r.report.counts[0].missing, 2);
  assert_int_equal(r.report.counts[0].by_outcome[IMPUTE_UNIVERSE_UNKNOWN], 1);
  small_free(s);
}

static void imputed_values_are_no_donors(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,10", "u2,A,1,1,20", "u3,A,1,1,"), NULL, NULL, 3, 0, 0};
  (void)state;
  small_step(s, 2, "pay", "class_mean", "", "min_class=2;weight=none");
  small_step(s, 1, "pay", "class_mean", "", "min_class=3;weight=none");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_int_equal(r.report.counts[0].step, 1); /* by order, not by line */
  assert_int_equal(r.report.counts[0].by_outcome[IMPUTE_NO_DONORS], 1);
  assert_int_equal(r.report.counts[1].by_outcome[IMPUTED], 1);
  assert_cell(&r, "pay", 2, 15, VAL_IMPUTED);
  small_free(s);
}

static void a_unit_without_weight_or_stratum_stops_the_run(void **state) {
  static const char *const gaps[] = {"u1,N,S1,2,1", "u2,N,,1,1", "u3,N,S1,,1"};
  static const char *const low[] = {"u1,N,S1,2,1", "u2,N,S1,1,2", "u3,N,S1,1,1"};
  (void)state;
  for (int way = 0; way < 4; way++) {
    struct small *s = small_new();
    struct small_data d = {ROWS("u1,A,1,1,10", "u2,A,1,1,40", "u3,A,1,1,"), NULL, way == 2 ? low : gaps, 3, 0, way == 3 ? 0 : 3};
    small_step(s, 1, "pay", "class_mean", "industry",
        way == 1 ? "min_class=1;weight=none;stratum=frame(stratum_id)" : "min_class=1;weight=frame(weight_num)/frame(weight_den)");
    struct result r = impute(s, &d, 1);
    assert_int_equal(r.code, way == 1 ? E_NO_STRATUM : E_NO_WEIGHT);
    assert_string_equal(r.error.subject, way == 0 ? "record 3" : way == 3 ? "record 1" : "record 2");
    small_free(s);
  }
}

static void order_and_shards_change_nothing(void **state) {
  enum { N = 500 };
  (void)state;
  int64_t first[N];
  for (int way = 0; way < 4; way++) {
    struct small *s = small_new();
    const char **rows = ARENA_ARRAY(s->arena, const char *, N), **before = ARENA_ARRAY(s->arena, const char *, N),
               **frame = ARENA_ARRAY(s->arena, const char *, N);
    int step = way == 3 ? 177 : 1; /* 177 and 500 have no common factor: another order of the same rows */
    for (int i = 0; i < N; i++) {
      int u = i * step % N;
      rows[i] = u % 7 ? arena_printf(s->arena, "u%d,%c,%d,%d,%d", u, 'A' + u % 4, u % 3, u % 9 + 1, 1000 + u * 37 % 911)
                      : arena_printf(s->arena, "u%d,%c,%d,%d,", u, 'A' + u % 4, u % 3, u % 9 + 1);
      before[i] = arena_printf(s->arena, "u%d,%c,%d,%d,%d", u, 'A' + u % 4, u % 3, u % 9 + 1, 900 + u * 31 % 701);
      frame[i] = arena_printf(s->arena, "u%d,N,S,%d,3", u, 3 + u % 5);
    }
    struct small_data d = {rows, before, frame, N, N, N};
    small_step(s, 1, "pay", "previous_ratio", "industry;size>industry>", "min_class=3;weight=frame(weight_num)/frame(weight_den)");
    struct result r = impute(s, &d, (int[]){1, 3, 17, 5}[way]);
    assert_int_equal(r.code, E_OK);
    assert_int_equal(r.report.counts[0].by_outcome[IMPUTED], (N + 6) / 7);
    for (int i = 0; i < N; i++) {
      int64_t row, u = i * step % N;
      const struct column *c = cell_of(&r, "pay", i, &row);
      if (way == 0) first[u] = c->i64[row];
      else assert_int_equal(c->i64[row], first[u]);
    }
    small_free(s);
  }
}

static void totals_follow_their_imputed_parts(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,10,5,,15", "u2,A,1,1,,7,,", "u3,A,1,1,20,1,,99"), NULL, NULL, 3, 0, 0};
  struct err e;
  (void)state;
  small_step(s, 1, "pay", "class_mean", "", "min_class=2;weight=none");
  struct result r = impute(s, &d, 1);
  assert_int_equal(r.code, E_OK);
  assert_int_equal(derive_items(s->arena, &s->form, &r.shards[0], r.changed, &r.log, &e), E_OK);
  assert_cell(&r, "total", 1, 22, VAL_DERIVED); /* 15 + 7 */
  assert_cell(&r, "total", 2, 99, VAL_REPORTED); /* not a changed record: left alone */
  assert_int_equal(r.log.table.n_rows, 2);
  assert_true(str_eq(log_text(&r, 1, CHANGE_METHOD), STR("derived")));
  assert_true(str_eq(log_text(&r, 1, CHANGE_RULE), STR("items.csv:9")));
  small_free(s);
}

static void scaling_is_exact_and_rounds_half_away(void **state) {
  const sum_int big = (sum_int)1 << 100;
  static const struct {
    int64_t z, num, den, want;
  } cases[] = {{5, 11, 10, 6}, {-5, 11, 10, -6}, {5, -11, 10, -6}, {-5, -11, 10, 6}, {3, 1, 2, 2}, {1, 1, 3, 0}, {2, 1, 3, 1}, {0, 7, 3, 0},
      {7, 0, 3, 0}, {INT64_MAX, 1, 1, INT64_MAX}};
  int64_t out;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(impute_scale(cases[i].z, cases[i].num, cases[i].den, &out));
    assert_int_equal(out, cases[i].want);
  }
  assert_true(impute_scale(7, big, big * 2, &out)); /* 3.5 -> 4 */
  assert_int_equal(out, 4);
  assert_false(impute_scale(INT64_MAX, 2, 1, &out));
  assert_false(impute_scale(INT64_MAX, big, 3, &out));
}

static void mistakes_in_a_plan_have_their_place(void **state) {
  static const struct { const char *items, *method, *classes, *parameters; enum err_code code; int64_t column; const char *subject; } cases[] = {
      {"pay", "nearest_donor", "industry", "min_class=1;weight=none", E_IMPUTE_METHOD, 3, "nearest_donor"},
      {"pay;zzz", "class_mean", "industry", "min_class=1;weight=none", E_IMPUTE_ITEM, 2, "zzz"},
      {"industry", "class_mean", "", "min_class=1;weight=none", E_IMPUTE_ITEM, 2, "industry"},
      {"total", "class_mean", "", "min_class=1;weight=none", E_IMPUTE_ITEM, 2, "total"},
      {"pay", "class_mean", "industry>zzz", "min_class=1;weight=none", E_IMPUTE_CLASS, 4, "zzz"},
      {"pay", "class_mean", "frame(zzz)", "min_class=1;weight=none", E_IMPUTE_CLASS, 4, "frame(zzz)"},
      {"pay", "class_mean", "", "weight=none", E_IMPUTE_PARAMETER, 5, "min_class"},
      {"pay", "class_mean", "", "min_class=0;weight=none", E_IMPUTE_PARAMETER, 5, "min_class"},
      {"pay", "class_mean", "", "min_class=1", E_IMPUTE_PARAMETER, 5, "weight"},
      {"pay", "class_mean", "", "min_class=1;weight=none;colour=red", E_IMPUTE_PARAMETER, 5, "colour"},
      {"pay", "class_ratio", "", "min_class=1;weight=none", E_IMPUTE_PARAMETER, 5, "auxiliary"},
      {"pay", "class_ratio", "", "min_class=1;weight=none;auxiliary=size", E_IMPUTE_ITEM, 5, "size"},
      {"pay", "class_mean", "", "min_class=1;weight=frame(nothing)", E_EXPR_NAME, 5, "nothing"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct small *s = small_new();
    struct impute_plan *plan;
    struct err e = {0};
    small_step(s, 1, cases[i].items, cases[i].method, cases[i].classes, cases[i].parameters);
    assert_int_equal(impute_plan_read(s->arena, NULL, &s->form, &s->frame, &plan, &e), cases[i].code);
    assert_string_equal(e.file, "small/impute.csv");
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, cases[i].column);
    assert_string_equal(e.subject, cases[i].subject);
    if (i == 0) assert_string_equal(e.expected, "previous_ratio, class_mean, class_ratio");
    small_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(previous_ratio_by_hand),
      cmocka_unit_test(class_mean_by_hand),
      cmocka_unit_test(class_ratio_keeps_the_items_decimals),
      cmocka_unit_test(classes_collapse_in_the_stated_order),
      cmocka_unit_test(without_donors_the_value_stays_missing_and_says_so),
      cmocka_unit_test(only_what_was_asked_is_imputed),
      cmocka_unit_test(imputed_values_are_no_donors),
      cmocka_unit_test(a_unit_without_weight_or_stratum_stops_the_run),
      cmocka_unit_test(order_and_shards_change_nothing),
      cmocka_unit_test(totals_follow_their_imputed_parts),
      cmocka_unit_test(scaling_is_exact_and_rounds_half_away),
      cmocka_unit_test(mistakes_in_a_plan_have_their_place),
  };
  return cmocka_run_group_tests_name("impute", tests, NULL, NULL);
}
