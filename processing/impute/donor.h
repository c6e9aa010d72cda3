/* donor.h -- nearest donor imputation: flagged items of a record (the recipient) take the values of the most similar complete record (the donor) of
 * its class whose values together satisfy the rules after imputation.
 * Donor      no item of the rules is flagged, missing or (unless accept_negative) negative; the same of the items to match; not excluded by the
 *            caller; with original_only no item of them was imputed before. An item marked to exclude is not given: the record is no donor for who
 *            needs it. A donor need not satisfy the rules itself: what it gives must.
 * Recipient  an item of the rules is flagged; its other items of the rules and its unflagged items to match are usable. Missing but unflagged:
 *            OTHER_MISSING.
 * Match on   the unflagged items of rules that still bind once the good values are put in (donor_match.h), and the unflagged items to match. A
 *            recipient with none takes a donor by draw when `random`, else it is left.
 * Distance   items are ranked over donors and recipients of the class whose value is usable: (rank + (ties-1)/2)/(n+1); distance = largest difference
 *            over the matching items, rounded to 7 decimals, kept as int32 in units of 1e-7.
 * Choice     the n_nearest nearest donors and all at the same distance as the last; in order of distance, ties by hash of (seed, unit ids), the first
 *            whose values satisfy every post-edit. A used-up donor (limit) is passed over; then, and only then, who comes first matters: by unit id,
 *            in bytes.
 * Limit      max(n_limit, round(mrl * ceil(recipients / donors))) uses per donor and class; none when both are 0.
 * Same bits  the result depends on values, flags, seed and unit ids only, never on row order; without a limit a subset of recipients gets the same
 *            donors as long as ranks are taken over the same records (see `ranked`).
 * Missing    by num_table. Errors: E_DONOR_*. Memory: about 8p + 40 bytes per record of the largest class, and the trees: at most 256 bytes per
 *            donor.
 * Cost       per matching set a k-d tree (many recipients) or a scan (few); see donor_index.h.
 * Source     Sande (1979), SMPS; Fellegi and Holt (1976) sec. 5; Statistics Canada, Functional Description of Banff: nearest neighbour, and its
 *            published results as reference values; k-d trees: Friedman, Bentley and Finkel (1977), ACM TOMS 3. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_H
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

enum { DONOR_FLAGGED = 1, DONOR_TO_EXCLUDE = 2, DONOR_WAS_IMPUTED = 4 };
enum donor_outcome {
  DONOR_FOUND,
  DONOR_TOO_FEW,       /* its class has fewer donors than asked for */
  DONOR_NOTHING_TO_MATCH,
  DONOR_POST_EDITS,    /* none of those tried satisfies the post-edits */
  DONOR_FIXED_FAILS,   /* a post-edit fails without any flagged item: no donor can help */
  DONOR_USED_UP,       /* every donor has reached its limit */
  DONOR_OTHER_MISSING, /* an unflagged item is missing or negative */
  DONOR_OUTCOMES
};
const char *donor_outcome_name(enum donor_outcome o);
enum donor_role { ROLE_NONE, ROLE_DONOR, ROLE_RECIPIENT, ROLE_BROKEN /* flagged, and OTHER_MISSING */ };

struct donor_spec {
  const struct linear_system *edits, *post_edits; /* the same variables, in any order; post_edits may be edits itself */
  const int *must_match; /* [n_must_match] columns of the table */
  int n_must_match;
  int n_nearest;         /* >= 1 */
  int min_donors;        /* >= 1 */
  double percent_donors; /* 1 <= . < 100: donors per hundred donors and recipients */
  int n_limit;           /* 0 = none */
  double mrl;            /* 0 = none */
  bool original_only, random, accept_negative;
  uint64_t seed;
  /* Where a donor's values fail: may move the flagged x[] (variables of post_edits) so that they hold; false = it cannot. Checked again afterwards.
   * NULL = none. Must be a pure function of its arguments. */
  bool (*adjust)(void *context, const struct linear_system *post_edits, const bool *flagged, double *x);
  void *adjust_context;
};
struct donor_data {
  const struct num_table *t;
  const uint8_t *flags;          /* [p * n] DONOR_* bits of column j, row i at j * n + i */
  const int32_t *group;          /* [n] 0 .. n_groups-1; NULL = one class */
  int n_groups;
  const uint8_t *not_donor;      /* [n]; NULL = nobody */
  const double *random_number;   /* [n] 0..1 in place of the hash where a donor is drawn; NULL */
  const uint8_t *ranked;         /* [n] 0 = counts for ranks but is not imputed now (subsets); NULL = all are */
};
struct donor_recipient {
  int64_t row, donor;        /* donor -1 unless DONOR_FOUND */
  enum donor_outcome outcome;
  bool drawn;                /* by draw, not by distance */
  int attempts;              /* donors tried, the successful one included */
  int32_t distance;          /* in 1e-7; -1 when drawn or none */
  const double *adjusted;    /* [post_edits->p] values after adjust; NULL = the donor's own */
  int post_edit;             /* the one that rejected the nearest donor or fails as it is; -1 */
  const uint64_t *matching;  /* bit j: column j of the table was matched on; [(p + 63) / 64] */
};
struct donor_class {
  int64_t donors, recipients, served;
  int limit;                 /* 0 = none */
};
struct donor_change {
  int64_t row;
  int column;
  double value;
  int64_t donor;
};
struct donor_result {
  int64_t n_recipients, n_changes;
  struct donor_recipient *recipients; /* by unit id */
  struct donor_class *classes;        /* [n_groups] */
  struct donor_change *changes;       /* of served recipients, in their order, columns ascending */
  int32_t *use;                       /* [n] times a row was a donor */
  double *room;                       /* for adjusted values: [n_recipients * post_edits->p] when adjust is given */
  int64_t *rejections;                /* [post-edits] donors rejected by each */
  uint8_t *role;                      /* [n] enum donor_role */
  int64_t by_outcome[DONOR_OUTCOMES];
};
/* Ranges, equal variables, overlaps; every variable of the edits is a column of t. donor_impute calls it itself. */
enum err_code donor_check(const struct donor_spec *s, const struct donor_data *d, struct err *e) NODISCARD;
/* Does not change the data: the changes are the result. */
enum err_code donor_impute(struct arena *a, const struct donor_spec *s, const struct donor_data *d, struct donor_result *out,
                           struct err *e) NODISCARD;
#endif
