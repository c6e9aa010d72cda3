/* shirabe release recipe FILE [--approve | --refuse] and shirabe release anonymised FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/anonymised.h"
#include "secure-store/disposal/cmd_disposal.h"

enum { RECIPE_BYTES = 16 << 20 };

/* --- recipe --- */
static void print_votes(struct cli *c, const char *hex, const struct approval *list, int n, bool enough) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    fprintf(cli_out(c), "%s\t%s\n", hex,
        enough ? cli_say(c, "approved by two officers", "二人が承認済み") : cli_say(c, "not approved by two", "二人の承認なし"));
    for (int i = 0; i < n; i++) fprintf(cli_out(c), "  %s\n", list[i].officer);
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "recipe", hex);
  json_key(&j, "approved"), json_bool(&j, enough);
  json_key(&j, "officers"), json_array(&j);
  for (int i = 0; i < n; i++) json_cstr(&j, list[i].officer);
  json_end_array(&j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
static enum err_code vote(struct disposal_cmd *x, bool *enough, struct err *e) {
  struct cli *c = x->c;
  struct approval list[APPROVAL_MAX];
  uint8_t *p = NULL, subject[32];
  char hex[65];
  size_t size = 0;
  int n = 0;
  const bool approve = cli_flag(c, "approve"), refuse = cli_flag(c, "refuse");
  if (approve && refuse) return ERR(e, E_USAGE_VALUE, .subject = "--refuse", .expected = "one of --approve and --refuse");
  TRY(file_read(cli_operand(c, 0), RECIPE_BYTES, &p, &size, e));
  const struct str recipe = str_view((const char *)p, size);
  enum err_code code = approve || refuse ? anonymised_vote(x->s, recipe, approve, x->who, e) : E_OK;
  if (!code) code = anonymised_votes(x->s, recipe, "", list, &n, enough, e);
  anonymised_subject(recipe, subject);
  hex_encode(subject, sizeof subject, hex);
  free(p);
  if (!code) print_votes(c, hex, list, n, *enough);
  return code;
}
static int run_recipe(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  bool enough = false;
  enum err_code code = disposal_cmd_begin(c, &x, &e);
  if (!code) code = vote(&x, &enough, &e);
  return disposal_cmd_end(&x, code, &e);
}

/* --- bundle --- */
static int run_check(struct cli *c) {
  struct err e = {.code = E_OK};
  struct anonymised_result r;
  if (anonymised_check(cli_operand(c, 0), cli_text(c, "key"), &r, &e)) return cli_fail(c, &e);
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put(&j, "id", r.id);
    json_key(&j, "releasable"), json_bool(&j, r.releasable);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
  } else {
    fprintf(cli_out(c),
        cli_say(c, "%s: signature and hashes hold, nothing else is in the folder\n",
            "%s：署名とハッシュを確認。ほかのファイルはありません\n"),
        r.id);
    if (!r.releasable)
      fprintf(cli_out(c), "%s", cli_say(c, "NOT RELEASABLE: made in a demonstration store\n",
        "提供不可：実演用の保管庫から作られました\n"));
  }
  return r.releasable ? 0 : 1;
}

static const struct option_record recipe_options[] = {
    {.name = "approve", .kind = OPT_FLAG, .help_en = "approve exactly these bytes", .help_ja = "この内容そのものを承認する"},
    {.name = "refuse", .kind = OPT_FLAG, .help_en = "refuse them, or take an approval back",
        .help_ja = "承認しない、または承認を取り消す"},
    DISPOSAL_OPTIONS_OFFICER, {.name = NULL}};
static const struct operand_record recipe_operands[] = {
    {.name = "FILE", .help_en = "the recipe", .help_ja = "レシピ", .required = true}, {.name = NULL}};
static const struct example recipe_examples[] = {
    {"shirabe release recipe forms/secure/recipes/vital_birth.json", "who has approved it", "だれが承認したか"},
    {"shirabe release recipe forms/secure/recipes/vital_birth.json --approve --officer-key chief.key", "an officer approves it",
        "担当者が承認する"},
    {.command = NULL}};
const struct command cmd_release_recipe = {.noun = "release",
    .verb = "recipe",
    .summary_en = "approve a recipe of anonymised data, or see who has",
    .summary_ja = "匿名データのレシピを承認する、承認者を見る",
    .detail_en =
        "A recipe needs the approval of two officers with role chief, manager or reviewer, over its exact bytes: an edited file has none.",
    .detail_ja = "総括・管理責任者か審査担当の二人の承認が必要です。"
        "承認はファイルの内容そのものに対するもので、直すと無効になります。",
    .options = recipe_options,
    .operands = recipe_operands,
    .examples = recipe_examples,
    .run = run_recipe};

static const struct option_record check_options[] = {
    {.name = "key",
        .kind = OPT_TEXT,
        .value_name = "KEY",
        .help_en = "the office's public key, from paper; without it the key named in the bundle is used, which proves only that nothing was "
                   "altered later",
        .help_ja = "機関の公開鍵（紙などで入手）。"
            "なければ一式の中の鍵を使うため、後からの改変がないことだけを示す"},
    {.name = NULL}};
static const struct operand_record check_operands[] = {
    {.name = "FOLDER", .help_en = "the bundle", .help_ja = "一式のフォルダー", .required = true}, {.name = NULL}};
static const struct example check_examples[] = {{"shirabe release anonymised anonymised/vital-birth-2025-12-0123456789abcdef",
                                                    "signature, hashes, nothing beside", "署名とハッシュ、余分なファイル"},
    {"shirabe release anonymised anonymised/vital-birth-2025-12-0123456789abcdef --json", "the same for a program", "同じ内容を JSON で"},
    {.command = NULL}};
const struct command cmd_release_anonymised = {.noun = "release",
    .verb = "anonymised",
    .summary_en = "check a bundle of anonymised records",
    .summary_ja = "匿名データ一式を検査する",
    .options = check_options,
    .operands = check_operands,
    .examples = check_examples,
    .run = run_check};
