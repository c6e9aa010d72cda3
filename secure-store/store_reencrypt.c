/* store_reencrypt.c -- see store_reencrypt.h. Which key a segment is under, its own head says (segment_is_of), so nothing has to be remembered
 * but the two keys themselves: an interrupted run is found again from the key file. */
#include "secure-store/store_reencrypt.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_pack.h"

enum { PORTION = 32 << 20 };
/* Segments under the key ?1 (dataset) and ?2 (part), from the id ?3 on; key names as store_key_name makes them. */
#define UNDER_KEY                                                                                                                       \
  "g.part = ?2 AND g.id > ?3 AND g.dataset_id IN (SELECT id FROM dataset WHERE CASE WHEN substr(?1, 1, 5) = 'blob/' THEN name = ?1 "    \
  "ELSE substr(name, 1, length(?1) + 1) = ?1 || '/' AND instr(substr(name, length(?1) + 2), '/') = 0 END)"

struct target {
  char dataset[KEYSTORE_DATASET_MAX + 1];
  uint8_t part;
  int64_t segments, done; /* of all; under the new key as far as the run has come */
};
struct run {
  struct store *s;
  const struct store_reencryption *r;
  struct store_reencrypted *out;
  struct target *targets;
  size_t n;
  uint8_t (*key)[KEY_BYTES]; /* locked: new, old */
  struct strbuf sealed, raw;
  int64_t bytes; /* so far */
};

/* --- what is concerned --- */

static bool wanted(const struct store_reencryption *r, const struct keystore_entry *k) {
  if (strcmp(k->retention, STORE_RETENTION) != 0 || strncmp(k->dataset, "token/", 6) == 0) return false;
  return (!r->dataset || strcmp(r->dataset, k->dataset) == 0) && (r->part < 0 || r->part == k->part);
}
static enum err_code count_segments(struct store *s, struct target *t, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT count(*) FROM segment g WHERE " UNDER_KEY, &q, e));
  db_bind_cstr(q, 1, t->dataset);
  db_bind_int(q, 2, t->part);
  db_bind_int(q, 3, 0);
  TRY(db_step(q, &row, e));
  t->segments = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}
static enum err_code find_targets(struct run *w, struct err *e) {
  const struct keystore *keys = w->s->keys;
  w->targets = ARENA_ARRAY(w->s->arena, struct target, keystore_n_entries(keys) + 1);
  if (!w->targets) return ERR(e, E_NO_MEMORY, .subject = "keys");
  for (size_t i = 0; i < keystore_n_entries(keys); i++) {
    const struct keystore_entry k = keystore_entry_at(keys, i);
    if (!wanted(w->r, &k)) continue;
    struct target *t = &w->targets[w->n++];
    *t = (struct target){.part = k.part};
    snprintf(t->dataset, sizeof t->dataset, "%s", k.dataset);
    TRY(count_segments(w->s, t, e));
    w->out->segments_all += t->segments;
  }
  w->out->keys = (int64_t)w->n;
  return w->n ? E_OK : ERR(e, E_REENCRYPT_NO_KEY, .subject = w->r->dataset ? w->r->dataset : "*");
}

/* --- step 1: new keys --- */

static enum err_code retire_in(struct run *w, struct err *e) {
  for (size_t i = 0; i < w->n; i++) {
    uint8_t key[KEY_BYTES];
    enum err_code code = store_dek_before(w->s, w->targets[i].dataset, w->targets[i].part, key, e);
    wipe(key, sizeof key);
    if (code == E_OK) continue; /* of a run before */
    TRY(keystore_dek_retire(w->s->keys, w->targets[i].dataset, w->targets[i].part, STORE_RETENTION, e));
    w->s->keys_changed = true;
  }
  w->s->state_action = "key-create";
  snprintf(w->s->state_object, sizeof w->s->state_object, "reencrypt keys:%zu", w->n);
  return E_OK;
}
static enum err_code retire(struct run *w, struct err *e) {
  TRY(store_begin_plain(w->s, e));
  enum err_code code = retire_in(w, e);
  if (!code) return store_commit(w->s, e);
  store_rollback(w->s);
  struct err ignored;
  (void)!keystore_reload(w->s->keys, &ignored); /* forgets the keys of this attempt */
  w->s->keys_changed = false;
  return code;
}

/* --- step 2: portions --- */

static enum err_code take_keys(struct run *w, const struct target *t, struct err *e) {
  TRY(keystore_dek(w->s->keys, t->dataset, t->part, STORE_RETENTION, false, w->key[0], e));
  return keystore_dek(w->s->keys, t->dataset, t->part, STORE_RETENTION KEYSTORE_OLD, false, w->key[1], e);
}
static enum err_code next_segment(struct run *w, const struct target *t, int64_t after, struct store_segment *g, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(w->s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE " UNDER_KEY " ORDER BY g.id LIMIT 1", &q, e));
  db_bind_cstr(q, 1, t->dataset);
  db_bind_int(q, 2, t->part);
  db_bind_int(q, 3, after);
  TRY(db_step(q, found, e));
  if (*found) store_segment_row(q, g);
  db_reset(q);
  return E_OK;
}
/* A segment whose file is gone or short is left to store_segment_open, which says so. */
static bool is_new(struct run *w, const struct store_segment *g) {
  char path[STORE_PATH_BYTES];
  struct err ignored;
  if (w->s->pack_open && strcmp(g->pack, w->s->pack_name) == 0) return true; /* of this very transaction */
  store_pack_path(w->s, g->pack, path);
  strbuf_reset(&w->sealed);
  return !pack_read_range(path, g->at, SEGMENT_HEAD_BYTES, &w->sealed, &ignored) &&
         segment_is_of(w->key[0], &g->place, (const uint8_t *)w->sealed.p);
}
static enum err_code open_segment(struct run *w, int which, const struct store_segment *g, struct err *e) {
  if (w->raw.p) wipe(w->raw.p, w->raw.n);
  strbuf_reset(&w->raw);
  return store_segment_open(w->s, w->key[which], g, &w->sealed, &w->raw, e);
}
static enum err_code seal_anew(struct run *w, const struct store_segment *g, struct err *e) {
  TRY(open_segment(w, 1, g, e));
  TRY(store_segment_again(w->s, w->key[0], g, w->raw.p, e));
  return store_state_touch(w->s, g->dataset_id, true, e);
}
struct portion {
  int64_t last, segments, bytes;
  bool end;
};
static enum err_code fill(struct run *w, struct target *t, struct portion *p, struct err *e) {
  struct store_segment g = {.id = 0};
  while (p->bytes < PORTION) {
    bool found;
    TRY(next_segment(w, t, p->last, &g, &found, e));
    p->end = !found;
    if (!found) return E_OK;
    p->last = g.id;
    t->done++;
    if (is_new(w, &g)) continue;
    TRY(seal_anew(w, &g, e));
    p->segments++;
    p->bytes += g.place.raw_n;
  }
  return E_OK;
}
static enum err_code record_progress(struct run *w, const struct target *t, struct err *e) {
  struct log_leaf leaf;
  store_log_leaf_begin(w->s, &leaf, "key-rewrap", LOG_NOTE);
  snprintf(leaf.object, sizeof leaf.object, "reencrypt:%s part:%u segments:%lld/%lld", t->dataset, t->part, (long long)t->done,
           (long long)t->segments);
  return store_log_append(w->s, &leaf, e);
}
static enum err_code commit_portion(struct run *w, const struct target *t, const struct portion *p, struct err *e) {
  if (p->segments == 0) {
    store_rollback(w->s);
    return E_OK;
  }
  enum err_code code = record_progress(w, t, e);
  if (!code) code = store_commit(w->s, e);
  if (code) store_rollback(w->s);
  w->s->checked.n = 0; /* roots compared in this session are not those of now */
  w->out->segments += code ? 0 : p->segments;
  w->bytes += p->bytes;
  return code;
}
static enum err_code one_portion(struct run *w, struct target *t, struct portion *p, struct err *e) {
  p->segments = p->bytes = 0;
  TRY(store_begin_plain(w->s, e));
  w->s->state_action = "data-segment-write";
  enum err_code code = fill(w, t, p, e);
  if (!code) return commit_portion(w, t, p, e);
  store_rollback(w->s);
  return code;
}
/* Tampering found inside a transaction leaves no leaf; looked at again outside, it does. */
static enum err_code say_tampered(struct run *w, const struct target *t, int64_t id, enum err_code code, struct err *e) {
  struct store_segment g;
  struct err ignored;
  bool found = false;
  if (code == E_STORE_TAMPERED && !next_segment(w, t, id - 1, &g, &found, &ignored) && found && g.id == id) (void)!open_segment(w, 1, &g, e);
  return code;
}
static bool enough(const struct run *w) { return job_cancelled(w->s->job) || (w->r->most_bytes > 0 && w->bytes >= w->r->most_bytes); }
static enum err_code seal_target(struct run *w, struct target *t, struct err *e) {
  struct portion p = {.last = 0};
  TRY(take_keys(w, t, e));
  while (!p.end && !enough(w)) {
    enum err_code code = one_portion(w, t, &p, e);
    if (code) return say_tampered(w, t, p.last, code, e);
    job_progress(w->s->job, "reencrypt", t->done, t->segments);
  }
  return E_OK;
}

/* --- step 3: bytes out of use --- */

static enum err_code next_pack(struct store *s, struct store_old_pack *out, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db,
      "SELECT p.id, p.name, p.write_sequence FROM pack p WHERE p.n_segments <> (SELECT count(*) FROM segment g WHERE g.pack_id = p.id) "
      "ORDER BY p.id LIMIT 1",
      &q, e));
  TRY(db_step(q, found, e));
  if (*found) store_pack_row(q, out);
  db_reset(q);
  return E_OK;
}
static enum err_code rewrite_in(struct store *s, const struct store_old_pack *old, struct err *e) {
  struct db_statement *q;
  TRY(store_pack_move(s, old, NULL, e));
  TRY(db_prepare(s->db, "DELETE FROM pack WHERE id = ?1", &q, e));
  db_bind_int(q, 1, old->id);
  TRY(db_execute(q, e));
  s->packs_dropped = true;
  s->state_action = "data-segment-write";
  return E_OK;
}
static enum err_code rewrite(struct store *s, const struct store_old_pack *old, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_pack_path(s, old->name, path);
  TRY(overwrite_keep(s, path, old->name, e));
  TRY(store_begin_plain(s, e));
  enum err_code code = rewrite_in(s, old, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code ? code : overwrite_all(s, e);
}
static enum err_code drop_old_bytes(struct run *w, struct err *e) {
  struct store_old_pack old;
  TRY(overwrite_all(w->s, e)); /* of a run before */
  for (bool found = true;;) {
    TRY(next_pack(w->s, &old, &found, e));
    if (!found) return E_OK;
    TRY(rewrite(w->s, &old, e));
    w->out->packs++;
  }
}

/* --- step 4: nothing is left under the old key --- */

static enum err_code check_target(struct run *w, const struct target *t, struct err *e) {
  struct store_segment g = {.id = 0};
  char found_text[64];
  bool found;
  TRY(take_keys(w, t, e));
  for (;;) {
    TRY(next_segment(w, t, g.id, &g, &found, e));
    if (!found) return E_OK;
    snprintf(found_text, sizeof found_text, "segment %lld", (long long)g.id);
    if (!is_new(w, &g)) return ERR(e, E_REENCRYPT_LEFT, .subject = t->dataset, .found = found_text);
    TRY(open_segment(w, 0, &g, e));
  }
}

/* --- step 5: the old keys go --- */

static enum err_code destroy_old(struct run *w, struct err *e) {
  struct store *s = w->s;
  char path[STORE_PATH_BYTES], name[64];
  struct store_key_name *gone = ARENA_ARRAY(s->arena, struct store_key_name, w->n);
  if (!gone) return ERR(e, E_NO_MEMORY, .subject = "keys");
  for (size_t i = 0; i < w->n; i++)
    gone[i] = (struct store_key_name){.dataset = w->targets[i].dataset, .retention = STORE_RETENTION KEYSTORE_OLD, .part = w->targets[i].part};
  const struct store_rotation r = {.passphrase = w->r->passphrase, .authority = w->r->authority, .n_authority = w->r->n_authority, .destroy = gone,
      .n_destroy = w->n};
  store_path(s, "keystore", path);
  snprintf(name, sizeof name, "keystore-%llu", (unsigned long long)keystore_public(s->keys)->sequence);
  TRY(overwrite_keep(s, path, name, e));
  TRY(store_rotate(s, &r, e));
  w->out->finished = true;
  return overwrite_all(s, e);
}

/* --- all of it --- */

static enum err_code steps(struct run *w, struct err *e) {
  TRY(retire(w, e));
  for (size_t i = 0; i < w->n && !enough(w); i++) TRY(seal_target(w, &w->targets[i], e));
  if (enough(w)) return E_OK;
  TRY(drop_old_bytes(w, e));
  for (size_t i = 0; i < w->n; i++) TRY(check_target(w, &w->targets[i], e));
  return E_OK;
}
static enum err_code logged(struct run *w, struct err *e) {
  char object[KEYSTORE_DATASET_MAX + 64], part[16] = "all";
  int64_t intent;
  if (w->r->part >= 0) snprintf(part, sizeof part, "%d", w->r->part);
  snprintf(object, sizeof object, "reencrypt:%s part:%s", w->r->dataset ? w->r->dataset : "*", part);
  const struct log_entry entry = {.action = "key-rewrap", .object = object};
  TRY(store_log_intent(w->s, &entry, &intent, e));
  enum err_code code = steps(w, e);
  enum err_code told = store_log_outcome(w->s, intent, &entry, code == E_OK, code ? NULL : e);
  return code ? code : told;
}
static bool entitled(const struct run *w) {
  return keystore_public(w->s->keys)->version > 1 ? w->r->n_authority > 0 : w->r->passphrase != NULL;
}
static enum err_code start(struct run *w, struct err *e) {
  bool locked; /* judged by the keystore when it opened */
  const char *dataset = w->r->dataset;
  w->key = secret_new(2 * sizeof *w->key, &locked);
  if (!w->key) return ERR(e, E_NO_MEMORY, .subject = "keys");
  if (dataset && strlen(dataset) > KEYSTORE_DATASET_MAX) return ERR(e, E_REENCRYPT_NO_KEY, .subject = "dataset");
  TRY(find_targets(w, e));
  TRY(logged(w, e));
  return !enough(w) && entitled(w) ? destroy_old(w, e) : E_OK;
}
enum err_code store_reencrypt(struct store *s, const struct store_reencryption *r, struct store_reencrypted *out, struct err *e) {
  struct run w = {.s = s, .r = r, .out = out};
  *out = (struct store_reencrypted){.keys = 0};
  if (s->locked || !s->keys) return ERR(e, E_STORE_LOCKED, .subject = "rotate");
  if (s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_reencrypt");
  if (keystore_is_remote(s->keys)) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  strbuf_init(&w.sealed, 0);
  strbuf_init(&w.raw, 0);
  enum err_code code = start(&w, e);
  strbuf_release(&w.sealed);
  strbuf_wipe_release(&w.raw);
  if (w.key) secret_free(w.key);
  return code;
}
