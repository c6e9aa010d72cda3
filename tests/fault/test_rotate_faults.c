/* test_rotate_faults.c -- kill -9, a full disk and a broken disk at every durable step of a session that changes the officers. Afterwards the key
 * file is of one whole epoch: its officers open the store, nobody else does, the log names that epoch, every record is readable and verify finds
 *          nothing. */
#include "tests/unit/officer_store.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 400 };
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};
static struct officer_store f;
static struct err error;

/* officer-c and officer-f take turns as the third one who unlocks. */
static void turn(int third) { officers_plan(&f.o, (const int[]){0, 1, third}, 3, (const int[]){0, 1, third, 3, 4}, 5); }
static int third_now(uint64_t *epoch) {
  struct share_set sets[KEYSTORE_SETS];
  struct keystore_public p;
  char path[400];
  snprintf(path, sizeof path, "%s/keystore", f.folder);
  OK(keystore_peek(path, &p, &error));
  OK(keystore_peek_sets(path, sets, &error));
  *epoch = p.epoch;
  for (int i = 0; i < sets[KEYSTORE_UNLOCK].n; i++)
    if (strcmp(sets[KEYSTORE_UNLOCK].holder[i].officer, officer_ids[5]) == 0) return 5;
  return 2;
}

static int rotate_session(void) {
  struct store *s;
  if (open_by(&f, 3, &s, &error)) return REPORTED;
  enum err_code code = rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, &f.o.plan, &error);
  store_close(s);
  return code ? REPORTED : DONE;
}
static int in_child(enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    io_fault_at(kind, n);
    int code = rotate_session();
    _exit(io_fault_count() < n ? (code ? 99 : NOT_REACHED) : code);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99);
  return WEXITSTATUS(status);
}

static enum err_code last_epoch(void *context, const struct log_leaf *leaf, struct err *e) {
  struct key_facts *facts = context;
  (void)e;
  key_facts_learn(facts, leaf);
  return E_OK;
}
/* The officers of the epoch in force open a store without a fault, and the log is of that epoch. */
static void assert_whole(int third, uint64_t epoch, int64_t shard, const struct table *expected, struct arena *a) {
  struct store *s;
  struct store_verify_report report;
  struct key_facts facts;
  struct table out;
  OK(open_by(&f, 1u << 1 | 1u << third, &s, &error));
  OK(store_verify(s, true, &report, &error));
  if (report.problems) fprintf(stderr, "%s %s\n", f.problems.subject, f.problems.found);
  assert_int_equal(report.problems, 0);
  OK(read_granted(&f, s, shard, a, &out, &error));
  assert_same_table(expected, &out);
  key_facts_begin(&facts);
  OK(store_log_each(s, last_epoch, &facts, &error));
  assert_int_equal(facts.epoch, epoch);
  assert_memory_equal(facts.head, keystore_public(store_keystore(s))->head, 32);
  store_close(s);
  f.time += 7200; /* the attempt below may make the next one wait */
  assert_int_equal(open_by(&f, 1u << 1 | 1u << (third == 5 ? 2 : 5), &s, &error), E_SHARE_HOLDER);
  f.time += 7200;
}

static void a_change_of_officers_is_whole_or_did_not_happen(void **state) {
  (void)state;
  uint64_t total = 0;
  for (size_t k = 0; k < 3; k++) {
    struct arena *a = arena_new(0);
    struct store *s;
    struct table in;
    int64_t shard;
    uint64_t n, changed = 0, kept = 0;
    officer_store_make(&f);
    fixture_table(a, 70, &in);
    OK(open_by(&f, 3, &s, &error));
    OK(fixture_write(s, &in, "b1", 1, &shard, &error));
    put_officer_f_in(&f, s, true);
    store_close(s);
    for (n = 1; n < LIMIT; n++) {
      uint64_t before, after;
      int third = third_now(&before);
      turn(third == 5 ? 2 : 5);
      int result = in_child(kinds[k].kind, n);
      int now = third_now(&after);
      assert_true((after == before && now == third) || (after == before + 1 && now != third));
      if (result == DONE || result == NOT_REACHED) assert_int_equal(after, before + 1);
      changed += after != before;
      kept += after == before;
      assert_whole(now, after, shard, &in, a);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 30 && n < LIMIT && changed > 3 && kept > 10);
    print_message("  rotate, %s: %llu steps, %llu changed, %llu kept\n", kinds[k].name, (unsigned long long)n - 1, (unsigned long long)changed,
                  (unsigned long long)kept);
    total += n - 1;
    officer_store_end(&f);
    arena_free(a);
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
}

/* The ceremony: a whole store, or none. */
static int found_session(void) { return store_init_officers(&f.job, f.folder, &fixture_office, "light", &f.founders, &error) ? REPORTED : DONE; }
static void a_ceremony_leaves_a_whole_store_or_none(void **state) {
  (void)state;
  uint64_t total = 0;
  for (size_t k = 0; k < 3; k++) {
    uint64_t n;
    officer_store_begin(&f);
    for (n = 1; n < LIMIT; n++) {
      struct store *s;
      char card[400];
      fflush(NULL);
      pid_t pid = fork();
      if (pid == 0) {
        io_fault_at(kinds[k].kind, n);
        int code = found_session();
        _exit(io_fault_count() < n ? NOT_REACHED : code);
      }
      int status;
      assert_int_equal(waitpid(pid, &status, 0), pid);
      bool reached = WIFSIGNALED(status) || WEXITSTATUS(status) != NOT_REACHED;
      snprintf(card, sizeof card, "%s/office.json", f.folder);
      bool there = access(card, F_OK) == 0;
      if (!WIFSIGNALED(status) && WEXITSTATUS(status) != REPORTED) assert_true(there);
      if (!there) {
        assert_int_equal(open_by(&f, 3, &s, &error), E_STORE_NOT_FOUND);
        assert_int_equal(found_session(), DONE);
      }
      OK(open_by(&f, 5, &s, &error));
      struct officer *list;
      int64_t officers;
      struct arena *a = arena_new(0);
      OK(officer_list(s, a, &list, &officers, &error));
      assert_int_equal(officers, 5);
      arena_free(a);
      store_close(s);
      remove_tree(f.folder);
      if (!reached) break;
    }
    assert_true(n > 30 && n < LIMIT);
    print_message("  ceremony, %s: %llu steps\n", kinds[k].name, (unsigned long long)n - 1);
    total += n - 1;
    officer_store_end(&f);
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_change_of_officers_is_whole_or_did_not_happen),
      cmocka_unit_test(a_ceremony_leaves_a_whole_store_or_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
