/* session_run.c -- the life of a session: a leaf, the command, the broker shut in with the keys, a leaf. */
#include "secure-store/session_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret_memory.h"
#include "base/bytes.h"
#include "base/ext_seccomp.h"
#include "base/ext_sodium.h"
#include "secure-store/sandbox_impl.h"
#include "secure-store/store_impl.h"

enum { FIRST_FD = 100 }; /* shells use the small numbers themselves */

static enum err_code note(struct store *s, const char *action, const char *id, const char *what, struct err *e) {
  struct log_leaf leaf;
  store_log_leaf_begin(s, &leaf, action, LOG_NOTE);
  snprintf(leaf.object, sizeof leaf.object, "session:%s %s", id, what);
  return store_log_note(s, &leaf, false, e);
}

/* --- the command --- */

static _Noreturn void become(char *const *argv, int end) {
  char number[16];
  for (int i = 1; i < 32; i++) signal(i, SIG_DFL);
  int fd = fcntl(end, F_DUPFD, FIRST_FD); /* without close-on-exec: for all that the command starts */
  snprintf(number, sizeof number, "%d", fd);
  if (fd < 0 || setenv("SHIRABE_SESSION", number, 1)) _exit(126);
  execvp(argv[0], argv);
  fprintf(stderr, "%s: %s\n", argv[0], strerrordesc_np(errno));
  _exit(127);
}
/* The keys are not in the child: their pages are emptied by the fork. */
static enum err_code launch(char *const *argv, int ends[2], pid_t *child, struct err *e) {
  fflush(NULL);
  *child = fork();
  if (*child == 0) become(argv, ends[1]);
  int number = errno;
  close(ends[1]);
  return *child > 0 ? E_OK : ERR(e, E_SANDBOX_START, .subject = argv[0], .found = strerrordesc_np(number));
}

/* --- the broker --- */

/* From here on this process touches the store's folder and nothing else. A demonstration store goes on where the machine cannot do it. */
static enum err_code shut_in(const char *folder, bool light, struct err *e) {
  static const char *const read[] = {"/proc/sys/kernel/random/boot_id", NULL};
  const struct sandbox_spec files = {.name = "session", .read = read, .scratch = folder};
  const struct seccomp_spec calls = {.kind = SECCOMP_BROKER};
  int version;
  bool landlock = sandbox_landlock_enter(&files, &version) == 0, filter = seccomp_enter(&calls) == 0;
  secret_confined();
  if ((landlock && filter) || light) return E_OK;
  return ERR(e, E_SANDBOX_MISSING, .subject = landlock ? "seccomp" : "Landlock");
}

/* Keys of the terminal are for the command: it decides, and the session ends with it. */
static void leave_signals_to_command(void) {
  static const int signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTOU, SIGPIPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_IGN);
}

static int wait_status(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct closing { /* what is needed to write the last leaf */
  const struct job *job;
  char folder[STORE_PATH_BYTES], id[17];
};
/* The last leaf needs the store, which a command that still runs may hold; then it is said and not waited for. Takes the keys over. */
static void end_session(const struct closing *c, struct keystore *keys, enum session_end why) {
  struct store *s;
  struct err e;
  char what[64];
  snprintf(what, sizeof what, "end:%s", session_end_name(why));
  if (store_open_keys(c->job, c->folder, keys, &s, &e)) {
    job_problem(c->job, &e);
    return;
  }
  if (note(s, "key-seal", c->id, what, &e)) job_problem(c->job, &e);
  store_close(s);
}

static enum err_code serve(struct keystore *keys, const struct closing *c, const struct session_run *run, bool light, int *status, struct err *e) {
  int ends[2];
  pid_t child;
  enum err_code code = session_pair(ends, e);
  if (!code) code = launch(run->argv, ends, &child, e);
  if (code) {
    keystore_close(keys);
    return code;
  }
  leave_signals_to_command();
  code = shut_in(c->folder, light, e);
  if (code) {
    keystore_close(keys);
    close(ends[0]);
    *status = wait_status(child);
    return code;
  }
  enum session_end why = session_serve(keys, ends[0], child, &run->limits);
  close(ends[0]);
  end_session(c, keys, why);
  *status = wait_status(child);
  return E_OK;
}

enum err_code session_run(struct store *s, const struct session_run *run, int *status, struct err *e) {
  struct closing c = {.job = store_job(s)};
  uint8_t random[8];
  bool light = s->office.light;
  random_bytes(random, sizeof random);
  hex_encode(random, sizeof random, c.id);
  snprintf(c.folder, sizeof c.folder, "%s", store_folder(s));
  enum err_code code = note(s, "key-unlock", c.id, "begin", e);
  if (code) {
    store_close(s);
    return code;
  }
  return serve(store_close_but_keys(s), &c, run, light, status, e);
}
