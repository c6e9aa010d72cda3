/* test_use_faults.c -- kill -9, a full disk and a broken disk at every durable step of what happens to an application (apply, vote, accept, provide,
 * return with its alarm, close): afterwards the store opens and is sound, the application stands where it stood or where the step leads, exactly then
 * there is its leaf, and saying it again leads there. */
#include "tests/unit/application_fixture.h"

#include "base/atomic_file.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 2000 };
static struct err error;
static const struct {
  enum io_fault kind;
  const char *name;
  uint64_t stride;
} kinds[] = {{IO_FAULT_KILL, "kill", 1}, {IO_FAULT_ENOSPC, "enospc", 3}, {IO_FAULT_EIO, "eio", 3}};

/* What is tried: USE_STEPS = a vote. */
struct act_case {
  const char *name;
  enum use_step step;
  int who;
  enum use_state before, after;
};
static enum err_code act(struct rights *r, const struct act_case *c, struct err *e) {
  return c->step == USE_STEPS ? use_vote(r, c->who, "a-1", true, e) : use_step_of(r, c->who, c->step, "a-1", e);
}
static int work(struct rights *r, const struct act_case *c, enum io_fault kind, uint64_t n) {
  struct err e;
  if (store_open(&r->job, r->folder, PASSPHRASE, &r->s, &e)) return 99;
  io_fault_at(kind, n);
  const enum err_code code = act(r, c, &e);
  const bool reached = io_fault_count() >= n;
  io_fault_at(IO_FAULT_NONE, 0);
  store_close(r->s);
  return !reached ? (code ? 99 : NOT_REACHED) : code ? REPORTED : DONE;
}
static int in_child(struct rights *r, const struct act_case *c, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) _exit(work(r, c, kind, n));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99);
  return WEXITSTATUS(status);
}
static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
  assert_int_equal(system(command), 0);
}
/* Leaves that vouch for the row of the application. */
static int64_t rows_recorded(struct rights *r) {
  struct record x;
  int64_t n = 0;
  for (uint64_t from = 0; record_next(r->s, "application:a-1", from, &x); from = x.seq + 1) n++;
  return n;
}
static int votes_in(struct rights *r) {
  struct record x;
  int n = 0;
  for (uint64_t from = 0; record_next(r->s, "approval:application:", from, &x); from = x.seq + 1) n++;
  return n;
}
static bool settle(struct rights *r, const struct act_case *c, int64_t rows, int votes, int result) {
  struct store_verify_report report;
  rights_open(r);
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  const enum use_state state = use_state_of(r, "a-1");
  const bool moved = c->step == USE_STEPS ? votes_in(r) == votes + 1 : rows_recorded(r) == rows + 1;
  assert_true(state == c->before || state == c->after);
  assert_int_equal(c->step == USE_STEPS ? moved : state == c->after, moved); /* never the state without its leaf, nor the leaf without the state */
  assert_int_equal(votes_in(r), votes + moved);                             /* a row comes with the signature of who made it */
  if (result == DONE || result == NOT_REACHED) assert_true(moved);
  r->time += 60;
  if (!moved) OK(act(r, c, &error));
  else if (c->step != USE_STEPS) assert_int_not_equal(act(r, c, &error), E_OK);
  assert_int_equal(use_state_of(r, "a-1"), c->after);
  rights_close(r);
  return moved;
}
static void try_case(struct rights *r, const struct act_case *c) {
  char base[300];
  const int64_t time = r->time, rows = rows_recorded(r);
  const int votes = votes_in(r);
  assert_int_equal(use_state_of(r, "a-1"), c->before);
  rights_close(r);
  snprintf(base, sizeof base, "%s-base", r->folder);
  copy_tree(r->folder, base);
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    uint64_t n;
    int moved = 0;
    for (n = 1; n < LIMIT; n += kinds[k].stride) {
      const int result = in_child(r, c, kinds[k].kind, n);
      moved += settle(r, c, rows, votes, result);
      r->time = time;
      copy_tree(base, r->folder);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 5 && n < LIMIT && moved > 0 && (uint64_t)moved < n);
    print_message("  %s, %s: %llu steps, %d of them after the commit\n", c->name, kinds[k].name, (unsigned long long)n - 1, moved);
  }
  remove_tree(base);
  rights_open(r);
  OK(act(r, c, &error));
}
static void a_step_is_there_with_its_leaf_or_not_at_all(void **state) {
  (void)state;
  static const struct act_case cases[] = {{"apply", USE_APPLY, MANAGER, USE_CONSULTING, USE_APPLIED}, {"check", USE_CHECK, MANAGER, USE_APPLIED,
      USE_CHECKED},
      {"vote", USE_STEPS, REVIEWER, USE_CHECKED, USE_CHECKED}, {"vote", USE_STEPS, MANAGER_2, USE_CHECKED, USE_CHECKED},
      {"accept", USE_ACCEPT, MANAGER, USE_CHECKED, USE_ACCEPTED}, {"pledge", USE_PLEDGE, MANAGER, USE_ACCEPTED, USE_PLEDGED},
      {"provide", USE_PROVIDE, PROVIDER, USE_PLEDGED, USE_PROVIDED}, {"receive", USE_RECEIVE, PROVIDER, USE_PROVIDED, USE_IN_USE},
      {"confirm", USE_CONFIRM, REVIEWER, USE_IN_USE, USE_CONFIRMED}, {"end", USE_END, MANAGER, USE_CONFIRMED, USE_ENDED},
      {"return", USE_RETURN, MANAGER, USE_ENDED, USE_RETURNED}};
  struct rights *r = use_new();
  make_grant(r, &use_grant);
  OK(use_step_of(r, MANAGER, USE_CONSULT, "a-1", &error));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) try_case(r, &cases[i]);
  rights_free(r);
}
static void closing_a_refused_one(void **state) {
  (void)state;
  static const struct act_case refuse = {"refuse", USE_REFUSE, MANAGER, USE_CHECKED, USE_REFUSED},
                               close = {"close", USE_CLOSE, MANAGER, USE_REFUSED, USE_CLOSED};
  struct rights *r = use_new();
  OK(use_step_of(r, MANAGER, USE_CONSULT, "a-1", &error));
  OK(use_step_of(r, MANAGER, USE_APPLY, "a-1", &error));
  OK(use_step_of(r, MANAGER, USE_CHECK, "a-1", &error));
  OK(use_vote(r, REVIEWER, "a-1", false, &error));
  OK(use_vote(r, MANAGER_2, "a-1", false, &error));
  try_case(r, &refuse);
  try_case(r, &close);
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_step_is_there_with_its_leaf_or_not_at_all), cmocka_unit_test(closing_a_refused_one)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
