/* test_store_faults.c -- kill -9, a full disk and a broken disk at every single durable step of making an office and of a session that writes a
 * shard and a blob. Afterwards: either nothing or all of it, what was acknowledged is there, and verify finds nothing wrong. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 2000 };
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};

/* Runs the work in a child with the n-th durable step failing. */
static int in_child(int (*work)(const char *folder, uint64_t n), const char *folder, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    io_fault_at(kind, n);
    int code = work(folder, n);
    _exit(io_fault_count() < n ? (code ? 99 : NOT_REACHED) : code);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99); /* failed although nothing was broken */
  return WEXITSTATUS(status);
}

static void assert_clean(const char *folder, bool *has_batch, const char *batch) {
  struct err error;
  struct problems problems = {.n = 0};
  struct job job = fixture_job(&problems);
  struct store *s;
  struct store_verify_report report;
  struct arena *a = arena_new(0);
  struct shard *shards;
  int64_t n;
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  OK(store_verify(s, true, &report, &error));
  if (report.problems) fprintf(stderr, "%s: %s %s\n", batch ? batch : "", problems.subject, problems.found);
  assert_int_equal(report.problems, 0);
  OK(store_shards(s, &fixture_key, a, &shards, &n, &error));
  if (has_batch) *has_batch = false;
  for (int64_t i = 0; has_batch && i < n; i++) {
    struct table in, out;
    if (strcmp(shards[i].batch, batch) != 0) continue;
    *has_batch = true;
    fixture_table(a, 70, &in);
    OK(fixture_read(s, shards[i].id, a, &out, &error));
    assert_same_table(&in, &out);
  }
  store_close(s);
  arena_free(a);
}

/* --- init --- */

static int init_work(const char *folder, uint64_t n) {
  (void)n;
  struct job job = fixture_job(NULL);
  struct err error;
  return fixture_init(&job, folder, &error) ? REPORTED : DONE;
}

static void init_leaves_a_whole_office_or_none(void **state) {
  (void)state;
  for (size_t k = 0; k < 3; k++) {
    uint64_t n;
    for (n = 1; n < LIMIT; n++) {
      char folder[256], card[300];
      struct err error;
      struct job job = fixture_job(NULL);
      fixture_folder(folder);
      int result = in_child(init_work, folder, kinds[k].kind, n);
      snprintf(card, sizeof card, "%s/office.json", folder);
      bool there = access(card, F_OK) == 0;
      if (result == DONE || result == NOT_REACHED) assert_true(there);
      if (!there) {
        struct store *s = NULL;
        assert_int_equal(store_open(&job, folder, PASSPHRASE, &s, &error), E_STORE_NOT_FOUND);
        OK(fixture_init(&job, folder, &error));
      }
      assert_clean(folder, NULL, NULL);
      remove_tree(folder);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 20 && n < LIMIT);
    print_message("  init, %s: %llu steps\n", kinds[k].name, (unsigned long long)n - 1);
  }
}

/* --- a session: open, one transaction with a shard and a blob, close --- */

static enum err_code write_both(struct store *s, const char *batch, int64_t sequence, struct err *e) {
  struct arena *a = arena_new(0);
  struct table t;
  int64_t shard;
  char id[65];
  fixture_table(a, 70, &t);
  enum err_code code = store_begin(s, e);
  if (!code) code = fixture_write_in(s, &t, batch, sequence, &shard, e);
  if (!code) code = store_blob_put(s, "original", batch, batch, strlen(batch), PART_ANSWER, id, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  arena_free(a);
  return code;
}

static void batch_name(const char *kind, uint64_t n, char out[64]) { snprintf(out, 64, "%s-%llu", kind, (unsigned long long)n); }

static const char *kind_now; /* of the loop, for the child */

static int session_work(const char *folder, uint64_t n) {
  struct job job = fixture_job(NULL);
  struct err error;
  struct store *s;
  char batch[64];
  batch_name(kind_now, n, batch);
  if (store_open(&job, folder, PASSPHRASE, &s, &error)) return REPORTED;
  enum err_code code = write_both(s, batch, (int64_t)n, &error);
  store_close(s);
  return code ? REPORTED : DONE;
}

static void session_writes_all_or_nothing(void **state) {
  (void)state;
  struct err error;
  struct job job = fixture_job(NULL);
  for (size_t k = 0; k < 3; k++) {
    uint64_t n, with = 0;
    char folder[256];
    fixture_folder(folder); /* one store lives through every fault */
    OK(fixture_init(&job, folder, &error));
    kind_now = kinds[k].name;
    for (n = 1; n < LIMIT; n++) {
      char batch[64];
      bool there;
      batch_name(kind_now, n, batch);
      int result = in_child(session_work, folder, kinds[k].kind, n);
      assert_clean(folder, &there, batch);
      if (there) with++;
      if ((result == DONE || result == NOT_REACHED) && !there) fprintf(stderr, "%s: acknowledged and lost\n", batch);
      if (result == DONE || result == NOT_REACHED) assert_true(there);
      if (result == REPORTED && there) fprintf(stderr, "%s: refused and yet there\n", batch);
      if (result == REPORTED) assert_false(there);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 30 && n < LIMIT && with > 1);
    print_message("  session, %s: %llu steps, %llu committed\n", kinds[k].name, (unsigned long long)n - 1, (unsigned long long)with);
    remove_tree(folder);
  }
}

/* --- the reserve: an outcome and the close must be written although the disk is full --- */

static void full_disk_still_lets_outcomes_and_close_be_written(void **state) {
  (void)state;
  struct err error;
  struct problems problems = {.n = 0};
  struct job job = fixture_job(&problems);
  char folder[256], reserve[300];
  struct stat st;
  const struct log_entry entry = {.action = "data-read", .object = "x"};
  fixture_folder(folder);
  OK(fixture_init(&job, folder, &error));
  snprintf(reserve, sizeof reserve, "%s/reserve", folder);
  for (uint64_t n = 1; n < LIMIT; n++) {
    struct store *s;
    int64_t access;
    OK(store_open(&job, folder, PASSPHRASE, &s, &error));
    assert_int_equal(stat(reserve, &st), 0);
    assert_true(st.st_size > 0 && st.st_blocks > 0);
    OK(store_log_intent(s, &entry, &access, &error));
    io_fault_at(IO_FAULT_ENOSPC, n);
    enum err_code code = store_log_outcome(s, access, &entry, true, &error);
    bool reached = io_fault_count() >= n;
    io_fault_at(IO_FAULT_NONE, 0);
    if (code) show(&error);
    assert_int_equal(code, E_OK);
    if (reached) assert_int_equal(stat(reserve, &st), 0);
    if (reached) assert_int_equal(st.st_size, 0); /* given up */
    problems.n = 0;
    store_close(s);
    assert_int_equal(problems.n, 0);
    assert_clean(folder, NULL, NULL);
    if (!reached) break;
  }
  remove_tree(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(init_leaves_a_whole_office_or_none),
      cmocka_unit_test(session_writes_all_or_nothing),
      cmocka_unit_test(full_disk_still_lets_outcomes_and_close_be_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
