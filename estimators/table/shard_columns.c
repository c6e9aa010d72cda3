#include "estimators/table/shard_columns.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/design/column_read.h"
#include "estimators/table/rounding.h"
#include "estimators/table/tabulate_impl.h"

static enum err_code number_of(struct arena *a, const struct tabulate_input *in, const char *name, struct survey_column *out, struct err *e) {
  struct tab_variable v;
  const int64_t n = tab_rows(in);
  int32_t *code;
  struct str *level;
  TRY(tab_read_variable(a, in, name, &v, e));
  double *number = ARENA_ARRAY(a, double, n + 1), power = (double)power_of_ten(v.decimals);
  if (!number) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t i = 0; i < n; i++) number[i] = value_present(v.status[i]) ? (double)v.scaled[i] / power : 0;
  out->number = number, out->status = v.status;
  TRY(column_codes(a, n, number, v.status, &code, &out->n_levels, &level, e));
  out->code = code, out->level = level;
  return E_OK;
}

struct entry {
  struct str text;
  int32_t id;
};
static int entry_cmp(const void *x, const void *y) { return str_cmp(((const struct entry *)x)->text, ((const struct entry *)y)->text); }
static bool stands_for_missing(struct str s) { return str_eq(s, STR("_T")) || str_eq(s, STR("_U")) || str_eq(s, STR("_Z")); }

/* Ids of tab_read_dimension, `_U` and `_Z` among them, as codes in order of their texts. */
static enum err_code code_of(struct arena *a, const struct tabulate_input *in, const char *name, struct survey_column *out, struct err *e) {
  struct tab_dimension d;
  const int64_t n = tab_rows(in);
  TRY(tab_read_dimension(a, in, name, &d, e));
  const int32_t most = dict_count(d.codes), none = dict_find(d.codes, STR("_Z"));
  struct entry *list = ARENA_ARRAY(a, struct entry, most + 1);
  struct str *level = ARENA_ARRAY(a, struct str, most + 1);
  int32_t *code = ARENA_ARRAY(a, int32_t, n + 1), *place = ARENA_ARRAY(a, int32_t, most + 1), k = 0;
  uint8_t *status = ARENA_ARRAY(a, uint8_t, n + 1);
  if (!list || !level || !code || !place || !status) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int32_t i = 0; i < most; i++) {
    place[i] = -1;
    if (!stands_for_missing(dict_text(d.codes, i))) list[k++] = (struct entry){dict_text(d.codes, i), i};
  }
  qsort(list, (size_t)k, sizeof *list, entry_cmp);
  for (int32_t i = 0; i < k; i++) level[i] = list[i].text, place[list[i].id] = i;
  for (int64_t i = 0; i < n; i++) {
    code[i] = place[d.id[i]];
    status[i] = code[i] >= 0 ? VAL_REPORTED : d.id[i] == none ? VAL_NOT_APPLICABLE : VAL_BLANK;
  }
  out->code = code, out->n_levels = k, out->level = level, out->status = status;
  return E_OK;
}

static bool held(const struct tabulate_input *in, const char *name) {
  for (int64_t s = 0; s < in->n_shards; s++)
    if (table_find(in->shards[s], name) < 0) return false;
  return in->n_shards > 0;
}
static bool is_number(const struct tabulate_input *in, const struct item *item) {
  if (!held(in, item->name)) return expr_result_type(item->expression) == EXPR_NUMBER;
  const struct column *c = &in->shards[0]->columns[table_find(in->shards[0], item->name)];
  return c->type == COL_INT && !c->is_date;
}

enum err_code shard_columns(struct arena *a, const struct tabulate_input *in, const char *place, bool (*wanted)(const void *context, struct str name),
    const void *context, struct survey_columns *out, struct err *e) {
  struct survey_column *list = ARENA_ARRAY(a, struct survey_column, in->form->n_items + 1);
  int n = 0;
  if (!list) return ERR(e, E_NO_MEMORY, .subject = place);
  for (int i = 0; i < in->form->n_items; i++) {
    const struct item *item = &in->form->items[i];
    if (wanted && !wanted(context, str_of(item->name))) continue;
    if (!held(in, item->name) && !item->expression) continue;
    list[n] = (struct survey_column){.name = item->name};
    TRY(is_number(in, item) ? number_of(a, in, item->name, &list[n], e) : code_of(a, in, item->name, &list[n], e));
    n++;
  }
  *out = (struct survey_columns){.place = place, .n = tab_rows(in), .n_columns = n, .column = list};
  return E_OK;
}
