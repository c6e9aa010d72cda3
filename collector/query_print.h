/* query_print.h -- the open queries of one office on paper (A4, HTML or plain text): deadline, record by its key, item and label, question in
 *          both languages, room
 * for a handwritten answer. What is printed leaves the store in clear: the caller writes an access log entry first. */
#ifndef SHIRABE_COLLECTOR_QUERY_PRINT_H
#define SHIRABE_COLLECTOR_QUERY_PRINT_H
#include "base/str.h"
#include "collector/query.h"
#include "forms/form.h"

struct query_sheet {
  const char *owner, *asker, *printed; /* printed: ISO date */
  int64_t n;
  const struct query_entry *const *entries;
  const struct query_part *const *questions;
  const struct form *const *forms; /* per query, for labels */
};
void query_print_html(const struct query_sheet *s, struct strbuf *out);
void query_print_text(const struct query_sheet *s, struct strbuf *out);
#endif
