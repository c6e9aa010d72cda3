/* shirabe sample draw FRAME */
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_sample_core.h"
#include "estimators/selection/unit_random.h"

struct drawn {
  struct sample_job job;
  struct sample sample;
  struct strbuf csv, report, design, joint;
  char digest[SAMPLE_DIGEST_BYTES], joint_path[SAMPLE_PATH_BYTES];
  bool joint_exact;
};

static const char *file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static enum err_code make_texts(struct cli *c, struct drawn *d, struct err *e) {
  const struct sample_frame *f = &d->job.frame;
  TRY(sample_csv(f, &d->job.plan, &d->sample, &d->csv, e));
  if (cli_flag(c, "joint")) TRY(sample_joint_csv(cli_job(c)->arena, f, &d->job.plan, &d->sample, &d->joint, &d->joint_exact, e));
  if (d->csv.failed) return ERR(e, E_NO_MEMORY, .subject = "sample");
  sample_digest(d->csv.p, d->csv.n, d->digest);
  const struct sample_digests digests = {.seed = cli_text(c, "seed"), .version = SHIRABE_VERSION, .frame = d->job.frame_digest,
      .plan = d->job.plan_digest, .sample = d->digest};
  sample_report_json(f, &d->job.plan, &d->sample, &digests, &d->report);
  sample_design_json(&d->job.plan, &d->sample, cli_flag(c, "joint") ? file_name(d->joint_path) : NULL, &d->design);
  return E_OK;
}

/* The sample last: when it is there, everything that belongs to it is. */
static enum err_code keep_files(struct cli *c, struct drawn *d, struct err *e) {
  char path[SAMPLE_PATH_BYTES];
  const char *out = cli_text(c, "out");
  const bool replace = cli_flag(c, "replace");
  if (cli_flag(c, "joint")) TRY(sample_keep_file(d->joint_path, &d->joint, replace, e));
  TRY(sample_beside(out, ".report.json", path, e));
  TRY(sample_keep_file(path, &d->report, replace, e));
  TRY(sample_beside(out, ".design.json", path, e));
  TRY(sample_keep_file(path, &d->design, replace, e));
  return sample_keep_file(out, &d->csv, replace, e);
}

static void number(struct text_table *t, const char *format, double v) {
  char text[32];
  snprintf(text, sizeof text, format, v);
  text_table_cell(t, text);
}

static enum err_code print_text(struct cli *c, const struct drawn *d, struct err *e) {
  static const char *const heads[][2] = {{"stratum", "層"}, {"N", "N"}, {"n", "n"}, {"certain", "確実抽出"}, {"expected n", "期待 n"}, {"rows", "名簿の行"},
      {"sum of weights", "ウェイトの和"}};
  struct text_table *t = text_table_new(7);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "report");
  for (int k = 0; k < 7; k++) text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
  for (int k = 1; k < 7; k++) text_table_right(t, k);
  for (int64_t k = 0; k < d->sample.n_cells; k++) {
    const struct sample_cell *x = &d->sample.cells[k];
    if (x->stage != 0) continue;
    text_table_cell(t, x->label.n ? x->label.p : "-");
    number(t, "%.0f", (double)x->n_units), number(t, "%.0f", (double)x->n_sample), number(t, "%.0f", (double)x->n_certain);
    number(t, "%.3f", x->expected), number(t, "%.0f", (double)x->n_rows), number(t, "%.3f", x->weight_sum);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  fprintf(cli_out(c), cli_say(c, "%lld of %lld rows selected; method %s; SHA-256 of the sample %.16s...\n",
      "%2$lld 行から %1$lld 行を抽出。方法 %3$s。標本の SHA-256 %4$.16s...\n"),
      (long long)d->sample.n, (long long)d->job.table.n_rows, draw_name(d->job.plan.stage[0].method), d->digest);
  if (cli_flag(c, "joint") && !d->joint_exact)
    fprintf(cli_out(c), "%s\n", cli_say(c, "joint probabilities: Hájek's approximation (this method has no exact ones)",
        "同時包含確率: Hájek の近似（この方法に正確な値はありません）"));
  return E_OK;
}

static enum err_code work(struct cli *c, struct drawn *d, struct err *e) {
  TRY(sample_job_read(c, cli_operand(c, 0), cli_text(c, "plan"), &d->job, e));
  TRY(sample_beside(cli_text(c, "out"), ".joint.csv", d->joint_path, e));
  TRY(sample_draw(cli_job(c), cli_job(c)->arena, &d->job.frame, &d->job.plan, random_seed(str_of(cli_text(c, "seed"))), &d->sample, e));
  TRY(make_texts(c, d, e));
  if (!cli_flag(c, "dry-run")) TRY(keep_files(c, d, e));
  if (!cli_json(c)) return print_text(c, d, e);
  fwrite(d->report.p, 1, d->report.n, cli_out(c));
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct drawn d = {.joint_exact = false};
  struct strbuf *const texts[] = {&d.csv, &d.report, &d.design, &d.joint};
  for (int i = 0; i < 4; i++) strbuf_init(texts[i], 0);
  enum err_code code = work(c, &d, &e);
  for (int i = 0; i < 4; i++) strbuf_release(texts[i]);
  sample_job_release(&d.job);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_sample_draw = {
    .noun = "sample",
    .verb = "draw",
    .summary_en = "draw a sample from a frame by an approved plan and a seed",
    .summary_ja = "承認された計画と乱数の種により、名簿から標本を抽出する",
    .detail_en =
        "The frame is a CSV file with one row per unit of the last stage. The sample is written with inclusion probabilities and design weights;"
        " beside it a selection report (.report.json) with the seed and the digests, and a design (.design.json) for shirabe estimate file. The same plan,"
        " seed and frame give the same bytes, whatever the order of the frame's rows. Adding a unit changes no other unit's random number.",
    .detail_ja =
        "名簿は最終段の単位ごとに1行の CSV です。標本は包含確率と設計ウェイトつきで書き出され、横に種とダイジェストを記した抽出報告（.report.json）と、"
        "shirabe estimate file に使える設計（.design.json）が置かれます。計画・種・名簿が同じなら、名簿の行の順序によらず同じ内容になります。"
        "単位を追加しても他の単位の乱数は変わりません。",
    .options = (const struct option_record[]){SAMPLE_OPTION_PLAN, SAMPLE_OPTION_SEED(true),
        {.name = "out",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "where the sample goes",
            .help_ja = "標本の書き出し先",
            .required = true},
        {.name = "joint",
            .kind = OPT_FLAG,
            .help_en = "also the joint inclusion probabilities (.joint.csv)",
            .help_ja = "同時包含確率も書き出す（.joint.csv）"},
        {.name = "dry-run", .kind = OPT_FLAG, .help_en = "draw and report, write nothing", .help_ja = "抽出して報告するが、書き込まない"},
        SAMPLE_OPTION_REPLACE, {.name = NULL}},
    .operands =
        (const struct operand_record[]){{.name = "FRAME", .help_en = "the frame, CSV", .help_ja = "名簿（CSV）", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe sample draw register.csv --plan plan.json --seed 2026-census-draw --out sample.csv",
                                             "a sample, its report and its design", "標本・抽出報告・設計を作る"},
        {"shirabe sample draw register.csv --plan plan.json --seed trial --out sample.csv --dry-run --json", "only the report, as JSON",
            "報告だけを JSON で見る"},
        {.command = NULL}},
    .run = run,
};
