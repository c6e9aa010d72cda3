#include "processing/edit/linear_eval.h"

#include <math.h>
#include <string.h>

#define EXACT_BELOW 9007199254740992.0 /* 2^53 */
#define DIGITS_BELOW 1e15
__extension__ typedef __int128 wide;

struct plan_row {
  enum linear_op op;
  int n;
  const int *column;      /* [n] into the plan's columns */
  const double *coef;
  double rhs;
  bool exact;
  const int64_t *steps;   /* [n] exact: coefficient in the smallest steps of the row */
  wide steps_rhs;
};
struct linear_plan {
  const struct num_table *table;
  int m, n_columns;
  int *at;                /* [n_columns] column of the table */
  double *unit;           /* [n_columns] 10^decimals, 0 = not declared */
  struct plan_row *rows;
};
struct linear_scratch {
  double *scaled;         /* [n_columns * LINEAR_BLOCK] in steps, of columns with decimals */
  uint8_t *missing;       /* [n_columns * LINEAR_BLOCK] */
  bool *some_missing;     /* [n_columns] */
  const double **x, **raw;
  double *largest;        /* [n_columns] of |x| in steps */
  double sum[LINEAR_BLOCK];
};

bool decimal_of(double c, int64_t *whole, int *digits) {
  double unit = 1;
  for (int d = 0; d <= 15; d++, unit *= 10) {
    const double v = nearbyint(c * unit);
    if (fabs(v) >= DIGITS_BELOW) return false;
    if (v / unit == c) return *whole = (int64_t)v, *digits = d, true;
  }
  return false;
}

/* --- plan --- */
static int64_t ten_to(int n) {
  int64_t v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
static bool scaled_by(int64_t whole, int digits, int64_t *out) { return digits <= 18 && !__builtin_mul_overflow(whole, ten_to(digits), out); }
/* Coefficients in steps of 10^-(step): 0 when some number is no short decimal. */
static bool make_exact(const struct linear_plan *p, struct plan_row *r, int64_t *steps) {
  int64_t whole, rhs;
  int digits, step = 0;
  if (!decimal_of(r->rhs, &rhs, &step)) return false;
  const int rhs_digits = step;
  for (int k = 0; k < r->n; k++) {
    const int decimals = p->table->columns[p->at[r->column[k]]].decimals;
    if (decimals < 0 || !decimal_of(r->coef[k], &whole, &digits)) return false;
    step = digits + decimals > step ? digits + decimals : step;
  }
  for (int k = 0; k < r->n; k++) {
    (void)decimal_of(r->coef[k], &whole, &digits);
    if (!scaled_by(whole, step - digits - p->table->columns[p->at[r->column[k]]].decimals, &steps[k])) return false;
  }
  if (step - rhs_digits > 18) return false;
  r->steps_rhs = (wide)rhs * ten_to(step - rhs_digits);
  return true;
}
static int column_for(struct linear_plan *p, int table_column) {
  for (int c = 0; c < p->n_columns; c++)
    if (p->at[c] == table_column) return c;
  const int decimals = p->table->columns[table_column].decimals;
  p->at[p->n_columns] = table_column;
  p->unit[p->n_columns] = decimals < 0 ? 0 : (double)ten_to(decimals);
  return p->n_columns++;
}
static enum err_code plan_row(struct arena *a, struct linear_plan *p, const struct linear_system *s, const struct linear_edit *from,
                              struct plan_row *r, struct err *e) {
  int *column = ARENA_ARRAY(a, int, from->n + 1);
  int64_t *steps = ARENA_ARRAY(a, int64_t, from->n + 1);
  if (!column || !steps) return ERR(e, E_NO_MEMORY, .subject = "edits");
  for (int k = 0; k < from->n; k++) {
    const int at = num_table_find(p->table, str_of(s->names[from->var[k]]));
    if (at < 0) return ERR(e, E_RULES_COLUMN, .subject = s->names[from->var[k]]);
    column[k] = column_for(p, at);
  }
  *r = (struct plan_row){.op = from->op, .n = from->n, .column = column, .coef = from->coef, .rhs = from->rhs, .steps = steps};
  r->exact = make_exact(p, r, steps);
  return E_OK;
}
enum err_code linear_plan_new(struct arena *a, const struct linear_system *rows, const struct num_table *t, struct linear_plan **out, struct err *e) {
  struct linear_plan *p = ARENA_NEW(a, struct linear_plan);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "edits");
  *p = (struct linear_plan){.table = t,
                            .m = rows->m,
                            .at = ARENA_ARRAY(a, int, t->p + 1),
                            .unit = ARENA_ARRAY(a, double, t->p + 1),
                            .rows = ARENA_ARRAY(a, struct plan_row, rows->m + 1)};
  if (!p->at || !p->unit || !p->rows) return ERR(e, E_NO_MEMORY, .subject = "edits");
  for (int i = 0; i < rows->m; i++) TRY(plan_row(a, p, rows, &rows->edits[i], &p->rows[i], e));
  *out = p;
  return E_OK;
}
struct linear_scratch *linear_scratch_new(struct arena *a, const struct linear_plan *p) {
  struct linear_scratch *s = ARENA_NEW(a, struct linear_scratch);
  if (!s) return NULL;
  s->scaled = ARENA_ARRAY(a, double, (int64_t)p->n_columns * LINEAR_BLOCK + 1);
  s->missing = ARENA_ARRAY(a, uint8_t, (int64_t)p->n_columns * LINEAR_BLOCK + 1);
  s->some_missing = ARENA_ARRAY(a, bool, p->n_columns + 1);
  s->x = ARENA_ARRAY(a, const double *, p->n_columns + 1);
  s->raw = ARENA_ARRAY(a, const double *, p->n_columns + 1);
  s->largest = ARENA_ARRAY(a, double, p->n_columns + 1);
  return s->scaled && s->missing && s->some_missing && s->x && s->raw && s->largest ? s : NULL;
}

/* --- columns of one block --- */
static bool find_missing(const uint8_t *restrict status, int n, uint8_t *restrict missing) {
  uint8_t some = 0;
  for (int k = 0; k < n; k++) {
    missing[k] = status[k] >= VAL_BLANK;
    some |= missing[k];
  }
  return some;
}
static double largest_of(const double *restrict x, int n) {
  double a = 0, b = 0;
  int k = 0;
  for (; k + 1 < n; k += 2) {
    const double u = fabs(x[k]), v = fabs(x[k + 1]);
    a = a < u ? u : a;
    b = b < v ? v : b;
  }
  if (k < n && a < fabs(x[k])) a = fabs(x[k]);
  return a > b ? a : b;
}
static void load(const struct linear_plan *p, struct linear_scratch *s, int c, int64_t row0, int n) {
  const struct num_column *from = &p->table->columns[p->at[c]];
  const double *x = from->x + row0;
  double *scaled = s->scaled + (size_t)c * LINEAR_BLOCK;
  s->some_missing[c] = find_missing(from->status + row0, n, s->missing + (size_t)c * LINEAR_BLOCK);
  s->raw[c] = s->x[c] = x;
  if (p->unit[c] > 1) {
    for (int k = 0; k < n; k++) scaled[k] = nearbyint(x[k] * p->unit[c]);
    s->x[c] = scaled;
  }
  if (p->unit[c] > 0) s->largest[c] = largest_of(s->x[c], n);
}

/* --- one edit over one block --- */
static void dot1(double *restrict to, int n, double a, const double *restrict x) {
  for (int k = 0; k < n; k++) to[k] = a * x[k];
}
static void dot2(double *restrict to, int n, double a, const double *restrict x, double b, const double *restrict y) {
  for (int k = 0; k < n; k++) to[k] = a * x[k] + b * y[k];
}
static void dot3(double *restrict to, int n, const double *f, const double *restrict x, const double *restrict y, const double *restrict z) {
  const double a = f[0], b = f[1], c = f[2]; // NOLINT(clang-analyzer-core.uninitialized.Assign): the row has three
  for (int k = 0; k < n; k++) to[k] = a * x[k] + b * y[k] + c * z[k];
}
static void add1(double *restrict to, int n, double a, const double *restrict x) {
  for (int k = 0; k < n; k++) to[k] += a * x[k];
}
static void sums(const struct plan_row *r, const double *coef, const double *const *x, int n, double *to) {
  const int *c = r->column;
  int k = r->n < 3 ? r->n : 3;
  if (r->n == 0) memset(to, 0, (size_t)n * sizeof *to);
  else if (r->n == 1) dot1(to, n, coef[0], x[c[0]]);
  else if (r->n == 2) dot2(to, n, coef[0], x[c[0]], coef[1], x[c[1]]);
  else dot3(to, n, coef, x[c[0]], x[c[1]], x[c[2]]);
  for (; k < r->n; k++) add1(to, n, coef[k], x[c[k]]);
}
static void above(const double *restrict sum, int n, double rhs, uint8_t *restrict status) {
  for (int k = 0; k < n; k++) status[k] = sum[k] > rhs ? EDIT_FAIL : EDIT_PASS;
}
static void differs(const double *restrict sum, int n, double rhs, uint8_t *restrict status) {
  for (int k = 0; k < n; k++) status[k] = sum[k] != rhs ? EDIT_FAIL : EDIT_PASS;
}
/* Whole steps below 2^53: doubles hold every product and sum exactly. */
static bool exact_in_doubles(const struct plan_row *r, const struct linear_scratch *s, double *coef) {
  double most = fabs((double)r->steps_rhs);
  for (int k = 0; k < r->n; k++) {
    coef[k] = (double)r->steps[k];
    most += fabs(coef[k]) * s->largest[r->column[k]];
  }
  return most < EXACT_BELOW;
}
static void exact_wide(const struct plan_row *r, const struct linear_scratch *s, int n, uint8_t *status) {
  for (int k = 0; k < n; k++) {
    wide sum = -r->steps_rhs;
    for (int i = 0; i < r->n; i++) sum += (wide)r->steps[i] * (wide)s->x[r->column[i]][k];
    status[k] = sum > 0 || (sum != 0 && r->op == LINEAR_EQ) ? EDIT_FAIL : EDIT_PASS;
  }
}
static uint8_t worst_of(const uint8_t *restrict status, int n) {
  uint8_t bits = 0;
  for (int k = 0; k < n; k++) bits |= status[k];
  return bits & EDIT_FAIL ? EDIT_FAIL : bits;
}
static void beyond(double *restrict sum, int n, double rhs, bool both_sides, uint8_t *restrict status) {
  for (int k = 0; k < n; k++) sum[k] -= rhs;
  if (both_sides)
    for (int k = 0; k < n; k++) status[k] = fabs(sum[k]) > 1e-6 ? EDIT_FAIL : EDIT_PASS;
  else
    for (int k = 0; k < n; k++) status[k] = sum[k] > 1e-6 ? EDIT_FAIL : EDIT_PASS;
}
/* The tolerance is 1e-6 at least: only what lies beyond that needs the size of its terms. */
static void tolerant(const struct plan_row *r, struct linear_scratch *s, int n, uint8_t *status) {
  sums(r, r->coef, s->raw, n, s->sum);
  beyond(s->sum, n, r->rhs, r->op == LINEAR_EQ, status);
  if (worst_of(status, n) == EDIT_PASS) return;
  for (int k = 0; k < n; k++) {
    double size = 0;
    if (status[k] == EDIT_PASS) continue;
    for (int i = 0; i < r->n; i++) size += fabs(r->coef[i] * s->raw[r->column[i]][k]);
    if (fabs(s->sum[k]) <= 1e-6 + 1e-9 * size) status[k] = EDIT_PASS;
  }
}
static void mark_missing(const uint8_t *restrict missing, int n, uint8_t *restrict status) {
  for (int k = 0; k < n; k++) status[k] = missing[k] ? EDIT_MISS : status[k];
}
static void eval_row(const struct plan_row *r, struct linear_scratch *s, int n, uint8_t *status) {
  double coef[LINEAR_MAX_VARIABLES];
  if (r->exact && exact_in_doubles(r, s, coef)) {
    sums(r, coef, s->x, n, s->sum);
    if (r->op == LINEAR_EQ) differs(s->sum, n, (double)r->steps_rhs, status);
    else above(s->sum, n, (double)r->steps_rhs, status);
  } else if (r->exact) exact_wide(r, s, n, status);
  else tolerant(r, s, n, status);
  for (int k = 0; k < r->n; k++)
    if (s->some_missing[r->column[k]]) mark_missing(s->missing + (size_t)r->column[k] * LINEAR_BLOCK, n, status);
}
int linear_eval(const struct linear_plan *p, struct linear_scratch *s, int64_t row0, int n, uint8_t *status, uint8_t *any) {
  for (int c = 0; c < p->n_columns; c++) load(p, s, c, row0, n);
  for (int i = 0; i < p->m; i++) {
    eval_row(&p->rows[i], s, n, status + (size_t)i * LINEAR_BLOCK);
    if (any) any[i] = worst_of(status + (size_t)i * LINEAR_BLOCK, n);
  }
  return p->m;
}
