/* zip_writer.h -- zip files and workbooks for tests, made byte by byte so that no binary file lies in the repository and every field can be a lie.
 * A member is stored, or deflated by hand: literals, a run of one byte (258 bytes in 13 bits) and literals again, in one block of fixed codes. */
#ifndef SHIRABE_TESTS_ZIP_WRITER_H
#define SHIRABE_TESTS_ZIP_WRITER_H
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/str.h"

static inline uint32_t zip_crc(uint32_t crc, const void *bytes, size_t n) { /* begin with 0 */
  const uint8_t *p = bytes;
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  crc = ~crc;
  for (size_t i = 0; i < n; i++) crc = table[(crc ^ p[i]) & 0xff] ^ crc >> 8;
  return ~crc;
}

/* --- deflate by hand --- */
struct bit_writer {
  struct strbuf *out;
  uint32_t bits;
  int n;
};
static inline void put_bits(struct bit_writer *w, uint32_t value, int n) { /* lowest bit first */
  w->bits |= value << w->n;
  for (w->n += n; w->n >= 8; w->n -= 8, w->bits >>= 8) strbuf_addc(w->out, (char)(w->bits & 0xff));
}
static inline void put_code(struct bit_writer *w, uint32_t code, int n) { /* Huffman codes: highest bit first */
  while (n--) put_bits(w, code >> n & 1, 1);
}
static inline void put_literals(struct bit_writer *w, struct str s) { /* ASCII only */
  for (size_t i = 0; i < s.n; i++) put_code(w, 0x30u + (uint8_t)s.p[i], 8);
}
struct packed {
  struct strbuf bytes;
  uint64_t size;
  uint32_t crc;
};
/* before, the pattern (1 or 5 bytes), 258 * matches bytes that repeat it (of 5 bytes: matches a multiple of 5), after. */
static inline void pack_run(struct packed *out, struct str before, struct str pattern, uint64_t matches, struct str after) {
  struct bit_writer w = {&out->bytes, 0, 0};
  char run[258 * 5];
  uint64_t runs = 258 * matches / sizeof run, rest = 258 * matches % sizeof run;
  strbuf_init(&out->bytes, 0);
  for (size_t i = 0; i < sizeof run; i++) run[i] = pattern.p[i % pattern.n];
  put_bits(&w, 3, 3);
  put_literals(&w, before);
  put_literals(&w, pattern);
  for (uint64_t i = 0; i < matches; i++) {
    put_code(&w, 0xc5, 8); /* length 258 */
    put_code(&w, pattern.n == 1 ? 0 : 4, 5);
    if (pattern.n == 5) put_bits(&w, 0, 1);
  }
  put_literals(&w, after);
  put_code(&w, 0, 7);
  if (w.n) put_bits(&w, 0, 8 - w.n);
  out->size = before.n + pattern.n + 258 * matches + after.n;
  out->crc = zip_crc(zip_crc(0, before.p, before.n), pattern.p, pattern.n);
  for (uint64_t i = 0; i < runs; i++) out->crc = zip_crc(out->crc, run, sizeof run);
  out->crc = zip_crc(zip_crc(out->crc, run, rest), after.p, after.n);
}

/* --- the file --- */
struct zip_writer {
  struct strbuf out, directory;
  uint16_t n;
};
static inline void zip_begin(struct zip_writer *z) {
  *z = (struct zip_writer){.n = 0};
  strbuf_init(&z->out, 0);
  strbuf_init(&z->directory, 0);
}
static inline void zip_fields(struct strbuf *b, uint16_t method, uint32_t crc, uint32_t packed, uint32_t size, uint16_t name) {
  bytes_put_u16(b, 20);
  bytes_put_u16(b, 0);
  bytes_put_u16(b, method);
  bytes_put_u32(b, 0x5a210000);
  bytes_put_u32(b, crc);
  bytes_put_u32(b, packed);
  bytes_put_u32(b, size);
  bytes_put_u16(b, name);
  bytes_put_u16(b, 0);
}
static inline void zip_member(struct zip_writer *z, const char *name, uint16_t method, uint32_t crc, uint32_t size, struct str data) {
  uint32_t offset = (uint32_t)z->out.n;
  uint16_t length = (uint16_t)strlen(name);
  strbuf_add(&z->out, "PK\003\004", 4);
  zip_fields(&z->out, method, crc, (uint32_t)data.n, size, length);
  strbuf_add(&z->out, name, length);
  strbuf_add(&z->out, data.p, data.n);
  strbuf_add(&z->directory, "PK\001\002", 4);
  bytes_put_u16(&z->directory, 20 | 3 << 8);
  zip_fields(&z->directory, method, crc, (uint32_t)data.n, size, length);
  bytes_put_u16(&z->directory, 0); /* comment */
  bytes_put_u16(&z->directory, 0); /* disk */
  bytes_put_u16(&z->directory, 0);
  bytes_put_u32(&z->directory, 0x81a40000);
  bytes_put_u32(&z->directory, offset);
  strbuf_add(&z->directory, name, length);
  z->n++;
}
static inline void zip_stored(struct zip_writer *z, const char *name, struct str data) {
  zip_member(z, name, 0, zip_crc(0, data.p, data.n), (uint32_t)data.n, data);
}
static inline void zip_packed(struct zip_writer *z, const char *name, struct packed *p) {
  zip_member(z, name, 8, p->crc, (uint32_t)p->size, str_view(p->bytes.p, p->bytes.n));
  strbuf_release(&p->bytes);
}
/* The whole file in z->out. */
static inline void zip_finish(struct zip_writer *z) {
  uint32_t start = (uint32_t)z->out.n;
  strbuf_add(&z->out, z->directory.p, z->directory.n);
  strbuf_add(&z->out, "PK\005\006\0\0\0\0", 8);
  bytes_put_u16(&z->out, z->n);
  bytes_put_u16(&z->out, z->n);
  bytes_put_u32(&z->out, (uint32_t)z->directory.n);
  bytes_put_u32(&z->out, start);
  bytes_put_u16(&z->out, 0);
  strbuf_release(&z->directory);
}
/* The i-th header of a kind ("PK\003\004", "PK\001\002"), to be altered. */
static inline char *zip_header(struct strbuf *b, const char *magic, int i) {
  char *p = b->p;
  for (; p && (p = memmem(p, b->n - (size_t)(p - b->p), magic, 4)) && i > 0; i--) p += 4;
  if (!p) abort();
  return p;
}

/* --- a workbook --- */
#define XLSX_MAIN                                                                                                                                  \
  "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define XLSX_RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define XLSX_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
struct xlsx_text { /* NULL = as an honest one */
  const char *package, *workbook, *relations, *styles, *strings, *sheet;
};
static const char xlsx_package[] =
    XLSX_RELATIONS "<Relationship Id=\"a\" Type=\"" XLSX_TYPE "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char xlsx_book[] = "<workbook " XLSX_MAIN "><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
static const char xlsx_links[] =
    XLSX_RELATIONS "<Relationship Id=\"r1\" Type=\"" XLSX_TYPE "worksheet\" Target=\"worksheets/a.xml\"/>"
                   "<Relationship Id=\"r2\" Type=\"" XLSX_TYPE "styles\" Target=\"styles.xml\"/>"
                   "<Relationship Id=\"r3\" Type=\"" XLSX_TYPE "sharedStrings\" Target=\"/xl/strings.xml\"/></Relationships>";
static const char xlsx_style[] = "<styleSheet " XLSX_MAIN "/>", xlsx_texts[] = "<sst " XLSX_MAIN "/>";
static const char xlsx_rows[] = "<worksheet " XLSX_MAIN "><sheetData/></worksheet>";

static inline struct str xlsx_or(const char *text, const char *otherwise) { return str_of(text ? text : otherwise); }
/* All parts but the sheet and the strings, which may be packed ones. */
static inline void xlsx_begin(struct zip_writer *z, const struct xlsx_text *t) {
  zip_begin(z);
  zip_stored(z, "[Content_Types].xml", STR("<Types/>"));
  zip_stored(z, "_rels/.rels", xlsx_or(t->package, xlsx_package));
  zip_stored(z, "xl/workbook.xml", xlsx_or(t->workbook, xlsx_book));
  zip_stored(z, "xl/_rels/workbook.xml.rels", xlsx_or(t->relations, xlsx_links));
  zip_stored(z, "xl/styles.xml", xlsx_or(t->styles, xlsx_style));
}
static inline void xlsx_make(struct zip_writer *z, const struct xlsx_text *t) {
  xlsx_begin(z, t);
  zip_stored(z, "xl/strings.xml", xlsx_or(t->strings, xlsx_texts));
  zip_stored(z, "xl/worksheets/a.xml", xlsx_or(t->sheet, xlsx_rows));
  zip_finish(z);
}
#endif
