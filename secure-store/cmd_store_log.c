/* shirabe store log: the entries in words; evidence for outsiders (cmd_store_evidence.c) */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/cmd_store_evidence.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/store_impl.h"

struct words {
  const char *name, *en, *ja;
};
static const struct words action_words[] = {
    {"install", "office created", "機関を作成"}, {"policy-set", "policy set", "方針を設定"}, {"role-grant", "office or role enrolled", "機関・役割を登録"},
    {"role-revoke", "role withdrawn", "役割を取消"}, {"key-create", "key made", "鍵を作成"}, {"key-share-issue", "key share issued", "鍵の分割片を交付"},
    {"key-unlock-try", "attempt to open", "解錠の試み"}, {"key-unlock", "store opened", "保管庫を開く"}, {"key-seal", "store closed", "保管庫を閉じる"},
    {"key-rotate", "keys renewed", "鍵を更新"}, {"key-rewrap", "keys wrapped anew", "鍵を包み直し"}, {"key-retire", "key retired", "鍵を廃止"},
    {"data-import", "data taken in", "データを受入"}, {"data-segment-write", "data written", "データを書込"}, {"data-correct", "data corrected or replaced",
                                                                                                   "データを訂正・置換"},
    {"data-read", "data read", "データを閲覧"}, {"data-export-deny", "export refused", "持出しを拒否"},
    {"ledger-decide", "state of a month decided", "審査状態を決定"}, {"ledger-cutoff", "cut-off taken", "締切を確定"}, {"grant-request", "use requested", "利用を申出"},
    {"grant-vote", "vote on a use", "利用の審査"}, {"grant-activate", "use permitted", "利用を承諾"}, {"grant-edit", "use changed", "利用を変更"},
    {"grant-expire", "use expired", "利用期間満了"}, {"grant-revoke", "use withdrawn", "利用を取消"}, {"package-build", "package built", "提供物・バッチを作成"},
    {"package-sign", "package signed", "提供物に署名"}, {"package-handover", "package handed over", "提供物を引渡"}, {"package-return", "package returned",
        "提供物を返却"},
    {"media-register", "medium registered", "媒体を登録"}, {"media-move", "medium moved", "媒体を移動"}, {"media-lend", "medium lent", "媒体を貸出"},
    {"media-overdue", "medium overdue", "媒体の返却遅延"}, {"media-destroy", "medium destroyed", "媒体を破壊"}, {"job-start", "job started", "処理を開始"},
    {"job-end", "job ended", "処理を終了"}, {"job-kill", "job killed", "処理を強制終了"}, {"output-submit", "output submitted", "出力を提出"},
    {"output-vote", "vote on an output", "出力の審査"}, {"output-block", "output blocked", "出力を差止"}, {"output-release", "output released", "出力を公表"},
    {"retention-set", "retention set", "保存期間を設定"}, {"retention-hold", "destruction put on hold", "廃棄を保留"}, {"retention-unhold", "hold lifted",
        "保留を解除"},
    {"destroy-propose", "destruction proposed", "廃棄を提案"}, {"destroy-sign", "destruction signed", "廃棄に署名"}, {"destroy-cool", "destruction waiting",
        "廃棄の待機期間"},
    {"destroy-cancel", "destruction cancelled", "廃棄を中止"}, {"destroy-execute", "destroyed", "廃棄を実行"}, {"destroy-certify", "destruction certified",
        "廃棄を証明"},
    {"incident-open", "incident opened", "事故を記録"}, {"incident-update", "incident updated", "事故の経過"}, {"incident-report", "incident reported",
        "事故を報告"},
    {"incident-close", "incident closed", "事故を終結"}, {"inspect-plan", "inspection planned", "点検を計画"}, {"inspect-done", "inspection done", "点検を実施"},
    {"clock-anomaly", "clock anomaly", "時計の異常"}, {"tamper", "tampering found", "改変を検出"}, {"witness-cosign", "cosigned by a witness", "立会人が連署"},
    {"witness-refuse", "witness refused", "立会人が拒否"}, {"break-glass", "emergency access", "緊急の利用"},
};
static const struct words result_words[] = {
    [LOG_INTENT] = {"intent", "intended", "予定"}, [LOG_DONE] = {"done", "done", "完了"}, [LOG_FAILED] = {"failed", "failed", "失敗"},
    [LOG_REFUSED] = {"refused", "refused", "拒否"}, [LOG_UNKNOWN_OUTCOME] = {"unknown-outcome", "end not recorded", "終了の記録なし"}, [LOG_NOTE] = {"note",
        "note", "注記"},
};

static const struct words *words_of(uint16_t action) {
  static const struct words none = {"?", "unknown action", "不明な操作"};
  const char *name = log_action_name(action);
  for (size_t i = 0; name && i < sizeof action_words / sizeof *action_words; i++)
    if (strcmp(action_words[i].name, name) == 0) return &action_words[i];
  return &none;
}

struct printing {
  struct cli *c;
  struct json_out j;
  uint64_t first;
};

static enum err_code print_json(void *context, const struct log_leaf *leaf, struct err *e) {
  struct printing *p = context;
  char when[24];
  (void)e;
  if (leaf->seq < p->first) return E_OK;
  time_format_utc(leaf->wall, when);
  json_object(&p->j);
  json_put_int(&p->j, "seq", (int64_t)leaf->seq);
  json_put(&p->j, "time", when);
  json_put(&p->j, "action", words_of(leaf->action)->name);
  json_put(&p->j, "result", result_words[leaf->result].name);
  if (leaf->intent != UINT64_MAX) json_put_int(&p->j, "intent", (int64_t)leaf->intent);
  json_put(&p->j, "object", leaf->object);
  json_put(&p->j, "basis", leaf->basis);
  json_put(&p->j, "grant", leaf->grant);
  json_put_int(&p->j, "rows", leaf->rows);
  store_cmd_hex(&p->j, "actor", leaf->actor, sizeof leaf->actor);
  store_cmd_hex(&p->j, "columns_hash", leaf->columns_hash, 32);
  store_cmd_hex(&p->j, "output_hash", leaf->output_hash, 32);
  store_cmd_hex(&p->j, "state_before", leaf->root_before, 32);
  store_cmd_hex(&p->j, "state_after", leaf->root_after, 32);
  json_end_object(&p->j);
  return E_OK;
}

static enum err_code print_line(void *context, const struct log_leaf *leaf, struct err *e) {
  struct printing *p = context;
  char when[32], about[48] = "";
  (void)e;
  if (leaf->seq < p->first) return E_OK;
  const struct words *action = words_of(leaf->action), *result = &result_words[leaf->result];
  time_format_jst(leaf->wall, when);
  if (leaf->intent != UINT64_MAX) snprintf(about, sizeof about, cli_say(p->c, " (of %llu)", "（%llu の結果）"), (unsigned long long)leaf->intent);
  fprintf(cli_out(p->c), "%llu\t%s\t%s\t%s%s\t%s", (unsigned long long)leaf->seq, when, cli_say(p->c, action->en, action->ja), cli_say(p->c,
      result->en, result->ja), about,
          leaf->object);
  if (leaf->rows) fprintf(cli_out(p->c), cli_say(p->c, "\t%lld rows", "\t%lld 件"), (long long)leaf->rows);
  if (leaf->basis[0]) fprintf(cli_out(p->c), "\t%s", leaf->basis);
  fputc('\n', cli_out(p->c));
  return E_OK;
}

static enum err_code list(struct cli *c, struct store *s, struct err *e) {
  struct printing p = {.c = c};
  struct strbuf b;
  uint64_t n = access_log_size(s->log.tree);
  int64_t last = cli_text(c, "last") ? cli_int(c, "last") : 0;
  if (last > 0 && (uint64_t)last < n) p.first = n - (uint64_t)last;
  if (!cli_json(c)) return store_log_each(s, print_line, &p, e);
  strbuf_init(&b, 0);
  json_begin(&p.j, &b, false);
  json_array(&p.j);
  enum err_code code = store_log_each(s, print_json, &p, e);
  json_end_array(&p.j);
  if (code) strbuf_release(&b);
  else store_cmd_print_json(c, &b);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool evidence = evidence_wanted(c);
  enum err_code code = evidence_needs_keys(c) ? store_cmd_unlock(c, &s, &e) : store_cmd_locked(c, &s, &e);
  if (!code) code = evidence ? evidence_run(c, s, &e) : list(c, s, &e);
  if (!code && !evidence) code = evidence_say_witnessed(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_log = {
  .noun = "store",
  .verb = "log",
  .summary_en = "the access log in clear words, or evidence for people outside",
  .summary_ja = "アクセスログを言葉で示す、または外部の人への証拠を出す",
  .detail_en = "Number, time (+09:00), action, result, object, rows, legal basis. The log holds ids only, no names and no answers. Evidence that "
               "anyone can check without keys, with `shirabe-verify`: --proof (C2SP tlog-proof of one entry), --leaf, --tiles (the whole log), "
               "--checkpoint, --qr (for paper). A witness (`shirabe-witness`) gets --request and gives a cosigned checkpoint back for --cosign; "
               "--policy says whose cosignatures count. What needs a fresh signature needs the passphrase.",
  .detail_ja = "番号、時刻（+09:00）、操作、結果、対象、件数、法的根拠。ログにあるのは識別子だけで、氏名も回答もありません。外部の人が鍵なしで "
               "`shirabe-verify` により検証できる証拠：--proof（一件の証明）、--leaf、--tiles（ログ全体）、--checkpoint、--qr（紙に印刷）。"
               "立会人（`shirabe-witness`）には --request の出力を渡し、連署されたものを --cosign で取り込みます。有効な連署は --policy で定めます。"
               "新しい署名が要るものにはパスフレーズが必要です。",
  .options = (const struct option_record[]){
    {.name = "last", .kind = OPT_INT, .value_name = "N", .help_en = "only the last N entries", .help_ja = "最後の N 件だけ"},
    STORE_EVIDENCE_OPTIONS,
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){{"shirabe store log --last 20", "the last twenty entries", "最後の20件"}, {"shirabe store log --json",
      "everything, for a program", "全件を JSON で"}, {"shirabe store log --checkpoint", "what a witness or a printed register is compared with",
      "立会人や印刷した管理簿と照合するチェックポイント"}, {.command = NULL}},
  .run = run,
};
