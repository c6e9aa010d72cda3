/* attack.h -- the attacker's linear programme: every table that agrees with what is published, in deviations d from the true values.
 * Knows    all published cells, all relations, that no value is negative (where the table has none), and `known`: cells an owner knows himself.
 * Model    sum of signed d = 0 in each relation, d = 0 for published and known cells, d >= -value, d <= `cap` (four times the largest figure: a cell
 *          that reaches it has no upper end); what he knows beforehand or contributes himself narrows both (cells.h).
 * Presolve relations with two hidden cells tie them together, relations whose smallest or largest activity is 0 fix their cells; what remains falls
 *          into components that are solved apart, each kept in the solver between calls.
 * Units    deviations and bounds in units of the table (10^-decimals). Errors: E_SDC_SOLVER, E_NO_MEMORY. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_ATTACK_H
#define SHIRABE_ESTIMATORS_SUPPRESS_ATTACK_H
#include "estimators/sdc/suppress/cells.h"

struct attack;
enum err_code attack_new(const struct cell_table *t, const uint8_t *hidden, const uint8_t *known, struct attack **out, struct err *e) NODISCARD;
void attack_free(struct attack *x);
bool attack_fixed(const struct attack *x, int32_t cell); /* its value is exact by the relations and the signs alone */
double attack_cap(const struct attack *x);
/* The largest (up) or smallest deviation of a cell. */
enum err_code attack_extreme(struct attack *x, int32_t cell, bool up, double *out, struct err *e) NODISCARD;
/* The table of the last solution of a cell's component: cells and deviations other than 0; room for all cells. */
int32_t attack_witness(struct attack *x, int32_t cell, int32_t *cells, double *deviation);
/* Many cells at once: maximise the sum of the deviations of these cells (sign -1: lowered), each counted up to its goal. Solves each component
   once. */
enum err_code attack_together(struct attack *x, int32_t n, const int32_t *cell, const int8_t *sign, const double *goal, struct err *e) NODISCARD;
int32_t attack_part(struct attack *x, int32_t cell); /* the component of a cell, -1: its value is exact */
int64_t attack_solved(const struct attack *x); /* programmes so far */
#endif
