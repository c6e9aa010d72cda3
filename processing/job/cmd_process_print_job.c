/* The job's steps and what they did to totals and distributions, as text and JSON. */
#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"
#include "processing/job/cmd_process_print.h"

static void cell_int(struct text_table *t, int64_t v) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

void process_print_steps(struct cli *c, const struct step_report *steps, int n) {
  const char *heads[] = {cli_say(c, "step", "手順"), cli_say(c, "method", "方法"), cli_say(c, "selected", "対象"), cli_say(c, "flagged", "フラグ"), cli_say(c, "changed", "変更"), cli_say(c, "proposed", "候補"), cli_say(c, "notes", "備考")};
  struct text_table *t = text_table_new(7);
  if (!t) return;
  for (int i = 0; i < 7; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < n; i++) {
    char notes[512] = "";
    size_t used = 0;
    for (int k = 0; k < steps[i].n_notes; k++)
      if (steps[i].notes[k].value && used < sizeof notes) used += (size_t)snprintf(notes + used, sizeof notes - used, "%s%s %lld", used ? ", " : "", steps[i].notes[k].name, (long long)steps[i].notes[k].value);
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
  if (!r->statistics.n_rows) return;
  json_key(j, "edit_statistics");
  json_effects(j, &r->statistics);
}
