/* operation_list.h -- the option `operations` of the step localise: what probably happened to a value, each with its weight (localise_mixed.h).
 * Form     `swap(a,b)=1.5; divide(c,1000)=1; sign(d)=2; move(a,b)=1`: names of number items, a factor above 1, weights from 0.000001 to 10^9 with at
 *          most 9 decimals. At most OPERATION_MAX.
 * Errors   E_JOB_OPERATION with the part that is wrong. Names are texts here: that they are items is for the step to say.
 * Memory   in the arena, bounded by OPERATION_MAX; the text itself is not kept.
 * Source   edit operations: Scholtus (2016), JOS 32:467-497. */
#ifndef SHIRABE_PROCESSING_JOB_OPERATION_LIST_H
#define SHIRABE_PROCESSING_JOB_OPERATION_LIST_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "processing/localise/localise_mixed.h"

enum { OPERATION_MAX = 256 };
struct named_operation {
  enum operation_kind kind;
  const char *a, *b; /* b NULL but for SWAP and MOVE */
  double factor, weight;
};
struct operation_list {
  int n;
  struct named_operation *list;
};
enum err_code operation_list_parse(struct arena *a, struct str text, struct operation_list *out, struct err *e) NODISCARD;
#endif
