/* shirabe intake check [INTAKE] */
#include <string.h>

#include "collector/cmd_open.h"
#include "collector/intake_excel.h"
#include "collector/intake_print.h"

static enum err_code list(struct cli *c, struct store *s, struct err *e) {
  struct intake_entry *entries;
  int64_t n;
  TRY(intake_list(s, NULL, NULL, cli_text(c, "period"), cli_job(c)->arena, &entries, &n, e));
  if (!store_is_locked(s)) TRY(intake_names(s, entries, n, cli_job(c)->arena, e));
  intake_print_list(c, entries, n);
  return E_OK;
}

/* The form the file was read with, when it is still here as it was; messages are poorer without it, no more. */
static const struct form *form_of(struct cli *c, const struct intake_entry *entry) {
  struct form *form = NULL;
  struct period p;
  struct err ignored;
  struct job quiet = *cli_job(c);
  quiet.problem = NULL;
  if (!period_parse(str_of(entry->period), &p)) return NULL;
  if (form_read(quiet.arena, &quiet, forms_folder(), entry->survey, entry->form, entry->version, period_last_day(&p), &form, NULL, &ignored)) return NULL;
  return strcmp(form->hash_hex, entry->form_hash) ? NULL : form;
}

static enum err_code show(struct cli *c, struct store *s, const char *number, int64_t *problems, struct err *e) {
  struct intake_entry entry;
  struct intake_problem *found;
  int64_t id, n;
  if (!str_int64(str_of(number), &id)) return ERR(e, E_INTAKE_UNKNOWN, .subject = number);
  TRY(intake_get(s, id, cli_job(c)->arena, &entry, e));
  TRY(intake_names(s, &entry, 1, cli_job(c)->arena, e));
  TRY(intake_problems(s, &entry, cli_job(c)->arena, &found, &n, e));
  *problems = entry.problems;
  if (cli_text(c, "excel")) return intake_excel_write(cli_text(c, "excel"), form_of(c, &entry), &entry, found, n, cli_lang(c), e);
  intake_print_problems(c, form_of(c, &entry), &entry, found, n);
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int64_t problems = 0;
  const char *number = cli_operand(c, 0);
  if (!number && cli_text(c, "excel")) {
    (void)ERR(&e, E_INTAKE_UNKNOWN, .subject = "");
    return cli_fail(c, &e);
  }
  enum err_code code = number ? cmd_open_store(c, &s, &e) : store_cmd_any(c, &s, &e);
  if (!code && number) code = intake_schema(s, &e);
  if (!code) code = number ? show(c, s, number, &problems, &e) : list(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : problems > 0;
}

const struct command cmd_intake_check = {
    .noun = "intake",
    .verb = "check",
    .summary_en = "list what was taken in, or the stored problems of one intake",
    .summary_ja = "取り込みの一覧、または一つの取り込みの問題を示す",
    .detail_en = "Without a number the intakes with their counts; file names only with the passphrase. With a number every problem with line, cell, item and "
                 "remedy; answers are not "
                 "stored with problems and are not shown. Exit status 1 when that intake has problems.",
    .detail_ja = "番号がなければ取り込みと件数の一覧（ファイル名はパスフレーズがあるときだけ）。番号を付けると、行・セル・項目・対応を一件ずつ示します。回答は問題とともに"
                 "保存されず、表示もされません。問題があれば"
                 "終了値は 1 です。",
    .options =
        (const struct option_record[]){
            {.name = "period", .kind = OPT_PERIOD, .value_name = "PERIOD", .help_en = "only this period (list)", .help_ja = "この期間だけ（一覧）"},
            {.name = "excel", .kind = OPT_FILE, .value_name = "FILE", .help_en = "write the problems of the intake to a new CSV file for a spreadsheet (CP932)", .help_ja = "取り込みの問題を表計算ソフト用の新しい CSV ファイル（CP932）に書く"},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands = (const struct operand_record[]){{.name = "INTAKE", .help_en = "number of an intake", .help_ja = "取り込みの番号"}, OPERANDS_END},
    .examples = (const struct example[]){{"shirabe intake check", "what was taken in", "取り込みの一覧"},
                                         {"shirabe intake check 1", "the problems of intake 1", "取り込み1の問題"},
                                         EXAMPLES_END},
    .run = run,
};
