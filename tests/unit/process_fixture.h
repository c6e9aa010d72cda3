/* process_fixture.h -- a small form made in memory, tables from lines of text, shards with joined previous period and register: for the tests of
 * processing. */
#ifndef SHIRABE_TESTS_PROCESS_FIXTURE_H
#define SHIRABE_TESTS_PROCESS_FIXTURE_H
#include <stdlib.h>
#include <string.h>

#include "processing/edit/edit_rule.h"
#include "processing/unit/unit_join.h"

static const struct item small_items[] = {
    {.name = "unit_id", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "industry", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "size", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "workers", .type = COL_INT, .class = CLASS_COUNT, .unit = "person"},
    {.name = "pay", .type = COL_INT, .class = CLASS_AMOUNT, .unit = "yen", .has_max = true, .max = 100000},
    {.name = "bonus", .type = COL_INT, .class = CLASS_AMOUNT, .unit = "yen", .universe_text = "workers > 0"},
    {.name = "hours", .type = COL_INT, .class = CLASS_AMOUNT, .unit = "hour", .decimals = 1},
    {.name = "total", .type = COL_INT, .class = CLASS_AMOUNT, .unit = "yen", .origin = ORIGIN_DERIVED, .expression_text = "pay + bonus", .line = 9},
};
static const struct item register_items[] = {
    {.name = "unit_id", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "area", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "stratum_id", .type = COL_CODE, .class = CLASS_CODE},
    {.name = "weight_num", .type = COL_INT, .class = CLASS_COUNT},
    {.name = "weight_den", .type = COL_INT, .class = CLASS_COUNT},
};
enum { SMALL_ITEMS = sizeof small_items / sizeof *small_items, REGISTER_ITEMS = sizeof register_items / sizeof *register_items };

struct small {
  struct arena *arena;
  struct form form, frame;
  struct job job;
};

static inline struct expr *small_compile(struct small *s, const char *text) {
  struct expr_scope scope = form_scope(&s->form);
  struct expr *x = NULL;
  struct err e;
  if (!text || !*text) return NULL;
  if (expr_compile(s->arena, str_of(text), &scope, "small", 1, 1, &x, &e)) abort();
  return x;
}

static inline void small_items_into(struct small *s, struct form *f, const struct item *from, int n) {
  f->survey = f->id = "small";
  f->folder = "small";
  f->n_items = n;
  f->items = ARENA_ARRAY(s->arena, struct item, n);
  for (int i = 0; i < n; i++) {
    f->items[i] = from[i];
    f->items[i].record = "unit";
    if (!from[i].unit) f->items[i].unit = "";
    if (!from[i].universe_text) f->items[i].universe_text = "";
    if (!from[i].expression_text) f->items[i].expression_text = "";
    f->items[i].multiplier = 1;
  }
}

static inline struct small *small_new(void) {
  struct arena *a = arena_new(0);
  struct small *s = ARENA_NEW(a, struct small);
  s->arena = a;
  s->job = (struct job){.arena = a, .n_threads = 1};
  small_items_into(s, &s->form, small_items, SMALL_ITEMS);
  small_items_into(s, &s->frame, register_items, REGISTER_ITEMS);
  for (int i = 0; i < SMALL_ITEMS; i++) {
    s->form.items[i].universe = small_compile(s, s->form.items[i].universe_text);
    s->form.items[i].expression = small_compile(s, s->form.items[i].expression_text);
  }
  return s;
}
static inline void small_free(struct small *s) { arena_free(s->arena); }

static inline void small_check(struct small *s, const char *id, enum check_severity severity, const char *universe, const char *expression) {
  struct check *grown = ARENA_ARRAY(s->arena, struct check, s->form.n_checks + 1);
  if (s->form.n_checks) memcpy(grown, s->form.checks, (size_t)s->form.n_checks * sizeof *grown);
  grown[s->form.n_checks] = (struct check){
      .id = id, .record = "unit", .severity = severity, .universe = small_compile(s, universe), .expression = small_compile(s, expression)};
  s->form.checks = grown;
  s->form.n_checks++;
}

static inline void small_step(struct small *s, int64_t order, const char *items, const char *method, const char *classes, const char *parameters) {
  struct impute_step *grown = ARENA_ARRAY(s->arena, struct impute_step, s->form.n_impute + 1);
  if (s->form.n_impute) memcpy(grown, s->form.impute, (size_t)s->form.n_impute * sizeof *grown);
  grown[s->form.n_impute] = (struct impute_step){order, items, method, classes, parameters, s->form.n_impute + 2};
  s->form.impute = grown;
  s->form.n_impute++;
}

/* Rows "u1,A,1,10,100": items in the form's order, missing ones at the end blank; "" blank, "na", "?" unknown; decimals as stored (15 = 1.5 hours).
 */
static inline struct table *small_table(struct small *s, const struct form *f, const char *const *rows, int n_rows) {
  struct table *t = ARENA_NEW(s->arena, struct table);
  struct column columns[16];
  struct err e;
  for (int i = 0; i < f->n_items; i++)
    columns[i] = (struct column){.name = f->items[i].name, .type = f->items[i].type, .decimals = f->items[i].decimals, .unit = f->items[i].unit};
  if (table_init(t, s->arena, columns, f->n_items, n_rows, &e)) abort();
  for (int r = 0; r < n_rows; r++) {
    struct str rest = str_of(rows[r]);
    for (int i = 0; i < f->n_items; i++) {
      struct str cell = str_split(rest, ',', &rest);
      struct column *c = &t->columns[i];
      c->status[r] = !cell.n ? VAL_BLANK : str_eq(cell, STR("na")) ? VAL_NOT_APPLICABLE : str_eq(cell, STR("?")) ? VAL_UNKNOWN : VAL_REPORTED;
      if (c->status[r] != VAL_REPORTED) continue;
      if (c->type == COL_CODE) c->code[r] = dict_add(c->dict, cell);
      else if (!str_int64(cell, &c->i64[r])) abort();
    }
  }
  t->n_rows = n_rows;
  return t;
}

static inline const struct table *small_align(
    struct small *s, const struct form *f, const struct table *current, const char *const *rows, int n_rows, struct unit_match *match) {
  static const char *const keys[] = {"unit_id"};
  const struct table **one = ARENA_ARRAY(s->arena, const struct table *, 1);
  const char **names = ARENA_ARRAY(s->arena, const char *, f->n_items);
  struct table *out = ARENA_NEW(s->arena, struct table);
  struct unit_index *index = NULL;
  struct unit_match counted = {0};
  struct err e;
  one[0] = small_table(s, f, rows, n_rows);
  const struct unit_source source = {"other", one, 1, keys, 1};
  for (int i = 0; i < f->n_items; i++) names[i] = f->items[i].name;
  if (unit_index_new(s->arena, &source, &index, &e) || unit_align(s->arena, index, current, names, f->n_items, out, match ? match : &counted, &e))
    abort();
  return out;
}

struct small_data {
  const char *const *current, *const *previous, *const *frame;
  int n_current, n_previous, n_frame;
};

/* Cuts the rows into n_shards runs (as even as can be) and joins each. */
static inline struct unit_shard *small_shards(struct small *s, const struct small_data *d, int n_shards) {
  struct unit_shard *shards = ARENA_ARRAY(s->arena, struct unit_shard, n_shards);
  int at = 0;
  for (int i = 0; i < n_shards; i++) {
    int n = (d->n_current - at) / (n_shards - i);
    shards[i] = (struct unit_shard){.current = small_table(s, &s->form, d->current + at, n), .first_record = at};
    if (d->previous) shards[i].previous = small_align(s, &s->form, shards[i].current, d->previous, d->n_previous, NULL);
    if (d->frame) shards[i].frame = small_align(s, &s->frame, shards[i].current, d->frame, d->n_frame, NULL);
    at += n;
  }
  return shards;
}
#define ROWS(...) (const char *const[]){__VA_ARGS__}
#define N_OF(array) ((int)(sizeof(array) / sizeof *(array)))
#endif
