/* Files in a layout: golden lines of the birth and the death slip as researchers get them, position by position, and the same file read back by
 * position; fixed fields, missing texts, and what a layout refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "base/ext_csv.h"
#include "collector/derive.h"
#include "collector/intake_impl.h"
#include "forms/layout_write.h"

enum { MAX_COLUMNS = 160, N_SLIPS = 4 };

#define OFFICE                                                                                                                                     \
  "municipality_code=131016;office_code=HC-SECRET-9;event_book_year=2015;event_book_no=7654321;filing_date=2015-03-05;receipt_date=2015-03-20;notice_health_centre=01;notice_branch=00;"
static const struct slip {
  const char *form, *values, *line;
} SLIPS[N_SLIPS] = {
    {"birth",
        OFFICE
        "scope=1;residence_abroad=0;residence_prefecture=47;residence_municipality_code=473812;legitimacy=1;sex=2;child_birth_date=2015-03-01;child_birth_hour=23;"
        "child_birth_minute=59;birth_country=1;father_birth_date=1988-12-31;mother_birth_date=1989-01-08;father_age=26;mother_age=26;father_nationality=1;mother_nationality=10;"
        "cohabitation_start=2012-05-01;household_job=3;weight_info=0;birth_weight=3020;height_info=0;birth_height=49.5;plurality=1;birth_order_in_set=1;place_of_birth=1;"
        "gestation_weeks=39;gestation_days=4;children_born=1;stillbirths=0;deliveries=1;attendant=1",
        "1,13,01,00,1,01,0,47,,381,1,2,4,27,3,1,23,1,3,63,12,31,4,1,1,8,26,26,1,10,4,24,5,3,3,0,3020,0,49.5,1,1,1,39,4,1,0,1,1,34"},
    /* abroad, no legal father, the mother's birth and much else unknown, born in Reiwa, sex unreadable */
    {"birth",
        OFFICE
        "scope=2;residence_abroad=1;residence_prefecture=48;residence_municipality_code=~not_applicable;legitimacy=2;sex=~invalid;child_birth_date=2019-05-01;"
        "child_birth_hour=~unknown;birth_country=1;father_birth_date=~not_applicable;mother_birth_date=~unknown;father_age=~not_applicable;mother_age=~unknown;"
        "mother_nationality=~unknown;household_job=3;weight_info=~unknown;birth_weight=~unknown;height_info=0;birth_height=49.5;plurality=1;birth_order_in_set=1;"
        "place_of_birth=1;gestation_weeks=39;gestation_days=4;children_born=1;stillbirths=0;deliveries=1;attendant=1",
        "2,13,01,00,1,01,1,48,,,2,3,V,1,5,1,V,1,,999,,,V,V,V,V,999,V,,VV,,,,,3,1,V,0,49.5,1,1,1,39,4,1,0,1,1,"},
    {"death",
        OFFICE
        "scope=1;residence_abroad=0;residence_prefecture=13;residence_municipality_code=132021;residence_health_centre=02;sex=1;birth_info=0;birth_date=2015-03-01;birth_hour=10;"
        "birth_minute=0;death_info=0;death_date=2015-03-04;death_hour=9;death_minute=30;death_country=1;nationality=1;marital_status=2;spouse_age=~not_applicable;household_job=3;"
        "place_of_death=1;cause=P072;manner_of_death=1;surgery=1;autopsy=1;infant_illness=1;maternal_condition=O141;birth_weight_info=0;birth_weight=980;plurality=2;"
        "birth_order_in_set=1;gestation_info=0;gestation_weeks=27;mother_birth_date=1988-06-15;mother_age=26;previous_live_births=1;previous_stillbirths=0;age=0",
        "1,13,01,00,1,01,0,13,02,2,02,1,0,1,27,3,1,10,0,0,4,27,3,4,9,30,1,1,2,,3,1,P07,2,,,,,,,,1,1,1,O14,1,,0,980,2,1,0,27,3,63,6,15,26,1,0,0,2,,,2,0,,,,,,,,2,2,,9"},
    /* an adult killed on the road: the infant block does not apply */
    {"death",
        OFFICE
        "scope=1;residence_abroad=0;residence_prefecture=13;residence_municipality_code=132021;residence_health_centre=02;sex=2;birth_info=0;birth_date=1934-05-05;"
        "birth_hour=~not_applicable;birth_minute=~not_applicable;death_info=0;death_date=2015-03-01;death_hour=9;death_minute=30;death_country=1;nationality=1;marital_status=3;"
        "spouse_age=~not_applicable;household_job=6;place_of_death=1;cause=S065;external_cause=V093;manner_of_death=2;traffic_accident=1;accident_municipality_code=131016;surgery=2;"
        "autopsy=2;infant_illness=~not_applicable;maternal_condition=~not_applicable;birth_weight_info=~not_applicable;birth_weight=~not_applicable;plurality=~not_applicable;"
        "birth_order_in_set=~not_applicable;gestation_info=~not_applicable;gestation_weeks=~not_applicable;mother_birth_date=~not_applicable;mother_age=~not_applicable;"
        "previous_live_births=~not_applicable;previous_stillbirths=~not_applicable;age=80",
        "1,13,01,00,1,01,0,13,02,2,02,2,0,2,9,5,5,,,0,4,27,3,1,9,30,1,1,3,,6,1,S06,5,,V09,3,1,13,1,01,2,2,,,,,9,999999,99,99,99,999,99,999,999,999,999,99,99,80,,,,99,1,,,,,,,,,,,9"},
};

static struct form *read_form(struct arena *a, const char *id) {
  struct job job = {.arena = a};
  struct form *f = NULL;
  struct err e;
  assert_int_equal(form_read(a, &job, "forms", "vital", id, "2015", INT64_MIN, &f, NULL, &e), E_OK);
  return f;
}

static void empty_table(struct arena *a, const struct form *f, int64_t n_rows, struct table *t) {
  struct column columns[MAX_COLUMNS];
  struct err e;
  int n = form_columns(f, "slip", columns, MAX_COLUMNS);
  assert_true(n < MAX_COLUMNS);
  assert_int_equal(table_init(t, a, columns, n, n_rows, &e), E_OK);
  t->n_rows = n_rows;
  for (int i = 0; i < n; i++) memset(t->columns[i].status, VAL_BLANK, (size_t)n_rows);
}

static int64_t scaled(struct str text, int decimals) {
  struct str rest, head = str_split(text, '.', &rest);
  int64_t v = 0, part = 0;
  assert_true(str_int64(head, &v) && (!rest.n || str_int64(rest, &part)));
  for (int i = 0; i < decimals; i++) v *= 10;
  return head.n && head.p[0] == '-' ? v - part : v + part;
}

static void put(struct column *c, int64_t row, struct str value) {
  c->status[row] = VAL_REPORTED;
  if (value.n && value.p[0] == '~') {
    for (int s = 0; s < VAL_STATUS_COUNT; s++)
      if (str_eq(str_view(value.p + 1, value.n - 1), str_of(value_status_name((uint8_t)s)))) c->status[row] = (uint8_t)s;
    assert_false(value_present(c->status[row]));
  } else if (c->is_date) {
    assert_true(date_parse_iso(value, &c->i64[row]));
  } else if (c->type == COL_INT) {
    c->i64[row] = scaled(value, c->decimals);
  } else {
    c->code[row] = dict_add(c->dict, value);
  }
}

/* Row k of the table is slip k of the form; derived items as intake makes them. */
static void make_table(struct arena *a, const struct form *f, struct table *t) {
  struct err e;
  int64_t row = 0;
  empty_table(a, f, 2, t);
  for (int i = 0; i < N_SLIPS; i++) {
    if (strcmp(SLIPS[i].form, f->id) != 0) continue;
    struct str rest = str_of(SLIPS[i].values), value;
    while (rest.n) {
      struct str one = str_split(rest, ';', &rest), name = str_split(one, '=', &value);
      struct column *c = table_column(t, arena_strdup(a, name.p, name.n));
      if (!c) fail_msg("%.*s is no item", (int)name.n, name.p);
      put(c, row, value);
    }
    row++;
  }
  assert_int_equal(row, 2);
  assert_int_equal(derive_columns(a, f, t, &e), E_OK);
}

static const char *written(struct arena *a, const struct form *f, const struct table *t, struct layout_counts *counts) {
  struct strbuf b;
  struct err e = {0};
  strbuf_init(&b, 0);
  enum err_code code = layout_write(a, form_layout(f, "researcher"), t, 0, t->n_rows, &b, counts, &e);
  if (code) fail_msg("%s %s", err_name(code), e.subject);
  const char *text = arena_strdup(a, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return text;
}

/* --- golden lines --- */
static void compare_line(const struct layout *l, struct str got, const char *expected) {
  struct str want = str_of(expected);
  for (int i = 0; i < l->n_items; i++) {
    struct str g = str_split(got, ',', &got), w = str_split(want, ',', &want);
    if (!str_eq(g, w))
      fail_msg("position %d, %s: '%.*s', expected '%.*s'", (int)l->items[i]->position, l->items[i]->name, (int)g.n, g.p, (int)w.n, w.p);
  }
  assert_int_equal(got.n + want.n, 0);
}

static void researchers_get_every_position_of_the_published_layout(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct arena *a = arena_new(0);
    const struct form *f = read_form(a, k ? "death" : "birth");
    struct table t;
    struct layout_counts counts = {0, 0};
    make_table(a, f, &t);
    struct str text = str_of(written(a, f, &t, &counts));
    for (int i = 0; i < N_SLIPS; i++)
      if (strcmp(SLIPS[i].form, f->id) == 0) {
        int commas = 0;
        for (const char *p = SLIPS[i].line; *p; p++) commas += *p == ',';
        assert_int_equal(commas + 1, k ? 77 : 49);
        compare_line(form_layout(f, "researcher"), str_split(text, '\n', &text), SLIPS[i].line);
      }
    assert_int_equal(text.n, 0);
    assert_int_equal(counts.rows, 2);
    assert_int_equal(counts.invalid, k ? 0 : 1);
    arena_free(a);
  }
}

static void keys_and_offices_are_not_in_the_researcher_layout(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct arena *a = arena_new(0);
    const struct form *f = read_form(a, k ? "death" : "birth");
    const struct layout *l = form_layout(f, "researcher");
    struct table t;
    struct layout_counts counts = {0, 0};
    make_table(a, f, &t);
    const char *text = written(a, f, &t, &counts);
    for (size_t i = 0; i < 5; i++) assert_null(strstr(text, (const char *[]){"7654321", "SECRET", "131016", "2015-03-05", "473812"}[i]));
    for (int i = 0; i < l->n_items; i++)
      assert_true(l->items[i]->part != PART_ID && l->items[i]->part != PART_LINK && l->items[i]->class != CLASS_NAME);
    arena_free(a);
  }
}

/* --- read back by position --- */
struct reading {
  struct arena *a;
  const struct form *f;
  const struct layout *l;
  struct table *t;
  struct item_reader *readers;
  int64_t row;
};

static enum err_code take_row(void *context, const struct csv_row *row, struct err *e) {
  struct reading *r = context;
  (void)e;
  assert_int_equal(row->n_cells, r->l->n_items);
  for (int i = 0; i < r->l->n_items; i++) {
    struct column *c = table_column(r->t, r->l->items[i]->name);
    struct cell_value v;
    struct str unknown;
    item_read(&r->readers[i], row->cells[i].text, &v);
    if (v.problem && layout_missing_text(r->a, r->l, i, VAL_UNKNOWN, &unknown) && str_eq(unknown, row->cells[i].text))
      v = (struct cell_value){.status = VAL_UNKNOWN};
    if (v.problem) fail_msg("%s: '%.*s' cannot be read back: %s", c->name, (int)row->cells[i].text.n, row->cells[i].text.p, err_name(v.problem));
    c->status[r->row] = v.status;
    if (!value_present(v.status)) continue;
    if (c->type == COL_INT) c->i64[r->row] = v.number;
    else c->code[r->row] = v.code >= 0 ? v.code : dict_add(c->dict, v.text);
  }
  r->row++;
  return E_OK;
}

static void read_back(struct reading *r, const char *text) {
  struct csv_reader *reader = NULL;
  struct err e;
  r->readers = ARENA_ARRAY(r->a, struct item_reader, r->l->n_items);
  for (int i = 0; i < r->l->n_items; i++) assert_int_equal(item_reader_init(r->a, r->f, r->l->items[i], &r->readers[i], &e), E_OK);
  assert_int_equal(csv_reader_new("researcher.csv", NULL, ',', take_row, r, &reader, &e), E_OK);
  assert_int_equal(csv_reader_feed(reader, text, strlen(text), &e), E_OK);
  assert_int_equal(csv_reader_end(reader, &e), E_OK);
  csv_reader_free(reader);
  for (int i = 0; i < r->l->n_items; i++) item_reader_release(&r->readers[i]);
}

/* A present value is the same text; a missing one has the same status, but an empty cell cannot tell not applicable from blank, nor unknown from
 * invalid. */
static void compare_value(const struct column *want, const struct column *got, int64_t row, const struct layout *l, int i) {
  char one[64], two[64];
  struct str text;
  uint8_t w = want->status[row], g = got->status[row];
  if (value_present(w) && value_present(g)) {
    assert_true(str_eq(column_text(want, row, one, sizeof one), column_text(got, row, two, sizeof two)));
    return;
  }
  if (value_present(w)) { /* a code that means something missing: 99 = one year and over */
    const struct code *code = codelist_find(l->items[i]->codelist, column_text(want, row, one, sizeof one), INT64_MIN);
    assert_non_null(code);
    w = (uint8_t)code->status;
  }
  if (w == VAL_INVALID) w = VAL_UNKNOWN;
  struct arena *a = arena_new(0);
  if (w == VAL_NOT_APPLICABLE && layout_missing_text(a, l, i, w, &text) && text.n == 0) w = VAL_BLANK;
  arena_free(a);
  if (g != w) fail_msg("%s row %ld: %s, expected %s", want->name, (long)row, value_status_name(g), value_status_name(w));
}

static void a_file_in_the_layout_reads_back_by_position(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct arena *a = arena_new(0);
    const struct form *f = read_form(a, k ? "death" : "birth");
    const struct layout *l = form_layout(f, "researcher");
    struct table t, again;
    struct layout_counts counts = {0, 0};
    make_table(a, f, &t);
    empty_table(a, f, t.n_rows, &again);
    const char *text = written(a, f, &t, &counts);
    struct reading r = {.a = a, .f = f, .l = l, .t = &again};
    read_back(&r, text);
    assert_int_equal(r.row, t.n_rows);
    for (int i = 0; i < l->n_items; i++)
      for (int64_t row = 0; row < t.n_rows; row++)
        compare_value(table_column(&t, l->items[i]->name), table_column(&again, l->items[i]->name), row, l, i);
    assert_string_equal(written(a, f, &again, &counts), text);
    arena_free(a);
  }
}

/* --- a small layout by hand --- */
static const struct item SMALL[] = {
    {.name = "cause", .label_ja = "死因", .type = COL_CODE, .class = CLASS_CODE, .missing = "V=unknown", .position = 1, .bytes = 5},
    {.name = "weight",
        .label_ja = "体重, g",
        .type = COL_INT,
        .class = CLASS_AMOUNT,
        .missing = "V=unknown;VVVV=unknown;9999=refused",
        .position = 7,
        .bytes = 4},
    {.name = "day", .label_ja = "日", .type = COL_INT, .class = CLASS_DATE, .missing = "", .position = 11, .bytes = 8},
    {.name = "rate", .label_ja = "率", .type = COL_INT, .class = CLASS_RATE, .missing = "", .position = 19, .bytes = 6, .decimals = 1},
};
enum { N_SMALL = sizeof SMALL / sizeof *SMALL };

struct small {
  struct arena *a;
  struct layout layout;
  struct table t;
};

static struct small small_new(const char *kind, const char *missing) {
  struct small s = {.a = arena_new(0)};
  struct column columns[N_SMALL];
  struct err e;
  s.layout = (struct layout){.name = "small", .kind = kind, .header = true, .n_items = N_SMALL, .missing = missing};
  s.layout.items = ARENA_ARRAY(s.a, const struct item *, N_SMALL);
  s.layout.headings = ARENA_ARRAY(s.a, const char *, N_SMALL);
  for (int i = 0; i < N_SMALL; i++) {
    s.layout.items[i] = &SMALL[i];
    s.layout.headings[i] = SMALL[i].label_ja;
    columns[i] = (struct column){
        .name = SMALL[i].name, .type = SMALL[i].type, .decimals = SMALL[i].decimals, .unit = "", .is_date = SMALL[i].class == CLASS_DATE};
  }
  assert_int_equal(table_init(&s.t, s.a, columns, N_SMALL, 1, &e), E_OK);
  s.t.n_rows = 1;
  return s;
}

static enum err_code write_small(struct small *s, const char *const *values, char *out, size_t size, struct err *e) {
  struct strbuf b;
  struct layout_counts counts = {0, 0};
  for (int i = 0; i < N_SMALL; i++) put(&s->t.columns[i], 0, str_of(values[i]));
  strbuf_init(&b, 0);
  enum err_code code = layout_write(s->a, &s->layout, &s->t, 0, 1, &b, &counts, e);
  snprintf(out, size, "%s", strbuf_cstr(&b));
  strbuf_release(&b);
  return code;
}

static void fields_are_filled_and_missing_texts_fit(void **state) {
  static const struct {
    const char *kind, *missing, *values[N_SMALL];
    enum err_code code;
    const char *out;
  } cases[] = {
      {"fixed", "V=unknown", {"I219", "980", "2015-03-01", "12.5"}, E_OK,
          "I219  098020150301"
          "0012.5\n"},
      {"fixed", "V=unknown", {"R54", "9801", "2015-03-01", "-2.5"}, E_OK,
          "R54   980120150301"
          "-002.5\n"},
      {"fixed", "V=unknown", {"~unknown", "~unknown", "~unknown", "~unknown"}, E_OK, "V     VVVVVVVVVVVVVVVVVV\n"},
      {"fixed", "V=unknown", {"~blank", "~not_applicable", "~blank", "~not_applicable"}, E_OK, "                        \n"},
      {"fixed", "", {"I219", "~refused", "2015-03-01", "1.0"}, E_OK,
          "I219  999920150301"
          "0001.0\n"},
      {"fixed", "", {"I21999", "980", "2015-03-01", "12.5"}, E_LAYOUT_WIDTH, NULL},
      {"fixed", "", {"I219", "98000", "2015-03-01", "12.5"}, E_LAYOUT_WIDTH, NULL},
      {"fixed", "", {"I2\n9", "980", "2015-03-01", "12.5"}, E_LAYOUT_WIDTH, NULL},
      {"fixed", "", {"I219", "980", "~unknown", "12.5"}, E_LAYOUT_MISSING, NULL},
      {"fixed", "V=unknown", {"~refused", "980", "2015-03-01", "12.5"}, E_LAYOUT_MISSING, NULL},
      {"csv", "", {"I219", "980", "2015-03-01", "-2.5"}, E_OK, "死因,\"体重, g\",日,率\nI219,980,2015-03-01,-2.5\n"},
      {"csv", "X=unknown", {"a,\"b\"", "~invalid", "~unknown", "0.0"}, E_OK, "死因,\"体重, g\",日,率\n\"a,\"\"b\"\"\",VVVV,XXXXXXXX,0.0\n"},
      {"csv", "X=unknown;N=not_applicable;-=blank", {"~not_applicable", "~blank", "~not_applicable", "0.0"}, E_OK,
          "死因,\"体重, g\",日,率\nNNNNN,----,NNNNNNNN,0.0\n"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct small s = small_new(cases[i].kind, cases[i].missing);
    struct err e = {0};
    char out[256];
    enum err_code code = write_small(&s, cases[i].values, out, sizeof out, &e);
    if (code != cases[i].code || (cases[i].out && strcmp(out, cases[i].out) != 0)) fail_msg("case %zu: %s '%s'", i, err_name(code), out);
    if (code) assert_non_null(strstr(e.subject, ", row 1"));
    if (code) assert_null(strstr(e.found, "98000"));
    arena_free(s.a);
  }
}

static void a_record_without_an_item_of_the_layout_is_refused(void **state) {
  static const struct item other = {.name = "other", .label_ja = "他", .type = COL_CODE, .missing = ""};
  struct small s = small_new("csv", "");
  struct strbuf b;
  struct layout_counts counts = {0, 0};
  struct err e;
  (void)state;
  s.layout.items[2] = &other;
  strbuf_init(&b, 0);
  assert_int_equal(layout_write(s.a, &s.layout, &s.t, 0, 1, &b, &counts, &e), E_LAYOUT_COLUMN);
  assert_string_equal(e.subject, "other");
  assert_int_equal(b.n, 0);
  strbuf_release(&b);
  arena_free(s.a);
}

/* Pieces of any size make the same file: the heading stands once. */
static void rows_in_pieces_make_the_same_file(void **state) {
  struct arena *a = arena_new(0);
  const struct form *f = read_form(a, "birth");
  struct table t;
  struct layout_counts counts = {0, 0};
  struct strbuf b;
  struct err e;
  (void)state;
  make_table(a, f, &t);
  strbuf_init(&b, 0);
  struct layout with_header = *form_layout(f, "researcher");
  with_header.header = true;
  for (int64_t row = 0; row < 2; row++) assert_int_equal(layout_write(a, &with_header, &t, row, 1, &b, &counts, &e), E_OK);
  struct str rest = str_view(b.p, b.n), head = str_split(rest, '\n', &rest);
  assert_true(str_starts(head, STR("客体設定,届出地・都道府県,")));
  assert_int_equal(rest.n, strlen(written(a, f, &t, &counts)));
  assert_memory_equal(rest.p, written(a, f, &t, &counts), rest.n);
  strbuf_release(&b);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(researchers_get_every_position_of_the_published_layout),
      cmocka_unit_test(keys_and_offices_are_not_in_the_researcher_layout),
      cmocka_unit_test(a_file_in_the_layout_reads_back_by_position),
      cmocka_unit_test(fields_are_filled_and_missing_texts_fit),
      cmocka_unit_test(a_record_without_an_item_of_the_layout_is_refused),
      cmocka_unit_test(rows_in_pieces_make_the_same_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
