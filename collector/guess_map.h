/* guess_map.h -- which item of a known form each column of a guessed file holds.
 * Score    heading: 100 when it is the item's name, label or a layout's heading (NFKC, no spaces, no case), else what edit distance or containment
 *          leave; content: percent of up to 50 filled cells that the item reads without a problem. An exact heading scores 90 + content / 10, any
 *          other heading x 6/10 + content x 3/10. Equal headings first, then the best pair; ties go to the first column, then
 *          the first item; below 60 nothing is taken. More than 250,000 pairs of unlike headings are not compared.
 * Columns  without a proposal stay out of the layout on purpose: intake names them until a person maps or ignores them.
 * Memory   the caller's arena. Cost: columns x items, content only where the heading leaves a chance. */
#ifndef SHIRABE_COLLECTOR_GUESS_MAP_H
#define SHIRABE_COLLECTOR_GUESS_MAP_H
#include "collector/guess.h"

enum map_reason { MAP_NONE, MAP_EXACT, MAP_NEAR, MAP_PLACE };
struct guess_match {
  const struct item *item; /* NULL = no proposal */
  enum map_reason reason;
  int score, heading, content; /* percent; content -1 = nothing to read */
};
struct guess_mapping {
  const struct form *form;
  const char *record;
  struct guess_match *match; /* [n_columns] */
  int64_t n_matched;
  const struct item **missing; /* items of the record that no column holds, derived ones left out */
  int n_missing;
};
enum err_code guess_map(struct arena *a, const struct form *form, const struct guess *g, struct guess_mapping *out, struct err *e) NODISCARD;
#endif
