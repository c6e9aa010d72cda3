/* rule_analysis.h -- what a set of linear edits says as a whole, before any record is looked at.
 * Rows     the edits as written, then the bounds of variables as rows (`-A <= 0`), of which duplicates stay; `rows` holds them all over free
 *          variables.
 * Proof    every statement is a result of rational arithmetic on the decimals as written (exact_lp.h): no size of constants and no two rules that
 *          are nearly parallel make it untrue. What the work allowed does not settle is NOT_PROVED and said to be so; it is never guessed.
 * Consistent  is there any point that passes? If not, `conflict` is a minimal set of rows that no point satisfies: leaving out any of them helps.
 *          Nothing else is filled then. Neither consistent nor a conflict: not proved.
 * States   each row by what is left when it comes to it: RESTRICTS, REDUNDANT (lies outside), TIGHT (touches, restricts nothing), HIDDEN_EQUALITY
 *          (an inequality that can only hold as an equation), HIDDEN_REDUNDANT (one that others already say). Dropped in a fixed order:
 *          inequalities before hidden equations before equations, the last written inequality first. What remains is `minimal`, hidden equalities
 *          as equations: the same feasible region. Rows NOT_PROVED are kept.
 * Bounds   lower and upper of each variable over all rows (INFINITY = none; NOT where open_lower, open_upper: not proved); determined when they are
 *          one number.
 * Duplicates  duplicate_of[i]: an earlier row with the same left side after scaling, -1 = none; the weaker one of two inequalities is redundant
 *          anyway.
 * Source   Fellegi and Holt (1976); de Waal, Pannekoek and Scholtus (2011), ch. 2; redundancy by linear programming: Telgen (1983), Management
 *          Science 29; minimal conflicts: Gleeson and Ryan (1990), ORSA Journal on Computing 2.
 * Errors   E_RULES_NONE, E_RULES_TOO_MANY (over RULE_ANALYSIS_MAX_ROWS). Cost: about two pushes of the simplex method per row and per variable; at
 *          most RULE_ANALYSIS_WORK products of short numbers (some tens of seconds). */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_ANALYSIS_H
#define SHIRABE_PROCESSING_EDIT_RULE_ANALYSIS_H
#include "processing/edit/linear_edit.h"

enum { RULE_ANALYSIS_MAX_ROWS = 2048 };
#define RULE_ANALYSIS_WORK INT64_C(2000000000)
enum rule_state { RULE_RESTRICTS, RULE_TIGHT, RULE_REDUNDANT, RULE_HIDDEN_EQUALITY, RULE_HIDDEN_REDUNDANT, RULE_NOT_PROVED };
struct rule_analysis {
  struct linear_system rows, minimal;
  bool consistent;
  int n_conflict, *conflict; /* [n_conflict] rows, ascending */
  enum rule_state *state;    /* [rows.m] */
  bool *kept;                /* [rows.m] */
  int *duplicate_of;         /* [rows.m] */
  double *lower, *upper;     /* [p] */
  bool *determined, *open_lower, *open_upper; /* [p] */
};
/* work: RULE_ANALYSIS_WORK, or less to be answered sooner. */
enum err_code rule_analyse_within(struct arena *a, const struct linear_system *s, int64_t work, struct rule_analysis *out,
    struct err *e) NODISCARD;
enum err_code rule_analyse(struct arena *a, const struct linear_system *s, struct rule_analysis *out, struct err *e) NODISCARD;
/* The edits of s followed by its bounds as rows, over free variables. */
enum err_code linear_with_bounds(struct arena *a, const struct linear_system *s, struct linear_system *out, struct err *e) NODISCARD;

/* Edits implied by s: positive combinations that eliminate at least one variable, of which no row can be left out (extremal). In order of the
 * number of combined rows; at most max, no duplicate and none that always holds. Its rows must hold the bounds too: give it `minimal`. *complete:
 * none is missing, so that for any set of variables those of the list and of s that have none of them say all that s says about the others; false:
 * there are more than max (or 4,000), or the work of 4 million pairs did not suffice.
 * Source   Fourier-Motzkin elimination: Duffin (1974), Mathematical Programming Study 1; extremality by rank: Kohler (1967). */
enum err_code rule_implied(struct arena *a, const struct linear_system *s, int max, struct linear_system *out, bool *complete,
    struct err *e) NODISCARD;

/* Extremal points (vertices) of s's region with at most `cardinality` values that are not zero; x is row-major [n * p]. An empty or unpointed
 * region has none.
 * Source   double description: Motzkin, Raiffa, Thompson and Thrall (1953); Chernikova (1965). E_RULES_TOO_MANY beyond RULE_MAX_RAYS rays. */
enum { RULE_MAX_RAYS = 4000 };
struct rule_points {
  int n;
  double *x;
  int *cardinality; /* [n] */
};
enum err_code rule_extremal(struct arena *a, const struct linear_system *s, int cardinality, struct rule_points *out, struct err *e) NODISCARD;
#endif
