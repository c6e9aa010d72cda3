#include "estimators/mls/mls_compare.h"

#include <stdio.h>
#include <stdlib.h>

const struct mls_tolerance mls_tolerance_exact = {{0}};
const struct mls_tolerance mls_tolerance_rounded = {{[MLS_COL_D] = 1,
    [MLS_COL_H] = 2,
    [MLS_COL_HS] = 1,
    [MLS_COL_HO] = 1,
    [MLS_COL_G] = 2,
    [MLS_COL_C] = 1,
    [MLS_COL_B] = 2,
    [MLS_COL_O] = 1,
    [MLS_COL_S] = 1}};

static int key_cmp(const struct mls_row *a, const struct mls_row *b) {
  int c = str_cmp(a->industry, b->industry);
  return c ? c : str_cmp(a->size, b->size);
}

static int row_cmp(const void *x, const void *y) { return key_cmp(*(const struct mls_row *const *)x, *(const struct mls_row *const *)y); }

static const struct mls_row *find(const struct mls_row *const *sorted, int32_t n, const struct mls_row *key) {
  int32_t low = 0, high = n;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    int c = key_cmp(sorted[middle], key);
    if (!c) return sorted[middle];
    if (c < 0) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static void compare_figure(
    const struct mls_row *p, const struct mls_row *o, int s, int c, int64_t tolerance, int64_t max, struct mls_comparison *out) {
  if (!p->has[s][c] && !(o && o->has[s][c])) return;
  struct mls_difference d = {.published = p, .ours = o, .split = s, .column = c, .published_value = p->value[s][c]};
  out->n_compared++;
  d.missing = !o || !o->has[s][c] || !p->has[s][c];
  if (o) d.our_value = o->value[s][c];
  int64_t gap = llabs(d.our_value - d.published_value);
  if (!d.missing && gap > out->largest[c]) out->largest[c] = gap;
  if (!d.missing && gap == 0) out->n_exact++;
  if (!d.missing && gap <= tolerance) {
    out->n_within++;
    return;
  }
  out->n_failed++;
  if (out->n_failures < max) out->failures[out->n_failures++] = d;
}

enum err_code mls_compare(struct arena *a, const struct mls_row *published, int32_t n_published, const struct mls_row *ours, int32_t n_ours,
    const struct mls_tolerance *tolerance, int64_t max_failures, struct mls_comparison *out, struct err *e) {
  const struct mls_row **sorted = ARENA_ARRAY(a, const struct mls_row *, n_ours + 1);
  *out = (struct mls_comparison){.failures = ARENA_ARRAY(a, struct mls_difference, max_failures + 1)};
  if (!sorted || !out->failures) return ERR(e, E_NO_MEMORY, .subject = "comparison");
  for (int32_t i = 0; i < n_ours; i++) sorted[i] = &ours[i];
  qsort(sorted, (size_t)n_ours, sizeof *sorted, row_cmp);
  for (int32_t i = 0; i < n_published; i++) {
    const struct mls_row *o = find(sorted, n_ours, &published[i]);
    if (published[i].suppressed) {
      out->n_suppressed++;
      continue;
    }
    if (o && o->suppressed) {
      out->n_not_computed++;
      continue;
    }
    out->n_rows++;
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int c = 0; c < MLS_COLUMNS; c++) compare_figure(&published[i], o, s, c, tolerance->column[c], max_failures, out);
  }
  return E_OK;
}

static void figure(int64_t v, int column, char *out, size_t size) {
  if (mls_column_tenths(column)) snprintf(out, size, "%s%lld.%lld", v < 0 ? "-" : "", llabs(v) / 10, llabs(v) % 10);
  else snprintf(out, size, "%lld", (long long)v);
}

const char *mls_difference_text(const struct mls_difference *d, char *out, size_t size) {
  char p[32], o[32], gap[32];
  const struct mls_row *r = d->published ? d->published : d->ours;
  figure(d->published_value, d->column, p, sizeof p);
  figure(d->our_value, d->column, o, sizeof o);
  figure(d->our_value - d->published_value, d->column, gap, sizeof gap);
  snprintf(out, size, "%.*s/%.*s/%s %s published %s ours %s difference %s", (int)r->industry.n, r->industry.p, (int)r->size.n, r->size.p,
      mls_split_code[d->split], mls_column_name[d->column], d->published && d->published->has[d->split][d->column] ? p : "none",
      d->ours && d->ours->has[d->split][d->column] ? o : "none", d->missing ? "missing" : gap);
  return out;
}
