/* session_message.h -- what a command asks the holder of the keys, and what it is told: one message a packet (page: session.md).
 * Requests come from any program that inherited the session's descriptor: parsed strictly, whole length or nothing, names checked.
 * Replies hold at most one key; they are written into buffers that are wiped. */
#ifndef SHIRABE_SECURE_STORE_SESSION_MESSAGE_H
#define SHIRABE_SECURE_STORE_SESSION_MESSAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "secure-store/keystore.h"
#include "secure-store/minisign.h"

enum { SESSION_VERSION = 1, SESSION_MESSAGE_MAX = 8192, SESSION_TEXT_MAX = 4096 };
enum session_operation {
  SESSION_HELLO = 1, /* install id -> epoch u64, sequence u64, key of the log details [32], n u8, numbers of the shares that unlocked [16] */
  SESSION_DEK,       /* create u8, part u8, dataset, retention -> key [32] */
  SESSION_SAVE,      /* -> nothing */
  SESSION_SIGN_LOG,  /* text of a checkpoint of this log -> signature [64] */
  SESSION_SIGN_FILE, /* BLAKE2b-512 [64], trusted comment -> signature [64], global signature [64] */
  SESSION_UNWRAP,    /* share [32], wrapped [32] of an age stanza -> file key [16] */
  SESSION_END,       /* -> nothing; the session ends with the reply */
  SESSION_NOTE_CHECKPOINT, /* size u64, root [32] of the checkpoint last signed, durable in the log by now -> nothing */
  SESSION_OPERATIONS
};
struct session_request {
  enum session_operation operation;
  uint8_t install_id[KEYSTORE_INSTALL_BYTES];
  bool create;
  uint8_t part;
  char dataset[KEYSTORE_DATASET_MAX + 1], retention[KEYSTORE_RETENTION_MAX + 1];
  uint8_t digest[64], share[32], wrapped[32];
  uint64_t size;   /* of the log */
  uint8_t root[32];
  struct str text; /* views the message */
};
bool session_request_write(const struct session_request *r, struct strbuf *out); /* appends; false when a text is too long or memory ends */
bool session_request_parse(const void *p, size_t n, struct session_request *out);
/* version u8, code u16 (enum err_code, 0 = done), payload of the operation's length; a failure has no payload. Returns the length. */
size_t session_reply_bytes(enum session_operation operation); /* of the payload */
size_t session_reply_write(enum session_operation operation, enum err_code code, const uint8_t *payload, uint8_t out[SESSION_MESSAGE_MAX]);
/* *payload views the message; false: not a reply to this operation. */
bool session_reply_parse(enum session_operation operation, const uint8_t *p, size_t n, enum err_code *code, const uint8_t **payload);
#endif
