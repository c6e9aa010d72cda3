/* ext_qrencode.h -- QR codes through libqrencode, where the build found it (package libqrencode-dev); else every call is E_QR_ABSENT.
 * Text     8-bit mode, level M (15 % may be lost), the smallest version that fits; at most about 2,300 bytes, else E_QR_TOO_LONG.
 * Shapes   `dark` is side x side, row by row, 1 = dark. A reader wants 4 light modules around it: the drawings have them.
 * Source   ISO/IEC 18004; libqrencode 4.1. Memory: one allocation, released by qr_release. */
#ifndef SHIRABE_BASE_EXT_QRENCODE_H
#define SHIRABE_BASE_EXT_QRENCODE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct qr {
  int side;
  uint8_t *dark;
};
bool qr_available(void);
enum err_code qr_encode(const char *name, struct str text, struct qr *out, struct err *e) NODISCARD; /* name: for messages */
void qr_release(struct qr *q);
/* Drawings: an SVG of its own, 2 units a module; lines of half blocks, for a terminal with light letters on dark. */
void qr_svg(const struct qr *q, struct strbuf *out);
void qr_blocks(const struct qr *q, struct strbuf *out);
#endif
