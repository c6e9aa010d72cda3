/* output_file.h -- which files may be handed in at all: kinds that cannot carry more than they show.
 * Tables   .csv, .json: UTF-8 without NUL; what they say is judged by the rules.
 * Pictures .png: every chunk is of a kind that draws (IHDR PLTE tRNS IDAT IEND cHRM gAMA sRGB pHYS sBIT bKGD), its CRC holds, the image data have the
 *          length that the header announces, nothing stands behind IEND: texts, profiles, thumbnails and private chunks are refused.
 * Refused  everything else by its ending, and content of another kind under an allowed one: .svg and .gph hold the figures they draw, workbooks and
 *          archives hold parts nobody sees.
 * Errors   E_OUTPUT_TYPE (file, what is wrong), E_OUTPUT_FILES for names and sizes. */
#ifndef SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_FILE_H
#define SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_FILE_H
#include "base/err.h"
#include "base/str.h"

enum output_kind { OUTPUT_TABLE_CSV, OUTPUT_TABLE_JSON, OUTPUT_PICTURE };
bool output_name_ok(const char *name); /* [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
enum err_code output_file_check(const char *name, struct str bytes, enum output_kind *kind, struct err *e) NODISCARD;
#endif
