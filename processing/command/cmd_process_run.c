/* shirabe process run SURVEY/FORM PERIOD */
#include "processing/command/cmd_process_core.h"

#include <stdio.h>

#include "base/term.h"
#include "secure-store/cmd_store_open.h"

/* One line per finished step, to those who look on. */
static void watch(void *context, int step, int of, const struct step_report *r) {
  struct cli *c = context;
  fprintf(stderr,
      cli_say(c, "step %d/%d %s (%s): %lld selected, %lld flagged, %lld changed, %lld ms\n",
          "手順 %d/%d %s（%s）: 対象 %lld、フラグ %lld、変更 %lld、%lld ミリ秒\n"),
      step, of, r->step, r->method, (long long)r->selected, (long long)r->flagged, (long long)r->changed, (long long)(r->cpu_us / 1000));
}

static enum err_code cutoff(struct cli *c, struct store *s, struct err *e) {
  struct str form = str_of(cli_operand(c, 0));
  const struct str survey = str_split(form, '/', &form);
  return store_cmd_cutoff(c, s, arena_strdup(cli_job(c)->arena, survey.p, survey.n), cli_operand(c, 1), e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct process_report report;
  const struct process_request q = {.form = cli_operand(c, 0),
      .period = cli_operand(c, 1),
      .frame = cli_text(c, "frame"),
      .frame_period = cli_text(c, "frame-period"),
      .dry_run = cli_flag(c, "dry-run"),
      .watch = cli_flag(c, "watch") ? watch : NULL,
      .watch_context = c};
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code) code = cutoff(c, s, &e);
  if (!code) code = process_month(&q, s, &report, &e);
  if (code) {
    store_close(s);
    return cli_fail(c, &e);
  }
  process_print(c, &report);
  store_close(s);
  return report.ledger.imputed.failed_hard > 0;
}

const struct command cmd_process_run = {
    .noun = "process",
    .verb = "run",
    .summary_en = "run the checks and the imputation plan of a form over one period",
    .summary_ja = "様式の検査と補完計画を一期間のデータに実行する",
    .detail_en =
        "Carries out the steps of the form's process.json, else the usual two: imputation plan, derived items. Reads what was received, the previous period (imputed, else edited) for prev() and the register for frame(). Writes the stages edited (no value changed), imputed, "
        "edit_failures, changes, flags, record_status, effects, proposals, process_metrics and process_status, and where a step makes them edit_statistics, estimates, imputed_sets, chain_cells and chain_links; a second run replaces them; an interrupted one goes on where it stopped. Unknown checks are counted apart from failed ones. A value that cannot be imputed stays missing and "
        "says why. A unit without design weight or stratum stops the run where the plan asks for them. With --cutoff the records "
        "received until then are processed, as they were then. Exit status 1 when hard failures remain.",
    .detail_ja =
        "様式の process.json の手順、なければ補完計画と派生項目を実行します。受領データ、prev() のための前期（imputed、なければ edited）、frame() のための名簿を読みます。edited（値は変えない）・imputed・edit_failures・changes・flags・"
        "record_status・effects・proposals・process_metrics・process_status を書き、手順があれば edit_statistics・estimates・imputed_sets・chain_cells・chain_links も書きます。再実行すると置き換えます。中断した実行は続きから行います。不明の検査は不合格と別に数えます。補完できない値は欠測のまま残し、理由を示します。計画が求める抽出ウエイトや層がない客体があれば止まります。--cutoff を付けると、その締切までに受領した記録をその時点のまま処理します。必須検査の"
        "不合格が残れば終了値は 1 です。",
    .options = (const struct option_record[]){PROCESS_OPTION_FRAME, PROCESS_OPTION_FRAME_PERIOD,
        {.name = "dry-run", .kind = OPT_FLAG, .help_en = "report only; writes nothing", .help_ja = "報告だけ。何も書き込まない"},
        {.name = "watch",
            .kind = OPT_FLAG,
            .help_en = "a line on the error stream after each step",
            .help_ja = "手順が終わるたびに標準エラーに一行を出す"},
        STORE_OPTION_CUTOFF, PROCESS_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM",
                                                    .help_en = "form, with /VERSION when not the one of the period",
                                                    .help_ja = "様式（期間の版でないときは /版 を付ける）",
                                                    .required = true},
        {.name = "PERIOD", .help_en = "period, as 2025-12", .help_ja = "期間（例 2025-12）", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe process run vital/birth 2025-12", "check and impute the births of December 2025",
                                             "2025年12月の出生票を検査・補完する"},
        {"shirabe process run vital/birth 2025-12 --dry-run --json", "the report only, as JSON", "報告だけを JSON で見る"}, {.command = NULL}},
    .run = run,
};
