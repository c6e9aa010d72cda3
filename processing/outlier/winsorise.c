#include "processing/outlier/winsorise.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"

struct term { /* what a row adds to its stratum's sums */
  int32_t group;
  double y, x, d;
};
static int compare_doubles(double a, double b) { return a < b ? -1 : a > b; }
static int compare_terms(const void *p, const void *q) {
  const struct term *a = p, *b = q;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  const int y = compare_doubles(a->y, b->y), x = compare_doubles(a->x, b->x);
  return y ? y : x ? x : compare_doubles(a->d, b->d);
}
const char *winsorise_marker_name(enum winsorise_marker m) {
  static const char *const names[] = {"W", "NW_FE", "NW_AG"};
  return names[m];
}
static enum err_code check_row(const struct winsorise_data *d, int64_t i, struct arena *a, struct err *e) {
  const char *row = arena_printf(a, "%lld", (long long)i + 1);
  if (!(isfinite(d->design[i]) && d->design[i] >= 1))
    return ERR(e, E_OUTLIER_WEIGHT, .line = i + 1, .subject = row, .expected = "a design weight of 1 or more");
  if (d->calibration && !(isfinite(d->calibration[i]) && d->calibration[i] > 0))
    return ERR(e, E_OUTLIER_WEIGHT, .line = i + 1, .subject = row, .expected = "a calibration weight above 0");
  if (!(d->cut_off[i] >= 0)) return ERR(e, E_OUTLIER_PARAMETER, .line = i + 1, .subject = "L", .expected = "0 or more");
  return E_OK;
}
/* slope: [n_groups] sum d y / sum d x, with x = 1 in expansion estimation; 0 where no auxiliary value speaks. */
static enum err_code stratum_slopes(double *slope, struct arena *a, const struct winsorise_data *d, struct err *e) {
  struct term *terms = ARENA_ARRAY(a, struct term, d->n);
  if (!terms) return ERR(e, E_NO_MEMORY, .subject = "winsorisation");
  for (int64_t i = 0; i < d->n; i++) terms[i] = (struct term){d->group[i], d->y[i], d->aux ? d->aux[i] : 1, d->design[i]};
  qsort(terms, (size_t)d->n, sizeof *terms, compare_terms);
  for (int64_t i = 0; i < d->n;) {
    struct sum y = {0}, x = {0};
    const int32_t group = terms[i].group;
    for (; i < d->n && terms[i].group == group; i++) {
      sum_add(&y, terms[i].d * terms[i].y);
      sum_add(&x, terms[i].d * terms[i].x);
    }
    slope[group] = sum_result(&x) > 0 ? sum_result(&y) / sum_result(&x) : 0;
  }
  return E_OK;
}
static struct winsorise_row treat(const struct winsorise_data *d, int64_t i, double slope) {
  const double y = d->y[i], a = d->design[i] * (d->calibration ? d->calibration[i] : 1);
  struct winsorise_row row = {.outlier_weight = 1, .value = y, .marker = WINSORISE_W};
  if (d->design[i] == 1 && a == 1) row.marker = WINSORISE_NW_FE;
  else if (a <= 1) row.marker = WINSORISE_NW_AG;
  if (row.marker != WINSORISE_W) return row;
  const double cut = slope * (d->aux ? d->aux[i] : 1) + d->cut_off[i] / (a - 1);
  if (y <= cut || y <= 0) return row;
  row.value = y / a + cut * (a - 1) / a;
  row.outlier_weight = row.value / y;
  return row;
}
enum err_code winsorise(struct winsorise_row *out, struct arena *a, const struct winsorise_data *d, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *slope = ARENA_ARRAY(a, double, d->n_groups);
  enum err_code code = slope ? E_OK : ERR(e, E_NO_MEMORY, .subject = "winsorisation");
  for (int64_t i = 0; i < d->n && !code; i++) code = check_row(d, i, a, e);
  if (!code) code = stratum_slopes(slope, a, d, e);
  for (int64_t i = 0; i < d->n && !code; i++) out[i] = treat(d, i, slope[d->group[i]]);
  arena_reset(a, mark);
  return code;
}
