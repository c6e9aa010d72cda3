/* record_impl.h -- what the files of rights/ share; not for their users. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_RECORD_IMPL_H
#define SHIRABE_SECURE_STORE_RIGHTS_RECORD_IMPL_H
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

#define RECORD_MARK "record " /* how the object of a record's leaf begins */
uint64_t record_object_hash(const char *object);
uint64_t record_stem_hash(const char *object);
void store_refusal_leaf(struct store *s, const char *action, const char *object, enum err_code why);
#endif
