/* grant_session.c -- entering a grant and reading under it; see grant.h. */
#include <stdio.h>
#include <string.h>

#include "forms/form.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_product.h"

/* --- entering and leaving --- */

static enum err_code check_who(const struct store *s, const struct grant *g, const char *person, struct err *e) {
  if (strcmp(person, g->person) != 0) return ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = g->person, .found = person);
  if (strcmp(s->signed_in_officer, person) != 0)
    return ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = "the keys of the person", .found = s->signed_in_officer);
  return E_OK;
}

/* A provider builds the package of somebody else's grant. */
static enum err_code check_provider(struct store *s, const struct grant *g, const uint8_t subject[32], const char *provider, struct err *e) {
  struct approval list[APPROVAL_MAX];
  struct officer builder, other;
  int n = 0;
  bool requested = false;
  if (strcmp(s->signed_in_officer, provider) != 0)
    return ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = "the keys of the provider", .found = s->signed_in_officer);
  TRY(role_require(s, provider, ROLE_BIT(LOG_ROLE_PROVIDER), "package-build", g->id, e));
  TRY(officer_find(s, provider, &builder, e));
  TRY(officer_find(s, g->person, &other, e));
  if (officer_same_person(&builder, &other))
    return ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = "another officer than its person", .found = provider);
  TRY(grant_approvals(s, g, subject, list, &n, &requested, e));
  for (int i = 0; i < n; i++) {
    TRY(officer_find(s, list[i].officer, &other, e));
    if (officer_same_person(&builder, &other))
      return ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = "a builder who did not approve it", .found = provider);
  }
  return E_OK;
}

enum err_code grant_check_session(struct store *s, struct err *e) {
  const struct grant_session *session = s->grant;
  return session->provides ? grant_check_active(s, &session->g, session->subject, e) : grant_check_live(s, &session->g, session->subject, e);
}

static enum err_code enter(struct store *s, struct grant_session *session, const char *id, const char *person, bool provides, struct err *e) {
  TRY(grant_find(s, session->arena, id, &session->g, session->subject, e));
  TRY(provides ? check_provider(s, &session->g, session->subject, person, e) : check_who(s, &session->g, person, e));
  session->provides = provides;
  s->grant = session;
  TRY(grant_check_session(s, e));
  return grant_charge_session(s, e);
}

static void session_free(struct grant_session *session) {
  strbuf_release(&session->queries);
  arena_free(session->arena);
}

/* What is entered outlives most arenas of callers: it has one of its own. */
static enum err_code enter_as(struct store *s, const char *id, const char *person, bool provides, struct err *e) {
  grant_leave(s);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = id);
  struct arena *own = arena_new(0);
  struct grant_session *session = own ? ARENA_NEW(own, struct grant_session) : NULL;
  if (!session) return arena_free(own), ERR(e, E_NO_MEMORY, .subject = id);
  session->arena = own;
  strbuf_init(&session->queries, 0);
  enum err_code code = enter(s, session, id, person, provides, e);
  if (!code) return E_OK;
  s->grant = NULL;
  session_free(session);
  return grant_refuse(s, provides ? "package-build" : "data-read", id, e);
}
enum err_code grant_enter(struct store *s, struct arena *a, const char *id, const char *person, struct err *e) {
  (void)a;
  return enter_as(s, id, person, false, e);
}
enum err_code grant_enter_to_provide(struct store *s, struct arena *a, const char *id, const char *provider, struct err *e) {
  (void)a;
  return enter_as(s, id, provider, true, e);
}

void grant_leave(struct store *s) {
  struct grant_session *session = s->grant;
  if (!session) return;
  if (!s->in_transaction) grant_give_back(s); /* else what was reserved stays counted */
  s->grant = NULL;
  session_free(session);
}

const struct grant *grant_entered(const struct store *s) { return s->grant ? &s->grant->g : NULL; }

/* --- leaves --- */

void grant_on_leaf(const struct store *s, struct log_leaf *leaf) {
  if (s->signed_in_officer[0]) memcpy(leaf->actor, s->signed_in_key, sizeof leaf->actor);
  if (!s->grant) return;
  snprintf(leaf->grant, sizeof leaf->grant, "%s", s->grant->g.id);
  snprintf(leaf->basis, sizeof leaf->basis, "%s", grant_basis_text(s->grant->g.basis));
}

enum err_code grant_on_intent(struct store *s, struct err *e) {
  enum err_code code = grant_query_allowed(s, e);
  return code ? grant_refuse(s, "data-read", s->grant->g.id, e) : E_OK;
}

/* --- what it covers --- */

/* Cheap enough for every shard: what can change while the store is open. */
static enum err_code check_still(struct store *s, struct err *e) {
  const struct grant *g = &s->grant->g;
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  int64_t now;
  TRY(store_now(s, &now, e));
  if (!g->break_glass[0]) TRY(oversight_may_read(s, e));
  if (now >= g->until) return ERR(e, E_GRANT_EXPIRED, .subject = g->id);
  if (now < g->from) return ERR(e, E_GRANT_NOT_YET, .subject = g->id);
  snprintf(object, sizeof object, "grant-revoked:%s", g->id);
  if (record_last(s, object, &r)) return ERR(e, E_GRANT_REVOKED, .subject = g->id);
  snprintf(object, sizeof object, "grant:%s", g->id);
  if (!record_last(s, object, &r) || memcmp(r.sha256, s->grant->subject, sizeof r.sha256) != 0)
    return ERR(e, E_GRANT_NOT_YET, .subject = g->id, .found = "edited");
  return E_OK;
}

static bool names_column(const struct grant *g, const char *name) {
  if (strcmp(g->column[0], "*") == 0) return true;
  int low = 0, high = g->n_columns - 1;
  while (low <= high) {
    int middle = low + (high - low) / 2, order = strcmp(name, g->column[middle]);
    if (order == 0) return true;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return false;
}

enum err_code grant_covers(struct store *s, const char *dataset, const char *const *names, int n, struct err *e) {
  if (!s->grant) return ERR(e, E_GRANT_NEEDED, .subject = dataset);
  TRY(check_still(s, e));
  const struct grant *g = &s->grant->g;
  if (!grant_covers_dataset(g, dataset)) return ERR(e, E_GRANT_SCOPE, .subject = dataset, .expected = g->dataset);
  if (!names && strcmp(g->column[0], "*") != 0) return ERR(e, E_GRANT_SCOPE, .subject = "*", .expected = "columns of the grant");
  for (int i = 0; names && i < n; i++)
    if (!names_column(g, names[i])) return ERR(e, E_GRANT_SCOPE, .subject = names[i], .expected = "a column of the grant");
  return E_OK;
}

enum err_code grant_refuse_read(struct store *s, const char *dataset, struct err *e) {
  char object[LOG_OBJECT_BYTES];
  snprintf(object, sizeof object, "dataset:%.200s grant:%s", dataset, s->grant ? s->grant->g.id : "-");
  return store_refuse(s, "data-read", object, e);
}

static enum err_code use(struct store *s, const char *dataset, const char *const *columns, int n, int64_t rows, struct err *e) {
  TRY(grant_covers(s, dataset, columns, n, e));
  return grant_charge(s, (struct grant_amount){rows, rows * (n > 0 ? n : 1)}, dataset, e);
}

enum err_code grant_use(struct store *s, const struct dataset_key *key, const char *const *columns, int n_columns, int64_t rows, struct err *e) {
  char dataset[STORE_DATASET_BYTES];
  if (!store_has_officers(s)) return E_OK;
  TRY(store_dataset_name(key, dataset, e));
  return use(s, dataset, columns, n_columns, rows, e) ? grant_refuse_read(s, dataset, e) : E_OK;
}

/* --- files --- */

enum { BYTES_PER_ROW = 128 }; /* a file is counted as if each row had this size: how many it holds is not known before it is open */

/* What a job left is opened under the grant it was made under, or under one that names such files. */
static enum err_code covers_product(struct store *s, const char *id, const char *dataset, struct err *e) {
  struct store_product p;
  bool found = false;
  if (!s->grant) return ERR(e, E_GRANT_NEEDED, .subject = dataset);
  TRY(store_product_find(s, id, &p, &found, e));
  if (found && strcmp(p.grant, s->grant->g.id) == 0) return check_still(s, e);
  const struct grant *g = &s->grant->g;
  if (!grant_covers_dataset(g, dataset)) return ERR(e, E_JOB_PRODUCT, .subject = id, .expected = found ? p.grant : "", .found = g->id);
  return grant_covers(s, dataset, NULL, 0, e);
}

enum err_code grant_use_blob(struct store *s, const char *id, const char *dataset, uint8_t part, int64_t bytes, struct err *e) {
  bool product = store_product_kind(dataset);
  if (part == PART_PARADATA && !product) return E_OK; /* receipts, manifests, signatures, tables for release; sealed batches of others */
  enum err_code code = product ? covers_product(s, id, dataset, e) : grant_covers(s, dataset, NULL, 0, e);
  if (!code && !product && s->grant->g.filter[0]) code = ERR(e, E_GRANT_SHAPE, .subject = dataset, .expected = "files only without a filter");
  int64_t rows = bytes > 0 ? bytes / BYTES_PER_ROW + 1 : 0;
  if (!code) code = grant_charge(s, (struct grant_amount){rows, rows}, dataset, e);
  return code ? grant_refuse_read(s, dataset, e) : E_OK;
}
