/* shirabe query apply [NUMBER] */
#include <stdio.h>

#include "base/json_out.h"
#include "collector/cmd_query_common.h"
#include "collector/query_apply.h"
#include "forms/form.h"

static void print(struct cli *c, const struct query_apply_report *r) {
  int64_t made = r->corrected + r->withdrawn;
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put_int(&j, "corrected", r->corrected);
    json_put_int(&j, "withdrawn", r->withdrawn);
    json_put_int(&j, "unchanged", r->unchanged);
    json_end_object(&j);
    fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
    strbuf_release(&b);
    return;
  }
  fprintf(cli_out(c), cli_say(c, "records corrected: %lld, withdrawn: %lld, as answered already: %lld\n", "訂正 %lld 件、取下げ %lld 件、回答どおりで変更なし %lld 件\n"),
      (long long)r->corrected, (long long)r->withdrawn, (long long)r->unchanged);
  if (made)
    fprintf(stderr,
        cli_say(c, "next: shirabe batch seal; declare %lld more on the slip of the next batch\n",
            "次に: shirabe batch seal。次の送付票の件数に %lld を加えてください\n"),
        (long long)made);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_apply_request r = {.withdraw = cli_text(c, "withdraw-as"), .forms = forms_folder()};
  struct query_apply_report done;
  if ((cli_operand_count(c) && query_cli_number(c, &r.number, &e)) || cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_apply(s, &r, &done, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  print(c, &done);
  return 0;
}

static const struct option_record options[] = {{.name = "withdraw-as",
                                                   .kind = OPT_TEXT,
                                                   .value_name = "CODE",
                                                   .help_en = "reason of answers that withdraw: duplicate, mistake, other_office, void, out_of_scope",
                                                   .help_ja = "取下げの回答の理由: duplicate、mistake、other_office、void、out_of_scope"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "NUMBER", .help_en = "number of a query; none: all answered ones", .help_ja = "照会の番号。なければ回答済みのすべて"}, OPERANDS_END};
static const struct example examples[] = {{"shirabe query apply", "every answered correction and withdrawal becomes the record's next version", "回答した訂正と取下げを、すべて記録の次の版にする"},
    {"shirabe query apply 3 --withdraw-as mistake", "one query, answered with withdraw", "取下げと回答した照会 3 だけ"}, EXAMPLES_END};
const struct command cmd_query_apply = {.noun = "query",
    .verb = "apply",
    .summary_en = "make the answered corrections and withdrawals, at the office that owns the records",
    .summary_ja = "回答した訂正と取下げを、自機関の記録に反映する",
    .detail_en = "A correction becomes the next version of the record and travels in the next batch; the version before is kept. A record that holds "
                 "the answered values already is left as it is.",
    .detail_ja = "訂正は記録の次の版となり、次のバッチで送られます。前の版も残ります。すでに回答どおりの記録は変わりません。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
