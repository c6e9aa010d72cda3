/* test_ext_sqlite.c -- the database as the ledger needs it: settings, errors by kind, statements, and faults below it. */
#include "tests/fault/store_fixture.h"

#include <fcntl.h>

#include "base/atomic_file.h"
#include "base/ext_sqlite.h"

struct place {
  char folder[256], path[300];
};
static struct place make(void) {
  struct place p;
  fixture_folder(p.folder);
  snprintf(p.path, sizeof p.path, "%s/test.db", p.folder);
  return p;
}

static struct db *open_new(const struct place *p) {
  struct err error;
  struct db *db;
  OK(db_open(p->path, DB_CREATE, &db, &error));
  return db;
}

static int64_t number(struct db *db, const char *sql) {
  struct err error;
  struct db_statement *q;
  bool row;
  OK(db_prepare(db, sql, &q, &error));
  OK(db_step(q, &row, &error));
  assert_true(row);
  int64_t v = db_int(q, 0);
  db_reset(q);
  return v;
}

static void opened_with_the_promised_settings(void **state) {
  (void)state;
  static const struct {
    const char *pragma;
    int64_t value;
  } cases[] = {{"PRAGMA synchronous", 2}, {"PRAGMA foreign_keys", 1},   {"PRAGMA temp_store", 2},      {"PRAGMA secure_delete", 1},
               {"PRAGMA trusted_schema", 0}, {"PRAGMA cell_size_check", 1}};
  struct err error;
  struct place p = make();
  struct db *db = open_new(&p);
  struct db_statement *q;
  bool row;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(number(db, cases[i].pragma), cases[i].value);
  OK(db_prepare(db, "PRAGMA journal_mode", &q, &error));
  OK(db_step(q, &row, &error));
  assert_true(str_eq(db_text(q, 0), STR("wal")));
  db_reset(q);
  assert_int_not_equal(db_run(db, "PRAGMA writable_schema=ON; CREATE TABLE t(a); DELETE FROM sqlite_schema", &error), E_OK); /* defensive */
  assert_int_not_equal(db_run(db, "SELECT load_extension('x')", &error), E_OK);
  assert_int_not_equal(db_run(db, "SELECT \"no such column\" FROM (SELECT 1)", &error), E_OK); /* a double-quoted name is never text */
  db_close(db);
  remove_tree(p.folder);
}

static void values_return_as_bound(void **state) {
  (void)state;
  struct err error;
  struct place p = make();
  struct db *db = open_new(&p);
  struct db_statement *q, *again;
  bool row;
  OK(db_run(db, "CREATE TABLE t(i INTEGER, t TEXT, b BLOB, n)", &error));
  OK(db_prepare(db, "INSERT INTO t VALUES(?1, ?2, ?3, ?4)", &q, &error));
  db_bind_int(q, 1, INT64_MIN);
  db_bind_text(q, 2, STR("調べ\0x"));
  db_bind_blob(q, 3, "\0\1\2", 3);
  db_bind_null(q, 4);
  OK(db_execute(q, &error));
  assert_int_equal(db_changes(db), 1);
  assert_int_equal(db_last_id(db), 1);
  OK(db_prepare(db, "INSERT INTO t VALUES(?1, ?2, ?3, ?4)", &again, &error));
  assert_ptr_equal(q, again); /* cached by text, bindings cleared */
  OK(db_execute(again, &error));
  OK(db_prepare(db, "SELECT i, t, b, n FROM t ORDER BY rowid", &q, &error));
  OK(db_step(q, &row, &error));
  assert_int_equal(db_int(q, 0), INT64_MIN);
  assert_true(str_eq(db_text(q, 1), STR("調べ\0x")));
  assert_true(str_eq(db_blob(q, 2), STR("\0\1\2")));
  assert_true(db_is_null(q, 3));
  OK(db_step(q, &row, &error));
  assert_true(row && db_is_null(q, 0));
  OK(db_step(q, &row, &error));
  assert_false(row);
  OK(db_prepare(db, "SELECT 1 WHERE ?1 > 0", &q, &error));
  db_bind_int(q, 9, 1); /* no such parameter */
  assert_int_equal(db_step(q, &row, &error), E_DB);
  db_close(db);
  remove_tree(p.folder);
}

static void transactions_commit_whole_or_not_at_all(void **state) {
  (void)state;
  struct err error;
  struct place p = make();
  struct db *db = open_new(&p);
  OK(db_run(db, "CREATE TABLE t(a PRIMARY KEY)", &error));
  OK(db_begin(db, &error));
  OK(db_run(db, "INSERT INTO t VALUES(1)", &error));
  assert_int_equal(db_run(db, "INSERT INTO t VALUES(1)", &error), E_DB);
  db_rollback(db);
  db_rollback(db); /* nothing open: harmless */
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
  OK(db_begin(db, &error));
  OK(db_run(db, "INSERT INTO t VALUES(1)", &error));
  OK(db_commit(db, &error));
  OK(db_begin(db, &error));
  OK(db_run(db, "INSERT INTO t VALUES(2)", &error));
  db_close(db); /* rolls back */
  db = open_new(&p);
  assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
  db_close(db);
  remove_tree(p.folder);
}

static void errors_are_told_apart(void **state) {
  (void)state;
  struct err error;
  struct place p = make();
  struct db *db = NULL, *other;
  assert_int_equal(db_open(p.path, 0, &db, &error), E_FILE_OPEN); /* not created unless asked */
  assert_null(db);
  OK(atomic_write(p.path, "this is no database, however long it is said to be....................................................", 100, 0, 0600,
                  &error));
  assert_int_equal(db_open(p.path, 0, &db, &error), E_DB_DAMAGED);
  unlink(p.path);
  db = open_new(&p);
  OK(db_run(db, "CREATE TABLE t(a); CREATE TABLE u(a REFERENCES t(rowid))", &error));
  OK(db_open(p.path, DB_READ_ONLY, &other, &error));
  assert_int_equal(db_run(other, "INSERT INTO t VALUES(1)", &error), E_DB);
  db_close(other);
  assert_int_equal(db_run(db, "INSERT INTO nowhere VALUES(1)", &error), E_DB);
  assert_true(strstr(error.found, "no such table") != NULL);
  db_close(db);
  remove_tree(p.folder);
}

static void damaged_page_is_an_error_not_a_result(void **state) {
  (void)state;
  struct err error;
  struct place p = make();
  struct db *db = open_new(&p);
  struct db_statement *q;
  bool row = true;
  OK(db_run(db, "CREATE TABLE t(a); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) INSERT INTO t SELECT x || 'some "
                "text' FROM c", &error));
  db_close(db);
  int fd = open(p.path, O_WRONLY);
  assert_true(fd >= 0);
  char zeros[4096] = {0};
  assert_int_equal(pwrite(fd, zeros, sizeof zeros, 2 * 4096), (ssize_t)sizeof zeros);
  close(fd);
  enum err_code code = db_open(p.path, 0, &db, &error);
  if (!code) code = db_prepare(db, "SELECT a FROM t", &q, &error);
  while (!code && row) code = db_step(q, &row, &error);
  assert_int_equal(code, E_DB_DAMAGED);
  db_close(db);
  remove_tree(p.folder);
}

/* Each write, sync and truncation below SQLite fails once: the commit is then refused or whole, and a full disk is called a full disk. */
static void faults_reach_the_database(void **state) {
  (void)state;
  static const struct {
    enum io_fault kind;
    enum err_code expected;
  } kinds[] = {{IO_FAULT_ENOSPC, E_DISK_FULL}, {IO_FAULT_EIO, E_DB}};
  for (int k = 0; k < 2; k++) {
    int failed = 0;
    for (uint64_t n = 1;; n++) {
      struct err error;
      struct place p = make();
      struct db *db = open_new(&p);
      OK(db_run(db, "CREATE TABLE t(a)", &error));
      io_fault_at(kinds[k].kind, n);
      enum err_code code = db_run(db, "INSERT INTO t VALUES(zeroblob(20000))", &error);
      bool reached = io_fault_count() >= n;
      io_fault_at(IO_FAULT_NONE, 0);
      if (code) assert_int_equal(code, kinds[k].expected);
      if (code) failed++;
      db_rollback(db);
      assert_int_equal(number(db, "SELECT count(*) FROM t"), code ? 0 : 1);
      db_close(db);
      db = open_new(&p);
      assert_true(number(db, "SELECT count(*) FROM t") == (code ? 0 : 1));
      db_close(db);
      remove_tree(p.folder);
      if (!reached) break;
    }
    assert_true(failed >= 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(opened_with_the_promised_settings), cmocka_unit_test(values_return_as_bound),
      cmocka_unit_test(transactions_commit_whole_or_not_at_all), cmocka_unit_test(errors_are_told_apart),
      cmocka_unit_test(damaged_page_is_an_error_not_a_result), cmocka_unit_test(faults_reach_the_database),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
