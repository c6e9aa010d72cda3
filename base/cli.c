/* cli.c -- from argv to one command's run: language, help, parsing, the job, and how an error is shown. */
#include "base/cli.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cli_impl.h"
#include "base/json_out.h"
#include "base/term.h"

enum { ERROR_TEXT_BYTES = 8192, PROBLEMS_ON_TERMINAL = 100, THREADS_MOST = 64, STATUS_USAGE = 64, STATUS_BUG = 70 };

static volatile sig_atomic_t cancel_requested;

static void on_interrupt(int number) {
  (void)number;
  cancel_requested = 1;
}

/* The first interrupt asks the job to stop in order; the second one has its usual effect. */
static void catch_interrupts(void) {
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

enum err_lang cli_lang_from_environment(void) {
  static const char *const names[] = {"SHIRABE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strncmp(value, "ja", 2) == 0 ? LANG_JA : LANG_EN;
  }
  return LANG_EN;
}

/* --- values of the parsed command line --- */

static const struct option_record *record_of(const struct cli *c, const char *option) {
  const struct option_record *o = cli_find_option(c->command, option, strlen(option));
  if (o) return o;
  fprintf(stderr, "internal error: '%s %s' asks for option '%s', which it does not declare\n", c->command->noun,
      c->command->verb ? c->command->verb : "", option);
  exit(STATUS_BUG);
}

int cli_repeat_count(const struct cli *c, const char *option) {
  const struct option_record *o = record_of(c, option);
  int n = 0;
  for (int i = 0; i < c->n_given; i++) n += c->given[i].record == o;
  return n;
}

const char *cli_repeat(const struct cli *c, const char *option, int i) {
  const struct option_record *o = record_of(c, option);
  for (int k = 0; k < c->n_given; k++)
    if (c->given[k].record == o && i-- == 0) return c->given[k].value;
  return NULL;
}

const char *cli_text(const struct cli *c, const char *option) {
  const struct option_record *o = record_of(c, option);
  const char *value = cli_repeat(c, option, 0);
  return value ? value : o->default_text ? o->default_text : cli_common_default(option);
}

bool cli_flag(const struct cli *c, const char *option) { return cli_repeat_count(c, option) > 0; }

int64_t cli_int(const struct cli *c, const char *option) {
  int64_t value = 0;
  const char *text = cli_text(c, option);
  if (text && !str_int64(str_of(text), &value)) return 0;
  return value;
}

int cli_operand_count(const struct cli *c) { return c->n_operands; }
const char *cli_operand(const struct cli *c, int i) { return i >= 0 && i < c->n_operands ? c->operands[i] : NULL; }
struct job *cli_job(struct cli *c) {
  return &c->job;
}
bool cli_json(const struct cli *c) { return c->json; }
FILE *cli_out(struct cli *c) {
  (void)c;
  return stdout;
}
enum err_lang cli_lang(const struct cli *c) { return c->lang; }
const char *cli_say(const struct cli *c, const char *en, const char *ja) { return cli_pick(c->lang, en, ja); }

/* --- errors --- */

static void print_error(const struct err *e, enum err_lang lang) {
  char text[ERROR_TEXT_BYTES];
  term_progress_end();
  err_format(e, lang, text, sizeof text);
  fprintf(stderr, "%s\n", text);
}

/* File names may hold bytes that JSON cannot: they become '?'. */
static void put_clean(struct json_out *j, const char *key, const char *value) {
  char clean[ERROR_TEXT_BYTES];
  size_t n = strlen(value), at = 0;
  while (at < n && at + 4 < sizeof clean) {
    uint32_t c;
    size_t length = utf8_decode(value + at, n - at, &c);
    if (length) memcpy(clean + at, value + at, length);
    else clean[at] = '?';
    at += length ? length : 1;
  }
  json_key(j, key);
  json_text(j, str_view(clean, at));
}

static const char *grade_name(enum err_grade grade) {
  static const char *const names[] = {"note", "warning", "rejected", "stopped", "bug"};
  return names[grade];
}

static void error_members(struct json_out *j, const struct err *e, enum err_lang lang) {
  char number[8], text[ERROR_TEXT_BYTES];
  err_format(e, lang, text, sizeof text);
  json_put(j, "number", err_number(e->code, number, sizeof number));
  json_put(j, "name", err_name(e->code));
  json_put(j, "grade", grade_name(err_grade_of(e->code)));
  json_put_int(j, "exit_status", err_exit_status(e->code));
  if (e->file[0]) put_clean(j, "file", e->file);
  if (e->line > 0) json_put_int(j, "line", e->line);
  if (e->column > 0) json_put_int(j, "column", e->column);
  if (e->subject[0]) put_clean(j, "subject", e->subject);
  if (e->expected[0]) put_clean(j, "expected", e->expected);
  if (e->found[0]) put_clean(j, "found", e->found);
  put_clean(j, "text", text);
  err_message_text(e, lang, text, sizeof text);
  put_clean(j, "message", text);
  err_next_text(e, lang, text, sizeof text);
  put_clean(j, "next", text);
  json_key(j, "causes");
  json_array(j);
  for (int i = 0; i < e->n_causes; i++) {
    json_object(j);
    json_put(j, "name", err_name(e->causes[i].code));
    put_clean(j, "subject", e->causes[i].subject);
    json_end_object(j);
  }
  json_end_array(j);
}

static void print_error_json(FILE *to, const struct err *e, enum err_lang lang) {
  struct strbuf text = {0};
  struct json_out j;
  json_begin(&j, &text, false);
  json_object(&j);
  json_key(&j, "error");
  json_object(&j);
  error_members(&j, e, lang);
  json_end_object(&j);
  json_end_object(&j);
  if (json_done(&j)) fprintf(to, "%s\n", strbuf_cstr(&text));
  else print_error(e, lang); /* out of memory: the plain form needs none */
  strbuf_release(&text);
}

int cli_fail(struct cli *c, const struct err *e) {
  if (c->json) print_error_json(stdout, e, c->lang);
  else print_error(e, c->lang);
  int status = err_exit_status(e->code);
  return status ? status : e->code == E_OK ? STATUS_BUG : 0;
}

/* --- the job --- */

static void on_problem(void *context, const struct err *e) {
  struct cli *c = context;
  if (c->quiet && err_grade_of(e->code) == GRADE_NOTE) return;
  if (c->problems_shown >= PROBLEMS_ON_TERMINAL && term_is_terminal(stderr)) {
    c->problems_hidden++;
    return;
  }
  c->problems_shown++;
  print_error(e, c->lang);
}

static void on_progress(void *context, const char *what, int64_t done, int64_t total) {
  (void)context;
  term_progress(what, done, total);
}

static int default_threads(void) {
  cpu_set_t set;
  int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : n;
}

static bool job_begin(struct cli *c) {
  int64_t threads = cli_int(c, "threads");
  c->quiet = cli_flag(c, "quiet");
  c->job = (struct job){.arena = arena_new(0),
      .lang = c->lang,
      .n_threads = threads > 0 ? (int)threads : default_threads(),
      .cancelled = &cancel_requested,
      .problem = on_problem,
      .problem_context = c};
  if (!c->quiet) c->job.progress = on_progress;
  return c->job.arena != NULL;
}

static void say_hidden(const struct cli *c) {
  if (c->problems_hidden > 0)
    fprintf(stderr,
        cli_say(c, "%lld more problems are not shown; write them to a file with 2>problems.txt\n",
            "ほかに %lld 件の問題があります。2>problems.txt でファイルに書き出せます\n"),
        (long long)c->problems_hidden);
}

/* What was printed must have arrived; a reader that closed the pipe early (`| head`) wanted no more. */
static int check_output(struct cli *c, int status) {
  errno = 0;
  bool lost = fflush(stdout) != 0 || ferror(stdout);
  if (!lost || errno == EPIPE) return status;
  struct err e;
  ERR(&e, E_OUTPUT, .found = errno ? strerrordesc_np(errno) : NULL);
  print_error(&e, c->lang);
  return err_exit_status(E_OUTPUT);
}

static int run_command(struct cli *c, int argc, char **argv) {
  struct err e;
  int status;
  c->given = calloc((size_t)argc + 1, sizeof *c->given);
  c->operands = calloc((size_t)argc + 1, sizeof *c->operands);
  if (!c->given || !c->operands) {
    ERR(&e, E_NO_MEMORY, .subject = c->program->name);
    status = cli_fail(c, &e);
  } else if (cli_parse(c, argc, argv, &e)) {
    status = cli_fail(c, &e);
  } else if (!job_begin(c)) {
    ERR(&e, E_NO_MEMORY, .subject = c->program->name);
    status = cli_fail(c, &e);
  } else {
    catch_interrupts();
    status = c->command->run(c);
    term_progress_end();
    say_hidden(c);
  }
  arena_free(c->job.arena);
  free(c->given);
  free(c->operands);
  return check_output(c, status);
}

/* --- which command --- */

static bool ends_options(const char *word) { return !word || strcmp(word, "--") == 0; }

static bool has_word(int argc, char **argv, const char *word) {
  for (int i = 0; i < argc && !ends_options(argv[i]); i++)
    if (strcmp(argv[i], word) == 0) return true;
  return false;
}

static bool takes_next_word(const char *word) {
  return strcmp(word, "--lang") == 0 || strcmp(word, "--threads") == 0 || strcmp(word, "--office") == 0;
}

/* The value of --lang wherever it stands, so that even a usage error speaks the wanted language. */
static void early_options(struct cli *c, int argc, char **argv) {
  c->json = has_word(argc, argv, "--json");
  for (int i = 0; i < argc && !ends_options(argv[i]); i++) {
    const char *value = strncmp(argv[i], "--lang=", 7) == 0 ? argv[i] + 7 : strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1] : NULL;
    if (value && strcmp(value, "ja") == 0) c->lang = LANG_JA;
    if (value && strcmp(value, "en") == 0) c->lang = LANG_EN;
  }
}

static int check_environment(struct cli *c) {
  struct err e;
  int64_t seconds;
  const char *lang = getenv("SHIRABE_LANG"), *clock_text = getenv("SHIRABE_CLOCK");
  if (lang && *lang && strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0) {
    ERR(&e, E_USAGE_ENVIRONMENT, .subject = "SHIRABE_LANG", .expected = "ja, en", .found = lang);
    return cli_fail(c, &e);
  }
  if (clock_text && *clock_text && !time_parse_utc(clock_text, &seconds)) {
    ERR(&e, E_USAGE_ENVIRONMENT, .subject = "SHIRABE_CLOCK", .expected = "2026-01-10T00:00:00Z", .found = clock_text);
    return cli_fail(c, &e);
  }
  return 0;
}

/* Index of the first word that is neither an option nor the value of one; argc when none. */
static int first_word(int argc, char **argv, int from) {
  int i = from;
  while (i < argc && argv[i][0] == '-') i += takes_next_word(argv[i]) ? 2 : 1;
  return i < argc ? i : argc;
}

static int no_such_command(struct cli *c, const char *noun, const char *verb) {
  struct err e;
  char typed[ERR_TEXT_BYTES], hint[ERR_TEXT_BYTES];
  snprintf(typed, sizeof typed, "%s%s%s", noun, verb ? " " : "", verb ? verb : "");
  cli_suggest_command(c, noun, verb, hint, sizeof hint);
  ERR(&e, E_USAGE_COMMAND, .subject = typed, .next = hint);
  return cli_fail(c, &e);
}

static int verb_missing(struct cli *c, const char *noun) {
  struct strbuf verbs = {0};
  struct err e;
  for (int i = 0; i < c->program->n_commands; i++) {
    const struct command *k = c->program->commands[i];
    if (strcmp(k->noun, noun) == 0 && k->verb) strbuf_addf(&verbs, "%s%s", verbs.n ? ", " : "", k->verb);
  }
  ERR(&e, E_USAGE_VERB, .subject = noun, .expected = strbuf_cstr(&verbs));
  strbuf_release(&verbs);
  return cli_fail(c, &e);
}

static bool is_common_option(const char *word) { return strncmp(word, "--", 2) == 0 && cli_find_option(NULL, word + 2, strcspn(word + 2, "=")); }

static int program_options(struct cli *c, int argc, char **argv) {
  const struct cli_program *p = c->program;
  if (has_word(argc, argv, "--help") || has_word(argc, argv, "-h")) cli_help_program(stdout, p, c->lang);
  else if (has_word(argc, argv, "--version")) printf("%s %s\n", p->name, p->version);
  else if (has_word(argc, argv, "--man")) cli_man_program(stdout, p, c->lang);
  else if (has_word(argc, argv, "--completion")) cli_completion(stdout, p);
  else {
    int unknown = 0;
    while (unknown < argc && is_common_option(argv[unknown])) unknown += takes_next_word(argv[unknown]) ? 2 : 1;
    if (unknown >= argc) {
      cli_help_program(stderr, p, c->lang);
      return STATUS_USAGE;
    }
    struct err e;
    char hint[ERR_TEXT_BYTES];
    cli_suggest_option(c, argv[unknown], hint, sizeof hint);
    ERR(&e, E_USAGE_OPTION, .subject = argv[unknown], .next = hint);
    return cli_fail(c, &e);
  }
  return check_output(c, 0);
}

/* The words without noun and verb go to the command's parser. */
static int dispatch(struct cli *c, int argc, char **argv) {
  bool asked = argc > 0 && strcmp(argv[0], "help") == 0;
  int noun = first_word(argc, argv, asked);
  bool help = asked || has_word(argc, argv, "--help") || has_word(argc, argv, "-h");
  if (noun == argc && asked) return cli_help_program(stdout, c->program, c->lang), check_output(c, 0);
  if (noun == argc) return program_options(c, argc, argv);
  const char *verb = noun + 1 < argc && argv[noun + 1][0] != '-' ? argv[noun + 1] : NULL;
  if (!cli_noun_known(c->program, argv[noun])) return no_such_command(c, argv[noun], verb);
  c->command = cli_find_command(c->program, argv[noun], verb);
  if (help && (c->command || !verb)) {
    if (c->command) cli_help_command(stdout, c->program, c->command, c->lang);
    else cli_help_noun(stdout, c->program, argv[noun], c->lang);
    return check_output(c, 0);
  }
  if (!c->command) return verb ? no_such_command(c, argv[noun], verb) : verb_missing(c, argv[noun]);
  int used = c->command->verb ? 2 : 1, n = 0;
  char **words = calloc((size_t)argc + 1, sizeof *words);
  struct err e;
  if (!words) return ERR(&e, E_NO_MEMORY, .subject = c->program->name), cli_fail(c, &e);
  for (int i = 0; i < argc; i++)
    if (i < noun || i >= noun + used) words[n++] = argv[i];
  int status = run_command(c, n, words);
  free(words);
  return status;
}

int cli_run(const struct cli_program *program, int argc, char **argv) {
  struct cli c = {.program = program, .lang = cli_lang_from_environment()};
  int n = argc > 0 ? argc - 1 : 0;
  char **words = argv + (argc > 0);
  early_options(&c, n, words);
  int status = check_environment(&c);
  return status ? status : dispatch(&c, n, words);
}

int cli_main(int argc, char **argv, const struct command *const *commands, int n_commands, const char *program, const char *version) {
  return cli_run(&(struct cli_program){.name = program, .version = version, .commands = commands, .n_commands = n_commands}, argc, argv);
}
