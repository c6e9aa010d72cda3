#include "estimators/mls/mls_rollup.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"
#include "estimators/table/rounding.h"

static bool flow_holds(const struct mls_totals *t, int split) {
  const double *x = t->x[split];
  double gap = x[MLS_E0] + x[MLS_INC] - x[MLS_DEC] - x[MLS_E1];
  return fabs(gap) <= 1e-9 * (x[MLS_E0] + 1);
}

static int64_t whole(const struct mls_totals *t, int split, int item) { return (int64_t)t->x[split][item]; }

/* Two parts to the whole of their total. */
static void split_pair(struct mls_totals *t, int item, int first, int second, int64_t total) {
  double parts[2] = {t->x[first][item], t->x[second][item]};
  int64_t out[2];
  if (!t->has[first][item] || !t->has[second][item]) return;
  largest_remainder(parts, 2, total, out);
  for (int i = 0; i < 2; i++)
    if (out[i] < 0) { /* never below zero: the other part gives way */
      out[1 - i] += out[i];
      out[i] = 0;
    }
  t->x[first][item] = (double)out[0];
  t->x[second][item] = (double)out[1];
}

/* Rounded flows may take a tiny stock below zero: the separations then move to the other sex. */
static void lift_stock(struct mls_totals *t, int low, int other) {
  double e1 = t->x[low][MLS_E0] + t->x[low][MLS_INC] - t->x[low][MLS_DEC];
  double move = e1 < 0 ? -e1 : 0;
  t->x[low][MLS_DEC] -= move;
  t->x[other][MLS_DEC] += move;
}

static void whole_sexes(struct mls_totals *t, bool flows) {
  for (int item = MLS_E0; item <= MLS_DEC; item++) split_pair(t, item, MLS_MALE, MLS_FEMALE, whole(t, MLS_ALL, item));
  if (!flows) {
    split_pair(t, MLS_E1, MLS_MALE, MLS_FEMALE, whole(t, MLS_ALL, MLS_E1));
    return;
  }
  lift_stock(t, MLS_MALE, MLS_FEMALE);
  lift_stock(t, MLS_FEMALE, MLS_MALE);
  for (int s = MLS_MALE; s <= MLS_FEMALE; s++) t->x[s][MLS_E1] = t->x[s][MLS_E0] + t->x[s][MLS_INC] - t->x[s][MLS_DEC];
}

int mls_whole_workers(struct mls_totals *t) {
  bool sexes = t->has[MLS_MALE][MLS_E0] && t->has[MLS_FEMALE][MLS_E0], forms = t->has[MLS_PART][MLS_E0];
  bool all_flows = flow_holds(t, MLS_ALL);
  bool sex_flows = sexes && all_flows && flow_holds(t, MLS_MALE) && flow_holds(t, MLS_FEMALE);
  int open = !all_flows + (sexes ? !flow_holds(t, MLS_MALE) + !flow_holds(t, MLS_FEMALE) : 0);
  for (int item = MLS_E0; item <= MLS_DEC; item++) t->x[MLS_ALL][item] = (double)round_half_away(t->x[MLS_ALL][item]);
  double *all = t->x[MLS_ALL];
  all[MLS_E1] = all_flows ? all[MLS_E0] + all[MLS_INC] - all[MLS_DEC] : (double)round_half_away(all[MLS_E1]);
  if (sexes) whole_sexes(t, sex_flows);
  if (forms)
    for (int item = MLS_E0; item <= MLS_E1; item++) split_pair(t, item, MLS_GENERAL, MLS_PART, whole(t, MLS_ALL, item));
  if (t->has[MLS_ALL][MLS_PT]) {
    all[MLS_PT] = forms ? t->x[MLS_PART][MLS_E1] : (double)round_half_away(all[MLS_PT]);
    split_pair(t, MLS_PT, MLS_MALE, MLS_FEMALE, whole(t, MLS_ALL, MLS_PT));
  }
  return open;
}

static const int item_of_column[MLS_COLUMNS] = {MLS_E0, MLS_INC, MLS_DEC, MLS_E1, MLS_PT, MLS_D, -1, MLS_HS, MLS_HO, -1, MLS_C, -1, MLS_O, MLS_S};

void mls_totals_from_row(const struct mls_row *row, struct mls_totals *out) {
  *out = (struct mls_totals){.suppressed = row->suppressed, .reason = row->reason};
  for (int s = 0; s < MLS_SPLITS; s++) {
    double heads = ((double)row->value[s][MLS_COL_E0] + (double)row->value[s][MLS_COL_E1]) / 2;
    for (int c = 0; c < MLS_COLUMNS; c++) {
      int item = item_of_column[c];
      if (item < 0 || !row->has[s][c]) continue;
      out->has[s][item] = true;
      out->x[s][item] = (double)row->value[s][c];
      if (item >= MLS_WORKER_ITEMS) out->x[s][item] = mls_column_tenths(c) ? out->x[s][item] * heads / 10 : out->x[s][item] * heads;
    }
  }
}

static const char *why(struct arena *a, struct str cell) {
  return arena_printf(a, "contains suppressed cell %.*s; not derived by subtraction", (int)cell.n, cell.p);
}

enum err_code mls_sum(struct arena *a, const struct mls_totals *cells, int32_t n_cells, const struct mls_rollup *g, const struct str *names,
    struct mls_totals *out, struct err *e) {
  struct sum sums[MLS_SPLITS][MLS_ITEMS] = {{{0, 0}}};
  *out = (struct mls_totals){.reason = NULL};
  for (int32_t m = 0; m < g->n_members; m++) {
    int32_t c = g->members[m];
    if (c < 0 || c >= n_cells)
      return ERR(e, E_MLS_BAD_ROLLUP, .subject = arena_printf(a, "%.*s/%.*s", (int)g->industry.n, g->industry.p, (int)g->size.n, g->size.p));
    if (cells[c].suppressed) {
      *out = (struct mls_totals){.suppressed = true, .reason = g->n_members == 1 && cells[c].reason ? cells[c].reason : why(a, names[c])};
      return E_OK;
    }
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int i = 0; i < MLS_ITEMS; i++) {
        if (!cells[c].has[s][i]) continue;
        out->has[s][i] = true;
        sum_add(&sums[s][i], cells[c].x[s][i]);
      }
  }
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int i = 0; i < MLS_ITEMS; i++) out->x[s][i] = sum_result(&sums[s][i]);
  for (int i = MLS_E0; i <= MLS_E1; i++)
    if (out->has[MLS_ALL][i] && out->has[MLS_PART][i] && out->has[MLS_GENERAL][i]) out->x[MLS_GENERAL][i] = out->x[MLS_ALL][i] - out->x[MLS_PART][i];
  return E_OK;
}

double mls_heads(const struct mls_totals *t, int split) { return (t->x[split][MLS_E0] + t->x[split][MLS_E1]) / 2; }

bool mls_average(const struct mls_totals *t, int split, int item, double *out) {
  double heads = mls_heads(t, split);
  if (!t->has[split][item] || !(heads > 0)) return false;
  *out = t->x[split][item] / heads;
  return true;
}

static void derive(struct mls_row *r, int s, int to, int x, int y, int64_t sign) {
  if (!r->has[s][x] || !r->has[s][y]) return;
  r->has[s][to] = true;
  r->value[s][to] = r->value[s][x] + sign * r->value[s][y];
}

void mls_display(const struct mls_totals *t, struct str industry, struct str size, struct mls_row *out) {
  *out = (struct mls_row){.industry = industry, .size = size, .suppressed = t->suppressed, .reason = t->reason};
  for (int s = 0; s < MLS_SPLITS && !t->suppressed; s++) {
    for (int c = 0; c < MLS_COLUMNS; c++) {
      int item = item_of_column[c];
      double x = 0;
      if (item < 0 || !t->has[s][item]) continue;
      out->has[s][c] = item < MLS_WORKER_ITEMS || mls_average(t, s, item, &x);
      if (item < MLS_WORKER_ITEMS) out->value[s][c] = round_half_away(t->x[s][item]);
      else out->value[s][c] = round_half_away(mls_column_tenths(c) ? x * 10 : x);
    }
    derive(out, s, MLS_COL_H, MLS_COL_HS, MLS_COL_HO, 1);
    derive(out, s, MLS_COL_G, MLS_COL_C, MLS_COL_S, 1);
    derive(out, s, MLS_COL_B, MLS_COL_C, MLS_COL_O, -1);
  }
}

enum err_code mls_rollup_rows(struct arena *a, const struct mls_totals *cells, int32_t n_cells, const struct str *names,
    const struct mls_rollup *specs, int32_t n_specs, struct mls_row *rows, struct err *e) {
  for (int32_t g = 0; g < n_specs; g++) {
    struct mls_totals t;
    TRY(mls_sum(a, cells, n_cells, &specs[g], names, &t, e));
    mls_display(&t, specs[g].industry, specs[g].size, &rows[g]);
  }
  return E_OK;
}

static bool differs(const struct mls_row *r, int column, int whole_split, int a, int b) {
  if (!r->has[whole_split][column] || !r->has[a][column] || !r->has[b][column]) return false;
  return r->value[a][column] + r->value[b][column] != r->value[whole_split][column];
}

static const char *broken_split(const struct mls_row *r, int s, char *out, size_t size) {
  const int64_t *v = r->value[s];
  const bool *h = r->has[s];
  const char *code = mls_split_code[s];
  bool flows = h[MLS_COL_E0] && h[MLS_COL_E1] && h[MLS_COL_INC] && h[MLS_COL_DEC];
  const char *what = NULL;
  if (s <= MLS_FEMALE && flows && v[MLS_COL_E0] + v[MLS_COL_INC] - v[MLS_COL_DEC] != v[MLS_COL_E1]) what = "e0+inc-dec=e1";
  else if (h[MLS_COL_B] && h[MLS_COL_C] && h[MLS_COL_O] && v[MLS_COL_B] != v[MLS_COL_C] - v[MLS_COL_O]) what = "B=C-O";
  else if (h[MLS_COL_G] && h[MLS_COL_C] && h[MLS_COL_S] && v[MLS_COL_G] != v[MLS_COL_C] + v[MLS_COL_S]) what = "G=C+S";
  else if (h[MLS_COL_H] && h[MLS_COL_HS] && h[MLS_COL_HO] && v[MLS_COL_H] != v[MLS_COL_HS] + v[MLS_COL_HO]) what = "H=Hs+Ho";
  if (!what) return NULL;
  snprintf(out, size, "%.*s/%.*s/%s %s", (int)r->industry.n, r->industry.p, (int)r->size.n, r->size.p, code, what);
  return out;
}

static int64_t conversion(const struct mls_row *r, int s) {
  const int64_t *v = r->value[s];
  return v[MLS_COL_E1] - (v[MLS_COL_E0] + v[MLS_COL_INC] - v[MLS_COL_DEC]);
}

const char *mls_broken_identity(const struct mls_row *r, char *out, size_t size) {
  const char *what = NULL;
  if (r->suppressed) return NULL;
  for (int c = MLS_COL_E0; c <= MLS_COL_PT && !what; c++) {
    if (differs(r, c, MLS_ALL, MLS_MALE, MLS_FEMALE)) what = "M+F=T";
    else if (c < MLS_COL_PT && differs(r, c, MLS_ALL, MLS_GENERAL, MLS_PART)) what = "N+P=T";
  }
  if (!what && r->has[MLS_ALL][MLS_COL_PT] && r->has[MLS_PART][MLS_COL_E1] && r->value[MLS_ALL][MLS_COL_PT] != r->value[MLS_PART][MLS_COL_E1])
    what = "pt=e1(P)";
  if (!what && r->has[MLS_GENERAL][MLS_COL_E1] && r->has[MLS_PART][MLS_COL_E1]
      && conversion(r, MLS_GENERAL) + conversion(r, MLS_PART) != conversion(r, MLS_ALL))
    what = "conversions N and P cancel";
  for (int s = 0; s < MLS_SPLITS && !what; s++)
    if (broken_split(r, s, out, size)) return out;
  if (!what) return NULL;
  snprintf(out, size, "%.*s/%.*s %s", (int)r->industry.n, r->industry.p, (int)r->size.n, r->size.p, what);
  return out;
}
