/* test_attacks_rights.c -- attacks on grants, roles, clock, counters and identities: rows 14, 15, 27 and 30 of the list of attacks (table:
 * tests/attacks_rights.md). Each refusal has its code and leaves exactly one leaf. */
#include "tests/unit/grant_fixture.h"

#include <signal.h>

static const char *const two[] = {"weight", "sex"};

static struct rights *with_table(int64_t n, int64_t *shard) {
  struct rights *r = rights_new();
  people(r);
  put_table(r, n, 1, shard);
  return r;
}
/* Requested and signed, nobody has voted. */
static void requested(struct rights *r, const char *id) {
  struct err error;
  OK(ask_for(r, &(struct ask){.id = id}, &error));
  OK(sign_request(r, id, &error));
}

/* --- row 14 --- */

static void row14_requester_or_user_approves(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  OK(ask_for(r, &(struct ask){.id = "g-1", .requester = "manager-b", .person = "chief-a"}, &error));
  OK(sign_request(r, "g-1", &error));
  REFUSES(r, E_GRANT_SELF, vote(r, "g-1", MANAGER, true, e));
  REFUSES(r, E_GRANT_SELF, vote(r, "g-1", CHIEF, true, e));
  OK(vote(r, "g-1", MANAGER_2, true, &error));
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "g-1", e));
  REFUSES(r, E_ROLE_MISSING, vote(r, "g-1", TABULATOR_2, true, e)); /* no role that approves */
  REFUSES(r, E_APPROVAL_REPLAYED, vote(r, "g-1", MANAGER_2, true, e)); /* the same one twice */
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "g-1", e));
  rights_free(r);
}

static void row14_a_request_in_another_name(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct grant g;
  uint8_t subject[32];
  OK(ask_for(r, &(struct ask){.id = "g-1", .requester = "pack-j"}, &error)); /* written by the manager, as if by pack-j */
  OK(vote(r, "g-1", MANAGER, true, &error));
  OK(vote(r, "g-1", CHIEF, true, &error));
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "g-1", e));
  subject_of(r, "g-1", &g, a, subject);
  REFUSES(r, E_GRANT_PERSON, vote_subject(r, "g-1", MANAGER, "request", subject, true, e));
  OK(sign_request(r, "g-1", &error));
  OK(grant_activate(r->s, "g-1", &error));
  arena_free(a);
  rights_free(r);
}

static void row14_same_person_with_two_keys(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct person second;
  requested(r, "g-1");
  OK(vote(r, "g-1", MANAGER, true, &error));
  make_person(&second, "manager-bb", "井上 夏雄", "A200");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &second.card, e)); /* by name and number */
  snprintf(second.card.name, sizeof second.card.name, "井上 なつお");
  snprintf(second.card.staff_no, sizeof second.card.staff_no, "a-200");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &second.card, e)); /* by number in another spelling */
  /* After he left and came back both entries are one person: his old approval and a new one do not make two. */
  CHANGED(r, officer_retire(r->s, "manager-b", e));
  snprintf(second.card.staff_no, sizeof second.card.staff_no, "A200");
  snprintf(second.card.namesake_of, sizeof second.card.namesake_of, "manager-b");
  CHANGED(r, officer_add(r->s, &second.card, e));
  r->person[MAINTENANCE] = second;
  struct strbuf text;
  uint8_t subject[32];
  certificate(r, MAINTENANCE, LOG_ROLE_MANAGER, T0, T0 + YEAR, &text, subject);
  CHANGED(r, role_put(r->s, str_view(text.p, text.n), e));
  CHANGED(r, put_word(r, CHIEF, "role-grant", "role", subject, true, T0, e));
  CHANGED(r, put_word(r, MANAGER_2, "role-grant", "role", subject, true, T0, e));
  strbuf_release(&text);
  OK(vote(r, "g-1", MAINTENANCE, true, &error));
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "g-1", e));
  OK(vote(r, "g-1", MANAGER_2, true, &error));
  OK(grant_activate(r->s, "g-1", &error));
  rights_free(r);
}

static void row14_approval_replayed_on_an_edited_grant(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct grant g;
  struct table t;
  struct strbuf word[2];
  uint8_t subject[32];
  requested(r, "g-1");
  subject_of(r, "g-1", &g, a, subject);
  for (int who = 0; who < 2; who++) {
    sign_word(r, who, "grant", subject, true, r->time, &word[who]);
    OK(grant_vote(r->s, "g-1", str_view(word[who].p, word[who].n), &error));
  }
  OK(grant_activate(r->s, "g-1", &error));
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(ask_for(r, &(struct ask){.id = "g-1", .columns = "[\"income\",\"sex\",\"weight\"]"}, &error)); /* one column more */
  REFUSES(r, E_GRANT_NOT_YET, read_shard(r, shard, two, 2, a, &t, e)); /* and who is in falls out */
  for (int who = 0; who < 2; who++) REFUSES(r, E_APPROVAL_SUBJECT, grant_vote(r->s, "g-1", str_view(word[who].p, word[who].n), e));
  REFUSES(r, E_GRANT_APPROVALS, grant_activate(r->s, "g-1", e));
  REFUSES(r, E_GRANT_APPROVALS, enter(r, a, "g-1", TABULATOR, e));
  for (int who = 0; who < 2; who++) strbuf_release(&word[who]);
  arena_free(a);
  rights_free(r);
}

static void row14_approval_after_revocation(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  requested(r, "g-1");
  OK(vote(r, "g-1", CHIEF, true, &error));
  OK(grant_revoke(r->s, "g-1", "申請の取下げ", &error));
  REFUSES(r, E_GRANT_REVOKED, vote(r, "g-1", MANAGER, true, e));
  REFUSES(r, E_GRANT_REVOKED, grant_activate(r->s, "g-1", e));
  REFUSES(r, E_GRANT_REVOKED, grant_revoke(r->s, "g-1", "again", e));
  REFUSES(r, E_GRANT_REVOKED, ask_for(r, &(struct ask){.id = "g-1"}, e)); /* the id is spent */
  make_grant(r, &(struct ask){.id = "g-2"});
  OK(enter(r, a, "g-2", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  OK(grant_revoke(r->s, "g-2", "事故", &error));
  REFUSES(r, E_GRANT_REVOKED, read_shard(r, shard, two, 2, a, &t, e)); /* at once, in an open session */
  REFUSES(r, E_GRANT_REVOKED, enter(r, a, "g-2", TABULATOR, e));
  make_grant(r, &(struct ask){.id = "g-3"});
  r->time += 10;
  OK(vote(r, "g-3", MANAGER, false, &error)); /* an approver takes his word back */
  REFUSES(r, E_GRANT_APPROVALS, enter(r, a, "g-3", TABULATOR, e));
  arena_free(a);
  rights_free(r);
}

static void row14_the_database_is_edited(void **state) {
  (void)state;
  static const char *const edits[] = {
      "DELETE FROM rights_record WHERE object = 'grant-revoked:g-1'",
      ("DELETE FROM rights_record WHERE object LIKE 'approval:grant:%:manager-b' AND seq = (SELECT max(seq) FROM rights_record WHERE object LIKE "
       "'approval:grant:%')"),
      "UPDATE rights_record SET text = (SELECT text FROM rights_record WHERE object = 'grant:g-2') WHERE object = 'grant:g-1'",
      "UPDATE rights_record SET sealed = 0 WHERE object = 'grant:g-1'",
      "UPDATE rights_record SET object = 'grant-active:g-9' WHERE object = 'grant-active:g-1'",
  };
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    int64_t shard;
    struct rights *r = with_table(10, &shard);
    struct err error;
    struct arena *a = arena_new(0);
    make_grant(r, &(struct ask){.id = "g-1"});
    make_grant(r, &(struct ask){.id = "g-2"});
    r->time += 10;
    OK(vote(r, "g-1", MANAGER, false, &error)); /* a refusal */
    OK(grant_revoke(r->s, "g-1", "誤り", &error));
    edit_database(r, edits[i]);
    int64_t before = leaves(r, "tamper", LOG_NOTE, NULL);
    enum err_code code = enter(r, a, "g-1", TABULATOR, &error);
    bool hidden_by_revocation = code == E_GRANT_REVOKED; /* refused before the altered row is needed */
    if (code != E_STORE_TAMPERED && !hidden_by_revocation) fprintf(stderr, "edit %zu: %s\n", i, code ? err_name(code) : "entered");
    assert_true(code == E_STORE_TAMPERED || hidden_by_revocation);
    if (!hidden_by_revocation) assert_true(leaves(r, "tamper", LOG_NOTE, NULL) > before);
    rights_close(r);
    assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_STORE_TAMPERED);
    r->s = NULL;
    arena_free(a);
    rights_free(r);
  }
}

/* --- row 15 --- */

static void row15_the_last_second(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  make_grant(r, &(struct ask){.id = "g-1", .from = T0 + 100, .until = T0 + 200});
  r->time = T0 + 99;
  REFUSES(r, E_GRANT_NOT_YET, enter(r, a, "g-1", TABULATOR, e));
  r->time = T0 + 100;
  OK(enter(r, a, "g-1", TABULATOR, &error));
  r->time = T0 + 199;
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  r->time = T0 + 200; /* expired this second, in an open session */
  REFUSES(r, E_GRANT_EXPIRED, read_shard(r, shard, two, 2, a, &t, e));
  r->time = T0 + 201; /* a second ago */
  REFUSES(r, E_GRANT_EXPIRED, enter(r, a, "g-1", TABULATOR, e));
  REFUSES(r, E_GRANT_EXPIRED, vote(r, "g-1", MANAGER_2, true, e));
  arena_free(a);
  rights_free(r);
}

static void row15_clock_back_a_year(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  make_grant(r, &(struct ask){.id = "g-1", .until = T0 + 100});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  r->time = T0 + 100;
  REFUSES(r, E_GRANT_EXPIRED, read_shard(r, shard, two, 2, a, &t, e));
  r->time = T0 - YEAR; /* the grant would live again */
  REFUSES(r, E_CLOCK_BACK, enter(r, a, "g-1", TABULATOR, e));
  REFUSES(r, E_CLOCK_BACK, ask_for(r, &(struct ask){.id = "g-2"}, e));
  r->time = T0 + 99; /* a second, within the two minutes that clocks may differ: the log knows better */
  REFUSES(r, E_GRANT_EXPIRED, enter(r, a, "g-1", TABULATOR, e));
  rights_close(r);
  r->time = T0 - YEAR;
  assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_LOG_CLOCK);
  r->s = NULL;
  arena_free(a);
  rights_free(r);
}

static void row15_forward_past_the_end_then_back(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  make_grant(r, &(struct ask){.id = "g-1", .until = T0 + 2 * DAY});
  r->time = T0 + 3 * DAY; /* not believed */
  REFUSES(r, E_CLOCK_JUMP, enter(r, a, "g-1", TABULATOR, e));
  r->time = T0 + 60; /* nothing was dated in the future: work goes on */
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  /* Two officers confirm; then the grant is over, and stays over when the clock goes back. */
  r->time = T0 + 3 * DAY;
  struct strbuf text;
  uint8_t subject[32];
  for (int who = 0; who < 2; who++) {
    strbuf_init(&text, 0);
    OK(store_clock_text(r->s, T0 + 4 * DAY, &text, subject, &error));
    strbuf_release(&text);
    sign_word(r, who, "clock", subject, true, r->time, &text);
    CHANGED(r, store_clock_approve(r->s, T0 + 4 * DAY, str_view(text.p, text.n), e));
    strbuf_release(&text);
  }
  REFUSES(r, E_GRANT_EXPIRED, enter(r, a, "g-1", TABULATOR, e));
  r->time = T0 + 60;
  REFUSES(r, E_CLOCK_BACK, enter(r, a, "g-1", TABULATOR, e));
  arena_free(a);
  rights_free(r);
}

static void row15_far_future_and_utc(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  static const int64_t far[] = {INT32_MAX, (int64_t)INT32_MAX + 1, (int64_t)UINT32_MAX + 1, (int64_t)1 << 53, (int64_t)1 << 55};
  make_grant(r, &(struct ask){.id = "g-1", .until = T0 + YEAR});
  for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
    r->time = far[i];
    REFUSES(r, E_CLOCK_JUMP, enter(r, a, "g-1", TABULATOR, e));
  }
  /* Summer time and the zone of the machine change nothing: what is compared are seconds of UTC, and a day of the limits is a day of UTC. */
  static const char *const zones[] = {"UTC", "Asia/Tokyo", "America/New_York", "right/UTC"};
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    struct grant_usage u;
    setenv("TZ", zones[i], 1);
    tzset();
    r->time = T0 + (int64_t)i;
    OK(enter(r, a, "g-1", TABULATOR, &error));
    grant_usage_of(r->s, "g-1", T0 + DAY - 1, &u);
    assert_int_equal(u.today[COUNT_SESSIONS], (int64_t)i + 1);
    grant_usage_of(r->s, "g-1", T0 + DAY, &u);
    assert_int_equal(u.today[COUNT_SESSIONS], 0);
  }
  unsetenv("TZ");
  tzset();
  arena_free(a);
  rights_free(r);
}

static void row15_the_environment_moves_no_clock_of_a_real_store(void **state) {
  (void)state;
  struct rights *r = rights_new();
  people(r);
  r->s->job = &(struct job){.lang = LANG_EN, .n_threads = 1}; /* the clock of the machine */
  setenv("SHIRABE_CLOCK", "2026-02-03T00:00:00Z", 1);
  assert_int_equal(store_clock_wall(r->s), 1770076800); /* light: tests and demonstrations */
  r->s->office.light = false;
  assert_true(store_clock_wall(r->s) >= (int64_t)time(NULL) - 5 && store_clock_wall(r->s) <= (int64_t)time(NULL));
  r->s->office.light = true;
  unsetenv("SHIRABE_CLOCK");
  r->s->job = &r->job;
  rights_free(r);
}

/* --- row 27 --- */

static void limit_persons(struct rights *r, int64_t rows) {
  struct err error;
  struct person_limits l = {-1, -1, -1, rows, -1, -1};
  struct strbuf text;
  uint8_t subject[32];
  strbuf_init(&text, 0);
  OK(person_limits_text(r->s, &l, &text, subject, &error));
  CHANGED(r, person_limits_put(r->s, str_view(text.p, text.n), e));
  CHANGED(r, put_word(r, CHIEF, "policy-set", "policy", subject, true, r->time, e));
  OK(person_limits_now(r->s, &l, &error));
  assert_int_not_equal(l.rows_per_day, rows); /* one is not enough */
  CHANGED(r, put_word(r, MANAGER, "policy-set", "policy", subject, true, r->time, e));
  OK(person_limits_now(r->s, &l, &error));
  assert_int_equal(l.rows_per_day, rows);
  strbuf_release(&text);
}

/* Ten thousand grants of one row each: every one within its own limits, together against the person's. */
static void row27_ten_thousand_grants_of_one_row(void **state) {
  (void)state;
  enum { GRANTS = 10000, ALLOWED = 100 };
  int64_t shard, got = 0, refused = 0;
  struct rights *r = with_table(200, &shard);
  struct err error;
  struct table t;
  char id[16], filter[64];
  limit_persons(r, ALLOWED);
  int64_t before = leaves(r, "data-read", LOG_REFUSED, "E_GRANT_LIMIT");
  for (int i = 0; i < GRANTS; i++) {
    struct arena *a = arena_new(0);
    snprintf(id, sizeof id, "g-%d", i);
    snprintf(filter, sizeof filter, "weight = %d", 2001 + i % 199);
    make_grant(r,
        &(struct ask){.id = id,
            .filter = filter,
            .limits =
                "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":2,\"rows_in_all\":1,\"rows_per_day\":1,\"sessions_per_day\":1,"
                 "\"tables_per_day\":0}"})
                    ;
    if (i == 0) OK(officer_sign_in(r->s, &r->person[TABULATOR].secret, &error));
    OK(grant_enter(r->s, a, id, "tab-e", &error));
    enum err_code code = read_shard(r, shard, two, 2, a, &t, &error);
    if (code == E_OK) got += t.n_rows;
    else refused++;
    assert_true(code == E_OK || (code == E_GRANT_LIMIT && t.columns == NULL));
    arena_free(a);
  }
  struct grant_usage u;
  person_usage_of(r->s, "tab-e", r->time, &u);
  assert_int_equal(got, ALLOWED);
  assert_int_equal(u.today[COUNT_ROWS], ALLOWED);
  assert_int_equal(leaves(r, "data-read", LOG_REFUSED, "E_GRANT_LIMIT"), before + refused);
  assert_true(refused > GRANTS / 2);
  rights_free(r);
}

/* The child reads and dies the moment it has the rows, before it could write any outcome; with `also` leaves still open. */
static void read_and_die(struct rights *r, int64_t shard, bool in_transaction) {
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t access;
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received"};
  rights_open(r);
  if (enter(r, a, "g-1", TABULATOR, &error)) _exit(3);
  if (store_log_intent(r->s, &entry, &access, &error)) _exit(4);
  if (in_transaction && store_begin(r->s, &error)) _exit(5);
  enum err_code code = store_shard_read(r->s, shard, access, two, 2, a, &t, &error);
  if (code == E_OK && t.n_rows == 100) kill(getpid(), SIGKILL);
  _exit(code == E_GRANT_LIMIT ? 2 : 6);
}

static void row27_killed_between_query_and_counter(void **state) {
  (void)state;
  for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
    int64_t shard;
    struct rights *r = with_table(100, &shard);
    make_grant(r,
        &(struct ask){.id = "g-1",
            .limits =
                "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":350,\"rows_per_day\":-1,\"sessions_per_day\":-1,"
                 "\"tables_per_day\":0}"})
                    ;
    rights_close(r);
    int killed = 0, limited = 0;
    for (int i = 0; i < 5; i++) {
      int status = 0;
      pid_t child = fork();
      assert_true(child >= 0);
      if (child == 0) read_and_die(r, shard, in_transaction);
      assert_int_equal(waitpid(child, &status, 0), child);
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) killed++;
      else if (WIFEXITED(status) && WEXITSTATUS(status) == 2) limited++;
      else fprintf(stderr, "child ended with %d\n", status);
    }
    assert_int_equal(killed, 3); /* 3 x 100 rows of 350 */
    assert_int_equal(limited, 2);
    rights_open(r);
    struct grant_usage u;
    grant_usage_of(r->s, "g-1", r->time, &u);
    assert_true(u.in_all[COUNT_ROWS] >= 300 && u.in_all[COUNT_ROWS] <= 350);
    rights_free(r);
  }
}

static void row27_two_sessions_at_once(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(100, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct store *second = NULL;
  struct table t;
  make_grant(r,
      &(struct ask){.id = "g-1",
          .limits =
              "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":150,\"sessions_per_day\":2,"
                 "\"tables_per_day\":0}"})
                  ;
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &second, &error), E_STORE_BUSY); /* one store, one unlocked process */
  OK(grant_enter(r->s, a, "g-1", "tab-e", &error)); /* the second session of the day sees the first one's rows */
  REFUSES(r, E_GRANT_LIMIT, read_shard(r, shard, two, 2, a, &t, e));
  REFUSES(r, E_GRANT_LIMIT, grant_enter(r->s, a, "g-1", "tab-e", e)); /* the third */
  arena_free(a);
  rights_free(r);
}

/* Limits cannot be had back by editing anything: without the log there is no store, with another log there is none either. */
static void row27_counters_are_the_log(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(100, &shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  make_grant(r, &(struct ask){.id = "g-1"});
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  rights_close(r);
  edit_database(r, "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)");
  assert_int_not_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_OK);
  r->s = NULL;
  arena_free(a);
  rights_free(r);
}

/* --- row 30 --- */

static void row30_no_second_identity_by_spelling(void **state) {
  (void)state;
  struct rights *r = rights_new();
  people(r);
  static const struct {
    const char *id, *name, *staff_no;
    enum err_code code;
  } cases[] = {
      {"aoki-x", "青木 春子", "Z1", E_OFFICER_TWICE},            /* the same name */
      {"aoki-x", "青木春子", "Z1", E_OFFICER_TWICE},             /* without the space */
      {"aoki-x", "青木 春子", "A1OO", E_OFFICER_TWICE},          /* O for 0 in the number */
      {"aoki-x", "あおき はるこ", "AlOO", E_OFFICER_TWICE},      /* l for 1 */
      {"aoki-x", "青木 春\xe2\x80\x8d子", "Z1", E_OFFICER_NAME}, /* zero width joiner */
      {"aoki-x", "靑木 春子", "Z1", E_OK},                       /* another kanji: another person until somebody says otherwise */
      {"aoki-y", "ｱｵｷ ﾊﾙｺ", "Z2", E_OFFICER_NAME},
      {"aoki-y", "Аoki Haruko", "Z2", E_OFFICER_NAME},           /* Cyrillic A */
      {"aoki-y", "Aoki Haruko２", "Z2", E_OFFICER_NAME},
      {"aoki-y", "は\xe3\x82\x99るこ", "Z2", E_OFFICER_NAME},    /* NFD */
      {"aoki-y", "\x90\xc2\x96\xd8", "Z2", E_OFFICER_NAME},      /* 青木 in Shift_JIS */
      {"aoki-y", "花田 実", "Ｚ２", E_OFFICER_NAME},
      {"Aoki-y", "花田 実", "Z2", E_OFFICER_NAME},
      {"chief-\xd0\xb0", "花田 実", "Z2", E_OFFICER_NAME},
      {"chlef-a", "花田 実", "Z2", E_OFFICER_TWICE},             /* l for i in the id */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct person p;
    enum err_code code;
    make_person(&p, cases[i].id, cases[i].name, cases[i].staff_no);
    CHANGE(r, code, officer_add(r->s, &p.card, e));
    if (code != cases[i].code) fprintf(stderr, "case %zu: %s\n", i, code ? err_name(code) : "added");
    assert_int_equal(code, cases[i].code);
  }
  rights_free(r);
}

static void row30_texts_of_a_grant(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_table(10, &shard);
  REFUSES(r, E_GRANT_FORMAT, ask_for(r, &(struct ask){.person = "ｔａｂ-e"}, e));
  REFUSES(r, E_GRANT_FORMAT, ask_for(r, &(struct ask){.requester = "p\xd0\xb0" "ck-j"}, e));
  REFUSES(r, E_JSON_SYNTAX, ask_for(r, &(struct ask){.filter = "\x90\xc2"}, e)); /* Shift_JIS */
  REFUSES(r, E_JSON_SYNTAX, ask_for(r, &(struct ask){.filter = "a\\u0000b"}, e));
  REFUSES(r, E_GRANT_FORMAT, ask_for(r, &(struct ask){.filter = "a\\nb"}, e));
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(row14_requester_or_user_approves),
      cmocka_unit_test(row14_a_request_in_another_name),
      cmocka_unit_test(row14_same_person_with_two_keys),
      cmocka_unit_test(row14_approval_replayed_on_an_edited_grant),
      cmocka_unit_test(row14_approval_after_revocation),
      cmocka_unit_test(row14_the_database_is_edited),
      cmocka_unit_test(row15_the_last_second),
      cmocka_unit_test(row15_clock_back_a_year),
      cmocka_unit_test(row15_forward_past_the_end_then_back),
      cmocka_unit_test(row15_far_future_and_utc),
      cmocka_unit_test(row15_the_environment_moves_no_clock_of_a_real_store),
      cmocka_unit_test(row27_ten_thousand_grants_of_one_row),
      cmocka_unit_test(row27_killed_between_query_and_counter),
      cmocka_unit_test(row27_two_sessions_at_once),
      cmocka_unit_test(row27_counters_are_the_log),
      cmocka_unit_test(row30_no_second_identity_by_spelling),
      cmocka_unit_test(row30_texts_of_a_grant),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
