/* sdc_picture.h -- the pattern of a protected table as an SVG grid: shown, primary, secondary, not there; readable in black and white. No figure
 *    stands in it.
 * Shape    rows: the row dimensions; columns: the others; one measure (-1 = the one with most hidden figures). At most 120 x 80 cells: beyond that
 *          E_SDC_PICTURE. Cost: O(rows + cells). Source: none. */
#ifndef SHIRABE_ESTIMATORS_SDC_PICTURE_H
#define SHIRABE_ESTIMATORS_SDC_PICTURE_H
#include "estimators/table/result_table.h"

enum err_code sdc_picture(const struct result_table *t, int measure, bool ja, struct strbuf *to, struct err *e) NODISCARD;
#endif
