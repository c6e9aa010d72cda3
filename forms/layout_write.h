/* layout_write.h -- records of a table in a layout of their form (form.json "layouts"): the files that researchers and other offices get.
 * Pure     it appends to a buffer and opens nothing: clear text leaves an office only through the door, which calls this.
 * What     exactly the layout's items in the layout's order. Names, keys and links are never in it unless the layout lists them.
 * csv      RFC 4180, LF; a row of headings when the layout has one. Codes as they are, numbers in decimal digits, dates YYYY-MM-DD.
 * fixed    item at byte `position` of width `bytes`, LF. Codes and texts stand left, filled with blanks; numbers stand right, filled with zeros (the sign
 *          first); a date of 8 bytes is YYYYMMDD. Bytes that no item holds are blanks. Widths count UTF-8 bytes.
 * Missing  a status is written as the item's own `missing` text, else as the code of its list with that status, else as the layout's `missing` text (a
 *          single letter fills the width: V, VV). Of several own texts the one as wide as the item, else the first. Without any, blank and not
 *          applicable are the empty cell; another status is E_LAYOUT_MISSING. An invalid value has no text of its own: it is written as unknown, and counted.
 * Refused  layouts that only tell how files of others look (blocks, cell numbers, recodes, header levels, other delimiters): E_LAYOUT_READ_ONLY.
 * Errors   E_LAYOUT_COLUMN (the table lacks an item), E_LAYOUT_MISSING, E_LAYOUT_WIDTH (value wider than its field, or a line end in a fixed field): item
 *          and row, never the value. Rows written before the error are in the buffer; the caller drops them.
 * Memory   the plan lives in the arena; nothing is kept after layout_write. Cost: one pass, per row and item one copy.
 * Source   the order and the codes of the published layouts of the vital statistics 1995-2015 (unknown = a field of V, blank = not applicable). */
#ifndef SHIRABE_FORMS_LAYOUT_WRITE_H
#define SHIRABE_FORMS_LAYOUT_WRITE_H
#include "forms/form.h"

struct layout_counts {
  int64_t rows, invalid; /* invalid values that were written as unknown */
};
/* Rows row0 .. row0+n-1 of t; a header row is written when row0 is 0. *counts is added to. */
enum err_code layout_write(struct arena *a, const struct layout *l, const struct table *t, int64_t row0, int64_t n, struct strbuf *to, struct layout_counts *counts, struct err *e) NODISCARD;
/* The text that the layout writes for this status of its item i; false: it has none. Missing statuses only. */
bool layout_missing_text(struct arena *a, const struct layout *l, int i, enum value_status status, struct str *out);
#endif
