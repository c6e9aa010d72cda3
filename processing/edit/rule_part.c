#include "processing/edit/rule_part.h"

#include <string.h>

static bool same_set(const struct rule_set *s, const struct rule_atom *p, const struct rule_atom *q) {
  return p->k == q->k && memcmp(p->set, q->set, (size_t)(s->categories[p->k].n_codes + 63) / 64 * sizeof *p->set) == 0;
}
/* Of items themselves, not of products with constants of the record. */
static bool linear_atom(const struct rule_set *s, const struct rule_atom *a) {
  bool plain = !a->category && !a->strict && a->linear.n > 0;
  for (int k = 0; plain && s->product && k < a->linear.n; k++) plain = s->product[a->linear.var[k]].x < 0;
  return plain;
}
/* Conditions on codes as such: neither whether there is an answer nor classes of codes. */
static bool conditional(const struct rule_set *s, const struct rule *r) {
  if (r->soft || r->n_atoms != 2 || r->n_if != 1 || !r->atoms[0].category || !linear_atom(s, &r->atoms[1])) return false;
  return !s->categories[r->atoms[0].k].presence && !s->categories[r->atoms[0].k].classes;
}
static const struct rule_atom *most_shared(const struct rule_set *s) {
  const struct rule_atom *best = NULL;
  int most = 0;
  for (int i = 0; i < s->n_rules; i++) {
    int n = 0;
    if (!conditional(s, &s->rules[i])) continue;
    for (int k = 0; k < s->n_rules; k++) n += conditional(s, &s->rules[k]) && same_set(s, &s->rules[i].atoms[0], &s->rules[k].atoms[0]);
    if (n > most) most = n, best = &s->rules[i].atoms[0];
  }
  return best;
}
/* Only variables that occur, so that bounds of others are not reported. */
static enum err_code compact(struct arena *a, const struct rule_set *s, struct linear_system *out, struct err *e) {
  int *at = ARENA_ARRAY(a, int, s->numeric.p + 1);
  if (!at) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int i = 0; i < out->m; i++)
    for (int k = 0; k < out->edits[i].n; k++) at[out->edits[i].var[k]] = 1;
  for (int j = 0; j < s->numeric.p; j++) {
    if (!at[j]) continue;
    out->names[out->p] = s->numeric.names[j];
    out->lower[out->p] = s->numeric.lower[j];
    out->upper[out->p] = s->numeric.upper[j];
    out->decimals[out->p] = s->numeric.decimals[j];
    at[j] = out->p++;
  }
  for (int i = 0; i < out->m; i++) {
    int *var = ARENA_ARRAY(a, int, out->edits[i].n + 1);
    if (!var) return ERR(e, E_NO_MEMORY, .subject = "rules");
    for (int k = 0; k < out->edits[i].n; k++) var[k] = at[out->edits[i].var[k]];
    out->edits[i].var = var;
  }
  return E_OK;
}
enum err_code rule_linear_part(struct arena *a, const struct rule_set *s, struct rule_part *out, struct err *e) {
  const int p = s->numeric.p;
  struct linear_system *to = &out->system;
  *out = (struct rule_part){.condition = most_shared(s)};
  to->names = ARENA_ARRAY(a, const char *, p + 1);
  to->lower = ARENA_ARRAY(a, double, p + 1);
  to->upper = ARENA_ARRAY(a, double, p + 1);
  to->decimals = ARENA_ARRAY(a, int, p + 1);
  to->edits = ARENA_ARRAY(a, struct linear_edit, s->n_rules + 1);
  if (!to->names || !to->lower || !to->upper || !to->decimals || !to->edits) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int i = 0; i < s->n_rules; i++) {
    const struct rule *r = &s->rules[i];
    if (!r->soft && r->n_atoms == 1 && linear_atom(s, &r->atoms[0])) to->edits[to->m++] = r->atoms[0].linear;
    else if (conditional(s, r) && same_set(s, &r->atoms[0], out->condition)) to->edits[to->m++] = r->atoms[1].linear;
  }
  return compact(a, s, to, e);
}
