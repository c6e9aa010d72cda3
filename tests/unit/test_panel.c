/* Rotating panels and coordinated samples: turns of a third, rest, burden, births and deaths; overlap of two surveys as permanent numbers give it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "estimators/selection/panel.h"
#include "tests/unit/selection_fixture.h"

enum { N = 300, WANTED = 31 };
struct world {
  struct str id[N], stratum[N];
  double u[N];
  char text[N][8];
  struct panel_frame f;
};
static void make(struct world *w, int from, int to) {
  w->f = (struct panel_frame){.n = to - from, .id = w->id, .stratum = w->stratum, .u = w->u};
  for (int k = from; k < to; k++) {
    snprintf(w->text[k - from], sizeof w->text[0], "e%04d", k);
    w->id[k - from] = str_of(w->text[k - from]);
    w->stratum[k - from] = k % 3 ? STR("a") : STR("b");
    w->u[k - from] = random_unit_interval(random_key(17, "unit", w->id[k - from]));
  }
}
static const struct panel_stratum strata[] = {{{"a", 1}, WANTED}, {{"b", 1}, 9}};
static const struct sampling_rotation thirds = {.groups = 3, .stay = 36, .rest = 24};

static const struct panel_unit *find(const struct panel_unit *p, int64_t n, struct str id) {
  for (int64_t k = 0; k < n; k++)
    if (str_eq(p[k].id, id)) return &p[k];
  return NULL;
}

/* Twelve years by month, some units dying and others born: always the wanted numbers, a third each January, nobody longer than three years, nobody
 * back
 * before two. */
static void a_third_goes_each_year_and_rests(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct world w;
  struct err e;
  struct panel_unit *now = NULL, *before = NULL;
  int64_t n = 0, n_before = 0;
  for (int64_t period = 24300; period < 24300 + 144; period += 1) { /* 24300 = January 2025 */
    struct panel_counts c[2];
    const struct panel_step step = {.period = period, .rotation = &thirds, .n_strata = 2, .strata = strata};
    make(&w, (int)(period - 24300) / 2, N - 80 + (int)(period - 24300) / 2);
    /* ids must outlive the frame of the month */
    for (int64_t k = 0; k < w.f.n; k++) w.id[k].p = arena_strdup(a, w.id[k].p, w.id[k].n);
    before = now, n_before = n;
    assert_int_equal(panel_rotate(a, &w.f, &step, n_before, before, &n, &now, c, &e), E_OK);
    int64_t in[2][3] = {{0}};
    for (int64_t k = 0; k < n; k++) {
      const struct panel_unit *old = find(before, n_before, now[k].id);
      if (now[k].left < 0) {
        in[now[k].stratum.p[0] == 'b'][now[k].group]++;
        assert_true(period - now[k].entered < thirds.stay);
        if (now[k].entered == period && old) assert_true(old->left >= 0 && period - old->left >= thirds.rest && now[k].turns == old->turns + 1);
      }
    }
    assert_true(in[0][0] == 11 && in[0][1] == 10 && in[0][2] == 10 && in[1][0] == 3 && in[1][1] == 3 && in[1][2] == 3);
    if (before && period % 12) assert_true(c[0].n_rotated == 0 && c[1].n_rotated == 0);
    if (before && period % 12 == 0) assert_true(c[0].n_rotated >= 9 && c[0].n_rotated <= 11 && c[1].n_rotated <= 3);
    assert_int_equal(c[0].n_in, WANTED);
  }
  arena_free(a);
}

static bool same_units(const struct panel_unit *x, const struct panel_unit *y, int64_t n) {
  for (int64_t k = 0; k < n; k++)
    if (!str_eq(x[k].id, y[k].id) || x[k].group != y[k].group || x[k].entered != y[k].entered || x[k].left != y[k].left) return false;
  return true;
}

/* The order of frame and history does not matter; a month twice changes nothing; a year that was missed is made up for. */
static void the_panel_is_a_function_of_its_inputs(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct world w, v;
  struct err e;
  struct panel_counts c[2];
  struct panel_unit *one, *two, *again;
  int64_t n, m;
  make(&w, 0, N);
  v = w;
  for (int k = 0; k < N; k++) v.id[k] = w.id[N - 1 - k], v.stratum[k] = w.stratum[N - 1 - k], v.u[k] = w.u[N - 1 - k];
  v.f = (struct panel_frame){.n = N, .id = v.id, .stratum = v.stratum, .u = v.u};
  struct panel_step step = {.period = 100, .rotation = &thirds, .n_strata = 2, .strata = strata};
  assert_int_equal(panel_rotate(a, &w.f, &step, 0, NULL, &n, &one, c, &e), E_OK);
  assert_int_equal(panel_rotate(a, &v.f, &step, 0, NULL, &m, &two, c, &e), E_OK);
  assert_true(n == m && same_units(one, two, n));
  for (int64_t k = 0; k < n; k++) two[k] = one[n - 1 - k];
  step.period = 130; /* two turns since: 108 and 120 */
  assert_int_equal(panel_rotate(a, &w.f, &step, n, one, &m, &again, c, &e), E_OK);
  assert_int_equal(c[0].n_rotated, 10 + 11);
  struct panel_unit *other;
  int64_t k;
  assert_int_equal(panel_rotate(a, &v.f, &step, n, two, &k, &other, c, &e), E_OK);
  assert_true(k == m && same_units(again, other, m));
  assert_int_equal(panel_rotate(a, &w.f, &step, m, again, &k, &other, c, &e), E_OK);
  assert_true(k == m && same_units(again, other, m) && c[0].n_entered == 0);
  arena_free(a);
}

static void refusals(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct world w;
  struct err e;
  struct panel_counts c[2];
  struct panel_unit *one, *two;
  int64_t n, m;
  make(&w, 0, 60);
  const struct panel_stratum greedy[] = {{{"a", 1}, 41}, {{"b", 1}, 9}};
  struct panel_step step = {.period = 50, .rotation = &thirds, .n_strata = 2, .strata = greedy};
  assert_int_equal(panel_rotate(a, &w.f, &step, 0, NULL, &n, &one, c, &e), E_PANEL_SHORT);
  assert_string_equal(e.subject, "a");
  step.strata = strata;
  assert_int_equal(panel_rotate(a, &w.f, &step, 0, NULL, &n, &one, c, &e), E_OK);
  step.period = 49;
  assert_int_equal(panel_rotate(a, &w.f, &step, n, one, &m, &two, c, &e), E_PANEL_HISTORY);
  step.period = 60, one[1].id = one[0].id;
  assert_int_equal(panel_rotate(a, &w.f, &step, n, one, &m, &two, c, &e), E_PANEL_HISTORY);
  step.n_strata = 1;
  assert_int_equal(panel_rotate(a, &w.f, &step, 0, NULL, &n, &one, c, &e), E_STRATUM_NO_PLAN);
  arena_free(a);
}

/* --- coordination --- */
/* Two simple random samples of n1 and n2 with one number per unit share min(n1, n2) units; with the second shifted by n1 / N almost none; with other
 * seeds n1 n2 / N on average. */
static void overlap_is_as_the_numbers_say(void **state) {
  (void)state;
  enum { UNITS = 60, N1 = 20, N2 = 15, ROUNDS = 400 };
  struct arena *a = arena_new(0);
  static struct group w, v;
  struct err e;
  int64_t same = 0, shifted = 0, independent = 0;
  uint8_t one[UNITS_MOST], two[UNITS_MOST];
  for (uint64_t r = 1; r <= ROUNDS; r++) {
    group_sizes(&w, UNITS, N1, NULL), group_sizes(&v, UNITS, N2, NULL);
    group_keys(&w, r), group_keys(&v, r);
    assert_int_equal(draw_take(a, DRAW_SRS, &w.g, one, &e), E_OK);
    assert_int_equal(draw_take(a, DRAW_SRS, &v.g, two, &e), E_OK);
    for (int k = 0; k < UNITS; k++) same += one[k] & two[k];
    for (int k = 0; k < UNITS; k++) v.u[k] = v.u[k] > 0.5 ? v.u[k] - 0.5 : v.u[k] + 0.5;
    assert_int_equal(draw_take(a, DRAW_SRS, &v.g, two, &e), E_OK);
    for (int k = 0; k < UNITS; k++) shifted += one[k] & two[k];
    group_keys(&v, 100000 + r);
    assert_int_equal(draw_take(a, DRAW_SRS, &v.g, two, &e), E_OK);
    for (int k = 0; k < UNITS; k++) independent += one[k] & two[k];
  }
  assert_int_equal(same, ROUNDS * N2);
  assert_true(shifted < ROUNDS / 4); /* 5 of 15 on average if they were independent */
  const double mean = (double)N1 * N2 / UNITS, sd = sqrt(ROUNDS * mean * (1 - (double)N1 / UNITS) * (UNITS - N2) / (UNITS - 1.0));
  assert_true(fabs((double)independent - ROUNDS * mean) < 4.5 * sd);
  arena_free(a);
}

/* One unit more in the frame changes the sample by at most one unit in and one out. */
static void a_birth_changes_little(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct group w, v;
  struct err e;
  uint8_t one[UNITS_MOST], two[UNITS_MOST];
  for (uint64_t r = 1; r <= 200; r++) {
    int changed = 0;
    group_sizes(&w, 40, 12, NULL), group_sizes(&v, 41, 12, NULL);
    group_keys(&w, r), group_keys(&v, r);
    assert_int_equal(draw_take(a, DRAW_SRS, &w.g, one, &e), E_OK);
    assert_int_equal(draw_take(a, DRAW_SRS, &v.g, two, &e), E_OK);
    for (int k = 0; k < 40; k++) changed += one[k] != two[k];
    assert_true(changed == (two[40] ? 1 : 0));
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_third_goes_each_year_and_rests),
      cmocka_unit_test(the_panel_is_a_function_of_its_inputs),
      cmocka_unit_test(refusals),
      cmocka_unit_test(overlap_is_as_the_numbers_say),
      cmocka_unit_test(a_birth_changes_little),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
