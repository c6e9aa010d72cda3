/* cmd_relations_read.c -- cmd_relations.h: columns of a file, or of one record type of a dataset. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_relations.h"

enum err_code relations_file(struct cli *c, const char *path, struct relations_rows *out, struct err *e) {
  uint8_t *bytes = NULL;
  size_t n;
  *out = (struct relations_rows){.name = path};
  TRY(file_read(path, RELATIONS_FILE_BYTES, &bytes, &n, e));
  const char *text = arena_strdup(cli_job(c)->arena, (const char *)bytes, n);
  free(bytes);
  if (!text) return ERR(e, E_NO_MEMORY, .file = path);
  TRY(csv_table_parse(cli_job(c)->arena, path, text, n, &out->csv, e));
  out->n = out->csv.n_rows;
  return E_OK;
}
enum err_code relations_dataset(struct cli *c, struct store *s, const char *survey, const char *form, const char *period, const char *record,
    struct relations_rows *out, struct err *e) {
  return relations_dataset_at(c, s, survey, form, period, record, cli_text(c, "stage"), out, e);
}
enum err_code relations_dataset_at(struct cli *c, struct store *s, const char *survey, const char *form, const char *period, const char *record,
    const char *stage, struct relations_rows *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct estimate_options *o = ARENA_NEW(a, struct estimate_options);
  struct estimate_output *result = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *run = ARENA_NEW(a, struct estimate_run);
  const struct shard_rows *all;
  struct form *f;
  if (!o || !result || !run) return ERR(e, E_NO_MEMORY, .subject = form);
  o->stage = stage;
  TRY(estimate_begin(s, survey, period, o, a, result, run, e));
  TRY(estimate_form(run, form, &f, e));
  *out = (struct relations_rows){.name = arena_printf(a, "%s/%s/%s", survey, form, period), .from_store = true};
  if (!out->name) return ERR(e, E_NO_MEMORY, .subject = form);
  TRY(estimate_load_record(run, f, record, NULL, 0, &all, e));
  out->shards = *all;
  out->n = shard_rows_count(&out->shards);
  return E_OK;
}
bool relations_has(const struct relations_rows *r, const char *column) {
  return r->from_store ? shard_rows_has(&r->shards, column) : csv_table_column(&r->csv, column) >= 0;
}
static enum err_code no_column(const struct relations_rows *r, const char *column, struct err *e) {
  return ERR(e, E_RELATIONS_COLUMNS, .file = r->name, .subject = column);
}
enum err_code relations_text(struct cli *c, const struct relations_rows *r, const char *column, bool required, struct str **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  if (!relations_has(r, column) && required) return no_column(r, column, e);
  if (r->from_store && relations_has(r, column)) return shard_rows_text(a, &r->shards, column, out, e);
  *out = ARENA_ARRAY(a, struct str, r->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = r->name);
  const int k = r->from_store ? -1 : csv_table_column(&r->csv, column);
  for (int64_t i = 0; i < r->n; i++) (*out)[i] = k < 0 ? STR("") : str_trim(csv_table_cell(&r->csv, i, k));
  return E_OK;
}
static enum err_code bad(const struct relations_rows *r, int64_t row, const char *column, struct str cell, const char *expected, struct err *e) {
  char found[64];
  return ERR(e, E_RELATIONS_VALUE, .file = r->name, .line = r->from_store ? 0 : r->csv.lines[row],
      .column = r->from_store ? 0 : csv_table_column(&r->csv, column) + 1, .subject = column, .expected = expected,
      .found = text_shape(cell.p, cell.n, found, sizeof found));
}
static enum err_code from_shards(struct cli *c, const struct relations_rows *r, const char *column, int64_t *out, bool *has, struct err *e) {
  int64_t *v;
  uint8_t *status;
  TRY(shard_rows_int(cli_job(c)->arena, &r->shards, column, &v, &status, NULL, e));
  for (int64_t i = 0; i < r->n; i++) out[i] = v[i], has[i] = value_present(status[i]);
  return E_OK;
}
static enum err_code numbers(struct cli *c, const struct relations_rows *r, const char *column, bool required, bool day, int64_t **out, bool **has,
    struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str *cell;
  *out = ARENA_ARRAY(a, int64_t, r->n + 1);
  *has = ARENA_ARRAY(a, bool, r->n + 1);
  if (!*out || !*has) return ERR(e, E_NO_MEMORY, .file = r->name);
  if (r->from_store && relations_has(r, column)) return from_shards(c, r, column, *out, *has, e);
  TRY(relations_text(c, r, column, required, &cell, e));
  for (int64_t i = 0; i < r->n; i++) {
    (*has)[i] = cell[i].n > 0;
    if (!(*has)[i]) continue;
    const bool good = day ? date_parse_iso(cell[i], &(*out)[i]) : str_int64(cell[i], &(*out)[i]) && (*out)[i] >= 0;
    if (!good) return bad(r, i, column, cell[i], day ? cli_say(c, "a date YYYY-MM-DD", "日付 YYYY-MM-DD")
                                               : cli_say(c, "a whole number of 0 or more", "0 以上の整数"), e);
  }
  return E_OK;
}
enum err_code relations_count(struct cli *c, const struct relations_rows *r, const char *column, bool required, int64_t **out, bool **has,
    struct err *e) {
  return numbers(c, r, column, required, false, out, has, e);
}
enum err_code relations_day(struct cli *c, const struct relations_rows *r, const char *column, int64_t **out, bool **has, struct err *e) {
  return numbers(c, r, column, false, true, out, has, e);
}
enum err_code relations_code(struct cli *c, const struct relations_rows *r, const char *column, bool required, int most, int **out, struct err *e) {
  struct str *cell;
  int64_t v;
  TRY(relations_text(c, r, column, required, &cell, e));
  *out = ARENA_ARRAY(cli_job(c)->arena, int, r->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0; i < r->n; i++) {
    if (!cell[i].n) continue;
    if (!str_int64(cell[i], &v) || v < 1 || v > most) {
      char codes[48];
      snprintf(codes, sizeof codes, cli_say(c, "a code from 1 to %d", "1～%d の符号"), most);
      return bad(r, i, column, cell[i], codes, e);
    }
    (*out)[i] = (int)v;
  }
  return E_OK;
}
const char *relations_period(struct cli *c) { return cli_operand_count(c) > 1 ? cli_operand(c, 1) : NULL; }
/* Names and codes of a table in Japanese; the digest stays that of the table itself. */
static enum err_code in_japanese(const struct relations_table *r, struct result_table *out, struct err *e) {
  const struct result_table *t = r->table;
  struct arena *a = t->arena;
  *out = *t;
  out->dimensions = ARENA_ARRAY(a, struct result_dimension, t->n_dimensions + 1);
  out->measures = ARENA_ARRAY(a, struct result_measure, t->n_measures + 1);
  out->notes = ARENA_ARRAY(a, const char *, t->n_notes + 1);
  if (!out->dimensions || !out->measures || !out->notes) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int d = 0; d < t->n_dimensions; d++) {
    const char *name = relations_label_ja(NULL, str_of(t->dimensions[d].name));
    struct str *code = ARENA_ARRAY(a, struct str, t->n_rows + 1);
    if (!code) return ERR(e, E_NO_MEMORY, .subject = t->id);
    for (int64_t i = 0; i < t->n_rows; i++) {
      const char *label = relations_label_ja(t->dimensions[d].name, t->dimensions[d].code[i]);
      code[i] = label ? str_of(label) : t->dimensions[d].code[i];
    }
    out->dimensions[d] = (struct result_dimension){.name = name ? name : t->dimensions[d].name, .code = code};
  }
  for (int m = 0; m < t->n_measures; m++) {
    const char *name = relations_label_ja(NULL, str_of(t->measures[m].name));
    out->measures[m] = t->measures[m];
    if (name) out->measures[m].name = name;
  }
  for (int i = 0; i < t->n_notes; i++) out->notes[i] = r->note_ja[i] ? r->note_ja[i] : t->notes[i];
  if (t->refusal) out->refusal = r->refusal_ja;
  return E_OK;
}
enum err_code relations_print(struct cli *c, const struct relations_table *t, const char *period, bool *look, struct err *e) {
  struct result_table shown;
  t->table->period = period ? period : "";
  *look = *look || t->unknown > 0;
  if (cli_lang(c) != LANG_JA || cli_json(c) || strcmp(cli_text(c, "as"), "text")) return estimate_print_table(c, t->table, cli_text(c, "as"), e);
  TRY(estimate_digest(t->table, e));
  TRY(in_japanese(t, &shown, e));
  return estimate_print_table(c, &shown, "text", e);
}
enum err_code relations_print_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) {
  if (code) {
    strbuf_release(b);
    return code;
  }
  return estimate_write(c, b, e);
}
