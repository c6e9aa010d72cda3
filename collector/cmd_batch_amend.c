/* shirabe batch amend SURVEY/FORM PERIOD --of OFFICE --key ITEM=VALUE... (--set ITEM=VALUE... | --withdraw CODE) --reason TEXT */
#include <stdio.h>

#include "collector/amendment.h"
#include "collector/cmd_open.h"
#include "forms/form.h"

enum { MAX_KEYS = 16 };

static enum err_code amend(struct cli *c, char id[65], char path[4096], struct err *e) {
  const char *keys[MAX_KEYS], *changes[AMENDMENT_MAX_CHANGES];
  struct str form, survey = str_split(str_of(cli_operand(c, 0)), '/', &form);
  struct amendment_request q = {.office = cli_text(c, "of"),
                                .period = cli_operand(c, 1),
                                .reason = cli_text(c, "reason"),
                                .withdraw = cli_text(c, "withdraw"),
                                .keys = keys,
                                .changes = changes};
  struct store *s = NULL;
  if (!survey.n || !form.n) return ERR(e, E_INTAKE_FORM, .subject = cli_operand(c, 0));
  q.survey = arena_strdup(cli_job(c)->arena, survey.p, survey.n);
  q.form = arena_strdup(cli_job(c)->arena, form.p, form.n);
  if (!q.survey || !q.form) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  for (int i = 0; i < cli_repeat_count(c, "key") && i < MAX_KEYS; i++) keys[q.n_keys++] = cli_repeat(c, "key", i);
  for (int i = 0; i < cli_repeat_count(c, "set") && i < AMENDMENT_MAX_CHANGES; i++) changes[q.n_changes++] = cli_repeat(c, "set", i);
  TRY(cmd_open_store(c, &s, e));
  enum err_code code = amendment_make(s, forms_folder(), &q, cli_text(c, "receipts"), id, path, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  char id[65], path[4096];
  if (amend(c, id, path, &e)) return cli_fail(c, &e);
  fprintf(cli_out(c), "%s\n", path);
  fprintf(stderr, cli_say(c, "amendment %.16s made; it goes down with this receipt, and up with the next batch; the record itself is unchanged\n",
                          "修正通知 %.16s を作成しました。この受領書とともに下位へ、次のバッチとともに上位へ送られます。記録そのものは変わりません\n"), id);
  return 0;
}

static const struct option_record options[] = {
    {.name = "of", .kind = OPT_TEXT, .value_name = "OFFICE", .help_en = "office that owns the record", .help_ja = "記録の作成機関", .required = true},
    {.name = "key",
     .kind = OPT_REPEAT,
     .value_name = "ITEM=VALUE",
     .help_en = "key item and its value, once per key item of the form",
     .help_ja = "キー項目とその値。キー項目ごとに指定"},
    {.name = "set",
     .kind = OPT_REPEAT,
     .value_name = "ITEM=VALUE",
     .help_en = "proposed value, as a file's cell would hold it",
     .help_ja = "修正後の値（ファイルのセルの書き方）"},
    {.name = "withdraw",
     .kind = OPT_TEXT,
     .value_name = "CODE",
     .help_en = "propose to withdraw it: duplicate, mistake, other_office, void, out_of_scope",
     .help_ja = "取下げを求める理由: duplicate, mistake, other_office, void, out_of_scope"},
    {.name = "reason",
     .kind = OPT_TEXT,
     .value_name = "TEXT",
     .help_en = "what the owner reads",
     .help_ja = "作成機関に伝える理由",
     .required = true},
    {.name = "receipts",
     .kind = OPT_DIRECTORY,
     .value_name = "FOLDER",
     .help_en = "folder for the receipt that carries it",
     .help_ja = "同封する受領書を置くフォルダー",
     .default_text = "receipts"},
    OPTION_PASSPHRASE,
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
                                                 {.name = "PERIOD", .help_en = "period of the record", .help_ja = "記録の期間", .required = true},
                                                 OPERANDS_END};
static const struct example examples[] = {{"shirabe batch amend vital/birth 2025-12 --of municipality-011002 --key municipality_code=011002 --key "
                                           "event_book_year=2025 --key event_book_no=1 --withdraw duplicate --reason 'same as number 2'",
                                           "propose that the owner withdraws a record", "作成機関に記録の取下げを求める"},
                                          {"shirabe batch amendments", "what was proposed and how it was answered", "修正通知とその回答の一覧"},
                                          EXAMPLES_END};
const struct command cmd_batch_amend = {.noun = "batch",
                                        .verb = "amend",
                                        .summary_en = "a signed amendment to a lower office's record; the record itself is not edited",
                                        .summary_ja = "下位機関の記録への署名付き修正通知（記録は書き換えない）",
                                        .detail_en = "Records are changed by the office that made them. An amendment stands beside the record, "
                                                     "travels down with receipts and up with batches, and counts in the balance of the"
                                                     " levels above until the owner adopts it as a correction of its own or objects.",
                                        .detail_ja = "記録を変更できるのは作成機関だけです。修正通知は記録に添えられ、受領書とともに下へ、バッチとと"
                                                     "もに上へ送られ、作成機関が訂正として採用するか異議を述べるまで、上位の件数照合に加算されます。",
                                        .options = options,
                                        .operands = operands,
                                        .examples = examples,
                                        .run = run};
