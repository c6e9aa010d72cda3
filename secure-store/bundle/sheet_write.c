/* sheet_write.c -- a workbook of plain tables: the least that ISO/IEC 29500 asks for, so that nothing else can hide in it.
 * Texts stand in their cells (inlineStr), numbers as their digits with a display format of as many decimals; no creation time is written. */
#include <stdio.h>
#include <string.h>

#include "base/ext_archive_zip_write.h"
#include "base/xml_out.h"
#include "secure-store/bundle/sheet_grid.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

enum { MOST_DECIMALS = 9 };

static void content_types(struct strbuf *b) {
  strbuf_adds(b, HEAD "<Types xmlns=\"" PACKAGE
                      "content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                      "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                      "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPE
                      "sheet.main+xml\"/>"
                      "<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPE "styles+xml\"/>");
  for (int i = 1; i <= GRID_SHEETS; i++)
    strbuf_addf(b, "<Override PartName=\"/xl/worksheets/sheet%d.xml\" ContentType=\"" TYPE "worksheet+xml\"/>", i);
  strbuf_adds(b, "</Types>\n");
}
static void package_relations(struct strbuf *b) {
  strbuf_adds(b, HEAD "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" RELATION "/officeDocument\""
                      " Target=\"xl/workbook.xml\"/></Relationships>\n");
}
static void workbook(const struct sheet_grid grid[GRID_SHEETS], struct strbuf *b) {
  strbuf_adds(b, HEAD "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATION "\"><sheets>");
  for (int i = 0; i < GRID_SHEETS; i++) strbuf_addf(b, "<sheet name=\"%s\" sheetId=\"%d\" r:id=\"rId%d\"/>", grid[i].name, i + 1, i + 1);
  strbuf_adds(b, "</sheets></workbook>\n");
}
static void workbook_relations(struct strbuf *b) {
  strbuf_adds(b, HEAD "<Relationships xmlns=\"" PACKAGE "relationships\">");
  for (int i = 1; i <= GRID_SHEETS; i++)
    strbuf_addf(b, "<Relationship Id=\"rId%d\" Type=\"" RELATION "/worksheet\" Target=\"worksheets/sheet%d.xml\"/>", i, i);
  strbuf_addf(b, "<Relationship Id=\"rId%d\" Type=\"" RELATION "/styles\" Target=\"styles.xml\"/></Relationships>\n", GRID_SHEETS + 1);
}
/* Style 0 general, 1 text, 2 + d a number with d decimals and groups of three (a format; the cell holds plain digits). */
static void styles(struct strbuf *b) {
  strbuf_addf(b, HEAD "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"%d\">", MOST_DECIMALS + 1);
  for (int d = 0; d <= MOST_DECIMALS; d++)
    strbuf_addf(b, "<numFmt numFmtId=\"%d\" formatCode=\"#,##0%s%.*s\"/>", 164 + d, d ? "." : "", d, "000000000");
  strbuf_adds(b,
      "</numFmts><fonts count=\"1\"><font><sz val=\"10\"/><name val=\"Yu Gothic\"/></font></fonts>"
      "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
      "<borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
      "borderId=\"0\"/></cellStyleXfs>");
  strbuf_addf(b, "<cellXfs count=\"%d\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
                 "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>", MOST_DECIMALS + 3);
  for (int d = 0; d <= MOST_DECIMALS; d++)
    strbuf_addf(b, "<xf numFmtId=\"%d\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>", 164 + d);
  strbuf_adds(b, "</cellXfs></styleSheet>\n");
}

static void column_letters(int k, char out[4]) {
  if (k < 26) out[0] = (char)('A' + k), out[1] = 0;
  else out[0] = (char)('A' + k / 26 - 1), out[1] = (char)('A' + k % 26), out[2] = 0;
}
static void cell(const struct grid_cell *c, int64_t row, int column, struct strbuf *b) {
  char at[4];
  if (!c->text.n) return;
  column_letters(column, at);
  if (c->number) {
    const int d = bundle_decimals(c->text);
    strbuf_addf(b, "<c r=\"%s%lld\" s=\"%d\"><v>", at, (long long)row, d < 0 || d > MOST_DECIMALS ? 0 : 2 + d);
    strbuf_add(b, c->text.p, c->text.n);
    strbuf_adds(b, "</v></c>");
    return;
  }
  const bool padded = c->text.p[0] == ' ' || c->text.p[c->text.n - 1] == ' ';
  strbuf_addf(b, "<c r=\"%s%lld\" s=\"1\" t=\"inlineStr\"><is><t%s>", at, (long long)row, padded ? " xml:space=\"preserve\"" : "");
  xml_put(b, c->text);
  strbuf_adds(b, "</t></is></c>");
}
static void sheet(const struct sheet_grid *g, struct strbuf *b) {
  char last[4];
  column_letters(g->n_columns - 1, last);
  strbuf_addf(b, HEAD "<worksheet xmlns=\"" MAIN "\"><dimension ref=\"A1:%s%lld\"/><sheetData>", last, (long long)g->n_rows);
  for (int64_t i = 0; i < g->n_rows; i++) {
    strbuf_addf(b, "<row r=\"%lld\">", (long long)i + 1);
    for (int k = 0; k < g->n_columns; k++) cell(&g->cells[i * g->n_columns + k], i + 1, k, b);
    strbuf_adds(b, "</row>");
  }
  strbuf_adds(b, "</sheetData></worksheet>\n");
}

enum { PARTS = 5 + GRID_SHEETS };
enum err_code sheet_write(struct arena *a, const struct sheet_grid grid[GRID_SHEETS], struct str *out, struct err *e) {
  static const char *const names[PARTS] = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
      "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml"};
  struct strbuf b[PARTS], zip;
  struct zip_member members[PARTS];
  bool failed = false;
  for (int i = 0; i < PARTS; i++) strbuf_init(&b[i], 0);
  strbuf_init(&zip, 0);
  content_types(&b[0]);
  package_relations(&b[1]);
  workbook(grid, &b[2]);
  workbook_relations(&b[3]);
  styles(&b[4]);
  for (int i = 0; i < GRID_SHEETS; i++) sheet(&grid[i], &b[5 + i]);
  for (int i = 0; i < PARTS; i++) members[i] = (struct zip_member){names[i], str_view(b[i].p, b[i].n)}, failed = failed || b[i].failed;
  enum err_code code = failed ? ERR(e, E_NO_MEMORY, .subject = "workbook") : zip_write(members, PARTS, &zip, e);
  const char *copy = code ? NULL : arena_strdup(a, zip.p, zip.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = "workbook");
  *out = str_view(copy, copy ? zip.n : 0);
  for (int i = 0; i < PARTS; i++) strbuf_release(&b[i]);
  strbuf_release(&zip);
  return code;
}
