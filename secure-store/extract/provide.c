/* provide.c -- from a grant to a package; see provide.h for the order of things. */
#include "secure-store/extract/provide.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "secure-store/extract/provide_impl.h"
#include "secure-store/extract/source.h"
#include "secure-store/rights/grant_limits.h"
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

enum { PATH_BYTES = 4096 };

/* --- who may --- */
static enum err_code signer_error(const struct officer *o, const char *found, struct err *e) {
  return ERR(e, E_EXTRACT_SIGNER, .subject = o->id, .found = found);
}
static enum err_code holder(struct store *s, const struct officer_secret *secret, struct officer *o, struct err *e) {
  char text[MINISIGN_PUBLIC_TEXT];
  TRY(officer_of_key(s, secret->sign.key_id, o, e));
  if (o->retired) return ERR(e, E_OFFICER_RETIRED, .subject = o->id);
  minisign_public_text(&secret->sign, text);
  return strcmp(text, o->minisign_public) == 0 ? E_OK : ERR(e, E_OFFICER_UNKNOWN, .subject = o->id, .expected = "the registered key");
}
/* The builder's own conditions are those of grant_enter_to_provide. */
static enum err_code check_signers(struct store *s, const struct grant *g, const struct officer *builder, const struct officer *signer,
    const struct officer *person, struct err *e) {
  struct officer requester;
  role_set roles = 0;
  int64_t now;
  if (officer_same_person(builder, signer)) return signer_error(signer, "the same person twice", e);
  if (officer_same_person(signer, person)) return signer_error(signer, "the user of the grant", e);
  TRY(officer_find(s, g->requester, &requester, e));
  if (officer_same_person(signer, &requester)) return signer_error(signer, "the requester of the grant", e);
  TRY(store_now(s, &now, e));
  TRY(roles_of(s, signer->id, now, &roles, e));
  return roles & (ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_CHIEF)) ? E_OK : signer_error(signer, "neither manager nor chief", e);
}

/* --- which number --- */
static int64_t provisions_of(struct store *s, const char *grant) {
  struct record r = {.seq = 0};
  char prefix[RECORD_OBJECT_BYTES];
  size_t n = (size_t)snprintf(prefix, sizeof prefix, "provision:%s", grant);
  int64_t count = 0;
  for (uint64_t from = 0; record_next(s, prefix, from, &r); from = r.seq + 1) count += r.object[n] == 0 || r.object[n] == '.';
  return count;
}

/* --- one provision --- */
struct providing {
  struct store *s;
  const struct provide_request *q;
  struct provide_result *out;
  struct arena *a;
  struct grant g;
  uint8_t subject[32];
  struct officer builder, signer, person;
  struct extract_source source;
  struct extract_head head;
  struct provision record;
  struct row_key key;
  char provision[PACKAGE_PROVISION], object[LOG_OBJECT_BYTES], work[PATH_BYTES], path[PATH_BYTES + 512]; /* work: the folder nobody sees */
};

/* Before anything is read; grant_take decides at the hand-over. */
static enum err_code check_exports(const struct providing *p, struct err *e) {
  struct grant_usage usage;
  char allowed[32];
  int64_t now;
  TRY(store_now(p->s, &now, e));
  grant_usage_of(p->s, p->g.id, now, &usage);
  snprintf(allowed, sizeof allowed, "%lld", (long long)p->g.limits.exports);
  return p->g.limits.exports >= 0 && usage.in_all[COUNT_EXPORTS] >= p->g.limits.exports
             ? ERR(e, E_EXTRACT_EXPORTS, .subject = p->g.id, .expected = allowed)
             : E_OK;
}
static enum err_code check_rights(struct providing *p, struct err *e) {
  struct store *s = p->s;
  TRY(grant_find(s, p->a, p->q->grant, &p->g, p->subject, e));
  TRY(holder(s, p->q->builder, &p->builder, e));
  TRY(holder(s, p->q->signer, &p->signer, e));
  TRY(officer_find(s, p->g.person, &p->person, e));
  if (p->person.retired) return ERR(e, E_OFFICER_RETIRED, .subject = p->person.id);
  TRY(check_signers(s, &p->g, &p->builder, &p->signer, &p->person, e));
  TRY(check_exports(p, e));
  int64_t number = provisions_of(s, p->g.id) + 1;
  if (number == 1) snprintf(p->provision, sizeof p->provision, "%s", p->g.id);
  else snprintf(p->provision, sizeof p->provision, "%s.%lld", p->g.id, (long long)number);
  snprintf(p->out->folder, sizeof p->out->folder, "%s/extract-%s", p->q->out_folder, p->provision);
  struct stat st;
  return lstat(p->out->folder, &st) == 0 ? ERR(e, E_EXTRACT_EXISTS, .file = p->out->folder, .subject = p->out->folder) : E_OK;
}

/* --- head --- */
static enum err_code program_hash(char hex[65], struct err *e) {
  struct sha256 h;
  uint8_t piece[1 << 16], hash[HASH_BYTES];
  size_t n;
  FILE *f = fopen("/proc/self/exe", "rbe");
  if (!f) return ERR(e, E_FILE_OPEN, .file = "/proc/self/exe", .subject = "/proc/self/exe", .found = strerrordesc_np(errno));
  sha256_begin(&h);
  while ((n = fread(piece, 1, sizeof piece, f)) > 0) sha256_add(&h, piece, n);
  fclose(f);
  sha256_end(&h, hash);
  hex_encode(hash, sizeof hash, hex);
  return E_OK;
}
static enum err_code fill_head(struct providing *p, int64_t access, struct err *e) {
  struct extract_head *h = &p->head;
  const struct form *f = p->source.form;
  const struct office *office = store_office(p->s);
  *h = (struct extract_head){.provision = p->provision,
      .grant = p->g.id,
      .basis = grant_basis_text(p->g.basis),
      .purpose = p->g.purpose,
      .output_rule = p->g.output_rule,
      .place = p->g.place,
      .person = p->person.id,
      .person_name = p->person.name,
      .organisation = p->person.organisation,
      .recipient = p->person.age_recipient,
      .office = office->id,
      .office_name = office->name_ja,
      .dataset = p->source.dataset,
      .survey = p->source.key.survey,
      .form = p->source.key.form,
      .version = f ? f->version : "",
      .period = p->source.key.period,
      .stage = p->source.key.stage,
      .title_ja = f ? f->title_ja : p->source.dataset,
      .title_en = f ? f->title_en : "",
      .from = p->g.from,
      .until = p->g.until,
      .log_index = access,
      .demo = office->light};
  TRY(store_now(p->s, &h->made, e));
  row_mark_text(&p->key, h->mark);
  hex_encode(p->subject, 32, h->grant_sha256);
  hex_encode(p->s->state_root, 32, h->state_root);
  extract_schema_hash(&p->source, h->schema_sha256);
  snprintf(h->form_sha256, sizeof h->form_sha256, "%s", f ? f->hash_hex : "");
  return program_hash(h->program_sha256, e);
}
static enum err_code fill_key(struct providing *p, struct err *e) {
  struct provision *r = &p->record;
  *r = (struct provision){.provision = p->provision,
      .grant = p->g.id,
      .person = p->person.id,
      .dataset = p->source.dataset,
      .recipient = p->person.age_recipient,
      .signer = {p->builder.id, p->signer.id},
      .n_units = p->source.n_units,
      .units = p->source.units,
      .shard_hash = p->source.shard_hash,
      .columns = p->source.names,
      .n_columns = p->source.n_columns};
  memcpy(r->grant_sha256, p->subject, 32);
  random_bytes(r->salt, sizeof r->salt);
  return provision_key(p->s, p->provision, p->subject, r->salt, &p->key, e);
}

/* --- package --- */
static enum err_code build_package(struct providing *p, const struct frame *f, struct err *e) {
  struct package package;
  struct strbuf statement, manifest, proof;
  const struct minisign_key *const keys[2] = {&p->q->builder->sign, &p->q->signer->sign};
  struct manifest m = {.head = &p->head, .rows = f->n_rows, .columns = p->source.names, .n_columns = p->source.n_columns};
  strbuf_init(&statement, MANIFEST_MAX);
  strbuf_init(&manifest, MANIFEST_MAX * (size_t)2);
  strbuf_init(&proof, 1 << 20);
  package_init(&package, p->work, p->q->level);
  enum err_code code = access_log_proof(p->s->log.tree, store_log_signer(p->s), (uint64_t)p->head.log_index, &proof, e);
  if (!code) code = package_put(&package, "provision.tlog-proof", str_view(proof.p, proof.n), e);
  if (!code) code = provide_members(&package, store_job(p->s), f, &p->head, p->q->formats, e);
  if (!code) package_files(&package, &m);
  if (!code) code = manifest_statement(&m, &statement, e);
  if (!code) code = manifest_seal(str_view(statement.p, statement.n), keys, &manifest, e);
  if (!code) code = package_write(&package, str_view(manifest.p, manifest.n), p->head.recipient, p->path, &p->out->outside, e);
  package_release(&package);
  strbuf_release(&statement);
  strbuf_release(&manifest);
  strbuf_release(&proof);
  return code;
}
static enum err_code build(struct providing *p, struct err *e) {
  struct frame f;
  enum err_code code = frame_fill(&f, p->a, store_job(p->s), p->source.columns, p->source.n_columns, &p->source.frame, &p->key, p->work, e);
  p->out->rows = f.n_rows, p->out->columns = f.n_columns;
  if (!code) code = build_package(p, &f, e);
  frame_release(&f);
  return code;
}

/* --- leaves --- */
static struct log_entry entry_of(const struct providing *p, const char *action) {
  struct log_entry entry = {.action = action, .object = p->object, .purpose = grant_basis_text(p->g.basis), .rows = p->out->rows};
  memcpy(entry.output_hash, p->out->outside.sha256, 32);
  return entry;
}
static enum err_code put_record(struct providing *p, struct err *e) {
  struct provision *r = &p->record;
  struct strbuf text;
  char hex[65], object[RECORD_OBJECT_BYTES];
  hex_encode(p->out->outside.sha256, 32, hex);
  r->package_sha256 = hex, r->rows = p->out->rows, r->tar_bytes = (int64_t)p->out->outside.tar_bytes, r->made = p->head.made,
  r->log_index = p->head.log_index;
  snprintf(object, sizeof object, "provision:%s", p->provision);
  strbuf_init(&text, RECORD_TEXT_MAX);
  enum err_code code = provision_text(r, &text, e);
  if (!code)
    code = record_put(p->s,
        &(struct record_entry){.action = "package-build",
            .object = object,
            .role = LOG_ROLE_PROVIDER,
            .actor = p->q->builder->sign.key_id,
            .sealed = true,
            .grant = p->g.id,
            .basis = grant_basis_text(p->g.basis),
            .text = str_view(text.p, text.n)},
        e);
  strbuf_release(&text);
  r->package_sha256 = NULL;
  return code;
}
/* Record and outcome in one commit: what was built can be traced, or was not built. */
static enum err_code close_build(struct providing *p, int64_t access, struct err *e) {
  const struct log_entry entry = entry_of(p, "package-build");
  TRY(store_begin_plain(p->s, e));
  enum err_code code = put_record(p, e);
  if (!code) code = store_log_outcome(p->s, access, &entry, true, e);
  if (!code) return store_commit(p->s, e);
  store_rollback(p->s);
  return code;
}
static enum err_code read_and_build(struct providing *p, struct err *e) {
  struct log_entry entry = entry_of(p, "package-build");
  int64_t access;
  TRY(fill_key(p, e));
  TRY(store_log_intent(p->s, &entry, &access, e));
  p->source.access = access;
  enum err_code code = fill_head(p, access, e);
  if (!code) code = build(p, e);
  if (!code) code = close_build(p, access, e);
  if (!code) return E_OK;
  entry = entry_of(p, "package-build");
  struct err second;
  if (store_log_is_open(p->s, access) && store_log_outcome(p->s, access, &entry, false, &second)) job_problem(store_job(p->s), &second);
  return code;
}
typedef enum err_code (*step_fn)(struct providing *p, struct err *e);
static enum err_code logged_step(struct providing *p, const char *action, step_fn step, struct err *e) {
  const struct log_entry entry = entry_of(p, action);
  int64_t intent;
  struct err second;
  TRY(store_log_intent(p->s, &entry, &intent, e));
  enum err_code code = step(p, e);
  enum err_code logged = store_log_outcome(p->s, intent, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
static enum err_code sign_both(struct providing *p, struct err *e) {
  TRY(provide_signature(p->path, 1, &p->out->outside, &p->q->builder->sign, e));
  return provide_signature(p->path, 2, &p->out->outside, &p->q->signer->sign, e);
}
/* Signing opens no data: its leaves are not the grant's, and count as none of its queries. */
static enum err_code sign_aside(struct providing *p, struct err *e) {
  struct grant_session *held = p->s->grant;
  p->s->grant = NULL;
  enum err_code code = logged_step(p, "package-sign", sign_both, e);
  p->s->grant = held;
  return code;
}
static enum err_code hand_over(struct providing *p, struct err *e) {
  int number = io_fault_check();
  if (!number && renameat2(AT_FDCWD, p->work, AT_FDCWD, p->out->folder, RENAME_NOREPLACE) != 0) number = errno;
  if (number == EEXIST) return ERR(e, E_EXTRACT_EXISTS, .file = p->out->folder, .subject = p->out->folder);
  if (number)
    return ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = p->out->folder, .subject = p->out->folder, .found = strerrordesc_np(number));
  p->work[0] = 0;
  return provide_sync_folder(p->q->out_folder, e);
}

/* --- the folder nobody sees --- */
static void remove_folder(const char *path) {
  DIR *d = opendir(path);
  for (struct dirent *entry; d && (entry = readdir(d));)
    if (entry->d_name[0] != '.') unlinkat(dirfd(d), entry->d_name, 0);
  if (d) closedir(d);
  rmdir(path);
}
/* Folders of builds whose process is gone: they hold ciphertext without signatures. */
static void sweep(const char *folder) {
  DIR *d = opendir(folder);
  char path[PATH_BYTES + 512];
  for (struct dirent *entry; d && (entry = readdir(d));) {
    const char *dot = strrchr(entry->d_name, '~');
    if (strncmp(entry->d_name, ".extract-", 9) != 0 || !dot) continue;
    long pid = strtol(dot + 1, NULL, 10);
    if (pid <= 0 || pid == (long)getpid() || (kill((pid_t)pid, 0) == 0 || errno != ESRCH)) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    remove_folder(path);
  }
  if (d) closedir(d);
}
static enum err_code make_work(struct providing *p, struct err *e) {
  TRY(make_directories(p->q->out_folder, 0755, e));
  sweep(p->q->out_folder);
  int n = snprintf(p->work, sizeof p->work, "%s/.extract-%s~%ld", p->q->out_folder, p->provision, (long)getpid());
  if (n < 0 || (size_t)n >= sizeof p->work) {
    p->work[0] = 0;
    return ERR(e, E_FILE_WRITE, .subject = p->q->out_folder, .found = strerrordesc_np(ENAMETOOLONG));
  }
  remove_folder(p->work);
  int number = io_fault_check();
  if (!number && mkdir(p->work, 0755) != 0) number = errno;
  if (number) return ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = p->work, .subject = p->work, .found = strerrordesc_np(number));
  snprintf(p->path, sizeof p->path, "%s/extract-%s" PACKAGE_SUFFIX, p->work, p->provision);
  return E_OK;
}

/* --- all of it --- */
static enum err_code enter(struct providing *p, struct err *e) {
  TRY(officer_sign_in(p->s, p->q->builder, e));
  return grant_enter_to_provide(p->s, p->a, p->g.id, p->builder.id, e);
}
static enum err_code prepare(struct providing *p, struct err *e) {
  TRY(check_rights(p, e));
  TRY(extract_source_open(p->s, p->a, &p->g, p->q->dataset, p->q->forms, &p->source, e));
  snprintf(p->object, sizeof p->object, "package:%s dataset:%.200s", p->provision, p->source.dataset);
  snprintf(p->out->outside.provision, sizeof p->out->outside.provision, "%s", p->provision);
  return E_OK;
}
static enum err_code run(struct providing *p, struct err *e) {
  enum err_code code = prepare(p, e);
  if (code) return store_refuse(p->s, "package-build", p->q->grant, e);
  TRY(enter(p, e)); /* refusals have left their leaf */
  code = make_work(p, e);
  if (!code) code = read_and_build(p, e);
  if (!code) code = sign_aside(p, e);
  /* Charged at the last moment, so that a build that failed or was killed uses up no export. */
  if (!code) code = grant_take(p->s, COUNT_EXPORTS, 1, e);
  grant_leave(p->s);
  return code ? code : logged_step(p, "package-handover", hand_over, e);
}
enum err_code provide(struct store *s, const struct provide_request *q, struct provide_result *out, struct err *e) {
  struct arena *a = arena_new(0);
  struct providing *p = a ? ARENA_NEW(a, struct providing) : NULL;
  memset(out, 0, sizeof *out);
  if (!p) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = "provide");
  }
  p->s = s, p->q = q, p->out = out, p->a = a;
  out->demo = store_office(s)->light;
  enum err_code code = run(p, e);
  grant_leave(s);
  if (p->work[0]) remove_folder(p->work);
  wipe(&p->key, sizeof p->key);
  arena_free(a);
  return code;
}
