/* job_record.c -- the record type of a step, and whether what it names belongs there. */
#include <string.h>

#include "processing/job/job_reader.h"

int job_read_record(struct job_reader *r, const struct json_value *v, const struct step_method *m) {
  const struct json_value *given = json_member(v, "record");
  const char *name = json_string(given);
  if (m->whole) return -1;
  if (!given) return 0;
  for (int i = 0; name && i < r->form->n_records; i++)
    if (strcmp(r->form->records[i].name, name) == 0) return i;
  job_reader_into(r, "record", 0);
  job_problem_at(r, E_JOB_VALUE, name ? name : "record", "a record type of the form");
  job_reader_out(r);
  return 0;
}

static bool in_reach(const struct form *f, int record, const char *name) {
  const struct item *it = form_item(f, name);
  for (int t = record; it && t >= 0;) {
    if (form_holds(f, f->records[t].name, it)) return true;
    int up = -1;
    for (int i = 0; i < f->n_records; i++)
      if (strcmp(f->records[i].name, f->records[t].parent) == 0) up = i;
    t = up;
  }
  return it == NULL;
}

static void expression_in_reach(struct job_reader *r, int record, const struct expr *x) {
  for (int i = 0; x && i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind == EXPR_SLOT_CURRENT && !in_reach(r->form, record, expr_slot(x, i)->name))
      job_problem_at(r, E_JOB_RECORD, expr_slot(x, i)->name, NULL);
}

void job_check_record(struct job_reader *r, const struct step_spec *s) {
  if (s->record < 0 || r->form->n_records < 2 || s->method->household) return;
  expression_in_reach(r, s->record, s->filter);
  for (int i = 0; i < s->n_by; i++)
    if (!s->by[i].frame && !in_reach(r->form, s->record, s->by[i].name)) job_problem_at(r, E_JOB_RECORD, s->by[i].name, NULL);
  for (int k = 0; s->method->options && s->method->options[k].key; k++) {
    expression_in_reach(r, s->record, s->values[k].x);
    for (int i = 0; i < s->values[k].n_items; i++)
      if (!form_holds(r->form, r->form->records[s->record].name, s->values[k].items[i]))
        job_problem_at(r, E_JOB_RECORD, s->values[k].items[i]->name, NULL);
  }
}
