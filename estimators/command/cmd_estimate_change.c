/* shirabe estimate change DATA.csv --design design.json --period month --from 2026-01 --to 2026-02 --of "total(x)" --by area */
#include <string.h>

#include "estimators/command/cmd_estimate_figures.h"
#include "estimators/table/column_condition.h"
#include "estimators/table/survey_change.h"

struct asked {
  struct measure measures[PLAN_MAX_MEASURES];
  int n_measures, n_dimensions;
  const char *dimensions[PLAN_MAX_DIMENSIONS];
};
static enum err_code read_dimensions(struct arena *a, const char *text, struct asked *q, struct err *e) {
  struct str rest = str_of(text ? text : "");
  while (rest.n) {
    const struct str name = str_trim(str_split(rest, ';', &rest));
    if (name.n == 0) continue;
    if (q->n_dimensions == PLAN_MAX_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = text, .expected = "at most 6 columns");
    if (!(q->dimensions[q->n_dimensions++] = arena_strdup(a, name.p, name.n))) return ERR(e, E_NO_MEMORY, .subject = "--by");
  }
  return E_OK;
}
static enum err_code make(struct cli *c, const struct survey_data *d, const struct asked *q, struct result_table **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct survey_overlap o;
  uint8_t *keep = NULL;
  int64_t unknown = 0;
  if (cli_text(c, "where")) {
    if (!(keep = ARENA_ARRAY(a, uint8_t, d->columns.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "--where");
    TRY(column_condition(a, &d->columns, cli_text(c, "where"), keep, &unknown, e));
  }
  const struct survey_change_request r = {.table = {.id = "change",
                                              .columns = &d->columns,
                                              .survey = &d->survey,
                                              .n_dimensions = q->n_dimensions,
                                              .n_row_dimensions = q->n_dimensions ? 1 : 0,
                                              .dimensions = q->dimensions,
                                              .n_measures = q->n_measures,
                                              .measures = q->measures,
                                              .keep = keep,
                                              .confidence = (double)cli_int(c, "confidence") / 100,
                                              .decimals = PLAN_AS_COMPUTED},
      .period = cli_text(c, "period"),
      .from = str_of(cli_text(c, "from")),
      .to = str_of(cli_text(c, "to"))};
  TRY(survey_change(cli_job(c), a, &r, out, &o, e));
  (*out)->title_en = (*out)->title_ja = arena_printf(a, "%s, %s - %s", cli_text(c, "of"), cli_text(c, "from"), cli_text(c, "to"));
  result_note(*out,
      arena_printf(a, "first-stage units: %lld in both periods, %lld only in %s, %lld only in %s", (long long)o.both, (long long)o.only_from,
          cli_text(c, "from"), (long long)o.only_to, cli_text(c, "to")));
  if (o.only_from || o.only_to)
    result_note(*out, "standard errors are those of the union of both samples, where a unit counts as 0 in a period it is not in: right for means "
      "and "
                      "ratios, too large for totals and counts, whose correlation comes out too low; the error of one level: estimate file with "
                      "the records of its period");
  survey_data_notes(d, *out);
  return E_OK;
}
static enum err_code work(struct cli *c, struct err *e) {
  const char *texts[] = {cli_text(c, "of"), cli_text(c, "by"), cli_text(c, "where"), cli_text(c, "period")};
  const struct survey_request request = {.csv_path = cli_operand(c, 0), .design_path = cli_text(c, "design"), .texts = texts, .n_texts = 4,
      .imputed_as_observed = !strcmp(cli_text(c, "imputed"), "as-observed")};
  struct asked *q = ARENA_NEW(cli_job(c)->arena, struct asked);
  struct survey_data *d = ARENA_NEW(cli_job(c)->arena, struct survey_data);
  struct result_table *t;
  if (!q || !d) return ERR(e, E_NO_MEMORY, .subject = "change");
  if (cli_int(c, "confidence") < 50 || cli_int(c, "confidence") > 99)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--confidence", .expected = "50 to 99");
  TRY(measures_parse(cli_job(c)->arena, str_of(texts[0]), q->measures, &q->n_measures, e));
  TRY(read_dimensions(cli_job(c)->arena, texts[1], q, e));
  TRY(survey_data_read(c, &request, d, e));
  TRY(survey_data_observed(d, texts, 4, e));
  if (d->plan.weight == PLAN_WEIGHT_POPULATIONS || d->survey.two_phase || d->replicated)
    return ERR(
        e, E_CHANGE, .subject = "the weight must be a column or the inverse of one, of each record's own period; no two phases, no replicates");
  TRY(make(c, d, q, &t, e));
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_change = {
    .noun = "estimate",
    .verb = "change",
    .summary_en = "change between two periods with overlapping samples",
    .summary_ja = "標本が重なる二期間の変化",
    .detail_en =
        "One file holds the records of both periods with a column that tells which; a unit that is in both has one label. Prints both levels, "
        "difference and relative change with their standard errors (the covariance of the overlap taken in), and the correlation of the "
        "levels. Items that the design lists as imputed stop it, unless --imputed as-observed. The weight is a column, "
        "right for each record's period. Month on month and year on year are the same question.",
    .detail_ja =
        "両期間の記録を一つのファイルに入れ、期間を示す列を置きます。両方にある単位は同じ番号です。両期間の水準、差、変化率を、"
        "重なりの共分散を含めた標準誤差つきで、水準の相関とともに示します。設計の imputed に挙げた項目では --imputed as-observed "
        "がなければ止まります。ウェイトは各期間のものを列で与えます。前月比も前年同月比も同じです。",
    .options = (const struct option_record[]){ESTIMATE_DESIGN_FILE,
        {.name = "of",
            .kind = OPT_TEXT,
            .value_name = "MEASURES",
            .help_en = "what is compared, at most six",
            .help_ja = "比べる集計量（6つまで）",
            .required = true},
        {.name = "period", .kind = OPT_TEXT, .value_name = "COLUMN", .help_en = "column of the period", .help_ja = "期間の列", .required = true},
        {.name = "from", .kind = OPT_TEXT, .value_name = "CODE", .help_en = "earlier period", .help_ja = "前の期間", .required = true},
        {.name = "to", .kind = OPT_TEXT, .value_name = "CODE", .help_en = "later period", .help_ja = "後の期間", .required = true},
        {.name = "by",
            .kind = OPT_TEXT,
            .value_name = "COLUMNS",
            .help_en = "columns of the table's cells, joined by ;",
            .help_ja = "集計区分の列（; 区切り）"},
        ESTIMATE_WHERE, ESTIMATE_IMPUTED,
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how it is printed",
            .help_ja = "表示の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        {.name = "confidence",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "of the intervals",
            .help_ja = "信頼区間の水準",
            .default_text = "95"},
        ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){ESTIMATE_DATA_OPERAND, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate change panel.csv --design design.json --of 'total(workers);ratio(wages,workers)' "
                                          "--period month --from 2025-12 --to 2026-01 --by industry",
                                             "month on month by industry", "産業別の前月比"},
        {"shirabe estimate change panel.csv --design design.json --of 'mean(wages)' --period year --from 2024 --to 2025 --as csv",
            "year on year, as CSV", "前年比を CSV で"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
