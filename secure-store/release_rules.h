/* release_rules.h -- machine-readability of a CSV table, rule by rule (levels 1 to 3 of the rules of 2026-03-31; ids, severities and what to do in
 * collector/readable/readable_rules.def). Rules that no program can judge are reported as "for a person", never as passed.
 * The wide form of a table is exempt from L3-09. Pure: bytes in, verdicts out. */
#ifndef SHIRABE_SECURE_STORE_RELEASE_RULES_H
#define SHIRABE_SECURE_STORE_RELEASE_RULES_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum rule_verdict { RULE_PASSED, RULE_FAILED, RULE_FOR_A_PERSON, RULE_NOT_APPLICABLE };
struct rule_result {
  const char *id; /* "L1-04" */
  enum rule_verdict verdict;
  int64_t line, column; /* of the first breach */
  const char *what_en, *what_ja;
};
enum { RELEASE_RULES = 30 };
struct rule_input {
  const char *name;
  struct str csv;
  bool wide;
  struct str codes_csv, columns_csv; /* the bundle's code table and column table: table,column,... */
  const char *table;                 /* id in those tables */
};
/* out has RELEASE_RULES entries, in rule order. */
enum err_code release_rules(struct arena *a, const struct rule_input *in, struct rule_result out[RELEASE_RULES], struct err *e) NODISCARD;
#endif
