/* The shared code lists: structural truths always; against the reference data (counts, codes, names, days) where it is present.
 * Official sources of the reference tables: forms/codelists/SOURCES.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "forms/code_structure.h"
#include "forms/form.h"
#include "forms/form_files.h"

static const struct codelist *list(struct arena *a, const char *name) {
  const struct codelist *l = NULL;
  struct err e = {0};
  if (codelist_read_shared(a, NULL, "forms", name, &l, &e)) {
    char text[1024];
    err_format(&e, LANG_EN, text, sizeof text);
    fail_msg("%s: %s", name, text);
  }
  return l;
}

/* --- always --- */
static void every_list_can_be_read_and_has_a_source(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const char **names;
  int n, lists = 0;
  struct err e = {0};
  struct str sources;
  assert_int_equal(folder_names(a, "forms/codelists", &names, &n, &e), E_OK);
  assert_int_equal(form_file_load(a, "forms/codelists/SOURCES.md", &sources, &e), E_OK);
  for (int i = 0; i < n; i++) {
    size_t length = strlen(names[i]);
    if (length < 5 || strcmp(names[i] + length - 4, ".csv") != 0) continue;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length - 4), names[i]);
    const struct codelist *l = list(a, name); /* refuses overlapping validity */
    assert_true(l->n_codes > 0 || l->any);
    if (!strstr(sources.p, name)) fail_msg("%s stands in no row of SOURCES.md", name);
    lists++;
  }
  assert_true(lists >= 30);
  arena_free(a);
}

static void lists_that_forms_rely_on_exist(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int64_t n;
  } wanted[] = {{"prefectures", 48}, {"jsic_rev14", 2128}, {"icd10", 22}, {"eras", 5}, {"sex", 3}, {"nationality", 10}, {"household_job", 7},
      {"duration_class", 12}, {"marital_status", 4}, {"place_of_birth", 5}, {"place_of_death", 8}, {"attendant", 3}, {"scope", 6}, {"plurality", 8},
      {"birth_order_in_set", 8}, {"era_child_birth_form", 3}, {"era_parent_birth_form", 4}, {"era_birth_death_form", 9}, {"era_death_death_form", 4},
      {"era_marriage", 5}, {"legitimacy", 2}, {"in_japan", 2}, {"weight_info", 3}, {"disclosure_profiles", 10}, {"mls_industry", 116},
      {"mls_size", 8}, {"mls_worker_form", 5}};
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (list(a, wanted[i].name)->n_codes != wanted[i].n) fail_msg("%s has %lld codes", wanted[i].name, (long long)list(a, wanted[i].name)->n_codes);
  arena_free(a);
}

static void every_parent_exists(void **state) {
  (void)state;
  /* list, list of its parents */
  static const char *const pairs[][2] = {{"municipalities", "prefectures"}, {"jsic_rev14", "jsic_rev14"}, {"mls_industry", "mls_industry"},
      {"mls_size", "mls_size"}, {"mls_worker_form", "mls_worker_form"}, {"era_child_birth_form", "eras"}, {"era_parent_birth_form", "eras"},
      {"era_birth_death_form", "eras"}, {"era_death_death_form", "eras"}, {"era_marriage", "eras"}};
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const struct codelist *l = list(a, pairs[i][0]), *parents = list(a, pairs[i][1]);
    int64_t with_parent = 0;
    for (int64_t k = 0; k < l->n_codes; k++) {
      if (!l->codes[k].parent.n) continue;
      with_parent++;
      if (!codelist_find(parents, l->codes[k].parent, INT64_MIN)) fail_msg("%s %s: no parent %s", l->name, l->codes[k].code.p, l->codes[k].parent.p);
    }
    assert_true(with_parent > 0);
  }
  arena_free(a);
}

static void every_municipality_code_proves_itself(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct codelist *l = list(a, "municipalities");
  assert_int_equal(l->n_codes, 4130);
  assert_int_equal(dict_count(l->dict), 3984);
  int64_t today = 0;
  for (int64_t i = 0; i < l->n_codes; i++) {
    const struct code *c = &l->codes[i];
    assert_true(municipality_check_digit_valid(c->code));
    assert_true(str_starts(c->code, c->parent) && c->parent.n == 2);
    assert_true(c->label_ja.n > 0 && c->label_en.n > 0);
    today += c->valid_to == INT64_MAX;
  }
  assert_int_equal(today, 1918); /* 1,718 municipalities, 23 special wards, 171 wards of designated cities, 6 villages of the Northern Territories */
  arena_free(a);
}

static void codes_change_on_the_day_of_the_law(void **state) {
  (void)state;
  static const struct {
    const char *code;
    int64_t year, month, day;
    const char *label; /* NULL = not valid */
  } facts[] = {
      {"221317", 2023, 12, 31, "浜松市中区"},
      {"221317", 2024, 1, 1, NULL},
      {"221384", 2024, 1, 1, "浜松市中央区"},
      {"221384", 2023, 12, 31, NULL},
      {"011011", 1972, 3, 31, NULL},
      {"011011", 1972, 4, 1, "札幌市中央区"},
      {"472018", 1972, 5, 14, NULL},
      {"472018", 1972, 5, 15, "那覇市"},
      {"112445", 2003, 3, 31, "さいたま市"},
      {"112445", 2003, 4, 1, NULL},
      {"131016", 1970, 4, 1, "千代田区"},
      {"131016", 2024, 5, 26, "千代田区"},
      {"152170", 2005, 3, 31, "新井市"},
      {"152170", 2005, 4, 1, "妙高市"},
  };
  struct arena *a = arena_new(0);
  const struct codelist *l = list(a, "municipalities");
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    const struct code *c = codelist_find(l, str_of(facts[i].code), date_from_civil(facts[i].year, facts[i].month, facts[i].day));
    if (!c != !facts[i].label || (c && !str_eq(c->label_ja, str_of(facts[i].label))))
      fail_msg("%s on %lld-%02lld-%02lld", facts[i].code, (long long)facts[i].year, (long long)facts[i].month, (long long)facts[i].day);
  }
  arena_free(a);
}

static void classification_levels_nest(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct codelist *l = list(a, "jsic_rev14");
  int64_t levels[5] = {0};
  for (int64_t i = 0; i < l->n_codes; i++) {
    const struct code *c = &l->codes[i];
    bool letter = c->code.p[0] >= 'A';
    levels[letter ? 0 : c->code.n]++;
    if (!letter && c->code.n > 2) assert_true(str_starts(c->code, c->parent) && c->parent.n == c->code.n - 1);
    if (!letter && c->code.n == 2) assert_true(c->parent.n == 1 && c->parent.p[0] >= 'A' && c->parent.p[0] <= 'T');
  }
  assert_int_equal(levels[0], 20);
  assert_int_equal(levels[2], 99);
  assert_int_equal(levels[3], 536);
  assert_int_equal(levels[4], 1473);
  arena_free(a);
}

static void icd10_accepts_the_form_and_not_the_headings(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct codelist *l = list(a, "icd10");
  assert_string_equal(l->structure, "icd10");
  assert_ptr_equal(codelist_find(l, STR("I219"), INT64_MIN), l->any);
  assert_null(codelist_find(l, STR("I21.9"), INT64_MIN));
  assert_null(codelist_find(l, STR("*"), INT64_MIN));
  assert_int_equal(codelist_find(l, STR("I00-I99"), INT64_MIN)->status, VAL_INVALID);
  arena_free(a);
}

static void eras_follow_one_another(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct codelist *l = list(a, "eras");
  for (int64_t i = 1; i < l->n_codes; i++) assert_int_equal(l->codes[i].valid_from, l->codes[i - 1].valid_to + 1);
  assert_int_equal(l->codes[4].valid_from, date_from_civil(2019, 5, 1));
  assert_int_equal(l->codes[2].valid_to, date_from_civil(1989, 1, 7));
  /* The death form counts birth eras backwards and death eras forwards. */
  assert_true(str_eq(codelist_find(list(a, "era_birth_death_form"), STR("1"), INT64_MIN)->parent, STR("4")));
  assert_true(str_eq(codelist_find(list(a, "era_death_death_form"), STR("1"), INT64_MIN)->parent, STR("1")));
  arena_free(a);
}

static void profiles_have_a_code_each(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct str text;
  struct json_document *d;
  struct err e = {0};
  const struct codelist *l = list(a, "disclosure_profiles");
  assert_int_equal(form_file_load(a, "forms/codelists/disclosure_profiles.json", &text, &e), E_OK);
  assert_int_equal(json_parse("disclosure_profiles.json", text.p, text.n, &d, &e), E_OK);
  const struct json_value *profiles = json_member(json_root(d), "profiles");
  assert_int_equal(json_length(profiles), l->n_codes);
  for (size_t i = 0; i < json_length(profiles); i++) {
    const struct json_value *p = json_element(profiles, i);
    int64_t n;
    assert_non_null(codelist_find(l, str_of(json_member_string(p, "name", "")), INT64_MIN));
    assert_true(json_integer(json_member(json_member(p, "rule"), "min_n"), &n) && n >= 3);
    assert_true(strcmp(json_member_string(p, "status", ""), "unconfirmed") == 0 || strcmp(json_member_string(p, "status", ""), "verified") == 0);
    assert_true(strlen(json_member_string(p, "source", "")) > 0);
  }
  json_release(d);
  arena_free(a);
}

/* --- against the reference data --- */
static struct csv_table reference(struct arena *a, const char *name) {
  const char *folder = getenv("REFERENCE");
  struct csv_table t;
  struct str text;
  struct err e = {0};
  const char *path = arena_printf(a, "%s/codes/%s", folder ? folder : "../shared/data", name);
  if (form_file_load(a, path, &text, &e)) {
    print_message("%s is not there\n", name);
    arena_free(a);
    skip();
  }
  assert_int_equal(csv_table_parse(a, name, text.p, text.n, &t, &e), E_OK);
  assert_true(t.n_rows > 0);
  return t;
}

static struct str six_digits(struct arena *a, struct str code5) { return str_of(arena_printf(a, "%s%d", code5.p, municipality_check_digit(code5))); }

/* Districts, subprefectures and the sum of the special wards are areas, not municipalities. */
static bool is_municipality(struct str code, struct str designated, struct str name) {
  if (name.n) return !str_eq(name, STR("特別区部"));
  return code.p[2] == '1' && code.p[4] == '0' && designated.n > 3 && strcmp(designated.p + designated.n - 3, "市") == 0;
}

static void check_day(struct arena *a, const char *file, int64_t day, int64_t expected) {
  struct csv_table t = reference(a, file);
  const struct codelist *l = list(a, "municipalities");
  int64_t n = 0, ours = 0;
  int code = csv_table_column(&t, "city_code"), designated = csv_table_column(&t, "city_desig_name"), name = csv_table_column(&t, "city_name");
  for (int64_t row = 0; row < t.n_rows; row++) {
    struct str d = csv_table_cell(&t, row, designated), s = csv_table_cell(&t, row, name);
    if (!is_municipality(csv_table_cell(&t, row, code), d, s)) continue;
    n++;
    const struct code *c = codelist_find(l, six_digits(a, csv_table_cell(&t, row, code)), day);
    if (!c) fail_msg("%s is not valid", csv_table_cell(&t, row, code).p);
    size_t tail = s.n ? s.n : d.n;
    assert_true(c->label_ja.n >= tail && memcmp(c->label_ja.p + c->label_ja.n - tail, s.n ? s.p : d.p, tail) == 0);
  }
  for (int64_t i = 0; i < l->n_codes; i++) ours += l->codes[i].valid_from <= day && day <= l->codes[i].valid_to;
  assert_int_equal(n, expected);
  assert_int_equal(ours, n); /* nothing else is valid on that day */
}

static void municipalities_of_the_last_day(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  check_day(a, "municipality_list_2024-05-26.csv", date_from_civil(2024, 5, 26), 1918);
  arena_free(a);
}

static void municipalities_of_the_first_day(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  check_day(a, "municipality_list_1970-04-01.csv", date_from_civil(1970, 4, 1),
      3375); /* 3,280 municipalities, 23 special wards, 72 wards of designated cities */
  arena_free(a);
}

/* Every code that an event of the period names was valid on the day before (from) or on the day (to). */
static void events_of_the_period_agree(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t = reference(a, "municipality_changes_1970-04_2024-05.csv");
  const struct codelist *l = list(a, "municipalities");
  int64_t checked = 0, absent = 0;
  for (int64_t row = 0; row < t.n_rows; row++) {
    int64_t day = 0;
    assert_true(date_parse_iso(csv_table_cell(&t, row, csv_table_column(&t, "date")), &day));
    struct str from = csv_table_cell(&t, row, csv_table_column(&t, "from_city_code")),
               name = csv_table_cell(&t, row, csv_table_column(&t, "from_city_name"));
    if (!from.n || !name.n || str_eq(name, STR("特別区部"))) continue;
    checked++;
    absent += codelist_find(l, six_digits(a, from), day - 1) == NULL;
  }
  assert_true(checked > 2000);
  assert_int_equal(absent, 0);
  arena_free(a);
}

static void municipality_codes_of_a_second_source(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t = reference(a, "municipalities_localgovjp.csv");
  const struct codelist *l = list(a, "municipalities");
  int column = csv_table_column(&t, "lgcode");
  int64_t unknown = 0;
  for (int64_t row = 0; row < t.n_rows; row++) unknown += codelist_find(l, csv_table_cell(&t, row, column), INT64_MIN) == NULL;
  assert_int_equal(t.n_rows, 1916);
  assert_int_equal(unknown, 0);
  arena_free(a);
}

static void industries_of_the_classification(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t = reference(a, "jsic_rev14.csv");
  const struct codelist *l = list(a, "jsic_rev14");
  assert_int_equal(t.n_rows, l->n_codes);
  for (int64_t row = 0; row < t.n_rows; row++) {
    const struct code *c = codelist_find(l, csv_table_cell(&t, row, 0), INT64_MIN);
    assert_non_null(c);
    assert_true(str_eq(c->parent, csv_table_cell(&t, row, 2)));
  }
  arena_free(a);
}

static void prefectures_and_their_names(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t = reference(a, "prefectures_localgovjp.csv");
  const struct codelist *l = list(a, "prefectures");
  assert_int_equal(t.n_rows, 47);
  for (int64_t row = 0; row < 47; row++) {
    char code[8];
    snprintf(code, sizeof code, "%02d", atoi(csv_table_cell(&t, row, 0).p));
    assert_true(str_eq(codelist_find(l, str_of(code), INT64_MIN)->label_ja, csv_table_cell(&t, row, 1)));
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_list_can_be_read_and_has_a_source),
      cmocka_unit_test(lists_that_forms_rely_on_exist),
      cmocka_unit_test(every_parent_exists),
      cmocka_unit_test(every_municipality_code_proves_itself),
      cmocka_unit_test(codes_change_on_the_day_of_the_law),
      cmocka_unit_test(classification_levels_nest),
      cmocka_unit_test(icd10_accepts_the_form_and_not_the_headings),
      cmocka_unit_test(eras_follow_one_another),
      cmocka_unit_test(profiles_have_a_code_each),
      cmocka_unit_test(municipalities_of_the_last_day),
      cmocka_unit_test(municipalities_of_the_first_day),
      cmocka_unit_test(events_of_the_period_agree),
      cmocka_unit_test(municipality_codes_of_a_second_source),
      cmocka_unit_test(industries_of_the_classification),
      cmocka_unit_test(prefectures_and_their_names),
  };
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
