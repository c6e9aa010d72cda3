/* release_parts.h -- what may stand in a release bundle: nothing leaves that the disclosure report does not cover.
 * Names    columns.csv, codes.csv, changes.csv (register/changes_check.h), tables.csv, notes.csv, quality.json, quality.md, and for a long table
 *          tables/<id>.csv its tables/<id>.wide.csv, .json, .xlsx, .sdmx.csv, .dsd.xml, .ja.svg, .en.svg; each once, nothing else.
 * Forms    no other form shows a number that the long form (whose hash the report carries) does not show in that place: a cell that is
 *          suppressed there is suppressed everywhere. Pure: bytes in, verdict out. Errors E_RELEASE_REPORT, E_RELEASE_REFUSED. */
#ifndef SHIRABE_SECURE_STORE_RELEASE_PARTS_H
#define SHIRABE_SECURE_STORE_RELEASE_PARTS_H
#include "base/arena.h"
#include "secure-store/release.h"

enum err_code release_check_parts(struct arena *a, const struct release_part *parts, int64_t n, struct err *e) NODISCARD;
bool release_safe_name(const char *name); /* letters, digits, . _ - and /, no "..", not absolute */
#endif
