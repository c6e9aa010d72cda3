/* Mixed localisation by hand: IF-THEN over categories and numbers, soft rules, whole steps, operations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/table.h"
#include "processing/localise/localise_mixed_run.h"
#include "processing/localise/mixed_proof.h"

/* Numbers AGE, PAY, HOURS, REST (whole, not negative, at most 1e7); categories MARRIED {yes, no}, WORK {employed, none, retired}. */
enum { AGE, PAY, HOURS, REST, P, MARRIED = P, WORK };
static const uint64_t NO = 2, EMPLOYED = 1, NONE_OR_RETIRED = 6;
struct world {
  struct rule_set rules;
  const char *names[P];
  double lower[P], upper[P], weight[P + 2], coef[8][2];
  int decimals[P], var[8][2];
  struct rule_category category[2];
  struct rule rule[6];
  struct rule_atom atom[12];
  int n_linear, n_atoms;
};
static struct rule_atom *linear(struct world *w, enum linear_op op, int a, double ca, int b, double cb, double rhs) {
  const int at = w->n_linear++;
  struct rule_atom *t = &w->atom[w->n_atoms++];
  w->var[at][0] = a;
  w->coef[at][0] = ca;
  w->var[at][1] = b;
  w->coef[at][1] = cb;
  *t = (struct rule_atom){.linear = {.op = op, .n = b >= 0 ? 2 : 1, .var = w->var[at], .coef = w->coef[at], .rhs = rhs, .id = "l"}};
  return t;
}
static void category(struct world *w, int k, const uint64_t *set) {
  w->atom[w->n_atoms++] = (struct rule_atom){.category = true, .k = k, .set = set};
}
static void rule(struct world *w, const char *id, int first, double soft) {
  w->rule[w->rules.n_rules++] = (struct rule){.id = id, .n_atoms = w->n_atoms - first, .atoms = &w->atom[first], .soft = soft > 0, .weight = soft};
}
static void make(struct world *w) {
  static const struct str YES_NO[] = {{"yes", 3}, {"no", 2}}, WORKS[] = {{"employed", 8}, {"none", 4}, {"retired", 7}};
  static const char *const NAMES[] = {"AGE", "PAY", "HOURS", "REST"};
  *w = (struct world){.category = {{.name = "MARRIED", .n_codes = 2, .codes = YES_NO}, {.name = "WORK", .n_codes = 3, .codes = WORKS}}};
  w->rules = (struct rule_set){.n_categories = 2,
                               .categories = w->category,
                               .rules = w->rule,
                               .numeric = {.p = P, .names = w->names, .lower = w->lower, .upper = w->upper, .decimals = w->decimals}};
  for (int j = 0; j < P; j++) {
    w->names[j] = NAMES[j];
    w->upper[j] = 1e7;
  }
  for (int j = 0; j < P + 2; j++) w->weight[j] = 1;
  category(w, 0, &NO); /* married is 16 or older */
  linear(w, LINEAR_LE, AGE, -1, -1, 0, -16);
  rule(w, "marriage", 0, 0);
  int at = w->n_atoms; /* without work no pay */
  category(w, 1, &EMPLOYED);
  linear(w, LINEAR_EQ, PAY, 1, -1, 0, 0);
  rule(w, "pay", at, 0);
  at = w->n_atoms; /* a week has 168 hours */
  linear(w, LINEAR_EQ, HOURS, 1, REST, 1, 168);
  rule(w, "week", at, 0);
  at = w->n_atoms; /* the employed are seldom 90 */
  category(w, 1, &NONE_OR_RETIRED);
  linear(w, LINEAR_LE, AGE, 1, -1, 0, 90);
  rule(w, "old", at, 0.4);
  at = w->n_atoms; /* pay an hour at most 100 */
  linear(w, LINEAR_LE, PAY, 1, HOURS, -100, 0);
  rule(w, "rate", at, 0);
}
static struct mixed_answer solve(struct arena *a, struct world *w, const double *x, const int *code, const struct operation *o, int n) {
  const bool missing[P] = {isnan(x[0]), isnan(x[1]), isnan(x[2]), isnan(x[3])};
  double values[P];
  for (int j = 0; j < P; j++) values[j] = missing[j] ? 0 : x[j];
  const struct mixed_spec spec = {.rules = &w->rules,
                                  .weight = w->weight,
                                  .whole = true,
                                  .seed = 1,
                                  .max_cost = INFINITY,
                                  .operations = o,
                                  .n_operations = n,
                                  .max_operations = n ? 2 : 0};
  const struct mixed_record r = {.unit = STR("unit"), .x = values, .missing = missing, .code = code};
  struct mixed_answer out;
  struct err e = {0};
  assert_int_equal(localise_mixed(a, &spec, &r, &out, &e), E_OK);
  return out;
}
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
static void a_consistent_record_passes(void **state) {
  (void)state;
  struct world w;
  make(&w);
  assert_int_equal(solve(arena, &w, (double[]){40, 3000, 40, 128}, (int[]){0, 0}, NULL, 0).status, LOCALISE_PASSED);
}
static void age_or_marriage_whichever_is_cheaper(void **state) {
  (void)state;
  struct world w;
  make(&w);
  w.weight[MARRIED] = 2;
  struct mixed_answer m = solve(arena, &w, (double[]){9, 0, 0, 168}, (int[]){0, 1}, NULL, 0);
  assert_true(m.status == LOCALISE_SOLVED && m.n_set == 1 && m.set[0] == AGE && m.x[AGE] >= 16);
  w.weight[AGE] = 3;
  m = solve(arena, &w, (double[]){9, 0, 0, 168}, (int[]){0, 1}, NULL, 0);
  assert_true(m.n_set == 1 && m.set[0] == MARRIED && m.code[0] == 1 && m.cost == 2);
}
static void pay_without_work_and_beyond_the_rate(void **state) {
  (void)state;
  struct world w;
  make(&w);
  struct mixed_answer m = solve(arena, &w, (double[]){30, 9000, 40, 128}, (int[]){1, 2}, NULL, 0); /* pay 0 mends both */
  assert_true(m.n_set == 1 && m.set[0] == PAY && m.x[PAY] == 0);
  w.weight[PAY] = 9;
  m = solve(arena, &w, (double[]){30, 9000, 40, 128}, (int[]){1, 2}, NULL, 0); /* else work, hours and rest */
  assert_true(m.n_set == 3 && m.set[0] == HOURS && m.set[1] == REST && m.set[2] == WORK && m.code[1] == 0 && m.x[HOURS] >= 90);
}
static void a_soft_rule_is_paid_when_that_is_cheapest(void **state) {
  (void)state;
  struct world w;
  make(&w);
  struct mixed_answer m = solve(arena, &w, (double[]){95, 3000, 40, 128}, (int[]){1, 0}, NULL, 0);
  assert_true(m.status == LOCALISE_SOLVED && m.n_set == 0 && m.n_paid == 1 && m.cost == 0.4);
  assert_string_equal(w.rule[m.paid[0]].id, "old");
  w.rule[3].weight = 5;
  m = solve(arena, &w, (double[]){95, 3000, 40, 128}, (int[]){1, 0}, NULL, 0);
  assert_true(m.n_set == 1 && m.set[0] == AGE && m.n_paid == 0);
}
static void missing_codes_and_numbers_are_in_the_set(void **state) {
  (void)state;
  struct world w;
  make(&w);
  struct mixed_answer m = solve(arena, &w, (double[]){30, 3000, NAN, 128}, (int[]){1, -1}, NULL, 0);
  assert_true(m.n_set == 2 && m.set[0] == HOURS && m.set[1] == WORK && m.x[HOURS] == 40 && m.code[1] == 0);
}
static void values_are_whole_where_decimals_are_declared(void **state) {
  (void)state;
  struct world w;
  make(&w);
  w.coef[2][0] = 2; /* week: 2 HOURS + REST = 168, and REST = 127 is odd */
  struct mixed_answer m = solve(arena, &w, (double[]){30, 0, NAN, 127}, (int[]){1, 1}, NULL, 0);
  assert_true(m.status == LOCALISE_SOLVED && m.n_set == 2 && m.set[1] == REST && m.x[HOURS] == floor(m.x[HOURS]) &&
              2 * m.x[HOURS] + m.x[REST] == 168);
}
static void operations_where_they_cost_less(void **state) {
  (void)state;
  struct world w;
  make(&w);
  const struct operation o[] = {{.kind = OPERATION_SWAP, .a = AGE, .b = HOURS, .weight = 0.6},
                                {.kind = OPERATION_DIVIDE, .a = PAY, .factor = 1000, .weight = 0.5},
                                {.kind = OPERATION_SIGN, .a = HOURS, .weight = 0.5},
                                {.kind = OPERATION_MOVE, .a = HOURS, .b = AGE, .weight = 0.7}};
  struct mixed_answer m = solve(arena, &w, (double[]){30, 3000000, 40, 128}, (int[]){1, 0}, o, 4);
  assert_true(m.status == LOCALISE_SOLVED && m.n_set == 0 && m.n_operations == 1 && m.operations[0] == 1 && m.x[PAY] == 3000 && m.cost == 0.5);
  m = solve(arena, &w, (double[]){30, 3000, -40, 128}, (int[]){1, 0}, o, 4);
  assert_true(m.n_operations == 1 && m.operations[0] == 2 && m.x[HOURS] == 40);
  m = solve(arena, &w, (double[]){40, 3000, 88, 128}, (int[]){1, 0}, o, 1); /* hours and age swapped */
  assert_true(m.n_operations == 1 && m.operations[0] == 0 && m.x[AGE] == 88 && m.x[HOURS] == 40);
  m = solve(arena, &w, (double[]){20, 3000, 50, 128}, (int[]){1, 0}, o + 3, 1); /* ten hours belong to the age */
  assert_true(m.n_set == 0 && m.n_operations == 1 && m.x[HOURS] == 40 && m.x[AGE] == 30 && m.cost == 0.7);
  m = solve(arena, &w, (double[]){30, 3000000, -40, 128}, (int[]){1, 0}, o, 4); /* two at a time */
  assert_true(m.n_operations == 2 && m.cost == 1 && m.x[HOURS] == 40 && m.x[PAY] == 3000);
  m = solve(arena, &w, (double[]){30, 3000, 40, 128}, (int[]){1, 0}, o, 4);
  assert_true(m.status == LOCALISE_PASSED && m.n_operations == 0);
}
static void limits_are_told(void **state) {
  (void)state;
  struct world w;
  make(&w);
  const struct mixed_record r = {
      .unit = STR("unit"), .x = (double[]){9, 9000, 40, 28}, .missing = (bool[]){false, false, false, false}, .code = (int[]){0, 1}};
  struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY, .max_nodes = 2};
  struct mixed_answer m;
  struct err e = {0};
  assert_int_equal(localise_mixed(arena, &spec, &r, &m, &e), E_OK);
  assert_true(m.status == LOCALISE_UNSOLVED && m.reason == LOCALISE_NODES);
  spec.max_nodes = 0;
  spec.max_cost = 1;
  assert_int_equal(localise_mixed(arena, &spec, &r, &m, &e), E_OK);
  assert_int_equal(m.status, LOCALISE_REJECTED_CARDINALITY);
  spec.weight = NULL;
  assert_int_equal(localise_mixed(arena, &spec, &r, &m, &e), E_LOCALISE_WEIGHT);
}
static void the_proof_in_words_and_its_check(void **state) {
  (void)state;
  struct world w;
  make(&w);
  w.weight[MARRIED] = w.weight[PAY] = 2;
  const struct operation o[] = {{.kind = OPERATION_SIGN, .a = HOURS, .weight = 0.5}};
  const struct mixed_record r = {
      .unit = STR("unit"), .x = (double[]){9, 3000, -40, 128}, .missing = (bool[]){false, false, false, false}, .code = (int[]){0, 1}};
  const struct mixed_spec spec = {
      .rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY, .operations = o, .n_operations = 1, .max_operations = 1, .whole = true};
  struct mixed_proof f;
  struct err e = {0};
  struct strbuf text;
  assert_int_equal(mixed_prove(arena, &spec, &r, &f, &e), E_OK);
  assert_int_equal(mixed_proof_check(arena, &spec, &r, &f, &e), E_OK);
  strbuf_init(&text, 0);
  assert_int_equal(mixed_proof_print(&spec, &f, LANG_EN, &text, &e), E_OK);
  assert_string_equal(strbuf_cstr(&text),
                      "to be changed (2, total weight 2.5): AGE, WORK\n"
                      "  the sign of HOURS is turned\n"
                      "  marriage shows that one of these must change: AGE, MARRIED\n"
                      "  pay shows that one of these must change: PAY, WORK\n");
  strbuf_reset(&text);
  assert_int_equal(mixed_proof_print(&spec, &f, LANG_JA, &text, &e), E_OK);
  assert_non_null(strstr(strbuf_cstr(&text), "marriage から、次の少なくとも一つを直す必要があります: AGE、MARRIED"));
  strbuf_release(&text);
  const int week = 2, age = AGE; /* the week proves nothing about the age */
  const struct mixed_argument wrong[] = {f.argument[0], f.argument[1], {.n_items = 1, .item = &age, .n_rules = 1, .rule = &week}};
  f.argument = wrong;
  f.n_arguments = 3;
  assert_int_equal(mixed_proof_check(arena, &spec, &r, &f, &e), E_LOCALISE_PROOF);
}
/* Whoever is employed works; the week is full: what three rules together prove, in their multiples. */
static void multipliers_are_written(void **state) {
  (void)state;
  struct world w;
  make(&w);
  w.weight[REST] = 4;
  const struct mixed_record r = {
      .unit = STR("unit"), .x = (double[]){30, 9000, 20, 148}, .missing = (bool[]){false, false, false, false}, .code = (int[]){1, 0}};
  const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY, .whole = true};
  w.weight[PAY] = 8;
  struct mixed_proof f;
  struct err e = {0};
  struct strbuf text;
  assert_int_equal(mixed_prove(arena, &spec, &r, &f, &e), E_OK);
  assert_int_equal(mixed_proof_check(arena, &spec, &r, &f, &e), E_OK);
  assert_true(f.answer.n_set == 2 && f.answer.set[0] == HOURS && f.answer.set[1] == REST);
  strbuf_init(&text, 0);
  assert_int_equal(mixed_proof_print(&spec, &f, LANG_EN, &text, &e), E_OK);
  assert_string_equal(strbuf_cstr(&text),
                      "to be changed (2, total weight 5): HOURS, REST\n"
                      "  rate shows that one of these must change: PAY, HOURS\n"
                      "  week, rate show that one of these must change: PAY, REST\n"
                      "    100 x week + rate cannot hold\n");
  strbuf_reset(&text);
  assert_int_equal(mixed_proof_print(&spec, &f, LANG_JA, &text, &e), E_OK);
  assert_non_null(strstr(strbuf_cstr(&text), "100×week + rate は成り立ちません"));
  strbuf_release(&text);
}
static void a_prediction_settles_ties(void **state) {
  (void)state;
  struct world w;
  make(&w);
  const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY, .whole = true};
  for (int far = 0; far < 2; far++) { /* HOURS + REST = 168 fails: the one farther from its prediction is to be changed */
    const struct mixed_record r = {.unit = STR("unit"),
                                   .x = (double[]){30, 0, 40, 88},
                                   .missing = (bool[]){false, false, false, false},
                                   .code = (int[]){1, 1},
                                   .prediction = (double[]){30, 0, far ? 40 : 80, far ? 128 : 88}};
    struct mixed_answer m;
    struct err e = {0};
    assert_int_equal(localise_mixed(arena, &spec, &r, &m, &e), E_OK);
    assert_true(m.n_set == 1 && m.set[0] == (far ? REST : HOURS) && m.cost == 1);
  }
}
static struct mixed_columns columns_of(const double *x, const uint8_t *const *status, const int *const *code, const double **column, int64_t n,
                                       const struct str *unit) {
  for (int j = 0; j < P; j++) column[j] = &x[j * n];
  return (struct mixed_columns){.n = n, .unit = unit, .x = column, .status = status, .code = code};
}
/* 3 HOURS = 100 and HOURS = 33.3333345: no solution as written, one within the tolerances. The widened rows are asked, and that is counted. */
static void doubtful_feasibility_is_settled_and_counted(void **state) {
  (void)state;
  struct world w;
  make(&w);
  for (int j = 0; j < P; j++) w.decimals[j] = -1;
  int at = w.n_atoms;
  linear(&w, LINEAR_EQ, HOURS, 3, -1, 0, 100);
  rule(&w, "third", at, 0);
  w.coef[2][1] = 0; /* week: HOURS = 33.3333345 */
  w.atom[4].linear.rhs = 33.3333345;
  const double x[P] = {30, 0, 40, 88}, *column[P];
  const uint8_t reported[1] = {VAL_REPORTED}, *status[P] = {reported, reported, reported, reported};
  const int second[1] = {1}, *code[2] = {second, second};
  const struct mixed_columns data = columns_of(x, status, code, column, 1, &(const struct str){"unit", 4});
  const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY};
  struct mixed_result r;
  struct err e = {0};
  assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, arena, &spec, &data, &r, &e), E_OK);
  assert_true(r.n_cases == 1 && r.cases[0].status == LOCALISE_SOLVED && r.cases[0].n_set == 1 && r.cases[0].set[0] == HOURS);
  assert_true(r.metrics.doubtful > 0);
  w.atom[4].linear.rhs = 33.34; /* beyond the tolerances: nothing to doubt */
  assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, arena, &spec, &data, &r, &e), E_OK);
  assert_true(r.n_cases == 1 && r.cases[0].status == LOCALISE_NO_SOLUTION && r.metrics.doubtful == 0);
  w.weight[PAY] = 0;
  assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, arena, &spec, &data, &r, &e), E_LOCALISE_WEIGHT);
}
static void every_failing_allocation_is_told(void **state) {
  (void)state;
  struct world w;
  make(&w);
  const struct mixed_record r = {
      .unit = STR("unit"), .x = (double[]){9, 9000, 40, 128}, .missing = (bool[]){false, false, false, false}, .code = (int[]){0, 1}};
  const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .seed = 1, .max_cost = INFINITY, .whole = true};
  int failed = 0;
  for (uint64_t n = 1; n < 150; n++) {
    struct mixed_proof f;
    struct err e = {0};
    arena_fail_at(n);
    enum err_code code = mixed_prove(arena, &spec, &r, &f, &e);
    arena_fail_at(n);
    if (code == E_OK) code = mixed_proof_check(arena, &spec, &r, &f, &e);
    arena_fail_at(0);
    assert_true(code == E_OK || code == E_NO_MEMORY);
    failed += code != E_OK;
  }
  assert_true(failed > 60);
  failed = 0;
  const double *column[P];
  const uint8_t reported[1] = {VAL_REPORTED}, *status[P] = {reported, reported, reported, reported};
  const struct mixed_columns data = columns_of(r.x, status, (const int *[]){&r.code[0], &r.code[1]}, column, 1, &(const struct str){"unit", 4});
  for (uint64_t n = 1; n < 120; n++) {
    struct mixed_result out;
    struct err e = {0};
    arena_fail_at(n);
    const enum err_code code = localise_mixed_run(&(struct job){.n_threads = 1}, arena, &spec, &data, &out, &e);
    arena_fail_at(0);
    assert_true(code == E_OK || code == E_NO_MEMORY);
    failed += code != E_OK;
  }
  assert_true(failed > 30);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_consistent_record_passes, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(age_or_marriage_whichever_is_cheaper, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(pay_without_work_and_beyond_the_rate, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(a_soft_rule_is_paid_when_that_is_cheapest, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(missing_codes_and_numbers_are_in_the_set, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(values_are_whole_where_decimals_are_declared, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(operations_where_they_cost_less, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(limits_are_told, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(the_proof_in_words_and_its_check, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(multipliers_are_written, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(a_prediction_settles_ties, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(doubtful_feasibility_is_settled_and_counted, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(every_failing_allocation_is_told, set_up, tear_down)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
