/* test_session.c -- what the holder of the keys gives to the commands of its session, and what it refuses. The broker runs in a process of its own,
 * as in life. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/session.h"
#include "secure-store/session_message.h"

static const char passphrase[] = "a passphrase of the tests";
static char folder[200], path[256];

struct world {
  struct keystore *direct; /* opened with the passphrase, for comparison */
  int end;                 /* ours */
  pid_t broker, command;
};

static void show(const struct err *e) {
  char text[1024];
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
}
#define OK(call)                                                  \
  do {                                                            \
    enum err_code ok_code_ = (call);                              \
    if (ok_code_) show(&e);                                       \
    if (ok_code_) fprintf(stderr, "%s:%d\n", __FILE__, __LINE__); \
    assert_int_equal(ok_code_, E_OK);                             \
  } while (0)

/* The command of the session is a process that waits; the broker exits with its reason. */
static _Noreturn void broker(int end, pid_t command, const struct session_limits *limits) {
  struct keystore *keys;
  struct err e;
  if (keystore_open(path, passphrase, &keys, &e)) _exit(99);
  enum session_end why = session_serve(keys, end, command, limits);
  keystore_close(keys);
  _exit((int)why);
}
static void begin(struct world *w, int64_t idle, int64_t all) {
  int ends[2];
  struct err e;
  const struct session_limits limits = {idle, all};
  snprintf(path, sizeof path, "%s/keystore", folder);
  unlink(path);
  OK(keystore_create(path, "light", passphrase, "shirabe.invalid/log", &e));
  OK(keystore_open(path, passphrase, &w->direct, &e));
  OK(session_pair(ends, &e));
  fflush(NULL);
  w->broker = fork();
  if (w->broker == 0) {
    pid_t command = fork();
    if (command == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ends[0]);
      close(ends[1]);
      pause();
      _exit(0);
    }
    close(ends[1]);
    broker(ends[0], command, &limits);
  }
  assert_true(w->broker > 1); /* it is signalled later: never everybody */
  close(ends[0]);
  w->end = ends[1];
}
static int finish(struct world *w) {
  int status = 0;
  close(w->end);
  if (w->broker > 1) kill(w->broker, SIGKILL);
  if (w->broker > 1) waitpid(w->broker, &status, 0);
  keystore_close(w->direct);
  unlink(path);
  return status;
}

static void keys_and_signatures_are_those_of_the_store(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  uint8_t a[32], b[32];
  begin(&w, 100, 100);
  OK(keystore_open_session(path, w.end, &ks, &e));
  assert_true(keystore_is_remote(ks));
  assert_null(keystore_age_secret(ks));
  assert_memory_equal(keystore_log_detail_key(ks), keystore_log_detail_key(w.direct), 32);
  assert_string_equal(keystore_public(ks)->age_recipient, keystore_public(w.direct)->age_recipient);
  /* The secrets of the office are not in this process's copy. */
  static const uint8_t zeros[64];
  assert_memory_equal(keystore_log_key(ks)->secret, zeros, 64);
  assert_memory_equal(keystore_minisign(ks)->secret, zeros, 64);
  assert_memory_equal(keystore_kek(ks, KEK_DATA), zeros, 32);

  assert_int_equal(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", false, a, &e), E_STORE_KEY_MISSING);
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", true, a, &e));
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", false, b, &e));
  assert_memory_equal(a, b, 32);
  OK(keystore_save(ks, &e));
  assert_int_equal(keystore_public(ks)->sequence, 2);
  OK(keystore_reload(w.direct, &e));
  OK(keystore_dek(w.direct, "vital/birth/2025-12", 2, "permanent", false, b, &e));
  assert_memory_equal(a, b, 32);

  struct strbuf note, signature, sealed, plain;
  struct checkpoint point = {.size = 3};
  strbuf_init(&note, 0);
  strbuf_init(&signature, 0);
  strbuf_init(&sealed, 0);
  strbuf_init(&plain, 0);
  OK(checkpoint_sign(keystore_log_key(ks), &point, &note, &e));
  OK(checkpoint_verify(keystore_log_key(w.direct), str_view(note.p, note.n), &point, &e));
  uint8_t made_up[32] = {7};
  assert_int_equal(keystore_note_checkpoint(ks, 3, made_up, &e), E_SESSION_REFUSED); /* signed was another root */
  assert_int_equal(keystore_note_checkpoint(ks, 4, point.root, &e), E_SESSION_REFUSED);
  assert_int_equal(keystore_public(ks)->log_size, 0);
  OK(keystore_note_checkpoint(ks, 3, point.root, &e)); /* what was signed here goes into the file, nothing else changes */
  OK(keystore_reload(w.direct, &e));
  assert_int_equal(keystore_public(w.direct)->log_size, 3);
  assert_int_equal(keystore_public(w.direct)->sequence, 2);
  OK(keystore_note_checkpoint(w.direct, 2, made_up, &e)); /* never back */
  assert_int_equal(keystore_public(w.direct)->log_size, 3);
  OK(minisign_sign(keystore_minisign(ks), "content", 7, "a comment", &signature, &e));
  OK(minisign_verify(keystore_public(w.direct)->minisign_public, "content", 7, signature.p, signature.n, NULL, &e));
  OK(age_encrypt(keystore_public(ks)->age_recipient, "secret", 6, &sealed, &e));
  OK(keystore_age_decrypt(ks, sealed.p, sealed.n, 100, &plain, &e));
  assert_memory_equal(plain.p, "secret", 6);
  uint8_t other[32];
  char recipient[AGE_RECIPIENT_BYTES];
  age_keypair(other, recipient);
  strbuf_reset(&sealed);
  OK(age_encrypt(recipient, "secret", 6, &sealed, &e));
  assert_int_equal(keystore_age_decrypt(ks, sealed.p, sealed.n, 100, &plain, &e), E_AGE_NO_MATCH);
  strbuf_release(&note);
  strbuf_release(&signature);
  strbuf_release(&sealed);
  strbuf_release(&plain);
  keystore_close(ks);
  finish(&w);
}

static void keys_are_not_changed_or_destroyed_within_a_session(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  uint8_t key[32];
  begin(&w, 100, 100);
  OK(keystore_open_session(path, w.end, &ks, &e));
  OK(keystore_dek(ks, "d", 0, "permanent", true, key, &e));
  assert_int_equal(keystore_rotate(ks, passphrase, &e), E_SESSION_REFUSED);
  assert_int_equal(keystore_dek_destroy(ks, "d", 0, "permanent", &e), E_SESSION_REFUSED);
  keystore_close(ks);
  finish(&w);
}

/* Straight to the broker, as a hostile program of the session would. */
static int raw_channel(const struct world *w) {
  int pair[2];
  char byte = 0;
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_len = CMSG_LEN(sizeof(int));
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  memcpy(CMSG_DATA(c), &pair[1], sizeof(int));
  assert_int_equal(sendmsg(w->end, &m, MSG_NOSIGNAL), 1);
  close(pair[1]);
  return pair[0];
}
/* The code of the answer; E_SESSION_ENDED when it hung up. */
static enum err_code asked(int fd, const struct session_request *r, uint8_t out[128]) {
  struct strbuf b;
  uint8_t reply[SESSION_MESSAGE_MAX];
  const uint8_t *payload;
  enum err_code code;
  strbuf_init(&b, 0);
  assert_true(session_request_write(r, &b));
  assert_int_equal(send(fd, b.p, b.n, MSG_NOSIGNAL), b.n);
  strbuf_release(&b);
  ssize_t n = recv(fd, reply, sizeof reply, 0);
  if (n <= 0) return E_SESSION_ENDED;
  assert_true(session_reply_parse(r->operation, reply, (size_t)n, &code, &payload));
  if (!code) memcpy(out, payload, session_reply_bytes(r->operation));
  return code;
}
static void a_session_answers_only_what_it_should(void **state) {
  (void)state;
  struct world w;
  uint8_t out[128];
  begin(&w, 100, 100);
  int fd = raw_channel(&w);
  struct session_request r = {.operation = SESSION_DEK, .create = true, .dataset = "d", .retention = "permanent"};
  assert_int_equal(asked(fd, &r, out), E_SESSION_REFUSED); /* nothing before hello */
  struct session_request hello = {.operation = SESSION_HELLO};
  assert_int_equal(asked(fd, &hello, out), E_SESSION_REFUSED); /* of another store */
  assert_int_equal(asked(fd, &r, out), E_SESSION_REFUSED);
  memcpy(hello.install_id, keystore_public(w.direct)->install_id, sizeof hello.install_id);
  assert_int_equal(asked(fd, &hello, out), E_OK);
  assert_int_equal(asked(fd, &r, out), E_OK);
  const char *forged[] = {"yesterday we agreed\n", "other.invalid/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ""};
  for (size_t i = 0; i < 3; i++) {
    const struct session_request sign = {.operation = SESSION_SIGN_LOG, .text = str_of(forged[i])};
    assert_int_not_equal(asked(fd, &sign, out), E_OK);
  }
  struct session_request file = {.operation = SESSION_SIGN_FILE, .text = STR("two\nlines")};
  assert_int_equal(asked(fd, &file, out), E_MINISIGN_FORMAT);
  snprintf(r.dataset, sizeof r.dataset, "a|b"); /* the divider of the wrapped entry */
  assert_int_equal(asked(fd, &r, out), E_STORE_KEY_NAME);
  /* A message that cannot be read ends its channel, not the session. */
  static const char *const bad[] = {"", "x", "\001", "\001\010", "\002\001", "\001\002\002\001\001d\001p", "\001\003more"};
  for (size_t i = 1; i < sizeof bad / sizeof *bad; i++) {
    int other = raw_channel(&w);
    char byte;
    assert_true(send(other, bad[i], strlen(bad[i]), MSG_NOSIGNAL) > 0);
    assert_true(recv(other, &byte, 1, 0) <= 0);
    close(other);
  }
  snprintf(r.dataset, sizeof r.dataset, "d");
  assert_int_equal(asked(fd, &r, out), E_OK);
  close(fd);
  finish(&w);
}
static void too_many_channels_do_not_hurt_the_first(void **state) {
  (void)state;
  struct world w;
  uint8_t out[128];
  int more[60];
  begin(&w, 100, 100);
  int fd = raw_channel(&w);
  struct session_request hello = {.operation = SESSION_HELLO};
  memcpy(hello.install_id, keystore_public(w.direct)->install_id, sizeof hello.install_id);
  assert_int_equal(asked(fd, &hello, out), E_OK);
  for (int i = 0; i < 60; i++) more[i] = raw_channel(&w);
  const struct session_request r = {.operation = SESSION_DEK, .create = true, .dataset = "d", .retention = "permanent"};
  assert_int_equal(asked(fd, &r, out), E_OK);
  for (int i = 0; i < 60; i++) close(more[i]);
  close(fd);
  finish(&w);
}

/* --- ends --- */
static void pause_ms(int ms) { nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL); }
static int reason(struct world *w) {
  int status = 0;
  for (int i = 0; i < 100 && waitpid(w->broker, &status, WNOHANG) == 0; i++) pause_ms(100);
  w->broker = 0; /* nothing is left for finish to end */
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
static void it_ends_when_nobody_uses_it(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  begin(&w, 2, 100);
  OK(keystore_open_session(path, w.end, &ks, &e));
  pause_ms(3200); /* a command that has the store open is work */
  uint8_t key[32];
  OK(keystore_dek(ks, "d", 0, "permanent", true, key, &e));
  keystore_close(ks);
  assert_int_equal(reason(&w), SESSION_IDLE);
  assert_int_equal(keystore_open_session(path, w.end, &ks, &e), E_SESSION_ENDED);
  finish(&w);
}
static void it_ends_at_its_limit_whatever_is_open(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  uint8_t key[32];
  begin(&w, 100, 2);
  OK(keystore_open_session(path, w.end, &ks, &e));
  assert_int_equal(reason(&w), SESSION_TOO_LONG);
  assert_int_equal(keystore_dek(ks, "d", 0, "permanent", true, key, &e), E_SESSION_ENDED);
  keystore_close(ks);
  finish(&w);
}
/* SIGSTOP timing: stopped past its limit, it answers nothing when it goes on. */
static void row23_a_stopped_broker_does_not_answer_late(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  uint8_t out[128];
  begin(&w, 100, 2);
  OK(keystore_open_session(path, w.end, &ks, &e));
  int fd = raw_channel(&w);
  struct session_request hello = {.operation = SESSION_HELLO};
  memcpy(hello.install_id, keystore_public(w.direct)->install_id, sizeof hello.install_id);
  assert_int_equal(asked(fd, &hello, out), E_OK);
  kill(w.broker, SIGSTOP);
  const struct session_request r = {.operation = SESSION_DEK, .create = true, .dataset = "d", .retention = "permanent"};
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_true(session_request_write(&r, &b));
  assert_int_equal(send(fd, b.p, b.n, MSG_NOSIGNAL), b.n); /* waits in the socket */
  strbuf_release(&b);
  pause_ms(3200);
  kill(w.broker, SIGCONT);
  assert_true(recv(fd, out, sizeof out, 0) <= 0);
  close(fd);
  keystore_close(ks);
  finish(&w);
}
static void keys_written_by_others_are_seen_and_a_rotation_ends_it(void **state) {
  (void)state;
  struct world w;
  struct keystore *ks;
  struct err e;
  uint8_t a[32], b[32];
  begin(&w, 100, 100);
  OK(keystore_dek(w.direct, "other", 1, "permanent", true, a, &e));
  OK(keystore_save(w.direct, &e));
  OK(keystore_open_session(path, w.end, &ks, &e));
  OK(keystore_dek(ks, "other", 1, "permanent", false, b, &e));
  assert_memory_equal(a, b, 32);
  OK(keystore_dek(ks, "never-saved", 1, "permanent", true, b, &e));
  keystore_close(ks);
  OK(keystore_open_session(path, w.end, &ks, &e));
  assert_int_equal(keystore_dek(ks, "never-saved", 1, "permanent", false, b, &e), E_STORE_KEY_MISSING);
  keystore_close(ks);
  OK(keystore_rotate(w.direct, passphrase, &e));
  assert_int_equal(keystore_open_session(path, w.end, &ks, &e), E_SESSION_ENDED);
  finish(&w);
}

static void messages_survive_the_way_there_and_back(void **state) {
  (void)state;
  for (int op = 1; op < SESSION_OPERATIONS; op++) {
    struct session_request r = {.operation = (enum session_operation)op,
                               .create = true,
                               .part = 3,
                               .dataset = "vital/birth",
                               .retention = "permanent"},
                           back;
    struct strbuf b;
    r.text = op == SESSION_SIGN_LOG || op == SESSION_SIGN_FILE ? STR("text") : STR("");
    memset(r.digest, 7, sizeof r.digest);
    strbuf_init(&b, 0);
    assert_true(session_request_write(&r, &b));
    assert_true(session_request_parse(b.p, b.n, &back));
    assert_int_equal(back.operation, op);
    if (op == SESSION_DEK) assert_true(back.create && back.part == 3 && !strcmp(back.dataset, "vital/birth") && !strcmp(back.retention, "permanent"));
    bool open_ended = op == SESSION_SIGN_LOG || op == SESSION_SIGN_FILE; /* the rest is text: shorter is another text */
    for (size_t n = 0; n < b.n && !open_ended; n++) assert_false(session_request_parse(b.p, n, &back));
    strbuf_addc(&b, 'x');
    if (!open_ended) assert_false(session_request_parse(b.p, b.n, &back));
    strbuf_release(&b);
  }
  uint8_t reply[SESSION_MESSAGE_MAX], payload[128] = {1};
  const uint8_t *view;
  enum err_code code;
  size_t n = session_reply_write(SESSION_DEK, E_OK, payload, reply);
  assert_true(session_reply_parse(SESSION_DEK, reply, n, &code, &view) && code == E_OK && view[0] == 1);
  assert_false(session_reply_parse(SESSION_DEK, reply, n - 1, &code, &view));
  assert_false(session_reply_parse(SESSION_UNWRAP, reply, n, &code, &view));
  reply[1] = 0xff, reply[2] = 0xff; /* no such error */
  assert_false(session_reply_parse(SESSION_SAVE, reply, 3, &code, &view));
}

static int start(void **state) {
  (void)state;
  const char *tmp = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%.150s/shirabe-session-XXXXXX", tmp ? tmp : "/tmp");
  return crypto_start() && mkdtemp(folder) ? 0 : -1;
}
static int end(void **state) {
  (void)state;
  return rmdir(folder);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_survive_the_way_there_and_back),
      cmocka_unit_test(keys_and_signatures_are_those_of_the_store),
      cmocka_unit_test(keys_are_not_changed_or_destroyed_within_a_session),
      cmocka_unit_test(a_session_answers_only_what_it_should),
      cmocka_unit_test(too_many_channels_do_not_hurt_the_first),
      cmocka_unit_test(it_ends_when_nobody_uses_it),
      cmocka_unit_test(it_ends_at_its_limit_whatever_is_open),
      cmocka_unit_test(row23_a_stopped_broker_does_not_answer_late),
      cmocka_unit_test(keys_written_by_others_are_seen_and_a_rotation_ends_it),
  };
  return cmocka_run_group_tests(tests, start, end);
}
