/* disputes_year.c -- slips of labour disputes of the twelve months of 2022 with known truth, and May once more with planted errors; the same bytes
 *          for the
 *    same seed. disputes_year [--seed N] FOLDER
 * Folder   slips-2022-MM.csv, acts-2022-MM.csv, demands-2022-MM.csv (dates as offices write them); slips-2022.csv, acts-2022.csv (the year, ISO
 *          dates, column
 *          month); spoilt-slips.csv, spoilt-acts.csv (May); planted.csv (dispute,check); truth.csv (period,figure,disputes,participants,days).
 * Truth    every worker of a dispute has a number, and every act marks who took part on which day: heads and days lost are counted from the marks,
 *          so that
 *          overlaps of forms and months are right by construction; no estimator is called. */
#include <sys/stat.h>

#include "tests/demo/disputes_world.h"

static void put_heads(struct strbuf *b, const char *const *names, int n) {
  for (int c = 0; c < n; c++) demo_cell(b, names[c], c == 0);
  strbuf_addc(b, '\n');
}
static void put_row(struct strbuf *b, char cell[][DEMO_CELL], int n) {
  for (int c = 0; c < n; c++) demo_cell(b, cell[c], c == 0);
  strbuf_addc(b, '\n');
}
static void spoil_slip(const struct dispute *d, char cell[SLIP_COLUMNS][DEMO_CELL]) {
  switch ((enum spoil)d->spoil) {
    case SPOIL_END: snprintf(cell[S_END], DEMO_CELL, "2020-01-01"); break;
    case SPOIL_NO_END: cell[S_END][0] = 0; break;
    case SPOIL_HEADS: snprintf(cell[S_HEADS], DEMO_CELL, "%d", d->workers + 9); break;
    case SPOIL_LOST: snprintf(cell[S_LOST], DEMO_CELL, "%d", 40 * d->workers); break;
    case SPOIL_ONSET: snprintf(cell[S_ONSET], DEMO_CELL, "%s", cell[S_ONSET][0] == '1' ? "2" : "1"); break;
    case SPOIL_SIZE: snprintf(cell[S_SIZE], DEMO_CELL, "5"); break;
    case SPOIL_THIRD: snprintf(cell[S_THIRD], DEMO_CELL, "0"); break;
    default: break;
  }
}
static void spoil_act(const struct dispute *d, int form, char cell[ACT_COLUMNS][DEMO_CELL]) {
  if (d->spoil == SPOIL_SHORT && form >= 3) snprintf(cell[A_LOST], DEMO_CELL, "1");
  if (d->spoil == SPOIL_FORM_DAYS && form == 1) snprintf(cell[A_LOST], DEMO_CELL, "%d", 31 * d->workers + 1);
}
/* month 0 = the year in one file. */
static void write_files(const struct world *w, int month, bool spoilt) {
  struct strbuf slips, acts, demands;
  char name[64];
  strbuf_init(&slips, 0), strbuf_init(&acts, 0), strbuf_init(&demands, 0);
  const int extra = month ? 0 : 1; /* the column month */
  put_heads(&slips, slip_column, SLIP_COLUMNS + extra);
  put_heads(&acts, act_column, ACT_COLUMNS + extra);
  strbuf_adds(&demands, "dispute_no,demand,demand_text\n");
  for (int m = month ? month : 1; m <= (month ? month : 12); m++)
    for (int i = 0; i < w->n; i++) {
      const struct dispute *d = &w->d[i];
      char cell[SLIP_COLUMNS + 1][DEMO_CELL];
      if (m < d->first || m > d->last) continue;
      slip_cells(d, m, month && !spoilt, cell);
      if (spoilt) spoil_slip(d, cell);
      snprintf(cell[SLIP_COLUMNS], DEMO_CELL, "2022-%02d", m);
      put_row(&slips, cell, SLIP_COLUMNS + extra);
      for (int f = 1; f <= FORMS; f++) {
        char act[ACT_COLUMNS + 1][DEMO_CELL];
        if (!d->act[m][f].days) continue;
        act_cells(d, m, f, act);
        if (spoilt) spoil_act(d, f, act);
        snprintf(act[ACT_COLUMNS], DEMO_CELL, "2022-%02d", m);
        put_row(&acts, act, ACT_COLUMNS + extra);
      }
      strbuf_addf(&demands, "%s,11,賃金\n", d->no);
      if (i % 3 == 0) strbuf_addf(&demands, "%s,31,解雇\n", d->no);
      if (spoilt && d->spoil == SPOIL_TWIN) { /* the same parties and start under another number */
        snprintf(cell[S_NO], DEMO_CELL, "13-99%02d", i % 100);
        put_row(&slips, cell, SLIP_COLUMNS + extra);
      }
    }
  if (month) snprintf(name, sizeof name, "%sslips-2022-%02d.csv", spoilt ? "spoilt-" : "", month);
  else snprintf(name, sizeof name, "slips-2022.csv");
  demo_write(w->folder, name, &slips, month % 2 ? DEMO_CP932 : DEMO_UTF8_BOM, month % 2);
  if (month) snprintf(name, sizeof name, "%sacts-2022-%02d.csv", spoilt ? "spoilt-" : "", month);
  else snprintf(name, sizeof name, "acts-2022.csv");
  demo_write(w->folder, name, &acts, DEMO_UTF8, false);
  snprintf(name, sizeof name, "demands-2022-%02d.csv", month);
  if (month && !spoilt) demo_write(w->folder, name, &demands, DEMO_UTF8, false);
  strbuf_release(&slips), strbuf_release(&acts), strbuf_release(&demands);
}
static void write_planted(const struct world *w) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "dispute,check\n");
  for (int i = 0; i < w->n; i++)
    if (w->d[i].spoil) strbuf_addf(&b, "%s,%s\n", w->d[i].no, spoil_check[w->d[i].spoil]);
  demo_write(w->folder, "planted.csv", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}

int main(int argc, char **argv) {
  static struct world w = {.seed = 20220501};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc) w.seed = strtoull(argv[++i], NULL, 10);
    else w.folder = argv[i];
  }
  if (!w.folder) {
    fprintf(stderr, "usage: disputes_year [--seed N] FOLDER\n");
    return 64;
  }
  mkdir(w.folder, 0700);
  for (int i = 0; i < DISPUTES; i++) make_dispute(&w, i);
  plant(&w);
  for (int m = 0; m <= 12; m++) write_files(&w, m, false);
  write_files(&w, SPOILT_MONTH, true);
  write_planted(&w);
  write_truth(&w);
  return 0;
}
