/* disposal_keys.c -- the wrapped keys leave the keystore and a new epoch begins, in one write of the key file (store_rotate.h); see
 * disposal_execute.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_rotate.h"
#include "secure-store/store_shares.h"

enum { PARTS = 4 };

static bool concerned(const struct disposal *d, const struct keystore_entry *k) {
  int part = disposal_part_number(d->part);
  return strcmp(k->dataset, d->dataset) == 0 && (part < 0 || part == k->part);
}

enum err_code disposal_list_keys(struct store *s, const struct disposal *d, char *list, size_t size, struct err *e) {
  static const char *const names[PARTS] = {"ID", "LINK", "ANSWER", "PARADATA"};
  list[0] = 0;
  for (size_t i = 0; i < keystore_n_entries(s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(s->keys, i);
    char line[160], hex[65];
    if (!concerned(d, &k)) continue;
    hex_encode(k.commitment, 32, hex);
    snprintf(line, sizeof line, "%s epoch %llu %s", k.part < PARTS ? names[k.part] : "?", (unsigned long long)k.epoch, hex);
    TRY(row_list_add(list, size, "commitments", line, e));
  }
  return E_OK;
}

/* --- which keys are left --- */

struct doomed_keys {
  size_t n;
  struct store_key_name name[16];
  char dataset[16][KEYSTORE_DATASET_MAX + 1], retention[16][KEYSTORE_RETENTION_MAX + 1]; /* copies: the keystore's own go with the keys */
};
static bool find_keys(struct store *s, const struct disposal *d, struct doomed_keys *out) {
  out->n = 0;
  for (size_t i = 0; i < keystore_n_entries(s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(s->keys, i);
    if (!concerned(d, &k)) continue;
    if (out->n == 16) return false;
    snprintf(out->dataset[out->n], sizeof out->dataset[0], "%s", k.dataset);
    snprintf(out->retention[out->n], sizeof out->retention[0], "%s", k.retention);
    out->name[out->n] = (struct store_key_name){.dataset = out->dataset[out->n], .retention = out->retention[out->n], .part = k.part};
    out->n++;
  }
  return true;
}

bool disposal_keys_gone(struct store *s, const struct disposal_view *v) {
  bool new_epoch_stands = v->state == DISPOSAL_BEGUN && (int64_t)keystore_public(s->keys)->epoch > v->begun.epoch_before;
  for (size_t i = 0; new_epoch_stands && i < keystore_n_entries(s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(s->keys, i);
    if (concerned(&v->proposal, &k)) return false;
  }
  return new_epoch_stands;
}

/* --- who is there --- */

static enum err_code passphrase_right(struct store *s, const char *passphrase, struct err *e) {
  struct keystore *again = NULL;
  char path[STORE_PATH_BYTES];
  store_path(s, "keystore", path);
  TRY(keystore_open(path, passphrase, &again, e));
  keystore_close(again);
  return E_OK;
}

/* The shares are tried once before anything is written, unless somebody would have to type passphrases twice: then a wrong one leaves a destruction
 * that has begun
 * and goes on when it is said again. */
static enum err_code shares_right(struct store *s, const struct disposal_keys *keys, struct err *e) {
  struct store_givers g = {.n = 0};
  struct keystore_faults faults = {.n = 0};
  for (int i = 0; i < keys->n; i++)
    if (!keys->officers[i].passphrase_file) return E_OK;
  enum err_code code = store_givers_ask(keys->officers, keys->n, &g, e);
  if (!code) code = store_givers_open(keys->officers, &g, e);
  if (!code) code = keystore_authorise(s->keys, g.giver, g.n, &faults, e);
  store_givers_free(&g);
  keystore_deauthorise(s->keys);
  return code;
}

enum err_code disposal_authorise(struct store *s, const struct disposal_keys *keys, const char *id, struct err *e) {
  bool officers = keystore_public(s->keys)->version > 1;
  if (officers ? keys->n == 0 : !keys->passphrase) return ERR(e, E_DISPOSAL_KEYS, .subject = id);
  return officers ? shares_right(s, keys, e) : passphrase_right(s, keys->passphrase, e);
}

/* --- the new epoch --- */

enum err_code disposal_destroy_keys(struct store *s, const struct disposal_view *v, const struct disposal_keys *keys, struct err *e) {
  char path[STORE_PATH_BYTES], name[64];
  if (disposal_keys_gone(s, v)) return overwrite_all(s, e);
  struct doomed_keys *doomed = ARENA_NEW(s->arena, struct doomed_keys);
  if (!doomed) return ERR(e, E_NO_MEMORY, .subject = v->proposal.id);
  if (!find_keys(s, &v->proposal, doomed)) return ERR(e, E_CAP_EXCEEDED, .subject = v->proposal.dataset, .expected = "at most 16 keys");
  bool officers = keystore_public(s->keys)->version > 1;
  const struct store_rotation r = {.passphrase = officers ? NULL : keys->passphrase, .authority = keys->officers, .n_authority = keys->n,
      .destroy = doomed->name, .n_destroy = doomed->n};
  store_path(s, "keystore", path);
  snprintf(name, sizeof name, "keystore-%llu", (unsigned long long)keystore_public(s->keys)->sequence);
  TRY(overwrite_keep(s, path, name, e));
  TRY(store_rotate(s, &r, e));
  return overwrite_all(s, e);
}
