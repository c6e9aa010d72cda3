/* shirabe estimate gvf FILE|ID [--measure "total(income)" --model loglog --at "1000;5000"] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_variance_report.h"
#include "estimators/table/chart/chart_variance.h"

enum { ROUNDS_MOST = 1000 };

/* A whole text as a finite number above 0. */
static bool above_zero(struct str s, double *out) {
  char text[64], *end;
  s = str_trim(s);
  if (s.n == 0 || s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  if (strspn(text, "0123456789.eE+-") != s.n) return false;
  *out = strtod(text, &end);
  return !*end && isfinite(*out) && *out > 0;
}
/* --at "1000;5000" */
static enum err_code read_sizes(const char *text, struct variance_report *r, struct err *e) {
  struct str rest = str_of(text);
  while (rest.n) {
    const struct str one = str_split(rest, ';', &rest);
    if (r->n_sizes == VARIANCE_SIZES_MOST || !above_zero(one, &r->size[r->n_sizes++])) return ERR(e, E_GVF_SIZES, .file = "--at", .subject = text);
  }
  return r->n_sizes ? E_OK : ERR(e, E_GVF_SIZES, .file = "--at", .subject = text);
}
static enum gvf_model model_of(const char *text) {
  return !strcmp(text, "inverse") ? GVF_INVERSE : !strcmp(text, "quadratic") ? GVF_QUADRATIC : GVF_LOGLOG;
}
static enum err_code read_request(struct cli *c, struct variance_request *q, struct variance_report *r, struct err *e) {
  const int64_t rounds = cli_int(c, "rounds");
  const char *drop = cli_text(c, "drop");
  *q = (struct variance_request){.fit = {.model = model_of(cli_text(c, "model")), .rounds = (int)rounds},
      .measure = cli_text(c, "measure"),
      .inner = cli_flag(c, "inner"),
      .place = cli_operand(c, 0)};
  if (rounds < 0 || rounds > ROUNDS_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--rounds", .expected = "0 to 1000");
  if (rounds && q->fit.model == GVF_LOGLOG)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--rounds", .expected = "--model inverse or quadratic: loglog needs no weighted rounds");
  if (drop && !above_zero(str_of(drop), &q->fit.drop)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--drop", .expected = "a number above 0");
  if (cli_text(c, "at")) TRY(read_sizes(cli_text(c, "at"), r, e));
  r->asked = q->fit;
  return E_OK;
}

static enum err_code write_form(struct cli *c, const struct variance_report *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    json_begin(&j, &b, false);
    variance_report_json(r, &j);
    strbuf_addc(&b, '\n');
  } else if (!strcmp(cli_text(c, "as"), "csv")) variance_report_csv(r, &b);
  else {
    struct estimate_labels labels;
    estimate_labels_read(c, r->v.table, &labels);
    code = chart_of_variance(cli_job(c)->arena, &r->v, cli_lang(c), estimate_item_label, &labels, &b, e);
  }
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}
/* The table asked for; that there are several or none of the name is an error of this file. */
static enum err_code choose_table(struct cli *c, const struct result_document *d, struct result_table **t, struct err *e) {
  const enum err_code code = estimate_result_table(d, cli_text(c, "table"), t, e);
  if (code) snprintf(e->file, sizeof e->file, "%s", cli_operand(c, 0));
  return code;
}
static enum err_code work(struct cli *c, struct store **s, bool *refused, struct err *e) {
  struct variance_report *r = ARENA_NEW(cli_job(c)->arena, struct variance_report);
  struct variance_request q;
  struct result_document d;
  struct result_table *t;
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "variance function");
  TRY(read_request(c, &q, r, e));
  TRY(estimate_result_read(c, s, q.place, &d, e));
  TRY(choose_table(c, &d, &t, e));
  TRY(variance_function(cli_job(c)->arena, t, &q, &r->v, e));
  if (!r->n_sizes) r->n_sizes = variance_sizes(&r->v, r->size);
  *refused = t->refusal != NULL;
  return !cli_json(c) && !strcmp(cli_text(c, "as"), "text") ? variance_report_text(c, r, e) : write_form(c, r, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool refused = false;
  const enum err_code code = work(c, &s, &refused, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : refused;
}

const struct command cmd_estimate_gvf = {
    .noun = "estimate",
    .verb = "gvf",
    .summary_en = "a generalised variance function: the cv to expect of a total, by its size",
    .summary_ja = "一般化分散関数：総数の大きさから見込まれる変動係数",
    .detail_en =
        "Large totals have small relative errors. A curve through all cells of a table says how small: from it a reader can look up the "
        "coefficient of variation (cv, standard error / figure) to expect of a figure of any size, also of one that was not tabulated. RESULT is a "
        "file (JSON of `estimate file`, `table` or `run`, or the long CSV) or the first 8 or more digits of a table kept by `estimate run --keep`. "
        "Models: loglog, log cv^2 = a + b log X; inverse, cv^2 = a + b/X; quadratic, se^2 = a X + b X^2. All shown cells above 0 with a standard "
        "error are used, totals too unless --inner; every cell that is not is counted with the reason. The curve is a description and no estimate "
        "of the error of one figure: cells of other kinds than those fitted, and sizes outside theirs (marked *), are not covered. Printed are "
        "coefficients, R squared and residual sd on the scale of the fit, and predicted cv by size. Exit status 1 when the table may not be "
        "released as it is.",
    .detail_ja =
        "大きな総数ほど相対誤差は小さくなります。表のすべてのセルに曲線を当てはめると、任意の大きさの値（集計していないものも）に見込まれる変動係数"
        "（cv＝標準誤差／推定値）を引けるようになります。RESULT はファイル（estimate file・table・run の JSON か縦長CSV）または estimate run --keep "
        "で残した表の先頭8桁以上です。モデル：loglog は log cv^2 = a + b log X、inverse は cv^2 = a + b/X、quadratic は se^2 = a X + b X^2。"
        "表章された正の値で標準誤差のあるセルをすべて使い（総数も。--inner で除く）、使わないセルは理由ごとに数えます。曲線は全体の傾向で、個々の値の誤差の"
        "推定ではありません。性質の異なる区分や、当てはめた範囲の外（* 印）には使えません。係数、当てはめた尺度での決定係数と残差の標準偏差、"
        "大きさ別の予測変動係数を出します。そのままでは公表できない表のとき終了値は 1 です。",
    .options = (const struct option_record[]){{.name = "measure",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "MEASURE",
                                                  .help_en = "a total or count of the table; default: its first",
                                                  .help_ja = "表の総数または件数（既定は最初のもの）"},
        {.name = "model",
            .kind = OPT_CHOICE,
            .value_name = "MODEL",
            .help_en = "form of the curve",
            .help_ja = "曲線の形",
            .default_text = "loglog",
            .choices = "loglog|inverse|quadratic"},
        {.name = "rounds",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "inverse, quadratic: at most so many rounds weighted by 1/predicted cv^4, so that small cells do not decide alone",
            .help_ja = "inverse と quadratic：予測 cv^4 の逆数を重みとする反復の最大回数（小さいセルだけで決まらないように）",
            .default_text = "0"},
        {.name = "drop",
            .kind = OPT_TEXT,
            .value_name = "SD",
            .help_en = "drop cells farther from the line than so many residual sd, once; default: none",
            .help_ja = "線から残差標準偏差のこの倍を超えて離れるセルを一度だけ除外（既定はしない）"},
        {.name = "inner", .kind = OPT_FLAG, .help_en = "leave out totals (_T), whose parts are cells too", .help_ja = "総数（_T）を対象外にする"},
        {.name = "at",
            .kind = OPT_TEXT,
            .value_name = "SIZES",
            .help_en = "sizes to predict at, joined by ;; default: 1, 2, 5, 10 ... over the cells",
            .help_ja = "予測する大きさ（; 区切り。既定はセルの範囲の 1, 2, 5, 10 …）"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed; csv: the predictions; svg: cells and curve",
            .help_ja = "表示の形（csv は予測の表、svg はセルと曲線）",
            .default_text = "text",
            .choices = "text|csv|svg"},
        {.name = "table",
            .kind = OPT_TEXT,
            .value_name = "TABLE",
            .help_en = "table of the file, when it holds several",
            .help_ja = "複数の表があるファイルのときの表"},
        ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "RESULT",
                                                    .help_en = "result file or kept table",
                                                    .help_ja = "結果ファイルまたは残した表",
                                                    .required = true},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate gvf counts.json --at '1000;5000;20000'", "cv to expect of counts of three sizes",
                                             "三つの大きさの件数に見込まれる変動係数"},
        {"shirabe estimate gvf counts.json --measure 'total(persons)' --model inverse --rounds 50 --as svg", "cells and curve as a picture",
            "セルと曲線の図"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
