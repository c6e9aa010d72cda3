#include "estimators/table/tabulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/estimate/group_sum.h"
#include "estimators/sdc/suppress/modular.h"
#include "estimators/table/rounding.h"
#include "estimators/table/table_cells.h"
#include "estimators/table/tabulate_impl.h"

/* A register in work: its cells and the dimensions they are made of. */
struct tab {
  struct arena *a;
  const struct tabulate_input *in;
  const struct table_plan *plan;
  struct tab_dimension dimension[PLAN_MAX_DIMENSIONS];
  int64_t n_rows, n_unknown; /* n_unknown: records left out by a condition that is unknown */
  uint8_t *keep;
  struct table_cells cells;
  struct result_table *t;
};

static enum err_code make_cells(struct tab *b, struct err *e) {
  struct cells_spec s = {.name = b->plan->spec->id, .n = b->n_rows, .n_dimensions = b->plan->n_dimensions, .keep = b->keep};
  for (int d = 0; d < b->plan->n_dimensions; d++) {
    TRY(tab_read_dimension(b->a, b->in, b->plan->dimensions[d], &b->dimension[d], e));
    s.id[d] = b->dimension[d].id, s.radix[d] = dict_count(b->dimension[d].codes);
  }
  return cells_build(b->a, &s, &b->cells, e);
}

static void set_codes(struct tab *b) {
  for (int d = 0; d < b->plan->n_dimensions; d++)
    for (int32_t r = 0; r < b->cells.n_rows; r++) b->t->dimensions[d].code[r] = dict_text(b->dimension[d].codes, cells_code(&b->cells, r, d));
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
  group_int *base = ARENA_ARRAY(b->a, group_int, b->cells.n_keys + 1), *count = ARENA_ARRAY(b->a, group_int, b->cells.n_keys + 1);
  out->sum = ARENA_ARRAY(b->a, group_int, b->cells.n_rows + 1);
  out->n = ARENA_ARRAY(b->a, int64_t, b->cells.n_rows + 1);
  uint8_t *status = ARENA_ARRAY(b->a, uint8_t, b->n_rows + 1);
  if (!base || !count || !out->sum || !out->n || !status) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++) {
    uint8_t s = v ? v->status[i] : VAL_REPORTED;
    status[i] = also && value_present(s) ? also[i] : s;
  }
  group_sum_exact(b->cells.key, v ? v->scaled : NULL, status, b->n_rows, (int32_t)b->cells.n_keys, base);
  group_sum_exact(b->cells.key, NULL, status, b->n_rows, (int32_t)b->cells.n_keys, count);
  for (int64_t k = 0; k < b->cells.n_keys; k++)
    for (unsigned mask = 0; count[k] && mask < cells_masks(&b->cells); mask++) {
      int32_t r = b->cells.row_of[cells_margin(&b->cells, (int32_t)k, mask)];
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
  for (int32_t r = 0; r < b->cells.n_rows; r++) {
    if (bottom->sum[r] <= 0) { // NOLINT(clang-analyzer-core.NullDereference): summed before
      undefined(m, r, "denominator is 0");
      continue;
    }
    double events = scaled(top->sum[r], top_decimals);
    m->value[r] = events / scaled(bottom->sum[r], bottom_decimals) * (double)per;
    if (poisson) poisson_error(m, r, events);
  }
}

struct measure_data {
  bool has_x, has_y;
  struct tab_variable x, y;
};
/* The cells of one margin of a record: those without every value the measure asks for are outside. */
static void rows_of_margin(const struct tab *b, const struct measure_data *d, unsigned mask, int32_t *row) {
  for (int64_t i = 0; i < b->n_rows; i++) {
    const bool out = b->cells.key[i] < 0 || (d->has_x && !value_present(d->x.status[i])) || (d->has_y && !value_present(d->y.status[i]));
    row[i] = out ? -1 : b->cells.row_of[cells_margin(&b->cells, b->cells.key[i], mask)];
  }
}
static enum err_code judge_variable(
    struct tab *b, const struct measure_data *d, const struct tab_variable *v, struct sdc_judgement *out, struct err *e) {
  struct arena_mark mark = arena_mark(b->a);
  int32_t *row = ARENA_ARRAY(b->a, int32_t, b->n_rows + 1);
  double *x = ARENA_ARRAY(b->a, double, b->n_rows + 1);
  if (!row || !x) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++) x[i] = value_present(v->status[i]) ? scaled(v->scaled[i], v->decimals) : 0;
  for (unsigned mask = 0; mask < cells_masks(&b->cells); mask++) {
    rows_of_margin(b, d, mask, row);
    TRY(sdc_judge_cells(b->a, b->in->judging, b->n_rows, row, x, NULL, b->cells.n_rows, out, e));
  }
  arena_reset(b->a, mark);
  return E_OK;
}
static enum err_code judge(struct tab *b, const struct measure_data *d, int measure, struct err *e) {
  struct result_measure *m = &b->t->measures[measure];
  if (!b->in->judging || !d->has_x) return E_OK;
  TRY(result_keep_judgements(b->t, measure, d->has_y, e));
  TRY(judge_variable(b, d, &d->x, m->judged, e));
  return d->has_y ? judge_variable(b, d, &d->y, m->judged_y, e) : E_OK;
}
/* Which records stand in which row: equal sets of two tables are one cell. */
static enum err_code unit_sets(struct tab *b, struct err *e) {
  if (!b->in->judging) return E_OK;
  b->t->unit_set = ARENA_ARRAY(b->a, uint64_t, b->cells.n_rows + 1);
  if (!b->t->unit_set) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (int64_t i = 0; i < b->n_rows; i++)
    for (unsigned mask = 0; b->cells.key[i] >= 0 && mask < cells_masks(&b->cells); mask++)
      b->t->unit_set[b->cells.row_of[cells_margin(&b->cells, b->cells.key[i], mask)]] += mod_mix((uint64_t)i + 1);
  return E_OK;
}
/* Units of one owner are one, also in a count. */
static enum err_code owners(struct tab *b, struct err *e) {
  const struct measure_data none = {.has_x = false};
  struct arena_mark mark;
  if (!b->in->judging || !b->in->judging->holding) return E_OK;
  b->t->n_owners = ARENA_ARRAY(b->a, int64_t, b->cells.n_rows + 1);
  mark = arena_mark(b->a);
  int32_t *row = ARENA_ARRAY(b->a, int32_t, b->n_rows + 1);
  if (!b->t->n_owners || !row) return ERR(e, E_NO_MEMORY, .subject = b->plan->spec->id);
  for (unsigned mask = 0; mask < cells_masks(&b->cells); mask++) {
    rows_of_margin(b, &none, mask, row);
    TRY(sdc_count_owners(b->a, b->in->judging, b->n_rows, row, b->cells.n_rows, b->t->n_owners, e));
  }
  arena_reset(b->a, mark);
  return E_OK;
}

/* Units that have every value the measure asks for: a mean over 3 of 12 births is a figure of 3. */
static enum err_code units_used(struct tab *b, const struct measure_data *d, struct result_measure *m, struct err *e) {
  m->n_used = ARENA_ARRAY(b->a, int64_t, b->cells.n_rows + 1);
  if (!m->n_used) return ERR(e, E_NO_MEMORY, .subject = m->name);
  for (int64_t i = 0; i < b->n_rows; i++) {
    if (b->cells.key[i] < 0 || (d->has_x && !value_present(d->x.status[i])) || (d->has_y && !value_present(d->y.status[i]))) continue;
    for (unsigned mask = 0; mask < cells_masks(&b->cells); mask++) m->n_used[b->cells.row_of[cells_margin(&b->cells, b->cells.key[i], mask)]]++;
  }
  return E_OK;
}

static int64_t count_missing(const struct tab *b, const struct tab_variable *v) {
  int64_t n = 0;
  for (int64_t i = 0; i < b->n_rows; i++) n += b->cells.key[i] >= 0 && !value_present(v->status[i]);
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
  for (int32_t r = 0; r < b->cells.n_rows; r++) {
    if (how->kind != MEASURE_MEAN) m->value[r] = scaled(x.sum[r], xd);
    else if (x.n[r] == 0) undefined(m, r, "no values");
    else m->value[r] = scaled(x.sum[r], xd) / (double)x.n[r];
  }
  return E_OK;
}

static bool is_exact(const struct measure *m) { return m->kind <= MEASURE_RATE; }
static void describe(const struct tab *b, const struct measure *how, struct result_measure *m) {
  m->name = how->name;
  m->decimals = b->plan->decimals >= 0 ? b->plan->decimals : PLAN_AS_COMPUTED;
  m->additive = how->kind == MEASURE_COUNT || how->kind == MEASURE_TOTAL;
}

static enum err_code fill(struct tab *b, struct err *e) {
  struct exact counts;
  TRY(exact_sums(b, NULL, NULL, &counts, e));
  for (int32_t r = 0; r < b->cells.n_rows; r++) b->t->n[r] = counts.n[r];
  TRY(unit_sets(b, e));
  TRY(owners(b, e));
  for (int k = 0; k < b->plan->n_measures; k++) {
    const struct measure *how = &b->plan->measures[k];
    struct measure_data d = {.has_x = false};
    if (!measure_over_records(how->kind)) return ERR(e, E_TABLE_MEASURE, .subject = how->name, .expected = "a measure over records");
    if (!is_exact(how)) continue;
    TRY(read_measure(b, how, &d, e));
    describe(b, how, &b->t->measures[k]);
    TRY(register_measure(b, how, &d, &b->t->measures[k], e));
    if (how->kind != MEASURE_COUNT) TRY(judge(b, &d, k, e));
    if (d.has_x || d.has_y) TRY(units_used(b, &d, &b->t->measures[k], e));
  }
  return E_OK;
}

/* Quantiles, shares, formulas and what else is no sum, by the survey engine over the same rows. */
static enum err_code fill_others(struct tab *b, struct err *e) {
  struct measure others[PLAN_MAX_MEASURES];
  struct result_table *t;
  int n = 0, at[PLAN_MAX_MEASURES];
  for (int k = 0; k < b->plan->n_measures; k++)
    if (!is_exact(&b->plan->measures[k])) at[n] = k, others[n++] = b->plan->measures[k];
  if (!n) return E_OK;
  TRY(tab_survey(b->a, b->in, b->plan, others, n, b->keep, 0, &t, e));
  if (t->n_rows != b->t->n_rows) return ERR(e, E_BUG, .subject = "tabulate: two ways give different rows");
  for (int j = 0; j < n; j++) b->t->measures[at[j]] = t->measures[j];
  for (int j = 0; j < t->n_notes; j++) result_note(b->t, t->notes[j]);
  return E_OK;
}

static enum err_code register_table(struct tab *b, struct err *e) {
  const struct table_plan *plan = b->plan;
  TRY(make_cells(b, e));
  TRY(result_table_new(b->a, plan->spec->id, b->cells.n_rows, plan->n_dimensions, plan->n_measures, &b->t, e));
  for (int d = 0; d < plan->n_dimensions; d++) b->t->dimensions[d].name = plan->dimensions[d];
  set_codes(b);
  note_count(b->t, b->n_unknown, "records were left out because a condition of the table is unknown for them", "");
  result_note(b->t, "complete count: no sampling error");
  TRY(fill(b, e));
  TRY(result_sort(b->t, e));
  return fill_others(b, e);
}

enum err_code tabulate(struct arena *a, const struct tabulate_input *in, const struct table_plan *plan, struct result_table **out, struct err *e) {
  struct tab b = {.a = a, .in = in, .plan = plan, .n_rows = tab_rows(in)};
  if (in->design && in->design->n_units != b.n_rows) return ERR(e, E_BUG, .subject = "tabulate: the design has other units than the data");
  b.keep = ARENA_ARRAY(a, uint8_t, b.n_rows + 1);
  if (!b.keep) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(tab_read_conditions(a, in, plan->spec, b.keep, &b.n_unknown, e));
  if (in->design) {
    TRY(tab_survey(a, in, plan, plan->measures, plan->n_measures, b.keep, b.n_unknown, &b.t, e));
    result_note(b.t, "estimates of a stratified sample; standard errors by linearisation with finite population correction");
  } else TRY(register_table(&b, e));
  b.t->title_ja = plan->spec->title_ja;
  b.t->title_en = plan->spec->title_en;
  b.t->n_row_dimensions = plan->n_row_dimensions;
  tabulate_units(in->form, plan, b.t);
  *out = b.t;
  return E_OK;
}
