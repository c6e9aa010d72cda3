/* cmd_estimate_units.c -- see cmd_estimate_units.h. */
#include "estimators/command/cmd_estimate_units.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "estimators/command/cmd_estimate_records.h"
#include "estimators/table/tabulate_impl.h"

enum { KEYS_MAX = 16 };

void estimate_unit_columns(const struct form *f, const char **names, int max, int *n) {
  for (int r = 0; r < f->n_records; r++)
    for (int k = 0; k < f->records[r].n_keys && *n < max; k++) {
      bool there = false;
      for (int i = 0; i < *n; i++) there = there || !strcmp(names[i], f->records[r].keys[k]->name);
      if (!there) names[(*n)++] = f->records[r].keys[k]->name;
    }
}

/* --- tokens --- */

enum err_code estimate_unit_key(struct store *s, const char *survey, const char *form, const char *record, struct hmac_key *out, struct err *e) {
  char text[256];
  uint8_t key[32];
  const int n = snprintf(text, sizeof text, "%.80s/%.80s/%.80s", survey, form, record);
  TRY(store_token(s, "register", text, (size_t)n, key, e));
  hmac_key_init(out, key, sizeof key);
  wipe(key, sizeof key);
  return E_OK;
}
uint64_t estimate_unit_token(const struct hmac_key *key, const char *period, const struct str *values, int n) {
  char text[1024];
  uint8_t mac[HASH_BYTES];
  uint64_t out;
  size_t used = (size_t)snprintf(text, sizeof text, "%.32s", period);
  for (int i = 0; i < n; i++) {
    const size_t room = sizeof text - used - 1, length = values[i].n < room ? values[i].n : room;
    if (used + 1 >= sizeof text) break;
    text[used++] = '\x1f';
    memcpy(text + used, values[i].p, length);
    used += length;
  }
  hmac_with(key, text, used, mac);
  memcpy(&out, mac, sizeof out);
  return out;
}
/* Tokens of all rows in order; *known false when a key is not in the data. */
static enum err_code row_tokens(
    struct estimate_run *r, const struct form *f, int record, const struct shard_rows *rows, uint64_t **out, bool *known, struct err *e) {
  const struct record_type *type = &f->records[record];
  struct hmac_key key;
  int64_t at = 0;
  *known = type->n_keys > 0 && type->n_keys <= KEYS_MAX;
  for (int64_t s = 0; s < rows->n_shards; s++)
    for (int k = 0; k < type->n_keys; k++) *known = *known && table_find(rows->shards[s], type->keys[k]->name) >= 0;
  if (!*known) return E_OK;
  *out = ARENA_ARRAY(r->a, uint64_t, shard_rows_count(rows) + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  TRY(estimate_unit_key(r->s, r->survey->id, f->id, type->name, &key, e));
  for (int64_t s = 0; s < rows->n_shards; s++) {
    const struct table *t = rows->shards[s];
    for (int64_t i = 0; i < t->n_rows; i++) {
      char buffer[KEYS_MAX][96];
      struct str value[KEYS_MAX];
      for (int k = 0; k < type->n_keys; k++)
        value[k] = column_text(&t->columns[table_find(t, type->keys[k]->name)], i, buffer[k], sizeof buffer[k]);
      (*out)[at++] = estimate_unit_token(&key, r->out->period, value, type->n_keys);
    }
  }
  wipe(&key, sizeof key);
  return E_OK;
}
/* The frame of a record type: made once per run. */
static enum err_code frame_of(
    struct estimate_run *r, const struct form *f, int record, const uint64_t *token, int64_t n, int *out, struct err *e) {
  struct register_entry *entry = r->options->entry;
  const char *name = arena_printf(r->a, "%s/%s/%s", r->survey->id, f->id, f->records[record].name);
  if (!name) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (*out = 0; *out < entry->n_frames; ++*out)
    if (!strcmp(entry->frame[*out].name, name)) return E_OK;
  if (!entry->frame) entry->frame = ARENA_ARRAY(r->a, struct register_frame, REGISTER_FRAMES_MAX);
  if (!entry->frame || entry->n_frames == REGISTER_FRAMES_MAX) return ERR(e, E_NO_MEMORY, .subject = f->id);
  entry->frame[entry->n_frames].name = name;
  TRY(register_frame_make(r->a, token, n, &entry->frame[entry->n_frames], e));
  entry->n_frames++;
  return E_OK;
}

/* --- units of the rows --- */

static enum err_code record_units(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    const uint64_t *token, struct arena *a, struct register_unit **out, int64_t *n, struct err *e) {
  const struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  const int64_t n_rows = tab_rows(&in);
  struct tab_dimension dimension[PLAN_MAX_DIMENSIONS];
  uint8_t *keep = ARENA_ARRAY(a, uint8_t, n_rows + 1);
  struct str *code = ARENA_ARRAY(a, struct str, n_rows * plan->n_dimensions + 1);
  int64_t unknown;
  (void)r;
  *out = ARENA_ARRAY(a, struct register_unit, n_rows + 1);
  if (!keep || !code || !*out) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(tab_read_conditions(a, &in, plan->spec, keep, &unknown, e));
  for (int d = 0; d < plan->n_dimensions; d++) TRY(tab_read_dimension(a, &in, plan->dimensions[d], &dimension[d], e));
  *n = 0;
  for (int64_t i = 0; i < n_rows; i++) {
    if (!keep[i]) continue;
    struct str *own = code + *n * plan->n_dimensions;
    for (int d = 0; d < plan->n_dimensions; d++) own[d] = dict_text(dimension[d].codes, dimension[d].id[i]);
    (*out)[(*n)++] = (struct register_unit){token[i], own};
  }
  return E_OK;
}
/* A report stands in every roll-up of its cell. */
static enum err_code labour_units(struct estimate_run *r, const struct register_table *t, const uint64_t *token, struct arena *a,
    struct register_unit **out, int64_t *n, struct err *e) {
  const struct mls_input *in = r->mls_in;
  const struct mls_run_input *run = &in->run;
  int64_t most = 0, *per_cell = ARENA_ARRAY(a, int64_t, run->n_cells + 1);
  if (!per_cell) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int32_t g = 0; g < run->n_rollups; g++)
    for (int32_t k = 0; k < run->rollups[g].n_members; k++) per_cell[run->rollups[g].members[k]]++;
  for (int64_t i = 0; i < run->sample.n; i++) most += per_cell[run->sample.cell[i]];
  int64_t *first = ARENA_ARRAY(a, int64_t, run->n_cells + 2), *next = ARENA_ARRAY(a, int64_t, run->sample.n + 1);
  *out = ARENA_ARRAY(a, struct register_unit, most + 1);
  struct str *code = ARENA_ARRAY(a, struct str, (int64_t)run->n_rollups * t->n_dims + 1);
  if (!first || !next || !*out || !code) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < run->sample.n; i++) next[i] = first[run->sample.cell[i]], first[run->sample.cell[i]] = i + 1;
  *n = 0;
  for (int32_t g = 0; g < run->n_rollups; g++) {
    struct str *own = code + (int64_t)g * t->n_dims;
    for (int d = 0; d < t->n_dims; d++)
      own[d] = !strcmp(t->dim[d], "industry") ? run->rollups[g].industry : !strcmp(t->dim[d], "size") ? run->rollups[g].size : STR("");
    for (int32_t k = 0; k < run->rollups[g].n_members; k++)
      for (int64_t i = first[run->rollups[g].members[k]]; i; i = next[i - 1])
        (*out)[(*n)++] = (struct register_unit){token[in->row[i - 1]], own};
  }
  return E_OK;
}
static bool counted_alike(
    const struct register_entry *entry, const struct result_table *from, struct register_table *t, struct arena *a, struct err *e) {
  int64_t *size;
  if (register_row_sizes(a, entry, t, &size, e)) return false;
  for (int64_t i = 0; i < from->n_rows; i++)
    if (from->n_status[i] == RESULT_SHOWN && from->n[i] != size[i]) return false;
  return true;
}

/* --- the table without its figures --- */

static const char *definition_of(struct arena *a, const struct form *f, const struct table_spec *s, const char *record) {
  return arena_printf(a, "%s/%s|%s|%s|%s|%s;%s|%s", f->survey, f->id, record, s->domain ? s->domain : "", s->filter ? s->filter : "",
      s->rows ? s->rows : "", s->columns ? s->columns : "", s->measure ? s->measure : "");
}
static enum err_code rows_and_codes(
    struct estimate_run *r, const struct form *f, const char *record, const struct estimate_table *t, struct register_table *u, struct err *e) {
  const struct result_table *from = t->table;
  const struct disclosure_profile *profile = estimate_profile(r, t->spec->disclosure);
  *u = (struct register_table){.id = t->spec->id,
      .form = f->id,
      .period = r->out->period,
      .profile = t->spec->disclosure ? t->spec->disclosure : "",
      .region = "",
      .definition = definition_of(r->a, f, t->spec, record),
      .min_n = profile ? profile->rule.min_n : 0,
      .n_dims = from->n_dimensions,
      .n_measures = from->n_measures};
  if (!u->definition) return ERR(e, E_NO_MEMORY, .subject = u->id);
  if (from->n_dimensions > REGISTER_DIMS_MAX || from->n_measures > REGISTER_MEASURES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = u->id);
  for (int d = 0; d < u->n_dims; d++) u->dim[d] = from->dimensions[d].name;
  for (int m = 0; m < u->n_measures; m++) u->measure[m] = from->measures[m].name, u->additive[m] = from->measures[m].additive;
  TRY(register_table_rows(r->a, u, from->n_rows, e));
  for (int64_t i = 0; i < from->n_rows; i++)
    for (int d = 0; d < u->n_dims; d++) u->code[i * u->n_dims + d] = from->dimensions[d].code[i];
  return E_OK;
}
static enum err_code find_units(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    int record, struct estimate_table *t, struct arena *a, struct err *e) {
  const enum measure_kind kind = plan->measures[0].kind;
  struct register_unit *unit = NULL;
  uint64_t *token = NULL;
  int64_t n = 0;
  int frame = 0;
  bool known = false;
  const bool labour = kind == MEASURE_MLS;
  if (estimate_form_is_input(f) || (!labour && !measure_over_records(kind))) return E_OK;
  TRY(row_tokens(r, f, record, rows, &token, &known, e));
  if (!known) return E_OK;
  TRY(frame_of(r, f, record, token, shard_rows_count(rows), &frame, e));
  for (int d = 0; labour && d < t->units->n_dims; d++)
    t->units->facet[d] = strcmp(t->units->dim[d], "industry") && strcmp(t->units->dim[d], "size");
  TRY(labour ? labour_units(r, t->units, token, a, &unit, &n, e) : record_units(r, f, plan, rows, token, a, &unit, &n, e));
  TRY(register_table_units(r->a, r->options->entry, t->units, frame, unit, n, e));
  if (!labour && !counted_alike(r->options->entry, t->table, t->units, a, e)) t->units->units_known = false, t->units->frame = -1;
  return E_OK;
}
enum err_code estimate_units(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct estimate_table *t, struct err *e) {
  int record = 0;
  struct arena *a = arena_new(0);
  t->units = ARENA_NEW(r->a, struct register_table);
  enum err_code code = a && t->units ? estimate_plan_record(r, f, plan, &record, e) : ERR(e, E_NO_MEMORY, .subject = t->spec->id);
  if (!code) code = rows_and_codes(r, f, f->records[record].name, t, t->units, e);
  if (!code) code = find_units(r, f, plan, rows, record, t, a, e);
  arena_free(a);
  return code;
}

/* --- figures --- */

static uint8_t status_of(uint8_t s) { return s == RESULT_SHOWN ? REGISTER_SHOWN : s == RESULT_SUPPRESSED ? REGISTER_HIDDEN : REGISTER_NONE; }
enum err_code estimate_units_figures(struct arena *a, const struct result_table *from, struct register_table *to, struct err *e) {
  const int m_all = to->n_measures + 1;
  char text[64];
  for (int64_t i = 0; i < to->n_rows; i++) {
    for (int m = 0; m < to->n_measures; m++) {
      to->status[i * m_all + m] = status_of(from->measures[m].status[i]);
      const struct str s = result_text(&from->measures[m], i, text, sizeof text);
      const char *p = arena_strdup(a, s.p, s.n);
      if (!p) return ERR(e, E_NO_MEMORY, .subject = to->id);
      if (to->status[i * m_all + m] == REGISTER_SHOWN) to->value[i * m_all + m] = str_view(p, s.n);
    }
    to->status[i * m_all + to->n_measures] = status_of(from->n_status[i]);
    if (from->n_status[i] != RESULT_SHOWN) continue;
    const char *p = arena_printf(a, "%lld", (long long)from->n[i]);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = to->id);
    to->value[i * m_all + to->n_measures] = str_of(p);
  }
  return E_OK;
}
