/* duplicates.h -- possible doubles: two records of one event, from different files or offices. Pairs with reasons and scores; nothing is ever
 *          removed.
 * Blocking records are compared when they agree in all items of a block (duplicates.md); sorted, so the cost is n log n plus the pairs inside
 *          blocks. A block
 *          of more than DUPLICATE_BLOCK records is not compared: E_DUPLICATE_BLOCK names it, once per block rule with the number of records.
 * Score    sum over the items of points in tenths of a bit: log2(m/u) when they agree, log2((1-m)/(1-u)) when not, 0 when one is missing. m =
 *          chance that two
 *          records of one event agree, u = that records of two events do. Both stand in the table, the points are computed from them in the tests.
 * Twins    both records say "more than one child" and their orders in the set differ: no pair (vital.md G06; OpenCRVS exempts them too).
 * Shapes   tables of one form, rows are records; current[t]: the table belongs to the period asked about, and a pair has at least one such record.
 * Memory   one int64 per item and record, one sorted index; pairs that reach the threshold. Same pairs in the same order whatever the order
 *          within a block.
 * Source   Fellegi, I. P. and Sunter, A. B. (1969), A theory for record linkage, JASA 64. */
#ifndef SHIRABE_COLLECTOR_DUPLICATES_H
#define SHIRABE_COLLECTOR_DUPLICATES_H
#include "base/arena.h"
#include "base/err.h"
#include "base/job.h"
#include "base/table.h"

enum { DUPLICATE_ITEMS = 12, DUPLICATE_BLOCKS = 4, DUPLICATE_BLOCK_ITEMS = 4, DUPLICATE_BLOCK = 2000, DUPLICATE_SCORE = 200 };
struct duplicate_item {
  const char *item;
  int m, u; /* per 10,000 */
  int agree, disagree; /* tenths of a bit */
};
struct duplicate_block {
  const char *name;
  int n, items[DUPLICATE_BLOCK_ITEMS]; /* indices into items */
};
struct duplicate_rule {
  const char *survey, *form;
  int n_items;
  struct duplicate_item items[DUPLICATE_ITEMS];
  int n_blocks;
  struct duplicate_block blocks[DUPLICATE_BLOCKS];
  const char *plurality, *single, *order; /* NULL = the form knows no twins */
};
const struct duplicate_rule *duplicate_rule_of(const char *survey, const char *form); /* NULL = none */
const struct duplicate_rule *duplicate_rule_at(int i); /* NULL at the end */

struct duplicate_pair {
  int table[2];
  int64_t row[2];
  int score; /* tenths of a bit */
  uint32_t agree, differ; /* bit k: item k of the rule; neither: missing in one of them */
  bool exempt; /* twins: counted, not among the pairs given back */
};
struct duplicates_found {
  int64_t n_records, n_compared, n_exempt, n_skipped; /* skipped: records of blocks that were too large */
  int64_t n_pairs;
  struct duplicate_pair *pairs; /* by first, then second record */
};
enum err_code duplicates_find(const struct job *job, struct arena *a, const struct duplicate_rule *rule, const struct table *tables,
    const bool *current, int n_tables, int threshold, struct duplicates_found *out, struct err *e) NODISCARD;
#endif
