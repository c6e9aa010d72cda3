/* The library of forms: every form reads without a problem, the slips hold every item of the published layout, every rule of the page of edits is
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "estimators/table/table_plan.h"
#include "library.h"
#include "reference.h"

static struct form *read_form(struct arena *a, const char *survey, const char *id, const char *version) {
  struct job job = {.arena = a, .problem = library_print_problem};
  struct form *f = NULL;
  struct err e;
  int64_t problems = -1;
  enum err_code code = form_read(a, &job, "forms", survey, id, version, INT64_MIN, &f, &problems, &e);
  if (code || problems) fail_msg("%s/%s/%s: %ld problems, first %s", survey, id, version, (long)problems, err_name(code));
  return f;
}

static void every_form_of_the_library_reads_without_a_problem(void **state) {
  struct arena *a = arena_new(0);
  (void)state;
  for (int i = 0; i < LIBRARY_FORMS; i++) {
    const struct form *f = read_form(a, LIBRARY[i].survey, LIBRARY[i].form, LIBRARY[i].version);
    assert_true(f->n_items > 0 && f->n_checks > 0 && f->n_layouts > 0);
    for (int c = 0; c < f->n_checks; c++) assert_non_null(f->checks[c].expression);
  }
  arena_free(a);
}

static bool starts(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

/* note of an item is not kept by the reader: it is looked up in the table itself. */
static struct csv_table items_table(struct arena *a, const char *form) {
  char path[128];
  struct csv_table t;
  struct err e;
  uint8_t *p;
  size_t n;
  snprintf(path, sizeof path, "forms/library/vital/%s/2015/items.csv", form);
  assert_int_equal(file_read(path, 1 << 22, &p, &n, &e), E_OK);
  char *text = arena_strdup(a, (const char *)p, n);
  free(p);
  assert_int_equal(csv_table_parse(a, path, text, n, &t, &e), E_OK);
  return t;
}

static bool note_names(struct str note, struct str short_name) {
  char key[128], text[1024];
  snprintf(key, sizeof key, "layout: %.*s", (int)short_name.n, short_name.p);
  snprintf(text, sizeof text, "%.*s", (int)note.n, note.p);
  const char *at = strstr(text, key);
  if (!at) return false;
  char after = at[strlen(key)];
  return after == 0 || after == ';';
}

/* The item at this published position, and its line in items.csv. */
static int64_t row_at_position(const struct csv_table *items, struct str position) {
  int64_t row = -1;
  for (int64_t i = 0; i < items->n_rows; i++)
    if (str_eq(csv_table_cell(items, i, csv_table_column(items, "position")), position)) {
      assert_int_equal(row, -1);
      row = i;
    }
  return row;
}

static int compare_with_layout(struct arena *a, const struct csv_table *layout, const char *form) {
  struct csv_table items = items_table(a, form);
  int compared = 0;
  for (int64_t i = 0; i < layout->n_rows; i++) {
    if (!cell_is(layout, i, "form", form)) continue;
    struct str position = csv_table_cell(layout, i, csv_table_column(layout, "position")),
               name = csv_table_cell(layout, i, csv_table_column(layout, "short_name"));
    int64_t row = row_at_position(&items, position);
    if (row < 0) fail_msg("%s: no item at position %.*s (%.*s)", form, (int)position.n, position.p, (int)name.n, name.p);
    if (!note_names(csv_table_cell(&items, row, csv_table_column(&items, "note")), name))
      fail_msg("%s: the item at position %.*s does not name %.*s", form, (int)position.n, position.p, (int)name.n, name.p);
    compared++;
  }
  return compared;
}

static void birth_and_death_cover_the_published_layout_item_for_item(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table layout;
  (void)state;
  if (!reference_csv(a, "vital/form_layouts_1995_2015.csv", &layout)) {
    arena_free(a);
    skip();
  }
  assert_int_equal(compare_with_layout(a, &layout, "birth"), 49);
  assert_int_equal(compare_with_layout(a, &layout, "death"), 77);
  arena_free(a);
}

/* Published codes written "1=..; 2=..": each must stand in the item's code list, or among its missing texts. */
static bool code_is_known(const struct item *it, struct str code) {
  if (it->codelist && codelist_find(it->codelist, code, INT64_MIN)) return true;
  struct str two = {code.n == 1 ? (char[]){'0', code.p[0]} : code.p, code.n == 1 ? 2 : code.n};
  if (it->codelist && codelist_find(it->codelist, two, INT64_MIN)) return true; /* prefectures are written in two digits */
  char key[32];
  snprintf(key, sizeof key, "%.*s=", (int)code.n, code.p);
  return strstr(it->missing, key) != NULL;
}

static int codes_of_row(const struct item *it, struct str codes) {
  int n = 0;
  while (codes.n) {
    struct str rest, one = str_trim(str_split(codes, ';', &rest)), label, code = str_split(one, '=', &label);
    if (!code_is_known(it, code) && it->type == COL_CODE) fail_msg("%s does not know the published code %.*s", it->name, (int)code.n, code.p);
    codes = rest;
    n++;
  }
  return n;
}

static void published_codes_are_known_to_the_items(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table layout;
  int codes = 0;
  (void)state;
  if (!reference_csv(a, "vital/form_layouts_1995_2015.csv", &layout)) {
    arena_free(a);
    skip();
  }
  const struct form *form[2] = {read_form(a, "vital", "birth", "2015"), read_form(a, "vital", "death", "2015")};
  for (int64_t i = 0; i < layout.n_rows; i++)
    for (int f = 0; f < 2; f++) {
      if (!cell_is(&layout, i, "form", form[f]->id)) continue;
      int64_t position = (int64_t)cell_number(&layout, i, "position");
      for (int k = 0; k < form[f]->n_items; k++)
        if (form[f]->items[k].position == position)
          codes += codes_of_row(&form[f]->items[k], csv_table_cell(&layout, i, csv_table_column(&layout, "codes")));
    }
  assert_true(codes > 200);
  arena_free(a);
}

static void researcher_layout_lists_the_published_order(void **state) {
  struct arena *a = arena_new(0);
  (void)state;
  for (int f = 0; f < 2; f++) {
    const struct form *form = read_form(a, "vital", f ? "death" : "birth", "2015");
    const struct layout *l = form_layout(form, "researcher"), *office = form_layout(form, "csv");
    assert_non_null(l);
    assert_non_null(office);
    assert_int_equal(l->n_items, f ? 77 : 49);
    assert_false(l->header);
    for (int i = 0; i < l->n_items; i++) assert_int_equal(l->items[i]->position, i + 2);
    for (int i = 0; i < office->n_items; i++) assert_int_equal(office->items[i]->origin, ORIGIN_REPORTED);
  }
  arena_free(a);
}

static void derived_items_have_an_expression_or_name_the_rule_of_the_ministry(void **state) {
  struct arena *a = arena_new(0);
  (void)state;
  for (int f = 0; f < 2; f++) {
    struct csv_table items = items_table(a, f ? "death" : "birth");
    int derived = 0, by_ministry = 0;
    for (int64_t i = 0; i < items.n_rows; i++) {
      bool has = csv_table_cell(&items, i, csv_table_column(&items, "expression")).n > 0;
      bool ministry = str_starts(csv_table_cell(&items, i, csv_table_column(&items, "note")), STR("ministry: "));
      assert_int_equal(cell_is(&items, i, "origin", "derived"), has || ministry);
      assert_false(has && ministry);
      derived += has || ministry;
      by_ministry += ministry;
    }
    assert_int_equal(by_ministry, f ? 7 : 0); /* the seven classifications of causes */
    assert_true(derived >= 20);
  }
  arena_free(a);
}

static void office_slip_has_its_own_items(void **state) {
  static const char *const own[] = {"municipality_code", "office_code", "event_book_year", "event_book_no", "filing_date", "receipt_date"};
  struct arena *a = arena_new(0);
  (void)state;
  for (int f = 0; f < 2; f++) {
    const struct form *form = read_form(a, "vital", f ? "death" : "birth", "2015");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) assert_non_null(form_item(form, own[i]));
    assert_string_equal(form_item(form, "municipality_code")->as_of, "filing_date");
    assert_string_equal(form_item(form, "municipality_code")->codelist->name, "municipalities");
    assert_string_equal(form->office_item, "municipality_code");
    assert_int_equal(form->records[0].n_keys, 3);
  }
  arena_free(a);
}

/* "B01" is met by B01 itself or by its grades B01a, B01b ... or, in the labour form, by its columns H1_male ... */
static bool rule_present(const struct form *f, const char *rule) {
  size_t n = strlen(rule);
  for (int i = 0; i < f->n_checks; i++) {
    const char *id = f->checks[i].id;
    if (starts(id, rule) && (id[n] < '0' || id[n] > '9')) return true;
  }
  return false;
}

static void every_rule_of_the_survey_is_a_check_or_named_as_not_covered(void **state) {
  static const struct { const char *survey, *form, *version, *rules; } cases[] = {
      {"vital", "birth", "2015", "G01 G02 G03 G04 G05 G06 G07 G08 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 T02"},
      {"vital", "death", "2015", "G01 G02 G03 G04 G05 G06 G07 G08 D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11 D12 D14"},
      {"mls", "establishment", "2018", "H1 H2 H3 H4 H5 H6 H7 H8 H9 C1 C2 S1 S2 S3 S4 S5 S6 S8 S9 S10 S11"},
  };
  static const struct { const char *survey, *form, *version, *rules; } not_covered[] = {
      {"vital", "birth", "2015", "B12 T01"}, {"vital", "death", "2015", "D13 T01"}, {"mls", "establishment", "2018", "S7"}};
  struct arena *a = arena_new(0);
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct form *f = read_form(a, cases[i].survey, cases[i].form, cases[i].version);
    struct str rest = str_of(cases[i].rules), rule;
    while (rest.n) {
      rule = str_split(rest, ' ', &rest);
      char id[16];
      snprintf(id, sizeof id, "%.*s", (int)rule.n, rule.p);
      if (!rule_present(f, id)) fail_msg("%s/%s: no check %s", cases[i].survey, cases[i].form, id);
    }
    char path[256];
    uint8_t *p;
    size_t n;
    struct err e;
    snprintf(path, sizeof path, "%s/form.json", f->folder);
    if (file_read(path, 1 << 22, &p, &n, &e)) fail_msg("%s", path);
    char *json = arena_strdup(a, (const char *)p, n);
    free(p);
    const char *list = strstr(json, "\"not_covered\"");
    assert_non_null(list);
    rest = str_of(not_covered[i].rules);
    while (rest.n) {
      rule = str_split(rest, ' ', &rest);
      char id[24];
      snprintf(id, sizeof id, "\"%.*s", (int)rule.n, rule.p);
      if (!strstr(list, id)) fail_msg("%s: %s is neither a check nor named as not covered", path, id + 1);
      if (rule_present(f, id + 1)) fail_msg("%s: %s is a check and named as not covered", path, id + 1);
    }
  }
  arena_free(a);
}

static void every_check_speaks_both_languages_and_names_its_basis(void **state) {
  struct arena *a = arena_new(0);
  (void)state;
  for (int i = 0; i < LIBRARY_FORMS; i++) {
    const struct form *f = read_form(a, LIBRARY[i].survey, LIBRARY[i].form, LIBRARY[i].version);
    for (int c = 0; c < f->n_checks; c++) {
      const struct check *k = &f->checks[c];
      if (!*k->message_ja || !*k->message_en || !*k->remedy_ja || !*k->remedy_en || !*k->source)
        fail_msg("%s/%s %s: a text is empty", f->survey, f->id, k->id);
      size_t n = strlen(k->message_en);
      if (k->message_en[n - 1] == '.') fail_msg("%s/%s %s: the message ends with a full stop", f->survey, f->id, k->id);
    }
    for (int t = 0; t < f->n_tables; t++)
      assert_true(strcmp(f->tables[t].disclosure, "persons_10") == 0 || strcmp(f->tables[t].disclosure, "establishments_3") == 0);
  }
  arena_free(a);
}

static void every_table_specification_is_one_the_estimators_can_make(void **state) {
  struct arena *a = arena_new(0);
  int tables = 0;
  (void)state;
  for (int i = 0; i < LIBRARY_FORMS; i++) {
    const struct form *f = read_form(a, LIBRARY[i].survey, LIBRARY[i].form, LIBRARY[i].version);
    for (int t = 0; t < f->n_tables; t++, tables++) {
      struct table_plan plan;
      struct err e;
      if (table_plan_parse(a, &f->tables[t], &plan, &e)) fail_msg("%s/%s table %s: %s", f->survey, f->id, f->tables[t].id, err_name(e.code));
      assert_true(plan.n_measures > 0);
    }
  }
  assert_true(tables >= 20);
  arena_free(a);
}

/* --- surveys, plans --- */
static void labour_survey_does_not_pass_through_municipalities(void **state) {
  struct arena *a = arena_new(0);
  struct form_survey *mls, *vital;
  struct err e;
  (void)state;
  assert_int_equal(survey_read(a, "forms", "mls", &mls, &e), E_OK);
  assert_int_equal(survey_read(a, "forms", "vital", &vital, &e), E_OK);
  assert_int_equal(mls->n_levels, 3);
  assert_string_equal(mls->levels[0], "establishment");
  for (int i = 0; i < mls->n_levels; i++) assert_string_not_equal(mls->levels[i], "municipality");
  assert_int_equal(vital->n_levels, 4);
  assert_string_equal(vital->levels[0], "municipality");
  assert_true(
      28 + vital->due_days[1] == 25 && vital->due_days[2] == 5); /* health centre on the 25th of the batch month, prefecture on the 5th after it */
  arena_free(a);
}

static void approved_plan_takes_all_establishments_of_500_and_more(void **state) {
  struct arena *a = arena_new(0);
  struct json_document *d;
  struct err e;
  int take_all = 0;
  (void)state;
  const struct form *f = read_form(a, "mls", "establishment", "2018");
  assert_non_null(f->plan_json);
  assert_non_null(f->design_json);
  assert_int_equal(json_parse("plan.json", f->plan_json, strlen(f->plan_json), &d, &e), E_OK);
  const struct json_value *rules = json_member(json_root(d), "rules");
  assert_int_equal(json_length(rules), 5);
  for (size_t i = 0; i < json_length(rules); i++) {
    const struct json_value *r = json_element(rules, i);
    bool large = strchr("13", json_member_string(r, "size", "?")[0]) != NULL;
    assert_string_equal(json_member_string(r, "rule", ""), large ? "take-all" : "sample");
    take_all += large;
  }
  assert_int_equal(take_all, 2);
  json_release(d);
  arena_free(a);
}

static void registered_facts_are_never_imputed(void **state) {
  struct arena *a = arena_new(0);
  (void)state;
  assert_int_equal(read_form(a, "vital", "birth", "2015")->n_impute, 0);
  assert_int_equal(read_form(a, "vital", "death", "2015")->n_impute, 0);
  assert_true(read_form(a, "mls", "establishment", "2018")->n_impute >= 3);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_of_the_library_reads_without_a_problem),
      cmocka_unit_test(birth_and_death_cover_the_published_layout_item_for_item),
      cmocka_unit_test(published_codes_are_known_to_the_items),
      cmocka_unit_test(researcher_layout_lists_the_published_order),
      cmocka_unit_test(derived_items_have_an_expression_or_name_the_rule_of_the_ministry),
      cmocka_unit_test(office_slip_has_its_own_items),
      cmocka_unit_test(every_rule_of_the_survey_is_a_check_or_named_as_not_covered),
      cmocka_unit_test(every_check_speaks_both_languages_and_names_its_basis),
      cmocka_unit_test(every_table_specification_is_one_the_estimators_can_make),
      cmocka_unit_test(labour_survey_does_not_pass_through_municipalities),
      cmocka_unit_test(approved_plan_takes_all_establishments_of_500_and_more),
      cmocka_unit_test(registered_facts_are_never_imputed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
