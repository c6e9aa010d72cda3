/* cli_parse.c -- the command line against its option records. The first mistake ends it and names the option and what is allowed. */
#include <stdlib.h>
#include <string.h>

#include "base/cli_impl.h"
#include "base/date.h"

const struct option_record cli_common_options[] = {
    {.name = "help", .kind = OPT_FLAG, .help_en = "show this help", .help_ja = "この説明を表示します"},
    {.name = "lang",
        .kind = OPT_CHOICE,
        .value_name = "LANG",
        .choices = "ja|en",
        .help_en = "language of messages; default: SHIRABE_LANG, else the locale",
        .help_ja = "表示の言語。指定がなければ SHIRABE_LANG、次にロケール"},
    {.name = "json", .kind = OPT_FLAG, .help_en = "write the result (and errors) as JSON", .help_ja = "結果（とエラー）を JSON で書き出します"},
    {.name = "threads",
        .kind = OPT_INT,
        .value_name = "N",
        .help_en = "number of threads, 1 to 256; results never depend on it; default: all processors",
        .help_ja = "スレッド数（1〜256）。結果は変わりません。指定がなければ全プロセッサー"},
    {.name = "quiet",
        .kind = OPT_FLAG,
        .help_en = "no progress and no notes; warnings and errors stay",
        .help_ja = "進み具合と参考情報を出しません。警告とエラーは出します"},
    {.name = "office",
        .kind = OPT_DIRECTORY,
        .value_name = "DIR",
        .help_en = "folder of the office; default: SHIRABE_OFFICE, else the current folder",
        .help_ja = "機関のフォルダー。指定がなければ SHIRABE_OFFICE、次に今のフォルダー"},
    {.name = NULL},
};

const char *cli_common_default(const char *option) {
  if (strcmp(option, "office") != 0) return NULL;
  const char *office = getenv("SHIRABE_OFFICE");
  return office && *office ? office : ".";
}

static const struct option_record *find_in(const struct option_record *o, const char *name, size_t n) {
  for (; o && o->name; o++)
    if (strlen(o->name) == n && memcmp(o->name, name, n) == 0) return o;
  return NULL;
}

const struct option_record *cli_find_option(const struct command *command, const char *name, size_t n) {
  const struct option_record *o = command ? find_in(command->options, name, n) : NULL;
  return o ? o : find_in(cli_common_options, name, n);
}

const char *cli_expected(const struct option_record *o, enum err_lang lang) {
  bool ja = lang == LANG_JA;
  switch (o->kind) {
  case OPT_INT: return ja ? "整数" : "a whole number";
  case OPT_PERIOD: return "2025-12, 2025-Q4, 2025, FY2025";
  case OPT_CHOICE: return o->choices;
  case OPT_FILE: return ja ? "ファイルの名前" : "the name of a file";
  case OPT_DIRECTORY: return ja ? "フォルダーの名前" : "the name of a folder";
  default: return o->value_name ? o->value_name : ja ? "文字列" : "a text";
  }
}

static bool choice_allows(const char *choices, struct str value) {
  struct str rest = str_of(choices);
  while (rest.n > 0)
    if (str_eq(str_split(rest, '|', &rest), value)) return true;
  return false;
}

static bool value_allowed(const struct option_record *o, const char *value) {
  int64_t number;
  struct period period;
  switch (o->kind) {
  case OPT_INT: return str_int64(str_of(value), &number) && (o != find_in(cli_common_options, "threads", 7) || (number >= 1 && number <= 256));
  case OPT_PERIOD: return period_parse(str_of(value), &period);
  case OPT_CHOICE: return choice_allows(o->choices, str_of(value));
  case OPT_FILE:
  case OPT_DIRECTORY: return *value != 0;
  default: return true;
  }
}

static bool was_given(const struct cli *c, const struct option_record *o) {
  for (int i = 0; i < c->n_given; i++)
    if (c->given[i].record == o) return true;
  return false;
}

static enum err_code take_value(struct cli *c, const struct option_record *o, const char *shown, const char *value, struct err *e) {
  if (o->kind != OPT_REPEAT && o->kind != OPT_FLAG && was_given(c, o)) return ERR(e, E_USAGE_TWICE, .subject = shown);
  if (value && !value_allowed(o, value)) {
    const char *expected = o->kind == OPT_INT && strcmp(o->name, "threads") == 0 ? "1..256" : cli_expected(o, c->lang);
    return ERR(e, E_USAGE_VALUE, .subject = shown, .expected = expected, .found = value);
  }
  c->given[c->n_given++] = (struct cli_given){o, value};
  return E_OK;
}

/* One --name, --name=value or --name value; *at moves over a value that stands apart. */
static enum err_code take_option(struct cli *c, int argc, char **argv, int *at, struct err *e) {
  const char *word = argv[*at], *name = word + 2, *equals = strchr(name, '=');
  size_t n = equals ? (size_t)(equals - name) : strlen(name);
  const struct option_record *o = cli_find_option(c->command, name, n);
  char shown[ERR_TEXT_BYTES], hint[ERR_TEXT_BYTES];
  size_t cut = n + 2 < sizeof shown ? n + 2 : sizeof shown - 1;
  memcpy(shown, word, cut);
  shown[cut] = 0;
  if (!o) {
    cli_suggest_option(c, shown, hint, sizeof hint);
    return ERR(e, E_USAGE_OPTION, .subject = shown, .next = hint);
  }
  if (o->kind == OPT_FLAG) return equals ? ERR(e, E_USAGE_FLAG, .subject = shown) : take_value(c, o, shown, NULL, e);
  if (equals) return take_value(c, o, shown, equals + 1, e);
  if (*at + 1 >= argc) return ERR(e, E_USAGE_NO_VALUE, .subject = shown, .expected = cli_expected(o, c->lang));
  return take_value(c, o, shown, argv[++*at], e);
}

static bool looks_like_option(const char *word) { return word[0] == '-' && word[1] != 0 && !(word[1] >= '0' && word[1] <= '9'); }

static enum err_code check_operands(const struct cli *c, struct err *e) {
  int taken = 0;
  const struct operand_record *o = c->command->operands;
  for (; o && o->name; o++) {
    if (taken < c->n_operands) taken = o->repeated ? c->n_operands : taken + 1;
    else if (o->required) return ERR(e, E_USAGE_REQUIRED, .subject = o->name);
  }
  return taken < c->n_operands ? ERR(e, E_USAGE_OPERANDS, .subject = c->operands[taken]) : E_OK;
}

static enum err_code check_required(const struct cli *c, struct err *e) {
  for (const struct option_record *o = c->command->options; o && o->name; o++) {
    char shown[ERR_TEXT_BYTES] = "--";
    if (!o->required || was_given(c, o)) continue;
    strncat(shown, o->name, sizeof shown - 3);
    return ERR(e, E_USAGE_REQUIRED, .subject = shown, .expected = cli_expected(o, c->lang));
  }
  return E_OK;
}

enum err_code cli_parse(struct cli *c, int argc, char **argv, struct err *e) {
  bool options_end = false;
  for (int at = 0; at < argc; at++) {
    const char *word = argv[at];
    if (options_end || !looks_like_option(word)) {
      c->operands[c->n_operands++] = word;
    } else if (strcmp(word, "--") == 0) {
      options_end = true;
    } else if (word[1] != '-') {
      char hint[ERR_TEXT_BYTES];
      cli_suggest_option(c, word, hint, sizeof hint);
      return ERR(e, E_USAGE_OPTION, .subject = word, .next = hint);
    } else {
      TRY(take_option(c, argc, argv, &at, e));
    }
  }
  TRY(check_required(c, e));
  return check_operands(c, e);
}
