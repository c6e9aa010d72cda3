/* sample_write.h -- a drawn sample as texts: the file of selected units, the selection report (JSON and for people), the design.json that fits it.
 * Columns  of the frame as they were, then per stage sK_stratum, sK_population, sK_sample, sK_probability, sK_certainty, then probability, weight,
 *          weight_fraction ("7/2"; blank = not a ratio of whole numbers). A unit taken for certain stands in a stratum of its own, label/certain,
 *          whose population and sample are the certain units; the rest of the cell counts without them.
 * Numbers  shortest decimals that read back to the same bits.
 * Errors   E_FRAME_NAME_TAKEN; a full buffer shows in its `failed`. Memory: the buffers. Cost: O(selected rows x columns). Source: none. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SAMPLE_WRITE_H
#define SHIRABE_ESTIMATORS_SELECTION_SAMPLE_WRITE_H
#include "estimators/selection/sample_draw.h"

struct sample_digests {
  const char *seed, *version;
  const char *frame, *plan, *sample; /* SHA-256 in hex */
};
enum err_code sample_csv(const struct sample_frame *f, const struct sample_plan *plan, const struct sample *s, struct strbuf *b,
    struct err *e) NODISCARD;
void sample_report_json(const struct sample_frame *f, const struct sample_plan *plan, const struct sample *s, const struct sample_digests *d,
    struct strbuf *b);
/* joint_file NULL = none was written. */
void sample_design_json(const struct sample_plan *plan, const struct sample *s, const char *joint_file, struct strbuf *b);
/* Joint probabilities of the selected first-stage units, all pairs: head unit,ID,..., one row a unit. E_SAMPLE_METHOD when the method of the first
 * stage has none or more than 3000 units were selected. exact says whether they are. */
enum err_code sample_joint_csv(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, const struct sample *s,
    struct strbuf *b, bool *exact, struct err *e) NODISCARD;
#endif
