/* ext_zstd_stream.c -- zstd in pieces: frames of any length in bounded memory. */
#define ZSTD_STATIC_LINKING_ONLY
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/ext_zstd.h"
#include "base/ext_zstd_impl.h"

enum { PIECE = 128 * 1024, FRAME_MAGIC_BYTES = 4 };
static const ZSTD_customMem memory = {zstd_wiped_alloc, zstd_wiped_free, NULL};

/* --- writer --- */
struct zstd_writer {
  ZSTD_CCtx *c;
  zstd_sink_fn sink;
  void *context;
  bool open;
  char piece[PIECE];
};
enum err_code zstd_writer_new(int level, zstd_sink_fn sink, void *context, struct zstd_writer **out, struct err *e) {
  struct zstd_writer *w = calloc(1, sizeof *w);
  *out = w;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  w->sink = sink, w->context = context;
  w->c = ZSTD_createCCtx_advanced(memory);
  if (!w->c) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  ZSTD_CCtx_setParameter(w->c, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(w->c, ZSTD_c_checksumFlag, 1);
  if (ZSTD_getCParams(level, 0, 0).windowLog > ZSTD_WINDOW_LOG_MAX) ZSTD_CCtx_setParameter(w->c, ZSTD_c_windowLog, ZSTD_WINDOW_LOG_MAX);
  return E_OK;
}
static enum err_code push(struct zstd_writer *w, ZSTD_inBuffer *in, ZSTD_EndDirective end, struct err *e) {
  size_t left;
  do {
    ZSTD_outBuffer to = {w->piece, PIECE, 0};
    left = ZSTD_compressStream2(w->c, &to, in, end);
    if (ZSTD_isError(left)) return ERR(e, E_NO_MEMORY, .subject = "zstd", .found = ZSTD_getErrorName(left));
    if (to.pos) TRY(w->sink(w->context, w->piece, to.pos, e));
  } while (end == ZSTD_e_end ? left > 0 : in->pos < in->size);
  return E_OK;
}
enum err_code zstd_writer_add(struct zstd_writer *w, const void *p, size_t n, struct err *e) {
  ZSTD_inBuffer in = {p, n, 0};
  if (n == 0) return E_OK;
  w->open = true;
  return push(w, &in, ZSTD_e_continue, e);
}
enum err_code zstd_writer_end_frame(struct zstd_writer *w, struct err *e) {
  ZSTD_inBuffer in = {"", 0, 0};
  if (!w->open) return E_OK;
  w->open = false;
  return push(w, &in, ZSTD_e_end, e);
}
void zstd_writer_free(struct zstd_writer *w) {
  if (!w) return;
  ZSTD_freeCCtx(w->c);
  explicit_bzero(w, sizeof *w);
  free(w);
}

/* --- reader --- */
struct zstd_reader {
  ZSTD_DCtx *d;
  zstd_sink_fn sink;
  void *context;
  uint64_t left;   /* bytes that may still come out */
  bool inside;     /* of a frame */
  uint8_t head[32]; /* beginning of a frame, until its header has been looked at */
  size_t head_n;
  char piece[PIECE];
};
static enum err_code bad(struct err *e, const char *expected, const char *found) {
  return ERR(e, E_ZSTD, .subject = "zstd", .expected = expected, .found = found);
}
enum err_code zstd_reader_new(uint64_t max_out, zstd_sink_fn sink, void *context, struct zstd_reader **out, struct err *e) {
  struct zstd_reader *r = calloc(1, sizeof *r);
  *out = r;
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  r->sink = sink, r->context = context, r->left = max_out;
  r->d = ZSTD_createDCtx_advanced(memory);
  if (!r->d) return ERR(e, E_NO_MEMORY, .subject = "zstd");
  ZSTD_DCtx_setParameter(r->d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
  return E_OK;
}
static enum err_code pull(struct zstd_reader *r, ZSTD_inBuffer *in, struct err *e) {
  while (in->pos < in->size && r->inside) {
    ZSTD_outBuffer to = {r->piece, PIECE, 0};
    size_t before = in->pos, more = ZSTD_decompressStream(r->d, &to, in);
    if (ZSTD_isError(more)) return bad(e, "a readable frame", ZSTD_getErrorName(more));
    if (to.pos > r->left) return ERR(e, E_CAP_EXCEEDED, .subject = "zstd", .expected = "no more than was announced");
    r->left -= to.pos;
    if (to.pos) TRY(r->sink(r->context, r->piece, to.pos, e));
    if (more == 0) r->inside = false;
    else if (to.pos == 0 && in->pos == before) return bad(e, "a readable frame", "no progress");
  }
  /* Output may be left inside although all input was taken. */
  while (r->inside) {
    ZSTD_outBuffer to = {r->piece, PIECE, 0};
    size_t more = ZSTD_decompressStream(r->d, &to, in);
    if (ZSTD_isError(more)) return bad(e, "a readable frame", ZSTD_getErrorName(more));
    if (to.pos > r->left) return ERR(e, E_CAP_EXCEEDED, .subject = "zstd", .expected = "no more than was announced");
    r->left -= to.pos;
    if (to.pos) TRY(r->sink(r->context, r->piece, to.pos, e));
    if (more == 0) r->inside = false;
    if (to.pos < PIECE) break;
  }
  return E_OK;
}
/* The header is judged before the library asks for memory. */
static enum err_code frame_begin(struct zstd_reader *r, bool *known, struct err *e) {
  ZSTD_frameHeader h;
  *known = false;
  if (r->head_n >= FRAME_MAGIC_BYTES && memcmp(r->head, "\x28\xb5\x2f\xfd", FRAME_MAGIC_BYTES) != 0) return bad(e, "a zstd frame", "something else");
  size_t wanted = ZSTD_getFrameHeader(&h, r->head, r->head_n);
  if (ZSTD_isError(wanted)) return bad(e, "a whole zstd frame header", "a damaged one");
  if (wanted > 0) return E_OK;
  if (h.frameType != ZSTD_frame || h.dictID != 0) return bad(e, "an ordinary frame without dictionary", "another kind");
  if (h.windowSize > (1ull << ZSTD_WINDOW_LOG_MAX)) return bad(e, "a window of at most 8 MiB", "a larger one");
  *known = r->inside = true;
  return E_OK;
}
enum err_code zstd_reader_feed(struct zstd_reader *r, const void *p, size_t n, struct err *e) {
  const uint8_t *at = p;
  while (n > 0) {
    if (!r->inside) {
      bool known = false;
      while (n > 0 && !known && r->head_n < sizeof r->head) {
        r->head[r->head_n++] = *at++, n--;
        TRY(frame_begin(r, &known, e));
      }
      if (!known && r->head_n == sizeof r->head) return bad(e, "a zstd frame header", "something longer");
      if (!known) return E_OK;
      ZSTD_inBuffer head = {r->head, r->head_n, 0};
      r->head_n = 0;
      TRY(pull(r, &head, e));
    }
    ZSTD_inBuffer in = {at, n, 0};
    TRY(pull(r, &in, e));
    at += in.pos, n -= in.pos;
  }
  return E_OK;
}
enum err_code zstd_reader_end(struct zstd_reader *r, struct err *e) { return r->inside || r->head_n ? bad(e, "a whole frame", "a cut one") : E_OK; }
void zstd_reader_free(struct zstd_reader *r) {
  if (!r) return;
  ZSTD_freeDCtx(r->d);
  explicit_bzero(r, sizeof *r);
  free(r);
}
