/* cmd_livelihood_series.c -- `shirabe estimate livelihood series FILE`: what the columns of a published series of poverty rates must be to each
 *    other, and the series as a picture; and how the command prints. */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_livelihood.h"
#include "estimators/livelihood/livelihood_series.h"
#include "estimators/table/chart/chart.h"

/* --- printing --- */
static enum err_code print_list(struct cli *c, const struct livelihood_sheet *sheets, int n, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  strbuf_addc(&b, '[');
  for (int k = 0; k < n; k++) {
    if (k) strbuf_addc(&b, ',');
    json_begin(&j, &b, false);
    result_json(sheets[k].table, &j);
  }
  strbuf_adds(&b, "]\n");
  return estimate_write(c, &b, e);
}
enum err_code livelihood_print(struct cli *c, const struct livelihood_sheet *sheets, int n, struct err *e) {
  const bool text = !cli_json(c) && !strcmp(cli_text(c, "as"), "text");
  if (cli_json(c) && n > 1) return print_list(c, sheets, n, e);
  for (int k = 0; k < n; k++) {
    if (!text) TRY(estimate_print_table(c, sheets[k].table, cli_text(c, "as"), e));
    if (!text) continue;
    TRY(estimate_digest(sheets[k].table, e));
    sheets[k].spoken->digest = sheets[k].table->digest;
    TRY(estimate_print_text(c, sheets[k].spoken, e));
  }
  return E_OK;
}
enum err_code livelihood_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) {
  if (!code) return estimate_write(c, b, e);
  strbuf_release(b);
  return code;
}

/* --- the file --- */
static const char *const columns[] = {"year", "rate", "children", "working_with_children", "one_adult", "more_adults", "median", "line"};
enum { YEAR, RATE, CHILD, WORKING, ONE, MORE, MEDIAN, LINE, COLUMNS, PER_CENT = 100 };
struct series {
  int64_t n;
  struct livelihood_year *year;
  struct livelihood_check *check;
  struct str *label; /* "2018new" */
};
static enum err_code bad_cell(const char *path, int64_t row, const char *name, struct err *e) {
  return ERR(e, E_LIVELIHOOD_SERIES, .file = path, .line = row + 2, .subject = name, .found = "-",
      .expected = "a number of 0 or more");
}
/* A rate is a share of persons; a group may have none in a year, the country not. */
static enum err_code check_cell(const char *path, int64_t row, int k, bool present, double v, struct err *e) {
  const bool rate = k != MEDIAN && k != LINE, wanted = k == RATE || !rate;
  char found[40];
  if (!present) return wanted ? bad_cell(path, row, columns[k], e) : E_OK;
  if (v >= 0 && (!rate || v <= PER_CENT)) return E_OK;
  snprintf(found, sizeof found, "%.10g", v);
  return ERR(e, E_LIVELIHOOD_SERIES, .file = path, .line = row + 2, .subject = columns[k], .found = found, .expected = rate ? "0 - 100" : ">= 0");
}
static enum err_code numbers_of(const struct survey_columns *t, const char *path, int k, double *out, struct err *e) {
  const struct survey_column *x = survey_column(t, columns[k]);
  if (!x) return ERR(e, E_LIVELIHOOD_COLUMN, .file = path, .subject = columns[k]);
  TRY(survey_column_numbers(t, x, e));
  for (int64_t i = 0; i < t->n; i++) {
    out[i] = value_present(x->status[i]) ? x->number[i] : -1;
    TRY(check_cell(path, i, k, value_present(x->status[i]), x->number[i], e));
  }
  return E_OK;
}
static enum err_code labels_of(
    struct arena *a, const struct survey_columns *t, const char *path, enum err_lang lang, struct series *s, struct err *e) {
  const struct survey_column *x = survey_column(t, "year");
  if (!x) return ERR(e, E_LIVELIHOOD_COLUMN, .file = path, .subject = "year");
  TRY(survey_column_codes(t, x, e));
  s->label = ARENA_ARRAY(a, struct str, t->n + 1);
  uint8_t *seen = ARENA_ARRAY(a, uint8_t, x->n_levels + 1);
  if (!s->label || !seen) return ERR(e, E_NO_MEMORY, .subject = "series");
  for (int64_t i = 0; i < t->n; i++) {
    if (x->code[i] < 0) return bad_cell(path, i, "year", e);
    s->label[i] = x->level[x->code[i]];
    if (seen[x->code[i]]++)
      return ERR(e, E_LIVELIHOOD_SERIES, .file = path, .line = i + 2, .subject = "year", .found = arena_strdup(a, s->label[i].p, s->label[i].n),
          .expected = livelihood_say(lang, "there once", "一度だけ現れる値"));
    for (size_t k = 0; k < s->label[i].n && k < 4; k++)
      if (s->label[i].p[k] >= '0' && s->label[i].p[k] <= '9') s->year[i].year = s->year[i].year * 10 + (s->label[i].p[k] - '0');
  }
  return E_OK;
}
static enum err_code read_series(struct cli *c, const char *path, struct series *s, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct survey_columns t;
  double *v[COLUMNS];
  TRY(livelihood_read_file(c, path, &t, e));
  *s = (struct series){.n = t.n, .year = ARENA_ARRAY(a, struct livelihood_year, t.n + 1), .check = ARENA_ARRAY(a, struct livelihood_check, t.n + 1)};
  if (!s->year || !s->check) return ERR(e, E_NO_MEMORY, .subject = "series");
  TRY(labels_of(a, &t, path, cli_lang(c), s, e));
  for (int k = RATE; k < COLUMNS; k++) {
    if (!(v[k] = ARENA_ARRAY(a, double, t.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "series");
    TRY(numbers_of(&t, path, k, v[k], e));
  }
  for (int64_t i = 0; i < s->n; i++) {
    struct livelihood_year *y = &s->year[i];
    y->rate = v[RATE][i], y->children = v[CHILD][i], y->working = v[WORKING][i], y->one_adult = v[ONE][i], y->more_adults = v[MORE][i];
    y->median = v[MEDIAN][i], y->line = v[LINE][i];
    y->has_rates = y->working >= 0 && y->one_adult >= 0 && y->more_adults >= 0;
  }
  livelihood_series_check(s->year, s->n, s->check);
  return E_OK;
}

/* --- table and picture --- */
static const char *relation(enum livelihood_relation r) {
  static const char *const words[] = {"none", "agrees", "by_rounding", "contradicts"};
  return words[r];
}
static enum err_code series_table(
    struct cli *c, const struct series *s, enum err_lang lang, struct result_table **out, bool *look, struct err *e) {
  static const char *const names[] = {"rate", "median", "line", "half_of_median", "share_one_adult"};
  TRY(result_table_new(cli_job(c)->arena, "series", s->n, 2, 5, out, e));
  struct result_table *t = *out;
  t->survey = "livelihood", t->title_en = "published series of poverty rates: what must hold",
      t->title_ja = "貧困率の公表系列：成り立つべき関係";
  t->dimensions[0].name = "year", t->dimensions[1].name = "line_is";
  for (int m = 0; m < 5; m++) t->measures[m].name = names[m], t->measures[m].unit = "", t->measures[m].decimals = m == 1 || m == 2 ? 0 : 1;
  for (int64_t i = 0; i < s->n; i++) {
    const struct livelihood_year *y = &s->year[i];
    const double value[] = {y->rate, y->median, y->line, y->median / 2, s->check[i].share};
    t->dimensions[0].code[i] = s->label[i], t->dimensions[1].code[i] = str_of(relation(s->check[i].line));
    for (int m = 0; m < 5; m++) t->measures[m].value[i] = value[m];
    if (!s->check[i].has_share) t->measures[4].status[i] = RESULT_NOT_APPLICABLE;
    t->n_status[i] = RESULT_NOT_APPLICABLE;
    *look = *look || s->check[i].line == SERIES_CONTRADICTS || (s->check[i].has_share && !s->check[i].share_holds);
  }
  result_note(t, livelihood_say(lang,
                     "agrees: half of the printed median; by_rounding: half of a median that rounds to the printed one; contradicts: neither",
      "agrees: 公表中央値の半分、by_rounding: 丸め前の中央値の半分なら説明できる、contradicts: どちらでもない"));
  result_note(t, livelihood_say(lang,
                     "share_one_adult: per cent of persons of households with children that live with one adult, from the three rates",
      "share_one_adult: 三つの率から逆算した、大人が一人の世帯員の割合（％）"));
  return E_OK;
}
static enum err_code draw(struct cli *c, const struct series *s, struct err *e) {
  static const int of[] = {RATE, CHILD, ONE, MORE};
  struct arena *a = cli_job(c)->arena;
  const char *const names[] = {cli_say(c, "all persons", "全体"), cli_say(c, "children", "子ども"), cli_say(c, "one adult", "大人が一人"),
      cli_say(c, "two and more adults", "大人が二人以上")};
  struct chart_series series[4];
  struct strbuf b;
  for (int k = 0; k < 4; k++) {
    struct chart_point *p = ARENA_ARRAY(a, struct chart_point, s->n + 1);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = "chart");
    for (int64_t i = 0; i < s->n; i++) {
      const struct livelihood_year *y = &s->year[i];
      const double v[] = {y->rate, y->children, y->one_adult, y->more_adults};
      p[i] = (struct chart_point){.label = arena_strdup(a, s->label[i].p, s->label[i].n), .value = v[k],
          .state = v[k] < 0 ? CHART_ABSENT : CHART_SHOWN};
      if (!p[i].label) return ERR(e, E_NO_MEMORY, .subject = columns[of[k]]);
    }
    series[k] = (struct chart_series){names[k], p, (int)s->n};
  }
  const struct chart_frame f = {.id = "poverty",
      .title = cli_say(c, "Relative poverty rates", "相対的貧困率の推移"),
      .subtitle = "",
      .unit = cli_say(c, "per cent", "％"),
      .x_title = cli_say(c, "year of income", "所得の年"),
      .y_title = "",
      .source = "",
      .lang = cli_lang(c),
      .decimals = 1};
  strbuf_init(&b, 0);
  return livelihood_svg(c, &b, chart_lines(&f, series, 4, &b, e), e);
}
enum err_code livelihood_do_series(struct cli *c, bool *look, struct err *e) {
  const char *path = cli_operand(c, 1);
  struct livelihood_sheet t;
  struct series s;
  if (!path) return ERR(e, E_LIVELIHOOD_SOURCE, .subject = "series", .expected = "FILE");
  TRY(read_series(c, path, &s, e));
  if (cli_flag(c, "svg")) return draw(c, &s, e);
  TRY(series_table(c, &s, LANG_EN, &t.table, look, e));
  TRY(series_table(c, &s, cli_lang(c), &t.spoken, look, e));
  return livelihood_print(c, &t, 1, e);
}
