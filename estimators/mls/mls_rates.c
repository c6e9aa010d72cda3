#include "estimators/mls/mls_rates.h"

#include "estimators/table/rounding.h"

const char *const mls_rate_name[MLS_RATES] = {"in_rate", "out_rate", "part_rate", "part_hourly_pay"};

static bool percent(const struct mls_row *r, int split, int top, int bottom, int64_t *out) {
  if (r->suppressed || !r->has[split][top] || !r->has[split][bottom] || r->value[split][bottom] <= 0) return false;
  *out = round_ratio(r->value[split][top], r->value[split][bottom], 10000);
  return true;
}

bool mls_rate(const struct mls_row *r, int split, enum mls_rate which, int64_t *out) {
  switch (which) {
  case MLS_RATE_IN: return percent(r, split, MLS_COL_INC, MLS_COL_E0, out);
  case MLS_RATE_OUT: return percent(r, split, MLS_COL_DEC, MLS_COL_E0, out);
  case MLS_RATE_PART: return percent(r, split, MLS_COL_PT, MLS_COL_E1, out);
  case MLS_RATE_HOURLY:
    if (split != MLS_PART || r->suppressed || !r->has[split][MLS_COL_B] || !r->has[split][MLS_COL_HS] || r->value[split][MLS_COL_HS] <= 0)
      return false;
    *out = round_ratio(r->value[split][MLS_COL_B], r->value[split][MLS_COL_HS], 10);
    return true;
  case MLS_RATES: break;
  }
  return false;
}
