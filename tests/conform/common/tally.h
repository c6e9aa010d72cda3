/* tally.h -- what the runners of public vectors share: verdicts, counts and closing lines, and a walk over a folder. */
#ifndef SHIRABE_TESTS_CONFORM_TALLY_H
#define SHIRABE_TESTS_CONFORM_TALLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict { PASSED, FAILED, UNSUPPORTED };
struct tally {
  const char *name; /* of the closing line */
  const char *only; /* NULL = all; else only ids that begin with it, each with its verdict */
  int passed, failed, unsupported;
};
bool tally_wants(const struct tally *t, const char *id);
/* why: for failed and unsupported cases. Unsupported ones are printed only when asked for: they are counted by why at the end. */
void tally_add(struct tally *t, const char *id, enum verdict v, const char *why);
/* Prints `unsupported: N` and `NAME: N passed, N failed`; exit status. No case at all is a failure. */
int tally_close(struct tally *t, const char *folder);

/* Every regular file under folder in order of name; relative is its path below folder. False when the folder cannot be read. */
typedef void (*walk_fn)(void *context, const char *path, const char *relative);
bool walk(const char *folder, walk_fn fn, void *context);
/* NUL-terminated copy to be freed; NULL when it cannot be read or has more than max bytes. */
uint8_t *slurp(const char *path, size_t max, size_t *n);
/* Numbers of 2^63 to 2^64 - 1 outside texts become the negative numbers of the same 64 bits, because the JSON reader takes int64 only. Frees json. */
char *unsigned_as_int64(char *json, size_t *n);
#endif
