/* What a donor step says about its donors: by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "processing/step/donor_notes.h"

static int64_t note(const struct step_report *r, const char *name) {
  for (int i = 0; i < r->n_notes; i++)
    if (strcmp(r->notes[i].name, name) == 0) return r->notes[i].value;
  return -1;
}

/* Rows 1 and 3 give, twice and once; one recipient is drawn, one finds nobody after three tries; the second class has no donor. */
static void by_hand(void **state) {
  struct arena *a = arena_new(0);
  struct donor_recipient recipients[] = {{.row = 0, .donor = 1, .outcome = DONOR_FOUND, .attempts = 2, .distance = 40},
      {.row = 2, .donor = 1, .outcome = DONOR_FOUND, .attempts = 1, .distance = 10},
      {.row = 4, .donor = 3, .outcome = DONOR_FOUND, .drawn = true, .attempts = 1, .distance = -1},
      {.row = 5, .donor = -1, .outcome = DONOR_POST_EDITS, .attempts = 3, .distance = -1}};
  struct donor_class classes[] = {{2, 3, 3, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}};
  int32_t use[] = {0, 2, 0, 1, 0, 0};
  const struct donor_result d = {.n_recipients = 4, .recipients = recipients, .classes = classes, .use = use};
  struct step_report r = {.step = "donor"};
  struct err e;
  (void)state;
  assert_int_equal(donor_notes(a, &d, 6, 3, &r, &e), E_OK);
  assert_int_equal(note(&r, "donors_used"), 2);
  assert_int_equal(note(&r, "donor_uses"), 3);
  assert_int_equal(note(&r, "donor_most_used"), 2);
  assert_int_equal(note(&r, "donor_attempts"), 7);
  assert_int_equal(note(&r, "classes_without_donors"), 1);
  assert_int_equal(note(&r, "distance_p50"), 10);
  assert_int_equal(note(&r, "distance_p95"), 40);
  assert_int_equal(note(&r, "distance_max"), 40);
  arena_free(a);
}

/* All drawn: a distance does not exist, and no 0 stands for it. */
static void without_distances(void **state) {
  struct arena *a = arena_new(0);
  struct donor_recipient recipients[] = {{.row = 0, .donor = 1, .outcome = DONOR_FOUND, .drawn = true, .attempts = 1, .distance = -1}};
  struct donor_class classes[] = {{1, 1, 1, 0}};
  int32_t use[] = {0, 1};
  const struct donor_result d = {.n_recipients = 1, .recipients = recipients, .classes = classes, .use = use};
  struct step_report r = {.step = "donor"};
  struct err e;
  (void)state;
  assert_int_equal(donor_notes(a, &d, 2, 1, &r, &e), E_OK);
  assert_int_equal(note(&r, "donor_attempts"), 1);
  assert_int_equal(note(&r, "distance_p50"), -1);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(without_distances)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
