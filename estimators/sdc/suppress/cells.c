#include "estimators/sdc/suppress/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t value_max = INT64_C(9000000000000000);

static void *grown(struct arena *a, void *old, int64_t n, int64_t room, size_t size) {
  void *p = arena_array(a, (size_t)room, size);
  if (p && n) memcpy(p, old, (size_t)n * size);
  return p;
}
const char *cell_name(const struct cell_table *t, int32_t c, char *out, size_t size) {
  if (t->key[c].n) snprintf(out, size, "%d (%.*s)", (int)c, (int)(t->key[c].n > 120 ? 120 : t->key[c].n), t->key[c].p);
  else snprintf(out, size, "%d", (int)c);
  return out;
}
/* Rounded down, and one unit at least: nobody knows a figure exactly before it is published. */
static int64_t known_width(const struct cell_table *t, int32_t c) {
  const int64_t v = t->value[c] < 0 ? -t->value[c] : t->value[c];
  __extension__ const __int128 w = (__int128)v * t->known / 100;
  return w < 1 ? 1 : (int64_t)w;
}
int64_t cell_room_below(const struct cell_table *t, int32_t c) {
  int64_t room = t->nonnegative ? t->value[c] : CELL_OPEN;
  if (t->least && t->least[c] > 0) room = t->value[c] - t->least[c];
  if (t->floor && t->floor[c] != -CELL_OPEN && t->value[c] - t->floor[c] < room) room = t->value[c] - t->floor[c];
  if (t->known && known_width(t, c) < room) room = known_width(t, c);
  return room > 0 ? room : 0;
}
int64_t cell_room_above(const struct cell_table *t, int32_t c) {
  int64_t room = t->known ? known_width(t, c) : CELL_OPEN;
  if (t->ceiling && t->ceiling[c] != CELL_OPEN && t->ceiling[c] - t->value[c] < room) room = t->ceiling[c] - t->value[c];
  return room > 0 ? room : 0;
}
enum err_code cell_builder_begin(struct cell_builder *b, struct arena *a, const char *name, int decimals, struct err *e) {
  *b = (struct cell_builder){.t = ARENA_NEW(a, struct cell_table)};
  if (!b->t) return ERR(e, E_NO_MEMORY, .subject = name);
  b->t->a = a;
  b->t->name = name;
  b->t->decimals = decimals;
  b->t->nonnegative = true;
  b->t->unit = 1;
  for (int i = 0; i < decimals; i++) b->t->unit *= 10;
  return E_OK;
}
static bool more_cells(struct cell_builder *b) {
  struct cell_table *t = b->t;
  const int64_t n = t->n_cells, room = n ? 2 * n : 256;
  t->key = grown(t->a, t->key, n, room, sizeof *t->key);
  t->value = grown(t->a, t->value, n, room, sizeof *t->value);
  t->lpl = grown(t->a, t->lpl, n, room, sizeof *t->lpl);
  t->upl = grown(t->a, t->upl, n, room, sizeof *t->upl);
  t->status = grown(t->a, t->status, n, room, sizeof *t->status);
  b->room_cells = (int32_t)room;
  return t->key && t->value && t->lpl && t->upl && t->status;
}
static bool in_range(int64_t v) { return v < value_max && v > -value_max; }
enum err_code cell_builder_cell(struct cell_builder *b, struct str key, int64_t value, char status, int64_t lpl, int64_t upl, struct err *e) {
  struct cell_table *t = b->t;
  char number[24];
  snprintf(number, sizeof number, "%d", (int)t->n_cells);
  if (t->n_cells >= CELLS_MAX || !in_range(value)) return ERR(e, E_SDC_SIZE, .subject = number, .file = t->name);
  if (lpl < 0 || upl < 0 || !in_range(lpl) || !in_range(upl)) return ERR(e, E_SDC_LEVEL, .subject = number, .file = t->name);
  if (t->n_cells == b->room_cells && !more_cells(b)) return ERR(e, E_NO_MEMORY, .subject = t->name);
  const int32_t c = t->n_cells++;
  t->key[c] = key;
  t->value[c] = value;
  t->status[c] = status;
  t->lpl[c] = lpl;
  t->upl[c] = upl;
  t->nonnegative = t->nonnegative && value >= 0;
  return E_OK;
}
enum err_code cell_builder_relation(struct cell_builder *b, int n, const int32_t *member, struct err *e) {
  struct cell_table *t = b->t;
  for (int k = 0; k < n; k++)
    if (member[k] < 0 || member[k] >= t->n_cells) {
      char number[24];
      snprintf(number, sizeof number, "%d", (int)member[k]);
      return ERR(e, E_SDC_RELATION, .subject = number, .file = t->name);
    }
  if (n < 2) return ERR(e, E_SDC_RELATION, .subject = "a parent without children", .file = t->name);
  if (b->n_terms + n > INT32_MAX || t->n_relations >= CELLS_MAX) return ERR(e, E_SDC_SIZE, .subject = "relations", .file = t->name);
  if (t->n_relations + 1 >= b->room_relations) {
    b->room_relations = b->room_relations ? 2 * b->room_relations : 256;
    t->first = grown(t->a, t->first, t->first ? t->n_relations + 1 : 0, b->room_relations, sizeof *t->first);
  }
  if (b->n_terms + n > b->room_terms) {
    b->room_terms = 2 * (b->n_terms + n) + 1024;
    t->member = grown(t->a, t->member, b->n_terms, b->room_terms, sizeof *t->member);
  }
  if (!t->first || !t->member) return ERR(e, E_NO_MEMORY, .subject = t->name);
  memcpy(t->member + b->n_terms, member, (size_t)n * sizeof *member);
  b->n_terms += n;
  t->first[++t->n_relations] = (int32_t)b->n_terms;
  return E_OK;
}

/* --- cells of one key --- */

struct keyed {
  const struct cell_table *t;
  int32_t cell;
};
static int key_cmp(const void *x, const void *y) {
  const struct keyed *a = x, *b = y;
  const int c = str_cmp(a->t->key[a->cell], b->t->key[b->cell]);
  return c ? c : (a->cell > b->cell) - (a->cell < b->cell);
}
static bool agree(const struct cell_table *t, int32_t a, int32_t b) { return t->value[a] == t->value[b] && t->status[a] == t->status[b]; }
static enum err_code merge_keys(struct cell_table *t, struct err *e) {
  int32_t n = 0;
  char text[160];
  struct keyed *k = ARENA_ARRAY(t->a, struct keyed, t->n_cells + 1);
  t->same = ARENA_ARRAY(t->a, int32_t, t->n_cells + 1);
  if (!k || !t->same) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    t->same[c] = c;
    if (t->key[c].n) k[n++] = (struct keyed){t, c};
  }
  qsort(k, (size_t)n, sizeof *k, key_cmp);
  for (int32_t i = 1, from = 0; i < n; i++) {
    if (!str_eq(t->key[k[i].cell], t->key[k[from].cell])) {
      from = i;
      continue;
    }
    const int32_t stands = k[from].cell, c = k[i].cell;
    if (!agree(t, stands, c)) return ERR(e, E_SDC_DUPLICATE, .subject = cell_name(t, c, text, sizeof text), .file = t->name);
    t->same[c] = stands;
    if (t->lpl[c] > t->lpl[stands]) t->lpl[stands] = t->lpl[c];
    if (t->upl[c] > t->upl[stands]) t->upl[stands] = t->upl[c];
    if (t->status[c] == 'u') t->lpl[c] = t->upl[c] = 0, t->status[c] = 's'; /* one cell is protected once */
  }
  for (int32_t i = 0; i < t->first[t->n_relations]; i++) t->member[i] = t->same[t->member[i]];
  return E_OK;
}

static enum err_code check_sums(const struct cell_table *t, struct err *e) {
  char text[160];
  for (int32_t r = 0; r < t->n_relations; r++) {
    __extension__ __int128 rest = t->value[t->member[t->first[r]]];
    for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++) rest -= t->value[t->member[i]];
    if (rest > t->tolerance || -rest > t->tolerance)
      return ERR(e, E_SDC_NOT_ADDITIVE, .subject = cell_name(t, t->member[t->first[r]], text, sizeof text), .file = t->name, .line = r + 1);
  }
  return E_OK;
}
static enum err_code index_cells(struct cell_table *t, struct err *e) {
  t->cell_first = ARENA_ARRAY(t->a, int32_t, t->n_cells + 2);
  t->cell_relation = ARENA_ARRAY(t->a, int32_t, t->first[t->n_relations] + 1);
  if (!t->cell_first || !t->cell_relation) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t i = 0; i < t->first[t->n_relations]; i++) t->cell_first[t->member[i] + 2]++;
  for (int32_t c = 2; c <= t->n_cells; c++) t->cell_first[c] += t->cell_first[c - 1];
  for (int32_t r = 0; r < t->n_relations; r++)
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) t->cell_relation[t->cell_first[t->member[i] + 1]++] = r;
  return E_OK;
}
enum err_code cell_builder_close(struct cell_builder *b, struct cell_table **out, struct err *e) {
  struct cell_table *t = b->t;
  if (t->n_cells == 0) return ERR(e, E_SDC_CELLS, .subject = "no cell", .file = t->name);
  if (!t->first && !(t->first = ARENA_ARRAY(t->a, int32_t, 1))) return ERR(e, E_NO_MEMORY, .subject = t->name);
  TRY(merge_keys(t, e));
  TRY(check_sums(t, e));
  TRY(index_cells(t, e));
  *out = t;
  return E_OK;
}
