/* rule_build_impl.h -- what rule_build.c (truths -> clauses) and rule_linear.c (numbers -> linear forms) share. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_BUILD_IMPL_H
#define SHIRABE_PROCESSING_EDIT_RULE_BUILD_IMPL_H
#include "base/expr_impl.h"
#include "processing/edit/rule_build.h"

enum { LIN_MAX_TERMS = 64, CNF_MAX_CLAUSES = 64, MAX_CATEGORIES = 1024 };
struct lin { /* (sum num[k] x[var[k]] + constant) / (10^decimals * den), den > 0 */
  int n, decimals;
  int var[LIN_MAX_TERMS];
  int64_t num[LIN_MAX_TERMS], constant, den;
};
struct builder {
  struct arena *a, *scratch; /* scratch: clauses of the check being read */
  const struct form *form;
  struct rule_form *out;
  const struct expr *x;      /* the expression being read: its nodes' slots are its own */
  int depth;                 /* of derived items within derived items */
  enum rule_refusal refusal; /* why the last step failed */
  bool no_memory;
};
/* False with b->refusal or b->no_memory set. */
bool lin_of(struct builder *b, const struct expr_node *n, struct lin *out);
bool lin_subtract(struct builder *b, const struct lin *p, const struct lin *q, struct lin *out); /* times a positive number */
bool lin_scale(struct builder *b, struct lin *p, int64_t num, int decimals, int64_t den);
bool lin_edit(struct builder *b, const struct lin *p, enum linear_op op, bool strict, struct rule_atom *out); /* p <= 0, p < 0 or p = 0 */
bool refuse(struct builder *b, enum rule_refusal why);
/* Does the node read an item of the current record? */
bool reads_current(const struct builder *b, const struct expr_node *n);
/* The node as an expression of its own, and its text. */
const struct expr *own_expression(struct builder *b, const struct expr_node *n, const char **name);
int category_of(struct builder *b, const struct expr_node *n); /* index, or -1 with the refusal */
#endif
