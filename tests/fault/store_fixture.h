/* store_fixture.h -- a light store in a fresh temporary folder, and a table with every column type, for the tests of the store. */
#ifndef SHIRABE_TESTS_FAULT_STORE_FIXTURE_H
#define SHIRABE_TESTS_FAULT_STORE_FIXTURE_H
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/store.h"

#define PASSPHRASE "correct horse battery"
#define UNUSED __attribute__((unused))

static int64_t UNUSED fixture_clock(void *context) {
  (void)context;
  return 1767225600; /* 2026-01-01 */
}

struct problems {
  int n;
  enum err_code last, code[64];
  char subject[ERR_TEXT_BYTES], found[ERR_TEXT_BYTES];
};
static void UNUSED note_problem(void *context, const struct err *e) {
  struct problems *p = context;
  if (p->n < 64) p->code[p->n] = e->code;
  p->n++;
  p->last = e->code;
  snprintf(p->subject, sizeof p->subject, "%s", e->subject);
  snprintf(p->found, sizeof p->found, "%s", e->found);
}
static bool UNUSED had_problem(const struct problems *p, enum err_code code) {
  for (int i = 0; i < p->n && i < 64; i++)
    if (p->code[i] == code) return true;
  return false;
}

static struct job UNUSED fixture_job(struct problems *p) {
  return (struct job){.lang = LANG_EN, .n_threads = 1, .clock = fixture_clock, .problem = p ? note_problem : NULL, .problem_context = p};
}

static void UNUSED fixture_folder(char out[256]) {
  const char *base = getenv("TMPDIR");
  if (!base && access("/dev/shm", W_OK) == 0) base = "/dev/shm";
  int n = snprintf(out, 240, "%s/shirabe-test-", base ? base : "/tmp");
  memset(out + n, 'X', 6);
  out[n + 6] = 0;
  assert_non_null(mkdtemp(out));
}

static void UNUSED remove_tree(const char *path) {
  DIR *d = opendir(path);
  char child[4096];
  for (struct dirent *entry; d && (entry = readdir(d));) {
    struct stat st;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(child, sizeof child, "%.3800s/%.255s", path, entry->d_name);
    if (lstat(child, &st) == 0 && S_ISDIR(st.st_mode)) remove_tree(child);
    else unlink(child);
  }
  if (d) closedir(d);
  rmdir(path);
}

static const struct office fixture_office = {.type = OFFICE_MUNICIPALITY, .code = "011002", .name_ja = "札幌市"};

static enum err_code UNUSED fixture_init(const struct job *job, const char *folder, struct err *e) {
  return store_init(job, folder, &fixture_office, PASSPHRASE, "light", e);
}

static void UNUSED show(const struct err *e) {
  char text[2048];
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
}
#define OK(call)                                                    \
  do {                                                              \
    enum err_code ok_code_ = (call);                                \
    if (ok_code_) show(&error);                                     \
    if (ok_code_) fprintf(stderr, "%s:%d\n", __FILE__, __LINE__);   \
    assert_int_equal(ok_code_, E_OK);                               \
  } while (0)

enum { FIXTURE_COLUMNS = 6 };
static const uint8_t fixture_parts[FIXTURE_COLUMNS] = {PART_ANSWER, PART_ANSWER, PART_ANSWER, PART_ID, PART_ANSWER, PART_PARADATA};
static const struct dataset_key fixture_key = {"vital", "birth", "2025-12", "received"};

/* Values that depend on the row only; every kind of missing occurs. */
static void UNUSED fixture_table(struct arena *a, int64_t n, struct table *t) {
  static const char *const names[] = {"東山 こずえ", "ｽｽﾞｷ ﾊﾅｺ", "", "O'Neil", "渡邉 髙志"};
  struct err error;
  const struct column columns[FIXTURE_COLUMNS] = {
      {.name = "weight", .type = COL_INT, .unit = "g"},
      {.name = "income", .type = COL_INT, .decimals = 2, .unit = "yen"},
      {.name = "sex", .type = COL_CODE, .unit = "", .dict = dict_new(a)},
      {.name = "name", .type = COL_TEXT, .unit = "", .dict = dict_new(a)},
      {.name = "born", .type = COL_INT, .unit = "", .is_date = true},
      {.name = "score", .type = COL_REAL, .unit = ""},
  };
  OK(table_init(t, a, columns, FIXTURE_COLUMNS, n, &error));
  t->n_rows = n;
  for (int64_t i = 0; i < n; i++) {
    for (int k = 0; k < FIXTURE_COLUMNS; k++) t->columns[k].status[i] = (uint8_t)((i * 7 + k) % 11 == 0 ? (i + k) % VAL_STATUS_COUNT : VAL_REPORTED);
    t->columns[0].i64[i] = value_present(t->columns[0].status[i]) ? 2000 + i % 3000 : 0;
    t->columns[1].i64[i] = value_present(t->columns[1].status[i]) ? (i % 2 ? -1 : 1) * i * 123456789 : 0;
    t->columns[2].code[i] = dict_add(t->columns[2].dict, i % 3 ? STR("1") : STR("2"));
    t->columns[3].code[i] = dict_add(t->columns[3].dict, str_of(names[i % 5]));
    t->columns[4].i64[i] = value_present(t->columns[4].status[i]) ? 20000 + i % 31 : 0;
    t->columns[5].real[i] = value_present(t->columns[5].status[i]) ? (double)i / 7.0 : 0.0;
  }
}

static enum err_code UNUSED fixture_write_in(struct store *s, const struct table *t, const char *batch, int64_t sequence, int64_t *shard,
                                             struct err *e) {
  struct shard_write *w = NULL;
  TRY(store_shard_begin(s, &fixture_key, "", batch, "municipality-011002", sequence, &w, e));
  enum err_code code = store_shard_append(w, t, fixture_parts, 0, t->n_rows, e);
  if (code) {
    store_shard_abort(w);
    return code;
  }
  return store_shard_end(w, shard, e);
}

static enum err_code UNUSED fixture_write(struct store *s, const struct table *t, const char *batch, int64_t sequence, int64_t *shard,
                                          struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = fixture_write_in(s, t, batch, sequence, shard, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

static enum err_code UNUSED fixture_read(struct store *s, int64_t shard, struct arena *a, struct table *out, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received", .purpose = "test"};
  int64_t access;
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = store_shard_read(s, shard, access, NULL, 0, a, out, e);
  struct err second;
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, &second);
  return code ? code : logged;
}

static void UNUSED assert_same_table(const struct table *a, const struct table *b) {
  assert_int_equal(a->n_rows, b->n_rows);
  assert_int_equal(a->n_columns, b->n_columns);
  for (int k = 0; k < a->n_columns; k++) {
    const struct column *x = &a->columns[k], *y = &b->columns[k];
    assert_string_equal(x->name, y->name);
    assert_string_equal(x->unit, y->unit);
    assert_true(x->type == y->type && x->decimals == y->decimals && x->is_date == y->is_date);
    assert_memory_equal(x->status, y->status, (size_t)a->n_rows);
    for (int64_t i = 0; i < a->n_rows; i++) {
      if (!value_present(x->status[i])) continue;
      if (x->type == COL_INT) assert_int_equal(x->i64[i], y->i64[i]);
      else if (x->type == COL_REAL) assert_memory_equal(&x->real[i], &y->real[i], sizeof(double));
      else assert_true(str_eq(dict_text(x->dict, x->code[i]), dict_text(y->dict, y->code[i])));
    }
  }
}
#endif
