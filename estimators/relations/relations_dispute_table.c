/* relations_dispute_table.c -- relations_tables.h: disputes by figure. */
#include <string.h>

#include "estimators/relations/relations_tables_impl.h"

enum { FIGURES = 16 };
static const char *const figure_code[FIGURES] = {"01_all", "02_with_acts", "03_without_acts", "04_acts_not_answered", "05_new", "06_carried_over",
    "07_start_not_answered", "08_settled", "09_going_on", "10_strike_or_lockout", "11_strike", "12_lockout", "13_short_strike", "14_slowdown",
    "15_other", "16_several_forms"};

static const char not_answered[] = "not answered in any slip", not_listed[] = "the forms of the acts are not given";

static void line_row(struct relations_table *r, int64_t row, const struct dispute_line *l) {
  struct result_table *t = r->table;
  t->measures[0].value[row] = (double)l->disputes, t->measures[1].value[row] = (double)l->participants;
  t->measures[2].value[row] = (double)l->days_lost, t->n[row] = l->disputes;
  if (l->disputes && l->unknown_participants == l->disputes) relations_undefined(r, 1, row, not_answered);
  if (l->disputes && l->unknown_days == l->disputes) relations_undefined(r, 2, row, not_answered);
}
static void count_row(struct relations_table *r, int64_t row, int64_t n) {
  struct result_table *t = r->table;
  t->measures[0].value[row] = (double)n, t->n[row] = n;
  for (int m = 1; m < 3; m++) t->measures[m].status[row] = RESULT_NOT_APPLICABLE, t->measures[m].reason[row] = "counts alone";
}
static void unknown_rows(struct relations_table *r, int64_t row, int first, int last, const char *why) {
  for (int k = first; k <= last; k++) {
    for (int m = 0; m < 3; m++)
      if (r->table->measures[m].status[row + k] != RESULT_NOT_APPLICABLE) relations_undefined(r, m, row + k, why);
    r->table->n_status[row + k] = RESULT_NOT_APPLICABLE;
  }
}
/* Counts to which no slip gave an answer are no 0. The rows are numbered from 0: row 10_ is 9. */
static void not_known(struct relations_table *r, int64_t row, const struct dispute_figures *f) {
  const int64_t may_lose = f->acts.disputes + f->unknown_acts; /* a dispute without acts loses no day: that is known */
  if (may_lose && f->all.unknown_days == may_lose) relations_undefined(r, 2, row, not_answered);
  if (f->disputes && f->unknown_acts == f->disputes) unknown_rows(r, row, 1, 2, not_answered), unknown_rows(r, row, 9, 15, not_answered);
  if (f->disputes && f->unknown_start == f->disputes) unknown_rows(r, row, 4, 5, not_answered);
  if (f->disputes && f->unknown_state == f->disputes) unknown_rows(r, row, 7, 8, not_answered);
  if (f->unlisted && f->unlisted == f->acts.disputes) unknown_rows(r, row, 9, 15, not_listed);
}
static void figures(struct relations_table *r, int64_t row, const struct relations_dispute *d) {
  const struct dispute_figures *f = &d->f;
  struct result_table *t = r->table;
  const int64_t counts[] = {f->without_acts, f->unknown_acts, f->fresh, f->carried, f->unknown_start, f->settled, f->open};
  for (int k = 0; k < FIGURES; k++) t->dimensions[0].code[row + k] = d->domain, t->dimensions[1].code[row + k] = str_of(figure_code[k]);
  line_row(r, row, &f->all);
  line_row(r, row + 1, &f->acts);
  for (int k = 0; k < 7; k++) count_row(r, row + 2 + k, counts[k]);
  line_row(r, row + 9, &f->losing);
  for (int k = DISPUTE_STRIKE; k < DISPUTE_FORMS; k++) line_row(r, row + 9 + k, &f->form[k]);
  count_row(r, row + 15, f->several);
  not_known(r, row, f);
  if (!f->losing.unknown_participants || t->measures[1].status[row + 9] != RESULT_SHOWN) return;
  t->measures[1].value[row + 9] = 0, t->measures[1].status[row + 9] = RESULT_UNDEFINED; /* the slips cannot say it: nothing to look after */
  t->measures[1].reason[row + 9] = "a dispute used both forms, or did not answer";
}
static void notes(struct relations_table *r, const struct dispute_figures *f, bool year) {
  struct arena *a = r->table->arena;
  relations_note(r, "01: participants are the members involved; else heads of the acts, each once",
      "01 の参加人員は総参加人員。他は行為参加人員（実人員）");
  relations_note(r, "10: strikes of half a day and more and lock-outs, a dispute once; 11: half a day and more; 13: less than half a day",
      "10 は半日以上の同盟罷業と作業所閉鎖（争議は一度だけ）、11 は半日以上、13 は半日未満");
  relations_note(r, "a dispute stands in each form it used; days lost: strikes of half a day and more and lock-outs, a worker-day once",
      "争議は用いた形態のすべてに数えます。労働損失日数は半日以上の同盟罷業と作業所閉鎖だけで、延べ日数は一度だけ数えます");
  if (year)
    relations_note(r, "year: each dispute once, new + carried over; heads since January from the last slip (item of ours, unconfirmed)",
        "年計：争議は一度だけ（新規＋繰越）。人員は最後の票の1月からの実人員（本システム独自の項目、未確認）");
  if (f->unlisted)
    relations_note(r, arena_printf(a, "LOOK: %lld disputes say that they had acts and name no form in a month with acts: their forms are not in rows "
        "10 to 16 (give --acts; disputes-check lists them)", (long long)f->unlisted),
        arena_printf(a, "要確認：争議行為ありの争議 %lld 件に形態の行がない月があり、10～16 の行に含まれません（--acts を与えてください。"
        "disputes-check で一覧）", (long long)f->unlisted));
  relations_unknown(r, "members involved", "総参加人員", f->all.unknown_participants);
  relations_unknown(r, "participants", "行為参加人員", f->acts.unknown_participants);
  relations_unknown(r, "days lost", "労働損失日数", f->acts.unknown_days);
}
enum err_code relations_dispute_table(struct arena *a, const struct relations_dispute *d, int64_t n, const char *by, bool year,
    struct relations_table *out, struct err *e) {
  const char *const names[] = {by, "figure", "disputes", "participants", "days_lost"};
  TRY(relations_begin(a, "disputes", "労働争議の件数・人員・労働損失日数", "labour disputes, participants, days lost", n * FIGURES,
      2, 3, names, out, e));
  for (int m = 0; m < 3; m++) out->table->measures[m].additive = false; /* forms overlap */
  for (int64_t i = 0; i < n; i++) figures(out, i * FIGURES, &d[i]);
  notes(out, &d[0].f, year);
  return relations_end(out, e);
}
