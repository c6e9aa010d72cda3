/* ledger_alerts.h -- counts that are hard to believe: possible missing parts that no gap shows.
 * Band     n records of the period against m = S / k, the mean of the same period in the k earlier years (at most `years`) in which the office, or
 * one that was merged into it, has sent: soft when (kn - S)^2 > root^2 S k and 100 |kn - S| > percent S; hard when n = 0 and m >= hard_mean. Whole
 * numbers only. Expected where the roster names an expected count, the same band around it. Register yearly counts of another register per office and
 * form: |n - r| * 100 > percent * r. Source: ledger_settings.h for what is proposed, not confirmed. */
#ifndef SHIRABE_COLLECTOR_LEDGER_ALERTS_H
#define SHIRABE_COLLECTOR_LEDGER_ALERTS_H
#include "collector/ledger.h"
#include "collector/ledger_settings.h"

enum ledger_alert_kind { ALERT_NONE, ALERT_SOFT, ALERT_HARD };
enum ledger_alert_kind ledger_band(const struct ledger_settings *b, int64_t n, int64_t sum, int64_t years);

struct ledger_alert {
  const char *office, *form;
  enum ledger_alert_kind kind;
  bool expected;        /* against the roster's expected count, not against earlier years */
  int64_t n, sum, years; /* mean = sum / years */
};
/* Cells that have been received only: what is not here is a gap. Rows in office order. *checked: cells that had something to be compared with. */
enum err_code ledger_alerts(struct store *s, const char *survey, const char *period, const struct ledger_settings *b, struct arena *a,
    struct ledger_alert **out, int64_t *n, int64_t *checked, struct err *e) NODISCARD;

struct ledger_register_line {
  const char *office, *form;
  int64_t registered, here;
};
/* CSV office,form,count against the records of a range of periods; lines that differ by more than `percent` per cent. */
enum err_code ledger_reconcile(struct store *s, const char *survey, const char *range, const char *file, struct str csv, int64_t percent,
    struct arena *a, struct ledger_register_line **out, int64_t *n, int64_t *checked, struct err *e) NODISCARD;
#endif
