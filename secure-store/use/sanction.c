/* sanction.c -- see sanction.h. */
#include "secure-store/use/sanction.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/rights/name_check.h"
#include "secure-store/use/application_impl.h"

static const struct field fields[] = {FIELD_FORMAT_NAME, FIELD_OF(struct sanction, from, FIELD_INT), FIELD_OF(struct sanction, id, FIELD_TEXT),
    FIELD_OF(struct sanction, reason, FIELD_TEXT), FIELD_OF(struct sanction, until, FIELD_INT), FIELD_OF(struct sanction, who, FIELD_TEXT),
    FIELD_OF(struct sanction, who_kind, FIELD_TEXT)};
const struct row_format sanction_format = {"shirabe-sanction-1", fields, sizeof fields / sizeof *fields};

/* A sanction of a person nobody knows would stop nobody. */
static enum err_code check(struct store *s, const struct sanction *x, struct err *e) {
  struct officer o;
  static const char *const kinds[] = {"applicant", "officer", "organisation"};
  bool known = false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known = known || strcmp(x->who_kind, kinds[i]) == 0;
  if (!act_id_ok(x->id)) return ERR(e, E_DISPOSAL_ID, .subject = x->id, .expected = "2 to 40 of a-z 0-9 -");
  if (!known) return ERR(e, E_USAGE_VALUE, .subject = "--who-kind", .expected = "applicant, officer or organisation");
  if (!x->who[0]) return ERR(e, E_USAGE_VALUE, .subject = "--who", .expected = "applicant, officer id or organisation");
  if (!x->reason[0]) return ERR(e, E_USAGE_VALUE, .subject = "--reason", .expected = "the act and the decision");
  if (strcmp(x->who_kind, "officer") == 0) TRY(officer_find(s, x->who, &o, e));
  return x->until > x->from ? E_OK : ERR(e, E_USAGE_VALUE, .subject = "--until", .expected = "a date after the beginning");
}
enum err_code sanction_put(struct store *s, const struct sanction *x, const struct act_by *by, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  snprintf(object, sizeof object, "sanction:%.40s", act_id_ok(x->id) ? x->id : "?");
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  if (check(s, x, e)) return act_refuse(s, "policy-set", object, e);
  struct act a = {.action = "policy-set", .object = object, .kind = "policy", .any_of = ROLE_BIT(LOG_ROLE_CHIEF)};
  return act_row(s, &a, &sanction_format, x, by, e);
}

/* --- whom it hits --- */

static enum err_code hits_person(struct store *s, const struct sanction *x, struct str person, bool *hit, struct err *e) {
  char id[OFFICER_ID_BYTES];
  struct officer o;
  struct err unknown;
  *hit = false;
  if (strcmp(x->who_kind, "officer") == 0) return use_same_person(s, person, str_of(x->who), hit, e);
  if (person.n >= sizeof id) return E_OK;
  snprintf(id, sizeof id, "%.*s", (int)person.n, person.p);
  const enum err_code code = officer_find(s, id, &o, &unknown);
  if (code == E_OFFICER_UNKNOWN) return E_OK; /* the text alone is what there is */
  if (code) return ERR(e, code, .subject = id);
  *hit = strcmp(x->who_kind, "organisation") == 0 ? name_same(o.organisation, x->who) : name_same(o.name, x->who);
  return E_OK;
}
static enum err_code hits(struct store *s, const struct sanction *x, const struct application *a, bool *hit, struct err *e) {
  struct str user;
  *hit = strcmp(x->who_kind, "officer") != 0 && name_same(x->who, a->applicant);
  for (int i = 0; !*hit && row_list_at(a->users, i, &user); i++) TRY(hits_person(s, x, user, hit, e));
  return E_OK;
}
static bool stands(const struct sanction *x, int64_t now) { return now >= x->from && now < x->until; }
enum err_code sanction_check(struct store *s, const struct application *a, int64_t now, struct err *e) {
  struct sanction x;
  struct record r;
  bool found = true, hit;
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, "sanction:", &from, &sanction_format, &x, &found, &r, e));
    if (!found || !stands(&x, now)) continue;
    TRY(hits(s, &x, a, &hit, e));
    if (hit) return ERR(e, E_USE_SANCTION, .subject = x.id, .found = x.who);
  }
  return E_OK;
}
enum err_code sanction_check_person(struct store *s, const char *person, int64_t now, struct err *e) {
  struct sanction x;
  struct record r;
  bool found = true, hit;
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, "sanction:", &from, &sanction_format, &x, &found, &r, e));
    if (!found || !stands(&x, now)) continue;
    TRY(hits_person(s, &x, str_of(person), &hit, e));
    if (hit) return ERR(e, E_USE_SANCTION, .subject = x.id, .found = x.who);
  }
  return E_OK;
}
