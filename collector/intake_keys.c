/* intake_keys.c -- equality tokens of record keys: HMAC-SHA-256 under a key of the stream, which is itself the store's token of the stream's name; so the
 * ledger holds no record key in clear and the keystore is asked once a file. A dry run draws a key that never leaves memory. Tokens are cut to 16 bytes:
 * a false match among 10^9 records has a chance below 10^-20. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "collector/intake_impl.h"

enum { FIRST_SLOTS = 1 << 12 };

static uint64_t slot_of(const uint8_t *token, uint64_t n_slots) {
  uint64_t h;
  memcpy(&h, token, sizeof h);
  return h & (n_slots - 1);
}

static struct key_entry *find(const struct key_index *k, const uint8_t *token) {
  uint64_t at = slot_of(token, k->n_slots);
  while (k->entries[at].line && memcmp(k->entries[at].token, token, INTAKE_TOKEN)) at = (at + 1) & (k->n_slots - 1);
  return &k->entries[at];
}

/* Each size has an arena of its own, so that the old one is given back. */
static enum err_code grow(struct key_index *k, uint64_t n_slots, struct err *e) {
  struct key_index bigger = *k;
  bigger.arena = arena_new(0);
  bigger.n_slots = n_slots;
  bigger.entries = bigger.arena ? ARENA_ARRAY(bigger.arena, struct key_entry, n_slots) : NULL;
  if (!bigger.entries) {
    arena_free(bigger.arena);
    return ERR(e, E_NO_MEMORY, .subject = "record keys");
  }
  for (uint64_t i = 0; i < k->n_slots; i++)
    if (k->entries[i].line) *find(&bigger, k->entries[i].token) = k->entries[i];
  arena_free(k->arena);
  *k = bigger;
  return E_OK;
}

void keys_release(struct key_index *k) {
  arena_free(k->arena);
  wipe(k->token_key, sizeof k->token_key);
  *k = (struct key_index){0};
}

/* vital/birth looks across periods; a form without an event date has one record per unit and period. */
static void stream_name(const struct intake_run *run, char *out, size_t size) {
  const struct form *f = run->form;
  bool event = f->event_date && *f->event_date;
  snprintf(out, size, "%s/%s%s%s", f->survey, f->id, event ? "" : "/", event ? "" : run->report->period);
}

enum err_code keys_start(struct intake_run *run, struct err *e) {
  struct key_index *k = &run->index;
  char name[256];
  TRY(grow(k, FIRST_SLOTS, e));
  stream_name(run, name, sizeof name);
  if (!run->store) {
    random_bytes(k->token_key, sizeof k->token_key);
    return E_OK;
  }
  TRY(store_token(run->store, "record-key", name, strlen(name), k->token_key, e));
  struct db *db = store_db(run->store);
  struct db_statement *q;
  bool row;
  TRY(db_prepare(db, "INSERT INTO record_stream(name) VALUES(?1) ON CONFLICT(name) DO NOTHING", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_execute(q, e));
  TRY(db_prepare(db, "SELECT id, EXISTS(SELECT 1 FROM record_key WHERE stream = record_stream.id) FROM record_stream WHERE name = ?1", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_step(q, &row, e));
  k->stream = row ? db_int(q, 0) : 0;
  k->earlier = row && db_int(q, 1);
  db_reset(q);
  return E_OK;
}

static enum err_code look_in_store(struct intake_run *run, const uint8_t *token, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(run->store), "SELECT intake, line FROM record_key WHERE stream = ?1 AND token = ?2", &q, e));
  db_bind_int(q, 1, run->index.stream);
  db_bind_blob(q, 2, token, INTAKE_TOKEN);
  TRY(db_step(q, &row, e));
  if (row) {
    *seen = KEY_IN_STORE;
    *intake = db_int(q, 0);
    *where = db_int(q, 1);
  }
  db_reset(q);
  return E_OK;
}

enum err_code keys_find(struct intake_run *run, struct str key, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  uint8_t token[HASH_BYTES];
  *seen = KEY_NEW;
  hmac_sha256(run->index.token_key, sizeof run->index.token_key, key.p, key.n, token);
  return look_in_store(run, token, seen, where, intake, e);
}

enum err_code keys_see(struct intake_run *run, struct str key, int64_t line, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  struct key_index *k = &run->index;
  uint8_t token[HASH_BYTES];
  hmac_sha256(k->token_key, sizeof k->token_key, key.p, key.n, token);
  struct key_entry *entry = find(k, token);
  *seen = entry->line ? KEY_IN_FILE : KEY_NEW;
  *where = entry->line;
  if (entry->line) return E_OK;
  if (k->earlier && !run->options->correct) TRY(look_in_store(run, token, seen, where, intake, e));
  if (*seen != KEY_NEW) return E_OK;
  memcpy(entry->token, token, INTAKE_TOKEN);
  entry->line = line;
  return ++k->n * 2 > k->n_slots ? grow(k, k->n_slots * 2, e) : E_OK;
}

static int by_token(const void *a, const void *b) {
  return memcmp(((const struct key_entry *)a)->token, ((const struct key_entry *)b)->token, INTAKE_TOKEN);
}

/* In order of token, so that the table grows at its end. The index is used up. */
enum err_code keys_write(struct intake_run *run, struct err *e) {
  struct key_index *k = &run->index;
  struct db_statement *q;
  uint64_t n = 0;
  for (uint64_t i = 0; i < k->n_slots; i++)
    if (k->entries[i].line) k->entries[n++] = k->entries[i];
  qsort(k->entries, n, sizeof *k->entries, by_token);
  TRY(db_prepare(store_db(run->store), "INSERT INTO record_key(stream, token, intake, line) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", &q, e));
  for (uint64_t i = 0; i < n; i++) {
    db_bind_int(q, 1, k->stream);
    db_bind_blob(q, 2, k->entries[i].token, INTAKE_TOKEN);
    db_bind_int(q, 3, run->id);
    db_bind_int(q, 4, k->entries[i].line);
    TRY(db_execute(q, e));
  }
  return E_OK;
}
