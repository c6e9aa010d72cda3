#include "processing/correct/totals.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum err_code totals_check(const struct totals_limits *limits, int n_parts, struct err *e) {
  if (!(limits->absolute >= 0) && !(limits->percent >= 0)) return ERR(e, E_CORRECT_PARAMETER, .subject = "threshold",
      .expected = "an absolute or a percentage threshold");
  if (limits->decimals > PRORATE_MAX_DECIMALS) return ERR(e, E_CORRECT_PARAMETER, .subject = "decimals", .expected = "-1 to 9");
  if (n_parts < 1 || n_parts > PRORATE_MAX_PARTS) return ERR(e, E_CORRECT_PARAMETER, .subject = "components", .expected = "1 to 256 components");
  return E_OK;
}
/* What adding n decimals in binary can be wrong by: far below one unit of any whole amount. */
static double hair_of(int n, double g, double sum) { return (n + 2) * DBL_EPSILON * fmax(fabs(g), fabs(sum)); }
static bool within(const struct totals_limits *limits, double g, double sum, double hair) {
  if (limits->absolute >= 0 && fabs(g - sum) <= limits->absolute + hair * (limits->absolute > 0)) return true;
  return limits->percent >= 0 && fabs(g - sum) <= limits->percent * fabs(sum) + hair * (limits->percent > 0);
}
/* False: rounding is not possible. */
static bool scale(const struct totals_limits *limits, double total, double sum, double *part, const bool *missing, int n) {
  double y[PRORATE_MAX_PARTS];
  int at[PRORATE_MAX_PARTS], n_moved = 0;
  for (int k = 0; k < n; k++) {
    if (missing[k] || part[k] == 0) continue;
    at[n_moved] = k;
    y[n_moved++] = part[k] * total / sum;
  }
  if (limits->decimals >= 0) {
    const double unit = pow(10, limits->decimals), fine = total * unit;
    if (fabs(fine - round(fine)) > 1e-6 || !prorate_round(y, n_moved, total, limits->decimals, limits->rounding)) return false;
  }
  for (int k = 0; k < n_moved; k++) part[at[k]] = y[k];
  return true;
}
struct totals_result totals_decide(const struct totals_limits *limits, const double *total, const double *predictive, const double *auxiliary,
    double *part, const bool *missing, int n) {
  struct totals_result r = {.marker = TOTALS_STOPPED};
  for (int k = 0; k < n; k++)
    if (!missing[k]) r.sum += part[k];
  if (!total) return r;
  r.total = *total;
  const double g = predictive ? *predictive : auxiliary ? *auxiliary : *total;
  if (fabs(*total - r.sum) <= hair_of(n, *total, r.sum)) r.marker = TOTALS_NONE;
  if (r.marker == TOTALS_NONE || (r.sum == 0 && g > 0)) return r;
  r.difference = fabs(g - r.sum);
  r.marker = TOTALS_MANUAL;
  if (!within(limits, g, r.sum, hair_of(n, g, r.sum))) return r;
  if (limits->amend_total) {
    r.marker = TOTALS_TOTAL;
    r.total = r.sum;
  } else if (r.sum != 0 && scale(limits, *total, r.sum, part, missing, n)) r.marker = TOTALS_COMPONENTS;
  return r;
}
static const double *value_at(const struct num_table *t, int column, int64_t row) {
  return column >= 0 && num_present(&t->columns[column], row) ? &t->columns[column].x[row] : NULL;
}
static enum err_code change(const struct num_table *t, int column, int64_t row, double value, enum correct_rule rule, struct corrections *out,
    struct err *e) {
  const double before = t->columns[column].x[row];
  if (value == before) return E_OK;
  return corrections_add(out, &(struct correction){.row = row, .var = column, .edit = -1, .before = before, .value = value, .rule = (uint8_t)rule},
      e);
}
/* A value that the answer would move is fixed. */
static bool held(const struct totals_rule *r, const struct num_table *t, const uint8_t *const *fixed, int64_t row, enum totals_marker marker) {
  if (!fixed) return false;
  if (marker == TOTALS_TOTAL) return fixed[r->total] && fixed[r->total][row];
  for (int k = 0; k < r->n && marker == TOTALS_COMPONENTS; k++) {
    const double *x = value_at(t, r->parts[k], row);
    if (x && *x != 0 && fixed[r->parts[k]] && fixed[r->parts[k]][row]) return true;
  }
  return false;
}
static enum err_code one_record(const struct totals_rule *r, const struct num_table *t, const uint8_t *const *fixed, int64_t row, char *marker,
    struct corrections *out, struct err *e) {
  double part[PRORATE_MAX_PARTS];
  bool missing[PRORATE_MAX_PARTS];
  (void)correct_gather(t, r->parts, r->n, row, part, missing);
  const double *total = value_at(t, r->total, row), *predictive = value_at(t, r->predictive, row), *auxiliary = value_at(t, r->auxiliary, row);
  struct totals_result d = totals_decide(&r->limits, total, predictive, auxiliary, part, missing, r->n);
  if (held(r, t, fixed, row, d.marker)) d.marker = TOTALS_MANUAL;
  if (marker) marker[row] = (char)d.marker;
  if (d.marker == TOTALS_TOTAL) TRY(change(t, r->total, row, d.total, CORRECT_TOTAL, out, e));
  for (int k = 0; k < r->n && d.marker == TOTALS_COMPONENTS; k++)
    if (!missing[k]) TRY(change(t, r->parts[k], row, part[k], CORRECT_COMPONENTS, out, e));
  if (d.marker != TOTALS_MANUAL && d.marker != TOTALS_STOPPED) return E_OK;
  const enum correct_reason why = d.marker == TOTALS_MANUAL ? LEFT_MANUAL : LEFT_STOPPED;
  return corrections_mark(out,
      &(struct correct_marker){.row = row, .var = r->total, .edit = -1, .figure = d.difference, .reason = (uint8_t)why}, e);
}
enum err_code totals_run(const struct totals_rule *r, const struct num_table *t, const uint8_t *const *fixed, char *marker, struct corrections *out,
    struct err *e) {
  TRY(totals_check(&r->limits, r->n, e));
  for (int64_t row = 0; row < t->n; row++) TRY(one_record(r, t, fixed, row, marker, out, e));
  return E_OK;
}
