/* correct.h -- what every correction step hands back: a list of changes with the rule that fired, and a list of markers for records left alone, with
 * the reason.
 * Shapes   a change or marker names the row of the table and the variable of the rules (index into the system's or plan's names), -1 = none. Steps
 *          read the table and change nothing; corrections_apply writes the list.
 * Order    ascending rows; within a row in the order the rules fired.
 * Units    values in the units of the table. Missing: `was_missing` says that there was no value; `before` is then 0 and must not be read.
 * Memory   40 bytes per change, 24 per marker, growing in the arena by doubling. Threads: one list belongs to one thread.
 * Errors   E_NO_MEMORY; E_NUM_COLUMN from correct_bind; E_UNIT_DUPLICATE from correct_check_units. */
#ifndef SHIRABE_PROCESSING_CORRECT_CORRECT_H
#define SHIRABE_PROCESSING_CORRECT_CORRECT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

/* RULE(symbol, name in reports): which rule gave the new value. */
#define CORRECT_RULES(RULE)                                                                                                                  \
  RULE(EQUALITY, "equality") RULE(BOUNDS, "bounds") RULE(ZERO_PARTS, "zero_parts") RULE(ELIMINATION, "elimination") RULE(LP, "lp")             \
  RULE(PRORATE, "prorate") RULE(UNIT_ERROR, "unit_error") RULE(TOTAL, "total") RULE(COMPONENTS, "components") RULE(SIGN, "sign")              \
  RULE(SWAP, "swap") RULE(ROUNDING, "rounding") RULE(TYPING, "typing") RULE(ADJUST, "adjust")
/* REASON(symbol, name in reports): why a record was left as it is, or what a marker says. */
#define CORRECT_REASONS(REASON)                                                                                                              \
  REASON(INFEASIBLE, "infeasible") REASON(NOT_WHOLE, "not_whole") REASON(SOLVER, "solver") REASON(DECIMAL, "decimal")                         \
  REASON(NOTHING, "nothing_to_prorate") REASON(NO_FACTOR, "no_factor") REASON(SCALE, "scale") REASON(BOUND, "out_of_bounds")                  \
  REASON(NEGATIVE, "negative") REASON(MISSING, "missing") REASON(SIZE, "size") REASON(STOPPED, "stopped") REASON(MANUAL, "manual")             \
  REASON(AMBIGUOUS, "ambiguous") REASON(NO_ANSWER, "no_answer") REASON(LIMIT, "limit")
enum correct_rule {
#define RULE(symbol, name) CORRECT_##symbol,
  CORRECT_RULES(RULE)
#undef RULE
      CORRECT_RULE_COUNT
};
enum correct_reason {
#define REASON(symbol, name) LEFT_##symbol,
  CORRECT_REASONS(REASON)
#undef REASON
      LEFT_REASON_COUNT
};
const char *correct_rule_name(enum correct_rule r);
const char *correct_reason_name(enum correct_reason r);

struct correction {
  int64_t row;
  int32_t var, edit; /* edit: index of the edit or balance that gave the value, -1 = several */
  double before, value;
  uint8_t rule; /* enum correct_rule */
  bool was_missing;
};
struct correct_marker {
  int64_t row;
  int32_t var, edit;
  double figure; /* ratio, residual ... as the step's header says; 0 where it has none */
  uint8_t reason; /* enum correct_reason */
};
struct corrections {
  struct arena *arena;
  int64_t n, room, n_markers, marker_room;
  struct correction *list;
  struct correct_marker *markers;
};
void corrections_init(struct corrections *c, struct arena *a);
enum err_code corrections_add(struct corrections *c, const struct correction *one, struct err *e) NODISCARD;
enum err_code corrections_mark(struct corrections *c, const struct correct_marker *one, struct err *e) NODISCARD;
/* Writes the values from index `from` on into the columns and gives them `status` (VAL_CORRECTED, VAL_IMPUTED). column[var] = column of the table. */
void corrections_apply(const struct corrections *c, int64_t from, const int *column, uint8_t status, struct num_table *t);

/* column[j] of each name in the table. */
enum err_code correct_bind(const char *const *names, int p, const struct num_table *t, int *column, struct err *e) NODISCARD;
/* Two rows of one unit are refused: what is corrected must be told apart. O(n log n), 8 bytes a row of scratch. */
enum err_code correct_check_units(struct arena *a, const struct num_table *t, struct err *e) NODISCARD;
/* Gathers one row: x[j] (0 when missing) and missing[j]; returns whether all are present. */
bool correct_gather(const struct num_table *t, const int *column, int p, int64_t row, double *x, bool *missing);
#endif
