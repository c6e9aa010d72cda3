/* shirabe query show NUMBER */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/json_out.h"
#include "collector/cmd_query_common.h"

static void json_pairs(struct json_out *j, const char *name, const struct query_pair *p, int64_t n) {
  json_key(j, name);
  json_array(j);
  for (int64_t i = 0; i < n; i++) {
    json_object(j);
    json_put(j, "item", p[i].item);
    json_put(j, "value", p[i].value);
    json_end_object(j);
  }
  json_end_array(j);
}
static void print_json(struct cli *c, const struct query_entry *q, const struct query_part *question, const struct query_part *answer) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "number", q->number);
  json_put(&j, "state", query_state_name(q->state, LANG_EN));
  json_put(&j, "office", q->owner);
  json_put(&j, "asker", q->asker);
  json_put(&j, "form", q->form);
  json_put(&j, "period", q->period);
  json_put(&j, "rule", q->rule);
  json_put(&j, "item", q->item);
  json_put(&j, "deadline", question->deadline);
  json_put(&j, "message_ja", question->message_ja);
  json_put(&j, "message_en", question->message_en);
  json_pairs(&j, "key", question->key, question->n_key);
  json_pairs(&j, "values", question->values, question->n_values);
  json_put(&j, "answer", q->answer);
  if (answer) {
    json_put(&j, "answered_by", answer->by);
    json_put(&j, "reason", answer->reason);
    json_pairs(&j, "answer_values", answer->values, answer->n_values);
  }
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

/* The marks of batch records in words (batch.md). */
static const char *value_text(struct cli *c, const char *value) {
  static const char *const marks[][3] = {{"", "(blank)", "（空欄）"}, {"\\N", "(not applicable)", "（該当なし）"}, {"\\U", "(unknown)", "（不詳）"},
      {"\\R", "(refused)", "（回答拒否）"}, {"\\I", "(could not be read)", "（読めない値）"}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (!strcmp(value, marks[i][0])) return cli_say(c, marks[i][1], marks[i][2]);
  return strncmp(value, "\\C:", 3) ? value : value + 3;
}
static void pairs(struct cli *c, const struct query_pair *p, int64_t n) {
  for (int64_t i = 0; i < n; i++) fprintf(cli_out(c), "    %s = %s\n", p[i].item, value_text(c, p[i].value));
}
static void print(struct cli *c, const struct query_entry *q, const struct query_part *question, const struct query_part *answer) {
  FILE *to = cli_out(c);
  fprintf(to, cli_say(c, "query %lld  %s  deadline %s\n", "照会 %lld　%s　期限 %s\n"), (long long)q->number, query_state_name(q->state, cli_lang(c)),
      question->deadline);
  fprintf(to, "  %s/%s %s  %s -> %s\n", q->survey, q->form, q->period, q->asker, q->owner);
  fprintf(to, "%s", cli_say(c, "  record:\n", "  記録:\n"));
  pairs(c, question->key, question->n_key);
  fprintf(to, "  %s: %s\n", q->rule, cli_say(c, question->message_en, question->message_ja));
  fprintf(to, "%s", cli_say(c, "  what it holds:\n", "  記載の値:\n"));
  pairs(c, question->values, question->n_values);
  if (!answer) return;
  fprintf(to, cli_say(c, "  answer of %s: %s\n", "  %s の回答: %s\n"), answer->by, query_kind_text(c, q->answer));
  if (answer->reason[0]) fprintf(to, cli_say(c, "  reason: %s\n", "  理由: %s\n"), answer->reason);
  pairs(c, answer->values, answer->n_values);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_entry q;
  struct query_part *question = NULL, *answer = NULL;
  int64_t number;
  if (query_cli_number(c, &number, &e) || cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_get(s, number, cli_job(c)->arena, &q, &e);
  if (!code) code = query_cli_open(c, s, &q, "query-show", &question, &answer, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, &q, question, answer);
  else print(c, &q, question, answer);
  return 0;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "NUMBER", .help_en = "number of a query", .help_ja = "照会の番号", .required = true}, OPERANDS_END};
static const struct example examples[] = {{"shirabe query show 1", "record, rule, values and answer of query 1", "照会1の記録、規則、値、回答"},
    {"shirabe query show 1 --json", "the same for a program", "同じ内容を JSON で"}, EXAMPLES_END};
const struct command cmd_query_show = {.noun = "query",
    .verb = "show",
    .summary_en = "one query with record, values and answer",
    .summary_ja = "一つの照会の記録、値、回答を示す",
    .detail_en = "It shows answers of a questionnaire; each look is written to the access log.",
    .detail_ja = "調査票の回答を表示します。表示はすべてアクセスログに残ります。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
