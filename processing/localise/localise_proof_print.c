/* The certificate in words. Ids of edits as their author wrote them; names of variables as in the edits. */
#include <math.h>

#include "processing/localise/localise_proof.h"

static void names(const struct linear_system *s, const int *var, int n, bool ja, struct strbuf *to) {
  for (int k = 0; k < n; k++) {
    if (k) strbuf_adds(to, ja ? "、" : ", ");
    strbuf_adds(to, s->names[var[k]]);
  }
}
static void one_row(const struct linear_system *s, int row, double y, bool ja, struct strbuf *to) {
  if (row < s->m) {
    strbuf_adds(to, s->edits[row].id);
    return;
  }
  const int j = row - s->m;
  strbuf_addf(to, ja ? "（%s %s %.15g）" : "(%s %s %.15g)", s->names[j], y > 0 ? "<=" : ">=", y > 0 ? s->upper[j] : s->lower[j]);
}
/* "C1 + C4 - 2 x C7" */
static void combination(const struct linear_system *s, const struct localise_argument *g, bool ja, struct strbuf *to) {
  for (int k = 0; k < g->n_y; k++) {
    /* A bound from below is named as it is read, x >= b, and counts positively. */
    const double y = g->row[k] < s->m ? g->y[k] : fabs(g->y[k]);
    if (k || (y < 0 && g->n_y > 1)) strbuf_adds(to, y < 0 ? (k ? " - " : "-") : " + ");
    if (fabs(y) != 1) strbuf_addf(to, ja ? "%.6g×" : "%.6g x ", fabs(y));
    one_row(s, g->row[k], g->y[k], ja, to);
  }
}
static void argument(const struct linear_system *s, const struct localise_argument *g, bool ja, bool values, struct strbuf *to) {
  strbuf_adds(to, "  ");
  combination(s, g, ja, to);
  strbuf_adds(to, ja            ? (g->n_y == 1 ? " が成り立っていません" : " から導かれる条件が成り立っていません")
                  : g->n_y == 1 ? " does not hold"
                                : " gives a rule that does not hold");
  if (values) strbuf_addf(to, ja ? "（超過 %.10g）" : " (by %.10g)", g->excess);
  if (g->n_support == 0)
    strbuf_adds(to, ja ? "。どの値を直しても成り立ちません" : ", whatever is changed");
  else {
    strbuf_adds(to, ja ? "。少なくとも一つを直す必要があります: " : g->n_support == 1 ? "; this must change: " : "; one of these must change: ");
    names(s, g->support, g->n_support, ja, to);
  }
  strbuf_addc(to, '\n');
}
static void head(const struct linear_system *s, const struct localise_proof *f, bool ja, struct strbuf *to) {
  const struct localise_case *c = &f->answer;
  if (c->status == LOCALISE_NO_SOLUTION) {
    strbuf_adds(to, ja ? "変更できる項目をどう直しても、すべてのルールを満たせません\n"
                       : "no change of the items that may be changed makes every rule hold\n");
    return;
  }
  strbuf_addf(to, ja ? "直す項目（%d 件、ウェイト計 %.10g）: " : "to be changed (%d, total weight %.10g): ", c->n_set, c->cost);
  names(s, c->set, c->n_set, ja, to);
  strbuf_addc(to, '\n');
  for (int j = 0, n = 0; j < s->p; j++) {
    if (!f->forced[j]) continue;
    strbuf_adds(to, n++ ? (ja ? "、" : ", ") : ja ? "  欠測または要修正とされた項目: " : "  missing or marked to be changed: ");
    strbuf_adds(to, s->names[j]);
    bool last = true;
    for (int k = j + 1; k < s->p; k++) last = last && !f->forced[k];
    if (last) strbuf_addc(to, '\n');
  }
}
static bool equal_weights(const struct localise_proof *f, int p) {
  double one = 0;
  for (int j = 0; j < p; j++) {
    if (!isfinite(f->weight[j])) continue;
    if (one == 0) one = f->weight[j];
    if (f->weight[j] != one) return false;
  }
  return true;
}
/* What the arguments together prove. */
static void conclusion(const struct linear_system *s, const struct localise_proof *f, bool ja, struct strbuf *to) {
  const int n = f->answer.n_set;
  if (f->n_arguments == 0) return;
  strbuf_adds(to, "  ");
  for (int k = 0; k < f->n_arguments; k++) {
    if (k) strbuf_adds(to, ja ? "、" : k + 1 == f->n_arguments ? " and " : ", ");
    combination(s, &f->argument[k], ja, to);
  }
  const bool one = f->n_arguments == 1 && f->argument[0].n_y == 1;
  if (!equal_weights(f, s->p))
    strbuf_addf(to,
                ja    ? " により、ウェイト計が %.10g 未満の修正では足りないことが証明されます\n"
                : one ? " proves that no change of total weight below %.10g is enough\n"
                      : " prove that no change of total weight below %.10g is enough\n",
                f->answer.cost);
  else if (n == 1)
    strbuf_adds(to, ja    ? " により、修正なしでは足りないことが証明されます\n"
                    : one ? " proves that something must be changed\n"
                          : " prove that something must be changed\n");
  else if (n == 2)
    strbuf_adds(to, ja    ? " により、どの1項目だけを直しても足りないことが証明されます\n"
                    : one ? " proves that changing any one item is not enough\n"
                          : " prove that changing any one item is not enough\n");
  else
    strbuf_addf(to,
                ja    ? " により、どの%d項目を直しても足りないことが証明されます\n"
                : one ? " proves that changing any %d items is not enough\n"
                      : " prove that changing any %d items is not enough\n",
                n - 1);
}
enum err_code localise_proof_print(const struct linear_system *s, const struct localise_proof *f, enum err_lang lang, bool values, struct strbuf *to,
                                   struct err *e) {
  const bool ja = lang == LANG_JA;
  if (f->answer.status == LOCALISE_PASSED)
    strbuf_adds(to, ja ? "すべてのルールを満たしています\n" : "every rule holds\n");
  else {
    head(s, f, ja, to);
    for (int k = 0; k < f->n_arguments; k++) argument(s, &f->argument[k], ja, values, to);
    if (f->answer.status == LOCALISE_SOLVED) conclusion(s, f, ja, to);
    if (values && f->answer.status == LOCALISE_SOLVED) {
      strbuf_adds(to, ja ? "  次の値ならすべてのルールを満たします: " : "  with these values every rule holds: ");
      for (int k = 0; k < f->answer.n_set; k++) strbuf_addf(to, "%s%s = %.15g", k ? ", " : "", s->names[f->answer.set[k]], f->answer.witness[k]);
      strbuf_addc(to, '\n');
    }
  }
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "localisation proof") : E_OK;
}
