/* source.c -- see source.h. */
#include "secure-store/extract/source.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"

enum { COLUMNS_MAX = GRANT_COLUMNS_MAX };

/* --- dataset --- */
static enum err_code choose_dataset(struct arena *a, const struct grant *g, const char *wanted, struct extract_source *x, struct err *e) {
  const char *name = wanted ? wanted : g->dataset, *part[4];
  if (!wanted && strpbrk(name, "* ")) return ERR(e, E_EXTRACT_DATASET, .subject = g->id);
  char *copy = arena_strdup(a, name, strlen(name));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = name);
  x->dataset = arena_strdup(a, name, strlen(name));
  for (int i = 0; i < 4; i++) {
    part[i] = copy;
    char *slash = copy ? strchr(copy, '/') : NULL;
    if (!copy || !*copy || (i < 3) != (slash != NULL)) return ERR(e, E_EXTRACT_DATASET, .subject = g->id, .found = name);
    if (slash) *slash = 0, copy = slash + 1;
  }
  x->key = (struct dataset_key){part[0], part[1], part[2], part[3]};
  return grant_covers_dataset(g, x->dataset) ? E_OK : ERR(e, E_GRANT_SCOPE, .subject = x->dataset, .expected = g->dataset);
}

/* --- form --- */
static enum err_code try_version(struct arena *a, const struct job *job, const char *forms, const struct extract_source *x, const char *version,
    const char *hash, const struct form **out) {
  struct form *f = NULL;
  struct err ignored;
  const struct job silent = {.arena = job->arena, .lang = job->lang, .n_threads = 1, .clock = job->clock, .clock_context = job->clock_context};
  if (form_read(a, &silent, forms, x->key.survey, x->key.form, version, INT64_MAX / 2, &f, NULL, &ignored)) return E_EXTRACT_FORM;
  if (strcmp(f->hash_hex, hash) != 0) return E_EXTRACT_FORM;
  *out = f;
  return E_OK;
}
static int is_version(const struct dirent *d) { return d->d_name[0] != '.'; }
static enum err_code find_form(struct arena *a, const struct job *job, const char *forms, struct extract_source *x, const char *hash, struct err *e) {
  char folder[4096];
  struct dirent **entries = NULL;
  int n = snprintf(folder, sizeof folder, "%s/library/%s/%s", forms, x->key.survey, x->key.form);
  int found = n > 0 && (size_t)n < sizeof folder ? scandir(folder, &entries, is_version, alphasort) : -1;
  for (int i = found - 1; i >= 0; i--) {
    if (!x->form) (void)!try_version(a, job, forms, x, entries[i]->d_name, hash, &x->form);
    free(entries[i]);
  }
  free(entries);
  return x->form ? E_OK : ERR(e, E_EXTRACT_FORM, .subject = x->dataset);
}

/* --- shards --- */
static enum err_code list_units(struct arena *a, struct extract_source *x, const struct shard *shards, int64_t n, struct err *e) {
  x->units = ARENA_ARRAY(a, struct provision_unit, PROVIDE_UNITS_MAX + 1);
  x->rows = ARENA_ARRAY(a, int64_t, PROVIDE_UNITS_MAX + 1);
  x->shard_hash = ARENA_ARRAY(a, const char *, PROVIDE_UNITS_MAX + 1);
  if (!x->units || !x->rows || !x->shard_hash) return ERR(e, E_NO_MEMORY, .subject = x->dataset);
  for (int64_t i = 0; i < n; i++) {
    int64_t *rows, groups;
    if (strcmp(shards[i].form_hash, shards[0].form_hash) != 0)
      return ERR(e, E_EXTRACT_FORM, .subject = x->dataset, .found = "rows of several versions");
    TRY(store_shard_groups(x->s, shards[i].id, a, &rows, &groups, e));
    if (x->n_units + groups > PROVIDE_UNITS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "row groups of an extract", .expected = "at most 20,000");
    for (int64_t g = 0; g < groups; g++, x->n_units++) {
      x->units[x->n_units] = (struct provision_unit){shards[i].id, g, rows[g]};
      x->rows[x->n_units] = rows[g];
      x->shard_hash[x->n_units] = shards[i].content_hash;
    }
  }
  return E_OK;
}

/* --- columns --- */
bool extract_part_allowed(enum grant_basis basis, uint8_t part, const char **why) {
  *why = "";
  if (basis == BASIS_32_I) return true; /* the office's own statistics */
  if (basis == BASIS_32_II || basis == BASIS_33_1_I_LIST) {
    *why = "a list holds frame columns (part ID) only";
    return part == PART_ID;
  }
  *why = part == PART_LINK ? "part LINK joins a unit across surveys" : "part ID names the unit";
  return part != PART_ID && part != PART_LINK;
}
static bool wanted(const struct grant *g, const char *name) {
  for (int i = 0; i < g->n_columns; i++)
    if (strcmp(g->column[i], name) == 0) return true;
  return false;
}
static void describe(const struct extract_source *x, struct arena *a, const struct store_column *from, struct frame_column *to) {
  const struct item *it = x->form ? form_item(x->form, from->name) : NULL;
  *to = (struct frame_column){.name = arena_strdup(a, from->name, strlen(from->name)),
      .unit = arena_strdup(a, from->unit, strlen(from->unit)),
      .item = it,
      .label_ja = it && it->label_ja ? it->label_ja : "",
      .label_en = it && it->label_en ? it->label_en : "",
      .list = it ? it->codelist : NULL,
      .type = from->type,
      .decimals = from->decimals,
      .is_date = from->is_date,
      .part = from->part};
}
static enum err_code choose_columns(struct arena *a, const struct grant *g, struct extract_source *x, struct err *e) {
  struct store_column *all = arena_array(a, COLUMNS_MAX, sizeof *all);
  x->columns = ARENA_ARRAY(a, struct frame_column, COLUMNS_MAX + 1);
  const char **names = ARENA_ARRAY(a, const char *, COLUMNS_MAX + 1);
  if (!all || !x->columns || !names) return ERR(e, E_NO_MEMORY, .subject = x->dataset);
  int n = store_shard_columns(x->s, x->units[0].shard, all, COLUMNS_MAX, e);
  bool every = g->n_columns == 1 && strcmp(g->column[0], "*") == 0;
  if (n < 0) return e ? e->code : E_STORE_NO_SHARD;
  if (n > COLUMNS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "columns of an extract", .expected = "at most 4,096");
  for (int k = 0; k < n; k++) {
    const char *why;
    if (!every && !wanted(g, all[k].name)) continue;
    if (!extract_part_allowed(g->basis, all[k].part, &why))
      return ERR(e, E_EXTRACT_SHAPE, .subject = all[k].name, .expected = grant_basis_text(g->basis), .found = why);
    describe(x, a, &all[k], &x->columns[x->n_columns]);
    names[x->n_columns] = x->columns[x->n_columns].name;
    if (!x->columns[x->n_columns].name || !x->columns[x->n_columns].unit) return ERR(e, E_NO_MEMORY, .subject = x->dataset);
    x->n_columns++;
  }
  x->names = names;
  if (!every && x->n_columns != g->n_columns)
    return ERR(e, E_GRANT_SCOPE, .subject = x->dataset, .expected = "every column of the grant in the dataset");
  return x->n_columns ? E_OK : ERR(e, E_EXTRACT_EMPTY, .subject = g->id);
}

static enum err_code read_unit(void *context, int64_t unit, struct arena *a, struct table *out, struct err *e) {
  struct extract_source *x = context;
  return store_shard_read_group(x->s, x->units[unit].shard, x->units[unit].group, x->access, x->names, x->n_columns, a, out, e);
}
enum err_code extract_source_open(
    struct store *s, struct arena *a, const struct grant *g, const char *dataset, const char *forms, struct extract_source *out, struct err *e) {
  struct shard *shards;
  int64_t n;
  *out = (struct extract_source){.s = s, .access = -1};
  TRY(choose_dataset(a, g, dataset, out, e));
  TRY(store_shards(s, &out->key, a, &shards, &n, e));
  if (n == 0) return ERR(e, E_EXTRACT_EMPTY, .subject = g->id);
  TRY(list_units(a, out, shards, n, e));
  if (forms) TRY(find_form(a, store_job(s), forms, out, shards[0].form_hash, e));
  TRY(choose_columns(a, g, out, e));
  out->frame = (struct frame_source){.context = out, .n_units = out->n_units, .rows = out->rows, .read = read_unit};
  return E_OK;
}
void extract_schema_hash(const struct extract_source *x, char hex[65]) {
  struct digest d;
  char number[64];
  digest_begin(&d);
  for (int k = 0; k < x->n_columns; k++) {
    const struct frame_column *c = &x->columns[k];
    digest_text(&d, str_of(c->name));
    snprintf(number, sizeof number, "%d/%d/%d/%d", (int)c->type, c->decimals, c->is_date, c->part);
    digest_text(&d, str_of(number));
    digest_text(&d, str_of(c->unit));
    digest_text(&d, c->list ? str_view((const char *)c->list->hash, 32) : STR(""));
  }
  digest_end(&d, hex);
}
