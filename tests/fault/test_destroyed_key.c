/* test_destroyed_key.c -- row 18: after the key of a dataset part was destroyed and the store's keys were rotated, neither the key, nor its wrapped
 * form, nor what it protected can be found in any byte of the store's folder or the temporary folder, and what was sealed under it does not open; its
 * neighbours do. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/store_rotate.h"
#include "secure-store/commit_aead.h"
#include "secure-store/keystore.h"
#include "secure-store/store_impl.h"
#include "tests/fault/leak_scan.h"

static const char marker[] = "青鷺橋一丁目七番地の三";
static const char *const dataset = "vital/birth/2025-12"; /* all stages share it */
enum { WRAPPED = KEY_BYTES + COMMIT_OVERHEAD };

static void plant(struct leak_scan *s, const char *what, const uint8_t *p, size_t n) { assert_true(leak_add(s, what, "bytes", p, n)); }

static void file_bytes(const char *folder, uint8_t **p, size_t *n) {
  char path[400];
  struct err error;
  snprintf(path, sizeof path, "%s/keystore", folder);
  OK(file_read(path, 1 << 20, p, n, &error));
}
static void write_marker(struct store *s, int64_t *shard, char blob[65]) {
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  const struct column column = {.name = "address", .type = COL_TEXT, .unit = "", .dict = dict_new(a)};
  static const uint8_t part[] = {PART_ID};
  struct shard_write *w;
  OK(table_init(&t, a, &column, 1, 64, &error));
  t.n_rows = 64;
  for (int i = 0; i < 64; i++) t.columns[0].code[i] = dict_add(t.columns[0].dict, str_of(marker)), t.columns[0].status[i] = VAL_REPORTED;
  OK(store_begin(s, &error));
  OK(store_shard_begin(s, &fixture_key, "", "b", "municipality-011002", 1, &w, &error));
  OK(store_shard_append(w, &t, part, 0, 64, &error));
  OK(store_shard_end(w, shard, &error));
  OK(store_blob_put(s, "original", "neighbour.csv", "kept", 4, PART_PARADATA, blob, &error));
  OK(store_commit(s, &error));
  arena_free(a);
}
/* The wrapped key of `dataset`, part ID, inside the file (keystore.md): name, part, u8 and retention, epoch, wrapped. The lowest part stands first.
 *  */
static void wrapped_in(const uint8_t *p, size_t n, uint8_t out[WRAPPED]) {
  const uint8_t *at = memmem(p, n, dataset, strlen(dataset));
  assert_non_null(at);
  const uint8_t *end = at + strlen(dataset);
  size_t before = 1 + 1 + strlen(STORE_RETENTION) + 8;
  assert_true((size_t)(p + n - end) > before + WRAPPED && end[0] == PART_ID && memcmp(end + 2, STORE_RETENTION, strlen(STORE_RETENTION)) == 0);
  memcpy(out, end + before, WRAPPED);
}
static void row18_a_destroyed_key_is_nowhere(void **state) {
  (void)state;
  struct job job = fixture_job(NULL);
  struct leak_scan scan = {.to = stderr};
  struct err error;
  struct store *s;
  char base[256], folder[300], temporary[300], blob[65];
  uint8_t key[32], wrapped[WRAPPED], *before = NULL;
  size_t n = 0;
  int64_t shard, access;
  fixture_folder(base);
  snprintf(folder, sizeof folder, "%s/office", base);
  snprintf(temporary, sizeof temporary, "%s/tmp", base);
  assert_int_equal(mkdir(temporary, 0700), 0);
  setenv("TMPDIR", temporary, 1);
  OK(fixture_init(&job, folder, &error));
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  write_marker(s, &shard, blob);
  OK(store_dek(s, "vital/birth/2025-12/received", PART_ID, false, key, &error));
  file_bytes(folder, &before, &n);
  wrapped_in(before, n, wrapped);

  /* While it lives the wrapped form is there, and the test would see it; key and marker are not. */
  scan.to = NULL;
  plant(&scan, "wrapped", wrapped, sizeof wrapped);
  assert_true(leak_scan_folder(&scan, base));
  assert_true(scan.hits >= 1);
  leak_scan_release(&scan);

  const struct store_key_name gone = {.dataset = dataset, .retention = STORE_RETENTION, .part = PART_ID};
  OK(store_rotate(s, &(struct store_rotation){.passphrase = PASSPHRASE, .destroy = &gone, .n_destroy = 1}, &error));
  store_close(s);
  scan = (struct leak_scan){.to = stderr};
  plant(&scan, "key", key, sizeof key);
  plant(&scan, "half of the key", key, 16);
  plant(&scan, "wrapped", wrapped, sizeof wrapped);
  assert_true(leak_plant_text(&scan, marker));
  assert_true(leak_scan_folder(&scan, base));
  assert_int_equal(scan.hits, 0);
  assert_true(scan.files >= 6);

  /* What it protected does not open any more; the neighbour does. An old copy of the key file does not bring it back: it is recognised as old. */
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received", .purpose = "test"};
  struct arena *a = arena_new(0);
  struct table t;
  struct strbuf kept;
  strbuf_init(&kept, 0);
  OK(store_log_intent(s, &entry, &access, &error));
  assert_int_equal(store_shard_read(s, shard, access, NULL, 0, a, &t, &error), E_STORE_KEY_MISSING);
  OK(store_blob_get(s, blob, access, 100, &kept, &error));
  assert_memory_equal(kept.p, "kept", 4);
  OK(store_log_outcome(s, access, &entry, true, &error));
  strbuf_release(&kept);
  arena_free(a);
  store_close(s);
  char path[400];
  snprintf(path, sizeof path, "%s/keystore", folder);
  OK(atomic_write(path, before, n, ATOMIC_REPLACE, 0600, &error));
  assert_int_equal(store_open(&job, folder, PASSPHRASE, &s, &error), E_STORE_ROLLED_BACK);
  free(before);
  leak_scan_release(&scan);
  unsetenv("TMPDIR");
  remove_tree(base);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(row18_a_destroyed_key_is_nowhere)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
