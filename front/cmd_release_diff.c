/* shirabe release diff OLD NEW */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "estimators/sdc/register/register_csv.h"
#include "secure-store/release.h"

enum { FILE_MAX = 1 << 28 };

static enum err_code load(struct arena *a, const char *folder, const char *name, struct str *out, struct err *e) {
  char path[4096 + 256];
  uint8_t *p = NULL;
  size_t n;
  if (snprintf(path, sizeof path, "%.4095s/%.200s", folder, name) >= (int)sizeof path) return ERR(e, E_REGISTER_BUNDLE, .subject = folder);
  TRY(file_read(path, FILE_MAX, &p, &n, e));
  const char *copy = arena_strdup(a, (const char *)p, n);
  free(p);
  *out = str_view(copy, n);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = folder);
}
static bool is_long(const char *name) {
  const size_t n = strlen(name);
  return n > 11 && !strncmp(name, "tables/", 7) && !strcmp(name + n - 4, ".csv") && !memchr(name + 7, '.', n - 11);
}
static enum err_code tables_of(struct cli *c, const char *folder, const struct json_value *files, struct register_entry *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str text;
  out->table = ARENA_ARRAY(a, struct register_table, json_length(files) + 1);
  if (!out->table) return ERR(e, E_NO_MEMORY, .subject = folder);
  for (size_t i = 0; i < json_length(files); i++) {
    const char *name = json_member_string(json_element(files, i), "name", "");
    if (!is_long(name)) continue;
    TRY(load(a, folder, name, &text, e));
    TRY(register_from_csv(a, arena_strdup(a, name, strlen(name)), text, "", &out->table[out->n_tables++], e));
  }
  return E_OK;
}
/* Hashes and signature are checked first: a difference to a bundle that was altered would say nothing. */
static enum err_code bundle_of(struct cli *c, const char *folder, struct register_entry *out, struct err *e) {
  struct release_result r;
  struct json_document *d = NULL;
  struct str text;
  struct arena *a = cli_job(c)->arena;
  *out = (struct register_entry){.release = "", .survey = "", .period = "", .kind = ""};
  TRY(release_check(cli_job(c), folder, cli_text(c, "key"), &r, e));
  if (r.not_before > job_now(cli_job(c))) return ERR(e, E_EMBARGO, .subject = r.id);
  TRY(load(a, folder, "release.json", &text, e));
  TRY(json_parse("release.json", text.p, text.n, &d, e));
  const struct json_value *root = json_root(d);
  const char *survey = json_member_string(root, "survey", ""), *period = json_member_string(root, "period", "");
  out->release = arena_strdup(a, r.id, strlen(r.id));
  out->survey = arena_strdup(a, survey, strlen(survey)), out->period = arena_strdup(a, period, strlen(period));
  enum err_code code = tables_of(c, folder, json_member(root, "files"), out, e);
  json_release(d);
  return code;
}
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
  TRY(bundle_of(c, cli_operand(c, 0), &old, e));
  TRY(bundle_of(c, cli_operand(c, 1), &new, e));
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
