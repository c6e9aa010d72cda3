/* cmd_vital_life.c -- estimate vital life, smr: life tables from deaths and population or from q, curves as SVG; ratios of small areas. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_vital.h"
#include "estimators/table/chart/chart.h"
#include "estimators/vital/life_q.h"
#include "estimators/vital/life_single.h"
#include "estimators/vital/smr.h"

enum { AGES = 150 };
struct one_sex {
  char sex[8];
  int n; /* ages from 0 */
  double q[AGES], infant[LIFE_INFANT_AGES];
  int64_t deaths[AGES], of_cause[AGES];
  bool has_q, has_deaths, has_infant, has_cause;
  struct life_curve curve;
  bool curved;
  struct life_single t, without;
};
struct life_work {
  int n;
  struct one_sex s[4];
};

/* --- input: [sex,] age, and q or deaths with people [, people_before] [, cause_deaths]; infant ages 0w .. 6m with births are rows of q --- */
static struct one_sex *sex_of(struct life_work *w, struct str code) {
  for (int i = 0; i < w->n; i++)
    if (str_eq(code, str_of(w->s[i].sex))) return &w->s[i];
  if (w->n == 4 || code.n >= sizeof w->s[0].sex) return NULL;
  struct one_sex *s = &w->s[w->n++];
  memcpy(s->sex, code.p, code.n);
  return s;
}
struct life_columns {
  int sex, age, q, deaths, people, before, cause, after, lower, upper;
};
/* Lexis triangles: people on 1 January, the same a year later, deaths of the two cohorts. */
static enum err_code lexis_line(const struct csv_table *t, const char *path, const struct life_columns *k, int64_t row, int64_t age, double people,
    double *q, double *deaths, bool *there, struct err *e) {
  double after, lower, upper;
  bool has[3];
  TRY(vital_number(t, path, row, k->after, &after, &has[0], e));
  TRY(vital_number(t, path, row, k->lower, &lower, &has[1], e));
  TRY(vital_number(t, path, row, k->upper, &upper, &has[2], e));
  *there = has[0] && has[1] && has[2];
  if (!*there) return E_OK;
  const struct life_lexis x = {age, llround(people), llround(after), llround(lower), llround(upper)};
  *deaths = lower + upper;
  return life_q_lexis(&x, q, e);
}
static enum err_code out_of_order(const struct csv_table *t, const char *path, int64_t row, struct err *e) {
  return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .subject = "age", .expected = "single ages from 0 without gaps", .found = "?");
}
static enum err_code life_line(const struct csv_table *t, const char *path, const struct life_columns *k, int64_t row, struct life_work *w,
    struct err *e) {
  const struct str label = str_trim(csv_table_cell(t, row, k->age));
  struct one_sex *s = sex_of(w, k->sex < 0 ? STR("") : str_trim(csv_table_cell(t, row, k->sex)));
  double q, deaths, people, before, cause, age;
  bool has_q, has_deaths, has_people, has_before, has_cause, has_age, has_lexis = false;
  if (!s) return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .subject = "sex", .expected = "at most four codes", .found = "?");
  TRY(vital_number(t, path, row, k->q, &q, &has_q, e));
  for (int i = 0; i < LIFE_INFANT_AGES; i++)
    if (str_eq(label, str_of(life_infant_label[i]))) return s->infant[i] = q, s->has_infant = has_q, E_OK;
  TRY(vital_number(t, path, row, k->age, &age, &has_age, e));
  TRY(vital_number(t, path, row, k->deaths, &deaths, &has_deaths, e));
  TRY(vital_number(t, path, row, k->people, &people, &has_people, e));
  TRY(vital_number(t, path, row, k->before, &before, &has_before, e));
  TRY(vital_number(t, path, row, k->cause, &cause, &has_cause, e));
  if (k->lower >= 0) TRY(lexis_line(t, path, k, row, s->n, people, &q, &deaths, &has_lexis, e));
  has_q = has_q || has_lexis, has_deaths = has_deaths || has_lexis;
  if (!has_q && !has_deaths) return E_OK; /* the column of this sex ends earlier */
  if (!has_age || s->n == AGES || age != s->n) return out_of_order(t, path, row, e);
  if (has_q) s->q[s->n] = q, s->has_q = true;
  else TRY(life_q_central(s->n, deaths, has_before ? life_mid_year(people, before) : people, &s->q[s->n], e));
  if (has_deaths) s->deaths[s->n] = (int64_t)llround(deaths), s->has_deaths = true;
  if (has_cause) s->of_cause[s->n] = (int64_t)llround(cause), s->has_cause = true;
  s->n++;
  return E_OK;
}
static enum err_code read_life(struct cli *c, struct life_work *w, struct err *e) {
  const char *path = cli_operand(c, 1);
  struct csv_table t;
  struct life_columns k;
  TRY(vital_read_csv(c, path, &t, e));
  TRY(vital_column(&t, path, "sex", false, &k.sex, e));
  TRY(vital_column(&t, path, "age", true, &k.age, e));
  TRY(vital_column(&t, path, "q", false, &k.q, e));
  TRY(vital_column(&t, path, "deaths_lower", false, &k.lower, e));
  TRY(vital_column(&t, path, "deaths_upper", k.lower >= 0, &k.upper, e));
  TRY(vital_column(&t, path, "people_after", k.lower >= 0, &k.after, e));
  TRY(vital_column(&t, path, "deaths", k.q < 0 && k.lower < 0, &k.deaths, e));
  TRY(vital_column(&t, path, "people", k.q < 0, &k.people, e));
  TRY(vital_column(&t, path, "people_before", false, &k.before, e));
  TRY(vital_column(&t, path, "cause_deaths", false, &k.cause, e));
  for (int64_t i = 0; i < t.n_rows; i++) TRY(life_line(&t, path, &k, i, w, e));
  return w->n ? E_OK : ERR(e, E_TABLE_DATA, .file = path, .subject = "life table");
}

/* --- infants: [sex,] year, month, births; [sex,] age, deaths: two kinds of rows in one file --- */
struct infants {
  int64_t births[LIFE_INFANT_MONTHS], deaths[LIFE_INFANT_AGES];
};
static enum err_code infant_rows(const struct csv_table *t, const char *path, const int k[6], int64_t year, struct one_sex *s, struct infants *x,
    struct err *e) {
  double v[6];
  bool has[6];
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (k[0] >= 0 && !str_eq(str_trim(csv_table_cell(t, i, k[0])), str_of(s->sex))) continue;
    for (int c = 1; c < 6; c++)
      if (c != 3) TRY(vital_number(t, path, i, k[c], &v[c], &has[c], e));
    const struct str age = str_trim(csv_table_cell(t, i, k[3]));
    if (has[4] && has[1] && has[2] && v[2] >= 1 && v[2] <= 12 && ((int64_t)v[1] == year || (int64_t)v[1] == year - 1))
      x->births[((int64_t)v[1] == year ? 12 : 0) + (int64_t)v[2] - 1] += llround(v[4]);
    for (int c = 0; c < LIFE_INFANT_AGES; c++)
      if (has[5] && str_eq(age, str_of(life_infant_label[c]))) x->deaths[c] += llround(v[5]);
  }
  return E_OK;
}
static enum err_code read_infants(struct cli *c, struct life_work *w, struct err *e) {
  static const char *const names[6] = {"sex", "year", "month", "age", "births", "deaths"};
  const char *path = cli_text(c, "infants");
  struct csv_table t;
  int k[6];
  int64_t year = 0;
  if (!path) return E_OK;
  TRY(vital_read_csv(c, path, &t, e));
  for (int i = 0; i < 6; i++) TRY(vital_column(&t, path, names[i], i > 0, &k[i], e));
  for (int64_t i = 0; i < t.n_rows; i++) {
    double v;
    bool has;
    TRY(vital_number(&t, path, i, k[1], &v, &has, e));
    if (has && (int64_t)v > year) year = (int64_t)v;
  }
  for (int s = 0; s < w->n; s++) {
    struct infants x = {{0}, {0}};
    double q0;
    TRY(infant_rows(&t, path, k, year, &w->s[s], &x, e));
    TRY(life_infant_q(year, x.births, x.deaths, w->s[s].infant, &q0, e));
    w->s[s].has_infant = true;
  }
  return E_OK;
}

/* --- the table: graduation and curve only when asked for --- */
static enum err_code make(struct cli *c, struct one_sex *s, struct err *e) {
  double smooth[AGES];
  const int64_t from = cli_int(c, "curve-from"), fit = cli_int(c, "curve-ages");
  int n = s->n;
  if (n < 10) return ERR(e, E_LIFE_TABLE_INPUT, .subject = "0", .expected = "at least 10 ages");
  if (cli_flag(c, "graduate")) {
    TRY(life_graduate(s->q, n, 6, false, smooth, e));
    memcpy(s->q, smooth, sizeof *smooth * (size_t)n);
  }
  if (from > 0) {
    double weights[AGES];
    const int many = fit > 0 ? (int)fit : n - (int)from;
    for (int i = 0; i < many && (int)from + i < n; i++) weights[i] = (double)s->deaths[from + i];
    TRY(life_curve_fit(s->q, n, (int)from, many, s->has_deaths ? weights : NULL, &s->curve, e));
    s->curved = true;
    double l = 100000;
    for (int x = 0; x < (int)from; x++) l *= 1 - s->q[x];
    for (n = (int)from; n < AGES && l >= 1; n++) l *= 1 - (s->q[n] = life_curve_q(&s->curve, n)); /* closed where fewer than one of 100,000 is left */
    s->has_deaths = s->has_deaths && n <= s->n;
    s->n = n;
  }
  double q0 = 1;
  for (int i = 0; i < LIFE_INFANT_AGES; i++) q0 *= 1 - s->infant[i];
  if (s->has_infant) s->q[0] = 1 - q0;
  TRY(life_single_table(s->has_infant ? s->infant : NULL, s->q, s->n, s->has_deaths && !s->has_infant ? s->deaths : NULL, &s->t, e));
  if (s->has_cause && !s->has_infant) return life_cause_deleted(&s->t, s->deaths, s->of_cause, &s->without, e);
  return E_OK;
}

static enum err_code columns(struct arena *a, const struct life_work *w, struct result_table **out, struct err *e) {
  static const char *const names[9] = {"q", "l", "d", "p", "mu", "L", "T", "e", "gain"};
  static const int decimals[9] = {5, 0, 0, 5, 5, 0, 0, 2, 2};
  struct result_table *t;
  int64_t rows = 0, n = 0;
  for (int k = 0; k < w->n; k++) rows += w->s[k].t.n;
  TRY(result_table_new(a, "life_table", rows, 2, 9, &t, e));
  t->title_ja = "生命表", t->title_en = "life table", t->survey = "vital", t->form = t->period = t->profile = "", t->n_row_dimensions = 2;
  t->dimensions[0].name = "sex", t->dimensions[1].name = "age";
  for (int m = 0; m < 9; m++) t->measures[m].name = names[m], t->measures[m].unit = m > 6 ? "year" : "", t->measures[m].decimals = decimals[m];
  for (int k = 0; k < w->n; k++)
    for (int i = 0; i < w->s[k].t.n; i++, n++) {
      const struct life_single_row *r = &w->s[k].t.row[i];
      const bool infant = w->s[k].t.n_infant > 1 && i < w->s[k].t.n_infant, cause = w->s[k].has_cause && w->s[k].without.n;
      const double v[9] = {r->q, r->l, r->d, 1 - r->q, r->mu, r->L, r->T, r->e, cause ? w->s[k].without.row[i].e - r->e : 0};
      const char *age = infant ? life_infant_label[i] : arena_printf(a, "%g", r->age);
      if (!age) return ERR(e, E_NO_MEMORY, .subject = "life table");
      t->dimensions[0].code[n] = *w->s[k].sex ? str_of(w->s[k].sex) : STR("_T"), t->dimensions[1].code[n] = str_of(age);
      for (int m = 0; m < 9; m++) {
        t->measures[m].value[n] = v[m];
        if ((m == 4 && !r->has_mu) || (m == 8 && !cause)) t->measures[m].value[n] = 0, t->measures[m].status[n] = RESULT_NOT_APPLICABLE;
      }
      if (w->s[k].t.has_se) t->measures[7].se[n] = r->se_e, t->measures[7].has_se[n] = 1, t->measures[7].cv[n] = r->e > 0 ? r->se_e / r->e : 0;
      t->n_status[n] = RESULT_NOT_APPLICABLE;
    }
  *out = t;
  return E_OK;
}
static enum err_code notes(struct arena *a, const struct life_work *w, struct result_table *t, struct err *e) {
  for (int k = 0; k < w->n; k++) {
    struct life_marks m;
    const struct one_sex *s = &w->s[k];
    life_single_marks(&s->t, &m);
    const char *text = arena_printf(a, "%s: e0 %.2f, median age %.2f, reach 65 %.1f%%, 75 %.1f%%, 90 %.1f%%, 95 %.1f%%", *s->sex ? s->sex : "_T",
        s->t.row[0].e, m.median_age, 100 * m.reach[0], 100 * m.reach[1], 100 * m.reach[2], 100 * m.reach[3]);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "life table");
    result_note(t, text);
    if (!s->curved) continue;
    text = arena_printf(a, "%s: from %d -ln(1-q) = %.6g + %.6g x %.7g^age (fit, not the ministry's own parameters)", *s->sex ? s->sex : "_T",
        s->curve.from, s->curve.A, s->curve.B, s->curve.c);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "life table");
    result_note(t, text);
  }
  return E_OK;
}

/* --- survival, or q on a logarithmic axis --- */
static const char *sex_word(struct cli *c, const char *code) {
  if (!strcmp(code, "M") || !strcmp(code, "1")) return cli_say(c, "men", "男");
  if (!strcmp(code, "F") || !strcmp(code, "2")) return cli_say(c, "women", "女");
  return *code && strcmp(code, "_T") ? code : cli_say(c, "both sexes", "男女計");
}
static enum err_code draw(struct cli *c, const struct life_work *w, struct err *e) {
  struct chart_curve curve[4];
  const bool deaths = !strcmp(cli_text(c, "draw"), "mortality");
  struct strbuf b;
  for (int k = 0; k < w->n; k++) {
    const struct life_single *t = &w->s[k].t;
    double *x = ARENA_ARRAY(cli_job(c)->arena, double, t->n + 1), *y = ARENA_ARRAY(cli_job(c)->arena, double, t->n + 1);
    int n = 0;
    if (!x || !y) return ERR(e, E_NO_MEMORY, .subject = "chart");
    for (int i = 0; i < t->n; i++) {
      if (deaths && (!(t->row[i].q > 0) || (t->n_infant > 1 && i < t->n_infant))) continue;
      x[n] = t->row[i].age, y[n++] = deaths ? t->row[i].q : t->row[i].l;
    }
    curve[k] = (struct chart_curve){sex_word(c, w->s[k].sex), x, y, n};
  }
  struct chart_frame f;
  TRY(picture_frame(c, "life",
      deaths ? cli_say(c, "Probability of death by age", "年齢別死亡率") : cli_say(c, "Survivors of 100,000 born", "生存数（出生10万に対し）"), "",
      cli_operand(c, 1), "", &f, e));
  f.x_title = cli_say(c, "age (years)", "年齢（歳）");
  f.y_title = deaths ? cli_say(c, "probability of death q(x), logarithmic", "死亡率 q(x)（対数目盛）") : cli_say(c, "survivors l(x)", "生存数 l(x)（人）");
  strbuf_init(&b, 0);
  return vital_print_svg(c, &b, chart_scatter(&f, NULL, 0, curve, w->n, false, deaths, &b, e), e);
}
enum err_code vital_do_life(struct cli *c, bool *look, struct err *e) {
  struct life_work *w = ARENA_NEW(cli_job(c)->arena, struct life_work);
  struct result_table *t = NULL;
  (void)look;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "life table");
  if (cli_int(c, "curve-from") < 0 || cli_int(c, "curve-from") > 120)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--curve-from", .expected = "0 to 120");
  TRY(read_life(c, w, e));
  TRY(read_infants(c, w, e));
  for (int k = 0; k < w->n; k++) TRY(make(c, &w->s[k], e));
  if (vital_svg(c)) return draw(c, w, e);
  TRY(columns(cli_job(c)->arena, w, &t, e));
  TRY(notes(cli_job(c)->arena, w, t, e));
  if (cli_json(c) || strcmp(cli_text(c, "as"), "text")) TRY(result_sort(t, e)); /* for the eye, weeks stand before years */
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}

/* --- small areas: area, group, deaths, expected --- */
static enum err_code smr_group(struct cli *c, const struct csv_table *t, const char *path, const int k[4], struct str group, struct result_table *out,
    int64_t *n, struct err *e) {
  struct smr_area *areas = ARENA_ARRAY(cli_job(c)->arena, struct smr_area, t->n_rows + 1);
  struct smr_prior prior;
  int64_t m = 0;
  double v;
  bool has;
  if (!areas) return ERR(e, E_NO_MEMORY, .subject = "smr");
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (!str_eq(str_trim(csv_table_cell(t, i, k[1])), group)) continue;
    TRY(vital_number(t, path, i, k[2], &v, &has, e));
    areas[m].deaths = has ? (int64_t)llround(v) : -1;
    TRY(vital_number(t, path, i, k[3], &areas[m].expected, &has, e));
    out->dimensions[0].code[*n + m] = group.n ? group : STR("_T");
    out->dimensions[1].code[*n + m] = str_trim(csv_table_cell(t, i, k[0]));
    m++;
  }
  TRY(smr_areas(areas, m, 0.95, &prior, e));
  if (prior.flat) {
    struct err warning = {.code = E_OK};
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(group.n < 60 ? group.n : 60), group.p);
    (void)ERR(&warning, E_VITAL_PRIOR, .file = path, .subject = name);
    job_problem(cli_job(c), &warning);
  }
  for (int64_t i = 0; i < m; i++, ++*n) {
    out->measures[0].value[*n] = 100 * areas[i].smr, out->measures[0].se[*n] = 100 * areas[i].se, out->measures[0].has_se[*n] = 1;
    out->measures[0].low[*n] = 100 * areas[i].low, out->measures[0].high[*n] = 100 * areas[i].high, out->measures[0].has_interval[*n] = 1;
    out->measures[1].value[*n] = 100 * areas[i].eb, out->measures[1].low[*n] = 100 * areas[i].eb_low;
    out->measures[1].high[*n] = 100 * areas[i].eb_high;
    out->measures[1].has_interval[*n] = areas[i].has_eb_interval;
    if (areas[i].smr > 0) out->measures[0].cv[*n] = areas[i].se / areas[i].smr;
    out->n[*n] = areas[i].deaths;
  }
  return E_OK;
}
enum err_code vital_do_smr(struct cli *c, bool *look, struct err *e) {
  static const char *const names[4] = {"area", "group", "deaths", "expected"};
  const char *path = cli_operand(c, 1);
  struct csv_table t;
  struct result_table *out;
  int k[4];
  int64_t n = 0;
  (void)look;
  TRY(vital_read_csv(c, path, &t, e));
  for (int i = 0; i < 4; i++) TRY(vital_column(&t, path, names[i], i != 1, &k[i], e));
  TRY(result_table_new(cli_job(c)->arena, "smr", t.n_rows, 2, 2, &out, e));
  out->title_ja = "標準化死亡比", out->title_en = "standardised mortality ratios", out->survey = "vital", out->form = out->period = out->profile = "";
  out->n_row_dimensions = 2, out->dimensions[0].name = "group", out->dimensions[1].name = "area";
  out->measures[0].name = "smr", out->measures[1].name = "eb_smr", out->measures[0].unit = out->measures[1].unit = "standard = 100";
  out->measures[0].decimals = out->measures[1].decimals = 1;
  for (int m = 0; m < 2; m++) TRY(result_keep_precision(out, m, 0.95, e));
  for (int64_t i = 0; i < t.n_rows; i++) {
    const struct str group = str_trim(csv_table_cell(&t, i, k[1]));
    bool done = false;
    for (int64_t j = 0; j < i && !done; j++) done = str_eq(str_trim(csv_table_cell(&t, j, k[1])), group);
    if (!done) TRY(smr_group(c, &t, path, k, group, out, &n, e));
  }
  result_note(out, "smr: exact Poisson interval; eb_smr: gamma prior of the group by moments, interval of the posterior");
  TRY(result_sort(out, e));
  return estimate_print_table(c, out, cli_text(c, "as"), e);
}
