/* incident_medium.c -- what was on a medium, under which keys, who could open it, was it ever opened here; see incident.h. The answer is read from
 * the log: rows are
 * compared with their leaves, and every leaf named can be proved with `shirabe store log --proof SEQ`. */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/incident.h"
#include "secure-store/rights/record_impl.h"

/* --- the history of the medium --- */

static struct medium_event *new_event(struct medium_report *r) { return r->n_events < MEDIUM_EVENTS_MAX ? &r->event[r->n_events++] : NULL; }

static enum err_code add_key(struct medium_report *r, struct str recipient, struct err *e) {
  for (int i = 0; i < r->n_keys; i++)
    if (str_eq(recipient, str_of(r->key[i].recipient))) return E_OK;
  if (r->n_keys == MEDIUM_KEYS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = r->now.id, .expected = "at most 32 keys");
  snprintf(r->key[r->n_keys++].recipient, sizeof r->key[0].recipient, "%.*s", (int)(recipient.n < 79 ? recipient.n : 79), recipient.p);
  return E_OK;
}

static enum err_code add_keys(struct medium_report *r, const struct medium *m, struct err *e) {
  struct str entry;
  for (int i = 0; row_list_at(m->recipients, i, &entry); i++) TRY(add_key(r, entry, e));
  return E_OK;
}

/* Every row the medium ever had: what it was sealed to, and which secret keys lay on it. */
static enum err_code read_history(struct store *s, const char *object, struct medium_report *out, struct strbuf *holders, struct err *e) {
  struct record r;
  for (uint64_t from = 0; record_next(s, object, from, &r);) {
    from = r.seq + 1;
    if (strcmp(r.object, object) != 0) continue;
    struct medium m;
    uint16_t action = r.action;
    TRY(act_read_record(s, &r, &medium_format, &m, e));
    TRY(add_keys(out, &m, e));
    if (m.key_holders[0]) strbuf_addf(holders, "%s\n", m.key_holders);
    struct medium_event *event = new_event(out);
    if (!event) return ERR(e, E_CAP_EXCEEDED, .subject = object, .expected = "at most 256 entries");
    *event = (struct medium_event){.seq = r.seq, .wall = r.wall};
    snprintf(event->action, sizeof event->action, "%s", log_action_name(action));
    snprintf(event->state, sizeof event->state, "%s", m.state);
    snprintf(event->sha256, sizeof event->sha256, "%s", m.sha256);
    snprintf(event->object, sizeof event->object, "%.150s", object);
  }
  return holders->failed ? ERR(e, E_NO_MEMORY, .subject = object) : E_OK;
}

/* --- whose keys --- */

static enum err_code name_key(struct store *s, struct arena *a, struct medium_key *k, struct err *e) {
  struct officer *officers;
  struct office *peers;
  int64_t n = 0;
  snprintf(k->who, sizeof k->who, "unknown here");
  if (strcmp(k->recipient, s->office.age_recipient) == 0) snprintf(k->who, sizeof k->who, "this office, %s", s->office.id);
  TRY(officer_list(s, a, &officers, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (strcmp(officers[i].age_recipient, k->recipient) == 0) snprintf(k->who, sizeof k->who, "officer %s", officers[i].id);
  TRY(store_peers(s, a, &peers, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (strcmp(peers[i].age_recipient, k->recipient) == 0) snprintf(k->who, sizeof k->who, "office %s", peers[i].id);
  return E_OK;
}

static enum err_code name_keys(struct store *s, struct medium_report *r, const struct strbuf *holders, struct err *e) {
  struct arena *a = arena_new(0);
  struct str all = str_view(holders->p, holders->n), entry;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = r->now.id);
  enum err_code code = E_OK;
  r->sealed = r->n_keys > 0;
  r->keys_never_on_it = r->sealed;
  for (int i = 0; !code && i < r->n_keys; i++) {
    struct str rest = all;
    while (rest.n > 0) {
      entry = str_split(rest, '\n', &rest);
      if (str_eq(entry, str_of(r->key[i].recipient))) r->key[i].on_medium = true;
    }
    if (r->key[i].on_medium) r->keys_never_on_it = false;
    code = name_key(s, a, &r->key[i], e);
  }
  arena_free(a);
  return code;
}

/* --- was it opened here --- */

struct searching {
  struct medium_report *r;
  char word[64];
};

static bool has_word(const char *object, const char *word) {
  size_t n = strlen(word);
  for (const char *at = strstr(object, word); n > 0 && at; at = strstr(at + 1, word)) {
    bool begins = at == object || at[-1] == ' ' || at[-1] == ':';
    if (begins && (at[n] == 0 || at[n] == ' ')) return true;
  }
  return false;
}

static bool names_content(const struct medium_report *r, const char *object) {
  for (int i = 0; i < r->n_events; i++)
    if (r->event[i].sha256[0] && has_word(object, r->event[i].sha256)) return true;
  return false;
}

static enum err_code look_at(void *context, const struct log_leaf *leaf, struct err *e) {
  static const char *const openings[] = {"data-read", "data-import", "package-return"};
  struct searching *c = context;
  struct medium_report *r = c->r;
  const char *name = log_action_name(leaf->action);
  bool record = strncmp(leaf->object, RECORD_MARK, strlen(RECORD_MARK)) == 0, opening = false;
  (void)e;
  if (record || !name || !(has_word(leaf->object, c->word) || names_content(r, leaf->object))) return E_OK;
  for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) opening = opening || strcmp(openings[i], name) == 0;
  opening = opening && leaf->result != LOG_REFUSED;
  r->n_openings += opening;
  struct medium_event *event = new_event(r);
  if (!event) return E_OK; /* counted all the same */
  *event = (struct medium_event){.seq = leaf->seq, .wall = leaf->wall, .opening = opening};
  snprintf(event->action, sizeof event->action, "%s", name);
  snprintf(event->object, sizeof event->object, "%.150s", leaf->object);
  return E_OK;
}

enum err_code incident_medium(struct store *s, const char *medium, struct medium_report *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct strbuf holders;
  struct searching c = {.r = out};
  memset(out, 0, sizeof *out);
  TRY(medium_find(s, medium, &out->now, e));
  snprintf(object, sizeof object, "medium:%s", out->now.id);
  snprintf(c.word, sizeof c.word, "medium:%s", out->now.id);
  strbuf_init(&holders, 0);
  enum err_code code = read_history(s, object, out, &holders, e);
  if (!code) code = name_keys(s, out, &holders, e);
  if (!code) code = store_log_each(s, look_at, &c, e);
  strbuf_release(&holders);
  return code;
}
