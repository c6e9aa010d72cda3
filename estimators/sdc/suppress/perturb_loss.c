/* perturb_loss.c -- what a changed table has lost against the true one. For the office: it tells how large changes are, and is not published. */
#include <math.h>
#include <stdlib.h>

#include "base/sum.h"
#include "estimators/sdc/suppress/perturb.h"

struct valued {
  int64_t value;
  int32_t cell;
};
static int valued_cmp(const void *p, const void *q) {
  const struct valued *a = p, *b = q;
  return a->value != b->value ? (a->value > b->value) - (a->value < b->value) : (a->cell > b->cell) - (a->cell < b->cell);
}
static void ranks(const struct valued *x, int32_t n, double *rank) { /* equal values share their mean rank */
  for (int32_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && x[j].value == x[i].value; j++) continue;
    for (int32_t k = i; k < j; k++) rank[x[k].cell] = (i + j - 1) / 2.0;
  }
}
static double spearman(const struct cell_table *t, const int64_t *out, const uint8_t *counted) {
  const size_t room = (size_t)t->n_cells + 1;
  struct valued *x = malloc(sizeof *x * room), *y = malloc(sizeof *y * room);
  double *before = malloc(sizeof *before * room), *after = malloc(sizeof *after * room), result = NAN;
  struct sum xy = {0}, xx = {0}, yy = {0};
  int32_t n = 0;
  for (int32_t c = 0; x && y && before && after && c < t->n_cells; c++) {
    if (t->same[c] != c || (counted && !counted[c])) continue;
    x[n] = (struct valued){t->value[c], c};
    y[n++] = (struct valued){out[c], c};
  }
  if (n) {
    qsort(x, (size_t)n, sizeof *x, valued_cmp);
    qsort(y, (size_t)n, sizeof *y, valued_cmp);
    ranks(x, n, before);
    ranks(y, n, after);
    for (int32_t c = 0; c < t->n_cells; c++) {
      if (t->same[c] != c || (counted && !counted[c])) continue;
      const double a = before[c] - (n - 1) / 2.0, b = after[c] - (n - 1) / 2.0;
      sum_add(&xy, a * b), sum_add(&xx, a * a), sum_add(&yy, b * b);
    }
    const double size = sqrt(sum_result(&xx)) * sqrt(sum_result(&yy));
    result = size > 0 ? sum_result(&xy) / size : 1;
  }
  free(x), free(y), free(before), free(after);
  return result;
}
static void totals_change(const struct cell_table *t, const int64_t *out, struct perturb_loss *loss) {
  for (int32_t c = 0; c < t->n_cells; c++) {
    bool part = false;
    if (t->same[c] != c || t->cell_first[c] == t->cell_first[c + 1]) continue;
    for (int32_t k = t->cell_first[c]; k < t->cell_first[c + 1]; k++) part = part || t->member[t->first[t->cell_relation[k]]] != c;
    if (part) continue;
    const double share = t->value[c] ? fabs((double)out[c] - (double)t->value[c]) / fabs((double)t->value[c]) : 0;
    loss->n_totals++;
    if (share > loss->totals) loss->totals = share;
  }
}
void perturb_loss(const struct cell_table *t, const int64_t *out, const uint8_t *counted, struct perturb_loss *loss) {
  struct sum sum = {0}, square = {0}, root = {0}, total = {0};
  *loss = (struct perturb_loss){0};
  for (int32_t c = 0; c < t->n_cells; c++) {
    if (t->same[c] != c || (counted && !counted[c])) continue;
    const double x = cell_value(t, c), y = (double)out[c] / t->unit, d = fabs(y - x);
    loss->n++;
    loss->n_changed += out[c] != t->value[c];
    if (d > loss->largest) loss->largest = d;
    sum_add(&sum, d);
    sum_add(&square, d * d);
    sum_add(&total, x);
    if (x >= 0 && y >= 0) sum_add(&root, (sqrt(x) - sqrt(y)) * (sqrt(x) - sqrt(y)));
  }
  loss->sum = sum_result(&sum);
  loss->mean = loss->n ? loss->sum / loss->n : 0;
  loss->root_mean_square = loss->n ? sqrt(sum_result(&square) / loss->n) : 0;
  loss->hellinger_utility = sum_result(&total) > 0 ? 1 - sqrt(sum_result(&root) / 2) / sqrt(sum_result(&total)) : 1;
  totals_change(t, out, loss);
  loss->rank = spearman(t, out, counted);
}
