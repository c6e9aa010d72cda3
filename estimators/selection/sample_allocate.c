/* sample_allocate.c -- the sizes of the first-stage strata by the plan's allocation, from the values of the frame (sample_draw_impl.h, allocate.h).
 * */
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/allocate.h"
#include "estimators/selection/sample_draw_impl.h"

/* Units of the first stage as the allocation sees them: a unit's value is the sum over its rows. */
struct frame_units {
  const struct frame_columns *c;
  const struct sampling_stage *p;
  int64_t n_cells, n;
  const int64_t *starts;
  int64_t *first, *cell_first; /* [n + 1] positions of the units' rows; [cells + 1] */
  int64_t *most, *least;       /* [cells] */
};
struct moments {
  double total, spread; /* of a cell: sum, and S^2 with divisor n - 1 */
};

static enum err_code units_of(struct arena *a, struct frame_units *u, struct err *e) {
  const struct frame_rank *rank = &u->c->stage[0].unit;
  const int64_t n_rows = u->starts[u->n_cells];
  u->first = ARENA_ARRAY(a, int64_t, n_rows + 1), u->cell_first = ARENA_ARRAY(a, int64_t, u->n_cells + 1);
  u->most = ARENA_ARRAY(a, int64_t, u->n_cells + 1), u->least = ARENA_ARRAY(a, int64_t, u->n_cells + 1);
  if (!u->first || !u->cell_first || !u->most || !u->least) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  for (int64_t h = 0; h < u->n_cells; h++) {
    u->cell_first[h] = u->n;
    int64_t certain = 0;
    for (int64_t i = u->starts[h]; i < u->starts[h + 1]; i++) {
      if (i > u->starts[h] && rank->rank[u->c->order[i]] == rank->rank[u->c->order[i - 1]]) continue;
      u->first[u->n++] = i;
      certain += u->c->stage[0].certain && u->c->stage[0].certain[u->c->order[i]] > 0.5;
    }
    u->most[h] = u->n - u->cell_first[h];
    u->least[h] = u->p->least > certain ? u->p->least : certain;
    if (u->least[h] > u->most[h]) u->least[h] = u->most[h];
  }
  u->cell_first[u->n_cells] = u->n, u->first[u->n] = n_rows;
  return E_OK;
}

/* Sums of x over the rows of each unit; with a domain only rows of that value. */
static void unit_sums(const struct frame_units *u, const double *x, const struct frame_rank *domain, int32_t value, double *y) {
  for (int64_t k = 0; k < u->n; k++) {
    struct sum s = {0, 0};
    for (int64_t i = u->first[k]; i < u->first[k + 1]; i++)
      if (!domain || domain->rank[u->c->order[i]] == value) sum_add(&s, x[u->c->order[i]]);
    y[k] = sum_result(&s);
  }
}

static void cell_moments(const struct frame_units *u, const double *y, struct moments *m) {
  for (int64_t h = 0; h < u->n_cells; h++) {
    const int64_t from = u->cell_first[h], n = u->cell_first[h + 1] - from;
    m[h].total = sum_of(y + from, n);
    struct sum s = {0, 0};
    for (int64_t k = from; k < from + n; k++) sum_add(&s, (y[k] - m[h].total / (double)n) * (y[k] - m[h].total / (double)n));
    m[h].spread = n > 1 ? sum_result(&s) / (double)(n - 1) : 0;
  }
}

static enum err_code column_of(struct arena *a, const struct frame_units *u, const char *name, double **out, struct err *e) {
  int column;
  TRY(frame_column(u->c->frame, name, &column, e));
  return frame_numbers(a, u->c->frame->place, u->c->frame->table, column, out, e);
}

/* n_h in proportion to the root of these. */
static enum err_code weights_of(struct arena *a, const struct frame_units *u, const struct moments *m, double *w, struct err *e) {
  (void)a;
  for (int64_t h = 0; h < u->n_cells; h++) {
    const double n = (double)u->most[h];
    switch (u->p->allocate.method) {
      case ALLOCATE_PROPORTIONAL: w[h] = n * n; break;
      case ALLOCATE_NEYMAN: w[h] = n * n * m[h].spread; break;
      case ALLOCATE_POWER: {
        const double size = fabs(m[h].total), mean = size / n;
        if (!(mean > 0)) return ERR(e, E_ALLOCATION, .subject = "power allocation in a stratum whose total is 0",
            .expected = "a variable with a total in every stratum");
        w[h] = pow(size, 2 * u->p->allocate.power) * m[h].spread / (mean * mean);
        break;
      }
      default: w[h] = 1; break;
    }
  }
  return E_OK;
}

static enum err_code by_total(struct arena *a, const struct frame_units *u, int64_t *out, struct err *e) {
  double *w = ARENA_ARRAY(a, double, u->n_cells + 1), *y = ARENA_ARRAY(a, double, u->n + 1), *x = NULL;
  struct moments *m = ARENA_ARRAY(a, struct moments, u->n_cells + 1);
  if (!w || !y || !m) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  if (u->p->allocate.variable) {
    TRY(column_of(a, u, u->p->allocate.variable, &x, e));
    unit_sums(u, x, NULL, 0, y);
    cell_moments(u, y, m);
  }
  TRY(weights_of(a, u, m, w, e));
  return allocate_total(a, u->n_cells, w, u->least, u->most, u->p->allocate.total, out, e);
}

/* The rows of the programme: a target with a domain gives one for each value of it. */
struct rows {
  int n, room;
  struct allocation_target *target;
  double *a, *b;
};
static enum err_code add_row(struct arena *a, const struct frame_units *u, const double *y, const struct sampling_target *t, struct str value,
    struct moments *m,
    struct rows *r, struct err *e) {
  if (r->n == r->room) return ERR(e, E_ALLOCATION, .subject = "more than 4096 targets");
  (void)a;
  cell_moments(u, y, m);
  struct sum total = {0, 0}, rest = {0, 0};
  for (int64_t h = 0; h < u->n_cells; h++) {
    const double n = (double)u->most[h];
    sum_add(&total, m[h].total);
    sum_add(&rest, n * m[h].spread);
    r->a[(int64_t)r->n * u->n_cells + h] = n * n * m[h].spread;
  }
  const double sum = sum_result(&total);
  if (t->cv > 0 && !(fabs(sum) > 0)) return ERR(e, E_ALLOCATION, .subject = "a target on a total that is 0", .found = t->variable);
  r->target[r->n] = (struct allocation_target){.variable = t->variable, .domain = t->domain, .value = value, .total = sum, .wanted = t->cv};
  r->b[r->n] = (t->cv * sum) * (t->cv * sum) + sum_result(&rest);
  r->n++;
  return E_OK;
}

static enum err_code add_target(struct arena *a, const struct frame_units *u, const struct sampling_target *t, struct rows *r, struct err *e) {
  double *x, *y = ARENA_ARRAY(a, double, u->n + 1);
  struct moments *m = ARENA_ARRAY(a, struct moments, u->n_cells + 1);
  if (!y || !m) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  TRY(column_of(a, u, t->variable, &x, e));
  if (!t->domain) {
    unit_sums(u, x, NULL, 0, y);
    return add_row(a, u, y, t, (struct str){"", 0}, m, r, e);
  }
  int column;
  struct frame_rank domain;
  TRY(frame_column(u->c->frame, t->domain, &column, e));
  TRY(frame_rank(a, u->c->frame->table, column, false, &domain, e));
  for (int32_t v = 0; v < domain.n_levels; v++) {
    int64_t row = 0;
    while (domain.rank[row] != v) row++;
    unit_sums(u, x, &domain, v, y);
    TRY(add_row(a, u, y, t, csv_table_cell(u->c->frame->table, row, column), m, r, e));
  }
  return E_OK;
}

enum { MOST_ROWS = 4096 };
static enum err_code rows_of(struct arena *a, const struct frame_units *u, int n, const struct sampling_target *t, struct rows *r, struct err *e) {
  int wanted = 0;
  for (int i = 0; i < n; i++) {
    int column;
    struct frame_rank domain = {.n_levels = 1};
    if (t[i].domain) TRY(frame_column(u->c->frame, t[i].domain, &column, e));
    if (t[i].domain) TRY(frame_rank(a, u->c->frame->table, column, false, &domain, e));
    wanted += domain.n_levels;
    if (wanted > MOST_ROWS) return ERR(e, E_ALLOCATION, .subject = "more than 4096 targets");
  }
  *r = (struct rows){.room = wanted, .target = ARENA_ARRAY(a, struct allocation_target, wanted + 1), .a = ARENA_ARRAY(a, double,
      wanted * u->n_cells + 1),
      .b = ARENA_ARRAY(a, double, wanted + 1)};
  if (!r->target || !r->a || !r->b) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  for (int i = 0; i < n; i++) TRY(add_target(a, u, &t[i], r, e));
  return E_OK;
}

/* The cost of a unit in each stratum: the mean over its units. */
static enum err_code costs_of(struct arena *a, const struct frame_units *u, double **out, struct err *e) {
  double *x, *y = ARENA_ARRAY(a, double, u->n + 1);
  *out = ARENA_ARRAY(a, double, u->n_cells + 1);
  if (!*out || !y) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  for (int64_t h = 0; h < u->n_cells; h++) (*out)[h] = 1;
  if (!u->p->allocate.cost) return E_OK;
  TRY(column_of(a, u, u->p->allocate.cost, &x, e));
  unit_sums(u, x, NULL, 0, y);
  for (int64_t h = 0; h < u->n_cells; h++) {
    (*out)[h] = sum_of(y + u->cell_first[h], u->most[h]) / (double)u->most[h];
    if (!((*out)[h] > 0)) return ERR(e, E_ALLOCATION, .subject = "a cost that is not above 0", .found = u->p->allocate.cost);
  }
  return E_OK;
}

static enum err_code by_cv(struct arena *a, const struct frame_units *u, const struct rows *r, const double *cost, double *bound, int64_t *out,
    struct err *e) {
  struct allocate_result result;
  for (int64_t h = 0; h < u->n_cells; h++) {
    bool varies = false;
    for (int j = 0; j < r->n; j++) varies = varies || r->a[(int64_t)j * u->n_cells + h] > 0;
    if (varies && u->least[h] < 1) u->least[h] = 1;
  }
  const struct allocate_problem p = {.n_strata = u->n_cells, .n_targets = r->n, .a = r->a, .b = r->b, .cost = cost, .least = u->least,
      .most = u->most};
  TRY(allocate_cv(a, &p, &result, e));
  memcpy(out, result.n, (size_t)u->n_cells * sizeof *out);
  *bound = result.bound;
  return E_OK;
}

/* The cv that the sizes give to each target. */
static void expected_cv(const struct frame_units *u, const int64_t *n, struct rows *r) {
  for (int j = 0; j < r->n; j++) {
    struct sum v = {0, 0};
    bool lost = false;
    for (int64_t h = 0; h < u->n_cells; h++) {
      const double a = r->a[(int64_t)j * u->n_cells + h];
      lost = lost || (a > 0 && n[h] == 0);
      if (a > 0 && n[h] > 0) sum_add(&v, a / (double)n[h] * (1 - (double)n[h] / (double)u->most[h]));
    }
    r->target[j].cv = lost ? -1 : sqrt(fmax(sum_result(&v), 0)) / fabs(r->target[j].total);
  }
}

enum err_code sampling_allocation_sizes(struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, int64_t n_cells,
    const int64_t *starts,
    struct allocation_report *report, int64_t *out, struct err *e) {
  struct frame_units u = {.c = c, .p = p, .n_cells = n_cells, .starts = starts};
  const struct sampling_target own = {.variable = p->allocate.variable};
  const bool cv = p->allocate.method == ALLOCATE_CV;
  struct rows r = {.n = 0};
  double *cost, bound = 0;
  TRY(units_of(a, &u, e));
  TRY(costs_of(a, &u, &cost, e));
  if (cv || (report && own.variable)) TRY(rows_of(a, &u, cv ? p->allocate.n_targets : 1, cv ? p->allocate.target : &own, &r, e));
  if (cv) TRY(by_cv(a, &u, &r, cost, &bound, out, e));
  else TRY(by_total(a, &u, out, e));
  if (!report) return E_OK;
  expected_cv(&u, out, &r);
  struct sum total = {0, 0};
  for (int64_t h = 0; h < n_cells; h++) sum_add(&total, cost[h] * (double)out[h]);
  *report = (struct allocation_report){.n_cells = n_cells, .units = u.most, .sample = out, .cost = p->allocate.cost ? cost : NULL, .n_targets = r.n,
      .target = r.target, .total_cost = sum_result(&total), .bound = bound};
  return E_OK;
}
