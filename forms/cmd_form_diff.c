/* shirabe form diff BEFORE AFTER */
#include "base/json_out.h"
#include "forms/form_command.h"
#include "forms/form_diff.h"

static enum err_code read_version(struct cli *c, const char *text, struct form **out, struct err *e) {
  struct form_operand o;
  TRY(form_operand_parse(cli_job(c)->arena, text, &o, e));
  if (!o.version) return ERR(e, E_FORM_OPERAND, .subject = text, .expected = "SURVEY/FORM/VERSION");
  return form_read(cli_job(c)->arena, cli_job(c), form_operand_folder(c), o.survey, o.form, o.version, INT64_MIN, out, NULL, e);
}

static void print_text(struct cli *c, const struct form_difference *d, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    fprintf(cli_out(c), "%c %s %s", "+-~"[d[i].change], d[i].table, d[i].name);
    if (d[i].change == CHANGE_ALTERED) fprintf(cli_out(c), " %s: '%s' -> '%s'\n", d[i].field, d[i].before, d[i].after);
    else fprintf(cli_out(c), ": %s\n", d[i].change == CHANGE_ADDED ? d[i].after : d[i].before);
  }
  if (!n) fputs(cli_say(c, "no difference\n", "違いはありません\n"), stderr);
}

static void print_json(struct cli *c, const struct form_difference *d, int64_t n) {
  static const char *const changes[] = {"added", "removed", "altered"};
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "change", changes[d[i].change]);
    json_put(&j, "table", d[i].table);
    json_put(&j, "name", d[i].name);
    json_put(&j, "field", d[i].field);
    json_put(&j, "before", d[i].before);
    json_put(&j, "after", d[i].after);
    json_end_object(&j);
  }
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {0};
  struct form *before, *after;
  const struct form_difference *d;
  int64_t n;
  enum err_code code = read_version(c, cli_operand(c, 0), &before, &e);
  if (!code) code = read_version(c, cli_operand(c, 1), &after, &e);
  if (!code) code = form_diff(cli_job(c)->arena, before, after, &d, &n, &e);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, d, n);
  else print_text(c, d, n);
  return n > 0;
}

const struct command cmd_form_diff = {
    .noun = "form",
    .verb = "diff",
    .summary_en = "what changed between two versions of a form",
    .summary_ja = "調査票の二つの版の違いを示す",
    .detail_en = "One line per change: + added, - removed, ~ altered, in record types, layouts, items, codes, checks and tables. Exit status 1 when "
                 "the versions differ.",
    .detail_ja = "変更を一行ずつ示します（+ 追加、- 削除、~ 変更）。対象は記録種別・様式・項目・符号・検査・表です。違いがあれば終了値は 1 です。",
    .options = (const struct option_record[]){FORM_OPTION_FORMS, FORM_OPTIONS_END},
    .operands = (const struct operand_record[]){{.name = "BEFORE", .help_en = "SURVEY/FORM/VERSION", .help_ja = "調査/調査票/版", .required = true},
        {.name = "AFTER", .help_en = "SURVEY/FORM/VERSION", .help_ja = "調査/調査票/版", .required = true}, FORM_OPERANDS_END},
    .examples = (const struct example[]){{"shirabe form diff vital/birth/2015 vital/birth/2015", "a version against itself: nothing",
                                             "同じ版どうし（違いなし）"},
        {"shirabe form diff vital/birth/2015 vital/birth/2015 --json", "for programs", "プログラム向けの出力"}, FORM_EXAMPLES_END},
    .run = run,
};
