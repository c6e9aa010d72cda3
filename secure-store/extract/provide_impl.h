/* provide_impl.h -- what the provide_*.c files share. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_PROVIDE_IMPL_H
#define SHIRABE_SECURE_STORE_EXTRACT_PROVIDE_IMPL_H
#include "secure-store/extract/provide.h"

/* Every file of the package but manifest and proof; the row files at the same time when the job has threads. */
enum err_code provide_members(
    struct package *package, const struct job *job, const struct frame *f, const struct extract_head *h, unsigned formats, struct err *e) NODISCARD;
/* PATH.<number>.minisig; replaces an older one. */
enum err_code provide_signature(
    const char *path, int number, const struct package_outside *o, const struct minisign_key *key, struct err *e) NODISCARD;
enum err_code provide_sync_folder(const char *folder, struct err *e) NODISCARD;
#endif
