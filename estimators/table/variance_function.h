/* variance_function.h -- a generalised variance function over the cells of one measure of a result table.
 * Cells    shown figures above 0 with a standard error above 0; hidden ones are not read. A standard error below 1e-9 of its figure is that of a
 *          figure that is known (a census, a calibrated total), not of an estimate. Rows with a total _T are cells like others, since they widen
 *          the range of sizes, unless `inner`. Figures as the file has them: rounded totals fit as rounded.
 * Measure  a total or a count: the table says that it is additive, or its name is total(...) or count(...) (CSV does not say).
 * Sizes    variance_sizes: 1, 2, 5, 10 ... from below the smallest to above the largest cell used; powers of ten, or every so many of them,
 *          where that would be more than VARIANCE_LADDER.
 * Errors   E_GVF_MEASURE, E_GVF_NOT_TOTAL, those of gvf_fit; with the file or id as their place. Memory: the arena. Cost O(rows). */
#ifndef SHIRABE_ESTIMATORS_TABLE_VARIANCE_FUNCTION_H
#define SHIRABE_ESTIMATORS_TABLE_VARIANCE_FUNCTION_H
#include "estimators/table/result_table.h"
#include "estimators/variance/gvf.h"

enum variance_cell {
  VARIANCE_USED,
  VARIANCE_DROPPED,   /* too far from the line */
  VARIANCE_MARGIN,    /* a total, left out because `inner` */
  VARIANCE_HIDDEN,    /* suppressed, unreliable, undefined, not applicable */
  VARIANCE_NO_ERROR,  /* no standard error stands beside the figure */
  VARIANCE_KNOWN,     /* standard error 0 */
  VARIANCE_NOT_ABOVE, /* figure 0 or below */
  VARIANCE_CELLS
};
enum { VARIANCE_LADDER = 40 };
struct variance_request {
  struct gvf_spec fit;
  const char *measure; /* NULL = the first total or count */
  bool inner;
  const char *place; /* file or id, for errors */
};
struct variance_function {
  const struct result_table *table;
  int measure;
  struct gvf gvf;
  uint8_t *cell;                 /* [n_rows] enum variance_cell */
  int64_t count[VARIANCE_CELLS]; /* they add up to n_rows */
  int64_t n_margins;             /* of those used */
  double smallest, largest;      /* sizes of cells used */
};
enum err_code variance_function(
    struct arena *a, const struct result_table *t, const struct variance_request *q, struct variance_function *out, struct err *e) NODISCARD;
/* Fills at [VARIANCE_LADDER]; returns how many. */
int variance_sizes(const struct variance_function *v, double *at);
bool variance_inside(const struct variance_function *v, double size); /* between the smallest and the largest cell used */
const char *variance_cell_name(uint8_t cell);                         /* for JSON: "used", "dropped" ... */
#endif
