/* Municipality codes followed through the change table: facts of single events, and that no code that ended leads nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/ext_csv.h"
#include "forms/code_change.h"
#include "forms/code_structure.h"

struct tables {
  struct arena *a;
  const struct codelist *list;
  const struct code_changes *changes;
};

static int setup(void **state) {
  static struct tables t;
  struct err e = {0};
  t.a = arena_new(0);
  *state = &t;
  if (!codelist_read_shared(t.a, NULL, "forms", "municipalities", &t.list, &e) && !code_changes_read(t.a, t.list, &t.changes, &e))
    return t.changes ? 0 : -1;
  char text[1024];
  err_format(&e, LANG_EN, text, sizeof text);
  print_error("%s\n", text);
  return -1;
}
static int teardown(void **state) {
  arena_free(((struct tables *)*state)->a);
  return 0;
}

static const char *joined(const struct code_followed *f, char *out, size_t size) {
  out[0] = 0;
  for (int i = 0; i < f->n; i++)
    snprintf(out + strlen(out), size - strlen(out), "%s%.*s", i ? "+" : "", (int)f->codes[i]->code.n, f->codes[i]->code.p);
  return out;
}

static void single_events_lead_where_the_notices_say(void **state) {
  const struct tables *t = *state;
  static const struct {
    const char *code, *day, *found;
    bool earlier;
  } facts[] = {
      {"221317", "2023-12-31", "221317", false},        /* in force: itself */
      {"221317", "2024-01-01", "221384", false},        /* 浜松市中区 -> 中央区 */
      {"221350", "2024-01-01", "221384+221392", false}, /* 北区 went to two wards */
      {"221384", "2023-12-31", "221317+221325+221333+221341+221350", true},
      {"221406", "2023-12-31", "221376", true},         /* 天竜区 kept name and area */
      {"401021", "1974-04-01", "401064+401072", false}, /* 小倉区 was split */
      {"123048", "1970-07-01", "122220", false},        /* 我孫子町 -> 我孫子市 */
      {"123048", "1970-06-30", "123048", false},
      {"122220", "1970-06-30", "123048", true},
      {"174211", "2005-03-01", "174611", false}, /* 穴水町 under its own name */
      {"012017", "1972-04-01", "011002", false}, /* 札幌市 became a designated city */
      {"999999", "2024-01-01", "", true},
  };
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    struct code_followed f;
    char found[512];
    int64_t day;
    assert_true(date_parse_iso(str_of(facts[i].day), &day));
    code_follow(t->list, t->changes, str_of(facts[i].code), day, &f);
    joined(&f, found, sizeof found);
    if (strcmp(found, facts[i].found) || f.earlier != facts[i].earlier) fail_msg("%s on %s leads to %s", facts[i].code, facts[i].day, found);
  }
}

/* Several events in a row: every code of 1970 leads to codes of the last day of the table, by hundreds over more than one event. */
static void every_code_that_ended_leads_to_codes_in_force(void **state) {
  const struct tables *t = *state;
  int64_t last = date_from_civil(2024, 5, 26);
  int ended = 0, one = 0, several = 0;
  for (int64_t i = 0; i < t->list->n_codes; i++) {
    const struct code *c = &t->list->codes[i];
    struct code_followed f;
    if (codelist_find(t->list, c->code, last)) continue;
    code_follow(t->list, t->changes, c->code, last, &f);
    if (!f.complete || !f.n || f.earlier) fail_msg("%.*s leads nowhere", (int)c->code.n, c->code.p);
    for (int k = 0; k < f.n; k++) assert_true(f.codes[k]->valid_from <= last && last <= f.codes[k]->valid_to);
    ended++;
    one += f.n == 1;
    several += f.n > 1;
  }
  assert_true(ended > 2000 && one > 2000 && several >= 4 && several < 60);
}

/* What a successor came from includes what led to it, on the day before. */
static void following_back_finds_what_led_forward(void **state) {
  const struct tables *t = *state;
  for (int64_t i = 0; i < t->changes->n; i++) {
    const struct code_change *c = &t->changes->changes[i];
    struct code_followed f;
    bool found = false;
    assert_true(municipality_check_digit_valid(c->code) && municipality_check_digit_valid(c->successor));
    if (codelist_find(t->list, c->successor, c->day - 1)) continue; /* an absorption: the successor was there already */
    code_follow(t->list, t->changes, c->successor, c->day - 1, &f);
    for (int k = 0; k < f.n; k++) found = found || str_eq(f.codes[k]->code, c->code);
    bool was = codelist_find(t->list, c->code, c->day - 1) != NULL;
    if (was != found) fail_msg("%.*s does not lead back to %.*s", (int)c->successor.n, c->successor.p, (int)c->code.n, c->code.p);
  }
}

/* The table holds the events of the source and no other, day by day. */
static void the_table_is_the_source(void **state) {
  const struct tables *t = *state;
  const char *folder = getenv("REFERENCE");
  char path[512];
  uint8_t *bytes = NULL;
  size_t n = 0;
  struct err e;
  snprintf(path, sizeof path, "%s/codes/municipality_changes_1970-04_2024-05.csv", folder ? folder : "../shared/data");
  if (file_read(path, 1 << 22, &bytes, &n, &e)) skip();
  struct csv_table source;
  assert_int_equal(csv_table_parse(t->a, path, (const char *)bytes, n, &source, &e), E_OK);
  int from = csv_table_column(&source, "from_city_code"), to = csv_table_column(&source, "to_city_code"), date = csv_table_column(&source, "date"),
      from_name = csv_table_column(&source, "from_city_name"), to_name = csv_table_column(&source, "to_city_name"),
      type = csv_table_column(&source, "type");
  int64_t events = 0, left_out = 0;
  for (int64_t i = 0; i < source.n_rows; i++) {
    struct str old = csv_table_cell(&source, i, from), new = csv_table_cell(&source, i, to);
    int64_t day;
    bool found = false;
    if (!old.n || !new.n || str_eq(old, new)) continue;
    if (str_eq(csv_table_cell(&source, i, type), STR("郡の区域変更")) &&
        !str_eq(csv_table_cell(&source, i, from_name), csv_table_cell(&source, i, to_name))) {
      left_out++;
      continue;
    }
    events++;
    assert_true(date_parse_iso(csv_table_cell(&source, i, date), &day));
    for (int64_t k = 0; !found && k < t->changes->n; k++) {
      const struct code_change *c = &t->changes->changes[k];
      found = c->day == day && str_starts(c->code, old) && str_starts(c->successor, new);
    }
    if (!found) fail_msg("%s:%lld is not in the table", path, (long long)source.lines[i]);
  }
  assert_int_equal(left_out, 4);
  assert_true(events >= t->changes->n);
  free(bytes);
}

static void a_list_without_a_table_has_none(void **state) {
  const struct tables *t = *state;
  const struct codelist *sex = NULL;
  const struct code_changes *none = t->changes;
  struct err e = {0};
  assert_int_equal(codelist_read_shared(t->a, NULL, "forms", "sex", &sex, &e), E_OK);
  assert_int_equal(code_changes_read(t->a, sex, &none, &e), E_OK);
  assert_null(none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(single_events_lead_where_the_notices_say), cmocka_unit_test(every_code_that_ended_leads_to_codes_in_force),
      cmocka_unit_test(following_back_finds_what_led_forward),    cmocka_unit_test(the_table_is_the_source),
      cmocka_unit_test(a_list_without_a_table_has_none),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
