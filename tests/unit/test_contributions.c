/* Contributions judged by hand: primary cells, levels, and what each owner or pair may learn of the largest other one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "estimators/sdc/suppress/contributions.h"

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
static const char cells[] = "id,key,value\n0,T,200\n1,A,100\n2,B,100\n", relations[] = "0,1,2\n";
static const struct sdc_rule p10 = {.name = "p", .status = "unconfirmed", .min_n = 3, .p = 10};
static struct cell_table *table(void) {
  struct cell_table *t = NULL;
  assert_int_equal(cells_parse(a, "cells", str_of(cells), "relations", str_of(relations), &t, NULL), E_OK);
  return t;
}
static enum err_code apply(struct cell_table *t, const char *rows, bool pairs, struct contributions *x) {
  return contributions_apply(a, "units", str_of(rows), &p10, pairs, t, x, NULL);
}
static const struct owner_part *part_of(const struct owners *w, int32_t cell, int64_t amount) {
  for (int32_t k = 0; k < w->n; k++)
    for (int32_t i = w->part_first[k]; i < w->part_first[k + 1]; i++)
      if (w->part[i].cell == cell && w->part[i].amount == amount) return &w->part[i];
  return NULL;
}
/* B is ten even units: safe. */
#define EVEN "2,b1,10\n2,b2,10\n2,b3,10\n2,b4,10\n2,b5,10\n2,b6,10\n2,b7,10\n2,b8,10\n2,b9,10\n2,b0,10\n"

static void levels_are_those_of_the_rule(void **state) {
  (void)state;
  struct cell_table *t = table();
  struct contributions x;
  assert_int_equal(apply(t, "cell,unit,value\n1,a,80\n1,b,15\n1,c,5\n" EVEN, true, &x), E_OK);
  assert_int_equal(x.reason[1], SDC_P_PERCENT); /* the rest of 5 is below 10 % of 80 */
  assert_int_equal(t->status[1], 'u');
  assert_int_equal(t->upl[1], 3);
  assert_int_equal(t->lpl[1], 3);
  assert_int_equal(x.reason[2], SDC_SAFE);
  assert_int_equal(x.reason[0], SDC_SAFE);
  assert_int_equal(x.n_units, 13);
  /* (1 + p) x + own - total */
  assert_int_equal(part_of(&x.owners, 1, 15)->level, 3);  /* 88 + 15 - 100 */
  assert_int_equal(part_of(&x.owners, 1, 5)->level, 0);   /* 88 + 5 - 100 < 0 */
  assert_int_equal(part_of(&x.owners, 1, 80)->level, 0);  /* 16.5 + 80 - 100 < 0 */
  assert_int_equal(part_of(&x.owners, 1, 20)->level, 8);  /* b and c together: 88 + 20 - 100 */
}
static void a_holding_is_one_owner(void **state) {
  (void)state;
  struct cell_table *t = table();
  struct contributions x;
  assert_int_equal(apply(t, "cell,unit,value,holding\n1,a,80,\n1,b,15,h\n1,c,5,h\n2,b1,40,\n2,b2,30,\n2,b3,30,\n", false, &x), E_OK);
  assert_int_equal(x.reason[1], SDC_FEW); /* two owners */
  assert_int_equal(t->upl[1], 8);         /* of the p % rule, which decides as well */
  assert_int_equal(part_of(&x.owners, 1, 20)->level, 8);
  assert_null(part_of(&x.owners, 1, 15));
}
static void who_is_alone_knows_the_cell(void **state) {
  (void)state;
  struct cell_table *t = table();
  struct contributions x;
  assert_int_equal(apply(t, "cell,unit,value\n1,a,100\n" EVEN, false, &x), E_OK);
  assert_int_equal(x.reason[1], SDC_FEW);
  assert_int_equal(t->upl[1], 10);
  bool found = false;
  for (int32_t k = 0; k < x.owners.n; k++)
    for (int32_t i = x.owners.first[k]; i < x.owners.first[k + 1]; i++) found = found || x.owners.cell[i] == 1;
  assert_true(found);
  assert_null(part_of(&x.owners, 1, 100));
}
static void a_unit_counts_once_in_a_total(void **state) {
  (void)state;
  struct cell_table *t = table();
  struct contributions x;
  assert_int_equal(apply(t, "cell,unit,value\n1,a,60\n1,b,40\n2,a,50\n2,b,50\n", false, &x), E_OK);
  assert_int_equal(x.reason[0], SDC_FEW); /* a and b, four rows */
  assert_int_equal(x.n_primary, 3);
}
static const struct {
  const char *rows;
  enum err_code code;
} bad[] = {
    {"cell,unit,value\n1,a,99\n" EVEN, E_SDC_CONTRIBUTIONS_SUM},
    {"cell,unit,value\n1,a,100\n", E_SDC_CONTRIBUTIONS_SUM}, /* nothing of B */
    {"cell,unit,value\n0,a,200\n", E_SDC_CONTRIBUTIONS},     /* a total */
    {"cell,unit,value\n7,a,100\n", E_SDC_CONTRIBUTIONS},
    {"cell,unit,value\n1,,100\n", E_SDC_CONTRIBUTIONS},
    {"cell,unit,value\n1,a,1e2\n", E_SDC_CONTRIBUTIONS},
    {"cell,unit,value,weight\n1,a,100,0\n", E_SDC_CONTRIBUTIONS},
    {"cell,unit,value,waiver\n1,a,100,yes\n", E_SDC_CONTRIBUTIONS},
    {"unit,value\na,100\n", E_SDC_CONTRIBUTIONS},
};
static void what_is_wrong_is_named(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct contributions x;
    if (apply(table(), bad[i].rows, false, &x) != bad[i].code) fail_msg("%s", bad[i].rows);
  }
  struct cell_table *t = table();
  struct contributions x;
  t->status[1] = 'z';
  assert_int_equal(apply(t, "cell,unit,value\n1,a,100\n" EVEN, false, &x), E_SDC_CONFLICT);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(levels_are_those_of_the_rule, setup, teardown),
      cmocka_unit_test_setup_teardown(a_holding_is_one_owner, setup, teardown),
      cmocka_unit_test_setup_teardown(who_is_alone_knows_the_cell, setup, teardown),
      cmocka_unit_test_setup_teardown(a_unit_counts_once_in_a_total, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_wrong_is_named, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
