/* The status of a run's steps as a stored table and back. */
#include <stdio.h>
#include <string.h>

#include "processing/command/cmd_process_checkpoint.h"

enum status_column {
  ST_SEQ,
  ST_STEP,
  ST_METHOD,
  ST_RUN,
  ST_INPUTS,
  ST_PROGRAM,
  ST_FORM,
  ST_NOTES,
  ST_SEED,
  ST_RECORDS,
  ST_SELECTED,
  ST_GROUPS,
  ST_FLAGGED,
  ST_CHANGED,
  ST_PROPOSED,
  ST_CPU,
  ST_RESUMED,
  ST_COLUMNS
};

static const struct column columns[ST_COLUMNS] = {[ST_SEQ] = {.name = "seq", .type = COL_INT},
    [ST_STEP] = {.name = "step", .type = COL_CODE},
    [ST_METHOD] = {.name = "method", .type = COL_CODE},
    [ST_RUN] = {.name = "run", .type = COL_CODE},
    [ST_INPUTS] = {.name = "inputs", .type = COL_CODE},
    [ST_PROGRAM] = {.name = "program", .type = COL_CODE},
    [ST_FORM] = {.name = "form_hash", .type = COL_CODE},
    [ST_NOTES] = {.name = "notes", .type = COL_TEXT},
    [ST_SEED] = {.name = "seed", .type = COL_INT},
    [ST_RECORDS] = {.name = "records", .type = COL_INT},
    [ST_SELECTED] = {.name = "selected", .type = COL_INT},
    [ST_GROUPS] = {.name = "groups", .type = COL_INT},
    [ST_FLAGGED] = {.name = "flagged", .type = COL_INT},
    [ST_CHANGED] = {.name = "changed", .type = COL_INT},
    [ST_PROPOSED] = {.name = "proposed", .type = COL_INT},
    [ST_CPU] = {.name = "cpu_us", .type = COL_INT},
    [ST_RESUMED] = {.name = "resumed", .type = COL_INT}};

static const char *notes_text(struct arena *a, const struct step_report *r) {
  const char *out = "";
  for (int i = 0; i < r->n_notes && out; i++) out = arena_printf(a, "%s%s%s=%lld", out, i ? ";" : "", r->notes[i].name, (long long)r->notes[i].value);
  return out;
}

static enum err_code put_row(struct process_run *r, struct table *t, int i, struct err *e) {
  const struct step_report *s = &r->steps[i];
  const char *const texts[] = {[ST_STEP] = s->step,
      [ST_METHOD] = s->method,
      [ST_RUN] = r->state->run,
      [ST_INPUTS] = r->inputs_hash,
      [ST_PROGRAM] = SHIRABE_VERSION,
      [ST_FORM] = r->form->hash_hex,
      [ST_NOTES] = notes_text(r->a, s)};
  const int64_t numbers[ST_COLUMNS] = {[ST_SEQ] = i + 1,
      [ST_SEED] = (int64_t)r->state->plan->steps[i].seed,
      [ST_RECORDS] = s->records,
      [ST_SELECTED] = s->selected,
      [ST_GROUPS] = s->groups,
      [ST_FLAGGED] = s->flagged,
      [ST_CHANGED] = s->changed,
      [ST_PROPOSED] = s->proposed,
      [ST_CPU] = s->cpu_us,
      [ST_RESUMED] = s->resumed};
  for (int k = 0; k < ST_COLUMNS; k++) {
    struct column *c = &t->columns[k];
    if (c->type == COL_INT) c->i64[i] = numbers[k];
    else if ((c->code[i] = dict_add(c->dict, str_of(texts[k]))) < 0) return ERR(e, E_NO_MEMORY, .subject = "status");
  }
  t->n_rows = i + 1;
  return E_OK;
}

enum err_code process_put_status(struct process_run *r, const char *stage, struct err *e) {
  struct table t;
  TRY(table_init(&t, r->a, columns, ST_COLUMNS, r->n_steps + 1, e));
  for (int i = 0; i < r->n_steps; i++) TRY(put_row(r, &t, i, e));
  return process_put(r, stage, &t, e);
}

/* --- back --- */
static const char *text_at(struct arena *a, const struct table *t, int64_t row, enum status_column k) {
  char buffer[64];
  int at = table_find(t, columns[k].name);
  if (at < 0) return "";
  struct str s = column_text(&t->columns[at], row, buffer, sizeof buffer);
  const char *copy = arena_strdup(a, s.p, s.n);
  return copy ? copy : "";
}
static int64_t number_at(const struct table *t, int64_t row, enum status_column k) {
  int at = table_find(t, columns[k].name);
  return at < 0 ? 0 : t->columns[at].i64[row];
}

static void take_notes(struct arena *a, struct str text, struct step_report *out) {
  while (text.n) {
    struct str value, name = str_split(str_split(text, ';', &text), '=', &value);
    const char *copy = arena_strdup(a, name.p, name.n);
    int64_t n = 0;
    if (copy && str_int64(value, &n)) step_note(out, copy, n);
  }
}

static void take_row(struct arena *a, const struct table *t, int64_t row, struct step_report *out) {
  *out = (struct step_report){.step = text_at(a, t, row, ST_STEP),
      .method = text_at(a, t, row, ST_METHOD),
      .records = number_at(t, row, ST_RECORDS),
      .selected = number_at(t, row, ST_SELECTED),
      .groups = number_at(t, row, ST_GROUPS),
      .flagged = number_at(t, row, ST_FLAGGED),
      .changed = number_at(t, row, ST_CHANGED),
      .proposed = number_at(t, row, ST_PROPOSED),
      .cpu_us = number_at(t, row, ST_CPU),
      .resumed = number_at(t, row, ST_RESUMED) != 0};
  take_notes(a, str_of(text_at(a, t, row, ST_NOTES)), out);
}

enum err_code process_read_status(struct store *s, const struct dataset_key *key, int64_t access, struct arena *a, struct step_report **out, int *n,
    struct process_status_head *head, struct err *e) {
  struct process_data d;
  *n = 0;
  *head = (struct process_status_head){"", "", "", "", 0};
  TRY(process_read(s, key, access, a, NULL, &d, e));
  if (!d.n_rows) return E_OK;
  const struct table *t = &d.tables[0];
  *out = ARENA_ARRAY(a, struct step_report, t->n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "status");
  for (int64_t row = 0; row < t->n_rows; row++) take_row(a, t, row, &(*out)[row]);
  *n = (int)t->n_rows;
  *head = (struct process_status_head){
      text_at(a, t, 0, ST_RUN), text_at(a, t, 0, ST_INPUTS), text_at(a, t, 0, ST_PROGRAM), text_at(a, t, 0, ST_FORM), number_at(t, 0, ST_SEED)};
  return E_OK;
}
