/* store_keys.c -- see store_keys.h. */
#include "secure-store/store_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* The text after `name` where an id of the object begins with it; NULL = there is none. */
static const char *id_of(const char *object, const char *name) {
  size_t n = strlen(name);
  for (const char *at = object; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
    if (strncmp(at, name, n) == 0) return at + n;
  return NULL;
}
static bool hash_of(const char *object, const char *name, uint8_t out[32]) {
  const char *text = id_of(object, name);
  return text && strcspn(text, " ") == 64 && hex_decode(text, 64, out);
}

void key_facts_begin(struct key_facts *f) {
  memset(f, 0, sizeof *f);
  f->sequence = -1;
  f->epoch = 1;
}

static void learn_epoch(struct key_facts *f, const struct log_leaf *leaf) {
  const char *epoch = id_of(leaf->object, "epoch:");
  uint8_t head[32], authority[32];
  if (epoch) f->epoch = strtoull(epoch, NULL, 10);
  bool puts_in_force = leaf->action == log_action_number("install") || leaf->action == log_action_number("key-rotate");
  if (!puts_in_force || !hash_of(leaf->object, "head:", head) || !hash_of(leaf->object, "authority:", authority)) return;
  if (f->has_head && memcmp(f->head, head, 32) == 0) return; /* said twice, not an epoch more */
  f->has_before = f->has_head;
  memcpy(f->head_before, f->head, 32);
  memcpy(f->authority_before, f->authority, 32);
  memcpy(f->head, head, 32);
  memcpy(f->authority, authority, 32);
  f->has_head = true;
}
/* An attempt counts as failed from its intent on; only an unlocking takes it back. A refusal to try at all ("wait") counts for nothing. */
static void learn_attempt(struct key_facts *f, const struct log_leaf *leaf) {
  bool tried = leaf->action == log_action_number("key-unlock-try");
  if (leaf->action == log_action_number("key-unlock") && leaf->result == LOG_DONE) f->failures = 0;
  if (!tried || id_of(leaf->object, "wait:")) return;
  if (leaf->result != LOG_INTENT && !(leaf->result == LOG_REFUSED && leaf->intent == UINT64_MAX)) return;
  f->failures++;
  f->last_failure = leaf->wall;
}
void key_facts_learn(struct key_facts *f, const struct log_leaf *leaf) {
  const char *sequence = id_of(leaf->object, "keystore:");
  learn_attempt(f, leaf);
  if (leaf->result != LOG_DONE) return;
  if (sequence) f->sequence = strtoll(sequence, NULL, 10);
  learn_epoch(f, leaf);
}

int64_t key_facts_wait(const struct key_facts *f, int64_t now) {
  if (f->failures < ATTEMPTS_FREE) return 0;
  int64_t steps = f->failures - ATTEMPTS_FREE;
  int64_t wait = steps < 8 ? (int64_t)ATTEMPT_WAIT_FIRST << steps : ATTEMPT_WAIT_MOST;
  int64_t until = f->last_failure + (wait < ATTEMPT_WAIT_MOST ? wait : ATTEMPT_WAIT_MOST);
  return until > now ? until - now : 0;
}

/* --- the key file against the log --- */
static enum err_code rolled_back(const struct key_facts *f, const struct keystore_public *p, const char *folder, struct err *e) {
  char found[128];
  snprintf(found, sizeof found, "key file %llu of epoch %llu, log %lld of epoch %llu", (unsigned long long)p->sequence, (unsigned long long)p->epoch,
           (long long)f->sequence, (unsigned long long)f->epoch);
  bool behind = (int64_t)p->sequence < f->sequence || p->epoch < f->epoch;
  return ERR(e, E_STORE_ROLLED_BACK, .file = folder, .subject = behind ? "keystore" : "store.db, log2", .found = found);
}
static bool zero(const uint8_t p[32]) {
  static const uint8_t none[32];
  return memcmp(p, none, 32) == 0;
}
/* Nothing with officers came before: the epoch signed itself. */
static bool founded(const struct keystore_public *p) { return zero(p->previous_head) && memcmp(p->previous_key, p->authority_key, 32) == 0; }
static bool follows(const struct keystore_public *p, bool known, const uint8_t head[32], const uint8_t authority[32]) {
  return known ? memcmp(p->previous_head, head, 32) == 0 && memcmp(p->previous_key, authority, 32) == 0 : founded(p);
}
static bool epoch_holds(const struct key_facts *f, const struct keystore_public *p, bool next) {
  if (p->version == 1) return !f->has_head; /* officers are not undone by a key file with a passphrase */
  if (!p->certified) return false;
  if (next) return follows(p, f->has_head, f->head, f->authority);
  bool same = f->has_head && memcmp(p->head, f->head, 32) == 0 && memcmp(p->authority_key, f->authority, 32) == 0;
  return same && follows(p, f->has_before, f->head_before, f->authority_before);
}
enum err_code key_facts_check(const struct key_facts *f, const struct keystore_public *p, const char *folder, bool *interrupted, struct err *e) {
  int64_t ahead = (int64_t)p->sequence - f->sequence;
  bool next = p->epoch == f->epoch + 1;
  *interrupted = false;
  if ((ahead != 0 && ahead != 1) || (p->epoch != f->epoch && !next) || (next && ahead != 1)) return rolled_back(f, p, folder, e);
  if (!epoch_holds(f, p, next)) return ERR(e, E_KEYS_EPOCH, .file = folder, .subject = "keystore");
  *interrupted = next;
  return E_OK;
}

size_t key_facts_object(const struct keystore_public *p, char *out, size_t size) {
  char head[65], authority[65];
  int n = snprintf(out, size, "keystore:%llu epoch:%llu", (unsigned long long)p->sequence, (unsigned long long)p->epoch);
  if (p->version == 1 || n < 0 || (size_t)n >= size) return (size_t)n;
  hex_encode(p->head, 32, head);
  hex_encode(p->authority_key, 32, authority);
  return (size_t)n + (size_t)snprintf(out + n, size - (size_t)n, " head:%s authority:%s", head, authority);
}
