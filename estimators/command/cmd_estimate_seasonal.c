/* shirabe estimate seasonal FILE.csv [--mode mult --model '(0 1 1)(0 1 1)' --regress jpdays --outliers ao,ls,tc] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_seasonal.h"

enum { HISTORY_MOST = 240 };

static enum err_code bad_option(const char *option, const char *expected, struct err *e) {
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = option, .expected = expected);
}
static enum x11_mode mode_of(const char *text) {
  for (int m = 0; m < X11_MODES; m++)
    if (!strcmp(text, x11_mode_names[m])) return (enum x11_mode)m;
  return X11_MULTIPLICATIVE;
}
static enum seasonal_filter filter_of(const char *text) {
  for (int f = 0; f < SEASONAL_FILTERS; f++)
    if (!strcmp(text, seasonal_filter_names[f])) return (enum seasonal_filter)f;
  return SEASONAL_BY_MSR;
}
/* --sigma "1.5;2.5" */
static enum err_code read_sigma(const char *text, struct x11_spec *s, struct err *e) {
  char *end;
  s->sigma_low = strtod(text, &end);
  if (*end != ';') return bad_option("--sigma", "two numbers joined by ;, for example '1.5;2.5'", e);
  s->sigma_high = strtod(end + 1, &end);
  return *end ? bad_option("--sigma", "two numbers joined by ;, for example '1.5;2.5'", e) : E_OK;
}
static enum err_code read_x11(struct cli *c, struct x11_spec *s, struct err *e) {
  *s = x11_defaults();
  s->mode = mode_of(cli_text(c, "mode"));
  s->seasonal = filter_of(cli_text(c, "seasonal"));
  for (int k = 0; k < X11_CALENDAR_SIGMAS; k++)
    if (!strcmp(cli_text(c, "calendar-sigma"), x11_calendar_sigma_names[k])) s->calendar_sigma = (enum x11_calendar_sigma)k;
  int64_t terms = cli_int(c, "trend");
  if (terms < 0 || terms > 101) return bad_option("--trend", "0 (chosen from the data) or an odd number from 3 to 101", e);
  s->trend_terms = (int)terms;
  return cli_text(c, "sigma") ? read_sigma(cli_text(c, "sigma"), s, e) : E_OK;
}
/* --outliers ao,ls,tc */
static enum err_code search_outliers(struct cli *c, struct seasonal_report *r, struct err *e) {
  struct outlier_request q = {.most = OUTLIERS_MOST};
  const char *critical = cli_text(c, "critical");
  for (struct str rest = str_of(cli_text(c, "outliers")), one; rest.n;) {
    int k = 0;
    one = str_split(rest, ',', &rest);
    while (k < OUTLIER_KINDS && !str_eq(one, str_of(outlier_words[k]))) k++;
    if (k == OUTLIER_KINDS) return bad_option("--outliers", "ao, ls, tc joined by commas", e);
    q.kinds[k] = true;
  }
  if (critical) {
    char *end;
    q.critical = strtod(critical, &end);
    if (*end || !(q.critical >= 2 && q.critical <= 20)) return bad_option("--critical", "a number from 2 to 20", e);
  }
  return outliers_find(cli_job(c)->arena, &r->series.span, &q, r->series.value, &r->spec, &r->effects, r->found, &r->n_found, e);
}
/* The regressors by their words, found outliers among them. */
static enum err_code check_stability(struct cli *c, struct seasonal_report *r, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  int64_t periods = cli_int(c, "history");
  const char **words = ARENA_ARRAY(a, const char *, r->n_words + r->n_found + 1);
  if (!words) return ERR(e, E_NO_MEMORY, .subject = "spans");
  for (int i = 0; i < r->n_words; i++) words[i] = r->words[i];
  for (int i = 0; i < r->n_found; i++) words[r->n_words + i] = r->effects.effect[r->effects.n - r->n_found + i].name;
  struct stability_input in = {&r->spec, &r->series.span, r->series.value, words, r->n_words + r->n_found};
  if ((r->with_spans = cli_flag(c, "spans"))) TRY(sliding_spans(a, &in, r->x.x11.seasonal, &r->spans, e));
  if (periods < 0 || periods > HISTORY_MOST) return bad_option("--history", "0 to 240", e);
  if ((r->with_history = periods > 0)) TRY(revision_history(a, &in, r->x.adjusted, (int)periods, &r->history, e));
  return E_OK;
}
static enum err_code print(struct cli *c, const struct seasonal_report *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  const char *as = cli_text(c, "as");
  if (!cli_json(c) && !strcmp(as, "text")) return seasonal_text(c, r), E_OK;
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    json_begin(&j, &b, false);
    seasonal_json(r, &j);
    strbuf_addc(&b, '\n');
  } else if (!strcmp(as, "csv")) seasonal_csv(r, &b);
  else code = seasonal_picture(c, r, &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}
static enum err_code work(struct cli *c, struct seasonal_report *r, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct effect_span *s = &r->series.span;
  TRY(seasonal_read(a, cli_operand(c, 0), cli_text(c, "column"), &r->series, e));
  TRY(read_x11(c, &r->spec.x11, e));
  TRY(seasonal_model(c, r, e));
  if (cli_text(c, "outliers")) TRY(search_outliers(c, r, e));
  TRY(adjust_series(a, &r->spec, r->series.value, s->n, s->period, s->at, &r->x, e));
  r->seats = !strcmp(cli_text(c, "method"), "seats");
  if (r->seats && (cli_flag(c, "spans") || cli_int(c, "history"))) return bad_option("--method", "x11 with --spans and --history", e);
  if (r->seats) TRY(adjustment_seats(a, &r->spec, r->series.value, s->n, &r->x, &r->parts, e));
  if (r->spec.with_model) TRY(arima_x13_errors(a, &r->x.input, &r->x.fit, r->x13_se, e));
  r->with_spectrum = cli_flag(c, "spectrum") || (!strcmp(cli_text(c, "as"), "svg") && !strcmp(cli_text(c, "draw"), "spectrum"));
  if (r->with_spectrum) TRY(seasonal_spectra(a, r, e));
  TRY(check_stability(c, r, e));
  return print(c, r, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct seasonal_report *r = ARENA_NEW(cli_job(c)->arena, struct seasonal_report);
  enum err_code code = r ? work(c, r, &e) : ERR(&e, E_NO_MEMORY, .subject = "seasonal");
  if (!code) return r->x.quality.seasonality == X11_SEASONALITY_NO || (!r->seats && r->x.quality.q > 1);
  bool of_value = e.code == E_SEASONAL_SIGN || e.code == E_SEASONAL_VALUE; /* the library counts observations, people count lines */
  if (!e.file[0] && of_value && e.line > 0 && e.line <= r->series.span.n) e.line = r->series.line[e.line - 1];
  if (!e.file[0]) snprintf(e.file, sizeof e.file, "%s", cli_operand(c, 0));
  return cli_fail(c, &e);
}

const struct command cmd_estimate_seasonal = {
    .noun = "estimate",
    .verb = "seasonal",
    .summary_en = "seasonal adjustment of a monthly or quarterly series (X-11, regARIMA)",
    .summary_ja = "月次・四半期系列の季節調整（X-11、regARIMA）",
    .detail_en =
        "FILE is a CSV with periods (2008-10, 2008-Q4) in its first column, one row for each, none missing. X-11 splits the series into "
        "trend-cycle, seasonal factor and irregular; its filters are chosen from the data as X-13ARIMA-SEATS does, and tables agree with it "
        "to nine digits. With --model a regARIMA model first estimates calendar effects, level shifts and outliers and lengthens the series "
        "by forecasts, so that the newest figures are revised less. Calendar effects go to the factor, level shifts to the trend, outliers "
        "to the irregular. --regress: ao2008-10 (outlier), ls2003-05 (level shift), tc2009-02 (fading), rp2008-10:2009-07 (ramp), td (six "
        "days), td1 (weekdays), lpyear (leap years), jpdays (eight Japanese working-day regressors with national holidays and 29 December to "
        "3 January), const1-1 (a constant of the differences). What is asked to be chosen (auto, five) is printed with every candidate and the "
        "rule. Exit status 1 when there is no identifiable "
        "seasonality or Q is above 1: do not publish an adjusted series then.",
    .detail_ja =
        "FILE は先頭の列が期間（2008-10、2008-Q4）の CSV で、欠けた期間があってはなりません。X-11 が系列を"
        "趨勢循環・季節要素・不規則変動に分けます。フィルタは X-13ARIMA-SEATS と同じ規則でデータから選"
        "び、各表は9桁まで一致します。--model を付けると、先に regARIMA モデルが暦効果・水準変化・外れ"
        "値を推定し、予測値で系列を延ばすので、最新値の改訂が小さくなります。暦効果は季節要素へ、"
        "水準変化は趨勢へ、外れ値は不規則変動へ戻します。--regress：ao2008-10（外れ値）、ls2003-05（水準変"
        "化）、tc2009-02（減衰）、rp2008-10:2009-07（ランプ）、td（曜日6変数）、td1（平日）、lpyear（うるう年"
        "）、jpdays（祝日と年末年始を含む日本の稼働日8変数）、const1-1（階差の定数）。auto・five で選ばせたも"
        "のは、すべての候補と規則を表示します。季節性が認められないか Q が1を超えると終了値は 1 です（季節調整値"
        "を公表しないでください）。",
    .options = (const struct option_record[]){{.name = "mode",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "MODE",
                                                  .help_en = "how the components make the series",
                                                  .help_ja = "成分の合成の形",
                                                  .default_text = "mult",
                                                  .choices = "mult|add|logadd|pseudoadd"},
        {.name = "column",
            .kind = OPT_TEXT,
            .value_name = "NAME",
            .help_en = "header of the values; default: the second column",
            .help_ja = "値の列の見出し（既定は2列目）"},
        {.name = "model",
            .kind = OPT_TEXT,
            .value_name = "MODEL",
            .help_en = "'(p d q)(P D Q)'; auto: chosen by BIC; five: of five by their forecasts; none: X-11 alone",
            .help_ja = "'(p d q)(P D Q)'。auto は BIC で選択、five は5つから予測誤差で選択、none は X-11 のみ",
            .default_text = "none"},
        {.name = "method",
            .kind = OPT_CHOICE,
            .value_name = "METHOD",
            .help_en = "how the parts are estimated; seats: from the airline model, --model '(0 1 1)(0 1 1)'",
            .help_ja = "成分の推定方法（seats は航空モデル (0 1 1)(0 1 1) から）",
            .default_text = "x11",
            .choices = "x11|seats"},
        {.name = "transform",
            .kind = OPT_CHOICE,
            .value_name = "SCALE",
            .help_en = "scale of the model; mode: logarithms unless --mode add; auto: by AICC",
            .help_ja = "モデルの尺度（mode は --mode add 以外は対数、auto は AICC で選択）",
            .default_text = "mode",
            .choices = "mode|auto"},
        {.name = "regress",
            .kind = OPT_REPEAT,
            .value_name = "WORD",
            .help_en = "a regressor of the model, as listed above; auto: days of the calendar by AICC",
            .help_ja = "モデルの説明変数（上の一覧）。auto は暦の変数を AICC で選択"},
        {.name = "outliers",
            .kind = OPT_TEXT,
            .value_name = "KINDS",
            .help_en = "search for outliers of these kinds: ao,ls,tc",
            .help_ja = "外れ値を探索する種類: ao,ls,tc"},
        {.name = "critical",
            .kind = OPT_TEXT,
            .value_name = "T",
            .help_en = "|t| from which an outlier counts; default: by length",
            .help_ja = "外れ値とする |t|（既定は系列の長さによる）"},
        {.name = "ahead",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "periods to forecast; -1: one year",
            .help_ja = "予測する期数（-1 は1年）",
            .default_text = "-1"},
        {.name = "seasonal",
            .kind = OPT_CHOICE,
            .value_name = "FILTER",
            .help_en = "seasonal filter; msr: chosen from the data",
            .help_ja = "季節フィルタ（msr はデータから選択）",
            .default_text = "msr",
            .choices = "msr|3x1|3x3|3x5|3x9|3x15|stable"},
        {.name = "trend",
            .kind = OPT_INT,
            .value_name = "TERMS",
            .help_en = "terms of the Henderson filter; 0: chosen from the data",
            .help_ja = "ヘンダーソンフィルタの項数（0 はデータから選択）",
            .default_text = "0"},
        {.name = "sigma",
            .kind = OPT_TEXT,
            .value_name = "LIMITS",
            .help_en = "limits of extreme values; default '1.5;2.5'",
            .help_ja = "特異項の限界（既定 '1.5;2.5'）"},
        {.name = "calendar-sigma",
            .kind = OPT_CHOICE,
            .value_name = "HOW",
            .help_en = "sigma of extreme values: five-year windows; each calendar month; the latter if they differ",
            .help_ja = "特異項の標準偏差：none は5年移動、all は月別、signif は月別分散が異なるとき月別",
            .default_text = "none",
            .choices = "none|all|signif"},
        {.name = "spectrum",
            .kind = OPT_FLAG,
            .help_en = "spectra with their peaks, and QS: is seasonality left?",
            .help_ja = "スペクトルの山と QS 統計量（季節性は残っているか）"},
        {.name = "spans", .kind = OPT_FLAG, .help_en = "sliding spans: do four spans of the series agree?", .help_ja = "スライディングスパン（4つの期間で一致するか）"},
        {.name = "history",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "revisions: what the last N figures were when they were new",
            .help_ja = "改訂履歴（最近 N 期の初回値と現在値）",
            .default_text = "0"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed; csv: every period with all components",
            .help_ja = "表示の形（csv は全期間の全成分）",
            .default_text = "text",
            .choices = "text|csv|svg"},
        {.name = "draw",
            .kind = OPT_CHOICE,
            .value_name = "PICTURE",
            .help_en = "svg: the parts; forecasts as a fan (--model); figures when they were new (--history); spectra",
            .help_ja = "svg：成分（series）、予測の扇形図（forecast、--model）、公表時の値（vintages、--history）、スペクトル（spectrum）",
            .default_text = "series",
            .choices = "series|forecast|vintages|spectrum"},
        {.name = "years",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "svg: only the last N years; 0: as fits",
            .help_ja = "svg：最近 N 年だけ描く（0 は適宜）",
            .default_text = "0"},
        PICTURE_MARK, PICTURE_WORDS, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "FILE", .help_en = "CSV of the series", .help_ja = "系列の CSV", .required = true},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate seasonal hours.csv --model '(0 1 1)(0 1 1)' --regress jpdays",
                                             "working days taken out, a year of forecasts", "稼働日要因を除き、1年先まで予測"},
        {"shirabe estimate seasonal hours.csv --mode add --as svg", "additive X-11 as a picture", "加法型 X-11 を図で"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
