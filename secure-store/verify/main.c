/* main.c -- the command line of shirabe-verify: one command, its files, its answer as exit status. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

static const struct command {
  const char *name;
  int least, most;
  bool (*run)(struct run *r, const struct options *o);
} commands[] = {
    {"checkpoint", 1, 1, check_checkpoint},   {"consistency", 3, 3, check_consistency}, {"inclusion", 2, 2, check_inclusion},
    {"ledger", 2, 2, check_ledger},           {"package", 2, KEYS_MAX, check_package},  {"certificate", 1, 1, check_certificate},
    {"rebuild", 1, 2, check_rebuild},
};
static bool japanese_wanted(void) {
  static const char *const names[] = {"SHIRABE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strncmp(value, "ja", 2) == 0;
  }
  return false;
}
static bool count(const char *text, int *out) {
  uint64_t v;
  if (!decimal(view(text, strlen(text)), &v) || v < 1 || v > KEYS_MAX) return false;
  *out = (int)v;
  return true;
}
/* An option with its value; *used = words taken, 0 = not an option of ours. */
static bool option(const char *name, const char *value, struct run *r, struct options *o, int *used) {
  *used = 1;
  if (strcmp(name, "--quiet") == 0) return r->quiet = true;
  if (strcmp(name, "--any-entries") == 0) return o->any_entries = true;
  *used = 2;
  if (!value) return false;
  if (strcmp(name, "--policy") == 0) return o->policy = value, true;
  if (strcmp(name, "--signatures") == 0 || strcmp(name, "--approvals") == 0) return count(value, &o->needed);
  if (strcmp(name, "--lang") == 0) return r->japanese = strcmp(value, "ja") == 0, r->japanese || strcmp(value, "en") == 0;
  if (strcmp(name, "--key") != 0 || o->n_keys == KEYS_MAX) return false;
  o->key[o->n_keys++] = value;
  return true;
}
static bool parse(int argc, char **argv, struct run *r, struct options *o) {
  for (int i = 1, used; i < argc; i += used) {
    used = 1;
    if (strncmp(argv[i], "--", 2) != 0 && o->n_operands < KEYS_MAX) o->operand[o->n_operands++] = argv[i];
    else if (!option(argv[i], i + 1 < argc ? argv[i + 1] : NULL, r, o, &used)) return false;
  }
  return o->n_operands > 0;
}
/* --help, --man, --version, wherever they stand. */
static bool told(int argc, char **argv, struct run *r) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) r->japanese = strcmp(argv[i + 1], "ja") == 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return help(stdout, r->japanese), true;
    if (strcmp(argv[i], "--man") == 0) return man_page(stdout, r->japanese), true;
    if (strcmp(argv[i], "--version") == 0) return puts("shirabe-verify " SHIRABE_VERSION), true;
  }
  return false;
}
int main(int argc, char **argv) {
  struct run r = {.japanese = japanese_wanted(), .out = stdout, .err = stderr};
  struct options o = {.policy = NULL};
  if (told(argc, argv, &r)) return fflush(stdout) == 0 ? EXIT_HOLDS : EXIT_MISSING;
  if (sodium_init() < 0) return complain(&r, "libsodium cannot start", "libsodium を開始できません"), EXIT_MEMORY;
  bool understood = parse(argc, argv, &r, &o);
  const struct command *c = NULL;
  for (size_t i = 0; understood && i < sizeof commands / sizeof *commands; i++)
    if (strcmp(o.operand[0], commands[i].name) == 0) c = &commands[i];
  if (!c || o.n_operands - 1 < c->least || o.n_operands - 1 > c->most) {
    help(stderr, r.japanese);
    return EXIT_WRONG_USE;
  }
  memmove(o.operand, o.operand + 1, (size_t)--o.n_operands * sizeof *o.operand);
  if (!c->run(&r, &o)) return r.missing ? EXIT_MISSING : EXIT_REFUSED;
  if (!r.unsigned_) return EXIT_HOLDS;
  fputs(r.japanese ? "注意: 信頼できる署名は検証していません（--policy または --key を指定してください）\n"
                   : "note: no trusted signature was checked; give --policy or --key\n", stderr);
  return EXIT_UNSIGNED;
}
