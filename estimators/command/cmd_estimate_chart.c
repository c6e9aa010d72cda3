/* shirabe estimate chart SURVEY PERIOD TABLE, or --from FILE */
#include <string.h>

#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "estimators/command/cmd_picture.h"
#include "estimators/table/chart/chart_result.h"

enum { PERIODS_MOST = 600 };
struct request {
  struct chart_request q;
  struct estimate_labels labels;
  const struct result_table *tables[PERIODS_MOST];
  int n_tables;
  struct chart_label_break breaks[CHART_BREAKS_MOST];
  int n_breaks;
};

static enum chart_kind kind_of(const char *text) {
  return !strcmp(text, "bar") ? CHART_BAR : !strcmp(text, "line") ? CHART_LINE : !strcmp(text, "map") ? CHART_MAP : CHART_DOT;
}

/* --where sex=1 */
static enum err_code read_where(struct cli *c, struct chart_request *q, struct err *e) {
  for (int i = 0; i < cli_repeat_count(c, "where"); i++) {
    const char *text = cli_repeat(c, "where", i);
    struct str code, name = str_split(str_of(text), '=', &code);
    if (!name.n || name.n == strlen(text) || q->n_where == RESULT_MAX_DIMENSIONS)
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text, .expected = "dimension=code, at most eight");
    struct chart_where *w = &q->where[q->n_where++];
    w->code = code;
    if (!(w->dimension = arena_strdup(cli_job(c)->arena, name.p, name.n))) return ERR(e, E_NO_MEMORY, .subject = "--where");
  }
  return E_OK;
}

/* Several files are several periods of one table. */
static enum err_code read_files(struct cli *c, struct store **s, struct request *r, struct err *e) {
  const int n = cli_repeat_count(c, "from");
  if (n > PERIODS_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "at most 600");
  for (int i = 0; i < n; i++) {
    struct result_document d;
    struct result_table *t;
    TRY(estimate_result_read(c, s, cli_repeat(c, "from", i), &d, e));
    TRY(estimate_result_table(&d, cli_text(c, "table"), &t, e));
    if (cli_text(c, "rule")) TRY(estimate_apply_rule(cli_text(c, "rule"), "--rule", NULL, t, e));
    r->tables[r->n_tables++] = t;
  }
  return E_OK;
}

static enum err_code read_store(struct cli *c, struct store **s, struct request *r, struct err *e) {
  const struct estimate_options o = {
      .table = cli_operand(c, 2), .form = cli_text(c, "form"), .stage = cli_text(c, "stage"), .rule = cli_text(c, "rule")};
  struct estimate_output *output = ARENA_NEW(cli_job(c)->arena, struct estimate_output);
  struct result_document d;
  struct result_table *t;
  if (!output) return ERR(e, E_NO_MEMORY, .subject = "chart");
  TRY(store_cmd_unlock(c, s, e));
  TRY(estimate_tables(*s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, output, e));
  TRY(estimate_result_of_run(cli_job(c)->arena, output, &d, e));
  TRY(estimate_result_table(&d, o.table, &t, e));
  r->tables[r->n_tables++] = t;
  return E_OK;
}

static enum err_code draw(struct cli *c, struct request *r, struct err *e) {
  const int64_t classes = cli_int(c, "classes");
  struct strbuf b;
  if (classes < 3 || classes > CHART_CLASSES_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--classes", .expected = "3 to 7");
  r->q = (struct chart_request){.kind = kind_of(cli_text(c, "kind")),
      .measure = cli_text(c, "measure"),
      .axis = cli_text(c, "axis"),
      .by = cli_text(c, "by"),
      .margins = cli_flag(c, "margins"),
      .classes = (int)classes,
      .lang = cli_lang(c),
      .label = estimate_code_label,
      .item = estimate_item_label,
      .label_context = &r->labels};
  TRY(read_where(c, &r->q, e));
  TRY(break_labels_read(c, r->breaks, &r->n_breaks, e));
  if (r->n_breaks && r->q.kind != CHART_LINE) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--mark", .expected = "--kind line");
  r->q.breaks = r->breaks, r->q.n_breaks = r->n_breaks;
  estimate_labels_read(c, r->tables[0], &r->labels);
  strbuf_init(&b, 0);
  enum err_code code = chart_of_results(cli_job(c)->arena, r->tables, r->n_tables, &r->q, &b, e);
  if (!code) return estimate_write(c, &b, e);
  strbuf_release(&b);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct request *r = ARENA_NEW(cli_job(c)->arena, struct request);
  const int n = cli_operand_count(c);
  const bool files = cli_repeat_count(c, "from") > 0;
  enum err_code code;
  if (!r) code = ERR(&e, E_NO_MEMORY, .subject = "chart");
  else if (files ? n != 0 : n != 3) code = ERR(&e, E_ESTIMATE_ARGUMENT, .subject = "chart", .expected = "SURVEY PERIOD TABLE, or --from FILE");
  else code = files ? read_files(c, &s, r, &e) : read_store(c, &s, r, &e);
  if (!code) code = draw(c, r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  bool refused = false;
  for (int i = 0; i < r->n_tables; i++) refused = refused || r->tables[i]->refusal;
  return refused;
}

const struct command cmd_estimate_chart = {
    .noun = "estimate",
    .verb = "chart",
    .summary_en = "draw a result table as SVG",
    .summary_ja = "結果表を図（SVG）にする",
    .detail_en = "Dots or bars with the intervals that the table keeps, lines over time (several --from, one per period) with bands, or a tile map "
                 "of the 47 prefectures. The first dimension is the axis, the "
                 "second makes series; others are taken at their total unless --where names a code. Figures that are suppressed or too unreliable "
                 "have a sign and no place on the scale. The words of codes come "
                 "from the form; --lang chooses ja or en. Exit status 1 when the table may not be released as it is.",
    .detail_ja = "表にある信頼区間つきの点・棒、時系列の線と帯（期間ごとに --from "
                 "を重ねる）、47都道府県のタイル地図を描きます。最初の次元が軸、次が系列になり、ほかは --where がなければ総数をとります。"
                 "秘匿や信頼性不足の値は記号だけで、目盛上の位置を持ちません。符号の名前は様式からとり、--lang "
                 "で日本語・英語を選びます。そのままでは公表できないとき終了値は 1 です。",
    .options = (const struct option_record[]){{.name = "kind",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "KIND",
                                                  .help_en = "kind of picture",
                                                  .help_ja = "図の種類",
                                                  .default_text = "dot",
                                                  .choices = "dot|bar|line|map"},
        {.name = "measure", .kind = OPT_TEXT, .value_name = "MEASURE", .help_en = "measure; default: the first", .help_ja = "集計量（既定は最初）"},
        {.name = "axis", .kind = OPT_TEXT, .value_name = "DIMENSION", .help_en = "dimension along the axis", .help_ja = "軸の次元"},
        {.name = "by",
            .kind = OPT_TEXT,
            .value_name = "DIMENSION",
            .help_en = "dimension that makes series; empty: none",
            .help_ja = "系列の次元（空なら なし）"},
        {.name = "where",
            .kind = OPT_REPEAT,
            .value_name = "DIM=CODE",
            .help_en = "take a dimension at one code",
            .help_ja = "次元を一つの符号に固定"},
        {.name = "margins", .kind = OPT_FLAG, .help_en = "draw totals beside their parts", .help_ja = "総数も内訳と並べて描く"},
        {.name = "classes",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "classes of a map, 3 to 7",
            .help_ja = "地図の階級数（3〜7）",
            .default_text = "5"},
        {.name = "from",
            .kind = OPT_REPEAT,
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
        {.name = "mark",
            .kind = OPT_REPEAT,
            .value_name = "BREAK",
            .help_en = "line: a break, PERIOD=KIND:TEXT, KIND base, benchmark, shift or break",
            .help_ja = "line：断層の印（期間=種類:説明。種類は base・benchmark・shift・break）"},
        ESTIMATE_RULE, ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査"},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間"}, {.name = "TABLE", .help_en = "table of tables.csv", .help_ja = "tables.csv の表"},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate chart vital 2025-12 births_prefecture_sex --kind map --lang ja",
                                             "births by prefecture as a map", "都道府県別出生数の地図"},
        {"shirabe estimate chart --from result.json --kind dot --measure 'mean(income)'", "means with their intervals", "平均と信頼区間"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
