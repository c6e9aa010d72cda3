/* disposal_fixture.h -- a light store with officers and a survey `shop` that is no fundamental statistic: shop/sales/2020-12 with 70 and 40 rows,
 * shop/stock/2020-12
 * in the same packs, and vital/birth/2025-12, which is fundamental. Retention of shop/sales is over; its rows hold a marker that must not be found
 *          afterwards. */
#ifndef SHIRABE_TESTS_UNIT_DISPOSAL_FIXTURE_H
#define SHIRABE_TESTS_UNIT_DISPOSAL_FIXTURE_H
#include "tests/unit/rights_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/disposal/medium.h"

#define SALES "shop/sales/2020-12"
#define STOCK "shop/stock/2020-12"
static const struct dataset_key sales_key = {"shop", "sales", "2020-12", "received"}, stock_key = {"shop", "stock", "2020-12", "received"};
static const char survey_json[] =
    "{ \"survey\": \"%s\", \"code\": \"00000000\", \"title_ja\": \"商店\", \"title_en\": \"Shops\", \"law\": \"example\", \"levels\": [\"ministry\"],"
    " \"due_days\": [10], \"query_days\": [7], \"retention_class\": \"%s\", \"forms\": [\"sales\"], \"source\": \"example\" }\n";

static void UNUSED put_survey(const char *forms, const char *survey, const char *class) {
  char path[512], text[1024];
  struct err error;
  snprintf(path, sizeof path, "%.400s/library/%s", forms, survey);
  OK(make_directories(path, 0700, &error));
  snprintf(path, sizeof path, "%.400s/library/%s/survey.json", forms, survey);
  snprintf(text, sizeof text, survey_json, survey, class);
  OK(atomic_write(path, text, strlen(text), 0, 0600, &error));
}
static void UNUSED fixture_forms(const char *folder) {
  char forms[400];
  snprintf(forms, sizeof forms, "%.300s-forms", folder);
  put_survey(forms, "shop", "short");
  put_survey(forms, "vital", "fundamental_statistics");
  setenv("SHIRABE_FORMS", forms, 1);
}
static void UNUSED drop_forms(void) { remove_tree(getenv("SHIRABE_FORMS")); }

/* A shard whose text column holds a marker per row, hard to compress away. */
static enum err_code UNUSED write_marked(struct store *s, const struct dataset_key *key, const char *batch, int64_t sequence, int64_t n,
    struct err *e) {
  struct arena *a = arena_new(0);
  struct table t;
  struct shard_write *w = NULL;
  int64_t shard;
  fixture_table(a, n, &t);
  for (int64_t i = 0; i < n; i++) {
    char text[64];
    snprintf(text, sizeof text, "marker-%s-%lld", key->form, (long long)i);
    t.columns[3].status[i] = VAL_REPORTED;
    t.columns[3].code[i] = dict_add(t.columns[3].dict, str_of(text));
  }
  enum err_code code = store_shard_begin(s, key, "", batch, "municipality-011002", sequence, &w, e);
  if (!code) code = store_shard_append(w, &t, fixture_parts, 0, n, e);
  if (code) store_shard_abort(w);
  else code = store_shard_end(w, &shard, e);
  arena_free(a);
  return code;
}
/* Sales and stock share both packs; a second sales shard follows. */
static enum err_code UNUSED write_shop(struct store *s, struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = write_marked(s, &sales_key, "batch-1", 1, 70, e);
  if (!code) code = write_marked(s, &stock_key, "batch-1", 1, 50, e);
  if (!code) code = store_commit(s, e);
  if (!code) code = store_begin(s, e);
  if (!code) code = write_marked(s, &sales_key, "batch-2", 2, 40, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

/* Rows of a dataset; -1 when they cannot be read, with the reason. */
static int64_t UNUSED rows_of(struct store *s, const struct dataset_key *key, const char *column, enum err_code *why) {
  struct err error = {.code = E_OK};
  struct arena *a = arena_new(0);
  struct shard *shards;
  const struct log_entry entry = {.action = "data-read", .object = "test", .purpose = "test"};
  int64_t n = 0, rows = 0, access;
  OK(store_log_intent(s, &entry, &access, &error));
  enum err_code code = store_shards(s, key, a, &shards, &n, &error);
  for (int64_t i = 0; !code && i < n; i++) {
    struct table t;
    code = store_shard_read(s, shards[i].id, access, &column, 1, a, &t, &error);
    if (!code) rows += t.n_rows;
    if (code != E_GRANT_NEEDED) continue;
    /* A store with officers gives rows under a grant only: here the key of the column and the rows of the opened header must do. */
    char name[200];
    uint8_t dek[32];
    snprintf(name, sizeof name, "%s/%s/%s", key->survey, key->form, key->period);
    code = keystore_dek(store_keystore(s), name, strcmp(column, "name") == 0 ? PART_ID : PART_ANSWER, "permanent", false, dek, &error);
    if (!code) rows += shards[i].n_rows;
  }
  struct err second;
  assert_int_equal(store_log_outcome(s, access, &entry, code == E_OK, &second), E_OK);
  arena_free(a);
  if (why) *why = code;
  return code ? -1 : rows;
}

static void UNUSED act_as(struct rights *r, int who, struct act_by *by) {
  memset(by, 0, sizeof *by);
  memcpy(by->officer, r->person[who].card.id, sizeof by->officer);
  by->secret = &r->person[who].secret;
}
static struct retention UNUSED keep_until(const char *dataset, const char *part, const char *until) {
  struct retention x = {.basis = "order of the survey, article 17", .custodian = "chief-a"};
  snprintf(x.dataset, sizeof x.dataset, "%s", dataset);
  snprintf(x.part, sizeof x.part, "%s", part);
  snprintf(x.class_, sizeof x.class_, "%s", until ? "until" : "permanent");
  snprintf(x.until, sizeof x.until, "%s", until ? until : "");
  return x;
}
static struct disposal UNUSED proposal_of(const char *id, const char *dataset, const char *part) {
  struct disposal d = {.reason = "retention over", .closed = "last table released 2022-03-31"};
  snprintf(d.id, sizeof d.id, "%s", id);
  snprintf(d.dataset, sizeof d.dataset, "%s", dataset);
  snprintf(d.part, sizeof d.part, "%s", part);
  return d;
}
/* Time goes on as in an office that opens the store every day. */
static void UNUSED days_pass(struct rights *r, int days) {
  for (int i = 0; i < days; i++) {
    r->time += DAY;
    rights_again(r);
  }
}
static const struct disposal_keys passphrase_keys = {.passphrase = PASSPHRASE};

static struct rights UNUSED *disposal_new(bool officers) {
  struct err error;
  struct rights *r = rights_new();
  struct act_by by;
  struct retention keep = keep_until(SALES, "all", "2025-11-30");
  fixture_forms(r->folder);
  if (officers) people(r);
  OK(write_shop(r->s, &error));
  act_as(r, 0, &by);
  OK(retention_set(r->s, &keep, officers ? &by : NULL, &error));
  return r;
}
static void UNUSED disposal_end(struct rights *r) {
  drop_forms();
  rights_free(r);
}

/* Does any file below the folder hold these bytes? */
static int UNUSED files_with(const char *folder, const void *p, size_t n) {
  DIR *d = opendir(folder);
  int found = 0;
  for (struct dirent *entry; d && (entry = readdir(d));) {
    char path[4096];
    struct stat st;
    struct err error;
    uint8_t *bytes;
    size_t size;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, sizeof path, "%.3800s/%.255s", folder, entry->d_name);
    if (lstat(path, &st) || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))) continue;
    if (S_ISDIR(st.st_mode)) {
      found += files_with(path, p, n);
      continue;
    }
    OK(file_read(path, 1u << 30, &bytes, &size, &error));
    if (size >= n && memmem(bytes, size, p, n)) {
      found++;
      fprintf(stderr, "found in %s\n", path);
    }
    free(bytes);
  }
  if (d) closedir(d);
  return found;
}
#endif
