/* shirabe estimate anonymise DATA.csv --recipe recipe.json [--out FILE --report FILE --codebook FILE --seed-file FILE] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_sample_core.h"
#include "estimators/sdc/micro/micro_report.h"
#include "estimators/sdc/micro/micro_table.h"

enum { SEED_LEAST = 16 };
static const size_t DATA_BYTES = (size_t)2 << 30, RECIPE_BYTES = 16u << 20, SEED_BYTES = 1u << 20;

struct anonymise {
  struct micro_recipe recipe;
  struct table table;
  struct micro_stream stream;
  bool has_stream;
  struct micro_report report;
  char data[SAMPLE_DIGEST_BYTES], spec[SAMPLE_DIGEST_BYTES], out[SAMPLE_DIGEST_BYTES];
  struct micro_digests digests;
};

/* --- what goes in --- */
static enum err_code read_recipe(struct cli *c, struct anonymise *x, struct err *e) {
  const char *path = cli_text(c, "recipe");
  struct json_document *document = NULL;
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, RECIPE_BYTES, &p, &n, e));
  sample_digest(p, n, x->spec);
  enum err_code code = json_parse(path, (const char *)p, n, &document, e);
  free(p);
  if (!code) code = micro_recipe_parse(cli_job(c)->arena, path, json_root(document), &x->recipe, e);
  json_release(document);
  return code;
}
/* The stream's seed is the beginning of the SHA-256 of the file: every byte of it counts, and none can be read off. */
static enum err_code read_seed(struct cli *c, struct anonymise *x, struct err *e) {
  const char *path = cli_text(c, "seed-file");
  uint8_t *p = NULL, hash[HASH_BYTES];
  size_t n = 0;
  if (!path) return E_OK;
  TRY(file_read(path, SEED_BYTES, &p, &n, e));
  const bool enough = n >= SEED_LEAST;
  if (enough) sha256_of(p, n, hash);
  wipe(p, n);
  free(p);
  if (!enough) return ERR(e, E_MICRO_SEED, .file = path, .subject = "--seed-file");
  memcpy(x->stream.seed, hash, sizeof x->stream.seed);
  wipe(hash, sizeof hash);
  x->has_stream = true;
  return E_OK;
}
static enum err_code read_data(struct cli *c, struct anonymise *x, struct err *e) {
  const char *path = cli_operand(c, 0);
  struct csv_table text;
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, DATA_BYTES, &p, &n, e));
  sample_digest(p, n, x->data);
  enum err_code code = csv_table_parse(cli_job(c)->arena, path, (const char *)p, n, &text, e);
  free(p);
  if (!code && !text.n_rows) code = ERR(e, E_MICRO_EMPTY, .file = path, .subject = path);
  return code ? code : micro_table_read(cli_job(c)->arena, &x->recipe, path, &text, &x->table, e);
}

/* --- what may be written --- */
static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return !strcmp(a, b) || (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}
static enum err_code check_target(struct cli *c, const char *path, struct err *e) {
  const char *const inputs[] = {cli_operand(c, 0), cli_text(c, "recipe"), cli_text(c, "seed-file")};
  for (int k = 0; k < 3; k++)
    if (path && inputs[k] && same_file(path, inputs[k])) return ERR(e, E_MICRO_FILES, .subject = path);
  return E_OK;
}
static enum err_code check_targets(struct cli *c, const struct micro_recipe *r, struct err *e) {
  const char *const out = cli_text(c, "out"), *const codebook = cli_text(c, "codebook");
  if (out && !micro_recipe_approved(r)) return ERR(e, E_MICRO_APPROVAL, .file = cli_text(c, "recipe"), .subject = r->dataset);
  TRY(check_target(c, out, e));
  TRY(check_target(c, codebook, e));
  for (int k = 0; k < cli_repeat_count(c, "report"); k++) {
    const char *report = cli_repeat(c, "report", k);
    TRY(check_target(c, report, e));
    if ((out && same_file(report, out)) || (codebook && same_file(report, codebook))) return ERR(e, E_MICRO_FILES, .subject = report);
  }
  return out && codebook && same_file(out, codebook) ? ERR(e, E_MICRO_FILES, .subject = out) : E_OK;
}
static void warn_unconfirmed(struct cli *c, const struct micro_recipe *r) {
  struct err w = {.code = E_OK};
  if (r->k_source.status == MICRO_UNCONFIRMED) {
    (void)ERR(&w, E_MICRO_UNCONFIRMED, .file = cli_text(c, "recipe"), .subject = "k");
    job_problem(cli_job(c), &w);
  }
  for (int k = 0; k < r->n_steps; k++) {
    if (r->step[k].source.status != MICRO_UNCONFIRMED) continue;
    (void)ERR(&w, E_MICRO_UNCONFIRMED, .file = cli_text(c, "recipe"), .subject = micro_step_name(r->step[k].kind));
    job_problem(cli_job(c), &w);
  }
}

/* --- what comes out --- */
static enum err_code keep(struct cli *c, const char *path, const struct strbuf *b, mode_t mode, struct err *e) {
  if (b->failed) return ERR(e, E_NO_MEMORY, .subject = path);
  return atomic_write(path, b->p, b->n, cli_flag(c, "replace") ? ATOMIC_REPLACE : ATOMIC_NEW_ONLY, mode, e);
}
static enum err_code write_codebook(struct cli *c, const struct anonymise *x, struct err *e) {
  const char *path = cli_text(c, "codebook");
  struct strbuf b;
  if (!path) return E_OK;
  strbuf_init(&b, 0);
  enum err_code code = micro_codebook_csv(cli_job(c)->arena, &x->report, &x->table, &b, e);
  if (!code) code = keep(c, path, &b, 0644, e);
  strbuf_release(&b);
  return code;
}
static bool ends_with(const char *text, const char *end) {
  const size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}
static void report_as_json(const struct anonymise *x, struct strbuf *b) {
  struct json_out j;
  json_begin(&j, b, false);
  micro_report_json(&x->report, &x->digests, &j);
  strbuf_addc(b, '\n');
}
static enum err_code write_report(struct cli *c, const struct anonymise *x, const char *path, struct err *e) {
  struct strbuf b;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  if (ends_with(path, ".json")) report_as_json(x, &b);
  else if (ends_with(path, ".svg")) code = micro_report_picture(cli_job(c)->arena, &x->report, cli_lang(c), &b, e);
  else micro_report_text(&x->report, &x->digests, cli_lang(c), &b);
  if (!code) code = keep(c, path, &b, 0644, e);
  strbuf_release(&b);
  return code;
}
static void print_report(struct cli *c, const struct anonymise *x) {
  struct strbuf b;
  strbuf_init(&b, 0);
  if (cli_json(c)) report_as_json(x, &b);
  else micro_report_text(&x->report, &x->digests, cli_lang(c), &b);
  fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
}
static void warn_unsafe(struct cli *c, const struct anonymise *x) {
  struct err w = {.code = E_OK};
  char limit[48];
  snprintf(limit, sizeof limit, "k = %lld", (long long)x->recipe.k);
  (void)ERR(&w, E_MICRO_NOT_SAFE, .file = cli_operand(c, 0), .subject = limit);
  job_problem(cli_job(c), &w);
}
static enum err_code write_reports(struct cli *c, const struct anonymise *x, struct err *e) {
  for (int k = 0; k < cli_repeat_count(c, "report"); k++) TRY(write_report(c, x, cli_repeat(c, "report", k), e));
  return E_OK;
}
/* The records last: when they are there, everything that belongs to them is. */
static enum err_code write_all(struct cli *c, struct anonymise *x, struct err *e) {
  struct strbuf b;
  enum err_code code = E_OK;
  strbuf_init(&b, DATA_BYTES);
  if (cli_text(c, "out")) {
    micro_table_write(&x->recipe, &x->table, &b);
    if (b.failed) code = ERR(e, E_NO_MEMORY, .subject = cli_text(c, "out"));
    else sample_digest(b.p, b.n, x->out), x->digests.out = x->out;
  }
  if (!code) code = write_codebook(c, x, e);
  if (!code) code = write_reports(c, x, e);
  if (!code && cli_text(c, "out")) code = keep(c, cli_text(c, "out"), &b, 0600, e);
  strbuf_release(&b);
  return code;
}
/* A file that misses the limit is not written; its report is, so that the recipe can be mended. */
static enum err_code work(struct cli *c, struct anonymise *x, struct err *e) {
  TRY(read_recipe(c, x, e));
  TRY(check_targets(c, &x->recipe, e));
  TRY(read_seed(c, x, e));
  TRY(read_data(c, x, e));
  x->digests = (struct micro_digests){.data = x->data, .recipe = x->spec, .version = SHIRABE_VERSION};
  TRY(micro_recipe_run(cli_job(c)->arena, &x->recipe, &x->table, x->has_stream ? &x->stream : NULL, &x->report, e));
  warn_unconfirmed(c, &x->recipe);
  if (x->report.safe) TRY(write_all(c, x, e));
  else {
    warn_unsafe(c, x);
    TRY(write_reports(c, x, e));
  }
  print_report(c, x);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct anonymise *x = ARENA_NEW(cli_job(c)->arena, struct anonymise);
  if (!x) return (void)ERR(&e, E_NO_MEMORY, .subject = "anonymise"), cli_fail(c, &e);
  const enum err_code code = work(c, x, &e);
  wipe(&x->stream, sizeof x->stream);
  return code ? cli_fail(c, &e) : !x->report.safe;
}

const struct command cmd_estimate_anonymise = {
    .noun = "estimate",
    .verb = "anonymise",
    .summary_en = "anonymised microdata from a file, by a recipe",
    .summary_ja = "レシピに従い、ファイルから匿名データを作る",
    .detail_en =
        "For anonymised data (Statistics Act art. 35 and 36), never for extracts under art. 33, which stay as they were collected. The recipe is "
        "a JSON file of one dataset: variables, keys, the limit k, the steps in their order, who approved it, and for each limit where it comes "
        "from (estimators/sdc/micro/micro.md). Columns that the recipe does not name are not read. A limit whose source_status is unconfirmed is "
        "told at every run. Without approval no file is written, only the report. A file that still has records below k is not written either: "
        "exit status 1. Steps that draw random numbers need --seed-file; the same file, recipe and seed make the same bytes. The report tells "
        "the risk before and after (k-anonymity, individual, household and global risk, special uniques, log-linear estimates, diversity), the "
        "blanks and the information lost. This command works on files only: it opens no store, and what a store holds leaves it by release and "
        "extract alone.",
    .detail_ja =
        "匿名データ（統計法35条・36条）のための命令です。33条による調査票情報の提供は収集したままで、"
        "加工しません。レシピは1つのデータの JSON で、項目、キー、基準 k、手順とその順序、承認者、"
        "各基準の典拠を書きます（estimators/sdc/micro/micro.md）。レシピにない列は読みません。source_status が "
        "unconfirmed の基準は毎回知らせます。承認がなければファイルを書かず、報告だけを出します。k "
        "未満の記録が残るときも書かず、終了値は 1 です。乱数を使う手順には --seed-file が必要で、データ・"
        "レシピ・種が同じなら同じ内容になります。報告は処理前後のリスク（k-匿名性、記録・世帯・"
        "全体のリスク、特殊一意、対数線形モデル、多様性）、秘匿した値、情報損失を示します。"
        "この命令はファイルだけを扱い、保管庫を開きません。保管庫の内容は release と extract "
        "だけから出ます。",
    .options = (const struct option_record[]){{.name = "recipe",
                                                  .kind = OPT_FILE,
                                                  .value_name = "FILE",
                                                  .help_en = "the recipe of the dataset, JSON",
                                                  .help_ja = "データのレシピ（JSON）",
                                                  .required = true},
        {.name = "out",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "where the protected records go, CSV",
            .help_ja = "匿名データの書き出し先（CSV）"},
        {.name = "report",
            .kind = OPT_REPEAT,
            .value_name = "FILE",
            .help_en = "the report as a file too: .json, .svg (values missing by variable), else text",
            .help_ja = "報告をファイルにも書く：.json、.svg（項目別の欠測）、その他は文章"},
        {.name = "codebook",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "variables, codes and means of cut tails, CSV",
            .help_ja = "項目・符号・裾の平均の符号表（CSV）"},
        {.name = "seed-file",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "16 or more secret bytes for the random steps",
            .help_ja = "乱数を使う手順のための16バイト以上の秘密の種"},
        {.name = "replace",
            .kind = OPT_FLAG,
            .help_en = "write over files of another run",
            .help_ja = "別の実行のファイルに上書きする"},
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "DATA", .help_en = "the records, CSV", .help_ja = "記録（CSV）", .required = true},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe estimate anonymise survey.csv --recipe recipe.json --seed-file seed", "only the report",
                                             "報告だけを見る"},
        {"shirabe estimate anonymise survey.csv --recipe recipe.json --seed-file seed --out anonymised.csv --codebook codes.csv "
         "--report report.json",
            "the file with its codebook and report", "ファイルと符号表・報告を作る"},
        {.command = NULL}},
    .run = run,
};
