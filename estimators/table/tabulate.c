#include "estimators/table/tabulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/estimate/est_mean.h"
#include "estimators/estimate/est_ratio.h"
#include "estimators/estimate/est_total.h"
#include "estimators/estimate/group_sum.h"
#include "estimators/table/rounding.h"
#include "estimators/table/tabulate_impl.h"

enum { MAX_CELLS = 1 << 22 };

/* All rows with their base cell, and every margin: keys are mixed-radix numbers of code ids, id 0 being `_T`. */
struct tab {
  struct arena *a;
  const struct tabulate_input *in;
  const struct table_plan *plan;
  struct tab_dimension dimension[PLAN_MAX_DIMENSIONS];
  int64_t radix[PLAN_MAX_DIMENSIONS], n_keys, n_rows;
  uint8_t *keep;
  int32_t *key;      /* [n_rows] key of the base cell, -1 = left out */
  int32_t *row_of;   /* [n_keys] result row of a key, -1 = none */
  int32_t *row_key;  /* [n_result] */
  int32_t n_result;
  struct result_table *t;
};

static enum err_code make_keys(struct tab *b, struct err *e) {
  b->n_keys = 1;
  for (int d = 0; d < b->plan->n_dimensions; d++) {
    TRY(tab_read_dimension(b->a, b->in, b->plan->dimensions[d], &b->dimension[d], e));
    b->radix[d] = dict_count(b->dimension[d].codes);
    b->n_keys *= b->radix[d];
    if (b->n_keys > MAX_CELLS) return ERR(e, E_TABLE_TOO_WIDE, .subject = b->plan->spec->id, .expected = "at most 4194304 combinations of codes");
  }
  b->key = ARENA_ARRAY(b->a, int32_t, b->n_rows + 1);
  if (!b->key) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++) {
    int64_t key = 0;
    for (int d = 0; d < b->plan->n_dimensions; d++) key = key * b->radix[d] + b->dimension[d].id[i];
    b->key[i] = b->keep[i] ? (int32_t)key : -1;
  }
  return E_OK;
}

/* The key with the dimensions of `mask` replaced by the total. */
static int32_t margin_key(const struct tab *b, int32_t key, unsigned mask) {
  int64_t out = 0, step = 1, rest = key;
  for (int d = b->plan->n_dimensions - 1; d >= 0; d--) {
    int64_t id = rest % b->radix[d];
    rest /= b->radix[d];
    if (!(mask >> d & 1)) out += id * step; // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult): at most 6 dimensions
    step *= b->radix[d];
  }
  return (int32_t)out;
}

static unsigned n_masks(const struct tab *b) { return 1u << b->plan->n_dimensions; }

static enum err_code make_rows(struct tab *b, struct err *e) {
  b->row_of = ARENA_ARRAY(b->a, int32_t, b->n_keys + 1);
  b->row_key = ARENA_ARRAY(b->a, int32_t, b->n_keys + 1);
  uint8_t *present = ARENA_ARRAY(b->a, uint8_t, b->n_keys + 1);
  if (!b->row_of || !b->row_key || !present) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++)
    if (b->key[i] >= 0) present[b->key[i]] = 1;
  uint8_t *margin = ARENA_ARRAY(b->a, uint8_t, b->n_keys + 1);
  if (!margin) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t k = 0; k < b->n_keys; k++)
    for (unsigned mask = 0; present[k] && mask < n_masks(b); mask++) margin[margin_key(b, (int32_t)k, mask)] = 1;
  margin[0] = 1; /* the grand total is always there, if only as 0 */
  for (int64_t k = 0; k < b->n_keys; k++) {
    b->row_of[k] = -1;
    if (!margin[k]) continue;
    b->row_of[k] = b->n_result;
    b->row_key[b->n_result++] = (int32_t)k;
  }
  return E_OK;
}

static void set_codes(struct tab *b) {
  for (int32_t r = 0; r < b->n_result; r++) {
    int64_t rest = b->row_key[r];
    for (int d = b->plan->n_dimensions - 1; d >= 0; d--) {
      b->t->dimensions[d].code[r] = dict_text(b->dimension[d].codes, (int32_t)(rest % b->radix[d]));
      rest /= b->radix[d];
    }
  }
}

static void note_count(struct result_table *t, int64_t n, const char *text, const char *name) {
  char b[256];
  if (!n) return;
  snprintf(b, sizeof b, "%lld %s%s%s", (long long)n, text, *name ? " " : "", name);
  result_note(t, b);
}

/* --- register: exact sums per base cell, margins by adding base cells in key order --- */
struct exact {
  group_int *sum; /* [n_result] */
  int64_t *n;
};

static enum err_code exact_sums(struct tab *b, const struct tab_variable *v, const uint8_t *also, struct exact *out, struct err *e) {
  group_int *base = ARENA_ARRAY(b->a, group_int, b->n_keys + 1), *count = ARENA_ARRAY(b->a, group_int, b->n_keys + 1);
  out->sum = ARENA_ARRAY(b->a, group_int, b->n_result + 1);
  out->n = ARENA_ARRAY(b->a, int64_t, b->n_result + 1);
  uint8_t *status = ARENA_ARRAY(b->a, uint8_t, b->n_rows + 1);
  if (!base || !count || !out->sum || !out->n || !status) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++) {
    uint8_t s = v ? v->status[i] : VAL_REPORTED;
    status[i] = also && value_present(s) ? also[i] : s;
  }
  group_sum_exact(b->key, v ? v->scaled : NULL, status, b->n_rows, (int32_t)b->n_keys, base);
  group_sum_exact(b->key, NULL, status, b->n_rows, (int32_t)b->n_keys, count);
  for (int64_t k = 0; k < b->n_keys; k++)
    for (unsigned mask = 0; count[k] && mask < n_masks(b); mask++) {
      int32_t r = b->row_of[margin_key(b, (int32_t)k, mask)];
      out->sum[r] += base[k];
      out->n[r] += (int64_t)count[k];
    }
  return E_OK;
}

static double scaled(group_int sum, int decimals) { return (double)sum / (double)power_of_ten(decimals); }

static void undefined(struct result_measure *m, int32_t r, const char *why) {
  m->status[r] = RESULT_UNDEFINED;
  m->reason[r] = why;
}

static void poisson_error(struct result_measure *m, int32_t r, double events) {
  if (!(events >= 0) || m->status[r] != RESULT_SHOWN) return;
  m->has_se[r] = 1;
  m->se[r] = events > 0 ? m->value[r] / sqrt(events) : 0;
  m->cv[r] = events > 0 ? 1 / sqrt(events) : 0;
}

/* Ratio of two exact sums; `per` scales; Poisson error when the numerator counts events. */
static void set_ratio(struct tab *b, struct result_measure *m, const struct exact *top, int top_decimals, const struct exact *bottom,
    int bottom_decimals, int64_t per, bool poisson) {
  for (int32_t r = 0; r < b->n_result; r++) {
    if (bottom->sum[r] <= 0) { // NOLINT(clang-analyzer-core.NullDereference): summed before
      undefined(m, r, "denominator is 0");
      continue;
    }
    double events = scaled(top->sum[r], top_decimals);
    m->value[r] = events / scaled(bottom->sum[r], bottom_decimals) * (double)per;
    if (poisson) poisson_error(m, r, events);
  }
}

static enum err_code contributions(struct tab *b, const struct tab_variable *v, int measure, struct err *e) {
  struct result_measure *m = &b->t->measures[measure];
  TRY(result_keep_contributions(b->t, measure, e));
  for (int64_t i = 0; i < b->n_rows; i++) {
    if (b->key[i] < 0 || !value_present(v->status[i])) continue;
    double x = fabs(scaled(v->scaled[i], v->decimals)), w = b->in->design ? b->in->design->weight[i] : 1;
    for (unsigned mask = 0; mask < n_masks(b); mask++) {
      int32_t r = b->row_of[margin_key(b, b->key[i], mask)];
      m->magnitude[r] += w * x;
      if (x > m->top1[r]) m->top2[r] = m->top1[r], m->top1[r] = x;
      else if (x > m->top2[r]) m->top2[r] = x;
    }
  }
  return E_OK;
}

struct measure_data {
  bool has_x, has_y;
  struct tab_variable x, y;
};

/* Units that have every value the measure asks for: a mean over 3 of 12 births is a figure of 3. */
static enum err_code units_used(struct tab *b, const struct measure_data *d, struct result_measure *m, struct err *e) {
  m->n_used = ARENA_ARRAY(b->a, int64_t, b->n_result + 1);
  if (!m->n_used) return ERR(e, E_NO_MEMORY, .subject = m->name);
  for (int64_t i = 0; i < b->n_rows; i++) {
    if (b->key[i] < 0 || (d->has_x && !value_present(d->x.status[i])) || (d->has_y && !value_present(d->y.status[i]))) continue;
    for (unsigned mask = 0; mask < n_masks(b); mask++) m->n_used[b->row_of[margin_key(b, b->key[i], mask)]]++;
  }
  return E_OK;
}

static int64_t count_missing(const struct tab *b, const struct tab_variable *v) {
  int64_t n = 0;
  for (int64_t i = 0; i < b->n_rows; i++) n += b->key[i] >= 0 && !value_present(v->status[i]);
  return n;
}

static enum err_code read_measure(struct tab *b, const struct measure *how, struct measure_data *d, struct err *e) {
  d->has_x = *how->x != 0;
  d->has_y = *how->y != 0;
  if (d->has_x) TRY(tab_read_variable(b->a, b->in, how->x, &d->x, e));
  if (d->has_y) TRY(tab_read_variable(b->a, b->in, how->y, &d->y, e));
  if (d->has_x) note_count(b->t, count_missing(b, &d->x), "records without a value are left out of", how->name);
  if (d->has_y) note_count(b->t, count_missing(b, &d->y), "records without a denominator are left out of", how->name);
  return E_OK;
}

static enum err_code register_measure(
    struct tab *b, const struct measure *how, const struct measure_data *d, struct result_measure *m, struct err *e) {
  struct exact x, y;
  TRY(exact_sums(b, d->has_x ? &d->x : NULL, d->has_x && d->has_y ? d->y.status : NULL, &x, e));
  if (d->has_y) TRY(exact_sums(b, &d->y, d->has_x ? d->x.status : NULL, &y, e));
  int xd = d->has_x ? d->x.decimals : 0;
  if (how->kind == MEASURE_RATIO || how->kind == MEASURE_RATE) {
    set_ratio(b, m, &x, xd, &y, d->y.decimals, how->per, how->kind == MEASURE_RATE);
    return E_OK;
  }
  for (int32_t r = 0; r < b->n_result; r++) {
    if (how->kind != MEASURE_MEAN) m->value[r] = scaled(x.sum[r], xd);
    else if (x.n[r] == 0) undefined(m, r, "no values");
    else m->value[r] = scaled(x.sum[r], xd) / (double)x.n[r];
  }
  return E_OK;
}

/* --- weighted design: one partition per margin --- */
static void margin_domains(const struct tab *b, unsigned mask, const struct measure_data *d, int32_t *of) {
  for (int64_t i = 0; i < b->n_rows; i++) {
    bool present = (!d->has_x || value_present(d->x.status[i])) && (!d->has_y || value_present(d->y.status[i]));
    of[i] = b->key[i] >= 0 && present ? b->row_of[margin_key(b, b->key[i], mask)] : -1;
  }
}

/* Which dimensions of a key are totals. */
static unsigned totals_of(const struct tab *b, int32_t key) {
  unsigned mask = 0;
  int64_t rest = key;
  for (int d = b->plan->n_dimensions - 1; d >= 0; d--) {
    if (rest % b->radix[d] == 0) mask |= 1u << d;
    rest /= b->radix[d];
  }
  return mask;
}

static enum err_code real_values(struct tab *b, const struct tab_variable *v, double **out, struct err *e) {
  *out = ARENA_ARRAY(b->a, double, b->n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = v->name);
  for (int64_t i = 0; i < b->n_rows; i++) (*out)[i] = scaled(v->scaled[i], v->decimals);
  return E_OK;
}

static enum err_code weighted_margin(struct tab *b, const struct measure *how, const struct variable *x, const struct variable *y,
    const struct domains *dom, struct estimate *est, struct err *e) {
  switch (how->kind) {
  case MEASURE_COUNT: return est_count(b->a, b->in->design, dom, est, e);
  case MEASURE_TOTAL: return est_total(b->a, b->in->design, x, dom, est, e);
  case MEASURE_MEAN: return est_mean(b->a, b->in->design, x, dom, est, e);
  default: return est_ratio(b->a, b->in->design, x, y, dom, est, e);
  }
}

static void store_estimate(const struct estimate *x, double per, struct result_measure *m, int32_t r) {
  if (!x->defined) {
    undefined(m, r, "denominator is 0");
    return;
  }
  m->value[r] = x->value * per;
  m->se[r] = x->se * per;
  m->cv[r] = x->has_cv ? x->cv : 0;
  m->df[r] = x->df;
  m->has_se[r] = 1;
}

static enum err_code weighted_measure(
    struct tab *b, const struct measure *how, const struct measure_data *d, struct result_measure *m, struct err *e) {
  struct variable x = {NULL, NULL, how->x}, y = {NULL, NULL, how->y};
  double *xv = NULL, *yv = NULL;
  int32_t *of = ARENA_ARRAY(b->a, int32_t, b->n_rows + 1);
  struct estimate *est = ARENA_ARRAY(b->a, struct estimate, b->n_result + 1);
  if (!of || !est) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  if (d->has_x) TRY(real_values(b, &d->x, &xv, e));
  if (d->has_y) TRY(real_values(b, &d->y, &yv, e));
  x.value = xv;
  y.value = yv;
  if (how->kind == MEASURE_RATE && !d->has_x) { /* events counted: each record is one */
    xv = ARENA_ARRAY(b->a, double, b->n_rows + 1);
    if (!xv) return ERR(e, E_NO_MEMORY, .subject = how->name);
    for (int64_t i = 0; i < b->n_rows; i++) xv[i] = 1;
    x.value = xv;
  }
  for (unsigned mask = 0; mask < n_masks(b); mask++) {
    struct arena_mark mark = arena_mark(b->a);
    margin_domains(b, mask, d, of);
    struct domains dom = {b->n_result, of};
    TRY(weighted_margin(b, how, &x, &y, &dom, est, e));
    for (int32_t r = 0; r < b->n_result; r++)
      if (totals_of(b, b->row_key[r]) == mask) store_estimate(&est[r], (double)(how->kind == MEASURE_RATE ? how->per : 1), m, r);
    arena_reset(b->a, mark);
  }
  return E_OK;
}

static void describe(const struct tab *b, const struct measure *how, const struct measure_data *d, struct result_measure *m) {
  m->name = how->name;
  m->decimals = b->plan->decimals >= 0 ? b->plan->decimals : PLAN_AS_COMPUTED;
  m->additive = how->kind == MEASURE_COUNT || how->kind == MEASURE_TOTAL;
  if (how->kind == MEASURE_TOTAL || how->kind == MEASURE_MEAN) m->unit = d->x.unit;
}

static enum err_code fill(struct tab *b, struct err *e) {
  struct exact counts;
  TRY(exact_sums(b, NULL, NULL, &counts, e));
  for (int32_t r = 0; r < b->n_result; r++) b->t->n[r] = counts.n[r];
  for (int k = 0; k < b->plan->n_measures; k++) {
    const struct measure *how = &b->plan->measures[k];
    struct measure_data d = {.has_x = false};
    if (how->kind > MEASURE_RATE) return ERR(e, E_TABLE_MEASURE, .subject = how->name, .expected = "a measure over records");
    TRY(read_measure(b, how, &d, e));
    describe(b, how, &d, &b->t->measures[k]);
    if (b->in->design) TRY(weighted_measure(b, how, &d, &b->t->measures[k], e));
    else TRY(register_measure(b, how, &d, &b->t->measures[k], e));
    if (d.has_x && how->kind != MEASURE_COUNT) TRY(contributions(b, &d.x, k, e));
    if (d.has_x || d.has_y) TRY(units_used(b, &d, &b->t->measures[k], e));
  }
  return E_OK;
}

enum err_code tabulate(struct arena *a, const struct tabulate_input *in, const struct table_plan *plan, struct result_table **out, struct err *e) {
  struct tab b = {.a = a, .in = in, .plan = plan, .n_rows = tab_rows(in)};
  int64_t unknown;
  if (in->design && in->design->n_units != b.n_rows) return ERR(e, E_BUG, .subject = "tabulate: the design has other units than the data");
  b.keep = ARENA_ARRAY(a, uint8_t, b.n_rows + 1);
  if (!b.keep) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(tab_read_conditions(a, in, plan->spec, b.keep, &unknown, e));
  TRY(make_keys(&b, e));
  TRY(make_rows(&b, e));
  TRY(result_table_new(a, plan->spec->id, b.n_result, plan->n_dimensions, plan->n_measures, &b.t, e));
  b.t->title_ja = plan->spec->title_ja;
  b.t->title_en = plan->spec->title_en;
  b.t->n_row_dimensions = plan->n_row_dimensions;
  for (int d = 0; d < plan->n_dimensions; d++) b.t->dimensions[d].name = plan->dimensions[d];
  set_codes(&b);
  note_count(b.t, unknown, "records were left out because a condition of the table is unknown for them", "");
  result_note(b.t,
      in->design ? "estimates of a stratified sample; standard errors by linearisation with finite population correction"
                 : "complete count: no sampling error");
  TRY(fill(&b, e));
  TRY(result_sort(b.t, e));
  *out = b.t;
  return E_OK;
}
