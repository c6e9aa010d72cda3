/* The certificate in words. Ids of rules as their author wrote them; names of items, no values. */
#include <math.h>

#include "processing/localise/mixed_proof.h"

static const char *item_name(const struct rule_set *s, int j) {
  return j < s->numeric.p ? s->numeric.names[j] : s->categories[j - s->numeric.p].name;
}
static void list_rules(const struct rule_set *s, const int *rule, int n, bool ja, struct strbuf *to) {
  for (int k = 0; k < n; k++) strbuf_addf(to, "%s%s", k ? (ja ? "、" : ", ") : "", s->rules[rule[k]].id);
}
static void list_items(const struct rule_set *s, const int *item, int n, bool ja, struct strbuf *to) {
  for (int k = 0; k < n; k++) {
    const bool presence = item[k] >= s->numeric.p && s->categories[item[k] - s->numeric.p].presence;
    const char *name = presence ? s->categories[item[k] - s->numeric.p].item : item_name(s, item[k]);
    strbuf_addf(to, presence ? (ja ? "%s%sの回答の有無" : "%swhether %s has an answer") : "%s%s", k ? (ja ? "、" : ", ") : "", name);
  }
}
/* --- the tree: a line per branch that ends --- */
struct path { /* whole steps taken on the way to a branch's end */
  const struct path *up;
  int variable;
  double at;
  bool below;
};
struct told {
  const struct mixed_spec *spec;
  const struct mixed_proof *proof;
  const struct mixed_argument *argument;
  bool ja;
  struct strbuf *to;
};
static double step_of(const struct rule_set *s, int j) {
  double unit = 1;
  for (int k = 0; k < s->numeric.decimals[j]; k++) unit *= 10;
  return 1 / unit;
}
static void conditions(const struct told *t, const struct path *path) {
  if (path->up) {
    conditions(t, path->up);
    strbuf_adds(t->to, t->ja ? "、" : ", ");
  }
  strbuf_addf(t->to, "%s %s %.10g", item_name(t->spec->rules, path->variable), path->below ? "<=" : ">=", path->at);
}
static void begin(const struct told *t, const struct path *path) {
  strbuf_adds(t->to, "    ");
  if (!path) return;
  conditions(t, path);
  strbuf_adds(t->to, t->ja ? " のとき: " : ": ");
}
/* An alternative is named by its rule, with its number where the rule has several. */
static void alternative(const struct told *t, int rule, int atom) {
  if (rule < 0) {
    const struct operation *o = &t->spec->operations[t->proof->answer.operations[atom]];
    strbuf_addf(t->to, t->ja ? "（%s+%sは一定）" : "(%s + %s kept)", item_name(t->spec->rules, o->a), item_name(t->spec->rules, o->b));
    return;
  }
  strbuf_adds(t->to, t->spec->rules->rules[rule].id);
  if (t->spec->rules->rules[rule].n_atoms > 1) strbuf_addf(t->to, "/%d", atom + 1);
}
/* "C1 + C4 - 2 x C7" */
static void combination(const struct told *t, const struct proof_node *node) {
  for (int k = 0; k < node->n; k++) {
    const double y = node->term[k].y;
    if (k || y < 0) strbuf_adds(t->to, y < 0 ? (k ? " - " : "-") : " + ");
    if (fabs(y) != 1) strbuf_addf(t->to, t->ja ? "%.6g×" : "%.6g x ", fabs(y));
    alternative(t, node->term[k].rule, node->term[k].atom);
  }
}
static void branches(const struct told *t, int at, const struct path *path) {
  const struct proof_node *node = &t->argument->node[at];
  if (node->kind == PROOF_FARKAS) {
    begin(t, path);
    combination(t, node);
    strbuf_adds(t->to, t->ja ? " は成り立ちません\n" : " cannot hold\n");
    return;
  }
  if (node->kind == PROOF_WHOLE) {
    struct path low = {.up = path, .variable = node->variable, .at = node->value, .below = true}, high = low;
    high.at = node->value + step_of(t->spec->rules, node->variable);
    high.below = false;
    for (int k = 0; k < 2; k++)
      if (node->child[k] >= 0) branches(t, node->child[k], k ? &high : &low);
    return;
  }
  int followed = 0;
  for (int k = 0; k < node->n; k++) followed += node->child[k] >= 0;
  if (followed == 0 && at > 0) {
    begin(t, path);
    strbuf_adds(t->to, t->spec->rules->rules[node->rule].id);
    strbuf_adds(t->to, t->ja ? " を満たす余地がありません\n" : " has no alternative left\n");
  }
  for (int k = 0; k < node->n; k++) {
    if (node->child[k] >= 0) branches(t, node->child[k], path);
    if (node->child[k] >= 0 || followed == 0) continue;
    begin(t, path);
    alternative(t, node->rule, k);
    strbuf_adds(t->to, t->ja ? " は報告値では成り立ちません\n" : " is excluded by the reported values\n");
  }
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
    if (g->n_nodes) branches(&(struct told){.spec = spec, .proof = f, .argument = g, .ja = ja, .to = to}, 0, NULL);
  }
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "localisation proof") : E_OK;
}
