#include "estimators/weight/calibrate_groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double SAME_WEIGHT = 1e-12;

static enum err_code at_record(struct err *e, enum err_code code, int64_t i) {
  char place[48];
  snprintf(place, sizeof place, "row %lld", (long long)i + 1);
  return ERR(e, code, .subject = place);
}
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "calibration groups"); }

/* Stable order of items by key 0..n_keys-1: first[n_keys + 1], at[n] = item in order. */
static void order_by(const int32_t *key, int64_t n, int64_t *first, int32_t n_keys, int64_t *at) {
  memset(first, 0, sizeof *first * (size_t)(n_keys + 1));
  for (int64_t i = 0; i < n; i++) first[key[i] + 1]++;
  for (int32_t k = 0; k < n_keys; k++) first[k + 1] += first[k];
  for (int64_t i = 0; i < n; i++) at[first[key[i]]++] = i;
  for (int32_t k = n_keys; k > 0; k--) first[k] = first[k - 1];
  first[0] = 0;
}

/* Records by part, no households: the columns are gathered in that order. */
static enum err_code gather_parts(struct arena *a, const struct group_spec *s, struct groups *out, struct err *e) {
  const int64_t n = s->x->n;
  int64_t *first = ARENA_ARRAY(a, int64_t, s->n_parts + 1), *at = ARENA_ARRAY(a, int64_t, n + 1), *unit = ARENA_ARRAY(a, int64_t, n + 1);
  if (!first || !at || !unit) return no_memory(e);
  order_by(s->part, n, first, s->n_parts, at);
  for (int64_t r = 0; r < n; r++) unit[at[r]] = r;
  out->x = *s->x;
  for (int f = 0; f < s->x->n_factors; f++) {
    int32_t *code = ARENA_ARRAY(a, int32_t, n + 1);
    if (!code) return no_memory(e);
    for (int64_t r = 0; r < n; r++) code[r] = s->x->code[f][at[r]];
    out->x.code[f] = code;
  }
  for (int f = 0; f < s->x->n_numbers; f++) {
    double *number = ARENA_ARRAY(a, double, n + 1);
    if (!number) return no_memory(e);
    for (int64_t r = 0; r < n; r++) number[r] = s->x->number[f][at[r]];
    out->x.number[f] = number;
  }
  out->first = first, out->unit = unit, out->n_rows = n;
  return E_OK;
}

/* --- households --- */
struct households {
  const struct group_spec *s;
  int64_t *row;           /* [n_households] */
  int64_t *first, *member; /* members by row */
  int32_t *part;          /* [n_households]; -1 = not seen */
};
/* Rows: households part by part, in order of their number. */
static enum err_code place_households(struct arena *a, struct households *h, struct groups *out, struct err *e) {
  const struct group_spec *s = h->s;
  const int64_t n = s->x->n;
  int64_t *first = ARENA_ARRAY(a, int64_t, s->n_parts + 1), *order = ARENA_ARRAY(a, int64_t, s->n_households + 1);
  int64_t *unit = ARENA_ARRAY(a, int64_t, n + 1);
  int32_t *row = ARENA_ARRAY(a, int32_t, n + 1);
  h->row = ARENA_ARRAY(a, int64_t, s->n_households + 1), h->part = ARENA_ARRAY(a, int32_t, s->n_households + 1);
  h->first = ARENA_ARRAY(a, int64_t, s->n_households + 1), h->member = ARENA_ARRAY(a, int64_t, n + 1);
  if (!first || !order || !unit || !row || !h->row || !h->part || !h->first || !h->member) return no_memory(e);
  for (int32_t k = 0; k < s->n_households; k++) h->part[k] = -1;
  for (int64_t i = 0; i < n; i++) {
    int32_t *part = &h->part[s->household[i]];
    if (!(s->d[i] > 0)) continue;
    if (*part >= 0 && s->part && *part != s->part[i]) return at_record(e, E_HOUSEHOLD_SPLIT, i);
    *part = s->part ? s->part[i] : 0;
  }
  for (int32_t k = 0; k < s->n_households; k++)
    if (h->part[k] < 0) h->part[k] = 0;
  order_by(h->part, s->n_households, first, s->n_parts, order);
  for (int32_t k = 0; k < s->n_households; k++) h->row[order[k]] = k;
  for (int64_t i = 0; i < n; i++) unit[i] = h->row[s->household[i]], row[i] = (int32_t)unit[i];
  order_by(row, n, h->first, s->n_households, h->member);
  out->first = first, out->unit = unit, out->n_rows = s->n_households;
  return E_OK;
}

static int by_column(const void *x, const void *y) {
  return *(const int32_t *)x < *(const int32_t *)y ? -1 : *(const int32_t *)x > *(const int32_t *)y;
}

/* Sums of x over the members of one row; returns the number of distinct columns in `touched`. */
static int add_members(const struct households *h, int64_t row, double *sum, uint8_t *seen, int32_t *touched, double *size) {
  const struct auxiliary *x = h->s->x;
  int n = 0;
  *size = 0;
  for (int64_t m = h->first[row]; m < h->first[row + 1]; m++) {
    const int64_t i = h->member[m];
    int32_t at = 0;
    if (!(h->s->d[i] > 0)) continue;
    ++*size;
    for (int f = 0; f < x->n_factors + x->n_numbers; f++) {
      const bool factor = f < x->n_factors;
      const int32_t column = factor ? at + x->code[f][i] : at;
      const double v = factor ? 1 : x->number[f - x->n_factors][i];
      const bool none = factor ? x->code[f][i] < 0 : v == 0;
      at += factor ? x->levels[f] : 1;
      if (none) continue;
      if (!seen[column]) seen[column] = 1, touched[n++] = column;
      sum[column] += v;
    }
  }
  qsort(touched, (size_t)n, sizeof *touched, by_column);
  return n;
}

static enum err_code household_rows(struct arena *a, const struct households *h, struct groups *out, struct err *e) {
  const int64_t rows = out->n_rows;
  double *sum = ARENA_ARRAY(a, double, out->p + 1), *size = ARENA_ARRAY(a, double, rows + 1), *value = NULL;
  uint8_t *seen = ARENA_ARRAY(a, uint8_t, out->p + 1);
  int32_t *touched = ARENA_ARRAY(a, int32_t, out->p + 1), *column = NULL;
  int64_t *first = ARENA_ARRAY(a, int64_t, rows + 1), total = 0;
  if (!sum || !size || !seen || !touched || !first) return no_memory(e);
  for (int pass = 0; pass < 2; pass++) { /* counted, then filled */
    if (pass && (!(column = ARENA_ARRAY(a, int32_t, total + 1)) || !(value = ARENA_ARRAY(a, double, total + 1)))) return no_memory(e);
    for (int64_t r = 0, at = 0; r < rows; r++) {
      const int n = add_members(h, r, sum, seen, touched, &size[r]);
      for (int k = 0; k < n; k++, at++) {
        if (pass) column[at] = touched[k], value[at] = sum[touched[k]] / size[r];
        sum[touched[k]] = 0, seen[touched[k]] = 0;
      }
      first[r + 1] = at, total = at;
    }
  }
  out->x = (struct auxiliary){.n = rows, .n_sparse = out->p, .sparse_first = first, .sparse_column = column, .sparse_value = value};
  out->size = size;
  return E_OK;
}

enum err_code groups_new(struct arena *a, const struct group_spec *s, struct groups *out, struct err *e) {
  *out = (struct groups){.n = s->x->n, .n_rows = s->x->n, .p = auxiliary_columns(s->x), .n_parts = s->part ? s->n_parts : 1, .x = *s->x,
      .sum_form = s->sum_form, .mean_weights = s->mean_weights};
  struct group_spec one = *s;
  one.n_parts = out->n_parts;
  struct households h = {.s = &one};
  if (out->p < 1 || out->p > AUXILIARY_MOST) return ERR(e, E_CALIBRATION_SPEC, .subject = "number of margins");
  if (s->household) {
    TRY(place_households(a, &h, out, e));
    return household_rows(a, &h, out, e);
  }
  if (s->part) return gather_parts(a, &one, out, e);
  int64_t *first = ARENA_ARRAY(a, int64_t, 2);
  if (!first) return no_memory(e);
  first[1] = s->x->n, out->first = first;
  return E_OK;
}

/* --- weights and sigma2 by row --- */
static inline int64_t row_of_record(const struct groups *g, int64_t i) { return g->unit ? g->unit[i] : i; }

static enum err_code row_values(const struct groups *g, const double *d, const double *sigma2, double *row_d, double *row_sigma2, struct err *e) {
  memset(row_d, 0, sizeof *row_d * (size_t)g->n_rows);
  memset(row_sigma2, 0, sizeof *row_sigma2 * (size_t)g->n_rows);
  for (int64_t i = 0; i < g->n; i++) {
    const int64_t r = row_of_record(g, i);
    if (!(d[i] > 0) && g->size) continue;
    row_d[r] += d[i], row_sigma2[r] += sigma2 ? sigma2[i] : 1;
  }
  for (int64_t r = 0; g->size && r < g->n_rows; r++) row_sigma2[r] = row_sigma2[r] > 0 ? row_sigma2[r] / g->size[r] : 1;
  for (int64_t r = 0; g->sum_form && g->size && r < g->n_rows; r++)
    if (g->size[r] > 0) row_sigma2[r] /= g->size[r];
  for (int64_t i = 0; g->size && !g->mean_weights && i < g->n; i++) {
    const int64_t r = row_of_record(g, i);
    if (d[i] > 0 && fabs(d[i] * g->size[r] - row_d[r]) > SAME_WEIGHT * row_d[r] * 4) return at_record(e, E_HOUSEHOLD_WEIGHTS, i);
  }
  return E_OK;
}

static enum err_code new_result(struct arena *a, const struct groups *g, struct group_calibration *out, struct err *e) {
  const int64_t cells = (int64_t)g->n_parts * g->p;
  *out = (struct group_calibration){.converged = true, .smallest_g = INFINITY, .largest_g = -INFINITY, .has_hint = true, .hint_low = INFINITY,
      .w = ARENA_ARRAY(a, double, g->n + 1), .g = ARENA_ARRAY(a, double, g->n + 1), .lambda = ARENA_ARRAY(a, double, cells + 1),
      .reached = ARENA_ARRAY(a, double, cells + 1), .redundant = ARENA_ARRAY(a, uint8_t, cells + 1), .unmet = ARENA_ARRAY(a, uint8_t, cells + 1)};
  return out->w && out->g && out->lambda && out->reached && out->redundant && out->unmet ? E_OK : no_memory(e);
}

struct rows {
  double *d, *sigma2, *g, *low, *high;
};
static enum err_code part_alone(struct arena *a, const struct group_calibration_spec *s, const struct rows *r, int32_t part,
    struct group_calibration *out, struct err *e) {
  const struct groups *g = s->groups;
  const int64_t from = g->first[part], to = g->first[part + 1], at = (int64_t)part * g->p;
  const struct auxiliary x = auxiliary_slice(&g->x, from, to);
  struct arena_mark mark = arena_mark(a);
  struct calibration c;
  struct calibration_spec k = {.method = s->method, .x = &x, .d = r->d + from, .sigma2 = r->sigma2 + from, .total = s->total + at,
      .bounded = s->bounded, .low = s->low, .high = s->high, .tolerance = s->tolerance, .start = s->start ? s->start + at : NULL, .hint = s->hint,
      .low_each = s->of_weight ? r->low + from : NULL, .high_each = s->of_weight ? r->high + from : NULL};
  if (to == from) return ERR(e, E_CALIBRATION_SPEC, .subject = "a part without records");
  TRY(calibrate(a, &k, &c, e));
  memcpy(r->g + from, c.g, sizeof *c.g * (size_t)(to - from));
  memcpy(out->lambda + at, c.lambda, sizeof *c.lambda * (size_t)g->p), memcpy(out->reached + at, c.reached, sizeof *c.reached * (size_t)g->p);
  memcpy(out->redundant + at, c.redundant, (size_t)g->p), memcpy(out->unmet + at, c.unmet, (size_t)g->p);
  out->converged = out->converged && c.converged;
  out->steps = c.steps > out->steps ? c.steps : out->steps;
  out->n_redundant += c.n_redundant, out->n_unmet += c.n_unmet, out->n_negative += c.n_negative, out->n_at_bound += c.n_at_bound;
  out->worst = fmax(out->worst, c.worst);
  out->smallest_g = fmin(out->smallest_g, c.smallest_g), out->largest_g = fmax(out->largest_g, c.largest_g);
  if (!c.converged) {
    out->has_hint = out->has_hint && c.has_hint;
    out->hint_low = fmin(out->hint_low, c.hint_low), out->hint_high = fmax(out->hint_high, c.hint_high);
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code calibrate_groups(struct arena *a, const struct group_calibration_spec *s, struct group_calibration *out, struct err *e) {
  const struct groups *g = s->groups;
  TRY(new_result(a, g, out, e));
  struct arena_mark mark = arena_mark(a);
  struct rows r = {.d = ARENA_ARRAY(a, double, g->n_rows + 1), .sigma2 = ARENA_ARRAY(a, double, g->n_rows + 1),
      .g = ARENA_ARRAY(a, double, g->n_rows + 1), .low = ARENA_ARRAY(a, double, s->of_weight ? g->n_rows + 1 : 1),
      .high = ARENA_ARRAY(a, double, s->of_weight ? g->n_rows + 1 : 1)};
  if (!r.d || !r.sigma2 || !r.g || !r.low || !r.high) return no_memory(e);
  TRY(row_values(g, s->d, s->sigma2, r.d, r.sigma2, e));
  for (int64_t k = 0; s->of_weight && k < g->n_rows; k++) {
    const double mean = r.d[k] / (g->size ? g->size[k] : 1);
    r.low[k] = mean > 0 ? s->low / mean : 1, r.high[k] = mean > 0 ? s->high / mean : 1;
  }
  for (int32_t part = 0; part < g->n_parts; part++) TRY(part_alone(a, s, &r, part, out, e));
  out->has_hint = out->has_hint && !out->converged;
  for (int64_t i = 0; i < g->n; i++) {
    const int64_t k = row_of_record(g, i);
    const double d = s->d[i] > 0 && g->size ? r.d[k] / g->size[k] : s->d[i];
    out->w[i] = d * r.g[k];
    out->g[i] = s->d[i] > 0 ? out->w[i] / s->d[i] : 0;
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code groups_regression(
    struct arena *a, const struct groups *g, const double *d, const double *sigma2, struct regression *out, struct err *e) {
  double *q = ARENA_ARRAY(a, double, g->n + 1);
  struct auxiliary *x = ARENA_NEW(a, struct auxiliary);
  if (!q || !x) return no_memory(e);
  *x = g->x;
  if (!g->unit && g->n_parts == 1) {
    for (int64_t i = 0; i < g->n; i++) q[i] = d[i] / (sigma2 ? sigma2[i] : 1);
    return regression_new(a, x, q, out, e);
  }
  double *row_d = ARENA_ARRAY(a, double, g->n_rows + 1), *row_sigma2 = ARENA_ARRAY(a, double, g->n_rows + 1);
  if (!row_d || !row_sigma2) return no_memory(e);
  TRY(row_values(g, d, sigma2, row_d, row_sigma2, e));
  for (int64_t i = 0; i < g->n; i++) {
    const int64_t k = row_of_record(g, i);
    q[i] = d[i] > 0 ? (g->size ? row_d[k] / g->size[k] : d[i]) / row_sigma2[k] : 0;
  }
  return regression_grouped(a, x, g->n, q, g->unit, g->n_parts, g->first, out, e);
}
