/* edit_run.h -- a form's checks over shards of columns: which record fails which check; nothing is changed.
 * Counts   per check: passed + failed + unknown + outside = records. Outside: the check's universe is false. Unknown: universe or expression is
 *          unknown by Kleene logic; an unknown check is not a failed one.
 * Result   failures by record, then check; record numbers run over all shards. The same for any number of threads and any cut into shards.
 * Records  a shard runs the checks of its record type; the checks of other types are marked not_run and have no counts.
 * Groups   a check of group_checks.csv reads the figures of the record's group (group_measure.h); it is judged record by record like any other.
 * Errors   the first one in record order: E_EXPR_OVERFLOW with file, line and row, E_EDIT_NO_COLUMN.
 * Memory   12 bytes per failure, one byte per record, scratch per thread. Cost: see tests/bench/bench_checks.c.
 * Source   edit rules and their three outcomes: Fellegi, I. P. and Holt, D. (1976), A systematic approach to automatic edit and imputation, JASA
 *          71. */
#ifndef SHIRABE_PROCESSING_EDIT_EDIT_RUN_H
#define SHIRABE_PROCESSING_EDIT_EDIT_RUN_H
#include "base/job.h"
#include "forms/form.h"
#include "processing/unit/unit_shard.h"

enum { EDIT_FAILED_HARD = 1, EDIT_FAILED_SOFT = 2, EDIT_FAILED_INFO = 4, EDIT_UNKNOWN_HARD = 8 };

struct edit_count {
  int64_t passed, failed, unknown, outside, divisions_by_zero;
  bool not_run;
};
struct edit_result {
  int n_checks;
  struct edit_count *counts; /* [n_checks] */
  int64_t n_records, n_failures;
  int32_t *check;            /* [n_failures] index into form->checks */
  int64_t *record;           /* [n_failures] from 0 */
  uint8_t *state;            /* [n_records] EDIT_* bits */
};
enum err_code edit_run(const struct job *job, struct arena *a, const struct form *form, const struct unit_shard *shards, int n_shards,
    struct edit_result *out, struct err *e) NODISCARD;
/* Failures as a table: record_no (from 1), check_id, severity, stage ("edited" or "imputed"). */
enum err_code edit_failures_append(
    const struct form *form, const struct edit_result *r, const char *stage, struct table *to, struct err *e) NODISCARD;
enum err_code edit_failures_init(struct arena *a, struct table *out, struct err *e) NODISCARD;
#endif
