/* register_check.h -- a table that is to go out against what went out before: what the two tell together that neither tells alone.
 * Kinds    differencing: two shown cells, one new and one old, whose sets of units differ by 1 .. t-1 units, t = the larger minimum of the two
 * profiles. Not when one release alone shows both sets: then that release tells it, and it is no matter of this check. hidden-shown: a figure
 * hidden in one of them and shown in the other, of the same units (units unknown: the same codes). linked: a hidden cell, or the part of 1 ..
 * t-1 units that two classifications cut out, follows from the sums of both (register_link.h). sub-annual: one month hidden, its year and the
 * other months shown, by codes. revision: the same cell of the same table differs by units that came, went or changed in between; or its status
 * changed with them. not-computed: the equations of two tables are more than REGISTER_LINK_MOST: for a person. Which    earlier tables of the
 * same form whose period is the same, holds it, lies in it, or lies in the same year. Policy   struct register_policy: revisions, those
 * of an amount by themselves, and tables of one release (the later one is named) are allowed, warned of or refused; all other kinds are refused.
 * Report   cells and measures by name, never a value or a number of
 * units more exact than "fewer than t". Errors   E_NO_MEMORY, those of register_link. Cost: one pass over the units of each pair of tables,
 * pairs of rows with near sizes by hash. Source   sdc.md 4 (linked tables are one set of cells); Hundepool et al. (2012) 4.2 on differencing;
 * METI: figures of one or two are hidden. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_CHECK_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_CHECK_H
#include "base/json_out.h"
#include "estimators/sdc/register/register.h"

enum { REGISTER_CONFLICTS_MAX = 20000, REGISTER_NAME = 240, REGISTER_LINK_ROWS = 20000 };
enum register_kind {
#define REGISTER_KIND(constant, word, word_ja, refused, en, ja, remedy_en, remedy_ja) constant,
#include "estimators/sdc/register/register_kinds.def"
#undef REGISTER_KIND
  REGISTER_KINDS
};
const char *register_kind_word(enum register_kind k); /* for programs, the same in every language */
const char *register_kind_name(enum register_kind k, enum err_lang lang);
const char *register_kind_text(enum register_kind k, enum err_lang lang);
const char *register_kind_remedy(enum register_kind k, enum err_lang lang);
enum register_treatment { REGISTER_ALLOW, REGISTER_WARN, REGISTER_REFUSE };
struct register_policy {
  enum register_treatment revisions, revisions_amount; /* of cells of counts alone; with an amount (all but counts and shares) */
  enum register_treatment same_release; /* of the kinds that are refused against earlier releases; the others are warned of at the most */
  bool counts_public; /* numbers of units may be known: only figures of a measure both tables show tell something */
  const char *status, *source;
};
/* Of a profile, from the text of forms/secure/register_rules.csv; the row "*" for those not named. E_REGISTER_RULES. */
enum err_code register_policy_read(
    struct arena *a, const char *name, struct str csv, const char *profile, struct register_policy *out, struct err *e) NODISCARD;

struct register_conflict {
  enum register_kind kind;
  enum register_treatment treatment;
  int table; /* index in the new entry */
  int64_t row;
  const char *cell, *measure, *release, *other_table, *other_cell, *rule; /* release "": the same one; rule: "persons_10: fewer than 10 units" */
  const char *rule_profile; /* whose minimum t is */
  int64_t least; /* t */
};
struct register_report {
  struct arena *a;
  struct register_conflict *conflict;
  int64_t n_conflicts, room, n_refused, n_warned, n_left_off; /* left off: beyond REGISTER_CONFLICTS_MAX */
  int64_t n_tables, n_compared; /* pairs of tables */
};
/* Policies of the tables of `mine`, by index. The earlier entries in order of their release. */
enum err_code register_check(struct arena *a, const struct register_entry *mine, const struct register_policy *policy,
    const struct register_entry *const *earlier, int n_earlier, struct register_report *out, struct err *e) NODISCARD;
/* "fewer than 10 units (persons_10)" in the language, of a conflict. */
const char *register_rule_text(struct arena *a, const struct register_conflict *f, enum err_lang lang);
/* Whether a table of the report is refused. */
bool register_refused(const struct register_report *r, int table);
void register_report_json(const struct register_entry *mine, const struct register_report *r, struct json_out *j);
#endif
