/* All cheapest sets of a record, told by independent parts; linear and mixed, with ten and more independent errors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "processing/localise/localise_optima.h"
#include "processing/unit/num_table.h"

enum { PAIRS = 24 };
static struct arena *arena;
static int set_up(void **state) {
  (void)state;
  arena = arena_new(0);
  return arena ? 0 : -1;
}
static int tear_down(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}
/* The edits' record: values in the order of first mention, -1 = missing. */
static enum err_code optima(const char *edits, const double *x, struct linear_system *s, struct localise_case *found, struct localise_optima *o) {
  struct num_table data;
  struct err e = {0};
  struct localise_result r;
  static double weight[64];
  assert_int_equal(linear_parse(arena, str_of(edits), false, s, &e), E_OK);
  assert_int_equal(num_table_init(&data, arena, s->names, s->p, 1, &e), E_OK);
  data.unit = &(const struct str){"unit", 4};
  for (int j = 0; j < s->p; j++) {
    weight[j] = 1;
    data.columns[j].x[0] = x[j] < 0 ? 0 : x[j];
    data.columns[j].status[0] = x[j] < 0 ? VAL_BLANK : VAL_REPORTED;
  }
  const struct localise_spec spec = {.system = s, .weight = weight, .max_cost = INFINITY, .seed = 1};
  assert_int_equal(localise_run(&(struct job){.n_threads = 1}, arena, &spec, &data, &r, &e), E_OK);
  *found = r.n_cases ? r.cases[0] : (struct localise_case){.status = LOCALISE_PASSED};
  return localise_optima(arena, &spec, &data, 0, o, &e);
}
static void a_product_is_told_as_parts(void **state) {
  (void)state;
  struct linear_system s;
  struct localise_case c;
  struct localise_optima o;
  struct err e;
  struct strbuf text;
  assert_int_equal(optima("A <= B; C <= D; E + F = G;", (double[]){5, 3, 9, 1, 2, 2, -1}, &s, &c, &o), E_OK);
  assert_true(o.complete && o.n_parts == 2 && o.count == 4 && o.cost == 3 && o.n_forced == 1);
  strbuf_init(&text, 0);
  assert_int_equal(localise_optima_print(&o, s.names, LANG_EN, &text, &e), E_OK);
  const char *told = strbuf_cstr(&text);
  assert_non_null(strstr(told, "G must be given; choose one of {"));
  assert_true(strstr(told, "{A | B}") || strstr(told, "{B | A}"));
  assert_true(strstr(told, "and one of {C | D}") || strstr(told, "and one of {D | C}"));
  strbuf_reset(&text);
  assert_int_equal(localise_optima_print(&o, s.names, LANG_JA, &text, &e), E_OK);
  assert_non_null(strstr(strbuf_cstr(&text), "G は必ず入力してください。{"));
  strbuf_release(&text);
}
static void what_a_rule_connects_is_told_together(void **state) {
  (void)state;
  struct linear_system s;
  struct localise_case c;
  struct localise_optima o;
  /* B and D may not both fall: A | B and C | D, but B and C together break the third edit. */
  assert_int_equal(optima("A <= B; C <= D; B + D <= 7;", (double[]){5, 3, 4, 1}, &s, &c, &o), E_OK);
  assert_true(o.complete && o.n_parts == 1);
  double listed = 0;
  const int *set = o.part[0].set;
  for (int k = 0; k < o.part[0].n_sets; k++) {
    const int size = *set++;
    bool b = false, d = false;
    for (int t = 0; t < size; t++, set++) {
      b = b || *set == 1;
      d = d || *set == 3;
    }
    assert_int_equal(size, 2);
    assert_false(b && d); /* 5 + 4 > 7 */
    listed++;
  }
  assert_true(listed == 3 && o.count == 3);
}
/* 24 pairs: 2^24 cheapest sets. The plain search would visit them all. */
static void many_independent_errors_are_solved_and_counted(void **state) {
  (void)state;
  char edits[PAIRS * 16] = "";
  double x[2 * PAIRS];
  struct linear_system s;
  struct localise_case c;
  struct localise_optima o;
  size_t at = 0;
  for (int k = 0; k < PAIRS; k++) {
    at += (size_t)snprintf(edits + at, sizeof edits - at, "A%d <= B%d;", k, k);
    x[2 * k] = 5;
    x[2 * k + 1] = 3;
  }
  assert_int_equal(optima(edits, x, &s, &c, &o), E_OK);
  assert_true(c.status == LOCALISE_SOLVED && c.cost == PAIRS && c.n_set == PAIRS);
  assert_true(o.complete && o.n_parts == PAIRS && o.count == 16777216);
}
static void what_has_no_sets_says_so(void **state) {
  (void)state;
  struct linear_system s;
  struct localise_case c;
  struct localise_optima o;
  assert_int_equal(optima("A <= B;", (double[]){1, 3}, &s, &c, &o), E_LOCALISE_NO_PROOF);
  assert_int_equal(optima("A <= 3; A >= 4;", (double[]){1}, &s, &c, &o), E_LOCALISE_NO_PROOF);
}
/* Pairs of a category and a number: IF k THEN x >= 4; the first also softly. */
static void mixed_records_too(void **state) {
  (void)state;
  enum { N = 14 };
  static const uint64_t second = 2;
  static const struct str CODES[] = {{"yes", 3}, {"no", 2}};
  static char name[2 * N][16];
  const char *names[2 * N];
  double lower[N] = {0}, upper[N], weight[2 * N], x[N];
  int decimals[N], var[N], code[N];
  bool missing[N] = {false};
  const double minus[] = {-1};
  struct rule_category category[N];
  struct rule rules[N + 1];
  struct rule_atom atoms[2 * N];
  struct localise_optima o;
  struct err e = {0};
  for (int k = 0; k < N; k++) {
    snprintf(name[k], sizeof name[k], "x%d", k);
    snprintf(name[N + k], sizeof name[k], "k%d", k);
    names[k] = name[k];
    upper[k] = 100;
    weight[k] = weight[N + k] = 1;
    x[k] = 1;
    decimals[k] = 0;
    var[k] = k;
    code[k] = 0;
    category[k] = (struct rule_category){.name = name[N + k], .n_codes = 2, .codes = CODES};
    atoms[2 * k] = (struct rule_atom){.category = true, .k = k, .set = &second};
    atoms[2 * k + 1] = (struct rule_atom){.linear = {.op = LINEAR_LE, .n = 1, .var = &var[k], .coef = minus, .rhs = -4}};
    rules[k] = (struct rule){.id = name[k], .n_atoms = 2, .atoms = &atoms[2 * k]};
  }
  rules[0].soft = true;
  rules[0].weight = 1;
  const struct rule_set s = {.numeric = {.p = N, .names = names, .lower = lower, .upper = upper, .decimals = decimals},
                             .n_categories = N,
                             .n_rules = N,
                             .categories = category,
                             .rules = rules};
  const struct mixed_spec spec = {.rules = &s, .weight = weight, .whole = true, .seed = 1, .max_cost = INFINITY};
  const struct mixed_record r = {.unit = STR("unit"), .x = x, .missing = missing, .code = code};
  assert_int_equal(localise_mixed_optima(arena, &spec, &r, &o, &e), E_OK);
  assert_true(o.complete && o.n_parts == N && o.cost == N && o.count == 3 * 8192.0 && o.n_variables == 2 * N);
  bool soft = false;
  for (int k = 0, at = 0; k < o.part[0].n_sets; k++, at += 2) soft = soft || o.part[0].set[at + 1] == 2 * N + 0;
  assert_true(soft);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_product_is_told_as_parts, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(what_a_rule_connects_is_told_together, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(many_independent_errors_are_solved_and_counted, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(what_has_no_sets_says_so, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(mixed_records_too, set_up, tear_down)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
