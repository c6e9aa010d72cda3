/* ledger_book.h -- the register of questionnaire information (管理簿): a view over the access log, never typed; format secure-store/ledger_book.md.
 * Scope    leaves first .. end-1 whose action is listed and whose object contains one of the texts; "*" = all. Nothing of the scope is left out: the
 *          checker `shirabe-verify ledger` counts.
 * Proof    each row carries its leaf; the head carries a checkpoint signed now, so the store must be open with its keys.
 * Privacy  details (names, places, reasons) stay undisclosed: the columns salt and detail are empty.
 * Cost     one pass over the log. */
#ifndef SHIRABE_SECURE_STORE_USE_LEDGER_BOOK_H
#define SHIRABE_SECURE_STORE_USE_LEDGER_BOOK_H
#include "secure-store/store.h"

struct ledger_scope {
  const char *actions, *objects; /* "*" or texts separated by single spaces */
  uint64_t first;
  const char *title;
};
enum err_code ledger_book_write(struct store *s, const struct ledger_scope *scope, struct strbuf *out, int64_t *rows, struct err *e) NODISCARD;
#endif
