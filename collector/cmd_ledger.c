/* shirabe ledger roster | status | gaps | balance */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger.h"
#include "forms/form.h"

/* Days from the end of the period to the due day of the office's own level's inputs; 0 when the survey is not in the library. */
static int64_t due_day(struct cli *c, const char *survey_id, const char *period) {
  struct survey *survey;
  struct period p;
  int64_t days = 0;
  if (!period_parse(str_of(period), &p)) return INT64_MIN;
  if (survey_read(cli_job(c)->arena, forms_folder(), survey_id, &survey, NULL) == E_OK)
    for (int i = 0; i + 1 < survey->n_levels; i++)
      if (survey->due_days[i] > days) days = survey->due_days[i];
  return period_last_day(&p) + days;
}

static enum err_code roster(struct cli *c, struct store *s, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  int64_t rows = 0;
  TRY(file_read(cli_operand(c, 0), 64u << 20, &p, &n, e));
  enum err_code code = ledger_roster_import(s, cli_operand(c, 0), str_view((const char *)p, n), &rows, e);
  free(p);
  if (!code) fprintf(cli_out(c), cli_say(c, "%lld offices on the roster\n", "名簿 %lld 件\n"), (long long)rows);
  return code;
}

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
  static const char *const heads[][2] = {{"office", "機関"}, {"name", "名称"}, {"through", "経由"}, {"form", "様式"}, {"state", "状態"}, {"declared", "送付票"}, {"accepted", "受領"}, {"rejected", "却下"}};
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
    number_cell(t, l->accepted, l->batch[0]);
    number_cell(t, l->rejected, l->batch[0]);
    if (term_colour(cli_out(c)) && (missing || l->state == LEDGER_LATE)) text_table_colour(t, (int)i + 1, 4, missing ? 31 : 33);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* Exit 1 when a cell is missing or held: a script notices as well as a person. */
static int status(struct cli *c, struct store *s, struct err *e) {
  struct ledger_cell *cells;
  int64_t n, missing = 0, held = 0;
  if (ledger_cells(s, cli_operand(c, 0), cli_operand(c, 1), due_day(c, cli_operand(c, 0), cli_operand(c, 1)), cli_job(c)->arena, &cells, &n, e)) return -1;
  if (cli_json(c)) json_cells(c, cells, n);
  else print_cells(c, cells, n);
  for (int64_t i = 0; i < n; i++) missing += cells[i].state == LEDGER_MISSING, held += cells[i].state == LEDGER_HELD;
  if (!n) fprintf(stderr, "%s", cli_say(c, "the roster is empty; next: shirabe ledger roster FILE\n", "名簿が空です。次に: shirabe ledger roster ファイル\n"));
  if (missing) fprintf(stderr, cli_say(c, "!! %lld office-forms are MISSING after the due date\n", "!! 期限後も未着の機関・様式が %lld 件あります\n"), (long long)missing);
  return missing || held || !n ? 1 : 0;
}

static const char *gap_text(struct cli *c, const char *kind) {
  static const char *const texts[][3] = {{"missing", "has sent nothing", "から何も届いていません"},
                                         {"sequence", "a number before this one never arrived", "これより前の番号が届いていません"},
                                         {"held", "is held until the number before it arrives", "は前の番号が届くまで保留です"},
                                         {"fork", "two different batches carry this number", "同じ番号のバッチが二種類あります"},
                                         {"not_forwarded", "was received here and not yet forwarded", "は受領済みですが、まだ転送されていません"},
                                         {"not_sealed", "was taken in here and is not sealed yet", "は取り込み済みですが、まだ封緘されていません"},
                                         {"no_receipt", "was sent and no receipt has come back", "は送付済みですが、受領書が届いていません"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!strcmp(texts[i][0], kind)) return cli_say(c, texts[i][1], texts[i][2]);
  return kind;
}

static int gaps(struct cli *c, struct store *s, struct err *e) {
  struct ledger_gap *g;
  int64_t n;
  if (ledger_gaps(s, cli_operand(c, 0), cli_operand(c, 1), cli_job(c)->arena, &g, &n, e)) return -1;
  for (int64_t i = 0; i < n; i++) {
    fprintf(cli_out(c), "%-13s %s", g[i].kind, g[i].office);
    if (g[i].number) fprintf(cli_out(c), " #%lld", (long long)g[i].number);
    fprintf(cli_out(c), " %s%s%s", g[i].form, g[i].form[0] ? " " : "", gap_text(c, g[i].kind));
    if (g[i].parent[0]) fprintf(cli_out(c), cli_say(c, " (through %s)", "（経由 %s）"), g[i].parent);
    fprintf(cli_out(c), "\n");
  }
  if (!n) fprintf(cli_out(c), "%s", cli_say(c, "no gaps\n", "欠けているものはありません\n"));
  return n ? 1 : 0;
}

static int balance(struct cli *c, struct store *s, struct err *e) {
  struct ledger_balance b;
  if (ledger_balance(s, cli_operand(c, 0), cli_operand_count(c) > 1 ? cli_operand(c, 1) : "", &b, e)) return -1;
  fprintf(cli_out(c), cli_say(c, "declared %lld = accepted %lld + rejected %lld + queried %lld + withdrawn %lld; stored %lld; differences %lld\n",
                              "送付票 %lld ＝ 受領 %lld ＋ 却下 %lld ＋ 照会 %lld ＋ 取下げ %lld、保存 %lld、相違 %lld\n"),
          (long long)b.declared, (long long)b.accepted, (long long)b.rejected, (long long)b.queried, (long long)b.withdrawn, (long long)b.stored, (long long)b.differences);
  return b.differences ? 1 : 0;
}

static int finish(struct cli *c, struct store *s, int status_code, const struct err *e) {
  store_close(s);
  return status_code < 0 ? cli_fail(c, e) : status_code;
}
static int run_roster(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e); /* a locked store is read-only */
  return finish(c, s, roster(c, s, &e) ? -1 : 0, &e);
}
static int with_store(struct cli *c, int (*f)(struct cli *, struct store *, struct err *)) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  return finish(c, s, f(c, s, &e), &e);
}
static int run_status(struct cli *c) { return with_store(c, status); }
static int run_gaps(struct cli *c) { return with_store(c, gaps); }
static int run_balance(struct cli *c) { return with_store(c, balance); }

static const struct option_record options[] = {OPTIONS_END};
static const struct option_record roster_options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record roster_operands[] = {{.name = "FILE", .help_en = "CSV: office,name,parent,survey,forms,since,until", .help_ja = "CSV: office,name,parent,survey,forms,since,until", .required = true}, OPERANDS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
                                                 OPERANDS_END};
static const struct operand_record balance_operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                         {.name = "PERIOD", .help_en = "2025-12; none: all periods", .help_ja = "2025-12 など。なければ全期間"},
                                                         OPERANDS_END};
static const struct example roster_examples[] = {{"shirabe ledger roster roster.csv", "who must report, with validity dates", "報告すべき機関と有効期間を登録する"},
                                                 {"shirabe ledger status vital 2025-12", "then see who has", "その後、報告状況を見る"}, EXAMPLES_END};
static const struct example status_examples[] = {{"shirabe ledger status vital 2025-12", "every office and form of the month with its state", "その月の機関・様式ごとの状態"},
                                                 {"shirabe ledger status vital 2025-12 --json", "the same for a program", "同じ内容を JSON で"}, EXAMPLES_END};
static const struct example gaps_examples[] = {{"shirabe ledger gaps vital 2025-12", "only what is missing, held, forked, not forwarded or without receipt", "未着・保留・重複番号・未転送・受領書なしだけを見る"},
                                               {"shirabe ledger balance vital 2025-12", "and whether the counts add up", "件数が合うかどうかも見る"}, EXAMPLES_END};
static const struct example balance_examples[] = {{"shirabe ledger balance vital 2025-12", "declared = accepted + rejected + queried + withdrawn, and what is stored", "送付票＝受領＋却下＋照会＋取下げ、および保存件数"},
                                                  {"shirabe ledger balance vital", "over all periods", "全期間について"}, EXAMPLES_END};
const struct command cmd_ledger_roster = {.noun = "ledger", .verb = "roster", .summary_en = "who must report, from when to when", .summary_ja = "報告すべき機関の名簿", .options = roster_options, .operands = roster_operands, .examples = roster_examples, .run = run_roster};
const struct command cmd_ledger_status = {.noun = "ledger", .verb = "status", .summary_en = "who has reported and who has not", .summary_ja = "提出状況表", .options = options, .operands = operands, .examples = status_examples, .run = run_status};
const struct command cmd_ledger_gaps = {.noun = "ledger", .verb = "gaps", .summary_en = "everything that should be here and is not", .summary_ja = "あるべきなのに無いもの", .options = options, .operands = operands, .examples = gaps_examples, .run = run_gaps};
const struct command cmd_ledger_balance = {.noun = "ledger", .verb = "balance", .summary_en = "do the counts add up", .summary_ja = "件数は合っているか", .options = options, .operands = balance_operands, .examples = balance_examples, .run = run_balance};
