/* The step localise with all rules against trying every record: random checks as texts, what fails told by edit_run on all 8,640 small records, so
 * that neither the clauses nor the search are trusted. Numbers 0 to 4, codes with blanks, soft checks with weights, flagged values. The cost of each
 * answer is the least one, and a record with exactly its items changed passes all hard checks. The same answers for 1 and 8 threads and for the
 * records the other way round. Default 24 rounds of 40 records; --full 400. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "base/rng.h"
#include "processing/edit/edit_run.h"
#include "processing/step/step_mixed.h"
#include "tests/unit/rule_fixture.h"

enum { CHECKS = 7, ROWS_A_ROUND = 40, NUMBERS = 3, CODES = 2, HOURS = NUMBERS + CODES, PARTS = HOURS + 1, TOP = 4, WORLD = 216 * 5 * 4 * 2 };
static const char *const ITEMS[PARTS] = {"workers", "pay", "bonus", "industry", "size", "hours"};
static int rounds = 24;
static struct rng state;
static int below(int n) { return (int)rng_below(&state, (uint64_t)n); }

struct one { /* a record: numbers 0 .. TOP, -1 blank; codes 0 .., -1 blank; hours 0 = there, -1 blank, asked for and no more */
  int part[PARTS];
};
struct round {
  struct small *s;
  struct one world[WORLD], rows[ROWS_A_ROUND], before;
  bool flagged[ROWS_A_ROUND][PARTS], needed[ROWS_A_ROUND][PARTS];
  double unmet[WORLD]; /* weights of the soft checks that the record fails; INFINITY where a hard one fails */
  double weight[PARTS];
  struct mixed_cases cases;
  struct mixed_step step;
};

static const char *line_of(struct small *s, const struct one *o, int number) {
  char text[NUMBERS][12] = {""};
  for (int i = 0; i < NUMBERS; i++)
    if (o->part[i] >= 0) (void)snprintf(text[i], sizeof text[i], "%d", o->part[i]);
  const char *total = o->part[1] < 0 || o->part[2] < 0 ? "" : arena_printf(s->arena, "%d", o->part[1] + o->part[2]);
  return arena_printf(s->arena, "u%d,%.*s,%.*s,%s,%s,%s,%s,%s", number, o->part[3] >= 0, o->part[3] < 0 ? "" : &"ABCD"[o->part[3]], o->part[4] >= 0,
                      o->part[4] < 0 ? "" : &"ABC"[o->part[4]], text[0], text[1], text[2],
                      o->part[HOURS] < 0 ? "" : "10", total);
}
static void random_checks(struct small *s) {
  static const char *const texts[] = {"pay + bonus <= %d",
                                      "pay + %d >= bonus",
                                      "if industry = 'A' then pay >= %d",
                                      "if size in {'A','B'} then unit(workers, '') <= %d",
                                      "industry = 'C' or unit(workers, '') + unit(pay, '') = %d",
                                      "not (industry = 'B' and size = 'C' and bonus > %d)",
                                      "if pay > %d then industry = size",
                                      "unit(workers, '') != %d",
                                      "if unit(workers, '') = 0 then total <= %d",
                                      "2 * pay - bonus between 0 and %d",
                                      "max(pay, bonus) >= %d",
                                      "abs(pay - bonus) <= %d",
                                      "unit(pay, '') <= unit(prev(bonus), '') * unit(workers, '') + %d",
                                      "unit(bonus, '') * (unit(prev(pay), '') + 1) >= %d - unit(pay, '')",
                                      "unit(bonus, '') * unit(prev(pay), '') <= 3 * %d",
                                      "if missing(hours) then pay <= %d",
                                      "not missing(hours) or bonus >= %d",
                                      "if pay > %d then not missing(hours)",
                                      "if industry = 'A' then missing(hours) or pay = %d"};
  for (int i = 0; i < CHECKS; i++) {
    const bool soft = below(3) == 0;
    char text[128];
    (void)snprintf(text, sizeof text, texts[below((int)(sizeof texts / sizeof *texts))], below(5)); // NOLINT: the texts are ours
    small_check(s, arena_printf(s->arena, "R%d", i), soft ? SEVERITY_SOFT : SEVERITY_HARD, NULL, arena_strdup(s->arena, text, strlen(text)));
    if (soft) ((struct check *)(uintptr_t)&s->form.checks[i])->weight = 500000 * (1 + below(4));
  }
}
static void all_records(struct round *r) {
  for (int i = 0; i < WORLD; i++) {
    int at = i;
    for (int k = 0; k < PARTS; k++) {
      const int n = k < NUMBERS ? TOP + 2 : k == 3 ? 5 : k == 4 ? 4 : 2;
      r->world[i].part[k] = at % n - 1;
      at /= n;
    }
  }
}
/* Last month is the same for all records of a round. */
static struct unit_shard *shard_of(struct round *r, const struct one *records, int n, bool reversed) {
  struct small *s = r->s;
  const char **rows = ARENA_ARRAY(s->arena, const char *, n), **before = ARENA_ARRAY(s->arena, const char *, n);
  for (int i = 0; i < n; i++) rows[reversed ? n - 1 - i : i] = line_of(s, &records[i], i);
  for (int i = 0; i < n; i++) before[i] = line_of(s, &r->before, i);
  return small_shards(s, &(struct small_data){rows, before, NULL, n, n, 0}, 1);
}
static void judge_world(struct round *r) {
  struct edit_result result;
  struct err e;
  assert_int_equal(edit_run(&r->s->job, r->s->arena, &r->s->form, shard_of(r, r->world, WORLD, false), 1, &result, &e), E_OK);
  memset(r->unmet, 0, sizeof r->unmet);
  for (int64_t i = 0; i < result.n_failures; i++) {
    const struct check *k = &r->s->form.checks[result.check[i]];
    r->unmet[result.record[i]] += k->severity == SEVERITY_HARD ? INFINITY : (double)k->weight / 1e6;
  }
}
static void random_records(struct round *r) {
  static const double weights[] = {1, 1.5, 2, 3};
  for (int k = 0; k < PARTS; k++) r->weight[k] = weights[below(4)];
  for (int i = 0; i < ROWS_A_ROUND; i++)
    for (int k = 0; k < PARTS; k++) {
      const int n = k < NUMBERS ? TOP + 1 : k == 3 ? 4 : k == 4 ? 3 : 1;
      r->rows[i].part[k] = below(k == HOURS ? 2 : 12) == 0 ? -1 : below(n);
      if (k < NUMBERS && below(20) == 0) r->rows[i].part[k] = 7; /* beyond the limit */
      r->flagged[i][k] = k != HOURS && r->rows[i].part[k] >= 0 && below(25) == 0;
    }
}
static int item_at(const struct round *r, int v) {
  for (int k = 0; k < PARTS; k++)
    if (r->step.item[v] == form_item_index(&r->s->form, ITEMS[k])) return k;
  return -1;
}
/* Can some rule not be decided without this number? */
static bool needed(const struct round *r, int row, int part) {
  enum { MOST = 32 };
  double x[MOST] = {0};
  bool missing[MOST] = {false};
  int code[MOST] = {0};
  const struct rule_set *s = &r->step.rules;
  assert_true(r->step.p <= MOST && r->step.q <= MOST);
  for (int v = 0; v < r->step.p + r->step.q; v++) {
    const int k = item_at(r, v);
    const bool last = v < r->step.p && strncmp(s->numeric.names[v], "prev(", 5) == 0;
    const int value = last ? r->before.part[strcmp(s->numeric.names[v], "prev(pay)") == 0 ? 1 : 2] : k < 0 ? 0 : r->rows[row].part[k];
    if (v < r->step.p) missing[v] = value < 0, x[v] = value;
    else code[v - r->step.p] = s->categories[v - r->step.p].presence ? -value : value;
    if (v >= r->step.p || s->product[v].x < 0) continue;
    missing[v] = missing[s->product[v].x] || missing[s->product[v].by];
    x[v] = x[s->product[v].x] * x[s->product[v].by];
  }
  for (int i = 0; i < s->n_rules; i++)
    for (int t = 0; t < s->rules[i].n_atoms; t++)
      for (int k = 0; !s->rules[i].atoms[t].category && k < s->rules[i].atoms[t].linear.n; k++) {
        const int v = s->rules[i].atoms[t].linear.var[k], of = s->product[v].x < 0 ? v : s->product[v].x;
        if (item_at(r, of) == part && rule_holds(s, &s->rules[i], x, missing, code) < 0) return true;
      }
  return false;
}
/* A blank code stays, and a blank number that no rule needs; another blank or flagged value must change, whatever it becomes. */
static double change(const struct round *r, int row, const struct one *to, bool only[PARTS]) {
  const struct one *from = &r->rows[row];
  double cost = 0;
  for (int k = 0; k < PARTS; k++) {
    const bool must = r->flagged[row][k] || r->needed[row][k], blank = from->part[k] < 0 && !r->needed[row][k];
    if (k != HOURS && blank != (to->part[k] < 0)) return INFINITY;
    const bool changed = from->part[k] != to->part[k];
    if (only && changed && !only[k]) return INFINITY;
    cost += changed || must ? r->weight[k] : 0;
  }
  return cost;
}
static void run_step(struct round *r, int threads, bool reversed, struct mixed_cases *out) {
  static const struct item *keys[1];
  static struct record_type type;
  struct small *s = r->s;
  struct err e;
  struct rule_form rules;
  struct job job = {.arena = s->arena, .n_threads = threads};
  struct job_plan plan = {.reliability = ARENA_ARRAY(s->arena, double, s->form.n_items),
                          .reliability_of = ARENA_ARRAY(s->arena, struct expr *, s->form.n_items + 1)};
  uint8_t *ones = ARENA_ARRAY(s->arena, uint8_t, ROWS_A_ROUND + CHECKS);
  struct step_spec spec = {.name = "where", .checks = ones, .seed = 7};
  struct step_scope scope = {.selected = ones, .n_selected = ROWS_A_ROUND};
  struct job_state j = {.job = &job, .arena = s->arena, .form = &s->form, .plan = &plan, .n_shards = 1, .n_records = ROWS_A_ROUND};
  memset(ones, 1, ROWS_A_ROUND + CHECKS);
  keys[0] = form_item(&s->form, "unit_id");
  type = (struct record_type){.name = "unit", .n_keys = 1, .keys = keys};
  s->form.records = &type;
  s->form.n_records = 1;
  j.record = &s->form.records[0];
  for (int i = 0; i < s->form.n_items; i++) plan.reliability[i] = 1;
  for (int k = 0; k < PARTS; k++) plan.reliability[form_item_index(&s->form, ITEMS[k])] = r->weight[k];
  j.shards = shard_of(r, r->rows, ROWS_A_ROUND, reversed);
  assert_int_equal(cell_flags_init(&j.flags, s->arena, &s->form, ROWS_A_ROUND, &e), E_OK);
  for (int i = 0; i < ROWS_A_ROUND; i++)
    for (int k = 0; k < PARTS; k++)
      if (r->flagged[i][k])
        assert_int_equal(cell_flag_set(&j.flags, form_item_index(&s->form, ITEMS[k]), reversed ? ROWS_A_ROUND - 1 - i : i, FLAG_IMPUTE,
                                       &(struct flag_reason){"", "", ""}, &e),
                         E_OK);
  r->step = (struct mixed_step){.proofs = below(2)};
  assert_int_equal(rule_build(s->arena, &s->form, NULL, &rules, &e), E_OK);
  assert_int_equal(mixed_step_build(&j, &spec, &scope, &rules.set, &r->step, &e), E_OK);
  r->step.spec.max_cost = INFINITY;
  assert_int_equal(mixed_step_shard(&j, &r->step, &scope, j.shards, s->arena, out, &e), E_OK);
}
static const struct mixed_case *case_of(const struct mixed_cases *c, int64_t row) {
  for (int64_t i = 0; i < c->n; i++)
    if (c->list[i].row == row) return &c->list[i];
  return NULL;
}
/* Items of no chosen rule never come into the step: their blanks and flags are not its business. */
static double unused(const struct round *r, int row) {
  double cost = 0;
  for (int k = 0; k < PARTS; k++) {
    bool used = false;
    for (int v = 0; v < r->step.p + r->step.q; v++) used = used || item_at(r, v) == k;
    const int x = r->rows[row].part[k];
    if (!used && (r->flagged[row][k] || (k < NUMBERS && x > TOP))) cost += r->weight[k];
  }
  return cost;
}
static int check_row(const struct round *r, int row) {
  const struct mixed_case *c = case_of(&r->cases, row);
  double best = INFINITY, own = INFINITY;
  bool only[PARTS] = {false};
  for (int k = 0; k < PARTS; k++) /* what no rule speaks of may be anything */
    only[k] = true;
  for (int v = 0; v < r->step.p + r->step.q; v++)
    if (item_at(r, v) >= 0) only[item_at(r, v)] = false;
  for (int k = 0; c && k < c->n_set; k++) only[item_at(r, c->set[k])] = true;
  for (int i = 0; i < WORLD; i++) {
    best = fmin(best, change(r, row, &r->world[i], NULL) + r->unmet[i]);
    own = fmin(own, change(r, row, &r->world[i], only) + r->unmet[i]);
  }
  if (!c || c->status == LOCALISE_PASSED) {
    if (fabs(best - unused(r, row)) > 1e-9) fail_msg("row %d passes at no cost, trying every record costs %g", row, best);
    return 0;
  }
  if (c->status == LOCALISE_NO_SOLUTION) {
    assert_true(isinf(best));
    return 0;
  }
  assert_int_equal(c->status, LOCALISE_SOLVED);
  if (fabs(best - unused(r, row) - c->cost) > 1e-9) fail_msg("row %d: cost %g, by trying every record %g", row, c->cost, best - unused(r, row));
  if (fabs(own - best) > 1e-9) fail_msg("row %d: changing the answer's items alone costs %g instead of %g", row, own, best);
  assert_true(!r->step.proofs || c->unproved || c->text[0]);
  return 1;
}
static void same(const struct mixed_cases *a, const struct mixed_cases *b, bool reversed) {
  assert_int_equal(a->n, b->n);
  for (int64_t i = 0; i < a->n; i++) {
    const struct mixed_case *p = &a->list[i], *q = case_of(b, reversed ? ROWS_A_ROUND - 1 - p->row : p->row);
    assert_non_null(q);
    assert_true(p->status == q->status && p->n_set == q->n_set && p->n_paid == q->n_paid && p->cost == q->cost);
    if (p->n_set) assert_memory_equal(p->set, q->set, (size_t)p->n_set * sizeof *p->set);
  }
}
static void answers_are_cheapest(void **unused_state) {
  int solved = 0;
  (void)unused_state;
  for (int n = 0; n < rounds; n++) {
    struct round *r = test_calloc(1, sizeof *r);
    struct mixed_cases threads, reversed;
    rng_init(&state, 20251128, "step by all rules", &n, sizeof n);
    r->s = rule_small_new();
    for (int k = 0; k < NUMBERS; k++) {
      struct item *it = &r->s->form.items[form_item_index(&r->s->form, ITEMS[k])];
      it->has_min = it->has_max = true;
      it->min = 0;
      it->max = TOP;
    }
    r->s->form.items[0].required = true;
    random_checks(r->s);
    all_records(r);
    r->before = (struct one){{below(TOP), below(5) - 1, below(4) - 1, 1, 1, 0}};
    judge_world(r);
    random_records(r);
    run_step(r, 8, false, &threads);
    run_step(r, 2, true, &reversed);
    run_step(r, 1, false, &r->cases);
    same(&r->cases, &threads, false);
    same(&r->cases, &reversed, true);
    for (int i = 0; i < ROWS_A_ROUND; i++)
      for (int k = 0; k < NUMBERS; k++) r->needed[i][k] = r->rows[i].part[k] < 0 && needed(r, i, k);
    for (int i = 0; i < ROWS_A_ROUND; i++) solved += check_row(r, i);
    small_free(r->s);
    test_free(r);
  }
  assert_true(solved > rounds * 10);
}
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_cheapest)};
  if (argc > 1 && strcmp(argv[1], "--full") == 0) rounds = 400;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
