/* register_candidate.c -- see register_candidate.h. */
#include "front/register_candidate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_units.h"
#include "estimators/sdc/outcheck_table.h"
#include "secure-store/output/output.h"

enum { FILE_MAX = 1 << 28, KEYS_MAX = 16 };

static enum err_code load(struct arena *a, const char *path, struct str *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, FILE_MAX, &p, &n, e));
  const char *copy = arena_strdup(a, (const char *)p, n);
  free(p);
  *out = str_view(copy, n);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = path);
}
static const char *copied(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }

/* --- the figures: one row for each group of codes --- */

/* A number of units is one thing whatever a user calls it. */
static int measure_at(struct arena *a, struct register_table *t, const struct outcheck_cell *c) {
  const struct str name = c->kind == OUTCHECK_COUNT && !strcmp(t->definition, "output") ? STR("count()") : c->measure;
  for (int m = 0; m < t->n_measures; m++)
    if (str_eq(name, str_of(t->measure[m]))) return m;
  if (t->n_measures == REGISTER_MEASURES_MAX || !(t->measure[t->n_measures] = copied(a, name))) return -1;
  t->additive[t->n_measures] = c->kind == OUTCHECK_COUNT || c->kind == OUTCHECK_SUM;
  return t->n_measures++;
}
static enum err_code put_n(struct arena *a, struct register_table *t, int64_t row, const struct outcheck_cell *c, struct err *e) {
  const int64_t at = row * (t->n_measures + 1) + t->n_measures;
  if (c->n < 0) {
    if (c->suppressed && t->status[at] == REGISTER_NONE) t->status[at] = REGISTER_HIDDEN;
    return E_OK;
  }
  const char *text = arena_printf(a, "%lld", (long long)c->n);
  t->status[at] = REGISTER_SHOWN;
  t->value[at] = str_of(text);
  return text ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->id);
}
static enum err_code figures(
    struct arena *a, const struct candidate_files *q, const struct outcheck_table *from, struct register_table *t, struct err *e) {
  if (from->n_dims > REGISTER_DIMS_MAX) return ERR(e, E_REGISTER_FILE, .file = q->table, .subject = q->table);
  t->n_dims = from->n_dims;
  for (int d = 0; d < t->n_dims; d++)
    if (!(t->dim[d] = copied(a, from->dim[d]))) return ERR(e, E_NO_MEMORY, .subject = q->table);
  for (int64_t i = 0; i < from->n_cells; i++)
    if (measure_at(a, t, &from->cell[i]) < 0) return ERR(e, E_REGISTER_FILE, .file = q->table, .line = from->cell[i].line, .subject = q->table);
  TRY(register_table_rows(a, t, from->n_groups, e));
  for (int64_t i = 0; i < from->n_cells; i++) {
    const struct outcheck_cell *c = &from->cell[i];
    const int64_t at = c->group * (t->n_measures + 1) + measure_at(a, t, c);
    for (int d = 0; d < t->n_dims; d++) t->code[c->group * t->n_dims + d] = c->code[d];
    t->status[at] = c->suppressed ? REGISTER_HIDDEN : REGISTER_SHOWN;
    if (!c->suppressed) t->value[at] = c->text;
    TRY(put_n(a, t, c->group, c, e));
  }
  return E_OK;
}

/* --- outputs of secondary use that were released: by their codes --- */

static enum err_code one_output(struct arena *a, const struct output_known *k, const char *survey, const char *form, const char *period,
    struct register_entry *out, struct err *e) {
  struct outcheck_table table;
  const struct candidate_files q = {.table = k->name};
  struct register_table *t = ARENA_NEW(a, struct register_table);
  *out = (struct register_entry){
      .release = k->where, .survey = survey, .period = period, .kind = "output", .edition = 1, .n_tables = 1, .table = t};
  if (!t) return ERR(e, E_NO_MEMORY, .subject = k->where);
  *t = (struct register_table){.id = k->name, .form = form, .period = period, .profile = "", .region = "", .definition = "output"};
  TRY(outcheck_table_parse(a, k->name, k->bytes, &table, e));
  return figures(a, &q, &table, t, e);
}
static bool is_picture(const char *name) {
  const size_t n = strlen(name);
  return n > 4 && !strcmp(name + n - 4, ".png");
}
enum err_code register_outputs(struct store *s, struct arena *a, const char *survey, const char *form, const char *period,
    const struct register_entry ***list, int *n, struct err *e) {
  const char *dataset = arena_printf(a, "%s/%s/%s", survey, form, period);
  struct output_known *known;
  int64_t n_known = 0;
  if (!dataset) return ERR(e, E_NO_MEMORY, .subject = survey);
  TRY(output_register(s, a, dataset, "-", &known, &n_known, e));
  const struct register_entry **more = ARENA_ARRAY(a, const struct register_entry *, *n + n_known + 1);
  struct register_entry *entry = ARENA_ARRAY(a, struct register_entry, n_known + 1);
  if (!more || !entry) return ERR(e, E_NO_MEMORY, .subject = survey);
  if (*n) memcpy(more, *list, (size_t)*n * sizeof *more);
  *list = more;
  for (int64_t i = 0; i < n_known; i++) {
    if (is_picture(known[i].name)) continue;
    TRY(one_output(a, &known[i], survey, form, period, &entry[i], e));
    more[(*n)++] = &entry[i];
  }
  return E_OK;
}

/* --- the records behind it --- */

struct record_columns {
  int key[KEYS_MAX], n_keys, dim[REGISTER_DIMS_MAX], period;
  const char *record;
};
static bool keys_of(const struct csv_table *t, const struct record_type *type, struct record_columns *c) {
  if (!type->n_keys || type->n_keys > KEYS_MAX) return false;
  for (int k = 0; k < type->n_keys; k++)
    if ((c->key[k] = csv_table_column(t, type->keys[k]->name)) < 0) return false;
  c->n_keys = type->n_keys, c->record = type->name;
  return true;
}
static enum err_code columns_of(const struct candidate_files *q, const struct form *f, const struct csv_table *t, const struct register_table *u,
    struct record_columns *c, struct err *e) {
  bool found = false;
  for (int r = f->n_records; r-- > 0 && !found;) found = keys_of(t, &f->records[r], c); /* the deepest type all of whose keys are there */
  if (!found) return ERR(e, E_REGISTER_FILE, .file = q->records, .subject = q->records, .expected = f->records[0].keys[0]->name);
  for (int d = 0; d < u->n_dims; d++)
    if ((c->dim[d] = csv_table_column(t, u->dim[d])) < 0)
      return ERR(e, E_REGISTER_FILE, .file = q->records, .subject = q->records, .expected = u->dim[d]);
  c->period = csv_table_column(t, "period");
  return E_OK;
}
static enum err_code units(struct store *s, struct arena *a, const struct candidate_files *q, const struct form *f, const struct csv_table *t,
    struct register_entry *entry, struct register_table *u, struct err *e) {
  struct record_columns c = {.n_keys = 0};
  struct hmac_key key;
  struct register_unit *unit = ARENA_ARRAY(a, struct register_unit, t->n_rows + 1);
  struct str *code = ARENA_ARRAY(a, struct str, t->n_rows * u->n_dims + 1);
  if (!unit || !code) return ERR(e, E_NO_MEMORY, .subject = q->records);
  TRY(columns_of(q, f, t, u, &c, e));
  TRY(estimate_unit_key(s, q->survey, f->id, c.record, &key, e));
  for (int64_t i = 0; i < t->n_rows; i++) {
    struct str value[KEYS_MAX], *own = code + i * u->n_dims, period = c.period >= 0 ? csv_table_cell(t, i, c.period) : str_of(q->period);
    char text[32];
    for (int k = 0; k < c.n_keys; k++) value[k] = csv_table_cell(t, i, c.key[k]);
    for (int d = 0; d < u->n_dims; d++) own[d] = csv_table_cell(t, i, c.dim[d]);
    snprintf(text, sizeof text, "%.*s", (int)(period.n < 31 ? period.n : 31), period.p);
    unit[i] = (struct register_unit){estimate_unit_token(&key, text, value, c.n_keys), own};
  }
  wipe(&key, sizeof key);
  entry->frame = ARENA_ARRAY(a, struct register_frame, 1);
  if (!entry->frame) return ERR(e, E_NO_MEMORY, .subject = q->records);
  entry->frame[0].name = arena_printf(a, "%s/%s/%s", q->survey, f->id, c.record);
  entry->n_frames = 1;
  return entry->frame[0].name ? register_table_units(a, entry, u, 0, unit, t->n_rows, e) : ERR(e, E_NO_MEMORY, .subject = q->records);
}
/* The number of units of a row that the table states must be that of the records. */
static enum err_code agree(
    struct arena *a, const struct candidate_files *q, const struct register_entry *entry, const struct register_table *t, struct err *e) {
  int64_t *size, stated;
  TRY(register_row_sizes(a, entry, t, &size, e));
  for (int64_t r = 0; r < t->n_rows; r++)
    if (str_int64(register_value(t, r, t->n_measures), &stated) && stated != size[r]) {
      char name[200];
      register_row_name(t, r, name, sizeof name);
      return ERR(e, E_REGISTER_FILE, .file = q->records, .subject = name, .expected = "as many records as the table says");
    }
  return E_OK;
}
static const char *plain_name(struct arena *a, const char *path) {
  const char *from = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  return arena_strdup(a, from, strcspn(from, "."));
}
enum err_code register_candidate(struct store *s, struct arena *a, const struct candidate_files *q, struct register_entry *out, struct err *e) {
  struct outcheck_table table;
  struct str text, behind;
  struct csv_table records;
  struct form *f;
  struct period p;
  uint8_t hash[HASH_BYTES];
  struct register_table *t = ARENA_NEW(a, struct register_table);
  *out = (struct register_entry){.release = "", .survey = q->survey, .period = q->period, .kind = "outside", .n_tables = 1, .table = t};
  if (!t) return ERR(e, E_NO_MEMORY, .subject = q->table);
  if (!period_parse(str_of(q->period), &p)) return ERR(e, E_REGISTER_FILE, .subject = q->period, .expected = "2025-12, 2025-Q4, 2025 or FY2025");
  TRY(form_read(a, store_job(s), forms_folder(), q->survey, q->form, NULL, period_last_day(&p), &f, NULL, e));
  TRY(load(a, q->table, &text, e));
  TRY(outcheck_table_parse(a, q->table, text, &table, e));
  *t = (struct register_table){.id = q->id ? q->id : plain_name(a, q->table),
      .form = q->form,
      .period = q->period,
      .profile = q->profile,
      .region = q->region ? q->region : "",
      .definition = ""};
  sha256_of(text.p, text.n, hash);
  hex_encode(hash, HASH_BYTES, t->sha256);
  out->release = arena_printf(a, "outside-%s-%s-%.16s", q->survey, q->period, t->sha256);
  if (!t->id || !out->release) return ERR(e, E_NO_MEMORY, .subject = q->table);
  TRY(figures(a, q, &table, t, e));
  if (!q->records) return E_OK;
  TRY(load(a, q->records, &behind, e));
  TRY(csv_table_parse(a, q->records, behind.p, behind.n, &records, e));
  TRY(units(s, a, q, f, &records, out, t, e));
  return agree(a, q, out, t, e);
}
