/* bundle_chart.h -- the picture of a published table, drawn from its long form (struct bundle_source) and nothing else.
 * Picture  the first measure: a tile map when a dimension is the prefectures; else bars (sums) or dots (means, ratios, anything with an
 *          interval), first dimension down, second as series when it has at most eight codes; other dimensions at their total. Title, period,
 *          unit, source and notes in the language asked for. A figure that is not shown has a sign or a hatch and no place on the scale.
 * Nothing  *out is empty when no picture can be drawn: no dimension, no total to take, too many categories.
 * Errors   those of charts other than that, E_NO_MEMORY. Same table, same bytes. */
#ifndef SHIRABE_FRONT_BUNDLE_CHART_H
#define SHIRABE_FRONT_BUNDLE_CHART_H
#include "secure-store/bundle/bundle_source.h"

enum err_code bundle_chart(struct arena *a, const struct bundle_source *s, enum err_lang lang, struct str *out, struct err *e) NODISCARD;
#endif
