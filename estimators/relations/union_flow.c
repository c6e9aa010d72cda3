/* union_flow.c -- union_slip.h: stock of last year, additions, closings, what nobody explains, stock of now. */
#include <string.h>

#include "base/table.h"
#include "estimators/relations/union_slip.h"

static bool counted(const struct union_slip *s, enum union_basis b) { return union_is_live(s) && union_in_basis(s, b); }
static int64_t members_of(const struct union_slip *s, struct union_flow *f) {
  if (!s->has[UNION_TOTAL]) f->unknown++;
  return s->has[UNION_TOTAL] ? s->count[UNION_TOTAL] : 0;
}
static enum err_code add(struct union_flow_part *p, int64_t unions, int64_t members, struct err *e) {
  p->unions += unions;
  return __builtin_add_overflow(p->members, members, &p->members) ? ERR(e, E_RELATIONS_COUNT, .subject = "members") : E_OK;
}
static enum err_code index_of(struct arena *a, const struct union_slip *s, int64_t n, struct dict **out, struct err *e) {
  if (!(*out = dict_new(a))) return ERR(e, E_NO_MEMORY, .subject = "unions");
  for (int64_t i = 0; i < n; i++)
    if (dict_add(*out, s[i].id) != i) return ERR(e, E_RELATIONS_TWICE, .subject = "a union number");
  return E_OK;
}
/* A slip of now: entered, or changed its members. A union that was not of this basis (a branch that became a union) is rebased. */
static enum err_code arrival(struct union_flow *f, const struct union_slip *s, const struct union_slip *old, enum union_basis b, struct err *e) {
  const int64_t members = members_of(s, f);
  TRY(add(&f->now, 1, members, e));
  if (old && counted(old, b)) return add(&f->change, 0, members - members_of(old, f), e);
  if (old && union_is_live(old)) return add(&f->rebased, 1, members, e);
  return add(s->existence == UNION_NEW ? &f->fresh : &f->appeared, 1, members, e);
}
static enum err_code departure(struct union_flow *f, const struct union_slip *old, const struct union_slip *s, enum union_basis b, struct err *e) {
  if (s && counted(s, b)) return E_OK;
  const int64_t members = members_of(old, f);
  if (s && union_is_live(s)) return add(&f->rebased, -1, -members, e);
  return add(s ? &f->closed : &f->vanished, 1, members, e);
}
enum err_code union_flows(struct arena *a, const struct union_slip *now, int64_t n_now, const struct union_slip *before, int64_t n_before,
    enum union_basis basis, struct union_flow *out, struct err *e) {
  struct dict *is, *was;
  *out = (struct union_flow){.unknown = 0};
  TRY(index_of(a, now, n_now, &is, e));
  TRY(index_of(a, before, n_before, &was, e));
  for (int64_t i = 0; i < n_now; i++) {
    const int32_t k = dict_find(was, now[i].id);
    if (counted(&now[i], basis)) TRY(arrival(out, &now[i], k < 0 ? NULL : &before[k], basis, e));
  }
  for (int64_t i = 0; i < n_before; i++) {
    if (!counted(&before[i], basis)) continue;
    const int32_t k = dict_find(is, before[i].id);
    TRY(add(&out->before, 1, before[i].has[UNION_TOTAL] ? before[i].count[UNION_TOTAL] : 0, e));
    TRY(departure(out, &before[i], k < 0 ? NULL : &now[k], basis, e));
  }
  return E_OK;
}
