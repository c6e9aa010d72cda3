/* recognise.c -- see recognise.h. */
#include "collector/recognise.h"

#include <string.h>

#include "collector/xlsx.h"

enum { HEAD = 8192, SEARCHED = 32 << 20, TAIL = 4 << 20 };

static bool has(const uint8_t *p, size_t n, const char *word, size_t length) { return n > 0 && memmem(p, n, word, length) != NULL; }
#define HAS(p, n, word) has((p), (n), word, sizeof(word) - 1)
static bool begins(const uint8_t *p, size_t n, const char *word) { return n >= strlen(word) && memcmp(p, word, strlen(word)) == 0; }

static enum err_code refuse(const struct source *s, enum err_code code, const char *found, struct err *e) {
  return ERR(e, code, .file = s->name, .subject = s->name, .found = found);
}

/* --- zip --- */
static bool has_member(const struct source *s, const char *name) { /* in the directory at the end */
  size_t from = s->n > TAIL ? s->n - TAIL : 0;
  return memmem(s->p + from, s->n - from, name, strlen(name)) != NULL;
}
static bool is_type(const struct source *s, const char *type) { /* the stored first member `mimetype` of OpenDocument */
  enum { NAME = 30, LENGTH = 8 };
  return s->n > NAME + LENGTH && memcmp(s->p + NAME, "mimetype", LENGTH) == 0 && begins(s->p + NAME + LENGTH, s->n - NAME - LENGTH, type);
}
static enum err_code recognise_zip(const struct source *s, bool *workbook, struct err *e) {
  if (is_type(s, "application/vnd.oasis.opendocument.spreadsheet")) return refuse(s, E_FOREIGN_FORMAT, "an OpenDocument sheet (.ods)", e);
  if (is_type(s, "application/vnd.oasis.opendocument")) return refuse(s, E_FOREIGN_FORMAT, "an OpenDocument file", e);
  if (!has_member(s, "[Content_Types].xml"))
    return refuse(s, E_FOREIGN_FORMAT, "a zip file that is no workbook; unpack it and take its files in one by one", e);
  if (has_member(s, "word/document.xml")) return refuse(s, E_FOREIGN_FORMAT, "a Word document (.docx)", e);
  if (has_member(s, "ppt/presentation.xml")) return refuse(s, E_FOREIGN_FORMAT, "a PowerPoint file (.pptx)", e);
  if (has_member(s, "xl/workbook.bin")) return refuse(s, E_FOREIGN_FORMAT, "a binary workbook (.xlsb)", e);
  *workbook = true;
  return E_OK;
}

/* --- compound files of old Office programs: names of their streams are UTF-16 --- */
static bool has_stream(const struct source *s, const char *name) {
  char wide[64];
  size_t n = strlen(name);
  for (size_t i = 0; i < n; i++) wide[2 * i] = name[i], wide[2 * i + 1] = 0;
  return has(s->p, s->n < SEARCHED ? s->n : SEARCHED, wide, 2 * n);
}
/* BoundSheet8: type 0x85, length, offset, state, kind, then number of characters, 0 for one byte each, the name. */
static bool has_old_sheet(const struct source *s, const char *name) {
  char word[32];
  size_t n = strlen(name), end = s->n < SEARCHED ? s->n : SEARCHED;
  word[0] = (char)n;
  word[1] = 0;
  memcpy(word + 2, name, n);
  for (const uint8_t *p = s->p, *at; p < s->p + end && (at = memmem(p, end - (size_t)(p - s->p), word, n + 2)); p = at + 1)
    if (at - s->p >= 10 && at[-10] == 0x85 && at[-9] == 0 && at[-8] == n + 8) return true;
  return false;
}
static enum err_code recognise_compound(const struct source *s, struct err *e) {
  if (has_stream(s, "EncryptedPackage")) return refuse(s, E_SHEET_ENCRYPTED, "", e);
  if (has_stream(s, "WordDocument")) return refuse(s, E_FOREIGN_FORMAT, "an old Word document (.doc)", e);
  if (has_old_sheet(s, "survey") && has_old_sheet(s, "choices")) return refuse(s, E_FOREIGN_FORM, "an XLSForm (.xls)", e);
  if (has_stream(s, "Workbook") || has_stream(s, "Book")) return refuse(s, E_SHEET_OLD, "", e);
  return refuse(s, E_FOREIGN_FORMAT, "a file of an old Office program", e);
}

/* --- text that is no table --- */
static bool is_xml(const uint8_t *p, size_t n) {
  static const char *const beginnings[] = {"<?xml", "<!DOCTYPE", "<codeBook", "<html", "<HTML"};
  for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
    if (begins(p, n, beginnings[i])) return true;
  return false;
}
static enum err_code recognise_xml(const struct source *s, const uint8_t *p, size_t n, struct err *e) {
  if (HAS(p, n, "http://www.w3.org/2002/xforms")) return refuse(s, E_FOREIGN_FORM, "an ODK XForm (XML)", e);
  if (HAS(p, n, "<codeBook") || HAS(p, n, "ddi:codebook")) return refuse(s, E_FOREIGN_FORM, "a DDI-Codebook (XML)", e);
  if (HAS(p, n, "DDIInstance") || HAS(p, n, "ddi:instance")) return refuse(s, E_FOREIGN_FORM, "a DDI-Lifecycle description (XML)", e);
  if (HAS(p, n, "urn:schemas-microsoft-com:office:spreadsheet")) return refuse(s, E_FOREIGN_FORMAT, "a workbook in Excel's XML of 2003", e);
  if (HAS(p, n, "<html") || HAS(p, n, "<HTML")) return refuse(s, E_FOREIGN_FORMAT, "a web page (some programs name it .xls)", e);
  return refuse(s, E_FOREIGN_FORMAT, "an XML file", e);
}
static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static enum err_code recognise_text(const struct source *s, struct err *e) {
  size_t skip = begins(s->p, s->n, "\xef\xbb\xbf") ? 3 : 0;
  while (skip < s->n && skip < HEAD && is_space(s->p[skip])) skip++;
  const uint8_t *p = s->p + skip;
  size_t n = s->n - skip < HEAD ? s->n - skip : HEAD;
  if (begins(p, n, "[Dictionary]") && HAS(p, n, "CSPro")) return refuse(s, E_FOREIGN_FORM, "a CSPro dictionary (.dcf)", e);
  if (begins(p, n, "{") && HAS(p, n, "\"software\"") && HAS(p, n, "\"CSPro\"")) return refuse(s, E_FOREIGN_FORM, "a CSPro dictionary (.dcf)", e);
  return is_xml(p, n) ? recognise_xml(s, p, n, e) : E_OK;
}

enum err_code recognise(const struct source *s, bool *workbook, struct err *e) {
  *workbook = false;
  if (s->n == 0) return E_OK;
  if (begins(s->p, s->n, "PK\003\004")) return recognise_zip(s, workbook, e);
  if (begins(s->p, s->n, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return recognise_compound(s, e);
  if (begins(s->p, s->n, "SQLite format 3")) {
    size_t n = s->n < SEARCHED ? s->n : SEARCHED;
    bool cspro = HAS(s->p, n, "vector_clock") && HAS(s->p, n, "sync_history");
    return refuse(s, E_FOREIGN_DATA, cspro ? "a CSPro data file (.csdb)" : "an SQLite database", e);
  }
  if (begins(s->p, s->n, "$FL2") || begins(s->p, s->n, "$FL3")) return refuse(s, E_FOREIGN_DATA, "an SPSS data file (.sav)", e);
  if (begins(s->p, s->n, "<stata_dta>")) return refuse(s, E_FOREIGN_DATA, "a Stata data file (.dta)", e);
  return recognise_text(s, e);
}

enum err_code recognise_workbook(const struct workbook *w, struct err *e) {
  bool survey = false, choices = false;
  for (int i = 0; i < w->n_sheets; i++) {
    survey |= strcmp(w->sheets[i].name, "survey") == 0;
    choices |= strcmp(w->sheets[i].name, "choices") == 0;
  }
  bool named = w->source->sheet && *w->source->sheet;
  return survey && choices && !named ? refuse(w->source, E_FOREIGN_FORM, "an XLSForm (.xlsx)", e) : E_OK;
}

bool recognise_codebook(const struct source_row *row) {
  static const char *const headings[] = {"項目名", "階層", "位置", "バイト数", "符号", "符号内容"};
  size_t found = 0;
  for (size_t k = 0; k < sizeof headings / sizeof *headings; k++)
    for (int64_t i = 0; i < row->n_cells; i++)
      if (str_eq(row->cells[i].text, str_of(headings[k]))) {
        found++;
        break;
      }
  return found == sizeof headings / sizeof *headings;
}
