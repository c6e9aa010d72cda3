/* Indices of the labour survey by hand: rounding of months, means of rounded months, growth, real wages, reference of the year before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "estimators/mls/mls_index.h"

/* Published total cash earnings, 5 and more employees, 2024 and 2025 (2020 = 100). */
static const int64_t earnings[24] = {903, 883, 949, 929, 934, 1567, 1266, 930, 916, 919, 969, 1939,
    919, 907, 971, 948, 947, 1615, 1309, 942, 935, 942, 985, 1986};

static void a_month_is_rounded_once(void **state) {
  (void)state;
  assert_int_equal(mls_index_of(287563, 318330), 903);  /* 90.3349 */
  assert_int_equal(mls_index_of(632196, 318330), 1986); /* 198.597 */
  assert_int_equal(mls_index_of(100.05, 100), 1001);    /* half goes up */
  assert_true(mls_index_of(1, 0) == MLS_NO_INDEX);
  assert_true(mls_index_of(-1, 100) == MLS_NO_INDEX);
}
static void periods_are_means_of_rounded_months(void **state) {
  struct mls_index_year y[2];
  static const int64_t tie[2] = {1000, 1001}, gap[3] = {1000, MLS_NO_INDEX, 1000};
  (void)state;
  mls_index_years(earnings, 2, y);
  assert_int_equal(y[0].period[MLS_YEAR], 1092);
  assert_int_equal(y[1].period[MLS_YEAR], 1117);
  assert_int_equal(y[0].period[MLS_QUARTER_1], 912);
  assert_int_equal(y[0].period[MLS_HALF_1], 1028);  /* 6165 / 6 = 1027.5 */
  assert_int_equal(y[0].period[MLS_FISCAL_YEAR], 1097);
  assert_true(y[1].period[MLS_FISCAL_YEAR] == MLS_NO_INDEX);
  assert_int_equal(mls_index_mean(tie, 2), 1001);
  assert_true(mls_index_mean(gap, 3) == MLS_NO_INDEX);
  assert_true(mls_index_mean(gap, 0) == MLS_NO_INDEX);
}
static void growth_takes_the_reference_where_there_is_one(void **state) {
  int64_t growth[24], reference[24];
  (void)state;
  for (int i = 0; i < 24; i++) reference[i] = MLS_NO_INDEX;
  reference[12] = 905;
  mls_index_growths(earnings, NULL, 24, growth);
  assert_true(growth[0] == MLS_NO_INDEX);
  assert_int_equal(growth[12], 18); /* 91.9 / 90.3 */
  assert_int_equal(growth[23], 24);
  mls_index_growths(earnings, reference, 24, growth);
  assert_int_equal(growth[12], 15); /* 91.9 / 90.5 = 1.547 % */
  assert_int_equal(growth[13], 27);
  assert_int_equal(mls_index_growth(990, 1000), -10);
  assert_int_equal(mls_index_growth(19985, 20000), -1); /* -0.75 tenths, away from zero */
  assert_true(mls_index_growth(1000, 0) == MLS_NO_INDEX);
}
static void real_wages_divide_the_rounded_index(void **state) {
  (void)state;
  assert_int_equal(mls_index_real(1986, 1153), 1722); /* 172.247 */
  assert_int_equal(mls_index_real(903, 1082), 835);   /* 83.457 */
  assert_true(mls_index_real(903, 0) == MLS_NO_INDEX);
  assert_true(mls_index_real(MLS_NO_INDEX, 1082) == MLS_NO_INDEX);
}
static void another_base_year_has_mean_100(void **state) {
  int64_t out[24], sum = 0;
  double level[12];
  (void)state;
  mls_index_rebase(earnings, 24, 12, out);
  for (int m = 12; m < 24; m++) sum += out[m];
  assert_in_range(sum, 12 * 1000 - 6, 12 * 1000 + 6);
  assert_int_equal(out[0], 808); /* 90.3 / (1340.6 / 12) = 80.83 */
  mls_index_rebase(earnings, 24, 13, out);
  assert_true(out[0] == MLS_NO_INDEX);
  for (int m = 0; m < 12; m++) level[m] = 300000 + m;
  assert_true(mls_index_base(level) == 300005.5);
  level[3] = -1;
  assert_true(mls_index_base(level) == 0);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_month_is_rounded_once),
      cmocka_unit_test(periods_are_means_of_rounded_months),
      cmocka_unit_test(growth_takes_the_reference_where_there_is_one),
      cmocka_unit_test(real_wages_divide_the_rounded_index),
      cmocka_unit_test(another_base_year_has_mean_100),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
