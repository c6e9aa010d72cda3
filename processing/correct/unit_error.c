#include "processing/correct/unit_error.h"

#include <math.h>

enum err_code unit_error_check(const struct unit_error_rule *r, struct err *e) {
  if (r->n_factors < 1) return ERR(e, E_CORRECT_PARAMETER, .subject = "factors", .expected = "at least one factor with its window");
  for (int i = 0; i < r->n_factors; i++) {
    const struct unit_factor *f = &r->factors[i];
    if (!(f->factor > 0) || f->factor == 1 || !isfinite(f->factor)) return ERR(e, E_CORRECT_PARAMETER, .subject = "factors",
        .expected = "factors above 0 other than 1");
    if (!(f->low < f->high) || !(f->low > 0)) return ERR(e, E_CORRECT_PARAMETER, .subject = "window", .expected = "0 < low < high");
    for (int k = 0; k < i; k++)
      if (f->low < r->factors[k].high && r->factors[k].low < f->high) return ERR(e, E_CORRECT_PARAMETER, .subject = "window",
          .expected = "windows of the factors that do not overlap");
  }
  return E_OK;
}
struct unit_decision unit_error_decide(const struct unit_error_rule *r, const double *principal, const double *predictive, const double *auxiliary) {
  const double *by = predictive ? predictive : auxiliary;
  if (!principal || !by || *by == 0) return (struct unit_decision){.marker = UNIT_STOPPED};
  struct unit_decision d = {.marker = UNIT_NONE, .ratio = *principal / *by, .factor = 1};
  for (int i = 0; i < r->n_factors; i++)
    if (r->factors[i].low < d.ratio && d.ratio < r->factors[i].high) d.marker = UNIT_CORRECTED, d.factor = r->factors[i].factor;
  return d;
}
double unit_error_divide(double value, double factor, int decimals) {
  const double v = value / factor;
  if (decimals < 0) return v;
  const double unit = pow(10, decimals);
  return round(v * unit) / unit;
}
static const double *value_at(const struct num_table *t, int column, int64_t row) {
  return column >= 0 && num_present(&t->columns[column], row) ? &t->columns[column].x[row] : NULL;
}
static bool is_fixed(const uint8_t *const *fixed, int column, int64_t row) { return fixed && fixed[column] && fixed[column][row]; }

static enum err_code divide(const struct num_table *t, int column, int64_t row, double factor, struct corrections *out, struct err *e) {
  const double *x = value_at(t, column, row);
  if (!x || *x == 0) return E_OK;
  const double value = unit_error_divide(*x, factor, t->columns[column].decimals);
  if (value == *x) return E_OK;
  return corrections_add(out,
      &(struct correction){.row = row, .var = column, .edit = -1, .before = *x, .value = value, .rule = CORRECT_UNIT_ERROR}, e);
}
static enum err_code one_record(const struct unit_error_rule *r, const struct num_table *t, const uint8_t *const *fixed, int64_t row, char *marker,
    struct corrections *out, struct err *e) {
  struct unit_decision d = unit_error_decide(r, value_at(t, r->principal, row), value_at(t, r->predictive, row), value_at(t, r->auxiliary, row));
  if (d.marker == UNIT_CORRECTED && is_fixed(fixed, r->principal, row)) d.marker = UNIT_NONE;
  if (marker) marker[row] = (char)d.marker;
  if (d.marker == UNIT_STOPPED)
    return corrections_mark(out, &(struct correct_marker){.row = row, .var = r->principal, .edit = -1, .reason = LEFT_STOPPED}, e);
  if (d.marker != UNIT_CORRECTED) return E_OK;
  TRY(divide(t, r->principal, row, d.factor, out, e));
  for (int k = 0; k < r->n_others; k++)
    if (!is_fixed(fixed, r->others[k], row)) TRY(divide(t, r->others[k], row, d.factor, out, e));
  return E_OK;
}
enum err_code unit_error_run(const struct unit_error_rule *r, const struct num_table *t, const uint8_t *const *fixed, char *marker,
    struct corrections *out, struct err *e) {
  TRY(unit_error_check(r, e));
  for (int64_t row = 0; row < t->n; row++) TRY(one_record(r, t, fixed, row, marker, out, e));
  return E_OK;
}
