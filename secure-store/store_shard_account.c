/* store_shard_account.c -- does the database still show every sealed segment? The root of a dataset vouches for its segments by id and hash, not for
 * the rows that lead a reader to them: without these counts a shard's row could be deleted, or marks of withdrawn rows renumbered, and a dataset
 * would read short (or long) although no sealed byte and no root had changed.
 * Rules    every segment of a dataset belongs to a shard (or blob) of that same dataset; a shard has one header, no unknown kinds of segments, and
 *          its lists of hidden rows are numbered 0, 1, 2 ... (the newest counts); a blob has as many chunks as its row says. That a shard
 *          has as many segments as its sealed header says is checked when the header is read (store_shard_counted). */
#include <string.h>

#include "secure-store/store_shard_impl.h"

/* How many things are out of place. */
static enum err_code count_of(struct store *s, const char *sql, int64_t id, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, sql, &q, e));
  db_bind_int(q, 1, id);
  TRY(db_step(q, &row, e));
  *n = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static const struct rule {
  const char *what, *sql;
} shard_rules[] = {
    {"segments of no shard",
     "SELECT count(*) FROM segment g WHERE g.dataset_id = ?1 AND NOT EXISTS (SELECT 1 FROM shard h WHERE h.id = g.shard_id AND h.dataset_id = ?1)"},
    {"a shard without its header",
     "SELECT count(*) FROM shard h WHERE h.dataset_id = ?1 AND (SELECT count(*) FROM segment g WHERE g.shard_id = h.id AND g.column_no = -1) <> 1"},
    {"segments of no known kind", "SELECT count(*) FROM shard h JOIN segment g ON g.shard_id = h.id AND g.column_no < -2 WHERE h.dataset_id = ?1"},
    {"lists of hidden rows missing or renumbered",
     "SELECT count(*) FROM shard h WHERE h.dataset_id = ?1 AND (SELECT count(*) <> coalesce(max(g.seg_no) + 1, 0) OR coalesce(min(g.seg_no), 0) <> 0 "
     "FROM segment g WHERE g.shard_id = h.id AND g.column_no = -2)"},
};
static const struct rule blob_rules[] = {
    {"chunks of no blob",
     "SELECT count(*) FROM segment g WHERE g.dataset_id = ?1 AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.id = g.blob_id AND b.dataset_id = ?1)"},
    {"a blob without all of its chunks",
     "SELECT count(*) FROM blob b WHERE b.dataset_id = ?1 AND "
     "(SELECT count(*) FROM segment g WHERE g.blob_id = b.id AND g.dataset_id = ?1) <> b.chunks"},
};

enum err_code store_dataset_accounted(struct store *s, int64_t dataset_id, const char *dataset, const char **missing, struct err *e) {
  bool blobs = strncmp(dataset, "blob/", 5) == 0;
  const struct rule *rules = blobs ? blob_rules : shard_rules;
  size_t n_rules = blobs ? sizeof blob_rules / sizeof *blob_rules : sizeof shard_rules / sizeof *shard_rules;
  *missing = NULL;
  for (size_t i = 0; i < n_rules; i++) {
    int64_t n = 0;
    TRY(count_of(s, rules[i].sql, dataset_id, &n, e));
    if (n == 0) continue;
    *missing = rules[i].what;
    return E_OK;
  }
  return E_OK;
}

/* Columns of a part whose key was destroyed (disposal/) have no segments any more. */
static bool part_destroyed(struct store *s, const char *dataset, uint8_t part) {
  uint8_t key[32];
  struct err why;
  const bool gone = store_dek(s, dataset, part, false, key, &why) == E_STORE_KEY_MISSING;
  wipe(key, sizeof key);
  return gone;
}
static int64_t columns_left(struct store *s, const struct shard_header *h) {
  int64_t n = 0;
  for (int k = 0; k < h->n_columns; k++) n += !part_destroyed(s, h->dataset, h->columns[k].part);
  return n;
}
enum err_code store_shard_counted(struct store *s, int64_t shard_id, const struct shard_header *h, bool *all, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT count(*), coalesce(max(column_no), -1) FROM segment WHERE shard_id = ?1 AND column_no >= 0", &q, e));
  db_bind_int(q, 1, shard_id);
  TRY(db_step(q, &row, e));
  const int64_t n = row ? db_int(q, 0) : 0, last = row ? db_int(q, 1) : -1;
  db_reset(q);
  *all = last < h->n_columns && (n == (int64_t)h->n_columns * h->n_groups || n == columns_left(s, h) * h->n_groups);
  return E_OK;
}
