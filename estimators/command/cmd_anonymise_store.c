/* cmd_anonymise_store.c -- see cmd_anonymise_store.h. */
#include "estimators/command/cmd_anonymise_store.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/sdc/micro/recipe_cover.h"

/* --- columns of shards as cells --- */
struct shard_cells {
  const struct shard_rows *rows;
  int64_t *start; /* [shards + 1] */
  int n_columns;
  const char *const *name;
  const struct column **column; /* [shards][n_columns] */
};
static int cells_column(const void *context, const char *name) {
  const struct shard_cells *c = context;
  for (int k = 0; k < c->n_columns; k++)
    if (!strcmp(c->name[k], name) && (!c->rows->n_shards || c->column[k])) return k;
  return -1;
}
static int64_t shard_of(const struct shard_cells *c, int64_t row) {
  int64_t low = 0, high = c->rows->n_shards;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (c->start[middle + 1] <= row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
static struct str cells_cell(const void *context, int64_t row, int column, char b[64], uint8_t *status) {
  const struct shard_cells *c = context;
  const int64_t shard = shard_of(c, row), at = row - c->start[shard];
  const struct column *from = c->column[shard * c->n_columns + column];
  *status = from->status[at];
  return value_present(*status) ? column_text(from, at, b, 64) : (struct str){"", 0};
}
static int64_t cells_line(const void *context, int64_t row) {
  (void)context, (void)row;
  return 0;
}
static enum err_code cells_of(
    struct arena *a, const struct shard_rows *rows, const char *const *name, int n, struct shard_cells *out, struct err *e) {
  *out = (struct shard_cells){.rows = rows,
      .n_columns = n,
      .name = name,
      .start = ARENA_ARRAY(a, int64_t, rows->n_shards + 1),
      .column = ARENA_ARRAY(a, const struct column *, rows->n_shards *n + 1)};
  if (!out->start || !out->column) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  for (int64_t i = 0; i < rows->n_shards; i++) {
    out->start[i + 1] = out->start[i] + rows->shards[i]->n_rows;
    for (int k = 0; k < n; k++) {
      const int at = table_find(rows->shards[i], name[k]);
      if (at >= 0) out->column[i * n + k] = &rows->shards[i]->columns[at];
      if (i && (at >= 0) != (out->column[k] != NULL)) return ERR(e, E_MICRO_VARIABLE, .file = rows->name, .subject = name[k]);
    }
  }
  return E_OK;
}
static struct micro_origin origin_of(const struct shard_cells *c) {
  return (struct micro_origin){c, c->rows->name, c->start[c->rows->n_shards], cells_column, cells_cell, cells_line};
}

/* --- what the recipe needs of one record type --- */
static int wanted(const struct micro_recipe *r, bool households, bool two, const char **name) {
  int n = 0;
  for (int k = 0; k < r->n_variables; k++) {
    bool part = false;
    for (int i = 0; i < r->n_household_parts; i++) part = part || !strcmp(r->household_part[i], r->variable[k].name);
    part = part || (r->household && !strcmp(r->household, r->variable[k].name));
    if (!two || part || r->variable[k].of_household == households) name[n++] = r->variable[k].name;
  }
  return n;
}
static enum err_code load_record(
    struct estimate_run *run, const struct form *f, const struct micro_recipe *r, int record, struct shard_cells *out, struct err *e) {
  const char **name = ARENA_ARRAY(run->a, const char *, r->n_variables + 1);
  const struct shard_rows *rows;
  struct err why = {.code = E_OK};
  if (!name) return ERR(e, E_NO_MEMORY, .subject = r->dataset);
  const int n = wanted(r, record == 0, f->n_records > 1, name);
  const enum err_code code = estimate_load_record(run, f, f->records[record].name, name, n, &rows, &why);
  if (code == E_TABLE_DATA) return ERR(e, E_MICRO_NO_RECORDS, .subject = r->form, .found = f->records[record].name);
  if (code) return *e = why, code;
  return cells_of(run->a, rows, name, n, out, e);
}
static enum err_code lineage(struct arena *a, const struct estimate_output *o, const char *recipe, struct str *out, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, true);
  json_object(&j);
  json_key(&j, "datasets"), json_array(&j);
  for (int i = 0; i < o->n_datasets; i++) {
    json_object(&j);
    json_put(&j, "form", o->datasets[i].form ? o->datasets[i].form->hash_hex : "");
    json_put(&j, "name", o->datasets[i].name);
    json_key(&j, "shards"), json_array(&j);
    for (int64_t k = 0; k < o->datasets[i].n_shards; k++) json_cstr(&j, o->datasets[i].shards[k].content_hash);
    json_end_array(&j);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "format", "shirabe-anonymised-lineage-1");
  json_put(&j, "program", "shirabe " SHIRABE_VERSION);
  json_put(&j, "recipe_token", recipe);
  json_end_object(&j);
  const bool good = json_done(&j) && !b.failed;
  const char *copy = good ? arena_strdup(a, b.p, b.n) : NULL;
  *out = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = "lineage");
}
static enum err_code form_of(struct estimate_run *run, const struct micro_recipe *r, const char *survey, struct form **f, struct err *e) {
  const char *slash = strchr(r->form, '/');
  if (!slash || strlen(survey) != (size_t)(slash - r->form) || strncmp(r->form, survey, strlen(survey)) != 0)
    return ERR(e, E_MICRO_COVER, .subject = r->form, .expected = "a recipe of a form of this survey", .found = survey);
  TRY(estimate_form(run, slash + 1, f, e));
  if ((*f)->n_records > 2) return ERR(e, E_MICRO_COVER, .subject = r->form, .expected = "a form of one or two record types");
  return micro_recipe_cover(r, *f, e);
}
/* The hash of the lineage goes out. A plain hash of the recipe in it would tell which of a few likely rates or shares is in it. */
static enum err_code recipe_token(struct store *s, struct str recipe, char hex[65], struct err *e) {
  uint8_t token[32];
  TRY(store_token(s, "anonymised-recipe", recipe.p, recipe.n, token, e));
  hex_encode(token, sizeof token, hex);
  return E_OK;
}
enum err_code anonymise_load(struct store *s, struct arena *a, const struct anonymise_dataset *d, struct anonymise *x, struct str *out,
    const struct form **form, struct err *e) {
  const struct estimate_options options = {.stage = d->stage};
  struct estimate_output *output = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *run = ARENA_NEW(a, struct estimate_run);
  struct shard_cells people, households;
  struct form *f;
  char token[65];
  if (!output || !run) return ERR(e, E_NO_MEMORY, .subject = d->survey);
  TRY(estimate_begin(s, d->survey, d->period, &options, a, output, run, e));
  TRY(form_of(run, &x->recipe, d->survey, &f, e));
  *form = f;
  const bool two = f->n_records > 1;
  if (two) TRY(load_record(run, f, &x->recipe, 0, &households, e));
  TRY(load_record(run, f, &x->recipe, two ? 1 : 0, &people, e));
  const struct micro_origin records = origin_of(&people), parents = two ? origin_of(&households) : (struct micro_origin){.n = 0};
  TRY(micro_table_join(a, &x->recipe, &records, two ? &parents : NULL, &x->table, e));
  if (!x->table.n_rows) return ERR(e, E_MICRO_NO_RECORDS, .subject = x->recipe.form);
  TRY(recipe_token(s, x->recipe_bytes, token, e));
  TRY(lineage(a, output, token, out, e));
  sample_digest(out->p, out->n, x->data);
  return E_OK;
}
