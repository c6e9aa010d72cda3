/* shirabe query close NUMBER */
#include <stdio.h>

#include "collector/cmd_query_common.h"
#include "forms/form.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  const struct query_reply r = {.kind = QUERY_CLOSE, .reason = cli_text(c, "reason"), .forms = forms_folder()};
  int64_t number;
  if (query_cli_number(c, &number, &e) || cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_answer(s, number, &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(cli_out(c), cli_say(c, "query %lld is closed\n", "照会 %lld を終了しました\n"), (long long)number);
  return 0;
}

static const struct option_record options[] = {
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "required when there is no answer", .help_ja = "回答がないときは必要"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "NUMBER", .help_en = "number of a query", .help_ja = "照会の番号", .required = true}, OPERANDS_END};
static const struct example examples[] = {{"shirabe query close 1", "an answered query is done", "回答済みの照会を終える"},
    {"shirabe query close 2 --reason 規則の誤り", "a query that needs no answer", "回答の要らない照会を終える"}, EXAMPLES_END};
const struct command cmd_query_close = {.noun = "query",
    .verb = "close",
    .summary_en = "close a query, at the office that asked",
    .summary_ja = "照会した機関が照会を終える",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
