/* The records member of a batch: every status an office can give travels and arrives as itself. */
#include "tests/fault/store_fixture.h"

#include "collector/batch_records.h"

/* Derived and imputed values are made above, never sent: a value that is present arrives as reported unless it was corrected. */
static uint8_t arrives_as(uint8_t status) { return value_present(status) && status != VAL_CORRECTED ? VAL_REPORTED : status; }

static void every_status_travels(void **state) {
  (void)state;
  struct err error;
  struct job job = fixture_job(NULL);
  struct arena *a = arena_new(0);
  struct form *f = NULL;
  struct column columns[512];
  struct table sent, received;
  struct record_changes changes;
  struct strbuf csv = {0};
  job.arena = a;
  OK(form_read(a, &job, "forms", "vital", "birth", "2015", 0, &f, NULL, &error));
  int n = form_columns(f, f->records[0].name, columns, 512);
  OK(table_init(&sent, a, columns, n, VAL_STATUS_COUNT, &error));
  sent.n_rows = VAL_STATUS_COUNT;
  for (int k = 0; k < n; k++) memset(sent.columns[k].status, VAL_BLANK, VAL_STATUS_COUNT);
  struct column *weight = table_column(&sent, "birth_weight"), *born = table_column(&sent, "child_birth_date");
  for (uint8_t s = 0; s < VAL_STATUS_COUNT; s++) {
    weight->status[s] = born->status[s] = s;
    weight->i64[s] = value_present(s) ? 3000 + s : 0;
    born->i64[s] = value_present(s) ? 20000 + s : 0;
  }
  OK(batch_records_write_header(f, false, &csv, &error));
  OK(batch_records_write(f, &sent, NULL, &csv, &error));
  OK(batch_records_read(a, f, "birth.csv", str_view(csv.p, csv.n), &received, &changes, &error));
  assert_int_equal(received.n_rows, VAL_STATUS_COUNT);
  const char *const names[] = {"birth_weight", "child_birth_date"};
  for (int k = 0; k < 2; k++) {
    const struct column *from = table_column(&sent, names[k]), *to = table_column(&received, names[k]);
    for (uint8_t s = 0; s < VAL_STATUS_COUNT; s++) {
      if (to->status[s] != arrives_as(s)) fail_msg("%s arrives as %s", value_status_name(s), value_status_name(to->status[s]));
      assert_int_equal(to->i64[s], from->i64[s]);
    }
  }
  strbuf_release(&csv);
  arena_free(a);
}

static void unknown_marks_are_refused(void **state) {
  (void)state;
  static const char *const marks[] = {"\\Z", "\\", "\\n", "\\PP", "\\NN", "N\\"};
  struct err error;
  struct job job = fixture_job(NULL);
  struct arena *a = arena_new(0);
  struct form *f = NULL;
  struct table t;
  struct record_changes changes;
  job.arena = a;
  OK(form_read(a, &job, "forms", "vital", "birth", "2015", 0, &f, NULL, &error));
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    struct strbuf csv = {0};
    OK(batch_records_write_header(f, false, &csv, &error));
    strbuf_adds(&csv, "A");
    for (int k = 0; k < f->n_items; k++)
      if (f->items[k].origin == ORIGIN_REPORTED) strbuf_addf(&csv, ",%s", strcmp(f->items[k].name, "birth_weight") ? "" : marks[i]);
    strbuf_adds(&csv, "\n");
    assert_int_equal(batch_records_read(a, f, "birth.csv", str_view(csv.p, csv.n), &t, &changes, &error), E_BATCH_RECORDS);
    strbuf_release(&csv);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_status_travels), cmocka_unit_test(unknown_marks_are_refused)};
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
