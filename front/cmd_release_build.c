/* shirabe release build SURVEY PERIOD */
#include <stdio.h>

#include "base/cli.h"
#include "front/figures.h"
#include "front/figures_print.h"
#include "secure-store/cmd_store_open.h"

static enum err_code build(struct cli *c, struct figures *f, struct err *e) {
  struct store *s = NULL;
  enum err_code code = store_cmd_unlock(c, &s, e);
  const char *taint = "";
  if (!code) code = store_cmd_cutoff(c, s, cli_operand(c, 0), cli_operand(c, 1), e);
  if (!code) code = figures_taint(s, cli_operand(c, 0), cli_operand(c, 1), cli_job(c)->arena, &taint, e);
  if (!code) code = figures_build(s,
        &(struct figures_request){.survey = cli_operand(c, 0), .period = cli_operand(c, 1), .out_folder = cli_text(c, "out"), .taint = taint,
            .reason = cli_text(c, "reason"), .agency = cli_text(c, "agency")}, cli_job(c)->arena, f, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct figures f;
  if (build(c, &f, &e)) return cli_fail(c, &e);
  figures_print(c, &f);
  return f.n_withheld ? 1 : 0;
}

static const struct option_record options[] = {
    {.name = "out", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "folder for the bundle", .help_ja = "公表物を置くフォルダー", .default_text = "release"},
    {.name = "agency", .kind = OPT_TEXT, .value_name = "ID", .help_en = "agency of the SDMX structures",
        .help_ja = "SDMX の構造を維持する機関の記号",
        .default_text = FIGURES_AGENCY},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "of a correction: what was wrong in the edition released before",
        .help_ja = "訂正の理由：すでに公表した版の誤り"},
    STORE_OPTION_CUTOFF,
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
                                                 {.name = NULL}};
static const struct example examples[] = {{"shirabe release build mls 2025-12 --out release", "estimate, protect and bundle what was processed", "審査・補完済みの記録から推計し、秘匿し、公表物を作る"},
                                          {"shirabe release check release/mls-2025-12-0123456789abcdef", "then check the bundle as a reader would", "できた公表物を利用者の立場で検査する"},
                                          {.command = NULL}};
const struct command cmd_release_build = {.noun = "release", .verb = "build", .summary_en = "estimate, protect and bundle a period's tables", .summary_ja = "推計・秘匿し、公表物を作る",
                                          .detail_en =
        "The bundle holds each table in long and wide CSV, JSON, an Excel workbook, SDMX-CSV 2.0 with its structure (DSD) and, where a"
        " picture makes sense, SVG charts in Japanese and English; columns.csv, codes.csv, tables.csv and notes.csv; quality.json and"
        " quality.md; the disclosure report, the lineage and the signature. Every form is made from the long CSV and read back before it"
        " leaves. A table with an additive set that has exactly one suppressed cell is withheld and named; the exit status is then 1.",
    .detail_ja =
        "公表物には、各表の縦持ち・横持ちCSV、JSON、Excelブック、SDMX-CSV 2.0 と構造定義（DSD）、図にできる表の SVG（日英）、"
        "列・符号・表題・注の表、品質報告（quality.json・quality.md）、秘匿審査の報告、由来、署名が入ります。"
        "どの形も縦持ちCSVから作り、出す前に読み戻して照合します。"
        "和の組に秘匿セルが一つだけある表は公表から外し、理由を示します。そのとき終了状態は 1 です。",
    .options = options, .operands = operands, .examples = examples, .run = run};
