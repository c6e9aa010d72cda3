/* The whole chain over two-phase samples of a made population (tests/demo/livelihood_world.h): districts in areas, unit areas for incomes,
 * nonresponse by size; records joined, weights by drawn shares, response classes, population and raking, linearised intervals. How often they hold
 * the truth, how far the mean of the estimates lies from it, and how the standard errors compare with the spread of the estimates.
 * SAMPLES sets the number of samples (default 300). Districts are drawn without replacement, 6 of 36 to 60, and their errors reckoned with
 * replacement: intervals are a little wide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/sum.h"
#include "tests/demo/livelihood_truth.h"
#include "tests/unit/livelihood_fixture.h"

enum { DRAWN = 6, INCOME_UNITS = 9, MOST_DISTRICTS = 80, AGE_CELLS = 6 };
static const int age_from[AGE_CELLS] = {0, 18, 35, 50, 65, 75};

static void choose(struct rng *r, int n, int m, int *list) {
  for (int i = 0; i < n; i++) list[i] = i;
  for (int i = 0; i < m; i++) {
    const int j = i + below(r, n - i), keep = list[i];
    list[i] = list[j], list[j] = keep;
  }
}
struct place {
  bool sampled, income[UNITS + 1];
};
static void draw(const struct world *w, uint64_t seed, struct place place[AREAS + 1][MOST_DISTRICTS]) {
  memset(place, 0, sizeof *place * (AREAS + 1));
  for (int a = 1; a <= AREAS; a++) {
    int list[MOST_DISTRICTS], units[DRAWN * UNITS];
    struct rng r;
    rng_init(&r, seed, "draw", &a, sizeof a);
    choose(&r, w->districts[a], DRAWN, list);
    choose(&r, DRAWN * UNITS, INCOME_UNITS, units);
    for (int i = 0; i < DRAWN; i++) place[a][list[i] + 1].sampled = true;
    for (int i = 0; i < INCOME_UNITS; i++) place[a][list[units[i] / UNITS] + 1].income[units[i] % UNITS + 1] = true;
  }
}
static int cell_of(int age) {
  int k = AGE_CELLS - 1;
  while (k > 0 && age < age_from[k]) k--;
  return k;
}
/* --- records of one sample --- */
static void add_persons(struct fixture_survey *s, const struct world_household *h, int64_t *person) {
  for (int i = 0; i < h->n; i++, ++*person) {
    fixture_keys(s->person, *person, world_pref(h->area), world_district_no(h->area, h->district), h->unit, h->no);
    fixture_set(s->person, *person, "person_no", i + 1), fixture_set(s->person, *person, "age", h->person[i].age);
    fixture_set(s->person, *person, "sex", h->person[i].sex), fixture_set(s->person, *person, "relation", h->person[i].relation);
    fixture_set(s->person, *person, "work", h->person[i].work ? h->person[i].work : GONE);
  }
}
static void add_income(struct fixture_survey *s, const struct world_household *h, int64_t row) {
  fixture_keys(s->income, row, world_pref(h->area), world_district_no(h->area, h->district), h->unit, h->no);
  fixture_set(s->income, row, "total_income", h->total), fixture_set(s->income, row, "tax_income", h->unknown_tax ? GONE : h->tax_income);
  fixture_set(s->income, row, "tax_resident", h->tax_resident), fixture_set(s->income, row, "tax_property", h->tax_property);
  fixture_set(s->income, row, "premiums", h->premiums), fixture_set(s->income, row, "tax_vehicle", 0);
  fixture_set(s->income, row, "premium_private", 0), fixture_set(s->income, row, "remittance_paid", 0), fixture_set(s->income, row, "weight", 1);
}
static struct fixture_survey *records_of(struct arena *a, const struct world *w, uint64_t seed) {
  static struct place place[AREAS + 1][MOST_DISTRICTS];
  struct fixture_survey *s = ARENA_NEW(a, struct fixture_survey);
  const int64_t most = (int64_t)AREAS * DRAWN * UNITS * 28;
  int64_t row = 0, person = 0, income = 0, cell[2][AGE_CELLS] = {{0}}, people[AREAS + 1] = {0};
  draw(w, seed, place);
  s->household = fixture_form(a, "household", most, fixture_household), s->person = fixture_form(a, "person", most * MOST_PERSONS, fixture_person);
  s->income = fixture_form(a, "income", most, fixture_income), s->stratum = fixture_form(a, "stratum", AREAS, "area districts people");
  s->population = fixture_form(a, "population", 2 * AGE_CELLS, "sex age_from age_to people");
  for (int64_t k = 0; k < w->n; k++) {
    const struct world_household *h = &w->h[k];
    const struct place *p = &place[h->area][h->district];
    const int64_t key[2] = {(int64_t)seed, k};
    struct rng r;
    people[h->area] += h->n;
    for (int i = 0; i < h->n; i++) cell[h->person[i].sex - 1][cell_of(h->person[i].age)]++;
    if (!p->sampled) continue;
    fixture_keys(s->household, row, world_pref(h->area), world_district_no(h->area, h->district), h->unit, h->no);
    fixture_set(s->household, row, "area", world_area_code(h->area)), fixture_set(s->household, row, "members", h->n);
    fixture_set(s->household, row, "household_type", h->type), fixture_set(s->household, row, "structure", h->structure);
    fixture_set(s->household, row, "income_selected", p->income[h->unit]), fixture_set(s->household, row++, "weight", 1);
    add_persons(s, h, &person);
    rng_init(&r, seed, "answer", key, sizeof key);
    if (p->income[h->unit] && chance(&r, h->n == 1 ? 0.75 : 0.9)) add_income(s, h, income++);
  }
  s->household->columns.n = row, s->person->columns.n = person, s->income->columns.n = income;
  for (int k = 1; k <= AREAS; k++) {
    fixture_set(s->stratum, k - 1, "area", world_area_code(k)), fixture_set(s->stratum, k - 1, "districts", w->districts[k]);
    fixture_set(s->stratum, k - 1, "people", (double)people[k]);
  }
  for (int k = 0; k < 2 * AGE_CELLS; k++) {
    const int c = k % AGE_CELLS;
    fixture_set(s->population, k, "sex", 1 + k / AGE_CELLS), fixture_set(s->population, k, "age_from", age_from[c]);
    fixture_set(s->population, k, "age_to", c + 1 < AGE_CELLS ? age_from[c + 1] - 1 : GONE);
    fixture_set(s->population, k, "people", (double)cell[k / AGE_CELLS][c]);
  }
  const struct survey_columns *forms[] = {
      &s->household->columns, &s->person->columns, &s->income->columns, NULL, &s->stratum->columns, &s->population->columns};
  memcpy(s->source.form, forms, sizeof forms);
  return s;
}

/* --- one sample estimated --- */
static enum err_code estimate(struct arena *a, struct fixture_survey *f, struct livelihood_measures *out, struct err *e) {
  const struct livelihood_plan plan = {.weights = WEIGHTS_RECOMMENDED, .response = RESPONSE_AREA_SIZE, .raking = true};
  struct livelihood_records r;
  struct livelihood_strata strata;
  struct livelihood_cells cells;
  struct livelihood_income income;
  struct livelihood_survey *survey = ARENA_NEW(a, struct livelihood_survey);
  double *y, *in[LIVELIHOOD_GROUPS];
  uint8_t *known;
  TRY(livelihood_records_join(a, &f->source, &r, e));
  TRY(livelihood_linked(&r, e));
  TRY(livelihood_strata_of(a, &r, f->source.form[LIVELIHOOD_STRATUM], &strata, e));
  TRY(livelihood_cells_of(a, f->source.form[LIVELIHOOD_POPULATION], f->source.form[LIVELIHOOD_PERSON], &cells, e));
  TRY(livelihood_income_of(a, &r, f->source.form[LIVELIHOOD_INCOME], BASIS_OLD, &income, e));
  const struct livelihood_weighting q = {&plan, &r, &strata, &cells, f->source.form[LIVELIHOOD_INCOME], true, "household"};
  TRY(livelihood_weigh(a, &q, survey, e));
  y = ARENA_ARRAY(a, double, survey->n), known = ARENA_ARRAY(a, uint8_t, survey->n);
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) in[g] = ARENA_ARRAY(a, double, survey->n);
  for (int64_t i = 0; i < survey->n; i++) {
    const int64_t h = survey->row[i];
    y[i] = income.equivalised[h], known[i] = income.known[h];
    in[GROUP_ALL][i] = r.members[h], in[GROUP_CHILDREN][i] = r.children[h];
  }
  struct livelihood_persons persons = {.n = survey->n, .income = y, .known = known};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) persons.persons[g] = in[g];
  const struct livelihood_request request = {.survey = survey, .persons = &persons, .linearised = true};
  return livelihood_measure(NULL, a, &request, out, e);
}

static const struct {
  const char *name;
  int figure;
  double unit; /* of the truth */
} kinds[] = {{"rate_all", FIGURE_RATE, 100}, {"rate_children", FIGURE_RATE + GROUP_CHILDREN, 100}, {"gini", FIGURE_GINI, 1}, {"mean", FIGURE_MEAN,
    1}};
enum { KINDS = 4 };
static void read_truth(const struct world *w, double *out) {
  FILE *f = tmpfile();
  char line[128];
  assert_non_null(f);
  truth_incomes(w, false, "", f);
  rewind(f);
  while (fgets(line, sizeof line, f))
    for (int k = 0; k < KINDS; k++) {
      const size_t n = strlen(kinds[k].name);
      if (!strncmp(line, kinds[k].name, n) && line[n] == ',') out[k] = strtod(line + n + 1, NULL) / kinds[k].unit;
    }
  fclose(f);
}
static void two_phase_samples_estimate_the_population(void **state) {
  struct world w = {.seed = 7};
  const char *asked = getenv("SAMPLES");
  const int samples = asked ? atoi(asked) : 300;
  double truth[KINDS] = {0};
  struct sum mean[KINDS] = {{0, 0}}, square[KINDS] = {{0, 0}}, variance[KINDS] = {{0, 0}};
  int held[KINDS] = {0};
  (void)state;
  assert_true(world_make(&w));
  read_truth(&w, truth);
  struct arena *a = arena_new(0);
  for (int s = 0; s < samples; s++) {
    const struct arena_mark mark = arena_mark(a);
    struct livelihood_measures m;
    struct err e;
    assert_int_equal(estimate(a, records_of(a, &w, 100 + (uint64_t)s), &m, &e), E_OK);
    for (int k = 0; k < KINDS; k++) {
      const struct livelihood_estimate *x = &m.estimate[kinds[k].figure];
      assert_true(x->has[METHOD_LINEARISED]);
      held[k] += x->low[METHOD_LINEARISED] <= truth[k] && truth[k] <= x->high[METHOD_LINEARISED];
      sum_add(&mean[k], x->value), sum_add(&square[k], x->value * x->value);
      sum_add(&variance[k], x->se[METHOD_LINEARISED] * x->se[METHOD_LINEARISED]);
    }
    arena_reset(a, mark);
  }
  for (int k = 0; k < KINDS; k++) {
    const double average = sum_result(&mean[k]) / samples, spread = sqrt(sum_result(&square[k]) / samples - average * average);
    const double error = sqrt(sum_result(&variance[k]) / samples);
    printf("%-14s truth %9.4f, mean of %d estimates %9.4f, spread %.4f, standard error %.4f (%.2f), %5.1f %% of intervals hold it\n", kinds[k].name,
        truth[k], samples, average, spread, error, error / spread, 100.0 * held[k] / samples);
    if (samples < 200) continue;
    assert_true(fabs(average - truth[k]) < 0.25 * spread); /* bias against the spread */
    assert_true(error / spread > 0.9 && error / spread < 1.25);
    assert_true(held[k] >= 0.925 * samples && held[k] <= 0.985 * samples);
  }
  arena_free(a);
  free(w.h);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_phase_samples_estimate_the_population)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
