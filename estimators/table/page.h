/* page.h -- a printable page in pieces: headings, paragraphs, tables; as Markdown, as HTML that prints, or as JSON for a program.
 * Text     every text is escaped for its form; nothing of it is read as markup. HTML stands alone (style inside, no script, no link), A4
 *          margins, table
 *          heads repeat on every printed page.
 * Memory   the buffer given; a table has PAGE_COLUMNS columns at most. Errors: the buffer's `failed`, to be looked at once at the end. */
#ifndef SHIRABE_ESTIMATORS_PAGE_H
#define SHIRABE_ESTIMATORS_PAGE_H
#include "base/err.h"
#include "base/json_out.h"
#include "base/str.h"

enum page_form { PAGE_MARKDOWN, PAGE_HTML, PAGE_JSON };
enum { PAGE_COLUMNS = 8 };
struct page {
  enum page_form form;
  enum err_lang lang;
  struct strbuf *to;
  struct json_out json;
  int n_columns, column;
};
void page_begin(struct page *p, enum page_form form, enum err_lang lang, struct strbuf *to, const char *title);
void page_heading(struct page *p, const char *text);
void page_paragraph(struct page *p, const char *text);
void page_table(struct page *p, const char *const *heads, int n);
void page_cell(struct page *p, struct str text); /* row by row; the row ends by itself */
void page_cells(struct page *p, const char *a, const char *b); /* two at once; NULL = "" */
void page_table_end(struct page *p);
void page_end(struct page *p);
#endif
