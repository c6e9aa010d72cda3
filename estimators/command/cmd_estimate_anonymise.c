/* shirabe estimate anonymise DATA.csv --recipe recipe.json [--out FILE --report FILE --codebook FILE --seed-file FILE] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_anonymise.h"

static const size_t DATA_BYTES = (size_t)2 << 30;

/* --- what goes in --- */
static enum err_code read_file(struct cli *c, const char *path, struct csv_table *out, char digest[SAMPLE_DIGEST_BYTES], struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, DATA_BYTES, &p, &n, e));
  sample_digest(p, n, digest);
  enum err_code code = csv_table_parse(cli_job(c)->arena, path, (const char *)p, n, out, e);
  free(p);
  return code || out->n_rows ? code : ERR(e, E_MICRO_EMPTY, .file = path, .subject = path);
}
/* With a file of households the digest of the data is that of both digests. */
static enum err_code read_data(struct cli *c, struct anonymise *x, struct err *e) {
  const char *path = cli_operand(c, 0), *households = cli_text(c, "households");
  struct csv_table text, text_above;
  char both[2 * SAMPLE_DIGEST_BYTES];
  TRY(read_file(c, path, &text, x->data, e));
  if (!households) return micro_table_read(cli_job(c)->arena, &x->recipe, path, &text, &x->table, e);
  memcpy(both, x->data, SAMPLE_DIGEST_BYTES);
  TRY(read_file(c, households, &text_above, both + SAMPLE_DIGEST_BYTES, e));
  sample_digest(both, sizeof both, x->data);
  const struct micro_csv below = {&x->recipe, &text}, above = {&x->recipe, &text_above};
  const struct micro_origin records = micro_csv_origin(&below, path), parents = micro_csv_origin(&above, households);
  return micro_table_join(cli_job(c)->arena, &x->recipe, &records, &parents, &x->table, e);
}

/* --- what may be written --- */
static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return !strcmp(a, b) || (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}
static enum err_code check_target(struct cli *c, const char *path, struct err *e) {
  const char *const inputs[] = {cli_operand(c, 0), cli_text(c, "recipe"), cli_text(c, "seed-file"), cli_text(c, "households")};
  for (int k = 0; k < 4; k++)
    if (path && inputs[k] && same_file(path, inputs[k])) return ERR(e, E_MICRO_FILES, .subject = path);
  return E_OK;
}
/* Households go into a file of their own beside that of their members, never alone. */
static enum err_code check_household_target(struct cli *c, const struct micro_recipe *r, struct err *e) {
  const char *const out = cli_text(c, "out"), *const homes = cli_text(c, "out-households"), *const codebook = cli_text(c, "codebook");
  if (!homes) return E_OK;
  if (!out) return ERR(e, E_USAGE_REQUIRED, .subject = "--out");
  if (!micro_has_households(r)) 
    return ERR(e, E_MICRO_RECIPE, .file = cli_text(c, "recipe"), .subject = "level", .expected = "variables of both levels");
  if (same_file(homes, out) || (codebook && same_file(homes, codebook))) return ERR(e, E_MICRO_FILES, .subject = homes);
  return check_target(c, homes, e);
}
static enum err_code check_targets(struct cli *c, const struct micro_recipe *r, struct err *e) {
  const char *const out = cli_text(c, "out"), *const codebook = cli_text(c, "codebook");
  if (out && !micro_recipe_approved(r)) return ERR(e, E_MICRO_APPROVAL, .file = cli_text(c, "recipe"), .subject = r->dataset);
  TRY(check_target(c, out, e));
  TRY(check_target(c, codebook, e));
  TRY(check_household_target(c, r, e));
  for (int k = 0; k < cli_repeat_count(c, "report"); k++) {
    const char *report = cli_repeat(c, "report", k);
    TRY(check_target(c, report, e));
    if (cli_text(c, "out-households") && same_file(report, cli_text(c, "out-households"))) return ERR(e, E_MICRO_FILES, .subject = report);
    if ((out && same_file(report, out)) || (codebook && same_file(report, codebook))) return ERR(e, E_MICRO_FILES, .subject = report);
  }
  return out && codebook && same_file(out, codebook) ? ERR(e, E_MICRO_FILES, .subject = out) : E_OK;
}
/* --- what comes out --- */
static enum err_code write_codebook(struct cli *c, const struct anonymise *x, struct err *e) {
  const char *path = cli_text(c, "codebook");
  struct strbuf b;
  if (!path) return E_OK;
  strbuf_init(&b, 0);
  enum err_code code = micro_codebook_csv(cli_job(c)->arena, &x->report, &x->table, NULL, &b, e);
  if (!code) code = anonymise_keep(c, path, &b, 0644, e);
  strbuf_release(&b);
  return code;
}
static enum err_code write_households(struct cli *c, const struct anonymise *x, const struct micro_units *u, struct err *e) {
  const char *path = cli_text(c, "out-households");
  struct strbuf b;
  if (!path) return E_OK;
  strbuf_init(&b, DATA_BYTES);
  micro_file_write(&x->recipe, &x->table, u, MICRO_HOUSEHOLDS, &b);
  const enum err_code code = anonymise_keep(c, path, &b, 0600, e);
  strbuf_release(&b);
  return code;
}
/* The records last: when they are there, everything that belongs to them is. */
static enum err_code write_all(struct cli *c, struct anonymise *x, struct err *e) {
  struct micro_units u;
  struct strbuf b;
  enum err_code code = E_OK;
  TRY(micro_units_of(cli_job(c)->arena, &x->table, x->recipe.household, NULL, NULL, NULL, &u, e));
  strbuf_init(&b, DATA_BYTES);
  if (cli_text(c, "out")) {
    micro_file_write(&x->recipe, &x->table, &u, cli_text(c, "out-households") ? MICRO_PEOPLE : MICRO_FLAT, &b);
    if (b.failed) code = ERR(e, E_NO_MEMORY, .subject = cli_text(c, "out"));
    else sample_digest(b.p, b.n, x->out), x->digests.out = x->out;
  }
  if (!code) code = write_codebook(c, x, e);
  if (!code) code = anonymise_write_reports(c, x, e);
  if (!code) code = write_households(c, x, &u, e);
  if (!code && cli_text(c, "out")) code = anonymise_keep(c, cli_text(c, "out"), &b, 0600, e);
  strbuf_release(&b);
  return code;
}
/* A file that misses the limit is not written; its report is, so that the recipe can be mended. */
static enum err_code work(struct cli *c, struct anonymise *x, struct err *e) {
  TRY(anonymise_read_recipe(c, cli_text(c, "recipe"), x, e));
  TRY(check_targets(c, &x->recipe, e));
  TRY(anonymise_read_seed(c, x, e));
  TRY(read_data(c, x, e));
  x->digests = (struct micro_digests){.data = x->data, .recipe = x->spec, .version = SHIRABE_VERSION};
  TRY(micro_recipe_run(cli_job(c)->arena, &x->recipe, &x->table, x->has_stream ? &x->stream : NULL, &x->report, e));
  anonymise_warn(c, &x->recipe);
  if (x->report.safe) TRY(write_all(c, x, e));
  else {
    anonymise_warn_unsafe(c, x);
    TRY(anonymise_write_reports(c, x, e));
  }
  anonymise_print(c, x);
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
        {.name = "households",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "households of the records in a file of their own, joined by the recipe's household id",
            .help_ja = "世帯のファイル（レシピの世帯番号で記録と結合）"},
        {.name = "out",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "where the protected records go, CSV",
            .help_ja = "匿名データの書き出し先（CSV）"},
        {.name = "out-households",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "households apart, joined to the records of --out by household_serial",
            .help_ja = "世帯を別のファイルに書く（--out の記録とは household_serial で結合）"},
        {.name = "report",
            .kind = OPT_REPEAT,
            .value_name = "FILE",
            .help_en = "the report as a file too: .json, .risk.svg (risk of the records), .svg (values missing by variable), else text",
            .help_ja = "報告をファイルにも書く："
                       ".json、.risk.svg（記録のリスク）、.svg（項目別の欠測）、その他は文章"},
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
