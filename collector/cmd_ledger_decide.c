/* shirabe ledger review | query | return | approve | accept | reopen: six rows of one table, made the same way. */
#include <stdio.h>
#include <string.h>

#include "collector/batch_receipt.h"
#include "collector/cmd_open.h"
#include "collector/ledger_settings.h"
#include "collector/ledger_state.h"

enum { MAX_OFFICES = 4096 };

static void print_changed(struct cli *c, enum ledger_action action, const char *const *changed, int64_t n) {
  static const enum ledger_state after[] = {[ACTION_REVIEW] = LEDGER_REVIEW, [ACTION_QUERY] = LEDGER_QUERIED, [ACTION_RETURN] = LEDGER_RETURNED,
                                            [ACTION_APPROVE] = LEDGER_APPROVED, [ACTION_ACCEPT] = LEDGER_FINAL, [ACTION_REOPEN] = LEDGER_REVIEW};
  for (int64_t i = 0; i < n; i++) fprintf(cli_out(c), "%s %s\n", changed[i], ledger_state_name(after[action], cli_lang(c)));
}

/* One receipt per office that sent here itself, however many below it were decided. */
static enum err_code write_receipts(struct cli *c, struct store *s, const char *const *changed, int64_t n, struct err *e) {
  char path[4096], last[4096] = "";
  for (int64_t i = 0; i < n; i++) {
    if (!strcmp(changed[i], store_office(s)->id)) continue;
    TRY(batch_receipt_again(s, cli_operand(c, 0), cli_operand(c, 1), changed[i], cli_text(c, "receipts"), path, e));
    if (path[0] && strcmp(path, last)) fprintf(stderr, cli_say(c, "receipt with the decision: %s\n", "決定を記した受領書: %s\n"), path);
    memcpy(last, path, sizeof last);
  }
  return E_OK;
}

static enum err_code decide(struct cli *c, struct store *s, enum ledger_action action, struct err *e) {
  const char *offices[MAX_OFFICES], **changed, *reason = cli_text(c, "reason"), *officer = cli_text(c, "officer");
  int64_t n;
  struct ledger_request r = {.survey = cli_operand(c, 0),
      .period = cli_operand(c, 1),
      .offices = offices,
      .action = action,
      .below = cli_flag(c, "below"),
      .reason = reason ? reason : "",
      .officer = officer ? officer : "",
      .due_days = ledger_due_days(cli_job(c)->arena, cli_operand(c, 0))};
  for (int i = 2; i < cli_operand_count(c) && r.n_offices < MAX_OFFICES; i++) offices[r.n_offices++] = cli_operand(c, i);
  TRY(ledger_decide(s, &r, cli_job(c)->arena, &changed, &n, e));
  print_changed(c, action, changed, n);
  return write_receipts(c, s, changed, n, e);
}

static int run(struct cli *c, enum ledger_action action) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = decide(c, s, action, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}
static int run_review(struct cli *c) { return run(c, ACTION_REVIEW); }
static int run_query(struct cli *c) { return run(c, ACTION_QUERY); }
static int run_return(struct cli *c) { return run(c, ACTION_RETURN); }
static int run_approve(struct cli *c) { return run(c, ACTION_APPROVE); }
static int run_accept(struct cli *c) { return run(c, ACTION_ACCEPT); }
static int run_reopen(struct cli *c) { return run(c, ACTION_REOPEN); }

static const struct option_record options[] = {{.name = "reason",
                                                   .kind = OPT_TEXT,
                                                   .value_name = "TEXT",
                                                   .help_en = "why; kept sealed, goes down with the receipt",
                                                   .help_ja = "理由（封印して保管し、受領書とともに届く）"},
    {.name = "officer",
        .kind = OPT_TEXT,
        .value_name = "CODE",
        .help_en = "who decides, as the office numbers its officers; kept sealed",
        .help_ja = "決定した職員の番号（封印して保管）"},
    {.name = "below",
        .kind = OPT_FLAG,
        .help_en = "and every office below, the lowest first, each by the same rules",
        .help_ja = "下位の機関も、末端から順に同じ規則で決定する"},
    {.name = "receipts",
        .kind = OPT_DIRECTORY,
        .value_name = "FOLDER",
        .help_en = "folder for the receipts that carry the decision down",
        .help_ja = "決定を下位へ伝える受領書を置くフォルダー",
        .default_text = "receipts"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
    {.name = "OFFICE", .help_en = "office id, as on the roster", .help_ja = "名簿にある機関の記号", .required = true, .repeated = true},
    OPERANDS_END};
#define EXAMPLES(verb, rest, en, ja) \
  (const struct example[]) { \
    {"shirabe ledger " verb " vital 2025-12 municipality-011002" rest, en, ja}, \
        {"shirabe ledger " verb " vital 2025-12 prefecture-010006 --below" rest, "the prefecture and everything below it", "県とその下位すべて"}, \
        EXAMPLES_END \
  }
#define RULES_EN \
  "Only an office above may decide about an office, and a parent follows only when all its children are approved, final or declared impossible. " \
  "Every decision" \
  " is kept for good (shirabe ledger history). A new batch ends a decision, except final: what comes then is kept for the next cut-off."
#define RULES_JA \
  "決定できるのは上位の機関だけで、下位がすべて承認・確定・災害になるまで上位は先に進めません。決定は消えない記録に残ります（shirabe ledger " \
  "history）。" \
  "新しいバッチが届くと決定は解かれます。確定後に届いたものは次の締切に回ります。"
const struct command cmd_ledger_review = {.noun = "ledger",
    .verb = "review",
    .summary_en = "begin to examine what an office sent",
    .summary_ja = "審査を始める（審査中）",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("review", "", "it is under review", "審査中にする"),
    .run = run_review};
const struct command cmd_ledger_query = {.noun = "ledger",
    .verb = "query",
    .summary_en = "note that the sender was asked",
    .summary_ja = "送付元への照会を記録する（照会中）",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("query", " --reason 'birth count halved'", "wait for an answer", "回答を待つ"),
    .run = run_query};
const struct command cmd_ledger_return = {.noun = "ledger",
    .verb = "return",
    .summary_en = "send a month back to its sender",
    .summary_ja = "送付元に差し戻す（差戻し）",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("return", " --reason 'slips of the 3rd are missing'", "the receipt tells the sender", "受領書で送付元に伝わる"),
    .run = run_return};
const struct command cmd_ledger_approve = {.noun = "ledger",
    .verb = "approve",
    .summary_en = "approve a month of an office, or sign off one's own",
    .summary_ja = "承認する（自機関の完了も）",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("approve", "", "examined and good", "審査を終えて承認する"),
    .run = run_approve};
const struct command cmd_ledger_accept = {.noun = "ledger",
    .verb = "accept",
    .summary_en = "make an approved month final: locked below",
    .summary_ja = "承認済みを確定し、下位を固定する（確定）",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("accept", "", "nothing below can change it now", "以後、下位では変更できない"),
    .run = run_accept};
const struct command cmd_ledger_reopen = {.noun = "ledger",
    .verb = "reopen",
    .summary_en = "take an approval or a final state back, from above",
    .summary_ja = "承認・確定を上位から取り消す",
    .detail_en = RULES_EN,
    .detail_ja = RULES_JA,
    .options = options,
    .operands = operands,
    .examples = EXAMPLES("reopen", " --reason 'correction announced'", "it is under review again", "審査中に戻す"),
    .run = run_reopen};
