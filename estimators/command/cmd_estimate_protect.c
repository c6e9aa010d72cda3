/* shirabe estimate protect SURVEY PERIOD */
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"

static void cell(struct text_table *t, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

static void as_text(struct cli *c, const struct estimate_output *r) {
  static const char *const heads[][2] = {{"table", "表"}, {"profile", "基準"}, {"cells", "セル"}, {"small n", "客体数不足"},
      {"dominated", "占有"}, {"p %", "p%"}, {"sets", "和の組"}, {"single", "単独秘匿"}, {"decision", "判定"}};
  struct text_table *t = text_table_new(9);
  if (!t) return;
  for (int i = 0; i < 9; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 2; i < 8; i++) text_table_right(t, i);
  for (int i = 0; i < r->n_tables; i++) {
    const struct estimate_table *x = &r->tables[i];
    text_table_cell(t, x->table->id);
    text_table_cell(t, x->table->profile ? x->table->profile : "-");
    cell(t, x->primary.n_cells);
    cell(t, x->primary.n_small);
    cell(t, x->primary.n_dominated);
    cell(t, x->primary.n_p_percent);
    cell(t, x->additive.n_sets);
    cell(t, x->additive.n_single);
    text_table_cell(t, x->table->refusal ? cli_say(c, "refused", "公表不可") : cli_say(c, "may go out", "公表可"));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  for (int i = 0; i < r->n_tables; i++)
    if (r->tables[i].secondary.n_rows)
      fprintf(cli_out(c), cli_say(c, "%s: secondary suppression of %lld rows, audited\n", "%s: 二次秘匿 %lld 行（監査済み）\n"),
          r->tables[i].table->id, (long long)r->tables[i].secondary.n_rows);
  for (int i = 0; i < r->n_tables; i++)
    for (int k = 0; k < r->tables[i].additive.n_named; k++)
      fprintf(cli_out(c), cli_say(c, "%s: one suppressed figure in %s\n", "%s: 秘匿が一つだけの組 %s\n"), r->tables[i].table->id,
          r->tables[i].additive.named[k]);
}

static enum err_code as_json(struct cli *c, const struct estimate_output *r, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < r->n_tables; i++) {
    const struct estimate_table *x = &r->tables[i];
    json_object(&j);
    json_put(&j, "table", x->table->id);
    json_put(&j, "profile", x->table->profile ? x->table->profile : "");
    json_put_int(&j, "cells", x->primary.n_cells);
    json_put_int(&j, "small", x->primary.n_small);
    json_put_int(&j, "dominated", x->primary.n_dominated);
    json_put_int(&j, "p_percent", x->primary.n_p_percent);
    json_put_int(&j, "additive_sets", x->additive.n_sets);
    json_put_int(&j, "single_suppressed_sets", x->additive.n_single);
    json_put_int(&j, "secondary_rows", x->secondary.n_rows);
    json_put(&j, "refusal", x->table->refusal ? x->table->refusal : "");
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

static enum err_code work(struct cli *c, struct store *s, bool *refused, struct err *e) {
  const struct estimate_options o = {.table = cli_text(c, "table"), .stage = cli_text(c, "stage")};
  struct estimate_output r;
  TRY(estimate_tables(s, cli_operand(c, 0), cli_operand(c, 1), &o, cli_job(c)->arena, &r, e));
  for (int i = 0; i < r.n_tables; i++) *refused = *refused || r.tables[i].table->refusal;
  if (cli_json(c)) return as_json(c, &r, e);
  as_text(c, &r);
  return E_OK;
}

static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_protect = {
    .noun = "estimate",
    .verb = "protect",
    .summary_en = "what disclosure control decides for each table, and why",
    .summary_ja = "表ごとの秘匿の判定とその理由",
    .detail_en =
        "Primary suppression by the table's profile, then every additive set: a set with exactly one suppressed figure gives it away by sub"
        "traction, so further rows are hidden until an audit"
        " with linear programmes passes. Tables whose figures do not add up exactly (weighted figures, means) are refused instead. Exit sta"
        "tus 1 when a table is refused.",
    .detail_ja =
        "表の基準による一次秘匿のあと、和の組をすべて調べます。秘匿が一つだけの組は引き算で値が"
        "分かるため、線形計画による監査に合格するまで行を追加して秘匿します。"
        "合計が厳密に一致しない表（加重値・平均）は公表不可です。公表不可の表があれば終了値は 1 です。",
    .options =
        (const struct option_record[]){
            {.name = "table", .kind = OPT_TEXT, .value_name = "TABLE", .help_en = "only this table", .help_ja = "この表だけ"}, ESTIMATE_STAGE,
            ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate protect mls 2025-12", "every table of the month", "その月のすべての表"},
        {"shirabe estimate protect vital 2025-12 --table deaths_place --json", "one table, for a program", "一つの表を JSON で"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
