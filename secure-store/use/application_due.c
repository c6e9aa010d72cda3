/* application_due.c -- deadlines of an application, and who still owes a report of erasure. */
#include <string.h>

#include "secure-store/rights/name_check.h"
#include "secure-store/use/application_impl.h"

enum { DAY = 86400 };

const char *use_due_name(enum use_due d) {
  static const char *const names[USE_DUES] = {"review", "announcement", "results", "end", "erasure-report"};
  return (unsigned)d < USE_DUES ? names[d] : "";
}
static bool between(enum use_state s, enum use_state first, enum use_state last) { return s >= first && s <= last; }

int64_t application_due(const struct application *a, enum use_due what, const struct use_policy *p) {
  const enum use_state s = application_state(a);
  switch (what) {
    case USE_DUE_REVIEW: return s == USE_CHECKED ? a->checked_at + p->review_days * (int64_t)DAY : 0;
    case USE_DUE_PUBLISH: return a->provided_at && !a->published_at ? a->provided_at + p->publish_days * (int64_t)DAY : 0;
    case USE_DUE_RESULTS: return a->results_at && between(s, USE_CONFIRMED, USE_RETURNED) ? a->results_at + p->results_days * (int64_t)DAY : 0;
    case USE_DUE_END: return between(s, USE_PROVIDED, USE_IN_USE) ? a->until : 0;
    case USE_DUE_REPORT: return between(s, USE_CONFIRMED, USE_ENDED) ? a->until : 0;
    case USE_DUES: break;
  }
  return 0;
}

enum use_remind use_reminder(int64_t due, int64_t now, const struct use_policy *p) {
  if (!due) return USE_REMIND_NONE;
  if (now >= due) return USE_REMIND_OVERDUE;
  if (due - now <= p->remind_second * DAY) return USE_REMIND_SECOND;
  return due - now <= p->remind_first * DAY ? USE_REMIND_FIRST : USE_REMIND_NONE;
}

enum err_code application_overdue(struct store *s, int64_t now, int64_t *n, struct err *e) {
  struct application a;
  struct record r;
  struct use_policy p;
  bool found = true;
  *n = 0;
  TRY(use_policy_read(s, &p, e));
  for (uint64_t from = 0; found;) {
    bool past = false;
    TRY(act_next(s, "application:", &from, &application_format, &a, &found, &r, e));
    for (int d = 0; found && d < USE_DUES; d++) past = past || use_reminder(application_due(&a, (enum use_due)d, &p), now, &p) == USE_REMIND_OVERDUE;
    *n += past;
  }
  return E_OK;
}

/* --- who owes a report --- */

static bool owes(const struct application *a, int64_t now) {
  return between(application_state(a), USE_PROVIDED, USE_ENDED) && now >= a->until;
}
static enum err_code uses(struct store *s, const struct application *a, struct str person, bool *yes, struct err *e) {
  struct str user;
  *yes = false;
  for (int i = 0; !*yes && row_list_at(a->users, i, &user); i++) TRY(use_same_person(s, user, person, yes, e));
  return E_OK;
}
static enum err_code shares_somebody(struct store *s, const struct application *a, const struct application *b, bool *yes, struct err *e) {
  struct str user;
  *yes = name_same(a->applicant, b->applicant);
  for (int i = 0; !*yes && row_list_at(a->users, i, &user); i++) TRY(uses(s, b, user, yes, e));
  return E_OK;
}
enum err_code application_owes(struct store *s, const struct application *a, int64_t now, char other[ACT_ID_BYTES], struct err *e) {
  struct application b;
  struct record r;
  bool found = true, shared;
  other[0] = 0;
  for (uint64_t from = 0; found && !other[0];) {
    TRY(act_next(s, "application:", &from, &application_format, &b, &found, &r, e));
    if (!found || strcmp(a->id, b.id) == 0 || !owes(&b, now)) continue;
    TRY(shares_somebody(s, a, &b, &shared, e));
    if (shared) memcpy(other, b.id, ACT_ID_BYTES);
  }
  return E_OK;
}
enum err_code application_person_owes(struct store *s, const char *person, int64_t now, struct err *e) {
  struct application b;
  struct record r;
  struct officer o;
  bool found = true, yes;
  TRY(officer_find(s, person, &o, e));
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, "application:", &from, &application_format, &b, &found, &r, e));
    if (!found || !owes(&b, now)) continue;
    yes = name_same(b.applicant, o.organisation) || name_same(b.applicant, o.name);
    if (!yes) TRY(uses(s, &b, str_of(person), &yes, e));
    if (yes) return ERR(e, E_USE_OWES, .subject = b.id, .found = person);
  }
  return E_OK;
}

/* --- is a dataset wanted by an application: from its handing in to its return --- */

static bool names_dataset(const struct application *a, struct str dataset) {
  struct str line;
  for (int i = 0; row_list_at(a->datasets, i, &line); i++)
    if (str_eq(line, dataset) || (str_starts(dataset, line) && dataset.p[line.n] == '/')) return true;
  return false;
}
enum err_code application_in_use(struct store *s, const char *dataset, struct err *e) {
  struct application a;
  struct record r;
  bool found = true;
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, "application:", &from, &application_format, &a, &found, &r, e));
    const enum use_state state = found ? application_state(&a) : USE_NONE;
    const bool open = between(state, USE_APPLIED, USE_ENDED) && state != USE_REFUSED;
    if (open && names_dataset(&a, str_of(dataset))) return ERR(e, E_DISPOSAL_PURPOSE, .subject = dataset, .found = r.object);
  }
  return E_OK;
}
