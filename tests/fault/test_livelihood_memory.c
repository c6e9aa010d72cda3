/* The n-th allocation fails on the way from the records of living conditions to their tables: the answer is "out of memory" or the result, never
 * anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/livelihood_fixture.h"

enum { MOST = 4000 };
static enum err_code tables(struct arena *a, const struct livelihood_plan *plan, struct livelihood_survey *survey, struct livelihood_records *r,
    struct livelihood_income *income, const struct livelihood_measures *m, struct err *e) {
  const struct livelihood_context c = {.plan = plan, .survey = survey, .records = r, .lang = LANG_EN};
  struct result_table *t;
  for (int k = TABLE_POVERTY; k <= TABLE_INEQUALITY; k++) TRY(livelihood_income_table(a, &c, income, m, (enum livelihood_table)k, &t, e));
  return E_OK;
}
static enum err_code measure(struct arena *a, struct livelihood_survey *survey, const struct livelihood_records *r,
    const struct livelihood_income *income, struct livelihood_measures *m, struct err *e) {
  double *y = ARENA_ARRAY(a, double, survey->n + 1), *in = ARENA_ARRAY(a, double, survey->n + 1), *none = ARENA_ARRAY(a, double, survey->n + 1);
  uint8_t *known = ARENA_ARRAY(a, uint8_t, survey->n + 1);
  if (!y || !in || !none || !known) return ERR(e, E_NO_MEMORY, .subject = "test");
  for (int64_t i = 0; i < survey->n; i++)
    y[i] = income->equivalised[survey->row[i]], known[i] = income->known[survey->row[i]], in[i] = r->members[survey->row[i]];
  const struct livelihood_persons persons = {survey->n, y, {in, none, none, none, none}, known};
  const struct livelihood_request q = {.survey = survey, .persons = &persons, .linearised = true, .woodruff = true, .bootstrap = 3, .seed = 1};
  return livelihood_measure(NULL, a, &q, m, e);
}
static enum err_code whole(struct arena *a, struct fixture_survey *f, struct err *e) {
  const struct livelihood_plan plan = {.year = 2025, .weights = WEIGHTS_RECOMMENDED, .response = RESPONSE_AREA_SIZE, .collapse = true,
      .suppress_cv = 30,
      .price = 120};
  struct livelihood_records r;
  struct livelihood_strata strata;
  struct livelihood_cells cells;
  struct livelihood_income income;
  struct livelihood_survey survey;
  struct livelihood_measures m;
  struct livelihood_shares shares;
  struct livelihood_estimate x[LIVELIHOOD_MOST_SHARES];
  const struct taylor_domains all = {1, NULL};
  TRY(livelihood_records_join(a, &f->source, &r, e));
  TRY(livelihood_strata_of(a, &r, f->source.form[LIVELIHOOD_STRATUM], &strata, e));
  TRY(livelihood_cells_of(a, f->source.form[LIVELIHOOD_POPULATION], f->source.form[LIVELIHOOD_PERSON], &cells, e));
  TRY(livelihood_income_of(a, &r, f->source.form[LIVELIHOOD_INCOME], BASIS_OLD, &income, e));
  const struct livelihood_weighting q = {&plan, &r, &strata, NULL, f->source.form[LIVELIHOOD_INCOME], true, "household"};
  TRY(livelihood_weigh(a, &q, &survey, e));
  TRY(measure(a, &survey, &r, &income, &m, e));
  TRY(tables(a, &plan, &survey, &r, &income, &m, e));
  TRY(livelihood_household_shares(a, &r, &survey, &shares, e));
  return livelihood_share_estimates(NULL, a, &survey, &shares, &all, x, e);
}
static void every_allocation_may_fail(void **state) {
  (void)state;
  struct arena *data = arena_new(0);
  struct fixture_survey *f = fixture_survey(data, 2, 4);
  for (int k = 0; k < 4; k++) fixture_set(f->population, k, "people", 100);
  int failed = 0, n = 1;
  for (; n < MOST; n++) {
    struct arena *a = arena_new(0);
    struct err e = {.code = E_OK};
    arena_fail_at((uint64_t)n);
    const enum err_code code = whole(a, f, &e);
    arena_fail_at(0);
    arena_free(a);
    if (code && code != E_NO_MEMORY) fail_msg("allocation %d: %s", n, err_name(code));
    failed += code == E_NO_MEMORY;
    if (!code && n > 400) break; /* beyond the last one */
  }
  print_message("%d allocations, %d of them stop the run\n", n - 1, failed);
  assert_true(failed > 100 && failed == n - 1 && n < MOST);
  arena_free(data);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
