/* name_check.h -- names of people and offices: which characters they may have, and one folded form in which look-alikes are equal.
 * Allowed  kanji (with ideographic variation selectors), kana, Latin letters, ASCII digits, space and a few signs; UTF-8 in NFC. Refused: other
 *          scripts, whose letters look like Latin ones (Cyrillic а, Greek Α), full-width and half-width forms, controls, invisible and unassigned
 *          characters, emoji.
 * Fold     compatibility forms, case, accents of Latin letters, variation selectors, spaces and signs gone; O and 0, I, l and 1, katakana and kanji
 *          of one shape (カ and 力), hiragana and katakana of one shape (へ and ヘ), and old and new forms of kanji common in names (髙 and 高) become one.
 *          Two entries with one folded form need not be one person: the second says whose namesake it is.
 * Source   Unicode Standard Annexes 15 and 24, Technical Standard 39 (idea of a skeleton); secure.md 4.15 row 30. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_NAME_CHECK_H
#define SHIRABE_SECURE_STORE_RIGHTS_NAME_CHECK_H
#include "base/err.h"
#include "base/str.h"

/* E_OFFICER_NAME with `what` as subject; expected: the right form or what is allowed, found: the character as U+XXXX. */
enum err_code name_check(const char *what, struct str name, struct err *e) NODISCARD;
bool name_fold(struct str name, struct strbuf *out) NODISCARD; /* appends; false: out of memory or not UTF-8 */
bool name_same(const char *a, const char *b); /* folded forms are equal */
#endif
