/* shirabe use sanction set|list ID */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/use/sanction.h"

static enum err_code set(struct disposal_cmd *x, struct err *e) {
  struct sanction s = {.until = SANCTION_UNLIMITED};
  struct cli *c = x->c;
  const char *id;
  TRY(disposal_operand(c, 1, "ID", &id, e));
  TRY(row_set(s.id, sizeof s.id, "ID", id, e));
  TRY(disposal_text(c, "who", s.who, sizeof s.who, e));
  TRY(disposal_text(c, "who-kind", s.who_kind, sizeof s.who_kind, e));
  TRY(disposal_text(c, "reason", s.reason, sizeof s.reason, e));
  TRY(store_now(x->s, &s.from, e));
  if (cli_text(c, "from") && !act_time(cli_text(c, "from"), false, &s.from)) return ERR(e, E_USAGE_VALUE, .subject = "--from",
      .expected = "2026-04-01");
  if (cli_text(c, "until") && !act_time(cli_text(c, "until"), true, &s.until)) return ERR(e, E_USAGE_VALUE, .subject = "--until",
      .expected = "2026-04-01");
  TRY(sanction_put(x->s, &s, x->who, e));
  disposal_said(c, "sanction set", "利用停止を登録しました", id);
  return E_OK;
}
static void one_line(struct disposal_cmd *x, const struct sanction *s, struct text_table *t) {
  char from[32], until[32] = "";
  time_format_jst(s->from, from);
  if (s->until != SANCTION_UNLIMITED) time_format_jst(s->until, until);
  const char *const cells[] = {s->id, s->who_kind, s->who, from, s->until == SANCTION_UNLIMITED ? cli_say(x->c, "unlimited", "無期限") : until,
      s->reason};
  for (int i = 0; i < 6; i++) text_table_cell(t, cells[i]);
}
static enum err_code list_json(struct disposal_cmd *x, struct err *e) {
  struct sanction s;
  struct record r;
  struct strbuf b;
  struct json_out j;
  bool found = true;
  enum err_code code = E_OK;
  strbuf_init(&b, 0), json_begin(&j, &b, false), json_array(&j);
  for (uint64_t from = 0; !code && found;) {
    code = act_next(x->s, "sanction:", &from, &sanction_format, &s, &found, &r, e);
    if (code || !found) break;
    json_object(&j);
    row_json(&sanction_format, &s, &j);
    json_put_int(&j, "entry", (int64_t)r.seq);
    json_key(&j, "unlimited"), json_bool(&j, s.until == SANCTION_UNLIMITED);
    json_end_object(&j);
  }
  json_end_array(&j);
  if (code) strbuf_release(&b);
  else store_cmd_print_json(x->c, &b);
  return code;
}
static enum err_code list(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"sanction", "利用停止"}, {"kind", "種類"}, {"who", "対象"}, {"from", "開始"}, {"until", "終了"}, {"reason", "理由"}};
  struct sanction s;
  struct record r;
  bool found = true;
  if (cli_json(x->c)) return list_json(x, e);
  struct text_table *t = text_table_new(6);
  enum err_code code = E_OK;
  disposal_heads(t, x->c, heads, 6);
  for (uint64_t from = 0; !code && found;) {
    code = act_next(x->s, "sanction:", &from, &sanction_format, &s, &found, &r, e);
    if (!code && found) one_line(x, &s, t);
  }
  if (!code) text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  const bool lists = strcmp(cli_operand(c, 0), "list") == 0;
  enum err_code code = E_OK;
  if (!lists && strcmp(cli_operand(c, 0), "set") != 0) code = ERR(&e, E_DISPOSAL_ID, .subject = cli_operand(c, 0), .expected = "set or list");
  if (!code) code = lists ? disposal_cmd_look(c, &x, &e) : disposal_cmd_begin(c, &x, &e);
  if (!code) code = lists ? list(&x, &e) : set(&x, &e);
  return disposal_cmd_end(&x, code, &e);
}

const struct command cmd_use_sanction = {
    .noun = "use",
    .verb = "sanction",
    .summary_en = "who may not be given data, until when",
    .summary_ja = "利用停止の登録と一覧",
    .detail_en = "An application of a sanctioned applicant, user or organisation is neither taken, accepted nor provided. Set again with an earlier "
      "--until to lift it. "
                 "In a store with officers the chief signs.",
    .detail_ja = "対象の申出者・利用者・組織の申出は、受付も承諾も提供もしません。解除は --until を早めて登録し直します。担当者のいる保管庫では総括責任者が署名します。",
    .options = (const struct option_record[]){{.name = "who", .kind = OPT_TEXT, .value_name = "TEXT",
        .help_en = "applicant, officer id or organisation", .help_ja = "申出者、担当者 id、組織"},
        {.name = "who-kind", .kind = OPT_CHOICE, .value_name = "KIND", .help_en = "what --who is", .help_ja = "--who の種類",
            .choices = "applicant|officer|organisation"},
        {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "the act and the decision", .help_ja = "違反行為と決定"},
        {.name = "from", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "first day (now when absent)", .help_ja = "開始日（省略時は現在）"},
        {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "last day (unlimited when absent)", .help_ja = "終了日（省略時は無期限）"},
            DISPOSAL_OPTIONS_OFFICER,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION", .help_en = "set or list", .help_ja = "set または list", .required = true},
        {.name = "ID", .help_en = "the sanction", .help_ja = "利用停止の id"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use sanction list", "who is suspended", "一覧"},
        {"shirabe use sanction set s-2026-1 --who 'Institute X' --who-kind applicant --reason 'other machine than applied for' --until 2026-12-31",
            "until the end of a year", "年末まで"},
        {.command = NULL}},
    .run = run,
};
