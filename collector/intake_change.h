/* intake_change.h -- corrections at the office that owns the records: a file whose keys are known replaces the current versions; a withdrawal names one record.
 * Rule     a row whose keys have a current record becomes R against it; the same content is no correction and changes nothing; other keys are rejected, or with
 *          `supplementary` added (and a withdrawn record is reported again). Both versions stay; readers see the new one (version_store.h).
 * Errors   problems of rows go to the job's sink (E_CHANGE_*); E_CHANGE_NO_RECORD and E_CHANGE_REASON stop a withdrawal. */
#ifndef SHIRABE_COLLECTOR_INTAKE_CHANGE_H
#define SHIRABE_COLLECTOR_INTAKE_CHANGE_H
#include "collector/intake.h"

struct withdraw_request {
  const char *period, *reason; /* a code of withdraw_reasons */
  const char *const *keys;     /* "item=value", one per key item of the form, in any order */
  int n_keys;
};
struct withdraw_report {
  int64_t id;
  bool already; /* it was withdrawn before; nothing changed */
};
enum err_code intake_withdraw(const struct job *job, struct store *s, const char *forms, const struct form *form, const struct withdraw_request *request,
                              struct withdraw_report *out, struct err *e) NODISCARD;
#endif
