/* Intake end to end: birth slips into a sealed store and back, what is repaired, rejected, found twice, and that a failure leaves nothing. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/ext_sqlite.h"
#include "collector/intake.h"

static const char *const FORMS = "forms";

struct office_fixture {
  char folder[256], file[300];
  struct problems problems;
  struct job job;
  struct arena *arena;
  struct form *form;
};

static struct office_fixture *make(void) {
  struct err error;
  struct office_fixture *f = calloc(1, sizeof *f);
  fixture_folder(f->folder);
  snprintf(f->file, sizeof f->file, "%s/slips.csv", f->folder);
  f->job = fixture_job(&f->problems);
  f->arena = arena_new(0);
  f->job.arena = f->arena;
  OK(form_read(f->arena, &f->job, FORMS, "vital", "birth", "2015", 0, &f->form, NULL, &error));
  OK(fixture_init(&f->job, f->folder, &error));
  return f;
}
static void drop(struct office_fixture *f) {
  remove_tree(f->folder);
  arena_free(f->arena);
  free(f);
}
static struct store *open_it(struct office_fixture *f) {
  struct err error;
  struct store *s = NULL;
  OK(store_open(&f->job, f->folder, PASSPHRASE, &s, &error));
  return s;
}

/* A good slip: heading -> value; a test overrides single items by name. */
static const struct {
  const char *name, *value;
} SLIP[] = {
    {"municipality_code", "011002"},
    {"office_code", "HC0101"},
    {"event_book_year", "2025"},
    {"event_book_no", "1"},
    {"filing_date", "2025-12-10"},
    {"receipt_date", "2025-12-11"},
    {"scope", "1"},
    {"notice_health_centre", "01"},
    {"notice_branch", ""},
    {"residence_abroad", "0"},
    {"residence_prefecture", "01"},
    {"residence_municipality_code", "011011"},
    {"legitimacy", "1"},
    {"sex", "2"},
    {"child_birth_date", "2025-11-30"},
    {"child_birth_hour", "9"},
    {"child_birth_minute", "5"},
    {"birth_country", "1"},
    {"father_birth_date", "1992-03-05"},
    {"mother_birth_date", "1994-02-28"},
    {"father_age", "33"},
    {"mother_age", "31"},
    {"father_nationality", "1"},
    {"mother_nationality", "1"},
    {"cohabitation_start", "2020-04"},
    {"household_job", "3"},
    {"weight_info", "0"},
    {"birth_weight", "3021"},
    {"height_info", "0"},
    {"birth_height", "49.5"},
    {"plurality", "1"},
    {"birth_order_in_set", "1"},
    {"place_of_birth", "1"},
    {"gestation_weeks", "39"},
    {"gestation_days", "3"},
    {"children_born", "2"},
    {"stillbirths", "0"},
    {"deliveries", "2"},
    {"attendant", "1"},
};

struct change {
  const char *name, *value;
};

static const char *slip_value(const char *name, const struct change *changes) {
  for (const struct change *c = changes; c && c->name; c++)
    if (strcmp(c->name, name) == 0) return c->value;
  for (size_t i = 0; i < sizeof SLIP / sizeof *SLIP; i++)
    if (strcmp(SLIP[i].name, name) == 0) return SLIP[i].value;
  return "";
}

static void add_header(const struct office_fixture *f, struct strbuf *b) {
  const struct layout *l = form_layout(f->form, "csv");
  for (int i = 0; i < l->n_items; i++) csv_put(b, str_of(l->headings[i]), i == 0);
  strbuf_adds(b, "\r\n");
}
static void add_slip(const struct office_fixture *f, struct strbuf *b, int number, const struct change *changes) {
  const struct layout *l = form_layout(f->form, "csv");
  char no[16];
  snprintf(no, sizeof no, "%d", number);
  for (int i = 0; i < l->n_items; i++) {
    bool is_no = strcmp(l->items[i]->name, "event_book_no") == 0;
    const char *value = slip_value(l->items[i]->name, changes);
    csv_put(b, str_of(is_no && number ? no : value), i == 0);
  }
  strbuf_adds(b, "\r\n");
}
static void write_file(const struct office_fixture *f, struct strbuf *b) {
  struct err error;
  assert_false(b->failed);
  OK(atomic_write(f->file, b->p, b->n, ATOMIC_REPLACE, 0600, &error));
  strbuf_release(b);
}

static const struct intake_options OPTIONS = {.period = "2025-12", .declared = -1, .problem_limit = 64};

static void take_in(struct office_fixture *f, struct store *s, struct intake_report *r) {
  struct err error;
  OK(intake_file(&f->job, s, f->form, &OPTIONS, f->file, r, &error));
  assert_int_equal(r->rows_read, r->accepted + r->rejected + r->duplicate);
}
static void one_slip(struct office_fixture *f, struct store *s, const struct change *changes, struct intake_report *r) {
  struct strbuf b = {0};
  add_header(f, &b);
  add_slip(f, &b, 0, changes);
  write_file(f, &b);
  take_in(f, s, r);
}
static void read_shard(struct store *s, int64_t shard, struct arena *a, struct table *t) {
  struct err error;
  OK(fixture_read(s, shard, a, t, &error));
}

static void typed_values_come_back_from_the_sealed_store(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct table t;
  one_slip(f, s, NULL, &r);
  assert_true(r.accepted == 1 && r.problems == 0 && r.id == 1 && r.shard > 0);
  read_shard(s, r.shard, f->arena, &t);
  static const struct {
    const char *name, *text;
  } facts[] = {{"municipality_code", "011002"},      {"event_book_no", "1"},      {"sex", "2"},
               {"child_birth_date", "2025-11-30"},   {"birth_weight", "3021"},    {"birth_height", "49.5"},
               {"cohabitation_start", "2020-04-01"}, {"notice_prefecture", "01"}, {"child_birth_month", "11"},
               {"mother_age_computed", "31"}};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    char buffer[64];
    struct column *c = table_column(&t, facts[i].name);
    assert_non_null(c);
    struct str text = column_text(c, 0, buffer, sizeof buffer);
    if (!str_eq(text, str_of(facts[i].text))) fail_msg("%s is '%.*s'", facts[i].name, (int)text.n, text.p);
  }
  assert_int_equal(table_column(&t, "notice_branch")->status[0], VAL_BLANK);
  assert_int_equal(table_column(&t, "mother_age_computed")->status[0], VAL_DERIVED);
  store_close(s);
  drop(f);
}

/* One cell changed: its status, its message, and the record stays. */
static void a_cell_problem_marks_the_cell_and_keeps_the_record(void **state) {
  (void)state;
  static const struct {
    const char *item, *value;
    enum err_code code; /* 0 = none */
    uint8_t status;
  } cases[] = {
    {"child_birth_date", "昭和64年1月8日", E_DATE_ERA, VAL_INVALID},
    {"child_birth_date", "令和7年11月30日", 0, VAL_REPORTED},
    {"child_birth_date", "V", 0, VAL_UNKNOWN},
    {"father_birth_date", "999", 0, VAL_NOT_APPLICABLE},
    {"father_birth_date", "９９９", 0, VAL_NOT_APPLICABLE},
    {"father_birth_date", "明治4年1月1日", E_DATE_LUNAR, VAL_INVALID},
    {"birth_weight", "", 0, VAL_BLANK},
    {"birth_weight", "V", 0, VAL_UNKNOWN},
    {"birth_weight", "-", E_CELL_SIGN, VAL_INVALID},
    {"birth_weight", "3,021", 0, VAL_REPORTED},
    {"birth_weight", "3021g", 0, VAL_REPORTED},
    {"birth_weight", "10000", E_NUMBER_RANGE, VAL_INVALID},
    {"birth_weight", "①", E_NUMBER_SYMBOL, VAL_INVALID},
    {"birth_height", "49.55", E_NUMBER_DECIMALS, VAL_INVALID},
    {"sex", "3", 0, VAL_UNKNOWN},
    {"sex", "女", E_CODE_LABEL, VAL_INVALID},
    {"sex", "２", 0, VAL_REPORTED},
    {"sex", "5", E_CODE_UNKNOWN, VAL_INVALID},
    {"residence_prefecture", "1", E_CODE_ZEROS, VAL_INVALID},
    {"residence_municipality_code", "11011", 0, VAL_REPORTED},
    {"residence_municipality_code", "011012", E_CODE_CHECK_DIGIT, VAL_INVALID},
    {"residence_municipality_code", "1101", E_CODE_UNKNOWN, VAL_INVALID},
    {"cohabitation_start", "令和2年4月", 0, VAL_REPORTED},
    {"cohabitation_start", "平成31年5月", E_DATE_HEISEI_31, VAL_REPORTED},
    {"cohabitation_start", "不詳", 0, VAL_UNKNOWN},
    {"receipt_date", "46000", E_DATE_SERIAL, VAL_INVALID},
  };
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct intake_report r;
    struct table t;
    char no[16];
    snprintf(no, sizeof no, "%zu", i + 1);
    const struct change changes[] = {{"event_book_no", no}, {cases[i].item, cases[i].value}, {NULL, NULL}};
    f->problems = (struct problems){0};
    one_slip(f, s, changes, &r);
    assert_int_equal(r.accepted, 1);
    read_shard(s, r.shard, f->arena, &t);
    uint8_t status = table_column(&t, cases[i].item)->status[0];
    if (status != cases[i].status) fail_msg("%s '%s' has status %s", cases[i].item, cases[i].value, value_status_name(status));
    if (cases[i].code && !had_problem(&f->problems, cases[i].code))
      fail_msg("%s '%s' gives %s", cases[i].item, cases[i].value, err_name(f->problems.last));
    if (!cases[i].code && r.problems) fail_msg("%s '%s' gives %s", cases[i].item, cases[i].value, err_name(f->problems.last));
  }
  store_close(s);
  drop(f);
}

/* 静岡県浜松市中区 221317 ended on 2023-12-31; 中央区 221384 began on 2024-01-01. */
static void a_code_is_judged_on_the_day_of_its_event(void **state) {
  (void)state;
  static const struct {
    const char *code, *filed;
    enum err_code problem;
    int64_t proposals;
  } cases[] = {{"221317", "2023-12-31", E_OK, 0},
               {"221317", "2024-01-01", E_CODE_SUCCEEDED, 1}, /* its one successor is proposed */
               {"221384", "2024-01-01", E_OK, 0},
               {"221384", "2023-12-31", E_CODE_SEVERAL, 0},   /* five wards went into it */
               {"221350", "2024-01-01", E_CODE_SEVERAL, 0}};  /* it went to two */
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct intake_report r;
    char no[16];
    snprintf(no, sizeof no, "%zu", i + 1);
    const struct change changes[] = {{"event_book_no", no},
                                     {"residence_municipality_code", cases[i].code},
                                     {"residence_prefecture", "22"},
                                     {"filing_date", cases[i].filed},
                                     {NULL, NULL}};
    one_slip(f, s, changes, &r);
    if (cases[i].problem) assert_int_equal(r.by_code[(int)cases[i].problem - INTAKE_CODE_FIRST], 1);
    assert_int_equal(r.problems, cases[i].problem ? 1 : 0);
    assert_int_equal(r.proposals, cases[i].proposals);
  }
  store_close(s);
  drop(f);
}

static void the_same_file_twice_changes_nothing(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report first, second;
  struct intake_entry *entries;
  struct err error;
  int64_t n;
  one_slip(f, s, NULL, &first);
  take_in(f, s, &second);
  assert_true(second.already && second.id == first.id && second.accepted == 1);
  OK(intake_list(s, "vital", "birth", "2025-12", f->arena, &entries, &n, &error));
  assert_int_equal(n, 1);
  assert_string_not_equal(entries[0].token, first.sha256); /* keyed: the file's plain hash rests nowhere in clear */
  assert_int_equal(strlen(entries[0].token), 64);
  store_close(s);
  drop(f);
}

static void a_record_is_known_again_in_the_file_and_in_later_files(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct strbuf b = {0};
  static const struct change lost_zero[] = {{"municipality_code", "１１００２"}, {NULL, NULL}};
  add_header(f, &b);
  add_slip(f, &b, 1, NULL);
  add_slip(f, &b, 2, NULL);
  add_slip(f, &b, 1, lost_zero);
  write_file(f, &b);
  take_in(f, s, &r);
  assert_true(r.rows_read == 3 && r.accepted == 2 && r.duplicate == 1);
  assert_int_equal(r.by_code[E_KEY_DUPLICATE - INTAKE_CODE_FIRST], 1);
  store_close(s);
  s = open_it(f);
  add_header(f, &b);
  add_slip(f, &b, 3, NULL);
  add_slip(f, &b, 2, NULL);
  write_file(f, &b);
  take_in(f, s, &r);
  assert_true(r.rows_read == 2 && r.accepted == 1 && r.duplicate == 1);
  assert_int_equal(r.by_code[E_KEY_TAKEN - INTAKE_CODE_FIRST], 1);
  store_close(s);
  drop(f);
}

/* Stores made before record_page hold a row a token. */
static void keys_as_row_a_token(struct office_fixture *f) {
  char path[320];
  struct err error;
  struct db *db;
  snprintf(path, sizeof path, "%s/store.db", f->folder);
  OK(db_open(path, 0, &db, &error));
  OK(db_run(db,
            "WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 159) INSERT INTO record_key(stream, token, intake, line) "
            "SELECT stream, substr(entries, i * 24 + 1, 16), 1, i + 2 FROM record_page, k WHERE i * 24 < length(entries)",
            &error));
  assert_int_equal(db_changes(db), 2);
  OK(db_run(db, "DELETE FROM record_page", &error));
  db_close(db);
}

static void an_older_store_knows_its_records_again(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct strbuf b = {0};
  add_header(f, &b);
  add_slip(f, &b, 1, NULL);
  add_slip(f, &b, 2, NULL);
  write_file(f, &b);
  take_in(f, s, &r);
  store_close(s);
  keys_as_row_a_token(f);
  s = open_it(f);
  for (int i = 0; i < 2; i++) { /* 3 is new, then it is in a page, and 1 and 2 are still rows */
    add_header(f, &b);
    for (int number = 1; number <= 3; number++) add_slip(f, &b, number, NULL);
    add_slip(f, &b, 10 + i, NULL);
    write_file(f, &b);
    take_in(f, s, &r);
    assert_int_equal(r.accepted, i == 0 ? 2 : 1);
    assert_int_equal(r.by_code[E_KEY_TAKEN - INTAKE_CODE_FIRST], i == 0 ? 2 : 3);
  }
  store_close(s);
  drop(f);
}

static void titles_notes_empty_rows_and_short_rows_are_told_apart(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct intake_report r;
  struct strbuf b = {0};
  strbuf_adds(&b, "令和7年12月 出生票,,,,\r\n作成 課,,,\r\n\r\n,,,,\r\n");
  add_header(f, &b);
  add_slip(f, &b, 1, NULL);
  strbuf_adds(&b, "011002,HC0101,2025\r\n");
  add_slip(f, &b, 0, (const struct change[]){{"event_book_no", "V"}, {NULL, NULL}});
  for (int i = 0; i < form_layout(f->form, "csv")->n_items; i++) strbuf_addc(&b, ',');
  strbuf_adds(&b, "\r\n注 速報値\r\n※ 備考,,,,,\r\n");
  write_file(f, &b);
  take_in(f, NULL, &r);
  assert_true(r.dry_run && r.id == 0);
  assert_int_equal(r.title_rows, 2);
  assert_int_equal(r.note_rows, 2);
  assert_int_equal(r.empty_rows, 2);
  assert_true(r.rows_read == 3 && r.accepted == 1 && r.rejected == 2);
  assert_int_equal(r.by_code[E_ROW_CELLS - INTAKE_CODE_FIRST], 1);
  assert_int_equal(r.by_code[E_KEY_MISSING - INTAKE_CODE_FIRST], 1);
  drop(f);
}

static enum err_code try_header(struct office_fixture *f, const char *header, struct err *e) {
  struct strbuf b = {0};
  struct intake_report r;
  strbuf_adds(&b, header);
  strbuf_adds(&b, "\r\n1,2,3\r\n");
  write_file(f, &b);
  return intake_file(&f->job, NULL, f->form, &OPTIONS, f->file, &r, e);
}

static void headings_must_be_those_of_the_form(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct err e = {0};
  struct strbuf b = {0};
  char header[4096];
  add_header(f, &b);
  snprintf(header, sizeof header, "%.*s", (int)b.n - 2, b.p);
  strbuf_release(&b);
  char changed[5000];
  snprintf(changed, sizeof changed, "%s,血液型", header);
  assert_int_equal(try_header(f, changed, &e), E_HEADER_UNKNOWN);
  assert_string_equal(e.subject, "血液型");
  assert_int_equal(e.column, 40);
  snprintf(changed, sizeof changed, "%s,性別", header);
  assert_int_equal(try_header(f, changed, &e), E_HEADER_DUPLICATE);
  *strrchr(header, ',') = 0;
  assert_int_equal(try_header(f, header, &e), E_HEADER_MISSING);
  assert_non_null(strstr(e.subject, "立会者"));
  assert_int_equal(try_header(f, "a,b,c", &e), E_HEADER_NOT_FOUND);
  drop(f);
}

/* Names, English labels, full-width and broken headings are the same headings; the order is the file's. */
static void headings_match_by_name_label_and_width(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct intake_report r;
  struct strbuf b = {0};
  const struct layout *l = form_layout(f->form, "csv");
  for (int i = l->n_items - 1; i >= 0; i--) {
    const struct item *item = l->items[i];
    csv_put(&b,
            i % 3 == 0                           ? str_of(item->name)
            : i % 3 == 1                         ? str_of(item->label_en)
            : strcmp(item->name, "birth_weight") ? str_of(item->label_ja)
                                                 : STR("体重\n（ｇ）"),
            i == l->n_items - 1);
  }
  strbuf_adds(&b, ",,\r\n");
  for (int i = l->n_items - 1; i >= 0; i--) csv_put(&b, str_of(slip_value(l->items[i]->name, NULL)), i == l->n_items - 1);
  strbuf_adds(&b, ",,\r\n");
  write_file(f, &b);
  take_in(f, NULL, &r);
  assert_true(r.accepted == 1 && r.problems == 0);
  drop(f);
}

/* Every form of the library that has a CSV layout with a header: its own headings are accepted, and a header alone is no file of records. */
static void every_form_of_the_library_can_be_taken_in(void **state) {
  (void)state;
  static const char *const names[][2] = {{"vital", "birth"},         {"vital", "death"},  {"vital", "population"},  {"vital", "deaths_by_age"},
                                         {"vital", "births_by_age"}, {"vital", "life_q"}, {"mls", "establishment"}, {"mls", "register"},
                                         {"mls", "stratum"},         {"mls", "cell"},     {"mls", "unitcell"}};
  static const char *const periods[] = {
      [PERIOD_MONTH] = "2025-12", [PERIOD_QUARTER] = "2025-Q4", [PERIOD_YEAR] = "2025", [PERIOD_FISCAL_YEAR] = "FY2025"};
  struct office_fixture *f = make();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct err e = {0};
    struct intake_report r;
    struct strbuf b = {0};
    struct form *form;
    assert_int_equal(form_read(f->arena, &f->job, FORMS, names[i][0], names[i][1], NULL, date_from_civil(2026, 1, 1), &form, NULL, &e), E_OK);
    const struct layout *l = NULL;
    for (int k = 0; !l && k < form->n_layouts; k++)
      if (strcmp(form->layouts[k].kind, "csv") == 0) l = &form->layouts[k];
    assert_non_null(l);
    assert_true(l->header);
    for (int k = 0; k < l->n_items; k++) csv_put(&b, str_of(l->headings[k]), k == 0);
    strbuf_adds(&b, "\n");
    write_file(f, &b);
    struct intake_options options = OPTIONS;
    options.period = periods[form->period_kind];
    enum err_code code = intake_file(&f->job, NULL, form, &options, f->file, &r, &e);
    if (code != E_INTAKE_NO_ROWS) show(&e);
    if (code != E_INTAKE_NO_ROWS) fail_msg("%s/%s", names[i][0], names[i][1]);
  }
  drop(f);
}

static void stored_problems_have_places_and_no_values(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct intake_entry entry;
  struct intake_problem *p;
  struct err error;
  int64_t n;
  const struct change changes[] = {{"child_birth_date", "昭和64年1月8日"}, {"sex", "9"}, {NULL, NULL}};
  one_slip(f, s, changes, &r);
  OK(intake_get(s, r.id, f->arena, &entry, &error));
  OK(intake_problems(s, &entry, f->arena, &p, &n, &error));
  assert_int_equal(n, 2);
  assert_true(p[0].line == 2 && p[0].code == E_CODE_UNKNOWN && strcmp(p[0].item, "sex") == 0 && p[0].cell == 14);
  assert_true(p[1].line == 2 && p[1].code == E_DATE_ERA && strcmp(p[1].item, "child_birth_date") == 0);
  assert_int_equal(intake_get(s, 99, f->arena, &entry, &error), E_INTAKE_UNKNOWN);
  store_close(s);
  drop(f);
}

static void messages_show_the_shape_unless_values_are_asked_for(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct intake_report r;
  struct err error;
  const struct change changes[] = {{"birth_weight", "約3021"}, {NULL, NULL}};
  one_slip(f, NULL, changes, &r);
  assert_string_equal(f->problems.found, "〇9999");
  struct intake_options shown = OPTIONS;
  shown.show_values = true;
  OK(intake_file(&f->job, NULL, f->form, &shown, f->file, &r, &error));
  assert_string_equal(f->problems.found, "約3021");
  drop(f);
}

static void a_period_closes_only_when_the_counts_balance(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct intake_closing c;
  struct err error;
  bool found;
  one_slip(f, s, NULL, &r);
  assert_int_equal(intake_close(s, "vital", "birth", "2025-12", 2, false, &c, &error), E_INTAKE_BALANCE);
  assert_int_equal(intake_close(s, "vital", "birth", "2025-12", 0, true, &c, &error), E_INTAKE_NOT_NIL);
  OK(intake_last_closing(s, "vital", "birth", "2025-12", &c, &found, &error));
  assert_false(found);
  OK(intake_close(s, "vital", "birth", "2025-12", 1, false, &c, &error));
  assert_true(c.round == 1 && c.accepted == 1);
  assert_int_equal(intake_close(s, "vital", "birth", "2025-12", 1, false, &c, &error), E_INTAKE_CLOSED_EMPTY);
  OK(intake_close(s, "vital", "death", "2025-12", 0, true, &c, &error));
  assert_true(c.nil && c.round == 1);
  store_close(s);
  drop(f);
}

/* More rows than one group: groups join to one shard, and the dictionary of one does not leak into the next. */
static void rows_beyond_one_group_stay_in_order(void **state) {
  (void)state;
  enum { N = STORE_ROW_GROUP + 500 };
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  struct intake_report r;
  struct strbuf b = {0};
  struct table t;
  add_header(f, &b);
  for (int i = 1; i <= N; i++) add_slip(f, &b, i, NULL);
  write_file(f, &b);
  take_in(f, s, &r);
  assert_int_equal(r.accepted, N);
  read_shard(s, r.shard, f->arena, &t);
  assert_int_equal(t.n_rows, N);
  const struct column *no = table_column(&t, "event_book_no"), *office = table_column(&t, "office_code");
  for (int64_t i = 0; i < N; i++) {
    assert_int_equal(no->i64[i], i + 1);
    assert_true(str_eq(dict_text(office->dict, office->code[i]), STR("HC0101")));
  }
  store_close(s);
  drop(f);
}

/* Every durable step fails once with a full disk: afterwards nothing of the file is there, and the next try succeeds. */
static void a_full_disk_at_any_write_leaves_nothing(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct strbuf b = {0};
  uint64_t failed = 0;
  add_header(f, &b);
  add_slip(f, &b, 1, NULL);
  add_slip(f, &b, 2, (const struct change[]){{"sex", "9"}, {NULL, NULL}});
  write_file(f, &b);
  for (uint64_t n = 1; n < 400; n++) {
    struct err error;
    struct intake_report r;
    struct intake_entry *entries;
    int64_t rows;
    struct store *s = open_it(f);
    io_fault_at(IO_FAULT_ENOSPC, n);
    enum err_code code = intake_file(&f->job, s, f->form, &OPTIONS, f->file, &r, &error);
    io_fault_at(IO_FAULT_NONE, 0);
    store_close(s);
    s = open_it(f);
    OK(intake_schema(s, &error));
    OK(intake_list(s, "vital", "birth", NULL, f->arena, &entries, &rows, &error));
    store_close(s);
    if (code && rows) fail_msg("write %llu failed with %s and left an intake", (unsigned long long)n, err_name(code));
    if (rows) break;
    failed++;
  }
  assert_true(failed > 3 && failed < 399);
  drop(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(typed_values_come_back_from_the_sealed_store),
    cmocka_unit_test(a_cell_problem_marks_the_cell_and_keeps_the_record),
    cmocka_unit_test(a_code_is_judged_on_the_day_of_its_event),
    cmocka_unit_test(the_same_file_twice_changes_nothing),
    cmocka_unit_test(a_record_is_known_again_in_the_file_and_in_later_files),
    cmocka_unit_test(an_older_store_knows_its_records_again),
    cmocka_unit_test(titles_notes_empty_rows_and_short_rows_are_told_apart),
    cmocka_unit_test(headings_must_be_those_of_the_form),
    cmocka_unit_test(headings_match_by_name_label_and_width),
    cmocka_unit_test(every_form_of_the_library_can_be_taken_in),
    cmocka_unit_test(stored_problems_have_places_and_no_values),
    cmocka_unit_test(messages_show_the_shape_unless_values_are_asked_for),
    cmocka_unit_test(a_period_closes_only_when_the_counts_balance),
    cmocka_unit_test(rows_beyond_one_group_stay_in_order),
    cmocka_unit_test(a_full_disk_at_any_write_leaves_nothing),
  };
  crypto_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
