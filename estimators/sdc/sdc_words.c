#include "estimators/sdc/sdc_words.h"

#include <string.h>

#include "estimators/sdc/sdc_primary.h"
#include "estimators/sdc/sdc_protect.h"

static const struct {
  const char *word, *en, *ja;
} words[SDC_KINDS] = {
    {"other", "not hidden by disclosure control", "秘匿によるものではありません"},
    {"few", "primary: fewer units than the minimum of the profile stand behind it",
        "一次秘匿：もとになった客体の数が基準の最小値より少ないため"},
    {"dominated", "primary: its largest contributors make up more of it than the profile allows",
        "一次秘匿：上位の客体が、基準の認める割合を超えて占めているため"},
    {"p_percent", "primary: another contributor could estimate the largest one too closely (p %)",
        "一次秘匿：他の客体から最大の客体の値が近似できるため（p％規則）"},
    {"request", "primary: protected at the request of a contributor", "一次秘匿：客体からの求めにより"},
    {"zero_group", "primary: it would say of all its units that they have none",
        "一次秘匿：該当する全客体が0であることが分かるため"},
    {"linked", "it would give away a hidden figure of the same row", "同じ行の秘匿値が算出できるため"},
    {"secondary", "secondary: hidden so that other hidden figures cannot be found from sums",
        "二次秘匿：和の関係から他の秘匿値が分からないようにするため"},
};
enum sdc_kind sdc_kind_of(const char *reason) {
  if (!reason) return SDC_KIND_NONE;
  for (int k = SDC_FEW; k < SDC_N_REASONS; k++)
    if (!strcmp(reason, sdc_reason_text((enum sdc_reason)k))) return (enum sdc_kind)k;
  if (!strcmp(reason, sdc_tail_reason())) return SDC_KIND_FEW;
  if (!strcmp(reason, sdc_linked_reason())) return SDC_KIND_LINKED;
  return !strcmp(reason, sdc_secondary_reason) ? SDC_KIND_SECONDARY : SDC_KIND_NONE;
}
const char sdc_published_reason[] = "suppressed by disclosure control";
void sdc_publish_reasons(struct result_table *t) {
  for (int k = 0; k < t->n_measures; k++)
    for (int64_t r = 0; r < t->n_rows; r++)
      if (t->measures[k].status[r] == RESULT_SUPPRESSED) t->measures[k].reason[r] = sdc_published_reason;
}
enum err_code sdc_as_published(struct arena *a, const struct result_table *t, struct result_table *out, struct err *e) {
  *out = *t;
  out->measures = ARENA_ARRAY(a, struct result_measure, t->n_measures + 1);
  for (int k = 0; out->measures && k < t->n_measures; k++) {
    struct result_measure *m = &out->measures[k];
    *m = t->measures[k];
    m->reason = ARENA_ARRAY(a, const char *, t->n_rows + 1);
    if (!m->reason) return ERR(e, E_NO_MEMORY, .subject = t->id);
    memcpy(m->reason, t->measures[k].reason, sizeof *m->reason * (size_t)t->n_rows);
  }
  if (!out->measures) return ERR(e, E_NO_MEMORY, .subject = t->id);
  sdc_publish_reasons(out);
  return E_OK;
}
const char *sdc_kind_word(enum sdc_kind k) { return (unsigned)k < SDC_KINDS ? words[k].word : ""; }
const char *sdc_kind_sentence(enum sdc_kind k, bool ja) { return (unsigned)k < SDC_KINDS ? (ja ? words[k].ja : words[k].en) : ""; }
