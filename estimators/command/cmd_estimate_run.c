/* shirabe estimate run SURVEY PERIOD */
#include "estimators/command/cmd_estimate_print.h"
#include <stdio.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "estimators/command/cmd_mls_plan.h"
#include "secure-store/cmd_store_open.h"

/* --record FILE: what the run was made of, for `estimate series --diff` and for running it again. */
static enum err_code write_record(struct cli *c, const struct mls_record *r, struct err *e) {
  const char *path = cli_text(c, "record");
  struct strbuf b;
  if (!path) return E_OK;
  if (!r) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--record", .expected = "a run that estimates the labour survey");
  strbuf_init(&b, 0);
  mls_record_write(r, &b);
  const enum err_code code = atomic_write(path, b.p, b.n, ATOMIC_NEW_ONLY, 0644, e);
  strbuf_release(&b);
  return code;
}

/* --next FILE: the cell table of the next month, workers carried on; the rate of the insurance file is entered when it arrives. */
static enum err_code write_next(struct cli *c, const struct estimate_output *r, struct err *e) {
  const char *path = cli_text(c, "next");
  struct strbuf b;
  char number[64];
  if (!path) return E_OK;
  if (!r->next) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--next", .expected = "a run that estimates the labour survey");
  strbuf_init(&b, 0);
  strbuf_adds(&b, "cell,industry,size,workers,benchmark,insurance_rate,insurance_factor,neighbour\n");
  for (int32_t i = 0; i < r->cells->run.n_cells; i++) {
    const struct mls_cell *k = &r->cells->run.cells[i];
    csv_put(&b, k->id, true);
    csv_put(&b, k->industry, false);
    csv_put(&b, k->size, false);
    snprintf(number, sizeof number, ",%.4f,,,%.1f", r->next[i].workers_next, r->next[i].k);
    strbuf_adds(&b, number);
    csv_put(&b, k->neighbour >= 0 ? r->cells->run.cells[k->neighbour].id : STR(""), false);
    strbuf_addc(&b, '\n');
  }
  const enum err_code code = atomic_write(path, b.p, b.n, ATOMIC_NEW_ONLY, 0644, e);
  strbuf_release(&b);
  return code;
}

/* What the file leaves out is said where it is made: who takes it in a month later does not see it. */
static void say_next(struct cli *c) {
  if (!cli_text(c, "next")) return;
  fprintf(cli_json(c) ? stderr : cli_out(c),
      cli_say(c, "%s: workers are carried on without movers between cells; with movers: shirabe estimate labour movers --next FILE\n",
          "%s：区分間の移動は入っていません。移動を入れるには shirabe estimate labour movers --next FILE\n"), cli_text(c, "next"));
}

static enum err_code work(struct cli *c, struct store *s, bool *open_questions, struct err *e) {
  struct estimate_options o = {
      .table = cli_text(c, "table"), .form = cli_text(c, "form"), .stage = cli_text(c, "stage"), .rule = cli_text(c, "rule")};
  struct estimate_output r;
  struct estimate_plan *plan;
  char (*ids)[65] = NULL;
  TRY(mls_plan_options(c, &plan, e));
  o.plan = plan;
  if (plan || cli_text(c, "record")) TRY(mls_program_digest(cli_job(c)->arena, &o.program, e));
  TRY(store_cmd_cutoff(c, s, cli_operand(c, 0), cli_operand(c, 1), e));
  TRY(estimate_tables(s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, &r, e));
  TRY(write_record(c, r.record, e));
  TRY(write_next(c, &r, e));
  if (cli_flag(c, "keep")) {
    ids = arena_array(cli_job(c)->arena, (size_t)r.n_tables + 1, sizeof *ids);
    if (!ids) return ERR(e, E_NO_MEMORY, .subject = "tables");
    TRY(estimate_store(s, &r, ids, e));
  }
  for (int i = 0; i < r.n_tables; i++) *open_questions = *open_questions || r.tables[i].table->refusal;
  TRY(estimate_print_run(c, &r, ids, e));
  say_next(c);
  return E_OK;
}

static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_run = {
    .noun = "estimate",
    .verb = "run",
    .summary_en = "make the tables of a survey for a period",
    .summary_ja = "調査の期間の結果表を作る",
    .detail_en =
        "Reads the imputed records and the statistician's inputs from the store, checks stratum and weight of every unit, estimates, and "
        "suppresses by the profile of each table. "
        "A missing weight or stratum, or a departure from the approved plan, stops the run. With --plan (a signed note, estimators/mls/plan.md) a "
        "run of the labour survey is proved against it: rule, rate, weight and cover of every stratum, counts, program and weight table; "
        "the message names the stratum and the bias in yen, and an exception signed by two persons is printed with the tables. --record keeps what "
        "went in and came out, cell by cell. Exit status 1 when a table may not be released as it is.",
    .detail_ja =
        "保管庫の補定済み記録と統計担当者の入力を読み、各単位の層とウェイトを確かめ、推計し、表ごとのプロファイルで秘匿します。ウェイトや層の欠落、承認された計画からの逸脱があれば"
        "止まります。--plan（署名付き、estimators/mls/plan.md）を指定すると、毎月勤労統計の各層の方法・抽出率・ウェイト・全数の捕捉、事業所数、プログラムとウェイト表を計画と照合し、逸脱があれば層と偏りの額（円）を"
        "示して止まります。2人が署名した例外は表に印字します。--record は区分ごとの入出力を記録します。そのままでは公表できない表があるとき終了値は 1 です。",
    .options =
        (const struct option_record[]){
            {.name = "table", .kind = OPT_TEXT, .value_name = "ID", .help_en = "only this table", .help_ja = "この表だけ"},
            {.name = "form", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "only tables of this form", .help_ja = "この様式の表だけ"},
            {.name = "keep", .kind = OPT_FLAG, .help_en = "keep the tables in the store", .help_ja = "結果表を保管庫に残す"},
            {.name = "record", .kind = OPT_FILE, .value_name = "FILE", .help_en = "labour survey: write the record of the run, a new file",
                .help_ja = "毎月勤労統計：実行記録を新しいファイルに書く"},
            {.name = "next", .kind = OPT_FILE, .value_name = "FILE",
                .help_en = "labour survey: write the cell table of the next month, without movers (estimate labour movers), a new file",
                .help_ja = "毎月勤労統計：翌月の単位集計区分の表を新しいファイルに書く（区分間の移動なし：移動は estimate labour movers）"},
            MLS_PLAN_OPTIONS, ESTIMATE_RULE,
            STORE_OPTION_CUTOFF, ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate run mls 2025-12", "the labour survey's tables of December 2025",
                                             "毎月勤労統計の2025年12月の表"},
        {"shirabe estimate run vital 2025-12 --stage received --json", "the vital statistics as received, with lineage",
            "受領時のままの人口動態統計（系譜つき）"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
