/* hostile_inputs.h -- files made to do harm, by name. Each maker writes one whole file; an honest file of the same kind is among them, so that a
 *    test which refuses everything fails. */
#ifndef SHIRABE_TESTS_HOSTILE_INPUTS_H
#define SHIRABE_TESTS_HOSTILE_INPUTS_H
#include <stdio.h>

#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "tests/unit/zip_writer.h"

struct hostile_input {
  const char *name;
  void (*make)(struct strbuf *out);
};
#define SHEET_OF(rows) "<worksheet " XLSX_MAIN "><sheetData>" rows "</sheetData></worksheet>"
#define LAUGHS(root)                                                                                                                               \
  "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>"                 \
  "<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]>" root

static inline void book(struct strbuf *out, struct xlsx_text t) {
  struct zip_writer z;
  xlsx_make(&z, &t);
  *out = z.out;
}
static inline void book_with(struct strbuf *out, const char *name, struct str data) { /* and one member more */
  struct zip_writer z;
  struct xlsx_text honest = {0};
  xlsx_begin(&z, &honest);
  zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  zip_stored(&z, "xl/worksheets/a.xml", str_of(xlsx_rows));
  zip_stored(&z, name, data);
  zip_finish(&z);
  *out = z.out;
}
static inline void book_packed(
    struct strbuf *out, const char *strings_before, const char *before, const char *pattern, uint64_t matches, const char *after) {
  struct zip_writer z; /* a packed sheet, or packed strings when strings_before is given */
  struct packed p;
  struct xlsx_text honest = {0};
  xlsx_begin(&z, &honest);
  pack_run(&p, str_of(strings_before ? strings_before : before), str_of(pattern), matches, str_of(after));
  if (strings_before) zip_packed(&z, "xl/strings.xml", &p);
  else zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  if (strings_before) zip_stored(&z, "xl/worksheets/a.xml", str_of(before));
  else zip_packed(&z, "xl/worksheets/a.xml", &p);
  zip_finish(&z);
  *out = z.out;
}
/* An honest workbook with bytes of its i-th header of a kind altered. */
static inline void altered(struct strbuf *out, const char *magic, int i, size_t at, const void *bytes, size_t n) {
  book(out, (struct xlsx_text){0});
  memcpy(zip_header(out, magic, i) + at, bytes, n);
}
static const char one_cell[] = SHEET_OF("<row r='1'><c r='A1'><v>1</v></c></row>");
#define LOCAL "PK\003\004"
#define CENTRAL "PK\001\002"
#define END "PK\005\006"

/* --- the zip --- */
static void honest(struct strbuf *o) { book(o, (struct xlsx_text){.sheet = one_cell}); }
static void honest_packed(struct strbuf *o) { book_packed(o, NULL, "<worksheet " XLSX_MAIN "><sheetData/><!--", "x", 4000, "--></worksheet>"); }
static void bomb_ratio(struct strbuf *o) { book_packed(o, NULL, "<a>", "x", 40, "</a>"); memcpy(zip_header(o, CENTRAL, 6) + 24, "\0\0\0\x20", 4); }
static void bomb_member(struct strbuf *o) { altered(o, CENTRAL, 6, 20, "\xfe\xff\xff\xff\xfe\xff\xff\xff", 8); }
static void bomb_total(struct strbuf *o) {
  book(o, (struct xlsx_text){0});
  for (int i = 0; i < 3; i++) { /* each passes for itself, three together do not; made so that the directory alone is looked at */
    char *c = zip_header(o, CENTRAL, i), *l = zip_header(o, LOCAL, i);
    (void)l;
    memcpy(c + 20, "\0\0\0\xb0\0\0\0\xb0", 8);
  }
}
static void bomb_members(struct strbuf *o) { altered(o, END, 0, 8, "\x11\x27\x11\x27", 4); }
static void bomb_hidden(struct strbuf *o) { /* more comes out than was declared */
  book_packed(o, NULL, "<a>", "x", 4000, "</a>");
  memcpy(zip_header(o, CENTRAL, 6) + 24, "\x10\0\0\0", 4);
  memcpy(zip_header(o, LOCAL, 6) + 22, "\x10\0\0\0", 4);
}
static void bomb_short(struct strbuf *o) { /* less comes out than was declared */
  book_packed(o, NULL, "<worksheet " XLSX_MAIN "><sheetData/><!--", "x", 10, "--></worksheet>");
  memcpy(zip_header(o, CENTRAL, 6) + 24, "\0\x20\0\0", 4);
  memcpy(zip_header(o, LOCAL, 6) + 22, "\0\x20\0\0", 4);
}
static void bomb_legal(struct strbuf *o) {
  book_packed(o, NULL, "<worksheet " XLSX_MAIN "><sheetData/><!--", "x", 3900, "-->");
} /* within the ratio; broken XML at its end */
static void truncated(struct strbuf *o) { honest(o); o->n -= 7; }
static void truncated_half(struct strbuf *o) { honest(o); o->n /= 2; }
static void garbage_after(struct strbuf *o) { honest(o); strbuf_adds(o, "garbage"); }
static void comment(struct strbuf *o) { honest(o); memcpy(zip_header(o, END, 0) + 20, "\2\0", 2); strbuf_adds(o, "hi"); }
static void second_zip(struct strbuf *o) {
  struct strbuf b;
  honest(o);
  honest(&b);
  strbuf_add(o, b.p, b.n);
  strbuf_release(&b);
}
static void garbage_before(struct strbuf *o) { /* a member that the directory does not name stands first */
  struct zip_writer z;
  honest(o);
  zip_begin(&z);
  zip_stored(&z, "evil", STR("x"));
  strbuf_release(&z.directory);
  uint32_t shift = (uint32_t)z.out.n, at;
  strbuf_add(&z.out, o->p, o->n);
  strbuf_release(o);
  *o = z.out;
  for (int i = 0; i < 7; i++) {
    char *c = zip_header(o, CENTRAL, i) + 42;
    memcpy(&at, c, 4), at += shift, memcpy(c, &at, 4);
  }
  char *e = zip_header(o, END, 0) + 16;
  memcpy(&at, e, 4), at += shift, memcpy(e, &at, 4);
}
static void zip64_end(struct strbuf *o) { altered(o, END, 0, 8, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12); }
static void zip64_entry(struct strbuf *o) { altered(o, CENTRAL, 3, 20, "\xff\xff\xff\xff\xff\xff\xff\xff", 8); }
static void zip64_offset(struct strbuf *o) { altered(o, CENTRAL, 3, 42, "\xff\xff\xff\xff", 4); }
static void disks(struct strbuf *o) { altered(o, END, 0, 4, "\1\0", 2); }
static void count_lies(struct strbuf *o) { altered(o, END, 0, 8, "\x06\0\x06\0", 4); }
static void directory_lies(struct strbuf *o) { altered(o, END, 0, 16, "\0\0\0\0", 4); }
static void parent(struct strbuf *o) { book_with(o, "xl/../../evil", STR("x")); }
static void absolute(struct strbuf *o) { book_with(o, "/etc/evil", STR("x")); }
static void backslash(struct strbuf *o) { book_with(o, "xl\\evil.xml", STR("x")); }
static void drive(struct strbuf *o) { book_with(o, "C:evil.xml", STR("x")); }
static void reserved_name(struct strbuf *o) { book_with(o, "xl/CON.xml", STR("x")); }
static void control(struct strbuf *o) { book_with(o, "xl/a\nb", STR("x")); }
static void dot_end(struct strbuf *o) { book_with(o, "xl/a.", STR("x")); }
static void nul_name(struct strbuf *o) {
  book_with(o, "xl/evil", STR("x"));
  zip_header(o, CENTRAL, 7)[46 + 3] = 0;
  zip_header(o, LOCAL, 7)[30 + 3] = 0;
}
static void symlink_member(struct strbuf *o) { altered(o, CENTRAL, 3, 38, "\0\0\xff\xa1", 4); }
static void device_member(struct strbuf *o) { altered(o, CENTRAL, 3, 38, "\0\0\xff\x21", 4); }
static void fifo_member(struct strbuf *o) { altered(o, CENTRAL, 3, 38, "\0\0\xff\x11", 4); }
static void duplicate(struct strbuf *o) { book_with(o, "xl/workbook.xml", STR("x")); }
static void case_collision(struct strbuf *o) { book_with(o, "XL/Workbook.XML", STR("x")); }
static void folder_collision(struct strbuf *o) { book_with(o, "xl/workbook.xml/", STR("")); }
static void composed_collision(struct strbuf *o) {
  struct zip_writer z;
  struct xlsx_text t = {0};
  xlsx_begin(&z, &t);
  zip_stored(&z, "xl/\xe3\x81\x8c", STR("1"));
  zip_stored(&z, "xl/\xe3\x81\x8b\xe3\x82\x99", STR("2"));
  zip_finish(&z);
  *o = z.out;
}
static void overlap(struct strbuf *o) { /* two entries share one member's bytes */
  char offset[4];
  book_with(o, "_rels/.relt", str_of(xlsx_package));
  memcpy(offset, zip_header(o, CENTRAL, 1) + 42, 4);
  memcpy(zip_header(o, CENTRAL, 7) + 42, offset, 4);
  memcpy(zip_header(o, CENTRAL, 7) + 46, "_rels/.rels", 11);
  memcpy(zip_header(o, CENTRAL, 1) + 46, "_rels/.rels", 11);
}
static void overlap_inside(struct strbuf *o) { /* a stored member holds another one, which the directory names as well */
  struct zip_writer inner, z;
  struct xlsx_text t = {0};
  zip_begin(&inner);
  zip_stored(&inner, "xl/inner", STR("x"));
  xlsx_begin(&z, &t);
  uint32_t at = (uint32_t)z.out.n + 30 + 8;
  zip_stored(&z, "xl/outer", str_view(inner.out.p, inner.out.n));
  memcpy(inner.directory.p + 42, &at, 4);
  strbuf_add(&z.directory, inner.directory.p, inner.directory.n);
  z.n++;
  zip_finish(&z);
  strbuf_release(&inner.out);
  strbuf_release(&inner.directory);
  *o = z.out;
}
static void encrypted(struct strbuf *o) { altered(o, CENTRAL, 3, 8, "\1\0", 2); }
static void strong(struct strbuf *o) { altered(o, CENTRAL, 3, 8, "\x41\0", 2); }
static void masked(struct strbuf *o) { altered(o, CENTRAL, 3, 8, "\0\x20", 2); }
static void method_other(struct strbuf *o) { altered(o, CENTRAL, 3, 10, "\x0e\0", 2); }
static void method_differs(struct strbuf *o) { altered(o, LOCAL, 3, 8, "\x08\0", 2); }
static void stored_lies(struct strbuf *o) { altered(o, CENTRAL, 3, 24, "\1\0\0\0", 4); }
static void local_name(struct strbuf *o) { altered(o, LOCAL, 3, 30, "yl", 2); }
static void local_size(struct strbuf *o) { altered(o, LOCAL, 3, 22, "\1\0\0\0", 4); }
static void outside(struct strbuf *o) { altered(o, CENTRAL, 3, 42, "\0\0\0\x7f", 4); }
static void checksum(struct strbuf *o) {
  honest(o);
  *(char *)memmem(o->p, o->n, "<v>1", 4) = '{';
}

/* --- XML --- */
static void laughs_package(struct strbuf *o) { book(o, (struct xlsx_text){.package = LAUGHS(XLSX_RELATIONS "</Relationships>")}); }
static void laughs_workbook(struct strbuf *o) { book(o, (struct xlsx_text){.workbook = LAUGHS("<workbook " XLSX_MAIN ">&e;</workbook>")}); }
static void laughs_relations(struct strbuf *o) { book(o, (struct xlsx_text){.relations = LAUGHS(XLSX_RELATIONS "&e;</Relationships>")}); }
static void laughs_styles(struct strbuf *o) { book(o, (struct xlsx_text){.styles = LAUGHS("<styleSheet " XLSX_MAIN ">&e;</styleSheet>")}); }
static void laughs_strings(struct strbuf *o) { book(o, (struct xlsx_text){.strings = LAUGHS("<sst " XLSX_MAIN "><si><t>&e;</t></si></sst>")}); }
static void laughs_sheet(struct strbuf *o) { book(o, (struct xlsx_text){.sheet = LAUGHS("<worksheet " XLSX_MAIN ">&e;</worksheet>")}); }
static void external_entity(struct strbuf *o) {
  book(o, (struct xlsx_text){.sheet = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><worksheet " XLSX_MAIN ">&a;</worksheet>"});
}
static void external_type(struct strbuf *o) {
  book(o, (struct xlsx_text){.sheet = "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'><worksheet " XLSX_MAIN "/>"});
}
static void parameter_entity(struct strbuf *o) {
  book(o, (struct xlsx_text){.sheet = "<!DOCTYPE x [<!ENTITY % a SYSTEM 'file:///x'> %a;]><worksheet " XLSX_MAIN "/>"});
}
static void undefined_entity(struct strbuf *o) { book(o, (struct xlsx_text){.sheet = SHEET_OF("&nbsp;")}); }
static void utf16(struct strbuf *o) {
  struct zip_writer z;
  struct xlsx_text t = {0};
  struct strbuf wide;
  strbuf_init(&wide, 0);
  strbuf_adds(&wide, "\xff\xfe");
  for (const char *p = one_cell; *p; p++) strbuf_addc(&wide, *p), strbuf_addc(&wide, 0);
  xlsx_begin(&z, &t);
  zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  zip_stored(&z, "xl/worksheets/a.xml", str_view(wide.p, wide.n));
  zip_finish(&z);
  strbuf_release(&wide);
  *o = z.out;
}
static void shift_jis(struct strbuf *o) {
  book(o, (struct xlsx_text){.sheet = "<?xml version='1.0' encoding='Shift_JIS'?><worksheet " XLSX_MAIN "/>"});
}
static void not_utf8(struct strbuf *o) { book(o, (struct xlsx_text){.sheet = SHEET_OF("<row r='1'><c r='A1' t='str'><v>\x90\xab</v></c></row>")}); }
static void two_roots(struct strbuf *o) { book(o, (struct xlsx_text){.sheet = SHEET_OF("") "<x/>"}); }
static void repeated(struct strbuf *o, const char *before, const char *format, int n, const char *after) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, before);
  for (int i = 1; i <= n; i++) {
    const char *at = strchr(format, '#');
    strbuf_add(&b, format, at ? (size_t)(at - format) : strlen(format));
    if (at) strbuf_addf(&b, "%d%s", i, at + 1);
  }
  strbuf_adds(&b, after);
  book(o, (struct xlsx_text){.sheet = strbuf_cstr(&b)});
  strbuf_release(&b);
}
#define HEAD_OF "<worksheet " XLSX_MAIN ">"
static void deep(struct strbuf *o) { repeated(o, HEAD_OF, "<a>", 200, ""); }
static void deep_million(struct strbuf *o) { repeated(o, HEAD_OF, "<a>", 1000000, ""); }
static void attributes(struct strbuf *o) { repeated(o, HEAD_OF "<a ", " b#='1'", 300, "/></worksheet>"); }
static void attributes_many(struct strbuf *o) { repeated(o, HEAD_OF "<a ", " b#='1'", 60000, "/></worksheet>"); }
static void attribute_long(struct strbuf *o) { book_packed(o, NULL, HEAD_OF "<a b='", "x", 200000, "'/></worksheet>"); }
static void attribute_open(struct strbuf *o) { book_packed(o, NULL, HEAD_OF "<a b='", "x", 200000, ""); }
static void comment_long(struct strbuf *o) { book_packed(o, NULL, HEAD_OF "<!--", "x", 200000, "--></worksheet>"); }
static void names_many(struct strbuf *o) { repeated(o, HEAD_OF, "<name#/>", 5000, "</worksheet>"); }
static void attribute_names_many(struct strbuf *o) { repeated(o, HEAD_OF, "<a name#='1'/>", 5000, "</worksheet>"); }
static void prefixes_many(struct strbuf *o) { repeated(o, HEAD_OF, "<a xmlns:p#='u'/>", 5000, "</worksheet>"); }

/* --- the sheet --- */
static void text_long(struct strbuf *o) {
  book_packed(o, NULL, HEAD_OF "<sheetData><row r='1'><c r='A1' t='str'><v>", "x", 400000, "</v></c></row></sheetData></worksheet>");
}
static void strings_large(struct strbuf *o) { book_packed(o, "<sst " XLSX_MAIN "><si><t>", one_cell, "x", 500000, "</t></si></sst>"); }
static void strings_many(struct strbuf *o) { book_packed(o, "<sst " XLSX_MAIN ">", one_cell, "<si/>", 165000, "</sst>"); }
static void columns_wide(struct strbuf *o) {
  repeated(o, HEAD_OF "<sheetData><row r='1'>", "<c><v>#</v></c>", 5000, "</row></sheetData></worksheet>");
}
static void columns_million(struct strbuf *o) { repeated(o, HEAD_OF "<sheetData><row r='1'>", "<c/>", 1000000, "</row></sheetData></worksheet>"); }
static void merged_many(struct strbuf *o) {
  repeated(o, HEAD_OF "<sheetData/><mergeCells>", "<mergeCell ref='A1:B#'/>", 65537, "</mergeCells></worksheet>");
}
static void column_marks(struct strbuf *o) {
  repeated(o, HEAD_OF "<cols>", "<col min='1' max='16384' hidden='1'/>", 20000, "</cols><sheetData/></worksheet>");
}
static void merged_wide(struct strbuf *o) { /* two areas over each other, as wide as a sheet */
  book(o,
      (struct xlsx_text){.sheet = HEAD_OF
          "<sheetData><row r='2'><c r='A2'><v>1</v></c></row></sheetData><mergeCells><mergeCell ref='A1:XFD9'/><mergeCell ref='B2:C2'/></mergeCells></worksheet>"});
}
static void merged_deep(struct strbuf *o) {
  repeated(o, HEAD_OF "<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData><mergeCells>", "<mergeCell ref='A1:B#'/>", 5000,
      "</mergeCells></worksheet>");
}
static void row_of_strings(struct strbuf *o) { /* one text of 64 KiB, referred to again and again */
  struct zip_writer z;
  struct packed p;
  struct strbuf b;
  struct xlsx_text t = {0};
  strbuf_init(&b, 0);
  strbuf_adds(&b, HEAD_OF "<sheetData><row r='1'>");
  for (int i = 0; i < 4000; i++) strbuf_adds(&b, "<c t='s'><v>0</v></c>");
  strbuf_adds(&b, "</row></sheetData></worksheet>");
  xlsx_begin(&z, &t);
  pack_run(&p, STR("<sst " XLSX_MAIN "><si><t>"), STR("x"), 254, STR("</t></si></sst>"));
  zip_packed(&z, "xl/strings.xml", &p);
  zip_stored(&z, "xl/worksheets/a.xml", str_view(b.p, b.n));
  zip_finish(&z);
  strbuf_release(&b);
  *o = z.out;
}
static void styles_many(struct strbuf *o) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "<styleSheet " XLSX_MAIN "><cellXfs>");
  for (int i = 0; i < 65537; i++) strbuf_adds(&b, "<xf/>");
  strbuf_adds(&b, "</cellXfs></styleSheet>");
  book(o, (struct xlsx_text){.styles = strbuf_cstr(&b)});
  strbuf_release(&b);
}
#define LINK(target) XLSX_RELATIONS "<Relationship Id='r1' Type='" XLSX_TYPE "worksheet' Target='" target "'/></Relationships>"
static void link_outside(struct strbuf *o) { book(o, (struct xlsx_text){.relations = LINK("../../../etc/passwd")}); }
static void link_external(struct strbuf *o) {
  book(o,
      (struct xlsx_text){.relations = XLSX_RELATIONS "<Relationship Id='r1' Type='" XLSX_TYPE
                                                     "worksheet' Target='http://127.0.0.1/a.xml' TargetMode='External'/></Relationships>"});
}
static void link_nowhere(struct strbuf *o) { book(o, (struct xlsx_text){.relations = LINK("worksheets/b.xml")}); }
static void link_itself(struct strbuf *o) { book(o, (struct xlsx_text){.relations = LINK("workbook.xml")}); }
static void one_part_twice(struct strbuf *o) {
  book(o,
      (struct xlsx_text){.workbook = "<workbook " XLSX_MAIN "><sheets><sheet name='S' r:id='r1'/><sheet name='T' r:id='r1'/></sheets></workbook>"});
}

/* --- tar --- */
static void tar_of(struct strbuf *o, const char *a, const char *b) {
  const struct tar_member m[] = {{a, "1", 1}, {b, "2", 1}};
  strbuf_init(o, 0);
  if (tar_write(m, 2, o, NULL)) o->n = 0;
}
static void tar_altered(struct strbuf *o, size_t at, const char *bytes, size_t n) {
  unsigned sum = 0;
  tar_of(o, "a", "b");
  memcpy(o->p + at, bytes, n);
  memset(o->p + 148, ' ', 8);
  for (int i = 0; i < 512; i++) sum += (uint8_t)o->p[i];
  snprintf(o->p + 148, 8, "%06o", sum);
}
static void tar_honest(struct strbuf *o) { tar_of(o, "a", "b"); }
static void tar_hardlink(struct strbuf *o) { tar_altered(o, 156, "1", 1); }
static void tar_symlink(struct strbuf *o) { tar_altered(o, 156, "2", 1); }
static void tar_device(struct strbuf *o) { tar_altered(o, 156, "3", 1); }
static void tar_block_device(struct strbuf *o) { tar_altered(o, 156, "4", 1); }
static void tar_folder(struct strbuf *o) { tar_altered(o, 156, "5", 1); }
static void tar_fifo(struct strbuf *o) { tar_altered(o, 156, "6", 1); }
static void tar_pax(struct strbuf *o) { tar_altered(o, 156, "x", 1); }
static void tar_pax_global(struct strbuf *o) { tar_altered(o, 156, "g", 1); }
static void tar_long_name(struct strbuf *o) { tar_altered(o, 156, "L", 1); }
static void tar_sparse(struct strbuf *o) { tar_altered(o, 156, "S", 1); }
static void tar_parent(struct strbuf *o) { tar_altered(o, 0, "../a", 4); }
static void tar_absolute(struct strbuf *o) { tar_altered(o, 0, "/a", 2); }
static void tar_upper_case(struct strbuf *o) { tar_altered(o, 0, "B", 1); }
static void tar_backslash(struct strbuf *o) { tar_altered(o, 0, "a\\b.csv", 7); }
static void tar_reserved(struct strbuf *o) { tar_altered(o, 0, "con.csv", 7); }
static void tar_duplicate(struct strbuf *o) { tar_altered(o, 0, "b", 1); }
static void tar_size(struct strbuf *o) { tar_altered(o, 124, "77777777777", 11); }
static void tar_second(struct strbuf *o) {
  struct strbuf b;
  tar_of(o, "a", "b");
  tar_of(&b, "c", "d");
  strbuf_add(o, b.p, b.n);
  strbuf_release(&b);
}
static void tar_cut(struct strbuf *o) { tar_of(o, "a", "b"); o->n -= 512; }

/* --- zstd --- */
static void zstd_of(struct strbuf *o, size_t zeros) {
  char *p = calloc(1, zeros);
  strbuf_init(o, 0);
  if (!p || zstd_compress(p, zeros, 3, o, NULL)) o->n = 0;
  free(p);
}
static void zstd_honest(struct strbuf *o) { zstd_of(o, 4096); }
static void zstd_bomb(struct strbuf *o) { zstd_of(o, 60 << 20); }
static void zstd_bomb_total(struct strbuf *o) { zstd_of(o, 80 << 20); }
static void zstd_window(struct strbuf *o) { /* 2 GiB of window, one empty block */
  strbuf_init(o, 0);
  strbuf_add(o, "\x28\xb5\x2f\xfd\0\xa8\1\0\0", 9);
}
static void zstd_second_frame(struct strbuf *o) {
  struct strbuf b;
  zstd_of(o, 4096);
  zstd_of(&b, 4096);
  strbuf_add(o, b.p, b.n);
  strbuf_release(&b);
}
static void zstd_garbage(struct strbuf *o) { zstd_of(o, 4096); strbuf_adds(o, "x"); }
static void zstd_cut(struct strbuf *o) { zstd_of(o, 4096); o->n--; }
static void zstd_skippable(struct strbuf *o) {
  strbuf_init(o, 0);
  strbuf_add(o, "\x50\x2a\x4d\x18\1\0\0\0x", 9);
}

#define MAKER(prefix, f) {prefix #f, f}
static const struct hostile_input hostile_inputs[] = {
    MAKER("xlsx_", honest),
    MAKER("xlsx_", honest_packed),
    MAKER("xlsx_", bomb_ratio),
    MAKER("xlsx_", bomb_member),
    MAKER("xlsx_", bomb_total),
    MAKER("xlsx_", bomb_members),
    MAKER("xlsx_", bomb_hidden),
    MAKER("xlsx_", bomb_short),
    MAKER("xlsx_", bomb_legal),
    MAKER("xlsx_", truncated),
    MAKER("xlsx_", truncated_half),
    MAKER("xlsx_", garbage_after),
    MAKER("xlsx_", comment),
    MAKER("xlsx_", second_zip),
    MAKER("xlsx_", garbage_before),
    MAKER("xlsx_", zip64_end),
    MAKER("xlsx_", zip64_entry),
    MAKER("xlsx_", zip64_offset),
    MAKER("xlsx_", disks),
    MAKER("xlsx_", count_lies),
    MAKER("xlsx_", directory_lies),
    MAKER("xlsx_", parent),
    MAKER("xlsx_", absolute),
    MAKER("xlsx_", backslash),
    MAKER("xlsx_", drive),
    MAKER("xlsx_", reserved_name),
    MAKER("xlsx_", control),
    MAKER("xlsx_", dot_end),
    MAKER("xlsx_", nul_name),
    MAKER("xlsx_", symlink_member),
    MAKER("xlsx_", device_member),
    MAKER("xlsx_", fifo_member),
    MAKER("xlsx_", duplicate),
    MAKER("xlsx_", case_collision),
    MAKER("xlsx_", folder_collision),
    MAKER("xlsx_", composed_collision),
    MAKER("xlsx_", overlap),
    MAKER("xlsx_", overlap_inside),
    MAKER("xlsx_", encrypted),
    MAKER("xlsx_", strong),
    MAKER("xlsx_", masked),
    MAKER("xlsx_", method_other),
    MAKER("xlsx_", method_differs),
    MAKER("xlsx_", stored_lies),
    MAKER("xlsx_", local_name),
    MAKER("xlsx_", local_size),
    MAKER("xlsx_", outside),
    MAKER("xlsx_", checksum),
    MAKER("xlsx_", laughs_package),
    MAKER("xlsx_", laughs_workbook),
    MAKER("xlsx_", laughs_relations),
    MAKER("xlsx_", laughs_styles),
    MAKER("xlsx_", laughs_strings),
    MAKER("xlsx_", laughs_sheet),
    MAKER("xlsx_", external_entity),
    MAKER("xlsx_", external_type),
    MAKER("xlsx_", parameter_entity),
    MAKER("xlsx_", undefined_entity),
    MAKER("xlsx_", utf16),
    MAKER("xlsx_", shift_jis),
    MAKER("xlsx_", not_utf8),
    MAKER("xlsx_", two_roots),
    MAKER("xlsx_", deep),
    MAKER("xlsx_", deep_million),
    MAKER("xlsx_", attributes),
    MAKER("xlsx_", attributes_many),
    MAKER("xlsx_", attribute_long),
    MAKER("xlsx_", attribute_open),
    MAKER("xlsx_", comment_long),
    MAKER("xlsx_", names_many),
    MAKER("xlsx_", attribute_names_many),
    MAKER("xlsx_", prefixes_many),
    MAKER("xlsx_", text_long),
    MAKER("xlsx_", strings_large),
    MAKER("xlsx_", strings_many),
    MAKER("xlsx_", columns_wide),
    MAKER("xlsx_", columns_million),
    MAKER("xlsx_", merged_many),
    MAKER("xlsx_", merged_deep),
    MAKER("xlsx_", merged_wide),
    MAKER("xlsx_", column_marks),
    MAKER("xlsx_", row_of_strings),
    MAKER("xlsx_", styles_many),
    MAKER("xlsx_", link_outside),
    MAKER("xlsx_", link_external),
    MAKER("xlsx_", link_nowhere),
    MAKER("xlsx_", link_itself),
    MAKER("xlsx_", one_part_twice),
    MAKER("", tar_honest),
    MAKER("", tar_hardlink),
    MAKER("", tar_symlink),
    MAKER("", tar_device),
    MAKER("", tar_block_device),
    MAKER("", tar_folder),
    MAKER("", tar_fifo),
    MAKER("", tar_pax),
    MAKER("", tar_pax_global),
    MAKER("", tar_long_name),
    MAKER("", tar_sparse),
    MAKER("", tar_parent),
    MAKER("", tar_absolute),
    MAKER("", tar_upper_case),
    MAKER("", tar_backslash),
    MAKER("", tar_reserved),
    MAKER("", tar_duplicate),
    MAKER("", tar_size),
    MAKER("", tar_second),
    MAKER("", tar_cut),
    MAKER("", zstd_honest),
    MAKER("", zstd_bomb),
    MAKER("", zstd_bomb_total),
    MAKER("", zstd_window),
    MAKER("", zstd_second_frame),
    MAKER("", zstd_garbage),
    MAKER("", zstd_cut),
    MAKER("", zstd_skippable),
};
enum { N_HOSTILE_INPUTS = sizeof hostile_inputs / sizeof *hostile_inputs };
#endif
