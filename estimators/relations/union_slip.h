/* union_slip.h -- one slip of the Basic Survey on Labour Unions, and how slips become unions: 単位労働組合 = unions without branches +
 *          branches (単位扱);
 *    単一労働組合 = unions without branches + head offices, whose members include those without a branch (非独立組合員).
 * Shapes   slips: [n], any order. A closed union (解散等) counts in no stock, only in the flow of its year.
 * Units    members: persons on 30 June.
 * Missing  has[k] false: not answered; the union counts, its members do not, and `unknown` says how many such unions there are. Never 0.
 * Errors   E_RELATIONS_TWICE (a number in two slips), E_RELATIONS_COUNT (a sum beyond 2^63), E_NO_MEMORY.
 * Memory   arena. Cost: O(n log n), the order of domains. Sums are exact, so the same bits for any order.
 * Source   厚生労働省 労働組合基礎調査 用語の定義 (https://www.mhlw.go.jp/toukei/list/13-23b.html). */
#ifndef SHIRABE_ESTIMATORS_UNION_SLIP_H
#define SHIRABE_ESTIMATORS_UNION_SLIP_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum union_kind { UNION_PLAIN = 1, UNION_BRANCH, UNION_HEAD, UNION_FEDERATION };
enum union_existence { UNION_CONTINUING = 1, UNION_NEW, UNION_CLOSED };
enum union_count { UNION_MALE, UNION_FEMALE, UNION_TOTAL, UNION_PART_TIME, UNION_NON_INDEPENDENT, UNION_COUNTS };
enum union_basis { UNION_BY_UNIT, UNION_BY_SINGLE, UNION_BASES }; /* 単位, 単一 */

struct union_slip {
  struct str id, head;   /* head: number of the head office of a branch, "" = none */
  struct str domain;     /* what tables are split by, "" = not answered */
  enum union_kind kind;
  enum union_existence existence;
  int64_t count[UNION_COUNTS];
  bool has[UNION_COUNTS];
};
bool union_in_basis(const struct union_slip *s, enum union_basis basis); /* by kind alone */
bool union_is_live(const struct union_slip *s);

struct union_stock {
  int64_t unions, count[UNION_COUNTS];
  int64_t unknown[UNION_COUNTS], asked[UNION_COUNTS]; /* unions; unknown == asked: nobody answered, the sum is no figure */
  int64_t fresh, closed; /* stated as new or closed in the year: fresh are part of unions, closed are not */
};
struct union_domain {
  struct str code; /* "_T" = all, "_U" = not answered */
  int64_t slips;   /* of any kind; 0 of all: there is nothing to count, which is not a count of 0 */
  struct union_stock basis[UNION_BASES];
};
/* The total first, then the domains in the order of their codes. */
enum err_code union_stocks(struct arena *a, const struct union_slip *slips, int64_t n, struct union_domain **out, int64_t *n_domains,
    struct err *e) NODISCARD;

/* What made the stock of last year into that of now, of one basis. Unexplained: continuing without a slip last year, or live last year and without a
 * slip now. before + fresh + appeared - closed - vanished + rebased + change + gap = now holds exactly, for unions and for members. */
struct union_flow_part {
  int64_t unions, members; /* unions: what the part adds to the stock, 0 in change and gap */
  int64_t units, unknown;  /* unions that stand in the part; of these, those whose members are not answered: 0 in `members` */
};
struct union_flow {
  struct union_flow_part before, fresh, appeared, closed, vanished, rebased, now;
  struct union_flow_part change; /* live in both years, members answered in both: the only change that is one */
  struct union_flow_part gap;    /* live in both years, members not answered in one (in neither: gap.unknown): what that moves between stocks */
  int64_t slips_before, slips_now; /* rows read; 0 = the year has no slip at all */
};
enum err_code union_flows(struct arena *a, const struct union_slip *now, int64_t n_now, const struct union_slip *before, int64_t n_before,
    enum union_basis basis, struct union_flow *out, struct err *e) NODISCARD;
#endif
