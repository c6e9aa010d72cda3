/* cmd_officers.h -- what the commands of officers share: their keys on the command line, the list of who holds what, and share files. */
#ifndef SHIRABE_SECURE_STORE_CMD_OFFICERS_H
#define SHIRABE_SECURE_STORE_CMD_OFFICERS_H
#include "secure-store/cmd_store_open.h"
#include "secure-store/share_set.h"

#define OFFICERS_OPTION_OFFICER                                                                                                    \
  {.name = "officer", .kind = OPT_REPEAT, .value_name = "KEYFILE",                                                                 \
   .help_en = "key file of an officer who unlocks; as many as the threshold asks for", .help_ja = "解錠する担当者の鍵ファイル（必要人数分）"}
#define OFFICERS_OPTION_PASSPHRASE                                                                                                 \
  {.name = "passphrase-file", .kind = OPT_REPEAT, .value_name = "FILE",                                                            \
   .help_en = "file with a passphrase, one for each key file in their order; else asked on the terminal",                          \
   .help_ja = "パスフレーズのファイル（鍵ファイルの順に一つずつ）。なければ端末で質問"}
#define OFFICERS_OPTION_SHARE                                                                                                      \
  {.name = "share", .kind = OPT_REPEAT, .value_name = "FILE",                                                                      \
   .help_en = "exported share NAME.NNN.age for each --officer, when the one in the keystore is damaged",                           \
   .help_ja = "鍵ファイル内のシェアが破損したとき：書き出したシェア NAME.NNN.age を --officer ごとに一つ"}

struct cmd_officers {
  struct store_officer officer[SHARE_HOLDERS_MAX], authority[SHARE_HOLDERS_MAX];
  int n, n_authority;
};
/* --officer, --authority (when the command has it), --share and --passphrase-file. Passphrase files: none, or one for each key file.
 * E_USAGE_VALUE. */
enum err_code cmd_officers_take(struct cli *c, bool with_authority, struct cmd_officers *out, struct err *e) NODISCARD;
/* With --officer by shares; else as every command does. */
enum err_code cmd_officers_unlock(struct cli *c, const struct cmd_officers *officers, struct store **out, struct err *e) NODISCARD;

/* Register, roles and shares of an open or locked store, as a table or as JSON. */
enum err_code cmd_officers_print(struct cli *c, struct store *s, struct err *e) NODISCARD;
/* Every share as NAME.NNN.age: root-e1-officer-a.025.age, authority-e1-....age. The folder is made; existing files stay (E_FILE_EXISTS). */
enum err_code cmd_officers_export(const char *store_folder, const char *folder, int *n, struct err *e) NODISCARD;
/* "2/3". */
bool cmd_officers_threshold(const char *text, int *m, int *n);
#endif
