/* shirabe explain CELL */
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/json_out.h"
#include "estimators/sdc/sdc_words.h"
#include "front/explain.h"
#include "secure-store/cmd_store_open.h"

/* Which rule hides a figure, whose rule it is and that it was audited; not the value, its level or how many units stand behind it. */
static void print_hidden(struct cli *c, const struct explanation *x, const char *reason) {
  const struct disclosure_profile *p = x->table->profile;
  FILE *o = cli_out(c);
  fprintf(o, "  %s\n", sdc_kind_sentence(sdc_kind_of(reason), cli_lang(c) == LANG_JA));
  if (p) fprintf(o, cli_say(c, "  profile %s, %s; source: %s\n", "  秘匿基準 %s、確認状況 %s、出典 %s\n"), p->name, p->status, p->source);
  if (x->table->secondary.clean)
    fprintf(o, "%s\n",
            cli_say(c, "  audited: no hidden figure of the table follows from what is shown, within the width its rule asks for",
                    "  監査済み：表章値から秘匿値が、規則の求める幅より狭く分かることはありません"));
}

static void print_figure(struct cli *c, const struct cell_name *cell, const struct explanation *x) {
  const struct result_table *t = x->table->table;
  const struct result_measure *m = &t->measures[x->measure];
  char text[64], real[32];
  struct str value = result_text(m, x->row, text, sizeof text);
  FILE *o = cli_out(c);
  fprintf(o, "%s\n", cli_say(c, t->title_en, t->title_ja));
  for (int d = 0; d < t->n_dimensions; d++) fprintf(o, "  %s = %.*s\n", t->dimensions[d].name, (int)t->dimensions[d].code[x->row].n, t->dimensions[d].code[x->row].p);
  fprintf(o, "  %s = ", cell->measure);
  if (m->status[x->row] != RESULT_SHOWN) {
    fprintf(o, "%s (%s)\n", result_status_name(m->status[x->row]), m->reason[x->row] ? m->reason[x->row] : "");
    if (m->status[x->row] == RESULT_SUPPRESSED) print_hidden(c, x, m->reason[x->row]);
  } else {
    real_format(m->value[x->row], real);
    fprintf(o, "%.*s %s", (int)value.n, value.p, m->unit ? m->unit : "");
    if (!str_eq(value, str_of(real))) fprintf(o, cli_say(c, "   (before rounding %s)", "  （丸め前 %s）"), real);
    fputc('\n', o);
  }
  if (m->status[x->row] == RESULT_SHOWN && m->has_se[x->row]) {
    real_format(m->se[x->row], real);
    fprintf(o, cli_say(c, "  standard error %s, cv %.4f, df %lld%s\n", "  標準誤差 %s、変動係数 %.4f、自由度 %lld%s\n"), real, m->cv[x->row], (long long)m->df[x->row],
            m->has_se[x->row] == 2 ? cli_say(c, " (response of take-all strata taken as sampling)", "（全数層の回収を抽出とみなす）") : "");
  }
  if (t->n_status[x->row] == RESULT_SHOWN) fprintf(o, cli_say(c, "  n %lld\n", "  客体数 %lld\n"), (long long)t->n[x->row]);
}

static void print_origin(struct cli *c, const struct explanation *x) {
  FILE *o = cli_out(c);
  const struct table_spec *spec = x->table->spec;
  fprintf(o, "%s\n", cli_say(c, "how", "算出方法"));
  fprintf(o, cli_say(c, "  %s: rows %s; columns %s; measure %s\n", "  %s: 表側 %s、表頭 %s、測定 %s\n"), spec->id, spec->rows, spec->columns, spec->measure);
  fprintf(o, cli_say(c, "  domain %s; filter %s; rounding %s; disclosure %s\n", "  領域 %s、条件 %s、丸め %s、秘匿基準 %s\n"), spec->domain[0] ? spec->domain : "-", spec->filter[0] ? spec->filter : "-", spec->rounding[0] ? spec->rounding : "-", spec->disclosure);
  fprintf(o, "  %s %s/%s/%s %.16s\n", cli_say(c, "form", "様式"), x->table->form->survey, x->table->form->id, x->table->form->version, x->table->form->hash_hex);
  fprintf(o, "  %s %.16s; %s\n", cli_say(c, "specification", "仕様"), x->lineage.spec_hash, x->lineage.program);
  fprintf(o, "  %s: %s\n", cli_say(c, "weights", "ウェイト"), x->lineage.weights);
  for (int i = 0; i < x->table->table->n_notes; i++) fprintf(o, "  * %s\n", err_phrase(x->table->table->notes[i], cli_lang(c)));
  fprintf(o, cli_say(c, "from %lld records in %lld parts\n", "もとの記録 %lld 件、%lld 部分\n"), (long long)x->records, (long long)x->n_batches);
  for (int64_t i = 0; i < x->n_batches; i++) {
    const struct explained_batch *b = &x->batches[i];
    fprintf(o, "  %-28s %-14s %6lld  %s%.16s  #%lld  %s\n", b->sender, b->form, (long long)b->rows, b->id[0] ? "" : cli_say(c, "own intake", "自機関で取込"), b->id, (long long)b->sequence,
            !strcmp(b->state, "made here") ? cli_say(c, "made here", "当機関で作成") : cli_say(c, "signature holds", "署名を確認"));
  }
  fprintf(o, "%s\n", cli_say(c, "computed again from the sealed segments: the same bits", "封印された記録から計算し直し、同じビットになりました"));
}

static void print_json(struct cli *c, const struct cell_name *cell, const struct explanation *x) {
  const struct result_measure *m = &x->table->table->measures[x->measure];
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "release", x->release);
  json_put(&j, "table", cell->table);
  json_put(&j, "measure", cell->measure);
  json_put(&j, "status", result_status_name(m->status[x->row]));
  json_key(&j, "value");
  if (m->status[x->row] == RESULT_SHOWN) json_real(&j, m->value[x->row]);
  else json_null(&j);
  if (m->status[x->row] == RESULT_SUPPRESSED) {
    json_put(&j, "hidden_by", sdc_kind_word(sdc_kind_of(m->reason[x->row])));
    json_put(&j, "profile", x->table->profile ? x->table->profile->name : "");
    json_put(&j, "profile_source", x->table->profile ? x->table->profile->source : "");
    json_put(&j, "profile_status", x->table->profile ? x->table->profile->status : "");
    json_key(&j, "audited");
    json_bool(&j, x->table->secondary.clean);
  }
  json_put(&j, "spec_hash", x->lineage.spec_hash);
  json_put(&j, "weights", x->lineage.weights);
  json_put_int(&j, "records", x->records);
  json_key(&j, "batches");
  json_array(&j);
  for (int64_t i = 0; i < x->n_batches; i++) {
    json_object(&j);
    json_put(&j, "id", x->batches[i].id);
    json_put(&j, "sender", x->batches[i].sender);
    json_put(&j, "form", x->batches[i].form);
    json_put_int(&j, "rows", x->batches[i].rows);
    json_put(&j, "state", x->batches[i].state);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_key(&j, "same_bits");
  json_bool(&j, true);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct cell_name cell;
  struct explanation x;
  enum err_code code = cell_parse(cli_job(c)->arena, cli_operand(c, 0), &cell, &e);
  if (!code) code = store_cmd_unlock(c, &s, &e);
  if (!code) code = explain_cell(s, cli_job(c)->arena, &cell, &x, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, &cell, &x);
  else {
    print_figure(c, &cell, &x);
    print_origin(c, &x);
  }
  return 0;
}

static const struct option_record options[] = {
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}};
static const struct operand_record operands[] = {
    {.name = "CELL", .help_en = "RELEASE/TABLE?dimension=code&...:measure; a dimension that is not named means its total", .help_ja = "公表物/表?区分=符号&...:測定項目。指定しない区分は計とみなす", .required = true},
    {.name = NULL}};
static const struct example examples[] = {
    {"shirabe explain 'mls-2025-12/main?industry=E&size=5&worker_form=T:C'", "contractual earnings in manufacturing, 100-499 employees: from the figure down to the signed batches", "製造業・100～499人のきまって支給する給与を、署名付きのバッチまでさかのぼる"},
    {"shirabe explain 'vital-2026-01/births_prefecture_sex?residence_prefecture=01:count' --json", "births in Hokkaido, for a program", "北海道の出生数を JSON で"},
    {.command = NULL}};
const struct command cmd_explain = {
    .noun = "explain", .verb = NULL, .summary_en = "recompute a released figure and show everything it was made from", .summary_ja = "公表値を計算し直し、もとになったすべてを示す",
    .detail_en = "Opens every sealed segment the figure was made from, compares it with the lineage, checks each batch's signature, computes the table again and compares it to the last bit."
                 " One flipped bit makes it fail and names the batch."
                 " A suppressed figure tells the rule that hides it, its profile and the audit, never its value.",
    .detail_ja = "数値のもとになった封印済みの記録をすべて開き、系譜と照合し、各バッチの署名を確かめ、表を計算し直して最後のビットまで比べます。1ビットの違いでも失敗し、バッチを示します。"
                 "秘匿した数値については、理由・基準・監査を示し、値は示しません。",
    .options = options, .operands = operands, .examples = examples, .run = run};
