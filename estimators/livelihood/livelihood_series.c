#include "estimators/livelihood/livelihood_series.h"

#include <math.h>

static const double HALF = 0.5, TENTH = 0.05; /* half of the last digit printed: whole numbers, one decimal */
static const double SLACK = 1e-9;

static enum livelihood_relation line_of(const struct livelihood_year *y) {
  if (!(y->median > 0) || !(y->line > 0)) return SERIES_NONE;
  if (floor(y->median / 2 + HALF + SLACK) == y->line) return SERIES_AGREES;
  const double low = (y->median - HALF) / 2 - HALF, high = (y->median + HALF) / 2 + HALF;
  return y->line >= low - SLACK && y->line <= high + SLACK ? SERIES_BY_ROUNDING : SERIES_CONTRADICTS;
}
static double between(double all, double one, double more) { return one > more ? 100 * (all - more) / (one - more) : 0; }

void livelihood_series_check(const struct livelihood_year *row, int64_t n, struct livelihood_check *out) {
  for (int64_t i = 0; i < n; i++) {
    const struct livelihood_year *y = &row[i];
    struct livelihood_check *c = &out[i];
    *c = (struct livelihood_check){.line = line_of(y)};
    c->has_share = y->has_rates && y->one_adult - TENTH > y->more_adults + TENTH;
    if (!c->has_share) continue;
    c->share = between(y->working, y->one_adult, y->more_adults);
    c->share_low = between(y->working - TENTH, y->one_adult + TENTH, y->more_adults + TENTH);
    c->share_high = between(y->working + TENTH, y->one_adult - TENTH, y->more_adults - TENTH);
    c->share_holds = c->share_high >= 0 && c->share_low <= 100;
  }
}
