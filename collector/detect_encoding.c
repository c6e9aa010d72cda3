/* detect_encoding.c -- see detect_encoding.h. */
#include "collector/detect_encoding.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { HEAD = 4096 };

const char *text_encoding_name(enum text_encoding t) {
  static const char *const names[] = {"none", "ASCII", "UTF-8", "UTF-8 with byte order mark", "CP932", "workbook"};
  return (unsigned)t < sizeof names / sizeof *names ? names[t] : "unknown";
}

/* Line and character column (1-based) of an offset, counted in the encoding that holds up to there. */
struct position {
  int64_t line, column;
};
static struct position position_of(const uint8_t *p, size_t offset, bool cp932) {
  struct position at = {1, 1};
  for (size_t i = 0; i < offset; i++) {
    bool continued = cp932 ? false : (p[i] & 0xc0) == 0x80;
    if (cp932 && cp932_is_lead(p[i]) && i + 1 < offset) i++;
    if (p[i] == '\n') at = (struct position){at.line + 1, 1};
    else if (!continued) at.column++;
  }
  return at;
}

static enum err_code fail_at(struct err *e, enum err_code code, const char *name, const uint8_t *p, size_t offset, bool cp932) {
  char text[64];
  struct position at = position_of(p, offset, cp932);
  if (code == E_INPUT_ENCODING) snprintf(text, sizeof text, "%zu (byte %02X)", offset, p[offset]);
  else snprintf(text, sizeof text, "%zu", offset);
  return ERR(e, code, .file = name, .line = at.line, .column = at.column, .subject = name, .found = text);
}

static bool utf16_pattern(const uint8_t *p, size_t n) {
  size_t head = n < HEAD ? n : HEAD, even = 0, odd = 0;
  for (size_t i = 0; i < head; i++)
    if (p[i] == 0) *(i % 2 ? &odd : &even) += 1;
  return n % 2 == 0 && head >= 4 && (even * 10 >= head * 2 || odd * 10 >= head * 2) && (even * 8 < odd || odd * 8 < even);
}

static const char *binary_kind(const uint8_t *p, size_t n) {
  static const struct {
    const char *magic;
    size_t n;
    const char *kind;
  } kinds[] = {
    {"PK\003\004", 4, "a zip file or a workbook (xlsx)"}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old workbook (xls)"},
    {"%PDF-", 5, "a PDF document"}, {"SQLite format 3", 15, "an SQLite database"}, {"\x1f\x8b", 2, "a gzip file"},
    {"\x28\xb5\x2f\xfd", 4, "a zstd file"}, {"age-encryption.org/", 19, "an encrypted batch: shirabe batch receive"},
    {"\x89PNG", 4, "a picture"}, {"\xff\xd8\xff", 3, "a picture"}, {"\x7f" "ELF", 4, "a program"}, {"MZ\x90", 3, "a program"},
    {"Rar!", 4, "a rar file"}, {"7z\xbc\xaf\x27\x1c", 6, "a 7z file"},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (n >= kinds[i].n && memcmp(p, kinds[i].magic, kinds[i].n) == 0) return kinds[i].kind;
  return NULL;
}

/* Control bytes other than tab and line ends in the head: more than two and than one in fifty is no text. */
static bool many_controls(const uint8_t *p, size_t n) {
  size_t head = n < HEAD ? n : HEAD, controls = 0;
  for (size_t i = 0; i < head; i++) controls += p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r';
  return controls > 2 && controls * 50 > head;
}

static enum err_code refuse_formats(const char *name, const uint8_t *p, size_t n, struct err *e) {
  if (n == 0) return ERR(e, E_INPUT_EMPTY, .file = name, .subject = name);
  bool mark = n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff));
  if (mark || utf16_pattern(p, n)) return ERR(e, E_INPUT_UTF16, .file = name, .line = 1, .subject = name);
  const char *kind = binary_kind(p, n);
  const uint8_t *nul = memchr(p, 0, n);
  if (!kind && many_controls(p, n)) kind = "it is full of control bytes";
  if (kind) return ERR(e, E_INPUT_BINARY, .file = name, .line = 1, .subject = name, .found = kind);
  return nul ? fail_at(e, E_INPUT_NUL, name, p, (size_t)(nul - p), false) : E_OK;
}

static inline bool eight_ascii(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return !(word & 0x8080808080808080u);
}

static bool is_mojibake(uint32_t c) { return c == 0x7e3a || c == 0x7e67 || c == 0x8b41; }
static bool is_private(uint32_t c) { return (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000; }

static void note_doubt(struct encoding_report *r, uint32_t c, const uint8_t *p, size_t at) {
  if (is_private(c)) r->external++;
  else if (is_mojibake(c) && r->mojibake++ == 0) r->mojibake_line = position_of(p, at, false).line;
  else if (c == 0xfffd && r->lost++ == 0) r->lost_line = position_of(p, at, false).line;
}

/* Strict UTF-8 of the whole file; returns the offset of the first bad byte, n when there is none. */
static size_t scan_utf8(const uint8_t *p, size_t n, bool *ascii, struct encoding_report *r) {
  *ascii = true;
  for (size_t at = 0; at < n;) {
    if (n - at >= 8 && eight_ascii(p + at)) {
      at += 8;
      continue;
    }
    if (p[at] < 0x80) {
      at++;
      continue;
    }
    *ascii = false;
    uint32_t c;
    size_t length = utf8_decode((const char *)p + at, n - at, &c);
    if (!length) return at;
    if (c >= 0x7e3a) note_doubt(r, c, p, at);
    at += length;
  }
  return n;
}

/* CP932 whose text is itself garbled: counted on the codes E381 E382 E696; external characters lie in F040..F9FC. */
static void scan_cp932_doubts(const uint8_t *p, size_t n, struct encoding_report *r) {
  int64_t line = 1;
  for (size_t at = 0; at < n; at++) {
    if (p[at] == '\n') line++;
    if (!cp932_is_lead(p[at]) || at + 1 >= n) continue;
    unsigned code = (unsigned)p[at] << 8 | p[at + 1];
    if (code >= 0xf040 && code <= 0xf9fc) r->external++;
    if ((code == 0xe381 || code == 0xe382 || code == 0xe696) && r->mojibake++ == 0) r->mojibake_line = line;
    at++;
  }
}

enum err_code detect_encoding(const char *name, const uint8_t *p, size_t n, const struct cp932 *cp932, struct encoding_report *out, struct err *e) {
  *out = (struct encoding_report){0};
  TRY(refuse_formats(name, p, n, e));
  bool ascii, mark = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
  size_t utf8 = scan_utf8(p, n, &ascii, out);
  if (utf8 == n) {
    out->encoding = mark ? ENCODING_UTF8_BOM : ascii ? ENCODING_ASCII : ENCODING_UTF8;
    out->skip = mark ? 3 : 0;
    return E_OK;
  }
  if (mark) return fail_at(e, E_INPUT_ENCODING, name, p, utf8, false);
  *out = (struct encoding_report){.encoding = ENCODING_CP932};
  size_t valid = cp932_valid_prefix(cp932, p, n);
  if (valid < n) return fail_at(e, E_INPUT_ENCODING, name, p, valid, true);
  scan_cp932_doubts(p, n, out);
  return E_OK;
}
