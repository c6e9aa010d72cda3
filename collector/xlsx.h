/* xlsx.h -- what the reader of workbooks (read_xlsx.c) is made of; not for others. One file per idea: parts, strings, styles, values.
 * Parts    found through relationships only, never by guessed names; read as streams out of the checked zip (base/zip_directory.h).
 * Strings  shared strings without furigana (<rPh>), rich runs joined, _xHHHH_ escapes decoded; at most 96 MiB of text and 8 M strings, told when more.
 * Values   numbers keep the digits of the file; day numbers become dates when the cell's style shows a date, by the workbook's epoch.
 * Memory   strings at most 128 MiB, styles and relationships below 2 MiB, one row; the sheet is never held.
 * Source   ISO/IEC 29500-1 (18.2 workbook, 18.3 worksheets, 18.4 shared strings, 18.8.30 number formats), 29500-2 (parts and relationships). */
#ifndef SHIRABE_COLLECTOR_XLSX_H
#define SHIRABE_COLLECTOR_XLSX_H
#include "base/ext_archive_zip.h"
#include "base/ext_expat.h"
#include "collector/read_source.h"

enum xlsx_format { XLSX_NUMBER, XLSX_DATE, XLSX_MONTH, XLSX_TIME, XLSX_DATETIME };

struct xlsx_sheet {
  const char *name, *relation; /* id */
  const struct zip_entry *part;
  bool hidden;
};
struct xlsx_strings {
  char *text;
  uint32_t *starts; /* [n + 1] */
  size_t n, used, max_n, max_text;
};
struct xlsx_styles {
  uint8_t *formats; /* enum xlsx_format, [n] */
  size_t n;
};
struct workbook {
  struct arena *arena;
  const struct source *source;
  struct zip_directory zip;
  struct xlsx_sheet *sheets; /* worksheets only */
  int n_sheets, chosen;
  bool date1904;
  const struct zip_entry *strings_part, *styles_part;
  struct xlsx_strings strings;
  struct xlsx_styles styles;
};
/* --- xlsx_workbook.c --- */
/* Zip, relationships, sheets; chooses source->sheet. Strings and styles are read when the sheet is. */
enum err_code workbook_open(struct arena *a, struct source *s, struct workbook **out, struct err *e) NODISCARD;
enum err_code workbook_part(const struct workbook *w, const struct zip_entry *part, const struct xml_handlers *handlers, void *context, struct err *e) NODISCARD;
enum err_code workbook_bad(const struct workbook *w, const char *found, struct err *e); /* E_SHEET_FORMAT */
/* Each relationship of a part to another one inside the package: its kind ("drawing", "comments") and that part, NULL when it is not there. A part
 *          without
 * relationships has none. */
typedef enum err_code (*workbook_related_fn)(void *context, const char *kind, const struct zip_entry *part, struct err *e);
enum err_code workbook_related(struct workbook *w, const struct zip_entry *part, workbook_related_fn fn, void *context, struct err *e) NODISCARD;

/* --- xlsx_strings.c --- */
/* The text of one <si> or <is>: <t> and <r><t>, without <rPh>. */
struct rich_text {
  int phonetic; /* depth inside <rPh> */
  bool in_t;
};
void rich_start(struct rich_text *t, const char *name);
void rich_end(struct rich_text *t, const char *name);
static inline bool rich_takes(const struct rich_text *t) { return t->in_t && t->phonetic == 0; }
size_t xlsx_unescape(char *p, size_t n); /* _x000D_ and the like, in place; returns the new length */
enum err_code xlsx_strings_read(struct workbook *w, struct arena *a, struct err *e) NODISCARD;
bool xlsx_string(const struct xlsx_strings *s, struct str index, struct str *out);

/* --- xlsx_styles.c --- */
enum xlsx_format xlsx_format_of_code(struct str code);
enum xlsx_format xlsx_format_of_id(int64_t id); /* built in */
enum err_code xlsx_styles_read(struct workbook *w, struct arena *a, struct err *e) NODISCARD;

/* --- xlsx_value.c --- */
enum { XLSX_VALUE_BYTES = 64 };
/* Digits as they stand. With an exponent, or a fraction of more than 15 significant digits in all, written out and rounded to 15 (*rewritten); whole numbers
 * of more than 15 digits keep them and are told (*rewritten), since a spreadsheet would not. 0 = no number, or (*rewritten) one too long to be written out. */
size_t xlsx_number(struct str in, char out[XLSX_VALUE_BYTES], bool *rewritten);
/* A day number as 2025-04-01, 2025-04, 09:30, 2025-04-01 09:30:00; 0 = no date of that system (day 60 of 1900, negative, beyond 9999). */
size_t xlsx_serial(struct str digits, enum xlsx_format format, bool date1904, char out[XLSX_VALUE_BYTES]);
bool xlsx_cell_name(struct str text, int64_t *row, int64_t *column); /* "AB12" -> 12, 28; 1-based */
#endif
