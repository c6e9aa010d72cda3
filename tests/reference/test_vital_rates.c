/* Published totals and rates of the vital statistics, restated as facts: 人口動態統計 (確定数) 2004, 2005, 2015, 2022; model populations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "estimators/vital/asdr.h"
#include "estimators/table/rounding.h"
#include "estimators/vital/tfr.h"
#include "estimators/vital/vital_rates.h"
#include "reference.h"

static const struct {
  enum vital_measure measure;
  int64_t events, base, printed;
} rate_cases[] = {
    {VITAL_BIRTH_RATE, 1062530, 126204902, 84},
    {VITAL_DEATH_RATE, 1083796, 126204902, 86},
    {VITAL_MARRIAGE_RATE, 714265, 126204902, 57},
    {VITAL_DIVORCE_RATE, 261917, 126204902, 208},
    {VITAL_INFANT_MORTALITY, 2958, 1062530, 28},
    {VITAL_NEONATAL_MORTALITY, 1510, 1062530, 14},
    {VITAL_BIRTH_RATE, 1005677, 125319299, 80},
    {VITAL_DEATH_RATE, 1290444, 125319299, 103},
    {VITAL_INFANT_MORTALITY, 1356, 770759, 18},
    {VITAL_NEONATAL_MORTALITY, 609, 770759, 8},
    {VITAL_NATURAL_INCREASE, 1062530 - 1083796, 126204902, -2},
    {VITAL_SEX_RATIO, 545032, 517498, 1053},
};

static void printed_rates_are_the_published_ones(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rate_cases / sizeof *rate_cases; i++) {
    struct vital_rate r;
    struct err e;
    assert_int_equal(vital_rate(rate_cases[i].measure, rate_cases[i].events, rate_cases[i].base, &r, &e), E_OK);
    assert_int_equal(r.printed, rate_cases[i].printed);
  }
}

static void stillbirth_and_perinatal_rates_use_their_own_denominators(void **state) {
  (void)state;
  static const int64_t cases[][6] = {/* births, stillbirths, printed, 22w, early neonatal, printed */
      {1110721, 34365, 300, 4357, 1184, 50}, {1062530, 31818, 291, 4058, 1091, 48}, {770759, 15179, 193, 2061, 466, 33},
      {727277, 15532, 209, 1943, 460, 33}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct vital_rate r;
    struct err e;
    assert_int_equal(vital_stillbirth_rate(cases[i][0], cases[i][1], &r, &e), E_OK);
    assert_int_equal(r.printed, cases[i][2]);
    assert_int_equal(vital_perinatal_rate(cases[i][0], cases[i][3], cases[i][4], &r, &e), E_OK);
    assert_int_equal(r.printed, cases[i][5]);
  }
}

static void rounding_is_decided_on_the_exact_ratio(void **state) {
  (void)state;
  assert_int_equal(round_ratio(1, 2, 1), 1);    /* half goes away from zero */
  assert_int_equal(round_ratio(-1, 2, 1), -1);
  assert_int_equal(round_ratio(1, 3, 1000), 333);
  assert_int_equal(round_ratio(25, 1000, 100), 3); /* 0.025 is not exact as a double, 2.5 hundredths is */
  assert_int_equal(round_ratio(4611686018427387903, 4611686018427387904, 1), 1);
}

static void poisson_interval_is_exact_below_20_events(void **state) {
  (void)state;
  struct vital_rate r;
  struct err e;
  assert_int_equal(vital_rate_per(0, 1000, 1000, 1, &r, &e), E_OK);
  assert_true(r.low == 0 && fabs(r.high - 3.688879) < 1e-5); /* -ln 0.025 */
  assert_int_equal(vital_rate_per(5, 1000, 1000, 1, &r, &e), E_OK);
  assert_true(fabs(r.low - 1.623486) < 1e-5 && fabs(r.high - 11.668332) < 1e-5); /* Garwood's table */
  assert_int_equal(vital_rate_per(100, 1000, 1000, 1, &r, &e), E_OK);
  assert_true(fabs(r.se - 10) < 1e-12 && fabs(r.low - 80.4) < 0.001);
  assert_int_equal(vital_rate_per(5, 0, 1000, 1, &r, &e), E_VITAL_NO_POPULATION);
}

static const int64_t births_2015[7] = {11890, 84461, 262256, 364870, 228293, 52558, 1308};
static const int64_t women_2015[7] = {2904186, 2868752, 3082677, 3531534, 4046870, 4763673, 4254117};

static void tfr_2015_by_groups(void **state) {
  (void)state;
  struct tfr_input in = {.n = 7, .births = births_2015, .women = women_2015, .births_younger = 39, .births_unknown = 2};
  struct tfr_result r;
  struct err e;
  assert_int_equal(tfr(TFR_FIVE_YEAR_GROUPS, &in, &r, &e), E_OK);
  assert_true(fabs(r.value - 1.448469) < 5e-7);
  assert_true(fabs(r.se - 0.00146) < 5e-6);
  assert_int_equal(r.births_unknown, 2);
  assert_int_equal(tfr(TFR_SINGLE_AGES, &in, &r, &e), E_VITAL_AGES);
}

static void tfr_single_ages_adds_the_open_ends(void **state) {
  (void)state;
  int64_t births[35], women[35];
  for (int i = 0; i < 35; i++) births[i] = 10 + i, women[i] = 1000;
  struct tfr_input in = {.n = 35, .births = births, .women = women, .births_younger = 5, .births_older = 7};
  struct tfr_result r;
  struct err e;
  assert_int_equal(tfr(TFR_SINGLE_AGES, &in, &r, &e), E_OK);
  assert_true(fabs(r.value - (35 * 10 + 34 * 35 / 2 + 12) / 1000.0) < 1e-12);
  assert_true(fabs(r.rate[0] - 0.015) < 1e-15 && fabs(r.rate[34] - 0.051) < 1e-15);
}

/* Rates over census counts of all nationalities give another figure than the published one: the choice of population must show. */
static void wrong_denominators_do_not_give_the_published_tfr(void **state) {
  (void)state;
  static const struct {
    const char *column;
    double published;
  } years[] = {{"ASFR2000", 1.36}, {"ASFR2015", 1.45}, {"ASFR2020", 1.33}};
  struct arena *a = arena_new(0);
  struct csv_table t;
  if (!reference_csv(a, "vital/asfr_single_age_quinquennial_1950_2020.csv", &t)) {
    arena_free(a);
    skip();
  }
  for (int y = 0; y < 3; y++) {
    double sum = 0;
    for (int64_t i = 0; i < t.n_rows; i++) {
      double age = cell_number(&t, i, "Age");
      if (age >= 15 && age <= 49) sum += cell_number(&t, i, years[y].column);
    }
    assert_true(sum > 1.2 && fabs(sum - years[y].published) > 0.005);
  }
  arena_free(a);
}

/* Deaths of known age and Japanese population on 1 October 2015. */
static const int64_t deaths_m[18] = {
    1473, 253, 267, 836, 1515, 1786, 2325, 3455, 6214, 8656, 12838, 19460, 36141, 61424, 76916, 96964, 126762, 209063};
static const int64_t people_m[18] = {2528080, 2698523, 2855328, 3073597, 3014733, 3210180, 3652706, 4191265, 4922423, 4365334, 3982000, 3749854,
    4181397, 4699236, 3608735, 2806665, 2009820, 1472880};
static const int64_t deaths_f[18] = {1219, 199, 203, 384, 586, 830, 1224, 1947, 3556, 4884, 6879, 9275, 16076, 26863, 37407, 56501, 95693, 359915};
static const int64_t people_f[18] = {2414909, 2569226, 2718493, 2904186, 2868752, 3082677, 3531534, 4046870, 4763673, 4254117, 3926558, 3770396,
    4308137, 5011036, 4142913, 3522767, 3002215, 3458084};

static void asdr_2015_on_the_S60_model(void **state) {
  (void)state;
  struct asdr_result m, f;
  struct err e;
  assert_int_equal(asdr(ASDR_S60, 18, deaths_m, people_m, 0, &m, &e), E_OK);
  assert_int_equal(asdr(ASDR_S60, 18, deaths_f, people_f, 0, &f, &e), E_OK);
  assert_true(fabs(m.value * 1e5 - 485.997) < 5e-4 && fabs(f.value * 1e5 - 254.982) < 5e-4);
  assert_true(fabs(m.se * 1e5 - 0.662) < 5e-4 && fabs(f.se * 1e5 - 0.441) < 5e-4);
  assert_true(round_decimals(m.value * 1000, 1) == 4.9 && round_decimals(f.value * 1000, 1) == 2.5);
  assert_int_equal(m.deaths, 666348);
  assert_int_equal(f.deaths, 623641);
  assert_int_equal(asdr(ASDR_H27, 18, deaths_m, people_m, 0, &m, &e), E_VITAL_AGES);
}

static void model_populations_have_their_official_totals(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    int64_t sum = 0;
    for (int i = 0; i < asdr_models[k].n_groups; i++) sum += asdr_models[k].people[i];
    assert_int_equal(sum, asdr_models[k].total);
  }
  assert_int_equal(asdr_models[ASDR_S60].total, 120287000);
  assert_int_equal(asdr_models[ASDR_H27].total, 125319000);
  assert_int_equal(asdr_group_of_age(ASDR_H27, 0), 0);
  assert_int_equal(asdr_group_of_age(ASDR_H27, 101), 20);
  assert_int_equal(asdr_group_of_label(ASDR_S60, "90-94"), 17);
  assert_int_equal(asdr_group_of_label(ASDR_S60, "0-9"), -1); /* spans two groups */
}

static void asdr_of_every_stored_year(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table data, check;
  if (!reference_csv(a, "vital/deaths_by_age_sex.csv", &data) || !reference_csv(a, "vital/check_asdr_S60.csv", &check)) {
    arena_free(a);
    skip();
  }
  int compared = 0;
  for (int64_t c = 0; c < check.n_rows; c++) {
    int64_t deaths[18], people[18];
    int n = 0;
    for (int64_t i = 0; i < data.n_rows && n < 18; i++)
      if (cell_number(&data, i, "year") == cell_number(&check, c, "year") && str_eq(csv_table_cell(&data, i, 1), csv_table_cell(&check, c, 1))) {
        deaths[n] = (int64_t)cell_number(&data, i, "deaths");
        people[n++] = (int64_t)cell_number(&data, i, "official_pop");
      }
    struct asdr_result r;
    struct err e;
    assert_int_equal(n, 18);
    assert_int_equal(asdr(ASDR_S60, 18, deaths, people, 0, &r, &e), E_OK);
    assert_true(fabs(r.value * 1e5 - cell_number(&check, c, "asdr_S60_per100k_computed")) < 0.0051);
    assert_true(fabs(r.se * 1e5 - cell_number(&check, c, "se_poisson_per100k")) < 0.00051);
    /* 1985: the stored population is provisional and is known to miss the published figure. */
    if (cell_number(&check, c, "year") > 1985)
      assert_true(fabs(round_decimals(r.value * 1000, 1) - cell_number(&check, c, "published_per1000_1dp")) < 1e-9);
    compared++;
  }
  assert_int_equal(compared, 12);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(printed_rates_are_the_published_ones),
      cmocka_unit_test(stillbirth_and_perinatal_rates_use_their_own_denominators),
      cmocka_unit_test(rounding_is_decided_on_the_exact_ratio),
      cmocka_unit_test(poisson_interval_is_exact_below_20_events),
      cmocka_unit_test(tfr_2015_by_groups),
      cmocka_unit_test(tfr_single_ages_adds_the_open_ends),
      cmocka_unit_test(wrong_denominators_do_not_give_the_published_tfr),
      cmocka_unit_test(asdr_2015_on_the_S60_model),
      cmocka_unit_test(model_populations_have_their_official_totals),
      cmocka_unit_test(asdr_of_every_stored_year),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
