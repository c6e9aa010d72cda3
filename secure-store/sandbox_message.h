/* sandbox_message.h -- errors and short texts as bytes between a worker and its parent, read as input from outside is.
 * Text     u16 length, bytes without NUL. Error: code u32, line and column u64, file, subject, expected, found, next, u8 causes, each code and
 *          subject.
 * Trust    a code nobody knows, a text that is too long or holds a NUL, more causes than an error has: in->failed. */
#ifndef SHIRABE_SECURE_STORE_SANDBOX_MESSAGE_H
#define SHIRABE_SECURE_STORE_SANDBOX_MESSAGE_H
#include "base/bytes.h"
#include "base/err.h"

void sandbox_put_text(struct strbuf *out, const char *text);
void sandbox_take_text(struct bytes_reader *in, char *out, size_t size);
void sandbox_put_error(struct strbuf *out, const struct err *e);
void sandbox_take_error(struct bytes_reader *in, struct err *e); /* e is all zero before */
#endif
