/* test_media.c -- media and boxes: random walks take only the steps that are allowed, permits and alarms, paper has years of its own. */
#include "tests/unit/disposal_fixture.h"

/* The allowed steps, written down once more by hand. */
static bool allowed(enum medium_state from, enum medium_verb verb, bool paper) {
  switch (verb) {
    case MEDIUM_REGISTER: return from == MEDIUM_NONE;
    case MEDIUM_SEAL: return from == MEDIUM_REGISTERED || from == MEDIUM_WIPED;
    case MEDIUM_LEND: return from == MEDIUM_SEALED || from == MEDIUM_RETURNED;
    case MEDIUM_RETURN: return from == MEDIUM_LENT || from == MEDIUM_LOST;
    case MEDIUM_LOSE: return from != MEDIUM_NONE && from != MEDIUM_LOST && from != MEDIUM_DESTROYED;
    case MEDIUM_WIPE: return !paper && (from == MEDIUM_SEALED || from == MEDIUM_RETURNED);
    case MEDIUM_DESTROY: return from == MEDIUM_REGISTERED || from == MEDIUM_SEALED || from == MEDIUM_RETURNED || from == MEDIUM_WIPED;
    case MEDIUM_VERBS: break;
  }
  return false;
}

static struct medium everything(struct rights *r, const char *id, bool paper) {
  struct medium m = {.place = "cabinet 3", .holder = "carrier-x", .route = "by car to the prefecture", .incident = "i-1", .method = "shredded",
      .proof = "photograph 12",
      .certificate = "c-77", .until = r->time + 5 * DAY, .count = 120, .seal_no = "S-9"};
  snprintf(m.id, sizeof m.id, "%s", id);
  snprintf(m.kind, sizeof m.kind, "%s", paper ? "paper-box" : "usb");
  snprintf(m.content, sizeof m.content, "%s", paper ? "paper" : "extract");
  snprintf(m.datasets, sizeof m.datasets, "%s", SALES);
  if (paper) return m;
  memset(m.sha256, 'c', 64);
  snprintf(m.recipients, sizeof m.recipients, "%s", r->person[0].card.age_recipient[0]
      ? r->person[0].card.age_recipient : store_office(r->s)->age_recipient);
  return m;
}

static uint32_t lcg(uint32_t *x) { return (*x = *x * 1664525u + 1013904223u) >> 16; }

static void random_walks_take_allowed_steps_only(void **state) {
  (void)state;
  struct rights *r = disposal_new(false);
  uint32_t seed = 20260101;
  int64_t refused = 0, done = 0;
  for (int walk = 0; walk < 12; walk++) {
    char id[32];
    bool paper = walk % 3 == 0;
    enum medium_state now = MEDIUM_NONE;
    snprintf(id, sizeof id, "m-%d", walk);
    for (int step = 0; step < 40; step++) {
      enum medium_verb verb = (enum medium_verb)(lcg(&seed) % MEDIUM_VERBS);
      struct err error = {.code = E_OK};
      struct medium change = everything(r, id, paper), m;
      enum err_code code = medium_do(r->s, verb, &change, NULL, &error);
      enum medium_state to = medium_step(now, verb, paper);
      assert_int_equal(to != MEDIUM_NONE, allowed(now, verb, paper));
      if (code) {
        assert_true(to == MEDIUM_NONE);
        assert_true(code == E_MEDIUM_STATE || (now == MEDIUM_NONE && code == E_DISPOSAL_UNKNOWN) || (verb == MEDIUM_REGISTER &&
            code == E_DISPOSAL_EXISTS));
        refused++;
      } else {
        assert_true(to != MEDIUM_NONE);
        now = to;
        done++;
      }
      if (now == MEDIUM_NONE) continue;
      OK(medium_find(r->s, id, &m, &error));
      assert_int_equal(medium_state_of(&m), now); /* a refusal changes nothing */
    }
  }
  assert_true(done > 40 && refused > 100);
  assert_int_equal(leaves(r, NULL, LOG_REFUSED, NULL), refused); /* one leaf each */
  print_message("  %lld steps taken, %lld refused\n", (long long)done, (long long)refused);
  disposal_end(r);
}

static void each_step_needs_its_record(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct medium full = everything(r, "m-1", false), m = full;
  m.kind[0] = 0;
  assert_int_equal(medium_do(r->s, MEDIUM_REGISTER, &m, NULL, &error), E_MEDIUM_FIELD);
  m = full;
  snprintf(m.content, sizeof m.content, "paper"); /* paper on a stick */
  assert_int_equal(medium_do(r->s, MEDIUM_REGISTER, &m, NULL, &error), E_MEDIUM_FIELD);
  OK(medium_do(r->s, MEDIUM_REGISTER, &full, NULL, &error));
  m = full;
  m.recipients[0] = 0;
  assert_int_equal(medium_do(r->s, MEDIUM_SEAL, &m, NULL, &error), E_MEDIUM_FIELD);
  m = full;
  m.recipients[5] ^= 1; /* a key with a typing error */
  assert_int_equal(medium_do(r->s, MEDIUM_SEAL, &m, NULL, &error), E_MEDIUM_FIELD);
  m = full;
  m.sha256[3] = 'X';
  assert_int_equal(medium_do(r->s, MEDIUM_SEAL, &m, NULL, &error), E_MEDIUM_FIELD);
  OK(medium_do(r->s, MEDIUM_SEAL, &full, NULL, &error));
  m = full;
  m.until = r->time; /* not ahead */
  assert_int_equal(medium_do(r->s, MEDIUM_LEND, &m, NULL, &error), E_MEDIUM_FIELD);
  OK(medium_do(r->s, MEDIUM_LEND, &full, NULL, &error));
  m = full;
  m.incident[0] = 0;
  assert_int_equal(medium_do(r->s, MEDIUM_LOSE, &m, NULL, &error), E_MEDIUM_FIELD);
  disposal_end(r);
}

static void a_carry_permit_is_signed_by_another_person(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by manager, provider;
  struct medium full = everything(r, "m-1", false), now;
  act_as(r, 1, &manager);
  act_as(r, 8, &provider);
  OK(medium_do(r->s, MEDIUM_REGISTER, &full, &provider, &error));
  OK(medium_do(r->s, MEDIUM_SEAL, &full, &provider, &error));
  assert_int_equal(medium_do(r->s, MEDIUM_LEND, &full, NULL, &error), E_DISPOSAL_OFFICER);
  assert_int_equal(medium_do(r->s, MEDIUM_LEND, &full, &provider, &error), E_ROLE_MISSING);
  snprintf(full.holder, sizeof full.holder, "manager-b");
  assert_int_equal(medium_do(r->s, MEDIUM_LEND, &full, &manager, &error), E_MEDIUM_PERMIT);
  snprintf(full.holder, sizeof full.holder, "pack-j");
  OK(medium_do(r->s, MEDIUM_LEND, &full, &manager, &error));
  OK(medium_find(r->s, "m-1", &now, &error));
  assert_string_equal(now.permit_by, "manager-b");
  disposal_end(r);
}

static void overdue_media_raise_one_alarm_per_lending(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct medium full = everything(r, "m-1", false);
  int64_t n;
  OK(medium_do(r->s, MEDIUM_REGISTER, &full, NULL, &error));
  OK(medium_do(r->s, MEDIUM_SEAL, &full, NULL, &error));
  OK(medium_do(r->s, MEDIUM_LEND, &full, NULL, &error));
  OK(medium_alarm(r->s, r->time + 5 * DAY - 1, &n, &error));
  assert_int_equal(n, 0);
  for (int i = 0; i < 3; i++) {
    OK(medium_alarm(r->s, r->time + 5 * DAY, &n, &error));
    assert_int_equal(n, 1);
  }
  assert_int_equal(leaves(r, "media-overdue", LOG_DONE, NULL), 1);
  OK(medium_do(r->s, MEDIUM_RETURN, &full, NULL, &error));
  OK(medium_alarm(r->s, r->time + 9 * DAY, &n, &error));
  assert_int_equal(n, 0);
  OK(medium_do(r->s, MEDIUM_LEND, &full, NULL, &error));
  OK(medium_alarm(r->s, r->time + 9 * DAY, &n, &error));
  assert_int_equal(leaves(r, "media-overdue", LOG_DONE, NULL), 2);
  disposal_end(r);
}

static void paper_is_dissolved_after_its_years(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct medium box = everything(r, "box-1", true);
  struct retention paper = keep_until("shop/*/*", "PAPER", "2026-01-31");
  OK(retention_set(r->s, &paper, NULL, &error));
  snprintf(box.datasets, sizeof box.datasets, "%s\n%s", SALES, STOCK);
  OK(medium_do(r->s, MEDIUM_REGISTER, &box, NULL, &error));
  OK(medium_do(r->s, MEDIUM_SEAL, &box, NULL, &error));
  assert_int_equal(medium_do(r->s, MEDIUM_WIPE, &box, NULL, &error), E_MEDIUM_STATE);
  assert_int_equal(medium_do(r->s, MEDIUM_DESTROY, &box, NULL, &error), E_RETENTION_RUNNING);
  days_pass(r, 31);
  OK(medium_do(r->s, MEDIUM_DESTROY, &box, NULL, &error));
  assert_int_equal(medium_do(r->s, MEDIUM_SEAL, &box, NULL, &error), E_MEDIUM_STATE);
  disposal_end(r);
}

static void an_edited_or_removed_row_is_tampering(void **state) {
  (void)state;
  static const char *const edits[] = {"UPDATE rights_record SET text = replace(text, 'cabinet 3', 'cabinet 4') WHERE object = 'medium:m-1'",
      "DELETE FROM rights_record WHERE object = 'medium:m-1'", "UPDATE rights_record SET object = 'medium:m-2' WHERE object = 'medium:m-1'"};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct err error;
    struct rights *r = disposal_new(false);
    struct medium full = everything(r, "m-1", false), m;
    OK(medium_do(r->s, MEDIUM_REGISTER, &full, NULL, &error));
    edit_database(r, edits[i]); /* under the open store */
    assert_int_equal(medium_find(r->s, "m-1", &m, &error), E_STORE_TAMPERED);
    rights_close(r);
    assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_STORE_TAMPERED);
    disposal_end(r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_walks_take_allowed_steps_only), cmocka_unit_test(each_step_needs_its_record),
          cmocka_unit_test(a_carry_permit_is_signed_by_another_person),
      cmocka_unit_test(overdue_media_raise_one_alarm_per_lending), cmocka_unit_test(paper_is_dissolved_after_its_years),
          cmocka_unit_test(an_edited_or_removed_row_is_tampering),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
