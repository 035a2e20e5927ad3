package preflight_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program finds a server; without it the test is skipped, or fails where
// IMPLYCHECK_SERVERS is set, as CI does.
func program(t *testing.T, patterns ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		if len(found) > 0 {
			return found[len(found)-1]
		}
		if path, err := exec.LookPath(pattern); err == nil {
			return path
		}
	}
	if os.Getenv("IMPLYCHECK_SERVERS") != "" {
		t.Fatalf("%s is not installed, and IMPLYCHECK_SERVERS is set", patterns[0])
	}
	t.Skipf("%s is not installed", patterns[0])
	return ""
}

// freePort is a port of the loopback that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// refusal reads what a store is to say: "403 Code".
func refusal(said string) (status int, code string) {
	_, _ = fmt.Sscanf(said, "%d %s", &status, &code)
	return status, code
}

// serve hands each connection to a server of the test, and is its address.
func serve(t *testing.T, server func(conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go server(conn)
		}
	}()
	return l.Addr().String()
}

// account is a user that a server runs as where the test is root, which it refuses
// to be.
func account(t *testing.T, name string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup(name)
	require.NoError(t, err)
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// folderFor is a short folder that belongs to an account.
func folderFor(t *testing.T, who *syscall.Credential) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pf")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if who != nil {
		require.NoError(t, os.Chown(dir, int(who.Uid), int(who.Gid)))
	}
	return dir
}

// start starts a server and ends it with the test, and all that it has started.
func start(t *testing.T, who *syscall.Credential, dir, path string, args ...string) {
	t.Helper()
	cmd := exec.Command(path, args...)
	var log bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: who}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		if filepath.Base(path) == "postgres" { // killed, it leaves its shared memory behind
			_ = cmd.Process.Signal(syscall.SIGQUIT)
			defer time.AfterFunc(5*time.Second, kill).Stop()
		} else {
			kill()
		}
		_ = cmd.Wait()
		require.Empty(t, sharedMemoryOf(cmd.Process.Pid))
		if t.Failed() {
			text := log.String()
			t.Logf("%s:\n%s", path, text[max(0, len(text)-4000):])
		}
	})
}

// sharedMemoryOf are the segments of System V's shared memory that a process has made.
func sharedMemoryOf(pid int) (list []string) {
	data, _ := os.ReadFile("/proc/sysvipc/shm")
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 4 && fields[4] == strconv.Itoa(pid) {
			list = append(list, line)
		}
	}
	return list
}

// run runs a program to its end.
func run(t *testing.T, who *syscall.Credential, dir, path string, args ...string) string {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %v\n%s", path, args, out)
	return string(out)
}

// listening waits until somebody listens.
func listening(t *testing.T, port int) string {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", port)
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 60*time.Second, 50*time.Millisecond, address)
	return address
}

// ready waits until a statement is answered: a database listens before it is up.
func ready(t *testing.T, who *syscall.Credential, dir, client string, args ...string) {
	t.Helper()
	require.Eventually(t, func() bool {
		cmd := exec.Command(client, args...)
		cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
		return cmd.Run() == nil
	}, 60*time.Second, 50*time.Millisecond, client)
}

// postgres starts PostgreSQL with more lines for its configuration, and answers its
// address, and what runs statements in a database.
func postgres(t *testing.T, lines ...string) (address string, sql func(database, text string)) {
	t.Helper()
	initdb := program(t, "/usr/lib/postgresql/*/bin/initdb", "initdb")
	bin := filepath.Dir(initdb)
	who, port := account(t, "postgres"), freePort(t)
	dir := folderFor(t, who)
	run(t, who, dir, initdb, "-D", dir+"/data", "-U", "postgres", "--auth=scram-sha-256", "--auth-local=trust", "--pwfile="+passwordFile(t, dir, "admin"), "--no-sync")
	settings := append([]string{fmt.Sprintf("port=%d", port), "listen_addresses='127.0.0.1'", "unix_socket_directories='" + dir + "'", "fsync=off"}, lines...)
	conf, err := os.OpenFile(dir+"/data/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = conf.WriteString("\n" + strings.Join(settings, "\n") + "\n")
	require.NoError(t, err)
	require.NoError(t, conf.Close())
	start(t, who, dir, filepath.Join(bin, "postgres"), "-D", dir+"/data")
	ready(t, who, dir, filepath.Join(bin, "psql"), "-h", dir, "-p", strconv.Itoa(port), "-U", "postgres", "-d", "postgres", "-c", "select 1")
	return fmt.Sprintf("127.0.0.1:%d", port), func(database, text string) {
		t.Helper()
		run(t, who, dir, filepath.Join(bin, "psql"), "-h", dir, "-p", strconv.Itoa(port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-d", database, "-c", text)
	}
}

func passwordFile(t *testing.T, dir, password string) string {
	t.Helper()
	path := filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(path, []byte(password), 0o644))
	return path
}

// mariaDB starts MariaDB, and answers the same.
func mariaDB(t *testing.T, options ...string) (address string, sql func(database, text string)) {
	t.Helper()
	install, server, client := program(t, "mariadb-install-db"), program(t, "mariadbd", "/usr/sbin/mariadbd"), program(t, "mariadb")
	who, port := account(t, "mysql"), freePort(t)
	dir := folderFor(t, who)
	run(t, who, dir, install, "--no-defaults", "--datadir="+dir+"/data", "--auth-root-authentication-method=normal", "--skip-test-db")
	socket := dir + "/s"
	start(t, who, dir, server, append([]string{
		"--no-defaults", "--datadir=" + dir + "/data", fmt.Sprintf("--port=%d", port), "--bind-address=127.0.0.1", "--socket=" + socket, "--pid-file=" + dir + "/pid",
	}, options...)...)
	ready(t, who, dir, client, "--no-defaults", "--socket="+socket, "-u", "root", "-e", "select 1")
	return fmt.Sprintf("127.0.0.1:%d", port), func(database, text string) {
		t.Helper()
		args := []string{"--no-defaults", "--socket=" + socket, "-u", "root", "-e", text}
		if database != "" {
			args = append(args, database)
		}
		run(t, who, dir, client, args...)
	}
}

// ensemble starts servers of ZooKeeper, as one ensemble or each for itself, with
// more lines for their files. It answers their addresses.
func ensemble(t *testing.T, servers int, together bool, lines ...string) []string {
	t.Helper()
	java, jar := program(t, "java"), program(t, "/usr/share/java/zookeeper.jar")
	var members []string
	ports := make([]int, servers)
	for i := range servers {
		ports[i] = freePort(t)
		members = append(members, fmt.Sprintf("server.%d=127.0.0.1:%d:%d", i+1, freePort(t), freePort(t)))
	}
	var addresses []string
	for i, port := range ports {
		dir := t.TempDir()
		file := append([]string{"tickTime=2000", "initLimit=10", "syncLimit=5", "dataDir=" + dir, fmt.Sprintf("clientPort=%d", port), "clientPortAddress=127.0.0.1", "admin.enableServer=false"}, lines...)
		if together {
			file = append(file, members...)
		}
		require.NoError(t, os.WriteFile(dir+"/myid", []byte(strconv.Itoa(i+1)), 0o644))
		require.NoError(t, os.WriteFile(dir+"/zoo.cfg", []byte(strings.Join(file, "\n")+"\n"), 0o644))
		start(t, nil, dir, java, "-Xmx96m", "-cp", jar, "org.apache.zookeeper.server.quorum.QuorumPeerMain", dir+"/zoo.cfg")
		addresses = append(addresses, fmt.Sprintf("127.0.0.1:%d", port))
	}
	for _, port := range ports {
		listening(t, port)
	}
	return addresses
}
