/* session_message.c -- see session_message.h. */
#include "secure-store/session_message.h"

#include <string.h>

#include "base/bytes.h"

static bool put_name(struct strbuf *b, const char *text, size_t max) {
  size_t n = strlen(text);
  if (n == 0 || n > max || n > 255) return false;
  bytes_put_u8(b, (uint8_t)n);
  strbuf_add(b, text, n);
  return true;
}
static bool put_text(struct strbuf *b, struct str text) {
  strbuf_add(b, text.p, text.n);
  return text.n <= SESSION_TEXT_MAX;
}

bool session_request_write(const struct session_request *r, struct strbuf *out) {
  bool ok = true;
  bytes_put_u8(out, SESSION_VERSION);
  bytes_put_u8(out, (uint8_t)r->operation);
  switch (r->operation) {
  case SESSION_HELLO: strbuf_add(out, (const char *)r->install_id, sizeof r->install_id); break;
  case SESSION_DEK:
    bytes_put_u8(out, r->create);
    bytes_put_u8(out, r->part);
    ok = put_name(out, r->dataset, KEYSTORE_DATASET_MAX) && put_name(out, r->retention, KEYSTORE_RETENTION_MAX);
    break;
  case SESSION_SAVE:
  case SESSION_END: break;
  case SESSION_SIGN_LOG: ok = put_text(out, r->text); break;
  case SESSION_SIGN_FILE:
    strbuf_add(out, (const char *)r->digest, sizeof r->digest);
    ok = put_text(out, r->text);
    break;
  case SESSION_UNWRAP:
    strbuf_add(out, (const char *)r->share, sizeof r->share);
    strbuf_add(out, (const char *)r->wrapped, sizeof r->wrapped);
    break;
  case SESSION_NOTE_CHECKPOINT:
    bytes_put_u64(out, r->size);
    strbuf_add(out, (const char *)r->root, sizeof r->root);
    break;
  default: return false;
  }
  return ok && !out->failed;
}

static void take_bytes(struct bytes_reader *in, uint8_t *to, size_t n) {
  const uint8_t *p = bytes_take(in, n);
  if (p) memcpy(to, p, n);
}
static void take_name(struct bytes_reader *in, char *to, size_t max) {
  size_t n = bytes_u8(in);
  const uint8_t *p = bytes_take(in, n);
  in->failed = in->failed || !p || n == 0 || n > max || memchr(p, 0, n);
  if (in->failed) return;
  memcpy(to, p, n);
  to[n] = 0;
}
static struct str take_text(struct bytes_reader *in) {
  size_t n = bytes_left(in);
  const char *p = (const char *)bytes_take(in, n);
  in->failed = in->failed || n > SESSION_TEXT_MAX;
  return str_view(p ? p : "", p ? n : 0);
}
static void take_fields(struct bytes_reader *in, struct session_request *r) {
  switch (r->operation) {
  case SESSION_HELLO: take_bytes(in, r->install_id, sizeof r->install_id); break;
  case SESSION_DEK: {
    uint8_t create = bytes_u8(in);
    in->failed = in->failed || create > 1;
    r->create = create == 1;
    r->part = bytes_u8(in);
    take_name(in, r->dataset, KEYSTORE_DATASET_MAX);
    take_name(in, r->retention, KEYSTORE_RETENTION_MAX);
    break;
  }
  case SESSION_SAVE:
  case SESSION_END: break;
  case SESSION_SIGN_LOG: r->text = take_text(in); break;
  case SESSION_SIGN_FILE:
    take_bytes(in, r->digest, sizeof r->digest);
    r->text = take_text(in);
    break;
  case SESSION_UNWRAP:
    take_bytes(in, r->share, sizeof r->share);
    take_bytes(in, r->wrapped, sizeof r->wrapped);
    break;
  case SESSION_NOTE_CHECKPOINT:
    r->size = bytes_u64(in);
    take_bytes(in, r->root, sizeof r->root);
    break;
  default: in->failed = true;
  }
}
bool session_request_parse(const void *p, size_t n, struct session_request *out) {
  struct bytes_reader in;
  memset(out, 0, sizeof *out);
  out->text = str_of("");
  if (n > SESSION_MESSAGE_MAX) return false;
  bytes_reader_init(&in, p, n);
  if (bytes_u8(&in) != SESSION_VERSION) return false;
  out->operation = (enum session_operation)bytes_u8(&in);
  if (!in.failed) take_fields(&in, out);
  return !in.failed && bytes_left(&in) == 0;
}

size_t session_reply_bytes(enum session_operation operation) {
  static const size_t bytes[SESSION_OPERATIONS] = {[SESSION_HELLO] = 48 + 1 + KEYSTORE_PRESENT_MAX, [SESSION_DEK] = 32, [SESSION_SAVE] = 0,
      [SESSION_SIGN_LOG] = 64,
                                                   [SESSION_SIGN_FILE] = 128, [SESSION_UNWRAP] = 16, [SESSION_END] = 0};
  return operation > 0 && operation < SESSION_OPERATIONS ? bytes[operation] : 0;
}
size_t session_reply_write(enum session_operation operation, enum err_code code, const uint8_t *payload, uint8_t out[SESSION_MESSAGE_MAX]) {
  size_t n = code ? 0 : session_reply_bytes(operation);
  out[0] = SESSION_VERSION;
  out[1] = (uint8_t)((unsigned)code & 0xff);
  out[2] = (uint8_t)((unsigned)code >> 8);
  if (n) memcpy(out + 3, payload, n);
  return 3 + n;
}
bool session_reply_parse(enum session_operation operation, const uint8_t *p, size_t n, enum err_code *code, const uint8_t **payload) {
  if (n < 3 || p[0] != SESSION_VERSION) return false;
  *code = (enum err_code)(p[1] | p[2] << 8);
  *payload = p + 3;
  if (strcmp(err_name(*code), "E_?") == 0) return false;
  return n - 3 == (*code ? 0 : session_reply_bytes(operation));
}
