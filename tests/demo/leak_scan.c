/* leak_scan FOLDER VALUES -- are these values anywhere in the bytes of this folder? One value per line of the file VALUES (see
 * tests/fault/leak_scan.h). Exit status 0: none found; 1: found, each with file and offset; 66: something could not be read. */
#include "tests/fault/leak_scan.h"

static bool plant_file(struct leak_scan *s, const char *path) {
  char line[1024];
  FILE *f = fopen(path, "re");
  bool ok = f != NULL;
  while (ok && fgets(line, sizeof line, f)) {
    line[strcspn(line, "\r\n")] = 0;
    ok = leak_plant_line(s, line);
  }
  if (f) fclose(f);
  return ok && s->n_patterns > 0;
}

int main(int argc, char **argv) {
  struct leak_scan s = {.to = stdout};
  if (argc != 3) {
    fprintf(stderr, "leak_scan FOLDER VALUES\n");
    return 64;
  }
  bool ok = plant_file(&s, argv[2]) && leak_scan_folder(&s, argv[1]);
  if (!ok) fprintf(stderr, "leak_scan: cannot read %s or %s\n", argv[1], argv[2]);
  else
    printf("leak_scan: %d patterns, %lld files, %lld bytes, %lld found\n", s.n_patterns, (long long)s.files, (long long)s.bytes, (long long)s.hits);
  int status = !ok ? 66 : s.hits > 0;
  leak_scan_release(&s);
  return status;
}
