/* batch_volume.h -- a batch file in parts for small media and mail limits, and a stored zip around a file for gateways that pass nothing else
 * (page: batch.md).
 * Part     "shirabe-volume-1" LF, one line of canonical JSON (at most 2,048 bytes) LF, then the part's bytes. The JSON: batch, bytes, file, part,
 *          part_bytes, part_sha256, parts, whole_sha256. The bytes are those of the age file: encrypted. Names are ASCII, at most 64 characters.
 * Inbox    parts wait in the store's folder `inbox`, in any order and over several runs, until all are there.
 * Zip      exactly one entry, stored, no descriptor, no extra field, no comment, nothing before, between or after; anything else is refused.
 * Errors   E_VOLUME_*, E_ZIP. Sizes and counts are judged before anything is allocated. Memory: the batch once, at most 1 GiB. */
#ifndef SHIRABE_COLLECTOR_BATCH_VOLUME_H
#define SHIRABE_COLLECTOR_BATCH_VOLUME_H
#include "base/arena.h"
#include "collector/batch.h"

enum { VOLUME_MIN_BYTES = 65536, VOLUME_MAX_PARTS = 9999, VOLUME_NAME = 65, VOLUME_MISSING_TEXT = 160 };

struct batch_volume {
  char batch[BATCH_ID_HEX], whole_sha256[65], part_sha256[65], file[VOLUME_NAME];
  int64_t part, parts, bytes; /* part from 1; bytes of the whole */
  struct str payload;         /* within the file's bytes */
};
bool batch_is_volume(struct str bytes);
bool batch_is_zip(struct str bytes);
/* "20MiB", "650000KiB", a number of bytes; -1 when it is none. */
int64_t batch_volume_size(const char *text);

enum err_code batch_volume_parse(const char *file, struct str bytes, struct batch_volume *out,
                                 struct err *e) NODISCARD; /* header, lengths and the part's hash */
/* The file of part k, its name into name. */
enum err_code batch_volume_write(const char *batch, const char *file, struct str whole, int64_t part_bytes, int64_t part, char name[VOLUME_NAME],
                                 struct strbuf *out, struct err *e) NODISCARD;
int64_t batch_volume_count(int64_t bytes, int64_t part_bytes);

enum err_code batch_zip_write(const char *name, struct str bytes, struct strbuf *out, struct err *e) NODISCARD;
enum err_code batch_zip_read(const char *file, struct str bytes, char name[VOLUME_NAME], struct str *content, struct err *e) NODISCARD;

/* --- inbox --- */
struct batch_volume_set {
  struct batch_volume of; /* any part of it */
  int64_t present;
  char missing[VOLUME_MISSING_TEXT]; /* "2, 4-6" */
};
/* Keeps the part (again: nothing changes) and, when all are there, gives the whole. *complete false: set->missing names the others. */
enum err_code batch_inbox_keep(struct store *s, const char *file, struct str bytes, struct batch_volume_set *set, struct strbuf *whole,
                               bool *complete, struct err *e) NODISCARD;
enum err_code batch_inbox_drop(struct store *s, const struct batch_volume *of, struct err *e) NODISCARD; /* after the batch was received */
enum err_code batch_inbox_waiting(struct store *s, struct arena *a, struct batch_volume_set **out, int64_t *n, struct err *e) NODISCARD;
#endif
