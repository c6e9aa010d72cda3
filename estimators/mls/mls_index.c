#include "estimators/mls/mls_index.h"

#include "estimators/table/rounding.h"

int64_t mls_index_of(double level, double base) {
  if (!(base > 0) || !(level >= 0)) return MLS_NO_INDEX;
  return round_half_away(1000 * level / base);
}
static int64_t sum_of(const int64_t *tenths, int n) {
  int64_t sum = 0;
  for (int i = 0; i < n; i++) {
    if (tenths[i] == MLS_NO_INDEX) return MLS_NO_INDEX;
    sum += tenths[i];
  }
  return sum;
}
int64_t mls_index_mean(const int64_t *tenths, int n) {
  const int64_t sum = n > 0 ? sum_of(tenths, n) : MLS_NO_INDEX;
  return sum == MLS_NO_INDEX ? sum : round_ratio(sum, n, 1);
}
int64_t mls_index_growth(int64_t now, int64_t before) {
  if (now == MLS_NO_INDEX || before == MLS_NO_INDEX || before <= 0) return MLS_NO_INDEX;
  return round_ratio(now - before, before, 1000);
}
int64_t mls_index_real(int64_t nominal, int64_t cpi) {
  if (nominal == MLS_NO_INDEX || cpi == MLS_NO_INDEX || cpi <= 0) return MLS_NO_INDEX;
  return round_ratio(nominal, cpi, 1000);
}
double mls_index_base(const double level[12]) {
  double sum = 0;
  for (int m = 0; m < 12; m++) {
    if (!(level[m] >= 0)) return 0;
    sum += level[m];
  }
  return sum / 12;
}

void mls_index_years(const int64_t *months, int n_years, struct mls_index_year *out) {
  static const struct {
    int first, n;
  } span[MLS_PERIODS] = {{0, 3}, {3, 3}, {6, 3}, {9, 3}, {0, 6}, {6, 6}, {0, 12}, {3, 12}};
  for (int y = 0; y < n_years; y++) {
    const int64_t *at = months + 12 * (int64_t)y;
    for (int m = 0; m < 12; m++) out[y].month[m] = at[m];
    for (int p = 0; p < MLS_PERIODS; p++)
      out[y].period[p] = p == MLS_FISCAL_YEAR && y + 1 == n_years ? MLS_NO_INDEX : mls_index_mean(at + span[p].first, span[p].n);
  }
}
void mls_index_growths(const int64_t *months, const int64_t *reference, int n, int64_t *growth) {
  for (int i = 0; i < n; i++) {
    int64_t before = i >= 12 ? months[i - 12] : MLS_NO_INDEX;
    if (reference && reference[i] != MLS_NO_INDEX) before = reference[i];
    growth[i] = mls_index_growth(months[i], before);
  }
}
void mls_index_rebase(const int64_t *months, int n, int first, int64_t *out) {
  const int64_t sum = first >= 0 && first + 12 <= n ? sum_of(months + first, 12) : MLS_NO_INDEX;
  for (int i = 0; i < n; i++)
    out[i] = sum == MLS_NO_INDEX || sum <= 0 || months[i] == MLS_NO_INDEX ? MLS_NO_INDEX : round_ratio(months[i] * 12, sum, 1000);
}
