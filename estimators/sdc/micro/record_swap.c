#include "estimators/sdc/micro/record_swap.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/pattern.h"

enum { LOOK_MOST = 1000 }; /* inside the area above: as many are looked at, then the search goes outside */
struct swapping {
  struct arena *a;
  struct table *t;
  const struct micro_units *u;
  const struct micro_swap_plan *plan;
  struct micro_swapped *out;
  int64_t *first;      /* [units] first record */
  int32_t *size;       /* [units] records */
  uint64_t *key;       /* [units] keyed order */
  int32_t *order;      /* [units] by key */
  int32_t *area[MICRO_KEYS_MOST]; /* [levels][units] dense area of each level, as it was at the beginning */
  uint8_t *at_risk;    /* [units] at the level looked at */
  struct pool *pool;   /* one for each number of similar columns kept, 0 .. n_similar */
};
/* Households by bucket (size and similar columns), in keyed order inside. */
struct pool {
  int32_t *bucket, *member; /* bucket [units]; member [units] */
  int64_t *start;           /* [buckets + 1]: places in member */
  int64_t *head;            /* [buckets] members before it are swapped */
  int32_t *only_area;       /* [buckets] a search found those left in this area alone; -1 = not known */
};

/* --- groups of columns --- */
/* Dense ids of equal values on some columns, by record; 0 columns: all equal. */
static enum err_code dense(struct swapping *x, const char *const *name, int n, const char *const *more, int n_more, int32_t **id, int32_t *n_ids,
    struct err *e) {
  const char *all[MICRO_KEYS_MOST];
  struct micro_keys k;
  struct micro_patterns p;
  *id = ARENA_ARRAY(x->a, int32_t, x->t->n_rows + 1), *n_ids = 1;
  if (!*id) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  if (n + n_more == 0) return E_OK;
  if (n + n_more > MICRO_KEYS_MOST) return ERR(e, E_MICRO_KEYS, .subject = "record-swap");
  for (int i = 0; i < n; i++) all[i] = name[i];
  for (int i = 0; i < n_more; i++) all[n + i] = more[i];
  TRY(micro_keys_of(x->a, x->t, all, n + n_more, &k, e));
  TRY(micro_patterns_of(x->a, &k, NULL, &p, e));
  *id = p.of_record, *n_ids = (int32_t)p.n;
  return E_OK;
}
struct keyed {
  uint64_t key;
  int32_t unit;
};
static int by_key(const void *a, const void *b) {
  const struct keyed *x = a, *y = b;
  return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->unit < y->unit ? -1 : x->unit > y->unit;
}
/* The order of households hangs on their smallest record id. */
static enum err_code order_units(struct swapping *x, const struct micro_stream *s, struct err *e) {
  const int32_t n = x->u->n_units;
  struct keyed *k = ARENA_ARRAY(x->a, struct keyed, n + 1);
  x->first = ARENA_ARRAY(x->a, int64_t, n + 1), x->size = ARENA_ARRAY(x->a, int32_t, n + 1), x->key = ARENA_ARRAY(x->a, uint64_t, n + 1);
  x->order = ARENA_ARRAY(x->a, int32_t, n + 1), x->at_risk = ARENA_ARRAY(x->a, uint8_t, n + 1);
  if (!k || !x->first || !x->size || !x->key || !x->order || !x->at_risk) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  for (int64_t i = 0; i < x->u->n; i++) {
    const int32_t h = x->u->unit[i];
    if (x->size[h]++ == 0 || x->u->record[i] < x->key[h]) x->key[h] = x->u->record[i], x->first[h] = i;
  }
  for (int32_t h = 0; h < n; h++) k[h] = (struct keyed){.key = micro_random(s, "record swap", x->key[h], 0), .unit = h};
  if (n > 1) qsort(k, (size_t)n, sizeof *k, by_key);
  for (int32_t i = 0; i < n; i++) x->order[i] = k[i].unit;
  return E_OK;
}
static enum err_code find_areas(struct swapping *x, struct err *e) {
  for (int l = 0; l < x->plan->n_levels; l++) {
    int32_t *id, n_ids;
    TRY(dense(x, x->plan->level, l + 1, NULL, 0, &id, &n_ids, e));
    if (!(x->area[l] = ARENA_ARRAY(x->a, int32_t, x->u->n_units + 1))) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
    for (int32_t h = 0; h < x->u->n_units; h++) x->area[l][h] = id[x->first[h]];
  }
  return E_OK;
}
static enum err_code make_pool(struct swapping *x, int kept, struct pool *p, struct err *e) {
  struct micro_map map;
  int32_t *id, n_ids;
  const int32_t n = x->u->n_units;
  TRY(dense(x, x->plan->similar, kept, NULL, 0, &id, &n_ids, e));
  TRY(micro_map_init(&map, x->a, e));
  p->bucket = ARENA_ARRAY(x->a, int32_t, n + 1), p->member = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!p->bucket || !p->member) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  for (int32_t h = 0; h < n; h++) {
    p->bucket[h] = micro_map_id(&map, (uint64_t)id[x->first[h]] << 32 | (uint32_t)x->size[h]);
    if (p->bucket[h] < 0) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  }
  p->start = ARENA_ARRAY(x->a, int64_t, map.n + 2), p->head = ARENA_ARRAY(x->a, int64_t, map.n + 1);
  p->only_area = ARENA_ARRAY(x->a, int32_t, map.n + 1);
  if (!p->start || !p->head || !p->only_area) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  for (int32_t h = 0; h < n; h++) p->start[p->bucket[h] + 1]++;
  for (int32_t b = 0; b < map.n; b++) p->start[b + 1] += p->start[b], p->head[b] = p->start[b];
  for (int32_t i = 0; i < n; i++) p->member[p->head[p->bucket[x->order[i]]]++] = x->order[i];
  for (int32_t b = 0; b < map.n; b++) p->head[b] = p->start[b], p->only_area[b] = -1;
  return E_OK;
}

/* --- partners --- */
static bool swapped(const struct swapping *x, int32_t h) { return x->out->partner[h] >= 0; }
/* The first unswapped household of the bucket in another area of the level; inside the area above when `inside`. */
static int32_t partner_in(struct swapping *x, struct pool *p, int32_t h, int level, bool inside) {
  const int32_t b = p->bucket[h], mine = x->area[level][h];
  if (!inside && p->only_area[b] == mine) return -1;
  while (p->head[b] < p->start[b + 1] && swapped(x, p->member[p->head[b]])) p->head[b]++;
  for (int64_t i = p->head[b]; i < p->start[b + 1] && !(inside && i - p->head[b] >= LOOK_MOST); i++) {
    const int32_t other = p->member[i];
    if (swapped(x, other) || x->area[level][other] == mine) continue;
    if (!inside || x->area[level - 1][other] == x->area[level - 1][h]) return other;
  }
  if (!inside) p->only_area[b] = mine;
  return -1;
}
static bool swap_household(struct swapping *x, int32_t h, int level, bool inside) {
  for (int kept = x->plan->n_similar; kept >= 0; kept--) {
    const int32_t other = partner_in(x, &x->pool[kept], h, level, inside);
    if (other < 0) continue;
    x->out->partner[h] = other, x->out->partner[other] = h;
    x->out->n_households += 2;
    return true;
  }
  return false;
}
static enum err_code mark_risk(struct swapping *x, int level, struct err *e) {
  int32_t *id, n_ids;
  TRY(dense(x, x->plan->level, level + 1, x->plan->risk, x->plan->n_risk, &id, &n_ids, e));
  int64_t *count = ARENA_ARRAY(x->a, int64_t, n_ids + 1);
  if (!count) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  memset(x->at_risk, 0, (size_t)x->u->n_units);
  for (int64_t i = 0; i < x->u->n; i++) count[id[i]]++;
  for (int64_t i = 0; i < x->u->n; i++)
    if (count[id[i]] < x->plan->k) x->at_risk[x->u->unit[i]] = 1;
  return E_OK;
}
static enum err_code swap_level(struct swapping *x, int level, uint8_t *known, struct err *e) {
  TRY(mark_risk(x, level, e));
  for (int kept = 0; kept <= x->plan->n_similar; kept++) /* what is left alone in an area differs by level */
    for (int32_t h = 0; h < x->u->n_units; h++) x->pool[kept].only_area[x->pool[kept].bucket[h]] = -1;
  for (int32_t i = 0; i < x->u->n_units; i++) {
    const int32_t h = x->order[i];
    if (!x->at_risk[h]) continue;
    x->out->n_at_risk += !known[h];
    known[h] = 1;
    if (!swapped(x, h)) (void)swap_household(x, h, level, false);
  }
  return E_OK;
}
/* At random until each smallest area has its share. */
static enum err_code swap_rest(struct swapping *x, struct err *e) {
  const int last = x->plan->n_levels - 1;
  int32_t n_areas = 0;
  for (int32_t h = 0; h < x->u->n_units; h++)
    if (x->area[last][h] >= n_areas) n_areas = x->area[last][h] + 1;
  int64_t *all = ARENA_ARRAY(x->a, int64_t, n_areas + 1), *done = ARENA_ARRAY(x->a, int64_t, n_areas + 1);
  if (!all || !done) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  for (int32_t h = 0; h < x->u->n_units; h++) all[x->area[last][h]]++, done[x->area[last][h]] += swapped(x, h);
  for (int32_t i = 0; i < x->u->n_units; i++) {
    const int32_t h = x->order[i], mine = x->area[last][h];
    if (swapped(x, h) || (double)done[mine] >= x->plan->rate * (double)all[mine]) continue;
    if (!swap_household(x, h, last, last > 0) && !swap_household(x, h, last, false)) continue;
    done[mine]++, done[x->area[last][x->out->partner[h]]]++;
    x->out->n_random += 2;
  }
  return E_OK;
}

/* --- exchange --- */
/* Every member gets the areas of the partner's first record: households share their areas. */
static enum err_code exchange(struct swapping *x, struct err *e) {
  for (int l = 0; l < x->plan->n_levels; l++) {
    struct column *c = table_column(x->t, x->plan->level[l]);
    int64_t *value = ARENA_ARRAY(x->a, int64_t, x->u->n_units + 1);
    uint8_t *status = ARENA_ARRAY(x->a, uint8_t, x->u->n_units + 1);
    if (!value || !status) return ERR(e, E_NO_MEMORY, .subject = c->name);
    for (int32_t h = 0; h < x->u->n_units; h++)
      value[h] = c->type == COL_INT ? c->i64[x->first[h]] : c->code[x->first[h]], status[h] = c->status[x->first[h]];
    for (int64_t i = 0; i < x->u->n; i++) {
      const int32_t from = x->out->partner[x->u->unit[i]];
      if (from < 0) continue;
      if (c->type == COL_INT) c->i64[i] = value[from];
      else c->code[i] = (int32_t)value[from];
      c->status[i] = status[from];
    }
  }
  return E_OK;
}
static enum err_code check(const struct micro_swap_plan *p, struct err *e) {
  if (p->n_levels < 1 || p->n_risk < 1 || p->n_levels + p->n_risk > MICRO_KEYS_MOST || p->n_similar < 0 || p->n_similar > MICRO_KEYS_MOST)
    return ERR(e, E_MICRO_KEYS, .subject = "record-swap");
  if (p->k < 2) return ERR(e, E_MICRO_PARAMETER, .subject = "k", .expected = "2 or more");
  return p->rate >= 0 && p->rate <= 1 ? E_OK : ERR(e, E_MICRO_PARAMETER, .subject = "rate", .expected = "0 to 1");
}
/* Members in other areas than the first would be moved as one: such a file is refused. */
static enum err_code check_areas(const struct swapping *x, struct err *e) {
  for (int l = 0; l < x->plan->n_levels; l++) {
    const struct column *c = table_column(x->t, x->plan->level[l]);
    for (int64_t i = 0; i < x->u->n; i++) {
      const int64_t first = x->first[x->u->unit[i]];
      const bool same = c->type == COL_INT ? c->i64[i] == c->i64[first] : c->code[i] == c->code[first];
      if (c->status[i] != c->status[first] || (value_present(c->status[i]) && !same)) return ERR(e, E_MICRO_UNIT, .subject = c->name, .line = i + 2);
    }
  }
  return E_OK;
}
enum err_code micro_record_swap(struct arena *a, struct table *t, const struct micro_units *u, const struct micro_stream *s,
    const struct micro_swap_plan *plan, struct micro_swapped *out, struct err *e) {
  struct swapping x = {.a = a, .t = t, .u = u, .plan = plan, .out = out};
  TRY(check(plan, e));
  *out = (struct micro_swapped){.partner = ARENA_ARRAY(a, int32_t, u->n_units + 1)};
  uint8_t *known = ARENA_ARRAY(a, uint8_t, u->n_units + 1);
  x.pool = ARENA_ARRAY(a, struct pool, plan->n_similar + 1);
  if (!out->partner || !known || !x.pool) return ERR(e, E_NO_MEMORY, .subject = "record swapping");
  for (int32_t h = 0; h < u->n_units; h++) out->partner[h] = -1;
  TRY(order_units(&x, s, e));
  TRY(find_areas(&x, e));
  TRY(check_areas(&x, e));
  for (int kept = 0; kept <= plan->n_similar; kept++) TRY(make_pool(&x, kept, &x.pool[kept], e));
  for (int l = 0; l < plan->n_levels; l++) TRY(swap_level(&x, l, known, e));
  for (int32_t h = 0; h < u->n_units; h++)
    out->n_at_risk_swapped += known[h] && swapped(&x, h), out->n_without_partner += known[h] && !swapped(&x, h);
  TRY(swap_rest(&x, e));
  return exchange(&x, e);
}
