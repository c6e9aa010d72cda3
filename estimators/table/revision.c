#include "estimators/table/revision.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/rounding.h"

const char *revision_kind_name(enum revision_kind k) {
  static const char *const names[] = {"same", "changed", "new", "gone", "status_changed", "hidden"};
  return names[k];
}

struct str revision_code(const struct revision *r, const struct revision_cell *c, int dimension) {
  return c->new_row >= 0 ? r->new_table->dimensions[dimension].code[c->new_row] : r->old_table->dimensions[dimension].code[c->old_row];
}

static const struct result_measure *measure_of(const struct revision *r, const struct revision_cell *c, bool of_new) {
  int k = of_new ? c->new_measure : c->old_measure;
  return k < 0 ? NULL : &(of_new ? r->new_table : r->old_table)->measures[k];
}

const char *revision_measure(const struct revision *r, const struct revision_cell *c) {
  const struct result_measure *m = measure_of(r, c, true);
  return (m ? m : measure_of(r, c, false))->name;
}

const char *revision_status(const struct revision *r, const struct revision_cell *c, bool of_new) {
  const struct result_measure *m = measure_of(r, c, of_new);
  int64_t row = of_new ? c->new_row : c->old_row;
  return !m || row < 0 ? "absent" : result_status_name(m->status[row]);
}

const char *revision_flag(const struct revision *r, const struct revision_cell *c, bool of_new) {
  const struct result_measure *m = measure_of(r, c, of_new);
  int64_t row = of_new ? c->new_row : c->old_row;
  return m && row >= 0 && m->flag && m->flag[row] ? m->flag[row] : "";
}

/* --- one cell --- */
static double published(const struct result_measure *m, int64_t i) {
  double v = m->decimals >= 0 && fabs(m->value[i]) < 1e15 ? round_decimals(m->value[i], m->decimals) : m->value[i];
  return v == 0 ? 0.0 : v;
}

static bool same_precision(const struct result_measure *a, int64_t i, const struct result_measure *b, int64_t j) {
  if (a->has_se[i] != b->has_se[j]) return false;
  if (a->has_se[i] && (a->se[i] != b->se[j] || a->df[i] != b->df[j])) return false;
  bool low_a = a->low && a->has_interval[i], low_b = b->low && b->has_interval[j];
  if (low_a != low_b) return false;
  return !low_a || (a->low[i] == b->low[j] && a->high[i] == b->high[j]);
}

static void differences(const struct revision_options *o, int64_t index, const struct result_measure *a, const struct result_measure *b,
    struct revision_cell *c) {
  const bool old_se = a->has_se[c->old_row], new_se = b->has_se[c->new_row];
  c->has_values = true;
  c->old_value = published(a, c->old_row);
  c->new_value = published(b, c->new_row);
  c->difference = c->new_value - c->old_value;
  if (a->decimals >= 0 && b->decimals >= 0 && fabs(c->difference) < 1e15) /* no digits that neither figure has */
    c->difference = round_decimals(c->difference, a->decimals > b->decimals ? a->decimals : b->decimals);
  if (c->difference == 0) c->difference = 0;
  c->kind = c->difference == 0 ? REVISION_SAME : REVISION_CHANGED;
  c->precision_changed = !same_precision(a, c->old_row, b, c->new_row);
  if (c->old_value != 0) c->has_relative = true, c->relative = c->difference / fabs(c->old_value);
  if (old_se && a->se[c->old_row] > 0) c->has_old_se_units = true, c->old_se_units = c->difference / a->se[c->old_row];
  if (!old_se || !new_se || (!o->independent && !o->cov)) return;
  double v = a->se[c->old_row] * a->se[c->old_row] + b->se[c->new_row] * b->se[c->new_row] - (o->cov ? 2 * o->cov[index] : 0);
  if (!(v > 0)) return;
  c->has_difference_se = true;
  c->difference_se = sqrt(v);
  c->difference_se_units = c->difference / c->difference_se;
}

static void compare_cell(const struct revision *r, const struct revision_options *o, int64_t index, struct revision_cell *c) {
  const struct result_measure *a = c->old_row < 0 ? NULL : measure_of(r, c, false), *b = c->new_row < 0 ? NULL : measure_of(r, c, true);
  if (!a || !b) {
    c->kind = a ? REVISION_GONE : REVISION_NEW;
    return;
  }
  const uint8_t was = a->status[c->old_row], is = b->status[c->new_row];
  c->flag_changed = strcmp(revision_flag(r, c, false), revision_flag(r, c, true)) != 0;
  c->exposed = was == RESULT_SUPPRESSED && is == RESULT_SHOWN;
  if (was == RESULT_SHOWN && is == RESULT_SHOWN) differences(o, index, a, b, c);
  else c->kind = was == is ? REVISION_HIDDEN : REVISION_STATUS;
}

/* --- all cells --- */
static int code_order(const struct result_table *a, int64_t i, const struct result_table *b, int64_t j) {
  for (int d = 0; d < a->n_dimensions; d++) {
    int c = result_code_cmp(a->dimensions[d].code[i], b->dimensions[d].code[j]);
    if (c) return c;
  }
  return 0;
}

struct pairing {
  int n, old_measure[2 * RESULT_MAX_MEASURES], new_measure[2 * RESULT_MAX_MEASURES], n_common;
};

static void pair_measures(const struct result_table *a, const struct result_table *b, struct pairing *p) {
  *p = (struct pairing){.n = 0};
  for (int k = 0; k < b->n_measures; k++) {
    p->new_measure[p->n] = k;
    p->old_measure[p->n] = result_find_measure(a, b->measures[k].name);
    p->n_common += p->old_measure[p->n++] >= 0;
  }
  for (int k = 0; k < a->n_measures; k++)
    if (result_find_measure(b, a->measures[k].name) < 0) p->new_measure[p->n] = -1, p->old_measure[p->n++] = k;
}

static enum err_code comparable(const struct result_table *a, const struct result_table *b, const struct pairing *p, struct err *e) {
  if (a->n_dimensions != b->n_dimensions)
    return ERR(e, E_RESULT_UNLIKE, .subject = "dimensions", .expected = "the same number of dimensions", .found = "another number");
  for (int d = 0; d < a->n_dimensions; d++)
    if (strcmp(a->dimensions[d].name, b->dimensions[d].name))
      return ERR(e, E_RESULT_UNLIKE, .subject = "dimensions", .expected = a->dimensions[d].name, .found = b->dimensions[d].name);
  if (!p->n_common) return ERR(e, E_RESULT_UNLIKE, .subject = "measures", .expected = "a measure that both tables have", .found = "none");
  return E_OK;
}

static void add_row(struct revision *r, const struct pairing *p, const struct revision_options *o, int64_t i, int64_t j) {
  for (int k = 0; k < p->n; k++) {
    if ((i < 0 && p->new_measure[k] < 0) || (j < 0 && p->old_measure[k] < 0)) continue;
    struct revision_cell *c = &r->cells[r->n_cells];
    *c = (struct revision_cell){.old_row = p->old_measure[k] < 0 ? -1 : i,
        .new_row = p->new_measure[k] < 0 ? -1 : j,
        .old_measure = p->old_measure[k],
        .new_measure = p->new_measure[k]};
    compare_cell(r, o, r->n_cells, c);
    r->n_cells++;
  }
}

/* --- summary --- */
struct rank {
  double relative, difference;
  int64_t cell;
};
static int rank_cmp(const void *x, const void *y) {
  const struct rank *a = x, *b = y;
  if (a->relative != b->relative) return a->relative > b->relative ? -1 : 1;
  if (a->difference != b->difference) return a->difference > b->difference ? -1 : 1;
  return (a->cell > b->cell) - (a->cell < b->cell);
}

static void count_cell(struct revision_summary *s, const struct revision_cell *c) {
  s->n_cells++;
  s->n_same += c->kind == REVISION_SAME;
  s->n_changed += c->kind == REVISION_CHANGED;
  s->n_new += c->kind == REVISION_NEW;
  s->n_gone += c->kind == REVISION_GONE;
  s->n_status += c->kind == REVISION_STATUS;
  s->n_hidden += c->kind == REVISION_HIDDEN;
  s->n_exposed += c->exposed;
  s->n_flags += c->flag_changed;
  s->n_precision += c->precision_changed;
  s->n_beyond_1_se += c->has_old_se_units && fabs(c->old_se_units) > 1;
  s->n_beyond_2_se += c->has_old_se_units && fabs(c->old_se_units) > 2;
}

static enum err_code summarise(struct arena *a, struct revision *r, struct err *e) {
  struct revision_summary *s = &r->summary;
  struct rank *rank = ARENA_ARRAY(a, struct rank, r->n_cells + 1);
  int64_t n = 0, n_relative = 0;
  if (!rank) return ERR(e, E_NO_MEMORY, .subject = r->new_table->id);
  for (int64_t i = 0; i < r->n_cells; i++) {
    const struct revision_cell *c = &r->cells[i];
    count_cell(s, c);
    if (!c->has_values) continue;
    n_relative += c->has_relative;
    rank[n++] = (struct rank){c->has_relative ? fabs(c->relative) : -1, fabs(c->difference), i};
  }
  qsort(rank, (size_t)n, sizeof *rank, rank_cmp);
  for (int64_t i = 0; i < n && s->n_largest < 10; i++)
    if (rank[i].difference > 0) s->largest[s->n_largest++] = rank[i].cell;
  if (!n_relative) return E_OK;
  s->has_relative = true;
  s->largest_relative = rank[0].relative;
  s->median_relative = n_relative % 2 ? rank[n_relative / 2].relative : (rank[n_relative / 2 - 1].relative + rank[n_relative / 2].relative) / 2;
  return E_OK;
}

enum err_code revision_compare(struct arena *a, const struct result_table *old_table, const struct result_table *new_table,
    const struct revision_options *o, struct revision *out, struct err *e) {
  struct pairing p;
  *out = (struct revision){.old_table = old_table, .new_table = new_table};
  pair_measures(old_table, new_table, &p);
  TRY(comparable(old_table, new_table, &p, e));
  out->cells = ARENA_ARRAY(a, struct revision_cell, (old_table->n_rows + new_table->n_rows) * p.n + 1);
  if (!out->cells) return ERR(e, E_NO_MEMORY, .subject = new_table->id);
  int64_t i = 0, j = 0;
  while (i < old_table->n_rows || j < new_table->n_rows) {
    int order = i == old_table->n_rows ? 1 : j == new_table->n_rows ? -1 : code_order(old_table, i, new_table, j);
    add_row(out, &p, o, order <= 0 ? i : -1, order >= 0 ? j : -1);
    i += order <= 0;
    j += order >= 0;
  }
  out->digests_known = old_table->digest && new_table->digest;
  out->same_digest = out->digests_known && !strcmp(old_table->digest, new_table->digest);
  return summarise(a, out, e);
}
