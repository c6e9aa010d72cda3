/* test_retention.c -- how long data are kept: the most particular row counts, nothing registered is permanent, fundamental statistics stay, holds
 * stop everything. */
#include "tests/unit/disposal_fixture.h"

static enum err_code over(struct rights *r, const char *dataset, const char *part, struct err *e) { return retention_over(r->s, dataset, part,
    r->time, e); }
#define OVER(r, dataset, part, expected) assert_int_equal(over(r, dataset, part, &(struct err){.code = E_OK}), expected)

static void without_an_entry_data_are_permanent(void **state) {
  (void)state;
  struct rights *r = disposal_new(false);
  OVER(r, STOCK, "all", E_RETENTION_PERMANENT);
  OVER(r, SALES, "all", E_OK);
  OVER(r, "unknown/form/2020-12", "all", E_RETENTION_SURVEY);
  disposal_end(r);
}

static void the_most_particular_row_counts(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct retention wide = keep_until("shop/*/*", "all", "2020-01-01"), part = keep_until("shop/stock/*", "ANSWER", "2030-01-01"),
      id = keep_until(STOCK, "ID", NULL);
  OK(retention_set(r->s, &wide, NULL, &error));
  OVER(r, STOCK, "all", E_OK);
  OK(retention_set(r->s, &part, NULL, &error));
  OVER(r, STOCK, "ID", E_OK);
  OVER(r, STOCK, "ANSWER", E_RETENTION_RUNNING);
  OVER(r, STOCK, "all", E_RETENTION_RUNNING);
  OK(retention_set(r->s, &id, NULL, &error));
  OVER(r, STOCK, "ID", E_RETENTION_PERMANENT);
  r->time = 1893423600; /* 2030-01-01T00:00 in Japan would be 1893423600 */
  OVER(r, STOCK, "ANSWER", E_RETENTION_RUNNING);
  r->time += DAY;
  OVER(r, STOCK, "ANSWER", E_OK); /* the last day is over in Japan */
  r->time = T0;
  disposal_end(r);
}

static void fundamental_statistics_are_permanent(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct retention until = keep_until("vital/birth/2025-12", "all", "2020-01-01"), paper = keep_until("vital/*/*", "PAPER", "2020-01-01");
  assert_int_equal(retention_set(r->s, &until, NULL, &error), E_RETENTION_FUNDAMENTAL);
  assert_int_equal(leaves(r, "retention-set", LOG_REFUSED, "E_RETENTION_FUNDAMENTAL"), 1);
  OVER(r, "vital/birth/2025-12", "all", E_RETENTION_FUNDAMENTAL);
  OK(retention_set(r->s, &paper, NULL, &error)); /* the paper has years of its own */
  OVER(r, "vital/birth/2025-12", "PAPER", E_OK);
  OVER(r, "vital/birth/2025-12", "ID", E_RETENTION_FUNDAMENTAL);
  disposal_end(r);
}

static void only_the_chief_shortens(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by chief, manager, tab;
  struct retention longer = keep_until(SALES, "all", "2031-03-31"), shorter = keep_until(SALES, "all", "2024-03-31");
  act_as(r, 0, &chief);
  act_as(r, 1, &manager);
  act_as(r, 4, &tab);
  assert_int_equal(retention_set(r->s, &longer, NULL, &error), E_DISPOSAL_OFFICER);
  assert_int_equal(retention_set(r->s, &longer, &tab, &error), E_ROLE_MISSING);
  OK(retention_set(r->s, &longer, &manager, &error));
  assert_int_equal(retention_set(r->s, &shorter, &manager, &error), E_RETENTION_SHORTER);
  OVER(r, SALES, "all", E_RETENTION_RUNNING);
  OK(retention_set(r->s, &shorter, &chief, &error));
  OVER(r, SALES, "all", E_OK);
  assert_int_equal(leaves(r, "retention-set", LOG_REFUSED, NULL), 3);
  disposal_end(r);
}

static struct retention_hold hold_of(const char *id, const char *dataset) {
  struct retention_hold h = {.reason = "court case 12", .part = "all"};
  snprintf(h.id, sizeof h.id, "%s", id);
  snprintf(h.dataset, sizeof h.dataset, "%s", dataset);
  return h;
}

static void a_hold_of_the_auditor_is_lifted_by_an_auditor(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by manager, auditor, tab;
  struct retention_hold first = hold_of("h-1", "shop/*/*"), second = hold_of("h-2", SALES);
  act_as(r, 1, &manager);
  act_as(r, 5, &auditor);
  act_as(r, 4, &tab);
  assert_int_equal(retention_put_hold(r->s, &first, &tab, &error), E_ROLE_MISSING);
  OK(retention_put_hold(r->s, &first, &auditor, &error));
  assert_int_equal(retention_put_hold(r->s, &first, &auditor, &error), E_DISPOSAL_EXISTS);
  OK(retention_put_hold(r->s, &second, &manager, &error));
  OVER(r, SALES, "ID", E_RETENTION_HELD);
  assert_int_equal(retention_lift_hold(r->s, "h-1", "no longer", &manager, &error), E_RETENTION_HOLDER);
  OK(retention_lift_hold(r->s, "h-2", "settled", &manager, &error));
  OVER(r, SALES, "all", E_RETENTION_HELD);
  OK(retention_lift_hold(r->s, "h-1", "settled", &auditor, &error));
  OVER(r, SALES, "all", E_OK);
  assert_int_equal(retention_lift_hold(r->s, "h-1", "again", &auditor, &error), E_DISPOSAL_UNKNOWN);
  assert_int_equal(leaves(r, "retention-unhold", LOG_REFUSED, "E_RETENTION_HOLDER"), 1);
  disposal_end(r);
}

static void an_edited_row_is_tampering(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  rights_close(r);
  edit_database(r, "UPDATE rights_record SET text = replace(text, '2025-11-30', '2019-11-30') WHERE object LIKE 'retention:%'");
  assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_STORE_TAMPERED);
  disposal_end(r);
}

static void names_that_are_none_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "shop", "shop/sales", "shop/sales/2020-12/received", "*/sales/2020-12", "shop/*/2020-12", "shop//2020-12",
      "shop/sa les/2020-12", "shop/sales/"};
  struct err error;
  struct rights *r = disposal_new(false);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct retention x = keep_until(bad[i], "all", NULL);
    assert_int_equal(retention_set(r->s, &x, NULL, &error), E_DISPOSAL_ID);
  }
  struct retention part = keep_until(SALES, "answers", NULL), date = keep_until(SALES, "all", "2025-02-30"), basis = keep_until(SALES, "all", NULL);
  basis.basis[0] = 0;
  assert_int_equal(retention_set(r->s, &part, NULL, &error), E_DISPOSAL_PART);
  assert_int_equal(retention_set(r->s, &date, NULL, &error), E_DISPOSAL_ID);
  assert_int_equal(retention_set(r->s, &basis, NULL, &error), E_DISPOSAL_ID);
  disposal_end(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_an_entry_data_are_permanent), cmocka_unit_test(the_most_particular_row_counts),
          cmocka_unit_test(fundamental_statistics_are_permanent),
      cmocka_unit_test(only_the_chief_shortens), cmocka_unit_test(a_hold_of_the_auditor_is_lifted_by_an_auditor),
          cmocka_unit_test(an_edited_row_is_tampering),
      cmocka_unit_test(names_that_are_none_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
