/* ext_qrencode.c -- see ext_qrencode.h; the only includer of <qrencode.h>. */
#include "base/ext_qrencode.h"

#include <stdlib.h>

#ifdef SHIRABE_QRENCODE
#include <qrencode.h>

bool qr_available(void) { return true; }
enum err_code qr_encode(const char *name, struct str text, struct qr *out, struct err *e) {
  *out = (struct qr){0, NULL};
  QRcode *code = text.n <= 4096 ? QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M) : NULL;
  if (!code) return ERR(e, E_QR_TOO_LONG, .subject = name);
  size_t n = (size_t)code->width * (size_t)code->width;
  out->dark = malloc(n);
  out->side = code->width;
  for (size_t i = 0; out->dark && i < n; i++) out->dark[i] = code->data[i] & 1;
  QRcode_free(code);
  return out->dark ? E_OK : ERR(e, E_NO_MEMORY, .subject = name);
}
#else
bool qr_available(void) { return false; }
enum err_code qr_encode(const char *name, struct str text, struct qr *out, struct err *e) {
  (void)text;
  *out = (struct qr){0, NULL};
  return ERR(e, E_QR_ABSENT, .subject = name);
}
#endif

void qr_release(struct qr *q) {
  free(q->dark);
  *q = (struct qr){0, NULL};
}

enum { QUIET = 4 };
static bool dark_at(const struct qr *q, int x, int y) {
  return x >= 0 && y >= 0 && x < q->side && y < q->side && q->dark[(size_t)y * (size_t)q->side + (size_t)x];
}
void qr_svg(const struct qr *q, struct strbuf *out) {
  int all = 2 * (q->side + 2 * QUIET);
  strbuf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", 2 * all, 2 * all);
  strbuf_addf(out, "viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">\n", all, all);
  strbuf_addf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"", all, all);
  for (int y = 0; y < q->side; y++)
    for (int x = 0; x < q->side; x++)
      if (dark_at(q, x, y)) strbuf_addf(out, "M%d %dh2v2h-2z", 2 * (x + QUIET), 2 * (y + QUIET));
  strbuf_adds(out, "\"/>\n</svg>\n");
}
/* Two rows of modules a line; the blocks paint what is light, as light letters on a dark terminal show it. */
void qr_blocks(const struct qr *q, struct strbuf *out) {
  static const char *const block[4] = {"\xe2\x96\x88", "\xe2\x96\x84", "\xe2\x96\x80", " "}; /* full, lower half, upper half */
  for (int y = -QUIET; y < q->side + QUIET; y += 2) {
    for (int x = -QUIET; x < q->side + QUIET; x++) strbuf_adds(out, block[(dark_at(q, x, y) ? 1 : 0) | (dark_at(q, x, y + 1) ? 2 : 0)]);
    strbuf_addc(out, '\n');
  }
}
