/* Atomic files: whatever step fails or is killed, the reader finds the old content or the new, never a part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/atomic_file.h"

enum { NEW_BYTES = 300000 }; /* several pieces */
static char folder[64], path[128];
static uint8_t *new_content;

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/shirabe-atomic-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/file", folder);
  new_content = malloc(NEW_BYTES);
  for (int i = 0; i < NEW_BYTES; i++) new_content[i] = (uint8_t)(i * 31 + (i >> 8));
  io_fault_at(IO_FAULT_NONE, 0);
  return 0;
}

/* Files in the folder; each is removed. */
static int empty_folder(void) {
  int n = 0;
  DIR *d = opendir(folder);
  for (struct dirent *entry; (entry = readdir(d));) {
    char name[512];
    if (entry->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
    remove(name);
    n++;
  }
  closedir(d);
  return n;
}

static int remove_folder(void **state) {
  (void)state;
  empty_folder();
  free(new_content);
  return rmdir(folder);
}

static void put_old(const char *text) {
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

enum content { NOTHING, OLD, NEW, BROKEN };
static enum content content_now(void) {
  uint8_t *p;
  size_t n;
  struct err e;
  enum content c = BROKEN;
  if (access(path, F_OK) != 0) return NOTHING;
  if (file_read(path, 1 << 20, &p, &n, &e)) return BROKEN;
  if (n == 3 && memcmp(p, "old", 3) == 0) c = OLD;
  if (n == NEW_BYTES && memcmp(p, new_content, n) == 0) c = NEW;
  free(p);
  return c;
}

static enum err_code write_new(int flags, struct err *e) { return atomic_write(path, new_content, NEW_BYTES, flags, 0600, e); }

static uint64_t steps_of_a_write(void) {
  struct err e;
  io_fault_at(IO_FAULT_NONE, 0);
  assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_OK);
  return io_fault_count();
}

static void a_write_is_whole_and_leaves_nothing_beside(void **state) {
  (void)state;
  struct err e;
  struct stat st;
  assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_OK);
  assert_int_equal(content_now(), NEW);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  put_old("old");
  assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_OK);
  assert_int_equal(content_now(), NEW);
  assert_int_equal(empty_folder(), 1);
}

static void an_existing_file_is_not_replaced_when_new_only(void **state) {
  (void)state;
  struct err e;
  struct atomic_file f;
  put_old("old");
  assert_int_equal(write_new(ATOMIC_NEW_ONLY, &e), E_FILE_EXISTS);
  assert_int_equal(content_now(), OLD);
  unlink(path);
  assert_int_equal(atomic_file_begin(&f, path, ATOMIC_NEW_ONLY, 0600, &e), E_OK);
  assert_int_equal(atomic_file_write(&f, "new", 3, &e), E_OK);
  put_old("old"); /* another process was faster */
  assert_int_equal(atomic_file_commit(&f, &e), E_FILE_EXISTS);
  assert_int_equal(content_now(), OLD);
  assert_int_equal(empty_folder(), 1);
}

static void abort_leaves_the_old_content(void **state) {
  (void)state;
  struct err e;
  struct atomic_file f;
  put_old("old");
  assert_int_equal(atomic_file_begin(&f, path, ATOMIC_REPLACE, 0600, &e), E_OK);
  assert_int_equal(atomic_file_write(&f, new_content, 1000, &e), E_OK);
  atomic_file_abort(&f);
  atomic_file_abort(&f);
  assert_int_equal(content_now(), OLD);
  assert_int_equal(atomic_file_write(&f, "x", 1, &e), E_BUG);
  assert_int_equal(atomic_file_commit(&f, &e), E_BUG);
  assert_int_equal(empty_folder(), 1);
}

static void a_failed_step_leaves_old_or_new(void **state) {
  (void)state;
  uint64_t steps = steps_of_a_write();
  assert_true(steps >= 8); /* create, five pieces, sync, rename, sync of the folder */
  for (int with_old = 0; with_old < 2; with_old++)
    for (int kind = IO_FAULT_ENOSPC; kind <= IO_FAULT_EIO; kind++)
      for (uint64_t n = 1; n <= steps; n++) {
        struct err e;
        empty_folder();
        if (with_old) put_old("old");
        io_fault_at((enum io_fault)kind, n);
        enum err_code code = write_new(ATOMIC_REPLACE, &e);
        io_fault_at(IO_FAULT_NONE, 0);
        bool last = n == steps; /* the file is in place, only its name may not be durable */
        assert_int_equal(code, last ? E_FILE_SYNC : kind == IO_FAULT_ENOSPC ? E_DISK_FULL : E_FILE_WRITE);
        assert_int_equal(content_now(), last ? NEW : with_old ? OLD : NOTHING);
        assert_int_equal(empty_folder(), last || with_old);
      }
}

static void a_kill_at_any_step_leaves_old_or_new(void **state) {
  (void)state;
  uint64_t steps = steps_of_a_write(), new_seen = 0, old_seen = 0;
  for (uint64_t n = 1; n <= steps + 1; n++) {
    empty_folder();
    put_old("old");
    pid_t child = fork();
    if (child == 0) {
      struct err e;
      io_fault_at(IO_FAULT_KILL, n);
      _exit(write_new(ATOMIC_REPLACE, &e) ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (n <= steps) assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    else assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    enum content c = content_now();
    assert_true(c == OLD || c == NEW);
    old_seen += c == OLD;
    new_seen += c == NEW;
    struct err e;
    assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_OK); /* what a killed process left does not stand in the way */
    assert_int_equal(content_now(), NEW);
  }
  assert_int_equal(new_seen, 2);
  assert_int_equal(old_seen, steps - 1);
  empty_folder();
}

static void the_environment_sets_the_fault(void **state) {
  (void)state;
  struct err e;
  setenv("SHIRABE_FAULT", "enospc:1", 1);
  io_fault_from_environment();
  unsetenv("SHIRABE_FAULT");
  assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_DISK_FULL);
  assert_int_equal(write_new(ATOMIC_REPLACE, &e), E_OK);
  static const char *const bad[] = {"kill", "kill:", "kill:0", "enospc:-1", "eio:x", "full:3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pid_t child = fork();
    if (child == 0) {
      close(2);
      setenv("SHIRABE_FAULT", bad[i], 1);
      io_fault_from_environment();
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 64);
  }
  empty_folder();
}

static void reading_checks_existence_kind_and_size(void **state) {
  (void)state;
  uint8_t *p = NULL;
  size_t n;
  struct err e;
  assert_int_equal(file_read(path, 10, &p, &n, &e), E_FILE_OPEN);
  assert_int_equal(file_read(folder, 10, &p, &n, &e), E_FILE_READ);
  put_old("0123456789");
  assert_int_equal(file_read(path, 9, &p, &n, &e), E_CAP_EXCEEDED);
  assert_int_equal(file_read(path, 10, &p, &n, &e), E_OK);
  assert_int_equal(n, 10);
  assert_string_equal((char *)p, "0123456789");
  free(p);
  put_old("");
  assert_int_equal(file_read(path, 0, &p, &n, &e), E_OK);
  assert_int_equal(n, 0);
  free(p);
  empty_folder();
}

static void a_pipe_is_read_up_to_the_limit(void **state) {
  (void)state;
  static const struct {
    size_t written, max;
    enum err_code code;
  } cases[] = {
      {0, 10, E_OK}, {10, 10, E_OK}, {11, 10, E_CAP_EXCEEDED}, {60000, 100000, E_OK}, {60000, 59999, E_CAP_EXCEEDED}, {5, 0, E_CAP_EXCEEDED}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int ends[2];
    char name[64];
    uint8_t *p = NULL;
    size_t n = 0;
    struct err e;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], new_content, cases[i].written), cases[i].written);
    close(ends[1]);
    snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
    assert_int_equal(file_read(name, cases[i].max, &p, &n, &e), cases[i].code);
    if (!cases[i].code) {
      assert_int_equal(n, cases[i].written);
      assert_memory_equal(p, new_content, n);
      free(p);
    }
    close(ends[0]);
  }
}

static void folders_are_made_once_and_never_over_a_file(void **state) {
  (void)state;
  struct err e;
  char deep[256];
  struct stat st;
  snprintf(deep, sizeof deep, "%s/a/b//c/", folder);
  assert_int_equal(make_directories(deep, 0700, &e), E_OK);
  assert_int_equal(make_directories(deep, 0700, &e), E_OK);
  assert_int_equal(stat(deep, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0700);
  for (const char *const *part = (const char *const[]){"a/b/c", "a/b", "a", NULL}; *part; part++) {
    snprintf(deep, sizeof deep, "%s/%s", folder, *part);
    assert_int_equal(rmdir(deep), 0);
  }
  put_old("old");
  snprintf(deep, sizeof deep, "%s/below", path);
  assert_int_equal(make_directories(deep, 0700, &e), E_FILE_WRITE);
  assert_int_equal(content_now(), OLD);
  empty_folder();
}

static void too_long_a_path_is_refused(void **state) {
  (void)state;
  char name[5000];
  struct err e;
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = 0;
  assert_int_equal(atomic_write(name, "x", 1, 0, 0600, &e), E_FILE_WRITE);
  assert_int_equal(make_directories(name, 0700, &e), E_FILE_WRITE);
  assert_int_equal(make_directories("", 0700, &e), E_FILE_WRITE);
}

/* The leftovers of a process that is gone are swept; those of one that runs, and files that only look alike, stay. */
static void only_leftovers_of_dead_processes_are_swept(void **state) {
  (void)state;
  pid_t gone = fork();
  if (gone == 0) _exit(0);
  assert_int_equal(waitpid(gone, NULL, 0), gone);
  struct {
    char name[64];
    bool stays;
  } files[] = {{"", false}, {"", true}, {"table.csv.tmp", true}, {"table.12x-1.tmp", true}, {"table.csv", true}};
  snprintf(files[0].name, sizeof files[0].name, "table.csv.%ld-3.tmp", (long)gone);
  snprintf(files[1].name, sizeof files[1].name, "table.csv.%ld-3.tmp", (long)getpid());
  char at[4096];
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(at, sizeof at, "%s/%s", folder, files[i].name);
    FILE *f = fopen(at, "w");
    assert_non_null(f);
    fclose(f);
  }
  atomic_sweep(folder);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(at, sizeof at, "%s/%s", folder, files[i].name);
    assert_int_equal(access(at, F_OK) == 0, files[i].stays);
    unlink(at);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_write_is_whole_and_leaves_nothing_beside),
      cmocka_unit_test(an_existing_file_is_not_replaced_when_new_only),
      cmocka_unit_test(abort_leaves_the_old_content),
      cmocka_unit_test(a_failed_step_leaves_old_or_new),
      cmocka_unit_test(a_kill_at_any_step_leaves_old_or_new),
      cmocka_unit_test(the_environment_sets_the_fault),
      cmocka_unit_test(reading_checks_existence_kind_and_size),
      cmocka_unit_test(a_pipe_is_read_up_to_the_limit),
      cmocka_unit_test(folders_are_made_once_and_never_over_a_file),
      cmocka_unit_test(too_long_a_path_is_refused),
      cmocka_unit_test(only_leftovers_of_dead_processes_are_swept),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
