/* linear.h -- what linear algebra alone tells an attacker of a pattern: which hidden cells are determined, and which determine each other.
 * Method   the relations restricted to the hidden columns are brought to echelon form modulo 2^31 - 1; three vectors of the null space with fixed
 *          pseudo-random free values are solved back. A cell that is 0 in all of them is determined; cells whose entries are proportional
 *          determine each other: who knows one of them (its only contributor) knows the other.
 * Error    a cell is called determined that is not with probability about 2^-90: on the safe side.
 * Shapes   hidden [n_cells]; determined [n_cells] 0/1; group [n_cells]: equal numbers other than 0 = proportional.
 * Cost     O(fill of the elimination). Source: Langsrud (2024) for elimination; Fischetti & Salazar (2001) for the attacker. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_LINEAR_H
#define SHIRABE_ESTIMATORS_SUPPRESS_LINEAR_H
#include "estimators/sdc/suppress/cells.h"

struct linear_report {
  int32_t n_hidden, rank, n_components, largest_component, n_determined;
  uint8_t *determined;
  uint64_t *group;
};
enum err_code linear_disclosure(
    struct arena *a, const struct cell_table *t, const uint8_t *hidden, struct linear_report *out, struct err *e) NODISCARD;
#endif
