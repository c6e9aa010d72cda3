#include "collector/ledger_settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "collector/ledger_notice.h"
#include "forms/form.h"

struct setting {
  const char *name;
  int64_t *to, min, max;
};

static enum err_code read_settings(const struct json_value *from, const struct setting *settings, int n, const char *path, struct err *e) {
  for (int i = 0; i < n; i++) {
    const struct json_value *v = json_member(from, settings[i].name);
    if (v && (!json_integer(v, settings[i].to) || *settings[i].to < settings[i].min || *settings[i].to > settings[i].max))
      return ERR(e, E_LEDGER_SETTING, .file = path, .subject = settings[i].name, .expected = "a whole number in its limits");
  }
  return E_OK;
}

enum err_code ledger_settings_read(struct arena *a, const char *survey, struct ledger_settings *out, struct err *e) {
  *out = (struct ledger_settings){.receipt_days = LEDGER_RECEIPT_DAYS, .years = 3, .root = 3, .percent = 15, .hard_mean = 10};
  const char *path = arena_printf(a, "%s/library/%s/survey.json", forms_folder(), survey);
  uint8_t *p = NULL;
  size_t n = 0;
  struct json_document *d = NULL;
  if (!path) return ERR(e, E_NO_MEMORY, .subject = survey);
  if (access(path, R_OK)) return E_OK;
  TRY(file_read(path, 1 << 20, &p, &n, e));
  enum err_code code = json_parse(path, (const char *)p, n, &d, e);
  const struct setting top[] = {{"receipt_days", &out->receipt_days, 1, 366}};
  const struct setting band[] = {{"years", &out->years, 1, 10}, {"root_multiple", &out->root, 1, 10}, {"percent", &out->percent, 1, 100},
      {"hard_mean", &out->hard_mean, 1, 1000000}};
  const struct json_value *root = code ? NULL : json_root(d);
  if (!code) code = read_settings(root, top, 1, path, e);
  if (!code) code = read_settings(json_member(root, "count_band"), band, 4, path, e);
  out->own_band = json_member(root, "count_band") != NULL;
  json_release(d);
  free(p);
  return code;
}

int64_t ledger_due_days(struct arena *a, const char *survey_id) {
  struct form_survey *survey;
  int64_t days = 0;
  if (survey_read(a, forms_folder(), survey_id, &survey, NULL)) return 0;
  for (int i = 0; i + 1 < survey->n_levels; i++)
    if (survey->due_days[i] > days) days = survey->due_days[i];
  return days;
}
