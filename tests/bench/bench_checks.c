/* bench_checks.c -- 50 rules of the kinds of the monthly labour survey and the vital statistics over 10 million rows, one thread, in rule-rows
 *    per second.
 * Floor    six of the rules written by hand in C, one loop each with the same three-valued result, over the same rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/date.h"
#include "base/expr.h"
#include "base/rng.h"

enum { N_ROWS = 1 << 20, N_PASSES = 10, N_FLOOR = 6 };

struct item {
  const char *name;
  enum expr_type type;
  const char *unit;
  int64_t low, high; /* of made values */
  const char *codes; /* "1;2;V" */
};
static const struct item items[] = {
    {"e0_t", EXPR_NUMBER, "person", 5, 900, ""},
    {"e0_m", EXPR_NUMBER, "person", 3, 500, ""},
    {"e0_f", EXPR_NUMBER, "person", 2, 400, ""},
    {"inc_t", EXPR_NUMBER, "person", 0, 30, ""},
    {"dec_t", EXPR_NUMBER, "person", 0, 30, ""},
    {"e1_t", EXPR_NUMBER, "person", 5, 900, ""},
    {"e1_m", EXPR_NUMBER, "person", 3, 500, ""},
    {"e1_f", EXPR_NUMBER, "person", 2, 400, ""},
    {"e0_p", EXPR_NUMBER, "person", 0, 300, ""},
    {"e1_p", EXPR_NUMBER, "person", 0, 300, ""},
    {"d_t", EXPR_NUMBER, "person_day", 0, 20000, ""},
    {"hs_t", EXPR_NUMBER, "person_hour", 0, 160000, ""},
    {"ho_t", EXPR_NUMBER, "person_hour", 0, 20000, ""},
    {"c_t", EXPR_NUMBER, "yen", 0, 300000, ""},
    {"c_m", EXPR_NUMBER, "yen", 0, 200000, ""},
    {"c_f", EXPR_NUMBER, "yen", 0, 100000, ""},
    {"o_t", EXPR_NUMBER, "yen", 0, 40000, ""},
    {"s_t", EXPR_NUMBER, "yen", 0, 100000, ""},
    {"from_day", EXPR_DATE, "", 20000, 20030, ""},
    {"to_day", EXPR_DATE, "", 20020, 20060, ""},
    {"industry", EXPR_CODE, "", 0, 0, "D;E;F;G;H;I;J;K;L;M;N;O;P;Q;R"},
    {"size", EXPR_CODE, "", 0, 0, "1;3;5;7;9"},
    {"sex", EXPR_CODE, "", 0, 0, "1;2;V"},
    {"marital", EXPR_CODE, "", 0, 0, "1;2;3;4;V"},
    {"cause", EXPR_CODE, "", 0, 0, "I219;C349;O10;P072;R54;J189;X70;V093;A349;I64;C61;N40;R95;G309"},
    {"place", EXPR_CODE, "", 0, 0, "1;2;3;5;6;7;8"},
    {"attendant", EXPR_CODE, "", 0, 0, "1;2;3"},
    {"filing_pref", EXPR_CODE, "", 0, 0, "01;13;27;40;47"},
    {"residence_pref", EXPR_CODE, "", 0, 0, "01;13;27;40;47;48"},
    {"birth", EXPR_DATE, "", -20000, 19000, ""},
    {"event", EXPR_DATE, "", 18000, 20454, ""},
    {"filing", EXPR_DATE, "", 18000, 20500, ""},
    {"mother_birth", EXPR_DATE, "", 1000, 12000, ""},
    {"weight", EXPR_NUMBER, "g", 300, 5600, ""},
    {"height", EXPR_NUMBER, "cm", 20, 65, ""},
    {"weeks", EXPR_NUMBER, "week", 20, 45, ""},
    {"order_of_birth", EXPR_NUMBER, "", 1, 12, ""},
    {"plurality", EXPR_NUMBER, "", 1, 3, ""},
    {"order_in_set", EXPR_NUMBER, "", 1, 3, ""},
    {"live", EXPR_NUMBER, "", 0, 12, ""},
    {"still", EXPR_NUMBER, "", 0, 4, ""},
    {"total_births", EXPR_NUMBER, "", 0, 16, ""},
};
enum { N_ITEMS = sizeof items / sizeof *items };

static const char *const rules[] = {
    "e0_t + inc_t - dec_t = e1_t",
    "e0_m + e0_f = e0_t",
    "e1_m + e1_f = e1_t",
    "c_m + c_f = c_t",
    "e1_p <= e1_t",
    "e0_p <= e0_t",
    "e0_t >= 0 and e1_t >= 0",
    "e0_t + e1_t > 0",
    "o_t <= c_t",
    "if hs_t = 0 then c_t < 100",
    "(ho_t > 0) = (o_t > 0)",
    "if d_t > 0 then hs_t + ho_t <= unit(d_t * 24,'person_hour')",
    "d_t <= unit(max(e0_t,e1_t) * 31,'person_day')",
    "from_day <= to_day",
    "days(from_day,to_day) between 24 and 34",
    "if e1_p = 0 and e0_p = 0 then industry != 'P'",
    "e0_t = prev(e1_t)",
    "e0_p = prev(e1_p)",
    "if prev(c_t) > 0 and prev(e1_t) > 0 then c_t / (e0_t + e1_t) between 0.5 * prev(c_t) / (prev(e0_t) + prev(e1_t)) and 2 * prev(c_t) / (prev(e0_t) + prev(e1_t))",
    "if ho_t > 0 then o_t * hs_t >= (c_t - o_t) * ho_t",
    "if d_t > 0 then hs_t / d_t between 3 and 10",
    "d_t / (e0_t + e1_t) between 2.5 and 13",
    "inc_t <= 0.3 * e0_t",
    "dec_t <= 0.3 * e0_t",
    "if prev(s_t) = 0 then s_t = 0",
    "not (c_t / prev(c_t) between 300 and 3000)",
    "abs(e1_t - e0_t) <= max(5, 0.1 * e0_t)",
    "if size in {1,3} then e1_t >= 100",
    "event <= filing",
    "days(event,filing) <= 14",
    "birth <= event",
    "age(birth,event) <= 125",
    "age(mother_birth,birth) between 15 and 49",
    "order_of_birth <= age(mother_birth,birth) - 13",
    "live + still = total_births",
    "order_in_set <= plurality",
    "weight between 500 and 5500",
    "weeks between 20 and 45",
    "if weeks >= 36 then weight >= 1000",
    "weight <= 1500 + 250 * (unit(weeks,'') - 20)",
    "height between 20 and 65",
    "if place in {1,2,3} then attendant in {1,2}",
    "if sex = 1 then not prefix(cause,1) = 'O'",
    "if prefix(cause,1) = 'O' then sex = 2 and age(birth,event) between 10 and 54",
    "if prefix(cause,1) = 'P' then days(birth,event) < 365",
    "if cause in {'C61','N40'} then sex = 1 and age(birth,event) >= 30",
    "if marital = 1 then age(birth,event) >= 16",
    "if cause = 'R54' then age(birth,event) >= 65",
    "residence_pref in {01,13,27,40,47,48} and filing_pref != 48",
    "if missing(weight) then missing(height) or unknown(height)",
};
enum { N_RULES = sizeof rules / sizeof *rules };
_Static_assert(N_RULES == 50, "the table says 50");
/* The six that are also written by hand. */
static const int floor_rules[N_FLOOR] = {0, 8, 12, 20, 36, 42};

static struct column columns[2][N_ITEMS]; /* current, previous */

static bool variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  (void)context;
  if (record.n) return false;
  for (int i = 0; i < N_ITEMS; i++) {
    if (!str_eq(name, str_of(items[i].name))) continue;
    *out = (struct expr_variable){.type = items[i].type, .unit = items[i].unit};
    return true;
  }
  return false;
}

static void make_column(struct arena *a, struct column *c, const struct item *item, int which) {
  struct rng r;
  int n_codes = 0;
  *c = (struct column){.name = item->name,
      .unit = item->unit,
      .type = item->type == EXPR_CODE ? COL_CODE : COL_INT,
      .is_date = item->type == EXPR_DATE,
      .status = ARENA_ARRAY(a, uint8_t, N_ROWS)};
  if (c->type == COL_INT) c->i64 = ARENA_ARRAY(a, int64_t, N_ROWS);
  else c->code = ARENA_ARRAY(a, int32_t, N_ROWS), c->dict = dict_new(a);
  for (struct str rest = str_of(item->codes); rest.n; n_codes++) (void)dict_add(c->dict, str_split(rest, ';', &rest));
  rng_init(&r, (uint64_t)which, "bench", item->name, strlen(item->name));
  for (int64_t i = 0; i < N_ROWS; i++) {
    c->status[i] = rng_below(&r, 50) == 0 ? VAL_BLANK : VAL_REPORTED;
    if (!value_present(c->status[i])) continue;
    if (c->code) c->code[i] = (int32_t)rng_below(&r, (uint64_t)n_codes);
    else c->i64[i] = item->low + (int64_t)rng_below(&r, (uint64_t)(item->high - item->low + 1));
  }
}

struct rule {
  struct expr *x;
  struct expr_scratch *scratch;
  const struct column **bound;
};

static bool make_rule(struct arena *a, const char *text, struct rule *rule) {
  struct expr_scope scope = {.variable = variable};
  struct err e = {0};
  char message[1024];
  if (expr_compile(a, str_of(text), &scope, "rules", 1, 1, &rule->x, &e)) {
    (void)err_format(&e, LANG_EN, message, sizeof message);
    fprintf(stderr, "%s\n%s\n", text, message);
    return false;
  }
  rule->scratch = expr_scratch_new(a, rule->x);
  rule->bound = ARENA_ARRAY(a, const struct column *, expr_n_slots(rule->x) + 1);
  for (int i = 0; i < expr_n_slots(rule->x); i++)
    for (int k = 0; k < N_ITEMS; k++)
      if (strcmp(items[k].name, expr_slot(rule->x, i)->name) == 0) rule->bound[i] = &columns[expr_slot(rule->x, i)->kind == EXPR_SLOT_PREV][k];
  return rule->scratch && rule->bound;
}

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t counts[3];
static void tally(const uint8_t *out, int n) {
  int64_t failed = 0, unknown = 0;
  for (int i = 0; i < n; i++) failed += out[i] == EXPR_FALSE, unknown += out[i] == EXPR_UNKNOWN;
  counts[0] += failed;
  counts[2] += unknown;
}

static bool run(const struct rule *const *use, int n_use) {
  static uint8_t out[EXPR_BATCH];
  struct err e;
  for (int64_t row = 0; row < N_ROWS; row += EXPR_BATCH)
    for (int i = 0; i < n_use; i++) {
      struct expr_binding b = {.columns = use[i]->bound};
      if (expr_eval_bool(use[i]->x, &b, use[i]->scratch, row, EXPR_BATCH, out, &e)) return false;
      tally(out, EXPR_BATCH);
    }
  return true;
}

/* --- the floor: as optimised as the engine --- */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O3")
#endif
static const struct column *col(const char *name) {
  for (int i = 0; i < N_ITEMS; i++)
    if (strcmp(items[i].name, name) == 0) return &columns[0][i];
  abort();
}
#define V(c, i) ((c)->i64[i])
#define P(c, i) ((c)->status[i] < VAL_BLANK)
#define EACH_ROW(present, condition) \
  for (int64_t i = row; i < row + EXPR_BATCH; i++) out[i - row] = (present) ? ((condition) ? EXPR_TRUE : EXPR_FALSE) : EXPR_UNKNOWN
static void hand_balance(int64_t row, uint8_t *out) {
  const struct column *a = col("e0_t"), *b = col("inc_t"), *c = col("dec_t"), *d = col("e1_t");
  EACH_ROW(P(a, i) && P(b, i) && P(c, i) && P(d, i), V(a, i) + V(b, i) - V(c, i) == V(d, i));
}
static void hand_compare(int64_t row, uint8_t *out) {
  const struct column *a = col("o_t"), *b = col("c_t");
  EACH_ROW(P(a, i) && P(b, i), V(a, i) <= V(b, i));
}
static void hand_max(int64_t row, uint8_t *out) {
  const struct column *a = col("d_t"), *b = col("e0_t"), *c = col("e1_t");
  EACH_ROW(P(a, i) && P(b, i) && P(c, i), V(a, i) <= (V(b, i) > V(c, i) ? V(b, i) : V(c, i)) * 31);
}
static void hand_between(int64_t row, uint8_t *out) {
  const struct column *a = col("weight");
  EACH_ROW(P(a, i), V(a, i) >= 500 && V(a, i) <= 5500);
}
static void hand_ratio(int64_t row, uint8_t *out) {
  const struct column *d = col("d_t"), *h = col("hs_t");
  for (int64_t i = row; i < row + EXPR_BATCH; i++) {
    bool both = P(d, i) && P(h, i) && V(d, i) != 0, inside = V(h, i) >= 3 * V(d, i) && V(h, i) <= 10 * V(d, i);
    if (P(d, i) && V(d, i) <= 0) out[i - row] = EXPR_TRUE;
    else out[i - row] = !both ? EXPR_UNKNOWN : inside ? EXPR_TRUE : EXPR_FALSE;
  }
}
static void hand_codes(int64_t row, uint8_t *out) {
  const struct column *sex = col("sex"), *cause = col("cause");
  int32_t male = dict_find(sex->dict, STR("1"));
  bool maternal[64] = {false};
  for (int32_t k = 0; k < dict_count(cause->dict); k++) maternal[k] = dict_text(cause->dict, k).p[0] == 'O';
  for (int64_t i = row; i < row + EXPR_BATCH; i++) {
    uint8_t a = !P(sex, i) ? EXPR_UNKNOWN : sex->code[i] == male, b = !P(cause, i) ? EXPR_UNKNOWN : !maternal[cause->code[i]];
    out[i - row] = a == EXPR_FALSE || b == EXPR_TRUE ? EXPR_TRUE : a == EXPR_TRUE && b == EXPR_FALSE ? EXPR_FALSE : EXPR_UNKNOWN;
  }
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
static double floor_seconds(int64_t out_counts[3]) {
  static void (*const hands[N_FLOOR])(int64_t, uint8_t *) = {hand_balance, hand_compare, hand_max, hand_ratio, hand_between, hand_codes};
  static uint8_t out[EXPR_BATCH];
  memset(counts, 0, sizeof counts);
  double start = now();
  for (int64_t row = 0; row < N_ROWS; row += EXPR_BATCH)
    for (int i = 0; i < N_FLOOR; i++) {
      hands[i](row, out);
      tally(out, EXPR_BATCH);
    }
  double seconds = now() - start;
  memcpy(out_counts, counts, sizeof counts);
  return seconds;
}

static double peak_mib(void) {
  struct rusage u;
  (void)getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024.0;
}

int main(void) {
  struct arena *a = arena_new(0);
  static struct rule made[N_RULES];
  const struct rule *all[N_RULES], *six[N_FLOOR];
  int64_t by_hand[3];
  for (int w = 0; w < 2; w++)
    for (int i = 0; i < N_ITEMS; i++) make_column(a, &columns[w][i], &items[i], w);
  for (int i = 0; i < N_RULES; i++) {
    if (!make_rule(a, rules[i], &made[i])) return 70;
    all[i] = &made[i];
  }
  for (int i = 0; i < N_FLOOR; i++) six[i] = &made[floor_rules[i]];
  if (getenv("BENCH_EACH"))
    for (int i = 0; i < N_RULES; i++) {
      double start = now();
      if (!run(&all[i], 1)) return 70;
      fprintf(stderr, "%7.0f M/s  %s\n", N_ROWS / (now() - start) / 1e6, rules[i]);
    }
  double start = now();
  for (int pass = 0; pass < N_PASSES; pass++)
    if (!run(all, N_RULES)) return 70;
  double rate = (double)N_RULES * N_ROWS * N_PASSES / (now() - start);
  (void)floor_seconds(by_hand);
  double floor_rate = (double)N_FLOOR * N_ROWS / floor_seconds(by_hand);
  memset(counts, 0, sizeof counts);
  start = now();
  if (!run(six, N_FLOOR)) return 70;
  double six_rate = (double)N_FLOOR * N_ROWS / (now() - start);
  if (memcmp(counts, by_hand, sizeof counts) != 0) {
    fprintf(stderr, "bench_checks: engine and hand-written loops disagree: %lld %lld failed, %lld %lld unknown\n", (long long)counts[0],
        (long long)by_hand[0], (long long)counts[2], (long long)by_hand[2]);
    return 70;
  }
  printf("checks: 50 rules, %.1f M rows, one core | %.1f M rule-rows/s | peak %.0f MiB | %.2f of target | target 100 M rule-rows/s\n",
      N_ROWS * (double)N_PASSES / 1e6, rate / 1e6, peak_mib(), rate / 1e8);
  printf("checks: 6 of them beside hand-written C loops | %.1f M rule-rows/s | peak %.0f MiB | %.2f of floor (%.1f M) | target 0.50 of floor\n",
      six_rate / 1e6, peak_mib(), six_rate / floor_rate, floor_rate / 1e6);
  arena_free(a);
  return 0;
}
