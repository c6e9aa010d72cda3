/* test_disposal_officers.c -- destruction in a store that officers open: made by the ceremony, five founders with key files, shares 2 of 3 and 3 of
 * 5. */
#include "tests/unit/disposal_fixture.h"
#include "tests/unit/officer_store.h"

enum { A = 1, B = 2, C = 4, CHIEF = 8, AUDITOR = 16 };

static void as(struct officer_store *f, int who, struct act_by *by) {
  memset(by, 0, sizeof *by);
  memcpy(by->officer, f->o.card[who].id, sizeof by->officer);
  by->secret = f->o.secret[who];
}
static void word_of(struct officer_store *f, struct store *s, int who) {
  struct err error;
  struct act_by by;
  as(f, who, &by);
  OK(disposal_sign(s, "d-1", &by, &error));
}
static struct store *prepared(struct officer_store *f) {
  struct err error;
  struct store *s;
  struct act_by chief, manager;
  struct retention keep = keep_until(SALES, "all", "2025-11-30");
  struct disposal d = proposal_of("d-1", SALES, "all");
  snprintf(keep.custodian, sizeof keep.custodian, "chief-d");
  OK(open_by(f, A | B, &s, &error));
  OK(write_shop(s, &error));
  as(f, 3, &chief);
  as(f, 2, &manager);
  OK(retention_set(s, &keep, &chief, &error));
  OK(disposal_propose(s, &d, &manager, &error));
  word_of(f, s, 0);
  word_of(f, s, 1);
  word_of(f, s, 4);
  for (int i = 0; i < 7; i++) {
    store_close(s);
    f->time += OS_DAY;
    OK(open_by(f, A | B, &s, &error));
  }
  return s;
}

static void the_authority_destroys_and_nobody_else(void **state) {
  (void)state;
  struct err error;
  struct officer_store f;
  struct store_officer list[OFFICERS];
  struct act_by chief, auditor;
  struct disposal_view v;
  struct store_verify_report report;
  struct strbuf out;
  officer_store_make(&f);
  fixture_forms(f.folder);
  struct store *s = prepared(&f);
  as(&f, 3, &chief);
  as(&f, 4, &auditor);
  const struct disposal_keys none = {.passphrase = PASSPHRASE};
  struct disposal_keys keys = {.officers = list, .n = chosen(&f, A | B, list)};
  assert_int_equal(disposal_execute(s, "d-1", &none, &chief, &error), E_DISPOSAL_KEYS);
  assert_int_equal(disposal_execute(s, "d-1", &keys, &chief, &error), E_SHARE_TOO_FEW);
  keys.n = chosen(&f, A | B | CHIEF, list);
  assert_int_equal(disposal_execute(s, "d-1", &keys, &chief, &error), E_KEYS_AUDITOR);
  list[0].passphrase_file = f.bad;
  assert_int_equal(disposal_execute(s, "d-1", &keys, &chief, &error), E_STORE_PASSPHRASE);
  OK(disposal_read(s, "d-1", &v, &error));
  assert_int_equal(v.state, DISPOSAL_READY); /* nothing has begun */
  assert_int_equal(rows_of(s, &sales_key, "weight", NULL), 110);
  keys.n = chosen(&f, A | CHIEF | AUDITOR, list);
  OK(disposal_execute(s, "d-1", &keys, &chief, &error));
  OK(disposal_read(s, "d-1", &v, &error));
  assert_true(v.state == DISPOSAL_DONE && v.begun.epoch_before == 1 && v.done.epoch_after == 2);
  for (int i = 0; i < 2; i++) { /* and after the next opening */
    assert_int_equal(rows_of(s, &sales_key, "weight", NULL), 0);
    assert_int_equal(rows_of(s, &stock_key, "name", NULL), 50);
    OK(store_verify(s, true, &report, &error));
    assert_int_equal(report.problems, 0);
    store_close(s);
    OK(open_by(&f, B | C, &s, &error));
  }
  word_of(&f, s, 3);
  word_of(&f, s, 2);
  strbuf_init(&out, 0);
  assert_int_equal(disposal_certify(s, "d-1", &chief, &out, &error), E_DISPOSAL_CERTIFICATE);
  word_of(&f, s, 4);
  OK(disposal_certify(s, "d-1", &chief, &out, &error));
  assert_non_null(strstr(strbuf_cstr(&out), "shares of epoch 1"));
  strbuf_release(&out);
  store_close(s);
  drop_forms();
  officer_store_end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_authority_destroys_and_nobody_else)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
