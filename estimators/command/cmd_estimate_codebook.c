/* shirabe estimate codebook SURVEY PERIOD TABLE, or --from FILE */
#include <string.h>

#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "estimators/table/codebook.h"

static enum err_code from_store(struct cli *c, struct store **s, struct result_document *d, struct err *e) {
  const struct estimate_options o = {
      .table = cli_operand(c, 2), .form = cli_text(c, "form"), .stage = cli_text(c, "stage"), .rule = cli_text(c, "rule")};
  struct estimate_output *output = ARENA_NEW(cli_job(c)->arena, struct estimate_output);
  if (!output) return ERR(e, E_NO_MEMORY, .subject = "codebook");
  TRY(store_cmd_unlock(c, s, e));
  TRY(estimate_tables(*s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, output, e));
  return estimate_result_of_run(cli_job(c)->arena, output, d, e);
}

static enum err_code write_page(struct cli *c, const struct result_document *d, const struct result_table *t, struct err *e) {
  struct estimate_labels *labels = ARENA_NEW(cli_job(c)->arena, struct estimate_labels);
  struct strbuf b;
  if (!labels) return ERR(e, E_NO_MEMORY, .subject = t->id);
  estimate_labels_read(c, t, labels);
  const struct codebook_words words = {estimate_code_label, estimate_item_label, labels, labels->n_forms > 0};
  const enum page_form form = cli_json(c) ? PAGE_JSON : !strcmp(cli_text(c, "as"), "html") ? PAGE_HTML : PAGE_MARKDOWN;
  strbuf_init(&b, 0);
  enum err_code code = codebook_write(cli_job(c)->arena, d, t, &words, form, cli_lang(c), &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}

static enum err_code work(struct cli *c, struct store **s, struct err *e) {
  const char *from = cli_text(c, "from");
  struct result_document d;
  struct result_table *t;
  if (from ? cli_operand_count(c) != 0 : cli_operand_count(c) != 3)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "codebook", .expected = "SURVEY PERIOD TABLE, or --from FILE");
  if (from) TRY(estimate_result_read(c, s, from, &d, e));
  else TRY(from_store(c, s, &d, e));
  TRY(estimate_result_table(&d, from ? cli_text(c, "table") : cli_operand(c, 2), &t, e));
  return write_page(c, &d, t, e);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  enum err_code code = work(c, &s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_codebook = {
    .noun = "estimate",
    .verb = "codebook",
    .summary_en = "the page that explains a table",
    .summary_ja = "表を説明するページを作る",
    .detail_en = "What each code of each dimension means in Japanese and English, what each measure is and how it was estimated, marks and states "
                 "with their numbers, notes and exceptions, weights, lineage and "
                 "digest: as Markdown, which reads as text, or as an HTML page to print. It holds no figure of the table.",
    .detail_ja = "各次元の符号の意味（日本語・英語）、集計量の定義と推定量、符号と状態とその個数、注と例外、ウェイト、系譜、ダイジェストを、そのまま"
                 "読める Markdown または印刷用の HTML で出します。"
                 "表の数値は含みません。",
    .options = (const struct option_record[]){{.name = "as",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "FORM",
                                                  .help_en = "form of the page",
                                                  .help_ja = "ページの形",
                                                  .default_text = "markdown",
                                                  .choices = "markdown|html"},
        {.name = "from",
            .kind = OPT_TEXT,
            .value_name = "FILE|ID",
            .help_en = "result file or kept table instead of the store's records",
            .help_ja = "記録の代わりに結果ファイルまたは残した表"},
        {.name = "table",
            .kind = OPT_TEXT,
            .value_name = "TABLE",
            .help_en = "table of the file, when it holds several",
            .help_ja = "複数の表があるファイルのときの表"},
        {.name = "form",
            .kind = OPT_TEXT,
            .value_name = "FORM",
            .help_en = "form of the table, when two have the name",
            .help_ja = "同じ名の表があるときの様式"},
        ESTIMATE_RULE, ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査"},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間"}, {.name = "TABLE", .help_en = "table of tables.csv", .help_ja = "tables.csv の表"},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate codebook mls 2025-12 main --as html --lang ja", "a page to print beside the table",
                                             "表に添える印刷用のページ"},
        {"shirabe estimate codebook --from result.json", "of a table in a file", "ファイルの表の説明"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
