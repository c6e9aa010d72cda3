/* form_item_rules.c -- rules over several items: unique names, dates that codes are checked against, positions. */
#include <string.h>

#include "forms/form_impl.h"

enum { COLUMN_NAME = 1, COLUMN_AS_OF = 22, COLUMN_POSITION = 15 }; /* 1-based, in items.csv */

static const char *items_path(const struct form_reader *r) {
  const struct form_file *f = form_files_find(r->files, "items.csv");
  return f ? f->path : "";
}

static void item_problem(struct form_reader *r, const struct item *it, int column, enum err_code code, const char *subject) {
  PROBLEM(r, code, .file = items_path(r), .line = it->line, .column = column, .subject = subject);
}

static void check_as_of(struct form_reader *r, const struct item *it) {
  if (!*it->as_of) return;
  const struct item *date = form_item(r->form, it->as_of);
  bool ok = date && (date->class == CLASS_DATE || date->class == CLASS_WAREKI) && record_reaches(r->form, it->record, date->record);
  if (!ok) item_problem(r, it, COLUMN_AS_OF, E_FORM_AS_OF, it->as_of);
}

static bool at_the_same_time(const struct item *a, const struct item *b) {
  return a->since <= b->until && b->since <= a->until && strcmp(a->record, b->record) == 0;
}

/* Without bytes a position is an ordinal number: taken once. */
static void check_ordinals(struct form_reader *r) {
  const struct form *f = r->form;
  for (int i = 0; i < f->n_items; i++)
    for (int k = 0; f->items[i].position && k < i; k++)
      if (f->items[k].position == f->items[i].position && at_the_same_time(&f->items[i], &f->items[k])) {
        item_problem(r, &f->items[i], COLUMN_POSITION, E_FORM_POSITION, f->items[i].name);
        break;
      }
}

void form_check_items(struct form_reader *r) {
  const struct form *f = r->form;
  for (int i = 0; i < f->n_items; i++) {
    if (form_item_index(f, f->items[i].name) != i) item_problem(r, &f->items[i], COLUMN_NAME, E_FORM_NAME_TWICE, f->items[i].name);
    check_as_of(r, &f->items[i]);
  }
  check_ordinals(r);
}
