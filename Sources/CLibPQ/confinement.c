#define _GNU_SOURCE
#include "CLibPQ.h"

// What confines a server of our own: Landlock for files, TCP and signals, and a filter of system
// calls for all other connections. The kernel's headers may be older than the kernel, so the
// constants stand here; they are for ever. Only calls that are safe between fork and exec.

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { VERSION_FLAG = 1, PATH_BENEATH = 1 };

enum {
  EXECUTE = 1 << 0,
  WRITE_FILE = 1 << 1,
  READ_FILE = 1 << 2,
  READ_DIR = 1 << 3,
  REMOVE_DIR = 1 << 4,
  REMOVE_FILE = 1 << 5,
  MAKE_DIR = 1 << 7,
  MAKE_FILE = 1 << 8,
  MAKE_SOCKET = 1 << 9,
  MAKE_LINK = 1 << 12,
  REFER = 1 << 13,
  TRUNCATE = 1 << 14,
};

static const uint64_t files_rights[] = {
    // What versions 1, 2, 3 to 4, and 5 on know.
    (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1,
};
static const uint64_t of_files = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
static const uint64_t reading = READ_FILE | READ_DIR;
static const uint64_t writing = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE |
                                MAKE_DIR | MAKE_FILE | MAKE_SOCKET | MAKE_LINK | REFER | TRUNCATE;

struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

struct path_rule {
  uint64_t rights;
  int32_t parent;
} __attribute__((packed));

int strata_confinement_version(void) {
  long version = syscall(CREATE_RULESET, NULL, 0, VERSION_FLAG);
  return version < 0 ? 0 : (int)version;
}

static int allow(int rules, const char *const *paths, uint64_t rights) {
  for (; *paths; paths++) {
    struct path_rule rule = {rights, open(*paths, O_PATH | O_CLOEXEC)};
    struct stat information;
    if (rule.parent < 0) continue;
    if (fstat(rule.parent, &information) == 0 && !S_ISDIR(information.st_mode)) {
      rule.rights &= of_files;
    }
    long code = syscall(ADD_RULE, rules, PATH_BENEATH, &rule, 0);
    int error = errno;
    close(rule.parent);
    errno = error;
    if (code != 0) return -1;
  }
  return 0;
}

static int restrict_files(const strata_confinement *confinement) {
  int version = strata_confinement_version();
  if (version == 0) return 0;
  struct ruleset handled = {files_rights[version > 5 ? 4 : version - 1], 0, 0};
  // TCP: to bind and to connect. Then abstract sockets and signals to processes outside.
  if (version >= 4) handled.network = 3;
  if (version >= 6) handled.scoped = 3;
  size_t size = version >= 6 ? sizeof handled : version >= 4 ? 16 : 8;
  int rules = (int)syscall(CREATE_RULESET, &handled, size, 0);
  if (rules < 0) return -1;
  int code = allow(rules, confinement->executable, (EXECUTE | READ_FILE) & handled.files);
  if (code == 0) code = allow(rules, confinement->readable, reading & handled.files);
  if (code == 0) code = allow(rules, confinement->writable, writing & handled.files);
  if (code == 0) code = (int)syscall(RESTRICT_SELF, rules, 0);
  int error = errno;
  close(rules);
  errno = error;
  return code;
}

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))
#define SKIP_IF(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (count), 0)
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
enum { ASYNCHRONOUS_SETUP = 425, LOCAL_DOMAIN = 1, OTHER_WORD_SIZE = 0x40000000 };

// A server listens on a local socket and connects to nobody. Landlock knows of TCP alone.
static int refuse_connections(void) {
#ifdef OWN_ARCHITECTURE
  struct sock_filter filter[] = {
      LOAD(arch),
      SKIP_IF(OWN_ARCHITECTURE, 1),
      REFUSE(EPERM),
      LOAD(nr),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_WORD_SIZE, 0, 1),
      REFUSE(EPERM),
      SKIP_UNLESS(SYS_connect, 1),
      REFUSE(EACCES),
      SKIP_UNLESS(ASYNCHRONOUS_SETUP, 1),
      REFUSE(ENOSYS),
      SKIP_UNLESS(SYS_socket, 3),
      LOAD(args[0]),
      SKIP_IF(LOCAL_DOMAIN, 1),
      REFUSE(EACCES),
      ALLOW,
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
  return 0;
#endif
}

int strata_confine(const strata_confinement *confinement) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (restrict_files(confinement) != 0) return -1;
  if (!confinement->refuses_connections) return 0;
  // A kernel without filters is one without Landlock: what is promised there says so.
  if (refuse_connections() != 0 && errno != EINVAL && errno != ENOSYS) return -1;
  return 0;
}

#else

int strata_confinement_version(void) { return 0; }
int strata_confine(const strata_confinement *confinement) {
  (void)confinement;
  return 0;
}

#endif
