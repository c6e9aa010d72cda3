/* test_batch.c -- three offices, one above the other: what is sealed arrives exactly once and whole, and everything else is refused with the
 * reason. */
#include "tests/unit/batch_fixture.h"

static void sealed_records_arrive_once_and_the_receipt_returns(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got, again, receipt;
  take_in(r, CITY, 0, 5);
  OK(seal(r, CITY, 5, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  assert_int_equal(got.records, 5);
  assert_string_equal(got.id, sent.id);
  OK(receive(r, CENTRE, sent.path, &again));
  assert_true(again.already);
  assert_balance(r, CENTRE, 5);
  OK(batch_receipt_import(r->store[CITY], again.path, &receipt, &error));
  assert_int_equal(receipt.sequence, 1);
  drop_route(r);
}

static void a_wrong_declared_count_seals_nothing(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent;
  take_in(r, CITY, 0, 5);
  assert_int_equal(seal(r, CITY, 6, &sent), E_BATCH_DECLARED);
  assert_string_equal(error.expected, "6");
  assert_string_equal(error.found, "5");
  OK(seal(r, CITY, 5, &sent));
  assert_int_equal(sent.sequence, 1);
  assert_int_equal(seal(r, CITY, 0, &sent), E_BATCH_NOTHING_NEW);
  drop_route(r);
}

static void a_gap_is_held_until_the_number_before_arrives(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result one, two, got;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &one));
  take_in(r, CITY, 10, 2);
  OK(seal(r, CITY, 2, &two));
  OK(receive(r, CENTRE, two.path, &got));
  assert_true(got.held);
  assert_int_equal(got.waiting_for, 1);
  assert_balance(r, CENTRE, 0);
  OK(receive(r, CENTRE, one.path, &got));
  assert_false(got.held);
  assert_balance(r, CENTRE, 5); /* the held one followed by itself */
  drop_route(r);
}

static void one_number_twice_is_an_alarm(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result one, other, got;
  char command[1200];
  take_in(r, CITY, 0, 3);
  store_close(r->store[CITY]); /* a backup, restored later */
  snprintf(command, sizeof command, "%s/backup", r->root);
  OK(store_open(&r->job, r->folder[CITY], PASSPHRASE, &r->store[CITY], &error));
  OK(seal(r, CITY, 3, &one));
  OK(receive(r, CENTRE, one.path, &got));
  /* The centre's view of a second machine: another batch 1 with the same key. */
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_sent", &error));
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM batch_count", &error));
  take_in(r, CITY, 20, 1);
  OK(seal(r, CITY, 1, &other));
  assert_int_equal(other.sequence, 1);
  assert_int_equal(receive(r, CENTRE, other.path, &got), E_BATCH_FORK);
  assert_balance(r, CENTRE, 3);
  struct ledger_gap *gaps;
  int64_t n, forks = 0;
  OK(ledger_gaps(r->store[CENTRE], "vital", "2025", r->job.arena, &gaps, &n, &error));
  for (int64_t i = 0; i < n; i++) forks += !strcmp(gaps[i].kind, "fork");
  assert_int_equal(forks, 1);
  drop_route(r);
}

static void a_batch_for_another_office_is_refused(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &sent));
  assert_int_equal(receive(r, PREFECTURE, sent.path, &got), E_BATCH_NOT_FOR_US);
  drop_route(r);
}

static void every_truncation_and_bit_flip_is_refused_and_changes_nothing(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  uint8_t *p = NULL;
  size_t n = 0;
  char path[400];
  take_in(r, CITY, 0, 3);
  OK(seal(r, CITY, 3, &sent));
  OK(file_read(sent.path, 1 << 20, &p, &n, &error));
  snprintf(path, sizeof path, "%s/broken.tar.zst.age", r->root);
  for (size_t i = 0; i < n; i += n / 24 + 1) {
    OK(atomic_write(path, p, i, ATOMIC_REPLACE, 0600, &error));
    assert_int_not_equal(receive(r, CENTRE, path, &got), E_OK);
    p[i] ^= 0x10;
    OK(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, &error));
    assert_int_not_equal(receive(r, CENTRE, path, &got), E_OK);
    p[i] ^= 0x10;
  }
  free(p);
  assert_balance(r, CENTRE, 0);
  OK(receive(r, CENTRE, sent.path, &got));
  assert_balance(r, CENTRE, 3);
  drop_route(r);
}

static void forwarding_carries_the_lower_batch_unchanged(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, up, got;
  take_in(r, CITY, 0, 4);
  OK(seal(r, CITY, 4, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(seal(r, CENTRE, -1, &up));
  assert_int_equal(up.lower, 1);
  assert_int_equal(seal(r, CENTRE, -1, &up), E_BATCH_NOTHING_NEW);
  char path[600];
  snprintf(path, sizeof path, "%s/out/vital-2025-%s-000001.tar.zst.age", r->root, store_office(r->store[CENTRE])->id);
  OK(receive(r, PREFECTURE, path, &got));
  assert_int_equal(got.records, 4);
  assert_balance(r, PREFECTURE, 4);
  const struct dataset_key key = {"vital", "population", "2025", "received"};
  struct shard *low, *high;
  int64_t n_low, n_high;
  OK(store_shards(r->store[CENTRE], &key, r->job.arena, &low, &n_low, &error));
  OK(store_shards(r->store[PREFECTURE], &key, r->job.arena, &high, &n_high, &error));
  assert_int_equal(n_low, 1);
  assert_int_equal(n_high, 1);
  assert_string_equal(low[0].content_hash, high[0].content_hash); /* same records, same bits, on every level */
  assert_string_equal(high[0].sender, store_office(r->store[CITY])->id);
  assert_string_equal(high[0].batch, sent.id);
  drop_route(r);
}

static void what_was_received_and_not_forwarded_is_a_gap(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent, got;
  struct ledger_gap *gaps;
  int64_t n;
  take_in(r, CITY, 0, 4);
  OK(seal(r, CITY, 4, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(ledger_gaps(r->store[CENTRE], "vital", "2025", r->job.arena, &gaps, &n, &error));
  assert_int_equal(n, 1);
  assert_string_equal(gaps[0].kind, "not_forwarded");
  assert_string_equal(gaps[0].office, store_office(r->store[CITY])->id);
  drop_route(r);
}

static void an_office_on_the_roster_that_sent_nothing_is_missing(void **state) {
  (void)state;
  struct route *r = make_route();
  struct ledger_cell *cells;
  int64_t n;
  const struct str csv = STR("office,name,parent,survey,forms,since,until\n"
                             "municipality-011002,A,health_centre-0101,vital,population,2000-01-01,\n"
                             "municipality-012025,B,health_centre-0101,vital,population,2000-01-01,\n"
                             "municipality-012033,C,health_centre-0101,vital,population,2000-01-01,2020-03-31\n");
  struct batch_result sent, got;
  OK(ledger_roster_import(r->store[CENTRE], "roster.csv", csv, &n, &error));
  assert_int_equal(n, 3);
  take_in(r, CITY, 0, 2);
  OK(seal(r, CITY, 2, &sent));
  OK(receive(r, CENTRE, sent.path, &got));
  OK(ledger_cells(r->store[CENTRE], "vital", "2025", 0, r->job.arena, &cells, &n, &error));
  assert_int_equal(n, 2); /* C ended before the period */
  assert_true(cells[0].state == LEDGER_RECEIVED || cells[0].state == LEDGER_LATE);
  assert_int_equal(cells[1].state, LEDGER_MISSING);
  drop_route(r);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sealed_records_arrive_once_and_the_receipt_returns),
      cmocka_unit_test(a_wrong_declared_count_seals_nothing),
      cmocka_unit_test(a_gap_is_held_until_the_number_before_arrives),
      cmocka_unit_test(one_number_twice_is_an_alarm),
      cmocka_unit_test(a_batch_for_another_office_is_refused),
      cmocka_unit_test(every_truncation_and_bit_flip_is_refused_and_changes_nothing),
      cmocka_unit_test(forwarding_carries_the_lower_batch_unchanged),
      cmocka_unit_test(what_was_received_and_not_forwarded_is_a_gap),
      cmocka_unit_test(an_office_on_the_roster_that_sent_nothing_is_missing),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
