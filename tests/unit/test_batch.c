/* test_batch.c -- three offices, one above the other: what is sealed arrives exactly once and whole, and everything else is refused with the reason. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "collector/batch.h"
#include "collector/intake.h"
#include "collector/ledger.h"

enum { CITY, CENTRE, PREFECTURE, N_OFFICES };
struct route {
  char root[256], folder[N_OFFICES][300];
  struct problems problems;
  struct job job;
  struct store *store[N_OFFICES];
  int files;
};
static struct err error;

static void init_office(struct route *r, int i, enum office_type type, const char *code) {
  struct office o = {.type = type};
  struct store *above = NULL;
  snprintf(o.code, sizeof o.code, "%s", code);
  snprintf(o.name_ja, sizeof o.name_ja, "機関%d", i);
  if (i + 1 < N_OFFICES) {
    above = r->store[i + 1];
    const struct office *p = store_office(above);
    snprintf(o.parent_id, sizeof o.parent_id, "%s", p->id);
    snprintf(o.parent_age, sizeof o.parent_age, "%s", p->age_recipient);
    snprintf(o.parent_minisign, sizeof o.parent_minisign, "%s", p->minisign_public);
  }
  char folder[300];
  snprintf(folder, sizeof folder, "%.250s/office%d", r->root, i);
  memcpy(r->folder[i], folder, sizeof folder);
  OK(store_init(&r->job, r->folder[i], &o, PASSPHRASE, "light", &error));
  OK(store_open(&r->job, r->folder[i], PASSPHRASE, &r->store[i], &error));
  if (above) OK(store_peer_add(above, store_office(r->store[i]), &error));
  OK(ledger_prepare(r->store[i], &error));
}

static struct route *make_route(void) {
  struct route *r = calloc(1, sizeof *r);
  assert_non_null(r);
  fixture_folder(r->root);
  r->job = fixture_job(&r->problems);
  r->job.arena = arena_new(0);
  init_office(r, PREFECTURE, OFFICE_PREFECTURE, "01");
  init_office(r, CENTRE, OFFICE_HEALTH_CENTRE, "0101");
  init_office(r, CITY, OFFICE_MUNICIPALITY, "011002");
  return r;
}
static void drop_route(struct route *r) {
  for (int i = 0; i < N_OFFICES; i++) store_close(r->store[i]);
  remove_tree(r->root);
  arena_free(r->job.arena);
  free(r);
}

static void take_in(struct route *r, int office, int first_age, int n) {
  char path[400], text[4096];
  struct form *f = NULL;
  struct intake_report report;
  const struct intake_options options = {.period = "2025", .declared = -1, .problem_limit = 10};
  size_t used = (size_t)snprintf(text, sizeof text, "sex,age_from,age_to,prefecture,population,vintage\n");
  for (int i = 0; i < n; i++) used += (size_t)snprintf(text + used, sizeof text - used, "1,%d,%d,,%d,\n", first_age + i, first_age + i, 1000 + i);
  snprintf(path, sizeof path, "%s/file%d.csv", r->root, r->files++);
  OK(atomic_write(path, text, used, ATOMIC_REPLACE, 0600, &error));
  OK(form_read(r->job.arena, &r->job, "forms", "vital", "population", NULL, 20000, &f, NULL, &error));
  OK(intake_file(&r->job, r->store[office], f, &options, path, &report, &error));
  assert_int_equal(report.accepted, n);
}

static enum err_code seal(struct route *r, int office, int64_t declared, struct batch_result *out) {
  const struct batch_declared d = {"population", declared};
  char folder[400];
  snprintf(folder, sizeof folder, "%s/out", r->root);
  const struct batch_seal_request q = {.survey = "vital", .period = "2025", .out_folder = folder, .forms = "forms", .declared = &d, .n_declared = declared < 0 ? 0 : 1};
  memset(&error, 0, sizeof error);
  return batch_seal(r->store[office], &q, out, &error);
}
static enum err_code receive(struct route *r, int office, const char *path, struct batch_result *out) {
  char folder[400];
  snprintf(folder, sizeof folder, "%s/receipts%d", r->root, office);
  memset(&error, 0, sizeof error);
  return batch_receive(r->store[office], "forms", path, folder, out, &error);
}
static void assert_balance(struct route *r, int office, int64_t stored) {
  struct ledger_balance b;
  OK(ledger_balance(r->store[office], "vital", "2025", &b, &error));
  assert_int_equal(b.differences, 0);
  assert_int_equal(b.stored, stored);
}

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
