/* disposal_keys.c -- the wrapped keys leave the keystore and a new epoch begins, in one write of the key file; see disposal_execute.h. The leaves are those of
 * every change of epoch (store_keys.h): an intent before, the outcome with the new head after; a kill in between is completed when the store is opened. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"

static bool concerned(const struct disposal *d, const struct keystore_entry *k) {
  int part = disposal_part_number(d->part);
  return strcmp(k->dataset, d->dataset) == 0 && (part < 0 || part == k->part);
}

enum err_code disposal_list_keys(struct store *s, const struct disposal *d, char *list, size_t size, struct err *e) {
  static const char *const names[] = {"ID", "LINK", "ANSWER", "PARADATA"};
  list[0] = 0;
  for (size_t i = 0; i < keystore_n_entries(s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(s->keys, i);
    char line[160], hex[65];
    if (!concerned(d, &k)) continue;
    hex_encode(k.commitment, 32, hex);
    snprintf(line, sizeof line, "%s epoch %llu %s", k.part < 4 ? names[k.part] : "?", (unsigned long long)k.epoch, hex);
    TRY(row_list_add(list, size, "commitments", line, e));
  }
  return E_OK;
}

/* The first one; *found = false: none is left. */
static bool next_key(struct store *s, const struct disposal *d, struct keystore_entry *out) {
  for (size_t i = 0; i < keystore_n_entries(s->keys); i++) {
    *out = keystore_entry_at(s->keys, i);
    if (concerned(d, out)) return true;
  }
  return false;
}

bool disposal_keys_gone(struct store *s, const struct disposal_view *v) {
  struct keystore_entry k;
  bool new_epoch_stands = v->state == DISPOSAL_BEGUN && (int64_t)keystore_public(s->keys)->epoch > v->begun.epoch_before;
  return new_epoch_stands && !next_key(s, &v->proposal, &k);
}

static enum err_code drop_keys(struct store *s, const struct disposal *d, struct err *e) {
  struct keystore_entry k;
  while (next_key(s, d, &k)) {
    char dataset[KEYSTORE_DATASET_MAX + 1], retention[KEYSTORE_RETENTION_MAX + 1];
    snprintf(dataset, sizeof dataset, "%s", k.dataset);
    snprintf(retention, sizeof retention, "%s", k.retention);
    TRY(keystore_dek_destroy(s->keys, dataset, k.part, retention, e));
  }
  return E_OK;
}

/* Proves who is there before anything is written: a wrong passphrase leaves the store as it was. */
enum err_code disposal_authorise(struct store *s, const struct disposal_keys *keys, const char *id, struct err *e) {
  struct keystore_faults faults = {.n = 0};
  struct keystore *again = NULL;
  char path[STORE_PATH_BYTES];
  if (keystore_public(s->keys)->version == 1) {
    if (!keys->passphrase) return ERR(e, E_DISPOSAL_KEYS, .subject = id);
    store_path(s, "keystore", path);
    TRY(keystore_open(path, keys->passphrase, &again, e));
    keystore_close(again);
    return E_OK;
  }
  if (keys->n == 0) return ERR(e, E_DISPOSAL_KEYS, .subject = id);
  return keystore_authorise(s->keys, keys->givers, keys->n, &faults, e);
}

static enum err_code intent(struct store *s, const char *id, struct log_leaf *leaf, struct err *e) {
  store_log_leaf_begin(s, leaf, "key-rotate", LOG_INTENT);
  snprintf(leaf->object, sizeof leaf->object, "epoch:%llu disposal:%s", (unsigned long long)keystore_public(s->keys)->epoch + 1, id);
  return store_log_note(s, leaf, false, e);
}

static enum err_code outcome(struct store *s, uint64_t seq, const char *id, bool ok, struct err *e) {
  struct log_leaf leaf;
  store_log_leaf_begin(s, &leaf, "key-rotate", ok ? LOG_DONE : LOG_FAILED);
  leaf.intent = seq;
  size_t n = ok ? key_facts_object(keystore_public(s->keys), leaf.object, sizeof leaf.object) : 0;
  if (n < sizeof leaf.object) snprintf(leaf.object + n, sizeof leaf.object - n, "%sdisposal:%s", n ? " " : "", id);
  return store_log_note(s, &leaf, ok, e);
}

static enum err_code new_epoch(struct store *s, const struct disposal *d, const struct disposal_keys *keys, struct err *e) {
  TRY(drop_keys(s, d, e));
  return keystore_public(s->keys)->version == 1 ? keystore_rotate(s->keys, keys->passphrase, e) : keystore_reshare(s->keys, NULL, e);
}

enum err_code disposal_destroy_keys(struct store *s, const struct disposal_view *v, const struct disposal_keys *keys, struct err *e) {
  char path[STORE_PATH_BYTES], name[64];
  struct log_leaf leaf;
  const char *id = v->proposal.id;
  if (disposal_keys_gone(s, v)) return overwrite_all(s, e);
  store_path(s, "keystore", path);
  snprintf(name, sizeof name, "keystore-%llu", (unsigned long long)keystore_public(s->keys)->sequence);
  TRY(overwrite_keep(s, path, name, e));
  TRY(intent(s, id, &leaf, e));
  enum err_code code = new_epoch(s, &v->proposal, keys, e);
  struct err second;
  enum err_code logged = outcome(s, leaf.seq, id, code == E_OK, code ? &second : e);
  if (code) return code;
  if (logged) return ERR_WRAP(e, E_KEYS_UNRECORDED, .subject = s->folder);
  return overwrite_all(s, e);
}
