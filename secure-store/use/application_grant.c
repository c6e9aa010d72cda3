/* application_grant.c -- is what leaves what was applied for: the grant that stands for an application, and the package on the medium. */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/medium.h"
#include "secure-store/extract/provide.h"
#include "secure-store/rights/grant.h"
#include "secure-store/use/application_items.h"
#include "secure-store/use/application_impl.h"

static enum err_code differs(const struct application *a, const char *expected, const char *found, struct err *e) {
  return ERR(e, E_USE_GRANT, .subject = a->grant, .expected = expected, .found = found);
}
static bool listed(const char *list, struct str entry) {
  struct str line;
  for (int i = 0; row_list_at(list, i, &line); i++)
    if (str_eq(line, entry)) return true;
  return false;
}

/* Exactly the items: none more, none less. */
static enum err_code same_items(const struct application *a, const struct grant *g, const struct use_items *items, struct err *e) {
  for (int k = 0; k < g->n_columns; k++) {
    bool asked = false;
    for (int i = 0; !asked && i < items->n; i++) asked = str_eq(items->item[i].name, str_of(g->column[k]));
    if (!asked) return differs(a, "no item that was not applied for", g->column[k], e);
  }
  for (int i = 0; i < items->n; i++) {
    bool granted = false;
    for (int k = 0; !granted && k < g->n_columns; k++) granted = str_eq(items->item[i].name, str_of(g->column[k]));
    if (!granted) return differs(a, items->item[i].item ? items->item[i].item->name : "every item applied for", "an item left out", e);
  }
  return E_OK;
}
/* survey/form/period/stage: the first three parts are a dataset of the application. */
static enum err_code same_rows(struct arena *arena, const struct application *a, const struct grant *g, const struct use_items *items,
    const struct use_policy *p, struct err *e) {
  struct str rest = str_of(g->dataset);
  const char *filter;
  while (rest.n > 0) {
    const struct str pattern = str_split(rest, ' ', &rest);
    const char *stage = memrchr(pattern.p, '/', pattern.n);
    const struct str dataset = str_view(pattern.p, stage ? (size_t)(stage - pattern.p) : 0);
    int i = 0;
    while (i < items->n_datasets && !str_eq(items->dataset[i], dataset)) i++;
    if (i == items->n_datasets) return differs(a, "no data that were not applied for", g->dataset, e);
    TRY(application_filter(arena, a, items, i, p, &filter, e));
    if (strcmp(filter, g->filter) != 0) return differs(a, filter[0] ? filter : "all rows", g->filter[0] ? g->filter : "all rows", e);
  }
  return E_OK;
}
static enum err_code same_terms(const struct application *a, const struct grant *g, struct err *e) {
  if (!listed(a->users, str_of(g->person))) return differs(a, "a user of the application", g->person, e);
  if (strcmp(grant_basis_text(g->basis), a->basis) != 0) return differs(a, a->basis, grant_basis_text(g->basis), e);
  if (g->break_glass[0]) return differs(a, "no grant of an emergency", "break-glass", e);
  if (g->until > a->until) return differs(a, "an end no later than the application's", "", e);
  return g->from >= a->from ? E_OK : differs(a, "a beginning no earlier than the application's", "", e);
}
static enum err_code compare(struct store *s, struct arena *arena, const struct application *a, struct err *e) {
  struct grant g;
  struct use_items items;
  struct use_policy p;
  enum grant_state state;
  uint8_t subject[32];
  if (!a->grant[0]) return ERR(e, E_USE_FIELD, .subject = "grant", .expected = "the grant made for this application");
  TRY(grant_find(s, arena, a->grant, &g, subject, e));
  TRY(grant_state_of(s, &g, subject, &state, e));
  if (state != GRANT_ACTIVE) return differs(a, "a grant in force", grant_state_name(state), e);
  TRY(same_terms(a, &g, e));
  TRY(use_policy_read(s, &p, e));
  TRY(application_items(arena, a, &items, e));
  TRY(same_items(a, &g, &items, e));
  return same_rows(arena, a, &g, &items, &p, e);
}
enum err_code application_grant_fits(struct store *s, const struct application *a, struct err *e) {
  struct arena *arena = arena_new(0);
  if (!arena) return ERR(e, E_NO_MEMORY, .subject = a->id);
  const enum err_code code = compare(s, arena, a, e);
  arena_free(arena);
  return code;
}

/* --- packages --- */

int64_t application_packages(struct store *s, const char *grant) {
  char stem[RECORD_OBJECT_BYTES];
  struct record r;
  const size_t n = (size_t)snprintf(stem, sizeof stem, "provision:%.40s", grant);
  int64_t count = 0;
  for (uint64_t from = 0; grant[0] && record_next(s, stem, from, &r); from = r.seq + 1) count += r.object[n] == 0 || r.object[n] == '.';
  return count;
}
static enum err_code on_medium(struct store *s, struct arena *arena, const struct application *a, struct err *e) {
  struct medium m;
  struct provision *list;
  int64_t n;
  TRY(medium_find(s, a->medium, &m, e));
  const enum medium_state state = medium_state_of(&m);
  if (state != MEDIUM_SEALED && state != MEDIUM_LENT) return ERR(e, E_USE_PACKAGE, .subject = a->grant, .expected = "a sealed medium",
      .found = m.state);
  TRY(provision_list(s, arena, &list, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (strcmp(list[i].grant, a->grant) == 0 && strcmp(list[i].package_sha256, m.sha256) == 0) return E_OK;
  return ERR(e, E_USE_PACKAGE, .subject = a->grant, .expected = "a package of this grant on the medium", .found = m.id);
}
enum err_code application_medium_fits(struct store *s, const struct application *a, struct err *e) {
  struct arena *arena = arena_new(0);
  if (!arena) return ERR(e, E_NO_MEMORY, .subject = a->id);
  const enum err_code code = on_medium(s, arena, a, e);
  arena_free(arena);
  return code;
}
