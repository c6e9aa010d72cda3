/* release_parts.h -- what may stand in a release bundle: nothing leaves that the disclosure report does not cover.
 * Names    columns.csv, codes.csv, changes.csv (register/changes_check.h), and for a long table tables/<id>.csv its tables/<id>.wide.csv and
 *          tables/<id>.json; each once, nothing else.
 * Forms    the wide and the JSON form show no number that the long form (whose hash the report carries) does not show: a cell that is suppressed there is
 *          suppressed everywhere. Pure: bytes in, verdict out. Errors E_RELEASE_REPORT, E_RELEASE_REFUSED. */
#ifndef SHIRABE_SECURE_STORE_RELEASE_PARTS_H
#define SHIRABE_SECURE_STORE_RELEASE_PARTS_H
#include "base/arena.h"
#include "secure-store/release.h"

enum err_code release_check_parts(struct arena *a, const struct release_part *parts, int64_t n, struct err *e) NODISCARD;
bool release_safe_name(const char *name); /* letters, digits, . _ - and /, no "..", not absolute */
#endif
