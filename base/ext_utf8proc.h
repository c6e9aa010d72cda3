/* ext_utf8proc.h -- Unicode normal forms through utf8proc; the only includer of <utf8proc.h>.
 * Use      NFKC for headings and labels only (values go through the allowlist of collector/normalise.h: NFKC makes ① a digit); NFC-safe for free text:
 *          composed, but CJK compatibility ideographs stay, which plain NFC would turn into other characters (U+FA19 神 -> 神).
 * Input    valid UTF-8; invalid input returns false and leaves `out` as it was.
 * Source   Unicode Standard Annex 15. */
#ifndef SHIRABE_BASE_EXT_UTF8PROC_H
#define SHIRABE_BASE_EXT_UTF8PROC_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

bool text_nfkc(struct str in, struct strbuf *out) NODISCARD; /* appends */
/* Appends; *changed tells whether anything differs. Variation selectors stay. */
bool text_nfc_safe(struct str in, struct strbuf *out, bool *changed) NODISCARD;
/* Case folded and composed, for names that must differ by more than case; appends. */
bool text_fold_case(struct str in, struct strbuf *out) NODISCARD;
/* Latin letters without their accents, every other character as it is; appends. */
bool text_latin_plain(struct str in, struct strbuf *out) NODISCARD;
/* General categories: L* and Nl (letters and ideographs, 〇), M* (combining marks). Unassigned, private and control characters are neither. */
bool text_is_letter(uint32_t code_point);
bool text_is_mark(uint32_t code_point);
#endif
