/* The search is repeated for the record with an empty pool; what it had to hit is collected and then thinned: an argument is dropped when the
 * others still exclude every cheaper set, the latest first. */
#include "processing/localise/localise_proof.h"

#include <math.h>
#include <string.h>

#include "processing/localise/localise_impl.h"

enum { MAX_ARGUMENTS = 1000, POOL_BYTES = 1 << 17, NICE = 60 };

struct collector {
  struct arena *arena;
  const struct edit_rows *rows;
  struct searcher *searcher;
  struct localise_argument *argument;
  uint64_t *support; /* [MAX_ARGUMENTS * words] */
  int n;
  bool failed;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "localisation proof"); }

static double row_excess(const struct collector *c, const struct localise_argument *g) {
  const struct linear_system *s = c->rows->system;
  const double *x = c->searcher->rec.x;
  double sum = 0;
  for (int k = 0; k < g->n_y; k++) {
    const int j = g->row[k] - s->m;
    double tolerance;
    sum += g->y[k] * (j < 0 ? linear_residual(&s->edits[g->row[k]], x, &tolerance) : x[j] - (g->y[k] > 0 ? s->upper[j] : s->lower[j]));
  }
  return sum;
}
/* Multipliers are fixed up to a factor: the one that makes them whole numbers, when there is a small one. */
static void make_whole(double *y, int n) {
  double least = INFINITY;
  for (int k = 0; k < n; k++) least = fmin(least, fabs(y[k]));
  for (int f = 1; f <= NICE; f++) {
    bool whole = true;
    for (int k = 0; whole && k < n; k++) whole = fabs(y[k] * f / least - round(y[k] * f / least)) <= 1e-7 && fabs(y[k] / least) < 1e6;
    if (!whole) continue;
    for (int k = 0; k < n; k++) y[k] = round(y[k] * f / least);
    return;
  }
  for (int k = 0; k < n; k++) y[k] /= least;
}
static void add(struct collector *c, const int *row, const double *y, int n_y, const uint64_t *support) {
  const int p = c->rows->p, words = c->rows->words;
  if (c->failed || bits_meet(support, c->searcher->hit.forced, words)) return;
  int *rows = ARENA_ARRAY(c->arena, int, n_y + 1), *vars = ARENA_ARRAY(c->arena, int, p + 1), n = 0;
  double *multipliers = ARENA_ARRAY(c->arena, double, n_y + 1);
  if (!rows || !vars || !multipliers || c->n == MAX_ARGUMENTS) {
    c->failed = true;
    return;
  }
  memcpy(rows, row, (size_t)n_y * sizeof *rows);
  memcpy(multipliers, y, (size_t)n_y * sizeof *multipliers);
  make_whole(multipliers, n_y);
  for (int j = 0; j < p; j++)
    if (bit_has(support, j)) vars[n++] = j;
  struct localise_argument *g = &c->argument[c->n];
  memcpy(c->support + (size_t)c->n++ * (size_t)words, support, (size_t)words * sizeof *support);
  *g = (struct localise_argument){.n_y = n_y, .n_support = n, .row = rows, .y = multipliers, .support = vars};
  g->excess = row_excess(c, g);
}
static void on_hit(void *context, const struct cut *cut) { add(context, cut->row, cut->y, cut->n_y, cut->support); }

/* The edits and bounds that the record breaks itself; the search has loaded it. */
static void add_broken(struct collector *c) {
  const struct linear_system *s = c->rows->system;
  uint64_t *one = c->searcher->scratch;
  for (int i = 0; i < s->m; i++) {
    double tolerance, residual = linear_residual(&s->edits[i], c->searcher->rec.x, &tolerance), y = residual > 0 ? 1 : -1;
    if (fabs(residual) > tolerance && (residual > 0 || s->edits[i].op == LINEAR_EQ))
      add(c, &i, &y, 1, c->rows->support + (size_t)i * (size_t)c->rows->words);
  }
  for (int j = 0; j < s->p; j++) {
    const double x = c->searcher->rec.x[j], slack = 1e-6 + 1e-9 * fabs(x), y = x > s->upper[j] ? 1 : -1;
    const int row = s->m + j;
    if (x >= s->lower[j] - slack && x <= s->upper[j] + slack) continue;
    memset(one, 0, (size_t)c->rows->words * sizeof *one);
    bit_add(one, j);
    add(c, &row, &y, 1, one);
  }
}
/* Do the arguments but `without` exclude every set that costs less than `cost`? */
static bool enough(struct collector *c, const bool *dropped, int without, int64_t cost) {
  struct hitting *h = &c->searcher->hit;
  h->n_hits = 0;
  h->nodes = 0;
  h->limit = cost - 1;
  for (int k = 0; k < c->n; k++)
    if (k != without && !dropped[k] && !hitting_add(h, c->support + (size_t)k * (size_t)c->rows->words)) return false;
  return hitting_search(h) && h->n_kept == 0;
}
static enum err_code thin(struct collector *c, int64_t cost, struct localise_proof *out, struct err *e) {
  bool *dropped = ARENA_ARRAY(c->arena, bool, c->n + 1);
  struct localise_argument *kept = ARENA_ARRAY(c->arena, struct localise_argument, c->n + 1);
  int n = 0;
  if (c->failed || !dropped || !kept) return no_memory(e);
  if (!enough(c, dropped, -1, cost)) return ERR(e, E_LOCALISE_NO_PROOF, .found = "infeasible within the tolerances only");
  for (int k = c->n - 1; k >= 0; k--) dropped[k] = enough(c, dropped, k, cost);
  for (int k = 0; k < c->n; k++)
    if (!dropped[k]) kept[n++] = c->argument[k];
  out->argument = kept;
  out->n_arguments = n;
  return E_OK;
}
static enum err_code describe(struct arena *a, const struct searcher *s, struct localise_proof *out, struct err *e) {
  const int p = s->rows->p;
  out->x = ARENA_ARRAY(a, double, p + 1);
  out->forced = ARENA_ARRAY(a, bool, p + 1);
  out->weight = ARENA_ARRAY(a, double, p + 1);
  if (!out->x || !out->forced || !out->weight) return no_memory(e);
  for (int j = 0; j < p; j++) {
    out->x[j] = s->rec.x[j];
    out->forced[j] = bit_has(s->hit.forced, j);
    const bool changeable = out->forced[j] || bit_has(s->hit.allowed, j);
    out->weight[j] = changeable && s->weight[j] < LOCALISE_NEVER ? (double)s->weight[j] / LOCALISE_SCALE : INFINITY;
  }
  return E_OK;
}
enum err_code localise_prove(struct arena *a, const struct localise_spec *spec, const struct num_table *data, int64_t row, struct localise_proof *out,
                             struct err *e) {
  const struct linear_system *s = spec->system;
  struct searcher *searcher = ARENA_NEW(a, struct searcher);
  struct edit_rows *rows = ARENA_NEW(a, struct edit_rows);
  const struct num_column **column = ARENA_ARRAY(a, const struct num_column *, s->p + 1);
  struct collector c = {.arena = a, .rows = rows, .searcher = searcher, .argument = ARENA_ARRAY(a, struct localise_argument, MAX_ARGUMENTS)};
  *out = (struct localise_proof){0};
  if (!searcher || !rows || !column || !c.argument || !edit_rows_init(rows, a, s)) return no_memory(e);
  c.support = ARENA_ARRAY(a, uint64_t, (int64_t)MAX_ARGUMENTS * rows->words);
  for (int j = 0; j < s->p; j++) {
    const int at = num_table_find(data, str_of(s->names[j]));
    if (at < 0) return ERR(e, E_LOCALISE_COLUMN, .subject = s->names[j]);
    if (!spec->weight || !(spec->weight[j] > 0)) return ERR(e, E_LOCALISE_WEIGHT, .subject = s->names[j]);
    column[j] = &data->columns[at];
  }
  if (!c.support || !searcher_init(searcher, spec, rows, column, a, POOL_BYTES)) return no_memory(e);
  searcher->on_hit = on_hit;
  searcher->context = &c;
  TRY(localise_record(searcher, data, row, &out->answer, e));
  TRY(describe(a, searcher, out, e));
  if (out->answer.status == LOCALISE_PASSED) return E_OK;
  if (out->answer.status != LOCALISE_SOLVED && out->answer.status != LOCALISE_NO_SOLUTION)
    return ERR(e, E_LOCALISE_NO_PROOF, .found = localise_status_name(out->answer.status));
  add_broken(&c);
  double forced = 0;
  for (int j = 0; j < s->p; j++) forced += out->forced[j] && isfinite(out->weight[j]) ? out->weight[j] : 0;
  return thin(&c, out->answer.status == LOCALISE_SOLVED ? llround((out->answer.cost - forced) * LOCALISE_SCALE) : LOCALISE_NEVER, out, e);
}
