/* test_disposal_faults.c -- row 17, destroy: kill -9, a full disk and a broken disk at every durable step of an execution. Whatever happens, the
 * store opens, what is
 * not concerned is whole, and saying it again finishes it: then neither key nor ciphertext is there. All or resume, never half and forgotten. */
#include "tests/unit/disposal_fixture.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 2000 };
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};

static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
  assert_int_equal(system(command), 0);
}

static int work(struct rights *r, enum io_fault kind, uint64_t n) {
  struct err error;
  if (store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error)) return 99;
  io_fault_at(kind, n); /* from here on: the execution */
  enum err_code code = disposal_execute(r->s, "d-1", &passphrase_keys, NULL, &error);
  bool reached = io_fault_count() >= n;
  io_fault_at(IO_FAULT_NONE, 0);
  store_close(r->s);
  return !reached ? (code ? 99 : NOT_REACHED) : code ? REPORTED : DONE;
}

static int in_child(struct rights *r, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) _exit(work(r, kind, n));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99);
  return WEXITSTATUS(status);
}

struct trace {
  uint8_t sealed[64];
};

/* Opens after the fault; says it again where it is not done; then nothing is left of it. Returns whether it had to be said again. */
static bool settle(struct rights *r, const struct trace *t) {
  struct err error = {.code = E_OK};
  struct disposal_view v;
  struct store_verify_report report;
  OK(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error));
  assert_int_equal(rows_of(r->s, &stock_key, "name", NULL), 50);
  OK(disposal_read(r->s, "d-1", &v, &error));
  bool again = v.state != DISPOSAL_DONE;
  if (v.state == DISPOSAL_READY) assert_int_equal(rows_of(r->s, &sales_key, "name", NULL), 110); /* not begun: all of it is there */
  if (v.state == DISPOSAL_BEGUN) assert_int_equal(disposal_cancel(r->s, "d-1", "too late", NULL, &error), E_DISPOSAL_UNFINISHED);
  if (again) OK(disposal_execute(r->s, "d-1", &passphrase_keys, NULL, &error));
  OK(disposal_read(r->s, "d-1", &v, &error));
  assert_int_equal(v.state, DISPOSAL_DONE);
  assert_true(v.done.epoch_after > v.begun.epoch_before);
  uint8_t dek[32];
  assert_int_equal(keystore_dek(r->s->keys, SALES, PART_ANSWER, "permanent", false, dek, &error), E_STORE_KEY_MISSING);
  assert_int_equal(files_with(r->folder, t->sealed, sizeof t->sealed), 0);
  char path[300];
  snprintf(path, sizeof path, "%s/erase", r->folder);
  assert_int_not_equal(access(path, F_OK), 0);
  assert_int_equal(rows_of(r->s, &sales_key, "name", NULL), 0);
  assert_int_equal(rows_of(r->s, &stock_key, "name", NULL), 50);
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  rights_close(r);
  return again;
}

static void execution_is_all_or_resume(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct disposal d = proposal_of("d-1", SALES, "all");
  struct trace t;
  char ready[300], path[512];
  struct db_statement *q;
  bool row;
  uint8_t *pack;
  size_t n_pack;
  OK(disposal_propose(r->s, &d, NULL, &error));
  days_pass(r, 7);
  OK(db_prepare(r->s->db, "SELECT p.name, g.at + 40 FROM segment g JOIN pack p ON p.id = g.pack_id JOIN dataset d ON d.id = g.dataset_id "
                          "WHERE d.name LIKE 'shop/sales/%' ORDER BY g.bytes DESC LIMIT 1", &q, &error));
  OK(db_step(q, &row, &error));
  snprintf(path, sizeof path, "%s/segments/%.*s", r->folder, (int)db_text(q, 0).n, db_text(q, 0).p);
  int64_t at = db_int(q, 1);
  db_reset(q);
  OK(file_read(path, 1 << 24, &pack, &n_pack, &error));
  memcpy(t.sealed, pack + at, sizeof t.sealed);
  free(pack);
  rights_close(r);
  snprintf(ready, sizeof ready, "%s-ready", r->folder);
  copy_tree(r->folder, ready);
  uint64_t total = 0;
  for (size_t k = 0; k < 3; k++) {
    uint64_t n, again = 0;
    for (n = 1; n < LIMIT; n++) {
      copy_tree(ready, r->folder);
      int result = in_child(r, kinds[k].kind, n);
      bool said_again = settle(r, &t);
      if (result == DONE || result == NOT_REACHED) assert_false(said_again); /* acknowledged is done */
      again += said_again;
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 40 && n < LIMIT && again > 20);
    print_message("  execute, %s: %llu steps, %llu finished by saying it again\n", kinds[k].name, (unsigned long long)n - 1,
        (unsigned long long)again);
    total += n - 1;
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
  remove_tree(ready);
  disposal_end(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(execution_is_all_or_resume)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
