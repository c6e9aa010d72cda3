/* detect_encoding.h -- which text encoding a file has, decided on the whole file: a head sample fails, a file can be ASCII for its first 100 KB.
 * Order    byte order mark -> UTF-8; strict UTF-8 -> UTF-8; strict CP932 (Windows-31J) -> CP932; else an error with offset, line and column.
 * Refused  empty files, UTF-16 and UTF-32 (spreadsheet "Unicode text"), known binary formats, NUL bytes; each with its own message.
 * Doubts   mojibake evidence (縺 繧 譁: UTF-8 once read as CP932), U+FFFD (characters lost before), external characters (private use area).
 * Cost     one pass, eight ASCII bytes at a time; a second pass when the bytes are no UTF-8.
 * Source   RFC 3629 (UTF-8), Unicode Consortium CP932.TXT. */
#ifndef SHIRABE_COLLECTOR_DETECT_ENCODING_H
#define SHIRABE_COLLECTOR_DETECT_ENCODING_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "collector/decode_cp932.h"

enum text_encoding { ENCODING_NONE, ENCODING_ASCII, ENCODING_UTF8, ENCODING_UTF8_BOM, ENCODING_CP932, ENCODING_WORKBOOK };
const char *text_encoding_name(enum text_encoding t); /* "UTF-8", "CP932" ... */

struct encoding_report {
  enum text_encoding encoding;
  size_t skip;                      /* bytes of the byte order mark */
  int64_t external, mojibake, lost; /* characters of each doubt */
  int64_t mojibake_line, lost_line; /* of the first one */
};
enum { MOJIBAKE_ENOUGH = 3 }; /* fewer may be honest: 譁 is a character */
enum err_code detect_encoding(const char *name, const uint8_t *p, size_t n, const struct cp932 *cp932, struct encoding_report *out, struct err *e) NODISCARD;
#endif
