/* test_output_faults.c -- kill -9, a full disk and a broken disk at every durable step of handing in, of the second vote and of a release. Whatever
 * happens
 * the store opens; either nothing has happened or all of it; files are outside only when the log says "released"; saying it again finishes. */
#include "tests/unit/output_fixture.h"

#include <signal.h>

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, BROKEN = 99, LIMIT = 400 };
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};
enum what { HAND_IN, VOTE, RELEASE };
static const char *const names[] = {"submit", "vote", "release"};
static const enum output_state before[] = {OUTPUT_NONE, OUTPUT_PARTIALLY_REVIEWED, OUTPUT_APPROVED}, after[] = {OUTPUT_SUBMITTED, OUTPUT_APPROVED,
    OUTPUT_RELEASED};

static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
  assert_int_equal(system(command), 0);
}
static enum err_code do_it(struct rights *r, enum what what, struct err *e) {
  struct output o;
  if (what == HAND_IN) return hand_in(r, "o-1", CLEAN, &o, e);
  return what == VOTE ? vote_as(r, CHECKER_2, "o-1", true, &o, e) : release_as(r, CHIEF, "o-1", &o, e);
}
static int work(struct rights *r, enum what what, enum io_fault kind, uint64_t n) {
  struct err error;
  if (store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error)) return BROKEN;
  io_fault_at(kind, n);
  enum err_code code = do_it(r, what, &error);
  bool reached = io_fault_count() >= n;
  io_fault_at(IO_FAULT_NONE, 0);
  store_close(r->s);
  return !reached ? (code ? BROKEN : NOT_REACHED) : code ? REPORTED : DONE;
}
static int in_child(struct rights *r, enum what what, enum io_fault kind, uint64_t n) {
  int status;
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) _exit(work(r, what, kind, n));
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), BROKEN);
  return WEXITSTATUS(status);
}
/* Opens, looks, says it again where it is needed. True: it had to be said again. */
static bool settle(struct rights *r, enum what what, int result) {
  struct err error;
  struct output o;
  struct output_votes v;
  struct store_verify_report report;
  OK(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error));
  r->time += 3600;
  const enum output_state now = state_in_store(r, "o-1");
  assert_true(now == before[what] || now == after[what]);
  if (result == DONE || result == NOT_REACHED) assert_int_equal(now, after[what]); /* acknowledged is done */
  if (what == RELEASE && now != OUTPUT_RELEASED) assert_false(file_there(r, "o-1", "t.csv") || file_there(r, "o-1", "NOTES.md"));
  if (what == VOTE && now == before[what]) {
    OK(output_find(r->s, "o-1", &o, &error));
    OK(output_votes(r->s, &o, &v, &error));
    assert_false(v.complete); /* word and row are one commit */
  }
  const bool whole = now == after[what] && (what != RELEASE || (file_there(r, "o-1", "t.csv") && file_there(r, "o-1", "NOTES.md")));
  if (!whole) OK(do_it(r, what, &error));
  assert_int_equal(state_in_store(r, "o-1"), after[what]);
  if (what == RELEASE) assert_true(file_there(r, "o-1", "t.csv") && file_there(r, "o-1", "NOTES.md"));
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  rights_close(r);
  return !whole;
}
static void all_or_nothing(enum what what) {
  struct rights *r = output_new();
  struct output o;
  struct err error;
  char ready[300];
  if (what != HAND_IN) OK(hand_in(r, "o-1", CLEAN, &o, &error));
  if (what != HAND_IN) OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  if (what == RELEASE) OK(vote_as(r, CHECKER_2, "o-1", true, &o, &error));
  rights_close(r);
  snprintf(ready, sizeof ready, "%s-ready", r->folder);
  copy_tree(r->folder, ready);
  const int64_t time = r->time;
  for (size_t k = 0; k < 3; k++) {
    uint64_t n, again = 0;
    for (n = 1; n < LIMIT; n++) {
      copy_tree(ready, r->folder);
      r->time = time;
      const int result = in_child(r, what, kinds[k].kind, n);
      r->time = time + 3600;
      again += settle(r, what, result);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 4 && n < LIMIT && again > 1);
    print_message("  %s, %s: %llu steps, %llu finished by saying it again\n", names[what], kinds[k].name, (unsigned long long)n - 1,
        (unsigned long long)again);
  }
  remove_tree(ready);
  rights_free(r);
}
static void handing_in(void **state) { (void)state, all_or_nothing(HAND_IN); }
static void voting(void **state) { (void)state, all_or_nothing(VOTE); }
static void releasing(void **state) { (void)state, all_or_nothing(RELEASE); }
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(handing_in), cmocka_unit_test(voting), cmocka_unit_test(releasing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
