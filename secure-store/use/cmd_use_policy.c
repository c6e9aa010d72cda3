/* shirabe use policy show|set */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/use/use_policy.h"

static void print(struct cli *c, const struct use_policy *p) {
  struct strbuf b;
  struct json_out j;
  if (cli_json(c)) {
    strbuf_init(&b, 0), json_begin(&j, &b, false), json_object(&j);
    row_json(&use_policy_format, p, &j);
    json_put(&j, "area_source", USE_AREA_SOURCE);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  fprintf(cli_out(c), "%s: %s %s\n", cli_say(c, "rows of local governments", "地方公共団体への提供範囲"), strcmp(p->area, "own") == 0 ? cli_say(c,
      "own area only", "自らの区域のみ") : cli_say(c, "not limited", "制限なし"), USE_AREA_SOURCE);
  struct str line;
  for (int i = 0; row_list_at(p->area_items, i, &line); i++) fprintf(cli_out(c), "  %.*s\n", (int)line.n, line.p);
  fprintf(cli_out(c), cli_say(c, "review %lld days, announcement %lld, results %lld; reminders %lld and %lld days before\n",
      "審査 %lld 日、提供事実の公表 %lld 日、成果の公表 %lld 日。%lld 日前と %lld 日前に通知\n"), (long long)p->review_days, (long long)p->publish_days,
      (long long)p->results_days, (long long)p->remind_first, (long long)p->remind_second);
}
static enum err_code change(struct disposal_cmd *x, struct use_policy *p, struct err *e) {
  struct cli *c = x->c;
  const struct {
    const char *option;
    int64_t *to;
  } days[] = {{"review-days", &p->review_days}, {"publish-days", &p->publish_days}, {"results-days", &p->results_days}, {"remind-first",
      &p->remind_first}, {"remind-second", &p->remind_second}};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    if (cli_text(c, days[i].option)) *days[i].to = cli_int(c, days[i].option);
  if (cli_text(c, "area")) TRY(row_set(p->area, sizeof p->area, "area", cli_text(c, "area"), e));
  if (cli_repeat_count(c, "area-item") > 0) TRY(disposal_list(c, "area-item", p->area_items, sizeof p->area_items, e));
  return use_policy_set(x->s, p, x->who, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  struct use_policy p;
  const bool sets = strcmp(cli_operand(c, 0), "set") == 0;
  enum err_code code = E_OK;
  if (!sets && strcmp(cli_operand(c, 0), "show") != 0) code = ERR(&e, E_DISPOSAL_ID, .subject = cli_operand(c, 0), .expected = "show or set");
  if (!code) code = sets ? disposal_cmd_begin(c, &x, &e) : disposal_cmd_look(c, &x, &e);
  if (!code) code = use_policy_read(x.s, &p, &e);
  if (!code && sets) code = change(&x, &p, &e);
  if (!code) print(c, &p);
  return disposal_cmd_end(&x, code, &e);
}

#define DAYS(option, en, ja) {.name = option, .kind = OPT_INT, .value_name = "N", .help_en = en, .help_ja = ja}
const struct command cmd_use_policy = {
    .noun = "use",
    .verb = "policy",
    .summary_en = "spans, reminders and the area rule of secondary use",
    .summary_ja = "二次利用の期限・通知・区域の規則",
    .detail_en = "An application of a local government (applicant kind local:CODE) is given the rows of its own area only: the program adds the "
                 "condition. Which item tells the area is the form's own item of the reporting office, or the one set here. The source of the rule "
                 "was not found in public ([M], from memory): an office that reads its guideline otherwise sets --area off. In a store with officers "
                 "the chief signs.",
    .detail_ja = "地方公共団体（applicant-kind が local:コード）の申出には、自らの区域の行だけを提供するよう条件を付けます。区域を表す項目は調査票の送付元の項目か、ここで定めた項目です。"
                 "この規則の出典は公開資料で確認できていません（[M]）。異なる取扱いの場合は --area off にしてください。担当者のいる保管庫では総括責任者が署名します。",
    .options = (const struct option_record[]){{.name = "area", .kind = OPT_CHOICE, .value_name = "RULE", .help_en = "own area only, or not limited",
                                                  .help_ja = "自らの区域のみ、または制限なし", .choices = "own|off"},
        {.name = "area-item", .kind = OPT_REPEAT, .value_name = "'S/F ITEM'", .help_en = "item that tells the area in a form; replaces the list",
            .help_ja = "調査票ごとの区域の項目（一覧を置き換え）"},
        DAYS("review-days", "of the review", "審査の日数"), DAYS("publish-days", "until the facts of a provision are published", "提供事実の公表までの日数"),
        DAYS("results-days", "until results are published", "成果の公表までの日数"), DAYS("remind-first", "days before a deadline", "最初の通知（日前）"),
        DAYS("remind-second", "days before a deadline", "二度目の通知（日前）"), DISPOSAL_OPTIONS_OFFICER, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION", .help_en = "show or set", .help_ja = "show または set", .required = true},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use policy show", "what holds now", "現在の設定"},
        {"shirabe use policy set --area own --area-item 'vital/birth residence_municipality_code'", "the area is that of the residence",
            "住所地で区域を定める"},
        {.command = NULL}},
    .run = run,
};
