#include "processing/edit/rule_search.h"

#include <math.h>
#include <string.h>

#include "processing/edit/exact_lp.h"

struct search {
  struct arena *a;
  const struct rule_set *s;
  const struct rule **rules; /* those that must hold */
  int n_rules, nodes;
  struct exact_lp lp;
  const struct rule_atom **chosen; /* linear atoms decided to hold */
  int n_chosen, n_entered, *id;    /* the first n_entered are in the programme: their slacks */
  uint64_t **domain; /* [n_categories] codes still possible */
  struct err *e;
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "rules"); }
static int words_of(const struct rule_category *c) { return (c->n_codes + 63) / 64; }

/* --- atoms under what is decided --- */
enum atom_state { ATOM_FALSE, ATOM_OPEN, ATOM_TRUE };
static enum atom_state state_of(const struct search *w, const struct rule_atom *atom) {
  if (!atom->category) {
    for (int i = 0; i < w->n_chosen; i++)
      if (w->chosen[i] == atom) return ATOM_TRUE;
    return ATOM_OPEN;
  }
  bool some = false, all = true;
  for (int i = 0; i < words_of(&w->s->categories[atom->k]); i++) {
    some = some || (w->domain[atom->k][i] & atom->set[i]);
    all = all && (w->domain[atom->k][i] & ~atom->set[i]) == 0;
  }
  return !some ? ATOM_FALSE : all ? ATOM_TRUE : ATOM_OPEN;
}
static void choose(struct search *w, const struct rule_atom *atom) {
  if (atom->category) {
    for (int i = 0; i < words_of(&w->s->categories[atom->k]); i++) w->domain[atom->k][i] &= atom->set[i];
    return;
  }
  w->chosen[w->n_chosen++] = atom;
}
/* The number of open atoms of a rule, -1 when it holds already; the first open one. */
static int open_atoms(const struct search *w, const struct rule *r, const struct rule_atom **first) {
  int n = 0;
  for (int k = 0; k < r->n_atoms; k++) {
    const enum atom_state state = state_of(w, &r->atoms[k]);
    if (state == ATOM_TRUE) return -1;
    if (state == ATOM_OPEN && n++ == 0) *first = &r->atoms[k];
  }
  return n;
}
/* Forces rules with one atom left; false when a rule has none. *shortest: the open rule with fewest atoms, NULL when all hold. */
static bool propagate(struct search *w, const struct rule **shortest) {
  for (bool again = true; again;) {
    int least = 1 << 20;
    again = false;
    *shortest = NULL;
    for (int i = 0; i < w->n_rules; i++) {
      const struct rule_atom *first = NULL;
      const int n = open_atoms(w, w->rules[i], &first);
      if (n == 0) return false;
      if (n == 1) choose(w, first), again = true;
      if (n > 1 && n < least) least = n, *shortest = w->rules[i];
    }
  }
  return true;
}
/* The rows decided since the last time enter; *out as for a whole question: RULE_POSSIBLE when all hold together. */
static enum err_code numbers_possible(struct search *w, enum rule_answer *out) {
  const bool more = w->n_entered < w->n_chosen;
  enum exact_end end = EXACT_REACHES;
  while (w->n_entered < w->n_chosen && end == EXACT_REACHES) {
    const int i = w->n_entered++;
    const struct linear_edit *row = &w->chosen[i]->linear;
    TRY(exact_lp_add(&w->lp, row, &w->id[i], w->e));
    end = exact_lp_require(&w->lp, w->id[i], row->op == LINEAR_EQ ? EXACT_ZERO : EXACT_NOT_NEGATIVE);
  }
  if (end == EXACT_REACHES) end = EXACT_PASSES;
  for (int i = 0; more && i < w->n_chosen && end == EXACT_PASSES; i++) /* each a little above: then all are, half way between those points */
    if (w->chosen[i]->strict) end = exact_lp_push(&w->lp, w->id[i], 1, EXACT_PAST_ZERO);
  *out = end == EXACT_PASSES ? RULE_POSSIBLE : end == EXACT_ENDS ? RULE_IMPOSSIBLE : RULE_UNSETTLED;
  return w->lp.numbers.no_memory ? no_memory(w->e) : E_OK;
}
static enum err_code keep_domains(struct search *w, uint64_t ***out) {
  *out = ARENA_ARRAY(w->a, uint64_t *, w->s->n_categories + 1);
  if (!*out) return no_memory(w->e);
  for (int k = 0; k < w->s->n_categories; k++) {
    const size_t bytes = (size_t)words_of(&w->s->categories[k]) * sizeof(uint64_t);
    if (!((*out)[k] = arena_alloc(w->a, bytes + 8, 8))) return no_memory(w->e);
    memcpy((*out)[k], w->domain[k], bytes);
  }
  return E_OK;
}
static void restore(struct search *w, uint64_t **kept, int n_chosen) {
  for (int k = 0; k < w->s->n_categories; k++) memcpy(w->domain[k], kept[k], (size_t)words_of(&w->s->categories[k]) * sizeof(uint64_t));
  while (w->n_entered > n_chosen) exact_lp_drop(&w->lp, w->id[--w->n_entered]);
  w->n_chosen = n_chosen;
}
static enum err_code descend(struct search *w, enum rule_answer *out) { // NOLINT(misc-no-recursion): as deep as there are rules
  const struct rule *r = NULL;
  *out = RULE_UNSETTLED;
  if (++w->nodes > RULE_SEARCH_NODES) return E_OK;
  *out = RULE_IMPOSSIBLE;
  if (!propagate(w, &r)) return E_OK;
  TRY(numbers_possible(w, out));
  if (*out != RULE_POSSIBLE || !r) return E_OK;
  uint64_t **kept;
  const int n_chosen = w->n_chosen;
  const struct arena_mark mark = arena_mark(w->a);
  TRY(keep_domains(w, &kept));
  bool unsettled = false;
  for (int k = 0; k < r->n_atoms; k++) {
    if (state_of(w, &r->atoms[k]) != ATOM_OPEN) continue;
    choose(w, &r->atoms[k]);
    TRY(descend(w, out));
    if (*out == RULE_POSSIBLE) return E_OK;
    unsettled = unsettled || *out == RULE_UNSETTLED;
    restore(w, kept, n_chosen);
  }
  arena_reset(w->a, mark);
  *out = unsettled ? RULE_UNSETTLED : RULE_IMPOSSIBLE;
  return E_OK;
}

/* --- one question --- */
static enum err_code bound_row(struct search *w, int j, double sign, double rhs) {
  const struct linear_edit row = {.op = LINEAR_LE, .n = 1, .var = &j, .coef = &sign, .rhs = rhs == 0 ? 0 : rhs, .id = ""};
  int id;
  TRY(exact_lp_add(&w->lp, &row, &id, w->e));
  return exact_lp_require(&w->lp, id, EXACT_NOT_NEGATIVE) == EXACT_REACHES ? E_OK
                                                                           : ERR(w->e, E_RULES_CONFLICT, .subject = w->s->numeric.names[j]);
}
static enum err_code bound_rows(struct search *w) {
  for (int j = 0; j < w->s->numeric.p; j++) {
    if (isfinite(w->s->numeric.lower[j])) TRY(bound_row(w, j, -1, -w->s->numeric.lower[j]));
    if (isfinite(w->s->numeric.upper[j])) TRY(bound_row(w, j, 1, w->s->numeric.upper[j]));
  }
  return E_OK;
}
static bool has_category(const struct rule *r, int k) {
  for (int t = 0; t < r->n_atoms; t++)
    if (r->atoms[t].category && r->atoms[t].k == k) return true;
  return false;
}
/* A code that every rule with this category allows settles all of them at once: they restrict nothing else. */
static bool one_code_suits_all(const struct search *w, int k) {
  for (int c = 0; c < w->s->categories[k].n_codes; c++) {
    bool suits = true;
    for (int i = 0; i < w->n_rules && suits; i++)
      for (int t = 0; t < w->rules[i]->n_atoms && suits; t++) {
        const struct rule_atom *a = &w->rules[i]->atoms[t];
        suits = !a->category || a->k != k || (a->set[c / 64] >> (c % 64) & 1);
      }
    if (suits) return true;
  }
  return false;
}
static void leave_out_settled(struct search *w) {
  for (int k = 0; k < w->s->n_categories; k++) {
    int kept = 0;
    if (!one_code_suits_all(w, k)) continue;
    for (int i = 0; i < w->n_rules; i++)
      if (!has_category(w->rules[i], k)) w->rules[kept++] = w->rules[i];
    w->n_rules = kept;
  }
}
static enum err_code search_init(struct search *w, const bool *on, const struct rule *more, int n_more) {
  const struct rule_set *s = w->s;
  int atoms = 0;
  w->rules = ARENA_ARRAY(w->a, const struct rule *, s->n_rules + n_more + 1);
  if (!w->rules) return no_memory(w->e);
  for (int i = 0; i < n_more; i++) w->rules[w->n_rules++] = &more[i];
  for (int i = 0; i < s->n_rules; i++)
    if (!s->rules[i].soft && (!on || on[i])) w->rules[w->n_rules++] = &s->rules[i];
  leave_out_settled(w);
  for (int i = 0; i < w->n_rules; i++) atoms += w->rules[i]->n_atoms;
  TRY(exact_lp_init(&w->lp, s->numeric.p, 2 * s->numeric.p + atoms + 1, w->e));
  w->lp.most_work = RULE_SEARCH_WORK;
  w->chosen = ARENA_ARRAY(w->a, const struct rule_atom *, atoms + 1);
  w->id = ARENA_ARRAY(w->a, int, atoms + 1);
  w->domain = ARENA_ARRAY(w->a, uint64_t *, s->n_categories + 1);
  if (!w->chosen || !w->id || !w->domain) return no_memory(w->e);
  for (int k = 0; k < s->n_categories; k++) {
    const int n = s->categories[k].n_codes;
    if (!(w->domain[k] = ARENA_ARRAY(w->a, uint64_t, n / 64 + 1))) return no_memory(w->e);
    for (int c = 0; c < n; c++) w->domain[k][c / 64] |= (uint64_t)1 << (c % 64);
  }
  return bound_rows(w);
}
enum err_code rule_possible(struct arena *a, const struct rule_set *s, const bool *on, const struct rule *more, int n_more, enum rule_answer *out,
                            struct err *e) {
  struct search w = {.a = a, .s = s, .e = e};
  const struct arena_mark mark = arena_mark(a);
  enum err_code code = search_init(&w, on, more, n_more);
  if (!code) code = descend(&w, out);
  exact_lp_release(&w.lp);
  arena_reset(a, mark);
  return code;
}

/* --- the opposite of an atom, as a rule --- */
static enum err_code turned(struct arena *a, const struct rule_atom *atom, struct rule_atom *out, struct err *e) {
  double *coef = ARENA_ARRAY(a, double, atom->linear.n + 1);
  if (!coef) return no_memory(e);
  for (int k = 0; k < atom->linear.n; k++) coef[k] = -atom->linear.coef[k];
  *out = *atom;
  out->linear.op = LINEAR_LE;
  out->linear.coef = coef;
  out->linear.rhs = -atom->linear.rhs;
  out->strict = !atom->strict;
  return E_OK;
}
static enum err_code opposite(struct arena *a, const struct rule_set *s, const struct rule_atom *atom, struct rule *out, struct err *e) {
  struct rule_atom *atoms = ARENA_ARRAY(a, struct rule_atom, 2);
  if (!atoms) return no_memory(e);
  *out = (struct rule){.id = "", .check = -1, .n_atoms = 1, .atoms = atoms};
  if (!atom->category) {
    TRY(turned(a, atom, &atoms[0], e));
    if (atom->linear.op == LINEAR_LE) return E_OK;
    atoms[1] = *atom;
    atoms[1].linear.op = LINEAR_LE;
    atoms[1].strict = true;
    out->n_atoms = 2;
    return E_OK;
  }
  const int n = s->categories[atom->k].n_codes;
  uint64_t *set = ARENA_ARRAY(a, uint64_t, n / 64 + 1);
  if (!set) return no_memory(e);
  for (int c = 0; c < n; c++)
    if (!(atom->set[c / 64] >> (c % 64) & 1)) set[c / 64] |= (uint64_t)1 << (c % 64);
  atoms[0] = (struct rule_atom){.category = true, .k = atom->k, .set = set};
  return E_OK;
}
static enum err_code opposites(struct arena *a, const struct rule_set *s, const struct rule *r, int n, struct rule **out, struct err *e) {
  *out = ARENA_ARRAY(a, struct rule, n + 1);
  if (!*out) return no_memory(e);
  for (int k = 0; k < n; k++) TRY(opposite(a, s, &r->atoms[k], &(*out)[k], e));
  return E_OK;
}

/* --- review --- */
/* Rules without which it would be possible: each is left out for good when it stays impossible. */
static enum err_code conflict(struct arena *a, const struct rule_set *s, bool *on, const struct rule *more, int n_more, int **out, int *n_out,
                              struct err *e) {
  enum rule_answer answer;
  *n_out = 0;
  *out = ARENA_ARRAY(a, int, s->n_rules + 1);
  if (!*out) return no_memory(e);
  for (int i = s->n_rules - 1; i >= 0; i--) {
    if (!on[i] || s->rules[i].soft) continue;
    on[i] = false;
    TRY(rule_possible(a, s, on, more, n_more, &answer, e));
    on[i] = answer != RULE_IMPOSSIBLE;
  }
  for (int i = 0; i < s->n_rules; i++)
    if (on[i] && !s->rules[i].soft) (*out)[(*n_out)++] = i;
  return E_OK;
}
static bool same_condition(const struct rule_set *s, const struct rule *p, const struct rule *q) {
  if (p->n_if != 1 || q->n_if != 1 || !p->atoms[0].category || !q->atoms[0].category || p->atoms[0].k != q->atoms[0].k) return false;
  return memcmp(p->atoms[0].set, q->atoms[0].set, (size_t)words_of(&s->categories[p->atoms[0].k]) * sizeof(uint64_t)) == 0;
}
static void all_on(const struct rule_set *s, bool *on) {
  for (int i = 0; i < s->n_rules; i++) on[i] = true;
}
static enum err_code review_condition(struct arena *a, const struct rule_set *s, int i, bool *on, struct rule_review *out, struct err *e) {
  enum rule_answer answer;
  struct rule *more;
  for (int k = 0; k < i; k++)
    if (out->finding[k] != RULE_NEVER_APPLIES && out->finding[k] != RULE_NOT_SETTLED && same_condition(s, &s->rules[k], &s->rules[i])) return E_OK;
  TRY(opposites(a, s, &s->rules[i], s->rules[i].n_if, &more, e));
  all_on(s, on);
  TRY(rule_possible(a, s, on, more, s->rules[i].n_if, &answer, e));
  if (answer == RULE_UNSETTLED) out->finding[i] = RULE_NOT_SETTLED;
  if (answer != RULE_IMPOSSIBLE) return E_OK;
  out->finding[i] = RULE_NEVER_APPLIES;
  return conflict(a, s, on, more, s->rules[i].n_if, &out->because[i], &out->n_because[i], e);
}
static enum err_code review_rule(struct arena *a, const struct rule_set *s, int i, bool *on, struct rule_review *out, struct err *e) {
  enum rule_answer answer;
  struct rule *more;
  if (s->rules[i].n_if > 0) TRY(review_condition(a, s, i, on, out, e));
  if (out->finding[i] != RULE_FINE) return E_OK;
  TRY(opposites(a, s, &s->rules[i], s->rules[i].n_atoms, &more, e));
  all_on(s, on);
  for (int k = 0; k < i; k++) on[k] = out->finding[k] != RULE_SAID; /* of two that say the same the later one stays */
  on[i] = false;
  TRY(rule_possible(a, s, on, more, s->rules[i].n_atoms, &answer, e));
  out->finding[i] = answer == RULE_IMPOSSIBLE ? RULE_SAID : answer == RULE_UNSETTLED ? RULE_NOT_SETTLED : RULE_FINE;
  return E_OK;
}
enum err_code rule_review(struct arena *a, const struct rule_set *s, struct rule_review *out, struct err *e) {
  bool *on = ARENA_ARRAY(a, bool, s->n_rules + 1);
  *out = (struct rule_review){.finding = ARENA_ARRAY(a, enum rule_finding, s->n_rules + 1),
                              .because = ARENA_ARRAY(a, int *, s->n_rules + 1),
                              .n_because = ARENA_ARRAY(a, int, s->n_rules + 1)};
  if (!on || !out->finding || !out->because || !out->n_because) return no_memory(e);
  all_on(s, on);
  TRY(rule_possible(a, s, on, NULL, 0, &out->possible, e));
  if (out->possible == RULE_IMPOSSIBLE) return conflict(a, s, on, NULL, 0, &out->conflict, &out->n_conflict, e);
  for (int i = 0; i < s->n_rules; i++)
    if (!s->rules[i].soft) TRY(review_rule(a, s, i, on, out, e));
  return E_OK;
}
