/* demo_vital.h -- births and deaths of December 2025 as 30 municipalities file them for the batch month 2026-01. A record is made once,
 *    correctly; the file is then spoilt on purpose and every spoilt place is written to the truth. */
#ifndef SHIRABE_TESTS_DEMO_VITAL_H
#define SHIRABE_TESTS_DEMO_VITAL_H
#include "base/job.h"
#include "forms/form.h"
#include "tests/demo/demo_offices.h"
#include "tests/demo/demo_text.h"

#define DEMO_BATCH_MONTH "2026-01"
enum { DEMO_RECORDS = 130 };

struct demo_world {
  uint64_t seed;
  const char *folder;
  int n_municipalities;
  const struct demo_troubles *troubles;
  FILE *truth; /* part,place,row,item,kind,value */
  struct arena *arena;
  struct job job;
  int64_t births[DEMO_PREFECTURES][3],
      deaths[DEMO_PREFECTURES][3]; /* of Japanese in Japan, by prefecture of residence and sex, lost batches left out */
};

struct demo_record {
  char cell[DEMO_CELLS][DEMO_CELL];
  int64_t event, filing;
};
struct demo_file { /* one form of one municipality */
  struct demo_world *w;
  const struct form *form;
  const struct layout *layout;
  int office, n, duplicate_of; /* -1 = none */
  int rejected;
  bool wareki_month, lost_zeros, wide;
  struct demo_record *records;
  struct rng rng;
};

static inline int demo_column(const struct demo_file *f, const char *item) {
  for (int i = 0; i < f->layout->n_items; i++)
    if (!strcmp(f->layout->items[i]->name, item)) return i;
  demo_stop(item);
  return 0;
}
static inline void demo_set(const struct demo_file *f, struct demo_record *r, const char *item, const char *text) {
  snprintf(r->cell[demo_column(f, item)], DEMO_CELL, "%s", text);
}
static inline void demo_number(const struct demo_file *f, struct demo_record *r, const char *item, int64_t v) {
  char text[DEMO_CELL], wide[DEMO_CELL];
  snprintf(text, sizeof text, "%lld", (long long)v);
  demo_wide(text, wide);
  demo_set(f, r, item, f->wide ? wide : text);
}
static inline int64_t demo_below(struct demo_file *f, int64_t n) { return (int64_t)rng_below(&f->rng, (uint64_t)n); }
static inline void demo_day(struct demo_file *f, struct demo_record *r, const char *item, int64_t days) {
  char text[DEMO_CELL];
  demo_date(days, (enum demo_date_style)demo_below(f, DATE_STYLES), text);
  demo_set(f, r, item, text);
}
static inline bool demo_chance(struct demo_file *f, int percent) { return demo_below(f, 100) < percent; }

/* --- items both forms share --- */
static inline void demo_code6(const struct demo_file *f, struct demo_record *r, const char *item, const char *code) {
  demo_set(f, r, item, f->lost_zeros ? code + strspn(code, "0") : code);
}

static inline void demo_common(struct demo_file *f, struct demo_record *r, int64_t last_filing) {
  const struct demo_municipality *m = &demo_municipalities[f->office], *home = m;
  int neighbour = f->office / DEMO_PER_CENTRE * DEMO_PER_CENTRE + (int)demo_below(f, DEMO_PER_CENTRE);
  char prefecture[3] = {m->code[0], m->code[1], 0};
  if (demo_chance(f, 8) && neighbour < f->w->n_municipalities) home = &demo_municipalities[neighbour];
  r->event = date_from_civil(2025, 12, 1) + demo_below(f, 31);
  r->filing = r->event + demo_below(f, 13);
  if (r->filing > last_filing) r->filing = last_filing;
  demo_code6(f, r, "municipality_code", m->code);
  demo_set(f, r, "office_code", m->code);
  demo_day(f, r, "filing_date", r->filing);
  demo_day(f, r, "receipt_date", r->filing + demo_below(f, 3));
  demo_set(f, r, "notice_health_centre", m->centre + 2);
  demo_set(f, r, "residence_abroad", "0");
  demo_set(f, r, "residence_prefecture", prefecture);
  demo_code6(f, r, "residence_municipality_code", home->code);
}

static inline int demo_by_filing(const void *a, const void *b) {
  const struct demo_record *x = a, *y = b;
  return x->filing < y->filing ? -1 : x->filing > y->filing;
}
/* Event book: numbers without gaps in the order of filing, from 1 in the new year. */
static inline void demo_number_book(struct demo_file *f) {
  int64_t next[2] = {f->office * 7 + 300, 1};
  qsort(f->records, (size_t)f->n, sizeof *f->records, demo_by_filing);
  for (int i = 0; i < f->n; i++) {
    int64_t y, m, d;
    date_to_civil(f->records[i].filing, &y, &m, &d);
    demo_number(f, &f->records[i], "event_book_year", y);
    demo_number(f, &f->records[i], "event_book_no", next[y - 2025]++);
  }
}

/* --- births --- */
static inline void demo_parents(struct demo_file *f, struct demo_record *r, bool japanese) {
  char text[DEMO_CELL];
  int64_t mother = r->event - 22 * 365 - demo_below(f, 18 * 365), father = mother - 1500 + demo_below(f, 2200);
  if (r->event - father < 20 * 366) father = mother;
  bool wedlock = demo_chance(f, 97);
  demo_set(f, r, "legitimacy", wedlock ? "1" : "2");
  demo_day(f, r, "mother_birth_date", mother);
  demo_number(f, r, "mother_age", date_age(mother, r->event));
  demo_set(f, r, "mother_nationality", japanese ? "1" : "3");
  if (wedlock) {
    demo_day(f, r, "father_birth_date", father);
    demo_number(f, r, "father_age", date_age(father, r->event));
    demo_set(f, r, "father_nationality", japanese ? "1" : "10");
    demo_month(r->event - 200 - demo_below(f, 1500), f->wareki_month, text);
    demo_set(f, r, "cohabitation_start", text);
  } else {
    demo_set(f, r, "father_birth_date", "999");
    demo_set(f, r, "father_age", "999");
  }
}
static inline void demo_child(struct demo_file *f, struct demo_record *r) {
  char text[DEMO_CELL];
  bool early = demo_chance(f, 6);
  int64_t weeks = early ? 32 + demo_below(f, 4) : 37 + demo_below(f, 5), weight = early ? 1500 + demo_below(f, 900) : 2350 + demo_below(f, 1500);
  int64_t tenths = 440 + (weight - 1500) / 30 + demo_below(f, 30), born = 1 + demo_below(f, 3), still = demo_chance(f, 3);
  demo_number(f, r, "birth_weight", weight);
  snprintf(text, sizeof text, "%d.%d", (int)(tenths / 10), (int)(tenths % 10));
  demo_set(f, r, "birth_height", text);
  demo_set(f, r, "weight_info", "0");
  demo_set(f, r, "height_info", "0");
  demo_number(f, r, "gestation_weeks", weeks);
  demo_number(f, r, "gestation_days", demo_below(f, 7));
  demo_number(f, r, "children_born", born);
  demo_number(f, r, "stillbirths", still);
  demo_number(f, r, "deliveries", born + still);
  demo_set(f, r, "plurality", "1");
  demo_set(f, r, "birth_order_in_set", "1");
}
static inline void demo_birth(struct demo_file *f, struct demo_record *r, int64_t last_filing) {
  static const char *const places[] = {"1", "1", "1", "2", "2", "3"};
  demo_common(f, r, last_filing);
  bool japanese = demo_chance(f, 96), boy = demo_chance(f, 51);
  const char *place = places[demo_below(f, 6)];
  demo_set(f, r, "scope", japanese ? "1" : "2");
  demo_set(f, r, "sex", boy ? "1" : "2");
  demo_day(f, r, "child_birth_date", r->event);
  demo_number(f, r, "child_birth_hour", demo_below(f, 24));
  demo_number(f, r, "child_birth_minute", demo_below(f, 60));
  demo_set(f, r, "birth_country", "1");
  demo_parents(f, r, japanese);
  demo_child(f, r);
  demo_number(f, r, "household_job", 1 + demo_below(f, 5));
  demo_set(f, r, "place_of_birth", place);
  demo_set(f, r, "attendant", place[0] == '3' ? "2" : "1");
}

/* --- deaths --- */
struct demo_cause {
  const char *cause, *external, *manner;
};
static inline void demo_cause_of(struct demo_file *f, struct demo_record *r, int64_t age) {
  static const struct demo_cause causes[] = {{"C349", "", "1"}, {"C169", "", "1"}, {"C189", "", "1"}, {"C220", "", "1"}, {"C259", "", "1"},
      {"I219", "", "1"}, {"I639", "", "1"}, {"I619", "", "1"}, {"J189", "", "1"}, {"J690", "", "1"}, {"N189", "", "1"}, {"G309", "", "1"},
      {"R54", "", "1"}, {"R54", "", "1"}, {"S065", "W18", "3"}, {"T179", "W79", "6"}, {"T751", "W65", "4"}};
  const struct demo_cause *c = &causes[demo_below(f, sizeof causes / sizeof *causes)];
  if (!strcmp(c->cause, "R54") && age < 75) c = &causes[0];
  demo_set(f, r, "cause", c->cause);
  demo_set(f, r, "external_cause", c->external);
  demo_set(f, r, "manner_of_death", c->manner);
}
static inline void demo_death(struct demo_file *f, struct demo_record *r, int64_t last_filing) {
  static const char *const marital[] = {"1", "1", "2", "3", "3", "4"}, *const places[] = {"1", "1", "1", "2", "3", "6", "6", "7", "7"};
  demo_common(f, r, last_filing);
  bool japanese = demo_chance(f, 98), man = demo_chance(f, 51);
  int64_t birth = r->event - 48 * 365 - demo_below(f, 52 * 365), age = date_age(birth, r->event);
  const char *status = marital[demo_below(f, 6)];
  demo_set(f, r, "scope", japanese ? "1" : "2");
  demo_set(f, r, "nationality", japanese ? "1" : "2");
  demo_set(f, r, "sex", man ? "1" : "2");
  demo_set(f, r, "birth_info", "0");
  demo_day(f, r, "birth_date", birth);
  demo_set(f, r, "death_info", "0");
  demo_day(f, r, "death_date", r->event);
  demo_number(f, r, "death_hour", demo_below(f, 24));
  demo_set(f, r, "death_minute", "V");
  demo_set(f, r, "death_country", "1");
  demo_set(f, r, "marital_status", status);
  if (status[0] == '1') demo_number(f, r, "spouse_age", age - 6 + demo_below(f, 10));
  demo_number(f, r, "household_job", 1 + demo_below(f, 6));
  demo_set(f, r, "place_of_death", places[demo_below(f, 9)]);
  demo_cause_of(f, r, age);
  demo_set(f, r, "traffic_accident", "2");
  demo_set(f, r, "surgery", "1");
  demo_set(f, r, "autopsy", "1");
  demo_number(f, r, "age", age);
}

/* --- what is spoilt on purpose --- */
struct demo_spoil {
  const char *form, *item, *text, *kind;
};
static const struct demo_spoil demo_spoils[] = {{"birth", "birth_weight", "３１２Ｏ", "letter_for_digit"},
    {"death", "birth_date", "昭和20年2月30日", "day_not_in_calendar"}, {"birth", "father_birth_date", "昭和64年1月8日", "outside_its_era"},
    {"death", "place_of_death", "病院", "label_for_code"}, {"birth", "gestation_weeks", "39.5", "decimals"}};
static inline void demo_truth_problem(struct demo_file *f, int line, const char *item, const char *kind) {
  fprintf(f->w->truth, "problem,%s-%s.csv,%d,%s,%s,\n", demo_municipalities[f->office].code, f->form->id, line, item, kind);
}

/* Number of the file's line at which record i stands. */
static inline int demo_line(const struct demo_file *f, int titles, int i) { return (void)f, titles + 2 + i; }

static inline void demo_spoil_cells(struct demo_file *f, int titles) {
  const struct demo_spoil *s = &demo_spoils[f->office % 5];
  const struct demo_troubles *t = f->w->troubles;
  bool birth = !strcmp(f->form->id, "birth");
  int row = 3 + f->office % 7;
  for (int i = 0; i < f->n; i++) { /* 12106 is 012106 without its zero, or 121061 without its check digit: no repair is proved */
    const char *home = f->records[i].cell[demo_column(f, "residence_municipality_code")];
    if (!strcmp(home, "12106")) demo_truth_problem(f, demo_line(f, titles, i), "residence_municipality_code", "ambiguous_lost_zero");
  }
  if (f->office == 0 && birth) demo_set(f, &f->records[15], "event_book_no", DEMO_PLANTED_NUMBER);
  if (!strcmp(s->form, f->form->id)) {
    demo_set(f, &f->records[row], s->item, s->text);
    demo_truth_problem(f, demo_line(f, titles, row), s->item, s->kind);
  }
  if (birth && f->office == t->no_book_number) {
    demo_set(f, &f->records[12], "event_book_no", "");
    demo_truth_problem(f, demo_line(f, titles, 12), "event_book_no", "rejected_key_missing");
    f->rejected = 12;
  }
  if (!birth && f->office == t->bad_check_digit) {
    char code[DEMO_CELL];
    snprintf(code, sizeof code, "%s", demo_municipalities[f->office].code);
    code[5] = code[5] == '9' ? '0' : (char)(code[5] + 1);
    demo_set(f, &f->records[14], "municipality_code", code);
    demo_truth_problem(f, demo_line(f, titles, 14), "municipality_code", "rejected_check_digit");
    f->rejected = 14;
  }
  if (birth ? f->office % 6 == 2 : f->office % 7 == 3) {
    f->duplicate_of = 5;
    demo_truth_problem(f, demo_line(f, titles, f->n), "event_book_no", "duplicate");
  }
}

/* --- the file --- */
static inline void demo_titles(struct demo_file *f, struct strbuf *b, int titles) {
  if (titles > 0) strbuf_addf(b, "%s　%s（令和7年12月分）\n", demo_municipalities[f->office].name, f->form->title_ja);
  if (titles > 1) strbuf_adds(b, "作成：市民課戸籍係,,\n");
  if (titles > 2) strbuf_adds(b, ",,,\n");
}
static inline void demo_row(struct demo_file *f, struct strbuf *b, const struct demo_record *r, bool trailing) {
  for (int c = 0; c < f->layout->n_items; c++) demo_cell(b, r->cell[c], c == 0);
  strbuf_adds(b, trailing ? ",,,\n" : "\n");
}
static inline void demo_file_write(struct demo_file *f, int titles) {
  char name[64];
  struct strbuf b;
  bool trailing = f->office % 5 == 0;
  strbuf_init(&b, 0);
  demo_titles(f, &b, titles);
  for (int c = 0; c < f->layout->n_items; c++) demo_cell(&b, f->layout->items[c]->label_ja, c == 0);
  strbuf_adds(&b, trailing ? ",,,\n" : "\n");
  for (int i = 0; i < f->n; i++) demo_row(f, &b, &f->records[i], trailing);
  if (f->duplicate_of >= 0) demo_row(f, &b, &f->records[f->duplicate_of], trailing);
  if (f->office % 3 == 1) strbuf_adds(&b, "\n※　1月14日までの届出を含む。\n");
  snprintf(name, sizeof name, "vital/%s-%s.csv", demo_municipalities[f->office].code, f->form->id);
  demo_write(f->w->folder, name, &b, (enum demo_encoding)(f->office % 3), f->office % 3 != DEMO_UTF8);
  strbuf_release(&b);
}

static inline void demo_count(struct demo_file *f) {
  bool birth = !strcmp(f->form->id, "birth");
  int prefecture = demo_municipalities[f->office].code[0] == '3';
  if (f->office == f->w->troubles->forgotten) return;
  for (int i = 0; i < f->n; i++) {
    const struct demo_record *r = &f->records[i];
    if (i == f->rejected || strcmp(r->cell[demo_column(f, "scope")], "1")) continue;
    int sex = r->cell[demo_column(f, "sex")][0] - '0';
    (birth ? f->w->births : f->w->deaths)[prefecture][sex]++;
  }
}

static inline int demo_vital_file(struct demo_world *w, const struct form *form, int office) {
  const char *code = demo_municipalities[office].code;
  struct demo_file f = {.w = w,
      .form = form,
      .layout = form_layout(form, "csv"),
      .office = office,
      .duplicate_of = -1,
      .rejected = -1,
      .lost_zeros = office % 4 == 1 && code[0] == '0',
      .wide = office % 4 == 2,
      .wareki_month = office % 2 == 0};
  int titles = office % 4;
  rng_init(&f.rng, w->seed, form->id, code, strlen(code));
  bool birth = !strcmp(form->id, "birth");
  f.n = birth ? 20 + (int)demo_below(&f, 50) : 30 + (int)demo_below(&f, 90);
  f.records = calloc((size_t)f.n, sizeof *f.records);
  if (!f.records) demo_stop("no memory");
  for (int i = 0; i < f.n; i++) (birth ? demo_birth : demo_death)(&f, &f.records[i], date_from_civil(2026, 1, 14));
  demo_number_book(&f);
  demo_spoil_cells(&f, titles);
  demo_file_write(&f, titles);
  demo_count(&f);
  fprintf(w->truth,
      "count,municipality-%s,,%s,declared,%d\ncount,municipality-%s,,%s,accepted,%d\ncount,municipality-%s,,%s,rejected,%d\ncount,municipality-%s,,%s,duplicate,%d\n",
      code, form->id, f.n, code, form->id, f.n - (f.rejected >= 0), code, form->id, f.rejected >= 0, code, form->id, f.duplicate_of >= 0);
  free(f.records);
  return f.n;
}

static inline const struct form *demo_form(struct demo_world *w, const char *survey, const char *id) {
  struct form *f = NULL;
  struct err e = {.code = E_OK};
  if (form_read(w->arena, &w->job, forms_folder(), survey, id, NULL, date_from_civil(2026, 1, 31), &f, NULL, &e))
    demo_stop("cannot read the form library");
  return f;
}

/* slips.csv: what stands on the transmittal slip of each municipality; `typed` is what was first typed in. */
static inline void demo_vital(struct demo_world *w) {
  const struct form *birth = demo_form(w, "vital", "birth"), *death = demo_form(w, "vital", "death");
  struct strbuf slips;
  strbuf_init(&slips, 0);
  strbuf_adds(&slips, "office,births,deaths,births_typed,trouble\n");
  for (int i = 0; i < w->n_municipalities; i++) {
    int b = demo_vital_file(w, birth, i), d = demo_vital_file(w, death, i);
    const struct demo_troubles *t = w->troubles;
    const char *trouble = i == t->wrong_total ? "wrong_total" : i == t->late ? "late" : i == t->forgotten ? "forgotten" : "";
    strbuf_addf(&slips, "municipality-%s,%d,%d,%d,%s\n", demo_municipalities[i].code, b, d, b + (i == t->wrong_total), trouble);
    if (trouble[0]) fprintf(w->truth, "trouble,municipality-%s,,,%s,\n", demo_municipalities[i].code, trouble);
  }
  demo_write(w->folder, "slips.csv", &slips, DEMO_UTF8, false);
  strbuf_release(&slips);
  for (int p = 0; p < DEMO_PREFECTURES; p++)
    for (int sex = 1; sex <= 2; sex++) {
      if (!w->births[p][sex]) continue;
      fprintf(w->truth, "table,births_prefecture_sex,%s,sex %d,count,%lld\n", demo_prefectures[p].number, sex, (long long)w->births[p][sex]);
      fprintf(w->truth, "table,deaths_prefecture_sex,%s,sex %d,count,%lld\n", demo_prefectures[p].number, sex, (long long)w->deaths[p][sex]);
    }
}
#endif
