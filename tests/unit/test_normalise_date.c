/* Dates as people write them: tests/spec/dates_input.csv, and properties over whole eras. */
#include "spec_table.h"

#include "base/date.h"
#include "collector/normalise.h"

static const char FACTS[] = "tests/spec/dates_input.csv";

static void every_fact_of_the_table_holds(void **state) {
  (void)state;
  static const struct era_digits digits = {.era = {[1] = ERA_MEIJI, [2] = ERA_TAISHO, [3] = ERA_SHOWA, [4] = ERA_HEISEI, [5] = ERA_REIWA},
                                           .declared = true};
  struct arena *a = arena_new(0);
  struct csv_table t;
  spec_read(a, FACTS, &t);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str class = csv_table_cell(&t, i, 1);
    const bool parts = str_eq(class, STR("unknown_parts"));
    const struct date_rule rule = {.month = str_eq(class, STR("month")), .year = str_eq(class, STR("year")), .part_99 = parts, .part_word = parts,
                                   .digits = str_eq(class, STR("era_digit")) ? &digits : NULL};
    enum date_known known = DATE_KNOWN;
    int64_t days = 0;
    uint32_t rules = 0;
    char iso[11] = "";
    enum err_code code = normalise_date_parts(csv_table_cell(&t, i, 0), &rule, &days, &known, &rules);
    if (!code && known == DATE_KNOWN) date_format_iso(days, iso);
    spec_compare_status(&t, i, FACTS, code, rules, iso, known == DATE_KNOWN ? "reported" : known == DATE_PART_UNKNOWN ? "part_unknown" : "unknown");
  }
  arena_free(a);
}

/* Each day from 1873 on has exactly one era reading; the neighbours' readings are refused. */
static void each_day_lies_in_exactly_one_era(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int base;
  } eras[] = {{"明治", 1867}, {"大正", 1911}, {"昭和", 1925}, {"平成", 1988}, {"令和", 2018}};
  const struct date_rule rule = {0};
  for (int64_t day = date_from_civil(1873, 1, 1); day <= date_from_civil(2030, 12, 31); day++) {
    int64_t y, m, d;
    int found = 0;
    date_to_civil(day, &y, &m, &d);
    for (int k = 0; k < 5; k++) {
      char text[64];
      int64_t days;
      uint32_t rules = 0;
      if (y <= eras[k].base) continue;
      snprintf(text, sizeof text, "%s%lld年%lld月%lld日", eras[k].name, (long long)(y - eras[k].base), (long long)m, (long long)d);
      if (normalise_date(str_of(text), &rule, &days, &rules) || rules & RULE_BIT(REPAIR_HEISEI_31)) continue;
      assert_int_equal(days, day);
      found++;
    }
    if (found != 1) fail_msg("%lld-%lld-%lld is in %d eras", (long long)y, (long long)m, (long long)d, found);
  }
}

static void era_names_are_known_in_all_spellings(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int era;
  } cases[] = {{"令和", ERA_REIWA}, {"令", ERA_REIWA},        {"R", ERA_REIWA}, {"r", ERA_REIWA}, {"Reiwa", ERA_REIWA},
               {"㋿", ERA_REIWA},  {"大正以前", ERA_TAISHO}, {"慶応", 0},      {"", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(era_of_name(str_of(cases[i].name)), cases[i].era);
}

/* Serial 1 is 1900-01-01, 59 and 61 are neighbours (60 never was), and the 1904 system lies 1,462 days behind. */
static void spreadsheet_serials_count_a_day_that_never_was(void **state) {
  (void)state;
  static const struct {
    int64_t serial;
    bool from_1904;
    const char *day; /* NULL = no day */
  } facts[] = {{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {60, false, NULL}, {61, false, "1900-03-01"}, {45748, false, "2025-04-01"},
      {44286, true, "2025-04-01"}, {0, true, "1904-01-01"}, {0, false, NULL}, {-1, true, NULL}, {2958465, false, "9999-12-31"},
      {2958466, false, NULL}};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    int64_t days = 0;
    char iso[11];
    assert_int_equal(excel_serial_days(facts[i].serial, facts[i].from_1904, &days), facts[i].day != NULL);
    if (!facts[i].day) continue;
    date_format_iso(days, iso);
    assert_string_equal(iso, facts[i].day);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(spreadsheet_serials_count_a_day_that_never_was),
      cmocka_unit_test(every_fact_of_the_table_holds), cmocka_unit_test(each_day_lies_in_exactly_one_era),
      cmocka_unit_test(era_names_are_known_in_all_spellings)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
