/* cli_suggest.c -- "did you mean": the nearest command or option. Distance: optimal string alignment (Damerau 1964, restricted). */
#include <stdio.h>
#include <string.h>

#include "base/cli_impl.h"

enum { WORD_MOST = 40 };

static int least(int a, int b) { return a < b ? a : b; }

int cli_distance(const char *a, const char *b) {
  int rows[3][WORD_MOST + 1];
  size_t m = strlen(a), n = strlen(b);
  if (m > WORD_MOST || n > WORD_MOST) return WORD_MOST;
  for (size_t j = 0; j <= n; j++) rows[0][j] = (int)j;
  for (size_t i = 1; i <= m; i++) {
    int *before = rows[(i + 1) % 3], *last = rows[(i - 1) % 3], *row = rows[i % 3];
    row[0] = (int)i;
    for (size_t j = 1; j <= n; j++) {
      int change = a[i - 1] != b[j - 1];
      row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = least(row[j], before[j - 2] + 1);
    }
  }
  return rows[m % 3][n];
}

static int tolerance(const char *word) {
  size_t n = strlen(word);
  return n <= 2 ? 1 : n <= 5 ? 2 : (int)(n / 3);
}

static void say(const struct cli *c, const char *suggestion, char *out, size_t size) {
  out[0] = 0;
  if (*suggestion) snprintf(out, size, c->lang == LANG_JA ? "もしかして: %s" : "did you mean: %s", suggestion);
}

static const char *nearer(const struct option_record *o, const char *word, const char *best, int *distance) {
  for (; o && o->name; o++) {
    int d = cli_distance(o->name, word);
    if (d < *distance) *distance = d, best = o->name;
  }
  return best;
}

void cli_suggest_option(const struct cli *c, const char *word, char *out, size_t size) {
  while (*word == '-') word++;
  int distance = tolerance(word) + 1;
  const char *best = nearer(c->command ? c->command->options : NULL, word, "", &distance);
  best = nearer(cli_common_options, word, best, &distance);
  char text[WORD_MOST + 8] = "";
  if (*best) snprintf(text, sizeof text, "--%.*s", WORD_MOST, best);
  say(c, text, out, size);
}

/* How far a typed noun and verb are from a command. A verb typed without its noun (`shirabe seal`) is as good as a typo of one letter. */
static int command_distance(const struct command *k, const char *noun, const char *verb) {
  int d = cli_distance(k->noun, noun);
  if (!k->verb) return d;
  if (verb) {
    int whole = d + cli_distance(k->verb, verb);
    return d <= tolerance(k->noun) && cli_distance(k->verb, verb) <= tolerance(k->verb) ? whole : WORD_MOST;
  }
  int alone = cli_distance(k->verb, noun);
  return least(d, alone <= 1 ? alone + 1 : WORD_MOST);
}

static const struct command *nearest(const struct cli_program *p, const char *noun, const char *verb) {
  const struct command *best = NULL;
  int distance = tolerance(noun) + (verb ? tolerance(verb) : 0) + 1;
  for (int i = 0; i < p->n_commands; i++) {
    int d = command_distance(p->commands[i], noun, verb);
    if (d < distance) distance = d, best = p->commands[i];
  }
  return best;
}

void cli_suggest_command(const struct cli *c, const char *noun, const char *verb, char *out, size_t size) {
  const struct command *best = verb ? nearest(c->program, noun, verb) : NULL;
  bool whole = best != NULL; /* else only the noun was close: its help lists the verbs */
  if (!best) best = nearest(c->program, noun, NULL);
  if (best && !best->verb) whole = true;
  if (best && !whole) whole = cli_distance(best->noun, noun) > tolerance(noun);
  char text[ERR_TEXT_BYTES] = "";
  const char *second = !best ? "" : whole ? best->verb : "--help";
  if (best) snprintf(text, sizeof text, "%s %s%s%s", c->program->name, best->noun, second ? " " : "", second ? second : "");
  say(c, text, out, size);
}

bool cli_noun_known(const struct cli_program *p, const char *noun) {
  for (int i = 0; i < p->n_commands; i++)
    if (strcmp(p->commands[i]->noun, noun) == 0) return true;
  return false;
}

const struct command *cli_find_command(const struct cli_program *p, const char *noun, const char *verb) {
  for (int i = 0; i < p->n_commands; i++) {
    const struct command *k = p->commands[i];
    if (strcmp(k->noun, noun) == 0 && (!k->verb || (verb && strcmp(k->verb, verb) == 0))) return k;
  }
  return NULL;
}
