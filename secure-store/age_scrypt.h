/* age_scrypt.h -- age v1 files encrypted to a passphrase (C2SP age.md, "The scrypt recipient type"): what officers' key files are kept in.
 * Writes   one scrypt stanza, binary; Debian's `age -d` reads it. Reads the same, also from `age -p`; the stanza must be the only one.
 * Work     2^log_n rounds and 2^(log_n + 10) bytes: log_n 18 = 256 MiB and about a second (standard), 10 = 1 MiB (light profile, tests).
 *          A reader bounds it: a file that asks for more than max_log_n (at most 22 = 4 GiB, as age does) is E_AGE_WORK before anything is computed.
 * Text     the passphrase is taken as bytes: no normalisation here, so that age and we agree; a caller that wants NFC does it before.
 * Errors   E_AGE_PASSPHRASE (wrong passphrase, altered stanza, or no passphrase stanza: one shape), E_AGE_WORK, E_AGE_HEADER, E_AGE_HMAC,
 *          E_AGE_PAYLOAD, E_AGE_UNSUPPORTED (armor), E_CAP_EXCEEDED, E_NO_MEMORY (also when the 2^(log_n + 10) bytes cannot be had).
 * Rule     no plaintext is handed out before the whole file has been verified; on error out is as it was. Derived keys are wiped. */
#ifndef SHIRABE_SECURE_STORE_AGE_SCRYPT_H
#define SHIRABE_SECURE_STORE_AGE_SCRYPT_H
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { AGE_SCRYPT_LIGHT = 10, AGE_SCRYPT_STANDARD = 18, AGE_SCRYPT_MAX = 22 };
enum err_code age_scrypt_encrypt(struct str passphrase, int log_n, const void *p, size_t n, struct strbuf *out, struct err *e) NODISCARD;
/* max_log_n: the most this caller computes; max_out: the most plaintext it takes. */
enum err_code age_scrypt_open(struct str passphrase, int max_log_n, const void *p, size_t n, size_t max_out, struct strbuf *out,
    struct err *e) NODISCARD;
#endif
