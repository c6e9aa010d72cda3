/* store_shard_hidden.c -- rows of a shard that are no longer current: replaced by a correction, withdrawn, or never applied. The shard itself is not
 * touched; a sealed segment "#hidden" beside its columns holds one bit a row, and the newest such segment counts. It is a segment like any other,
 * so the dataset's root covers it: one that is dropped or put back from an older copy shows as tampering.
 * Bytes    one bit a row, row 0 in bit 0 of byte 0; bits behind the last row are 0. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/form.h"
#include "secure-store/store_shard_impl.h"

static size_t bytes_of(int64_t n_rows) { return (size_t)((n_rows + 7) / 8); }

/* The newest list, or of a period that is read as it was at a cut-off the newest of then. */
static enum err_code newest(struct store *s, int64_t shard_id, struct store_segment *g, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db,
      "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.shard_id = ?1 AND g.column_no = -2 AND (?2 < 0 OR g.id <= ?2 OR NOT EXISTS "
      "(SELECT 1 FROM dataset x WHERE x.id = g.dataset_id AND x.survey = ?3 AND x.period = ?4 AND x.stage = 'received')) "
      "ORDER BY g.seg_no DESC LIMIT 1",
      &q, e));
  db_bind_int(q, 1, shard_id);
  db_bind_int(q, 2, s->as_of.set ? s->as_of.last_segment : -1);
  db_bind_cstr(q, 3, s->as_of.cutoff.survey);
  db_bind_cstr(q, 4, s->as_of.cutoff.period);
  TRY(db_step(q, found, e));
  if (*found) store_segment_row(q, g);
  db_reset(q);
  return E_OK;
}

static int64_t count_bits(const uint8_t *bits, int64_t n_rows) {
  int64_t n = 0;
  for (int64_t i = 0; i < n_rows; i++) n += bits[i / 8] >> (i % 8) & 1;
  return n;
}

static enum err_code open_bits(struct store *s, const struct store_segment *g, struct strbuf *raw, struct err *e) {
  bool locked;
  struct strbuf sealed;
  uint8_t *dek = secret_new(32, &locked);
  if (!dek) return ERR(e, E_NO_MEMORY, .subject = "keys");
  strbuf_init(&sealed, 0);
  enum err_code code = store_dek(s, g->names[0], PART_PARADATA, false, dek, e);
  if (!code) code = store_segment_open(s, dek, g, &sealed, raw, e);
  strbuf_release(&sealed);
  secret_free(dek);
  return code;
}

enum err_code store_hidden_read(struct store *s, int64_t shard_id, int64_t n_rows, struct strbuf *bits, int64_t *n_hidden, struct err *e) {
  struct store_segment g;
  bool found;
  *n_hidden = 0;
  strbuf_reset(bits);
  TRY(newest(s, shard_id, &g, &found, e));
  if (!found) return E_OK;
  *n_hidden = g.place.rows;
  if (s->locked) return E_OK;
  TRY(open_bits(s, &g, bits, e));
  const uint8_t *p = (const uint8_t *)bits->p;
  bool fits = g.place.part == PART_PARADATA && bits->n == bytes_of(n_rows) && count_bits(p, n_rows) == *n_hidden &&
              !(n_rows % 8 && p[n_rows / 8] >> (n_rows % 8));
  return fits ? E_OK : store_tampered(s, &g, "list of rows that are not current", e);
}

static enum err_code same_as_before(struct store *s, int64_t shard_id, int64_t n_rows, const struct strbuf *wanted, bool *same, struct err *e) {
  struct strbuf have;
  int64_t n;
  strbuf_init(&have, 0);
  enum err_code code = store_hidden_read(s, shard_id, n_rows, &have, &n, e);
  if (!code && n == 0) *same = count_bits((const uint8_t *)wanted->p, n_rows) == 0;
  else if (!code) *same = have.n == wanted->n && !memcmp(have.p, wanted->p, wanted->n);
  strbuf_release(&have);
  return code;
}

static enum err_code write_bits(struct store *s, int64_t shard_id, const struct strbuf *bits, int64_t n_hidden, struct err *e) {
  struct db_statement *q;
  bool row, locked;
  char table[40], name[STORE_DATASET_BYTES] = "";
  int64_t dataset_id = 0, next = 0;
  uint8_t *dek = secret_new(32, &locked);
  if (!dek) return ERR(e, E_NO_MEMORY, .subject = "keys");
  enum err_code code = db_prepare(s->db,
                                  "SELECT d.id, d.name, (SELECT coalesce(max(seg_no) + 1, 0) FROM segment WHERE shard_id = ?1 AND column_no = -2)"
                                  " FROM shard h JOIN dataset d ON d.id = h.dataset_id WHERE h.id = ?1",
                                  &q, e);
  if (!code) {
    db_bind_int(q, 1, shard_id);
    code = db_step(q, &row, e);
  }
  if (!code && row) {
    dataset_id = db_int(q, 0);
    next = db_int(q, 2);
    snprintf(name, sizeof name, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  if (!code) db_reset(q);
  snprintf(table, sizeof table, "shard:%lld", (long long)shard_id);
  if (!code && !name[0]) code = ERR(e, E_STORE_NO_SHARD, .subject = table);
  if (!code) code = store_dek(s, name, PART_PARADATA, true, dek, e);
  if (!code) code = store_state_touch(s, dataset_id, false, e);
  const struct segment_place place = {.dataset = name, .table = table, .column = STORE_HIDDEN_COLUMN, .part = PART_PARADATA, .codec = SEGMENT_BYTES,
                                      .seg_no = (uint64_t)next, .rows = (uint32_t)n_hidden, .raw_n = (uint32_t)bits->n};
  if (!code) code = store_segment_add(s, dek, &place, dataset_id, shard_id, NULL, -2, bits->p, e);
  secret_free(dek);
  return code;
}

enum err_code store_shard_hide(struct store *s, int64_t shard_id, const uint8_t *hidden, int64_t n_rows, struct err *e) {
  struct strbuf bits;
  bool same = false;
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_shard_hide");
  if (s->as_of.set) return ERR(e, E_STORE_CUTOFF_CHANGED, .subject = s->as_of.cutoff.name);
  if (n_rows < 1 || bytes_of(n_rows) > SEGMENT_RAW_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "rows of one shard");
  strbuf_init(&bits, 0);
  for (int64_t i = 0; i < n_rows; i += 8) {
    unsigned byte = 0;
    for (int k = 0; k < 8 && i + k < n_rows; k++) byte |= (unsigned)(hidden[i + k] != 0) << k;
    strbuf_addc(&bits, (char)byte);
  }
  enum err_code code = bits.failed ? ERR(e, E_NO_MEMORY, .subject = "shard") : same_as_before(s, shard_id, n_rows, &bits, &same, e);
  if (!code && !same) code = write_bits(s, shard_id, &bits, count_bits((const uint8_t *)bits.p, n_rows), e);
  strbuf_release(&bits);
  return code;
}
