/* result_table.h -- the one columnar result type: dimension columns, measure columns with standard error and cv, unweighted n, reasons of
 *    suppression.
 * Shapes   every array is [n_rows]. Row order is fixed: dimensions left to right; the total `_T` first, then codes of digits by value, then
 *          others in binary order.
 * Codes    `_T` total, `_U` unknown or blank, `_Z` not applicable (the special codes of SDMX).
 * Missing  a status per value; a value, se or cv under another status than RESULT_SHOWN is 0 and must not be read.
 * Memory   arena. Cost: writing is linear. Nothing here prints: texts go to a strbuf. */
#ifndef SHIRABE_ESTIMATORS_RESULT_TABLE_H
#define SHIRABE_ESTIMATORS_RESULT_TABLE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_out.h"
#include "base/str.h"
#include "estimators/sdc/sdc_rule.h"

/* RESULT_UNRELIABLE: taken away by the publication rule (too large an error, too few units), not to protect anyone. */
enum result_status { RESULT_SHOWN, RESULT_SUPPRESSED, RESULT_NOT_APPLICABLE, RESULT_UNDEFINED, RESULT_UNRELIABLE };
enum { RESULT_STATUSES = 5 };
const char *result_status_name(uint8_t status);

struct result_dimension {
  const char *name;
  struct str *code; /* [n_rows] */
};
struct result_measure {
  const char *name, *unit;
  int decimals; /* shown; -1 = shortest text of the double */
  bool additive; /* sums over a dimension are meaningful: counts and totals */
  double *value, *se, *cv;
  int64_t *df;
  uint8_t *status; /* enum result_status */
  uint8_t *has_se; /* 0 none, 1 sampling error, 2 response of a take-all stratum taken as sampling */
  const char **reason; /* why suppressed or undefined; NULL = none */
  struct sdc_judgement *judged, *judged_y; /* primary rules on all contributions per row; of the denominator; NULL = none. Not written. */
  double *low, *high, *deff;       /* limits of the interval and design effect; NULL = not kept */
  uint8_t *has_interval, *has_deff; /* 0 = none in that row (no degrees of freedom, no standard error) */
  double confidence;               /* 0.95; of low and high */
  const char **flag;               /* mark by the publication rule, NULL = none; the array NULL = no rule */
  double tail;                     /* of a quantile p: min(p, 1 - p); 0 = no quantile. Judged, never written. */
  int64_t *n_used;                 /* units whose value entered the figure, per row; NULL = the row's n. Judged, never written. */
};
/* A mark of the publication rule and what it means: the legend of the table. */
struct result_mark {
  const char *mark, *ja, *en;
};
struct result_table {
  struct arena *arena;
  const char *id, *title_ja, *title_en, *survey, *form, *period, *profile;
  int64_t n_rows;
  int n_dimensions, n_measures, n_row_dimensions; /* the first n_row_dimensions stand at the side of the wide form */
  struct result_dimension *dimensions;
  struct result_measure *measures;
  int64_t *n; /* unweighted units */
  int64_t *n_owners; /* units after merging those of one owner; NULL = n. Judged, never written. */
  uint8_t *n_status;
  uint64_t *unit_set; /* of each row: a sum over its records that tells equal sets of them; NULL = not known. Never written. */
  const char *refusal; /* why this table may not be released; NULL = it may, as far as this layer knows */
  int n_notes;
  const char **notes; /* exceptions, collapses, method labels: printed with the table */
  int n_marks;
  struct result_mark *marks; /* NULL = no publication rule */
  const char *rule;          /* name of the publication rule; NULL = none */
  const char *digest;        /* 64 hex digits over table_digest.h; NULL = not worked out. JSON only, with the units and decimals of the measures */
};

enum { RESULT_MAX_DIMENSIONS = 8, RESULT_MAX_MEASURES = 32, RESULT_MAX_NOTES = 256 };
enum err_code result_table_new(
    struct arena *a, const char *id, int64_t n_rows, int n_dimensions, int n_measures, struct result_table **out, struct err *e) NODISCARD;
enum err_code result_keep_judgements(struct result_table *t, int measure, bool denominator, struct err *e) NODISCARD; /* makes judged, judged_y */
enum err_code result_keep_precision(struct result_table *t, int measure, double confidence, struct err *e) NODISCARD; /* low ... has_deff */
void result_note(struct result_table *t, const char *note); /* copied; beyond RESULT_MAX_NOTES the last one says so */
int result_find_measure(const struct result_table *t, const char *name); /* -1 */
int result_find_dimension(const struct result_table *t, const char *name);
int result_code_cmp(struct str a, struct str b); /* the fixed order of codes */
/* Rows into their fixed order. */
enum err_code result_sort(struct result_table *t, struct err *e) NODISCARD;
/* First row whose codes are all equal; -1. */
int64_t result_find_row(const struct result_table *t, const struct str *codes);
/* The value as shown: rounded text, "" when not shown. */
struct str result_text(const struct result_measure *m, int64_t row, char *buffer, size_t size);
void result_hide(struct result_measure *m, int64_t row, const char *reason);
/* The same for a figure that the publication rule takes away; `mark` stands in its place (NULL = none). */
void result_withhold(struct result_measure *m, int64_t row, const char *mark, const char *reason);
enum err_code result_keep_flags(struct result_table *t, int measure, struct err *e) NODISCARD; /* makes flag */

/* Columns for intervals (low, high, confidence), design effects (deff) and marks (flag) stand only in tables with a measure that keeps them. */
/* Long form: dimensions..., measure, value, se, cv, df, [low, high, confidence, deff, flag,] n, status, reason: one line per row and measure. */
void result_csv_long(const struct result_table *t, struct strbuf *to);
/* One line per row: dimensions..., x, x_se, x_cv, [x_low, x_high, x_deff, x_flag,] x_status, ..., n. */
void result_csv_rows(const struct result_table *t, struct strbuf *to);
/* Wide form: row dimensions down, the other dimensions across, one measure; a measure with marks has a column of them after each of figures. */
enum err_code result_csv_wide(const struct result_table *t, int measure, struct strbuf *to, struct err *e) NODISCARD;
void result_json(const struct result_table *t, struct json_out *j);
#endif
