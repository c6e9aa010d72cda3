/* Cells and relations, audit with certificates, flows, elimination and the optimum: on tables small enough to be judged by hand, and on the made
 * establishment survey. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/eliminate.h"
#include "estimators/sdc/suppress/optimal.h"
#include "tests/bench/sdc_population.h"

static struct arena *a;
static int setup(void **state) {
  (void)state;
  return !(a = arena_new(0));
}
static int teardown(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}
static enum err_code parse(const char *cells, const char *relations, struct cell_table **t) {
  return cells_parse(a, "cells.csv", str_of(cells), "rels.csv", str_of(relations), t, NULL);
}
static struct cell_table *parsed(const char *cells, const char *relations) {
  struct cell_table *t = NULL;
  assert_int_equal(parse(cells, relations, &t), E_OK);
  return t;
}
static const char rels_3x3[] = "0,1,2\n3,4,5\n6,7,8\n0,3,6\n1,4,7\n2,5,8\n";
static const char cells_pair[] =
    "id,key,value,status,lpl,upl\n0,,60,s,0,0\n1,,20,s,0,0\n2,,40,s,0,0\n3,,15,s,0,0\n4,,5,u,1,1\n5,,10,u,1,1\n6,,45,s,0,0\n7,,15,s,0,0"
    "\n8,,30,s,0,0\n";

static void what_is_read(void **state) {
  (void)state;
  struct cell_table *t = parsed("id,key,value,status,lpl,upl\n0,T,10.50,s,0,0\n1,A,4.25,u,0.5,0.5\n2,B,6.25,s,0,0\n", "0,1,2\n");
  assert_int_equal(t->decimals, 2);
  assert_int_equal(t->value[1], 425);
  assert_int_equal(t->upl[1], 50);
  assert_int_equal(parse("id,value\n0,10\n1,4\n2,7\n", "0,1,2\n", &t), E_SDC_NOT_ADDITIVE);
  assert_int_equal(parse("id,value\n0,10\n1,4\n2,6\n", "0,1,3\n", &t), E_SDC_RELATION);
  assert_int_equal(parse("id,value\n0,10\n2,4\n", "", &t), E_SDC_CELLS);
  assert_int_equal(parse("id,value,status\n0,ten,s\n", "", &t), E_SDC_CELLS);
  assert_int_equal(parse("id,value,status,lpl\n0,1,u,-1\n", "", &t), E_SDC_LEVEL);
}
static void cells_of_one_key_are_one_cell(void **state) {
  (void)state;
  struct cell_table *t = parsed("id,key,value,status\n0,T,10,s\n1,A,4,u\n2,B,6,s\n3,A,4,u\n4,C,1,s\n5,D,3,s\n", "0,1,2\n3,4,5\n");
  assert_int_equal(t->same[3], 1);
  assert_int_equal(t->member[t->first[1]], 1);
  assert_int_equal(parse("id,key,value,status\n0,A,10,s\n1,A,4,s\n", "", &t), E_SDC_DUPLICATE);
}
static struct audit_report audited(const struct cell_table *t, const int32_t *secondary, const struct owners *w) {
  struct audit_report r;
  const struct audit_options o = {.exact = true, .whole = true, .owners = w, .owner_programmes = 100};
  uint8_t *hidden = ARENA_ARRAY(a, uint8_t, t->n_cells);
  for (int i = 0; secondary[i] >= 0; i++) hidden[secondary[i]] = 1;
  assert_int_equal(audit_run(a, t, hidden, &o, &r, NULL), E_OK);
  assert_int_equal(audit_verify(t, hidden, &r, NULL), E_OK);
  return r;
}
static void zeros_of_a_margin_give_a_cell_away(void **state) {
  (void)state;
  struct cell_table *t = parsed(
      "id,key,value,status,lpl,upl\n0,,1,s,0,0\n1,,1,s,0,0\n2,,0,s,0,0\n3,,1,s,0,0\n4,,1,u,1,1\n5,,0,s,0,0\n6,,0,s,0,0\n7,,0,s,0,0\n8,,0,"
      "s,0,0\n", rels_3x3);
  const struct audit_report r = audited(t, (int32_t[]){5, 7, 8, -1}, NULL);
  assert_int_equal(r.n_exact, 1);
  assert_int_equal(r.linear_primary, 0);
  assert_false(r.clean);
}
static void the_only_contributor_subtracts_himself(void **state) {
  (void)state;
  const int32_t first[] = {0, 1, 2}, own[] = {4, 5};
  const struct owners w = {.n = 2, .first = first, .cell = own};
  struct cell_table *t = parsed(cells_pair, rels_3x3);
  struct audit_report r = audited(t, (int32_t[]){7, 8, -1}, NULL);
  assert_true(r.clean);
  r = audited(t, (int32_t[]){7, 8, -1}, &w);
  assert_false(r.clean);
  assert_true(r.n_owner >= 2);
  struct suppress_result s;
  assert_int_equal(suppress_by_flow(a, t, &(struct suppress_options){.owners = &w, .owner_programmes = 10, .clean_up = true}, &s, NULL), E_OK);
  assert_true(s.audit.clean);
  assert_true(s.hidden[3]); /* the row's total is the only partner left */
}
static void interval_of_the_handbook(void **state) {
  (void)state; /* Geurts 1992: with 4, 5, 7, 8 suppressed cell 4 lies in [3, 6] */
  struct cell_table *t = parsed("id,value,status\n0,16,s\n1,9,s\n2,7,s\n3,7,s\n4,5,u\n5,2,s\n6,3,s\n7,1,u\n8,2,s\n9,6,s\n10,3,s\n11,3,s\n",
      "0,1,2\n3,4,5\n6,7,8\n9,10,11\n0,3,6,9\n1,4,7,10\n2,5,8,11\n");
  const struct audit_report r = audited(t, (int32_t[]){5, 8, -1}, NULL);
  double low, high;
  audit_interval(t, &r.cell[0], true, &low, &high);
  assert_true(low == 3 && high == 6);
}
static void a_false_certificate_is_found(void **state) {
  (void)state;
  struct cell_table *t = parsed(cells_pair, rels_3x3);
  uint8_t hidden[9] = {0, 0, 0, 0, 1, 1, 0, 1, 1};
  struct audit_report r;
  assert_int_equal(audit_run(a, t, hidden, &(struct audit_options){0}, &r, NULL), E_OK);
  assert_int_equal(audit_verify(t, hidden, &r, NULL), E_OK);
  assert_true(r.n_witnesses > 0);
  r.witness[0].deviation[0] += 1; /* does not add up */
  assert_int_equal(audit_verify(t, hidden, &r, NULL), E_SDC_CERTIFICATE);
  r.witness[0].deviation[0] -= 1;
  hidden[8] = 0; /* moves a published cell */
  assert_int_equal(audit_verify(t, hidden, &r, NULL), E_SDC_CERTIFICATE);
  hidden[8] = 1;
  r.cell[0].high_ok = r.cell[0].low_ok = true;
  r.cell[0].low_witness = r.cell[0].high_witness = -1; /* claims more than the true table shows */
  assert_int_equal(audit_verify(t, hidden, &r, NULL), E_SDC_CERTIFICATE);
}
static void a_trapped_cell_is_named_with_its_relation(void **state) {
  (void)state;
  struct cell_table *t = parsed("id,value,status,lpl,upl\n0,10,z,0,0\n1,4,u,1,1\n2,6,z,0,0\n", "0,1,2\n");
  struct suppress_result s;
  assert_int_equal(suppress_by_flow(a, t, &(struct suppress_options){0}, &s, NULL), E_OK);
  assert_false(s.audit.clean);
  assert_int_equal(s.n_trapped, 1);
  assert_int_equal(s.trapped[0].cell, 1);
  assert_int_equal(s.trapped[0].relation, 0);
}
static void negative_values_have_no_floor(void **state) {
  (void)state;
  struct cell_table *t = parsed("id,value,status,lpl,upl\n0,1,s,0,0\n1,-4,u,1,1\n2,5,s,0,0\n", "0,1,2\n");
  assert_false(t->nonnegative);
  struct suppress_result s;
  assert_int_equal(suppress_by_flow(a, t, &(struct suppress_options){0}, &s, NULL), E_OK);
  assert_true(s.audit.clean);
}
static void elimination_gives_the_reference_cells(void **state) {
  (void)state;
  struct population *p = malloc(sizeof *p);
  struct cell_table *t;
  struct eliminate_result r;
  double value;
  assert_non_null(p);
  pop_make(p, 20240611, 60000);
  assert_int_equal(pop_table(a, p, false, &t, NULL), E_OK);
  free(p);
  uint8_t *hidden = ARENA_ARRAY(a, uint8_t, t->n_cells);
  assert_int_equal(suppress_by_elimination(t, NULL, NULL, hidden, &r, NULL), E_OK);
  assert_int_equal(suppress_secondaries(t, hidden, &value), 1158); /* GaussSuppression 1.2.3, singletons not treated */
  assert_true(value == 5740788);
  assert_int_equal(r.n_inner, 3539);
  struct audit_report audit;
  assert_int_equal(audit_run(a, t, hidden, &(struct audit_options){0}, &audit, NULL), E_OK);
  assert_int_equal(audit.n_violations, 1205);
  assert_int_equal(audit.rank, 2801);
}

/* All patterns of a 4 x 4 table by brute force: the optimum is the cheapest that the audit passes. */
static struct cell_table *square(uint64_t seed) {
  struct cell_builder b;
  struct cell_table *t = NULL;
  int64_t v[4][4] = {{0}};
  for (int i = 1; i < 4; i++)
    for (int j = 1; j < 4; j++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      v[i][j] = 1 + (int64_t)(seed >> 60);
      v[0][j] += v[i][j], v[i][0] += v[i][j], v[0][0] += v[i][j];
    }
  assert_int_equal(cell_builder_begin(&b, a, "square", 0, NULL), E_OK);
  for (int k = 0; k < 16; k++) {
    const bool primary = k == 5 || k == 10;
    assert_int_equal(cell_builder_cell(&b, STR(""), v[k / 4][k % 4], primary ? 'u' : 's', primary, primary, NULL), E_OK);
  }
  for (int i = 0; i < 4; i++) {
    const int32_t row[] = {4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3}, column[] = {i, 4 + i, 8 + i, 12 + i};
    assert_int_equal(cell_builder_relation(&b, 4, row, NULL), E_OK);
    assert_int_equal(cell_builder_relation(&b, 4, column, NULL), E_OK);
  }
  assert_int_equal(cell_builder_close(&b, &t, NULL), E_OK);
  return t;
}
static double cheapest(const struct cell_table *t) {
  double best = INFINITY;
  for (int bits = 0; bits < 1 << 16; bits++) {
    uint8_t hidden[16];
    double cost = 0;
    if (!(bits >> 5 & 1) || !(bits >> 10 & 1)) continue;
    for (int k = 0; k < 16; k++) hidden[k] = bits >> k & 1, cost += hidden[k] && t->status[k] != 'u' ? (double)t->value[k] : 0;
    if (cost >= best) continue;
    struct arena *one = arena_new(0);
    struct audit_report r;
    assert_int_equal(audit_run(one, t, hidden, &(struct audit_options){0}, &r, NULL), E_OK);
    if (r.clean) best = cost;
    arena_free(one);
  }
  return best;
}
static void optimum_is_that_of_all_patterns(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    struct cell_table *t = square(seed);
    struct suppress_result s;
    struct optimal_report r;
    assert_int_equal(suppress_optimal(a, t, &(struct suppress_options){.cost = FLOW_COST_VALUE}, 30, &s, &r, NULL), E_OK);
    assert_true(r.proved && s.audit.clean);
    assert_true(fabs(r.cost - cheapest(t)) < 1e-6);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_read, setup, teardown),
      cmocka_unit_test_setup_teardown(cells_of_one_key_are_one_cell, setup, teardown),
      cmocka_unit_test_setup_teardown(zeros_of_a_margin_give_a_cell_away, setup, teardown),
      cmocka_unit_test_setup_teardown(the_only_contributor_subtracts_himself, setup, teardown),
      cmocka_unit_test_setup_teardown(interval_of_the_handbook, setup, teardown),
      cmocka_unit_test_setup_teardown(a_false_certificate_is_found, setup, teardown),
      cmocka_unit_test_setup_teardown(a_trapped_cell_is_named_with_its_relation, setup, teardown),
      cmocka_unit_test_setup_teardown(negative_values_have_no_floor, setup, teardown),
      cmocka_unit_test_setup_teardown(elimination_gives_the_reference_cells, setup, teardown),
      cmocka_unit_test_setup_teardown(optimum_is_that_of_all_patterns, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
