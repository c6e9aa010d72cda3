/* changes_check.h -- what changes.csv may say: a new value only where the long form of the table shows it in the same cell, and no value at all
 * beside a status that is not shown. The old values went out with the edition before; they are held against its sealed parts. Format
 * table,cell,measure,old,old_status,new,new_status,reason; cell "sex=1 age=_T", measure "n" = the number of units. Pure: bytes in, verdict out.
 * Errors   E_RELEASE_REFUSED, E_RELEASE_REPORT with the line. */
#ifndef SHIRABE_SECURE_STORE_REGISTER_CHANGES_CHECK_H
#define SHIRABE_SECURE_STORE_REGISTER_CHANGES_CHECK_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct changes_source { /* gives the long form of a table of one edition; text.p NULL = that edition has no such table */
  void *context;
  enum err_code (*table)(void *context, const char *id, struct str *text, struct err *e);
};
/* old NULL: the old values are not checked here. */
enum err_code changes_check(
    struct arena *a, struct str changes, const struct changes_source *new, const struct changes_source *old, struct err *e) NODISCARD;
#endif
