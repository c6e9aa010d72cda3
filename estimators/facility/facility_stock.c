#include "estimators/facility/facility_stock.h"

#include <stdlib.h>
#include <string.h>

const char *const stock_bed_name[STOCK_BEDS] = {"psy", "inf", "tb", "lt", "gen", "clinic"};
const char *const stock_kind_ja[STOCK_KINDS + 1] = {
    "総数", "精神科病院", "結核療養所", "一般病院", "一般診療所", "歯科診療所"};
const char *const stock_kind_en[STOCK_KINDS + 1] = {
    "all", "psychiatric hospitals", "tuberculosis sanatoriums", "general hospitals", "clinics", "dental clinics"};
const char *const stock_reason_name[STOCK_REASONS] = {
    "exists_already", "not_suspended", "not_there", "not_open", "beds_missing", "beds_before_differ"};

/* --- order --- */
static int compare(int64_t x, int64_t y) { return x < y ? -1 : x > y; }
static int by_id(const void *x, const void *y) {
  const struct stock_facility *a = x, *b = y;
  return str_cmp(a->id, b->id);
}
static int by_time(const void *x, const void *y) {
  const struct stock_notice *a = *(const struct stock_notice *const *)x, *b = *(const struct stock_notice *const *)y;
  int c = str_cmp(a->id, b->id);
  if (!c) c = compare(a->month, b->month);
  if (!c) c = compare(a->day, b->day);
  if (!c) c = compare(a->number, b->number);
  return c ? c : compare(a->row, b->row);
}
static int by_row(const void *x, const void *y) {
  const struct stock_finding *a = x, *b = y;
  const int c = compare(a->row, b->row);
  return c ? c : compare((int64_t)a->reason, (int64_t)b->reason);
}

/* --- the institutions: those of the register and those that notices name first --- */
static enum err_code check_row(int kind, int state, int64_t row, struct err *e) {
  if (kind < 1 || kind > STOCK_KINDS) return ERR(e, E_FACILITY_VALUE, .subject = "facility_kind", .expected = "1 to 5", .line = row);
  if (state != STOCK_OPEN && state != STOCK_SUSPENDED && state != STOCK_CLOSED && state != STOCK_NONE)
    return ERR(e, E_FACILITY_VALUE, .subject = "state", .expected = "1, 2 or 9", .line = row);
  return E_OK;
}
static enum err_code all_facilities(struct arena *a, const struct stock_facility *registered, int64_t n, const struct stock_notice *const *order,
    int64_t n_notices, struct stock_result *out, struct err *e) {
  struct stock_facility *f = ARENA_ARRAY(a, struct stock_facility, n + n_notices + 1);
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "stock");
  if (n) memcpy(f, registered, (size_t)n * sizeof *f);
  qsort(f, (size_t)n, sizeof *f, by_id);
  for (int64_t i = 1; i < n; i++)
    if (str_eq(f[i - 1].id, f[i].id)) return ERR(e, E_FACILITY_TWICE, .subject = "the register");
  int64_t known = n, at = 0;
  for (int64_t i = 0; i < n_notices; i++) {
    if (i && str_eq(order[i - 1]->id, order[i]->id)) continue;
    while (at < n && str_cmp(f[at].id, order[i]->id) < 0) at++;
    if (at < n && str_eq(f[at].id, order[i]->id)) continue;
    f[known++] = (struct stock_facility){.id = order[i]->id, .area = order[i]->area, .kind = order[i]->kind, .state = STOCK_NONE};
  }
  qsort(f, (size_t)known, sizeof *f, by_id);
  out->facility = f;
  out->n_facilities = known;
  return E_OK;
}

/* --- one notice --- */
struct carrying {
  struct stock_result *out;
  int64_t most;
};
static void note(struct carrying *c, const struct stock_notice *x, enum stock_reason reason) {
  if (reason != STOCK_BEFORE_DIFFERS) c->out->n_refused++;
  if (c->out->n_findings < c->most) c->out->finding[c->out->n_findings++] = (struct stock_finding){x->row, x->month, reason};
}
static bool fits(const struct stock_notice *x, int state, enum stock_reason *why) {
  const bool open = state == STOCK_OPEN, suspended = state == STOCK_SUSPENDED, there = open || suspended;
  switch (x->notice) {
  case NOTICE_OPENED: *why = STOCK_EXISTS; return !there;
  case NOTICE_REOPENED: *why = there ? STOCK_NOT_SUSPENDED : STOCK_NOT_THERE; return suspended;
  case NOTICE_SUSPENDED: *why = there ? STOCK_NOT_OPEN : STOCK_NOT_THERE; return open;
  default: *why = STOCK_NOT_THERE; return there;
  }
}
static struct stock_flow *flow_of(struct stock_result *r, int32_t month, int kind) { return &r->flow[(int64_t)month * (STOCK_KINDS + 1) + kind]; }
static void begin(struct stock_result *r, const struct stock_notice *x, struct stock_facility *f) {
  struct stock_flow *flow = flow_of(r, x->month, x->kind);
  if (x->notice == NOTICE_OPENED) flow->opened++;
  else flow->reopened++;
  for (int h = 0; h < STOCK_BEDS; h++) flow->beds_in[h] += f->beds[h] = x->after[h];
  f->kind = x->kind, f->state = STOCK_OPEN, f->area = x->area;
}
static void end(struct stock_result *r, const struct stock_notice *x, struct stock_facility *f) {
  struct stock_flow *flow = flow_of(r, x->month, f->kind);
  const bool was_open = f->state == STOCK_OPEN;
  if (!was_open) flow->closed_while_suspended++;
  else if (x->notice == NOTICE_CLOSED) flow->closed++;
  else flow->suspended++;
  for (int h = 0; was_open && h < STOCK_BEDS; h++) flow->beds_out[h] += f->beds[h];
  f->state = x->notice == NOTICE_CLOSED ? STOCK_CLOSED : STOCK_SUSPENDED;
}
static void reclassify(struct stock_result *r, const struct stock_notice *x, struct stock_facility *f) {
  struct stock_flow *from = flow_of(r, x->month, f->kind), *to = flow_of(r, x->month, x->kind);
  if (f->kind == x->kind) return;
  for (int h = 0; f->state == STOCK_OPEN && h < STOCK_BEDS; h++) from->beds_moved[h] -= f->beds[h], to->beds_moved[h] += f->beds[h];
  if (f->state == STOCK_OPEN) from->reclassified--, to->reclassified++;
  f->kind = x->kind;
}
static void change(struct stock_result *r, const struct stock_notice *x, struct stock_facility *f) {
  reclassify(r, x, f);
  if (x->notice != NOTICE_BEDS) return;
  struct stock_flow *flow = flow_of(r, x->month, f->kind);
  for (int h = 0; h < STOCK_BEDS; h++) {
    if (f->state == STOCK_OPEN) flow->beds_changed[h] += x->after[h] - f->beds[h];
    f->beds[h] = x->after[h];
  }
}
static void carry(struct carrying *c, const struct stock_notice *x, struct stock_facility *f) {
  enum stock_reason why;
  const bool needs_after = x->notice == NOTICE_OPENED || x->notice == NOTICE_REOPENED || x->notice == NOTICE_BEDS,
             needs_before = x->notice == NOTICE_CLOSED || x->notice == NOTICE_SUSPENDED || x->notice == NOTICE_BEDS;
  if (!fits(x, f->state, &why)) {
    note(c, x, why);
    return;
  }
  if (needs_after && !x->has_after) {
    note(c, x, STOCK_NO_BEDS);
    return;
  }
  if (needs_before && x->has_before && f->state == STOCK_OPEN && memcmp(x->before, f->beds, sizeof f->beds)) note(c, x, STOCK_BEFORE_DIFFERS);
  if (x->notice == NOTICE_OPENED || x->notice == NOTICE_REOPENED) begin(c->out, x, f);
  else if (x->notice == NOTICE_CLOSED || x->notice == NOTICE_SUSPENDED) end(c->out, x, f);
  else change(c->out, x, f);
}

/* --- stocks from flows --- */
static void start_stock(struct stock_result *r) {
  for (int64_t i = 0; i < r->n_facilities; i++) {
    const struct stock_facility *f = &r->facility[i];
    if (f->state != STOCK_OPEN) continue;
    struct stock_flow *flow = flow_of(r, 0, f->kind);
    flow->start++;
    for (int h = 0; h < STOCK_BEDS; h++) flow->beds_start[h] += f->beds[h];
  }
}
static void close_month(struct stock_flow *f) {
  f->end = f->start + f->opened + f->reopened - f->closed - f->suspended + f->reclassified;
  for (int h = 0; h < STOCK_BEDS; h++) f->beds_end[h] = f->beds_start[h] + f->beds_in[h] - f->beds_out[h] + f->beds_changed[h] + f->beds_moved[h];
}
static void add_flow(struct stock_flow *s, const struct stock_flow *f) {
  s->start += f->start, s->opened += f->opened, s->reopened += f->reopened, s->closed += f->closed, s->suspended += f->suspended;
  s->reclassified += f->reclassified, s->closed_while_suspended += f->closed_while_suspended;
  for (int h = 0; h < STOCK_BEDS; h++) {
    s->beds_start[h] += f->beds_start[h], s->beds_in[h] += f->beds_in[h], s->beds_out[h] += f->beds_out[h];
    s->beds_changed[h] += f->beds_changed[h], s->beds_moved[h] += f->beds_moved[h];
  }
}
static void stocks(struct stock_result *r) {
  for (int32_t m = 0; m < r->n_months; m++) {
    struct stock_flow *all = flow_of(r, m, 0);
    for (int k = 1; k <= STOCK_KINDS; k++) {
      struct stock_flow *f = flow_of(r, m, k);
      if (m) {
        const struct stock_flow *before = flow_of(r, m - 1, k);
        f->start = before->end;
        memcpy(f->beds_start, before->beds_end, sizeof f->beds_start);
      }
      close_month(f);
      add_flow(all, f);
    }
    close_month(all);
  }
}

static enum err_code order_notices(struct arena *a, const struct stock_notice *notices, int64_t n, int32_t n_months,
    const struct stock_notice ***out, struct err *e) {
  const struct stock_notice **order = ARENA_ARRAY(a, const struct stock_notice *, n + 1);
  if (!order) return ERR(e, E_NO_MEMORY, .subject = "stock");
  for (int64_t i = 0; i < n; i++) {
    const struct stock_notice *x = &notices[i];
    TRY(check_row(x->kind, STOCK_OPEN, x->row, e));
    if (x->notice < NOTICE_OPENED || x->notice > NOTICE_OTHER || x->month < 0 || x->month >= n_months)
      return ERR(e, E_FACILITY_VALUE, .subject = "notice_kind", .expected = "1 to 6, in a month of the range", .line = x->row);
    order[i] = x;
  }
  qsort(order, (size_t)n, sizeof *order, by_time);
  *out = order;
  return E_OK;
}
enum err_code facility_stock(struct arena *a, const struct stock_facility *registered, int64_t n, const struct stock_notice *notices,
    int64_t n_notices, int32_t n_months, struct stock_result *out, struct err *e) {
  const struct stock_notice **order = NULL;
  *out = (struct stock_result){.n_months = n_months};
  for (int64_t i = 0; i < n; i++) TRY(check_row(registered[i].kind, registered[i].state, i + 1, e));
  TRY(order_notices(a, notices, n_notices, n_months, &order, e));
  TRY(all_facilities(a, registered, n, order, n_notices, out, e));
  struct carrying c = {out, 2 * n_notices + 1};
  out->flow = ARENA_ARRAY(a, struct stock_flow, (int64_t)n_months * (STOCK_KINDS + 1) + 1);
  out->finding = ARENA_ARRAY(a, struct stock_finding, c.most);
  if (!out->flow || !out->finding) return ERR(e, E_NO_MEMORY, .subject = "stock");
  start_stock(out);
  int64_t f = 0;
  for (int64_t i = 0; i < n_notices; i++) {
    while (!str_eq(out->facility[f].id, order[i]->id)) f++;
    carry(&c, order[i], &out->facility[f]);
  }
  stocks(out);
  qsort(out->finding, (size_t)out->n_findings, sizeof *out->finding, by_row);
  return E_OK;
}
