/* store_shares.c -- a store opened by its officers. Order: look at log and state without keys, take down the attempt, only then try the keys: whoever
 * kills the program in between has used up an attempt. */
#include "secure-store/store_shares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

/* --- givers --- */
enum err_code store_givers_ask(const struct store_officer *officers, int n, struct store_givers *out, struct err *e) {
  memset(out, 0, sizeof *out);
  if (n > SHARE_HOLDERS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "--officer", .expected = "at most 16 officers");
  for (; out->n < n; out->n++) {
    const struct store_officer *o = &officers[out->n];
    TRY(passphrase_of(o->key_file, o->passphrase_file, false, &out->passphrase[out->n], e));
  }
  return E_OK;
}
static enum err_code open_one(const struct store_officer *o, struct store_givers *g, int i, struct err *e) {
  struct share_giver *giver = &g->giver[i];
  TRY(officer_key_open(o->key_file, g->passphrase[i], &g->secret[i], e));
  *giver = (struct share_giver){.name = o->key_file, .age_secret = g->secret[i]->age, .locked = g->secret[i]->locked};
  if (!o->share_file) return E_OK;
  TRY(share_file_number(o->share_file, &giver->number, e));
  TRY(file_read(o->share_file, SHARE_FILE_BYTES, &g->file[i], &giver->file_n, e));
  giver->file = g->file[i];
  return E_OK;
}
enum err_code store_givers_open(const struct store_officer *officers, struct store_givers *g, struct err *e) {
  for (int i = 0; i < g->n; i++) {
    TRY(open_one(&officers[i], g, i, e));
    passphrase_free(g->passphrase[i]);
    g->passphrase[i] = NULL;
  }
  return E_OK;
}
void store_givers_free(struct store_givers *g) {
  for (int i = 0; i < SHARE_HOLDERS_MAX; i++) {
    passphrase_free(g->passphrase[i]);
    officer_secret_free(g->secret[i]);
    free(g->file[i]);
  }
  memset(g, 0, sizeof *g);
}

void store_report_faults(const struct store *s, const struct keystore_faults *faults) {
  for (int i = 0; i < faults->n; i++) {
    struct err note;
    (void)ERR(&note, E_SHARE_IGNORED, .file = faults->fault[i].file, .subject = faults->fault[i].subject);
    job_problem(s->job, &note);
  }
}

/* --- attempts --- */
static void say_seconds(int64_t n, char out[32]) {
  if (n < 120) snprintf(out, 32, "%lld s", (long long)n);
  else snprintf(out, 32, "%lld min", (long long)(n + 59) / 60);
}
static enum err_code must_wait(struct store *s, int64_t seconds, struct err *e) {
  struct log_leaf leaf;
  struct err ignored;
  char found[32];
  store_log_leaf_begin(s, &leaf, "key-unlock-try", LOG_REFUSED);
  snprintf(leaf.object, sizeof leaf.object, "wait:%lld", (long long)seconds);
  snprintf(leaf.basis, sizeof leaf.basis, "%s", err_name(E_KEYS_WAIT));
  if (store_log_note(s, &leaf, false, &ignored)) s->log.stale = true;
  say_seconds(seconds, found);
  return ERR(e, E_KEYS_WAIT, .file = s->folder, .subject = s->folder, .found = found);
}
static enum err_code check_wait(struct store *s, const struct store_facts *f, struct err *e) {
  int64_t wait = key_facts_wait(&f->keys, store_clock_leaf(s));
  return wait > 0 ? must_wait(s, wait, e) : E_OK;
}
static enum err_code attempt_leaf(struct store *s, const struct store_facts *f, struct store_attempt *attempt, struct err *e) {
  struct log_leaf leaf;
  store_log_leaf_begin(s, &leaf, "key-unlock-try", LOG_INTENT);
  snprintf(leaf.object, sizeof leaf.object, "epoch:%llu", (unsigned long long)f->keys.epoch);
  TRY(store_log_note(s, &leaf, false, e));
  attempt->seq = leaf.seq;
  return E_OK;
}
static void refused_leaf(struct store *s, const struct store_attempt *attempt, enum err_code why) {
  struct log_leaf leaf;
  struct err ignored;
  store_log_leaf_begin(s, &leaf, "key-unlock-try", LOG_REFUSED);
  leaf.intent = attempt->seq;
  snprintf(leaf.basis, sizeof leaf.basis, "%s", err_name(why));
  if (store_log_note(s, &leaf, false, &ignored)) s->log.stale = true;
}

/* --- opening --- */
static void note_shares(const struct store *s, struct store_attempt *attempt) {
  uint8_t numbers[KEYSTORE_PRESENT_MAX];
  int k = keystore_present(s->keys, numbers);
  size_t n = 0;
  for (int i = 0; i < k; i++) n += (size_t)snprintf(attempt->shares + n, sizeof attempt->shares - n, "%s%d", i ? "," : " shares:", numbers[i]);
}
static enum err_code try_keys(
    struct store *s, const struct store_officers *officers, struct store_givers *g, struct store_attempt *attempt, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct keystore_faults *faults = ARENA_NEW(s->arena, struct keystore_faults);
  if (!faults) return ERR(e, E_NO_MEMORY, .subject = s->folder);
  store_path(s, "keystore", path);
  TRY(store_givers_open(officers->list, g, e));
  TRY(keystore_open_shares(path, g->giver, g->n, faults, &s->keys, e));
  store_report_faults(s, faults);
  note_shares(s, attempt);
  return E_OK;
}
/* The file that was opened is the one that was looked at, or is judged anew; sealed records can be read now. */
static enum err_code check_again(struct store *s, struct store_facts *f, struct err *e) {
  TRY(store_keys_fit(s, e));
  TRY(store_check_keys(s, f, e));
  return records_check(s, e);
}
static enum err_code attempt(struct store *s, const struct store_officers *officers, struct store_givers *g, struct store_facts *f, struct err *e) {
  struct store_attempt a = {.seq = 0};
  TRY(attempt_leaf(s, f, &a, e));
  enum err_code code = try_keys(s, officers, g, &a, e);
  if (code) refused_leaf(s, &a, code);
  if (!code) code = check_again(s, f, e);
  return code ? code : store_go_on(s, f, &a, e);
}
bool store_needs_officers(const char *folder) {
  struct keystore_public p;
  char path[STORE_PATH_BYTES];
  snprintf(path, sizeof path, "%.4000s/keystore", folder);
  return keystore_peek(path, &p, NULL) == E_OK && p.version != 1;
}
static enum err_code has_officers(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct keystore_public p;
  store_path(s, "keystore", path);
  TRY(keystore_peek(path, &p, e));
  return p.version == 1 ? ERR(e, E_KEYS_PASSPHRASE, .subject = s->folder) : E_OK;
}
enum err_code store_unlock_shares(struct store *s, const struct store_officers *officers, struct err *e) {
  struct store_givers givers = {.n = 0};
  struct store_facts facts;
  store_facts_begin(s, &facts);
  enum err_code code = has_officers(s, e);
  if (!code) code = store_verifier_key(s, e);
  if (!code) code = store_look(s, &facts, e);
  if (!code) code = check_wait(s, &facts, e);
  if (!code) code = store_givers_ask(officers->list, officers->n, &givers, e);
  if (!code) code = attempt(s, officers, &givers, &facts, e);
  store_givers_free(&givers);
  store_facts_release(&facts);
  return code;
}

/* Copied at the opening: a new epoch gives other numbers. */
void store_note_present(struct store *s) {
  const struct share_set *set = keystore_set(s->keys, KEYSTORE_UNLOCK);
  uint8_t numbers[KEYSTORE_PRESENT_MAX];
  int k = keystore_present(s->keys, numbers);
  for (int i = 0; set && i < k; i++) {
    const struct share_holder *h = share_set_number(set, numbers[i]);
    if (h) snprintf(s->present[s->n_present++], sizeof s->present[0], "%s", h->officer);
  }
}
const char *store_present(const struct store *s, int i) { return i >= 0 && i < s->n_present ? s->present[i] : NULL; }
