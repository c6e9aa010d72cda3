/* readable.h -- machine-readability of any table: a CSV or a workbook -> sheets of cells -> verdicts of the 30 rules, with every place.
 * Input    CSV in UTF-8 (with or without byte order mark) or CP932; .xlsx, which a worker unpacks that holds nothing else (secure-store/sandbox.h).
 * Sheet    a rectangle from A1 to the last filled cell, row by row; what a rule must know of a cell besides its text stands in its flags.
 * Shape    title lines, header rows, data, lines below are told apart by what stands in them (readable_shape.c); a guess, shown to the user.
 * Verdict  passed, failed, for a person (a program sees a sign or nothing at all), not applicable. Nothing a program cannot judge is called passed.
 * Places   row and column from 1 as a spreadsheet counts; column 0 = the whole row, row 0 = the whole column, both 0 = the sheet. The first
 *          READABLE_KEPT of a rule are kept, all are counted.
 * Limits   4,000,000 cells a sheet, 12,000,000 a file, 64 sheets: E_READABLE_LARGE. Errors of the readers as they are.
 * Memory   24 bytes a cell and its text, in the arena.
 * Source   行政データにおける機械可読性に関するルール (デジタル庁, 2026-03-31): 30 rules in three levels, severities as in its sample application;
 *          統計表における機械判読可能なデータの表記方法の統一ルール (総務省, 2020-12-18): 15 items, of three of them the number is not confirmed. */
#ifndef SHIRABE_COLLECTOR_READABLE_READABLE_H
#define SHIRABE_COLLECTOR_READABLE_READABLE_H
#include "base/arena.h"
#include "base/ext_csv.h"
#include "base/job.h"
#include "secure-store/release_rules.h"

enum readable_kind { CELL_BLANK, CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_OTHER };
enum { CELL_QUOTED = 1, CELL_FORMULA = 2, CELL_STRUCK = 4, CELL_COLOURED = 8, CELL_FILLED = 16, CELL_FLAGS = 31 };
enum { READABLE_KEPT = 2000, READABLE_SHEET_CELLS = 4000000, READABLE_FILE_CELLS = 12000000, READABLE_SHEETS = 64 };
struct readable_cell {
  struct str text;
  uint8_t kind, flags;
};
struct readable_area { /* from 1, both ends within; 0 = not known */
  int32_t top, left, bottom, right;
};
struct readable_sheet {
  const char *name;
  int64_t n_rows, n_columns;
  struct readable_cell *cells;
  int32_t *widths; /* CSV: cells of each record as it stands; NULL for a workbook */
  struct readable_area *merged, *objects;
  int64_t n_merged, n_objects;
  int32_t *hidden_rows, *hidden_columns;
  int64_t n_hidden_rows, n_hidden_columns;
  bool hidden;
};
struct readable_file {
  const char *name;  /* last part of the path */
  const char *format; /* "csv", "xlsx"; others that a machine reads but these rules do not: "xml", "ods", "json"; "" = none of them */
  const char *encoding;
  const char *why;   /* of format "": what it is instead */
  struct readable_sheet *sheets;
  int n_sheets;
};
static inline const struct readable_cell *readable_at(const struct readable_sheet *s, int64_t row, int64_t column) {
  return &s->cells[row * s->n_columns + column];
}

/* --- reading --- */
/* apart: unpack a workbook in a worker (true but in tests that look at the parser itself). Formats of other systems are no error: format "" and
 *          why. */
enum err_code readable_open(const struct job *job, const char *path, bool apart, struct readable_file *out, struct err *e) NODISCARD;

/* --- what the user says beside the file --- */
enum readable_form { FORM_UNKNOWN, FORM_LONG, FORM_WIDE };
struct readable_spec {
  enum readable_form form;
  int level;                                /* 1..3: rules above it are left out */
  const char *sheet;                        /* NULL = every visible sheet */
  const struct csv_table *codes, *columns;  /* NULL = none; checked by readable_spec_check */
  const char *table;                        /* id in their column `table`, where they have one */
  const struct readable_file *previous;     /* last year's file, NULL = none */
};
enum err_code readable_spec_check(const char *name, const struct csv_table *t, bool codes, struct err *e) NODISCARD; /* E_READABLE_CODES */

/* --- judging --- */
enum readable_severity { READABLE_FATAL, READABLE_CRITICAL, READABLE_MAJOR, READABLE_MINOR };
struct readable_rule {
  const char *id;   /* "L1-04" */
  const char *id2020; /* "1-4"; "1-?" = among the items whose number is not confirmed; "" = not among the 15 */
  int level;
  enum readable_severity severity;
  const char *en, *ja, *do_en, *do_ja;
};
struct readable_place {
  int32_t sheet, row, column;
};
struct readable_result {
  const struct readable_rule *rule;
  enum rule_verdict verdict;
  int64_t n_places, n_kept;
  struct readable_place places[READABLE_KEPT];
};
struct readable_shape { /* rows from 0: [first_row, header_end) headers, [header_end, end) data; title lines before, other lines after */
  int64_t first_row, header_end, end;
  int64_t first_column, end_column;
};
struct readable_report {
  const struct readable_file *file;
  struct readable_shape *shapes; /* per sheet; first_row < 0 = no table */
  struct readable_result *results; /* [n_results], in rule order */
  int n_results;
  int64_t passed, failed, for_a_person, not_applicable;
  int64_t failed_of[4]; /* by severity */
};
const char *readable_severity_name(enum readable_severity s);
const char *readable_verdict_name(enum rule_verdict v);
enum err_code readable_judge(struct arena *a, const struct readable_file *f, const struct readable_spec *spec, struct readable_report *out,
    struct err *e) NODISCARD;
/* "B12", "12:12" (row), "B:B" (column), "" (sheet). */
void readable_place_text(struct readable_place p, char out[32]);

/* --- the page: one HTML file without scripts, the first 200 rows and 60 columns of each sheet, places marked by severity --- */
void readable_html(const struct readable_report *r, enum err_lang lang, struct strbuf *out);
#endif
