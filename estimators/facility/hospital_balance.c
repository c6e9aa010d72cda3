#include "estimators/facility/hospital_balance.h"

#include "base/table.h"

const char *const balance_name[BALANCE_KINDS] = {"difference", "more_left_than_there_were", "no_movement_for_three_months"};

static void found(struct balance_report *out, struct balance_finding f) {
  out->n[f.kind]++;
  if (out->n_kept < BALANCE_MOST) out->finding[out->n_kept++] = f;
}
static bool asked(const struct hospital_reports *r, int64_t row, int column) {
  if (column == HOSPITAL_CARE) return hospital_says(r, row, column);
  return r->column[column][HOSPITAL_END].value && (!r->clinic[row] || column == HOSPITAL_LT);
}
static bool beginning(const struct hospital_reports *r, int64_t row, int64_t before, int column, int64_t *out) {
  const struct hospital_column *corrected = &r->column[column][HOSPITAL_BEGIN];
  if (corrected->value && corrected->status[row] != VAL_NOT_APPLICABLE && hospital_value(corrected, row, out)) return true;
  return before >= 0 && hospital_value(&r->column[column][HOSPITAL_END], before, out);
}
static void check_movement(const struct hospital_reports *r, int64_t row, int64_t before, int column, struct balance_report *out) {
  int64_t v[HOSPITAL_FIELDS], begin;
  for (int k = HOSPITAL_END; k <= HOSPITAL_OUT; k++)
    if (!hospital_value(&r->column[column][k], row, &v[k])) {
      out->n_missing++;
      return;
    }
  if (!beginning(r, row, before, column, &begin)) {
    out->n_no_prior++;
    return;
  }
  out->n_checked++;
  const int64_t came = begin + v[HOSPITAL_NEW] + v[HOSPITAL_IN], should = came - v[HOSPITAL_LEFT] - v[HOSPITAL_OUT];
  if (should < 0) found(out, (struct balance_finding){BALANCE_MORE_LEFT, row, column, came, v[HOSPITAL_LEFT] + v[HOSPITAL_OUT]});
  else if (should != v[HOSPITAL_END]) found(out, (struct balance_finding){BALANCE_DIFFERENCE, row, column, should, v[HOSPITAL_END]});
}
static bool still(const struct hospital_reports *r, int64_t row, int column, int64_t *days) {
  int64_t v;
  if (row < 0 || !hospital_value(&r->column[column][HOSPITAL_DAYS], row, days) || *days <= 0) return false;
  for (int k = HOSPITAL_NEW; k <= HOSPITAL_OUT; k++)
    if (!hospital_value(&r->column[column][k], row, &v) || v != 0) return false;
  return true;
}
static void check_still(const struct hospital_reports *r, const int64_t *place, int32_t month, int column, struct balance_report *out) {
  int64_t days = 0;
  if (month + 1 < BALANCE_STILL_MONTHS) return;
  for (int32_t m = month - BALANCE_STILL_MONTHS + 1; m <= month; m++)
    if (!still(r, place[m], column, &days)) return;
  found(out, (struct balance_finding){BALANCE_STILL, place[month], column, 0, days});
}

enum err_code hospital_balance(struct arena *a, const struct hospital_reports *r, struct balance_report *out, struct err *e) {
  int64_t *place;
  *out = (struct balance_report){.n_checked = 0};
  TRY(hospital_places(a, r, &place, e));
  for (int32_t f = 0; f < r->n_facilities; f++)
    for (int32_t m = 0; m < r->n_months; m++) {
      const int64_t *own = &place[(int64_t)f * r->n_months], row = own[m];
      for (int h = 0; row >= 0 && h < HOSPITAL_COLUMNS; h++) {
        if (!asked(r, row, h)) continue;
        check_movement(r, row, m > 0 ? own[m - 1] : -1, h, out);
        check_still(r, own, m, h, out);
      }
    }
  return E_OK;
}
