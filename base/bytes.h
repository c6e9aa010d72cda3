/* bytes.h -- bounded little-endian reader and writer used by all our binary formats.
 * A reader past its end sets `failed`, returns zeros from then on, and never moves again: check once after parsing. */
#ifndef SHIRABE_BASE_BYTES_H
#define SHIRABE_BASE_BYTES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct bytes_reader {
  const uint8_t *p;
  size_t n, at;
  bool failed;
};
void bytes_reader_init(struct bytes_reader *r, const void *p, size_t n);
uint8_t bytes_u8(struct bytes_reader *r);
uint16_t bytes_u16(struct bytes_reader *r);
uint32_t bytes_u32(struct bytes_reader *r);
uint64_t bytes_u64(struct bytes_reader *r);
uint64_t bytes_varint(struct bytes_reader *r); /* LEB128, canonical, at most 10 bytes */
const uint8_t *bytes_take(struct bytes_reader *r, size_t n); /* view; NULL when short */
size_t bytes_left(const struct bytes_reader *r);
/* Writers append to a strbuf. */
void bytes_put_u8(struct strbuf *b, uint8_t v);
void bytes_put_u16(struct strbuf *b, uint16_t v);
void bytes_put_u32(struct strbuf *b, uint32_t v);
void bytes_put_u64(struct strbuf *b, uint64_t v);
void bytes_put_varint(struct strbuf *b, uint64_t v);
/* Hex, lower case. */
void hex_encode(const uint8_t *p, size_t n, char *out /* 2n+1 */);
bool hex_decode(const char *p, size_t n, uint8_t *out /* n/2 */); /* lower or upper case, even length */
#endif
