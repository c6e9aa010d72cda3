/* application_people.c -- who is who: ids of one person, users, and officers who have an interest in an application. */
#include <stdio.h>

#include "secure-store/use/application_impl.h"

/* *known = false: not registered here. */
static enum err_code card_of(struct store *s, struct str id, struct officer *o, bool *known, struct err *e) {
  char text[OFFICER_ID_BYTES];
  struct err unknown;
  *known = false;
  if (id.n >= sizeof text) return E_OK;
  snprintf(text, sizeof text, "%.*s", (int)id.n, id.p);
  const enum err_code code = officer_find(s, text, o, &unknown);
  *known = !code;
  return !code || code == E_OFFICER_UNKNOWN ? E_OK : ERR(e, code, .subject = text);
}
enum err_code use_same_person(struct store *s, struct str a, struct str b, bool *same, struct err *e) {
  struct officer first, second;
  bool one, other;
  *same = str_eq(a, b);
  if (*same) return E_OK;
  TRY(card_of(s, a, &first, &one, e));
  TRY(card_of(s, b, &second, &other, e));
  *same = one && other && officer_same_person(&first, &second);
  return E_OK;
}
enum err_code application_disinterested(struct store *s, const struct application *a, const char *officer, struct err *e) {
  struct str user;
  bool same = false;
  for (int i = 0; !same && row_list_at(a->users, i, &user); i++) TRY(use_same_person(s, user, str_of(officer), &same, e));
  return same ? ERR(e, E_USE_INTERESTED, .subject = officer, .found = a->id) : E_OK;
}
