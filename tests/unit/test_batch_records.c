/* test_batch_records.c -- rows of a batch that correct or withdraw: read in their order, and refused when they say what they must not. */
#include "tests/unit/batch_fixture.h"

#include "collector/batch_records.h"

#define BASE "0101010101010101010101010101010101010101010101010101010101010101"
#define HEAD "_action,_base,_reason,sex,age_from,age_to,prefecture,population,vintage\n"
#define PLAIN "_action,sex,age_from,age_to,prefecture,population,vintage\n"

struct reading {
  struct arena *a;
  struct form *form;
  struct table t;
  struct record_changes changes;
};
static struct reading *make_reading(void) {
  static struct problems problems;
  struct job job = fixture_job(&problems);
  struct reading *r = calloc(1, sizeof *r);
  assert_non_null(r);
  job.arena = r->a = arena_new(0);
  OK(form_read(r->a, &job, "forms", "vital", "population", NULL, 20000, &r->form, NULL, &error));
  return r;
}
static void drop_reading(struct reading *r) {
  arena_free(r->a);
  free(r);
}
static enum err_code read_text(struct reading *r, const char *text) {
  memset(&error, 0, sizeof error);
  return batch_records_read(r->a, r->form, "records/population.csv", str_of(text), &r->t, &r->changes, &error);
}

static void corrections_keep_their_order_and_bytes(void **state) {
  (void)state;
  struct reading *r = make_reading();
  struct strbuf out;
  const char *text = HEAD "A,,,1,0,0,,1000,\n"
                          "W," BASE ",duplicate,1,3,,,,\n"
                          "R," BASE ",,2,1,1,,\\C:7,\n"
                          "W," BASE ",void,2,4,,,,\n";
  OK(read_text(r, text));
  assert_int_equal(r->t.n_rows, 2);
  assert_int_equal(r->changes.n, 3);
  assert_int_equal(record_changes_withdrawn(&r->changes), 2);
  static const int64_t rows[] = {1, 1, 2};
  for (int i = 0; i < 3; i++) assert_int_equal(r->changes.list[i].row, rows[i]);
  assert_int_equal(r->changes.list[1].action, CHANGE_REPLACE);
  assert_true(str_eq(r->changes.list[0].key, STR("1:11:3")));
  assert_string_equal(r->changes.list[2].reason, "void");
  strbuf_init(&out, 0);
  OK(batch_records_write_header(r->form, true, &out, &error));
  OK(batch_records_write(r->form, &r->t, &r->changes, &out, &error));
  assert_string_equal(strbuf_cstr(&out), text);
  strbuf_release(&out);
  drop_reading(r);
}

static void what_a_row_must_not_say_is_refused_at_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t line, column;
    enum err_code code;
  } cases[] = {
      {PLAIN "R,1,0,0,,1000,\n", 2, 2, E_BATCH_RECORDS},                                /* nothing is named */
      {PLAIN "W,1,0,,,,\n", 2, 2, E_BATCH_RECORDS},
      {HEAD "D," BASE ",,1,0,0,,1000,\n", 2, 1, E_BATCH_KIND},                          /* no such action */
      {HEAD "R,,,1,0,0,,1000,\n", 2, 2, E_BATCH_RECORDS},
      {HEAD "R,0101,,1,0,0,,1000,\n", 2, 2, E_BATCH_RECORDS},
      {HEAD "R," BASE ",duplicate,1,0,0,,1000,\n", 2, 3, E_BATCH_RECORDS},              /* a correction has no reason code */
      {HEAD "A," BASE ",,1,0,0,,1000,\n", 2, 2, E_BATCH_RECORDS},                       /* an addition replaces nothing */
      {HEAD "W," BASE ",,1,0,,,,\n", 2, 3, E_BATCH_RECORDS},                            /* a withdrawal needs one */
      {HEAD "W," BASE ",because,1,0,,,,\n", 2, 3, E_BATCH_RECORDS},
      {HEAD "W," BASE ",duplicate,1,0,,,1000,\n", 2, 8, E_BATCH_RECORDS},               /* and says nothing but the keys */
      {HEAD "W," BASE ",duplicate,1,,,,,\n", 2, 5, E_BATCH_RECORDS},
      {"_action,_base,sex,age_from,age_to,prefecture,population,vintage\n", 1, 2, E_BATCH_RECORDS},
  };
  struct reading *r = make_reading();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(read_text(r, cases[i].text), cases[i].code);
    assert_int_equal(error.line, cases[i].line);
    assert_int_equal(error.column, cases[i].column);
  }
  drop_reading(r);
}

static void a_key_text_is_split_only_as_it_was_made(void **state) {
  (void)state;
  static const char *const bad[] = {"", "1", "1:", "2:a", ":a", "1:ab", "x:a", "99999999999:a", "1:a2:b"};
  struct str values[4];
  assert_int_equal(record_key_split(STR("1:a0:3:b:c"), values, 4), 3);
  assert_true(str_eq(values[2], STR("b:c")));
  assert_int_equal(record_key_split(STR("1:a1:b"), values, 1), -1);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_true(record_key_split(str_of(bad[i]), values, 4) <= 0);
}

static int start_crypto(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(corrections_keep_their_order_and_bytes),
      cmocka_unit_test(what_a_row_must_not_say_is_refused_at_its_place),
      cmocka_unit_test(a_key_text_is_split_only_as_it_was_made),
  };
  return cmocka_run_group_tests(tests, start_crypto, NULL);
}
