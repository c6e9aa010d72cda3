/* decode_cp932.h -- CP932 (Windows-31J) to UTF-8 by table. Never SHIFT_JIS: that maps backslash to yen and fails on 髙.
 * Table    built once from the C library's converter "CP932"; the external characters F040-F9FC map to U+E000-U+E757.
 * Strict   bytes 80 A0 FD FE FF, a lead byte without a trail byte, and codes without a character are errors.
 * Cost     ASCII eight bytes at a time; else one table look-up a character. Memory: 128 KiB, made on first use (thread-safe).
 * Source   Microsoft code page 932 as in the Unicode Consortium's mapping CP932.TXT; IANA charset Windows-31J. */
#ifndef SHIRABE_COLLECTOR_DECODE_CP932_H
#define SHIRABE_COLLECTOR_DECODE_CP932_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum err_code cp932_start(struct err *e) NODISCARD; /* E_CP932_CONVERTER when the C library lacks the converter */
/* Decodes whole characters of p[0..n) into out (3n bytes suffice); returns bytes consumed. Stops early only at a bad byte (*bad set) or before a lead
 * byte at the very end whose trail is not there yet (*bad false). */
size_t cp932_decode(const uint8_t *p, size_t n, char *out, size_t *out_n, bool *bad);
uint32_t cp932_code_point(unsigned code); /* one- or two-byte code; 0 = none (except code 0) */
/* F040..F9FC of an external character U+E000..U+E757; 0 = not one. */
unsigned cp932_external_code(uint32_t code_point);
#endif
