/* shirabe query answer NUMBER */
#include <stdio.h>

#include "collector/cmd_query_common.h"
#include "forms/form.h"

static enum err_code reply_of(struct cli *c, struct query_reply *r, struct err *e) {
  struct query_pair *values;
  TRY(query_cli_pairs(c, "correct", &values, &r->n_values, e));
  bool confirm = cli_flag(c, "confirm"), withdraw = cli_flag(c, "withdraw");
  r->values = values;
  r->reason = cli_text(c, "reason");
  r->forms = forms_folder();
  r->kind = r->n_values ? QUERY_CORRECT : confirm ? QUERY_CONFIRM : QUERY_WITHDRAW;
  if ((r->n_values > 0) + confirm + withdraw != 1)
    return ERR(e, E_QUERY_OPTIONS, .subject = "--correct --confirm --withdraw", .expected = cli_say(c, "exactly one kind of answer", "回答の種類は一つだけ"));
  if (r->kind != QUERY_CORRECT && !(r->reason && r->reason[0]))
    return ERR(e, E_QUERY_OPTIONS, .subject = "--reason", .expected = cli_say(c, "--reason TEXT with --confirm and --withdraw", "--confirm と --withdraw には --reason 理由"));
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_reply r = {.n_values = 0};
  int64_t number;
  if (query_cli_number(c, &number, &e) || reply_of(c, &r, &e) || cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_answer(s, number, &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(cli_out(c), cli_say(c, "query %lld is answered: %s\n", "照会 %lld に回答しました: %s\n"), (long long)number,
      query_kind_text(c, query_kind_name(r.kind)));
  if (r.kind != QUERY_CONFIRM)
    fprintf(stderr, "%s",
        cli_say(c, "next: the office that owns the record makes the change with shirabe query apply\n",
            "次に: 記録を持つ機関が shirabe query apply で記録に反映してください\n"));
  return 0;
}

static const struct option_record options[] = {{.name = "correct",
                                                   .kind = OPT_REPEAT,
                                                   .value_name = "ITEM=VALUE",
                                                   .help_en = "the right value of an item (code, number, 2025-04-01)",
                                                   .help_ja = "項目の正しい値（符号、数、2025-04-01）"},
    {.name = "confirm", .kind = OPT_FLAG, .help_en = "the record is right as it is", .help_ja = "記載のとおりで正しい"},
    {.name = "withdraw", .kind = OPT_FLAG, .help_en = "the record should not be there", .help_ja = "記録そのものを取り下げる"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "why; sealed like an answer", .help_ja = "理由。回答と同じく封印される"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "NUMBER", .help_en = "number of a query", .help_ja = "照会の番号", .required = true}, OPERANDS_END};
static const struct example examples[] = {{"shirabe query answer 1 --correct birth_weight=3120", "the right value", "正しい値を回答する"},
    {"shirabe query answer 2 --confirm --reason 母子手帳で確認", "the value is right, with the reason", "記載どおりであることを理由とともに回答する"},
    EXAMPLES_END};
const struct command cmd_query_answer = {.noun = "query",
    .verb = "answer",
    .summary_en = "answer a query: correct, confirm with a reason, or withdraw",
    .summary_ja = "照会に回答する: 訂正、理由を付けた確認、取下げ",
    .detail_en =
        "The office that owns the record answers; the office that asked may write down an answer it got by telephone or on paper. No record "
        "changes by this command:"
        " corrections wait at the owner for 'query apply'.",
    .detail_ja =
        "記録を持つ機関が回答します。電話や紙で得た回答は、照会した機関が記録できます。この命令で記録は変わりません。訂正は、記録を持つ機関の query apply を待ちます。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
