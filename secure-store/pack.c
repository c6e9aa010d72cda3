/* pack.c -- see pack.h. */
#include "secure-store/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

static const char header_magic[8] = {'S', 'H', 'I', 'R', 'A', 'P', 'K', '1'};
static const char trailer_magic[8] = {'S', 'H', 'I', 'R', 'A', 'P', 'K', 'E'};

/* --- writing --- */

static void header_make(uint8_t out[PACK_HEADER_BYTES], uint64_t write_sequence, const uint8_t install_id[16]) {
  memcpy(out, header_magic, 8);
  for (int i = 0; i < 8; i++) out[8 + i] = (uint8_t)(write_sequence >> (8 * i));
  memcpy(out + 16, install_id, 16);
}

enum err_code pack_write_begin(struct pack_write *w, const char *path, uint64_t write_sequence, const uint8_t install_id[16], struct err *e) {
  memset(w, 0, sizeof *w);
  strbuf_init(&w->index, 0);
  header_make(w->header, write_sequence, install_id);
  TRY(atomic_file_begin(&w->file, path, ATOMIC_NEW_ONLY, 0600, e));
  enum err_code code = atomic_file_write(&w->file, w->header, sizeof w->header, e);
  if (code) pack_write_abort(w);
  return code;
}

static void put_entry(struct strbuf *to, const struct pack_entry *entry) {
  bytes_put_u64(to, entry->id);
  bytes_put_u64(to, entry->at);
  bytes_put_u64(to, entry->bytes);
  strbuf_add(to, (const char *)entry->sha256, 32);
}

enum err_code pack_write_add(struct pack_write *w, uint64_t id, const void *sealed, size_t n, struct pack_entry *out, struct err *e) {
  if (n == 0 || n > PACK_SEGMENT_MAX || w->n >= PACK_ENTRIES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = w->file.path);
  *out = (struct pack_entry){.id = id, .at = w->file.written, .bytes = n};
  sha256_of(sealed, n, out->sha256);
  TRY(atomic_file_write(&w->file, sealed, n, e));
  put_entry(&w->index, out);
  w->n++;
  return w->index.failed ? ERR(e, E_NO_MEMORY, .subject = w->file.path) : E_OK;
}

static void index_hash(const uint8_t header[PACK_HEADER_BYTES], const void *index, size_t n, uint8_t out[32]) {
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, header, PACK_HEADER_BYTES);
  sha256_add(&h, index, n);
  sha256_end(&h, out);
}

enum err_code pack_write_commit(struct pack_write *w, uint8_t index_sha256[32], uint64_t *bytes, struct err *e) {
  uint64_t index_at = w->file.written;
  size_t index_bytes = w->index.n;
  index_hash(w->header, w->index.p, index_bytes, index_sha256);
  bytes_put_u64(&w->index, index_at);
  bytes_put_u64(&w->index, w->n);
  strbuf_add(&w->index, (const char *)index_sha256, 32);
  strbuf_add(&w->index, trailer_magic, 8);
  if (w->index.failed) return ERR(e, E_NO_MEMORY, .subject = w->file.path);
  TRY(atomic_file_write(&w->file, w->index.p, w->index.n, e));
  *bytes = w->file.written;
  TRY(atomic_file_commit(&w->file, e));
  strbuf_release(&w->index);
  return E_OK;
}

void pack_write_abort(struct pack_write *w) {
  atomic_file_abort(&w->file);
  strbuf_release(&w->index);
}

/* --- reading --- */

static enum err_code malformed(const struct pack_source *s, const char *what, struct err *e) {
  return ERR(e, E_PACK, .file = s->name, .subject = s->name, .found = what);
}

struct pack_entry pack_entry_at(const struct pack *p, uint64_t i) {
  struct pack_entry entry;
  struct bytes_reader r;
  const uint8_t *raw = (const uint8_t *)p->index.p + i * PACK_ENTRY_BYTES;
  bytes_reader_init(&r, raw, PACK_ENTRY_BYTES);
  entry.id = bytes_u64(&r);
  entry.at = bytes_u64(&r);
  entry.bytes = bytes_u64(&r);
  memcpy(entry.sha256, raw + 24, 32);
  return entry;
}

/* Entries must fill the space between header and index without a gap, in order. */
static enum err_code check_entries(const struct pack *p, uint64_t index_at, struct err *e) {
  uint64_t at = PACK_HEADER_BYTES;
  for (uint64_t i = 0; i < p->n; i++) {
    struct pack_entry entry = pack_entry_at(p, i);
    if (entry.at != at || entry.bytes == 0 || entry.bytes > PACK_SEGMENT_MAX || entry.bytes > index_at - at) return malformed(&p->source,
        "index entries", e);
    at += entry.bytes;
  }
  return at == index_at ? E_OK : malformed(&p->source, "bytes outside the index", e);
}

static enum err_code append_range(const struct pack_source *s, uint64_t at, uint64_t n, struct strbuf *out, struct err *e) {
  char chunk[16384];
  for (uint64_t done = 0; done < n;) {
    size_t part = n - done < sizeof chunk ? (size_t)(n - done) : sizeof chunk;
    TRY(s->read(s->context, at + done, chunk, part, e));
    strbuf_add(out, chunk, part);
    done += part;
  }
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = s->name) : E_OK;
}

static enum err_code read_index(struct pack *p, const uint8_t *header, uint64_t index_at, const uint8_t *closing, struct err *e) {
  TRY(append_range(&p->source, index_at, p->n * PACK_ENTRY_BYTES, &p->index, e));
  index_hash(header, p->index.p, p->index.n, p->index_sha256);
  if (memcmp(p->index_sha256, closing, 32) != 0) return malformed(&p->source, "hash of the index", e);
  return check_entries(p, index_at, e);
}

static enum err_code open_parts(struct pack *p, struct err *e) {
  uint8_t header[PACK_HEADER_BYTES], trailer[PACK_TRAILER_BYTES];
  const struct pack_source *s = &p->source;
  if (s->bytes < PACK_HEADER_BYTES + PACK_TRAILER_BYTES) return malformed(s, "too short", e);
  TRY(s->read(s->context, 0, header, sizeof header, e));
  TRY(s->read(s->context, s->bytes - PACK_TRAILER_BYTES, trailer, sizeof trailer, e));
  struct bytes_reader h, t;
  bytes_reader_init(&h, header + 8, sizeof header - 8);
  bytes_reader_init(&t, trailer, sizeof trailer);
  p->write_sequence = bytes_u64(&h);
  memcpy(p->install_id, header + 16, 16);
  uint64_t index_at = bytes_u64(&t);
  p->n = bytes_u64(&t);
  if (memcmp(header, header_magic, 8) != 0 || memcmp(trailer + 48, trailer_magic, 8) != 0) return malformed(s, "magic", e);
  if (p->n > PACK_ENTRIES_MAX || index_at < PACK_HEADER_BYTES || index_at > s->bytes - PACK_TRAILER_BYTES) return malformed(s, "trailer", e);
  if (s->bytes - PACK_TRAILER_BYTES - index_at != p->n * PACK_ENTRY_BYTES) return malformed(s, "size of the index", e);
  return read_index(p, header, index_at, trailer + 16, e);
}

enum err_code pack_open_source(const struct pack_source *source, struct pack *out, struct err *e) {
  memset(out, 0, sizeof *out);
  strbuf_init(&out->index, 0);
  out->source = *source;
  out->fd = -1;
  enum err_code code = open_parts(out, e);
  if (code) pack_close(out);
  return code;
}

static enum err_code read_fully(int fd, const char *name, uint64_t at, void *out, size_t n, struct err *e) {
  for (size_t done = 0; done < n;) {
    ssize_t got = pread(fd, (char *)out + done, n - done, (off_t)(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR(e, E_FILE_READ, .file = name, .subject = name, .found = strerror(errno));
    if (got == 0) return ERR(e, E_PACK, .file = name, .subject = name, .found = "file ends early");
    done += (size_t)got;
  }
  return E_OK;
}

static enum err_code file_source_read(void *context, uint64_t at, void *out, size_t n, struct err *e) {
  const struct pack *p = context;
  return read_fully(p->fd, p->path, at, out, n, e);
}

static enum err_code open_file(const char *path, int *fd, uint64_t *bytes, struct err *e) {
  struct stat st;
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (*fd < 0) return ERR(e, errno == ENOENT ? E_PACK_MISSING : E_FILE_OPEN, .file = path, .subject = path, .found = strerror(errno));
  if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
    *bytes = (uint64_t)st.st_size;
    return E_OK;
  }
  close(*fd);
  *fd = -1;
  return ERR(e, E_FILE_OPEN, .file = path, .subject = path, .found = "not a regular file");
}

enum err_code pack_open(const char *path, struct pack *out, struct err *e) {
  memset(out, 0, sizeof *out);
  strbuf_init(&out->index, 0);
  uint64_t bytes = 0;
  TRY(open_file(path, &out->fd, &bytes, e));
  snprintf(out->path, sizeof out->path, "%s", path);
  out->source = (struct pack_source){.read = file_source_read, .context = out, .bytes = bytes, .name = out->path};
  enum err_code code = open_parts(out, e);
  if (code) pack_close(out);
  return code;
}

void pack_close(struct pack *p) {
  strbuf_release(&p->index);
  if (p->fd >= 0) close(p->fd);
  p->fd = -1;
}

enum err_code pack_check(const struct pack *p, uint64_t i, struct err *e) {
  const struct pack_entry entry = pack_entry_at(p, i);
  uint8_t chunk[16384], hash[32];
  struct sha256 h;
  sha256_begin(&h);
  for (uint64_t done = 0; done < entry.bytes;) {
    size_t n = entry.bytes - done < sizeof chunk ? (size_t)(entry.bytes - done) : sizeof chunk;
    TRY(p->source.read(p->source.context, entry.at + done, chunk, n, e));
    sha256_add(&h, chunk, n);
    done += n;
  }
  sha256_end(&h, hash);
  return memcmp(hash, entry.sha256, 32) == 0 ? E_OK : malformed(&p->source, "hash of a segment", e);
}

struct open_range {
  int fd;
  const char *path;
};
static enum err_code range_read(void *context, uint64_t at, void *out, size_t n, struct err *e) {
  const struct open_range *r = context;
  return read_fully(r->fd, r->path, at, out, n, e);
}

enum err_code pack_read_range(const char *path, uint64_t at, uint64_t n, struct strbuf *out, struct err *e) {
  struct open_range r = {.fd = -1, .path = path};
  uint64_t bytes = 0;
  TRY(open_file(path, &r.fd, &bytes, e));
  const struct pack_source source = {.read = range_read, .context = &r, .bytes = bytes, .name = path};
  bool inside = n <= PACK_SEGMENT_MAX && at <= bytes && n <= bytes - at;
  enum err_code code = inside ? append_range(&source, at, n, out, e) : malformed(&source, "file ends early", e);
  close(r.fd);
  return code;
}
