/* rule_set.h -- rules over numeric and categorical variables of one record in clause form: a rule holds when one of its atoms holds. IF A and B
 * THEN C is the clause (not A) or (not B) or C; a plain linear rule is a clause of one atom. Conjunctions become several rules of one check.
 * Atoms    linear: sum coef * x <= rhs or = rhs over the numeric variables; category: the variable's code is in a set. Negations are already
 *          carried out: not (a x <= b) is a x >= b + step where all decimals are declared (step = the smallest unit of the row), else it is marked
 *          strict.
 * Variables  numeric ones first (0 .. system.p-1, with their bounds and decimals), then categories (system.p + k): codes of a list, classes of
 *          codes of an open list, or whether an item has an answer (presence).
 * Fixed    parameter[j] not NULL: the variable is no item to be changed but a constant of the record (prev(x), frame(x), a sum over child records),
 *          computed by that expression; likewise category.parameter. Its name is the expression's canonical text.
 * Soft     weight > 0 and soft: violating it costs weight; hard rules have weight 0 and must hold.
 * Missing  three-valued: a clause is true when an atom is true, unknown when none is true and one is unknown, false otherwise.
 * Source   Fellegi and Holt (1976), JASA 71; de Waal, Pannekoek and Scholtus (2011), ch. 2 to 4. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_SET_H
#define SHIRABE_PROCESSING_EDIT_RULE_SET_H
#include "processing/edit/linear_edit.h"

struct expr;
struct expr_node;
enum { RULE_MAX_ATOMS = 32, RULE_MAX_CODES = 4096 };
/* Codes of a presence: there, blank, not applicable, unknown, refused, invalid, any other kind of missing. */
enum rule_presence { RULE_THERE, RULE_BLANK, RULE_NA, RULE_UNKNOWN, RULE_REFUSED, RULE_INVALID, RULE_OTHER, RULE_PRESENCE_CODES };
struct rule_category {
  const char *name;
  int n_codes;
  const struct str *codes; /* [n_codes] the valid ones, in the code list's order */
  const struct expr *parameter; /* NULL = an item */
  const char *item;             /* the item's name; of a constant its expression's text */
  bool presence;                /* whether the item has an answer: codes are RULE_PRESENCE_CODES */
  bool others;                  /* the last code stands for all texts that are none of the others: constants of the register */
  const struct rule_classes *classes; /* not NULL: codes are one example of each class of an open or long list */
};
/* Codes that no condition tells apart are one class. */
struct rule_classes {
  int n, words;
  const struct expr *const *x;             /* [n] the conditions, each a node of an expression over one code */
  const struct expr_node *const *node;     /* [n] */
  const uint64_t *truth;                   /* [n_codes * words] bit i: condition i holds for the class */
};
/* The truths of all conditions for this text, into [words]; false when one has none. */
bool rule_class_truths(const struct rule_classes *c, struct str text, uint64_t *out);
int rule_class_of(const struct rule_category *k, const uint64_t *truths); /* -1 = no class has these truths */
struct rule_atom {
  bool category, strict;
  struct linear_edit linear; /* when not category */
  int k;                     /* index into rule_set.categories */
  const uint64_t *set;       /* bit c: code c is in; (n_codes + 63) / 64 words */
  int condition;             /* of a category with classes: 1 + index of the condition, < 0 when it must not hold; used while building */
};
struct rule {
  const char *id;            /* the check's id; several rules may share it */
  int check;                 /* index in the form's checks, -1 = of no form */
  int n_atoms, n_if;         /* the first n_if atoms are the negated condition of an IF */
  struct rule_atom *atoms;
  bool soft;
  double weight;
};
/* A variable that is an item (or constant) times a constant of the record: x times by, as variables; x = -1 = no product. Whoever changes x in a
 * record has its coefficient there: coef * the value of by. */
struct rule_product {
  int x, by;
};
struct rule_set {
  const struct rule_product *product; /* [numeric.p]; NULL = there are none */
  struct linear_system numeric; /* names, bounds, decimals; its edits are unused */
  const struct expr **parameter; /* [numeric.p]; NULL entry = an item; the array itself may be NULL: all are items */
  int n_categories, n_rules;
  struct rule_category *categories;
  struct rule *rules;
};
#endif
