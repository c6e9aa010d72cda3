/* sdc_protect.h -- disclosure control of the tables over one set of records with one profile: primary rules, then further figures
 *    hidden until an attacker's linear programmes find no hidden figure closer than its rule allows. Cells that several tables share are one cell.
 * Groups   measures that tell of one another are hidden together in a row: count(), n and the workers of the labour survey are the base; total(x),
 *          mean(x), ratio(x,y) and whatever else is made of x are the group of x. A row whose base is hidden loses every figure: with a mean beside
 *          them, totals would tell the count.
 * Sums     every group gives its additive quantities: counts and totals as they are, of a mean or ratio the sums of numerator and denominator, of a
 *          share the number that has it. Margins `_T`, the rules and nestings given are the relations. A rule whose parts are not all there gets a
 *          rest that nobody knows; a margin that does not add up is not treated.
 * Attacker knows every shown quantity exactly, also where only a mean or a rounded figure is shown, and by how much a sum is off by rounding. What is
 *          published is rounded: real intervals are no narrower than these, so nothing is claimed that is not there.
 *          He knows the rules: hidden counts of units are 1 at least, few ones below the minimum, others not below it; a share has no more
 *          than its units.
 * Levels   of the rule that decided (sdc_rule.h), below and above; at least one unit; for a base figure the safety range of the profile.
 *          A unit that is the only contributor of cells is an attacker too.
 * Refused  a table with hidden figures of a group that has no sums to audit (a formula whose parts are no sums of its table), or
 *          that no pattern protects: `refusal` of the table says why.
 * Identities of the labour survey within a row (C = B + O, G = C + S, H = Hs + Ho, e0 + inc = e1 + dec) are relations of one programme (sdc_joint.c).
 * Limits   relations between editions are not here.
 * Report   counts, programmes, narrowest interval of a primary figure relative to its value, per table; never a value.
 * Order    fixed; same bits for any number of threads. Errors: E_SDC_SOLVER, E_NO_MEMORY. Cost: flow.h, a few times per quantity.
 * Source   Hundepool et al., Handbook on SDC, 2nd ed., 4; suppress/suppress.md. */
#ifndef SHIRABE_ESTIMATORS_SDC_PROTECT_H
#define SHIRABE_ESTIMATORS_SDC_PROTECT_H
#include "estimators/sdc/sdc_additive.h"
#include "estimators/sdc/sdc_primary.h"
#include "estimators/table/table_plan.h"

struct sdc_secondary_report {
  bool needed, treated, clean; /* something was hidden; all of it could be audited; the audit passed */
  int64_t n_rows, n_figures;   /* hidden in addition */
  int64_t n_primary_cells, n_secondary_cells, n_programmes; /* of the audited quantities of the population */
  int64_t n_linked_cells;      /* rows of this table that stand in another one too */
  int64_t n_rests;             /* sums with a part that no table shows */
  double narrowest;            /* narrowest interval of a primary quantity over its value; 0 where there is none */
  const char *narrowest_of;    /* quantity */
};
struct sdc_linked_table {
  struct result_table *table;
  const struct table_plan *plan;
  int population; /* tables of other conditions over the same records have another number; equal sets of records are one cell all the same */
  struct sdc_primary_report primary;
  struct sdc_additive_report additive;
  struct sdc_secondary_report secondary;
};
enum { SDC_LINKED_MOST = 64 };
/* Every code of one dimension lies in one code of another: prefectures in regions, ages in groups. A table of the outer one adds up from a table of
 * the inner one. */
struct sdc_nesting {
  const char *inner, *outer; /* dimensions */
  int32_t n;
  const struct str *code, *in; /* [n] inner codes in binary order, and the outer code of each */
};
/* Two items that an equation of the form holds together (total = male + female): what one hides the other must not tell. */
struct sdc_tie {
  const char *a, *b;
};
/* What adds up besides the margins: rules within a dimension, nestings between two, items within a row. */
struct sdc_structure {
  const struct sdc_sum_rule *rules;
  int n_rules;
  const struct sdc_nesting *nestings;
  int n_nestings;
  const struct sdc_tie *ties;
  int n_ties;
};
/* All tables are of one population; their arrays live in their arenas, scratch in `a`. */
enum err_code sdc_protect(struct arena *a, struct sdc_linked_table *t, int n, const struct disclosure_profile *profile,
    const struct sdc_structure *structure, struct err *e) NODISCARD;
extern const char sdc_secondary_reason[]; /* text of a figure hidden in addition */
#endif
