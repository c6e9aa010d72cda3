/* cmd_estimate_records.c -- cmd_estimate_records.h: which record type a table is made from. */
#include "estimators/command/cmd_estimate_records.h"

#include <string.h>

#include "estimators/table/tabulate.h"

enum { COLUMNS_MOST = 512 };

enum err_code estimate_plan_record(struct estimate_run *r, const struct form *f, const struct table_plan *plan, int *out, struct err *e) {
  const char **names = ARENA_ARRAY(r->a, const char *, COLUMNS_MOST);
  int n = 0;
  *out = 0;
  if (f->n_records < 2) return E_OK;
  if (!names) return ERR(e, E_NO_MEMORY, .subject = f->id);
  TRY(tabulate_columns(r->a, f, plan, names, COLUMNS_MOST, &n, e));
  for (int k = 0; k < n; k++) {
    const struct item *it = form_item(f, names[k]);
    for (int t = 1; it && t < f->n_records; t++)
      if (!strcmp(it->record, f->records[t].name)) *out = t;
  }
  for (int k = 0; k < n; k++) {
    const struct item *it = form_item(f, names[k]);
    if (it && !form_holds(f, f->records[*out].name, it)) return ERR(e, E_RELATIONS_RECORD, .subject = it->name, .line = plan->spec->line);
  }
  return E_OK;
}
