/* Records of runs: the same month twice is the same to the bit; what changed between two runs is named cell by cell, in yen that add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "estimators/mls/mls_record.h"
#include "tests/unit/mls_frame.h"

static struct frame_month month;
static const struct mls_guard_stratum strata[] = {
    {.id = {"D-5", 3}, .frame_units = 160, .drawn_units = 10, .weight_num = 16, .weight_den = 1},
    {.id = {"C-9", 3}, .frame_units = 7, .drawn_units = 3, .weight_num = 7, .weight_den = 3}};
static const struct mls_record_names names = {{"2026-01", 7}, {"final", 5}, {"p", 1}, {"q", 1}, {"w", 1}, strata, 2};

static void make(struct arena *a, const struct frame_draw *d, int skip, double e_of_first, struct mls_record *out) {
  struct mls_run_result run;
  struct mls_rollup *g;
  struct err e;
  frame_make(&month, 0);
  assert_true(frame_draw_answering(&month, a, d, skip, &e));
  if (e_of_first > 0) month.cells[0].workers_before = e_of_first;
  struct mls_run_input in = {.sample = month.sample, .cells = month.cells, .n_cells = F_CELLS, .min_reports = 1};
  assert_int_equal(mls_standard_rollups(a, month.cells, F_CELLS, NULL, &g, &in.n_rollups, &e), E_OK);
  in.rollups = g;
  assert_int_equal(mls_run(a, &in, &run, &e), E_OK);
  assert_int_equal(mls_record_make(a, &in, &run, &names, out, &e), E_OK);
  struct strbuf b;
  struct mls_record again;
  strbuf_init(&b, 0);
  mls_record_write(out, &b);
  assert_int_equal(mls_record_read(a, "record", b.p, b.n, &again, &e), E_OK);
  assert_string_equal(out->digest, again.digest);
  *out = again; /* ids of the frame are gone after the next draw: those of the text stay */
  for (int32_t c = 0; c < out->n_cells; c++) out->cells[c].id = str_of(arena_strdup(a, out->cells[c].id.p, out->cells[c].id.n));
  strbuf_release(&b);
}
static void a_month_run_again_is_the_same(void **state) {
  struct arena *a = arena_new(0);
  struct frame_draw d = frame_as_planned();
  struct mls_record x, y;
  struct mls_record_diff diff;
  struct err e;
  (void)state;
  make(a, &d, 0, 0, &x);
  make(a, &d, 0, 0, &y);
  assert_string_equal(x.digest, y.digest);
  assert_int_equal(mls_record_compare(a, &x, &y, &diff, &e), E_OK);
  assert_true(diff.identical && diff.n_changed == 0 && diff.n_cells == F_CELLS && diff.change == 0);
  arena_free(a);
}
static void what_changed_and_why(void **state) {
  struct arena *a = arena_new(0);
  struct frame_draw d = frame_as_planned(), other = d;
  struct mls_record x, y;
  struct mls_record_diff diff;
  char what[80];
  double sum = 0;
  struct err e;
  (void)state;
  other.used[f_stratum(1, 1, 0)] = 8; /* another weight in cell I56/5; E of the first cell is another */
  make(a, &d, 0, 0, &x);
  make(a, &other, 0, 100000, &y);
  assert_int_equal(mls_record_compare(a, &x, &y, &diff, &e), E_OK);
  assert_false(diff.identical);
  assert_int_equal(diff.n_changed, 2);
  assert_true(diff.rows);
  for (int32_t c = 0; c < diff.n_cells; c++) sum += diff.cells[c].pay_effect + diff.cells[c].share_effect;
  assert_true(fabs(sum - diff.change) < 1e-8 && fabs(diff.change) > 1);
  assert_string_equal(mls_record_what(diff.cells[0].what, what, sizeof what), "workers");
  assert_true(diff.cells[0].pay_effect == 0 && diff.cells[0].share_effect != 0);
  assert_string_equal(mls_record_what(diff.cells[4].what, what, sizeof what), "weights");
  assert_true(diff.cells[4].pay_effect != 0);
  make(a, &d, 7, 0, &y);
  assert_int_equal(mls_record_compare(a, &x, &y, &diff, &e), E_OK);
  assert_non_null(strstr(mls_record_what(diff.cells[5].what, what, sizeof what), "answers, reports"));
  y.n_cells--;
  assert_int_equal(mls_record_compare(a, &x, &y, &diff, &e), E_OK);
  assert_int_equal(diff.cells[5].what, MLS_DIFF_GONE);
  arena_free(a);
}
static void a_changed_record_is_refused(void **state) {
  struct arena *a = arena_new(0);
  struct frame_draw d = frame_as_planned();
  struct mls_record x;
  struct strbuf b;
  struct err e;
  (void)state;
  make(a, &d, 0, 0, &x);
  strbuf_init(&b, 0);
  mls_record_write(&x, &b);
  char *reports = strstr(b.p, "\"reports\":");
  assert_non_null(reports);
  reports += strcspn(reports, "0123456789");
  *reports = *reports == '9' ? '8' : (char)(*reports + 1);
  assert_int_equal(mls_record_read(a, "record", b.p, b.n, &x, &e), E_MLS_ARCHIVE);
  assert_int_equal(mls_record_read(a, "record", "{}", 2, &x, &e), E_MLS_ARCHIVE);
  strbuf_release(&b);
  arena_free(a);
}
static void the_weights_of_a_run_before(void **state) {
  struct arena *a = arena_new(0);
  struct frame_draw d = frame_as_planned();
  struct mls_record x;
  struct mls_guard_stratum now[] = {{.id = {"A-1", 3}}, {.id = {"D-5", 3}, .weight_num = 8, .weight_den = 1}};
  (void)state;
  make(a, &d, 0, 0, &x);
  assert_int_equal(x.n_strata, 2);
  assert_true(str_eq(x.strata[0].id, STR("C-9"))); /* in order of id */
  assert_int_equal(mls_record_before(&x, now, 2), 1);
  assert_true(now[0].before_num == 0 && now[0].before_den == 0);
  assert_true(now[1].before_num == 16 && now[1].before_den == 1 && now[1].weight_num == 8);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_month_run_again_is_the_same),
      cmocka_unit_test(what_changed_and_why),
      cmocka_unit_test(a_changed_record_is_refused),
      cmocka_unit_test(the_weights_of_a_run_before),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
