/* shirabe office init */
#include <stdio.h>
#include <string.h>

#include "secure-store/cmd_office_options.h"

static enum err_code init(struct cli *c, struct office *o, struct err *e) {
  char *passphrase = NULL;
  TRY(office_options_take(c, o, e));
  TRY(passphrase_read(cli_text(c, "passphrase-file"), &passphrase, e));
  enum err_code code = store_init(cli_job(c), cli_text(c, "office"), o, passphrase, cli_text(c, "profile"), e);
  passphrase_free(passphrase);
  return code;
}

static void print(struct cli *c, const struct office *o, const char *path) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  office_fingerprint(o, fingerprint);
  fprintf(cli_out(c), cli_say(c, "office       %s\ncard         %s\nfingerprint  %s\n", "機関  %s\nカード  %s\n指紋    %s\n"), o->id, path, fingerprint);
  fprintf(stderr, "%s\n", cli_say(c, "next: give the card to the office you report to, and read the fingerprint aloud by telephone",
                                  "次に：カードを提出先の機関に渡し、電話で指紋を読み合わせてください"));
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct office o = {.type = OFFICE_MUNICIPALITY};
  char path[4096];
  enum err_code code = init(c, &o, &e);
  snprintf(path, sizeof path, "%.4000s/office.json", cli_text(c, "office"));
  if (!code) code = office_card_read(path, &o, &e);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) {
    struct strbuf card;
    strbuf_init(&card, 0);
    if (office_card_text(&o, &card, &e)) return cli_fail(c, &e);
    fwrite(card.p, 1, card.n, cli_out(c));
    strbuf_release(&card);
  } else print(c, &o, path);
  return 0;
}

const struct command cmd_office_init = {
  .noun = "office",
  .verb = "init",
  .summary_en = "create this office: keys, sealed store, access log",
  .summary_ja = "機関を作る：鍵、保管庫、アクセスログ",
  .detail_en = "Makes the folder given with --office. Keys are made here and never leave it; office.json is the public card. Profile `standard` "
               "derives the key with 256 MiB of memory; `light` is for demonstrations and tests, is labelled so, and nothing made from it can be "
               "released. Without the passphrase nobody can open the store, and nobody can restore it.",
  .detail_ja = "--office のフォルダーを作ります。鍵はここで作られ、外に出ません。office.json は公開カードです。standard は鍵導出に 256 MiB のメモリーを使います。light は実演と試験用で、"
               "その旨が記され、そこから作ったものは公表できません。パスフレーズを失うと、誰にも開けません。",
  .options = (const struct option_record[]){
    OFFICE_OPTIONS,
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe office init --office sapporo --type municipality --code 011002 --name 札幌市 --parent hokkaido/office.json --profile light "
     "--passphrase-file pass.txt",
     "a municipality that reports to its prefecture (demonstration)", "都道府県に提出する市（実演用）"},
    {"shirabe office init --office mhlw --type ministry --code mhlw --name 厚生労働省 --profile light --passphrase-file pass.txt",
     "the office at the top (demonstration)",
     "最上位の機関（実演用）"},
    {.command = NULL}},
  .run = run,
};
