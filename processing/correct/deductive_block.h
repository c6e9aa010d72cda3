/* deductive_block.h -- one record's linear system cut to its unknowns, and what can be deduced of them; the working part of deterministic.h.
 * Use      block_record_init once; per record set x, unknown; deduce() fills state and value. Not for use elsewhere. */
#ifndef SHIRABE_PROCESSING_CORRECT_DEDUCTIVE_BLOCK_H
#define SHIRABE_PROCESSING_CORRECT_DEDUCTIVE_BLOCK_H
#include "processing/correct/correct.h"

enum deduced { DEDUCED_OPEN, DEDUCED_VALUE, DEDUCED_UNSETTLED };
struct deduction {
  const struct linear_system *s;
  /* per variable [p] */
  double *x, *lower, *upper;
  bool *missing, *unknown, *asked;
  uint8_t *rule; /* of a value */
  int *rule_edit;
  enum deduced *state;
  int *block; /* union-find over variables */
  /* rows_of[first_row[j] .. first_row[j+1]): the edits in which variable j stands */
  int *first_row, *rows_of;
  /* scratch of elimination */
  double *dense, *programme; /* [m + 1][p + 1]; room of one linear programme */
  int *pivot, *free_var, *live;
  uint8_t *row_mark;
  int *touched, n_touched; /* edits with an unknown */
  int bad_edit;            /* the edit that showed infeasibility, -1 */
  int64_t programmes;
};
enum err_code deduction_init(struct deduction *d, const struct linear_system *s, struct arena *a, struct err *e) NODISCARD;
/* False: no values of the unknowns satisfy the edits. x, unknown and asked are set for the record. */
bool deduce(struct deduction *d);
/* The steps of deduce. Each returns false on a contradiction; *changed tells whether something new was found. */
bool deduce_rows(struct deduction *d, bool *changed);
bool deduce_elimination(struct deduction *d, int block, bool *changed);
bool deduce_set(struct deduction *d, int var, double value, enum correct_rule rule, int edit);
double deduce_tolerance(double size);
#endif
