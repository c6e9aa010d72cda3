/* test_micro_memory.c -- the n-th allocation of a run of a recipe fails, for every n: the run says "out of memory", never goes on, never breaks. */
#include "tests/unit/micro_fixture.h"

#include "estimators/sdc/micro/micro_table.h"
#include "estimators/sdc/micro/recipe_run.h"

static const char recipe_text[] =
    "{\"recipe\":1,\"dataset\":\"d\",\"title_ja\":\"t\",\"title_en\":\"t\",\"legal_basis\":\"l\",\"variables\":["
    "{\"name\":\"id\",\"kind\":\"identifier\"},{\"name\":\"home\",\"kind\":\"identifier\"},{\"name\":\"region\",\"kind\":\"category\"},"
    "{\"name\":\"age\",\"kind\":\"number\"},{\"name\":\"income\",\"kind\":\"number\"},{\"name\":\"w\",\"kind\":\"number\",\"decimals\":3},"
    "{\"name\":\"rent\",\"kind\":\"number\",\"level\":\"household\"}],\"form\":\"s/f\",\"left_out\":{\"x\":\"a reason\"},"
    "\"record\":[\"id\"],\"household\":[\"home\"],\"weight\":\"w\",\"keys\":{\"variables\":[\"region\",\"age\"],\"missing\":\"matches-all\",\"k\":3,"
    "\"source\":\"s\",\"source_status\":\"own\"},\"sensitive\":{\"variable\":\"income\",\"ordered\":true,\"l\":2,\"c\":2,\"t\":0.5},\"steps\":["
    "{\"step\":\"resample\",\"share\":0.8,\"by\":\"weight\",\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"suppress\",\"sharing\":1,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"top-code\",\"variable\":\"income\",\"share\":0.1,\"replace\":\"threshold\",\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"microaggregate\",\"variables\":[\"income\"],\"k\":3,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"rank-swap\",\"variable\":\"income\",\"percent\":10,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"pram\",\"variable\":\"region\",\"least\":0.8,\"alpha\":1,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"noise\",\"variables\":[\"rent\"],\"amount\":0.1,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"geography\",\"variable\":\"region\",\"least\":5,\"population\":\"weights\",\"into\":{\"R1\":\"R0\"},\"source\":\"s\","
    "\"source_status\":\"own\"},"
    "{\"step\":\"peculiar\",\"variables\":[\"region\"],\"unit\":\"household\",\"least\":2,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"suppress\",\"strict\":true,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"suppress\",\"combinations\":1,\"source\":\"s\",\"source_status\":\"own\"},"
    "{\"step\":\"order\",\"source\":\"s\",\"source_status\":\"own\"}]}";

static enum err_code one_run(struct arena *a, const struct json_document *d, const char *data, size_t n, struct err *e) {
  static const struct micro_stream stream = {.seed = {1}};
  struct micro_recipe r;
  struct csv_table c;
  struct table t;
  struct micro_report report;
  TRY(micro_recipe_parse(a, "recipe", json_root(d), &r, e));
  TRY(csv_table_parse(a, "data", data, n, &c, e));
  TRY(micro_table_read(a, &r, "data", &c, &t, e));
  TRY(micro_recipe_run(a, &r, &t, &stream, &report, e));
  return report.safe ? E_OK : E_BUG;
}
static void every_allocation_may_fail(void **state) {
  struct json_document *d;
  struct strbuf b;
  struct err e;
  enum err_code code = E_NO_MEMORY;
  uint64_t failed = 0;
  (void)state;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "id,home,region,age,income,w,rent\n");
  for (int i = 0; i < 60; i++)
    strbuf_addf(&b, "P%d,H%d,R%d,%d,%d,%d,%d\n", i, i / 2, i % 3, i * 7 % 5, 1000 + i * 37 % 500, 10 + i / 2 % 4, 50 + i / 2);
  assert_int_equal(json_parse("recipe", recipe_text, sizeof recipe_text - 1, &d, &e), E_OK);
  for (uint64_t n = 1; code; n++) {
    struct arena *a = arena_new(0);
    assert_non_null(a);
    arena_fail_at(n);
    code = one_run(a, d, b.p, b.n, &e);
    arena_fail_at(0);
    arena_free(a);
    if (code) assert_int_equal(code, E_NO_MEMORY);
    failed += code != E_OK;
  }
  print_message("%llu allocations\n", (unsigned long long)failed);
  assert_true(failed > 100);
  strbuf_release(&b);
  json_release(d);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
