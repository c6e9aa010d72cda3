/* test_leak.c -- nothing of the answers rests in clear text: distinctive values are written, read, crashed with and cleared, then every byte the run
 * left (database, write-ahead log, packs, unfinished packs, log2, keys, temporary files, core files) is searched for them. */
#include "tests/fault/store_fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/atomic_file.h"
#include "tests/fault/leak_scan.h"

static const char *const texts[] = {"東雲紫苑之助", "ｼﾉﾉﾒ ｼｵﾝﾉｽｹ", "札幌市中央区北一条西二丁目一番地の九九", "Q-CODE-7731-ZX", "シノノメ医院附属調剤薬局"};
static const int64_t numbers[] = {1234567890123, 987654321, -77665544332211, 0x5a5a1234};
enum { N_TEXTS = sizeof texts / sizeof *texts, N_NUMBERS = sizeof numbers / sizeof *numbers, ROWS = 400 };

static void plant_all(struct leak_scan *s) {
  for (int i = 0; i < N_TEXTS; i++) assert_true(leak_plant_text(s, texts[i]));
  for (int i = 0; i < N_NUMBERS; i++) assert_true(leak_plant_int(s, numbers[i]));
}

static void secret_table(struct arena *a, struct table *t) {
  struct err error;
  const struct column columns[] = {{.name = "income", .type = COL_INT, .unit = "yen"}, {.name = "name", .type = COL_TEXT, .unit = "",
                                                                                        .dict = dict_new(a)},
                                   {.name = "clinic", .type = COL_CODE, .unit = "", .dict = dict_new(a)}};
  OK(table_init(t, a, columns, 3, ROWS, &error));
  t->n_rows = ROWS;
  for (int i = 0; i < ROWS; i++) {
    t->columns[0].i64[i] = numbers[i % N_NUMBERS];
    t->columns[1].code[i] = dict_add(t->columns[1].dict, str_of(texts[i % N_TEXTS]));
    t->columns[2].code[i] = dict_add(t->columns[2].dict, str_of(texts[(i + 3) % N_TEXTS]));
    for (int k = 0; k < 3; k++) t->columns[k].status[i] = VAL_REPORTED;
  }
}

static const uint8_t secret_parts[] = {PART_ANSWER, PART_ID, PART_ANSWER};

static enum err_code write_secrets(struct store *s, const char *stage, bool commit, int64_t *shard, char blob[65], struct err *e) {
  struct arena *a = arena_new(0);
  struct shard_write *w;
  struct table t;
  uint8_t token[32];
  char file[1024];
  const struct dataset_key key = {"vital", "birth", "2025-12", stage};
  secret_table(a, &t);
  int n = snprintf(file, sizeof file, "氏名,住所\n%s,%s\n%s,%lld\n", texts[0], texts[2], texts[1], (long long)numbers[0]);
  TRY(store_begin(s, e));
  TRY(store_shard_begin(s, &key, "", "batch-1", "municipality-011002", 1, &w, e));
  TRY(store_shard_append(w, &t, secret_parts, 0, ROWS, e));
  TRY(store_shard_end(w, shard, e));
  TRY(store_blob_put(s, "original", texts[4], file, (size_t)n, PART_ANSWER, blob, e)); /* the file's name is a secret as well */
  TRY(store_token(s, "record", texts[0], strlen(texts[0]), token, e));
  arena_free(a);
  if (commit) return store_commit(s, e);
  store_rollback(s);
  return E_OK;
}

static enum err_code read_secrets(struct store *s, int64_t shard, const char *blob, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received", .purpose = "test", .detail = texts[0]};
  struct arena *a = arena_new(0);
  struct table t;
  struct strbuf bytes, found;
  int64_t access;
  strbuf_init(&bytes, 0);
  strbuf_init(&found, 0);
  TRY(store_log_intent(s, &entry, &access, e));
  TRY(store_shard_read(s, shard, access, NULL, 0, a, &t, e));
  bool right = t.n_rows == ROWS && t.columns[0].i64[1] == numbers[1] && str_eq(dict_text(t.columns[1].dict, t.columns[1].code[0]), str_of(texts[0]));
  TRY(store_blob_get(s, blob, access, 4096, &bytes, e));
  TRY(store_log_outcome(s, access, &entry, true, e));
  right = right && strstr(strbuf_cstr(&bytes), texts[0]);
  strbuf_release(&bytes);
  arena_free(a);
  return right ? E_OK : ERR(e, E_BUG, .subject = "what was read is not what was written"); /* else nothing secret would have been there to leak */
}

/* kind 0: a whole session; 1: killed before the commit; 2: crashes with a core dump allowed while answers are in memory. */
static int session(const char *folder, int kind) {
  struct job job = fixture_job(NULL);
  struct err error;
  struct store *s;
  int64_t shard;
  char blob[65];
  const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  (void)!setrlimit(RLIMIT_CORE, &unlimited);
  if (store_open(&job, folder, PASSPHRASE, &s, &error)) return 1;
  if (kind == 1) io_fault_at(IO_FAULT_KILL, 12);
  if (write_secrets(s, "received", true, &shard, blob, &error) || read_secrets(s, shard, blob, &error)) return 2;
  if (kind == 2) abort();
  if (write_secrets(s, "edited", false, &shard, blob, &error) || write_secrets(s, "edited", true, &shard, blob, &error)) return 3;
  const struct dataset_key edited = {"vital", "birth", "2025-12", "edited"};
  if (store_begin(s, &error) || store_dataset_clear(s, &edited, &error) || store_commit(s, &error)) return 4;
  store_close(s);
  return 0;
}

static int run_session(const char *folder, const char *temporary, int kind) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    setenv("TMPDIR", temporary, 1);
    if (chdir(temporary)) _exit(9);
    int code = session(folder, kind);
    if (code) fprintf(stderr, "session %d: step %d failed\n", kind, code);
    _exit(code);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void no_answer_rests_in_clear_text(void **state) {
  (void)state;
  struct err error;
  struct job job = fixture_job(NULL);
  struct leak_scan scan = {.to = stderr};
  char base[256], folder[300], temporary[300];
  fixture_folder(base);
  snprintf(folder, sizeof folder, "%s/office", base);
  snprintf(temporary, sizeof temporary, "%s/tmp", base);
  assert_int_equal(mkdir(temporary, 0700), 0);
  OK(fixture_init(&job, folder, &error));
  static const int expected[] = {0, -SIGKILL, -SIGABRT};
  for (int kind = 0; kind < 3; kind++) {
    assert_int_equal(run_session(folder, temporary, kind), expected[kind]);
    plant_all(&scan);
    assert_true(leak_scan_folder(&scan, base));
    assert_int_equal(scan.hits, 0);
    assert_true(scan.files >= 8 && scan.bytes > 100000); /* it did look */
    leak_scan_release(&scan);
    scan.to = stderr;
  }
  remove_tree(base);
}

/* The test of the test: each way a value can lie on the disk is found. */
static void planted_leaks_are_found(void **state) {
  (void)state;
  struct err error;
  char folder[256], path[300];
  fixture_folder(folder);
  snprintf(path, sizeof path, "%s/deep", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/deep/.hidden", folder);
  struct leak_scan all = {.to = NULL};
  plant_all(&all);
  assert_true(all.n_patterns >= N_TEXTS * 4 + N_NUMBERS * 3);
  for (int i = 0; i < all.n_patterns; i++) {
    uint8_t bytes[4096];
    memset(bytes, 0x20, sizeof bytes);
    memcpy(bytes + 3501, all.patterns[i].bytes, all.patterns[i].n);
    OK(atomic_write(path, bytes, sizeof bytes, 0, 0600, &error));
    all.hits = 0;
    assert_true(leak_scan_folder(&all, folder));
    assert_true(all.hits >= 1);
  }
  leak_scan_release(&all);
  remove_tree(folder);
}

static void answer_put_into_the_database_is_found(void **state) {
  (void)state;
  struct err error;
  struct job job = fixture_job(NULL);
  struct leak_scan scan = {.to = NULL};
  struct store *s;
  char folder[256];
  fixture_folder(folder);
  OK(fixture_init(&job, folder, &error));
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  OK(db_run(store_db(s), "CREATE TABLE careless(name TEXT); INSERT INTO careless VALUES('東雲紫苑之助')", &error));
  store_close(s);
  plant_all(&scan);
  assert_true(leak_scan_folder(&scan, folder));
  assert_true(scan.hits >= 1);
  leak_scan_release(&scan);
  remove_tree(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_answer_rests_in_clear_text),
      cmocka_unit_test(planted_leaks_are_found),
      cmocka_unit_test(answer_put_into_the_database_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
