/* facility_stock.h -- the stock of medical institutions and their beds carried from month to month by the notices.
 * Formula  F_t = F_{t-1} + opened + reopened - closed - suspended over the institutions that are open; beds by type alike, with the changes of
 *          beds of open institutions. A suspended institution is in no stock; one closed while suspended leaves nothing and is counted apart.
 *          A change of the kind of institution moves it (reclassified, and its beds): by kind the sum of moves is 0.
 * State    each notice must fit the state of its institution then: opened needs none (or closed), reopened suspended, closed open or suspended,
 *          suspended open, changes open or suspended. One that does not fit, or lacks its beds, is refused: not carried, listed with the reason.
 *          Beds before that are not those of the stock are listed too, but carried: the beds after are what was permitted.
 * Shapes   register: one row per institution, state and beds at the beginning of the first month; notices of months 0..n_months-1. Kind 0 of
 *          the flows is the sum of kinds 1..STOCK_KINDS.
 * Order    by institution, month, day, number of the notice, row: a total order, so the order of the rows does not matter.
 * Errors   E_FACILITY_TWICE (an institution twice in the register), E_FACILITY_VALUE (kind or state out of range). Memory: 80 bytes per row.
 * Cost     O(n log n). Source: 厚生労働省 医療施設調査 (動態調査), 医療施設動態調査(月末概数). */
#ifndef SHIRABE_ESTIMATORS_FACILITY_STOCK_H
#define SHIRABE_ESTIMATORS_FACILITY_STOCK_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { STOCK_BEDS = 6, STOCK_KINDS = 5 }; /* five types of hospital beds, clinic beds; kinds as in the form */
extern const char *const stock_bed_name[STOCK_BEDS];
extern const char *const stock_kind_ja[STOCK_KINDS + 1], *const stock_kind_en[STOCK_KINDS + 1];
enum stock_state { STOCK_NONE = 0, STOCK_OPEN = 1, STOCK_SUSPENDED = 2, STOCK_CLOSED = 9 };
enum stock_notice_kind { NOTICE_OPENED = 1, NOTICE_REOPENED, NOTICE_CLOSED, NOTICE_SUSPENDED, NOTICE_BEDS, NOTICE_OTHER };

struct stock_facility {
  struct str id;
  int32_t area;
  int kind, state; /* enum stock_state */
  int64_t beds[STOCK_BEDS];
};
struct stock_notice {
  struct str id;
  int32_t area, month;
  int kind, notice;
  int64_t day, number, row;      /* row: place in the data, for the list */
  int64_t before[STOCK_BEDS], after[STOCK_BEDS];
  bool has_before, has_after;
};
struct stock_flow {
  int64_t start, opened, reopened, closed, suspended, reclassified, closed_while_suspended, end;
  int64_t beds_start[STOCK_BEDS], beds_in[STOCK_BEDS], beds_out[STOCK_BEDS], beds_changed[STOCK_BEDS], beds_moved[STOCK_BEDS], beds_end[STOCK_BEDS];
};
enum stock_reason { STOCK_EXISTS, STOCK_NOT_SUSPENDED, STOCK_NOT_THERE, STOCK_NOT_OPEN, STOCK_NO_BEDS, STOCK_BEFORE_DIFFERS, STOCK_REASONS };
extern const char *const stock_reason_name[STOCK_REASONS];
struct stock_finding {
  int64_t row;
  int32_t month;
  enum stock_reason reason;
};
struct stock_result {
  int32_t n_months;
  struct stock_flow *flow; /* [n_months][STOCK_KINDS + 1] */
  int64_t n_facilities;
  struct stock_facility *facility; /* [n_facilities] by id, as they are at the end */
  int64_t n_findings, n_refused;
  struct stock_finding *finding; /* [n_findings] by row */
};
enum err_code facility_stock(struct arena *a, const struct stock_facility *registered, int64_t n, const struct stock_notice *notices,
    int64_t n_notices, int32_t n_months, struct stock_result *out, struct err *e) NODISCARD;
static inline const struct stock_flow *stock_flow_at(const struct stock_result *r, int32_t month, int kind) {
  return &r->flow[(int64_t)month * (STOCK_KINDS + 1) + kind];
}
#endif
