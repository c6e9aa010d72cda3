/* bench_store.c -- one shard of 1 M rows x 55 columns (the shape of a prefecture's month of labour survey slips and vital events): written sealed,
 * read back and decoded whole, one column read alone. Peer: the same bytes of the same table in memory written to a plain file with one fsync, and
 * read back. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "forms/form.h"
#include "secure-store/store.h"

enum { N_ROWS = 1000000, N_COLUMNS = 55 };
static const struct dataset_key key = {"vital", "birth", "2025-12", "received"};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static double peak_mib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024.0;
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

/* 30 codes of a few kinds, 20 amounts and counts, 4 dates, 1 free text. Values of neighbouring rows are unrelated, as in slips. */
static void fill(struct column *c, int k, struct arena *a) {
  uint64_t state = 88172645463325252u + (uint64_t)k;
  bool code = k < 30, date = k >= 50 && k < 54, text = k == 54;
  char word[48];
  if (code || text) c->dict = dict_new(a);
  int n_words = text ? 20000 : 2 + k * k % 60;
  for (int i = 0; (code || text) && i < n_words; i++) {
    snprintf(word, sizeof word, text ? "死因欄 自由記載 %d" : "%02d", i);
    dict_add(c->dict, str_of(word));
  }
  for (int64_t i = 0; i < N_ROWS; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    c->status[i] = state % 37 == 0 ? VAL_BLANK : VAL_REPORTED;
    if (code || text) c->code[i] = (int32_t)((state >> 20) % (uint64_t)n_words);
    else if (c->status[i] == VAL_REPORTED) c->i64[i] = date ? 20000 + (int64_t)(state >> 34) % 31 : (int64_t)(state >> 40) % (k % 2 ? 400000 : 900);
  }
}

static void make_table(struct arena *a, struct table *t) {
  static char names[N_COLUMNS][8];
  struct column columns[N_COLUMNS];
  struct err e;
  for (int k = 0; k < N_COLUMNS; k++) {
    snprintf(names[k], sizeof names[k], "c%02d", k);
    columns[k] = (struct column){.name = names[k], .unit = "", .type = k < 30 ? COL_CODE : k == 54 ? COL_TEXT : COL_INT, .is_date = k >= 50 &&
                                 k < 54};
    columns[k].dict = columns[k].type == COL_INT ? NULL : dict_new(a);
  }
  must(table_init(t, a, columns, N_COLUMNS, N_ROWS, &e), &e);
  t->n_rows = N_ROWS;
  for (int k = 0; k < N_COLUMNS; k++) fill(&t->columns[k], k, a);
}

static size_t value_bytes(const struct column *c) { return c->type == COL_INT ? 8 : 4; }
static const void *values(const struct column *c) { return c->type == COL_INT ? (const void *)c->i64 : (const void *)c->code; }

static size_t table_bytes(const struct table *t) {
  size_t n = 0;
  for (int k = 0; k < t->n_columns; k++) n += (value_bytes(&t->columns[k]) + 1) * N_ROWS;
  return n;
}

static void write_all(int fd, const void *p, size_t n) {
  for (size_t done = 0; done < n;) {
    ssize_t w = write(fd, (const char *)p + done, n - done);
    if (w <= 0) exit(74);
    done += (size_t)w;
  }
}

static double plain_write(const struct table *t, const char *path) {
  double from = now();
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (int k = 0; k < t->n_columns; k++) {
    write_all(fd, values(&t->columns[k]), value_bytes(&t->columns[k]) * N_ROWS);
    write_all(fd, t->columns[k].status, N_ROWS);
  }
  if (fd < 0 || fsync(fd) || close(fd)) exit(74);
  return now() - from;
}

/* Through one buffer, so that the peak shown is the store's. */
static double plain_read(const char *path, size_t n) {
  static char buffer[1 << 20];
  double from = now();
  int fd = open(path, O_RDONLY);
  for (size_t done = 0; done < n;) {
    ssize_t r = read(fd, buffer, sizeof buffer);
    if (r <= 0) exit(74);
    done += (size_t)r;
  }
  close(fd);
  return now() - from;
}

static void print(const char *work, double seconds, size_t bytes, double peer, const char *target) {
  printf("%-28s %10.0f rows/s %8.1f MB/s %8.1f MiB peak  %6.2f x plain file  target %s\n", work, N_ROWS / seconds, (double)bytes / 1e6 / seconds,
         peak_mib(), seconds / peer, target);
}

static void write_shard(struct store *s, const struct table *t, int64_t *shard) {
  struct shard_write *w;
  struct err e;
  uint8_t parts[N_COLUMNS];
  memset(parts, PART_ANSWER, sizeof parts);
  must(store_begin(s, &e), &e);
  must(store_shard_begin(s, &key, "", "batch", "prefecture-010006", 1, &w, &e), &e);
  must(store_shard_append(w, t, parts, 0, N_ROWS, &e), &e);
  must(store_shard_end(w, shard, &e), &e);
  must(store_commit(s, &e), &e);
}

static int64_t stored_bytes(struct store *s) {
  struct db_statement *q;
  struct err e;
  bool row;
  must(db_prepare(store_db(s), "SELECT sum(bytes) FROM pack", &q, &e), &e);
  must(db_step(q, &row, &e), &e);
  int64_t n = db_int(q, 0);
  db_reset(q);
  return n;
}

static void measure(const char *folder) {
  char path[300];
  struct job job = {.n_threads = 1, .clock = no_clock};
  const struct office office = {.type = OFFICE_PREFECTURE, .code = "010006", .name_ja = "北海道"};
  const struct log_entry entry = {.action = "data-read", .object = "bench"};
  const char *const one[] = {"c40"};
  struct arena *a = arena_new(0), *b;
  struct table t, out;
  struct store *s;
  struct err e;
  int64_t shard, access;
  make_table(a, &t);
  size_t bytes = table_bytes(&t);
  snprintf(path, sizeof path, "%s/plain", folder);
  double peer_write = plain_write(&t, path), peer_read = plain_read(path, bytes);
  printf("1 M rows x 55 columns, %.0f MB in memory (one thread); peak memory before: %.1f MiB\n", (double)bytes / 1e6, peak_mib());
  snprintf(path, sizeof path, "%s/office", folder);
  must(store_init(&job, path, &office, "correct horse battery", "light", &e), &e);
  must(store_open(&job, path, "correct horse battery", &s, &e), &e);
  double from = now();
  write_shard(s, &t, &shard);
  print("write and commit", now() - from, bytes, peer_write, "none");
  printf("%-28s %.3f of the bytes in memory\n", "sealed size", (double)stored_bytes(s) / (double)bytes);
  must(store_log_intent(s, &entry, &access, &e), &e);
  b = arena_new(0);
  from = now();
  must(store_shard_read(s, shard, access, one, 1, b, &out, &e), &e);
  print("read one column", now() - from, 9 * N_ROWS, peer_read * 9 * N_ROWS / (double)bytes, "none");
  arena_free(b);
  b = arena_new(0);
  from = now();
  must(store_shard_read(s, shard, access, NULL, 0, b, &out, &e), &e);
  print("read all columns", now() - from, bytes, peer_read, "none");
  for (int k = 0; k < N_COLUMNS; k++)
    if (memcmp(t.columns[k].status, out.columns[k].status, N_ROWS) != 0) exit(70); /* a fast wrong answer is no answer */
  must(store_log_outcome(s, access, &entry, true, &e), &e);
  store_close(s);
  arena_free(a);
  arena_free(b);
}

int main(void) {
  char folder[256];
  const char *base = getenv("TMPDIR");
  int n = snprintf(folder, 200, "%s/shirabe-bench-", base ? base : "/tmp");
  memset(folder + n, 'X', 6);
  folder[n + 6] = 0;
  if (!mkdtemp(folder)) return 73;
  measure(folder);
  return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) ? 74 : 0;
}
