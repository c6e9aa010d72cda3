/* cli_help.c -- --help of the program, of a noun and of a command. A command's help begins with its examples: they are what most readers want. */
#include <string.h>

#include "base/cli_impl.h"
#include "base/term.h"

enum { WIDTH_MOST = 100, WIDTH_LEAST = 40 };

static int help_width(FILE *to) {
  int width = term_width(to);
  return width > WIDTH_MOST ? WIDTH_MOST : width < WIDTH_LEAST ? WIDTH_LEAST : width;
}

/* A mark that must not begin a line (closing brackets, commas, small kana and the long-vowel mark). */
static bool sticks_to_previous(struct str s) {
  static const char marks[] = "、。，．・：；？！）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々";
  uint32_t c, mark;
  if (!utf8_decode(s.p, s.n, &c)) return false;
  for (size_t at = 0; at + 1 < sizeof marks;) {
    at += utf8_decode(marks + at, sizeof marks - 1 - at, &mark);
    if (c == mark) return true;
  }
  return false;
}

/* The next unbreakable piece: a run of narrow characters up to a blank, or one wide character with the marks that stick to it. */
static struct str next_piece(struct str s) {
  size_t at = 0;
  while (at < s.n && s.p[at] != ' ' && s.p[at] != '\n') {
    uint32_t c;
    size_t length = utf8_decode(s.p + at, s.n - at, &c);
    if (!length) length = 1;
    bool wide = utf8_columns(s.p + at, length) == 2;
    if (wide && at > 0 && !sticks_to_previous(str_view(s.p + at, s.n - at))) break;
    at += length;
    if (wide && at < s.n && !sticks_to_previous(str_view(s.p + at, s.n - at))) break;
  }
  return str_view(s.p, at);
}

void cli_wrap(FILE *to, const char *text, int indent, int width) {
  struct str rest = str_of(text);
  int column = 0, lead = 0;          /* lead: blanks that the text itself puts before a line, kept where the line is broken */
  bool begun = false, blank = false; /* blank: one waits before the next piece */
  while (rest.n > 0) {
    if (rest.p[0] == '\n' || rest.p[0] == ' ') {
      if (rest.p[0] == '\n') fputc('\n', to), begun = false, lead = 0;
      else if (!begun) lead++;
      blank = begun;
      rest = str_view(rest.p + 1, rest.n - 1);
      continue;
    }
    struct str piece = next_piece(rest);
    int columns = (int)utf8_columns(piece.p, piece.n);
    if (begun && column + blank + columns > width) fputc('\n', to), begun = false;
    if (!begun) fprintf(to, "%*s", indent + lead, ""), column = indent + lead;
    else if (blank) fputc(' ', to), column++;
    fwrite(piece.p, 1, piece.n, to);
    column += columns;
    begun = true;
    blank = false;
    rest = str_view(rest.p + piece.n, rest.n - piece.n);
  }
  fputc('\n', to);
}

void cli_usage_line(struct strbuf *b, const struct cli_program *p, const struct command *k) {
  strbuf_addf(b, "%s %s", p->name, k->noun);
  if (k->verb) strbuf_addf(b, " %s", k->verb);
  for (const struct option_record *o = k->options; o && o->name; o++)
    if (o->required) strbuf_addf(b, " --%s %s", o->name, o->value_name ? o->value_name : "VALUE");
  strbuf_adds(b, " [--...]");
  for (const struct operand_record *o = k->operands; o && o->name; o++)
    strbuf_addf(b, o->required ? " %s%s" : " [%s%s]", o->name, o->repeated ? "..." : "");
}

static void print_term(FILE *to, const char *term, const char *help, int width) {
  fprintf(to, "  %s\n", term);
  cli_wrap(to, help, 6, width);
}

static void print_option(FILE *to, const struct option_record *o, enum err_lang lang, int width) {
  struct strbuf term = {0}, help = {0};
  bool ja = lang == LANG_JA;
  strbuf_addf(&term, "--%s", o->name);
  if (o->kind != OPT_FLAG) strbuf_addf(&term, " %s", o->value_name ? o->value_name : "VALUE");
  strbuf_adds(&help, cli_pick(lang, o->help_en, o->help_ja));
  if (o->kind == OPT_CHOICE) strbuf_addf(&help, ja ? "（%s）" : " (%s)", o->choices);
  if (o->kind == OPT_PERIOD) strbuf_adds(&help, ja ? "（2025-12、2025-Q4、2025、FY2025）" : " (2025-12, 2025-Q4, 2025, FY2025)");
  if (o->required) strbuf_adds(&help, ja ? "。必須" : "; required");
  if (o->kind == OPT_REPEAT) strbuf_adds(&help, ja ? "。繰り返し可" : "; may be repeated");
  if (o->default_text) strbuf_addf(&help, ja ? "。既定値: %s" : "; default: %s", o->default_text);
  print_term(to, strbuf_cstr(&term), strbuf_cstr(&help), width);
  strbuf_release(&term);
  strbuf_release(&help);
}

static void print_examples(FILE *to, const struct command *k, enum err_lang lang, int width) {
  fputs(lang == LANG_JA ? "例:\n" : "Examples:\n", to);
  for (const struct example *x = k->examples; x && x->command; x++) {
    fprintf(to, "  $ %s\n", x->command);
    cli_wrap(to, cli_pick(lang, x->help_en, x->help_ja), 6, width);
  }
}

void cli_help_command(FILE *to, const struct cli_program *p, const struct command *k, enum err_lang lang) {
  int width = help_width(to);
  bool ja = lang == LANG_JA;
  struct strbuf usage = {0};
  print_examples(to, k, lang, width);
  cli_usage_line(&usage, p, k);
  fprintf(to, "\n%s\n  %s\n\n", ja ? "使い方:" : "Usage:", strbuf_cstr(&usage));
  strbuf_release(&usage);
  cli_wrap(to, cli_pick(lang, k->summary_en, k->summary_ja), 0, width);
  if (k->detail_en) {
    fputc('\n', to);
    cli_wrap(to, cli_pick(lang, k->detail_en, k->detail_ja), 0, width);
  }
  if (k->operands && k->operands->name) fputs(ja ? "\n対象:\n" : "\nOperands:\n", to);
  for (const struct operand_record *o = k->operands; o && o->name; o++) print_term(to, o->name, cli_pick(lang, o->help_en, o->help_ja), width);
  if (k->options && k->options->name) fputs(ja ? "\n選択肢:\n" : "\nOptions:\n", to);
  for (const struct option_record *o = k->options; o && o->name; o++) print_option(to, o, lang, width);
  fputs(ja ? "\nどの命令にも使える選択肢:\n" : "\nOptions of every command:\n", to);
  for (const struct option_record *o = cli_common_options; o->name; o++) print_option(to, o, lang, width);
}

bool cli_noun_at(const struct cli_program *p, int i, struct cli_noun *out) {
  const struct cli_noun *listed = p->nouns;
  for (; listed && listed->noun; listed++) {
    if (!cli_noun_known(p, listed->noun)) continue; /* announced, but no command of it is built in */
    if (i-- == 0) {
      *out = *listed;
      return true;
    }
  }
  for (int k = 0; k < p->n_commands; k++) {
    const char *noun = p->commands[k]->noun;
    bool seen = false;
    for (listed = p->nouns; listed && listed->noun; listed++) seen = seen || strcmp(listed->noun, noun) == 0;
    for (int j = 0; j < k; j++) seen = seen || strcmp(p->commands[j]->noun, noun) == 0;
    if (!seen && i-- == 0) {
      *out = (struct cli_noun){noun, NULL, NULL};
      return true;
    }
  }
  return false;
}

static void pad_to(FILE *to, const char *text, int columns) {
  int gap = columns - (int)utf8_columns(text, strlen(text));
  fprintf(to, "%s%*s", text, gap > 1 ? gap : 1, "");
}

static void print_verbs(FILE *to, const struct cli_program *p, const char *noun, enum err_lang lang) {
  for (int i = 0; i < p->n_commands; i++) {
    const struct command *k = p->commands[i];
    if (strcmp(k->noun, noun) != 0) continue;
    char name[80];
    snprintf(name, sizeof name, "    %s%s%s", k->noun, k->verb ? " " : "", k->verb ? k->verb : "");
    pad_to(to, name, 24);
    fprintf(to, "%s\n", cli_pick(lang, k->summary_en, k->summary_ja));
  }
}

static void print_about(FILE *to, const struct cli_program *p, const char *noun, enum err_lang lang) {
  char line[2048];
  for (const struct cli_about *a = p->about; a && a->noun; a++) {
    if (strcmp(a->noun, noun) != 0) continue;
    for (struct str rest = str_of(cli_pick(lang, a->en, a->ja)); rest.n > 0;) {
      struct str paragraph = str_split(rest, '\n', &rest);
      snprintf(line, sizeof line, "%.*s", (int)paragraph.n, paragraph.p);
      fputc('\n', to);
      cli_wrap(to, line, 0, help_width(to));
    }
  }
}

void cli_help_noun(FILE *to, const struct cli_program *p, const char *noun, enum err_lang lang) {
  struct cli_noun n;
  for (int i = 0; cli_noun_at(p, i, &n); i++)
    if (strcmp(n.noun, noun) == 0 && n.help_en) cli_wrap(to, cli_pick(lang, n.help_en, n.help_ja), 0, help_width(to));
  fprintf(to, lang == LANG_JA ? "使い方: %s %s 動詞 [--...]\n\n" : "Usage: %s %s VERB [--...]\n\n", p->name, noun);
  print_verbs(to, p, noun, lang);
  print_about(to, p, noun, lang);
  fprintf(
      to, lang == LANG_JA ? "\n%s %s 動詞 --help に例と選択肢があります。\n" : "\n%s %s VERB --help shows examples and options.\n", p->name, noun);
}

void cli_help_program(FILE *to, const struct cli_program *p, enum err_lang lang) {
  bool ja = lang == LANG_JA;
  if (p->first_steps_en) fprintf(to, "%s\n%s\n", ja ? "はじめに:" : "First steps:", cli_pick(lang, p->first_steps_en, p->first_steps_ja));
  if (p->summary_en) fprintf(to, "%s %s: %s\n\n", p->name, p->version, cli_pick(lang, p->summary_en, p->summary_ja));
  fprintf(to, ja ? "使い方: %s 名詞 動詞 [--...]\n" : "Usage: %s NOUN VERB [--...]\n", p->name);
  struct cli_noun n;
  for (int i = 0; cli_noun_at(p, i, &n); i++) {
    fputs("\n  ", to);
    if (n.help_en) pad_to(to, n.noun, 12), fprintf(to, "%s\n", cli_pick(lang, n.help_en, n.help_ja));
    else fprintf(to, "%s\n", n.noun);
    print_verbs(to, p, n.noun, lang);
  }
  fprintf(to,
      ja ? "\n%s 名詞 動詞 --help に例があります。ほかに: --version --man --completion --lang ja|en\n"
         : "\n%s NOUN VERB --help begins with examples. Also: --version --man --completion --lang ja|en\n",
      p->name);
  cli_wrap(to,
      ja ? "終了状態: 0 完了、1 完了し答えは「否」、64 使い方、65 データ、66 入力なし、70 不具合、73/74 書き込み、75 後で、77 許可なし、78 様式や仕様"
         : "Exit: 0 done, 1 done and the answer is no, 64 usage, 65 data, 66 no input, 70 our bug, 73/74 cannot write, 75 try later, 77 not allowed, "
           "78 form or spec",
      0, help_width(to));
}
