#include "processing/command/cmd_process_io.h"

#include <string.h>

enum { DAY_SECONDS = 86400, JST_SECONDS = 9 * 3600, SHARD_COLUMNS = 2048 };

static int64_t day_of(const struct job *job, const char *period) {
  struct period p;
  if (period && period_parse(str_of(period), &p)) return period_last_day(&p);
  return (job_now(job) + JST_SECONDS) / DAY_SECONDS;
}

enum err_code process_form(const struct job *job, const char *spec, const char *period, struct form **out, struct err *e) {
  struct arena *a = job->arena;
  struct str form, version, survey = str_split(str_of(spec), '/', &form);
  form = str_split(form, '/', &version);
  if (!survey.n || !form.n) return ERR(e, E_PROCESS_FORM, .subject = spec ? spec : "");
  const char *survey_text = arena_strdup(a, survey.p, survey.n), *form_text = arena_strdup(a, form.p, form.n),
             *version_text = version.n ? arena_strdup(a, version.p, version.n) : NULL;
  if (!survey_text || !form_text || (version.n && !version_text)) return ERR(e, E_NO_MEMORY, .subject = spec);
  return form_read(a, job, forms_folder(), survey_text, form_text, version_text, day_of(job, period), out, NULL, e);
}

enum err_code process_period(const struct form *f, const char *text, char out[16], char previous[16], struct err *e) {
  static const char *const shapes[] = {"2025-12", "2025-Q4", "2025", "FY2025"};
  struct period p, before;
  if (!text || !period_parse(str_of(text), &p) || p.kind != f->period_kind)
    return ERR(e, E_PROCESS_NO_DATA, .subject = text ? text : "", .expected = shapes[f->period_kind]);
  before = period_previous(&p);
  period_format(&p, out);
  period_format(&before, previous);
  return E_OK;
}

/* --- in --- */
/* The wanted columns that the shard has; *all when none is named. */
static enum err_code pick_columns(
    struct store *s, int64_t shard, const struct name_set *wanted, struct arena *a, const char ***names, int *n, struct err *e) {
  struct store_column *have = ARENA_ARRAY(a, struct store_column, SHARD_COLUMNS);
  *names = ARENA_ARRAY(a, const char *, wanted->n + 1);
  *n = 0;
  if (!have || !*names) return ERR(e, E_NO_MEMORY, .subject = "columns");
  int n_have = store_shard_columns(s, shard, have, SHARD_COLUMNS, e);
  if (n_have < 0) return e && e->code ? e->code : E_BUG;
  for (int i = 0; i < wanted->n; i++)
    for (int k = 0; k < n_have && k < SHARD_COLUMNS; k++)
      if (strcmp(wanted->names[i], have[k].name) == 0) (*names)[(*n)++] = wanted->names[i];
  return E_OK;
}

static enum err_code read_shard(
    struct store *s, int64_t shard, int64_t access, const struct name_set *wanted, struct arena *a, struct table *out, struct err *e) {
  const char **names;
  int n;
  if (!wanted) return store_shard_read(s, shard, access, NULL, 0, a, out, e);
  TRY(pick_columns(s, shard, wanted, a, &names, &n, e));
  return store_shard_read(s, shard, access, names, n, a, out, e);
}

enum err_code process_read(struct store *s, const struct dataset_key *key, int64_t access, struct arena *a, const struct name_set *wanted,
    struct process_data *out, struct err *e) {
  *out = (struct process_data){.key = *key};
  TRY(store_shards(s, key, a, &out->shards, &out->n, e));
  out->tables = ARENA_ARRAY(a, struct table, out->n + 1);
  if (!out->tables) return ERR(e, E_NO_MEMORY, .subject = key->stage);
  for (int64_t i = 0; i < out->n; i++) {
    TRY(read_shard(s, out->shards[i].id, access, wanted, a, &out->tables[i], e));
    out->n_rows += out->tables[i].n_rows;
  }
  return E_OK;
}

/* --- out --- */
static const uint8_t *parts_of(const struct form *f, const struct table *t, struct arena *a) {
  uint8_t *parts = ARENA_ARRAY(a, uint8_t, t->n_columns + 1);
  for (int k = 0; parts && k < t->n_columns; k++) {
    const struct item *item = form_item(f, t->columns[k].name);
    parts[k] = (uint8_t)(item ? item->part : PART_PARADATA);
  }
  return parts;
}

enum err_code process_write(struct store *s, const struct dataset_key *key, const struct form *f, const char *batch, const char *sender,
    int64_t sequence, const struct table *t, struct arena *a, struct err *e) {
  struct shard_write *w = NULL;
  int64_t id;
  const uint8_t *parts = parts_of(f, t, a);
  if (!parts) return ERR(e, E_NO_MEMORY, .subject = key->stage);
  TRY(store_shard_begin(s, key, f->hash_hex, batch, sender, sequence, &w, e));
  enum err_code code = store_shard_append(w, t, parts, 0, t->n_rows, e);
  if (code) {
    store_shard_abort(w);
    return code;
  }
  return store_shard_end(w, &id, e);
}

const char *process_pick(const struct cli *c, const char *en, const char *ja) {
  const char *first = cli_say(c, en, ja), *other = first == en ? ja : en;
  return first && *first ? first : other ? other : "";
}
