/* package_tar.h -- the archive inside a package, written and read in pieces: regular files only, in pax form (ustar; a pax header only for a file
 * of 8 GiB or more, with nothing but its size).
 * Names    a-z 0-9 . _ - in at most 3 parts of at most 100 bytes together; no empty part, none that begins or ends with a dot, none that Windows
 *          keeps for itself.
 * Reader   strict: every byte of a header must be what the writer would have written (owner 0, mode 0644, time 0), so links, devices, sparse files,
 *          set-uid bits, absolute or climbing paths, NUL, newlines and other scripts in names have no way in: E_EXTRACT_TAR. Names differ by more
 *          than case, at most PACKAGE_FILES of them; E_EXTRACT_LIMIT beyond.
 * Memory   one header; 100 bytes per file. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_TAR_H
#define SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_TAR_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { PACKAGE_FILES = 64, PACKAGE_NAME = 101, TAR_HEAD_MAX = 1536 };
bool package_name_ok(const char *name);
/* Fills head and returns its length; 0 for a name that is not allowed. */
size_t package_tar_head(const char *name, uint64_t bytes, uint8_t head[TAR_HEAD_MAX]);
static inline size_t package_tar_padding(uint64_t bytes) { return (size_t)((512 - bytes % 512) % 512); }
enum { TAR_END_BYTES = 1024 }; /* zeros */

struct tar_sink { /* _begin, any number of _data, _end for each file */
  void *context;
  enum err_code (*begin)(void *context, const char *name, uint64_t bytes, struct err *e);
  enum err_code (*data)(void *context, const void *p, size_t n, struct err *e);
  enum err_code (*end)(void *context, struct err *e);
};
struct tar_feed {
  struct tar_sink sink;
  uint8_t block[512];
  size_t have;
  uint64_t left, pax_size; /* bytes of the file to come; size from a pax header, 0 = none */
  size_t padding, zeros;   /* bytes of padding to come; zero blocks seen at the end */
  bool in_pax, inside;
  int n_names;
  char names[PACKAGE_FILES][PACKAGE_NAME];
};
void tar_feed_init(struct tar_feed *t, const struct tar_sink *sink);
enum err_code tar_feed(struct tar_feed *t, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code tar_feed_end(struct tar_feed *t, struct err *e) NODISCARD;
#endif
