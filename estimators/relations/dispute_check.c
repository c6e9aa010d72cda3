/* dispute_check.c -- dispute.h: what the months say about one another. */
#include "base/date.h"
#include "estimators/relations/dispute.h"

const char *const dispute_fault_name[DISPUTE_FAULTS] = {"open_without_later_slip", "carried_without_earlier_slip", "slip_after_settlement",
    "heads_since_january_fall", "start_differs", "days_lost_by_a_form_that_loses_none", "acts_stated_and_listed_differ"};

struct findings {
  struct dispute_finding *list;
  int64_t n;
};
static void found(struct findings *f, enum dispute_fault fault, const struct dispute_slip *s) {
  f->list[f->n++] = (struct dispute_finding){fault, s->id, s->month};
}
static void check_pair(const struct dispute_slip *was, const struct dispute_slip *is, struct findings *f) {
  if (was->state == DISPUTE_SETTLED) found(f, DISPUTE_AFTER_SETTLEMENT, is);
  if (was->has_start && is->has_start && was->start != is->start) found(f, DISPUTE_START_DIFFERS, is);
  if (was->month / 12 == is->month / 12 && was->has_participants_year && is->has_participants_year && is->participants_year < was->participants_year)
    found(f, DISPUTE_HEADS_FALL, is);
}
static void check_ends(const struct dispute_slip *was, const struct dispute_slip *is, const struct dispute_slip *next, int32_t first, int32_t last,
    struct findings *f) {
  const int64_t first_day = date_from_civil(is->month / 12, is->month % 12 + 1, 1);
  if (is->state == DISPUTE_OPEN && is->month < last && (!next || next->month != is->month + 1)) found(f, DISPUTE_NO_LATER_SLIP, is);
  if (is->has_start && is->start < first_day && is->month > first && (!was || was->month != is->month - 1)) found(f, DISPUTE_NO_EARLIER_SLIP, is);
}
/* The acts of one slip; returns how many. */
static int64_t check_acts(const struct dispute_order *o, int64_t k, const struct dispute_slip *s, struct findings *f) {
  int64_t n = 0;
  for (; k + n < o->m && str_eq(o->act[k + n]->id, s->id) && o->act[k + n]->month == s->month; n++) {
    const struct dispute_act *x = o->act[k + n];
    if (x->form != DISPUTE_STRIKE && x->form != DISPUTE_LOCKOUT && x->has_days_lost && x->days_lost) found(f, DISPUTE_DAYS_OF_FORM, s);
  }
  if ((s->acts == DISPUTE_ACTS_YES && !n) || (s->acts == DISPUTE_ACTS_NO && n)) found(f, DISPUTE_ACTS_DIFFER, s);
  return n;
}
enum err_code dispute_check(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, struct dispute_finding **out, int64_t *n_found, struct err *e) {
  struct findings f = {.list = ARENA_ARRAY(a, struct dispute_finding, 6 * n + m + 1)};
  struct dispute_order o;
  if (!f.list) return ERR(e, E_NO_MEMORY, .subject = "disputes");
  TRY(dispute_sort(a, slips, n, acts, m, first, last, &o, e));
  for (int64_t i = 0, k = 0; i < o.n; i++) {
    const struct dispute_slip *was = i && str_eq(o.slip[i - 1]->id, o.slip[i]->id) ? o.slip[i - 1] : NULL;
    const struct dispute_slip *next = i + 1 < o.n && str_eq(o.slip[i + 1]->id, o.slip[i]->id) ? o.slip[i + 1] : NULL;
    if (was) check_pair(was, o.slip[i], &f);
    check_ends(was, o.slip[i], next, first, last, &f);
    k += check_acts(&o, k, o.slip[i], &f);
  }
  *out = f.list;
  *n_found = f.n;
  return E_OK;
}
