/* shirabe release diff OLD NEW */
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/json_out.h"
#include "estimators/sdc/register/register_csv.h"
#include "front/register_bundle.h"

struct printing {
  struct cli *c;
  struct json_out *j;
  int64_t n;
};
static enum err_code print_change(void *context, const struct register_change *g, struct err *e) {
  struct printing *p = context;
  (void)e;
  p->n++;
  if (!p->j) {
    fprintf(cli_out(p->c), "%s\t%s\t%s\t%.*s (%s)\t%.*s (%s)\n", g->table, g->cell, g->measure, (int)g->before.n, g->before.p, g->status_before,
        (int)g->after.n, g->after.p, g->status_after);
    return E_OK;
  }
  json_object(p->j);
  json_put(p->j, "cell", g->cell);
  json_put(p->j, "measure", g->measure);
  json_key(p->j, "new");
  json_text(p->j, g->after);
  json_put(p->j, "new_status", g->status_after);
  json_key(p->j, "old");
  json_text(p->j, g->before);
  json_put(p->j, "old_status", g->status_before);
  json_put(p->j, "table", g->table);
  json_end_object(p->j);
  return E_OK;
}
static const struct register_table *table_of(const struct register_entry *x, const char *id) {
  for (int i = 0; i < x->n_tables; i++)
    if (!strcmp(x->table[i].id, id)) return &x->table[i];
  return NULL;
}
static enum err_code changes(struct printing *p, const struct register_entry *old, const struct register_entry *new, struct err *e) {
  struct arena *a = cli_job(p->c)->arena;
  for (int i = 0; i < old->n_tables; i++) TRY(register_changes(a, &old->table[i], table_of(new, old->table[i].id), print_change, p, e));
  for (int i = 0; i < new->n_tables; i++)
    if (!table_of(old, new->table[i].id)) TRY(register_changes(a, NULL, &new->table[i], print_change, p, e));
  return E_OK;
}
static enum err_code work(struct cli *c, int64_t *n, struct err *e) {
  struct register_entry old, new;
  struct strbuf b;
  struct json_out j = {0};
  struct printing p = {.c = c, .j = cli_json(c) ? &j : NULL};
  TRY(register_bundle_read(cli_job(c), cli_job(c)->arena, cli_operand(c, 0), cli_text(c, "key"), &old, e));
  TRY(register_bundle_read(cli_job(c), cli_job(c)->arena, cli_operand(c, 1), cli_text(c, "key"), &new, e));
  if (strcmp(old.survey, new.survey) || strcmp(old.period, new.period))
    return ERR(e, E_REGISTER_BUNDLE, .subject = new.release, .expected = old.release);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  enum err_code code = changes(&p, &old, &new, e);
  json_end_array(&j);
  if (!code && p.j) fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
  *n = p.n;
  if (!code && !p.j && !p.n) fprintf(cli_out(c), "%s", cli_say(c, "no figure differs\n", "違いはありません\n"));
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  int64_t n = 0;
  if (work(c, &n, &e)) return cli_fail(c, &e);
  return n ? 1 : 0;
}
const struct command cmd_release_diff = {.noun = "release",
    .verb = "diff",
    .summary_en = "what differs between two editions of a release",
    .summary_ja = "公表物の二つの版の違い",
    .detail_en = "Both bundles are checked first, no store is needed. Each figure that differs with its old and new value; of a suppressed "
                 "figure only that it is suppressed. "
                 "Exit status 1 when something differs.",
    .detail_ja = "先に両方の公表物を検査します（保管庫は不要）。違う値の新旧を示し、秘匿の値は秘匿とだけ示します。違いがあれば終了値は 1 です。",
    .options = (const struct option_record[]){{.name = "key",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "KEY",
                                                  .help_en = "the office's public key, as for release check",
                                                  .help_ja = "機関の公開鍵（release check と同じ）"},
        {.name = NULL}},
    .operands =
        (const struct operand_record[]){
            {.name = "OLD", .help_en = "folder of the earlier edition", .help_ja = "旧版のフォルダー", .required = true},
            {.name = "NEW", .help_en = "folder of the later one", .help_ja = "新版のフォルダー", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe release diff release/mls-2025-12-0123456789abcdef release/mls-2025-12-fedcba9876543210",
                                             "the changed cells of a correction", "訂正で変わったセル"},
        {"shirabe release diff old new --json", "the same for a program", "同じ内容を JSON で"}, {.command = NULL}},
    .run = run};
