/* Any bytes as the card of an officer: refused, or written back byte for byte. A name that passes is in one form, and folding it twice is folding it
 * once. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/rights/name_check.h"
#include "secure-store/rights/officer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_fold(const char *name) {
  struct strbuf once, twice;
  strbuf_init(&once, 0);
  strbuf_init(&twice, 0);
  if (!name_fold(str_of(name), &once)) abort();
  if (!name_fold(str_view(once.p, once.n), &twice) || !str_eq(str_view(once.p, once.n), str_view(twice.p, twice.n))) abort();
  strbuf_release(&once);
  strbuf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct officer o;
  struct strbuf again;
  struct str text = str_view((const char *)data, n);
  if (name_check("name", text, NULL) == E_OK) { /* the same bytes as a bare name */
    char *copy = malloc(n + 1);
    if (!copy) abort();
    memcpy(copy, data, n);
    copy[n] = 0;
    check_fold(copy);
    free(copy);
  }
  if (officer_card_parse("card", text, &o, NULL)) return 0;
  strbuf_init(&again, 0);
  if (officer_card_text(&o, &again, NULL) || !str_eq(text, str_view(again.p, again.n))) abort();
  if (strlen(o.id) < 2 || !o.name[0] || strlen(o.minisign_public) != 56) abort();
  check_fold(o.name);
  strbuf_release(&again);
  return 0;
}
