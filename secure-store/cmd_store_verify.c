/* shirabe store verify [--open] [--against FILE] */
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic_file.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/host_check.h"
#include "secure-store/store_evidence.h"

static void print_json(struct cli *c, const struct store_verify_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "leaves", r->leaves);
  json_put_int(&j, "checkpoints", r->checkpoints);
  json_put_int(&j, "packs", r->packs);
  json_put_int(&j, "segments", r->segments);
  json_put_int(&j, "segments_opened", r->segments_opened);
  json_put_int(&j, "problems", r->problems);
  json_put(&j, "root", r->root_hex);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}

static void print_text(struct cli *c, const struct store_verify_report *r) {
  fprintf(cli_out(c), cli_say(c, "log: %lld entries on two devices, %lld checkpoints, root %s\n", "ログ：二つの装置に %lld 件、署名済みチェックポイント %lld 件、根 %s\n"),
          (long long)r->leaves,
          (long long)r->checkpoints, r->root_hex);
  fprintf(cli_out(c), cli_say(c, "packs: %lld, segments %lld, opened %lld\n", "パック：%lld、区画 %lld、開いた区画 %lld\n"), (long long)r->packs,
          (long long)r->segments,
          (long long)r->segments_opened);
  fprintf(cli_out(c), cli_say(c, "problems: %lld\n", "問題：%lld\n"), (long long)r->problems);
}

static enum err_code against(struct cli *c, struct store *s, struct err *e) {
  const char *path = cli_text(c, "against");
  uint8_t *p = NULL;
  size_t n = 0;
  if (!path) return E_OK;
  TRY(file_read(path, 1 << 20, &p, &n, e));
  enum err_code code = store_log_against(s, path, str_view((const char *)p, n), e);
  free(p);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct store_verify_report r = {.leaves = 0};
  bool open_segments = cli_flag(c, "open");
  enum err_code code = open_segments ? store_cmd_unlock(c, &s, &e) : store_cmd_any(c, &s, &e);
  if (!code) host_check(cli_job(c), "/proc");
  if (!code) code = against(c, s, &e);
  if (!code) code = store_verify(s, open_segments, &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, &r);
  else print_text(c, &r);
  return r.problems > 0;
}

const struct command cmd_store_verify = {
    .noun = "store",
    .verb = "verify",
    .summary_en = "check the log, its checkpoints, the state and every pack",
    .summary_ja = "ログ、チェックポイント、内容、すべてのパックを検査する",
    .detail_en =
        "Without a passphrase: both log devices, every signed checkpoint, the roots of all datasets, the hashes of all packs. With --open "
        "every segment is decrypted as well, which stands in the log like any other access. --against holds the log against a checkpoint from "
        "outside: a witness, a printed QR code, "
        "the proof given out with an extract; an old copy of the whole store cannot be seen otherwise. Nothing is repaired. Exit status 1 when there "
        "are problems, each with its batch on stderr. Swap on an open device and a service that collects core dumps are warned of.",
    .detail_ja = "パスフレーズなしで、二つのログ、署名済みチェックポイント、データセットの根、パックのハッシュを検査します。--open "
                 "はすべての区画を復号して確かめます（ログに残ります）。--against は外部のチェックポイント（立会人、印刷した "
                 "QR、提供物の証明）とログを照合します。保管庫全体が古い写しに戻されたことは、これでしか分かりません。修復はしません。問題があれば終"
                 "了値は 1 です。"
                 "暗号化されていないスワップやコアダンプの収集サービスがあれば警告します。",
    .options = (const struct option_record[]){{.name = "open",
                                                  .kind = OPT_FLAG,
                                                  .help_en = "also open every segment (needs the passphrase)",
                                                  .help_ja = "すべての区画も開く（パスフレーズが必要）"},
        {.name = "against",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "a checkpoint of this log from outside",
            .help_ja = "外部にあるこのログのチェックポイント"},
        STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe store verify", "log and packs, without keys where none are given", "ログとパック"},
        {"shirabe store verify --open", "every segment as well", "すべての区画も"}, {.command = NULL}},
    .run = run,
};
