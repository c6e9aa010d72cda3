/* cli_files.c -- no output option may name a file that the command reads, or another output. */
#include <string.h>
#include <sys/stat.h>

#include "base/cli_impl.h"

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
static bool is_path(const struct option_record *o) { return o->kind == OPT_FILE || o->kind == OPT_REPEAT; }
/* Texts and names may be files too (a profile NAME.json): they count where a file is there. */
static bool taken(const struct cli *c, int given) {
  const char *path = c->given[given].value;
  for (int i = 0; i < c->n_operands; i++)
    if (!strcmp(path, c->operands[i]) || same_file(path, c->operands[i])) return true;
  for (int i = 0; i < c->n_given; i++) {
    const struct cli_given *g = &c->given[i];
    if (i == given || !g->value) continue;
    if (same_file(path, g->value) || (is_path(g->record) && !strcmp(path, g->value))) return true;
  }
  return false;
}
enum err_code cli_keep_inputs(const struct cli *c, const char *const *outputs, struct err *e) {
  for (int i = 0; i < c->n_given; i++)
    for (int k = 0; outputs[k]; k++)
      if (c->given[i].value && !strcmp(c->given[i].record->name, outputs[k]) && taken(c, i))
        return ERR(e, E_MICRO_FILES, .subject = c->given[i].value);
  return E_OK;
}
