/* Reading forms: a good folder becomes what its tables say; each folder of tests/spec/bad_forms.csv has one problem, found at its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "forms/form.h"
#include "forms/form_diff.h"
#include "forms/form_files.h"
#include "forms/form_impl.h"

#define FORMS "tests/unit/data/forms"

struct seen {
  int n, warnings;
  struct err first, last;
};

static void on_problem(void *context, const struct err *e) {
  struct seen *s = context;
  if (err_grade_of(e->code) == GRADE_WARNING) {
    s->warnings++;
    return;
  }
  if (!s->n++) s->first = *e;
  s->last = *e;
}

static enum err_code read_form(
    struct arena *a, struct seen *seen, const char *form, const char *version, int64_t day, struct form **out, int64_t *n, struct err *e) {
  struct job job = {.arena = a, .n_threads = 1, .problem = on_problem, .problem_context = seen};
  *seen = (struct seen){0};
  return form_read(a, &job, FORMS, "sample", form, version, day, out, n, e);
}

static struct form *good_form(struct arena *a, const char *version) {
  struct seen seen;
  struct form *f = NULL;
  struct err e = {0};
  int64_t n = 0;
  if (read_form(a, &seen, "good", version, INT64_MIN, &f, &n, &e)) {
    char text[1024];
    err_format(&e, LANG_EN, text, sizeof text);
    fail_msg("%s", text);
  }
  assert_int_equal(n, 0);
  assert_int_equal(seen.n, 0);
  return f;
}

static void good_form_is_what_its_tables_say(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form *f = good_form(a, "1");
  assert_int_equal(f->n_items, 10);
  assert_int_equal(f->n_records, 2);
  assert_int_equal(f->records[1].n_keys, 2);
  assert_int_equal(f->n_checks, 3);
  assert_int_equal(f->n_impute, 2);
  assert_int_equal(f->n_tables, 2);
  assert_non_null(f->design_json);
  const struct item *income = form_item(f, "income");
  assert_int_equal(income->type, COL_INT);
  assert_int_equal(income->decimals, 1);
  assert_int_equal(income->multiplier, 1000);
  assert_int_equal(income->max, 999999); /* 99999.9 in tenths */
  assert_int_equal(form_item(f, "visit_date")->min, date_from_civil(2020, 1, 1));
  assert_non_null(form_item(f, "age")->expression);
  assert_null(form_item(f, "nothing"));
  const struct layout *csv = form_layout(f, "csv");
  assert_string_equal(csv->headings[4], "番号");
  assert_string_equal(csv->headings[5], "性別");
  assert_int_equal(expr_n_slots(f->checks[1].expression), 1);
  assert_int_equal(expr_slot(f->checks[1].expression, 0)->kind, EXPR_SLOT_CHILD);
  arena_free(a);
}

static void columns_of_one_record_type(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form *f = good_form(a, "1");
  struct column c[16];
  assert_int_equal(form_columns(f, "household", c, 16), 4);
  assert_int_equal(form_columns(f, "person", c, 16), 7); /* the household number that it carries as a key among them */
  assert_int_equal(form_columns(f, "person", c, 2), 2);
  assert_string_equal(c[2].name, "sex");
  assert_ptr_equal(c[2].dict, form_item(f, "sex")->codelist->dict);
  assert_int_equal(form_columns(f, "nobody", c, 16), 0);
  arena_free(a);
}

static void code_is_found_by_day(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct codelist *region = form_item(good_form(a, "1"), "area")->codelist;
  int64_t old = date_from_civil(2021, 12, 31), new = date_from_civil(2022, 1, 1);
  assert_true(str_eq(codelist_find(region, STR("02"), old)->label_ja, STR("南")));
  assert_true(str_eq(codelist_find(region, STR("02"), new)->label_ja, STR("新南")));
  assert_true(str_eq(codelist_find(region, STR("02"), INT64_MIN)->label_ja, STR("新南")));
  assert_null(codelist_find(region, STR("2"), INT64_MIN));
  assert_null(codelist_find(region, STR("03"), INT64_MIN));
  assert_int_equal(codelist_find(region, STR("Z"), old)->status, VAL_INVALID); /* a heading is no answer */
  assert_int_equal(dict_count(region->dict), 2);
  assert_int_equal(dict_find(region->dict, STR("Z")), -1);
  arena_free(a);
}

static void version_is_chosen_by_day(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct seen seen;
  struct form *f;
  struct err e = {0};
  assert_int_equal(read_form(a, &seen, "good", NULL, date_from_civil(2022, 3, 31), &f, NULL, &e), E_OK);
  assert_string_equal(f->version, "1");
  assert_int_equal(read_form(a, &seen, "good", NULL, date_from_civil(2022, 4, 1), &f, NULL, &e), E_OK);
  assert_string_equal(f->version, "2");
  assert_int_equal(read_form(a, &seen, "good", NULL, date_from_civil(2019, 12, 31), &f, NULL, &e), E_FORM_VERSION);
  assert_int_equal(read_form(a, &seen, "nothing", NULL, INT64_MIN, &f, NULL, &e), E_FORM_FOLDER);
  assert_int_equal(read_form(a, &seen, "good", "3", INT64_MIN, &f, NULL, &e), E_FORM_FOLDER);
  arena_free(a);
}

/* --- bad folders --- */
static bool bad_is_found(const struct csv_table *t, int64_t row) {
  const char *folder = csv_table_cell(t, row, 0).p, *code = csv_table_cell(t, row, 1).p, *file = csv_table_cell(t, row, 2).p;
  int64_t line = 0, column = 0, n = 0;
  struct arena *a = arena_new(0);
  struct seen seen;
  struct form *f;
  struct err e = {0};
  assert_true(str_int64(csv_table_cell(t, row, 3), &line) && str_int64(csv_table_cell(t, row, 4), &column));
  enum err_code got = read_form(a, &seen, folder, "1", INT64_MIN, &f, &n, &e);
  size_t file_n = strlen(file), path_n = strlen(seen.first.file);
  bool place = path_n >= file_n && strcmp(seen.first.file + path_n - file_n, file) == 0 && seen.first.line == line &&
               (column == 0 || seen.first.column == column);
  bool ok = strcmp(err_name(got), code) == 0 && e.code == got && place && n == seen.n && n > 0 && !f;
  if (!ok)
    print_error("%s: %s at %s:%lld:%lld, %lld problems (expected %s at %s:%lld:%lld)\n", folder, err_name(got), seen.first.file,
        (long long)seen.first.line, (long long)seen.first.column, (long long)n, code, file, (long long)line, (long long)column);
  arena_free(a);
  return ok;
}

static void each_bad_folder_is_named_with_its_place(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct str text;
  struct err e = {0};
  assert_int_equal(form_file_load(a, "tests/spec/bad_forms.csv", &text, &e), E_OK);
  assert_int_equal(csv_table_parse(a, "bad_forms.csv", text.p, text.n, &t, &e), E_OK);
  assert_true(t.n_rows > 80);
  int not_found = 0;
  for (int64_t row = 0; row < t.n_rows; row++) not_found += !bad_is_found(&t, row);
  assert_int_equal(not_found, 0);
  arena_free(a);
}

/* --- identity --- */
static struct form_files *good_files(struct arena *a) {
  struct form_files *files = ARENA_NEW(a, struct form_files);
  struct err e = {0};
  assert_int_equal(form_files_load(a, FORMS "/library/sample/good/1", files, &e), E_OK);
  return files;
}

static const char *hash_of(struct arena *a, const struct form_files *files) {
  struct form *f;
  int64_t n;
  struct err e = {0};
  enum err_code code = form_build(a, NULL, files, FORMS, &f, &n, &e);
  return code ? err_name(code) : f->hash_hex;
}

static void replace_text(struct arena *a, struct form_files *files, const char *name, const char *from, const char *to) {
  for (int i = 0; i < files->n_files; i++) {
    struct form_file *f = &files->files[i];
    if (strcmp(f->name, name) != 0) continue;
    struct strbuf b;
    strbuf_init(&b, 0);
    size_t k = strlen(from);
    int n = 0;
    for (size_t at = 0; at < f->text.n;) {
      bool here = at + k <= f->text.n && memcmp(f->text.p + at, from, k) == 0;
      strbuf_add(&b, here ? to : f->text.p + at, here ? strlen(to) : 1);
      at += here ? k : 1;
      n += here;
    }
    assert_true(n > 0);
    f->text = (struct str){arena_strdup(a, b.p, b.n), b.n};
    strbuf_release(&b);
  }
}

static void identity_ignores_spelling_of_files_but_not_content(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const char *hash = hash_of(a, good_files(a));
  assert_int_equal(strlen(hash), 64);
  static const struct {
    const char *file, *from, *to;
    bool same;
  } changes[] = {
      {"items.csv", "\n", "\r\n", true},
      {"items.csv", "house,", "\"house\",", true},
      {"items.csv", "name,label_ja", "\xEF\xBB\xBFname,label_ja", true},
      {"form.json", "\n", "  \n ", true},
      {"codes/sex.csv", "男", "男性", false},
      {"items.csv", "99999.9", "99999.8", false},
      {"checks.csv", "income is negative", "income is below 0", false},
      {"plan.json", "census", "sample", false},
      {"map/0.csv", "M=1", "M=2", false},
      {"impute.csv", "ratio", "donor", false},
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    struct form_files *files = good_files(a);
    replace_text(a, files, changes[i].file, changes[i].from, changes[i].to);
    const char *now = hash_of(a, files);
    assert_int_equal(strlen(now), 64);
    if ((strcmp(now, hash) == 0) != changes[i].same) fail_msg("%s: '%s' to '%s'", changes[i].file, changes[i].from, changes[i].to);
  }
  arena_free(a);
}

static void pinned_list_is_accepted_with_its_hash(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form *f = good_form(a, "1");
  char pin[96];
  const struct codelist *region = form_item(f, "area")->codelist;
  strcpy(pin, "\"region\": \"");
  for (int i = 0; i < 32; i++) snprintf(pin + 11 + 2 * i, 3, "%02x", region->hash[i]);
  strcat(pin, "\"");
  struct form_files *files = good_files(a);
  replace_text(a, files, "form.json", "\"region\": \"\"", pin);
  assert_int_equal(strlen(hash_of(a, files)), 64);
  replace_text(a, files, "form.json", "\"region\": \"", "\"region\": \"0");
  assert_string_equal(hash_of(a, files), "E_FORM_LIST_CHANGED");
  arena_free(a);
}

static void every_problem_of_a_form_is_counted(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form_files *files = good_files(a);
  struct seen seen = {0};
  struct job job = {.arena = a, .n_threads = 1, .problem = on_problem, .problem_context = &seen};
  struct form *f;
  int64_t n;
  struct err e = {0};
  replace_text(a, files, "checks.csv", "hard", "fatal");
  replace_text(a, files, "checks.csv", "income >= 0", "salary >= 0");
  replace_text(a, files, "items.csv", "ministry: coded", "coded");
  assert_int_equal(form_build(a, &job, files, FORMS, &f, &n, &e), E_FORM_DERIVED);
  assert_int_equal(n, 3);
  assert_int_equal(seen.n, 3);
  assert_int_equal(seen.last.code, E_EXPR_NAME);
  assert_null(f);
  arena_free(a);
}

static void unused_list_is_a_warning(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form_files *files = good_files(a);
  struct seen seen = {0};
  struct job job = {.arena = a, .n_threads = 1, .problem = on_problem, .problem_context = &seen};
  struct form *f;
  struct err e = {0};
  replace_text(a, files, "items.csv", ",era,", ",,");
  assert_int_equal(form_build(a, &job, files, FORMS, &f, NULL, &e), E_OK);
  assert_int_equal(seen.warnings, 1);
  arena_free(a);
}

/* --- differences --- */
static bool has_change(const struct form_difference *d, int64_t n, enum form_change change, const char *table, const char *name, const char *field) {
  for (int64_t i = 0; i < n; i++)
    if (d[i].change == change && strcmp(d[i].table, table) == 0 && strcmp(d[i].name, name) == 0 && strcmp(d[i].field, field) == 0) return true;
  return false;
}

static void difference_of_two_versions(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct form_difference *d;
  int64_t n;
  struct err e = {0};
  struct form *one = good_form(a, "1"), *two = good_form(a, "2");
  assert_int_equal(form_diff(a, one, one, &d, &n, &e), E_OK);
  assert_int_equal(n, 0);
  assert_int_equal(form_diff(a, one, two, &d, &n, &e), E_OK);
  assert_int_equal(n, 5);
  assert_true(has_change(d, n, CHANGE_ALTERED, "item", "income", "max"));
  assert_true(has_change(d, n, CHANGE_REMOVED, "item", "job_class", ""));
  assert_true(has_change(d, n, CHANGE_ADDED, "item", "phone", ""));
  assert_true(has_change(d, n, CHANGE_ADDED, "code", "sex:3", ""));
  assert_true(has_change(d, n, CHANGE_ALTERED, "check", "K1", "severity"));
  arena_free(a);
}

/* Memory may run out at any allocation: never a form that lacks something. */
static void failed_allocation_gives_no_form(void **state) {
  (void)state;
  int64_t failed = 0;
  enum err_code code = E_NO_MEMORY;
  for (uint64_t n = 1; code; n++) {
    struct arena *a = arena_new(0);
    struct form *f = NULL;
    struct err e = {0};
    arena_fail_at(n);
    code = form_read(a, NULL, FORMS, "sample", "good", "1", INT64_MIN, &f, NULL, &e);
    arena_fail_at(0);
    if (code) {
      failed++;
      assert_null(f);
      if (code != E_NO_MEMORY) fail_msg("allocation %llu: %s", (unsigned long long)n, err_name(code));
    }
    arena_free(a);
  }
  assert_true(failed > 500);
}

static void survey_has_levels_and_days(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form_survey *s;
  struct err e = {0};
  assert_int_equal(survey_read(a, FORMS, "sample", &s, &e), E_OK);
  assert_int_equal(s->n_levels, 2);
  assert_string_equal(s->levels[1], "ministry");
  assert_int_equal(s->due_days[1], 20);
  assert_int_equal(survey_read(a, FORMS, "nothing", &s, &e), E_FORM_FOLDER);
  arena_free(a);
}

/* Days for an answer: none is allowed, a wrong number of them or a day that is none is not. */
static void query_days_are_one_per_level_or_none(void **state) {
  static const struct {
    const char *member;
    enum err_code code;
  } cases[] = {{"", E_OK}, {"\"query_days\":[7,0],", E_OK}, {"\"query_days\":[7],", E_FORM_JSON_MEMBER},
      {"\"query_days\":[7,-1],", E_FORM_JSON_MEMBER}, {"\"query_days\":[7,367],", E_FORM_JSON_MEMBER},
      {"\"query_days\":[7,\"3\"],", E_FORM_JSON_MEMBER}, {"\"query_days\":7,", E_FORM_JSON_MEMBER}};
  (void)state;
  struct arena *a = arena_new(0);
  struct form_survey *s;
  struct err e;
  char root[] = "/tmp/shirabe-test-XXXXXX", path[128];
  assert_non_null(mkdtemp(root));
  snprintf(path, sizeof path, "%s/library/days", root);
  assert_int_equal(make_directories(path, 0700, &e), E_OK);
  snprintf(path, sizeof path, "%s/library/days/survey.json", root);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *json = arena_printf(a,
        "{\"survey\":\"days\",\"code\":\"0\",\"title_ja\":\"x\",\"title_en\":\"x\",\"law\":\"x\",\"levels\":[\"municipality\",\"ministry\"],"
        "\"due_days\":[1,2],%s\"retention_class\":\"x\",\"forms\":[\"f\"],\"source\":\"x\"}",
        cases[i].member);
    assert_int_equal(atomic_write(path, json, strlen(json), ATOMIC_REPLACE, 0600, &e), E_OK);
    assert_int_equal(survey_read(a, root, "days", &s, &e), cases[i].code);
    if (cases[i].code) continue;
    assert_int_equal(s->has_query_days, i > 0);
    assert_int_equal(s->query_days[0], i ? 7 : 0);
  }
  unlink(path);
  snprintf(path, sizeof path, "%s/library/days", root);
  rmdir(path);
  snprintf(path, sizeof path, "%s/library", root);
  rmdir(path);
  rmdir(root);
  arena_free(a);
}

static void decimals_are_scaled_exactly(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int decimals;
    bool ok;
    int64_t value;
  } cases[] = {{"12", 2, true, 1200}, {"-0.5", 1, true, -5}, {"12.30", 2, true, 1230}, {"12.345", 2, false, 0}, {"", 0, false, 0}, {"-", 0, false, 0},
      {"1.", 2, false, 0}, {".5", 2, false, 0}, {"1e3", 0, false, 0}, {"+1", 0, false, 0}, {" 1", 0, false, 0},
      {"9223372036854775807", 0, true, INT64_MAX}, {"9223372036854775807", 1, false, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t v = 0;
    assert_int_equal(decimal_parse(str_of(cases[i].text), cases[i].decimals, &v), cases[i].ok);
    if (cases[i].ok) assert_int_equal(v, cases[i].value);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(good_form_is_what_its_tables_say),
      cmocka_unit_test(columns_of_one_record_type),
      cmocka_unit_test(code_is_found_by_day),
      cmocka_unit_test(version_is_chosen_by_day),
      cmocka_unit_test(each_bad_folder_is_named_with_its_place),
      cmocka_unit_test(identity_ignores_spelling_of_files_but_not_content),
      cmocka_unit_test(pinned_list_is_accepted_with_its_hash),
      cmocka_unit_test(every_problem_of_a_form_is_counted),
      cmocka_unit_test(unused_list_is_a_warning),
      cmocka_unit_test(difference_of_two_versions),
      cmocka_unit_test(failed_allocation_gives_no_form),
      cmocka_unit_test(survey_has_levels_and_days),
      cmocka_unit_test(query_days_are_one_per_level_or_none),
      cmocka_unit_test(decimals_are_scaled_exactly),
  };
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
