/* record_version.c -- see record_version.h. */
#include "collector/record_version.h"

#include <string.h>

#include "base/ext_sodium.h"

enum { FIRST_CHANGES = 16 };

static const struct withdraw_reason reasons[] = {
    {"duplicate", "the same event was recorded twice", "同じ事件を重複して作成した"},
    {"mistake", "the record was made by mistake", "誤って作成した"},
    {"other_office", "the record belongs to another office", "他の機関が作成すべき記録だった"},
    {"void", "the notification was void or cancelled", "届出が無効または取消しになった"},
    {"out_of_scope", "the event is outside the survey", "調査の対象外だった"},
};
enum { N_REASONS = sizeof reasons / sizeof *reasons };

const struct withdraw_reason *withdraw_reason_find(const char *code) {
  for (int i = 0; code && i < N_REASONS; i++)
    if (!strcmp(reasons[i].code, code)) return &reasons[i];
  return NULL;
}
const char *withdraw_reason_list(void) { return "duplicate, mistake, other_office, void, out_of_scope"; }

enum err_code record_changes_add(struct arena *a, struct record_changes *c, const struct record_change *change, struct err *e) {
  if (c->n == c->capacity) {
    int64_t capacity = c->capacity ? c->capacity * 2 : FIRST_CHANGES;
    struct record_change *list = ARENA_ARRAY(a, struct record_change, capacity);
    if (!list) return ERR(e, E_NO_MEMORY, .subject = "corrections");
    if (c->n) memcpy(list, c->list, (size_t)c->n * sizeof *list);
    c->list = list;
    c->capacity = capacity;
  }
  struct record_change *to = &c->list[c->n];
  *to = *change;
  char *key = change->key.n ? arena_strdup(a, change->key.p, change->key.n) : NULL;
  to->key = str_view(key ? key : "", key ? change->key.n : 0);
  to->reason = change->reason && change->reason[0] ? arena_strdup(a, change->reason, strlen(change->reason)) : "";
  if (!to->reason || (change->key.n && !key)) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  c->n++;
  return E_OK;
}

int64_t record_changes_withdrawn(const struct record_changes *c) {
  int64_t n = 0;
  for (int64_t i = 0; i < c->n; i++) n += c->list[i].action == CHANGE_WITHDRAW;
  return n;
}

/* --- keys --- */
int record_type_of(const struct form *f, const struct table *t) {
  int best = 0, most = -1;
  for (int i = 0; i < f->n_records && f->n_records > 1; i++) {
    int own = 0;
    for (int k = 0; k < t->n_columns && own >= 0; k++) {
      const struct item *it = form_item(f, t->columns[k].name);
      own = it && !form_holds(f, f->records[i].name, it) ? -1 : own + (it && !strcmp(it->record, f->records[i].name));
    }
    if (own > most) most = own, best = i;
  }
  return best;
}

enum err_code record_key(const struct form *f, const struct table *t, int64_t row, struct strbuf *out, struct err *e) {
  char buffer[64];
  const int type = record_type_of(f, t);
  const struct record_type *r = &f->records[type];
  strbuf_reset(out);
  if (type) strbuf_addf(out, "%d:%s", (int)strlen(r->name), r->name);
  for (int i = 0; i < r->n_keys; i++) {
    int k = table_find(t, r->keys[i]->name);
    if (k < 0) return ERR(e, E_BUG, .subject = r->keys[i]->name);
    struct str text = column_text(&t->columns[k], row, buffer, sizeof buffer);
    strbuf_add_int(out, (int64_t)text.n);
    strbuf_addc(out, ':');
    strbuf_add(out, text.p, text.n);
  }
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "record key") : E_OK;
}

int record_key_split(struct str key, struct str *values, int max) {
  int n = 0;
  for (size_t at = 0; at < key.n; n++) {
    size_t length = 0, digits = at;
    while (at < key.n && key.p[at] >= '0' && key.p[at] <= '9' && at - digits < 9) length = length * 10 + (size_t)(key.p[at++] - '0');
    if (n == max || at == digits || at == key.n || key.p[at] != ':' || length > key.n - at - 1) return -1;
    values[n] = str_view(key.p + at + 1, length);
    at += 1 + length;
  }
  return n;
}

/* --- token --- */
void version_token(const struct version_owner *o, enum change_action action, const uint8_t base[VERSION_TOKEN], const uint8_t content[32],
                   uint8_t out[VERSION_TOKEN]) {
  static const char *const names[] = {"A", "R", "W"};
  const char *const words[] = {"shirabe-version-1", o->office, o->survey, o->form, o->period, names[action]};
  struct sha256 h;
  sha256_begin(&h);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    sha256_add(&h, words[i], strlen(words[i]) + 1); /* with its end: no two lists give one text */
  sha256_add(&h, base, VERSION_TOKEN);
  sha256_add(&h, content, 32);
  sha256_end(&h, out);
}

/* --- chain --- */
static uint64_t hash_of(const void *p, size_t n) { /* FNV-1a; the texts are ours or come from a signed batch, and a slow table is no wrong one */
  const uint8_t *b = p;
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 1099511628211u;
  return h ^ (h >> 29);
}

static int64_t *key_slot(const struct version_chain *c, struct str key) {
  uint64_t at = hash_of(key.p, key.n) & (c->n_slots - 1);
  while (c->by_key[at] && !str_eq(c->list[c->by_key[at] - 1].key, key)) at = (at + 1) & (c->n_slots - 1);
  return &c->by_key[at];
}
static int64_t *token_slot(const struct version_chain *c, const uint8_t token[VERSION_TOKEN]) {
  uint64_t at = hash_of(token, VERSION_TOKEN) & (c->n_slots - 1);
  while (c->by_token[at] && memcmp(c->list[c->by_token[at] - 1].token, token, VERSION_TOKEN)) at = (at + 1) & (c->n_slots - 1);
  return &c->by_token[at];
}

int64_t version_by_key(const struct version_chain *c, struct str key) { return c->n_slots ? *key_slot(c, key) - 1 : -1; }

static bool stands(const struct record_version *v) { return v->state == VERSION_CURRENT || v->state == VERSION_WITHDRAWN; }

static void put_current(struct version_chain *c, int64_t i) {
  struct record_version *v = &c->list[i];
  int64_t *slot = token_slot(c, v->token);
  v->state = v->action == CHANGE_WITHDRAW ? VERSION_WITHDRAWN : VERSION_CURRENT;
  if (!*slot) *slot = i + 1;
  *key_slot(c, v->key) = i + 1;
}

static const struct version_decision *decision_on(const struct version_decision *d, int64_t n, const uint8_t token[VERSION_TOKEN]) {
  for (int64_t i = n - 1; i >= 0; i--) /* the latest counts */
    if (!memcmp(d[i].token, token, VERSION_TOKEN)) return &d[i];
  return NULL;
}

static void add_version(struct version_chain *c, int64_t i, const struct version_decision *decisions, int64_t n_decisions) {
  struct record_version *v = &c->list[i];
  v->ours = -1;
  if (v->action == CHANGE_ADD) {
    int64_t *slot = key_slot(c, v->key), before = *slot;
    put_current(c, i);
    if (before) *slot = before; /* a second record with these keys is a duplicate for a person to judge, and no version of the first */
    return;
  }
  int64_t at = *token_slot(c, v->base) - 1;
  if (at >= 0 && stands(&c->list[at]) && str_eq(c->list[at].key, v->key)) {
    c->list[at].state = VERSION_REPLACED;
    put_current(c, i);
    return;
  }
  const struct version_decision *d = decision_on(decisions, n_decisions, v->token);
  v->ours = *key_slot(c, v->key) - 1;
  v->decided = d != NULL;
  v->state = d ? VERSION_SET_ASIDE : VERSION_CONFLICT;
  if (!d || !d->take) return;
  if (v->ours >= 0 && stands(&c->list[v->ours])) c->list[v->ours].state = VERSION_REPLACED;
  put_current(c, i);
}

enum err_code version_chain_run(struct arena *a, struct record_version *list, int64_t n, const struct version_decision *decisions,
                                int64_t n_decisions, struct version_chain *out, struct err *e) {
  uint64_t slots = 64;
  while (slots < (uint64_t)n * 2 + 2) slots *= 2;
  *out = (struct version_chain){.list = list, .n = n, .n_slots = slots};
  out->by_key = ARENA_ARRAY(a, int64_t, slots);
  out->by_token = ARENA_ARRAY(a, int64_t, slots);
  if (!out->by_key || !out->by_token) return ERR(e, E_NO_MEMORY, .subject = "versions");
  memset(out->by_key, 0, (size_t)slots * sizeof *out->by_key);
  memset(out->by_token, 0, (size_t)slots * sizeof *out->by_token);
  for (int64_t i = 0; i < n; i++) add_version(out, i, decisions, n_decisions);
  return E_OK;
}
