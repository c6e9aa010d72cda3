#include "processing/edit/edit_rule.h"

#include <string.h>

static const struct column *column_in(const struct table *t, const char *name) {
  int k = t ? table_find(t, name) : -1;
  return k < 0 ? NULL : &t->columns[k];
}

static const struct unit_child *child_of(const struct unit_shard *s, const char *record) {
  for (int i = 0; i < s->n_children; i++)
    if (strcmp(s->children[i].record, record) == 0) return &s->children[i];
  return NULL;
}

static enum err_code bind_slot(const struct expr_slot *slot, const struct unit_shard *shard, const struct column **out, struct err *e) {
  const struct unit_child *child = slot->kind == EXPR_SLOT_CHILD ? child_of(shard, slot->record) : NULL;
  switch (slot->kind) {
  case EXPR_SLOT_PREV: *out = column_in(shard->previous, slot->name); return E_OK;
  case EXPR_SLOT_FRAME: *out = column_in(shard->frame, slot->name); return E_OK;
  case EXPR_SLOT_CHILD: *out = child ? column_in(child->table, slot->name) : NULL; break;
  default:
    *out = column_in(shard->current, slot->name);
    if (!*out) *out = column_in(shard->measures, slot->name);
    if (!*out) *out = column_in(shard->parent, slot->name);
    break;
  }
  return *out ? E_OK : ERR(e, E_EDIT_NO_COLUMN, .subject = slot->name);
}

enum err_code edit_bind(struct arena *a, const struct expr *x, const struct unit_shard *shard, struct expr_binding *out, struct err *e) {
  int n = expr_n_slots(x);
  const struct column **columns = ARENA_ARRAY(a, const struct column *, n + 1);
  struct expr_children *children = ARENA_ARRAY(a, struct expr_children, shard->n_children + 1);
  if (!columns || !children) return ERR(e, E_NO_MEMORY, .subject = "checks");
  for (int i = 0; i < n; i++) TRY(bind_slot(expr_slot(x, i), shard, &columns[i], e));
  for (int i = 0; i < shard->n_children; i++) children[i] = (struct expr_children){shard->children[i].record, shard->children[i].first};
  *out = (struct expr_binding){columns, children, shard->n_children};
  return E_OK;
}

enum err_code name_set_add(struct name_set *s, const char *name, struct err *e) {
  for (int i = 0; i < s->n; i++)
    if (strcmp(s->names[i], name) == 0) return E_OK;
  if (s->n == s->capacity) {
    int capacity = s->capacity ? s->capacity * 2 : 16;
    const char **grown = ARENA_ARRAY(s->arena, const char *, capacity);
    if (!grown) return ERR(e, E_NO_MEMORY, .subject = name);
    if (s->n) memcpy(grown, s->names, (size_t)s->n * sizeof *grown);
    s->names = grown;
    s->capacity = capacity;
  }
  s->names[s->n++] = name;
  return E_OK;
}

enum err_code edit_wanted(struct name_set *s, const struct expr *x, enum expr_slot_kind kind, struct err *e) {
  for (int i = 0; x && i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind == kind) TRY(name_set_add(s, expr_slot(x, i)->name, e));
  return E_OK;
}

enum err_code edit_wanted_by_form(struct name_set *s, const struct form *form, enum expr_slot_kind kind, struct err *e) {
  for (int i = 0; i < form->n_checks; i++) {
    TRY(edit_wanted(s, form->checks[i].universe, kind, e));
    TRY(edit_wanted(s, form->checks[i].expression, kind, e));
    const struct group_rule *g = form->checks[i].group;
    for (int m = 0; g && m < g->n_measures; m++) TRY(edit_wanted(s, g->measures[m].argument, kind, e));
  }
  for (int i = 0; i < form->n_items; i++) {
    TRY(edit_wanted(s, form->items[i].universe, kind, e));
    TRY(edit_wanted(s, form->items[i].expression, kind, e));
  }
  return E_OK;
}
