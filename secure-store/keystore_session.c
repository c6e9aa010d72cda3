/* keystore_session.c -- a keystore whose secrets are with the session's broker: each key and signature is asked for over a channel of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/keystore_impl.h"
#include "secure-store/session.h"
#include "secure-store/session_message.h"

struct session_client {
  int channel;
  char path[256]; /* for messages */
};

int session_descriptor(void) {
  const char *text = getenv("SHIRABE_SESSION");
  int64_t fd;
  return text && str_int64(str_of(text), &fd) && fd >= 0 && fd < 1 << 20 ? (int)fd : -1;
}

static enum err_code ended(const struct session_client *c, struct err *e) { return ERR(e, E_SESSION_ENDED, .subject = c->path); }

/* out has session_reply_bytes of the operation. */
static enum err_code ask(const struct session_client *c, const struct session_request *r, uint8_t *out, struct err *e) {
  struct strbuf request;
  uint8_t reply[SESSION_MESSAGE_MAX];
  const uint8_t *payload = NULL;
  enum err_code code = E_OK;
  strbuf_init(&request, SESSION_MESSAGE_MAX);
  if (!session_request_write(r, &request)) {
    strbuf_release(&request);
    return ERR(e, E_STORE_KEY_NAME, .subject = r->dataset);
  }
  bool sent = send(c->channel, request.p, request.n, MSG_NOSIGNAL) == (ssize_t)request.n;
  strbuf_release(&request);
  ssize_t n = -1;
  while (sent && (n = recv(c->channel, reply, sizeof reply, 0)) < 0 && errno == EINTR) {}
  if (n <= 0) return ended(c, e);
  if (!session_reply_parse(r->operation, reply, (size_t)n, &code, &payload)) return ERR(e, E_SESSION_MESSAGE, .subject = c->path);
  if (!code) memcpy(out, payload, session_reply_bytes(r->operation));
  wipe(reply, sizeof reply);
  return code ? ERR(e, code, .subject = r->operation == SESSION_DEK ? r->dataset : c->path) : E_OK;
}

static enum err_code remote_dek(
    void *context, const char *dataset, uint8_t part, const char *retention, bool create, uint8_t key_out[32], struct err *e) {
  struct session_request r = {.operation = SESSION_DEK, .create = create, .part = part};
  snprintf(r.dataset, sizeof r.dataset, "%s", dataset);
  snprintf(r.retention, sizeof r.retention, "%s", retention);
  return ask(context, &r, key_out, e);
}
static enum err_code remote_save(void *context, struct err *e) {
  const struct session_request r = {.operation = SESSION_SAVE};
  uint8_t none[1];
  return ask(context, &r, none, e);
}
static enum err_code remote_unwrap(
    void *context, const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES], uint8_t file_key[AGE_FILE_KEY_BYTES], struct err *e) {
  struct session_request r = {.operation = SESSION_UNWRAP};
  memcpy(r.share, share, sizeof r.share);
  memcpy(r.wrapped, wrapped, sizeof r.wrapped);
  return ask(context, &r, file_key, e);
}
static enum err_code remote_sign_log(void *context, struct str text, uint8_t signature[64], struct err *e) {
  const struct session_request r = {.operation = SESSION_SIGN_LOG, .text = text};
  return ask(context, &r, signature, e);
}
static enum err_code remote_sign_file(
    void *context, const uint8_t digest[64], struct str comment, uint8_t signature[64], uint8_t global[64], struct err *e) {
  struct session_request r = {.operation = SESSION_SIGN_FILE, .text = comment};
  uint8_t both[128];
  memcpy(r.digest, digest, sizeof r.digest);
  TRY(ask(context, &r, both, e));
  memcpy(signature, both, 64);
  memcpy(global, both + 64, 64);
  return E_OK;
}
static enum err_code remote_note_checkpoint(void *context, uint64_t size, const uint8_t root[32], struct err *e) {
  struct session_request r = {.operation = SESSION_NOTE_CHECKPOINT, .size = size};
  uint8_t none[1];
  memcpy(r.root, root, sizeof r.root);
  return ask(context, &r, none, e);
}
static enum err_code remote_end(void *context, struct err *e) {
  const struct session_request r = {.operation = SESSION_END};
  uint8_t none[1];
  return ask(context, &r, none, e);
}
static void remote_close(void *context) {
  struct session_client *c = context;
  close(c->channel);
  free(c);
}

/* A channel of our own: its other end goes to the broker through the descriptor that all commands of the session share. */
static enum err_code open_channel(struct session_client *c, int session, struct err *e) {
  int pair[2];
  char byte = 0;
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {&byte, 1};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
    return ERR(e, E_SANDBOX_START, .subject = "session", .found = strerrordesc_np(errno));
  memset(control.bytes, 0, sizeof control.bytes);
  struct cmsghdr *head = CMSG_FIRSTHDR(&m);
  *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(head), &pair[1], sizeof(int));
  bool sent = sendmsg(session, &m, MSG_NOSIGNAL) == 1;
  close(pair[1]);
  c->channel = pair[0];
  return sent ? E_OK : ended(c, e);
}

static enum err_code greet(const struct session_client *c, const char *path, struct keystore **out, struct err *e) {
  static const struct keystore_remote calls = {.dek = remote_dek, .save = remote_save, .unwrap = remote_unwrap, .sign_log = remote_sign_log,
                                               .sign_file = remote_sign_file, .note_checkpoint = remote_note_checkpoint, .close = remote_close};
  struct keystore_remote remote = calls;
  struct keystore_public public_part;
  struct session_request r = {.operation = SESSION_HELLO};
  bool locked;
  TRY(keystore_peek(path, &public_part, e));
  memcpy(r.install_id, public_part.install_id, sizeof r.install_id);
  uint8_t *answer = secret_new(session_reply_bytes(SESSION_HELLO), &locked);
  if (!answer) return ERR(e, E_NO_MEMORY, .subject = path);
  remote.context = (void *)(uintptr_t)c;
  enum err_code code = ask(c, &r, answer, e);
  if (!code) code = keystore_open_remote(path, &remote, answer + 16, locked, out, e);
  if (!code) keystore_set_present(*out, answer + 49, answer[48]);
  secret_free(answer);
  return code;
}
enum err_code keystore_open_session(const char *path, int session, struct keystore **out, struct err *e) {
  struct session_client *c = calloc(1, sizeof *c);
  *out = NULL;
  if (!c) return ERR(e, E_NO_MEMORY, .subject = path);
  c->channel = -1;
  snprintf(c->path, sizeof c->path, "%.255s", path);
  enum err_code code = open_channel(c, session, e);
  if (!code) code = greet(c, path, out, e);
  if (!code) return E_OK;
  if (c->channel >= 0) close(c->channel);
  free(c);
  return code;
}
enum err_code session_seal(const char *path, int session, struct err *e) {
  struct keystore *keys;
  TRY(keystore_open_session(path, session, &keys, e));
  enum err_code code = remote_end(keys->remote.context, e);
  keystore_close(keys);
  return code;
}
