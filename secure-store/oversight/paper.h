/* paper.h -- the records of overseers (policy, inspections, contracts, products of jobs) as canonical JSON: one table of members per kind, one
 * writer, one strict reader.
 * Form     a flat object of texts and integers, RFC 8785, with "format" and "install" added; members in the order of their names, each required, no
 *          others. What does not come out byte for byte again is refused, so a text has one hash.
 * Texts    one line of UTF-8 without control characters, shorter than its field; may be "" unless `required`.
 * Errors   E_PAPER_FORMAT names the member. Memory: none kept. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_PAPER_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_PAPER_H
#include "base/err.h"
#include "base/str.h"

struct store;
enum paper_kind { PAPER_TEXT, PAPER_INTEGER };
struct paper_member {
  const char *key;
  enum paper_kind kind;
  size_t offset, size;  /* of a char array, or of an int64_t */
  bool required;        /* a text that may not be "" */
  int64_t least, most;  /* of an integer */
};
struct paper_form {
  const char *format; /* "shirabe-policy-1" */
  const struct paper_member *member;
  int n;
};
#define PAPER_TEXT_OF(type, field, need) \
  {.key = #field, .kind = PAPER_TEXT, .offset = offsetof(type, field), .size = sizeof(((type *)0)->field), .required = need}
#define PAPER_INTEGER_OF(type, field, low, high) \
  {.key = #field, .kind = PAPER_INTEGER, .offset = offsetof(type, field), .size = sizeof(int64_t), .least = low, .most = high}
/* Checks the members and appends the text; its SHA-256 is what officers sign. */
enum err_code paper_text(
    const struct store *s, const struct paper_form *f, const void *from, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code paper_parse(
    const struct store *s, const struct paper_form *f, const char *place, struct str json, void *to, uint8_t subject[32], struct err *e) NODISCARD;
bool paper_id_ok(const char *id); /* 2 to 40 of a-z, 0-9, hyphen */
#endif
