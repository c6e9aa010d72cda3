/* outcheck_units.c -- what stands behind each figure, counted again from the records it was made of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/outcheck_table.h"

struct row { /* one record, by token */
  uint64_t token;
  int64_t at; /* row of the file */
};
struct work {
  struct arena *a;
  const char *name;
  const struct outcheck_table *t;
  const struct csv_table *file;
  int unit, weight, dim[OUTCHECK_DIMS_MAX];
  struct row *row;
  int64_t *slot, room;    /* group's first figure + 1, by its codes */
  int64_t *n_rows, **rows; /* [n_groups] records of each group, in the order of their tokens */
};

static enum err_code no_memory(const struct work *w, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = w->name); }
static enum err_code wrong(const struct work *w, int64_t row, const char *expected, struct err *e) {
  return ERR(e, E_OUTPUT_TABLE, .file = w->name, .line = row < 0 ? 1 : w->file->lines[row], .subject = w->name, .expected = expected);
}
static int by_token(const void *x, const void *y) {
  const struct row *a = x, *b = y;
  if (a->token != b->token) return a->token < b->token ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
}

/* --- the file --- */

static enum err_code columns(struct work *w, struct err *e) {
  char name[128];
  w->unit = csv_table_column(w->file, "unit");
  w->weight = csv_table_column(w->file, "weight");
  if (w->unit < 0) return wrong(w, -1, "a column unit", e);
  for (int d = 0; d < w->t->n_dims; d++) {
    snprintf(name, sizeof name, "%.*s", (int)(w->t->dim[d].n < 127 ? w->t->dim[d].n : 127), w->t->dim[d].p);
    w->dim[d] = csv_table_column(w->file, name);
    if (w->dim[d] < 0) return wrong(w, -1, name, e);
  }
  return E_OK;
}
static bool number_at(const struct work *w, int64_t row, int column, double *out) {
  int64_t scaled;
  int decimals, digits;
  struct str text = csv_table_cell(w->file, row, column);
  if (!outcheck_number(text, &scaled, &decimals, &digits)) return false;
  *out = (double)scaled;
  for (int k = 0; k < decimals; k++) *out /= 10;
  return true;
}
static enum err_code tokens(struct work *w, outcheck_token_fn token, void *context, struct err *e) {
  w->row = ARENA_ARRAY(w->a, struct row, w->file->n_rows + 1);
  if (!w->row) return no_memory(w, e);
  for (int64_t r = 0; r < w->file->n_rows; r++) {
    double weight;
    struct str unit = csv_table_cell(w->file, r, w->unit);
    if (unit.n == 0) return wrong(w, r, "an id of the unit", e);
    if (w->weight >= 0 && (!number_at(w, r, w->weight, &weight) || weight < 0)) return wrong(w, r, "a weight of 0 or more", e);
    w->row[r].at = r;
    TRY(token(context, unit, &w->row[r].token, e));
  }
  qsort(w->row, (size_t)w->file->n_rows, sizeof *w->row, by_token);
  return E_OK;
}

/* --- which groups a record belongs to: its codes, with any of them as total --- */

static uint64_t mix(uint64_t h, struct str s) {
  for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
  return (h ^ 0xffu) * 1099511628211ull;
}
static uint64_t hash_codes(const struct str *code, int n) {
  uint64_t h = 1469598103934665603ull;
  for (int d = 0; d < n; d++) h = mix(h, code[d]);
  return h;
}
static bool equal_codes(const struct str *x, const struct str *y, int n) {
  for (int d = 0; d < n; d++)
    if (!str_eq(x[d], y[d])) return false;
  return true;
}
static enum err_code index_groups(struct work *w, struct err *e) {
  w->room = 16;
  while (w->room < 2 * w->t->n_groups) w->room *= 2;
  w->slot = ARENA_ARRAY(w->a, int64_t, w->room);
  w->n_rows = ARENA_ARRAY(w->a, int64_t, w->t->n_groups + 1);
  w->rows = ARENA_ARRAY(w->a, int64_t *, w->t->n_groups + 1);
  if (!w->slot || !w->n_rows || !w->rows) return no_memory(w, e);
  for (int64_t i = 0; i < w->t->n_cells; i++) {
    const struct outcheck_cell *c = &w->t->cell[i];
    int64_t at = (int64_t)(hash_codes(c->code, w->t->n_dims) & (uint64_t)(w->room - 1));
    while (w->slot[at] && w->t->cell[w->slot[at] - 1].group != c->group) at = (at + 1) & (w->room - 1);
    if (!w->slot[at]) w->slot[at] = i + 1;
  }
  return E_OK;
}
static int64_t find_group(const struct work *w, const struct str *code) {
  int64_t at = (int64_t)(hash_codes(code, w->t->n_dims) & (uint64_t)(w->room - 1));
  for (; w->slot[at]; at = (at + 1) & (w->room - 1)) {
    const struct outcheck_cell *c = &w->t->cell[w->slot[at] - 1];
    if (equal_codes(c->code, code, w->t->n_dims)) return c->group;
  }
  return -1;
}
/* Twice over the same records: the first time they are counted, the second time written down. */
static void each_group(struct work *w, bool write) {
  struct str code[OUTCHECK_DIMS_MAX];
  for (int64_t r = 0; r < w->file->n_rows; r++)
    for (unsigned mask = 0; mask < 1u << w->t->n_dims; mask++) {
      bool twice = false; /* a record that has the total as its own code */
      for (int d = 0; d < w->t->n_dims; d++) {
        code[d] = mask >> d & 1 ? STR("_T") : csv_table_cell(w->file, w->row[r].at, w->dim[d]);
        twice = twice || (!(mask >> d & 1) && outcheck_total(code[d]));
      }
      int64_t g = twice ? -1 : find_group(w, code);
      if (g < 0) continue;
      if (write) w->rows[g][w->n_rows[g]] = r;
      w->n_rows[g]++;
    }
}
static enum err_code spread(struct work *w, struct err *e) {
  each_group(w, false);
  for (int64_t g = 0; g < w->t->n_groups; g++) {
    w->rows[g] = ARENA_ARRAY(w->a, int64_t, w->n_rows[g] + 1);
    if (!w->rows[g]) return no_memory(w, e);
    w->n_rows[g] = 0;
  }
  each_group(w, true);
  return E_OK;
}

/* --- figures --- */

struct sums {
  double weights, weighted, contribution; /* contribution: of the unit that is being added up */
  bool any, weighs;
};
static void end_of_unit(struct outcheck_behind *b, struct sums *s) {
  double x = fabs(s->contribution);
  if (s->any) b->n++;
  if (s->any && s->weighs && x > 0) b->n_nonzero++;
  if (x > b->top1) b->top2 = b->top1, b->top1 = x;
  else if (x > b->top2) b->top2 = x;
  b->total += x;
  s->contribution = 0;
  s->any = s->weighs = false;
}
static enum err_code add_row(struct work *w, int64_t at, int column, bool counts, struct sums *s, struct err *e) {
  double x = 1, weight = 1;
  if (!counts && csv_table_cell(w->file, at, column).n == 0) return E_OK;
  if (!counts && !number_at(w, at, column, &x)) return wrong(w, at, "a number, or nothing", e);
  if (w->weight >= 0 && !number_at(w, at, w->weight, &weight)) return wrong(w, at, "a weight of 0 or more", e);
  s->any = true;
  s->weighs = s->weighs || weight > 0;
  s->contribution += x;
  s->weights += weight;
  s->weighted += weight * x;
  return E_OK;
}
static int measure_column(const struct work *w, const struct outcheck_cell *c) {
  for (int64_t k = 0; k < w->file->n_columns; k++)
    if (str_eq(w->file->header[k], c->measure)) return (int)k;
  return -1;
}
static enum err_code behind(struct work *w, const struct outcheck_cell *c, struct outcheck_behind *b, struct err *e) {
  struct sums s = {0};
  int column = measure_column(w, c);
  bool counts = c->kind == OUTCHECK_COUNT || (c->kind == OUTCHECK_PERCENT && column < 0);
  *b = (struct outcheck_behind){.dominance = !counts && column >= 0};
  const int64_t *rows = w->rows[c->group], n = w->n_rows[c->group];
  if (!counts && column < 0) counts = true; /* at least the units are counted */
  for (int64_t i = 0; i < n; i++) {
    const struct row *r = &w->row[rows[i]];
    TRY(add_row(w, r->at, column, counts, &s, e));
    if (i + 1 == n || w->row[rows[i + 1]].token != r->token) end_of_unit(b, &s);
  }
  b->expected = c->kind == OUTCHECK_MEAN ? (s.weights > 0 ? s.weighted / s.weights : 0) : s.weighted;
  b->has_expected = c->kind == OUTCHECK_COUNT || (b->dominance && (c->kind == OUTCHECK_SUM || c->kind == OUTCHECK_MEAN));
  return E_OK;
}
static enum err_code sets(struct work *w, struct outcheck_set *out, struct err *e) {
  for (int64_t g = 0; g < w->t->n_groups; g++) {
    uint64_t *token = ARENA_ARRAY(w->a, uint64_t, w->n_rows[g] + 1);
    if (!token) return no_memory(w, e);
    int64_t n = 0;
    for (int64_t i = 0; i < w->n_rows[g]; i++) {
      uint64_t one = w->row[w->rows[g][i]].token;
      if (n == 0 || token[n - 1] != one) token[n++] = one;
    }
    out[g] = (struct outcheck_set){n, token};
  }
  return E_OK;
}

enum err_code outcheck_units_csv(struct arena *a, const char *name, struct str text, const struct outcheck_table *t, outcheck_token_fn token,
    void *context, struct outcheck_units *out, struct err *e) {
  struct csv_table *file = ARENA_NEW(a, struct csv_table);
  struct work w = {.a = a, .name = name, .t = t, .file = file};
  if (!file) return no_memory(&w, e);
  TRY(csv_table_parse(a, name, text.p, text.n, file, e));
  if (file->n_rows > OUTCHECK_UNITS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "at most 4,000,000 records");
  TRY(columns(&w, e));
  TRY(tokens(&w, token, context, e));
  TRY(index_groups(&w, e));
  TRY(spread(&w, e));
  struct outcheck_set *set = ARENA_ARRAY(a, struct outcheck_set, t->n_groups + 1);
  struct outcheck_behind *cell = ARENA_ARRAY(a, struct outcheck_behind, t->n_cells + 1);
  if (!set || !cell) return no_memory(&w, e);
  TRY(sets(&w, set, e));
  for (int64_t i = 0; i < t->n_cells; i++) TRY(behind(&w, &t->cell[i], &cell[i], e));
  *out = (struct outcheck_units){file->n_rows, set, cell};
  return E_OK;
}
