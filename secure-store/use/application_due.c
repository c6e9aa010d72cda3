/* application_due.c -- deadlines of an application, and who still owes a report of erasure. */
#include <string.h>

#include "secure-store/use/application_impl.h"

enum { DAY = 86400 };
const struct use_spans use_spans_default = {30, 30, 90, {30, 7}};

const char *use_due_name(enum use_due d) {
  static const char *const names[USE_DUES] = {"review", "announcement", "results", "end", "erasure-report"};
  return (unsigned)d < USE_DUES ? names[d] : "";
}
static bool between(enum use_state s, enum use_state first, enum use_state last) { return s >= first && s <= last; }

int64_t application_due(const struct application *a, enum use_due what, const struct use_spans *spans) {
  const enum use_state s = application_state(a);
  switch (what) {
    case USE_DUE_REVIEW: return s == USE_CHECKED ? a->checked_at + spans->review_days * (int64_t)DAY : 0;
    case USE_DUE_PUBLISH: return a->provided_at && !a->published_at ? a->provided_at + spans->publish_days * (int64_t)DAY : 0;
    case USE_DUE_RESULTS: return a->results_at && between(s, USE_CONFIRMED, USE_RETURNED) ? a->results_at + spans->results_days * (int64_t)DAY : 0;
    case USE_DUE_END: return between(s, USE_PROVIDED, USE_IN_USE) ? a->until : 0;
    case USE_DUE_REPORT: return between(s, USE_CONFIRMED, USE_ENDED) ? a->until : 0;
    case USE_DUES: break;
  }
  return 0;
}

static bool shares_somebody(const struct application *a, const struct application *b) {
  struct str x, y;
  if (strcmp(a->applicant, b->applicant) == 0) return true;
  for (int i = 0; row_list_at(a->users, i, &x); i++)
    for (int k = 0; row_list_at(b->users, k, &y); k++)
      if (str_eq(x, y)) return true;
  return false;
}
enum err_code application_owes(struct store *s, const struct application *a, int64_t now, char other[ACT_ID_BYTES], struct err *e) {
  struct application b;
  struct record r;
  bool found = true;
  other[0] = 0;
  for (uint64_t from = 0; found && !other[0];) {
    TRY(act_next(s, "application:", &from, &application_format, &b, &found, &r, e));
    if (!found || strcmp(a->id, b.id) == 0) continue;
    const enum use_state state = application_state(&b);
    if (between(state, USE_PROVIDED, USE_ENDED) && now >= b.until && shares_somebody(a, &b)) memcpy(other, b.id, ACT_ID_BYTES);
  }
  return E_OK;
}
