/* Every check of the library against records that fail it, pass it and leave it open: tests/spec/vital_checks.csv and mls_checks.csv. A case is
 * form, check, assignments `item=value;prev.item=value;frame.item=value` (~unknown, ~not_applicable ... = a status), expected false, true or
 * unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "library.h"

enum { MAX_ASSIGNMENTS = 128 };
struct assignment {
  struct str name, value;
};
struct case_row {
  const char *file;
  int64_t line;
  struct str form, check, expected;
  int n;
  struct assignment set[MAX_ASSIGNMENTS];
};
struct seen { /* per form: which verdicts each check has met */
  struct form *form;
  bool failed[256], passed[256];
};
struct library {
  struct arena *a;
  struct seen seen[LIBRARY_FORMS];
};

static enum err_code read_form(struct arena *a, const struct library_form *l, struct form **out) {
  struct job job = {.arena = a, .problem = library_print_problem};
  struct err e;
  return form_read(a, &job, "forms", l->survey, l->form, l->version, INT64_MIN, out, NULL, &e);
}

static int setup(void **state) {
  struct library *l = calloc(1, sizeof *l);
  *state = l;
  if (!l) return -1;
  l->a = arena_new(0);
  for (int i = 0; i < LIBRARY_FORMS; i++)
    if (read_form(l->a, &LIBRARY[i], &l->seen[i].form)) return -1;
  return 0;
}
static int teardown(void **state) {
  struct library *l = *state;
  if (l) arena_free(l->a);
  free(l);
  return 0;
}

static struct seen *seen_of(struct library *l, struct str form) {
  for (int i = 0; i < LIBRARY_FORMS; i++) {
    char name[128];
    snprintf(name, sizeof name, "%s/%s/%s", LIBRARY[i].survey, LIBRARY[i].form, LIBRARY[i].version);
    if (str_eq(form, str_of(name))) return &l->seen[i];
  }
  return NULL;
}

static int check_index(const struct form *f, struct str id) {
  for (int i = 0; i < f->n_checks; i++)
    if (str_eq(id, str_of(f->checks[i].id))) return i;
  return -1;
}

/* --- one value --- */
static bool status_of(struct str text, uint8_t *status) {
  for (int s = 0; s < VAL_STATUS_COUNT; s++)
    if (str_eq(text, str_of(value_status_name((uint8_t)s)))) {
      *status = (uint8_t)s;
      return true;
    }
  return false;
}

static bool decimal_of(struct str text, int decimals, int64_t *out) {
  int64_t whole, fraction = 0;
  struct str rest, head = str_split(text, '.', &rest);
  if (!str_int64(head, &whole) || rest.n > (size_t)decimals || (rest.n && !str_int64(rest, &fraction))) return false;
  for (int i = 0; i < decimals; i++) whole *= 10;
  for (size_t i = rest.n; i < (size_t)decimals; i++) fraction *= 10;
  *out = whole + fraction;
  return true;
}

static bool put_value(struct column *c, struct str text) {
  c->status[0] = VAL_REPORTED;
  if (text.n && text.p[0] == '~') return status_of(str_view(text.p + 1, text.n - 1), &c->status[0]);
  if (c->is_date) return date_parse_iso(text, &c->i64[0]);
  if (c->type == COL_INT) return decimal_of(text, c->decimals, &c->i64[0]);
  c->code[0] = dict_add(c->dict, text);
  return c->code[0] >= 0;
}

static struct assignment *value_for(struct case_row *k, const struct expr_slot *slot) {
  char name[160];
  const char *where = slot->kind == EXPR_SLOT_PREV ? "prev." : slot->kind == EXPR_SLOT_FRAME ? "frame." : "";
  snprintf(name, sizeof name, "%s%s", where, slot->name);
  for (int i = 0; i < k->n; i++)
    if (str_eq(k->set[i].name, str_of(name))) return &k->set[i];
  return NULL;
}

static struct column describe(struct arena *a, const struct form *f, const char *name) {
  const struct item *it = form_item(f, name);
  assert_non_null(it);
  struct column c = {.name = it->name,
      .type = it->type,
      .decimals = it->decimals,
      .unit = it->unit,
      .is_date = it->class == CLASS_DATE || it->class == CLASS_WAREKI};
  bool fixed = it->codelist && !*it->codelist->structure;
  if (c.type != COL_INT) c.dict = fixed ? it->codelist->dict : dict_new(a);
  return c;
}

struct bound {
  const struct column *columns[64];
  struct expr_binding binding;
  struct expr_scratch *scratch;
};

/* One row with the case's values in the columns that the expression reads; what is not assigned is blank. */
static void bind(struct arena *a, const struct form *f, const struct expr *x, struct case_row *k, struct bound *out) {
  struct err e;
  struct column description[64];
  struct table t;
  int n = expr_n_slots(x);
  assert_true(n < 64);
  for (int i = 0; i < n; i++) description[i] = describe(a, f, expr_slot(x, i)->name);
  description[n] = (struct column){.name = "row", .type = COL_INT, .unit = ""};
  if (table_init(&t, a, description, n + 1, 64, &e)) fail_msg("%s:%ld: no table", k->file, (long)k->line);
  for (int i = 0; i < n; i++) {
    const struct assignment *s = value_for(k, expr_slot(x, i));
    t.columns[i].status[0] = VAL_BLANK;
    if (s && !put_value(&t.columns[i], s->value))
      fail_msg("%s:%ld: '%.*s' cannot be a value of %s", k->file, (long)k->line, (int)s->value.n, s->value.p, expr_slot(x, i)->name);
    out->columns[i] = &t.columns[i];
  }
  out->binding = (struct expr_binding){.columns = out->columns};
  out->scratch = expr_scratch_new(a, x);
  assert_non_null(out->scratch);
}

static int verdict(struct arena *a, const struct form *f, const struct expr *x, struct case_row *k) {
  struct bound b;
  struct err e;
  uint8_t out[64];
  bind(a, f, x, k, &b);
  if (expr_eval_bool(x, &b.binding, b.scratch, 0, 1, out, &e)) fail_msg("%s:%ld: %s", k->file, (long)k->line, err_name(e.code));
  return out[0];
}

static void run_case(struct library *l, struct case_row *k) {
  static const char *const word[] = {"false", "true", "unknown"};
  struct seen *s = seen_of(l, k->form);
  if (!s) fail_msg("%s:%ld: no form %.*s", k->file, (long)k->line, (int)k->form.n, k->form.p);
  int at = check_index(s->form, k->check);
  if (at < 0) fail_msg("%s:%ld: no check %.*s", k->file, (long)k->line, (int)k->check.n, k->check.p);
  const struct check *c = &s->form->checks[at];
  struct arena *a = arena_new(0);
  int in = c->universe ? verdict(a, s->form, c->universe, k) : EXPR_TRUE;
  int got = verdict(a, s->form, c->expression, k);
  if (in != EXPR_TRUE) fail_msg("%s:%ld: the record is outside the universe of %s", k->file, (long)k->line, c->id);
  if (!str_eq(k->expected, str_of(word[got])))
    fail_msg("%s:%ld: %s is %s, expected %.*s", k->file, (long)k->line, c->id, word[got], (int)k->expected.n, k->expected.p);
  s->failed[at] |= got == EXPR_FALSE;
  s->passed[at] |= got == EXPR_TRUE;
  arena_free(a);
}

/* A name that is no item of the form would otherwise be ignored: a slip of the pen in the table. */
static void names_are_items(const struct library *l, const struct case_row *k) {
  const struct seen *s = seen_of((struct library *)(uintptr_t)l, k->form);
  for (int i = 0; i < k->n; i++) {
    struct str rest, head = str_split(k->set[i].name, '.', &rest), name = rest.n ? rest : head;
    char text[128];
    snprintf(text, sizeof text, "%.*s", (int)name.n, name.p);
    if (!form_item(s->form, text)) fail_msg("%s:%ld: %s is no item", k->file, (long)k->line, text);
  }
}

static void split_assignments(struct str text, struct case_row *k) {
  while (text.n) {
    struct str rest, one = str_split(text, ';', &rest), value;
    assert_true(k->n < MAX_ASSIGNMENTS);
    struct str name = str_split(one, '=', &value);
    k->set[k->n++] = (struct assignment){.name = name, .value = value};
    text = rest;
  }
}

static int64_t run_table(struct library *l, const char *file) {
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct err e;
  uint8_t *p;
  size_t n;
  if (file_read(file, 1 << 24, &p, &n, &e)) fail_msg("%s cannot be read", file);
  char *text = arena_strdup(a, (const char *)p, n);
  free(p);
  assert_int_equal(csv_table_parse(a, file, text, n, &t, &e), E_OK);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct case_row k = {.file = file, .line = t.lines[i]};
    k.form = csv_table_cell(&t, i, csv_table_column(&t, "form"));
    k.check = csv_table_cell(&t, i, csv_table_column(&t, "check"));
    k.expected = csv_table_cell(&t, i, csv_table_column(&t, "expected"));
    split_assignments(csv_table_cell(&t, i, csv_table_column(&t, "assignments")), &k);
    run_case(l, &k);
    names_are_items(l, &k);
  }
  int64_t rows = t.n_rows;
  arena_free(a);
  return rows;
}

static void check_is_met_by(struct library *l, const char *file, const char *survey) {
  assert_true(run_table(l, file) > 0);
  for (int i = 0; i < LIBRARY_FORMS; i++) {
    const struct seen *s = &l->seen[i];
    if (strcmp(s->form->survey, survey) != 0) continue;
    assert_true(s->form->n_checks > 0 && s->form->n_checks <= 256);
    for (int c = 0; c < s->form->n_checks; c++) {
      if (s->form->checks[c].group) continue; /* of many records: tests/golden/test_library_groups.sh */
      if (!s->failed[c]) fail_msg("%s/%s: no record fails %s", survey, s->form->id, s->form->checks[c].id);
      if (!s->passed[c]) fail_msg("%s/%s: no record passes %s", survey, s->form->id, s->form->checks[c].id);
    }
  }
}

/* --- derived items --- */
struct derived_case {
  const char *form, *item, *assignments, *expected; /* "" = outside its universe, "?" = has no value */
};
static const struct derived_case DERIVED[] = {
    {"vital/birth/2015", "notice_prefecture", "municipality_code=131016", "13"},
    {"vital/birth/2015", "child_birth_year", "child_birth_date=2015-03-01", "27"},
    {"vital/birth/2015", "child_birth_year", "child_birth_date=2019-04-30", "31"},
    {"vital/birth/2015", "child_birth_year", "child_birth_date=2019-05-01", "1"},
    {"vital/birth/2015", "child_birth_year", "child_birth_date=1989-01-07", "64"},
    {"vital/birth/2015", "child_birth_year", "child_birth_date=1989-01-08", "1"},
    {"vital/birth/2015", "father_birth_year", "father_birth_date=1926-12-24", "15"},
    {"vital/birth/2015", "father_birth_year", "father_birth_date=1926-12-25", "1"},
    {"vital/birth/2015", "father_birth_year", "father_birth_date=1912-07-29", "45"},
    {"vital/birth/2015", "child_birth_month", "child_birth_date=2015-03-01", "3"},
    {"vital/birth/2015", "child_birth_day", "child_birth_date=2015-03-01", "1"},
    {"vital/birth/2015", "cohabitation_months", "cohabitation_start=2012-05-01;child_birth_date=2015-03-01", "34"},
    {"vital/birth/2015", "mother_age_computed", "mother_birth_date=1984-02-29;child_birth_date=2015-02-28", "30"},
    {"vital/birth/2015", "mother_age_computed", "mother_birth_date=1984-02-29;child_birth_date=2015-03-01", "31"},
    {"vital/birth/2015", "mother_age_group", "mother_age=14", "10"},
    {"vital/birth/2015", "mother_age_group", "mother_age=39", "35"},
    {"vital/birth/2015", "mother_age_group", "mother_age=53", "50"},
    {"vital/death/2015", "cause_3", "cause=C349", "C34"},
    {"vital/death/2015", "accident_prefecture", "traffic_accident=1;accident_municipality_code=131016", "13"},
    {"vital/death/2015", "accident_prefecture", "traffic_accident=2", ""},
    {"vital/death/2015", "accident_prefecture", "cause=R54", ""},
    {"vital/death/2015", "accident_municipality_rank", "cause=R54", ""},
    {"vital/death/2015", "accident_municipality_rank", "traffic_accident=1;accident_municipality_code=~unknown", "?"},
    {"vital/death/2015", "age_minutes", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=23;birth_minute=50;death_hour=0;death_minute=20",
        "30"},
    {"vital/death/2015", "age_hours", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=23;birth_minute=50;death_hour=0;death_minute=20", ""},
    {"vital/death/2015", "age_hours", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "23"},
    {"vital/death/2015", "age_days", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59", ""},
    {"vital/death/2015", "age_days", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0", "1"},
    {"vital/death/2015", "age_days", "birth_date=2015-03-01;death_date=2015-03-29;birth_hour=10;birth_minute=0;death_hour=9;death_minute=0", "27"},
    {"vital/death/2015", "age_group", "age=84", "80"},
    {"vital/death/2015", "age_group", "age=112", "100"},
    {"vital/death/2015", "mother_live_births", "age=0;cause=P072;previous_live_births=1", "2"},
    {"vital/death/2015", "mother_live_births", "age=0;cause=P072;previous_live_births=25", "20"},
    {"vital/death/2015", "mother_live_births", "age=80;cause=C349", ""},
    {"vital/birth/2015", "notice_municipality_class", "municipality_code=131016", "1"},
    {"vital/birth/2015", "notice_municipality_rank", "municipality_code=131016", "01"},
    {"vital/birth/2015", "notice_municipality_class", "municipality_code=132021", "2"},
    {"vital/birth/2015", "notice_municipality_rank", "municipality_code=~unknown", "?"},
    {"vital/birth/2015", "residence_health_centre", "sex=1", ""},
    {"vital/birth/2015", "residence_municipality", "residence_abroad=0;residence_municipality_code=473812", "381"},
    {"vital/birth/2015", "residence_municipality", "residence_abroad=1", ""},
    {"vital/birth/2015", "residence_municipality", "residence_abroad=0;residence_municipality_code=~unknown", "?"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=1926-12-24", "2"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=1926-12-25", "3"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=1989-01-07", "3"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=1989-01-08", "4"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=2019-04-30", "4"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=2019-05-01", "?"},
    {"vital/birth/2015", "child_birth_era", "child_birth_date=~unknown", "?"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1912-07-29", "9"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1912-07-30", "2"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1926-12-24", "2"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1926-12-25", "3"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1989-01-07", "3"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=1989-01-08", "4"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=2019-05-01", "?"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1912-07-29", "9"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1912-07-30", "2"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1926-12-24", "2"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1926-12-25", "3"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1989-01-07", "3"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=1989-01-08", "4"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=2019-05-01", "?"},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=~not_applicable", ""},
    {"vital/birth/2015", "father_birth_era", "legitimacy=2", ""},
    {"vital/birth/2015", "father_birth_era", "father_birth_date=~unknown", "?"},
    {"vital/birth/2015", "mother_birth_era", "mother_birth_date=~unknown", "?"},
    {"vital/birth/2015", "father_birth_year", "father_birth_date=~not_applicable", ""},
    {"vital/birth/2015", "father_birth_year", "legitimacy=2", ""},
    {"vital/birth/2015", "father_birth_year", "father_birth_date=~unknown", "?"},
    {"vital/birth/2015", "mother_birth_year", "mother_birth_date=~unknown", "?"},
    {"vital/birth/2015", "father_birth_month", "father_birth_date=~not_applicable", ""},
    {"vital/birth/2015", "father_birth_month", "legitimacy=2", ""},
    {"vital/birth/2015", "father_birth_month", "father_birth_date=~unknown", "?"},
    {"vital/birth/2015", "mother_birth_month", "mother_birth_date=~unknown", "?"},
    {"vital/birth/2015", "father_birth_day", "father_birth_date=~not_applicable", ""},
    {"vital/birth/2015", "father_birth_day", "legitimacy=2", ""},
    {"vital/birth/2015", "father_birth_day", "father_birth_date=~unknown", "?"},
    {"vital/birth/2015", "mother_birth_day", "mother_birth_date=~unknown", "?"},
    {"vital/birth/2015", "mother_birth_year", "mother_birth_date=1989-01-08", "1"},
    {"vital/birth/2015", "cohabitation_era", "cohabitation_start=1989-01-07", "3"},
    {"vital/birth/2015", "cohabitation_era", "cohabitation_start=1989-01-08", "4"},
    {"vital/birth/2015", "cohabitation_era", "cohabitation_start=1926-12-01", "?"},
    {"vital/birth/2015", "cohabitation_era", "cohabitation_start=~unknown", "?"},
    {"vital/birth/2015", "cohabitation_era", "cohabitation_start=~blank", ""},
    {"vital/birth/2015", "cohabitation_year", "cohabitation_start=1989-01-01", "64"},
    {"vital/birth/2015", "cohabitation_year", "cohabitation_start=1989-02-01", "1"},
    {"vital/birth/2015", "cohabitation_month", "cohabitation_start=~blank", ""},
    {"vital/birth/2015", "cohabitation_months", "child_birth_date=2015-03-01", ""},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2015-03-01", "1"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2014-04-01", "1"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2014-03-01", "2"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2013-04-01", "2"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2013-03-01", "3"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2012-04-01", "3"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2012-03-01", "4"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2011-04-01", "4"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2011-03-01", "5"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2010-04-01", "5"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2010-03-01", "6"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2005-04-01", "6"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2005-03-01", "7"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2000-04-01", "7"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2000-03-01", "8"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1995-04-01", "8"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1995-03-01", "9"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1990-04-01", "9"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1990-03-01", "10"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1985-04-01", "10"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1985-03-01", "11"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1980-04-01", "11"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1980-03-01", "12"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=1973-07-01", "12"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15;cohabitation_start=2015-04-01", "?"},
    {"vital/birth/2015", "cohabitation_duration", "child_birth_date=2015-03-15", ""},
    {"vital/death/2015", "notice_municipality_class", "municipality_code=141003", "1"},
    {"vital/death/2015", "notice_municipality_rank", "municipality_code=141003", "00"},
    {"vital/death/2015", "residence_municipality_class", "residence_municipality_code=473812", "3"},
    {"vital/death/2015", "residence_municipality_rank", "residence_municipality_code=473812", "81"},
    {"vital/death/2015", "residence_municipality_rank", "residence_abroad=1", ""},
    {"vital/death/2015", "birth_era", "birth_date=1912-07-29", "4"},
    {"vital/death/2015", "birth_era", "birth_date=1912-07-30", "3"},
    {"vital/death/2015", "birth_era", "birth_date=1926-12-24", "3"},
    {"vital/death/2015", "birth_era", "birth_date=1926-12-25", "2"},
    {"vital/death/2015", "birth_era", "birth_date=1989-01-07", "2"},
    {"vital/death/2015", "birth_era", "birth_date=1989-01-08", "1"},
    {"vital/death/2015", "birth_era", "birth_date=2019-04-30", "1"},
    {"vital/death/2015", "birth_era", "birth_date=2019-05-01", "?"},
    {"vital/death/2015", "death_era", "death_date=1868-01-24", "?"},
    {"vital/death/2015", "death_era", "death_date=1912-07-29", "1"},
    {"vital/death/2015", "death_era", "death_date=1912-07-30", "2"},
    {"vital/death/2015", "death_era", "death_date=1926-12-25", "3"},
    {"vital/death/2015", "death_era", "death_date=1989-01-07", "3"},
    {"vital/death/2015", "death_era", "death_date=1989-01-08", "4"},
    {"vital/death/2015", "death_era", "death_date=2019-05-01", "?"},
    {"vital/death/2015", "birth_year", "birth_date=1926-12-25", "1"},
    {"vital/death/2015", "death_year", "death_date=2015-03-01", "27"},
    {"vital/death/2015", "cause_4th", "cause=R54", ""},
    {"vital/death/2015", "cause_5th", "cause=R54", ""},
    {"vital/death/2015", "cause_4th", "cause=I219", "9"},
    {"vital/death/2015", "cause_5th", "cause=I219", ""},
    {"vital/death/2015", "cause_4th", "cause=M0010", "1"},
    {"vital/death/2015", "cause_5th", "cause=M0010", "0"},
    {"vital/death/2015", "cause_4th", "cause=~unknown", "?"},
    {"vital/death/2015", "cause_5th", "cause=~unknown", "?"},
    {"vital/death/2015", "external_cause_3", "external_cause=V093", "V09"},
    {"vital/death/2015", "external_cause_3", "cause=I219", ""},
    {"vital/death/2015", "external_cause_4th", "external_cause=V093", "3"},
    {"vital/death/2015", "external_cause_4th", "external_cause=V99", ""},
    {"vital/death/2015", "external_cause_4th", "cause=I219", ""},
    {"vital/death/2015", "external_cause_4th", "external_cause=~unknown", "?"},
    {"vital/death/2015", "accident_municipality_class", "traffic_accident=1;accident_municipality_code=132021", "2"},
    {"vital/death/2015", "accident_municipality_rank", "traffic_accident=1;accident_municipality_code=132021", "02"},
    {"vital/death/2015", "accident_municipality_rank", "traffic_accident=2", ""},
    {"vital/death/2015", "maternal_condition_3", "age=0;cause=P072;maternal_condition=O141", "O14"},
    {"vital/death/2015", "maternal_condition_3", "age=0;cause=P072", ""},
    {"vital/death/2015", "maternal_condition_4th", "age=0;cause=P072;maternal_condition=O141", "1"},
    {"vital/death/2015", "maternal_condition_4th", "age=0;cause=P072;maternal_condition=O16", ""},
    {"vital/death/2015", "maternal_condition_4th", "age=80;cause=R54", ""},
    {"vital/death/2015", "maternal_condition_5th", "age=0;cause=P072;maternal_condition=O141", ""},
    {"vital/death/2015", "maternal_condition_5th", "age=0;cause=P072;maternal_condition=O1412", "2"},
    {"vital/death/2015", "mother_birth_era", "age=0;cause=P072;mother_birth_date=1989-01-07", "3"},
    {"vital/death/2015", "mother_birth_era", "age=0;cause=P072;mother_birth_date=1989-01-08", "4"},
    {"vital/death/2015", "mother_birth_era", "age=80;cause=R54", ""},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-01;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "0"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "0"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-02;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "1"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-03;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "1"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-03;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "2"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-04;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "2"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-04;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "3"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-05;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "3"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-05;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "4"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-06;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "4"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-06;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "5"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-07;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "5"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-07;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "6"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-08;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "6"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-08;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "6"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-08;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "7"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-15;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "7"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-15;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "8"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-22;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "8"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-22;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "9"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-29;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59",
        "9"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-29;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "10"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-02-28;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0",
        "?"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-30", "10"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-04-30", "10"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-05-01", "11"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-06-01", "12"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-07-01", "13"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-08-01", "14"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-09-01", "15"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-10-01", "16"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-11-01", "17"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-12-01", "18"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2016-01-01", "19"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2016-01-31", "19"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2016-02-01", "20"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2016-02-29", "20"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2016-03-01", "99"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2099-01-01", "99"},
    {"vital/death/2015", "age_detail", "birth_date=~unknown;death_date=2015-03-01;age=80", "99"},
    {"vital/death/2015", "age_detail", "birth_date=~unknown;death_date=2015-03-01", "?"},
    {"vital/death/2015", "age_detail", "birth_date=2015-03-01;death_date=2015-03-10;birth_hour=~unknown", "?"},
    {"vital/death/2015", "age_days", "birth_date=2015-03-01;death_date=2015-03-29;birth_hour=10;birth_minute=0;death_hour=9;death_minute=59", "27"},
    {"vital/death/2015", "age_days", "birth_date=2015-03-01;death_date=2015-03-29;birth_hour=10;birth_minute=0;death_hour=10;death_minute=0", ""},
    {"vital/death/2015", "age_days", "birth_date=1930-03-01;death_date=2015-03-01;death_hour=3;death_minute=1", ""},
    {"vital/death/2015", "age_days", "birth_date=~unknown;death_date=2015-03-01;age=80", ""},
    {"vital/death/2015", "age_hours", "birth_date=1930-03-01;death_date=2015-03-01;death_hour=3;death_minute=1", ""},
    {"vital/death/2015", "age_hours", "birth_date=~unknown;death_date=2015-03-01;age=80", ""},
    {"vital/death/2015", "age_minutes", "birth_date=1930-03-01;death_date=2015-03-01;death_hour=3;death_minute=1", ""},
    {"vital/death/2015", "age_minutes", "birth_date=~unknown;death_date=2015-03-01;age=80", ""},
    {"vital/death/2015", "before_birthday", "birth_date=1980-03-02;death_date=2015-03-01", "1"},
    {"vital/death/2015", "before_birthday", "birth_date=1980-03-01;death_date=2015-03-01", "0"},
    {"vital/death/2015", "before_birthday", "birth_date=1980-02-28;death_date=2015-03-01", "0"},
    {"vital/death/2015", "before_birthday", "birth_date=1980-02-29;death_date=2015-02-28", "1"},
    {"vital/death/2015", "before_birthday", "birth_date=1980-02-29;death_date=2015-03-01", "0"},
    {"vital/death/2015", "before_birthday", "birth_date=~unknown;death_date=2015-03-01", "0"},
    {"vital/death/2015", "pupil", "birth_date=2009-04-01;death_date=2015-04-01", "0"},
    {"vital/death/2015", "pupil", "birth_date=2009-04-02;death_date=2015-04-01", "9"},
    {"vital/death/2015", "pupil", "birth_date=2009-04-02;death_date=2016-03-31", "9"},
    {"vital/death/2015", "pupil", "birth_date=2009-04-02;death_date=2016-04-01", "0"},
    {"vital/death/2015", "pupil", "birth_date=2003-04-01;death_date=2015-04-01", "1"},
    {"vital/death/2015", "pupil", "birth_date=2003-04-02;death_date=2015-04-01", "0"},
    {"vital/death/2015", "pupil", "birth_date=2003-04-02;death_date=2016-03-31", "0"},
    {"vital/death/2015", "pupil", "birth_date=2000-04-01;death_date=2015-03-31", "1"},
    {"vital/death/2015", "pupil", "birth_date=2000-04-01;death_date=2015-04-01", "9"},
    {"vital/death/2015", "pupil", "birth_date=2000-04-02;death_date=2015-04-01", "1"},
    {"vital/death/2015", "pupil", "birth_date=1930-05-05;death_date=2015-04-01", "9"},
    {"vital/death/2015", "pupil", "birth_date=~unknown;death_date=2015-04-01", "?"},
    {"mls/establishment/2018", "e0_general", "reporting_status=0;e0_total=100;e0_part=28", "72"},
    {"mls/establishment/2018", "conversion", "reporting_status=0;e0_part=28;inc_part=2;dec_part=1;e1_part=30", "1"},
    {"mls/establishment/2018", "b_total", "reporting_status=0;c_total=29000;o_total=2000", "27000"},
    {"mls/establishment/2018", "g_part", "reporting_status=0;c_part=3600;s_part=50", "3650"},
    {"mls/establishment/2018", "h_male", "reporting_status=0;hs_male=9300;ho_male=700", "10000"},
    {"mls/establishment/2018", "e0_general", "reporting_status=9", ""},
    {"mls/unitcell/2018", "h", "hs=124.7;ho=9.9", "134.6"},
    {"mls/unitcell/2018", "b", "c=291279;o=20560", "270719"},
    {"mls/unitcell/2018", "g", "c=291279;s=340917", "632196"},
};

static void value_text(struct arena *a, const struct form *f, const struct item *it, struct case_row *k, char *out, size_t size) {
  struct bound b;
  struct err e;
  struct str text;
  int64_t number = 0;
  uint8_t status = 0;
  bind(a, f, it->expression, k, &b);
  enum err_code code = it->type == COL_INT ? expr_eval_int(it->expression, &b.binding, b.scratch, it->decimals, 0, 1, &number, &status, &e)
                                           : expr_eval_text(it->expression, &b.binding, b.scratch, 0, 1, &text, &status, &e);
  if (code) fail_msg("%s: %s", it->name, err_name(code));
  if (!value_present(status)) {
    snprintf(out, size, "?");
  } else if (it->type != COL_INT) {
    snprintf(out, size, "%.*s", (int)text.n, text.p);
  } else {
    struct strbuf s;
    strbuf_init(&s, 64);
    strbuf_add_decimal(&s, number, it->decimals);
    snprintf(out, size, "%s", strbuf_cstr(&s));
    strbuf_release(&s);
  }
}

static void derived_items_have_the_value_of_their_definition(void **state) {
  for (size_t i = 0; i < sizeof DERIVED / sizeof *DERIVED; i++) {
    const struct derived_case *d = &DERIVED[i];
    struct arena *a = arena_new(0);
    const struct form *f = seen_of(*state, str_of(d->form))->form;
    const struct item *it = form_item(f, d->item);
    struct case_row k = {.file = d->item, .line = (int64_t)i + 1, .form = str_of(d->form)};
    char got[128] = "";
    split_assignments(str_of(d->assignments), &k);
    names_are_items(*state, &k);
    assert_non_null(it);
    if (!it->universe || verdict(a, f, it->universe, &k) != EXPR_FALSE) value_text(a, f, it, &k, got, sizeof got);
    if (strcmp(got, d->expected) != 0) fail_msg("%s of '%s' is '%s', expected '%s'", d->item, d->assignments, got, d->expected);
    arena_free(a);
  }
}

static void each_vital_check_fails_passes_and_stays_open_where_the_table_says(void **state) {
  check_is_met_by(*state, "tests/spec/vital_checks.csv", "vital");
}
static void each_labour_check_fails_passes_and_stays_open_where_the_table_says(void **state) {
  check_is_met_by(*state, "tests/spec/mls_checks.csv", "mls");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_vital_check_fails_passes_and_stays_open_where_the_table_says),
      cmocka_unit_test(each_labour_check_fails_passes_and_stays_open_where_the_table_says),
      cmocka_unit_test(derived_items_have_the_value_of_their_definition),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
