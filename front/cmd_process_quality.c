/* shirabe process quality SURVEY/FORM PERIOD */
#include <stdio.h>
#include <string.h>

#include "collector/ledger.h"
#include "front/quality_print.h"

struct asked {
  struct cli *c;
  struct store *s;
  struct form *form;
  char period[16], previous[16];
  struct quality_request request;
  struct quality quality;
};

static enum err_code read_logged(struct asked *a, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "process:%s/%s/%s", a->form->survey, a->form->id, a->period);
  struct log_entry entry = {.action = "data-read",
      .object = object,
      .purpose = "",
      .detail = a->request.sender           ? "quality, record keys of one sender"
                : cli_flag(a->c, "classes") ? "quality by class"
                                            : "quality"};
  struct err second = {0};
  int64_t access;
  TRY(store_log_intent(a->s, &entry, &access, e));
  enum err_code code = quality_read(a->s, &a->request, access, cli_job(a->c)->arena, &a->quality, e);
  entry.rows = a->quality.metrics.n_rows;
  enum err_code logged = store_log_outcome(a->s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static enum err_code prepare(struct asked *a, struct err *e) {
  struct cli *c = a->c;
  if (cli_flag(c, "classes") && !cli_flag(c, "csv")) return ERR(e, E_METRICS_CLASSES, .subject = "--classes");
  if (cli_flag(c, "csv") + cli_flag(c, "svg") + cli_json(c) > 1) return ERR(e, E_METRICS_FORMAT, .subject = "--csv, --svg, --json");
  TRY(process_form(cli_job(c), cli_operand(c, 0), cli_operand(c, 1), &a->form, e));
  TRY(process_period(a->form, cli_operand(c, 1), a->period, a->previous, e));
  TRY(store_cmd_unlock(c, &a->s, e));
  TRY(ledger_prepare(a->s, e));
  const int64_t earlier = cli_int(c, "earlier");
  a->request = (struct quality_request){a->form, a->period, cli_text(c, "sender"),
      earlier < 0                     ? 0
      : earlier > QUALITY_MAX_EARLIER ? QUALITY_MAX_EARLIER
                                      : (int)earlier,
      cli_lang(c)};
  return read_logged(a, e);
}

static void print_svg(struct asked *a) {
  struct strbuf b;
  strbuf_init(&b, 0);
  quality_svg(cli_job(a->c)->arena, &a->quality, cli_lang(a->c), &b);
  fputs(strbuf_cstr(&b), cli_out(a->c));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct asked a = {.c = c};
  const enum err_code code = prepare(&a, &e);
  if (a.s) store_close(a.s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) quality_print_json(c, &a.quality, a.request.sender);
  else if (cli_flag(c, "csv")) quality_print_csv(c, &a.quality, cli_flag(c, "classes"));
  else if (cli_flag(c, "svg")) print_svg(&a);
  else if (a.request.sender) quality_print_sender(c, &a.quality, a.request.sender);
  else quality_print_text(c, &a.quality);
  return 0;
}

const struct command cmd_process_quality = {
    .noun = "process",
    .verb = "quality",
    .summary_en = "show the quality of the data per sender: response, failed checks, imputation, answers to queries",
    .summary_ja = "送付機関ごとのデータ品質（回答率、検査の不合格、補完、照会の結果）を示す",
    .detail_en = "From the last run of the form and period: per office that sent records how much was answered, how many records and checks fail "
                 "(failed / passed + failed; unknown ones are left out), how it has changed since the "
                 "last earlier run, how much was imputed, and what came of the queries. Weighted rates where the job has a design weight. A figure "
                 "that cannot be had is shown as – or with its reason, never as 0. "
                 "--sender shows the checks of one office with records to look at (numbers and keys, no answers). --svg draws office by check. "
                 "Internal output: small numbers are not protected.",
    .detail_ja = "様式・期間の最後の実行から、記録を送った機関ごとに、回答率、不合格の記録と検査（不合格÷（合格＋不合格）。不明は除く）、前回の実行"
                 "からの変化、補完率、照会の結果を示します。手順に抽出ウエイトがあれば加重した率も示します。得られない数値は"
                 "「–」または理由で示し、0 とはしません。--sender は一機関の検査と見るべき記録（番号とキー。回答は出しません）を示します。--svg "
                 "は機関×検査の図を描きます。内部用であり、少数の秘匿処理はしていません。",
    .options = (const struct option_record[]){{.name = "sender",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "CODE",
                                                  .help_en = "only this office, with records to look at",
                                                  .help_ja = "この機関だけ。見るべき記録も示す"},
        {.name = "earlier",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "look for an earlier run in the N periods before",
            .help_ja = "前の N 期間から以前の実行を探す",
            .default_text = "3"},
        {.name = "csv", .kind = OPT_FLAG, .help_en = "all figures as CSV", .help_ja = "すべての数値を CSV で出す"},
        {.name = "classes",
            .kind = OPT_FLAG,
            .help_en = "with --csv: also by the classes of the job, which are answers",
            .help_ja = "--csv とともに、手順の区分別（回答にあたる）も出す"},
        {.name = "svg", .kind = OPT_FLAG, .help_en = "a picture: sender by check", .help_ja = "図（機関×検査）を出す"}, PROCESS_OPTION_PASSPHRASE,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
        {.name = "PERIOD", .help_en = "period, as 2025-12", .help_ja = "期間（例 2025-12）", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe process quality vital/birth 2025-12", "which offices' data need attention",
                                             "どの機関のデータに注意が要るかを見る"},
        {"shirabe process quality vital/birth 2025-12 --svg", "the same as a picture", "同じ内容を図で見る"}, {.command = NULL}},
    .run = run,
};
