/* Attacks on the sealed segments of a store (secure.md 4.15, rows 1 to 4; table in tests/attacks.md) by someone who may write its files and its
 * database but holds no key: flipped, swapped, cut, doubled and old segments, with the hashes and roots of the database made to fit where that can
 * be done. Every read is refused whole, and each refusal leaves one `tamper` entry in the access log. */
#include "tests/fault/heap_meter.h"
#include "tests/fault/store_fixture.h"

#include <fcntl.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/store_impl.h"

enum { ROWS = 120, SEGMENTS_MAX = 64 };
static const struct dataset_key other_key = {"vital", "birth", "2025-11", "received"}, edited_key = {"vital", "birth", "2025-12", "edited"};

struct attacked {
  char folder[256];
  struct problems problems;
  struct job job;
  struct arena *a;
  struct store *s;
  int n;
  struct store_segment g[SEGMENTS_MAX];
  struct strbuf sealed[SEGMENTS_MAX];
};

/* --- a store with a few shards, and a view of all its segments --- */
static int64_t write_shard(struct attacked *x, const struct dataset_key *key, const char *batch, int64_t sequence, int64_t rows) {
  struct err error;
  struct table t;
  struct shard_write *w = NULL;
  int64_t shard = 0;
  fixture_table(x->a, rows, &t);
  OK(store_begin(x->s, &error));
  OK(store_shard_begin(x->s, key, "", batch, "municipality-011002", sequence, &w, &error));
  OK(store_shard_append(w, &t, fixture_parts, 0, rows, &error));
  OK(store_shard_end(w, &shard, &error));
  OK(store_commit(x->s, &error));
  return shard;
}
static struct attacked *begin(void) {
  struct err error;
  struct attacked *x = calloc(1, sizeof *x);
  x->a = arena_new(0);
  x->job = fixture_job(&x->problems);
  fixture_folder(x->folder);
  OK(fixture_init(&x->job, x->folder, &error));
  OK(store_open(&x->job, x->folder, PASSPHRASE, &x->s, &error));
  return x;
}
static void end(struct attacked *x) {
  store_close(x->s);
  for (int i = 0; i < SEGMENTS_MAX; i++) strbuf_release(&x->sealed[i]);
  remove_tree(x->folder);
  arena_free(x->a);
  free(x);
}
static void take_segments(struct attacked *x) {
  struct err error;
  struct db_statement *q;
  bool row;
  OK(db_prepare(x->s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.shard_id IS NOT NULL ORDER BY g.id", &q, &error));
  for (x->n = 0; !db_step(q, &row, &error) && row; x->n++) {
    assert_true(x->n < SEGMENTS_MAX);
    store_segment_row(q, &x->g[x->n]);
  }
  db_reset(q);
  for (int i = 0; i < x->n; i++) {
    char path[STORE_PATH_BYTES];
    struct store_segment *g = &x->g[i];
    g->place.dataset = g->names[0], g->place.table = g->names[1], g->place.column = g->names[2];
    store_pack_path(x->s, g->pack, path);
    strbuf_release(&x->sealed[i]);
    strbuf_init(&x->sealed[i], 0);
    OK(pack_read_range(path, g->at, g->bytes, &x->sealed[i], &error));
  }
}
static enum err_code open_as(struct attacked *x, int place, int bytes) {
  struct err error;
  uint8_t key[32], *out = malloc(x->g[place].place.raw_n + 1);
  OK(store_dek(x->s, x->g[place].names[0], x->g[place].place.part, false, key, &error));
  enum err_code code = segment_open(key, &x->g[place].place, x->sealed[bytes].p, x->sealed[bytes].n, out, NULL);
  for (uint32_t i = 0; code == E_STORE_TAMPERED && i < x->g[place].place.raw_n; i++) assert_int_equal(out[i], 0);
  free(out);
  return code;
}
static enum err_code count_tamper(void *context, const struct log_leaf *leaf, struct err *e) {
  (void)e;
  if (leaf->action == log_action_number("tamper")) ++*(int *)context;
  return E_OK;
}
static int tamper_leaves(struct attacked *x) {
  struct err error;
  int n = 0;
  OK(store_log_each(x->s, count_tamper, &n, &error));
  return n;
}
static void assert_read_refused(struct attacked *x, int64_t shard, const char *what) {
  struct err error;
  struct table out = {.n_rows = 7};
  int before = tamper_leaves(x);
  enum err_code code = fixture_read(x->s, shard, x->a, &out, &error);
  if (code != E_STORE_TAMPERED) fail_msg("%s: %s", what, err_name(code));
  assert_int_equal(out.n_rows, 0);
  assert_int_equal(tamper_leaves(x), before + 1);
}
/* With a connection of his own nobody has to keep foreign keys. */
static void attack(struct attacked *x, const char *sql) {
  struct err error;
  OK(db_run(x->s->db, "PRAGMA foreign_keys = OFF", &error));
  OK(db_run(x->s->db, sql, &error));
}
static void reopen(struct attacked *x) {
  struct err error;
  store_close(x->s);
  OK(store_open(&x->job, x->folder, PASSPHRASE, &x->s, &error));
}

/* --- rows 1 and 3: the pack --- */
static void change_byte(const char *path, uint64_t at, uint8_t mask) {
  uint8_t byte = 0;
  int fd = open(path, O_RDWR);
  assert_true(fd >= 0);
  assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
  byte ^= mask;
  assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
  close(fd);
}
/* Magic, salt, commitment, ciphertext and tag of every segment of a shard: refused, no rows, one leaf each. */
static void every_region_of_every_segment_is_checked_and_logged(void **state) {
  (void)state;
  struct attacked *x = begin();
  struct err error;
  struct table out;
  int64_t shard = write_shard(x, &fixture_key, "batch-1", 1, ROWS);
  char path[STORE_PATH_BYTES];
  take_segments(x);
  assert_int_equal(x->n, FIXTURE_COLUMNS + 1); /* and the header */
  store_pack_path(x->s, x->g[0].pack, path);
  for (int i = 0; i < x->n; i++) {
    const uint64_t regions[] = {0, 4, 28, 60, x->g[i].bytes - 17, x->g[i].bytes - 1};
    for (size_t k = 0; k < sizeof regions / sizeof *regions; k++) {
      change_byte(path, x->g[i].at + regions[k], 0x01);
      assert_read_refused(x, shard, x->g[i].names[2]);
      change_byte(path, x->g[i].at + regions[k], 0x01);
    }
  }
  OK(fixture_read(x->s, shard, x->a, &out, &error));
  end(x);
}
/* Hash in the segment's row made to fit; then the dataset's root too. */
static void a_hash_made_to_fit_does_not_help(void **state) {
  (void)state;
  struct attacked *x = begin();
  struct err error;
  int64_t shard = write_shard(x, &fixture_key, "batch-1", 1, ROWS);
  char path[STORE_PATH_BYTES], sql[512], hex[65];
  uint8_t hash[32], root[32];
  int64_t n = 0;
  take_segments(x);
  store_pack_path(x->s, x->g[2].pack, path);
  change_byte(path, x->g[2].at + 70, 0x80);
  x->sealed[2].p[70] = (char)(x->sealed[2].p[70] ^ 0x80);
  assert_int_equal(open_as(x, 2, 2), E_STORE_TAMPERED); /* the tag alone refuses it */
  sha256_of(x->sealed[2].p, x->sealed[2].n, hash);
  hex_encode(hash, 32, hex);
  snprintf(sql, sizeof sql, "UPDATE segment SET sha256 = x'%s' WHERE id = %lld", hex, (long long)x->g[2].id);
  OK(db_run(x->s->db, sql, &error));
  reopen(x);
  assert_read_refused(x, shard, "hash made to fit");
  OK(store_state_dataset(x->s, x->g[2].dataset_id, root, &n, &error));
  hex_encode(root, 32, hex);
  snprintf(sql, sizeof sql, "UPDATE dataset SET root = x'%s' WHERE id = %lld", hex, (long long)x->g[2].dataset_id);
  OK(db_run(x->s->db, sql, &error));
  store_close(x->s);
  x->s = NULL;
  assert_int_equal(store_open(&x->job, x->folder, PASSPHRASE, &x->s, &error), E_STORE_STATE);
  end(x);
}
/* A pack cut at any length: what is read is whole or refused, and verify always says so. */
static void a_pack_cut_anywhere_is_never_a_short_result(void **state) {
  (void)state;
  struct attacked *x = begin();
  struct err error;
  int64_t shard = write_shard(x, &fixture_key, "batch-1", 1, ROWS);
  char path[STORE_PATH_BYTES];
  uint8_t *whole;
  size_t n;
  int refused = 0, read = 0;
  take_segments(x);
  store_pack_path(x->s, x->g[0].pack, path);
  OK(file_read(path, 1 << 24, &whole, &n, &error));
  uint64_t data_end = x->g[x->n - 1].at + x->g[x->n - 1].bytes;
  for (size_t cut = 0; cut < n; cut += cut + 40 > data_end && cut < data_end + 4 ? 1 : 23) {
    struct store_verify_report report;
    struct table out = {.n_rows = 7};
    OK(atomic_write(path, whole, cut, 0, 0600, &error));
    enum err_code code = fixture_read(x->s, shard, x->a, &out, &error);
    assert_int_equal(code, cut < data_end ? E_STORE_TAMPERED : E_OK); /* behind the data only the index was cut */
    assert_int_equal(out.n_rows, code ? 0 : ROWS);
    refused += code != E_OK, read += code == E_OK;
    if (cut % 5 == 0 || cut >= data_end) {
      OK(store_verify(x->s, false, &report, &error));
      assert_true(report.problems > 0);
    }
  }
  assert_true(refused > 50 && read > 5);
  struct strbuf longer;
  strbuf_init(&longer, 0);
  strbuf_add(&longer, (const char *)whole, n);
  for (int k = 0; k < 3; k++) { /* garbage behind it: a byte, more, the pack once again */
    struct store_verify_report report;
    struct table out;
    if (k == 2) strbuf_add(&longer, (const char *)whole, n);
    else strbuf_adds(&longer, k ? "more garbage" : "x");
    OK(atomic_write(path, longer.p, longer.n, 0, 0600, &error));
    OK(fixture_read(x->s, shard, x->a, &out, &error)); /* all of it, nothing else */
    assert_int_equal(out.n_rows, ROWS);
    OK(store_verify(x->s, false, &report, &error));
    assert_true(report.problems > 0);
  }
  strbuf_release(&longer);
  free(whole);
  end(x);
}

/* --- row 2: a segment at the place of another --- */
/* Two datasets, two shards each: with the right keys for every place, only its own bytes open there. */
static void no_segment_opens_at_the_place_of_another(void **state) {
  (void)state;
  struct attacked *x = begin();
  for (int k = 0; k < 2; k++) {
    char batch[32];
    snprintf(batch, sizeof batch, "batch-%d", k);
    write_shard(x, &fixture_key, batch, k + 1, ROWS);
    write_shard(x, &other_key, batch, k + 1, ROWS);
  }
  take_segments(x);
  assert_int_equal(x->n, 4 * (FIXTURE_COLUMNS + 1));
  for (int i = 0; i < x->n; i++)
    for (int k = 0; k < x->n; k++) {
      enum err_code code = open_as(x, i, k);
      if (i == k) assert_int_equal(code, E_OK);
      else assert_true(code == E_STORE_TAMPERED || code == E_CAP_EXCEEDED);
    }
  end(x);
}
/* The same column of the same dataset, written anew: the old bytes do not open where the new ones stand. */
static void an_older_version_of_a_segment_does_not_open(void **state) {
  (void)state;
  struct attacked *x = begin();
  struct err error;
  struct strbuf old[FIXTURE_COLUMNS + 1];
  write_shard(x, &edited_key, "", 1, ROWS);
  take_segments(x);
  assert_int_equal(x->n, FIXTURE_COLUMNS + 1);
  memcpy(old, x->sealed, sizeof old);
  memset(x->sealed, 0, sizeof old);
  OK(store_begin(x->s, &error));
  OK(store_dataset_clear(x->s, &edited_key, &error));
  OK(store_commit(x->s, &error));
  write_shard(x, &edited_key, "", 1, ROWS);
  take_segments(x);
  assert_int_equal(x->n, FIXTURE_COLUMNS + 1);
  for (int i = 0; i < x->n; i++) {
    assert_int_equal(open_as(x, i, i), E_OK);
    struct strbuf now = x->sealed[i];
    x->sealed[i] = old[i];
    assert_int_equal(open_as(x, i, i), E_STORE_TAMPERED);
    x->sealed[i] = now;
    strbuf_release(&old[i]);
  }
  end(x);
}

/* --- rows 3 and 4: rows of the database --- */
/* The last segment of the first column a second time. */
#define COPY(seg_no, row_first)                                                                                                \
  "INSERT INTO segment SELECT NULL, pack_id, at, bytes, dataset_id, shard_id, blob_id, place_table, column_no, column_name, part," \
  seg_no ", " row_first ", rows, raw, codec, schema_hash, write_sequence, sha256 FROM segment WHERE seg_no = 1 AND column_no = 0"
static void rows_of_segments_that_were_dropped_doubled_or_enlarged_are_refused(void **state) {
  (void)state;
  static const char *const attacks[] = {
      "DELETE FROM segment WHERE id = (SELECT max(id) FROM segment)", /* the header */
      "DELETE FROM segment WHERE seg_no = 1 AND column_no >= 0", /* the last row group of every column */
      "DELETE FROM segment WHERE seg_no = 0 AND column_no >= 0",
      COPY("seg_no", "row_first"),
      COPY("2", "row_first + rows"),
      "UPDATE segment SET seg_no = 1 - seg_no WHERE column_no = 0",
      "UPDATE segment SET rows = rows - 1 WHERE seg_no = 1 AND column_no = 0",
      "UPDATE segment SET raw = 16777216 WHERE column_no = 0",
      "UPDATE segment SET raw = 4294967295 WHERE column_no = 0",
      "UPDATE segment SET bytes = 1099511627776 WHERE column_no = 0",
      "UPDATE segment SET bytes = -1 WHERE column_no = 0",
      "UPDATE segment SET at = -1 WHERE column_no = 0",
      "UPDATE segment SET at = 0, bytes = 100 WHERE column_no = 0",
  };
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    struct attacked *x = begin();
    struct err error;
    struct table out = {.n_rows = 7};
    static const char *const only[] = {"weight"};
    const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received", .purpose = "test"};
    int64_t shard = write_shard(x, &fixture_key, "batch-1", 1, STORE_ROW_GROUP + 50), access;
    attack(x, attacks[i]);
    reopen(x);
    assert_read_refused(x, shard, attacks[i]);
    if (i > 0) { /* the first column alone is refused as well, and nothing large was asked for */
      OK(store_log_intent(x->s, &entry, &access, &error));
      size_t before = heap_begin();
      assert_int_equal(store_shard_read(x->s, shard, access, only, 1, x->a, &out, &error), E_STORE_TAMPERED);
      if (heap_metered()) assert_true(heap_taken(before) < 16u << 20);
      OK(store_log_outcome(x->s, access, &entry, false, &error));
    }
    end(x);
  }
}

/* --- row 3: whole shards, and the marks of withdrawn rows, taken out of sight without touching a sealed byte or a root --- */
static enum err_code count_rows(struct attacked *x, const struct dataset_key *key, int64_t *rows) {
  struct err error;
  struct shard *list;
  int64_t n = 0;
  *rows = 0;
  enum err_code code = store_shards(x->s, key, x->a, &list, &n, &error);
  for (int64_t i = 0; !code && i < n; i++) {
    struct table out;
    code = fixture_read(x->s, list[i].id, x->a, &out, &error);
    if (!code) *rows += out.n_rows;
  }
  return code;
}
static void hide_row(struct attacked *x, int64_t shard, int row) {
  struct err error;
  uint8_t hidden[ROWS] = {0};
  for (int i = 0; i <= row; i++) hidden[i] = 1;
  OK(store_begin(x->s, &error));
  OK(store_shard_hide(x->s, shard, hidden, ROWS, &error));
  OK(store_commit(x->s, &error));
}
static void a_dataset_is_never_read_short(void **state) {
  (void)state;
  static const char *const attacks[] = {
      NULL,
      "DELETE FROM shard WHERE id = 2",
      "DELETE FROM shard",
      "DELETE FROM shard; DELETE FROM segment WHERE shard_id IN (1, 2)",
      "UPDATE shard SET dataset_id = (SELECT id FROM dataset WHERE period = '2025-11') WHERE id = 2",
      "UPDATE shard SET dataset_id = 999 WHERE id = 2",
      "UPDATE segment SET shard_id = 1, column_no = column_no + 100 WHERE shard_id = 2; DELETE FROM shard WHERE id = 2",
      "UPDATE segment SET shard_id = 1, seg_no = seg_no + 7 WHERE shard_id = 2; DELETE FROM shard WHERE id = 2",
      "UPDATE segment SET shard_id = 1, column_no = -9 WHERE shard_id = 2; DELETE FROM shard WHERE id = 2",
      "UPDATE segment SET shard_id = NULL WHERE shard_id = 2; DELETE FROM shard WHERE id = 2",
      "UPDATE segment SET column_no = 99 WHERE column_no = -2",               /* withdrawn rows come back */
      "UPDATE segment SET column_no = 99 WHERE column_no = -2 AND seg_no = 1", /* the newest marks only */
      "UPDATE segment SET seg_no = -5 WHERE column_no = -2 AND seg_no = 1",
      "UPDATE segment SET seg_no = 1 - seg_no WHERE column_no = -2",
      "UPDATE segment SET shard_id = 2 WHERE column_no = -2 AND seg_no = 1",
      "UPDATE segment SET column_no = -1 WHERE column_no = -2",
  };
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    struct attacked *x = begin();
    struct err error;
    struct store_verify_report report;
    int64_t rows;
    int64_t first = write_shard(x, &fixture_key, "batch-1", 1, ROWS);
    write_shard(x, &fixture_key, "batch-2", 2, ROWS);
    write_shard(x, &other_key, "batch-3", 1, ROWS);
    hide_row(x, first, 0);
    hide_row(x, first, 1);
    if (attacks[i]) attack(x, attacks[i]);
    reopen(x);
    int before = tamper_leaves(x);
    enum err_code code = count_rows(x, &fixture_key, &rows);
    if (!attacks[i]) assert_true(code == E_OK && rows == 2 * ROWS - 2);
    else if (code != E_STORE_TAMPERED) fail_msg("%s: %s, %lld rows", attacks[i], err_name(code), (long long)rows);
    else assert_int_equal(tamper_leaves(x), before + 1);
    if (code == E_OK) assert_int_equal(count_rows(x, &other_key, &rows), E_OK);
    OK(store_verify(x->s, true, &report, &error));
    if ((report.problems > 0) != (attacks[i] != NULL)) fail_msg("verify of: %s", attacks[i] ? attacks[i] : "nothing");
    end(x);
  }
}

static void a_blob_taken_out_of_sight_is_seen(void **state) {
  (void)state;
  static const char *const attacks[] = {
      NULL,
      "DELETE FROM blob WHERE bytes = 3",
      "DELETE FROM segment WHERE blob_id = (SELECT id FROM blob WHERE bytes = 3)",
      "UPDATE segment SET blob_id = (SELECT id FROM blob WHERE bytes <> 3), seg_no = 9 WHERE blob_id = (SELECT id FROM blob WHERE bytes = 3); "
      "DELETE FROM blob WHERE bytes = 3",
      "UPDATE blob SET chunks = 0 WHERE bytes = 3",
      "UPDATE blob SET dataset_id = 999 WHERE bytes = 3",
  };
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    struct attacked *x = begin();
    struct err error;
    struct store_verify_report report;
    struct strbuf out;
    const struct log_entry entry = {.action = "data-read", .object = "blob"};
    char id[65], gone[65];
    int64_t access;
    OK(store_begin(x->s, &error));
    OK(store_blob_put(x->s, "original", "a.csv", "12", 2, PART_ANSWER, id, &error));
    OK(store_blob_put(x->s, "original", "b.csv", "123", 3, PART_ANSWER, gone, &error));
    OK(store_commit(x->s, &error));
    if (attacks[i]) attack(x, attacks[i]);
    reopen(x);
    strbuf_init(&out, 0);
    OK(store_log_intent(x->s, &entry, &access, &error));
    assert_int_equal(store_blob_get(x->s, id, access, 100, &out, &error), attacks[i] ? E_STORE_TAMPERED : E_OK);
    assert_int_equal(out.n, attacks[i] ? 0 : 2);
    OK(store_log_outcome(x->s, access, &entry, false, &error));
    OK(store_verify(x->s, true, &report, &error));
    if ((report.problems > 0) != (attacks[i] != NULL)) fail_msg("verify of: %s", attacks[i] ? attacks[i] : "nothing");
    strbuf_release(&out);
    end(x);
  }
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_region_of_every_segment_is_checked_and_logged),
      cmocka_unit_test(a_hash_made_to_fit_does_not_help),
      cmocka_unit_test(a_pack_cut_anywhere_is_never_a_short_result),
      cmocka_unit_test(no_segment_opens_at_the_place_of_another),
      cmocka_unit_test(an_older_version_of_a_segment_does_not_open),
      cmocka_unit_test(rows_of_segments_that_were_dropped_doubled_or_enlarged_are_refused),
      cmocka_unit_test(a_dataset_is_never_read_short),
      cmocka_unit_test(a_blob_taken_out_of_sight_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
