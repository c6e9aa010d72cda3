/* intake_change.h -- corrections at the office that owns the records: a file whose keys are known replaces the current versions; a withdrawal
 * names one record.
 * Rule     a row whose keys have a current record becomes R against it; the same content is no correction and changes nothing; other keys are
 *          rejected, or with `supplementary` added (and a withdrawn record is reported again). Both versions stay; readers see the new one
 *          (version_store.h).
 * Errors   problems of rows go to the job's sink (E_CHANGE_*); E_CHANGE_NO_RECORD and E_CHANGE_REASON stop a withdrawal. */
#ifndef SHIRABE_COLLECTOR_INTAKE_CHANGE_H
#define SHIRABE_COLLECTOR_INTAKE_CHANGE_H
#include "collector/intake.h"

struct withdraw_request {
  const char *period, *reason; /* a code of withdraw_reasons */
  const char *const *keys;     /* "item=value", one per key item of the form, in any order */
  int n_keys;
  struct str key_text;         /* instead of keys: record_key text; p NULL = not given */
  const uint8_t *base;         /* the version meant; NULL = the current one. Another one is current: E_CHANGE_NO_RECORD */
  const char *const *sets;     /* intake_correct_one: "item=value" as a file's cells hold it */
  int n_sets;
  const char *asked_by;        /* id of the query or amendment of an office above that this answers; NULL = the office's own will */
  bool marks; /* sets may be the marks of batch records: \N, \U, \R */
};
struct withdraw_report {
  int64_t id;
  bool already; /* it was withdrawn before; nothing changed */
};
enum err_code intake_withdraw(const struct job *job, struct store *s, const char *forms, const struct form *form,
                              const struct withdraw_request *request, struct withdraw_report *out, struct err *e) NODISCARD;
/* One record with some items changed, as a correction of its own. `already`: the record holds these values. */
enum err_code intake_correct_one(const struct job *job, struct store *s, const char *forms, const struct form *form,
                                 const struct withdraw_request *request, struct withdraw_report *out, struct err *e) NODISCARD;
/* Either of the two (sets given: the correction) in the caller's transaction, under the caller's access log entry. */
enum err_code intake_change_inside(struct store *s, const char *forms, const struct form *form, const struct withdraw_request *request, int64_t access,
                                   struct withdraw_report *out, struct err *e) NODISCARD;
/* "item=value" per key item, read as a file's cells are, as record_key text. E_CHANGE_NO_RECORD names the key items. */
enum err_code intake_key_text(struct arena *a, const struct form *form, const char *const *keys, int n_keys, struct strbuf *out,
                              struct err *e) NODISCARD;
#endif
