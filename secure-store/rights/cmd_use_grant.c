/* shirabe use grant request|sign|vote|activate|revoke|list|show */
#include "secure-store/rights/cmd_use_grant.h"

#include <string.h>

enum { N_ACTIONS = 7 };
static const char *const actions[N_ACTIONS] = {"request", "sign", "vote", "activate", "revoke", "list", "show"};

static enum err_code act(struct cli *c, struct store *s, int action, const char *operand, struct err *e) {
  switch (action) {
    case 0: return grant_cmd_request(c, s, operand, e);
    case 1: return grant_cmd_sign(c, s, operand, e);
    case 2: return grant_cmd_vote(c, s, operand, e);
    case 3: return grant_cmd_activate(c, s, operand, e);
    case 4: return grant_cmd_revoke(c, s, operand, e);
    case 5: return grant_cmd_list(c, s, e);
    default: return grant_cmd_show(c, s, operand, e);
  }
}

static enum err_code work(struct cli *c, struct err *e) {
  const char *word = cli_operand(c, 0), *operand = cli_operand(c, 1);
  struct store *s = NULL;
  int action = 0;
  while (action < N_ACTIONS && strcmp(actions[action], word) != 0) action++;
  if (action == N_ACTIONS)
    return ERR(e, E_USAGE_VALUE, .subject = "ACTION", .expected = "request, sign, vote, activate, revoke, list, show", .found = word);
  if (action != 5 && !operand) return ERR(e, E_USAGE_REQUIRED, .subject = action == 0 ? "FILE" : "ID");
  TRY(rights_cmd_open(c, &s, e));
  enum err_code code = act(c, s, action, operand, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_use_grant = {
    .noun = "use",
    .verb = "grant",
    .summary_en = "permission to read rows: request, sign, vote, activate, revoke, list, show",
    .summary_ja = "利用許可：申請、署名、審査、発効、取消、一覧、表示",
    .detail_en =
        "In a store with officers rows are read only under a grant (secure-store/rights/rights.md): one person, dataset, columns, rows, purpose, "
        "period and machine. `request FILE` stores the JSON object (install and salt are filled in, \"machine\":\"this\" becomes this machine) and "
        "signs it with --officer when that is the requester; `sign ID` signs later. Two officers with role chief or manager, neither "
        "requester nor user, `vote ID "
        "--approve`; `activate ID` checks everything. Changing one letter makes another object that nobody has approved. Commands that read rows "
        "take SHIRABE_GRANT, SHIRABE_OFFICER_KEY and SHIRABE_OFFICER_PASSPHRASE_FILE.",
    .detail_ja =
        "担当者のいる保管庫では、利用許可（secure-store/rights/rights.md）の範囲でのみデータを読めます。許可は人・データセット・列・行・目的・期間・機器を定めます。"
        "`request FILE` は JSON の許可を登録し（install と salt は自動、\"machine\":\"this\" はこの機器）、--officer が申請者なら署名します。`sign ID` は後からの署名です。"
        "申請者・利用者以外の総括・管理責任者2名が `vote ID --approve` で承認し、`activate ID` が全条件を確認して発効します。一字でも変えれば承認は無効です。"
        "データを読む命令には SHIRABE_GRANT、SHIRABE_OFFICER_KEY、SHIRABE_OFFICER_PASSPHRASE_FILE を与えます。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER,
        {.name = "approve", .kind = OPT_FLAG, .help_en = "vote: approve exactly this object", .help_ja = "vote：この内容を承認する"},
        {.name = "refuse",
            .kind = OPT_FLAG,
            .help_en = "vote: refuse, or take an approval back",
            .help_ja = "vote：不承認とする、または承認を取り下げる"},
        {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "revoke: why", .help_ja = "revoke：理由"}, STORE_OPTION_PASSPHRASE,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION",
                                                    .help_en = "request, sign, vote, activate, revoke, list, show",
                                                    .help_ja = "request, sign, vote, activate, revoke, list, show",
                                                    .required = true},
        {.name = "ID", .help_en = "the grant; the file of a request", .help_ja = "利用許可の id（request ではファイル）"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use grant list", "every grant and its state", "利用許可と状態の一覧"},
        {"shirabe use grant show g-2026-1", "the object, its hash, approvals and counters", "許可の内容、ハッシュ、承認、使用量"},
        {"shirabe use grant vote g-2026-1 --officer chief.key --approve", "an officer approves", "担当者が承認する"}, {.command = NULL}},
    .run = run,
};
