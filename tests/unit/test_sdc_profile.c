/* The list of disclosure profiles: what the repository ships is whole, and what cannot be is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_profile.h"
#include "forms/form.h"
#include "forms/form_files.h"

static const char good[] =
    "{ \"profiles\": [\n"
    "  { \"name\": \"a\",\n"
    "    \"rule\": { \"min_n\": 3, \"dominance_n\": 2, \"dominance_percent\": 90, \"p_percent\": 10, \"q_percent\": 100, \"coalition\": 1, "
    "\"request\": false, \"request_percent\": 0, \"zero_is_group\": false, \"safety_range_percent\": 10, \"weights\": \"raw\" },\n"
    "    \"items\": { \"holding\": \"owner\", \"waiver\": \"\", \"asked\": \"\" },\n"
    "    \"source\": \"a page\", \"status\": \"unconfirmed\" } ] }\n";
static enum err_code parse(struct arena *a, const char *text, struct disclosure_profile **list, int *n, struct err *e) {
  *e = (struct err){.code = E_OK};
  return sdc_profiles_parse(a, "p.json", text, strlen(text), list, n, e);
}
static void every_field_is_read(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct disclosure_profile *p;
  struct err e;
  int n;
  assert_int_equal(parse(a, good, &p, &n, &e), E_OK);
  assert_int_equal(n, 1);
  assert_string_equal(p->name, "a");
  assert_string_equal(p->holding, "owner");
  assert_string_equal(p->source, "a page");
  assert_true(p->rule.min_n == 3 && p->rule.dominance_n == 2 && p->rule.dominance_percent == 90 && p->rule.p == 10 && p->rule.q == 100);
  assert_true(p->rule.coalition == 1 && !p->rule.request && !p->rule.zero_is_group && p->rule.safety_range == 10);
  assert_int_equal(p->rule.weights, SDC_WEIGHTS_RAW);
  assert_string_equal(p->rule.status, "unconfirmed");
  assert_ptr_equal(sdc_profile_find(p, n, "a"), p);
  assert_null(sdc_profile_find(p, n, "b"));
  arena_free(a);
}
/* One thing wrong at a time. */
static const struct {
  const char *from, *to, *subject;
} wrong[] = {
    {"\"min_n\": 3, ", "", "a min_n"},
    {"\"min_n\": 3", "\"min_n\": 3, \"minimum\": 3", "a minimum"},
    {"\"min_n\": 3", "\"min_n\": -1", "a min_n"},
    {"\"min_n\": 3", "\"min_n\": 2.5", "a min_n"},
    {"\"min_n\": 3", "\"min_n\": \"3\"", "a min_n"},
    {"\"min_n\": 3", "\"min_n\": 1", "a min_n"},
    {"\"dominance_n\": 2", "\"dominance_n\": 0", "a dominance_n"},
    {"\"dominance_percent\": 90", "\"dominance_percent\": 0", "a dominance_percent"},
    {"\"dominance_percent\": 90", "\"dominance_percent\": 101", "a dominance_percent"},
    {"\"p_percent\": 10", "\"p_percent\": 100", "a p_percent"},
    {"\"q_percent\": 100", "\"q_percent\": 0", "a q_percent"},
    {"\"coalition\": 1", "\"coalition\": 0", "a coalition"},
    {"\"coalition\": 1", "\"coalition\": 11", "a coalition"},
    {"\"request\": false", "\"request\": 0", "a request"},
    {"\"request\": false", "\"request\": true", "a asked"},
    {"\"safety_range_percent\": 10", "\"safety_range_percent\": 101", "a safety_range_percent"},
    {"\"weights\": \"raw\"", "\"weights\": \"all\"", "a weights"},
    {"\"weights\": \"raw\"", "\"weights\": \"repeat\"", "a weights"}, /* with owners */
    {"\"source\": \"a page\"", "\"source\": \"\"", "a source"},
    {"\"status\": \"unconfirmed\"", "\"status\": \"sure\"", "a status"},
    {"\"name\": \"a\"", "\"name\": \"\"", "name"},
    {"\"waiver\": \"\", ", "", "a waiver"},
    {"\"profiles\"", "\"profile\"", "profiles"},
};
static void what_cannot_be_is_refused(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    struct arena *a = arena_new(0);
    char text[2048];
    struct disclosure_profile *p;
    struct err e;
    int n;
    const char *at = strstr(good, wrong[k].from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, wrong[k].to, at + strlen(wrong[k].from));
    assert_int_equal(parse(a, text, &p, &n, &e), E_SDC_PROFILES);
    if (strcmp(e.subject, wrong[k].subject) != 0) fail_msg("%s: %s", wrong[k].to, e.subject);
    assert_string_equal(e.file, "p.json");
    assert_true(strlen(e.expected) > 0 && strlen(e.found) > 0);
    if (!strncmp(wrong[k].subject, "a ", 2)) assert_int_equal(e.line, 2); /* where the profile stands */
    arena_free(a);
  }
}
static void two_of_one_name_are_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  char text[4096];
  struct disclosure_profile *p;
  struct err e;
  int n;
  const char *one = strchr(good, '[') + 1, *end = strrchr(good, ']');
  snprintf(text, sizeof text, "{ \"profiles\": [%.*s,%.*s] }", (int)(end - one), one, (int)(end - one), one);
  assert_int_equal(parse(a, text, &p, &n, &e), E_SDC_PROFILES);
  assert_string_equal(e.subject, "a name");
  arena_free(a);
}
static void the_shipped_list_is_whole(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct disclosure_profile *p;
  struct str text;
  struct err e;
  int n;
  assert_int_equal(form_file_load(a, "forms/codelists/disclosure_profiles.json", &text, &e), E_OK);
  assert_int_equal(sdc_profiles_parse(a, "disclosure_profiles.json", text.p, text.n, &p, &n, &e), E_OK);
  static const struct {
    const char *name;
    int64_t min_n;
    int dominance_n;
    bool zeros, verified;
  } limits[] = {{"persons_10", 10, 0, false, false}, {"establishments_3", 3, 2, false, false}, {"establishment_x", 3, 0, false, true},
      {"ndb_10", 10, 0, false, true}, {"ndb_small_20", 20, 0, false, false}, {"care_open_10", 10, 0, false, true}, {"acro_10", 10, 2, true, true},
      {"opensafely_7", 8, 0, false, true}, {"ons_10", 10, 0, false, true}, {"datashield_3", 3, 0, false, true}};
  assert_int_equal(n, sizeof limits / sizeof *limits);
  for (int i = 0; i < n; i++) {
    const struct disclosure_profile *x = sdc_profile_find(p, n, limits[i].name);
    if (!x) fail_msg("%s is not there", limits[i].name);
    assert_true(x->rule.min_n == limits[i].min_n && x->rule.dominance_n == limits[i].dominance_n && x->rule.zero_is_group == limits[i].zeros);
    assert_int_equal(strcmp(x->status, "verified") == 0, limits[i].verified);
  }
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_field_is_read),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(two_of_one_name_are_refused),
      cmocka_unit_test(the_shipped_list_is_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
