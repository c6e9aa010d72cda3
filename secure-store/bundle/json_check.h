/* json_check.h -- the JSON form row by row and measure by measure in the order of the long form: the same codes, states and figures, no member
 * besides the known ones, no number in a cell that is not shown. Errors E_RELEASE_REFUSED, those of JSON. */
#ifndef SHIRABE_SECURE_STORE_JSON_CHECK_H
#define SHIRABE_SECURE_STORE_JSON_CHECK_H
#include "base/ext_csv.h"
#include "secure-store/release.h"

enum err_code json_check(const struct release_part *part, const struct csv_table *long_form, struct err *e) NODISCARD;
#endif
