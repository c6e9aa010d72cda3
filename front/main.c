/* main.c -- the `shirabe` program: prepares the process, then hands over to the table of commands. */
#include <signal.h>
#include <stddef.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/ext_sodium.h"
#include "front/commands.h"

static const struct command *const commands[] = {
#define COMMAND(symbol) &symbol,
#include "front/commands.def"
#undef COMMAND
    NULL,
};

static int crypto_failed(void) {
  struct err e;
  char text[1024];
  ERR(&e, E_CRYPTO_START, .subject = "libsodium");
  err_format(&e, cli_lang_from_environment(), text, sizeof text);
  fprintf(stderr, "%s\n", text);
  return err_exit_status(E_CRYPTO_START);
}

int main(int argc, char **argv) {
  secret_process(); /* keys and answers pass through this process */
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of one write, not the end of a half-written job */
  if (!crypto_start()) return crypto_failed();
  io_fault_from_environment();
  const struct cli_program program = {
      .name = "shirabe",
      .version = SHIRABE_VERSION,
      .summary_en = front_summary[0],
      .summary_ja = front_summary[1],
      .first_steps_en = front_first_steps[0],
      .first_steps_ja = front_first_steps[1],
      .nouns = front_nouns,
      .about = front_about,
      .commands = commands,
      .n_commands = (int)(sizeof commands / sizeof *commands) - 1,
  };
  return cli_run(&program, argc, argv);
}
