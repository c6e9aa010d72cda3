/* shirabe estimate perturb CELLS.csv RELATIONS.csv --method controlled --base 3: rounding and noise instead of suppression. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/json_out.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_suppress_files.h"
#include "estimators/command/cmd_suppress_options.h"
#include "estimators/sdc/suppress/perturb.h"
#include "estimators/sdc/suppress/perturb_keyed.h"
#include "estimators/sdc/suppress/perturb_picture.h"


struct perturbation {
  struct cell_table *t;
  const char *method;
  int64_t base, threshold, *out;
  uint8_t *redacted; /* NULL: no cell is marked */
  bool proved, rounded, checked, keyed, of_units;
  int steps; /* controlled: 0, or 1 where one more step was needed */
  struct ptable noise, small_noise;
  struct perturb_loss loss;
  struct interval_attack attack;
};
static bool is(const struct perturbation *p, const char *method) { return !strcmp(p->method, method); }

/* --- what the methods need --- */

static enum err_code whole_option(struct cli *c, const struct perturbation *p, const char *name, int64_t least, int64_t *out, struct err *e) {
  int64_t v;
  if (!cli_text(c, name)) return ERR(e, E_SDC_PERTURB, .subject = arena_printf(cli_job(c)->arena, "%s: --%s", p->method, name));
  if (!cell_decimal(str_of(cli_text(c, name)), p->t->decimals, &v) || v < least)
    return ERR(e, E_SDC_PERTURB, .subject = arena_printf(cli_job(c)->arena, "--%s %s", name, cli_text(c, name)));
  *out = v;
  return E_OK;
}
static enum err_code real_option(struct cli *c, const char *name, double *out, struct err *e) {
  char *end;
  const char *text = cli_text(c, name);
  *out = strtod(text, &end);
  if (*end || end == text || !isfinite(*out) || *out < 0)
    return ERR(e, E_SDC_PERTURB, .subject = arena_printf(cli_job(c)->arena, "--%s %s", name, text));
  return E_OK;
}
static enum err_code keys(struct cli *c, struct perturbation *p, struct perturb_keys *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str text;
  uint8_t secret[16];
  if (!cli_text(c, "secret")) return ERR(e, E_SDC_PERTURB, .subject = arena_printf(a, "%s: --secret", p->method));
  TRY(suppress_read_text(a, cli_text(c, "secret"), &text, e));
  TRY(perturb_secret(text.p, text.n, secret, e));
  p->keyed = true;
  p->of_units = cli_text(c, "contributions") != NULL;
  if (!p->of_units) return cell_keys_of_codes(a, p->t, secret, out, e);
  TRY(suppress_read_text(a, cli_text(c, "contributions"), &text, e));
  TRY(contributions_check(a, cli_text(c, "contributions"), text, p->t, !cli_flag(c, "magnitude"), e));
  return cell_keys_of_units(a, p->t, cli_text(c, "contributions"), text, secret, out, e);
}
static enum err_code ptable_file(struct cli *c, const char *path, struct ptable *out, struct err *e) {
  struct str text;
  TRY(suppress_read_text(cli_job(c)->arena, path, &text, e));
  return ptable_parse(cli_job(c)->arena, path, text, out, e);
}
static enum err_code noise_table(struct cli *c, struct perturbation *p, struct err *e) {
  double variance, stay;
  struct strbuf b;
  if (cli_text(c, "p-table-small")) TRY(ptable_file(c, cli_text(c, "p-table-small"), &p->small_noise, e));
  if (cli_text(c, "p-table")) return ptable_file(c, cli_text(c, "p-table"), &p->noise, e);
  TRY(real_option(c, "variance", &variance, e));
  TRY(real_option(c, "stay", &stay, e));
  TRY(ptable_make(cli_job(c)->arena, (int)cli_int(c, "range"), variance, stay, (int)cli_int(c, "blocked"), &p->noise, e));
  if (!cli_text(c, "p-table-out")) return E_OK;
  strbuf_init(&b, 0);
  ptable_write(&p->noise, &b);
  const enum err_code code =
      b.failed ? ERR(e, E_NO_MEMORY, .subject = p->method) : atomic_write(cli_text(c, "p-table-out"), b.p, b.n, ATOMIC_REPLACE, 0600, e);
  strbuf_release(&b);
  return code;
}

/* --- methods --- */

static enum err_code controlled(struct cli *c, struct perturbation *p, struct err *e) {
  const double seconds = (double)cli_int(c, "seconds");
  struct err why = {.code = E_OK};
  TRY(whole_option(c, p, "base", 2, &p->base, e));
  enum err_code code = round_controlled(p->t, p->base, 0, seconds, p->out, &p->proved, &why);
  if (code == E_SDC_NO_ROUNDING && cli_flag(c, "extra-step")) {
    p->steps = 1;
    return round_controlled(p->t, p->base, 1, seconds, p->out, &p->proved, e);
  }
  if (code && e) *e = why;
  return code;
}
static enum err_code by_cell_key(struct cli *c, struct perturbation *p, struct err *e) {
  struct perturb_keys k;
  TRY(keys(c, p, &k, e));
  TRY(noise_table(c, p, e));
  if (!cli_flag(c, "magnitude")) return perturb_counts(p->t, &p->noise, k.key, p->out, e);
  struct magnitude_noise o = {.top = (int)cli_int(c, "top"), .table = &p->noise, .small_table = p->small_noise.n ? &p->small_noise : NULL};
  TRY(real_option(c, "share", &o.share, e));
  TRY(real_option(c, "share-large", &o.share_large, e));
  TRY(real_option(c, "flex", &o.flex, e));
  TRY(real_option(c, "small", &o.small, e));
  o.share /= 100, o.share_large /= 100;
  return perturb_magnitudes(p->t, &o, &k, p->out, e);
}
static enum err_code by_random(struct cli *c, struct perturbation *p, struct err *e) {
  struct perturb_keys k;
  TRY(whole_option(c, p, "base", 2, &p->base, e));
  TRY(keys(c, p, &k, e));
  round_random(p->t, p->base, k.key, p->out);
  return E_OK;
}
static enum err_code redact(struct cli *c, struct perturbation *p, struct err *e) {
  TRY(whole_option(c, p, "base", 2, &p->base, e));
  TRY(whole_option(c, p, "threshold", 2, &p->threshold, e));
  p->redacted = ARENA_ARRAY(cli_job(c)->arena, uint8_t, p->t->n_cells + 1);
  if (!p->redacted) return ERR(e, E_NO_MEMORY, .subject = p->method);
  if (!p->t->nonnegative) return ERR(e, E_SDC_PERTURB, .subject = "redact-round: no value may be negative");
  if (p->t->decimals) return ERR(e, E_SDC_PERTURB, .subject = "redact-round: counts are whole");
  redact_then_round(p->t, p->threshold, p->base, cli_flag(c, "with-zeros"), p->out, p->redacted);
  return E_OK;
}
static enum err_code change(struct cli *c, struct perturbation *p, struct err *e) {
  p->out = ARENA_ARRAY(cli_job(c)->arena, int64_t, p->t->n_cells + 1);
  if (!p->out) return ERR(e, E_NO_MEMORY, .subject = p->method);
  p->rounded = !is(p, "cell-key") && !is(p, "small-counts");
  if (is(p, "controlled")) return controlled(c, p, e);
  if (is(p, "random")) return by_random(c, p, e);
  if (is(p, "redact-round")) return redact(c, p, e);
  if (is(p, "cell-key")) return by_cell_key(c, p, e);
  TRY(whole_option(c, p, "base", 2, &p->base, e));
  if (p->t->decimals) return ERR(e, E_SDC_PERTURB, .subject = "small-counts: counts are whole");
  return round_small(p->t, p->base, p->out, e);
}

/* --- what was hidden stays hidden --- */

static enum err_code small_counts_consistent(const struct perturbation *p, struct err *e) {
  char text[160];
  for (int32_t c = 0; c < p->t->n_cells; c++)
    if (p->out[c] > 0 && p->out[c] < p->base) return ERR(e, E_SDC_REVEALS, .subject = cell_name(p->t, c, text, sizeof text));
  return perturb_additive(p->t, p->out) ? E_OK : ERR(e, E_SDC_REVEALS, .subject = "the parts do not add up");
}
static enum err_code check(struct cli *c, struct perturbation *p, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  char text[160];
  if (is(p, "small-counts")) return small_counts_consistent(p, e);
  if (!p->rounded) return E_OK; /* noise: nothing is exact, and its range is not published */
  int64_t *low = ARENA_ARRAY(a, int64_t, p->t->n_cells + 1), *high = ARENA_ARRAY(a, int64_t, p->t->n_cells + 1);
  if (!low || !high) return ERR(e, E_NO_MEMORY, .subject = p->method);
  const int64_t reach = p->steps ? 2 * p->base : p->base; /* one step more: a true value lies less than two bases away */
  rounding_intervals(p->t, p->out, p->redacted, p->threshold, reach, p->redacted != NULL, cli_flag(c, "with-zeros"), low, high);
  const int64_t gap = p->redacted && !cli_flag(c, "with-zeros") ? p->threshold : 0;
  TRY(perturb_attack(p->t, low, high, gap, p->threshold ? p->threshold : p->base, (int32_t)cli_int(c, "attacked"), false, &p->attack, e));
  p->checked = true;
  if (p->attack.n_exact) return ERR(e, E_SDC_REVEALS, .subject = cell_name(p->t, p->attack.first, text, sizeof text));
  if (p->attack.n_judged == p->attack.n_small) return E_OK;
  return ERR(e, E_SDC_REVEALS,
      .subject = arena_printf(a, "--attacked %s: %d of %d small cells not judged", cli_text(c, "attacked"),
          (int)(p->attack.n_small - p->attack.n_judged), (int)p->attack.n_small));
}

/* --- what is printed --- */

static void as_csv(const struct perturbation *p, struct strbuf *b) {
  strbuf_adds(b, "id,key,value,mark\n");
  for (int32_t c = 0; c < p->t->n_cells; c++) {
    strbuf_addf(b, "%d,", (int)c);
    csv_put_text(b, p->t->key[c], true);
    strbuf_addc(b, ',');
    const bool marked = p->redacted && p->redacted[c]; /* its value is not published: no 0 that could be read as one */
    if (!marked) strbuf_add_decimal(b, p->out[c], p->t->decimals);
    strbuf_adds(b, marked ? ",redacted\n" : ",\n");
  }
}
static void json_loss(const struct perturb_loss *l, struct json_out *j) {
  json_key(j, "loss");
  json_object(j);
  json_put_int(j, "cells", l->n);
  json_put_int(j, "changed", l->n_changed);
  json_key(j, "largest"), json_real(j, l->largest);
  json_key(j, "mean"), json_real(j, l->mean);
  json_key(j, "root_mean_square"), json_real(j, l->root_mean_square);
  json_key(j, "hellinger_utility"), json_real(j, l->hellinger_utility);
  json_put_int(j, "totals", l->n_totals);
  json_key(j, "totals_change"), json_real(j, l->totals);
  json_key(j, "rank_correlation"), json_real(j, l->rank);
  json_end_object(j);
}
static void as_json(const struct perturbation *p, struct strbuf *b) {
  struct json_out j;
  json_begin(&j, b, false);
  json_object(&j);
  json_put(&j, "method", p->method);
  if (p->base) json_key(&j, "base"), json_real(&j, (double)p->base / p->t->unit);
  if (p->threshold) json_key(&j, "threshold"), json_real(&j, (double)p->threshold / p->t->unit);
  if (is(p, "controlled")) json_key(&j, "least_change_proved"), json_bool(&j, p->proved), json_put_int(&j, "extra_steps", p->steps);
  if (p->keyed) json_put(&j, "noise_of", p->of_units ? "units" : "codes");
  json_key(&j, "additive"), json_bool(&j, perturb_additive(p->t, p->out));
  json_put(&j, "for_whom", "the office: losses tell the range of the noise and are not published");
  json_loss(&p->loss, &j);
  if (p->checked) {
    json_put_int(&j, "small_cells", p->attack.n_small);
    json_put_int(&j, "small_cells_attacked", p->attack.n_judged);
    json_put_int(&j, "small_cells_exact", p->attack.n_exact);
  }
  json_end_object(&j);
  strbuf_addc(b, '\n');
}
static void as_text(struct cli *c, const struct perturbation *p, struct strbuf *b) {
  const struct perturb_loss *l = &p->loss;
  strbuf_addf(b, cli_say(c, "%s: %d of %d cells changed%s\n", "%s: %d / %d セルを変更%s\n"), p->method, (int)l->n_changed, (int)l->n,
      perturb_additive(p->t, p->out) ? cli_say(c, ", additive", "（加法性あり）") : cli_say(c, ", not additive", "（加法性なし）"));
  strbuf_addf(b, cli_say(c, "change: largest %.6g, mean %.6g, root mean square %.6g; Hellinger utility %.6f\n",
                     "変化: 最大 %.6g、平均 %.6g、二乗平均平方根 %.6g。ヘリンガー有用度 %.6f\n"),
      l->largest, l->mean, l->root_mean_square, l->hellinger_utility);
  strbuf_addf(b,
      cli_say(c, "totals: %d, largest change %.4f %%; rank correlation %.6f\n",
          "総数: %d、最大の変化 %.4f%%。順位相関 %.6f\n"),
      (int)l->n_totals, 100 * l->totals, l->rank);
  if (is(p, "controlled") && p->steps)
    strbuf_adds(b, cli_say(c, "no rounding to neighbouring multiples: one step more was allowed\n",
                       "隣接する倍数への丸めはなく、1 段の余裕を許しました\n"));
  if (is(p, "controlled") && !p->proved)
    strbuf_adds(b, cli_say(c, "the sum of changes is not proved smallest (time)\n",
                       "変化の合計の最小性は未証明です（時間切れ）\n"));
  if (p->checked)
    strbuf_addf(b,
        cli_say(c, "attacked by programmes: %d of %d small cells, none known exactly\n",
            "線形計画による攻撃: 小さいセル %2$d のうち %1$d、特定 0\n"),
        (int)p->attack.n_judged, (int)p->attack.n_small);
  strbuf_adds(b, cli_say(c, "this report is for the office and is not published\n",
                     "この報告は機関内用です。公表しないでください\n"));
}
static enum err_code picture(struct cli *c, const struct perturbation *p, struct err *e) {
  struct strbuf b;
  if (!cli_text(c, "svg")) return E_OK;
  strbuf_init(&b, 0);
  perturb_picture(p->t, p->out, cli_lang(c) == LANG_JA, &b);
  const enum err_code code =
      b.failed ? ERR(e, E_NO_MEMORY, .subject = p->method) : atomic_write(cli_text(c, "svg"), b.p, b.n, ATOMIC_REPLACE, 0600, e);
  strbuf_release(&b);
  return code;
}
static enum err_code work(struct cli *c, struct perturbation *p, struct err *e) {
  struct strbuf b;
  TRY(perturb_check_options(c, e));
  TRY(suppress_read_table(c, false, &p->t, e));
  TRY(change(c, p, e));
  for (int32_t k = 0; k < p->t->n_cells; k++) p->out[k] = p->out[p->t->same[k]];
  TRY(check(c, p, e));
  perturb_loss(p->t, p->out, NULL, &p->loss);
  TRY(picture(c, p, e));
  strbuf_init(&b, 0);
  if (cli_json(c)) as_json(p, &b);
  else if (cli_flag(c, "csv")) as_csv(p, &b);
  else as_text(c, p, &b);
  return estimate_write(c, &b, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct perturbation p = {.method = cli_text(c, "method")};
  return work(c, &p, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_estimate_perturb = {
    .noun = "estimate",
    .verb = "perturb",
    .summary_en = "round a table or add noise to it instead of suppressing cells, with "
                  "what that costs",
    .summary_ja = "セルを秘匿する代わりに表を丸めるかノイズを加え、その損失を示す",
    .detail_en = "CELLS and RELATIONS are those of `estimate suppress`. Methods: "
                 "controlled (every cell becomes a "
                 "neighbouring multiple of --base and all "
                 "sums "
                 "hold; where there is none that is said, --extra-step allows one "
                 "multiple more), small-counts (only "
                 "what feeds counts below --base "
                 "changes, to 0 or the base; sums hold), random (up or down with the "
                 "right probability, by key), "
                 "redact-round (values below --threshold "
                 "are marked, the others rounded to the nearest multiple), cell-key "
                 "(noise from a table of "
                 "perturbations; --magnitude for amounts). Keyed "
                 "methods need --secret, a file of at least 16 bytes that is the same "
                 "for every table of the survey; "
                 "with --contributions the noise hangs "
                 "on "
                 "the units of a cell (or their holding), without on its code. After "
                 "rounding an attacker who knows "
                 "the method is run; where he finds a "
                 "small cell exactly, nothing is written and the exit status is 1. "
                 "--csv is the table to publish; "
                 "losses and pictures tell the range of the "
                 "noise and are for the office.",
    .detail_ja =
        "CELLS と RELATIONS は estimate suppress と同じです。方法: "
        "controlled（全セルを --base "
        "の隣接する倍数にし、和を保つ。解がなければそう報告し、"
        "--extra-step で 1 段の余裕を許す）、small-counts（--base "
        "未満の度数に関わる部分だけを 0 "
        "か基数に変え、和を保つ）、random（鍵による確率的丸め）、"
        "redact-round（--threshold "
        "未満を印に替え、残りを最も近い倍数に丸める）、cell-"
        "key（かく乱表によるノイズ、金額は "
        "--magnitude）。鍵を使う方法には"
        "--secret（16 "
        "バイト以上、調査の全ての表で同じファイル）が必要です。--contributions "
        "があればノイズはセルの客体（または名寄せした企業）で決まり、"
        "なければセルの符号で決まります。丸めの後、方法を知る攻撃者を線形計画で試し、小"
        "さいセルが特定される"
        "なら何も書かず終了値は 1 です。"
        "--csv が公表する表で、損失と図はノイズの幅を示すため機関内用です。",
    .options =
        (const struct option_record[]){{.name = "method",
                                           .kind = OPT_CHOICE,
                                           .choices = "controlled|small-counts|random|"
                                                      "cell-key|redact-round",
                                           .default_text = "controlled",
                                           .help_en = "how the table is changed",
                                           .help_ja = "表の変え方"},
            {.name = "base",
                .kind = OPT_TEXT,
                .value_name = "B",
                .help_en = "multiples of this",
                .help_ja = "丸めの基数"},
            {.name = "threshold",
                .kind = OPT_TEXT,
                .value_name = "N",
                .help_en = "redact-round: smaller values are marked",
                .help_ja = "redact-round: これ未満を印に替える"},
            {.name = "with-zeros",
                .kind = OPT_FLAG,
                .help_en = "redact-round: zeros are marked as well",
                .help_ja = "redact-round: 0 も印に替える"},
            {.name = "extra-step",
                .kind = OPT_FLAG,
                .help_en = "controlled: one multiple more where there is no other "
                           "rounding",
                .help_ja = "controlled: 解がないとき 1 段の余裕を許す"},
            {.name = "seconds",
                .kind = OPT_INT,
                .value_name = "N",
                .default_text = "60",
                .help_en = "controlled: limit of the search",
                .help_ja = "controlled: 探索の制限時間"},
            {.name = "secret",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "the survey's secret for keyed noise",
                .help_ja = "ノイズの鍵とする調査の秘密ファイル"},
            {.name = "contributions",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "units of the inner cells: cell,unit,value,holding",
                .help_ja = "最も細かいセルの客体: cell,unit,value,holding"},
            {.name = "p-table",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "cell-key: table of perturbations",
                .help_ja = "cell-key: かく乱表"},
            {.name = "p-table-small",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "--magnitude: table for cells below --small",
                .help_ja = "--magnitude: --small 未満のセルのかく乱表"},
            {.name = "p-table-out",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "write the table that was made (keep it secret)",
                .help_ja = "作ったかく乱表を書き出す（公表不可）"},
            {.name = "range",
                .kind = OPT_INT,
                .value_name = "D",
                .default_text = "5",
                .help_en = "cell-key without --p-table: largest noise",
                .help_ja = "cell-key（--p-table なし）: ノイズの最大幅"},
            {.name = "variance",
                .kind = OPT_TEXT,
                .value_name = "V",
                .default_text = "3",
                .help_en = "its variance",
                .help_ja = "その分散"},
            {.name = "stay",
                .kind = OPT_TEXT,
                .value_name = "P",
                .default_text = "0",
                .help_en = "probability of no noise, 0 = free",
                .help_ja = "ノイズ 0 の確率（0 = 自由）"},
            {.name = "blocked",
                .kind = OPT_INT,
                .value_name = "N",
                .default_text = "0",
                .help_en = "no result of 1 to N",
                .help_ja = "結果として 1～N を出さない"},
            {.name = "magnitude",
                .kind = OPT_FLAG,
                .help_en = "cell-key: values are amounts, noise of the largest "
                           "contributors",
                .help_ja = "cell-key: 値は金額。最大の寄与者に応じたノイズ"},
            {.name = "top",
                .kind = OPT_INT,
                .value_name = "K",
                .default_text = "1",
                .help_en = "--magnitude: contributors that count",
                .help_ja = "--magnitude: 考慮する寄与者の数"},
            {.name = "share",
                .kind = OPT_TEXT,
                .value_name = "PERCENT",
                .default_text = "10",
                .help_en = "--magnitude: noise in percent of a contribution",
                .help_ja = "--magnitude: 寄与額に対するノイズ（%）"},
            {.name = "share-large",
                .kind = OPT_TEXT,
                .value_name = "PERCENT",
                .default_text = "2",
                .help_en = "the same in large cells",
                .help_ja = "大きいセルでの同じ割合"},
            {.name = "flex",
                .kind = OPT_TEXT,
                .value_name = "X",
                .default_text = "0",
                .help_en = "where large begins; 0 = nowhere",
                .help_ja = "大きいセルの始まり（0 = なし）"},
            {.name = "small",
                .kind = OPT_TEXT,
                .value_name = "X",
                .default_text = "0",
                .help_en = "cells below take the table for small cells",
                .help_ja = "これ未満は小さいセルの表を使う"},
            {.name = "attacked",
                .kind = OPT_INT,
                .value_name = "N",
                .default_text = "2000",
                .help_en = "searches of the attack after rounding; where they do not suffice nothing is written",
                .help_ja = "丸め後の攻撃で試す探索の数。足りなければ何も書かない"},
            {.name = "csv",
                .kind = OPT_FLAG,
                .help_en = "the changed table as CSV",
                .help_ja = "変更後の表を CSV で"},
            {.name = "svg",
                .kind = OPT_FILE,
                .value_name = "FILE",
                .help_en = "picture of the changes (for the office)",
                .help_ja = "変化の図（機関内用）"},
            ESTIMATE_NO_OPTION},
    .operands =
        (const struct operand_record[]){
            {.name = "CELLS", .help_en = "cells", .help_ja = "セル", .required = true},
            {.name = "RELATIONS",
                .help_en = "sums",
                .help_ja = "和の関係",
                .required = true},
            ESTIMATE_NO_OPERAND},
    .examples =
        (const struct example[]){
            {"shirabe estimate perturb cells.csv rels.csv --method controlled --base 3 "
             "--csv",
                "round a table so that all sums hold", "和を保って表を丸める"},
            {"shirabe estimate perturb cells.csv rels.csv --method redact-round --base "
             "10 --threshold 3",
                "mark 1 and 2, round the rest, see what it costs",
                "1 と 2 を印に替えて残りを丸め、損失を見る"},
            ESTIMATE_NO_EXAMPLE},
    .run = run,
};
