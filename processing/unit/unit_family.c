#include "processing/unit/unit_family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/unit/unit_join.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "record types"); }

/* --- types --- */
/* Own columns of the type, -1 when an item of the table is none of its columns. */
static int own_columns(const struct form *form, const char *record, const struct table *t) {
  int own = 0;
  for (int k = 0; k < t->n_columns; k++) {
    const struct item *it = form_item(form, t->columns[k].name);
    if (it && !form_holds(form, record, it)) return -1;
    own += it && strcmp(it->record, record) == 0;
  }
  return own;
}

int unit_type_of(const struct form *form, const struct table *t) {
  int best = -1, most = -1;
  for (int i = 0; i < form->n_records; i++) {
    const int own = own_columns(form, form->records[i].name, t);
    if (own > most) best = i, most = own;
  }
  return best;
}

static int type_index(const struct form *form, const char *name) {
  for (int i = 0; i < form->n_records; i++)
    if (strcmp(form->records[i].name, name) == 0) return i;
  return -1;
}

static enum err_code sort_shards(struct unit_family *f, struct err *e) {
  char part[24];
  f->types = ARENA_ARRAY(f->arena, struct unit_type, f->form->n_records + 1);
  if (!f->types) return no_memory(e);
  for (int t = 0; t < f->form->n_records; t++) {
    const struct record_type *r = &f->form->records[t];
    f->types[t] = (struct unit_type){
        .record = r, .parent = *r->parent ? type_index(f->form, r->parent) : -1, .shards = ARENA_ARRAY(f->arena, struct unit_shard, f->n_all + 1)};
    if (!f->types[t].shards) return no_memory(e);
  }
  for (int s = 0; s < f->n_all; s++) {
    const int t = unit_type_of(f->form, f->all[s].current);
    (void)snprintf(part, sizeof part, "%d", s + 1);
    if (t < 0) return ERR(e, E_RECORD_TYPE, .subject = part);
    f->all[s].record = f->form->records[t].name;
    f->types[t].n_records += f->all[s].current->n_rows;
    f->n_records += f->all[s].current->n_rows;
  }
  return E_OK;
}

void unit_family_shards(struct unit_family *f) {
  for (int t = 0; t < f->form->n_records; t++) f->types[t].n_shards = 0;
  for (int s = 0; s < f->n_all; s++) {
    struct unit_type *type = &f->types[type_index(f->form, f->all[s].record)];
    type->shards[type->n_shards++] = f->all[s];
  }
}

/* --- places --- */
struct unit_place unit_place_of(const struct unit_family *f, int64_t record) {
  int low = 0, high = f->n_all - 1;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (f->all[middle].first_record <= record) low = middle;
    else high = middle - 1;
  }
  return (struct unit_place){low, record - f->all[low].first_record};
}

int64_t unit_record_at(const struct unit_family *f, struct unit_place p) { return f->all[p.shard].first_record + p.row; }

/* --- parents --- */
static enum err_code parent_index(struct unit_family *f, int parent, struct unit_index **out, int *shard_of, struct err *e) {
  const struct record_type *r = f->types[parent].record;
  const struct table **tables = ARENA_ARRAY(f->arena, const struct table *, f->n_all + 1);
  const char **keys = ARENA_ARRAY(f->arena, const char *, r->n_keys + 1);
  int n = 0;
  if (!tables || !keys) return no_memory(e);
  for (int i = 0; i < r->n_keys; i++) keys[i] = r->keys[i]->name;
  for (int s = 0; s < f->n_all; s++) {
    if (strcmp(f->all[s].record, r->name) != 0) continue;
    shard_of[n] = s;
    tables[n++] = f->all[s].current;
  }
  const struct unit_source source = {r->name, tables, n, keys, r->n_keys};
  return unit_index_new(f->arena, &source, out, e);
}

static bool carries_keys(const struct form *form, const struct record_type *child, const struct record_type *parent) {
  for (int i = 0; i < parent->n_keys; i++)
    if (!form_holds(form, child->name, parent->keys[i])) return false;
  return true;
}

static enum err_code find_parents(struct unit_family *f, int t, struct err *e) {
  struct unit_type *type = &f->types[t];
  int *shard_of = ARENA_ARRAY(f->arena, int, f->n_all + 1);
  struct unit_index *index;
  if (!shard_of) return no_memory(e);
  if (!carries_keys(f->form, type->record, f->types[type->parent].record)) return ERR(e, E_CHILD_KEYS, .subject = type->record->name);
  TRY(parent_index(f, type->parent, &index, shard_of, e));
  for (int s = 0; s < f->n_all; s++) {
    const struct unit_shard *shard = &f->all[s];
    const int64_t n = shard->current->n_rows;
    if (strcmp(shard->record, type->record->name) != 0) continue;
    int32_t *table = ARENA_ARRAY(f->arena, int32_t, n + 1);
    int64_t *row = ARENA_ARRAY(f->arena, int64_t, n + 1);
    if (!table || !row) return no_memory(e);
    TRY(unit_places(index, shard->current, table, row, e));
    for (int64_t i = 0; i < n; i++) {
      if (table[i] >= 0) f->parent[shard->first_record + i] = unit_record_at(f, (struct unit_place){shard_of[table[i]], row[i]});
      type->n_orphans += table[i] < 0;
    }
  }
  return E_OK;
}

/* --- the order of children --- */
struct child {
  int64_t parent, record;
  const char *key;
};
static int by_parent_and_key(const void *a, const void *b) {
  const struct child *p = a, *q = b;
  if (p->parent != q->parent) return p->parent < q->parent ? -1 : 1;
  const int order = strcmp(p->key, q->key);
  return order ? order : (p->record > q->record) - (p->record < q->record);
}

/* The keys that are not the parent's, as a text whose order is theirs. */
static const char *own_key(
    struct unit_family *f, const struct record_type *child, const struct record_type *parent, const struct table *t, int64_t row, struct strbuf *b) {
  char buffer[64];
  strbuf_reset(b);
  for (int i = 0; i < child->n_keys; i++) {
    const int k = form_holds(f->form, parent->name, child->keys[i]) ? -1 : table_find(t, child->keys[i]->name);
    if (k < 0) continue;
    const struct column *c = &t->columns[k];
    if (!value_present(c->status[row])) strbuf_addc(b, '~');
    else if (c->type == COL_INT) strbuf_addf(b, "%016llx", (unsigned long long)c->i64[row] ^ (1ull << 63));
    else {
      struct str text = column_text(c, row, buffer, sizeof buffer);
      strbuf_add(b, text.p, text.n);
    }
    strbuf_addc(b, '\x1f');
  }
  return b->failed ? NULL : arena_strdup(f->arena, strbuf_cstr(b), b->n);
}

static enum err_code list_children(struct unit_family *f, int t, struct child *list, int64_t *n, struct err *e) {
  const struct unit_type *type = &f->types[t];
  struct strbuf b;
  enum err_code code = E_OK;
  *n = 0;
  strbuf_init(&b, 0);
  for (int s = 0; s < f->n_all && !code; s++) {
    const struct unit_shard *shard = &f->all[s];
    for (int64_t row = 0; row < shard->current->n_rows && strcmp(shard->record, type->record->name) == 0 && !code; row++) {
      const int64_t record = shard->first_record + row;
      if (f->parent[record] < 0) continue;
      list[*n] = (struct child){f->parent[record], record, own_key(f, type->record, f->types[type->parent].record, shard->current, row, &b)};
      if (!list[(*n)++].key) code = no_memory(e);
    }
  }
  strbuf_release(&b);
  if (!code) qsort(list, (size_t)*n, sizeof *list, by_parent_and_key);
  return code;
}

/* --- copies --- */
/* Columns of the record's own items among the names. */
static enum err_code describe(
    struct unit_family *f, const char *record, const struct name_set *names, int64_t rows, struct table *out, struct err *e) {
  struct column *columns = ARENA_ARRAY(f->arena, struct column, f->form->n_items + 1),
                *wanted = ARENA_ARRAY(f->arena, struct column, f->form->n_items + 1);
  if (!columns || !wanted) return no_memory(e);
  int n = 0;
  const int all = form_columns(f->form, record, columns, f->form->n_items);
  for (int i = 0; i < all; i++)
    for (int k = 0; k < names->n; k++)
      if (strcmp(names->names[k], columns[i].name) == 0) {
        columns[i].dict = NULL;
        wanted[n++] = columns[i];
      }
  TRY(table_init(out, f->arena, wanted, n, rows + 1, e));
  out->n_rows = rows;
  return E_OK;
}

static enum err_code keep(struct unit_family *f, struct unit_gathered *g, struct err *e) {
  struct unit_gathered **grown = ARENA_ARRAY(f->arena, struct unit_gathered *, f->n_gathered + 1);
  if (!grown) return no_memory(e);
  if (f->n_gathered) memcpy(grown, f->gathered, (size_t)f->n_gathered * sizeof *grown);
  f->gathered = grown;
  f->gathered[f->n_gathered++] = g;
  return E_OK;
}

/* The children list[at ..] of one parent shard; at moves on. */
static enum err_code gather_shard(struct unit_family *f, int t, struct unit_shard *shard, const struct child *list, int64_t n, int64_t *at,
    const struct name_set *names, struct err *e) {
  struct unit_gathered *g = ARENA_NEW(f->arena, struct unit_gathered);
  int64_t *first = ARENA_ARRAY(f->arena, int64_t, shard->current->n_rows + 1), start = *at, end = shard->first_record + shard->current->n_rows;
  while (*at < n && list[*at].parent < end) (*at)++;
  struct unit_place *from = ARENA_ARRAY(f->arena, struct unit_place, *at - start + 1);
  if (!g || !first || !from) return no_memory(e);
  for (int64_t i = start; i < *at; i++) {
    from[i - start] = unit_place_of(f, list[i].record);
    first[list[i].parent - shard->first_record + 1]++;
  }
  for (int64_t row = 0; row < shard->current->n_rows; row++) {
    f->types[t].n_childless += first[row + 1] == 0;
    first[row + 1] += first[row];
  }
  TRY(describe(f, f->types[t].record->name, names, *at - start, &g->table, e));
  g->from = from;
  struct unit_child *children = (struct unit_child *)(uintptr_t)shard->children;
  children[shard->n_children++] = (struct unit_child){f->types[t].record->name, &g->table, first};
  return keep(f, g, e);
}

static enum err_code gather_children(struct unit_family *f, int t, const struct name_set *names, struct err *e) {
  const struct unit_type *type = &f->types[t];
  struct child *list = ARENA_ARRAY(f->arena, struct child, type->n_records + 1);
  int64_t n, at = 0;
  if (!list) return no_memory(e);
  TRY(list_children(f, t, list, &n, e));
  for (int s = 0; s < f->n_all; s++)
    if (strcmp(f->all[s].record, f->types[type->parent].record->name) == 0) TRY(gather_shard(f, t, &f->all[s], list, n, &at, names, e));
  return E_OK;
}

/* Items of the parents, and of theirs, beside each row of a child shard: one gathered table per ancestor, joined into one table of columns. */
static enum err_code gather_parents(struct unit_family *f, struct unit_shard *shard, int t, const struct name_set *names, struct err *e) {
  struct table *joined = ARENA_NEW(f->arena, struct table);
  struct column *columns = ARENA_ARRAY(f->arena, struct column, f->form->n_items + 1);
  const int64_t n = shard->current->n_rows;
  int64_t *record = ARENA_ARRAY(f->arena, int64_t, n + 1);
  if (!joined || !columns || !record) return no_memory(e);
  for (int64_t i = 0; i < n; i++) record[i] = shard->first_record + i;
  *joined = (struct table){.arena = f->arena, .n_rows = n, .capacity = n, .columns = columns};
  for (int up = f->types[t].parent; up >= 0; up = f->types[up].parent) {
    struct unit_gathered *g = ARENA_NEW(f->arena, struct unit_gathered);
    struct unit_place *from = ARENA_ARRAY(f->arena, struct unit_place, n + 1);
    if (!g || !from) return no_memory(e);
    for (int64_t i = 0; i < n; i++) {
      record[i] = record[i] < 0 ? -1 : f->parent[record[i]];
      from[i] = record[i] < 0 ? (struct unit_place){-1, 0} : unit_place_of(f, record[i]);
    }
    TRY(describe(f, f->types[up].record->name, names, n, &g->table, e));
    g->from = from;
    for (int k = 0; k < g->table.n_columns; k++)
      if (table_find(joined, g->table.columns[k].name) < 0) columns[joined->n_columns++] = g->table.columns[k];
    TRY(keep(f, g, e));
  }
  shard->parent = joined;
  return E_OK;
}

/* --- refresh --- */
struct id_map {
  int32_t *id; /* of the other dictionary; NULL = not begun */
};

static bool copy_text(const struct column *from, int64_t row, struct column *to, int64_t at, struct id_map *map, struct arena *scratch) {
  if (!map->id) {
    const int32_t n = dict_count(from->dict);
    map->id = ARENA_ARRAY(scratch, int32_t, n + 1);
    for (int32_t i = 0; map->id && i < n; i++) map->id[i] = -1;
  }
  int32_t *id = map->id ? &map->id[from->code[row]] : NULL;
  if (id && *id < 0) *id = dict_add(to->dict, dict_text(from->dict, from->code[row]));
  to->code[at] = id ? *id : -1;
  return to->code[at] >= 0;
}

static enum err_code refresh_column(
    const struct unit_family *f, const struct unit_gathered *g, struct column *to, struct arena *scratch, struct err *e) {
  const struct column **columns = ARENA_ARRAY(scratch, const struct column *, f->n_all + 1);
  struct id_map *maps = ARENA_ARRAY(scratch, struct id_map, f->n_all + 1);
  if (!columns || !maps) return no_memory(e);
  for (int s = 0; s < f->n_all; s++) columns[s] = table_column(f->all[s].current, to->name);
  for (int64_t row = 0; row < g->table.n_rows; row++) {
    const struct unit_place p = g->from[row];
    const struct column *c = p.shard < 0 ? NULL : columns[p.shard];
    to->status[row] = c ? c->status[p.row] : VAL_BLANK;
    if (!c || !value_present(to->status[row])) continue;
    if (c->type != to->type || c->decimals != to->decimals) return ERR(e, E_EXPR_BIND, .subject = to->name);
    if (to->type == COL_INT) to->i64[row] = c->i64[p.row];
    else if (!copy_text(c, p.row, to, row, &maps[p.shard], scratch)) return no_memory(e);
  }
  return E_OK;
}

enum err_code unit_family_refresh(struct unit_family *f, struct err *e) {
  struct arena *scratch = arena_new(0);
  enum err_code code = scratch ? E_OK : no_memory(e);
  for (int i = 0; i < f->n_gathered && !code; i++)
    for (int k = 0; k < f->gathered[i]->table.n_columns && !code; k++)
      code = refresh_column(f, f->gathered[i], &f->gathered[i]->table.columns[k], scratch, e);
  arena_free(scratch);
  return code;
}

/* --- all --- */
static enum err_code link_all(struct unit_family *f, const struct name_set *names, struct err *e) {
  f->parent = ARENA_ARRAY(f->arena, int64_t, f->n_records + 1);
  f->type = ARENA_ARRAY(f->arena, uint8_t, f->n_records + 1);
  if (!f->parent || !f->type) return no_memory(e);
  for (int64_t i = 0; i < f->n_records; i++) f->parent[i] = -1;
  for (int s = 0; s < f->n_all; s++) {
    struct unit_shard *shard = &f->all[s];
    memset(f->type + shard->first_record, type_index(f->form, shard->record), (size_t)shard->current->n_rows);
    shard->n_children = 0;
    shard->children = ARENA_ARRAY(f->arena, struct unit_child, f->form->n_records + 1);
    if (!shard->children) return no_memory(e);
  }
  for (int t = 0; t < f->form->n_records; t++)
    if (f->types[t].parent >= 0) TRY(find_parents(f, t, e));
  for (int t = 0; t < f->form->n_records; t++)
    if (f->types[t].parent >= 0) TRY(gather_children(f, t, names, e));
  for (int s = 0; s < f->n_all; s++) {
    const int t = type_index(f->form, f->all[s].record);
    if (f->types[t].parent >= 0) TRY(gather_parents(f, &f->all[s], t, names, e));
  }
  return E_OK;
}

enum err_code unit_family_new(struct arena *a, const struct form *form, struct unit_shard *shards, int n_shards, const struct name_set *names,
    struct unit_family **out, struct err *e) {
  struct unit_family *f = ARENA_NEW(a, struct unit_family);
  if (!f) return no_memory(e);
  *f = (struct unit_family){.arena = a, .form = form, .all = shards, .n_all = n_shards};
  TRY(sort_shards(f, e));
  TRY(link_all(f, names, e));
  unit_family_shards(f);
  *out = f;
  return unit_family_refresh(f, e);
}

int64_t unit_children_of(const struct unit_family *f, int64_t record, int type, const struct unit_place **from) {
  const struct unit_place p = unit_place_of(f, record);
  const struct unit_shard *s = &f->all[p.shard];
  for (int i = 0; i < s->n_children; i++) {
    if (strcmp(s->children[i].record, f->types[type].record->name) != 0) continue;
    for (int g = 0; g < f->n_gathered; g++)
      if (&f->gathered[g]->table == s->children[i].table) *from = f->gathered[g]->from + s->children[i].first[p.row];
    return s->children[i].first[p.row + 1] - s->children[i].first[p.row];
  }
  return 0;
}
