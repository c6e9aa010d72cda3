/* Outliers and scores do not depend on the order of the records, the numbering of the groups, or which other groups are in the run: flags, limits,
 * distances and ranks to the bit. */
#include "processing/outlier/bacon_eem.h"
#include "processing/outlier/call_list.h"
#include "processing/outlier/contaminated.h"
#include "processing/outlier/robust_distance.h"
#include "processing/outlier/winsorise.h"
#include "tests/unit/outlier_fixture.h"

enum { N = 600, GROUPS = 5 };
struct records {
  double y[N], aux[N], weight[N];
  int32_t group[N];
};
static void make(struct records *d, uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "order", NULL, 0);
  for (int i = 0; i < N; i++) {
    d->aux[i] = ceil(exp(4 + rng_normal(&r)));
    d->y[i] = ceil(d->aux[i] * exp(0.2 * rng_normal(&r)) * (rng_below(&r, 20) ? 1 : 50));
    d->weight[i] = 1 + (double)rng_below(&r, 9) / 3;
    d->group[i] = (int32_t)rng_below(&r, GROUPS);
  }
}
/* Row i of `to` is row at[i] of `from`; group codes are renumbered. */
static void permute(struct records *to, const struct records *from, const int64_t *at) {
  for (int i = 0; i < N; i++) {
    to->y[i] = from->y[at[i]], to->aux[i] = from->aux[at[i]], to->weight[i] = from->weight[at[i]];
    to->group[i] = (from->group[at[i]] * 2 + 1) % GROUPS;
  }
}
static struct outlier_result judge(struct arena *a, const struct records *d, const struct outlier_params *p, bool ratio) {
  struct outlier_groups g;
  struct outlier_result r;
  struct err e;
  struct num_column y = column_of(a, "y", d->y, N), aux = column_of(a, "aux", d->aux, N);
  for (int i = 0; i < N; i++)
    if (d->y[i] > 90 && d->y[i] < 100) y.status[i] = VAL_BLANK;
  const struct outlier_data data = {.n = N, .y = &y, .aux = ratio ? &aux : NULL, .weight = d->weight};
  assert_int_equal(outlier_groups_init(&g, a, d->group, N, GROUPS, false, &e), E_OK);
  assert_int_equal(outlier_result_init(&r, a, N, GROUPS, true, &e), E_OK);
  assert_int_equal(outlier_run(&r, a, &data, &g, p, &e), E_OK);
  return r;
}
static void univariate_flags_and_limits(void **state) {
  struct arena *a = *state;
  for (int method = OUTLIER_HB; method <= OUTLIER_MAD; method++)
    for (int ratio = 0; ratio < 2; ratio++) {
      struct records d, moved;
      struct outlier_params p = outlier_params_of((enum outlier_method)method, SIDE_BOTH);
      p.has_imputation = p.has_exclusion = true, p.imputation = 3, p.exclusion = 1.5, p.exponent = 0.4, p.sigma = ratio ? SIGMA_STD : SIGMA_MAD;
      make(&d, (uint64_t)method);
      const int64_t *at = shuffled(a, N, 99);
      permute(&moved, &d, at);
      const struct outlier_result r = judge(a, &d, &p, ratio), q = judge(a, &moved, &p, ratio);
      int64_t flagged = 0;
      for (int i = 0; i < N; i++) {
        assert_int_equal(q.flag[i], r.flag[at[i]]);
        assert_true(bits_of(q.effect[i]) == bits_of(r.effect[at[i]]));
        flagged += q.flag[i] != OUTLIER_NONE;
      }
      assert_true(flagged > 0);
      for (int g = 0; g < GROUPS; g++) {
        const struct outlier_summary *s = &r.summary[g], *t = &q.summary[(g * 2 + 1) % GROUPS];
        assert_true(s->judged && s->n_used == t->n_used && s->n_imputation == t->n_imputation && s->n_exclusion == t->n_exclusion);
        for (int k = 0; k < N_LIMITS; k++) assert_true(s->limits.has[k] == t->limits.has[k] && bits_of(s->limits.at[k]) == bits_of(t->limits.at[k]));
      }
    }
}
static void a_group_is_judged_the_same_alone(void **state) {
  struct arena *a = *state;
  struct records d;
  struct outlier_params p = outlier_params_of(OUTLIER_HB, SIDE_BOTH);
  p.has_exclusion = true, p.exclusion = 4;
  make(&d, 3);
  const struct outlier_result all = judge(a, &d, &p, true);
  int64_t rows[N];
  struct outlier_groups g = {1, (int64_t[]){0, 0}, rows};
  struct outlier_result r;
  struct err e;
  struct num_column y = column_of(a, "y", d.y, N), aux = column_of(a, "aux", d.aux, N);
  for (int i = 0; i < N; i++) {
    if (d.y[i] > 90 && d.y[i] < 100) y.status[i] = VAL_BLANK;
    if (d.group[i] == 2) rows[g.start[1]++] = i;
  }
  const struct outlier_data data = {.n = N, .y = &y, .aux = &aux, .weight = d.weight};
  assert_int_equal(outlier_result_init(&r, a, N, 1, true, &e), E_OK);
  assert_int_equal(outlier_run(&r, a, &data, &g, &p, &e), E_OK);
  for (int64_t k = 0; k < g.start[1]; k++) {
    const int64_t i = rows[k];
    assert_true(r.flag[i] == all.flag[i] && bits_of(r.effect[i]) == bits_of(all.effect[i]));
  }
}
/* Logarithms of y and aux by row, through each method; out: [4 * N] numbers by the rows' first places. */
static void distances(struct arena *a, const struct records *d, const int64_t *at, double *out) {
  double x[2 * N];
  struct sample s;
  struct robust_distance r;
  struct bacon_result b;
  struct contaminated c;
  struct err e;
  for (int i = 0; i < N; i++) x[2 * i] = d->y[i], x[2 * i + 1] = d->aux[i];
  struct num_table t = table_of_rows(a, x, N, 2);
  struct sample_spec q = spec_of(&t);
  q.logarithm = true, q.weight = d->weight;
  assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
  assert_int_equal(robust_msd(&r, a, &s, 5, 0.999, &e), E_OK);
  for (int i = 0; i < N; i++) out[at[s.row[i]]] = r.d2[i];
  assert_int_equal(robust_mcd(&r, a, &s, 0.999, &e), E_OK);
  for (int i = 0; i < N; i++) out[N + at[s.row[i]]] = r.d2[i];
  assert_int_equal(contaminated_fit(&c, a, &s, 1, true, &e), E_OK);
  for (int i = 0; i < N; i++) out[2 * N + at[s.row[i]]] = c.probability[i];
  for (int i = 0; i < N; i++)
    if (d->aux[i] > 60 && d->aux[i] < 80) t.columns[1].status[i] = VAL_BLANK;
  assert_int_equal(sample_observed(&s, a, &q, &e), E_OK);
  assert_int_equal(bacon_eem(&b, a, &s, 0.05, &e), E_OK);
  for (int i = 0; i < N; i++) out[3 * N + at[s.row[i]]] = b.d2[i];
}
static void multivariate_distances(void **state) {
  struct arena *a = *state;
  struct records d, moved;
  double *first = ARENA_ARRAY(a, double, 4 * N), *second = ARENA_ARRAY(a, double, 4 * N);
  int64_t *same = ARENA_ARRAY(a, int64_t, N);
  for (int i = 0; i < N; i++) same[i] = i;
  make(&d, 8);
  const int64_t *at = shuffled(a, N, 4);
  permute(&moved, &d, at);
  distances(a, &d, same, first);
  distances(a, &moved, at, second);
  for (int i = 0; i < 4 * N; i++) assert_true(bits_of(first[i]) == bits_of(second[i]));
}
static void winsorised_values(void **state) {
  struct arena *a = *state;
  struct records d, moved;
  double l[N];
  struct winsorise_row r[N], q[N];
  struct err e;
  make(&d, 6);
  for (int i = 0; i < N; i++) l[i] = 500;
  const int64_t *at = shuffled(a, N, 7);
  permute(&moved, &d, at);
  assert_int_equal(winsorise(r, a, &(struct winsorise_data){N, d.y, d.weight, l, d.aux, l, d.group, GROUPS}, &e), E_OK);
  assert_int_equal(winsorise(q, a, &(struct winsorise_data){N, moved.y, moved.weight, l, moved.aux, l, moved.group, GROUPS}, &e), E_OK);
  int64_t n = 0;
  for (int i = 0; i < N; i++) {
    assert_true(bits_of(q[i].value) == bits_of(r[at[i]].value) && q[i].marker == r[at[i]].marker);
    n += q[i].outlier_weight < 1;
  }
  assert_true(n > 0);
}
/* Scores tie on purpose: the ranks come from the units' names. */
static void call(struct arena *a, const struct records *d, const struct str *unit, struct call_line *lines, int64_t *n,
                 struct replay_domain *domain) {
  const struct num_column y = column_of(a, "y", d->y, N), aux = column_of(a, "aux", d->aux, N);
  const struct score_item item = {.y = &y, .predictor = {&aux}, .weight = 1};
  double *total = ARENA_ARRAY(a, double, GROUPS), *rounded = ARENA_ARRAY(a, double, N);
  struct score_result r;
  struct err e;
  for (int g = 0; g < GROUPS; g++) total[g] = 100000;
  const struct score_view view = {d->group, GROUPS, total};
  const struct score_spec spec = {.n = N, .n_items = 1, .n_views = 1, .items = &item, .views = &view, .weight = d->weight, .global = GLOBAL_MAXIMUM};
  assert_int_equal(score_run(&r, a, &spec, &e), E_OK);
  for (int i = 0; i < N; i++) rounded[i] = r.global[i] = ceil(r.global[i]);
  const struct replay_item past = {&y, &aux, NULL};
  const struct replay_spec replay = {.n = N, .unit = unit, .score = rounded, .weight = d->weight, .n_domains = 1, .n_items = 1, .items = &past,
                                     .limit = 0.01, .seed = 3};
  assert_int_equal(replay_run(domain, a, &replay, &e), E_OK);
  const struct call_threshold threshold = {domain->has_threshold, domain->threshold};
  const struct call_spec q = {.score = &spec, .result = &r, .unit = unit, .threshold = &threshold, .seed = 3};
  assert_int_equal(call_list(lines, n, a, &q, &e), E_OK);
}
static void ranks_and_call_lists(void **state) {
  struct arena *a = *state;
  struct records d, moved;
  struct str unit[N], moved_unit[N];
  struct call_line *first = ARENA_ARRAY(a, struct call_line, N), *second = ARENA_ARRAY(a, struct call_line, N);
  struct replay_domain r, q;
  int64_t n, m;
  make(&d, 12);
  const int64_t *at = shuffled(a, N, 31);
  permute(&moved, &d, at);
  for (int i = 0; i < N; i++) unit[i] = str_of(arena_printf(a, "%d", i));
  for (int i = 0; i < N; i++) moved_unit[i] = unit[at[i]];
  call(a, &d, unit, first, &n, &r);
  call(a, &moved, moved_unit, second, &m, &q);
  assert_true(n == m && n > 10 && r.q_stable == q.q_stable && bits_of(r.rpb[0]) == bits_of(q.rpb[0]));
  for (int64_t i = 0; i < n; i++) {
    assert_true(at[second[i].row] == first[i].row);
    assert_true(bits_of(second[i].remaining_percent) == bits_of(first[i].remaining_percent));
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(univariate_flags_and_limits, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(a_group_is_judged_the_same_alone, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(multivariate_distances, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(winsorised_values, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(ranks_and_call_lists, arena_setup, arena_teardown),
  };
  return cmocka_run_group_tests_name("outlier_order", tests, NULL, NULL);
}
