#include "estimators/facility/facility_reconcile.h"

#include <stdlib.h>
#include <string.h>

const char *const reconcile_name[RECONCILE_REASONS] = {"only_in_roll_forward", "only_in_static", "state", "kind", "beds"};
const char *const reconcile_ja[RECONCILE_REASONS] = {
    "動態の繰越だけにある", "静態だけにある", "活動の状態が違う", "施設の種別が違う", "病床数が違う"};

static int by_id(const void *x, const void *y) {
  const struct stock_facility *a = *(const struct stock_facility *const *)x, *b = *(const struct stock_facility *const *)y;
  return str_cmp(a->id, b->id);
}
static enum err_code sorted(struct arena *a, const struct stock_facility *f, int64_t n, const char *what, const struct stock_facility ***out,
    struct err *e) {
  const struct stock_facility **order = ARENA_ARRAY(a, const struct stock_facility *, n + 1);
  if (!order) return ERR(e, E_NO_MEMORY, .subject = what);
  for (int64_t i = 0; i < n; i++) order[i] = &f[i];
  qsort(order, (size_t)n, sizeof *order, by_id);
  for (int64_t i = 1; i < n; i++)
    if (str_eq(order[i - 1]->id, order[i]->id)) return ERR(e, E_FACILITY_TWICE, .subject = what);
  *out = order;
  return E_OK;
}
static int64_t beds_of(const struct stock_facility *f) {
  int64_t sum = 0;
  for (int h = 0; h < STOCK_BEDS; h++) sum += f->beds[h];
  return sum;
}
static bool exists(const struct stock_facility *f) { return f && (f->state == STOCK_OPEN || f->state == STOCK_SUSPENDED); }
static bool is_open(const struct stock_facility *f) { return f && f->state == STOCK_OPEN; }

static void differ(
    struct reconcile_result *r, enum reconcile_reason reason, const struct stock_facility *x, const struct stock_facility *y, int bed) {
  r->difference[r->n++] = (struct reconcile_difference){.id = x ? x->id : y->id,
      .reason = reason,
      .roll_kind = x ? x->kind : 0,
      .static_kind = y ? y->kind : 0,
      .roll_state = x ? x->state : STOCK_NONE,
      .static_state = y ? y->state : STOCK_NONE,
      .bed = bed,
      .roll_beds = bed >= 0 && x ? x->beds[bed] : 0,
      .static_beds = bed >= 0 && y ? y->beds[bed] : 0};
  r->n_reason[reason]++;
}
static void bridge(struct reconcile_bridge *b, const struct stock_facility *x, const struct stock_facility *y) {
  if (is_open(x)) b->roll++, b->beds_roll += beds_of(x);
  if (is_open(y)) b->in_static++, b->beds_static += beds_of(y);
  if (is_open(x) && !exists(y)) b->only_roll++, b->beds_only_roll += beds_of(x);
  else if (is_open(y) && !exists(x)) b->only_static++, b->beds_only_static += beds_of(y);
  else if (is_open(x) && !is_open(y)) b->suspended++, b->beds_suspended += beds_of(x);
  else if (is_open(y) && !is_open(x)) b->opened++, b->beds_opened += beds_of(y);
  else if (is_open(x)) b->beds_changed += beds_of(y) - beds_of(x);
}
/* x of the roll-forward, y of the static survey; one of them may be absent or closed. */
static void pair(struct reconcile_result *r, const struct stock_facility *x, const struct stock_facility *y) {
  const int64_t before = r->n;
  bridge(&r->bridge, x, y);
  if (!exists(x) && !exists(y)) return;
  if (!exists(y)) differ(r, RECONCILE_ONLY_ROLL, x, y, -1);
  else if (!exists(x)) differ(r, RECONCILE_ONLY_STATIC, x, y, -1);
  else {
    if (x->state != y->state) differ(r, RECONCILE_STATE, x, y, -1);
    if (x->kind != y->kind) differ(r, RECONCILE_KIND, x, y, -1);
    for (int h = 0; h < STOCK_BEDS; h++)
      if (x->beds[h] != y->beds[h] && x->state == STOCK_OPEN && y->state == STOCK_OPEN) differ(r, RECONCILE_BEDS, x, y, h);
  }
  r->n_same += r->n == before;
}

enum err_code facility_reconcile(struct arena *a, const struct stock_facility *roll, int64_t n_roll, const struct stock_facility *fixed,
    int64_t n_static, struct reconcile_result *out, struct err *e) {
  const struct stock_facility **x, **y;
  *out = (struct reconcile_result){.n = 0};
  TRY(sorted(a, roll, n_roll, "the roll-forward", &x, e));
  TRY(sorted(a, fixed, n_static, "the static survey", &y, e));
  out->difference = ARENA_ARRAY(a, struct reconcile_difference, (n_roll + n_static) * (STOCK_BEDS + 2) + 1);
  if (!out->difference) return ERR(e, E_NO_MEMORY, .subject = "reconciliation");
  for (int64_t i = 0, j = 0; i < n_roll || j < n_static;) {
    const int c = i == n_roll ? 1 : j == n_static ? -1 : str_cmp(x[i]->id, y[j]->id);
    pair(out, c <= 0 ? x[i] : NULL, c >= 0 ? y[j] : NULL);
    i += c <= 0, j += c >= 0;
  }
  return E_OK;
}
bool reconcile_closes(const struct reconcile_bridge *b) {
  return b->roll - b->only_roll + b->only_static + b->opened - b->suspended == b->in_static
         && b->beds_roll - b->beds_only_roll + b->beds_only_static + b->beds_opened - b->beds_suspended + b->beds_changed == b->beds_static;
}
