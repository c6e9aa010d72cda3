/* truth_kinds.h -- which errors are planted in which items, and how often. One record in TRUTH_ONE_IN gets exactly one error; the kinds of its form come in turn, so that every
 * kind is there about equally often. A kind that cannot be planted in a record (value absent or zero, digits equal, other sex) is passed over for the next one. "unseen" kinds
 * keep every balance and stay within every range: they are here to show what rules cannot find. */
#ifndef SHIRABE_TESTS_TRUTH_KINDS_H
#define SHIRABE_TESTS_TRUTH_KINDS_H

enum { TRUTH_ONE_IN = 6, TRUTH_KIND_ITEMS = 8 };
enum truth_act { ACT_TIMES, ACT_DIVIDE, ACT_NEGATE, ACT_SWAP_DIGITS, ACT_BLANK, ACT_WRITE, ACT_ADD, ACT_EXCHANGE };
struct truth_kind {
  const char *name;
  enum truth_act act;
  long by;          /* ACT_TIMES, ACT_DIVIDE, ACT_ADD */
  const char *text; /* ACT_WRITE */
  const char *when_item, *when_text;       /* only in records with this answer; NULL = all */
  const char *items[TRUTH_KIND_ITEMS + 1]; /* all of them are spoilt (ACT_EXCHANGE: the two are exchanged) */
};

static const struct truth_kind mls_kinds[] = {
    {.name = "unit x1000 (column)", .act = ACT_TIMES, .by = 1000, .items = {"c_male", "c_female", "c_total", "c_part", "o_total", "o_part"}},
    {.name = "unit x1000 (one cell)", .act = ACT_TIMES, .by = 1000, .items = {"c_part"}},
    {.name = "ten times", .act = ACT_TIMES, .by = 10, .items = {"hs_male"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"ho_total"}},
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"d_female"}},
    {.name = "missing", .act = ACT_BLANK, .items = {"hs_total"}},
    {.name = "missing row (hours)", .act = ACT_BLANK, .items = {"hs_male", "hs_female", "hs_total", "hs_part"}},
    {.name = "missing row (pay)", .act = ACT_BLANK, .items = {"c_male", "c_female", "c_total", "c_part", "o_total", "o_part"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "ZZ", .items = {"industry"}},
    {.name = "code of another class", .act = ACT_WRITE, .text = "4", .items = {"size"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "2025-12-32", .items = {"period_to"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 3, .items = {"e1_female"}},
    {.name = "exchanged columns", .act = ACT_EXCHANGE, .items = {"e0_male", "e0_female"}},
    {.name = "unseen: pay exchanged", .act = ACT_EXCHANGE, .items = {"c_male", "c_female"}},
};
static const struct truth_kind birth_kinds[] = {
    {.name = "unit x10 (weight)", .act = ACT_TIMES, .by = 10, .items = {"birth_weight"}},
    {.name = "unit /10 (weight)", .act = ACT_DIVIDE, .by = 10, .items = {"birth_weight"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"birth_weight"}},
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"mother_age"}},
    {.name = "unseen: weight digits", .act = ACT_SWAP_DIGITS, .items = {"birth_weight"}},
    {.name = "missing", .act = ACT_BLANK, .items = {"birth_weight"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "5", .items = {"sex"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "2025-12-32", .items = {"child_birth_date"}},
    {.name = "dates out of order", .act = ACT_WRITE, .text = "2025-10-01", .items = {"filing_date"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 1, .items = {"deliveries"}},
};
static const struct truth_kind death_kinds[] = {
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"age"}},
    {.name = "missing", .act = ACT_BLANK, .items = {"death_date"}},
    {.name = "missing (age of spouse)", .act = ACT_BLANK, .when_item = "marital_status", .when_text = "1", .items = {"spouse_age"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"age"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "8", .items = {"marital_status"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "1945-02-30", .items = {"birth_date"}},
    {.name = "dates out of order", .act = ACT_WRITE, .text = "2025-10-01", .items = {"filing_date"}},
    {.name = "cause of males only", .act = ACT_WRITE, .text = "C61", .when_item = "sex", .when_text = "2", .items = {"cause"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 7, .items = {"age"}},
};
#endif
