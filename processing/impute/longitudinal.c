#include "processing/impute/longitudinal.h"

#include <stdlib.h>
#include <string.h>

#include "processing/impute/longitudinal_impl.h"

const char *const LONG_MARKER[MARKS] = {"", "R", "MC", "FIR", "BI", "FIMC", "FIC", "C"};

static int unit_order(struct str a, struct str b) {
  const int c = memcmp(a.p ? a.p : "", b.p ? b.p : "", a.n < b.n ? a.n : b.n);
  return c ? c : (a.n > b.n) - (a.n < b.n);
}
static int number_order(int32_t a, int32_t b) { return (a > b) - (a < b); }

static int by_unit(const void *a, const void *b, void *input) {
  const struct long_input *in = input;
  const int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
  int c = unit_order(in->unit[i], in->unit[j]);
  if (!c) c = number_order(in->class_[i], in->class_[j]);
  return c ? c : number_order(in->period[i], in->period[j]);
}
static int by_cell(const void *a, const void *b, void *input) {
  const struct long_input *in = input;
  const int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
  int c = number_order(in->period[i], in->period[j]);
  if (!c) c = number_order(in->class_[i], in->class_[j]);
  return c ? c : unit_order(in->unit[i], in->unit[j]);
}
static enum err_code check(const struct long_rule *r, struct err *e) {
  const bool trims = r->lower_trim >= 0 && r->upper_trim >= 0 && r->lower_trim + r->upper_trim <= 100;
  if (!trims) return ERR(e, E_MODEL_SPEC, .subject = "trimming", .found = "percentages outside 0 to 100");
  if (!(r->weight >= 0 && r->weight <= 1) || r->weight_lag < (r->weight < 1)) return ERR(e, E_MODEL_SPEC, .subject = "link weight",
      .found = "not within 0 to 1, or without a lag");
  return r->step < 1 ? ERR(e, E_MODEL_SPEC, .subject = "step", .found = "less than one period") : E_OK;
}
static enum err_code neighbours(struct long_work *w, struct err *e) {
  const struct long_input *in = w->in;
  int64_t first = 0;
  for (int64_t k = 0; k < in->n; k++) w->before[k] = w->after[k] = -1;
  for (int64_t k = 0; k < in->n; k++) {
    const int64_t i = w->by_unit[k];
    if (k && str_eq(in->unit[i], in->unit[w->by_unit[k - 1]]) && in->class_[i] == in->class_[w->by_unit[k - 1]]) {
      if (in->period[i] == in->period[w->by_unit[k - 1]]) return ERR(e, E_CHAIN_PERIOD, .subject = "row of a unit",
          .found = "a unit stands twice in a period");
    } else {
      first = k;
    }
    for (int64_t m = k - 1; m >= first && in->period[w->by_unit[m]] >= in->period[i] - w->rule->step; m--)
      if (in->period[w->by_unit[m]] == in->period[i] - w->rule->step) w->before[i] = w->by_unit[m], w->after[w->by_unit[m]] = i;
  }
  return E_OK;
}
static void cells(struct long_work *w) {
  const struct long_input *in = w->in;
  for (int64_t k = 0; k < in->n; k++) {
    const int64_t i = w->by_cell[k];
    if (k == 0 || in->period[i] != in->period[w->by_cell[k - 1]] || in->class_[i] != in->class_[w->by_cell[k - 1]])
      w->cell[w->n_cells++] = (struct long_cell){.period = in->period[i], .class_ = in->class_[i], .start = k};
    w->cell[w->n_cells - 1].end = k + 1;
    w->cell_of[i] = w->n_cells - 1;
  }
}
static void set(struct long_row *r, enum long_marker marker, double value, int64_t from) {
  r->marker = marker;
  r->value = value;
  r->from = from;
}
static void start(struct long_work *w) {
  for (int64_t i = 0; i < w->in->n; i++) {
    struct long_row *r = &w->row[i];
    r->from = -1;
    memcpy(r->link, w->cell[w->cell_of[i]].link, sizeof r->link);
    if (w->in->back && w->in->back[i]) set(r, (enum long_marker)w->in->back[i], w->in->response.x[i], -1);
    else if (long_responded(w, i)) set(r, MARK_R, w->in->response.x[i], -1);
    else if (long_has(&w->in->manual, i)) set(r, MARK_MC, w->in->manual.x[i], -1);
  }
}
/* Ascending: where the unit's value before has one of two markers, it is carried forward as `to`. */
static void forward(struct long_work *w, enum long_marker a, enum long_marker b, enum long_marker to) {
  for (int64_t k = 0; k < w->in->n; k++) {
    const int64_t i = w->by_unit[k], j = w->before[i];
    if (w->row[i].marker != MARK_NONE || j < 0 || (w->row[j].marker != a && w->row[j].marker != b)) continue;
    set(&w->row[i], to, w->row[j].value * w->row[i].link[LINK_FORWARD].value, j);
  }
}
static void backward(struct long_work *w) {
  for (int64_t k = w->in->n - 1; k >= 0; k--) {
    const int64_t i = w->by_unit[k], j = w->after[i];
    if (w->row[i].marker != MARK_NONE || j < 0 || (w->row[j].marker != MARK_R && w->row[j].marker != MARK_BI)) continue;
    set(&w->row[i], MARK_BI, w->row[j].value * w->row[i].link[LINK_BACKWARD].value, j);
  }
}
static void construct(struct long_work *w) {
  for (int64_t k = 0; k < w->in->n; k++) {
    const int64_t i = w->by_unit[k], j = w->before[i];
    struct long_row *r = &w->row[i];
    if (r->marker != MARK_NONE) continue;
    if (j >= 0 && w->row[j].marker != MARK_NONE) set(r, MARK_FIC, w->row[j].value * r->link[LINK_FORWARD].value, j);
    else if (long_has(&w->in->auxiliary, i)) set(r, MARK_C, w->in->auxiliary.x[i] * r->link[LINK_CONSTRUCTION].value, -1);
  }
}
enum err_code longitudinal_run(struct arena *a, const struct long_input *in, const struct long_rule *rule, struct long_row **out, struct err *e) {
  const int64_t n = in->n;
  struct long_work w = {.in = in, .rule = rule, .by_unit = ARENA_ARRAY(a, int64_t, n), .by_cell = ARENA_ARRAY(a, int64_t, n),
      .before = ARENA_ARRAY(a, int64_t, n),
                        .after = ARENA_ARRAY(a, int64_t, n), .cell_of = ARENA_ARRAY(a, int64_t, n), .cell = ARENA_ARRAY(a, struct long_cell, n),
                        .scratch = ARENA_ARRAY(a, double, n), .scratch_row = ARENA_ARRAY(a, int64_t, n), .row = ARENA_ARRAY(a, struct long_row, n)};
  TRY(check(rule, e));
  if (!w.by_unit || !w.by_cell || !w.before || !w.after || !w.cell_of || !w.cell || !w.scratch || !w.scratch_row || !w.row) return ERR(e,
      E_NO_MEMORY, .subject = "chains");
  for (int64_t i = 0; i < n; i++) w.by_unit[i] = w.by_cell[i] = i;
  qsort_r(w.by_unit, (size_t)n, sizeof *w.by_unit, by_unit, (void *)(uintptr_t)in);
  qsort_r(w.by_cell, (size_t)n, sizeof *w.by_cell, by_cell, (void *)(uintptr_t)in);
  TRY(neighbours(&w, e));
  cells(&w);
  long_links(&w);
  long_weight_links(&w);
  start(&w);
  forward(&w, MARK_R, MARK_FIR, MARK_FIR);
  backward(&w);
  forward(&w, MARK_MC, MARK_FIMC, MARK_FIMC);
  construct(&w);
  *out = w.row;
  return E_OK;
}
