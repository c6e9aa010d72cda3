#include "estimators/mls/mls_ratio.h"

#include <stdio.h>
#include <string.h>

#include "base/sum.h"

__extension__ typedef __int128 wide;

const char *const mls_split_code[MLS_SPLITS] = {"T", "M", "F", "N", "P"};
const char *const mls_column_name[MLS_COLUMNS] = {"e0", "inc", "dec", "e1", "pt", "D", "H", "Hs", "Ho", "G", "C", "B", "O", "S"};

struct cell_sums {
  struct sum x[MLS_SPLITS][MLS_ITEMS];
};

static const char *cell_name(const struct mls_cell *c, char *buffer, size_t size) {
  snprintf(buffer, size, "%.*s", (int)(c->id.n < size ? c->id.n : size - 1), c->id.p);
  return buffer;
}

/* The general worker is never reported: all minus part-time, on exact integers. */
static bool item_asked(const struct mls_sample *s, int split, int item) {
  if (split == MLS_GENERAL) return item != MLS_PT && s->x[MLS_ALL][item] && s->x[MLS_PART][item];
  return s->x[split][item] != NULL;
}

static int64_t value_at(const struct mls_sample *s, int split, int item, int64_t i) {
  if (split == MLS_GENERAL) return s->x[MLS_ALL][item][i] - s->x[MLS_PART][item][i];
  return s->x[split][item][i];
}

static void add_run(const struct mls_sample *s, const int64_t *unit, int64_t n, struct cell_sums *to) {
  double w = s->design->weight[unit[0]];
  for (int split = 0; split < MLS_SPLITS; split++)
    for (int item = 0; item < MLS_ITEMS; item++) {
      if (!item_asked(s, split, item)) continue;
      wide total = 0;
      for (int64_t i = 0; i < n; i++) total += value_at(s, split, item, unit[i]);
      sum_add(&to->x[split][item], w * (double)total);
    }
}

static void counting_sort(const int64_t *from, int64_t n, const int32_t *key, int64_t *start, int64_t n_keys, int64_t *to) {
  memset(start, 0, sizeof *start * (size_t)(n_keys + 1));
  for (int64_t i = 0; i < n; i++) start[key[from[i]] + 1]++;
  for (int64_t k = 0; k < n_keys; k++) start[k + 1] += start[k];
  for (int64_t i = 0; i < n; i++) to[start[key[from[i]]]++] = from[i];
}

static enum err_code order_reports(struct arena *a, const struct mls_sample *s, int32_t n_cells, struct mls_ratio_result *out, struct err *e) {
  char place[64];
  int64_t n_keys = n_cells > s->design->n_strata ? n_cells : s->design->n_strata;
  int64_t *first = ARENA_ARRAY(a, int64_t, s->n + 1), *second = ARENA_ARRAY(a, int64_t, s->n + 1), *start = ARENA_ARRAY(a, int64_t, n_keys + 2);
  out->first = ARENA_ARRAY(a, int64_t, n_cells + 2);
  if (!first || !second || !start || !out->first) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < s->n; i++) {
    snprintf(place, sizeof place, "report %lld", (long long)i + 1);
    if (s->cell[i] < 0 || s->cell[i] >= n_cells) return ERR(e, E_MLS_NO_CELL, .subject = place);
    first[i] = i;
    out->first[s->cell[i] + 1]++;
  }
  for (int32_t c = 0; c < n_cells; c++) out->first[c + 1] += out->first[c];
  counting_sort(first, s->n, s->design->stratum, start, s->design->n_strata, second);
  counting_sort(second, s->n, s->cell, start, n_cells, first);
  out->order = first;
  return E_OK;
}

/* Of one stratum; a design by hand may have more than one weight in it. */
static bool same_weight(const struct design *d, int64_t x, int64_t y) { return d->stratum[x] == d->stratum[y] && d->weight[x] == d->weight[y]; }

static void sum_cells(const struct mls_sample *s, int32_t n_cells, const struct mls_ratio_result *r, struct cell_sums *sums) {
  for (int32_t c = 0; c < n_cells; c++)
    for (int64_t i = r->first[c]; i < r->first[c + 1];) {
      int64_t j = i;
      while (j < r->first[c + 1] && same_weight(s->design, r->order[i], r->order[j])) j++;
      add_run(s, r->order + i, j - i, &sums[c]);
      i = j;
    }
}

static int32_t root_of(const struct mls_cell_result *cells, int32_t c) {
  while (cells[c].group != c) c = cells[c].group;
  return c;
}

struct group_state {
  int64_t n_reports;
  double e0;
};

static struct group_state group_state(const struct mls_cell_result *cells, int32_t n_cells, int32_t root) {
  struct group_state g = {0, 0};
  for (int32_t c = 0; c < n_cells; c++)
    if (root_of(cells, c) == root) {
      g.n_reports += cells[c].n_reports;
      g.e0 += cells[c].weighted_e0;
    }
  return g;
}

/* The declared neighbour of any member that lies outside the group, lowest member first; -1 when there is none. */
static int32_t neighbour_of(const struct mls_cell *in, const struct mls_cell_result *cells, int32_t n_cells, int32_t root, int32_t *member) {
  for (int32_t c = 0; c < n_cells; c++) {
    int32_t nb = in[c].neighbour;
    if (root_of(cells, c) != root || nb < 0 || nb >= n_cells || cells[nb].empty || root_of(cells, nb) == root) continue;
    *member = c;
    return nb;
  }
  return -1;
}

static enum err_code collapse(
    struct arena *a, const struct mls_cell *in, int32_t n_cells, int64_t min_reports, struct mls_ratio_result *out, struct err *e) {
  char name[96], found[64];
  out->log = ARENA_ARRAY(a, struct mls_collapse, n_cells + 1);
  if (!out->log) return ERR(e, E_NO_MEMORY, .subject = "collapse log");
  for (int32_t c = 0; c < n_cells; c++) {
    while (!out->cells[c].empty) {
      int32_t root = root_of(out->cells, c), member = c;
      struct group_state g = group_state(out->cells, n_cells, root);
      if (g.n_reports >= min_reports && g.e0 > 0) break;
      int32_t nb = neighbour_of(in, out->cells, n_cells, root, &member);
      snprintf(found, sizeof found, "%lld reports", (long long)g.n_reports);
      if (nb < 0) return ERR(e, E_MLS_NO_NEIGHBOUR, .subject = cell_name(&in[c], name, sizeof name), .found = found);
      int32_t other = root_of(out->cells, nb), low = root < other ? root : other;
      out->cells[root].group = out->cells[other].group = low;
      out->log[out->n_log++] = (struct mls_collapse){member, nb, g.n_reports};
    }
  }
  return E_OK;
}

static void scale_totals(const struct mls_sample *s, const struct cell_sums *sums, double ratio, struct mls_totals *to) {
  for (int split = 0; split < MLS_SPLITS; split++)
    for (int item = 0; item < MLS_ITEMS; item++) {
      if (!item_asked(s, split, item)) continue;
      to->has[split][item] = true;
      to->x[split][item] = ratio * sum_result(&sums->x[split][item]) * (mls_item_is_money(item) ? 1000 : 1);
    }
}

static enum err_code estimate_cells(struct arena *a, const struct mls_sample *s, const struct mls_cell *in, int32_t n_cells,
    const struct cell_sums *sums, struct mls_cell_result *cells, struct err *e) {
  struct cell_sums *joint = ARENA_ARRAY(a, struct cell_sums, n_cells + 1);
  int32_t *members = ARENA_ARRAY(a, int32_t, n_cells + 1);
  if (!joint || !members) return ERR(e, E_NO_MEMORY, .subject = "cells");
  for (int32_t c = 0; c < n_cells; c++) {
    int32_t g = root_of(cells, c);
    members[g]++;
    for (int k = 0; k < MLS_SPLITS * MLS_ITEMS; k++) sum_merge(&joint[g].x[0][0] + k, &sums[c].x[0][0] + k);
  }
  for (int32_t c = 0; c < n_cells; c++) {
    int32_t g = root_of(cells, c);
    cells[c].group = g;
    cells[c].collapsed = members[g] > 1;
    cells[c].joint_e0 = sum_result(&joint[g].x[MLS_ALL][MLS_E0]);
    cells[c].ratio = cells[c].joint_e0 > 0 ? in[c].workers_before / cells[c].joint_e0 : 0;
    scale_totals(s, &joint[g], cells[c].ratio, &cells[c].totals);
    if (cells[c].joint_e0 > 0) cells[c].totals.x[MLS_ALL][MLS_E0] = in[c].workers_before; /* identically, not up to a rounding error */
  }
  return E_OK;
}

enum err_code mls_ratio(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells, int64_t min_reports,
    struct mls_ratio_result *out, struct err *e) {
  char name[96];
  *out = (struct mls_ratio_result){.cells = ARENA_ARRAY(a, struct mls_cell_result, n_cells + 1)};
  struct cell_sums *sums = ARENA_ARRAY(a, struct cell_sums, n_cells + 1);
  if (!out->cells || !sums) return ERR(e, E_NO_MEMORY, .subject = "cells");
  TRY(order_reports(a, s, n_cells, out, e));
  sum_cells(s, n_cells, out, sums);
  for (int32_t c = 0; c < n_cells; c++) {
    struct mls_cell_result *r = &out->cells[c];
    *r = (struct mls_cell_result){.group = c, .n_reports = out->first[c + 1] - out->first[c], .weighted_e0 = sum_result(&sums[c].x[MLS_ALL][MLS_E0])};
    if (cells[c].workers_before < 0) return ERR(e, E_MLS_NO_E, .subject = cell_name(&cells[c], name, sizeof name));
    r->empty = cells[c].workers_before == 0 && r->n_reports == 0;
  }
  TRY(collapse(a, cells, n_cells, min_reports, out, e));
  return estimate_cells(a, s, cells, n_cells, sums, out->cells, e);
}
