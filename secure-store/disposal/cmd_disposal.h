/* cmd_disposal.h -- what the commands retain, destroy, medium and incident share: who opens the store, who acts, options into rows, tables. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_CMD_DISPOSAL_H
#define SHIRABE_SECURE_STORE_DISPOSAL_CMD_DISPOSAL_H
#include "base/term.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/disposal/act.h"

/* clang-format off */
#define DISPOSAL_OPTIONS_OFFICER \
  {.name = "officer-key", .kind = OPT_REPEAT, .value_name = "FILE", \
   .help_en = "key file of an officer; the first one acts and signs, all of them open the store", \
   .help_ja = "担当者の鍵ファイル。最初の人が操作・署名し、全員で保管庫を開きます"}, \
  {.name = "officer-passphrase-file", .kind = OPT_REPEAT, .value_name = "FILE", \
   .help_en = "passphrase of each key file, in the same order (else asked)", .help_ja = "各鍵ファイルのパスフレーズ（同じ順。なければ端末で質問）"}, \
  {.name = "officer", .kind = OPT_TEXT, .value_name = "ID", .help_en = "who acts: must be the holder of the first key", \
   .help_ja = "操作者の id（最初の鍵の持ち主）"}, \
  STORE_OPTION_PASSPHRASE
/* clang-format on */

enum { DISPOSAL_OFFICERS_MAX = 16 };
struct disposal_cmd {
  struct cli *c;
  struct store *s;
  struct act_by by;
  const struct act_by *who; /* NULL: nobody gave a key file */
  struct officer_secret *secret;
  struct store_officer officers[DISPOSAL_OFFICERS_MAX];
  int n;
};
enum err_code disposal_cmd_begin(struct cli *c, struct disposal_cmd *x, struct err *e) NODISCARD; /* with keys */
/* For lists: without keys, unless a passphrase file or key files are given. */
enum err_code disposal_cmd_look(struct cli *c, struct disposal_cmd *x, struct err *e) NODISCARD;
int disposal_cmd_end(struct disposal_cmd *x, enum err_code code, const struct err *e); /* closes; exit status */
/* The i-th operand, E_DISPOSAL_ID when it is missing. */
enum err_code disposal_operand(struct cli *c, int i, const char *what, const char **out, struct err *e) NODISCARD;
enum err_code disposal_text(struct cli *c, const char *option, char *to, size_t size, struct err *e) NODISCARD; /* absent = "" */
enum err_code disposal_list(struct cli *c, const char *option, char *to, size_t size, struct err *e) NODISCARD; /* of a repeated option */
void disposal_said(struct cli *c, const char *en, const char *ja, const char *id); /* one line, or {"id":...,"done":true} */
void disposal_heads(struct text_table *t, struct cli *c, const char *const (*heads)[2], int n);
/* "a\nb" as "a, b". */
void disposal_joined(const char *list, char *out, size_t size);
#endif
