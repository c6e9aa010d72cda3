/* officer_impl.h -- the text inside an officer's key file, for its writer and its fuzz target; everyone else uses officer_key_create and
 * officer_key_open. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_OFFICER_IMPL_H
#define SHIRABE_SECURE_STORE_RIGHTS_OFFICER_IMPL_H
#include "secure-store/rights/officer.h"

enum { OFFICER_KEY_TEXT = 1024 };
enum err_code officer_key_text(const struct officer_secret *s, char text[OFFICER_KEY_TEXT], struct err *e) NODISCARD; /* wipe it after use */
/* Strict: what does not come out byte for byte again is refused. */
bool officer_key_text_parse(struct str text, struct officer_secret *s) NODISCARD;
#endif
