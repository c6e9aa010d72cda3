/* The job's steps and what they did to totals and distributions, as text and JSON. */
#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"
#include "processing/command/cmd_process_print.h"

static void cell_int(struct text_table *t, int64_t v) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

void process_print_steps(struct cli *c, const struct step_report *steps, int n) {
  const char *heads[] = {cli_say(c, "step", "手順"), cli_say(c, "method", "方法"), cli_say(c, "selected", "対象"), cli_say(c, "flagged", "フラグ"),
      cli_say(c, "changed", "変更"), cli_say(c, "proposed", "候補"), cli_say(c, "notes", "備考")};
  struct text_table *t = text_table_new(7);
  if (!t) return;
  for (int i = 0; i < 7; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < n; i++) {
    char notes[512] = "";
    size_t used = 0;
    for (int k = 0; k < steps[i].n_notes; k++)
      if (steps[i].notes[k].value && used < sizeof notes)
        used += (size_t)snprintf(
            notes + used, sizeof notes - used, "%s%s %lld", used ? ", " : "", steps[i].notes[k].name, (long long)steps[i].notes[k].value);
    text_table_cell(t, steps[i].step);
    text_table_cell(t, steps[i].method);
    cell_int(t, steps[i].selected);
    cell_int(t, steps[i].flagged);
    cell_int(t, steps[i].changed);
    cell_int(t, steps[i].proposed);
    text_table_cell(t, notes);
  }
  for (int i = 2; i < 6; i++) text_table_right(t, i);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* Totals and means of all records; by-groups stand in the stage `estimates`. */
void process_print_estimates(struct cli *c, const struct table *t) {
  static const int columns[] = {ESTIMATE_STEP, ESTIMATE_ITEM, ESTIMATE_MEASURE, ESTIMATE_METHOD, ESTIMATE_IMPUTED, ESTIMATE_VALUE,
      ESTIMATE_STANDARD_ERROR, ESTIMATE_LOW,
      ESTIMATE_HIGH, ESTIMATE_SHARE};
  enum { N = sizeof columns / sizeof *columns };
  const char *heads[N] = {cli_say(c, "step", "手順"), cli_say(c, "item", "項目"), cli_say(c, "measure", "統計量"), cli_say(c, "method", "方法"),
      cli_say(c, "imputed", "補完数"),
      cli_say(c, "estimate", "推計値"), cli_say(c, "standard error", "標準誤差"), cli_say(c, "low", "下限"), cli_say(c, "high", "上限"),
      cli_say(c, "share of imputation", "補完による割合")};
  struct text_table *out = t->n_rows ? text_table_new(N) : NULL;
  char buffer[64];
  if (!out) return;
  for (int i = 0; i < N; i++) text_table_cell(out, heads[i]);
  for (int64_t row = 0; row < t->n_rows; row++) {
    if (value_present(t->columns[ESTIMATE_CLASS].status[row])) continue;
    for (int i = 0; i < N; i++) {
      const struct str s = column_text(&t->columns[columns[i]], row, buffer, sizeof buffer);
      char text[64];
      (void)snprintf(text, sizeof text, "%.*s", (int)(s.n < 60 ? s.n : 60), value_present(t->columns[columns[i]].status[row]) ? s.p : "");
      text_table_cell(out, text);
    }
  }
  for (int i = 4; i < N; i++) text_table_right(out, i);
  text_table_print(out, cli_out(c), true);
  text_table_free(out);
}

void process_json_steps(struct json_out *j, const struct step_report *steps, int n) {
  json_array(j);
  for (int i = 0; i < n; i++) {
    json_object(j);
    json_put(j, "step", steps[i].step);
    json_put(j, "method", steps[i].method);
    json_put_int(j, "records", steps[i].records);
    json_put_int(j, "selected", steps[i].selected);
    json_put_int(j, "groups", steps[i].groups);
    json_put_int(j, "flagged", steps[i].flagged);
    json_put_int(j, "changed", steps[i].changed);
    json_put_int(j, "proposed", steps[i].proposed);
    json_put_int(j, "cpu_us", steps[i].cpu_us);
    json_key(j, "resumed");
    json_bool(j, steps[i].resumed);
    for (int k = 0; k < steps[i].n_notes; k++) json_put_int(j, steps[i].notes[k].name, steps[i].notes[k].value);
    json_end_object(j);
  }
  json_end_array(j);
}

static bool filled(const struct table *t, const char *column, int64_t row) {
  const int k = table_find(t, column);
  return k >= 0 && value_present(t->columns[k].status[row]);
}

/* Classes hold answers of register and form: the report has all records together; classes and offices stay in the stages. */
static void json_effects(struct json_out *j, const struct table *t) {
  char buffer[64];
  json_array(j);
  for (int64_t row = 0; row < t->n_rows; row++) {
    if (filled(t, "class", row) || filled(t, "office", row)) continue;
    json_object(j);
    for (int k = 0; k < t->n_columns; k++) {
      const struct column *c = &t->columns[k];
      if (!value_present(c->status[row])) continue;
      if (c->type == COL_INT) json_put_int(j, c->name, c->i64[row]);
      else {
        json_key(j, c->name);
        json_text(j, column_text(c, row, buffer, sizeof buffer));
      }
    }
    json_end_object(j);
  }
  json_end_array(j);
}

/* Estimates of classes by the number of the class: their texts hold answers and stay in the stage. */
static void json_estimates(struct json_out *j, const struct table *t) {
  char buffer[64];
  json_array(j);
  for (int64_t row = 0; row < t->n_rows; row++) {
    json_object(j);
    for (int k = 0; k < t->n_columns; k++) {
      const struct column *c = &t->columns[k];
      if (k == ESTIMATE_CLASS || !value_present(c->status[row])) continue;
      if (c->type == COL_INT) json_put_int(j, c->name, c->i64[row]);
      else {
        json_key(j, c->name);
        json_text(j, column_text(c, row, buffer, sizeof buffer));
      }
    }
    json_end_object(j);
  }
  json_end_array(j);
}

void process_json_job(struct json_out *j, const struct process_report *r) {
  json_put(j, "run", r->run);
  json_put(j, "inputs", r->inputs);
  json_put_int(j, "seed", (int64_t)r->seed);
  json_put(j, "program", SHIRABE_VERSION);
  json_put_int(j, "flags", r->flags);
  json_put_int(j, "proposals", r->proposals);
  json_key(j, "job");
  process_json_steps(j, r->step_reports, r->n_step_reports);
  json_key(j, "effects");
  json_effects(j, &r->effects);
  if (r->estimates.n_rows) {
    json_key(j, "estimates");
    json_estimates(j, &r->estimates);
  }
  if (!r->statistics.n_rows) return;
  json_key(j, "edit_statistics");
  json_effects(j, &r->statistics);
}
