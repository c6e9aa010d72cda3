/* shirabe estimate compare OLD NEW */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/table/chart/chart_revision.h"
#include "estimators/table/revision.h"

/* --- text --- */
static const char *kind_text(const struct cli *c, enum revision_kind k) {
  static const char *const ja[] = {"同じ", "変更", "新規", "消滅", "状態変更", "秘匿等"};
  static const char *const en[] = {"same", "changed", "new", "gone", "status", "hidden"};
  return cli_say(c, en[k], ja[k]);
}

static void real_cell(struct text_table *x, const char *format, double v, bool there) {
  char b[64] = "";
  if (there) snprintf(b, sizeof b, format, v);
  text_table_cell(x, b);
}

static void value_cell(struct text_table *x, double v, bool there, const char *status) {
  char b[32];
  if (there) real_format(v, b);
  text_table_cell(x, there ? b : status);
}

static void cell_line(struct cli *c, struct text_table *x, const struct revision *r, const struct revision_cell *k) {
  char b[128];
  for (int d = 0; d < r->new_table->n_dimensions; d++) {
    struct str code = revision_code(r, k, d);
    text_table_cell(x, (snprintf(b, sizeof b, "%.*s", (int)code.n, code.p), b));
  }
  text_table_cell(x, revision_measure(r, k));
  value_cell(x, k->old_value, k->has_values, revision_status(r, k, false));
  value_cell(x, k->new_value, k->has_values, revision_status(r, k, true));
  value_cell(x, k->difference, k->has_values, "");
  real_cell(x, "%+.2f%%", 100 * k->relative, k->has_relative);
  real_cell(x, "%+.2f", k->old_se_units, k->has_old_se_units);
  real_cell(x, "%+.2f", k->difference_se_units, k->has_difference_se);
  snprintf(b, sizeof b, "%s%s%s%s%s", kind_text(c, k->kind), k->flag_changed ? " " : "", k->flag_changed ? revision_flag(r, k, false) : "",
      k->flag_changed ? ">" : "", k->flag_changed ? revision_flag(r, k, true) : "");
  text_table_cell(x, b);
}

/* The largest revisions, or with --all every cell that is not the same. */
static enum err_code print_cells(struct cli *c, const struct revision *r, struct err *e) {
  static const char *const heads[][2] = {{"measure", "集計量"}, {"old", "旧"}, {"new", "新"}, {"difference", "差"}, {"relative", "比率"},
      {"in old se", "旧標準誤差比"}, {"in se of difference", "差の標準誤差比"}, {"kind", "種類"}};
  const int n = r->new_table->n_dimensions;
  struct text_table *x = text_table_new(n + 8);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = r->new_table->id);
  for (int d = 0; d < n; d++) text_table_cell(x, r->new_table->dimensions[d].name);
  for (int k = 0; k < 8; k++) text_table_cell(x, heads[k][cli_lang(c) == LANG_JA]);
  for (int k = 1; k < 7; k++) text_table_right(x, n + k);
  if (cli_flag(c, "all")) {
    for (int64_t i = 0; i < r->n_cells; i++)
      if (r->cells[i].kind != REVISION_SAME || r->cells[i].flag_changed) cell_line(c, x, r, &r->cells[i]);
  } else
    for (int i = 0; i < r->summary.n_largest; i++) cell_line(c, x, r, &r->cells[r->summary.largest[i]]);
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  return E_OK;
}

static void print_summary(struct cli *c, const struct revision *r) {
  const struct revision_summary *s = &r->summary;
  const struct {
    const char *en, *ja;
    int64_t n;
  } lines[] = {{"the same", "同じ", s->n_same}, {"changed", "変更", s->n_changed}, {"new", "新規", s->n_new}, {"gone", "消滅", s->n_gone},
      {"with another status (shown, suppressed ...)", "状態の変更（表章、秘匿など）", s->n_status}, {"hidden in both", "両方で秘匿等", s->n_hidden},
      {"with another mark", "符号の変更", s->n_flags},
      {"with another standard error, df or interval only", "標準誤差・自由度・区間だけの変更", s->n_precision},
      {"changed by more than one standard error", "1標準誤差を超える変更", s->n_beyond_1_se},
      {"changed by more than two standard errors", "2標準誤差を超える変更", s->n_beyond_2_se}};
  FILE *o = cli_out(c);
  fprintf(
      o, "%s  %s -> %s\n", r->new_table->id, *r->old_table->period ? r->old_table->period : "-", *r->new_table->period ? r->new_table->period : "-");
  if (r->digests_known)
    fprintf(o, "  %s\n", r->same_digest ? cli_say(c, "same digest", "ダイジェスト一致") : cli_say(c, "digests differ", "ダイジェスト不一致"));
  fprintf(o, cli_say(c, "  %lld cells\n", "  %lld セル\n"), (long long)s->n_cells);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    if (lines[i].n || i == 0) fprintf(o, "  %9lld %s\n", (long long)lines[i].n, cli_say(c, lines[i].en, lines[i].ja));
  if (s->n_exposed)
    fprintf(o,
        cli_say(c, "  %9lld suppressed before and shown now: check that the old table does not give them away by subtraction\n",
            "  %9lld 以前は秘匿、今は表章：旧表から差引きで分からないか確認してください\n"),
        (long long)s->n_exposed);
  if (s->has_relative)
    fprintf(o, cli_say(c, "  relative change: median %.3f%%, largest %.3f%%\n", "  変化率：中央値 %.3f%%、最大 %.3f%%\n"), 100 * s->median_relative,
        100 * s->largest_relative);
}

static void print_why(struct cli *c, const struct revision *r) {
  FILE *o = cli_out(c);
  if (r->n_why) fprintf(o, "%s\n", cli_say(c, "what differs around the tables", "表の外で異なるもの"));
  else fprintf(o, "%s\n", cli_say(c, "nothing is known to differ around the tables", "表の外で異なるものは知られていません"));
  for (int i = 0; i < r->n_why; i++) fprintf(o, "  %s: %s -> %s\n", r->why[i].what, r->why[i].old_text, r->why[i].new_text);
}

static enum err_code print_text(struct cli *c, const struct revision *r, struct err *e) {
  print_summary(c, r);
  print_why(c, r);
  return r->summary.n_largest || cli_flag(c, "all") ? print_cells(c, r, e) : E_OK;
}

/* --- other forms --- */
static enum err_code print_form(struct cli *c, const struct revision *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    json_begin(&j, &b, false);
    revision_json(r, &j);
    strbuf_addc(&b, '\n');
  } else if (!strcmp(cli_text(c, "as"), "csv")) revision_csv(r, &b);
  else {
    struct estimate_labels labels;
    estimate_labels_read(c, r->new_table, &labels);
    code = chart_of_revision(cli_job(c)->arena, r, cli_lang(c), estimate_code_label, &labels, &b, e);
  }
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}

static enum err_code work(struct cli *c, struct store **s, bool *differs, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct revision_options o = {.independent = cli_flag(c, "independent")};
  struct result_document document[2];
  struct result_table *t[2];
  struct revision r;
  for (int k = 0; k < 2; k++) {
    TRY(estimate_result_read(c, s, cli_operand(c, k), &document[k], e));
    TRY(estimate_result_table(&document[k], cli_text(c, "table"), &t[k], e));
  }
  TRY(revision_compare(a, t[0], t[1], &o, &r, e));
  TRY(revision_reasons(a, &document[0], &document[1], &r, e));
  *differs = r.summary.n_same + r.summary.n_hidden != r.summary.n_cells || r.summary.n_flags || r.summary.n_precision;
  return !cli_json(c) && !strcmp(cli_text(c, "as"), "text") ? print_text(c, &r, e) : print_form(c, &r, e);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool differs = false;
  enum err_code code = work(c, &s, &differs, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : differs;
}

const struct command cmd_estimate_compare = {
    .noun = "estimate",
    .verb = "compare",
    .summary_en = "two runs of one table, cell by cell",
    .summary_ja = "一つの表の二つの実行をセルごとに比べる",
    .detail_en = "OLD and NEW are files (JSON of `estimate table --json` or `estimate run --json`, or the long CSV) or tables kept by `estimate run "
                 "--keep`, named by their first 8 or more digits. Cells are "
                 "matched by their codes: the same, changed, new, gone, another status or mark. A change is given as a difference, relative to the "
                 "old figure, in standard errors of the old figure, and, when "
                 "--independent says that the samples share no unit, in standard errors of the difference. A figure hidden on either side is "
                 "compared by its status only. Names what differs around the tables: "
                 "specifications, records, weights, rules. Exit status 1 when a cell differs.",
    .detail_ja = "OLD と NEW は、ファイル（estimate table --json、estimate run --json の出力、または縦長CSV）か、estimate run --keep "
                 "で残した表の先頭8桁以上です。符号でセルを対応させ、同じ、変更、新規、"
                 "消滅、状態や符号の変更に分けます。変更は、差、旧値に対する比率、旧値の標準誤差との比、また "
                 "--independent（標本が重ならない）のときは差の標準誤差との比で示します。どちらかで秘匿された値は"
                 "状態だけを比べます。仕様、記録、ウェイト、基準など、表の外で異なるものを挙げます。異なるセルがあれば終了値は 1 です。",
    .options = (const struct option_record[]){{.name = "table",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "TABLE",
                                                  .help_en = "table, when a file holds several",
                                                  .help_ja = "複数の表があるファイルのときの表"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|csv|svg"},
        {.name = "all",
            .kind = OPT_FLAG,
            .help_en = "text: every cell that is not the same, not only the ten largest changes",
            .help_ja = "文字の表に、最大の10件だけでなく異なるセルをすべて出す"},
        {.name = "independent", .kind = OPT_FLAG, .help_en = "the two samples share no unit", .help_ja = "二つの標本に共通の単位がない"},
        ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands =
        (const struct operand_record[]){{.name = "OLD", .help_en = "file or kept table", .help_ja = "ファイルまたは残した表", .required = true},
            {.name = "NEW", .help_en = "file or kept table", .help_ja = "ファイルまたは残した表", .required = true}, ESTIMATE_NO_OPERAND},
    .examples =
        (const struct example[]){{"shirabe estimate compare december.json december-revised.json", "what a revision changed", "改定で変わったもの"},
            {"shirabe estimate compare 5a3c90d1 0b77e2f4 --as csv", "two kept tables, every cell", "残した二つの表の全セル"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
