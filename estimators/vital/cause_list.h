/* cause_list.h -- classifications of causes of death as versioned tables: groups of ICD-10 ranges with days of validity, ranks, bridge tables.
 * Codes    letter, two digits, optional fourth character: A00, I02.0 or I020. A range holds all fourth characters of its last category unless one is
 *          written. A code without its fourth character lies in a range only when the whole category does.
 * Lists    rows (code, names, edition, valid from, valid to, ranges). Groups valid on one day must be disjoint; parents are sums over children and
 *          are checked by cause_rollup_check. 40 groups for ranking are built in (死因順位に用いる分類項目), the rest comes from tables.
 * Ranks    only groups marked as ranked; ties share a rank, the next rank is skipped.
 * Bridge   deaths coded by both editions: comparability ratio N_new/N_old with se of its logarithm sqrt(1/N_new + 1/N_old - 2 N_both/(N_new N_old)),
 *          and conversion of a series by the shares of each old group in the new ones (totals stay).
 * Errors   E_VITAL_CODE, E_VITAL_LIST, E_VITAL_BRIDGE. Memory: arena. Cost: map 26,000 cells per day of change; a lookup is one read.
 * Source   死因順位分類 (厚生労働省), ICD-10 vol. 2; NCHS comparability ratios (Anderson et al. 2001). */
#ifndef SHIRABE_ESTIMATORS_CAUSE_LIST_H
#define SHIRABE_ESTIMATORS_CAUSE_LIST_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { ICD_KEYS = 26000, CAUSE_RANGES_MOST = 32 };
struct icd_range {
  int low, high; /* letter x 1000 + two digits x 10 + fourth character */
};
bool icd_parse(struct str code, struct icd_range *out); /* a three-character code gives its whole category */
enum err_code icd_ranges_parse(struct str text, struct icd_range out[CAUSE_RANGES_MOST], int *n, struct err *e) NODISCARD;

struct cause_group {
  const char *code, *name_ja, *name_en, *edition;
  int64_t valid_from, valid_to; /* days; INT64_MIN, INT64_MAX = open; valid_to is the first day after */
  bool ranked;
  const char *ranges;
};
struct cause_list {
  const struct cause_group *groups;
  int n;
};
/* The 40 groups with malignant neoplasms, heart diseases, cerebrovascular diseases and accidents split into the members of the five-figure list.
 * Ranges of members are not confirmed by a published list; members are not ranked. */
extern const struct cause_list cause_member_list;
extern const struct cause_list cause_rank_list; /* the 40 groups, and COVID-19 (22200, since 2020-02-01), which is not ranked */
/* map[key] = index into groups or -1, for deaths of that day. */
enum err_code cause_list_map(const struct cause_list *list, int64_t day, int16_t map[ICD_KEYS], struct err *e) NODISCARD;
int cause_of(const int16_t map[ICD_KEYS], struct str icd); /* -1 = in none */
/* Every day of change of the list is tried: overlapping groups are E_VITAL_LIST. */
enum err_code cause_list_check(struct arena *a, const struct cause_list *list, struct err *e) NODISCARD;
void cause_rank(const struct cause_list *list, const int64_t *deaths, int *rank); /* [n]; 0 = not ranked or without deaths */

/* Codes CCGGG of the 死因簡単分類: xx000 a chapter, xxy00 a group, xxyzz a member. The parent of a code, "" = none (00000). */
void cause_parent(const char code[6], char out[6]);
struct cause_count {
  struct str code;
  int64_t deaths;
};
/* Parents with at least one child listed whose children do not add up; a child list may be cut short when `partial` (then sum <= parent). */
int64_t cause_rollup_check(const struct cause_count *rows, int64_t n, bool partial, struct str *first_bad);

struct bridge_cell {
  int old_group, new_group;
  int64_t deaths;
};
struct comparability {
  int64_t n_old, n_new, n_both;
  double ratio, se_log, low, high;
};
enum err_code bridge_ratio(const struct bridge_cell *cells, int64_t n, int group, double z, struct comparability *out, struct err *e) NODISCARD;
/* old_series: [groups] deaths by the old edition; out: [groups] expected by the new one. */
enum err_code bridge_convert(struct arena *a, const struct bridge_cell *cells, int64_t n, int groups, const double *old_series, double *out,
    struct err *e) NODISCARD;
#endif
