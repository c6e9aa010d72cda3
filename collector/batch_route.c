/* Embedded batches: hashes, signatures, keys and the way they came. Nothing here changes the store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_sodium.h"
#include "collector/batch_apply.h"
#include "secure-store/minisign.h"

/* --- who signs --- */
/* An enrolled office has one key and no forwarding office can name another. Only "not enrolled" lets the forwarding office vouch: a database that fails to
 * answer must not make a stranger's key good. */
static enum err_code signing_key_of(struct store *s, struct arena *a, const struct batch_lower *lower, const char **key, struct err *e) {
  struct office *peer = ARENA_NEW(a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  enum err_code code = store_peer(s, lower->sender, peer, e);
  *key = lower->signing_key;
  if (code == E_STORE_NO_PEER) return E_OK;
  TRY(code);
  *key = peer->minisign_public;
  return strcmp(peer->minisign_public, lower->signing_key) ? ERR(e, E_BATCH_KEY, .subject = lower->sender) : E_OK;
}

/* --- hashes and signature --- */
static enum err_code check_listed(const struct batch_content *c, const char *prefix, const struct batch_member *m, struct err *e) {
  char name[400];
  uint8_t hash[HASH_BYTES];
  char hex[65];
  bool embedded = !strncmp(m->name, "lower/", 6);
  snprintf(name, sizeof name, "%s%s", embedded ? "" : prefix, m->name);
  const struct batch_file *f = batch_find_file(c, name);
  if (!f) return ERR(e, E_BATCH_DAMAGED, .subject = "a member of an embedded batch is missing", .expected = m->name);
  sha256_of(f->bytes.p, f->bytes.n, hash);
  hex_encode(hash, HASH_BYTES, hex);
  if (strcmp(hex, m->sha256)) return ERR(e, E_BATCH_DAMAGED, .subject = "a member of an embedded batch was altered", .expected = m->sha256,
      .found = hex);
  return E_OK;
}

static enum err_code verify_one(struct store *s, struct arena *a, const struct batch_content *c, const struct batch_lower *lower,
    struct batch_manifest **out, struct err *e) {
  char prefix[80], name[128], id[BATCH_ID_HEX];
  const char *key = "";
  snprintf(prefix, sizeof prefix, "lower/%s/", lower->id);
  snprintf(name, sizeof name, "%smanifest.json", prefix);
  const struct batch_file *manifest = batch_find_file(c, name);
  snprintf(name, sizeof name, "%smanifest.json.minisig", prefix);
  const struct batch_file *signature = batch_find_file(c, name);
  if (!manifest || !signature) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded manifest is missing", .expected = lower->id);
  batch_id_of(manifest->bytes, id);
  if (strcmp(id, lower->id)) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded manifest was altered", .expected = lower->id, .found = id);
  TRY(batch_manifest_read(a, manifest->name, manifest->bytes, out, e));
  if (strcmp((*out)->sender, lower->sender)) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded sender differs", .expected = lower->sender,
      .found = (*out)->sender);
  TRY(signing_key_of(s, a, lower, &key, e));
  if (minisign_verify(key, manifest->bytes.p, manifest->bytes.n, signature->bytes.p, signature->bytes.n, NULL, e)) return ERR_WRAP(e,
      E_BATCH_SIGNATURE, .subject = (*out)->sender);
  for (int64_t i = 0; i < (*out)->n_members; i++) TRY(check_listed(c, prefix, &(*out)->members[i], e));
  return E_OK;
}

/* --- the way --- */
struct listing { /* "office `by` says it embeds batch `id`, signed with `key`" */
  const char *id, *by, *key;
};
static int by_id(const void *a, const void *b) {
  const struct listing *x = a, *y = b;
  int order = strcmp(x->id, y->id);
  return order ? order : strcmp(x->by, y->by);
}

static enum err_code list_listings(struct arena *a, const struct batch_content *c, struct batch_manifest *const *m, struct listing **out, int64_t *n,
    struct err *e) {
  int64_t max = c->manifest->n_lower;
  for (int64_t i = 0; i < c->manifest->n_lower; i++) max += m[i]->n_lower;
  *out = ARENA_ARRAY(a, struct listing, max + 1);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "lower batches");
  for (int64_t i = -1; i < c->manifest->n_lower; i++) {
    const struct batch_manifest *carrier = i < 0 ? c->manifest : m[i];
    for (int64_t k = 0; k < carrier->n_lower; k++) (*out)[(*n)++] = (struct listing){carrier->lower[k].id, carrier->sender,
        carrier->lower[k].signing_key};
  }
  qsort(*out, (size_t)*n, sizeof **out, by_id);
  return E_OK;
}

static enum office_type level_of(const char *office) {
  struct str code;
  enum office_type t = OFFICE_MUNICIPALITY;
  (void)!office_type_parse(str_split(str_of(office), '-', &code), &t); /* ids were judged when the manifest was read */
  return t;
}

/* Where the roster knows the sender in this period, it also knows to whom it reports. */
static enum err_code check_roster(struct store *s, const struct batch_manifest *m, struct err *e) {
  struct db_statement *q;
  struct period p;
  bool row, known = false, right = false;
  char first[11], last[11], parent[48] = "";
  if (!period_parse(str_of(m->period), &p)) return ERR(e, E_BATCH_MANIFEST, .subject = "period", .expected = "2025-12");
  date_format_iso(period_first_day(&p), first);
  date_format_iso(period_last_day(&p), last);
  TRY(db_prepare(store_db(s),
      "SELECT parent FROM roster WHERE office = ? AND survey = ? AND parent <> '' AND (since = '' OR since <= ?) AND (until = '' OR until >= ?)", &q,
      e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_cstr(q, 3, last);
  db_bind_cstr(q, 4, first);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    known = true;
    right |= str_eq(db_text(q, 0), str_of(m->recipient));
    snprintf(parent, sizeof parent, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  }
  return !known || right ? E_OK : ERR(e, E_BATCH_ROUTE, .subject = m->sender, .expected = parent, .found = m->recipient);
}

static enum err_code check_way(struct store *s, const struct batch_content *c, const struct batch_lower *lower, const struct batch_manifest *m,
    const struct listing *list, int64_t n,
                               struct err *e) {
  const struct listing key = {m->recipient[0] ? lower->id : "", m->recipient, NULL}, *carrier = n ? bsearch(&key, list, (size_t)n, sizeof *list,
      by_id) : NULL;
  if (strcmp(m->survey, c->manifest->survey)) return ERR(e, E_BATCH_ROUTE, .subject = m->sender, .expected = c->manifest->survey, .found = m->survey);
  if (strcmp(m->period, c->manifest->period)) return ERR(e, E_BATCH_ROUTE, .subject = m->sender, .expected = c->manifest->period, .found = m->period);
  if (!carrier) return ERR(e, E_BATCH_ROUTE, .subject = m->sender, .expected = m->recipient, .found = c->manifest->sender);
  if (level_of(m->sender) >= level_of(carrier->by)) return ERR(e, E_BATCH_ROUTE, .subject = m->sender, .expected = "an office of a higher level",
      .found = carrier->by);
  if (strcmp(carrier->key, lower->signing_key)) return ERR(e, E_BATCH_KEY, .subject = m->sender);
  return check_roster(s, m, e);
}

/* Whatever the container holds must belong to the carrier or to exactly one embedded batch. */
static enum err_code check_all_owned(const struct batch_content *c, struct batch_manifest *const *m, struct err *e) {
  int64_t owned = 2 * c->manifest->n_lower;
  for (int64_t i = -1; i < c->manifest->n_lower; i++) {
    const struct batch_manifest *owner = i < 0 ? c->manifest : m[i];
    for (int64_t k = 0; k < owner->n_members; k++) owned += strncmp(owner->members[k].name, "lower/", 6) != 0;
  }
  return owned == c->n_files ? E_OK : ERR(e, E_BATCH_DAMAGED, .subject = "it holds members that belong to no batch");
}

enum err_code batch_verify_lower(struct store *s, struct arena *a, const struct batch_content *c, struct batch_manifest ***manifests, struct err *e) {
  const struct batch_manifest *top = c->manifest;
  struct batch_manifest **m = ARENA_ARRAY(a, struct batch_manifest *, top->n_lower + 1);
  struct listing *list;
  int64_t n;
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "lower batches");
  for (int64_t i = 0; i < top->n_lower; i++) TRY(verify_one(s, a, c, &top->lower[i], &m[i], e));
  TRY(list_listings(a, c, m, &list, &n, e));
  for (int64_t i = 0; i < top->n_lower; i++) TRY(check_way(s, c, &top->lower[i], m[i], list, n, e));
  TRY(check_all_owned(c, m, e));
  *manifests = m;
  return E_OK;
}
