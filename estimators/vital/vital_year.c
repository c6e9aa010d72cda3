#include "estimators/vital/vital_year.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "estimators/vital/vital_axes.h"

struct table_row {
  const char *id, *axes, *ja, *en;
  enum vital_form form;
  int scope;
};
#define TABLE(id, form, axes, scope, ja, en) {#id, axes, ja, en, VITAL_##form, scope},
static const struct table_row table_rows[VITAL_TABLES] = {
#include "estimators/vital/vital_table_set.def"
};
#undef TABLE

enum { AXES_MOST = 32, THREADS_MOST = 16 };
struct column {
  enum vital_form form;
  int axis;
  const int32_t *value, *month; /* NULL = all unknown */
  uint8_t *class;
};
struct work {
  const struct vital_records *records;
  struct vital_year *y;
  struct column column[VITAL_FORMS * AXES_MOST];
  int n_columns;
  const uint8_t *axis[VITAL_TABLES][VITAL_TABLE_AXES];
  const int32_t *scope[VITAL_FORMS];
  atomic_int next_column, next_table;
};

/* --- what is needed --- */
static const int32_t *field_of(const struct vital_records *r, enum vital_form form, const char *name) {
  const char *have;
  for (int i = 0; (have = vital_field_name(form, i)); i++)
    if (!strcmp(have, name)) return r->field[i];
  return NULL;
}
static enum err_code column_of(struct arena *a, struct work *w, enum vital_form form, int axis, uint8_t **out, struct err *e) {
  for (int i = 0; i < w->n_columns; i++)
    if (w->column[i].form == form && w->column[i].axis == axis) return *out = w->column[i].class, E_OK;
  struct column *c = &w->column[w->n_columns++];
  *c = (struct column){form, axis, field_of(&w->records[form], form, vital_axes[axis].field),
      field_of(&w->records[form], form, "month"), arena_alloc(a, (size_t)w->records[form].n + 64, 64)};
  if (!c->class) return ERR(e, E_NO_MEMORY, .subject = vital_axes[axis].name);
  *out = c->class;
  return E_OK;
}
static enum err_code plan_table(struct arena *a, struct work *w, int id, struct err *e) {
  struct vital_table *t = &w->y->table[id];
  const struct table_row *row = &table_rows[id];
  struct str rest = str_of(row->axes);
  *t = (struct vital_table){.id = row->id, .title_ja = row->ja, .title_en = row->en, .form = row->form, .scope = row->scope, .n_cells = 1};
  while (rest.n) {
    const struct str name = str_split(rest, ' ', &rest);
    uint8_t *class = NULL;
    const int axis = vital_axis_find(name.p, name.n, row->form), k = t->n_axes++;
    if (axis < 0) return ERR(e, E_VITAL_COLUMNS, .subject = row->axes);
    t->axis[k] = axis;
    t->size[k] = vital_classes_count(vital_axes[axis].classes, w->y->causes);
    t->n_cells *= t->size[k];
    TRY(column_of(a, w, row->form, axis, &class, e));
    w->axis[id][k] = class;
  }
  t->cell = ARENA_ARRAY(a, int64_t, t->n_cells);
  return t->cell ? E_OK : ERR(e, E_NO_MEMORY, .subject = row->id);
}

/* --- the passes --- */
static void classify(const struct work *w, const struct column *c) {
  const enum vital_classes k = vital_axes[c->axis].classes;
  const int64_t n = w->records[c->form].n;
  const bool cause = k == CLASS_CAUSE;
  int64_t outside = 0;
  for (int64_t i = 0; i < n; i++) {
    const int32_t value = c->value ? c->value[i] : -1, m = cause && c->month && c->month[i] >= 1 && c->month[i] <= 12 ? c->month[i] : 0;
    c->class[i] = vital_class_of(k, value, w->y->cause_map[m], w->y->causes);
    if (cause && w->y->cause_map[m] != w->y->cause_map[0]) outside += c->class[i] != vital_class_of(k, value, w->y->cause_map[0], w->y->causes);
  }
  if (cause) w->y->n_outside_list = outside; /* one column has causes */
}
static void count(const struct work *w, int id) {
  struct vital_table *t = &w->y->table[id];
  const int64_t n = w->records[t->form].n;
  const int32_t *scope = w->scope[t->form];
  for (int64_t i = 0; i < n; i++) {
    int64_t at = 0;
    bool in = t->scope == 0 || !scope || scope[i] == t->scope;
    for (int k = 0; k < t->n_axes; k++) {
      const uint8_t class = w->axis[id][k][i];
      in = in && class != VITAL_NO_CLASS;
      at = at * t->size[k] + class;
    }
    if (in) t->cell[at]++;
  }
}
static void *classify_all(void *context) {
  struct work *w = context;
  for (int i; (i = atomic_fetch_add(&w->next_column, 1)) < w->n_columns;) classify(w, &w->column[i]);
  return NULL;
}
static void *count_all(void *context) {
  struct work *w = context;
  for (int i; (i = atomic_fetch_add(&w->next_table, 1)) < VITAL_TABLES;) count(w, i);
  return NULL;
}
static void run_threads(void *(*work)(void *), struct work *w, int n) {
  pthread_t thread[THREADS_MOST];
  bool started[THREADS_MOST] = {false};
  if (n > THREADS_MOST) n = THREADS_MOST;
  for (int t = 1; t < n; t++) started[t] = pthread_create(&thread[t], NULL, work, w) == 0;
  work(w);
  for (int t = 1; t < n; t++)
    if (started[t]) pthread_join(thread[t], NULL);
}
/* --- mean ages --- */
static void add_age(struct vital_mean *m, int32_t age) {
  if (age >= 0) m->sum += age, m->n++;
}
static void mean_ages(const struct work *w) {
  const struct vital_records *b = &w->records[VITAL_BIRTH], *m = &w->records[VITAL_MARRIAGE];
  const int32_t *mother = field_of(b, VITAL_BIRTH, "mother_age"), *order = field_of(b, VITAL_BIRTH, "order"), *scope = w->scope[VITAL_BIRTH];
  const int32_t *of_marriage = w->scope[VITAL_MARRIAGE];
  for (int64_t i = 0; mother && i < b->n; i++) {
    if (scope && scope[i] != 1) continue;
    add_age(&w->y->mother[0], mother[i]);
    if (order && (order[i] == 1 || order[i] == 2)) add_age(&w->y->mother[order[i]], mother[i]);
  }
  for (int side = 0; side < 2; side++) {
    const int32_t *age = field_of(m, VITAL_MARRIAGE, side ? "wife_age" : "husband_age");
    const int32_t *status = field_of(m, VITAL_MARRIAGE, side ? "wife_before" : "husband_before");
    for (int64_t i = 0; age && status && i < m->n; i++)
      if (status[i] == 1 && (!of_marriage || of_marriage[i] == 1)) add_age(side ? &w->y->wife : &w->y->husband, age[i]);
  }
}
/* A map for each month only where the list changes within the year. */
static enum err_code cause_maps(struct arena *a, const struct cause_list *causes, struct vital_year *y, struct err *e) {
  const int64_t last = date_from_civil(y->year, 12, 31), first = date_from_civil(y->year, 1, 31);
  bool changes = false;
  for (int g = 0; g < causes->n; g++) {
    const struct cause_group *x = &causes->groups[g];
    changes = changes || (x->valid_from > first && x->valid_from <= last) || (x->valid_to > first && x->valid_to <= last);
  }
  for (int m = 0; m <= 12; m++) {
    if (m && !changes) {
      y->cause_map[m] = y->cause_map[0];
      continue;
    }
    if (!(y->cause_map[m] = ARENA_ARRAY(a, int16_t, ICD_KEYS))) return ERR(e, E_NO_MEMORY, .subject = "vital year");
    TRY(cause_list_map(causes, m ? date_from_civil(y->year, m, date_days_in_month(y->year, m)) : last, y->cause_map[m], e));
  }
  return E_OK;
}
static bool states_ages(const struct vital_records *r) {
  const int32_t *age = field_of(r, VITAL_DIVORCE, "husband_age"), *other = field_of(r, VITAL_DIVORCE, "wife_age");
  for (int64_t i = 0; age && other && i < r->n; i++)
    if (age[i] >= 0 || other[i] >= 0) return true;
  return false;
}
enum err_code vital_year_tabulate(struct arena *a, int64_t year, const struct vital_records records[VITAL_FORMS], const struct cause_list *causes,
    int threads, struct vital_year *out, struct err *e) {
  struct work *w = ARENA_NEW(a, struct work);
  *out = (struct vital_year){.causes = causes, .year = year};
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "vital year");
  if (causes->n > VITAL_NO_CLASS - 3) return ERR(e, E_VITAL_LIST, .subject = "more than 252 groups");
  w->records = records, w->y = out;
  TRY(cause_maps(a, causes, out, e));
  out->divorce_ages = states_ages(&records[VITAL_DIVORCE]);
  for (int f = 0; f < VITAL_FORMS; f++) {
    out->n_records[f] = records[f].n;
    out->absent[f] = records[f].absent;
    w->scope[f] = field_of(&records[f], (enum vital_form)f, "scope");
  }
  for (int t = 0; t < VITAL_TABLES; t++) TRY(plan_table(a, w, t, e));
  run_threads(classify_all, w, threads);
  run_threads(count_all, w, threads);
  mean_ages(w);
  return E_OK;
}

int64_t vital_count(const struct vital_table *t, const int at[VITAL_TABLE_AXES]) {
  int low[VITAL_TABLE_AXES] = {0, 0, 0, 0}, high[VITAL_TABLE_AXES] = {1, 1, 1, 1};
  int64_t sum = 0;
  for (int k = 0; k < t->n_axes; k++) low[k] = at[k] < 0 ? 0 : at[k], high[k] = at[k] < 0 ? t->size[k] : at[k] + 1;
  for (int i = low[0]; i < high[0]; i++)
    for (int j = low[1]; j < high[1]; j++)
      for (int k = low[2]; k < high[2]; k++)
        for (int m = low[3]; m < high[3]; m++) {
          int64_t cell = i;
          if (t->n_axes > 1) cell = cell * t->size[1] + j;
          if (t->n_axes > 2) cell = cell * t->size[2] + k;
          if (t->n_axes > 3) cell = cell * t->size[3] + m;
          sum += t->cell[cell];
        }
  return sum;
}
