/* test_amendment_trust.c -- an office that passes amendments and decisions on can forge neither what its own superior says nor what an office
 *    says about records that are none of its own. */
#include "tests/unit/batch_fixture.h"

#include "collector/amendment.h"
#include "collector/batch_chain.h"
#include "collector/batch_volume.h"
#include "collector/ledger_notice.h"
#include "secure-store/minisign.h"

static int made;
static enum err_code keep(
    struct route *r, int office, const char *by, const char *about, const struct minisign_key *key, const char *named, bool in_batch) {
  struct amendment m = {.survey = "vital",
      .form = "population",
      .period = "2025",
      .office = about,
      .by = by,
      .reason = "x",
      .made = "2026-01-10T00:00:00Z",
      .withdraw = "duplicate",
      .key = STR("1:1")};
  struct strbuf json, signature;
  char salt[33];
  snprintf(salt, sizeof salt, "%032d", ++made);
  m.salt = salt;
  strbuf_init(&json, 0);
  strbuf_init(&signature, 0);
  memset(&error, 0, sizeof error);
  OK(amendment_write(&m, &json, &error));
  if (key) OK(minisign_sign(key, json.p, json.n, "x", &signature, &error));
  else OK(store_sign(r->store[PREFECTURE], json.p, json.n, "x", &signature, &error));
  struct store *s = r->store[office];
  OK(store_begin(s, &error));
  enum err_code code =
      amendment_keep(s, r->job.arena, "x.json", str_view(json.p, json.n), str_view(signature.p, signature.n), named, in_batch ? by : NULL, &error);
  if (!code) OK(store_commit(s, &error));
  store_rollback(s);
  strbuf_release(&json);
  strbuf_release(&signature);
  return code;
}

static void a_receipt_names_no_other_key_than_the_known_one(void **state) {
  (void)state;
  struct route *r = make_route();
  struct minisign_key one, two;
  char one_text[MINISIGN_PUBLIC_TEXT], two_text[MINISIGN_PUBLIC_TEXT];
  const char *city = store_office(r->store[CITY])->id, *prefecture = store_office(r->store[PREFECTURE])->id,
             *prefecture_key = store_office(r->store[PREFECTURE])->minisign_public;
  minisign_keypair(&one);
  minisign_keypair(&two);
  minisign_public_text(&one, one_text);
  minisign_public_text(&two, two_text);
  OK(keep(r, CENTRE, prefecture, city, NULL, prefecture_key, false));
  assert_int_equal(keep(r, CENTRE, prefecture, city, &one, one_text, false), E_BATCH_KEY);             /* a stranger's key for the parent */
  assert_int_equal(keep(r, CENTRE, "ministry-00", city, NULL, prefecture_key, false), E_BATCH_KEY);     /* the parent in the ministry's name */
  assert_int_equal(keep(r, CENTRE, "ministry-00", city, &one, two_text, false), E_BATCH_SIGNATURE);
  OK(keep(r, CENTRE, "ministry-00", city, &one, one_text, false));
  assert_int_equal(keep(r, CENTRE, "ministry-00", city, &two, two_text, false), E_BATCH_KEY);           /* the first key stays */
  assert_int_equal(keep(r, CENTRE, "health_centre-0102", city, &two, two_text, false), E_AMEND_REACH); /* a neighbour */
  assert_int_equal(keep(r, CENTRE, "nobody", city, &two, two_text, false), E_AMEND_REACH);
  drop_route(r);
}

static void an_office_amends_only_what_is_below_it(void **state) {
  (void)state;
  struct route *r = make_route();
  struct minisign_key key;
  char text[MINISIGN_PUBLIC_TEXT];
  int64_t n;
  const struct str roster =
      STR("office,name,parent,survey,forms,since,until\nmunicipality-012033,C,health_centre-0102,vital,population,2000-01-01,\n");
  minisign_keypair(&key);
  minisign_public_text(&key, text);
  OK(ledger_roster_import(r->store[PREFECTURE], "roster.csv", roster, &n, &error));
  OK(keep(r, PREFECTURE, "health_centre-0102", "municipality-012033", &key, text, true));
  OK(keep(r, PREFECTURE, "prefecture-01", "municipality-012033", &key, text, true)); /* the roster ends below it */
  assert_int_equal(keep(r, PREFECTURE, "health_centre-0101", "municipality-012033", &key, text, true), E_AMEND_REACH);
  OK(keep(r, PREFECTURE, "health_centre-0101", "municipality-012041", &key, text, true)); /* the roster knows nothing of it */
  assert_int_equal(keep(r, PREFECTURE, "health_centre-0101", "prefecture-01", &key, text, true), E_AMEND_REACH);
  assert_int_equal(keep(r, PREFECTURE, "health_centre-0101", "health_centre-0102", &key, text, true), E_AMEND_REACH);
  drop_route(r);
}

static enum err_code decide(struct route *r, const char *by, const char *office) {
  char json[600];
  snprintf(json, sizeof json,
      "{\"decisions\":[{\"at\":\"2026-01-10T00:00:00Z\",\"by\":\"%s\",\"number\":1,\"office\":\"%s\",\"officer\":\"\",\"reason\":\"x\",\"state\":"
      "\"final\"}],\"period\":\"2025\",\"survey\":\"vital\"}",
      by, office);
  OK(store_begin(r->store[CENTRE], &error));
  enum err_code code = ledger_decisions_take(r->store[CENTRE], "receipt", str_of(json), &error);
  store_rollback(r->store[CENTRE]);
  return code;
}
static void a_decision_comes_from_above_and_is_about_here_or_below(void **state) {
  (void)state;
  struct route *r = make_route();
  const char *here = store_office(r->store[CENTRE])->id, *city = store_office(r->store[CITY])->id, *above = store_office(r->store[PREFECTURE])->id;
  OK(decide(r, above, here));
  OK(decide(r, "ministry-00", city));
  assert_int_equal(decide(r, here, city), E_RECEIPT); /* its own word does not come back from above */
  assert_int_equal(decide(r, city, here), E_RECEIPT);
  assert_int_equal(decide(r, above, "health_centre-0102"), E_RECEIPT);
  assert_int_equal(decide(r, above, "prefecture-02"), E_RECEIPT);
  assert_int_equal(decide(r, "nobody", here), E_RECEIPT);
  drop_route(r);
}

/* Killed after a batch of parts was received and noted, before the parts went: nothing waits for ever. */
static void parts_of_a_received_batch_do_not_wait(void **state) {
  (void)state;
  struct route *r = make_route();
  struct batch_volume_set set, *waiting;
  struct batch_volume v;
  struct strbuf whole, part, joined;
  char file[VOLUME_NAME], batch[65];
  bool complete;
  int64_t n;
  memset(batch, 'a', 64);
  batch[64] = 0;
  strbuf_init(&whole, 0);
  strbuf_init(&part, 0);
  strbuf_init(&joined, 1 << 20);
  while (whole.n < 3 * VOLUME_MIN_BYTES) strbuf_adds(&whole, "0123456789abcdef");
  OK(batch_volume_write(batch, "x.tar.zst.age", str_view(whole.p, whole.n), VOLUME_MIN_BYTES, 2, file, &part, &error));
  OK(batch_inbox_keep(r->store[CENTRE], file, str_view(part.p, part.n), &set, &joined, &complete, &error));
  OK(batch_inbox_waiting(r->store[CENTRE], r->job.arena, &waiting, &n, &error));
  assert_int_equal(n, 1);
  OK(batch_volume_parse(file, str_view(part.p, part.n), &v, &error));
  OK(batch_volume_note_done(r->store[CENTRE], v.whole_sha256, batch, &error));
  for (int again = 0; again < 2; again++) {
    OK(batch_inbox_waiting(r->store[CENTRE], r->job.arena, &waiting, &n, &error));
    assert_int_equal(n, 0);
  }
  strbuf_release(&whole);
  strbuf_release(&part);
  strbuf_release(&joined);
  drop_route(r);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_receipt_names_no_other_key_than_the_known_one),
      cmocka_unit_test(an_office_amends_only_what_is_below_it),
      cmocka_unit_test(a_decision_comes_from_above_and_is_about_here_or_below),
      cmocka_unit_test(parts_of_a_received_batch_do_not_wait),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
