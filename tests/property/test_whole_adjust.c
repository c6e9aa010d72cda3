/* Whole answers of the minimum adjustment against all whole answers: random systems of two to four rows with coefficients of -3 to 3 over four items.
 * What is said to be the best is; what is said to be within a distance of the best is; where no answer is proved to exist there is none. */
#include <math.h>

#include "base/rng.h"
#include "processing/correct/min_adjust.h"
#include "tests/unit/correct_fixture.h"

enum { SYSTEMS = 3000, P = 4, MOST = 18 };
static int below(struct rng *r, int k) { return (int)rng_below(r, (uint64_t)k); }

static void random_edits(struct rng *r, char *text, size_t room) {
  const int m = 2 + below(r, 3);
  size_t at = (size_t)snprintf(text, room, "A + B + C + D <= 60;");
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < P; j++)
      if (below(r, 3)) at += (size_t)snprintf(text + at, room - at, " %s %d*%c", below(r, 3) ? "+" : "-", 1 + below(r, 3), "ABCD"[j]);
    at += (size_t)snprintf(text + at, room - at, " + %c %s %d;", "ABCD"[below(r, P)], below(r, 2) ? "=" : "<=", below(r, 40));
  }
}
static double v_of(enum adjust_weight w, double x) { return w == ADJUST_UNIT ? 1 : w == ADJUST_ABSOLUTE ? fabs(x) : x * x; }
static double objective(const double *x, const double *y, enum adjust_weight w) {
  double sum = 0;
  for (int j = 0; j < P; j++) sum += (y[j] - x[j]) * (y[j] - x[j]) / v_of(w, x[j]);
  return sum;
}
static bool all_hold(const struct linear_system *s, const double *y) {
  for (int i = 0; i < s->m; i++)
    if (!linear_holds(&s->edits[i], y)) return false;
  return true;
}
/* The least objective of all whole answers from 0 to MOST. */
static double least(const struct linear_system *s, const double *x, enum adjust_weight w) {
  double best = INFINITY, y[P];
  for (y[0] = 0; y[0] <= MOST; y[0]++)
    for (y[1] = 0; y[1] <= MOST; y[1]++)
      for (y[2] = 0; y[2] <= MOST; y[2]++)
        for (y[3] = 0; y[3] <= MOST; y[3]++)
          if (objective(x, y, w) < best && all_hold(s, y)) best = objective(x, y, w);
  return best;
}
static int proved, near, none, without;
static void one(struct rng *r, int k) {
  char text[1024];
  double x[P], y[P];
  struct err e;
  struct adjust_count count;
  const enum adjust_weight w = (enum adjust_weight)(k % 3);
  random_edits(r, text, sizeof text);
  struct small_table f = small_system(text, false, (const char *[]){"0 0 0 0"}, 1, 1);
  for (int j = 0; j < P; j++) f.s.decimals[j] = 0, x[j] = y[j] = f.t.columns[j].x[0] = (double)(1 + below(r, 12));
  assert_int_equal(min_adjust(&f.s, &f.t, f.flag, &(struct adjust_settings){ADJUST_QUADRATIC, w, true}, &f.got, &count, &e), E_OK);
  for (int64_t c = 0; c < f.got.n; c++) y[f.got.list[c].var] = f.got.list[c].value;
  if (!count.left && !count.held) {
    const double best = least(&f.s, x, w), mine = objective(x, y, w);
    for (int j = 0; j < P; j++) assert_true(y[j] == round(y[j]) && y[j] >= 0);
    assert_true(all_hold(&f.s, y));
    if (count.whole_best + count.whole_near != 1)
      fail_msg("%s: %g %g %g %g -> %g %g %g %g adjusted %d above %g", text, x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], (int)count.adjusted,
          count.most_above);
    if (mine > best + count.most_above + 1e-6) fail_msg("%s: %.12g is not within %g of the least %.12g", text, mine, count.most_above, best);
    proved += (int)count.whole_best, near += (int)count.whole_near;
  } else if (count.left && f.got.markers[0].reason == LEFT_NOT_WHOLE) {
    none += (int)count.whole_best, without += !count.whole_best;
    if (count.whole_best && isfinite(least(&f.s, x, w))) fail_msg("%s: %g %g %g %g has an answer", text, x[0], x[1], x[2], x[3]);
  }
  arena_free(f.arena);
}
static void said_to_be_best_is_best(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 8, "whole", "", 0);
  for (int k = 0; k < SYSTEMS; k++) one(&r, k);
  printf("whole answers: %d proved best, %d within a distance, %d proved not to exist, %d not found and not settled\n", proved, near, none, without);
  assert_true(proved > SYSTEMS / 3 && none > 0 && near + without < proved / 20);
}
/* Three levels of totals over 27 items, above the size that is searched: the distance from the real optimum is said, and the record holds. */
static void larger_problems_say_how_near(void **state) {
  struct strbuf b;
  struct adjust_count count;
  struct err e;
  struct rng r;
  (void)state;
  rng_init(&r, 9, "whole", "large", 5);
  strbuf_init(&b, 0);
  for (int g = 0; g < 9; g++) strbuf_addf(&b, "x%d + x%d + x%d = t%d;", 3 * g, 3 * g + 1, 3 * g + 2, g);
  strbuf_addf(&b, "t0 + t1 + t2 + t3 + t4 + t5 + t6 + t7 + t8 = 1000;");
  const char *row = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
  struct small_table f = small_system(strbuf_cstr(&b), false, &row, 1, 1);
  for (int j = 0; j < f.s.p; j++) f.s.decimals[j] = 0, f.t.columns[j].x[0] = (double)(5 + below(&r, 60));
  assert_int_equal(min_adjust(&f.s, &f.t, f.flag, &(struct adjust_settings){ADJUST_QUADRATIC, ADJUST_ABSOLUTE, true}, &f.got, &count, &e), E_OK);
  assert_int_equal(count.adjusted, 1);
  assert_int_equal(count.whole_near, 1);
  assert_true(count.most_above > 0 && count.most_above < 2);
  strbuf_release(&b);
  arena_free(f.arena);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(said_to_be_best_is_best), cmocka_unit_test(larger_problems_say_how_near)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
