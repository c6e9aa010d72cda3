/* test_use_random.c -- random walks of applications against a small model that knows the table of steps, people and the clock: no state without its
 * leaf, no step outside application_steps.def, none by somebody without the role or by a user of the data, no decision without two votes about
 *          exactly
 * these words, none after its deadline, and one leaf for every refusal. */
#include "tests/unit/application_fixture.h"

enum { WALKS = 10, STEPS = 500, APPLICATIONS = 3 };
struct model {
  enum use_state state;
  bool exists, announced, asked;  /* asked: an extension */
  int vote[FIXTURE_PEOPLE];       /* about the present words: 0 none, 1 for, 2 against */
  int64_t until, extension;
  int edition;                    /* what the votes are about */
  int rows;
};
struct walk {
  struct rights *r;
  uint64_t random;
  struct model m[APPLICATIONS];
  int done, refused;
  int taken[USE_STEPS];
};
static uint32_t next(struct walk *w, uint32_t n) {
  w->random = w->random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(w->random >> 33) % n;
}
/* The table, written down a second time from the page of states: from, step, to. */
static enum use_state leads(enum use_state from, enum use_step step) {
  static const uint8_t to[USE_STATES][USE_STEPS] = {
      [USE_NONE] = {[USE_CONSULT] = USE_CONSULTING},
      [USE_CONSULTING] = {[USE_CONSULT] = USE_CONSULTING, [USE_APPLY] = USE_APPLIED},
      [USE_APPLIED] = {[USE_CHECK] = USE_CHECKED, [USE_SEND_BACK] = USE_CONSULTING},
      [USE_CHECKED] = {[USE_SEND_BACK] = USE_CONSULTING, [USE_ACCEPT] = USE_ACCEPTED, [USE_REFUSE] = USE_REFUSED},
      [USE_ACCEPTED] = {[USE_PLEDGE] = USE_PLEDGED}, /* one user here */
      [USE_PLEDGED] = {[USE_PROVIDE] = USE_PROVIDED},
      [USE_PROVIDED] = {[USE_RECEIVE] = USE_IN_USE, [USE_ANNOUNCE] = USE_PROVIDED},
      [USE_IN_USE] = {[USE_ANNOUNCE] = USE_IN_USE, [USE_INSPECT] = USE_IN_USE, [USE_EXTEND] = USE_IN_USE, [USE_GRANT_EXTENSION] = USE_IN_USE,
          [USE_CONFIRM] = USE_CONFIRMED, [USE_END] = USE_ENDED},
      [USE_CONFIRMED] = {[USE_ANNOUNCE] = USE_CONFIRMED, [USE_END] = USE_ENDED},
      [USE_ENDED] = {[USE_ANNOUNCE] = USE_ENDED, [USE_RETURN] = USE_RETURNED},
      [USE_RETURNED] = {[USE_PUBLISH] = USE_PUBLISHED},
      [USE_PUBLISHED] = {[USE_CLOSE] = USE_CLOSED},
      [USE_REFUSED] = {[USE_CLOSE] = USE_CLOSED}};
  return (enum use_state)to[from][step];
}
static bool role_fits(int who, enum use_step step) {
  const bool leader = who == CHIEF || who == MANAGER || who == MANAGER_2, reviewer = who == REVIEWER || who == MANAGER_2, provider = who == PROVIDER;
  switch (step) {
    case USE_ACCEPT: case USE_REFUSE: case USE_GRANT_EXTENSION: return leader;
    case USE_PROVIDE: case USE_RECEIVE: return provider;
    case USE_INSPECT: case USE_RETURN: case USE_CLOSE: return leader || who == AUDITOR;
    case USE_CONFIRM: return reviewer;
    default: return leader || provider || reviewer;
  }
}
static void tally(const struct model *m, int *for_it, int *against) {
  *for_it = *against = 0;
  for (int i = 0; i < FIXTURE_PEOPLE; i++) *for_it += m->vote[i] == 1, *against += m->vote[i] == 2;
}
static bool condition(const struct walk *w, const struct model *m, enum use_step step, int64_t now) {
  int yes, no;
  tally(m, &yes, &no);
  for (int k = 0; k < APPLICATIONS && (step == USE_APPLY || step == USE_PROVIDE); k++) { /* all have one applicant: who owes a report waits */
    const struct model *o = &w->m[k];
    if (o != m && o->state >= USE_PROVIDED && o->state <= USE_ENDED && now >= o->until) return false;
  }
  switch (step) {
    case USE_APPLY: case USE_CHECK: return now < m->until;
    case USE_ACCEPT: return yes + no >= 2 && no == 0;
    case USE_REFUSE: return yes + no >= 2;
    case USE_PROVIDE: return now < T0 + 30 * DAY; /* the grant's end */
    case USE_ANNOUNCE: return !m->announced;
    case USE_PUBLISH: return m->announced;
    case USE_EXTEND: return now < m->until;
    case USE_GRANT_EXTENSION: return m->asked && now < m->until && yes + no >= 2 && no == 0;
    default: return true;
  }
}
static void forget_votes(struct model *m) { memset(m->vote, 0, sizeof m->vote); }
static void took(struct model *m, enum use_step step, enum use_state to, int64_t extension) {
  m->state = to;
  m->rows++;
  m->exists = true;
  if (step == USE_CONSULT) forget_votes(m); /* the purpose names the edition: other words */
  if (step == USE_ANNOUNCE) m->announced = true;
  if (step == USE_EXTEND) m->asked = true, m->extension = extension, forget_votes(m);
  if (step == USE_GRANT_EXTENSION) m->until = m->extension, m->asked = false, forget_votes(m);
}
static void id_of(int k, char out[8]) { snprintf(out, 8, "a-%d", k); }
static int64_t rows_of(const struct walk *w, int k) {
  struct record x;
  char object[32];
  int64_t n = 0;
  snprintf(object, sizeof object, "application:a-%d", k);
  for (uint64_t from = 0; record_next(w->r->s, object, from, &x); from = x.seq + 1) n++;
  return n;
}
static void compare(struct walk *w, int k) {
  struct err e;
  struct application a;
  char id[8];
  id_of(k, id);
  assert_int_equal(rows_of(w, k), w->m[k].rows); /* a leaf for every state, a state for every leaf */
  const enum err_code code = application_find(w->r->s, id, &a, &e);
  assert_int_equal(code, w->m[k].exists ? E_OK : E_DISPOSAL_UNKNOWN);
  if (!code) assert_int_equal(application_state(&a), w->m[k].state);
  if (!code) assert_int_equal(a.until, w->m[k].until);
}
static void judge(struct walk *w, enum err_code code, bool expected, const char *what, int64_t before) {
  if ((code == E_OK) != expected) fprintf(stderr, "%s: %s\n", what, code ? err_name(code) : "done");
  assert_int_equal(code == E_OK, expected);
  assert_int_equal(all_refused(w->r), before + (code != E_OK));
  if (code) w->refused++;
  else w->done++;
}
static void try_step(struct walk *w, int k) {
  struct model *m = &w->m[k];
  struct err error;
  struct rights *r = w->r;
  char id[8];
  id_of(k, id);
  enum use_step step = (enum use_step)next(w, USE_STEPS);
  for (int i = 0; i < 40 && next(w, 12) && !leads(m->state, step); i++) step = (enum use_step)next(w, USE_STEPS); /* mostly what is possible */
  int who = (int)next(w, FIXTURE_PEOPLE);
  for (int i = 0; i < 40 && next(w, 8) && !role_fits(who, step); i++) who = (int)next(w, FIXTURE_PEOPLE);
  const bool onward = next(w, 3) == 0; /* or the walks would end in the middle */
  for (int i = 0; i < 300 && onward && !(step != USE_CONSULT && leads(m->state, step) && role_fits(who, step) && condition(w, m, step,
      r->time + 1)); i++)
    step = (enum use_step)next(w, USE_STEPS), who = (int)next(w, FIXTURE_PEOPLE);
  struct application change = brings(id, step);
  int64_t extension = 0;
  if (step == USE_CONSULT) {
    snprintf(change.purpose, sizeof change.purpose, "研究 %d", ++m->edition);
    if (m->exists) change.until = 0;
  }
  if (step == USE_EXTEND) change.extension_until = extension = m->until + (int64_t)(1 + next(w, 20)) * DAY;
  r->time++;
  const struct act_by by = by_of(r, who);
  const enum use_state to = leads(m->state, step);
  const bool expected = to != USE_NONE && role_fits(who, step) && condition(w, m, step, r->time);
  const int64_t before = all_refused(r);
  judge(w, application_do(r->s, step, &change, &by, &error), expected, use_step_name(step), before);
  if (!expected) return;
  if (!m->exists) m->until = change.until;
  w->taken[step]++;
  took(m, step, to, extension);
}
static void try_vote(struct walk *w, int k) {
  struct model *m = &w->m[k];
  struct err error;
  char id[8];
  id_of(k, id);
  const int who = next(w, 4) ? (next(w, 2) ? REVIEWER : MANAGER_2) : (int)next(w, FIXTURE_PEOPLE);
  const bool approve = next(w, 4) != 0;
  w->r->time++;
  const struct act_by by = by_of(w->r, who);
  const bool open = m->state == USE_CHECKED || (m->state == USE_IN_USE && m->asked);
  const int64_t before = all_refused(w->r);
  const bool expected = open && (who == REVIEWER || who == MANAGER_2);
  judge(w, application_vote(w->r->s, id, approve, &by, &error), expected, "vote", before);
  if (expected) m->vote[who] = approve ? 1 : 2;
}
static void no_step_leaves_the_table(void **state) {
  (void)state;
  int reached[USE_STATES] = {0}, taken[USE_STEPS] = {0};
  for (int walk = 0; walk < WALKS; walk++) {
    struct walk w = {.r = use_new(), .random = 20260120u + (uint64_t)walk * 977};
    make_grant(w.r, &use_grant);
    for (int i = 0; i < STEPS; i++) {
      const int k = (int)next(&w, APPLICATIONS);
      const uint32_t what = next(&w, 100);
      if (what < 70) try_step(&w, k);
      else if (what < 95 || (w.m[k].state == USE_CHECKED && what < 99)) try_vote(&w, k);
      else if (next(&w, 3) == 0) {
        w.r->time += (int64_t)next(&w, 20) * HOUR;
        rights_again(w.r); /* nothing hangs on memory */
      }
      compare(&w, k);
      reached[w.m[k].state]++;
    }
    for (int s = 0; s < USE_STEPS; s++) taken[s] += w.taken[s];
    print_message("  walk %d: %d done, %d refused\n", walk, w.done, w.refused);
    assert_true(w.done > 20 && w.refused > 20);
    rights_free(w.r);
  }
  for (int s = USE_CONSULTING; s < USE_STATES; s++) print_message("  %s %d", use_state_name((enum use_state)s), reached[s]);
  print_message("\n");
  for (int s = USE_CONSULTING; s < USE_STATES; s++) assert_true(reached[s] > 0);
  assert_true(taken[USE_ACCEPT] > 0 && taken[USE_PROVIDE] > 0 && taken[USE_SEND_BACK] > 0 && taken[USE_END] + taken[USE_CONFIRM] > 0);
}
/* The same table, wholly: every pair. */
static void the_table_is_the_page(void **state) {
  (void)state;
  for (int from = 0; from < USE_STATES; from++)
    for (int step = 0; step < USE_STEPS; step++) {
      const enum use_state to = use_step_from((enum use_state)from, (enum use_step)step), page = leads((enum use_state)from, (enum use_step)step);
      assert_int_equal(to, from == USE_ACCEPTED && step == USE_PLEDGE ? USE_ACCEPTED : page);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_table_is_the_page), cmocka_unit_test(no_step_leaves_the_table)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
