/* register_bundle.h -- a release bundle in a folder as a register entry, units unknown: of this office or of another, such as a prefecture's
 * edition. Checked  signature and hashes first (release_check): a comparison with a bundle that was altered would say nothing. Before its date:
 * E_EMBARGO. Errors   E_REGISTER_BUNDLE, E_RELEASE_BUNDLE. Memory: the arena. key NULL = the one named in the bundle. */
#ifndef SHIRABE_FRONT_REGISTER_BUNDLE_H
#define SHIRABE_FRONT_REGISTER_BUNDLE_H
#include "base/job.h"
#include "estimators/sdc/register/register.h"

enum err_code register_bundle_read(
    const struct job *job, struct arena *a, const char *folder, const char *key, struct register_entry *out, struct err *e) NODISCARD;
#endif
