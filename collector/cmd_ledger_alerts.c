/* shirabe ledger alerts SURVEY PERIOD */
#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger_alerts.h"

static const char *kind_name(struct cli *c, enum ledger_alert_kind k) {
  return k == ALERT_HARD ? cli_say(c, "hard", "強") : cli_say(c, "soft", "弱");
}

static void print_alerts(struct cli *c, const struct ledger_alert *list, int64_t n) {
  static const char *const heads[][2] = {
      {"alert", "警告"}, {"office", "機関"}, {"form", "様式"}, {"records", "件数"}, {"mean", "平均"}, {"of", "比較"}};
  struct text_table *t = text_table_new(6);
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  text_table_right(t, 3);
  text_table_right(t, 4);
  for (int64_t i = 0; i < n; i++) {
    char records[24], mean[32], of[64];
    int64_t tenths = (list[i].sum * 20 + list[i].years) / (2 * list[i].years);
    snprintf(records, sizeof records, "%lld", (long long)list[i].n);
    snprintf(mean, sizeof mean, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
    snprintf(of, sizeof of, list[i].expected ? cli_say(c, "expected count", "名簿の見込み件数") : cli_say(c, "%lld earlier years", "過去 %lld 年"),
        (long long)list[i].years);
    const char *cells[] = {kind_name(c, list[i].kind), list[i].office, list[i].form, records, mean, of};
    for (int k = 0; k < 6; k++) text_table_cell(t, cells[k]);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_json(struct cli *c, const struct ledger_alert *list, int64_t n) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "alert", list[i].kind == ALERT_HARD ? "hard" : "soft");
    json_put(&j, "office", list[i].office);
    json_put(&j, "form", list[i].form);
    json_put_int(&j, "records", list[i].n);
    json_put_int(&j, "sum", list[i].sum);
    json_put_int(&j, "years", list[i].years);
    json_put(&j, "against", list[i].expected ? "expected" : "earlier_years");
    json_end_object(&j);
  }
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct ledger_settings band;
  struct ledger_alert *list;
  int64_t n = 0, checked = 0;
  if (ledger_settings_read(cli_job(c)->arena, cli_operand(c, 0), &band, &e) || cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = ledger_alerts(s, cli_operand(c, 0), cli_operand(c, 1), &band, cli_job(c)->arena, &list, &n, &checked, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, list, n);
  else if (n) print_alerts(c, list, n);
  fprintf(stderr,
      cli_say(c,
          "%lld cells compared, %lld outside; band: more than %lld x root of the mean and more than %lld %%; 0 with a mean of %lld or more%s\n",
          "%lld 件を比較、範囲外 %lld 件。範囲: 平均の平方根の %lld 倍と %lld %% の両方を超えるもの、平均 %lld 以上で 0 件のもの%s\n"),
      (long long)checked, (long long)n, (long long)band.root, (long long)band.percent, (long long)band.hard_mean,
      band.own_band ? "" : cli_say(c, " (proposed thresholds, confirmed by no ministry)", "（提案値。府省の確認を受けたものではない）"));
  return n ? 1 : 0;
}

static const struct option_record options[] = {OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger alerts vital 2025-12", "counts outside the band of the same month of earlier years", "前年までの同月の範囲を外れる件数"},
    {"shirabe ledger alerts vital 2025-12 --json", "the same for a program", "同じ内容を JSON で"}, EXAMPLES_END};
const struct command cmd_ledger_alerts = {.noun = "ledger",
    .verb = "alerts",
    .summary_en = "counts that are hard to believe; exit 1 when there are any",
    .summary_ja = "例年と異なる件数の警告（あれば終了コード 1）",
    .detail_en =
        "The band is set in survey.json (count_band: years, root_multiple, percent, hard_mean). Offices that were merged count with their successor.",
    .detail_ja =
        "範囲は survey.json の count_band（years, root_multiple, percent, hard_mean）で定めます。合併した機関の件数は承継先に含めて比べます。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
