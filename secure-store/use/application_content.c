/* application_content.c -- what an application must say before anybody reviews it (申出の形式). */
#include <stdio.h>
#include <string.h>

#include "secure-store/use/application_impl.h"
#include "secure-store/use/application_items.h"

static enum err_code lacks(const char *field, const char *expected, struct err *e) { return ERR(e, E_USE_FIELD, .subject = field,
    .expected = expected); }
static bool one_of(const char *text, const char *const *words) {
  for (; *words; words++)
    if (strcmp(text, *words) == 0) return true;
  return false;
}
static bool in_list(const char *list, const char *entry) {
  struct str line;
  for (int i = 0; row_list_at(list, i, &line); i++)
    if (str_eq(line, str_of(entry))) return true;
  return false;
}
static bool hash_text(const char *text) { return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64; }

static bool is_public(const struct application *a) {
  struct str area;
  return strcmp(a->applicant_kind, "public") == 0 || use_area_code(a->applicant_kind, &area);
}

/* Officer ids: a pledge names one, followed by a space. */
static enum err_code users(const struct application *a, struct err *e) {
  struct str user, other;
  if (!a->users[0]) return lacks("user", "every person who will see the data", e);
  for (int i = 0; row_list_at(a->users, i, &user); i++) {
    if (memchr(user.p, ' ', user.n)) return lacks("user", "the id of an officer, without spaces", e);
    for (int k = 0; k < i && row_list_at(a->users, k, &other); k++)
      if (str_eq(user, other)) return lacks("user", "each person once", e);
  }
  return E_OK;
}
static enum err_code who(const struct application *a, struct err *e) {
  static const char *const kinds[] = {"public", "legal", "individual", NULL};
  struct str area;
  if (!a->applicant[0]) return lacks("applicant", "name of the body or person", e);
  if (!one_of(a->applicant_kind, kinds) && !use_area_code(a->applicant_kind, &area))
    return lacks("applicant-kind", "public, local:CODE (area code of 2, 5 or 6 digits), legal or individual", e);
  if (!a->section[0]) return lacks("section", "section of the applicant", e);
  if (!a->contact[0]) return lacks("contact", "office and telephone", e);
  if (strcmp(a->applicant_kind, "individual") != 0 && !a->representative[0]) return lacks("representative", "who represents the body", e);
  if (!is_public(a) && !hash_text(a->identity_sha256)) return lacks("identity-sha256", "SHA-256 of the identity documents",
      e);
  TRY(users(a, e));
  static const char *const declared[] = {"no-offence", "no-gang", "no-misuse", NULL};
  for (int i = 0; declared[i]; i++)
    if (!in_list(a->declarations, declared[i])) return lacks("declaration", declared[i], e);
  return E_OK;
}

/* Necessity is answered item by item: "birth_weight: distribution by week of pregnancy". */
static enum err_code items(const struct application *a, struct err *e) {
  struct str line, item, why;
  int n = 0;
  for (; row_list_at(a->items, n, &line); n++) {
    if (!use_item_split(line, &item, &why)) return lacks("item", "ITEM: why it is needed", e);
  }
  return n > 0 ? E_OK : lacks("item", "ITEM: why it is needed", e);
}

static enum err_code what_for(const struct application *a, struct err *e) {
  enum grant_basis basis;
  if (!a->title[0]) return lacks("title", "title of the study or work", e);
  if (!a->purpose[0]) return lacks("purpose", "what it is for", e);
  if (!a->need[0]) return lacks("need", "why published tables do not do", e);
  if (!a->analysis[0]) return lacks("analysis", "method and planned tables", e);
  if (!grant_basis_parse(str_of(a->basis), &basis)) return lacks("basis", "32-i, 32-ii, 33-1-i-stat, 33-1-i-research, 33-1-i-list, 33-1-ii, 33-2, "
    "34, 36", e);
  const bool for_public = basis == BASIS_33_1_I_STAT || basis == BASIS_33_1_I_RESEARCH || basis == BASIS_33_1_I_LIST;
  if (for_public && !is_public(a)) return lacks("basis", "33-1-i is for public bodies; for others 33-1-ii, 33-2, 34 or 36", e);
  if (!a->datasets[0]) return lacks("dataset", "survey/form/period", e);
  if (!a->rows[0]) return lacks("rows", "row range, or all", e);
  if (!a->publication[0]) return lacks("publication", "where and when, or internal", e);
  return items(a, e);
}

/* The short yearly route: a report of a public body or its administration, published in that report or internal only. */
static enum err_code route(const struct application *a, struct err *e) {
  if (strcmp(a->route, "ordinary") == 0) return E_OK;
  if (strcmp(a->route, "regular") != 0) return lacks("route", "regular or ordinary", e);
  if (!is_public(a)) return lacks("route", "ordinary: the regular route is for public bodies", e);
  return strncmp(a->publication, "report", 6) == 0 || strcmp(a->publication, "internal") == 0
      ? E_OK
      : lacks("publication", "report..., or internal: anything else needs the ordinary route", e);
}

static enum err_code how(const struct application *a, int64_t now, struct err *e) {
  static const char *const networks[] = {"none", "closed", "internet", NULL};
  if (a->from <= 0 || a->until <= a->from) return lacks("until", "a period that ends after it begins", e);
  if (a->until <= now) return lacks("until", "a date that lies ahead", e);
  if (!a->place[0]) return lacks("place", "where the data are used", e);
  if (!a->machine[0]) return lacks("machine", "the machine they are used on", e);
  if (!one_of(a->network, networks)) return lacks("network", "none, closed or internet", e);
  if (!a->erasure[0]) return lacks("erasure", "how the data are erased at the end", e);
  if (!a->outsourcing[0]) return lacks("outsourcing", "to whom, or none", e);
  return a->holdings[0] ? E_OK : lacks("holdings", "other microdata held at the same time, or none", e);
}

enum err_code application_complete(const struct application *a, int64_t now, struct err *e) {
  TRY(who(a, e));
  TRY(what_for(a, e));
  TRY(route(a, e));
  return how(a, now, e);
}

bool application_all_pledged(const struct application *a) {
  struct str user, pledge, rest;
  for (int i = 0; row_list_at(a->users, i, &user); i++) {
    bool pledged = false;
    for (int k = 0; !pledged && row_list_at(a->pledges, k, &pledge); k++) pledged = str_eq(str_split(pledge, ' ', &rest), user);
    if (!pledged) return false;
  }
  return true;
}
