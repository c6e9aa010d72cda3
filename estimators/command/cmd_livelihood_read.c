/* cmd_livelihood_read.c -- cmd_livelihood.h: plan, files and the store's datasets into columns. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/cmd_livelihood.h"
#include "estimators/command/survey_data.h"
#include "estimators/table/shard_columns.h"

enum { PLAN_BYTES = 1 << 16 };

enum err_code livelihood_read_plan(struct cli *c, struct livelihood_plan *out, struct err *e) {
  const char *path = cli_text(c, "plan");
  uint8_t *bytes = NULL;
  size_t n;
  if (!path) return ERR(e, E_LIVELIHOOD_SOURCE, .subject = cli_operand(c, 0), .expected = "--plan FILE");
  TRY(file_read(path, PLAN_BYTES, &bytes, &n, e));
  const enum err_code code = livelihood_plan_parse(path, (const char *)bytes, n, out, e);
  free(bytes);
  return code;
}
enum err_code livelihood_read_file(struct cli *c, const char *path, struct survey_columns *out, struct err *e) {
  return survey_columns_file(c, path, out, e);
}
static enum err_code from_files(struct cli *c, struct livelihood_source *out, struct err *e) {
  for (int f = 0; f < LIVELIHOOD_FORMS; f++) {
    const char *path = cli_text(c, livelihood_form_name((enum livelihood_form)f));
    struct survey_columns *columns = path ? ARENA_NEW(cli_job(c)->arena, struct survey_columns) : NULL;
    if (!path) continue;
    if (!columns) return ERR(e, E_NO_MEMORY, .subject = path);
    TRY(livelihood_read_file(c, path, columns, e));
    out->form[f] = columns;
  }
  if (!out->form[LIVELIHOOD_HOUSEHOLD])
    return ERR(e, E_LIVELIHOOD_SOURCE, .subject = cli_operand(c, 0), .expected = "a period of the store, or --household FILE and the other files");
  return E_OK;
}

/* --- the store --- */
#define KEY_ITEMS "pref district unit_area household_no"
static const char *const items[LIVELIHOOD_FORMS] = {
    KEY_ITEMS " area members household_type structure income_selected weight",
    KEY_ITEMS " person_no age sex relation work",
    KEY_ITEMS " total_income tax_income tax_resident tax_property premiums tax_vehicle premium_private remittance_paid weight",
    KEY_ITEMS " person_no hospitalised symptoms visits daily_impact", "area districts people",
    "sex age_from age_to people", KEY_ITEMS " person_no", KEY_ITEMS};

static bool is_wanted(const void *context, struct str name) { return survey_name_in(context, name); }
static enum err_code from_form(struct estimate_run *r, enum livelihood_form which, struct survey_columns *out, struct err *e) {
  static const struct {
    const char *form, *record;
  } of[LIVELIHOOD_FORMS] = {{"household", "household"}, {"household", "person"}, {"income", "household"}, {"health", "person"},
      {"stratum", "stratum"}, {"population", "cell"}, {"care", "person"}, {"savings", "household"}};
  const struct shard_rows *rows;
  struct form *f;
  TRY(estimate_form(r, of[which].form, &f, e));
  TRY(estimate_load_record(r, f, of[which].record, NULL, 0, &rows, e));
  const struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  return shard_columns(r->a, &in, rows->name, is_wanted, items[which], out, e);
}
static enum err_code from_store(struct cli *c, struct store *s, struct livelihood_source *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct estimate_options options = {.stage = cli_text(c, "stage")};
  struct estimate_output *output = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *r = ARENA_NEW(a, struct estimate_run);
  if (!output || !r) return ERR(e, E_NO_MEMORY, .subject = "livelihood");
  TRY(estimate_begin(s, "livelihood", cli_operand(c, 1), &options, a, output, r, e));
  for (int f = 0; f < LIVELIHOOD_FORMS; f++) {
    struct survey_columns *columns = ARENA_NEW(a, struct survey_columns);
    struct err why = {.code = E_OK};
    if (!columns) return ERR(e, E_NO_MEMORY, .subject = "livelihood");
    const enum err_code code = from_form(r, (enum livelihood_form)f, columns, &why);
    if (code == E_TABLE_DATA && f != LIVELIHOOD_HOUSEHOLD) continue; /* no data of this form in the period */
    if (code && e) *e = why;
    if (code) return code;
    out->form[f] = columns;
  }
  return E_OK;
}
enum err_code livelihood_read_source(struct cli *c, struct store *s, struct livelihood_source *out, struct err *e) {
  *out = (struct livelihood_source){{NULL}};
  for (int f = 0; s && f < LIVELIHOOD_FORMS; f++) /* one of the two would be passed over */
    if (cli_text(c, livelihood_form_name((enum livelihood_form)f)))
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = arena_printf(cli_job(c)->arena, "%s --%s", cli_operand(c, 1),
          livelihood_form_name((enum livelihood_form)f)));
  return s ? from_store(c, s, out, e) : from_files(c, out, e);
}
