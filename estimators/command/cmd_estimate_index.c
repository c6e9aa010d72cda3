/* shirabe estimate index LEVELS.csv --base 2020 [--cpi CPI.csv] [--reference REFERENCE.csv] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_index_chart.h"
#include "estimators/mls/mls_index.h"

enum { FIRST_YEAR = 1900, YEARS = 300, MONTHS = 12 * YEARS, FILE_MOST = 16 << 20, COLUMNS = 5 };
struct series {
  int first, last; /* months that hold a level */
  double level[MONTHS];
  int64_t index[MONTHS], cpi[MONTHS], reference[MONTHS], real[MONTHS];
  bool real_wanted;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------------------ */
/* "2025-12" */
static int month_of(struct str s) {
  char b[8];
  if (s.n != 7 || s.p[4] != '-') return -1;
  memcpy(b, s.p, 7);
  b[7] = 0;
  if (strspn(b, "0123456789") != 4 || strspn(b + 5, "0123456789") != 2) return -1;
  const long year = strtol(b, NULL, 10), month = strtol(b + 5, NULL, 10);
  return year < FIRST_YEAR || year >= FIRST_YEAR + YEARS || month < 1 || month > 12 ? -1 : (int)(12 * (year - FIRST_YEAR) + month - 1);
}
static bool number_of(struct str s, double *out) {
  char b[40], *end;
  if (s.n == 0 || s.n >= sizeof b) return false;
  memcpy(b, s.p, s.n);
  b[s.n] = 0;
  if (strspn(b, "0123456789.") != s.n) return false;
  *out = strtod(b, &end);
  return !*end;
}
static enum err_code read_file(struct cli *c, const char *path, double *out, struct err *e) {
  struct csv_table t;
  uint8_t *p = NULL;
  size_t n = 0;
  for (int i = 0; i < MONTHS; i++) out[i] = -1;
  TRY(file_read(path, FILE_MOST, &p, &n, e));
  const enum err_code code = csv_table_parse(cli_job(c)->arena, path, (const char *)p, n, &t, e);
  free(p);
  if (code) return code;
  const int period = csv_table_column(&t, "period"), value = csv_table_column(&t, "value");
  if (period < 0 || value < 0) return ERR(e, E_MLS_MONTH_INPUT, .file = path, .line = 1, .subject = path, .expected = "the columns period and value");
  for (int64_t i = 0; i < t.n_rows; i++) {
    const int m = month_of(str_trim(csv_table_cell(&t, i, period)));
    const struct str cell = str_trim(csv_table_cell(&t, i, value));
    if (m < 0 || (cell.n && !number_of(cell, &out[m])))
      return ERR(e, E_MLS_MONTH_INPUT, .file = path, .line = t.lines[i], .subject = path, .expected = "a month as 2025-12 and a number");
  }
  return E_OK;
}
static int64_t tenths(double v) { return v < 0 ? MLS_NO_INDEX : mls_index_of(v, 100); }
static enum err_code read_tenths(struct cli *c, const char *option, int64_t *out, struct err *e) {
  double *v = ARENA_ARRAY(cli_job(c)->arena, double, MONTHS);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = option);
  for (int i = 0; i < MONTHS; i++) out[i] = MLS_NO_INDEX;
  if (!cli_text(c, option)) return E_OK;
  TRY(read_file(c, cli_text(c, option), v, e));
  for (int i = 0; i < MONTHS; i++) out[i] = tenths(v[i]);
  return E_OK;
}
static enum err_code base_of(struct cli *c, const struct series *s, double *out, struct err *e) {
  const struct str text = str_of(cli_text(c, "base"));
  const int year = text.n == 4 ? month_of(str_of(arena_printf(cli_job(c)->arena, "%.4s-01", text.p))) : -1;
  *out = 0;
  if (cli_text(c, "level")) {
    if (!number_of(str_of(cli_text(c, "level")), out) || !(*out > 0))
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--level", .expected = "a number above 0");
    return E_OK;
  }
  if (year < 0) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--base", .expected = "a year as 2020");
  *out = mls_index_base(s->level + year);
  return *out > 0 ? E_OK : ERR(e, E_MLS_MONTH_INPUT, .subject = "base year", .expected = "all twelve months of it, or --level");
}
static enum err_code make_series(struct cli *c, struct series *s, struct err *e) {
  double base = 100;
  TRY(read_file(c, cli_operand(c, 0), s->level, e));
  TRY(read_tenths(c, "cpi", s->cpi, e));
  TRY(read_tenths(c, "reference", s->reference, e));
  if (!cli_flag(c, "indices")) TRY(base_of(c, s, &base, e));
  s->first = MONTHS;
  s->last = -1;
  s->real_wanted = cli_text(c, "cpi") != NULL;
  for (int i = 0; i < MONTHS; i++) {
    s->index[i] = mls_index_of(s->level[i], base);
    s->real[i] = mls_index_real(s->index[i], s->cpi[i]);
    if (s->index[i] == MLS_NO_INDEX) continue;
    if (s->first == MONTHS) s->first = i;
    s->last = i;
  }
  return s->last < 0 ? ERR(e, E_MLS_MONTH_INPUT, .subject = cli_operand(c, 0), .expected = "a month with a value") : E_OK;
}

/* --- lines -------------------------------------------------------------------------------------------------------------------------------- */
struct line {
  char period[16];
  int64_t v[4]; /* index, growth, real, growth of it */
};
static const char *const period_code[MLS_PERIODS] = {"Q1", "Q2", "Q3", "Q4", "H1", "H2", "", "FY"};

/* What a month is compared with: the reference where there is one, in real terms over the prices of the year before. */
static void denominators(const struct series *s, int64_t *index, int64_t *real) {
  for (int i = 0; i < MONTHS; i++) {
    const bool given = s->reference[i] != MLS_NO_INDEX;
    index[i] = given ? s->reference[i] : i >= 12 ? s->index[i - 12] : MLS_NO_INDEX;
    const int64_t cpi = i >= 12 ? s->cpi[i - 12] : MLS_NO_INDEX;
    real[i] = given ? mls_index_real(s->reference[i], cpi) : i >= 12 ? s->real[i - 12] : MLS_NO_INDEX;
  }
}
static int64_t make_lines(struct arena *a, const struct series *s, struct line *out) {
  int64_t *before = ARENA_ARRAY(a, int64_t, MONTHS), *real_before = ARENA_ARRAY(a, int64_t, MONTHS), n = 0;
  struct mls_index_year *year[4];
  const int64_t *months[4] = {s->index, before, s->real, real_before};
  if (!before || !real_before) return -1;
  denominators(s, before, real_before);
  for (int k = 0; k < 4; k++) {
    year[k] = ARENA_ARRAY(a, struct mls_index_year, YEARS);
    if (!year[k]) return -1;
    mls_index_years(months[k], YEARS, year[k]);
  }
  for (int i = s->first; i <= s->last; i++) {
    struct line *l = &out[n++];
    snprintf(l->period, sizeof l->period, "%d-%02d", FIRST_YEAR + i / 12, i % 12 + 1);
    l->v[0] = s->index[i], l->v[1] = mls_index_growth(s->index[i], before[i]);
    l->v[2] = s->real[i], l->v[3] = mls_index_growth(s->real[i], real_before[i]);
  }
  for (int y = s->first / 12; y <= s->last / 12; y++)
    for (int p = 0; p < MLS_PERIODS; p++) {
      struct line *l = &out[n];
      if (year[0][y].period[p] == MLS_NO_INDEX) continue;
      snprintf(l->period, sizeof l->period, "%d%s%s", FIRST_YEAR + y, p == MLS_YEAR ? "" : "-", period_code[p]);
      l->v[0] = year[0][y].period[p], l->v[1] = mls_index_growth(l->v[0], year[1][y].period[p]);
      l->v[2] = year[2][y].period[p], l->v[3] = mls_index_growth(l->v[2], year[3][y].period[p]);
      n++;
    }
  return n;
}
static const char *tenths_text(int64_t v, char *out, size_t size, const char *none) {
  if (v == MLS_NO_INDEX) snprintf(out, size, "%s", none);
  else snprintf(out, size, "%s%lld.%lld", v < 0 ? "-" : "", llabs(v) / 10, llabs(v) % 10);
  return out;
}
static enum err_code print_text(struct cli *c, const struct series *s, const struct line *l, int64_t n, struct err *e) {
  static const char *const heads[COLUMNS][2] = {
      {"period", "期間"}, {"index", "指数"}, {"growth %", "前年比 %"}, {"real index", "実質指数"}, {"growth %", "前年比 %"}};
  const int columns = s->real_wanted ? COLUMNS : 3;
  struct text_table *t = text_table_new(columns);
  char b[40];
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "indices");
  for (int k = 0; k < columns; k++) {
    text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
    if (k) text_table_right(t, k);
  }
  for (int64_t i = 0; i < n; i++) {
    text_table_cell(t, l[i].period);
    for (int k = 1; k < columns; k++) text_table_cell(t, tenths_text(l[i].v[k - 1], b, sizeof b, "-"));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return E_OK;
}
static enum err_code print_other(struct cli *c, const struct line *l, int64_t n, struct err *e) {
  static const char *const name[COLUMNS] = {"period", "index", "growth", "real", "real_growth"};
  struct strbuf b;
  struct json_out j;
  char text[40];
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  if (cli_json(c)) json_array(&j);
  else strbuf_adds(&b, "period,index,growth,real,real_growth\n");
  for (int64_t i = 0; i < n; i++) {
    if (cli_json(c)) json_object(&j), json_put(&j, name[0], l[i].period);
    else strbuf_adds(&b, l[i].period);
    for (int k = 0; k < 4; k++) {
      const bool there = l[i].v[k] != MLS_NO_INDEX;
      if (!cli_json(c)) strbuf_addc(&b, ','), strbuf_adds(&b, tenths_text(l[i].v[k], text, sizeof text, ""));
      else if (there) json_key(&j, name[k + 1]), json_real(&j, (double)l[i].v[k] / 10);
    }
    if (cli_json(c)) json_end_object(&j);
    else strbuf_addc(&b, '\n');
  }
  if (cli_json(c)) json_end_array(&j), strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
static enum err_code draw(struct cli *c, const struct series *s, struct err *e) {
  struct index_picture p = {.first = 12 * FIRST_YEAR + s->first,
      .n = s->last - s->first + 1,
      .index = s->index + s->first,
      .real = s->real_wanted ? s->real + s->first : NULL,
      .reference = -1,
      .file = cli_operand(c, 0)};
  struct strbuf b;
  for (int i = s->last; i >= s->first; i--)
    if (s->reference[i] != MLS_NO_INDEX) p.reference = i - s->first;
  p.base = cli_text(c, "level") || cli_flag(c, "indices") ? cli_say(c, "base = 100", "基準=100")
                                                          : arena_printf(cli_job(c)->arena, "%s = 100", cli_text(c, "base"));
  if (!p.base) return ERR(e, E_NO_MEMORY, .subject = "picture");
  strbuf_init(&b, 0);
  const enum err_code code = index_picture(c, &p, &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}
static enum err_code work(struct cli *c, struct err *e) {
  struct series *s = ARENA_NEW(cli_job(c)->arena, struct series);
  struct line *lines = ARENA_ARRAY(cli_job(c)->arena, struct line, MONTHS + YEARS * MLS_PERIODS);
  if (!s || !lines) return ERR(e, E_NO_MEMORY, .subject = "indices");
  TRY(make_series(c, s, e));
  if (!cli_json(c) && !strcmp(cli_text(c, "as"), "svg")) return draw(c, s, e);
  const int64_t n = make_lines(cli_job(c)->arena, s, lines);
  if (n < 0) return ERR(e, E_NO_MEMORY, .subject = "indices");
  return !cli_json(c) && !strcmp(cli_text(c, "as"), "text") ? print_text(c, s, lines, n, e) : print_other(c, lines, n, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_index = {
    .noun = "estimate",
    .verb = "index",
    .summary_en = "index numbers, growth rates and real wages from monthly levels",
    .summary_ja = "月次の実数から指数、前年比、実質賃金指数を作る",
    .detail_en =
        "As the Monthly Labour Survey publishes them: each month 100 x level / base to one decimal; quarters, halves, years and fiscal years are "
        "means of the rounded months; growth is from rounded indices; the real index is the rounded index over the consumer price index (all items "
        "less imputed rent, of the same base year). The files have the columns period (2025-12) and value. --reference gives, for the months after a "
        "benchmark, the index of the year before on the new benchmark: growth is taken against it, levels stay.",
    .detail_ja =
        "毎月勤労統計の公表方法に従います。月は 100×実数／基準値を小数第1位に、四半期・半期・年・年度は丸めた月の単純平均、前年比は丸めた指数から、"
        "実質指数は丸めた指数を消費者物価指数（持家の帰属家賃を除く総合、同じ基準年）で割ります。ファイルの列は period（2025-12）と value です。"
        "--reference にはベンチマーク更新後の月について、新しい基準による前年同月の参考値を指定します。前年比はそれと比べ、水準は改訂しません。",
    .options = (const struct option_record[]){{.name = "base",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "YEAR",
                                                  .help_en = "base year: its mean level is 100",
                                                  .help_ja = "基準年（その平均を100とする）",
                                                  .default_text = "2020"},
        {.name = "level", .kind = OPT_TEXT, .value_name = "NUMBER", .help_en = "level that is 100, as kept from the base year",
            .help_ja = "100とする基準値（保存した定数）"},
        {.name = "indices", .kind = OPT_FLAG, .help_en = "the values are indices already", .help_ja = "値は既に指数"},
        {.name = "cpi", .kind = OPT_FILE, .value_name = "FILE", .help_en = "consumer price index: adds real indices",
            .help_ja = "消費者物価指数（実質指数を加える）"},
        {.name = "reference", .kind = OPT_FILE, .value_name = "FILE", .help_en = "reference indices of the year before", .help_ja = "前年同月の参考値"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|csv|svg"},
        PICTURE_MARK, PICTURE_WORDS, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "LEVELS", .help_en = "monthly levels, CSV", .help_ja = "月次の実数（CSV）", .required = true},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate index earnings.csv --base 2020 --cpi cpi.csv", "nominal and real wage index",
                                             "名目賃金指数と実質賃金指数"},
        {"shirabe estimate index earnings.csv --level 318330 --reference reference.csv --as csv", "with a kept base and a reference for 2024",
            "保存した基準値と2024年の参考値を使う"},
        {"shirabe estimate index earnings.csv --base 2020 --as svg --mark '2018-01=benchmark:new sample'", "as a picture with a mark",
            "断層の印を付けた図"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
