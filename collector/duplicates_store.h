/* duplicates_store.h -- possible doubles among the records that a store has received: found, kept by number, decided by a person. Page:
 *          duplicates.md.
 * Kept     SQLite: pair number, tokens of the two records, office, period, shard and row, score, names of agreeing and differing items, the
 *          decision. No values.
 * Decided  "distinct": not listed again. "duplicate": a query to the owner of the second record; the record stays until its owner withdraws it.
 *          The reason is sealed. */
#ifndef SHIRABE_COLLECTOR_DUPLICATES_STORE_H
#define SHIRABE_COLLECTOR_DUPLICATES_STORE_H
#include "collector/duplicates.h"
#include "secure-store/store.h"

struct duplicates_request {
  const char *survey, *period, *form, *forms; /* form NULL = every form with a rule */
  int64_t earlier; /* periods before this one that its records are compared with */
  int threshold; /* tenths of a bit */
  bool show_values;
};
struct duplicate_side {
  const char *office, *period;
  int64_t shard, row; /* row from 1 */
};
struct duplicate_entry {
  int64_t number;
  const char *form, *agree, *differ, *decision; /* decision "" = open */
  struct duplicate_side side[2];
  int score;
  bool twice_same_key; /* the same municipality, year and number */
  const char *const *values[2]; /* per item of the rule, only when asked for; else NULL */
  const struct duplicate_rule *rule;
};
struct duplicates_report {
  int64_t records, compared, exempt, skipped, n;
  struct duplicate_entry *entries; /* open and decided ones, in order of number */
};
enum err_code duplicates_run(struct store *s, const struct duplicates_request *q, struct duplicates_report *out, struct err *e) NODISCARD;
/* decision "duplicate" or "distinct". *query_made: a query was made. */
enum err_code duplicates_decide(struct store *s, const char *survey, const char *period, const char *forms, int64_t number, const char *decision,
    const char *reason, int64_t days, bool *query_made, struct err *e) NODISCARD;
#endif
