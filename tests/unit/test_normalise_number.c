/* Numbers as people write them: tests/spec/numbers_input.csv; the width allowlist against NFKC. */
#include "spec_table.h"

#include "base/ext_utf8proc.h"
#include "collector/normalise.h"

static const char FACTS[] = "tests/spec/numbers_input.csv";

/* class: decimals, or a unit whose words may follow */
static struct number_rule rule_of(struct str class) {
  if (str_eq(class, STR("g"))) return (struct number_rule){0, number_unit_texts("g", 1)};
  if (str_eq(class, STR("yen"))) return (struct number_rule){0, number_unit_texts("yen", 1)};
  if (str_eq(class, STR("yen1000"))) return (struct number_rule){0, number_unit_texts("yen", 1000)};
  return (struct number_rule){class.p[0] - '0', NULL};
}

static void every_fact_of_the_table_holds(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  spec_read(a, FACTS, &t);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct number_rule rule = rule_of(csv_table_cell(&t, i, 1));
    int64_t value = 0;
    uint32_t rules = 0;
    char text[32];
    enum err_code code = normalise_number(csv_table_cell(&t, i, 0), &rule, &value, &rules);
    snprintf(text, sizeof text, "%lld", (long long)value);
    spec_compare(&t, i, FACTS, code, rules, text);
  }
  arena_free(a);
}

/* What is folded at all is folded as NFKC does; circled digits, ligatures and units are not. */
static void width_folding_is_a_part_of_nfkc(void **state) {
  (void)state;
  int folded = 0;
  for (uint32_t c = 0x80; c < 0x20000; c++) {
    char p[4];
    struct folded out;
    uint32_t rules = 0;
    if (c >= 0xd800 && c <= 0xdfff) continue;
    size_t n = utf8_encode(c, p);
    char around[8] = "a";
    memcpy(around + 1, p, n);
    around[n + 1] = 'a';
    assert_true(normalise_fold(str_view(around, n + 2), false, &out, &rules));
    if (out.n == n + 2 && memcmp(out.p, around, out.n) == 0) continue;
    struct strbuf b;
    strbuf_init(&b, 0);
    assert_true(text_nfkc(str_view(around, n + 2), &b));
    if (b.n != out.n || memcmp(b.p, out.p, b.n)) fail_msg("U+%04X is folded unlike NFKC", (unsigned)c);
    strbuf_release(&b);
    folded++;
  }
  assert_int_equal(folded, 10 + 26 + 26 + 8);
}

static void a_row_of_digits_is_the_same_on_both_paths(void **state) {
  (void)state;
  const struct number_rule rule = {0};
  for (int64_t v = 1; v > 0 && v < INT64_MAX / 7; v *= 7) {
    char plain[32], spaced[40];
    int64_t a = 0, b = 0;
    uint32_t rules = 0;
    snprintf(plain, sizeof plain, "%lld", (long long)v);
    snprintf(spaced, sizeof spaced, "+%lld", (long long)v);
    assert_int_equal(normalise_number(str_of(plain), &rule, &a, &rules), E_OK);
    assert_int_equal(normalise_number(str_of(spaced), &rule, &b, &rules), E_OK);
    assert_true(a == v && b == v);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_fact_of_the_table_holds), cmocka_unit_test(width_folding_is_a_part_of_nfkc),
                                     cmocka_unit_test(a_row_of_digits_is_the_same_on_both_paths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
