/* A program of an image that does what its first argument says, well or badly. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char block[65536];

static int is(const char *verb, const char *name) { return strcmp(verb, name) == 0; }

/* What WASI calls it, which the same tests expect. */
static int refusal(int answer) {
  if (answer >= 0) return 0;
  return errno == EROFS || errno == EACCES ? 69 : errno;
}

static void in_out(void) {
  if (chdir("/iexec_out") != 0) exit(90);
}

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (!file) exit(91);
  fputs(text, file);
  fclose(file);
}

static void tell(int count, char **words) {
  printf("app");
  for (int n = 1; n < count; n++) printf(" %s", words[n]);
  printf("\nIEXEC_IN=%s ACCENT=%s\n", getenv("IEXEC_IN"), getenv("ACCENT"));
  printf("%s %s\n", access("/iexec_in", R_OK) ? "" : "/iexec_in", access("/iexec_out", W_OK) ? "" : "/iexec_out");
  int fd = open("/iexec_in/dir/in.txt", O_RDONLY);
  ssize_t size = read(fd, block, sizeof block);
  printf("%.*s\n", (int)size, block);
}

static void write_result(char *path, const char *text) {
  char json[512];
  in_out();
  char *slash = strchr(path, '/');
  if (slash) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
  put(path, text);
  snprintf(json, sizeof json, "{\"deterministic-output-path\":\"/iexec_out/%s\"}", path);
  put("computed.json", json);
  fprintf(stderr, "wrote\n");
}

static void spoil(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/iexec_in/%s", name);
  printf("%d ", refusal(open(path, O_RDWR)));
  printf("%d ", refusal(open(path, O_WRONLY | O_TRUNC)));
  printf("%d\n", refusal(unlink(path)));
}

static void huge(double length) {
  in_out();
  int fd = open("huge", O_CREAT | O_WRONLY, 0600);
  for (double done = 0; done < length; done += sizeof block)
    if (write(fd, block, sizeof block) < 0) return;
}

static void sparse(double length) {
  in_out();
  int fd = open("sparse", O_CREAT | O_WRONLY, 0600);
  if (ftruncate(fd, (off_t)length) != 0) exit(92);
}

/* Says how far it is, and works on until somebody had time to hear it. */
static void advance(char *path) {
  fprintf(stderr, "progress: 40 %%\n");
  sleep(1);
  write_result(path, "42");
}

static void many(long count, int folders) {
  char name[32];
  in_out();
  for (long n = 0; n < count; n++) {
    snprintf(name, sizeof name, "%ld", n);
    if (folders ? mkdir(name, 0700) : mknod(name, S_IFREG | 0600, 0)) return;
  }
}

static void memory(void) {
  for (;;) {
    char *more = malloc(1000000);
    if (!more) exit(93);
    memset(more, 1, 1000000);
  }
}

/* Children that have children, until there is no room; then they stay. */
static void bomb(void) {
  int made = 0;
  while (fork() >= 0) made++;
  for (;;) pause();
}

static void specials(void) {
  struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
  in_out();
  put("plain", "plain");
  int linked = symlink("/etc/passwd", "link");
  linked |= symlink("..", "up");
  linked |= mkfifo("fifo", 0600);
  linked |= bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&at, sizeof at);
  printf("made %d\n", linked);
  printf("device %s\n", mknod("null", S_IFCHR | 0666, makedev(1, 3)) ? "refused" : "made");
  mkdir("locked", 0700);
  put("locked/secret", "secret");
  chmod("locked/secret", 0);
  chmod("locked", 0);
}

static void try(const char *what, int refused) { printf("%s %s\n", what, refused ? "refused" : "ALLOWED"); }

/* What would only have to wait for an answer has left already. */
static int reach(int family, const char *address, int port, int kind) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(family, address, family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr);
  int fd = socket(family, SOCK_STREAM | kind, 0);
  if (fd < 0) return -1;
  struct sockaddr *to = family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
  int answer = connect(fd, to, family == AF_INET ? sizeof four : sizeof six);
  return answer == 0 || errno == EINPROGRESS ? 0 : -1;
}

static int ask_name(void) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, "1.1.1.1", &server.sin_addr);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  return fd < 0 || sendto(fd, "?", 1, 0, (struct sockaddr *)&server, sizeof server) < 0;
}

/* Every way out that programs have tried. */
static void escape(const char *port) {
  struct if_nameindex *all = if_nameindex();
  printf("interfaces");
  for (struct if_nameindex *each = all; each && each->if_name; each++)
    if (strcmp(each->if_name, "lo") == 0) printf(" lo");
    else if (strncmp(each->if_name, "eth", 3) == 0) printf(" %s", each->if_name);
  printf("\n");
  try("raw IP", reach(AF_INET, "1.1.1.1", 80, SOCK_NONBLOCK));
  try("IPv6", reach(AF_INET6, "2606:4700:4700::1111", 80, SOCK_NONBLOCK));
  try("metadata", reach(AF_INET, "169.254.169.254", 80, SOCK_NONBLOCK));
  try("DNS", ask_name());
  try("host", reach(AF_INET, "127.0.0.1", atoi(port), 0));
  try("raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0);
  try("vsock", socket(AF_VSOCK, SOCK_STREAM, 0) < 0);
}

static void powers(void) {
  printf("user %s\n", getuid() == 0 || geteuid() == 0 ? "ROOT" : "nobody");
  try("setuid", setuid(0));
  try("mount", mount("x", "/tmp", "tmpfs", 0, 0));
  try("new user", unshare(CLONE_NEWUSER));
  try("new mounts", unshare(CLONE_NEWNS));
  try("chroot", chroot("/tmp"));
  try("keyring", syscall(SYS_add_key, "user", "a", "b", 1L, -4L) < 0);
  try("bpf", syscall(SYS_bpf, 0, 0, 0) < 0 ? 1 : 0);
  try("perf", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0) < 0);
  try("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0) < 0);
  try("time", clock_settime(CLOCK_REALTIME, &(struct timespec){1, 0}));
  try("root", mkdir("/new", 0700));
  try("program", open("/program", O_WRONLY) < 0);
  try("sysrq", open("/proc/sysrq-trigger", O_WRONLY) < 0);
  try("core pattern", open("/proc/sys/kernel/core_pattern", O_WRONLY) < 0);
  try("engine", access("/var/run/docker.sock", F_OK));
  try("host name", sethostname("x", 1));
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, "NoNewPrivs", 10) == 0 || strncmp(line, "CapEff", 6) == 0 || strncmp(line, "Seccomp:", 8) == 0)
      printf("%s", line);
}

/* Processes that can be seen, whose one of another task would be one too many. */
static void see(void) {
  int seen = 0;
  DIR *all = opendir("/proc");
  for (struct dirent *each; all && (each = readdir(all));) seen += atoi(each->d_name) > 0;
  printf("%s\n", seen > 0 && seen <= 3 ? "alone" : "NOT ALONE");
}

/* Its child keeps the streams open after it ended. */
static void daemonize(void) {
  if (fork() == 0) for (;;) pause();
  write_result((char[]){"result.txt"}, "done");
}

int main(int count, char **words) {
  const char *verb = count > 1 ? words[1] : "";
  char *first = count > 2 ? words[2] : "";
  setvbuf(stdout, 0, _IOFBF, 8192);
  if (is(verb, "tell")) tell(count, words);
  else if (is(verb, "write")) write_result(first, words[3]);
  else if (is(verb, "advance")) advance(first);
  else if (is(verb, "exit")) return atoi(first);
  else if (is(verb, "spoil")) spoil(first);
  else if (is(verb, "loop")) for (;;) block[0]++;
  else if (is(verb, "deaf")) { signal(SIGTERM, SIG_IGN); for (;;) pause(); }
  else if (is(verb, "memory")) memory();
  else if (is(verb, "huge")) huge(atof(first));
  else if (is(verb, "sparse")) sparse(atof(first));
  else if (is(verb, "files")) many(atol(first), 0);
  else if (is(verb, "folders")) many(atol(first), 1);
  else if (is(verb, "stdout")) for (;;) write(1, block, sizeof block);
  else if (is(verb, "bomb")) bomb();
  else if (is(verb, "specials")) specials();
  else if (is(verb, "escape")) escape(first);
  else if (is(verb, "powers")) powers();
  else if (is(verb, "see")) see();
  else if (is(verb, "daemon")) daemonize();
  else if (is(verb, "scratch")) { put("/tmp/x", "x"); if (*first) put(first, "x"); }
  else if (is(verb, "crash")) *(volatile int *)0 = 1;
  else return 64;
  return 0;
}
