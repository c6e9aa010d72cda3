/* deterministic.h -- the flagged values of a record that the others and the edits leave no choice for: imputed exactly when their smallest and
 * largest value under all edits agree.
 * Unknown  flagged values and missing ones; everything else is fixed and never moves. A missing value that is not flagged is not filled.
 * Method   rows are cut to the unknowns and fall into connected blocks. In a block, until nothing changes: a row with one unknown gives a value or a
 *          bound; a row whose least possible left side already is its right side puts all its unknowns on their bounds (zero parts of a sum that must
 *          be 0). Then equations by elimination (reduced row echelon form): a row with no free unknown gives a value. With one free unknown z every
 *          row and bound is an interval of z: a point determines, an empty one refutes. Two or more free: a linear programme (GLPK), minimum and
 *          maximum of each flagged unknown.
 * Left     LEFT_INFEASIBLE: no values of the unknowns satisfy the edits they stand in (var = -1, edit where one row shows it): nothing of the record
 *          is imputed. An edit between fixed values only is not this step's business: it stays failed and is reported as such. LEFT_NOT_WHOLE: the
 *          one possible value is no multiple of the declared decimals. LEFT_SOLVER: the solver could not settle it: not imputed, never guessed.
 * Equal    within 1e-7 * max(1, |value|); rows hold within the tolerance of linear_edit.h.
 * Units    flag[j] = [n] bytes per variable j of the system, not 0 = to be imputed; NULL = none flagged.
 * Memory   scratch of 2 (m + 1)(p + 1) doubles once. Cost: records without a flag cost p byte reads; a record with one or two, about a microsecond.
 * Source   Statistics Canada, Banff Functional Description, deterministic imputation; de Waal, Pannekoek and Scholtus (2011), ch. 9 (deductive
 *          imputation); bounds by activities: Brearley, Mitra and Williams (1975), Mathematical Programming 8. */
#ifndef SHIRABE_PROCESSING_CORRECT_DETERMINISTIC_H
#define SHIRABE_PROCESSING_CORRECT_DETERMINISTIC_H
#include "processing/correct/correct.h"

struct deterministic_count {
  int64_t records, flagged, determined, open; /* records with a flag; their flagged values = determined + open */
  int64_t infeasible;                         /* records */
  int64_t programmes;                         /* linear programmes solved */
};
enum err_code deterministic_impute(const struct linear_system *s, const struct num_table *t, const uint8_t *const *flag, struct corrections *out,
    struct deterministic_count *count, struct err *e) NODISCARD;
#endif
