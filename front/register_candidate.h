/* register_candidate.h -- a table that was made elsewhere (an annual table, an edition of a prefecture, a paper publication of old) as a
 * register entry. Table    as for `use output` (estimators/sdc/outcheck_table.h): measure, kind, value, n, status, dimensions; measures named as
 * in the survey's own tables
 *          ("count()", "total(beds_total)"), so that they meet.
 * Records  CSV: the keys of a record type of the form, the dimensions of the table, perhaps `period` (where a year is made of months). NULL =
 * units unknown. Errors   E_REGISTER_FILE, those of the form reader. Memory: the arena. */
#ifndef SHIRABE_FRONT_REGISTER_CANDIDATE_H
#define SHIRABE_FRONT_REGISTER_CANDIDATE_H
#include "estimators/sdc/register/register.h"
#include "secure-store/store.h"

struct candidate_files {
  const char *survey, *period, *form; /* "vital", "2025", "birth" */
  const char *table, *records; /* paths; records NULL = none */
  const char *id; /* of the table; NULL = the name of its file */
  const char *profile, *region; /* region "dimension=code" or NULL */
};
/* Appends the released outputs about a form and period (secure-store/output): units unknown, every count under the measure "count()". */
enum err_code register_outputs(struct store *s, struct arena *a, const char *survey, const char *form, const char *period,
    const struct register_entry ***list, int *n, struct err *e) NODISCARD;
enum err_code register_candidate(
    struct store *s, struct arena *a, const struct candidate_files *q, struct register_entry *out, struct err *e) NODISCARD;
#endif
