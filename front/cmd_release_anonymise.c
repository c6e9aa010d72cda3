/* shirabe release anonymise SURVEY PERIOD --recipe FILE [--seed-file FILE --out FOLDER --report FILE ...] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "estimators/command/cmd_anonymise_store.h"
#include "front/figures.h"
#include "secure-store/anonymised.h"
#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/rights/grant.h"

enum { PARTS = 8 };
struct release_anonymise {
  struct disposal_cmd cmd;
  struct anonymise x;
  struct str lineage;
  const struct form *form;
  const char *taint;
  struct release_part part[PARTS];
  char sha256[PARTS][65];
  int n_parts;
  struct anonymised_result result;
  bool left; /* the bundle is there */
};

/* --- reading: in a store with officers in somebody's name and under a grant --- */
static enum err_code enter(struct release_anonymise *w, struct err *e) {
  struct cli *c = w->cmd.c;
  TRY(disposal_cmd_begin(c, &w->cmd, e));
  if (!store_has_officers(w->cmd.s)) return E_OK;
  if (!w->cmd.who) return ERR(e, E_DISPOSAL_OFFICER, .subject = w->x.recipe.dataset);
  if (!cli_text(c, "grant")) return ERR(e, E_USAGE_REQUIRED, .subject = "--grant");
  TRY(officer_sign_in(w->cmd.s, w->cmd.secret, e));
  return grant_enter(w->cmd.s, cli_job(c)->arena, cli_text(c, "grant"), w->cmd.by.officer, e);
}
static enum err_code read_records(struct release_anonymise *w, struct err *e) {
  struct cli *c = w->cmd.c;
  const struct anonymise_dataset d = {cli_operand(c, 0), cli_operand(c, 1), cli_text(c, "stage")};
  TRY(figures_taint(w->cmd.s, d.survey, d.period, cli_job(c)->arena, &w->taint, e));
  const enum err_code code = anonymise_load(w->cmd.s, cli_job(c)->arena, &d, &w->x, &w->lineage, &w->form, e);
  grant_leave(w->cmd.s);
  return code;
}

/* --- the parts --- */
static enum err_code add_part(struct release_anonymise *w, const char *name, struct strbuf *b, struct err *e) {
  const char *copy = b->failed ? NULL : arena_strdup(cli_job(w->cmd.c)->arena, b->p, b->n);
  const struct str bytes = str_view(copy, copy ? b->n : 0);
  strbuf_release(b);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = name);
  w->part[w->n_parts] = (struct release_part){name, bytes};
  sample_digest(bytes.p, bytes.n, w->sha256[w->n_parts++]);
  return E_OK;
}
static enum err_code add_data(struct release_anonymise *w, struct err *e) {
  const bool two = micro_has_households(&w->x.recipe);
  struct micro_units u;
  struct strbuf b;
  TRY(micro_units_of(cli_job(w->cmd.c)->arena, &w->x.table, w->x.recipe.household, NULL, NULL, NULL, &u, e));
  strbuf_init(&b, 0);
  micro_file_write(&w->x.recipe, &w->x.table, &u, two ? MICRO_PEOPLE : MICRO_FLAT, &b);
  TRY(add_part(w, two ? "data/persons.csv" : "data/records.csv", &b, e));
  if (!two) return E_OK;
  strbuf_init(&b, 0);
  micro_file_write(&w->x.recipe, &w->x.table, &u, MICRO_HOUSEHOLDS, &b);
  return add_part(w, "data/households.csv", &b, e);
}
/* What a code meant when it was collected. */
static bool label_of(const void *context, const char *variable, struct str code, struct str label[2]) {
  const struct item *it = form_item(context, variable);
  const struct code *k = it && it->codelist ? codelist_find(it->codelist, code, INT64_MIN) : NULL;
  if (!k) return false;
  label[0] = k->label_en, label[1] = k->label_ja;
  return true;
}
static enum err_code add_texts(struct release_anonymise *w, struct err *e) {
  struct arena *a = cli_job(w->cmd.c)->arena;
  const struct micro_report *r = &w->x.report;
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  TRY(micro_codebook_csv(a, r, &w->x.table, &(struct micro_labels){w->form, label_of}, &b, e));
  TRY(add_part(w, "codebook.csv", &b, e));
  strbuf_init(&b, 0), json_begin(&j, &b, false), micro_public_json(r, &j), strbuf_addc(&b, '\n');
  TRY(add_part(w, "report.json", &b, e));
  strbuf_init(&b, 0), micro_public_text(r, LANG_EN, &b);
  TRY(add_part(w, "report.en.txt", &b, e));
  strbuf_init(&b, 0), micro_public_text(r, LANG_JA, &b);
  TRY(add_part(w, "report.ja.txt", &b, e));
  strbuf_init(&b, 0);
  TRY(micro_risk_picture(r, true, LANG_JA, &b, e));
  return add_part(w, "risk.svg", &b, e);
}
/* What the door holds the parts against, with the whole report for the reviewers. */
static enum err_code review(struct release_anonymise *w, struct strbuf *b, struct err *e) {
  struct json_out j;
  json_begin(&j, b, false);
  json_object(&j);
  json_put(&j, "format", "shirabe-anonymised-report-1");
  json_put(&j, "recipe_sha256", w->x.spec);
  json_key(&j, "safe"), json_bool(&j, w->x.report.safe);
  json_key(&j, "files"), json_object(&j);
  for (int i = 0; i < w->n_parts; i++) json_put(&j, w->part[i].name, w->sha256[i]);
  json_end_object(&j);
  json_key(&j, "report");
  micro_report_json(&w->x.report, &w->x.digests, &j);
  json_end_object(&j);
  return json_done(&j) && !b->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "review");
}
static enum err_code build(struct release_anonymise *w, struct err *e) {
  struct cli *c = w->cmd.c;
  struct strbuf b;
  TRY(add_data(w, e));
  TRY(add_texts(w, e));
  strbuf_init(&b, 0);
  enum err_code code = review(w, &b, e);
  const struct anonymised_request q = {.dataset = w->x.recipe.dataset,
      .survey = cli_operand(c, 0),
      .period = cli_operand(c, 1),
      .legal_basis = w->x.recipe.legal_basis,
      .out_folder = cli_text(c, "out"),
      .recipe = w->x.recipe_bytes,
      .report = str_view(b.p, b.n),
      .lineage = w->lineage,
      .parts = w->part,
      .n_parts = w->n_parts,
      .n_records = w->x.table.n_rows,
      .taint = w->taint,
      .seed = w->x.has_stream ? str_view((const char *)w->x.stream.seed, sizeof w->x.stream.seed) : (struct str){"", 0}};
  if (!code) code = anonymised_build(w->cmd.s, &q, w->cmd.who, &w->result, e);
  strbuf_release(&b);
  w->left = code == E_OK;
  return code;
}

/* Who approved this recipe, for the reviewers' report. */
static enum err_code approvals(struct release_anonymise *w, struct err *e) {
  struct approval list[APPROVAL_MAX];
  const char *names = "";
  int n;
  TRY(anonymised_votes(w->cmd.s, w->x.recipe_bytes, act_id_of(w->cmd.who), list, &n, &w->x.digests.two, e));
  for (int i = 0; names && i < n; i++)
    if (list[i].approve) names = arena_printf(cli_job(w->cmd.c)->arena, "%s%s%s", names, *names ? ", " : "", list[i].officer);
  w->x.digests.officers = names;
  return names ? E_OK : ERR(e, E_NO_MEMORY, .subject = w->x.recipe.dataset);
}
static enum err_code work(struct release_anonymise *w, struct err *e) {
  struct cli *c = w->cmd.c;
  TRY(anonymise_read_recipe(c, cli_text(c, "recipe"), &w->x, e));
  TRY(anonymise_read_seed(c, &w->x, e));
  TRY(enter(w, e));
  TRY(read_records(w, e));
  w->x.digests = (struct micro_digests){.data = w->x.data, .recipe = w->x.spec, .version = SHIRABE_VERSION};
  TRY(approvals(w, e));
  TRY(micro_recipe_run(cli_job(c)->arena, &w->x.recipe, &w->x.table, w->x.has_stream ? &w->x.stream : NULL, &w->x.report, e));
  anonymise_warn(c, &w->x.recipe);
  if (!w->x.report.safe) anonymise_warn_unsafe(c, &w->x);
  TRY(anonymise_write_reports(c, &w->x, e));
  return cli_text(c, "out") ? build(w, e) : E_OK; /* the door says itself that the file is not safe */
}
static void print(const struct release_anonymise *w) {
  struct cli *c = w->cmd.c;
  if (!w->left) {
    anonymise_print(c, &w->x);
    return;
  }
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put(&j, "id", w->result.id), json_put(&j, "folder", w->result.folder);
    json_put_int(&j, "records", w->x.table.n_rows);
    json_key(&j, "releasable"), json_bool(&j, w->result.releasable);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  fprintf(cli_out(c), cli_say(c, "%s: %lld records in %s\n", "%s：%lld 件の記録、%s\n"), w->result.id, (long long)w->x.table.n_rows,
      w->result.folder);
  if (!w->result.releasable)
    fprintf(cli_out(c), "%s", cli_say(c, "NOT RELEASABLE: made in a demonstration store\n",
        "提供不可：実演用の保管庫から作られました\n"));
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct release_anonymise *w = ARENA_NEW(cli_job(c)->arena, struct release_anonymise);
  if (!w) return (void)ERR(&e, E_NO_MEMORY, .subject = "anonymise"), cli_fail(c, &e);
  w->cmd.c = c;
  const enum err_code code = work(w, &e);
  if (!code) print(w);
  wipe(&w->x.stream, sizeof w->x.stream);
  const int status = disposal_cmd_end(&w->cmd, code, &e);
  return status ? status : !w->x.report.safe;
}

static const struct option_record options[] = {{.name = "recipe",
                                                   .kind = OPT_FILE,
                                                   .value_name = "FILE",
                                                   .help_en = "the recipe of the dataset, JSON",
                                                   .help_ja = "データのレシピ（JSON）",
                                                   .required = true},
    {.name = "seed-file",
        .kind = OPT_FILE,
        .value_name = "FILE",
        .help_en = "16 or more secret bytes for the random steps",
        .help_ja = "乱数を使う手順のための16バイト以上の秘密の種"},
    {.name = "out",
        .kind = OPT_DIRECTORY,
        .value_name = "FOLDER",
        .help_en = "folder for the bundle; without it only the report is made",
        .help_ja = "一式を置くフォルダー。なければ報告だけを作る"},
    {.name = "report",
        .kind = OPT_REPEAT,
        .value_name = "FILE",
        .help_en = "the reviewers' report as a file: .json, .risk.svg, .svg (values missing), else text",
        .help_ja = "審査用の報告：.json、.risk.svg、.svg（欠測）、その他は文章"},
    {.name = "replace", .kind = OPT_FLAG, .help_en = "write over reports of another run", .help_ja = "別の実行の報告に上書きする"},
    {.name = "stage",
        .kind = OPT_CHOICE,
        .value_name = "STAGE",
        .choices = "received|edited|imputed",
        .help_en = "which records (default: imputed)",
        .help_ja = "対象の段階（既定は imputed）"},
    {.name = "grant",
        .kind = OPT_TEXT,
        .value_name = "ID",
        .help_en = "the grant to read under, in a store with officers",
        .help_ja = "担当者のいる保管庫で読むための利用許可"},
    DISPOSAL_OPTIONS_OFFICER, {.name = NULL}};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true}, {.name = NULL}};
static const struct example examples[] = {
    {"shirabe release anonymise vital 2025-12 --recipe forms/secure/recipes/vital_birth.json --seed-file seed", "only the report, nothing leaves",
        "報告だけを見る（何も出ない）"},
    {"shirabe release anonymise vital 2025-12 --recipe forms/secure/recipes/vital_birth.json --seed-file seed --out anonymised --grant g-1 "
     "--officer-key builder.key",
        "the bundle, when two officers have approved the recipe", "二人が承認したレシピで一式を作る"},
    {.command = NULL}};
const struct command cmd_release_anonymise = {.noun = "release",
    .verb = "anonymise",
    .summary_en = "anonymised records of the store, by an approved recipe, as a signed bundle",
    .summary_ja = "承認されたレシピで保管庫の記録を匿名データにし、署名した一式を作る",
    .detail_en =
        "Anonymised data under art. 35 and 36 of the Statistics Act; extracts under art. 33 stay as they were collected and take no "
        "recipe. The recipe says of every item of its form what becomes of it (estimators/sdc/micro/micro.md). With --out the bundle "
        "leaves when two officers with role chief, manager or reviewer, other than the one who builds, have approved exactly this file "
        "(`shirabe release recipe`), every record has k like it, the period is complete and its release date is past. The same store, "
        "recipe and seed make the same bytes; a second issue with another seed is refused. Exit status 1 without --out when records stay "
        "below k.",
    .detail_ja =
        "統計法35条・36条の匿名データです。33条の調査票情報は収集したままで、レシピは使えません。"
        "レシピは調査票の全ての項目の扱いを決めます（estimators/sdc/micro/micro.md）。--out を付けると、作"
        "成者以外の総括・管理責任者か審査担当の二人がそのファイルそのものを承認し（shirabe release "
        "recipe）、全ての記録が k を満たし、期間がそろい、公表日時を過ぎているときだけ一式を出しま"
        "す。保管庫・レシピ・種が同じなら同じ内容になり、別の種での再発行は断ります。--out なしで "
        "k 未満の記録が残ると終了値は 1 です。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
