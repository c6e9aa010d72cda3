/* medium.c -- see medium.h. */
#include "secure-store/disposal/medium.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/age.h"
#include "secure-store/disposal/retention.h"
#include "secure-store/rights/record_impl.h"

static const char *const state_names[MEDIUM_STATES] = {"", "registered", "sealed", "lent", "returned", "lost", "wiped", "destroyed"};
static const struct verb {
  const char *name, *action;
} verbs[MEDIUM_VERBS] = {{"register", "media-register"}, {"seal", "media-move"}, {"lend", "media-lend"}, {"return", "media-move"},
                         {"lost", "media-move"},         {"wipe", "media-destroy"}, {"destroy", "media-destroy"}};

/* Every step there is. What is lost and found again is returned; a wiped medium may be sealed anew; destroyed is the end. */
static const struct step {
  enum medium_state from;
  enum medium_verb verb;
  enum medium_state to;
} steps[] = {
    {MEDIUM_NONE, MEDIUM_REGISTER, MEDIUM_REGISTERED}, {MEDIUM_REGISTERED, MEDIUM_SEAL, MEDIUM_SEALED},   {MEDIUM_REGISTERED, MEDIUM_LOSE,
        MEDIUM_LOST},
    {MEDIUM_REGISTERED, MEDIUM_DESTROY, MEDIUM_DESTROYED}, {MEDIUM_SEALED, MEDIUM_LEND, MEDIUM_LENT},     {MEDIUM_SEALED, MEDIUM_LOSE, MEDIUM_LOST},
    {MEDIUM_SEALED, MEDIUM_WIPE, MEDIUM_WIPED},        {MEDIUM_SEALED, MEDIUM_DESTROY, MEDIUM_DESTROYED}, {MEDIUM_LENT, MEDIUM_RETURN,
        MEDIUM_RETURNED},
    {MEDIUM_LENT, MEDIUM_LOSE, MEDIUM_LOST},           {MEDIUM_RETURNED, MEDIUM_LEND, MEDIUM_LENT},       {MEDIUM_RETURNED, MEDIUM_LOSE, MEDIUM_LOST},
    {MEDIUM_RETURNED, MEDIUM_WIPE, MEDIUM_WIPED},      {MEDIUM_RETURNED, MEDIUM_DESTROY, MEDIUM_DESTROYED}, {MEDIUM_LOST, MEDIUM_RETURN,
        MEDIUM_RETURNED},
    {MEDIUM_WIPED, MEDIUM_SEAL, MEDIUM_SEALED},        {MEDIUM_WIPED, MEDIUM_LOSE, MEDIUM_LOST},          {MEDIUM_WIPED, MEDIUM_DESTROY,
        MEDIUM_DESTROYED},
};

static const struct field medium_fields[] = {
    FIELD_OF(struct medium, certificate, FIELD_TEXT), FIELD_OF(struct medium, content, FIELD_TEXT), FIELD_OF(struct medium, count, FIELD_INT),
    FIELD_OF(struct medium, datasets, FIELD_LIST), FIELD_FORMAT_NAME, FIELD_OF(struct medium, holder, FIELD_TEXT), FIELD_OF(struct medium, id,
        FIELD_TEXT),
    FIELD_OF(struct medium, incident, FIELD_TEXT), FIELD_OF(struct medium, key_holders, FIELD_LIST), FIELD_OF(struct medium, kind, FIELD_TEXT),
    FIELD_OF(struct medium, method, FIELD_TEXT), FIELD_OF(struct medium, note, FIELD_TEXT), FIELD_OF(struct medium, permit_by, FIELD_TEXT),
    FIELD_OF(struct medium, place, FIELD_TEXT), FIELD_OF(struct medium, proof, FIELD_TEXT), FIELD_OF(struct medium, recipients, FIELD_LIST),
    FIELD_OF(struct medium, route, FIELD_TEXT), FIELD_OF(struct medium, seal_no, FIELD_TEXT), FIELD_OF(struct medium, sha256, FIELD_TEXT),
    FIELD_OF(struct medium, state, FIELD_TEXT), FIELD_OF(struct medium, until, FIELD_INT),
};
const struct row_format medium_format = {"shirabe-medium-1", medium_fields, sizeof medium_fields / sizeof *medium_fields};

/* --- names --- */

const char *medium_state_name(enum medium_state s) { return (unsigned)s < MEDIUM_STATES ? state_names[s] : ""; }
const char *medium_verb_name(enum medium_verb v) { return (unsigned)v < MEDIUM_VERBS ? verbs[v].name : ""; }
bool medium_verb_parse(const char *text, enum medium_verb *out) {
  for (int i = 0; i < MEDIUM_VERBS; i++) {
    if (strcmp(verbs[i].name, text) != 0) continue;
    *out = (enum medium_verb)i;
    return true;
  }
  return false;
}
enum medium_state medium_state_of(const struct medium *m) {
  for (int i = MEDIUM_REGISTERED; i < MEDIUM_STATES; i++)
    if (strcmp(state_names[i], m->state) == 0) return (enum medium_state)i;
  return MEDIUM_NONE;
}
bool medium_is_paper(const struct medium *m) { return strcmp(m->content, "paper") == 0; }
enum medium_state medium_step(enum medium_state from, enum medium_verb verb, bool paper) {
  if (paper && verb == MEDIUM_WIPE) return MEDIUM_NONE;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (steps[i].from == from && steps[i].verb == verb) return steps[i].to;
  return MEDIUM_NONE;
}

/* --- what a step needs --- */

static bool one_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

static enum err_code missing(const char *field, const char *expected, struct err *e) { return ERR(e, E_MEDIUM_FIELD, .subject = field,
    .expected = expected); }

static enum err_code needs_register(const struct medium *m, struct err *e) {
  static const char *const kinds[] = {"usb", "disk", "disc", "tape", "paper-box", "other", NULL};
  static const char *const contents[] = {"extract", "backup", "transport", "keys", "paper", "other", NULL};
  if (!one_of(m->kind, kinds)) return missing("kind", "usb, disk, disc, tape, paper-box or other", e);
  if (!one_of(m->content, contents)) return missing("content", "extract, backup, transport, keys, paper or other", e);
  if (medium_is_paper(m) != (strcmp(m->kind, "paper-box") == 0)) return missing("kind", "paper lies in a paper-box", e);
  return m->place[0] ? E_OK : missing("place", "where it is kept", e);
}

static enum err_code recipients_ok(const char *list, struct err *e) {
  struct str entry;
  int n = 0;
  for (; row_list_at(list, n, &entry); n++) {
    uint8_t key[32];
    char text[80];
    snprintf(text, sizeof text, "%.*s", (int)(entry.n < 79 ? entry.n : 79), entry.p);
    if (age_recipient_parse(text, key, e)) return missing("recipients", "age1... public keys", e);
  }
  return n > 0 ? E_OK : missing("recipients", "the public key or keys it is sealed to", e);
}

static enum err_code needs_seal(const struct medium *m, struct err *e) {
  struct str entry;
  for (int i = 0; row_list_at(m->datasets, i, &entry); i++) {
    char dataset[RETENTION_DATASET_BYTES];
    snprintf(dataset, sizeof dataset, "%.*s", (int)entry.n, entry.p);
    if (strcmp(dataset, "*/*/*") != 0 && !retention_dataset_ok(dataset, true)) return missing("datasets", "survey/form/period, */*/* for everything",
        e);
  }
  if (!m->datasets[0]) return missing("datasets", "survey/form/period of what it holds", e);
  if (medium_is_paper(m)) {
    if (m->count <= 0) return missing("count", "number of forms in the box", e);
    return m->seal_no[0] ? E_OK : missing("seal_no", "number of the seal on the box", e);
  }
  if (strlen(m->sha256) != 64 || strspn(m->sha256, "0123456789abcdef") != 64) return missing("sha256", "64 hex digits of the sealed file", e);
  return recipients_ok(m->recipients, e);
}

static enum err_code needs_lend(const struct medium *m, int64_t now, struct err *e) {
  if (!act_id_ok(m->holder)) return missing("holder", "id of the person or office that carries it", e);
  if (m->until <= now) return missing("until", "a date of return that lies ahead", e);
  return m->route[0] ? E_OK : missing("route", "from where to where, by which way", e);
}

static enum err_code needs(const struct medium *m, enum medium_verb verb, int64_t now, struct err *e) {
  switch (verb) {
    case MEDIUM_REGISTER: return needs_register(m, e);
    case MEDIUM_SEAL: return needs_seal(m, e);
    case MEDIUM_LEND: return needs_lend(m, now, e);
    case MEDIUM_RETURN: return m->place[0] ? E_OK : missing("place", "where it lies now", e);
    case MEDIUM_LOSE: return act_id_ok(m->incident) ? E_OK : missing("incident", "id of the incident: `shirabe store incident open`", e);
    case MEDIUM_WIPE: return m->method[0] && m->proof[0] ? E_OK : missing(m->method[0] ? "proof" : "method", "how, and what shows it", e);
    case MEDIUM_DESTROY:
      return m->method[0] && m->certificate[0] ? E_OK : missing(m->method[0] ? "certificate" : "method", "how, and the certificate's number", e);
    case MEDIUM_VERBS: break;
  }
  return ERR(e, E_BUG, .subject = "medium_do");
}

/* --- a step --- */

static void text_into(char *to, const char *from, size_t size) {
  if (from[0]) memcpy(to, from, size);
}

/* What belongs to one step only does not stay when the next begins. */
static void forget(struct medium *m, enum medium_verb verb) {
  if (verb == MEDIUM_SEAL) m->sha256[0] = m->recipients[0] = m->datasets[0] = m->seal_no[0] = 0, m->count = 0;
  if (verb == MEDIUM_LEND) m->until = 0, m->route[0] = m->permit_by[0] = 0;
  if (verb == MEDIUM_RETURN) m->until = 0, m->place[0] = 0;
  if (verb == MEDIUM_LOSE) m->incident[0] = 0;
  if (verb == MEDIUM_WIPE || verb == MEDIUM_DESTROY) m->method[0] = m->proof[0] = m->certificate[0] = 0;
  m->note[0] = 0;
}

#define TAKE(member) text_into(m->member, change->member, sizeof m->member)
static void take_over(struct medium *m, const struct medium *change) {
  TAKE(certificate); TAKE(content); TAKE(datasets); TAKE(holder); TAKE(id); TAKE(incident); TAKE(key_holders); TAKE(kind); TAKE(method); TAKE(note);
      TAKE(place);
  TAKE(proof); TAKE(recipients); TAKE(route); TAKE(seal_no); TAKE(sha256);
  if (change->count) m->count = change->count;
  if (change->until) m->until = change->until;
}
#undef TAKE

static void object_of(const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "medium:%.40s", act_id_ok(id) ? id : "?"); }

static enum err_code before(struct store *s, const char *id, enum medium_verb verb, struct medium *m, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found;
  memset(m, 0, sizeof *m);
  if (!act_id_ok(id)) return ERR(e, E_DISPOSAL_ID, .subject = id, .expected = "2 to 40 of a-z 0-9 -");
  object_of(id, object);
  TRY(act_read(s, object, &medium_format, m, &found, NULL, e));
  if (found && verb == MEDIUM_REGISTER) return ERR(e, E_DISPOSAL_EXISTS, .subject = object);
  return found || verb == MEDIUM_REGISTER ? E_OK : ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
}

static enum err_code permit(struct store *s, struct medium *m, const struct act_by *by, struct err *e) {
  struct officer a, b;
  snprintf(m->permit_by, sizeof m->permit_by, "%s", act_id_of(by));
  if (!store_has_officers(s) || !by) return E_OK;
  if (strcmp(by->officer, m->holder) == 0) return ERR(e, E_MEDIUM_PERMIT, .subject = m->id);
  if (officer_find(s, m->holder, &a, e)) return E_OK; /* carried by somebody outside */
  TRY(officer_find(s, by->officer, &b, e));
  return officer_same_person(&a, &b) ? ERR(e, E_MEDIUM_PERMIT, .subject = m->id) : E_OK;
}

static role_set who_may(enum medium_verb verb) {
  role_set managers = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);
  if (verb == MEDIUM_LEND || verb == MEDIUM_DESTROY || verb == MEDIUM_WIPE) return managers;
  return managers | ROLE_BIT(LOG_ROLE_PROVIDER) | ROLE_BIT(LOG_ROLE_AUDITOR);
}

/* Paper that is dissolved too early is lost like data. */
static enum err_code paper_over(struct store *s, const struct medium *m, int64_t now, struct err *e) {
  struct str entry;
  char dataset[RETENTION_DATASET_BYTES];
  for (int i = 0; row_list_at(m->datasets, i, &entry); i++) {
    snprintf(dataset, sizeof dataset, "%.*s", (int)entry.n, entry.p);
    TRY(retention_over(s, dataset, "PAPER", now, e));
  }
  return E_OK;
}

static enum err_code prepare(struct store *s, enum medium_verb verb, const struct medium *change, const struct act_by *by, struct medium *m,
    struct err *e) {
  int64_t now;
  TRY(before(s, change->id, verb, m, e));
  TRY(store_now(s, &now, e));
  enum medium_state to = medium_step(medium_state_of(m), verb, medium_is_paper(m));
  if (to == MEDIUM_NONE) return ERR(e, E_MEDIUM_STATE, .subject = change->id, .found = m->state, .expected = verbs[verb].name);
  forget(m, verb);
  take_over(m, change);
  TRY(needs(m, verb, now, e));
  if (verb == MEDIUM_LEND) TRY(permit(s, m, by, e));
  if (verb == MEDIUM_DESTROY && medium_is_paper(m)) TRY(paper_over(s, m, now, e));
  snprintf(m->state, sizeof m->state, "%s", state_names[to]);
  return E_OK;
}

enum err_code medium_do(struct store *s, enum medium_verb verb, const struct medium *change, const struct act_by *by, struct err *e) {
  struct medium m;
  char object[RECORD_OBJECT_BYTES];
  object_of(change->id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  if (prepare(s, verb, change, by, &m, e)) return act_refuse(s, verbs[verb].action, object, e);
  struct act a = {.action = verbs[verb].action, .object = object, .kind = "medium", .any_of = who_may(verb)};
  return act_row(s, &a, &medium_format, &m, by, e);
}

enum err_code medium_find(struct store *s, const char *id, struct medium *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found;
  object_of(id, object);
  TRY(act_read(s, object, &medium_format, out, &found, NULL, e));
  return found ? E_OK : ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
}

/* --- overdue --- */

bool medium_overdue(const struct medium *m, int64_t now) { return medium_state_of(m) == MEDIUM_LENT && m->until > 0 && now >= m->until; }

static enum err_code alarm_once(struct store *s, const struct medium *m, uint64_t lending, struct err *e) {
  char object[RECORD_OBJECT_BYTES], text[128];
  struct record r;
  snprintf(object, sizeof object, "medium-overdue:%s:%llu", m->id, (unsigned long long)lending);
  if (record_last(s, object, &r)) return E_OK;
  int n = snprintf(text, sizeof text, "shirabe-overdue-1\nlent %llu\nuntil %lld\n", (unsigned long long)lending, (long long)m->until);
  TRY(store_begin(s, e));
  enum err_code code = record_put(s, &(struct record_entry){.action = "media-overdue", .object = object, .role = LOG_ROLE_PROGRAM,
                                                            .text = str_view(text, (size_t)n)}, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code;
}

enum err_code medium_alarm(struct store *s, int64_t now, int64_t *n, struct err *e) {
  struct medium m;
  struct record r;
  bool found = true;
  *n = 0;
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, "medium:", &from, &medium_format, &m, &found, &r, e));
    if (!found || !medium_overdue(&m, now)) continue;
    ++*n;
    if (!s->locked) TRY(alarm_once(s, &m, r.seq, e));
  }
  return E_OK;
}

bool medium_holds(const struct medium *m, const char *dataset) {
  struct str entry;
  for (int i = 0; row_list_at(m->datasets, i, &entry); i++) {
    struct str x = entry, y = str_of(dataset);
    bool same = true;
    for (int k = 0; k < 3 && same && x.n > 0; k++) {
      struct str a = str_split(x, '/', &x), b = str_split(y, '/', &y);
      if (str_eq(a, STR("*"))) break;
      same = str_eq(a, b);
    }
    if (same) return true;
  }
  return false;
}
