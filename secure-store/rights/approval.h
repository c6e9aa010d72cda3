/* approval.h -- one officer's signed word about exactly one object: a grant, a role, a disposal, a decision about an application.
 * Text     "shirabe-approval-1\ninstall HEX32\nsubject KIND SHA256\ndecision approve|refuse\nofficer ID\ntime UNIX\n", followed by the minisign
 *          signature. Canonical: what does not come out byte for byte again is refused. An edited object has another hash and no approvals.
 * Rule     an officer speaks once about an object; a later word of the same officer replaces the first (approve, then refuse = withdrawn).
 *          Its time must be after that of the word before, so that an old approval cannot be put again after a refusal: E_APPROVAL_REPLAYED.
 * Hidden   words of kind "output" rest sealed and their leaves do not say which way they went: the second checker must not see the first one's vote.
 * Who      may approve what is the business of the object (grant.h, role.h); role_two_of counts different people, not keys.
 * Errors   E_APPROVAL_FORMAT, E_APPROVAL_SIGNATURE, E_APPROVAL_SUBJECT (another object or another store), E_APPROVAL_REPLAYED, E_APPROVAL_TIME (more
 *          than 10 minutes after the clock of the store), E_OFFICER_*. None of these functions writes the refusal: the outermost caller says
 *          store_refuse.
 * Source   secure.md 4.7; minisign (Ed25519 on BLAKE2b-512). */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_APPROVAL_H
#define SHIRABE_SECURE_STORE_RIGHTS_APPROVAL_H
#include "secure-store/rights/officer.h"

enum { APPROVAL_KIND_BYTES = 24, APPROVAL_MAX = 32 };
struct approval {
  char kind[APPROVAL_KIND_BYTES]; /* "grant", "role", "disposal", "application", "package", "break-glass", "clock", "policy", "incident", "output",
                                   * "embargo", "request", "contract" ... */
  uint8_t install_id[16], subject[32];
  bool approve;
  char officer[OFFICER_ID_BYTES];
  int64_t time;      /* as the officer's machine had it; must grow from word to word */
  uint64_t seq;      /* leaf that holds it, and the guarded time of that leaf: by these roles are judged */
  int64_t recorded;
};
bool approval_kind_known(const char *kind);
/* Appends text and signature; seq and recorded are not used. */
enum err_code approval_sign(const struct officer_secret *secret, const struct approval *a, struct strbuf *out, struct err *e) NODISCARD;
enum err_code approval_parse(struct str text, struct approval *out, struct str *signature, struct err *e) NODISCARD;
/* Checks text, signature, install id, that the officer is known and not retired; writes the row and one leaf `action` (inside a transaction). */
enum err_code approval_put(struct store *s, struct str text, const char *action, const char *kind, const uint8_t subject[32], struct approval *out,
    struct err *e) NODISCARD;
/* Approvals (not refusals) of an object that hold now, by officer id. Each text is compared with its leaf again; its signature is verified once in a
 * process. */
enum err_code approvals_of(
    struct store *s, const char *kind, const uint8_t subject[32], struct approval out[APPROVAL_MAX], int *n, struct err *e) NODISCARD;
#endif
