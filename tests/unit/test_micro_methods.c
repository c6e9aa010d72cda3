/* test_micro_methods.c -- methods that change microdata: what they promise holds, and promises that cannot be kept are refused. */
#include "tests/unit/micro_fixture.h"

#include "estimators/sdc/micro/loss.h"
#include "estimators/sdc/micro/microaggregate.h"
#include "estimators/sdc/micro/perturb.h"
#include "estimators/sdc/micro/recode.h"
#include "estimators/sdc/micro/record_swap.h"
#include "estimators/sdc/micro/rows.h"

static struct err e;
static const struct micro_stream stream = {.seed = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const struct micro_stream other_stream = {.seed = {9}};
static void make_table(struct arena *a, struct table *t, int64_t n) {
  const struct column c[] = {{.name = "x", .type = COL_INT}, {.name = "y", .type = COL_INT, .decimals = 1}, {.name = "group", .type = COL_TEXT},
      {.name = "household", .type = COL_INT}, {.name = "w", .type = COL_INT, .decimals = 6}};
  assert_int_equal(table_init(t, a, c, 5, n, &e), E_OK);
  t->n_rows = n;
  for (int64_t i = 0; i < n; i++) {
    char code[8];
    snprintf(code, sizeof code, "g%d", (int)(i * i % 7));
    t->columns[0].i64[i] = i * 37 % n, t->columns[1].i64[i] = 10 * (i * 37 % n) + i * 13 % 400;
    t->columns[2].code[i] = dict_add(t->columns[2].dict, str_of(code));
    t->columns[3].i64[i] = i / 2, t->columns[4].i64[i] = 1000000 * (1 + i % 5);
  }
}
static uint64_t *row_records(struct arena *a, int64_t n) {
  uint64_t *r = ARENA_ARRAY(a, uint64_t, n + 1);
  for (int64_t i = 0; i < n; i++) r[i] = (uint64_t)i;
  return r;
}

/* --- coarser values --- */
static void a_code_without_a_row_stops_the_recoding(void **state) {
  struct arena *a = arena_new(0);
  struct table t;
  (void)state;
  make_table(a, &t, 20);
  const char *const from[] = {"g0", "g1", "g2"}, *const to[] = {"low", "low", "high"};
  struct micro_recode_table x = {.n = 3, .from = from, .to = to};
  assert_int_equal(micro_recode(a, &t.columns[2], 20, &x, &e), E_MICRO_CODE);
  assert_string_equal(e.subject, "group");
  x.other = "rest";
  assert_int_equal(micro_recode(a, &t.columns[2], 20, &x, &e), E_OK);
  assert_true(str_eq(dict_text(t.columns[2].dict, t.columns[2].code[1]), STR("low")));
  assert_true(str_eq(dict_text(t.columns[2].dict, t.columns[2].code[2]), STR("rest")));
  assert_int_equal(micro_recode(a, &t.columns[0], 20, &x, &e), E_MICRO_VARIABLE);
  arena_free(a);
}
static void classes_close_at_the_left(void **state) {
  struct arena *a = arena_new(0);
  struct table t;
  (void)state;
  make_table(a, &t, 40);
  t.columns[0].status[3] = VAL_UNKNOWN;
  const double edge[] = {0, 15, 30};
  const char *const label[] = {"0-14", "15-29", "30+"};
  int64_t before[40];
  for (int i = 0; i < 40; i++) before[i] = t.columns[0].i64[i];
  assert_int_equal(micro_classify(a, &t.columns[0], 40, &(struct micro_classes){.n = 3, .edge = edge, .label = label}, &e), E_OK);
  for (int i = 0; i < 40; i++) {
    if (i == 3) {
      assert_int_equal(t.columns[0].status[i], VAL_UNKNOWN);
      continue;
    }
    const char *want = label[before[i] < 15 ? 0 : before[i] < 30 ? 1 : 2];
    assert_true(str_eq(dict_text(t.columns[0].dict, t.columns[0].code[i]), str_of(want)));
  }
  const double above[] = {5};
  make_table(a, &t, 40);
  assert_int_equal(micro_classify(a, &t.columns[0], 40, &(struct micro_classes){.n = 1, .edge = above, .label = label}, &e), E_MICRO_CODE);
  arena_free(a);
}
static void tails_are_cut_between_different_values(void **state) {
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_tail_report r;
  (void)state;
  static const int64_t value[10] = {1, 2, 3, 4, 5, 6, 7, 9, 9, 20};
  static const struct {
    enum micro_tail_rule rule;
    bool bottom, mean;
    double limit;
    int64_t coded, threshold, last;
  } cases[] = {{MICRO_TAIL_SHARE, false, false, 0.1, 1, 20, 20},
      {MICRO_TAIL_SHARE, false, false, 0.2, 1, 20, 20}, /* the two 9 would make it three */
      {MICRO_TAIL_SHARE, false, true, 0.3, 3, 9, 13},   /* (9 + 9 + 20) / 3 = 12.7 */
      {MICRO_TAIL_RECORDS, false, true, 8, 3, 9, 13}, {MICRO_TAIL_THRESHOLD, false, false, 8, 3, 8, 8},
      {MICRO_TAIL_THRESHOLD, false, false, 20, 0, 20, 20}, {MICRO_TAIL_RECORDS, true, true, 12, 3, 3, 20},
      {MICRO_TAIL_SHARE, false, false, 0.01, 1, 20, 20}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    make_table(a, &t, 40); /* each value of four records */
    for (int i = 0; i < 40; i++) t.columns[0].i64[i] = value[i / 4];
    const struct micro_tail x = {
        .bottom = cases[k].bottom, .rule = cases[k].rule, .limit = cases[k].limit, .mean = cases[k].mean, .least_for_mean = 3};
    assert_int_equal(micro_cut_tail(a, &t.columns[0], 40, NULL, &x, &r, &e), E_OK);
    assert_int_equal(r.n_coded, 4 * cases[k].coded);
    assert_true(r.threshold == (double)cases[k].threshold);
    assert_int_equal(t.columns[0].i64[39], cases[k].last);
  }
  arena_free(a);
}
static void the_mean_of_one_is_not_given(void **state) {
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_tail_report r;
  (void)state;
  make_table(a, &t, 100);
  struct micro_tail x = {.rule = MICRO_TAIL_RECORDS, .limit = 1, .mean = true, .least_for_mean = 3};
  assert_int_equal(micro_cut_tail(a, &t.columns[0], 100, NULL, &x, &r, &e), E_MICRO_PARAMETER);
  x.mean = false;
  assert_int_equal(micro_cut_tail(a, &t.columns[0], 100, NULL, &x, &r, &e), E_OK);
  assert_false(r.has_mean);
  arena_free(a);
}
/* Nine records are too few, whatever the recipe says; of ten one may not be all of it: the mean times ten would be his value. */
static void the_mean_of_a_tail_is_a_figure(void **state) {
  static const struct {
    int64_t n, greatest;
    bool mean;
  } cases[] = {{9, 1000, false}, {10, 1000, true}, {10, 100000, false}, {10, 72000, false}, {10, 70000, true}};
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_tail_report r;
  (void)state;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    for (int mean = 0; mean < 2; mean++) {
      make_table(a, &t, 100);
      for (int64_t i = 0; i < 100; i++) t.columns[0].i64[i] = i >= cases[k].n ? 10 : i ? 1000 : cases[k].greatest;
      const struct micro_tail x = {.rule = MICRO_TAIL_THRESHOLD, .limit = 500, .mean = mean, .least_for_mean = 2};
      const enum err_code code = micro_cut_tail(a, &t.columns[0], 100, NULL, &x, &r, &e);
      assert_int_equal(code, mean && !cases[k].mean ? E_MICRO_PARAMETER : E_OK);
      if (!code) assert_int_equal(r.has_mean, cases[k].mean);
    }
  }
  arena_free(a);
}

/* --- disturbances --- */
static void the_same_seed_makes_the_same_noise_and_records_stand_alone(void **state) {
  enum { N = 500 };
  struct arena *a = arena_new(0);
  struct table one, two, three;
  struct micro_disturbed done;
  (void)state;
  make_table(a, &one, N), make_table(a, &two, N), make_table(a, &three, N);
  one.columns[1].status[7] = VAL_REFUSED;
  two.columns[1].status[7] = VAL_REFUSED, three.columns[1].status[7] = VAL_REFUSED;
  struct micro_disturbance d = {.stream = &stream, .record = row_records(a, N), .n = N};
  assert_int_equal(micro_noise(&one.columns[1], &d, 0.1, &done, &e), E_OK);
  assert_int_equal(done.n_left_alone, 1);
  assert_int_equal(one.columns[1].status[7], VAL_REFUSED);
  assert_int_equal(micro_noise(&two.columns[1], &d, 0.1, &done, &e), E_OK);
  assert_memory_equal(one.columns[1].i64, two.columns[1].i64, N * sizeof(int64_t));
  d.stream = &other_stream;
  assert_int_equal(micro_noise(&three.columns[1], &d, 0.1, &done, &e), E_OK);
  assert_memory_not_equal(one.columns[1].i64, three.columns[1].i64, N * sizeof(int64_t));
  arena_free(a);
}
static void correlated_noise_keeps_the_correlation(void **state) {
  enum { N = 20000 };
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_disturbed done;
  struct micro_loss loss;
  struct rng r;
  (void)state;
  rng_init(&r, 5, "noise", NULL, 0);
  double *x[2] = {ARENA_ARRAY(a, double, N), ARENA_ARRAY(a, double, N)}, *y[2] = {ARENA_ARRAY(a, double, N), ARENA_ARRAY(a, double, N)};
  make_table(a, &t, N);
  for (int64_t i = 0; i < N; i++) {
    const double common = rng_normal(&r);
    t.columns[0].i64[i] = (int64_t)(10000 * common + 3000 * rng_normal(&r)), t.columns[1].i64[i] = (int64_t)(50000 * common + 30000 * rng_normal(&r));
    for (int j = 0; j < 2; j++) x[j][i] = micro_value(&t.columns[j], i);
  }
  struct column *c[2] = {&t.columns[0], &t.columns[1]};
  const struct micro_disturbance d = {.stream = &stream, .record = row_records(a, N), .n = N};
  assert_int_equal(micro_noise_correlated(a, c, 2, &d, 0.5, &done, &e), E_OK);
  double sums[2][5] = {{0}};
  for (int64_t i = 0; i < N; i++)
    for (int j = 0; j < 2; j++) y[j][i] = micro_value(&t.columns[j], i);
  for (int64_t i = 0; i < N; i++)
    for (int k = 0; k < 2; k++) {
      const double p = k ? y[0][i] : x[0][i], q = k ? y[1][i] : x[1][i];
      sums[k][0] += p, sums[k][1] += q, sums[k][2] += p * p, sums[k][3] += q * q, sums[k][4] += p * q;
    }
  double correlation[2], variance[2];
  for (int k = 0; k < 2; k++) {
    const double vp = sums[k][2] / N - sums[k][0] * sums[k][0] / N / N, vq = sums[k][3] / N - sums[k][1] * sums[k][1] / N / N;
    correlation[k] = (sums[k][4] / N - sums[k][0] * sums[k][1] / N / N) / sqrt(vp * vq), variance[k] = vp;
  }
  assert_true(fabs(correlation[0] - correlation[1]) < 0.01);
  assert_true(fabs(variance[1] / variance[0] - 1.25) < 0.03);
  assert_int_equal(micro_loss_of(a, (const double *const *)x, (const double *const *)y, 2, N,
                       &(struct micro_loss_options){.width = 1, .linkage_most = 500}, &loss, &e),
      E_OK);
  assert_true(loss.has_il1s && loss.il1s > 0.2 && loss.il1s < 0.4 && loss.linked < 0.05);
  t.columns[1].i64[0] = 0;
  for (int64_t i = 0; i < N; i++) t.columns[1].i64[i] = 7;
  assert_int_equal(micro_noise_correlated(a, c, 2, &d, 0.5, &done, &e), E_MICRO_SOLVE);
  arena_free(a);
}
static int rising(const void *a, const void *b) { return *(const int64_t *)a < *(const int64_t *)b ? -1 : *(const int64_t *)a > *(const int64_t *)b; }
static void rank_swapping_keeps_the_values_and_the_window(void **state) {
  enum { N = 1000 };
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_disturbed done;
  int64_t before[N], after[N];
  (void)state;
  make_table(a, &t, N);
  memcpy(before, t.columns[0].i64, sizeof before);
  const struct micro_disturbance d = {.stream = &stream, .record = row_records(a, N), .n = N};
  assert_int_equal(micro_rank_swap(a, &t.columns[0], &d, 5, &done, &e), E_OK);
  memcpy(after, t.columns[0].i64, sizeof after);
  assert_int_equal(done.n_changed, N);
  for (int i = 0; i < N; i++) assert_true(llabs(before[i] - after[i]) < 50); /* values are ranks here */
  qsort(before, N, sizeof *before, rising), qsort(after, N, sizeof *after, rising);
  assert_memory_equal(before, after, sizeof before);
  assert_int_equal(micro_rank_swap(a, &t.columns[0], &d, 0, &done, &e), E_MICRO_PARAMETER);
  arena_free(a);
}
static void post_randomisation_leaves_frequencies_as_they_are(void **state) {
  enum { M = 6, N = 60000 };
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_disturbed done;
  double p[M] = {0.5, 0.2, 0.15, 0.1, 0.05, 0}, r[M * M];
  (void)state;
  assert_int_equal(micro_pram_matrix(a, &stream, "v", p, M, 0.7, 0.5, r, &e), E_OK);
  for (int j = 0; j < M; j++) {
    double to = 0, row = 0;
    for (int i = 0; i < M; i++) to += p[i] * r[i * M + j], row += r[j * M + i];
    assert_true(fabs(to - p[j]) < 1e-12);
    assert_true(fabs(row - 1) < 1e-12);
    for (int i = 0; i < M; i++) assert_true(r[i * M + j] >= 0);
  }
  make_table(a, &t, N);
  int64_t before[8] = {0}, after[8] = {0};
  for (int64_t i = 0; i < N; i++) before[t.columns[2].code[i]]++;
  const struct micro_disturbance d = {.stream = &stream, .record = row_records(a, N), .n = N};
  assert_int_equal(micro_pram(a, &t.columns[2], &d, 0.7, 1, &done, &e), E_OK);
  for (int64_t i = 0; i < N; i++) after[t.columns[2].code[i]]++;
  assert_true(done.n_changed > N / 20 && done.n_changed < N / 2);
  for (int k = 0; k < dict_count(t.columns[2].dict); k++) assert_true(fabs((double)(after[k] - before[k])) < 5 * sqrt((double)before[k]));
  arena_free(a);
}

/* --- microaggregation --- */
static void group_means_keep_the_total(void **state) {
  enum { N = 997 };
  struct arena *a = arena_new(0);
  struct micro_groups g;
  double x[N], mean[N], w[N], before = 0, after = 0;
  struct rng r;
  (void)state;
  rng_init(&r, 3, "means", NULL, 0);
  for (int i = 0; i < N; i++) x[i] = exp(rng_normal(&r)), w[i] = 1 + (double)rng_below(&r, 9);
  const double *const columns[] = {x};
  assert_int_equal(micro_mdav(a, columns, 1, N, 3, &g, &e), E_OK);
  assert_int_equal(micro_group_means(a, &g, x, w, N, mean, &e), E_OK);
  for (int i = 0; i < N; i++) before += w[i] * x[i], after += w[i] * mean[i];
  assert_true(fabs(before - after) < 1e-9 * before);
  assert_int_equal(micro_mdav(a, columns, 1, N, 1, &g, &e), E_MICRO_PARAMETER);
  assert_int_equal(micro_mdav(a, columns, 0, N, 3, &g, &e), E_MICRO_PARAMETER);
  arena_free(a);
}

/* --- rows --- */
static void households_are_resampled_whole_and_weights_keep_the_population(void **state) {
  enum { N = 4000 };
  (void)state;
  for (int by_weight = 0; by_weight < 2; by_weight++) {
    struct arena *a = arena_new(0);
    struct table t;
    struct micro_units u;
    struct micro_resampled done;
    make_table(a, &t, N);
    for (int64_t i = 0; i < N; i++) t.columns[4].i64[i] = 1000000 * (1 + i / 2 % 5);
    assert_int_equal(micro_units_of(a, &t, "household", "x", "w", &stream, &u, &e), E_OK);
    assert_int_equal(micro_resample(a, &t, &u, "w", &stream, 0.8, by_weight, &done, &e), E_OK);
    assert_int_equal(done.n_units, 1600);
    assert_int_equal(t.n_rows, 3200);
    for (int64_t i = 0; i < t.n_rows; i += 2) assert_int_equal(t.columns[3].i64[i], t.columns[3].i64[i + 1]);
    assert_true(fabs(done.weight_after / done.weight_before - 1) < 0.05);
    arena_free(a);
  }
}
static void the_order_hangs_on_ids_and_not_on_places(void **state) {
  enum { N = 60 };
  struct arena *a = arena_new(0);
  struct table t[2];
  struct micro_units u;
  int64_t reversed[N];
  (void)state;
  for (int k = 0; k < 2; k++) {
    make_table(a, &t[k], N);
    for (int64_t i = 0; i < N; i++) reversed[i] = N - 1 - i;
    if (k) assert_int_equal(micro_take_rows(a, &t[k], reversed, N, &e), E_OK);
    assert_int_equal(micro_units_of(a, &t[k], "household", "x", NULL, &stream, &u, &e), E_OK);
    assert_int_equal(micro_shuffle(a, &t[k], &u, &stream, &e), E_OK);
  }
  for (int64_t i = 0; i < N; i++) assert_int_equal(t[0].columns[0].i64[i], t[1].columns[0].i64[i]);
  for (int64_t i = 0; i < N; i += 2) assert_int_equal(t[0].columns[3].i64[i], t[0].columns[3].i64[i + 1]);
  t[0].columns[0].i64[1] = t[0].columns[0].i64[0];
  assert_int_equal(micro_units_of(a, &t[0], NULL, "x", NULL, &stream, &u, &e), E_MICRO_UNIT);
  t[0].columns[4].i64[5] = 0;
  assert_int_equal(micro_units_of(a, &t[0], NULL, NULL, "w", &stream, &u, &e), E_MICRO_WEIGHT);
  assert_int_equal(e.line, 7);
  arena_free(a);
}

/* --- record swapping --- */
enum { HOMES = 3000 };
static void make_homes(struct arena *a, struct table *t) {
  const struct column c[] = {{.name = "region", .type = COL_INT}, {.name = "place", .type = COL_INT}, {.name = "age", .type = COL_INT},
      {.name = "kind", .type = COL_INT}, {.name = "home", .type = COL_INT}};
  struct rng r;
  rng_init(&r, 12, "homes", NULL, 0);
  assert_int_equal(table_init(t, a, c, 5, 3 * HOMES, &e), E_OK);
  for (int h = 0; h < HOMES; h++) {
    const int64_t place = (int64_t)rng_below(&r, 12), kind = (int64_t)rng_below(&r, 3);
    for (uint64_t m = 0, size = 1 + rng_below(&r, 3); m < size; m++) {
      const int64_t i = t->n_rows++, row[] = {place / 4, place, (int64_t)(rng_below(&r, 25) * rng_below(&r, 25) / 25), kind, h};
      for (int k = 0; k < 5; k++) t->columns[k].i64[i] = row[k];
    }
  }
}
static void swapped_households_leave_the_tables_of_areas(void **state) {
  static const char *const level[] = {"region", "place"}, *const risk[] = {"age"}, *const similar[] = {"kind"};
  struct arena *a = arena_new(0);
  struct table t, before;
  struct micro_units u;
  struct micro_swapped done;
  int64_t cell[2][12][3] = {{{0}}}, moved = 0;
  (void)state;
  make_homes(a, &t), make_homes(a, &before);
  struct micro_swap_plan plan = {.n_levels = 2, .n_risk = 1, .n_similar = 1, .level = level, .risk = risk, .similar = similar, .k = 4, .rate = 0.1};
  assert_int_equal(micro_units_of(a, &t, "home", NULL, NULL, &stream, &u, &e), E_OK);
  assert_int_equal(micro_record_swap(a, &t, &u, &stream, &plan, &done, &e), E_OK);
  assert_true(done.n_at_risk > 50 && done.n_without_partner == 0 && done.n_at_risk_swapped == done.n_at_risk);
  for (int64_t i = 0; i < t.n_rows; i++) {
    const int64_t h = before.columns[4].i64[i], place = t.columns[1].i64[i];
    cell[0][before.columns[1].i64[i]][before.columns[3].i64[i]]++, cell[1][place][t.columns[3].i64[i]]++;
    assert_int_equal(t.columns[0].i64[i], place / 4); /* a place stays in its region */
    assert_true((done.partner[h] >= 0) == (place != before.columns[1].i64[i]));
    if (done.partner[h] >= 0) assert_int_equal(done.partner[done.partner[h]], h);
    if (i && t.columns[4].i64[i - 1] == h) assert_int_equal(t.columns[1].i64[i - 1], place);
  }
  assert_memory_equal(cell[0], cell[1], sizeof cell[0]); /* all partners share size and kind */
  for (int h = 0; h < HOMES; h++) moved += done.partner[h] >= 0;
  assert_true(moved == done.n_households && moved >= HOMES / 10);
  plan.rate = 2;
  assert_int_equal(micro_record_swap(a, &t, &u, &stream, &plan, &done, &e), E_MICRO_PARAMETER);
  plan.rate = 0, t.columns[1].i64[t.n_rows - 1] = 99, t.columns[4].i64[t.n_rows - 1] = 0; /* a member of home 0 who lives elsewhere */
  assert_int_equal(micro_units_of(a, &t, "home", NULL, NULL, &stream, &u, &e), E_OK);
  assert_int_equal(micro_record_swap(a, &t, &u, &stream, &plan, &done, &e), E_MICRO_UNIT);
  arena_free(a);
}
static void nobody_is_swapped_inside_one_area(void **state) {
  static const char *const level[] = {"region"}, *const risk[] = {"age"};
  struct arena *a = arena_new(0);
  struct table t;
  struct micro_units u;
  struct micro_swapped done;
  (void)state;
  make_homes(a, &t);
  for (int64_t i = 0; i < t.n_rows; i++) t.columns[0].i64[i] = 1;
  const struct micro_swap_plan plan = {.n_levels = 1, .n_risk = 1, .level = level, .risk = risk, .k = 1000, .rate = 0.5};
  assert_int_equal(micro_units_of(a, &t, "home", NULL, NULL, &stream, &u, &e), E_OK);
  assert_int_equal(micro_record_swap(a, &t, &u, &stream, &plan, &done, &e), E_OK);
  assert_true(done.n_households == 0 && done.n_without_partner == done.n_at_risk && done.n_at_risk > 0);
  arena_free(a);
}

/* --- loss --- */
static void an_unchanged_file_has_no_loss_and_is_found_again(void **state) {
  enum { N = 200 };
  struct arena *a = arena_new(0);
  struct micro_loss loss;
  double x[3][N], constant[N];
  struct rng r;
  (void)state;
  rng_init(&r, 3, "loss", NULL, 0);
  for (int i = 0; i < N; i++)
    x[1][i] = rng_normal(&r), x[2][i] = rng_normal(&r), x[0][i] = 3 + x[1][i] - 2 * x[2][i] + rng_normal(&r), constant[i] = 4;
  const double *const same[] = {x[0], x[1], x[2]}, *const flat[] = {constant, constant, constant};
  assert_int_equal(micro_loss_of(a, same, same, 3, N, &(struct micro_loss_options){.width = 0}, &loss, &e), E_OK);
  assert_true(loss.has_il1s && loss.il1s == 0 && loss.eigen == 0 && loss.mean == 0 && loss.variance == 0 && loss.covariance == 0);
  assert_true(loss.has_overlap && fabs(loss.overlap - 1) < 1e-12 && loss.linked == 1 && loss.rank_linked == 1 && loss.interval == 1);
  assert_int_equal(micro_loss_of(a, same, flat, 3, N, &(struct micro_loss_options){.width = 0}, &loss, &e), E_OK);
  assert_true(loss.linked < 0.02 && loss.il1s > 0.3 && !loss.has_overlap);
  assert_int_equal(micro_loss_of(a, flat, flat, 3, N, &(struct micro_loss_options){.width = 0}, &loss, &e), E_OK);
  assert_true(!loss.has_il1s && !loss.has_eigen && !loss.has_variance && loss.linked <= 1.0 / 64);
  assert_int_equal(micro_loss_of(a, same, same, 3, 0, &(struct micro_loss_options){.width = 0}, &loss, &e), E_OK);
  arena_free(a);
}
static void eigenvalues_of_known_matrices(void **state) {
  double two[] = {2, 1, 1, 2}, three[] = {4, 1, 0, 1, 3, 1, 0, 1, 2}, out[3];
  (void)state;
  micro_eigenvalues(two, 2, out);
  assert_true(fabs(out[0] - 3) < 1e-12 && fabs(out[1] - 1) < 1e-12);
  micro_eigenvalues(three, 3, out); /* 3 + sqrt 3, 3, 3 - sqrt 3 */
  assert_true(fabs(out[0] - 3 - sqrt(3)) < 1e-12 && fabs(out[1] - 3) < 1e-12 && fabs(out[2] - 3 + sqrt(3)) < 1e-12);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_code_without_a_row_stops_the_recoding), cmocka_unit_test(classes_close_at_the_left),
      cmocka_unit_test(tails_are_cut_between_different_values), cmocka_unit_test(the_mean_of_one_is_not_given), 
      cmocka_unit_test(the_mean_of_a_tail_is_a_figure),
      cmocka_unit_test(the_same_seed_makes_the_same_noise_and_records_stand_alone), cmocka_unit_test(correlated_noise_keeps_the_correlation),
      cmocka_unit_test(rank_swapping_keeps_the_values_and_the_window), cmocka_unit_test(post_randomisation_leaves_frequencies_as_they_are),
      cmocka_unit_test(group_means_keep_the_total), cmocka_unit_test(households_are_resampled_whole_and_weights_keep_the_population),
      cmocka_unit_test(the_order_hangs_on_ids_and_not_on_places), cmocka_unit_test(swapped_households_leave_the_tables_of_areas),
      cmocka_unit_test(nobody_is_swapped_inside_one_area), cmocka_unit_test(an_unchanged_file_has_no_loss_and_is_found_again),
      cmocka_unit_test(eigenvalues_of_known_matrices)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
