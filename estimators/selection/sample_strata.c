/* sample_strata.c -- the strata of a first stage: where they begin, how many units they have and how many are to be drawn (sample_draw.h). */
#include "estimators/selection/sample_draw_impl.h"

bool same_stratum(const struct stage_columns *k, int64_t a, int64_t b) {
  for (int j = 0; j < k->n_stratum; j++)
    if (k->stratum[j].rank[a] != k->stratum[j].rank[b]) return false;
  return true;
}

enum err_code first_strata(struct arena *a, const struct frame_columns *c, int64_t **starts, int64_t *cells, struct err *e) {
  const int64_t n = c->frame->table->n_rows;
  *starts = ARENA_ARRAY(a, int64_t, n + 1);
  *cells = 0;
  if (!*starts) return ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int64_t i = 0; i < n; i++)
    if (i == 0 || !same_stratum(&c->stage[0], c->order[i - 1], c->order[i])) (*starts)[(*cells)++] = i;
  (*starts)[*cells] = n;
  return E_OK;
}

static int64_t units_between(const struct frame_columns *c, int64_t low, int64_t high) {
  int64_t n = 0;
  for (int64_t i = low; i < high; i++) n += i == low || c->stage[0].unit.rank[c->order[i]] != c->stage[0].unit.rank[c->order[i - 1]];
  return n;
}

/* Every row of the plan's first stage must have met its stratum. */
enum err_code plan_rows_met(const struct frame_columns *c, const struct sample_plan *plan, struct err *e) {
  const struct sampling_stage *p = &plan->stage[0];
  struct arena *a = p->size_kind == SIZE_ROWS ? arena_new(0) : NULL;
  if (p->size_kind != SIZE_ROWS) return E_OK;
  struct dict *met = a ? dict_new(a) : NULL;
  enum err_code code = met ? E_OK : ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int64_t i = 0; !code && i < c->frame->table->n_rows; i++) {
    struct str label = {"", 0};
    if (i > 0 && same_stratum(&c->stage[0], c->order[i - 1], c->order[i])) continue;
    code = stratum_label(a, c, 0, c->order[i], &label, e);
    if (!code && dict_add(met, label) < 0) code = ERR(e, E_NO_MEMORY, .subject = "sample");
  }
  for (int64_t i = 0; !code && i < p->n_rows; i++)
    if (dict_find(met, p->rows[i].label) < 0) code = ERR(e, E_STRATUM_NOT_IN_FRAME, .file = plan->place, .subject = p->rows[i].label.p);
  arena_free(a);
  return code;
}

enum err_code sample_allocation(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct allocation_report *out,
    struct err *e) {
  struct frame_columns c;
  int64_t cells, *starts;
  if (plan->stage[0].size_kind != SIZE_ALLOCATED) return ERR(e, E_SAMPLING_MISSING, .file = plan->place, .subject = "allocation");
  TRY(frame_columns(a, f, plan, &c, e));
  TRY(first_strata(a, &c, &starts, &cells, e));
  int64_t *n = ARENA_ARRAY(a, int64_t, cells + 1);
  struct str *label = ARENA_ARRAY(a, struct str, cells + 1);
  if (!n || !label) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  for (int64_t h = 0; h < cells; h++) TRY(stratum_label(a, &c, 0, c.order[starts[h]], &label[h], e));
  TRY(sampling_allocation_sizes(a, &c, &plan->stage[0], cells, starts, out, n, e));
  out->label = label;
  return E_OK;
}

enum err_code sample_strata(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct sample_strata *out, struct err *e) {
  struct frame_columns c;
  int64_t *starts, *allocated = NULL;
  TRY(frame_columns(a, f, plan, &c, e));
  TRY(first_strata(a, &c, &starts, &out->n, e));
  out->label = ARENA_ARRAY(a, struct str, out->n + 1);
  out->units = ARENA_ARRAY(a, int64_t, out->n + 1), out->sample = ARENA_ARRAY(a, int64_t, out->n + 1);
  out->of_row = ARENA_ARRAY(a, int64_t, f->table->n_rows + 1);
  if (!out->label || !out->units || !out->sample || !out->of_row) return ERR(e, E_NO_MEMORY, .subject = "sample");
  if (plan->stage[0].size_kind == SIZE_ALLOCATED) {
    allocated = ARENA_ARRAY(a, int64_t, out->n + 1);
    if (!allocated) return ERR(e, E_NO_MEMORY, .subject = "sample");
    TRY(sampling_allocation_sizes(a, &c, &plan->stage[0], out->n, starts, NULL, allocated, e));
  }
  for (int64_t h = 0; h < out->n; h++) {
    const int64_t row = c.order[starts[h]];
    TRY(stratum_label(a, &c, 0, row, &out->label[h], e));
    out->units[h] = units_between(&c, starts[h], starts[h + 1]);
    TRY(cell_size(&c, &plan->stage[0], row, out->label[h], out->units[h], allocated ? allocated[h] : 0, &out->sample[h], e));
    for (int64_t i = starts[h]; i < starts[h + 1]; i++) out->of_row[c.order[i]] = h;
  }
  return plan_rows_met(&c, plan, e);
}
