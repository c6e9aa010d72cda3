/* check_tables.h -- rows of job_state.statistics, and the six tables of check_stats.h in them: for all records, by-groups and sending offices.
 * Row      one count; none is written for 0. weighted: decimal text with 6 places, left blank where the job has no weight.
 * Office   the sender of the shard a record came in; records of shards without one are in no office. Offices in the order of their ids. */
#ifndef SHIRABE_PROCESSING_JOB_CHECK_TABLES_H
#define SHIRABE_PROCESSING_JOB_CHECK_TABLES_H
#include "processing/edit/check_stats.h"
#include "processing/step/step.h"

struct statistic_writer {
  struct table *to;
  const char *step;
  const struct str *class, *office; /* NULL = all */
  bool weighted;
};
struct statistic_row {
  const char *table;
  int edit;                  /* from 1, 0 = none */
  const char *name, *status; /* "" = none */
  int64_t n;
  const char *weighted;
};
enum err_code statistic_put(const struct statistic_writer *w, const struct statistic_row *row, struct err *e) NODISCARD;

struct job_offices {
  int32_t n;
  const struct str *ids;
  int32_t *of_record; /* [n_records] -1 = none */
};
enum err_code job_offices(struct job_state *j, struct job_offices *out, struct err *e) NODISCARD;
/* Counts and writes; *all = all records. E_METRICS_NO_CHECK when the step names none. */
enum err_code check_tables_run(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct check_stats *all, struct err *e) NODISCARD;
/* sum in 10^-9 as a decimal text of 6 places, half away from zero; E_IMPUTE_OVERFLOW when it leaves 64 bits. */
enum err_code weight_text(sum_int sum, char out[64], struct err *e) NODISCARD;
#endif
