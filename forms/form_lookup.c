/* form_lookup.c -- finding things in a form that was read. */
#include <string.h>

#include "forms/form_impl.h"

const char *item_class_name(enum item_class class) {
  static const char *const names[] = {"code", "count", "amount", "rate", "date", "wareki", "text", "name", "flag", "period"};
  return names[class];
}

const char *item_part_name(enum item_part part) {
  static const char *const names[] = {"ID", "LINK", "ANSWER", "PARADATA"};
  return names[part];
}

const char *check_severity_name(enum check_severity severity) {
  static const char *const names[] = {"hard", "soft", "info"};
  return names[severity];
}
const char *check_weight_text(struct arena *a, const struct check *k) {
  int64_t unit = 1, part;
  int decimals = CHECK_WEIGHT_DECIMALS;
  if (!k->weight) return "";
  for (int i = 0; i < decimals; i++) unit *= 10;
  for (part = k->weight % unit; decimals && part % 10 == 0; decimals--) part /= 10;
  return decimals ? arena_printf(a, "%lld.%0*lld", (long long)(k->weight / unit), decimals, (long long)part)
                  : arena_printf(a, "%lld", (long long)(k->weight / unit));
}

int form_item_index(const struct form *f, const char *name) {
  for (int i = 0; i < f->n_items; i++)
    if (strcmp(f->items[i].name, name) == 0) return i;
  return -1;
}

const struct item *form_item(const struct form *f, const char *name) {
  int i = form_item_index(f, name);
  return i < 0 ? NULL : &f->items[i];
}

const struct layout *form_layout(const struct form *f, const char *name) {
  for (int i = 0; i < f->n_layouts; i++)
    if (strcmp(f->layouts[i].name, name) == 0) return &f->layouts[i];
  return NULL;
}

const struct record_type *form_record(const struct form *f, const char *name) {
  for (int i = 0; i < f->n_records; i++)
    if (strcmp(f->records[i].name, name) == 0) return &f->records[i];
  return NULL;
}

bool record_reaches(const struct form *f, const char *record, const char *ancestor) {
  const struct record_type *p = form_record(f, record);
  for (int steps = 0; p && steps <= f->n_records; steps++) {
    if (strcmp(p->name, ancestor) == 0) return true;
    p = *p->parent ? form_record(f, p->parent) : NULL;
  }
  return false;
}

bool form_holds(const struct form *f, const char *record, const struct item *it) {
  const struct record_type *p = form_record(f, record);
  bool holds = strcmp(it->record, record) == 0;
  for (int i = 0; p && i < p->n_keys; i++) holds = holds || p->keys[i] == it;
  return holds;
}

int form_columns(const struct form *f, const char *record, struct column *columns, int max) {
  int n = 0;
  for (int i = 0; i < f->n_items && n < max; i++) {
    const struct item *it = &f->items[i];
    if (!form_holds(f, record, it)) continue;
    bool fixed = it->type == COL_CODE && it->codelist && !it->codelist->any;
    columns[n++] = (struct column){.name = it->name, .type = it->type, .decimals = it->decimals, .unit = it->unit,
                                   .is_date = it->class == CLASS_DATE || it->class == CLASS_WAREKI, .dict = fixed ? it->codelist->dict : NULL};
  }
  return n;
}

/* --- what a check reads --- */
struct item_list {
  const struct item **items;
  int n, max;
};
static void list_item(struct item_list *l, const struct item *it) {
  for (int i = 0; i < l->n && i < l->max; i++)
    if (l->items[i] == it) return;
  if (it && l->n < l->max) l->items[l->n++] = it;
}
static void list_expression(struct item_list *l, const struct form *f, const struct expr *x) {
  for (int i = 0; x && i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind == EXPR_SLOT_CURRENT) list_item(l, form_item(f, expr_slot(x, i)->name));
}

int form_check_items_of(const struct form *f, const struct check *c, const struct item **out, int max) {
  struct item_list l = {out, 0, max};
  list_expression(&l, f, c->expression);
  list_expression(&l, f, c->universe);
  for (int i = 0; c->group && i < c->group->n_by; i++) list_item(&l, c->group->by[i]);
  for (int i = 0; c->group && i < c->group->n_measures; i++) {
    list_expression(&l, f, c->group->measures[i].argument);
    list_item(&l, c->group->measures[i].item);
  }
  return l.n;
}
