/* register_sets.c -- two tables with known units: near sets, the same set hidden and shown, revisions of a cell. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/register/register_check_impl.h"

bool changed_has(const struct changed_units *c, uint64_t token) {
  int64_t low = 0, high = c->n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (c->token[middle] < token)
      low = middle + 1;
    else
      high = middle;
  }
  return low < c->n && c->token[low] == token;
}
int register_set_cmp(const void *x, const void *y) {
  const struct register_set *a = x, *b = y;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return (a->y > b->y) - (a->y < b->y);
}

/* --- a table made ready --- */

static enum err_code base_sets(struct checking *c, const struct ready *x, int64_t *size, struct register_set *whole, struct register_set *core) {
  const struct register_frame *f = &x->entry->frame[x->t->frame];
  int64_t at = 0;
  for (int64_t u = 0; u < f->n; u++) {
    const int32_t b = x->t->base[u];
    if (b < 0) continue;
    const struct register_set s = {register_mix(f->token[u]), register_mix(f->token[u] ^ 0x5851f42d4c957f2dull)};
    while (at < c->changed.n && c->changed.token[at] < f->token[u]) at++;
    size[b]++;
    whole[b].x += s.x, whole[b].y += s.y;
    if (at < c->changed.n && c->changed.token[at] == f->token[u]) continue;
    core[b].x += s.x, core[b].y += s.y;
  }
  return E_OK;
}
static enum err_code rows_of_bases(struct arena *a, struct ready *x, struct err *e) {
  const struct register_table *t = x->t;
  x->row_first = ARENA_ARRAY(a, int32_t, t->n_bases + 2);
  x->row_of = ARENA_ARRAY(a, int32_t, t->first[t->n_rows] + 1);
  if (!x->row_first || !x->row_of) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int32_t k = t->first[r]; x->shown[r] && k < t->first[r + 1]; k++) x->row_first[t->member[k] + 1]++;
  for (int32_t b = 0; b < t->n_bases; b++) x->row_first[b + 1] += x->row_first[b];
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int32_t k = t->first[r]; x->shown[r] && k < t->first[r + 1]; k++) x->row_of[x->row_first[t->member[k]]++] = (int32_t)r;
  for (int32_t b = t->n_bases; b > 0; b--) x->row_first[b] = x->row_first[b - 1];
  x->row_first[0] = 0;
  return E_OK;
}
enum err_code ready_make(
    struct checking *c, const struct register_entry *entry, const struct register_table *t, struct ready *x, struct err *e) {
  struct arena *a = c->scratch;
  *x = (struct ready){.entry = entry, .t = t};
  x->size = ARENA_ARRAY(a, int64_t, t->n_rows + 1);
  x->whole = ARENA_ARRAY(a, struct register_set, t->n_rows + 1);
  x->core = ARENA_ARRAY(a, struct register_set, t->n_rows + 1);
  x->shown = ARENA_ARRAY(a, uint8_t, t->n_rows + 1);
  int64_t *size = ARENA_ARRAY(a, int64_t, t->n_bases + 1);
  struct register_set *whole = ARENA_ARRAY(a, struct register_set, t->n_bases + 1), *core = ARENA_ARRAY(a, struct register_set, t->n_bases + 1);
  if (!x->size || !x->whole || !x->core || !x->shown || !size || !whole || !core) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows; r++) x->shown[r] = register_row_shown(t, r);
  if (!t->units_known) return E_OK;
  TRY(base_sets(c, x, size, whole, core));
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) {
      const int32_t b = t->member[k];
      x->size[r] += size[b];
      x->whole[r].x += whole[b].x, x->whole[r].y += whole[b].y;
      x->core[r].x += core[b].x, x->core[r].y += core[b].y;
    }
  return rows_of_bases(a, x, e);
}

/* --- pairs of bases that have units in common --- */

struct base_pair {
  uint64_t key;
  int64_t n, n_core;
};
struct pair_map {
  struct base_pair *slot;
  int64_t room, used;
};
static enum err_code pair_room(struct arena *a, struct pair_map *m, struct err *e) {
  if (2 * (m->used + 1) <= m->room) return E_OK;
  struct pair_map bigger = {.room = m->room ? 2 * m->room : 1024, .used = m->used};
  bigger.slot = ARENA_ARRAY(a, struct base_pair, bigger.room);
  if (!bigger.slot) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < m->room; i++) {
    if (!m->slot[i].key) continue;
    int64_t at = (int64_t)(register_mix(m->slot[i].key) & (uint64_t)(bigger.room - 1));
    while (bigger.slot[at].key) at = (at + 1) & (bigger.room - 1);
    bigger.slot[at] = m->slot[i];
  }
  *m = bigger;
  return E_OK;
}
static enum err_code pair_add(struct arena *a, struct pair_map *m, int64_t x, int64_t y, int64_t n, int64_t n_core, struct err *e) {
  const uint64_t key = (uint64_t)(x + 1) << 32 | (uint64_t)(y + 1);
  TRY(pair_room(a, m, e));
  int64_t at = (int64_t)(register_mix(key) & (uint64_t)(m->room - 1));
  while (m->slot[at].key && m->slot[at].key != key) at = (at + 1) & (m->room - 1);
  m->used += !m->slot[at].key;
  m->slot[at].key = key;
  m->slot[at].n += n, m->slot[at].n_core += n_core;
  return E_OK;
}
static int by_key(const void *p, const void *q) {
  const uint64_t a = ((const struct base_pair *)p)->key, b = ((const struct base_pair *)q)->key;
  return (a > b) - (a < b);
}
/* Of the map, in order of their keys. */
static enum err_code pair_list(struct arena *a, const struct pair_map *m, struct base_pair **out, struct err *e) {
  int64_t n = 0;
  *out = ARENA_ARRAY(a, struct base_pair, m->used + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < m->room; i++)
    if (m->slot[i].key) (*out)[n++] = m->slot[i];
  qsort(*out, (size_t)n, sizeof **out, by_key);
  return E_OK;
}
static enum err_code common_bases(
    struct checking *c, const struct ready *x, const struct ready *y, struct base_pair **out, int64_t *n, struct err *e) {
  const struct register_frame *f = &x->entry->frame[x->t->frame], *g = &y->entry->frame[y->t->frame];
  struct pair_map m = {.room = 0};
  for (int64_t u = 0, w = 0; u < f->n && w < g->n;) {
    if (f->token[u] < g->token[w])
      u++;
    else if (g->token[w] < f->token[u])
      w++;
    else {
      const int32_t bx = x->t->base[u], by = y->t->base[w];
      if (bx >= 0 && by >= 0) TRY(pair_add(c->scratch, &m, bx, by, 1, changed_has(&c->changed, f->token[u]) ? 0 : 1, e));
      u++, w++;
    }
  }
  *n = m.used;
  return pair_list(c->scratch, &m, out, e);
}

/* --- rows whose sets are near --- */

static int64_t minimum(const struct ready *x, const struct ready *y) { return x->t->min_n > y->t->min_n ? x->t->min_n : y->t->min_n; }
static bool facets_agree(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q) {
  for (int d = 0; d < t->n_dims; d++) {
    const int k = t->facet[d] ? register_dim(u, t->dim[d]) : -1;
    if (k >= 0 && !str_eq(register_code(t, r, d), register_code(u, q, k))) return false;
  }
  return true;
}
static const char *shared_measure(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q) {
  for (int m = 0; m < t->n_measures; m++) {
    const int k = register_measure(u, t->measure[m]);
    if (k >= 0 && register_status_of(t, r, m) == REGISTER_SHOWN && register_status_of(u, q, k) == REGISTER_SHOWN) return t->measure[m];
  }
  return NULL;
}
static bool known(const struct register_set *list, int64_t n, struct register_set s) {
  return n && bsearch(&s, list, (size_t)n, sizeof s, register_set_cmp) != NULL;
}
static enum err_code near_rows(struct checking *c, const struct ready *x, const struct ready *y, int64_t most, const struct base_pair *common,
    int64_t n_common, struct base_pair **out, int64_t *n, struct err *e) {
  struct pair_map m = {.room = 0};
  for (int64_t i = 0; i < n_common; i++) {
    const int64_t bx = (int64_t)(common[i].key >> 32) - 1, by = (int64_t)(uint32_t)common[i].key - 1;
    for (int32_t k = x->row_first[bx]; k < x->row_first[bx + 1]; k++) {
      const int64_t r = x->row_of[k], size = x->size[r];
      for (int32_t l = y->row_first[by]; l < y->row_first[by + 1]; l++) {
        const int64_t gap = size - y->size[y->row_of[l]];
        if (gap > most || gap < -most) continue;
        TRY(pair_add(c->scratch, &m, r, y->row_of[l], common[i].n, common[i].n_core, e));
      }
    }
  }
  *n = m.used;
  return pair_list(c->scratch, &m, out, e);
}
static bool says_something(const struct checking *c, const struct ready *x, int64_t r, const struct ready *y, int64_t q, const char **measure) {
  const struct register_policy *p = &c->policy[x->t - c->mine->table];
  *measure = shared_measure(x->t, r, y->t, q);
  if (!facets_agree(x->t, r, y->t, q)) return false;
  return !p->counts_public || (*measure && strcmp(*measure, "count()") != 0);
}
/* Core sizes are not kept: the difference of the unchanged units is 0 exactly when the core sets are equal. */
static enum err_code judge_near(
    struct checking *c, const struct ready *x, const struct ready *y, const struct base_pair *p, int64_t n, struct err *e) {
  const int64_t most = minimum(x, y) - 1;
  int64_t said = -1;
  for (int64_t i = 0; i < n; i++) {
    const int64_t r = (int64_t)(p[i].key >> 32) - 1, q = (int64_t)(uint32_t)p[i].key - 1;
    const int64_t apart = x->size[r] + y->size[q] - 2 * p[i].n;
    const char *measure;
    if (apart < 1 || apart > most || said == r || register_set_eq(x->core[r], y->core[q])) continue;
    if (known(c->known_other, c->n_known_other, x->core[r]) || known(c->known_mine, c->n_known_mine, y->core[q])) continue;
    if (!says_something(c, x, r, y, q, &measure)) continue;
    TRY(say(c, REGISTER_DIFFERENCING, x->t, r, measure, y->entry, y->t, q, e));
    said = r; /* one reason is enough for a cell */
  }
  return E_OK;
}

/* --- one hides what the other shows --- */

struct set_row {
  struct register_set set;
  int64_t row;
};
static int by_set_row(const void *p, const void *q) {
  const struct set_row *a = p, *b = q;
  const int k = register_set_cmp(&a->set, &b->set);
  return k ? k : (a->row > b->row) - (a->row < b->row);
}
static bool opposite(uint8_t a, uint8_t b) {
  return (a == REGISTER_SHOWN && b == REGISTER_HIDDEN) || (a == REGISTER_HIDDEN && b == REGISTER_SHOWN);
}
static enum err_code hidden_here(struct checking *c, const struct ready *x, int64_t r, const struct ready *y, int64_t q, struct err *e) {
  if (!facets_agree(x->t, r, y->t, q)) return E_OK;
  for (int m = 0; m <= x->t->n_measures; m++) {
    const int k = m == x->t->n_measures ? y->t->n_measures : register_measure(y->t, x->t->measure[m]);
    if (k < 0 || !opposite(register_status_of(x->t, r, m), register_status_of(y->t, q, k))) continue;
    if (m == x->t->n_measures && c->policy[x->t - c->mine->table].counts_public) continue;
    TRY(say(c, REGISTER_HIDDEN_SHOWN, x->t, r, m == x->t->n_measures ? NULL : x->t->measure[m], y->entry, y->t, q, e));
    return E_OK;
  }
  return E_OK;
}
static enum err_code hidden_and_shown(struct checking *c, const struct ready *x, const struct ready *y, struct err *e) {
  struct set_row *there = ARENA_ARRAY(c->scratch, struct set_row, y->t->n_rows + 1);
  if (!there) return ERR(e, E_NO_MEMORY, .subject = y->t->id);
  for (int64_t q = 0; q < y->t->n_rows; q++) there[q] = (struct set_row){y->whole[q], q};
  qsort(there, (size_t)y->t->n_rows, sizeof *there, by_set_row);
  for (int64_t r = 0; r < x->t->n_rows; r++) {
    int64_t low = 0, high = y->t->n_rows;
    if (!x->size[r]) continue;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      if (register_set_cmp(&there[middle].set, &x->whole[r]) < 0)
        low = middle + 1;
      else
        high = middle;
    }
    for (; low < y->t->n_rows && register_set_eq(there[low].set, x->whole[r]); low++) TRY(hidden_here(c, x, r, y, there[low].row, e));
  }
  return E_OK;
}

/* --- the same cell of two editions --- */

static bool status_changed(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q, const char **measure) {
  for (int m = 0; m < t->n_measures; m++) {
    const int k = register_measure(u, t->measure[m]);
    *measure = t->measure[m];
    if (k >= 0 && opposite(register_status_of(t, r, m), register_status_of(u, q, k))) return true;
  }
  return false;
}
/* An amount of the cell that both editions show, or that one of them hides. */
static const char *revised_amount(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q) {
  for (int m = 0; m < t->n_measures; m++) {
    const int k = is_count_measure(t->measure[m]) ? -1 : register_measure(u, t->measure[m]);
    if (k < 0) continue;
    const uint8_t now = register_status_of(t, r, m), then = register_status_of(u, q, k);
    if (opposite(now, then) || (now == REGISTER_SHOWN && then == REGISTER_SHOWN)) return t->measure[m];
  }
  return NULL;
}
static enum err_code revisions(
    struct checking *c, const struct ready *x, const struct ready *y, const struct base_pair *p, int64_t n, struct err *e) {
  const int64_t most = minimum(x, y) - 1;
  const char *measure;
  for (int64_t i = 0; i < n; i++) {
    const int64_t r = (int64_t)(p[i].key >> 32) - 1, q = (int64_t)(uint32_t)p[i].key - 1;
    const int64_t apart = x->size[r] + y->size[q] - 2 * p[i].n;
    if (apart < 1 || apart > most || same_codes_row(y->t, x->t, r) != q) continue;
    const bool says = says_something(c, x, r, y, q, &measure);
    const char *amount = revised_amount(x->t, r, y->t, q);
    if (amount || says) TRY(say(c, REGISTER_REVISION, x->t, r, amount ? amount : measure, y->entry, y->t, q, e));
  }
  for (int64_t r = 0; r < x->t->n_rows; r++) {
    const int64_t q = same_codes_row(y->t, x->t, r);
    if (q < 0 || register_set_eq(x->whole[r], y->whole[q]) || !status_changed(x->t, r, y->t, q, &measure)) continue;
    c->by_status = true;
    const enum err_code code = say(c, REGISTER_REVISION, x->t, r, measure, y->entry, y->t, q, e);
    c->by_status = false;
    if (code) return code;
  }
  return E_OK;
}
enum err_code check_sets(struct checking *c, const struct ready *x, const struct ready *y, struct err *e) {
  struct base_pair *common, *near;
  int64_t n_common, n_near;
  TRY(common_bases(c, x, y, &common, &n_common, e));
  if (!n_common) return E_OK;
  c->r->n_compared++;
  TRY(near_rows(c, x, y, minimum(x, y) - 1, common, n_common, &near, &n_near, e));
  TRY(judge_near(c, x, y, near, n_near, e));
  if (!c->told) TRY(hidden_and_shown(c, x, y, e));
  return same_definition(x->t, y->t) && !strcmp(x->t->period, y->t->period) && c->other != c->mine ? revisions(c, x, y, near, n_near, e) : E_OK;
}
