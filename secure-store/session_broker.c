/* session_broker.c -- the holder of the keys: takes channels from the commands of its session and answers them one request at a time. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/keystore_impl.h"
#include "secure-store/session.h"
#include "secure-store/session_message.h"

enum { CHANNELS_MAX = 32, TICK_MS = 500 };

struct broker {
  struct keystore *keys;
  int end, child_fd;
  int channels[CHANNELS_MAX];
  bool greeted[CHANNELS_MAX]; /* said hello for this store */
  int n_channels;
  bool sealed; /* told to end */
  uint64_t signed_size; /* checkpoint last signed */
  uint8_t signed_root[32];
  int64_t began, last_use; /* seconds, sleep included */
  struct session_limits limits;
};

const char *session_end_name(enum session_end end) {
  static const char *const names[] = {"command-ended", "idle", "too-long", "sealed"};
  return names[end];
}
enum err_code session_pair(int ends[2], struct err *e) {
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) return E_OK;
  return ERR(e, E_SANDBOX_START, .subject = "session", .found = strerrordesc_np(errno));
}

static int64_t seconds_now(void) {
  struct timespec t = {0, 0};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return t.tv_sec;
}
/* A command that has the store open is work, not idleness. */
static bool over(struct broker *b, enum session_end *why) {
  int64_t now = seconds_now();
  if (b->n_channels > 0) b->last_use = now;
  *why = now - b->began >= b->limits.seconds ? SESSION_TOO_LONG : SESSION_IDLE;
  return *why == SESSION_TOO_LONG || now - b->last_use >= b->limits.idle_seconds;
}

/* --- answers --- */

static void put_u64(uint8_t *to, uint64_t v) {
  for (int i = 0; i < 8; i++) to[i] = (uint8_t)(v >> 8 * i);
}
/* Others may have used the store with the passphrase since: the file is read anew, and what an interrupted command left unsaved is forgotten. */
static enum err_code hello(struct broker *b, const struct session_request *r, uint8_t *out, struct err *e) {
  const struct keystore_public *p = keystore_public(b->keys);
  if (memcmp(r->install_id, p->install_id, sizeof r->install_id) != 0) return ERR(e, E_SESSION_REFUSED, .subject = "another store");
  if (keystore_reload(b->keys, e)) return ERR(e, E_SESSION_ENDED, .subject = "keystore"); /* rotated or altered: a new session is needed */
  put_u64(out, p->epoch);
  put_u64(out + 8, p->sequence);
  memcpy(out + 16, keystore_log_detail_key(b->keys), 32);
  out[48] = (uint8_t)keystore_present(b->keys, out + 49);
  return E_OK;
}
/* Only checkpoints of our own log: a signature of the log key on anything else would be a forgery made to order. */
static enum err_code sign_log(struct broker *b, struct str text, uint8_t *out, struct err *e) {
  const struct note_key *k = keystore_log_key(b->keys);
  struct checkpoint point;
  TRY(checkpoint_parse(text, &point, e));
  if (strcmp(point.origin, k->name) != 0) return ERR(e, E_SESSION_REFUSED, .subject = "sign");
  sign_detached(out, text.p, text.n, k->secret);
  b->signed_size = point.size;
  memcpy(b->signed_root, point.root, sizeof b->signed_root);
  return E_OK;
}
/* Only what was signed here: a made-up one would keep the store closed for ever. Keys made and not yet saved are not written by the way. */
static enum err_code note_checkpoint(struct broker *b, const struct session_request *r, struct err *e) {
  bool ours = r->size > 0 && r->size == b->signed_size && memcmp(r->root, b->signed_root, sizeof b->signed_root) == 0;
  return ours ? keystore_note_checkpoint(b->keys, r->size, r->root, e) : ERR(e, E_SESSION_REFUSED, .subject = "checkpoint");
}
static enum err_code answer(struct broker *b, int i, const struct session_request *r, uint8_t *out, struct err *e) {
  if (r->operation != SESSION_HELLO && !b->greeted[i]) return ERR(e, E_SESSION_REFUSED, .subject = "hello");
  switch (r->operation) {
  case SESSION_HELLO: TRY(hello(b, r, out, e)); b->greeted[i] = true; return E_OK;
  case SESSION_DEK: return keystore_dek(b->keys, r->dataset, r->part, r->retention, r->create, out, e);
  case SESSION_SAVE: return keystore_save(b->keys, e);
  case SESSION_SIGN_LOG: return sign_log(b, r->text, out, e);
  case SESSION_SIGN_FILE: return minisign_raw(keystore_minisign(b->keys), r->digest, r->text, out, out + 64, e);
  case SESSION_UNWRAP: return age_unwrap(keystore_age_secret(b->keys), r->share, r->wrapped, out, e);
  case SESSION_NOTE_CHECKPOINT: return note_checkpoint(b, r, e);
  case SESSION_END: b->sealed = true; return E_OK;
  default: return ERR(e, E_SESSION_MESSAGE, .subject = "session");
  }
}

static void close_channel(struct broker *b, int i) {
  close(b->channels[i]);
  b->n_channels--;
  b->channels[i] = b->channels[b->n_channels];
  b->greeted[i] = b->greeted[b->n_channels];
}
/* One request, one reply; whoever sends anything else is hung up on. */
static void serve_channel(struct broker *b, int i) {
  uint8_t message[SESSION_MESSAGE_MAX + 1], payload[128] = {0}, reply[SESSION_MESSAGE_MAX];
  struct session_request r;
  struct err e;
  ssize_t n = recv(b->channels[i], message, sizeof message, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0 || !session_request_parse(message, (size_t)n, &r)) {
    close_channel(b, i);
    return;
  }
  enum err_code code = answer(b, i, &r, payload, &e);
  size_t length = session_reply_write(r.operation, code, payload, reply);
  bool sent = send(b->channels[i], reply, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
  wipe(payload, sizeof payload);
  wipe(reply, sizeof reply);
  if (!sent) close_channel(b, i);
}

/* --- new channels --- */

static bool same_user(int fd) {
  struct ucred who = {.uid = (uid_t)-1};
  socklen_t n = sizeof who;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.uid == geteuid();
}
/* -1: nothing came, or not one descriptor. */
static int take_descriptor(int from) {
  char byte;
  int fd = -1;
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * 4)];
  } control;
  struct iovec part = {&byte, 1};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t n = recvmsg(from, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n < 0) return -1;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    int got[4];
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(got, CMSG_DATA(c), count * sizeof(int));
    for (size_t i = 0; i < count; i++) {
      if (fd < 0) fd = got[i];
      else close(got[i]);
    }
  }
  return fd;
}
/* false: no process of the session is left that could send one. */
static bool take_channel(struct broker *b, short events) {
  int fd = events & POLLIN ? take_descriptor(b->end) : -1;
  if (fd < 0) return !(events & (POLLHUP | POLLERR)) || (events & POLLIN);
  if (b->n_channels >= CHANNELS_MAX || !same_user(fd)) {
    close(fd);
    return true;
  }
  b->greeted[b->n_channels] = false;
  b->channels[b->n_channels++] = fd;
  return true;
}

/* --- the loop --- */

static bool child_ended(pid_t child) {
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == child;
}
enum session_end session_serve(struct keystore *keys, int end, pid_t child, const struct session_limits *limits) {
  struct broker b = {.keys = keys, .end = end, .began = seconds_now(), .limits = *limits};
  enum session_end why = SESSION_CHILD_ENDED;
  bool open = true;
  b.last_use = b.began;
  b.child_fd = (int)syscall(SYS_pidfd_open, child, 0); /* -1: looked at with every tick */
  while (!child_ended(child) && !over(&b, &why) && !b.sealed) {
    struct pollfd p[CHANNELS_MAX + 2] = {{.fd = open ? b.end : -1, .events = POLLIN}, {.fd = b.child_fd, .events = POLLIN}};
    int n = b.n_channels;
    for (int i = 0; i < n; i++) p[i + 2] = (struct pollfd){.fd = b.channels[i], .events = POLLIN};
    why = SESSION_CHILD_ENDED;
    if (poll(p, (nfds_t)n + 2, TICK_MS) <= 0) continue;
    if (over(&b, &why)) break; /* the machine may have slept in between: nothing is answered late */
    why = SESSION_CHILD_ENDED;
    for (int i = n - 1; i >= 0; i--)
      if (p[i + 2].revents) serve_channel(&b, i);
    if (p[0].revents) open = take_channel(&b, p[0].revents);
  }
  if (b.sealed) why = SESSION_SEALED;
  while (b.n_channels > 0) close_channel(&b, 0);
  if (b.child_fd >= 0) close(b.child_fd);
  return why;
}
