/* sandbox_message.c -- see sandbox_message.h. */
#include "secure-store/sandbox_message.h"

#include <string.h>

void sandbox_put_text(struct strbuf *out, const char *text) {
  size_t n = strlen(text);
  bytes_put_u16(out, (uint16_t)n);
  strbuf_add(out, text, n);
}
void sandbox_take_text(struct bytes_reader *in, char *out, size_t size) {
  size_t n = bytes_u16(in);
  const uint8_t *p = bytes_take(in, n);
  in->failed = in->failed || n >= size || (n && memchr(p, 0, n));
  if (in->failed || !n) return;
  memcpy(out, p, n);
  out[n] = 0;
}
static enum err_code take_code(struct bytes_reader *in) {
  enum err_code code = (enum err_code)bytes_u32(in);
  in->failed = in->failed || strcmp(err_name(code), "E_?") == 0;
  return code;
}
void sandbox_put_error(struct strbuf *out, const struct err *e) {
  bytes_put_u32(out, (uint32_t)e->code);
  bytes_put_u64(out, (uint64_t)e->line);
  bytes_put_u64(out, (uint64_t)e->column);
  const char *texts[] = {e->file, e->subject, e->expected, e->found, e->next};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sandbox_put_text(out, texts[i]);
  bytes_put_u8(out, (uint8_t)e->n_causes);
  for (int i = 0; i < e->n_causes; i++) {
    bytes_put_u32(out, (uint32_t)e->causes[i].code);
    sandbox_put_text(out, e->causes[i].subject);
  }
}
void sandbox_take_error(struct bytes_reader *in, struct err *e) {
  e->code = take_code(in);
  e->line = (int64_t)bytes_u64(in);
  e->column = (int64_t)bytes_u64(in);
  char *texts[] = {e->file, e->subject, e->expected, e->found, e->next};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sandbox_take_text(in, texts[i], ERR_TEXT_BYTES);
  e->n_causes = bytes_u8(in);
  in->failed = in->failed || e->n_causes > ERR_CAUSES;
  for (int i = 0; i < e->n_causes && !in->failed; i++) {
    e->causes[i].code = take_code(in);
    sandbox_take_text(in, e->causes[i].subject, ERR_TEXT_BYTES);
  }
}
