/* test_versions.c -- corrections and withdrawals from the office that owns the record to the top: each names the version it replaces, readers see
 * the current one only, nothing of an older one is lost, and what does not fit waits for a person. */
#include "tests/unit/batch_fixture.h"

#include "collector/amendment.h"
#include "collector/intake_change.h"
#include "collector/version_store.h"

static struct form *the_form(struct route *r) {
  struct form *f = NULL;
  OK(form_read(r->job.arena, &r->job, "forms", "vital", "population", NULL, 20000, &f, NULL, &error));
  return f;
}

/* Rows "age,population" of sex 1. */
static struct intake_report correct(struct route *r, int office, const char *rows, bool supplementary) {
  char path[400], text[4096];
  struct intake_report report;
  const struct intake_options options = {.period = "2025", .declared = -1, .problem_limit = 10, .correct = true, .supplementary = supplementary};
  size_t used = (size_t)snprintf(text, sizeof text, "sex,age_from,age_to,prefecture,population,vintage\n");
  for (const char *p = rows; *p;) {
    int age, population, n;
    assert_int_equal(sscanf(p, "%d,%d%n", &age, &population, &n), 2);
    p += n;
    if (*p) p++;
    used += (size_t)snprintf(text + used, sizeof text - used, "1,%d,%d,,%d,\n", age, age, population);
  }
  snprintf(path, sizeof path, "%s/file%d.csv", r->root, r->files++);
  OK(atomic_write(path, text, used, ATOMIC_REPLACE, 0600, &error));
  OK(intake_file(&r->job, r->store[office], the_form(r), &options, path, &report, &error));
  return report;
}

static enum err_code withdraw(struct route *r, int age, struct withdraw_report *out) {
  char key[32];
  snprintf(key, sizeof key, "age_from=%d", age);
  const char *const keys[] = {"sex=1", key};
  const struct withdraw_request q = {.period = "2025", .reason = "duplicate", .keys = keys, .n_keys = 2};
  memset(&error, 0, sizeof error);
  return intake_withdraw(&r->job, r->store[CITY], "forms", the_form(r), &q, out, &error);
}

struct view {
  int64_t rows, stored, sum;
  char hash[65];
};
/* What a reader of the dataset sees: current rows and the sum of their populations. */
static struct view seen(struct route *r, int office) {
  const struct dataset_key key = {"vital", "population", "2025", "received"};
  const struct log_entry entry = {.action = "data-read", .object = "test"};
  struct shard *shards;
  struct view v = {0};
  int64_t n, access;
  OK(store_shards_all(r->store[office], &key, r->job.arena, &shards, &n, &error));
  for (int64_t i = 0; i < n; i++) v.stored += shards[i].n_stored;
  OK(store_shards(r->store[office], &key, r->job.arena, &shards, &n, &error));
  OK(store_log_intent(r->store[office], &entry, &access, &error));
  for (int64_t i = 0; i < n; i++) {
    struct table t;
    OK(store_shard_read(r->store[office], shards[i].id, access, NULL, 0, r->job.arena, &t, &error));
    assert_int_equal(t.n_rows, shards[i].n_rows);
    v.rows += t.n_rows;
    for (int64_t k = 0; k < t.n_rows; k++) v.sum += table_column(&t, "population")->i64[k];
    snprintf(v.hash, sizeof v.hash, "%.64s", shards[i].content_hash);
  }
  OK(store_log_outcome(r->store[office], access, &entry, true, &error));
  return v;
}

static void send_up(struct route *r, int office, int64_t declared, struct batch_result *sent) {
  struct batch_result got;
  OK(seal(r, office, declared, sent));
  OK(receive(r, office + 1, sent->path, &got));
}

static void a_correction_counts_once_on_every_level_and_the_old_version_stays(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent;
  take_in(r, CITY, 0, 3); /* 1000, 1001, 1002 */
  send_up(r, CITY, 3, &sent);
  send_up(r, CENTRE, -1, &sent);
  struct intake_report report = correct(r, CITY, "1,5000;2,1002", false);
  assert_int_equal(report.accepted, 1);
  assert_int_equal(report.corrected, 1);
  assert_int_equal(report.duplicate, 1); /* the same record is no correction */
  assert_int_equal(report.unchanged, 1);
  send_up(r, CITY, 1, &sent);
  send_up(r, CENTRE, -1, &sent);
  for (int i = 0; i < N_OFFICES; i++) {
    struct view v = seen(r, i);
    assert_int_equal(v.rows, 3);
    assert_int_equal(v.stored, 4);
    assert_int_equal(v.sum, 1000 + 5000 + 1002);
  }
  for (int i = CENTRE; i < N_OFFICES; i++) assert_balance(r, i, 4);
  assert_balance(r, CITY, 4);
  drop_route(r);
}

static void a_withdrawn_record_is_not_counted_and_can_be_reported_again(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent;
  struct withdraw_report w;
  take_in(r, CITY, 0, 3);
  send_up(r, CITY, 3, &sent);
  OK(withdraw(r, 1, &w));
  assert_false(w.already);
  OK(withdraw(r, 1, &w));
  assert_true(w.already);
  assert_int_equal(withdraw(r, 77, &w), E_CHANGE_NO_RECORD);
  assert_int_equal(seal(r, CITY, 0, &sent), E_BATCH_DECLARED);
  send_up(r, CITY, 1, &sent);
  assert_int_equal(seen(r, CITY).sum, 1000 + 1002);
  assert_int_equal(seen(r, CENTRE).sum, 1000 + 1002);
  assert_int_equal(seen(r, CENTRE).stored, 3);
  assert_balance(r, CENTRE, 3);
  struct intake_report report = correct(r, CITY, "1,1001", false);
  assert_int_equal(report.rejected, 1);
  report = correct(r, CITY, "1,1001;9,50", true);
  assert_int_equal(report.accepted, 2);
  send_up(r, CITY, 3, &sent); /* the rejected line is declared as well */
  assert_int_equal(seen(r, CENTRE).sum, 1000 + 1001 + 1002 + 50);
  assert_int_equal(seen(r, CENTRE).rows, seen(r, CITY).rows);
  assert_balance(r, CENTRE, 5);
  drop_route(r);
}

static void an_unknown_key_is_no_correction(void **state) {
  (void)state;
  struct route *r = make_route();
  take_in(r, CITY, 0, 2);
  struct intake_report report = correct(r, CITY, "5,7", false);
  assert_int_equal(report.accepted, 0);
  assert_int_equal(report.rejected, 1);
  report = correct(r, CITY, "0,1000;1,1001", false);
  assert_int_equal(report.unchanged, 2);
  assert_int_equal(report.id, 0); /* nothing to keep */
  assert_int_equal(seen(r, CITY).rows, 2);
  drop_route(r);
}

static void a_correction_before_the_first_batch_travels_with_what_it_replaces(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_result sent;
  take_in(r, CITY, 0, 2);
  assert_int_equal(correct(r, CITY, "0,7", false).corrected, 1);
  assert_int_equal(correct(r, CITY, "0,8", false).corrected, 1);
  send_up(r, CITY, 4, &sent);
  assert_int_equal(seen(r, CENTRE).sum, 8 + 1001);
  assert_int_equal(seen(r, CENTRE).stored, 4);
  drop_route(r);
}

/* A second machine of the city: the same records, corrected there too. */
static void copy_office(struct route *r, const char *name, char out[400]) {
  char command[1200];
  store_close(r->store[CITY]);
  snprintf(out, 400, "%.250s/%s", r->root, name);
  snprintf(command, sizeof command, "cp -R '%s' '%s'", r->folder[CITY], out);
  assert_int_equal(system(command), 0);
  OK(store_open(&r->job, r->folder[CITY], PASSPHRASE, &r->store[CITY], &error));
}

static void two_corrections_of_one_version_are_a_conflict_that_a_person_decides(void **state) {
  for (int take = 0; take < 2; take++) {
    (void)state;
    struct route *r = make_route();
    struct batch_result sent;
    struct version_conflict *list;
    struct store *other, *first;
    char folder[400];
    int64_t n;
    take_in(r, CITY, 0, 2);
    send_up(r, CITY, 2, &sent);
    copy_office(r, "restored", folder);
    assert_int_equal(correct(r, CITY, "0,7", false).corrected, 1);
    send_up(r, CITY, 1, &sent);
    OK(store_open(&r->job, folder, PASSPHRASE, &other, &error));
    first = r->store[CITY];
    r->store[CITY] = other; /* the restored machine does not know of batch 2 and corrects the same record */
    assert_int_equal(correct(r, CITY, "0,9", false).corrected, 1);
    struct batch_result forked, got;
    OK(seal(r, CITY, 1, &forked));
    assert_int_equal(receive(r, CENTRE, forked.path, &got), E_BATCH_FORK);
    int64_t set_aside;
    OK(batch_set_aside(other, "vital", forked.sequence, 2, sent.id, &set_aside, &error));
    assert_int_equal(set_aside, 1);
    OK(seal(r, CITY, 1, &forked));
    assert_int_equal(forked.sequence, 3);
    OK(receive(r, CENTRE, forked.path, &got));
    assert_int_equal(got.conflicts, 1);
    assert_int_equal(seen(r, CENTRE).sum, 7 + 1001); /* not the last one */
    assert_int_equal(seen(r, CENTRE).stored, 4);
    OK(version_conflicts(r->store[CENTRE], r->job.arena, true, &list, &n, &error));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].number, 3);
    assert_int_equal(version_decide(r->store[CENTRE], "forms", "0000000000000000", true, "x", &error), E_CONFLICT_UNKNOWN);
    OK(version_decide(r->store[CENTRE], "forms", list[0].id, take, "asked by telephone", &error));
    assert_int_equal(seen(r, CENTRE).sum, take ? 9 + 1001 : 7 + 1001);
    OK(version_conflicts(r->store[CENTRE], r->job.arena, true, &list, &n, &error));
    assert_int_equal(n, 0);
    OK(version_conflicts(r->store[CENTRE], r->job.arena, false, &list, &n, &error));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].state, take ? "taken" : "kept");
    assert_balance(r, CENTRE, 4);
    store_close(first);
    drop_route(r);
  }
}

static void hidden_rows_that_are_tampered_with_are_noticed(void **state) {
  (void)state;
  struct route *r = make_route();
  const struct dataset_key key = {"vital", "population", "2025", "received"};
  struct shard *shards;
  int64_t n;
  take_in(r, CITY, 0, 2);
  assert_int_equal(correct(r, CITY, "0,7", false).corrected, 1);
  assert_int_equal(seen(r, CITY).rows, 2);
  OK(db_run(store_db(r->store[CITY]), "DELETE FROM segment WHERE column_no = -2", &error));
  store_close(r->store[CITY]);
  OK(store_open(&r->job, r->folder[CITY], PASSPHRASE, &r->store[CITY], &error));
  assert_int_equal(store_shards(r->store[CITY], &key, r->job.arena, &shards, &n, &error), E_STORE_TAMPERED);
  drop_route(r);
}

/* The prefecture proposes, the centre carries it down, the city answers, the answer goes up again. */
static void an_amendment_travels_down_and_its_answer_up(void **state) {
  (void)state;
  for (int adopt = 0; adopt < 2; adopt++)
    for (int withdraws = 0; withdraws < 2; withdraws++) {
      struct route *r = make_route();
      struct batch_result city, centre, receipt, got;
      char folder[400], id[65], path[4096];
      int64_t delta;
      take_in(r, CITY, 0, 3);
      send_up(r, CITY, 3, &city);
      send_up(r, CENTRE, -1, &centre);
      snprintf(folder, sizeof folder, "%s/receipts", r->root);
      const char *const keys[] = {"age_from=1", "sex=1"}, *const sets[] = {"population=７００"};
      const struct amendment_request q = {.office = "municipality-011002",
                                          .survey = "vital",
                                          .form = "population",
                                          .period = "2025",
                                          .reason = "register says 700",
                                          .withdraw = withdraws ? "duplicate" : NULL,
                                          .keys = keys,
                                          .changes = sets,
                                          .n_keys = 2,
                                          .n_changes = !withdraws};
      OK(amendment_make(r->store[PREFECTURE], "forms", &q, folder, id, path, &error));
      assert_int_equal(seen(r, PREFECTURE).sum, 1000 + 1001 + 1002); /* nothing is edited above */
      OK(amendment_delta(r->store[PREFECTURE], "vital", "2025", "", "", &delta, &error));
      assert_int_equal(delta, withdraws ? -1 : 0);
      OK(batch_receipt_import(r->store[CENTRE], path, &receipt, &error));
      assert_int_equal(receipt.amendments, 1);
      assert_int_equal(amendment_answer(r->store[CENTRE], "forms", id, true, "x", &error), E_AMEND_BAD); /* it is not the owner */
      take_in(r, CITY, 20, 1);
      OK(seal(r, CITY, 1, &city));
      OK(receive(r, CENTRE, city.path, &got)); /* its receipt carries the amendment on */
      OK(batch_receipt_import(r->store[CITY], got.path, &receipt, &error));
      assert_int_equal(receipt.amendments, 1);
      assert_int_equal(amendment_answer(r->store[CITY], "forms", id, adopt, "", &error), E_AMEND_BAD); /* no answer without a reason */
      OK(amendment_answer(r->store[CITY], "forms", id, adopt, "asked the family register office", &error));
      if (adopt) OK(amendment_answer(r->store[CITY], "forms", id, adopt, "again", &error)); /* finds it done */
      OK(seal(r, CITY, adopt ? 1 : -1, &city));
      OK(receive(r, CENTRE, city.path, &receipt));
      OK(seal(r, CENTRE, -1, &centre));
      OK(receive(r, PREFECTURE, centre.path, &receipt));
      struct amendment_entry *list;
      int64_t n;
      OK(amendment_list(r->store[PREFECTURE], r->job.arena, "?1 = ''", "", &list, &n, &error));
      assert_int_equal(n, 1);
      assert_string_equal(list[0].state, adopt ? "adopted" : "objected");
      OK(amendment_delta(r->store[PREFECTURE], "vital", "2025", "", "", &delta, &error));
      assert_int_equal(delta, 0);
      int64_t changed = adopt ? (withdraws ? 0 : 700) : 1001;
      for (int i = 0; i < N_OFFICES; i++) assert_int_equal(seen(r, i).sum, 1000 + changed + 1002 + 1000);
      assert_balance(r, PREFECTURE, adopt && !withdraws ? 5 : 4);
      drop_route(r);
    }
}

static int start_crypto(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_correction_counts_once_on_every_level_and_the_old_version_stays),
      cmocka_unit_test(a_withdrawn_record_is_not_counted_and_can_be_reported_again),
      cmocka_unit_test(an_unknown_key_is_no_correction),
      cmocka_unit_test(a_correction_before_the_first_batch_travels_with_what_it_replaces),
      cmocka_unit_test(two_corrections_of_one_version_are_a_conflict_that_a_person_decides),
      cmocka_unit_test(an_amendment_travels_down_and_its_answer_up),
      cmocka_unit_test(hidden_rows_that_are_tampered_with_are_noticed),
  };
  return cmocka_run_group_tests(tests, start_crypto, NULL);
}
