/* test_incident.c -- incidents: deadlines, what is sealed, two officers to close, and what was on a lost medium. */
#include "tests/unit/disposal_fixture.h"

#include "secure-store/disposal/incident.h"

static struct incident lost(struct rights *r) {
  struct incident i = {.id = "i-1", .kind = "loss", .found_by = "enumerator 12", .survey = "shop", .year = "2020", .households = 30,
      .items = "names, sales", .found_at = r->time - HOUR};
  return i;
}

static void deadlines_follow_the_policy(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct incident i = lost(r);
  struct incident_policy p;
  struct incident_due due[INCIDENT_STAGES];
  OK(incident_policy_read(r->s, &p, &error));
  i.found_at = 1767258000; /* 2026-01-01T18:00 in Japan */
  incident_due(&i, &p, i.found_at + 3600, due);
  assert_int_equal(due[STAGE_INTERNAL].due - i.found_at, 3600);
  assert_int_equal(due[STAGE_CHIEF].due - i.found_at, 6 * 3600); /* the end of the same day in Japan */
  assert_int_equal(due[STAGE_MINISTRY].due - i.found_at, 24 * 3600);
  assert_int_equal(due[STAGE_FIRST].due - i.found_at, 3 * DAY);
  assert_int_equal(due[STAGE_FINAL].due - i.found_at, 30 * (int64_t)DAY);
  for (int k = 0; k < INCIDENT_STAGES; k++) assert_false(due[k].overdue);
  incident_due(&i, &p, i.found_at + 3601, due);
  assert_true(due[STAGE_INTERNAL].overdue && !due[STAGE_CHIEF].overdue);
  i.malicious = 1;
  i.report_internal = i.found_at + 60;
  incident_due(&i, &p, i.found_at + 61 * (int64_t)DAY, due);
  assert_false(due[STAGE_INTERNAL].overdue);
  assert_int_equal(due[STAGE_FINAL].due - i.found_at, 60 * (int64_t)DAY);
  assert_true(due[STAGE_FINAL].overdue);
  const struct incident_policy strict = {.chief_days = 1, .final_days = 20, .final_days_malicious = 40, .first_days = 2, .internal_minutes = 30,
      .ministry_hours = 12};
  OK(incident_policy_set(r->s, &strict, NULL, &error));
  OK(incident_policy_read(r->s, &p, &error));
  assert_int_equal(p.internal_minutes, 30);
  const struct incident_policy none = {.final_days = 0};
  assert_int_equal(incident_policy_set(r->s, &none, NULL, &error), E_INCIDENT_FIELD);
  disposal_end(r);
}

static void incidents_are_sealed_and_bound_to_the_log(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(false);
  struct incident i = lost(r), more = {.id = "i-1", .cause = "left in a train", .households = 31, .notified = "police box of the station"}, now;
  i.kind[0] = 0;
  assert_int_equal(incident_open(r->s, &i, NULL, &error), E_INCIDENT_FIELD);
  i = lost(r);
  i.found_at = r->time + 1;
  assert_int_equal(incident_open(r->s, &i, NULL, &error), E_INCIDENT_FIELD);
  i = lost(r);
  snprintf(i.medium, sizeof i.medium, "m-9");
  assert_int_equal(incident_open(r->s, &i, NULL, &error), E_DISPOSAL_UNKNOWN);
  i.medium[0] = 0;
  OK(incident_open(r->s, &i, NULL, &error));
  assert_int_equal(incident_open(r->s, &i, NULL, &error), E_DISPOSAL_EXISTS);
  OK(incident_update(r->s, &more, NULL, &error));
  OK(incident_report(r->s, "i-1", STAGE_INTERNAL, "head of section", NULL, &error));
  assert_int_equal(incident_report(r->s, "i-1", STAGE_INTERNAL, "again", NULL, &error), E_DISPOSAL_EXISTS);
  OK(incident_find(r->s, "i-1", &now, &error));
  assert_true(now.households == 31 && strcmp(now.found_by, "enumerator 12") == 0 && now.report_internal == r->time);
  assert_string_equal(now.reported_to, "internal head of section");
  rights_close(r);
  assert_int_equal(files_with(r->folder, "enumerator 12", 13), 0); /* nothing of it in clear */
  assert_int_equal(files_with(r->folder, "left in a train", 15), 0);
  OK(store_open_locked(&r->job, r->folder, &r->s, &error));
  assert_int_equal(incident_find(r->s, "i-1", &now, &error), E_STORE_LOCKED);
  rights_again(r);
  assert_int_equal(leaves(r, "incident-open", LOG_REFUSED, NULL), 4);
  disposal_end(r);
}

static void two_officers_close_it(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by manager, auditor, tab;
  struct incident i = lost(r), more = {.id = "i-1", .cause = "left in a train", .containment = "searched", .prevention = "locked cases"}, now;
  bool closed;
  act_as(r, 1, &manager);
  act_as(r, 5, &auditor);
  act_as(r, 4, &tab);
  OK(incident_open(r->s, &i, &tab, &error)); /* whoever finds it */
  assert_int_equal(incident_close(r->s, "i-1", &manager, &closed, &error), E_INCIDENT_FIELD);
  OK(incident_update(r->s, &more, &manager, &error));
  assert_int_equal(incident_close(r->s, "i-1", &manager, &closed, &error), E_INCIDENT_FIELD); /* no final report yet */
  OK(incident_report(r->s, "i-1", STAGE_FINAL, "ministry", &manager, &error));
  assert_int_equal(incident_close(r->s, "i-1", &tab, &closed, &error), E_ROLE_MISSING);
  OK(incident_close(r->s, "i-1", &manager, &closed, &error));
  assert_false(closed);
  assert_int_equal(incident_close(r->s, "i-1", &manager, &closed, &error), E_INCIDENT_SIGNATURES);
  OK(incident_update(r->s, &(struct incident){.id = "i-1", .recovered = "found"}, &manager, &error)); /* another text: nobody has signed it */
  OK(incident_close(r->s, "i-1", &auditor, &closed, &error));
  assert_false(closed);
  OK(incident_close(r->s, "i-1", &manager, &closed, &error));
  assert_true(closed);
  OK(incident_find(r->s, "i-1", &now, &error));
  assert_string_equal(now.closed_by, "audit-f\nmanager-b");
  assert_int_equal(incident_update(r->s, &more, &manager, &error), E_INCIDENT_STATE);
  disposal_end(r);
}

static struct medium stick(struct rights *r) {
  struct medium m = {.id = "m-1", .kind = "usb", .content = "transport", .place = "cabinet", .holder = "carrier-x", .route = "by train",
      .incident = "i-1", .until = r->time + DAY};
  memset(m.sha256, 'd', 64);
  snprintf(m.datasets, sizeof m.datasets, "%s", SALES);
  snprintf(m.recipients, sizeof m.recipients, "%s\n%s", r->person[3].card.age_recipient, store_office(r->s)->age_recipient);
  return m;
}

static void one_command_tells_what_was_on_a_medium(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by manager;
  struct medium m = stick(r);
  struct medium_report *report = calloc(1, sizeof *report);
  struct incident i = lost(r);
  struct merkle_proof proof;
  act_as(r, 1, &manager);
  assert_int_equal(incident_medium(r->s, "m-1", report, &error), E_DISPOSAL_UNKNOWN);
  OK(medium_do(r->s, MEDIUM_REGISTER, &m, &manager, &error));
  OK(medium_do(r->s, MEDIUM_SEAL, &m, &manager, &error));
  OK(medium_do(r->s, MEDIUM_LEND, &m, &manager, &error));
  OK(incident_open(r->s, &i, &manager, &error));
  OK(medium_do(r->s, MEDIUM_LOSE, &m, &manager, &error));
  OK(incident_medium(r->s, "m-1", report, &error));
  assert_int_equal(report->n_events, 4);
  assert_int_equal(report->n_keys, 2);
  assert_string_equal(report->key[0].who, "officer keys-d");
  assert_non_null(strstr(report->key[1].who, "this office"));
  assert_true(report->sealed && report->keys_never_on_it && report->n_openings == 0);
  for (int k = 0; k < report->n_events; k++) assert_true(access_log_inclusion(r->s->log.tree, report->event[k].seq, &proof));
  /* its content is read here: the leaf names the sealed file */
  char object[160];
  int64_t access;
  snprintf(object, sizeof object, "package:%s", m.sha256);
  const struct log_entry entry = {.action = "data-import", .object = object, .purpose = "test"};
  OK(store_log_intent(r->s, &entry, &access, &error));
  OK(store_log_outcome(r->s, access, &entry, true, &error));
  OK(incident_medium(r->s, "m-1", report, &error));
  assert_int_equal(report->n_openings, 2); /* the intent and what came of it */
  free(report);
  disposal_end(r);
}

static void a_key_that_was_on_the_medium_is_named(void **state) {
  (void)state;
  struct err error;
  struct rights *r = disposal_new(true);
  struct act_by manager;
  struct medium m = stick(r), keys = stick(r);
  struct medium_report *report = calloc(1, sizeof *report);
  act_as(r, 1, &manager);
  snprintf(keys.content, sizeof keys.content, "keys");
  snprintf(keys.key_holders, sizeof keys.key_holders, "%s", r->person[3].card.age_recipient);
  OK(medium_do(r->s, MEDIUM_REGISTER, &keys, &manager, &error)); /* once it carried that officer's key */
  OK(medium_do(r->s, MEDIUM_SEAL, &m, &manager, &error));
  OK(incident_medium(r->s, "m-1", report, &error));
  assert_true(report->sealed && !report->keys_never_on_it);
  assert_true(report->key[0].on_medium && !report->key[1].on_medium);
  free(report);
  disposal_end(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(deadlines_follow_the_policy), cmocka_unit_test(incidents_are_sealed_and_bound_to_the_log),
          cmocka_unit_test(two_officers_close_it),
      cmocka_unit_test(one_command_tells_what_was_on_a_medium), cmocka_unit_test(a_key_that_was_on_the_medium_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
