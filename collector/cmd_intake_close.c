/* shirabe intake close --form SURVEY/FORM --period PERIOD */
#include "collector/cmd_open.h"
#include "collector/intake_print.h"

static enum err_code close_period(struct cli *c, struct intake_closing *out, struct err *e) {
  const char *period = cli_text(c, "period");
  bool nil = cli_flag(c, "nil"), given = cli_text(c, "declared") != NULL;
  struct store *s = NULL;
  struct form *form = NULL;
  struct period p;
  if (nil == given) return ERR(e, E_INTAKE_DECLARED_NEEDED, .subject = cli_text(c, "form"));
  TRY(intake_form(c, cli_text(c, "form"), period, &form, e));
  if (!period_parse(str_of(period), &p) || p.kind != form->period_kind) return ERR(e, E_INTAKE_PERIOD, .subject = period);
  TRY(cmd_open_store(c, &s, e));
  enum err_code code = intake_close(s, form->survey, form->id, period, nil ? 0 : cli_int(c, "declared"), nil, out, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct intake_closing closing;
  if (close_period(c, &closing, &e)) return cli_fail(c, &e);
  intake_print_closing(c, cli_text(c, "form"), cli_text(c, "period"), &closing);
  return 0;
}

const struct command cmd_intake_close = {
    .noun = "intake",
    .verb = "close",
    .summary_en = "close a period for a form with the declared count, or as a nil return",
    .summary_ja = "様式の期間を、申告件数または該当なしで締め切る",
    .detail_en = "The declared count is the number on the transmittal slip, not a count of the file. It must equal accepted + rejected; otherwise "
                 "nothing is closed and the "
                 "difference is shown. Files taken in later make a supplementary round.",
    .detail_ja = "申告件数は送付票の件数であり、ファイルを数えたものではありません。受理と却下の和に一致しなければ締め切らず、差を示します。後から取"
                 "り込んだファイルは追加の回になります。",
    .options =
        (const struct option_record[]){
            {.name = "form", .kind = OPT_TEXT, .value_name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
            {.name = "period", .kind = OPT_PERIOD, .value_name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true},
            {.name = "declared", .kind = OPT_INT, .value_name = "N", .help_en = "records on the transmittal slip", .help_ja = "送付票の件数"},
            {.name = "nil", .kind = OPT_FLAG, .help_en = "nothing to report", .help_ja = "該当なし"},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands = (const struct operand_record[]){OPERANDS_END},
    .examples =
        (const struct example[]){{"shirabe intake close --form vital/birth --period 2025-12 --declared 3", "three slips were declared", "申告は3件"},
                                 {"shirabe intake close --form vital/death --period 2025-12 --nil", "there was no death", "死亡は該当なし"},
                                 EXAMPLES_END},
    .run = run,
};
