/* batch_records.h -- records of one form as canonical CSV inside a batch, and back (page: batch.md).
 * Form     UTF-8, LF, header = `_action` and the names of the reported items in items.csv order; derived items are computed again by the receiver.
 *          Where corrections are among the records, `_base` and `_reason` stand behind `_action`.
 * Values   code text, decimal number, ISO date. Empty = blank. \N not applicable, \U unknown, \R refused, \I invalid at the office, \C:value corrected there;
 *          a text that begins with a backslash has it doubled. `_action` is A (add), R (replace: `_base` is the
 *          token of the version replaced) or W (withdraw: `_base`, `_reason`, only the keys filled).
 * Types    a form of several record types has all its items in the header; a row fills those of its own type, known by its keys. It is read into a
 *          table per type. Rows of a correction are counted over the tables in the order of the form's types.
 * Bytes    the same records give the same bytes on any machine; the hash in the manifest is over them.
 * Errors   E_BATCH_RECORDS with file:line:column; nothing is returned then. */
#ifndef SHIRABE_COLLECTOR_BATCH_RECORDS_H
#define SHIRABE_COLLECTOR_BATCH_RECORDS_H
#include "base/table.h"
#include "collector/record_version.h"
#include "forms/form.h"

enum err_code batch_records_write_header(const struct form *f, bool with_changes, struct strbuf *out, struct err *e) NODISCARD;
/* changes NULL: the header has no `_base`. */
enum err_code batch_records_write(const struct form *f, const struct table *t, const struct record_changes *changes, struct strbuf *out,
                                  struct err *e) NODISCARD;
/* SHA-256 of a row's cells as they stand in the file, without the columns before them: the content of a version. */
enum err_code batch_record_content(const struct form *f, const struct table *t, int64_t row, struct strbuf *scratch, uint8_t out[32],
                                   struct err *e) NODISCARD;
/* Bytes that the table of these records takes at most, told before any is asked for. */
uint64_t batch_records_memory(const struct form *f, struct str csv);
/* Reported items are filled, derived ones stay blank (collector/derive.h fills them). tables: [f->n_records], by type. They live in arena a;
 * changes too. */
enum err_code batch_records_read(struct arena *a, const struct form *f, const char *file, struct str csv, struct table *tables,
                                 struct record_changes *changes, struct err *e) NODISCARD;
#endif
