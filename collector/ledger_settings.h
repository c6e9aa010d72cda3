/* ledger_settings.h -- what survey.json says to the ledger, all of it optional: `receipt_days` and `count_band`.
 * Band     |n - m| > max(root * sqrt(m), percent/100 * m) is soft, n = 0 with m >= hard_mean is hard; m = mean of the same period of up to `years`
 * years before. Proposed 3, 15 %, 10 and 3 years are thresholds of ours after the announcement of 2019-03-29: no ministry has confirmed them, and the
 * output says so. Errors   E_LEDGER_SETTING for a member that is no whole number in its limits; a survey that is not in the library has none of its
 * own. */
#ifndef SHIRABE_COLLECTOR_LEDGER_SETTINGS_H
#define SHIRABE_COLLECTOR_LEDGER_SETTINGS_H
#include "base/arena.h"
#include "base/err.h"

struct ledger_settings {
  int64_t receipt_days;
  int64_t years, root, percent, hard_mean;
  bool own_band; /* the survey names its band */
};
enum err_code ledger_settings_read(struct arena *a, const char *survey, struct ledger_settings *out, struct err *e) NODISCARD;
/* Days from the end of a period to the last due day below the top; 0 when the survey is not in the library. */
int64_t ledger_due_days(struct arena *a, const char *survey);
#endif
