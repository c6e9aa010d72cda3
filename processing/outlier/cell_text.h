/* cell_text.h -- figures of published cells as text: "sales/E;1 = 12.5 | sales/E;2 = 40": item, class, number above 0, joined by |; or of classes
 *    alone: "E;1 = 12.5 | E;2 = 40". The class is the text of the by-group (its codes joined by ;) and may hold / and =; the number stands behind
 *    the last =.
 * Errors   E_SELECTIVE_TEXT names the entry by its number; the same item and class twice is one. At most CELL_MAX_VALUES entries. */
#ifndef SHIRABE_PROCESSING_OUTLIER_CELL_TEXT_H
#define SHIRABE_PROCESSING_OUTLIER_CELL_TEXT_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CELL_MAX_VALUES = 4096 };
struct cell_value { /* views into the text */
  struct str item, class_;
  double value;
};
enum err_code cell_values_parse(struct arena *a, struct str text, bool with_item, struct cell_value **out, int *n, struct err *e) NODISCARD;
#endif
