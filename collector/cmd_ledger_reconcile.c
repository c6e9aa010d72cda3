/* shirabe ledger reconcile SURVEY RANGE FILE */
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic_file.h"
#include "collector/cmd_open.h"
#include "collector/ledger_alerts.h"

enum { PROPOSED_PERCENT = 3 };

static enum err_code reconcile(struct cli *c, struct store *s, int64_t percent, int64_t *differ, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  struct ledger_register_line *list;
  int64_t checked;
  TRY(file_read(cli_operand(c, 2), 64u << 20, &p, &n, e));
  enum err_code code = ledger_reconcile(s, cli_operand(c, 0), cli_operand(c, 1), cli_operand(c, 2), str_view((const char *)p, n), percent,
      cli_job(c)->arena, &list, differ, &checked, e);
  free(p);
  TRY(code);
  for (int64_t i = 0; i < *differ; i++)
    fprintf(cli_out(c), cli_say(c, "%s %s register %lld, here %lld (%+lld)\n", "%s %s 住民登録 %lld、ここ %lld（%+lld）\n"), list[i].office,
        list[i].form, (long long)list[i].registered, (long long)list[i].here, (long long)(list[i].here - list[i].registered));
  fprintf(stderr, cli_say(c, "%lld lines compared, %lld differ by more than %lld %%%s\n", "%lld 行を比較、%lld 行が %lld %% を超えて相違%s\n"),
      (long long)checked, (long long)*differ, (long long)percent,
      cli_text(c, "percent") ? "" : cli_say(c, " (proposed threshold, confirmed by no ministry)", "（提案値。府省の確認を受けたものではない）"));
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int64_t differ = 0;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = reconcile(c, s, cli_text(c, "percent") ? cli_int(c, "percent") : PROPOSED_PERCENT, &differ, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : differ ? 1 : 0;
}

static const struct option_record options[] = {{.name = "percent",
                                                   .kind = OPT_INT,
                                                   .value_name = "N",
                                                   .help_en = "differences up to this are passed over; without it 3, a proposed threshold",
                                                   .help_ja = "この割合までの差は見過ごす。指定しなければ 3（提案値）"},
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "RANGE",
        .help_en = "the batch months of the year: 2025-02..2026-01",
        .help_ja = "その年にあたる送付月の範囲: 2025-02..2026-01",
        .required = true},
    {.name = "FILE", .help_en = "CSV: office,form,count", .help_ja = "CSV: office,form,count", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger reconcile vital 2025-02..2026-01 register.csv", "a year of births and deaths against the resident register",
        "一年分の出生・死亡を住民登録の件数と突き合わせる"},
    {"shirabe ledger reconcile vital 2025-02..2026-01 register.csv --percent 1", "more strictly", "より厳しく"}, EXAMPLES_END};
const struct command cmd_ledger_reconcile = {.noun = "ledger",
    .verb = "reconcile",
    .summary_en = "a year's counts against another register; exit 1 when they differ",
    .summary_ja = "一年の件数を住民登録と突き合わせる（相違があれば終了コード 1）",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
