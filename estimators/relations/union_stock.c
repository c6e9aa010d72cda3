/* union_stock.c -- union_slip.h: unions and members by domain and basis. */
#include <stdlib.h>
#include <string.h>

#include "estimators/relations/union_slip.h"

bool union_is_live(const struct union_slip *s) { return s->existence != UNION_CLOSED; }
bool union_in_basis(const struct union_slip *s, enum union_basis basis) {
  return s->kind == UNION_PLAIN || s->kind == (basis == UNION_BY_UNIT ? UNION_BRANCH : UNION_HEAD);
}
static int by_code(const void *a, const void *b) {
  const struct union_slip *x = *(const struct union_slip *const *)a, *y = *(const struct union_slip *const *)b;
  const int c = str_cmp(x->domain, y->domain);
  return c ? c : str_cmp(x->id, y->id);
}
static int by_id(const void *a, const void *b) {
  return str_cmp((*(const struct union_slip *const *)a)->id, (*(const struct union_slip *const *)b)->id);
}
static enum err_code once(const struct union_slip **order, int64_t n, struct err *e) {
  char id[64];
  qsort(order, (size_t)n, sizeof *order, by_id);
  for (int64_t i = 1; i < n; i++)
    if (str_eq(order[i - 1]->id, order[i]->id)) {
      const size_t k = order[i]->id.n < sizeof id - 1 ? order[i]->id.n : sizeof id - 1;
      memcpy(id, order[i]->id.p, k);
      id[k] = 0;
      return ERR(e, E_RELATIONS_TWICE, .subject = id);
    }
  return E_OK;
}
static enum err_code add_slip(struct union_stock *to, const struct union_slip *s, struct err *e) {
  if (s->existence == UNION_CLOSED) {
    to->closed++;
    return E_OK;
  }
  to->unions++;
  to->fresh += s->existence == UNION_NEW;
  for (int k = 0; k < UNION_COUNTS; k++) {
    if (k == UNION_NON_INDEPENDENT && s->kind != UNION_HEAD) continue; /* not asked of the others */
    to->asked[k]++;
    if (!s->has[k]) to->unknown[k]++;
    else if (__builtin_add_overflow(to->count[k], s->count[k], &to->count[k])) return ERR(e, E_RELATIONS_COUNT, .subject = "members");
  }
  return E_OK;
}
enum err_code union_stocks(struct arena *a, const struct union_slip *slips, int64_t n, struct union_domain **out, int64_t *n_domains,
    struct err *e) {
  const struct union_slip **order = ARENA_ARRAY(a, const struct union_slip *, n + 1);
  *out = ARENA_ARRAY(a, struct union_domain, n + 2);
  if (!order || !*out) return ERR(e, E_NO_MEMORY, .subject = "unions");
  for (int64_t i = 0; i < n; i++) order[i] = &slips[i];
  TRY(once(order, n, e));
  if (n) qsort(order, (size_t)n, sizeof *order, by_code);
  (*out)[0] = (struct union_domain){.code = STR("_T")};
  int64_t last = 0;
  for (int64_t i = 0; i < n; i++) {
    const struct str code = order[i]->domain.n ? order[i]->domain : STR("_U");
    if (!last || !str_eq((*out)[last].code, code)) (*out)[++last] = (struct union_domain){.code = code};
    (*out)[0].slips++, (*out)[last].slips++;
    for (int b = 0; b < UNION_BASES; b++) {
      if (!union_in_basis(order[i], (enum union_basis)b)) continue;
      TRY(add_slip(&(*out)[0].basis[b], order[i], e));
      TRY(add_slip(&(*out)[last].basis[b], order[i], e));
    }
  }
  *n_domains = last + 1;
  return E_OK;
}
