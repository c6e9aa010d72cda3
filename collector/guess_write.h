/* guess_write.h -- a guess as texts a person keeps: a layout object (form.json "layouts", --layout-file), or a draft form folder with such a layout
 * in it.
 * Layout   the keys of forms/form_folder.md. Columns go by their headings when all headings differ and the table is not wide, else by their numbers.
 * Draft    FOLDER/library/draft/NAME/1/{form.json,items.csv,checks.csv}, FOLDER/library/draft/survey.json and the code lists it uses under
 *          FOLDER/codelists: `SHIRABE_FORMS=FOLDER shirabe form check draft` accepts it. It has no keys: nothing is known about what identifies a
 *          record.
 * Missing  signs met get the meaning they have in the ministries' tables: - not applicable, … N/A unknown; in numeric columns also ・ impossible,
 *          x suppressed, * small base, *** not available. Others stay undeclared and are problems.
 * Errors   E_FILE_EXISTS (nothing is overwritten), E_FILE_WRITE, E_DISK_FULL. */
#ifndef SHIRABE_COLLECTOR_GUESS_WRITE_H
#define SHIRABE_COLLECTOR_GUESS_WRITE_H
#include "base/json_out.h"
#include "collector/guess_map.h"

/* "c0007", or the heading when it is a well-formed name; out of 64 bytes. */
const char *guess_item_name(const struct guess *g, int64_t j, char out[64]);
/* mapping NULL = all columns as items of the draft. */
void guess_layout_object(struct json_out *j, const struct guess *g, const struct guess_mapping *mapping);
enum err_code guess_layout_file(const struct guess *g, const struct guess_mapping *mapping, const char *path, struct err *e) NODISCARD;
enum err_code guess_draft(const struct guess *g, const char *forms, const char *folder, const char *name, struct err *e) NODISCARD;
/* The pairs for the draft's items.csv, "-=not_applicable;…=unknown"; "" = none. */
enum { GUESS_MISSING_BYTES = 192 };
const char *guess_missing(const struct guess_column *c, char out[GUESS_MISSING_BYTES]);
#endif
