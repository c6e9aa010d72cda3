#include "estimators/table/result_table.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/table/rounding.h"

const char *result_status_name(uint8_t status) {
  static const char *const names[] = {"shown", "suppressed", "not_applicable", "undefined", "unreliable"};
  return status < RESULT_STATUSES ? names[status] : "undefined";
}

static bool measure_new(struct arena *a, struct result_measure *m, int64_t n) {
  m->value = ARENA_ARRAY(a, double, n + 1);
  m->se = ARENA_ARRAY(a, double, n + 1);
  m->cv = ARENA_ARRAY(a, double, n + 1);
  m->df = ARENA_ARRAY(a, int64_t, n + 1);
  m->status = ARENA_ARRAY(a, uint8_t, n + 1);
  m->has_se = ARENA_ARRAY(a, uint8_t, n + 1);
  m->reason = ARENA_ARRAY(a, const char *, n + 1);
  m->unit = "";
  return m->value && m->se && m->cv && m->df && m->status && m->has_se && m->reason;
}

enum err_code result_table_new(
    struct arena *a, const char *id, int64_t n_rows, int n_dimensions, int n_measures, struct result_table **out, struct err *e) {
  if (n_dimensions > RESULT_MAX_DIMENSIONS || n_measures > RESULT_MAX_MEASURES) return ERR(e, E_TABLE_TOO_WIDE, .subject = id);
  struct result_table *t = ARENA_NEW(a, struct result_table);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = id);
  *t = (struct result_table){.arena = a,
      .id = id,
      .title_ja = "",
      .title_en = "",
      .survey = "",
      .form = "",
      .period = "",
      .profile = "",
      .n_rows = n_rows,
      .n_dimensions = n_dimensions,
      .n_row_dimensions = n_dimensions,
      .n_measures = n_measures};
  t->dimensions = ARENA_ARRAY(a, struct result_dimension, n_dimensions + 1);
  t->measures = ARENA_ARRAY(a, struct result_measure, n_measures + 1);
  t->n = ARENA_ARRAY(a, int64_t, n_rows + 1);
  t->n_status = ARENA_ARRAY(a, uint8_t, n_rows + 1);
  t->notes = ARENA_ARRAY(a, const char *, RESULT_MAX_NOTES);
  if (!t->dimensions || !t->measures || !t->n || !t->n_status || !t->notes) return ERR(e, E_NO_MEMORY, .subject = id);
  for (int i = 0; i < n_dimensions; i++)
    if (!(t->dimensions[i].code = ARENA_ARRAY(a, struct str, n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = id);
  for (int i = 0; i < n_measures; i++)
    if (!measure_new(a, &t->measures[i], n_rows)) return ERR(e, E_NO_MEMORY, .subject = id);
  *out = t;
  return E_OK;
}

enum err_code result_keep_precision(struct result_table *t, int measure, double confidence, struct err *e) {
  struct result_measure *m = &t->measures[measure];
  const int64_t n = t->n_rows + 1;
  m->low = ARENA_ARRAY(t->arena, double, n);
  m->high = ARENA_ARRAY(t->arena, double, n);
  m->deff = ARENA_ARRAY(t->arena, double, n);
  m->has_interval = ARENA_ARRAY(t->arena, uint8_t, n);
  m->has_deff = ARENA_ARRAY(t->arena, uint8_t, n);
  m->confidence = confidence;
  return m->low && m->high && m->deff && m->has_interval && m->has_deff ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
}

enum err_code result_keep_flags(struct result_table *t, int measure, struct err *e) {
  t->measures[measure].flag = ARENA_ARRAY(t->arena, const char *, t->n_rows + 1);
  return t->measures[measure].flag ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
}

enum err_code result_keep_judgements(struct result_table *t, int measure, bool denominator, struct err *e) {
  struct result_measure *m = &t->measures[measure];
  m->judged = ARENA_ARRAY(t->arena, struct sdc_judgement, t->n_rows + 1);
  if (denominator) m->judged_y = ARENA_ARRAY(t->arena, struct sdc_judgement, t->n_rows + 1);
  return m->judged && (m->judged_y || !denominator) ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
}

void result_note(struct result_table *t, const char *note) {
  if (t->n_notes >= RESULT_MAX_NOTES) {
    t->notes[RESULT_MAX_NOTES - 1] = "more notes than are shown here: see the run report";
    return;
  }
  char *copy = arena_strdup(t->arena, note, strlen(note));
  if (copy) utf8_mend(copy); /* names in notes are cut by bytes */
  t->notes[t->n_notes++] = copy ? copy : "note lost: out of memory";
}

int result_find_measure(const struct result_table *t, const char *name) {
  for (int i = 0; i < t->n_measures; i++)
    if (!strcmp(t->measures[i].name, name)) return i;
  return -1;
}

int result_find_dimension(const struct result_table *t, const char *name) {
  for (int i = 0; i < t->n_dimensions; i++)
    if (!strcmp(t->dimensions[i].name, name)) return i;
  return -1;
}

/* 0 the total, 1 codes of digits (by value: shorter first), 2 all others in binary order. */
static int code_class(struct str code) {
  if (str_eq(code, STR("_T"))) return 0;
  for (size_t i = 0; i < code.n; i++)
    if (code.p[i] < '0' || code.p[i] > '9') return 2;
  return code.n ? 1 : 2;
}

int result_code_cmp(struct str a, struct str b) {
  int class_a = code_class(a), class_b = code_class(b);
  if (class_a != class_b) return class_a < class_b ? -1 : 1;
  if (class_a == 1 && a.n != b.n) return a.n < b.n ? -1 : 1;
  return str_cmp(a, b);
}

struct sort_key {
  const struct result_table *t;
  int64_t row;
};

static int key_cmp(const void *x, const void *y) {
  const struct sort_key *a = x, *b = y;
  for (int d = 0; d < a->t->n_dimensions; d++) {
    int c = result_code_cmp(a->t->dimensions[d].code[a->row], a->t->dimensions[d].code[b->row]);
    if (c) return c;
  }
  return (a->row > b->row) - (a->row < b->row);
}

static bool permute(struct arena *a, void *array, size_t element, const struct sort_key *key, int64_t n) {
  if (!array) return true;
  struct arena_mark mark = arena_mark(a);
  char *copy = arena_alloc(a, element * (size_t)n + 1, 16);
  if (!copy) return false;
  memcpy(copy, array, element * (size_t)n);
  for (int64_t i = 0; i < n; i++) memcpy((char *)array + element * (size_t)i, copy + element * (size_t)key[i].row, element);
  arena_reset(a, mark);
  return true;
}

enum err_code result_sort(struct result_table *t, struct err *e) {
  struct arena_mark mark = arena_mark(t->arena);
  struct sort_key *key = ARENA_ARRAY(t->arena, struct sort_key, t->n_rows + 1);
  if (!key) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) key[i] = (struct sort_key){t, i};
  qsort(key, (size_t)t->n_rows, sizeof *key, key_cmp);
  bool ok = true;
  for (int d = 0; d < t->n_dimensions; d++) ok = ok && permute(t->arena, t->dimensions[d].code, sizeof(struct str), key, t->n_rows);
  for (int m = 0; m < t->n_measures; m++) {
    struct result_measure *x = &t->measures[m];
    ok = ok && permute(t->arena, x->value, sizeof(double), key, t->n_rows) && permute(t->arena, x->se, sizeof(double), key, t->n_rows)
        && permute(t->arena, x->cv, sizeof(double), key, t->n_rows);
    ok = ok && permute(t->arena, x->df, sizeof(int64_t), key, t->n_rows) && permute(t->arena, x->status, 1, key, t->n_rows)
        && permute(t->arena, x->has_se, 1, key, t->n_rows) && permute(t->arena, x->reason, sizeof(char *), key, t->n_rows);
    ok = ok && permute(t->arena, x->judged, sizeof *x->judged, key, t->n_rows) && permute(t->arena, x->judged_y, sizeof *x->judged, key, t->n_rows);
    ok = ok && permute(t->arena, x->low, sizeof(double), key, t->n_rows) && permute(t->arena, x->high, sizeof(double), key, t->n_rows)
        && permute(t->arena, x->deff, sizeof(double), key, t->n_rows) && permute(t->arena, x->flag, sizeof(char *), key, t->n_rows);
    ok = ok && permute(t->arena, x->has_interval, 1, key, t->n_rows) && permute(t->arena, x->has_deff, 1, key, t->n_rows);
    ok = ok && permute(t->arena, x->n_used, sizeof(int64_t), key, t->n_rows);
  }
  ok = ok && permute(t->arena, t->n, sizeof(int64_t), key, t->n_rows) && permute(t->arena, t->n_status, 1, key, t->n_rows)
      && permute(t->arena, t->n_owners, sizeof(int64_t), key, t->n_rows) && permute(t->arena, t->unit_set, sizeof(uint64_t), key, t->n_rows);
  arena_reset(t->arena, mark);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
}

int64_t result_find_row(const struct result_table *t, const struct str *codes) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    bool same = true;
    for (int d = 0; d < t->n_dimensions && same; d++) same = str_eq(t->dimensions[d].code[i], codes[d]);
    if (same) return i;
  }
  return -1;
}

void result_hide(struct result_measure *m, int64_t row, const char *reason) {
  m->value[row] = m->se[row] = m->cv[row] = 0;
  m->df[row] = 0;
  m->has_se[row] = 0;
  if (m->low) m->low[row] = m->high[row] = m->deff[row] = 0, m->has_interval[row] = m->has_deff[row] = 0;
  if (m->flag) m->flag[row] = NULL;
  m->status[row] = RESULT_SUPPRESSED;
  m->reason[row] = reason;
}

void result_withhold(struct result_measure *m, int64_t row, const char *mark, const char *reason) {
  result_hide(m, row, reason);
  m->status[row] = RESULT_UNRELIABLE;
  if (m->flag) m->flag[row] = mark;
}
