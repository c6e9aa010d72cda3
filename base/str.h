/* str.h -- text as pointer and length, UTF-8 checks, a growing buffer. No locale anywhere. */
#ifndef SHIRABE_BASE_STR_H
#define SHIRABE_BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct str {
  const char *p;
  size_t n;
};
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
static inline struct str str_view(const char *p, size_t n) { return (struct str){p, n}; }
struct str str_of(const char *nul_terminated); /* NULL gives the empty text */
bool str_eq(struct str a, struct str b);
int str_cmp(struct str a, struct str b); /* binary order, shorter first */
bool str_starts(struct str s, struct str prefix);
struct str str_trim(struct str s); /* ASCII space, tab, CR, LF and U+3000 */
/* Splits at the first separator: returns the part before, *rest the part after ("" when none). */
struct str str_split(struct str s, char separator, struct str *rest);
bool str_int64(struct str s, int64_t *out); /* whole text, optional sign, no spaces; false on overflow */
bool utf8_valid(const char *p, size_t n, size_t *bad_offset);
/* Decodes one character at p (n bytes left, n > 0); returns its length, 0 when invalid. */
size_t utf8_decode(const char *p, size_t n, uint32_t *code_point);
size_t utf8_encode(uint32_t code_point, char out[4]);
/* Takes out the bytes that are no part of a whole character (what cutting a text leaves), in place and with the NUL behind; the new length. */
size_t utf8_mend(char *text);
size_t utf8_columns(const char *p, size_t n); /* display width: East Asian wide = 2 */

/* Growing buffer on the heap; after a failed growth `failed` stays true and writes are ignored: check once at the end. */
struct strbuf {
  char *p;
  size_t n, capacity, max; /* max 0 = 1 GiB */
  bool failed;
};
void strbuf_init(struct strbuf *b, size_t max);
void strbuf_release(struct strbuf *b);
void strbuf_add(struct strbuf *b, const char *p, size_t n);
void strbuf_adds(struct strbuf *b, const char *nul_terminated);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_add_int(struct strbuf *b, int64_t value);
/* Scaled integer as decimal text: value 12345, decimals 2 -> 123.45 */
void strbuf_add_decimal(struct strbuf *b, int64_t value, int decimals);
/* n more zero bytes; returns where they start, NULL after a failed growth. Known sizes grow once, so that no copies of secrets stay behind. */
char *strbuf_extend(struct strbuf *b, size_t n);
void strbuf_reset(struct strbuf *b);          /* keeps the capacity */
const char *strbuf_cstr(struct strbuf *b);    /* NUL-terminated view */
#endif
