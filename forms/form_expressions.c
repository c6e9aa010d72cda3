/* form_expressions.c -- the names an expression may use, and the expressions of items. */
#include <stdio.h>
#include <string.h>

#include "forms/form_impl.h"

enum { COLUMN_UNIVERSE = 13, COLUMN_EXPRESSION = 20 }; /* 0-based, in items.csv */

static enum expr_type item_expr_type(const struct item *it) {
  if (it->class == CLASS_DATE || it->class == CLASS_WAREKI) return EXPR_DATE;
  if (it->type == COL_CODE) return EXPR_CODE;
  return it->type == COL_TEXT ? EXPR_TEXT : EXPR_NUMBER;
}

static void describe(const struct item *it, struct expr_variable *out) {
  /* A list that accepts codes by their form alone is no fixed dictionary. */
  const struct codelist *l = it->codelist && !it->codelist->any ? it->codelist : NULL;
  *out = (struct expr_variable){.type = item_expr_type(it), .decimals = it->decimals, .unit = it->unit, .dict = l ? l->dict : NULL};
}

static const struct item *find_item(const struct form *f, struct str name) {
  for (int i = 0; i < f->n_items; i++)
    if (str_eq(name, str_of(f->items[i].name))) return &f->items[i];
  return NULL;
}

static int find_list(const struct form *f, struct str name, const struct str **codes, int64_t *n) {
  for (int i = 0; i < f->n_codelists; i++)
    if (str_eq(name, str_of(f->codelists[i]->name))) {
      *codes = f->codelists[i]->answers;
      *n = dict_count(f->codelists[i]->dict);
      return i;
    }
  return -1;
}

/* --- while the form is read: names are seen from one record type --- */
struct view {
  struct form_reader *r;
  const char *record; /* "" = any */
  const struct group_rule *group; /* NULL = none */
};

static bool group_variable(const struct group_rule *g, struct str name, struct expr_variable *out) {
  for (int i = 0; g && i < g->n_measures; i++) {
    const struct group_measure *m = &g->measures[i];
    if (!str_eq(name, str_of(m->name))) continue;
    *out = (struct expr_variable){.type = m->type, .decimals = m->decimals, .unit = m->unit};
    return true;
  }
  return false;
}

static bool view_variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  const struct view *v = context;
  const struct item *it = find_item(v->r->form, name);
  if (!it) return !record.p && group_variable(v->group, name, out);
  bool child = record.p != NULL;
  if (child && !str_eq(record, str_of(it->record))) return false;
  if (child && *v->record && !record_reaches(v->r->form, it->record, v->record)) return false;
  if (!child && *v->record && !record_reaches(v->r->form, v->record, it->record)) return false;
  describe(it, out);
  return true;
}

static bool view_list(void *context, struct str name, const struct str **codes, int64_t *n) {
  struct form_reader *r = ((const struct view *)context)->r;
  int i = find_list(r->form, name, codes, n);
  if (i >= 0) r->list_used[i] = true;
  return i >= 0;
}

/* The column of an error is that of the cell; the character inside the expression is said in words. */
static void take_expression_error(struct form_reader *r, const struct cell *c, struct err *e) {
  char found[ERR_TEXT_BYTES];
  snprintf(found, sizeof found, "%.180s%scharacter %lld of the expression", e->found, *e->found ? ", " : "", (long long)e->column);
  memcpy(e->found, found, sizeof found);
  e->column = c->column + 1;
  reader_take(r, e);
}

enum err_code reader_compile(struct form_reader *r, const struct cell *c, const char *record, struct expr **out, struct err *e) {
  return reader_compile_group(r, c, record, NULL, out, e);
}

enum err_code reader_compile_group(struct form_reader *r, const struct cell *c, const char *record, const struct group_rule *group, struct expr **out, struct err *e) {
  struct view v = {r, record, group};
  struct expr_scope scope = {&v, view_variable, view_list};
  struct err problem = {0};
  *out = NULL;
  if (!c->text.n) return E_OK;
  enum err_code code = expr_compile(r->a, c->text, &scope, c->path, c->line, 1, out, &problem);
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (!code) return E_OK;
  *out = NULL;
  take_expression_error(r, c, &problem);
  return E_OK;
}

/* --- items --- */
static bool result_fits(const struct item *it, const struct expr *x) {
  enum expr_type want = item_expr_type(it), got = expr_result_type(x);
  if (want == EXPR_CODE || want == EXPR_TEXT) return got == EXPR_CODE || got == EXPR_TEXT;
  return want == got;
}

static void check_result(struct form_reader *r, const struct cell *c, const struct item *it) {
  static const char *const names[] = {"a number", "a code", "a text", "a date", "a truth"};
  const char *unit = expr_unit(it->expression);
  if (!result_fits(it, it->expression)) cell_problem(r, c, E_FORM_EXPRESSION, it->name, names[item_expr_type(it)]);
  else if (*unit && *it->unit && strcmp(unit, it->unit) != 0)
    PROBLEM(r, E_EXPR_UNIT, .file = c->path, .line = c->line, .column = c->column + 1, .subject = it->name, .expected = it->unit, .found = unit);
}

/* Derived items are computed in the order of their rows. */
static void check_order(struct form_reader *r, const struct cell *c, int index) {
  const struct item *it = &r->form->items[index];
  for (int i = 0; i < expr_n_slots(it->expression); i++) {
    const struct expr_slot *s = expr_slot(it->expression, i);
    int other = s->kind == EXPR_SLOT_CURRENT ? form_item_index(r->form, s->name) : -1;
    if (other >= index && *r->form->items[other].expression_text) cell_problem(r, c, E_FORM_ORDER, s->name, NULL);
  }
}

enum err_code form_compile_items(struct form_reader *r, struct err *e) {
  const struct form_file *file = form_files_find(r->files, "items.csv");
  for (int i = 0; i < r->form->n_items; i++) {
    struct item *it = &r->form->items[i];
    struct cell universe = {file->path, it->line, COLUMN_UNIVERSE, str_of(it->universe_text)},
                expression = {file->path, it->line, COLUMN_EXPRESSION, str_of(it->expression_text)};
    TRY(reader_compile(r, &universe, it->record, &it->universe, e));
    TRY(reader_compile(r, &expression, it->record, &it->expression, e));
    if (it->universe && expr_result_type(it->universe) != EXPR_BOOL) cell_problem(r, &universe, E_FORM_EXPRESSION, it->name, "a truth");
    if (!it->expression) continue;
    check_result(r, &expression, it);
    check_order(r, &expression, i);
  }
  return E_OK;
}

/* --- for filters and measures given by users --- */
static bool form_variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  const struct item *it = find_item(context, name);
  if (!it || (record.p && !str_eq(record, str_of(it->record)))) return false;
  describe(it, out);
  return true;
}

static bool form_list(void *context, struct str name, const struct str **codes, int64_t *n) { return find_list(context, name, codes, n) >= 0; }

struct expr_scope form_scope(const struct form *f) { return (struct expr_scope){(void *)(uintptr_t)f, form_variable, form_list}; }
