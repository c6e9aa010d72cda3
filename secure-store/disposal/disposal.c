/* disposal.c -- proposal, signatures, cooling and cancellation; see disposal.h. */
#include "secure-store/disposal/disposal.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/record_impl.h"
#include "secure-store/rights/role_replay.h"

enum { DAY = 86400 };
static const role_set signing_roles =
    ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_AUDITOR);
static const role_set proposing_roles = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);
static const struct disposal_policy usual_policy = {3, 1, 7}, floor_policy = {2, 1, 1};

#define FORMAT(name, text, fields) const struct row_format name = {text, fields, sizeof fields / sizeof *fields}
static const struct field policy_fields[] = {FIELD_OF(struct disposal_policy, approvals, FIELD_INT), FIELD_OF(struct disposal_policy, auditors,
    FIELD_INT),
    FIELD_OF(struct disposal_policy, cooling_days, FIELD_INT), FIELD_FORMAT_NAME};
FORMAT(disposal_policy_format, "shirabe-disposal-policy-1", policy_fields);
static const struct field proposal_fields[] = {
    FIELD_OF(struct disposal, approvals, FIELD_INT), FIELD_OF(struct disposal, auditors, FIELD_INT), FIELD_OF(struct disposal, closed, FIELD_TEXT),
    FIELD_OF(struct disposal, cooling_days, FIELD_INT), FIELD_OF(struct disposal, dataset, FIELD_TEXT), FIELD_FORMAT_NAME, FIELD_OF(struct disposal,
        id, FIELD_TEXT),
    FIELD_OF(struct disposal, install, FIELD_TEXT), FIELD_OF(struct disposal, last_segment, FIELD_INT), FIELD_OF(struct disposal, part, FIELD_TEXT),
    FIELD_OF(struct disposal, proposer, FIELD_TEXT), FIELD_OF(struct disposal, reason, FIELD_TEXT), FIELD_OF(struct disposal, records, FIELD_INT),
    FIELD_OF(struct disposal, retention, FIELD_TEXT), FIELD_OF(struct disposal, segments, FIELD_INT)};
FORMAT(disposal_format, "shirabe-disposal-proposal-1", proposal_fields);
static const struct field cooling_fields[] = {FIELD_FORMAT_NAME, FIELD_OF(struct disposal_cooling, id, FIELD_TEXT), FIELD_OF(struct disposal_cooling,
    until, FIELD_INT)};
FORMAT(disposal_cooling_format, "shirabe-disposal-cooling-1", cooling_fields);
static const struct field begun_fields[] = {FIELD_OF(struct disposal_begun, began, FIELD_INT), FIELD_OF(struct disposal_begun, commitments,
    FIELD_LIST),
    FIELD_OF(struct disposal_begun, epoch_before, FIELD_INT), FIELD_FORMAT_NAME, FIELD_OF(struct disposal_begun, id, FIELD_TEXT),
    FIELD_OF(struct disposal_begun, originals, FIELD_INT), FIELD_OF(struct disposal_begun, originals_shared, FIELD_INT)};
FORMAT(disposal_begun_format, "shirabe-disposal-begun-1", begun_fields);
static const struct field done_fields[] = {FIELD_OF(struct disposal_done, epoch_after, FIELD_INT), FIELD_OF(struct disposal_done, executed,
    FIELD_INT),
    FIELD_FORMAT_NAME, FIELD_OF(struct disposal_done, id, FIELD_TEXT), FIELD_OF(struct disposal_done, packs, FIELD_INT),
        FIELD_OF(struct disposal_done, segments, FIELD_INT)};
FORMAT(disposal_done_format, "shirabe-disposal-done-1", done_fields);
struct cancel {
  char id[ACT_ID_BYTES], reason[ACT_TEXT_BYTES];
};
static const struct field cancel_fields[] = {FIELD_FORMAT_NAME, FIELD_OF(struct cancel, id, FIELD_TEXT), FIELD_OF(struct cancel, reason, FIELD_TEXT)};
static FORMAT(cancel_format, "shirabe-disposal-cancel-1", cancel_fields);

static const char *const state_names[DISPOSAL_STATES] = {"proposed", "cooling", "ready", "cancelled", "begun", "done", "certified"};
const char *disposal_state_name(enum disposal_state s) { return (unsigned)s < DISPOSAL_STATES ? state_names[s] : ""; }

void disposal_object(const char *kind, const char *id, char out[RECORD_OBJECT_BYTES]) {
  snprintf(out, RECORD_OBJECT_BYTES, "%s:%.40s", kind, act_id_ok(id) ? id : "?");
}

int disposal_part_number(const char *part) {
  static const char *const names[] = {"ID", "LINK", "ANSWER", "PARADATA"};
  for (int i = 0; i < 4; i++)
    if (strcmp(names[i], part) == 0) return i;
  return -1;
}

/* --- policy --- */

enum err_code disposal_policy_read(struct store *s, struct disposal_policy *out, struct err *e) {
  bool found;
  TRY(act_read(s, "disposal-policy", &disposal_policy_format, out, &found, NULL, e));
  if (!found) *out = usual_policy;
  return E_OK;
}

enum err_code disposal_policy_set(struct store *s, const struct disposal_policy *p, const struct act_by *by, struct err *e) {
  struct act a = {.action = "policy-set", .object = "disposal-policy", .kind = "disposal", .any_of = ROLE_BIT(LOG_ROLE_CHIEF)};
  const char *weak = p->approvals < floor_policy.approvals ? "approvals" : p->auditors < floor_policy.auditors ? "auditors"
                     : p->cooling_days < floor_policy.cooling_days ? "cooling_days" : p->auditors > p->approvals ? "auditors" : NULL;
  if (weak) return act_refuse(s, "policy-set", "disposal-policy", (ERR(e, E_DISPOSAL_POLICY, .subject = weak), e));
  return act_row(s, &a, &disposal_policy_format, p, by, e);
}

/* --- scope --- */

enum err_code disposal_scope(struct store *s, const char *dataset, const char *part, int64_t *segments, int64_t *last, int64_t *records,
    struct err *e) {
  struct db_statement *q;
  bool row;
  char prefix[RETENTION_DATASET_BYTES + 2];
  snprintf(prefix, sizeof prefix, "%s/", dataset);
  TRY(db_prepare(s->db, "SELECT count(*), coalesce(max(g.id), 0) FROM segment g JOIN dataset d ON d.id = g.dataset_id "
                        "WHERE substr(d.name, 1, length(?1)) = ?1 AND (?2 < 0 OR g.part = ?2)", &q, e));
  db_bind_cstr(q, 1, prefix);
  db_bind_int(q, 2, disposal_part_number(part));
  TRY(db_step(q, &row, e));
  *segments = row ? db_int(q, 0) : 0;
  *last = row ? db_int(q, 1) : 0;
  db_reset(q);
  /* Stages repeat records, so the largest stage is what was there. */
  TRY(db_prepare(s->db, "SELECT coalesce(max(n), 0) FROM (SELECT sum(h.n_rows) n FROM shard h JOIN dataset d ON d.id = h.dataset_id "
                        "WHERE substr(d.name, 1, length(?1)) = ?1 GROUP BY d.id)", &q, e));
  db_bind_cstr(q, 1, prefix);
  TRY(db_step(q, &row, e));
  *records = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static bool has_key(struct store *s, const char *dataset, const char *part) {
  for (size_t i = 0; s->keys && i < keystore_n_entries(s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(s->keys, i);
    if (strcmp(k.dataset, dataset) == 0 && (disposal_part_number(part) < 0 || disposal_part_number(part) == k.part)) return true;
  }
  return false;
}

/* --- proposal --- */

static enum err_code proposal_form(struct store *s, const struct disposal *d, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  if (!act_id_ok(d->id)) return ERR(e, E_DISPOSAL_ID, .subject = d->id, .expected = "2 to 40 of a-z 0-9 -");
  if (!retention_dataset_ok(d->dataset, false)) return ERR(e, E_DISPOSAL_ID, .subject = d->dataset, .expected = "survey/form/period");
  if (strcmp(d->part, "PAPER") == 0 || strcmp(d->part, "PARADATA") == 0 || !retention_part_ok(d->part)) return ERR(e, E_DISPOSAL_PART,
      .subject = d->part);
  if (!d->reason[0]) return ERR(e, E_DISPOSAL_ID, .subject = "reason", .expected = "given");
  if (!d->closed[0]) return ERR(e, E_DISPOSAL_PURPOSE, .subject = d->dataset, .expected = "how and when the purpose was closed");
  disposal_object("disposal", d->id, object);
  return record_last(s, object, &r) ? ERR(e, E_DISPOSAL_EXISTS, .subject = object) : E_OK;
}

static enum err_code fill_proposal(struct store *s, struct disposal *d, const struct act_by *by, struct err *e) {
  struct disposal_policy p;
  struct strbuf text;
  TRY(disposal_policy_read(s, &p, e));
  bool officers = store_has_officers(s);
  d->approvals = officers ? p.approvals : 0;
  d->auditors = officers ? p.auditors : 0;
  d->cooling_days = p.cooling_days;
  snprintf(d->proposer, sizeof d->proposer, "%s", act_id_of(by));
  hex_encode(s->install_id, sizeof s->install_id, d->install);
  TRY(disposal_scope(s, d->dataset, d->part, &d->segments, &d->last_segment, &d->records, e));
  if (d->segments == 0 && !has_key(s, d->dataset, d->part)) return ERR(e, E_DISPOSAL_NOTHING, .subject = d->dataset);
  strbuf_init(&text, 0);
  enum err_code code = retention_text(s, d->dataset, d->part, &text, e);
  if (!code) snprintf(d->retention, sizeof d->retention, "%s", strbuf_cstr(&text));
  strbuf_release(&text);
  return code;
}

static enum err_code may_be_destroyed(struct store *s, const struct disposal *d, struct err *e) {
  int64_t now;
  TRY(store_now(s, &now, e));
  TRY(retention_over(s, d->dataset, d->part, now, e));
  return disposal_in_use(s, d->dataset, now, e);
}

static enum err_code put_cooling(struct store *s, const struct disposal *d, int64_t since, struct err *e) {
  struct disposal_cooling c = {.until = since + d->cooling_days * DAY};
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  memcpy(c.id, d->id, sizeof c.id);
  disposal_object("disposal-cooling", d->id, object);
  strbuf_init(&text, 0);
  enum err_code code = row_write(&disposal_cooling_format, &c, &text, e);
  if (!code) code = store_begin(s, e);
  if (!code) {
    code = record_put(s, &(struct record_entry){.action = "destroy-cool", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text.p,
        text.n)}, e);
    if (!code) code = store_commit(s, e);
    else store_rollback(s);
  }
  strbuf_release(&text);
  return code;
}

enum err_code disposal_propose(struct store *s, struct disposal *d, const struct act_by *by, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  int64_t now;
  disposal_object("disposal", d->id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  enum err_code code = proposal_form(s, d, e);
  if (!code) code = may_be_destroyed(s, d, e);
  if (!code) code = fill_proposal(s, d, by, e);
  if (code) return act_refuse(s, "destroy-propose", object, e);
  struct act a = {.action = "destroy-propose", .object = object, .kind = "disposal", .any_of = proposing_roles, .rows = d->records};
  TRY(act_row(s, &a, &disposal_format, d, by, e));
  if (d->approvals > 0) return E_OK;
  TRY(store_now(s, &now, e));
  return put_cooling(s, d, now, e);
}

/* --- signatures --- */

const char *disposal_role_of(role_set held) {
  static const enum log_role order[] = {LOG_ROLE_AUDITOR, LOG_ROLE_CHIEF, LOG_ROLE_MANAGER, LOG_ROLE_KEY_OFFICER};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if (held & ROLE_BIT(order[i])) return role_name(order[i]);
  return NULL;
}

struct counting {
  struct store *s;
  const struct role_replay *replay;
  struct officer taken[APPROVAL_MAX + 1]; /* the excluded one first */
  int n_taken;
};

/* One person counts once, whatever ids and keys he has. */
static enum err_code count_word(struct counting *c, const struct approval *word, struct disposal_signer *out, bool *counts, struct err *e) {
  struct officer o;
  TRY(officer_find(c->s, word->officer, &o, e));
  const char *role = disposal_role_of(role_replay_at_leaf(c->replay, word->officer, word->seq, word->recorded));
  *counts = role != NULL;
  for (int i = 0; i < c->n_taken && *counts; i++) *counts = strcmp(c->taken[i].id, o.id) != 0 && !officer_same_person(&c->taken[i], &o);
  if (!*counts) return E_OK;
  c->taken[c->n_taken++] = o;
  *out = (struct disposal_signer){.word = *word, .role = role};
  snprintf(out->minisign, sizeof out->minisign, "%s", o.minisign_public);
  return E_OK;
}

static enum err_code count_words(struct counting *c, const struct approval *words, int n_words, const char *excluded, struct disposal_signer *out,
    int *n,
    int *n_auditors, struct err *e) {
  TRY(role_replay_now(c->s, &c->replay, e));
  if (excluded && excluded[0]) TRY(officer_find(c->s, excluded, &c->taken[c->n_taken++], e));
  for (int i = 0; i < n_words; i++) {
    bool counts;
    TRY(count_word(c, &words[i], &out[*n], &counts, e));
    if (!counts) continue;
    *n_auditors += strcmp(out[*n].role, "auditor") == 0;
    ++*n;
  }
  return E_OK;
}

enum err_code disposal_signers(struct store *s, const char *kind, const uint8_t subject[32], const char *excluded,
    struct disposal_signer out[APPROVAL_MAX],
    int *n, int *n_auditors, struct err *e) {
  struct approval words[APPROVAL_MAX];
  struct counting c = {.s = s};
  int n_words = 0;
  *n = *n_auditors = 0;
  if (!store_has_officers(s)) return E_OK;
  TRY(approvals_of(s, kind, subject, words, &n_words, e));
  return count_words(&c, words, n_words, excluded, out, n, n_auditors, e);
}

static enum err_code enough(const struct disposal_view *v, struct err *e) {
  char expected[64], found[64];
  const struct disposal *d = &v->proposal;
  snprintf(expected, sizeof expected, "%lld, %lld auditor", (long long)d->approvals, (long long)d->auditors);
  snprintf(found, sizeof found, "%d, %d auditor", v->n_signed, v->n_auditors);
  if (v->n_signed < d->approvals) return ERR(e, E_DISPOSAL_SIGNATURES, .subject = d->id, .expected = expected, .found = found);
  return v->n_auditors < d->auditors ? ERR(e, E_DISPOSAL_AUDITOR, .subject = d->id, .expected = expected, .found = found) : E_OK;
}

/* --- view --- */

static enum err_code read_rows(struct store *s, const char *id, struct disposal_view *v, bool found[5], struct err *e) {
  static const char *const kinds[] = {"disposal-cooling", "disposal-cancel", "disposal-begun", "disposal-done", "certificate"};
  struct cancel cancel;
  char object[RECORD_OBJECT_BYTES];
  struct record r;
  const struct row_format *const formats[] = {&disposal_cooling_format, &cancel_format, &disposal_begun_format, &disposal_done_format};
  void *const rows[] = {&v->cooling, &cancel, &v->begun, &v->done};
  for (int i = 0; i < 4; i++) {
    disposal_object(kinds[i], id, object);
    TRY(act_read(s, object, formats[i], rows[i], &found[i], NULL, e));
  }
  disposal_object(kinds[4], id, object);
  found[4] = record_last(s, object, &r);
  return E_OK;
}

static enum err_code view_signers(struct store *s, struct disposal_view *v, struct err *e) {
  struct disposal_signer signers[APPROVAL_MAX];
  TRY(disposal_signers(s, "disposal", v->subject, v->proposal.proposer, signers, &v->n_signed, &v->n_auditors, e));
  for (int i = 0; i < v->n_signed; i++) TRY(row_list_add(v->signers, sizeof v->signers, "signers", signers[i].word.officer, e));
  return E_OK;
}

enum err_code disposal_read(struct store *s, const char *id, struct disposal_view *v, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct record r;
  bool known, found[5];
  int64_t now;
  memset(v, 0, sizeof *v);
  disposal_object("disposal", id, object);
  TRY(act_read(s, object, &disposal_format, &v->proposal, &known, &r, e));
  if (!known) return ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
  memcpy(v->subject, r.sha256, 32);
  v->proposed = r.wall;
  TRY(read_rows(s, id, v, found, e));
  TRY(view_signers(s, v, e));
  TRY(store_now(s, &now, e));
  v->state = found[4] ? DISPOSAL_CERTIFIED : found[3] ? DISPOSAL_DONE : found[2] ? DISPOSAL_BEGUN : found[1] ? DISPOSAL_CANCELLED
             : !found[0] ? DISPOSAL_PROPOSED : now < v->cooling.until ? DISPOSAL_COOLING : DISPOSAL_READY;
  return E_OK;
}

static enum err_code as_proposed(struct store *s, const struct disposal *d, struct err *e) {
  int64_t segments, last, records;
  char expected[96], found[96];
  TRY(disposal_scope(s, d->dataset, d->part, &segments, &last, &records, e));
  snprintf(expected, sizeof expected, "%lld segments up to %lld", (long long)d->segments, (long long)d->last_segment);
  snprintf(found, sizeof found, "%lld segments up to %lld", (long long)segments, (long long)last);
  return segments == d->segments && last == d->last_segment ? E_OK : ERR(e, E_DISPOSAL_CHANGED, .subject = d->id, .expected = expected,
      .found = found);
}

enum err_code disposal_check(struct store *s, const struct disposal_view *v, struct err *e) {
  char when[32];
  if (v->state != DISPOSAL_PROPOSED && v->state != DISPOSAL_COOLING && v->state != DISPOSAL_READY)
    return ERR(e, E_DISPOSAL_STATE, .subject = v->proposal.id, .found = disposal_state_name(v->state));
  TRY(may_be_destroyed(s, &v->proposal, e));
  TRY(as_proposed(s, &v->proposal, e));
  TRY(enough(v, e));
  if (v->state == DISPOSAL_READY) return E_OK;
  time_format_jst(v->cooling.until, when);
  return ERR(e, E_DISPOSAL_COOLING, .subject = v->proposal.id, .expected = v->cooling.until ? when : "cooling begins with the last signature");
}

/* --- signing --- */

enum err_code disposal_subject(struct store *s, const char *id, const char **kind, uint8_t subject[32], struct err *e) {
  struct disposal_view v;
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  TRY(disposal_read(s, id, &v, e));
  bool after = v.state == DISPOSAL_DONE || v.state == DISPOSAL_CERTIFIED;
  if (!after && v.state != DISPOSAL_PROPOSED && v.state != DISPOSAL_COOLING && v.state != DISPOSAL_READY)
    return ERR(e, E_DISPOSAL_STATE, .subject = id, .found = disposal_state_name(v.state));
  *kind = after ? "certificate" : "disposal";
  memcpy(subject, v.subject, 32);
  if (!after) return may_be_destroyed(s, &v.proposal, e);
  disposal_object("disposal-statement", id, object);
  if (!record_last(s, object, &r)) return ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
  memcpy(subject, r.sha256, 32);
  return E_OK;
}

/* Cooling begins when the last signature that is needed stands in the log, and begins only once. */
static enum err_code after_signature(struct store *s, const char *id, struct err *e) {
  struct disposal_view v;
  struct err none;
  int64_t now;
  TRY(disposal_read(s, id, &v, e));
  if (v.state != DISPOSAL_PROPOSED || enough(&v, &none)) return E_OK;
  TRY(store_now(s, &now, e));
  return put_cooling(s, &v.proposal, now, e);
}

enum err_code disposal_sign(struct store *s, const char *id, const struct act_by *by, struct err *e) {
  const char *kind;
  char object[RECORD_OBJECT_BYTES];
  uint8_t subject[32];
  disposal_object("disposal", id, object);
  const struct act a = {.action = "destroy-sign", .object = object, .any_of = signing_roles};
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  if (!store_has_officers(s)) return ERR(e, E_DISPOSAL_ID, .subject = "sign", .expected = "a store with officers: here the passphrase and the "
    "cooling time decide");
  TRY(act_check(s, &a, by, e));
  enum err_code code = disposal_subject(s, id, &kind, subject, e);
  if (!code) code = act_sign(s, a.action, kind, subject, by, e);
  if (code) return act_refuse(s, a.action, object, e);
  return after_signature(s, id, e);
}

static enum err_code take_word(struct store *s, const char *id, struct str approval, struct err *e) {
  const char *kind;
  uint8_t subject[32];
  struct approval out;
  TRY(disposal_subject(s, id, &kind, subject, e));
  TRY(store_begin(s, e));
  TRY(approval_put(s, approval, "destroy-sign", kind, subject, &out, e));
  return store_commit(s, e);
}

enum err_code disposal_take_approval(struct store *s, const char *id, struct str approval, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  disposal_object("disposal", id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  if (take_word(s, id, approval, e)) return act_refuse(s, "destroy-sign", object, e);
  return after_signature(s, id, e);
}

/* --- cancelling --- */

enum err_code disposal_cancel(struct store *s, const char *id, const char *reason, const struct act_by *by, struct err *e) {
  struct disposal_view v;
  struct cancel c = {.id = ""};
  char object[RECORD_OBJECT_BYTES];
  disposal_object("disposal-cancel", id, object);
  enum err_code code = disposal_read(s, id, &v, e);
  if (!code && v.state >= DISPOSAL_CANCELLED)
    code = ERR(e, v.state == DISPOSAL_BEGUN ? E_DISPOSAL_UNFINISHED : E_DISPOSAL_STATE, .subject = id, .found = disposal_state_name(v.state));
  if (!code) code = row_set(c.reason, sizeof c.reason, "reason", reason, e);
  if (!code && !c.reason[0]) code = ERR(e, E_DISPOSAL_ID, .subject = "reason", .expected = "given");
  if (code) return act_refuse(s, "destroy-cancel", object, e);
  memcpy(c.id, v.proposal.id, sizeof c.id);
  struct act a = {.action = "destroy-cancel", .object = object, .kind = "disposal", .any_of = signing_roles};
  return act_row(s, &a, &cancel_format, &c, by, e);
}
