/* shirabe query ask SURVEY PERIOD */
#include <stdio.h>

#include "base/json_out.h"
#include "collector/cmd_query_common.h"
#include "forms/form.h"

static void print(struct cli *c, const struct query_asked *r) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    fprintf(cli_out(c),
        cli_say(c, "%lld queries made; %lld are open already, %lld were confirmed before; %lld records looked at\n",
            "照会 %lld 件を作成、照会中 %lld 件、確認済み %lld 件、対象の記録 %lld 件\n"),
        (long long)r->made, (long long)r->open_before, (long long)r->overridden, (long long)r->records);
    if (r->closed)
      fprintf(cli_out(c), cli_say(c, "%lld queries closed: the corrected record is here, or the withdrawn one is gone\n",
          "照会 %lld 件を終了: 訂正された記録が届いたか、取り下げられた記録がなくなりました\n"), (long long)r->closed);
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "made", r->made);
  json_put_int(&j, "open_before", r->open_before);
  json_put_int(&j, "confirmed_before", r->overridden);
  json_put_int(&j, "records", r->records);
  json_put_int(&j, "not_edited", r->not_edited);
  json_put_int(&j, "closed", r->closed);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static enum err_code request_of(struct cli *c, struct query_request *q, struct err *e) {
  struct query_pair *key;
  *q = (struct query_request){.survey = cli_operand(c, 0),
      .period = cli_operand(c, 1),
      .forms = forms_folder(),
      .form = cli_text(c, "form"),
      .rule = cli_text(c, "rule"),
      .sender = cli_text(c, "sender"),
      .days = cli_text(c, "days") ? cli_int(c, "days") : -1,
      .item = cli_text(c, "item"),
      .message = cli_text(c, "message")};
  TRY(query_cli_pairs(c, "key", &key, &q->n_key, e));
  q->key = key;
  bool hand = q->n_key || q->item || q->message;
  if (hand && (!q->n_key || !q->item || !q->message || !q->form || q->rule))
    return ERR(e, E_QUERY_OPTIONS, .subject = "--key --item --message", .expected = "all three and --form, without --rule");
  if (q->days > 366) return ERR(e, E_QUERY_OPTIONS, .subject = "--days", .expected = "0 to 366");
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_request q;
  struct query_asked r;
  if (request_of(c, &q, &e) || cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_ask(s, &q, &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  print(c, &r);
  return r.not_edited > 0;
}

static const struct option_record options[] = {
    {.name = "form", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "only this form", .help_ja = "この様式だけ"},
    {.name = "rule",
        .kind = OPT_TEXT,
        .value_name = "RULE",
        .help_en = "only this check; intake: only unreadable cells",
        .help_ja = "この審査規則だけ。intake: 読めない値だけ"},
    {.name = "sender", .kind = OPT_TEXT, .value_name = "OFFICE", .help_en = "only records of this office", .help_ja = "この機関の記録だけ"},
    {.name = "days",
        .kind = OPT_INT,
        .value_name = "N",
        .help_en = "days until the deadline (else query_days of the survey)",
        .help_ja = "回答期限までの日数（なければ調査の query_days）"},
    {.name = "key", .kind = OPT_REPEAT, .value_name = "ITEM=VALUE", .help_en = "by hand: the record", .help_ja = "手作業の照会: 記録のキー"},
    {.name = "item", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "by hand: the item", .help_ja = "手作業の照会: 項目"},
    {.name = "message", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "by hand: the question", .help_ja = "手作業の照会: 内容"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe query ask vital 2025-12", "a query for every failed check and unreadable cell", "審査で不合格になった規則と読めない値を照会にする"},
    {"shirabe query ask vital 2025-12 --form birth --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=2 --item "
        "birth_weight --message 体重を確かめてください",
        "a query by hand", "手作業で照会を作る"},
    EXAMPLES_END};
const struct command cmd_query_ask = {.noun = "query",
    .verb = "ask",
    .summary_en = "make queries from failed checks, unreadable cells, or by hand",
    .summary_ja = "審査の不合格、読めない値、または手作業で照会を作る",
    .detail_en =
        "One open query per record and rule: asking again makes nothing new. A value that was confirmed with a reason is not asked about again "
        "until one of the"
        " rule's items changes. Hard and soft checks of the last 'process run' are asked; information checks are not.",
    .detail_ja =
        "一つの記録と規則に開いている照会は一つです。理由を付けて確認された値は、その規則の項目が変わるまで再び照会しません。直近の process run "
        "の hard と soft の規則が対象です。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
