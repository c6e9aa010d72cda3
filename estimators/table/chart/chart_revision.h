/* chart_revision.h -- a comparison of two runs as a picture: a bar of the relative change for each cell that changed, largest first, with both
 *    figures at its side.
 * Shows    at most REVISION_ROWS cells; says how many more changed. A cell hidden on either side is not drawn: only its number is said.
 * Errors   E_CHART_EMPTY when nothing changed; those of chart_bars. Memory: the arena. */
#ifndef SHIRABE_ESTIMATORS_CHART_REVISION_H
#define SHIRABE_ESTIMATORS_CHART_REVISION_H
#include "estimators/table/chart/chart_result.h"
#include "estimators/table/revision.h"

enum { REVISION_ROWS = 40 };
enum err_code chart_of_revision(struct arena *a, const struct revision *r, enum err_lang lang, code_label_fn label, const void *context,
    struct strbuf *to, struct err *e) NODISCARD;
#endif
