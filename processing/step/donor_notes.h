/* donor_notes.h -- what a donor step says about its donors, as notes of the step.
 * Notes    donors_used (different ones), donor_uses (recipients served), donor_most_used, donor_attempts (donors tried, over all recipients),
 *          distance_p50, _p95 and _max of the served ones found by distance (in 10^-7 of the ranks' range; the least value at or below which p %
 *          lie), classes_without_donors (by-groups with recipients). */
#ifndef SHIRABE_PROCESSING_JOB_DONOR_NOTES_H
#define SHIRABE_PROCESSING_JOB_DONOR_NOTES_H
#include "processing/impute/donor.h"
#include "processing/step/step.h"

/* n: rows of the data. Scratch 4 bytes per recipient. */
enum err_code donor_notes(struct arena *a, const struct donor_result *d, int64_t n, int n_groups, struct step_report *r, struct err *e) NODISCARD;
#endif
