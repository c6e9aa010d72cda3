/* exact_lp.h -- linear inequalities over free variables, without rounding: rows come and go, and one row or variable is pushed as far as the
 *    others let it.
 * State    a dictionary: every basic variable as a linear form of the p others, in rational numbers (base/exact.h). It is feasible between calls:
 *          each slack that must not be negative is not, each that must be 0 is. What the dictionary says therefore needs no tolerance and no
 *          second proof: at an optimum the pushed row is written as a combination of others with signs that forbid more (the certificate), and
 *          every "can be more" has stood at a point that satisfies all rows.
 * Push     moves one variable by exchanges of the simplex method; its own condition is not asked. ENDS: it can go no further. PASSES: it can be
 *          brought beyond 0 (asked with EXACT_PAST_ZERO; the dictionary then stays as it is). REACHES: it is at 0 (asked with EXACT_TO_ZERO).
 *          OPEN: there is no end. LIMIT: the work or the numbers' length ran out: nothing is said.
 * Choice   the largest entering coefficient; after 30 exchanges without progress the lowest index (Bland), so that it ends. Same steps on every
 *          machine.
 * Conflict when a row cannot be met (ENDS in exact_lp_require) the rows of the last combination cannot hold together, and any of them left out
 *          they can: their combination is the only one there is (Gleeson and Ryan 1990, ORSA Journal on Computing 2).
 * Memory   16 bytes a number, rows x (p + 1). Cost: rows x p numbers an exchange, zeros skipped.
 * Source   dictionaries: Chvatal (1983), Linear Programming, ch. 2, 3, 8; Bland (1977), Mathematics of Operations Research 2; Farkas (1902).
 * Errors   E_NO_MEMORY. exact_lp_release is due after exact_lp_init, whatever it returned. */
#ifndef SHIRABE_PROCESSING_EDIT_EXACT_LP_H
#define SHIRABE_PROCESSING_EDIT_EXACT_LP_H
#include "base/exact.h"
#include "processing/edit/linear_edit.h"

enum exact_kind { EXACT_FREE, EXACT_NOT_NEGATIVE, EXACT_ZERO };
enum exact_until { EXACT_AS_FAR, EXACT_PAST_ZERO, EXACT_TO_ZERO };
enum exact_end { EXACT_ENDS, EXACT_PASSES, EXACT_REACHES, EXACT_OPEN, EXACT_LIMIT };
struct exact_lp {
  struct arena *arena;     /* its own: rows outlive the marks of callers */
  struct exact_pool numbers;
  int64_t most_work;       /* in exact_pool.work */
  int p, n_rows, n_ids, n_vacant, most_rows;
  struct exact **row;      /* [n_rows][p + 1]: coefficients of the non-basic ones, then the constant */
  int *basic, *outside;    /* [n_rows] ids, [p] ids of the non-basic ones */
  int *place;              /* [n_ids] row, or -1 - column; EXACT_GONE: forgotten */
  int *vacant;             /* [n_vacant] ids of forgotten rows, to be given again */
  uint8_t *kind, *leaving; /* [n_ids] exact_kind; leaving: to be forgotten once it is basic */
  struct exact ratio, best, work; /* scratch */
};
enum { EXACT_GONE = -(1 << 30) };
/* Room for `rows` rows at a time that are not dropped; variables are 0 .. p - 1, free and at 0. */
enum err_code exact_lp_init(struct exact_lp *l, int p, int rows, struct err *e) NODISCARD;
void exact_lp_release(struct exact_lp *l);
/* The slack rhs - sum coef x of a row, not yet required to be anything; its id. The row must fit. Rows that do not pay for their place are
 * dropped with exact_lp_drop: without condition, and forgotten, with their id, as soon as may be. */
enum err_code exact_lp_add(struct exact_lp *l, const struct linear_edit *row, int *id, struct err *e) NODISCARD;
/* From now on the slack must be of this kind. EXACT_REACHES: so it is; EXACT_ENDS: it cannot; it stays without condition. */
enum exact_end exact_lp_require(struct exact_lp *l, int id, enum exact_kind kind);
enum exact_end exact_lp_push(struct exact_lp *l, int id, int direction, enum exact_until until);
void exact_lp_drop(struct exact_lp *l, int id);
/* The value at the present point; NULL = 0 (non-basic). */
const struct exact *exact_lp_value(const struct exact_lp *l, int id);
/* After ENDS: does the slack `other` take part in the combination that stops id? */
bool exact_lp_stops(const struct exact_lp *l, int id, int other);
#endif
