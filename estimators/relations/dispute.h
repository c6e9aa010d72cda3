/* dispute.h -- labour disputes of a month, or of a year made from its months, each dispute once.
 * Counts   総争議 = with acts + without acts (a third party took part). A dispute stands in each form of act that it used: the forms do not add up
 *          to the disputes with acts. In a year a dispute counts once, however many months it is reported in: new (began in the year) + carried.
 * Heads    participants are heads, each once: those of a month come from the month's slip, those of a year from the item "since January" of the last
 *          slip -- heads of months cannot be added.
 * Days     労働損失日数: of strikes of half a day and more and of lock-outs alone, one worker-day once even when it was struck and locked out;
 *          a year is the sum of its months.
 * Shapes   slips: [n], one per dispute and month; acts: [m], one per dispute, month and form; any order.
 * Missing  has_x false, or has_act 0: not answered; counted apart, never taken as 0 or as "no".
 * Errors   E_RELATIONS_TWICE (dispute twice in a month, form twice in it), E_RELATIONS_ORPHAN (an act without slip), E_RELATIONS_COUNT.
 * Memory   arena. Cost: O((n + m) log(n + m)). Exact sums: the same for any order.
 * Source   厚生労働省 労働争議統計調査 用語の解説 (https://www.mhlw.go.jp/toukei/list/14-22b.html). */
#ifndef SHIRABE_ESTIMATORS_DISPUTE_H
#define SHIRABE_ESTIMATORS_DISPUTE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum dispute_form { DISPUTE_STRIKE = 1, DISPUTE_LOCKOUT, DISPUTE_SHORT_STRIKE, DISPUTE_SLOWDOWN, DISPUTE_OTHER, DISPUTE_FORMS };
enum dispute_state { DISPUTE_STATE_UNKNOWN, DISPUTE_OPEN, DISPUTE_SETTLED };
enum dispute_acts { DISPUTE_ACTS_UNKNOWN, DISPUTE_ACTS_YES, DISPUTE_ACTS_NO };
static inline int32_t dispute_month(int64_t year, int64_t month) { return (int32_t)(12 * year + month - 1); }

struct dispute_slip {
  struct str id, domain;
  int32_t month; /* dispute_month() */
  int64_t start; /* day */
  enum dispute_state state;
  enum dispute_acts acts;
  int64_t total, participants, participants_year, days_lost; /* total: 総参加人員 */
  bool has_start, has_total, has_participants, has_participants_year, has_days_lost;
};
struct dispute_act {
  struct str id;
  int32_t month;
  enum dispute_form form;
  int64_t participants, participants_year, days_lost;
  bool has_participants, has_participants_year, has_days_lost;
};
struct dispute_line {
  int64_t disputes, participants, days_lost;
  int64_t unknown_participants, unknown_days; /* disputes whose figure is not answered: not in the sum */
};
struct dispute_figures {
  int64_t disputes, fresh, carried, unknown_start;
  int64_t settled, open, unknown_state; /* as the last slip says */
  int64_t without_acts, unknown_acts;
  struct dispute_line all;  /* participants: 総参加人員; days_lost: as acts */
  struct dispute_line acts; /* disputes with acts */
  struct dispute_line form[DISPUTE_FORMS];
  struct dispute_line losing; /* strikes of half a day and more, or lock-outs: a dispute once; participants of disputes that used both forms are known
                               * only within limits: they stand in unknown_participants */
  int64_t several;            /* disputes of more than one form */
  int64_t unlisted;           /* disputes with acts that name no form in a month with acts: form, losing and several are without it */
};
/* first..last: one month, or the twelve of a year. domain NULL = all, else disputes whose last slip has this domain. */
enum err_code dispute_count(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, const struct str *domain, struct dispute_figures *out, struct err *e) NODISCARD;

enum dispute_fault {
  DISPUTE_NO_LATER_SLIP,   /* open, and no slip in the next month */
  DISPUTE_NO_EARLIER_SLIP, /* began before, and no slip in the month before */
  DISPUTE_AFTER_SETTLEMENT, /* a slip after the month of settlement */
  DISPUTE_HEADS_FALL,      /* heads since January fall */
  DISPUTE_START_DIFFERS,
  DISPUTE_DAYS_OF_FORM,    /* days lost by a form that loses none */
  DISPUTE_ACTS_DIFFER,     /* acts stated and acts listed differ */
  DISPUTE_FAULTS
};
extern const char *const dispute_fault_name[DISPUTE_FAULTS];
struct dispute_finding {
  enum dispute_fault fault;
  struct str id;
  int32_t month;
};
enum err_code dispute_check(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, struct dispute_finding **out, int64_t *n_found, struct err *e) NODISCARD;

/* For both: slips by dispute and month, acts by dispute, month and form, proved to be there once and to belong together. */
struct dispute_order {
  const struct dispute_slip **slip;
  const struct dispute_act **act;
  int64_t n, m;
};
enum err_code dispute_sort(struct arena *a, const struct dispute_slip *slips, int64_t n, const struct dispute_act *acts, int64_t m, int32_t first,
    int32_t last, struct dispute_order *out, struct err *e) NODISCARD;
#endif
