/* result_read.h -- result tables read back from what this program wrote: JSON of `estimate table`, of `estimate run`, of a kept table; long CSV.
 * JSON     one table, an array of tables, or a document with "tables" (then also spec_hash, program, datasets and weights: where it came from).
 * CSV      the long form (measure, value, se, cv, df, [low, high, confidence, deff, flag,] n, status, reason); dimensions are the columns before
 *          `measure`. It knows no titles, units or notes; figures are as rounded.
 * Checked  every row has the same dimensions and measures in the same order; no two rows the same key; a figure stands if and only if its status is
 *          "shown"; no se without a figure; numbers are finite, counts not negative; unknown keys are refused with their name, so that a file of
 *          a later
 *          version is not misread in silence.
 * Shapes   JSON: about 60,000 figures (the reader's 96 MiB). At most RESULT_READ_ROWS rows, RESULT_MAX_DIMENSIONS, RESULT_MAX_MEASURES,
 *          RESULT_READ_TABLES tables. Memory: the arena; cost: linear
 *          (sorting for equal keys n log n).
 * Limits   a number of 2^63 or more is written without exponent and point, and then refused by the reader of JSON.
 * Errors   E_RESULT_JSON with the place inside the document as subject ("rows[12].measures.total.se"), never a value; those of JSON and CSV
 *          reading. */
#ifndef SHIRABE_ESTIMATORS_RESULT_READ_H
#define SHIRABE_ESTIMATORS_RESULT_READ_H
#include "estimators/table/result_table.h"

enum { RESULT_READ_ROWS = 1 << 20, RESULT_READ_TABLES = 256, RESULT_READ_DATASETS = 64 };
struct result_source { /* one dataset of the lineage */
  const char *dataset, *form_hash;
  int64_t rows, shards;
  const char *content; /* the content hashes of its shards in order, joined by one space; for comparing, not for reading */
};
struct result_weights {
  bool present;
  int64_t units, strata, take_all, sampled, exceptions;
  double smallest, largest, sum;
};
struct result_document {
  int n_tables;
  struct result_table **tables;
  const char *spec_hash, *program; /* "" = not known */
  int n_sources;
  struct result_source *sources;
  struct result_weights weights;
};
enum err_code result_read_json(
    struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) NODISCARD;
enum err_code result_read_csv(struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) NODISCARD;
/* JSON when the first byte that is no blank is { or [, else CSV. */
enum err_code result_read(struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) NODISCARD;
/* E_RESULT_JSON when two rows have the same codes; sets the row order of result_table.h. */
enum err_code result_read_order(struct result_table *t, const char *file, struct err *e) NODISCARD;
#endif
