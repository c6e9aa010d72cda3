/* decode_cp932.h -- CP932 (Windows-31J) to UTF-8 by table. Never SHIFT_JIS: that maps backslash to yen and fails on 髙.
 * Table    made from the C library's converter "CP932"; the external characters F040-F9FC map to U+E000-U+E757.
 * Strict   bytes 80 A0 FD FE FF, a lead byte without a trail byte, and codes without a character are errors.
 * Cost     making the table about 1 ms; ASCII eight bytes at a time; else one look-up a character. Memory: 128 KiB, the caller's.
 * Threads  immutable after cp932_init.
 * Source   Microsoft code page 932 as in the Unicode Consortium's mapping CP932.TXT; IANA charset Windows-31J. */
#ifndef SHIRABE_COLLECTOR_DECODE_CP932_H
#define SHIRABE_COLLECTOR_DECODE_CP932_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cp932 {
  uint16_t point[65536]; /* by code: one byte 00..FF, or lead << 8 | trail; 0 = no character (except code 0) */
};
enum err_code cp932_init(struct cp932 *t, struct err *e) NODISCARD; /* E_CP932_CONVERTER when the C library lacks the converter */
/* Decodes whole characters of p[0..n) into out (3n bytes suffice); returns bytes consumed. Stops early at a bad byte (*bad set) or before a lead byte at
 * the very end whose trail is not there yet (*bad false). */
size_t cp932_decode(const struct cp932 *t, const uint8_t *p, size_t n, char *out, size_t *out_n, bool *bad);
/* The first byte of p[0..n) that is no CP932, n when all is. */
size_t cp932_valid_prefix(const struct cp932 *t, const uint8_t *p, size_t n);
static inline bool cp932_is_lead(uint8_t b) { return (b >= 0x81 && b <= 0x9f) || (b >= 0xe0 && b <= 0xfc); }
/* F040..F9FC of an external character U+E000..U+E757; 0 = not one. */
unsigned cp932_external_code(uint32_t code_point);
#endif
