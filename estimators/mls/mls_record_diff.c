#include <stdio.h>
#include <string.h>

#include "estimators/mls/mls_change.h"
#include "estimators/mls/mls_record.h"

static bool same_number(double x, double y) { return x == y || (x != x && y != y); }
static unsigned what_changed(const struct mls_record_cell *x, const struct mls_record_cell *y) {
  if (!x) return MLS_DIFF_NEW;
  if (!y) return MLS_DIFF_GONE;
  return (same_number(x->workers, y->workers) ? 0 : MLS_DIFF_WORKERS) | (str_eq(x->weights, y->weights) ? 0 : MLS_DIFF_WEIGHTS)
      | (str_eq(x->answers, y->answers) ? 0 : MLS_DIFF_ANSWERS) | (x->reports == y->reports ? 0 : MLS_DIFF_REPORTS);
}
static void merge(const struct mls_record *x, const struct mls_record *y, struct mls_record_diff *out) {
  int32_t i = 0, j = 0;
  while (i < x->n_cells || j < y->n_cells) {
    int c = i == x->n_cells ? 1 : j == y->n_cells ? -1 : str_cmp(x->cells[i].id, y->cells[j].id);
    struct mls_record_difference *d = &out->cells[out->n_cells++];
    *d = (struct mls_record_difference){.old_cell = c <= 0 ? &x->cells[i++] : NULL, .new_cell = c >= 0 ? &y->cells[j++] : NULL};
    d->what = what_changed(d->old_cell, d->new_cell);
    out->n_changed += d->what != 0;
  }
}
static enum err_code price(struct arena *a, struct mls_record_diff *d, struct err *e) {
  struct mls_change_cell *k = ARENA_ARRAY(a, struct mls_change_cell, d->n_cells + 1);
  struct mls_change x;
  if (!k) return ERR(e, E_NO_MEMORY, .subject = "comparison of runs");
  for (int32_t c = 0; c < d->n_cells; c++) {
    const struct mls_record_cell *o = d->cells[c].old_cell, *n = d->cells[c].new_cell;
    k[c] = (struct mls_change_cell){
        .heads = {o ? o->heads : 0, n ? n->heads : 0}, .average = {o ? o->pay : 0, n ? n->pay : 0}, .heads_unbenchmarked = -1};
  }
  TRY(mls_decompose(k, d->n_cells, &x, e));
  d->old_pay = x.before;
  d->new_pay = x.now;
  d->change = x.change;
  for (int32_t c = 0; c < d->n_cells; c++) {
    d->cells[c].pay_effect = k[c].wage + k[c].panel;
    d->cells[c].share_effect = k[c].composition;
  }
  return E_OK;
}
enum err_code mls_record_compare(
    struct arena *a, const struct mls_record *x, const struct mls_record *y, struct mls_record_diff *out, struct err *e) {
  *out = (struct mls_record_diff){.identical = !strcmp(x->digest, y->digest),
      .program = !str_eq(x->program, y->program),
      .plan = !str_eq(x->plan, y->plan),
      .weights = !str_eq(x->weights, y->weights),
      .rows = !str_eq(x->rows, y->rows),
      .cells = ARENA_ARRAY(a, struct mls_record_difference, (int64_t)x->n_cells + y->n_cells + 1)};
  if (!out->cells) return ERR(e, E_NO_MEMORY, .subject = "comparison of runs");
  merge(x, y, out);
  return price(a, out, e);
}
const char *mls_record_what(unsigned what, char *out, size_t size) {
  static const char *const name[] = {"workers", "weights", "answers", "reports", "new", "gone"};
  size_t used = 0;
  snprintf(out, size, "same");
  for (int i = 0; i < 6; i++)
    if (what & 1u << i && used < size) used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", name[i]);
  return out;
}
