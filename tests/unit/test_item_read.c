/* One cell of one item: signs by what the form declares (tests/spec/signs_input.csv), unknown parts of dates, names and texts left as they came. */
#include "spec_table.h"

#include "collector/intake_impl.h"

static const char FACTS[] = "tests/spec/signs_input.csv";

static struct item item_of(enum item_class class, enum column_type type, const char *missing) {
  return (struct item){.name = "x",
                       .label_ja = "値",
                       .label_en = "x",
                       .record = "r",
                       .unit = "",
                       .class = class,
                       .type = type,
                       .multiplier = 1,
                       .missing = missing,
                       .universe_text = "",
                       .expression_text = "",
                       .as_of = "",
                       .era_table = ""};
}

static void start(struct item_reader *r, struct arena *a, const struct item *item) {
  static const struct form form = {.folder = "form"};
  struct err e = {0};
  assert_int_equal(item_reader_init(a, &form, item, r, &e), E_OK);
}

static void signs_mean_what_the_form_says(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  spec_read(a, FACTS, &t);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str declared = csv_table_cell(&t, i, 1);
    struct item item = item_of(CLASS_RATE, COL_INT, arena_strdup(a, declared.p, declared.n));
    struct item_reader r;
    struct cell_value v;
    char text[32] = "";
    item.decimals = 1;
    start(&r, a, &item);
    item_read(&r, csv_table_cell(&t, i, 0), &v);
    if (value_present(v.status)) snprintf(text, sizeof text, "%lld", (long long)v.number);
    assert_int_equal(v.problem != E_OK, v.status == VAL_INVALID);
    spec_compare_status(&t, i, FACTS, v.problem, v.rules, text, value_status_name(v.status));
    item_reader_release(&r);
  }
  arena_free(a);
}

/* Every reason that a form may declare is a status of its own, and none is a value. */
static void reasons_are_distinct(void **state) {
  (void)state;
  struct str rest = str_of(MISSING_REASONS);
  uint32_t seen = 0;
  int n = 0;
  while (rest.n) {
    uint8_t status;
    struct str name = str_trim(str_split(rest, ',', &rest));
    assert_true(missing_reason_parse(name, &status));
    assert_false(value_present(status));
    assert_false(seen >> status & 1);
    seen |= 1u << status;
    n++;
  }
  assert_int_equal(n, 10);
  uint8_t status;
  assert_false(missing_reason_parse(STR("invalid"), &status));
  assert_false(missing_reason_parse(STR("reported"), &status));
}

static void unknown_parts_of_a_date_are_a_status_of_their_own(void **state) {
  (void)state;
  static const struct {
    const char *text, *missing;
    uint8_t status;
    enum err_code problem;
  } cases[] = {
      {"2025-04-99", "99=part_unknown", VAL_PART_UNKNOWN, E_OK},
      {"2025-99-99", "99=part_unknown", VAL_PART_UNKNOWN, E_OK},
      {"2025-04-99", "", VAL_INVALID, E_DATE_CALENDAR},
      {"令和7年4月不詳日", "不詳=part_unknown", VAL_PART_UNKNOWN, E_OK},
      {"令和7年4月不詳日", "99=part_unknown", VAL_INVALID, E_DATE_FORM},
      {"不詳", "不詳=part_unknown", VAL_UNKNOWN, E_OK},
      {"9999-99-99", "99=part_unknown", VAL_UNKNOWN, E_OK},
      {"2025-04-01", "99=part_unknown", VAL_REPORTED, E_OK},
  };
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct item item = item_of(CLASS_DATE, COL_INT, cases[i].missing);
    struct item_reader r;
    struct cell_value v;
    start(&r, a, &item);
    item_read(&r, str_of(cases[i].text), &v);
    if (v.status != cases[i].status || v.problem != cases[i].problem)
      fail_msg("'%s' with '%s' is %s, %s", cases[i].text, cases[i].missing, value_status_name(v.status), err_name(v.problem));
    item_reader_release(&r);
  }
  arena_free(a);
}

/* U+20BB7 is in no JIS table, a variation selector picks a form of 葛; U+FA19 is a compatibility ideograph that NFC would turn into another
 * character; か with a combining mark is composed in texts and left in names. */
static void names_are_untouched_and_texts_lose_no_character(void **state) {
  (void)state;
  static const struct {
    const char *raw, *text;
  } cases[] = {{"𠮷野", "𠮷野"},
               {"葛\xf3\xa0\x84\x80", "葛\xf3\xa0\x84\x80"},
               {"\xef\xa8\x99", "\xef\xa8\x99"},
               {"\xef\xa4\x80", "\xef\xa4\x80"},
               {"\xee\x80\x80", "\xee\x80\x80"},
               {"か\xe3\x82\x99", "が"},
               {"か\xe3\x82\x9a", "か\xe3\x82\x9a"},
               {"ｶﾞ①㈱Ⅷ㍻", "ｶﾞ①㈱Ⅷ㍻"},
               {"　山田　", "　山田　"}};
  const struct item name = item_of(CLASS_NAME, COL_TEXT, ""), text = item_of(CLASS_TEXT, COL_TEXT, "");
  struct arena *a = arena_new(0);
  struct item_reader names, texts;
  start(&names, a, &name);
  start(&texts, a, &text);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct cell_value v;
    item_read(&names, str_of(cases[i].raw), &v);
    assert_true(str_eq(v.text, str_of(cases[i].raw)) && v.rules == 0 && v.status == VAL_REPORTED);
    item_read(&texts, str_of(cases[i].raw), &v);
    if (!str_eq(v.text, str_of(cases[i].text))) fail_msg("text '%s' became '%.*s'", cases[i].raw, (int)v.text.n, v.text.p);
    assert_int_equal(v.rules, strcmp(cases[i].raw, cases[i].text) ? RULE_BIT(REPAIR_NFC) : 0);
  }
  item_reader_release(&names);
  item_reader_release(&texts);
  arena_free(a);
}

/* The letter of a division goes only when the list has the code under it; what a spreadsheet made of 1-2 is no code; zeros come back only with proof.
 */
static void codes_of_a_list_are_repaired_on_proof(void **state) {
  (void)state;
  static const struct {
    const char *list, *raw, *code; /* code NULL = refused */
    enum err_code problem;
  } cases[] = {{"jsic_rev14", "83", "83", E_OK},
               {"jsic_rev14", "P83", "83", E_OK},
               {"jsic_rev14", "Ｐ８３", "83", E_OK},
               {"jsic_rev14", "p83", "83", E_OK},
               {"jsic_rev14", "P", "P", E_OK},
               {"jsic_rev14", "O83", NULL, E_CODE_UNKNOWN},
               {"jsic_rev14", "1-2", NULL, E_CODE_DATE_DAMAGE},
               {"jsic_rev14", "3/4", NULL, E_CODE_DATE_DAMAGE},
               {"jsic_rev14", "1月2日", NULL, E_CODE_DATE_DAMAGE},
               {"jsic_rev14", "医療業", NULL, E_CODE_LABEL},
               {"municipalities", "011002", "011002", E_OK},
               {"municipalities", "11002", "011002", E_OK},
               {"municipalities", "131016", "131016", E_OK},
               {"municipalities", "13101", NULL, E_CODE_WIDTH},
               {"municipalities", "131017", NULL, E_CODE_CHECK_DIGIT},
               {"municipalities", "1.31E+05", NULL, E_NUMBER_EXPONENT},
               {"prefectures", "1", NULL, E_CODE_ZEROS},
               {"prefectures", "０１", "01", E_OK}};
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct codelist *list = NULL;
    struct err e = {0};
    struct item item = item_of(CLASS_CODE, COL_CODE, "");
    struct item_reader r;
    struct cell_value v;
    assert_int_equal(codelist_read_shared(a, NULL, "forms", cases[i].list, &list, &e), E_OK);
    item.codelist = list;
    start(&r, a, &item);
    item_read(&r, str_of(cases[i].raw), &v);
    bool same = cases[i].code ? v.problem == E_OK && str_eq(v.text, str_of(cases[i].code)) : v.problem == cases[i].problem;
    if (!same) fail_msg("%s '%s' is '%.*s', %s", cases[i].list, cases[i].raw, (int)v.text.n, v.text.n ? v.text.p : "", err_name(v.problem));
    item_reader_release(&r);
  }
  arena_free(a);
}

static void periods_are_read_in_words_and_time_codes(void **state) {
  (void)state;
  static const struct {
    const char *raw, *period; /* NULL = refused */
    enum err_code problem;
  } cases[] = {{"2025-12", "2025-12", E_OK},
               {"令和7年12月", "2025-12", E_OK},
               {"2025年12月", "2025-12", E_OK},
               {"R7.12", "2025-12", E_OK},
               {"令和7年度", "FY2025", E_OK},
               {"平成31年度", "FY2019", E_OK},
               {"令和元年度", "FY2019", E_OK},
               {"２０２５年度", "FY2025", E_OK},
               {"2025年", "2025", E_OK},
               {"令和7年", "2025", E_OK},
               {"2025年第4四半期", "2025-Q4", E_OK},
               {"2025001012", "2025-Q4", E_OK},
               {"2025001212", "2025-12", E_OK},
               {"2025000000", "2025", E_OK},
               {"2025100000", "FY2025", E_OK},
               {"平成31年6月", "2019-06", E_OK},
               {"昭和64年度", NULL, E_DATE_ERA},
               {"平成32年度", NULL, E_PERIOD_FORM},
               {"2025001011", NULL, E_PERIOD_FORM},
               {"2025001313", NULL, E_PERIOD_FORM},
               {"2025年13月", NULL, E_DATE_CALENDAR},
               {"2025年第5四半期", NULL, E_PERIOD_FORM},
               {"12月", NULL, E_PERIOD_FORM},
               {"", NULL, E_PERIOD_FORM}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct period p;
    char text[16] = "";
    uint32_t rules = 0;
    enum err_code code = normalise_period(str_of(cases[i].raw), &p, &rules);
    if (!code) period_format(&p, text);
    if (code != cases[i].problem || strcmp(text, cases[i].period ? cases[i].period : ""))
      fail_msg("'%s' is %s, %s", cases[i].raw, text, err_name(code));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signs_mean_what_the_form_says),
      cmocka_unit_test(reasons_are_distinct),
      cmocka_unit_test(unknown_parts_of_a_date_are_a_status_of_their_own),
      cmocka_unit_test(names_are_untouched_and_texts_lose_no_character),
      cmocka_unit_test(codes_of_a_list_are_repaired_on_proof),
      cmocka_unit_test(periods_are_read_in_words_and_time_codes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
