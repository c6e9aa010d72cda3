/* test_spill.c -- row 19: SQLite sorts, groups, joins and vacuums beyond its cache without a temporary file: what does not fit stays in memory. The
 * store keeps no answer in SQLite; this shows that even the working data of a query would not reach a disk. Descriptors are looked at while the work
 * goes on, since SQLite unlinks its temporary files at once. tests/golden/test_plain_writes.sh looks at the same by strace. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ext_sqlite.h"
#include "tests/fault/leak_scan.h"

static void must(enum err_code code, const struct err *e) {
  char text[1024];
  if (code) err_format(e, LANG_EN, text, sizeof text), fprintf(stderr, "%s\n", text);
  assert_int_equal(code, E_OK);
}
#define RUN(sql) must(db_run(db, sql, &e), &e)

/* Files that are open beyond the database and its side files. */
static int temporary_files(const char *folder) {
  int n = 0;
  DIR *d = opendir("/proc/self/fd");
  for (struct dirent *entry; d && (entry = readdir(d));) {
    char path[300], target[512];
    snprintf(path, sizeof path, "/proc/self/fd/%.200s", entry->d_name);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0) continue;
    target[length] = 0;
    bool ours = strstr(target, "/store.db") != NULL, file = target[0] == '/' && strncmp(target, "/dev/", 5) != 0 && strncmp(target, "/proc/", 6) != 0;
    if (file && !ours && (strstr(target, "etilqs") || strstr(target, "(deleted)") || strstr(target, folder))) n++;
  }
  if (d) closedir(d);
  return n;
}
static int64_t step_through(struct db *db, const char *sql, const char *folder) {
  struct db_statement *q;
  struct err e;
  bool row;
  int64_t n = 0;
  must(db_prepare(db, sql, &q, &e), &e);
  for (must(db_step(q, &row, &e), &e); row; must(db_step(q, &row, &e), &e))
    if (n++ % 4096 == 0) assert_int_equal(temporary_files(folder), 0);
  return n;
}
static void row19_sorts_and_joins_stay_in_memory(void **state) {
  (void)state;
  struct db *db;
  struct err e;
  struct leak_scan scan = {.to = stderr};
  char folder[64] = "/tmp/shirabe-spill-XXXXXX", path[128];
  assert_non_null(mkdtemp(folder));
  setenv("TMPDIR", folder, 1);
  setenv("SQLITE_TMPDIR", folder, 1);
  snprintf(path, sizeof path, "%s/store.db", folder);
  must(db_open(path, DB_CREATE, &db, &e), &e);
  RUN("PRAGMA cache_size=10"); /* forty kilobytes, for twenty megabytes of rows */
  RUN("PRAGMA cache_spill=1");
  RUN("CREATE TABLE ledger(n INTEGER PRIMARY KEY, pad BLOB)"); /* what the database itself may hold */
  RUN("INSERT INTO ledger WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) SELECT n, zeroblob(200) FROM c");
  RUN("CREATE TEMP TABLE work AS SELECT n, '東雲紫苑之助' || (n * 7919 % 20000) AS name, zeroblob(700) AS pad FROM main.ledger");
  assert_int_equal(step_through(db, "SELECT name, pad FROM work ORDER BY name DESC", folder), 20000);
  assert_int_equal(step_through(db, "SELECT name, count(*), max(pad) FROM work GROUP BY name", folder), 20000);
  assert_int_equal(step_through(db, "SELECT DISTINCT name || pad FROM work", folder), 20000);
  assert_int_equal(step_through(db, "SELECT a.name, b.pad FROM work a JOIN work b ON a.name = b.name ORDER BY b.name", folder), 20000);
  RUN("CREATE INDEX temp.by_name ON work(name)");
  RUN("DELETE FROM ledger WHERE n % 2");
  RUN("VACUUM");
  assert_int_equal(temporary_files(folder), 0);
  assert_true(leak_plant_text(&scan, "東雲紫苑之助"));
  assert_true(leak_scan_folder(&scan, folder));
  assert_int_equal(scan.hits, 0);
  assert_true(scan.files >= 1 && scan.bytes > 1000000); /* it did look, while everything is open */
  db_close(db);
  leak_scan_release(&scan);
  const char *const sides[] = {"", "-wal", "-shm"};
  for (int i = 0; i < 3; i++) {
    char side[160];
    snprintf(side, sizeof side, "%s%s", path, sides[i]);
    unlink(side);
  }
  assert_int_equal(rmdir(folder), 0); /* and nothing else was made in it */
}
/* The test of the test: with the setting that SQLite comes with, the same work does make temporary files. */
static void without_our_setting_a_file_is_seen(void **state) {
  (void)state;
  struct db *db;
  struct err e;
  char folder[64] = "/tmp/shirabe-spill-XXXXXX", path[128];
  assert_non_null(mkdtemp(folder));
  setenv("TMPDIR", folder, 1);
  setenv("SQLITE_TMPDIR", folder, 1);
  snprintf(path, sizeof path, "%s/store.db", folder);
  must(db_open(path, DB_CREATE, &db, &e), &e);
  RUN("PRAGMA temp_store=FILE");
  RUN("PRAGMA cache_size=10");
  RUN("CREATE TABLE ledger(n INTEGER PRIMARY KEY)");
  RUN("CREATE TEMP TABLE work(name TEXT, pad BLOB)");
  RUN("INSERT INTO work WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n, zeroblob(700) FROM c");
  assert_true(temporary_files(folder) > 0);
  db_close(db);
  const char *const sides[] = {"", "-wal", "-shm"};
  for (int i = 0; i < 3; i++) {
    char side[160];
    snprintf(side, sizeof side, "%s%s", path, sides[i]);
    unlink(side);
  }
  rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(row19_sorts_and_joins_stay_in_memory),
      cmocka_unit_test(without_our_setting_a_file_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
