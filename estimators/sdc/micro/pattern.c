#include "estimators/sdc/micro/pattern.h"

#include <string.h>

static const uint64_t FIRST_CAPACITY = 1024;

static uint64_t mixed(uint64_t z) {
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
static bool take_arrays(struct micro_map *map, uint64_t capacity) {
  uint64_t *key = ARENA_ARRAY(map->arena, uint64_t, capacity);
  int32_t *id = ARENA_ARRAY(map->arena, int32_t, capacity);
  if (!key || !id) return false;
  memset(id, 0xff, capacity * sizeof *id);
  map->key = key, map->id = id, map->capacity = capacity;
  return true;
}
enum err_code micro_map_init(struct micro_map *map, struct arena *a, struct err *e) {
  *map = (struct micro_map){.arena = a};
  return take_arrays(map, FIRST_CAPACITY) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "patterns");
}
void micro_map_clear(struct micro_map *map) {
  memset(map->id, 0xff, map->capacity * sizeof *map->id);
  map->n = 0;
}
static uint64_t place_of(const struct micro_map *map, uint64_t key) {
  uint64_t at = mixed(key) & (map->capacity - 1);
  while (map->id[at] >= 0 && map->key[at] != key) at = (at + 1) & (map->capacity - 1);
  return at;
}
static bool grow(struct micro_map *map) {
  const struct micro_map old = *map;
  if (!take_arrays(map, 2 * old.capacity)) return false;
  for (uint64_t i = 0; i < old.capacity; i++) {
    if (old.id[i] < 0) continue;
    const uint64_t at = place_of(map, old.key[i]);
    map->key[at] = old.key[i], map->id[at] = old.id[i];
  }
  return true;
}
int32_t micro_map_id(struct micro_map *map, uint64_t key) {
  uint64_t at = place_of(map, key);
  if (map->id[at] >= 0) return map->id[at];
  if (2 * ((uint64_t)map->n + 1) > map->capacity) {
    if (!grow(map)) return -1;
    at = place_of(map, key);
  }
  map->key[at] = key;
  return map->id[at] = map->n++;
}
int32_t micro_map_find(const struct micro_map *map, uint64_t key) { return map->id[place_of(map, key)]; }

/* --- keys --- */
static enum err_code codes_of_numbers(struct arena *a, const struct column *c, int64_t n, int32_t *code, int32_t *n_codes, struct err *e) {
  struct micro_map map;
  TRY(micro_map_init(&map, a, e));
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(c->status[i])) continue;
    const int32_t id = micro_map_id(&map, (uint64_t)c->i64[i]);
    if (id < 0) return ERR(e, E_NO_MEMORY, .subject = c->name);
    code[i] = id + 1;
  }
  *n_codes = map.n;
  return E_OK;
}
static enum err_code codes_of_column(struct arena *a, const struct column *c, int64_t n, int32_t *code, int32_t *n_codes, struct err *e) {
  if (c->type == COL_REAL) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  if (c->type == COL_INT) return codes_of_numbers(a, c, n, code, n_codes, e);
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i])) code[i] = c->code[i] + 1;
  *n_codes = dict_count(c->dict);
  return E_OK;
}
enum err_code micro_keys_of(struct arena *a, const struct table *t, const char *const *names, int m, struct micro_keys *out, struct err *e) {
  *out = (struct micro_keys){.n = t->n_rows, .m = m};
  if (m < 1 || m > MICRO_KEYS_MOST) return ERR(e, E_MICRO_KEYS, .subject = m < 1 ? "none" : names[MICRO_KEYS_MOST]);
  if (t->n_rows > INT32_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "records");
  for (int j = 0; j < m; j++) {
    const int at = table_find(t, names[j]);
    if (at < 0) return ERR(e, E_MICRO_VARIABLE, .subject = names[j]);
    for (int i = 0; i < j; i++)
      if (!strcmp(names[i], names[j])) return ERR(e, E_MICRO_KEYS, .subject = names[j]);
    out->name[j] = names[j];
    if (!(out->code[j] = ARENA_ARRAY(a, int32_t, t->n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = names[j]);
    TRY(codes_of_column(a, &t->columns[at], t->n_rows, out->code[j], &out->n_codes[j], e));
  }
  return E_OK;
}

/* --- groups --- */
struct packing {
  int32_t *const *code;
  const int32_t *n_codes, *item;
  int64_t n;
};
/* Packed codes become dense ids; the bound of the packing falls to their number. */
static enum err_code make_dense(uint64_t *packed, int64_t n, struct micro_map *map, uint64_t *bound, struct err *e) {
  micro_map_clear(map);
  for (int64_t i = 0; i < n; i++) {
    const int32_t id = micro_map_id(map, packed[i]);
    if (id < 0) return ERR(e, E_NO_MEMORY, .subject = "patterns");
    packed[i] = (uint64_t)id;
  }
  *bound = (uint64_t)map->n;
  return E_OK;
}
static enum err_code pack(const struct packing *p, uint32_t keep, struct micro_map *map, uint64_t *packed, struct err *e) {
  uint64_t bound = 1;
  memset(packed, 0, (size_t)p->n * sizeof *packed);
  for (int j = 0; j < MICRO_KEYS_MOST; j++) {
    if (!(keep >> j & 1)) continue;
    const uint64_t radix = (uint64_t)p->n_codes[j] + 1;
    if (bound > INT64_MAX / radix) TRY(make_dense(packed, p->n, map, &bound, e));
    for (int64_t i = 0; i < p->n; i++) packed[i] = packed[i] * radix + (uint64_t)p->code[j][p->item ? p->item[i] : i];
    bound *= radix;
  }
  return make_dense(packed, p->n, map, &bound, e);
}
static enum err_code group(const struct packing *p, uint32_t keep, struct micro_map *map, int32_t *id, struct err *e) {
  const struct arena_mark mark = arena_mark(map->arena);
  struct micro_map own; /* grows behind the mark, so that all of it goes with the mark */
  uint64_t *packed = ARENA_ARRAY(map->arena, uint64_t, p->n + 1);
  if (!packed) return ERR(e, E_NO_MEMORY, .subject = "patterns");
  enum err_code code = micro_map_init(&own, map->arena, e);
  if (!code) code = pack(p, keep, &own, packed, e);
  if (!code)
    for (int64_t i = 0; i < p->n; i++) id[i] = (int32_t)packed[i];
  map->n = own.n;
  arena_reset(map->arena, mark);
  return code;
}
enum err_code micro_project(const struct micro_patterns *p, const int32_t *item, int64_t n, uint32_t keep, struct micro_map *map, int32_t *id,
    int32_t *n_groups, struct err *e) {
  const struct packing x = {.code = p->code, .n_codes = p->n_codes, .item = item, .n = n};
  TRY(group(&x, keep, map, id, e));
  *n_groups = map->n;
  return E_OK;
}

static enum err_code take_patterns(struct arena *a, struct micro_patterns *p, struct err *e) {
  p->count = ARENA_ARRAY(a, int64_t, p->n + 1);
  p->weight = ARENA_ARRAY(a, double, p->n + 1);
  p->missing = ARENA_ARRAY(a, uint32_t, p->n + 1);
  bool taken = p->count && p->weight && p->missing;
  for (int j = 0; j < p->m; j++) taken = (p->code[j] = ARENA_ARRAY(a, int32_t, p->n + 1)) && taken;
  return taken ? E_OK : ERR(e, E_NO_MEMORY, .subject = "patterns");
}
enum err_code micro_patterns_of(struct arena *a, const struct micro_keys *k, const double *weight, struct micro_patterns *out, struct err *e) {
  struct micro_map map;
  *out = (struct micro_patterns){.n_records = k->n, .m = k->m};
  memcpy(out->n_codes, k->n_codes, sizeof out->n_codes);
  if (!(out->of_record = ARENA_ARRAY(a, int32_t, k->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "patterns");
  TRY(micro_map_init(&map, a, e));
  const struct packing x = {.code = k->code, .n_codes = k->n_codes, .n = k->n};
  TRY(group(&x, (1u << k->m) - 1, &map, out->of_record, e));
  out->n = map.n;
  TRY(take_patterns(a, out, e));
  for (int64_t i = 0; i < k->n; i++) {
    const int32_t p = out->of_record[i];
    if (out->count[p]++ == 0)
      for (int j = 0; j < k->m; j++) {
        out->code[j][p] = k->code[j][i];
        if (!k->code[j][i]) out->missing[p] |= 1u << j;
      }
    out->weight[p] += weight ? weight[i] : 1; /* whole weights are exact; others are summed in the order of the records */
  }
  return E_OK;
}
