/* The published series of relative poverty rates, 1985-2021: what its columns are to each other in the digits that are printed, our restated table
 * against the reference data where they are there, and equal definitions: the line of a sample is half of its median. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/atomic_file.h"
#include "estimators/livelihood/livelihood_series.h"
#include "reference.h"

enum { ROWS = 14 };
static int own_table(struct arena *a, struct csv_table *t) {
  uint8_t *bytes = NULL;
  size_t n = 0;
  struct err e;
  if (file_read("tests/reference/livelihood_poverty.csv", 1 << 16, &bytes, &n, &e)) return 0;
  const char *text = arena_strdup(a, (const char *)bytes, n);
  free(bytes);
  return text && csv_table_parse(a, "livelihood_poverty.csv", text, n, t, &e) == E_OK;
}
static void years_of(const struct csv_table *t, struct livelihood_year *y) {
  for (int64_t i = 0; i < t->n_rows; i++)
    y[i] = (struct livelihood_year){(int64_t)cell_number(t, i, "year"), true, cell_number(t, i, "rate"), cell_number(t, i, "children"),
        cell_number(t, i, "working_with_children"), cell_number(t, i, "one_adult"), cell_number(t, i, "more_adults"), cell_number(t, i, "median"),
        cell_number(t, i, "line")};
}
static void every_line_is_half_of_a_median_that_rounds_to_the_printed_one(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct livelihood_year y[ROWS];
  struct livelihood_check c[ROWS];
  assert_true(own_table(a, &t));
  assert_int_equal(t.n_rows, ROWS);
  years_of(&t, y);
  livelihood_series_check(y, ROWS, c);
  for (int i = 0; i < ROWS; i++) {
    /* 1994: median 289, line 144. 144.5 is printed as 144, so the median before rounding lay below 289. All others agree in the printed digits. */
    assert_int_equal(c[i].line, y[i].year == 1994 ? SERIES_BY_ROUNDING : SERIES_AGREES);
    assert_true(c[i].has_share && c[i].share_holds);
    assert_true(c[i].share > 1 && c[i].share < 8); /* persons of households with children that live with one adult: few */
    assert_true(y[i].one_adult > y[i].working && y[i].working > y[i].more_adults);
  }
  arena_free(a);
}
/* Bases: income of 2018 is published on both; on the newer one the median is lower and the rate higher, as it deducts more. */
static void the_basis_of_2018_deducts_more(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct livelihood_year y[ROWS];
  assert_true(own_table(a, &t));
  years_of(&t, y);
  assert_true(cell_is(&t, 11, "year", "2018") && cell_is(&t, 12, "year", "2018new"));
  assert_true(y[12].median < y[11].median && y[12].line < y[11].line);
  assert_true(y[12].rate > y[11].rate && y[12].children > y[11].children && y[12].one_adult > y[11].one_adult);
  arena_free(a);
}
static void restated_figures_are_those_of_the_reference_data(void **state) {
  (void)state;
  static const char *const ours[] = {"rate", "children", "working_with_children", "one_adult", "more_adults", "median", "line"};
  static const char *const theirs[] = {
      "relative_poverty_rate", "child_poverty_rate", "working_hh_with_child", "one_adult", "two_plus_adults", "median_10k_yen", "line_10k_yen"};
  struct arena *a = arena_new(0);
  struct csv_table own, reference;
  assert_true(own_table(a, &own));
  if (!reference_csv(a, "vital/poverty_rates_1985_2021.csv", &reference)) {
    print_message("skipped: no reference data\n");
    arena_free(a);
    skip();
  }
  assert_int_equal(own.n_rows, reference.n_rows);
  for (int64_t i = 0; i < own.n_rows; i++)
    for (int k = 0; k < 7; k++) assert_true(cell_number(&own, i, ours[k]) == cell_number(&reference, i, theirs[k]));
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_line_is_half_of_a_median_that_rounds_to_the_printed_one),
      cmocka_unit_test(the_basis_of_2018_deducts_more), cmocka_unit_test(restated_figures_are_those_of_the_reference_data)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
