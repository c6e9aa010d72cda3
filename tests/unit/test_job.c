/* The parts of a job: places in process.json, decimals, selection and by-groups, flags and clearing, assignments, effects by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/job/job_plan.h"
#include "processing/job/job_run.h"
#include "processing/job/json_place.h"
#include "processing/unit/value_effect.h"
#include "tests/unit/process_fixture.h"

static void a_value_is_found_on_its_line(void **state) {
  static const char text[] = "{ \"a\": 1,\n  \"b\": [ {\"x\": \"}]\\\"\"},\n   {\"y\": [1,\n 2], \"x\": 3}],\n \"c\": {\"b\":\n 5} }";
  const struct json_way element[] = {{"b", 0}, {NULL, 1}, {"x", 0}}, member[] = {{"c", 0}, {"b", 0}}, absent[] = {{"b", 0}, {NULL, 7}};
  (void)state;
  assert_int_equal(json_line(str_of(text), element, 1), 2);
  assert_int_equal(json_line(str_of(text), element, 2), 3);
  assert_int_equal(json_line(str_of(text), element, 3), 4);
  assert_int_equal(json_line(str_of(text), member, 2), 6);
  assert_int_equal(json_line(str_of(text), absent, 2), 2);
}

struct bench {
  struct small *s;
  struct job_plan *plan;
  struct unit_shard *shards;
  struct job_state j;
};
static enum err_code plan_of(struct small *s, const char *text, struct job_plan **out, struct err *e) {
  s->form.process_json = text;
  return job_plan_read(s->arena, NULL, &s->form, NULL, out, e);
}
static void begin(struct bench *b, const char *process, const char *const *rows, int n, int shards) {
  struct err e = {0};
  *b = (struct bench){.s = small_new()};
  small_check(b->s, "H", SEVERITY_HARD, "", "pay >= 10");
  b->s->form.records = ARENA_ARRAY(b->s->arena, struct record_type, 1);
  b->s->form.n_records = 1;
  if (plan_of(b->s, process, &b->plan, &e)) fail_msg("%s line %ld: %s", err_name(e.code), (long)e.line, e.subject);
  const struct small_data d = {rows, NULL, NULL, n, 0, 0};
  b->shards = small_shards(b->s, &d, shards);
  b->j = (struct job_state){.job = &b->s->job,
      .arena = b->s->arena,
      .form = &b->s->form,
      .plan = b->plan,
      .shards = b->shards,
      .n_shards = shards,
      .n_records = n,
      .run = "test"};
  b->j.changed = ARENA_ARRAY(b->s->arena, uint8_t, n);
  b->j.state = ARENA_ARRAY(b->s->arena, uint8_t, n);
  assert_int_equal(job_state_init(&b->j, &e), E_OK);
}
static struct step_report step(struct bench *b, int i) {
  struct step_report r;
  struct err e = {0};
  if (job_step_run(&b->j, &b->plan->steps[i], &r, &e)) fail_msg("%s: %s", b->plan->steps[i].name, err_name(e.code));
  return r;
}

static const char *const rows[] = {"u1,B,1,1,20,1", "u2,A,1,2,5,2", "u3,B,1,3,30,3", "u4,,1,4,40,4", "u5,A,1,,50,5"};
#define HEAD "{\"seed\":1,\"weight\":\"none\",\"steps\":["

/* filter: u1 u2 u3 true, u5 unknown, u4 true; H fails for u2; groups A < B whatever comes first. */
static void selection_and_groups(void **state) {
  struct bench b;
  (void)state;
  for (int shards = 1; shards <= 3; shards += 2) {
    begin(&b,
        HEAD
        "{\"step\":\"look\",\"method\":\"edit\"},{\"step\":\"f\",\"method\":\"flag\",\"by\":[\"industry\"],\"filter\":\"workers < 9\",\"exclude_rejected\":true,\"items\":[\"pay\"],\"flag\":\"impute\",\"when\":\"pay > 25\",\"reason\":\"r\"}]}",
        rows, 5, shards);
    struct step_report look = step(&b, 0), f = step(&b, 1);
    assert_string_equal(look.notes[0].name, "failed_hard");
    assert_int_equal(look.notes[0].value, 1);
    assert_int_equal(f.selected, 3); /* u1 u3 u4 */
    assert_int_equal(f.groups, 1);   /* B; u4 has no industry */
    assert_int_equal(f.flagged, 2);  /* u3 u4 */
    int pay = form_item_index(&b.s->form, "pay");
    assert_true(cell_flagged(&b.j.flags, pay, 2, FLAG_IMPUTE) && cell_flagged(&b.j.flags, pay, 3, FLAG_IMPUTE));
    assert_false(cell_flagged(&b.j.flags, pay, 4, FLAG_IMPUTE) || cell_flagged(&b.j.flags, pay, 2, FLAG_EXCLUDE));
    struct step_scope scope = {.n_groups = 0};
    static const struct impute_ref by[] = {{"industry", false}};
    static const uint8_t all[] = {1, 1, 1, 1, 1};
    static const int32_t want[] = {1, 0, 1, -1, 0};
    struct err e;
    assert_int_equal(job_groups(&b.j, by, 1, all, &scope, &e), E_OK);
    assert_memory_equal(scope.group, want, sizeof want);
    small_free(b.s);
  }
}

static void cleared_and_assigned_values_are_logged(void **state) {
  struct bench b;
  (void)state;
  begin(&b,
      HEAD
      "{\"step\":\"f\",\"method\":\"flag\",\"items\":[\"pay\"],\"flag\":\"impute\",\"when\":\"pay > 25\",\"reason\":\"r\"},{\"step\":\"c\",\"method\":\"clear\"},"
      "{\"step\":\"a\",\"method\":\"assign\",\"item\":\"pay\",\"value\":\"workers * 60000\",\"when\":\"missing(pay)\"}]}",
      rows, 5, 2);
  (void)step(&b, 0);
  assert_int_equal(step(&b, 1).changed, 3);
  struct step_report a = step(&b, 2);
  assert_int_equal(a.changed, 0); /* u3: 180000, u4: 240000 are above the limit; u5 has no workers */
  assert_string_equal(a.notes[1].name, "no_value");
  assert_int_equal(a.notes[1].value, 1);
  assert_int_equal(a.notes[2].value, 2);
  const struct table *log = &b.j.log.table;
  assert_int_equal(log->n_rows, 3);
  char buffer[64];
  assert_true(str_eq(column_text(&log->columns[CHANGE_OLD_VALUE], 0, buffer, sizeof buffer), STR("30")));
  assert_true(str_eq(column_text(&log->columns[CHANGE_JOB_STEP], 0, buffer, sizeof buffer), STR("c")));
  assert_true(str_eq(column_text(&log->columns[CHANGE_RUN], 0, buffer, sizeof buffer), STR("test")));
  small_free(b.s);
}

static void mistakes_are_told_with_their_line(void **state) {
  static const struct { const char *text; enum err_code code; int64_t line;
  } cases[] = {
      {"{\"weight\":\"none\",\n\"steps\":[]}", E_JOB_VALUE, 1},
      {"{\"seed\":1,\"weight\":\"none\",\n\"steps\":[\n{\"step\":\"a\",\"method\":\"none\"}]}", E_JOB_METHOD, 3},
      {"{\"seed\":1,\"weight\":\"none\",\"blocks\":{\"b\":[\n{\"step\":\"x\",\"block\":\"b\"}]},\n\"steps\":[{\"step\":\"a\",\"block\":\"b\"}]}",
          E_JOB_CYCLE, 2},
      {"{\"seed\":1,\"weight\":\"none\",\"steps\":[{\"step\":\"a\",\"method\":\"edit\",\n\"checks\":[\"H\",\n\"Q\"]}]}", E_JOB_CHECK, 3},
      {"{\"seed\":1,\"weight\":\"none\",\n\"reliability\":{\n\"pay\":\"1.0000000001\"},\"steps\":[]}", E_JOB_VALUE, 3},
      {"{\"seed\":1,\"weight\":\n\"pay = 1\",\"steps\":[]}", E_JOB_VALUE, 2},
      {"{\"seed\":1,\"weight\":\"none\",\"steps\":[\n{\"step\":\"a\",\"method\":\"clear\",\"filter\":\n\"pay + 1\"}]}", E_JOB_VALUE, 3},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct small *s = small_new();
    struct job_plan *plan;
    struct err e = {0};
    small_check(s, "H", SEVERITY_HARD, "", "pay >= 10");
    assert_int_equal(plan_of(s, cases[i].text, &plan, &e), cases[i].code);
    assert_int_equal(e.line, cases[i].line);
    small_free(s);
  }
}

/* 10 20 (30 missing before) with weights 1 2 3: before 30 and 50, after 60 and 140; weighted median 20 before (weights 1, 2), 30 after. */
static void effects_by_hand(void **state) {
  static const int64_t before[] = {10, 20, 0}, after[] = {10, 20, 30}, weight[] = {1000000000, 2000000000, 3000000000};
  static const uint8_t b[] = {VAL_REPORTED, VAL_REPORTED, VAL_BLANK}, a[] = {VAL_REPORTED, VAL_REPORTED, VAL_IMPUTED};
  static const int32_t group[] = {0, 1, 1};
  struct str names[] = {STR("x"), STR("y")};
  struct arena *arena = arena_new(0);
  struct table t;
  struct err e;
  char buffer[64];
  (void)state;
  const struct effect_input in = {"pay", 0, 3, {before, b}, {after, a}, weight, group, 2, names};
  assert_int_equal(effect_table_init(arena, &t, &e), E_OK);
  assert_int_equal(effect_append(&in, &t, &e), E_OK);
  assert_int_equal(t.n_rows, 12); /* all, x, y; two weightings; before and after */
  static const struct {
    int row;
    int64_t n;
    const char *total, *p50;
  } want[] = {{0, 2, "30", "10"}, {1, 3, "60", "20"}, {2, 2, "50", "20"}, {3, 3, "140", "20"}, {8, 1, "20", "20"}, {11, 2, "130", "30"}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    assert_int_equal(t.columns[table_find(&t, "n")].i64[want[i].row], want[i].n);
    assert_true(str_eq(column_text(&t.columns[table_find(&t, "total")], want[i].row, buffer, sizeof buffer), str_of(want[i].total)));
    assert_true(str_eq(column_text(&t.columns[table_find(&t, "p50")], want[i].row, buffer, sizeof buffer), str_of(want[i].p50)));
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_value_is_found_on_its_line), cmocka_unit_test(selection_and_groups),
      cmocka_unit_test(cleared_and_assigned_values_are_logged), cmocka_unit_test(mistakes_are_told_with_their_line),
      cmocka_unit_test(effects_by_hand)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
