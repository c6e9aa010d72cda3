/* test_store.c -- what the store promises: round trips, all or nothing, and that every kind of tampering is seen. */
#include "tests/fault/store_fixture.h"

#include <fcntl.h>

#include "base/atomic_file.h"
#include "secure-store/pack.h"
#include "secure-store/store_impl.h"

struct office_fixture {
  char folder[256];
  struct problems problems;
  struct job job;
};

static struct office_fixture *make(void) {
  struct err error;
  struct office_fixture *f = calloc(1, sizeof *f);
  fixture_folder(f->folder);
  f->job = fixture_job(&f->problems);
  OK(fixture_init(&f->job, f->folder, &error));
  return f;
}
static void drop(struct office_fixture *f) {
  remove_tree(f->folder);
  free(f);
}
static struct store *open_it(struct office_fixture *f) {
  struct err error;
  struct store *s = NULL;
  OK(store_open(&f->job, f->folder, PASSPHRASE, &s, &error));
  return s;
}
static enum err_code try_open(struct office_fixture *f, struct err *error) {
  struct store *s = NULL;
  enum err_code code = store_open(&f->job, f->folder, PASSPHRASE, &s, error);
  store_close(s);
  return code;
}
static void path_in(const struct office_fixture *f, const char *name, char out[512]) { snprintf(out, 512, "%s/%s", f->folder, name); }

static int count_packs(const struct office_fixture *f, char first[512]) {
  char path[512];
  int n = 0;
  path_in(f, "segments", path);
  DIR *d = opendir(path);
  assert_non_null(d);
  for (struct dirent *entry; (entry = readdir(d));) {
    if (entry->d_name[0] == '.') continue;
    if (first && (n == 0 || strcmp(entry->d_name, strrchr(first, '/') + 1) < 0)) snprintf(first, 512, "%.250s/%.255s", path, entry->d_name);
    n++;
  }
  closedir(d);
  return n;
}

static void assert_verified(struct office_fixture *f, bool open_segments) {
  struct err error;
  struct store_verify_report report;
  struct store *s = open_it(f);
  OK(store_verify(s, open_segments, &report, &error));
  if (report.problems) fprintf(stderr, "problem: %s %s %s\n", err_name(f->problems.last), f->problems.subject, f->problems.found);
  assert_int_equal(report.problems, 0);
  if (open_segments) assert_int_equal(report.segments, report.segments_opened);
  store_close(s);
}

/* --- round trips --- */

static void shard_returns_every_column_type_and_status(void **state) {
  (void)state;
  static const int64_t sizes[] = {0, 1, 63, 1000, STORE_ROW_GROUP, STORE_ROW_GROUP + 5};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct err error;
    struct office_fixture *f = make();
    struct arena *a = arena_new(0);
    struct table in, out;
    struct shard *shards;
    int64_t shard, n;
    fixture_table(a, sizes[i], &in);
    struct store *s = open_it(f);
    OK(fixture_write(s, &in, "batch-1", 1, &shard, &error));
    OK(fixture_read(s, shard, a, &out, &error));
    assert_same_table(&in, &out);
    store_close(s);
    s = open_it(f); /* and after closing */
    OK(fixture_read(s, shard, a, &out, &error));
    assert_same_table(&in, &out);
    OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
    assert_int_equal(n, 1);
    assert_int_equal(shards[0].n_rows, sizes[i]);
    assert_int_equal(strlen(shards[0].content_hash), 64);
    store_close(s);
    assert_verified(f, true);
    arena_free(a);
    drop(f);
  }
}

static void named_columns_come_in_the_order_asked(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in, out;
  int64_t shard, access;
  static const char *const names[] = {"born", "weight"}, *const unknown[] = {"age"};
  const struct log_entry entry = {.action = "data-read", .object = "x"};
  fixture_table(a, 100, &in);
  struct store *s = open_it(f);
  OK(fixture_write(s, &in, "b", 1, &shard, &error));
  OK(store_log_intent(s, &entry, &access, &error));
  OK(store_shard_read(s, shard, access, names, 2, a, &out, &error));
  assert_int_equal(out.n_columns, 2);
  assert_string_equal(out.columns[0].name, "born");
  assert_int_equal(out.columns[1].i64[50], in.columns[0].i64[50]);
  assert_int_equal(store_shard_read(s, shard, access, unknown, 1, a, &out, &error), E_STORE_NO_COLUMN);
  OK(store_log_outcome(s, access, &entry, true, &error));
  store_close(s);
  arena_free(a);
  drop(f);
}

static void content_hash_is_the_same_in_every_office(void **state) {
  (void)state;
  char hash[3][65];
  for (int i = 0; i < 3; i++) {
    struct err error;
    struct office_fixture *f = make();
    struct arena *a = arena_new(0);
    struct table in;
    struct shard *shards;
    int64_t shard, n;
    fixture_table(a, 500, &in);
    if (i == 2) in.columns[0].i64[1] ^= 1; /* one bit of one answer */
    struct store *s = open_it(f);
    if (i == 1) OK(fixture_write(s, &in, "another batch before it", 0, &shard, &error));
    OK(fixture_write(s, &in, "b", 1, &shard, &error));
    OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
    memcpy(hash[i], shards[n - 1].content_hash, 65);
    store_close(s);
    arena_free(a);
    drop(f);
  }
  assert_string_equal(hash[0], hash[1]);
  assert_string_not_equal(hash[0], hash[2]);
}

static void shards_are_ordered_by_sender_and_sequence_not_by_arrival(void **state) {
  (void)state;
  static const struct {
    const char *sender;
    int64_t sequence;
  } arrival[] = {{"municipality-012025", 2}, {"municipality-011002", 9}, {"municipality-012025", 1}, {"municipality-011002", 3}};
  static const char *const expected[] = {"municipality-011002 3", "municipality-011002 9", "municipality-012025 1", "municipality-012025 2"};
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in;
  struct shard *shards;
  int64_t shard, n;
  fixture_table(a, 3, &in);
  struct store *s = open_it(f);
  for (int i = 0; i < 4; i++) {
    struct shard_write *w;
    char batch[65];
    snprintf(batch, sizeof batch, "%s %lld", arrival[i].sender, (long long)arrival[i].sequence);
    OK(store_begin(s, &error));
    OK(store_shard_begin(s, &fixture_key, "", batch, arrival[i].sender, arrival[i].sequence, &w, &error));
    OK(store_shard_append(w, &in, fixture_parts, 0, 3, &error));
    OK(store_shard_end(w, &shard, &error));
    OK(store_commit(s, &error));
  }
  OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
  assert_int_equal(n, 4);
  for (int i = 0; i < 4; i++) assert_string_equal(shards[i].batch, expected[i]);
  for (int i = 0; i < 4; i++) assert_int_equal(shards[i].sequence, i);
  store_close(s);
  arena_free(a);
  drop(f);
}

static void blob_of_any_length_returns_and_is_kept_once(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 17};
  struct err error;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  uint8_t *p = malloc(4 << 20);
  for (size_t i = 0; i < 4u << 20; i++) p[i] = (uint8_t)(i * 2654435761u >> 13);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char id[65], again[65];
    struct strbuf out, name;
    int64_t access;
    const struct log_entry entry = {.action = "data-read", .object = "blob"};
    strbuf_init(&out, 0);
    strbuf_init(&name, 0);
    OK(store_begin(s, &error));
    OK(store_blob_put(s, "original", "出生.csv", p, sizes[i], PART_ANSWER, id, &error));
    OK(store_blob_put(s, "original", "出生.csv", p, sizes[i], PART_ANSWER, again, &error));
    OK(store_commit(s, &error));
    assert_string_equal(id, again);
    OK(store_log_intent(s, &entry, &access, &error));
    OK(store_blob_get(s, id, access, 8 << 20, &out, &error));
    OK(store_blob_name(s, id, access, &name, &error));
    assert_string_equal(strbuf_cstr(&name), "出生.csv");
    assert_int_equal(out.n, sizes[i]);
    assert_true(sizes[i] == 0 || memcmp(out.p, p, sizes[i]) == 0);
    if (sizes[i] > 1) assert_int_equal(store_blob_get(s, id, access, sizes[i] - 1, &out, &error), E_CAP_EXCEEDED);
    OK(store_log_outcome(s, access, &entry, true, &error));
    strbuf_release(&out);
    strbuf_release(&name);
  }
  free(p);
  store_close(s);
  assert_verified(f, true);
  drop(f);
}

static void tokens_depend_on_purpose_and_survive_reopening(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  uint8_t a[32], b[32], c[32], d[32];
  struct store *s = open_it(f);
  OK(store_token(s, "record", "key-1", 5, a, &error));
  OK(store_token(s, "record", "key-1", 5, b, &error));
  OK(store_token(s, "other", "key-1", 5, c, &error));
  store_close(s);
  s = open_it(f);
  OK(store_token(s, "record", "key-1", 5, d, &error));
  store_close(s);
  assert_memory_equal(a, b, 32);
  assert_memory_equal(a, d, 32);
  assert_memory_not_equal(a, c, 32);
  drop(f);
}

/* --- rules --- */

static void nothing_is_read_without_an_open_intent(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in, out;
  struct strbuf bytes;
  int64_t shard, access;
  char id[65];
  const struct log_entry entry = {.action = "data-read", .object = "x"};
  fixture_table(a, 10, &in);
  strbuf_init(&bytes, 0);
  struct store *s = open_it(f);
  OK(store_begin(s, &error));
  OK(fixture_write_in(s, &in, "b", 1, &shard, &error));
  OK(store_blob_put(s, "original", "a", "abc", 3, PART_ANSWER, id, &error));
  OK(store_commit(s, &error));
  assert_int_equal(store_shard_read(s, shard, 0, NULL, 0, a, &out, &error), E_STORE_NO_ACCESS);
  assert_int_equal(store_blob_get(s, id, 12345, 100, &bytes, &error), E_STORE_NO_ACCESS);
  OK(store_log_intent(s, &entry, &access, &error));
  OK(store_log_outcome(s, access, &entry, true, &error));
  assert_int_equal(store_shard_read(s, shard, access, NULL, 0, a, &out, &error), E_STORE_NO_ACCESS);
  assert_int_equal(store_log_outcome(s, access, &entry, true, &error), E_STORE_NO_ACCESS);
  store_close(s);
  OK(store_open_locked(&f->job, f->folder, &s, &error));
  assert_int_equal(store_shard_read(s, shard, access, NULL, 0, a, &out, &error), E_STORE_LOCKED);
  assert_int_equal(store_begin(s, &error), E_STORE_LOCKED);
  assert_null(store_age_secret(s));
  store_close(s);
  arena_free(a);
  drop(f);
}

static void unwritable_log_refuses_access(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  int64_t access;
  const struct log_entry entry = {.action = "data-read", .object = "x"};
  uint64_t before = io_fault_count();
  OK(store_log_intent(s, &entry, &access, &error));
  uint64_t steps = io_fault_count() - before;
  assert_true(steps >= 3); /* table and file, written and synced */
  for (uint64_t i = 1; i <= steps; i++) {
    io_fault_at(IO_FAULT_EIO, i);
    assert_int_not_equal(store_log_intent(s, &entry, &access, &error), E_OK);
    io_fault_at(IO_FAULT_NONE, 0);
    assert_int_equal(access, -1);
    OK(store_log_intent(s, &entry, &access, &error)); /* and heals once the disk does */
  }
  store_close(s);
  assert_verified(f, false);
  drop(f);
}

static void received_data_are_never_cleared_later_stages_are(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in;
  struct shard *shards;
  int64_t shard, n;
  const struct dataset_key edited = {"vital", "birth", "2025-12", "edited"};
  fixture_table(a, 10, &in);
  struct store *s = open_it(f);
  OK(fixture_write(s, &in, "b", 1, &shard, &error));
  for (int round = 0; round < 2; round++) {
    struct shard_write *w;
    OK(store_begin(s, &error));
    OK(store_dataset_clear(s, &edited, &error));
    OK(store_shard_begin(s, &edited, "", "", "", 0, &w, &error));
    OK(store_shard_append(w, &in, fixture_parts, 0, 10, &error));
    OK(store_shard_end(w, &shard, &error));
    OK(store_commit(s, &error));
  }
  OK(store_shards(s, &edited, a, &shards, &n, &error));
  assert_int_equal(n, 1);
  assert_int_equal(count_packs(f, NULL), 2); /* the first edited pack is gone */
  OK(store_begin(s, &error));
  assert_int_equal(store_dataset_clear(s, &fixture_key, &error), E_STORE_RECEIVED_KEPT);
  store_rollback(s);
  store_close(s);
  assert_verified(f, true);
  arena_free(a);
  drop(f);
}

static void columns_of_a_shard_are_fixed_by_its_first_rows(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in;
  struct shard_write *w;
  fixture_table(a, 10, &in);
  struct store *s = open_it(f);
  OK(store_begin(s, &error));
  OK(store_shard_begin(s, &fixture_key, "", "", "", 0, &w, &error));
  OK(store_shard_append(w, &in, fixture_parts, 0, 5, &error));
  in.n_columns--;
  assert_int_equal(store_shard_append(w, &in, fixture_parts, 5, 5, &error), E_STORE_COLUMNS);
  in.n_columns++;
  in.columns[0].name = "height";
  assert_int_equal(store_shard_append(w, &in, fixture_parts, 5, 5, &error), E_STORE_COLUMNS);
  assert_int_equal(store_shard_append(w, &in, fixture_parts, 5, 50, &error), E_STORE_COLUMNS);
  store_shard_abort(w);
  OK(store_commit(s, &error)); /* the transaction goes on without it */
  store_close(s);
  assert_verified(f, true);
  arena_free(a);
  drop(f);
}

/* --- all or nothing --- */

static void rollback_removes_packs_and_rows(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table in;
  struct shard *shards;
  int64_t shard, n;
  fixture_table(a, 1000, &in);
  struct store *s = open_it(f);
  OK(store_begin(s, &error));
  OK(fixture_write_in(s, &in, "b", 1, &shard, &error));
  assert_int_equal(count_packs(f, NULL), 1); /* under its temporary name */
  store_rollback(s);
  assert_int_equal(count_packs(f, NULL), 0);
  OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
  assert_int_equal(n, 0);
  OK(fixture_write(s, &in, "b", 1, &shard, &error)); /* and the store goes on */
  store_close(s);
  assert_verified(f, true);
  arena_free(a);
  drop(f);
}

static void orphans_are_swept_at_open(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  char path[512];
  path_in(f, "segments/0000000099-0123456789abcdef.pack", path);
  OK(atomic_write(path, "x", 1, 0, 0600, &error));
  f->problems.n = 0;
  store_close(open_it(f));
  assert_true(had_problem(&f->problems, E_STORE_SWEPT));
  assert_int_equal(count_packs(f, NULL), 0);
  drop(f);
}

static void intent_without_outcome_gets_an_unknown_outcome(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct store *s = open_it(f);
  int64_t access;
  const struct log_entry entry = {.action = "data-read", .object = "dataset:x"};
  OK(store_log_intent(s, &entry, &access, &error));
  store_close(s);
  f->problems.n = 0;
  store_close(open_it(f));
  assert_true(had_problem(&f->problems, E_STORE_UNKNOWN_OUTCOME));
  f->problems.n = 0;
  store_close(open_it(f)); /* said once */
  assert_false(had_problem(&f->problems, E_STORE_UNKNOWN_OUTCOME));
  drop(f);
}

static void second_init_and_wrong_passphrase_are_refused(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct store *s = NULL;
  assert_int_equal(fixture_init(&f->job, f->folder, &error), E_STORE_EXISTS);
  assert_int_equal(store_open(&f->job, f->folder, "wrong horse battery", &s, &error), E_STORE_PASSPHRASE);
  assert_null(s);
  assert_int_equal(store_open(&f->job, "/nonexistent", PASSPHRASE, &s, &error), E_STORE_NOT_FOUND);
  s = open_it(f);
  struct db_statement *q;
  bool row;
  OK(db_prepare(store_db(s), "SELECT count(*) FROM log", &q, &error)); /* install, refused try, unlock */
  OK(db_step(q, &row, &error));
  assert_int_equal(db_int(q, 0), 3);
  db_reset(q);
  store_close(s);
  drop(f);
}

static void light_store_says_so_at_every_open(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  f->problems.n = 0;
  struct store *s = open_it(f);
  assert_true(had_problem(&f->problems, E_STORE_LIGHT));
  assert_true(store_office(s)->light);
  store_close(s);
  f->problems.n = 0;
  OK(store_open_locked(&f->job, f->folder, &s, &error));
  assert_true(had_problem(&f->problems, E_STORE_LIGHT));
  store_close(s);
  drop(f);
}

static void second_process_is_kept_out(void **state) {
  (void)state;
  struct office_fixture *f = make();
  struct store *s = open_it(f), *other = NULL;
  struct err error;
  assert_int_equal(store_open(&f->job, f->folder, PASSPHRASE, &other, &error), E_STORE_BUSY);
  OK(store_open_locked(&f->job, f->folder, &other, &error)); /* readers may look */
  store_close(other);
  store_close(s);
  drop(f);
}

static void old_schema_is_upgraded_newer_one_refused(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct db *db;
  char path[512];
  int64_t version;
  static const char *const indexes[] = {"DROP INDEX segment_of_shard", "DROP INDEX segment_of_dataset", "DROP INDEX segment_of_blob",
                                        "DROP INDEX segment_of_pack", "DROP INDEX shard_of_dataset", "DROP TABLE cutoff", "PRAGMA user_version=1"};
  path_in(f, "store.db", path);
  OK(db_open(path, 0, &db, &error));
  for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) OK(db_run(db, indexes[i], &error));
  db_close(db);
  store_close(open_it(f));
  OK(db_open(path, 0, &db, &error));
  OK(store_schema_version(db, &version, &error));
  assert_int_equal(version, STORE_SCHEMA_VERSION);
  OK(db_run(db, "PRAGMA user_version=99", &error));
  db_close(db);
  assert_int_equal(try_open(f, &error), E_STORE_VERSION);
  drop(f);
}

/* --- tampering: the store is opened by a thief with a hex editor and a database shell --- */

static struct office_fixture *make_filled(struct arena *a, int64_t shards[2]) {
  struct err error;
  struct office_fixture *f = make();
  struct table in;
  struct store *s = open_it(f);
  for (int i = 0; i < 2; i++) {
    char batch[65];
    fixture_table(a, 200, &in);
    in.columns[0].i64[0] = i;
    snprintf(batch, sizeof batch, "batch-%d", i + 1);
    OK(fixture_write(s, &in, batch, i + 1, &shards[i], &error));
  }
  store_close(s);
  return f;
}

static void sql(struct office_fixture *f, const char *text) {
  struct err error;
  struct db *db;
  char path[512];
  path_in(f, "store.db", path);
  OK(db_open(path, 0, &db, &error));
  OK(db_run(db, text, &error));
  db_close(db);
}

static void flip(const char *path, off_t at, uint8_t mask) {
  uint8_t byte;
  int fd = open(path, O_RDWR);
  assert_true(fd >= 0);
  assert_int_equal(pread(fd, &byte, 1, at), 1);
  byte ^= mask;
  assert_int_equal(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

static void copy_file(const char *from, const char *to) {
  struct err error;
  uint8_t *p;
  size_t n;
  OK(file_read(from, 1 << 30, &p, &n, &error));
  OK(atomic_write(to, p, n, 0, 0600, &error));
  free(p);
}

static void every_flipped_bit_of_a_pack_is_seen_and_names_the_batch(void **state) {
  (void)state;
  struct err error;
  struct arena *a = arena_new(0);
  int64_t shards[2];
  struct office_fixture *f = make_filled(a, shards);
  char path[512] = "/~";
  struct pack p;
  struct table out;
  count_packs(f, path); /* the first in name order is batch-1's */
  OK(pack_open(path, &p, &error));
  uint64_t last = p.source.bytes, data_end = pack_entry_at(&p, p.n - 1).at + pack_entry_at(&p, p.n - 1).bytes;
  pack_close(&p);
  struct store *s = open_it(f);
  for (uint64_t at = 0; at < last; at += at < PACK_HEADER_BYTES || at > data_end ? 5 : 97) {
    struct store_verify_report report;
    flip(path, (off_t)at, 0x10);
    OK(store_verify(s, false, &report, &error));
    assert_true(report.problems > 0);
    if (at >= PACK_HEADER_BYTES && at < data_end) {
      assert_int_equal(fixture_read(s, shards[0], a, &out, &error), E_STORE_TAMPERED);
      assert_string_equal(error.subject, "batch:batch-1");
      assert_int_equal(out.n_rows, 0);
    }
    flip(path, (off_t)at, 0x10);
  }
  OK(fixture_read(s, shards[0], a, &out, &error));
  OK(fixture_read(s, shards[1], a, &out, &error));
  store_close(s);
  arena_free(a);
  drop(f);
}

static void tampered_rows_of_the_database_are_seen(void **state) {
  (void)state;
  static const struct {
    const char *what, *sql;
    enum err_code at_open; /* E_OK: found when read or verified */
  } cases[] = {
      {"a segment row dropped", "DELETE FROM segment WHERE column_name = 'weight' AND shard_id = 1", E_OK},
      {"the newest segment dropped", "DELETE FROM segment WHERE id = (SELECT max(id) FROM segment WHERE shard_id = 1)", E_OK},
      {"two columns swapped", "UPDATE segment SET column_no = CASE column_no WHEN 0 THEN 4 ELSE 0 END WHERE column_no IN (0, 4) AND shard_id = 1",
       E_OK},
      {"place moved to another shard's pack",
       "UPDATE segment SET (pack_id, at, bytes, sha256, write_sequence, raw) = (SELECT pack_id, at, bytes, sha256, write_sequence, raw FROM "
       "segment WHERE shard_id = 2 AND column_name = 'weight') WHERE shard_id = 1 AND column_name = 'weight'",
       E_OK},
      {"hash changed", "UPDATE segment SET sha256 = randomblob(32) WHERE id = 2", E_OK},
      {"offset changed", "UPDATE segment SET at = at + 1 WHERE id = 2", E_OK},
      {"raw length enlarged", "UPDATE segment SET raw = 16777216 WHERE id = 2", E_OK},
      {"rows cut", "UPDATE shard SET n_rows = 100 WHERE id = 1", E_OK},
      {"batch renamed", "UPDATE shard SET batch = 'batch-9' WHERE id = 1", E_OK},
      {"sender changed", "UPDATE shard SET sender = 'municipality-012025' WHERE id = 1", E_OK},
      {"shards exchanged", "UPDATE segment SET shard_id = 3 - shard_id", E_OK},
      {"root recomputed for the shorter list", "UPDATE dataset SET n_segments = n_segments - 1", E_STORE_STATE},
      {"root replaced", "UPDATE dataset SET root = randomblob(32)", E_STORE_STATE},
      {"dataset renamed", "UPDATE dataset SET name = 'vital/birth/2025-11/received'", E_STORE_STATE},
      {"a peer slipped in", "INSERT INTO peer VALUES('prefecture-010006', '{}', '', 0)", E_STORE_STATE},
      {"log entry deleted", "DELETE FROM log WHERE seq = 1", E_STORE_LOG_EDITED},
      {"last log entry deleted", "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", E_STORE_ROLLED_BACK},
      {"log entry edited", "UPDATE log SET leaf = (SELECT leaf FROM log WHERE seq = 2) WHERE seq = 1", E_STORE_LOG_EDITED},
      {"log entries renumbered", "UPDATE log SET seq = 1000000 WHERE seq = 1; UPDATE log SET seq = 1 WHERE seq = 2; UPDATE log SET seq = 2 WHERE seq "
                                 "= 1000000",
       E_STORE_LOG_EDITED},
      {"log entry inserted", "INSERT INTO log SELECT max(seq) + 1, (SELECT leaf FROM log WHERE seq = 1) FROM log", E_STORE_LOG_EDITED},
      {"log byte flipped",
       "UPDATE log SET leaf = substr(leaf, 1, length(leaf) - 1) || CASE substr(leaf, -1) WHEN x'7f' THEN x'7e' ELSE x'7f' END WHERE seq = 1",
       E_STORE_LOG_EDITED},
      {"newest checkpoint replaced", /* one letter of its signature, whatever the letter was */
       "UPDATE checkpoint SET note = substr(note, 1, length(note) - 21) || CASE substr(note, -21, 1) WHEN 'A' THEN 'B' ELSE 'A' END || "
       "substr(note, -20)",
       E_STORE_LOG_EDITED},
      {"trigger added", "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END", E_STORE_SCHEMA},
      {"view added", "CREATE VIEW v AS SELECT * FROM log", E_STORE_SCHEMA},
      {"table replaced", "ALTER TABLE checkpoint ADD COLUMN x", E_STORE_SCHEMA},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct err error;
    struct store *s = NULL;
    struct arena *a = arena_new(0);
    int64_t shards[2];
    struct table out;
    struct store_verify_report report;
    struct office_fixture *f = make_filled(a, shards);
    sql(f, cases[i].sql);
    enum err_code opened = store_open(&f->job, f->folder, PASSPHRASE, &s, &error);
    if (opened != cases[i].at_open) fprintf(stderr, "%s: %s\n", cases[i].what, opened ? err_name(opened) : "opened");
    assert_int_equal(opened, cases[i].at_open);
    if (!opened) {
      enum err_code first = fixture_read(s, shards[0], a, &out, &error), second = fixture_read(s, shards[1], a, &out, &error);
      if (first != E_STORE_TAMPERED && second != E_STORE_TAMPERED) fprintf(stderr, "%s: not seen\n", cases[i].what);
      assert_true(first == E_STORE_TAMPERED || second == E_STORE_TAMPERED);
      OK(store_verify(s, true, &report, &error));
      if (!report.problems) fprintf(stderr, "%s: verify saw nothing\n", cases[i].what);
      assert_true(report.problems > 0);
    }
    store_close(s);
    arena_free(a);
    drop(f);
  }
}

static void swapped_truncated_and_missing_packs_are_seen(void **state) {
  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    struct err error;
    struct arena *a = arena_new(0);
    int64_t shards[2];
    struct table out;
    struct store_verify_report report;
    struct office_fixture *f = make_filled(a, shards);
    char folder[512], path[2][768];
    path_in(f, "segments", folder);
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(d));)
      if (entry->d_name[0] != '.' && n < 2) snprintf(path[n++], 768, "%s/%s", folder, entry->d_name);
    closedir(d);
    assert_int_equal(n, 2);
    if (kind == 0) {
      char third[800];
      snprintf(third, sizeof third, "%s.x", path[0]);
      assert_int_equal(rename(path[0], third) || rename(path[1], path[0]) || rename(third, path[1]), 0);
    }
    if (kind == 1) assert_int_equal(truncate(path[0], 1000), 0);
    if (kind == 2) assert_int_equal(unlink(path[0]), 0);
    if (kind == 3) assert_int_equal(truncate(path[0], 1 << 20), 0); /* zeros appended */
    struct store *s = open_it(f);
    enum err_code first = fixture_read(s, shards[0], a, &out, &error), second = fixture_read(s, shards[1], a, &out, &error);
    if (kind != 3) assert_true(first == E_STORE_TAMPERED || second == E_STORE_TAMPERED);
    if (kind == 0) assert_true(first == E_STORE_TAMPERED && second == E_STORE_TAMPERED);
    OK(store_verify(s, false, &report, &error));
    assert_true(report.problems > 0);
    store_close(s);
    arena_free(a);
    drop(f);
  }
}

static void pack_of_another_office_does_not_open_here(void **state) {
  (void)state;
  struct err error;
  struct arena *a = arena_new(0);
  int64_t shards[2];
  struct table out;
  struct store_verify_report report;
  struct office_fixture *f = make_filled(a, shards), *g = make_filled(a, shards);
  char mine[512] = "/~", theirs[512] = "/~";
  count_packs(f, mine);
  count_packs(g, theirs);
  copy_file(theirs, mine);
  struct store *s = open_it(f);
  assert_int_equal(fixture_read(s, shards[0], a, &out, &error), E_STORE_TAMPERED);
  OK(store_verify(s, false, &report, &error));
  assert_true(report.problems > 0);
  store_close(s);
  arena_free(a);
  drop(f);
  drop(g);
}

/* Copies of single files put back later: database, log2, key file, office.json. */
static void old_copies_of_single_files_are_seen(void **state) {
  (void)state;
  static const struct {
    const char *files[3];
    enum err_code expected;
    bool same_keys;
  } cases[] = {
      {{"store.db"}, E_STORE_ROLLED_BACK, false},
      {{"log2"}, E_STORE_LOG_EDITED, false},
      {{"store.db", "log2"}, E_STORE_ROLLED_BACK, false}, /* the key file is ahead of the log */
      {{"keystore"}, E_STORE_ROLLED_BACK, false},
      {{"store.db", "log2"}, E_STORE_ROLLED_BACK, true}, /* no key is new: the key file has seen a later checkpoint */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct err error;
    struct arena *a = arena_new(0);
    int64_t shards[2];
    char from[512], to[520];
    uint8_t token[32];
    struct office_fixture *f = make_filled(a, shards);
    for (int k = 0; k < 3 && cases[i].files[k]; k++) {
      path_in(f, cases[i].files[k], from);
      snprintf(to, sizeof to, "%s.old", from);
      copy_file(from, to);
    }
    struct store *s = open_it(f);
    for (int k = 0; k < 3 && !cases[i].same_keys; k++) {
      char purpose[16];
      snprintf(purpose, sizeof purpose, "purpose-%d", k);
      OK(store_token(s, purpose, "x", 1, token, &error)); /* new keys */
    }
    store_close(s);
    for (int k = 0; k < 3 && cases[i].files[k]; k++) {
      path_in(f, cases[i].files[k], from);
      snprintf(to, sizeof to, "%s.old", from);
      copy_file(to, from);
    }
    assert_int_equal(try_open(f, &error), cases[i].expected);
    arena_free(a);
    drop(f);
  }
}

static void edited_office_card_is_seen(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make(), *g = make();
  char mine[512], theirs[512];
  path_in(f, "office.json", mine);
  path_in(g, "office.json", theirs);
  struct office o;
  struct strbuf text;
  OK(office_card_read(mine, &o, &error));
  snprintf(o.name_ja, sizeof o.name_ja, "函館市");
  strbuf_init(&text, 0);
  OK(office_card_text(&o, &text, &error));
  OK(atomic_write(mine, text.p, text.n, 0, 0644, &error));
  strbuf_release(&text);
  assert_int_equal(try_open(f, &error), E_STORE_STATE); /* a well-formed card, but not the one of the log */
  copy_file(theirs, mine);
  assert_int_equal(try_open(f, &error), E_STORE_OFFICE); /* other keys */
  drop(f);
  drop(g);
}

/* --- peers --- */

static void peers_are_enrolled_once_and_keys_cannot_be_exchanged(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make(), *g = make();
  struct arena *a = arena_new(0);
  struct store *s = open_it(f);
  struct office peer, out, *all;
  int64_t n;
  char path[512], before[OFFICE_FINGERPRINT_BYTES], after[OFFICE_FINGERPRINT_BYTES];
  path_in(g, "office.json", path);
  OK(office_card_read(path, &peer, &error));
  assert_int_equal(store_peer(s, peer.id, &out, &error), E_STORE_NO_PEER);
  OK(store_peer_add(s, &peer, &error));
  OK(store_peer_add(s, &peer, &error));
  OK(store_peer(s, peer.id, &out, &error));
  assert_string_equal(out.age_recipient, peer.age_recipient);
  OK(store_peers(s, a, &all, &n, &error));
  assert_int_equal(n, 1);
  office_fingerprint(&peer, before);
  snprintf(peer.age_recipient, sizeof peer.age_recipient, "%s", store_office(s)->age_recipient);
  office_fingerprint(&peer, after);
  assert_string_not_equal(before, after);
  assert_int_equal(strlen(after), 39);
  assert_int_equal(store_peer_add(s, &peer, &error), E_STORE_PEER_CONFLICT);
  store_close(s);
  assert_verified(f, false);
  sql(f, "UPDATE peer SET card = replace(card, 'age1', 'age2')");
  assert_int_equal(try_open(f, &error), E_STORE_STATE);
  arena_free(a);
  drop(f);
  drop(g);
}

/* A version takes the place of the one before it, and only of that one; the rows in between are never nobody's. */
static void a_received_shard_gives_way_only_to_a_version_of_itself(void **state) {
  (void)state;
  struct err error;
  struct office_fixture *f = make();
  struct arena *a = arena_new(0);
  struct table ten, nine, back;
  struct shard *shards;
  int64_t first, fewer, other_place, next, n;
  fixture_table(a, 10, &ten);
  fixture_table(a, 9, &nine);
  struct store *s = open_it(f);
  OK(fixture_write(s, &ten, "", 1, &first, &error));
  assert_int_equal(store_shard_replace(s, first, first, &error), E_STORE_NO_TRANSACTION);
  OK(store_begin(s, &error));
  OK(fixture_write_in(s, &nine, "", 1, &fewer, &error));
  OK(fixture_write_in(s, &ten, "", 2, &other_place, &error));
  assert_int_equal(store_shard_replace(s, first, fewer, &error), E_STORE_RECEIVED_KEPT);
  assert_int_equal(store_shard_replace(s, first, other_place, &error), E_STORE_RECEIVED_KEPT);
  assert_int_equal(store_shard_replace(s, first, first, &error), E_STORE_RECEIVED_KEPT);
  assert_int_equal(store_shard_replace(s, first, 999, &error), E_STORE_RECEIVED_KEPT);
  store_rollback(s);
  OK(store_begin(s, &error));
  ten.columns[0].i64[3] = 4321;
  ten.columns[0].status[3] = VAL_CORRECTED;
  OK(fixture_write_in(s, &ten, "", 1, &next, &error));
  OK(store_shard_replace(s, first, next, &error));
  OK(store_commit(s, &error));
  OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
  assert_true(n == 1 && shards[0].id == next);
  OK(fixture_read(s, next, a, &back, &error));
  assert_same_table(&ten, &back);
  store_close(s);
  assert_verified(f, true);
  arena_free(a);
  drop(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_received_shard_gives_way_only_to_a_version_of_itself),
      cmocka_unit_test(shard_returns_every_column_type_and_status),
      cmocka_unit_test(named_columns_come_in_the_order_asked),
      cmocka_unit_test(content_hash_is_the_same_in_every_office),
      cmocka_unit_test(shards_are_ordered_by_sender_and_sequence_not_by_arrival),
      cmocka_unit_test(blob_of_any_length_returns_and_is_kept_once),
      cmocka_unit_test(tokens_depend_on_purpose_and_survive_reopening),
      cmocka_unit_test(nothing_is_read_without_an_open_intent),
      cmocka_unit_test(unwritable_log_refuses_access),
      cmocka_unit_test(received_data_are_never_cleared_later_stages_are),
      cmocka_unit_test(columns_of_a_shard_are_fixed_by_its_first_rows),
      cmocka_unit_test(rollback_removes_packs_and_rows),
      cmocka_unit_test(orphans_are_swept_at_open),
      cmocka_unit_test(intent_without_outcome_gets_an_unknown_outcome),
      cmocka_unit_test(second_init_and_wrong_passphrase_are_refused),
      cmocka_unit_test(light_store_says_so_at_every_open),
      cmocka_unit_test(second_process_is_kept_out),
      cmocka_unit_test(old_schema_is_upgraded_newer_one_refused),
      cmocka_unit_test(every_flipped_bit_of_a_pack_is_seen_and_names_the_batch),
      cmocka_unit_test(tampered_rows_of_the_database_are_seen),
      cmocka_unit_test(swapped_truncated_and_missing_packs_are_seen),
      cmocka_unit_test(pack_of_another_office_does_not_open_here),
      cmocka_unit_test(old_copies_of_single_files_are_seen),
      cmocka_unit_test(edited_office_card_is_seen),
      cmocka_unit_test(peers_are_enrolled_once_and_keys_cannot_be_exchanged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
