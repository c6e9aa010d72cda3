/* rule_build.h -- the checks of a form as clauses over its items (rule_set.h), for finding the items in error and for analysing the rules.
 * Taken    sums, differences, multiples, comparisons, between, in, and or not if; abs, min, max and one ratio beside a comparison (a/b >= k is a -
 *          k b >= 0 where b > 0 is known from the item's minimum, else b <= 0 or a - k b >= 0, and the reverse for b < 0 where b may be below 0);
 *          any condition on one item with a code list (worked out for each code), also compared with a part of another code; days between dates;
 *          year(d), age(b, d) with one fixed date, round(x) and floor(x) against a constant (bounds of their argument, exact to the day); derived
 *          items by their expressions. A universe makes NOT universe OR rule.
 * Lists    open and long code lists (ICD-10) by classes: codes that no condition tells apart are one code of the category (rule_set.h).
 * Missing  missing(x), blank(x), na(x) ...: a category answer(x) of its own (there, blank, not applicable ...). Of a number beside another part of
 *          the clause that needs it: left out, that part is unknown anyway when x is missing. min and max beside a missing value: the clauses decide
 *          where the other value alone decides; the expression is unknown there.
 * Constants  prev(x), frame(x), items of the records above, counts and sums over child records and anything else without an item of the
 *          record: fixed variables (rule_set.parameter). A code of the register that this form's list lacks is one code more, "another".
 *          Items times such a constant are variables of their own (rule_set.product), also in a ratio compared with constants.
 * Numbers  coefficients are decimals kept exactly in 64 bits; divisions by constants multiply the rest. x < c is x <= c - step, step the smallest
 *          unit of the row.
 * Refused  what cannot be told so exactly: listed with the check and the reason, never ignored; edit_run still evaluates it. Soft checks
 *          become soft rules with the weight of checks.csv; without one, and checks for information, they are no rules and are listed too.
 * Errors   E_NO_MEMORY; E_RULES_TOO_MANY beyond LINEAR_MAX_VARIABLES items. Cost: once per form.
 * Source   clauses of mixed edits: de Waal, Pannekoek and Scholtus (2011), ch. 3 and 4; ratio edits: Winkler and Draper (1997). */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_BUILD_H
#define SHIRABE_PROCESSING_EDIT_RULE_BUILD_H
#include "forms/form.h"
#include "processing/edit/rule_set.h"

enum rule_refusal {
  RULE_USED,
  RULE_INFORMATION,
  RULE_NO_SUM,
  RULE_PRODUCT,
  RULE_RATIO,
  RULE_PRESENCE,
  RULE_TEXT,
  RULE_LONG_LIST,
  RULE_NUMBERS,
  RULE_TOO_LONG,
  RULE_AGGREGATE,
  RULE_CANCELS,
  RULE_GROUP,
  RULE_NO_WEIGHT
};
const char *rule_refusal_text(enum rule_refusal r, bool japanese);
struct rule_form {
  struct rule_set set;
  enum rule_refusal *refusal; /* [form->n_checks] RULE_USED: in the set, or of another record type */
  bool *other_record;         /* [form->n_checks] */
  int n_used, n_refused;
};
/* The checks of one record type; record NULL = all. */
enum err_code rule_build(struct arena *a, const struct form *form, const char *record, struct rule_form *out, struct err *e) NODISCARD;
#endif
