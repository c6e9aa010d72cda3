/* quality_print.h -- data quality per sender as a text table, JSON, CSV and an SVG picture (quality_svg.c). Internal output: small cells are not
 * protected. */
#ifndef SHIRABE_FRONT_QUALITY_PRINT_H
#define SHIRABE_FRONT_QUALITY_PRINT_H
#include "base/cli.h"
#include "base/str.h"
#include "front/quality.h"
#include "processing/command/cmd_process_print.h"

void quality_print_text(struct cli *c, const struct quality *q);
void quality_print_sender(struct cli *c, const struct quality *q, const char *office);
void quality_print_json(struct cli *c, const struct quality *q, const char *office);
void quality_print_csv(struct cli *c, const struct quality *q, bool classes); /* classes: of effects.by; they are answers */
/* Heat map office x check of failure rates with their n; the senders and checks that fail most first, the rest counted below. */
void quality_svg(struct arena *a, const struct quality *q, enum err_lang lang, struct strbuf *out);
/* "12.3", "–" where the rate does not exist. */
const char *quality_percent_text(const struct quality_rate *r, bool weighted, char out[32]);
/* What a reason of process_metrics.h means. */
const char *quality_reason(struct str reason, enum err_lang lang);
#endif
