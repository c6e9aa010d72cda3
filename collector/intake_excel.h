/* intake_excel.h -- the stored problems of an intake as a CSV file that a spreadsheet opens by a double click: CP932, CRLF, one problem a row.
 * Columns  line, cell, item, number, message, next step; headings and texts in the language asked for. No answers: problems hold none.
 * Cells    that begin with = + - @ or a control character get an apostrophe in front, so that no cell is run as a formula.
 * Errors   E_EXPORT_CP932 with the line and the character when a text cannot be written (encode_cp932.h guesses nothing); an existing file is kept.
 * Memory   the text of the file. */
#ifndef SHIRABE_COLLECTOR_INTAKE_EXCEL_H
#define SHIRABE_COLLECTOR_INTAKE_EXCEL_H
#include "collector/intake.h"

/* A stored problem as a message. The form, when it is the one the file was read with, gives the name of the date a code is checked against; else
 * NULL. */
void intake_problem_err(const struct form *form, const struct intake_entry *entry, const struct intake_problem *p, enum err_lang lang,
                        struct err *out);
enum err_code intake_excel_write(const char *path, const struct form *form, const struct intake_entry *entry, const struct intake_problem *problems,
                                 int64_t n, enum err_lang lang, struct err *e) NODISCARD;
/* A cell as such a file holds it; appends. */
void excel_cell(struct strbuf *b, struct str cell, bool first);
#endif
