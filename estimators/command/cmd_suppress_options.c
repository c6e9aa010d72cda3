#include "estimators/command/cmd_suppress_options.h"

#include <string.h>

/* An option and what must stand beside it (`with`, any of two), or must not (`without`). Methods: words with a blank around each, NULL = all. */
struct rule {
  const char *option, *methods, *with, *or_with, *without;
};
static bool given(const struct cli *c, const char *option) { return cli_repeat_count(c, option) > 0; }
static enum err_code no_effect(struct cli *c, const char *option, const char *why, const char *what, struct err *e) {
  return ERR(e, E_SDC_OPTION, .subject = arena_printf(cli_job(c)->arena, "--%s (%s%s)", option, why, what));
}
static enum err_code check_rule(struct cli *c, const struct rule *r, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  if (!given(c, r->option)) return E_OK;
  if (r->methods && !strstr(r->methods, arena_printf(a, " %s ", cli_text(c, "method"))))
    return no_effect(c, r->option, "--method ", cli_text(c, "method"), e);
  if (r->with && !given(c, r->with) && !(r->or_with && given(c, r->or_with))) return no_effect(c, r->option, "without --", r->with, e);
  if (r->without && given(c, r->without)) return no_effect(c, r->option, "beside --", r->without, e);
  return E_OK;
}
static enum err_code at_least(struct cli *c, const char *option, int64_t least, struct err *e) {
  if (!given(c, option) || cli_int(c, option) >= least) return E_OK;
  return ERR(e, E_USAGE_VALUE, .subject = arena_printf(cli_job(c)->arena, "--%s", option), .found = cli_text(c, option),
      .expected = arena_printf(cli_job(c)->arena, "%lld or more", (long long)least));
}
static enum err_code at_most(struct cli *c, const char *option, int64_t most, struct err *e) {
  if (!given(c, option) || cli_int(c, option) <= most) return E_OK;
  return ERR(e, E_USAGE_VALUE, .subject = arena_printf(cli_job(c)->arena, "--%s", option), .found = cli_text(c, option),
      .expected = arena_printf(cli_job(c)->arena, "%lld or less", (long long)most));
}
enum { SECONDS_MAX = 1000000, COUNT_MAX = 2000000000 };

enum err_code suppress_check_options(struct cli *c, struct err *e) {
  static const struct rule rules[] = {{"pairs", NULL, "contributions", NULL, NULL}, {"profile", NULL, "contributions", NULL, NULL},
      {"owners", NULL, NULL, NULL, "contributions"}, {"owner-programmes", NULL, "contributions", "owners", NULL},
      {"certificate", NULL, NULL, NULL, "verify"}, {"audit-only", NULL, NULL, NULL, "verify"}, {"last", NULL, NULL, NULL, "verify"},
      {"exact", NULL, NULL, NULL, "verify"}, {"csv", NULL, NULL, NULL, "verify"}, {"method", NULL, NULL, NULL, "verify"},
      {"last", NULL, NULL, NULL, "audit-only"}, {"method", NULL, NULL, NULL, "audit-only"},
      {"cost", NULL, NULL, NULL, "verify"}, {"cost", NULL, NULL, NULL, "audit-only"}, {"no-clean-up", NULL, NULL, NULL, "audit-only"},
      {"seconds", " optimal ", NULL, NULL, NULL}, {"last", " flow optimal ", NULL, NULL, NULL}};
  static const char *const outputs[] = {"certificate", NULL};
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) TRY(check_rule(c, &rules[i], e));
  TRY(at_least(c, "seconds", 1, e));
  TRY(at_most(c, "seconds", SECONDS_MAX, e));
  TRY(at_least(c, "owner-programmes", 1, e));
  TRY(at_most(c, "owner-programmes", COUNT_MAX, e));
  return cli_keep_inputs(c, outputs, e);
}
#define ROUNDED " controlled random redact-round "
#define KEYED " random cell-key "
#define CELL_KEY " cell-key "
enum err_code perturb_check_options(struct cli *c, struct err *e) {
  static const struct rule rules[] = {{"base", " controlled small-counts random redact-round ", NULL, NULL, NULL},
      {"threshold", " redact-round ", NULL, NULL, NULL}, {"with-zeros", " redact-round ", NULL, NULL, NULL},
      {"extra-step", " controlled ", NULL, NULL, NULL}, {"seconds", " controlled ", NULL, NULL, NULL}, {"attacked", ROUNDED, NULL, NULL, NULL},
      {"secret", KEYED, NULL, NULL, NULL}, {"contributions", KEYED, NULL, NULL, NULL}, {"p-table", CELL_KEY, NULL, NULL, NULL},
      {"p-table-out", CELL_KEY, NULL, NULL, "p-table"}, {"range", CELL_KEY, NULL, NULL, "p-table"}, {"variance", CELL_KEY, NULL, NULL, "p-table"},
      {"stay", CELL_KEY, NULL, NULL, "p-table"}, {"blocked", CELL_KEY, NULL, NULL, "p-table"}, {"magnitude", CELL_KEY, NULL, NULL, NULL},
      {"p-table-small", CELL_KEY, "magnitude", NULL, NULL}, {"top", CELL_KEY, "magnitude", NULL, NULL}, {"share", CELL_KEY, "magnitude", NULL, NULL},
      {"share-large", CELL_KEY, "magnitude", NULL, NULL}, {"flex", CELL_KEY, "magnitude", NULL, NULL}, {"small", CELL_KEY, "magnitude", NULL, NULL}};
  static const char *const outputs[] = {"p-table-out", "svg", NULL};
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) TRY(check_rule(c, &rules[i], e));
  TRY(at_least(c, "seconds", 1, e));
  TRY(at_most(c, "seconds", SECONDS_MAX, e));
  TRY(at_least(c, "attacked", 1, e));
  TRY(at_most(c, "attacked", COUNT_MAX, e));
  TRY(at_least(c, "range", 1, e));
  TRY(at_most(c, "range", 100000, e));
  TRY(at_least(c, "blocked", 0, e));
  TRY(at_most(c, "blocked", 100000, e));
  return cli_keep_inputs(c, outputs, e);
}
