#include "processing/correct/prorate.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double TEN[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
static const double MAX_UNITS = 9007199254740992.0; /* 2^53 */

/* Half away from zero; a half that binary fractions put a hair below is a half. */
static double half_away(double v) { return v < 0 ? -floor(-v + 0.5 + 1e-9) : floor(v + 0.5 + 1e-9); }

/* In whole numbers of 10^-(d+1); returns whether the rounded sum is the target. */
static bool round_cumulative(double *out, const double *y, int n, double target, double unit) {
  double carry = 0, sum = 0;
  for (int i = 0; i < n; i++) {
    const double fine = half_away(y[i] * unit * 10) + carry;
    const double whole = half_away(fine / 10);
    carry = fine - whole * 10;
    out[i] = whole;
    sum += whole;
  }
  return sum == target;
}
struct share {
  double fraction, size;
  int at;
};
static int larger_first(const void *a, const void *b) {
  const struct share *x = a, *y = b;
  if (x->fraction != y->fraction) return x->fraction < y->fraction ? 1 : -1;
  if (x->size != y->size) return x->size < y->size ? 1 : -1;
  return x->at < y->at ? -1 : 1;
}
static bool round_remainder(double *out, const double *y, int n, double target, double unit) {
  struct share share[PRORATE_MAX_PARTS];
  double sum = 0;
  for (int i = 0; i < n; i++) {
    const double v = y[i] * unit, near = half_away(v);
    out[i] = fabs(v - near) < 1e-9 * fmax(1, fabs(v)) ? near : floor(v);
    share[i] = (struct share){.fraction = floor((v - out[i]) * 1e9 + 0.5), .size = fabs(y[i]), .at = i};
    sum += out[i];
  }
  const double left = target - sum;
  if (!(left >= 0) || left > n) return false;
  qsort(share, (size_t)n, sizeof *share, larger_first);
  for (int i = 0; i < (int)left; i++) out[share[i].at] += 1;
  return true;
}
bool prorate_round(double *y, int n, double rest, int decimals, enum prorate_rounding how) {
  const double unit = TEN[decimals], target = half_away(rest * unit);
  double out[PRORATE_MAX_PARTS];
  for (int i = 0; i < n; i++)
    if (!(fabs(y[i]) * unit * 10 < MAX_UNITS)) return false;
  if (n > PRORATE_MAX_PARTS || !(fabs(target) * 10 < MAX_UNITS)) return false;
  if ((how == PRORATE_LARGEST_REMAINDER || !round_cumulative(out, y, n, target, unit)) && !round_remainder(out, y, n, target, unit)) return false;
  for (int i = 0; i < n; i++) y[i] = out[i] / unit;
  return true;
}

struct run {
  const struct prorate_plan *plan;
  const struct num_table *t;
  const uint8_t *const *imputed;
  const int *column;
  int64_t row;
  double x[PRORATE_MAX_VARIABLES]; /* of this record, moved from the top down */
  struct correct_marker left;
  struct correction changes[PRORATE_MAX_VARIABLES];
  int n_changes;
};
static bool leave(struct run *r, const struct prorate_balance *b, enum correct_reason why, int var, double figure) {
  r->left = (struct correct_marker){.row = r->row, .var = var, .edit = b->rule, .figure = figure, .reason = (uint8_t)why};
  return false;
}
static bool may_move(const struct run *r, const struct prorate_part *part) {
  if (r->x[part->var] == 0 || !num_present(&r->t->columns[r->column[part->var]], r->row)) return false;
  switch (part->modifier) {
    case PRORATE_ALWAYS: return true;
    case PRORATE_IMPUTED: return r->imputed[part->var] && r->imputed[part->var][r->row];
    case PRORATE_ORIGINAL: return !r->imputed[part->var] || !r->imputed[part->var][r->row];
    default: return false;
  }
}
/* y of the movable parts; false with a marker when there is no answer. */
static bool factor(struct run *r, const struct prorate_balance *b, const int *move, int n_move, double gap, double *y) {
  const bool scaling = r->plan->set.method == PRORATE_SCALING;
  double sum = 0;
  for (int i = 0; i < n_move; i++) {
    const double x = r->x[b->part[move[i]].var];
    sum += (scaling ? fabs(x) : x) / b->part[move[i]].weight;
  }
  if (sum == 0) return leave(r, b, LEFT_NO_FACTOR, -1, 0);
  const double k = gap / sum;
  if (scaling && fabs(k) > 1 + 1e-12) return leave(r, b, LEFT_SCALE, -1, k);
  for (int i = 0; i < n_move; i++) {
    const double x = r->x[b->part[move[i]].var];
    y[i] = x + k * (scaling ? fabs(x) : x) / b->part[move[i]].weight;
  }
  return true;
}
static bool store(struct run *r, const struct prorate_balance *b, const int *move, int n_move, const double *y) {
  const struct prorate_settings *set = &r->plan->set;
  for (int i = 0; i < n_move; i++) {
    const int var = b->part[move[i]].var;
    const double ratio = y[i] / r->x[var];
    if (ratio < set->lower || ratio > set->upper) return leave(r, b, LEFT_BOUND, var, ratio);
    if (y[i] == r->x[var]) continue;
    r->changes[r->n_changes++] = (struct correction){.row = r->row, .var = var, .edit = b->rule, .before = r->x[var], .value = y[i],
        .rule = CORRECT_PRORATE};
    r->x[var] = y[i];
  }
  return true;
}
/* False: the record is left, with its marker. */
static bool one_balance(struct run *r, const struct prorate_balance *b) {
  const double unit = TEN[r->plan->set.decimals];
  double sum = 0, size = fabs(r->x[b->total]), y[PRORATE_MAX_PARTS];
  int move[PRORATE_MAX_PARTS], n_move = 0;
  for (int k = 0; k < b->n; k++) {
    const double x = r->x[b->part[k].var];
    if (x < 0 && !r->plan->set.accept_negative) return leave(r, b, LEFT_NEGATIVE, b->part[k].var, 0);
    sum += x;
    size += fabs(x);
  }
  const double gap = r->x[b->total] - sum, slack = 1e-6 / unit + (b->n + 2) * DBL_EPSILON * size;
  if (fabs(gap) <= slack) return true;
  double rest = r->x[b->total];
  for (int k = 0; k < b->n; k++) {
    if (may_move(r, &b->part[k])) move[n_move++] = k;
    else rest -= r->x[b->part[k].var];
  }
  if (n_move == 0) return leave(r, b, LEFT_NOTHING, -1, 0);
  if (fabs(rest) * unit * 10 >= MAX_UNITS) return leave(r, b, LEFT_SIZE, -1, 0);
  if (fabs(rest * unit - half_away(rest * unit)) > slack * unit) return leave(r, b, LEFT_DECIMAL, -1, 0);
  if (!factor(r, b, move, n_move, gap, y)) return false;
  if (!prorate_round(y, n_move, rest, r->plan->set.decimals, r->plan->set.rounding)) return leave(r, b, LEFT_SIZE, -1, 0);
  return store(r, b, move, n_move, y);
}
static bool one_record(struct run *r) {
  const struct prorate_plan *plan = r->plan;
  r->n_changes = 0;
  for (int v = 0; v < plan->p; v++) {
    const struct num_column *c = &r->t->columns[r->column[v]];
    const bool present = num_present(c, r->row);
    r->x[v] = present ? c->x[r->row] : 0;
    if (!present && !plan->set.missing_as_zero) {
      r->left = (struct correct_marker){.row = r->row, .var = v, .edit = -1, .reason = LEFT_MISSING};
      return false;
    }
  }
  for (int i = 0; i < plan->n; i++)
    if (!one_balance(r, &plan->balance[i])) return false;
  return true;
}
enum err_code prorate_run(const struct prorate_plan *plan, const struct num_table *t, const uint8_t *const *imputed, struct corrections *out,
    struct prorate_count *count, struct err *e) {
  int column[PRORATE_MAX_VARIABLES];
  struct run *r = ARENA_NEW(out->arena, struct run);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "prorating");
  if (plan->needs_flags && !imputed) return ERR(e, E_CORRECT_PARAMETER, .subject = "imputed",
      .expected = "flags of imputed values, as a modifier I or O asks for them");
  TRY(correct_bind(plan->names, plan->p, t, column, e));
  *r = (struct run){.plan = plan, .t = t, .imputed = imputed, .column = column};
  *count = (struct prorate_count){0};
  for (r->row = 0; r->row < t->n; r->row++) {
    if (!one_record(r)) {
      count->left++;
      TRY(corrections_mark(out, &r->left, e));
      continue;
    }
    if (r->n_changes) count->prorated++;
    else count->balanced++;
    for (int i = 0; i < r->n_changes; i++) TRY(corrections_add(out, &r->changes[i], e));
  }
  return E_OK;
}
