/* role_replay.c -- see role_replay.h. */
#include "secure-store/rights/role_replay.h"

#include <string.h>

#include "secure-store/rights/record_impl.h"

static const role_set leaders = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);

/* --- what was held --- */

static bool is_of(const struct role_state *x, const char *officer) { return strcmp(x->certificate.officer, officer) == 0; }
static bool in_period(const struct role_state *x, int64_t at) { return x->certificate.from <= at && at < x->certificate.until; }

role_set role_replay_at_leaf(const struct role_replay *p, const char *officer, uint64_t seq, int64_t at) {
  role_set held = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const struct role_state *x = &p->state[i];
    bool stands = x->in_force && !x->forbidden && x->in_force < seq && (!x->revoked || x->revoked > seq);
    if (stands && is_of(x, officer) && in_period(x, at)) held |= ROLE_BIT(x->certificate.role);
  }
  return held;
}

role_set role_replay_at_time(const struct role_replay *p, const char *officer, int64_t at) {
  role_set held = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const struct role_state *x = &p->state[i];
    bool stands = x->in_force && !x->forbidden && p->wall[i].in_force <= at && (!x->revoked || at < p->wall[i].revoked);
    if (stands && is_of(x, officer) && in_period(x, at)) held |= ROLE_BIT(x->certificate.role);
  }
  return held;
}

int role_replay_leaders(const struct role_replay *p) {
  int n = 0;
  for (int64_t i = 0; i < p->n; i++) {
    bool first = p->state[i].in_force && ROLE_BIT(p->state[i].certificate.role) & leaders;
    for (int64_t k = 0; k < i && first; k++)
      first = !(p->state[k].in_force && ROLE_BIT(p->state[k].certificate.role) & leaders && is_of(&p->state[k], p->state[i].certificate.officer));
    n += first;
  }
  return n;
}

/* --- the steps --- */

static void come_into_force(struct role_replay *p, int64_t i, const struct record *r) {
  struct role_state *x = &p->state[i];
  role_set together = ROLE_BIT(x->certificate.role);
  for (int64_t k = 0; k < p->n; k++) {
    const struct role_state *y = &p->state[k];
    bool overlap =
        y->in_force && !y->forbidden && !y->revoked && y->certificate.from < x->certificate.until && x->certificate.from < y->certificate.until;
    if (overlap && is_of(y, x->certificate.officer)) together |= ROLE_BIT(y->certificate.role);
  }
  x->in_force = r->seq;
  p->wall[i].in_force = r->wall;
  x->forbidden = !role_set_allowed(together, NULL, NULL);
}

static enum err_code propose(struct role_replay *p, const struct record *r, bool founded, struct err *e) {
  struct strbuf text;
  struct role_state *x = &p->state[p->n];
  *x = (struct role_state){.put = r->seq, .founded = founded};
  p->wall[p->n] = (struct role_walls){0};
  strbuf_init(&text, 0);
  enum err_code code = record_text(p->s, r, &text, e);
  if (!code) code = role_certificate_parse(p->s, "store.db", str_view(text.p, text.n), &x->certificate, x->subject, e);
  strbuf_release(&text);
  TRY(code);
  p->n++;
  if (founded) come_into_force(p, p->n - 1, r);
  return E_OK;
}

static void end_held(struct role_replay *p, const char *officer, const char *role, const struct record *r) {
  for (int64_t i = 0; i < p->n; i++) {
    struct role_state *x = &p->state[i];
    if (x->revoked || !is_of(x, officer) || (role && strcmp(role, role_name(x->certificate.role)) != 0)) continue;
    x->revoked = r->seq;
    p->wall[i].revoked = r->wall;
  }
}

static enum err_code end_roles(struct role_replay *p, const struct record *r, struct err *e) {
  struct strbuf text;
  struct str rest, id = str_split(str_of(r->object), ':', &rest), role = {0};
  char officer[OFFICER_ID_BYTES] = "", name[32] = "";
  bool one_role = str_eq(id, STR("role-revoked"));
  id = one_role ? str_split(rest, ':', &role) : rest;
  if (id.n < sizeof officer) memcpy(officer, id.p, id.n);
  if (role.n > 0 && role.n < sizeof name) memcpy(name, role.p, role.n);
  end_held(p, officer, one_role ? name : NULL, r);
  strbuf_init(&text, 0);
  enum err_code code = record_text(p->s, r, &text, e); /* r->object may not be used after this */
  strbuf_release(&text);
  return code;
}

static enum err_code approves_now(struct role_replay *p, int64_t state, struct officer *first, const struct role_word *w, bool *two, struct err *e) {
  struct officer o, bearer;
  if (!w->approve || w->state != state || *two) return E_OK;
  TRY(officer_find(p->s, w->officer, &o, e));
  TRY(officer_find(p->s, p->state[state].certificate.officer, &bearer, e));
  if (officer_same_person(&o, &bearer)) return E_OK;
  if (!first->id[0]) *first = o;
  else if (!officer_same_person(first, &o)) *two = true;
  return E_OK;
}

static enum err_code count_words(struct role_replay *p, int64_t state, const struct record *r, struct err *e) {
  struct officer first = {.id = ""};
  bool two = false;
  for (int64_t k = 0; k < p->n_words; k++) TRY(approves_now(p, state, &first, &p->word[k], &two, e));
  if (two) come_into_force(p, state, r);
  return E_OK;
}

static void remember_word(struct role_replay *p, int64_t state, const struct approval *a, bool may) {
  int64_t k = 0;
  while (k < p->n_words && !(p->word[k].state == state && strcmp(p->word[k].officer, a->officer) == 0)) k++;
  p->word[k] = (struct role_word){.state = state, .approve = a->approve && may};
  memcpy(p->word[k].officer, a->officer, sizeof p->word[k].officer);
  if (k == p->n_words) p->n_words++;
}

/* A word about the youngest certificate of this text that is neither in force nor revoked; it counts by the role its officer holds at this leaf. */
static enum err_code hear(struct role_replay *p, const struct record *r, struct err *e) {
  struct approval a;
  TRY(approval_read(p->s, r, &a, e));
  for (int64_t i = p->n; i-- > 0;) {
    struct role_state *x = &p->state[i];
    if (memcmp(x->subject, a.subject, sizeof a.subject) != 0 || x->in_force || x->revoked) continue;
    remember_word(p, i, &a, (role_replay_at_leaf(p, a.officer, a.seq, a.recorded) & leaders) != 0);
    return count_words(p, i, r, e);
  }
  return E_OK;
}

static enum err_code step(struct role_replay *p, const struct record *r, struct err *e) {
  struct str object = str_of(r->object);
  if (str_starts(object, STR("role:"))) return propose(p, r, false, e);
  if (str_starts(object, STR("founded:"))) return propose(p, r, true, e);
  if (str_starts(object, STR("approval:role:"))) return hear(p, r, e);
  if (str_starts(object, STR("role-revoked:")) || str_starts(object, STR("retired:"))) return end_roles(p, r, e);
  return E_OK;
}

static enum err_code make_room(struct role_replay *p, struct err *e) {
  struct record r;
  int64_t n_roles = 1, n_words = 1;
  for (uint64_t from = 0; record_next(p->s, "", from, &r); from = r.seq + 1) {
    n_roles += strncmp(r.object, "role:", 5) == 0 || strncmp(r.object, "founded:", 8) == 0;
    n_words += strncmp(r.object, "approval:role:", 14) == 0;
  }
  p->state = ARENA_ARRAY(p->a, struct role_state, n_roles);
  p->wall = ARENA_ARRAY(p->a, struct role_walls, n_roles);
  p->word = ARENA_ARRAY(p->a, struct role_word, n_words);
  return p->state && p->wall && p->word ? E_OK : ERR(e, E_NO_MEMORY, .subject = "roles");
}

static enum err_code replay(struct role_replay *p, struct err *e) {
  struct record r;
  enum err_code code = make_room(p, e);
  for (uint64_t from = 0; !code && record_next(p->s, "", from, &r); from = r.seq + 1) code = step(p, &r, e);
  return code;
}

void role_replay_release(struct store *s) {
  if (s->roles) arena_free(s->roles->a);
  s->roles = NULL;
}

enum err_code role_replay_now(struct store *s, const struct role_replay **out, struct err *e) {
  int64_t version;
  *out = NULL;
  TRY(store_data_version(s, &version, e));
  if (s->roles && s->roles->role_seq == s->records.role_seq && s->roles->data_version == version) {
    *out = s->roles;
    return E_OK;
  }
  role_replay_release(s);
  struct arena *a = arena_new(0);
  struct role_replay *p = a ? ARENA_NEW(a, struct role_replay) : NULL;
  if (!p) return arena_free(a), ERR(e, E_NO_MEMORY, .subject = "roles");
  *p = (struct role_replay){.s = s, .a = a, .role_seq = s->records.role_seq, .data_version = version};
  enum err_code code = replay(p, e);
  if (code) return arena_free(a), code;
  *out = s->roles = p;
  return E_OK;
}
