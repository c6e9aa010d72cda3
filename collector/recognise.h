/* recognise.h -- what a file is, by its content and never by its name: workbooks are taken, formats of other systems are refused by their name with what to do.
 * Named    CSPro dictionaries (.dcf, both styles) and data (.csdb), ODK XForms, XLSForms, DDI-Codebook and -Lifecycle, 符号表 codebooks, SQLite, OpenDocument,
 *          Word, PowerPoint, binary and old workbooks, protected workbooks, Excel's XML of 2003, web pages named .xls, SPSS and Stata files, other zips and XML.
 *          What detect_encoding.h refuses (PDF, pictures, gzip ...) is left to it.
 * Cost     the head of the file; old workbooks and databases are searched for a few words.
 * Source   CSPro data dictionary and file formats (U.S. Census Bureau); XLSForm and ODK XForms specifications; DDI-Codebook 2.5; [MS-CFB], [MS-XLS] BoundSheet8;
 *          政府統計個票データレイアウト標準記法 (2006). */
#ifndef SHIRABE_COLLECTOR_RECOGNISE_H
#define SHIRABE_COLLECTOR_RECOGNISE_H
#include "collector/read_source.h"

/* *workbook: an .xlsx for xlsx.h. E_FOREIGN_FORM, E_FOREIGN_DATA, E_FOREIGN_FORMAT, E_SHEET_OLD, E_SHEET_ENCRYPTED; E_ZIP_* for a zip that is not whole. */
enum err_code recognise(const struct source *s, bool *workbook, struct err *e) NODISCARD;
/* An XLSForm: sheets `survey` and `choices`, unless the layout names a sheet of it. */
enum err_code recognise_workbook(const struct workbook *w, struct err *e) NODISCARD;
bool recognise_codebook(const struct source_row *row); /* the headings of the 符号表 notation */
#endif
