/* bundle_formats.h -- the further formats of the published tables, and the door's look at them.
 * Made     tables/<id>.xlsx, .sdmx.csv, .dsd.xml from the long form and the word tables of the bundle (sheet_grid.h, sdmx.h); tables/<id>.ja.svg
 *          and .en.svg by the drawing that the caller gives, which sees the same bytes and nothing else (a layer above knows charts, this one
 *          does not).
 * Door     bundle_same: each of them is made again and must be the same byte for byte; a part that cannot be made again may not leave.
 * Reader   bundle_read_check: what a reader can prove without the office's program: the workbook and the SDMX files are read back and every
 *          figure and state is held against the long form; an SVG holds only the elements of a chart, and its figures are figures that the long
 *          form shows; the quality report's tables are counted again.
 * Errors   E_RELEASE_REPORT, E_PART_XLSX, E_PART_SDMX, E_PART_SVG, E_PART_QUALITY, E_PART_DIFFERS. Memory: an arena of its own per table. */
#ifndef SHIRABE_SECURE_STORE_BUNDLE_FORMATS_H
#define SHIRABE_SECURE_STORE_BUNDLE_FORMATS_H
#include "secure-store/bundle/bundle_source.h"

/* bundle_draw_fn (release.h): *out empty: no picture of this table makes sense. */
enum { BUNDLE_FORMS = 5 }; /* further files of a table */
/* Appends the files of one table; out has room for BUNDLE_FORMS. draw may be NULL. */
enum err_code bundle_forms_of(
    struct arena *a, const struct bundle_source *s, bundle_draw_fn draw, struct release_part *out, int64_t *n, struct err *e) NODISCARD;
enum err_code bundle_same(const struct release_part *parts, int64_t n, bundle_draw_fn draw, struct err *e) NODISCARD;
enum err_code bundle_read_check(const struct release_part *parts, int64_t n, struct err *e) NODISCARD;

/* The long table that a file of a further format belongs to: its id in the arena; NULL when the name is none of them. */
const char *bundle_form_of(struct arena *a, const char *name);
bool bundle_is_extra(const char *name); /* tables.csv, notes.csv, quality.json, quality.md */

enum err_code svg_check(struct arena *a, const struct bundle_source *s, const struct release_part *part, struct err *e) NODISCARD;
#endif
