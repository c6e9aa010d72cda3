/* batch_records.h -- records of one form as canonical CSV inside a batch, and back (page: batch.md).
 * Form     UTF-8, LF, header = `_action` and the names of the reported items in items.csv order; derived items are computed again by the receiver.
 * Values   code text, decimal number, ISO date. Empty = blank. \N not applicable, \U unknown, \R refused, \I invalid at the office, \C:value corrected there;
 *          a text that begins with a backslash has it doubled. `_action` is A (add).
 * Bytes    the same records give the same bytes on any machine; the hash in the manifest is over them.
 * Errors   E_BATCH_RECORDS with file:line:column; nothing is returned then. */
#ifndef SHIRABE_COLLECTOR_BATCH_RECORDS_H
#define SHIRABE_COLLECTOR_BATCH_RECORDS_H
#include "base/table.h"
#include "forms/form.h"

enum err_code batch_records_write_header(const struct form *f, struct strbuf *out, struct err *e) NODISCARD;
enum err_code batch_records_write(const struct form *f, const struct table *t, struct strbuf *out, struct err *e) NODISCARD;
/* Reported items are filled, derived ones stay blank (collector/derive.h fills them). The table lives in arena a. */
enum err_code batch_records_read(struct arena *a, const struct form *f, const char *file, struct str csv, struct table *out, struct err *e) NODISCARD;
#endif
