/* expr_fixture.h -- items, code lists and rows for the tests of base/expr: bindings as text ("a=5;sex=1;prev.a=blank;person.age=3|40") become
 * columns. */
#ifndef SHIRABE_TESTS_EXPR_FIXTURE_H
#define SHIRABE_TESTS_EXPR_FIXTURE_H
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/expr_impl.h"

enum { FIXTURE_ROWS = 1100, FIXTURE_CHILDREN = 3 };

struct fixture_item {
  const char *record, *name;
  enum expr_type type;
  int decimals;
  const char *unit;
};
static const struct fixture_item fixture_items[] = {
    {"", "a", EXPR_NUMBER, 0, ""},          {"", "b", EXPR_NUMBER, 0, ""},         {"", "c", EXPR_NUMBER, 0, ""},
    {"", "p", EXPR_NUMBER, 2, ""},          {"", "q", EXPR_NUMBER, 3, ""},         {"", "wage", EXPR_NUMBER, 0, "yen"},
    {"", "overtime", EXPR_NUMBER, 0, "yen"}, {"", "hours", EXPR_NUMBER, 0, "person_hour"}, {"", "days_worked", EXPR_NUMBER, 0, "person_day"},
    {"", "workers", EXPR_NUMBER, 0, "person"}, {"", "sex", EXPR_CODE, 0, ""},      {"", "pref", EXPR_CODE, 0, ""},
    {"", "cause", EXPR_CODE, 0, ""},        {"", "home", EXPR_CODE, 0, ""},        {"", "name", EXPR_TEXT, 0, ""},
    {"", "birth", EXPR_DATE, 0, ""},        {"", "event", EXPR_DATE, 0, ""},       {"", "flag", EXPR_BOOL, 0, ""},
    {"person", "age", EXPR_NUMBER, 0, "year"}, {"person", "income", EXPR_NUMBER, 0, "yen"}, {"person", "sex", EXPR_CODE, 0, ""},
};
enum { FIXTURE_ITEMS = sizeof fixture_items / sizeof *fixture_items };

struct fixture {
  struct arena *arena;
  struct dict *sex_list; /* fixed by a code list: 1, 2 */
};

static const struct fixture_item *fixture_item(struct str record, struct str name) {
  for (int i = 0; i < FIXTURE_ITEMS; i++)
    if (str_eq(record, str_of(fixture_items[i].record)) && str_eq(name, str_of(fixture_items[i].name))) return &fixture_items[i];
  return NULL;
}

static bool fixture_variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  const struct fixture *f = context;
  const struct fixture_item *item = fixture_item(record, name);
  if (!item) return false;
  *out = (struct expr_variable){item->type, item->decimals, item->unit, strcmp(item->name, "sex") == 0 ? f->sex_list : NULL};
  return true;
}

static bool fixture_list(void *context, struct str name, const struct str **codes, int64_t *n) {
  static const struct str maternal[] = {{"O10", 3}, {"A34", 3}, {"O99", 3}};
  (void)context;
  if (!str_eq(name, STR("maternal"))) return false;
  *codes = maternal;
  *n = 3;
  return true;
}

static inline struct expr_scope fixture_scope(struct fixture *f) { return (struct expr_scope){f, fixture_variable, fixture_list}; }

static inline struct fixture fixture_new(void) {
  struct fixture f = {.arena = arena_new(0)};
  f.sex_list = dict_new(f.arena);
  (void)dict_add(f.sex_list, STR("1"));
  (void)dict_add(f.sex_list, STR("2"));
  return f;
}

/* "blank" ... -> a missing status; else VAL_REPORTED. */
static uint8_t fixture_status(struct str text) {
  static const struct {
    const char *word;
    uint8_t status;
  } words[] = {{"blank", VAL_BLANK}, {"na", VAL_NOT_APPLICABLE}, {"unknown", VAL_UNKNOWN}, {"refused", VAL_REFUSED}, {"invalid", VAL_INVALID}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(text, str_of(words[i].word))) return words[i].status;
  return VAL_REPORTED;
}

static int64_t fixture_number(struct str text, int decimals) {
  int64_t v = 0, sign = 1;
  int seen = -1;
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '-') sign = -1;
    else if (text.p[i] == '.') seen = 0;
    else if (seen < decimals) v = v * 10 + sign * (text.p[i] - '0'), seen += seen >= 0;
  }
  for (int i = seen < 0 ? 0 : seen; i < decimals; i++) v *= 10;
  return v;
}

/* A column of n rows; every row, or with "x|y|z" every third one, holds the same. */
static struct column *fixture_column(struct fixture *f, const struct fixture_item *item, struct str text, int64_t n) {
  struct column *c = ARENA_NEW(f->arena, struct column);
  struct str parts[FIXTURE_CHILDREN];
  int n_parts = 0;
  *c = (struct column){.name = item->name,
      .type = item->type == EXPR_CODE ? COL_CODE
          : item->type == EXPR_TEXT   ? COL_TEXT
                                      : COL_INT,
      .decimals = item->decimals,
      .unit = item->unit,
      .is_date = item->type == EXPR_DATE};
  c->status = ARENA_ARRAY(f->arena, uint8_t, n);
  c->i64 = ARENA_ARRAY(f->arena, int64_t, n);
  c->code = ARENA_ARRAY(f->arena, int32_t, n);
  if (c->type != COL_INT) c->dict = dict_new(f->arena), (void)dict_add(c->dict, STR("another")); /* ids are not in the order of first use */
  while (n_parts < FIXTURE_CHILDREN) {
    parts[n_parts++] = str_split(text, '|', &text);
    if (!text.n) break;
  }
  for (int64_t i = 0; i < n; i++) {
    struct str part = parts[i % n_parts];
    int64_t day = 0;
    c->status[i] = fixture_status(part);
    if (!value_present(c->status[i])) continue;
    if (c->dict) c->code[i] = dict_add(c->dict, part);
    else if (item->type == EXPR_BOOL) c->i64[i] = str_eq(part, STR("true"));
    else c->i64[i] = item->type == EXPR_DATE && date_parse_iso(part, &day) ? day : fixture_number(part, item->decimals);
  }
  return c;
}

static struct str fixture_find(struct str bindings, const char *key) {
  while (bindings.n) {
    struct str value, one = str_split(bindings, ';', &bindings), name = str_split(one, '=', &value);
    if (str_eq(str_trim(name), str_of(key))) return str_trim(value);
  }
  return STR("");
}

struct fixture_rows {
  struct expr_binding binding;
  struct expr_children children;
};

/* Columns for every slot of x; a slot without a binding text is a column that is not there. */
static inline struct fixture_rows *fixture_bind(struct fixture *f, const struct expr *x, struct str bindings) {
  static const char *const prefixes[] = {"", "prev.", "frame.", ""};
  struct fixture_rows *rows = ARENA_NEW(f->arena, struct fixture_rows);
  const struct column **columns = ARENA_ARRAY(f->arena, const struct column *, expr_n_slots(x) + 1);
  int64_t *first = ARENA_ARRAY(f->arena, int64_t, FIXTURE_ROWS + 1);
  bool childless = str_eq(fixture_find(bindings, "person"), STR("none"));
  for (int64_t i = 0; i <= FIXTURE_ROWS; i++) first[i] = childless ? 0 : i * FIXTURE_CHILDREN;
  for (int i = 0; i < expr_n_slots(x); i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    bool child = slot->kind == EXPR_SLOT_CHILD;
    const char *key = arena_printf(f->arena, "%s%s%s%s", prefixes[slot->kind], slot->record, child ? "." : "", slot->name);
    struct str text = fixture_find(bindings, key);
    if (text.n)
      columns[i] = fixture_column(f, fixture_item(str_of(slot->record), str_of(slot->name)), text, FIXTURE_ROWS * (child ? FIXTURE_CHILDREN : 1));
  }
  rows->children = (struct expr_children){"person", first};
  rows->binding = (struct expr_binding){columns, &rows->children, 1};
  return rows;
}

static const char *fixture_truth(uint8_t t) { return t == EXPR_TRUE ? "true" : t == EXPR_FALSE ? "false" : "unknown"; }

/* Evaluates all rows, in batches, and returns the one text they agree on ("rows differ" when they do not), or the error's name. */
static inline const char *fixture_evaluate(
    struct fixture *f, const struct expr *x, const struct fixture_rows *rows, int decimals, bool exact, struct err *e) {
  struct expr_scratch *s = expr_scratch_new(f->arena, x);
  const char *result = NULL;
  s->exact_only = exact;
  for (int64_t row = 0; row < FIXTURE_ROWS; row += EXPR_BATCH / 4) {
    static uint8_t truth[EXPR_BATCH], status[EXPR_BATCH];
    static int64_t number[EXPR_BATCH];
    static struct str text[EXPR_BATCH];
    int n = FIXTURE_ROWS - row < EXPR_BATCH / 4 ? (int)(FIXTURE_ROWS - row) : EXPR_BATCH / 4;
    enum err_code code;
    enum expr_type type = expr_result_type(x);
    if (type == EXPR_BOOL) code = expr_eval_bool(x, &rows->binding, s, row, n, truth, e);
    else if (expr_is_text(type)) code = expr_eval_text(x, &rows->binding, s, row, n, text, status, e);
    else code = expr_eval_int(x, &rows->binding, s, decimals, row, n, number, status, e);
    if (code) return err_name(code);
    for (int i = 0; i < n; i++) {
      char buffer[64];
      struct strbuf b;
      strbuf_init(&b, 0);
      if (type == EXPR_BOOL) strbuf_adds(&b, fixture_truth(truth[i]));
      else if (!value_present(status[i])) strbuf_adds(&b, "unknown");
      else if (expr_is_text(type)) strbuf_add(&b, text[i].p, text[i].n);
      else if (type == EXPR_DATE) date_format_iso(number[i], buffer), strbuf_adds(&b, buffer);
      else strbuf_add_decimal(&b, number[i], decimals);
      if (!result) result = arena_strdup(f->arena, strbuf_cstr(&b), b.n);
      else if (strcmp(result, strbuf_cstr(&b)) != 0) result = "rows differ";
      strbuf_release(&b);
    }
  }
  return result;
}
#endif
