/* sdc_joint.c -- identities within a row: the attacker adds the columns as well as the lines. The quantities of a group stand in one table of cells,
 * one block of rows for each; relations are the sums of each quantity and, in each row, the identities. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_protect_impl.h"

enum { MEMBERS = 4, QUANTITIES = 16 };
static const struct {
  const char *member[MEMBERS]; /* the first is the sum of the next two; of four: first + second = third + fourth */
} identities[] = {{{"mls(C)", "mls(B)", "mls(O)", NULL}}, {{"mls(G)", "mls(C)", "mls(S)", NULL}}, {{"mls(H)", "mls(Hs)", "mls(Ho)", NULL}},
    {{"mls(e0)", "mls(inc)", "mls(e1)", "mls(dec)"}}};
enum { IDENTITIES = sizeof identities / sizeof *identities };
struct joint {
  struct protecting *p;
  int k[QUANTITIES], n;             /* quantities of the group */
  int place[IDENTITIES][MEMBERS];   /* of each identity among them, -1 */
  struct sdc_scale s;
  int32_t *rest[QUANTITIES];        /* [sums] cell of the part that no table shows, -1 */
  struct cell_builder b;
  uint8_t *hidden;                  /* [cells] */
  int32_t n_cells, room;
};
static int find(const struct joint *x, const char *name) {
  for (int i = 0; name && i < x->n; i++)
    if (!strcmp(x->p->groups.quantity[x->k[i]].name, name)) return i;
  return -1;
}
static bool whole(const struct joint *x, int d) {
  for (int m = 0; m < MEMBERS; m++)
    if (identities[d].member[m] && x->place[d][m] < 0) return false;
  return true;
}
static bool prepare(struct joint *x, int g) {
  const struct protecting *p = x->p;
  bool any = false;
  for (int k = 0; k < p->groups.n_quantities && x->n < QUANTITIES; k++)
    if (p->groups.quantity[k].group == g && strncmp(p->groups.quantity[k].name, "mls(", 4) == 0) x->k[x->n++] = k;
  for (int d = 0; d < IDENTITIES; d++) {
    for (int m = 0; m < MEMBERS; m++) x->place[d][m] = find(x, identities[d].member[m]);
    any = any || whole(x, d);
  }
  x->s = (struct sdc_scale){1e300, 0};
  for (int i = 0; i < x->n; i++) {
    const struct sdc_scale own = sdc_scale_of(&p->q[x->k[i]], p->rows.n);
    if (own.unit < x->s.unit) x->s = own;
  }
  return any;
}
static enum err_code add_cell(struct joint *x, int64_t value, char status, int64_t level, bool hidden, struct err *e) {
  if (x->n_cells == x->room) return ERR(e, E_BUG, .subject = "cells of a joint audit");
  x->hidden[x->n_cells++] = hidden;
  return cell_builder_cell(&x->b, STR(""), value, status, level, level, e);
}
static enum err_code block(struct joint *x, int i, const uint8_t *hidden, struct err *e) {
  const struct protecting *p = x->p;
  const int k = x->k[i];
  for (int32_t r = 0; r < p->rows.n; r++) {
    const bool primary = sdc_is_primary(p, k, r) && p->q[k].there[r];
    const int64_t level = primary ? sdc_level(p, k, r, &x->s) : 0;
    TRY(add_cell(x, sdc_scaled(&x->s, p->q[k].value[r]), primary ? 'u' : p->q[k].there[r] ? 's' : 'z', level, hidden[r] && p->q[k].there[r], e));
  }
  return E_OK;
}
static enum err_code rests(struct joint *x, int i, struct err *e) {
  const struct protecting *p = x->p;
  for (int32_t j = 0; j < p->rows.n_sums; j++) {
    const struct sdc_sum *sum = &p->rows.sum[j];
    x->rest[i][j] = -1;
    if (sdc_sum_left_out(p, x->k[i], sum) || !sum->rest) continue;
    const int64_t left = sdc_sum_lacks(p, &p->q[x->k[i]], sum, &x->s);
    if (left <= sdc_sum_tolerance(&x->s, p->q[x->k[i]].value[p->rows.member[sum->first]], sum->last - sum->first)) continue;
    x->rest[i][j] = x->n_cells;
    TRY(add_cell(x, left, 's', 0, true, e));
  }
  return E_OK;
}
static enum err_code sums(struct joint *x, int i, struct err *e) {
  const struct protecting *p = x->p;
  int32_t *member = ARENA_ARRAY(p->a, int32_t, p->rows.n_members + 2);
  if (!member) return ERR(e, E_NO_MEMORY, .subject = "sums");
  for (int32_t j = 0; j < p->rows.n_sums; j++) {
    const struct sdc_sum *sum = &p->rows.sum[j];
    int n = 0;
    if (sdc_sum_left_out(p, x->k[i], sum)) continue;
    for (int32_t m = sum->first; m < sum->last; m++) member[n++] = i * p->rows.n + p->rows.member[m];
    if (x->rest[i][j] >= 0) member[n++] = x->rest[i][j];
    TRY(cell_builder_relation(&x->b, n, member, e));
  }
  return E_OK;
}
/* first = second + third, or with a helper that is hidden where its parts are: first + second = helper = third + fourth. */
static enum err_code tie(struct joint *x, const int32_t *cell, int n, int32_t helper, struct err *e) {
  if (n == 3) return cell_builder_relation(&x->b, 3, cell, e);
  const int32_t left[3] = {helper, cell[0], cell[1]}, right[3] = {helper, cell[2], cell[3]};
  TRY(cell_builder_relation(&x->b, 3, left, e));
  return cell_builder_relation(&x->b, 3, right, e);
}
static bool holds(const struct joint *x, int d, int32_t r) {
  double v[MEMBERS] = {0};
  const int n = identities[d].member[3] ? 4 : 3;
  for (int m = 0; m < n; m++) {
    const struct quantity_values *q = &x->p->q[x->k[x->place[d][m]]];
    if (!q->there[r]) return false;
    v[m] = q->value[r];
  }
  const double off = n == 4 ? v[0] + v[1] - v[2] - v[3] : v[0] - v[1] - v[2];
  return fabs(off) * x->s.unit <= 4 + 1e-9 * fabs(v[0]) * x->s.unit;
}
static enum err_code rows(struct joint *x, int d, const int32_t *helper, struct err *e) {
  const int n = identities[d].member[3] ? 4 : 3;
  for (int32_t r = 0; r < x->p->rows.n; r++) {
    int32_t cell[MEMBERS];
    if (!holds(x, d, r)) continue;
    for (int m = 0; m < n; m++) cell[m] = x->place[d][m] * x->p->rows.n + r;
    TRY(tie(x, cell, n, helper[r], e));
  }
  for (int32_t j = 0; n == 3 && j < x->p->rows.n_sums; j++) {
    const int32_t cell[3] = {x->rest[x->place[d][0]][j], x->rest[x->place[d][1]][j], x->rest[x->place[d][2]][j]};
    if (cell[0] >= 0 && cell[1] >= 0 && cell[2] >= 0) TRY(tie(x, cell, 3, -1, e));
  }
  return E_OK;
}
static enum err_code helpers(struct joint *x, int d, const uint8_t *hidden, int32_t *helper, struct err *e) {
  const struct protecting *p = x->p;
  for (int32_t r = 0; r < p->rows.n; r++) {
    if (!identities[d].member[3] || !holds(x, d, r)) continue;
    helper[r] = x->n_cells;
    const double sum = p->q[x->k[x->place[d][0]]].value[r] + p->q[x->k[x->place[d][1]]].value[r];
    TRY(add_cell(x, sdc_scaled(&x->s, sum), 's', 0, hidden[r], e));
  }
  return E_OK;
}
static enum err_code build(struct joint *x, const uint8_t *hidden, struct cell_table **out, struct err *e) {
  const struct protecting *p = x->p;
  int32_t *helper = ARENA_ARRAY(p->a, int32_t, p->rows.n + 1);
  x->room = x->n * (p->rows.n + p->rows.n_sums) + p->rows.n, x->n_cells = 0;
  x->hidden = ARENA_ARRAY(p->a, uint8_t, x->room + 1);
  if (!helper || !x->hidden) return ERR(e, E_NO_MEMORY, .subject = "joint audit");
  TRY(cell_builder_begin(&x->b, p->a, "identities within a row", x->s.decimals, e));
  for (int i = 0; i < x->n; i++) TRY(block(x, i, hidden, e));
  for (int i = 0; i < x->n; i++) {
    if (!(x->rest[i] = ARENA_ARRAY(p->a, int32_t, p->rows.n_sums + 1))) return ERR(e, E_NO_MEMORY, .subject = "joint audit");
    TRY(rests(x, i, e));
  }
  for (int d = 0; d < IDENTITIES; d++)
    if (whole(x, d)) TRY(helpers(x, d, hidden, helper, e));
  for (int i = 0; i < x->n; i++) TRY(sums(x, i, e));
  for (int d = 0; d < IDENTITIES; d++)
    if (whole(x, d)) TRY(rows(x, d, helper, e));
  x->b.t->tolerance = INT64_MAX; /* judged sum by sum and row by row */
  return cell_builder_close(&x->b, out, e);
}
/* A cell hidden in one column is hidden in all: the row goes. */
static bool lift(const struct joint *x, const uint8_t *cells, uint8_t *hidden) {
  bool more = false;
  for (int32_t c = 0; c < x->n * x->p->rows.n; c++)
    if (cells[c] && !hidden[c % x->p->rows.n]) hidden[c % x->p->rows.n] = 1, more = true;
  return more;
}
enum err_code sdc_joint(struct protecting *p, int g, uint8_t *hidden, bool *clean, struct err *e) {
  struct joint *x = ARENA_NEW(p->a, struct joint);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "joint audit");
  x->p = p;
  if (!prepare(x, g)) return E_OK;
  for (int pass = 0; pass < SDC_PASSES; pass++) {
    struct cell_table *t;
    struct suppress_result r;
    TRY(build(x, hidden, &t, e));
    const struct suppress_options o = {.cost = FLOW_COST_LOG, .start = x->hidden};
    TRY(suppress_repair(p->a, t, &o, &r, e));
    p->report.n_programmes += r.n_programmes + r.audit.n_programmes;
    *clean = r.audit.clean;
    if (!*clean) return E_OK;
    TRY(audit_verify(t, r.hidden, &r.audit, e));
    if (!lift(x, r.hidden, hidden)) return E_OK;
  }
  *clean = false;
  return E_OK;
}
