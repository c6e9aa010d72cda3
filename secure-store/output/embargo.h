/* embargo.h -- results of a survey have a date and time of release; nobody sees them before who does not prepare the release (Statistics Act art.
 * 58).
 * Row      "embargo:SURVEY/PERIOD", set by the chief; in the open, because the date is announced. It can be moved, not into the past.
 * Reading  before it: officers with role chief, manager or reviewer, who prepare the release; refused for everybody else, above all for those whose
 *          only
 *          role is tabulation, and when nobody has signed in. A store without officers has one person, who may.
 * Release  before it: nobody.
 * Clock    guarded (rights/clock.h): a clock put ahead opens nothing, E_CLOCK_JUMP.
 * Leaf     each refusal one leaf "output-block" with object "embargo:SURVEY/PERIOD" and basis E_EMBARGO.
 * Errors   E_EMBARGO, E_EMBARGO_DATE, E_CLOCK_*. */
#ifndef SHIRABE_SECURE_STORE_OUTPUT_EMBARGO_H
#define SHIRABE_SECURE_STORE_OUTPUT_EMBARGO_H
#include "secure-store/disposal/act.h"

struct embargo {
  int64_t at; /* UNIX seconds */
  char note[ACT_TEXT_BYTES], period[24], survey[64];
};
extern const struct row_format embargo_format;
bool embargo_time(const char *text, int64_t *out); /* 2026-02-27T08:30:00+09:00, or UTC with Z */
enum err_code embargo_set(struct store *s, const struct embargo *m, const struct act_by *by, struct err *e) NODISCARD;
/* *found = false: no date is set. */
enum err_code embargo_find(struct store *s, const char *survey, const char *period, struct embargo *out, bool *found, struct err *e) NODISCARD;
/* officer: who reads, "" = nobody signed in. */
enum err_code embargo_read(struct store *s, const char *survey, const char *period, const char *officer, struct err *e) NODISCARD;
enum err_code embargo_release(struct store *s, const char *survey, const char *period, struct err *e) NODISCARD;
/* The same for each survey/form/period of a list of patterns as in a grant; a "*" as survey or period stands for every date that is set. */
enum err_code embargo_read_datasets(struct store *s, const char *patterns, const char *officer, struct err *e) NODISCARD;
enum err_code embargo_release_datasets(struct store *s, const char *patterns, struct err *e) NODISCARD;
#endif
