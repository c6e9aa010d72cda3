/* test_rights_random.c -- random walks over requests, words, activations, revocations, retirements, the clock and new starts, against a model that
 * knows only people and what they did. Whatever happens: nobody reads under a grant that two other people in office did not approve in exactly these
 * words, a grant that has all it needs does open, and every refusal leaves exactly one leaf. */
#include "tests/unit/grant_fixture.h"

enum { GRANTS = 3, WALKS = 6, STEPS = 350, LENGTH = 6 * HOUR };

struct word {
  bool given, approve, counted; /* counted: had the role when it was given */
};
struct model_grant {
  bool exists, revoked, active;
  bool signed_now;
  int64_t signed_at;
  int person, requester, generation; /* a revoked id is spent: the next generation has another */
  int64_t from, until;
  struct word word[FIXTURE_PEOPLE];
};
struct walk {
  struct rights *r;
  uint64_t random;
  struct model_grant g[GRANTS];
  bool retired[FIXTURE_PEOPLE], leader[FIXTURE_PEOPLE], may_open[FIXTURE_PEOPLE];
  int64_t shard;
  int entered, refused, done;
};

static uint32_t next(struct walk *w, uint32_t n) {
  w->random = w->random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(w->random >> 33) % n;
}

/* --- the model --- */

static bool in_force(const struct walk *w, const struct model_grant *g) {
  int n = 0;
  for (int i = 0; i < FIXTURE_PEOPLE; i++) n += g->word[i].given && g->word[i].approve && g->word[i].counted && i != g->person && i != g->requester;
  return g->exists && g->signed_now && !g->revoked && g->active && n >= 2 && w->r->time >= g->from && w->r->time < g->until &&
      !w->retired[g->person] && w->may_open[g->person];
}

/* --- doing something, with the number of refusals as it must be --- */

static void judge(struct walk *w, enum err_code code, bool expected, const char *what, int64_t refusals_before) {
  if ((code == E_OK) != expected) fprintf(stderr, "%s: %s\n", what, code ? err_name(code) : "done");
  assert_int_equal(code == E_OK, expected);
  int64_t now = all_refused(w->r);
  if (now != refusals_before + (code != E_OK))
    fprintf(stderr, "%s: %s left %d leaves\n", what, code ? err_name(code) : "done", (int)(now - refusals_before));
  assert_int_equal(now, refusals_before + (code != E_OK));
  if (code) w->refused++;
  else w->done++;
}

static void id_of(const struct walk *w, int k, char out[16]) { snprintf(out, 16, "g-%d-%d", k, w->g[k].generation); }

static void act_request(struct walk *w, int k) {
  struct model_grant *g = &w->g[k];
  struct err error;
  char id[16];
  id_of(w, k, id);
  static const char *const columns[] = {"[\"weight\",\"sex\"]", "[\"weight\"]", "[\"income\",\"weight\"]"};
  int person = TABULATOR + (int)next(w, 4), requester = next(w, 6) ? PROVIDER : (int)next(w, 4);
  int64_t from = w->r->time + (int64_t)next(w, 2) * 600, until = from + LENGTH + (int64_t)next(w, 3) * HOUR;
  const struct ask ask = {.id = id,
      .columns = columns[next(w, 3)],
      .person = w->r->person[person].card.id,
      .requester = w->r->person[requester].card.id,
      .from = from,
      .until = until};
  int64_t before = all_refused(w->r);
  bool expected = !g->revoked && !w->retired[requester];
  judge(w, ask_for(w->r, &ask, &error), expected, "request", before);
  if (!expected) return;
  *g = (struct model_grant){.exists = true, .person = person, .requester = requester, .generation = g->generation, .from = from, .until = until};
}

static void act_sign(struct walk *w, int k, struct arena *a) {
  struct model_grant *g = &w->g[k];
  struct grant found;
  struct err error;
  uint8_t subject[32];
  char id[16];
  if (!g->exists) return;
  id_of(w, k, id);
  subject_of(w->r, id, &found, a, subject);
  int who = next(w, 5) ? g->requester : (int)next(w, FIXTURE_PEOPLE);
  int64_t before = all_refused(w->r);
  bool fresh = !g->signed_now || w->r->time > g->signed_at; /* twice in one second is a replay */
  bool expected = who == g->requester && !g->revoked && !w->retired[who] && w->r->time < g->until && fresh;
  judge(w, vote_subject(w->r, id, who, "request", subject, true, &error), expected, "sign", before);
  if (expected) g->signed_now = true, g->signed_at = w->r->time;
}

static void act_vote(struct walk *w, int k, struct arena *a) {
  struct model_grant *g = &w->g[k];
  struct grant found;
  struct err error;
  uint8_t subject[32];
  char id[16];
  if (!g->exists) return;
  id_of(w, k, id);
  subject_of(w->r, id, &found, a, subject);
  int who = next(w, 3) ? (int)next(w, 3) : (int)next(w, FIXTURE_PEOPLE);
  bool approve = next(w, 4) != 0, replay = next(w, 8) == 0, other = next(w, 10) == 0;
  struct strbuf word;
  w->r->time++; /* words of one person must be in order */
  if (other) subject[0] ^= 1;
  sign_word(w->r, who, "grant", subject, approve, w->r->time, &word);
  int64_t before = all_refused(w->r);
  bool expected = !other && !g->revoked && w->r->time < g->until && who != g->requester && who != g->person && w->leader[who] && !w->retired[who];
  judge(w, grant_vote(w->r->s, id, str_view(word.p, word.n), &error), expected, "vote", before);
  if (expected) g->word[who] = (struct word){true, approve, w->leader[who]};
  before = all_refused(w->r);
  if (replay) judge(w, grant_vote(w->r->s, id, str_view(word.p, word.n), &error), false, "the same word again", before);
  strbuf_release(&word);
}

static void act_activate(struct walk *w, int k) {
  struct model_grant *g = &w->g[k], as_if = *g;
  struct err error;
  char id[16];
  id_of(w, k, id);
  as_if.active = true;
  if (as_if.from > w->r->time) as_if.from = w->r->time; /* may be activated before it begins */
  bool expected = !g->active && in_force(w, &as_if);
  int64_t before = all_refused(w->r);
  judge(w, grant_activate(w->r->s, id, &error), expected, "activate", before);
  if (expected) g->active = true;
}

static void act_revoke(struct walk *w, int k) {
  struct err error;
  char id[16];
  id_of(w, k, id);
  bool expected = w->g[k].exists && !w->g[k].revoked;
  int64_t before = all_refused(w->r);
  judge(w, grant_revoke(w->r->s, id, "検査", &error), expected, "revoke", before);
  if (expected) w->g[k].revoked = true;
}

static void act_read(struct walk *w, int k, struct arena *a) {
  struct model_grant *g = &w->g[k];
  static const char *const one[] = {"weight"};
  struct err error;
  struct table t;
  char id[16];
  id_of(w, k, id);
  int who = next(w, 5) ? g->person : (int)next(w, FIXTURE_PEOPLE);
  int64_t before = all_refused(w->r);
  enum err_code code = officer_sign_in(w->r->s, &w->r->person[who].secret, &error);
  judge(w, code, !w->retired[who], "sign in", before);
  if (code) return;
  before = all_refused(w->r);
  bool expected = who == g->person && in_force(w, g);
  judge(w, grant_enter(w->r->s, a, id, w->r->person[who].card.id, &error), expected, "enter", before);
  if (!expected) return;
  w->entered++;
  before = all_refused(w->r);
  judge(w, read_shard(w->r, w->shard, one, 1, a, &t, &error), true, "read", before);
  assert_int_equal(t.n_rows, 50);
  if (next(w, 3) == 0) { /* the grant ends while somebody is in */
    act_revoke(w, k);
    before = all_refused(w->r);
    judge(w, read_shard(w->r, w->shard, one, 1, a, &t, &error), false, "read after the end", before);
  }
  grant_leave(w->r->s);
}

static void act_people(struct walk *w) {
  int who = (int)next(w, FIXTURE_PEOPLE);
  if (next(w, 3)) return;
  if (who <= MANAGER) return; /* somebody must stay in office */
  if (next(w, 2) && !w->retired[who]) {
    CHANGED(w->r, officer_retire(w->r->s, w->r->person[who].card.id, e));
    w->retired[who] = true;
    w->leader[who] = false;
  } else if (who == MANAGER_2 && !w->retired[who]) {
    if (w->leader[who]) CHANGED(w->r, role_revoke(w->r->s, w->r->person[who].card.id, LOG_ROLE_MANAGER, e));
    w->leader[who] = false;
  }
}

static void step(struct walk *w) {
  struct arena *a = arena_new(0);
  int k = (int)next(w, GRANTS);
  switch (next(w, 14)) {
    case 0: if (next(w, 3) == 0) act_request(w, k); break;
    case 1: case 2: act_sign(w, k, a); break;
    case 3: case 4: case 5: case 6: act_vote(w, k, a); break;
    case 7: case 8: act_activate(w, k); break;
    case 9: case 10: act_read(w, k, a); break;
    case 11: if (next(w, 12) == 0) act_revoke(w, k); break;
    case 12: if (next(w, 8) == 0) act_people(w); break;
    default:
      w->r->time += (int64_t)next(w, 900);
      if (next(w, 6) == 0) rights_again(w->r);
  }
  arena_free(a);
}

static void walk_once(uint64_t seed, struct walk *w) {
  *w = (struct walk){.r = rights_new(), .random = seed};
  people(w->r);
  put_table(w->r, 50, 1, &w->shard);
  w->leader[CHIEF] = w->leader[MANAGER] = w->leader[MANAGER_2] = true;
  for (int i = 0; i < FIXTURE_PEOPLE; i++) w->may_open[i] = i != AUDITOR && i != MAINTENANCE;
  w->may_open[MAINTENANCE] = true; /* registered, but without a role in the fixture */
  for (int i = 0; i < STEPS; i++) {
    for (int k = 0; k < GRANTS; k++) {
      bool over = w->g[k].revoked || (w->g[k].exists && w->r->time >= w->g[k].until);
      if (over && next(w, 6) == 0) w->g[k] = (struct model_grant){.generation = w->g[k].generation + 1};
      if (!w->g[k].exists) act_request(w, k);
    }
    step(w);
  }
}

static void no_walk_opens_what_two_others_did_not_approve(void **state) {
  (void)state;
  int entered = 0, refused = 0, done = 0;
  for (uint64_t seed = 1; seed <= WALKS; seed++) {
    struct walk w;
    walk_once(seed, &w);
    entered += w.entered, refused += w.refused, done += w.done;
    rights_free(w.r);
  }
  fprintf(stderr, "%d done, %d refused, %d entered\n", done, refused, entered);
  assert_true(entered > 3 * WALKS); /* the walks get somewhere */
  assert_true(refused > 50 * WALKS);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_walk_opens_what_two_others_did_not_approve)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
