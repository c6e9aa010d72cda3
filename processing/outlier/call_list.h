/* call_list.h -- whom to call back, in which order, and what each call is worth to the published cell.
 * Order    every record whose global score reaches the threshold of its domain, by score; then the records without any prediction for an item
 *          (`unpredicted`) in the same order: nothing says how far that item is off. Ties as in replay.h.
 * Line     the cell with the record's largest local score: item, view, cell; influence = d (y - yhat) in the unit of the item, and in percent of the
 *          cell's divisor; remaining = 100 |sum of d (y - yhat) of the cell's records not yet called| / divisor after this call: the expected
 *          pseudo-bias that calling further would remove. The unpredicted have no cell (-1) and 0 there.
 * Shapes   lines: [n], the first n_lines filled. threshold: [n_domains]; has_threshold false: nobody of the domain is called by score.
 * Errors   those of score.h. Cost O(n log n). Privacy: a line says unit, item and amount; it is for the editors' screen and never for a log. */
#ifndef SHIRABE_PROCESSING_OUTLIER_CALL_LIST_H
#define SHIRABE_PROCESSING_OUTLIER_CALL_LIST_H
#include "processing/outlier/replay.h"
#include "processing/outlier/score.h"

struct call_line {
  int64_t row;
  double score;
  bool unpredicted; /* called for this reason alone */
  int32_t item, view, cell;
  double influence, influence_percent, remaining_percent;
};
struct call_threshold {
  bool has;
  double at;
};
struct call_spec {
  const struct score_spec *score;
  const struct score_result *result;
  const struct str *unit;               /* [n] */
  const int32_t *domain;                /* [n] or NULL: one */
  const struct call_threshold *threshold;
  uint64_t seed;
};
enum err_code call_list(struct call_line *lines, int64_t *n_lines, struct arena *a, const struct call_spec *spec, struct err *e) NODISCARD;
#endif
