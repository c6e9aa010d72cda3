/* shirabe store inspect list | plan ID --due DATE --about TEXT | done ID --result RESULT */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/term.h"
#include "secure-store/oversight/cmd_oversight.h"
#include "secure-store/oversight/inspection.h"
#include "secure-store/store_impl.h"

static const char *state_of(struct cli *c, const struct inspection_state *x, int64_t today) {
  if (x->task) return x->done ? cli_say(c, "done by the auditor", "監査担当が実施済み") : cli_say(c, "waits for the auditor", "監査担当の実施待ち");
  if (x->done) return cli_say(c, "done", "実施済み");
  if (x->due < today) return cli_say(c, "overdue", "期限超過");
  return cli_say(c, "planned", "計画");
}
static void due_text(const struct inspection_state *x, char out[11]) {
  if (x->due == INT64_MAX) snprintf(out, 11, "-");
  else date_format_iso(x->due, out);
}
static void put_one(struct cli *c, struct json_out *j, const struct inspection_state *x, int64_t today) {
  char due[11];
  due_text(x, due);
  json_object(j);
  json_put(j, "id", x->plan.id);
  json_put(j, "about", x->plan.about);
  json_put(j, "due", due);
  json_put_int(j, "every", x->plan.every);
  json_put(j, "planned_by", x->plan.officer);
  json_put(j, "state", state_of(c, x, today));
  json_put(j, "last_result", x->last.result);
  json_put(j, "last_date", x->last.date);
  json_put(j, "last_officer", x->last.officer);
  json_put(j, "last_findings", x->last.findings);
  json_put_int(j, "log_size", x->last.log_size);
  json_put(j, "log_root", x->last.log_root);
  json_end_object(j);
}
static void print_table(struct cli *c, const struct inspection_state *list, int64_t n, int64_t today) {
  const char *const heads[] = {cli_say(c, "id", "id"), cli_say(c, "due", "期日"), cli_say(c, "state", "状態"), cli_say(c, "last", "前回"),
                               cli_say(c, "about", "内容")};
  struct text_table *t = text_table_new(5);
  for (int k = 0; k < 5; k++) text_table_cell(t, heads[k]);
  for (int64_t i = 0; i < n; i++) {
    char due[11], last[40] = "-";
    due_text(&list[i], due);
    if (list[i].ever) snprintf(last, sizeof last, "%s %s", list[i].last.date, list[i].last.result);
    text_table_cell(t, list[i].plan.id);
    text_table_cell(t, due);
    text_table_cell(t, state_of(c, &list[i], today));
    text_table_cell(t, last);
    text_table_cell(t, list[i].plan.about);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
static enum err_code list_in(struct cli *c, struct store *s, struct err *e) {
  struct inspection_state *list;
  struct strbuf b;
  struct json_out j;
  int64_t n = 0, now;
  TRY(inspection_list(s, cli_job(c)->arena, &list, &n, e));
  TRY(store_now(s, &now, e));
  if (!cli_json(c)) return print_table(c, list, n, now / 86400), E_OK;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) put_one(c, &j, &list[i], now / 86400);
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

static enum err_code take_id(struct cli *c, char id[41], struct err *e) {
  const char *text = cli_operand(c, 1);
  if (!text) return ERR(e, E_USAGE_REQUIRED, .subject = "ID");
  if (strlen(text) > 40) return ERR(e, E_INSPECT_UNKNOWN, .subject = text);
  snprintf(id, 41, "%s", text);
  return E_OK;
}
static enum err_code plan(struct cli *c, struct err *e) {
  struct inspection_plan p = {.every = 0};
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  char object[64];
  TRY(take_id(c, p.id, e));
  TRY(oversight_cmd_text(c, "due", p.due, sizeof p.due, e));
  TRY(oversight_cmd_text(c, "about", p.about, sizeof p.about, e));
  TRY(oversight_cmd_days(c, "every", 0, 3660, &p.every, e));
  snprintf(object, sizeof object, "inspect:%s", p.id);
  enum err_code code = oversight_cmd_leader(c, "inspect-plan", object, &s, &who, e);
  memcpy(p.officer, who.card.id, sizeof p.officer);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, inspection_put_plan(s, &p, e), "inspect-plan", object, e);
  if (!code) code = list_in(c, s, e);
  oversight_cmd_close(s, &who);
  return code;
}
static enum err_code done(struct cli *c, struct err *e) {
  struct inspection_result r = {.log_size = 0};
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  char object[64];
  TRY(take_id(c, r.id, e));
  TRY(oversight_cmd_text(c, "result", r.result, sizeof r.result, e));
  if (cli_text(c, "findings")) TRY(oversight_cmd_text(c, "findings", r.findings, sizeof r.findings, e));
  snprintf(object, sizeof object, "inspect:%s", r.id);
  enum err_code code = oversight_cmd_officer(c, &s, &who, e);
  memcpy(r.officer, who.card.id, sizeof r.officer);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, inspection_put_result(s, &r, e), "inspect-done", object, e);
  if (!code) code = list_in(c, s, e);
  oversight_cmd_close(s, &who);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  const char *action = cli_operand(c, 0);
  enum err_code code = strcmp(action, "list") == 0 ? list(c, &e)
      : strcmp(action, "plan") == 0                ? plan(c, &e)
      : strcmp(action, "done") == 0                ? done(c, &e)
                                                   : ERR(&e, E_USAGE_VALUE, .subject = "ACTION", .expected = "list, plan, done", .found = action);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_inspect = {
    .noun = "store",
    .verb = "inspect",
    .summary_en = "inspections of a store with officers: list, plan, done",
    .summary_ja = "担当者のいる保管庫の点検：一覧、計画、実施記録",
    .detail_en =
        "`plan ID` by chief or manager; `done ID` by chief, manager or auditor with --result in-order, corrected or open (--findings for the last "
        "two), "
        "which takes down size and root of the log as they are then. What is open stays due. The policy asks for an inspection at least every so "
        "many "
        "days. When one is late by more than the days of grace of the policy (14 without one), the store is read-only until it is done: reading, "
        "rights, erasure and incidents go on, answers and results are not written. Tasks that the program leaves for the auditor (break-glass, "
        "differencing) are listed as task-N and done by the auditor.",
    .detail_ja =
        "`plan ID` は総括・管理責任者、`done ID` は総括・管理責任者または監査担当が行い、--result は in-order（異状なし）、corrected（是正済み）、open（未是正）です"
        "（後の二つは --findings が必要）。実施時のログの件数と根も記録します。open のものは期限が残ります。管理方針は定期の点検日数を定めます。猶予日数（方針がなければ14日）を"
        "過ぎると、実施するまで読取り専用になります（読取り・権限・消去・事故対応は可、回答や結果の書込みは不可）。プログラムが残す監査担当の確認事項（緊急利用、差分）は task-N として"
        "一覧に出て、監査担当が実施します。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER,
        {.name = "due", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "plan: the day it is due", .help_ja = "plan：期日"},
        {.name = "about", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "plan: what is inspected", .help_ja = "plan：点検の内容"},
        {.name = "every",
            .kind = OPT_INT,
            .value_name = "DAYS",
            .default_text = "0",
            .help_en = "plan: due again so many days after it was done; 0 = once",
            .help_ja = "plan：実施後この日数で再び期日（0 は一度だけ）"},
        {.name = "result",
            .kind = OPT_CHOICE,
            .value_name = "RESULT",
            .choices = "in-order|corrected|open",
            .help_en = "done: in-order, corrected, open",
            .help_ja = "done：in-order（異状なし）、corrected（是正済み）、open（未是正）"},
        {.name = "findings", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "done: what was found and put right", .help_ja = "done：指摘と是正の内容"},
        STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION", .required = true, .help_en = "list, plan, done", .help_ja = "list, plan, done"},
        {.name = "ID", .help_en = "the inspection", .help_ja = "点検の id"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe store inspect list", "what is due, what was found", "期日と結果の一覧"},
        {"shirabe store inspect plan media-2026 --due 2026-09-30 --every 180 --about 媒体の現物確認 --officer manager.key", "a leader plans it",
            "責任者が計画する"},
        {"shirabe store inspect done media-2026 --result in-order --officer manager.key", "and writes down that it was done", "実施を記録する"},
        {.command = NULL}},
    .run = run,
};
