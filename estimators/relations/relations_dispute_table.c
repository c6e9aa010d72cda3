/* relations_dispute_table.c -- relations_tables.h: disputes by figure. */
#include <string.h>

#include "estimators/relations/relations_tables_impl.h"

enum { FIGURES = 16 };
static const char *const figure_code[FIGURES] = {"01_all", "02_with_acts", "03_without_acts", "04_acts_not_answered", "05_new", "06_carried_over",
    "07_start_not_answered", "08_settled", "09_going_on", "10_strike_or_lockout", "11_strike", "12_lockout", "13_short_strike", "14_slowdown",
    "15_other", "16_several_forms"};

static void absent(struct result_table *t, int measure, int64_t row, const char *why) {
  t->measures[measure].value[row] = 0, t->measures[measure].status[row] = RESULT_NOT_APPLICABLE, t->measures[measure].reason[row] = why;
}
static void line_row(struct result_table *t, int64_t row, const struct dispute_line *l) {
  t->measures[0].value[row] = (double)l->disputes, t->measures[1].value[row] = (double)l->participants;
  t->measures[2].value[row] = (double)l->days_lost, t->n[row] = l->disputes;
}
static void count_row(struct result_table *t, int64_t row, int64_t n) {
  t->measures[0].value[row] = (double)n, t->n[row] = n;
  absent(t, 1, row, "counts alone"), absent(t, 2, row, "counts alone");
}
static void figures(struct result_table *t, int64_t row, const struct relations_dispute *d) {
  const struct dispute_figures *f = &d->f;
  const int64_t counts[] = {f->without_acts, f->unknown_acts, f->fresh, f->carried, f->unknown_start, f->settled, f->open};
  for (int k = 0; k < FIGURES; k++) t->dimensions[0].code[row + k] = d->domain, t->dimensions[1].code[row + k] = str_of(figure_code[k]);
  line_row(t, row, &f->all);
  line_row(t, row + 1, &f->acts);
  for (int k = 0; k < 7; k++) count_row(t, row + 2 + k, counts[k]);
  line_row(t, row + 9, &f->losing);
  if (f->losing.unknown_participants) {
    absent(t, 1, row + 9, "a dispute used both forms, or did not answer");
    t->measures[1].status[row + 9] = RESULT_UNDEFINED;
  }
  for (int k = DISPUTE_STRIKE; k < DISPUTE_FORMS; k++) line_row(t, row + 9 + k, &f->form[k]);
  count_row(t, row + 15, f->several);
}
enum err_code relations_dispute_table(struct arena *a, const struct relations_dispute *d, int64_t n, const char *by, bool year,
    struct result_table **out, struct err *e) {
  const char *const names[] = {by, "figure", "disputes", "participants", "days_lost"};
  TRY(relations_begin(a, "disputes", "労働争議の件数・人員・労働損失日数", "labour disputes, participants, days lost", n * FIGURES,
      2, 3, names, out, e));
  struct result_table *t = *out;
  for (int m = 0; m < 3; m++) t->measures[m].additive = false; /* forms overlap */
  for (int64_t i = 0; i < n; i++) figures(t, i * FIGURES, &d[i]);
  result_note(t, "01: participants are the members involved; else heads of the acts, each once");
  result_note(t, "10: strikes of half a day and more and lock-outs, a dispute once; 11: half a day and more; 13: less than half a day");
  result_note(t, "a dispute stands in each form it used; days lost: strikes of half a day and more and lock-outs, a worker-day once");
  if (year) result_note(t, "year: each dispute once, new + carried over; heads since January from the last slip (item of ours, unconfirmed)");
  relations_unknown(t, "members involved", d[0].f.all.unknown_participants);
  relations_unknown(t, "participants", d[0].f.acts.unknown_participants);
  relations_unknown(t, "days lost", d[0].f.acts.unknown_days);
  return E_OK;
}
