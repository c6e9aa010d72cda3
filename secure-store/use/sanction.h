/* sanction.h -- who may not be given data: applicants, people and organisations that misused them, until a date (H2, H3).
 * Rows     object "sanction:ID", one leaf each (record.h); lifted by setting an earlier end, signed by a chief.
 * Match    by folded names (name_check.h), so that full-width letters or another form of a kanji are no way round: an applicant also by the names of
 *          the users, an organisation also as applicant, an officer by person (a second id of his counts). Grants are refused as applications are.
 * Source   spans by act (1 to 12 months, unlimited for a leak): secure.md H3 [F: guidelines on anonymous health databases]; the date is the
 *          decision's.
 * Errors   E_USAGE_VALUE, E_OFFICER_UNKNOWN, E_USE_SANCTION (names the sanction), those of act.h. */
#ifndef SHIRABE_SECURE_STORE_USE_SANCTION_H
#define SHIRABE_SECURE_STORE_USE_SANCTION_H
#include "secure-store/use/application.h"

#define SANCTION_UNLIMITED INT64_C(253402268400) /* the end of the year 9999 in Japan: whole numbers of canonical JSON end at 2^53 */
struct sanction {
  int64_t from;
  char id[ACT_ID_BYTES];
  char reason[ACT_TEXT_BYTES];
  int64_t until;      /* SANCTION_UNLIMITED = no end */
  char who[128];      /* applicant, officer id or organisation */
  char who_kind[16];  /* applicant, officer, organisation */
};
extern const struct row_format sanction_format;
enum err_code sanction_put(struct store *s, const struct sanction *x, const struct act_by *by, struct err *e) NODISCARD;
/* E_USE_SANCTION when the applicant, a user or a user's organisation stands under one at `now`. */
enum err_code sanction_check(struct store *s, const struct application *a, int64_t now, struct err *e) NODISCARD;
/* The same for the person of a grant. */
enum err_code sanction_check_person(struct store *s, const char *person, int64_t now, struct err *e) NODISCARD;
#endif
