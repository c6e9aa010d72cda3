/* Random IF-THEN rules over three codes of four answers: every statement of the review against all 64 records, both ways. Over codes alone nothing is
 * taken as real numbers, so "possible", "never applies" and "said" must be exactly what enumeration finds, and conflicts and reasons minimal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/rng.h"
#include "processing/edit/rule_search.h"

enum { ROUNDS = 1500, CODES = 4, ITEMS = 3, MOST = 14 };
static struct rng state;
static struct arena *arena;
static int below(int n) { return (int)rng_below(&state, (uint64_t)n); }

static struct rule_set random_set(int n) {
  static const struct str codes[] = {{"A", 1}, {"B", 1}, {"C", 1}, {"D", 1}};
  static const char *const names[] = {"p", "q", "r"};
  struct rule_set s = {.n_categories = ITEMS, .n_rules = n};
  s.categories = ARENA_ARRAY(arena, struct rule_category, ITEMS);
  for (int k = 0; k < ITEMS; k++) s.categories[k] = (struct rule_category){.name = names[k], .n_codes = CODES, .codes = codes};
  s.rules = ARENA_ARRAY(arena, struct rule, n);
  for (int i = 0; i < n; i++) {
    struct rule *r = &s.rules[i];
    *r = (struct rule){.id = "r", .check = i, .n_atoms = 1 + below(3), .atoms = ARENA_ARRAY(arena, struct rule_atom, 3)};
    if (r->n_atoms == 1 && below(3)) r->n_atoms = 2;
    r->n_if = r->n_atoms - 1;
    for (int k = 0; k < r->n_atoms; k++) {
      uint64_t *set = ARENA_ARRAY(arena, uint64_t, 1);
      *set = 1 + (uint64_t)below(14);
      r->atoms[k] = (struct rule_atom){.category = true, .k = below(ITEMS), .set = set};
    }
  }
  return s;
}
static bool some_atom(const struct rule *r, int n, int record) {
  for (int k = 0; k < n; k++)
    if (r->atoms[k].set[0] >> (record >> (2 * r->atoms[k].k) & 3) & 1) return true;
  return false;
}
/* Is there a record that passes the rules with on[i] (NULL = all) but `without`, fails `fails` and meets the condition of `meets`? -1 = none. */
static bool exists(const struct rule_set *s, const bool *on, int without, int fails, int meets) {
  for (int record = 0; record < 64; record++) {
    bool all = true;
    for (int i = 0; i < s->n_rules && all; i++) all = i == without || (on && !on[i]) || some_atom(&s->rules[i], s->rules[i].n_atoms, record);
    if (all && fails >= 0) all = !some_atom(&s->rules[fails], s->rules[fails].n_atoms, record);
    if (all && meets >= 0) all = !some_atom(&s->rules[meets], s->rules[meets].n_if, record);
    if (all) return true;
  }
  return false;
}
static void check_minimal(const struct rule_set *s, const int *which, int n, int meets) {
  bool on[MOST] = {false};
  for (int i = 0; i < n; i++) on[which[i]] = true;
  assert_false(exists(s, on, -1, -1, meets));
  for (int i = 0; i < n; i++) assert_true(exists(s, on, which[i], -1, meets));
}
static int impossible, never, said;
static void check_rules(const struct rule_set *s, const struct rule_review *r) {
  bool on[MOST];
  for (int i = 0; i < s->n_rules; i++) on[i] = true;
  for (int i = 0; i < s->n_rules; i++) {
    const bool applies = s->rules[i].n_if == 0 || exists(s, NULL, -1, -1, i);
    assert_int_equal(r->finding[i] == RULE_NEVER_APPLIES, !applies);
    if (!applies) {
      never++;
      check_minimal(s, r->because[i], r->n_because[i], i);
      continue;
    }
    const bool by_others = !exists(s, on, i, i, -1); /* those found to be said before are left out already */
    assert_int_equal(r->finding[i] == RULE_SAID, by_others);
    said += by_others;
    on[i] = !by_others;
  }
}
static void statements_are_those_of_enumeration(void **unused) {
  (void)unused;
  rng_init(&state, 6, "codes", "", 0);
  for (int round = 0; round < ROUNDS; round++) {
    struct rule_review r;
    struct err e;
    arena = arena_new(0);
    const struct rule_set s = random_set(2 + below(MOST - 2));
    assert_int_equal(rule_review(arena, &s, &r, &e), E_OK);
    assert_int_equal(r.possible, exists(&s, NULL, -1, -1, -1) ? RULE_POSSIBLE : RULE_IMPOSSIBLE);
    if (r.possible == RULE_POSSIBLE) check_rules(&s, &r);
    else impossible++, check_minimal(&s, r.conflict, r.n_conflict, -1);
    arena_free(arena);
  }
  printf("rules over codes: %d sets, %d impossible, %d conditions that never hold, %d rules said by others\n", ROUNDS, impossible, never, said);
  assert_true(impossible > 50 && never > 100 && said > 200);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(statements_are_those_of_enumeration)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
