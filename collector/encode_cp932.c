/* encode_cp932.c -- see encode_cp932.h. */
#include "collector/encode_cp932.h"

#include <string.h>

/* Smaller is written first: which of several codes of one character Windows writes. */
static int rank_of(unsigned code) {
  if (code >= 0x8740 && code <= 0x879c) return 1;
  if (code >= 0xfa40) return 2;
  return code >= 0xed40 && code <= 0xeefc ? 3 : 0;
}

static const struct {
  uint16_t point, code;
} TWINS[] = {{0x301c, 0x8160}, {0x2016, 0x8161}, {0x2212, 0x817c}, {0x2014, 0x815c}, {0x00a2, 0x8191}, {0x00a3, 0x8192}, {0x00ac, 0x81ca}};

void cp932_encoder_init(struct cp932_encoder *t, const struct cp932 *from) {
  memset(t, 0, sizeof *t);
  for (unsigned code = 1; code < 0x10000; code++) {
    uint16_t point = from->point[code], held = point ? t->code[point] : 0;
    if (point && (!held || rank_of(code) < rank_of(held))) t->code[point] = (uint16_t)code;
  }
  for (size_t i = 0; i < sizeof TWINS / sizeof *TWINS; i++)
    if (!t->code[TWINS[i].point]) t->code[TWINS[i].point] = TWINS[i].code;
}

static void lose(struct cp932_losses *l, size_t offset, uint32_t point) {
  if (l->n < l->room) l->list[l->n] = (struct cp932_loss){offset, point};
  l->n++;
}

bool cp932_encode(const struct cp932_encoder *t, struct str utf8, struct strbuf *out, struct cp932_losses *losses) {
  int64_t lost = losses->n;
  size_t start = out->n;
  for (size_t at = 0; at < utf8.n;) {
    uint32_t point = 0xfffd;
    size_t length = utf8_decode(utf8.p + at, utf8.n - at, &point);
    unsigned code = point < 0x10000 ? t->code[point] : 0;
    if (!length || (!code && point)) {
      lose(losses, at, length ? point : 0xfffd);
    } else {
      if (code > 0xff) strbuf_addc(out, (char)(code >> 8));
      strbuf_addc(out, (char)(code & 0xff));
    }
    at += length ? length : 1;
  }
  if (losses->n == lost) return true;
  out->n = start;
  if (out->p) out->p[start] = 0;
  return false;
}
