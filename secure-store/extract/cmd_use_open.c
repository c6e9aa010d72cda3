/* shirabe use open PACKAGE --identity FILE --keys PUB1,PUB2 --out DIR: the recipient's side; needs no store. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/extract/cmd_use_common.h"

enum { IDENTITY_MAX = 65536 };
struct opening {
  uint8_t *secret;
  char keys[2][MINISIGN_PUBLIC_TEXT];
};

/* --- identity: an age file of one identity, or an officer's key file --- */
static enum err_code from_lines(const char *path, struct str text, uint8_t secret[32], struct err *e) {
  bool found = false;
  while (text.n > 0) {
    char line[AGE_IDENTITY_BYTES + 1];
    struct str one = str_trim(str_split(text, '\n', &text));
    if (one.n == 0 || one.p[0] == '#') continue;
    if (found || one.n >= sizeof line) return ERR(e, E_EXTRACT_IDENTITY, .file = path, .subject = path);
    memcpy(line, one.p, one.n);
    line[one.n] = 0;
    enum err_code code = age_identity_parse(line, secret, NULL);
    wipe(line, sizeof line);
    if (code) return ERR(e, E_EXTRACT_IDENTITY, .file = path, .subject = path);
    found = true;
  }
  return found ? E_OK : ERR(e, E_EXTRACT_IDENTITY, .file = path, .subject = path);
}
static enum err_code from_key_file(struct cli *c, const char *path, uint8_t secret[32], struct err *e) {
  char *passphrase = NULL;
  struct officer_secret *officer = NULL;
  TRY(passphrase_of(path, cli_text(c, "passphrase-file"), false, &passphrase, e));
  enum err_code code = officer_key_open(path, passphrase, &officer, e);
  passphrase_free(passphrase);
  if (!code) memcpy(secret, officer->age, 32);
  officer_secret_free(officer);
  return code;
}
static enum err_code read_identity(struct cli *c, uint8_t secret[32], struct err *e) {
  const char *path = cli_text(c, "identity");
  uint8_t *p = NULL;
  size_t n;
  TRY(file_read(path, IDENTITY_MAX, &p, &n, e));
  bool sealed = n > 22 && memcmp(p, "age-encryption.org/v1\n", 22) == 0;
  enum err_code code = sealed ? from_key_file(c, path, secret, e) : from_lines(path, str_view((const char *)p, n), secret, e);
  wipe(p, n);
  free(p);
  return code;
}

/* --- public keys: the text itself, or a .pub file --- */
static enum err_code read_key(struct str one, char out[MINISIGN_PUBLIC_TEXT], struct err *e) {
  char path[4096];
  uint8_t *p = NULL, id[8], key[32];
  size_t n;
  one = str_trim(one);
  if (one.n == 0 || one.n >= sizeof path) return ERR(e, E_EXTRACT_KEYS, .subject = "--keys");
  memcpy(path, one.p, one.n);
  path[one.n] = 0;
  if (one.n < MINISIGN_PUBLIC_TEXT && minisign_public_parse(path, id, key, NULL) == E_OK) {
    memcpy(out, path, one.n + 1);
    return E_OK;
  }
  TRY(file_read(path, 4096, &p, &n, e));
  struct str rest = str_view((const char *)p, n), line = str_trim(str_split(rest, '\n', &rest));
  if (rest.n) line = str_trim(str_split(rest, '\n', &rest)); /* behind the comment */
  bool fits = line.n > 0 && line.n < MINISIGN_PUBLIC_TEXT;
  if (fits) memcpy(out, line.p, line.n), out[line.n] = 0;
  free(p);
  return fits && minisign_public_parse(out, id, key, NULL) == E_OK
             ? E_OK
             : ERR(e, E_MINISIGN_FORMAT, .file = path, .subject = path, .expected = "a minisign public key");
}
static enum err_code read_keys(struct cli *c, struct opening *o, struct err *e) {
  struct str rest = str_of(cli_text(c, "keys")), first = str_split(rest, ',', &rest);
  TRY(read_key(first, o->keys[0], e));
  return read_key(rest, o->keys[1], e);
}

static void print(struct cli *c, const struct manifest_read *m) {
  char until[32];
  time_format_jst(m->head.until, until);
  if (cli_json(c)) {
    fwrite(m->statement.p, 1, m->statement.n, cli_out(c));
    fputc('\n', cli_out(c));
    return;
  }
  fprintf(cli_out(c),
      cli_say(c, "package %s: both signatures, the manifest and %d files hold\n%lld rows of %s for %s\nto be destroyed by %.10s\n",
          "提供物 %s：二つの署名、目録、%d 個のファイルを確認しました\n%lld 件（%s）、利用者 %s\n廃棄期日 %.10s\n"),
      m->head.provision, m->m.n_files, (long long)m->m.rows, m->head.dataset, m->head.person, until);
  if (m->head.demo) fprintf(cli_out(c), "%s\n", cli_say(c, "made in a demonstration store", "実演用の保管庫で作られました"));
}
static enum err_code work(struct cli *c, struct opening *o, struct manifest_read *m, struct err *e) {
  bool locked;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  o->secret = secret_new(32, &locked);
  if (!o->secret) return ERR(e, E_NO_MEMORY, .subject = "identity");
  TRY(read_keys(c, o, e));
  TRY(read_identity(c, o->secret, e));
  const struct package_open_request q = {
      .path = cli_operand(c, 0), .secret = o->secret, .public_keys = {o->keys[0], o->keys[1]}, .out_folder = cli_text(c, "out"), .job = cli_job(c),
          .strict = cli_flag(c, "strict")};
  return package_open(&q, cli_job(c)->arena, m, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct opening o = {.secret = NULL};
  struct manifest_read *m = ARENA_NEW(cli_job(c)->arena, struct manifest_read);
  enum err_code code = m ? work(c, &o, m, &e) : ERR(&e, E_NO_MEMORY, .subject = "open");
  if (o.secret) secret_free(o.secret);
  if (!code) print(c, m);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_use_open = {
    .noun = "use",
    .verb = "open",
    .summary_en = "open a package as its recipient, after checking everything",
    .summary_ja = "受領者として提供物を検証し、開く",
    .detail_en =
        "Checks both officers' signatures before decrypting, then the manifest, every file and that the package was made for this key. DIR appears "
        "when all of it "
        "holds, or not at all. What is inside is unpacked by a worker without your key, files or network. Needs no store. (Debian's own "
        "tools open it too: `minisign -V`, `age -d -o FILE`, `tar --zstd -xf`; give age -o and "
        "look at its "
        "exit status, since it prints what it has read before it meets an error.)",
    .detail_ja =
        "復号の前に二人の担当者の署名を、復号後に目録、全ファイル、この鍵あてであることを確認します。すべて正しいときだけ DIR "
        "が現れます。中身は鍵もファイルもネットワークも持たない別プロセスで展開します。保管庫は不要です。"
        "（Debian の minisign -V、age -d -o FILE、tar --zstd -xf でも開けます。age には必ず -o を付け、終了状態を確認してください。）",
    .options = (const struct option_record[]){{.name = "identity",
                                                  .kind = OPT_FILE,
                                                  .value_name = "FILE",
                                                  .help_en = "AGE-SECRET-KEY-1..., or an officer's key file",
                                                  .help_ja = "AGE-SECRET-KEY-1… のファイル、または担当者の鍵ファイル",
                                                  .required = true},
        {.name = "keys",
            .kind = OPT_TEXT,
            .value_name = "PUB1,PUB2",
            .help_en = "public keys of the two officers (text or .pub file), not taken from the package",
            .help_ja = "二人の担当者の公開鍵（文字列か .pub ファイル）。提供物以外から入手",
            .required = true},
        {.name = "out",
            .kind = OPT_DIRECTORY,
            .value_name = "DIR",
            .help_en = "folder that appears; must not exist",
            .help_ja = "作られるフォルダー（存在してはならない）",
            .required = true},
        {.name = "strict", .kind = OPT_FLAG, .help_en = "refuse where Landlock or seccomp is missing (else a warning)",
            .help_ja = "Landlock か seccomp がなければ開かない（指定なしは警告）"},
        STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "PACKAGE",
                                                    .help_en = "extract-....tar.zst.age, its two .minisig files beside it",
                                                    .help_ja = "extract-….tar.zst.age（二つの .minisig を同じ場所に）",
                                                    .required = true},
        {.name = NULL}},
    .examples =
        (const struct example[]){{"shirabe use open extract-g-2026-1.tar.zst.age --identity own.key --keys provider.pub,manager.pub --out g-2026-1",
                                     "keys from the letter of approval", "承諾通知に記された公開鍵を使う"},
            {"shirabe use open extract-g-2026-1.tar.zst.age --identity own.key --keys provider.pub,manager.pub --out g-2026-1 --json",
                "prints the signed statement", "署名された記述を表示"},
            {.command = NULL}},
    .run = run,
};
