/* repair.h -- the named rules by which intake reads a cell that is not written in canonical form.
 * Kinds    a notation is an accepted way of writing (2025/4/1, 令和7年4月1日): counted by rule. A repair changes what was written (width, lost zeros): counted, and
 *          recorded with its place; the text as it came stays in the sealed original.
 * Doubt    lost zeros that the check digit proves and 平成31年5月 are accepted by rule and can still be refused cell by cell.
 * Policy   a rule that cannot change a meaning is accepted by rule. One that could is only proposed: the cell stays invalid, what came and what it would become
 *          are sealed beside it, and a person accepts or refuses it (repair_fix.h), all of a rule at once or, where the rule proves nothing, cell by cell. */
#ifndef SHIRABE_COLLECTOR_REPAIR_H
#define SHIRABE_COLLECTOR_REPAIR_H
#include <stdbool.h>
#include <stdint.h>

enum repair_rule {
  REPAIR_NONE,
  REPAIR_WIDTH,              /* full-width digits, letters, signs -> half width */
  REPAIR_SPACES,             /* spaces around the value */
  REPAIR_APOSTROPHE,         /* Excel's leading apostrophe */
  REPAIR_SEPARATORS,         /* 1,234 -> 1234 */
  REPAIR_NEGATIVE_SIGN,      /* △ ▲ − -> - */
  REPAIR_UNIT,               /* the item's own unit after the number */
  REPAIR_ZERO_CHECK_DIGIT,   /* lost leading zero proved by the check digit */
  REPAIR_CODE_SPELLING,      /* letter case, ICD-10 dot */
  REPAIR_MIDNIGHT,           /* 2025/4/1 0:00 */
  REPAIR_HEISEI_31,          /* 平成31年5月 -> 令和元年5月 */
  REPAIR_NFC,                /* free text composed */
  REPAIR_CODE_OF_THE_DAY,    /* proposed: the one code in force on the day, through the change table */
  REPAIR_SERIAL_1900,        /* proposed: spreadsheet day number, 1900 system */
  REPAIR_SERIAL_1904,        /* proposed: the same, 1904 system */
  REPAIR_CHECK_DIGIT_ADDED,  /* proposed: five digits of a municipality code, as e-Stat writes it, with the digit that belongs to them */
  REPAIR_ZERO_IN_LIST,       /* proposed, cell by cell: with its zeros the code is in the list, but no check digit proves it */
  NOTATION_WESTERN_DATE,     /* 2025/4/1, 2025.4.1, 2025年4月1日 */
  NOTATION_COMPACT_DATE,     /* 20250401 */
  NOTATION_ERA_DATE,         /* R7.4.1, 令和7年4月1日 */
  NOTATION_ERA_DIGIT,        /* 5070401 with the form's era table */
  NOTATION_TIME_CODE,        /* 2025001012, a time code of e-Stat */
  NOTATION_PERIOD,           /* 令和7年度, 2025年12月 */
  NOTATION_SIGN,             /* another spelling of a declared sign: － for - */
  REPAIR_RULES,
};
#define RULE_BIT(rule) ((uint32_t)1 << (rule))

enum repair_state { REPAIR_ACCEPTED_BY_RULE, REPAIR_PROPOSED, REPAIR_ACCEPTED_BY_PERSON, REPAIR_REFUSED };

struct repair {
  int64_t line, cell; /* 1-based */
  int item;           /* index in the form */
  enum repair_rule rule;
  enum repair_state state;
};
enum repair_policy { POLICY_BY_RULE, POLICY_PROPOSED, POLICY_CELL_BY_CELL };
enum repair_policy repair_rule_policy(enum repair_rule r);
/* Accepted by rule, but stored beside the proposals so that it can be refused. */
static inline bool repair_rule_refusable(enum repair_rule r) { return r == REPAIR_HEISEI_31 || r == REPAIR_ZERO_CHECK_DIGIT; }
enum repair_rule repair_rule_find(const char *name); /* REPAIR_NONE when there is none */
const char *repair_state_text(enum repair_state s, bool japanese); /* "proposed", 提案 */
const char *repair_rule_name(enum repair_rule r); /* "lost-zero-check-digit" */
const char *repair_rule_text(enum repair_rule r, bool japanese);
bool repair_rule_is_notation(enum repair_rule r);
#endif
