/* shirabe store destroy propose|sign|cancel|execute|certify|print|status|policy */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"

static const struct {
  const char *en, *ja;
} state_words[DISPOSAL_STATES] = {{"proposed: signatures are missing", "提案中（署名待ち）"}, {"cooling", "待機期間中"}, {"ready to execute", "実行可能"}, {"cancelled",
    "中止"},
    {"begun, not finished: execute again", "実行途中（execute を再度実行）"}, {"destroyed, certificate not signed", "廃棄済み（証明書は未署名）"}, {"destroyed and certified",
        "廃棄・証明済み"}};

static enum err_code propose(struct disposal_cmd *x, struct err *e) {
  struct disposal d = {.approvals = 0};
  const char *dataset;
  TRY(disposal_operand(x->c, 1, "DATASET", &dataset, e));
  TRY(row_set(d.dataset, sizeof d.dataset, "DATASET", dataset, e));
  TRY(disposal_text(x->c, "id", d.id, sizeof d.id, e));
  TRY(disposal_text(x->c, "part", d.part, sizeof d.part, e));
  TRY(disposal_text(x->c, "reason", d.reason, sizeof d.reason, e));
  TRY(disposal_text(x->c, "closed", d.closed, sizeof d.closed, e));
  TRY(disposal_propose(x->s, &d, x->who, e));
  disposal_said(x->c, "destruction proposed", "廃棄を提案しました", d.id);
  if (d.approvals == 0)
    fprintf(stderr, "%s\n", cli_say(x->c, "This office has no officers: nobody else has to agree. Cooling begins now; cancel it if in doubt.",
        "この機関には担当者がいないため、他の人の同意はありません。待機期間が始まりました。疑問があれば中止してください。"));
  return E_OK;
}

static enum err_code sign_given(struct disposal_cmd *x, const char *id, struct err *e) {
  uint8_t *bytes = NULL;
  size_t n = 0;
  TRY(file_read(cli_text(x->c, "approval"), 1 << 16, &bytes, &n, e));
  enum err_code code = disposal_take_approval(x->s, id, str_view((const char *)bytes, n), e);
  free(bytes);
  return code;
}

static enum err_code sign(struct disposal_cmd *x, struct err *e) {
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(cli_text(x->c, "approval") ? sign_given(x, id, e) : disposal_sign(x->s, id, x->who, e));
  disposal_said(x->c, "signed", "署名しました", id);
  return E_OK;
}

static enum err_code cancel(struct disposal_cmd *x, struct err *e) {
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(disposal_cancel(x->s, id, cli_text(x->c, "reason"), x->who, e));
  disposal_said(x->c, "cancelled", "中止しました", id);
  return E_OK;
}

static enum err_code execute(struct disposal_cmd *x, struct err *e) {
  const char *id;
  char *passphrase = NULL;
  bool officers = keystore_public(x->s->keys)->version > 1;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  if (!officers) TRY(passphrase_read(cli_text(x->c, "passphrase-file"), &passphrase, e));
  const struct disposal_keys keys = {.passphrase = passphrase, .officers = x->officers, .n = x->n};
  enum err_code code = disposal_execute(x->s, id, &keys, x->who, e);
  passphrase_free(passphrase);
  TRY(code);
  disposal_said(x->c, "destroyed", "廃棄しました", id);
  return E_OK;
}

static enum err_code certify(struct disposal_cmd *x, struct err *e) {
  const char *id, *to = cli_text(x->c, "out");
  struct strbuf b;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  strbuf_init(&b, 0);
  enum err_code code = disposal_certify(x->s, id, x->who, &b, e);
  if (!code && to) code = atomic_write(to, b.p, b.n, ATOMIC_REPLACE, 0644, e);
  else if (!code) fwrite(b.p, 1, b.n, cli_out(x->c));
  strbuf_release(&b);
  if (!code && to) disposal_said(x->c, "certificate written", "証明書を書き出しました", to);
  return code;
}

static enum err_code print(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct strbuf b;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  strbuf_init(&b, 0);
  enum err_code code = disposal_print(x->s, id, cli_lang(x->c), &b, e);
  if (!code) fwrite(b.p, 1, b.n, cli_out(x->c));
  strbuf_release(&b);
  return code;
}

/* --- status --- */

static void view_json(const struct disposal_view *v, struct json_out *j) {
  char hex[65];
  struct str name;
  hex_encode(v->subject, 32, hex);
  json_object(j);
  row_json(&disposal_format, &v->proposal, j);
  json_put(j, "state", disposal_state_name(v->state));
  json_put(j, "subject", hex);
  json_put_int(j, "proposed", v->proposed);
  json_put_int(j, "cooling_until", v->cooling.until);
  json_put_int(j, "signed", v->n_signed);
  json_put_int(j, "auditors_signed", v->n_auditors);
  json_key(j, "signers");
  json_array(j);
  for (int i = 0; row_list_at(v->signers, i, &name); i++) json_text(j, name);
  json_end_array(j);
  json_put_int(j, "executed", v->done.executed);
  json_end_object(j);
}

static void view_cells(struct disposal_cmd *x, const struct disposal_view *v, struct text_table *t) {
  char signatures[48], until[32] = "";
  snprintf(signatures, sizeof signatures, "%d/%lld", v->n_signed, (long long)v->proposal.approvals);
  if (v->cooling.until) time_format_jst(v->cooling.until, until);
  const char *const cells[] = {v->proposal.id, v->proposal.dataset, v->proposal.part, signatures, until, cli_say(x->c, state_words[v->state].en,
      state_words[v->state].ja)};
  for (int i = 0; i < 6; i++) text_table_cell(t, cells[i]);
}

static enum err_code each(struct disposal_cmd *x, struct text_table *t, struct json_out *j, struct err *e) {
  const char *only = cli_operand_count(x->c) > 1 ? cli_operand(x->c, 1) : NULL;
  struct record r;
  int64_t n = 0;
  for (uint64_t from = 0; record_next(x->s, "disposal:", from, &r);) {
    struct disposal_view v;
    char id[ACT_ID_BYTES];
    from = r.seq + 1;
    snprintf(id, sizeof id, "%.40s", r.object + strlen("disposal:"));
    if (only && strcmp(only, id) != 0) continue;
    TRY(disposal_read(x->s, id, &v, e));
    if (t) view_cells(x, &v, t);
    else view_json(&v, j);
    n++;
  }
  return only && n == 0 ? ERR(e, E_DISPOSAL_UNKNOWN, .subject = only) : E_OK;
}

static enum err_code status(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"disposal", "廃棄"}, {"dataset", "対象"}, {"part", "部分"}, {"signatures", "署名"}, {"cooling until", "待機期限"},
      {"state", "状態"}};
  struct strbuf b;
  struct json_out j;
  enum err_code code;
  if (cli_json(x->c)) {
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_array(&j);
    code = each(x, NULL, &j, e);
    json_end_array(&j);
    if (code) strbuf_release(&b);
    else store_cmd_print_json(x->c, &b);
    return code;
  }
  struct text_table *t = text_table_new(6);
  disposal_heads(t, x->c, heads, 6);
  code = each(x, t, NULL, e);
  if (!code) text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  return code;
}

static enum err_code policy(struct disposal_cmd *x, struct err *e) {
  struct disposal_policy p;
  char text[96];
  bool change = false;
  TRY(disposal_policy_read(x->s, &p, e));
  const struct {
    const char *option;
    int64_t *to;
  } options[] = {{"approvals", &p.approvals}, {"auditors", &p.auditors}, {"cooling-days", &p.cooling_days}};
  for (int i = 0; i < 3; i++)
    if (cli_text(x->c, options[i].option)) *options[i].to = cli_int(x->c, options[i].option), change = true;
  if (change) TRY(disposal_policy_set(x->s, &p, x->who, e));
  snprintf(text, sizeof text, cli_say(x->c, "%lld signatures, %lld auditor, %lld days", "署名 %lld 名、うち監査 %lld 名、待機 %lld 日"), (long long)p.approvals,
      (long long)p.auditors, (long long)p.cooling_days);
  disposal_said(x->c, "rule of disposal", "廃棄の規則", text);
  return E_OK;
}

static int run(struct cli *c) {
  static const struct {
    const char *name;
    enum err_code (*act)(struct disposal_cmd *x, struct err *e);
  } actions[] = {{"propose", propose}, {"sign", sign}, {"cancel", cancel}, {"execute", execute}, {"certify", certify}, {"print", print}, {"status",
      status}, {"policy", policy}};
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  const char *name = cli_operand(c, 0);
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(actions[i].name, name) != 0) continue;
    enum err_code code = actions[i].act == status ? disposal_cmd_look(c, &x, &e) : disposal_cmd_begin(c, &x, &e);
    if (!code) code = actions[i].act(&x, &e);
    return disposal_cmd_end(&x, code, &e);
  }
  (void)ERR(&e, E_DISPOSAL_ID, .subject = name, .expected = "propose, sign, cancel, execute, certify, print, status or policy");
  return cli_fail(c, &e);
}

const struct command cmd_store_destroy = {
  .noun = "store",
  .verb = "destroy",
  .summary_en = "destroy data that are no longer to be kept, with signatures, waiting time and certificate",
  .summary_ja = "保存期間の終わったデータの廃棄（署名・待機期間・証明書）",
  .detail_en = "Destroying too early is as grave as a leak. propose, sign (3 officers, one of them an auditor, none the proposer), 7 days in which "
    "anybody of them may "
               "cancel, execute, sign the statement, certify. Refused, with an alarm in the log: fundamental statistics, permanent data, a period "
                 "that runs, a hold, missing "
               "signatures, waiting time, data that changed. execute removes the wrapped key, begins a new key epoch, rewrites the packs without the "
                 "data, and truncates the "
               "write-ahead log; after an interruption say it again. It needs the passphrase, or --officer-key of as many officers as the authority "
                 "asks for. certify writes a "
               "JSON file that `shirabe-verify certificate` checks without keys; print prints it for paper. In an office without officers nobody "
                 "else signs, and the "
               "certificate says so.",
  .detail_ja = "早すぎる廃棄は漏えいと同じく重大です。propose（提案）、sign（提案者以外の3名、うち監査1名以上）、7日間の待機（中止可能）、execute（実行）、陳述への署名、certify（証明）の順に行います。"
               "基幹統計・永年・期間中・保留中・署名不足・待機中・提案後に変わったデータは拒否し、ログに警告を残します。execute は鍵を廃棄して鍵世代を更新し、該当データを除いてパックを書き直し、WAL を切り詰めます。"
               "中断したら再度実行してください。パスフレーズ、または必要人数の --officer-key が必要です。certify の JSON は `shirabe-verify certificate` で鍵なしに検証でき、print は印刷用に出力します。"
               "担当者のいない機関では他の人の署名はなく、証明書にその旨が記載されます。",
  .options = (const struct option_record[]){
    {.name = "id", .kind = OPT_TEXT, .value_name = "ID", .help_en = "id of the new disposal", .help_ja = "新しい廃棄の id"},
    {.name = "part", .kind = OPT_CHOICE, .choices = "ID|LINK|ANSWER|all", .default_text = "all", .value_name = "PART", .help_en = "which part",
        .help_ja = "部分"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "why, for propose and cancel", .help_ja = "理由（propose、cancel）"},
    {.name = "closed", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "how and when the purpose was closed", .help_ja = "利用目的が終了した経緯"},
    {.name = "approval", .kind = OPT_FILE, .value_name = "FILE", .help_en = "a signature made elsewhere", .help_ja = "別の場所で作成した署名"},
    {.name = "out", .kind = OPT_FILE, .value_name = "FILE", .help_en = "where the certificate goes (else stdout)", .help_ja = "証明書の出力先（省略時は標準出力）"},
    {.name = "approvals", .kind = OPT_INT, .value_name = "N", .help_en = "policy: how many sign", .help_ja = "policy：署名の人数"},
    {.name = "auditors", .kind = OPT_INT, .value_name = "N", .help_en = "policy: how many of them auditors", .help_ja = "policy：うち監査担当の人数"},
    {.name = "cooling-days", .kind = OPT_INT, .value_name = "N", .help_en = "policy: days of waiting", .help_ja = "policy：待機日数"},
    DISPOSAL_OPTIONS_OFFICER,
    {.name = NULL}},
  .operands = (const struct operand_record[]){
    {.name = "ACTION", .help_en = "propose, sign, cancel, execute, certify, print, status or policy",
        .help_ja = "propose、sign、cancel、execute、certify、print、status、policy", .required = true},
    {.name = "OBJECT", .help_en = "dataset (survey/form/period), or id of a disposal", .help_ja = "対象（調査/様式/期）、または廃棄の id"}, {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store destroy status", "every disposal and where it stands", "廃棄の一覧と状態"},
    {"shirabe store destroy propose shop/sales/2020-12 --id d-2026-1 --reason 'retention over' --closed 'last table 2022-03-31'",
        "propose the destruction of one month",
     "1か月分の廃棄を提案する"},
    {.command = NULL}},
  .run = run,
};
