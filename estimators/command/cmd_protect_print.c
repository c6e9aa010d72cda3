/* cmd_protect_print.c -- see cmd_protect_print.h. */
#include "estimators/command/cmd_protect_print.h"

#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "estimators/sdc/sdc_words.h"

static void cell(struct text_table *t, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}
const char *protect_rule_text(const struct disclosure_profile *p, bool ja, char *out, size_t size) {
  const struct sdc_rule *r = &p->rule;
  static const char *const weights[] = {"none", "repeat", "raw"};
  size_t n = 0;
  out[0] = 0;
#define PUT(...)                                                                                                                                   \
  do {                                                                                                                                             \
    if (n < size) n += (size_t)snprintf(out + n, size - n, __VA_ARGS__);                                                                            \
  } while (0)
  if (r->min_n) PUT(ja ? "客体数 %lld 未満" : "fewer than %lld units", (long long)r->min_n);
  if (r->dominance_n) PUT(ja ? "、上位 %d 者 %g%%" : ", (%d, %g %%)", r->dominance_n, r->dominance_percent);
  if (r->p > 0 && r->q == 100) PUT(ja ? "、p=%g%%" : ", p %g %%", r->p);
  if (r->p > 0 && r->q != 100) PUT(ja ? "、p/q=%g/%g" : ", p/q %g/%g", r->p, r->q);
  if (r->p > 0 && r->coalition > 1) PUT(ja ? "、結託 %d 者" : ", coalitions of %d", r->coalition);
  if (r->request) PUT(ja ? "、求めのあった客体（%g%% 超）" : ", on request above %g %%", r->request_percent);
  if (r->zero_is_group) PUT("%s", ja ? "、全員0も秘匿" : ", zeros of a group");
  if (r->safety_range > 0) PUT(ja ? "、安全幅 %g%%" : ", safety range %g %%", r->safety_range);
  PUT(ja ? "、ウェイト %s" : ", weights %s", weights[r->weights]);
#undef PUT
  return out;
}
static const char *verdict(struct cli *c, const struct estimate_table *x) {
  if (!x->secondary.needed) return cli_say(c, "nothing hidden", "秘匿なし");
  return x->secondary.clean ? cli_say(c, "clean", "合格") : cli_say(c, "no", "不合格");
}
/* Whether every interval is as wide as the rules ask, and no more: a width over the hidden value is that value to whoever knows the shown figures. */
static bool reaches_level(const struct estimate_table *x) {
  return x->secondary.clean && x->secondary.narrowest_of;
}
static void level_cell(struct cli *c, struct text_table *t, const struct estimate_table *x) {
  text_table_cell(t, reaches_level(x) ? cli_say(c, "at least the level", "水準以上") : "-");
}
static void table_of_tables(struct cli *c, const struct estimate_output *r) {
  static const char *const heads[][2] = {{"table", "表"}, {"profile", "基準"}, {"cells", "セル"},
      {"few", "客体数不足"}, {"dominated", "占有"},
      {"p %", "p%"}, {"other", "その他"}, {"linked", "連動"}, {"secondary", "二次"}, {"interval", "区間"}, {"audit", "監査"},
      {"single", "単独秘匿"}, {"decision", "判定"}};
  enum { N = sizeof heads / sizeof *heads };
  struct text_table *t = text_table_new(N);
  if (!t) return;
  for (int i = 0; i < N; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 2; i < 10; i++) text_table_right(t, i);
  text_table_right(t, 11);
  for (int i = 0; i < r->n_tables; i++) {
    const struct estimate_table *x = &r->tables[i];
    text_table_cell(t, x->table->id);
    text_table_cell(t, x->table->profile ? x->table->profile : "-");
    cell(t, x->primary.n_cells);
    cell(t, x->primary.n_small);
    cell(t, x->primary.n_dominated);
    cell(t, x->primary.n_p_percent);
    cell(t, x->primary.n_request + x->primary.n_zero_group);
    cell(t, x->primary.n_linked);
    cell(t, x->secondary.n_figures);
    level_cell(c, t, x);
    text_table_cell(t, verdict(c, x));
    cell(t, x->additive.n_single);
    text_table_cell(t, x->table->refusal ? cli_say(c, "refused", "公表不可") : cli_say(c, "may go out", "公表可"));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
static bool said_before(const struct estimate_output *r, int i) {
  for (int k = 0; k < i; k++)
    if (r->tables[k].profile == r->tables[i].profile) return true;
  return false;
}
static void profiles(struct cli *c, const struct estimate_output *r) {
  const bool ja = cli_lang(c) == LANG_JA;
  char text[400];
  for (int i = 0; i < r->n_tables; i++) {
    const struct disclosure_profile *p = r->tables[i].profile;
    if (!p || said_before(r, i)) continue;
    fprintf(cli_out(c), "%s: %s\n", p->name, protect_rule_text(p, ja, text, sizeof text));
    fprintf(cli_out(c), ja ? "  確認状況 %s、出典 %s\n" : "  status %s; source: %s\n", p->status, p->source);
  }
}
void protect_print_text(struct cli *c, const struct estimate_output *r) {
  FILE *o = cli_out(c);
  table_of_tables(c, r);
  profiles(c, r);
  for (int i = 0; i < r->n_tables; i++) {
    const struct estimate_table *x = &r->tables[i];
    if (x->secondary.n_rows)
      fprintf(o, cli_say(c, "%s: secondary suppression of %lld rows, audited\n", "%s: 二次秘匿 %lld 行（監査済み）\n"), x->table->id,
          (long long)x->secondary.n_rows);
    if (x->table->refusal) fprintf(o, cli_say(c, "%s: refused: %s\n", "%s: 公表不可: %s\n"), x->table->id, x->table->refusal);
    for (int k = 0; k < x->additive.n_named; k++)
      fprintf(o, cli_say(c, "%s: one suppressed figure in %s\n", "%s: 秘匿が一つだけの組 %s\n"), x->table->id, x->additive.named[k]);
  }
}
void protect_print_cells(struct cli *c, const struct estimate_output *r) {
  FILE *o = cli_out(c);
  const bool ja = cli_lang(c) == LANG_JA;
  for (int i = 0; i < r->n_tables; i++) {
    const struct result_table *t = r->tables[i].table;
    for (int64_t row = 0; row < t->n_rows; row++)
      for (int k = 0; k < t->n_measures; k++) {
        if (t->measures[k].status[row] != RESULT_SUPPRESSED) continue;
        const enum sdc_kind kind = sdc_kind_of(t->measures[k].reason[row]);
        fprintf(o, "%s", t->id);
        for (int d = 0; d < t->n_dimensions; d++)
          fprintf(o, "%c%s=%.*s", d ? '&' : '?', t->dimensions[d].name, (int)t->dimensions[d].code[row].n, t->dimensions[d].code[row].p);
        fprintf(o, ":%s  %s  %s\n", t->measures[k].name, sdc_kind_word(kind), sdc_kind_sentence(kind, ja));
      }
  }
}
static void json_cells(struct json_out *j, const struct result_table *t) {
  json_key(j, "suppressed");
  json_array(j);
  for (int64_t row = 0; row < t->n_rows; row++)
    for (int k = 0; k < t->n_measures; k++) {
      if (t->measures[k].status[row] != RESULT_SUPPRESSED) continue;
      json_object(j);
      for (int d = 0; d < t->n_dimensions; d++) {
        json_key(j, t->dimensions[d].name);
        json_text(j, t->dimensions[d].code[row]);
      }
      json_put(j, "measure", t->measures[k].name);
      json_put(j, "rule", sdc_kind_word(sdc_kind_of(t->measures[k].reason[row])));
      json_end_object(j);
    }
  json_end_array(j);
}
static void json_audit(struct json_out *j, const struct estimate_table *x) {
  const struct sdc_secondary_report *s = &x->secondary;
  json_key(j, "audit");
  json_object(j);
  json_put(j, "method", s->needed ? "linear programmes by component, witnesses verified by adding" : "none needed");
  json_put(j, "verdict", !s->needed ? "nothing hidden" : s->clean ? "clean" : s->treated ? "not clean" : "not treated");
  json_put_int(j, "primary_cells", s->n_primary_cells);
  json_put_int(j, "secondary_cells", s->n_secondary_cells);
  json_put_int(j, "shared_rows", s->n_linked_cells);
  json_put_int(j, "sums_with_a_rest", s->n_rests);
  json_put_int(j, "programmes", s->n_programmes);
  json_key(j, "intervals_reach_the_level");
  if (s->needed) json_bool(j, reaches_level(x));
  else json_null(j);
  json_end_object(j);
}
static void json_table(struct json_out *j, const struct estimate_table *x, bool cells) {
  const struct sdc_primary_report *p = &x->primary;
  char text[400];
  json_object(j);
  json_put(j, "table", x->table->id);
  json_put(j, "profile", x->table->profile ? x->table->profile : "");
  json_put(j, "profile_status", x->profile ? x->profile->status : "");
  json_put(j, "profile_source", x->profile ? x->profile->source : "");
  json_put(j, "rule", x->profile ? protect_rule_text(x->profile, false, text, sizeof text) : "");
  json_put_int(j, "cells", p->n_cells);
  json_put_int(j, "small", p->n_small);
  json_put_int(j, "dominated", p->n_dominated);
  json_put_int(j, "p_percent", p->n_p_percent);
  json_put_int(j, "request", p->n_request);
  json_put_int(j, "zero_group", p->n_zero_group);
  json_put_int(j, "linked", p->n_linked);
  json_put_int(j, "additive_sets", x->additive.n_sets);
  json_put_int(j, "single_suppressed_sets", x->additive.n_single);
  json_put_int(j, "secondary_rows", x->secondary.n_rows);
  json_put_int(j, "secondary_figures", x->secondary.n_figures);
  json_audit(j, x);
  json_put(j, "refusal", x->table->refusal ? x->table->refusal : "");
  if (cells) json_cells(j, x->table);
  json_end_object(j);
}
enum err_code protect_print_json(struct cli *c, const struct estimate_output *r, bool cells, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < r->n_tables; i++) json_table(&j, &r->tables[i], cells);
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
