/* hospital_balance.h -- do the reports of consecutive months follow from each other? C_t = C_{t-1} + N + I - R - O by facility and type of beds.
 * Prior    C_{t-1} is the report of the month before, or the corrected beginning where the facility gave one. Without either the case is counted
 *          as not checked (no prior month), never as in order.
 * Still    patient days but no admission, discharge or transfer in three consecutive months: movements were probably left out.
 * Larger   transfers out and discharges above the patients there were (C_{t-1} + N + I) is a finding of its own.
 * Missing  a missing item leaves the case unchecked. Shapes: the first BALANCE_MOST findings are kept, all are counted.
 * Memory   4 bytes per facility and month. Cost: one pass. Source: 病院報告 (the identity of the questionnaire); three months: our reading. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_BALANCE_H
#define SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_BALANCE_H
#include "estimators/facility/hospital_month.h"

enum balance_kind { BALANCE_DIFFERENCE, BALANCE_MORE_LEFT, BALANCE_STILL, BALANCE_KINDS };
extern const char *const balance_name[BALANCE_KINDS];
enum { BALANCE_MOST = 2000, BALANCE_STILL_MONTHS = 3 };
struct balance_finding {
  enum balance_kind kind;
  int64_t row;    /* of the reports */
  int column;     /* type of beds, or HOSPITAL_CARE */
  int64_t should, is;
};
struct balance_report {
  int64_t n_checked, n_no_prior, n_missing, n[BALANCE_KINDS], n_kept;
  struct balance_finding finding[BALANCE_MOST];
};
enum err_code hospital_balance(struct arena *a, const struct hospital_reports *r, struct balance_report *out, struct err *e) NODISCARD;
#endif
