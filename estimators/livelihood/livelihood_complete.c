/* livelihood_complete.c -- livelihood_records.h: do the records of persons suffice for figures about persons? */
#include <inttypes.h>
#include <stdio.h>

#include "estimators/livelihood/livelihood_records.h"

enum { NUMBERS = 10000, UNITS = 100, DISTRICTS = 100000 }; /* parts of a key: household, unit area, district */

static enum err_code not_complete(
    const struct livelihood_records *r, const struct survey_columns *c, const char *item, const char *expected, int64_t h, struct err *e) {
  char subject[96];
  const int64_t k = r->key[h];
  snprintf(subject, sizeof subject, "%s (%02" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 ")", item, k / NUMBERS / UNITS / DISTRICTS,
      k / NUMBERS / UNITS % DISTRICTS, k / NUMBERS % UNITS, k % NUMBERS);
  return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = r->row[h] + 1, .subject = subject, .expected = expected);
}
/* most: the records may be fewer than the members (who gave no answer), never more. */
static enum err_code check_members(const struct livelihood_records *r, const struct livelihood_source *s, enum livelihood_form form,
    const int32_t *records, bool most, struct err *e) {
  int64_t n = 0, first = -1;
  char expected[96];
  for (int64_t h = 0; h < r->n; h++) {
    if (most ? records[h] <= r->members[h] : records[h] == r->members[h]) continue;
    if (n++ == 0) first = h;
  }
  if (n == 0) return E_OK;
  snprintf(expected, sizeof expected, "%s %" PRId32 " (%s; %" PRId64 " / %" PRId64 ")", most ? ">=" : "=", records[first],
      livelihood_form_name(form), n, r->n);
  return not_complete(r, s->form[LIVELIHOOD_HOUSEHOLD], "members", expected, first, e);
}
static enum err_code check_heads(const struct livelihood_records *r, const struct livelihood_source *s, struct err *e) {
  int64_t n = 0, first = -1;
  char expected[96];
  for (int64_t h = 0; h < r->n; h++)
    if (r->heads[h] != 1 && n++ == 0) first = h;
  if (n == 0) return E_OK;
  snprintf(expected, sizeof expected, "01 x 1 (01 x %" PRId32 "; %" PRId64 " / %" PRId64 ")", r->heads[first], n, r->n);
  return not_complete(r, s->form[LIVELIHOOD_HOUSEHOLD], "relation", expected, first, e);
}
enum err_code livelihood_complete(const struct livelihood_records *r, const struct livelihood_source *s, struct err *e) {
  static const enum livelihood_form forms[] = {LIVELIHOOD_PERSON, LIVELIHOOD_HEALTH};
  for (int k = 0; k < 2; k++)
    if (r->twice[forms[k]] >= 0)
      return ERR(e, E_LIVELIHOOD_TWICE, .file = s->form[forms[k]]->place, .line = r->twice[forms[k]] + 1, .subject = livelihood_form_name(forms[k]));
  if (r->has_persons) TRY(check_members(r, s, LIVELIHOOD_PERSON, r->persons, false, e));
  if (r->has_persons) TRY(check_heads(r, s, e));
  return r->has_health ? check_members(r, s, LIVELIHOOD_HEALTH, r->healths, true, e) : E_OK;
}
