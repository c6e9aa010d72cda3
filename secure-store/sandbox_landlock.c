/* sandbox_landlock.c -- which files a worker may touch, by the kernel's Landlock. The system's header knows version 2 only: what came later is
 * written here as the kernel's interface gives it (linux/landlock.h of 6.12: version 3 truncate, 4 TCP, 5 ioctl, 6 abstract sockets and signals). */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "secure-store/sandbox_impl.h"

struct ruleset {
  uint64_t handled_fs, handled_net, scoped;
};
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_TCP 3ULL /* bind, connect */
#define SCOPE_ALL 3ULL /* abstract unix sockets, signals */
#define FS_FILE_READ LANDLOCK_ACCESS_FS_READ_FILE
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* No links, devices, sockets or pipes in the scratch folder: what is collected from it is plain files. */
#define FS_WRITE                                                                                                                                 \
  (FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
      LANDLOCK_ACCESS_FS_REMOVE_DIR | FS_TRUNCATE)
#define FS_OF_FILES (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

int sandbox_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? (int)version : 0;
}

static uint64_t all_of(int version) {
  uint64_t fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (version >= 2) fs |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) fs |= FS_TRUNCATE;
  if (version >= 5) fs |= FS_IOCTL_DEV;
  return fs;
}

static int allow(int ruleset, const char *path, uint64_t access) {
  struct stat st;
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
  if (fstat(fd, &st)) access = 0;
  else if (!S_ISDIR(st.st_mode)) access &= FS_OF_FILES;
  const struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
  int rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) ? errno : 0;
  close(fd);
  return rc;
}

static int allow_all(int ruleset, const char *const *paths, uint64_t access) {
  int rc = 0;
  for (; paths && *paths && !rc; paths++) rc = allow(ruleset, *paths, access);
  return rc;
}

static int fill(int ruleset, const struct sandbox_spec *spec, uint64_t all) {
  int rc = allow_all(ruleset, spec->read, FS_READ & all);
  if (!rc) rc = allow_all(ruleset, spec->execute, (FS_READ | LANDLOCK_ACCESS_FS_EXECUTE) & all);
  if (!rc && spec->scratch) rc = allow(ruleset, spec->scratch, FS_WRITE & all);
  if (!rc && spec->execute) rc = allow(ruleset, "/dev/null", (FS_FILE_READ | LANDLOCK_ACCESS_FS_WRITE_FILE) & all);
  return rc;
}

int sandbox_landlock_enter(const struct sandbox_spec *spec, int *version) {
  *version = sandbox_landlock_version();
  if (*version == 0) return ENOSYS;
  uint64_t all = all_of(*version);
  const struct ruleset attr = {all, *version >= 4 ? NET_TCP : 0, *version >= 6 ? SCOPE_ALL : 0};
  size_t size = *version >= 6 ? sizeof attr : *version >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, handled_net);
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
  if (ruleset < 0) return errno;
  int rc = fill(ruleset, spec, all);
  if (!rc && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) rc = errno;
  if (!rc && syscall(SYS_landlock_restrict_self, ruleset, 0)) rc = errno;
  close(ruleset);
  return rc;
}
