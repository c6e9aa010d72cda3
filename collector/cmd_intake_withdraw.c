/* shirabe intake withdraw --form SURVEY/FORM --period PERIOD --key ITEM=VALUE... --reason CODE */
#include <stdio.h>

#include "collector/cmd_open.h"
#include "collector/intake_change.h"
#include "collector/intake_print.h"

enum { MAX_KEYS = 16 };

static enum err_code withdraw(struct cli *c, struct withdraw_report *out, struct err *e) {
  const char *keys[MAX_KEYS];
  struct withdraw_request q = {.period = cli_text(c, "period"), .reason = cli_text(c, "reason"), .keys = keys};
  struct store *s = NULL;
  struct form *form = NULL;
  for (int i = 0; i < cli_repeat_count(c, "key") && i < MAX_KEYS; i++) keys[q.n_keys++] = cli_repeat(c, "key", i);
  TRY(intake_form(c, cli_text(c, "form"), q.period, &form, e));
  TRY(cmd_open_store(c, &s, e));
  enum err_code code = intake_withdraw(cli_job(c), s, forms_folder(), form, &q, out, e);
  store_close(s);
  return code;
}

static void print(struct cli *c, const struct withdraw_report *r) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put_int(&j, "intake", r->id);
    json_key(&j, "already"), json_bool(&j, r->already);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
  } else if (r->already) fprintf(cli_out(c), "%s", cli_say(c, "withdrawn before; nothing was changed\n", "取下げ済みです。何も変えていません\n"));
  else
    fprintf(cli_out(c),
            cli_say(c, "withdrawn as intake %lld; declare 1 more on the slip of the next batch\n",
                    "取り下げました（取り込み %lld）。次の送付票の件数に 1 を加えてください\n"),
            (long long)r->id);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct withdraw_report report;
  if (withdraw(c, &report, &e)) return cli_fail(c, &e);
  print(c, &report);
  return 0;
}

const struct command cmd_intake_withdraw = {
    .noun = "intake",
    .verb = "withdraw",
    .summary_en = "withdraw one record; it stays kept, with the reason",
    .summary_ja = "記録を一件取り下げる（理由とともに残る）",
    .detail_en = "Nothing is deleted: the withdrawal is one more version of the record and travels in the next batch. Reasons: duplicate (recorded "
                 "twice), mistake (made by"
                 " mistake), other_office (belongs to another office), void (the notification was void), out_of_scope (outside the survey). The keys "
                 "are read as a file's cells are.",
    .detail_ja = "何も消さず、取下げを新しい版として残し、次のバッチで送ります。理由: "
                 "duplicate（重複）、mistake（誤作成）、other_office（他機関の記録）、void（届出の無効・取消し）、"
                 "out_of_scope（調査対象外）。キーの書き方はファイルのセルと同じです。",
    .options =
        (const struct option_record[]){
            {.name = "form", .kind = OPT_TEXT, .value_name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
            {.name = "period",
             .kind = OPT_PERIOD,
             .value_name = "PERIOD",
             .help_en = "period of the record",
             .help_ja = "記録の期間",
             .required = true},
            {.name = "key",
             .kind = OPT_REPEAT,
             .value_name = "ITEM=VALUE",
             .help_en = "key item and its value, once per key item of the form",
             .help_ja = "キー項目とその値。キー項目ごとに指定"},
            {.name = "reason",
             .kind = OPT_TEXT,
             .value_name = "CODE",
             .help_en = "why: duplicate, mistake, other_office, void, out_of_scope",
             .help_ja = "理由: duplicate, mistake, other_office, void, out_of_scope",
             .required = true},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands = (const struct operand_record[]){OPERANDS_END},
    .examples = (const struct example[]){{"shirabe intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key "
                                          "event_book_year=2025 --key event_book_no=1 --reason duplicate",
                                          "the first slip of the event book was made twice", "事件簿第1号を重複として取り下げる"},
                                         {"shirabe batch seal vital 2025-12 --declared birth=1 --out usb", "the withdrawal travels in the next batch",
                                          "取下げを次のバッチで送る"},
                                         EXAMPLES_END},
    .run = run,
};
