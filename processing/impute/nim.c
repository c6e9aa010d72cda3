#include "processing/impute/nim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "processing/impute/nim_impl.h"
#include "processing/unit/num_table.h"

struct near {
  double distance;
  uint64_t key;
  struct str unit;
  int64_t row;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "nearest-neighbour imputation"); }
static enum err_code bad(const char *parameter, const char *expected, struct err *e) {
  return ERR(e, E_NIM_PARAMETER, .subject = parameter, .expected = expected);
}

static enum err_code check_variables(const struct nim_spec *s, struct err *e) {
  const int v = nim_variables(s->rules);
  if (v < 1 || v > NIM_MAX_VARIABLES) return bad("variables", "1 to 512", e);
  for (int i = 0; i < v; i++) {
    if (!(isfinite(s->variables[i].weight) && s->variables[i].weight >= 0)) return bad("weight", "0 or more for each variable", e);
    if (i < s->rules->numeric.p && !(s->variables[i].scale > 0)) return bad("scale", "the difference that counts as 1, above 0, for each number", e);
  }
  const struct nim_layout *l = &s->layout;
  if (l->n_persons < 0 || l->n_persons > NIM_MAX_PERSONS || l->first_free < 0) return bad("persons", "0 to 32, each with the same variables", e);
  for (int i = 0; i < l->n_persons * l->n_person_variables; i++)
    if (l->variable[i] < 0 || l->variable[i] >= v) return bad("persons", "variables of the rule set", e);
  return E_OK;
}
static enum err_code check(const struct nim_spec *s, struct err *e) {
  TRY(check_variables(s, e));
  if (s->n_donors < 1) return bad("donors", "1 or more", e);
  if (!(s->alpha > 0.5 && s->alpha <= 1)) return bad("alpha", "above 0.5, at most 1", e);
  if (!(s->gamma >= 1 && s->gamma < 1000)) return bad("gamma", "1 or more", e);
  if (!(s->t >= 0 && s->t < 1000)) return bad("t", "0 or more", e);
  if (s->max_nodes < 1) return bad("max_nodes", "1 or more", e);
  return E_OK;
}
bool nim_rule_holds(const struct rule_set *rules, const struct rule *r, const double *x) {
  for (int k = 0; k < r->n_atoms; k++) {
    const struct rule_atom *atom = &r->atoms[k];
    if (atom->category) {
      const int code = (int)x[rules->numeric.p + atom->k];
      if (atom->set[code / 64] >> (code % 64) & 1) return true;
      continue;
    }
    double tolerance;
    const double residual = linear_residual(&atom->linear, x, &tolerance);
    if (atom->strict ? residual < -tolerance : linear_holds(&atom->linear, x)) return true;
  }
  return false;
}
int nim_first_failure(const struct rule_set *rules, const double *x) {
  for (int i = 0; i < rules->n_rules; i++)
    if (!rules->rules[i].soft && !nim_rule_holds(rules, &rules->rules[i], x)) return i;
  return -1;
}
int nim_fails(const struct nim_spec *s, const double *x) {
  return s->judge ? s->judge->first_failure(s->judge->context, x) : nim_first_failure(s->rules, x);
}
void nim_enter(const struct nim_spec *s, int64_t row) {
  if (s->judge && s->judge->enter) s->judge->enter(s->judge->context, row);
}
double nim_variable_distance(const struct nim_spec *s, int i, double x, double y) {
  const struct nim_variable *v = &s->variables[i];
  if (i < s->rules->numeric.p) {
    const double far = fabs(x - y) / v->scale;
    return v->weight * (far < 1 ? far : 1);
  }
  const int n = s->rules->categories[i - s->rules->numeric.p].n_codes;
  if (v->table) return v->weight * v->table[(int)x * n + (int)y];
  return x != y ? v->weight : 0;
}
static double pair_cost(const struct nim_spec *s, const double *f, const uint8_t *must, const double *p, const int *mine, const int *theirs) {
  double sum = 0;
  for (int k = 0; k < s->layout.n_person_variables; k++)
    if (!must[mine[k]]) sum += nim_variable_distance(s, mine[k], f[mine[k]], p[theirs[k]]);
  return sum;
}
void nim_order_persons(const struct nim_spec *s, const double *f, const uint8_t *must, const double *donor, int *person, double *ordered) {
  const struct nim_layout *l = &s->layout;
  const int first = l->first_free < l->n_persons ? l->first_free : l->n_persons, n = l->n_persons - first, width = l->n_person_variables;
  double cost[NIM_MAX_PERSONS * NIM_MAX_PERSONS];
  int to[NIM_MAX_PERSONS];
  memcpy(ordered, donor, (size_t)nim_variables(s->rules) * sizeof *ordered);
  for (int i = 0; i < l->n_persons; i++) person[i] = i;
  if (n < 2) return;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) cost[i * n + j] = pair_cost(s, f, must, donor, l->variable + (first + i) * width, l->variable + (first + j) * width);
  nim_assign(cost, n, to);
  for (int i = 0; i < n; i++) {
    person[first + i] = first + to[i];
    for (int k = 0; k < width; k++) ordered[l->variable[(first + i) * width + k]] = donor[l->variable[(first + to[i]) * width + k]];
  }
  if (l->alike || nim_fails(s, ordered) < 0) return;
  memcpy(ordered, donor, (size_t)nim_variables(s->rules) * sizeof *ordered);
  for (int i = 0; i < l->n_persons; i++) person[i] = i;
}
static double total_distance(const struct nim_spec *s, const double *f, const uint8_t *must, const double *p) {
  double sum = 0;
  for (int i = 0; i < nim_variables(s->rules); i++)
    if (!must[i]) sum += nim_variable_distance(s, i, f[i], p[i]);
  return sum;
}

struct run {
  struct arena *a;
  const struct nim_spec *s;
  const struct nim_data *d;
  struct nim_result *out;
  int v;
  int64_t *donors;
  uint64_t *hash;
  struct near *best;
  struct nim_pivots pivots;
  double guess;
  int plain[NIM_MAX_VARIABLES], n_plain; /* variables of no person */
};
static bool nearer(const struct near *a, const struct near *b) {
  if (a->distance < b->distance || a->distance > b->distance) return a->distance < b->distance;
  if (a->key != b->key) return a->key < b->key;
  return str_cmp(a->unit, b->unit) < 0;
}
static int insert(struct near *best, int n, int k, struct near it) {
  if (n == k && !nearer(&it, &best[k - 1])) return n;
  int at = n < k ? n++ : k - 1;
  for (; at > 0 && nearer(&it, &best[at - 1]); at--) best[at] = best[at - 1];
  best[at] = it;
  return n;
}
/* Is no order of the donor's persons nearer than `limit`? Each place against the person that suits it best: never more than the assignment. */
static bool too_far(const struct run *r, const double *f, const uint8_t *must, const double *p, double limit) {
  const struct nim_layout *l = &r->s->layout;
  const int first = l->first_free < l->n_persons ? l->first_free : l->n_persons, width = l->n_person_variables;
  double sum = 0;
  limit += 1e-9 * (1 + limit);
  if (!l->alike) return false;
  for (int i = 0; i < r->n_plain; i++)
    if (!must[r->plain[i]]) sum += nim_variable_distance(r->s, r->plain[i], f[r->plain[i]], p[r->plain[i]]);
  for (int i = 0; i < first && sum <= limit; i++) sum += pair_cost(r->s, f, must, p, l->variable + i * width, l->variable + i * width);
  for (int i = first; i < l->n_persons && sum <= limit; i++) {
    double least = INFINITY;
    for (int j = first; j < l->n_persons; j++) {
      const double cost = pair_cost(r->s, f, must, p, l->variable + i * width, l->variable + j * width);
      if (cost < least) least = cost;
    }
    sum += least;
  }
  return sum > limit;
}
struct search { /* the nearest donors of one unit */
  const double *f;
  const uint8_t *must;
  uint64_t mine;
  int n;
};
static void consider(struct run *r, struct search *q, int64_t k) {
  const int64_t p = r->donors[k];
  double ordered[NIM_MAX_VARIABLES];
  int person[NIM_MAX_PERSONS];
  if (q->n == r->s->n_donors && too_far(r, q->f, q->must, r->d->value + p * r->v, r->best[q->n - 1].distance)) return;
  nim_order_persons(r->s, q->f, q->must, r->d->value + p * r->v, person, ordered);
  q->n = insert(r->best, q->n, r->s->n_donors,
                (struct near){total_distance(r->s, q->f, q->must, ordered), (q->mine ^ r->hash[k]) * UINT64_C(0x9e3779b97f4a7c15), r->d->unit[p], p});
}
/* First those that may lie within a guess, the distance that sufficed for the unit before; the others only when it does not suffice. The guess
 * changes the cost, never the result. */
static int nearest(struct run *r, int64_t row) {
  struct search q = {.f = r->d->value + row * r->v, .must = r->d->must + row * r->v, .mine = num_unit_hash(r->s->seed, r->d->unit[row])};
  const int most = r->s->n_donors;
  const double guess = r->guess;
  nim_pivots_enter(&r->pivots, r->s, q.f, q.must);
  for (int64_t k = 0; k < r->out->n_donors; k++) {
    const double limit = q.n == most && r->best[q.n - 1].distance < guess ? r->best[q.n - 1].distance : guess;
    if (!nim_pivots_exclude(&r->pivots, k, limit)) consider(r, &q, k);
  }
  if (q.n < most || r->best[q.n - 1].distance > guess)
    for (int64_t k = 0; k < r->out->n_donors; k++)
      if (nim_pivots_exclude(&r->pivots, k, guess) && !(q.n == most && nim_pivots_exclude(&r->pivots, k, r->best[q.n - 1].distance)))
        consider(r, &q, k);
  r->guess = q.n == most ? r->best[q.n - 1].distance * 1.3 : INFINITY;
  return q.n;
}
static enum err_code keep(struct run *r, struct nim_unit *u, const struct nim_pool *pool, const struct nim_action *chosen, struct err *e) {
  int *person = ARENA_ARRAY(r->a, int, r->s->layout.n_persons);
  uint8_t *taken = ARENA_ARRAY(r->a, uint8_t, r->v);
  double *value = ARENA_ARRAY(r->a, double, r->v);
  if (!person || !taken || !value) return no_memory(e);
  double ordered[NIM_MAX_VARIABLES];
  int order[NIM_MAX_PERSONS];
  const double *f = r->d->value + u->row * r->v;
  u->donor = chosen->donor;
  nim_order_persons(r->s, f, r->d->must + u->row * r->v, r->d->value + u->donor * r->v, order, ordered);
  memcpy(person, order, (size_t)r->s->layout.n_persons * sizeof *person);
  for (int i = 0; i < r->v; i++) {
    taken[i] = chosen->taken[i / 64] >> (i % 64) & 1;
    value[i] = taken[i] ? ordered[i] : f[i];
  }
  u->outcome = NIM_FOUND;
  u->size = chosen->size;
  u->change = chosen->change;
  u->person = person;
  u->taken = taken;
  u->value = value;
  u->n_actions = pool->n;
  r->out->use[u->donor]++;
  return E_OK;
}
/* A draw among the near-minimum actions; they stand in order of donors and of the search, which no row order changes. */
static const struct nim_action *choose(const struct run *r, const struct nim_pool *pool, struct nim_unit *u) {
  double sum = 0;
  struct rng g;
  const uint64_t key = num_unit_hash(r->s->seed, r->d->unit[u->row]);
  const struct nim_action *last = NULL;
  rng_init(&g, r->s->seed, "near-minimum change", &key, sizeof key);
  for (int64_t i = 0; i < pool->n; i++)
    if (pool->actions[i].size <= r->s->gamma * pool->least)
      sum += pool->actions[i].size > 0 ? pow(pool->least / pool->actions[i].size, r->s->t) : 1, u->n_near++;
  double place = rng_uniform(&g) * sum;
  for (int64_t i = 0; i < pool->n; i++) {
    if (pool->actions[i].size > r->s->gamma * pool->least) continue;
    last = &pool->actions[i];
    place -= last->size > 0 ? pow(pool->least / last->size, r->s->t) : 1;
    if (place < 0) break;
  }
  return last;
}
static enum err_code serve(struct run *r, struct nim_unit *u, struct nim_pool *pool, struct err *e) {
  nim_enter(r->s, u->row);
  const int n = nearest(r, u->row);
  u->outcome = n ? NIM_NO_ACTION : NIM_NO_DONOR;
  pool->n = 0;
  pool->least = INFINITY;
  pool->truncated = false;
  for (int k = 0; k < n; k++) {
    double ordered[NIM_MAX_VARIABLES];
    int person[NIM_MAX_PERSONS];
    const double *f = r->d->value + u->row * r->v;
    const uint8_t *must = r->d->must + u->row * r->v;
    nim_order_persons(r->s, f, must, r->d->value + r->best[k].row * r->v, person, ordered);
    nim_actions(r->s, f, must, ordered, r->best[k].row, r->best[k].distance, pool);
  }
  u->truncated = pool->truncated;
  const struct nim_action *chosen = pool->n ? choose(r, pool, u) : NULL;
  return chosen ? keep(r, u, pool, chosen, e) : E_OK;
}
static enum err_code check_codes(const struct run *r, struct err *e) {
  const int p = r->s->rules->numeric.p;
  for (int64_t i = 0; i < r->d->n * r->v; i++) {
    const int k = (int)(i % r->v) - p;
    if (k < 0 || r->d->must[i]) continue;
    const double code = r->d->value[i];
    if (!(code >= 0 && code < r->s->rules->categories[k].n_codes && code == floor(code)))
      return bad("codes", "places in the category's list; what is not valid is to be marked", e);
  }
  return E_OK;
}
static int by_unit(const void *a, const void *b) { return str_cmp(((const struct near *)a)->unit, ((const struct near *)b)->unit); }

static enum err_code sort_units(struct run *r, struct err *e) {
  struct near *list = ARENA_ARRAY(r->a, struct near, r->d->n);
  int64_t n = 0;
  if (!list) return no_memory(e);
  for (int64_t i = 0; i < r->d->n; i++) {
    bool must = false;
    for (int k = 0; k < r->v; k++) must |= r->d->must[i * r->v + k];
    if (!must) nim_enter(r->s, i);
    const bool fails = must || nim_fails(r->s, r->d->value + i * r->v) >= 0;
    if (!fails) {
      r->hash[r->out->n_donors] = num_unit_hash(r->s->seed, r->d->unit[i]);
      r->donors[r->out->n_donors++] = i;
    } else if (!r->d->serve || r->d->serve[i]) list[n++] = (struct near){.unit = r->d->unit[i], .row = i};
  }
  qsort(list, (size_t)n, sizeof *list, by_unit);
  r->out->n_units = n;
  r->out->units = ARENA_ARRAY(r->a, struct nim_unit, n);
  if (!r->out->units) return no_memory(e);
  for (int64_t i = 0; i < n; i++) r->out->units[i] = (struct nim_unit){.row = list[i].row, .donor = -1};
  return E_OK;
}
static void list_plain(struct run *r) {
  const struct nim_layout *l = &r->s->layout;
  for (int i = 0; i < r->v; i++) {
    bool person = false;
    for (int k = 0; k < l->n_persons * l->n_person_variables; k++) person = person || l->variable[k] == i;
    if (!person) r->plain[r->n_plain++] = i;
  }
}
enum err_code nim_impute(struct arena *a, const struct nim_spec *s, const struct nim_data *d, struct nim_result *out, struct err *e) {
  struct run r = {.a = a, .s = s, .d = d, .out = out, .guess = INFINITY};
  struct nim_pool pool = {0};
  TRY(check(s, e));
  r.v = nim_variables(s->rules);
  *out = (struct nim_result){.use = ARENA_ARRAY(a, int32_t, d->n)};
  r.donors = ARENA_ARRAY(a, int64_t, d->n);
  r.hash = ARENA_ARRAY(a, uint64_t, d->n);
  r.best = ARENA_ARRAY(a, struct near, s->n_donors);
  pool.actions = ARENA_ARRAY(a, struct nim_action, NIM_MAX_ACTIONS);
  if (!out->use || !r.donors || !r.hash || !r.best || !pool.actions) return no_memory(e);
  list_plain(&r);
  TRY(check_codes(&r, e));
  TRY(sort_units(&r, e));
  TRY(nim_pivots_new(a, s, d->value, r.donors, out->n_donors, &r.pivots, e));
  for (int64_t i = 0; i < out->n_units; i++) TRY(serve(&r, &out->units[i], &pool, e));
  return E_OK;
}
