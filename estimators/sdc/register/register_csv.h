/* register_csv.h -- a register table from the long CSV of a release (table,period,dimensions...,measure,unit,value,...,n,status,reason), units
 * unknown; and what two editions of one table differ in. Rows     cells in the order of the file; a row of the table is a run of lines with the
 * same codes. Changes  figures by table, codes and measure: another value, another status, in one of them only. A hidden figure has its status,
 * never a value. Errors   E_REGISTER_BUNDLE with the file. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_CSV_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_CSV_H
#include "estimators/sdc/register/register.h"

enum err_code register_from_csv(
    struct arena *a, const char *name, struct str text, const char *form, struct register_table *out, struct err *e) NODISCARD;
struct register_change {
  const char *table, *cell, *measure;
  struct str before, after; /* as published, "" unless shown */
  const char *status_before, *status_after; /* shown, suppressed, none, absent */
};
/* Calls back in the order of the old table's rows, then for rows that are new. */
typedef enum err_code (*register_change_fn)(void *context, const struct register_change *change, struct err *e);
enum err_code register_changes(struct arena *a, const struct register_table *before, const struct register_table *after, register_change_fn each,
    void *context, struct err *e) NODISCARD;
/* table,cell,measure,old,old_status,new,new_status,reason */
enum err_code register_changes_csv(struct arena *a, const struct register_entry *before, const struct register_entry *after, const char *reason,
    struct strbuf *out, int64_t *n, struct err *e) NODISCARD;
const char *register_status_word(uint8_t status);
#endif
