/* service_cell.h -- weights of the detail forms (詳細票): the open facilities of a cell in the basic form (基本票) over its respondents.
 * Formula  w = N_cell / n_cell. Counts of facilities come from the basic form; ratios from respondents under w.
 * Cell     the register's, never the respondent's own word: a respondent is found in the register by its number.
 * Missing  nothing is assumed. A respondent without an open facility in the register stops (E_FACILITY_NO_CELL), unless closed_out leaves those out
 *          that the register calls closed or suspended; a cell without respondents stops (E_FACILITY_NO_RESPONDENT); more respondents than
 *          facilities stop (E_FACILITY_WEIGHT).
 * Shapes   register: [n]; respondents: [m]; out: cell of each register row and respondent (-1 = takes no part), N, n and w by cell; register_row of
 *          each respondent.
 * Errors   those named; E_FACILITY_TWICE. Memory: 24 bytes a row. Cost: O(n log n).
 * Source   厚生労働省 社会福祉施設等調査, 介護サービス施設・事業所調査: 調査の概要 (詳細票の回収と推計);
 *          nonresponse as a sample inside the cell: ours. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_SERVICE_CELL_H
#define SHIRABE_ESTIMATORS_FACILITY_SERVICE_CELL_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct service_register {
  int64_t n;
  const struct str *id, *cell; /* [n] */
  const uint8_t *open;         /* [n] 1 = open on the day of the survey */
};
struct service_cells {
  int32_t n_cells;
  struct str *name;                  /* [n_cells] in order of the names */
  int64_t *facilities, *respondents; /* [n_cells] */
  double *weight;                    /* [n_cells] */
  int32_t *of_register, *of_respondent; /* [n], [m] */
  int64_t *register_row;             /* [m] */
  int64_t *order;                    /* [m] respondents by identifier: sums do not depend on the order of the file */
  int64_t n_left_out;                /* respondents whose facility is not open */
};
enum err_code service_cells_make(struct arena *a, const struct service_register *reg, int64_t m, const struct str *respondent, bool closed_out,
    struct service_cells *out, struct err *e) NODISCARD;
#endif
