/* witness.h -- shirabe-witness: an auditor's program on another machine. It remembers, per log, the newest checkpoint it has cosigned, and
 * cosigns a newer one only when a proof shows that nothing was changed or taken away (c2sp.org/tlog-witness as files instead of HTTP;
 * c2sp.org/tlog-cosignature, type 0x04). Shares code with shirabe-verify, none with the store.
 * State    a folder of mode 0700: witness.key (0600), witness.vkey, lock, and one folder per log with vkey, checkpoint, evidence-N, alarm.
 *          Page: witness.md.
 * Rule     the state is durable before a cosignature leaves the program; one process at a time.
 * First    no checkpoint is believed by itself: add-log takes the first one, whose root a person compares with the printed one.
 * Errors   as the verifier: refused() prints; exit status in enum below. Memory: a few files of at most 1 MiB. */
#ifndef SHIRABE_WITNESS_H
#define SHIRABE_WITNESS_H
#include "secure-store/verify/verify.h"

enum { WITNESS_OK = 0, WITNESS_ALARM = 1, WITNESS_BAD_INPUT = 65, WITNESS_CANNOT_WRITE = 73, WITNESS_OTHER_SIZE = 75 };
enum { PATH_ROOM = 4096 };

struct witness {
  struct run *r;
  char folder[PATH_ROOM - 300];
  struct vkey key;
  uint8_t secret[64];
  int lock;
};
/* --- state.c --- */
bool state_create(struct run *r, const char *folder, const char *name); /* makes the keys; the folder must not exist */
bool state_open(struct run *r, const char *folder, struct witness *w);  /* takes the lock */
void state_close(struct witness *w);                                    /* wipes */
bool write_durable(struct run *r, const char *path, const void *p, size_t n, unsigned mode, bool replace);
bool make_folder(struct run *r, const char *path);
void vkey_text(const struct vkey *k, char out[512]);
void encode_base64(const uint8_t *p, size_t n, char *out);

/* --- sign.c --- */
int witness_add_log(struct witness *w, const char *vkey_file, const char *first);
int witness_sign(struct witness *w, const char *checkpoint, const char *proof);
int witness_status(struct witness *w);
int witness_clear(struct witness *w, const char *origin); /* the alarm was looked into; evidence stays */
struct request { /* of c2sp.org/tlog-witness */
  uint64_t old_size;
  struct proof proof;
  struct text checkpoint;
};
bool request_parse(struct text t, struct request *out);

void witness_help(FILE *to, bool japanese);
void witness_man(FILE *to, bool japanese);
#endif
