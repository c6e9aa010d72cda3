/* typing_slip.h -- which single slips of the keys turn the whole number meant into the whole number written.
 * Slips    of the digits: two neighbours exchanged, one left out, one typed twice, one put in, one changed, among these one changed for the key
 *          beside it (on the number block: left, right, above, below, 0 under 1 and 2; in the row of digits: left, right). Beyond them: the sign
 *          left out or put in; the decimal point moved by one to three places, so that one number is 10, 100 or 1,000 times the other.
 * Answer   a set: 12 -> 122 is a digit typed twice and a digit put in. Empty: more than one slip, or none (the numbers are equal).
 * Sets     TYPING_DIGITS is Damerau-Levenshtein distance 1 between the digits; TYPING_KEYS only what keys explain; TYPING_ALL everything.
 * Source   Damerau (1964), Communications of the ACM 7; Scholtus (2009), Automatic correction of simple typing errors in numerical data with
 *          balance edits, Statistics Netherlands 09046; keys of the number block: ISO/IEC 9995-4. */
#ifndef SHIRABE_PROCESSING_CORRECT_TYPING_SLIP_H
#define SHIRABE_PROCESSING_CORRECT_TYPING_SLIP_H
#include <stdint.h>

enum typing_slip {
  SLIP_EXCHANGED = 1,
  SLIP_LEFT_OUT = 2,
  SLIP_DOUBLED = 4,
  SLIP_PUT_IN = 8,
  SLIP_CHANGED = 16,
  SLIP_KEY_BESIDE = 32,
  SLIP_SIGN = 64,
  SLIP_POINT = 128,
  TYPING_DIGITS = SLIP_EXCHANGED | SLIP_LEFT_OUT | SLIP_PUT_IN | SLIP_CHANGED,
  TYPING_KEYS = SLIP_EXCHANGED | SLIP_LEFT_OUT | SLIP_DOUBLED | SLIP_KEY_BESIDE,
  TYPING_ALL = TYPING_DIGITS | SLIP_SIGN | SLIP_POINT
};
unsigned typing_slips(int64_t written, int64_t meant);
#endif
