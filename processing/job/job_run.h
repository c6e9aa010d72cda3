/* job_run.h -- runs one step of a job over the records in memory: selection, by-groups, the method, the counts.
 * Selection the filter is true, and with exclude_rejected the record fails no hard check as last judged. A record whose filter is unknown is not
 *          selected.
 * Groups   records with the same texts in the `by` items; numbered in the order of their texts, so that no number depends on the order of
 *          records. */
#ifndef SHIRABE_PROCESSING_JOB_JOB_RUN_H
#define SHIRABE_PROCESSING_JOB_JOB_RUN_H
#include "processing/edit/edit_run.h"
#include "processing/step/step.h"

/* Narrows the state's shards to one record type; -1 = all of them. */
void job_on_record(struct job_state *j, int record);
enum err_code job_state_init(
    struct job_state *j, struct err *e) NODISCARD; /* the tables; the caller has filled job, arena, form, frame, plan, shards, n_* and run */
enum err_code job_step_run(struct job_state *j, const struct step_spec *s, struct step_report *out, struct err *e) NODISCARD;
/* The records a step works on and their by-groups, as job_step_run selects them. */
enum err_code job_scope(struct job_state *j, const struct step_spec *s, struct step_scope *out, struct err *e) NODISCARD;
/* Derived items (items NULL = all, else those marked) of marked records of all types, in the order of the form. */
enum err_code job_derive_family(struct job_state *j, const uint8_t *marked, const uint8_t *items, struct err *e) NODISCARD;
/* The proposals by record, those of one record in the order they were made. */
enum err_code job_proposals_sorted(const struct job_state *j, struct table *out, struct err *e) NODISCARD;
/* Groups of all records by the texts of `by`; names in their order. */
enum err_code job_groups(
    struct job_state *j, const struct impute_ref *by, int n_by, const uint8_t *selected, struct step_scope *out, struct err *e) NODISCARD;
#endif
