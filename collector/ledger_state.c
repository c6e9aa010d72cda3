#include "collector/ledger_state.h"

#include <string.h>

int ledger_slot(const struct period *p) {
  switch (p->kind) {
  case PERIOD_MONTH: return (int)p->part - 1;
  case PERIOD_QUARTER: return 11 + (int)p->part;
  case PERIOD_YEAR: return 16;
  default: return 17;
  }
}

enum ledger_decision ledger_decided(int64_t bits, int slot) { return (enum ledger_decision)(bits >> (3 * slot) & 7); }

enum ledger_state ledger_state_of(const struct ledger_facts *f) {
  static const enum ledger_state decided[] = {[DECIDED_REVIEW] = LEDGER_REVIEW,
      [DECIDED_QUERIED] = LEDGER_QUERIED,
      [DECIDED_RETURNED] = LEDGER_RETURNED,
      [DECIDED_APPROVED] = LEDGER_APPROVED,
      [DECIDED_FINAL] = LEDGER_FINAL};
  if (f->received && f->queried && f->decided != DECIDED_RETURNED && f->decided != DECIDED_FINAL) return LEDGER_QUERIED;
  if (f->received && f->decided) return decided[f->decided];
  if (f->received) return f->nil ? LEDGER_NIL : f->late ? LEDGER_LATE : LEDGER_RECEIVED;
  if (f->held) return LEDGER_HELD;
  if (f->disaster) return f->decided == DECIDED_FINAL ? LEDGER_FINAL : LEDGER_DISASTER;
  return f->due_passed ? LEDGER_MISSING : LEDGER_NOT_YET_DUE;
}

struct state_facts {
  const char *key;
  char letter;
  int rank; /* the higher is shown for the office */
};
static const struct state_facts facts[LEDGER_STATES] = {
    [LEDGER_MISSING] = {"missing", 'M', 13},      [LEDGER_HELD] = {"held", 'H', 12},        [LEDGER_NOT_YET_DUE] = {"not_yet_due", '.', 11},
    [LEDGER_RETURNED] = {"returned", 'B', 10},    [LEDGER_QUERIED] = {"queried", 'Q', 9},   [LEDGER_LATE] = {"late", 'L', 8},
    [LEDGER_RECEIVED] = {"received", 'R', 7},     [LEDGER_REVIEW] = {"under_review", 'U', 6}, [LEDGER_NIL] = {"nil", '0', 5},
    [LEDGER_APPROVED] = {"approved", 'A', 4},     [LEDGER_DISASTER] = {"disaster", 'D', 3}, [LEDGER_FINAL] = {"final", 'F', 2},
    [LEDGER_NOT_LISTED] = {"not_listed", '-', 0},
};

enum ledger_state ledger_worse(enum ledger_state a, enum ledger_state b) { return facts[a].rank >= facts[b].rank ? a : b; }
const char *ledger_state_key(enum ledger_state st) { return facts[st].key; }
char ledger_state_letter(enum ledger_state st) { return facts[st].letter; }
bool ledger_state_done(enum ledger_state st) {
  return st == LEDGER_APPROVED || st == LEDGER_FINAL || st == LEDGER_DISASTER || st == LEDGER_NOT_LISTED;
}

bool ledger_state_parse(struct str key, enum ledger_state *out) {
  for (int i = 0; i < LEDGER_STATES; i++)
    if (str_eq(key, str_of(facts[i].key))) {
      *out = (enum ledger_state)i;
      return true;
    }
  return false;
}

#define FROM(x) (1u << LEDGER_##x)
static const struct ledger_transition transitions[N_LEDGER_ACTIONS] = {
    [ACTION_REVIEW] = {"review", FROM(RECEIVED) | FROM(LATE) | FROM(NIL) | FROM(QUERIED), DECIDED_REVIEW, .by_itself = false},
    [ACTION_QUERY] = {"query", FROM(RECEIVED) | FROM(LATE) | FROM(NIL) | FROM(REVIEW), DECIDED_QUERIED, .needs_reason = true},
    [ACTION_RETURN] = {"return", FROM(RECEIVED) | FROM(LATE) | FROM(NIL) | FROM(REVIEW) | FROM(QUERIED) | FROM(APPROVED), DECIDED_RETURNED,
        .needs_reason = true},
    [ACTION_APPROVE] = {"approve", FROM(RECEIVED) | FROM(LATE) | FROM(NIL) | FROM(REVIEW), DECIDED_APPROVED, .by_itself = true,
        .needs_children = true},
    [ACTION_ACCEPT] = {"accept", FROM(APPROVED) | FROM(DISASTER), DECIDED_FINAL, .needs_children = true},
    [ACTION_REOPEN] = {"reopen", FROM(APPROVED) | FROM(FINAL) | FROM(RETURNED), DECIDED_REVIEW, .needs_reason = true},
};
const struct ledger_transition *ledger_transition(enum ledger_action a) { return &transitions[a]; }
