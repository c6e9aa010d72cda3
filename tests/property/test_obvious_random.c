/* Known truth, one obvious error put in: how often the truth comes back, and never an answer that breaks an equation that held. */
#include <math.h>

#include "base/rng.h"
#include "processing/correct/obvious.h"
#include "tests/unit/correct_fixture.h"

enum { RECORDS = 10000, ITEMS = 8 };
#define EDITS "A + B + C = T; D + E = U; T + U = G; B <= 5*A + 5000;"

struct truth {
  double x[ITEMS]; /* A B C T D E U G */
};
static struct truth draw(struct rng *r) {
  struct truth t;
  for (int j = 0; j < ITEMS; j++) t.x[j] = (double)(100 + rng_below(r, 5000));
  t.x[3] = t.x[0] + t.x[1] + t.x[2], t.x[6] = t.x[4] + t.x[5], t.x[7] = t.x[3] + t.x[6];
  return t;
}
static struct small_table record(const double *x) {
  struct small_table f = small_system(EDITS, false, (const char *[]){"0 0 0 0 0 0 0 0"}, 1, 0);
  for (int j = 0; j < ITEMS; j++) f.t.columns[j].x[0] = x[j];
  return f;
}
static int held(const struct small_table *f, const double *x) {
  int n = 0;
  for (int i = 0; i < f->s.m; i++) n |= linear_holds(&f->s.edits[i], x) ? 1 << i : 0;
  return n;
}
/* 1 = the truth came back, 0 = nothing was done, -1 = something else that holds. */
static int outcome(const struct small_table *f, const struct truth *t, const double *wrong) {
  double y[ITEMS];
  bool same = true;
  memcpy(y, wrong, sizeof y);
  for (int64_t k = 0; k < f->got.n; k++) y[f->got.list[k].var] = f->got.list[k].value;
  for (int j = 0; j < ITEMS; j++) same &= y[j] == t->x[j];
  const int before = held(f, wrong), after = held(f, y);
  assert_int_equal(before & ~after, 0);
  if (f->got.n == 0) {
    assert_int_equal(f->got.n_markers, 1);
    return 0;
  }
  assert_true(after != before);
  return same ? 1 : -1;
}
/* One digit changed, left out, put in, or two neighbours exchanged. */
static double slip(struct rng *r, double v) {
  char text[32], out[32];
  const int n = snprintf(text, sizeof text, "%.0f", v), at = (int)rng_below(r, (uint64_t)n);
  const char digit = (char)('0' + rng_below(r, 10));
  switch (rng_below(r, 4)) {
    case 0: snprintf(out, sizeof out, "%.*s%c%s", at, text, digit, text + at + 1); break;
    case 1: snprintf(out, sizeof out, "%.*s%s", at, text, text + at + 1); break;
    case 2: snprintf(out, sizeof out, "%.*s%c%s", at, text, digit, text + at); break;
    default:
      memcpy(out, text, sizeof text);
      if (at + 1 < n) out[at] = text[at + 1], out[at + 1] = text[at];
  }
  return strtod(out, NULL);
}
static void slips_of_the_keys(void **state) {
  struct rng r;
  int count[3] = {0}, clean = 0;
  (void)state;
  rng_init(&r, 1, "typing", "", 0);
  for (int k = 0; k < RECORDS; k++) {
    const struct truth t = draw(&r);
    double wrong[ITEMS];
    struct obvious_count c;
    struct err e;
    memcpy(wrong, t.x, sizeof wrong);
    const int j = (int)rng_below(&r, ITEMS);
    wrong[j] = slip(&r, t.x[j]);
    struct small_table f = record(wrong);
    assert_int_equal(typing_correct(&f.s, &f.t, NULL, TYPING_DIGITS, &f.got, &c, &e), E_OK);
    if (c.clean) clean++;
    else count[outcome(&f, &t, wrong) + 1]++;
    arena_free(f.arena);
  }
  printf("typing: %d back to the truth, %d left, %d other, %d without an error\n", count[2], count[1], count[0], clean);
  /* The two equations of an inner total leave no other choice; a lone part can often be explained by its neighbours too. */
  assert_true(count[2] > RECORDS / 2 && count[0] < RECORDS / 10);
}
static void rounded_items(void **state) {
  struct rng r;
  int corrected = 0, left = 0, clean = 0;
  (void)state;
  rng_init(&r, 2, "rounding", "", 0);
  for (int k = 0; k < RECORDS; k++) {
    const struct truth t = draw(&r);
    double wrong[ITEMS];
    struct obvious_count c;
    struct err e;
    for (int j = 0; j < ITEMS; j++) wrong[j] = t.x[j] + (rng_below(&r, 5) ? 0 : (double)rng_below(&r, 3) - 1);
    struct small_table f = record(wrong);
    assert_int_equal(rounding_correct(&f.s, &f.t, NULL, 2, &f.got, &c, &e), E_OK);
    clean += (int)c.clean, left += (int)c.left, corrected += (int)c.corrected;
    if (c.corrected) {
      double y[ITEMS];
      memcpy(y, wrong, sizeof y);
      for (int64_t q = 0; q < f.got.n; q++) {
        const struct correction *one = &f.got.list[q];
        assert_true(fabs(one->value - one->before) <= 4 && one->value == round(one->value));
        y[one->var] = one->value;
      }
      assert_int_equal(held(&f, wrong) & ~held(&f, y), 0);
      for (int i = 0; i < 3; i++) {
        double tolerance;
        if (fabs(linear_residual(&f.s.edits[i], wrong, &tolerance)) <= 2) assert_true(linear_holds(&f.s.edits[i], y));
      }
    }
    arena_free(f.arena);
  }
  printf("rounding: %d corrected, %d left, %d without an error within reach\n", corrected, left, clean);
  assert_true(corrected > RECORDS / 2 && left < RECORDS / 100);
}
static void wrong_signs_and_swaps(void **state) {
  struct rng r;
  int count[3] = {0};
  (void)state;
  rng_init(&r, 3, "signs", "", 0);
  const struct sign_action actions[] = {{0, -1, 1}, {1, -1, 1}, {2, -1, 1}, {3, -1, 1}, {6, -1, 1}, {2, 5, 1}, {0, 4, 1}};
  const struct sign_plan plan = {7, 2, actions};
  for (int k = 0; k < RECORDS / 2; k++) {
    const struct truth t = draw(&r);
    double wrong[ITEMS];
    struct obvious_count c;
    struct err e;
    memcpy(wrong, t.x, sizeof wrong);
    const struct sign_action *a = &actions[rng_below(&r, 7)];
    if (a->b < 0) wrong[a->a] = -wrong[a->a];
    else wrong[a->a] = t.x[a->b], wrong[a->b] = t.x[a->a];
    struct small_table f = record(wrong);
    assert_int_equal(sign_swap_correct(&f.s, &f.t, NULL, &plan, &f.got, &c, &e), E_OK);
    if (!c.clean) count[outcome(&f, &t, wrong) + 1]++;
    arena_free(f.arena);
  }
  printf("signs and swaps: %d back to the truth, %d left, %d other\n", count[2], count[1], count[0]);
  assert_true(count[2] > RECORDS / 2 * 98 / 100);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(slips_of_the_keys), cmocka_unit_test(rounded_items), cmocka_unit_test(wrong_signs_and_swaps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
