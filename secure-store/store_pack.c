/* store_pack.c -- see store_pack.h. */
#include "secure-store/store_pack.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

struct old_segment {
  int64_t id;
  uint64_t at, bytes;
  uint8_t sha256[32];
};

static enum err_code next_survivor(
    struct store *s, int64_t pack, int64_t after, const char *leave, struct old_segment *out, bool *found, struct err *e) {
  struct db_statement *q;
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT id, at, bytes, sha256 FROM segment WHERE pack_id = ?1 AND id > ?2 AND id NOT IN (%s%.60s) ORDER BY id LIMIT 1",
           leave ? "SELECT id FROM " : "", leave ? leave : "0");
  TRY(db_prepare(s->db, sql, &q, e));
  db_bind_int(q, 1, pack);
  db_bind_int(q, 2, after);
  TRY(db_step(q, found, e));
  if (!*found) return E_OK;
  *out = (struct old_segment){.id = db_int(q, 0), .at = (uint64_t)db_int(q, 1), .bytes = (uint64_t)db_int(q, 2)};
  if (db_blob(q, 3).n == 32) memcpy(out->sha256, db_blob(q, 3).p, 32);
  db_reset(q);
  return E_OK;
}

/* A new pack in place of the old one: the same write sequence, to which its segments are bound. */
static enum err_code begin_pack(struct store *s, const struct store_old_pack *old, struct err *e) {
  uint8_t random[8];
  char path[STORE_PATH_BYTES], hex[17];
  struct db_statement *q;
  random_bytes(random, sizeof random);
  hex_encode(random, sizeof random, hex);
  snprintf(s->pack_name, sizeof s->pack_name, "%010llu-%s.pack", (unsigned long long)old->write_sequence, hex);
  store_pack_path(s, s->pack_name, path);
  TRY(db_prepare(s->db, "INSERT INTO pack(name, bytes, n_segments, index_sha256, write_sequence) VALUES(?1, 0, 0, x'', ?2)", &q, e));
  db_bind_cstr(q, 1, s->pack_name);
  db_bind_int(q, 2, (int64_t)old->write_sequence);
  TRY(db_execute(q, e));
  s->pack_id = db_last_id(s->db);
  TRY(pack_write_begin(&s->pack, path, old->write_sequence, s->install_id, e));
  s->pack_open = true;
  return E_OK;
}

static enum err_code move_segment(struct store *s, const char *path, const struct old_segment *g, struct strbuf *bytes, struct err *e) {
  struct pack_entry entry;
  struct db_statement *q;
  strbuf_reset(bytes);
  TRY(pack_read_range(path, g->at, g->bytes, bytes, e));
  TRY(pack_write_add(&s->pack, (uint64_t)g->id, bytes->p, bytes->n, &entry, e));
  if (memcmp(entry.sha256, g->sha256, 32) != 0) return ERR(e, E_STORE_TAMPERED, .file = path, .subject = path, .found = "hash of the sealed bytes");
  TRY(db_prepare(s->db, "UPDATE segment SET pack_id = ?2, at = ?3 WHERE id = ?1", &q, e));
  db_bind_int(q, 1, g->id);
  db_bind_int(q, 2, s->pack_id);
  db_bind_int(q, 3, (int64_t)entry.at);
  return db_execute(q, e);
}

enum err_code store_pack_move(struct store *s, const struct store_old_pack *old, const char *leave, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct old_segment g = {.id = 0};
  struct strbuf bytes;
  bool found = true;
  enum err_code code = E_OK;
  store_pack_path(s, old->name, path);
  strbuf_init(&bytes, 0);
  while (!code && !(code = next_survivor(s, old->id, g.id, leave, &g, &found, e)) && found) {
    if (!s->pack_open) code = begin_pack(s, old, e);
    if (!code) code = move_segment(s, path, &g, &bytes, e);
  }
  strbuf_release(&bytes);
  return code;
}

void store_pack_row(const struct db_statement *q, struct store_old_pack *out) {
  *out = (struct store_old_pack){.id = db_int(q, 0), .write_sequence = (uint64_t)db_int(q, 2)};
  snprintf(out->name, sizeof out->name, "%.*s", (int)(db_text(q, 1).n < 63 ? db_text(q, 1).n : 63), db_text(q, 1).p);
}
