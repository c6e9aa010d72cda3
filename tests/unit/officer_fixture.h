/* officer_fixture.h -- six officers with light key files in a folder, and the plan "unlock 2 of 3, authority 3 of 5 with an auditor", for the tests
 * of keys. officer-a, -b and -c unlock; chief-d and audit-e have a say in new epochs only; officer-f has no share. */
#ifndef SHIRABE_TESTS_OFFICER_FIXTURE_H
#define SHIRABE_TESTS_OFFICER_FIXTURE_H
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/keystore.h"
#include "secure-store/rights/officer.h"
#include "secure-store/share_set.h"

enum { OFFICERS = 6 };
static const char *const officer_ids[OFFICERS] = {"officer-a", "officer-b", "officer-c", "chief-d", "audit-e", "officer-f"};
struct officers {
  char folder[256], key[OFFICERS][300];
  struct officer card[OFFICERS];
  struct officer_secret *secret[OFFICERS];
  struct share_plan unlock, authority;
  struct keystore_plan plan;
};

static void UNUSED officers_plan(struct officers *o, const int *unlock, int n_unlock, const int *authority, int n_authority) {
  struct share_plan *const plans[2] = {&o->unlock, &o->authority};
  const int *const who[2] = {unlock, authority};
  const int n[2] = {n_unlock, n_authority};
  for (int set = 0; set < 2; set++) {
    *plans[set] = (struct share_plan){.m = set ? 3 : 2, .n = n[set], .needs_auditor = set == 1};
    for (int i = 0; i < n[set]; i++) {
      int k = who[set][i];
      plans[set]->holder[i].officer = officer_ids[k];
      plans[set]->holder[i].age_recipient = o->card[k].age_recipient;
      plans[set]->holder[i].auditor = k == 4;
    }
  }
  o->plan.set[KEYSTORE_UNLOCK] = &o->unlock;
  o->plan.set[KEYSTORE_AUTHORITY] = &o->authority;
}
static void UNUSED officers_make(struct officers *o) {
  struct err error;
  memset(o, 0, sizeof *o);
  fixture_folder(o->folder);
  for (int i = 0; i < OFFICERS; i++) {
    snprintf(o->key[i], sizeof o->key[i], "%s/%s.key", o->folder, officer_ids[i]);
    snprintf(o->card[i].id, sizeof o->card[i].id, "%s", officer_ids[i]);
    OK(officer_key_create(o->key[i], PASSPHRASE, true, &o->card[i], &error));
    OK(officer_key_open(o->key[i], PASSPHRASE, &o->secret[i], &error));
  }
  officers_plan(o, (const int[]){0, 1, 2}, 3, (const int[]){0, 1, 2, 3, 4}, 5);
}
static void UNUSED officers_free(struct officers *o) {
  for (int i = 0; i < OFFICERS; i++) officer_secret_free(o->secret[i]);
  remove_tree(o->folder);
}
static struct share_giver UNUSED giver(const struct officers *o, int k) {
  return (struct share_giver){.name = o->key[k], .age_secret = o->secret[k]->age, .locked = o->secret[k]->locked};
}
#endif
