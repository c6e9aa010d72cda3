/* Codes: tests/spec/codes_input.csv; lost zeros over every possible municipality code. */
#include "spec_table.h"

#include "collector/normalise.h"
#include "forms/code_structure.h"

static const char FACTS[] = "tests/spec/codes_input.csv";

static struct code_rule rule_of(struct str class) {
  char name[32];
  snprintf(name, sizeof name, "%.*s", (int)class.n, class.p);
  return (struct code_rule){.structure = code_structure_of(name), .width = str_eq(class, STR("width2")) ? 2 : 0};
}

static void every_fact_of_the_table_holds(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  spec_read(a, FACTS, &t);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct code_rule rule = rule_of(csv_table_cell(&t, i, 1));
    struct folded out = {.n = 0};
    uint32_t rules = 0;
    char text[CELL_FOLDED + 1];
    enum err_code code = normalise_code(csv_table_cell(&t, i, 0), &rule, &out, &rules);
    snprintf(text, sizeof text, "%.*s", (int)out.n, out.p);
    spec_compare(&t, i, FACTS, code, rules, text);
  }
  arena_free(a);
}

/* A repaired code is well formed, begins with 0, and had no second reading. */
static void no_five_digits_are_padded_without_proof(void **state) {
  (void)state;
  const struct code_rule rule = {.structure = STRUCTURE_MUNICIPALITY};
  int repaired = 0;
  for (int v = 10000; v <= 99999; v++) {
    char text[16], padded[16];
    struct folded out;
    uint32_t rules = 0;
    snprintf(text, sizeof text, "%05d", v);
    snprintf(padded, sizeof padded, "0%05d", v);
    enum err_code code = normalise_code(str_of(text), &rule, &out, &rules);
    if (code) continue;
    repaired++;
    assert_true(municipality_check_digit_valid(str_of(padded)));
    assert_false(municipality_also_reads_as_five(str_of(text)));
    assert_true(out.n == 6 && memcmp(out.p, padded, 6) == 0 && rules == RULE_BIT(REPAIR_ZERO_CHECK_DIGIT));
  }
  assert_true(repaired > 1000 && repaired < 9000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_fact_of_the_table_holds), cmocka_unit_test(no_five_digits_are_padded_without_proof)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
