/* batch_print.h -- 送付書: one A4 page about one batch, for telephone and fax. The id stands in 8 groups of 4 hex digits (its first half, which is
 * read aloud) and in full below. A control sum over fewer than 10 records is not printed: the sum of few records is nearly an answer.
 * Source   人口動態調査令施行細則 (市町村送付票, 保健所送付票): sender, period, counts per form. */
#ifndef SHIRABE_COLLECTOR_BATCH_PRINT_H
#define SHIRABE_COLLECTOR_BATCH_PRINT_H
#include <stdio.h>

#include "collector/batch.h"

enum { PRINT_MIN_RECORDS = 10, PRINT_MAX_CONTROLS = 24 };
void batch_id_groups(const char *id, int from, int n, char out[48]); /* n groups of 4 digits from digit `from` */
/* What the kind in a manifest or in the ledger is called; another text stays as it is. */
const char *batch_kind_text(const char *kind, enum err_lang lang);
void batch_print_text(FILE *to, const struct batch_manifest *m, const char *id, enum err_lang lang);
void batch_print_html(FILE *to, const struct batch_manifest *m, const char *id, enum err_lang lang);
#endif
