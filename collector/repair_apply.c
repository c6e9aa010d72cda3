/* repair_apply.c -- see repair_apply.h. */
#include "collector/repair_apply.h"

#include <stdio.h>
#include <string.h>

#include "collector/derive.h"
#include "collector/intake_impl.h"

struct applying {
  const struct form *form;
  struct table *records;
  struct arena *a;
  struct item_reader **readers; /* [n_items]; made when first needed */
};

static enum err_code named_reader(struct applying *x, const char *name, struct item_reader **out, struct err *e) {
  int i = form_item_index(x->form, name);
  if (i < 0) return ERR(e, E_BUG, .subject = name);
  if (!x->readers[i]) {
    struct item_reader *r = ARENA_NEW(x->a, struct item_reader);
    if (!r) return ERR(e, E_NO_MEMORY, .subject = name);
    TRY(item_reader_init(x->a, x->form, &x->form->items[i], r, e));
    x->readers[i] = r;
  }
  *out = x->readers[i];
  return E_OK;
}

/* A code must be in force on the day of its event here as everywhere. */
static bool in_force(const struct applying *x, const struct item_reader *r, const struct cell_value *v, int64_t row) {
  const struct column *day = *r->item->as_of ? table_column(x->records, r->item->as_of) : NULL;
  int32_t id;
  if (!r->index || !r->index->dated || !day || !day->is_date || !value_present(day->status[row])) return true;
  return !code_index_find(r->index, v->text, &id) || code_index_valid_on(r->index, id, day->i64[row]);
}

static enum err_code apply(struct applying *x, const struct fix_proposal *p, struct err *e) {
  struct item_reader *r = NULL;
  struct cell_value v;
  char place[64];
  struct column *c = table_column(x->records, p->item);
  if (!c || p->row < 0 || p->row >= x->records->n_rows) return ERR(e, E_BUG, .subject = p->item);
  TRY(named_reader(x, p->item, &r, e));
  item_read(r, p->value, &v);
  snprintf(place, sizeof place, "%lld:%lld", (long long)p->line, (long long)p->cell);
  if (v.problem || !value_present(v.status)) return ERR(e, E_FIX_INVALID, .subject = place, .found = err_name(v.problem));
  if (!in_force(x, r, &v, p->row)) return ERR(e, E_FIX_INVALID, .subject = place, .found = err_name(E_CODE_NOT_VALID_ON));
  c->status[p->row] = VAL_CORRECTED;
  if (c->type == COL_INT) {
    c->i64[p->row] = v.number;
    return E_OK;
  }
  c->code[p->row] = dict_add(c->dict, v.text);
  return c->code[p->row] < 0 ? ERR(e, E_NO_MEMORY, .subject = p->item) : E_OK;
}

/* A repair accepted by rule that a person refuses: the cell holds nothing that can be used. */
static enum err_code take_back(struct applying *x, const struct fix_proposal *p, struct err *e) {
  struct column *c = table_column(x->records, p->item);
  if (!c || p->row < 0 || p->row >= x->records->n_rows) return ERR(e, E_BUG, .subject = p->item);
  c->status[p->row] = VAL_INVALID;
  if (c->type == COL_INT) c->i64[p->row] = 0;
  else c->code[p->row] = 0;
  return E_OK;
}

static enum err_code apply_all(struct applying *x, const struct fix_proposal *list, int64_t n, struct err *e) {
  enum err_code code = E_OK;
  x->readers = ARENA_ARRAY(x->a, struct item_reader *, x->form->n_items + 1);
  if (!x->readers) return ERR(e, E_NO_MEMORY, .subject = "items");
  memset(x->readers, 0, (size_t)(x->form->n_items + 1) * sizeof *x->readers);
  for (int64_t i = 0; !code && i < n; i++) {
    if (list[i].state == REPAIR_ACCEPTED_BY_PERSON) code = apply(x, &list[i], e);
    else if (list[i].state == REPAIR_REFUSED && repair_rule_refusable(list[i].rule)) code = take_back(x, &list[i], e);
  }
  for (int i = 0; i < x->form->n_items; i++)
    if (x->readers[i]) item_reader_release(x->readers[i]);
  return code ? code : derive_columns(x->a, x->form, x->records, e);
}

static enum err_code write_shard(struct store *s, const struct form *form, const struct intake_entry *entry, const char *stage, const struct table *t,
                                 struct arena *a, int64_t *shard, struct err *e) {
  const struct dataset_key key = {entry->survey, entry->form, entry->period, stage};
  struct shard_write *w;
  uint8_t *parts = ARENA_ARRAY(a, uint8_t, t->n_columns + 1);
  if (!parts) return ERR(e, E_NO_MEMORY, .subject = stage);
  for (int k = 0; k < t->n_columns; k++) {
    const struct item *item = form_item(form, t->columns[k].name);
    if (!item) return ERR(e, E_BUG, .subject = t->columns[k].name);
    parts[k] = (uint8_t)item->part;
  }
  TRY(store_shard_begin(s, &key, form->hash_hex, "", store_office(s)->id, entry->id, &w, e));
  enum err_code code = store_shard_append(w, t, parts, 0, t->n_rows, e);
  if (code) {
    store_shard_abort(w);
    return code;
  }
  return store_shard_end(w, shard, e);
}

enum err_code repair_write(struct store *s, const struct form *form, const struct intake_entry *entry, const struct fix_proposal *list, int64_t n,
                           struct table *records, struct arena *a, struct repair_shards *shards, struct err *e) {
  struct applying x = {.form = form, .records = records, .a = a};
  int64_t old = shards->current;
  if (!shards->base) TRY(write_shard(s, form, entry, "as_taken_in", records, a, &shards->base, e));
  TRY(apply_all(&x, list, n, e));
  TRY(write_shard(s, form, entry, "received", records, a, &shards->current, e));
  return store_shard_replace(s, old, shards->current, e);
}
