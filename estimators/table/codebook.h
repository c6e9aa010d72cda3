/* codebook.h -- everything that a reader of a printed table needs beside it, on one page: what it is and whether it may go out, what each code
 *    and each
 *    measure means, how it was estimated, marks and statuses with their numbers, notes and exceptions, weights, lineage, digest.
 * Words    of codes and items by the callbacks (the form's labels); without one the code stands alone, and the page says that no form was found.
 * Hidden   the page tells how many figures are hidden and why, and no figure at all, hidden or shown: codes, words and counts only.
 * Errors   E_NO_MEMORY. Memory: the buffer, scratch in the arena. Cost O(rows x (dimensions + measures)), sorting codes aside. */
#ifndef SHIRABE_ESTIMATORS_CODEBOOK_H
#define SHIRABE_ESTIMATORS_CODEBOOK_H
#include "estimators/table/chart/chart_result.h"
#include "estimators/table/page.h"
#include "estimators/table/result_read.h"

enum { CODEBOOK_CODES = 4000 }; /* of a dimension; the page says when there are more */
struct codebook_words {
  code_label_fn code;
  item_label_fn item;
  const void *context;
  bool found; /* a form was found */
};
enum err_code codebook_write(struct arena *a, const struct result_document *d, const struct result_table *t, const struct codebook_words *w,
    enum page_form form, enum err_lang lang, struct strbuf *to, struct err *e) NODISCARD;
#endif
