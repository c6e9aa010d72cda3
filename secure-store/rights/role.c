/* role.c -- names of roles, what may never meet, certificates and who may do something now; see role.h. Replaying the log stands in role_replay.c. */
#include "secure-store/rights/role.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/oversight/contract.h"
#include "secure-store/rights/record_impl.h"
#include "secure-store/rights/role_replay.h"

static const char certificate_format[] = "shirabe-role-1";
enum { CERTIFICATE_MAX = 4096 };

/* --- data --- */

static const char *const names[LOG_ROLE_COUNT] = {
#define ROLE_NAME(role, text, en, ja) [role] = text,
#include "secure-store/rights/roles.def"
#undef ROLE_NAME
};
static const struct never {
  enum log_role one, other;
  const char *why[2];
} nevers[] = {
#define ROLE_NEVER(a, b, en, ja) {a, b, {en, ja}},
#include "secure-store/rights/roles.def"
#undef ROLE_NEVER
};
static const struct role_act_rule acts[] = {
#define ROLE_ACTS(a, b, en, ja) {a, b, en, ja},
#include "secure-store/rights/roles.def"
#undef ROLE_ACTS
};

const char *role_name(enum log_role r) { return (unsigned)r < LOG_ROLE_COUNT && names[r] ? names[r] : ""; }

bool role_parse(struct str text, enum log_role *out) {
  for (int i = 0; i < LOG_ROLE_COUNT; i++) {
    if (!names[i] || !str_eq(text, str_of(names[i]))) continue;
    *out = (enum log_role)i;
    return true;
  }
  return false;
}

bool role_set_allowed(role_set roles, enum log_role *a, enum log_role *b) {
  for (size_t i = 0; i < sizeof nevers / sizeof *nevers; i++) {
    if (!(roles & ROLE_BIT(nevers[i].one)) || !(roles & ROLE_BIT(nevers[i].other))) continue;
    if (a) *a = nevers[i].one;
    if (b) *b = nevers[i].other;
    return false;
  }
  return true;
}

const char *role_forbidden_why(enum log_role a, enum log_role b, enum err_lang lang) {
  for (size_t i = 0; i < sizeof nevers / sizeof *nevers; i++)
    if ((nevers[i].one == a && nevers[i].other == b) || (nevers[i].one == b && nevers[i].other == a)) return nevers[i].why[lang == LANG_JA];
  return NULL;
}

bool role_act_rule_at(size_t i, struct role_act_rule *out) {
  if (i >= sizeof acts / sizeof *acts) return false;
  *out = acts[i];
  return true;
}

static void add_names(role_set roles, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int i = 0; i < LOG_ROLE_COUNT; i++)
    if (names[i] && roles & ROLE_BIT(i) && n < size) n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", names[i]);
}

/* --- certificates --- */

enum err_code role_certificate_text(struct store *s, const struct role_certificate *c, struct strbuf *out, uint8_t subject[32], struct err *e) {
  struct json_out j;
  char install[33];
  size_t start = out->n;
  if (!role_name(c->role)[0]) return ERR(e, E_ROLE_FORMAT, .subject = c->officer, .expected = "a role");
  if (c->from < 0 || c->until <= c->from) return ERR(e, E_ROLE_FORMAT, .subject = c->officer, .expected = "from before until");
  hex_encode(s->install_id, sizeof s->install_id, install);
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "format", certificate_format);
  json_put_int(&j, "from", c->from);
  json_put(&j, "install", install);
  json_put(&j, "officer", c->officer);
  json_put(&j, "role", role_name(c->role));
  json_put_int(&j, "until", c->until);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_ROLE_FORMAT, .subject = c->officer);
  sha256_of(out->p + start, out->n - start, subject);
  return E_OK;
}

static bool take_certificate(const struct json_value *root, struct role_certificate *c) {
  const char *officer = json_string(json_member(root, "officer")), *role = json_string(json_member(root, "role"));
  if (strcmp(json_member_string(root, "format", ""), certificate_format) != 0 || !officer || !role || strlen(officer) >= sizeof c->officer)
    return false;
  snprintf(c->officer, sizeof c->officer, "%s", officer);
  return role_parse(str_of(role), &c->role) && json_integer(json_member(root, "from"), &c->from) &&
      json_integer(json_member(root, "until"), &c->until);
}

enum err_code role_certificate_parse(
    struct store *s, const char *place, struct str json, struct role_certificate *out, uint8_t subject[32], struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  memset(out, 0, sizeof *out);
  if (json.n > CERTIFICATE_MAX) return ERR(e, E_ROLE_FORMAT, .file = place, .subject = place, .expected = "at most 4 KiB");
  TRY(json_parse(place, json.p, json.n, &d, e));
  bool ok = take_certificate(json_root(d), out);
  json_release(d);
  if (!ok) return ERR(e, E_ROLE_FORMAT, .file = place, .subject = place, .expected = certificate_format);
  strbuf_init(&again, 0);
  enum err_code code = role_certificate_text(s, out, &again, subject, e);
  if (!code && !str_eq(json, str_view(again.p, again.n)))
    code = ERR(e, E_ROLE_FORMAT, .file = place, .subject = out->officer, .expected = "canonical JSON of this store");
  strbuf_release(&again);
  return code;
}

/* --- proposing and ending --- */

static void object_of(const char *kind, const struct role_certificate *c, const uint8_t subject[32], char out[RECORD_OBJECT_BYTES]) {
  char hex[65];
  hex_encode(subject, 32, hex);
  snprintf(out, RECORD_OBJECT_BYTES, "%s:%s:%s:%.16s", kind, c->officer, role_name(c->role), hex);
}

static enum err_code forbidden(const char *officer, enum log_role a, enum log_role b, struct err *e) {
  char pair[80];
  snprintf(pair, sizeof pair, "%s + %s", role_name(a), role_name(b));
  return ERR(e, E_ROLE_FORBIDDEN, .subject = officer, .expected = "roles that may meet", .found = pair);
}

/* Against every role in force whose time overlaps. */
static enum err_code check_together(const struct role_replay *p, const struct role_certificate *c, struct err *e) {
  enum log_role a, b;
  for (int64_t i = 0; i < p->n; i++) {
    const struct role_state *x = &p->state[i];
    bool overlap = x->in_force && !x->forbidden && !x->revoked && x->certificate.from < c->until && c->from < x->certificate.until;
    if (!overlap || strcmp(x->certificate.officer, c->officer) != 0) continue;
    if (!role_set_allowed(ROLE_BIT(x->certificate.role) | ROLE_BIT(c->role), &a, &b)) return forbidden(c->officer, a, b, e);
  }
  return E_OK;
}

static enum err_code check_bearer(struct store *s, const struct role_certificate *c, bool founding, struct err *e) {
  struct officer o;
  const struct role_replay *p;
  TRY(officer_find(s, c->officer, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  TRY(role_replay_now(s, &p, e));
  TRY(check_together(p, c, e));
  return founding ? E_OK : contract_allows_role(s, &o, c->role, c->from, c->until, e);
}

enum err_code role_put(struct store *s, struct str certificate, struct err *e) {
  struct role_certificate c;
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  TRY(role_certificate_parse(s, "certificate", certificate, &c, subject, e));
  TRY(check_bearer(s, &c, false, e));
  object_of("role", &c, subject, object);
  return record_put(s, &(struct record_entry){.action = "role-grant", .object = object, .role = LOG_ROLE_PROGRAM, .text = certificate}, e);
}

static enum err_code put_founded(struct store *s, const struct role_certificate *c, struct strbuf *text, struct err *e) {
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  TRY(role_certificate_text(s, c, text, subject, e));
  object_of("founded", c, subject, object);
  return record_put(
      s, &(struct record_entry){.action = "role-grant", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text->p, text->n)}, e);
}

static enum err_code check_founding(struct store *s, struct err *e) {
  const struct role_replay *p;
  TRY(role_replay_now(s, &p, e));
  return role_replay_leaders(p) < 2 ? E_OK : ERR(e, E_ROLE_FORBIDDEN, .subject = "role_found", .expected = "a store without two managers");
}

enum err_code role_found(struct store *s, const struct role_certificate *c, struct err *e) {
  struct strbuf text;
  TRY(check_founding(s, e));
  TRY(check_bearer(s, c, true, e));
  strbuf_init(&text, 0);
  enum err_code code = put_founded(s, c, &text, e);
  strbuf_release(&text);
  return code;
}

enum err_code role_revoke(struct store *s, const char *officer, enum log_role role, struct err *e) {
  struct officer o;
  char object[RECORD_OBJECT_BYTES], text[160];
  TRY(officer_find(s, officer, &o, e));
  if (!role_name(role)[0]) return ERR(e, E_ROLE_FORMAT, .subject = officer, .expected = "a role");
  snprintf(object, sizeof object, "role-revoked:%s:%s", o.id, role_name(role));
  int n = snprintf(text, sizeof text, "shirabe-role-revocation-1\nofficer %s\nrole %s\n", o.id, role_name(role));
  return record_put(
      s, &(struct record_entry){.action = "role-revoke", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text, (size_t)n)}, e);
}

/* --- asking --- */

enum err_code roles_of(struct store *s, const char *officer, int64_t at, role_set *out, struct err *e) {
  const struct role_replay *p;
  *out = 0;
  TRY(role_replay_now(s, &p, e));
  *out = role_replay_at_time(p, officer, at);
  return E_OK;
}

enum err_code role_list(struct store *s, struct arena *a, struct role_state **out, int64_t *n, struct err *e) {
  const struct role_replay *p;
  *out = NULL;
  *n = 0;
  TRY(role_replay_now(s, &p, e));
  *out = ARENA_ARRAY(a, struct role_state, p->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "roles");
  memcpy(*out, p->state, (size_t)p->n * sizeof *p->state);
  *n = p->n;
  return E_OK;
}

enum err_code role_require(struct store *s, const char *officer, role_set any_of, const char *action, const char *object, struct err *e) {
  int64_t now;
  role_set held = 0;
  char wanted[160], has[160];
  TRY(store_now(s, &now, e));
  TRY(roles_of(s, officer, now, &held, e));
  if (held & any_of) return E_OK;
  add_names(any_of, wanted, sizeof wanted);
  add_names(held, has, sizeof has);
  store_refusal_leaf(s, action, object, E_ROLE_MISSING);
  return ERR(e, E_ROLE_MISSING, .subject = officer, .expected = wanted, .found = has);
}

/* --- two people --- */

static enum err_code is_excluded(struct store *s, const struct officer *o, const char *const *excluded, int n, bool *yes, struct err *e) {
  struct officer other;
  for (int i = 0; i < n && !*yes; i++) {
    if (!excluded[i] || !excluded[i][0]) continue;
    *yes = strcmp(excluded[i], o->id) == 0;
    enum err_code code = *yes ? E_OK : officer_find(s, excluded[i], &other, e);
    if (code == E_OFFICER_UNKNOWN) continue; /* somebody without keys cannot have signed */
    TRY(code);
    *yes = *yes || officer_same_person(o, &other);
  }
  return E_OK;
}

static enum err_code counts(struct store *s, const struct role_replay *p, const struct approval *a, role_set roles, const char *const *excluded,
    int n_excluded, struct officer *o, bool *yes, struct err *e) {
  bool out = false;
  *yes = false;
  if (!(role_replay_at_leaf(p, a->officer, a->seq, a->recorded) & roles)) return E_OK;
  TRY(officer_find(s, a->officer, o, e));
  TRY(is_excluded(s, o, excluded, n_excluded, &out, e));
  *yes = !out;
  return E_OK;
}

static enum err_code two_of(struct store *s, const struct role_replay *p, const struct approval *list, int n, role_set roles,
    const char *const *excluded, int n_excluded, bool *yes, struct err *e) {
  struct officer first = {.id = ""}, o;
  for (int i = 0; i < n && !*yes; i++) {
    bool good;
    TRY(counts(s, p, &list[i], roles, excluded, n_excluded, &o, &good, e));
    if (good && !first.id[0]) first = o;
    else if (good && !officer_same_person(&first, &o)) *yes = true;
  }
  return E_OK;
}

enum err_code role_two_of(struct store *s, const struct approval *list, int n, role_set roles, const char *const *excluded, int n_excluded, bool *yes,
    struct err *e) {
  const struct role_replay *p;
  *yes = false;
  TRY(role_replay_now(s, &p, e));
  return two_of(s, p, list, n, roles, excluded, n_excluded, yes, e);
}
