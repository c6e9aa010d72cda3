/* localise_optima.h -- all cheapest sets of one record, told by independent parts: "choose one of {a | b} and one of {c, d | e}".
 * Parts    whatever is chosen in one part, any choice of another goes with it: no rule has changeable items of two parts. The number of cheapest sets
 *          is the product over the parts. Every listed choice was tried and found feasible.
 * Sets     in the order of the tie-break within their part, each as its size and its items; numbered as in localise.h, localise_mixed.h. forced: in
 *          every set (missing values). Items from n_variables on are soft rules left unmet: n_variables + number of the rule.
 * Complete false: a part has more than OPTIMA_MAX_SETS choices; count is then of the listed ones.
 * Errors   E_LOCALISE_NO_PROOF: the record passes, has no solution or is unsolved, and which. E_NO_MEMORY.
 * Cost     on demand, for one record: a trial per listed choice. Fresh pool: the same answer wherever the record stands. */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_OPTIMA_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_OPTIMA_H
#include "processing/localise/localise_mixed.h"

enum { OPTIMA_MAX_SETS = 4096 };
struct optima_part {
  int n_sets;
  const int *set; /* n_sets times: size, items ascending */
};
struct localise_optima {
  double cost, count; /* count: exact up to 2^53 */
  bool complete;
  int n_variables, n_forced, n_parts;
  const int *forced;
  const struct optima_part *part;
};
enum err_code localise_optima(struct arena *a, const struct localise_spec *spec, const struct num_table *data, int64_t row,
                              struct localise_optima *out, struct err *e) NODISCARD;
/* With the operations of the answer, when it has any. */
enum err_code localise_mixed_optima(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *record, struct localise_optima *out,
                                    struct err *e) NODISCARD;
/* "A, B must be given; choose one of {a | b} and one of {c, d | e}". ja and en. names [n_items]. */
enum err_code localise_optima_print(const struct localise_optima *o, const char *const *names, enum err_lang lang, struct strbuf *to,
                                    struct err *e) NODISCARD;
#endif
