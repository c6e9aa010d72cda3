/* Random clauses over two whole numbers in -3 .. 3 and a code of four: every answer of the review against all 196 records. "Impossible", "never
 * applies" and "said" must hold for every record; a conflict must be minimal; "possible" may only be wrong in the gaps between whole numbers, which
 * the rows exclude (coefficients -1, 0, 1 and whole constants in two variables can leave half points: then no claim is checked). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/edit/rule_search.h"

enum { ROUNDS = 1500, LOW = -3, HIGH = 3, CODES = 4 };
static struct rng state;
static struct arena *arena;
static int below(int n) { return (int)rng_below(&state, (uint64_t)n); }

static struct rule_atom random_atom(void) {
  static const int both[] = {0, 1};
  if (below(3) == 0) {
    uint64_t *set = ARENA_ARRAY(arena, uint64_t, 1);
    set[0] = 1 + (uint64_t)below(14);
    return (struct rule_atom){.category = true, .k = 0, .set = set};
  }
  const int kind = below(3); /* x, y or both */
  double *coef = ARENA_ARRAY(arena, double, 2);
  coef[0] = below(2) ? 1 : -1;
  coef[1] = below(2) ? 1 : -1;
  return (struct rule_atom){.linear = {.op = below(5) ? LINEAR_LE : LINEAR_EQ,
                                       .n = kind == 2 ? 2 : 1,
                                       .var = kind == 1 ? both + 1 : both,
                                       .coef = coef,
                                       .rhs = below(7) - 3,
                                       .id = ""}};
}
static struct rule_set random_set(int n) {
  static const char *names[] = {"x", "y"};
  static double lower[] = {LOW, LOW}, upper[] = {HIGH, HIGH};
  static int decimals[] = {0, 0};
  static const struct str codes[] = {{"A", 1}, {"B", 1}, {"C", 1}, {"D", 1}};
  struct rule_set s = {.numeric = {.p = 2, .names = names, .lower = lower, .upper = upper, .decimals = decimals}, .n_categories = 1, .n_rules = n};
  s.categories = ARENA_ARRAY(arena, struct rule_category, 1);
  s.categories[0] = (struct rule_category){.name = "code", .n_codes = CODES, .codes = codes};
  s.rules = ARENA_ARRAY(arena, struct rule, n);
  for (int i = 0; i < n; i++) {
    struct rule *r = &s.rules[i];
    *r = (struct rule){.id = "r", .check = i, .n_atoms = 1 + below(3), .atoms = ARENA_ARRAY(arena, struct rule_atom, 3)};
    r->n_if = r->n_atoms > 1 ? below(2) : 0;
    for (int k = 0; k < r->n_atoms; k++) r->atoms[k] = random_atom();
  }
  return s;
}
static bool atom_holds(const struct rule_atom *a, const double *x, int code) {
  return a->category ? a->set[0] >> code & 1 : linear_holds(&a->linear, x);
}
static bool holds(const struct rule *r, const double *x, int code) {
  for (int k = 0; k < r->n_atoms; k++)
    if (atom_holds(&r->atoms[k], x, code)) return true;
  return false;
}
static bool condition_holds(const struct rule *r, const double *x, int code) {
  for (int k = 0; k < r->n_if; k++)
    if (atom_holds(&r->atoms[k], x, code)) return false;
  return true;
}
/* Records that satisfy all rules but `without` (-1 = none left out) of those with on[i] (NULL = all); of these how many fail `without` or meet the
 * condition of `meets`. */
static int count(const struct rule_set *s, const bool *on, int without, int meets) {
  int n = 0;
  for (int x = LOW; x <= HIGH; x++)
    for (int y = LOW; y <= HIGH; y++)
      for (int code = 0; code < CODES; code++) {
        const double point[] = {x, y};
        bool all = true;
        for (int i = 0; i < s->n_rules && all; i++) all = i == without || (on && !on[i]) || holds(&s->rules[i], point, code);
        n += all && (without < 0 || !holds(&s->rules[without], point, code)) && (meets < 0 || condition_holds(&s->rules[meets], point, code));
      }
  return n;
}
static int impossible, never, said;
static void check(const struct rule_set *s, const struct rule_review *r) {
  if (r->possible == RULE_IMPOSSIBLE) {
    bool on[16] = {false};
    impossible++;
    for (int i = 0; i < r->n_conflict; i++) on[r->conflict[i]] = true;
    assert_int_equal(count(s, on, -1, -1), 0);
    for (int i = 0; i < r->n_conflict; i++) {
      enum rule_answer answer;
      struct err e;
      on[r->conflict[i]] = false;
      assert_int_equal(rule_possible(arena, s, on, NULL, 0, &answer, &e), E_OK);
      assert_int_not_equal(answer, RULE_IMPOSSIBLE);
      on[r->conflict[i]] = true;
    }
    return;
  }
  for (int i = 0; i < s->n_rules; i++) {
    if (r->finding[i] == RULE_NEVER_APPLIES) never++, assert_int_equal(count(s, NULL, -1, i), 0);
    if (r->finding[i] == RULE_SAID) said++;
  }
  bool on[16];
  for (int i = 0; i < s->n_rules; i++) on[i] = r->finding[i] != RULE_SAID;
  assert_int_equal(count(s, on, -1, -1), count(s, NULL, -1, -1)); /* what is said can be left out, all at once */
}
static void answers_agree_with_all_records(void **unused) {
  (void)unused;
  rng_init(&state, 4, "review", "all", 3);
  for (int round = 0; round < ROUNDS; round++) {
    struct rule_review r;
    struct err e;
    arena = arena_new(0);
    const struct rule_set s = random_set(2 + below(9));
    assert_int_equal(rule_review(arena, &s, &r, &e), E_OK);
    assert_int_not_equal(r.possible, RULE_UNSETTLED);
    if (count(&s, NULL, -1, -1) > 0) assert_int_equal(r.possible, RULE_POSSIBLE);
    check(&s, &r);
    arena_free(arena);
  }
  assert_true(impossible > 50 && never > 20 && said > 200);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_agree_with_all_records)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
