/* cmd_process_join.h -- what stands beside the records of a run: the same units in the previous period and in the register, parents and children
 * where the form has several record types. For cmd_process_core.c only.
 * Types    each record type is joined with its own records of the previous period, by its keys; with the register where it carries the register's
 *          keys.
 * Derived  items whose expression reads other record types cannot be known when one file is taken in: they are worked out when the records are
 *          joined, before the first judgement,
 *          and stand in the change log with job step "join". The stage edited holds the records as received.
 * Orphans  E_CHILD_NO_PARENT and one proposal per record; parents without children: E_PARENT_NO_CHILD. None is dropped. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_JOIN_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_JOIN_H
#include "processing/command/cmd_process_io.h"
#include "processing/job/job_run.h"

/* Keys of all record types. */
enum err_code process_add_keys(const struct form *f, struct name_set *s, struct err *e) NODISCARD;
/* Index over the records of the form's first type by its keys. */
enum err_code process_index(
    struct arena *a, const struct form *f, const struct process_data *d, const char *what, struct unit_index **out, struct err *e) NODISCARD;
/* Two records of one type with the same keys stop the run: E_UNIT_DUPLICATE. */
enum err_code process_unique(struct arena *a, const struct form *f, const struct process_data *d, struct err *e) NODISCARD;
struct process_other {
  const struct form *form; /* of the other dataset */
  const struct process_data *data;
  const char *what;
  const struct name_set *names;
  bool frame;
};
enum err_code process_align(struct arena *a, const struct form *f, const struct process_other *o, struct unit_shard *shards, int64_t n,
    struct unit_match *match, struct err *e) NODISCARD;
/* Into j->family; NULL where the form has one record type. */
enum err_code process_family(struct job_state *j, struct unit_shard *shards, int n, struct err *e) NODISCARD;
/* Once the state's tables are made: derived items across types, orphans. */
enum err_code process_joined(struct job_state *j, struct err *e) NODISCARD;
#endif
