/* dispute_order.c -- dispute.h: slips and acts of the months asked for, in order, each once, every act with its slip. */
#include <stdlib.h>
#include <string.h>

#include "estimators/relations/dispute.h"

static int by_month(const void *a, const void *b) {
  const struct dispute_slip *x = *(const struct dispute_slip *const *)a, *y = *(const struct dispute_slip *const *)b;
  const int c = str_cmp(x->id, y->id);
  return c ? c : x->month < y->month ? -1 : x->month > y->month;
}
static int by_form(const void *a, const void *b) {
  const struct dispute_act *x = *(const struct dispute_act *const *)a, *y = *(const struct dispute_act *const *)b;
  const int c = str_cmp(x->id, y->id);
  if (c) return c;
  if (x->month != y->month) return x->month < y->month ? -1 : 1;
  return x->form < y->form ? -1 : x->form > y->form;
}
static enum err_code named(enum err_code code, struct str id, struct err *e) {
  char text[64];
  const size_t k = id.n < sizeof text - 1 ? id.n : sizeof text - 1;
  memcpy(text, id.p, k);
  text[k] = 0;
  return ERR(e, code, .subject = text);
}
enum err_code dispute_sort(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, struct dispute_order *out, struct err *e) {
  *out = (struct dispute_order){ARENA_ARRAY(a, const struct dispute_slip *, n + 1), ARENA_ARRAY(a, const struct dispute_act *, m + 1), 0, 0};
  if (!out->slip || !out->act) return ERR(e, E_NO_MEMORY, .subject = "disputes");
  for (int64_t i = 0; i < n; i++)
    if (slips[i].month >= first && slips[i].month <= last) out->slip[out->n++] = &slips[i];
  for (int64_t i = 0; i < m; i++)
    if (acts[i].month >= first && acts[i].month <= last) out->act[out->m++] = &acts[i];
  if (out->n) qsort(out->slip, (size_t)out->n, sizeof *out->slip, by_month);
  if (out->m) qsort(out->act, (size_t)out->m, sizeof *out->act, by_form);
  for (int64_t i = 1; i < out->n; i++)
    if (!by_month(&out->slip[i - 1], &out->slip[i])) return named(E_RELATIONS_TWICE, out->slip[i]->id, e);
  for (int64_t i = 1; i < out->m; i++)
    if (!by_form(&out->act[i - 1], &out->act[i])) return named(E_RELATIONS_TWICE, out->act[i]->id, e);
  for (int64_t i = 0, k = 0; i < out->m; i++) {
    const struct dispute_slip key = {.id = out->act[i]->id, .month = out->act[i]->month}, *p = &key;
    while (k < out->n && by_month(&out->slip[k], &p) < 0) k++;
    if (k == out->n || by_month(&out->slip[k], &p)) return named(E_RELATIONS_ORPHAN, out->act[i]->id, e);
  }
  return E_OK;
}
