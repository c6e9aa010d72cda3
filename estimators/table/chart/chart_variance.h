/* chart_variance.h -- a variance function as a picture: cv by size of the cells on two logarithmic axes, the fitted curve over them.
 * Shows    cells used (filled) and dropped (hollow); a cell that is hidden in the table, or left out, has no point. The curve runs from the
 *          smallest to the largest cell drawn, and has a gap where the function is not above 0.
 * Errors   those of chart_scatter; E_NO_MEMORY. Memory: the arena. Cost O(rows). */
#ifndef SHIRABE_ESTIMATORS_CHART_VARIANCE_H
#define SHIRABE_ESTIMATORS_CHART_VARIANCE_H
#include "estimators/table/chart/chart_result.h"
#include "estimators/table/variance_function.h"

/* item: words of the measure's items; may be NULL. */
enum err_code chart_of_variance(struct arena *a, const struct variance_function *v, enum err_lang lang, item_label_fn item, const void *context,
    struct strbuf *to, struct err *e) NODISCARD;
/* "log relvar = 1.23 - 0.91 log X": the function with its figures, of `digits` significant digits. out of 160 bytes. */
const char *variance_formula(const struct gvf *g, int digits, char *out, size_t size);
#endif
