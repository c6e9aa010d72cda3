/* dispute_count.c -- dispute.h: figures of a month or a year, dispute by dispute. */
#include <string.h>

#include "base/date.h"
#include "estimators/relations/dispute.h"

/* One dispute over the months asked for. */
struct life {
  const struct dispute_slip *last;
  bool acts, acts_unknown, days_unknown, unlisted;
  int64_t days;
  struct {
    bool used, days_unknown;
    int64_t days;
    const struct dispute_act *last;
  } form[DISPUTE_FORMS];
};
static bool add(int64_t *to, int64_t v) { return __builtin_add_overflow(*to, v, to); }

static bool live_slip(struct life *l, const struct dispute_slip *s) {
  l->last = s;
  if (s->acts == DISPUTE_ACTS_UNKNOWN) l->acts_unknown = true;
  if (s->acts != DISPUTE_ACTS_YES) return false;
  l->acts = true;
  if (!s->has_days_lost) l->days_unknown = true;
  return s->has_days_lost && add(&l->days, s->days_lost);
}
static bool live_act(struct life *l, const struct dispute_act *x) {
  l->form[x->form].used = true;
  l->form[x->form].last = x;
  if (!x->has_days_lost) l->form[x->form].days_unknown = true;
  return x->has_days_lost && add(&l->form[x->form].days, x->days_lost);
}

static bool put(struct dispute_line *to, bool has_participants, int64_t participants, bool has_days, int64_t days) {
  bool over = false;
  to->disputes++;
  if (has_participants) over = add(&to->participants, participants);
  else to->unknown_participants++;
  if (has_days) over = add(&to->days_lost, days) || over;
  else to->unknown_days++;
  return over;
}
static bool put_form(struct dispute_figures *f, const struct life *l, int form, bool year) {
  const struct dispute_act *x = l->form[form].last;
  return put(&f->form[form], year ? x->has_participants_year : x->has_participants, year ? x->participants_year : x->participants,
      !l->form[form].days_unknown, l->form[form].days);
}
/* Strikes of half a day and more, and lock-outs: only these lose days, so the days are the dispute's. */
static bool put_losing(struct dispute_figures *f, const struct life *l, bool year) {
  const bool strike = l->form[DISPUTE_STRIKE].used, lockout = l->form[DISPUTE_LOCKOUT].used;
  if (!strike && !lockout) return false;
  const struct dispute_act *x = l->form[strike ? DISPUTE_STRIKE : DISPUTE_LOCKOUT].last;
  const bool known = strike != lockout && (year ? x->has_participants_year : x->has_participants);
  return put(&f->losing, known, year ? x->participants_year : x->participants, !l->days_unknown, l->days);
}
static bool put_acts(struct dispute_figures *f, const struct life *l, bool year) {
  const struct dispute_slip *s = l->last;
  int used = 0;
  bool over = put(&f->acts, year ? s->has_participants_year : s->has_participants, year ? s->participants_year : s->participants, !l->days_unknown,
      l->days);
  for (int k = DISPUTE_STRIKE; k < DISPUTE_FORMS; k++) {
    if (!l->form[k].used) continue;
    used++;
    over = put_form(f, l, k, year) || over;
  }
  f->several += used > 1;
  f->unlisted += l->unlisted;
  return put_losing(f, l, year) || over;
}
static bool put_life(struct dispute_figures *f, const struct life *l, int64_t first_day, bool year) {
  const struct dispute_slip *s = l->last;
  f->disputes++;
  if (!s->has_start) f->unknown_start++;
  else if (s->start < first_day) f->carried++;
  else f->fresh++;
  if (s->state == DISPUTE_SETTLED) f->settled++;
  else if (s->state == DISPUTE_OPEN) f->open++;
  else f->unknown_state++;
  const bool over = put(&f->all, s->has_total, s->total, l->acts ? !l->days_unknown : !l->acts_unknown, l->days);
  if (l->acts) return put_acts(f, l, year) || over;
  if (l->acts_unknown) f->unknown_acts++;
  else f->without_acts++;
  return over;
}
enum err_code dispute_count(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, const struct str *domain, struct dispute_figures *out, struct err *e) {
  const int64_t first_day = date_from_civil(first / 12, first % 12 + 1, 1);
  struct dispute_order o;
  bool over = false;
  *out = (struct dispute_figures){.disputes = 0};
  TRY(dispute_sort(a, slips, n, acts, m, first, last, &o, e));
  for (int64_t i = 0, k = 0; i < o.n;) {
    struct life l = {.last = o.slip[i]};
    const struct str id = o.slip[i]->id;
    for (; i < o.n && str_eq(o.slip[i]->id, id); i++) {
      const int64_t of_month = k;
      over = live_slip(&l, o.slip[i]) || over;
      for (; k < o.m && str_eq(o.act[k]->id, id) && o.act[k]->month == o.slip[i]->month; k++) over = live_act(&l, o.act[k]) || over;
      if (o.slip[i]->acts == DISPUTE_ACTS_YES && k == of_month) l.unlisted = true;
    }
    if (!domain || str_eq(l.last->domain, *domain)) over = put_life(out, &l, first_day, last > first) || over;
  }
  return over ? ERR(e, E_RELATIONS_COUNT, .subject = "days or participants") : E_OK;
}
