/* Weighted sums of 940 cells (47 prefectures, a shard each, by 20 industries) read from the sealed store: 10 million rows, three columns opened,
 * checked, decoded and added. Floor: the same sums over columns in memory.
 * Target: 0.35 s of one core for 10 million rows. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "estimators/estimate/group_sum.h"
#include "forms/form.h"
#include "secure-store/store.h"

enum { SHARDS = 47, INDUSTRIES = 20, GROUPS = SHARDS * INDUSTRIES, REPEATS = 3 };
static const char *const NAMES[] = {"industry", "weight", "wage"};

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double wall_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static int64_t no_clock(void *context) {
  (void)context;
  return 1767225600;
}
static void must(enum err_code code, const struct err *e) {
  char text[1024];
  if (!code) return;
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
  exit(70);
}
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f) {
  (void)st, (void)kind, (void)f;
  return remove(path);
}

/* A month of one prefecture: 20 industries, weights to two decimals, pay in yen, one value in 37 missing. */
static void make_shard(struct arena *a, struct table *t, int shard, int64_t n) {
  struct column columns[] = {{.name = "industry", .unit = "", .type = COL_CODE, .dict = dict_new(a)}, {.name = "weight", .unit = "", .type = COL_INT,
      .decimals = 2}, {.name = "wage", .unit = "yen", .type = COL_INT}};
  struct err e;
  char text[8];
  uint64_t state = 88172645463325252u + (uint64_t)shard;
  must(table_init(t, a, columns, 3, n, &e), &e);
  t->n_rows = n;
  for (int k = 0; k < INDUSTRIES; k++) snprintf(text, sizeof text, "%02d", k), dict_add(t->columns[0].dict, str_of(text));
  for (int64_t i = 0; i < n; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    for (int k = 0; k < 3; k++) t->columns[k].status[i] = VAL_REPORTED;
    t->columns[0].code[i] = (int32_t)((state >> 20) % INDUSTRIES);
    t->columns[1].i64[i] = 100 + (int64_t)(state >> 34) % 9000;
    if (state % 37 == 0) t->columns[2].status[i] = VAL_BLANK;
    else t->columns[2].i64[i] = (int64_t)(state >> 40) % 600000;
  }
}

static void write_shard(struct store *s, const struct table *t, int shard) {
  static const struct dataset_key key = {"mls", "establishment", "2025-12", "imputed"};
  const uint8_t parts[3] = {PART_ANSWER, PART_ANSWER, PART_ANSWER};
  struct shard_write *w;
  struct err e;
  char sender[32];
  int64_t id;
  snprintf(sender, sizeof sender, "prefecture-%02d", shard + 1);
  must(store_begin(s, &e), &e);
  must(store_shard_begin(s, &key, "", "batch", sender, 1, &w, &e), &e);
  must(store_shard_append(w, t, parts, 0, t->n_rows, &e), &e);
  must(store_shard_end(w, &id, &e), &e);
  must(store_commit(s, &e), &e);
}

static void sums_of_table(struct group_sum *g, struct arena *a, const struct table *t, int shard) {
  int32_t *group = ARENA_ARRAY(a, int32_t, t->n_rows);
  double *weight = ARENA_ARRAY(a, double, t->n_rows);
  int32_t cell[INDUSTRIES];
  if (!group || !weight || dict_count(t->columns[0].dict) != INDUSTRIES) exit(75);
  for (int32_t k = 0; k < INDUSTRIES; k++) cell[k] = shard * INDUSTRIES + atoi(dict_text(t->columns[0].dict, k).p);
  for (int64_t i = 0; i < t->n_rows; i++) group[i] = cell[t->columns[0].code[i]], weight[i] = (double)t->columns[1].i64[i] / 100;
  group_sum_add(g, 0, group, weight, t->columns[2].i64, t->columns[2].status, t->n_rows);
}

static void sums_of_store(struct store *s, struct group_sum *g) {
  static const struct dataset_key key = {"mls", "establishment", "2025-12", "imputed"};
  const struct log_entry entry = {.action = "data-read", .object = "bench"};
  struct arena *a = arena_new(0);
  struct shard *shards;
  struct err e;
  int64_t n, access;
  must(store_log_intent(s, &entry, &access, &e), &e);
  must(store_shards(s, &key, a, &shards, &n, &e), &e);
  for (int64_t i = 0; i < n; i++) {
    struct arena_mark mark = arena_mark(a);
    struct table t;
    must(store_shard_read(s, shards[i].id, access, NAMES, 3, a, &t, &e), &e);
    sums_of_table(g, a, &t, (int)i);
    arena_reset(a, mark);
  }
  must(store_log_outcome(s, access, &entry, true, &e), &e);
  arena_free(a);
}

static void run(const char *folder, int64_t per_shard) {
  struct job job = {.n_threads = 1, .clock = no_clock};
  const struct office office = {.type = OFFICE_PREFECTURE, .code = "010006", .name_ja = "北海道"};
  struct arena *a = arena_new(0);
  struct store *s;
  struct err e;
  struct group_sum floor_sum, sealed;
  char path[300];
  double best = 1e9, clock = 1e9, floor_seconds = 0;
  snprintf(path, sizeof path, "%s/office", folder);
  must(store_init(&job, path, &office, "correct horse battery", "light", &e), &e);
  must(store_open(&job, path, "correct horse battery", &s, &e), &e);
  must(group_sum_init(&floor_sum, a, GROUPS, 1, &e), &e);
  for (int k = 0; k < SHARDS; k++) {
    struct arena_mark mark = arena_mark(a);
    struct table t;
    make_shard(a, &t, k, per_shard);
    double start = processor_seconds();
    sums_of_table(&floor_sum, a, &t, k);
    floor_seconds += processor_seconds() - start;
    write_shard(s, &t, k);
    arena_reset(a, mark);
  }
  for (int k = 0; k < REPEATS; k++) {
    must(group_sum_init(&sealed, a, GROUPS, 1, &e), &e);
    double start = processor_seconds(), wall = wall_seconds(), t;
    sums_of_store(s, &sealed);
    t = processor_seconds() - start, best = t < best ? t : best;
    t = wall_seconds() - wall, clock = t < clock ? t : clock;
  }
  for (int k = 0; k < GROUPS; k++)
    if (group_sum_value(&sealed, 0, k) != group_sum_value(&floor_sum, 0, k)) exit(70); /* a fast wrong answer is no answer */
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double n = (double)per_shard * SHARDS;
  printf("%9.0f rows: %.3f s of the processor (%.3f s of the clock), %.1f M rows/s, %.1f x the sums in memory (%.3f s); peak %ld MiB\n", n, best,
      clock, n / best * 1e-6, best / floor_seconds, floor_seconds, usage.ru_maxrss / 1024);
  store_close(s);
  arena_free(a);
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
  const char *base = getenv("TMPDIR");
  printf("weighted sums of 940 cells from the sealed store, three columns; target 10^7 in 0.35 s\n");
  for (int64_t n = 100000; n <= most; n *= 10) {
    char folder[256];
    int k = snprintf(folder, 200, "%s/shirabe-bench-", base ? base : "/tmp");
    memset(folder + k, 'X', 6);
    folder[k + 6] = 0;
    if (!mkdtemp(folder)) return 73;
    run(folder, n / SHARDS);
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS)) return 74;
  }
  return 0;
}
