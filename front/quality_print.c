/* Text. */
#include "front/quality_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/term.h"

const char *quality_percent_text(const struct quality_rate *r, bool weighted, char out[32]) {
  const double percent = quality_percent(r, weighted);
  if (percent < 0 && !(r->there && r->whole != 0)) return "–";
  (void)snprintf(out, 32, "%.1f", percent);
  return out;
}

const char *quality_reason(struct str reason, enum err_lang lang) {
  static const struct {
    const char *word, *en, *ja;
  } all[] = {{"not_logged", "the method does not log it", "方法が記録していません"},
      {"not_counted", "the step does not count it", "手順が数えていません"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (str_eq(reason, str_of(all[i].word))) return lang == LANG_JA ? all[i].ja : all[i].en;
  return "";
}

static void cell_int(struct text_table *t, int64_t v) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}
static void cell_rate(struct text_table *t, const struct quality_rate *r, bool weighted) {
  char text[32];
  text_table_cell(t, quality_percent_text(r, weighted, text));
}

/* Better is fewer failures: the arrow shows where the failure rate went. */
static void cell_trend(struct text_table *t, const struct quality_rate *now, const struct quality_rate *before, const char *period) {
  const double p = quality_percent(now, false), q = quality_percent(before, false);
  char text[64];
  if (!*period || p < 0 || q < 0) {
    text_table_cell(t, "–");
    return;
  }
  (void)snprintf(text, sizeof text, "%s %+.1f (%s)", fabs(p - q) < 0.05 ? "=" : p > q ? "↑" : "↓", p - q, period);
  text_table_cell(t, text);
}

static void print_heads(struct text_table *t, struct cli *c, const char *const (*heads)[2], int n) {
  for (int i = 0; i < n; i++) text_table_cell(t, cli_say(c, heads[i][0], heads[i][1]));
}

static void sender_row(struct cli *c, struct text_table *t, const char *office, const struct quality_figures *f, const struct quality_sender *s,
    const struct quality *q) {
  text_table_cell(t, office);
  text_table_cell(t, s ? s->state : "");
  if (f->answered.there) cell_int(t, (int64_t)f->answered.whole);
  else text_table_cell(t, "–");
  cell_rate(t, &f->response, false);
  cell_rate(t, &f->failed, false);
  cell_rate(t, &f->checks, false);
  cell_trend(t, &f->checks, s ? &s->before : &q->before, s ? s->before_period : q->before_period);
  cell_rate(t, &f->imputation, false);
  cell_rate(t, &f->failed_after, false);
  if (!s) text_table_cell(t, "");
  else if (!s->outcome.asked) text_table_cell(t, "0");
  else {
    char text[96];
    (void)snprintf(text, sizeof text, cli_say(c, "%lld: %lld confirmed, %lld corrected", "%lld（確認 %lld、訂正 %lld）"),
        (long long)s->outcome.asked, (long long)s->outcome.confirmed, (long long)(s->outcome.corrected + s->outcome.withdrawn));
    text_table_cell(t, text);
  }
}

static void print_senders(struct cli *c, const struct quality *q) {
  static const char *const heads[][2] = {{"sender", "送付機関"}, {"state", "状態"}, {"records", "記録"}, {"answered %", "回答率%"},
      {"failing %", "不合格%"}, {"checks failed %", "検査不合格率%"}, {"since", "前回比"}, {"imputed %", "補完率%"}, {"left failing %", "残り%"},
      {"queries", "照会"}};
  enum { N = sizeof heads / sizeof *heads };
  struct text_table *t = text_table_new(N);
  char name[160];
  if (!t) return;
  print_heads(t, c, heads, N);
  for (int64_t i = 0; i < q->n_senders; i++) {
    const struct quality_sender *s = &q->senders[i];
    (void)snprintf(name, sizeof name, "%s%s%s", s->office, *s->name ? " " : "", s->name);
    sender_row(c, t, name, &s->now, s, q);
  }
  sender_row(c, t, cli_say(c, "all", "計"), &q->all, NULL, q);
  for (int k = 2; k < 9; k++)
    if (k != 6) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void outcome_cell(struct cli *c, struct text_table *t, const struct quality_outcome *o) {
  char text[96];
  (void)snprintf(text, sizeof text,
      cli_say(c, "%lld asked, %lld confirmed, %lld corrected, %lld open", "照会 %lld、確認 %lld、訂正 %lld、未回答 %lld"), (long long)o->asked,
      (long long)o->confirmed, (long long)(o->corrected + o->withdrawn), (long long)o->open);
  text_table_cell(t, o->asked ? text : "–");
}

static void print_checks(struct cli *c, const struct quality *q) {
  static const char *const heads[][2] = {{"check", "検査"}, {"severity", "区分"}, {"failed", "不合格"}, {"judged", "判定"},
      {"failure %", "不合格率%"}, {"weighted %", "加重%"}, {"values changed", "変更した値"}, {"recontact", "照会の結果"}, {"meaning", "内容"}};
  enum { N = sizeof heads / sizeof *heads };
  struct text_table *t = text_table_new(N);
  if (!t) return;
  print_heads(t, c, heads, N);
  for (int i = 0; i < q->n_checks; i++) {
    const struct quality_check *k = &q->checks[i];
    if (!k->failure.there || k->failure.part <= 0) continue;
    text_table_cell(t, k->id);
    text_table_cell(t, k->severity);
    cell_int(t, (int64_t)k->failure.part);
    cell_int(t, (int64_t)k->failure.whole);
    cell_rate(t, &k->failure, false);
    if (k->failure.weighted) cell_rate(t, &k->failure, true);
    else text_table_cell(t, "–");
    cell_int(t, (int64_t)k->cost.part);
    outcome_cell(c, t, &k->outcome);
    text_table_cell(t, k->text);
  }
  for (int k = 2; k < 7; k++) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_head(struct cli *c, const struct quality *q) {
  fprintf(cli_out(c),
      cli_say(c, "%s/%s %s  data quality per sender; run %s, inputs %.16s, form %.16s, program %s\n",
          "%s/%s %s  送付機関別のデータ品質。実行 %s、入力 %.16s、様式 %.16s、プログラム %s\n"),
      q->form->survey, q->form->id, q->period, q->head.run, q->head.inputs, q->head.form_hash, q->head.program);
  fputs(cli_say(c, "internal: small numbers are not protected here, and nothing of it may be published\n",
            "内部用：少数の秘匿処理をしていないため、公表できません\n"),
      cli_out(c));
  if (q->due)
    fprintf(cli_out(c), cli_say(c, "offices: %lld of %lld have sent (%.1f %%)\n", "機関: %lld / %lld が送付済み（%.1f %%）\n"), (long long)q->sent,
        (long long)q->due, 100.0 * (double)q->sent / (double)q->due);
  else fputs(cli_say(c, "offices: no roster, so no response rate of offices\n", "機関: 名簿がないため、機関の回収率はありません\n"), cli_out(c));
  if (!q->weighted)
    fputs(cli_say(c, "weight none in the job: all rates are of records, none is weighted\n",
              "手順がウエイトなしのため、率はすべて記録数によるもので、加重した率はありません\n"),
        cli_out(c));
}

void quality_print_text(struct cli *c, const struct quality *q) {
  print_head(c, q);
  print_senders(c, q);
  print_checks(c, q);
  process_print_steps(c, q->steps, q->n_steps);
}

/* --- one sender --- */
static const char *examples_text(const struct quality_check *k, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int64_t i = 0; i < k->n_examples && n < size; i++)
    n += (size_t)snprintf(out + n, size - n, "%s%lld (%s)", i ? ", " : "", (long long)k->examples[i].record, k->examples[i].keys);
  return out;
}

enum { ITEM_ANSWERED, ITEM_IMPUTED, ITEM_MODIFIED, ITEM_RATES };
struct item_rates {
  struct quality_rate rate[ITEM_RATES];
};

/* Rates of one sender, [n_items]; one pass over the metrics. */
static void item_rates(const struct quality *q, const char *office, struct item_rates *out) {
  static const char *const names[ITEM_RATES] = {"item_response", "imputation", "modification"};
  const struct table *t = &q->metrics;
  for (int64_t row = 0; row < t->n_rows; row++) {
    const struct str item = quality_cell(t, row, METRIC_ITEM), name = quality_cell(t, row, METRIC_NAME);
    if (!item.n || !str_eq(quality_cell(t, row, METRIC_OFFICE), str_of(office))) continue;
    for (int i = 0; i < q->form->n_items; i++)
      for (int k = 0; k < ITEM_RATES && str_eq(item, str_of(q->form->items[i].name)); k++)
        if (str_eq(name, str_of(names[k]))) out[i].rate[k] = quality_rate_at(t, row);
  }
}

/* Something is missing or was changed. */
static bool worth_showing(const struct item_rates *r) {
  const double answered = quality_percent(&r->rate[ITEM_ANSWERED], false);
  return answered >= 0 && (answered < 100 || r->rate[ITEM_IMPUTED].part > 0 || r->rate[ITEM_MODIFIED].part > 0);
}

static void print_items(struct cli *c, const struct quality *q, const char *office) {
  static const char *const heads[][2] = {{"item", "項目"}, {"meaning", "内容"}, {"answered %", "回答率%"}, {"imputed %", "補完率%"}, {"modified %", "変更率%"}};
  struct item_rates *rates = ARENA_ARRAY(cli_job(c)->arena, struct item_rates, q->form->n_items + 1);
  struct text_table *t = rates ? text_table_new(5) : NULL;
  if (!t) return;
  item_rates(q, office, rates);
  print_heads(t, c, heads, 5);
  for (int i = 0; i < q->form->n_items; i++) {
    const struct item *item = &q->form->items[i];
    if (!worth_showing(&rates[i])) continue;
    text_table_cell(t, item->name);
    text_table_cell(t, process_pick(c, item->label_en, item->label_ja));
    for (int k = 0; k < ITEM_RATES; k++) cell_rate(t, &rates[i].rate[k], false);
  }
  for (int k = 2; k < 5; k++) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

void quality_print_sender(struct cli *c, const struct quality *q, const char *office) {
  static const char *const heads[][2] = {{"check", "検査"}, {"severity", "区分"}, {"failed", "不合格"}, {"judged", "判定"},
      {"failure %", "不合格率%"}, {"all %", "全体%"}, {"records (keys)", "記録（キー）"}, {"meaning", "内容"}};
  enum { N = sizeof heads / sizeof *heads };
  struct text_table *t = text_table_new(N);
  char text[512];
  if (!t) return;
  print_head(c, q);
  print_heads(t, c, heads, N);
  for (int64_t s = 0; s < q->n_senders; s++)
    for (int i = 0; i < q->n_checks && strcmp(q->senders[s].office, office) == 0; i++) {
      const struct quality_rate *r = &q->failure[s * q->n_checks + i];
      if (!r->there || r->part <= 0) continue;
      text_table_cell(t, q->checks[i].id);
      text_table_cell(t, q->checks[i].severity);
      cell_int(t, (int64_t)r->part);
      cell_int(t, (int64_t)r->whole);
      cell_rate(t, r, false);
      cell_rate(t, &q->checks[i].failure, false);
      text_table_cell(t, examples_text(&q->checks[i], text, sizeof text));
      text_table_cell(t, q->checks[i].text);
    }
  for (int k = 2; k < 6; k++) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  print_items(c, q, office);
}
