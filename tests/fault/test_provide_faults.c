/* test_provide_faults.c -- kill -9, a full disk and a broken disk at every durable step of `use provide` (row 17): afterwards the package's folder
 * is whole, with its leaves, or not there; the store is sound; and when nothing was handed over the same grant gives its package the next time. */
#include "tests/unit/extract_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/rights/grant_limits.h"

enum { DONE = 0, REPORTED = 1, NOT_REACHED = 2, KILLED = 3, LIMIT = 3000 };
static struct err error;

static int provide_work(struct extracting *x) {
  struct err e;
  struct provide_result out;
  struct store *s;
  if (store_open(&x->r->job, x->r->folder, PASSPHRASE, &s, &e)) return REPORTED;
  struct provide_request q = providing_of(x, "g-1");
  q.formats = PROVIDE_CSV;
  enum err_code code = provide(s, &q, &out, &e);
  store_close(s);
  return code ? REPORTED : DONE;
}
static int in_child(struct extracting *x, enum io_fault kind, uint64_t n) {
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    io_fault_at(kind, n);
    int code = provide_work(x);
    _exit(io_fault_count() < n ? (code ? 99 : NOT_REACHED) : code);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (WIFSIGNALED(status)) return KILLED;
  assert_int_not_equal(WEXITSTATUS(status), 99);
  return WEXITSTATUS(status);
}
static int files_in(const char *folder, bool hidden) {
  DIR *d = opendir(folder);
  int n = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) n += hidden == (e->d_name[0] == '.');
  if (d) closedir(d);
  return n;
}
static void copy_tree(const char *from, const char *to) {
  char command[1200];
  snprintf(command, sizeof command, "cp -R %s %s", from, to);
  assert_int_equal(system(command), 0);
}
struct seen {
  int64_t intents, dones, handed, exports;
};
static struct seen look(struct rights *r) {
  return (struct seen){
      leaves(r, "package-build", LOG_INTENT, NULL), leaves(r, "package-build", LOG_DONE, NULL), leaves(r, "package-handover", LOG_INTENT, NULL), 0};
}
static void check_after(struct extracting *x, int result) {
  struct rights *r = x->r;
  struct store_verify_report report;
  char path[600], folder[600];
  struct package_outside o;
  package_path(x, "g-1", path);
  snprintf(folder, sizeof folder, "%s/extract-g-1", x->out);
  bool there = access(folder, F_OK) == 0;
  rights_open(r);
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  struct seen seen = look(r);
  if (result == DONE || result == NOT_REACHED) assert_true(there);
  if (there) { /* whole, and the log knows: built, recorded, handed over */
    struct package_open_request q = opening_of(x, path, "");
    assert_int_equal(files_in(folder, false), 3);
    OK(package_verify(path, q.public_keys, &o, &error));
    assert_int_equal(seen.intents, 1);
    assert_int_equal(seen.dones, 2);
    assert_int_equal(seen.handed, 1);
    rights_close(r);
    return;
  }
  assert_int_equal(files_in(x->out, false), 0); /* no part of a package under any other name */
  if (seen.handed == 0) {
    struct provide_request again = providing_of(x, "g-1");
    struct provide_result out;
    again.formats = PROVIDE_CSV;
    struct grant_usage usage;
    grant_usage_of(r->s, "g-1", r->time, &usage);
    enum err_code code = provide(r->s, &again, &out, &error);
    /* Only between the leaf of the export and the intent of the hand-over is the grant used up without a package. */
    if (usage.in_all[COUNT_EXPORTS]) assert_int_equal(code, E_EXTRACT_EXPORTS);
    else OK(code);
    if (!code) assert_int_equal(files_in(x->out, true), 0); /* what the killed one left is gone */
  }
  rights_close(r);
}
static void provide_is_all_or_nothing(void **state) {
  (void)state;
  static const struct {
    enum io_fault kind;
    const char *name;
    uint64_t stride;
  } kinds[] = {{IO_FAULT_KILL, "kill", 1}, {IO_FAULT_ENOSPC, "enospc", 7}, {IO_FAULT_EIO, "eio", 7}};
  struct extracting x = extracting_new(2, 40);
  char base[300], work[300];
  grant_for_extract(&x, ask_extract("g-1"));
  rights_close(x.r);
  fixture_folder(base);
  rmdir(base);
  copy_tree(x.r->folder, base);
  memcpy(work, x.r->folder, 256);
  uint64_t total = 0;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    uint64_t n;
    for (n = 1; n < LIMIT; n += kinds[k].stride, total++) {
      int result = in_child(&x, kinds[k].kind, n);
      check_after(&x, result);
      remove_tree(x.r->folder);
      copy_tree(base, x.r->folder);
      if (result == NOT_REACHED) break;
    }
    assert_true(n > 60 && n < LIMIT);
    print_message("  provide, %s: %llu steps\n", kinds[k].name, (unsigned long long)n - 1);
  }
  print_message("kill points: %llu\n", (unsigned long long)total);
  remove_tree(base);
  rights_open(x.r);
  rights_free(x.r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(provide_is_all_or_nothing)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
