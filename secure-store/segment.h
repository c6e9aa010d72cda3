/* segment.h -- sealed segment: up to 16 MiB of plaintext (one column of one row group, or one chunk of a blob), compressed, padded, encrypted
 * (page: segment.md).
 * Layout   "SSG1" | salt[24] | commit[32] | ciphertext | tag[16], ciphertext = Padme-padded (frame length u32 | zstd frame | zeros).
 * Binding  key and commitment from HKDF(DEK, salt, "mhlw-seg1|"dataset|part|table|column|seg_no|rows|schema_hash); dataset, part, table,
 *          column, seg_no, row
 *          range, raw length, codec, schema hash and write sequence are authenticated: a segment opens only in the place it was written for.
 * Missing  does not arise: bytes in, bytes out (column_codec.h makes the bytes).
 * Errors   E_STORE_TAMPERED for anything that does not open: wrong key, altered, swapped, cut, appended, wrong size; E_CAP_EXCEEDED for lengths
 *          beyond the limits, before anything is allocated. On error `out` holds zeros.
 * Memory   one buffer of the padded size, wiped; nothing is decompressed before it is authenticated. Cost: one zstd pass (columns level 3, bytes level 1:
 *          an original of 157 MB at twice the speed and no larger; any level opens) and one AEAD pass.
 * Source   RFC 8439, RFC 5869, RFC 8878 (zstd); Padme: Nikitin et al., PETS 2019; commitment: C2SP chunked-encryption. */
#ifndef SHIRABE_SECURE_STORE_SEGMENT_H
#define SHIRABE_SECURE_STORE_SEGMENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SEGMENT_RAW_MAX = 16 * 1024 * 1024, SEGMENT_RATIO_MAX = 200, SEGMENT_NAME_MAX = 255 };
enum segment_codec { SEGMENT_BYTES = 1, SEGMENT_COLUMN = 2 }; /* blob bytes; column_codec bytes */

/* Place of a segment: what the ledger says about it. Texts: no NUL, no '|', 1..255 bytes. */
struct segment_place {
  const char *dataset, *table, *column; /* "vital/birth/2025-12/received", record or "shard:12", item name */
  uint8_t part;                         /* item_part */
  uint8_t codec;                        /* enum segment_codec */
  uint64_t seg_no;
  uint64_t row_first;
  uint32_t rows;                        /* 0 for blobs */
  uint32_t raw_n;                       /* plaintext bytes; keep it in the ledger with the rest */
  uint8_t schema_hash[32];
  uint64_t write_sequence;
};
/* Appends the sealed segment; place->raw_n must be n. */
enum err_code segment_seal(const uint8_t dek[32], const struct segment_place *place, const void *raw, size_t n, struct strbuf *out,
    struct err *e) NODISCARD;
/* The same with a chosen salt, for known-answer tests only. */
enum err_code segment_seal_salted(const uint8_t dek[32], const struct segment_place *place, const uint8_t salt[24], const void *raw, size_t n,
    struct strbuf *out, struct err *e) NODISCARD;
/* out has place->raw_n bytes. Check segment_lengths_ok (or rely on this function) before allocating out. */
enum err_code segment_open(const uint8_t dek[32], const struct segment_place *place, const void *p, size_t n, uint8_t *out, struct err *e) NODISCARD;
/* Which of two keys sealed the segment that begins with these SEGMENT_HEAD_BYTES; says nothing of the rest of it. */
enum { SEGMENT_HEAD_BYTES = 60 };
bool segment_is_of(const uint8_t dek[32], const struct segment_place *place, const uint8_t head[SEGMENT_HEAD_BYTES]) NODISCARD;
/* Are raw_n and the sealed length n within the limits (raw <= 16 MiB, at most 200 times the padded frame)? Call before allocating raw_n. */
enum err_code segment_lengths_ok(uint64_t raw_n, uint64_t n, struct err *e) NODISCARD;
uint64_t padme_length(uint64_t n); /* n < 2^63 */
#endif
