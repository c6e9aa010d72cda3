/* code_change.c -- see code_change.h. */
#include "forms/code_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "forms/form_files.h"

enum { C_CODE, C_DATE, C_SUCCESSOR, C_KIND, COLUMNS, DEPTH_MAX = 64, PATH_BYTES = 4096 };
static const char *const HEADER[COLUMNS] = {"code", "date", "successor", "kind"};

static int by_code(const void *a, const void *b) {
  const struct code_change *x = a, *y = b;
  int order = str_cmp(x->code, y->code);
  if (order) return order;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return str_cmp(x->successor, y->successor);
}

static int by_successor(const void *a, const void *b) {
  const struct code_change *x = *(const struct code_change *const *)a, *y = *(const struct code_change *const *)b;
  int order = str_cmp(x->successor, y->successor);
  if (order) return order;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return str_cmp(x->code, y->code);
}

static enum err_code refuse(const struct csv_table *t, const char *file, int64_t row, int column, const char *expected, struct err *e) {
  return ERR(e, E_CODE_CHANGES, .file = file, .line = row < 0 ? 1 : t->lines[row], .column = column + 1, .subject = HEADER[column],
             .expected = expected);
}

static enum err_code read_change(const struct csv_table *t, const struct codelist *l, const char *file, int64_t row, struct code_change *out,
                                 struct err *e) {
  *out = (struct code_change){csv_table_cell(t, row, C_CODE), csv_table_cell(t, row, C_SUCCESSOR), csv_table_cell(t, row, C_KIND), 0};
  if (!codelist_find(l, out->code, INT64_MIN)) return refuse(t, file, row, C_CODE, "a code of the list", e);
  if (!date_parse_iso(csv_table_cell(t, row, C_DATE), &out->day)) return refuse(t, file, row, C_DATE, "a date, YYYY-MM-DD", e);
  if (!codelist_find(l, out->successor, INT64_MIN)) return refuse(t, file, row, C_SUCCESSOR, "a code of the list", e);
  if (str_eq(out->code, out->successor)) return refuse(t, file, row, C_SUCCESSOR, "another code", e);
  return out->kind.n ? E_OK : refuse(t, file, row, C_KIND, "a word", e);
}

enum err_code code_changes_parse(struct arena *a, const struct codelist *l, const char *file, struct str text, const struct code_changes **out,
                                 struct err *e) {
  struct csv_table t;
  TRY(csv_table_parse(a, file, text.p, text.n, &t, e));
  for (int k = 0; k < COLUMNS; k++)
    if (t.n_columns != COLUMNS || !str_eq(t.header[k], str_of(HEADER[k]))) return refuse(&t, file, -1, k, "code,date,successor,kind", e);
  struct code_changes *c = ARENA_NEW(a, struct code_changes);
  struct code_change *list = ARENA_ARRAY(a, struct code_change, t.n_rows + 1);
  const struct code_change **back_list = ARENA_ARRAY(a, const struct code_change *, t.n_rows + 1);
  if (!c || !list || !back_list) return ERR(e, E_NO_MEMORY, .subject = file);
  for (int64_t row = 0; row < t.n_rows; row++) TRY(read_change(&t, l, file, row, &list[row], e));
  if (t.n_rows) qsort(list, (size_t)t.n_rows, sizeof *list, by_code);
  for (int64_t i = 0; i < t.n_rows; i++) back_list[i] = &list[i];
  if (t.n_rows) qsort(back_list, (size_t)t.n_rows, sizeof *back_list, by_successor);
  *c = (struct code_changes){file, list, back_list, t.n_rows};
  *out = c;
  return E_OK;
}

enum err_code code_changes_read(struct arena *a, const struct codelist *l, const struct code_changes **out, struct err *e) {
  *out = NULL;
  const char *slash = strrchr(l->file, '/');
  if (!l->shared || !slash) return E_OK;
  const char *file = arena_printf(a, "%.*s/changes/%s.csv", (int)(slash - l->file), l->file, l->name);
  struct str text;
  if (!file) return ERR(e, E_NO_MEMORY, .subject = l->name);
  enum err_code code = form_file_load(a, file, &text, e);
  if (code == E_FILE_OPEN) return E_OK;
  return code ? code : code_changes_parse(a, l, file, text, out, e);
}

/* --- following --- */

enum { STEPS_MAX = 4096 }; /* a table may run in circles; real histories take a few dozen steps */
struct walk {
  int steps;
  const struct codelist *list;
  const struct code_changes *changes;
  int64_t day;
  struct code_followed *out;
};

static void keep(struct code_followed *out, const struct code *c) {
  int at = 0;
  while (at < out->n && str_cmp(out->codes[at]->code, c->code) < 0) at++;
  if (at < out->n && str_eq(out->codes[at]->code, c->code)) return;
  if (out->n == CODE_FOLLOW_MAX) {
    out->complete = false;
    return;
  }
  memmove(&out->codes[at + 1], &out->codes[at], (size_t)(out->n - at) * sizeof out->codes[0]);
  out->codes[at] = c;
  out->n++;
}

/* The row of a code that ended last before the day, or that begins first after it. */
static const struct code *nearest(const struct walk *w, struct str code, bool ended) {
  const struct codelist *l = w->list;
  const struct code *found = NULL;
  int64_t low = 0, high = l->n_codes;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (str_cmp(l->codes[middle].code, code) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < l->n_codes && str_eq(l->codes[low].code, code); low++) {
    const struct code *c = &l->codes[low];
    if (ended && c->valid_to < w->day && (!found || c->valid_to > found->valid_to)) found = c;
    if (!ended && c->valid_from > w->day && (!found || c->valid_from < found->valid_from)) found = c;
  }
  return found;
}

static int64_t first_change(const struct code_changes *c, struct str code) {
  int64_t low = 0, high = c->n;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (str_cmp(c->changes[middle].code, code) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static int64_t first_successor(const struct code_changes *c, struct str code) {
  int64_t low = 0, high = c->n;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (str_cmp(c->by_successor[middle]->successor, code) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void forward(struct walk *w, struct str code, int depth) {
  const struct code *now = codelist_find(w->list, code, w->day), *ended = now ? NULL : nearest(w, code, true);
  if (now) {
    keep(w->out, now);
    return;
  }
  bool led = false;
  for (int64_t i = first_change(w->changes, code);
       ended && depth < DEPTH_MAX && w->steps < STEPS_MAX && i < w->changes->n && str_eq(w->changes->changes[i].code, code); i++) {
    if (w->changes->changes[i].day != ended->valid_to + 1) continue;
    led = true;
    w->steps++;
    forward(w, w->changes->changes[i].successor, depth + 1);
  }
  if (!led || w->steps >= STEPS_MAX) w->out->complete = false;
}

static void back(struct walk *w, struct str code, int depth) {
  const struct code *then = codelist_find(w->list, code, w->day), *begins = then ? NULL : nearest(w, code, false);
  if (then) {
    keep(w->out, then);
    return;
  }
  bool led = false;
  for (int64_t i = first_successor(w->changes, code); begins && depth < DEPTH_MAX && w->steps < STEPS_MAX && i < w->changes->n; i++) {
    const struct code_change *c = w->changes->by_successor[i];
    if (!str_eq(c->successor, code)) break;
    if (c->day != begins->valid_from) continue;
    led = true;
    w->steps++;
    back(w, c->code, depth + 1);
  }
  if (!led || w->steps >= STEPS_MAX) w->out->complete = false;
}

void code_follow(const struct codelist *l, const struct code_changes *changes, struct str code, int64_t day, struct code_followed *out) {
  *out = (struct code_followed){.complete = true};
  struct walk w = {0, l, changes, day, out};
  if (codelist_find(l, code, day) || nearest(&w, code, true)) {
    forward(&w, code, 0);
    return;
  }
  out->earlier = true;
  back(&w, code, 0);
}
