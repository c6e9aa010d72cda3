/* main.c -- the command line of shirabe-witness. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "secure-store/witness/witness.h"

struct given {
  const char *operand[4], *name, *proof;
  int n;
};
static bool japanese_wanted(int argc, char **argv) {
  static const char *const names[] = {"SHIRABE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp(argv[i], "--lang") == 0) return strcmp(argv[i + 1], "ja") == 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strncmp(value, "ja", 2) == 0;
  }
  return false;
}
static bool parse(int argc, char **argv, struct given *g) {
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (strncmp(argv[i], "--", 2) != 0) {
      if (g->n == 4) return false;
      g->operand[g->n++] = argv[i];
      continue;
    }
    if (!value) return false;
    if (strcmp(argv[i], "--name") == 0) g->name = value;
    else if (strcmp(argv[i], "--proof") == 0) g->proof = value;
    else if (strcmp(argv[i], "--lang") != 0) return false;
    i++;
  }
  return g->n >= 2;
}
static int with_state(struct run *r, const struct given *g) {
  struct witness w;
  int status = EXIT_WRONG_USE;
  if (!state_open(r, g->operand[1], &w)) status = r->missing ? EXIT_MISSING : WITNESS_CANNOT_WRITE;
  else if (strcmp(g->operand[0], "add-log") == 0 && g->n == 4) status = witness_add_log(&w, g->operand[2], g->operand[3]);
  else if (strcmp(g->operand[0], "sign") == 0 && g->n == 3) status = witness_sign(&w, g->operand[2], g->proof);
  else if (strcmp(g->operand[0], "status") == 0 && g->n == 2) status = witness_status(&w);
  else if (strcmp(g->operand[0], "clear") == 0 && g->n == 3) status = witness_clear(&w, g->operand[2]);
  state_close(&w);
  return status;
}
int main(int argc, char **argv) {
  struct run r = {.japanese = japanese_wanted(argc, argv), .out = stdout, .err = stderr};
  struct given g = {.n = 0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return witness_help(stdout, r.japanese), 0;
    if (strcmp(argv[i], "--man") == 0) return witness_man(stdout, r.japanese), 0;
    if (strcmp(argv[i], "--version") == 0) return puts("shirabe-witness " SHIRABE_VERSION), 0;
  }
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* the key must not reach a core file */
  if (sodium_init() < 0) return EXIT_MEMORY;
  int status = EXIT_WRONG_USE;
  if (parse(argc, argv, &g)) {
    bool init = strcmp(g.operand[0], "init") == 0;
    if (init && g.n == 2 && g.name) status = state_create(&r, g.operand[1], g.name) ? WITNESS_OK : WITNESS_CANNOT_WRITE;
    else if (!init) status = with_state(&r, &g);
  }
  if (status == EXIT_WRONG_USE) witness_help(stderr, r.japanese);
  return status;
}
