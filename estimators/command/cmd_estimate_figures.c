#include "estimators/command/cmd_estimate_figures.h"

#include <stdio.h>

#include "estimators/table/column_condition.h"

enum err_code figures_where(struct cli *c, const struct survey_data *d, int32_t **of_row, struct err *e) {
  const char *where = cli_text(c, "where");
  struct arena *a = cli_job(c)->arena;
  int64_t unknown;
  *of_row = NULL;
  if (!where) return E_OK;
  uint8_t *keep = ARENA_ARRAY(a, uint8_t, d->columns.n + 1);
  *of_row = ARENA_ARRAY(a, int32_t, d->columns.n + 1);
  if (!keep || !*of_row) return ERR(e, E_NO_MEMORY, .subject = "--where");
  TRY(column_condition(a, &d->columns, where, keep, &unknown, e));
  for (int64_t i = 0; i < d->columns.n; i++) (*of_row)[i] = keep[i] ? 0 : -1;
  return E_OK;
}
const char *figures_number(double v, char out[32]) {
  snprintf(out, 32, "%.6g", v);
  return out;
}
const char *figures_p_value(double p, char out[32]) {
  snprintf(out, 32, p < 0.0001 ? "< 0.0001" : "%.4f", p);
  return out;
}
enum err_code figures_print_notes(struct cli *c, const struct survey_data *d, struct err *e) {
  struct result_table *t;
  TRY(result_table_new(cli_job(c)->arena, "notes", 0, 0, 0, &t, e));
  survey_data_notes(d, t);
  for (int i = 0; i < t->n_notes; i++) fprintf(cli_out(c), "  %s\n", t->notes[i]);
  return ferror(cli_out(c)) ? ERR(e, E_FILE_WRITE, .subject = "standard output") : E_OK;
}
void figures_json_imputed(const struct survey_data *d, struct json_out *j) {
  if (d->imputed.as_observed) json_put(j, "imputed", "as observed");
}
