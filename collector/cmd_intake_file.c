/* shirabe intake file FILE --form SURVEY/FORM */
#include <stdio.h>

#include "collector/cmd_open.h"
#include "collector/intake_print.h"

static enum err_code take_in(struct cli *c, const char *file, struct form **form, struct intake_report *report, struct err *e) {
  const bool dry = cli_flag(c, "dry-run");
  const struct intake_options options = {.layout = cli_text(c, "layout"),
                                         .layout_file = cli_text(c, "layout-file"),
                                         .sheet = cli_text(c, "sheet"),
                                         .period = cli_text(c, "period"),
                                         .declared = cli_text(c, "declared") ? cli_int(c, "declared") : -1,
                                         .problem_limit = cli_int(c, "problems"),
                                         .show_values = cli_flag(c, "show-values")};
  struct store *s = NULL;
  TRY(intake_form(c, cli_text(c, "form"), options.period, form, e));
  if (!dry) TRY(cmd_open_store(c, &s, e));
  enum err_code code = intake_file(cli_job(c), s, *form, &options, file, report, e);
  store_close(s);
  return code;
}

/* Said once, below the problems: an officer must not take a shape for what stands in the cell. */
static void say_shapes(struct cli *c, const struct intake_report *r) {
  if (r->problems + r->warnings == 0 || cli_flag(c, "show-values") || cli_json(c)) return;
  fprintf(stderr, "%s", cli_say(c, "(found shows the shape of an answer: 9 any digit, A any letter; --show-values shows the answer, and is logged)\n",
                                "（「実際」は値の形です: 9 は任意の数字、A は任意の英字。--show-values で値を示し、記録に残ります）\n"));
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct intake_report report;
  struct form *form = NULL;
  const char *file = cli_operand(c, 0);
  if (take_in(c, file, &form, &report, &e)) return cli_fail(c, &e);
  intake_print_report(c, file, form, &report);
  if (report.already) return 0;
  say_shapes(c, &report);
  return report.problems || report.rejected || report.duplicate ? 1 : 0;
}

const struct command cmd_intake_file = {
    .noun = "intake",
    .verb = "file",
    .summary_en = "take a file of one form into the office's store",
    .summary_ja = "様式のファイルを機関の保管庫に取り込む",
    .detail_en = "CSV or fixed width in UTF-8 or CP932 (decided on the whole file), or a sheet of an xlsx workbook, as the layout says. Every "
                 "cell becomes a typed value or a problem with its place; repairs are named "
                 "and counted; the "
                 "file's bytes are kept sealed. All of the file or nothing. Exit status: 0 everything accepted, 1 taken in with problems, 65 nothing "
                 "could be read.",
    .detail_ja = "UTF-8 または CP932 の "
                 "CSV か固定長（文字コードはファイル全体で判定）、または xlsx ブックのシート。形は様式の配置によります。各セルは型のある値になるか、位置を示した問題になります。直した点は規則ごとに数え、元のファイ"
                 "ルは封印して"
                 "残します。全部取り込むか、何も取り込まないかです。終了値: 0 すべて受理、1 問題あり、65 読めない。",
    .options = (const struct option_record[]){{.name = "form",
                                               .kind = OPT_TEXT,
                                               .value_name = "SURVEY/FORM",
                                               .help_en = "form, with /VERSION when not the newest",
                                               .help_ja = "様式（最新でない版は /版 を付ける）",
                                               .required = true},
                                              {.name = "period",
                                               .kind = OPT_PERIOD,
                                               .value_name = "PERIOD",
                                               .help_en = "period of the records (else the file's period item)",
                                               .help_ja = "記録の期間（なければファイルの期間項目）"},
                                              {.name = "layout",
                                               .kind = OPT_TEXT,
                                               .value_name = "NAME",
                                               .help_en = "layout of the form (else its first CSV layout)",
                                               .help_ja = "様式の配置（なければ最初の CSV 配置）"},
                                              {.name = "layout-file",
                                               .kind = OPT_FILE,
                                               .value_name = "LAYOUT.json",
                                               .help_en = "a layout in a file of its own (forms/layout.md), instead",
                                               .help_ja = "代わりに使う、別ファイルの配置（forms/layout.md）"},
                                              {.name = "sheet",
                                               .kind = OPT_TEXT,
                                               .value_name = "NAME",
                                               .help_en = "sheet of a workbook (else the layout's, else the first visible one)",
                                               .help_ja = "ブックのシート（なければ配置の指定、それもなければ最初の表示シート）"},
                                              {.name = "declared",
                                               .kind = OPT_INT,
                                               .value_name = "N",
                                               .help_en = "records on the transmittal slip, compared with the file",
                                               .help_ja = "送付票の件数。ファイルと照合する"},
                                              {.name = "dry-run",
                                               .kind = OPT_FLAG,
                                               .help_en = "report only; needs no store and writes nothing",
                                               .help_ja = "報告だけ。保管庫は不要で、何も書き込まない"},
                                              {.name = "problems",
                                               .kind = OPT_INT,
                                               .value_name = "N",
                                               .help_en = "problems shown one by one",
                                               .help_ja = "一件ずつ示す問題の数",
                                               .default_text = "50"},
                                              {.name = "show-values",
                                               .kind = OPT_FLAG,
                                               .help_en = "show answers in messages instead of their shape (logged)",
                                               .help_ja = "形でなく回答そのものを示す（記録される）"},
                                              OPTION_PASSPHRASE,
                                              OPTIONS_END},
    .operands = (const struct operand_record[]){{.name = "FILE", .help_en = "the file to take in", .help_ja = "取り込むファイル", .required = true},
                                                OPERANDS_END},
    .examples = (const struct example[]){{"shirabe intake file birth.csv --form vital/birth --period 2025-12",
                                          "take in the births of the batch month", "その月の出生票を取り込む"},
                                         {"shirabe intake file birth.csv --form vital/birth --period 2025-12 --dry-run", "see the problems first",
                                          "先に問題を見る"},
                                         {"shirabe intake file old.txt --form vital/birth --period 2025-12 --layout-file old.json",
                                          "take in a file whose columns a layout of your own describes", "自分で書いた配置でファイルを取り込む"},
                                         EXAMPLES_END},
    .run = run,
};
