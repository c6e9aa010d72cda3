/* age_stream.c -- see age_stream.h. */
#include "secure-store/age_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/age_impl.h"

enum { SEALED_CHUNK = AGE_CHUNK + AEAD_TAG_BYTES, HEAD_MAX = 64 * 1024 };

/* --- writer --- */
struct age_writer {
  age_sink_fn sink;
  void *context;
  uint8_t key[32];
  uint64_t counter;
  size_t n;
  uint8_t plain[AGE_CHUNK], sealed[SEALED_CHUNK];
};
static enum err_code head_out(struct age_writer *w, const char *recipient, struct err *e) {
  uint8_t file_key[AGE_FILE_KEY], wrapped[AGE_WRAPPED], nonce[AGE_PAYLOAD_NONCE];
  char stanza[AGE_STANZA_TEXT];
  struct strbuf head;
  strbuf_init(&head, 0);
  random_bytes(file_key, sizeof file_key);
  random_bytes(nonce, sizeof nonce);
  enum err_code code = age_x25519_stanza(recipient, file_key, stanza, wrapped, e);
  if (!code) age_header_write(stanza, wrapped, file_key, &head);
  if (!code) age_payload_key(file_key, nonce, w->key);
  strbuf_add(&head, (const char *)nonce, sizeof nonce);
  wipe(file_key, sizeof file_key);
  if (!code && head.failed) code = ERR(e, E_NO_MEMORY, .subject = "age");
  if (!code) code = w->sink(w->context, head.p, head.n, e);
  strbuf_release(&head);
  return code;
}
enum err_code age_writer_new(const char *recipient, age_sink_fn sink, void *context, struct age_writer **out, struct err *e) {
  struct age_writer *w = calloc(1, sizeof *w);
  *out = w;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "age");
  w->sink = sink, w->context = context;
  return head_out(w, recipient, e);
}
static enum err_code chunk_out(struct age_writer *w, const uint8_t *p, size_t n, bool last, struct err *e) {
  uint8_t nonce[AEAD_NONCE_BYTES];
  age_chunk_nonce(w->counter++, last, nonce);
  aead_seal(w->key, nonce, NULL, 0, p, n, w->sealed);
  return w->sink(w->context, w->sealed, n + AEAD_TAG_BYTES, e);
}
enum err_code age_writer_add(struct age_writer *w, const void *p, size_t n, struct err *e) {
  const uint8_t *at = p;
  while (n > 0) {
    /* A full chunk waits for the next byte: the last chunk is marked. Whole chunks are sealed where they lie. */
    if (w->n == 0 && n > AGE_CHUNK) {
      TRY(chunk_out(w, at, AGE_CHUNK, false, e));
      at += AGE_CHUNK, n -= AGE_CHUNK;
      continue;
    }
    if (w->n == AGE_CHUNK) {
      TRY(chunk_out(w, w->plain, AGE_CHUNK, false, e));
      w->n = 0;
    }
    size_t take = AGE_CHUNK - w->n < n ? AGE_CHUNK - w->n : n;
    memcpy(w->plain + w->n, at, take);
    w->n += take, at += take, n -= take;
  }
  return E_OK;
}
enum err_code age_writer_end(struct age_writer *w, struct err *e) { return chunk_out(w, w->plain, w->n, true, e); }
void age_writer_free(struct age_writer *w) {
  if (!w) return;
  wipe(w, sizeof *w);
  free(w);
}

/* --- reader --- */
struct age_reader {
  age_sink_fn sink;
  void *context;
  uint8_t secret[32], key[32];
  bool have_key;
  uint64_t counter;
  size_t n; /* bytes of the head, or of a sealed chunk */
  uint8_t plain[AGE_CHUNK], held[HEAD_MAX + SEALED_CHUNK];
};
enum err_code age_reader_new(const uint8_t secret[32], age_sink_fn sink, void *context, struct age_reader **out, struct err *e) {
  struct age_reader *r = calloc(1, sizeof *r);
  *out = r;
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "age");
  r->sink = sink, r->context = context;
  memcpy(r->secret, secret, 32);
  return E_OK;
}
/* Where the payload begins in what is held, 0 = not there yet: behind the line that starts with "---", and its nonce. */
static size_t head_length(const struct age_reader *r) {
  const char *p = (const char *)r->held, *end = p + r->n;
  for (const char *line = p; line < end;) {
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    if (!newline) return 0;
    bool mac = newline - line >= 3 && memcmp(line, "---", 3) == 0;
    line = newline + 1;
    if (mac) return (size_t)(line - p) + AGE_PAYLOAD_NONCE <= r->n ? (size_t)(line - p) : 0;
  }
  return 0;
}
static enum err_code head_in(struct age_reader *r, struct err *e) {
  struct age_header h;
  size_t head = head_length(r);
  if (!head) return E_OK;
  TRY(age_header_open(r->secret, r->held, head, &h, e));
  age_payload_key(h.file_key, r->held + head, r->key);
  wipe(&h, sizeof h);
  r->have_key = true;
  r->n -= head + AGE_PAYLOAD_NONCE;
  memmove(r->held, r->held + head + AGE_PAYLOAD_NONCE, r->n);
  return E_OK;
}
static enum err_code chunk_in(struct age_reader *r, const uint8_t *p, size_t n, bool last, struct err *e) {
  uint8_t nonce[AEAD_NONCE_BYTES];
  char found[96];
  age_chunk_nonce(r->counter, last, nonce);
  if (n < AEAD_TAG_BYTES || !aead_open(r->key, nonce, NULL, 0, p, n, r->plain)) {
    snprintf(found, sizeof found, "a chunk that does not verify, at byte %llu of the payload", (unsigned long long)(r->counter * SEALED_CHUNK));
    return ERR(e, E_AGE_PAYLOAD, .subject = "age payload", .found = found);
  }
  if (last && n == AEAD_TAG_BYTES && r->counter > 0) return ERR(e, E_AGE_PAYLOAD, .subject = "age payload", .found = "an empty last chunk");
  r->counter++;
  return r->sink(r->context, r->plain, n - AEAD_TAG_BYTES, e);
}
/* Chunks that are not the last: there is a byte behind them. */
static enum err_code chunks_in(struct age_reader *r, struct err *e) {
  size_t at = 0;
  while (r->n - at > SEALED_CHUNK) {
    TRY(chunk_in(r, r->held + at, SEALED_CHUNK, false, e));
    at += SEALED_CHUNK;
  }
  if (at) memmove(r->held, r->held + at, r->n - at);
  r->n -= at;
  return E_OK;
}
enum err_code age_reader_feed(struct age_reader *r, const void *p, size_t n, struct err *e) {
  const uint8_t *at = p;
  while (n > 0) {
    if (r->have_key && r->n == 0 && n > SEALED_CHUNK) { /* straight from the caller's bytes */
      TRY(chunk_in(r, at, SEALED_CHUNK, false, e));
      at += SEALED_CHUNK, n -= SEALED_CHUNK;
      continue;
    }
    size_t limit = r->have_key ? SEALED_CHUNK + 1 : HEAD_MAX, take = limit - r->n < n ? limit - r->n : n;
    memcpy(r->held + r->n, at, take);
    r->n += take, at += take, n -= take;
    if (!r->have_key) TRY(head_in(r, e));
    if (!r->have_key && r->n == HEAD_MAX) return ERR(e, E_AGE_HEADER, .subject = "age header", .expected = "a head of at most 64 KiB");
    if (r->have_key) TRY(chunks_in(r, e));
  }
  return E_OK;
}
enum err_code age_reader_end(struct age_reader *r, struct err *e) {
  struct age_header h;
  if (r->have_key) return chunk_in(r, r->held, r->n, true, e);
  TRY(age_header_open(r->secret, r->held, r->n, &h, e)); /* says what is wrong with the head */
  wipe(&h, sizeof h);
  return ERR(e, E_AGE_HEADER, .subject = "age header", .expected = "a payload nonce");
}
void age_reader_free(struct age_reader *r) {
  if (!r) return;
  wipe(r, sizeof *r);
  free(r);
}
