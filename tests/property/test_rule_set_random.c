/* Random checks over random records: what the clauses of a check say fails is exactly what its expression says fails; unknown agrees too, but for
 * ratios (0 in the denominator is unknown to the expression, no objection to the clauses), for missing(x), which is left out beside a part that
 * needs x (else it is an atom of its own), and for min and max of a missing value: unknown to the expression, while the clauses already know when
 * the other value alone decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/edit/edit_run.h"
#include "processing/edit/rule_eval.h"
#include "tests/unit/rule_fixture.h"

enum { ROUNDS = 60, CHECKS = 40, ROWS_A_ROUND = 300, DEPTH = 3 };
static struct rng state;
static int below(int n) { return (int)rng_below(&state, (uint64_t)n); }

static void sum(struct strbuf *b, bool *ratio) {
  static const char *const items[] = {"pay",       "bonus",      "total",
                                      "prev(pay)", "2 * pay",    "0.5 * bonus",
                                      "pay / 4",   "(-(bonus))", "frame(weight_num) * 3"};
  const int n = 1 + below(3);
  for (int i = 0; i < n; i++) strbuf_addf(b, "%s%s", i ? below(2) ? " + " : " - " : "", items[below((int)(sizeof items / sizeof *items) - 1)]);
  if (below(3) == 0) strbuf_addf(b, " + %d.%d", below(9), below(9));
  (void)ratio;
}
static bool uses_extreme; /* of the check being made */
static void atom(struct strbuf *b, bool *ratio, bool *presence) {
  static const char *const marks[] = {"=", "!=", "<", "<=", ">", ">="};
  const char *mark = marks[below(6)];
  switch (below(15)) {
    case 0: strbuf_addf(b, "industry in {'A','%c'}", 'B' + below(3)); break;
    case 1: strbuf_addf(b, "industry %s size", below(2) ? "=" : "!="); break;
    case 2: strbuf_addf(b, "prefix(industry,1) = '%c'", 'A' + below(4)); break;
    case 3: strbuf_addf(b, "hours %s %d.%d", mark, below(9), below(9)); break;
    case 4: strbuf_addf(b, "abs(pay - bonus) %s %d", mark, below(12)); break;
    case 5: strbuf_addf(b, "%s(pay, bonus) %s %d", below(2) ? "min" : "max", mark, below(12)), uses_extreme = true; break;
    case 6: strbuf_addf(b, "pay / bonus %s %d.5", mark, below(4)), *ratio = true; break;
    case 7:
      if (below(4) == 0) strbuf_adds(b, "missing(hours) or hours > 3"), *presence = true;
      else strbuf_addf(b, "pay between %d and %d", below(9) - 4, below(9));
      break;
    case 8: {
      static const char *const kinds[] = {"missing", "blank", "na", "unknown"};
      static const char *const names[] = {"pay", "bonus", "hours", "industry", "size", "prev(pay)", "prev(industry)"};
      strbuf_addf(b, "%s(%s)", kinds[below(4)], names[below(7)]), *presence = true;
      break;
    }
    case 9: strbuf_addf(b, "%s(hours) %s %d", below(2) ? "round" : "floor", mark, below(10) - 1); break;
    case 10: strbuf_addf(b, "round(pay / 4 - bonus, 1) %s %d.%d", mark, below(4), below(10)); break;
    case 11: strbuf_addf(b, "floor(0.5 * pay - 3) %s %d", mark, below(8) - 5); break;
    case 12: strbuf_addf(b, "unit(bonus, '') * (unit(prev(pay), '') - 2) %s %d - unit(pay, '')", mark, below(20) - 5); break;
    case 13: strbuf_addf(b, "unit(pay, '') / unit(bonus, '') %s unit(prev(bonus), '')", mark), *ratio = true; break;
    default: sum(b, ratio), strbuf_addf(b, " %s ", mark), sum(b, ratio);
  }
}
static void condition(struct strbuf *b, int depth, bool *ratio, bool *presence) {
  const int kind = depth == 0 ? 0 : below(5);
  if (kind < 2) {
    strbuf_addc(b, '('), atom(b, ratio, presence), strbuf_addc(b, ')');
  } else if (kind == 4) {
    strbuf_adds(b, "(not "), condition(b, depth - 1, ratio, presence), strbuf_addc(b, ')');
  } else {
    strbuf_addc(b, '('), condition(b, depth - 1, ratio, presence), strbuf_adds(b, kind == 2 ? " and " : " or "),
        condition(b, depth - 1, ratio, presence), strbuf_addc(b, ')');
  }
}
enum { STRICT, UNKNOWN_DIFFERS, MISSING_DIFFERS };
static void random_check(struct small *s, int i, int *loose) {
  struct strbuf b, u;
  bool ratio = false, presence = false;
  uses_extreme = false;
  strbuf_init(&b, 0);
  strbuf_init(&u, 0);
  if (below(3) == 0) {
    strbuf_adds(&b, "if "), condition(&b, 1, &ratio, &presence), strbuf_adds(&b, " then ");
  }
  condition(&b, DEPTH, &ratio, &presence);
  if (below(4) == 0) condition(&u, 1, &ratio, &presence);
  small_check(s, arena_printf(s->arena, "R%d", i), SEVERITY_HARD, arena_strdup(s->arena, strbuf_cstr(&u), u.n),
              arena_strdup(s->arena, strbuf_cstr(&b), b.n));
  *loose = uses_extreme ? MISSING_DIFFERS : ratio || presence || u.n ? UNKNOWN_DIFFERS : STRICT;
  strbuf_release(&b);
  strbuf_release(&u);
}
static const char *number(struct small *s, int low, int high) { return below(7) == 0 ? "" : arena_printf(s->arena, "%d", low + below(high - low)); }
static const char **random_rows(struct small *s) {
  const char **rows = ARENA_ARRAY(s->arena, const char *, ROWS_A_ROUND);
  for (int i = 0; i < ROWS_A_ROUND; i++) {
    const char *pay = number(s, -4, 12), *bonus = number(s, -4, 12);
    const char *total = *pay && *bonus ? arena_printf(s->arena, "%d", atoi(pay) + atoi(bonus)) : "";
    rows[i] = arena_printf(s->arena, "u%d,%.*s,%c,%s,%s,%s,%s,%s", i, below(8) ? 1 : 0, &"ABCD"[below(4)], "ABC"[below(3)], number(s, 0, 9), pay,
                           bonus, number(s, 0, 90), total);
  }
  return rows;
}
/* Truth of check c on a row by its clauses: the worst rule. */
static int worst(const struct rule_form *f, const uint8_t *status, int check, int row) {
  int v = EDIT_PASS;
  for (int i = 0; i < f->set.n_rules; i++)
    if (f->set.rules[i].check == check && status[(size_t)i * LINEAR_BLOCK + (size_t)row] > v) v = status[(size_t)i * LINEAR_BLOCK + (size_t)row];
  return v;
}
static const char *text_of(struct small *s, const struct expr *x) {
  struct strbuf b;
  struct err e;
  strbuf_init(&b, 0);
  if (!x || expr_print(x, &b, &e)) return "";
  const char *text = arena_strdup(s->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return text;
}
static int compare_round(struct small *s, const int *loose) {
  const char **rows = random_rows(s), **before = random_rows(s);
  struct small_data d = {rows, before, NULL, ROWS_A_ROUND, ROWS_A_ROUND, 0};
  struct unit_shard *shard = small_shards(s, &d, 1);
  struct edit_result r;
  struct rule_form f;
  struct rule_data data;
  struct rule_plan *plan = NULL;
  struct err e;
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, shard, 1, &r, &e), E_OK);
  assert_int_equal(rule_build(s->arena, &s->form, "unit", &f, &e), E_OK);
  assert_int_equal(f.n_used + f.n_refused, CHECKS);
  assert_int_equal(rule_data_of(s->arena, &f.set, shard, &data, &e), E_OK);
  assert_int_equal(rule_plan_new(s->arena, &f.set, &data, &plan, &e), E_OK);
  uint8_t *status = ARENA_ARRAY(s->arena, uint8_t, (int64_t)f.set.n_rules * LINEAR_BLOCK + 1);
  rule_eval(plan, 0, ROWS_A_ROUND, status);
  for (int c = 0; c < CHECKS; c++) {
    int64_t at = 0, unknown = 0;
    if (f.refusal[c] != RULE_USED) continue;
    for (int i = 0; i < ROWS_A_ROUND; i++) {
      while (at < r.n_failures && (r.record[at] < i || (r.record[at] == i && r.check[at] < c))) at++;
      const bool fails = at < r.n_failures && r.record[at] == i && r.check[at] == c;
      const int ours = worst(&f, status, c, i);
      unknown += ours == EDIT_MISS;
      if (loose[c] == MISSING_DIFFERS && (!num_present(&data.numbers.columns[num_table_find(&data.numbers, STR("pay"))], i) ||
                                          !num_present(&data.numbers.columns[num_table_find(&data.numbers, STR("bonus"))], i)))
        continue;
      if (fails != (ours == EDIT_FAIL))
        fail_msg("%s unless %s, row %s: expression %s, clauses %d", text_of(s, s->form.checks[c].expression), text_of(s, s->form.checks[c].universe),
                 rows[i], fails ? "fails" : "does not fail", ours);
    }
    if (loose[c] == STRICT) assert_int_equal(unknown, r.counts[c].unknown);
  }
  return f.n_used;
}
static void clauses_fail_exactly_where_expressions_do(void **unused) {
  int used = 0;
  (void)unused;
  rng_init(&state, 20251128, "rules", "all", 3);
  for (int round = 0; round < ROUNDS; round++) {
    struct small *s = rule_small_new();
    int loose[CHECKS];
    for (int i = 0; i < CHECKS; i++) random_check(s, i, &loose[i]);
    used += compare_round(s, loose);
    small_free(s);
  }
  assert_true(used > ROUNDS * CHECKS * 7 / 10);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(clauses_fail_exactly_where_expressions_do)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
