#include "estimators/selection/sample_draw.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/sample_draw_impl.h"

struct fraction {
  int64_t num, den; /* den = 0: not known exactly */
};
struct path {
  double probability[SAMPLING_STAGES];
  int32_t cell[SAMPLING_STAGES];
  uint8_t certain[SAMPLING_STAGES];
  struct fraction weight;
  struct str id;
};
struct run {
  struct job *job;
  struct arena *keep, *scratch;
  const struct sample_plan *plan;
  struct frame_columns c;
  uint64_t seed;
  struct sample *out;
  int64_t room_cells, n_allocated, *allocated, i_first_cell;
};

static int64_t divisor(int64_t a, int64_t b) {
  while (b) {
    int64_t r = a % b;
    a = b, b = r;
  }
  return a;
}
static struct fraction reduced(sum_int num, sum_int den) {
  if (num <= 0 || den <= 0 || num > INT64_MAX || den > INT64_MAX) return (struct fraction){0, 0};
  const int64_t g = divisor((int64_t)num, (int64_t)den);
  return (struct fraction){(int64_t)num / g, (int64_t)den / g};
}
static struct fraction times(struct fraction a, struct fraction b) {
  if (!a.den || !b.den) return (struct fraction){0, 0};
  const int64_t g = divisor(a.num, b.den), h = divisor(b.num, a.den);
  return reduced((sum_int)(a.num / g) * (b.num / h), (sum_int)(a.den / h) * (b.den / g));
}
static bool whole(double x) { return x == floor(x) && x < 0x1p53; }

/* 1 / probability of a unit of the cell as a fraction. */
static struct fraction inverse(const struct sampling_stage *p, const struct cell_sizes *s, int64_t k) {
  if (s->certain[k]) return (struct fraction){1, 1};
  if (!s->x) return reduced(s->rest_units, s->rest_size);
  if (p->method == DRAW_SUNTER || !whole(s->rest_total) || !whole(s->x[k])) return (struct fraction){0, 0};
  return reduced((sum_int)(int64_t)s->rest_total, (sum_int)s->rest_size * (int64_t)s->x[k]);
}

static enum err_code sample_room(struct run *r, struct err *e) {
  const int64_t n = r->c.frame->table->n_rows + 1;
  struct sample *o = r->out;
  o->row = ARENA_ARRAY(r->keep, int64_t, n);
  o->probability = ARENA_ARRAY(r->keep, double, n), o->weight = ARENA_ARRAY(r->keep, double, n);
  o->weight_num = ARENA_ARRAY(r->keep, int64_t, n), o->weight_den = ARENA_ARRAY(r->keep, int64_t, n);
  o->column_unit = ARENA_ARRAY(r->keep, int64_t, SAMPLING_STAGES);
  o->first_pi = ARENA_ARRAY(r->keep, double, n), o->first_taken = ARENA_ARRAY(r->keep, uint8_t, n);
  bool good = o->first_pi && o->first_taken && o->row && o->probability && o->weight && o->weight_num && o->weight_den && o->column_unit;
  for (int s = 0; good && s < r->plan->n_stages; s++) {
    o->stage[s] = (struct sample_stage){ARENA_ARRAY(r->keep, double, n), ARENA_ARRAY(r->keep, int32_t, n), ARENA_ARRAY(r->keep, uint8_t, n)};
    good = o->stage[s].probability && o->stage[s].cell && o->stage[s].certain;
    o->column_unit[s] = r->c.stage[s].unit_column;
  }
  return good ? E_OK : ERR(e, E_NO_MEMORY, .subject = "sample");
}

static enum err_code keep_cell(struct run *r, const struct sample_cell *cell, int32_t *index, struct err *e) {
  struct sample *o = r->out;
  if (o->n_cells == r->room_cells) {
    r->room_cells = r->room_cells ? 2 * r->room_cells : 64;
    struct sample_cell *more = ARENA_ARRAY(r->keep, struct sample_cell, r->room_cells);
    if (!more || r->room_cells > INT32_MAX) return ERR(e, E_NO_MEMORY, .subject = "sample");
    if (o->n_cells) memcpy(more, o->cells, (size_t)o->n_cells * sizeof *more);
    o->cells = more;
  }
  *index = (int32_t)o->n_cells;
  o->cells[o->n_cells++] = *cell;
  return E_OK;
}

static void keep_row(struct run *r, const struct path *p, int64_t row) {
  struct sample *o = r->out;
  double probability = 1;
  o->row[o->n] = row;
  for (int s = 0; s < r->plan->n_stages; s++) {
    o->stage[s].probability[o->n] = p->probability[s];
    o->stage[s].cell[o->n] = p->cell[s];
    o->stage[s].certain[o->n] = p->certain[s];
    probability *= p->probability[s];
  }
  o->weight_num[o->n] = p->weight.num, o->weight_den[o->n] = p->weight.den;
  o->weight[o->n] = p->weight.den ? (double)p->weight.num / (double)p->weight.den : 1 / probability;
  o->probability[o->n] = p->weight.den ? (double)p->weight.den / (double)p->weight.num : probability;
  o->n++;
}

/* The units of positions [low, high) of the order, all of one cell. */
static enum err_code cell_units(struct run *r, int s, int64_t low, int64_t high, struct str above, struct cell_units *u, struct err *e) {
  const struct stage_columns *k = &r->c.stage[s];
  const int64_t *order = r->c.order;
  u->n = 0;
  for (int64_t i = low; i < high; i++) u->n += i == low || k->unit.rank[order[i]] != k->unit.rank[order[i - 1]];
  u->begin = ARENA_ARRAY(r->scratch, int64_t, u->n + 1), u->id = ARENA_ARRAY(r->scratch, struct str, u->n + 1);
  if (!u->begin || !u->id) return ERR(e, E_NO_MEMORY, .subject = "sample");
  int64_t n = 0;
  for (int64_t i = low; i < high; i++) {
    if (i > low && k->unit.rank[order[i]] == k->unit.rank[order[i - 1]]) continue;
    const struct str id = csv_table_cell(r->c.frame->table, order[i], k->unit_column);
    u->begin[n] = i;
    u->id[n] = id;
    if (above.n) {
      char *p = arena_printf(r->scratch, "%.*s\x1f%.*s", (int)above.n, above.p, (int)id.n, id.p);
      if (!p) return ERR(e, E_NO_MEMORY, .subject = "sample");
      u->id[n] = str_of(p);
    }
    n++;
  }
  u->begin[n] = high;
  return E_OK;
}

static enum err_code draw_range(struct run *r, int s, int64_t low, int64_t high, const struct path *above, struct err *e);

static enum err_code go_down(struct run *r, int s, const struct cell_units *u, const struct cell_sizes *c, int32_t index, const struct path *above,
    struct err *e) {
  for (int64_t k = 0; k < u->n; k++) {
    if (!c->taken[k]) continue;
    struct path p = *above;
    p.probability[s] = c->actual[k], p.cell[s] = index, p.certain[s] = c->certain[k];
    p.weight = times(above->weight, inverse(&r->plan->stage[s], c, k));
    p.id = u->id[k];
    if (s + 1 == r->plan->n_stages) keep_row(r, &p, r->c.order[u->begin[k]]);
    else TRY(draw_range(r, s + 1, u->begin[k], u->begin[k + 1], &p, e));
  }
  return E_OK;
}

static enum err_code draw_cell(struct run *r, int s, int64_t low, int64_t high, const struct path *above, struct err *e) {
  const struct sampling_stage *p = &r->plan->stage[s];
  const int64_t row = r->c.order[low];
  struct cell_units u;
  struct cell_sizes c = {.cell = {.stage = s, .n_rows = high - low, .first_row = row}};
  int32_t index = 0;
  TRY(cell_units(r, s, low, high, above->id, &u, e));
  TRY(stratum_label(r->keep, &r->c, s, row, &c.cell.label, e));
  if (s > 0) {
    char *text = arena_strdup(r->keep, above->id.p, above->id.n);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "sample");
    c.cell.within = (struct str){text, above->id.n};
  }
  c.cell.n_units = u.n;
  TRY(cell_size(&r->c, p, row, c.cell.label, u.n, s == 0 && r->allocated ? r->allocated[r->i_first_cell] : 0, &c.cell.n_sample, e));
  TRY(cell_draw(r->scratch, &r->c, p, &u, s, r->seed, &c, e));
  if (s == 0) {
    c.cell.first_unit = r->out->n_first;
    memcpy(r->out->first_pi + r->out->n_first, c.pi, (size_t)u.n * sizeof *c.pi);
    memcpy(r->out->first_taken + r->out->n_first, c.taken, (size_t)u.n);
    r->out->n_first += u.n;
  }
  TRY(keep_cell(r, &c.cell, &index, e));
  return go_down(r, s, &u, &c, index, above, e);
}

static enum err_code draw_range(struct run *r, int s, int64_t low, int64_t high, const struct path *above, struct err *e) {
  const struct stage_columns *k = &r->c.stage[s];
  for (int64_t end; low < high; low = end) {
    for (end = low + 1; end < high && same_stratum(k, r->c.order[low], r->c.order[end]);) end++;
    const struct arena_mark mark = arena_mark(r->scratch);
    if (job_cancelled(r->job)) return ERR(e, E_CANCELLED, .subject = "sample draw");
    TRY(draw_cell(r, s, low, end, above, e));
    arena_reset(r->scratch, mark);
    if (s == 0) r->i_first_cell++, job_progress(r->job, "draw", end, r->c.frame->table->n_rows);
  }
  return E_OK;
}

static enum err_code allocate_first(struct run *r, struct err *e) {
  int64_t cells, *starts;
  if (r->plan->stage[0].size_kind != SIZE_ALLOCATED) return E_OK;
  TRY(first_strata(r->scratch, &r->c, &starts, &cells, e));
  r->allocated = ARENA_ARRAY(r->scratch, int64_t, cells + 1);
  if (!r->allocated) return ERR(e, E_NO_MEMORY, .subject = "sample");
  return sampling_allocation_sizes(r->scratch, &r->c, &r->plan->stage[0], cells, starts, NULL, r->allocated, e);
}

static void sum_weights(struct sample *o) {
  int64_t i = 0;
  while (i < o->n) {
    const int32_t cell = o->stage[0].cell[i];
    struct sum s = {0, 0};
    for (; i < o->n && o->stage[0].cell[i] == cell; i++) sum_add(&s, o->weight[i]);
    o->cells[cell].weight_sum = sum_result(&s);
  }
}

enum err_code sample_draw(
    struct job *job, struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, uint64_t seed, struct sample *out,
        struct err *e) {
  *out = (struct sample){.n = 0};
  struct run r = {.job = job, .keep = a, .scratch = arena_new(0), .plan = plan, .seed = seed, .out = out};
  if (!r.scratch) return ERR(e, E_NO_MEMORY, .subject = "sample");
  enum err_code code = f->table->n_rows ? E_OK : ERR(e, E_DATA_EMPTY, .subject = f->place);
  if (!code) code = frame_columns(r.scratch, f, plan, &r.c, e);
  if (!code) code = sample_room(&r, e);
  if (!code) code = allocate_first(&r, e);
  const struct path top = {.weight = {1, 1}};
  if (!code) code = draw_range(&r, 0, 0, f->table->n_rows, &top, e);
  if (!code) code = plan_rows_met(&r.c, plan, e);
  if (!code) sum_weights(out);
  arena_free(r.scratch);
  return code;
}
