/* Slips of the keys against enumeration: every text that one slip could have been meant for is written out, tried in the record, and of all sets of
 * such repairs the best are compared. The library must change exactly what all best sets share, and nothing where they share nothing. */
#include <math.h>

#include "base/rng.h"
#include "processing/correct/obvious.h"
#include "tests/unit/correct_fixture.h"

enum { RECORDS = 12000, ITEMS = 8, EQUATIONS = 3, MOST = 18 };
#define EDITS "A + B + C = T; D + E = U; T + U = G;"
static const int ROWS[EQUATIONS][ITEMS] = {{1, 1, 1, -1, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 1, -1, 0}, {0, 0, 0, 1, 0, 0, 1, -1}}; /* A B C T D E U G */

struct repair {
  int var;
  int64_t value;
  int closes; /* bits of equations */
};
struct all {
  struct repair list[64];
  int n;
};
static bool beside(char a, char b) {
  static const char *const pairs[] = {"12", "23", "34", "45", "56", "67", "78", "89", "90", "14", "25", "36", "47", "58", "69", "01", "02"};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
    if ((pairs[k][0] == a && pairs[k][1] == b) || (pairs[k][0] == b && pairs[k][1] == a)) return true;
  return false;
}
static int64_t residual(const int64_t *x, int i) {
  int64_t sum = 0;
  for (int j = 0; j < ITEMS; j++) sum += ROWS[i][j] * x[j];
  return sum;
}
static void try_value(const int64_t *x, int j, int64_t v, struct all *out) {
  int64_t y[ITEMS];
  int closes = 0;
  memcpy(y, x, sizeof y);
  y[j] = v;
  for (int i = 0; i < EQUATIONS; i++)
    if (ROWS[i][j] != 0 && residual(x, i) != 0 && residual(y, i) == 0) closes |= 1 << i;
  if (closes == 0 || v == x[j]) return;
  for (int k = 0; k < out->n; k++)
    if (out->list[k].var == j && out->list[k].value == v) return;
  out->list[out->n++] = (struct repair){j, v, closes};
}
static void try_text(const int64_t *x, int j, const char *text, struct all *out) {
  if (!text[0] || (text[0] == '0' && (text[1] || x[j] < 0))) return; /* nobody writes 05 or -0 */
  try_value(x, j, strtoll(text, NULL, 10) * (x[j] < 0 ? -1 : 1), out);
}
/* What may have been meant by the text of x[j]. */
static void digits_meant(const int64_t *x, int j, unsigned slips, struct all *out) {
  char text[32], meant[40];
  const int n = snprintf(text, sizeof text, "%lld", llabs((long long)x[j]));
  for (int i = 0; i <= n; i++) {
    for (char d = '0'; d <= '9'; d++) {
      snprintf(meant, sizeof meant, "%.*s%c%s", i, text, d, text + i);
      if (slips & SLIP_LEFT_OUT) try_text(x, j, meant, out);
      if (i == n) continue;
      snprintf(meant, sizeof meant, "%.*s%c%s", i, text, d, text + i + 1);
      if (slips & SLIP_CHANGED || (slips & SLIP_KEY_BESIDE && beside(d, text[i]))) try_text(x, j, meant, out);
    }
    if (i == n) continue;
    const bool twice = (i > 0 && text[i - 1] == text[i]) || text[i + 1] == text[i];
    snprintf(meant, sizeof meant, "%.*s%s", i, text, text + i + 1);
    if (slips & SLIP_PUT_IN || (slips & SLIP_DOUBLED && twice)) try_text(x, j, meant, out);
    memcpy(meant, text, sizeof text);
    if (i + 1 < n) meant[i] = text[i + 1], meant[i + 1] = text[i];
    if (slips & SLIP_EXCHANGED) try_text(x, j, meant, out);
  }
}
static void all_repairs(const int64_t *x, unsigned slips, struct all *out) {
  out->n = 0;
  for (int j = 0; j < ITEMS; j++) {
    bool satisfied = x[j] == 0; /* zeros and items of an equation that holds are left alone */
    for (int i = 0; i < EQUATIONS; i++) satisfied = satisfied || (ROWS[i][j] != 0 && residual(x, i) == 0);
    if (satisfied) continue;
    digits_meant(x, j, slips, out);
    if (slips & SLIP_SIGN) try_value(x, j, -x[j], out);
    for (int64_t by = 10; slips & SLIP_POINT && by <= 1000; by *= 10) {
      try_value(x, j, x[j] * by, out);
      if (x[j] % by == 0) try_value(x, j, x[j] / by, out);
    }
  }
}
/* Two repairs must not stand in one violated equation. */
static bool meet(const int64_t *x, const struct repair *a, const struct repair *b) {
  for (int i = 0; i < EQUATIONS; i++)
    if (residual(x, i) != 0 && ROWS[i][a->var] != 0 && ROWS[i][b->var] != 0) return true;
  return a->var == b->var;
}
static unsigned shared_by_the_best(const int64_t *x, const struct all *c, int *most) {
  unsigned common = 0;
  *most = 0;
  for (unsigned set = 1; set < 1U << c->n; set++) {
    int closed = 0;
    bool ok = true;
    for (int a = 0; a < c->n && ok; a++) {
      if (!(set >> a & 1)) continue;
      closed += __builtin_popcount((unsigned)c->list[a].closes);
      for (int b = 0; b < a && ok; b++) ok = !(set >> b & 1) || !meet(x, &c->list[a], &c->list[b]);
    }
    if (!ok || closed < *most) continue;
    common = closed > *most ? set : common & set;
    *most = closed;
  }
  return common;
}
static int below(struct rng *r, int k) { return (int)rng_below(r, (uint64_t)k); }
static void draw(struct rng *r, int64_t *x) {
  for (int j = 0; j < ITEMS; j++) x[j] = (below(r, 6) ? 1 : -1) * (int64_t)(1 + below(r, below(r, 3) ? 300 : 9));
  x[3] = x[0] + x[1] + x[2], x[6] = x[4] + x[5], x[7] = x[3] + x[6];
  for (int k = 1 + below(r, 2); k > 0; k--) {
    const int j = below(r, ITEMS), what = below(r, 6);
    if (what == 0) x[j] = -x[j];
    else if (what == 1) x[j] *= below(r, 2) ? 100 : 10;
    else if (what == 2 && x[j] % 100 == 0) x[j] /= 100;
    else if (what == 3) x[j] /= 10;
    else x[j] += (below(r, 9) - 4) * (int64_t[]){1, 10, 100}[below(r, 3)];
  }
}
static int corrected, ambiguous;
static void compare(const int64_t *x, unsigned slips) {
  struct small_table f = small_system(EDITS, true, (const char *[]){"0 0 0 0 0 0 0 0"}, 1, 0);
  struct obvious_count count;
  struct all c;
  struct err e;
  int most;
  for (int j = 0; j < ITEMS; j++) f.t.columns[j].x[0] = (double)x[j];
  all_repairs(x, slips, &c);
  if (c.n <= MOST) {
    const unsigned common = shared_by_the_best(x, &c, &most);
    assert_int_equal(typing_correct(&f.s, &f.t, NULL, slips, &f.got, &count, &e), E_OK);
    assert_int_equal(count.corrected, common != 0);
    assert_int_equal(f.got.n, __builtin_popcount(common));
    for (int k = 0; k < c.n; k++)
      if (common >> k & 1) assert_change(&f, 0, f.s.names[c.list[k].var], (double)c.list[k].value, CORRECT_TYPING);
    if (!common && !count.clean) assert_left(&f, 0, most ? LEFT_AMBIGUOUS : LEFT_NO_ANSWER);
    corrected += common != 0;
    ambiguous += !common && most;
  }
  arena_free(f.arena);
}
static void only_what_every_best_set_shares(void **state) {
  static const unsigned sets[] = {TYPING_DIGITS, TYPING_KEYS, TYPING_ALL, SLIP_SIGN, SLIP_POINT};
  struct rng r;
  (void)state;
  rng_init(&r, 4, "slips", "", 0);
  for (int k = 0; k < RECORDS; k++) {
    int64_t x[ITEMS];
    draw(&r, x);
    compare(x, sets[k % 5]);
  }
  printf("slips of the keys: %d of %d records corrected, %d with several answers\n", corrected, RECORDS, ambiguous);
  assert_true(corrected > RECORDS / 10 && ambiguous > RECORDS / 10);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_every_best_set_shares)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
