/* test_grant.c -- grants: what they must be, what they open, what they count. The attacks stand in tests/fault/test_attacks_rights.c. */
#include "tests/unit/grant_fixture.h"

static const char *const two[] = {"weight", "sex"}, *const one[] = {"weight"};

static struct rights *with_table(int64_t n, int64_t *shard) {
  struct rights *r = rights_new();
  people(r);
  put_table(r, n, 1, shard);
  return r;
}

/* --- object --- */

static void grant_has_one_text(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct grant g, again;
  struct strbuf text;
  uint8_t subject[32], subject_again[32];
  OK(ask_for(r, &(struct ask){.columns = "[\"weight\",\"born\",\"sex\"]"}, &error));
  OK(grant_find(r->s, a, "g-1", &g, subject, &error));
  assert_int_equal(g.n_columns, 3);
  assert_string_equal(g.column[0], "born");
  assert_int_equal(strlen(g.salt), 32);
  assert_int_equal(strlen(g.machine), 64);
  strbuf_init(&text, 0);
  OK(grant_text(r->s, &g, &text, subject_again, &error));
  assert_memory_equal(subject, subject_again, 32);
  OK(grant_parse_canonical(r->s, a, str_view(text.p, text.n), &again, subject_again, &error));
  assert_memory_equal(subject, subject_again, 32);
  strbuf_addc(&text, ' ');
  assert_int_equal(grant_parse_canonical(r->s, a, str_view(text.p, text.n), &again, subject_again, &error), E_GRANT_FORMAT);
  strbuf_release(&text);
  arena_free(a);
  rights_free(r);
}

static void grants_that_are_none(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  static const struct {
    struct ask ask;
    enum err_code code;
  } cases[] = {
      {{.id = "G-1"}, E_GRANT_FORMAT}, {{.id = "g"}, E_GRANT_FORMAT}, {{.dataset = "vital/birth/2025-12"}, E_GRANT_FORMAT},
      {{.dataset = "vital/birth/2025-12/received/x"}, E_GRANT_FORMAT}, {{.dataset = "vital//2025-12/received"}, E_GRANT_FORMAT},
      {{.dataset = "vital/b*/2025-12/received"}, E_GRANT_FORMAT}, {{.dataset = "vital/birth/2025-12/received  x"}, E_GRANT_FORMAT},
      {{.columns = "[]"}, E_GRANT_FORMAT}, {{.columns = "[\"sex\",\"sex\"]"}, E_GRANT_FORMAT}, {{.columns = "[\"*\"]"}, E_GRANT_FORMAT},
      {{.columns = "\"sex\""}, E_GRANT_FORMAT}, {{.columns = "[\"age\"]"}, E_GRANT_SCOPE}, {{.basis = "33"}, E_GRANT_FORMAT},
      {{.machine = "any"}, E_GRANT_FORMAT}, {{.from = T0 + DAY, .until = T0 + DAY}, E_GRANT_FORMAT}, {{.limits = "{}"}, E_GRANT_FORMAT},
      {{.limits = "{\"cells_per_day\":-2,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,"
                  "\"tables_per_day\":-1}"},
          E_GRANT_FORMAT},
      {{.columns = "[\"name\"]"}, E_GRANT_SHAPE}, {{.columns = "[\"name\",\"sex\"]", .basis = "33-1-i-research"}, E_GRANT_SHAPE},
      {{.columns = "[\"sex\"]", .basis = "33-1-i-list"}, E_GRANT_SHAPE}, {{.columns = "[\"name\"]", .basis = "33-2"}, E_GRANT_SHAPE},
      {{.dataset = "blob/original", .basis = "33-1-i-stat"}, E_GRANT_SHAPE}, {{.person = "nobody"}, E_OFFICER_UNKNOWN},
      {{.from = T0 - 2 * DAY, .until = T0 - DAY}, E_GRANT_EXPIRED}, {{.break_glass = "fire", .until = T0 + 3601}, E_BREAK_GLASS},
      {{.break_glass = "fire", .until = T0 + 3600}, E_BREAK_GLASS}, /* one export */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fprintf(stderr, "case %zu\r", i);
    REFUSES(r, cases[i].code, ask_for(r, &cases[i].ask, e));
  }
  struct err error;
  OK(ask_for(r, &(struct ask){.id = "list", .columns = "[\"name\"]", .basis = "33-1-i-list"}, &error));
  OK(ask_for(r, &(struct ask){.id = "own", .columns = "[\"*\"]", .basis = "32-i", .dataset = "vital/*/*/* blob/original"}, &error));
  rights_free(r);
}

/* --- reading --- */

static void rows_come_only_under_a_grant(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(1000, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct grant_usage u;
  static const char *const other[] = {"weight", "income"}, *const named[] = {"name"};
  REFUSES(r, E_GRANT_NEEDED, read_shard(r, shard, two, 2, a, &t, e));
  make_grant(r, &(struct ask){.id = "g-1"});
  REFUSES(r, E_GRANT_NEEDED, read_shard(r, shard, two, 2, a, &t, e));
  REFUSES(r, E_GRANT_PERSON, grant_enter(r->s, a, "g-1", "tab-e", e)); /* nobody showed his keys */
  REFUSES(r, E_GRANT_PERSON, enter(r, a, "g-1", TABULATOR_2, e));
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  assert_int_equal(t.n_rows, 1000);
  assert_int_equal(t.n_columns, 2);
  REFUSES(r, E_GRANT_SCOPE, read_shard(r, shard, other, 2, a, &t, e));
  assert_null(t.columns);
  REFUSES(r, E_GRANT_SCOPE, read_shard(r, shard, named, 1, a, &t, e));
  REFUSES(r, E_GRANT_SCOPE, read_shard(r, shard, NULL, 0, a, &t, e));
  assert_true(leaves(r, "data-read", LOG_DONE, "33-1-i-stat") == 1);
  grant_usage_of(r->s, "g-1", r->time, &u);
  assert_int_equal(u.today[COUNT_ROWS], 1000);
  assert_int_equal(u.today[COUNT_CELLS], 2000);
  assert_int_equal(u.today[COUNT_SESSIONS], 1);
  assert_int_equal(u.today[COUNT_QUERIES], 4);
  grant_leave(r->s);
  REFUSES(r, E_GRANT_NEEDED, read_shard(r, shard, two, 2, a, &t, e));
  arena_free(a);
  rights_free(r);
}

static void filter_lets_out_its_rows_only(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(3000, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table all, t;
  struct grant_usage u;
  make_grant(r, &(struct ask){.id = "own", .columns = "[\"*\"]", .basis = "32-i", .requester = "tab-h", .person = "tab-e"});
  OK(enter(r, a, "own", TABULATOR, &error));
  OK(read_shard(r, shard, NULL, 0, a, &all, &error));
  int64_t wanted = 0;
  const struct column *sex = table_column(&all, "sex"), *weight = table_column(&all, "weight");
  for (int64_t i = 0; i < all.n_rows; i++)
    wanted += value_present(sex->status[i]) && str_eq(dict_text(sex->dict, sex->code[i]), STR("2")) && value_present(weight->status[i]) &&
        weight->i64[i] > 3000;
  assert_true(wanted > 100);
  make_grant(r, &(struct ask){.id = "g-2", .columns = "[\"weight\"]", .filter = "sex = '2' and weight > 3000"});
  OK(enter(r, a, "g-2", TABULATOR, &error));
  OK(read_shard(r, shard, one, 1, a, &t, &error));
  assert_int_equal(t.n_rows, wanted);
  assert_int_equal(t.n_columns, 1); /* the filter's other column is not handed out */
  for (int64_t i = 0; i < t.n_rows; i++) assert_true(t.columns[0].i64[i] > 3000);
  grant_usage_of(r->s, "g-2", r->time, &u);
  assert_int_equal(u.today[COUNT_ROWS], wanted);
  make_grant(r, &(struct ask){.id = "g-3", .columns = "[\"weight\"]", .filter = "age > 3"});
  OK(enter(r, a, "g-3", TABULATOR, &error));
  assert_int_not_equal(read_shard(r, shard, one, 1, a, &t, &error), E_OK); /* a filter that cannot be judged opens nothing */
  arena_free(a);
  rights_free(r);
}

static void purpose_is_checked_again_at_reading(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t shard;
  static const char *const named[] = {"name"};
  people(r);
  make_grant(r, &(struct ask){.columns = "[\"name\"]"}); /* the dataset is not there yet: nothing to compare with */
  put_table(r, 10, 1, &shard);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  REFUSES(r, E_GRANT_SHAPE, read_shard(r, shard, named, 1, a, &t, e));
  arena_free(a);
  rights_free(r);
}

static void files_need_a_grant_too(void **state) {
  (void)state;
  int64_t shard, access;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct strbuf b;
  char id[65], receipt[65];
  const struct log_entry entry = {.action = "data-read", .object = "blob"};
  OK(store_begin(r->s, &error));
  OK(store_blob_put(r->s, "original", "births.csv", "1,2\n", 4, PART_ANSWER, id, &error));
  OK(store_blob_put(r->s, "receipt", "r", "ok", 2, PART_PARADATA, receipt, &error));
  OK(store_commit(r->s, &error));
  OK(store_log_intent(r->s, &entry, &access, &error));
  strbuf_init(&b, 0);
  OK(store_blob_get(r->s, receipt, access, 0, &b, &error));
  REFUSES(r, E_GRANT_NEEDED, store_blob_get(r->s, id, access, 0, &b, e));
  REFUSES(r, E_GRANT_NEEDED, store_blob_name(r->s, id, access, &b, e));
  make_grant(r, &(struct ask){.columns = "[\"*\"]", .basis = "32-i", .dataset = "blob/original"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(store_blob_get(r->s, id, access, 0, &b, &error));
  assert_int_equal(b.n, 6);
  strbuf_release(&b);
  arena_free(a);
  rights_free(r);
}

static void machine_binds(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  make_grant(r, &(struct ask){.id = "g-1"});
  make_grant(r, &(struct ask){.id = "g-2", .machine = "0000000000000000000000000000000000000000000000000000000000000000"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  REFUSES(r, E_GRANT_MACHINE, enter(r, a, "g-2", TABULATOR, e));
  char *here = on_another_machine();
  REFUSES(r, E_GRANT_MACHINE, enter(r, a, "g-1", TABULATOR, e));
  back_home(here);
  arena_free(a);
  rights_free(r);
}

static void pledge_instruction_and_roles_of_the_person(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  OK(ask_for(r, &(struct ask){.person = "maint-k"}, &error));
  OK(sign_request(r, "g-1", &error));
  OK(vote(r, "g-1", CHIEF, true, &error));
  OK(vote(r, "g-1", MANAGER, true, &error));
  struct officer *o = &r->person[MAINTENANCE].card;
  o->pledge_sha256[0] = 0;
  CHANGED(r, officer_add(r->s, o, e));
  REFUSES(r, E_GRANT_PLEDGE, grant_activate(r->s, "g-1", e));
  memset(o->pledge_sha256, 'b', 64);
  snprintf(o->trained, sizeof o->trained, "2024-12-31"); /* 366 days before */
  CHANGED(r, officer_add(r->s, o, e));
  REFUSES(r, E_GRANT_PLEDGE, grant_activate(r->s, "g-1", e));
  snprintf(o->trained, sizeof o->trained, "2027-01-01");
  CHANGED(r, officer_add(r->s, o, e));
  REFUSES(r, E_GRANT_PLEDGE, grant_activate(r->s, "g-1", e));
  snprintf(o->trained, sizeof o->trained, "2025-01-01");
  CHANGED(r, officer_add(r->s, o, e));
  OK(grant_activate(r->s, "g-1", &error));
  appoint(r, MAINTENANCE, LOG_ROLE_MAINTENANCE); /* opens no data from here on */
  REFUSES(r, E_ROLE_FORBIDDEN, enter(r, a, "g-1", MAINTENANCE, e));
  make_grant(r, &(struct ask){.id = "g-2"});
  CHANGED(r, officer_retire(r->s, "tab-e", e));
  REFUSES(r, E_OFFICER_RETIRED, officer_sign_in(r->s, &r->person[TABULATOR].secret, e));
  arena_free(a);
  rights_free(r);
}

/* --- counting --- */

#define LIMITS(rows_all, rows_day)                                                                                                \
  "{\"cells_per_day\":-1,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":" #rows_all ",\"rows_per_day\":" #rows_day \
  ",\"sessions_per_day\":-1,\"tables_per_day\":2}"

static void limits_hold_per_day_and_in_all(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(100, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  make_grant(r, &(struct ask){.limits = LIMITS(350, 200)});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  for (int i = 0; i < 2; i++) OK(read_shard(r, shard, two, 2, a, &t, &error));
  REFUSES(r, E_GRANT_LIMIT, read_shard(r, shard, two, 2, a, &t, e));
  for (int hour = 1; hour <= 24; hour++) { /* the store is looked at now and then: no jump of the clock */
    r->time = T0 + (int64_t)hour * HOUR;
    OK(officer_sign_in(r->s, &r->person[TABULATOR].secret, &error));
  }
  OK(grant_enter(r->s, a, "g-1", "tab-e", &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  rights_again(r); /* counters come from the log */
  OK(enter(r, a, "g-1", TABULATOR, &error));
  REFUSES(r, E_GRANT_LIMIT, read_shard(r, shard, two, 2, a, &t, e)); /* 350 in all */
  OK(grant_take(r->s, COUNT_EXPORTS, 1, &error));
  REFUSES(r, E_GRANT_LIMIT, grant_take(r->s, COUNT_EXPORTS, 1, e));
  OK(grant_take(r->s, COUNT_TABLES, 2, &error));
  REFUSES(r, E_GRANT_LIMIT, grant_take(r->s, COUNT_TABLES, 1, e));
  arena_free(a);
  rights_free(r);
}

static void reading_ahead_is_given_back(void **state) {
  (void)state;
  int64_t shard[40];
  struct rights *r = with_table(10, &shard[0]);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct grant_usage u;
  for (int i = 1; i < 40; i++) put_table(r, 10, i + 1, &shard[i]);
  make_grant(r, &(struct ask){.limits = LIMITS(1000, 1000)});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received"};
  int64_t access, before = leaves(r, "data-read", LOG_NOTE, NULL);
  OK(store_log_intent(r->s, &entry, &access, &error));
  for (int i = 0; i < 40; i++) OK(store_shard_read(r->s, shard[i], access, two, 2, a, &t, &error));
  int64_t charges = leaves(r, "data-read", LOG_NOTE, NULL) - before;
  assert_true(charges <= 7); /* 10, 20, 40 ... */
  OK(store_log_outcome(r->s, access, &entry, true, &error));
  grant_leave(r->s);
  grant_usage_of(r->s, "g-1", r->time, &u);
  assert_int_equal(u.in_all[COUNT_ROWS], 400);
  assert_int_equal(u.in_all[COUNT_CELLS], 800);
  /* near the limit: what is left is reserved, no more */
  OK(grant_enter(r->s, a, "g-1", "tab-e", &error));
  OK(store_log_intent(r->s, &entry, &access, &error));
  for (int i = 0; i < 60; i++) OK(store_shard_read(r->s, shard[i % 40], access, two, 2, a, &t, &error));
  REFUSES(r, E_GRANT_LIMIT, store_shard_read(r->s, shard[0], access, two, 2, a, &t, e));
  arena_free(a);
  rights_free(r);
}

static void a_job_reads_inside_its_transaction(void **state) {
  (void)state;
  int64_t shard, access;
  struct rights *r = with_table(100, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct grant_usage u;
  const struct log_entry entry = {.action = "job-start", .object = "job:1"};
  make_grant(r, &(struct ask){.limits = LIMITS(150, 150)});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(store_log_intent(r->s, &entry, &access, &error));
  OK(store_begin(r->s, &error)); /* reserves what the dataset holds */
  OK(store_shard_read(r->s, shard, access, two, 2, a, &t, &error));
  REFUSES(r, E_GRANT_LIMIT, store_shard_read(r->s, shard, access, one, 1, a, &t, e));
  assert_false(r->s->in_transaction); /* nothing of the refused job stays */
  grant_leave(r->s);
  grant_usage_of(r->s, "g-1", r->time, &u);
  assert_int_equal(u.in_all[COUNT_ROWS], 100);
  make_grant(r, &(struct ask){.id = "g-2"});
  OK(grant_enter(r->s, a, "g-2", "tab-e", &error));
  OK(grant_reserve(r->s, 250, &error)); /* known to read more than once */
  OK(store_begin(r->s, &error));
  for (int i = 0; i < 2; i++) OK(store_shard_read(r->s, shard, access, two, 2, a, &t, &error));
  REFUSES(r, E_GRANT_TRANSACTION, store_shard_read(r->s, shard, access, two, 2, a, &t, e));
  grant_leave(r->s);
  grant_usage_of(r->s, "g-2", r->time, &u);
  assert_int_equal(u.in_all[COUNT_ROWS], 200);
  arena_free(a);
  rights_free(r);
}

static void differencing_is_seen(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(1000, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct record task;
  make_grant(r, &(struct ask){.id = "g-1", .filter = "weight > 2100"});
  make_grant(r, &(struct ask){.id = "g-2", .filter = "weight > 2103"});
  make_grant(r, &(struct ask){.id = "g-3", .filter = "weight > 2500"});
  make_grant(r, &(struct ask){.id = "g-4", .filter = "weight > 2103", .person = "tab-h"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  OK(enter(r, a, "g-3", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  OK(enter(r, a, "g-4", TABULATOR_2, &error)); /* another person */
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  assert_false(had_problem(&r->problems, E_GRANT_DIFFERENCING));
  rights_again(r);
  OK(enter(r, a, "g-2", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error)); /* three units fewer than the first */
  assert_true(had_problem(&r->problems, E_GRANT_DIFFERENCING));
  assert_true(record_next(r->s, "task:differencing:g-2:", 0, &task));
  memset(&r->problems, 0, sizeof r->problems);
  OK(grant_query_note(r->s, "vital/birth/2025-12/received", STR("sex = '1'"), 700, &error));
  assert_false(had_problem(&r->problems, E_GRANT_DIFFERENCING));
  OK(grant_query_note(r->s, "vital/birth/2025-12/received", STR("sex = '1' and weight != 2700"), 699, &error));
  assert_true(had_problem(&r->problems, E_GRANT_DIFFERENCING));
  arena_free(a);
  rights_free(r);
}

/* --- emergencies --- */

static void break_glass_needs_two_key_officers_and_leaves_a_task(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct record task;
  static const char no_export[] = "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_"
                                  "day\":-1,\"tables_per_day\":-1}";
  const struct ask ask = {.id = "fire", .break_glass = "大雨による避難者の照会", .until = T0 + HOUR, .limits = no_export};
  OK(ask_for(r, &ask, &error));
  OK(sign_request(r, "fire", &error));
  REFUSES(r, E_ROLE_MISSING, vote(r, "fire", CHIEF, true, e));
  OK(vote(r, "fire", KEYS, true, &error));
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "fire", e));
  appoint(r, REVIEWER, LOG_ROLE_KEY_OFFICER);
  OK(vote(r, "fire", REVIEWER, true, &error));
  OK(grant_activate(r->s, "fire", &error));
  assert_int_equal(leaves(r, "break-glass", LOG_DONE, NULL), 1);
  assert_true(record_next(r->s, "task:break-glass:fire", 0, &task));
  OK(enter(r, a, "fire", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  REFUSES(r, E_GRANT_LIMIT, grant_take(r->s, COUNT_EXPORTS, 1, e));
  r->time = T0 + HOUR;
  REFUSES(r, E_GRANT_EXPIRED, read_shard(r, shard, two, 2, a, &t, e));
  arena_free(a);
  rights_free(r);
}

/* --- key files --- */

static void wrong_passphrases_wait_longer_each_time(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct officer o = {.id = ""};
  char path[512];
  make_person(&r->person[0], "chief-a", "青木 春子", "A100");
  snprintf(path, sizeof path, "%s/chief.key", r->folder);
  OK(officer_key_create(path, "a long passphrase", true, &o, &error));
  memcpy(r->person[0].card.age_recipient, o.age_recipient, sizeof o.age_recipient);
  memcpy(r->person[0].card.minisign_public, o.minisign_public, sizeof o.minisign_public);
  CHANGED(r, officer_add(r->s, &r->person[0].card, e));
  for (int i = 0; i < 3; i++) REFUSES(r, E_STORE_PASSPHRASE, officer_sign_in_file(r->s, path, "not the passphrase", NULL, e));
  REFUSES(r, E_GRANT_BACKOFF, officer_sign_in_file(r->s, path, "a long passphrase", NULL, e)); /* even the right one waits */
  rights_again(r);                                                              /* and a new start forgets nothing */
  r->time += 29;
  REFUSES(r, E_GRANT_BACKOFF, officer_sign_in_file(r->s, path, "a long passphrase", NULL, e));
  r->time += 1;
  REFUSES(r, E_STORE_PASSPHRASE, officer_sign_in_file(r->s, path, "not the passphrase", NULL, e));
  r->time += 59;
  REFUSES(r, E_GRANT_BACKOFF, officer_sign_in_file(r->s, path, "a long passphrase", NULL, e));
  r->time += 1;
  OK(officer_sign_in_file(r->s, path, "a long passphrase", NULL, &error));
  assert_string_equal(officer_signed_in(r->s), "chief-a");
  REFUSES(r, E_STORE_PASSPHRASE, officer_sign_in_file(r->s, path, "not the passphrase", NULL, e)); /* counted from the start again */
  assert_string_equal(officer_signed_in(r->s), "");
  assert_int_equal(sign_in_wait(2), 0);
  assert_int_equal(sign_in_wait(3), 30);
  assert_int_equal(sign_in_wait(13), 8 * HOUR);
  assert_int_equal(sign_in_wait(1000000), 8 * HOUR);
  rights_free(r);
}

static void an_office_without_officers_reads_as_before(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t shard;
  put_table(r, 100, 1, &shard);
  int64_t before = (int64_t)access_log_size(r->s->log.tree);
  OK(read_shard(r, shard, NULL, 0, a, &t, &error));
  assert_int_equal(access_log_size(r->s->log.tree), before + 2); /* intent and outcome, nothing else */
  OK(grant_use(r->s, &fixture_key, two, 2, 1000000, &error));
  OK(grant_take(r->s, COUNT_EXPORTS, 1, &error));
  OK(grant_reserve(r->s, 5, &error));
  arena_free(a);
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grant_has_one_text),
      cmocka_unit_test(grants_that_are_none),
      cmocka_unit_test(rows_come_only_under_a_grant),
      cmocka_unit_test(filter_lets_out_its_rows_only),
      cmocka_unit_test(purpose_is_checked_again_at_reading),
      cmocka_unit_test(files_need_a_grant_too),
      cmocka_unit_test(machine_binds),
      cmocka_unit_test(pledge_instruction_and_roles_of_the_person),
      cmocka_unit_test(limits_hold_per_day_and_in_all),
      cmocka_unit_test(reading_ahead_is_given_back),
      cmocka_unit_test(a_job_reads_inside_its_transaction),
      cmocka_unit_test(differencing_is_seen),
      cmocka_unit_test(break_glass_needs_two_key_officers_and_leaves_a_task),
      cmocka_unit_test(wrong_passphrases_wait_longer_each_time),
      cmocka_unit_test(an_office_without_officers_reads_as_before),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
