/* ext_zstd.c -- zstd with every limit checked before memory is asked for, and contexts wiped because they hold plaintext. */
#define ZSTD_STATIC_LINKING_ONLY
#include "base/ext_zstd.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/ext_zstd_impl.h"

enum { WINDOW_LOG_MAX = 23, CHUNK = 128 * 1024, RATIO_FLOOR = 1024 * 1024 };

/* --- memory of the library: the size stands before each block so that it can be wiped when freed --- */
void *zstd_wiped_alloc(void *opaque, size_t n) {
  (void)opaque;
  if (n > SIZE_MAX - 64) return NULL;
  uint8_t *p = aligned_alloc(64, (n + 64 + 63) / 64 * 64);
  if (!p) return NULL;
  memcpy(p, &n, sizeof n);
  return p + 64;
}
void zstd_wiped_free(void *opaque, void *address) {
  (void)opaque;
  if (!address) return;
  uint8_t *p = (uint8_t *)address - 64;
  size_t n;
  memcpy(&n, p, sizeof n);
  explicit_bzero(p, n + 64);
  free(p);
}
static const ZSTD_customMem memory = {zstd_wiped_alloc, zstd_wiped_free, NULL};

static enum err_code bad(struct err *e, const char *expected, const char *found) {
  return ERR(e, E_ZSTD, .subject = "zstd", .expected = expected, .found = found);
}

enum err_code zstd_compress(const void *p, size_t n, int level, struct strbuf *out, struct err *e) {
  size_t bound = ZSTD_compressBound(n), start = out->n;
  char *to = strbuf_extend(out, bound);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  ZSTD_CCtx *c = ZSTD_createCCtx_advanced(memory);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
  ZSTD_compressionParameters params = ZSTD_getCParams(level, n, 0);
  if (params.windowLog > WINDOW_LOG_MAX) ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, WINDOW_LOG_MAX);
  size_t written = ZSTD_compress2(c, to, bound, p, n);
  ZSTD_freeCCtx(c);
  if (ZSTD_isError(written)) {
    out->n = start;
    return ERR(e, E_NO_MEMORY, .subject = "zstd", .found = ZSTD_getErrorName(written));
  }
  out->n = start + written;
  return E_OK;
}

/* --- decompression --- */
/* Frame header facts (RFC 8878 section 3.1.1.1) after all refusals that need no memory. */
static enum err_code frame_check(const void *p, size_t n, uint64_t *content, struct err *e) {
  ZSTD_frameHeader h;
  if (n < 4 || memcmp(p, "\x28\xb5\x2f\xfd", 4) != 0) return bad(e, "a zstd frame", "something else");
  if (ZSTD_getFrameHeader(&h, p, n) != 0) return bad(e, "a whole zstd frame header", "a damaged one");
  if (h.frameType != ZSTD_frame) return bad(e, "a zstd frame", "a skippable frame");
  if (h.dictID != 0) return bad(e, "no dictionary", "a dictionary id");
  if (h.windowSize > (1ull << WINDOW_LOG_MAX)) return bad(e, "a window of at most 8 MiB", "a larger one");
  size_t frame = ZSTD_findFrameCompressedSize(p, n);
  if (ZSTD_isError(frame)) return bad(e, "a whole frame", "a damaged or cut one");
  if (frame != n) return bad(e, "one frame", "bytes after it");
  *content = h.frameContentSize;
  return E_OK;
}

enum err_code zstd_decompress(const void *p, size_t n, void *out, size_t raw_n, struct err *e) {
  uint64_t content;
  TRY(frame_check(p, n, &content, e));
  if (content != raw_n) return bad(e, "the length that was announced", "another content size");
  ZSTD_DCtx *d = ZSTD_createDCtx_advanced(memory);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  size_t got = ZSTD_decompressDCtx(d, out, raw_n, p, n);
  ZSTD_freeDCtx(d);
  if (!ZSTD_isError(got) && got == raw_n) return E_OK;
  if (raw_n) explicit_bzero(out, raw_n);
  return bad(e, "a readable frame", ZSTD_isError(got) ? ZSTD_getErrorName(got) : "too few bytes");
}

static uint64_t limit_of(size_t n, size_t max_out, uint32_t max_ratio) {
  uint64_t by_ratio = n > UINT64_MAX / (max_ratio ? max_ratio : 1) ? UINT64_MAX : (uint64_t)n * max_ratio;
  if (by_ratio < RATIO_FLOOR) by_ratio = RATIO_FLOOR;
  return by_ratio < max_out ? by_ratio : max_out;
}

static enum err_code stream_into(ZSTD_DCtx *d, const void *p, size_t n, uint64_t limit, char *chunk, struct strbuf *out, struct err *e) {
  ZSTD_inBuffer in = {p, n, 0};
  uint64_t produced = 0;
  for (size_t more = 1; more;) {
    ZSTD_outBuffer to = {chunk, CHUNK, 0};
    size_t before = in.pos;
    more = ZSTD_decompressStream(d, &to, &in);
    if (ZSTD_isError(more)) return bad(e, "a readable frame", ZSTD_getErrorName(more));
    if (more && to.pos == 0 && in.pos == before) return bad(e, "a whole frame", "a cut one");
    produced += to.pos;
    if (produced > limit) return ERR(e, E_CAP_EXCEEDED, .subject = "zstd", .expected = "content within the limits of size and ratio");
    strbuf_add(out, chunk, to.pos);
    if (out->failed) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  }
  return in.pos == n ? E_OK : bad(e, "one frame", "bytes after it");
}

static enum err_code decompress_stream(const void *p, size_t n, uint64_t limit, struct strbuf *out, struct err *e) {
  enum err_code code;
  char *chunk = malloc(CHUNK);
  ZSTD_DCtx *d = ZSTD_createDCtx_advanced(memory);
  if (!chunk || !d) {
    code = ERR(e, E_NO_MEMORY, .subject = "zstd");
    goto done;
  }
  ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
  code = stream_into(d, p, n, limit, chunk, out, e);
done:
  ZSTD_freeDCtx(d);
  if (chunk) explicit_bzero(chunk, CHUNK);
  free(chunk);
  return code;
}

bool zstd_within(const void *p, size_t n, size_t max_out, uint32_t max_ratio) {
  uint64_t content;
  return frame_check(p, n, &content, NULL) == E_OK && content <= limit_of(n, max_out, max_ratio);
}

enum err_code zstd_decompress_capped(const void *p, size_t n, size_t max_out, uint32_t max_ratio, struct strbuf *out, struct err *e) {
  uint64_t content, limit = limit_of(n, max_out, max_ratio);
  TRY(frame_check(p, n, &content, e));
  if (content != ZSTD_CONTENTSIZE_UNKNOWN && content > limit)
    return ERR(e, E_CAP_EXCEEDED, .subject = "zstd", .expected = "content within the limits of size and ratio");
  size_t start = out->n;
  enum err_code code;
  if (content == ZSTD_CONTENTSIZE_UNKNOWN) {
    code = decompress_stream(p, n, limit, out, e);
  } else {
    /* Known size: one allocation, so that a growing buffer leaves no copies of the plaintext behind. */
    char *to = strbuf_extend(out, (size_t)content);
    code = to ? zstd_decompress(p, n, to, (size_t)content, e) : ERR(e, E_NO_MEMORY, .subject = "zstd");
  }
  if (code && out->p && out->n > start) explicit_bzero(out->p + start, out->n - start);
  if (code) out->n = start;
  return code;
}
