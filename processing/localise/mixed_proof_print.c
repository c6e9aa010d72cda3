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
