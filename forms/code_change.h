/* code_change.h -- what became of a code: the change table of a shared list (codelists/changes/LIST.csv) and the codes in force on a day.
 * Table    code,date,successor,kind: from `date` on `successor` covers (part of) what `code` covered; a code that ended has a row on the day after
 * its last. Follow   a code that had ended by a day leads forward, over several events, to the codes in force on that day; one not yet begun leads
 * back to the codes in force before it. One answer is what the code means; several (a split, the towns before a merger) are for a person to choose
 * from, never to guess. Missing  a list without a table: *out is NULL. A code without a row: complete = false. Errors   E_CODE_CHANGES with file,
 * line and column. Memory   the caller's arena. Cost: a binary search per event. Source   e-Stat 廃置分合等情報 for municipalities;
 * forms/codelists/SOURCES.md. */
#ifndef SHIRABE_FORMS_CODE_CHANGE_H
#define SHIRABE_FORMS_CODE_CHANGE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "forms/form.h"

struct code_change {
  struct str code, successor, kind;
  int64_t day;
};
struct code_changes {
  const char *file;
  struct code_change *changes;             /* by code, day, successor */
  const struct code_change **by_successor; /* the same, by successor, day, code */
  int64_t n;
};
enum err_code code_changes_read(struct arena *a, const struct codelist *l, const struct code_changes **out, struct err *e) NODISCARD;
/* The table of a text; `file` for messages. */
enum err_code code_changes_parse(struct arena *a, const struct codelist *l, const char *file, struct str text, const struct code_changes **out,
                                 struct err *e) NODISCARD;

enum { CODE_FOLLOW_MAX = 32 };
struct code_followed {
  const struct code *codes[CODE_FOLLOW_MAX]; /* in force on the day, by code */
  int n;                                     /* at most CODE_FOLLOW_MAX; more sets complete = false */
  bool earlier;                              /* the code had not begun: these came before it */
  bool complete;                             /* every way led to a code in force */
};
/* n = 0 when the list does not know the code, or nothing is known of what became of it. A code in force on the day gives itself. */
void code_follow(const struct codelist *l, const struct code_changes *changes, struct str code, int64_t day, struct code_followed *out);
#endif
