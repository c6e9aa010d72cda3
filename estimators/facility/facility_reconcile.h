/* facility_reconcile.h -- the roll-forward of the notices against the static survey of 1 October: what differs, institution by institution, and why.
 * Reasons  only_in_roll_forward (open there, no questionnaire: not answered, or a notice of closing is missing), only_in_static (a notice of
 *          opening is missing), state (open on one side, suspended on the other), kind, beds (by type). One institution may differ in kind and beds.
 * Bridge   open in the roll-forward - only there + only in the static survey + opened by state - suspended by state = open in the static survey;
 *          beds likewise with the differences of beds: the bridge always closes, or the reasons are not complete.
 * Shapes   both sides by id; rows of either in any order. Errors: E_FACILITY_TWICE. Memory: 80 bytes a row. Cost: O(n log n).
 * Source   厚生労働省 医療施設調査: the dynamic survey is adjusted to the static one every three years; the list of reasons is ours. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_RECONCILE_H
#define SHIRABE_ESTIMATORS_FACILITY_RECONCILE_H
#include "estimators/facility/facility_stock.h"

enum reconcile_reason { RECONCILE_ONLY_ROLL, RECONCILE_ONLY_STATIC, RECONCILE_STATE, RECONCILE_KIND, RECONCILE_BEDS, RECONCILE_REASONS };
extern const char *const reconcile_name[RECONCILE_REASONS], *const reconcile_ja[RECONCILE_REASONS];
struct reconcile_difference {
  struct str id;
  enum reconcile_reason reason;
  int roll_kind, static_kind, roll_state, static_state;
  int bed;                       /* type of beds; -1 = not about beds */
  int64_t roll_beds, static_beds;
};
struct reconcile_bridge { /* of the open institutions */
  int64_t roll, only_roll, only_static, opened, suspended, in_static;
  int64_t beds_roll, beds_only_roll, beds_only_static, beds_opened, beds_suspended, beds_changed, beds_static;
};
struct reconcile_result {
  int64_t n, n_same, n_reason[RECONCILE_REASONS];
  struct reconcile_difference *difference; /* by id, then reason, then type of beds */
  struct reconcile_bridge bridge;
};
enum err_code facility_reconcile(struct arena *a, const struct stock_facility *roll, int64_t n_roll, const struct stock_facility *fixed,
    int64_t n_static, struct reconcile_result *out, struct err *e) NODISCARD;
/* The two sides of the bridge, institutions and beds. */
bool reconcile_closes(const struct reconcile_bridge *b);
#endif
