/* shirabe batch seal SURVEY PERIOD */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "collector/batch.h"
#include "collector/batch_volume.h"
#include "collector/cmd_open.h"
#include "forms/form.h"

static enum err_code parse_declared(struct cli *c, struct batch_declared *out, int *n, struct err *e) {
  *n = 0;
  for (int i = 0; i < cli_repeat_count(c, "declared"); i++) {
    struct str count, form = str_split(str_of(cli_repeat(c, "declared", i)), '=', &count);
    int64_t v;
    if (*n == BATCH_MAX_FORMS || !form.n || !str_int64(count, &v) || v < 0) return ERR(e, E_BATCH_UNDECLARED, .subject = cli_repeat(c, "declared", i));
    char *name = arena_strdup(cli_job(c)->arena, form.p, form.n);
    if (!name) return ERR(e, E_NO_MEMORY, .subject = "declared");
    out[(*n)++] = (struct batch_declared){name, v};
  }
  return E_OK;
}

static void print_result(struct cli *c, const struct batch_result *r) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put(&j, "id", r->id);
    json_put(&j, "file", r->path);
    json_put_int(&j, "sequence", r->sequence);
    json_put_int(&j, "records", r->records);
    json_put_int(&j, "embedded", r->lower);
    json_put_int(&j, "files", r->files);
    json_end_object(&j);
    fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
    strbuf_release(&b);
    return;
  }
  fprintf(cli_out(c), "%s\n", r->path);
  fprintf(stderr, cli_say(c, "batch %lld: %lld records, %lld embedded batches; id %.16s\n", "第%lld号: 記録 %lld 件、下位のバッチ %lld 件、識別 %.16s\n"), (long long)r->sequence,
          (long long)r->records, (long long)r->lower, r->id);
  if (r->files > 1)
    fprintf(stderr,
            cli_say(c, "%lld parts, this is the first; the office above takes them in any order\n",
                    "%lld 部に分割しました（上は最初の部）。受け取る順序は問いません\n"),
            (long long)r->files);
  if (r->already) fprintf(stderr, "%s", cli_say(c, "(an earlier batch, written again)\n", "（以前のバッチの再発行）\n"));
}

static enum err_code seal(struct cli *c, struct batch_result *out, struct err *e) {
  struct batch_declared declared[BATCH_MAX_FORMS];
  struct batch_seal_request r = {.survey = cli_operand(c, 0), .period = cli_operand(c, 1), .out_folder = cli_text(c, "out"), .forms = forms_folder(), .declared = declared,
                                 .nil = cli_flag(c, "nil"), .proxy = cli_text(c, "proxy"), .carrier.zip = cli_flag(c, "zip")};
  struct store *s = NULL;
  TRY(parse_declared(c, declared, &r.n_declared, e));
  const char *size = cli_text(c, "volume-size");
  if (size && (r.carrier.volume_bytes = batch_volume_size(size)) < 0) return ERR(e, E_VOLUME_SIZE, .subject = size);
  TRY(cmd_open_store(c, &s, e));
  const char *again = cli_text(c, "again");
  enum err_code code = again ? batch_reissue(s, again, r.survey, r.out_folder, &r.carrier, out, e) : batch_seal(s, &r, out, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct batch_result result;
  if (seal(c, &result, &e)) return cli_fail(c, &e);
  print_result(c, &result);
  return 0;
}

static const struct option_record options[] = {
    {.name = "declared",
     .kind = OPT_REPEAT,
     .value_name = "FORM=COUNT",
     .help_en = "count on the transmittal slip, once per form (0 when there was nothing)",
     .help_ja = "送付票の件数。様式ごとに指定（該当なしは 0）"},
    {.name = "nil", .kind = OPT_FLAG, .help_en = "report that there was nothing at all", .help_ja = "該当なしを報告する"},
    {.name = "again",
     .kind = OPT_TEXT,
     .value_name = "NUMBER",
     .help_en = "write an earlier batch again, unchanged",
     .help_ja = "以前のバッチをそのまま再発行する"},
    {.name = "proxy",
     .kind = OPT_TEXT,
     .value_name = "TEXT",
     .help_en = "who typed for whom (proxy entry)",
     .help_ja = "代行入力の内容（誰が誰の分を入力したか）"},
    {.name = "volume-size",
     .kind = OPT_TEXT,
     .value_name = "SIZE",
     .help_en = "split into parts of at most this size, for example 20MiB",
     .help_ja = "この大きさ以下に分割する（例 20MiB）"},
    {.name = "zip",
     .kind = OPT_FLAG,
     .help_en = "a plain zip around each file, for gateways that pass nothing else",
     .help_ja = "zip だけを通すゲートウェイのため、各ファイルを無圧縮の zip に入れる"},
    OPTION_OUT("folder for the batch file", "バッチのファイルを置くフォルダー"),
    OPTION_PASSPHRASE,
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id, as in shirabe form show", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
                                                 OPERANDS_END};
static const struct example examples[] = {
    {"shirabe batch seal vital 2025-12 --declared birth=24 --declared death=31 --out usb",
     "what was taken in becomes one numbered, signed, encrypted file", "取り込んだ記録を、番号と署名の付いた暗号化ファイルにする"},
    {"shirabe batch seal vital 2025-12 --again 1 --volume-size 20MiB --zip --out mail",
     "the mail gateway takes 20 MiB and zip only: batch 1 again in parts", "20 MiB までの zip しか通らないとき、第1号を分割して再発行する"},
    {"shirabe batch seal vital 2025-12 --again 1 --out usb", "the stick was lost: write batch 1 again", "媒体を失ったとき、第1号を再発行する"},
    EXAMPLES_END};
const struct command cmd_batch_seal = {
    .noun = "batch", .verb = "seal", .summary_en = "make the numbered, sealed file for the office above", .summary_ja = "上位機関へ送る、番号付きの封緘ファイルを作る",
    .detail_en = "Takes everything of the period that was taken in and not sent yet, and every received batch of lower offices that was not forwarded yet. The declared counts are"
                 " compared with the records; when they differ nothing is sealed.",
    .detail_ja = "その期間に取り込まれ、まだ送られていない記録と、まだ転送されていない下位機関のバッチをすべて含めます。送付票の件数と記録の件数が異なれば封緘しません。",
    .options = options, .operands = operands, .examples = examples, .run = run};
