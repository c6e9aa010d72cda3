/* register_make.c -- see register.h: rows, and which units stand behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/register/register_impl.h"

bool register_row_shown(const struct register_table *t, int64_t row) {
  for (int m = 0; m <= t->n_measures; m++)
    if (register_status_of(t, row, m) == REGISTER_SHOWN) return true;
  return false;
}
int register_dim(const struct register_table *t, const char *name) {
  for (int d = 0; d < t->n_dims; d++)
    if (!strcmp(t->dim[d], name)) return d;
  return -1;
}
int register_measure(const struct register_table *t, const char *name) {
  for (int m = 0; m < t->n_measures; m++)
    if (!strcmp(t->measure[m], name)) return m;
  return -1;
}
bool register_is_total(struct str code) { return str_eq(code, STR("_T")); }
void register_row_name(const struct register_table *t, int64_t row, char *out, size_t size) {
  size_t used = 0;
  out[0] = 0;
  for (int d = 0; d < t->n_dims && used + 1 < size; d++) {
    const struct str code = register_code(t, row, d);
    const int n = snprintf(out + used, size - used, "%s%s=%.*s", d ? " " : "", t->dim[d], (int)code.n, code.p);
    used += n > 0 ? (size_t)n : 0;
  }
  (void)utf8_mend(out);
}
enum err_code register_table_rows(struct arena *a, struct register_table *t, int64_t n_rows, struct err *e) {
  if (n_rows > REGISTER_ROWS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = t->id);
  t->n_rows = n_rows;
  t->code = ARENA_ARRAY(a, struct str, n_rows * t->n_dims + 1);
  t->status = ARENA_ARRAY(a, uint8_t, n_rows * (t->n_measures + 1) + 1);
  t->value = ARENA_ARRAY(a, struct str, n_rows * (t->n_measures + 1) + 1);
  t->frame = -1;
  if (!t->code || !t->status || !t->value) return ERR(e, E_NO_MEMORY, .subject = t->id);
  memset(t->status, REGISTER_NONE, (size_t)(n_rows * (t->n_measures + 1)));
  for (int64_t i = 0; i < n_rows * (t->n_measures + 1); i++) t->value[i] = STR("");
  return E_OK;
}

/* --- rows by their codes without the facets: several rows have the same, one per combination of facets --- */

static uint64_t mix_text(uint64_t h, struct str s) {
  for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
  return register_mix(h + 0xff);
}
static uint64_t hash_row(const struct register_table *t, const struct str *code, unsigned total_mask) {
  uint64_t h = 1469598103934665603ull;
  for (int d = 0; d < t->n_dims; d++) {
    if (t->facet[d]) continue;
    h = total_mask >> d & 1u ? mix_text(h, STR("\x01")) : mix_text(h, code[d]);
  }
  return h;
}
static unsigned totals_of(const struct register_table *t, const struct str *code) {
  unsigned mask = 0;
  for (int d = 0; d < t->n_dims; d++) mask |= register_is_total(code[d]) ? 1u << d : 0u;
  return mask;
}
static bool fits(const struct register_table *t, int64_t row, const struct str *code, unsigned total_mask) {
  for (int d = 0; d < t->n_dims; d++) {
    if (t->facet[d]) continue;
    const struct str c = register_code(t, row, d);
    if (total_mask >> d & 1u ? !register_is_total(c) : !str_eq(c, code[d]) || register_is_total(c)) return false;
  }
  return true;
}
struct row_index {
  int64_t room, *head, *next; /* rows + 1 */
};
static enum err_code index_rows(struct arena *a, const struct register_table *t, struct row_index *x, struct err *e) {
  x->room = 16;
  while (x->room < 2 * t->n_rows) x->room *= 2;
  x->head = ARENA_ARRAY(a, int64_t, x->room);
  x->next = ARENA_ARRAY(a, int64_t, t->n_rows + 1);
  if (!x->head || !x->next) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = t->n_rows; r-- > 0;) {
    const struct str *code = t->code + r * t->n_dims;
    const int64_t at = (int64_t)(hash_row(t, code, totals_of(t, code)) & (uint64_t)(x->room - 1));
    x->next[r] = x->head[at];
    x->head[at] = r + 1;
  }
  return E_OK;
}

/* --- bases: units with the same codes, then units with the same set of those --- */

struct keyed { /* a unit and the hash of its codes */
  uint64_t token, hash;
  int64_t at;
};
static int by_token(const void *x, const void *y) {
  const struct keyed *a = x, *b = y;
  if (a->token != b->token) return a->token < b->token ? -1 : 1;
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}
static int by_uint(const void *x, const void *y) {
  const uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
  return (a > b) - (a < b);
}
enum err_code register_frame_make(struct arena *a, const uint64_t *token, int64_t n, struct register_frame *out, struct err *e) {
  uint64_t *sorted = ARENA_ARRAY(a, uint64_t, n + 1);
  int64_t m = 0;
  if (!sorted) return ERR(e, E_NO_MEMORY, .subject = "register");
  if (n) memcpy(sorted, token, (size_t)n * sizeof *sorted);
  qsort(sorted, (size_t)n, sizeof *sorted, by_uint);
  for (int64_t i = 0; i < n; i++)
    if (!m || sorted[m - 1] != sorted[i]) sorted[m++] = sorted[i];
  out->n = m, out->token = sorted;
  return E_OK;
}
struct making {
  struct arena *a, *keep; /* scratch; what stays with the table */
  struct register_table *t;
  const struct register_unit *unit;
  struct row_index rows;
  struct keyed *key;
  int64_t n;
  uint64_t *slot_hash; /* base by the hash over its unit's code hashes */
  int64_t *slot, room;
  int64_t *base_from, *base_to; /* the keyed units that made a base */
  int64_t base_room;
};
static int32_t base_of(struct making *k, uint64_t hash, int64_t from, int64_t to) {
  int64_t at = (int64_t)(hash & (uint64_t)(k->room - 1));
  while (k->slot[at] && k->slot_hash[at] != hash) at = (at + 1) & (k->room - 1);
  if (!k->slot[at]) {
    k->slot_hash[at] = hash;
    k->base_from[k->t->n_bases] = from, k->base_to[k->t->n_bases] = to;
    k->slot[at] = ++k->t->n_bases;
  }
  return (int32_t)(k->slot[at] - 1);
}
static enum err_code key_units(struct making *k, int64_t n, struct err *e) {
  k->key = ARENA_ARRAY(k->a, struct keyed, n + 1);
  if (!k->key) return ERR(e, E_NO_MEMORY, .subject = k->t->id);
  for (int64_t i = 0; i < n; i++) k->key[i] = (struct keyed){k->unit[i].token, hash_row(k->t, k->unit[i].code, 0), i};
  qsort(k->key, (size_t)n, sizeof *k->key, by_token);
  for (int64_t i = 0; i < n; i++)
    if (!k->n || k->key[k->n - 1].token != k->key[i].token || k->key[k->n - 1].hash != k->key[i].hash) k->key[k->n++] = k->key[i];
  k->room = 16;
  while (k->room < 2 * k->n) k->room *= 2;
  k->slot = ARENA_ARRAY(k->a, int64_t, k->room);
  k->slot_hash = ARENA_ARRAY(k->a, uint64_t, k->room);
  k->base_from = ARENA_ARRAY(k->a, int64_t, k->n + 1);
  k->base_to = ARENA_ARRAY(k->a, int64_t, k->n + 1);
  return k->slot && k->slot_hash && k->base_from && k->base_to ? E_OK : ERR(e, E_NO_MEMORY, .subject = k->t->id);
}
static enum err_code bases(struct making *k, const struct register_frame *frame, struct err *e) {
  int64_t at = 0;
  for (int64_t u = 0; u < frame->n; u++) k->t->base[u] = -1;
  for (int64_t i = 0, j; i < k->n; i = j) {
    uint64_t hash = 0;
    for (j = i; j < k->n && k->key[j].token == k->key[i].token; j++) hash = register_mix(hash ^ k->key[j].hash);
    while (at < frame->n && frame->token[at] < k->key[i].token) at++;
    if (at == frame->n || frame->token[at] != k->key[i].token) return ERR(e, E_BUG, .subject = "register: a unit that its frame does not hold");
    k->t->base[at] = base_of(k, hash, i, j);
  }
  return E_OK;
}
/* Calls back for each row a base belongs to; a unit in several cells of one row counts once. */
static void rows_of_base(const struct making *k, int32_t b, int64_t *seen, int64_t mark, void (*each)(struct making *, int64_t row, int32_t b)) {
  const struct register_table *t = k->t;
  unsigned free_dims = 0;
  for (int d = 0; d < t->n_dims; d++) free_dims |= t->facet[d] ? 0u : 1u << d;
  for (int64_t i = k->base_from[b]; i < k->base_to[b]; i++) {
    const struct str *code = k->unit[k->key[i].at].code;
    for (unsigned mask = 0; mask < 1u << t->n_dims; mask++) {
      if (mask & ~free_dims) continue;
      const int64_t head = (int64_t)(hash_row(t, code, mask) & (uint64_t)(k->rows.room - 1));
      for (int64_t r = k->rows.head[head]; r; r = k->rows.next[r - 1])
        if (seen[r - 1] != mark && fits(t, r - 1, code, mask)) seen[r - 1] = mark, each((struct making *)k, r - 1, b);
    }
  }
}
static void count_row(struct making *k, int64_t row, int32_t b) { (void)b, k->t->first[row + 1]++; }
static void put_row(struct making *k, int64_t row, int32_t b) { k->t->member[k->t->first[row]++] = b; }
static enum err_code incidence(struct making *k, struct err *e) {
  struct register_table *t = k->t;
  int64_t *seen = ARENA_ARRAY(k->a, int64_t, t->n_rows + 1);
  t->first = ARENA_ARRAY(k->keep, int32_t, t->n_rows + 2);
  if (!seen || !t->first) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int32_t b = 0; b < t->n_bases; b++) rows_of_base(k, b, seen, b + 1, count_row);
  for (int64_t r = 0; r < t->n_rows; r++) t->first[r + 1] += t->first[r];
  t->member = ARENA_ARRAY(k->keep, int32_t, t->first[t->n_rows] + 1);
  if (!t->member) return ERR(e, E_NO_MEMORY, .subject = t->id);
  memset(seen, 0, sizeof *seen * (size_t)(t->n_rows + 1));
  for (int32_t b = 0; b < t->n_bases; b++) rows_of_base(k, b, seen, b + 1, put_row); /* moves each first to its end */
  for (int64_t r = t->n_rows; r > 0; r--) t->first[r] = t->first[r - 1];
  t->first[0] = 0;
  return E_OK;
}
static enum err_code frame_of_units(struct making *k, int64_t n, struct register_frame *f, struct err *e) {
  uint64_t *token = ARENA_ARRAY(k->a, uint64_t, n + 1);
  if (!token) return ERR(e, E_NO_MEMORY, .subject = k->t->id);
  for (int64_t i = 0; i < n; i++) token[i] = k->unit[i].token;
  return register_frame_make(k->keep, token, n, f, e);
}
enum err_code register_table_units(struct arena *a, struct register_entry *entry, struct register_table *t, int frame,
    const struct register_unit *unit, int64_t n, struct err *e) {
  struct register_frame *f = &entry->frame[frame];
  struct arena *scratch = arena_new(0);
  struct making k = {.a = scratch, .keep = a, .t = t, .unit = unit};
  enum err_code code = scratch ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
  if (!code && !f->token) code = frame_of_units(&k, n, f, e);
  t->frame = frame, t->units_known = true, t->n_bases = 0;
  t->base = code ? NULL : ARENA_ARRAY(a, int32_t, f->n + 1);
  if (!code && !t->base) code = ERR(e, E_NO_MEMORY, .subject = t->id);
  if (!code) code = key_units(&k, n, e);
  if (!code) code = bases(&k, f, e);
  if (!code) code = index_rows(scratch, t, &k.rows, e);
  if (!code) code = incidence(&k, e);
  arena_free(scratch);
  return code;
}
enum err_code register_row_sizes(
    struct arena *a, const struct register_entry *entry, const struct register_table *t, int64_t **out, struct err *e) {
  int64_t *size = ARENA_ARRAY(a, int64_t, t->n_bases + 1);
  *out = ARENA_ARRAY(a, int64_t, t->n_rows + 1);
  if (!size || !*out) return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (!t->units_known) return E_OK;
  for (int64_t u = 0; u < entry->frame[t->frame].n; u++)
    if (t->base[u] >= 0) size[t->base[u]]++;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) (*out)[r] += size[t->member[k]];
  return E_OK;
}
