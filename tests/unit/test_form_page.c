/* The example of forms/form_folder.md is a form without problems, and its rules bite: each altered example is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/ext_sodium.h"
#include "forms/form_impl.h"

static int by_name(const void *a, const void *b) { return strcmp(((const struct form_file *)a)->name, ((const struct form_file *)b)->name); }

/* Blocks that open with ```<file name> are the files. */
static void page_files(struct arena *a, struct form_files *out) {
  struct str text;
  struct err e = {0};
  assert_int_equal(form_file_load(a, "forms/form_folder.md", &text, &e), E_OK);
  *out = (struct form_files){.folder = "page", .survey = "example", .form = "visit", .version = "1", .files = ARENA_ARRAY(a, struct form_file, 32)};
  for (const char *p = text.p; (p = strstr(p, "\n```"));) {
    p += 4;
    const char *name_end = strchr(p, '\n'), *end = strstr(p, "\n```");
    assert_non_null(end);
    if (name_end > p) {
      const char *name = arena_strdup(a, p, (size_t)(name_end - p));
      out->files[out->n_files++] = (struct form_file){name, name, str_of(arena_strdup(a, name_end + 1, (size_t)(end - name_end)))};
    }
    p = end + 4;
  }
  qsort(out->files, (size_t)out->n_files, sizeof *out->files, by_name);
}

struct seen {
  int problems, warnings;
};
static void on_problem(void *context, const struct err *e) {
  struct seen *s = context;
  char text[1024];
  if (err_grade_of(e->code) == GRADE_WARNING) {
    s->warnings++;
    return;
  }
  s->problems++;
  err_format(e, LANG_EN, text, sizeof text);
  print_message("%s\n", text);
}

static void example_of_the_page_is_a_good_form(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct form_files files;
  struct form *f;
  struct err e = {0};
  struct seen seen = {0};
  struct job job = {.arena = a, .n_threads = 1, .problem = on_problem, .problem_context = &seen};
  page_files(a, &files);
  assert_int_equal(files.n_files, 11);
  assert_int_equal(form_build(a, &job, &files, "forms", &f, NULL, &e), E_OK);
  assert_int_equal(seen.problems, 0);
  assert_int_equal(seen.warnings, 1); /* branch, as the page says */
  assert_int_equal(f->n_items, 10);
  assert_int_equal(f->n_checks, 4);
  arena_free(a);
}

static struct str with(struct arena *a, struct str text, const char *from, const char *to) {
  const char *at = strstr(text.p, from);
  assert_non_null(at);
  return str_of(arena_printf(a, "%.*s%s%s", (int)(at - text.p), text.p, to, at + strlen(from)));
}

static void rules_of_the_page_bite(void **state) {
  (void)state;
  static const struct {
    const char *file, *from, *to;
    enum err_code code;
  } rules[] = {
      {"items.csv", "amount,int", "amount,text", E_FORM_CLASS_TYPE},
      {"items.csv", "V=unknown", "V=gone", E_FORM_MISSING},
      {"items.csv", "ministry: coded from work", "coded from work", E_FORM_DERIVED},
      {"items.csv", ",visit_date,,,checked", ",income,,,checked", E_FORM_AS_OF},
      {"items.csv", "reported,,,,yes,\narea", "reported,,,,,\narea", E_FORM_KEY},
      {"items.csv", "1,6,,,ID", "1,7,,,ID", E_FORM_POSITION},
      {"codes/branch.csv", "2024-07-01", "2024-06-30", E_CODELIST_OVERLAP},
      {"codes/branch.csv", ",unknown\n", ",structure\n", E_FORM_WORD},
      {"checks.csv", "work below age 15", "", E_FORM_MESSAGE},
      {"checks.csv", "age >= 15", "age >= income", E_EXPR_UNIT},
      {"group_checks.csv", "n = 1", "m = 1", E_EXPR_NAME},
      {"group_checks.csv", "n=count()", "area=count()", E_GROUP_MEASURE},
      {"group_checks.csv", "sum(income)", "sum(visit_date)", E_GROUP_MEASURE},
      {"group_checks.csv", "sum(income)", "middle(income)", E_GROUP_MEASURE},
      {"group_checks.csv", ",house_no,n", ",person_no,n", E_FORM_NO_ITEM},
      {"group_checks.csv", "U1,hard", "K1,hard", E_FORM_NAME_TWICE},
      {"tables.csv", "persons_10", "persons_5", E_FORM_PROFILE},
      {"map/0.csv", "M=1;F=2", "", E_FORM_WORD},
      {"form.json", "\"sex\": \"\"", "\"sex\": \"00\"", E_FORM_LIST_CHANGED},
      {"form.json", "\"source\"", "\"sauce\"", E_FORM_JSON_MEMBER},
      {"plan.json", "[]", "[0.5]", E_FORM_JSON_MEMBER},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    struct arena *a = arena_new(0);
    struct form_files files;
    struct form *f;
    struct err e = {0};
    int64_t n = 0;
    page_files(a, &files);
    for (int k = 0; k < files.n_files; k++)
      if (strcmp(files.files[k].name, rules[i].file) == 0) files.files[k].text = with(a, files.files[k].text, rules[i].from, rules[i].to);
    enum err_code code = form_build(a, NULL, &files, "forms", &f, &n, &e);
    bool found = code == rules[i].code || (rules[i].code == E_FORM_JSON_MEMBER && code == E_FORM_JSON_UNKNOWN);
    if (!found || n == 0) fail_msg("%s: '%s' to '%s' gives %s", rules[i].file, rules[i].from, rules[i].to, err_name(code));
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(example_of_the_page_is_a_good_form), cmocka_unit_test(rules_of_the_page_bite)};
  if (!crypto_start()) return 1;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
