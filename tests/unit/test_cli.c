/* Command line: a table of command lines with exit status and what they print; the commands below echo what they were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cli.h"
#include "base/ext_json.h"
#include "base/str.h"

static const struct option_record options[] = {
    {.name = "form", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "form of the records", .help_ja = "様式", .required = true},
    {.name = "period", .kind = OPT_PERIOD, .value_name = "PERIOD", .help_en = "period of the file", .help_ja = "期間"},
    {.name = "count", .kind = OPT_INT, .value_name = "N", .help_en = "declared count", .help_ja = "件数", .default_text = "7"},
    {.name = "encoding",
        .kind = OPT_CHOICE,
        .value_name = "NAME",
        .help_en = "encoding",
        .help_ja = "文字符号",
        .choices = "auto|utf-8|cp932",
        .default_text = "auto"},
    {.name = "member", .kind = OPT_REPEAT, .value_name = "NAME", .help_en = "members", .help_ja = "構成員"},
    {.name = "out", .kind = OPT_FILE, .value_name = "FILE", .help_en = "where to write", .help_ja = "出力先"},
    {.name = "dry-run", .kind = OPT_FLAG, .help_en = "change nothing", .help_ja = "変更しない"},
    {.name = NULL},
};
static const struct operand_record operands[] = {
    {"FILE", "the file", "ファイル", true, false}, {"MORE", "more files", "ほかのファイル", false, true}, {NULL, NULL, NULL, false, false}};
static const struct example examples[] = {{"shirabe intake file births.csv --form vital/birth", "a month of births", "出生票一か月分"},
    {"shirabe intake file deaths.csv --form vital/death --dry-run", "only look", "確認だけ"}, {NULL, NULL, NULL}};

static int echo(struct cli *c) {
  FILE *to = cli_out(c);
  const char *period = cli_text(c, "period"), *out = cli_text(c, "out");
  fprintf(to, "form=%s period=%s count=%d encoding=%s out=%s dry=%d office=%s json=%d lang=%s threads=%d |", cli_text(c, "form"),
      period ? period : "-", (int)cli_int(c, "count"), cli_text(c, "encoding"), out ? out : "-", cli_flag(c, "dry-run"), cli_text(c, "office"),
      cli_json(c), cli_say(c, "en", "ja"), cli_job(c)->n_threads);
  for (int i = 0; i < cli_repeat_count(c, "member"); i++) fprintf(to, " m:%s", cli_repeat(c, "member", i));
  for (int i = 0; i < cli_operand_count(c); i++) fprintf(to, " %s", cli_operand(c, i));
  fputc('\n', to);
  return cli_repeat(c, "member", 99) || cli_operand(c, -1) || cli_operand(c, 99) ? 1 : 0;
}

static int give_up(struct cli *c) {
  struct err e;
  (void)ERR(&e, E_DISK_FULL, .file = "a\xff\".csv", .line = 3, .subject = "x");
  (void)ERR_WRAP(&e, E_FILE_WRITE, .subject = "seal");
  return cli_fail(c, &e);
}

static int interrupt(struct cli *c) {
  if (job_cancelled(cli_job(c))) return 1;
  raise(SIGINT);
  return job_cancelled(cli_job(c)) ? 75 : 1;
}

static int problems(struct cli *c) {
  struct err e;
  (void)ERR(&e, E_DISK_FULL, .subject = "first");
  for (int i = 0; i < 150; i++) job_problem(cli_job(c), &e);
  fprintf(cli_out(c), "%lld\n", (long long)job_now(cli_job(c)));
  return 0;
}

static const struct command intake_file = {.noun = "intake",
    .verb = "file",
    .summary_en = "take in a file",
    .summary_ja = "ファイルを取り込む",
    .detail_en = "First paragraph.\n  indented line",
    .detail_ja = "第一段落。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = echo};
static const struct command intake_close = {
    .noun = "intake", .verb = "close", .summary_en = "close a period", .summary_ja = "締め切る", .examples = examples, .run = give_up};
static const struct command batch_seal = {
    .noun = "batch", .verb = "seal", .summary_en = "seal a batch", .summary_ja = "封印する", .examples = examples, .run = interrupt};
static const struct command explain = {
    .noun = "explain", .summary_en = "explain a cell", .summary_ja = "値の由来", .operands = operands, .examples = examples, .run = problems};
static const struct command *const commands[] = {&intake_file, &intake_close, &batch_seal, &explain};
static const struct cli_noun nouns[] = {
    {"batch", "sealed batches", "送付"}, {"intake", "files", "取り込み"}, {"use", "not built in", "未収録"}, {NULL, NULL, NULL}};
static const struct cli_program program = {.name = "shirabe",
    .version = "9.9",
    .summary_en = "surveys",
    .summary_ja = "調べ",
    .first_steps_en = "  shirabe intake file --help\n",
    .first_steps_ja = "  shirabe intake file --help   はじめに\n",
    .nouns = nouns,
    .commands = commands,
    .n_commands = 4};

/* --- running a command line with both outputs caught --- */

static char out[200000], err[200000];

static int redirect(FILE *from, FILE *to) {
  fflush(from);
  int saved = dup(fileno(from));
  dup2(fileno(to), fileno(from));
  return saved;
}

static void restore(FILE *from, int saved, FILE *caught, char *text, size_t size) {
  fflush(from);
  dup2(saved, fileno(from));
  close(saved);
  rewind(caught);
  text[fread(text, 1, size - 1, caught)] = 0;
  fclose(caught);
  clearerr(from);
}

static int run_words(int argc, char **argv) {
  FILE *o = tmpfile(), *e = tmpfile();
  int saved_out = redirect(stdout, o), saved_err = redirect(stderr, e);
  int status = cli_run(&program, argc, argv);
  restore(stdout, saved_out, o, out, sizeof out);
  restore(stderr, saved_err, e, err, sizeof err);
  return status;
}

/* Words are separated by one blank; `_` is an empty word. */
static int run(const char *line) {
  char text[512], *argv[40];
  int argc = 0;
  snprintf(text, sizeof text, "%s", line);
  for (char *word = text; word;) {
    char *blank = strchr(word, ' ');
    if (blank) *blank++ = 0;
    argv[argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
    word = blank;
  }
  argv[argc] = NULL;
  return run_words(argc, argv);
}

static int plain_environment(void **state) {
  (void)state;
  static const char *const names[] = {"SHIRABE_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "SHIRABE_OFFICE", "SHIRABE_CLOCK", "SHIRABE_FAULT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
  return 0;
}

struct line {
  const char *words;
  int status;
  const char *out, *err; /* must occur; NULL = must be empty */
};

static void check_lines(const struct line *lines, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int status = run(lines[i].words);
    bool out_ok = lines[i].out ? strstr(out, lines[i].out) != NULL : out[0] == 0;
    bool err_ok = lines[i].err ? strstr(err, lines[i].err) != NULL : err[0] == 0;
    if (status != lines[i].status || !out_ok || !err_ok)
      fail_msg("%s\nstatus %d, expected %d\nstdout: %s\nstderr: %s", lines[i].words, status, lines[i].status, out, err);
  }
}
#define CHECK(lines) check_lines(lines, sizeof lines / sizeof *lines)

static void options_and_operands_may_stand_in_any_order(void **state) {
  (void)state;
  static const struct line lines[] = {
      {"shirabe intake file a.csv --form vital/birth", 0, "form=vital/birth period=- count=7 encoding=auto out=- dry=0 office=. json=0 lang=en",
          NULL},
      {"shirabe intake file --form=f a b c", 0, "| a b c\n", NULL},
      {"shirabe intake file a --period 2025-12 --form f --count -3 --encoding=cp932 --dry-run --out o.csv --office /o b", 0,
          "form=f period=2025-12 count=-3 encoding=cp932 out=o.csv dry=1 office=/o json=0 lang=en threads=", NULL},
      {"shirabe --json intake file a --form f --threads 3", 0, "json=1 lang=en threads=3 | a\n", NULL},
      {"shirabe --lang ja --office x intake file a --form f", 0, "office=x json=0 lang=ja", NULL},
      {"shirabe intake file --form f -- --dry-run -x", 0, "dry=0 office=. json=0 lang=en threads=", NULL},
      {"shirabe intake file --form f -- --dry-run -x", 0, "| --dry-run -x\n", NULL},
      {"shirabe intake file --form f - -5", 0, "| - -5\n", NULL},
      {"shirabe intake file a --form f --member x --member=y --member x", 0, "| m:x m:y m:x a\n", NULL},
      {"shirabe intake file a --form _", 0, "form= period", NULL},
      {"shirabe intake file a --form --odd", 0, "form=--odd", NULL},
  };
  CHECK(lines);
}

static void a_usage_error_names_the_option_and_what_is_allowed(void **state) {
  (void)state;
  static const struct line lines[] = {
      {"shirabe intake file a", 64, NULL, "'--form' is needed"},
      {"shirabe intake file --form f", 64, NULL, "'FILE' is needed"},
      {"shirabe intake file a --form", 64, NULL, "option '--form' needs a value"},
      {"shirabe intake file a --form f --form g", 64, NULL, "option '--form' stands twice"},
      {"shirabe intake file a --form f --count 1.5", 64, NULL, "option '--count' does not take this value\n  expected: a whole number  found: 1.5"},
      {"shirabe intake file a --form f --count 99999999999999999999", 64, NULL, "'--count'"},
      {"shirabe intake file a --form f --encoding sjis", 64, NULL, "expected: auto|utf-8|cp932  found: sjis"},
      {"shirabe intake file a --form f --encoding auto|utf-8", 64, NULL, "found: auto|utf-8"},
      {"shirabe intake file a --form f --encoding _", 64, NULL, "expected: auto|utf-8|cp932"},
      {"shirabe intake file a --form f --period 2025-13", 64, NULL, "expected: 2025-12, 2025-Q4, 2025, FY2025  found: 2025-13"},
      {"shirabe intake file a --form f --out _", 64, NULL, "expected: the name of a file"},
      {"shirabe intake file a --form f --dry-run=yes", 64, NULL, "option '--dry-run' takes no value"},
      {"shirabe intake file a --form f --dryrun", 64, NULL, "no option '--dryrun' here\n  next: did you mean: --dry-run"},
      {"shirabe intake file a --fomr f", 64, NULL, "did you mean: --form"},
      {"shirabe intake file a -f f", 64, NULL, "no option '-f'"},
      {"shirabe intake file a --form f --threads 0", 64, NULL, "expected: 1..256  found: 0"},
      {"shirabe intake file a --form f --lang fr", 64, NULL, "expected: ja|en  found: fr"},
      {"shirabe batch seal x", 64, NULL, "'x' is one operand too many"},
      {"shirabe intake file a --lang ja", 64, NULL, "「--form」が必要です"},
      {"shirabe --zzzzzz", 64, NULL, "no option '--zzzzzz' here"},
      {"shirabe -", 64, NULL, "no option '-'"},
  };
  CHECK(lines);
}

static void a_typo_is_answered_with_the_nearest_command(void **state) {
  (void)state;
  static const struct line lines[] = {
      {"shirabe intkae file a", 64, NULL, "there is no command 'intkae file'\n  next: did you mean: shirabe intake file\n"},
      {"shirabe intake fiel a", 64, NULL, "did you mean: shirabe intake file\n"},
      {"shirabe batch seel", 64, NULL, "did you mean: shirabe batch seal\n"},
      {"shirabe seal", 64, NULL, "did you mean: shirabe batch seal\n"},
      {"shirabe intak", 64, NULL, "did you mean: shirabe intake --help\n"},
      {"shirabe explian", 64, NULL, "did you mean: shirabe explain\n"},
      {"shirabe xyzzyx", 64, NULL, "next: shirabe --help lists the commands\n"},
      {"shirabe intake", 64, NULL, "'intake' needs one of: file, close\n  next: shirabe intake --help explains them"},
      {"shirabe intake --json", 64, "\"name\":\"E_USAGE_VERB\"", NULL},
  };
  CHECK(lines);
}

static void distance_counts_single_edits(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    int distance;
  } cases[] = {{"", "", 0}, {"seal", "seal", 0}, {"seal", "sela", 1}, {"seal", "sea", 1}, {"seal", "seals", 1}, {"seal", "real", 1},
      {"intake", "batch", 5}, {"", "abc", 3}, {"ca", "abc", 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(cli_distance(cases[i].a, cases[i].b), cases[i].distance);
    assert_int_equal(cli_distance(cases[i].b, cases[i].a), cases[i].distance);
  }
}

static void help_of_a_command_begins_with_its_examples(void **state) {
  (void)state;
  static const char *const ways[] = {"shirabe intake file --help", "shirabe help intake file", "shirabe intake file a --bad --help",
      "shirabe intake file -h", "shirabe --help intake file"};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(run(ways[i]), 0);
    assert_int_equal(
        strncmp(out, "Examples:\n  $ shirabe intake file births.csv --form vital/birth\n      a month of births\n  $ shirabe intake file deaths.csv",
            100),
        0);
  }
  static const char *const parts[] = {"Usage:\n  shirabe intake file --form FORM [--...] FILE [MORE...]\n", "First paragraph.\n  indented line\n",
      "  --encoding NAME\n      encoding (auto|utf-8|cp932); default: auto\n", "  --form FORM\n      form of the records; required\n",
      "may be repeated", "  --office DIR\n", "  FILE\n      the file\n"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(out, parts[i])) fail_msg("%s\nlacks: %s", out, parts[i]);
  assert_int_equal(run("shirabe intake file --help --lang ja"), 0);
  assert_int_equal(strncmp(out, "例:\n  $ shirabe", 14), 0);
  assert_non_null(strstr(out, "第一段落。"));
}

static void help_of_program_and_noun_list_the_commands(void **state) {
  (void)state;
  static const struct line lines[] = {
      {"shirabe --help", 0, "First steps:\n  shirabe intake file --help\n\nshirabe 9.9: surveys\n", NULL},
      {"shirabe --help", 0,
          "\n  batch       sealed batches\n    batch seal          seal a batch\n\n  intake      files\n    intake file         take in a file\n    "
          "intake close        close a period\n\n  explain\n    explain             explain a cell\n",
          NULL},
      {"shirabe --lang ja --help", 0, "はじめに:\n  shirabe intake file --help   はじめに\n", NULL},
      {"shirabe help", 0, "First steps:", NULL},
      {"shirabe intake --help", 0,
          "files\nUsage: shirabe intake VERB [--...]\n\n    intake file         take in a file\n    intake close        close a period\n", NULL},
      {"shirabe --version", 0, "shirabe 9.9\n", NULL},
      {"shirabe", 64, NULL, "First steps:"},
  };
  CHECK(lines);
  assert_int_equal(run("shirabe --help"), 0);
  assert_null(strstr(out, "not built in")); /* a noun without a command is not announced */
}

static void language_follows_option_then_shirabe_lang_then_locale(void **state) {
  (void)state;
  static const struct {
    const char *shirabe, *all, *messages, *lang, *option, *expected;
  } cases[] = {{NULL, NULL, NULL, NULL, "", "lang=en"}, {NULL, NULL, NULL, "ja_JP.UTF-8", "", "lang=ja"}, {NULL, NULL, "ja", "C", "", "lang=ja"},
      {NULL, "C", "ja", "ja", "", "lang=en"}, {NULL, "", "ja", NULL, "", "lang=ja"}, {NULL, "ja_JP.eucJP", NULL, NULL, "", "lang=ja"},
      {"en", "ja_JP.UTF-8", "ja", "ja", "", "lang=en"}, {"ja", "C", NULL, NULL, "", "lang=ja"}, {"ja", NULL, NULL, NULL, " --lang en", "lang=en"},
      {"en", NULL, NULL, NULL, " --lang=ja", "lang=ja"}, {NULL, NULL, NULL, "de_DE.UTF-8", "", "lang=en"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char line[128];
    plain_environment(NULL);
    if (cases[i].shirabe) setenv("SHIRABE_LANG", cases[i].shirabe, 1);
    if (cases[i].all) setenv("LC_ALL", cases[i].all, 1);
    if (cases[i].messages) setenv("LC_MESSAGES", cases[i].messages, 1);
    if (cases[i].lang) setenv("LANG", cases[i].lang, 1);
    snprintf(line, sizeof line, "shirabe intake file a --form f%s", cases[i].option);
    assert_int_equal(run(line), 0);
    if (!strstr(out, cases[i].expected)) fail_msg("case %zu: %s", i, out);
  }
  plain_environment(NULL);
}

static void a_malformed_environment_is_refused(void **state) {
  (void)state;
  setenv("SHIRABE_LANG", "fr", 1);
  assert_int_equal(run("shirabe --version"), 64);
  assert_non_null(strstr(err, "'SHIRABE_LANG'"));
  plain_environment(NULL);
  setenv("SHIRABE_CLOCK", "yesterday", 1);
  assert_int_equal(run("shirabe --version"), 64);
  assert_non_null(strstr(err, "expected: 2026-01-10T00:00:00Z  found: yesterday"));
  setenv("SHIRABE_CLOCK", "2026-01-10T00:00:00Z", 1);
  assert_int_equal(run("shirabe explain x"), 0);
  assert_string_equal(out, "1768003200\n");
  plain_environment(NULL);
  setenv("SHIRABE_OFFICE", "/srv/office", 1);
  assert_int_equal(run("shirabe intake file a --form f"), 0);
  assert_non_null(strstr(out, "office=/srv/office "));
  plain_environment(NULL);
}

static void errors_go_to_stderr_or_as_json_to_stdout(void **state) {
  (void)state;
  assert_int_equal(run("shirabe intake close"), 74);
  assert_string_equal(out, "");
  assert_string_equal(err, "a?\".csv:3: error[E1012]: cannot write 'seal'\n  because: error[E1013]: no space left to write 'x'\n  next: check "
                           "permissions and the medium; nothing was changed\n");
  assert_int_equal(run("shirabe intake close --json"), 74);
  assert_string_equal(err, "");
  struct json_document *d;
  struct err e;
  int64_t line = 0;
  assert_int_equal(json_parse("stdout", out, strlen(out), &d, &e), E_OK);
  const struct json_value *error = json_member(json_root(d), "error");
  assert_string_equal(json_member_string(error, "number", ""), "E1012");
  assert_string_equal(json_member_string(error, "name", ""), "E_FILE_WRITE");
  assert_string_equal(json_member_string(error, "grade", ""), "stopped");
  assert_string_equal(json_member_string(error, "file", ""), "a?\".csv");
  assert_string_equal(json_member_string(json_element(json_member(error, "causes"), 0), "name", ""), "E_DISK_FULL");
  assert_true(json_integer(json_member(error, "line"), &line) && line == 3);
  assert_int_equal(json_member_int(error, "exit_status", 0), 74);
  assert_string_equal(json_member_string(error, "message", ""), "cannot write 'seal'");
  assert_string_equal(json_member_string(error, "next", ""), "check permissions and the medium; nothing was changed");
  json_release(d);
}

static void the_first_interrupt_asks_the_job_to_stop(void **state) {
  (void)state;
  pid_t child = fork(); /* the flag stays set in a process */
  if (child == 0) _exit(run("shirabe batch seal"));
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 75);
}

static void every_problem_is_printed_into_a_file(void **state) {
  (void)state;
  assert_int_equal(run("shirabe explain x"), 0);
  int n = 0;
  for (const char *p = err; (p = strstr(p, "error[E1013]")); p++) n++;
  assert_int_equal(n, 150);
}

static void a_full_disk_behind_stdout_is_an_error(void **state) {
  (void)state;
  FILE *full = fopen("/dev/full", "w"), *e = tmpfile();
  if (!full) skip();
  char *argv[] = {"shirabe", "--help", NULL};
  int saved_out = redirect(stdout, full), saved_err = redirect(stderr, e);
  int status = cli_run(&program, 2, argv);
  restore(stderr, saved_err, e, err, sizeof err);
  dup2(saved_out, 1);
  close(saved_out);
  clearerr(stdout);
  fclose(full);
  assert_int_equal(status, 74);
  assert_non_null(strstr(err, "E1060"));
}

static void the_man_page_holds_every_command_option_and_message(void **state) {
  (void)state;
  struct err_message m;
  for (int ja = 0; ja < 2; ja++) {
    assert_int_equal(run(ja ? "shirabe --man --lang ja" : "shirabe --man --lang en"), 0);
    static const char *const parts[] = {".TH SHIRABE 1 \"\" \"shirabe 9.9\"\n", "shirabe intake file \\-\\-form FORM [\\-\\-...] FILE [MORE...]\n",
        "\\fB\\-\\-encoding\\fR \\fINAME\\fR\n", "shirabe intake file births.csv \\-\\-form vital/birth\n", "SHIRABE_OFFICE", "\n.TP\n\\fB77\\fR\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
      if (!strstr(out, parts[i])) fail_msg("lacks %s", parts[i]);
    for (size_t i = 0; err_message_at(i, &m); i++) {
      char number[8];
      if (!strstr(out, err_number(m.code, number, sizeof number))) fail_msg("lacks %s", m.name);
    }
    for (const char *line = out; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) /* text never begins a request by accident */
      if (line[0] == '.' && strncmp(line, ".TH", 3) && strncmp(line, ".SH", 3) && strncmp(line, ".SS", 3) && strncmp(line, ".TP", 3) &&
          strncmp(line, ".PP", 3) && strncmp(line, ".nf", 3) && strncmp(line, ".fi", 3) && strncmp(line, ".RS", 3) && strncmp(line, ".RE", 3) &&
          strncmp(line, ".B ", 3) && strncmp(line, ".I ", 3) && strncmp(line, ".ad l\n", 6) && strncmp(line, ".nh\n", 4))
        fail_msg("request: %.40s", line);
  }
}

static void completion_offers_nouns_verbs_and_options(void **state) {
  (void)state;
  assert_int_equal(run("shirabe --completion"), 0);
  static const char *const parts[] = {"words='batch intake explain'", "'intake '*) words=' file close' ;;",
      "'intake file'*) words=' --form --period --count", "complete -o default -F _shirabe shirabe"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(out, parts[i])) fail_msg("%s\nlacks %s", out, parts[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_and_operands_may_stand_in_any_order),
      cmocka_unit_test(a_usage_error_names_the_option_and_what_is_allowed),
      cmocka_unit_test(a_typo_is_answered_with_the_nearest_command),
      cmocka_unit_test(distance_counts_single_edits),
      cmocka_unit_test(help_of_a_command_begins_with_its_examples),
      cmocka_unit_test(help_of_program_and_noun_list_the_commands),
      cmocka_unit_test(language_follows_option_then_shirabe_lang_then_locale),
      cmocka_unit_test(a_malformed_environment_is_refused),
      cmocka_unit_test(errors_go_to_stderr_or_as_json_to_stdout),
      cmocka_unit_test(the_first_interrupt_asks_the_job_to_stop),
      cmocka_unit_test(every_problem_is_printed_into_a_file),
      cmocka_unit_test(a_full_disk_behind_stdout_is_an_error),
      cmocka_unit_test(the_man_page_holds_every_command_option_and_message),
      cmocka_unit_test(completion_offers_nouns_verbs_and_options),
  };
  return cmocka_run_group_tests(tests, plain_environment, NULL);
}
