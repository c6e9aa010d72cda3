/* oversight.c -- see oversight.h. */
#include "secure-store/oversight/oversight.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/oversight/inspection.h"
#include "secure-store/oversight/policy.h"
#include "secure-store/store_impl.h"

enum { HOUR_SECONDS = 3600 };

static bool is_verdict(enum err_code code) { return code == E_POLICY_UNSIGNED || code == E_POLICY_REVIEW || code == E_INSPECT_OVERDUE; }
static enum err_code keep(enum err_code code, const struct err *e, enum err_code *verdict, char subject[160]) {
  *verdict = is_verdict(code) ? code : E_OK;
  snprintf(subject, 160, "%.159s", *verdict ? e->subject : "");
  return is_verdict(code) ? E_OK : code;
}
static enum err_code judge(struct store *s, int64_t now, struct err *e) {
  struct oversight_cache c = {.known = true, .records = s->records.leaves.n, .hour = now / HOUR_SECONDS};
  TRY(keep(policy_allows(s, now, NULL, e), e, &c.reading, c.subject[0]));
  if (c.reading) c.writing = c.reading, memcpy(c.subject[1], c.subject[0], sizeof c.subject[1]);
  else TRY(keep(inspection_allows(s, now, NULL, e), e, &c.writing, c.subject[1]));
  s->oversight = c;
  return E_OK;
}
static enum err_code current(struct store *s, struct err *e) {
  int64_t now;
  TRY(store_now(s, &now, e));
  const struct oversight_cache *c = &s->oversight;
  return c->known && c->records == s->records.leaves.n && c->hour == now / HOUR_SECONDS ? E_OK : judge(s, now, e);
}

enum err_code oversight_may_read(struct store *s, struct err *e) {
  if (!store_has_officers(s)) return E_OK;
  TRY(current(s, e));
  return s->oversight.reading ? ERR(e, s->oversight.reading, .subject = s->oversight.subject[0]) : E_OK;
}
enum err_code oversight_may_write(struct store *s, const char *dataset, struct err *e) {
  char object[LOG_OBJECT_BYTES];
  if (!store_has_officers(s) || strcmp(dataset, "blob/contract-certificate") == 0) return E_OK;
  TRY(current(s, e));
  if (!s->oversight.writing) return E_OK;
  (void)ERR(e, s->oversight.writing, .subject = s->oversight.subject[1]);
  snprintf(object, sizeof object, "dataset:%.200s", dataset);
  return store_refuse(s, "data-segment-write", object, e);
}

static void warn(struct store *s, const struct err *warning) {
  if (warning->code) job_problem(s->job, warning);
}
static enum err_code refuse_unlock(struct store *s, bool administration, struct err *e) {
  struct log_leaf leaf;
  struct err problem;
  if (!administration) return store_refuse(s, "key-unlock", "policy:store", e);
  store_log_leaf_begin(s, &leaf, "key-unlock", LOG_NOTE);
  snprintf(leaf.object, sizeof leaf.object, "administration");
  snprintf(leaf.basis, sizeof leaf.basis, "%s", err_name(e->code));
  if (store_log_note(s, &leaf, false, &problem)) return *e = problem, problem.code;
  return E_OK;
}
enum err_code oversight_unlock(struct store *s, bool administration, struct err *e) {
  struct err warning, late;
  int64_t now;
  if (!store_has_officers(s)) return E_OK;
  if (store_now(s, &now, &late)) return E_OK; /* the clock is not believed: nothing is opened before it is, and store_now has left its leaf */
  enum err_code code = policy_allows(s, now, &warning, e);
  if (!code) warn(s, &warning);
  if (is_verdict(code)) code = refuse_unlock(s, administration, e);
  TRY(code);
  code = inspection_allows(s, now, &warning, &late);
  if (!code) warn(s, &warning);
  if (is_verdict(code)) {
    (void)ERR(&warning, E_INSPECT_LATE, .subject = late.subject);
    warn(s, &warning);
  }
  return is_verdict(code) || !code ? E_OK : (*e = late, code);
}
