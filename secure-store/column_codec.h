/* column_codec.h -- a slice of one column as canonical bytes, before compression: same values, same bytes, on every machine.
 * Shapes   rows row0 .. row0+n-1 of a struct column (base/table.h); n <= 2^20.
 * Encodes  COL_INT: frame of reference, then 0, 1, 2 or 4 bits or 1 to 8 byte planes per value (planes let zstd see each byte's own pattern);
 *          COL_CODE, COL_TEXT: dictionary of the slice's texts in order of first use + packed ids;
 *          COL_REAL: 8 bytes each. Status: one byte for "all the same", else packed runs or 4 bits per value, whichever is shorter.
 * Missing  a missing value is encoded as its status; its value decodes to 0, as table.h says.
 * Units    decimals and the date flag are stored and checked; name and unit belong to the dataset's description.
 * Errors   E_COLUMN_DAMAGED when the bytes are not exactly what the encoder would have written (lengths, order, padding bits, texts that are
 *          not UTF-8, unused dictionary texts); E_COLUMN_VALUE when a value to be encoded is impossible (bad status, id outside the dictionary).
 * Memory   scratch O(n) in encode, nothing kept. Cost: O(n), one pass to measure and one to pack. */
#ifndef SHIRABE_SECURE_STORE_COLUMN_CODEC_H
#define SHIRABE_SECURE_STORE_COLUMN_CODEC_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/table.h"

enum { COLUMN_ROWS_MAX = 1 << 20 };
/* Appends. */
enum err_code column_encode(const struct column *c, int64_t row0, int64_t n, struct strbuf *out, struct err *e) NODISCARD;
/* Into rows row0 .. row0+n-1 of a column whose arrays are there; type, decimals and is_date must agree. Texts are added to out->dict (not NULL
 * for code and
 * text columns): give it a dictionary of its own, not a code list's. On error the rows hold zeros with status blank. */
enum err_code column_decode(const void *p, size_t bytes, struct column *out, int64_t row0, int64_t n, struct err *e) NODISCARD;
struct column_info {
  enum column_type type;
  int decimals;
  bool is_date;
  int64_t rows;
};
enum err_code column_info_of(const void *p, size_t bytes, struct column_info *out, struct err *e) NODISCARD; /* reads the head only */
#endif
