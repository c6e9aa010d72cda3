/* prorate.h -- parts that do not add up to their total are raked to it, rounded, from the grand total down: w1 x1:m1 + w2 x2:m2 ... = total.
 * Rules    equations of items only; a rule is `2 A + B:N + .5 C:I = T;`. A weight w > 0 before an item divides its share of the change (1 when not
 *          written); a modifier after it says when it may move: A always, N never, I only if imputed before, O only if as reported; else that of the
 *          plan. One grand total that is no part; every other total is a part of exactly one rule; no item is a part twice or a total twice. Anything
 *          else is E_PRORATE_STRUCTURE.
 * Formula  R = movable parts: present, not 0, allowed. rest = T - sum of the others. BASIC   y = x + k x / w,   k = (rest - sum_R x) / sum_R x / w.
 *          Signs may change. SCALING y = x + k |x| / w, k = (rest - sum_R x) / sum_R |x| / w, refused (LEFT_SCALE) unless |k| <= 1: no sign changes.
 * Rounding y to d + 1 decimals, half away from zero; then out_i = round_d(y_i + sum_{h<i} (y_h - out_h)) in the order of the rule, so that the carry
 *          stays below one unit; in whole numbers of 10^-(d+1). Where the first rounding loses a unit, or with LARGEST_REMAINDER: floor to d
 *          decimals, units to the largest fractions (Hamilton), ties by |y|, then order. Then y / x must lie in [lower, upper], else the record is
 *          left (LEFT_BOUND, figure = the ratio).
 * Fixed    zeros, missing values, what a modifier holds, and the grand total never move. A balanced rule is not touched: off by no more than a
 *          millionth of a unit and the rounding of the sum itself, whatever the size. A record is changed wholly or not at all.
 * Left     a marker with the rule and the reason: NOTHING movable, NO_FACTOR (weighted sum 0), SCALE, BOUND, NEGATIVE (unless accepted), DECIMAL
 *          (rest has more than d decimals), MISSING (unless missing counts as 0), SIZE (more than 2^53 units of 10^-(d+1)).
 * Missing  missing_as_zero: a missing part or total counts as 0 and stays missing; else the record is left.
 * Cost     one pass, no allocation per record. Same bits in any order of rows.
 * Source   Statistics Canada, Banff Functional Description, prorating; cumulative rounding: Sigman and Wagner (1997), Algorithms for adjusting survey
 *          data that fail balance edits, ASA; largest remainder: Balinski and Young (1982), Fair Representation. */
#ifndef SHIRABE_PROCESSING_CORRECT_PRORATE_H
#define SHIRABE_PROCESSING_CORRECT_PRORATE_H
#include "processing/correct/correct.h"

enum { PRORATE_MAX_BALANCES = 256, PRORATE_MAX_PARTS = 256, PRORATE_MAX_VARIABLES = 1024, PRORATE_MAX_DECIMALS = 9 };
enum prorate_modifier { PRORATE_ALWAYS, PRORATE_NEVER, PRORATE_IMPUTED, PRORATE_ORIGINAL, PRORATE_AS_PLAN };
enum prorate_method { PRORATE_BASIC, PRORATE_SCALING };
enum prorate_rounding { PRORATE_CUMULATIVE, PRORATE_LARGEST_REMAINDER };
struct prorate_part {
  int var;
  double weight;
  enum prorate_modifier modifier; /* never AS_PLAN after prorate_parse */
};
struct prorate_balance {
  int total, n;
  const struct prorate_part *part; /* [n] as written */
  int rule;                        /* from 0, as written */
};
struct prorate_settings {
  enum prorate_method method;
  enum prorate_rounding rounding;
  enum prorate_modifier modifier; /* for parts without one; not AS_PLAN */
  int decimals;                   /* 0 .. PRORATE_MAX_DECIMALS */
  double lower, upper;            /* bounds of y / x; SCALING: lower >= 0 */
  bool accept_negative, missing_as_zero;
};
struct prorate_plan {
  struct prorate_settings set;
  int p, n;
  const char **names; /* [p] by first mention */
  struct prorate_balance *balance; /* [n] a total before the rules of its parts */
  bool needs_flags; /* some part moves only if imputed, or only if reported */
};
struct prorate_count {
  int64_t balanced, prorated, left; /* records; their sum is the number of rows */
};
enum err_code prorate_parse(struct arena *a, struct str text, const struct prorate_settings *set, struct prorate_plan *out, struct err *e) NODISCARD;
/* imputed[var] = [n] bytes, not 0 where the value was imputed before (statuses I.. without IDE); NULL of an item = nothing of it was; NULL of all =
 * no flags, E_CORRECT_PARAMETER when the plan needs them. */
enum err_code prorate_run(const struct prorate_plan *plan, const struct num_table *t, const uint8_t *const *imputed, struct corrections *out,
    struct prorate_count *count, struct err *e) NODISCARD;
/* y[n] that sum to rest (a whole number of 10^-decimals) rounded to decimals in place, as above. False: not possible in 2^53 units. */
bool prorate_round(double *y, int n, double rest, int decimals, enum prorate_rounding how);
#endif
