/* register_link.c -- see register_link.h: sets of units as cells, rows as sums, and what they determine together. */
#include "estimators/sdc/register/register_link.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/cells.h"
#include "estimators/sdc/suppress/linear.h"

enum err_code register_sets(struct arena *a, const struct register_entry *entry, const struct register_table *t, struct register_set **base,
    struct register_set **row, struct err *e) {
  *base = ARENA_ARRAY(a, struct register_set, t->n_bases + 1);
  *row = ARENA_ARRAY(a, struct register_set, t->n_rows + 1);
  if (!*base || !*row) return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (!t->units_known) return E_OK;
  const struct register_frame *f = &entry->frame[t->frame];
  for (int64_t u = 0; u < f->n; u++) {
    if (t->base[u] < 0) continue;
    (*base)[t->base[u]].x += register_mix(f->token[u]);
    (*base)[t->base[u]].y += register_mix(f->token[u] ^ 0x5851f42d4c957f2dull);
  }
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) (*row)[r].x += (*base)[t->member[k]].x, (*row)[r].y += (*base)[t->member[k]].y;
  return E_OK;
}

/* --- variables: one for each distinct set --- */
struct variable {
  struct register_set set;
  int64_t size;
  bool known, part, unchanged;
  int hidden_side; /* a side that hides it, -1 */
  int64_t hidden_row;
};
struct link_system {
  struct arena *a;
  struct cell_builder b;
  struct variable *v;
  int32_t n, room;
  int32_t *slot, slots;
  uint8_t *determined; /* [n] after solving */
};
static enum err_code grow_slots(struct link_system *s, struct err *e) {
  s->slots = s->slots ? 2 * s->slots : 1024;
  s->slot = ARENA_ARRAY(s->a, int32_t, s->slots);
  if (!s->slot) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int32_t i = 0; i < s->n; i++) {
    int32_t at = (int32_t)(s->v[i].set.x & (uint64_t)(s->slots - 1));
    while (s->slot[at]) at = (at + 1) & (s->slots - 1);
    s->slot[at] = i + 1;
  }
  return E_OK;
}
static enum err_code variable_of(struct link_system *s, struct register_set set, int64_t size, int32_t *out, struct err *e) {
  if (2 * (s->n + 1) > s->slots) TRY(grow_slots(s, e));
  int32_t at = (int32_t)(set.x & (uint64_t)(s->slots - 1));
  while (s->slot[at] && !register_set_eq(s->v[s->slot[at] - 1].set, set)) at = (at + 1) & (s->slots - 1);
  if (!s->slot[at]) {
    if (s->n == s->room) {
      const int32_t room = s->room ? 2 * s->room : 1024;
      struct variable *v = ARENA_ARRAY(s->a, struct variable, room);
      if (!v) return ERR(e, E_NO_MEMORY, .subject = "register");
      if (s->n) memcpy(v, s->v, (size_t)s->n * sizeof *v);
      s->v = v, s->room = room;
    }
    s->v[s->n] = (struct variable){.set = set, .size = size, .hidden_side = -1, .unchanged = true};
    TRY(cell_builder_cell(&s->b, STR(""), size, 's', 0, 0, e));
    s->slot[at] = ++s->n;
  }
  *out = s->slot[at] - 1;
  return E_OK;
}
static int32_t find_variable(const struct link_system *s, struct register_set set) {
  if (!s->slots) return -1;
  int32_t at = (int32_t)(set.x & (uint64_t)(s->slots - 1));
  while (s->slot[at] && !register_set_eq(s->v[s->slot[at] - 1].set, set)) at = (at + 1) & (s->slots - 1);
  return s->slot[at] - 1;
}

/* --- joint bases --- */
struct joint { /* units that no table parts */
  struct register_set set;
  int64_t size;
  bool unchanged, observed;
  int32_t base[2]; /* in the first two sides, -1 = not in it */
  uint64_t key;
};
struct joints {
  struct joint *j;
  int64_t n;
  int32_t **of; /* [n_sides] joint ids of each base follow from first[side] */
};
/* The union of the sides' tokens, rising. */
static enum err_code union_tokens(struct arena *a, const struct register_side *side, int n_sides, uint64_t **out, int64_t *n, struct err *e) {
  int64_t most = 0, m = 0;
  for (int s = 0; s < n_sides; s++) most += side[s].entry->frame[side[s].table->frame].n;
  uint64_t *t = ARENA_ARRAY(a, uint64_t, most + 1);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int s = 0; s < n_sides; s++) {
    const struct register_frame *f = &side[s].entry->frame[side[s].table->frame];
    for (int64_t u = 0; u < f->n; u++)
      if (side[s].table->base[u] >= 0) t[m++] = f->token[u];
  }
  struct register_frame frame = {.name = ""};
  TRY(register_frame_make(a, t, m, &frame, e));
  *out = (uint64_t *)frame.token, *n = frame.n;
  return E_OK;
}
struct refining {
  struct arena *a;
  int64_t n; /* tokens */
  uint64_t *token;
  int32_t *id, n_ids; /* joint so far */
};
/* Splits the joints by the bases of one side. */
static enum err_code refine(struct refining *x, const struct register_side *s, struct err *e) {
  const struct register_frame *f = &s->entry->frame[s->table->frame];
  int64_t room = 16, at = 0;
  int32_t n_new = 0;
  while (room < 2 * x->n + 2) room *= 2;
  uint64_t *key = ARENA_ARRAY(x->a, uint64_t, room);
  int32_t *id = ARENA_ARRAY(x->a, int32_t, room);
  if (!key || !id) return ERR(e, E_NO_MEMORY, .subject = s->table->id);
  for (int64_t u = 0; u < x->n; u++) {
    while (at < f->n && f->token[at] < x->token[u]) at++;
    const int32_t base = at < f->n && f->token[at] == x->token[u] ? s->table->base[at] : -1;
    const uint64_t k = (uint64_t)(uint32_t)(x->id[u] + 1) << 32 | (uint32_t)(base + 1);
    int64_t h = (int64_t)(register_mix(k) & (uint64_t)(room - 1));
    while (id[h] && key[h] != k) h = (h + 1) & (room - 1);
    if (!id[h]) key[h] = k, id[h] = ++n_new;
    x->id[u] = id[h] - 1;
  }
  x->n_ids = n_new;
  return E_OK;
}
static bool is_changed(uint64_t token, const uint64_t *changed, int64_t n) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (changed[middle] < token)
      low = middle + 1;
    else
      high = middle;
  }
  return low < n && changed[low] == token;
}
static enum err_code joint_bases(struct arena *a, const struct register_side *side, int n_sides, const uint64_t *changed, int64_t n_changed,
    struct joints *out, int32_t **of_unit, uint64_t **token, int64_t *n_tokens, struct err *e) {
  struct refining x = {.a = a};
  TRY(union_tokens(a, side, n_sides, &x.token, &x.n, e));
  x.id = ARENA_ARRAY(a, int32_t, x.n + 1);
  if (!x.id) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int s = 0; s < n_sides; s++) TRY(refine(&x, &side[s], e));
  out->j = ARENA_ARRAY(a, struct joint, x.n_ids + 1);
  if (!out->j) return ERR(e, E_NO_MEMORY, .subject = "register");
  out->n = x.n_ids;
  for (int64_t i = 0; i < out->n; i++) out->j[i].unchanged = out->j[i].observed = true;
  for (int64_t u = 0; u < x.n; u++) {
    struct joint *j = &out->j[x.id[u]];
    j->size++;
    j->set.x += register_mix(x.token[u]), j->set.y += register_mix(x.token[u] ^ 0x5851f42d4c957f2dull);
    if (is_changed(x.token[u], changed, n_changed)) j->unchanged = false;
  }
  *of_unit = x.id, *token = x.token, *n_tokens = x.n;
  return E_OK;
}

/* --- which pairs of bases could hold units: only what the classes themselves rule out is known to be empty --- */
struct coded { /* codes of a base by dimension; NULL = not one code */
  const struct str **code; /* [n_bases] pointing at [n_dims] */
};
static enum err_code code_bases(struct arena *a, const struct register_table *t, struct coded *out, struct err *e) {
  out->code = ARENA_ARRAY(a, const struct str *, t->n_bases + 1);
  if (!out->code) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows; r++) {
    bool inner = true;
    for (int d = 0; d < t->n_dims; d++) inner = inner && !register_is_total(register_code(t, r, d));
    for (int32_t k = t->first[r]; inner && k < t->first[r + 1]; k++) out->code[t->member[k]] = t->code + r * t->n_dims;
  }
  return E_OK;
}
struct code_pair {
  struct str x, y;
};
static int by_pair(const void *p, const void *q) {
  const struct code_pair *a = p, *b = q;
  const int c = str_cmp(a->x, b->x);
  return c ? c : str_cmp(a->y, b->y);
}
static int by_first(const void *p, const void *q) { return str_cmp(((const struct code_pair *)p)->x, ((const struct code_pair *)q)->x); }
static int64_t distinct(struct code_pair *p, int64_t n, int (*cmp)(const void *, const void *)) {
  int64_t m = 0;
  qsort(p, (size_t)n, sizeof *p, cmp);
  for (int64_t i = 0; i < n; i++) m += !i || cmp(&p[i - 1], &p[i]) != 0;
  return m;
}
struct related { /* one pair of dimensions whose classes overlap like those of one thing */
  int x, y;
  struct code_pair *seen;
  int64_t n_seen;
};
struct compatible {
  const struct register_table *t[2];
  struct coded coded[2];
  struct related pair[REGISTER_DIMS_MAX * REGISTER_DIMS_MAX];
  int n_pairs;
};
static enum err_code relate(struct arena *a, struct compatible *c, int x, int y, const struct joints *j, struct err *e) {
  struct code_pair *p = ARENA_ARRAY(a, struct code_pair, j->n + 1), *q = ARENA_ARRAY(a, struct code_pair, j->n + 1);
  int64_t n = 0, n_x, n_y, n_both;
  const bool same = !strcmp(c->t[0]->dim[x], c->t[1]->dim[y]);
  if (!p || !q) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < j->n; i++) {
    const int32_t bx = j->j[i].base[0], by = j->j[i].base[1];
    if (bx < 0 || by < 0 || !c->coded[0].code[bx] || !c->coded[1].code[by]) continue;
    p[n++] = (struct code_pair){c->coded[0].code[bx][x], c->coded[1].code[by][y]};
  }
  for (int64_t i = 0; i < n; i++) q[i] = (struct code_pair){p[i].y, p[i].x};
  n_y = distinct(q, n, by_first);
  n_x = distinct(p, n, by_first);
  n_both = distinct(p, n, by_pair);
  if (!same && (n_x < 2 || n_y < 2 || n_both > n_x + n_y - 1)) return E_OK;
  c->pair[c->n_pairs++] = (struct related){x, y, p, n};
  return E_OK;
}
static bool could_hold(const struct compatible *c, int32_t bx, int32_t by) {
  const struct str *x = c->coded[0].code[bx], *y = c->coded[1].code[by];
  if (!x || !y) return false; /* no single cell: nothing is added to what is there */
  for (int i = 0; i < c->n_pairs; i++) {
    const struct related *r = &c->pair[i];
    const struct code_pair one = {x[r->x], y[r->y]};
    if (!bsearch(&one, r->seen, (size_t)r->n_seen, sizeof one, by_pair)) return false;
  }
  return true;
}
static int by_bases(const void *p, const void *q) {
  const uint64_t a = *(const uint64_t *)p, b = *(const uint64_t *)q;
  return (a > b) - (a < b);
}
/* Adds the empty joint bases that nobody knows to be empty; *fits false when they are too many. */
static enum err_code add_empty(struct arena *a, const struct register_side *side, struct joints *j, bool *fits, struct err *e) {
  struct compatible c = {.t = {side[0].table, side[1].table}};
  const int64_t nx = c.t[0]->n_bases, ny = c.t[1]->n_bases, seen = j->n;
  TRY(code_bases(a, c.t[0], &c.coded[0], e));
  TRY(code_bases(a, c.t[1], &c.coded[1], e));
  for (int x = 0; x < c.t[0]->n_dims; x++)
    for (int y = 0; y < c.t[1]->n_dims; y++) TRY(relate(a, &c, x, y, j, e));
  *fits = nx * ny <= 40000000 && seen <= REGISTER_LINK_MOST;
  uint64_t *there = ARENA_ARRAY(a, uint64_t, seen + 1);
  struct joint *more = *fits ? ARENA_ARRAY(a, struct joint, REGISTER_LINK_MOST + 1) : NULL;
  if (!there || (*fits && !more)) return ERR(e, E_NO_MEMORY, .subject = "register");
  if (!*fits) return E_OK;
  for (int64_t i = 0; i < seen; i++) there[i] = j->j[i].key, more[i] = j->j[i];
  qsort(there, (size_t)seen, sizeof *there, by_bases);
  for (int32_t bx = 0; bx < nx && *fits; bx++)
    for (int32_t by = 0; by < ny && *fits; by++) {
      const uint64_t key = (uint64_t)(uint32_t)(bx + 1) << 32 | (uint32_t)(by + 1);
      if (bsearch(&key, there, (size_t)seen, sizeof key, by_bases) || !could_hold(&c, bx, by)) continue;
      *fits = j->n < REGISTER_LINK_MOST;
      if (*fits) more[j->n++] = (struct joint){.base = {bx, by}, .key = key, .unchanged = true, .set = {register_mix(key), ~register_mix(key)}};
    }
  if (*fits)
    j->j = more;
  else
    j->n = seen;
  return E_OK;
}

/* --- building --- */
struct members { /* joint bases of each base of one side */
  int32_t *first, *joint;
};
static enum err_code members_of(
    struct arena *a, const struct register_side *s, const struct joints *j, const int32_t *base_of_joint, struct members *m, struct err *e) {
  m->first = ARENA_ARRAY(a, int32_t, s->table->n_bases + 2);
  m->joint = ARENA_ARRAY(a, int32_t, j->n + 1);
  if (!m->first || !m->joint) return ERR(e, E_NO_MEMORY, .subject = s->table->id);
  for (int64_t i = 0; i < j->n; i++)
    if (base_of_joint[i] >= 0) m->first[base_of_joint[i] + 1]++;
  for (int32_t b = 0; b < s->table->n_bases; b++) m->first[b + 1] += m->first[b];
  for (int64_t i = 0; i < j->n; i++)
    if (base_of_joint[i] >= 0) m->joint[m->first[base_of_joint[i]]++] = (int32_t)i;
  for (int32_t b = s->table->n_bases; b > 0; b--) m->first[b] = m->first[b - 1];
  m->first[0] = 0;
  return E_OK;
}
static int pattern_of(const struct register_table *t, const char *measure) {
  if (!measure) return t->n_measures;
  const int m = register_measure(t, measure);
  return m >= 0 && t->additive[m] ? m : -1;
}
static enum err_code add_rows(struct link_system *s, const struct register_side *side, int at, const struct register_set *base,
    const int64_t *base_size, const struct register_set *row, const char *measure, struct err *e) {
  const struct register_table *t = side->table;
  const int m = pattern_of(t, measure);
  int32_t *member = ARENA_ARRAY(s->a, int32_t, t->n_bases + 2);
  if (!member) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows && m >= 0; r++) {
    int64_t size = 0;
    int n = 1;
    const uint8_t status = register_status_of(t, r, m);
    if (t->first[r] == t->first[r + 1] || status == REGISTER_NONE) continue;
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) {
      TRY(variable_of(s, base[t->member[k]], base_size[t->member[k]], &member[n], e));
      n++;
      size += base_size[t->member[k]];
    }
    TRY(variable_of(s, row[r], size, &member[0], e));
    if (n > 2) TRY(cell_builder_relation(&s->b, n, member, e));
    struct variable *v = &s->v[member[0]];
    if (status == REGISTER_SHOWN)
      v->known = true;
    else if (v->hidden_side < 0)
      v->hidden_side = at, v->hidden_row = r;
  }
  return E_OK;
}
static enum err_code add_joints(struct link_system *s, const struct joints *j, int32_t **joint_variable, struct err *e) {
  *joint_variable = ARENA_ARRAY(s->a, int32_t, j->n + 1);
  if (!*joint_variable) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < j->n; i++) {
    TRY(variable_of(s, j->j[i].set, j->j[i].size, &(*joint_variable)[i], e));
    struct variable *v = &s->v[(*joint_variable)[i]];
    v->part = j->j[i].observed, v->unchanged = j->j[i].unchanged;
  }
  return E_OK;
}
static enum err_code add_bases(struct link_system *s, const struct register_table *t, const struct register_set *base, const int64_t *size,
    const struct members *m, const int32_t *joint_variable, struct err *e) {
  for (int32_t b = 0; b < t->n_bases; b++) {
    const int n = m->first[b + 1] - m->first[b] + 1;
    int32_t *member = ARENA_ARRAY(s->a, int32_t, n + 1);
    if (!member) return ERR(e, E_NO_MEMORY, .subject = t->id);
    TRY(variable_of(s, base[b], size[b], &member[0], e));
    for (int k = 1; k < n; k++) member[k] = joint_variable[m->joint[m->first[b] + k - 1]];
    if (n > 2) TRY(cell_builder_relation(&s->b, n, member, e));
  }
  return E_OK;
}
static enum err_code solve(struct link_system *s, struct err *e) {
  struct cell_table *t;
  struct linear_report report;
  uint8_t *hidden = ARENA_ARRAY(s->a, uint8_t, s->n + 1);
  if (!hidden) return ERR(e, E_NO_MEMORY, .subject = "register");
  s->determined = ARENA_ARRAY(s->a, uint8_t, s->n + 1);
  if (!s->determined) return ERR(e, E_NO_MEMORY, .subject = "register");
  if (!s->n) return E_OK;
  TRY(cell_builder_close(&s->b, &t, e));
  for (int32_t i = 0; i < s->n; i++) hidden[i] = !s->v[i].known;
  TRY(linear_disclosure(s->a, t, hidden, &report, e));
  for (int32_t i = 0; i < s->n; i++) s->determined[i] = hidden[i] && report.determined[i];
  return E_OK;
}

struct sides { /* what both systems need of each side */
  struct register_set **base, **row;
  int64_t **size;
};
static enum err_code describe(struct arena *a, const struct register_side *side, int n, struct sides *x, struct err *e) {
  x->base = ARENA_ARRAY(a, struct register_set *, n + 1);
  x->row = ARENA_ARRAY(a, struct register_set *, n + 1);
  x->size = ARENA_ARRAY(a, int64_t *, n + 1);
  if (!x->base || !x->row || !x->size) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int s = 0; s < n; s++) {
    const struct register_table *t = side[s].table;
    TRY(register_sets(a, side[s].entry, t, &x->base[s], &x->row[s], e));
    x->size[s] = ARENA_ARRAY(a, int64_t, t->n_bases + 1);
    if (!x->size[s]) return ERR(e, E_NO_MEMORY, .subject = t->id);
    for (int64_t u = 0; u < side[s].entry->frame[t->frame].n; u++)
      if (t->base[u] >= 0) x->size[s][t->base[u]]++;
  }
  return E_OK;
}
/* The system of sides from..to-1; joints NULL: the sides meet only where sets are equal. */
static enum err_code system_of(struct arena *a, const struct register_side *side, const struct sides *x, int from, int to,
    const struct joints *j, int32_t *const *base_of_joint, const char *measure, struct link_system *s, struct err *e) {
  int32_t *joint_variable = NULL;
  *s = (struct link_system){.a = a};
  TRY(cell_builder_begin(&s->b, a, "register", 0, e));
  if (j) TRY(add_joints(s, j, &joint_variable, e));
  for (int k = from; k < to; k++) {
    struct members m;
    if (j) {
      TRY(members_of(a, &side[k], j, base_of_joint[k], &m, e));
      TRY(add_bases(s, side[k].table, x->base[k], x->size[k], &m, joint_variable, e));
    }
    TRY(add_rows(s, &side[k], k, x->base[k], x->size[k], x->row[k], measure, e));
  }
  return solve(s, e);
}

static bool known_to(const struct link_system *s, struct register_set set) {
  const int32_t i = find_variable(s, set);
  return i >= 0 && (s->v[i].known || s->determined[i]);
}
/* For a part: a shown row of each side that holds it, the smallest, to name it by. */
static void near_row(const struct register_side *side, const struct sides *x, const struct joints *j, int32_t *const *base_of_joint,
    struct register_set set, const char *measure, int k, int64_t *row) {
  int64_t at = 0, best = INT64_MAX;
  *row = -1;
  while (at < j->n && !register_set_eq(j->j[at].set, set)) at++;
  if (at == j->n || base_of_joint[k][at] < 0) return;
  const struct register_table *t = side[k].table;
  const int m = pattern_of(t, measure);
  for (int64_t r = 0; r < t->n_rows; r++) {
    int64_t size = 0;
    bool in = false;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) size += x->size[k][t->member[i]], in = in || t->member[i] == base_of_joint[k][at];
    if (in && m >= 0 && register_status_of(t, r, m) == REGISTER_SHOWN && size < best) best = size, *row = r;
  }
}
static enum err_code collect(struct arena *a, const struct register_side *side, int n_sides, const struct sides *x, const struct joints *j,
    int32_t *const *base_of_joint, const char *measure, int64_t min_n, const struct link_system *all, const struct link_system *mine,
    const struct link_system *others, struct register_found **found, int64_t *n, struct err *e) {
  *found = ARENA_ARRAY(a, struct register_found, all->n + 1);
  if (!*found) return ERR(e, E_NO_MEMORY, .subject = "register");
  *n = 0;
  for (int32_t i = 0; i < all->n; i++) {
    const struct variable *v = &all->v[i];
    if (!all->determined[i] || v->size == 0) continue;
    if (v->hidden_side <= 0 && known_to(mine, v->set)) continue; /* its own release tells it */
    if (v->hidden_side != 0 && known_to(others, v->set)) continue;
    struct register_found f = {.side = v->hidden_side, .row = v->hidden_row, .near_side = -1, .near_row = -1};
    if (v->hidden_side < 0) {
      if (!v->part || !v->unchanged || v->size >= min_n) continue;
      near_row(side, x, j, base_of_joint, v->set, measure, 0, &f.row);
      for (int k = 1; k < n_sides && f.near_row < 0; k++) near_row(side, x, j, base_of_joint, v->set, measure, f.near_side = k, &f.near_row);
    }
    (*found)[(*n)++] = f;
  }
  return E_OK;
}
enum err_code register_link(struct arena *a, const struct register_side *side, int n_sides, const char *measure, const uint64_t *changed,
    int64_t n_changed, int64_t min_n, struct register_found **found, int64_t *n_found, bool *computed, struct err *e) {
  struct joints j = {.n = 0};
  struct sides x;
  struct link_system all, mine, others;
  int32_t *of_unit = NULL, **base_of_joint = ARENA_ARRAY(a, int32_t *, n_sides + 1);
  uint64_t *token = NULL;
  int64_t n_tokens = 0;
  bool fits = true;
  *n_found = 0, *computed = true;
  if (!base_of_joint) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(joint_bases(a, side, n_sides, changed, n_changed, &j, &of_unit, &token, &n_tokens, e));
  const int64_t seen = j.n;
  for (int k = 0; k < n_sides; k++) {
    const struct register_frame *f = &side[k].entry->frame[side[k].table->frame];
    base_of_joint[k] = ARENA_ARRAY(a, int32_t, (seen > REGISTER_LINK_MOST ? seen : REGISTER_LINK_MOST) + 1);
    if (!base_of_joint[k]) return ERR(e, E_NO_MEMORY, .subject = "register");
    for (int64_t i = 0; i < seen; i++) base_of_joint[k][i] = -1;
    for (int64_t u = 0, at = 0; u < n_tokens; u++) {
      while (at < f->n && f->token[at] < token[u]) at++;
      if (at < f->n && f->token[at] == token[u]) base_of_joint[k][of_unit[u]] = side[k].table->base[at];
    }
  }
  for (int64_t i = 0; i < seen; i++)
    for (int k = 0; k < 2 && k < n_sides; k++) j.j[i].base[k] = base_of_joint[k][i];
  for (int64_t i = 0; i < seen; i++)
    j.j[i].key = (uint64_t)(uint32_t)(j.j[i].base[0] + 1) << 32 | (uint32_t)(n_sides > 1 ? j.j[i].base[1] + 1 : 0);
  if (n_sides == 2) TRY(add_empty(a, side, &j, &fits, e));
  for (int64_t i = seen; i < j.n; i++) base_of_joint[0][i] = j.j[i].base[0], base_of_joint[1][i] = j.j[i].base[1];
  const struct joints *in_use = fits ? &j : NULL;
  *computed = fits;
  TRY(describe(a, side, n_sides, &x, e));
  TRY(system_of(a, side, &x, 0, n_sides, in_use, base_of_joint, measure, &all, e));
  TRY(system_of(a, side, &x, 0, 1, NULL, NULL, measure, &mine, e));
  TRY(system_of(a, side, &x, 1, n_sides, NULL, NULL, measure, &others, e));
  return collect(a, side, n_sides, &x, &j, base_of_joint, measure, min_n, &all, &mine, &others, found, n_found, e);
}
