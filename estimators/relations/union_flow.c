/* union_flow.c -- union_slip.h: stock of last year, additions, closings, what nobody explains, stock of now. */
#include <string.h>

#include "base/table.h"
#include "estimators/relations/union_slip.h"

static bool counted(const struct union_slip *s, enum union_basis b) { return union_is_live(s) && union_in_basis(s, b); }
static int64_t members_of(const struct union_slip *s) { return s->has[UNION_TOTAL] ? s->count[UNION_TOTAL] : 0; }
static enum err_code add_members(struct union_flow_part *p, int64_t members, struct err *e) {
  return __builtin_add_overflow(p->members, members, &p->members) ? ERR(e, E_RELATIONS_COUNT, .subject = "members") : E_OK;
}
/* One union into a part; sign -1 takes it out of the basis. */
static enum err_code add(struct union_flow_part *p, const struct union_slip *s, int sign, struct err *e) {
  p->unions += sign, p->units++;
  p->unknown += !s->has[UNION_TOTAL];
  return add_members(p, sign * members_of(s), e);
}
static enum err_code index_of(struct arena *a, const struct union_slip *s, int64_t n, struct dict **out, struct err *e) {
  char id[64];
  if (!(*out = dict_new(a))) return ERR(e, E_NO_MEMORY, .subject = "unions");
  for (int64_t i = 0; i < n; i++) {
    const int32_t at = dict_add(*out, s[i].id);
    if (at < 0) return ERR(e, E_NO_MEMORY, .subject = "unions");
    if (at == i) continue;
    const size_t k = s[i].id.n < sizeof id - 1 ? s[i].id.n : sizeof id - 1;
    memcpy(id, s[i].id.p, k);
    id[k] = 0;
    return ERR(e, E_RELATIONS_TWICE, .subject = id);
  }
  return E_OK;
}
/* Live in both years. Members answered in one year only would read as gained or lost: they are kept apart. */
static enum err_code stayed(struct union_flow *f, const struct union_slip *s, const struct union_slip *old, struct err *e) {
  const bool known = s->has[UNION_TOTAL] && old->has[UNION_TOTAL];
  struct union_flow_part *p = known ? &f->change : &f->gap;
  p->units++;
  p->unknown += !s->has[UNION_TOTAL] && !old->has[UNION_TOTAL];
  return add_members(p, members_of(s) - members_of(old), e);
}
/* A slip of now: entered, or changed its members. A union that was not of this basis (a branch that became a union) is rebased. */
static enum err_code arrival(struct union_flow *f, const struct union_slip *s, const struct union_slip *old, enum union_basis b, struct err *e) {
  TRY(add(&f->now, s, 1, e));
  if (old && counted(old, b)) return stayed(f, s, old, e);
  if (old && union_is_live(old)) return add(&f->rebased, s, 1, e);
  return add(s->existence == UNION_NEW ? &f->fresh : &f->appeared, s, 1, e);
}
static enum err_code departure(struct union_flow *f, const struct union_slip *old, const struct union_slip *s, enum union_basis b, struct err *e) {
  if (s && counted(s, b)) return E_OK;
  if (s && union_is_live(s)) return add(&f->rebased, old, -1, e);
  return add(s ? &f->closed : &f->vanished, old, 1, e);
}
enum err_code union_flows(struct arena *a, const struct union_slip *now, int64_t n_now, const struct union_slip *before, int64_t n_before,
    enum union_basis basis, struct union_flow *out, struct err *e) {
  struct dict *is, *was;
  *out = (struct union_flow){.slips_before = n_before, .slips_now = n_now};
  TRY(index_of(a, now, n_now, &is, e));
  TRY(index_of(a, before, n_before, &was, e));
  for (int64_t i = 0; i < n_now; i++) {
    const int32_t k = dict_find(was, now[i].id);
    if (counted(&now[i], basis)) TRY(arrival(out, &now[i], k < 0 ? NULL : &before[k], basis, e));
  }
  for (int64_t i = 0; i < n_before; i++) {
    if (!counted(&before[i], basis)) continue;
    const int32_t k = dict_find(is, before[i].id);
    TRY(add(&out->before, &before[i], 1, e));
    TRY(departure(out, &before[i], k < 0 ? NULL : &now[k], basis, e));
  }
  return E_OK;
}
