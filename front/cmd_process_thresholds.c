/* shirabe process thresholds SURVEY/FORM PERIOD */
#include <math.h>
#include <stdlib.h>

#include "front/thresholds_print.h"
#include "processing/command/cmd_process_periods.h"

enum { MOST_PERIODS = 60 };

static enum err_code read_limit(const struct cli *c, double *out, struct err *e) {
  const char *text = cli_text(c, "limit");
  char *end = NULL;
  *out = text ? strtod(text, &end) : 0;
  if (text && end != text && !*end && *out > 0 && *out < 1) return E_OK;
  return ERR(e, E_OUTLIER_PARAMETER, .subject = "limit", .expected = "above 0 and below 1", .found = text ? text : "");
}

static enum err_code replay_periods(struct cli *c, struct store *s, struct thresholds *t, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const int64_t n = cli_int(c, "periods");
  if (n < 1 || n > MOST_PERIODS) return ERR(e, E_OUTLIER_PARAMETER, .subject = "periods", .expected = "1 to 60");
  t->replays = ARENA_ARRAY(a, struct replay_report, n);
  char *names = ARENA_ARRAY(a, char, n * 16);
  if (!t->replays || !names) return ERR(e, E_NO_MEMORY, .subject = "replay");
  for (t->n = 0; t->n < n; t->n++) {
    char *period = names + (ptrdiff_t)t->n * 16;
    if (!process_period_shift(cli_operand(c, 1), -t->n, period))
      return ERR(e, E_PROCESS_NO_DATA, .subject = cli_operand(c, 1), .expected = "2025-12");
    const struct replay_request q = {.form = cli_operand(c, 0), .period = period, .frame = cli_text(c, "frame"),
        .frame_period = cli_text(c, "frame-period"), .step = cli_text(c, "step"), .limit = t->limit};
    TRY(process_replay(&q, s, &t->replays[t->n], e));
    TRY(recontact_add(&t->found, s, a, &t->replays[t->n], e));
  }
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct thresholds t = {.n = 0};
  enum err_code code = read_limit(c, &t.limit, &e);
  if (!code) code = store_cmd_unlock(c, &s, &e);
  if (!code) code = replay_periods(c, s, &t, &e);
  if (code) {
    store_close(s);
    return cli_fail(c, &e);
  }
  if (cli_json(c)) thresholds_json(c, &t);
  else if (cli_flag(c, "svg")) thresholds_svg(c, &t);
  else thresholds_text(c, &t);
  store_close(s);
  return 0;
}

const struct command cmd_process_thresholds = {
    .noun = "process",
    .verb = "thresholds",
    .summary_en = "replay past edited periods and say where a selective step may stop calling back",
    .summary_ja = "過去の編集済み期間を再現し、選択的編集の照会をどこで止めてよいかを示す",
    .detail_en =
        "Scores the values as they first came in as the step would, ranks the records, and compares the values with the edited result of the last"
        " run: per class, how many of the first must be reviewed so that the rest moves no total by more than the limit, and the score of the last"
        " of them. Answers to the step's queries give the hit rate per band of scores. Writes nothing; prints the threshold for process.json."
        " The limit is relative to the total, or with standard_errors in the step to the standard error.",
    .detail_ja = "最初に届いた値に手順と同じ評点を付けて並べ、最後の実行の編集結果と比べます。区分ごとに、上から何件を確認すれば残りが総計を上限より"
                 "動かさないか、その最後の評点はいくつかを示します。この手順の照会への回答から、評点の帯ごとの的中率を示します。何も書き込まず、"
                 "process.json のしきい値を表示します。上限は総計に対する比、手順に standard_errors があれば標準誤差に対する比です。",
    .options = (const struct option_record[]){{.name = "step",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "NAME",
                                                  .help_en = "the selective step (needed when there are several)",
                                                  .help_ja = "選択的編集の手順（複数あるときは必須）"},
        {.name = "limit",
            .kind = OPT_TEXT,
            .value_name = "NUMBER",
            .help_en = "largest relative pseudo-bias",
            .help_ja = "相対疑似偏りの上限",
            .default_text = "0.01"},
        {.name = "periods",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "how many periods, ending with PERIOD",
            .help_ja = "PERIOD までの期間の数",
            .default_text = "1"},
        {.name = "svg",
            .kind = OPT_FLAG,
            .help_en = "a plot of the last period instead of the table",
            .help_ja = "表の代わりに最後の期間の図（SVG）を出す"},
        PROCESS_OPTION_FRAME, PROCESS_OPTION_FRAME_PERIOD,
        PROCESS_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM",
                                                    .help_en = "form with a selective step in process.json",
                                                    .help_ja = "process.json に選択的編集の手順がある様式",
                                                    .required = true},
        {.name = "PERIOD", .help_en = "a period that has been run, as 2025-12", .help_ja = "実行済みの期間（例 2025-12）", .required = true},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe process thresholds mls/establishment 2025-12 --periods 3", "thresholds from three months",
                                             "3か月からしきい値を求める"},
        {"shirabe process thresholds mls/establishment 2025-12 --limit 0.005 --svg >rpb.svg", "the plot, for half a per cent", "上限 0.5% の図"},
        {.command = NULL}},
    .run = run,
};
