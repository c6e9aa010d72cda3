/* replay.c -- feeds files, or every file of folders, to a fuzz target without a fuzzer: the corpus as an ordinary test.
 * A target that finds a fault aborts, so reaching the last line means that every input passed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int replay_file(const char *path) {
  FILE *f = fopen(path, "rb");
  struct stat st;
  if (!f || stat(path, &st) != 0) {
    fprintf(stderr, "replay: cannot read %s\n", path);
    if (f) fclose(f);
    return -1;
  }
  size_t n = (size_t)st.st_size;
  uint8_t *p = malloc(n ? n : 1); /* exactly as long as the input, so that a read beyond it is seen */
  int result = p && fread(p, 1, n, f) == n ? 1 : -1;
  fclose(f);
  if (result > 0) {
    fprintf(stderr, "replay: %s\n", path);
    LLVMFuzzerTestOneInput(p, n);
  }
  free(p);
  return result;
}
static int is_input(const struct dirent *d) { return d->d_name[0] != '.'; }
static int replay_folder(const char *path) {
  struct dirent **entries;
  int n = scandir(path, &entries, is_input, alphasort), passed = 0;
  if (n < 0) return -1;
  for (int i = 0; i < n; i++) {
    char file[4096];
    snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
    if (passed >= 0) passed = replay_file(file) > 0 ? passed + 1 : -1;
    free(entries[i]);
  }
  free(entries);
  return passed;
}

int main(int argc, char **argv) {
  int passed = 0;
  for (int i = 1; i < argc; i++) {
    struct stat st;
    int got = stat(argv[i], &st) != 0 ? -1 : S_ISDIR(st.st_mode) ? replay_folder(argv[i]) : replay_file(argv[i]);
    if (got < 0) {
      fprintf(stderr, "replay: cannot read %s\n", argv[i]);
      printf("%d passed, 1 failed\n", passed);
      return 1;
    }
    passed += got;
  }
  printf("%d passed, 0 failed\n", passed);
  return passed > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
