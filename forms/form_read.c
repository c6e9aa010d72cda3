/* form_read.c -- the order of the steps, the choice of a version, surveys and where the library lies. */
#include "forms/form_impl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool file_has_place(const char *name) {
  static const char *const known[] = {"form.json", "items.csv", "checks.csv", "impute.csv", "tables.csv", "design.json", "plan.json", "process.json", "group_checks.csv"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(name, known[i]) == 0) return true;
  size_t n = strlen(name);
  return n > 4 && strcmp(name + n - 4, ".csv") == 0 && (strncmp(name, "codes/", 6) == 0 || strncmp(name, "map/", 4) == 0 || strncmp(name, "design/", 7) == 0);
}

static enum err_code read_specs(struct form_reader *r) {
  for (int i = 0; i < r->files->n_files; i++) {
    const struct form_file *f = &r->files->files[i];
    if (!file_has_place(f->name)) PROBLEM(r, E_FORM_STRANGE_FILE, .file = f->path, .subject = f->name);
    if (strcmp(f->name, "design.json") == 0) r->form->design_json = f->text.p;
    if (strcmp(f->name, "plan.json") == 0) r->form->plan_json = f->text.p;
    if (strcmp(f->name, "process.json") == 0) r->form->process_json = f->text.p;
  }
  return E_OK;
}

static enum err_code run_steps(struct form_reader *r, struct err *e) {
  TRY(read_specs(r));
  TRY(form_read_head(r, e));
  TRY(form_read_codes(r, e));
  TRY(form_read_items(r, e));
  if (!r->form->items) return E_OK;
  form_check_items(r);
  TRY(form_read_keys(r, e));
  TRY(form_compile_items(r, e));
  TRY(form_read_checks(r, e));
  TRY(form_read_group_checks(r, e));
  TRY(form_read_tables(r, e));
  form_check_lists(r);
  return form_hash(r, e);
}

enum err_code form_build(struct arena *a, const struct job *job, const struct form_files *files, const char *forms, struct form **out,
    int64_t *n_problems, struct err *e) {
  struct form_reader r = {.a = a, .job = job, .files = files, .forms = forms, .form = ARENA_NEW(a, struct form)};
  struct json_document *head = NULL;
  struct err problem = {0};
  *out = NULL;
  if (n_problems) *n_problems = 0;
  if (!r.form) return reader_no_memory(&r, e);
  *r.form = (struct form){.folder = files->folder, .event_date = "", .office_item = "", .frame = "register"};
  const struct form_file *f = form_files_find(files, "form.json");
  enum err_code code = E_OK;
  if (!f) PROBLEM(&r, E_FORM_NO_FILE, .file = files->folder, .subject = "form.json");
  else if (json_parse(f->path, f->text.p, f->text.n, &head, &problem) == E_NO_MEMORY) code = reader_no_memory(&r, e);
  else if (problem.code) reader_take(&r, &problem);
  else {
    r.head = json_root(head);
    r.head_path = f->path;
    code = run_steps(&r, e);
  }
  json_release(head);
  if (n_problems) *n_problems = r.n_problems;
  if (code) return code;
  if (r.no_memory) return reader_no_memory(&r, e);
  if (r.n_problems) {
    if (e) *e = r.first;
    return r.first.code;
  }
  *out = r.form;
  return E_OK;
}

/* --- the choice of a version --- */
static bool head_day(const struct json_value *head, const char *name, int64_t empty, int64_t *out) {
  struct str s = str_of(json_member_string(head, name, ""));
  *out = empty;
  return s.n == 0 || date_parse_iso(s, out);
}

/* The newest version by `since` among those valid on the day; a folder whose form.json cannot be read is an error, not passed over. */
static enum err_code choose_version(struct arena *a, const char *folder, const char *form_id, int64_t day, const char **out, struct err *e) {
  const char **names;
  int n;
  int64_t best = 0;
  TRY(folder_names(a, folder, &names, &n, e));
  if (!n) return ERR(e, E_FORM_FOLDER, .file = folder, .subject = form_id);
  *out = NULL;
  for (int i = 0; i < n; i++) {
    struct str text;
    struct json_document *d;
    int64_t since, until;
    const char *path = arena_printf(a, "%s/%s/form.json", folder, names[i]);
    if (!path) return ERR(e, E_NO_MEMORY, .subject = folder);
    if (access(path, F_OK) != 0) continue; /* not a version folder */
    TRY(form_file_load(a, path, &text, e));
    TRY(json_parse(path, text.p, text.n, &d, e));
    bool dates = head_day(json_root(d), "since", INT64_MIN, &since) && head_day(json_root(d), "until", INT64_MAX, &until);
    json_release(d);
    if (!dates) return ERR(e, E_FORM_DATE, .file = path, .subject = "since", .expected = "YYYY-MM-DD or empty");
    bool valid = day == INT64_MIN || (since <= day && day <= until);
    if (valid && (!*out || since >= best)) {
      best = since;
      *out = names[i];
    }
  }
  return *out ? E_OK : ERR(e, E_FORM_VERSION, .file = folder, .subject = form_id);
}

enum err_code form_read(struct arena *a, const struct job *job, const char *forms, const char *survey_id, const char *form_id, const char *version,
    int64_t day, struct form **out, int64_t *n_problems, struct err *e) {
  struct form_files files;
  *out = NULL;
  if (n_problems) *n_problems = 0;
  const char *folder = arena_printf(a, "%s/library/%s/%s", forms, survey_id, form_id);
  if (!folder) return ERR(e, E_NO_MEMORY, .subject = form_id);
  if (!version) TRY(choose_version(a, folder, form_id, day, &version, e));
  folder = arena_printf(a, "%s/%s", folder, version);
  if (!folder) return ERR(e, E_NO_MEMORY, .subject = form_id);
  TRY(form_files_load(a, folder, &files, e));
  return form_build(a, job, &files, forms, out, n_problems, e);
}

/* PREFIX/share/shirabe/forms beside PREFIX/bin of the running program: an installed tree may be moved or packed as a whole. */
static bool beside_program(char *path, size_t size) {
  static const char below[] = "/share/shirabe/forms";
  ssize_t n = readlink("/proc/self/exe", path, size);
  if (n <= 0 || (size_t)n >= size) return false;
  path[n] = '\0';
  for (int level = 0; level < 2; level++) { /* off with the program's name, then with bin */
    char *slash = strrchr(path, '/');
    if (!slash) return false;
    *slash = '\0';
  }
  if (strlen(path) + sizeof below > size) return false;
  memcpy(path + strlen(path), below, sizeof below);
  return access(path, R_OK | X_OK) == 0;
}

const char *forms_folder(void) {
  static char path[4096];
  const char *set = getenv("SHIRABE_FORMS");
  if (set && *set) return set;
  return beside_program(path, sizeof path) ? path : "forms";
}
