/* register_gate.h -- the register between disclosure control and the door: the tables of a run held against every earlier release, the edition
 * they are, and the entry that is written with them. What joins estimators/sdc/register with secure-store/register. Order    register_judge
 * before the bundle (a refused table is withheld), register_finish when its files and its id are known. Drafts   tables of an incomplete month
 * are no publication: edition 0, held against nothing, in the way of nothing. Again    inputs that were released before (same lineage) are
 * judged against what was there then: the same release to the last byte. Editions a second release of a survey, period and kind is a correction:
 * it needs a reason, has changes.csv and names what it supersedes. Preliminary after flash, final after preliminary need none. Errors
 * E_REGISTER_*, those of the store. Memory: the arena. */
#ifndef SHIRABE_FRONT_REGISTER_GATE_H
#define SHIRABE_FRONT_REGISTER_GATE_H
#include "estimators/command/cmd_estimate_core.h"
#include "estimators/sdc/register/register_check.h"
#include "front/bundle.h"
#include "secure-store/register/register_store.h"

struct register_gate {
  const char *survey, *period, *reason; /* reason NULL = none given */
  struct register_entry entry; /* its frames are filled by estimate_tables */
  struct register_row row;
  struct register_report report;
  struct register_entry judged; /* the tables as they were judged, for the report: the refused ones among them */
  int *table_of; /* [entry.n_tables] index in the output */
  bool again, accepted, dry; /* dry: judged only, nothing is withheld and no refusal is logged */
  const struct register_entry *before; /* the edition that this one supersedes; NULL = the first */
  const struct register_entry **earlier;
  int n_earlier;
};
void register_gate_begin(struct register_gate *g, const char *survey, const char *period, const char *reason);
/* Withholds the tables that are refused: decision and reason in `tables`, refusal in the output. lineage: as if nothing were. */
enum err_code register_judge(struct store *s, struct arena *a, struct register_gate *g, struct estimate_output *output,
    struct bundle_table *tables, struct str lineage, const char *taint, struct err *e) NODISCARD;
/* Fills the request's row and entry, and adds changes.csv to its parts, which have room for one more. */
enum err_code register_finish(struct store *s, struct arena *a, struct register_gate *g, struct release_request *request,
    struct release_part *parts, struct err *e) NODISCARD;

/* --- earlier releases --- */
/* The rules for a profile from forms/secure/register_rules.csv. */
enum err_code register_rules_of(struct arena *a, const char *profile, struct register_policy *out, struct err *e) NODISCARD;
enum err_code register_entry_read(
    struct store *s, struct arena *a, const struct register_row *row, int64_t access, struct register_entry *out, struct err *e) NODISCARD;
/* Releases of the survey that can touch the period, in their order: rows of the register up to the one with `inputs` (NULL = all), and releases
 * from before it, read from their sealed parts. *again: the row with these inputs. */
enum err_code register_earlier(struct store *s, struct arena *a, const char *survey, const char *period, const char *inputs,
    const struct register_entry ***out, int *n, struct register_row *again, bool *found, struct err *e) NODISCARD;
#endif
