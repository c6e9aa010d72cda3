#include "processing/correct/deterministic.h"

#include <math.h>

#include "processing/correct/deductive_block.h"

struct run {
  const struct linear_system *s;
  const struct num_table *t;
  const uint8_t *const *flag;
  const int *column;
  struct deduction d;
  struct corrections *out;
  struct deterministic_count *count;
};
static bool any_flag(const struct run *r, int64_t row) {
  for (int j = 0; j < r->s->p; j++)
    if (r->flag[j] && r->flag[j][row]) return true;
  return false;
}
/* A value of declared decimals is a whole number of its smallest step. */
static int first_not_whole(const struct run *r) {
  for (int j = 0; j < r->s->p; j++) {
    if (!r->d.asked[j] || r->d.state[j] != DEDUCED_VALUE || r->s->decimals[j] < 0) continue;
    const double unit = pow(10, r->s->decimals[j]), v = r->d.x[j] * unit;
    if (fabs(v - round(v)) > 1e-6 + 1e-9 * fabs(v)) return j;
    r->d.x[j] = round(v) / unit;
  }
  return -1;
}
static enum err_code mark(struct run *r, int64_t row, enum correct_reason why, int var, int edit, struct err *e) {
  return corrections_mark(r->out, &(struct correct_marker){.row = row, .var = var, .edit = edit, .reason = (uint8_t)why}, e);
}
static enum err_code store(struct run *r, int64_t row, struct err *e) {
  for (int j = 0; j < r->s->p; j++) {
    if (!r->d.asked[j]) continue;
    if (r->d.state[j] == DEDUCED_UNSETTLED) TRY(mark(r, row, LEFT_SOLVER, j, -1, e));
    if (r->d.state[j] != DEDUCED_VALUE) {
      r->count->open++;
      continue;
    }
    const bool missing = r->d.missing[j];
    struct correction c = {.row = row, .var = j, .edit = r->d.rule_edit[j], .value = r->d.x[j], .rule = r->d.rule[j], .was_missing = missing};
    if (!missing) c.before = r->t->columns[r->column[j]].x[row];
    r->count->determined++;
    TRY(corrections_add(r->out, &c, e));
  }
  return E_OK;
}
static enum err_code one_record(struct run *r, int64_t row, struct err *e) {
  struct deduction *d = &r->d;
  int64_t asked = 0;
  (void)correct_gather(r->t, r->column, r->s->p, row, d->x, d->missing);
  for (int j = 0; j < r->s->p; j++) {
    d->asked[j] = r->flag[j] && r->flag[j][row];
    d->unknown[j] = d->asked[j] || d->missing[j];
    asked += d->asked[j];
  }
  r->count->records++;
  r->count->flagged += asked;
  const bool feasible = deduce(d);
  const int broken = feasible ? first_not_whole(r) : -1;
  if (feasible && broken < 0) return store(r, row, e);
  r->count->infeasible++;
  r->count->open += asked;
  return feasible ? mark(r, row, LEFT_NOT_WHOLE, broken, -1, e) : mark(r, row, LEFT_INFEASIBLE, -1, d->bad_edit, e);
}
enum err_code deterministic_impute(const struct linear_system *s, const struct num_table *t, const uint8_t *const *flag, struct corrections *out,
    struct deterministic_count *count, struct err *e) {
  int column[LINEAR_MAX_VARIABLES];
  struct run r = {.s = s, .t = t, .flag = flag, .column = column, .out = out, .count = count};
  *count = (struct deterministic_count){0};
  TRY(correct_bind(s->names, s->p, t, column, e));
  TRY(deduction_init(&r.d, s, out->arena, e));
  for (int64_t row = 0; row < t->n; row++)
    if (any_flag(&r, row)) TRY(one_record(&r, row, e));
  count->programmes = r.d.programmes;
  return E_OK;
}
