#include "processing/localise/mixed_proof.h"

#include <math.h>
#include <string.h>

#include "processing/localise/mixed_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "localisation proof"); }

/* --- making --- */
struct hits { /* what the search had to meet */
  uint64_t *support;
  bool *dropped;
  int n;
};
static bool enough(struct mixed *m, const struct hits *all, int without, int64_t cost) {
  struct hitting *h = &m->hit;
  h->n_hits = 0;
  h->nodes = 0;
  h->limit = cost - 1;
  for (int k = 0; k < all->n; k++)
    if (k != without && !all->dropped[k] && !hitting_add(h, all->support + (size_t)k * (size_t)m->words)) return false;
  return hitting_search(h) && h->n_kept == 0;
}
static bool describe(struct arena *a, const struct mixed *m, const uint64_t *support, const uint64_t *rules, struct mixed_argument *out) {
  int *item = ARENA_ARRAY(a, int, m->n_items + 1), *soft = ARENA_ARRAY(a, int, m->rules->n_rules + 1),
      *rule = ARENA_ARRAY(a, int, m->rules->n_rules + 1);
  *out = (struct mixed_argument){.item = item, .soft = soft, .rule = rule};
  if (!item || !soft || !rule) return false;
  for (int j = 0; j < m->p + m->q; j++)
    if (bit_has(support, j)) item[out->n_items++] = j;
  for (int i = 0; i < m->rules->n_rules; i++) {
    if (m->soft_item[i] >= 0 && bit_has(support, m->soft_item[i])) soft[out->n_soft++] = i;
    if (bit_has(rules, i)) rule[out->n_rules++] = i;
  }
  return true;
}
static enum err_code thin(struct arena *a, struct mixed *m, int64_t cost, struct mixed_proof *out, struct err *e) {
  const size_t words = (size_t)m->words, rule_words = (size_t)m->rule_words;
  struct hits all = {
      .n = m->hit.n_hits, .support = ARENA_ARRAY(a, uint64_t, (size_t)m->hit.n_hits * words + 1), .dropped = ARENA_ARRAY(a, bool, m->hit.n_hits + 1)};
  struct mixed_argument *kept = ARENA_ARRAY(a, struct mixed_argument, m->hit.n_hits + 1);
  if (!all.support || !all.dropped || !kept) return no_memory(e);
  if (all.n) memcpy(all.support, m->hit.hit, (size_t)all.n * words * sizeof *all.support);
  if (!enough(m, &all, -1, cost)) return ERR(e, E_LOCALISE_NO_PROOF, .found = "search limit");
  for (int k = all.n - 1; k >= 0; k--) all.dropped[k] = enough(m, &all, k, cost);
  for (int k = 0; k < all.n; k++) {
    if (all.dropped[k]) continue;
    if (!describe(a, m, all.support + (size_t)k * words, m->hit_rules + (size_t)k * rule_words, &kept[out->n_arguments++])) return no_memory(e);
  }
  out->argument = kept;
  return E_OK;
}
enum err_code mixed_prove(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, struct mixed_proof *out, struct err *e) {
  struct mixed *m = ARENA_NEW(a, struct mixed);
  struct mixed_answer again = {.x = ARENA_ARRAY(a, double, spec->rules->numeric.p + 1), .code = ARENA_ARRAY(a, int, spec->rules->n_categories + 1)};
  int64_t cost = 0;
  bool usable;
  *out = (struct mixed_proof){0};
  TRY(localise_mixed(a, spec, r, &out->answer, e));
  if (out->answer.status == LOCALISE_PASSED) return E_OK;
  if (out->answer.status != LOCALISE_SOLVED && out->answer.status != LOCALISE_NO_SOLUTION)
    return ERR(e, E_LOCALISE_NO_PROOF, .found = localise_status_name(out->answer.status));
  if (!m || !again.x || !again.code || !mixed_init(m, a, spec, r->unit)) return no_memory(e);
  m->hit_rules = ARENA_ARRAY(a, uint64_t, (int64_t)MIXED_MAX_HITS * m->rule_words);
  if (!m->hit_rules) return no_memory(e);
  const int n = out->answer.n_operations;
  const int first = n ? out->answer.operations[0] : -1, second = n > 1 ? out->answer.operations[1] : -1;
  TRY(mixed_search(m, r, first, second, LOCALISE_NEVER - 1, &cost, &usable, &again, e));
  if (!usable || again.status != out->answer.status) return ERR(e, E_LOCALISE_NO_PROOF, .found = "search limit");
  return thin(a, m, again.status == LOCALISE_SOLVED ? m->hit.best : LOCALISE_NEVER, out, e);
}
/* --- checking --- */
/* The rules of one argument alone, everything but its items free: must be impossible. */
static enum err_code check_argument(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, const struct mixed *whole,
                                    const struct mixed_argument *g, struct err *e) {
  struct rule_set few = *spec->rules;
  struct mixed_spec of = *spec;
  const int p = few.numeric.p, q = few.n_categories;
  struct mixed *m = ARENA_NEW(a, struct mixed);
  few.rules = ARENA_ARRAY(a, struct rule, g->n_rules + 1);
  few.n_rules = g->n_rules;
  of.rules = &few;
  double *x = ARENA_ARRAY(a, double, p + 1);
  int *code = ARENA_ARRAY(a, int, q + 1);
  if (!m || !few.rules || !x || !code) return no_memory(e);
  for (int k = 0; k < g->n_rules; k++) few.rules[k] = spec->rules->rules[g->rule[k]];
  if (!mixed_init(m, a, &of, r->unit)) return no_memory(e);
  mixed_load(m, r);
  memcpy(m->x, whole->x, (size_t)p * sizeof *x);
  uint64_t *set = ARENA_ARRAY(a, uint64_t, m->words);
  if (!set) return no_memory(e);
  for (int j = 0; j < p + q; j++) bit_add(set, j);
  bool outside = false;
  for (int k = 0; k < g->n_items; k++) {
    const int j = g->item[k];
    bit_drop(set, j);
    outside = outside || (j < p && (m->x[j] < few.numeric.lower[j] - 1e-6 || m->x[j] > few.numeric.upper[j] + 1e-6));
  }
  if (g->n_rules == 0) return outside && g->n_items == 1 ? E_OK : ERR(e, E_LOCALISE_PROOF, .found = "a value within its bounds");
  for (int t = 0; t < whole->n_moves; t++) m->move[m->n_moves++] = whole->move[t];
  return mixed_check(m, set, x, code) == SET_NOT ? E_OK : ERR(e, E_LOCALISE_PROOF, .found = "an argument that other values would satisfy");
}
/* Is there something cheaper that meets all arguments? */
static bool cheaper_exists(const struct mixed *m, const struct mixed_proof *f, uint64_t *chosen, int64_t cost, int64_t most, int64_t *steps) {
  if (++*steps > 10000000) return true;
  if (cost >= most) return false;
  for (int k = 0; k < f->n_arguments; k++) {
    const struct mixed_argument *g = &f->argument[k];
    bool met = false;
    for (int t = 0; t < g->n_items + g->n_soft; t++)
      met = met || bit_has(chosen, t < g->n_items ? g->item[t] : m->soft_item[g->soft[t - g->n_items]]);
    if (met) continue;
    for (int t = 0; t < g->n_items + g->n_soft; t++) {
      const int j = t < g->n_items ? g->item[t] : m->soft_item[g->soft[t - g->n_items]];
      if (m->weight[j] >= LOCALISE_NEVER || !bit_has(m->hit.allowed, j)) continue;
      bit_add(chosen, j);
      const bool found = cheaper_exists(m, f, chosen, cost + m->weight[j], most, steps);
      bit_drop(chosen, j);
      if (found) return true;
    }
    return false;
  }
  return true;
}
enum err_code mixed_proof_check(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, const struct mixed_proof *f,
                                struct err *e) {
  struct mixed *m = ARENA_NEW(a, struct mixed);
  struct mixed_answer again = {.x = ARENA_ARRAY(a, double, spec->rules->numeric.p + 1), .code = ARENA_ARRAY(a, int, spec->rules->n_categories + 1)};
  const int n = f->answer.n_operations;
  int64_t cost = 0, steps = 0, price = 0;
  bool usable;
  if (!m || !again.x || !again.code || !mixed_init(m, a, spec, r->unit)) return no_memory(e);
  for (int t = 0; t < n; t++) price += llround(spec->operations[f->answer.operations[t]].weight * LOCALISE_SCALE);
  TRY(mixed_search(m, r, n ? f->answer.operations[0] : -1, n > 1 ? f->answer.operations[1] : -1, LOCALISE_NEVER - 1, &cost, &usable, &again, e));
  uint64_t *chosen = ARENA_ARRAY(a, uint64_t, m->words);
  if (!chosen) return no_memory(e);
  for (int k = 0; k < f->n_arguments; k++) TRY(check_argument(a, spec, r, m, &f->argument[k], e));
  const bool solved = f->answer.status == LOCALISE_SOLVED;
  const int64_t forced = solved ? cost - m->hit.best : 0, most = solved ? llround(f->answer.cost * LOCALISE_SCALE) - price - forced : LOCALISE_NEVER;
  if (cheaper_exists(m, f, chosen, 0, most, &steps)) return ERR(e, E_LOCALISE_PROOF, .found = "something cheaper meets all arguments");
  return E_OK;
}
/* --- in words --- */
static const char *item_name(const struct rule_set *s, int j) {
  return j < s->numeric.p ? s->numeric.names[j] : s->categories[j - s->numeric.p].name;
}
static void list_rules(const struct rule_set *s, const int *rule, int n, bool ja, struct strbuf *to) {
  for (int k = 0; k < n; k++) strbuf_addf(to, "%s%s", k ? (ja ? "、" : ", ") : "", s->rules[rule[k]].id);
}
static void list_items(const struct rule_set *s, const int *item, int n, bool ja, struct strbuf *to) {
  for (int k = 0; k < n; k++) strbuf_addf(to, "%s%s", k ? (ja ? "、" : ", ") : "", item_name(s, item[k]));
}
static void one_operation(const struct mixed_spec *spec, const struct operation *o, bool ja, struct strbuf *to) {
  const char *a = item_name(spec->rules, o->a), *b = o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE ? item_name(spec->rules, o->b) : "";
  switch (o->kind) {
    case OPERATION_SWAP: strbuf_addf(to, ja ? "  %sと%sの値が入れ替わっています\n" : "  the values of %s and %s are swapped\n", a, b); return;
    case OPERATION_DIVIDE:
      strbuf_addf(to, ja ? "  %sは単位の誤りです（%.10gで割ります）\n" : "  %s is in a wrong unit: divided by %.10g\n", a, o->factor);
      return;
    case OPERATION_SIGN: strbuf_addf(to, ja ? "  %sの符号が逆です\n" : "  the sign of %s is turned\n", a); return;
    case OPERATION_MOVE: strbuf_addf(to, ja ? "  %sの一部が%sに計上されています\n" : "  an amount is moved between %s and %s\n", a, b); return;
  }
}
enum err_code mixed_proof_print(const struct mixed_spec *spec, const struct mixed_proof *f, enum err_lang lang, struct strbuf *to, struct err *e) {
  const bool ja = lang == LANG_JA;
  const struct rule_set *s = spec->rules;
  const struct mixed_answer *c = &f->answer;
  if (c->status == LOCALISE_PASSED)
    strbuf_adds(to, ja ? "すべてのルールを満たしています\n" : "every rule holds\n");
  else if (c->status == LOCALISE_NO_SOLUTION)
    strbuf_adds(to, ja ? "変更できる項目をどう直しても、すべてのルールを満たせません\n"
                       : "no change of the items that may be changed makes every rule hold\n");
  else {
    strbuf_addf(to, ja ? "直す項目（%d 件、ウェイト計 %.10g）: " : "to be changed (%d, total weight %.10g): ", c->n_set, c->cost);
    list_items(s, c->set, c->n_set, ja, to);
    strbuf_addc(to, '\n');
  }
  for (int t = 0; t < c->n_operations; t++) one_operation(spec, &spec->operations[c->operations[t]], ja, to);
  if (c->n_paid) {
    strbuf_adds(to, ja ? "  満たさないまま認める注意ルール: " : "  soft rules left unmet: ");
    list_rules(s, c->paid, c->n_paid, ja, to);
    strbuf_addc(to, '\n');
  }
  for (int k = 0; k < f->n_arguments; k++) {
    const struct mixed_argument *g = &f->argument[k];
    strbuf_adds(to, "  ");
    if (g->n_rules == 0) strbuf_adds(to, ja ? "許容範囲" : "bounds");
    list_rules(s, g->rule, g->n_rules, ja, to);
    strbuf_adds(to, ja                ? " から、次の少なくとも一つを直す必要があります: "
                    : g->n_rules == 1 ? " shows that one of these must change: "
                                      : " show that one of these must change: ");
    list_items(s, g->item, g->n_items, ja, to);
    if (g->n_soft) {
      strbuf_adds(to, ja ? "（または注意ルールを認める: " : " (or a soft rule be left unmet: ");
      list_rules(s, g->soft, g->n_soft, ja, to);
      strbuf_adds(to, ja ? "）" : ")");
    }
    strbuf_addc(to, '\n');
  }
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "localisation proof") : E_OK;
}
