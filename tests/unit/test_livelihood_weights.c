/* Weights, errors by every method, plans and tables of the survey of living conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "base/rng.h"
#include "estimators/variance/survey_variance.h"
#include "tests/unit/livelihood_fixture.h"

#define NEAR(x, y, e) assert_true(fabs((x) - (y)) <= (e))

struct bench { /* a survey weighted by a plan */
  struct arena *a;
  struct fixture_survey *f;
  struct livelihood_plan plan;
  struct livelihood_records records;
  struct livelihood_strata strata;
  struct livelihood_cells cells;
  struct livelihood_survey survey;
  struct err e;
};
static void bench_new(struct bench *b, int areas, int districts, enum livelihood_weights weights) {
  memset(b, 0, sizeof *b);
  b->a = arena_new(0);
  b->f = fixture_survey(b->a, areas, districts);
  b->plan = (struct livelihood_plan){.year = 2025, .weights = weights, .lonely = LONELY_STOP, .bootstrap = 500, .suppress_cv = 30};
}
static enum err_code weigh(struct bench *b, bool income) {
  TRY(livelihood_records_join(b->a, &b->f->source, &b->records, &b->e));
  TRY(livelihood_strata_of(b->a, &b->records, b->f->source.form[LIVELIHOOD_STRATUM], &b->strata, &b->e));
  if (b->plan.raking)
    TRY(livelihood_cells_of(b->a, b->f->source.form[LIVELIHOOD_POPULATION], b->f->source.form[LIVELIHOOD_PERSON], &b->cells, &b->e));
  const struct livelihood_weighting q = {&b->plan, &b->records, &b->strata, b->plan.raking ? &b->cells : NULL,
      b->f->source.form[income ? LIVELIHOOD_INCOME : LIVELIHOOD_HOUSEHOLD], income, "household.csv"};
  return livelihood_weigh(b->a, &q, &b->survey, &b->e);
}
static double people(const struct bench *b, int area) { /* -1 = all */
  double sum = 0;
  for (int64_t i = 0; i < b->survey.n; i++)
    if (area < 0 || b->records.area[b->survey.row[i]] == area) sum += b->survey.survey.weight[i] * b->records.members[b->survey.row[i]];
  return sum;
}

/* --- weights --- */
static void large_years_have_the_population_of_each_area(void **state) {
  (void)state;
  struct bench b;
  bench_new(&b, 3, 4, WEIGHTS_OFFICIAL_LARGE);
  assert_int_equal(weigh(&b, false), E_OK);
  assert_int_equal(b.survey.n, 72);
  NEAR(b.survey.survey.weight[0], 1000.0 / 48, 1e-9); /* 4 districts x 2 x (1 + 2 + 3) persons */
  for (int area = 0; area < 3; area++) NEAR(people(&b, area), 1000 * (area + 1), 1e-6);
  assert_int_equal(weigh(&b, true), E_OK);
  NEAR(b.survey.survey.weight[0], 1000.0 / 24, 1e-9);
  arena_free(b.a);
}
static void small_years_have_one_factor_and_incomes_none(void **state) {
  (void)state;
  struct bench b;
  bench_new(&b, 3, 4, WEIGHTS_OFFICIAL_SMALL);
  assert_int_equal(weigh(&b, false), E_OK);
  for (int64_t i = 0; i < b.survey.n; i++) NEAR(b.survey.survey.weight[i], 6000.0 / 144, 1e-9);
  assert_true(b.survey.weighted);
  assert_int_equal(weigh(&b, true), E_OK);
  for (int64_t i = 0; i < b.survey.n; i++) NEAR(b.survey.survey.weight[i], 1, 0);
  assert_false(b.survey.weighted);
  assert_int_equal(b.survey.chain.n_steps, 0);
  arena_free(b.a);
}
static void recommended_weights_are_drawn_shares_response_and_population(void **state) {
  (void)state;
  struct bench b;
  bench_new(&b, 2, 4, WEIGHTS_RECOMMENDED);
  b.plan.response = RESPONSE_AREA_SIZE;
  b.f->income->columns.n = 23; /* the last household of 3 of area 2 did not answer */
  assert_int_equal(weigh(&b, true), E_OK);
  assert_int_equal(b.survey.n, 24);
  NEAR(b.survey.base[0], 10 * 2, 1e-9); /* 40 districts, 4 drawn; 8 unit areas, 4 selected */
  NEAR(b.survey.survey.weight[0], 1000.0 / 24, 1e-9);
  NEAR(people(&b, 1), 2000, 1e-6);
  /* Of four households of 3 in area 2 three answered: their factor is 4/3 of the others'. */
  double one = 0, three = 0;
  for (int64_t i = 0; i < b.survey.n; i++) {
    const int64_t h = b.survey.row[i];
    if (b.records.area[h] == 1 && b.records.members[h] == 1) one = b.survey.survey.weight[i];
    if (b.records.area[h] == 1 && b.records.members[h] == 3 && b.records.income_row[h] >= 0) three = b.survey.survey.weight[i];
    if (b.records.income_row[h] < 0) NEAR(b.survey.survey.weight[i], 0, 0);
  }
  NEAR(three / one, 4.0 / 3, 1e-9);
  arena_free(b.a);
}
static void raking_meets_areas_and_ages(void **state) {
  (void)state;
  struct bench b;
  bench_new(&b, 2, 4, WEIGHTS_RECOMMENDED);
  b.plan.response = RESPONSE_AREA, b.plan.raking = true;
  /* men 0-17 (third members), men 18-, women 0-17 (none), women 18-: 3,000 people in all. */
  static const double total[] = {600, 1500, 1, 900};
  for (int k = 0; k < 4; k++) fixture_set(b.f->population, k, "people", total[k]);
  b.f->population->columns.n = 2;
  fixture_set(b.f->population, 0, "sex", 1), fixture_set(b.f->population, 1, "sex", 1);
  assert_int_equal(weigh(&b, true), E_LIVELIHOOD_TOTAL); /* women have no row */
  assert_string_equal(b.e.subject, "sex 2, age 38");
  b.f->population->columns.n = 4;
  fixture_set(b.f->population, 2, "people", 1);
  assert_int_equal(weigh(&b, true), E_LIVELIHOOD_CONTROLS); /* no girls in the sample */
  b.f->population->columns.n = 3;
  fixture_set(b.f->population, 2, "age_from", 18), fixture_set(b.f->population, 2, "age_to", GONE), fixture_set(b.f->population, 2, "people", 900);
  assert_int_equal(weigh(&b, true), E_OK);
  NEAR(people(&b, 0), 1000, 1e-4);
  NEAR(people(&b, 1), 2000, 1e-4);
  double children = 0;
  for (int64_t i = 0; i < b.survey.n; i++) children += b.survey.survey.weight[i] * b.records.children[b.survey.row[i]];
  NEAR(children, 600, 1e-4);
  fixture_set(b.f->population, 2, "people", 950); /* 3,050 people by age, 3,000 by area */
  assert_int_equal(weigh(&b, true), E_LIVELIHOOD_CONTROLS);
  arena_free(b.a);
}
static void a_missing_weight_or_total_stops(void **state) {
  (void)state;
  static const double bad[] = {GONE, 0, -1};
  for (int k = 0; k < 3; k++) {
    struct bench b;
    bench_new(&b, 2, 4, WEIGHTS_COLUMN);
    assert_int_equal(weigh(&b, false), E_OK);
    fixture_set(b.f->household, 7, "weight", bad[k]);
    assert_int_equal(weigh(&b, false), E_LIVELIHOOD_WEIGHT);
    assert_int_equal(b.e.line, 8);
    arena_free(b.a);
  }
  for (int k = 0; k < 2; k++) {
    struct bench b;
    bench_new(&b, 2, 4, k ? WEIGHTS_RECOMMENDED : WEIGHTS_OFFICIAL_LARGE);
    fixture_set(b.f->stratum, 1, k ? "districts" : "people", GONE);
    assert_int_equal(weigh(&b, false), E_LIVELIHOOD_TOTAL);
    assert_string_equal(b.e.subject, "area 2");
    if (k) fixture_set(b.f->stratum, 1, "districts", 3); /* fewer than were sampled */
    if (k) assert_int_equal(weigh(&b, false), E_LIVELIHOOD_TOTAL);
    arena_free(b.a);
  }
}
static void lonely_districts_follow_the_plan(void **state) {
  (void)state;
  struct bench b;
  bench_new(&b, 3, 4, WEIGHTS_OFFICIAL_LARGE);
  for (int64_t i = 0; i < b.f->household->columns.n; i++)
    if (b.f->household->number[fixture_find(b.f->household, "pref")][i] == 2) fixture_set(b.f->household, i, "district", 1);
  b.f->source.form[LIVELIHOOD_PERSON] = b.f->source.form[LIVELIHOOD_INCOME] = NULL;
  for (int64_t i = 24; i < 48; i++) fixture_set(b.f->household, i, "household_no", (double)i);
  assert_int_equal(weigh(&b, false), E_LONELY_PSU);
  assert_non_null(strstr(b.e.found, "area 2"));
  b.plan.collapse = true;
  assert_int_equal(weigh(&b, false), E_OK);
  assert_int_equal(b.survey.n_joined, 1);
  assert_int_equal(b.survey.design.stage[0].n_parents, 2);
  NEAR(people(&b, 1), 2000, 1e-6); /* weights stay those of the area */
  b.plan.collapse = false, b.plan.lonely = LONELY_CENTRE;
  assert_int_equal(weigh(&b, false), E_OK);
  arena_free(b.a);
}

/* --- errors --- */
static void totals_that_are_controlled_have_no_error(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct bench b;
    struct livelihood_shares shares;
    struct livelihood_estimate x[LIVELIHOOD_MOST_SHARES];
    const struct taylor_domains all = {1, NULL};
    bench_new(&b, 3, 4, k ? WEIGHTS_RECOMMENDED : WEIGHTS_OFFICIAL_LARGE);
    fixture_set(b.f->household, 5, "members", 5); /* the households are not all alike any more */
    assert_int_equal(weigh(&b, false), E_OK);
    assert_int_equal(livelihood_household_shares(b.a, &b.records, &b.survey, &shares, &b.e), E_OK);
    assert_int_equal(livelihood_share_estimates(NULL, b.a, &b.survey, &shares, &all, x, &b.e), E_OK);
    for (int i = 0; i < shares.m; i++) {
      if (strcmp(shares.share[i].name, "people") == 0) {
        NEAR(x[i].value, 6000, 1e-6);
        NEAR(x[i].se[METHOD_LINEARISED], 0, 1e-6);
      }
      if (strcmp(shares.share[i].name, "households") == 0) assert_true(x[i].se[METHOD_LINEARISED] > 1);
    }
    arena_free(b.a);
  }
}
struct made { /* random households: area, district, income */
  struct bench b;
  struct livelihood_persons persons;
};
static void made_new(struct made *m, enum livelihood_weights rule, uint64_t seed) {
  struct rng r;
  bench_new(&m->b, 6, 8, rule);
  rng_init(&r, seed, "made", "", 0);
  assert_int_equal(weigh(&m->b, true), E_OK);
  const int64_t n = m->b.survey.n;
  double *income = ARENA_ARRAY(m->b.a, double, n), *in[LIVELIHOOD_GROUPS], place = 0;
  uint8_t *known = ARENA_ARRAY(m->b.a, uint8_t, n);
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) in[g] = ARENA_ARRAY(m->b.a, double, n);
  for (int64_t i = 0; i < n; i++) {
    const int64_t h = m->b.survey.row[i];
    if (i == 0 || m->b.records.district[h] != m->b.records.district[m->b.survey.row[i - 1]]) place = rng_normal(&r);
    income[i] = exp(5 + 0.2 * place + 0.6 * rng_normal(&r)), known[i] = 1;
    in[GROUP_ALL][i] = m->b.records.members[h], in[GROUP_CHILDREN][i] = m->b.records.children[h];
    in[GROUP_MORE_ADULTS][i] = m->b.records.members[h] > 1 ? in[GROUP_ALL][i] : 0;
  }
  m->persons = (struct livelihood_persons){.n = n, .income = income, .known = known};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) m->persons.persons[g] = in[g];
}
static struct livelihood_measures measured(struct made *m, int threads) {
  struct livelihood_measures out;
  const struct job job = {.arena = m->b.a, .n_threads = threads};
  const struct livelihood_request q = {.survey = &m->b.survey, .persons = &m->persons, .linearised = true, .woodruff = true, .jackknife = true,
      .bootstrap = 500, .seed = 9};
  assert_int_equal(livelihood_measure(&job, m->b.a, &q, &out, &m->b.e), E_OK);
  return out;
}
static void methods_agree_about_smooth_figures(void **state) {
  (void)state;
  struct made m;
  made_new(&m, WEIGHTS_OFFICIAL_LARGE, 3);
  const struct livelihood_measures x = measured(&m, 1);
  static const int smooth[] = {FIGURE_MEAN, FIGURE_GINI, FIGURE_RATE};
  for (int k = 0; k < 3; k++) {
    const struct livelihood_estimate *f = &x.estimate[smooth[k]];
    assert_true(f->has[METHOD_LINEARISED] && f->has[METHOD_JACKKNIFE] && f->has[METHOD_BOOTSTRAP]);
    /* A rate has a quantile in it: of 144 households its jackknife is no estimate (0.056 beside 0.033). */
    if (k < 2) NEAR(f->se[METHOD_JACKKNIFE] / f->se[METHOD_LINEARISED], 1, 0.03);
    NEAR(f->se[METHOD_BOOTSTRAP] / f->se[METHOD_LINEARISED], 1, k == 2 ? 0.35 : 0.12);
    assert_int_equal(f->df[METHOD_LINEARISED], 6 * 8 - 6);
    assert_true(f->has_deff && f->deff > 0);
  }
  assert_true(x.estimate[FIGURE_MEDIAN].has[METHOD_WOODRUFF]);
  NEAR(x.estimate[FIGURE_LINE].se[METHOD_WOODRUFF] * 2, x.estimate[FIGURE_MEDIAN].se[METHOD_WOODRUFF], 1e-12);
  assert_false(x.estimate[FIGURE_RATE + GROUP_ONE_ADULT].defined);
  assert_int_equal(x.estimate[FIGURE_RATE + GROUP_CHILDREN].n, 48); /* one household of 3 in each district's unit area */
  arena_free(m.b.a);
}
static void bits_do_not_depend_on_threads(void **state) {
  (void)state;
  struct made m;
  made_new(&m, WEIGHTS_RECOMMENDED, 4);
  const struct livelihood_measures one = measured(&m, 1);
  for (int threads = 2; threads <= 8; threads *= 4) {
    const struct livelihood_measures many = measured(&m, threads);
    for (int f = 0; f < LIVELIHOOD_FIGURES; f++)
      for (int k = 0; k < LIVELIHOOD_METHODS; k++) {
        assert_memory_equal(&one.estimate[f].se[k], &many.estimate[f].se[k], sizeof(double));
        assert_memory_equal(&one.estimate[f].value, &many.estimate[f].value, sizeof(double));
      }
  }
  arena_free(m.b.a);
}
static void equal_incomes_have_no_linearised_error_of_the_line(void **state) {
  (void)state;
  struct made m;
  made_new(&m, WEIGHTS_OFFICIAL_LARGE, 5);
  for (int64_t i = 0; i < m.persons.n; i++) ((double *)(uintptr_t)m.persons.income)[i] = 120;
  const struct livelihood_measures x = measured(&m, 1);
  assert_false(x.estimate[FIGURE_LINE].has[METHOD_LINEARISED]);
  assert_false(x.estimate[FIGURE_RATE].has[METHOD_LINEARISED]);
  NEAR(x.estimate[FIGURE_MEDIAN].value, 120, 0);
  NEAR(x.estimate[FIGURE_RATE].value, 0, 0);
  assert_true(x.estimate[FIGURE_LINE].has[METHOD_BOOTSTRAP]);
  NEAR(x.estimate[FIGURE_LINE].se[METHOD_BOOTSTRAP], 0, 0);
  NEAR(x.estimate[FIGURE_GINI].value, 0, 1e-12);
  arena_free(m.b.a);
}
static void wide_figures_are_not_printed_by_any_method(void **state) {
  (void)state;
  struct made m;
  struct result_table *t;
  struct livelihood_income income = {0};
  made_new(&m, WEIGHTS_OFFICIAL_LARGE, 6);
  const struct livelihood_measures x = measured(&m, 1);
  const struct livelihood_context c = {&m.b.plan, &m.b.survey, &m.b.records, LANG_EN, &m.b.strata};
  m.b.plan.suppress_cv = 100 * x.estimate[FIGURE_RATE].se[METHOD_LINEARISED] / x.estimate[FIGURE_RATE].value * 0.99;
  assert_int_equal(livelihood_income_table(m.b.a, &c, &income, &x, TABLE_POVERTY, &t, &m.b.e), E_OK);
  int64_t hidden = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (!str_eq(t->dimensions[0].code[i], STR("rate_all"))) continue;
    hidden++;
    assert_int_equal(t->measures[0].status[i], RESULT_UNRELIABLE);
    assert_string_equal(t->measures[0].flag[i], "*");
  }
  assert_int_equal(hidden, 3);
  arena_free(m.b.a);
}

/* --- plan --- */
static const char good[] = "{\"kind\":\"livelihood\",\"year\":2025,\"weights\":\"recommended\",\"nonresponse\":\"area\",\"raking\":false,"
    "\"basis\":\"old\","
                           "\"median\":\"math\",\"lonely\":\"collapse\",\"fpc\":false,\"rate_base\":\"members\","
                           "\"variance\":{\"bootstrap\":500,\"seed\":1,\"jackknife\":true},\"suppress_cv\":30}";
static void every_choice_of_a_plan_must_be_made(void **state) {
  (void)state;
  static const char *const entries[] = {"\"kind\":\"livelihood\",", "\"year\":2025,", "\"weights\":\"recommended\",", "\"nonresponse\":\"area\",",
      "\"raking\":false,", "\"basis\":\"old\",", "\"median\":\"math\",", "\"lonely\":\"collapse\",", "\"fpc\":false,", "\"rate_base\":\"members\",",
      "\"bootstrap\":500,", "\"seed\":1,", ",\"suppress_cv\":30"};
  struct livelihood_plan p;
  struct err e;
  assert_int_equal(livelihood_plan_parse("plan.json", good, strlen(good), &p, &e), E_OK);
  assert_true(p.collapse && p.jackknife && p.bootstrap == 500 && p.weights == WEIGHTS_RECOMMENDED);
  for (size_t k = 0; k < sizeof entries / sizeof *entries; k++) {
    char text[1024];
    const char *at = strstr(good, entries[k]);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s", (int)(at - good), good, at + strlen(entries[k]));
    assert_int_equal(livelihood_plan_parse("plan.json", text, strlen(text), &p, &e), E_LIVELIHOOD_PLAN);
    char name[64];
    const size_t skip = entries[k][0] == ',' ? 2 : 1;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(entries[k] + skip, "\""), entries[k] + skip);
    assert_string_equal(e.subject, name);
    assert_string_equal(e.found, "absent");
  }
}
static void wrong_choices_are_refused_by_name(void **state) {
  (void)state;
  static const struct {
    const char *from, *to, *subject;
  } cases[] = {{"recommended", "default", "weights"}, {"\"bootstrap\":500", "\"bootstrap\":499", "bootstrap"}, {"2025", "1985", "year"},
      {"\"fpc\":false", "\"fpc\":0", "fpc"}, {"math", "hf7", "median"}, {"\"year\"", "\"yeer\":1,\"year\"", "yeer"},
      {"\"weights\":\"recommended\"", "\"weights\":\"column\"", "nonresponse"}, {"30}", "0}", "suppress_cv"}, {"30}", "\"a\"}", "suppress_cv"},
      {"30}", "30,\"price\":{\"base\":1985,\"index\":\"-3\"}}", "index"}};
  struct livelihood_plan p;
  struct err e;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    char text[1024];
    const char *at = strstr(good, cases[k].from);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, cases[k].to, at + strlen(cases[k].from));
    assert_int_equal(livelihood_plan_parse("plan.json", text, strlen(text), &p, &e), E_LIVELIHOOD_PLAN);
    assert_string_equal(e.subject, cases[k].subject);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(large_years_have_the_population_of_each_area),
      cmocka_unit_test(small_years_have_one_factor_and_incomes_none), cmocka_unit_test(recommended_weights_are_drawn_shares_response_and_population),
      cmocka_unit_test(raking_meets_areas_and_ages), cmocka_unit_test(a_missing_weight_or_total_stops),
          cmocka_unit_test(lonely_districts_follow_the_plan),
      cmocka_unit_test(totals_that_are_controlled_have_no_error), cmocka_unit_test(methods_agree_about_smooth_figures),
      cmocka_unit_test(bits_do_not_depend_on_threads), cmocka_unit_test(equal_incomes_have_no_linearised_error_of_the_line),
      cmocka_unit_test(wide_figures_are_not_printed_by_any_method), cmocka_unit_test(every_choice_of_a_plan_must_be_made),
      cmocka_unit_test(wrong_choices_are_refused_by_name)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
