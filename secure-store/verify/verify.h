/* verify.h -- shirabe-verify: checks what a store hands out, without keys and without one line of the store's code (secure.md 4.17). Both
 * sides share pages only: access_log.md, ledger_book.md, certificate.md and the formats of C2SP.
 * Rule     nothing of base/ or secure-store/ is included and libshirabe is not linked: the checker must not repeat a mistake of the writer.
 * Shapes   texts are views (pointer, length) into files held in memory; hashes are 32 bytes; tree sizes are below 2^63.
 * Errors   functions return false after refused(), which prints one line (English or Japanese) and remembers what the exit status has to be.
 * Memory   whole files, capped before they are read; a log is rebuilt with 8 tiles in memory. Cost: about 4 us a leaf.
 * Source   RFC 6962, 4648, 4180, 8259, 8785; c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-cosignature, tlog-policy. */
#ifndef SHIRABE_VERIFY_H
#define SHIRABE_VERIFY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HASH = 32, PROOF_MAX = 63, NOTE_MAX = 1 << 20, SIGNATURES_MAX = 16, SIGNATURE_BYTES_MAX = 8192, NAME_MAX_BYTES = 256, KEYS_MAX = 64 };
enum { EXIT_HOLDS = 0, EXIT_REFUSED = 1, EXIT_UNSIGNED = 2, EXIT_WRONG_USE = 64, EXIT_MISSING = 66, EXIT_MEMORY = 71 };

struct text { const char *p; size_t n; };
struct buffer { uint8_t *p; size_t n; };
/* One run: where to speak, in which language, and what was found. */
struct run {
  bool japanese, quiet;
  FILE *out, *err;
  bool missing, unsigned_; /* a file was not there; something would have needed a key that was not given */
};
void complain(struct run *r, const char *en, const char *ja, ...);
#define refused(...) (complain(__VA_ARGS__), false) /* prints why not */
void say(struct run *r, const char *en, const char *ja, ...);    /* a fact, on standard output */

/* --- text.c --- */
bool read_file(struct run *r, const char *path, size_t max, struct buffer *out); /* out->p[n] is 0; free it */
struct text view(const void *p, size_t n);
struct text cut(struct text *rest, char at); /* up to `at`, which is skipped; all when it does not occur */
bool same(struct text t, const char *s);
bool same_text(struct text a, struct text b);
bool begins(struct text t, const char *s);
bool has_line(struct text rest, struct text *line, struct text *after); /* a line ends with LF */
bool utf8_ok(struct text t);
bool controls_ok(struct text t, const char *allowed); /* no ASCII control character but these */
bool decimal(struct text t, uint64_t *out); /* no sign, no leading zero, below 2^63 */
bool hex(struct text t, uint8_t *out, size_t n);
void to_hex(const uint8_t *p, size_t n, char *out);
size_t base64(struct text t, uint8_t *out, size_t room); /* canonical, padded; SIZE_MAX when it is not */

/* --- tree.c: RFC 6962, by its recursive definitions --- */
struct frontier { uint64_t size; uint8_t node[64][HASH]; };
struct proof { int n; uint8_t hash[PROOF_MAX][HASH]; };
void leaf_hash(const void *p, size_t n, uint8_t out[HASH]);
void node_hash(const uint8_t left[HASH], const uint8_t right[HASH], uint8_t out[HASH]);
void frontier_add(struct frontier *f, const uint8_t leaf[HASH]);
void frontier_root(const struct frontier *f, uint8_t out[HASH]);
uint64_t split_point(uint64_t n); /* the largest power of two below n, n >= 2 */
bool inclusion_holds(const uint8_t leaf[HASH], uint64_t index, uint64_t size, const struct proof *p, const uint8_t root[HASH]);
bool consistency_holds(uint64_t size1, uint64_t size2, const struct proof *p, const uint8_t root1[HASH], const uint8_t root2[HASH]);

/* --- note.c: signed notes, checkpoints --- */
enum key_type { KEY_ED25519 = 1, KEY_COSIGNATURE = 4 };
struct vkey {
  char name[NAME_MAX_BYTES];
  uint8_t id[4], type, key[32];
};
struct signature { struct text name; uint8_t id[4]; const uint8_t *bytes; size_t n; }; /* bytes after the id, in the note's own memory */
struct note {
  struct text text; /* what is signed, with its final newline */
  int n;
  struct signature signature[SIGNATURES_MAX];
  uint8_t *memory; /* note_free */
};
struct checkpoint { struct text origin; uint64_t size; uint8_t root[HASH]; };
bool vkey_parse(struct text t, struct vkey *out);
bool note_parse(struct text t, struct note *out); /* strict; out->memory is NULL on failure */
void note_free(struct note *n);
enum verdict { SIGNATURE_NONE, SIGNATURE_GOOD, SIGNATURE_BAD };
enum verdict note_check(const struct note *n, const struct vkey *k);
bool head_parse(struct text t, struct checkpoint *out);

/* --- policy.c: which logs, which witnesses, how many of them --- */
struct policy;
bool policy_parse(struct run *r, struct text t, struct policy **out);
void policy_free(struct policy *p);
bool policy_read(struct run *r, const char *path, struct policy **out); /* NULL path: no policy, *out = NULL */
/* A checkpoint note is read; with a policy its signatures must satisfy it, without one r->unsigned_ is set. `what` names it in messages. */
bool checkpoint_check(struct run *r, const struct policy *p, const char *what, struct text note, struct note *n, struct checkpoint *out);

/* --- proof.c --- */
struct log_proof { uint64_t index; struct proof path; struct text checkpoint; };
bool log_proof_parse(struct text t, struct log_proof *out);

/* --- tiles.c --- */
enum { TILE = 256, LEVELS = 8, ENTRY_MAX = 65535 };
typedef bool (*leaf_fn)(void *context, uint64_t index, const uint8_t *leaf, size_t n);
struct rebuild {
  const char *folder;
  uint64_t size;
  leaf_fn each; /* may be NULL; false stops */
  void *context;
  uint64_t mark; /* the root of the first `mark` leaves is wanted, too */
  uint8_t mark_root[HASH], root[HASH];
};
bool tiles_rebuild(struct run *r, struct rebuild *b); /* every entry, every tile */
bool tiles_consistency(struct run *r, const char *folder, uint64_t tiles_size, uint64_t size1, uint64_t size2, struct proof *out);
bool entry_bundle_next(struct text *rest, struct text *entry); /* u16 big-endian length | bytes */

/* --- leaf.c: access_log.md --- */
struct leaf {
  uint64_t seq, wall, intent, rows;
  uint8_t actor[8], role, result, columns[HASH], output[HASH], before[HASH], after[HASH], detail[HASH];
  uint16_t action;
  struct text object, grant, basis; /* views */
};
bool leaf_parse(const uint8_t *p, size_t n, struct leaf *out);
const char *leaf_action(uint16_t number); /* NULL = a number this program does not know */
const char *leaf_result(uint8_t number);
const char *leaf_role(uint8_t number);
bool has_word(struct text words, const char *before, struct text after); /* is the word `before``after` among those separated by spaces? */

/* --- json.c --- */
enum json_type { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
struct json {
  enum json_type type;
  struct text raw;    /* the bytes of the value */
  struct text name;   /* of a member, decoded */
  struct text string; /* decoded, NUL behind it */
  int first, next;    /* index of the first child and of the next sibling, -1 = none */
};
struct json_file { struct json *node; int n; char *strings; }; /* node[0] is the root */
bool json_read(struct text t, struct json_file *out); /* strict, no duplicate names */
void json_free(struct json_file *f);
const struct json *json_get(const struct json_file *f, const struct json *object, const char *name); /* NULL = none */
bool json_canonical(struct text raw);                                                               /* RFC 8785 for integers and ASCII names */

/* --- minisign.c --- */
struct minisign_key { uint8_t id[8], key[32]; };
struct minisign { uint8_t id[8], signature[64], global[64]; struct text comment; };
bool minisign_key_parse(struct text t, struct minisign_key *out); /* a .pub file or its second line */
bool minisign_next(struct text *rest, struct minisign *out); /* four lines */
bool minisign_holds(const struct minisign *s, const struct minisign_key *k, const uint8_t digest[64]);
bool keys_read(struct run *r, const char *const *paths, int n, struct minisign_key *out);

/* --- the commands --- */
struct options {
  const char *policy;
  const char *key[KEYS_MAX];
  int n_keys, needed; /* needed: signatures or approvals, 0 = the default of the command */
  bool any_entries;
  const char *operand[KEYS_MAX];
  int n_operands;
};
bool check_checkpoint(struct run *r, const struct options *o);
bool check_consistency(struct run *r, const struct options *o);
bool check_inclusion(struct run *r, const struct options *o);
bool check_rebuild(struct run *r, const struct options *o);
bool check_ledger(struct run *r, const struct options *o);
bool check_package(struct run *r, const struct options *o);
bool check_certificate(struct run *r, const struct options *o);
void help(FILE *to, bool japanese);
void man_page(FILE *to, bool japanese);
bool age_header_ok(struct text t, size_t *payload);
#endif
