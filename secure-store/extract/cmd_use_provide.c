/* shirabe use provide GRANT --out DIR --officer BUILDER --officer SIGNER */
#include <string.h>

#include "forms/form.h"
#include "secure-store/extract/cmd_use_common.h"

static enum err_code formats_of(struct cli *c, unsigned *out, struct err *e) {
  static const struct {
    const char *name;
    unsigned bit;
  } all[] = {{"csv", PROVIDE_CSV}, {"dta", PROVIDE_DTA}, {"sav", PROVIDE_SAV}};
  struct str rest = str_of(cli_text(c, "formats"));
  *out = 0;
  while (rest.n > 0) {
    struct str name = str_split(rest, ',', &rest);
    unsigned bit = 0;
    for (size_t i = 0; i < 3; i++)
      if (str_eq(name, str_of(all[i].name))) bit = all[i].bit;
    if (!bit) return ERR(e, E_USAGE_VALUE, .subject = "--formats", .expected = "csv,dta,sav");
    *out |= bit;
  }
  return *out ? E_OK : ERR(e, E_USAGE_VALUE, .subject = "--formats", .expected = "csv,dta,sav");
}
static void print(struct cli *c, const struct provide_result *r) {
  struct err demo = {.code = E_OK};
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put_int(&j, "columns", r->columns);
    json_key(&j, "demo");
    json_bool(&j, r->demo);
    json_put(&j, "folder", r->folder);
    use_print_outside(c, &j, &r->outside);
    json_put_int(&j, "rows", r->rows);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
  } else {
    use_print_outside(c, NULL, &r->outside);
    fprintf(cli_out(c), cli_say(c, "%lld rows, %d columns in %s\n", "%lld 件、%d 列。出力先 %s\n"), (long long)r->rows, r->columns, r->folder);
  }
  if (!r->demo) return;
  (void)ERR(&demo, E_EXTRACT_DEMO, .subject = r->outside.provision);
  job_problem(cli_job(c), &demo);
}
static enum err_code work(struct cli *c, struct store *s, struct officer_secret *secret[2], struct provide_result *r, struct err *e) {
  struct provide_request q = {
      .grant = cli_operand(c, 0), .dataset = cli_text(c, "dataset"), .out_folder = cli_text(c, "out"), .forms = forms_folder(), .level = 1};
  TRY(formats_of(c, &q.formats, e));
  if (cli_repeat_count(c, "officer") != 2)
    return ERR(e, E_USAGE_VALUE, .subject = "--officer", .expected = "two: the builder and who signs with him");
  for (int i = 0; i < 2; i++) TRY(use_officer(c, s, i, &secret[i], e));
  q.builder = secret[0], q.signer = secret[1];
  return provide(s, &q, r, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct officer_secret *secret[2] = {NULL, NULL};
  struct provide_result r;
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code) code = work(c, s, secret, &r, &e);
  if (!code) print(c, &r);
  for (int i = 0; i < 2; i++) officer_secret_free(secret[i]);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_use_provide = {
    .noun = "use",
    .verb = "provide",
    .summary_en = "build the package of a grant, signed by two officers",
    .summary_ja = "利用許可に基づく提供物を作成し、二人の担当者が署名する",
    .detail_en =
        "Writes DIR/extract-GRANT/extract-GRANT.tar.zst.age, encrypted to the person of the grant and to nobody else, and two signatures beside it. "
        "Inside: "
        "the rows as CSV, Stata and SPSS, codebooks in Japanese and English, DDI, terms, the form of the ledger, a proof that the log knows of it, "
        "and a signed "
        "manifest. Row ids and order are the recipient's own, so that a copy can be traced. The whole folder appears, or nothing.",
    .detail_ja =
        "DIR/extract-GRANT/ に、利用者だけが開ける extract-GRANT.tar.zst.age と二つの署名を書きます。内容は CSV・Stata・SPSS "
        "のデータ、日英の符号表、DDI、利用条件、"
        "管理簿の様式、ログの証明、署名付き目録です。行番号と並び順は受領者ごとに異なり、複製の追跡に使えます。途中までの出力は残りません。",
    .options = (const struct option_record[]){STORE_OPTION_PASSPHRASE, USE_OPTION_OFFICER,
        {.name = "out",
            .kind = OPT_DIRECTORY,
            .value_name = "DIR",
            .help_en = "where the folder of the package appears",
            .help_ja = "提供物のフォルダーを置く場所",
            .required = true},
        {.name = "dataset",
            .kind = OPT_TEXT,
            .value_name = "NAME",
            .help_en = "SURVEY/FORM/PERIOD/STAGE when the grant covers several",
            .help_ja = "許可が複数を含むとき、調査/調査票/期間/段階"},
        {.name = "formats",
            .kind = OPT_TEXT,
            .value_name = "LIST",
            .help_en = "of csv,dta,sav",
            .help_ja = "csv,dta,sav から選ぶ",
            .default_text = "csv,dta,sav"},
        {.name = NULL}},
    .operands =
        (const struct operand_record[]){
            {.name = "GRANT", .help_en = "id of a grant in force", .help_ja = "有効な利用許可の番号", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use provide g-2026-1 --out packages --officer provider.key --officer manager.key",
                                             "both officers are there and type their passphrases", "二人の担当者がその場でパスフレーズを入力"},
        {"shirabe use provide g-2026-1 --out packages --officer provider.key --officer manager.key --formats csv", "without Stata and SPSS files",
            "Stata・SPSS を除く"},
        {.command = NULL}},
    .run = run,
};
