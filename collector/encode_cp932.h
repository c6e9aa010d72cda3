/* encode_cp932.h -- UTF-8 to CP932 (Windows-31J) for files that are opened in a spreadsheet: by table, with a list of what cannot be written.
 * Table    the inverse of decode_cp932's. Of several codes for one character the one Windows writes: JIS X 0208 before NEC row 13 before the IBM
 * extension (FA40-FC4B) before NEC's selection of it (ED40-EEFC), so 髙 becomes FBFC. External characters U+E000-U+E757 become F040-F9FC again. Twins
 * seven characters that other tables use for the same JIS X 0208 character are written as it: U+301C U+2016 U+2212 U+2014 U+00A2 U+00A3 U+00AC. No
 * best fit: U+00A5 is no backslash, é no e, 𠮷 no 吉, ㋿ no 令和; a variation selector is not dropped, it is a loss. Errors   false and
 * nothing appended when a character cannot be written; each is listed with its place, the first `room` of them. Cost     one look-up a character; the
 * table 128 KiB, the caller's. Threads: immutable after cp932_encoder_init. Source   Unicode Consortium CP932.TXT; JIS X 0208 row 1 in the vendors'
 * mappings. */
#ifndef SHIRABE_COLLECTOR_ENCODE_CP932_H
#define SHIRABE_COLLECTOR_ENCODE_CP932_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "collector/decode_cp932.h"

struct cp932_encoder {
  uint16_t code[65536]; /* by code point; 0 = cannot be written (except U+0000) */
};
struct cp932_loss {
  size_t offset; /* in the text */
  uint32_t point;
};
struct cp932_losses {
  struct cp932_loss *list; /* may be NULL with room 0 */
  int64_t room, n;         /* n counts all of them */
};
void cp932_encoder_init(struct cp932_encoder *t, const struct cp932 *from);
bool cp932_encode(const struct cp932_encoder *t, struct str utf8, struct strbuf *out, struct cp932_losses *losses);
#endif
