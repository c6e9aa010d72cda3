#include "estimators/mls/mls_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/mls/mls_rates.h"

static enum err_code make_rows(struct arena *a, const struct mls_run_input *in, struct mls_run_result *out, struct err *e) {
  char what[160];
  struct mls_totals *cells = ARENA_ARRAY(a, struct mls_totals, in->n_cells + 1);
  struct str *names = ARENA_ARRAY(a, struct str, in->n_cells + 1);
  out->rollup_totals = ARENA_ARRAY(a, struct mls_totals, in->n_rollups + 1);
  out->rows = ARENA_ARRAY(a, struct mls_row, in->n_rollups + 1);
  if (!cells || !names || !out->rollup_totals || !out->rows) return ERR(e, E_NO_MEMORY, .subject = "roll-ups");
  for (int32_t c = 0; c < in->n_cells; c++) {
    names[c] = in->cells[c].id;
    cells[c] = out->ratio.cells[c].totals;
    if (in->whole_workers && !out->ratio.cells[c].empty) out->open_flows += mls_whole_workers(&cells[c]);
  }
  for (int32_t g = 0; g < in->n_rollups; g++) {
    TRY(mls_sum(a, cells, in->n_cells, &in->rollups[g], names, &out->rollup_totals[g], e));
    mls_display(&out->rollup_totals[g], in->rollups[g].industry, in->rollups[g].size, &out->rows[g]);
    if (in->whole_workers && !out->open_flows && mls_broken_identity(&out->rows[g], what, sizeof what))
      return ERR(e, E_MLS_IDENTITY, .subject = what);
  }
  return E_OK;
}

static enum err_code one_error(
    struct mls_variance *v, const struct mls_rollup *g, int split, int column, struct mls_error *out, struct err *e) {
  mls_variance_average(v, g, split, column, out);
  return mls_variance_judged(v, &out->judged, e);
}
static enum err_code make_errors(struct arena *a, const struct mls_run_input *in, struct mls_run_result *out, struct err *e) {
  struct mls_variance *v;
  if (!in->standard_errors) return E_OK;
  TRY(mls_variance_begin(a, &in->sample, in->cells, in->n_cells, &out->ratio, &v, e));
  if (in->judging) TRY(mls_variance_judge(a, v, in->judging, e));
  out->errors = ARENA_ARRAY(a, struct mls_error, (int64_t)in->n_rollups * MLS_SPLITS * MLS_COLUMNS + 1);
  if (!out->errors) return ERR(e, E_NO_MEMORY, .subject = "standard errors");
  for (int32_t g = 0; g < in->n_rollups; g++)
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int c = MLS_COL_D; c < MLS_COLUMNS; c++)
        TRY(one_error(v, &in->rollups[g], s, c, &out->errors[((int64_t)g * MLS_SPLITS + s) * MLS_COLUMNS + c], e));
  return E_OK;
}

static enum err_code make_controls(struct arena *a, const struct mls_run_input *in, struct mls_run_result *out, struct err *e) {
  out->drift = ARENA_ARRAY(a, double, in->n_cells + 1);
  out->carry = ARENA_ARRAY(a, struct mls_carry_cell, in->n_cells + 1);
  if (!out->drift || !out->carry) return ERR(e, E_NO_MEMORY, .subject = "controls");
  for (int32_t c = 0; c < in->n_cells; c++) {
    double r = out->ratio.cells[c].ratio, before = in->previous_ratio ? in->previous_ratio[c] : 0;
    if (r > 0 && before > 0) out->drift[c] = log(r / before);
    out->carry[c] = (struct mls_carry_cell){
        .k = in->k ? in->k[c] : 0, .rho = in->rho ? in->rho[c] : 0, .workers_end = out->ratio.cells[c].totals.x[MLS_ALL][MLS_E1]};
  }
  TRY(mls_cover_checks(a, &in->sample, in->cells, in->n_cells, &out->ratio, &out->cover, &out->n_cover, e));
  return mls_carry(out->carry, in->n_cells, in->movers, in->n_movers, in->l, e);
}

enum err_code mls_run(struct arena *a, const struct mls_run_input *in, struct mls_run_result *out, struct err *e) {
  *out = (struct mls_run_result){.open_flows = 0};
  TRY(mls_ratio(a, &in->sample, in->cells, in->n_cells, in->min_reports, &out->ratio, e));
  TRY(make_rows(a, in, out, e));
  TRY(make_errors(a, in, out, e));
  return make_controls(a, in, out, e);
}

/* --- standard roll-ups --- */
static const char *const size_codes[] = {"T", "0", "1", "3", "4", "5", "7", "9"};
static const char *const size_members[] = {"13579", "1357", "1", "3", "13", "5", "7", "9"};
enum { N_SIZES = 8 };

static int str_pointer_cmp(const void *x, const void *y) { return str_cmp(*(const struct str *)x, *(const struct str *)y); }

static enum err_code industries_of(
    struct arena *a, const struct mls_cell *cells, int32_t n, const mls_ancestors *ancestors, struct str **out, int32_t *n_out, struct err *e) {
  struct str *all = ARENA_ARRAY(a, struct str, (MLS_MAX_ANCESTORS + 1) * (int64_t)n + 2);
  int32_t k = 0, m = 0;
  if (!all) return ERR(e, E_NO_MEMORY, .subject = "industries");
  for (int32_t c = 0; c < n; c++) {
    all[k++] = cells[c].industry;
    for (int i = 0; ancestors && i < MLS_MAX_ANCESTORS; i++)
      if (ancestors[c][i].n) all[k++] = ancestors[c][i];
  }
  qsort(all, (size_t)k, sizeof *all, str_pointer_cmp);
  for (int32_t i = 0; i < k; i++)
    if (!str_eq(all[i], STR("TL")) && (m == 0 || !str_eq(all[i], all[m - 1]))) all[m++] = all[i];
  memmove(all + 1, all, sizeof *all * (size_t)m);
  all[0] = STR("TL");
  *out = all;
  *n_out = m + 1;
  return E_OK;
}

static bool belongs(const struct mls_cell *c, const mls_ancestors *above, struct str industry, const char *sizes) {
  bool in = str_eq(industry, STR("TL")) || str_eq(c->industry, industry);
  for (int i = 0; above && i < MLS_MAX_ANCESTORS; i++) in = in || ((*above)[i].n && str_eq((*above)[i], industry));
  return in && c->size.n == 1 && strchr(sizes, c->size.p[0]);
}

enum err_code mls_standard_rollups(struct arena *a, const struct mls_cell *cells, int32_t n_cells, const mls_ancestors *ancestors,
    struct mls_rollup **out, int32_t *n, struct err *e) {
  struct str *industries = NULL;
  int32_t n_industries = 0;
  TRY(industries_of(a, cells, n_cells, ancestors, &industries, &n_industries, e));
  struct mls_rollup *g = ARENA_ARRAY(a, struct mls_rollup, n_industries * N_SIZES + 1);
  int32_t *found = ARENA_ARRAY(a, int32_t, n_cells + 1);
  if (!g || !found) return ERR(e, E_NO_MEMORY, .subject = "roll-ups");
  *n = 0;
  for (int32_t i = 0; i < n_industries; i++)
    for (int s = 0; s < N_SIZES; s++) {
      int32_t count = 0;
      for (int32_t c = 0; c < n_cells; c++)
        if (belongs(&cells[c], ancestors ? &ancestors[c] : NULL, industries[i], size_members[s])) found[count++] = c;
      int32_t *members = ARENA_ARRAY(a, int32_t, count + 1);
      if (!members) return ERR(e, E_NO_MEMORY, .subject = "roll-ups");
      memcpy(members, found, sizeof *members * (size_t)count);
      if (count) g[(*n)++] = (struct mls_rollup){industries[i], str_of(size_codes[s]), count, members};
    }
  *out = g;
  return E_OK;
}

/* --- as a result table --- */
static void set_cell(const struct mls_row *row, const struct mls_error *error, int split, int column, struct result_measure *m, int64_t at) {
  if (row->suppressed) {
    result_hide(m, at, row->reason ? row->reason : "suppressed");
    return;
  }
  if (!row->has[split][column]) {
    m->status[at] = RESULT_NOT_APPLICABLE;
    return;
  }
  m->value[at] = (double)row->value[split][column] / (mls_column_tenths(column) ? 10 : 1);
  if (!error || !error->defined) return;
  if (m->judged) m->judged[at] = error->judged;
  m->se[at] = error->se;
  m->cv[at] = error->cv;
  m->df[at] = error->df;
  m->has_se[at] = error->from_response ? 2 : 1;
}

static void set_rate(const struct mls_row *row, int split, enum mls_rate rate, struct result_measure *m, int64_t at) {
  int64_t v;
  if (row->suppressed) result_hide(m, at, row->reason ? row->reason : "suppressed");
  else if (!mls_rate(row, split, rate, &v)) m->status[at] = RESULT_NOT_APPLICABLE;
  else m->value[at] = rate == MLS_RATE_HOURLY ? (double)v : (double)v / 100;
}

static void name_measures(struct result_table *t) {
  for (int c = 0; c < t->n_measures; c++) {
    struct result_measure *m = &t->measures[c];
    if (c >= MLS_COLUMNS) {
      bool pay = c - MLS_COLUMNS == MLS_RATE_HOURLY;
      m->name = mls_rate_name[c - MLS_COLUMNS];
      m->unit = pay ? "yen" : "percent";
      m->decimals = pay ? 0 : 2;
      continue;
    }
    m->name = mls_column_name[c];
    m->unit = c < MLS_COL_D ? "person" : c == MLS_COL_D ? "day" : c <= MLS_COL_HO ? "hour" : "yen";
    m->decimals = mls_column_tenths(c) ? 1 : 0;
    m->additive = c < MLS_COL_D;
  }
}

enum err_code mls_result_table(struct arena *a, const char *id, const struct mls_row *rows, int32_t n_rows, const struct mls_error *errors,
    const int64_t *n_reports, struct result_table **out, struct err *e) {
  struct result_table *t;
  TRY(result_table_new(a, id, (int64_t)n_rows * MLS_SPLITS, 3, MLS_COLUMNS + MLS_RATES, &t, e));
  t->dimensions[0].name = "industry";
  t->dimensions[1].name = "size";
  t->dimensions[2].name = "worker_form";
  name_measures(t);
  for (int k = 0; errors && k < MLS_COLUMNS; k++) TRY(result_keep_judgements(t, k, false, e));
  struct result_measure *hourly = &t->measures[MLS_COLUMNS + MLS_RATE_HOURLY];
  if (errors) TRY(result_keep_judgements(t, MLS_COLUMNS + MLS_RATE_HOURLY, false, e));
  for (int32_t g = 0; g < n_rows; g++)
    for (int s = 0; s < MLS_SPLITS; s++) {
      int64_t at = (int64_t)g * MLS_SPLITS + s;
      t->dimensions[0].code[at] = rows[g].industry;
      t->dimensions[1].code[at] = rows[g].size;
      t->dimensions[2].code[at] = str_of(mls_split_code[s]);
      t->n[at] = n_reports ? n_reports[at] : 0;
      t->n_status[at] = n_reports ? RESULT_SHOWN : RESULT_NOT_APPLICABLE;
      for (int c = 0; c < MLS_COLUMNS; c++) set_cell(&rows[g], errors ? &errors[at * MLS_COLUMNS + c] : NULL, s, c, &t->measures[c], at);
      for (int k = 0; k < MLS_RATES; k++) set_rate(&rows[g], s, (enum mls_rate)k, &t->measures[MLS_COLUMNS + k], at);
      if (errors && errors[at * MLS_COLUMNS + MLS_COL_B].defined)
        hourly->judged[at] = errors[at * MLS_COLUMNS + MLS_COL_B].judged; /* hourly pay is as dominated as the pay */
    }
  *out = t;
  return E_OK;
}

static void copy_figure(const struct result_measure *from, int64_t i, struct result_measure *to, int64_t j) {
  to->value[j] = from->value[i];
  to->se[j] = from->se[i];
  to->cv[j] = from->cv[i];
  to->df[j] = from->df[i];
  to->status[j] = from->status[i];
  to->has_se[j] = from->has_se[i];
  to->reason[j] = from->reason[i];
  if (to->judged && from->judged) to->judged[j] = from->judged[i];
}

/* Which rows stay: those where every dimension that the plan leaves out is at its total. */
static int64_t keep_rows(const struct result_table *all, const int *place, int64_t *kept) {
  static const char *const totals[3] = {"TL", "T", "T"};
  int64_t n = 0;
  for (int64_t i = 0; i < all->n_rows; i++) {
    bool keep = true;
    for (int d = 0; d < 3; d++) keep = keep && (place[d] >= 0 || str_eq(all->dimensions[d].code[i], str_of(totals[d])));
    if (keep) kept[n++] = i;
  }
  return n;
}

static enum err_code copy_measure(
    const struct result_table *all, const struct measure *how, int decimals, const int64_t *kept, struct result_table *t, int k, struct err *e) {
  int m = result_find_measure(all, how->x);
  if (m < 0 || (how->kind != MEASURE_MLS && how->kind != MEASURE_MLS_ROLLUP))
    return ERR(e, E_TABLE_MEASURE, .subject = how->name, .expected = "mls(x) of e0 inc dec e1 pt D H Hs Ho G C B O S or a rate");
  const struct result_measure *from = &all->measures[m];
  struct result_measure *to = &t->measures[k];
  to->name = from->name;
  to->unit = from->unit;
  to->additive = from->additive;
  to->decimals = decimals >= 0 ? decimals : from->decimals;
  if (from->judged) TRY(result_keep_judgements(t, k, false, e));
  for (int64_t j = 0; j < t->n_rows; j++) copy_figure(from, kept[j], to, j);
  return E_OK;
}

enum err_code mls_select(struct arena *a, const struct result_table *all, const struct table_plan *plan, struct result_table **out, struct err *e) {
  int place[3] = {-1, -1, -1};
  struct result_table *t;
  for (int k = 0; k < plan->n_dimensions; k++) {
    int d = result_find_dimension(all, plan->dimensions[k]);
    if (d < 0) return ERR(e, E_TABLE_ITEM, .subject = plan->dimensions[k], .expected = "industry, size or worker_form");
    place[d] = k;
  }
  int64_t *kept = ARENA_ARRAY(a, int64_t, all->n_rows + 1);
  if (!kept) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(result_table_new(a, plan->spec->id, keep_rows(all, place, kept), plan->n_dimensions, plan->n_measures, &t, e));
  t->title_ja = plan->spec->title_ja;
  t->title_en = plan->spec->title_en;
  t->n_row_dimensions = plan->n_row_dimensions;
  for (int k = 0; k < plan->n_dimensions; k++) t->dimensions[k].name = plan->dimensions[k];
  for (int64_t j = 0; j < t->n_rows; j++) {
    for (int d = 0; d < 3; d++)
      if (place[d] >= 0) t->dimensions[place[d]].code[j] = all->dimensions[d].code[kept[j]];
    t->n[j] = all->n[kept[j]];
    t->n_status[j] = all->n_status[kept[j]];
  }
  for (int k = 0; k < plan->n_measures; k++) TRY(copy_measure(all, &plan->measures[k], plan->decimals, kept, t, k, e));
  for (int i = 0; i < all->n_notes; i++) result_note(t, all->notes[i]);
  TRY(result_sort(t, e));
  *out = t;
  return E_OK;
}
