/* nim.h -- nearest-neighbour minimum-change imputation of mixed records and households: of the nearest passing units, take as little as makes the
 * failed one pass.
 * Unit     V variables in the order of the rule set: numbers, then categories (their code's place in the list, as a number). A household is one unit
 *          whose variables belong to persons by the layout; its size is the same for all units of a call.
 * Failed   a unit that breaks a hard rule or has a value missing or marked `must`. Donor: no value missing or marked, every hard rule holds.
 * Distance D = sum w_i D_i, D_i in 0..1: numbers min(1, |x - y| / scale), categories 0/1 or a table. A value to be replaced in any case adds nothing.
 * Codes    a category has the places 0 .. n_codes-1; NIM_NOT_APPLICABLE is a number's value that is rightly absent: as far as can be from any other.
 * Persons  a donor's persons are put in the order that is nearest to the failed unit's (assignment of least cost), those before first_free stay;
 *          where the donor so ordered breaks a rule, it is used as it stands.
 * Actions  of each of the n_donors nearest (ties by hash of unit ids): sets of differing variables taken from the donor so that all hard rules hold
 *          and none of them can be left out alone. Size D_fpa = alpha D_fa + (1 - alpha) D_ap = (1 - alpha) D_fp + (2 alpha - 1) D_fa.
 * Choice   among actions with D_fpa <= gamma * smallest, with chance proportional to (smallest / D_fpa)^t, drawn by hash of (seed, unit id).
 * Limits   at most max_nodes steps of the search per donor; a unit for which it was reached says so (truncated), its action still passes.
 * Same bits whatever the order of rows and the subset of failed units. Errors: E_NIM_PARAMETER. Memory: O(n V) and the actions of one unit.
 * Cost     failed * donors * V, persons cubed per pair, and the searches.
 * Source   Bankier, Lachance and Poirier (2000), 2001 Canadian Census minimum change donor imputation methodology, UN/ECE Work Session on Statistical
 *          Data Editing; Bankier (1999), Experience with the New Imputation Methodology. Assignment: Kuhn (1955), Naval Research Logistics 2. */
#ifndef SHIRABE_PROCESSING_IMPUTE_NIM_H
#define SHIRABE_PROCESSING_IMPUTE_NIM_H
#include "processing/edit/rule_set.h"

enum { NIM_MAX_VARIABLES = 512, NIM_MAX_PERSONS = 32, NIM_MAX_ACTIONS = 4096 };
#define NIM_NOT_APPLICABLE (-1e300)
enum nim_outcome { NIM_FOUND, NIM_NO_DONOR, NIM_NO_ACTION };
struct nim_variable {
  double weight;       /* >= 0 */
  double scale;        /* numbers: the difference that counts as 1, > 0 */
  const double *table; /* categories: [n_codes * n_codes] of 0..1; NULL = 0 or 1 */
};
/* Another judge than the clauses of the rule set, which then only tells the variables: rules as they stand in a form (household_judge.h). A failure
 * is named by a number. */
struct nim_judge {
  void *context;
  void (*enter)(void *context, int64_t row);                        /* the unit whose values are tried from here on */
  int (*first_failure)(void *context, const double *x);             /* -1 = none */
  bool (*involves)(void *context, int failure, int variable);       /* may another value of the variable undo the failure? */
};
struct nim_layout { /* n_persons 0: no persons */
  int n_persons, n_person_variables, first_free;
  const int *variable; /* [n_persons * n_person_variables] */
  bool alike;          /* no rule depends on the places of persons: a donor passes in any order */
};
struct nim_spec {
  const struct rule_set *rules;
  const struct nim_variable *variables; /* [V] */
  struct nim_layout layout;
  const struct nim_judge *judge; /* NULL = the clauses of the rules */
  int n_donors;         /* >= 1 */
  double alpha;         /* 0.5 < . <= 1 */
  double gamma;         /* >= 1 */
  double t;             /* >= 0 */
  int64_t max_nodes;    /* >= 1 */
  uint64_t seed;
};
struct nim_data {
  int64_t n;
  const struct str *unit;
  const double *value;    /* [n * V], by unit */
  const uint8_t *must;    /* [n * V] 1 = missing or to be replaced */
  const uint8_t *serve;   /* [n] 0 = do not impute now; NULL = all */
};
struct nim_unit {
  int64_t row, donor;
  enum nim_outcome outcome;
  bool truncated;
  int64_t n_actions, n_near; /* passing actions kept, and those within gamma */
  double size, change;       /* D_fpa, D_fa */
  const int *person;         /* [n_persons] the donor's person that stands at each place */
  const uint8_t *taken;      /* [V] */
  const double *value;       /* [V] after imputation */
};
struct nim_result {
  int64_t n_units, n_donors;
  struct nim_unit *units;    /* failed ones, by unit id */
  int32_t *use;              /* [n] */
};
static inline int nim_variables(const struct rule_set *r) { return r->numeric.p + r->n_categories; }
/* Does the rule hold for values x[V], none missing? */
bool nim_rule_holds(const struct rule_set *rules, const struct rule *r, const double *x);
/* cost: [n * n] row-major; to[i] = column of row i; of equal assignments always the same. n <= NIM_MAX_PERSONS. */
void nim_assign(const double *cost, int n, int *to);
enum err_code nim_impute(struct arena *a, const struct nim_spec *s, const struct nim_data *d, struct nim_result *out, struct err *e) NODISCARD;
#endif
