/* bundle_more.h -- what stands in a bundle beside the three basic forms of its tables: words, notes, workbook, SDMX, charts, quality report.
 * Order    after bundle_parts; the files of a table are made from the parts that are there (bundle_source.h). Rates come from the last
 *          processing run of each form (quality.h) under one log entry per form; a form without a run says so.
 * Memory   the arena. Errors: those of store, formats, charts. */
#ifndef SHIRABE_FRONT_BUNDLE_MORE_H
#define SHIRABE_FRONT_BUNDLE_MORE_H
#include "front/bundle_words.h"
#include "secure-store/bundle/quality_report.h"

enum { BUNDLE_FILES_PER_TABLE = 8, BUNDLE_FILES = 6 }; /* room for parts: 8 per published table and 6 more */
enum err_code bundle_more(struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct bundle_about *about,
    struct release_part *parts, int64_t *n_parts, struct err *e) NODISCARD;
enum err_code bundle_quality(struct store *s, struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct bundle_about *about,
    struct release_part *parts, int64_t *n_parts, struct err *e) NODISCARD;
#endif
