/* Statistics of all checks: 20 checks over 1,000,000 records, 10 % of them failing one or more, weighted, for all records, 20 classes and 1,900
 * senders at once.
 * Ratio to edit_run (the same checks, failures only) in the same process. One line of JSON per row. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "processing/edit/check_stats.h"
#include "processing/edit/edit_run.h"
#include "tests/unit/process_fixture.h"

static double cpu_seconds(void) {
  struct rusage u;
  (void)getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
static uint64_t draw(uint64_t unit) {
  uint64_t z = unit * 0x9E3779B97F4A7C15u + 0x5EED;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static struct table *made(struct small *s, int64_t n) {
  struct table *t = ARENA_NEW(s->arena, struct table);
  struct column columns[16];
  struct err e;
  for (int i = 0; i < s->form.n_items; i++)
    columns[i] = (struct column){
        .name = s->form.items[i].name, .type = s->form.items[i].type, .decimals = s->form.items[i].decimals, .unit = s->form.items[i].unit};
  if (table_init(t, s->arena, columns, s->form.n_items, n, &e)) abort();
  for (int i = 0; i < s->form.n_items; i++)
    for (int64_t r = 0; r < n; r++) {
      const uint64_t h = draw((uint64_t)r * 16 + (uint64_t)i);
      t->columns[i].status[r] = h % 100 == 0 ? VAL_BLANK : VAL_REPORTED;
      if (t->columns[i].type == COL_CODE) t->columns[i].code[r] = dict_add(t->columns[i].dict, STR("A"));
      else t->columns[i].i64[r] = (int64_t)((h >> 8) % 50 == 0 ? 900 : (h >> 8) % 400);
    }
  t->n_rows = n;
  return t;
}

int main(int argc, char **argv) {
  const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  struct small *s = small_new();
  char id[20][8], text[64];
  static const char *const items[] = {"workers", "pay", "bonus", "hours", "total"};
  for (int i = 0; i < 20; i++) {
    (void)snprintf(id[i], sizeof id[i], "K%d", i + 1);
    (void)snprintf(text, sizeof text, "%s <= %d", items[i % 5], 500 + i);
    small_check(s, id[i], i % 2 ? SEVERITY_SOFT : SEVERITY_HARD, i % 4 ? "" : "workers > 0", text);
  }
  const struct unit_shard shard = {.current = made(s, n)};
  int64_t *weight = ARENA_ARRAY(s->arena, int64_t, n);
  int32_t *class = ARENA_ARRAY(s->arena, int32_t, n), *office = ARENA_ARRAY(s->arena, int32_t, n);
  for (int64_t r = 0; r < n; r++) {
    weight[r] = (int64_t)(1 + draw((uint64_t)r) % 20) * 1000000000;
    class[r] = (int32_t)(draw((uint64_t)r + 7) % 20);
    office[r] = (int32_t)(r * 1900 / n);
  }
  const struct check_grouping by[] = {{NULL, 1}, {class, 20}, {office, 1900}};
  struct check_stats out[3];
  struct edit_result found;
  struct err e;
  double start = cpu_seconds();
  if (edit_run(&s->job, s->arena, &s->form, &shard, 1, &found, &e)) return 1;
  const double plain = cpu_seconds() - start;
  for (int n_by = 1; n_by <= 3; n_by += 2) {
    const struct check_spec spec = {&s->form, &shard, 1, NULL, NULL, weight, by, n_by};
    start = cpu_seconds();
    if (check_stats_run(s->arena, &spec, out, &e)) return 1;
    const double seconds = cpu_seconds() - start;
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    printf("{\"bench\":\"check_stats\",\"records\":%lld,\"checks\":20,\"groupings\":%d,\"failing\":%.3f,\"cpu_seconds\":%.3f,\"records_per_s\":%."
           "0f,\"ratio_to_edit_run\":%.2f,\"peak_mib\":%.0f}\n",
        (long long)n, n_by, (double)out[0].record[CHECK_FAILED].n / (double)n, seconds, (double)n / seconds, seconds / plain,
        (double)u.ru_maxrss / 1024);
  }
  small_free(s);
  return 0;
}
