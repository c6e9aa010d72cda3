/* test_query.c -- asked once, confirmed values stay confirmed until they change, an applied answer makes the owner's record another version,
 *    letters in any order end in the same state. */
#include "tests/unit/batch_fixture.h"

#include "collector/query_apply.h"
#include "collector/query_correction.h"
#include "collector/query_impl.h"

static struct form *birth(struct route *r) {
  struct form *f = NULL;
  OK(form_read(r->job.arena, &r->job, "forms", "vital", "birth", "2015", 20000, &f, NULL, &error));
  return f;
}

static void put(struct table *t, const char *item, int64_t row, int64_t number, const char *text) {
  struct column *c = table_column(t, item);
  assert_non_null(c);
  c->status[row] = VAL_REPORTED;
  if (c->type == COL_INT) c->i64[row] = number;
  else c->code[row] = dict_add(c->dict, str_of(text));
}

static void write_dataset(struct store *s, const struct form *f, const char *stage, const struct table *t) {
  const struct dataset_key key = {"vital", "birth", "2025-12", stage};
  uint8_t parts[512] = {0};
  struct shard_write *w;
  int64_t id;
  if (strcmp(stage, "received")) OK(store_dataset_clear(s, &key, &error)); /* received data are never removed */
  OK(store_shard_begin(s, &key, f->hash_hex, "", strcmp(stage, "edit_failures") ? "municipality-011002" : store_office(s)->id,
      strcmp(stage, "received") != 0, &w, &error));
  OK(store_shard_append(w, t, parts, 0, t->n_rows, &error));
  OK(store_shard_end(w, &id, &error));
}

/* Three records, as `process run` leaves them: record 2 fails G07b with this weight, record 3 has an unreadable height. */
static void edited(struct route *r, int office, int64_t weight) {
  static const struct column failure_columns[] = {{.name = "record_no", .type = COL_INT, .unit = ""}, {.name = "check_id", .type = COL_CODE},
      {.name = "severity", .type = COL_CODE}, {.name = "stage", .type = COL_CODE}};
  static const char *const failed[][3] = {{"G07b", "hard", "edited"}, {"G02b", "info", "edited"}, {"G07b", "hard", "imputed"}};
  struct store *s = r->store[office];
  struct form *f = birth(r);
  struct column columns[512];
  struct table t, failures;
  int n = form_columns(f, f->records[0].name, columns, 512);
  OK(table_init(&t, r->job.arena, columns, n, 3, &error));
  for (int k = 0; k < t.n_columns; k++) memset(t.columns[k].status, VAL_BLANK, 3);
  for (int64_t i = 0; i < 3; i++) {
    put(&t, "municipality_code", i, 0, "011002");
    put(&t, "event_book_year", i, 2025, NULL);
    put(&t, "event_book_no", i, 301 + i, NULL);
    put(&t, "weight_info", i, 0, "0");
    put(&t, "birth_weight", i, i == 1 ? weight : 3000, NULL);
  }
  table_column(&t, "birth_height")->status[2] = VAL_INVALID;
  t.n_rows = 3;
  OK(table_init(&failures, r->job.arena, failure_columns, 4, 4, &error));
  for (int i = 0; i < 3; i++) {
    failures.columns[0].i64[i] = 2;
    for (int k = 1; k < 4; k++) failures.columns[k].code[i] = dict_add(failures.columns[k].dict, str_of(failed[i][k - 1]));
  }
  failures.n_rows = 3;
  OK(store_begin(s, &error));
  write_dataset(s, f, office == CITY ? "received" : "edited", &t);
  write_dataset(s, f, "edit_failures", &failures);
  OK(store_commit(s, &error));
}

static struct query_asked ask(struct route *r, int office, const char *rule) {
  const struct query_request q = {.survey = "vital", .period = "2025-12", .forms = "forms", .form = "birth", .rule = rule, .days = -1};
  struct query_asked out;
  OK(query_ask(r->store[office], &q, &out, &error));
  return out;
}
static enum err_code answer(struct route *r, int office, int64_t number, enum query_kind kind, const char *value) {
  const struct query_pair pair = {"birth_weight", value};
  const struct query_reply reply = {
      .kind = kind, .reason = kind == QUERY_CORRECT ? NULL : "確認した", .values = &pair, .n_values = kind == QUERY_CORRECT, .forms = "forms"};
  memset(&error, 0, sizeof error);
  return query_answer(r->store[office], number, &reply, &error);
}
static struct query_entry entry(struct route *r, int office, int64_t number) {
  struct query_entry q;
  OK(query_get(r->store[office], number, r->job.arena, &q, &error));
  return q;
}

static void one_open_query_for_a_record_and_rule(void **state) {
  (void)state;
  struct route *r = make_route();
  edited(r, PREFECTURE, 9000);
  struct query_asked a = ask(r, PREFECTURE, NULL);
  assert_int_equal(a.made, 2); /* the hard check and the unreadable height; not the information check, not the failure after imputation again */
  assert_int_equal(a.records, 3);
  a = ask(r, PREFECTURE, NULL);
  assert_int_equal(a.made, 0);
  assert_int_equal(a.open_before, 2);
  struct query_entry q = entry(r, PREFECTURE, 1);
  assert_string_equal(q.owner, "municipality-011002");
  assert_string_equal(q.rule, "G07b");
  assert_int_equal(q.state, QUERY_ASKED);
  assert_int_equal(q.deadline, 20454 + 7); /* 2026-01-01 and seven days for a municipality */
  assert_string_equal(entry(r, PREFECTURE, 2).rule, "intake:birth_height");
  edited(r, CENTRE, 9000); /* one rule alone */
  assert_int_equal(ask(r, CENTRE, "intake").made, 1);
  drop_route(r);
}

static void a_confirmed_value_is_not_asked_again_until_it_changes(void **state) {
  (void)state;
  struct route *r = make_route();
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  OK(answer(r, PREFECTURE, 1, QUERY_CONFIRM, NULL)); /* by telephone, written down by the asker */
  edited(r, PREFECTURE, 9000); /* the record comes again as it was */
  struct query_asked a = ask(r, PREFECTURE, "G07b");
  assert_int_equal(a.made, 0);
  assert_int_equal(a.overridden, 1);
  OK(answer(r, PREFECTURE, 1, QUERY_CLOSE, NULL));
  a = ask(r, PREFECTURE, "G07b");
  assert_int_equal(a.overridden, 1);
  edited(r, PREFECTURE, 9100); /* and with another value */
  a = ask(r, PREFECTURE, "G07b");
  assert_int_equal(a.made, 1);
  assert_int_equal(a.overridden, 0);
  edited(r, PREFECTURE, 9000); /* the confirmed value stays confirmed */
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 0);
  drop_route(r);
}

static void a_correction_is_waited_for_and_then_judged_anew(void **state) {
  (void)state;
  struct route *r = make_route();
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  OK(answer(r, PREFECTURE, 1, QUERY_CORRECT, "3120"));
  struct query_asked a = ask(r, PREFECTURE, "G07b");
  assert_int_equal(a.open_before, 1); /* the correction has not come yet */
  edited(r, PREFECTURE, 9100); /* it came, and fails again */
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  drop_route(r);
}

static void an_answer_must_be_one(void **state) {
  static const char *const bad[] = {"31x", "1,000", "10000", "-1", "3120g", "+3", "", "\\X"};
  (void)state;
  struct route *r = make_route();
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    enum err_code code = answer(r, PREFECTURE, 1, QUERY_CORRECT, bad[i]);
    assert_int_equal(code, bad[i][0] ? E_QUERY_VALUE : E_OK); /* blank is a value: nothing is known */
    if (!bad[i][0]) break;
    assert_null(strstr(error.found, bad[i]));
  }
  assert_int_equal(answer(r, PREFECTURE, 1, QUERY_CONFIRM, NULL), E_QUERY_STATE); /* answered once */
  assert_int_equal(answer(r, PREFECTURE, 9, QUERY_CONFIRM, NULL), E_QUERY_UNKNOWN);
  edited(r, PREFECTURE, 9100);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  const struct query_reply two_lines = {.kind = QUERY_CONFIRM, .reason = "one\ntwo", .forms = "forms"};
  assert_int_equal(query_answer(r->store[PREFECTURE], 2, &two_lines, &error), E_QUERY_FORMAT);
  assert_string_equal(entry(r, PREFECTURE, 2).answer, "");
  const struct query_pair codes[] = {{"sex", "9"}, {"sex", "1"}};
  struct query_reply code = {.kind = QUERY_CORRECT, .values = codes, .n_values = 1, .forms = "forms"};
  assert_int_equal(query_answer(r->store[PREFECTURE], 2, &code, &error), E_QUERY_VALUE);
  code.values = codes + 1;
  OK(query_answer(r->store[PREFECTURE], 2, &code, &error));
  assert_int_equal(entry(r, PREFECTURE, 1).state, QUERY_CLOSED); /* the record is another one now */
  assert_int_equal(answer(r, PREFECTURE, 1, QUERY_CLOSE, NULL), E_QUERY_STATE);
  drop_route(r);
}

static void by_hand(void **state) {
  static const struct query_pair key[] = {{"municipality_code", "011002"}, {"event_book_year", "2025"}, {"event_book_no", "302"}},
                                 absent[] = {{"municipality_code", "011002"}, {"event_book_year", "2025"}, {"event_book_no", "999"}};
  (void)state;
  struct route *r = make_route();
  struct query_request q = {.survey = "vital",
      .period = "2025-12",
      .forms = "forms",
      .form = "birth",
      .days = 3,
      .key = key,
      .n_key = 3,
      .item = "birth_weight",
      .message = "体重を確かめてください"};
  struct query_asked a;
  struct form *f = birth(r);
  edited(r, PREFECTURE, 9000);
  /* by hand the received records are looked through */
  const struct dataset_key edited_key = {"vital", "birth", "2025-12", "edited"};
  struct shard *shards;
  int64_t n;
  struct table t;
  struct log_entry entry_of_log = {.action = "data-read", .object = "test", .purpose = "", .detail = ""};
  int64_t access;
  OK(store_log_intent(r->store[PREFECTURE], &entry_of_log, &access, &error));
  OK(store_shards(r->store[PREFECTURE], &edited_key, r->job.arena, &shards, &n, &error));
  OK(store_shard_read(r->store[PREFECTURE], shards[0].id, access, NULL, 0, r->job.arena, &t, &error));
  OK(store_begin(r->store[PREFECTURE], &error));
  struct shard_write *w;
  int64_t id;
  uint8_t parts[512] = {0};
  const struct dataset_key received = {"vital", "birth", "2025-12", "received"};
  OK(store_shard_begin(r->store[PREFECTURE], &received, f->hash_hex, "", "municipality-011002", 1, &w, &error));
  OK(store_shard_append(w, &t, parts, 0, t.n_rows, &error));
  OK(store_shard_end(w, &id, &error));
  OK(store_commit(r->store[PREFECTURE], &error));
  OK(query_ask(r->store[PREFECTURE], &q, &a, &error));
  assert_int_equal(a.made, 1);
  OK(query_ask(r->store[PREFECTURE], &q, &a, &error));
  assert_int_equal(a.made, 0);
  assert_int_equal(entry(r, PREFECTURE, 1).deadline, 20454 + 3);
  assert_string_equal(entry(r, PREFECTURE, 1).rule, "hand:birth_weight");
  q.key = absent;
  assert_int_equal(query_ask(r->store[PREFECTURE], &q, &a, &error), E_QUERY_RECORD);
  q.n_key = 2;
  assert_int_equal(query_ask(r->store[PREFECTURE], &q, &a, &error), E_QUERY_RECORD);
  drop_route(r);
}

/* --- letters --- */
static void roster(struct route *r) {
  static const char csv[] =
      "office,name,parent,survey,forms,since,until\nmunicipality-011002,札幌市,health_centre-0101,vital,birth,,\nhealth_centre-0101,保健所,"
      "prefecture-01,vital,birth,,\n";
  int64_t n;
  for (int i = CENTRE; i <= PREFECTURE; i++) OK(ledger_roster_import(r->store[i], "roster.csv", str_of(csv), &n, &error));
}

static const char *letter(struct route *r, int office, const char *folder) {
  struct query_sent sent;
  char *path = arena_zalloc(r->job.arena, 600, 1);
  char where[400];
  snprintf(where, sizeof where, "%s/%s", r->root, folder);
  OK(query_send(r->store[office], where, false, &sent, &error));
  assert_int_equal(sent.letters, 1);
  DIR *d = opendir(where);
  assert_non_null(d);
  for (struct dirent *f; (f = readdir(d));)
    if (f->d_name[0] == 'q') snprintf(path, 600, "%s/%.150s", where, f->d_name);
  closedir(d);
  return path;
}
static struct query_taken take(struct route *r, int office, const char *path) {
  struct query_taken t;
  OK(query_take(r->store[office], path, &t, &error));
  return t;
}
static void nothing_to_send(struct route *r, int office) {
  struct query_sent sent;
  char where[400];
  snprintf(where, sizeof where, "%s/nothing", r->root);
  OK(query_send(r->store[office], where, false, &sent, &error));
  assert_int_equal(sent.letters, 0);
}

static int64_t one_number(struct store *s, const char *sql) {
  struct db_statement *q;
  bool row;
  OK(db_prepare(store_db(s), sql, &q, &error));
  OK(db_step(q, &row, &error));
  int64_t n = row ? db_int(q, 0) : -1;
  db_reset(q);
  return n;
}

/* All that a query's row says, without its local number and the store's own tokens. */
static void state_of(struct route *r, int office, char out[512]) {
  struct query_entry *q;
  int64_t n;
  OK(query_list(r->store[office], NULL, NULL, NULL, r->job.arena, &q, &n, &error));
  assert_int_equal(n, 1);
  snprintf(out, 512, "%s %s %s %s %lld %lld %lld %d", q->id, q->owner, q->asker, q->answer, (long long)q->asked, (long long)q->answered,
      (long long)q->closed, (int)q->state);
}
static void forget(struct route *r, int office) {
  static const char *const tables[] = {"query", "query_part", "query_override", "query_correction"};
  char sql[64];
  for (int i = 0; i < 4; i++) {
    snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
    OK(db_run(store_db(r->store[office]), sql, &error));
  }
}

static void a_locked_month_takes_what_was_asked_for(struct route *r) {
  struct store *s = r->store[CITY];
  const struct batch_declared declared = {.form = "birth", .count = 1};
  const struct batch_seal_request q = {
      .survey = "vital", .period = "2025-12", .out_folder = r->root, .forms = "forms", .declared = &declared, .n_declared = 1};
  struct batch_result out;
  OK(db_run(store_db(s), "INSERT INTO ledger_notice VALUES('vital', '2025-12', 'municipality-011002', 'prefecture-010006', 1, 'final', 1, '', 0)",
      &error));
  OK(db_run(store_db(s), "UPDATE intake_asked SET intake = -intake", &error)); /* as of the office's own will */
  assert_int_equal(batch_seal(s, &q, &out, &error), E_LEDGER_LOCKED);
  OK(db_run(store_db(s), "UPDATE intake_asked SET intake = -intake", &error));
  OK(batch_seal(s, &q, &out, &error));
}

static void down_to_the_owner_and_up_again_in_any_order(void **state) {
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  (void)state;
  struct route *r = make_route();
  const char *at_centre[3];
  char expected[512], found[512];
  roster(r);
  edited(r, PREFECTURE, 9000);
  edited(r, CITY, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  at_centre[0] = letter(r, PREFECTURE, "q1");
  assert_int_equal(entry(r, PREFECTURE, 1).state, QUERY_SENT);
  nothing_to_send(r, PREFECTURE);
  assert_int_equal(take(r, CENTRE, at_centre[0]).questions, 1);
  assert_int_equal(answer(r, CENTRE, 1, QUERY_CONFIRM, NULL), E_QUERY_OWNER); /* a forwarding office answers nothing */
  const char *at_city = letter(r, CENTRE, "q2");
  struct query_taken t = take(r, CITY, at_city);
  assert_int_equal(t.questions, 1);
  t = take(r, CITY, at_city);
  assert_int_equal(t.questions, 0);
  assert_int_equal(t.known, 1);
  assert_int_equal(answer(r, CITY, 1, QUERY_CLOSE, NULL), E_QUERY_OWNER);
  OK(answer(r, CITY, 1, QUERY_CORRECT, "3120"));
  at_centre[1] = letter(r, CITY, "q3");
  assert_int_equal(take(r, CENTRE, at_centre[1]).answers, 1);
  const char *at_prefecture = letter(r, CENTRE, "q4");
  assert_int_equal(take(r, PREFECTURE, at_prefecture).answers, 1);
  assert_string_equal(entry(r, PREFECTURE, 1).answer, "correct");
  OK(answer(r, PREFECTURE, 1, QUERY_CLOSE, NULL));
  at_centre[2] = letter(r, PREFECTURE, "q5");
  assert_int_equal(take(r, CENTRE, at_centre[2]).closings, 1);
  state_of(r, CENTRE, expected);
  for (int i = 0; i < 6; i++) {
    forget(r, CENTRE);
    int64_t held = 0;
    for (int k = 0; k < 6; k++) held += take(r, CENTRE, at_centre[orders[i][k % 3]]).held; /* and all once more */
    assert_int_equal(held, orders[i][0] == 0 ? 0 : orders[i][1] == 0 ? 1 : 2);
    state_of(r, CENTRE, found);
    assert_string_equal(found, expected);
  }
  /* the owner's record is another version, and no request waits */
  const struct query_apply_request apply = {.forms = "forms"};
  struct query_apply_report applied;
  OK(query_apply(r->store[CITY], &apply, &applied, &error));
  assert_int_equal(applied.corrected, 1);
  struct query_correction *c;
  struct log_entry entry_of_log = {.action = "data-read", .object = "test", .purpose = "", .detail = ""};
  int64_t n, access;
  OK(store_log_intent(r->store[CITY], &entry_of_log, &access, &error));
  OK(query_corrections(r->store[CITY], "vital", "birth", "2025-12", access, r->job.arena, &c, &n, &error));
  assert_int_equal(n, 0);
  assert_int_equal(one_number(r->store[CITY], "SELECT current * 10 + replaced FROM version_count WHERE form = 'birth'"), 31);
  assert_int_equal(one_number(r->store[CITY], "SELECT count(*) FROM intake_asked a JOIN query q ON q.id = a.asked_by"), 1);
  assert_int_equal(query_correction_done(r->store[CITY], 1, &error), E_QUERY_UNKNOWN);
  a_locked_month_takes_what_was_asked_for(r);
  OK(query_corrections(r->store[CITY], NULL, NULL, NULL, access, r->job.arena, &c, &n, &error));
  assert_int_equal(n, 0);
  OK(query_corrections(r->store[PREFECTURE], NULL, NULL, NULL, access, r->job.arena, &c, &n, &error));
  assert_int_equal(n, 0); /* nobody else corrects */
  drop_route(r);
}

/* What the owner says goes before what was written down for it, whichever came first. */
static void the_owners_word_goes_first(void **state) {
  (void)state;
  struct route *r = make_route();
  roster(r);
  edited(r, PREFECTURE, 9000);
  edited(r, CITY, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  take(r, CENTRE, letter(r, PREFECTURE, "q1"));
  take(r, CITY, letter(r, CENTRE, "q2"));
  OK(answer(r, PREFECTURE, 1, QUERY_CONFIRM, NULL)); /* by telephone */
  assert_int_equal(ask(r, PREFECTURE, "G07b").overridden, 1);
  OK(answer(r, CITY, 1, QUERY_CORRECT, "3120"));
  take(r, CENTRE, letter(r, CITY, "q3"));
  take(r, PREFECTURE, letter(r, CENTRE, "q4"));
  assert_string_equal(entry(r, PREFECTURE, 1).answer, "correct");
  assert_int_equal(ask(r, PREFECTURE, "G07b").overridden, 0); /* the confirmation no longer stands */
  drop_route(r);
}

/* An office on the way signs an answer of its own and sends it up: it is kept and counts for nothing. */
static void an_answer_of_another_office_counts_for_nothing(void **state) {
  (void)state;
  struct route *r = make_route();
  roster(r);
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  take(r, CENTRE, letter(r, PREFECTURE, "q1"));
  struct query_entry q = entry(r, CENTRE, 1);
  const struct query_part forged = {.kind = QUERY_CONFIRM,
      .by = "health_centre-0101",
      .time = "2026-01-01T00:00:00Z",
      .salt = "0123456789abcdef0123456789abcdef",
      .query = q.id,
      .reason = "x"};
  OK(store_begin(r->store[CENTRE], &error));
  OK(query_store_own(r->store[CENTRE], &forged, NULL, &error));
  OK(store_commit(r->store[CENTRE], &error));
  assert_string_equal(entry(r, CENTRE, 1).answer, "");
  /* in the owner's name it is not even taken */
  struct query_part in_its_name = forged;
  in_its_name.by = "municipality-011002";
  OK(store_begin(r->store[CENTRE], &error));
  OK(query_store_own(r->store[CENTRE], &in_its_name, NULL, &error));
  OK(store_commit(r->store[CENTRE], &error));
  OK(db_run(store_db(r->store[CENTRE]), "DELETE FROM query_part WHERE kind = 'question' OR author = 'health_centre-0101'", &error));
  struct query_taken t;
  const char *path = letter(r, CENTRE, "q2");
  OK(store_peer_add(r->store[PREFECTURE], store_office(r->store[CITY]), &error)); /* the card of the city is known above */
  assert_int_equal(query_take(r->store[PREFECTURE], path, &t, &error), E_QUERY_KEY);
  assert_string_equal(entry(r, PREFECTURE, 1).answer, "");
  drop_route(r);
}

static void a_letter_that_is_not_right_changes_nothing(void **state) {
  (void)state;
  struct route *r = make_route();
  uint8_t *p = NULL;
  size_t n = 0;
  char bad[400];
  struct query_taken t;
  bool present;
  roster(r);
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  const char *path = letter(r, PREFECTURE, "q1");
  assert_int_equal(query_take(r->store[CITY], path, &t, &error), E_QUERY_NOT_FOR_US);
  assert_int_equal(query_take(r->store[PREFECTURE], path, &t, &error), E_QUERY_NOT_FOR_US);
  OK(file_read(path, 1 << 20, &p, &n, &error));
  snprintf(bad, sizeof bad, "%s/bad", r->root);
  for (size_t i = 0; i < 24; i++) {
    size_t at = i * n / 24;
    p[at] ^= 1;
    OK(atomic_write(bad, p, n, ATOMIC_REPLACE, 0600, &error));
    assert_true(query_take(r->store[CENTRE], bad, &t, &error) >= E_QUERY_FORMAT);
    p[at] ^= 1;
    OK(atomic_write(bad, p, at, ATOMIC_REPLACE, 0600, &error));
    assert_true(query_take(r->store[CENTRE], bad, &t, &error) != E_OK);
  }
  free(p);
  OK(query_present(r->store[CENTRE], &present, &error));
  assert_true(present);
  struct query_entry *q;
  int64_t entries;
  OK(query_list(r->store[CENTRE], NULL, NULL, NULL, r->job.arena, &q, &entries, &error));
  assert_int_equal(entries, 0);
  assert_int_equal(take(r, CENTRE, path).questions, 1); /* and the right one is taken */
  drop_route(r);
}

static void what_waits_goes_once_more_when_asked(void **state) {
  (void)state;
  struct route *r = make_route();
  struct query_sent sent;
  char where[400];
  snprintf(where, sizeof where, "%s/again", r->root);
  roster(r);
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  letter(r, PREFECTURE, "lost");
  OK(query_send(r->store[PREFECTURE], where, true, &sent, &error));
  assert_int_equal(sent.parts, 1);
  OK(answer(r, PREFECTURE, 1, QUERY_CLOSE, NULL));
  OK(query_send(r->store[PREFECTURE], where, true, &sent, &error));
  assert_int_equal(sent.parts, 1); /* the closing alone */
  drop_route(r);
}

static void days_pass(void **state) {
  (void)state;
  struct route *r = make_route();
  edited(r, PREFECTURE, 9000);
  assert_int_equal(ask(r, PREFECTURE, "G07b").made, 1);
  OK(db_run(store_db(r->store[PREFECTURE]), "UPDATE query SET deadline = 20454", &error));
  assert_int_equal(entry(r, PREFECTURE, 1).state, QUERY_ASKED); /* on the day itself there is time */
  OK(db_run(store_db(r->store[PREFECTURE]), "UPDATE query SET deadline = 20453", &error));
  assert_int_equal(entry(r, PREFECTURE, 1).state, QUERY_OVERDUE);
  OK(answer(r, PREFECTURE, 1, QUERY_CONFIRM, NULL));
  assert_int_equal(entry(r, PREFECTURE, 1).state, QUERY_ANSWERED);
  drop_route(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_open_query_for_a_record_and_rule),
      cmocka_unit_test(a_confirmed_value_is_not_asked_again_until_it_changes), cmocka_unit_test(a_correction_is_waited_for_and_then_judged_anew),
      cmocka_unit_test(an_answer_must_be_one), cmocka_unit_test(by_hand), cmocka_unit_test(down_to_the_owner_and_up_again_in_any_order),
      cmocka_unit_test(the_owners_word_goes_first), cmocka_unit_test(an_answer_of_another_office_counts_for_nothing),
      cmocka_unit_test(a_letter_that_is_not_right_changes_nothing), cmocka_unit_test(what_waits_goes_once_more_when_asked),
      cmocka_unit_test(days_pass)};
  return crypto_start() ? cmocka_run_group_tests_name("query", tests, NULL, NULL) : 1;
}
