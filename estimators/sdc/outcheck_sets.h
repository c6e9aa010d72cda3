/* outcheck_sets.h -- what is kept of the units behind a table: for each group of figures, in the order of its first figure, a line of tokens (16
 * hexadecimal digits each, rising, separated by a space; an empty group is an empty line), behind the line "shirabe-output-sets-1". And the report as
 * JSON, for people and programs.
 * Errors   E_OUTPUT_TABLE when the text does not fit the table or is not rising. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_SETS_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_SETS_H
#include "base/json_out.h"
#include "estimators/sdc/outcheck.h"

void outcheck_sets_text(const struct outcheck_table *t, const struct outcheck_set *set, struct strbuf *out);
enum err_code outcheck_sets_parse(
    struct arena *a, const struct outcheck_table *t, struct str text, struct outcheck_set **out, struct err *e) NODISCARD;
/* An object: profile, its source and status, figures by verdict, findings (file, cell, line, verdict, reason, texts), intervals. */
void outcheck_report_json(const struct outcheck_profile *p, const struct outcheck_report *r, struct json_out *j);
#endif
