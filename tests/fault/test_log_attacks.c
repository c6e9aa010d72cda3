/* test_log_attacks.c -- attacks on the access log by somebody who has the disk but no keys (secure.md 4.15 rows 6, 8, 16, 28), each with the
 * answer that must
 * come. Rows 9, 10, 11: tests/unit/test_verify.c, tests/golden/test_witness.sh. The table of all of them: tests/attacks_log.md. */
#include "tests/fault/store_fixture.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/store_evidence.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_job.h"

static void path_in(const char *folder, const char *name, char out[512]) { snprintf(out, 512, "%.400s/%.100s", folder, name); }
static void run_command(const char *a, const char *b, const char *c, const char *d) {
  char *argv[] = {strdup(a), strdup(b), strdup(c), strdup(d), NULL};
  pid_t pid = fork();
  if (pid == 0) _exit(execvp(argv[0], argv));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
  for (int i = 0; i < 4; i++) free(argv[i]);
}
static struct store *open_now(const char *folder, struct problems *p, struct job *job) {
  struct store *s;
  struct err error;
  *job = fixture_job(p);
  OK(store_open(job, folder, PASSPHRASE, &s, &error));
  return s;
}
static enum err_code try_open(const char *folder) {
  struct job job = fixture_job(NULL);
  struct store *s = NULL;
  struct err e;
  enum err_code code = store_open(&job, folder, PASSPHRASE, &s, &e);
  store_close(s);
  return code;
}
static void sql(const char *folder, const char *statement) {
  char path[512];
  struct db *db;
  struct err error;
  path_in(folder, "store.db", path);
  OK(db_open(path, 0, &db, &error));
  OK(db_run(db, statement, &error));
  db_close(db);
}
static void read_once(struct store *s) {
  const struct log_entry entry = {.action = "data-read", .object = "dataset:a"};
  struct err error;
  int64_t access;
  OK(store_log_intent(s, &entry, &access, &error));
  OK(store_log_outcome(s, access, &entry, true, &error));
}
static char *newest(struct store *s) {
  struct strbuf b;
  struct err error;
  strbuf_init(&b, 0);
  OK(store_log_newest(s, &b, &error));
  char *text = strdup(strbuf_cstr(&b));
  strbuf_release(&b);
  return text;
}
static void make_filled(char folder[256]) {
  struct err error;
  struct job job = fixture_job(NULL);
  fixture_folder(folder);
  OK(fixture_init(&job, folder, &error));
  for (int i = 0; i < 3; i++) {
    struct store *s = open_now(folder, NULL, &job);
    read_once(s);
    store_close(s);
  }
}

/* --- row 6: the whole store put back to yesterday's copy, keystore included --- */
static void an_old_copy_of_everything_fails_against_any_newer_checkpoint(void **state) {
  (void)state;
  char folder[256], old[300];
  struct err error;
  struct problems problems = {.n = 0};
  struct job job;
  struct witnessed w;
  make_filled(folder);
  struct store *s = open_now(folder, &problems, &job);
  char *older = newest(s);
  store_close(s);
  snprintf(old, sizeof old, "%s.old", folder);
  run_command("cp", "-a", folder, old);
  s = open_now(folder, &problems, &job);
  read_once(s);
  store_close(s);
  s = open_now(folder, &problems, &job);
  char *newer = newest(s);
  OK(store_log_against(s, "newer", str_of(newer), &error));
  OK(store_log_against(s, "older", str_of(older), &error));
  store_close(s);
  remove_tree(folder);
  assert_int_equal(rename(old, folder), 0);
  s = open_now(folder, &problems, &job); /* looks whole from inside */
  OK(store_log_against(s, "older", str_of(older), &error));
  assert_int_equal(store_log_against(s, "newer", str_of(newer), &error), E_CHECKPOINT_OUTSIDE);
  assert_int_equal(error.causes[0].code, E_LOG_ROLLED_BACK);
  OK(store_witness_last(s, &w, &error)); /* and without one: it says that nobody has seen it */
  assert_int_equal(w.size, -1);
  assert_int_equal(w.unwitnessed, access_log_size(s->log.tree));
  for (int i = 0; i < 9; i++) read_once(s); /* grown beyond the newer checkpoint: now it is a fork */
  assert_int_equal(store_log_against(s, "newer", str_of(newer), &error), E_CHECKPOINT_OUTSIDE);
  assert_int_equal(error.causes[0].code, E_LOG_FORKED);
  store_close(s);
  free(older);
  free(newer);
  remove_tree(folder);
}

/* --- row 8: both devices edited alike, every leaf canonical and in order --- */
struct leaf_list {
  struct strbuf bytes[64];
  int n;
};
static enum err_code keep(void *context, const struct log_leaf *leaf, struct err *e) {
  struct leaf_list *l = context;
  strbuf_init(&l->bytes[l->n], 0);
  return log_leaf_encode(leaf, &l->bytes[l->n++], e);
}
static void renumber(struct strbuf *b, uint64_t seq) {
  struct log_leaf leaf;
  struct err error;
  OK(log_leaf_parse(b->p, b->n, &leaf, &error));
  leaf.seq = seq;
  if (leaf.intent != UINT64_MAX && leaf.intent >= seq) leaf.intent = UINT64_MAX;
  strbuf_reset(b);
  OK(log_leaf_encode(&leaf, b, &error));
}
/* Writes the list into the table and into log2 as an attacker would, with right record hashes. */
static void write_devices(const char *folder, const struct leaf_list *l) {
  char path[512], hex_text[2 * LOG_LEAF_MAX + 1], statement[2 * LOG_LEAF_MAX + 100];
  struct strbuf file;
  struct err error;
  strbuf_init(&file, 0);
  sql(folder, "DELETE FROM log");
  for (int i = 0; i < l->n; i++) {
    uint8_t hash[32];
    hex_encode((const uint8_t *)l->bytes[i].p, l->bytes[i].n, hex_text);
    snprintf(statement, sizeof statement, "INSERT INTO log VALUES(%d, x'%s')", i, hex_text);
    sql(folder, statement);
    bytes_put_u32(&file, (uint32_t)l->bytes[i].n);
    strbuf_add(&file, l->bytes[i].p, l->bytes[i].n);
    sha256_of(l->bytes[i].p, l->bytes[i].n, hash);
    strbuf_add(&file, (const char *)hash, 32);
  }
  path_in(folder, "log2", path);
  OK(atomic_write(path, file.p, file.n, ATOMIC_REPLACE, 0600, &error));
  snprintf(statement, sizeof statement, "UPDATE meta SET value = %d WHERE key = 'log2_acknowledged'", l->n);
  sql(folder, statement);
  strbuf_release(&file);
}
/* Out of the key file: size and root before MAC and checksum (keystore.md), the checksum made to fit. */
static void take_checkpoint_out(const char *folder) {
  char path[512];
  struct err error;
  uint8_t *p;
  size_t n;
  path_in(folder, "keystore", path);
  OK(file_read(path, 1 << 20, &p, &n, &error));
  memmove(p + n - 104, p + n - 64, 32);
  sha256_of(p, n - 72, p + n - 72);
  OK(atomic_write(path, p, n - 40, ATOMIC_REPLACE, 0600, &error));
  free(p);
}
enum edit { DELETED, EDITED, SWAPPED, INSERTED, CUT, EDITS };
static void change(struct leaf_list *l, enum edit what) {
  struct log_leaf leaf;
  struct err error;
  struct strbuf kept = l->bytes[3];
  switch (what) {
    case DELETED:
    case CUT:
      strbuf_release(&l->bytes[what == CUT ? l->n - 1 : 3]);
      if (what == DELETED) memmove(&l->bytes[3], &l->bytes[4], (size_t)(l->n - 4) * sizeof kept);
      l->n--;
      break;
    case EDITED:
      OK(log_leaf_parse(kept.p, kept.n, &leaf, &error));
      leaf.rows += 1;
      strbuf_reset(&l->bytes[3]);
      OK(log_leaf_encode(&leaf, &l->bytes[3], &error));
      break;
    case SWAPPED:
      l->bytes[3] = l->bytes[4];
      l->bytes[4] = kept;
      break;
    default:
      memmove(&l->bytes[4], &l->bytes[3], (size_t)(l->n - 3) * sizeof kept);
      strbuf_init(&l->bytes[3], 0);
      strbuf_add(&l->bytes[3], kept.p, kept.n);
      l->n++;
  }
  for (int i = 0; what != CUT && i < l->n; i++) renumber(&l->bytes[i], (uint64_t)i);
}
static void the_same_edit_on_both_devices_is_betrayed_by_a_checkpoint(void **state) {
  (void)state;
  for (int what = 0; what < EDITS; what++)
    for (int forget = 0; forget < 2; forget++) {
      char folder[256];
      struct err error;
      struct job job;
      struct leaf_list l = {.n = 0};
      make_filled(folder);
      struct store *s = open_now(folder, NULL, &job);
      char *outside = newest(s);
      OK(store_log_each(s, keep, &l, &error));
      store_close(s);
      s = NULL;
      change(&l, (enum edit)what);
      write_devices(folder, &l);
      if (!forget) {
        assert_int_equal(try_open(folder), E_STORE_LOG_EDITED);
      } else { /* the checkpoints thrown away as well: the key file has seen one; without that only one kept outside can tell, and it does */
        sql(folder, "DELETE FROM checkpoint");
        assert_int_equal(try_open(folder), E_STORE_ROLLED_BACK);
        take_checkpoint_out(folder);
        assert_int_equal(try_open(folder), E_STORE_KEYSTORE_DAMAGED); /* its MAC covers it */
        job = fixture_job(NULL);
        OK(store_open_locked(&job, folder, &s, &error));
        enum err_code seen = store_log_against(s, "outside", str_of(outside), &error);
        assert_int_equal(seen, E_CHECKPOINT_OUTSIDE);
        store_close(s);
      }
      for (int i = 0; i < l.n; i++) strbuf_release(&l.bytes[i]);
      free(outside);
      remove_tree(folder);
    }
}

/* --- row 16: the log cannot be written --- */
static void a_log_file_that_is_something_else_keeps_the_store_closed(void **state) {
  (void)state;
  static const char *const kinds[] = {"folder", "symlink", "fifo", "missing", "dangling"};
  for (int kind = 0; kind < 5; kind++) {
    char folder[256], path[512], away[512];
    make_filled(folder);
    path_in(folder, "log2", path);
    path_in(folder, "log2.away", away);
    assert_int_equal(rename(path, away), 0);
    if (kind == 0) assert_int_equal(mkdir(path, 0700), 0);
    if (kind == 1) assert_int_equal(symlink(away, path), 0); /* even to the right bytes */
    if (kind == 2) assert_int_equal(mkfifo(path, 0600), 0);
    if (kind == 4) assert_int_equal(symlink("/nonexistent/log2", path), 0);
    enum err_code code = try_open(folder);
    if (code != E_FILE_OPEN) fail_msg("%s: %s", kinds[kind], err_name(code));
    unlink(path);
    rmdir(path);
    assert_int_equal(rename(away, path), 0);
    assert_int_equal(try_open(folder), E_OK); /* no harm done */
    remove_tree(folder);
  }
}
/* While it is open: the disk breaks or fills at every durable step of an intent. Access is refused; closing still works when the disk is only
 * full. */
static void a_failing_disk_refuses_access_and_lets_the_store_be_sealed(void **state) {
  (void)state;
  static const enum io_fault faults[] = {IO_FAULT_EIO, IO_FAULT_ENOSPC};
  const struct log_entry entry = {.action = "data-read", .object = "dataset:a"};
  int refused_times = 0;
  for (int f = 0; f < 2; f++)
    for (uint64_t n = 1; n < 100; n++) {
      char folder[256];
      struct err error;
      struct problems problems = {.n = 0};
      struct job job;
      int64_t access;
      make_filled(folder);
      struct store *s = open_now(folder, &problems, &job);
      io_fault_at(faults[f], n);
      enum err_code code = store_log_intent(s, &entry, &access, &error);
      bool reached = io_fault_count() >= n;
      io_fault_at(IO_FAULT_NONE, 0);
      if (reached) assert_int_equal(code, E_STORE_LOG_WRITE);
      if (reached) assert_int_equal(access, -1);
      refused_times += reached;
      problems.n = 0;
      store_close(s);
      assert_int_equal(problems.n, 0); /* sealed: the key-seal leaf was written */
      assert_int_equal(try_open(folder), E_OK);
      remove_tree(folder);
      if (!reached) break;
    }
  assert_true(refused_times >= 6);
}
/* A real file system, 3 MiB, filled to the last block: needs the right to mount. */
static void a_full_disk_refuses_access_and_lets_the_store_be_sealed(void **state) {
  (void)state;
  char folder[256], inner[300], ballast[300];
  struct err error;
  struct problems problems = {.n = 0};
  const struct log_entry entry = {.action = "data-read", .object = "dataset:a"};
  int64_t access;
  static char block[4096];
  fixture_folder(folder);
  if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=3m") != 0) {
    rmdir(folder);
    skip();
  }
  snprintf(inner, sizeof inner, "%s/office", folder);
  snprintf(ballast, sizeof ballast, "%s/ballast", folder);
  struct job job = fixture_job(&problems);
  OK(fixture_init(&job, inner, &error));
  struct store *s = open_now(inner, &problems, &job);
  int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  while (write(fd, block, sizeof block) > 0) {}
  close(fd);
  enum err_code code = E_OK;
  for (int i = 0; i < 200 && !code; i++) code = store_log_intent(s, &entry, &access, &error); /* what fits into begun blocks is written, rightly */
  assert_int_equal(code, E_STORE_LOG_WRITE);
  assert_int_equal(error.causes[error.n_causes - 1].code, E_DISK_FULL);
  problems.n = 0;
  store_close(s);
  assert_int_equal(problems.n, 0); /* the reserve was there for this */
  assert_int_equal(unlink(ballast), 0);
  s = open_now(inner, &problems, &job);
  struct store_verify_report report;
  OK(store_verify(s, false, &report, &error));
  assert_int_equal(report.problems, 0);
  store_close(s);
  /* the same medium turned read-only: nothing opens, nothing is lost */
  assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, "size=3m"), 0);
  assert_int_not_equal(try_open(inner), E_OK);
  assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, "size=3m"), 0);
  assert_int_equal(try_open(inner), E_OK);
  assert_int_equal(umount(folder), 0);
  rmdir(folder);
}

/* --- row 28: guessing details --- */
static bool committed(const uint8_t commitment[32], const char *salt, size_t salt_n, const char *text) {
  uint8_t digest[32];
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, salt, salt_n);
  sha256_add(&h, text, strlen(text));
  sha256_end(&h, digest);
  return memcmp(digest, commitment, 32) == 0;
}
static void no_municipality_code_can_be_guessed_from_a_leaf(void **state) {
  (void)state;
  uint8_t *p, key[32], salt[32];
  size_t n;
  struct err error;
  struct log_leaf leaf = {.action = 33, .result = LOG_INTENT, .intent = UINT64_MAX};
  struct strbuf sealed, detail;
  static const char zeros[32];
  int tried = 0, guessed = 0, right = 0;
  strbuf_init(&sealed, 0);
  strbuf_init(&detail, 0);
  random_bytes(key, 32);
  OK(log_detail_seal(key, "row", STR("131016"), &leaf, &sealed, &error));
  OK(log_detail_salt(key, "row", sealed.p, sealed.n, &leaf, salt, &detail, &error));
  OK(file_read("forms/codelists/municipalities.csv", 1 << 22, &p, &n, &error));
  struct str rest = str_view((const char *)p, n);
  char last[8] = "";
  (void)str_split(rest, '\n', &rest);
  while (rest.n > 0) {
    struct str line = str_split(rest, '\n', &rest), more, code = str_split(line, ',', &more);
    char text[8];
    if (code.n != 6) continue;
    snprintf(text, sizeof text, "%.6s", code.p);
    if (strcmp(text, last) == 0) continue; /* the same place at another time */
    memcpy(last, text, sizeof text);
    tried++;
    /* all an attacker with the log has: the commitment, the leaf's own public bytes, the sealed row */
    guessed += committed(leaf.detail_commitment, NULL, 0, text) || committed(leaf.detail_commitment, zeros, 32, text) ||
               committed(leaf.detail_commitment, sealed.p, 32, text) || committed(leaf.detail_commitment, sealed.p + sealed.n - 32, 32, text);
    right += committed(leaf.detail_commitment, (const char *)salt, 32, text);
  }
  assert_true(tried >= 1741);
  assert_int_equal(guessed, 0);
  assert_int_equal(right, 1); /* with the salt it is found at once: so the test would see a guess */
  /* the same detail twice gives two commitments: nothing can be told from equal values either */
  uint8_t first[32];
  memcpy(first, leaf.detail_commitment, 32);
  strbuf_reset(&sealed);
  OK(log_detail_seal(key, "row", STR("131016"), &leaf, &sealed, &error));
  assert_memory_not_equal(first, leaf.detail_commitment, 32);
  free(p);
  strbuf_release(&sealed);
  strbuf_release(&detail);
}

/* --- duties of 4.5 --- */
static int64_t late_clock(void *context) { return 1767225600 + *(int64_t *)context; }
static int64_t count_checkpoints(struct store *s) {
  struct db_statement *q;
  struct err error;
  bool row;
  OK(db_prepare(s->db, "SELECT count(*) FROM checkpoint", &q, &error));
  OK(db_step(q, &row, &error));
  int64_t n = db_int(q, 0);
  db_reset(q);
  return n;
}
static void checkpoints_follow_packages_and_every_fifteen_minutes(void **state) {
  (void)state;
  char folder[256];
  struct err error;
  struct store *s;
  int64_t now = 0;
  make_filled(folder);
  struct job job = fixture_job(NULL);
  job.clock = late_clock;
  job.clock_context = &now;
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  int64_t n = count_checkpoints(s);
  read_once(s);
  OK(store_log_tick(s, &error));
  assert_int_equal(count_checkpoints(s), n); /* nothing is due */
  const struct log_entry build = {.action = "package-build", .object = "package:p-1"};
  int64_t access;
  OK(store_log_intent(s, &build, &access, &error));
  assert_int_equal(count_checkpoints(s), n);
  OK(store_log_outcome(s, access, &build, true, &error));
  assert_int_equal(count_checkpoints(s), n + 1);
  read_once(s);
  now = 14 * 60;
  OK(store_log_tick(s, &error));
  assert_int_equal(count_checkpoints(s), n + 1);
  now = 15 * 60;
  OK(store_log_tick(s, &error)); /* an idle session: leaves wait for no leaf after them */
  assert_int_equal(count_checkpoints(s), n + 2);
  now = 40 * 60;
  OK(store_log_tick(s, &error)); /* the log has not grown */
  assert_int_equal(count_checkpoints(s), n + 2);
  read_once(s); /* a busy one: the outcome brings it */
  assert_int_equal(count_checkpoints(s), n + 3);
  store_close(s);
  remove_tree(folder);
}

/* A program runs on while its intent is the last leaf of the log: the store signs all the same. Each look at the clock is a minute later. */
static int64_t running_clock(void *context) {
  int64_t *calls = context;
  return fixture_clock(NULL) + 60 * ++*calls;
}
static void a_long_job_signs_every_fifteen_minutes(void **state) {
  (void)state;
  char folder[256];
  struct err error;
  struct store *s;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t calls = 0, shard;
  const char *const columns[] = {"weight"};
  char *const argv[] = {"sleep", "7", NULL};
  struct store_job_result *result = calloc(1, sizeof *result);
  make_filled(folder);
  struct job job = fixture_job(NULL);
  job.arena = a;
  job.clock = running_clock;
  job.clock_context = &calls;
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  fixture_table(a, 10, &t);
  OK(fixture_write(s, &t, "b9", 9, &shard, &error));
  const struct store_job_spec spec = {.key = fixture_key, .columns = columns, .n_columns = 1, .purpose = "32-i", .grant = "", .program = "/bin/sleep",
      .argv = argv, .limits = {.wall_seconds = 60}};
  int64_t n = count_checkpoints(s);
  enum err_code code = store_job_run(s, &spec, result, &error);
  if (code == E_SANDBOX_START) skip(); /* a machine that starts no worker */
  assert_int_equal(code, E_OK);
  /* some 28 looks in 7 seconds; the commit of the outputs signs one more */
  assert_true(count_checkpoints(s) >= n + 2);
  struct keystore_public p;
  char path[512];
  path_in(folder, "keystore", path);
  OK(keystore_peek(path, &p, &error));
  assert_true(p.log_size > 0);
  store_close(s);
  free(result);
  arena_free(a);
  remove_tree(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_old_copy_of_everything_fails_against_any_newer_checkpoint),
      cmocka_unit_test(the_same_edit_on_both_devices_is_betrayed_by_a_checkpoint),
      cmocka_unit_test(a_log_file_that_is_something_else_keeps_the_store_closed),
      cmocka_unit_test(a_failing_disk_refuses_access_and_lets_the_store_be_sealed),
      cmocka_unit_test(a_full_disk_refuses_access_and_lets_the_store_be_sealed),
      cmocka_unit_test(no_municipality_code_can_be_guessed_from_a_leaf),
      cmocka_unit_test(checkpoints_follow_packages_and_every_fifteen_minutes),
      cmocka_unit_test(a_long_job_signs_every_fifteen_minutes),
  };
  if (!crypto_start()) return 70;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
