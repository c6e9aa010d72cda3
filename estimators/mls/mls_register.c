#include "estimators/mls/mls_register.h"

#include <stdio.h>
#include <stdlib.h>

struct keyed {
  const struct mls_register_row *row;
  int64_t index;
};
static int key_cmp(const struct mls_register_row *x, struct str prefecture, struct str number) {
  const int c = str_cmp(x->prefecture, prefecture);
  return c ? c : str_cmp(x->number, number);
}
static int keyed_cmp(const void *x, const void *y) {
  const struct keyed *a = x, *b = y;
  const int c = key_cmp(a->row, b->row->prefecture, b->row->number);
  return c ? c : (a->index > b->index) - (a->index < b->index);
}
static bool on_day(const struct mls_register_row *r, int64_t day) { return r->from <= day && day <= r->to; }

enum err_code mls_register_on(
    struct arena *a, const struct mls_register_row *rows, int64_t n, int64_t day, int64_t **out, int64_t *n_out, struct err *e) {
  struct keyed *k = ARENA_ARRAY(a, struct keyed, n + 1);
  *out = ARENA_ARRAY(a, int64_t, n + 1);
  *n_out = 0;
  if (!k || !*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < n; i++)
    if (on_day(&rows[i], day)) k[(*n_out)++] = (struct keyed){&rows[i], i};
  qsort(k, (size_t)*n_out, sizeof *k, keyed_cmp);
  for (int64_t i = 0; i < *n_out; i++) {
    (*out)[i] = k[i].index;
    if (i && !key_cmp(k[i - 1].row, k[i].row->prefecture, k[i].row->number))
      return ERR(e, E_MLS_MONTH_INPUT, .subject = arena_printf(a, "register row %lld", (long long)k[i].index + 1),
          .expected = "one row of an establishment on a day");
  }
  return E_OK;
}
int64_t mls_register_find(const struct mls_register_row *rows, const int64_t *on, int64_t n, struct str prefecture, struct str number) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const int c = key_cmp(&rows[on[middle]], prefecture, number);
    if (!c) return on[middle];
    if (c < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}
enum err_code mls_register_moved(struct arena *a, const struct mls_register_row *rows, int64_t n, int64_t before, int64_t after, int64_t **out,
    int64_t *n_out, struct err *e) {
  int64_t *then, *now, n_then, n_now;
  TRY(mls_register_on(a, rows, n, before, &then, &n_then, e));
  TRY(mls_register_on(a, rows, n, after, &now, &n_now, e));
  *out = ARENA_ARRAY(a, int64_t, n_now + 1);
  *n_out = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < n_now; i++) {
    const struct mls_register_row *r = &rows[now[i]];
    const int64_t k = mls_register_find(rows, then, n_then, r->prefecture, r->number);
    if (k >= 0 && (!str_eq(rows[k].stratum, r->stratum) || !str_eq(rows[k].cell, r->cell))) (*out)[(*n_out)++] = now[i];
  }
  return E_OK;
}
enum err_code mls_weights_for(const struct mls_register_row *rows, const int64_t *of_report, int64_t n, enum mls_sample_kind kind,
    struct str prefecture, uint8_t *keep, double *weight, struct err *e) {
  char place[64];
  for (int64_t i = 0; i < n; i++) {
    const struct mls_register_row *r = &rows[of_report[i]];
    snprintf(place, sizeof place, "register row %lld", (long long)of_report[i] + 1);
    bool any = false;
    for (int k = 0; k < 2; k++) {
      const bool none = r->num[k] == 0 && r->den[k] == 0;
      if (!none && (r->den[k] < 1 || r->num[k] < r->den[k])) return ERR(e, E_NO_WEIGHT, .subject = place, .expected = "a weight of 1 or more");
      any = any || !none;
    }
    if (!any) return ERR(e, E_NO_WEIGHT, .subject = place, .expected = "a national or a prefectural weight");
    keep[i] = r->den[kind] > 0 && (!prefecture.n || str_eq(prefecture, r->prefecture));
    weight[i] = keep[i] ? (double)r->num[kind] / (double)r->den[kind] : 1;
  }
  return E_OK;
}

enum err_code mls_sample_subset(struct arena *a, const struct mls_sample *s, const uint8_t *keep, const double *weight, const double *frame_units,
    struct mls_subset *out, struct err *e) {
  int32_t *cell = ARENA_ARRAY(a, int32_t, s->n + 1), *stratum = ARENA_ARRAY(a, int32_t, s->n + 1);
  double *w = ARENA_ARRAY(a, double, s->n + 1);
  int64_t n = 0;
  out->report = ARENA_ARRAY(a, int64_t, s->n + 1);
  if (!cell || !stratum || !w || !out->report) return ERR(e, E_NO_MEMORY, .subject = "part of a sample");
  for (int64_t i = 0; i < s->n; i++) {
    if (!keep[i]) continue;
    cell[n] = s->cell[i];
    stratum[n] = s->design->stratum[i];
    w[n] = weight ? weight[i] : s->design->weight[i];
    out->report[n++] = i;
  }
  out->sample = (struct mls_sample){.n = n, .cell = cell, .design = &out->design};
  for (int split = 0; split < MLS_SPLITS; split++)
    for (int item = 0; item < MLS_ITEMS; item++) {
      if (!s->x[split][item]) continue;
      int64_t *x = ARENA_ARRAY(a, int64_t, n + 1);
      if (!x) return ERR(e, E_NO_MEMORY, .subject = "part of a sample");
      for (int64_t i = 0; i < n; i++) x[i] = s->x[split][item][out->report[i]];
      out->sample.x[split][item] = x;
    }
  return design_view(a, n, s->design->n_strata, stratum, w, frame_units, &out->design, e);
}
