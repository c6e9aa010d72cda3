/* shirabe store contract list | propose ID | approve ID | end ID --certificate FILE | report ID */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/term.h"
#include "secure-store/oversight/cmd_oversight.h"
#include "secure-store/oversight/contract.h"
#include "secure-store/oversight/contract_report.h"
#include "secure-store/store_impl.h"

enum { CERTIFICATE_MAX = 64 << 20 };

/* --- list --- */

static const char *state_of(struct cli *c, const struct contract_state *x, int64_t now) {
  if (x->ended) return cli_say(c, "ended, certificate kept", "終了、証明書保管");
  if (!x->approved) return cli_say(c, "waits for two approvals", "二人の承認待ち");
  if (!x->second) return cli_say(c, "sub-contract: waits for the chief's second approval", "再委託：総括責任者の再承認待ち");
  if (now < x->contract.from) return cli_say(c, "begins later", "開始前");
  return now < x->contract.until ? cli_say(c, "in force", "有効") : cli_say(c, "over, the erasure certificate is missing", "期間終了、消去証明書なし");
}
static void put_one(struct cli *c, struct json_out *j, const struct contract_state *x, int64_t now) {
  json_object(j);
  json_put(j, "id", x->contract.id);
  json_put(j, "organisation", x->contract.organisation);
  json_put(j, "parent", x->contract.parent);
  json_put(j, "datasets", x->contract.datasets);
  json_put(j, "purpose", x->contract.purpose);
  json_put_int(j, "from", x->contract.from);
  json_put_int(j, "until", x->contract.until);
  json_put_int(j, "approvals", x->n_approvals);
  json_put(j, "state", state_of(c, x, now));
  json_put(j, "certificate", x->end.certificate);
  json_end_object(j);
}
static void print_table(struct cli *c, const struct contract_state *list, int64_t n, int64_t now) {
  const char *const heads[] = {cli_say(c, "id", "id"), cli_say(c, "organisation", "組織"), cli_say(c, "under", "元契約"), cli_say(c, "until", "終了"),
                               cli_say(c, "state", "状態"), cli_say(c, "datasets", "データセット")};
  struct text_table *t = text_table_new(6);
  for (int k = 0; k < 6; k++) text_table_cell(t, heads[k]);
  for (int64_t i = 0; i < n; i++) {
    char until[11];
    date_format_iso((list[i].contract.until - 1) / 86400, until);
    text_table_cell(t, list[i].contract.id);
    text_table_cell(t, list[i].contract.organisation);
    text_table_cell(t, list[i].contract.parent[0] ? list[i].contract.parent : "-");
    text_table_cell(t, until);
    text_table_cell(t, state_of(c, &list[i], now));
    text_table_cell(t, list[i].contract.datasets);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
static enum err_code list_in(struct cli *c, struct store *s, struct err *e) {
  struct contract_state *list;
  struct strbuf b;
  struct json_out j;
  int64_t n = 0, now;
  TRY(contract_list(s, cli_job(c)->arena, &list, &n, e));
  TRY(store_now(s, &now, e));
  if (!cli_json(c)) return print_table(c, list, n, now), E_OK;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) put_one(c, &j, &list[i], now);
  json_end_array(&j);
  store_cmd_print_json(c, &b);
  return E_OK;
}
static enum err_code list(struct cli *c, struct err *e) {
  struct store *s = NULL;
  enum err_code code = store_cmd_any(c, &s, e);
  if (!code) code = list_in(c, s, e);
  store_close(s);
  return code;
}

/* --- propose, approve, end --- */

static enum err_code take_id(struct cli *c, char id[41], char object[64], struct err *e) {
  const char *text = cli_operand(c, 1);
  if (!text) return ERR(e, E_USAGE_REQUIRED, .subject = "ID");
  if (strlen(text) > 40) return ERR(e, E_CONTRACT_UNKNOWN, .subject = text);
  snprintf(id, 41, "%s", text);
  snprintf(object, 64, "contract:%s", text);
  return E_OK;
}
static enum err_code take(struct cli *c, struct contract *k, struct err *e) {
  TRY(oversight_cmd_text(c, "organisation", k->organisation, sizeof k->organisation, e));
  TRY(oversight_cmd_text(c, "datasets", k->datasets, sizeof k->datasets, e));
  TRY(oversight_cmd_text(c, "purpose", k->purpose, sizeof k->purpose, e));
  if (cli_text(c, "parent")) TRY(oversight_cmd_text(c, "parent", k->parent, sizeof k->parent, e));
  if (!cli_text(c, "until")) return ERR(e, E_USAGE_REQUIRED, .subject = "--until");
  TRY(oversight_cmd_day(c, "from", false, &k->from, e));
  return oversight_cmd_day(c, "until", true, &k->until, e);
}
static enum err_code propose_in(struct store *s, struct contract *k, struct err *e) {
  int64_t now;
  TRY(store_now(s, &now, e));
  if (!k->from) k->from = now;
  return contract_put(s, k, e);
}
static enum err_code propose(struct cli *c, struct err *e) {
  struct contract k = {.from = 0};
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  char object[64];
  TRY(take_id(c, k.id, object, e));
  TRY(take(c, &k, e));
  enum err_code code = oversight_cmd_leader(c, "role-grant", object, &s, &who, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, propose_in(s, &k, e), "role-grant", object, e);
  if (!code) code = list_in(c, s, e);
  oversight_cmd_close(s, &who);
  return code;
}
static enum err_code approve_in(struct cli *c, struct store *s, const struct rights_officer *o, const char *id, struct err *e) {
  struct contract_state x;
  struct strbuf word;
  TRY(contract_find(s, id, &x, e));
  strbuf_init(&word, 0);
  enum err_code code = rights_cmd_sign(s, o, cli_flag(c, "second") ? "subcontract" : "contract", x.subject, !cli_flag(c, "refuse"), &word, e);
  if (!code) code = contract_vote(s, id, str_view(word.p, word.n), e);
  strbuf_release(&word);
  return code;
}
static enum err_code approve(struct cli *c, struct err *e) {
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  char object[64], id[41];
  TRY(take_id(c, id, object, e));
  enum err_code code = oversight_cmd_officer(c, &s, &who, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, approve_in(c, s, &who, id, e), "role-grant", object, e);
  if (!code) code = list_in(c, s, e);
  oversight_cmd_close(s, &who);
  return code;
}
static enum err_code end_contract(struct cli *c, struct err *e) {
  struct contract_end end = {.at = 0};
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  uint8_t *p = NULL;
  size_t n = 0;
  char object[64];
  TRY(take_id(c, end.id, object, e));
  if (!cli_text(c, "certificate")) return ERR(e, E_CONTRACT_CERTIFICATE, .subject = end.id);
  if (cli_text(c, "reason")) TRY(oversight_cmd_text(c, "reason", end.reason, sizeof end.reason, e));
  TRY(file_read(cli_text(c, "certificate"), CERTIFICATE_MAX, &p, &n, e));
  enum err_code code = oversight_cmd_leader(c, "role-revoke", object, &s, &who, e);
  memcpy(end.officer, who.card.id, sizeof end.officer);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, contract_finish(s, &end, p, n, e), "role-revoke", object, e);
  if (!code) code = list_in(c, s, e);
  free(p);
  oversight_cmd_close(s, &who);
  return code;
}

/* --- report --- */

static void put_access(struct json_out *j, const struct contract_access *a) {
  char when[24];
  time_format_utc(a->wall, when);
  json_object(j);
  json_put_int(j, "entry", (int64_t)a->seq);
  json_put(j, "time", when);
  json_put(j, "officer", a->officer);
  json_put(j, "action", log_action_name(a->action));
  json_put(j, "result", contract_access_result(a));
  json_put(j, "object", a->object);
  json_put(j, "grant", a->grant);
  json_put_int(j, "rows", a->rows);
  json_end_object(j);
}
static void say_access(struct cli *c, const struct contract_access *a) {
  char when[24];
  time_format_utc(a->wall, when);
  const char *action = log_action_name(a->action);
  fprintf(cli_out(c), "%llu  %s  %s  %s  %s  %s%s%s", (unsigned long long)a->seq, when, a->officer, action, contract_access_result(a), a->object,
      a->grant[0] ? "  " : "", a->grant);
  if (a->rows) fprintf(cli_out(c), cli_say(c, "  %lld rows", "  %lld 行"), (long long)a->rows);
  fputc('\n', cli_out(c));
}
static enum err_code report_in(struct cli *c, struct store *s, const char *id, struct err *e) {
  struct contract_report r;
  struct strbuf b;
  struct json_out j;
  TRY(contract_report_make(s, cli_job(c)->arena, id, &r, e));
  if (!cli_json(c)) {
    for (int64_t i = 0; i < r.n; i++) say_access(c, &r.access[i]);
    fprintf(cli_out(c), cli_say(c, "%s: %lld people, %lld entries, %lld rows read, %lld refused\n", "%s：%lld 人、記録 %lld 件、読んだ行 %lld、拒否 %lld 件\n"),
        r.organisation, (long long)r.people, (long long)r.n, (long long)r.rows, (long long)r.refused);
    return E_OK;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "contract", id);
  json_put(&j, "organisation", r.organisation);
  json_put_int(&j, "people", r.people);
  json_put_int(&j, "rows", r.rows);
  json_put_int(&j, "refused", r.refused);
  json_key(&j, "entries");
  json_array(&j);
  for (int64_t i = 0; i < r.n; i++) put_access(&j, &r.access[i]);
  json_end_array(&j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
  return E_OK;
}
static enum err_code report(struct cli *c, struct err *e) {
  struct store *s = NULL;
  char object[64], id[41];
  TRY(take_id(c, id, object, e));
  enum err_code code = store_cmd_any(c, &s, e);
  if (!code) code = report_in(c, s, id, e);
  store_close(s);
  return code;
}

static const struct {
  const char *name;
  enum err_code (*act)(struct cli *c, struct err *e);
} actions[] = {{"list", list}, {"propose", propose}, {"approve", approve}, {"end", end_contract}, {"report", report}};

static enum err_code act(struct cli *c, struct err *e) {
  const char *action = cli_operand(c, 0);
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(actions[i].name, action) == 0) return actions[i].act(c, e);
  return ERR(e, E_USAGE_VALUE, .subject = "ACTION", .expected = "list, propose, approve, end, report", .found = action);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return act(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_contract = {
    .noun = "store",
    .verb = "contract",
    .summary_en = "contractors of a store with officers: list, propose, approve, end, report",
    .summary_ja = "担当者のいる保管庫の委託先：一覧、登録、承認、終了、報告",
    .detail_en =
        "An organisation other than the office's own works under a contract: datasets, a time, what for. Two officers with role chief or manager "
        "`approve` it; a sub-contract (--parent) stays within its parent and needs the chief's second approval (--second). Its people have own keys "
        "and "
        "cards with their organisation, hold role maintenance, tabulator or provider only, not longer than the contract, and their grants name its "
        "datasets only. `end` keeps the erasure certificate sealed and ends their roles; without it no further contract with this organisation. "
        "`report` lists every entry of the log by them, from the log itself.",
    .detail_ja =
        "事務所以外の組織は、データセット・期間・目的を定めた委託契約の下でのみ働きます。総括・管理責任者2名が `approve` で承認し、再委託（--parent）は元の契約の範囲内で、"
        "総括責任者の再承認（--second）が必要です。委託先の者は自分の鍵と所属を記したカードを持ち、保守・集計・提供の役割だけを契約期間内で持ち、利用許可は契約のデータセットに限ります。"
        "`end` は消去証明書を封印して保管し、役割を終わらせます。証明書がない組織とは次の契約を結べません。`report` はその者たちの全記録をログから示します。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER,
        {.name = "organisation",
            .kind = OPT_TEXT,
            .value_name = "NAME",
            .help_en = "propose: as on the cards of its people",
            .help_ja = "propose：カードに記された組織名"},
        {.name = "datasets",
            .kind = OPT_TEXT,
            .value_name = "PATTERNS",
            .help_en = "propose: survey/form/period/stage, * for any part, separated by spaces",
            .help_ja = "propose：調査/様式/期間/段階（* は任意、空白区切り）"},
        {.name = "purpose", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "propose: what for", .help_ja = "propose：委託の内容"},
        {.name = "parent", .kind = OPT_TEXT, .value_name = "ID", .help_en = "propose: re-outsourced under it", .help_ja = "propose：再委託元の契約"},
        {.name = "from", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "propose: first day; default: now", .help_ja = "propose：開始日（省略時は今）"},
        {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "propose: last day", .help_ja = "propose：最終日"},
        {.name = "second", .kind = OPT_FLAG, .help_en = "approve: the chief's second word", .help_ja = "approve：再委託の総括責任者による再承認"},
        {.name = "refuse", .kind = OPT_FLAG, .help_en = "approve: refuse, or take an approval back", .help_ja = "approve：不承認、または承認の取下げ"},
        {.name = "certificate", .kind = OPT_FILE, .value_name = "FILE", .help_en = "end: the erasure certificate", .help_ja = "end：消去証明書"},
        {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "end: why", .help_ja = "end：理由"}, STORE_OPTION_PASSPHRASE,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION",
                                                    .required = true,
                                                    .help_en = "list, propose, approve, end, report",
                                                    .help_ja = "list, propose, approve, end, report"},
        {.name = "ID", .help_en = "the contract", .help_ja = "契約の id"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe store contract list", "contracts and their state", "契約と状態"},
        {"shirabe store contract propose entry-2026 --organisation 入力会社 --datasets 'vital/birth/*/received' --until 2027-03-31 --purpose データ入力 "
         "--officer chief.key",
            "the chief proposes one", "総括責任者が登録する"},
        {"shirabe store contract report entry-2026", "what its people did", "委託先の利用報告"}, {.command = NULL}},
    .run = run,
};
