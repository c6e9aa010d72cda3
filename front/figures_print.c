#include "front/figures_print.h"

#include <string.h>

#include "base/json_out.h"

/* What goes out although the register says something of it: the rules let it pass. */
static void json_warnings(struct json_out *j, const struct figures *f) {
  json_key(j, "warnings");
  json_array(j);
  for (int i = 0; i < f->output.n_tables; i++)
    for (int k = 0; k < f->tables[i].n_warnings && !strcmp(f->tables[i].decision, "publish"); k++) {
      const struct bundle_warning *w = &f->tables[i].warnings[k];
      json_object(j);
      json_put(j, "table", f->tables[i].table->id);
      json_put(j, "kind", w->kind);
      json_put(j, "release", w->release);
      json_put(j, "other_table", w->other_table);
      json_end_object(j);
    }
  json_end_array(j);
}
static void warning_lines(struct cli *c, const struct bundle_table *t) {
  const bool ja = cli_lang(c) == LANG_JA;
  for (int k = 0; k < t->n_warnings && !strcmp(t->decision, "publish"); k++) {
    const struct bundle_warning *w = &t->warnings[k];
    fprintf(cli_out(c), cli_say(c, "  %-9s %-24s %s with table %s of %s\n", "  %-9s %-24s %s：表 %s（%s）\n"), cli_say(c, "warning", "警告"),
        t->table->id, ja ? w->kind_ja : w->kind, w->other_table, *w->release ? w->release : cli_say(c, "this release", "同時に公表"));
  }
}
static void as_json(struct cli *c, const struct figures *f) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "release", f->release.id);
  json_put(&j, "folder", f->release.folder);
  json_key(&j, "releasable");
  json_bool(&j, f->release.releasable);
  json_put_int(&j, "published", f->n_published);
  json_key(&j, "withheld");
  json_array(&j);
  for (int i = 0; i < f->output.n_tables; i++)
    if (f->output.tables[i].table->refusal || f->output.tables[i].additive.n_single) json_cstr(&j, f->output.tables[i].table->id);
  json_end_array(&j);
  json_put_int(&j, "skipped", f->output.n_skipped);
  json_warnings(&j, f);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static void table_line(struct cli *c, const struct estimate_table *t) {
  FILE *o = cli_out(c);
  bool withheld = t->table->refusal || t->additive.n_single;
  long long suppressed = (long long)sdc_suppressed(&t->primary);
  fprintf(o, "  %-9s %-24s %6lld %s, %lld %s  %s\n", withheld ? cli_say(c, "withheld", "非公表") : cli_say(c, "table", "表"), t->table->id, (long long)t->table->n_rows, cli_say(c, "rows", "行"), suppressed,
          cli_say(c, "cells suppressed", "セル秘匿"), withheld && t->table->refusal ? t->table->refusal : cli_say(c, t->table->title_en, t->table->title_ja));
}

void figures_print(struct cli *c, const struct figures *f) {
  FILE *o = cli_out(c);
  if (cli_json(c)) {
    as_json(c, f);
    return;
  }
  for (int i = 0; i < f->output.n_tables; i++) table_line(c, &f->output.tables[i]);
  for (int i = 0; i < f->output.n_tables; i++) warning_lines(c, &f->tables[i]);
  for (int i = 0; i < f->output.n_skipped; i++)
    fprintf(o, "  %-9s %-24s %s\n", cli_say(c, "skipped", "対象外"), f->output.skipped[i].table, f->output.skipped[i].reason ? f->output.skipped[i].reason : "");
  fprintf(o, "%s\n", f->release.folder);
  if (!f->release.releasable) fprintf(stderr, "%s", cli_say(c, "not releasable: made in a demonstration store or from an incomplete month; release.json says which\n", "公表不可: 実演用の保管庫か、そろっていない月から作られました（release.json に理由）\n"));
}
