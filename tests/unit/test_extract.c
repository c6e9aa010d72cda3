/* test_extract.c -- a grant becomes a package that opens, and says what it is. */
#include "tests/unit/extract_fixture.h"

static struct err error;

static void a_package_is_built_signed_and_opened(void **state) {
  (void)state;
  struct extracting x = extracting_new(3, 70);
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  struct provide_result out;
  OK(provide(x.r->s, &q, &out, &error));
  assert_int_equal(out.rows, 70 + 71 + 72);
  char path[600], folder[600];
  package_path(&x, "g-1", path);
  snprintf(folder, sizeof folder, "%s/opened", x.r->folder);
  struct package_open_request o = opening_of(&x, path, folder);
  struct arena *a = arena_new(0);
  struct manifest_read m;
  OK(package_open(&o, a, &m, &error));
  assert_string_equal(m.head.grant, "g-1");
  assert_int_equal(m.m.rows, 213);
  arena_free(a);
  rights_free(x.r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_package_is_built_signed_and_opened)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
