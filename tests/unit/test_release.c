/* test_release.c -- the door: a file that the disclosure report does not cover stays inside, and a suppressed cell is suppressed in every form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "secure-store/release_parts.h"

#define LONG "table,period,area,measure,unit,value,se,cv,df,n,status,reason\n"                                    \
             "t,2025,01,deaths,person,120,,,,120,shown,\n"                                                        \
             "t,2025,02,deaths,person,,,,,,suppressed,threshold\n"                                                \
             "t,2025,03,deaths,person,7130,,,,7130,shown,\n"
#define WIDE "period,area,deaths\n2025,01,120\n2025,02,\n2025,03,7130\n"
#define CELL(area, n, value, status)                                                                                                               \
  "{\"key\":{\"area\":\"" area "\"}," n "\"measures\":{\"deaths\":{\"value\":" value ",\"status\":\"" status "\"}}}"
#define JSON(second) "{\"rows\":[" CELL("01", "\"n\":120,", "120.0", "shown") "," second "," CELL("03", "\"n\":7130,", "7130.0", "shown") "]}"
#define HIDDEN CELL("02", "", "null", "suppressed")

struct door_case {
  const char *what, *name, *text; /* replaces the part of that name, or is added; text NULL = the part is left out */
  enum err_code code;
};
static const struct door_case cases[] = {
    {"the bundle as it is made", "codes.csv", "table,column,code,label_ja,label_en\n", E_OK},
    {"records beside the tables", "records.csv", "a\n", E_RELEASE_REPORT},
    {"a wide table without its long form", "tables/u.wide.csv", WIDE, E_RELEASE_REPORT},
    {"a JSON table without its long form", "tables/u.json", JSON(HIDDEN), E_RELEASE_REPORT},
    {"a long form that is left out", "tables/t.csv", NULL, E_RELEASE_REPORT},
    {"a path that climbs", "tables/../../t.csv", LONG, E_RELEASE_REPORT},
    {"a path from the root", "/tables/t.csv", LONG, E_RELEASE_REPORT},
    {"a table in a further folder", "tables/x/t.csv", LONG, E_RELEASE_REPORT},
    {"the manifest as a part", "release.json", "{}", E_RELEASE_REPORT},
    {"a suppressed cell shown in the wide form", "tables/t.wide.csv", "period,area,deaths\n2025,01,120\n2025,02,3\n2025,03,7130\n",
        E_RELEASE_REFUSED},
    {"a negative number that the long form lacks", "tables/t.wide.csv", "period,area,deaths\n2025,01,120\n2025,02,-3\n2025,03,7130\n",
        E_RELEASE_REFUSED},
    {"a suppressed cell shown in JSON", "tables/t.json", JSON(CELL("02", "", "3.0", "suppressed")), E_RELEASE_REFUSED},
    {"a suppressed cell called shown in JSON", "tables/t.json", JSON(CELL("02", "", "3.0", "shown")), E_RELEASE_REFUSED},
    {"a suppressed cell given away by its count", "tables/t.json", JSON(CELL("02", "\"n\":3,", "null", "suppressed")), E_RELEASE_REFUSED},
    {"a row more in JSON", "tables/t.json", JSON(HIDDEN "," CELL("04", "", "3.0", "shown")), E_RELEASE_REFUSED},
    {"a number in a suppressed cell of the long form", "tables/t.csv",
        "table,period,area,measure,unit,value,se,cv,df,n,status,reason\nt,2025,01,deaths,person,120,,,,120,shown,\nt,2025,02,deaths,person,3,,,,,suppressed,threshold\n"
        "t,2025,03,deaths,person,7130,,,,7130,shown,\n",
        E_RELEASE_REFUSED},
};

static int64_t bundle_of(const struct door_case *c, struct release_part out[8]) {
  static const struct release_part made[] = {{"tables/t.csv", {LONG, sizeof LONG - 1}}, {"tables/t.wide.csv", {WIDE, sizeof WIDE - 1}},
      {"tables/t.json", {JSON(HIDDEN), sizeof JSON(HIDDEN) - 1}}, {"columns.csv", {"table\n", 6}}, {"codes.csv", {"table\n", 6}}};
  int64_t n = 0;
  bool placed = false;
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
    bool here = !strcmp(made[i].name, c->name);
    placed |= here;
    if (here && !c->text) continue;
    out[n] = made[i];
    if (here) out[n].bytes = str_of(c->text);
    n++;
  }
  if (!placed) out[n++] = (struct release_part){c->name, str_of(c->text)};
  return n;
}

static void only_what_the_report_covers_leaves(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *a = arena_new(0);
    struct release_part parts[8];
    struct err e;
    enum err_code code = release_check_parts(a, parts, bundle_of(&cases[i], parts), &e);
    if (code != cases[i].code) fail_msg("%s: %s instead of %s", cases[i].what, err_name(code), err_name(cases[i].code));
    arena_free(a);
  }
}

static void a_file_given_twice_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct release_part parts[8];
  struct err e;
  int64_t n = bundle_of(&cases[0], parts);
  parts[n++] = parts[0];
  assert_int_equal(release_check_parts(a, parts, n, &e), E_RELEASE_REPORT);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_the_report_covers_leaves), cmocka_unit_test(a_file_given_twice_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
