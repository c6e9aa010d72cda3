/* intake_keys.c -- equality tokens of record keys: HMAC-SHA-256 under a key of the stream, which is itself the store's token of the stream's name; so the
 * ledger holds no record key in clear and the keystore is asked once a file. A dry run draws a key that never leaves memory. Tokens are cut to 16 bytes:
 * a false match among 10^9 records has a chance below 10^-20. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/intake_impl.h"

enum { FIRST_SLOTS = 1 << 12, KEY_BLOCK = 1 << 16, KEY_BLOCKS = 1 << 16, ROWS_AT_ONCE = 3072, AHEAD = 16 };

static uint64_t first_bits(const uint8_t *token) {
  uint64_t v = 0;
  for (int i = 0; i < 8; i++) v = v << 8 | token[i];
  return v;
}

static uint32_t tag_of(const uint8_t *token) {
  uint32_t tag;
  memcpy(&tag, token + 8, sizeof tag);
  return tag;
}

static struct key_entry *entry_at(const struct key_index *k, uint64_t i) { return &k->blocks[i / KEY_BLOCK][i % KEY_BLOCK]; }

static uint64_t first_slot(const struct key_index *k, const uint8_t *token) { return first_bits(token) >> (64 - __builtin_ctzll(k->n_slots)); }

/* The slot of the token, or the free one where it belongs. */
static struct key_slot *find(const struct key_index *k, const uint8_t *token) {
  uint64_t at = first_slot(k, token);
  uint32_t tag = tag_of(token);
  for (;; at = (at + 1) & (k->n_slots - 1)) {
    struct key_slot *s = &k->slots[at];
    if (!s->entry || (s->tag == tag && !memcmp(entry_at(k, s->entry - 1)->token, token, INTAKE_TOKEN))) return s;
  }
}

/* Each size has an arena of its own, so that the old one is given back. The old slots are walked in their order, so the new ones fill in theirs. */
static enum err_code grow(struct key_index *k, uint64_t n_slots, struct err *e) {
  struct key_index bigger = *k;
  bigger.slot_arena = arena_new(0);
  bigger.n_slots = n_slots;
  bigger.slots = bigger.slot_arena ? ARENA_ARRAY(bigger.slot_arena, struct key_slot, n_slots) : NULL;
  if (!bigger.slots) {
    arena_free(bigger.slot_arena);
    return ERR(e, E_NO_MEMORY, .subject = "record keys");
  }
  for (uint64_t i = 0; i < k->n_slots; i++) {
    uint64_t ahead = i + AHEAD < k->n_slots ? k->slots[i + AHEAD].entry : 0;
    if (ahead) __builtin_prefetch(entry_at(k, ahead - 1));
    if (k->slots[i].entry) *find(&bigger, entry_at(k, k->slots[i].entry - 1)->token) = k->slots[i];
  }
  arena_free(k->slot_arena);
  *k = bigger;
  return E_OK;
}

static enum err_code start_empty(struct key_index *k, struct err *e) {
  k->arena = arena_new(0);
  k->blocks = k->arena ? ARENA_ARRAY(k->arena, struct key_entry *, KEY_BLOCKS) : NULL;
  k->token_key = k->arena ? ARENA_NEW(k->arena, struct hmac_key) : NULL;
  return k->blocks && k->token_key ? grow(k, FIRST_SLOTS, e) : ERR(e, E_NO_MEMORY, .subject = "record keys");
}

static enum err_code remember(struct key_index *k, struct key_slot *slot, const uint8_t *token, int64_t line, struct err *e) {
  uint64_t block = k->n / KEY_BLOCK;
  if (block >= KEY_BLOCKS || line > UINT32_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "record keys", .expected = "at most 4,294,967,295 lines");
  if (!k->blocks[block] && !(k->blocks[block] = ARENA_ARRAY(k->arena, struct key_entry, KEY_BLOCK)))
    return ERR(e, E_NO_MEMORY, .subject = "record keys");
  struct key_entry *entry = entry_at(k, k->n++);
  memcpy(entry->token, token, INTAKE_TOKEN);
  entry->line = (uint32_t)line;
  *slot = (struct key_slot){(uint32_t)k->n, tag_of(token)};
  return k->n * 4 > k->n_slots * 3 ? grow(k, k->n_slots * 2, e) : E_OK;
}

void keys_release(struct key_index *k) {
  if (k->token_key) wipe(k->token_key, sizeof *k->token_key);
  arena_free(k->arena);
  arena_free(k->slot_arena);
  *k = (struct key_index){0};
}

/* vital/birth looks across periods; a form without an event date has one record per unit and period. The keys of a child begin with its parent's
 * and are one more, so the two share a stream; sisters of the first child have one of their own, or one would be taken for the other. */
static void stream_name(const struct intake_run *run, char *out, size_t size) {
  const struct form *f = run->form;
  bool event = f->event_date && *f->event_date, sister = false;
  for (int i = 2; i < f->n_records; i++) sister = sister || !strcmp(f->records[i].name, run->record);
  snprintf(out, size, "%s/%s%s%s%s%s", f->survey, f->id, event ? "" : "/", event ? "" : run->report->period, sister ? "#" : "",
           sister ? run->record : "");
}

static enum err_code find_stream(struct intake_run *run, const char *name, struct err *e) {
  struct key_index *k = &run->index;
  struct db *db = store_db(run->store);
  struct db_statement *q;
  bool row;
  TRY(db_prepare(db, "INSERT INTO record_stream(name) VALUES(?1) ON CONFLICT(name) DO NOTHING", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_execute(q, e));
  TRY(db_prepare(db,
                 "SELECT id, EXISTS(SELECT 1 FROM record_page WHERE stream = record_stream.id), EXISTS(SELECT 1 FROM record_key WHERE stream = record_stream.id) "
                 "FROM record_stream WHERE name = ?1",
                 &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_step(q, &row, e));
  k->stream = row ? db_int(q, 0) : 0;
  k->earlier = row && db_int(q, 1);
  k->earlier_rows = row && db_int(q, 2);
  db_reset(q);
  k->pages = key_pages_new(k->arena, db, k->stream);
  return k->pages ? E_OK : ERR(e, E_NO_MEMORY, .subject = "record keys");
}

enum err_code keys_start(struct intake_run *run, struct err *e) {
  struct key_index *k = &run->index;
  char name[256];
  TRY(start_empty(k, e));
  stream_name(run, name, sizeof name);
  uint8_t key[32];
  if (!run->store) {
    random_bytes(key, sizeof key);
  } else {
    store_enter(run->store);
    enum err_code token = store_token(run->store, "record-key", name, strlen(name), key, e);
    store_leave(run->store);
    TRY(token);
  }
  hmac_key_init(k->token_key, key, sizeof key);
  wipe(key, sizeof key);
  if (!run->store) return E_OK;
  store_enter(run->store);
  enum err_code code = find_stream(run, name, e);
  store_leave(run->store);
  return code;
}

static enum err_code look_in_rows(struct intake_run *run, const uint8_t *token, bool *found, int64_t *where, int64_t *intake, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(run->store), "SELECT intake, line FROM record_key WHERE stream = ?1 AND token = ?2", &q, e));
  db_bind_int(q, 1, run->index.stream);
  db_bind_blob(q, 2, token, INTAKE_TOKEN);
  TRY(db_step(q, found, e));
  if (*found) {
    *intake = db_int(q, 0);
    *where = db_int(q, 1);
  }
  db_reset(q);
  return E_OK;
}

/* The rows first: they are older, and the first intake of a key is the one to tell. */
static enum err_code look_in_store(struct intake_run *run, const uint8_t *token, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  const struct key_index *k = &run->index;
  bool found = false;
  if (k->earlier_rows) TRY(look_in_rows(run, token, &found, where, intake, e));
  if (!found && k->earlier) TRY(key_pages_find(k->pages, token, &found, intake, where, e));
  if (found) *seen = KEY_IN_STORE;
  return E_OK;
}

enum err_code keys_find(struct intake_run *run, struct str key, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  uint8_t token[HASH_BYTES];
  *seen = KEY_NEW;
  hmac_with(run->index.token_key, key.p, key.n, token);
  return look_in_store(run, token, seen, where, intake, e);
}

void keys_take(struct intake_run *run, struct str key) {
  struct key_index *k = &run->index;
  hmac_with(k->token_key, key.p, key.n, k->token);
  __builtin_prefetch(&k->slots[first_slot(k, k->token)]);
}

enum err_code keys_see(struct intake_run *run, int64_t line, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) {
  struct key_index *k = &run->index;
  const uint8_t *token = k->token;
  struct key_slot *slot = find(k, token);
  *seen = slot->entry ? KEY_IN_FILE : KEY_NEW;
  *where = slot->entry ? entry_at(k, slot->entry - 1)->line : 0;
  if (slot->entry) return E_OK;
  if ((k->earlier || k->earlier_rows) && !run->options->correct) {
    store_enter(run->store);
    enum err_code code = look_in_store(run, token, seen, where, intake, e);
    store_leave(run->store);
    TRY(code);
  }
  if (*seen != KEY_NEW) return E_OK;
  return remember(k, slot, token, line, e);
}

static int by_token(const void *a, const void *b) {
  return memcmp((*(const struct key_entry *const *)a)->token, (*(const struct key_entry *const *)b)->token, INTAKE_TOKEN);
}

static enum err_code write_cluster(struct intake_run *run, const struct key_entry **entries, size_t n, struct err *e) {
  if (n > 1) qsort(entries, n, sizeof *entries, by_token);
  store_enter(run->store);
  enum err_code code = key_pages_add(run->index.pages, run->id, entries, n, e); /* a correction brings keys that are known: their first intake stays noted */
  store_leave(run->store);
  return code;
}

/* Neighbours without a free slot between them are a cluster: entries are in order of token between clusters. Some clusters at a time are sorted and written, so
 * pages are filled one after the other without a sort of the whole. (A cluster that runs over the last slot into the first is written in two parts; that costs
 * two page visits.) */
enum err_code keys_write(struct intake_run *run, struct err *e) {
  const struct key_index *k = &run->index;
  const struct key_entry **cluster = ARENA_ARRAY(k->arena, const struct key_entry *, KEY_PAGES_BATCH);
  size_t n = 0;
  if (!cluster) return ERR(e, E_NO_MEMORY, .subject = "record keys");
  for (uint64_t i = 0; i < k->n_slots; i++) {
    if (k->slots[i].entry) { /* entries lie in order of the file's lines, far from each other */
      cluster[n] = entry_at(k, k->slots[i].entry - 1);
      __builtin_prefetch(cluster[n++]);
    }
    bool cut = !k->slots[i].entry && n >= ROWS_AT_ONCE;
    if (n == 0 || (!cut && n < KEY_PAGES_BATCH && i + 1 < k->n_slots)) continue;
    TRY(write_cluster(run, cluster, n, e));
    n = 0;
  }
  return E_OK;
}
