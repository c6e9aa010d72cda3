/* rule_build_impl.h -- what rule_build.c (truths -> clauses), rule_linear.c (numbers -> linear forms), rule_code.c (codes), rule_class.c (open
 * lists), rule_presence.c (is there an answer) and rule_threshold.c (year, age, round) share. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_BUILD_IMPL_H
#define SHIRABE_PROCESSING_EDIT_RULE_BUILD_IMPL_H
#include "base/expr_impl.h"
#include "processing/edit/rule_build.h"

enum { LIN_MAX_TERMS = 64, CNF_MAX_CLAUSES = 64, MAX_CATEGORIES = 1024, MAX_CLASS_ITEMS = 16 };
struct lin { /* (sum num[k] x[var[k]] + constant) / (10^decimals * den), den > 0 */
  int n, decimals;
  int var[LIN_MAX_TERMS];
  int64_t num[LIN_MAX_TERMS], constant, den;
};
struct class_build { /* the conditions on an item of an open or long list */
  const struct item *item;
  int k, n; /* its category; conditions */
  const struct expr **x;
  const struct expr_node **node;
};
struct builder {
  struct arena *a, *scratch; /* scratch: clauses of the check being read */
  const struct form *form;
  const char *record;        /* the record type whose items are variables; items above it are constants; NULL = all are */
  struct rule_form *out;
  const struct expr *x;      /* the expression being read: its nodes' slots are its own */
  int depth;                 /* of derived items within derived items */
  enum rule_refusal refusal; /* why the last step failed */
  bool no_memory;
  struct rule_product *product; /* [LINEAR_MAX_VARIABLES] */
  int n_classes;
  struct class_build classes[MAX_CLASS_ITEMS];
};
struct part { /* an atom, or missing(x), blank(x) ... of an item or constant */
  const struct rule_atom *atom;
  const struct expr_node *asks; /* when there is no atom */
  const struct expr *asks_in;
  const char *name; /* of what is asked for */
};
struct clause {
  int n, n_if;
  struct part part[RULE_MAX_ATOMS];
};
struct cnf {
  int n;
  struct clause *clause; /* [CNF_MAX_CLAUSES] */
};
/* False with b->refusal or b->no_memory set. */
bool lin_of(struct builder *b, const struct expr_node *n, struct lin *out);
bool lin_subtract(struct builder *b, const struct lin *p, const struct lin *q, struct lin *out); /* times a positive number */
bool lin_product(struct builder *b, const struct lin *p, const struct lin *q, struct lin *out); /* items times constants of the record */
bool lin_scale(struct builder *b, struct lin *p, int64_t num, int decimals, int64_t den);
bool lin_edit(struct builder *b, const struct lin *p, enum linear_op op, bool strict, struct rule_atom *out); /* p <= 0, p < 0 or p = 0 */
bool refuse(struct builder *b, enum rule_refusal why);
/* Is the item one of a record above? */
static inline bool is_above(const struct builder *b, const struct item *it) {
  return b->record && b->form->n_records > 1 && !form_holds(b->form, b->record, it);
}
/* Does the node read an item of the current record? */
bool reads_current(const struct builder *b, const struct expr_node *n);
/* The node as an expression of its own, and its text. */
const struct expr *own_expression(struct builder *b, const struct expr_node *n, const char **name);
int category_of(struct builder *b, const struct expr_node *n); /* index, or -1 with the refusal */
bool cnf_init(struct builder *b, struct cnf *c);
bool cnf_one(struct builder *b, const struct part *parts, int n, struct cnf *out);
/* A condition on one code item, worked out for each code; two code items that are equal or not. */
bool code_truth(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out);
bool same_code(struct builder *b, const struct expr_node *l, const struct expr_node *r, bool equal, struct cnf *out);
bool set_part(struct builder *b, int k, const uint64_t *set, struct part *out);
int add_category(struct builder *b, const struct rule_category *k); /* index, or -1 */
bool ordinary_list(const struct codelist *l); /* closed and short */
/* --- rule_class.c --- */
/* A condition on an item of an open or long list: its atom's set is settled by close_classes(), when all conditions are known. */
bool class_truth(struct builder *b, const struct item *it, const struct expr_node *n, bool holds, struct cnf *out);
bool close_classes(struct builder *b);
/* --- rule_presence.c --- */
bool presence(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out);
/* missing(x) of a number beside a part of the clause that needs it goes: that part is unknown anyway. Else it becomes an atom of its own. */
bool settle_missing(struct builder *b, struct clause *c);
/* --- rule_threshold.c --- */
/* year(d), age(b, d) with one fixed date, round(x), floor(x) against a constant: bounds of their argument. */
bool is_threshold(const struct expr_node *n);
bool compare_threshold(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out);
bool lin_truth(struct builder *b, const struct lin *p, enum expr_kind op, struct cnf *out); /* p op 0 */
bool cnf_constant(struct builder *b, bool value, struct cnf *out);
#endif
