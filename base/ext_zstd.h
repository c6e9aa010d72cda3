/* ext_zstd.h -- zstd frames, whole and streamed; the only includer of <zstd.h>. Content size is always written, window limited to 8 MiB, no dictionary.
 * Decompression refuses, before it allocates: unknown or wrong content size, skippable frames, dictionary ids, more than one frame, windows over the limit. */
#ifndef SHIRABE_BASE_EXT_ZSTD_H
#define SHIRABE_BASE_EXT_ZSTD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum err_code zstd_compress(const void *p, size_t n, int level, struct strbuf *out, struct err *e) NODISCARD; /* appends one frame */
/* raw_n must be what the caller expects (from an authenticated header); anything else is E_ZSTD. */
enum err_code zstd_decompress(const void *p, size_t n, void *out, size_t raw_n, struct err *e) NODISCARD;
/* Untrusted single frame of unknown size: stops at max_out bytes (E_CAP_EXCEEDED) and at ratio max_ratio. */
/* The ratio counts from the first MiB of output on: small members of zeros are no bombs. A frame without content size is read within the same caps. */
/* Whether the frame states a content size that lies within the two caps. */
bool zstd_within(const void *p, size_t n, size_t max_out, uint32_t max_ratio);
enum err_code zstd_decompress_capped(const void *p, size_t n, size_t max_out, uint32_t max_ratio, struct strbuf *out, struct err *e) NODISCARD;

/* --- streams (ext_zstd_stream.c): memory of two windows whatever the length --- */
typedef enum err_code (*zstd_sink_fn)(void *context, const void *p, size_t n, struct err *e);
struct zstd_writer;
/* Frames follow one another: zstd_writer_end_frame closes one, the next byte opens another. Each has a checksum and no content size. */
enum err_code zstd_writer_new(int level, zstd_sink_fn sink, void *context, struct zstd_writer **out, struct err *e) NODISCARD;
enum err_code zstd_writer_add(struct zstd_writer *w, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code zstd_writer_end_frame(struct zstd_writer *w, struct err *e) NODISCARD; /* nothing is written when no frame is open */
void zstd_writer_free(struct zstd_writer *w); /* wipes; NULL allowed */
struct zstd_reader;
/* One frame after another, no skippable frames and no dictionary; E_CAP_EXCEEDED as soon as more than max_out bytes come out. */
enum err_code zstd_reader_new(uint64_t max_out, zstd_sink_fn sink, void *context, struct zstd_reader **out, struct err *e) NODISCARD;
enum err_code zstd_reader_feed(struct zstd_reader *r, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code zstd_reader_end(struct zstd_reader *r, struct err *e) NODISCARD; /* E_ZSTD inside a frame */
void zstd_reader_free(struct zstd_reader *r); /* wipes; NULL allowed */
#endif
