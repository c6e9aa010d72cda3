/* demo_text.h -- files as offices write them: encodings, line ends, widths, dates in many spellings. Text is built in UTF-8 and converted at the
 * end. */
#ifndef SHIRABE_TESTS_DEMO_TEXT_H
#define SHIRABE_TESTS_DEMO_TEXT_H
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/rng.h"
#include "base/str.h"

enum demo_encoding { DEMO_CP932, DEMO_UTF8, DEMO_UTF8_BOM };
enum { DEMO_CELL = 128, DEMO_CELLS = 64, DEMO_PATH = 4096 };

static inline void demo_stop(const char *what) {
  fprintf(stderr, "generate: %s\n", what);
  exit(70);
}

/* --- width: ASCII digits and letters to full width --- */
static inline void demo_wide(const char *text, char out[DEMO_CELL]) {
  size_t n = 0;
  for (const char *p = text; *p && n + 4 < DEMO_CELL; p++) {
    if (*p < 0x21 || *p > 0x7e) {
      out[n++] = *p;
      continue;
    }
    unsigned code = 0xff01u + (unsigned)(*p - 0x21);
    out[n++] = (char)(0xe0 | (code >> 12));
    out[n++] = (char)(0x80 | ((code >> 6) & 0x3f));
    out[n++] = (char)(0x80 | (code & 0x3f));
  }
  out[n] = 0;
}

/* --- dates --- */
enum demo_date_style { DATE_KANJI, DATE_LETTER, DATE_WIDE, DATE_SLASH, DATE_ISO, DATE_STYLES };
struct demo_era {
  const char *name, *letter;
  int year, month, day;
};
static const struct demo_era demo_eras[] = {{"令和", "R", 2019, 5, 1}, {"平成", "H", 1989, 1, 8}, {"昭和", "S", 1926, 12, 25}, {"大正", "T", 1912, 7, 30}};

static inline void demo_date(int64_t days, enum demo_date_style style, char out[DEMO_CELL]) {
  int64_t y, m, d;
  size_t k = 0;
  date_to_civil(days, &y, &m, &d);
  while (k + 1 < sizeof demo_eras / sizeof *demo_eras && days < date_from_civil(demo_eras[k].year, demo_eras[k].month, demo_eras[k].day)) k++;
  const struct demo_era *era = &demo_eras[k];
  int year = (int)(y - era->year + 1), month = (int)m, day = (int)d;
  char narrow[DEMO_CELL];
  switch (style) {
    case DATE_KANJI:
      if (year == 1) snprintf(out, DEMO_CELL, "%s元年%d月%d日", era->name, month, day);
      else snprintf(out, DEMO_CELL, "%s%d年%d月%d日", era->name, year, month, day);
      break;
    case DATE_LETTER: snprintf(out, DEMO_CELL, "%s%d.%d.%d", era->letter, year, month, day); break;
    case DATE_WIDE:
      snprintf(narrow, sizeof narrow, "%s%d.%d.%d", era->letter, year, month, day);
      demo_wide(narrow, out);
      break;
    case DATE_SLASH: snprintf(out, DEMO_CELL, "%d/%d/%d", (int)y, month, day); break;
    default: date_format_iso(days, out); break;
  }
}
static inline void demo_month(int64_t days, bool wareki, char out[DEMO_CELL]) {
  int64_t y, m, d;
  date_to_civil(days, &y, &m, &d);
  if (wareki && y >= 2020) snprintf(out, DEMO_CELL, "令和%d年%d月", (int)(y - 2018), (int)m);
  else snprintf(out, DEMO_CELL, "%d/%d", (int)y, (int)m);
}

/* --- a file --- */
static inline void demo_cell(struct strbuf *b, const char *text, bool first) {
  if (!first) strbuf_addc(b, ',');
  if (!strpbrk(text, ",\"\n")) {
    strbuf_adds(b, text);
    return;
  }
  strbuf_addc(b, '"');
  for (const char *p = text; *p; p++) {
    if (*p == '"') strbuf_addc(b, '"');
    strbuf_addc(b, *p);
  }
  strbuf_addc(b, '"');
}

static inline void demo_put(FILE *f, const void *p, size_t n) {
  if (n && fwrite(p, 1, n, f) != n) demo_stop("cannot write");
}
static inline void demo_convert(FILE *f, const char *text, size_t n) {
  iconv_t cd = iconv_open("CP932", "UTF-8");
  if (cd == (iconv_t)-1) demo_stop("no CP932 converter");
  char *in = malloc(n + 1), *from = in, *out = malloc(2 * n + 16), *to = out;
  size_t left = n, room = 2 * n + 16;
  if (!in || !out) demo_stop("no memory");
  memcpy(in, text, n);
  if (iconv(cd, &from, &left, &to, &room) == (size_t)-1) demo_stop("a text has no CP932 form");
  demo_put(f, out, (size_t)(to - out));
  iconv_close(cd);
  free(in);
  free(out);
}
/* `text` has LF line ends. */
static inline void demo_write(const char *folder, const char *name, const struct strbuf *text, enum demo_encoding encoding, bool crlf) {
  char path[DEMO_PATH];
  struct strbuf b;
  snprintf(path, sizeof path, "%.3000s/%.900s", folder, name);
  FILE *f = fopen(path, "wb");
  if (!f) demo_stop(path);
  strbuf_init(&b, 0);
  for (size_t i = 0; i < text->n; i++) {
    if (text->p[i] == '\n' && crlf) strbuf_addc(&b, '\r');
    strbuf_addc(&b, text->p[i]);
  }
  if (encoding == DEMO_UTF8_BOM) demo_put(f, "\xef\xbb\xbf", 3);
  if (encoding == DEMO_CP932) demo_convert(f, b.p, b.n);
  else demo_put(f, b.p, b.n);
  if (fclose(f)) demo_stop("cannot write");
  strbuf_release(&b);
}
#endif
