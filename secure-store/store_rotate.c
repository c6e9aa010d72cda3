/* store_rotate.c -- see store_rotate.h. */
#include "secure-store/store_rotate.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/rights/role.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_shares.h"

/* --- who may hold a share --- */
static enum err_code check_holder(struct store *s, const struct share_plan *plan, int i, bool unlocks, int64_t now, struct err *e) {
  struct officer o;
  role_set roles = 0;
  const role_set any = ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_AUDITOR);
  const char *id = plan->holder[i].officer;
  TRY(officer_find(s, id, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = id);
  if (strcmp(o.age_recipient, plan->holder[i].age_recipient) != 0)
    return ERR(e, E_KEYS_PLAN, .subject = id, .expected = "the key of the registered card");
  TRY(roles_of(s, id, now, &roles, e));
  role_set wanted = unlocks ? ROLE_BIT(LOG_ROLE_KEY_OFFICER) : any;
  if (!(roles & wanted))
    return ERR(e, E_ROLE_MISSING, .subject = id, .expected = unlocks ? role_name(LOG_ROLE_KEY_OFFICER) : "key-officer, chief, manager, auditor");
  bool auditor = roles & ROLE_BIT(LOG_ROLE_AUDITOR);
  if (auditor != plan->holder[i].auditor) return ERR(e, E_KEYS_PLAN, .subject = id, .expected = auditor ? "marked as auditor" : "an auditor");
  return E_OK;
}
enum err_code store_plan_registered(struct store *s, const struct keystore_plan *plan, struct err *e) {
  int64_t now;
  TRY(keystore_plan_check(plan, e));
  TRY(store_now(s, &now, e));
  for (int set = 0; set < KEYSTORE_SETS; set++)
    for (int i = 0; i < plan->set[set]->n; i++) TRY(check_holder(s, plan->set[set], i, set == KEYSTORE_UNLOCK, now, e));
  return E_OK;
}

/* --- the plan to come --- */
struct plan_room { /* texts and sets of a plan that stays the same */
  struct keystore_plan plan;
  struct share_plan set[KEYSTORE_SETS];
  char recipients[KEYSTORE_SETS][SHARE_HOLDERS_MAX][80];
};
static enum err_code plan_of(struct store *s, const struct store_rotation *r, struct plan_room *room, struct err *e) {
  if (r->plan) {
    room->plan = *r->plan;
    return E_OK;
  }
  for (int i = 0; i < KEYSTORE_SETS; i++) {
    TRY(share_set_plan(keystore_set(s->keys, (enum keystore_set)i), room->recipients[i], &room->set[i], e));
    room->plan.set[i] = &room->set[i];
  }
  return E_OK;
}

/* --- what the log keeps, sealed --- */
static void describe_set(const char *name, const struct share_plan *p, struct strbuf *out) {
  strbuf_addf(out, "%s %d of %d:", name, p->m, p->n);
  for (int i = 0; i < p->n; i++) strbuf_addf(out, " %s%s", p->holder[i].officer, p->holder[i].auditor ? " (auditor)" : "");
  strbuf_addc(out, '\n');
}
static void describe_authority(const struct store *s, const struct keystore_faults *f, struct strbuf *out) {
  strbuf_adds(out, "authorised by:");
  for (int i = 0; i < f->n_used; i++) {
    const struct share_holder *h = share_set_number(keystore_set(s->keys, KEYSTORE_AUTHORITY), f->used[i]);
    if (h) strbuf_addf(out, " %s", h->officer);
  }
  strbuf_addc(out, '\n');
}

/* --- steps --- */
struct step {
  const struct store_rotation *r;
  const struct keystore_plan *plan; /* NULL = passphrase */
  struct strbuf detail;
  uint64_t epoch_before;
  int64_t intent;
};
static enum err_code give_authority(struct store *s, struct step *step, struct err *e) {
  struct store_givers g = {.n = 0};
  struct keystore_faults *faults = ARENA_NEW(s->arena, struct keystore_faults);
  if (!faults) return ERR(e, E_NO_MEMORY, .subject = s->folder);
  enum err_code code = store_givers_ask(step->r->authority, step->r->n_authority, &g, e);
  if (!code) code = store_givers_open(step->r->authority, &g, e);
  if (!code) code = keystore_authorise(s->keys, g.giver, g.n, faults, e);
  if (!code) {
    store_report_faults(s, faults);
    describe_authority(s, faults, &step->detail);
  }
  store_givers_free(&g);
  return code;
}
/* All keys to be destroyed are there, before the first one goes. */
static enum err_code check_destroy(struct store *s, const struct store_rotation *r, struct err *e) {
  uint8_t key[KEY_BYTES];
  for (size_t i = 0; i < r->n_destroy; i++) {
    enum err_code code = keystore_dek(s->keys, r->destroy[i].dataset, r->destroy[i].part, r->destroy[i].retention, false, key, e);
    wipe(key, sizeof key);
    TRY(code);
  }
  return E_OK;
}
static enum err_code change_keys(struct store *s, const struct step *step, struct err *e) {
  const struct store_rotation *r = step->r;
  for (size_t i = 0; i < r->n_destroy; i++) TRY(keystore_dek_destroy(s->keys, r->destroy[i].dataset, r->destroy[i].part, r->destroy[i].retention, e));
  return step->plan ? keystore_reshare(s->keys, step->plan, e) : keystore_rotate(s->keys, r->passphrase, e);
}
/* The outcome may use the space kept back for it. */
static enum err_code record(struct store *s, struct step *step, bool done, struct err *e) {
  char object[LOG_OBJECT_BYTES];
  key_facts_object(keystore_public(s->keys), object, sizeof object);
  const struct log_entry entry = {.action = "key-rotate", .object = object, .detail = strbuf_cstr(&step->detail)};
  return store_log_outcome(s, step->intent, &entry, done, e);
}
/* The shares are out, and a checkpoint says so at once: a witness may keep it. */
static void shares_issued(struct store *s) {
  struct log_leaf leaf;
  struct err problem;
  const struct share_set *unlock = keystore_set(s->keys, KEYSTORE_UNLOCK), *authority = keystore_set(s->keys, KEYSTORE_AUTHORITY);
  store_log_leaf_begin(s, &leaf, unlock ? "key-share-issue" : "key-rewrap", LOG_DONE);
  if (unlock) snprintf(leaf.object, sizeof leaf.object, "unlock:%d/%d authority:%d/%d", unlock->m, unlock->n, authority->m, authority->n);
  if (store_log_note(s, &leaf, true, &problem)) job_problem(s->job, &problem);
}
/* Nothing more is written by this opening of the store: what follows must build on a log that names the new keys. */
static enum err_code unrecorded(struct store *s, struct err *e) {
  s->keys_unrecorded = true;
  return ERR_WRAP(e, E_KEYS_UNRECORDED, .file = s->folder, .subject = s->folder);
}
/* The write reported an error: is the old file still there, whole? Then nothing has happened, and memory goes back to it. */
static enum err_code undone(struct store *s, struct step *step, enum err_code code, struct err *e) {
  struct keystore_public on_disk;
  struct err ignored;
  char path[STORE_PATH_BYTES];
  store_path(s, "keystore", path);
  bool old = keystore_peek(path, &on_disk, &ignored) == E_OK && on_disk.epoch == step->epoch_before && keystore_reload(s->keys, &ignored) == E_OK;
  if (!old) return unrecorded(s, e);
  (void)!record(s, step, false, &ignored);
  return code;
}
static enum err_code run(struct store *s, struct step *step, struct err *e) {
  char object[64];
  step->epoch_before = keystore_public(s->keys)->epoch;
  snprintf(object, sizeof object, "epoch:%llu", (unsigned long long)step->epoch_before + 1);
  const struct log_entry entry = {.action = "key-rotate", .object = object};
  TRY(store_log_intent(s, &entry, &step->intent, e));
  enum err_code code = change_keys(s, step, e);
  if (code) return undone(s, step, code, e);
  if (record(s, step, true, e)) return unrecorded(s, e);
  shares_issued(s);
  return E_OK;
}

/* --- the three ways --- */
static enum err_code with_officers(struct store *s, struct step *step, struct err *e) {
  struct plan_room *room = ARENA_NEW(s->arena, struct plan_room);
  if (!room) return ERR(e, E_NO_MEMORY, .subject = s->folder);
  TRY(plan_of(s, step->r, room, e));
  TRY(store_plan_registered(s, &room->plan, e));
  TRY(give_authority(s, step, e));
  step->plan = &room->plan;
  return E_OK;
}
static enum err_code to_officers(struct store *s, struct step *step, struct err *e) {
  TRY(store_founders_check(step->r->founders, e));
  /* A ceremony that was interrupted after this step goes on with the officers who stand in the register. */
  if (!store_has_officers(s)) TRY(store_appoint_founders(s, step->r->founders, e));
  TRY(store_plan_registered(s, step->r->founders->plan, e));
  step->plan = step->r->founders->plan;
  return E_OK;
}
static enum err_code prepare(struct store *s, struct step *step, struct err *e) {
  const struct store_rotation *r = step->r;
  TRY(check_destroy(s, r, e));
  if (keystore_public(s->keys)->version != 1) return with_officers(s, step, e);
  if (r->founders) return to_officers(s, step, e);
  if (!r->passphrase) return ERR(e, E_KEYS_PASSPHRASE, .subject = s->folder);
  return strlen(r->passphrase) < 12 ? ERR(e, E_PASSPHRASE_WEAK, .subject = s->folder) : E_OK;
}
enum err_code store_rotate(struct store *s, const struct store_rotation *r, struct err *e) {
  struct step step = {.r = r};
  if (s->locked || !s->keys) return ERR(e, E_STORE_LOCKED, .subject = "rotate");
  if (s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_rotate");
  if (keystore_is_remote(s->keys)) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  strbuf_init(&step.detail, 0);
  enum err_code code = prepare(s, &step, e);
  if (!code && step.plan) {
    describe_set("unlock", step.plan->set[KEYSTORE_UNLOCK], &step.detail);
    describe_set("authority", step.plan->set[KEYSTORE_AUTHORITY], &step.detail);
  }
  if (!code && r->n_destroy) strbuf_addf(&step.detail, "keys destroyed: %zu\n", r->n_destroy);
  if (!code) code = run(s, &step, e);
  keystore_deauthorise(s->keys);
  strbuf_release(&step.detail);
  return code;
}
