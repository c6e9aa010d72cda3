/* grant.c -- the life of a grant: request, words of officers, activation, revocation; see grant.h. */
#include "secure-store/rights/grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "secure-store/oversight/contract.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/use/sanction.h"

static const char *const state_names[GRANT_STATE_COUNT] = {"requested", "approved", "active", "expired", "revoked"};
const char *grant_state_name(enum grant_state state) { return (unsigned)state < GRANT_STATE_COUNT ? state_names[state] : ""; }

/* --- changes --- */

enum err_code grant_change_begin(struct grant_change *c, struct store *s, struct err *e) {
  *c = (struct grant_change){s, !s->in_transaction};
  return c->own ? store_begin_plain(s, e) : E_OK;
}

enum err_code grant_refuse(struct store *s, const char *action, const char *id, struct err *e) {
  char object[GRANT_ID_BYTES + 16];
  snprintf(object, sizeof object, "grant:%.40s", id);
  return store_refuse(s, action, object, e);
}

enum err_code grant_change_end(struct grant_change *c, enum err_code code, const char *action, const char *id, struct err *e) {
  if (code && c->own) store_rollback(c->s);
  if (code) return grant_refuse(c->s, action, id, e);
  return c->own ? store_commit(c->s, e) : E_OK;
}

static void object_of(const char *kind, const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "%s:%.40s", kind, id); }

static bool is_revoked(const struct store *s, const char *id, struct record *r) {
  char object[RECORD_OBJECT_BYTES];
  object_of("grant-revoked", id, object);
  return record_last(s, object, r);
}

/* Read for its own sake: an altered or missing row must be seen where it counts. */
static enum err_code look_at(struct store *s, const struct record *r, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  strbuf_release(&text);
  return code;
}

static enum err_code check_not_revoked(struct store *s, const char *id, struct err *e) {
  struct record r;
  if (!is_revoked(s, id, &r)) return E_OK;
  TRY(look_at(s, &r, e));
  return ERR(e, E_GRANT_REVOKED, .subject = id);
}

/* --- request --- */

static enum err_code check_break_glass(const struct grant *g, struct err *e) {
  if (!g->break_glass[0]) return E_OK;
  if (g->until - g->from > GRANT_BREAK_GLASS_SECONDS) return ERR(e, E_BREAK_GLASS, .subject = g->id, .expected = "at most one hour");
  if (g->limits.exports != 0) return ERR(e, E_BREAK_GLASS, .subject = g->id, .expected = "exports 0");
  return E_OK;
}

static enum err_code fill_in(struct store *s, struct grant *g, struct err *e) {
  uint8_t salt[16];
  if (!g->salt[0]) {
    random_bytes(salt, sizeof salt);
    hex_encode(salt, sizeof salt, g->salt);
  }
  return strcmp(g->machine, "this") == 0 ? grant_machine(s, g->machine, e) : E_OK;
}

/* Nobody who misused data, or owes the report of their erasure, is given more. The office's own work (32) is no provision and owes no report. */
static enum err_code check_standing(struct store *s, const struct grant *g, int64_t now, struct err *e) {
  TRY(sanction_check_person(s, g->person, now, e));
  return g->basis == BASIS_32_I || g->basis == BASIS_32_II ? E_OK : application_person_owes(s, g->person, now, e);
}

static enum err_code check_request(struct store *s, const struct grant *g, struct err *e) {
  struct officer o;
  int64_t now;
  TRY(store_now(s, &now, e));
  TRY(check_not_revoked(s, g->id, e));
  if (g->until <= now) return ERR(e, E_GRANT_EXPIRED, .subject = g->id);
  TRY(officer_find(s, g->person, &o, e));
  TRY(officer_find(s, g->requester, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  TRY(check_break_glass(g, e));
  TRY(check_standing(s, g, now, e));
  return grant_shape_check(s, g, e);
}

static enum err_code put_request(struct store *s, const struct grant *g, struct err *e) {
  struct strbuf text;
  struct record before;
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  object_of("grant", g->id, object);
  bool edit = record_last(s, object, &before);
  strbuf_init(&text, 0);
  enum err_code code = grant_text(s, g, &text, subject, e);
  if (!code && edit && memcmp(before.sha256, subject, sizeof subject) == 0) code = ERR(e, E_GRANT_EXISTS, .subject = g->id);
  if (!code)
    code = record_put(s,
        &(struct record_entry){.action = edit ? "grant-edit" : "grant-request",
            .object = object,
            .role = LOG_ROLE_PROGRAM,
            .grant = g->id,
            .text = str_view(text.p, text.n),
            .sealed = true,
            .basis = grant_basis_text(g->basis)},
        e);
  strbuf_release(&text);
  return code;
}

enum err_code grant_request(struct store *s, struct str json, struct err *e) {
  struct arena *a = arena_new(0);
  struct grant g = {.id = "?"};
  struct grant_change c;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "grant");
  enum err_code code = grant_change_begin(&c, s, e);
  if (!code) {
    code = grant_parse(a, "request", json, &g, e);
    if (!code) code = fill_in(s, &g, e);
    if (!code) code = check_request(s, &g, e);
    if (!code) code = put_request(s, &g, e);
    code = grant_change_end(&c, code, "grant-request", g.id[0] ? g.id : "?", e);
  }
  arena_free(a);
  return code;
}

enum err_code grant_find(struct store *s, struct arena *a, const char *id, struct grant *out, uint8_t subject[32], struct err *e) {
  struct strbuf text;
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  memset(out, 0, sizeof *out);
  object_of("grant", id, object);
  if (strlen(id) >= GRANT_ID_BYTES || !record_last(s, object, &r)) return ERR(e, E_GRANT_UNKNOWN, .subject = id);
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, &r, &text, e);
  if (!code) code = grant_parse_canonical(s, a, str_view(text.p, text.n), out, subject, e);
  strbuf_release(&text);
  return code;
}

enum err_code grant_list(struct store *s, struct arena *a, const char ***ids, int64_t *n, struct err *e) {
  struct record r, first;
  *n = 0;
  int64_t capacity = 1;
  for (uint64_t from = 0; record_next(s, "grant:", from, &r); from = r.seq + 1) capacity++;
  *ids = ARENA_ARRAY(a, const char *, capacity);
  if (!*ids) return ERR(e, E_NO_MEMORY, .subject = "grants");
  for (uint64_t from = 0; record_next(s, "grant:", from, &r); from = r.seq + 1) {
    uint64_t at = 0;
    bool again = false;
    while (!again && record_next(s, r.object, at, &first) && first.seq < r.seq) again = strcmp(first.object, r.object) == 0, at = first.seq + 1;
    if (again) continue;
    const char *id = r.object + 6;
    if (!((*ids)[*n] = arena_strdup(a, id, strlen(id)))) return ERR(e, E_NO_MEMORY, .subject = "grants");
    ++*n;
  }
  return E_OK;
}

/* --- words --- */

const char *grant_vote_kind(const struct grant *g) { return g->break_glass[0] ? "break-glass" : "grant"; }
static role_set deciders(const struct grant *g) {
  return g->break_glass[0] ? ROLE_BIT(LOG_ROLE_KEY_OFFICER) : ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);
}

static enum err_code same_people(struct store *s, const struct officer *o, const char *id, bool *same, struct err *e) {
  struct officer other;
  TRY(officer_find(s, id, &other, e));
  *same = officer_same_person(o, &other);
  return E_OK;
}

/* Nobody decides about what he asked for or what he will use, under no id of his. */
static enum err_code check_decider(struct store *s, const struct grant *g, const char *officer, struct err *e) {
  struct officer o;
  bool requester, person;
  char object[RECORD_OBJECT_BYTES];
  TRY(officer_find(s, officer, &o, e));
  TRY(same_people(s, &o, g->requester, &requester, e));
  TRY(same_people(s, &o, g->person, &person, e));
  if (requester || person) return ERR(e, E_GRANT_SELF, .subject = officer, .found = requester ? "requester" : "person");
  object_of("grant", g->id, object);
  return role_require(s, officer, deciders(g), "grant-vote", object, e);
}

static enum err_code check_word(struct store *s, const struct grant *g, const struct approval *a, const char **kind, struct err *e) {
  int64_t now;
  TRY(check_not_revoked(s, g->id, e));
  TRY(store_now(s, &now, e));
  if (now >= g->until) return ERR(e, E_GRANT_EXPIRED, .subject = g->id);
  bool request = strcmp(a->kind, "request") == 0;
  *kind = request ? "request" : grant_vote_kind(g);
  if (!request) return check_decider(s, g, a->officer, e);
  return strcmp(a->officer, g->requester) == 0 ? E_OK : ERR(e, E_GRANT_PERSON, .subject = g->id, .expected = g->requester, .found = a->officer);
}

static enum err_code vote_in(struct store *s, struct arena *a, const char *id, struct str text, struct err *e) {
  struct grant g;
  struct approval word;
  struct str signature;
  uint8_t subject[32];
  const char *kind = "";
  TRY(grant_find(s, a, id, &g, subject, e));
  TRY(approval_parse(text, &word, &signature, e));
  TRY(check_word(s, &g, &word, &kind, e));
  return approval_put(s, text, "grant-vote", kind, subject, &word, e);
}

enum err_code grant_vote(struct store *s, const char *id, struct str approval, struct err *e) {
  struct arena *a = arena_new(0);
  struct grant_change c;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "grant");
  enum err_code code = grant_change_begin(&c, s, e);
  if (!code) code = grant_change_end(&c, vote_in(s, a, id, approval, e), "grant-vote", id, e);
  arena_free(a);
  return code;
}

static enum err_code requester_signed(struct store *s, const struct grant *g, const uint8_t subject[32], bool *yes, struct err *e) {
  struct approval list[APPROVAL_MAX];
  int n = 0;
  TRY(approvals_of(s, "request", subject, list, &n, e));
  *yes = false;
  for (int i = 0; i < n; i++) *yes = *yes || strcmp(list[i].officer, g->requester) == 0;
  return E_OK;
}

enum err_code grant_approvals(struct store *s, const struct grant *g, const uint8_t subject[32], struct approval out[APPROVAL_MAX], int *n,
    bool *signed_by_requester, struct err *e) {
  TRY(requester_signed(s, g, subject, signed_by_requester, e));
  return approvals_of(s, grant_vote_kind(g), subject, out, n, e);
}

static enum err_code approved(struct store *s, const struct grant *g, const uint8_t subject[32], bool *yes, struct err *e) {
  struct approval list[APPROVAL_MAX];
  const char *const excluded[] = {g->requester, g->person};
  int n = 0;
  bool requested = false;
  *yes = false;
  TRY(grant_approvals(s, g, subject, list, &n, &requested, e));
  return requested ? role_two_of(s, list, n, deciders(g), excluded, 2, yes, e) : E_OK;
}

/* --- activation --- */

static int activation_text(const struct grant *g, const uint8_t subject[32], char *out, size_t size) {
  char hex[65];
  hex_encode(subject, 32, hex);
  return snprintf(out, size, "shirabe-grant-activation-1\ngrant %s\nsubject %s\n", g->id, hex);
}

/* Activated in exactly these words. */
static enum err_code activated(struct store *s, const struct grant *g, const uint8_t subject[32], bool *yes, struct err *e) {
  struct strbuf text;
  struct record r;
  char object[RECORD_OBJECT_BYTES], wanted[256];
  int n = activation_text(g, subject, wanted, sizeof wanted);
  object_of("grant-active", g->id, object);
  *yes = false;
  if (!record_last(s, object, &r)) return E_OK;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, &r, &text, e);
  *yes = !code && str_eq(str_view(text.p, text.n), str_view(wanted, (size_t)n));
  strbuf_release(&text);
  return code;
}

/* Pledge, instruction, and no role that opens no data. */
static enum err_code check_person(struct store *s, const struct grant *g, int64_t now, struct err *e) {
  struct officer o;
  role_set roles = 0;
  int64_t day = 0;
  TRY(officer_find(s, g->person, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  TRY(sanction_check_person(s, g->person, now, e));
  bool trained = o.trained[0] && date_parse_iso(str_of(o.trained), &day) && now / 86400 - day <= GRANT_TRAINED_DAYS && day <= now / 86400 + 1;
  if (!o.pledge_sha256[0] || !trained) return ERR(e, E_GRANT_PLEDGE, .subject = o.id, .found = o.pledge_sha256[0] ? o.trained : "no pledge");
  TRY(roles_of(s, o.id, now, &roles, e));
  if (roles & (ROLE_BIT(LOG_ROLE_AUDITOR) | ROLE_BIT(LOG_ROLE_MAINTENANCE)))
    return ERR(e, E_ROLE_FORBIDDEN, .subject = o.id, .expected = "a role that may open data",
        .found = roles & ROLE_BIT(LOG_ROLE_AUDITOR) ? "auditor" : "maintenance");
  return contract_allows_grant(s, &o, g->dataset, now, e);
}

static enum err_code check_sound(struct store *s, const struct grant *g, const uint8_t subject[32], int64_t *now, struct err *e) {
  bool yes = false;
  TRY(check_not_revoked(s, g->id, e));
  TRY(store_now(s, now, e));
  if (*now >= g->until) return ERR(e, E_GRANT_EXPIRED, .subject = g->id);
  TRY(approved(s, g, subject, &yes, e));
  if (!yes) return ERR(e, E_GRANT_APPROVALS, .subject = g->id);
  TRY(check_break_glass(g, e));
  return check_person(s, g, *now, e);
}

static enum err_code put_task(struct store *s, const struct grant *g, struct err *e) {
  char object[RECORD_OBJECT_BYTES], text[512];
  object_of("task:break-glass", g->id, object);
  int n = snprintf(
      text, sizeof text, "shirabe-task-1\nfor auditor\nkind break-glass\ngrant %s\nperson %s\nreason %s\n", g->id, g->person, g->break_glass);
  return record_put(s, &(struct record_entry){.action = "inspect-plan", .object = object, .role = LOG_ROLE_PROGRAM, .grant = g->id, .sealed = true,
                                              .text = str_view(text, (size_t)n)}, e);
}

static enum err_code activate_in(struct store *s, struct arena *a, const char *id, struct err *e) {
  struct grant g;
  uint8_t subject[32];
  int64_t now;
  bool already = false;
  char object[RECORD_OBJECT_BYTES], text[256];
  TRY(grant_find(s, a, id, &g, subject, e));
  TRY(check_sound(s, &g, subject, &now, e));
  TRY(check_standing(s, &g, now, e));
  TRY(grant_shape_check(s, &g, e));
  TRY(activated(s, &g, subject, &already, e));
  if (already) return ERR(e, E_GRANT_EXISTS, .subject = id);
  int n = activation_text(&g, subject, text, sizeof text);
  object_of("grant-active", id, object);
  TRY(record_put(s,
      &(struct record_entry){.action = g.break_glass[0] ? "break-glass" : "grant-activate",
          .object = object,
          .role = LOG_ROLE_PROGRAM,
          .grant = g.id,
          .basis = grant_basis_text(g.basis),
          .text = str_view(text, (size_t)n)},
      e));
  return g.break_glass[0] ? put_task(s, &g, e) : E_OK;
}

enum err_code grant_activate(struct store *s, const char *id, struct err *e) {
  struct arena *a = arena_new(0);
  struct grant_change c;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "grant");
  enum err_code code = grant_change_begin(&c, s, e);
  if (!code) code = grant_change_end(&c, activate_in(s, a, id, e), "grant-activate", id, e);
  arena_free(a);
  return code;
}

enum err_code grant_check_active(struct store *s, const struct grant *g, const uint8_t subject[32], struct err *e) {
  int64_t now;
  bool yes = false;
  TRY(check_sound(s, g, subject, &now, e));
  TRY(activated(s, g, subject, &yes, e));
  if (!yes) return ERR(e, E_GRANT_NOT_YET, .subject = g->id, .expected = "activated");
  if (!g->break_glass[0]) TRY(oversight_may_read(s, e)); /* in an emergency nobody waits for a signature */
  return now < g->from ? ERR(e, E_GRANT_NOT_YET, .subject = g->id) : E_OK;
}
enum err_code grant_check_live(struct store *s, const struct grant *g, const uint8_t subject[32], struct err *e) {
  char machine[65];
  TRY(grant_check_active(s, g, subject, e));
  TRY(grant_machine(s, machine, e));
  return strcmp(machine, g->machine) == 0 ? E_OK : ERR(e, E_GRANT_MACHINE, .subject = g->id);
}

enum err_code grant_state_of(struct store *s, const struct grant *g, const uint8_t subject[32], enum grant_state *out, struct err *e) {
  struct record r;
  bool is_approved = false, is_active = false;
  int64_t wall = store_clock_wall(s), last = s->records.last.known ? s->records.last.wall : 0,
          now = wall > last && !store_clock_jumped(s) ? wall : last;
  bool revoked = is_revoked(s, g->id, &r);
  if (revoked) TRY(look_at(s, &r, e));
  TRY(approved(s, g, subject, &is_approved, e));
  TRY(activated(s, g, subject, &is_active, e));
  *out = revoked                 ? GRANT_REVOKED
      : now >= g->until          ? GRANT_EXPIRED
      : is_approved && is_active ? GRANT_ACTIVE
      : is_approved              ? GRANT_APPROVED
                                 : GRANT_REQUESTED;
  return E_OK;
}

/* --- revocation --- */

static enum err_code revoke_in(struct store *s, const char *id, const char *reason, struct err *e) {
  struct record r;
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  object_of("grant", id, object);
  if (strlen(id) >= GRANT_ID_BYTES || !record_last(s, object, &r)) return ERR(e, E_GRANT_UNKNOWN, .subject = id);
  TRY(check_not_revoked(s, id, e));
  strbuf_init(&text, 0);
  strbuf_addf(&text, "shirabe-grant-revocation-1\ngrant %s\nreason %.400s\n", id, reason);
  object_of("grant-revoked", id, object);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = id)
      : record_put(s, &(struct record_entry){.action = "grant-revoke", .object = object, .role = LOG_ROLE_PROGRAM, .grant = id, .sealed = true,
                                             .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}

enum err_code grant_revoke(struct store *s, const char *id, const char *reason, struct err *e) {
  struct grant_change c;
  TRY(grant_change_begin(&c, s, e));
  return grant_change_end(&c, revoke_in(s, id, reason, e), "grant-revoke", id, e);
}
