/* table_digest.h -- the canonical bytes of a result table; their SHA-256 is the table's digest (the command hashes: methods use no library of
 *    hashes).
 * Holds    id, survey, form, period, disclosure profile, publication rule, refusal, notes; names of dimensions, names and units of measures; per
 *          row the
 *          codes, n or its status, and per measure status, figure as published (rounded), se, cv, df, limits, confidence, design effect, mark,
 *          reason (of a suppressed figure the one that is published, never the rule).
 *          Not titles (they are translations), not the split into rows and columns of the wide form, no time, no program version.
 * Form     netstrings (`length:bytes,`) after the line `shirabe-table-1`; a number is the shortest decimal text that reads back to the same bits,
 *          -0 is 0; what is not shown is the empty text, so a hidden figure leaves no trace.
 * Same     for any number of threads and any split into shards, since the figures are; the same after writing as JSON and reading again.
 * Memory   the buffer given. Cost: linear in the cells. */
#ifndef SHIRABE_ESTIMATORS_TABLE_DIGEST_H
#define SHIRABE_ESTIMATORS_TABLE_DIGEST_H
#include "estimators/table/result_table.h"

void result_canonical(const struct result_table *t, struct strbuf *to);
#endif
