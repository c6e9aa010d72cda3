/* contract.c -- see contract.h. */
#include "secure-store/oversight/contract.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/form.h"
#include "secure-store/oversight/paper.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/rights/record.h"
#include "secure-store/rights/role_replay.h"

static const struct paper_member members[] = {PAPER_TEXT_OF(struct contract, datasets, true), PAPER_INTEGER_OF(struct contract, from, 0, INT64_MAX),
    PAPER_TEXT_OF(struct contract, id, true), PAPER_TEXT_OF(struct contract, organisation, true), PAPER_TEXT_OF(struct contract, parent, false),
    PAPER_TEXT_OF(struct contract, purpose, true), PAPER_INTEGER_OF(struct contract, until, 1, INT64_MAX)};
static const struct paper_form form = {"shirabe-contract-1", members, sizeof members / sizeof *members};
static const struct paper_member end_members[] = {PAPER_INTEGER_OF(struct contract_end, at, 0, INT64_MAX),
    PAPER_TEXT_OF(struct contract_end, blob, true), PAPER_TEXT_OF(struct contract_end, certificate, true),
    PAPER_TEXT_OF(struct contract_end, id, true), PAPER_TEXT_OF(struct contract_end, officer, true),
    PAPER_TEXT_OF(struct contract_end, reason, false)};
static const struct paper_form end_form = {"shirabe-contract-end-1", end_members, sizeof end_members / sizeof *end_members};
static const role_set leaders = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);
static const role_set open_to_them = ROLE_BIT(LOG_ROLE_MAINTENANCE) | ROLE_BIT(LOG_ROLE_TABULATOR) | ROLE_BIT(LOG_ROLE_PROVIDER);

/* --- texts --- */

static enum err_code wrong(const char *member, const char *expected, const char *found, struct err *e) {
  return ERR(e, E_PAPER_FORMAT, .subject = member, .expected = expected, .found = found);
}
static enum err_code check(const struct contract *c, struct err *e) {
  if (!paper_id_ok(c->id)) return wrong("id", "2 to 40 of a-z, 0-9, hyphen", c->id, e);
  if (c->parent[0] && (!paper_id_ok(c->parent) || strcmp(c->parent, c->id) == 0)) return wrong("parent", "the id of another contract", c->parent, e);
  if (c->until <= c->from) return wrong("until", "after from", "", e);
  return grant_dataset_ok(c->datasets) ? E_OK : wrong("datasets", "survey/form/period/stage or blob/kind", c->datasets, e);
}
enum err_code contract_text(struct store *s, const struct contract *c, struct strbuf *out, uint8_t subject[32], struct err *e) {
  TRY(check(c, e));
  return paper_text(s, &form, c, out, subject, e);
}
enum err_code contract_parse(struct store *s, struct str json, struct contract *out, uint8_t subject[32], struct err *e) {
  memset(out, 0, sizeof *out);
  TRY(paper_parse(s, &form, "contract", json, out, subject, e));
  return check(out, e);
}
enum err_code contract_end_parse(struct store *s, struct str json, struct contract_end *out, struct err *e) {
  uint8_t subject[32];
  memset(out, 0, sizeof *out);
  return paper_parse(s, &end_form, "contract", json, out, subject, e);
}

/* --- datasets --- */

static bool covered(struct str pattern, struct str by) {
  while (pattern.n && by.n) {
    struct str p = str_split(pattern, '/', &pattern), b = str_split(by, '/', &by);
    if (!str_eq(b, STR("*")) && !str_eq(b, p)) return false;
  }
  return pattern.n == 0 && by.n == 0;
}
static bool covered_by_one(struct str pattern, struct str list) {
  while (list.n) {
    struct str one = str_split(list, ' ', &list);
    if (str_starts(one, STR("blob/")) == str_starts(pattern, STR("blob/")) && covered(pattern, one)) return true;
  }
  return false;
}
bool contract_within(const char *patterns, const char *of) {
  struct str rest = str_of(patterns);
  while (rest.n) {
    struct str one = str_split(rest, ' ', &rest);
    if (!covered_by_one(one, str_of(of))) return false;
  }
  return true;
}

/* --- reading --- */

static void object_of(const char *kind, const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "%s:%.40s", kind, id); }

static enum err_code read_end(struct store *s, struct contract_state *x, struct err *e) {
  struct record r;
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  object_of("contract-ended", x->contract.id, object);
  x->ended = record_last(s, object, &r);
  if (!x->ended) return E_OK;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, &r, &text, e);
  if (!code) code = contract_end_parse(s, str_view(text.p, text.n), &x->end, e);
  strbuf_release(&text);
  return code;
}
/* Who held a role of `roles` when he spoke. */
static enum err_code one_of(struct store *s, const struct approval *list, int n, enum log_role role, bool *yes, struct err *e) {
  const struct role_replay *p;
  *yes = false;
  TRY(role_replay_now(s, &p, e));
  for (int i = 0; i < n && !*yes; i++) *yes = (role_replay_at_leaf(p, list[i].officer, list[i].seq, list[i].recorded) & ROLE_BIT(role)) != 0;
  return E_OK;
}
static enum err_code read_words(struct store *s, struct contract_state *x, struct err *e) {
  struct approval list[APPROVAL_MAX];
  int n = 0;
  TRY(approvals_of(s, "contract", x->subject, list, &x->n_approvals, e));
  TRY(role_two_of(s, list, x->n_approvals, leaders, NULL, 0, &x->approved, e));
  x->second = !x->contract.parent[0];
  if (x->second) return E_OK;
  TRY(approvals_of(s, "subcontract", x->subject, list, &n, e));
  return one_of(s, list, n, LOG_ROLE_CHIEF, &x->second, e);
}
static enum err_code read_state(struct store *s, const struct record *r, struct contract_state *out, struct err *e) {
  struct strbuf text;
  memset(out, 0, sizeof *out);
  out->seq = r->seq;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = contract_parse(s, str_view(text.p, text.n), &out->contract, out->subject, e);
  strbuf_release(&text);
  if (!code) code = read_words(s, out, e);
  return code ? code : read_end(s, out, e);
}
enum err_code contract_find(struct store *s, const char *id, struct contract_state *out, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  object_of("contract", id, object);
  if (strlen(id) > 40 || !record_last(s, object, &r)) return ERR(e, E_CONTRACT_UNKNOWN, .subject = id);
  return read_state(s, &r, out, e);
}
enum err_code contract_list(struct store *s, struct arena *a, struct contract_state **out, int64_t *n, struct err *e) {
  struct record r;
  int64_t most = 1;
  *n = 0;
  for (uint64_t from = 0; record_next(s, "contract:", from, &r); from = r.seq + 1) most++;
  *out = ARENA_ARRAY(a, struct contract_state, most);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "contracts");
  for (uint64_t from = 0; record_next(s, "contract:", from, &r); from = (*out)[(*n)++].seq + 1) TRY(read_state(s, &r, &(*out)[*n], e));
  return E_OK;
}
bool contract_in_force(const struct contract_state *x, int64_t now) {
  return x->approved && x->second && !x->ended && now >= x->contract.from && now < x->contract.until;
}

/* --- every contract with one organisation --- */

struct search {
  struct arena *a;
  struct contract_state *list;
  int64_t n;
};
static enum err_code search(struct store *s, struct search *x, struct err *e) {
  *x = (struct search){.a = arena_new(0)};
  return x->a ? contract_list(s, x->a, &x->list, &x->n, e) : ERR(e, E_NO_MEMORY, .subject = "contracts");
}
static bool is_with(const struct contract_state *x, const char *organisation) { return strcmp(x->contract.organisation, organisation) == 0; }
static bool any_contract(const struct store *s) {
  struct record r;
  return record_next(s, "contract:", 0, &r);
}
/* A sub-contract stands only with the contract it is under. */
static bool parent_stands(const struct search *x, const struct contract_state *c, int64_t now) {
  if (!c->contract.parent[0]) return true;
  for (int64_t i = 0; i < x->n; i++)
    if (strcmp(x->list[i].contract.id, c->contract.parent) == 0) return contract_in_force(&x->list[i], now);
  return false;
}
static bool stands(const struct search *x, const struct contract_state *c, const char *organisation, int64_t now) {
  return is_with(c, organisation) && contract_in_force(c, now) && parent_stands(x, c, now);
}
static const struct contract_state *last_with(const struct search *x, const char *organisation) {
  for (int64_t i = x->n; i-- > 0;)
    if (is_with(&x->list[i], organisation)) return &x->list[i];
  return NULL;
}

/* --- proposing --- */

static enum err_code check_parent(const struct search *x, const struct contract *c, int64_t now, struct err *e) {
  if (!c->parent[0]) return E_OK;
  for (int64_t i = 0; i < x->n; i++) {
    const struct contract_state *p = &x->list[i];
    if (strcmp(p->contract.id, c->parent) != 0) continue;
    if (p->contract.parent[0]) return ERR(e, E_CONTRACT_PARENT, .subject = c->id, .expected = "no sub-contract", .found = c->parent);
    if (!contract_in_force(p, now)) return ERR(e, E_CONTRACT_PARENT, .subject = c->id, .expected = "a contract in force", .found = c->parent);
    bool inside = c->from >= p->contract.from && c->until <= p->contract.until && contract_within(c->datasets, p->contract.datasets);
    return inside ? E_OK : ERR(e, E_CONTRACT_PARENT, .subject = c->id, .expected = "its time and datasets", .found = c->parent);
  }
  return ERR(e, E_CONTRACT_UNKNOWN, .subject = c->parent);
}
/* One that is over without its certificate stands in the way of the next. */
static enum err_code check_certificates(const struct search *x, const struct contract *c, int64_t now, struct err *e) {
  for (int64_t i = 0; i < x->n; i++) {
    const struct contract_state *p = &x->list[i];
    if (is_with(p, c->organisation) && p->approved && !p->ended && now >= p->contract.until)
      return ERR(e, E_CONTRACT_CERTIFICATE, .subject = p->contract.id);
  }
  return E_OK;
}
static enum err_code check_new(struct store *s, const struct contract *c, struct err *e) {
  struct search x;
  struct record r;
  int64_t now;
  char object[RECORD_OBJECT_BYTES];
  TRY(check(c, e));
  TRY(store_now(s, &now, e));
  object_of("contract", c->id, object);
  if (record_last(s, object, &r)) return ERR(e, E_CONTRACT_EXISTS, .subject = c->id);
  if (c->until <= now) return ERR(e, E_CONTRACT_ENDED, .subject = c->id);
  enum err_code code = search(s, &x, e);
  if (!code) code = check_parent(&x, c, now, e);
  if (!code) code = check_certificates(&x, c, now, e);
  arena_free(x.a);
  return code;
}
enum err_code contract_put(struct store *s, const struct contract *c, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  TRY(check_new(s, c, e));
  object_of("contract", c->id, object);
  strbuf_init(&text, 0);
  enum err_code code = contract_text(s, c, &text, subject, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "role-grant", .object = object, .role = LOG_ROLE_PROGRAM,
                                                .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}
enum err_code contract_vote(struct store *s, const char *id, struct str approval, struct err *e) {
  struct contract_state x;
  struct approval word, back;
  struct str signature;
  char object[RECORD_OBJECT_BYTES];
  object_of("contract", id, object);
  TRY(contract_find(s, id, &x, e));
  if (x.ended) return ERR(e, E_CONTRACT_ENDED, .subject = id);
  TRY(approval_parse(approval, &word, &signature, e));
  bool second = strcmp(word.kind, "subcontract") == 0;
  TRY(role_require(s, word.officer, second ? ROLE_BIT(LOG_ROLE_CHIEF) : leaders, "role-grant", object, e));
  return approval_put(s, approval, "role-grant", second ? "subcontract" : "contract", x.subject, &back, e);
}

/* --- ending --- */

static enum err_code end_roles_of(struct store *s, const struct officer *o, int64_t now, struct err *e) {
  role_set held = 0;
  TRY(roles_of(s, o->id, now, &held, e));
  for (int role = 0; role < LOG_ROLE_COUNT; role++)
    if (held & ROLE_BIT(role)) TRY(role_revoke(s, o->id, (enum log_role)role, e));
  return E_OK;
}
static enum err_code end_people(struct store *s, const char *organisation, int64_t now, struct err *e) {
  struct search x;
  struct officer *list = NULL;
  int64_t n = 0;
  bool other = false;
  enum err_code code = search(s, &x, e);
  for (int64_t i = 0; !code && i < x.n; i++) other = other || stands(&x, &x.list[i], organisation, now);
  if (!code && !other) code = officer_list(s, x.a, &list, &n, e);
  for (int64_t i = 0; !code && i < n; i++)
    if (strcmp(list[i].organisation, organisation) == 0 && !list[i].retired) code = end_roles_of(s, &list[i], now, e);
  arena_free(x.a);
  return code;
}
static enum err_code put_end(struct store *s, struct contract_end *end, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  object_of("contract-ended", end->id, object);
  strbuf_init(&text, 0);
  enum err_code code = paper_text(s, &end_form, end, &text, subject, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "role-revoke", .object = object, .role = LOG_ROLE_PROGRAM,
                                                .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}
enum err_code contract_finish(struct store *s, struct contract_end *end, const void *certificate, size_t n, struct err *e) {
  struct contract_state x;
  uint8_t hash[32];
  TRY(store_now(s, &end->at, e));
  TRY(contract_find(s, end->id, &x, e));
  if (x.ended) return ERR(e, E_CONTRACT_ENDED, .subject = end->id);
  if (n == 0) return ERR(e, E_CONTRACT_CERTIFICATE, .subject = end->id);
  sha256_of(certificate, n, hash);
  hex_encode(hash, sizeof hash, end->certificate);
  TRY(store_blob_put(s, "contract-certificate", end->id, certificate, n, PART_PARADATA, end->blob, e));
  TRY(put_end(s, end, e));
  return end_people(s, x.contract.organisation, end->at, e);
}

/* --- what binds its people --- */

static enum err_code is_own(struct store *s, const char *organisation, bool *own, struct err *e) {
  struct record r;
  struct officer o;
  *own = false;
  for (uint64_t from = 0; !*own && record_next(s, "founded:", from, &r); from = r.seq + 1) {
    struct str rest, id;
    char officer[OFFICER_ID_BYTES] = "";
    (void)str_split(str_of(r.object), ':', &rest);
    id = str_split(rest, ':', &rest);
    if (id.n < sizeof officer) memcpy(officer, id.p, id.n);
    TRY(officer_find(s, officer, &o, e));
    *own = strcmp(o.organisation, organisation) == 0;
  }
  return E_OK;
}
enum err_code contract_allows_role(struct store *s, const struct officer *o, enum log_role role, int64_t from, int64_t until, struct err *e) {
  struct search x = {.a = NULL};
  bool own = false, term = false, room = false;
  TRY(is_own(s, o->organisation, &own, e));
  enum err_code code = own ? E_OK : search(s, &x, e);
  bool bound = !own && !code && (role == LOG_ROLE_MAINTENANCE || last_with(&x, o->organisation));
  if (bound && !(ROLE_BIT(role) & open_to_them)) code = ERR(e, E_CONTRACT_ROLE, .subject = o->id, .found = role_name(role));
  for (int64_t i = 0; bound && i < x.n; i++) {
    const struct contract *c = &x.list[i].contract;
    bool good = stands(&x, &x.list[i], o->organisation, from > c->from ? from : c->from);
    room = room || good;
    term = term || (good && from >= c->from && until <= c->until);
  }
  if (bound && !code && !room) code = ERR(e, E_CONTRACT_NEEDED, .subject = o->id, .found = o->organisation);
  if (bound && !code && !term) code = ERR(e, E_CONTRACT_TERM, .subject = o->id, .found = o->organisation);
  arena_free(x.a);
  return code;
}
enum err_code contract_allows_grant(struct store *s, const struct officer *o, const char *datasets, int64_t now, struct err *e) {
  struct search x;
  bool live = false, inside = false;
  if (!any_contract(s)) return E_OK;
  enum err_code code = search(s, &x, e);
  const struct contract_state *any = code ? NULL : last_with(&x, o->organisation);
  for (int64_t i = 0; any && i < x.n; i++) {
    bool good = stands(&x, &x.list[i], o->organisation, now);
    live = live || good;
    inside = inside || (good && contract_within(datasets, x.list[i].contract.datasets));
  }
  if (any && !live) code = ERR(e, E_CONTRACT_ENDED, .subject = any->contract.id);
  if (any && live && !inside) code = ERR(e, E_CONTRACT_SCOPE, .subject = datasets);
  arena_free(x.a);
  return code;
}
