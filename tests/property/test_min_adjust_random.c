/* 20,000 random systems: the adjusted record satisfies every edit and nothing fixed has moved; its objective is within 1e-5 of a lower bound by weak
 * duality, raised here by an iteration that shares no code with the library, so it is optimal. Records said to have no answer have none by GLPK. */
#include <math.h>

#include "base/ext_glpk.h"
#include "base/rng.h"
#include "processing/correct/min_adjust.h"
#include "tests/unit/correct_fixture.h"

enum { SYSTEMS = 20000, MOST = 8 };
struct system {
  int p, m;
  double a[16][MOST], b[16], x[MOST];
  bool equation[16], movable[MOST];
};
static void random_system(struct rng *r, struct system *s, bool positive) {
  s->p = 2 + (int)rng_below(r, MOST - 1);
  s->m = 1 + (int)rng_below(r, 6);
  double feasible[MOST];
  for (int j = 0; j < s->p; j++) {
    feasible[j] = (double)rng_below(r, 50) + (positive ? 1 : 0);
    s->x[j] = (double)rng_below(r, 60) + (positive ? 1 : 0);
    s->movable[j] = rng_below(r, 8) != 0;
    if (!s->movable[j]) s->x[j] = rng_below(r, 10) ? feasible[j] : s->x[j];
  }
  for (int i = 0; i < s->m; i++) {
    s->equation[i] = rng_below(r, 3) == 0;
    s->b[i] = 0;
    for (int j = 0; j < s->p; j++) {
      s->a[i][j] = rng_below(r, 2) ? (double)rng_below(r, 7) - 3 : 0;
      s->b[i] += s->a[i][j] * feasible[j];
    }
    if (!s->equation[i]) s->b[i] += (double)rng_below(r, 10);
    if (rng_below(r, 40) == 0) s->b[i] -= 200;
  }
}
static void as_library(struct arena *a, const struct system *s, struct linear_system *out) {
  *out = (struct linear_system){.p = s->p, .m = 0, .names = ARENA_ARRAY(a, const char *, s->p), .lower = ARENA_ARRAY(a, double, s->p),
      .upper = ARENA_ARRAY(a, double, s->p)};
  out->decimals = ARENA_ARRAY(a, int, s->p);
  out->edits = ARENA_ARRAY(a, struct linear_edit, s->m);
  for (int j = 0; j < s->p; j++) out->names[j] = arena_printf(a, "v%d", j), out->lower[j] = 0, out->upper[j] = INFINITY, out->decimals[j] = -1;
  for (int i = 0; i < s->m; i++) {
    int *var = ARENA_ARRAY(a, int, s->p), n = 0;
    double *coef = ARENA_ARRAY(a, double, s->p);
    for (int j = 0; j < s->p; j++)
      if (s->a[i][j] != 0) var[n] = j, coef[n++] = s->a[i][j];
    if (n) out->edits[out->m++] = (struct linear_edit){.op = s->equation[i] ? LINEAR_EQ : LINEAR_LE, .n = n, .var = var, .coef = coef,
        .rhs = s->b[i], .id = "r"};
    else if (s->equation[i] ? s->b[i] != 0 : s->b[i] < 0) out->edits[out->m++] = (struct linear_edit){.op = LINEAR_LE, .n = 0, .rhs = -1, .id = "r"};
  }
}
static double v_of(enum adjust_weight w, double x) { return w == ADJUST_UNIT ? 1 : w == ADJUST_ABSOLUTE ? fabs(x) : x * x; }

/* Is there any y at all? */
static bool exists(const struct system *s, enum adjust_weight w) {
  double a[16 * MOST], low[16], high[16], lower[MOST], upper[MOST];
  for (int i = 0; i < s->m; i++) {
    for (int j = 0; j < s->p; j++) a[i * s->p + j] = s->a[i][j];
    high[i] = s->b[i];
    low[i] = s->equation[i] ? s->b[i] : -INFINITY;
  }
  for (int j = 0; j < s->p; j++) {
    const bool moves = s->movable[j] && v_of(w, s->x[j]) > 0;
    lower[j] = moves ? 0 : s->x[j];
    upper[j] = moves ? INFINITY : s->x[j];
  }
  struct lp_result out = {0};
  lp_glpk(&(struct lp){.m = s->m, .n = s->p, .a = a, .row_lower = low, .row_upper = high, .lower = lower, .upper = upper}, &out);
  return out.status == LP_OPTIMAL;
}
static double objective(const struct system *s, enum adjust_weight w, const double *y) {
  double sum = 0;
  for (int j = 0; j < s->p; j++)
    if (y[j] != s->x[j]) sum += (y[j] - s->x[j]) * (y[j] - s->x[j]) / v_of(w, s->x[j]);
  return sum;
}
/* The dual objective is a lower bound whatever the multipliers: weak duality. Coordinate ascent on it, no code shared with the library. */
static double dual_bound(const struct system *s, enum adjust_weight w, int sweeps) {
  double v[MOST], alpha[16 + MOST] = {0}, y[MOST];
  const int rows = s->m + s->p;
  for (int j = 0; j < s->p; j++) v[j] = s->movable[j] ? v_of(w, s->x[j]) : 0, y[j] = s->x[j];
  for (int k = 0; k < sweeps; k++)
    for (int i = 0; i < rows; i++) {
      double g = 0, r = i < s->m ? -s->b[i] : 0;
      for (int j = 0; j < s->p; j++) {
        const double c = i < s->m ? s->a[i][j] : i - s->m == j ? -1 : 0;
        g += c * c * v[j], r += c * y[j];
      }
      if (g == 0) continue;
      double next = alpha[i] + r / g;
      if (!(i < s->m && s->equation[i]) && next < 0) next = 0;
      for (int j = 0; j < s->p; j++) y[j] -= (next - alpha[i]) * v[j] * (i < s->m ? s->a[i][j] : i - s->m == j ? -1 : 0);
      alpha[i] = next;
    }
  /* L = sum (y - x)^2 / v + 2 sum alpha (a y - b) at the y of these multipliers */
  double bound = objective(s, w, y);
  for (int i = 0; i < rows; i++) {
    double r = i < s->m ? -s->b[i] : 0;
    for (int j = 0; j < s->p; j++) r += (i < s->m ? s->a[i][j] : i - s->m == j ? -1 : 0) * y[j];
    bound += 2 * alpha[i] * r;
  }
  return bound;
}
static void one(struct rng *r, enum adjust_weight w, int *solved, int *refused, int *second) {
  struct arena *a = arena_new(0);
  struct system s;
  struct linear_system l;
  struct num_table t;
  struct corrections got;
  struct adjust_count count;
  struct err e;
  random_system(r, &s, false);
  as_library(a, &s, &l);
  corrections_init(&got, a);
  assert_int_equal(num_table_init(&t, a, l.names, l.p, 1, &e), E_OK);
  t.unit = &STR("u");
  const uint8_t **movable = ARENA_ARRAY(a, const uint8_t *, l.p), yes = 1;
  for (int j = 0; j < l.p; j++) t.columns[j].x[0] = s.x[j], t.columns[j].status[0] = VAL_REPORTED, movable[j] = s.movable[j] ? &yes : NULL;
  const struct adjust_settings set = {ADJUST_QUADRATIC, w, false};
  assert_int_equal(min_adjust(&l, &t, movable, &set, &got, &count, &e), E_OK);
  *second += (int)count.second_solver;
  if (count.left) {
    assert_string_equal(correct_reason_name(got.markers[0].reason), "infeasible");
    assert_int_equal(got.n, 0);
    assert_false(exists(&s, w));
    ++*refused;
  } else {
    double y[MOST];
    for (int j = 0; j < s.p; j++) y[j] = s.x[j];
    for (int64_t k = 0; k < got.n; k++) {
      assert_true(s.movable[got.list[k].var]);
      y[got.list[k].var] = got.list[k].value;
    }
    for (int i = 0; i < l.m; i++) assert_true(linear_holds(&l.edits[i], y));
    for (int j = 0; j < s.p; j++) assert_true(y[j] >= 0 || !s.movable[j]);
    const double value = objective(&s, w, y);
    double bound = -INFINITY;
    for (int sweeps = 500; sweeps <= 500000 && bound < value - 1e-6 * (1 + value); sweeps *= 10) bound = dual_bound(&s, w, sweeps);
    if (bound < value - 1e-5 * (1 + value)) fail_msg("objective %.12g, lower bound %.12g", value, bound);
    ++*solved;
  }
  arena_free(a);
}
static void adjusted_records_are_feasible_and_optimal(void **state) {
  struct rng r;
  int solved = 0, refused = 0, second = 0;
  (void)state;
  rng_init(&r, 20261128, "min_adjust", "q", 1);
  for (int k = 0; k < SYSTEMS; k++) one(&r, (enum adjust_weight)(k % 3), &solved, &refused, &second);
  printf("quadratic: %d optimal, %d infeasible, %d by the second solver\n", solved, refused, second);
  assert_true(solved > SYSTEMS / 2 && refused > 100 && second > 100);
}
/* Leibler: D(alpha) = sum x (1 - exp(-a' alpha)) - b alpha is a lower bound for every alpha (>= 0 on inequalities); raised here row by row. */
static double leibler_bound(const struct system *s, int sweeps) {
  double alpha[16] = {0}, y[MOST];
  for (int j = 0; j < s->p; j++) y[j] = s->x[j];
  for (int k = 0; k < sweeps; k++)
    for (int i = 0; i < s->m; i++)
      for (int turn = 0; turn < 4; turn++) {
        double r = -s->b[i], g = 0;
        for (int j = 0; j < s->p; j++) {
          r += s->a[i][j] * y[j];
          if (s->movable[j]) g += s->a[i][j] * s->a[i][j] * y[j];
        }
        if (g <= 0) break;
        double by = fmax(-1, fmin(1, r / g));
        if (!s->equation[i] && alpha[i] + by < 0) by = -alpha[i];
        alpha[i] += by;
        for (int j = 0; j < s->p; j++)
          if (s->movable[j]) y[j] *= exp(-by * s->a[i][j]);
      }
  double bound = 0;
  for (int j = 0; j < s->p; j++)
    if (s->movable[j]) bound += s->x[j] - y[j];
  for (int i = 0; i < s->m; i++) {
    double rest = s->b[i];
    for (int j = 0; j < s->p; j++)
      if (!s->movable[j]) rest -= s->a[i][j] * s->x[j];
    bound -= alpha[i] * rest;
  }
  return bound;
}
/* Is there an answer with every movable value above 0.001? Only on the edge of the positive values may the iteration fail to arrive. */
static bool strictly_exists(const struct system *s) {
  struct system inner = *s;
  for (int i = 0; i < s->m; i++)
    for (int j = 0; j < s->p; j++)
      if (s->movable[j]) inner.b[i] -= 0.001 * s->a[i][j];
  return exists(&inner, ADJUST_UNIT);
}
static void one_leibler(struct rng *r, int *solved, int *refused, int *unsettled) {
  struct arena *a = arena_new(0);
  struct system s;
  struct linear_system l;
  struct num_table t;
  struct corrections got;
  struct adjust_count count;
  struct err e;
  random_system(r, &s, true);
  as_library(a, &s, &l);
  corrections_init(&got, a);
  assert_int_equal(num_table_init(&t, a, l.names, l.p, 1, &e), E_OK);
  t.unit = &STR("u");
  const uint8_t **movable = ARENA_ARRAY(a, const uint8_t *, l.p), yes = 1;
  for (int j = 0; j < l.p; j++) t.columns[j].x[0] = s.x[j], t.columns[j].status[0] = VAL_REPORTED, movable[j] = s.movable[j] ? &yes : NULL;
  const struct adjust_settings set = {ADJUST_LEIBLER, ADJUST_UNIT, true};
  assert_int_equal(min_adjust(&l, &t, movable, &set, &got, &count, &e), E_OK);
  if (count.left) {
    ++*refused;
    assert_int_equal(got.n, 0);
    const bool answer = strictly_exists(&s);
    if (got.markers[0].reason == LEFT_INFEASIBLE) assert_false(answer);
    else *unsettled += answer;
  } else {
    double y[MOST], value = 0, bound = -INFINITY;
    for (int j = 0; j < s.p; j++) y[j] = s.x[j];
    for (int64_t k = 0; k < got.n; k++) y[got.list[k].var] = got.list[k].value;
    for (int i = 0; i < l.m; i++) assert_true(linear_holds(&l.edits[i], y));
    for (int j = 0; j < s.p; j++) {
      assert_true(y[j] >= 0 && (s.x[j] > 0 || y[j] == 0));
      if (s.x[j] > 0) value += (y[j] > 0 ? y[j] * log(y[j] / s.x[j]) : 0) - y[j] + s.x[j];
    }
    for (int sweeps = 100; sweeps <= 1000000 && bound < value - 1e-6 * (1 + value); sweeps *= 10) bound = leibler_bound(&s, sweeps);
    if (bound < value - 1e-5 * (1 + value)) fail_msg("objective %.12g, lower bound %.12g", value, bound);
    ++*solved;
  }
  arena_free(a);
}
static void leibler_records_are_feasible_and_optimal(void **state) {
  struct rng r;
  int solved = 0, refused = 0, unsettled = 0;
  (void)state;
  rng_init(&r, 20261128, "min_adjust", "l", 1);
  for (int k = 0; k < SYSTEMS / 4; k++) one_leibler(&r, &solved, &refused, &unsettled);
  printf("leibler: %d optimal, %d left, %d of them with an answer\n", solved, refused, unsettled);
  assert_true(solved > SYSTEMS / 8 && unsettled == 0);
}
/* Whole items: every edit holds, every value is whole and nothing fixed has moved. */
static void whole_answers_hold(void **state) {
  struct rng r;
  int solved = 0, left = 0;
  (void)state;
  rng_init(&r, 20261128, "min_adjust", "w", 1);
  for (int k = 0; k < SYSTEMS / 4; k++) {
    struct small_table f = small_system("A + B + C = T; D + E = B; C <= 2*A; D <= T;", false, (const char *[]){"0 0 0 0 0 0"}, 1, 1);
    const struct adjust_settings set = {ADJUST_QUADRATIC, ADJUST_ABSOLUTE, true};
    struct adjust_count count;
    struct err e;
    for (int j = 0; j < f.s.p; j++) f.s.decimals[j] = 0, f.t.columns[j].x[0] = (double)rng_below(&r, 300);
    set_flag(&f, "T", 0, 0);
    assert_int_equal(min_adjust(&f.s, &f.t, f.flag, &set, &f.got, &count, &e), E_OK);
    double y[8];
    for (int j = 0; j < f.s.p; j++) y[j] = f.t.columns[j].x[0];
    for (int64_t c = 0; c < f.got.n; c++) y[f.got.list[c].var] = f.got.list[c].value;
    left += (int)count.left;
    if (count.left) assert_int_equal(f.got.n, 0);
    else {
      solved++;
      for (int j = 0; j < f.s.p; j++) assert_true(y[j] == round(y[j]));
      for (int i = 0; i < f.s.m; i++) assert_true(linear_holds(&f.s.edits[i], y));
    }
    arena_free(f.arena);
  }
  printf("whole: %d solved, %d left\n", solved, left);
  assert_true(solved > SYSTEMS / 5);
}
/* One balance of three whole parts: the objective equals the least one over all whole answers near it, found by trying them. */
static void one_balance_is_the_best_whole_answer(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 20261128, "min_adjust", "b", 1);
  for (int k = 0; k < 2000; k++) {
    struct small_table f = small_system("A + B + C = T;", false, (const char *[]){"0 0 0 0"}, 1, 1);
    const enum adjust_weight w = (enum adjust_weight)(k % 3);
    struct adjust_count count;
    struct err e;
    double x[3], y[3], best = INFINITY, mine = 0;
    for (int j = 0; j < 4; j++) f.s.decimals[j] = 0, f.t.columns[j].x[0] = (double)(1 + rng_below(&r, j < 3 ? 60 : 150));
    set_flag(&f, "T", 0, 0);
    assert_int_equal(min_adjust(&f.s, &f.t, f.flag, &(struct adjust_settings){ADJUST_QUADRATIC, w, true}, &f.got, &count, &e), E_OK);
    assert_int_equal(count.left, 0);
    for (int j = 0; j < 3; j++) x[j] = y[j] = f.t.columns[j].x[0];
    for (int64_t c = 0; c < f.got.n; c++) y[f.got.list[c].var] = f.got.list[c].value;
    for (int j = 0; j < 3; j++) mine += (y[j] - x[j]) * (y[j] - x[j]) / v_of(w, x[j]);
    for (double a = fmax(0, y[0] - 4); a <= y[0] + 4; a++)
      for (double b = fmax(0, y[1] - 4); b <= y[1] + 4; b++) {
        const double c = f.t.columns[3].x[0] - a - b;
        const double z[] = {a - x[0], b - x[1], c - x[2]};
        if (c >= 0) best = fmin(best, z[0] * z[0] / v_of(w, x[0]) + z[1] * z[1] / v_of(w, x[1]) + z[2] * z[2] / v_of(w, x[2]));
      }
    if (mine > best + 1e-6) fail_msg("%g is not the least %g", mine, best);
    arena_free(f.arena);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(adjusted_records_are_feasible_and_optimal),
      cmocka_unit_test(leibler_records_are_feasible_and_optimal), cmocka_unit_test(whole_answers_hold),
                                     cmocka_unit_test(one_balance_is_the_best_whole_answer)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
