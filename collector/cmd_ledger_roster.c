/* shirabe ledger roster [FILE]: take a roster in, or write out the one that is here in the same form. */
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/cmd_open.h"
#include "collector/ledger.h"

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

static enum err_code write_out(struct cli *c, struct store *s, struct err *e) {
  enum { COLUMNS = 9 };
  struct db_statement *q;
  struct strbuf b;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT r.office, r.name, r.parent, r.survey, r.forms, r.since, r.until, coalesce(m.successor, ''), coalesce(m.expected, '') FROM roster r"
      " LEFT JOIN roster_more m ON m.office = r.office AND m.survey = r.survey AND m.since = r.since ORDER BY r.survey, r.parent, r.office, r.since",
      &q, e));
  strbuf_init(&b, 0);
  strbuf_adds(&b, "office,name,parent,survey,forms,since,until,successor,expected\n");
  enum err_code code = E_OK;
  while (!(code = db_step(q, &row, e)) && row) {
    for (int i = 0; i < COLUMNS; i++) csv_put_text(&b, db_text(q, i), i == 0);
    strbuf_addc(&b, '\n');
  }
  if (!code && b.failed) code = ERR(e, E_NO_MEMORY, .subject = "roster");
  if (!code) fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool import = cli_operand_count(c) > 0;
  if (import ? cmd_open_store(c, &s, &e) : cmd_open_locked(c, &s, &e)) return cli_fail(c, &e); /* a locked store is read-only */
  enum err_code code = import ? roster(c, s, &e) : write_out(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "FILE",
                                                     .help_en = "CSV: office,name,parent,survey,forms,since,until and, if known, successor,expected; none: write out the roster here",
                                                     .help_ja = "CSV: office,name,parent,survey,forms,since,until と、分かれば successor,expected。なければ現在の名簿を同じ形で書き出す"},
    OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger roster roster.csv", "who must report, with validity dates", "報告すべき機関と有効期間を登録する"},
    {"shirabe ledger roster >roster.csv", "the roster as it stands, to be changed and taken in again", "現在の名簿を書き出し、直して取り込み直す"},
    {"shirabe ledger status vital 2025-12", "then see who has", "その後、報告状況を見る"}, EXAMPLES_END};
const struct command cmd_ledger_roster = {.noun = "ledger",
    .verb = "roster",
    .summary_en = "who must report, from when to when",
    .summary_ja = "報告すべき機関の名簿",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
