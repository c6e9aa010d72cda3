/* bench_secure_bars.c -- two bars of the secure store. One column of 10 M rows decrypted and decompressed from the sealed store, row group by row
 * group, in a process of its own whose peak memory the system counts: 64 MiB. Bytes that sealing adds to incompressible segments of 64 KiB: 0.2 %
 * (the envelope; what padding adds to hide lengths is told apart). Peer of the time: reading the same file from the page cache. */
#include <string.h>
#include <sys/stat.h>

#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/commit_aead.h"
#include "secure-store/segment.h"
#include "secure-store/store.h"
#include "tests/bench/bench_child.h"

enum { PIECE_ROWS = 1 << 20, PIECES = 10, SEGMENTS = 64, SEGMENT = 65536 };
static const struct dataset_key key = {"bench", "column", "2025", "received"};
static const char passphrase[] = "bench bench bench";

static int64_t no_clock(void *context) {
  (void)context;
  return 1767225600;
}
static const struct job job = {.lang = LANG_EN, .n_threads = 1, .clock = no_clock};
static void must(enum err_code code, const struct err *e) {
  if (code) bench_die("secure bars", e);
}

static void write_store(const char *folder) {
  const struct office office = {.type = OFFICE_MUNICIPALITY, .code = "011002", .name_ja = "札幌市"};
  struct err e;
  struct store *s;
  struct shard_write *w;
  int64_t shard;
  uint64_t state = 7;
  const uint8_t part = PART_ANSWER;
  must(store_init(&job, folder, &office, passphrase, "light", &e), &e);
  must(store_open(&job, folder, passphrase, &s, &e), &e);
  must(store_begin(s, &e), &e);
  must(store_shard_begin(s, &key, "", "batch", "municipality-011002", 1, &w, &e), &e);
  for (int i = 0; i < PIECES; i++) {
    struct arena *a = arena_new(0);
    struct table t;
    const struct column c = {.name = "income", .unit = "yen", .type = COL_INT};
    must(table_init(&t, a, &c, 1, PIECE_ROWS, &e), &e);
    t.n_rows = PIECE_ROWS;
    for (int64_t row = 0; row < PIECE_ROWS; row++) {
      t.columns[0].i64[row] = bench_draw(&state, 0, 9999999);
      t.columns[0].status[row] = VAL_REPORTED;
    }
    must(store_shard_append(w, &t, &part, 0, PIECE_ROWS, &e), &e);
    arena_free(a);
  }
  must(store_shard_end(w, &shard, &e), &e);
  must(store_commit(s, &e), &e);
  store_close(s);
}
/* In the process that is measured: the sum shows that every value was there. */
static int read_column(const char *folder) {
  struct err e;
  struct store *s;
  struct shard *shards;
  struct arena *a = arena_new(0);
  int64_t n, access, n_groups, *rows, total = 0, sum = 0;
  const char *const column = "income";
  const struct log_entry entry = {.action = "data-read", .object = "dataset:bench/column/2025/received", .purpose = "32-i"};
  must(store_open(&job, folder, passphrase, &s, &e), &e);
  must(store_shards(s, &key, a, &shards, &n, &e), &e);
  must(store_shard_groups(s, shards[0].id, a, &rows, &n_groups, &e), &e);
  must(store_log_intent(s, &entry, &access, &e), &e);
  for (int64_t g = 0; g < n_groups; g++) {
    struct arena *group = arena_new(0);
    struct table t;
    must(store_shard_read_group(s, shards[0].id, g, access, &column, 1, group, &t, &e), &e);
    for (int64_t i = 0; i < t.n_rows; i++) sum += t.columns[0].i64[i];
    total += t.n_rows;
    arena_free(group);
  }
  must(store_log_outcome(s, access, &entry, true, &e), &e);
  store_close(s);
  arena_free(a);
  uint64_t state = 7;
  for (int64_t i = 0; i < total; i++) sum -= bench_draw(&state, 0, 9999999);
  return total == (int64_t)PIECES * PIECE_ROWS && sum == 0 ? 0 : 1;
}
static void column_of_ten_million(const char *self, const char *folder) {
  struct child_run best = {.status = -1};
  char *const argv[] = {(char *)(uintptr_t)self, "read", (char *)(uintptr_t)folder, NULL};
  for (int i = 0; i < 3; i++) {
    struct child_run r = child_run(argv);
    if (r.status) bench_die("not every value came back", NULL);
    child_keep_faster(&best, r);
  }
  const double rows = (double)PIECES * PIECE_ROWS;
  printf("one column of %.1f M rows opened and decoded, whole process with unlocking (light): %.2f s, processor %.2f s, %.1f M rows/s, "
         "peak %.1f MiB; target 64 MiB\n",
         rows / 1e6, best.seconds, best.cpu, rows / best.cpu / 1e6, (double)best.peak_kib / 1024);
}

/* Random bytes: nothing is saved by compression, so what is added shows. */
static void overhead(void) {
  struct err e;
  struct strbuf sealed;
  static uint8_t raw[SEGMENT];
  const uint8_t dek[32] = {1};
  strbuf_init(&sealed, 0);
  for (int i = 0; i < SEGMENTS; i++) {
    const struct segment_place p = {.dataset = "bench/column/2025/received", .table = "shard:1", .column = "c", .part = PART_ANSWER,
                                    .codec = SEGMENT_BYTES,
                                    .seg_no = (uint64_t)i, .raw_n = SEGMENT, .write_sequence = 1};
    random_bytes(raw, sizeof raw);
    must(segment_seal(dek, &p, raw, sizeof raw, &sealed, &e), &e);
  }
  const double all = (double)SEGMENT * SEGMENTS, envelope = (double)(COMMIT_OVERHEAD + 4) * SEGMENTS;
  printf("sealing %d segments of 64 KiB of random bytes: envelope %d bytes each, %.3f %%, target 0.2 %%; with frame and padding "
         "(lengths hidden) %.2f %%\n",
         SEGMENTS, (int)COMMIT_OVERHEAD + 4, 100 * envelope / all, 100 * ((double)sealed.n - all) / all);
  strbuf_release(&sealed);
}

int main(int argc, char **argv) {
  const char *tmp = getenv("TMPDIR");
  char folder[256], store_folder[300], self[4096];
  if (!crypto_start()) return 70;
  if (argc == 3 && strcmp(argv[1], "read") == 0) return read_column(argv[2]);
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n < 0) bench_die("/proc/self/exe", NULL);
  self[n] = 0;
  snprintf(folder, sizeof folder, "%s/shirabe-bench-XXXXXX", tmp ? tmp : "/tmp");
  if (!mkdtemp(folder)) bench_die(folder, NULL);
  snprintf(store_folder, sizeof store_folder, "%s/store", folder);
  write_store(store_folder);
  column_of_ten_million(self, store_folder);
  overhead();
  bench_remove_folder(folder);
  return 0;
}
