/* bench_register.c -- the register of released tables: size and time of the entry of a month of 33,000 reports and of a year of events (default
 * 2,500,000), and the check of a new table of some 10,000 cells against 100 earlier ones about the same 33,000 units. Arguments: units, earlier
 * tables, events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/ext_zstd.h"
#include "base/rng.h"
#include "estimators/sdc/register/register_check.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* one core, whatever else the machine does */
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static long peak_mib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss / 1024;
}
static void must(enum err_code code) {
  if (code) {
    fprintf(stderr, "%s\n", err_name(code));
    exit(1);
  }
}
static struct str number(struct arena *a, int v) { return str_of(arena_printf(a, "%02d", v)); }

/* A table of three classifications of `classes` codes each; `shift` makes the classes of each table its own. */
static void make(struct arena *a, struct register_entry *entry, int at, const uint64_t *token, int64_t n, const int *classes, int shift) {
  struct register_table *t = &entry->table[at];
  struct err e;
  struct str *names[3];
  const int dims = classes[2] ? 3 : 2, side[3] = {classes[0] + 1, classes[1] + 1, classes[2] ? classes[2] + 1 : 1};
  static const char *const dim[] = {"area", "industry", "size"};
  struct register_unit *unit = malloc((size_t)n * sizeof *unit);
  struct str *code = malloc((size_t)n * 3 * sizeof *code);
  if (!unit || !code) exit(1);
  *t = (struct register_table){.id = arena_printf(a, "t%d", shift),
      .form = "f",
      .period = "2025-12",
      .profile = "establishments_3",
      .region = "",
      .definition = arena_printf(a, "d%d", shift),
      .min_n = 3,
      .n_dims = dims,
      .n_measures = 2,
      .measure = {"count()", "total(pay)"},
      .additive = {1, 1}};
  for (int d = 0; d < dims; d++) {
    t->dim[d] = shift ? arena_printf(a, "%s%d", dim[d], shift) : dim[d];
    names[d] = calloc((size_t)side[d], sizeof(struct str));
    for (int c = 0; c < side[d]; c++) names[d][c] = c ? number(a, c) : STR("_T");
  }
  for (int64_t u = 0; u < n; u++) {
    struct rng r;
    rng_init(&r, 3, "unit", &u, sizeof u);
    for (int d = 0; d < dims; d++) {
      const int own = (int)rng_below(&r, 10000),
                moved = shift && own % 97 == shift % 97 ? own + 7 : own; /* other breaks: some units cross them */
      code[u * 3 + d] = names[d][1 + moved * classes[d] / 10100 % classes[d]];
    }
    unit[u] = (struct register_unit){token[u], code + u * 3};
  }
  const int64_t rows = (int64_t)side[0] * side[1] * side[2];
  must(register_table_rows(a, t, rows, &e));
  for (int64_t i = 0; i < rows; i++) {
    const int64_t c[3] = {i / (side[1] * side[2]), i / side[2] % side[1], i % side[2]};
    for (int d = 0; d < dims; d++) t->code[i * dims + d] = names[d][c[d]];
  }
  must(register_table_units(a, entry, t, 0, unit, n, &e));
  int64_t *size;
  must(register_row_sizes(a, entry, t, &size, &e));
  for (int64_t i = 0; i < rows; i++)
    for (int m = 0; m < 3; m++) {
      t->status[i * 3 + m] = size[i] == 0 ? REGISTER_NONE : size[i] < 3 ? REGISTER_HIDDEN : REGISTER_SHOWN;
      if (size[i] >= 3) t->value[i * 3 + m] = str_of(arena_printf(a, "%lld", (long long)(m == 1 ? size[i] * 4711 : size[i])));
    }
  free(unit), free(code);
  for (int d = 0; d < dims; d++) free(names[d]);
}
static struct register_entry *entry_of(
    struct arena *a, const char *release, const uint64_t *token, int64_t n, int tables, const int (*classes)[3], int shift) {
  struct register_entry *x = ARENA_NEW(a, struct register_entry);
  *x = (struct register_entry){
      .release = release, .survey = "s", .period = "2025-12", .kind = "final", .edition = 1, .n_frames = 1, .n_tables = tables};
  x->frame = ARENA_ARRAY(a, struct register_frame, 1);
  x->table = ARENA_ARRAY(a, struct register_table, tables);
  x->frame[0].name = "s/f/r";
  for (int i = 0; i < tables; i++) make(a, x, i, token, n, classes[i], shift + i);
  return x;
}
static void size_of(const char *what, const uint64_t *token, int64_t n, int tables, const int (*classes)[3]) {
  struct arena *a = arena_new(0);
  struct strbuf bytes, packed;
  struct err e;
  double t0 = now();
  struct register_entry *x = entry_of(a, "new", token, n, tables, classes, 0), back;
  const double made = now() - t0;
  strbuf_init(&bytes, 0), strbuf_init(&packed, 0);
  t0 = now();
  must(register_encode(x, &bytes, &e));
  const double coded = now() - t0;
  must(zstd_compress(bytes.p, bytes.n, 3, &packed, &e)); /* as segments of the store are */
  t0 = now();
  must(register_decode(a, str_view(bytes.p, bytes.n), &back, &e));
  printf("%-34s %9lld units %2d tables  %7.3f MB, in the store %7.3f MB  made %.2f s  written %.2f s  read %.2f s\n", what, (long long)n, tables,
      (double)bytes.n / 1e6, (double)packed.n / 1e6, made, coded, now() - t0);
  strbuf_release(&bytes), strbuf_release(&packed);
  arena_free(a);
}
/* Two tables that cross in every cell: the sums of both with the most joint bases that are judged. */
static void crossing(const uint64_t *token, int64_t n) {
  static const int areas[1][3] = {{47, 2, 0}}, ages[1][3] = {{20, 3, 0}};
  struct arena *a = arena_new(0);
  const struct register_entry *list[] = {entry_of(a, "old", token, n, 1, ages, 1)};
  struct register_policy policy = {REGISTER_WARN, REGISTER_WARN, REGISTER_ALLOW, false, "", ""};
  struct register_report report;
  struct err e;
  struct register_entry *mine = entry_of(a, "new", token, n, 1, areas, 0);
  const double t0 = now();
  must(register_check(a, mine, &policy, list, 1, &report, &e));
  printf("sums of two crossing tables, %d x %d bases, %lld units  %.2f s (target 2)\n", mine->table[0].n_bases, list[0]->table[0].n_bases,
      (long long)n, now() - t0);
  arena_free(a);
}
int main(int argc, char **argv) {
  const int64_t n = argc > 1 ? atoll(argv[1]) : 33000, events = argc > 3 ? atoll(argv[3]) : 2500000;
  const int earlier = argc > 2 ? atoi(argv[2]) : 100;
  static const int month[3][3] = {{16, 5, 0}, {47, 16, 0}, {47, 20, 6}}, year[4][3] = {{47, 2, 0}, {20, 2, 0}, {12, 2, 0}, {47, 20, 2}},
                   wide[1][3] = {{47, 29, 6}};
  uint64_t *token = malloc((size_t)(events > n ? events : n) * sizeof *token);
  struct rng r;
  rng_init(&r, 7, "tokens", "", 0);
  for (int64_t i = 0; i < (events > n ? events : n); i++) token[i] = rng_u64(&r);
  size_of("a month of reports", token, n, 3, month);
  size_of("a year of events", token, events, 4, year);
  crossing(token, n);
  struct arena *a = arena_new(0);
  const struct register_entry **list = calloc((size_t)earlier + 1, sizeof *list);
  struct register_policy policy = {REGISTER_WARN, REGISTER_WARN, REGISTER_ALLOW, false, "", ""};
  struct register_report report;
  struct err e;
  struct register_entry *mine = entry_of(a, "new", token, n, 1, wide, 0);
  for (int i = 0; i < earlier; i++)
    list[i] = entry_of(a, arena_printf(a, "old%d", i), token, n, 1, wide, i % 2 ? 1 + i : 0); /* every second one: editions of the same table */
  const double t0 = now();
  must(register_check(a, mine, &policy, list, earlier, &report, &e));
  const double seconds = now() - t0;
  printf("check of %lld cells against %d tables  %.2f s (target 10)  %lld pairs compared  %lld conflicts refused  peak %ld MiB\n",
      (long long)mine->table[0].n_rows, earlier, seconds, (long long)report.n_compared, (long long)report.n_refused, peak_mib());
  arena_free(a);
  free(list), free(token);
  return 0;
}
