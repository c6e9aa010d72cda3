/* package_unpack.h -- zstd, tar and manifest of a package are read by a worker that holds nothing else (secure-store/sandbox.h); for package_open.c.
 * Parent   checks both signatures over the ciphertext, then decrypts (age: its own code, bounded, chunk by chunk) and sends the plain bytes over the
 *          channel; closes its end; reads the answer; renames the folder.
 * Worker   writes the files below the folder it is in, hashes them, compares them with the manifest, checks the manifest's two signatures. It began
 *          before the age header was read: it has neither the identity nor the file key.
 * Answer   an error (sandbox_message.h), or code 0 and the manifest (manifest_flat_write), at most PACKAGE_ANSWER_MAX bytes; anything else is
 *          E_SANDBOX_KILLED.
 * Not told apart: a worker that was taken over can say that what it wrote is what two officers signed. It cannot read the key, another file, or the
 *          network; and the bytes it was taken over by bear the signatures of two officers. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_UNPACK_H
#define SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_UNPACK_H
#include "secure-store/extract/package.h"

enum { PACKAGE_ANSWER_MAX = 3 * MANIFEST_MAX };
struct package_task {
  const struct package_outside *outside; /* as both signatures say; its recipient is the key that is used */
  const char *const *public_keys;
};
int package_unpack(void *context, int channel); /* sandbox_fn; context: struct package_task */
bool package_answer_parse(struct arena *a, const void *p, size_t n, struct err *error, struct manifest_read *m);
#endif
