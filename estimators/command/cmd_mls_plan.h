/* cmd_mls_plan.h -- the signed plan of the labour survey and its exceptions as files: signed notes (secure-store/signed_note.h). For the cmd_ files.
 * Plan       text = plan.json (estimators/mls/plan.md), signed by one of the keys.
 * Exceptions text = {"exceptions": [{"stratum": .., "control": "C3", "text": ..}]}, signed by two of the keys or more, of different names.
 * Before     the record of the run whose weights were last in use (`--record` of the month before), for control C5.
 * Keys       one verifier key a line (name+id+base64); lines that begin with # are skipped.
 * Errors     E_MLS_PLAN_UNSIGNED, E_MLS_PLAN_FORMAT, those of notes and files. */
#ifndef SHIRABE_ESTIMATORS_CMD_MLS_PLAN_H
#define SHIRABE_ESTIMATORS_CMD_MLS_PLAN_H
#include "base/cli.h"
#include "estimators/command/cmd_estimate_core.h"

#define MLS_PLAN_OPTIONS                                                                                                                           \
  {.name = "plan", .kind = OPT_FILE, .value_name = "NOTE", .help_en = "labour survey: signed plan to prove the run against",                       \
      .help_ja = "毎月勤労統計：照合する署名済み調査計画"},                                                                                        \
      {.name = "keys", .kind = OPT_FILE, .value_name = "FILE", .help_en = "verifier keys of those who may sign, one a line",                       \
          .help_ja = "署名できる人の検証鍵（1行に1つ）"},                                                                                          \
      {.name = "exceptions", .kind = OPT_FILE, .value_name = "NOTE", .help_en = "exceptions from the plan, signed by two persons",                 \
          .help_ja = "2人が署名した計画の例外"},                                                                                                   \
      {.name = "before", .kind = OPT_FILE, .value_name = "RECORD", .help_en = "record of the run whose weights were last in use", \
          .help_ja = "直前に使ったウェイトの実行記録（変更を判定）"},                                                                                \
  {                                                                                                                                                \
    .name = "note-published", .kind = OPT_FLAG, .help_en = "a note on changed weights has been published",                                         \
    .help_ja = "ウェイト変更の注記を公表済み"                                                                                                      \
  }
/* *program = SHA-256 of the running program, for plan and record. */
enum err_code mls_program_digest(struct arena *a, const char **program, struct err *e) NODISCARD;
/* The text of exceptions signed by n_signers: every one of them complete, or E_MLS_PLAN_FORMAT. */
enum err_code mls_exceptions_read(struct cli *c, const char *path, struct str text, int n_signers, struct estimate_plan *p, struct err *e) NODISCARD;
/* *out NULL without --plan. */
enum err_code mls_plan_options(struct cli *c, struct estimate_plan **out, struct err *e) NODISCARD;
#endif
