/* One record: the cuts it violates must be hit; the cheapest hitting sets are tried in their order, each infeasible one gives a further cut,
 * until one is feasible. That one is optimal: every cut that made dearer sets necessary holds for all records that satisfy the edits. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "processing/localise/localise_impl.h"

enum { KEPT = 64, MORE_HITS = 4096 };

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "error localisation"); }

bool searcher_init(struct searcher *s, const struct localise_spec *spec, const struct edit_rows *rows, const struct num_column *const *column,
                   struct arena *a, size_t pool_bytes) {
  const uint8_t zero[16] = {0};
  const int p = rows->p;
  *s = (struct searcher){.spec = spec, .rows = rows, .arena = a, .column = column};
  if (!cut_pool_init(&s->pool, a, rows, pool_bytes) || !set_room_init(&s->room, a, rows)) return false;
  if (!hitting_init(&s->hit, a, p, rows->m + p + s->pool.max + MORE_HITS, spec->max_optima > KEPT ? spec->max_optima : KEPT)) return false;
  s->rec = (struct record){.x = ARENA_ARRAY(a, double, p), .tolerance = ARENA_ARRAY(a, double, rows->m + 1)};
  s->weight = ARENA_ARRAY(a, int64_t, p);
  s->priority = ARENA_ARRAY(a, int64_t, p);
  s->key = ARENA_ARRAY(a, uint64_t, p);
  s->scratch = ARENA_ARRAY(a, uint64_t, rows->words);
  s->listed = ARENA_ARRAY(a, int, (int64_t)spec->max_optima *(p + 1) + 1);
  if (!s->rec.x || !s->rec.tolerance || !s->weight || !s->priority || !s->key || !s->scratch || !s->listed) return false;
  for (int j = 0; j < p; j++) {
    s->key[j] = siphash24(zero, rows->system->names[j], strlen(rows->system->names[j]));
    if (spec->priority) s->priority[j] = llround(spec->priority[j] * LOCALISE_SCALE);
  }
  s->hit.weight = s->weight;
  s->hit.priority = spec->priority ? s->priority : NULL;
  s->hit.key = s->key;
  return true;
}
static enum err_code load(struct searcher *s, const struct num_table *data, int64_t row, int64_t *forced_cost, struct err *e) {
  const struct localise_spec *spec = s->spec;
  struct hitting *h = &s->hit;
  memset(h->forced, 0, (size_t)h->words * sizeof *h->forced);
  memset(h->allowed, 0, (size_t)h->words * sizeof *h->allowed);
  h->n_hits = 0;
  h->nodes = 0;
  h->max_nodes = spec->max_nodes > 0 ? spec->max_nodes : 1000000;
  h->unit_hash = num_unit_hash(spec->seed, data->unit[row]);
  *forced_cost = 0;
  for (int j = 0; j < s->rows->p; j++) {
    const struct num_column *c = s->column[j];
    const bool present = num_present(c, row);
    const uint8_t flag = spec->flags && spec->flags[j] ? spec->flags[j][row] : LOCALISE_FREE;
    const double w = spec->record_weight && spec->record_weight[j] ? spec->record_weight[j][row] : spec->weight[j];
    if (!(w > 0) || (isfinite(w) && (w < 1e-6 || w > 1e9))) return ERR(e, E_LOCALISE_WEIGHT, .subject = s->rows->system->names[j]);
    s->rec.x[j] = present ? c->x[row] : 0;
    s->weight[j] = isfinite(w) ? llround(w * LOCALISE_SCALE) : LOCALISE_NEVER;
    if (!present || flag == LOCALISE_FORCED) {
      bit_add(h->forced, j);
      *forced_cost += isfinite(w) ? s->weight[j] : 0;
    } else if (isfinite(w) && flag != LOCALISE_FROZEN)
      bit_add(h->allowed, j);
  }
  return E_OK;
}
static bool must_hit(struct searcher *s, const uint64_t *support) {
  return bits_meet(support, s->hit.forced, s->hit.words) || hitting_add(&s->hit, support);
}
static bool out_of_bounds(const struct linear_system *s, int j, double x) {
  return x < s->lower[j] - 1e-6 - 1e-9 * fabs(x) || x > s->upper[j] + 1e-6 + 1e-9 * fabs(x);
}
/* Everything that the record violates: edits, bounds, cuts of the pool. */
static bool gather(struct searcher *s, bool *failing) {
  const struct edit_rows *r = s->rows;
  bool room = true;
  *failing = false;
  for (int i = 0; i < r->m; i++) {
    const double residual = linear_residual(&r->system->edits[i], s->rec.x, &s->rec.tolerance[i]);
    if (residual <= s->rec.tolerance[i] && (r->lower[i] == -INFINITY || residual >= -s->rec.tolerance[i])) continue;
    *failing = true;
    room = room && must_hit(s, r->support + (size_t)i * (size_t)r->words);
  }
  for (int j = 0; j < r->p; j++) {
    if (bit_has(s->hit.forced, j))
      *failing = true;
    else if (out_of_bounds(r->system, j, s->rec.x[j])) {
      *failing = true;
      memset(s->scratch, 0, (size_t)r->words * sizeof *s->scratch);
      bit_add(s->scratch, j);
      room = room && must_hit(s, s->scratch);
    }
  }
  for (int k = 0; *failing && k < s->pool.n; k++) {
    struct cut *c = &s->pool.cut[k];
    if (bits_meet(c->support, s->hit.forced, r->words) || !cut_violated(r, c, &s->rec)) continue;
    c->used++;
    room = room && hitting_add(&s->hit, c->support);
  }
  return room;
}
static bool meets_all(const struct hitting *h, const uint64_t *set, int from) {
  for (int k = from; k < h->n_hits; k++)
    if (!bits_meet(set, h->hit + (size_t)k * (size_t)h->words, h->words)) return false;
  return true;
}
static enum err_code keep_solution(struct searcher *s, const uint64_t *set, struct localise_case *out, struct err *e) {
  const int p = s->rows->p;
  int n = 0;
  for (int j = 0; j < p; j++) n += bit_has(set, j);
  int *var = ARENA_ARRAY(s->arena, int, n + 1);
  double *witness = ARENA_ARRAY(s->arena, double, n + 1);
  if (!var || !witness) return no_memory(e);
  for (int j = 0, k = 0; j < p; j++)
    if (bit_has(set, j)) {
      witness[k] = s->room.x[k];
      var[k++] = j;
    }
  out->status = LOCALISE_SOLVED;
  out->n_set = n;
  out->set = var;
  out->witness = witness;
  return E_OK;
}
static void list_optimum(struct searcher *s, const uint64_t *set, struct localise_case *out, int *at) {
  out->n_optima++;
  if (out->n_listed == s->spec->max_optima) return;
  out->n_listed++;
  int *size = &s->listed[(*at)++];
  *size = 0;
  for (int j = 0; j < s->rows->p; j++)
    if (bit_has(set, j)) {
      s->listed[(*at)++] = j;
      (*size)++;
    }
}
/* A set that cannot work: what it taught becomes a hit. */
static bool learn(struct searcher *s, enum set_verdict v, const uint64_t *set) {
  if (v == SET_CUT) {
    const struct cut *c = cut_pool_take(&s->pool);
    if (s->on_hit) s->on_hit(s->context, c);
    return hitting_add(&s->hit, c->support);
  }
  for (int w = 0; w < s->hit.words; w++) s->scratch[w] = ~set[w];
  return hitting_add(&s->hit, s->scratch);
}
static void unsolved(struct localise_case *out, enum localise_reason why) {
  out->status = LOCALISE_UNSOLVED;
  out->reason = (uint8_t)why;
}
/* Tries the candidates of one cost. *again: none was feasible and something was learnt. */
static enum err_code try_candidates(struct searcher *s, int64_t most, struct localise_case *out, bool *again, struct err *e) {
  struct hitting *h = &s->hit;
  const int from = h->n_hits;
  int at = 0;
  *again = false;
  for (int k = 0; k < h->n_kept; k++) {
    const uint64_t *set = h->kept[k].set;
    if (!meets_all(h, set, from)) continue;
    if (s->room.programmes >= most) return unsolved(out, LOCALISE_PROGRAMMES), E_OK;
    const enum set_verdict v = set_check(s->rows, &s->rec, set, &s->room, &s->pool.fresh);
    if (v == SET_DOUBTFUL) return unsolved(out, LOCALISE_NUMBERS), E_OK;
    if (v != SET_FEASIBLE && !learn(s, v, set)) return unsolved(out, LOCALISE_NODES), E_OK;
    if (v != SET_FEASIBLE) continue;
    if (out->status != LOCALISE_SOLVED) TRY(keep_solution(s, set, out, e));
    if (s->spec->max_optima == 0) return E_OK;
    list_optimum(s, set, out, &at);
  }
  *again = out->status != LOCALISE_SOLVED;
  if (out->status == LOCALISE_SOLVED && h->more) out->reason = LOCALISE_OPTIMA_CUT;
  if (out->n_listed < out->n_optima) out->reason = LOCALISE_OPTIMA_CUT;
  if (at == 0) return E_OK;
  int *listed = ARENA_ARRAY(s->arena, int, at);
  if (!listed) return no_memory(e);
  memcpy(listed, s->listed, (size_t)at * sizeof *listed);
  out->optima = listed;
  return E_OK;
}
/* No set within the limit: is there one without it? */
static void none_found(struct searcher *s, struct localise_case *out) {
  s->hit.limit = LOCALISE_NEVER - 1;
  if (!hitting_search(&s->hit))
    unsolved(out, LOCALISE_NODES);
  else
    out->status = s->hit.n_kept ? LOCALISE_REJECTED_CARDINALITY : LOCALISE_NO_SOLUTION;
}
static enum err_code solve(struct searcher *s, int64_t forced_cost, struct localise_case *out, struct err *e) {
  struct hitting *h = &s->hit;
  const double limit = s->spec->max_cost;
  const int64_t most = s->room.programmes + (s->spec->max_programmes > 0 ? s->spec->max_programmes : 10000);
  h->limit = limit * LOCALISE_SCALE < 1e17 ? llround(limit * LOCALISE_SCALE) - forced_cost : LOCALISE_NEVER - 1;
  for (bool again = true; again;) {
    if (!hitting_search(h)) return unsolved(out, LOCALISE_NODES), E_OK;
    if (h->n_kept == 0) return none_found(s, out), E_OK;
    out->cost = (double)(h->best + forced_cost) / LOCALISE_SCALE;
    TRY(try_candidates(s, most, out, &again, e));
  }
  return E_OK;
}
enum err_code localise_record(struct searcher *s, const struct num_table *data, int64_t row, struct localise_case *out, struct err *e) {
  int64_t forced_cost;
  bool failing;
  *out = (struct localise_case){.row = row, .status = LOCALISE_PASSED};
  TRY(load(s, data, row, &forced_cost, e));
  s->rec.unit = &data->unit[row];
  const bool room = gather(s, &failing);
  if (!failing) return E_OK;
  out->status = LOCALISE_UNSOLVED;
  out->reason = LOCALISE_NODES;
  if (!room) return E_OK;
  out->reason = LOCALISE_BECAUSE_NOTHING;
  TRY(solve(s, forced_cost, out, e));
  if (s->metrics) s->metrics->nodes += s->hit.nodes;
  if (out->status != LOCALISE_SOLVED) out->cost = 0;
  return E_OK;
}
