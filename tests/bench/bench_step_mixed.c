/* Localisation inside a job. Weights by record against one weight per item: 1 M records of the small population by localise_run, the answers equal
 * where the weights are. All rules: 200 k records of a small form, 8 checks of which 4 are IF-THEN or about codes and 2 soft, a quarter failing, one
 * thread, with and without proofs. No anchor: nobody's step does this; the linear search of the same run is the comparison. */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "processing/step/step_mixed.h"
#include "processing/localise/localise.h"
#include "tests/bench/edit_population.h"
#include "tests/unit/rule_fixture.h"

enum { LINEAR_RECORDS = 1000000, MIXED_RECORDS = 200000, CHECKS = 8 };
static double processor_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}
static int64_t differing(const struct localise_result *p, const struct localise_result *q) {
  int64_t n = p->n_cases != q->n_cases;
  for (int64_t i = 0; n == 0 && i < p->n_cases; i++) n += p->cases[i].cost != q->cases[i].cost || p->cases[i].n_set != q->cases[i].n_set;
  return n;
}
static int weights_by_record(void) {
  struct arena *a = arena_new(0);
  struct linear_system s;
  struct num_table data;
  struct localise_result one, many;
  struct err e;
  const struct job job = {.n_threads = 1};
  double weight[POPULATION_MAX_ITEMS];
  const double *by_record[POPULATION_MAX_ITEMS];
  if (!a || linear_parse(a, str_of(population_edits(POPULATION_SMALL)), false, &s, &e)) return 75;
  double *ones = ARENA_ARRAY(a, double, LINEAR_RECORDS);
  if (!ones || population_table(a, POPULATION_SMALL, 20261128, 0, LINEAR_RECORDS, &data, &e)) return 75;
  for (int64_t i = 0; i < LINEAR_RECORDS; i++) ones[i] = 1;
  for (int j = 0; j < POPULATION_MAX_ITEMS; j++) weight[j] = 1, by_record[j] = ones;
  struct localise_spec spec = {.system = &s, .weight = weight, .max_cost = INFINITY, .seed = 1};
  double start = processor_seconds();
  if (localise_run(&job, a, &spec, &data, &one, &e)) return 70;
  const double fixed = processor_seconds() - start;
  spec.record_weight = by_record;
  start = processor_seconds();
  if (localise_run(&job, a, &spec, &data, &many, &e)) return 70;
  const double varying = processor_seconds() - start;
  printf("weights by record, 1,000,000 records, 10 variables: %.3f s of processor; one weight per item %.3f s; ratio %.2f; %lld answers differ\n",
      varying, fixed, varying / fixed, (long long)differing(&one, &many));
  arena_free(a);
  return 0;
}

/* --- all rules --- */
static struct small *mixed_form(void) {
  static const struct {
    const char *expression;
    int64_t weight;
  } checks[CHECKS] = {{"pay <= 3000 * unit(workers, 'yen')", 0},     {"bonus <= 2 * pay", 0},
                      {"if industry = 'A' then bonus >= 10", 0},     {"if size = 'A' then unit(workers, '') >= 50", 0},
                      {"not (industry = 'D' and size = 'C')", 0},    {"pay >= 10 * unit(workers, 'yen')", 0},
                      {"pay <= 2000 * unit(workers, 'yen')", 500000}, {"if industry = 'B' then bonus <= pay", 700000}};
  struct small *s = rule_small_new();
  for (int i = 0; i < CHECKS; i++) {
    small_check(s, arena_printf(s->arena, "C%d", i), checks[i].weight ? SEVERITY_SOFT : SEVERITY_HARD, NULL, checks[i].expression);
    ((struct check *)(uintptr_t)&s->form.checks[i])->weight = checks[i].weight;
  }
  return s;
}
static const char *mixed_line(struct small *s, int i) {
  struct rng r;
  rng_init(&r, 20261128, "mixed step", &i, sizeof i);
  const int size = (int)rng_below(&r, 3), industry = (int)rng_below(&r, size == 2 ? 3 : 4);
  int64_t workers = size == 0 ? 50 + (int64_t)rng_below(&r, 200) : 5 + (int64_t)rng_below(&r, 60),
          pay = workers * (200 + (int64_t)rng_below(&r, 1500));
  int64_t bonus = 10 + pay / 10 * (int64_t)rng_below(&r, 9);
  if (rng_below(&r, 20) == 0) pay *= 1000;
  if (rng_below(&r, 40) == 0) workers /= 20;
  if (rng_below(&r, 40) == 0) bonus = 1;
  return arena_printf(s->arena, "u%d,%c,%c,%lld,%lld,%lld,10,%lld", i, "ABCD"[industry], "ABC"[size], (long long)workers, (long long)pay,
                      (long long)bonus, (long long)(pay + bonus));
}
static int all_rules(struct small *s, struct unit_shard *shard, bool proofs) {
  static struct record_type type;
  const struct item *keys[] = {form_item(&s->form, "unit_id")};
  struct arena *a = arena_new(0);
  struct job_plan plan = {.reliability = ARENA_ARRAY(a, double, SMALL_ITEMS), .reliability_of = ARENA_ARRAY(a, struct expr *, SMALL_ITEMS)};
  struct job job = {.arena = a, .n_threads = 1};
  uint8_t *ones = ARENA_ARRAY(a, uint8_t, MIXED_RECORDS);
  const struct step_spec spec = {.name = "where", .checks = ones, .seed = 1};
  const struct step_scope scope = {.selected = ones, .n_selected = MIXED_RECORDS};
  struct job_state j = {.job = &job, .arena = a, .form = &s->form, .plan = &plan, .shards = shard, .n_shards = 1, .n_records = MIXED_RECORDS};
  struct mixed_step step = {.proofs = proofs};
  struct mixed_cases cases;
  struct rule_form rules;
  struct err e;
  int64_t solved = 0, unsolved = 0;
  type = (struct record_type){.name = "unit", .n_keys = 1, .keys = keys};
  s->form.records = &type;
  s->form.n_records = 1;
  memset(ones, 1, MIXED_RECORDS);
  for (int i = 0; i < SMALL_ITEMS; i++) plan.reliability[i] = 1;
  if (cell_flags_init(&j.flags, a, &s->form, MIXED_RECORDS, &e) || rule_build(a, &s->form, NULL, &rules, &e)) return 70;
  const double start = processor_seconds();
  if (mixed_step_build(&j, &spec, &scope, &rules.set, &step, &e)) return 70;
  step.spec.max_cost = INFINITY;
  if (mixed_step_shard(&j, &step, &scope, shard, a, &cases, &e)) return 70;
  const double seconds = processor_seconds() - start;
  for (int64_t i = 0; i < cases.n; i++) {
    solved += cases.list[i].status == LOCALISE_SOLVED;
    unsolved += cases.list[i].status != LOCALISE_SOLVED && cases.list[i].status != LOCALISE_PASSED;
  }
  printf("all rules, %d records, %d clauses%s: %.3f s of processor (%.0f rows/s), %.1f %% searched, %.1f us each, %lld solved, %lld not, %.1f MiB\n",
         MIXED_RECORDS, step.rules.n_rules, proofs ? ", with proofs" : "", seconds, MIXED_RECORDS / seconds, 100.0 * (double)cases.n / MIXED_RECORDS,
         1e6 * seconds / (double)cases.n, (long long)solved, (long long)unsolved, (double)arena_used(a) / 1048576);
  arena_free(a);
  return 0;
}
int main(void) {
  struct small *s = mixed_form();
  const char **rows = ARENA_ARRAY(s->arena, const char *, MIXED_RECORDS);
  int status = weights_by_record();
  for (int i = 0; i < MIXED_RECORDS; i++) rows[i] = mixed_line(s, i);
  struct unit_shard *shard = small_shards(s, &(struct small_data){rows, NULL, NULL, MIXED_RECORDS, 0, 0}, 1);
  if (!status) status = all_rules(s, shard, false);
  if (!status) status = all_rules(s, shard, true);
  small_free(s);
  return status;
}
