/* shirabe ledger status SURVEY PERIOD: one period as a table, or a range as a picture. */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger.h"
#include "collector/ledger_matrix.h"
#include "collector/ledger_settings.h"

static void json_cells(struct cli *c, const struct ledger_cell *cells, int64_t n) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "office", cells[i].office);
    json_put(&j, "name", cells[i].name);
    json_put(&j, "parent", cells[i].parent);
    json_put(&j, "form", cells[i].form);
    json_put(&j, "state", ledger_state_name(cells[i].state, LANG_EN));
    json_put(&j, "batch", cells[i].batch);
    json_put_int(&j, "declared", cells[i].declared);
    json_put_int(&j, "accepted", cells[i].accepted);
    json_put_int(&j, "current", cells[i].current);
    json_put_int(&j, "rejected", cells[i].rejected);
    json_end_object(&j);
  }
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static void number_cell(struct text_table *t, int64_t v, bool known) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, known ? text : "-");
}

static void print_cells(struct cli *c, const struct ledger_cell *cells, int64_t n) {
  static const char *const heads[][2] = {{"office", "機関"}, {"name", "名称"}, {"through", "経由"}, {"form", "様式"}, {"state", "状態"},
      {"declared", "送付票"}, {"current", "有効"}, {"rejected", "却下"}};
  struct text_table *t = text_table_new(8);
  if (!t) return;
  for (int i = 0; i < 8; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 5; i < 8; i++) text_table_right(t, i);
  for (int64_t i = 0; i < n; i++) {
    const struct ledger_cell *l = &cells[i];
    bool missing = l->state == LEDGER_MISSING;
    char state[64];
    snprintf(state, sizeof state, missing ? "!! %s !!" : "%s", ledger_state_name(l->state, cli_lang(c)));
    text_table_cell(t, l->office);
    text_table_cell(t, l->name);
    text_table_cell(t, l->parent);
    text_table_cell(t, l->form);
    text_table_cell(t, state);
    number_cell(t, l->declared, l->batch[0]);
    number_cell(t, l->current, l->batch[0]);
    number_cell(t, l->rejected, l->batch[0]);
    if (term_colour(cli_out(c)) && (missing || l->state == LEDGER_LATE)) text_table_colour(t, (int)i + 1, 4, missing ? 31 : 33);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static int64_t due_day(const char *period, int64_t days) {
  struct period p;
  return period_parse(str_of(period), &p) ? period_last_day(&p) + days : INT64_MIN;
}

static int answer(struct cli *c, int64_t missing, int64_t held, bool empty) {
  if (empty)
    fprintf(
        stderr, "%s", cli_say(c, "no office is on the roster for this; next: shirabe ledger roster FILE. An office that only sends: shirabe ledger gaps\n",
            "名簿に該当する機関がありません。次に: shirabe ledger roster ファイル。送るだけの機関は shirabe ledger gaps をご覧ください\n"));
  if (missing)
    fprintf(stderr, cli_say(c, "!! %lld office-forms are MISSING after the due date\n", "!! 期限後も未着の機関・様式が %lld 件あります\n"),
        (long long)missing);
  return missing || held || empty ? 1 : 0;
}

/* Exit 1 when a cell is missing or held: a script notices as well as a person. */
static int one_period(struct cli *c, struct store *s, int64_t days, struct err *e) {
  struct ledger_cell *cells;
  int64_t n, missing = 0, held = 0;
  if (ledger_cells(s, cli_operand(c, 0), cli_operand(c, 1), due_day(cli_operand(c, 1), days), cli_job(c)->arena, &cells, &n, e)) return -1;
  if (cli_json(c)) json_cells(c, cells, n);
  else if (n) print_cells(c, cells, n);
  for (int64_t i = 0; i < n; i++) missing += cells[i].state == LEDGER_MISSING, held += cells[i].state == LEDGER_HELD;
  return answer(c, missing, held, !n);
}

static enum err_code show_matrix(struct cli *c, const struct ledger_matrix *m, struct err *e) {
  const char *page = cli_text(c, "html");
  struct strbuf b;
  strbuf_init(&b, 0);
  if (page) ledger_matrix_html(m, cli_operand(c, 0), cli_lang(c), &b);
  else if (cli_flag(c, "csv")) ledger_matrix_csv(m, &b);
  else ledger_matrix_text(m, cli_lang(c), term_colour(cli_out(c)), &b);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = "ledger") : E_OK;
  if (!code && page) code = atomic_write(page, b.p, b.n, ATOMIC_REPLACE, 0600, e);
  if (!code && !page) fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
  return code;
}

static int picture(struct cli *c, struct store *s, int64_t days, struct err *e) {
  struct ledger_matrix m;
  if (ledger_matrix(s, cli_operand(c, 0), cli_operand(c, 1), days, cli_job(c)->arena, &m, e) || show_matrix(c, &m, e)) return -1;
  return answer(c, m.counts[LEDGER_MISSING], m.counts[LEDGER_HELD], !m.n_offices);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  int64_t days = ledger_due_days(cli_job(c)->arena, cli_operand(c, 0));
  bool matrix = cli_flag(c, "matrix") || cli_flag(c, "csv") || cli_text(c, "html") || strstr(cli_operand(c, 1), "..");
  int status = matrix ? picture(c, s, days, &e) : one_period(c, s, days, &e);
  store_close(s);
  return status < 0 ? cli_fail(c, &e) : status;
}

static const struct option_record options[] = {
    {.name = "matrix", .kind = OPT_FLAG, .help_en = "offices by periods, a letter each", .help_ja = "機関×期間の一覧（1文字ずつ）"},
    {.name = "csv", .kind = OPT_FLAG, .help_en = "the same as CSV: office,period,state", .help_ja = "同じ内容の CSV: office,period,state"},
    {.name = "html",
        .kind = OPT_FILE,
        .value_name = "FILE",
        .help_en = "the same as a page that can be printed",
        .help_ja = "同じ内容の印刷できるページ"},
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12, or a range: 2016-01..2025-12", .help_ja = "2025-12 など。範囲は 2016-01..2025-12", .required = true},
    OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger status vital 2025-12", "every office and form of the month with its state", "その月の機関・様式ごとの状態"},
    {"shirabe ledger status vital 2025-12 --json", "the same for a program", "同じ内容を JSON で"},
    {"shirabe ledger status vital 2016-01..2025-12 --html status.html", "ten years as a page to print", "10年分を印刷できるページに"}, EXAMPLES_END};
const struct command cmd_ledger_status = {.noun = "ledger",
    .verb = "status",
    .summary_en = "who has reported and who has not",
    .summary_ja = "提出状況表",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
