/* demo_mls.h -- a population of establishments with known pay, hours and workers; the sample drawn from it by stratum; the questionnaires that
 *    came back for
 * November and December 2025. The four groups full-time man, full-time woman, part-time man, part-time woman are made first, so that every total
 *          of a correct questionnaire adds up. Truth = the whole population, per cell and in all, in the published columns. */
#ifndef SHIRABE_TESTS_DEMO_MLS_H
#define SHIRABE_TESTS_DEMO_MLS_H
#include <math.h>

#include "tests/demo/demo_vital.h"

enum { GROUPS = 4, MONTHS = 2, MLS_SIZES = 5, MLS_INDUSTRIES = 4 };
enum figure { F_E0, F_INC, F_DEC, F_E1, F_D, F_HS, F_HO, F_C, F_O, F_S, FIGURES };

struct demo_industry {
  const char *code;
  double part, women, pay; /* shares; thousand yen a month of a full-time worker */
};
static const struct demo_industry demo_industries[MLS_INDUSTRIES] = {
    {"E", 0.14, 0.30, 330}, {"I", 0.42, 0.48, 305}, {"M", 0.76, 0.60, 265}, {"P", 0.34, 0.72, 285}};
struct demo_size {
  const char *code;
  int from, to;        /* workers */
  int frame[2], drawn[2]; /* establishments per industry: full demonstration, small */
};
static const struct demo_size demo_sizes[MLS_SIZES] = {{"1", 1010, 1900, {8, 0}, {8, 0}}, {"3", 510, 960, {22, 4}, {22, 4}},
    {"5", 110, 470, {160, 20}, {40, 8}}, {"7", 32, 94, {800, 40}, {40, 8}}, {"9", 7, 27, {4000, 0}, {40, 0}}};

struct demo_establishment {
  int prefecture, number;
  double x[MONTHS][GROUPS][FIGURES];
};
struct demo_totals {
  double x[FIGURES], part[FIGURES];
};
struct demo_survey {
  struct demo_world *w;
  bool small;
  int n_industries, next_number[DEMO_PREFECTURES];
  struct strbuf questionnaires[DEMO_PREFECTURES][MONTHS], registers, strata, cells;
  int rows[DEMO_PREFECTURES][MONTHS], designated, answered, slips, item_gaps;
  struct demo_totals all;
};

/* --- one establishment --- */
static inline double demo_whole(double v) { return floor(v + 0.5); }

static inline void demo_group_month(struct rng *r, const struct demo_industry *in, double level, bool part, double e0, bool december, double *x) {
  double quiet = e0 < 3 ? 0.15 : 0.55;
  double inc = rng_uniform(r) < quiet ? demo_whole(e0 * 0.035 * rng_uniform(r) + 0.2) : 0,
         dec = rng_uniform(r) < quiet && e0 > 1 ? demo_whole(e0 * 0.03 * rng_uniform(r) + 0.1) : 0;
  double e1 = e0 + inc - dec, n = (e0 + e1) / 2, days = part ? 13.5 : 18.6, hours = part ? 5.4 : 7.7,
         wage = part ? 1.28 * (1 + (level - 1) / 4) : in->pay * level / (18.6 * 7.7);
  x[F_E0] = e0, x[F_INC] = inc, x[F_DEC] = dec, x[F_E1] = e1;
  x[F_D] = demo_whole(n * days * (0.97 + 0.06 * rng_uniform(r)));
  x[F_HS] = demo_whole(x[F_D] * hours);
  x[F_HO] = demo_whole(x[F_HS] * (part ? 0.02 : 0.07) * (0.8 + 0.4 * rng_uniform(r)));
  x[F_O] = demo_whole(x[F_HO] * wage * 1.28);
  x[F_C] = demo_whole(x[F_HS] * wage) + x[F_O];
  x[F_S] = december ? demo_whole(n * (part ? 12 : in->pay * level * 1.6) * (0.7 + 0.6 * rng_uniform(r))) : 0;
}
static inline void demo_make(
    struct demo_survey *s, const struct demo_industry *in, const struct demo_size *size, int k, struct demo_establishment *e) {
  struct rng r;
  char unit[32];
  snprintf(unit, sizeof unit, "%s%s-%d", in->code, size->code, k);
  rng_init(&r, s->w->seed, "establishment", unit, strlen(unit));
  e->prefecture = s->small ? 0 : rng_uniform(&r) < 0.45;
  e->number = ++s->next_number[e->prefecture];
  double level = exp(0.16 * rng_normal(&r)), workers = size->from + floor((size->to - size->from + 1) * rng_uniform(&r));
  double part = demo_whole(workers * fmin(0.95, in->part * (0.6 + 0.8 * rng_uniform(&r)))), women = demo_whole((workers - part) * in->women),
         part_women = demo_whole(part * fmin(0.9, in->women * 1.3));
  double n[GROUPS] = {workers - part - women, women, part - part_women, part_women};
  for (int month = 0; month < MONTHS; month++)
    for (int g = 0; g < GROUPS; g++) {
      demo_group_month(&r, in, level * (g & 1 ? 0.86 : 1.05), g >= 2, n[g], month == 1, e->x[month][g]);
      n[g] = e->x[month][g][F_E1];
    }
}
static inline double demo_sum(const struct demo_establishment *e, int month, int figure, int which) { /* 0 male 1 female 2 total 3 part */
  const double (*g)[FIGURES] = e->x[month];
  if (which == 0) return g[0][figure] + g[2][figure];
  if (which == 1) return g[1][figure] + g[3][figure];
  if (which == 3) return g[2][figure] + g[3][figure];
  return g[0][figure] + g[1][figure] + g[2][figure] + g[3][figure];
}

/* --- a questionnaire --- */
static inline void demo_amount(struct strbuf *b, double v, bool separators) {
  char text[32];
  if (separators && v >= 1000 && v < 1e6) snprintf(text, sizeof text, "%d,%03d", (int)(v / 1000), (int)fmod(v, 1000));
  else snprintf(text, sizeof text, "%.0f", v);
  demo_cell(b, text, false);
}
static inline void demo_figures(struct strbuf *b, const struct demo_establishment *e, int month, bool no_overtime, bool slip) {
  static const int order[] = {F_E0, F_INC, F_DEC, F_E1};
  static const int later[] = {F_D, F_HS, F_HO, F_C};
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++) demo_amount(b, demo_sum(e, month, order[i], k), false);
  demo_amount(b, e->x[month][2][F_E1], false); /* part-time workers at the end: male, female, total */
  demo_amount(b, e->x[month][3][F_E1], false);
  demo_amount(b, demo_sum(e, month, F_E1, 3), false);
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++)
      demo_amount(b, demo_sum(e, month, later[i], k) * (slip && later[i] == F_C && k == 3 ? 1000 : 1), later[i] == F_C && e->prefecture == 1);
  if (no_overtime) strbuf_adds(b, ",,");
  else {
    demo_amount(b, demo_sum(e, month, F_O, 2), false);
    demo_amount(b, demo_sum(e, month, F_O, 3), false);
  }
  for (int k = 0; k < 4; k++) demo_amount(b, demo_sum(e, month, F_S, k), false);
}
static inline void demo_questionnaire(
    struct demo_survey *s, const struct demo_industry *in, const struct demo_size *size, const struct demo_establishment *e, int month) {
  static const char *const from[] = {"2025/11/1", "R7.12.1"}, *const to[] = {"2025/11/30", "R7.12.31"}, *const month_name[] = {"2025-11", "2025-12"};
  struct strbuf *b = &s->questionnaires[e->prefecture][month];
  struct rng r;
  char unit[48];
  snprintf(unit, sizeof unit, "%d-%d-%d", e->prefecture, e->number, month);
  rng_init(&r, s->w->seed, "answers", unit, strlen(unit));
  int row = ++s->rows[e->prefecture][month];
  bool refused = rng_uniform(&r) < 0.09, no_overtime = rng_uniform(&r) < 0.04,
       slip = month == 0 && demo_sum(e, 0, F_C, 3) > 300 && rng_uniform(&r) < 0.012;
  bool planted = row == 3; /* a distinctive text that must be found nowhere in the clear */
  const char *status = refused ? (rng_uniform(&r) < 0.3 ? "1" : "9") : "0";
  strbuf_addf(b, "%s,%08d,%s,%s,%s,%s,%s,%s,%s,%s,%s,,%s", demo_prefectures[e->prefecture].number, e->number, size->code[0] == '9' ? "2" : "1",
      status, planted ? DEMO_PLANTED_BUSINESS : "", in->code, size->code, refused ? "" : from[month], refused ? "" : to[month], refused ? "" : "22",
      refused ? "" : size->code, planted ? DEMO_PLANTED_REMARK : "");
  if (refused) {
    for (int i = 0; i < 41; i++) strbuf_addc(b, ',');
  } else demo_figures(b, e, month, no_overtime, slip);
  strbuf_addc(b, '\n');
  s->designated += month == 1, s->answered += month == 1 && !refused;
  s->item_gaps += month == 1 && !refused && no_overtime;
  s->slips += slip && !refused;
  char place[64];
  snprintf(place, sizeof place, "establishment-%s-%s.csv", demo_prefectures[e->prefecture].number, month_name[month]);
  if (!refused && no_overtime) fprintf(s->w->truth, "problem,%s,%d,o_total,item_nonresponse,%.0f\n", place, row + 1, demo_sum(e, month, F_O, 2));
  if (!refused && slip) fprintf(s->w->truth, "problem,%s,%d,c_part,thousand_times,%.0f\n", place, row + 1, demo_sum(e, month, F_C, 3));
  if (refused) fprintf(s->w->truth, "problem,%s,%d,,unit_nonresponse,\n", place, row + 1);
}

/* --- truth --- */
static inline void demo_add(struct demo_totals *t, const struct demo_establishment *e) {
  for (int f = 0; f < FIGURES; f++) t->x[f] += demo_sum(e, 1, f, 2), t->part[f] += demo_sum(e, 1, f, 3);
}
static inline void demo_truth_mls(struct demo_survey *s, const char *industry, const char *size, const struct demo_totals *t) {
  static const struct {
    const char *column;
    int figure, money;
  } columns[] = {{"D", F_D, 0}, {"Hs", F_HS, 0}, {"Ho", F_HO, 0}, {"C", F_C, 1}, {"O", F_O, 1}, {"S", F_S, 1}};
  double n = (t->x[F_E0] + t->x[F_E1]) / 2;
  fprintf(s->w->truth, "mls,%s/%s,,e0,total,%.0f\nmls,%s/%s,,e1,total,%.0f\nmls,%s/%s,,pt,total,%.0f\n", industry, size, t->x[F_E0], industry, size,
      t->x[F_E1], industry, size, t->part[F_E1]);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    fprintf(s->w->truth, columns[i].money ? "mls,%s/%s,,%s,mean,%.0f\n" : "mls,%s/%s,,%s,mean,%.2f\n", industry, size, columns[i].column,
        t->x[columns[i].figure] / n * (columns[i].money ? 1000 : 1));
}

/* --- a stratum: industry x size --- */
static inline void demo_stratum(struct demo_survey *s, const struct demo_industry *in, int i_size) {
  const struct demo_size *size = &demo_sizes[i_size];
  int frame = size->frame[s->small], drawn = size->drawn[s->small], left = drawn;
  struct demo_totals t = {.x = {0}};
  struct rng draw;
  char id[16];
  if (!frame) return;
  snprintf(id, sizeof id, "%s-%s", in->code, size->code);
  rng_init(&draw, s->w->seed, "sample", id, strlen(id));
  for (int k = 0; k < frame; k++) { /* selection sampling: every sample of `drawn` is equally likely */
    struct demo_establishment e;
    demo_make(s, in, size, k, &e);
    demo_add(&t, &e);
    if (rng_uniform(&draw) * (frame - k) >= left) continue;
    left--;
    const struct demo_prefecture *p = &demo_prefectures[e.prefecture];
    strbuf_addf(&s->registers, "%s,%08d,%s,%s,%s,%s,A,%d,%d,2025-01,1,%s\n", p->number, e.number, id, id, in->code, size->code,
        frame / (frame == drawn ? frame : 1), frame == drawn ? 1 : drawn, p->minimum_wage);
    for (int month = 0; month < MONTHS; month++) demo_questionnaire(s, in, size, &e, month);
  }
  strbuf_addf(&s->strata, "%s,%s,%s,A,%s,%d,%.0f,%d,%d,%d,2018-01-01,,\n", id, in->code, size->code, frame == drawn ? "take-all" : "sample", frame,
      t.x[F_E0], drawn, frame == drawn ? 1 : frame, frame == drawn ? 1 : drawn);
  const char *neighbour = demo_sizes[i_size + 1 < MLS_SIZES && demo_sizes[i_size + 1].frame[s->small] ? i_size + 1 : i_size - 1].code;
  strbuf_addf(&s->cells, "%s,%s,%s,%.0f,,0,0.5,%s-%s\n", id, in->code, size->code, t.x[F_E0], in->code, neighbour);
  demo_truth_mls(s, in->code, size->code, &t);
  for (int f = 0; f < FIGURES; f++) s->all.x[f] += t.x[f], s->all.part[f] += t.part[f];
}

static inline void demo_headings(struct demo_world *w, const char *form_id, struct strbuf *b) {
  const struct layout *l = form_layout(demo_form(w, "mls", form_id), "csv");
  for (int c = 0; c < l->n_items; c++) demo_cell(b, l->items[c]->label_ja, c == 0);
  strbuf_addc(b, '\n');
}
static inline void demo_survey_write(struct demo_survey *s) {
  static const char *const months[] = {"2025-11", "2025-12"};
  char name[64];
  for (int p = 0; p < (s->small ? 1 : DEMO_PREFECTURES); p++)
    for (int m = 0; m < MONTHS; m++) {
      snprintf(name, sizeof name, "mls/establishment-%s-%s.csv", demo_prefectures[p].number, months[m]);
      demo_write(s->w->folder, name, &s->questionnaires[p][m], p ? DEMO_CP932 : DEMO_UTF8_BOM, true);
      fprintf(s->w->truth, "count,prefecture-%s,,establishment/%s,declared,%d\n", demo_prefectures[p].code, months[m], s->rows[p][m]);
    }
  demo_write(s->w->folder, "mls/register-2025-12.csv", &s->registers, DEMO_UTF8, false);
  demo_write(s->w->folder, "mls/stratum-2025-12.csv", &s->strata, DEMO_UTF8, false);
  demo_write(s->w->folder, "mls/cell-2025-12.csv", &s->cells, DEMO_UTF8, false);
  fprintf(s->w->truth, "mls,designated,,,count,%d\nmls,answered,,,count,%d\nmls,item_gaps,,,count,%d\nmls,slips,,,count,%d\n", s->designated,
      s->answered, s->item_gaps, s->slips);
}
static inline void demo_mls(struct demo_world *w, bool small) {
  struct demo_survey s = {.w = w, .small = small, .n_industries = small ? 2 : MLS_INDUSTRIES};
  for (int p = 0; p < DEMO_PREFECTURES; p++)
    for (int m = 0; m < MONTHS; m++) {
      strbuf_init(&s.questionnaires[p][m], 0);
      demo_headings(w, "establishment", &s.questionnaires[p][m]);
    }
  struct strbuf *inputs[] = {&s.registers, &s.strata, &s.cells};
  static const char *const names[] = {"register", "stratum", "cell"};
  for (int i = 0; i < 3; i++) {
    strbuf_init(inputs[i], 0);
    demo_headings(w, names[i], inputs[i]);
  }
  for (int i = 0; i < s.n_industries; i++)
    for (int k = 0; k < MLS_SIZES; k++) demo_stratum(&s, &demo_industries[i], k);
  demo_truth_mls(&s, "TL", "T", &s.all);
  demo_survey_write(&s);
  for (int p = 0; p < DEMO_PREFECTURES; p++)
    for (int m = 0; m < MONTHS; m++) strbuf_release(&s.questionnaires[p][m]);
  for (int i = 0; i < 3; i++) strbuf_release(inputs[i]);
}
#endif
