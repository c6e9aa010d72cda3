/* test_reencrypt_faults.c -- a suspected data key gives way to a new one: kill -9, a full disk and a broken disk at every durable step. Whatever
 * happens, the store opens, every row, mark and original is there and verify finds nothing; said again it finishes: then no segment is under the
 * old key, the old key is nowhere, and the bytes it sealed are on no file. The old key is gone only when nothing needs it any more. */
#include "tests/unit/officer_store.h"

#include "secure-store/store_reencrypt.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 2000, ROWS = 90, SEALED = 40 };
#define KEY_NAME "vital/birth/2025-12"
#define OLD STORE_RETENTION KEYSTORE_OLD
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};
static const struct store_reencryption whole = {.dataset = KEY_NAME, .part = PART_ANSWER, .passphrase = PASSPHRASE};
static struct err error;

struct world {
  char base[256], folder[300], ready[300], blob[65];
  struct problems problems;
  struct job job;
  int64_t shard[3];
  uint8_t old_key[32], sealed[3][SEALED]; /* bytes out of the middle of segments under the old key */
};

static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
  assert_int_equal(system(command), 0);
}
static void hide_every_third(struct store *s, int64_t shard) {
  uint8_t hidden[ROWS] = {0};
  for (int i = 0; i < ROWS; i += 3) hidden[i] = 1;
  OK(store_begin(s, &error));
  OK(store_shard_hide(s, shard, hidden, ROWS, &error));
  OK(store_commit(s, &error));
}
/* One pack with segments of three parts and a blob, one with a single shard, and marks of withdrawn rows. */
static void fill(struct world *w, struct store *s) {
  struct arena *a = arena_new(0);
  struct table t;
  struct db_statement *q;
  bool row = true;
  fixture_table(a, ROWS, &t);
  OK(store_begin(s, &error));
  OK(fixture_write_in(s, &t, "b1", 1, &w->shard[0], &error));
  OK(fixture_write_in(s, &t, "b2", 2, &w->shard[1], &error));
  OK(store_blob_put(s, "original", "a.csv", "kept", 4, PART_ANSWER, w->blob, &error));
  OK(store_commit(s, &error));
  OK(fixture_write(s, &t, "b3", 3, &w->shard[2], &error));
  hide_every_third(s, w->shard[1]);
  OK(store_dek(s, KEY_NAME "/received", PART_ANSWER, false, w->old_key, &error));
  OK(db_prepare(s->db, "SELECT p.name, g.at + 62 FROM segment g JOIN pack p ON p.id = g.pack_id "
                       "WHERE g.part = 2 AND g.column_name = 'income' ORDER BY g.id", &q, &error));
  for (int i = 0; i < 3; i++) {
    char path[STORE_PATH_BYTES];
    struct strbuf bytes;
    OK(db_step(q, &row, &error));
    assert_true(row);
    snprintf(path, sizeof path, "%s/segments/%.*s", w->folder, (int)db_text(q, 0).n, db_text(q, 0).p);
    strbuf_init(&bytes, 0);
    OK(pack_read_range(path, (uint64_t)db_int(q, 1), SEALED, &bytes, &error));
    memcpy(w->sealed[i], bytes.p, SEALED);
    strbuf_release(&bytes);
  }
  db_reset(q);
  arena_free(a);
}
static void world_make(struct world *w) {
  struct store *s;
  memset(w, 0, sizeof *w);
  fixture_folder(w->base);
  snprintf(w->folder, sizeof w->folder, "%s/store", w->base);
  snprintf(w->ready, sizeof w->ready, "%s/ready", w->base);
  w->job = fixture_job(&w->problems);
  OK(fixture_init(&w->job, w->folder, &error));
  OK(store_open(&w->job, w->folder, PASSPHRASE, &s, &error));
  fill(w, s);
  store_close(s);
  copy_tree(w->folder, w->ready);
}
static void world_end(struct world *w) { remove_tree(w->base); }

static int files_holding(const char *folder, const void *p, size_t n) {
  DIR *d = opendir(folder);
  int hits = 0;
  for (struct dirent *entry; d && (entry = readdir(d));) {
    char path[4096];
    struct stat st;
    uint8_t *bytes;
    size_t size;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, sizeof path, "%.3800s/%.255s", folder, entry->d_name);
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
      hits += files_holding(path, p, n);
      continue;
    }
    if (file_read(path, 1 << 26, &bytes, &size, &error)) continue;
    hits += memmem(bytes, size, p, n) != NULL;
    free(bytes);
  }
  if (d) closedir(d);
  return hits;
}
static int old_bytes(const struct world *w) {
  int hits = 0;
  for (int i = 0; i < 3; i++) hits += files_holding(w->folder, w->sealed[i], SEALED);
  return hits;
}

/* All is readable, whichever key a segment is under. */
static void assert_all_reads(struct world *w, struct store *s) {
  struct store_verify_report report;
  const struct log_entry entry = {.action = "data-read", .object = "dataset:" KEY_NAME "/received", .purpose = "test"};
  struct arena *a = arena_new(0);
  struct table in, out;
  struct strbuf kept;
  int64_t access;
  fixture_table(a, ROWS, &in);
  OK(store_log_intent(s, &entry, &access, &error));
  for (int i = 0; i < 3; i++) {
    OK(store_shard_read_all(s, w->shard[i], access, NULL, 0, a, &out, &error));
    assert_same_table(&in, &out);
  }
  OK(store_shard_read(s, w->shard[1], access, NULL, 0, a, &out, &error));
  assert_int_equal(out.n_rows, ROWS - ROWS / 3); /* the marks hold */
  strbuf_init(&kept, 0);
  OK(store_blob_get(s, w->blob, access, 100, &kept, &error));
  assert_memory_equal(kept.p, "kept", 4);
  strbuf_release(&kept);
  OK(store_log_outcome(s, access, &entry, true, &error));
  OK(store_verify(s, true, &report, &error));
  if (report.problems) fprintf(stderr, "%s %s\n", w->problems.subject, w->problems.found);
  assert_int_equal(report.problems, 0);
  arena_free(a);
}
static bool old_key_there(struct store *s) {
  uint8_t key[32];
  enum err_code code = keystore_dek(s->keys, KEY_NAME, PART_ANSWER, OLD, false, key, &error);
  assert_true(code == E_OK || code == E_STORE_KEY_MISSING);
  return code == E_OK;
}
static int under_key(struct store *s, const uint8_t key[32]) { /* segments of the part that this key opens */
  struct db_statement *q;
  bool row;
  int n = 0;
  OK(db_prepare(s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.part = 2 AND d.name LIKE '" KEY_NAME "/%'", &q, &error));
  while (!db_step(q, &row, &error) && row) {
    struct store_segment g;
    struct strbuf bytes;
    char path[STORE_PATH_BYTES];
    store_segment_row(q, &g);
    store_pack_path(s, g.pack, path);
    strbuf_init(&bytes, 0);
    OK(pack_read_range(path, g.at, g.bytes, &bytes, &error));
    uint8_t *raw = malloc(g.place.raw_n + 1);
    n += segment_open(key, &g.place, bytes.p, bytes.n, raw, NULL) == E_OK;
    free(raw);
    strbuf_release(&bytes);
  }
  return n;
}

static int work(struct world *w, enum io_fault kind, uint64_t n) {
  struct store *s;
  struct store_reencrypted done;
  if (store_open(&w->job, w->folder, PASSPHRASE, &s, &error)) return 99;
  io_fault_at(kind, n);
  enum err_code code = store_reencrypt(s, &whole, &done, &error);
  bool reached = io_fault_count() >= n;
  io_fault_at(IO_FAULT_NONE, 0);
  store_close(s);
  if (!code && !done.finished) return 99;
  return !reached ? (code ? 99 : NOT_REACHED) : code ? REPORTED : DONE;
}
static int in_child(struct world *w, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) _exit(work(w, kind, n));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99);
  return WEXITSTATUS(status);
}

enum { BEFORE, DURING, AFTER, STATES };
/* Opens after the fault, looks, finishes, looks again. */
static int settle(struct world *w, int64_t segments) {
  struct store *s;
  struct store_reencrypted done;
  OK(store_open(&w->job, w->folder, PASSPHRASE, &s, &error));
  assert_all_reads(w, s);
  bool begun = old_key_there(s);
  uint8_t now[32];
  OK(store_dek(s, KEY_NAME "/received", PART_ANSWER, false, now, &error));
  int state = begun ? DURING : memcmp(now, w->old_key, 32) == 0 ? BEFORE : AFTER;
  if (begun) assert_int_equal(under_key(s, now) + under_key(s, w->old_key), segments);
  if (state == BEFORE) assert_int_equal(under_key(s, w->old_key), segments);
  if (state == AFTER) assert_int_equal(under_key(s, now), segments);
  if (state != AFTER) {
    OK(store_reencrypt(s, &whole, &done, &error));
    assert_true(done.finished);
    assert_int_equal(done.segments_all, segments);
    OK(store_dek(s, KEY_NAME "/received", PART_ANSWER, false, now, &error));
  }
  assert_false(old_key_there(s));
  assert_memory_not_equal(now, w->old_key, 32);
  assert_int_equal(under_key(s, now), segments);
  assert_all_reads(w, s);
  store_close(s);
  assert_int_equal(old_bytes(w), 0);
  char path[400];
  snprintf(path, sizeof path, "%s/erase", w->folder);
  assert_int_not_equal(access(path, F_OK), 0);
  OK(store_open(&w->job, w->folder, PASSPHRASE, &s, &error)); /* and once more from the disk */
  store_close(s);
  return state;
}

static void a_suspected_key_gives_way_or_nothing_is_lost(void **state) {
  struct world w;
  uint64_t total = 0;
  (void)state;
  world_make(&w);
  assert_true(old_bytes(&w) == 3);
  for (size_t k = 0; k < 3; k++) {
    uint64_t n;
    int seen[STATES] = {0};
    for (n = 1; n < LIMIT; n++) {
      copy_tree(w.ready, w.folder);
      int result = in_child(&w, kinds[k].kind, n);
      int found = settle(&w, 12);
      if (result == DONE || result == NOT_REACHED) assert_int_equal(found, AFTER); /* acknowledged is done */
      seen[found]++;
      if (result == NOT_REACHED) break;
    }
    total += n - 1;
    assert_true(n > 60 && n < LIMIT && seen[BEFORE] > 3 && seen[DURING] > 20 && seen[AFTER] > 3);
    print_message("  reencrypt, %s: %llu steps; before %d, old and new %d, done %d\n", kinds[k].name, (unsigned long long)n - 1, seen[BEFORE],
                  seen[DURING], seen[AFTER]);
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
  world_end(&w);
}

/* New data written between two portions are under the new key; a portion too small for anything more still goes forward. */
static void old_and_new_are_read_while_it_goes_on(void **state) {
  struct world w;
  struct store *s;
  struct store_reencrypted done;
  struct arena *a = arena_new(0);
  struct table t;
  uint8_t now[32];
  int64_t shard;
  int runs = 0;
  (void)state;
  world_make(&w);
  struct store_reencryption small = whole;
  small.passphrase = NULL;
  small.most_bytes = 1;
  do {
    OK(store_open(&w.job, w.folder, PASSPHRASE, &s, &error));
    OK(store_reencrypt(s, &small, &done, &error));
    assert_false(done.finished);
    assert_true(old_key_there(s));
    assert_all_reads(&w, s);
    store_close(s);
  } while (done.segments > 0 && ++runs < 100);
  assert_true(runs >= 1);
  OK(store_open(&w.job, w.folder, PASSPHRASE, &s, &error));
  fixture_table(a, ROWS, &t);
  OK(fixture_write(s, &t, "b4", 4, &shard, &error));
  OK(store_dek(s, KEY_NAME "/received", PART_ANSWER, false, now, &error));
  assert_int_equal(under_key(s, now), 16);
  OK(store_rotate(s, &(struct store_rotation){.passphrase = PASSPHRASE}, &error)); /* a rotation in between wraps both anew */
  assert_true(old_key_there(s));
  assert_all_reads(&w, s);
  /* Without who may destroy, the old key stays; nobody else's key was touched. */
  struct store_reencryption unentitled = whole;
  unentitled.passphrase = NULL;
  OK(store_reencrypt(s, &unentitled, &done, &error));
  assert_false(done.finished);
  assert_true(old_key_there(s));
  OK(store_reencrypt(s, &whole, &done, &error));
  assert_true(done.finished);
  assert_int_equal(done.segments, 0);
  assert_false(old_key_there(s));
  assert_all_reads(&w, s);
  struct store_reencryption unknown = {.dataset = "no/such/thing", .part = -1, .passphrase = PASSPHRASE};
  assert_int_equal(store_reencrypt(s, &unknown, &done, &error), E_REENCRYPT_NO_KEY);
  store_close(s);
  arena_free(a);
  world_end(&w);
}

/* A segment that does not open stops it; both keys stay, and the log says who found what. */
static void a_damaged_segment_destroys_no_key(void **state) {
  struct world w;
  struct store *s;
  struct store_reencrypted done;
  char path[STORE_PATH_BYTES], pattern[400];
  (void)state;
  world_make(&w);
  snprintf(pattern, sizeof pattern, "%s/segments", w.folder);
  DIR *d = opendir(pattern);
  for (struct dirent *entry; (entry = readdir(d));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%.200s", pattern, entry->d_name);
    uint8_t *bytes;
    size_t n;
    OK(file_read(path, 1 << 24, &bytes, &n, &error));
    uint8_t *at = memmem(bytes, n, w.sealed[2], SEALED);
    if (at) {
      at[7] ^= 1;
      OK(atomic_write(path, bytes, n, ATOMIC_REPLACE, 0600, &error));
    }
    free(bytes);
  }
  closedir(d);
  OK(store_open(&w.job, w.folder, PASSPHRASE, &s, &error));
  assert_int_equal(store_reencrypt(s, &whole, &done, &error), E_STORE_TAMPERED);
  assert_false(done.finished);
  assert_true(old_key_there(s));
  struct log_leaf leaf;
  struct db_statement *q;
  bool row, told = false;
  OK(db_prepare(s->db, "SELECT leaf FROM log ORDER BY seq", &q, &error));
  while (!db_step(q, &row, &error) && row)
    told = told || (!log_leaf_parse(db_blob(q, 0).p, db_blob(q, 0).n, &leaf, &error) && leaf.action == log_action_number("tamper"));
  assert_true(told);
  store_close(s);
  world_end(&w);
}

/* With officers: the store opens with two of three, the old key goes only with the authority. */
static void officers_destroy_the_old_key(void **state) {
  static struct officer_store f;
  struct store *s;
  struct store_reencrypted done;
  struct store_officer list[OFFICERS];
  struct table in, out;
  struct arena *a = arena_new(0);
  int64_t shard;
  (void)state;
  officer_store_make(&f);
  fixture_table(a, 70, &in);
  OK(open_by(&f, 3, &s, &error));
  OK(fixture_write(s, &in, "b1", 1, &shard, &error));
  struct store_reencryption r = {.dataset = KEY_NAME, .part = -1};
  OK(store_reencrypt(s, &r, &done, &error));
  assert_false(done.finished);
  assert_int_equal(done.keys, 3);
  assert_int_equal(done.segments, done.segments_all);
  r.n_authority = chosen(&f, 1 << 0 | 1 << 1 | 1 << 2, list);
  r.authority = list;
  assert_int_equal(store_reencrypt(s, &r, &done, &error), E_KEYS_AUDITOR);
  assert_true(old_key_there(s));
  r.n_authority = chosen(&f, 1 << 0 | 1 << 3 | 1 << 4, list);
  OK(store_reencrypt(s, &r, &done, &error));
  assert_true(done.finished);
  assert_false(old_key_there(s));
  OK(read_granted(&f, s, shard, a, &out, &error));
  assert_same_table(&in, &out);
  store_close(s);
  OK(open_by(&f, 6, &s, &error));
  store_close(s);
  officer_store_end(&f);
  arena_free(a);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_suspected_key_gives_way_or_nothing_is_lost),
      cmocka_unit_test(old_and_new_are_read_while_it_goes_on),
      cmocka_unit_test(a_damaged_segment_destroys_no_key),
      cmocka_unit_test(officers_destroy_the_old_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
