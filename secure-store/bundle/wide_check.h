/* wide_check.h -- the wide form cell by cell against the long form: a cell shows the figure of its own row and column there, or nothing. That a
 * hidden figure also stands somewhere else in the table as a shown one does not excuse it.
 * Columns  period, the row dimensions under their names, then one column per combination of the others: <first measure>_<dimension>_<code>...,
 *          every sign but letters and digits as _. Errors E_RELEASE_REFUSED. Memory: the arena. Cost O(n log n). */
#ifndef SHIRABE_SECURE_STORE_WIDE_CHECK_H
#define SHIRABE_SECURE_STORE_WIDE_CHECK_H
#include "base/ext_csv.h"
#include "secure-store/release.h"

enum err_code wide_check(struct arena *a, const struct release_part *part, const struct csv_table *long_form, struct err *e) NODISCARD;
#endif
