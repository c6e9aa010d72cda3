/* The search over sets of items for one record, and around it the operations: each combination of them is applied to the record and searched
 * with what is left of the best cost. */
#include "processing/localise/localise_mixed.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "processing/localise/mixed_impl.h"

enum { KEPT = 64, MAX_SETS = 20000 };

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "error localisation"); }

static bool trial_room(struct mixed *m, struct arena *a) {
  const int64_t rows = m->rules->n_rules + 3, p = m->p + 1, words = m->words;
  m->open = ARENA_ARRAY(a, struct open_rule, rows);
  uint64_t *reasons = ARENA_ARRAY(a, uint64_t, rows * words);
  m->column = ARENA_ARRAY(a, int, p);
  m->variable = ARENA_ARRAY(a, int, p);
  m->row_rule = ARENA_ARRAY(a, int, rows);
  m->domain = ARENA_ARRAY(a, uint64_t, (int64_t)m->q * m->code_words + 1);
  m->blame = ARENA_ARRAY(a, uint64_t, words);
  m->rule_words = (int)(rows + 63) / 64;
  m->dead_uses = ARENA_ARRAY(a, uint64_t, rows * m->rule_words);
  m->row_atom = ARENA_ARRAY(a, int, rows);
  m->row_items = ARENA_ARRAY(a, uint64_t, rows * words);
  m->a = ARENA_ARRAY(a, double, rows *p);
  double *numbers = ARENA_ARRAY(a, double, 4 * rows + 4 * p);
  if (!m->open || !reasons || !m->column || !m->variable || !m->row_rule || !m->domain || !m->blame || !m->dead_uses || !m->row_atom ||
      !m->row_items || !m->a || !numbers)
    return false;
  m->lower = numbers;
  m->upper = numbers + rows;
  m->tolerance = numbers + 2 * rows;
  m->y = numbers + 3 * rows;
  m->l = numbers + 4 * rows;
  m->u = m->l + p;
  m->start = m->u + p;
  m->z = m->start + p;
  for (int64_t i = 0; i < rows; i++) m->open[i].reasons = reasons + i * words;
  return lp_room_init(&m->lp, a, (int)rows, (int)p) && tree_init(m, a) && conflict_init(m, a);
}
bool mixed_init(struct mixed *m, struct arena *a, const struct mixed_spec *spec) {
  const struct rule_set *s = spec->rules;
  const uint8_t zero[16] = {0}, soft[16] = {1};
  *m = (struct mixed){.spec = spec, .rules = s, .p = s->numeric.p, .q = s->n_categories, .n_items = s->numeric.p + s->n_categories, .scratch = a};
  m->soft_item = ARENA_ARRAY(a, int, s->n_rules + 1);
  if (!m->soft_item) return false;
  for (int i = 0; i < s->n_rules; i++) m->soft_item[i] = s->rules[i].soft ? m->n_items++ : -1;
  m->words = (m->n_items + 64) / 64;
  m->code_words = 1;
  for (int k = 0; k < m->q; k++) {
    const int words = (s->categories[k].n_codes + 63) / 64;
    m->code_words = words > m->code_words ? words : m->code_words;
  }
  m->x = ARENA_ARRAY(a, double, m->p + 1);
  m->missing = ARENA_ARRAY(a, bool, m->p + 1);
  m->code = ARENA_ARRAY(a, int, m->q + 1);
  m->weight = ARENA_ARRAY(a, int64_t, m->n_items + 1);
  m->closeness = ARENA_ARRAY(a, int64_t, m->n_items + 1);
  m->key = ARENA_ARRAY(a, uint64_t, m->n_items + 1);
  if (!m->x || !m->missing || !m->code || !m->weight || !m->closeness || !m->key || !trial_room(m, a) ||
      !hitting_init(&m->hit, a, m->n_items + 1, MIXED_MAX_HITS, KEPT))
    return false;
  for (int j = 0; j < m->p + m->q; j++) {
    const char *name = j < m->p ? s->numeric.names[j] : s->categories[j - m->p].name;
    m->key[j] = siphash24(zero, name, strlen(name));
  }
  for (int i = 0; i < s->n_rules; i++) {
    uint64_t same = 0; /* rules before it with the same id */
    for (int k = 0; k < i; k++) same += strcmp(s->rules[k].id, s->rules[i].id) == 0;
    if (m->soft_item[i] >= 0) m->key[m->soft_item[i]] = siphash24(soft, s->rules[i].id, strlen(s->rules[i].id)) + same;
  }
  m->hit.weight = m->weight;
  m->hit.key = m->key;
  m->max_nodes = spec->max_nodes > 0 ? spec->max_nodes : 1000000;
  return true;
}
/* Weights, what must and what may change. *cost: of what must. */
static enum err_code load_items(struct mixed *m, const struct mixed_record *r, int64_t *cost, struct err *e) {
  struct hitting *h = &m->hit;
  memset(h->forced, 0, (size_t)h->words * sizeof *h->forced);
  memset(h->allowed, 0, (size_t)h->words * sizeof *h->allowed);
  *cost = 0;
  for (int j = 0; j < m->n_items; j++) {
    double w = j < m->p + m->q && m->spec->weight ? m->spec->weight[j] : 0;
    for (int i = 0; i < m->rules->n_rules; i++)
      if (m->soft_item[i] == j) w = m->rules->rules[i].weight;
    if (!(w > 0) || (isfinite(w) && (w < 1e-6 || w > 1e9)))
      return ERR(e, E_LOCALISE_WEIGHT,
                 .subject = j < m->p          ? m->rules->numeric.names[j]
                            : j < m->p + m->q ? m->rules->categories[j - m->p].name
                                              : "soft rule");
    m->weight[j] = isfinite(w) ? llround(w * LOCALISE_SCALE) : LOCALISE_NEVER;
    const uint8_t flag = r->flags && j < m->p + m->q ? r->flags[j] : LOCALISE_FREE;
    const bool absent = j < m->p ? m->missing[j] : j < m->p + m->q && m->code[j - m->p] < 0;
    if (absent || flag == LOCALISE_FORCED) {
      bit_add(h->forced, j);
      *cost += isfinite(w) ? m->weight[j] : 0;
    } else if (isfinite(w) && flag != LOCALISE_FROZEN)
      bit_add(h->allowed, j);
  }
  for (int t = 0; t < m->n_moves; t++) /* both ends of a move are free at the move's own cost */
    for (int side = 0; side < 2; side++) {
      const int j = side ? m->move[t].b : m->move[t].a;
      if (bit_has(h->forced, j)) continue;
      bit_add(h->forced, j);
      bit_drop(h->allowed, j);
    }
  return E_OK;
}
/* A new hit, and with a proof its argument; rooted: m->root is its refutation. */
static bool take_hit(struct mixed *m, const uint64_t *support, bool rooted) {
  if (m->proof_arena && m->hit.n_hits < MIXED_MAX_HITS) {
    struct mixed_argument *g = NULL;
    if (!rooted || (m->root >= 0 && !m->tree.lost)) {
      g = ARENA_NEW(m->proof_arena, struct mixed_argument);
      if (!g || (rooted && !tree_copy(m, m->root, m->proof_arena, g))) return m->no_memory = true, false;
    }
    m->hit_argument[m->hit.n_hits] = g;
    memcpy(m->hit_support + (size_t)m->hit.n_hits * (size_t)m->words, support, (size_t)m->words * sizeof *support);
  }
  return hitting_add(&m->hit, support);
}
/* Does a hit already ask for as much? */
static bool is_known(const struct hitting *h, const uint64_t *support) {
  for (int k = 0; k < h->n_hits; k++) {
    const uint64_t *hit = h->hit + (size_t)k * (size_t)h->words;
    bool within = true;
    for (int w = 0; within && w < h->words; w++) within = (hit[w] & ~support[w]) == 0;
    if (within) return true;
  }
  return false;
}
static bool hit_bounds(struct mixed *m) {
  for (int j = 0; j < m->p; j++) {
    const double slack = 1e-6 + 1e-9 * fabs(m->x[j]);
    if (bit_has(m->hit.forced, j) || (m->x[j] >= m->rules->numeric.lower[j] - slack && m->x[j] <= m->rules->numeric.upper[j] + slack)) continue;
    memset(m->blame, 0, (size_t)m->words * sizeof *m->blame);
    bit_add(m->blame, j);
    if (!take_hit(m, m->blame, false)) return false;
  }
  return true;
}
static bool hit_broken_rules(struct mixed *m) {
  for (int i = 0; i < m->rules->n_rules; i++) {
    const struct rule *r = &m->rules->rules[i];
    if (rule_holds(m->rules, r, m->x, m->missing, m->code) != 0) continue;
    memset(m->blame, 0, (size_t)m->words * sizeof *m->blame);
    if (m->soft_item[i] >= 0) bit_add(m->blame, m->soft_item[i]);
    for (int t = 0; t < r->n_atoms; t++) {
      if (r->atoms[t].category) bit_add(m->blame, m->p + r->atoms[t].k);
      for (int k = 0; !r->atoms[t].category && k < r->atoms[t].linear.n; k++) bit_add(m->blame, r->atoms[t].linear.var[k]);
    }
    if (bits_meet(m->blame, m->hit.forced, m->words)) continue;
    tree_clear(m);
    m->root = tree_split(m, i, NULL, NULL);
    if (!take_hit(m, m->blame, true)) return false;
  }
  return true;
}
static bool hit_pool(struct mixed *m) {
  for (int k = 0; m->pool && k < m->pool->n; k++) {
    const struct conflict *c = &m->pool->conflict[k];
    if (bits_meet(c->support, m->hit.forced, m->words) || is_known(&m->hit, c->support) || !conflict_applies(m, c)) continue;
    if (!hitting_add(&m->hit, c->support)) return false;
  }
  return true;
}
/* The set just tried cannot work: what must change instead. */
bool mixed_learn(struct mixed *m) {
  const bool rooted = m->root >= 0 && !m->tree.lost && conflict_of(m, m->root);
  if (!rooted) m->root = -1;
  if (rooted && m->pool && !conflict_keep(m)) return m->no_memory = true, false;
  return take_hit(m, rooted ? m->conflict.support : m->blame, true);
}
static void load_closeness(struct mixed *m, const double *prediction) {
  m->hit.priority = prediction ? m->closeness : NULL;
  for (int j = 0; prediction && j < m->p + m->q; j++) {
    const double d = j < m->p ? fabs(m->x[j] - prediction[j]) / fmax(1, fabs(prediction[j])) : 1;
    m->closeness[j] = llround(LOCALISE_SCALE / (1 + d));
  }
}
static void settle(struct mixed_answer *out, enum localise_status status, enum localise_reason reason) {
  out->status = (uint8_t)status;
  out->reason = (uint8_t)reason;
}
static void name_items(const struct mixed *m, const uint64_t *set, struct mixed_answer *out) {
  out->n_set = out->n_paid = 0;
  for (int j = 0; j < m->p + m->q; j++) {
    bool moved = false; /* what a move changes is told by the move */
    for (int t = 0; t < m->n_moves; t++) moved = moved || j == m->move[t].a || j == m->move[t].b;
    if (bit_has(set, j) && !moved && out->n_set < 64) out->set[out->n_set++] = j;
  }
  for (int i = 0; i < m->rules->n_rules; i++)
    if (m->soft_item[i] >= 0 && bit_has(set, m->soft_item[i]) && out->n_paid < 64) out->paid[out->n_paid++] = i;
}
static bool fails_nothing(const struct mixed *m) {
  for (int w = 0; w < m->words; w++)
    if (m->hit.forced[w]) return false;
  for (int i = 0; i < m->rules->n_rules; i++)
    if (rule_holds(m->rules, &m->rules->rules[i], m->x, m->missing, m->code) != 1) return false;
  return m->hit.n_hits == 0;
}
/* The cheapest set for the record as it stands in m, at most `limit` beyond what must change. false: beyond the limits, out says which. */
static bool search(struct mixed *m, int64_t limit, struct mixed_answer *out) {
  struct hitting *h = &m->hit;
  m->nodes = h->nodes = 0;
  h->max_nodes = m->max_nodes;
  for (int tried = 0;;) {
    h->limit = limit;
    if (!hitting_search(h)) return settle(out, LOCALISE_UNSOLVED, LOCALISE_NODES), false;
    if (h->n_kept == 0) return settle(out, LOCALISE_NO_SOLUTION, LOCALISE_BECAUSE_NOTHING), true;
    const int from = h->n_hits;
    for (int k = 0; k < h->n_kept; k++) {
      bool met = true;
      for (int t = from; met && t < h->n_hits; t++) met = bits_meet(h->kept[k].set, h->hit + (size_t)t * (size_t)h->words, h->words);
      if (!met) continue;
      if (++tried > MAX_SETS) return settle(out, LOCALISE_UNSOLVED, LOCALISE_PROGRAMMES), false;
      const enum set_verdict v = mixed_check(m, h->kept[k].set, out->x, out->code);
      if (v == SET_DOUBTFUL) return settle(out, LOCALISE_UNSOLVED, m->nodes > m->max_nodes ? LOCALISE_NODES : LOCALISE_NUMBERS), false;
      if (v == SET_FEASIBLE) {
        name_items(m, h->kept[k].set, out);
        settle(out, LOCALISE_SOLVED, LOCALISE_BECAUSE_NOTHING);
        return true;
      }
      if (!mixed_learn(m)) return settle(out, LOCALISE_UNSOLVED, LOCALISE_NODES), false;
    }
  }
}
void mixed_load(struct mixed *m, const struct mixed_record *r) {
  memcpy(m->x, r->x, (size_t)m->p * sizeof *m->x);
  memcpy(m->missing, r->missing, (size_t)m->p * sizeof *m->missing);
  if (m->q) memcpy(m->code, r->code, (size_t)m->q * sizeof *m->code);
  for (int j = 0; j < m->p; j++) m->x[j] = m->missing[j] ? 0 : m->x[j];
  m->n_moves = 0;
}
enum err_code mixed_search(struct mixed *m, const struct mixed_record *r, int k, int l, int64_t left, int64_t *cost, bool *usable,
                           struct mixed_answer *out, struct err *e) {
  mixed_load(m, r);
  *usable = (k < 0 || mixed_apply(m, &m->spec->operations[k], 0)) && (l < 0 || mixed_apply(m, &m->spec->operations[l], k >= 0));
  if (!*usable) return E_OK;
  TRY(load_items(m, r, cost, e));
  m->hit.n_hits = 0;
  m->hit.unit_hash = num_unit_hash(m->spec->seed, r->unit);
  load_closeness(m, r->prediction);
  bool room = hit_bounds(m);
  if (k < 0 && fails_nothing(m)) {
    settle(out, LOCALISE_PASSED, LOCALISE_BECAUSE_NOTHING);
    return E_OK;
  }
  if (*cost > left) {
    settle(out, LOCALISE_NO_SOLUTION, LOCALISE_BECAUSE_NOTHING);
    return E_OK;
  }
  room = room && hit_broken_rules(m) && hit_pool(m);
  if (room)
    (void)search(m, left - *cost, out);
  else
    settle(out, LOCALISE_UNSOLVED, LOCALISE_NODES);
  if (m->no_memory) return no_memory(e);
  *cost += out->status == LOCALISE_SOLVED ? m->hit.best : 0;
  return E_OK;
}
struct best {
  int64_t cost, closeness;
  uint64_t hash;
  bool found, doubtful;
};
static void copy_answer(const struct mixed *m, const struct mixed_answer *from, struct mixed_answer *to) {
  double *x = to->x;
  int *code = to->code;
  *to = *from;
  to->x = x;
  to->code = code;
  memcpy(x, from->x, (size_t)m->p * sizeof *x);
  if (m->q) memcpy(code, from->code, (size_t)m->q * sizeof *code);
}
static enum err_code try_one(struct mixed *m, const struct mixed_record *r, int k, int l, int64_t limit, struct mixed_answer *one,
                             struct mixed_answer *out, struct best *best, struct err *e) {
  int64_t price = 0, cost;
  bool usable;
  for (int t = 0; t < 2; t++) {
    const int at = t ? l : k;
    if (at < 0) continue;
    const double w = m->spec->operations[at].weight;
    if (!(w >= 1e-6) || w > 1e9) return ERR(e, E_LOCALISE_WEIGHT, .subject = "operation");
    price += llround(w * LOCALISE_SCALE);
  }
  const int64_t most = best->found && best->cost < limit ? best->cost : limit;
  if (price > most) return E_OK;
  TRY(mixed_search(m, r, k, l, most - price, &cost, &usable, one, e));
  if (!usable) return E_OK;
  if (one->status == LOCALISE_UNSOLVED) {
    best->doubtful = true;
    settle(out, LOCALISE_UNSOLVED, one->reason);
  }
  if (one->status != LOCALISE_SOLVED && one->status != LOCALISE_PASSED) return E_OK;
  one->n_operations = (k >= 0) + (l >= 0);
  one->operations[0] = k;
  one->operations[1] = l;
  cost += price;
  int64_t closeness = 0;
  for (int t = 0; r->prediction && t < one->n_set; t++) closeness += m->closeness[one->set[t]];
  const uint64_t hash = mixed_answer_hash(m, r, k, l, one);
  if (best->found && cost > best->cost) return E_OK;
  if (best->found && cost == best->cost && (closeness > best->closeness || (closeness == best->closeness && hash >= best->hash))) return E_OK;
  *best = (struct best){.cost = cost, .closeness = closeness, .hash = hash, .found = true, .doubtful = best->doubtful};
  one->cost = (double)cost / LOCALISE_SCALE;
  copy_answer(m, one, out);
  return E_OK;
}
enum err_code mixed_solve(struct mixed *m, const struct mixed_record *r, struct mixed_answer *one, struct mixed_answer *out, struct err *e) {
  const struct mixed_spec *spec = m->spec;
  struct best best = {0};
  const int64_t limit = spec->max_cost * LOCALISE_SCALE < 1e17 ? llround(spec->max_cost * LOCALISE_SCALE) : LOCALISE_NEVER - 1;
  *out = (struct mixed_answer){.status = LOCALISE_NO_SOLUTION, .x = out->x, .code = out->code};
  TRY(try_one(m, r, -1, -1, limit, one, out, &best, e));
  const bool passed = best.found && best.cost == 0;
  for (int k = 0; !passed && spec->max_operations > 0 && k < spec->n_operations; k++) {
    TRY(try_one(m, r, k, -1, limit, one, out, &best, e));
    for (int l = k + 1; spec->max_operations > 1 && l < spec->n_operations; l++) TRY(try_one(m, r, k, l, limit, one, out, &best, e));
  }
  if (best.doubtful) settle(out, LOCALISE_UNSOLVED, out->reason ? out->reason : LOCALISE_NODES);
  if (!best.found && !best.doubtful && isfinite(spec->max_cost)) {
    TRY(try_one(m, r, -1, -1, LOCALISE_NEVER - 1, one, out, &best, e));
    if (best.found) settle(out, LOCALISE_REJECTED_CARDINALITY, LOCALISE_BECAUSE_NOTHING);
  }
  if (passed) settle(out, LOCALISE_PASSED, LOCALISE_BECAUSE_NOTHING);
  return E_OK;
}
enum err_code mixed_check_weights(const struct mixed_spec *spec, struct err *e) {
  const int p = spec->rules->numeric.p, all = p + spec->rules->n_categories;
  for (int j = 0; j < all; j++) {
    const double w = spec->weight ? spec->weight[j] : 0;
    if (!(w > 0) || (isfinite(w) && (w < 1e-6 || w > 1e9)))
      return ERR(e, E_LOCALISE_WEIGHT, .subject = j < p ? spec->rules->numeric.names[j] : spec->rules->categories[j - p].name);
  }
  return E_OK;
}
/* Nothing missing, in question or failing: said without making room for a search. */
static bool plainly_passes(const struct rule_set *s, const struct mixed_record *r) {
  for (int j = 0; j < s->numeric.p; j++)
    if (r->missing[j] || r->x[j] < s->numeric.lower[j] || r->x[j] > s->numeric.upper[j]) return false;
  for (int k = 0; k < s->n_categories; k++)
    if (r->code[k] < 0) return false;
  for (int j = 0; r->flags && j < s->numeric.p + s->n_categories; j++)
    if (r->flags[j] == LOCALISE_FORCED) return false;
  for (int i = 0; i < s->n_rules; i++)
    if (rule_holds(s, &s->rules[i], r->x, r->missing, r->code) != 1) return false;
  return true;
}
enum err_code localise_mixed(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, struct mixed_answer *out, struct err *e) {
  const int p = spec->rules->numeric.p, q = spec->rules->n_categories;
  *out = (struct mixed_answer){.status = LOCALISE_NO_SOLUTION, .x = ARENA_ARRAY(a, double, p + 1), .code = ARENA_ARRAY(a, int, q + 1)};
  TRY(mixed_check_weights(spec, e));
  if (plainly_passes(spec->rules, r)) return out->status = LOCALISE_PASSED, out->x && out->code ? E_OK : no_memory(e);
  const struct arena_mark mark = arena_mark(a);
  struct mixed *m = ARENA_NEW(a, struct mixed);
  struct mixed_answer one = {.x = ARENA_ARRAY(a, double, p + 1), .code = ARENA_ARRAY(a, int, q + 1)};
  if (!out->x || !out->code || !m || !one.x || !one.code || !mixed_init(m, a, spec)) return no_memory(e);
  TRY(mixed_solve(m, r, &one, out, e));
  out->programmes = m->programmes;
  arena_reset(a, mark);
  return E_OK;
}
