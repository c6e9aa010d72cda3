/* revision.h -- two runs of one table compared cell by cell.
 * Match    by the codes of the dimensions and the name of the measure. A cell of the new table only is `new`, of the old one only `gone`.
 * Cells    old and new figure as published (rounded by each table's own decimals), difference = new - old, relative = difference / |old| (not
 *          with old
 *          = 0), in standard errors of the old figure (`old_se_units` = difference / se_old) and of the difference when its standard error is
 *          known. That is known here only without overlap of the samples: sqrt(se_old^2 + se_new^2), when `independent` is said; for overlapping
 *          samples a
 *          caller gives the covariance of the cells (`cov`, [cells] in the order of revision_cells(), NULL = not known), and the standard error is
 *          sqrt(se_old^2 + se_new^2 - 2 cov). Nothing is assumed: without either it is not given.
 * Hidden   a figure hidden on either side is compared by its status only: no difference, no relative, no standard error units. A status that changes
 *          between suppressed and shown is a finding of its own (`exposed`: was suppressed, is shown now; then old may be inferred and the
 *          reader is told).
 * Why      what is known to differ: specification, program, form versions, records and content of each dataset, weights, publication rule, profile.
 * Unlike   E_RESULT_UNLIKE when dimensions differ or no measure is common; differing ids or periods are no error (they are printed).
 * Errors   E_NO_MEMORY, E_RESULT_UNLIKE. Memory: the arena. Cost: one merge over both tables in their fixed row order, O(cells). */
#ifndef SHIRABE_ESTIMATORS_REVISION_H
#define SHIRABE_ESTIMATORS_REVISION_H
#include "estimators/table/result_read.h"

enum revision_kind { REVISION_SAME, REVISION_CHANGED, REVISION_NEW, REVISION_GONE, REVISION_STATUS, REVISION_HIDDEN };
const char *revision_kind_name(enum revision_kind k); /* same, changed, new, gone, status_changed, hidden */
struct revision_cell {
  int64_t old_row, new_row; /* -1 = none */
  int old_measure, new_measure;
  enum revision_kind kind;
  bool has_values; /* both are shown: old_value ... are set */
  double old_value, new_value, difference;
  bool has_relative, has_old_se_units, has_difference_se;
  double relative, old_se_units, difference_se, difference_se_units;
  bool exposed, flag_changed, precision_changed; /* mark differs; se, df or limits differ although the figure does not */
};
struct revision_why {
  const char *what, *old_text, *new_text;
};
struct revision_summary {
  int64_t n_cells, n_same, n_changed, n_new, n_gone, n_status, n_hidden, n_exposed, n_flags, n_precision;
  int64_t n_beyond_1_se, n_beyond_2_se; /* |difference| in standard errors of the old figure */
  int n_largest;
  int64_t largest[10]; /* cells with the largest |relative|, then |difference|; index into cells */
  double median_relative, largest_relative; /* of |relative| over cells shown in both */
  bool has_relative;
};
struct revision {
  const struct result_table *old_table, *new_table;
  int64_t n_cells;
  struct revision_cell *cells; /* rows in order, measures within */
  struct revision_summary summary;
  bool digests_known, same_digest;
  int n_why;
  struct revision_why *why;
};
struct revision_options {
  bool independent; /* the two samples share no unit */
  const double *cov;
};
enum err_code revision_compare(struct arena *a, const struct result_table *old_table, const struct result_table *new_table,
    const struct revision_options *o, struct revision *out, struct err *e) NODISCARD;
/* Adds what differs around the tables. */
enum err_code revision_reasons(struct arena *a, const struct result_document *old_document, const struct result_document *new_document,
    struct revision *r, struct err *e) NODISCARD;

/* Codes and statuses of one cell, for any writer. */
struct str revision_code(const struct revision *r, const struct revision_cell *c, int dimension);
const char *revision_measure(const struct revision *r, const struct revision_cell *c);
const char *revision_status(const struct revision *r, const struct revision_cell *c, bool of_new); /* "absent" when the row is not there */
const char *revision_flag(const struct revision *r, const struct revision_cell *c, bool of_new);

void revision_csv(const struct revision *r, struct strbuf *to);
void revision_json(const struct revision *r, struct json_out *j);
#endif
