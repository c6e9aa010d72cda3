/* Storing columns: encode, compress, encrypt 1 M rows x 55 columns on one core, and back. One line per work: rows/s, peak MiB, ratio, target.
 * The floor of a ratio is memcpy of the same values in the same run (8 bytes and a status per value); the peer of SHA-256 is BLAKE2b-512 in the
 *     same library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/ext_sodium.h"
#include "base/rng.h"
#include "base/table.h"
#include "secure-store/access_log.h"
#include "secure-store/column_codec.h"
#include "secure-store/segment.h"

enum { ROWS = 1000000, COLUMNS = 55, GROUP = 65536 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double peak_mib(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (double)r.ru_maxrss / 1024;
}
static void line(const char *work, double rows, double seconds, double ratio, const char *target) {
  printf("%-44s %12.0f rows/s  %6.1f s  peak %5.0f MiB  ratio %5.2f  target %s\n", work, rows / seconds, seconds, peak_mib(), ratio, target);
}
static uint64_t state = 88172645463325252u;
static uint64_t next(void) { /* xorshift: only a filler */
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}

/* Columns like those of a vital-statistics form: codes of few values, dates, weights, municipality codes, mostly blank items, a free text. */
static void fill(struct table *t, int k) {
  struct column *c = &t->columns[k];
  for (int64_t i = 0; i < ROWS; i++) {
    uint64_t r = next();
    char text[24];
    c->status[i] = (uint8_t)(k % 5 == 4 && r % 10 < 8 ? VAL_NOT_APPLICABLE : r % 97 == 0 ? VAL_UNKNOWN : VAL_REPORTED);
    if (!value_present(c->status[i])) continue;
    if (c->type == COL_INT) c->i64[i] = k % 3 ? 20000 + (int64_t)(r % 31) : 2500 + (int64_t)(r % 1500);
    else
      c->code[i] = dict_add(c->dict, str_view(text, (size_t)snprintf(text, sizeof text, "%05u",
                                                        (unsigned)(r >> 20) % (k % 7 == 0 ? 1741u
                                                                                  : k % 2 ? 2u
                                                                                          : 9u))));
  }
}
static struct table made_table(struct arena *a) {
  struct table t;
  struct column columns[COLUMNS];
  for (int k = 0; k < COLUMNS; k++) columns[k] = (struct column){.name = "x", .type = k < 20 ? COL_INT : COL_CODE, .unit = ""};
  if (table_init(&t, a, columns, COLUMNS, ROWS, NULL)) exit(1);
  for (int k = 0; k < COLUMNS; k++) {
    if (t.columns[k].type == COL_CODE) t.columns[k].dict = dict_new(a);
    fill(&t, k);
  }
  t.n_rows = ROWS;
  return t;
}
static double floor_seconds(const struct table *t) {
  double start = now();
  static uint8_t to[GROUP * 9];
  volatile uint8_t sink = 0;
  for (int k = 0; k < COLUMNS; k++)
    for (int64_t row = 0; row < ROWS; row += GROUP) {
      size_t n = ROWS - row < GROUP ? (size_t)(ROWS - row) : GROUP, width = t->columns[k].type == COL_INT ? 8 : 4;
      memcpy(to, t->columns[k].type == COL_INT ? (const void *)(t->columns[k].i64 + row) : (const void *)(t->columns[k].code + row), n * width);
      memcpy(to + n * width, t->columns[k].status + row, n);
      sink = (uint8_t)(sink ^ to[n / 2]);
    }
  return now() - start;
}
struct store {
  struct strbuf sealed;
  size_t at[COLUMNS * 16], raw[COLUMNS * 16];
  int n;
};
static struct segment_place place_of(int k, int64_t row, size_t rows, size_t raw_n) {
  return (struct segment_place){.dataset = "vital/birth/2025-12/received",
      .table = "shard:1",
      .column = "x",
      .part = 2,
      .codec = SEGMENT_COLUMN,
      .seg_no = (uint64_t)k,
      .row_first = (uint64_t)row,
      .rows = (uint32_t)rows,
      .raw_n = (uint32_t)raw_n,
      .write_sequence = 1};
}
static void seal_all(const struct table *t, const uint8_t dek[32], struct store *s, double seconds[2]) {
  struct strbuf raw;
  strbuf_init(&raw, 0);
  for (int k = 0; k < COLUMNS; k++)
    for (int64_t row = 0; row < ROWS; row += GROUP) {
      int64_t n = ROWS - row < GROUP ? ROWS - row : GROUP;
      double start = now();
      strbuf_reset(&raw);
      if (column_encode(&t->columns[k], row, n, &raw, NULL)) exit(1);
      double middle = now();
      struct segment_place p = place_of(k, row, (size_t)n, raw.n);
      s->at[s->n] = s->sealed.n;
      s->raw[s->n++] = raw.n;
      if (segment_seal(dek, &p, raw.p, raw.n, &s->sealed, NULL)) exit(1);
      seconds[0] += middle - start;
      seconds[1] += now() - middle;
    }
  strbuf_release(&raw);
}
static double open_all(struct table *to, const uint8_t dek[32], const struct store *s) {
  double start = now();
  uint8_t *raw = malloc(SEGMENT_RAW_MAX);
  for (int i = 0, k = 0; k < COLUMNS; k++)
    for (int64_t row = 0; row < ROWS; row += GROUP, i++) {
      int64_t n = ROWS - row < GROUP ? ROWS - row : GROUP;
      size_t end = i + 1 < s->n ? s->at[i + 1] : s->sealed.n;
      struct segment_place p = place_of(k, row, (size_t)n, s->raw[i]);
      if (segment_open(dek, &p, s->sealed.p + s->at[i], end - s->at[i], raw, NULL) || column_decode(raw, s->raw[i], &to->columns[k], row, n, NULL))
        exit(1);
    }
  free(raw);
  return now() - start;
}
static void bench_columns(void) {
  struct arena *a = arena_new(0), *b = arena_new(0);
  struct table t = made_table(a);
  struct store *s = calloc(1, sizeof *s);
  uint8_t dek[32] = {1};
  double seconds[2] = {0, 0}, lowest = floor_seconds(&t);
  strbuf_init(&s->sealed, 0);
  seal_all(&t, dek, s, seconds);
  line("column_encode 1 M x 55", ROWS, seconds[0], seconds[0] / lowest, "-");
  line("segment_seal (zstd 3, AEAD) 1 M x 55", ROWS, seconds[1], seconds[1] / lowest, "-");
  line("encode and seal, both, one core", ROWS, seconds[0] + seconds[1], (seconds[0] + seconds[1]) / lowest, "2 s");
  printf("%-44s %12.1f MiB, %.2f bytes per value\n", "sealed size", (double)s->sealed.n / 1048576, (double)s->sealed.n / ROWS / COLUMNS);
  struct column columns[COLUMNS];
  struct table back;
  for (int k = 0; k < COLUMNS; k++) columns[k] = (struct column){.name = "x", .type = t.columns[k].type, .unit = ""};
  arena_free(a);
  if (table_init(&back, b, columns, COLUMNS, ROWS, NULL)) exit(1);
  for (int k = 20; k < COLUMNS; k++) back.columns[k].dict = dict_new(b);
  double read_seconds = open_all(&back, dek, s);
  line("open and decode 1 M x 55", ROWS, read_seconds, read_seconds / lowest, "2 s");
  strbuf_release(&s->sealed);
  free(s);
  arena_free(b);
}
static void bench_hashes(void) {
  size_t n = 64 << 20;
  uint8_t *p = malloc(n), out[64], key[32] = {1}, nonce[12] = {0};
  memset(p, 7, n);
  double start = now();
  sha256_of(p, n, out);
  double sha = now() - start;
  start = now();
  blake2b_512_of(p, n, out);
  double blake = now() - start;
  start = now();
  uint8_t *sealed = malloc(n + 16);
  aead_seal(key, nonce, NULL, 0, p, n, sealed);
  double aead = now() - start;
  printf("%-44s %12.0f MB/s   ratio to BLAKE2b-512 %.2f  target: the library's portable code is the floor\n", "SHA-256", (double)n / sha / 1e6,
      sha / blake);
  printf("%-44s %12.0f MB/s   (first use of the output pages included)\n", "ChaCha20-Poly1305", (double)n / aead / 1e6);
  free(p);
  free(sealed);
}
static void bench_tree(void) {
  enum { LEAVES = 1000000 };
  struct merkle_frontier f;
  uint8_t leaf[400] = {0}, hash[32], root[32];
  double start = now();
  merkle_begin(&f);
  for (uint32_t i = 0; i < LEAVES; i++) {
    memcpy(leaf, &i, 4);
    merkle_leaf_hash(leaf, sizeof leaf, hash);
    merkle_add(&f, hash);
  }
  merkle_root(&f, root);
  double tree = now() - start;
  uint8_t *bytes = calloc(LEAVES, 400), out[32];
  start = now();
  sha256_of(bytes, (size_t)LEAVES * 400, out);
  line("rebuild the log's root, 1 M leaves", LEAVES, tree, tree / (now() - start), "10 s");
  free(bytes);
}
int main(void) {
  if (!crypto_start()) return 1;
  bench_columns();
  bench_hashes();
  bench_tree();
  return 0;
}
