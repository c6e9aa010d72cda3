/* Life tables: published life expectancies of the complete tables, and the abridged table with Chiang's errors for 2015. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "estimators/vital/life_table_period.h"
#include "reference.h"

static int read_ages(const struct csv_table *t, const char *sex, struct life_age *ages, int64_t *rows) {
  int n = 0;
  for (int64_t i = 0; i < t->n_rows && n < 18; i++)
    if (cell_is(t, i, "sex", sex)) {
      ages[n] = (struct life_age){.start = n * 5,
          .width = n == 17 ? 0 : 5,
          .a = n == 17 ? 0 : cell_number(t, i, "a"),
          .deaths = (int64_t)cell_number(t, i, "deaths"),
          .people = (int64_t)cell_number(t, i, "pop")};
      rows[n++] = i;
    }
  return n;
}

static void close_to(double ours, double expected) { assert_true(fabs(ours - expected) <= 1e-9 * fabs(expected) + 1e-12); }

static void abridged_table_2015_matches_the_vector(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  if (!reference_csv(a, "vital/testvector_abridged_chiang_2015.csv", &t)) {
    arena_free(a);
    skip();
  }
  static const char *const sexes[] = {"M", "F"};
  for (int s = 0; s < 2; s++) {
    struct life_age ages[18];
    struct life_row r[18];
    int64_t rows[18];
    struct err e;
    assert_int_equal(read_ages(&t, sexes[s], ages, rows), 18);
    assert_int_equal(life_table_abridged(ages, 18, false, r, &e), E_OK);
    for (int i = 0; i < 18; i++) {
      close_to(r[i].m, cell_number(&t, rows[i], "M"));
      close_to(r[i].q, cell_number(&t, rows[i], "q"));
      close_to(r[i].l, cell_number(&t, rows[i], "l"));
      close_to(r[i].L, cell_number(&t, rows[i], "L"));
      close_to(r[i].e, cell_number(&t, rows[i], "e"));
      close_to(r[i].se_e, cell_number(&t, rows[i], "se_e"));
    }
  }
  arena_free(a);
}

static const struct life_age men_2015[18] = {{0, 5, 0.15, 1473, 2528080}, {5, 5, 0.5, 253, 2698523}, {10, 5, 0.5, 267, 2855328},
    {15, 5, 0.5, 836, 3073597}, {20, 5, 0.5, 1515, 3014733}, {25, 5, 0.5, 1786, 3210180}, {30, 5, 0.5, 2325, 3652706}, {35, 5, 0.5, 3455, 4191265},
    {40, 5, 0.5, 6214, 4922423}, {45, 5, 0.5, 8656, 4365334}, {50, 5, 0.5, 12838, 3982000}, {55, 5, 0.5, 19460, 3749854},
    {60, 5, 0.5, 36141, 4181397}, {65, 5, 0.5, 61424, 4699236}, {70, 5, 0.5, 76916, 3608735}, {75, 5, 0.5, 96964, 2806665},
    {80, 5, 0.5, 126762, 2009820}, {85, 0, 0, 209063, 1472880}};

static void men_2015_as_stated(void **state) {
  (void)state;
  struct life_row r[18];
  struct err e;
  assert_int_equal(life_table_abridged(men_2015, 18, false, r, &e), E_OK);
  assert_true(fabs(r[0].e - 81.111) < 5e-4 && fabs(r[0].se_e - 0.0158) < 5e-5 && r[17].se_e == 0);
}

static void silcocks_term_gives_the_open_group_an_error(void **state) {
  (void)state;
  struct life_row r[18];
  struct err e;
  assert_int_equal(life_table_abridged(men_2015, 18, true, r, &e), E_OK);
  /* e_w = 1/M, variance 1/(M^2 D): the se of the open group is e_w / sqrt(D). */
  assert_true(fabs(r[17].se_e - r[17].e / sqrt(209063)) < 1e-12);
  assert_true(r[0].se_e > 0.0158);
}

static void impossible_tables_stop_with_the_age(void **state) {
  (void)state;
  struct life_age ages[18];
  struct life_row r[18];
  struct err e;
  memcpy(ages, men_2015, sizeof ages);
  ages[3].start = 16;
  assert_int_equal(life_table_abridged(ages, 18, false, r, &e), E_LIFE_TABLE_INPUT);
  memcpy(ages, men_2015, sizeof ages);
  ages[4].people = 0;
  assert_int_equal(life_table_abridged(ages, 18, false, r, &e), E_LIFE_TABLE_INPUT);
  assert_string_equal(e.subject, "20");
  memcpy(ages, men_2015, sizeof ages);
  ages[17].width = 5;
  assert_int_equal(life_table_abridged(ages, 18, false, r, &e), E_LIFE_TABLE_INPUT);
}

/* Published life expectancies at birth of the complete tables (完全生命表). */
static const struct {
  const char *column;
  double e0, tolerance;
} published[] = {{"qx1955M", 63.60, 0.01}, {"qx1955F", 67.75, 0.01}, {"qx1965M", 67.74, 0.01}, {"qx1975F", 76.89, 0.01}, {"qx1985M", 74.78, 0.01},
    {"qx1990F", 81.90, 0.01}, {"qx1995M", 76.38, 0.01}, {"qx2000M", 77.72, 0.01}, {"qx2000F", 84.60, 0.01}, {"qx2005M", 78.56, 0.01},
    {"qx2010F", 86.30, 0.01}, {"qx2015M", 80.75, 0.01}, {"qx2015F", 86.99, 0.01}, {"qx2020M", 81.56, 0.01}, {"qx2020F", 87.71, 0.01},
    {"qx1947F", 53.96, 0.021}};

static double e0_of(const struct csv_table *t, const char *column, double slip) {
  double q[LIFE_TABLE_MAX_AGES];
  struct life_row r[LIFE_TABLE_MAX_AGES];
  struct err e;
  int n = 0;
  for (int64_t i = 0; i < t->n_rows; i++)
    if (csv_table_cell(t, i, csv_table_column(t, column)).n) q[n++] = cell_number(t, i, column) * (1 + slip);
  for (int i = 0; i < n; i++) q[i] = q[i] > 1 ? 1 : q[i];
  assert_true(n > 90);
  assert_int_equal(life_table_period(q, n, r, &e), E_OK);
  return r[0].e;
}

static void published_q_give_the_published_life_expectancy(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  if (!reference_csv(a, "vital/complete_life_table_qx_1891_2020.csv", &t)) {
    arena_free(a);
    skip();
  }
  for (size_t i = 0; i < sizeof published / sizeof *published; i++)
    assert_true(fabs(e0_of(&t, published[i].column, 0) - published[i].e0) <= published[i].tolerance);
  assert_true(fabs(e0_of(&t, "qx2020M", 0.01) - 81.56) > 0.01); /* one per cent more deaths must not pass */
  arena_free(a);
}

static void period_table_of_a_constant_q(void **state) {
  (void)state;
  double q[3] = {0.1, 0.1, 1};
  struct life_row r[3];
  struct err e;
  assert_int_equal(life_table_period(q, 3, r, &e), E_OK);
  /* q0 = 0.1 takes a0 = 0.28: L0 = 1 - 0.72 * 0.1 */
  assert_true(fabs(r[0].L - 92800) < 1e-9 && fabs(r[1].L - 85500) < 1e-9 && fabs(r[2].L - 40500) < 1e-9);
  q[1] = 1.5;
  assert_int_equal(life_table_period(q, 3, r, &e), E_LIFE_TABLE_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(abridged_table_2015_matches_the_vector),
      cmocka_unit_test(men_2015_as_stated),
      cmocka_unit_test(silcocks_term_gives_the_open_group_an_error),
      cmocka_unit_test(impossible_tables_stop_with_the_age),
      cmocka_unit_test(published_q_give_the_published_life_expectancy),
      cmocka_unit_test(period_table_of_a_constant_q),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
