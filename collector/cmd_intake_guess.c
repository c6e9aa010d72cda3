/* shirabe intake guess FILE */
#include <stdio.h>
#include <string.h>

#include "collector/cmd_open.h"
#include "collector/guess_print.h"
#include "collector/guess_write.h"
#include "collector/intake_print.h"

static bool name_fits(const char *s) {
  if (*s < 'a' || *s > 'z' || strlen(s) > 40) return false;
  for (; *s; s++)
    if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '_')) return false;
  return true;
}

static enum err_code keep(struct cli *c, const struct guess *g, const struct guess_mapping *mapping, struct err *e) {
  const char *out = cli_text(c, "out");
  if (!out) return E_OK;
  if (mapping) return guess_layout_file(g, mapping, out, e);
  return guess_draft(g, forms_folder(), out, cli_text(c, "name"), e);
}

static void say_next(struct cli *c, const char *file, const struct guess_mapping *mapping) {
  const char *out = cli_text(c, "out");
  if (!out) {
    if (mapping) fprintf(stderr, "%s", cli_say(c, "next: --out LAYOUT.json keeps this as a layout\n", "次に: --out 配置.json を付けると、配置として残せます\n"));
    else
      fprintf(stderr, "%s",
              cli_say(c, "next: --form SURVEY/FORM matches the columns with a form (such as vital/birth, see forms/library); --out FOLDER drafts a new one\n",
                      "次に: --form 調査/様式 で様式の項目と対応付け（例 vital/birth。forms/library を参照）、--out フォルダー で新しい様式の案\n"));
    return;
  }
  if (mapping && mapping->form)
    fprintf(stderr,
            cli_say(c, "the layout is in %s; look it over, then: shirabe intake file %s --form %s/%s --layout-file %s --dry-run\n",
                    "配置を %s に書きました。確かめたうえで: shirabe intake file %s --form %s/%s --layout-file %s --dry-run\n"),
            out, file, mapping->form->survey, mapping->form->id, out);
  else
    fprintf(stderr,
            cli_say(c,
                    "the draft form is in %s; look it over, then: SHIRABE_FORMS=%s shirabe intake file %s --form draft/%s --period YEAR --dry-run\n",
                    "様式の案を %s に書きました。確かめたうえで: SHIRABE_FORMS=%s shirabe intake file %s --form draft/%s --period 年 --dry-run\n"),
            out, out, file, cli_text(c, "name"));
}

static enum err_code guess_one(struct cli *c, struct source *source, struct guess *g, struct guess_mapping *mapping, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct guess_lists lists;
  struct form *form;
  const struct source_reader *reader;
  if (!name_fits(cli_text(c, "name"))) return ERR(e, E_GUESS_NAME, .subject = cli_text(c, "name"));
  TRY(source_open_as(a, cli_operand(c, 0), "csv", "", source, &reader, e));
  TRY(guess_lists_read(a, cli_job(c), forms_folder(), &lists, e));
  TRY(guess_file(a, cli_job(c), source, reader, &lists, g, e));
  if (!cli_text(c, "form")) return E_OK;
  TRY(intake_form(c, cli_text(c, "form"), NULL, &form, e));
  return guess_map(a, form, g, mapping, e);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct source source = {.fd = -1, .apart = SOURCE_APART_OPTIONAL}; /* no store, no keys */
  struct guess g;
  struct guess_mapping mapping = {.n_matched = 0}, *used = cli_text(c, "form") ? &mapping : NULL;
  enum err_code code = guess_one(c, &source, &g, &mapping, &e);
  if (!code) {
    guess_print(c, cli_operand(c, 0), &g, used);
    code = keep(c, &g, used, &e);
    if (!code) say_next(c, cli_operand(c, 0), used);
  }
  source_close(&source);
  if (code) return cli_fail(c, &e);
  return used && used->n_matched < g.n_columns ? 1 : 0;
}

const struct command cmd_intake_guess = {
    .noun = "intake",
    .verb = "guess",
    .summary_en = "propose encoding, header rows, classes and an item mapping for an unknown file",
    .summary_ja = "知らないファイルの文字コード・見出し・区分・項目対応を推定する",
    .detail_en = "Reads the beginning of the file (the encoding is decided on all of it) and says what each column looks like, with a confidence and "
                 "the evidence. "
                 "Nothing is taken in. With --form the columns are matched with the form's items and --out FILE keeps the layout; without it --out "
                 "FOLDER keeps a "
                 "draft form. Exit status: 0 done, 1 some column has no item, 65 the file cannot be read.",
    .detail_ja = "ファイルの先頭を読み（文字コードは全体で判定）、各列がどう見えるかを確信度と根拠とともに示します。何も取り込みません。--form "
                 "を付けると様式の項目と対応付け、--out FILE に配置を書きます。付けなければ --out FOLDER "
                 "に様式の案を書きます。終了値: 0 完了、1 項目の決まらない列がある、65 読めない。",
    .options = (const struct option_record[]){{.name = "form",
                                               .kind = OPT_TEXT,
                                               .value_name = "SURVEY/FORM",
                                               .help_en = "match the columns with the items of this form",
                                               .help_ja = "この様式の項目と列を対応付ける"},
                                              {.name = "out",
                                               .kind = OPT_FILE,
                                               .value_name = "PATH",
                                               .help_en = "with --form the layout file, else the folder of the draft form; nothing is overwritten",
                                               .help_ja = "--form ありでは配置ファイル、なしでは様式案のフォルダー（上書きしない）"},
                                              {.name = "name",
                                               .kind = OPT_TEXT,
                                               .value_name = "NAME",
                                               .help_en = "name of the draft form",
                                               .help_ja = "様式案の名前",
                                               .default_text = "table"},
                                              {.name = "show-values",
                                               .kind = OPT_FLAG,
                                               .help_en = "show a cell of each column instead of its shape",
                                               .help_ja = "形でなくセルの例を示す"},
                                              OPTIONS_END},
    .operands = (const struct operand_record[]){{.name = "FILE", .help_en = "the file to look at", .help_ja = "調べるファイル", .required = true},
                                                OPERANDS_END},
    .examples = (const struct example[]){{"shirabe intake guess birth.csv", "what is this file?", "このファイルは何か"},
                                         {"shirabe intake guess birth.csv --form vital/birth", "which column holds which item of the form",
                                          "どの列が様式のどの項目か"},
                                         EXAMPLES_END},
    .run = run,
};
