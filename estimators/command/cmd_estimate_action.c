#include "estimators/command/cmd_estimate_action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/sdc/suppress/perturb_keyed.h"
#include "forms/form.h"

static enum err_code action_of(const char *profile, struct sdc_action *out, struct err *e) {
  char path[4096];
  uint8_t *text = NULL;
  size_t n;
  struct json_document *d;
  *out = (struct sdc_action){.kind = SDC_ACTION_SUPPRESS};
  snprintf(path, sizeof path, "%s/codelists/disclosure_profiles.json", forms_folder());
  TRY(file_read(path, 1 << 20, &text, &n, e));
  enum err_code code = json_parse(path, (const char *)text, n, &d, e);
  free(text);
  if (code) return code;
  const struct json_value *all = json_member(json_root(d), "profiles");
  for (size_t i = 0; !code && i < json_length(all); i++)
    if (!strcmp(json_member_string(json_element(all, i), "name", ""), profile)) code = sdc_action_read(json_element(all, i), out, e);
  json_release(d);
  return code;
}
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
enum err_code estimate_act(const char *profile, struct result_table *t, bool *acted, struct err *e) {
  struct sdc_action x;
  uint8_t secret[16];
  bool has;
  *acted = false;
  TRY(action_of(profile, &x, e));
  if (x.kind == SDC_ACTION_SUPPRESS) return E_OK;
  TRY(secret_of(&x, secret, &has, e));
  *acted = true;
  return sdc_action_apply(t, &x, has ? secret : NULL, sdc_mls_rules, sdc_n_mls_rules, e);
}
const char *estimate_action_text(struct arena *a, const char *profile) {
  struct sdc_action x;
  if (action_of(profile, &x, NULL) || x.kind == SDC_ACTION_SUPPRESS) return NULL;
  return arena_printf(a, "%s;%lld;%lld;%d;%.17g;%.17g;%d", sdc_action_word(x.kind), (long long)x.base, (long long)x.threshold, x.range, x.variance,
      x.stay, x.blocked);
}
