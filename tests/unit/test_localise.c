/* Error localisation by hand-made records: one rule of its contract each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/lp_feasible.h"
#include "processing/localise/localise_proof.h"

enum { MAX = 8 };
struct fixture {
  struct arena *arena;
  struct linear_system system;
  struct num_table data;
  double weight[MAX]; /* of the small ones */
  struct localise_spec spec;
  struct localise_result r;
};
/* One record; NAN = missing. */
static void make(struct fixture *f, const char *edits, bool negative, const double *x) {
  struct err e = {0};
  *f = (struct fixture){.arena = arena_new(0)};
  assert_non_null(f->arena);
  assert_int_equal(linear_parse(f->arena, str_of(edits), negative, &f->system, &e), E_OK);
  assert_int_equal(num_table_init(&f->data, f->arena, f->system.names, f->system.p, 1, &e), E_OK);
  struct str *unit = ARENA_NEW(f->arena, struct str);
  assert_non_null(unit);
  *unit = STR("unit");
  f->data.unit = unit;
  for (int j = 0; j < f->system.p; j++) {
    if (j < MAX) f->weight[j] = 1;
    f->data.columns[j].x[0] = isnan(x[j]) ? 0 : x[j];
    f->data.columns[j].status[0] = isnan(x[j]) ? VAL_BLANK : VAL_REPORTED;
  }
  f->spec = (struct localise_spec){.system = &f->system, .weight = f->weight, .max_cost = INFINITY, .seed = 5};
}
static const struct localise_case *run(struct fixture *f) {
  const struct job job = {.n_threads = 1};
  struct err e = {0};
  assert_int_equal(localise_run(&job, f->arena, &f->spec, &f->data, &f->r, &e), E_OK);
  return localise_find(&f->r, 0);
}
static void release(struct fixture *f) { arena_free(f->arena); }

static void a_record_within_the_tolerance_passes(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C;", false, (double[]){0.1, 0.2, 0.3});
  assert_null(run(&f));
  assert_int_equal(f.r.status[0], LOCALISE_PASSED);
  release(&f);
  make(&f, "A + B = C;", false, (double[]){3e9, 4e9, 7e9 + 6}); /* 1e-9 of 14e9 is 14 */
  assert_null(run(&f));
  release(&f);
  make(&f, "A + B = C;", false, (double[]){3e9, 4e9, 7e9 + 60});
  assert_int_equal(run(&f)->status, LOCALISE_SOLVED);
  release(&f);
}
static void two_fields_when_no_single_one_will_do(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C; D <= A; C <= 80;", false, (double[]){100, 200, 10, 6});
  f.spec.max_optima = 10;
  const struct localise_case *c = run(&f);
  assert_int_equal(c->n_set, 2);
  assert_true(c->cost == 2 && c->n_optima == 1);
  assert_string_equal(f.system.names[c->set[0]], "A");
  assert_string_equal(f.system.names[c->set[1]], "B");
  release(&f);
}
static void weights_decide_and_infinite_ones_forbid(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  f.weight[1] = 0.5;
  assert_string_equal(f.system.names[run(&f)->set[0]], "B");
  f.weight[0] = f.weight[1] = INFINITY;
  assert_string_equal(f.system.names[run(&f)->set[0]], "C");
  f.weight[2] = INFINITY;
  assert_int_equal(run(&f)->status, LOCALISE_NO_SOLUTION);
  release(&f);
}
static void a_weight_must_be_given(void **state) {
  (void)state;
  struct fixture f;
  struct err e = {0};
  const struct job job = {.n_threads = 1};
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  f.spec.weight = NULL;
  assert_int_equal(localise_run(&job, f.arena, &f.spec, &f.data, &f.r, &e), E_LOCALISE_WEIGHT);
  f.spec.weight = f.weight;
  f.weight[1] = 0;
  assert_int_equal(localise_run(&job, f.arena, &f.spec, &f.data, &f.r, &e), E_LOCALISE_WEIGHT);
  release(&f);
}
static void missing_forced_and_frozen(void **state) {
  (void)state;
  struct fixture f;
  const uint8_t forced = LOCALISE_FORCED, frozen = LOCALISE_FROZEN;
  const uint8_t *flags[3] = {NULL, &forced, NULL};
  make(&f, "A + B = C;", false, (double[]){NAN, 2, 4});
  const struct localise_case *c = run(&f);
  assert_true(c->n_set == 1 && c->set[0] == 0 && c->witness[0] == 2);
  f.spec.flags = flags; /* nothing fails but B is marked */
  c = run(&f);
  assert_true(c->n_set == 2 && c->cost == 2);
  release(&f);
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  flags[0] = flags[1] = &frozen;
  f.spec.flags = flags;
  assert_int_equal(run(&f)->set[0], 2);
  release(&f);
}
static void negative_values_are_found_where_none_are_allowed(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C;", false, (double[]){-3, 8, 5});
  assert_int_equal(run(&f)->n_set, 2); /* A, and B or C */
  release(&f);
  make(&f, "A + B = C;", true, (double[]){-3, 8, 5});
  assert_null(run(&f));
  release(&f);
}
static void the_limit_of_cost_rejects(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C; D <= A; C <= 80;", false, (double[]){100, 200, 10, 6});
  f.spec.max_cost = 1.9;
  assert_int_equal(run(&f)->status, LOCALISE_REJECTED_CARDINALITY);
  f.spec.max_cost = 2;
  assert_int_equal(run(&f)->status, LOCALISE_SOLVED);
  release(&f);
}
static void limits_of_the_search_are_named(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C; D <= A; C <= 80;", false, (double[]){100, 200, 10, 6});
  f.spec.max_nodes = 1;
  assert_int_equal(run(&f)->status, LOCALISE_UNSOLVED);
  assert_string_equal(localise_reason_name(run(&f)->reason), "search_limit");
  f.spec.max_nodes = 0;
  f.spec.max_programmes = 1;
  assert_int_equal(run(&f)->status, LOCALISE_UNSOLVED);
  assert_string_equal(localise_reason_name(run(&f)->reason), "programme_limit");
  release(&f);
}
static void all_optima_and_priorities(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  f.spec.max_optima = 2;
  const struct localise_case *c = run(&f);
  assert_true(c->n_optima == 3 && c->n_listed == 2 && c->reason == LOCALISE_OPTIMA_CUT);
  assert_int_equal(f.r.metrics.several_optima, 1);
  for (int j = 0; j < 3; j++) {
    double priority[3] = {1, 1, 1};
    priority[j] = 0;
    f.spec.priority = priority;
    assert_int_equal(run(&f)->set[0], j);
  }
  release(&f);
}
static void ties_differ_between_units_and_seeds_only(void **state) {
  (void)state;
  struct fixture f;
  int seen[3] = {0};
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  for (int k = 0; k < 60; k++) {
    f.spec.seed = (uint64_t)k;
    const int first = run(&f)->set[0];
    assert_int_equal(run(&f)->set[0], first);
    seen[first]++;
  }
  assert_true(seen[0] > 5 && seen[1] > 5 && seen[2] > 5);
  release(&f);
}
static void weights_of_a_record_replace_those_of_the_variables(void **state) {
  (void)state;
  struct fixture f;
  const double cheap = 0.25, dear = 4;
  const double *record[3] = {&dear, &cheap, NULL};
  make(&f, "A + B = C;", false, (double[]){1, 2, 4});
  f.spec.record_weight = record;
  const struct localise_case *c = run(&f);
  assert_true(c->n_set == 1 && c->set[0] == 1 && c->cost == 0.25);
  release(&f);
}
/* 90 variables in 30 balances, five of them broken: two words of a set, and the product of the balances' solutions. */
static void more_variables_than_a_word_has_bits(void **state) {
  (void)state;
  char edits[2048];
  double x[90], weight[90];
  int n = 0;
  for (int k = 0; k < 30; k++) {
    n += snprintf(edits + n, sizeof edits - (size_t)n, "A%d + B%d = C%d;", k, k, k);
    x[3 * k] = 10;
    x[3 * k + 1] = 20;
    x[3 * k + 2] = 30 + (k % 6 == 5);
  }
  struct fixture f;
  struct localise_proof p;
  struct err e = {0};
  make(&f, edits, false, x);
  for (int j = 0; j < 90; j++) weight[j] = 1;
  f.spec.weight = weight;
  f.spec.max_optima = 300;
  const struct localise_case *c = run(&f);
  assert_true(c->status == LOCALISE_SOLVED && c->n_set == 5 && c->n_optima == 243 && c->set[4] >= 87);
  assert_int_equal(localise_prove(f.arena, &f.spec, &f.data, 0, &p, &e), E_OK);
  assert_int_equal(p.n_arguments, 5);
  assert_int_equal(localise_proof_check(f.arena, &f.system, &p, &e), E_OK);
  release(&f);
}
static void large_values_need_no_large_numbers_of_changes(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "A + B = C; A <= 0.6*C;", false, (double[]){5e11, 5e11, 1e12 + 1e5});
  const struct localise_case *c = run(&f);
  assert_true(c->n_set == 1);
  release(&f);
}
/* Rows that agree only within their rounding at the size of their constants: what is left of a right side has its tolerance too. */
static void equations_with_huge_constants_agree(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "0.1*A = 400000000000; 12000000000000 >= 0.5*A; 300*A = 1200000000000000;", false, (double[]){4e15});
  assert_int_equal(run(&f)->status, LOCALISE_SOLVED);
  assert_int_equal(f.r.cases[0].n_set, 1);
  release(&f);
  make(&f, "3*A = 51000000000; - 300*A = -5100000000000; - A <= -16000000000;", true, (double[]){NAN});
  assert_int_equal(run(&f)->status, LOCALISE_SOLVED);
  release(&f);
  make(&f, "3*A = 51000000000; - 300*A = -5100000300000;", true, (double[]){NAN}); /* 1,000 apart: beyond 1e-9 of 17e9 */
  assert_int_equal(run(&f)->status, LOCALISE_NO_SOLUTION);
  release(&f);
}
static void the_simplex_gives_a_proof(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct lp_room room;
  assert_true(a && lp_room_init(&room, a, 3, 2));
  const double rows[] = {1, 1, 1, -1, -1, 0}, low[] = {-INFINITY, 0, -INFINITY}, high[] = {4, 0, -3}, l[] = {0, 0}, u[] = {INFINITY, INFINITY},
               tolerance[] = {1e-9, 1e-9, 1e-9};
  double x[2], y[3];
  struct lp lp = {.m = 3, .n = 2, .a = rows, .row_lower = low, .row_upper = high, .lower = l, .upper = u};
  struct lp_result result = {.x = x, .y = y};
  lp_feasible(&lp, NULL, tolerance, &room, &result); /* x + y <= 4, x = y, x >= 3 */
  assert_int_equal(result.status, LP_INFEASIBLE);
  double sum[2] = {0}, rhs = 0;
  for (int i = 0; i < 3; i++) {
    assert_true(y[i] >= 0 || isfinite(low[i]));
    rhs += y[i] == 0 ? 0 : y[i] * (y[i] > 0 ? high[i] : low[i]);
    for (int j = 0; j < 2; j++) sum[j] += y[i] * rows[2 * i + j];
  }
  assert_true(sum[0] >= 0 && sum[1] >= 0 && rhs < 0); /* 0 <= sum x <= rhs < 0 */
  lp.m = 2;
  lp_feasible(&lp, (double[]){9, 1}, tolerance, &room, &result);
  assert_int_equal(result.status, LP_OPTIMAL);
  assert_true(x[0] == x[1] && x[0] + x[1] <= 4 + 1e-9);
  arena_free(a);
}
static void the_proof_in_words(void **state) {
  (void)state;
  struct fixture f;
  struct localise_proof p;
  struct err e = {0};
  struct strbuf text;
  make(&f, "A + B = C; D <= A; C <= 80;", false, (double[]){100, 200, 10, 6});
  assert_int_equal(localise_prove(f.arena, &f.spec, &f.data, 0, &p, &e), E_OK);
  assert_int_equal(localise_proof_check(f.arena, &f.system, &p, &e), E_OK);
  strbuf_init(&text, 0);
  assert_int_equal(localise_proof_print(&f.system, &p, LANG_EN, false, &text, &e), E_OK);
  assert_string_equal(strbuf_cstr(&text),
                      "to be changed (2, total weight 2): A, B\n"
                      "  1 + 2 gives a rule that does not hold; one of these must change: B, C, D\n"
                      "  1 + 3 gives a rule that does not hold; one of these must change: A, B\n"
                      "  1 + (B >= 0) gives a rule that does not hold; one of these must change: A, C\n"
                      "  1 + 2, 1 + 3 and 1 + (B >= 0) prove that changing any one item is not enough\n");
  strbuf_reset(&text);
  assert_int_equal(localise_proof_print(&f.system, &p, LANG_JA, true, &text, &e), E_OK);
  assert_non_null(strstr(strbuf_cstr(&text), "どの1項目だけを直しても足りないことが証明されます"));
  assert_non_null(strstr(strbuf_cstr(&text), "次の値ならすべてのルールを満たします: A = "));
  strbuf_release(&text);
  release(&f);
}
static void without_edits_everything_passes(void **state) {
  (void)state;
  struct fixture f;
  make(&f, "", false, NULL);
  assert_null(run(&f));
  release(&f);
  make(&f, "A <= B;", false, (double[]){NAN, NAN}); /* nothing but missing values */
  assert_int_equal(run(&f)->n_set, 2);
  release(&f);
  make(&f, "A <= 1; A >= 2;", false, (double[]){1}); /* edits that contradict each other */
  struct localise_proof p;
  struct err e = {0};
  assert_int_equal(run(&f)->status, LOCALISE_NO_SOLUTION);
  assert_int_equal(localise_prove(f.arena, &f.spec, &f.data, 0, &p, &e), E_OK);
  assert_int_equal(p.argument[0].n_support, 0);
  assert_int_equal(localise_proof_check(f.arena, &f.system, &p, &e), E_OK);
  release(&f);
}
/* Whichever allocation fails: E_NO_MEMORY, nothing else; and enough of them were tried. */
static void every_failing_allocation_is_told(void **state) {
  (void)state;
  struct fixture f;
  struct localise_proof p;
  const struct job job = {.n_threads = 1};
  int failed = 0;
  make(&f, "A + B = C; D <= A; C <= 80;", false, (double[]){100, 200, 10, 6});
  f.spec.max_optima = 3;
  for (uint64_t n = 1; n < 200; n++) {
    struct err e = {0};
    arena_fail_at(n);
    const enum err_code run = localise_run(&job, f.arena, &f.spec, &f.data, &f.r, &e);
    arena_fail_at(n);
    const enum err_code prove = localise_prove(f.arena, &f.spec, &f.data, 0, &p, &e);
    arena_fail_at(0);
    assert_true((run == E_OK || run == E_NO_MEMORY) && (prove == E_OK || prove == E_NO_MEMORY));
    failed += (run != E_OK) + (prove != E_OK);
  }
  assert_true(failed > 80);
  assert_int_equal(run(&f)->status, LOCALISE_SOLVED);
  release(&f);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_record_within_the_tolerance_passes),
                                     cmocka_unit_test(two_fields_when_no_single_one_will_do),
                                     cmocka_unit_test(weights_decide_and_infinite_ones_forbid),
                                     cmocka_unit_test(a_weight_must_be_given),
                                     cmocka_unit_test(missing_forced_and_frozen),
                                     cmocka_unit_test(negative_values_are_found_where_none_are_allowed),
                                     cmocka_unit_test(the_limit_of_cost_rejects),
                                     cmocka_unit_test(limits_of_the_search_are_named),
                                     cmocka_unit_test(all_optima_and_priorities),
                                     cmocka_unit_test(ties_differ_between_units_and_seeds_only),
                                     cmocka_unit_test(large_values_need_no_large_numbers_of_changes),
                                     cmocka_unit_test(equations_with_huge_constants_agree),
                                     cmocka_unit_test(the_simplex_gives_a_proof),
                                     cmocka_unit_test(the_proof_in_words),
                                     cmocka_unit_test(weights_of_a_record_replace_those_of_the_variables),
                                     cmocka_unit_test(more_variables_than_a_word_has_bits),
                                     cmocka_unit_test(every_failing_allocation_is_told),
                                     cmocka_unit_test(without_edits_everything_passes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
