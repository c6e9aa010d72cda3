/* Any bytes as a request or a reply of a session: refused, or written again byte for byte. First byte: 0 = request, else the operation of a reply. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/session_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void request(const uint8_t *p, size_t n) {
  struct session_request r;
  struct strbuf again;
  if (!session_request_parse(p, n, &r)) return;
  strbuf_init(&again, 0);
  if (!session_request_write(&r, &again) || again.n != n || memcmp(again.p, p, n) != 0) abort();
  strbuf_release(&again);
}
static void reply(enum session_operation operation, const uint8_t *p, size_t n) {
  static uint8_t out[SESSION_MESSAGE_MAX];
  const uint8_t *payload;
  enum err_code code;
  if (!session_reply_parse(operation, p, n, &code, &payload)) return;
  if (session_reply_write(operation, code, payload, out) != n || memcmp(out, p, n) != 0) abort();
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (n == 0) return 0;
  if (data[0] == 0) request(data + 1, n - 1);
  else reply((enum session_operation)(data[0] % SESSION_OPERATIONS), data + 1, n - 1);
  return 0;
}
