#include "estimators/command/cmd_estimate_action.h"

#include <stdlib.h>

#include "base/atomic_file.h"
#include "estimators/sdc/suppress/perturb_keyed.h"

static enum err_code secret_of(const struct sdc_action *x, uint8_t secret[16], bool *has, struct err *e) {
  const char *path = getenv("SHIRABE_NOISE_SECRET_FILE");
  uint8_t *p;
  size_t n;
  *has = x->kind == SDC_ACTION_CELL_KEY && path;
  if (!*has) return E_OK;
  TRY(file_read(path, 1 << 16, &p, &n, e));
  const enum err_code code = perturb_secret(p, n, secret, e);
  free(p);
  return code;
}
/* Two tables of one population rounded apart: a cell that both show is rounded up in one and down in the other, and lies between. */
static bool apart(const struct sdc_action *x, const struct sdc_linked_table *t, int n) {
  const bool each = x->kind == SDC_ACTION_ROUND || x->kind == SDC_ACTION_SMALL_COUNTS;
  for (int k = 0; each && n > 1 && k < n; k++)
    t[k].table->refusal = "tables of one population would be rounded apart: a cell of two of them would be told";
  return each && n > 1;
}
enum err_code estimate_act(
    const struct estimate_run *r, const struct disclosure_profile *profile, const struct sdc_linked_table *t, int n, bool *acted, struct err *e) {
  const struct sdc_action *x = &profile->action;
  uint8_t secret[16];
  bool has;
  *acted = x->kind != SDC_ACTION_SUPPRESS;
  if (!*acted || apart(x, t, n)) return E_OK;
  TRY(secret_of(x, secret, &has, e));
  for (int k = 0; k < n; k++) t[k].table->profile = profile->name;
  const char *scope = arena_printf(r->a, "%s|%s", r->out->survey, r->out->period);
  if (!scope) return ERR(e, E_NO_MEMORY, .subject = profile->name);
  for (int k = 0; k < n; k++) TRY(sdc_action_apply(t[k].table, x, has ? secret : NULL, scope, sdc_mls_rules, sdc_n_mls_rules, e));
  return E_OK;
}
