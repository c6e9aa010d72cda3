/* test_micro_strict.c -- what strict suppression, the measure of an attacker, peculiar households and steps on household variables promise,
 * on small random files against the plain search through everything. */
#include "tests/unit/micro_fixture.h"

#include "estimators/sdc/micro/attack.h"
#include "estimators/sdc/micro/micro_table.h"
#include "estimators/sdc/micro/recipe_run.h"
#include "estimators/sdc/micro/recipe_run_impl.h"
#include "estimators/sdc/micro/suppress_local.h"

enum { FILES = 400 };
static struct err e;

/* Records that do not contradict what record i was before the blanks. */
static int64_t fitting(const struct micro_keys *k, const uint32_t *blanked, int64_t i) {
  int64_t n = 0;
  for (int64_t j = 0; j < k->n; j++) {
    bool fits = true;
    for (int x = 0; x < k->m; x++)
      fits = fits && (blanked[j] >> x & 1 || !k->code[x][i] || !k->code[x][j] || k->code[x][i] == k->code[x][j]);
    n += fits;
  }
  return n;
}
static void strict_blanks_leave_k_that_fit(void **state) {
  struct rng r;
  int64_t blanked_files = 0;
  (void)state;
  rng_init(&r, 11, "strict", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_suppression s;
    struct micro_attack attack;
    double importance[MICRO_KEYS_MOST], rate = 0;
    int32_t household[80];
    const int64_t limit = 2 + (int64_t)rng_below(&r, 4);
    random_keys(a, &r, &k, limit + (int64_t)rng_below(&r, 60), 1 + (int)rng_below(&r, 5), 5, (int)rng_below(&r, 3) * 10);
    for (int j = 0; j < k.m; j++) importance[j] = 1 + (double)rng_below(&r, 4);
    for (int64_t i = 0; i < k.n; i++) household[i] = (int32_t)(i / 3);
    const bool households = rng_below(&r, 2);
    const struct micro_suppress_options o = {.k = limit, .importance = importance, .household = households ? household : NULL,
        .household_keys = households ? 1u : 0};
    for (int64_t i = 0; households && i < k.n; i++) k.code[0][i] = k.code[0][i / 3 * 3]; /* one value a household */
    assert_int_equal(micro_suppress_strict(a, &k, &o, &s, &e), E_OK);
    assert_int_equal(s.n_unsolved, 0);
    int64_t least = INT64_MAX, blanks = 0, below = 0;
    for (int64_t i = 0; i < k.n; i++) {
      const int64_t n = fitting(&k, s.blanked, i);
      least = n < least ? n : least, rate += 1 / (double)n, below += n < limit;
      for (int j = 0; j < k.m; j++) {
        blanks += s.blanked[i] >> j & 1;
        assert_true(!(s.blanked[i] >> j & 1) || k.code[j][i]);
      }
      if (households && k.code[0][i]) assert_int_equal(s.blanked[i] & 1, s.blanked[i / 3 * 3] & 1);
    }
    assert_true(least >= limit);
    assert_int_equal(blanks, s.n_all);
    assert_int_equal(micro_attack_of(a, &k, s.blanked, limit, &attack, &e), E_OK);
    assert_int_equal(attack.least, least);
    assert_int_equal(attack.n_below, below);
    assert_true(fabs(attack.rate - rate / (double)k.n) < 1e-12);
    blanked_files += blanks > 0;
    arena_free(a);
  }
  assert_true(blanked_files > FILES / 2);
}
static void the_attacker_of_any_blanks_is_that_of_comparing(void **state) {
  struct rng r;
  int64_t below_at_all = 0;
  (void)state;
  rng_init(&r, 12, "attack", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_attack attack;
    random_keys(a, &r, &k, 1 + (int64_t)rng_below(&r, 60), 1 + (int)rng_below(&r, 4), 5, (int)rng_below(&r, 3) * 15);
    uint32_t *blanked = ARENA_ARRAY(a, uint32_t, k.n + 1);
    for (int64_t i = 0; i < k.n; i++) blanked[i] = (uint32_t)(rng_below(&r, 3) ? 0 : rng_below(&r, 1u << k.m));
    assert_int_equal(micro_attack_of(a, &k, blanked, 3, &attack, &e), E_OK);
    int64_t below = 0;
    for (int64_t i = 0; i < k.n; i++) below += fitting(&k, blanked, i) < 3;
    assert_int_equal(attack.n_below, below);
    below_at_all += below;
    arena_free(a);
  }
  assert_true(below_at_all > 100);
}
static void a_key_that_is_never_blanked_stays(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 13, "never", NULL, 0);
  for (int file = 0; file < 100; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_suppression s;
    const double importance[MICRO_KEYS_MOST] = {0, 1, 1};
    random_keys(a, &r, &k, 40, 3, 4, 0);
    assert_int_equal(micro_suppress_strict(a, &k, &(struct micro_suppress_options){.k = 3, .importance = importance}, &s, &e), E_OK);
    int64_t below = 0;
    for (int64_t i = 0; i < k.n; i++) {
      assert_false(s.blanked[i] & 1);
      below += fitting(&k, s.blanked, i) < 3;
    }
    assert_true(below <= s.n_unsolved); /* those that no allowed blank can help are told */
    arena_free(a);
  }
}

/* --- households by their composition --- */
static int by_value(const void *x, const void *y) { return *(const int *)x - *(const int *)y; }
static bool same_composition(const int32_t *pattern, int64_t n, const int32_t *unit, int32_t g, int32_t h) {
  int one[80] = {0}, two[80] = {0}, n_one = 0, n_two = 0;
  for (int64_t i = 0; i < n; i++) {
    if (unit[i] == g) one[n_one++] = pattern[i];
    if (unit[i] == h) two[n_two++] = pattern[i];
  }
  qsort(one, (size_t)n_one, sizeof *one, by_value), qsort(two, (size_t)n_two, sizeof *two, by_value);
  return n_one == n_two && memcmp(one, two, (size_t)n_one * sizeof *one) == 0;
}
static void compositions_are_those_of_sorted_members(void **state) {
  struct rng r;
  (void)state;
  rng_init(&r, 14, "compositions", NULL, 0);
  for (int file = 0; file < FILES; file++) {
    struct arena *a = arena_new(0);
    struct micro_keys k;
    struct micro_patterns p;
    int32_t unit[80], *composition;
    int64_t *count;
    random_keys(a, &r, &k, 1 + (int64_t)rng_below(&r, 70), 2, 3, 10);
    struct micro_units u = {.n = k.n, .unit = unit, .households = true};
    for (int64_t i = 0; i < k.n; i++) unit[i] = i && rng_below(&r, 2) ? (int32_t)rng_below(&r, (uint64_t)u.n_units) : u.n_units++;
    assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
    assert_int_equal(recipe_compositions(a, &p, &u, &composition, &count, &e), E_OK);
    for (int32_t g = 0; g < u.n_units; g++) {
      int64_t same = 0;
      for (int32_t h = 0; h < u.n_units; h++) {
        const bool is = same_composition(p.of_record, k.n, unit, g, h);
        assert_int_equal(is, composition[g] == composition[h]);
        same += is;
      }
      assert_int_equal(count[composition[g]], same);
    }
    arena_free(a);
  }
}

/* --- steps on variables of households --- */
#define S "\"source\":\"s\",\"source_status\":\"own\""
static const char household_recipe[] =
    "{\"recipe\":1,\"dataset\":\"d\",\"title_ja\":\"t\",\"title_en\":\"t\",\"legal_basis\":\"l\",\"variables\":["
    "{\"name\":\"a\",\"kind\":\"identifier\"},{\"name\":\"b\",\"kind\":\"identifier\"},{\"name\":\"p\",\"kind\":\"identifier\"},"
    "{\"name\":\"rent\",\"kind\":\"number\",\"decimals\":1,\"level\":\"household\"},"
    "{\"name\":\"kind\",\"kind\":\"category\",\"level\":\"household\"},"
    "{\"name\":\"rooms\",\"kind\":\"number\",\"level\":\"household\"},{\"name\":\"sex\",\"kind\":\"category\"}],"
    "\"household\":[\"a\",\"b\"],\"record\":[\"a\",\"b\",\"p\"],"
    "\"keys\":{\"variables\":[\"kind\",\"rooms\",\"sex\"],\"missing\":\"matches-all\",\"k\":3," S "},\"steps\":["
    "{\"step\":\"noise\",\"variables\":[\"rent\"],\"amount\":0.5," S "},{\"step\":\"rank-swap\",\"variable\":\"rent\",\"percent\":20," S "},"
    "{\"step\":\"top-code\",\"variable\":\"rent\",\"records\":4,\"replace\":\"threshold\"," S "},"
    "{\"step\":\"pram\",\"variable\":\"kind\",\"least\":0.5,\"alpha\":1," S "},"
    "{\"step\":\"classes\",\"variable\":\"rooms\",\"edges\":[0,3],\"labels\":[\"few\",\"many\"]," S "},"
    "{\"step\":\"suppress\",\"strict\":true," S "},{\"step\":\"resample\",\"share\":0.8,\"by\":\"random\"," S "},{\"step\":\"order\"," S "}]}";
static void write_people(struct strbuf *people, struct strbuf *homes) {
  strbuf_adds(people, "a,b,p,sex\n"), strbuf_adds(homes, "a,b,rent,kind,rooms\n");
  for (int h = 0; h < 60; h++) {
    strbuf_addf(homes, "%d,%d,%d.%d,K%d,%d\n", h / 7, h % 7, 20 + h * 37 % 61, h % 10, h * h % 4, 1 + h % 6);
    for (int p = 0; p <= h % 4; p++) strbuf_addf(people, "%d,%d,%d,%d\n", h / 7, h % 7, p, (h + p) % 2);
  }
}
static void members_never_differ_in_what_is_their_households(void **state) {
  static const struct micro_stream stream = {.seed = {3}};
  struct arena *a = arena_new(0);
  struct json_document *d;
  struct strbuf people, homes;
  struct csv_table below, above;
  struct micro_recipe r;
  struct table t;
  struct micro_report report;
  struct micro_units u;
  (void)state;
  strbuf_init(&people, 0), strbuf_init(&homes, 0);
  write_people(&people, &homes);
  assert_int_equal(json_parse("recipe", household_recipe, sizeof household_recipe - 1, &d, &e), E_OK);
  assert_int_equal(micro_recipe_parse(a, "recipe", json_root(d), &r, &e), E_OK);
  assert_int_equal(csv_table_parse(a, "people", people.p, people.n, &below, &e), E_OK);
  assert_int_equal(csv_table_parse(a, "homes", homes.p, homes.n, &above, &e), E_OK);
  const struct micro_csv one = {&r, &below}, two = {&r, &above};
  const struct micro_origin records = micro_csv_origin(&one, "people"), parents = micro_csv_origin(&two, "homes");
  assert_int_equal(micro_table_join(a, &r, &records, &parents, &t, &e), E_OK);
  assert_int_equal(micro_recipe_run(a, &r, &t, &stream, &report, &e), E_OK);
  assert_true(report.safe);
  assert_int_equal(report.steps[2].tail.n_coded >= 4, 1); /* households, not people */
  assert_int_equal(report.steps[0].n_changed <= 60 && report.steps[0].n_changed > 50, 1);
  assert_int_equal(report.steps[6].resampled.n_units, 48);
  assert_int_equal(micro_units_of(a, &t, MICRO_HOUSEHOLD_COLUMN, NULL, NULL, NULL, &u, &e), E_OK);
  assert_int_equal(u.n_units, 48);
  for (int64_t i = 0; i < t.n_rows; i++)
    for (int64_t j = 0; j < i; j++) {
      if (u.unit[i] != u.unit[j]) continue;
      const struct column *rent = table_column(&t, "rent"), *kind = table_column(&t, "kind"), *rooms = table_column(&t, "rooms");
      assert_int_equal(rent->i64[i], rent->i64[j]);
      assert_int_equal(kind->status[i], kind->status[j]), assert_int_equal(kind->code[i], kind->code[j]);
      assert_int_equal(rooms->status[i], rooms->status[j]), assert_int_equal(rooms->code[i], rooms->code[j]);
    }
  /* An untouched household would be equal to what was put in. */
  int64_t moved = 0;
  for (int64_t i = 0; i < t.n_rows; i++) {
    const int64_t from = table_column(&t, MICRO_ROW_COLUMN)->i64[i];
    int64_t rent;
    const struct str b = csv_table_cell(&below, from, 1), first = csv_table_cell(&below, from, 0);
    const int64_t h = (first.p[0] - '0') * 7 + (b.p[0] - '0');
    assert_true(micro_decimal(csv_table_cell(&above, h, 2), 1, &rent));
    moved += rent != table_column(&t, "rent")->i64[i];
  }
  assert_true(moved > t.n_rows / 2);
  strbuf_release(&people), strbuf_release(&homes);
  json_release(d);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(strict_blanks_leave_k_that_fit),
      cmocka_unit_test(the_attacker_of_any_blanks_is_that_of_comparing),
      cmocka_unit_test(a_key_that_is_never_blanked_stays), cmocka_unit_test(compositions_are_those_of_sorted_members),
      cmocka_unit_test(members_never_differ_in_what_is_their_households)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
