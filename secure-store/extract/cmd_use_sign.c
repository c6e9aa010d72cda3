/* shirabe use sign PACKAGE --officer KEYFILE */
#include "secure-store/extract/cmd_use_common.h"

static enum err_code work(struct cli *c, struct store *s, struct officer_secret **secret, struct package_outside *o, struct err *e) {
  if (cli_repeat_count(c, "officer") != 1) return ERR(e, E_USAGE_VALUE, .subject = "--officer", .expected = "one");
  TRY(use_officer(c, s, 0, secret, e));
  return provide_sign(s, cli_operand(c, 0), *secret, o, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct officer_secret *secret = NULL;
  struct package_outside o;
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code) code = work(c, s, &secret, &o, &e);
  if (!code && cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    use_print_outside(c, &j, &o);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
  } else if (!code) use_print_outside(c, NULL, &o);
  officer_secret_free(secret);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_use_sign = {
    .noun = "use",
    .verb = "sign",
    .summary_en = "write an officer's signature beside a package again",
    .summary_ja = "提供物の署名ファイルを作り直す",
    .detail_en =
        "For a package whose .minisig file was lost. Only an officer who signed it when it was built, and only the bytes that this store recorded "
        "then.",
    .detail_ja = ".minisig ファイルを失った提供物に使います。作成時に署名した担当者が、作成時に記録されたものにだけ署名できます。",
    .options = (const struct option_record[]){STORE_OPTION_PASSPHRASE, USE_OPTION_OFFICER, {.name = NULL}},
    .operands =
        (const struct operand_record[]){
            {.name = "PACKAGE", .help_en = "extract-....tar.zst.age", .help_ja = "extract-….tar.zst.age", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use sign packages/extract-g-2026-1/extract-g-2026-1.tar.zst.age --officer manager.key",
                                             "its second signature was lost", "二つ目の署名を失ったとき"},
        {"shirabe use sign packages/extract-g-2026-1/extract-g-2026-1.tar.zst.age --officer provider.key --json", "the builder's, for a program",
            "作成者の署名。結果を JSON で"},
        {.command = NULL}},
    .run = run,
};
