/* obvious.h -- three kinds of error whose repair is obvious once found, looked for in records with a violated equation, before any localisation.
 * Signs    sign_swap_correct: signs left out and pairs of items written in each other's place. All sets of 1, 2, ... declared actions are tried; the
 *          smallest set after which every edit and bound holds wins, then least weight, then the first in the order declared. No item is touched
 *          twice. Above LIMIT sets: LEFT_LIMIT.
 * Rounding rounding_correct: equations missed by at most `most` steps (0 < |r| <= most): the equations within that distance, taken together, are
 *          solved exactly in as many items as they have ranks ("scapegoats"), the largest values first because one step matters least there; where
 *          the answer is refused, the next item leads. Accepted when no value moves by more than 2 * most, whole values stay whole, and no edit or
 *          bound newly fails.
 * Typing   typing_correct: a value in no satisfied equation that one slip of the keys of the kinds asked for (typing_slip.h) turns into the value
 *          that closes a violated one. The candidates that close most equations and do not meet in one are applied; where several choices are
 *          equally good only what they have in common is, so that what is changed has exactly one answer, and the rest is LEFT_AMBIGUOUS.
 * Edits    an edit with a missing value is unknown and not looked at. Fixed (fixed[j][row] not 0; NULL = none) and zero values never move (swaps of a
 *          zero are allowed: the zero was written in the wrong place). A record is changed only by one of the calls' whole answer; without one:
 *          LEFT_NO_ANSWER.
 * Cost     records without a violated equation: one evaluation.
 * Source   signs, rounding: Scholtus (2008), Algorithms for correcting some obvious inconsistencies and rounding errors in business survey data,
 *          Statistics Netherlands discussion paper 08015; typing: Scholtus (2009), Automatic correction of simple typing errors in numerical data
 *          with balance edits, 09046; distance: Damerau (1964), Communications of the ACM 7. */
#ifndef SHIRABE_PROCESSING_CORRECT_OBVIOUS_H
#define SHIRABE_PROCESSING_CORRECT_OBVIOUS_H
#include "processing/correct/correct.h"
#include "processing/correct/typing_slip.h"

enum { OBVIOUS_MAX_ACTIONS = 64, OBVIOUS_LIMIT = 100000, OBVIOUS_MAX_CANDIDATES = 64 };
struct sign_action {
  int a, b; /* variables of the system; b = -1: the sign of a; else a and b exchanged */
  double weight;
};
struct sign_plan {
  int n, most; /* actions; at most `most` of them in one record */
  const struct sign_action *actions;
};
struct obvious_count {
  int64_t clean, corrected, left; /* records; their sum is the number of rows */
};
/* One record of a system: which edits are known and hold. For the three methods. */
struct obvious_record {
  const struct linear_system *s;
  const struct num_table *t;
  const uint8_t *const *fixed;
  const int *column;
  int64_t row;
  double *x, *work;
  bool *missing, *known, *held; /* [p], [m], [m] */
  int *scratch;                 /* [p + m] */
  double *dense;                /* [m][p + 1] */
};
enum err_code obvious_init(struct obvious_record *r, const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed,
    const int *column, struct arena *a, struct err *e) NODISCARD;
/* Reads the row; true when an equation that is known does not hold. */
bool obvious_read(struct obvious_record *r, int64_t row);
bool obvious_is_fixed(const struct obvious_record *r, int var);
/* Every known edit and bound holds at y; with newly = true only those that held before are asked. */
bool obvious_holds(const struct obvious_record *r, const double *y, bool newly);
bool obvious_is_whole(const struct obvious_record *r, int var, double y); /* in the item's step; undeclared: whole where x was */
enum err_code obvious_store(const struct obvious_record *r, const double *y, enum correct_rule rule, struct corrections *out,
    struct err *e) NODISCARD;

enum err_code sign_swap_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, const struct sign_plan *plan,
    struct corrections *out, struct obvious_count *count, struct err *e) NODISCARD;
enum err_code rounding_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, double most,
    struct corrections *out, struct obvious_count *count, struct err *e) NODISCARD;
/* slips: TYPING_DIGITS, TYPING_KEYS, TYPING_ALL or a set of one's own. */
enum err_code typing_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, unsigned slips,
    struct corrections *out, struct obvious_count *count, struct err *e) NODISCARD;
/* At most one slip of the keys between the digits of two whole numbers of one sign: 0, 1, or 2 = more. */
int typing_distance(int64_t a, int64_t b);
#endif
