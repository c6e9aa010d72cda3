/* shirabe intake duplicates SURVEY PERIOD */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/duplicates_store.h"
#include "forms/form.h"

static void print_json(struct cli *c, const struct duplicates_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "records", r->records);
  json_put_int(&j, "compared", r->compared);
  json_put_int(&j, "twins", r->exempt);
  json_put_int(&j, "not_compared", r->skipped);
  json_key(&j, "pairs");
  json_array(&j);
  for (int64_t i = 0; i < r->n; i++) {
    const struct duplicate_entry *p = &r->entries[i];
    json_object(&j);
    json_put_int(&j, "pair", p->number);
    json_put(&j, "form", p->form);
    json_put_int(&j, "score_tenths", p->score);
    json_put(&j, "office_a", p->side[0].office);
    json_put(&j, "period_a", p->side[0].period);
    json_put_int(&j, "row_a", p->side[0].row);
    json_put(&j, "office_b", p->side[1].office);
    json_put(&j, "period_b", p->side[1].period);
    json_put_int(&j, "row_b", p->side[1].row);
    json_put(&j, "agree", p->agree);
    json_put(&j, "differ", p->differ);
    json_put(&j, "decision", p->decision);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static void print_values(struct cli *c, const struct duplicate_entry *p) {
  for (int k = 0; p->values[0] && k < p->rule->n_items; k++)
    fprintf(cli_out(c), "      %-28s %-14s %s\n", p->rule->items[k].item, p->values[0][k], p->values[1][k]);
}

static void print_pair(struct cli *c, const struct duplicate_entry *p) {
  FILE *to = cli_out(c);
  fprintf(to, "%4lld  %d.%d  %s  %s %s #%lld:%lld  =  %s %s #%lld:%lld%s\n", (long long)p->number, p->score / 10, p->score % 10, p->form,
      p->side[0].office, p->side[0].period, (long long)p->side[0].shard, (long long)p->side[0].row, p->side[1].office, p->side[1].period,
      (long long)p->side[1].shard, (long long)p->side[1].row, p->twice_same_key ? cli_say(c, "  same event-book number", "　事件簿番号も同じ") : "");
  fprintf(to, cli_say(c, "      agree: %s\n", "      一致: %s\n"), p->agree);
  if (p->differ[0]) fprintf(to, cli_say(c, "      differ: %s\n", "      相違: %s\n"), p->differ);
  if (p->decision[0]) fprintf(to, cli_say(c, "      decided: %s\n", "      判定: %s\n"), p->decision);
  print_values(c, p);
}

static int list(struct cli *c, struct store *s, struct err *e) {
  const struct duplicates_request q = {.survey = cli_operand(c, 0),
      .period = cli_operand(c, 1),
      .form = cli_text(c, "form"),
      .forms = forms_folder(),
      .earlier = cli_int(c, "earlier"),
      .threshold = (int)cli_int(c, "score") * 10,
      .show_values = cli_flag(c, "show-values")};
  struct duplicates_report r;
  int64_t open = 0;
  if (q.earlier < 0 || q.earlier > 36 || q.threshold < 0 || q.threshold > 1000) {
    (void)ERR(e, E_QUERY_OPTIONS, .subject = "--earlier, --score", .expected = "0 to 36 periods, 0 to 100 bits");
    return -1;
  }
  if (duplicates_run(s, &q, &r, e)) return -1;
  for (int64_t i = 0; i < r.n; i++) open += !r.entries[i].decision[0];
  if (cli_json(c)) print_json(c, &r);
  else
    for (int64_t i = 0; i < r.n; i++)
      if (!r.entries[i].decision[0] || cli_flag(c, "all")) print_pair(c, &r.entries[i]);
  fprintf(stderr,
      cli_say(c, "%lld records, %lld pairs compared: %lld possible doubles, %lld of them open; %lld pairs of twins left out\n",
          "記録 %lld 件、比較 %lld 組: 重複候補 %lld 組、未判定 %lld 組、双子など除外 %lld 組\n"),
      (long long)r.records, (long long)r.compared, (long long)r.n, (long long)open, (long long)r.exempt);
  return open > 0;
}

static int decide(struct cli *c, struct store *s, struct err *e) {
  const char *decision = cli_text(c, "as"), *reason = cli_text(c, "reason");
  bool made;
  if (!decision || !reason || !reason[0]) {
    (void)ERR(e, E_QUERY_OPTIONS, .subject = "--decide", .expected = "--decide N --as duplicate|distinct --reason TEXT");
    return -1;
  }
  if (duplicates_decide(s, cli_operand(c, 0), cli_operand(c, 1), forms_folder(), cli_int(c, "decide"), decision, reason,
          cli_text(c, "days") ? cli_int(c, "days") : -1, &made, e))
    return -1;
  fprintf(cli_out(c), cli_say(c, "pair %lld: %s%s\n", "重複候補 %lld: %s%s\n"), (long long)cli_int(c, "decide"), decision,
      made ? cli_say(c, "; a query to the owner was made", "。所管機関への照会を作りました") : "");
  return 0;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  int status = cli_text(c, "decide") ? decide(c, s, &e) : list(c, s, &e);
  store_close(s);
  return status < 0 ? cli_fail(c, &e) : status;
}

static const struct option_record options[] = {
    {.name = "form", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "only this form", .help_ja = "この様式だけ"},
    {.name = "earlier",
        .kind = OPT_INT,
        .value_name = "N",
        .help_en = "compare also with N periods before",
        .help_ja = "N 期前までとも比べる",
        .default_text = "2"},
    {.name = "score",
        .kind = OPT_INT,
        .value_name = "BITS",
        .help_en = "list pairs from this score on",
        .help_ja = "この点数以上の組を示す",
        .default_text = "20"},
    {.name = "all", .kind = OPT_FLAG, .help_en = "decided pairs too", .help_ja = "判定済みの組も示す"},
    {.name = "show-values",
        .kind = OPT_FLAG,
        .help_en = "show the compared answers (written to the access log)",
        .help_ja = "比べた回答も表示する（アクセスログに残る）"},
    {.name = "decide", .kind = OPT_INT, .value_name = "N", .help_en = "decide pair N", .help_ja = "組 N を判定する"},
    {.name = "as", .kind = OPT_CHOICE, .choices = "duplicate|distinct", .value_name = "WHAT", .help_en = "the decision", .help_ja = "判定"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "why; kept sealed", .help_ja = "理由。封印して保存"},
    {.name = "days",
        .kind = OPT_INT,
        .value_name = "N",
        .help_en = "days until the query's deadline (else query_days of the survey)",
        .help_ja = "照会の回答期限までの日数（なければ調査の query_days）"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe intake duplicates vital 2025-12", "pairs of records that seem to be of one event, across files and offices",
        "同じ出来事と思われる記録の組を、ファイルと機関をまたいで探す"},
    {"shirabe intake duplicates vital 2025-12 --decide 1 --as distinct --reason 別の児と確認", "what a person found out", "確かめた結果を記録する"},
    EXAMPLES_END};
const struct command cmd_intake_duplicates = {.noun = "intake",
    .verb = "duplicates",
    .summary_en = "records of one event that came twice, across files and offices",
    .summary_ja = "ファイルや機関をまたいで二度届いた記録を探す",
    .detail_en =
        "Pairs are listed with score and reasons, by place; nothing is removed. Twins are no pair. 'duplicate' makes a query to the owner of the "
        "second record; 'distinct' is not"
        " listed again. Exit status 1 when pairs are open.",
    .detail_ja =
        "候補の組を点数と理由、場所で示します。記録は消しません。双子などは除きます。duplicate と判定すると二つ目の記録の所管機関への照会を作り、"
        "distinct は再び示しません。未判定があれば終了値は 1 です。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
