/* The register of released tables, small: policies by profile, changes that say too much, entries that are damaged, a facet, one unit in two
 * cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/register/register_check.h"
#include "estimators/sdc/register/register_csv.h"
#include "secure-store/register/changes_check.h"

static struct arena *a;
static int setup(void **state) { return *state = a = arena_new(0), a == NULL; }
static int teardown(void **state) { return arena_free(*state), 0; }

/* --- policy --- */
#define COLUMNS "profile,revisions,revisions_amount,same_release,counts_public,status,source\n"
static void a_profile_has_its_own_row_or_the_common_one(void **state) {
  const struct str csv =
      STR(COLUMNS "*,warn,refuse,warn,no,unconfirmed,x\np,refuse,warn,allow,yes,confirmed,y\n");
  struct register_policy p;
  struct err e;
  (void)state;
  assert_int_equal(register_policy_read(a, "r", csv, "p", &p, &e), E_OK);
  assert_true(p.revisions == REGISTER_REFUSE && p.revisions_amount == REGISTER_WARN && p.same_release == REGISTER_ALLOW && p.counts_public);
  assert_int_equal(register_policy_read(a, "r", csv, "q", &p, &e), E_OK);
  assert_true(p.revisions == REGISTER_WARN && p.revisions_amount == REGISTER_REFUSE && !p.counts_public);
}
static void what_is_no_rule_is_refused(void **state) {
  const struct str csv[] = {STR(COLUMNS "p,perhaps,warn,warn,no,unconfirmed,x\n"),
      STR(COLUMNS "p,warn,warn,warn,maybe,unconfirmed,x\n"),
      STR(COLUMNS "p,warn,warn,warn,no,sure,x\n"), STR("profile,revisions\nq,warn\n"),
      STR("profile,revisions,same_release,counts_public,status,source\np,warn,warn,no,confirmed,x\n")};
  struct register_policy p;
  struct err e;
  (void)state;
  for (size_t i = 0; i < sizeof csv / sizeof *csv; i++) assert_int_equal(register_policy_read(a, "r", csv[i], "p", &p, &e), E_REGISTER_RULES);
}

/* --- changes.csv --- */
#define HEAD "table,cell,measure,old,old_status,new,new_status,reason\n"
static const char after[] =
    "table,period,sex,measure,unit,value,n,status,reason\nt,2025-12,_T,count(),1,30,30,shown,\nt,2025-12,1,count(),1,,,suppressed,small\n";
static const char before[] =
    "table,period,sex,measure,unit,value,n,status,reason\nt,2025-12,_T,count(),1,29,29,shown,\nt,2025-12,1,count(),1,,,suppressed,small\n";
static enum err_code text_of(void *context, const char *id, struct str *text, struct err *e) {
  (void)e;
  if (!strcmp(id, "t")) *text = str_of(context);
  return E_OK;
}
static void changes_show_what_the_editions_show(void **state) {
  struct changes_source new = {(void *)(uintptr_t)after, text_of}, old = {(void *)(uintptr_t)before, text_of};
  struct err e;
  static const struct {
    const char *text;
    enum err_code code;
  } cases[] = {{HEAD "t,sex=_T,count(),29,shown,30,shown,r\n", E_OK}, {HEAD "t,sex=_T,n,29,shown,30,shown,r\n", E_OK},
      {HEAD "t,sex=1,count(),,suppressed,,suppressed,r\n", E_OK}, {HEAD "t,sex=_T,count(),29,shown,31,shown,r\n", E_RELEASE_REFUSED},
      {HEAD "t,sex=1,count(),,suppressed,30,shown,r\n", E_RELEASE_REFUSED},
      {HEAD "t,sex=1,count(),4,suppressed,,suppressed,r\n", E_RELEASE_REFUSED},
      {HEAD "t,sex=_T,count(),30,shown,30,shown,r\n", E_RELEASE_REFUSED}, {HEAD "u,sex=_T,count(),,absent,30,shown,r\n", E_RELEASE_REFUSED},
      {"table,cell,measure,old,old_status,new,new_status\n", E_RELEASE_REPORT},
      {"table,cell,measure,old,old_status,new,value,reason\n", E_RELEASE_REPORT}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(changes_check(a, str_of(cases[i].text), &new, &old, &e), cases[i].code);
}
static void changes_of_two_tables(void **state) {
  struct register_entry x = {.release = "x", .n_tables = 1}, y = {.release = "y", .n_tables = 1};
  struct register_table t, u;
  struct strbuf b;
  struct err e;
  int64_t n;
  (void)state;
  assert_int_equal(register_from_csv(a, "before", str_of(before), "f", &t, &e), E_OK);
  assert_int_equal(register_from_csv(a, "after", str_of(after), "f", &u, &e), E_OK);
  assert_true(t.n_rows == 2 && t.n_dims == 1 && t.n_measures == 1 && register_status_of(&t, 1, 0) == REGISTER_HIDDEN);
  x.table = &t, y.table = &u;
  strbuf_init(&b, 0);
  assert_int_equal(register_changes_csv(a, &x, &y, "late", &b, &n, &e), E_OK);
  assert_string_equal(strbuf_cstr(&b), HEAD "t,sex=_T,count(),29,shown,30,shown,late\nt,sex=_T,n,29,shown,30,shown,late\n");
  assert_int_equal(n, 2);
  strbuf_release(&b);
}

/* --- rows and units --- */
static void fill(struct register_table *t, const struct str (*codes)[2], int n) {
  struct err e;
  assert_int_equal(register_table_rows(a, t, n, &e), E_OK);
  for (int r = 0; r < n; r++)
    for (int d = 0; d < t->n_dims; d++) t->code[r * t->n_dims + d] = codes[r][d];
  for (int i = 0; i < n * (t->n_measures + 1); i++) t->status[i] = REGISTER_SHOWN, t->value[i] = STR("1");
}
static void a_facet_parts_no_units_and_a_unit_may_stand_in_two_cells(void **state) {
  static const struct str codes[][2] = {{{"_T", 2}, {"P", 1}}, {{"1", 1}, {"P", 1}}, {{"1", 1}, {"F", 1}}, {{"2", 1}, {"F", 1}}};
  static const struct str one[2] = {{"1", 1}, {"", 0}}, two[2] = {{"2", 1}, {"", 0}};
  const struct register_unit unit[] = {{10, one}, {20, one}, {20, two}, {30, two}};
  struct register_frame frame = {.name = "f"};
  struct register_entry entry = {
      .release = "x", .survey = "s", .period = "2025-12", .kind = "final", .n_frames = 1, .frame = &frame, .n_tables = 1};
  struct register_table t = {.id = "t",
      .form = "f",
      .period = "2025-12",
      .profile = "p",
      .region = "",
      .definition = "",
      .n_dims = 2,
      .n_measures = 1,
      .dim = {"kind", "form"},
      .facet = {0, 1},
      .measure = {"count()"}};
  struct err e;
  int64_t *size;
  (void)state;
  fill(&t, codes, 4);
  assert_int_equal(register_table_units(a, &entry, &t, 0, unit, 4, &e), E_OK);
  assert_int_equal(register_row_sizes(a, &entry, &t, &size, &e), E_OK);
  assert_int_equal(frame.n, 3);
  assert_true(size[0] == 3 && size[1] == 2 && size[2] == 2 && size[3] == 2); /* 10 20 30, 10 20, 10 20, 20 30 */
}
static void a_cut_entry_is_refused(void **state) {
  static const struct str codes[][2] = {{{"_T", 2}, {"", 0}}, {{"1", 1}, {"", 0}}};
  static const struct str one[2] = {{"1", 1}, {"", 0}};
  const struct register_unit unit[] = {{7, one}, {UINT64_MAX, one}, {0, one}};
  struct register_frame frame = {.name = "f"};
  struct register_table t = {.id = "t",
      .form = "f",
      .period = "2025-12",
      .profile = "p",
      .region = "",
      .definition = "",
      .n_dims = 1,
      .n_measures = 1,
      .dim = {"k"},
      .measure = {"count()"}};
  struct register_entry
      entry = {.release = "x", .survey = "s", .period = "2025-12", .kind = "final", .n_frames = 1, .frame = &frame, .n_tables = 1, .table = &t},
      back;
  struct strbuf b;
  struct err e;
  (void)state;
  fill(&t, codes, 2);
  assert_int_equal(register_table_units(a, &entry, &t, 0, unit, 3, &e), E_OK);
  strbuf_init(&b, 0);
  assert_int_equal(register_encode(&entry, &b, &e), E_OK);
  assert_int_equal(register_decode(a, str_view(b.p, b.n), &back, &e), E_OK);
  assert_true(back.frame[0].token[0] == 0 && back.frame[0].token[2] == UINT64_MAX);
  for (size_t n = 0; n < b.n; n++) assert_int_equal(register_decode(a, str_view(b.p, n), &back, &e), E_REGISTER_ENTRY);
  strbuf_addc(&b, 0);
  assert_int_equal(register_decode(a, str_view(b.p, b.n), &back, &e), E_REGISTER_ENTRY);
  strbuf_release(&b);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_profile_has_its_own_row_or_the_common_one), cmocka_unit_test(what_is_no_rule_is_refused),
      cmocka_unit_test(changes_show_what_the_editions_show), cmocka_unit_test(changes_of_two_tables),
      cmocka_unit_test(a_facet_parts_no_units_and_a_unit_may_stand_in_two_cells), cmocka_unit_test(a_cut_entry_is_refused)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
