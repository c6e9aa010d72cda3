/* truth_kinds.h -- which errors are planted in which items, and how often. One record in TRUTH_ONE_IN gets exactly one error; the kinds of its form
 * come in turn, so that every kind is there about equally often. A kind that cannot be planted in a record (value absent or zero, digits equal, other
 * sex) is passed over for the next one. "unseen" kinds keep every balance and stay within every range: they are here to show what rules cannot find.
 * Acts  ROUND to a multiple of `by`; DROP_DIGIT leaves out the second digit; DROP_POINT the decimal point; SHIFT gives every item the answer of the
 * one before it, the first none; BEFORE writes last month's answers; MOVE takes `by` from the second item to the first; TWICE sends the record again
 * (of vital statistics under another number of the event book); LATE sends it in a second file. TWICE and LATE name the unit, not an item. */
#ifndef SHIRABE_TESTS_TRUTH_KINDS_H
#define SHIRABE_TESTS_TRUTH_KINDS_H

enum { TRUTH_ONE_IN = 4, TRUTH_KIND_ITEMS = 44, TRUTH_OTHER_NUMBER = 5000000 };
#define TRUTH_UNIT "(unit)"
enum truth_act {
  ACT_TIMES, ACT_DIVIDE, ACT_NEGATE, ACT_SWAP_DIGITS, ACT_BLANK, ACT_WRITE, ACT_ADD, ACT_EXCHANGE,
  ACT_ROUND, ACT_DROP_DIGIT, ACT_DROP_POINT, ACT_SHIFT, ACT_BEFORE, ACT_MOVE, ACT_TWICE, ACT_LATE,
};
struct truth_kind {
  const char *name;
  enum truth_act act;
  long by;          /* TIMES, DIVIDE, ADD, ROUND, MOVE */
  const char *text; /* WRITE */
  const char *when_item, *when_text;       /* only in records with this answer; NULL = all */
  const char *items[TRUTH_KIND_ITEMS + 1]; /* all of them are spoilt (EXCHANGE: the first two, the next two ... change places) */
};

#define BOTH(x) x "_male", x "_female"
#define ROW(x) BOTH(x), x "_total", x "_part"
static const struct truth_kind mls_kinds[] = {
    {.name = "unit x1000 (column)", .act = ACT_TIMES, .by = 1000, .items = {ROW("c"), "o_total", "o_part"}},
    {.name = "unit x1000 (one cell)", .act = ACT_TIMES, .by = 1000, .items = {"c_part"}},
    {.name = "unit x1000 (special pay)", .act = ACT_TIMES, .by = 1000, .items = {ROW("s")}},
    {.name = "hours in minutes", .act = ACT_TIMES, .by = 60, .items = {ROW("hs")}},
    {.name = "ten times", .act = ACT_TIMES, .by = 10, .items = {"hs_male"}},
    {.name = "one digit dropped", .act = ACT_DROP_DIGIT, .items = {"hs_female"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"ho_total"}},
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"d_female"}},
    {.name = "rounded to thousands", .act = ACT_ROUND, .by = 1000, .items = {ROW("c")}},
    {.name = "shifted by a column", .act = ACT_SHIFT, .items = {ROW("hs")}},
    {.name = "copied from last month", .act = ACT_BEFORE, .items = {ROW("d"), ROW("hs"), ROW("ho")}},
    {.name = "missing", .act = ACT_BLANK, .items = {"hs_total"}},
    {.name = "missing row (hours)", .act = ACT_BLANK, .items = {ROW("hs")}},
    {.name = "missing row (pay)", .act = ACT_BLANK, .items = {ROW("c"), "o_total", "o_part"}},
    {.name = "missing row (special)", .act = ACT_BLANK, .items = {ROW("s")}},
    {.name = "missing section (time)", .act = ACT_BLANK, .items = {ROW("d"), ROW("hs"), ROW("ho")}},
    {.name = "missing column (part)", .act = ACT_BLANK, .items = {"d_part", "hs_part", "ho_part", "c_part", "o_part", "s_part"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "ZZ", .items = {"industry"}},
    {.name = "code of another class", .act = ACT_WRITE, .text = "4", .items = {"size"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "2025-12-32", .items = {"period_to"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 3, .items = {"e1_female"}},
    {.name = "total off by nine", .act = ACT_ADD, .by = 9, .items = {"d_total"}},
    {.name = "exchanged columns", .act = ACT_EXCHANGE, .items = {BOTH("e0")}},
    {.name = "exchanged pay", .act = ACT_EXCHANGE, .items = {BOTH("c")}},
    {.name = "sexes exchanged",
     .act = ACT_EXCHANGE,
     .items = {BOTH("e0"), BOTH("inc"), BOTH("dec"), BOTH("e1"), BOTH("pt"), BOTH("d"), BOTH("hs"), BOTH("ho"), BOTH("c"), BOTH("s")}},
    {.name = "duplicate unit", .act = ACT_TWICE, .items = {NULL}},
    {.name = "late unit", .act = ACT_LATE, .items = {NULL}},
    {.name = "unseen: pay moved", .act = ACT_MOVE, .by = 7, .items = {BOTH("c")}},
};
#undef BOTH
#undef ROW
static const struct truth_kind birth_kinds[] = {
    {.name = "unit x10 (weight)", .act = ACT_TIMES, .by = 10, .items = {"birth_weight"}},
    {.name = "unit /10 (weight)", .act = ACT_DIVIDE, .by = 10, .items = {"birth_weight"}},
    {.name = "millimetres (height)", .act = ACT_DROP_POINT, .items = {"birth_height"}},
    {.name = "one digit dropped", .act = ACT_DROP_DIGIT, .items = {"birth_weight"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"birth_weight"}},
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"mother_age"}},
    {.name = "weight digits swapped", .act = ACT_SWAP_DIGITS, .items = {"birth_weight"}},
    {.name = "missing", .act = ACT_BLANK, .items = {"birth_weight"}},
    {.name = "missing section", .act = ACT_BLANK, .items = {"gestation_weeks", "gestation_days", "children_born", "stillbirths", "deliveries"}},
    {.name = "shifted by a column", .act = ACT_SHIFT, .items = {"children_born", "stillbirths", "deliveries"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "5", .items = {"sex"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "2025-12-32", .items = {"child_birth_date"}},
    {.name = "dates out of order", .act = ACT_WRITE, .text = "2025-10-01", .items = {"filing_date"}},
    {.name = "parents exchanged", .act = ACT_EXCHANGE, .items = {"father_birth_date", "mother_birth_date"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 1, .items = {"deliveries"}},
    {.name = "duplicate unit", .act = ACT_TWICE, .items = {NULL}},
    {.name = "late unit", .act = ACT_LATE, .items = {NULL}},
    {.name = "unseen: weight rounded", .act = ACT_ROUND, .by = 100, .items = {"birth_weight"}},
    {.name = "unseen: other sex", .act = ACT_WRITE, .text = "2", .when_item = "sex", .when_text = "1", .items = {"sex"}},
};
static const struct truth_kind death_kinds[] = {
    {.name = "swapped digits", .act = ACT_SWAP_DIGITS, .items = {"age"}},
    {.name = "missing", .act = ACT_BLANK, .items = {"death_date"}},
    {.name = "missing (age of spouse)", .act = ACT_BLANK, .when_item = "marital_status", .when_text = "1", .items = {"spouse_age"}},
    {.name = "missing section", .act = ACT_BLANK, .items = {"marital_status", "household_job", "place_of_death"}},
    {.name = "sign", .act = ACT_NEGATE, .items = {"age"}},
    {.name = "wrong code", .act = ACT_WRITE, .text = "8", .items = {"marital_status"}},
    {.name = "impossible date", .act = ACT_WRITE, .text = "1945-02-30", .items = {"birth_date"}},
    {.name = "dates out of order", .act = ACT_WRITE, .text = "2025-10-01", .items = {"filing_date"}},
    {.name = "dates exchanged", .act = ACT_EXCHANGE, .items = {"birth_date", "death_date"}},
    {.name = "cause of males only", .act = ACT_WRITE, .text = "C61", .when_item = "sex", .when_text = "2", .items = {"cause"}},
    {.name = "balance broken", .act = ACT_ADD, .by = 7, .items = {"age"}},
    {.name = "duplicate unit", .act = ACT_TWICE, .items = {NULL}},
    {.name = "late unit", .act = ACT_LATE, .items = {NULL}},
    {.name = "unseen: other sex", .act = ACT_WRITE, .text = "1", .when_item = "sex", .when_text = "2", .items = {"sex"}},
};
#endif
