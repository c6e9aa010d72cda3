#include "processing/outlier/call_list.h"

#include <math.h>

#include "base/sum.h"

struct cells { /* per view and item and cell: sum of d (y - yhat) of the records not called yet */
  struct sum **open; /* [n_views] -> [n_items * n_cells] */
};
static bool influence_of(const struct score_spec *s, int item, int64_t row, double *out) {
  double expected;
  int which;
  if (!num_present(s->items[item].y, row) || !score_prediction(&s->items[item], row, &expected, &which)) return false;
  *out = s->weight[row] * (s->items[item].y->x[row] - expected);
  return true;
}
static struct sum *cell_of(const struct cells *c, const struct score_spec *s, int view, int item, int64_t row) {
  const struct score_view *v = &s->views[view];
  return v->cell[row] < 0 ? NULL : &c->open[view][(int64_t)item * v->n_cells + v->cell[row]];
}
/* Adds the record's influences to all its cells, with sign +1 or -1. */
static void book(const struct cells *c, const struct score_spec *s, int64_t row, double sign) {
  for (int j = 0; j < s->n_items; j++) {
    double influence;
    if (!influence_of(s, j, row, &influence)) continue;
    for (int v = 0; v < s->n_views; v++) {
      struct sum *to = cell_of(c, s, v, j, row);
      if (to) sum_add(to, sign * influence);
    }
  }
}
static enum err_code cells_init(struct cells *c, struct arena *a, const struct score_spec *s, const int64_t *row, struct err *e) {
  c->open = ARENA_ARRAY(a, struct sum *, s->n_views);
  if (!c->open) return ERR(e, E_NO_MEMORY, .subject = "call list");
  for (int v = 0; v < s->n_views; v++)
    if (!(c->open[v] = ARENA_ARRAY(a, struct sum, (int64_t)s->n_items * s->views[v].n_cells))) return ERR(e, E_NO_MEMORY, .subject = "call list");
  for (int64_t k = 0; k < s->n; k++) book(c, s, row[k], 1); /* in ranked order: the same bits for any order of rows */
  return E_OK;
}
static bool is_called(const struct call_spec *q, int64_t row) {
  const struct call_threshold *t = &q->threshold[q->domain ? q->domain[row] : 0];
  return (!q->domain || q->domain[row] >= 0) && q->result->top_item[row] >= 0 && t->has && q->result->global[row] >= t->at;
}
static struct call_line line_of(const struct call_spec *q, const struct cells *c, int64_t row) {
  const struct score_spec *s = q->score;
  struct call_line line = {.row = row, .score = q->result->global[row], .item = q->result->top_item[row], .view = q->result->top_view[row]};
  const struct score_view *v = &s->views[line.view];
  line.cell = v->cell[row];
  const double divisor = v->divisor[(int64_t)line.item * v->n_cells + line.cell];
  (void)influence_of(s, line.item, row, &line.influence);
  line.influence_percent = 100 * line.influence / divisor;
  book(c, s, row, -1);
  line.remaining_percent = 100 * fabs(sum_result(cell_of(c, s, line.view, line.item, row))) / divisor;
  return line;
}
enum err_code call_list(struct call_line *lines, int64_t *n_lines, struct arena *a, const struct call_spec *q, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  const int64_t n = q->score->n;
  struct cells c;
  int64_t *row = ARENA_ARRAY(a, int64_t, n);
  *n_lines = 0;
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "call list");
  TRY(score_rank(row, a, q->result->global, q->unit, n, q->seed, e));
  TRY(cells_init(&c, a, q->score, row, e));
  for (int64_t k = 0; k < n; k++)
    if (is_called(q, row[k])) lines[(*n_lines)++] = line_of(q, &c, row[k]);
  for (int64_t k = 0; k < n; k++)
    if (q->result->unpredicted[row[k]] && !is_called(q, row[k]))
      lines[(*n_lines)++] = (struct call_line){.row = row[k], .score = q->result->global[row[k]], .unpredicted = true, .item = -1, .view = -1,
                                               .cell = -1};
  arena_reset(a, mark);
  return E_OK;
}
