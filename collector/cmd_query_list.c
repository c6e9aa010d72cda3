/* shirabe query list [SURVEY [PERIOD]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_query_common.h"

static void print_json(struct cli *c, const struct query_entry *q, int64_t n) {
  struct strbuf b;
  struct json_out j;
  char day[11];
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    date_format_iso(q[i].deadline, day);
    json_object(&j);
    json_put_int(&j, "number", q[i].number);
    json_put(&j, "state", query_state_name(q[i].state, LANG_EN));
    json_put(&j, "office", q[i].owner);
    json_put(&j, "asker", q[i].asker);
    json_put(&j, "form", q[i].form);
    json_put(&j, "period", q[i].period);
    json_put(&j, "rule", q[i].rule);
    json_put(&j, "item", q[i].item);
    json_put(&j, "deadline", day);
    json_put(&j, "answer", q[i].answer);
    json_put(&j, "id", q[i].id);
    json_end_object(&j);
  }
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static void print_rows(struct cli *c, const struct query_entry *q, int64_t n) {
  static const char *const heads[][2] = {{"no", "番号"}, {"office", "機関"}, {"form", "様式"}, {"rule", "規則"}, {"item", "項目"},
      {"deadline", "期限"}, {"state", "状態"}, {"answer", "回答"}};
  struct text_table *t = text_table_new(8);
  char text[24], day[11];
  if (!t) return;
  for (int i = 0; i < 8; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  text_table_right(t, 0);
  for (int64_t i = 0; i < n; i++) {
    snprintf(text, sizeof text, "%lld", (long long)q[i].number);
    date_format_iso(q[i].deadline, day);
    const char *const cells[] = {
        text, q[i].owner, q[i].form, q[i].rule, q[i].item, day, query_state_name(q[i].state, cli_lang(c)), query_kind_text(c, q[i].answer)};
    for (int k = 0; k < 8; k++) text_table_cell(t, cells[k]);
    if (q[i].state == QUERY_OVERDUE && term_colour(cli_out(c))) text_table_colour(t, (int)i + 1, 6, 31);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* --- per office --- */
static int by_owner(const void *a, const void *b) {
  const struct query_entry *x = a, *y = b;
  int order = strcmp(x->owner, y->owner);
  return order ? order : (x->number > y->number) - (x->number < y->number);
}
static void print_offices(struct cli *c, struct query_entry *q, int64_t n) {
  struct text_table *t = text_table_new(1 + QUERY_STATES);
  char text[24];
  if (!t) return;
  qsort(q, (size_t)n, sizeof *q, by_owner);
  text_table_cell(t, cli_say(c, "office", "機関"));
  for (int k = 0; k < QUERY_STATES; k++) {
    text_table_cell(t, query_state_name((enum query_state)k, cli_lang(c)));
    text_table_right(t, 1 + k);
  }
  for (int64_t i = 0, end; i < n; i = end) {
    int64_t counts[QUERY_STATES] = {0};
    for (end = i; end < n && !strcmp(q[end].owner, q[i].owner); end++) counts[q[end].state]++;
    text_table_cell(t, q[i].owner);
    for (int k = 0; k < QUERY_STATES; k++) {
      snprintf(text, sizeof text, "%lld", (long long)counts[k]);
      text_table_cell(t, text);
    }
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static int64_t filter_state(struct cli *c, struct query_entry *q, int64_t n) {
  const char *state = cli_text(c, "state");
  int64_t kept = 0;
  for (int64_t i = 0; i < n; i++)
    if (!state || !strcmp(state, query_state_name(q[i].state, LANG_EN))) q[kept++] = q[i];
  return kept;
}

/* Exit 1 when a deadline has passed without an answer: a script notices as well as a person. */
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_entry *q = NULL;
  int64_t n = 0, overdue = 0;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  const char *period = cli_operand_count(c) > 1 ? cli_operand(c, 1) : NULL, *survey = cli_operand_count(c) ? cli_operand(c, 0) : NULL;
  enum err_code code = query_list(s, survey, period, cli_text(c, "sender"), cli_job(c)->arena, &q, &n, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  for (int64_t i = 0; i < n; i++) overdue += q[i].state == QUERY_OVERDUE;
  n = filter_state(c, q, n);
  if (cli_json(c)) print_json(c, q, n);
  else if (cli_flag(c, "offices")) print_offices(c, q, n);
  else print_rows(c, q, n);
  if (overdue)
    fprintf(stderr, cli_say(c, "!! %lld queries are UNANSWERED after their deadline\n", "!! 期限を過ぎて回答のない照会が %lld 件あります\n"),
        (long long)overdue);
  return overdue > 0;
}

static const struct option_record options[] = {
    {.name = "sender", .kind = OPT_TEXT, .value_name = "OFFICE", .help_en = "only queries to this office", .help_ja = "この機関あての照会だけ"},
    {.name = "state",
        .kind = OPT_CHOICE,
        .choices = "asked|sent|overdue|answered|closed",
        .value_name = "STATE",
        .help_en = "only queries in this state",
        .help_ja = "この状態の照会だけ"},
    {.name = "offices", .kind = OPT_FLAG, .help_en = "counts per office and state", .help_ja = "機関・状態ごとの件数"}, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id; none: all", .help_ja = "調査の記号。なければすべて"},
    {.name = "PERIOD", .help_en = "2025-12; none: all", .help_ja = "2025-12 など。なければ全期間"}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe query list vital 2025-12", "every query of the month with its state and deadline", "その月の照会と状態、期限"},
    {"shirabe query list vital --offices", "how many each office has answered and how many are overdue", "機関ごとの回答数と期限超過数"},
    EXAMPLES_END};
const struct command cmd_query_list = {.noun = "query",
    .verb = "list",
    .summary_en = "queries with their states and deadlines",
    .summary_ja = "照会の一覧と状態、期限",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
