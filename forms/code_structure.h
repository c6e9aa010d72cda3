/* code_structure.h -- codes that prove themselves: check digits and shapes (collection.md 3.5).
 * Source   municipality: 全国地方公共団体コード, S = 6d1+5d2+4d3+3d4+2d5, check = (11 - S mod 11) mod 10. Corporate number: 法人番号 check digit.
 *          ICD-10: structure bits of WHO CoDEdit (vital.md D05). */
#ifndef SHIRABE_FORMS_CODE_STRUCTURE_H
#define SHIRABE_FORMS_CODE_STRUCTURE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

bool municipality_check_digit_valid(struct str code6);
int municipality_check_digit(struct str code5); /* -1 when not five digits */
bool corporate_number_valid(struct str code13);
/* Sum of 1 point misplaced, 2 two characters or fewer, 4 no leading letter, 8 letter U (U07-U12 allowed), 16 asterisk code, 32 missing. 0 = well formed. */
int icd10_structure_bits(struct str code);
/* Stored form: upper case, no dot, half width; false when it cannot be one. out of 16 bytes. */
bool icd10_normalise(struct str code, char out[16]);
/* The rules a code list may name: "icd10", "municipality", "corporate_number". The code must be in its stored form. */
bool code_structure_known(struct str rule);
bool code_structure_valid(struct str rule, struct str code);
#endif
