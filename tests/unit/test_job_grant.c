/* A job in a store with officers gets exactly what its grant allows, and what it leaves is controlled like the data it was made from. */
#include "tests/unit/grant_fixture.h"

#include "secure-store/store_job.h"
#include "secure-store/store_product.h"

static const char *const two[] = {"weight", "sex"}, *const one[] = {"weight"}, *const named[] = {"weight", "name"}, *const other[] = {"income"};

struct asked { /* what a test changes; the rest is an honest job under g-1 that copies its input */
  const char *const *columns;
  int n;
  const char *grant, *purpose, *period, *script;
};
static struct store_job_result result; /* of the last job */
static struct arena *memory;           /* of the command that runs jobs */

static int make_memory(void **state) {
  (void)state;
  memory = arena_new(0);
  return memory ? 0 : -1;
}
static int free_memory(void **state) {
  (void)state;
  arena_free(memory);
  return 0;
}

static enum err_code job(struct rights *r, const struct asked *a, struct err *e) {
  static char sh[] = "sh", dash_c[] = "-c";
  static char text[512];
  char *const argv[] = {sh, dash_c, text, NULL};
  r->job.arena = memory;
  snprintf(text, sizeof text, "%s", a->script ? a->script : "while IFS= read -r l; do printf '%s\\n' \"$l\"; done <../in/data.csv >copy");
  const struct store_job_spec spec = {.key = {"vital", "birth", a->period ? a->period : "2025-12", "received"},
      .columns = a->columns ? a->columns : two,
      .n_columns = a->columns ? a->n : 2,
      .purpose = a->purpose ? a->purpose : "33-1-i-stat",
      .grant = a->grant ? a->grant : "g-1",
      .program = "/bin/sh",
      .argv = argv,
      .limits = {.wall_seconds = 60, .cpu_seconds = 60, .memory_bytes = 256 << 20, .scratch_bytes = 64 << 20}};
  return store_job_run(r->s, &spec, &result, e);
}
static struct rights *with_table(int64_t n, int64_t *shard) {
  struct rights *r = rights_new();
  people(r);
  put_table(r, n, 1, shard);
  return r;
}
static enum err_code get(struct rights *r, const char *id, struct strbuf *out, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "blob"};
  int64_t access;
  struct err second;
  TRY(store_log_intent(r->s, &entry, &access, e));
  enum err_code code = store_blob_get(r->s, id, access, 0, out, e);
  enum err_code logged = store_log_outcome(r->s, access, &entry, code == E_OK, &second);
  return code ? code : logged;
}

static void no_grant_no_job(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(50, &shard);
  struct arena *a = arena_new(0);
  int64_t intents = leaves(r, "job-start", LOG_INTENT, NULL);
  REFUSES(r, E_GRANT_NEEDED, job(r, &(struct asked){.grant = ""}, e));
  REFUSES(r, E_GRANT_NEEDED, job(r, &(struct asked){.grant = "g-1"}, e)); /* a number is no grant */
  make_grant(r, &(struct ask){.id = "g-1"});
  REFUSES(r, E_GRANT_NEEDED, job(r, &(struct asked){.grant = "g-1"}, e)); /* nor one that nobody entered */
  assert_int_equal(leaves(r, "job-start", LOG_INTENT, NULL), intents);    /* nothing was even intended */
  assert_int_equal(leaves(r, "job-start", LOG_REFUSED, "E_GRANT_NEEDED"), 3);
  arena_free(a);
  rights_free(r);
}

static void it_gets_what_the_grant_allows(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(3000, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct strbuf text;
  struct grant_usage u;
  make_grant(r, &(struct ask){.id = "g-1", .columns = "[\"weight\",\"sex\"]", .filter = "sex = '2' and weight > 3000"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(job(r, &(struct asked){.columns = one, .n = 1}, &error));
  strbuf_init(&text, 0);
  assert_int_equal(result.n_outputs, 1);
  OK(get(r, result.outputs[0].id, &text, &error)); /* under the same grant it may be opened again */
  struct str rest = str_view(text.p, text.n), line = str_trim(str_split(rest, '\n', &rest));
  assert_true(str_eq(line, STR("weight"))); /* one column, not that of the filter */
  int64_t n = 0;
  while (rest.n) {
    int64_t weight;
    line = str_trim(str_split(rest, '\n', &rest));
    assert_true(str_int64(line, &weight) && weight > 3000);
    n++;
  }
  assert_true(n > 100 && n == result.rows && n < 3000);
  grant_usage_of(r->s, "g-1", r->time, &u);
  assert_int_equal(u.today[COUNT_TABLES], 1);
  grant_leave(r->s);
  grant_usage_of(r->s, "g-1", r->time, &u);
  assert_int_equal(u.today[COUNT_ROWS], n + (int64_t)text.n / 128 + 1); /* those of the job and those of the file, nothing kept back */
  strbuf_release(&text);
  arena_free(a);
  rights_free(r);
}

static void what_it_does_not_allow_is_refused_by_name(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(50, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  make_grant(r, &(struct ask){.id = "g-1"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  int64_t intents = leaves(r, "job-start", LOG_INTENT, NULL);
  REFUSES(r, E_GRANT_SCOPE, job(r, &(struct asked){.columns = other, .n = 1}, e));
  assert_int_equal(job(r, &(struct asked){.columns = other, .n = 1}, &error), E_GRANT_SCOPE);
  assert_string_equal(error.subject, "income");
  REFUSES(r, E_GRANT_SCOPE, job(r, &(struct asked){.columns = named, .n = 2}, e));
  assert_int_equal(job(r, &(struct asked){.columns = named, .n = 2}, &error), E_GRANT_SCOPE);
  assert_string_equal(error.subject, "name");
  REFUSES(r, E_GRANT_SCOPE, job(r, &(struct asked){.period = "2025-11"}, e));
  REFUSES(r, E_GRANT_SCOPE, job(r, &(struct asked){.grant = "g-2"}, e));
  REFUSES(r, E_JOB_PURPOSE, job(r, &(struct asked){.purpose = "32-i"}, e));
  assert_int_equal(leaves(r, "job-start", LOG_INTENT, NULL), intents);
  REFUSES(r, E_GRANT_PERSON, enter(r, a, "g-1", TABULATOR_2, e));
  REFUSES(r, E_GRANT_NEEDED, job(r, &(struct asked){.grant = "g-1"}, e)); /* the other person's job */
  char *here = on_another_machine();
  REFUSES(r, E_GRANT_MACHINE, enter(r, a, "g-1", TABULATOR, e));
  back_home(here);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(job(r, &(struct asked){.columns = two, .n = 2}, &error));
  arena_free(a);
  rights_free(r);
}

static void a_part_that_the_purpose_forbids_stays_closed(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct arena *a = arena_new(0);
  int64_t shard;
  people(r);
  make_grant(r, &(struct ask){.columns = "[\"name\",\"weight\"]"}); /* the dataset is not there yet */
  put_table(r, 10, 1, &shard);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  REFUSES(r, E_GRANT_SHAPE, job(r, &(struct asked){.columns = named, .n = 2}, e));
  assert_int_equal(leaves(r, "job-end", LOG_FAILED, NULL), 1);
  assert_int_equal(result.n_outputs, 0);
  arena_free(a);
  rights_free(r);
}

static void its_time_and_its_limits_hold(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(100, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  static const char limits[] = "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":250,\"rows_per_day\":-1,"
                               "\"sessions_per_day\":-1,\"tables_per_day\":3}";
  make_grant(r, &(struct ask){.limits = limits, .until = T0 + HOUR});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(job(r, &(struct asked){.script = "echo 1 >a; echo 2 >b"}, &error));
  REFUSES(r, E_GRANT_LIMIT, job(r, &(struct asked){.script = "echo 1 >a; echo 2 >b"}, e)); /* four tables of three */
  assert_int_equal(result.n_outputs, 0);
  REFUSES(r, E_GRANT_LIMIT, job(r, &(struct asked){.script = "true"}, e)); /* 300 rows of 250 */
  REFUSES(r, E_GRANT_LIMIT, job(r, &(struct asked){.columns = one, .n = 1, .script = "true"}, e)); /* nor fewer columns of them */
  r->time = T0 + HOUR + 1;
  REFUSES(r, E_GRANT_EXPIRED, job(r, &(struct asked){.script = "true"}, e));
  arena_free(a);
  rights_free(r);
}

static void products_inherit_the_label(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(20, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct strbuf b;
  struct store_product p;
  bool found = false;
  char first[65], messages[65];
  static const char *const score[] = {"score"};
  make_grant(r, &(struct ask){.id = "g-1", .columns = "[\"weight\",\"score\"]"});
  make_grant(r, &(struct ask){.id = "g-2", .columns = "[\"weight\",\"score\"]"});
  make_grant(r, &(struct ask){.id = "own", .columns = "[\"*\"]", .basis = "32-i"});
  OK(enter(r, a, "own", TABULATOR, &error));
  OK(job(r, &(struct asked){.grant = "own", .purpose = "32-i", .columns = named, .n = 2, .script = "echo 5 >n; echo said >&2"}, &error));
  OK(store_product_find(r->s, result.outputs[0].id, &p, &found, &error));
  assert_true(found && p.label == PART_ID && p.rows == 20 && p.bytes == 2);
  assert_string_equal(p.grant, "own");
  assert_string_equal(p.dataset, "vital/birth/2025-12/received");
  assert_string_equal(p.person, "tab-e");
  memcpy(first, result.outputs[0].id, sizeof first);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(job(r, &(struct asked){.columns = score, .n = 1, .script = "echo 5 >n; echo said >&2"}, &error));
  OK(store_product_find(r->s, result.outputs[0].id, &p, &found, &error));
  assert_true(found && p.label == PART_PARADATA && p.until == T0 + 30 * DAY);
  assert_string_not_equal(result.outputs[0].id, first); /* the same bytes, but not the same label */
  memcpy(first, result.outputs[0].id, sizeof first);
  memcpy(messages, result.messages, sizeof messages);
  OK(store_product_find(r->s, messages, &p, &found, &error));
  assert_true(found);
  strbuf_init(&b, 0);
  OK(get(r, first, &b, &error));
  OK(get(r, messages, &b, &error));
  OK(enter(r, a, "g-2", TABULATOR, &error)); /* the same columns and person: still another study */
  REFUSES(r, E_JOB_PRODUCT, get(r, first, &b, e));
  REFUSES(r, E_JOB_PRODUCT, get(r, messages, &b, e));
  grant_leave(r->s);
  REFUSES(r, E_GRANT_NEEDED, get(r, first, &b, e)); /* paradata of others is open, what a job made is not */
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(grant_revoke(r->s, "g-1", "ended", &error));
  REFUSES(r, E_GRANT_REVOKED, get(r, first, &b, e));
  rights_again(r);
  int n = 0;
  for (uint64_t at = 0; !store_product_next(r->s, at, &p, &at, &found, &error) && found;) n++;
  assert_int_equal(n, 4);
  strbuf_release(&b);
  arena_free(a);
  rights_free(r);
}

static void an_altered_label_is_seen(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(20, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct strbuf b;
  strbuf_init(&b, 0);
  make_grant(r, &(struct ask){.id = "g-1"});
  make_grant(r, &(struct ask){.id = "g-2"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(job(r, &(struct asked){.script = "echo 5 >n"}, &error));
  edit_database(r, "UPDATE rights_record SET text = replace(text, '\"grant\":\"g-1\"', '\"grant\":\"g-2\"') WHERE object LIKE 'product:%'");
  OK(enter(r, a, "g-2", TABULATOR, &error));
  assert_int_equal(get(r, result.outputs[0].id, &b, &error), E_STORE_TAMPERED);
  assert_int_equal(b.n, 0);
  strbuf_release(&b);
  arena_free(a);
  rights_free(r);
}

static void an_office_of_one_needs_none(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  int64_t shard;
  put_table(r, 10, 1, &shard);
  OK(job(r, &(struct asked){.grant = "", .purpose = "32-i", .columns = named, .n = 2}, &error));
  assert_int_equal(result.rows, 10);
  REFUSES(r, E_JOB_NO_GRANTS, job(r, &(struct asked){.grant = "g-1"}, e)); /* a number that means nothing here is not taken down */
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_grant_no_job),
      cmocka_unit_test(it_gets_what_the_grant_allows),
      cmocka_unit_test(what_it_does_not_allow_is_refused_by_name),
      cmocka_unit_test(a_part_that_the_purpose_forbids_stays_closed),
      cmocka_unit_test(its_time_and_its_limits_hold),
      cmocka_unit_test(products_inherit_the_label),
      cmocka_unit_test(an_altered_label_is_seen),
      cmocka_unit_test(an_office_of_one_needs_none),
  };
  return cmocka_run_group_tests(tests, make_memory, free_memory);
}
