#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "processing/correct/obvious.h"

struct solve {
  struct obvious_record *r;
  double most;
  int *order; /* [n_order] items that may move, largest values first */
  int n_order, rows;
  double *delta; /* [p] */
};
static double *dense_row(const struct solve *s, int i) { return s->r->dense + (size_t)i * ((size_t)s->r->s->p + 1); }

/* The equations within reach; the last column is what is missing to the right side. True when one of them is violated. */
static bool load(struct solve *s) {
  const struct linear_system *l = s->r->s;
  bool violated = false;
  s->rows = 0;
  for (int i = 0; i < l->m; i++) {
    if (l->edits[i].op != LINEAR_EQ || !s->r->known[i]) continue;
    double tolerance, residual = linear_residual(&l->edits[i], s->r->x, &tolerance);
    if (fabs(residual) > s->most + tolerance) continue;
    violated |= fabs(residual) > tolerance;
    double *to = dense_row(s, s->rows++);
    memset(to, 0, ((size_t)l->p + 1) * sizeof *to);
    for (int k = 0; k < l->edits[i].n; k++) to[l->edits[i].var[k]] = l->edits[i].coef[k];
    to[l->p] = fabs(residual) > tolerance ? -residual : 0;
  }
  return violated;
}
/* Items that may move, by falling |x|, then order of the rules. */
static void order(struct solve *s) {
  const double *x = s->r->x;
  s->n_order = 0;
  for (int j = 0; j < s->r->s->p; j++) {
    if (obvious_is_fixed(s->r, j) || x[j] == 0) continue;
    int at = s->n_order++;
    for (; at > 0 && fabs(x[s->order[at - 1]]) < fabs(x[j]); at--) s->order[at] = s->order[at - 1];
    s->order[at] = j;
  }
}
/* Gauss-Jordan with pivot items taken in the order from `lead` on; false when the equations cannot be met by these items. */
static bool eliminate(struct solve *s, int lead) {
  const int p = s->r->s->p;
  int rank = 0;
  memset(s->delta, 0, (size_t)p * sizeof *s->delta);
  int *pivot = s->r->scratch;
  for (int o = 0; o < s->n_order && rank < s->rows; o++) {
    const int j = s->order[(lead + o) % s->n_order];
    int best = rank;
    for (int i = rank; i < s->rows; i++)
      if (fabs(dense_row(s, i)[j]) > fabs(dense_row(s, best)[j])) best = i;
    double *top = dense_row(s, rank), *from = dense_row(s, best);
    if (fabs(from[j]) < 1e-9) continue;
    for (int k = 0; k <= p; k++) {
      const double keep = top[k];
      top[k] = from[k];
      from[k] = keep;
    }
    const double by = top[j];
    for (int k = 0; k <= p; k++) top[k] /= by;
    for (int i = 0; i < s->rows; i++) {
      double *row = dense_row(s, i), factor = row[j];
      if (i == rank || factor == 0) continue;
      for (int k = 0; k <= p; k++) row[k] -= factor * top[k];
    }
    pivot[rank++] = j;
  }
  for (int i = rank; i < s->rows; i++)
    if (fabs(dense_row(s, i)[p]) > 1e-6) return false;
  for (int i = 0; i < rank; i++) s->delta[pivot[i]] = dense_row(s, i)[p];
  return true;
}
static bool accept(struct solve *s) {
  const struct obvious_record *r = s->r;
  for (int j = 0; j < r->s->p; j++) {
    const double d = fabs(s->delta[j]) < 1e-9 ? 0 : s->delta[j];
    if (fabs(d) > 2 * s->most + 1e-6) return false;
    r->work[j] = r->x[j] + d;
    if (d != 0 && !obvious_is_whole(r, j, r->work[j])) return false;
    if (d != 0 && obvious_is_whole(r, j, r->work[j]) && fabs(r->work[j] - round(r->work[j])) < 1e-6) r->work[j] = round(r->work[j]);
  }
  return obvious_holds(r, r->work, true);
}
static enum err_code one_record(struct solve *s, struct corrections *out, struct obvious_count *count, struct err *e) {
  if (!load(s)) {
    count->clean++; /* nothing within reach: no rounding error */
    return E_OK;
  }
  order(s);
  for (int lead = 0; lead < s->n_order; lead++) {
    if (lead) (void)load(s);
    if (!eliminate(s, lead) || !accept(s)) continue;
    count->corrected++;
    return obvious_store(s->r, s->r->work, CORRECT_ROUNDING, out, e);
  }
  count->left++;
  return corrections_mark(out, &(struct correct_marker){.row = s->r->row, .var = -1, .edit = -1, .reason = LEFT_NO_ANSWER}, e);
}
enum err_code rounding_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, double most,
    struct corrections *out, struct obvious_count *count, struct err *e) {
  int column[LINEAR_MAX_VARIABLES];
  struct obvious_record r;
  struct solve solve = {.r = &r, .most = most, .order = ARENA_ARRAY(out->arena, int, s->p), .delta = ARENA_ARRAY(out->arena, double, s->p)};
  *count = (struct obvious_count){0};
  if (!solve.order || !solve.delta) return ERR(e, E_NO_MEMORY, .subject = "correction");
  if (!(most > 0) || !isfinite(most)) return ERR(e, E_CORRECT_PARAMETER, .subject = "most",
      .expected = "the largest difference that is rounding, above 0");
  TRY(correct_bind(s->names, s->p, t, column, e));
  TRY(obvious_init(&r, s, t, fixed, column, out->arena, e));
  for (int64_t row = 0; row < t->n; row++) {
    if (obvious_read(&r, row)) TRY(one_record(&solve, out, count, e));
    else count->clean++;
  }
  return E_OK;
}
