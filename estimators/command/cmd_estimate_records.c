/* cmd_estimate_records.c -- cmd_estimate_load.h: forms of several record types. A shard holds records of one type, known by its columns; a table is
 *          made
 *    from the shards of the type that its items belong to. */
#include <string.h>

#include "estimators/command/cmd_estimate_load.h"
#include "estimators/table/tabulate.h"

enum { COLUMNS_MOST = 512 };

/* Own items of the type among the columns; -1 when a column is none of its items. */
static int own_columns(const struct form *f, const char *record, const struct store_column *c, int n) {
  int own = 0;
  for (int k = 0; k < n; k++) {
    const struct item *it = form_item(f, c[k].name);
    if (it && !form_holds(f, record, it)) return -1;
    own += it && !strcmp(it->record, record);
  }
  return own;
}
enum err_code estimate_shard_record(struct estimate_run *r, const struct form *f, int64_t shard, int *out, struct err *e) {
  struct store_column *have = ARENA_ARRAY(r->a, struct store_column, COLUMNS_MOST);
  int most = -1;
  *out = 0;
  if (f->n_records < 2) return E_OK;
  if (!have) return ERR(e, E_NO_MEMORY, .subject = f->id);
  int n = store_shard_columns(r->s, shard, have, COLUMNS_MOST, e);
  if (n < 0) return e->code;
  if (n > COLUMNS_MOST) n = COLUMNS_MOST;
  for (int t = 0; t < f->n_records; t++) {
    const int own = own_columns(f, f->records[t].name, have, n);
    if (own > most) most = own, *out = t;
  }
  return most < 0 ? ERR(e, E_TABLE_DATA, .subject = f->id) : E_OK;
}

/* The type that holds every item of the plan: the first one when only keys of the top are named. */
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

enum err_code estimate_rows_of(struct estimate_run *r, const struct form *f, int record, const struct shard_rows *all, struct shard_rows *out,
    struct err *e) {
  *out = *all;
  if (f->n_records < 2) return E_OK;
  const struct estimate_loaded *l = NULL;
  for (int i = 0; i < r->n_loaded; i++)
    if (&r->loaded[i].rows == all) l = &r->loaded[i];
  const struct table **list = ARENA_ARRAY(r->a, const struct table *, all->n_shards + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = f->id);
  out->n_shards = 0;
  for (int64_t i = 0; l && i < all->n_shards; i++)
    if (l->record[i] == record) list[out->n_shards++] = all->shards[i];
  out->shards = list;
  return out->n_shards ? E_OK : ERR(e, E_TABLE_DATA, .subject = f->records[record].name);
}
