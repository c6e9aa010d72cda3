/* test_micro_random.c -- counts, blanks, special uniques and groups of microdata on small random files, against the plain search through
 * everything. */
#include "tests/unit/micro_fixture.h"

#include "estimators/sdc/micro/microaggregate.h"
#include "estimators/sdc/micro/near_tree.h"
#include "estimators/sdc/micro/recount.h"
#include "estimators/sdc/micro/suda.h"
#include "estimators/sdc/micro/suppress_local.h"

enum { FILES = 300 };
static struct err e;

static void counts_are_those_of_comparing_all_pairs(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 1, "counts", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_frequency f;
    struct micro_recount again;
    random_keys(a, &r, &k, (int64_t)rng_below(&r, 60), 1 + (int)rng_below(&r, 4), 5, (int)rng_below(&r, 3) * 15);
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_frequency_of(a, &p, &f, &e), E_OK);
    int64_t below = 0, least = k.n ? INT64_MAX : 0;
    for (int64_t i = 0; i < k.n; i++) {
      const int64_t n = count_agreeing(&k, NULL, i);
      int64_t same = 0;
      for (int64_t j = 0; j < k.n; j++) same += p.of_record[i] == p.of_record[j];
      assert_true(micro_count(&f, (struct micro_meaning){.missing = MICRO_MATCHES_ALL}, p.of_record[i]) == (double)n);
      assert_true(micro_count(&f, (struct micro_meaning){.missing = MICRO_OWN_VALUE}, p.of_record[i]) == (double)same);
      assert_true(fabs(micro_count(&f, (struct micro_meaning){.missing = MICRO_COUNTS_ALPHA, .alpha = 0.25}, p.of_record[i]) -
                      ((double)same + 0.25 * (double)(n - same))) < 1e-12);
      /* Whole records that agree with what this one has count 1, others that lack something alpha; without any key all records agree. */
      double others = 0;
      int n_keys = 0;
      for (int x = 0; x < k.m; x++) n_keys += k.code[x][i] != 0;
      for (int64_t j = 0; j < k.n; j++) {
        bool whole = true;
        for (int x = 0; x < k.m; x++) whole = whole && k.code[x][j];
        if (p.of_record[i] == p.of_record[j] || (agree(&k, NULL, i, j) && whole && n_keys < k.m)) others += 1;
        else if (agree(&k, NULL, i, j)) others += 0.25;
      }
      if (n_keys == 0) others = (double)k.n;
      assert_true(fabs(micro_count(&f, (struct micro_meaning){.missing = MICRO_OTHERS_ALPHA, .alpha = 0.25}, p.of_record[i]) - others) < 1e-12);
      below += n < 3;
      if (n < least) least = n;
    }
    assert_int_equal(micro_recount(a, &k, NULL, 3, &again, &e), E_OK);
    assert_int_equal(again.n_below, below);
    assert_int_equal(again.least, least);
    arena_free(a);
  }
}

/* Cheapest set for record i by itself: k records agree with what is left, counting values as they were. */
static double own_optimum(const struct micro_keys *k, int64_t i, int64_t least, const double *importance) {
  double best = HUGE_VAL;
  for (uint32_t drop = 0; drop < 1u << k->m; drop++) {
    double cost = 0;
    int64_t n = 0;
    for (int j = 0; j < k->m; j++)
      if (drop >> j & 1 && k->code[j][i]) cost += importance[j];
    for (int64_t x = 0; x < k->n; x++) {
      bool same = true;
      for (int j = 0; j < k->m; j++) same = same && (drop >> j & 1 || k->code[j][x] == k->code[j][i]);
      n += same;
    }
    if (n >= least && cost < best) best = cost;
  }
  return best;
}
static void own_blanks_are_the_cheapest(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 2, "own", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_suppression s;
    double importance[MICRO_KEYS_MOST], optimum = 0;
    random_keys(a, &r, &k, 5 + (int64_t)rng_below(&r, 50), 1 + (int)rng_below(&r, 4), 5, 0);
    for (int j = 0; j < k.m; j++) importance[j] = 1 + (double)rng_below(&r, 4);
    const struct micro_suppress_options o = {.k = 2 + (int64_t)rng_below(&r, 3), .share = 0, .importance = importance};
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_suppress(a, &k, &p, &o, &s, &e), E_OK);
    for (int64_t i = 0; i < k.n; i++) optimum += own_optimum(&k, i, o.k, importance);
    assert_true(fabs(s.cost - optimum) < 1e-9);
    assert_int_equal(s.n_unsolved, 0);
    for (int64_t i = 0; i < k.n; i++) assert_true(count_agreeing(&k, s.blanked, i) >= o.k);
    arena_free(a);
  }
}
static void every_record_is_safe_after_sharing_and_costs_no_more(void **state) {
  struct rng r;
  int64_t shared = 0, own = 0;
  (void)state;
  rng_init(&r, 3, "shared", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_suppression s, t;
    struct micro_recount again;
    random_keys(a, &r, &k, 10 + (int64_t)rng_below(&r, 120), 2 + (int)rng_below(&r, 4), 5, file % 3 == 0 ? 10 : 0);
    struct micro_suppress_options o = {.k = 2 + (int64_t)rng_below(&r, 4), .share = 1 + (int)rng_below(&r, 2)};
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_suppress(a, &k, &p, &o, &s, &e), E_OK);
    assert_int_equal(s.n_unsolved, 0);
    for (int64_t i = 0; i < k.n; i++) assert_true(count_agreeing(&k, s.blanked, i) >= o.k);
    assert_int_equal(micro_recount(a, &k, s.blanked, o.k, &again, &e), E_OK);
    assert_int_equal(again.n_below, 0);
    o.share = 0;
    assert_int_equal(micro_suppress(a, &k, &p, &o, &t, &e), E_OK);
    assert_true(s.n_all <= t.n_all);
    shared += s.n_all, own += t.n_all;
    arena_free(a);
  }
  assert_true(shared < own);
}

/* The fewest blanks that make a tiny file k-anonymous when each record may lose one key at most: search through all choices. */
static void search(const struct micro_keys *k, uint32_t *blanked, int64_t at, int64_t used, int64_t least, int64_t *best) {
  if (used >= *best) return;
  if (at == k->n) {
    for (int64_t i = 0; i < k->n; i++)
      if (count_agreeing(k, blanked, i) < least) return;
    *best = used;
    return;
  }
  blanked[at] = 0;
  search(k, blanked, at + 1, used, least, best);
  for (int j = 0; j < k->m; j++) {
    blanked[at] = 1u << j;
    search(k, blanked, at + 1, used + 1, least, best);
  }
  blanked[at] = 0;
}
static void shared_blanks_are_near_the_fewest(void **state) {
  struct rng r;
  int64_t ours = 0, fewest = 0, files = 0;
  (void)state;
  rng_init(&r, 4, "fewest", NULL, 0);
  for (int file = 0; file < 400; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_suppression s;
    uint32_t blanked[8] = {0};
    int64_t best = 9;
    const int64_t least = 2 + file % 2;
    random_keys(a, &r, &k, 8, 2, 3, 0);
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = least, .share = 1}, &s, &e), E_OK);
    search(&k, blanked, 0, 0, least, &best);
    bool single = true; /* records that lose two keys have no place in the search */
    for (int64_t i = 0; i < k.n; i++) single = single && micro_set_size(s.blanked[i]) < 2;
    if (single) assert_true(s.n_all >= best);
    if (single && best < 9) ours += s.n_all, fewest += best, files++;
    arena_free(a);
  }
  print_message("blanks on %lld tiny files: %lld, fewest possible %lld\n", (long long)files, (long long)ours, (long long)fewest);
  assert_true(files > 200 && (double)ours <= 1.25 * (double)fewest);
}
static void combinations_hold_and_stay(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 5, "combinations", NULL, 0);
  for (int file = 0; file < 60; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k, done;
    struct micro_suppression s;
    int rounds;
    random_keys(a, &r, &k, 60, 5, 5, 0);
    const struct micro_suppress_options o = {.k = 3, .share = 1};
    assert_int_equal(micro_suppress_all(a, &k, 3, &o, &s, &rounds, &e), E_OK);
    assert_true(rounds <= 2); /* blanking never takes agreement away: the second round only finds that nothing is left */
    assert_int_equal(s.n_unsolved, 0);
    assert_int_equal(micro_keys_blank(a, &k, s.blanked, &done, &e), E_OK);
    for (uint32_t set = 1; set < 32; set++) {
      struct micro_keys some = {.n = done.n};
      if (micro_set_size(set) > 3) continue;
      for (int j = 0; j < 5; j++)
        if (set >> j & 1) some.code[some.m++] = done.code[j];
      for (int64_t i = 0; i < k.n; i++) assert_true(count_agreeing(&some, NULL, i) >= 3);
    }
    arena_free(a);
  }
}
static void households_lose_a_key_together(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 6, "households", NULL, 0);
  for (int file = 0; file < 60; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_suppression s;
    int32_t household[90];
    random_keys(a, &r, &k, 90, 3, 5, 0);
    for (int64_t i = 0; i < 90; i++) household[i] = (int32_t)(i / 3), k.code[0][i] = k.code[0][i / 3 * 3];
    const struct micro_suppress_options o = {.k = 3, .share = file % 2, .household = household, .household_keys = 1};
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_suppress(a, &k, &p, &o, &s, &e), E_OK);
    for (int64_t i = 0; i < 90; i++) {
      assert_int_equal(s.blanked[i] & 1, s.blanked[i / 3 * 3] & 1);
      assert_true(count_agreeing(&k, s.blanked, i) >= 3);
    }
    arena_free(a);
  }
}

/* --- special uniques --- */
static bool unique_on(const struct micro_keys *k, int64_t i, uint32_t set) {
  for (int j = 0; j < k->m; j++)
    if (set >> j & 1 && !k->code[j][i]) return false;
  for (int64_t x = 0; x < k->n; x++) {
    bool same = x != i;
    for (int j = 0; j < k->m; j++)
      if (set >> j & 1) same = same && k->code[j][x] == k->code[j][i];
    if (same) return false;
  }
  return true;
}
static void minimal_uniques_are_those_of_all_subsets(void **state) {
  static const double factorial[] = {1, 1, 2, 6, 24, 120};
  struct rng r;
  (void)state;
  rng_init(&r, 7, "suda", NULL, 0);
  for (int file = 0; file < 150; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    struct micro_suda s;
    random_keys(a, &r, &k, 2 + (int64_t)rng_below(&r, 40), 1 + (int)rng_below(&r, 5), 4, file % 2 ? 10 : 0);
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(micro_suda_of(a, &p, &(struct micro_suda_options){.fraction = 0.1}, &s, &e), E_OK);
    for (int64_t i = 0; i < k.n; i++) {
      double score = 0;
      for (uint32_t set = 1; set < 1u << k.m; set++) {
        bool minimal = unique_on(&k, i, set);
        for (uint32_t less = (set - 1) & set; less && minimal; less = (less - 1) & set) minimal = !unique_on(&k, i, less);
        if (minimal) score += factorial[k.m - micro_set_size(set)];
      }
      assert_true(s.score[i] == score);
    }
    arena_free(a);
  }
}

/* --- groups --- */
static double distance(const double *x, const double *y, int d) {
  double s = 0;
  for (int j = 0; j < d; j++) s += (x[j] - y[j]) * (x[j] - y[j]);
  return s;
}
static void a_shrinking_tree_answers_like_a_list(void **state) {
  enum { N = 300, D = 3, K = 5 };
  struct rng r;
  (void)state;
  rng_init(&r, 8, "tree", NULL, 0);
  for (int file = 0; file < 20; file++) {
    struct arena *a = arena_new(0);
    struct near_tree t;
    double point[N * D];
    bool gone[N] = {false};
    for (int i = 0; i < N * D; i++) point[i] = file % 2 ? rng_normal(&r) : (double)rng_below(&r, 4); /* many ties */
    assert_int_equal(near_tree_build(&t, a, point, D, N, &e), E_OK);
    for (int left = N; left >= 0; left--) {
      double from[D];
      struct near_point near[K];
      int far = -1;
      for (int j = 0; j < D; j++) from[j] = rng_normal(&r);
      for (int i = 0; i < N; i++)
        if (!gone[i] && (far < 0 || distance(from, &point[i * D], D) > distance(from, &point[far * D], D))) far = i;
      assert_int_equal(near_tree_farthest(&t, from), far);
      const int64_t got = near_tree_nearest(&t, from, K, near);
      assert_int_equal(got, left < K ? left : K);
      for (int64_t q = 0; q < got; q++) { /* nobody left out is nearer than one who is in */
        assert_true(near[q].distance == distance(from, &point[near[q].point * D], D));
        int nearer = 0;
        for (int i = 0; i < N; i++) {
          const double s = distance(from, &point[i * D], D);
          nearer += !gone[i] && (s < near[q].distance || (s == near[q].distance && i < near[q].point));
        }
        assert_int_equal(nearer, q);
      }
      if (!left) break;
      int victim = (int)rng_below(&r, N);
      while (gone[victim]) victim = (victim + 1) % N;
      gone[victim] = true;
      near_tree_remove(&t, victim);
    }
    arena_free(a);
  }
}
static void groups_have_k_to_2k_records(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 9, "mdav", NULL, 0);
  for (int file = 0; file < 60; file++) {
    struct arena *a = arena_new(0);
    struct micro_groups g;
    const int64_t n = (int64_t)rng_below(&r, 200), k = 2 + (int64_t)rng_below(&r, 5);
    double *x[2] = {ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1)};
    for (int64_t i = 0; i < n; i++) x[0][i] = rng_normal(&r), x[1][i] = file % 3 ? rng_normal(&r) : 7;
    for (int single = 0; single < 2; single++) {
      if (single) assert_int_equal(micro_sorted_groups(a, x[0], n, k, &g, &e), E_OK);
      else assert_int_equal(micro_mdav(a, (const double *const *)x, 2, n, k, &g, &e), E_OK);
      int64_t *size = ARENA_ARRAY(a, int64_t, g.n + 1);
      for (int64_t i = 0; i < n; i++) size[g.group[i]]++;
      for (int32_t i = 0; i < g.n; i++) assert_true(n < k ? size[i] == n : size[i] >= k && size[i] < 2 * k);
    }
    arena_free(a);
  }
}
/* MDAV as it is described, by plain searches over standardised values; ties as the tree settles them. */
enum { SOME = 90 };
static int extreme(const double *p, const double *from, const bool *gone, int n, bool far) {
  int best = -1;
  for (int i = 0; i < n; i++) {
    if (gone[i]) continue;
    const double s = distance(from, &p[2 * i], 2), t = best < 0 ? 0 : distance(from, &p[2 * best], 2);
    if (best < 0 || (far ? s > t : s < t)) best = i;
  }
  return best;
}
static void plain_group(const double *p, const double *from, bool *gone, int n, int64_t size, int32_t *group, int32_t *n_groups) {
  for (int64_t k = 0; k < size; k++) {
    const int i = extreme(p, from, gone, n, false);
    gone[i] = true, group[i] = *n_groups;
  }
  ++*n_groups;
}
static int outermost(const double *p, const bool *gone, int n) {
  double centre[2] = {0, 0};
  int left = 0;
  for (int i = 0; i < n; i++)
    if (!gone[i]) left++, centre[0] += p[2 * i], centre[1] += p[2 * i + 1];
  centre[0] /= left, centre[1] /= left;
  return extreme(p, centre, gone, n, true);
}
static int32_t plain_mdav(const double *p, int n, int64_t k, int32_t *group) {
  bool gone[SOME] = {false};
  int32_t n_groups = 0;
  int64_t left = n;
  for (; left >= 3 * k; left -= 2 * k) {
    const int r = outermost(p, gone, n);
    plain_group(p, &p[2 * r], gone, n, k, group, &n_groups);
    const int s = extreme(p, &p[2 * r], gone, n, true);
    plain_group(p, &p[2 * s], gone, n, k, group, &n_groups);
  }
  if (left >= 2 * k) plain_group(p, &p[2 * outermost(p, gone, n)], gone, n, k, group, &n_groups), left -= k;
  for (int i = 0; left && i < n; i++)
    if (!gone[i]) group[i] = n_groups;
  return n_groups + (left > 0);
}
static void mdav_makes_the_groups_of_the_plain_search(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 10, "plain mdav", NULL, 0);
  for (int file = 0; file < 100; file++) {
    struct arena *a = arena_new(0);
    struct micro_groups g;
    double x[2][SOME], p[2 * SOME];
    const double *const columns[] = {x[0], x[1]};
    int32_t group[SOME];
    const int n = 1 + (int)rng_below(&r, SOME);
    const int64_t k = 2 + (int64_t)rng_below(&r, 4);
    for (int j = 0; j < 2; j++) {
      double sum = 0, squares = 0;
      for (int i = 0; i < n; i++) sum += x[j][i] = rng_normal(&r);
      for (int i = 0; i < n; i++) squares += (x[j][i] - sum / n) * (x[j][i] - sum / n);
      for (int i = 0; i < n; i++) p[2 * i + j] = n > 1 ? (x[j][i] - sum / n) / sqrt(squares / (n - 1)) : 0;
    }
    assert_int_equal(micro_mdav(a, columns, 2, n, k, &g, &e), E_OK);
    assert_int_equal(plain_mdav(p, n, k, group), g.n);
    assert_memory_equal(group, g.group, (size_t)n * sizeof *group);
    arena_free(a);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_those_of_comparing_all_pairs), cmocka_unit_test(own_blanks_are_the_cheapest),
      cmocka_unit_test(every_record_is_safe_after_sharing_and_costs_no_more), cmocka_unit_test(shared_blanks_are_near_the_fewest),
      cmocka_unit_test(combinations_hold_and_stay), cmocka_unit_test(households_lose_a_key_together),
      cmocka_unit_test(minimal_uniques_are_those_of_all_subsets), cmocka_unit_test(a_shrinking_tree_answers_like_a_list),
      cmocka_unit_test(groups_have_k_to_2k_records), cmocka_unit_test(mdav_makes_the_groups_of_the_plain_search)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
