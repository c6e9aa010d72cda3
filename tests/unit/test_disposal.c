/* test_disposal.c -- destruction: what keeps it from happening (row 32 of the attacks), what is left afterwards (row 18), cancelling, certificates,
 * the 1-of-1 office. */
#include "tests/unit/disposal_fixture.h"

#include "secure-store/store_reencrypt.h"

#include "base/ext_json.h"

static void propose(struct rights *r, const char *id, const char *dataset, const char *part, int who, enum err_code expected) {
  struct err error = {.code = E_OK};
  struct act_by by;
  struct disposal d = proposal_of(id, dataset, part);
  if (who >= 0) act_as(r, who, &by);
  enum err_code code = disposal_propose(r->s, &d, who >= 0 ? &by : NULL, &error);
  if (code != expected) show(&error);
  assert_int_equal(code, expected);
}
static enum err_code sign(struct rights *r, const char *id, int who) {
  struct err error = {.code = E_OK};
  struct act_by by;
  act_as(r, who, &by);
  return disposal_sign(r->s, id, &by, &error);
}
static enum err_code execute(struct rights *r, const char *id, int who) {
  struct err error = {.code = E_OK};
  struct act_by by;
  if (who >= 0) act_as(r, who, &by);
  enum err_code code = disposal_execute(r->s, id, &passphrase_keys, who >= 0 ? &by : NULL, &error);
  if (code && code != E_DISPOSAL_COOLING && code != E_DISPOSAL_SIGNATURES) show(&error);
  return code;
}
static enum disposal_state state_of(struct rights *r, const char *id) {
  struct err error;
  struct disposal_view v;
  OK(disposal_read(r->s, id, &v, &error));
  return v.state;
}
static void signed_and_cooled(struct rights *r, const char *id) {
  assert_int_equal(sign(r, id, 2), E_OK);
  assert_int_equal(sign(r, id, 3), E_OK);
  assert_int_equal(sign(r, id, 5), E_OK);
  days_pass(r, 7);
}
/* The alarm of a refusal: one leaf with the name of the error. */
#define ALARM(r, name, n) assert_int_equal(leaves(r, "destroy-execute", LOG_REFUSED, name), n)

/* --- row 32 --- */

static void premature_destruction_is_refused(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by auditor, chief;
  struct retention_hold hold = {.id = "h-1", .dataset = "shop/*/*", .part = "all", .reason = "audit of 2026"};
  struct retention keep = keep_until(SALES, "all", NULL);
  act_as(r, 5, &auditor);
  act_as(r, 0, &chief);
  propose(r, "d-0", "vital/birth/2025-12", "all", 1, E_RETENTION_FUNDAMENTAL);
  propose(r, "d-0", STOCK, "all", 1, E_RETENTION_PERMANENT);
  propose(r, "d-0", SALES, "PARADATA", 1, E_DISPOSAL_PART);
  propose(r, "d-1", SALES, "all", 1, E_OK);
  assert_int_equal(sign(r, "d-1", 2), E_OK);
  assert_int_equal(sign(r, "d-1", 3), E_OK);
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_SIGNATURES); /* 2 of 5 */
  ALARM(r, "E_DISPOSAL_SIGNATURES", 1);
  assert_int_equal(sign(r, "d-1", 0), E_OK);
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_AUDITOR); /* three, and no auditor */
  ALARM(r, "E_DISPOSAL_AUDITOR", 1);
  assert_int_equal(sign(r, "d-1", 5), E_OK);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_COOLING);
  days_pass(r, 6);
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_COOLING);
  ALARM(r, "E_DISPOSAL_COOLING", 1);
  days_pass(r, 1);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_READY);
  OK(retention_put_hold(r->s, &hold, &auditor, &error)); /* at the last moment */
  assert_int_equal(execute(r, "d-1", 0), E_RETENTION_HELD);
  ALARM(r, "E_RETENTION_HELD", 1);
  OK(retention_lift_hold(r->s, "h-1", "done", &auditor, &error));
  OK(retention_set(r->s, &keep, &chief, &error)); /* permanent after all */
  assert_int_equal(execute(r, "d-1", 0), E_RETENTION_PERMANENT);
  ALARM(r, "E_RETENTION_PERMANENT", 1);
  put_survey(getenv("SHIRABE_FORMS"), "shop", "fundamental_statistics");
  assert_int_equal(execute(r, "d-1", 0), E_RETENTION_FUNDAMENTAL);
  ALARM(r, "E_RETENTION_FUNDAMENTAL", 1);
  assert_int_equal(rows_of(r->s, &sales_key, "weight", NULL), 110); /* nothing is gone */
  assert_int_equal(keystore_public(r->s->keys)->epoch, 1);
  disposal_end(r);
}

static void the_proposer_and_people_without_a_role_do_not_count(void **state) {
  (void)state;
  struct rights *r = disposal_new(true);
  propose(r, "d-1", SALES, "all", 1, E_OK);
  propose(r, "d-1", SALES, "all", 1, E_DISPOSAL_EXISTS);
  propose(r, "d-2", SALES, "all", 4, E_ROLE_MISSING); /* a tabulator */
  assert_int_equal(sign(r, "d-1", 1), E_APPROVAL_REPLAYED); /* his word stands already: the proposal */
  assert_int_equal(sign(r, "d-1", 4), E_ROLE_MISSING);
  assert_int_equal(sign(r, "d-1", 2), E_OK);
  assert_int_equal(sign(r, "d-1", 5), E_OK);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_PROPOSED); /* proposer + 2: not enough */
  r->time += 60;
  assert_int_equal(sign(r, "d-1", 1), E_OK); /* says it again, and still does not count */
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_PROPOSED);
  assert_int_equal(sign(r, "d-1", 3), E_OK);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_COOLING);
  disposal_end(r);
}

static void a_word_taken_back_stops_it(void **state) {
  (void)state;
  struct rights *r = disposal_new(true);
  struct disposal_view v;
  struct err error;
  propose(r, "d-1", SALES, "all", 1, E_OK);
  signed_and_cooled(r, "d-1");
  OK(disposal_read(r->s, "d-1", &v, &error));
  CHANGED(r, put_word(r, 3, "destroy-sign", "disposal", v.subject, false, r->time + 1, e));
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_SIGNATURES);
  disposal_end(r);
}

static void a_cancelled_disposal_stays_cancelled(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by auditor, tab;
  act_as(r, 5, &auditor);
  act_as(r, 4, &tab);
  propose(r, "d-1", SALES, "all", 1, E_OK);
  signed_and_cooled(r, "d-1");
  assert_int_equal(disposal_cancel(r->s, "d-1", "x", &tab, &error), E_ROLE_MISSING);
  assert_int_equal(disposal_cancel(r->s, "d-1", "", &auditor, &error), E_DISPOSAL_ID);
  OK(disposal_cancel(r->s, "d-1", "still needed", &auditor, &error));
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_CANCELLED);
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_STATE);
  assert_int_equal(sign(r, "d-1", 2), E_DISPOSAL_STATE);
  assert_int_equal(disposal_cancel(r->s, "d-1", "again", &auditor, &error), E_DISPOSAL_STATE);
  disposal_end(r);
}

static void data_that_came_after_the_proposal_need_another(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  propose(r, "d-1", SALES, "all", 1, E_OK);
  signed_and_cooled(r, "d-1");
  OK(store_begin(r->s, &error));
  OK(write_marked(r->s, &sales_key, "batch-3", 3, 5, &error));
  OK(store_commit(r->s, &error));
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_CHANGED);
  assert_int_equal(rows_of(r->s, &sales_key, "weight", NULL), 115);
  disposal_end(r);
}

/* The records of a grant as rights/grant.h writes them; what else a grant needs does not matter here. */
static void put_grant_record(struct rights *r, const char *object, const char *text) {
  CHANGED(r, record_put(r->s, &(struct record_entry){.action = "grant-activate", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_of(text),
      .sealed = true}, e));
}
static void data_in_use_stay(void **state) {
  (void)state;
  struct rights *r = disposal_new(true);
  char text[200];
  snprintf(text, sizeof text, "{\"dataset\":\"vital/*/*/* shop/*/2020-12/received\",\"format\":\"shirabe-grant-1\",\"until\":%lld}",
      (long long)T0 + 3 * DAY);
  put_grant_record(r, "grant:g-1", text);
  propose(r, "d-0", SALES, "all", 1, E_OK); /* requested is not in use */
  put_grant_record(r, "grant-active:g-1", "on");
  propose(r, "d-1", SALES, "all", 1, E_DISPOSAL_PURPOSE);
  assert_int_equal(sign(r, "d-0", 2), E_DISPOSAL_PURPOSE);
  put_grant_record(r, "grant-revoked:g-1", "off");
  propose(r, "d-1", SALES, "all", 1, E_OK);
  put_grant_record(r, "grant-active:g-1", "on again");
  propose(r, "d-2", SALES, "all", 1, E_DISPOSAL_PURPOSE);
  days_pass(r, 3);
  propose(r, "d-2", SALES, "all", 1, E_OK); /* its end has passed */
  disposal_end(r);
}

static void policies_have_a_floor(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by chief, manager;
  const struct disposal_policy weak[] = {{1, 1, 7}, {3, 0, 7}, {3, 1, 0}, {2, 3, 7}}, strict = {4, 2, 14};
  struct disposal_policy now;
  act_as(r, 0, &chief);
  act_as(r, 1, &manager);
  for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) assert_int_equal(disposal_policy_set(r->s, &weak[i], &chief, &error), E_DISPOSAL_POLICY);
  assert_int_equal(disposal_policy_set(r->s, &strict, &manager, &error), E_ROLE_MISSING);
  OK(disposal_policy_set(r->s, &strict, &chief, &error));
  OK(disposal_policy_read(r->s, &now, &error));
  assert_true(now.approvals == 4 && now.auditors == 2 && now.cooling_days == 14);
  propose(r, "d-1", SALES, "all", 1, E_OK);
  signed_and_cooled(r, "d-1");
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_SIGNATURES);
  disposal_end(r);
}

/* --- row 18, and what must survive --- */

static void wrapped_keys(struct rights *r, uint8_t dek[4][32], uint8_t commitment[4][32], int *n) {
  struct err error;
  *n = 0;
  for (size_t i = 0; i < keystore_n_entries(r->s->keys); i++) {
    struct keystore_entry k = keystore_entry_at(r->s->keys, i);
    if (strcmp(k.dataset, SALES) != 0) continue;
    memcpy(commitment[*n], k.commitment, 32);
    OK(keystore_dek(r->s->keys, SALES, k.part, "permanent", false, dek[(*n)++], &error));
  }
}

static void destroyed_without_a_trace(bool reencrypting) {
  struct err error;
  struct rights *r = disposal_new(true);
  uint8_t dek[4][32], commitment[4][32], sealed[64], *keystore, *pack;
  size_t n_keystore, n_pack;
  int n_keys;
  char path[512];
  enum err_code why;
  struct store_verify_report report;
  wrapped_keys(r, dek, commitment, &n_keys);
  assert_int_equal(n_keys, 3); /* ANSWER, ID, PARADATA */
  snprintf(path, sizeof path, "%s/keystore", r->folder);
  OK(file_read(path, 1 << 20, &keystore, &n_keystore, &error));
  struct db_statement *q;
  bool row;
  OK(db_prepare(r->s->db, "SELECT p.name, g.at + 40 FROM segment g JOIN pack p ON p.id = g.pack_id JOIN dataset d ON d.id = g.dataset_id "
                          "WHERE d.name LIKE 'shop/sales/%' ORDER BY g.bytes DESC LIMIT 1", &q, &error));
  OK(db_step(q, &row, &error));
  snprintf(path, sizeof path, "%s/segments/%.*s", r->folder, (int)db_text(q, 0).n, db_text(q, 0).p);
  int64_t at = db_int(q, 1);
  db_reset(q);
  OK(file_read(path, 1 << 24, &pack, &n_pack, &error));
  memcpy(sealed, pack + at, sizeof sealed);
  assert_int_equal(files_with(r->folder, sealed, sizeof sealed), 1); /* the search works */
  propose(r, "d-1", SALES, "all", 1, E_OK);
  signed_and_cooled(r, "d-1");
  if (reencrypting) { /* a re-encryption that stopped half-way: both keys go */
    struct store_reencrypted done;
    OK(store_reencrypt(r->s, &(struct store_reencryption){.dataset = SALES, .part = -1, .most_bytes = 1}, &done, &error));
    assert_int_equal(done.keys, n_keys);
    assert_int_equal(keystore_dek(r->s->keys, SALES, PART_ANSWER, STORE_RETENTION KEYSTORE_OLD, false, dek[3], &error), E_OK);
  }
  assert_int_equal(execute(r, "d-1", 0), E_OK);
  for (size_t i = 0; i < keystore_n_entries(r->s->keys); i++) assert_string_not_equal(keystore_entry_at(r->s->keys, i).dataset, SALES);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_DONE);
  assert_int_equal(keystore_public(r->s->keys)->epoch, 2);
  snprintf(path, sizeof path, "%s/store.db-wal", r->folder);
  for (int pass = 0; pass < 2; pass++) { /* in the session, and after it */
    assert_int_equal(files_with(r->folder, sealed, sizeof sealed), 0);
    for (int i = 0; i < n_keys; i++) assert_int_equal(files_with(r->folder, dek[i], 32), 0);
    assert_int_equal(files_with(r->folder, "marker-", 7), 0);
    /* the wrapped keys of the old file: any 32 bytes of its entries */
    for (size_t k = n_keystore / 2; k + 32 < n_keystore - 64; k += 32) assert_int_equal(files_with(r->folder, keystore + k, 32), 0);
    assert_int_equal(rows_of(r->s, &sales_key, "weight", NULL), 0); /* no shard is left */
    assert_int_equal(rows_of(r->s, &stock_key, "name", &why), 50); /* from the same pack */
    OK(store_verify(r->s, true, &report, &error));
    assert_int_equal(report.problems, 0);
    rights_again(r);
  }
  assert_int_equal(execute(r, "d-1", 0), E_DISPOSAL_STATE);
  free(keystore);
  free(pack);
  disposal_end(r);
}

static void after_execution_nothing_of_it_is_found(void **state) {
  (void)state;
  destroyed_without_a_trace(false);
}
static void also_when_it_was_being_sealed_anew(void **state) {
  (void)state;
  destroyed_without_a_trace(true);
}

static void identifiers_can_go_before_answers(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct store_verify_report report;
  enum err_code why;
  propose(r, "d-id", SALES, "ID", 1, E_OK);
  signed_and_cooled(r, "d-id");
  assert_int_equal(execute(r, "d-id", 0), E_OK);
  rights_again(r);
  assert_int_equal(rows_of(r->s, &sales_key, "weight", &why), 110);
  assert_int_equal(rows_of(r->s, &sales_key, "name", &why), -1);
  assert_int_equal(why, E_STORE_KEY_MISSING);
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  assert_int_equal(leaves(r, "tamper", LOG_NOTE, NULL), 0);
  /* what is left is sealed anew: the destroyed part stays destroyed, the rest reads */
  struct store_reencrypted done;
  OK(store_reencrypt(r->s, &(struct store_reencryption){.part = -1, .passphrase = PASSPHRASE}, &done, &error));
  assert_true(done.finished && done.segments == done.segments_all && done.segments > 0);
  rights_again(r);
  assert_int_equal(rows_of(r->s, &sales_key, "weight", &why), 110);
  assert_int_equal(rows_of(r->s, &sales_key, "name", &why), -1);
  assert_int_equal(why, E_STORE_KEY_MISSING);
  OK(store_verify(r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  /* rows that somebody takes away are still seen as tampering */
  rights_close(r);
  edit_database(r, "DELETE FROM segment WHERE column_name = 'income'");
  rights_open(r);
  assert_int_equal(rows_of(r->s, &sales_key, "income", &why), -1);
  assert_int_equal(why, E_STORE_TAMPERED);
  disposal_end(r);
}

static void original_files_go_unless_others_share_them(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  char own[65], shared[65], sql[512];
  struct strbuf b;
  struct disposal_view v;
  const struct log_entry entry = {.action = "data-read", .object = "test", .purpose = "test"};
  int64_t access;
  OK(store_begin(r->s, &error));
  OK(store_blob_put(r->s, "original", "sales.csv", "own file", 8, PART_ANSWER, own, &error));
  OK(store_blob_put(r->s, "original", "both.csv", "a file for both", 15, PART_ANSWER, shared, &error));
  OK(db_run(r->s->db, "CREATE TABLE intake(id INTEGER PRIMARY KEY, survey TEXT, form TEXT, period TEXT, blob TEXT)", &error));
  snprintf(sql, sizeof sql, "INSERT INTO intake(survey, form, period, blob) VALUES('shop','sales','2020-12','%s'),('shop','sales','2020-12','%s'),"
                            "('shop','stock','2020-12','%s')", own, shared, shared);
  OK(db_run(r->s->db, sql, &error));
  OK(store_commit(r->s, &error));
  propose(r, "d-1", SALES, "ID", -1, E_OK);
  days_pass(r, 7);
  assert_int_equal(execute(r, "d-1", -1), E_OK);
  OK(disposal_read(r->s, "d-1", &v, &error));
  assert_true(v.begun.originals == 1 && v.begun.originals_shared == 1);
  OK(store_log_intent(r->s, &entry, &access, &error));
  strbuf_init(&b, 0);
  assert_int_equal(store_blob_get(r->s, own, access, 100, &b, &error), E_STORE_NO_BLOB);
  OK(store_blob_get(r->s, shared, access, 100, &b, &error));
  assert_true(str_eq(str_view(b.p, b.n), STR("a file for both")));
  strbuf_release(&b);
  OK(store_log_outcome(r->s, access, &entry, true, &error));
  disposal_end(r);
}

/* --- the office of one --- */

static void without_officers_the_passphrase_and_the_cooling_decide(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  const struct disposal_keys none = {.n = 0}, wrong = {.passphrase = "something else"};
  struct act_by by;
  struct strbuf out;
  act_as(r, 0, &by);
  propose(r, "d-1", SALES, "all", -1, E_OK);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_COOLING);
  assert_int_equal(disposal_sign(r->s, "d-1", &by, &error), E_DISPOSAL_ID);
  assert_int_equal(execute(r, "d-1", -1), E_DISPOSAL_COOLING);
  days_pass(r, 7);
  assert_int_equal(disposal_execute(r->s, "d-1", &none, NULL, &error), E_DISPOSAL_KEYS);
  assert_int_equal(disposal_execute(r->s, "d-1", &wrong, NULL, &error), E_STORE_PASSPHRASE);
  assert_int_equal(keystore_public(r->s->keys)->epoch, 1);
  assert_int_equal(rows_of(r->s, &sales_key, "weight", NULL), 110);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_READY); /* nothing has begun */
  assert_int_equal(execute(r, "d-1", -1), E_OK);
  strbuf_init(&out, 0);
  OK(disposal_print(r->s, "d-1", LANG_JA, &out, &error));
  assert_non_null(strstr(strbuf_cstr(&out), "担当者のいない機関"));
  strbuf_release(&out);
  rights_again(r); /* the new epoch opens with the same passphrase */
  assert_int_equal(rows_of(r->s, &stock_key, "name", NULL), 50);
  disposal_end(r);
}

/* --- certificate --- */

static void certificate_json(struct rights *r, const char *id, int who, enum err_code expected, struct strbuf *out) {
  struct err error = {.code = E_OK};
  struct act_by by;
  act_as(r, who, &by);
  strbuf_init(out, 0);
  enum err_code code = disposal_certify(r->s, id, &by, out, &error);
  if (code != expected) show(&error);
  assert_int_equal(code, expected);
}

static void the_certificate_needs_three_and_an_auditor(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct strbuf out;
  struct act_by manager;
  struct json_document *d;
  struct medium backup = {.id = "tape-1", .kind = "tape", .content = "backup", .place = "vault"};
  act_as(r, 1, &manager);
  OK(medium_do(r->s, MEDIUM_REGISTER, &backup, &manager, &error));
  snprintf(backup.datasets, sizeof backup.datasets, "*/*/*");
  memset(backup.sha256, 'a', 64);
  snprintf(backup.recipients, sizeof backup.recipients, "%s", r->person[0].card.age_recipient);
  OK(medium_do(r->s, MEDIUM_SEAL, &backup, &manager, &error));
  propose(r, "d-1", SALES, "all", 1, E_OK);
  certificate_json(r, "d-1", 0, E_DISPOSAL_STATE, &out);
  signed_and_cooled(r, "d-1");
  assert_int_equal(execute(r, "d-1", 0), E_OK);
  certificate_json(r, "d-1", 0, E_DISPOSAL_CERTIFICATE, &out);
  assert_int_equal(sign(r, "d-1", 1), E_OK); /* the proposer may sign what was done */
  assert_int_equal(sign(r, "d-1", 2), E_OK);
  assert_int_equal(sign(r, "d-1", 5), E_OK);
  certificate_json(r, "d-1", 0, E_OK, &out);
  assert_int_equal(state_of(r, "d-1"), DISPOSAL_CERTIFIED);
  OK(json_parse("certificate", out.p, out.n, &d, &error));
  const struct json_value *s = json_member(json_root(d), "statement");
  assert_int_equal(json_length(json_member(json_root(d), "approvals")), 3);
  assert_string_equal(json_member_string(s, "dataset", ""), SALES);
  assert_int_equal(json_member_int(s, "records", -1), 110);
  assert_int_equal(json_member_int(s, "epoch_after", 0), 2);
  assert_int_equal(json_length(json_member(s, "deks")), 3);
  const struct json_value *kept = json_element(json_member(s, "copies"), 1);
  assert_string_equal(json_member_string(kept, "medium", ""), "tape-1");
  assert_string_equal(json_member_string(kept, "fate", ""), "kept"); /* a backup nobody called in is said to be there */
  assert_int_equal(leaves(r, "destroy-certify", LOG_DONE, NULL), 2); /* the record and the officer's signature on it */
  json_release(d);
  const char *keep = getenv("SHIRABE_KEEP_CERTIFICATE"); /* for the golden script, which has it checked by the other program */
  if (keep) OK(atomic_write(keep, out.p, out.n, 0, 0600, &error));
  strbuf_release(&out);
  disposal_end(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(premature_destruction_is_refused), cmocka_unit_test(the_proposer_and_people_without_a_role_do_not_count),
          cmocka_unit_test(a_word_taken_back_stops_it),
      cmocka_unit_test(a_cancelled_disposal_stays_cancelled), cmocka_unit_test(data_that_came_after_the_proposal_need_another),
          cmocka_unit_test(policies_have_a_floor), cmocka_unit_test(data_in_use_stay),
      cmocka_unit_test(after_execution_nothing_of_it_is_found),
      cmocka_unit_test(also_when_it_was_being_sealed_anew), cmocka_unit_test(identifiers_can_go_before_answers),
          cmocka_unit_test(original_files_go_unless_others_share_them),
      cmocka_unit_test(without_officers_the_passphrase_and_the_cooling_decide), cmocka_unit_test(the_certificate_needs_three_and_an_auditor),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
