/* The records member of a batch of a form with several record types: rows of all types in one file, each read into the table of its own. */
#include "tests/fault/store_fixture.h"

#include "collector/batch_records.h"

enum { TYPES = 3 }; /* dispute, act, demand */
static const struct form *read_form(struct arena *a, struct job *job) {
  struct err error;
  struct form *f = NULL;
  job->arena = a;
  OK(form_read(a, job, "forms", "labour_dispute", "dispute", "2019", 0, &f, NULL, &error));
  assert_int_equal(f->n_records, TYPES);
  return f;
}
/* A row: its lead, then `item=value;...`. */
static void add_row(struct strbuf *to, const struct form *f, const char *lead, const char *values) {
  strbuf_adds(to, lead);
  for (int k = 0; k < f->n_items; k++) {
    struct str rest = str_of(values), value;
    if (f->items[k].origin != ORIGIN_REPORTED) continue;
    strbuf_addc(to, ',');
    while (rest.n) {
      const struct str name = str_split(str_split(rest, ';', &rest), '=', &value);
      if (str_eq(name, str_of(f->items[k].name))) strbuf_add(to, value.p, value.n);
    }
  }
  strbuf_addc(to, '\n');
}
static const char BASE[] = "0000000000000000000000000000000000000000000000000000000000000001";

static void each_row_goes_to_its_type(void **state) {
  (void)state;
  struct job job = fixture_job(NULL);
  struct arena *a = arena_new(0);
  const struct form *f = read_form(a, &job);
  struct table t[TYPES];
  struct record_changes changes;
  struct strbuf csv = {0};
  struct err error;
  OK(batch_records_write_header(f, false, &csv, &error));
  add_row(&csv, f, "A", "dispute_no=D1;has_act=1;total_participants=50");
  add_row(&csv, f, "A", "dispute_no=D1;act_form=1;participants=5");
  add_row(&csv, f, "A", "dispute_no=D2;has_act=2");
  add_row(&csv, f, "A", "dispute_no=D1;demand=11");
  OK(batch_records_read(a, f, "dispute.csv", str_view(csv.p, csv.n), t, &changes, &error));
  assert_int_equal(t[0].n_rows, 2);
  assert_int_equal(t[1].n_rows, 1);
  assert_int_equal(t[2].n_rows, 1);
  assert_int_equal(table_column(&t[0], "total_participants")->i64[0], 50);
  assert_int_equal(table_column(&t[1], "participants")->i64[0], 5);
  assert_null(table_column(&t[1], "total_participants"));
  for (int k = 0; k < TYPES; k++) assert_int_equal(record_type_of(f, &t[k]), k);
  strbuf_release(&csv);
  arena_free(a);
}
static void an_item_of_another_type_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"dispute_no=D1;act_form=1;employer=x", "dispute_no=D1;participants=5", "dispute_no=D1;act_form=1;demand=11"};
  struct job job = fixture_job(NULL);
  struct arena *a = arena_new(0);
  const struct form *f = read_form(a, &job);
  struct table t[TYPES];
  struct record_changes changes;
  struct err error;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct strbuf csv = {0};
    OK(batch_records_write_header(f, false, &csv, &error));
    add_row(&csv, f, "A", bad[i]);
    assert_int_equal(batch_records_read(a, f, "dispute.csv", str_view(csv.p, csv.n), t, &changes, &error), E_BATCH_RECORDS);
    strbuf_release(&csv);
  }
  arena_free(a);
}
/* Rows of corrections are counted over the tables in the order of the types; a withdrawal's key names its type. */
static void corrections_know_their_type(void **state) {
  (void)state;
  struct job job = fixture_job(NULL);
  struct arena *a = arena_new(0);
  const struct form *f = read_form(a, &job);
  struct table t[TYPES];
  struct record_changes changes;
  struct strbuf csv = {0}, again = {0};
  struct str parts[4];
  struct err error;
  char lead[128];
  OK(batch_records_write_header(f, true, &csv, &error));
  snprintf(lead, sizeof lead, "W,%s,mistake", BASE);
  add_row(&csv, f, lead, "dispute_no=D1;act_form=1");
  snprintf(lead, sizeof lead, "R,%s,", BASE);
  add_row(&csv, f, lead, "dispute_no=D1;demand=11");
  add_row(&csv, f, "A,,", "dispute_no=D2;has_act=2");
  add_row(&csv, f, lead, "dispute_no=D1;has_act=2");
  OK(batch_records_read(a, f, "dispute.csv", str_view(csv.p, csv.n), t, &changes, &error));
  assert_int_equal(changes.n, 3);
  assert_int_equal(changes.list[0].row, 1); /* the second dispute */
  assert_int_equal(changes.list[1].action, CHANGE_WITHDRAW);
  assert_int_equal(changes.list[1].row, 2); /* behind both disputes: there is no act */
  assert_int_equal(changes.list[2].row, 2); /* the demand */
  assert_int_equal(record_key_split(changes.list[1].key, parts, 4), 3);
  assert_true(str_eq(parts[0], STR("act")) && str_eq(parts[1], STR("D1")) && str_eq(parts[2], STR("1")));
  const struct record_changes withdrawal = {.n = 1, .capacity = 1, .list = &changes.list[1]};
  changes.list[1].row = 0;
  struct table none = {.n_rows = 0};
  OK(batch_records_write(f, &none, &withdrawal, &again, &error)); /* the keys of the act go back to their cells */
  struct strbuf want = {0};
  snprintf(lead, sizeof lead, "W,%s,mistake", BASE);
  add_row(&want, f, lead, "dispute_no=D1;act_form=1");
  assert_int_equal(again.n, want.n);
  assert_memory_equal(again.p, want.p, want.n);
  strbuf_release(&csv), strbuf_release(&again), strbuf_release(&want);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_goes_to_its_type), cmocka_unit_test(an_item_of_another_type_is_refused),
      cmocka_unit_test(corrections_know_their_type)};
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
