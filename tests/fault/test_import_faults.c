/* test_import_faults.c -- row 17, import: kill -9, a full disk and a broken disk at every durable step of taking a file into a store, of sealing
 * it into a batch, and of receiving that batch at the next office. Afterwards the store opens and verifies, holds the whole or nothing, the books
 * balance, what was acknowledged is there, and the same said again gives what an undisturbed run gives, once. Kills at every step, the two disks
 * at every third (FAULT_EVERY=1: at every one). */
#include "tests/unit/batch_fixture.h"

#include "secure-store/store_impl.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, BROKEN = 99, LIMIT = 3000, RECORDS = 9 };
static const struct {
  enum io_fault kind;
  const char *name;
} kinds[] = {{IO_FAULT_KILL, "kill"}, {IO_FAULT_ENOSPC, "enospc"}, {IO_FAULT_EIO, "eio"}};

struct import {
  struct route *r;
  char ready[400], slips[400], batch[4096]; /* copy of all that is there before; the file; the sealed batch */
};
static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
  assert_int_equal(system(command), 0);
}

/* --- what is tried; the store is open --- */
static enum err_code take_file(struct import *m, struct store *s, bool *already) {
  struct arena *a = arena_new(0);
  struct job job = m->r->job;
  struct form *f = NULL;
  struct intake_report report = {.already = false};
  const struct intake_options options = {.period = "2025", .declared = -1, .problem_limit = 10};
  job.arena = a;
  enum err_code code = form_read(a, &job, "forms", "vital", "population", NULL, 20000, &f, NULL, &error);
  if (!code) code = intake_file(&job, s, f, &options, m->slips, &report, &error);
  *already = report.already;
  if (!code && !*already && report.accepted != RECORDS) code = E_BUG;
  arena_free(a);
  return code;
}
static enum err_code take_batch(struct import *m, struct store *s, bool *already) {
  struct batch_result out = {.already = false};
  char folder[400];
  snprintf(folder, sizeof folder, "%s/receipts", m->r->root);
  enum err_code code = batch_receive(s, "forms", m->batch, folder, &out, &error);
  *already = out.already;
  return code;
}
static enum err_code seal_batch(struct import *m, struct store *s, bool *already) {
  const struct batch_declared d = {"population", RECORDS};
  char folder[400];
  struct batch_result out;
  snprintf(folder, sizeof folder, "%s/media", m->r->root);
  const struct batch_seal_request q = {
      .survey = "vital", .period = "2025", .out_folder = folder, .forms = "forms", .declared = &d, .n_declared = 1};
  enum err_code code = batch_seal(s, &q, &out, &error);
  /* Sealed before, the file perhaps lost: written again by its number. */
  *already = code == E_BATCH_NOTHING_NEW || code == E_BATCH_DECLARED;
  return *already ? batch_reissue(s, "1", "vital", folder, &(struct batch_carrier){0}, &out, &error) : code;
}

struct action {
  const char *name;
  int office;
  enum err_code (*run)(struct import *m, struct store *s, bool *already);
  int64_t before; /* records in the office before it, afterwards RECORDS */
};
static const struct action actions[] = {{"intake", CITY, take_file, 0}, {"seal", CITY, seal_batch, RECORDS}, {"receive", CENTRE, take_batch, 0}};

static int attempt(struct import *m, const struct action *t) {
  struct store *s;
  bool already = false;
  if (store_open(&m->r->job, m->r->folder[t->office], PASSPHRASE, &s, &error)) return REPORTED;
  enum err_code code = t->run(m, s, &already);
  store_close(s);
  return already ? BROKEN : code ? REPORTED : DONE;
}
static int in_child(struct import *m, const struct action *t, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    io_fault_at(kind, n);
    int code = attempt(m, t);
    _exit(io_fault_count() < n ? (code ? BROKEN : NOT_REACHED) : code);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), BROKEN);
  return WEXITSTATUS(status);
}

/* --- afterwards --- */
static int64_t records_of(struct store *s) {
  static const struct dataset_key key = {"vital", "population", "2025", "received"};
  struct arena *a = arena_new(0);
  struct ledger_balance b = {0};
  struct shard *list;
  int64_t n, rows = 0;
  OK(ledger_prepare(s, &error));
  OK(ledger_balance(s, "vital", "2025", &b, &error));
  assert_int_equal(b.differences, 0);
  OK(store_shards(s, &key, a, &list, &n, &error));
  for (int64_t i = 0; i < n; i++) rows += list[i].n_rows;
  arena_free(a);
  return rows;
}
static void assert_sound(struct import *m, struct store *s) {
  struct store_verify_report report;
  OK(store_verify(s, true, &report, &error));
  if (report.problems) fprintf(stderr, "%s %s\n", m->r->problems.subject, m->r->problems.found);
  assert_int_equal(report.problems, 0);
}
/* Is it there already? Then saying it again must not double it. */
static bool settle(struct import *m, const struct action *t, int result) {
  struct store *s;
  bool already = false;
  OK(store_open(&m->r->job, m->r->folder[t->office], PASSPHRASE, &s, &error));
  assert_sound(m, s);
  int64_t held = records_of(s);
  assert_true(held == t->before || held == RECORDS);
  if (result == DONE || result == NOT_REACHED) assert_int_equal(held, RECORDS);
  OK(t->run(m, s, &already));
  if (held == RECORDS && t->before != RECORDS) assert_true(already);
  if (held != RECORDS) assert_false(already);
  assert_int_equal(records_of(s), RECORDS);
  assert_sound(m, s);
  store_close(s);
  return held == RECORDS && already;
}

static void begin(struct import *m) {
  char text[1024];
  memset(m, 0, sizeof *m);
  m->r = make_route();
  size_t used = (size_t)snprintf(text, sizeof text, "sex,age_from,age_to,prefecture,population,vintage\n");
  for (int i = 0; i < RECORDS; i++) used += (size_t)snprintf(text + used, sizeof text - used, "1,%d,%d,,%d,\n", i, i, 1000 + i);
  snprintf(m->slips, sizeof m->slips, "%s/slips.csv", m->r->root);
  OK(atomic_write(m->slips, text, used, ATOMIC_REPLACE, 0600, &error));
  snprintf(m->ready, sizeof m->ready, "%s-ready", m->r->root);
}
static void close_all(struct route *r) {
  for (int i = 0; i < N_OFFICES; i++) {
    store_close(r->store[i]);
    r->store[i] = NULL;
  }
}
/* As it stands before each action: nothing; taken in; sealed. */
static void advance(struct import *m, const struct action *t) {
  struct store *s;
  bool already;
  OK(store_open(&m->r->job, m->r->folder[t->office], PASSPHRASE, &s, &error));
  OK(t->run(m, s, &already));
  store_close(s);
}
static void find_batch(struct import *m) {
  char folder[400];
  snprintf(folder, sizeof folder, "%s/media", m->r->root);
  DIR *d = opendir(folder);
  assert_non_null(d);
  for (struct dirent *entry; (entry = readdir(d));)
    if (entry->d_name[0] != '.') snprintf(m->batch, sizeof m->batch, "%s/%.255s", folder, entry->d_name);
  closedir(d);
  assert_true(m->batch[0] != 0);
}

static void an_import_is_whole_or_did_not_happen(void **state) {
  struct import m;
  uint64_t total = 0;
  (void)state;
  begin(&m);
  close_all(m.r);
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    const struct action *t = &actions[i];
    copy_tree(m.r->root, m.ready);
    for (size_t k = 0; k < 3; k++) {
      uint64_t n;
      int there = 0;
      uint64_t stride = kinds[k].kind == IO_FAULT_KILL || getenv("FAULT_EVERY") ? 1 : 3, tried = 0;
      for (n = 1; n < LIMIT; n += stride, tried++) {
        copy_tree(m.ready, m.r->root);
        int result = in_child(&m, t, kinds[k].kind, n);
        there += settle(&m, t, result);
        if (result == NOT_REACHED) break;
      }
      assert_true(n > 30 && n < LIMIT && there > 3 && (uint64_t)there < n);
      total += tried;
      print_message("  %s, %s: %llu of %llu steps, %d were there already\n", t->name, kinds[k].name, (unsigned long long)tried,
                    (unsigned long long)n - 1, there);
    }
    copy_tree(m.ready, m.r->root);
    advance(&m, t);
    if (t->run == seal_batch) find_batch(&m);
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
  remove_tree(m.ready);
  drop_route(m.r);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_import_is_whole_or_did_not_happen)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
