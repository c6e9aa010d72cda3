/* test_ledger_state.c -- states, the transition table, approval by level, locks, decisions that travel down, the picture. */
#include "tests/unit/batch_fixture.h"

#include "collector/batch_receipt.h"
#include "collector/ledger_alerts.h"
#include "collector/ledger_chain.h"
#include "collector/ledger_notice.h"
#include "collector/ledger_state.h"

static const char *const city = "municipality-011002", *const centre = "health_centre-0101", *const prefecture = "prefecture-01";

static void roster_at(struct route *r, int office) {
  static const char text[] = "office,name,parent,survey,forms,since,until\n"
                             "municipality-011002,札幌市,health_centre-0101,vital,population,,\n"
                             "health_centre-0101,保健所,prefecture-01,vital,population,2030-01-01,\n"
                             "municipality-011011,旧村,health_centre-0101,vital,population,,2020-03-31\n";
  int64_t n;
  OK(ledger_roster_import(r->store[office], "roster.csv", str_of(text), &n, &error));
}

static enum ledger_state state_in(struct route *r, int office, const char *about, int64_t due_days) {
  struct ledger_matrix m;
  struct arena *a = arena_new(0);
  OK(ledger_matrix(r->store[office], "vital", "2025", due_days, a, &m, &error));
  int64_t i = ledger_matrix_find(&m, about);
  assert_true(i >= 0);
  enum ledger_state st = (enum ledger_state)m.states[i * m.n_periods];
  arena_free(a);
  return st;
}

static enum err_code decide(struct route *r, int office, enum ledger_action action, const char *about, const char *reason) {
  const char **changed;
  int64_t n;
  struct arena *a = arena_new(0);
  const struct ledger_request q = {
      .survey = "vital", .period = "2025", .offices = &about, .n_offices = 1, .action = action, .reason = reason, .officer = "", .due_days = -1};
  memset(&error, 0, sizeof error);
  enum err_code code = ledger_decide(r->store[office], &q, a, &changed, &n, &error);
  arena_free(a);
  return code;
}

static struct route *with_one_batch(void) {
  struct route *r = make_route();
  struct batch_result sent, got;
  roster_at(r, CENTRE);
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  return r;
}

/* --- the table --- */
static void every_state_has_its_own_letter_key_and_names(void **state) {
  (void)state;
  for (int i = 0; i < LEDGER_STATES; i++) {
    enum ledger_state back;
    assert_true(ledger_state_parse(str_of(ledger_state_key((enum ledger_state)i)), &back) && (int)back == i);
    for (int k = 0; k < i; k++) {
      assert_int_not_equal(ledger_state_letter((enum ledger_state)i), ledger_state_letter((enum ledger_state)k));
      assert_string_not_equal(ledger_state_name((enum ledger_state)i, LANG_JA), ledger_state_name((enum ledger_state)k, LANG_JA));
      assert_string_not_equal(ledger_state_name((enum ledger_state)i, LANG_EN), ledger_state_name((enum ledger_state)k, LANG_EN));
    }
  }
}

/* What is not here can be neither examined nor approved, whichever action: absence is never a quiet yes. */
static void nothing_is_decided_about_what_is_not_here(void **state) {
  (void)state;
  static const enum ledger_state absent[] = {LEDGER_MISSING, LEDGER_HELD, LEDGER_NOT_YET_DUE, LEDGER_NOT_LISTED};
  for (int a = 0; a < N_LEDGER_ACTIONS; a++)
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) assert_false(ledger_transition((enum ledger_action)a)->from >> absent[i] & 1);
  assert_false(ledger_transition(ACTION_APPROVE)->from >> LEDGER_QUERIED & 1);
  assert_false(ledger_transition(ACTION_RETURN)->from >> LEDGER_FINAL & 1);
  assert_true(ledger_transition(ACTION_ACCEPT)->from >> LEDGER_APPROVED & 1);
  assert_false(ledger_transition(ACTION_ACCEPT)->from >> LEDGER_RECEIVED & 1);
}

/* --- facts --- */
static void a_batch_makes_its_cell_received_and_the_bits_agree_with_the_books(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  int64_t differences = 0;
  assert_int_equal(state_in(r, CENTRE, city, 400), LEDGER_LATE); /* the fixture's clock stands after the 18th of the month */
  OK(ledger_states_check(r->store[CENTRE], "vital", &differences, &error));
  assert_int_equal(differences, 0);
  OK(db_run(store_db(r->store[CENTRE]), "UPDATE ledger_cell SET received = 0", &error));
  OK(ledger_states_check(r->store[CENTRE], "vital", &differences, &error));
  assert_int_equal(differences, 1);
  assert_int_equal(r->problems.last, E_LEDGER_STATES);
  drop_route(r);
}

static void a_merged_office_is_not_missing(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  assert_int_equal(state_in(r, CENTRE, "municipality-011011", -1000), LEDGER_NOT_LISTED);
  assert_int_equal(state_in(r, CENTRE, centre, -1000), LEDGER_NOT_LISTED);
  drop_route(r);
}

static void a_disaster_is_neither_late_nor_missing(void **state) {
  (void)state;
  struct route *r = make_route();
  roster_at(r, CENTRE);
  assert_int_equal(state_in(r, CENTRE, city, -1), LEDGER_MISSING);
  assert_int_equal(state_in(r, CENTRE, city, 30), LEDGER_NOT_YET_DUE);
  memset(&error, 0, sizeof error);
  assert_int_equal(ledger_disaster(r->store[CENTRE], city, "2025-12-20", "", "", "", &error), E_LEDGER_REASON);
  assert_int_equal(ledger_disaster(r->store[CENTRE], city, "2025-12-32", "", "x", "", &error), E_LEDGER_DATES);
  assert_int_equal(ledger_disaster(r->store[CENTRE], city, "2025-12-20", "2025-12-01", "x", "", &error), E_LEDGER_DATES);
  assert_int_equal(ledger_disaster(r->store[CENTRE], "municipality-999999", "2025-12-20", "", "x", "", &error), E_LEDGER_OFFICE);
  OK(ledger_disaster(r->store[CENTRE], city, "2025-12-20", "", "地震のため庁舎に入れない", "", &error));
  assert_int_equal(state_in(r, CENTRE, city, -1), LEDGER_DISASTER);
  OK(ledger_disaster(r->store[CENTRE], city, "2025-12-20", "2025-12-25", "庁舎に戻った", "", &error));
  assert_int_equal(state_in(r, CENTRE, city, -1), LEDGER_MISSING);
  drop_route(r);
}

/* --- decisions --- */
static void a_parent_follows_only_after_its_children(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  assert_int_equal(decide(r, CENTRE, ACTION_APPROVE, centre, ""), E_LEDGER_CHILDREN);
  assert_non_null(strstr(error.found, city));
  OK(decide(r, CENTRE, ACTION_APPROVE, city, ""));
  OK(decide(r, CENTRE, ACTION_APPROVE, centre, ""));
  /* and nothing below a signed-off office is taken back */
  assert_int_equal(decide(r, CENTRE, ACTION_REOPEN, city, "x"), E_LEDGER_LOCKED);
  drop_route(r);
}

static void only_an_office_above_decides(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  roster_at(r, CITY);
  assert_int_equal(decide(r, CITY, ACTION_REVIEW, city, ""), E_LEDGER_NOT_YOURS);
  assert_int_equal(decide(r, CITY, ACTION_REOPEN, city, "x"), E_LEDGER_NOT_YOURS);
  assert_int_equal(decide(r, CITY, ACTION_APPROVE, prefecture, ""), E_LEDGER_OFFICE);
  assert_int_equal(decide(r, CENTRE, ACTION_APPROVE, "municipality-999999", ""), E_LEDGER_OFFICE);
  assert_int_equal(decide(r, CENTRE, ACTION_APPROVE, "municipality-011011", ""), E_LEDGER_OFFICE);
  drop_route(r);
}

static void the_table_is_obeyed_and_the_way_is_kept(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  struct ledger_event *events;
  int64_t n;
  assert_int_equal(decide(r, CENTRE, ACTION_ACCEPT, city, ""), E_LEDGER_TRANSITION);
  assert_int_equal(decide(r, CENTRE, ACTION_RETURN, city, ""), E_LEDGER_REASON);
  OK(decide(r, CENTRE, ACTION_REVIEW, city, ""));
  assert_int_equal(decide(r, CENTRE, ACTION_REVIEW, city, ""), E_LEDGER_TRANSITION);
  OK(decide(r, CENTRE, ACTION_QUERY, city, "件数が半分"));
  assert_int_equal(state_in(r, CENTRE, city, 0), LEDGER_QUERIED);
  assert_int_equal(decide(r, CENTRE, ACTION_APPROVE, city, ""), E_LEDGER_TRANSITION);
  OK(decide(r, CENTRE, ACTION_REVIEW, city, ""));
  OK(decide(r, CENTRE, ACTION_APPROVE, city, ""));
  OK(decide(r, CENTRE, ACTION_ACCEPT, city, ""));
  assert_int_equal(decide(r, CENTRE, ACTION_RETURN, city, "x"), E_LEDGER_TRANSITION);
  OK(decide(r, CENTRE, ACTION_REOPEN, city, "訂正の申出"));
  OK(ledger_history(r->store[CENTRE], "vital", "2025", "", true, r->job.arena, &events, &n, &error));
  assert_int_equal(n, 6);
  assert_string_equal(events[1].note, "件数が半分");
  assert_string_equal(events[5].from, "final");
  assert_string_equal(events[5].made_by, centre);
  int64_t differences = 0;
  OK(ledger_decisions_check(r->store[CENTRE], &differences, &error));
  assert_int_equal(differences, 0);
  OK(db_run(store_db(r->store[CENTRE]), "UPDATE ledger_decision SET to_state = 'final' WHERE number = 2", &error));
  OK(ledger_decisions_check(r->store[CENTRE], &differences, &error));
  assert_int_equal(differences, 1);
  assert_int_equal(r->problems.last, E_LEDGER_DECISIONS);
  OK(db_run(store_db(r->store[CENTRE]), "DELETE FROM ledger_decision WHERE number = 2", &error));
  differences = 0;
  OK(ledger_decisions_check(r->store[CENTRE], &differences, &error));
  assert_true(differences > 0);
  drop_route(r);
}

static void a_new_batch_ends_a_decision_but_not_final(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  struct batch_result sent, got;
  struct ledger_event *events;
  int64_t n;
  OK(decide(r, CENTRE, ACTION_RETURN, city, "3件足りない"));
  assert_int_equal(state_in(r, CENTRE, city, 400), LEDGER_RETURNED);
  take_in(r, CITY, 10, 2);
  OK(seal(r, CITY, 2, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  assert_int_equal(state_in(r, CENTRE, city, 400), LEDGER_LATE); /* the fixture's clock stands after the 18th of the month */
  OK(decide(r, CENTRE, ACTION_APPROVE, city, ""));
  OK(decide(r, CENTRE, ACTION_ACCEPT, city, ""));
  take_in(r, CITY, 20, 1);
  OK(seal(r, CITY, 1, &sent)); /* its receipt has not come: the office does not know yet */
  OK(receive(r, CENTRE, sent.path, &got));
  assert_int_equal(state_in(r, CENTRE, city, 400), LEDGER_FINAL);
  OK(ledger_history(r->store[CENTRE], "vital", "2025", city, false, r->job.arena, &events, &n, &error));
  assert_int_equal(n, 5);
  assert_string_equal(events[4].action, "arrival");
  assert_string_equal(events[4].to, "final");
  assert_balance(r, CENTRE, 6);
  drop_route(r);
}

/* --- down to the sender --- */
static enum err_code receipt_down(struct route *r) {
  char folder[400], path[4096];
  struct batch_result got;
  snprintf(folder, sizeof folder, "%s/decisions", r->root);
  OK(batch_receipt_again(r->store[CENTRE], "vital", "2025", city, folder, path, &error));
  assert_true(path[0] != 0);
  return batch_receipt_import(r->store[CITY], path, &got, &error);
}

struct said {
  int no_receipt, returned;
};
static void count_said(void *context, const struct err *e) {
  struct said *s = context;
  s->no_receipt += e->code == E_LEDGER_NO_RECEIPT;
  s->returned += e->code == E_LEDGER_RETURNED;
}
static struct said banner(struct route *r) {
  struct said said = {0};

  OK(ledger_banner(r->store[CITY], NULL, &said, count_said, &error));
  return said;
}

static void a_return_reaches_the_sender_with_its_reason(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  struct ledger_event *events;
  int64_t n;
  OK(decide(r, CENTRE, ACTION_RETURN, city, "3日の票がない"));
  OK(receipt_down(r));
  OK(receipt_down(r)); /* a second time changes nothing */
  assert_int_equal(banner(r).returned, 1);
  OK(ledger_history(r->store[CITY], "vital", "2025", "", true, r->job.arena, &events, &n, &error));
  assert_int_equal(n, 1);
  assert_string_equal(events[0].to, "returned");
  assert_string_equal(events[0].note, "3日の票がない");
  assert_string_equal(events[0].made_by, centre);
  drop_route(r);
}

static void final_locks_the_office_below(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  struct batch_result sent;
  OK(decide(r, CENTRE, ACTION_APPROVE, city, ""));
  OK(decide(r, CENTRE, ACTION_ACCEPT, city, ""));
  OK(receipt_down(r));
  take_in(r, CITY, 30, 1);
  assert_int_equal(seal(r, CITY, 1, &sent), E_LEDGER_LOCKED);
  OK(decide(r, CENTRE, ACTION_REOPEN, city, "訂正の申出"));
  OK(receipt_down(r));
  OK(seal(r, CITY, 1, &sent));
  drop_route(r);
}

static int64_t in_three_weeks(void *context) {
  (void)context;
  return 1767225600 + 21 * 86400;
}
static void a_batch_without_receipt_is_said_at_the_sender(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  char path[600];
  struct batch_result got;
  assert_int_equal(banner(r).no_receipt, 0);
  r->job.clock = in_three_weeks;
  assert_int_equal(banner(r).no_receipt, 1);
  snprintf(path, sizeof path, "%s/receipts%d/receipt-vital-2025-municipality-011002-000001.tar.zst.age", r->root, CENTRE);
  OK(batch_receipt_import(r->store[CITY], path, &got, &error));
  assert_int_equal(banner(r).no_receipt, 0);
  drop_route(r);
}

/* --- counts --- */
/* Worked by hand: max(3 sqrt(m), 0.15 m) is 30 at m = 100, 9.49 at 10, 9.33 at 9.67, 150 at 1000. */
static void the_band_is_the_larger_of_root_and_percent(void **state) {
  (void)state;
  static const struct ledger_settings b = {.years = 3, .root = 3, .percent = 15, .hard_mean = 10};
  static const struct {
    int64_t n, sum, years;
    enum ledger_alert_kind kind;
  } cases[] = {{100, 300, 3, ALERT_NONE}, {130, 300, 3, ALERT_NONE}, {131, 300, 3, ALERT_SOFT}, {70, 300, 3, ALERT_NONE}, {69, 300, 3, ALERT_SOFT},
      {19, 30, 3, ALERT_NONE}, {20, 30, 3, ALERT_SOFT}, {0, 30, 3, ALERT_HARD}, {0, 29, 3, ALERT_SOFT}, {0, 9, 3, ALERT_NONE},
      {1150, 3000, 3, ALERT_NONE}, {1151, 3000, 3, ALERT_SOFT}, {849, 3000, 3, ALERT_SOFT}, {850, 3000, 3, ALERT_NONE}, {0, 10, 1, ALERT_HARD},
      {500, 0, 0, ALERT_NONE}, {INT32_MAX, 3, 3, ALERT_SOFT}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(ledger_band(&b, cases[i].n, cases[i].sum, cases[i].years), cases[i].kind);
}

static void a_lost_row_breaks_the_chain_at_its_office_and_above(void **state) {
  (void)state;
  struct route *r = with_one_batch();
  struct ledger_link *links;
  int64_t n, differences = 0;
  OK(ledger_chain(r->store[CENTRE], "vital", "2025", r->job.arena, &links, &n, &differences, &error));
  assert_int_equal(differences, 0);
  assert_string_equal(links[n - 1].office, centre);
  assert_int_equal(links[n - 1].below, 3);
  assert_int_equal(links[n - 1].here, 3);
  OK(db_run(store_db(r->store[CENTRE]), "UPDATE shard SET n_rows = n_rows - 1", &error));
  OK(ledger_chain(r->store[CENTRE], "vital", "2025", r->job.arena, &links, &n, &differences, &error));
  assert_int_equal(differences, 2);
  assert_int_equal(r->problems.last, E_LEDGER_CHAIN);
  assert_string_equal(r->problems.subject, centre);
  drop_route(r);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_state_has_its_own_letter_key_and_names),
      cmocka_unit_test(nothing_is_decided_about_what_is_not_here),
      cmocka_unit_test(a_batch_makes_its_cell_received_and_the_bits_agree_with_the_books),
      cmocka_unit_test(a_merged_office_is_not_missing),
      cmocka_unit_test(a_disaster_is_neither_late_nor_missing),
      cmocka_unit_test(a_parent_follows_only_after_its_children),
      cmocka_unit_test(only_an_office_above_decides),
      cmocka_unit_test(the_table_is_obeyed_and_the_way_is_kept),
      cmocka_unit_test(a_new_batch_ends_a_decision_but_not_final),
      cmocka_unit_test(a_return_reaches_the_sender_with_its_reason),
      cmocka_unit_test(final_locks_the_office_below),
      cmocka_unit_test(a_batch_without_receipt_is_said_at_the_sender),
      cmocka_unit_test(the_band_is_the_larger_of_root_and_percent),
      cmocka_unit_test(a_lost_row_breaks_the_chain_at_its_office_and_above),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
