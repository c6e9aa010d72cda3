/* shirabe store init */
#include <stdio.h>
#include <string.h>

#include "secure-store/cmd_founders.h"
#include "secure-store/cmd_office_options.h"

static enum err_code init(struct cli *c, struct cmd_founders *f, struct err *e) {
  struct office o = {.type = OFFICE_MUNICIPALITY};
  TRY(office_options_take(c, &o, e));
  TRY(cmd_founders_take(c, f, e));
  return store_init_officers(cli_job(c), cli_text(c, "office"), &o, cli_text(c, "profile"), &f->founders, e);
}
static enum err_code export_shares(struct cli *c, struct err *e) {
  const char *folder = cli_text(c, "shares");
  int n;
  if (!folder) return E_OK;
  TRY(cmd_officers_export(cli_text(c, "office"), folder, &n, e));
  if (!cli_json(c)) fprintf(cli_out(c), cli_say(c, "%d share files in %s\n", "シェアファイル %d 個：%s\n"), n, folder);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct cmd_founders *f = ARENA_NEW(cli_job(c)->arena, struct cmd_founders);
  enum err_code code = f ? init(c, f, &e) : ERR(&e, E_NO_MEMORY, .subject = "store init");
  if (!code) code = store_cmd_locked(c, &s, &e);
  if (!code) code = cmd_officers_print(c, s, &e);
  if (!code) code = export_shares(c, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(stderr, "%s\n", cli_say(c, "next: let each officer compare the fingerprint with the own card, then unlock once with `shirabe store unlock "
    "--officer ...`",
                                  "次に：各担当者が自分のカードと指紋を照合し、`shirabe store unlock --officer ...` で一度解錠してください"));
  return 0;
}

const struct command cmd_store_init = {
  .noun = "store",
  .verb = "init",
  .summary_en = "create an office whose keys are held by several officers",
  .summary_ja = "鍵を複数の担当者が分けて持つ機関を作る",
  .detail_en = "The ceremony. Each officer has made a key file and a card before (`shirabe store user key`); only the cards are needed here, no "
    "passphrase is "
               "asked. The root key is made, shared among the key officers and kept nowhere else: so many of them unlock the store together. A "
                 "second secret, "
               "the authority, is shared among all who are named: so many of them, an auditor among them, change officers or destroy keys. Exactly "
                 "two people lead "
               "(chief, manager); they appoint the others afterwards, two approvals each. An office of one person uses `shirabe office init`. With "
                 "--shares the "
               "share files are written out too: each opens with the key file of its officer, and `age` and `gfcombine` of Debian rebuild the root "
                 "key from "
               "them without this program.",
  .detail_ja = "鍵生成式（キーセレモニー）です。各担当者はあらかじめ鍵ファイルとカードを作ります（`shirabe store user key`）。ここで使うのはカードだけで、パスフレーズは聞きません。根の鍵を作り、鍵管理者に"
               "分けて渡し、ほかには残しません。定めた人数がそろうと解錠できます。もう一つの秘密（承認権）は指定した全員で分け、監査担当を含む定めた人数で、担当者の変更と鍵の破棄を行います。"
               "責任者（総括・管理）はちょうど二人で、その後の任命はこの二人の承認によります。一人の機関は `shirabe office init` を使います。--shares でシェアファイルも書き出します。"
               "各担当者の鍵で開き、Debian の age と gfcombine だけで根の鍵を復元できます。",
  .options = (const struct option_record[]){
    OFFICE_OPTIONS,
    FOUNDERS_OPTIONS,
    THRESHOLD_OPTIONS("2/3", "3/5"),
    {.name = "shares", .kind = OPT_DIRECTORY, .value_name = "DIR", .help_en = "write the share files out as well", .help_ja = "シェアファイルも書き出す"},
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store init --office kokyo --type ministry --code mhlw --name 厚生労働省 --profile light --key-officer a.card --key-officer b.card "
      "--key-officer c.card "
     "--manager c.card --chief d.card --auditor e.card",
     "two of three unlock, three of five change officers (demonstration)", "解錠は3人中2人、担当者の変更は5人中3人（実演用）"},
    {"shirabe store init --office ken --type prefecture --code 010006 --name 北海道 --profile light --key-officer a.card --key-officer b.card --chief "
      "a.card "
     "--manager b.card --auditor e.card --unlock-threshold 2/2 --authority-threshold 3/3 --shares shares",
     "a small office: both unlock, all three change officers", "小さな機関：二人で解錠、三人で変更"},
    {.command = NULL}},
  .run = run,
};
